//! Libraries: cases and answers to learn from, read and searched without a network.

use serde::Deserialize;

use super::Label;

/// A collection of articles.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
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
}

impl Library {
    /// An article by id.
    #[must_use]
    pub fn article(&self, id: &str) -> Option<&Article> {
        self.articles.iter().find(|article| article.id == id)
    }
}
