//! Registers: rows of any form 登记.

use butler_core::commands::registers;

use crate::ids::{DueId, PlaceId, RecordId, all, given, out};
use crate::questions::Question;
use crate::values::{Evidence, Recorded};
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

#[uniffi::export]
impl ButlerCore {
    /// The questions of a form.
    pub fn registers_form(&self, form: &str) -> Result<Vec<Question>, ButlerError> {
        Ok(out(self.butler.registers().form(form)?.questions))
    }

    /// Enters a row of a register.
    pub fn registers_add(&self, entry: NewEntry) -> Result<Recorded, ButlerError> {
        Ok(self.butler.registers().add(&entry.try_into()?)?.into())
    }
}
