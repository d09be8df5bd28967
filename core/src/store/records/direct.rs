//! Records that come whole and are new here: every row is written once, as it is to stay.
//!
//! The rows are those that [`Tx::apply_at_tip`], [`Tx::set_receipts`], [`Tx::pin`] and [`Tx::enter`] leave one after the
//! other of the same changes; `sync::engine::both_ways` and the fleet compare.

use rusqlite::params;

use super::super::{Collection, Projected, Reader, StoreError, Tx};
use super::writing::{in_conflict, newest};
use crate::crdt::ChangeInfo;
use crate::model::{Generation, GridId, PlaceId, Receipt, Record, RecordId, Seal};

/// A record of which nothing was here, as it came.
pub struct Arrival<'a> {
    /// All its changes, by the ordinals of their receipts from 1 on, which follow one on the other.
    pub changes: &'a [(ChangeInfo, Receipt)],
    /// The seals of the receipts, one for each, or none.
    pub seals: &'a [Seal],
    /// The life of the office's data that the receipts belong to.
    pub generation: Option<Generation>,
    /// How the record reads with them.
    pub record: &'a Record,
    /// Its rows.
    pub rows: &'a Projected,
    /// Where the office pinned it.
    pub place: &'a PlaceId,
    /// The grid that shows it.
    pub grid: &'a GridId,
}

impl Reader<'_> {
    /// Whether all that is kept of a record is changes the office accepted: no own work, nothing that waits, no verdict, no
    /// photo that is not taken, and it is not missing.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn is_settled(&self, record: RecordId) -> Result<bool, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT NOT EXISTS (SELECT 1 FROM verdict WHERE record = ?1)
                AND NOT EXISTS (SELECT 1 FROM missing WHERE record = ?1)
                AND NOT EXISTS (SELECT 1 FROM attachment_use WHERE record = ?1 AND state = 'rejected')
                AND NOT EXISTS (SELECT 1 FROM record JOIN change USING (rid)
                                WHERE record.id = ?1 AND (standing <> 'accepted' OR waiting = 1))",
        )?;
        Ok(query.query_row([record], |row| row.get(0))?)
    }

    /// Whether nothing at all waits here that belongs to a record without a row of its own: then every such record is settled.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn nothing_is_open(&self) -> Result<bool, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT NOT EXISTS (SELECT 1 FROM verdict) AND NOT EXISTS (SELECT 1 FROM missing)
                AND NOT EXISTS (SELECT 1 FROM attachment_use WHERE state <> 'acknowledged' AND state = 'rejected')",
        )?;
        Ok(query.query_row([], |row| row.get(0))?)
    }
}

impl Tx<'_> {
    /// Writes a record of which nothing was here.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn arrive(&mut self, arrival: Arrival<'_>) -> Result<(), StoreError> {
        let Arrival { changes, record, rows, place, generation, .. } = arrival;
        self.db
            .prepare_cached(
                "INSERT INTO record (id, kind, version, heads, lifecycle, conflicts, tail, accepted, complete, changed_at, place,
                     pinned, grids, facts)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?7, coalesce(?8, 0), ?9, 1, 1, ?10)",
            )?
            .execute(params![
                record.id,
                record.kind,
                record.version,
                record.heads.first(),
                record.lifecycle,
                in_conflict(record),
                changes.len(),
                newest(changes.iter().map(|(info, _)| info)),
                place,
                rows.packed,
            ])?;
        let rid = self.db.last_insert_rowid();
        let mut seals = arrival.seals.iter();
        for (info, receipt) in changes {
            self.db
                .prepare_cached(
                    "INSERT INTO change (rid, hash, actor, seq, standing, generation, ordinal, received_at, seal,
                         confirmed, copy_of, bytes)
                     VALUES (?1, ?2, ?3, ?4, 'accepted', ?5, ?6, ?7, ?8, 1, ?9, ?10)",
                )?
                .execute(params![
                    rid,
                    info.hash,
                    info.actor,
                    info.seq.cast_signed(),
                    generation,
                    receipt.ordinal,
                    receipt.at,
                    seals.next(),
                    info.stamp.copy_of,
                    info.bytes()
                ])?;
        }
        self.project_new(rid, record.kind, rows)?;
        self.db
            .prepare_cached("INSERT INTO membership (rid, grid) VALUES (?1, ?2)")?
            .execute(params![rid, arrival.grid])?;
        self.note_record(record.id, record.kind);
        self.note(Collection::Outbox);
        Ok(())
    }
}
