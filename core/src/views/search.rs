//! Finding a home, a person, an order by whatever the butler remembers of it.

use crate::butler::Butler;
use crate::error::ButlerError;
use crate::model::{Kind, RecordId};

/// One result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRow {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// What it is called.
    pub title: String,
    /// What it belongs to: the home of a person, the note of nothing.
    pub detail: String,
}

impl Butler {
    /// Searches names (also by pinyin and initials), rooms as people type them, phones by their last digits, notes
    /// and orders; best first.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn search(&self, typed: &str, limit: usize) -> Result<Vec<SearchRow>, ButlerError> {
        self.read(|reader| {
            let hits = reader.search(typed, None, limit.clamp(1, 100))?;
            let rows = hits.into_iter().map(|hit| {
                let (title, detail) = match reader.resident_row(hit.record)? {
                    Some(person) => {
                        let home = person
                            .home
                            .map_or_else(|| Ok(String::new()), |home| super::homes::title_of(reader, home))?;
                        (person.name.unwrap_or_default(), home)
                    }
                    None => (super::homes::title_of(reader, hit.record)?, String::new()),
                };
                Ok(SearchRow { record: hit.record, kind: hit.kind, title, detail })
            });
            rows.collect()
        })
    }
}
