//! Figures 指标: what a company counts each month, as data.
//!
//! A figure counts the members of a set ([`Source`] narrowed by [`Only`]), or says which share of them is narrower
//! still, or what they add up to. How it is counted is in [`count`], where the facts come from in [`facts`].

pub mod count;
pub mod facts;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Label;
use super::condition::Condition;
use super::form::SubjectKind;
use super::rule::Filter;
use crate::model::{Kind, RoleId};

/// A `figures` file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Stable identity.
    pub id: String,
    /// What it is called.
    pub title: Label,
    /// The roles whose people a figure by butler is about.
    pub butlers: Vec<RoleId>,
    /// What names the port of a case.
    pub port: Port,
    /// The figures, in the order a report shows them.
    #[serde(rename = "figure")]
    pub figures: Vec<Figure>,
}

/// What names the port 端口 of a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// The question whose newest answer names it; without an answer, the case's field of that name.
    pub answer: String,
    /// The shared list of choices with the ports' names.
    pub choices: String,
}

/// One figure. Its words are the term `figure.<id>`, whose `means` is its definition.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Stable identity, unique over all files.
    pub id: String,
    /// By what it may be grouped, besides as a whole.
    #[serde(default)]
    pub by: Vec<By>,
    /// Whose it is when grouped by butler. Left out: steps, records and findings are of who made them, all else of
    /// the butlers of the grid.
    #[serde(default)]
    pub butler: Option<Whose>,
    /// The unit it is shown in, an id of the terms; a time is shown in `min`, `h` or `day`.
    #[serde(default)]
    pub unit: Option<String>,
    /// What is looked at.
    pub of: Source,
    /// Which of it counts.
    #[serde(default)]
    pub only: Only,
    /// Several members about the same subject count once.
    #[serde(default)]
    pub once_per: Option<OncePer>,
    /// The share of members of which this holds as well.
    #[serde(default)]
    pub share: Option<Only>,
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
}

/// By what a figure is grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum By {
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
pub enum Whose {
    /// Of the person who did it.
    Did,
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
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Homes, people, places or grids as the records describe them when the figure is asked for.
    Subjects(Subjects),
    /// Cases.
    Cases(Cases),
    /// Steps that count, made in the month.
    Steps(Steps),
    /// Deadlines of cases that were met, or whose time passed, in the month.
    Deadlines(Deadlines),
    /// Contacts, rounds, or rows of a register, of the month.
    Records(Records),
    /// Items of checklists looked at on rounds of the month.
    Findings(Findings),
    /// What rules brought about and was due in the month, as far as it is decided.
    Due(DueOf),
    /// Days of the month on which a case stood in one of some states, as far as they have come.
    Days(Days),
}

/// See [`Source::Subjects`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subjects {
    /// The kind.
    pub kind: SubjectKind,
}

/// See [`Source::Cases`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// Their workflows.
    pub workflows: Vec<String>,
    /// What happened to them in the month.
    pub that: That,
}

/// What happened to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum That {
    /// It was opened in the month.
    Opened,
    /// It ended in the month, and has not been taken up again.
    Ended,
    /// It is open at the end of the month, or now.
    AreOpen,
}

/// See [`Source::Steps`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// The workflows.
    pub workflows: Vec<String>,
    /// The steps.
    pub steps: Vec<String>,
}

/// See [`Source::Deadlines`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    /// The workflows.
    pub workflows: Vec<String>,
    /// The deadlines; left out: all of these workflows.
    #[serde(default)]
    pub deadlines: Vec<String>,
}

/// See [`Source::Records`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// `contact`, `round` or `entry`.
    pub kind: Kind,
    /// The checklists of rounds, the forms of rows.
    #[serde(default, rename = "of")]
    pub named: Vec<String>,
    /// A row's date field that decides the month; left out: when it was recorded.
    #[serde(default)]
    pub date: Option<String>,
}

/// See [`Source::Findings`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// The checklists.
    pub checklists: Vec<String>,
}

/// See [`Source::Due`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueOf {
    /// The rules.
    pub rules: Vec<String>,
}

/// See [`Source::Days`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// The workflows.
    pub workflows: Vec<String>,
    /// The states.
    pub states: Vec<String>,
}

/// What narrows a set. Which of it goes with which [`Source`] is checked when the set is read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// Fields that have one of some values.
    #[serde(default, rename = "where")]
    pub filters: Vec<Filter>,
    /// Left out are those with one of these values; without values: those with any.
    #[serde(default)]
    pub unless: Vec<Filter>,
    /// Dates that lie in a span of time.
    #[serde(default)]
    pub dates: Vec<DateIn>,
    /// Some record refers to it.
    #[serde(default)]
    pub having: Option<Having>,
    /// What holds of the case's answers, or of the row.
    #[serde(default)]
    pub condition: Option<Condition>,
    /// How it came out.
    #[serde(default)]
    pub outcome: Vec<Outcome>,
    /// Whether a round is complete.
    #[serde(default)]
    pub complete: Option<bool>,
    /// Rounds of handling, at least.
    #[serde(default)]
    pub rounds_at_least: Option<u32>,
    /// That day somebody was there.
    #[serde(default)]
    pub seen: Option<Seen>,
}

/// A date field that lies in a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateIn {
    /// The field; `phone/*/verified` means one of all phones.
    pub path: String,
    /// Which span.
    pub is: Span,
}

/// A span of time a date may lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// The last so many days, the day of asking included.
    LastDays(u32),
    /// The month.
    InMonth,
    /// The last day of the month, or later.
    ReachesMonthEnd,
}

/// Some live record refers to the subject.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Having {
    /// Its kind.
    pub kind: Kind,
    /// The field that refers: `home`, `subject/*`.
    pub through: String,
    /// Fields that have one of some values; without values: that are there.
    #[serde(default, rename = "where")]
    pub filters: Vec<Filter>,
    /// Left out are those with one of these values; without values: those with any.
    #[serde(default)]
    pub unless: Vec<Filter>,
    /// Dates that lie in a span of time.
    #[serde(default)]
    pub dates: Vec<DateIn>,
}

/// How something came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
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

impl Outcome {
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
pub struct Seen {
    /// Any of these steps of the case.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Or a round of one of these checklists about a subject of the case.
    #[serde(default)]
    pub checklists: Vec<String>,
}

/// What is added up.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// A figure of the subject, a whole number.
    Field(String),
    /// The answer to a score, a money or a number question, of the case or row; a number that is not whole is left out.
    Answer(String),
    /// The time since the first of these steps of the case.
    Since(Vec<String>),
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

impl Figure {
    /// The key of its term.
    #[must_use]
    pub fn term(&self) -> String {
        format!("figure.{}", self.id)
    }

    /// What is added up, where something is.
    #[must_use]
    pub fn quantity(&self) -> Option<&Quantity> {
        self.sum.as_ref().or(self.average.as_ref()).or(self.median.as_ref())
    }

    /// The fields of records it looks at: to know that a record counts is to know something of each.
    #[must_use]
    pub fn looks_at(&self) -> BTreeSet<(Kind, String)> {
        let (kind, course) = match &self.of {
            Source::Subjects(subjects) => (subjects.kind.record(), None),
            Source::Cases(_) | Source::Steps(_) | Source::Deadlines(_) | Source::Days(_) => {
                (Some(Kind::Case), Some("event/*"))
            }
            Source::Records(records) => {
                let rounds = records.kind == Kind::Round;
                (Some(records.kind), rounds.then_some("result/*/*"))
            }
            Source::Findings(_) => (Some(Kind::Round), Some("result/*/*")),
            Source::Due(_) => (None, None),
        };
        let Some(kind) = kind else { return BTreeSet::new() };
        let mut paths: Vec<(Kind, String)> = course.map(|path| (kind, path.to_owned())).into_iter().collect();
        match self.quantity() {
            Some(Quantity::Field(path)) => paths.push((kind, path.clone())),
            Some(Quantity::Answer(id)) if kind == Kind::Entry => paths.push((kind, format!("field/{id}"))),
            Some(Quantity::Answer(id)) if course.is_none() => paths.push((kind, id.clone())),
            _ => {}
        }
        for only in std::iter::once(&self.only).chain(&self.share) {
            paths.extend(named(&only.filters, &only.unless, &only.dates).map(|path| (kind, path.to_owned())));
            if let Some(having) = &only.having {
                let named = named(&having.filters, &having.unless, &having.dates).map(str::to_owned);
                paths.extend(named.chain([having.through.clone()]).map(|path| (having.kind, path)));
            }
            if only.condition.is_some() && kind == Kind::Entry {
                paths.push((kind, "field/*".to_owned()));
            }
        }
        paths.into_iter().collect()
    }

    /// Whose it is when grouped by butler.
    #[must_use]
    pub fn whose(&self) -> Whose {
        self.butler.unwrap_or(match self.of {
            Source::Steps(_) | Source::Records(_) | Source::Findings(_) => Whose::Did,
            _ => Whose::Grid,
        })
    }
}

/// The paths that filters and dates name.
fn named<'a>(
    filters: &'a [Filter],
    unless: &'a [Filter],
    dates: &'a [DateIn],
) -> impl Iterator<Item = &'a str> {
    let filters = filters.iter().chain(unless).map(|filter| filter.path.as_str());
    filters.chain(dates.iter().map(|date| date.path.as_str()))
}
