//! What an app asks: forms, steps and items render themselves, so a new procedure needs no new app.

use crate::commands::registers::Registers;
use crate::error::ButlerError;
use crate::playbook::Label;
use crate::playbook::condition::Scope;
use crate::playbook::form::{self, AnswerType, Asked, Choice, FormField};

/// One question of a form, a step or a checklist.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its id: the key of the answer.
    pub field: String,
    /// The question.
    pub label: Label,
    /// The kind of answer.
    pub answer: AnswerType,
    /// Whether it must be answered.
    pub required: bool,
    /// Whether this person may answer it; otherwise it is only shown.
    pub writable: bool,
    /// Whether the answer is personal data.
    pub personal: bool,
    /// What may be chosen.
    pub options: Vec<Choice>,
    /// Unit of a number.
    pub unit: Option<String>,
}

impl From<&Asked<'_>> for Question {
    fn from(asked: &Asked<'_>) -> Self {
        Self { required: asked.required, writable: asked.writable, ..Self::from(asked.field) }
    }
}

impl From<&FormField> for Question {
    fn from(field: &FormField) -> Self {
        Self {
            field: field.id.clone(),
            label: field.label.clone(),
            answer: field.answer,
            required: field.required,
            writable: true,
            personal: field.personal,
            options: field.options.clone(),
            unit: field.unit.clone(),
        }
    }
}

impl Registers<'_> {
    /// The questions of a form as they stand before any answer.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::NotEnrolled`].
    pub fn form(&self, id: &str) -> Result<Vec<Question>, ButlerError> {
        let office = self.0.office()?;
        let staff = self.0.enrolled()?.ok_or(ButlerError::NotEnrolled)?;
        let form = office.playbooks.form(id).ok_or(ButlerError::NotFound)?;
        let today = office.date_of(self.0.host.now());
        let asked = form::ask(
            &form.fields,
            &crate::model::Evidence::default(),
            &Scope::new().today(today),
            &office.roles_of(&staff),
        );
        Ok(asked.iter().map(Question::from).collect())
    }
}
