//! Case libraries 案例库: what others learned, searched without a network.

use butler_core::areas::library::{ArticleDetails, ArticleRow};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// Every article, library by library.
    pub fn library_list(&self) -> Result<Vec<ArticleRow>, ButlerError> {
        self.butler.library().list()
    }

    /// The articles in which every typed word is met, best first; titles and tags also by pinyin and its initials.
    pub fn library_search(&self, typed: &str) -> Result<Vec<ArticleRow>, ButlerError> {
        self.butler.library().search(typed)
    }

    /// An article, whole.
    pub fn library_article(&self, library: &str, article: &str) -> Result<ArticleDetails, ButlerError> {
        self.butler.library().article(library, article)
    }
}
