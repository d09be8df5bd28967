//! Which cases and rows a filter lets through, and what they add.

use super::MetricCounter;
use crate::model::{Procedure, Timestamp, Value};
use crate::playbook::condition::{Condition, Declared, Scope};
use crate::playbook::metric::fraction::HUNDREDTHS;
use crate::playbook::metric::{MetricFilter, Quantity};
use crate::playbook::related::Related;
use crate::query::{ActivityRow, CountedCase, RecordIndex};

impl<I: RecordIndex> MetricCounter<'_, I> {
    pub(super) fn case_matches(&self, filter: &MetricFilter, case: &CountedCase) -> bool {
        filter.rounds_at_least.is_none_or(|least| case.progress.rounds >= least)
            && self.period.fields(filter).holds(&case.fields)
            && filter.having.as_ref().is_none_or(|having| self.is_referred_to(having, case))
            && filter.lacking.as_ref().is_none_or(|lacking| !self.is_referred_to(lacking, case))
            && filter.condition.as_ref().is_none_or(|condition| self.case_holds(condition, case))
    }

    /// Whether such a record refers to a case, as they stand now.
    fn is_referred_to(&self, related: &Related, case: &CountedCase) -> bool {
        let known = self.fetched.related.iter().find(|(asked, _)| asked == related);
        known.is_some_and(|(_, cases)| cases.contains(&case.case))
    }

    fn case_holds(&self, condition: &Condition, case: &CountedCase) -> bool {
        let Some(workflow) = self.playbooks.workflow_at(&case.workflow, case.version) else { return false };
        let mut scope = Scope::new().today(self.period.last_day()).rounds(case.progress.rounds);
        for field in workflow.fields() {
            if let Some(value) = case.progress.answers.get(field.id.as_str()) {
                scope.answer("case", field, value);
            }
        }
        scope.bind("case", "state", Declared::Text, &Value::from(case.progress.state.as_str()));
        condition.holds(&scope)
    }

    pub(super) fn activity_matches(&self, filter: &MetricFilter, row: &ActivityRow) -> bool {
        filter.complete.is_none_or(|complete| complete == row.complete)
            && filter.condition.as_ref().is_none_or(|condition| self.row_holds(condition, row))
    }

    fn row_holds(&self, condition: &Condition, row: &ActivityRow) -> bool {
        let pinned = row.procedure.as_ref().and_then(Procedure::form).zip(row.version);
        let Some(form) = pinned.and_then(|(id, version)| self.playbooks.form_at(id, version)) else {
            return false;
        };
        let mut scope = Scope::new().today(self.period.last_day());
        for field in &form.fields {
            if let Some(value) = row.values.get(&format!("field/{}", field.id)) {
                scope.answer("form", field, value);
            }
        }
        condition.holds(&scope)
    }

    /// What a case adds at a moment; without one, as it stands.
    pub(super) fn quantity_of(quantity: &Quantity, case: &CountedCase, at: Option<Timestamp>) -> Option<i64> {
        let steps = &case.progress.steps;
        let since = |begin: Timestamp| {
            let at = at.or(case.progress.finished)?;
            (at >= begin).then(|| at.millis().saturating_sub(begin.millis()))
        };
        match quantity {
            Quantity::Field(path) => case.fields.get(path).and_then(whole_number),
            Quantity::Answer(id) => case.progress.answers.get(id.as_str()).and_then(whole_number),
            Quantity::Since(ids) => since(steps.iter().find(|made| ids.contains(&made.step))?.at),
            Quantity::Lasted => since(steps.first()?.at),
            // Sums of a case stand among its answers.
            Quantity::WorkedOut(_) => None,
            Quantity::Rounds => Some(case.progress.rounds.into()),
        }
    }
}

/// A number that is whole.
pub(super) fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(int) => Some(*int),
        #[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
        Value::Real(real) if real.fract() == 0.0 && real.abs() < 9e15 => Some(*real as i64),
        _ => None,
    }
}

/// What a sum comes to, exactly: it has two digits at most.
pub(super) fn in_hundredths(value: &Value) -> Option<i64> {
    let scale = f64::from(HUNDREDTHS);
    match value {
        Value::Int(int) => int.checked_mul(HUNDREDTHS.into()),
        #[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
        Value::Real(real) if real.abs() < 9e13 => Some((real * scale).round() as i64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_counted_to_its_last_digit() {
        for (value, hundredths) in [
            (Value::Int(95), Some(9_500)),
            (Value::Real(93.33), Some(9_333)),
            (Value::Real(-0.29), Some(-29)),
            (Value::Int(i64::MAX), None),
            (Value::Real(1e300), None),
            (Value::from("95"), None),
        ] {
            assert_eq!(in_hundredths(&value), hundredths, "{value:?}");
        }
    }
}
