//! `metrics`: the month's metrics, and the records behind a number.

use std::io::Write;

use butler_core::host::Host;
use butler_core::model::{GridId, MetricId, StaffId};
use butler_core::playbook::metric::{GroupBy, Measure, MemberQuery, MetricGroup, MetricRow, Month, Side};
use serde::Serialize;

use super::CliError;
use crate::hub::{Hub, MonthMetrics};
use crate::storage::{Sqlite, Storage};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The month, such as 2026-11; left out, the present one
    #[arg(long)]
    month: Option<Month>,
    /// Each metric by grid, butler or port as well
    #[arg(long, value_enum)]
    by: Option<Grouping>,
    /// Only this metric, such as `collection_rate`
    #[arg(long, value_name = "ID")]
    metric: Option<String>,
    /// The records behind the metric; noted in the audit
    #[arg(long, requires = "metric", requires = "staff")]
    records: bool,
    /// Who reads them, by the id of `staff list`
    #[arg(long, value_name = "STAFF")]
    staff: Option<StaffId>,
    /// Of a share: everything looked at, not only the part
    #[arg(long, requires = "records")]
    whole: bool,
    /// Only the records of this grid, butler or port (with --by)
    #[arg(long, requires = "by", value_name = "ID")]
    group: Option<String>,
    /// How many records to leave out at the beginning
    #[arg(long, default_value_t = 0)]
    skip: usize,
    /// How many records at most
    #[arg(long, default_value_t = 200)]
    take: usize,
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Grouping {
    /// 网格
    Grid,
    /// 管家
    Butler,
    /// 端口
    Port,
}

impl From<Grouping> for GroupBy {
    fn from(grouping: Grouping) -> Self {
        match grouping {
            Grouping::Grid => Self::Grid,
            Grouping::Butler => Self::Butler,
            Grouping::Port => Self::Port,
        }
    }
}

/// A line of `metrics --json`.
#[derive(Debug, Serialize)]
struct Line<'a> {
    month: String,
    #[serde(flatten)]
    row: &'a MetricRow,
    shown: String,
    /// Records of the community that could not be read, and are not counted.
    unreadable: usize,
}

/// Says that records are left out.
fn tell_unreadable(count: usize, out: &mut dyn Write) -> std::io::Result<()> {
    match count {
        0 => Ok(()),
        _ => writeln!(
            out,
            "有 {count} 份档案无法读取，未计入 · {count} records could not be read and are not counted"
        ),
    }
}

pub(super) fn run(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    args: &Args,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let now = host.now();
    let month = match args.month {
        Some(month) => month,
        None => hub.month_of(now)?,
    };
    let metric = args.metric.as_deref().map(MetricId::from);
    if let (true, Some(metric), Some(who)) = (args.records, &metric, &args.staff) {
        return records(hub, host, args, who, (month, metric), out);
    }
    let MonthMetrics { rows, unreadable } =
        hub.metrics(now, month, metric.as_ref(), args.by.map(GroupBy::from))?;
    let directory = hub.storage().read(|read| hub.in_force(read))?;
    let playbooks = hub.playbooks(&directory);
    let shown =
        |row: &MetricRow| row.words(playbooks.terms()).map_or_else(|| "无数据".to_owned(), |words| words.zh);
    if args.json {
        for row in &rows {
            let line = Line { month: month.to_string(), row, shown: shown(row), unreadable };
            writeln!(out, "{}", serde_json::to_string(&line).map_err(std::io::Error::other)?)?;
        }
        return Ok(());
    }
    writeln!(out, "{month}")?;
    for row in &rows {
        let of = match (row.measure, row.value) {
            (Measure::Share, Some(value)) => format!("  {}/{}", value.part, value.whole),
            (Measure::Average | Measure::Median, Some(_)) => format!("  {} 项", row.members),
            _ => String::new(),
        };
        match &row.group_label {
            None => writeln!(out, "{}  {}{of}  {} · {}", shown(row), row.label.zh, row.metric, row.label.en)?,
            Some(group) => writeln!(out, "    {}  {}{of}", shown(row), group.zh)?,
        }
    }
    tell_unreadable(unreadable, out)?;
    Ok(())
}

fn records(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    args: &Args,
    who: &StaffId,
    (month, metric): (Month, &MetricId),
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let group = match (&args.group, args.by) {
        (Some(id), Some(Grouping::Grid)) => {
            Some(MetricGroup::Grid(id.parse::<GridId>().map_err(|_| CliError::NoGroup)?))
        }
        (Some(id), Some(Grouping::Butler)) => {
            Some(MetricGroup::Butler(id.parse::<StaffId>().map_err(|_| CliError::NoGroup)?))
        }
        (Some(id), Some(Grouping::Port)) => Some(MetricGroup::Port(id.clone())),
        _ => None,
    };
    let side = if args.whole { Side::Whole } else { Side::Part };
    let ask = MemberQuery { metric: metric.clone(), group, side, skip: args.skip, take: args.take };
    let found = hub.metric_records(host, who, month, &ask)?;
    if args.json {
        for row in &found.rows {
            writeln!(out, "{}", serde_json::to_string(row).map_err(std::io::Error::other)?)?;
        }
        return Ok(());
    }
    writeln!(out, "{month}  {metric}  {} 条 records", found.total)?;
    for row in &found.rows {
        let member = &row.member;
        let record = member.record.map_or_else(|| "-".to_owned(), |record| record.to_string());
        let cells = [
            Some(member.day.to_string()),
            Some(row.subject.clone()),
            row.by_name.clone(),
            member.port.clone(),
            member.detail.clone(),
            Some(record),
        ];
        let cells: Vec<String> = cells.into_iter().flatten().filter(|cell| !cell.is_empty()).collect();
        writeln!(out, "    {}", cells.join("  "))?;
    }
    tell_unreadable(found.unreadable, out)?;
    Ok(())
}
