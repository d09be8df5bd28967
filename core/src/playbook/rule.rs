//! Due rules: about what, when, until when, and what answers them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::checklist::{Checklist, Window};
use super::condition::Condition;
use super::related::{HomeMark, Related};
use super::schedule::Schedule;
use super::walk::{Effort, Mode};
use super::workflow::{Deadline, Span, Workflow};
use super::{Label, toml_date};
use crate::model::choice::Outcome;
use crate::model::{
    ChecklistId, FormId, GridId, Kind, PlaceId, Procedure, QuestionId, RoleId, RuleId, StepId, WorkflowId,
};
use crate::query::{FieldFilter, SubjectKind};

/// A `rules` file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Stable identity.
    pub id: String,
    /// What it is called.
    pub title: Label,
    /// The first day on which this version of the file begins periods or takes up events.
    #[serde(deserialize_with = "toml_date::one")]
    pub effective_from: NaiveDate,
    /// What a butler is to customers by it, an identity of the terms; a rule may say another.
    #[serde(default)]
    pub serves: Option<String>,
    /// The rules.
    #[serde(rename = "rule")]
    pub rules: Vec<DueRule>,
    /// What is told of homes wherever they are shown.
    #[serde(default, rename = "mark")]
    pub marks: Vec<HomeMark>,
}

impl Rules {
    /// What the deadlines of a workflow bring to Today, each by a rule of its own, in their order.
    #[must_use]
    pub fn of_deadlines(workflow: &Workflow) -> Self {
        Self {
            id: format!("deadline/{}", workflow.id),
            title: workflow.title.clone(),
            effective_from: NaiveDate::MIN,
            serves: None,
            rules: workflow
                .deadlines
                .iter()
                .map(|deadline| DueRule::of_deadline(workflow, deadline))
                .collect(),
            marks: Vec::new(),
        }
    }
}

impl Rules {
    /// What the findings of a checklist bring to Today: one rule.
    #[must_use]
    pub fn of_findings(list: &Checklist) -> Self {
        Self {
            id: format!("finding/{}", list.id),
            title: list.title.clone(),
            effective_from: NaiveDate::MIN,
            serves: None,
            rules: vec![DueRule::of_findings(list)],
            marks: Vec::new(),
        }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueRule {
    /// Stable identity, over all versions: part of every due id.
    pub id: RuleId,
    /// What is to be done.
    pub title: Label,
    /// Why, with placeholders (`{date}`, `{subject}`, fields of the subject or case).
    pub why: Label,
    /// Advice shown beside the item: how it is done.
    #[serde(default)]
    pub guidance: Option<Label>,
    /// The articles of libraries that are read before it is done, by their ids.
    #[serde(default)]
    pub articles: Vec<String>,
    /// What a butler is to customers by it, an identity of the terms; unless said, the one its file says.
    #[serde(default)]
    pub serves: Option<String>,
    /// Not in force any more.
    #[serde(default)]
    pub retired: bool,
    /// Who is to do it.
    pub roles: Vec<RoleId>,
    /// The question of the case whose answer is the role that does it, of `roles`: only that role has it on Today.
    /// Until it is answered, each of them has.
    #[serde(default)]
    pub to: Option<QuestionId>,
    /// The question of the case whose answer is the person of the role who does it.
    #[serde(default)]
    pub person: Option<QuestionId>,
    /// Who follows it though they do not do it: it stands on their Today as well.
    #[serde(default)]
    pub followed_by: Vec<RoleId>,
    /// Who gets to see it when it is overdue for so long.
    #[serde(default)]
    pub escalate: Option<Escalation>,
    /// How pressing.
    #[serde(default)]
    pub urgency: Urgency,
    /// Where it is done; by the record that answers it unless said ([`DueRule::mode`]).
    #[serde(default, rename = "mode")]
    pub said_mode: Option<Mode>,
    /// How many minutes it takes; by where it is done unless said ([`DueRule::effort`]).
    #[serde(default, rename = "effort")]
    pub said_effort: Option<Effort>,
    /// Promised to or agreed with a customer for its day.
    #[serde(default)]
    pub promised: bool,
    /// A remark on a visit that happens anyway 借机拜访: never an obligation, so it never turns overdue.
    #[serde(default)]
    pub opportunity: bool,
    /// At most so many are shown at once, the first open ones as one walks; when one is answered the next comes up.
    /// For what concerns hundreds of homes over months and would bury the day's work.
    #[serde(default)]
    pub at_once: Option<usize>,
    /// The records that sums its condition or its reason looks at count. Filled when the set is read.
    #[serde(skip)]
    pub counted: Vec<Related>,
    /// What it is about.
    pub subject: Subject,
    /// When it arises.
    pub when: Trigger,
    /// By when.
    pub due: Due,
    /// What answers it.
    pub done: Done,
}

impl DueRule {
    /// The most minutes a rule may say its work takes: a working day.
    pub const MOST_MINUTES: u16 = 480;

    /// What a deadline brings to Today: its case, for whoever may make a step that meets it, and whoever follows it.
    #[must_use]
    pub fn of_deadline(workflow: &Workflow, deadline: &Deadline) -> Self {
        let roles = if deadline.roles.is_empty() {
            let meeting = deadline.until.iter().filter_map(|step| workflow.step(step));
            meeting.flat_map(|step| &step.roles).cloned().collect::<BTreeSet<_>>().into_iter().collect()
        } else {
            deadline.roles.clone()
        };
        let since = || Label::new("{case}：{date}开始计时", "{case}: the time runs since {date}");
        Self {
            id: RuleId::new(format!("deadline/{}/{}", workflow.id, deadline.id)),
            title: deadline.label.clone(),
            why: deadline.why.clone().unwrap_or_else(since),
            guidance: deadline.guidance.clone(),
            articles: Vec::new(),
            serves: workflow.serves.clone(),
            retired: false,
            roles,
            to: deadline.to.clone(),
            person: deadline.person.clone(),
            followed_by: deadline.followed_by.clone(),
            escalate: deadline.escalate.clone(),
            urgency: deadline.pressing(),
            said_mode: deadline.mode,
            said_effort: deadline.effort,
            promised: false,
            opportunity: false,
            at_once: None,
            counted: Vec::new(),
            subject: Subject::every(SubjectKind::Case),
            when: Trigger::Deadline(OfDeadline {
                workflow: workflow.id.clone(),
                deadline: deadline.id.clone(),
            }),
            due: Due {
                within: Some(deadline.within),
                shown_days_before: None,
                days_before: None,
                on_working_day: false,
            },
            done: Done {
                record: Kind::Case,
                begin: workflow.id.to_string(),
                any: false,
                steps: deadline.until.clone(),
                filters: Vec::new(),
                answered_if: Vec::new(),
                outcomes: Vec::new(),
                purpose: None,
                asks: None,
            },
        }
    }

    /// What a finding of a round brings to Today: an order to be opened from it, for whoever has the role in which it was
    /// found.
    #[must_use]
    pub fn of_findings(list: &Checklist) -> Self {
        let findings = &list.findings;
        // Without an order to offer it is looked at again, and put right or explained.
        let (record, begin) = match list.offers.first() {
            Some(offer) => (Kind::Case, offer.to_string()),
            None => (Kind::Round, list.id.to_string()),
        };
        Self {
            id: RuleId::new(format!("finding/{}", list.id)),
            title: Label::new("检查发现的问题：开单", "Finding: open an order"),
            why: Label::new(
                "{date}{list}：“{item}”有问题，还没有开单",
                "{list} of {date}: “{item}” is a finding without an order",
            ),
            guidance: findings.guidance.clone(),
            articles: Vec::new(),
            serves: list.serves.clone(),
            retired: false,
            roles: list.roles.clone(),
            to: None,
            person: None,
            followed_by: findings.followed_by.clone(),
            escalate: findings.escalate.clone(),
            urgency: findings.urgency,
            said_mode: Some(Mode::Desk),
            said_effort: None,
            promised: false,
            opportunity: false,
            at_once: None,
            counted: Vec::new(),
            subject: Subject::every(list.subject),
            when: Trigger::Finding(list.id.clone()),
            due: Due {
                within: Some(findings.within.unwrap_or(Span::Days(0))),
                shown_days_before: None,
                days_before: None,
                on_working_day: false,
            },
            done: Done {
                record,
                begin,
                any: false,
                steps: Vec::new(),
                filters: Vec::new(),
                answered_if: Vec::new(),
                outcomes: Vec::new(),
                purpose: None,
                asks: None,
            },
        }
    }

    /// Where its work is done. Rules that do not say: a round of a home inside it, other rounds on the spot; contacts and
    /// data of homes and people at the door; steps of cases and rows of registers at the desk.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.said_mode.unwrap_or(match (self.done.record, self.subject.kind) {
            (Kind::Round, SubjectKind::Home) => Mode::Inside,
            (Kind::Round, _) => Mode::Spot,
            (Kind::Contact | Kind::Home | Kind::Resident, _) => Mode::Door,
            (Kind::Case | Kind::Entry, _) => Mode::Desk,
        })
    }

    /// How long its work takes. Rules that do not say take what work of their kind usually takes.
    #[must_use]
    pub fn effort(&self) -> Effort {
        let (alone, at_door) = match (self.mode(), self.done.record) {
            (Mode::Spot, _) => (25, None),
            (Mode::Inside, _) => (8, None),
            (Mode::Door, Kind::Contact) => (6, Some(2)),
            (Mode::Door, _) => (3, Some(1)),
            (Mode::Call, _) => (4, Some(2)),
            (Mode::Desk, _) => (2, None),
        };
        self.said_effort.unwrap_or(Effort { alone, at_door })
    }

    /// Every role on whose Today it can stand: who does it, who follows it, whom it is brought before.
    pub fn concerned(&self) -> impl Iterator<Item = &RoleId> {
        let brought_before = self.escalate.iter().flat_map(|escalate| &escalate.to);
        self.roles.iter().chain(&self.followed_by).chain(brought_before)
    }

    /// Whether every role of it has it on Today, whatever was answered and however late it is.
    #[must_use]
    pub const fn is_for_all(&self) -> bool {
        self.to.is_none() && self.escalate.is_none() && !self.is_finding()
    }

    /// Whether one record may change what it says of others: it is few items, and is worked out whole.
    #[must_use]
    pub const fn is_worked_out_whole(&self) -> bool {
        let of_others = self.subject.drawn.is_some() || !self.counted.is_empty();
        self.subject.kind.record().is_none() || self.is_finding() || of_others
    }

    /// Whether it is about findings of rounds.
    #[must_use]
    pub const fn is_finding(&self) -> bool {
        matches!(self.when, Trigger::Finding(_))
    }

    /// Whether its time is a moment, not a day.
    #[must_use]
    pub const fn counts_hours(&self) -> bool {
        matches!(self.due.within, Some(Span::Minutes(_) | Span::Hours(_)))
    }

    /// Whether it comes again every day.
    #[must_use]
    pub fn is_daily(&self) -> bool {
        matches!(&self.when, Trigger::Every(every) if every.schedule.is_daily() && !every.working_days)
    }
}

/// Whom something overdue is brought before.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// How long it must be overdue.
    pub after: Span,
    /// On whose Today it stands from then on as well.
    pub to: Vec<RoleId>,
}

/// How pressing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum), uniffi(name = "DueUrgency"))]
pub enum Urgency {
    /// At once.
    Urgent,
    /// As planned.
    #[default]
    Normal,
    /// When there is time.
    Low,
}

/// What a rule is about: an indexed selection first, a condition on what it finds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The kind of subject. For a rule on steps or entries: the kind the case or entry is about.
    pub kind: SubjectKind,
    /// Fields that must have one of some values; answered by an index.
    #[serde(default, rename = "where")]
    pub filters: Vec<FieldFilter>,
    /// Left out are those with one of these values; without values: those with any.
    #[serde(default)]
    pub unless: Vec<FieldFilter>,
    /// What else must hold, over `record`.
    #[serde(default)]
    pub condition: Option<Condition>,
    /// Only those to which such records refer.
    #[serde(default)]
    pub having: Vec<Related>,
    /// Left out are those to which such records refer.
    #[serde(default)]
    pub lacking: Vec<Related>,
    /// Only what lies in one of these grids, or at one of `places`; with neither, anywhere.
    #[serde(default)]
    pub grids: Vec<GridId>,
    /// Only what lies at one of these places or below it (a building), or in one of `grids`.
    #[serde(default)]
    pub places: Vec<PlaceId>,
    /// Only so many of those in each grid, drawn by lot for every period: nobody chooses.
    #[serde(default)]
    pub drawn: Option<usize>,
}

impl Subject {
    /// So many are drawn in a grid at most: more is no sample.
    pub const MOST_DRAWN: usize = 100;

    /// Every subject of a kind, anywhere.
    const fn every(kind: SubjectKind) -> Self {
        Self {
            kind,
            filters: Vec::new(),
            unless: Vec::new(),
            condition: None,
            having: Vec::new(),
            lacking: Vec::new(),
            grids: Vec::new(),
            places: Vec::new(),
            drawn: None,
        }
    }

    /// Whether a rule about it says where.
    #[must_use]
    pub const fn is_somewhere(&self) -> bool {
        !(self.grids.is_empty() && self.places.is_empty())
    }

    /// What it asks of other records.
    pub fn related(&self) -> impl Iterator<Item = &Related> {
        self.having.iter().chain(&self.lacking)
    }
}

/// When a rule's work arises.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Once in every period that begins with an occurrence of a schedule.
    Every(Every),
    /// After a step of a workflow.
    AfterStep(AfterStep),
    /// A length of time after a date field of the subject.
    AfterDate(AfterDate),
    /// Each year on the day of a date field of the subject.
    EachYear(EachYear),
    /// Each year on festivals of the calendar.
    AtFestival(AtFestival),
    /// After a row of a register.
    AfterEntry(AfterEntry),
    /// When several cases about one subject lie close together.
    Together(Together),
    /// While a deadline of a workflow runs. No file says it: every deadline brings its own rule.
    #[serde(skip)]
    Deadline(OfDeadline),
    /// While a finding of a round through a checklist has no order. No file says it: every checklist brings its own rule.
    #[serde(skip)]
    Finding(ChecklistId),
}

impl Trigger {
    /// What must hold of the case or the row it arises from.
    pub(super) const fn condition(&self) -> Option<&Condition> {
        match self {
            Self::AfterStep(after) => after.condition.as_ref(),
            Self::AfterEntry(after) => after.condition.as_ref(),
            Self::Together(together) => together.condition.as_ref(),
            Self::Every(_)
            | Self::AfterDate(_)
            | Self::EachYear(_)
            | Self::AtFestival(_)
            | Self::Deadline(_)
            | Self::Finding(_) => None,
        }
    }

    /// The form whose rows concern subjects they do not name: a new row can bring something about for everybody.
    #[must_use]
    pub fn concerns_all(&self) -> Option<&FormId> {
        match self {
            Self::AfterStep(after) => after.then_entry.as_ref().map(|then| &then.form),
            Self::AfterEntry(after) => after.each.then_some(&after.form),
            Self::Every(_)
            | Self::AfterDate(_)
            | Self::EachYear(_)
            | Self::AtFestival(_)
            | Self::Together(_)
            | Self::Deadline(_)
            | Self::Finding(_) => None,
        }
    }
}

/// A deadline of a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct OfDeadline {
    /// The workflow's id.
    pub workflow: WorkflowId,
    /// The deadline's id.
    pub deadline: String,
}

/// Periods by a schedule.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Every {
    /// When periods begin.
    pub schedule: Schedule,
    /// The first day of the schedule: intervals count from here.
    #[serde(deserialize_with = "toml_date::one")]
    pub start: NaiveDate,
    /// Only occurrences on working days of the calendar: a make-up Saturday is one, a public holiday is none.
    #[serde(default)]
    pub working_days: bool,
    /// Of a daily schedule: what is done several times a day, by parts of the day, one after the other. Each part is an
    /// item of its own, which is there from when its part begins (the first: from the morning on) and in time until it ends.
    #[serde(default)]
    pub parts: Vec<Window>,
}

impl Every {
    /// Occurrences looked at for one on a working day; no holidays last as long.
    const MOST_HOLIDAYS: usize = 400;

    /// The period that runs on `day` begins on this day.
    #[must_use]
    pub fn last_until(&self, calendar: &Calendar, day: NaiveDate) -> Option<NaiveDate> {
        let before = |day: &NaiveDate| self.schedule.last_until(self.start, day.pred_opt()?);
        self.first_of(calendar, self.schedule.last_until(self.start, day), before)
    }

    /// The first period after `day` begins on this day.
    #[must_use]
    pub fn next_after(&self, calendar: &Calendar, day: NaiveDate) -> Option<NaiveDate> {
        let after = |day: &NaiveDate| self.schedule.next_after(self.start, *day);
        self.first_of(calendar, after(&day), after)
    }

    /// The days from `from` to `to` on which periods begin.
    pub fn between(
        &self,
        calendar: &Calendar,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = NaiveDate> {
        self.schedule.between(self.start, from, to).filter(|day| self.begins(calendar, *day))
    }

    fn begins(&self, calendar: &Calendar, day: NaiveDate) -> bool {
        !self.working_days || calendar.is_working(day)
    }

    fn first_of(
        &self,
        calendar: &Calendar,
        first: Option<NaiveDate>,
        next: impl FnMut(&NaiveDate) -> Option<NaiveDate>,
    ) -> Option<NaiveDate> {
        let mut next = next;
        let occurrences = std::iter::successors(first, |day| next(day));
        occurrences.take(Self::MOST_HOLIDAYS).find(|day| self.begins(calendar, *day))
    }
}

/// After a step of a workflow that counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AfterStep {
    /// The workflows' ids.
    pub workflows: Vec<WorkflowId>,
    /// The steps' ids.
    pub steps: Vec<StepId>,
    /// Only when this holds over the case's answers.
    #[serde(default)]
    pub condition: Option<Condition>,
    /// Counts from the day answered to this question of the case (a promised date), where it was answered.
    #[serde(default)]
    pub from_answer: Option<QuestionId>,
    /// Counts from the first row of this register dated after the step's day (the first rainy day).
    #[serde(default)]
    pub then_entry: Option<ThenEntry>,
}

/// The first row of a register after a step.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThenEntry {
    /// The form's id.
    pub form: FormId,
    /// The row's date question.
    pub date: QuestionId,
}

/// After a date field, or a moment, of the subject.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AfterDate {
    /// The field; `phone/*/verified` means the latest of all phones.
    pub field: String,
    /// Dates before the rule's first day count too; otherwise what happened before the rule is left alone.
    #[serde(default)]
    pub also_before: bool,
    /// A subject without the date counts from the rule's first day.
    #[serde(default)]
    pub also_when_absent: bool,
}

/// Each year on the day of a date of the subject, from the year after it on: a birthday, the day a household moved in. What
/// is on 29 February, or on a lunar 30th, is kept a day earlier in a year that does not have the day.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EachYear {
    /// The field: a date, or a birthday. One without its day never comes.
    pub field: String,
    /// The yes-or-no field that says the date is one of the lunar calendar.
    #[serde(default)]
    pub lunar_when: Option<String>,
    /// How many days after its due day it still stands on Today: a greeting that comes later is none.
    #[serde(default = "late_days")]
    pub late_days: u32,
}

/// Each year on festivals of the calendar.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtFestival {
    /// Their ids in the calendar.
    pub festivals: Vec<String>,
    /// As in [`EachYear::late_days`].
    #[serde(default = "late_days")]
    pub late_days: u32,
}

const fn late_days() -> u32 {
    30
}

/// After a row of a register: about the subjects the row names, or about `each` subject where the row belongs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AfterEntry {
    /// The form's id.
    pub form: FormId,
    /// The row's date question.
    pub date: QuestionId,
    /// Only when this holds over the row, as `form`.
    #[serde(default)]
    pub condition: Option<Condition>,
    /// Concerns every subject the rule selects in the grids the row's place lies in (a typhoon warning: every vacant
    /// home), not the subjects the row names.
    #[serde(default)]
    pub each: bool,
}

/// Several cases about the same subject within some days: one matter behind many (a group complaint), or one fault
/// again and again (a repeated violation).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Together {
    /// The workflows' ids.
    pub workflows: Vec<WorkflowId>,
    /// The steps by which a case counts, on the day they were made.
    pub steps: Vec<StepId>,
    /// Only when this holds over a case's answers.
    #[serde(default)]
    pub condition: Option<Condition>,
    /// The question whose answer the cases have in common; absent: being about the same subject is enough.
    #[serde(default)]
    pub same: Option<QuestionId>,
    /// How many, two at least.
    pub at_least: usize,
    /// Counts different subjects of this kind (households) instead of cases.
    #[serde(default)]
    pub different: Option<SubjectKind>,
    /// From the first case's day to the last's, in days.
    pub within_days: u32,
    /// How a case opened from the item is linked with those it was opened for (`link/<case>`); a term `link.<how>` says
    /// it in words.
    #[serde(default = "group")]
    pub link: String,
}

fn group() -> String {
    "group".to_owned()
}

/// By when.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// How long after the trigger, or after the period's first day. A period may leave it out: then its last
    /// day. Nothing of a period is due after it.
    #[serde(default)]
    pub within: Option<Span>,
    /// How many days before that day it is shown; absent: from the trigger on. After a date it may reach back before
    /// that date (a certificate that runs out); a period's work is never shown before its period begins.
    #[serde(default)]
    pub shown_days_before: Option<u32>,
    /// So many days before the date that brings it about, and over with that date: a call that confirms an appointment.
    #[serde(default)]
    pub days_before: Option<u32>,
    /// A due day off moves to the next working day.
    #[serde(default)]
    pub on_working_day: bool,
}

/// What answers a due item.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// The kind of record that answers.
    pub record: Kind,
    /// What the app offers to begin: the id of a form, checklist or workflow.
    pub begin: String,
    /// Any such record about the subject answers, if it was made after the trigger or within the period, though
    /// nobody began it from the due item; otherwise only a record that names the due item does.
    #[serde(default)]
    pub any: bool,
    /// After a step: these later steps of the same case answer it.
    #[serde(default)]
    pub steps: Vec<StepId>,
    /// With `any`: only records with these values.
    #[serde(default, rename = "where")]
    pub filters: Vec<FieldFilter>,
    /// Of a contact or a row: which values it must have to answer, also when it names the due item. One that has others is
    /// remembered on the item as tried, and leaves it open.
    #[serde(default)]
    pub answered_if: Vec<FieldFilter>,
    /// Of a contact: how it must have ended to answer. One that ended otherwise is remembered on the item as tried, and
    /// brings it back when it was agreed to try again. Unless said: whatever met somebody.
    #[serde(default)]
    pub outcomes: Vec<Outcome>,
    /// Of a contact: what it is for, as the list `contact_purpose` calls it, where `where` does not say.
    #[serde(default)]
    pub purpose: Option<String>,
    /// The one thing that is asked for it at a door one is at anyway: a field of the home or person it is about, or
    /// [`Done::TELEPHONE`] of a person.
    #[serde(default)]
    pub asks: Option<String>,
}

/// The one thing an item needs besides a talk: a visit or a call asks for it beside the item's tick.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Asks {
    /// An answer to this question of the form it begins, written into the home or person it is about.
    Answer {
        /// The question.
        question: QuestionId,
    },
    /// That a telephone of the person it is about rang and they answered.
    Telephone,
    /// This step of its case, which does it as the talk does.
    Step {
        /// The step.
        step: StepId,
    },
}

impl Done {
    /// What `asks` says of a telephone that is to be verified.
    pub const TELEPHONE: &'static str = "phone/*/verified";

    /// What it needs besides a talk: what the rule says, else the step of the case that does it as well.
    #[must_use]
    pub fn asks(&self) -> Option<Asks> {
        match (&self.asks, self.record, self.steps.as_slice()) {
            (Some(path), Kind::Contact, _) if path == Self::TELEPHONE => Some(Asks::Telephone),
            (Some(path), _, _) => Some(Asks::Answer { question: path.as_str().into() }),
            (None, Kind::Contact, [step, ..]) => Some(Asks::Step { step: step.clone() }),
            (None, _, _) => None,
        }
    }

    /// The values of a record that answers without naming the due item.
    #[must_use]
    pub fn unnamed(&self) -> Vec<FieldFilter> {
        self.filters.iter().chain(&self.answered_if).cloned().collect()
    }

    /// What a contact that answers is for: what the rule says, else the first purpose it asks of one that does not name it.
    #[must_use]
    pub fn purpose(&self) -> Option<&str> {
        let asked = self.filters.iter().find(|filter| filter.path == "purpose");
        self.purpose.as_deref().or_else(|| asked?.is.first()?.as_text())
    }

    /// Whether a contact that ended so answers. Nobody is answered by a door that stayed closed, whatever a rule forgets
    /// to say.
    #[must_use]
    pub fn is_met_by(&self, outcome: Outcome) -> bool {
        match &self.outcomes[..] {
            [] => outcome.met_somebody(),
            outcomes => outcomes.contains(&outcome),
        }
    }
}

impl Done {
    /// What the app offers to begin.
    #[must_use]
    pub fn begins(&self) -> Procedure {
        Procedure::of(self.record, self.begin.as_str())
    }
}
