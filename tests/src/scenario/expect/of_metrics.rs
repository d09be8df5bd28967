//! What a metric must count, on a phone and at the office.

use butler_core::error::ButlerError;
use butler_core::model::MetricId;
use butler_core::playbook::metric::{GroupBy, Measure, MetricGroup, MetricRow, Month};

use super::super::file::ExpectArgs;
use super::super::stage::{Phone, Stage};
use super::super::words::text_of;
use super::{Look, Not, same, so};

/// A metric of a month as a phone shows it.
pub(super) fn metric(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let known = || phone.butler.metrics().list().unwrap_or_default();
    counted(stage, args, |id, month, by| {
        phone.butler.metrics().month(Some(id), month, by).map_err(|error| match error {
            ButlerError::NotFound => {
                let known = known();
                let known: Vec<String> =
                    known.iter().map(|info| format!("{}（{}）", info.metric, info.label.zh)).collect();
                Not::Meant(format!("there is no metric `{id}`: {}", known.join(", ")))
            }
            other => so(other),
        })
    })
}

/// The same as the office counts it.
pub(super) fn metric_at_office(stage: &Stage, args: &ExpectArgs) -> Look {
    counted(stage, args, |id, month, by| {
        let counted = stage.hub.metrics(stage.now(), month, Some(id), by).map_err(so)?;
        same("records left out", "0", &counted.unreadable.to_string())?;
        Ok(counted.rows)
    })
}

/// One number, of the whole or of a grid, butler or port.
fn counted(
    stage: &Stage,
    args: &ExpectArgs,
    count: impl Fn(&MetricId, Month, Option<GroupBy>) -> Look<Vec<MetricRow>>,
) -> Look {
    let id = MetricId::new(args.metric.as_deref().unwrap_or_default());
    let by = match args.by.as_deref() {
        None => None,
        Some("grid") => Some(GroupBy::Grid),
        Some("butler") => Some(GroupBy::Butler),
        Some("port") => Some(GroupBy::Port),
        Some(other) => {
            return Err(Not::Meant(format!("metrics are by `grid`, `butler` or `port`, not `{other}`")));
        }
    };
    let month = match &args.month {
        Some(month) => month.parse().map_err(|_| Not::Meant("a month is `2026-11`".to_owned()))?,
        None => Month::of(stage.local().date()),
    };
    let rows = count(&id, month, by)?;
    let group = match (&args.of, by) {
        (None, None) => None,
        (Some(of), Some(GroupBy::Grid)) => Some(MetricGroup::Grid(stage.grid(of)?)),
        (Some(of), Some(GroupBy::Butler)) => Some(MetricGroup::Butler(stage.staff(of)?)),
        (Some(of), Some(GroupBy::Port)) => Some(MetricGroup::Port(of.clone())),
        (None, Some(_)) | (Some(_), None) => {
            return Err(Not::Meant(
                "a group is `by = \"grid\", of = \"1网格\"`; without both it is the whole".to_owned(),
            ));
        }
    };
    let row = rows.iter().find(|row| row.group == group).ok_or(Not::Here)?;
    let is = row.value.map_or_else(
        || "no data".to_owned(),
        |value| match (row.measure, value.whole) {
            (Measure::Share, whole) => format!("{}/{whole}", value.part),
            (_, whole) => match gcd(value.part, whole) {
                common if common == whole => (value.part / whole).to_string(),
                common => format!("{}/{}", value.part / common, whole / common),
            },
        },
    );
    let want = match &args.is {
        Some(toml::Value::Integer(int)) => int.to_string(),
        Some(other) => text_of(other).unwrap_or_default(),
        None => String::new(),
    };
    same(&format!("the metric {}", row.label.zh), &want, &is)
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs().max(1) } else { gcd(b, a % b) }
}
