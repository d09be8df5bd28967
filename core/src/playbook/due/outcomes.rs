//! How what rules brought about in a month came out, rule by rule.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;
use serde::Serialize;

use super::item::RuleRef;
use super::within;
use crate::model::{RuleId, Timestamp};
use crate::playbook::calendar::Calendar;
use crate::playbook::metric::{MetricOutcome, Month};
use crate::playbook::rule::{DueRule, Trigger};
use crate::playbook::walk::Mode;
use crate::playbook::{Label, Playbooks};
use crate::query::{CaseQuery, DeadlineProgress, RecordIndex};

/// How long before a month a case may have ended whose deadlines fall into it, in days.
const ENDED_BEFORE: u64 = 400;

/// What a rule brought about that was due in a month, and how it came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleMonth {
    /// What is to be done; of a deadline or finding with the procedure that brings it.
    #[serde(skip)]
    pub title: Label,
    /// Somebody goes to a customer for it.
    #[serde(skip)]
    pub visit: bool,
    /// How many minutes each takes, gone for alone.
    #[serde(skip)]
    pub minutes: u16,
    /// How many were due.
    pub due: u64,
    /// How many of them were done too late, or are not done though their time has passed.
    pub late: u64,
    /// How many of them were done, in time or not.
    pub closed: u64,
}

/// What was due in a month by every rule that brought something about, and how it stands at `now`. Whom a rule concerns is
/// what the records say now. A deadline that its case ended or waited before is left out, as in metrics.
///
/// # Errors
/// The index's own.
pub fn by_rule<I: RecordIndex>(
    playbooks: &Playbooks,
    index: &I,
    calendar: &Calendar,
    now: Timestamp,
    month: Month,
) -> Result<BTreeMap<RuleId, RuleMonth>, I::Error> {
    let mut rules: BTreeMap<RuleId, RuleMonth> = BTreeMap::new();
    let mut count = |rule: &RuleRef, outcome: Option<MetricOutcome>| {
        let of = rules.entry(rule.id.clone()).or_insert_with(|| RuleMonth::of(rule));
        of.due += 1;
        of.late += u64::from(matches!(outcome, Some(MetricOutcome::Late | MetricOutcome::Missed)));
        of.closed += u64::from(matches!(outcome, Some(MetricOutcome::OnTime | MetricOutcome::Late)));
    };
    let (first, last) = (month.first(), month.last());
    let no_deadline = |rule: &DueRule| !matches!(rule.when, Trigger::Deadline(_));
    for item in within(playbooks, index, calendar, (first, last), no_deadline)? {
        count(&item.rule, item.outcome(calendar, now));
    }
    // Of a case that ended Today knows no deadline; the month does.
    let workflows: BTreeSet<_> = playbooks.workflows_with_deadlines().into_iter().cloned().collect();
    let from = calendar.start_of(first.checked_sub_days(Days::new(ENDED_BEFORE)).unwrap_or(first));
    let until = calendar.start_of(month.end());
    for case in index.cases(&CaseQuery { workflows: &workflows, from, until })? {
        let Some(of) = playbooks.deadlines_at(&case.workflow, case.version) else { continue };
        for run in &case.progress.deadlines {
            let rule = RuleRef::of_deadline(of, &run.deadline);
            if let Some(rule) =
                rule.filter(|_| (first..=last).contains(&calendar.date_of(run.due)) && stood(run))
            {
                count(&rule, MetricOutcome::of_deadline(run, now).map(|(outcome, _)| outcome));
            }
        }
    }
    Ok(rules)
}

/// Whether a deadline ran until it was met or its time had passed.
fn stood(run: &DeadlineProgress) -> bool {
    run.met.is_some() || run.stopped.is_none_or(|stopped| stopped > run.due)
}

impl RuleMonth {
    fn of(rule: &RuleRef) -> Self {
        Self {
            title: rule.full_title(),
            visit: matches!(rule.mode(), Mode::Door | Mode::Inside),
            minutes: rule.effort().alone,
            due: 0,
            late: 0,
            closed: 0,
        }
    }
}
