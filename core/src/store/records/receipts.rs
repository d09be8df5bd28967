//! What the office said of changes: receipts, lists of them, places pinned.

use std::collections::BTreeSet;

use rusqlite::params;

use super::super::{Collection, StoreError, Tx};
use super::Listing;
use crate::model::{ChangeHash, Generation, PlaceId, Receipt, RecordId, Timestamp};

impl Tx<'_> {
    /// The office acknowledged a change: its receipt is kept, the signature goes. What was meant is kept until the
    /// office's list of receipts names the change too ([`Self::set_receipts`]). Returns whether anything changed;
    /// `false` also when the change is not here.
    pub fn acknowledge(
        &mut self,
        record: RecordId,
        hash: ChangeHash,
        generation: Option<Generation>,
        receipt: Receipt,
    ) -> Result<bool, StoreError> {
        let Some(header) = self.header(record)? else { return Ok(false) };
        let changed = self.accept(header.rid, hash, generation, receipt)?;
        if changed {
            self.note(Collection::Outbox);
            self.note_record(record, header.kind);
        }
        Ok(changed)
    }

    pub(super) fn accept(
        &mut self,
        rid: i64,
        hash: ChangeHash,
        generation: Option<Generation>,
        receipt: Receipt,
    ) -> Result<bool, StoreError> {
        let changed = self
            .db
            .prepare_cached(
                "UPDATE change SET standing = 'accepted', generation = ?3, ordinal = ?4, received_at = ?5,
                     device = NULL, signature = NULL, authored_at = NULL,
                     bytes = CASE WHEN confirmed = 1 AND waiting = 0
                                       AND pos <= (SELECT upto FROM snapshot WHERE rid = ?1)
                                  THEN NULL ELSE bytes END
                 WHERE rid = ?1 AND hash = ?2
                   AND (generation IS NOT ?3 OR ordinal IS NOT ?4 OR received_at IS NOT ?5)",
            )?
            .execute(params![rid, hash, generation, receipt.ordinal, receipt.at])?
            > 0;
        if changed {
            // The order of receipts decides between exclusive steps.
            self.unfold(rid)?;
        }
        Ok(changed)
    }

    /// Takes over what the office listed of a record. What is listed and not in the document leaves the record
    /// incomplete: see [`Reader::incomplete`].
    pub fn set_receipts(
        &mut self,
        record: RecordId,
        generation: Option<Generation>,
        listing: &Listing<'_>,
    ) -> Result<(), StoreError> {
        let mut complete = self.complete(record)?;
        for (ordinal, (hash, at)) in (listing.first..).zip(listing.receipts) {
            if self.is_applied(record, *hash)? {
                self.acknowledge(record, *hash, generation, Receipt { ordinal, at: *at })?;
                if ordinal == complete + 1 {
                    complete = ordinal;
                }
            }
        }
        self.confirm_listed(record, listing.receipts)?;
        self.db
            .prepare_cached(
                "UPDATE record SET complete = ?2, accepted = max(accepted, ?3), seal = coalesce(?4, seal)
                 WHERE id = ?1 AND (complete <> ?2 OR accepted < ?3 OR ?4 IS NOT NULL)",
            )?
            .execute(params![record, complete, listing.accepted, listing.seal])?;
        Ok(())
    }

    /// What the office's list of a record's receipts names is confirmed: the answer to its push and the list say the same.
    fn confirm_listed(
        &mut self,
        record: RecordId,
        receipts: &[(ChangeHash, Timestamp)],
    ) -> Result<(), StoreError> {
        let open: Vec<ChangeHash> = {
            let mut query = self.db.prepare_cached(
                "SELECT hash FROM change INDEXED BY change_unconfirmed
                 WHERE rid = (SELECT rid FROM record WHERE id = ?1) AND standing = 'accepted' AND confirmed = 0",
            )?;
            query.query_map([record], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        if open.is_empty() {
            return Ok(());
        }
        let listed: BTreeSet<ChangeHash> = receipts.iter().map(|(hash, _)| *hash).collect();
        open.iter().filter(|hash| listed.contains(hash)).try_for_each(|hash| self.confirm(record, *hash))
    }

    /// A change is accepted beyond doubt, or was answered otherwise: it is not offered again.
    pub fn confirm(&mut self, record: RecordId, hash: ChangeHash) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE change SET confirmed = 1, intent = NULL,
                     bytes = CASE WHEN standing = 'accepted' AND waiting = 0
                                       AND pos <= (SELECT upto FROM snapshot WHERE snapshot.rid = change.rid)
                                  THEN NULL ELSE bytes END
                 WHERE rid = (SELECT rid FROM record WHERE id = ?1) AND hash = ?2",
            )?
            .execute(params![record, hash])?;
        let told = self
            .db
            .prepare_cached("DELETE FROM verdict WHERE hash = ?1 AND fate = 'later'")?
            .execute([hash])?;
        if told > 0 {
            self.note(Collection::Verdicts);
        }
        Ok(())
    }

    /// Keeps where the office pinned a record; from then on no edit moves it.
    pub fn pin(&mut self, record: RecordId, place: &PlaceId) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE record SET place = ?2, pinned = 1 WHERE id = ?1")?
            .execute(params![record, place])?;
        self.touch(record);
        Ok(())
    }
}
