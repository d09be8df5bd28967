//! The libraries of cases and answers, searched and read without a network.

use crate::areas::procedures::ProcedureRow;
use crate::butler::Butler;
use crate::error::ButlerError;
use crate::playbook::{Label, Playbooks, library};

/// The case libraries of the playbooks.
pub struct Library<'b>(&'b Butler);

impl Butler {
    /// Case libraries 案例库.
    #[must_use]
    pub const fn library(&self) -> Library<'_> {
        Library(self)
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
    /// What it suggests to open, as far as the phone's owner may.
    pub offers: Vec<ProcedureRow>,
}

impl ArticleRow {
    /// The articles a step or a rule names.
    pub(in crate::areas) fn named(playbooks: &Playbooks, ids: &[String]) -> Vec<Self> {
        playbooks.articles(ids).map(|hit| Self::of(hit.library, hit.article)).collect()
    }

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
        let offered = |row: &ProcedureRow| row.begin.workflow().is_some_and(|id| article.offers.contains(id));
        Ok(ArticleDetails {
            offers: if article.offers.is_empty() {
                Vec::new()
            } else {
                self.0.procedures()?.into_iter().filter(offered).collect()
            },
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
            offers = ["emergency.falling-object", "training.butler"]
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
        let offered: Vec<&str> = article.offers.iter().map(|row| row.begin.id()).collect();
        assert_eq!(offered, ["emergency.falling-object"], "a butler does not open her own training");
        assert!(matches!(library.article("test.cases", "x"), Err(ButlerError::NotFound)));
    }
}
