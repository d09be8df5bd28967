//! A row of a register, whole.

use super::Registers;
use crate::context::Visibility;
use crate::context::field_words::{AnswerInWords, FieldWords};
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
    /// Its answers in words, in the order of the form; photos are not among them.
    pub said: Vec<AnswerInWords>,
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
        self.0.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            let record = visibility.record(entry)?.filter(|record| record.kind == Kind::Entry);
            let record = record.ok_or(ButlerError::NotFound)?;
            let words = FieldWords::new(&office, &visibility, record.kind, Some(&record));
            let (row, answers) = (Entry::read(&record), Entry::answers(&record));
            Ok(EntryDetails {
                id: entry,
                form: row.form.unwrap_or_default(),
                place: row.place,
                about: Entry::subjects(&record).into_iter().collect(),
                said: words.of_row(&answers)?,
                answers,
                shown: record.shown(),
            })
        })
    }
}
