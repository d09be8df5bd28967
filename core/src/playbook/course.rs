//! How a case went, or a round: what rules and figures know of it. A pure function of the record, the office's receipts
//! and the playbook it was begun under; a phone keeps it beside its indexes, an office works it out when asked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::case::{self, CaseState, EventWithReceipt, Standing};
use super::checklist::{self, Finding};
use super::figure::Outcome;
use super::workflow::Workflow;
use super::{Playbooks, checklist::Checklist};
use crate::model::round::Mark;
use crate::model::{
    Case, ChangeHash, Event, EventId, Kind, PlaybookVersion, Receipt, Record, Round, StaffId, Timestamp,
    Value,
};

/// How a case went, or a round.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Course {
    /// The state of a case; empty while none is reached, and for rounds.
    pub state: String,
    /// Whether it is over: a case in an end, a round complete.
    pub closed: bool,
    /// When it was over: a case when it entered its end, a round when the last of what it demands was there first.
    pub finished: Option<Timestamp>,
    /// Whether what was made apart waits for somebody to settle it.
    pub disputed: bool,
    /// Rounds of handling of a case.
    pub rounds: u32,
    /// A case's newest answers; of a round, each item that was looked at with the [`Outcome`]'s word.
    pub answers: BTreeMap<String, Value>,
    /// A case's steps that count, in fold order.
    pub steps: Vec<Made>,
    /// A case's deadlines.
    pub clocks: Vec<Clock>,
}

/// A step that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The step.
    pub step: String,
    /// The event.
    pub event: EventId,
    /// When, in estimated office time, never later than its receipt.
    pub at: Timestamp,
    /// Who.
    pub by: StaffId,
    /// The state it led to, if it moved the case.
    pub to: Option<String>,
}

/// A deadline that was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// The deadline.
    pub deadline: String,
    /// The step that started it.
    pub by: EventId,
    /// By when, time it stood still for included.
    pub due: Timestamp,
    /// When one of the steps that meet it was made.
    pub met: Option<Timestamp>,
    /// When it stopped without: the case ended, or waits.
    pub stopped: Option<Timestamp>,
}

impl Clock {
    /// How it came out by `now`, and when that was decided; `None` while it runs, and when the case ended or waits
    /// before it was due.
    #[must_use]
    pub fn outcome(&self, now: Timestamp) -> Option<(Outcome, Timestamp)> {
        match self.met {
            Some(met) if met <= self.due => Some((Outcome::OnTime, met)),
            Some(_) => Some((Outcome::Late, self.due)),
            None => (self.stopped.unwrap_or(now) > self.due).then_some((Outcome::Missed, self.due)),
        }
    }
}

/// The version of its playbook that runs a record: the one it was begun under, or that a case was migrated to.
#[must_use]
pub fn version(record: &Record) -> Option<PlaybookVersion> {
    match record.kind {
        Kind::Case => Case::versions(record).last().copied(),
        _ => record.text("version")?.parse().ok(),
    }
}

/// The workflow that runs a case, in that version; `None` when it is not known here.
#[must_use]
pub fn workflow<'p>(playbooks: &'p Playbooks, case: &Record) -> Option<&'p Workflow> {
    let (id, version) = run_by(case)?;
    playbooks.workflow_at(id, version)
}

/// The checklist a round was begun under, in that version; `None` when it is not known here.
#[must_use]
pub fn checklist<'p>(playbooks: &'p Playbooks, round: &Record) -> Option<&'p Checklist> {
    let (id, version) = run_by(round)?;
    playbooks.checklist_at(id, version)
}

fn run_by(record: &Record) -> Option<(&str, PlaybookVersion)> {
    Some((record.text("playbook")?, version(record)?))
}

/// How a case stands: its events in the order the office received them, folded by its workflow.
#[must_use]
pub fn state(workflow: &Workflow, case: &Record, receipts: &BTreeMap<ChangeHash, Receipt>) -> CaseState {
    let events: Vec<_> = case
        .events()
        .map(|(event, change)| EventWithReceipt { event, change, receipt: receipts.get(&change).copied() })
        .collect();
    case::fold(workflow, &events)
}

/// When a record run by a playbook was begun, in estimated office time.
#[must_use]
pub fn begun(record: &Record) -> Option<Timestamp> {
    record.fields.get("playbook").map(|field| field.winner.stamp.estimated())
}

/// What happened on a round: check-ins and results.
#[must_use]
pub fn marks(round: &Record) -> (Vec<Event>, Vec<Event>) {
    let plain = |marks: Vec<Mark>| marks.into_iter().map(|mark| mark.event).collect();
    (plain(Round::check_ins(round)), plain(Round::results(round)))
}

/// How a case, a round or a row of a register went. `None` when it is run by a playbook not known here: it is shown as
/// it is, and worked out when the playbook comes.
#[must_use]
pub fn of(
    playbooks: &Playbooks,
    calendar: &Calendar,
    record: &Record,
    receipts: &BTreeMap<ChangeHash, Receipt>,
) -> Option<Course> {
    match record.kind {
        Kind::Case => {
            let workflow = workflow(playbooks, record)?;
            Some(case(workflow, calendar, &state(workflow, record, receipts)))
        }
        Kind::Round => Some(round(checklist(playbooks, record)?, calendar, record)),
        // A row of a register has no course; it is there or archived.
        _ => Some(Course { closed: true, ..Course::default() }),
    }
}

fn case(workflow: &Workflow, calendar: &Calendar, state: &CaseState) -> Course {
    let counting = || state.events.iter().filter(|folded| folded.standing == Standing::Counts);
    let clock = |clock: &case::Clock| {
        let deadline = workflow.deadlines.iter().find(|deadline| deadline.id == clock.deadline)?;
        let meets = |folded: &case::Folded| {
            Some(folded.at) == clock.ended && deadline.until.contains(&folded.event.step)
        };
        let met = clock.ended.filter(|_| counting().any(meets));
        Some(Clock {
            deadline: clock.deadline.clone(),
            by: clock.started_by,
            due: clock.due(workflow, calendar)?,
            met,
            stopped: if met.is_some() { None } else { clock.ended.or(clock.paused_since) },
        })
    };
    let steps = counting().map(|folded| Made {
        step: folded.event.step.clone(),
        event: folded.event.id,
        at: folded.at,
        by: folded.event.by.clone(),
        to: folded.to.clone(),
    });
    Course {
        closed: state.ended,
        finished: state.since.filter(|_| state.ended),
        disputed: state.contested().next().is_some(),
        rounds: state.rounds,
        steps: steps.collect(),
        clocks: state.clocks.iter().filter_map(clock).collect(),
        state: state.state.clone().unwrap_or_default(),
        answers: state.answers.clone(),
    }
}

fn round(list: &Checklist, calendar: &Calendar, record: &Record) -> Course {
    let (check_ins, results) = marks(record);
    let planned = Round::read(record).planned_on.unwrap_or_default();
    // Whether a round is complete does not depend on the hour; what was missed does, and is worked out when shown.
    let walk = checklist::Walk { check_ins: &check_ins, results: &results, planned, begun: begun(record) };
    let state = checklist::fold(list, &walk, calendar, calendar.start_of(planned));
    let items = || state.points.iter().flat_map(|point| &point.items);
    let word = |finding: Finding| match finding {
        Finding::Open => None,
        Finding::Passed => Some(Outcome::Passed),
        Finding::Failed => Some(Outcome::Failed),
        Finding::Corrected => Some(Outcome::Corrected),
    };
    let answers = items().filter_map(|item| {
        let outcome = word(item.finding)?;
        Some((item.item.id.clone(), Value::from(outcome.code())))
    });
    let first_results = items().filter_map(|item| Some(item.results.first()?.event.estimated()));
    let visits = state.points.iter().filter_map(|point| point.visited);
    let finished = first_results.chain(visits).max().filter(|_| state.complete);
    Course {
        closed: state.complete,
        finished,
        disputed: items().any(|item| item.disputed),
        answers: answers.collect(),
        ..Course::default()
    }
}
