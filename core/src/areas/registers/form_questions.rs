//! The questions of a form, and what its answers propose.

use crate::areas::registers::Registers;
use crate::context::question::Question;
use crate::error::ButlerError;
use crate::model::fields::{self, Type};
use crate::model::{Evidence, Kind, Value};
use crate::playbook::Label;
use crate::playbook::condition::Scope;
use crate::playbook::form::{self, Proposal, SubjectKind};

/// A value proposed for a field of the record a row is about.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposalRow {
    /// The field.
    pub path: String,
    /// The value.
    pub value: Value,
    /// The value in words.
    pub label: Label,
}

impl ProposalRow {
    fn of(proposal: &Proposal, kind: Option<Kind>) -> Self {
        let spec = kind.and_then(|kind| fields::spec(kind, &proposal.path));
        let word = match (spec.map(|spec| spec.ty), proposal.value.as_text()) {
            (Some(Type::Choice(words)), Some(code)) => words.iter().find(|word| word.code == code),
            _ => None,
        };
        let text = proposal.value.as_text().unwrap_or_default();
        let word = word.map_or_else(|| Label::new(text, text), |word| Label::new(word.zh, word.en));
        Self {
            path: proposal.path.clone(),
            value: proposal.value.clone(),
            label: proposal.label.clone().unwrap_or(word),
        }
    }
}

/// A form, with what it asks.
#[derive(Debug, Clone, PartialEq)]
pub struct FormRow {
    /// Its id.
    pub form: String,
    /// What it is called.
    pub title: Label,
    /// Advice shown beside it.
    pub guidance: Option<Label>,
    /// What it asks.
    pub questions: Vec<Question>,
}

impl Registers<'_> {
    /// A form with its questions as they stand before any answer.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::NotEnrolled`].
    pub fn form(&self, id: &str) -> Result<FormRow, ButlerError> {
        let questions = self.ask(id, &Evidence::default())?;
        let playbooks = self.0.playbooks()?;
        let form = playbooks.form(id).ok_or(ButlerError::NotFound)?;
        Ok(FormRow {
            form: form.id.clone(),
            title: form.title.clone(),
            guidance: form.guidance.clone(),
            questions,
        })
    }

    /// The questions of a form as they stand with these answers: what is asked now, what must be answered, what will
    /// not do.
    ///
    /// # Errors
    /// As [`Self::form`].
    pub fn ask(&self, form: &str, answers: &Evidence) -> Result<Vec<Question>, ButlerError> {
        let office = self.0.office()?;
        let staff = self.0.enrolled()?.ok_or(ButlerError::NotEnrolled)?;
        let form = office.playbooks.form(form).ok_or(ButlerError::NotFound)?;
        let scope = Scope::new().today(self.0.date()?);
        let asked = form::ask(&form.fields, answers, &scope, &office.roles_of(&staff));
        Ok(asked.iter().map(Question::from).collect())
    }

    /// What these answers suggest about the record the row is about. Taking a proposal is an ordinary edit of that
    /// record; nothing is written here.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] for an unknown form.
    pub fn propose(&self, form: &str, answers: &Evidence) -> Result<Vec<ProposalRow>, ButlerError> {
        let office = self.0.office()?;
        let form = office.playbooks.form(form).ok_or(ButlerError::NotFound)?;
        let kind = form.subject.and_then(SubjectKind::record);
        let proposed = form::propose(form, answers, &Scope::new().today(self.0.date()?));
        Ok(proposed.into_iter().map(|proposal| ProposalRow::of(proposal, kind)).collect())
    }
}
