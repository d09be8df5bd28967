//! Which result of a round is possible.

use super::Author;
use crate::error::{ButlerError, InputProblem};
use crate::model::round::RoundStop;
use crate::model::{Event, Evidence, Kind, PlaceId, QuestionId, Record, RecordId, RoleId, Round};
use crate::playbook::Playbooks;
use crate::playbook::checklist::{Checklist, Point};
use crate::playbook::course;
use crate::store::Tx;

/// The checklist a round was begun under, in that version.
pub(crate) fn checklist<'p>(playbooks: &'p Playbooks, round: &Record) -> Result<&'p Checklist, ButlerError> {
    course::checklist(playbooks, round).ok_or(ButlerError::NeedsNewerApp)
}

/// A round as this person knows it.
pub(crate) fn known(author: &Author, tx: &Tx<'_>, round: RecordId) -> Result<Record, ButlerError> {
    let record = author.known(tx, round)?;
    if record.kind == Kind::Round { Ok(record) } else { Err(ButlerError::NotFound) }
}

/// The place a point of this round is visited at, as its id named it; unnamed the one whose code was scanned, or the only
/// one. `None` for a point that is anywhere.
pub(crate) fn stop_at(
    round: &Record,
    point: &Point,
    named: Option<&str>,
    scanned: Option<&PlaceId>,
) -> Result<Option<RoundStop>, ButlerError> {
    let unknown = || ButlerError::invalid("point", InputProblem::UnknownPoint);
    let mut stops = Round::stops_of(round);
    stops.retain(|stop| stop.point == point.id);
    let only = stops.len() == 1;
    let is_it = |stop: &RoundStop| match named {
        Some(named) => stop.place.as_str() == named,
        None => only || Some(&stop.place) == scanned,
    };
    match stops.iter().position(is_it) {
        Some(found) => Ok(Some(stops.swap_remove(found))),
        None if stops.is_empty() && named.is_none() => Ok(None),
        None => Err(unknown()),
    }
}

/// Whether a result will do, given those so far.
pub(crate) fn check_result(
    checklist: &Checklist,
    item: &QuestionId,
    evidence: &Evidence,
    role: &RoleId,
    results: &[Event],
) -> Result<(), ButlerError> {
    let problems = checklist.check_result(item, evidence, role, results);
    let problems = problems.ok_or_else(|| ButlerError::invalid("item", InputProblem::UnknownItem))?;
    ButlerError::of_form(problems)
}
