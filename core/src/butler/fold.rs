//! Works out how rounds, cases and entries stand, so that lists and rules are one query each.
//!
//! The store marks what changed; what is worked out here is a cache, made again from events whenever in doubt.

use super::{Butler, OfficeTables};
use crate::commands::{cases, rounds};
use crate::error::ButlerError;
use crate::model::{Kind, Record, RecordId, Round};
use crate::playbook::case::Standing;
use crate::playbook::checklist;
use crate::store::{Folded, Reader, Tx};

/// Within the transaction of an edit: the record itself, and what an earlier crash may have left.
pub(super) const PER_EDIT: usize = 8;
/// Per transaction after a sync: other writers get their turn between two.
const PER_TURN: usize = 500;

impl Butler {
    /// Works out everything that is marked.
    pub(super) fn fold_all(&self) -> Result<(), ButlerError> {
        let office = self.office()?;
        while self.store.write(|tx| some(tx, &office, PER_TURN))? == PER_TURN {}
        Ok(())
    }
}

/// Works out at most `limit` records; returns how many.
pub(super) fn some(tx: &mut Tx<'_>, office: &OfficeTables, limit: usize) -> Result<usize, ButlerError> {
    let marked = tx.unfolded(limit)?;
    for id in &marked {
        let folded = fold(tx, office, *id)?;
        tx.set_folded(*id, &folded)?;
    }
    Ok(marked.len())
}

fn fold(reader: &Reader<'_>, office: &OfficeTables, id: RecordId) -> Result<Folded, ButlerError> {
    let Some(record) = reader.record(id)? else { return Ok(Folded::default()) };
    match record.kind {
        Kind::Case => case(reader, office, &record),
        Kind::Round => Ok(round(office, &record)),
        // A row of a register has no course; it is there or archived.
        _ => Ok(Folded { closed: true, ..Folded::default() }),
    }
}

fn case(reader: &Reader<'_>, office: &OfficeTables, record: &Record) -> Result<Folded, ButlerError> {
    // Run by a playbook this phone does not have yet: shown as it is, worked out when the playbook comes.
    let Ok(workflow) = cases::workflow(&office.playbooks, record) else { return Ok(Folded::default()) };
    let state = cases::state(reader, workflow, record)?;
    let disputed = state.contested().next().is_some();
    let counting = state.events.iter().filter(|folded| folded.standing == Standing::Counts);
    Ok(Folded {
        closed: state.ended,
        disputed,
        steps: counting.map(|folded| (folded.event.step.clone(), folded.event.id, folded.at)).collect(),
        state: state.state.clone().unwrap_or_default(),
        answers: state.answers.clone(),
    })
}

fn round(office: &OfficeTables, record: &Record) -> Folded {
    let Ok(list) = rounds::checklist(&office.playbooks, record) else { return Folded::default() };
    let (check_ins, results) = rounds::events(record);
    let planned = Round::read(record).planned_on.unwrap_or_default();
    // Whether a round is complete does not depend on the hour; what was missed does, and is worked out when shown.
    let start = office.calendar.start_of(planned);
    let state = checklist::fold(
        list,
        &checklist::Walk { check_ins: &check_ins, results: &results, planned },
        &office.calendar,
        start,
    );
    let disputed = state.points.iter().flat_map(|point| &point.items).any(|item| item.disputed);
    Folded { closed: state.complete, disputed, ..Folded::default() }
}
