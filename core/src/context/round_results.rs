//! Which result of a round is possible.

use super::{Author, OfficeTables};
use crate::error::{ButlerError, InputProblem};
use crate::model::round::RoundStop;
use crate::model::{Event, Evidence, Kind, PlaceId, QuestionId, Record, RecordId, RoleId, Round};
use crate::playbook::checklist::{AT, Checklist, Point};
use crate::playbook::{Label, Playbooks, course};
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

/// Whether a result will do, given those so far; what will not is told with the place it is of.
pub(crate) fn check_result(
    office: &OfficeTables,
    checklist: &Checklist,
    item: &QuestionId,
    evidence: &Evidence,
    role: &RoleId,
    results: &[Event],
) -> Result<(), ButlerError> {
    let problems = checklist.check_result(item, evidence, role, results);
    let mut problems = problems.ok_or_else(|| ButlerError::invalid("item", InputProblem::UnknownItem))?;
    let place = evidence.fields.get(AT).and_then(|place| PlaceId::new(place.as_text()?).ok());
    if let Some(place) = place.and_then(|id| office.places.get(&id)) {
        for problem in &mut problems {
            let (said, name) = (&problem.message, &place.name);
            problem.message = Label::new(format!("{}（{name}）", said.zh), format!("{} ({name})", said.en));
        }
    }
    ButlerError::of_form(problems)
}
