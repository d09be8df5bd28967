//! What an app asks: forms, steps and items render themselves, so a new procedure needs no new app.

use crate::commands::registers::Registers;
use crate::error::ButlerError;
use crate::model::fields::{self, Type};
use crate::model::{Evidence, Kind, Value};
use crate::playbook::Label;
use crate::playbook::condition::Scope;
use crate::playbook::form::{self, AnswerType, Asked, Choice, FormField, PhotoRule, Proposal, SubjectKind};

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
    /// More words under the question.
    pub help: Option<Label>,
    /// Unit of a number.
    pub unit: Option<String>,
    /// Smallest number allowed.
    pub min: Option<f64>,
    /// Largest number allowed.
    pub max: Option<f64>,
    /// Characters at most, of a text.
    pub max_length: Option<usize>,
    /// Photos at least, once photos are required.
    pub at_least: Option<usize>,
    /// Whether a photo goes with the answer, in a checklist.
    pub photo: PhotoRule,
    /// Whether only a yes will do, of a flag.
    pub must: bool,
    /// What is said instead of the general words when the answer will not do.
    pub invalid: Option<Label>,
    /// What is wrong with the present answer, or that it is missing.
    pub problem: Option<Label>,
}

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

impl From<&Asked<'_>> for Question {
    fn from(asked: &Asked<'_>) -> Self {
        Self {
            required: asked.required,
            writable: asked.writable,
            problem: asked.problem.as_ref().map(|problem| problem.message.clone()),
            ..Self::from(asked.field)
        }
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
            help: field.help.clone(),
            unit: field.unit.clone(),
            min: field.least(),
            max: field.most(),
            max_length: field.longest(),
            at_least: (field.answer.is_photo() || field.photo != PhotoRule::Never).then(|| field.photos()),
            photo: field.photo,
            must: field.must,
            invalid: field.invalid.clone(),
            problem: None,
        }
    }
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
