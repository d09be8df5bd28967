//! How a case went, or a round: what rules and metrics know of it ([`WorkProgress`]). A pure function of the record, the
//! office's receipts and the playbook that runs it; a phone keeps it beside its indexes, an office works it out when
//! asked.

use std::collections::BTreeMap;

use super::calendar::Calendar;
use super::case::{self, CaseState, EventWithReceipt, Standing};
use super::checklist::{self, Finding};
use super::form::{Form, FormField};
use super::metric::MetricOutcome;
use super::workflow::Workflow;
use super::{Playbooks, checklist::Checklist};
use crate::model::round::Mark;
use crate::model::{ChangeHash, Event, Kind, PlaceId, Receipt, Record, Round, Timestamp, Value, facts};
use crate::query::{CountedFinding, CountedStep, DeadlineProgress, IndexedRecord, WorkProgress};

/// The workflow that runs a case, in that version; `None` when it is not known here.
#[must_use]
pub fn workflow<'p>(playbooks: &'p Playbooks, case: &Record) -> Option<&'p Workflow> {
    playbooks.workflow_at(facts::procedure(case)?.workflow()?, facts::version(case)?)
}

/// The checklist a round was begun under, in that version; `None` when it is not known here.
#[must_use]
pub fn checklist<'p>(playbooks: &'p Playbooks, round: &Record) -> Option<&'p Checklist> {
    playbooks.checklist_at(facts::procedure(round)?.checklist()?, facts::version(round)?)
}

/// The form a row of a register was filled in by, in that version; `None` when it is not known here.
#[must_use]
pub fn form<'p>(playbooks: &'p Playbooks, row: &Record) -> Option<&'p Form> {
    let (id, version) = row.read("form").zip(facts::version(row))?;
    playbooks.form_at(&id, version)
}

/// The questions among which stands what is worked out of a record: of a row its form's, of a case or a round its sums.
#[must_use]
pub fn summed<'p>(playbooks: &'p Playbooks, record: &Record) -> &'p [FormField] {
    let fields = match record.kind {
        Kind::Entry => form(playbooks, record).map(|form| &form.fields),
        Kind::Case => workflow(playbooks, record).map(|workflow| &workflow.sums),
        Kind::Round => checklist(playbooks, record).map(|list| &list.sums),
        Kind::Home | Kind::Resident | Kind::Contact => None,
    };
    fields.map(Vec::as_slice).unwrap_or_default()
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
) -> Option<WorkProgress> {
    match record.kind {
        Kind::Case => {
            let workflow = workflow(playbooks, record)?;
            Some(case(workflow, calendar, &state(workflow, record, receipts)))
        }
        Kind::Round => Some(round(checklist(playbooks, record)?, calendar, record)),
        // A row of a register has no course; it is there or archived.
        _ => Some(WorkProgress { closed: true, ..WorkProgress::default() }),
    }
}

/// What of a record is looked up, with the place it is pinned to and how it went.
#[must_use]
pub fn indexed(
    playbooks: &Playbooks,
    calendar: &Calendar,
    record: &Record,
    place: Option<PlaceId>,
    receipts: &BTreeMap<ChangeHash, Receipt>,
) -> IndexedRecord {
    IndexedRecord::of(record, place, of(playbooks, calendar, record, receipts))
}

fn case(workflow: &Workflow, calendar: &Calendar, state: &CaseState) -> WorkProgress {
    let counting = || state.events.iter().filter(|folded| folded.standing == Standing::Counts);
    let clock = |clock: &case::DeadlineClock| {
        let deadline = workflow.deadlines.iter().find(|deadline| deadline.id == clock.deadline)?;
        let meets = |folded: &case::Folded| {
            Some(folded.at) == clock.ended && deadline.until.contains(&folded.event.step)
        };
        let met = clock.ended.filter(|_| counting().any(meets));
        Some(DeadlineProgress {
            deadline: clock.deadline.clone(),
            by: clock.started_by,
            due: clock.due(workflow, calendar)?,
            met,
            stopped: if met.is_some() { None } else { clock.ended.or(clock.paused_since) },
        })
    };
    let steps = counting().map(|folded| CountedStep {
        step: folded.event.step.clone(),
        event: folded.event.id,
        at: folded.at,
        by: folded.event.by.clone(),
        to: folded.to.clone(),
    });
    WorkProgress {
        closed: state.ended,
        finished: state.since.filter(|_| state.ended),
        in_conflict: state.conflicts().next().is_some(),
        rounds: state.rounds,
        steps: steps.collect(),
        deadlines: state.clocks.iter().filter_map(clock).collect(),
        state: state.state.clone().unwrap_or_default(),
        answers: state.answers.clone(),
        findings: Vec::new(),
    }
}

fn round(list: &Checklist, calendar: &Calendar, record: &Record) -> WorkProgress {
    let (check_ins, results) = marks(record);
    let planned = Round::read(record).planned_on.unwrap_or_default();
    // Whether a round is complete does not depend on the hour; what was missed does, and is worked out when shown.
    let stops = Round::stops_of(record);
    let (begun, results) = (begun(record), results.as_slice());
    let walk = checklist::Walk { check_ins: &check_ins, results, stops: &stops, planned, begun };
    let state = checklist::fold(list, &walk, calendar, calendar.start_of(planned));
    let items = || state.points.iter().flat_map(|point| point.items.iter().map(move |item| (point, item)));
    let word = |finding: Finding| match finding {
        Finding::Open => None,
        Finding::Passed => Some(MetricOutcome::Passed),
        Finding::Failed => Some(MetricOutcome::Failed),
        Finding::Corrected => Some(MetricOutcome::Corrected),
    };
    let answers = items().filter_map(|(point, item)| {
        let outcome = word(item.finding)?;
        Some((point.item_id(&item.item.id), Value::from(outcome.code())))
    });
    let first_results = items().filter_map(|(_, item)| Some(item.results.first()?.event.estimated()));
    let visits = state.points.iter().filter_map(|point| point.visited);
    let found = |(point, item): (&checklist::PointState<'_>, &checklist::ItemState<'_>)| {
        let right = item.results.iter().rfind(|result| !result.fails).map(|result| result.event.estimated());
        let corrected = right.filter(|_| item.finding == Finding::Corrected);
        let failing = item.results.iter().filter(|result| result.fails).map(|result| result.event);
        let of = |event: &Event| CountedFinding {
            item: point.item_id(&item.item.id),
            event: event.id,
            at: event.estimated(),
            by: event.by.clone(),
            role: event.role.clone(),
            corrected,
        };
        failing.map(of).collect::<Vec<_>>()
    };
    // Of an order nobody expects for a score of the whole, or for what another item says in detail.
    let findings = items().filter(|(_, item)| item.item.order).flat_map(found).collect();
    let finished = first_results.chain(visits).max().filter(|_| state.complete);
    WorkProgress {
        closed: state.complete,
        finished,
        in_conflict: items().any(|(_, item)| item.in_conflict),
        answers: answers.chain(state.sums.clone()).collect(),
        findings,
        ..WorkProgress::default()
    }
}
