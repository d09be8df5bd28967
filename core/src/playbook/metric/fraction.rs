//! Exact numbers: how a metric's members become one number, and how it is shown. Nothing is rounded before it is shown,
//! nothing divided by zero.

use serde::{Deserialize, Serialize};

use super::row::Counted;
use super::{Metric, MetricTarget, Quantity};

/// The units a time is shown in, in milliseconds.
pub(in crate::playbook) const TIMES: [(&str, i64); 3] =
    [("min", 60_000), ("h", 3_600_000), ("day", 86_400_000)];

/// The unit money is shown in, and how many fen it has.
pub(in crate::playbook) const MONEY: (&str, i64) = ("yuan", 100);

/// What a sum comes to has two digits: it is counted in hundredths.
pub(super) const HUNDREDTHS: i32 = 100;

/// How a metric is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Measure {
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

/// An exact number: `part` over `whole`, which is never 0. A count is over 1; an average is over how many were added up,
/// times what makes the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Fraction {
    /// Above the line.
    pub part: i64,
    /// Below the line.
    pub whole: i64,
}

impl Fraction {
    fn over(part: i128, whole: i128) -> Option<Self> {
        let (part, whole) = (i64::try_from(part).ok()?, i64::try_from(whole).ok()?);
        (whole > 0).then_some(Self { part, whole })
    }

    /// The number as it is shown, without its unit: a share in percent, money with two digits, all else with one.
    pub(super) fn shown(self, measure: Measure, unit: Option<&str>) -> String {
        match measure {
            Measure::Share => format!("{}%", self.rounded(100, 1)),
            _ => self.rounded(1, if unit == Some(MONEY.0) { 2 } else { 1 }),
        }
    }

    /// Rounded half up to so many digits, a whole number without any.
    fn rounded(self, factor: i128, digits: u32) -> String {
        let (part, whole) = (i128::from(self.part) * factor, i128::from(self.whole));
        if part % whole == 0 {
            return (part / whole).to_string();
        }
        let ten = 10_i128.pow(digits);
        let cut = (part.abs() * ten * 2 + whole) / (whole * 2);
        let sign = if part < 0 { "-" } else { "" };
        format!("{sign}{}.{:0width$}", cut / ten, cut % ten, width = digits as usize)
    }
}

/// What the members of one group come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Totals {
    /// How many there are.
    pub members: u64,
    /// How many are in the part.
    pub part: u64,
    /// What their numbers add up to.
    pub sum: i128,
    /// Their numbers, ascending.
    pub numbers: Vec<i64>,
}

impl Totals {
    /// The totals of members.
    pub(super) fn of(members: &[Counted<'_>]) -> Self {
        let mut numbers: Vec<i64> = members.iter().filter_map(|counted| counted.member.number).collect();
        numbers.sort_unstable();
        Self {
            members: members.len() as u64,
            part: members.iter().filter(|counted| counted.in_part).count() as u64,
            sum: numbers.iter().map(|number| i128::from(*number)).sum(),
            numbers,
        }
    }

    fn median(&self, scale: i128) -> Option<Fraction> {
        let middle = self.numbers.len() / 2;
        let upper = i128::from(*self.numbers.get(middle)?);
        if self.numbers.len() % 2 == 1 {
            return Fraction::over(upper, scale);
        }
        let lower = i128::from(*self.numbers.get(middle.checked_sub(1)?)?);
        Fraction::over(lower + upper, 2 * scale)
    }
}

impl Metric {
    /// What the company aims at, as a screen shows it.
    #[must_use]
    pub fn target(&self) -> Option<MetricTarget> {
        self.target.map(|target| target.shown(self))
    }

    /// How it is to be read.
    #[must_use]
    pub fn measure(&self) -> Measure {
        if self.share.is_some() || !self.filled.is_empty() {
            Measure::Share
        } else if self.sum.is_some() {
            Measure::Sum
        } else if self.average.is_some() {
            Measure::Average
        } else if self.median.is_some() {
            Measure::Median
        } else {
            Measure::Count
        }
    }

    /// The number these totals make; `None` when there is nothing to take a share or an average of.
    pub(super) fn value(&self, totals: &Totals) -> Option<Fraction> {
        let scale = self.scale();
        let members = i128::from(totals.members);
        match self.measure() {
            Measure::Count => Fraction::over(members, 1),
            Measure::Share => {
                let each = self.filled.len().max(1) as i128;
                Fraction::over(totals.part.into(), members * each)
            }
            Measure::Sum => Fraction::over(totals.sum, scale),
            Measure::Average => Fraction::over(totals.sum, members * scale),
            Measure::Median => totals.median(scale),
        }
    }

    /// How much of what is added up makes one of its unit.
    fn scale(&self) -> i128 {
        if matches!(self.quantity(), Some(Quantity::WorkedOut(_))) {
            return HUNDREDTHS.into();
        }
        let time = self.quantity().is_some_and(Quantity::is_time);
        let units: &[(&str, i64)] = if time { &TIMES } else { &[MONEY] };
        let named = units.iter().find(|(unit, _)| self.unit.as_deref() == Some(unit));
        named.map_or(1, |(_, scale)| i128::from(*scale))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_shown_is_rounded() {
        for (part, whole, measure, unit, shown) in [
            (2, 3, Measure::Share, None, "66.7%"),
            (3, 3, Measure::Share, None, "100%"),
            (1, 2000, Measure::Share, None, "0.1%"),
            (9, 2, Measure::Average, None, "4.5"),
            (8, 2, Measure::Average, None, "4"),
            (-1, 4, Measure::Average, None, "-0.3"),
            (610_005, 100, Measure::Sum, Some("yuan"), "6100.05"),
            (610_000, 100, Measure::Sum, Some("yuan"), "6100"),
        ] {
            assert_eq!(Fraction { part, whole }.shown(measure, unit), shown);
        }
    }
}
