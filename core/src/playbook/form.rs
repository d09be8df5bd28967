//! Forms: what is asked, of whom, and whether the answers will do.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::condition::{Condition, Declared, Scope};
use super::{Label, Playbooks};
use crate::model::fields::{self, Type};
use crate::model::{Evidence, FormId, Kind, QuestionId, Record, RoleId, Value};
use crate::query::{AnswerOutcome, Forms, SubjectKind};

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
    /// A list of choices shared through the terms file.
    #[serde(default)]
    pub options_from: Option<String>,
    /// Characters at most (default 500).
    #[serde(default)]
    pub max_length: Option<usize>,
    /// Photos at least, when photos are required (default 1).
    #[serde(default)]
    pub at_least: Option<usize>,
    /// Only these roles may give the answer; others see it.
    #[serde(default)]
    pub entered_by: Vec<RoleId>,
    /// Checklists: the answer is a finding when this holds.
    #[serde(default)]
    pub fails_when: Option<Condition>,
    /// Checklists: whether a photo must go with the answer.
    #[serde(default)]
    pub photo: PhotoRule,
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
}

impl Choice {
    /// A word of the field table.
    pub(super) fn from_table(word: &crate::model::choice::CodedWord) -> Self {
        Self { id: word.code.to_owned(), label: Label::new(word.zh, word.en), fails: false }
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
    /// What is wrong with the present answer, if anything.
    pub problem: Option<FieldProblem>,
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

    fn is_shown(&self, scope: &Scope) -> bool {
        self.shown_when.as_ref().is_none_or(|when| when.holds(scope))
    }

    fn is_required(&self, scope: &Scope) -> bool {
        self.required || self.required_when.as_ref().is_some_and(|when| when.holds(scope))
    }

    /// Whether one of `roles` may give this answer; the others only see it.
    #[must_use]
    pub fn is_writable(&self, roles: &[RoleId]) -> bool {
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

    /// What is wrong with an answer of this question, its type and bounds alone.
    fn fault(&self, value: &Value) -> Option<ProblemCode> {
        use ProblemCode as P;
        let number = |value: &Value| {
            let Some(number) = value.as_real().filter(|number| number.is_finite()) else {
                return Some(P::WrongType);
            };
            match () {
                () if self.least().is_some_and(|least| number < least) => Some(P::TooSmall),
                () if self.most().is_some_and(|most| number > most) => Some(P::TooLarge),
                () => None,
            }
        };
        let Some(text) = value.as_text() else {
            return match (self.answer, value) {
                (AnswerType::Flag, Value::Bool(yes)) => (self.must && !yes).then_some(P::MustBeYes),
                (AnswerType::Moment, Value::Int(_)) => None,
                (AnswerType::Money | AnswerType::Score, Value::Int(_)) | (AnswerType::Number, _) => {
                    number(value)
                }
                _ => Some(P::WrongType),
            };
        };
        match self.answer {
            AnswerType::Choice => self.option(text).is_none().then_some(P::NotAnOption),
            AnswerType::MultiChoice => {
                // One spelling per set, so that equal choices made concurrently are no conflict.
                let canonical: Vec<&str> = self.options.iter().map(|option| option.id.as_str()).collect();
                let chosen: Vec<&str> = text.split(',').filter(|id| !id.is_empty()).collect();
                let in_order: Vec<&str> = canonical.into_iter().filter(|id| chosen.contains(id)).collect();
                (in_order != chosen).then_some(P::NotAnOption)
            }
            AnswerType::Date => text.parse::<chrono::NaiveDate>().is_err().then_some(P::NotADate),
            AnswerType::Time => parse_time(text).is_none().then_some(P::NotADate),
            AnswerType::Phone => {
                let digits = text.chars().filter(char::is_ascii_digit).count();
                let plain = text.chars().all(|c| c.is_ascii_digit() || "+-#, ".contains(c));
                (!plain || !(3..=20).contains(&digits)).then_some(P::NotAPhone)
            }
            AnswerType::Person | AnswerType::Home | AnswerType::Case => {
                text.parse::<crate::model::RecordId>().is_err().then_some(P::WrongType)
            }
            AnswerType::Staff => crate::model::StaffId::new(text).is_err().then_some(P::WrongType),
            AnswerType::Place => crate::model::PlaceId::new(text).is_err().then_some(P::WrongType),
            AnswerType::Text => {
                self.longest().is_some_and(|most| text.chars().count() > most).then_some(P::TooLong)
            }
            _ => Some(P::WrongType),
        }
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

/// The scope with the answers of a form bound under `form`.
#[must_use]
pub fn answered(fields: &[FormField], evidence: &Evidence, scope: &Scope) -> Scope {
    let mut scope = scope.clone();
    for field in fields {
        if let (Some(declared), Some(value)) =
            (field.answer.declared(), evidence.fields.get(field.id.as_str()))
        {
            scope.bind("form", field.id.as_str(), declared, value);
        }
    }
    scope
}

/// The questions to show for the present answers, in order, each with what is wrong with its answer.
#[must_use]
pub fn ask<'a>(
    fields: &'a [FormField],
    evidence: &Evidence,
    scope: &Scope,
    roles: &[RoleId],
) -> Vec<Asked<'a>> {
    let scope = answered(fields, evidence, scope);
    fields
        .iter()
        .filter(|field| field.is_shown(&scope))
        .map(|field| {
            let writable = field.is_writable(roles);
            let required = writable && field.is_required(&scope);
            let problem = problem(field, evidence, &scope, required, writable);
            Asked { field, required, writable, problem }
        })
        .collect()
}

/// What the answers suggest about the record the row is about: of each field the first proposal that holds.
#[must_use]
pub fn propose<'a>(form: &'a Form, evidence: &Evidence, scope: &Scope) -> Vec<&'a Proposal> {
    let scope = answered(&form.fields, evidence, scope);
    let mut proposed: Vec<&Proposal> = Vec::new();
    for proposal in &form.proposals {
        let taken = proposed.iter().any(|earlier| earlier.path == proposal.path);
        if !taken && proposal.when.as_ref().is_none_or(|when| when.holds(&scope)) {
            proposed.push(proposal);
        }
    }
    proposed
}

/// Everything wrong with the answers: missing, not allowed, not asked.
#[must_use]
pub fn check(
    fields: &[FormField],
    evidence: &Evidence,
    scope: &Scope,
    roles: &[RoleId],
) -> Vec<FieldProblem> {
    let asked = ask(fields, evidence, scope, roles);
    let is_asked = |id: &str| asked.iter().any(|asked| asked.field.id == id);
    let given: BTreeMap<&str, ()> =
        evidence.fields.keys().chain(evidence.photos.keys()).map(|id| (id.as_str(), ())).collect();
    let unasked = given.into_keys().filter(|id| !is_asked(id)).map(|id| FieldProblem {
        field: id.into(),
        code: ProblemCode::NotAsked,
        message: ProblemCode::NotAsked.words(&FormField::nameless(id)),
    });
    asked.iter().filter_map(|asked| asked.problem.clone()).chain(unasked).collect()
}

/// What is wrong with what an edit makes of the answers `before`: the answers it changes, and what they newly demand of
/// others. What was wrong before and stays untouched is not this person's fault, and an answer that is left over when its
/// question is not asked any more stays as it is.
#[must_use]
pub fn check_edit(
    fields: &[FormField],
    before: &Evidence,
    after: &Evidence,
    scope: &Scope,
    roles: &[RoleId],
) -> Vec<FieldProblem> {
    let changed = |id: &str| {
        before.fields.get(id) != after.fields.get(id) || before.photos.get(id) != after.photos.get(id)
    };
    let was = check(fields, before, scope, roles);
    let mut problems = check(fields, after, scope, roles);
    problems.retain(|problem| {
        changed(problem.field.as_str()) || problem.code.is_demand() && !was.contains(problem)
    });
    // Taking somebody else's answer away is answering for them.
    let others = fields.iter().filter(|field| changed(field.id.as_str()) && !field.is_writable(roles));
    for field in others {
        if !problems.iter().any(|problem| problem.field == field.id) {
            problems.push(FieldProblem::of(field, ProblemCode::NotAllowed));
        }
    }
    problems
}

/// The same for a record's own fields, where an edit says only a part: what it writes must fit its question even while
/// that is not asked, and nothing is demanded but what the touched answers bring about.
#[must_use]
pub fn check_fields(
    form: &Form,
    before: Option<&Record>,
    after: &Record,
    scope: &Scope,
    roles: &[RoleId],
) -> Vec<FieldProblem> {
    let before = before.map(|record| form.answers(record)).unwrap_or_default();
    let after = form.answers(after);
    let fault = |problem: FieldProblem| {
        let field = form.fields.iter().find(|field| field.id == problem.field)?;
        // The field table has judged what a date may lack.
        let ty = fields::spec(form.record, field.id.as_str()).map(|spec| spec.ty);
        let partial = matches!(ty, Some(Type::PartialDate | Type::Birthday));
        match problem.code {
            ProblemCode::NotADate if partial => None,
            ProblemCode::NotAsked => {
                let code = after.fields.get(field.id.as_str()).and_then(|value| field.fault(value))?;
                (code != ProblemCode::NotADate || !partial).then(|| FieldProblem::of(field, code))
            }
            _ => Some(problem),
        }
    };
    check_edit(&form.fields, &before, &after, scope, roles).into_iter().filter_map(fault).collect()
}

fn problem(
    field: &FormField,
    evidence: &Evidence,
    scope: &Scope,
    required: bool,
    writable: bool,
) -> Option<FieldProblem> {
    let value = evidence.fields.get(field.id.as_str());
    let photos = evidence.photos.get(field.id.as_str()).map_or(0, Vec::len);
    let empty = value.is_none_or(|value| value.as_text().is_some_and(|text| text.trim().is_empty()));
    let code = if field.answer.is_photo() {
        let need = if required { field.photos() } else { 0 };
        match () {
            () if value.is_some() => Some(ProblemCode::WrongType),
            () if photos > 0 && !writable => Some(ProblemCode::NotAllowed),
            () if photos < need => Some(ProblemCode::PhotosMissing),
            () => None,
        }
    } else if empty {
        required.then_some(ProblemCode::Missing)
    } else if !writable {
        Some(ProblemCode::NotAllowed)
    } else {
        value.and_then(|value| field.fault(value)).or_else(|| {
            let fails = value.is_some_and(|value| field.fails(value, scope));
            let photo = field.photo == PhotoRule::Always || (field.photo == PhotoRule::OnFail && fails);
            (photo && photos < field.photos()).then_some(ProblemCode::PhotosMissing)
        })
    }?;
    Some(FieldProblem::of(field, code))
}

impl FieldProblem {
    fn of(field: &FormField, code: ProblemCode) -> Self {
        let message = match (&field.invalid, code) {
            (Some(invalid), code) if code.is_about_the_answer() => invalid.clone(),
            _ => code.words(field),
        };
        Self { field: field.id.clone(), code, message }
    }
}

impl FormField {
    /// Stands for a question the form does not have.
    fn nameless(id: &str) -> Self {
        Self {
            id: id.into(),
            label: Label::new(id, id),
            answer: AnswerType::Text,
            help: None,
            required: false,
            required_when: None,
            shown_when: None,
            personal: false,
            unit: None,
            min: None,
            max: None,
            options: Vec::new(),
            options_from: None,
            max_length: None,
            at_least: None,
            entered_by: Vec::new(),
            fails_when: None,
            photo: PhotoRule::Never,
            must: false,
            invalid: None,
        }
    }
}

impl ProblemCode {
    const fn is_demand(self) -> bool {
        matches!(self, Self::Missing | Self::PhotosMissing)
    }

    const fn is_about_the_answer(self) -> bool {
        !matches!(self, Self::Missing | Self::PhotosMissing | Self::NotAsked | Self::NotAllowed)
    }

    /// What to tell the user.
    fn words(self, field: &FormField) -> Label {
        let (zh, en) = (&field.label.zh, &field.label.en);
        match self {
            Self::Missing => Label::new(format!("请填写“{zh}”"), format!("please answer “{en}”")),
            Self::PhotosMissing => {
                let need = field.photos();
                Label::new(
                    format!("“{zh}”至少需要 {need} 张照片"),
                    format!("“{en}” needs at least {need} photo(s)"),
                )
            }
            Self::WrongType => {
                Label::new(format!("“{zh}”的填写方式不对"), format!("“{en}” is not filled in correctly"))
            }
            Self::TooSmall => {
                let min = field.least().unwrap_or_default();
                Label::new(format!("“{zh}”不能小于 {min}"), format!("“{en}” must be at least {min}"))
            }
            Self::TooLarge => {
                let max = field.most().unwrap_or_default();
                Label::new(format!("“{zh}”不能大于 {max}"), format!("“{en}” must be at most {max}"))
            }
            Self::NotAnOption => {
                Label::new(format!("请从“{zh}”的选项中选择"), format!("choose one of the options of “{en}”"))
            }
            Self::NotADate => Label::new(
                format!("“{zh}”不是有效的日期或时间"),
                format!("“{en}” is not a valid date or time"),
            ),
            Self::TooLong => {
                let most = field.longest().unwrap_or_default();
                Label::new(
                    format!("“{zh}”最多 {most} 个字"),
                    format!("“{en}” takes at most {most} characters"),
                )
            }
            Self::NotAPhone => {
                Label::new(format!("“{zh}”不是有效的电话号码"), format!("“{en}” is not a telephone number"))
            }
            Self::MustBeYes => {
                Label::new(format!("“{zh}”必须为“是”"), format!("“{en}” must be answered with yes"))
            }
            Self::NotAsked => {
                Label::new(format!("此处不需要填写“{zh}”"), format!("“{en}” is not asked here"))
            }
            Self::NotAllowed => {
                Label::new(format!("“{zh}”由其他岗位填写"), format!("“{en}” is filled in by another role"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;
    use crate::model::PhotoId;

    fn fields() -> Vec<FormField> {
        #[derive(Deserialize)]
        struct Only {
            field: Vec<FormField>,
        }
        let only: Only = toml::from_str(
            r#"
            [[field]]
            id = "outcome"
            label = { zh = "检查结果", en = "Outcome" }
            type = "choice"
            required = true
            options = [
              { id = "normal", label = { zh = "正常", en = "normal" } },
              { id = "violation", label = { zh = "违规", en = "violation" }, fails = true },
            ]
            [[field]]
            id = "deadline"
            label = { zh = "整改期限", en = "Deadline" }
            type = "date"
            shown_when = "has(form.outcome) && form.outcome == 'violation'"
            required_when = "has(form.outcome) && form.outcome == 'violation'"
            [[field]]
            id = "items"
            label = { zh = "违规项目", en = "Items" }
            type = "multi_choice"
            options = [
              { id = "gas", label = { zh = "改动燃气管", en = "gas pipe" } },
              { id = "wall", label = { zh = "拆承重墙", en = "load-bearing wall" } },
            ]
            [[field]]
            id = "pressure"
            label = { zh = "压力", en = "Pressure" }
            type = "number"
            unit = "mpa"
            min = 0.1
            max = 1.6
            invalid = { zh = "压力表读数应在 0.1 到 1.6 兆帕之间", en = "the gauge reads 0.1 to 1.6 MPa" }
            [[field]]
            id = "satisfied"
            label = { zh = "满意度", en = "Satisfaction" }
            type = "score"
            min = 3
            [[field]]
            id = "photo"
            label = { zh = "照片", en = "Photo" }
            type = "photo"
            required_when = "has(form.outcome) && form.outcome == 'violation'"
            at_least = 2
            [[field]]
            id = "fee"
            label = { zh = "费用", en = "Fee" }
            type = "money"
            unit = "fen"
            entered_by = ["finance"]
            [[field]]
            id = "phone"
            label = { zh = "电话", en = "Telephone" }
            type = "phone"
            [[field]]
            id = "fenced"
            label = { zh = "已围挡", en = "Fenced" }
            type = "flag"
            must = true
            [[field]]
            id = "note"
            label = { zh = "说明", en = "Remark" }
            type = "text"
            max_length = 4
            "#,
        )
        .unwrap();
        only.field
    }

    fn problems(answers: &[(&str, Value)], photos: usize, role: &str) -> Vec<(QuestionId, ProblemCode)> {
        let fields = fields();
        let mut evidence = Evidence::default();
        evidence.fields.extend(answers.iter().map(|(id, value)| ((*id).into(), value.clone())));
        if photos > 0 {
            let taken = (0..photos).map(|n| PhotoId([u8::try_from(n).unwrap(); 32])).collect();
            evidence.photos.insert("photo".into(), taken);
        }
        let found = check(&fields, &evidence, &Scope::new(), &[RoleId::new(role).unwrap()]);
        found.into_iter().map(|problem| (problem.field, problem.code)).collect()
    }

    fn one(id: &str, value: impl Into<Value>) -> Option<ProblemCode> {
        let found = problems(&[("outcome", "normal".into()), (id, value.into())], 0, "butler");
        assert!(found.len() <= 1, "{found:?}");
        found.into_iter().next().map(|(_, code)| code)
    }

    #[test]
    fn what_is_asked_follows_the_answers() {
        use ProblemCode as P;
        assert_eq!(problems(&[], 0, "butler"), [("outcome".into(), P::Missing)]);
        assert_eq!(problems(&[("outcome", "normal".into())], 0, "butler"), []);
        let violation = ("outcome", Value::from("violation"));
        let expected = [("deadline".into(), P::Missing), ("photo".into(), P::PhotosMissing)];
        assert_eq!(problems(from_ref(&violation), 1, "butler"), expected);
        assert_eq!(problems(&[violation, ("deadline", "2026-12-01".into())], 2, "butler"), []);
        let unasked =
            problems(&[("outcome", "normal".into()), ("deadline", "2026-12-01".into())], 0, "butler");
        assert_eq!(unasked, [("deadline".into(), P::NotAsked)]);
    }

    #[test]
    fn of_each_field_the_first_proposal_that_holds_is_made() {
        let form: Form = toml::from_str(
            r#"
            id = "questionnaire"
            title = { zh = "问卷", en = "Questionnaire" }
            subject = "resident"
            [[field]]
            id = "children"
            label = { zh = "孩子", en = "Children" }
            type = "number"
            unit = "person"
            [[proposal]]
            path = "segment"
            value = "many"
            when = "has(form.children) && form.children > 2"
            [[proposal]]
            path = "segment"
            value = "some"
            when = "has(form.children) && form.children > 0"
            [[proposal]]
            path = "stage"
            value = "settled"
            "#,
        )
        .unwrap();
        let proposed = |children: Option<i64>| -> Vec<(String, Value)> {
            let mut evidence = Evidence::default();
            evidence.fields.extend(children.map(|n| ("children".into(), n.into())));
            let made = propose(&form, &evidence, &Scope::new());
            made.into_iter().map(|proposal| (proposal.path.clone(), proposal.value.clone())).collect()
        };
        let pair = |path: &str, value: &str| (path.to_owned(), Value::from(value));
        assert_eq!(proposed(Some(3)), [pair("segment", "many"), pair("stage", "settled")]);
        assert_eq!(proposed(Some(1)), [pair("segment", "some"), pair("stage", "settled")]);
        assert_eq!(proposed(None), [pair("stage", "settled")]);
    }

    #[test]
    fn every_answer_is_held_to_its_type_and_bounds() {
        use ProblemCode as P;
        for (id, value, expected) in [
            ("outcome", Value::from("maybe"), Some(P::NotAnOption)),
            ("items", "gas,wall".into(), None),
            ("items", "wall,gas".into(), Some(P::NotAnOption)),
            ("items", "".into(), None),
            ("pressure", 0.4.into(), None),
            ("pressure", 1.into(), None),
            ("pressure", 0.0.into(), Some(P::TooSmall)),
            ("pressure", 2.into(), Some(P::TooLarge)),
            ("pressure", "0.4".into(), Some(P::WrongType)),
            ("pressure", f64::NAN.into(), Some(P::WrongType)),
            ("satisfied", 3.into(), None),
            ("satisfied", 5.into(), None),
            ("satisfied", 2.into(), Some(P::TooSmall)),
            ("satisfied", 6.into(), Some(P::TooLarge)),
            ("phone", "138 0013 8000".into(), None),
            ("phone", "+86-13800138000".into(), None),
            ("phone", "王小明".into(), Some(P::NotAPhone)),
            ("fenced", true.into(), None),
            ("fenced", false.into(), Some(P::MustBeYes)),
            ("note", "四个汉字".into(), None),
            ("note", "超过四个字".into(), Some(P::TooLong)),
            ("fee", 100.into(), Some(P::NotAllowed)),
            ("photo", "IMG_1.jpg".into(), Some(P::WrongType)),
            ("nobody", 1.into(), Some(P::NotAsked)),
        ] {
            assert_eq!(one(id, value.clone()), expected, "{id} = {value:?}");
        }
        let finance = problems(&[("outcome", "normal".into()), ("fee", 100.into())], 0, "finance");
        assert_eq!(finance, []);
    }

    fn given(answers: &[(&str, Value)]) -> Evidence {
        let fields = answers.iter().map(|(id, value)| ((*id).into(), value.clone())).collect();
        Evidence { fields, photos: BTreeMap::new() }
    }

    #[test]
    fn an_edit_answers_for_what_it_changes_and_what_that_demands() {
        use ProblemCode as P;
        let fields = fields();
        let found = |before: &[(&str, Value)], after: &[(&str, Value)], role: &str| -> Vec<(QuestionId, P)> {
            let roles = [RoleId::new(role).unwrap()];
            let found = check_edit(&fields, &given(before), &given(after), &Scope::new(), &roles);
            found.into_iter().map(|problem| (problem.field, problem.code)).collect()
        };
        let row = |id: &str, code| (QuestionId::from(id), code);
        let (normal, violation) = (("outcome", "normal".into()), ("outcome", "violation".into()));
        let note = ("note", Value::from("已改"));
        assert_eq!(found(&[], from_ref(&note), "butler"), [], "an old fault is not theirs");
        let old = ("pressure", Value::from(9));
        assert_eq!(found(from_ref(&old), &[old.clone(), note], "butler"), []);
        assert_eq!(found(&[], from_ref(&old), "butler").last(), Some(&row("pressure", P::TooLarge)));
        let demanded = [row("deadline", P::Missing), row("photo", P::PhotosMissing)];
        assert_eq!(found(from_ref(&normal), from_ref(&violation), "butler"), demanded);
        let until = ("deadline", Value::from("2026-12-01"));
        let left = found(&[violation.clone(), until.clone()], &[normal.clone(), until.clone()], "butler");
        assert_eq!(left, [], "what is left over stays");
        assert_eq!(found(&[violation, until], from_ref(&normal), "butler"), []);
        assert_eq!(found(from_ref(&normal), &[], "butler"), [row("outcome", P::Missing)]);
        let fee = [normal.clone(), ("fee", 100.into())];
        assert_eq!(found(&fee, from_ref(&normal), "butler"), [row("fee", P::NotAllowed)]);
        assert_eq!(found(&fee, &[normal], "finance"), []);
    }

    #[test]
    fn words_are_the_forms_own_where_it_has_some_and_never_repeat_the_answer() {
        let fields = fields();
        let mut evidence = Evidence::default();
        evidence.fields.insert("pressure".into(), 9.into());
        let found = check(&fields, &evidence, &Scope::new(), &[]);
        let words = |id: &str| found.iter().find(|problem| problem.field == id).unwrap().message.clone();
        assert_eq!(words("pressure").zh, "压力表读数应在 0.1 到 1.6 兆帕之间");
        assert_eq!(words("outcome"), Label::new("请填写“检查结果”", "please answer “Outcome”"));
    }
}
