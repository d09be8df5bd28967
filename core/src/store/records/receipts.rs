//! What the office said of changes: receipts, lists of them, places pinned.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, params};

use super::super::{Collection, StoreError, Tx};
use super::{Listing, NOT_KNOWN, Said};
use crate::model::{ChangeHash, Generation, PlaceId, Receipt, RecordId, Timestamp};

impl Tx<'_> {
    /// The office acknowledged a change that was handed in: its receipt is kept, the signature goes. What was meant is kept
    /// until a backup of the office holds it ([`Self::backed_up`]). A receipt with its seal stays instead of this one
    /// until the list of receipts brings another: it alone proves anything. Returns whether anything changed;
    /// `false` also when the change is not here.
    pub fn acknowledge(
        &mut self,
        record: RecordId,
        hash: ChangeHash,
        generation: Option<Generation>,
        receipt: Receipt,
    ) -> Result<bool, StoreError> {
        let Some(header) = self.header(record)? else { return Ok(false) };
        let Some(at) = self.position(header.rid, hash)? else { return Ok(false) };
        let changed = self.accept((header.rid, at), generation, receipt, Said::InAnswer)?;
        if changed {
            self.note(Collection::Outbox);
            self.note_record(record, header.kind);
        }
        Ok(changed)
    }

    /// Where a change of a record stands, in the document or waiting for it.
    fn position(&self, rid: i64, hash: ChangeHash) -> Result<Option<i64>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT pos FROM change WHERE rid = ?1 AND hash = ?2")?;
        Ok(query.query_row(params![rid, hash], |row| row.get(0)).optional()?)
    }

    /// Gives the change that stands there its receipt. Returns whether that is news.
    pub(super) fn accept(
        &mut self,
        (rid, at): (i64, i64),
        generation: Option<Generation>,
        receipt: Receipt,
        said: Said<'_>,
    ) -> Result<bool, StoreError> {
        let (listed, seal) = match said {
            Said::InAnswer => (false, None),
            Said::InList(seal) => (true, seal),
        };
        let changed = self
            .db
            .prepare_cached(
                "UPDATE change SET standing = 'accepted', generation = ?3,
                     ordinal = CASE WHEN ?6 OR seal IS NULL THEN ?4 ELSE ordinal END,
                     received_at = CASE WHEN ?6 OR seal IS NULL THEN ?5 ELSE received_at END,
                     seal = CASE WHEN ?6 THEN ?7 ELSE seal END,
                     unbacked = CASE WHEN ?6 THEN unbacked ELSE coalesce(unbacked, ?8) END,
                     device = NULL, signature = NULL, authored_at = NULL,
                     bytes = CASE WHEN confirmed = 1 AND waiting = 0
                                       AND pos <= (SELECT upto FROM snapshot WHERE rid = ?1)
                                  THEN NULL ELSE bytes END
                 WHERE pos = ?2
                   AND (generation IS NOT ?3 OR ordinal IS NOT ?4 OR received_at IS NOT ?5 OR ?6 AND seal IS NOT ?7)",
            )?
            .execute(params![
                rid,
                at,
                generation,
                receipt.ordinal,
                receipt.at,
                listed,
                seal,
                NOT_KNOWN
            ])?
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
        let Some(header) = self.header(record)? else { return Ok(()) };
        let mut complete = self.complete(record)?;
        let mut changed = false;
        let mut seals = listing.seals.iter();
        let applied = self.applied(record)?;
        for (ordinal, (hash, at)) in (listing.first..).zip(listing.receipts) {
            let said = Said::InList(seals.next());
            if let Some(pos) = applied.get(hash) {
                changed |= self.accept((header.rid, *pos), generation, Receipt { ordinal, at: *at }, said)?;
                if ordinal == complete + 1 {
                    complete = ordinal;
                }
            }
        }
        if changed {
            self.note(Collection::Outbox);
            self.note_record(record, header.kind);
        }
        self.confirm_listed(record, listing.receipts)?;
        self.db
            .prepare_cached(
                "UPDATE record SET complete = ?2, accepted = max(accepted, ?3)
                 WHERE id = ?1 AND (complete <> ?2 OR accepted < ?3)",
            )?
            .execute(params![record, complete, listing.accepted])?;
        Ok(())
    }

    /// What the office's list of a record's receipts names is confirmed: the answer to its push and the list say the same.
    fn confirm_listed(
        &mut self,
        record: RecordId,
        receipts: &[(ChangeHash, Timestamp)],
    ) -> Result<(), StoreError> {
        let open: Vec<(ChangeHash, i64)> = {
            let mut query = self.db.prepare_cached(
                "SELECT hash, pos FROM change INDEXED BY change_unconfirmed
                 WHERE rid = (SELECT rid FROM record WHERE id = ?1) AND standing = 'accepted' AND confirmed = 0",
            )?;
            query.query_map([record], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?
        };
        if open.is_empty() {
            return Ok(());
        }
        let listed: BTreeSet<ChangeHash> = receipts.iter().map(|(hash, _)| *hash).collect();
        open.iter()
            .filter(|(hash, _)| listed.contains(hash))
            .try_for_each(|(hash, at)| self.confirm_at(*at, *hash))
    }

    /// A change is accepted beyond doubt, or was answered otherwise: it is not offered again.
    pub fn confirm(&mut self, record: RecordId, hash: ChangeHash) -> Result<(), StoreError> {
        let Some(header) = self.header(record)? else { return self.end_later(hash) };
        match self.position(header.rid, hash)? {
            Some(at) => self.confirm_at(at, hash),
            None => self.end_later(hash),
        }
    }

    fn confirm_at(&mut self, at: i64, hash: ChangeHash) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE change SET confirmed = 1,
                     bytes = CASE WHEN standing = 'accepted' AND waiting = 0
                                       AND pos <= (SELECT upto FROM snapshot WHERE snapshot.rid = change.rid)
                                  THEN NULL ELSE bytes END
                 WHERE pos = ?1",
            )?
            .execute([at])?;
        self.end_later(hash)
    }

    /// What was shown of a change that was to come later is over.
    fn end_later(&mut self, hash: ChangeHash) -> Result<(), StoreError> {
        let told = self
            .db
            .prepare_cached("DELETE FROM verdict WHERE hash = ?1 AND fate = 'later'")?
            .execute([hash])?;
        if told > 0 {
            self.note(Collection::Verdicts);
        }
        Ok(())
    }

    /// The office's backups reach to `watermark`, itself it has come to `position`: what was made or handed in here and is in
    /// such a backup is owed no more. An office without any backup (0) cannot be restored from one: nothing is kept for it.
    pub fn backed_up(&mut self, watermark: u64, position: u64) -> Result<(), StoreError> {
        let count = |count: u64| i64::try_from(count).unwrap_or(NOT_KNOWN - 1);
        let reach = if watermark == 0 { NOT_KNOWN } else { count(watermark) };
        for covered in [
            "UPDATE change SET unbacked = NULL, intent = NULL
             WHERE unbacked <= ?1 AND standing = 'accepted' AND confirmed = 1",
            "UPDATE attachment_use SET unbacked = NULL WHERE unbacked <= ?1",
            "DELETE FROM verdict WHERE let_in <= ?1",
        ] {
            self.db.prepare_cached(covered)?.execute([reach])?;
        }
        // Whatever the office had accepted before it said how far it has come is in a backup that reaches as far.
        for known in [
            "UPDATE change SET unbacked = ?1 WHERE unbacked = ?2 AND standing = 'accepted' AND confirmed = 1",
            "UPDATE attachment_use SET unbacked = ?1 WHERE unbacked = ?2",
            "UPDATE verdict SET let_in = ?1 WHERE let_in = ?2",
        ] {
            self.db.prepare_cached(known)?.execute([count(position), NOT_KNOWN])?;
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
