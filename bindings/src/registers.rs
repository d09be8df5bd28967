//! Registers: rows of any form 登记.

use std::collections::HashMap;

use butler_core::areas::registers::{
    EntryDetails, FormRow, NewEntry, ProposalRow, RegisterFilter, RegisterPage,
};
use butler_core::context::Recorded;
use butler_core::context::question::Question;
use butler_core::model::{Evidence, FormId, PhotoId, PlaceId, QuestionId, RecordId, Value};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// A form with its questions as they stand before any answer.
    pub fn registers_form(&self, form: FormId) -> Result<FormRow, ButlerError> {
        self.butler.registers().form(&form)
    }

    /// The questions of a form as they stand with these answers: what is asked now, what must be answered, what will
    /// not do, what the sums of a row about these records, to be entered at this place, come to.
    pub fn registers_ask(
        &self,
        form: FormId,
        answers: Evidence,
        about: Vec<RecordId>,
        place: Option<PlaceId>,
    ) -> Result<Vec<Question>, ButlerError> {
        self.butler.registers().ask(&form, &answers, &about, place.as_ref())
    }

    /// What these answers suggest about the record the row is about.
    pub fn registers_propose(
        &self,
        form: FormId,
        answers: Evidence,
    ) -> Result<Vec<ProposalRow>, ButlerError> {
        self.butler.registers().propose(&form, &answers)
    }

    /// The rows of a register that a filter lets through, newest first, a page of at most 100 after the last one seen, with
    /// the count of them all.
    pub fn registers_list(
        &self,
        form: FormId,
        filter: &RegisterFilter,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<RegisterPage, ButlerError> {
        self.butler.registers().list(&form, filter, after, limit)
    }

    /// A row of a register, whole.
    pub fn registers_details(&self, entry: RecordId) -> Result<EntryDetails, ButlerError> {
        self.butler.registers().details(entry)
    }

    /// Writes the touched answers of a row, nothing as the value clears one, and adds photos to those there are.
    pub fn registers_edit(
        &self,
        entry: RecordId,
        answers: HashMap<QuestionId, Option<Value>>,
        photos: HashMap<QuestionId, Vec<PhotoId>>,
    ) -> Result<Recorded, ButlerError> {
        self.form().registers().edit(entry, &answers.into_iter().collect(), &photos.into_iter().collect())
    }

    /// Enters a row of a register.
    pub fn registers_add(&self, entry: NewEntry) -> Result<Recorded, ButlerError> {
        self.form().registers().add(&entry)
    }
}
