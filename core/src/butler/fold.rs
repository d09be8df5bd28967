//! Works out how rounds, cases and entries stand, so that lists and rules are one query each.
//!
//! The store marks what changed; what is worked out here is a cache, made again from events whenever in doubt.

use super::{Butler, OfficeTables};
use crate::error::ButlerError;
use crate::model::RecordId;
use crate::playbook::course;
use crate::store::{Folded, StepOfCase, Tx};

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

fn fold(tx: &Tx<'_>, office: &OfficeTables, id: RecordId) -> Result<Folded, ButlerError> {
    let Some(record) = tx.record(id)? else { return Ok(Folded::default()) };
    let receipts = tx.receipts(id)?;
    let Some(course) = course::of(&office.playbooks, &office.calendar, &record, &receipts) else {
        return Ok(Folded::default());
    };
    let steps = course.steps.into_iter().map(|made| StepOfCase {
        step: made.step,
        event: made.event,
        at: made.at,
        by: made.by,
        to: made.to,
    });
    Ok(Folded {
        state: course.state,
        closed: course.closed,
        disputed: course.disputed,
        finished: course.finished,
        rounds: course.rounds,
        answers: course.answers,
        steps: steps.collect(),
        clocks: serde_json::to_string(&course.clocks).unwrap_or_default(),
    })
}
