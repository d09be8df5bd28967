//! Forms: what is asked, of whom, and whether the answers will do.

mod answers;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::condition::{Condition, Declared, Scope};
use super::sum::SumPart;
use super::terms::Meanings;
use super::{Label, Playbooks};
use crate::model::fields::{self};
use crate::model::{Evidence, FormId, Kind, QuestionId, Record, RoleId, Value};
use crate::query::{AnswerOutcome, Forms, SubjectKind};
pub use answers::{answered, ask, ask_form, check, check_edit, check_fields, complete, propose};

/// A form of its own: a contact, a row of a register, the data of a home. The questions of a workflow's steps
/// and of a checklist are the same [`FormField`]s.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Stable identity.
    pub id: FormId,
    /// What it is called.
    pub title: Label,
    /// Not offered any more; what was filled in stays readable.
    #[serde(default)]
    pub retired: bool,
    /// Where it stands among the forms one may begin: the lowest first, those without one behind them.
    #[serde(default)]
    pub rank: Option<u32>,
    /// The kind of record it fills: `entry` unless said otherwise. The fields of a form over `home`,
    /// `resident` or `contact` are that record's paths.
    #[serde(default = "entry")]
    pub record: Kind,
    /// What it is about.
    #[serde(default)]
    pub subject: Option<SubjectKind>,
    /// Who may fill it in; empty: whoever may write the record.
    #[serde(default)]
    pub roles: Vec<RoleId>,
    /// Who may read its rows; empty: whoever may read entries.
    #[serde(default)]
    pub read_by: Vec<RoleId>,
    /// Questions whose answers one person gives once together at a place: a second row with the same is rejected.
    #[serde(default)]
    pub once: Vec<QuestionId>,
    /// Advice shown beside the form.
    #[serde(default)]
    pub guidance: Option<Label>,
    /// Whether an entry of this form answers a due item, and how.
    #[serde(default)]
    pub answers_due: Option<DueAnswer>,
    /// What the answers suggest about the record the row is about; of each field the first that holds.
    #[serde(default, rename = "proposal")]
    pub proposals: Vec<Proposal>,
    /// The questions, in order.
    #[serde(default, rename = "field")]
    pub fields: Vec<FormField>,
}

/// A value the answers of a form suggest for a field of the record the row is about. Nothing is written by itself:
/// taking a proposal is an ordinary edit of that record.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The field of the record.
    pub path: String,
    /// The value it should have.
    pub value: Value,
    /// Why, or what the value is called, as shown; absent: the words of the field table.
    #[serde(default)]
    pub label: Option<Label>,
    /// Proposed only when this holds over the answers, as `form`.
    #[serde(default)]
    pub when: Option<Condition>,
}

const fn yes() -> bool {
    true
}

fn entry() -> Kind {
    Kind::Entry
}

impl Form {
    /// Gives each question over a field of the record that field's own words, unless it has words of its own.
    pub(super) fn with_words_of_fields(mut self) -> Self {
        if self.record != Kind::Entry {
            for field in self.fields.iter_mut().filter(|field| field.label == Label::default()) {
                field.label =
                    fields::spec(self.record, field.id.as_str()).map(Label::of_field).unwrap_or_default();
            }
        }
        self
    }
}

/// How an entry answers a due item without doing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum DueAnswer {
    /// Put off until its date `until`.
    Snooze,
    /// Left out, with a reason.
    Skip,
}

impl Forms for Playbooks {
    fn outcome(&self, form: &FormId, until: Option<NaiveDate>) -> Option<AnswerOutcome> {
        Some(match (self.form(form)?.answers_due?, until) {
            (DueAnswer::Snooze, Some(until)) => AnswerOutcome::Snoozed { until },
            // A snooze without a readable day puts nothing off.
            (DueAnswer::Snooze, None) => AnswerOutcome::Begun,
            (DueAnswer::Skip, _) => AnswerOutcome::Skipped,
        })
    }

    fn flags(&self, form: &FormId) -> BTreeSet<&str> {
        let fields = self.form(form).into_iter().flat_map(|form| &form.fields);
        fields.filter(|field| field.answer == AnswerType::Flag).map(|field| field.id.as_str()).collect()
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormField {
    /// Stable identity within its form, step or checklist.
    pub id: QuestionId,
    /// The question; absent in a form over a record: the words of the field it asks for.
    #[serde(default)]
    pub label: Label,
    /// What kind of answer.
    #[serde(rename = "type")]
    pub answer: AnswerType,
    /// More words under the question.
    #[serde(default)]
    pub help: Option<Label>,
    /// Must be answered whenever it is shown.
    #[serde(default)]
    pub required: bool,
    /// Must be answered when this holds.
    #[serde(default)]
    pub required_when: Option<Condition>,
    /// Is asked only when this holds.
    #[serde(default)]
    pub shown_when: Option<Condition>,
    /// The answer is personal data.
    #[serde(default)]
    pub personal: bool,
    /// Unit of a number, an id of the terms' units.
    #[serde(default)]
    pub unit: Option<String>,
    /// Smallest number allowed.
    #[serde(default)]
    pub min: Option<f64>,
    /// Largest number allowed.
    #[serde(default)]
    pub max: Option<f64>,
    /// What may be chosen. Filled from `options_from` when the set is read.
    #[serde(default)]
    pub options: Vec<Choice>,
    /// Steps: the question of the case whose answer stands here until somebody writes another.
    #[serde(default)]
    pub prefilled_from: Option<QuestionId>,
    /// A list of choices shared through the terms file.
    #[serde(default)]
    pub options_from: Option<String>,
    /// What a company's own words among the options count as. Filled when the set is read.
    #[serde(skip)]
    pub meanings: Meanings,
    /// Characters at most (default 500).
    #[serde(default)]
    pub max_length: Option<usize>,
    /// Photos at least, when photos are required (default 1).
    #[serde(default)]
    pub at_least: Option<usize>,
    /// Only these roles may give the answer; others see it.
    #[serde(default)]
    pub entered_by: Vec<RoleId>,
    /// What those roles are called. Filled when the set is read.
    #[serde(skip)]
    pub whose: Option<Label>,
    /// It is worked out by adding these up, and nobody answers it.
    #[serde(default)]
    pub sum: Vec<SumPart>,
    /// Checklists: the answer is a finding when this holds.
    #[serde(default)]
    pub fails_when: Option<Condition>,
    /// Checklists: whether a photo must go with the answer.
    #[serde(default)]
    pub photo: PhotoRule,
    /// Checklists: a finding here asks for an order. Not so a score of the whole, or what another item says in detail.
    #[serde(default = "yes")]
    pub order: bool,
    /// The answer of a flag must be yes: with a no nothing is recorded.
    #[serde(default)]
    pub must: bool,
    /// What is said instead of the general words when the answer will not do.
    #[serde(default)]
    pub invalid: Option<Label>,
}

/// What kind of answer a question takes, and how it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum AnswerType {
    /// Words: text.
    Text,
    /// A measured number with its unit: integer or real.
    Number,
    /// A date: text `2026-11-22`.
    Date,
    /// A time of day: text `08:30`.
    Time,
    /// A moment: milliseconds since the Unix epoch, integer.
    Moment,
    /// Yes or no: boolean.
    Flag,
    /// One of the options: its id as text.
    Choice,
    /// Some of the options: their ids in the order of the options, joined by commas.
    MultiChoice,
    /// Photos: in the evidence's photos, not its fields.
    Photo,
    /// A signature: a photo.
    Signature,
    /// A telephone number: text, normalised by whoever takes it in.
    Phone,
    /// An amount of money in fen (分): integer. Shown only, but for the roles of `entered_by`, never a role
    /// that may not enter money.
    Money,
    /// 1 to 5: integer.
    Score,
    /// A resident: record id as text.
    Person,
    /// A home: record id as text.
    Home,
    /// Another case: record id as text.
    Case,
    /// A member of staff: id as text.
    Staff,
    /// A public spot or building: place id as text.
    Place,
}

/// One of the answers that may be chosen.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Choice {
    /// Stable identity, stored as the answer.
    pub id: String,
    /// What is shown.
    pub label: Label,
    /// Checklists: choosing it is a finding.
    #[serde(default)]
    pub fails: bool,
    /// Checklists: what is found where all is well. Where no option says it, it is the first that is no finding, filled
    /// in when the set is read.
    #[serde(default)]
    pub normal: bool,
    /// Choosing it makes a finding or a case a severe one: screens say so in words wherever it stands.
    #[serde(default)]
    pub severe: bool,
}

impl Choice {
    /// A word of the field table.
    pub(super) fn from_table(word: &crate::model::choice::CodedWord) -> Self {
        Self {
            id: word.code.to_owned(),
            label: Label::new(word.zh, word.en),
            fails: false,
            normal: false,
            severe: false,
        }
    }
}

/// Whether a photo must go with an answer of a checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum PhotoRule {
    /// Never required.
    #[default]
    Never,
    /// When the answer is a finding.
    OnFail,
    /// Always.
    Always,
}

/// A question as it stands for the present answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked<'a> {
    /// The question.
    pub field: &'a FormField,
    /// Whether it must be answered now.
    pub required: bool,
    /// Whether the role may answer it; otherwise it is only shown.
    pub writable: bool,
    /// What stands there until somebody answers.
    pub prefilled: Option<Value>,
    /// What is wrong with the present answer, if anything.
    pub problem: Option<FieldProblem>,
    /// Of a sum: what it comes to for the present answers.
    pub worked_out: Option<Value>,
}

/// What is wrong with one answer. Names the question, never repeats the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct FieldProblem {
    /// The question.
    pub field: QuestionId,
    /// What is wrong.
    pub code: ProblemCode,
    /// What to tell the user.
    pub message: Label,
}

/// What can be wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum ProblemCode {
    /// Not answered though it must be.
    Missing,
    /// Fewer photos than needed.
    PhotosMissing,
    /// Not of the question's type.
    WrongType,
    /// A number below the least allowed.
    TooSmall,
    /// A number above the greatest allowed.
    TooLarge,
    /// None of the options.
    NotAnOption,
    /// Not a date `2026-11-22` or a time `08:30`.
    NotADate,
    /// More characters than allowed.
    TooLong,
    /// Not a telephone number.
    NotAPhone,
    /// No, where only a yes will do.
    MustBeYes,
    /// The form has no such question, or it is not asked now.
    NotAsked,
    /// This role may not give this answer.
    NotAllowed,
    /// A sum is worked out, and nobody gives it.
    WorkedOut,
    /// The same person has entered a row with the same at the same place before, and it is given once.
    Repeated,
}

impl AnswerType {
    /// How conditions see the answer; `None` for photos, which are counted, not compared.
    #[must_use]
    pub const fn declared(self) -> Option<Declared> {
        match self {
            Self::Photo | Self::Signature => None,
            Self::Number | Self::Money | Self::Score | Self::Moment => Some(Declared::Number),
            Self::Flag => Some(Declared::Flag),
            Self::Date => Some(Declared::Date),
            Self::MultiChoice => Some(Declared::List),
            Self::Text
            | Self::Time
            | Self::Choice
            | Self::Phone
            | Self::Person
            | Self::Home
            | Self::Case
            | Self::Staff
            | Self::Place => Some(Declared::Text),
        }
    }

    /// Whether the answer is given as photos.
    #[must_use]
    pub const fn is_photo(self) -> bool {
        matches!(self, Self::Photo | Self::Signature)
    }
}

impl Form {
    /// What a record says to the questions of a form over its kind.
    #[must_use]
    pub fn answers(&self, record: &Record) -> Evidence {
        let given = |field: &FormField| Some((field.id.clone(), record.get(field.id.as_str())?.clone()));
        Evidence { fields: self.fields.iter().filter_map(given).collect(), ..Evidence::default() }
    }
}

impl FormField {
    /// An option by id.
    #[must_use]
    pub fn option(&self, id: &str) -> Option<&Choice> {
        self.options.iter().find(|option| option.id == id)
    }

    /// Whether it is worked out instead of answered.
    #[must_use]
    pub const fn is_sum(&self) -> bool {
        !self.sum.is_empty()
    }

    /// Whether one of `roles` may give this answer; the others only see it.
    #[must_use]
    pub fn is_writable(&self, roles: &[RoleId]) -> bool {
        if self.is_sum() {
            return false;
        }
        let open = self.answer != AnswerType::Money && self.entered_by.is_empty();
        open || self.entered_by.iter().any(|role| roles.contains(role))
    }

    /// The smallest number allowed.
    #[must_use]
    pub fn least(&self) -> Option<f64> {
        if self.answer == AnswerType::Score { Some(self.min.unwrap_or(1.0).max(1.0)) } else { self.min }
    }

    /// The greatest number allowed.
    #[must_use]
    pub fn most(&self) -> Option<f64> {
        if self.answer == AnswerType::Score { Some(self.max.unwrap_or(5.0).min(5.0)) } else { self.max }
    }

    /// How many characters a text may have.
    #[must_use]
    pub fn longest(&self) -> Option<usize> {
        (self.answer == AnswerType::Text).then(|| self.max_length.unwrap_or(DEFAULT_LENGTH))
    }

    /// How many photos there must be, when photos are required.
    #[must_use]
    pub fn photos(&self) -> usize {
        self.at_least.unwrap_or(1)
    }

    /// Whether a checklist's answer is a finding.
    #[must_use]
    pub fn fails(&self, value: &Value, scope: &Scope) -> bool {
        let chosen = value.as_text().unwrap_or_default();
        let option = chosen.split(',').filter_map(|id| self.option(id)).any(|option| option.fails);
        option || self.fails_when.as_ref().is_some_and(|when| when.holds(scope))
    }
}

/// Characters of a text answer when the form does not say.
const DEFAULT_LENGTH: usize = 500;

/// Minutes since midnight of `08:30`.
pub(super) fn parse_time(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}
