//! How rounds, cases and entries stand, as the layer that knows playbooks worked it out.
//!
//! Every function returns a [`crate::store::StoreError`] when the database cannot be read or written.

use std::collections::BTreeMap;

use rusqlite::{Row, params};

use super::index::json_column;
use super::{Reader, StoreError, Tx};
use crate::model::{Kind, RecordId, StaffId, Timestamp};
use crate::query::{CountedFinding, CountedStep, WorkProgress};

/// The columns of a step that counts, for [`read_step`], behind one that says whose it is.
pub(super) const STEP: &str = "step, event, at, by, to_state";

pub(super) fn read_step(row: &Row<'_>) -> rusqlite::Result<CountedStep> {
    Ok(CountedStep {
        step: row.get(1)?,
        event: row.get(2)?,
        at: row.get(3)?,
        by: row.get(4)?,
        to: row.get(5)?,
    })
}

/// The columns of a finding, for [`read_finding`].
pub(super) const FINDING: &str =
    "finding.item, finding.event, finding.at, finding.by, finding.role, finding.corrected";

/// A finding whose columns stand behind `from` others.
pub(super) fn read_finding(row: &Row<'_>, from: usize) -> rusqlite::Result<CountedFinding> {
    Ok(CountedFinding {
        item: row.get(from)?,
        event: row.get(from + 1)?,
        at: row.get(from + 2)?,
        by: row.get(from + 3)?,
        role: row.get(from + 4)?,
        corrected: row.get(from + 5)?,
    })
}

impl Reader<'_> {
    /// When each person's newest work that is here was done, as far as rows tell: a contact, a step, something begun. What was
    /// recorded in a round since it was begun stands in the round alone ([`Self::rounds_moved`]).
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

    /// The rounds in which something was recorded since then, after they were begun.
    pub fn rounds_moved(&self, since: Timestamp) -> Result<Vec<RecordId>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT record.id FROM work JOIN record USING (rid)
             WHERE record.kind = ?1 AND moved_at >= ?2 AND moved_at > opened_at",
        )?;
        let rows = query.query_map((Kind::Round, since), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How a round or case went; `None` while it is not worked out.
    pub fn progress(&self, record: RecordId) -> Result<Option<WorkProgress>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT work.rid, state, closed, in_conflict, finished_at, rounds, answers, clocks
             FROM work JOIN record USING (rid) WHERE record.id = ?1 AND state IS NOT NULL",
        )?;
        let mut rows = query.query([record])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let (answers, deadlines): (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
        let mut steps = self
            .db
            .prepare_cached(&format!("SELECT rid, {STEP} FROM step WHERE rid = ?1 ORDER BY number"))?;
        let steps = steps.query_map([row.get::<_, i64>(0)?], read_step)?.collect::<Result<_, _>>()?;
        let mut findings = self
            .db
            .prepare_cached(&format!("SELECT {FINDING} FROM finding WHERE rid = ?1 ORDER BY number"))?;
        let findings = findings
            .query_map([row.get::<_, i64>(0)?], |row| read_finding(row, 0))?
            .collect::<Result<_, _>>()?;
        Ok(Some(WorkProgress {
            findings,
            state: row.get(1)?,
            closed: row.get(2)?,
            in_conflict: row.get(3)?,
            finished: row.get(4)?,
            rounds: row.get(5)?,
            answers: json_column(answers.as_deref())?,
            steps,
            deadlines: json_column(deadlines.as_deref())?,
        }))
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
        self.db.prepare_cached("DELETE FROM finding WHERE rid = ?1")?.execute([rid])?;
        let mut insert = self.db.prepare_cached(
            "INSERT INTO finding (rid, number, item, event, at, by, role, corrected)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        for (number, found) in progress.findings.iter().enumerate() {
            let CountedFinding { item, event, at, by, role, corrected } = found;
            insert.execute(params![rid, number, item, event.0, at, by, role, corrected])?;
        }
        Ok(())
    }
}
