//! A row of a register, whole.

use super::Registers;
use crate::context::Visibility;
use crate::error::ButlerError;
use crate::model::{Entry, Evidence, FormId, Kind, PlaceId, RecordId, Shown};

/// A row of a register, whole.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct EntryDetails {
    /// The row.
    pub id: RecordId,
    /// Its form.
    pub form: FormId,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// The records it is about.
    pub about: Vec<RecordId>,
    /// Its answers and photos, by question.
    pub answers: Evidence,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
}

impl Registers<'_> {
    /// A row, whole, as far as the phone's owner may read it.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], also for a row they may not open.
    pub fn details(&self, entry: RecordId) -> Result<EntryDetails, ButlerError> {
        let office = self.0.office()?;
        let record = self.0.read(|reader| Visibility::new(reader, &office)?.record(entry))?;
        let record = record.filter(|record| record.kind == Kind::Entry).ok_or(ButlerError::NotFound)?;
        let row = Entry::read(&record);
        Ok(EntryDetails {
            id: entry,
            form: row.form.unwrap_or_default(),
            place: row.place,
            about: Entry::subjects(&record).into_iter().collect(),
            answers: Entry::answers(&record),
            shown: record.shown(),
        })
    }
}
