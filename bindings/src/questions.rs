//! What is asked: forms, steps and items render themselves.

use butler_core::playbook::form;
use butler_core::views::questions;

use crate::values::Label;

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

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
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
    /// Unit of a number.
    pub unit: Option<String>,
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

impl From<questions::Question> for Question {
    fn from(question: questions::Question) -> Self {
        Self {
            field: question.field,
            label: question.label.into(),
            answer: question.answer.into(),
            required: question.required,
            writable: question.writable,
            personal: question.personal,
            options: question.options.into_iter().map(Choice::from).collect(),
            unit: question.unit,
        }
    }
}
