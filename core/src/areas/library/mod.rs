//! The libraries of cases and answers, searched and read without a network.

use crate::butler::Butler;
use crate::context::Context;
use crate::error::ButlerError;
use crate::playbook::{Label, library};

/// The case libraries of the playbooks.
pub struct Library<'b>(&'b Context);

impl Butler {
    /// Case libraries 案例库.
    #[must_use]
    pub const fn library(&self) -> Library<'_> {
        Library(&self.context)
    }
}

/// An article as a row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ArticleRow {
    /// The library's id.
    pub library: String,
    /// The article's id within it.
    pub article: String,
    /// What the library is called.
    pub collection: Label,
    /// What the article is called.
    pub title: Label,
}

/// An article, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ArticleDetails {
    /// What it is called.
    pub title: Label,
    /// Other words it is looked for by.
    pub tags: Vec<String>,
    /// What happened, or what was asked.
    pub situation: Label,
    /// What is done and said.
    pub handling: Label,
    /// The law, contract or rule it rests on.
    pub basis: Option<Label>,
}

impl ArticleRow {
    fn of(library: &library::LibraryFile, article: &library::Article) -> Self {
        Self {
            library: library.id.clone(),
            article: article.id.clone(),
            collection: library.title.clone(),
            title: article.title.clone(),
        }
    }
}

impl Library<'_> {
    /// Every article, library by library.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn list(&self) -> Result<Vec<ArticleRow>, ButlerError> {
        let playbooks = self.0.playbooks()?;
        let rows = playbooks
            .libraries()
            .flat_map(|library| library.articles.iter().map(|article| ArticleRow::of(library, article)));
        Ok(rows.collect())
    }

    /// The articles in which every typed word is met, best first: in Chinese or English, titles and tags also by
    /// pinyin and its initials (`gkpw` for 高空抛物).
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn search(&self, typed: &str) -> Result<Vec<ArticleRow>, ButlerError> {
        let playbooks = self.0.playbooks()?;
        let hits = library::search(playbooks.libraries().map(|library| &**library), typed);
        Ok(hits.iter().map(|hit| ArticleRow::of(hit.library, hit.article)).collect())
    }

    /// An article, whole.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`].
    pub fn article(&self, library: &str, article: &str) -> Result<ArticleDetails, ButlerError> {
        let playbooks = self.0.playbooks()?;
        let library = playbooks.library(library).ok_or(ButlerError::NotFound)?;
        let article = library.article(article).ok_or(ButlerError::NotFound)?;
        Ok(ArticleDetails {
            title: article.title.clone(),
            tags: article.tags.clone(),
            situation: article.situation.clone(),
            handling: article.handling.clone(),
            basis: article.basis.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::error::ButlerError;
    use crate::testing::TestPhone;

    #[test]
    fn a_case_library_is_searched_as_people_type() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[r#"
            kind = "library"
            id = "test.cases"
            title = { zh = "案例库", en = "Cases" }
            [[article]]
            id = "thrown"
            title = { zh = "高空抛物", en = "Things thrown down" }
            tags = ["安全"]
            situation = { zh = "楼上扔下酒瓶。", en = "A bottle came down." }
            handling = { zh = "先救人，再报警。", en = "Help first, then call the police." }
        "#]);
        let library = bench.butler.library();
        for typed in ["gkpw", "高空", "police", "酒瓶 anquan"] {
            let rows = library.search(typed).unwrap();
            let own: Vec<_> = rows.iter().filter(|row| row.library == "test.cases").collect();
            assert_eq!((own.len(), own[0].article.as_str()), (1, "thrown"), "{typed}");
        }
        let row = library.list().unwrap().into_iter().find(|row| row.library == "test.cases").unwrap();
        let article = library.article(&row.library, &row.article).unwrap();
        assert_eq!(article.handling.zh, "先救人，再报警。");
        assert!(matches!(library.article("test.cases", "x"), Err(ButlerError::NotFound)));
    }
}
