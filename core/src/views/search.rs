//! Finding a home, a person, an order by whatever the butler remembers of it.

use crate::butler::Butler;
use crate::error::ButlerError;
use crate::model::{Kind, RecordId};
use crate::store::{self, Hit, Reader};
use crate::views::readable::Readable;

/// So many hits are looked at for those that may be shown: each may cost reading a record.
const LOOKED_AT: usize = 1_000;

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
    /// and orders; best first. Only what the phone's owner may read is found, and only by what of it they may read.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn search(&self, typed: &str, limit: usize) -> Result<Vec<SearchRow>, ButlerError> {
        let office = self.office()?;
        let limit = limit.clamp(1, 100);
        self.read(|reader| {
            let readable = Readable::new(reader, &office)?;
            let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| readable.anywhere(*kind)).collect();
            let mut asked = limit;
            loop {
                let hits = reader.search(typed, &kinds, asked)?;
                let all = hits.len() < asked || asked >= LOOKED_AT;
                let mut rows = Vec::new();
                for hit in hits {
                    if rows.len() == limit {
                        break;
                    }
                    rows.extend(row(reader, &readable, typed, &hit)?);
                }
                if all || rows.len() == limit {
                    return Ok(rows);
                }
                // Many were found that may not be shown: look further.
                asked = asked.saturating_mul(8).min(LOOKED_AT);
            }
        })
    }
}

/// A hit as it may be shown; `None` when it is not the owner's to find.
fn row(
    reader: &Reader<'_>,
    readable: &Readable<'_>,
    typed: &str,
    hit: &Hit,
) -> Result<Option<SearchRow>, ButlerError> {
    if !readable.opens(hit.record, hit.kind, hit.place.as_ref())? {
        return Ok(None);
    }
    if !readable.rights(hit.place.as_ref()).reads_whole(hit.kind) {
        // The index knows every field; a record found by one they may not read would give it away.
        let record = readable.listed(hit.record)?;
        if !record.is_some_and(|record| store::search::meets(typed, &record)) {
            return Ok(None);
        }
    }
    let (title, detail) =
        match reader.resident_row(hit.record)?.map(|person| readable.row(person)).transpose()? {
            Some(person) => {
                let person = person.map(|person| (person.name.unwrap_or_default(), person.home));
                let (name, home) = person.unwrap_or_default();
                (name, home.map_or_else(|| Ok(String::new()), |home| readable.title_of(home))?)
            }
            None => (readable.title_of(hit.record)?, String::new()),
        };
    Ok(Some(SearchRow { record: hit.record, kind: hit.kind, title, detail }))
}
