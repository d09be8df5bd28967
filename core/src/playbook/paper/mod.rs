//! Papers 单据: what is handed over printed, as a template that is filled from a record.
//!
//! A template is blocks: words with names in braces, a table of answers, the course of a case, the points of a round,
//! lines to sign on. It is no markup and no program: whatever is filled in stays text, a name nobody knows is reported
//! when the set is judged, and one filled [`FilledSlip`] is written as HTML or drawn as a PDF alike.
//!
//! | question | file |
//! |---|---|
//! | what may a template say | this one |
//! | what is known of a record, and how is a template filled from it | `fill.rs` |
//! | how is a filled slip written as a page | `html.rs` |

mod fill;
mod html;

use serde::Deserialize;

pub use fill::{FilledSlip, SlipCheck, SlipFacts, SlipPart, SlipStep, day_in_words};

use super::Label;
use super::metric::Month;
use crate::model::{Entry, MetricId, QuestionId, Record, StepId};

/// The names every template knows, with what a table calls them.
pub const COMMON: [(&str, &str, &str); 10] = [
    ("$company", "物业公司", "Company"),
    ("$home", "房屋", "Home"),
    ("$people", "客户", "Customer"),
    ("$place", "位置", "Place"),
    ("$title", "事项", "Matter"),
    ("$state", "状态", "State"),
    ("$number", "单号", "Number"),
    ("$author", "填报人", "Written by"),
    ("$today", "开具日期", "Issued on"),
    ("$issuer", "开具人", "Issued by"),
];
/// The word of the terms that heads every slip: the company's name.
pub const COMPANY: &str = "paper.company";

/// A template of a slip.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Stable identity.
    pub id: String,
    /// What it is called, and what stands above it.
    pub title: Label,
    /// The workflows, checklists or forms whose records it is filled from: each knows every name it mentions.
    pub of: Vec<String>,
    /// Steps of a workflow of which one must have been made before: no permit before it is issued.
    #[serde(default)]
    pub after: Vec<StepId>,
    /// How large it is.
    #[serde(default)]
    pub size: PaperSize,
    /// Whether the course of a case tells the free words of its steps: they are written among colleagues, and a customer signs
    /// many a slip.
    #[serde(default)]
    pub notes: bool,
    /// What stands on it, from top to bottom.
    #[serde(rename = "block")]
    pub blocks: Vec<PaperBlock>,
}

/// The size of a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperSize {
    /// 210 × 297 mm.
    #[default]
    A4,
    /// 148 × 210 mm.
    A5,
    /// 105 × 148 mm: what is carried, or stuck on a door.
    A6,
}

impl PaperSize {
    /// Width and height in millimetres.
    #[must_use]
    pub const fn millimetres(self) -> (u16, u16) {
        match self {
            Self::A4 => (210, 297),
            Self::A5 => (148, 210),
            Self::A6 => (105, 148),
        }
    }

    /// The free border, in millimetres.
    #[must_use]
    pub const fn margin(self) -> u16 {
        match self {
            Self::A4 => 15,
            Self::A5 => 10,
            Self::A6 => 7,
        }
    }

    /// How large its words are, in points.
    #[must_use]
    pub const fn points(self) -> f32 {
        match self {
            Self::A4 => 10.5,
            Self::A5 => 9.0,
            Self::A6 => 8.5,
        }
    }
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperBlock {
    /// Words, with names in braces; each line is a paragraph.
    Text(Label),
    /// The answers of that name, each beside what it is called.
    Table(Vec<String>),
    /// What was done, when and by whom: these steps of a case, or all of them where none is named.
    Course(Vec<StepId>),
    /// The points of a round, with what was found.
    Points(Points),
    /// Metrics of a month, each beside what it is called: a report tells figures that nobody typed.
    Metrics(MonthlyMetrics),
    /// Lines to sign on.
    Sign(Vec<Label>),
}

/// The metrics of the month that a row of a register is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthlyMetrics {
    /// The question that a day of the month answers.
    pub month: QuestionId,
    /// Which, from top to bottom.
    pub of: Vec<MetricId>,
}

impl MonthlyMetrics {
    /// The month a row is about; none while it does not say.
    #[must_use]
    pub fn month_of(&self, row: &Record) -> Option<Month> {
        let day = Entry::answers(row).fields.get(&self.month)?.as_text()?.parse().ok()?;
        Some(Month::of(day))
    }
}

/// Which points of a round stand on a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Points {
    /// All.
    All,
    /// Those with a finding.
    Findings,
}

impl Paper {
    /// The metrics it tells.
    pub fn metrics(&self) -> impl Iterator<Item = &MonthlyMetrics> {
        self.blocks.iter().filter_map(|block| match block {
            PaperBlock::Metrics(metrics) => Some(metrics),
            _ => None,
        })
    }

    /// Every name it mentions: in braces, and of tables.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().flat_map(PaperBlock::names)
    }
}

impl PaperBlock {
    pub(super) fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Text(words) => Box::new(words.placeholders()),
            Self::Table(names) => Box::new(names.iter().map(String::as_str)),
            Self::Metrics(metrics) => Box::new(std::iter::once(metrics.month.as_str())),
            Self::Course(_) | Self::Points(_) | Self::Sign(_) => Box::new(std::iter::empty()),
        }
    }
}

/// A step's day and person, as a template names them: `issue_permit.on`, `issue_permit.by`.
pub(super) fn of_step(step: &StepId) -> [String; 2] {
    [format!("{step}.on"), format!("{step}.by")]
}

#[cfg(test)]
mod tests;
