//! Libraries: cases and answers to learn from, read and searched without a network.

use serde::Deserialize;

use super::Label;
use crate::model::{WorkflowId, phone, pinyin};

/// A collection of articles.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibraryFile {
    /// Stable identity.
    pub id: String,
    /// What it is called.
    pub title: Label,
    /// The articles, in their order.
    #[serde(rename = "article")]
    pub articles: Vec<Article>,
}

/// One article: a situation and how it is handled.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Stable identity within the library.
    pub id: String,
    /// What it is called.
    pub title: Label,
    /// Other words it is looked for by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What happened, or what was asked.
    pub situation: Label,
    /// What is done and said.
    pub handling: Label,
    /// The law, contract or rule it rests on.
    #[serde(default)]
    pub basis: Option<Label>,
    /// Workflows it suggests to open.
    #[serde(default)]
    pub offers: Vec<WorkflowId>,
}

impl LibraryFile {
    /// An article by id.
    #[must_use]
    pub fn article(&self, id: &str) -> Option<&Article> {
        self.articles.iter().find(|article| article.id == id)
    }
}

/// An article that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArticleHit<'a> {
    /// The library.
    pub library: &'a LibraryFile,
    /// The article.
    pub article: &'a Article,
}

/// Words of one query; more only cost time.
const WORDS: usize = 8;

/// The articles in which every typed word is met: in Chinese or English anywhere, in pinyin or its initials within the
/// title and the tags. Met in the title comes first, then in the tags, then in the text; otherwise as they stand.
///
/// A library is some dozen articles, so each is read for every query.
pub fn search<'a>(libraries: impl Iterator<Item = &'a LibraryFile>, typed: &str) -> Vec<ArticleHit<'a>> {
    let typed = normal(typed);
    let words: Vec<&str> = typed.split_whitespace().take(WORDS).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut hits: Vec<(usize, ArticleHit<'a>)> = libraries
        .flat_map(|library| library.articles.iter().map(move |article| ArticleHit { library, article }))
        .filter_map(|hit| Some((hit.article.distance(&words)?, hit)))
        .collect();
    hits.sort_by_key(|(distance, _)| *distance);
    hits.into_iter().map(|(_, hit)| hit).collect()
}

impl Article {
    /// How far from the title the words are met, summed up; `None` when one of them is nowhere.
    fn distance(&self, words: &[&str]) -> Option<usize> {
        let title = [&self.title.zh, &self.title.en].map(|text| normal(text));
        let tags: Vec<String> = self.tags.iter().map(|tag| normal(tag)).collect();
        let labels = [Some(&self.situation), Some(&self.handling), self.basis.as_ref()];
        let text: Vec<String> =
            labels.into_iter().flatten().flat_map(|label| [normal(&label.zh), normal(&label.en)]).collect();
        let names = |texts: &[String], word: &str| {
            texts.iter().any(|text| holds(text, word) || spelled_within(text, word))
        };
        let one = |word: &&str| match () {
            () if names(&title, word) => Some(0),
            () if names(&tags, word) => Some(1),
            () if text.iter().any(|text| holds(text, word)) => Some(2),
            () => None,
        };
        words.iter().map(one).sum()
    }
}

/// Half-width small letters, as people type.
fn normal(text: &str) -> String {
    phone::halfwidth(text).to_lowercase()
}

/// Whether a text holds a word; one in Latin letters only from its beginning.
fn holds(text: &str, word: &str) -> bool {
    let latin = word.starts_with(|c: char| c.is_ascii_alphanumeric());
    text.match_indices(word)
        .any(|(at, _)| !(latin && text[..at].ends_with(|c: char| c.is_ascii_alphanumeric())))
}

/// Whether a word spells some characters of a text.
fn spelled_within(text: &str, word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_lowercase())
        && text.char_indices().any(|(at, _)| pinyin::spells(word, &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> LibraryFile {
        toml::from_str(
            r#"
            id = "test.cases"
            title = { zh = "案例", en = "Cases" }
            [[article]]
            id = "noise"
            title = { zh = "装修噪声扰邻", en = "Noise of renovation" }
            tags = ["投诉", "施工时间"]
            situation = { zh = "楼上中午施工，老人无法休息；有人说也遇到过高空抛物。", en = "Work at noon; an old neighbour cannot rest." }
            handling = { zh = "到场制止，约定时间。", en = "Stop it, agree on hours." }
            [[article]]
            id = "thrown"
            title = { zh = "一起高空抛物伤人事件", en = "Hurt by something thrown down" }
            tags = ["安全"]
            situation = { zh = "楼上扔下酒瓶。", en = "A bottle came down." }
            handling = { zh = "先救人，再报警。", en = "Help first, then call the police." }
            basis = { zh = "《民法典》第1254条", en = "Civil Code, article 1254" }
            "#,
        )
        .unwrap()
    }

    fn found(typed: &str) -> Vec<String> {
        let library = library();
        search(std::iter::once(&library), typed).iter().map(|hit| hit.article.id.clone()).collect()
    }

    #[test]
    fn an_article_is_found_in_chinese_pinyin_and_english_and_its_title_comes_first() {
        assert_eq!(found("高空抛物"), ["thrown", "noise"], "in the title before in the text");
        assert_eq!(found("gkpw"), ["thrown"]);
        assert_eq!(found("gaokong"), ["thrown"]);
        assert_eq!(found("ts"), ["noise"], "by a tag's initials");
        assert_eq!(found("Civil ＣＯＤＥ"), ["thrown"]);
        assert_eq!(found("民法典 酒瓶"), ["thrown"], "every word is met");
        assert_eq!(found("民法典 施工"), [""; 0]);
        assert_eq!(found("ottle"), [""; 0], "a Latin word from its beginning");
        assert_eq!(found("  "), [""; 0]);
    }
}
