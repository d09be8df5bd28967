//! Figures 指标: the numbers of a month, and the records behind each.

use butler_core::areas::figures;
use butler_core::playbook::figure;
use butler_core::playbook::figure::count;
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

impl TryFrom<Month> for count::Month {
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

impl From<figure::By> for By {
    fn from(by: figure::By) -> Self {
        match by {
            figure::By::Grid => Self::Grid,
            figure::By::Butler => Self::Butler,
            figure::By::Port => Self::Port,
        }
    }
}

impl From<By> for figure::By {
    fn from(by: By) -> Self {
        match by {
            By::Grid => Self::Grid,
            By::Butler => Self::Butler,
            By::Port => Self::Port,
        }
    }
}

impl From<count::Reading> for Reading {
    fn from(reading: count::Reading) -> Self {
        match reading {
            count::Reading::Count => Self::Count,
            count::Reading::Share => Self::Share,
            count::Reading::Sum => Self::Sum,
            count::Reading::Average => Self::Average,
            count::Reading::Median => Self::Median,
        }
    }
}

impl From<count::Group> for FigureGroup {
    fn from(group: count::Group) -> Self {
        match group {
            count::Group::Grid(grid) => Self::Grid { grid: grid.into() },
            count::Group::Butler(staff) => Self::Butler { staff: staff.into() },
            count::Group::Port(port) => Self::Port { port },
        }
    }
}

impl TryFrom<FigureGroup> for count::Group {
    type Error = ButlerError;

    fn try_from(group: FigureGroup) -> Result<Self, ButlerError> {
        Ok(match group {
            FigureGroup::Grid { grid } => Self::Grid(grid.try_into()?),
            FigureGroup::Butler { staff } => Self::Butler(staff.try_into()?),
            FigureGroup::Port { port } => Self::Port(port),
        })
    }
}

impl From<Side> for count::Side {
    fn from(side: Side) -> Self {
        match side {
            Side::Part => Self::Part,
            Side::Whole => Self::Whole,
        }
    }
}

impl From<figures::FigureInfo> for FigureInfo {
    fn from(info: figures::FigureInfo) -> Self {
        Self {
            figure: info.figure,
            label: info.label.into(),
            means: info.means.into(),
            reading: info.reading.into(),
            unit: info.unit.map(Label::from),
            by: out(info.by),
        }
    }
}

impl From<count::FigureRow> for FigureRow {
    fn from(row: count::FigureRow) -> Self {
        Self {
            shown: row.shown(),
            figure: row.figure,
            label: row.label.into(),
            means: row.means.into(),
            reading: row.reading.into(),
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

impl From<figures::FigureRecord> for FigureRecord {
    fn from(row: figures::FigureRecord) -> Self {
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

impl From<figures::FigureRecords> for FigureRecords {
    fn from(records: figures::FigureRecords) -> Self {
        Self { total: counted(records.total), rows: out(records.rows) }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// Every figure there is, in the order of a report.
    pub fn figures_list(&self) -> Result<Vec<FigureInfo>, ButlerError> {
        Ok(out(self.butler.figures().list()?))
    }

    /// The figures of a month, or one of them: each as a whole, then by group where it may be grouped so.
    pub fn figures_month(
        &self,
        month: Month,
        figure: Option<String>,
        by: Option<By>,
    ) -> Result<Vec<FigureRow>, ButlerError> {
        let by = by.map(figure::By::from);
        Ok(out(self.butler.figures().month(figure.as_deref(), month.try_into()?, by)?))
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
        let group: Option<count::Group> = group.map(TryInto::try_into).transpose()?;
        let page = count::Page { skip: skip as usize, take: take as usize };
        let (figures, month) = (self.butler.figures(), month.try_into()?);
        Ok(figures.records(figure, month, group.as_ref(), side.into(), page)?.into())
    }
}
