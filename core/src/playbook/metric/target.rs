//! What a company aims at, and whether a number reaches it.

use serde::{Deserialize, Serialize};

use super::{Fraction, Measure, Metric};
use crate::playbook::Label;

/// What a number should be, as it is shown: a share in percent, all else in its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// That or more.
    AtLeast(Decimal),
    /// That or less.
    AtMost(Decimal),
}

/// A number with at most three digits behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Decimal {
    thousandths: i64,
}

impl TryFrom<f64> for Decimal {
    type Error = &'static str;

    fn try_from(number: f64) -> Result<Self, Self::Error> {
        let thousandths = (number * 1_000.0).round();
        if !(-1e15..=1e15).contains(&thousandths)
            || (thousandths - number * 1_000.0).abs() > 1e-6 * number.abs().max(1.0)
        {
            return Err("a target is a number with at most three digits behind the point");
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole, and within bounds")]
        let thousandths = thousandths as i64;
        Ok(Self { thousandths })
    }
}

/// A target as a screen shows it: a line in a chart, and its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct MetricTarget {
    /// Where the line lies, comparable with the value of a row.
    pub at: Fraction,
    /// Whether more is wanted, or less.
    pub at_least: bool,
    /// In words, without the unit: `不低于 95%`.
    pub words: Label,
}

impl Target {
    /// As a screen shows it.
    pub(super) fn shown(self, metric: &Metric) -> MetricTarget {
        let (at_least, Decimal { thousandths }) = match self {
            Self::AtLeast(number) => (true, number),
            Self::AtMost(number) => (false, number),
        };
        let share = metric.measure() == Measure::Share;
        let at = Fraction { part: thousandths, whole: if share { 100_000 } else { 1_000 } };
        let number = at.shown(metric.measure(), metric.unit.as_deref());
        let words = if at_least {
            Label::new(format!("不低于 {number}"), format!("at least {number}"))
        } else {
            Label::new(format!("不高于 {number}"), format!("at most {number}"))
        };
        MetricTarget { at, at_least, words }
    }
}

impl MetricTarget {
    /// Whether a number reaches it.
    #[must_use]
    pub fn is_reached(&self, value: Fraction) -> bool {
        let over = |number: Fraction, by: Fraction| i128::from(number.part) * i128::from(by.whole);
        let (value, target) = (over(value, self.at), over(self.at, value));
        if self.at_least { value >= target } else { value <= target }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reaches_its_target_exactly() {
        let target = |at_least, part, whole| MetricTarget {
            at: Fraction { part, whole },
            at_least,
            words: Label::default(),
        };
        let share = target(true, 91_600, 100_000);
        for (part, whole, reached) in [(916, 1_000, true), (915, 1_000, false), (11, 12, true), (0, 1, false)]
        {
            assert_eq!(share.is_reached(Fraction { part, whole }), reached, "{part}/{whole}");
        }
        let hours = target(false, 24_000, 1_000);
        assert!(hours.is_reached(Fraction { part: 24, whole: 1 }));
        assert!(!hours.is_reached(Fraction { part: 241, whole: 10 }));
    }

    #[test]
    fn a_target_is_a_number_as_people_write_it() {
        let read = |text: &str| toml::from_str::<std::collections::BTreeMap<String, Target>>(text);
        let target = read("target = { at_least = 95 }").unwrap()["target"];
        assert_eq!(target, Target::AtLeast(Decimal { thousandths: 95_000 }));
        assert_eq!(
            read("target = { at_most = 4.8 }").unwrap()["target"],
            Target::AtMost(Decimal { thousandths: 4_800 })
        );
        for wrong in ["nan", "inf", "1e300", "0.12345", "\"95\""] {
            assert!(read(&format!("target = {{ at_least = {wrong} }}")).is_err(), "{wrong}");
        }
        assert!(read("target = { at_least = 1, at_most = 2 }").is_err(), "one way or the other");
    }
}
