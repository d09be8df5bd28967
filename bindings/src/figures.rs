//! Figures 指标: the numbers of a month, and the records behind each.

use butler_core::areas::metrics;
use butler_core::playbook::metric;
use butler_core::query::SubjectId;
use chrono::NaiveDate;

use crate::ids::{DueId, GridId, PlaceId, RecordId, StaffId, out};
use crate::values::{Day, Label, count as counted};
use crate::{ButlerCore, ButlerError};

/// A month of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Month {
    /// Such as 2026.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
}

impl TryFrom<Month> for metric::Month {
    type Error = ButlerError;

    fn try_from(month: Month) -> Result<Self, ButlerError> {
        let first = NaiveDate::from_ymd_opt(month.year, month.month.into(), 1);
        first.map(Self::of).ok_or_else(|| ButlerError::invalid("month", "there is no such month"))
    }
}

/// By what a figure is grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum By {
    /// The grid of the place 网格. A place in two grids counts in both.
    Grid,
    /// The butler 管家.
    Butler,
    /// The port 端口.
    Port,
}

/// How a figure is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Reading {
    /// How many.
    Count,
    /// A part of a whole: shown in percent.
    Share,
    /// What members add up to, in the unit.
    Sum,
    /// What they add up to over how many they are, in the unit.
    Average,
    /// What half of them stay below, in the unit.
    Median,
}

/// One part of a grouping.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum FigureGroup {
    /// A grid.
    Grid {
        /// Which.
        grid: GridId,
    },
    /// A butler.
    Butler {
        /// Who.
        staff: StaffId,
    },
    /// A port.
    Port {
        /// Its code.
        port: String,
    },
}

/// Which side of a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Side {
    /// What is in the part.
    Part,
    /// Everything looked at.
    Whole,
}

/// A figure there is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FigureInfo {
    /// Its id.
    pub figure: String,
    /// What it is called.
    pub label: Label,
    /// What it means.
    pub means: Label,
    /// How it is to be read.
    pub reading: Reading,
    /// What its unit is called.
    pub unit: Option<Label>,
    /// By what it may be grouped.
    pub by: Vec<By>,
}

/// An exact number: `part` over `whole`, which is never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Fraction {
    /// Above the line.
    pub part: i64,
    /// Below the line.
    pub whole: i64,
}

/// A figure of a month, as a whole or of one group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FigureRow {
    /// The figure.
    pub figure: String,
    /// What it is called.
    pub label: Label,
    /// What it means.
    pub means: Label,
    /// How it is to be read.
    pub reading: Reading,
    /// The id of its unit; what it is called says the list of figures.
    pub unit: Option<String>,
    /// The group; nothing is the whole.
    pub group: Option<FigureGroup>,
    /// What the group is called.
    pub group_label: Option<Label>,
    /// The number; nothing is "no data": there was nothing to take a share or an average of.
    pub value: Option<Fraction>,
    /// The number as it is shown, without its unit: a share in percent, money with two digits.
    pub shown: Option<String>,
    /// How many members were looked at.
    pub members: u64,
    /// The day up to which it is counted.
    pub as_of: Day,
}

/// What a record behind a number is about.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum About {
    /// A record.
    Record {
        /// Which.
        record: RecordId,
    },
    /// A building or spot.
    Place {
        /// Which.
        place: PlaceId,
    },
    /// A grid.
    Grid {
        /// Which.
        grid: GridId,
    },
    /// The community.
    Community,
}

/// One of the records behind a number.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FigureRecord {
    /// The day that puts it into the month.
    pub day: Day,
    /// The record to open: none for something due that nobody did.
    pub record: Option<RecordId>,
    /// What in the record: a step, an item, a field, a deadline.
    pub detail: Option<String>,
    /// The due item.
    pub due: Option<DueId>,
    /// What it is about.
    pub about: Option<About>,
    /// What it is about, as shown in a list.
    pub subject: String,
    /// Where.
    pub place: Option<PlaceId>,
    /// Who did it.
    pub by: Option<StaffId>,
    /// Their name.
    pub by_name: Option<String>,
    /// The port.
    pub port: Option<String>,
    /// What it adds; a time in milliseconds.
    pub number: Option<i64>,
    /// Whether it is in the part.
    pub in_part: bool,
}

/// A page of what is behind a number.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FigureRecords {
    /// All of it, so many.
    pub total: u32,
    /// The page, by day, without what may not be read.
    pub rows: Vec<FigureRecord>,
}

impl From<metric::GroupBy> for By {
    fn from(by: metric::GroupBy) -> Self {
        match by {
            metric::GroupBy::Grid => Self::Grid,
            metric::GroupBy::Butler => Self::Butler,
            metric::GroupBy::Port => Self::Port,
        }
    }
}

impl From<By> for metric::GroupBy {
    fn from(by: By) -> Self {
        match by {
            By::Grid => Self::Grid,
            By::Butler => Self::Butler,
            By::Port => Self::Port,
        }
    }
}

impl From<metric::Measure> for Reading {
    fn from(reading: metric::Measure) -> Self {
        match reading {
            metric::Measure::Count => Self::Count,
            metric::Measure::Share => Self::Share,
            metric::Measure::Sum => Self::Sum,
            metric::Measure::Average => Self::Average,
            metric::Measure::Median => Self::Median,
        }
    }
}

impl From<metric::MetricGroup> for FigureGroup {
    fn from(group: metric::MetricGroup) -> Self {
        match group {
            metric::MetricGroup::Grid(grid) => Self::Grid { grid: grid.into() },
            metric::MetricGroup::Butler(staff) => Self::Butler { staff: staff.into() },
            metric::MetricGroup::Port(port) => Self::Port { port },
        }
    }
}

impl TryFrom<FigureGroup> for metric::MetricGroup {
    type Error = ButlerError;

    fn try_from(group: FigureGroup) -> Result<Self, ButlerError> {
        Ok(match group {
            FigureGroup::Grid { grid } => Self::Grid(grid.try_into()?),
            FigureGroup::Butler { staff } => Self::Butler(staff.try_into()?),
            FigureGroup::Port { port } => Self::Port(port),
        })
    }
}

impl From<Side> for metric::Side {
    fn from(side: Side) -> Self {
        match side {
            Side::Part => Self::Part,
            Side::Whole => Self::Whole,
        }
    }
}

impl From<metrics::MetricInfo> for FigureInfo {
    fn from(info: metrics::MetricInfo) -> Self {
        Self {
            figure: info.metric.to_string(),
            label: info.label.into(),
            means: info.means.into(),
            reading: info.measure.into(),
            unit: info.unit.map(Label::from),
            by: out(info.by),
        }
    }
}

impl From<metric::MetricRow> for FigureRow {
    fn from(row: metric::MetricRow) -> Self {
        Self {
            shown: row.shown(),
            figure: row.metric.to_string(),
            label: row.label.into(),
            means: row.means.into(),
            reading: row.measure.into(),
            unit: row.unit,
            group: row.group.map(FigureGroup::from),
            group_label: row.group_label.map(Label::from),
            value: row.value.map(|value| Fraction { part: value.part, whole: value.whole }),
            members: row.members,
            as_of: row.as_of.into(),
        }
    }
}

impl From<SubjectId> for About {
    fn from(subject: SubjectId) -> Self {
        match subject {
            SubjectId::Record(record) => Self::Record { record: record.into() },
            SubjectId::Place(place) => Self::Place { place: place.into() },
            SubjectId::Grid(grid) => Self::Grid { grid: grid.into() },
            SubjectId::Community => Self::Community,
        }
    }
}

impl From<metrics::MetricRecord> for FigureRecord {
    fn from(row: metrics::MetricRecord) -> Self {
        let member = row.member;
        Self {
            day: member.day.into(),
            record: member.record.map(RecordId::from),
            detail: member.detail,
            due: member.due.map(DueId::from),
            about: member.about.map(About::from),
            subject: row.subject,
            place: member.place.map(PlaceId::from),
            by: member.by.map(StaffId::from),
            by_name: row.by_name,
            port: member.port,
            number: member.number,
            in_part: member.in_part,
        }
    }
}

impl From<metrics::MetricRecords> for FigureRecords {
    fn from(records: metrics::MetricRecords) -> Self {
        Self { total: counted(records.total), rows: out(records.rows) }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// Every figure there is, in the order of a report.
    pub fn figures_list(&self) -> Result<Vec<FigureInfo>, ButlerError> {
        Ok(out(self.butler.metrics().list()?))
    }

    /// The figures of a month, or one of them: each as a whole, then by group where it may be grouped so.
    pub fn figures_month(
        &self,
        month: Month,
        figure: Option<String>,
        by: Option<By>,
    ) -> Result<Vec<FigureRow>, ButlerError> {
        let by = by.map(metric::GroupBy::from);
        let metric = figure.map(metric::MetricId::new);
        Ok(out(self.butler.metrics().month(metric.as_ref(), month.try_into()?, by)?))
    }

    /// The records behind a number: of one group, or of all; of a share its part, or the whole.
    pub fn figures_records(
        &self,
        figure: &str,
        month: Month,
        group: Option<FigureGroup>,
        side: Side,
        skip: u32,
        take: u32,
    ) -> Result<FigureRecords, ButlerError> {
        let ask = metric::MemberQuery {
            metric: figure.into(),
            group: group.map(TryInto::try_into).transpose()?,
            side: side.into(),
            skip: skip as usize,
            take: take as usize,
        };
        Ok(self.butler.metrics().records(month.try_into()?, &ask)?.into())
    }
}
