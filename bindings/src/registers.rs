//! Registers: rows of any form 登记.

use std::collections::HashMap;

use butler_core::areas::registers;
use butler_core::model::{self, Entry, Kind, Value};

use crate::ids::{DueId, PhotoId, PlaceId, RecordId, Shown, all, given, out};
use crate::questions::{FormRow, Proposal, Question};
use crate::values::{Answer, Evidence, Recorded};
use crate::{ButlerCore, ButlerError};

/// A row to be entered.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct NewEntry {
    /// The form.
    pub form: String,
    /// Where it belongs.
    pub place: PlaceId,
    /// The answers.
    pub answers: Evidence,
    /// The records it is about.
    #[uniffi(default)]
    pub about: Vec<RecordId>,
    /// The due item it answers.
    #[uniffi(default)]
    pub due: Option<DueId>,
}

impl TryFrom<NewEntry> for registers::NewEntry {
    type Error = ButlerError;

    fn try_from(entry: NewEntry) -> Result<Self, ButlerError> {
        Ok(Self {
            form: entry.form,
            place: entry.place.try_into()?,
            about: all(entry.about)?,
            answers: entry.answers.try_into()?,
            due: given(entry.due)?,
        })
    }
}

/// A row of a register, whole.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct EntryDetails {
    /// The row.
    pub id: RecordId,
    /// Its form.
    pub form: String,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// The records it is about.
    pub about: Vec<RecordId>,
    /// Its answers and photos, by question.
    pub answers: Evidence,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
}

#[uniffi::export]
impl ButlerCore {
    /// A form with its questions as they stand before any answer.
    pub fn registers_form(&self, form: &str) -> Result<FormRow, ButlerError> {
        Ok(self.butler.registers().form(form)?.into())
    }

    /// The questions of a form as they stand with these answers: what is asked now, what must be answered, what will
    /// not do.
    pub fn registers_ask(&self, form: &str, answers: Evidence) -> Result<Vec<Question>, ButlerError> {
        Ok(out(self.butler.registers().ask(form, &answers.try_into()?)?))
    }

    /// What these answers suggest about the record the row is about.
    pub fn registers_propose(&self, form: &str, answers: Evidence) -> Result<Vec<Proposal>, ButlerError> {
        Ok(out(self.butler.registers().propose(form, &answers.try_into()?)?))
    }

    /// A row of a register, whole.
    pub fn registers_details(&self, entry: RecordId) -> Result<EntryDetails, ButlerError> {
        let record = self.butler.records().get(entry.try_into()?)?;
        if record.kind != Kind::Entry {
            return Err(ButlerError::NotFound);
        }
        let row = Entry::read(&record);
        Ok(EntryDetails {
            id: row.id.into(),
            form: row.form.unwrap_or_default(),
            place: row.place.map(PlaceId::from),
            about: out(Entry::subjects(&record)),
            answers: Entry::answers(&record).into(),
            shown: record.shown().into(),
        })
    }

    /// Writes the touched answers of a row, nothing as the value clears one, and adds photos to those there are.
    pub fn registers_edit(
        &self,
        entry: RecordId,
        answers: HashMap<String, Option<Answer>>,
        photos: HashMap<String, Vec<PhotoId>>,
    ) -> Result<Recorded, ButlerError> {
        let answers = answers.into_iter().map(|(question, answer)| (question, answer.map(Value::from)));
        let photos = Evidence { photos, ..Evidence::default() };
        let photos = model::Evidence::try_from(photos)?.photos;
        Ok(self.form().registers().edit(entry.try_into()?, &answers.collect(), &photos)?.into())
    }

    /// Enters a row of a register.
    pub fn registers_add(&self, entry: NewEntry) -> Result<Recorded, ButlerError> {
        Ok(self.form().registers().add(&entry.try_into()?)?.into())
    }
}
