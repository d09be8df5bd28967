//! Metrics 指标: what a company counts each month, as data.
//!
//! A metric counts the members of a set (a [`MetricSource`] narrowed by a [`MetricFilter`]), or says which share of them
//! is narrower still, or what they add up to.
//!
//! | question | file |
//! |---|---|
//! | what defines a metric | this one |
//! | which month is counted, or which day | `month.rs` |
//! | how exact is a number, how is it shown | `fraction.rs` |
//! | what does a report show, and which members are behind a number | `row.rs` |
//! | what does a company aim at, is it reached | `target.rs` |
//! | how is it counted | `count/` |

mod count;
mod fraction;
mod month;
mod row;
mod target;

use std::collections::BTreeSet;

pub use count::{MetricCounter, MetricGroup, People};
pub use fraction::{Fraction, Measure};
pub(in crate::playbook) use fraction::{MONEY, TIMES};
pub use month::{Days, Month, NotAMonth};
pub use row::{MemberPage, MemberQuery, MetricMember, MetricRow, MetricSides, Side};
use serde::{Deserialize, Serialize};
pub use target::{MetricTarget, Target};

use super::Label;
use super::condition::Condition;
use super::related::Related;
use crate::model::{ChecklistId, Kind, MetricId, QuestionId, RoleId, RuleId, StepId, Timestamp, WorkflowId};
use crate::query::{DeadlineProgress, FieldFilter, SubjectKind};

/// A `metrics` file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricFile {
    /// Stable identity.
    pub id: String,
    /// What it is called.
    pub title: Label,
    /// The roles whose people a metric by butler is about.
    pub butlers: Vec<RoleId>,
    /// What names the port of a case.
    pub port: Port,
    /// The metrics, in the order a report shows them.
    #[serde(rename = "metric")]
    pub metrics: Vec<Metric>,
}

/// What names the port 端口 of a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// The question whose newest answer names it; without an answer, the case's field of that name.
    pub answer: QuestionId,
    /// The shared list of choices with the ports' names.
    pub choices: String,
}

/// One metric. Its words are the term `metric.<id>`, whose `means` is its definition.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Stable identity, unique over all files.
    pub id: MetricId,
    /// What a butler is to customers by it, an identity of the terms.
    #[serde(default)]
    pub serves: Option<String>,
    /// By what it may be grouped, besides as a whole.
    #[serde(default)]
    pub by: Vec<GroupBy>,
    /// Whose it is when grouped by butler. Left out: steps, records and findings are of who made them, all else of
    /// the butlers of the grid.
    #[serde(default)]
    pub butler: Option<Attribution>,
    /// The unit it is shown in, an id of the terms; a time is shown in `min`, `h` or `day`.
    #[serde(default)]
    pub unit: Option<String>,
    /// What is looked at.
    pub of: MetricSource,
    /// Which of it counts.
    #[serde(default)]
    pub only: MetricFilter,
    /// Several members about the same subject count once.
    #[serde(default)]
    pub once_per: Option<OncePer>,
    /// The share of members of which this holds as well.
    #[serde(default)]
    pub share: Option<MetricFilter>,
    /// The share of these fields that is filled in, over all members.
    #[serde(default)]
    pub filled: Vec<String>,
    /// What the members add up to.
    #[serde(default)]
    pub sum: Option<Quantity>,
    /// What they add up to, over how many they are.
    #[serde(default)]
    pub average: Option<Quantity>,
    /// What half of them stay below.
    #[serde(default)]
    pub median: Option<Quantity>,
    /// What the company aims at, as the number is shown: a share in percent.
    #[serde(default)]
    pub target: Option<Target>,
}

/// By what a metric is grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum GroupBy {
    /// The grid of the place 网格. A place in two grids counts in both.
    Grid,
    /// The butler 管家.
    Butler,
    /// The port 端口.
    Port,
}

/// Whose something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// Of the person who did it.
    #[serde(rename = "did")]
    Actor,
    /// Of every butler of its grid.
    Grid,
}

/// What counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OncePer {
    /// A home or person, however often in the month.
    Subject,
    /// A home or person on one day.
    SubjectDay,
}

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MetricSource {
    /// Records as they stand when the metric is asked for: homes, people, …
    Subjects {
        /// Their kind.
        kind: SubjectKind,
    },
    /// Cases.
    Cases {
        /// Their workflows.
        workflows: Vec<WorkflowId>,
        /// What happened to them in the month.
        that: CasePhase,
    },
    /// Steps that count, made in the month.
    Steps {
        /// The workflows.
        workflows: Vec<WorkflowId>,
        /// The steps.
        steps: Vec<StepId>,
    },
    /// Deadlines of cases that were met, or whose time passed, in the month.
    Deadlines {
        /// The workflows.
        workflows: Vec<WorkflowId>,
        /// The deadlines; left out: all of these workflows.
        #[serde(default)]
        deadlines: Vec<String>,
    },
    /// Contacts, rounds, or rows of a register, of the month.
    Records {
        /// `contact`, `round` or `entry`.
        kind: Kind,
        /// The checklists of rounds, the forms of rows.
        #[serde(default, rename = "of")]
        procedures: Vec<String>,
        /// A row's date question that decides the month; left out: when it was recorded.
        #[serde(default)]
        date: Option<QuestionId>,
    },
    /// Items of checklists looked at on rounds of the month.
    Findings {
        /// The checklists.
        checklists: Vec<ChecklistId>,
        /// Only these items of them; none named: all.
        #[serde(default)]
        items: Vec<QuestionId>,
    },
    /// What rules brought about and was due in the month, as far as it is decided.
    Due {
        /// The rules.
        rules: Vec<RuleId>,
    },
    /// Days of the month on which a case stood in one of some states, as far as they have come.
    Days {
        /// The workflows.
        workflows: Vec<WorkflowId>,
        /// The states.
        states: Vec<String>,
    },
}

impl MetricSource {
    /// The workflows whose cases are looked at.
    #[must_use]
    pub fn workflows(&self) -> &[WorkflowId] {
        match self {
            Self::Cases { workflows, .. }
            | Self::Steps { workflows, .. }
            | Self::Deadlines { workflows, .. }
            | Self::Days { workflows, .. } => workflows,
            Self::Subjects { .. } | Self::Records { .. } | Self::Findings { .. } | Self::Due { .. } => &[],
        }
    }

    /// The kind of record whose fields narrow it; `None` for what is due.
    #[must_use]
    pub const fn kind(&self) -> Option<Kind> {
        match self {
            Self::Subjects { kind } => kind.record(),
            Self::Cases { .. } | Self::Steps { .. } | Self::Deadlines { .. } | Self::Days { .. } => {
                Some(Kind::Case)
            }
            Self::Records { kind, .. } => Some(*kind),
            Self::Findings { .. } => Some(Kind::Round),
            Self::Due { .. } => None,
        }
    }
}

/// What happened to a case in the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CasePhase {
    /// It was opened.
    Opened,
    /// It ended, and has not been taken up again.
    Ended,
    /// It is open at the end of the month, or now.
    #[serde(rename = "are_open")]
    Open,
}

/// What narrows a set. Which of it goes with which [`MetricSource`] is checked when the set is read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricFilter {
    /// Fields that have one of some values.
    #[serde(default, rename = "where")]
    pub filters: Vec<FieldFilter>,
    /// Left out are those with one of these values; without values: those with any.
    #[serde(default)]
    pub unless: Vec<FieldFilter>,
    /// Dates that lie in a span of time.
    #[serde(default)]
    pub dates: Vec<DateFilter>,
    /// Some record refers to it.
    #[serde(default)]
    pub having: Option<Related>,
    /// Of cases: no such record refers to it.
    #[serde(default)]
    pub lacking: Option<Related>,
    /// What holds of the case's answers, or of the row.
    #[serde(default)]
    pub condition: Option<Condition>,
    /// How it came out.
    #[serde(default)]
    pub outcome: Vec<MetricOutcome>,
    /// Whether a round is complete.
    #[serde(default)]
    pub complete: Option<bool>,
    /// Rounds of handling, at least.
    #[serde(default)]
    pub rounds_at_least: Option<u32>,
    /// That day somebody was there.
    #[serde(default)]
    pub seen: Option<Presence>,
}

impl MetricFilter {
    /// What it asks about records that refer to a member.
    pub(in crate::playbook) fn related(&self) -> impl Iterator<Item = &Related> {
        self.having.iter().chain(&self.lacking)
    }
}

/// A date field that lies in a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateFilter {
    /// The field; `phone/*/verified` means one of all phones.
    pub path: String,
    /// Which span.
    pub is: DateSpan,
}

/// A span of time a date may lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateSpan {
    /// The last so many days, the day of asking included.
    LastDays(u32),
    /// The month.
    InMonth,
    /// The last day of the month, or later.
    ReachesMonthEnd,
}

/// How something came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricOutcome {
    /// Due items and deadlines: done in time.
    OnTime,
    /// Due items and deadlines: done, too late.
    Late,
    /// Due items and deadlines: not done, and its time has passed.
    Missed,
    /// Due items: left out, with a reason.
    Skipped,
    /// Findings: in order.
    Passed,
    /// Findings: not in order.
    Failed,
    /// Findings: in order again after a finding.
    Corrected,
}

impl Metric {
    /// By what the two sides of a share are told apart: the terms call them `side.<that>.part` and `.rest`.
    pub(super) fn sides(&self) -> Option<&'static str> {
        if !self.filled.is_empty() {
            return Some("filled");
        }
        let share = self.share.as_ref()?;
        Some(match share.outcome.as_slice() {
            [MetricOutcome::OnTime] => "on_time",
            outcome if outcome.contains(&MetricOutcome::Passed) => "passed",
            [_, ..] => "done",
            [] if share.rounds_at_least.is_some() => "again",
            [] if share.seen.is_some() => "seen",
            [] => "fits",
        })
    }
}

impl MetricOutcome {
    /// How a deadline came out by `now`, and when that was decided; `None` while it runs, and when the case ended or waits
    /// before it was due.
    pub(in crate::playbook) fn of_deadline(
        run: &DeadlineProgress,
        now: Timestamp,
    ) -> Option<(Self, Timestamp)> {
        match run.met {
            Some(met) if met <= run.due => Some((Self::OnTime, met)),
            Some(_) => Some((Self::Late, run.due)),
            None => (run.stopped.unwrap_or(now) > run.due).then_some((Self::Missed, run.due)),
        }
    }

    /// The stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Late => "late",
            Self::Missed => "missed",
            Self::Skipped => "skipped",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Corrected => "corrected",
        }
    }
}

/// Somebody was there on a day: a step of the case was made, or a round about its subject.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presence {
    /// Any of these steps of the case.
    #[serde(default)]
    pub steps: Vec<StepId>,
    /// Or a round of one of these checklists about a subject of the case.
    #[serde(default)]
    pub checklists: Vec<ChecklistId>,
}

/// What is added up.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// A field of the subject, a whole number.
    Field(String),
    /// The answer to a score, a money or a number question, of the case or row; a number that is not whole is left out.
    Answer(QuestionId),
    /// What a sum of a round comes to, in hundredths: a score. A round whose sum is not there is left out.
    WorkedOut(QuestionId),
    /// The time since the first of these steps of the case.
    Since(Vec<StepId>),
    /// The time from the first step of the case to the last.
    Lasted,
    /// Rounds of handling.
    Rounds,
}

impl Quantity {
    /// Whether it is a time.
    #[must_use]
    pub const fn is_time(&self) -> bool {
        matches!(self, Self::Since(_) | Self::Lasted)
    }
}

impl Metric {
    /// The key of its term.
    #[must_use]
    pub fn term(&self) -> String {
        format!("metric.{}", self.id)
    }

    /// What is added up, where something is.
    #[must_use]
    pub fn quantity(&self) -> Option<&Quantity> {
        self.sum.as_ref().or(self.average.as_ref()).or(self.median.as_ref())
    }

    /// The fields of records it looks at: to know that a record counts is to know something of each.
    #[must_use]
    pub fn looks_at(&self) -> BTreeSet<(Kind, String)> {
        let (kind, events) = match &self.of {
            MetricSource::Subjects { kind } => (kind.record(), None),
            MetricSource::Cases { .. }
            | MetricSource::Steps { .. }
            | MetricSource::Deadlines { .. }
            | MetricSource::Days { .. } => (Some(Kind::Case), Some("event/*")),
            MetricSource::Records { kind, .. } => {
                (Some(*kind), (*kind == Kind::Round).then_some("result/*/*"))
            }
            MetricSource::Findings { .. } => (Some(Kind::Round), Some("result/*/*")),
            MetricSource::Due { .. } => (None, None),
        };
        let Some(kind) = kind else { return BTreeSet::new() };
        let mut paths: Vec<(Kind, String)> = events.map(|path| (kind, path.to_owned())).into_iter().collect();
        match self.quantity() {
            Some(Quantity::Field(path)) => paths.push((kind, path.clone())),
            Some(Quantity::Answer(id)) if kind == Kind::Entry => paths.push((kind, format!("field/{id}"))),
            Some(Quantity::Answer(id)) if events.is_none() => paths.push((kind, id.to_string())),
            _ => {}
        }
        for only in std::iter::once(&self.only).chain(&self.share) {
            paths.extend(named(&only.filters, &only.unless, &only.dates).map(|path| (kind, path.to_owned())));
            for related in only.related() {
                let named = named(&related.filters, &related.unless, &related.dates);
                let course = related.asks_course().then_some(match related.kind {
                    Kind::Round => "result/*/*",
                    _ => "event/*",
                });
                let paths_there = named.chain([related.through()]).chain(course);
                paths.extend(paths_there.map(|path| (related.kind, path.to_owned())));
            }
            if only.condition.is_some() && kind == Kind::Entry {
                paths.push((kind, "field/*".to_owned()));
            }
        }
        paths.into_iter().collect()
    }

    /// Whose it is when grouped by butler.
    #[must_use]
    pub fn attribution(&self) -> Attribution {
        self.butler.unwrap_or(match self.of {
            MetricSource::Steps { .. } | MetricSource::Records { .. } | MetricSource::Findings { .. } => {
                Attribution::Actor
            }
            _ => Attribution::Grid,
        })
    }

    /// Whether it describes records as they stand, whatever the month.
    #[must_use]
    pub const fn is_stock(&self) -> bool {
        matches!(self.of, MetricSource::Subjects { .. })
    }
}

/// The paths that filters and dates name.
fn named<'a>(
    filters: &'a [FieldFilter],
    unless: &'a [FieldFilter],
    dates: &'a [DateFilter],
) -> impl Iterator<Item = &'a str> {
    let filters = filters.iter().chain(unless).map(|filter| filter.path.as_str());
    filters.chain(dates.iter().map(|date| date.path.as_str()))
}
