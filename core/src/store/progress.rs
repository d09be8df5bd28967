//! How rounds, cases and entries stand, as the layer that knows playbooks worked it out.
//!
//! Every function returns a [`crate::store::StoreError`] when the database cannot be read or written.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{Reader, StoreError, Tx};
use crate::model::{RecordId, StaffId, Timestamp};
use crate::query::WorkProgress;

impl Reader<'_> {
    /// When each person's newest work that is here was done: a contact, a step, something begun.
    pub fn last_heard(&self) -> Result<BTreeMap<StaffId, Timestamp>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT by, max(at) FROM (
                 SELECT by, max(at) AS at FROM contact GROUP BY by
                 UNION ALL SELECT by, max(at) FROM step GROUP BY by
                 UNION ALL SELECT made_by, max(opened_at) FROM work GROUP BY made_by
             ) WHERE by IS NOT NULL AND at IS NOT NULL GROUP BY by",
        )?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Cases with concurrent steps that wait for a resolution.
    pub fn cases_in_conflict(&self) -> Result<Vec<RecordId>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT id FROM work JOIN record USING (rid) WHERE in_conflict = 1 AND hidden = 0 ORDER BY id",
        )?;
        Ok(query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps what was worked out about a round, case or entry ([`Reader::unfolded`]).
    pub fn set_progress(&mut self, record: RecordId, progress: &WorkProgress) -> Result<(), StoreError> {
        let rid = self.rid(record)?;
        self.touch(record);
        let unwritable = |_| StoreError::Inconsistent { what: "what was worked out of a record" };
        let answers = serde_json::to_string(&progress.answers).map_err(unwritable)?;
        let deadlines = serde_json::to_string(&progress.deadlines).map_err(unwritable)?;
        self.db
            .prepare_cached(
                "UPDATE work SET state = ?2, closed = ?3, in_conflict = ?4, finished_at = ?5, rounds = ?6, answers = ?7,
                        clocks = ?8 WHERE rid = ?1",
            )?
            .execute(params![
                rid,
                progress.state,
                progress.closed,
                progress.in_conflict,
                progress.finished,
                progress.rounds,
                answers,
                deadlines
            ])?;
        self.db.prepare_cached("DELETE FROM step WHERE rid = ?1")?.execute([rid])?;
        let mut insert = self.db.prepare_cached(
            "INSERT INTO step (rid, number, event, step, at, by, to_state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for (number, step) in progress.steps.iter().enumerate() {
            insert.execute(params![rid, number, step.event.0, step.step, step.at, step.by, step.to])?;
        }
        Ok(())
    }
}
