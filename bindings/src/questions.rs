//! What is asked: forms, steps and items render themselves.

use butler_core::areas::registers;
use butler_core::context;
use butler_core::playbook::form;

use crate::ids::out;
use crate::values::{Answer, Label, count};

/// The kind of answer a question takes; it decides the control and the variant of [`crate::values::Answer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum AnswerType {
    /// Words: text.
    Text,
    /// A measured number: whole or measure.
    Number,
    /// A date: text `2026-11-22`.
    Date,
    /// A time of day: text `08:30`.
    Time,
    /// A moment: milliseconds since 1970, whole.
    Moment,
    /// Yes or no: flag.
    Flag,
    /// One of the options: its id as text.
    Choice,
    /// Some of the options: their ids joined by commas.
    MultiChoice,
    /// Photos, in the evidence's photos.
    Photo,
    /// A signature, in the evidence's photos.
    Signature,
    /// A telephone number: text.
    Phone,
    /// Money in fen: whole.
    Money,
    /// 1 to 5: whole.
    Score,
    /// A resident: record id as text.
    Person,
    /// A home: record id as text.
    Premises,
    /// Another case: record id as text.
    CaseLink,
    /// A member of staff: id as text.
    Staff,
    /// A public spot or building: id as text.
    Place,
}

/// One of the answers that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Choice {
    /// What is stored.
    pub id: String,
    /// What is shown.
    pub label: Label,
    /// Whether choosing it is a finding.
    pub fails: bool,
}

/// Whether a photo goes with the answer to an item of a checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PhotoRule {
    /// It may.
    Never,
    /// It must when the answer is a finding.
    OnFail,
    /// It must.
    Always,
}

/// One question.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Question {
    /// The key of the answer.
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
    pub max_length: Option<u32>,
    /// Photos at least, once photos are required.
    pub at_least: Option<u32>,
    /// Whether a photo goes with the answer.
    pub photo: PhotoRule,
    /// Whether only a yes will do, of a flag.
    pub must: bool,
    /// What is said instead of the general words when the answer will not do.
    pub invalid: Option<Label>,
    /// What is wrong with the present answer, or that it is missing.
    pub problem: Option<Label>,
}

/// A form, with what it asks before any answer.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
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

/// A value the answers of a form suggest for the record the row is about. Nothing is written by itself: it is taken by
/// an edit of that record.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Proposal {
    /// The field.
    pub path: String,
    /// The value.
    pub value: Answer,
    /// The value in words.
    pub label: Label,
}

impl From<form::AnswerType> for AnswerType {
    fn from(answer: form::AnswerType) -> Self {
        use form::AnswerType as T;
        match answer {
            T::Text => Self::Text,
            T::Number => Self::Number,
            T::Date => Self::Date,
            T::Time => Self::Time,
            T::Moment => Self::Moment,
            T::Flag => Self::Flag,
            T::Choice => Self::Choice,
            T::MultiChoice => Self::MultiChoice,
            T::Photo => Self::Photo,
            T::Signature => Self::Signature,
            T::Phone => Self::Phone,
            T::Money => Self::Money,
            T::Score => Self::Score,
            T::Person => Self::Person,
            T::Premises => Self::Premises,
            T::Case => Self::CaseLink,
            T::Staff => Self::Staff,
            T::Place => Self::Place,
        }
    }
}

impl From<form::Choice> for Choice {
    fn from(choice: form::Choice) -> Self {
        Self { id: choice.id, label: choice.label.into(), fails: choice.fails }
    }
}

impl From<context::question::Question> for Question {
    fn from(question: context::question::Question) -> Self {
        Self {
            field: question.field,
            label: question.label.into(),
            answer: question.answer.into(),
            required: question.required,
            writable: question.writable,
            personal: question.personal,
            options: out(question.options),
            help: question.help.map(Label::from),
            unit: question.unit,
            min: question.min,
            max: question.max,
            max_length: question.max_length.map(count),
            at_least: question.at_least.map(count),
            photo: question.photo.into(),
            must: question.must,
            invalid: question.invalid.map(Label::from),
            problem: question.problem.map(Label::from),
        }
    }
}

impl From<form::PhotoRule> for PhotoRule {
    fn from(rule: form::PhotoRule) -> Self {
        match rule {
            form::PhotoRule::Never => Self::Never,
            form::PhotoRule::OnFail => Self::OnFail,
            form::PhotoRule::Always => Self::Always,
        }
    }
}

impl From<registers::FormRow> for FormRow {
    fn from(form: registers::FormRow) -> Self {
        Self {
            form: form.form,
            title: form.title.into(),
            guidance: form.guidance.map(Label::from),
            questions: out(form.questions),
        }
    }
}

impl From<registers::ProposalRow> for Proposal {
    fn from(proposal: registers::ProposalRow) -> Self {
        Self { path: proposal.path, value: proposal.value.into(), label: proposal.label.into() }
    }
}
