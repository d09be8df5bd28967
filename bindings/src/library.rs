//! Case libraries 案例库: what others learned, searched without a network.

use butler_core::areas::library;

use crate::ids::out;
use crate::values::Label;
use crate::{ButlerCore, ButlerError};

/// An article as a row.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
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
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
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

impl From<library::ArticleRow> for ArticleRow {
    fn from(row: library::ArticleRow) -> Self {
        Self {
            library: row.library,
            article: row.article,
            collection: row.collection.into(),
            title: row.title.into(),
        }
    }
}

impl From<library::ArticleDetails> for ArticleDetails {
    fn from(article: library::ArticleDetails) -> Self {
        Self {
            title: article.title.into(),
            tags: article.tags,
            situation: article.situation.into(),
            handling: article.handling.into(),
            basis: article.basis.map(Label::from),
        }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// Every article, library by library.
    pub fn library_list(&self) -> Result<Vec<ArticleRow>, ButlerError> {
        Ok(out(self.butler.library().list()?))
    }

    /// The articles in which every typed word is met, best first; titles and tags also by pinyin and its initials.
    pub fn library_search(&self, typed: &str) -> Result<Vec<ArticleRow>, ButlerError> {
        Ok(out(self.butler.library().search(typed)?))
    }

    /// An article, whole.
    pub fn library_article(&self, library: &str, article: &str) -> Result<ArticleDetails, ButlerError> {
        Ok(self.butler.library().article(library, article)?.into())
    }
}
