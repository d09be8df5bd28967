//! What must still go to the office, in the order it was taken here; and what waits for something missing.

use rusqlite::params;

use super::records::read_signed;
use super::{Reader, Signed, StoreError, StoredChange};
use crate::model::{ActorId, ChangeHash, DeviceId, Kind, KindVersion, Receipt, RecordId, Seal};

/// A change to be handed in, with everything its envelope needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its place in the outbox: ask for the next page from here.
    pub pos: u64,
    /// Its record.
    pub record: RecordId,
    /// The record's kind.
    pub kind: Kind,
    /// The record's genesis version.
    pub version: KindVersion,
    /// Its hash.
    pub hash: ChangeHash,
    /// Who signed it.
    pub signed: Signed,
    /// The plain chunk.
    pub bytes: Vec<u8>,
}

/// A change the office said it accepted, in this life or an earlier one, and does not list: to be offered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unconfirmed {
    /// Its record.
    pub record: RecordId,
    /// The record's kind.
    pub kind: Kind,
    /// The record's genesis version.
    pub version: KindVersion,
    /// Its hash.
    pub hash: ChangeHash,
    /// The device it was made on.
    pub device: DeviceId,
    /// The receipt with its seal, once a list of receipts brought one.
    pub sealed: Option<(Receipt, Seal)>,
}

/// Of `change`: accepted, in no list of receipts, and without a final verdict.
const UNCONFIRMED: &str = "standing = 'accepted' AND confirmed = 0
    AND NOT EXISTS (SELECT 1 FROM verdict WHERE verdict.hash = change.hash AND fate NOT IN ('later', 'pending'))";

impl Reader<'_> {
    /// The next changes to hand in, behind `after` (0 for the first), at most `limit`. A dependency comes before
    /// what builds on it. A row that cannot be read is left out: it keeps no other from being handed in.
    pub fn outbox(&self, after: u64, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT pos, record.id AS record, kind, version, hash, device, signature, bytes
             FROM change INDEXED BY change_open JOIN record USING (rid)
             WHERE (standing <> 'accepted' OR waiting = 1) AND standing <> 'accepted' AND pos > ?1
             ORDER BY pos LIMIT ?2",
        )?;
        let rows = query.query_and_then(
            params![after.cast_signed(), i64::try_from(limit).unwrap_or(i64::MAX)],
            |row| {
                Ok(Outgoing {
                    pos: row.get::<_, i64>("pos")?.cast_unsigned(),
                    record: row.get("record")?,
                    kind: row.get("kind")?,
                    version: row.get("version")?,
                    hash: row.get("hash")?,
                    signed: read_signed(row)?,
                    bytes: row.get("bytes")?,
                })
            },
        )?;
        rows.filter(|row| !row.as_ref().is_err_and(StoreError::is_of_one_record)).collect()
    }

    /// Changes the office said it accepted and whose record's list of receipts has not named them since, without a
    /// final verdict, oldest first: what is left of them once every grid was read is to be offered again. Those of others
    /// are among them after a restore of the office alone.
    pub fn unconfirmed(&self) -> Result<Vec<Unconfirmed>, StoreError> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT record.id, kind, version, hash, actor, ordinal, received_at, seal
             FROM change INDEXED BY change_unconfirmed JOIN record USING (rid) WHERE {UNCONFIRMED} ORDER BY pos"
        ))?;
        let rows = query.query_map([], |row| {
            let receipt = Receipt { ordinal: row.get(5)?, at: row.get(6)? };
            Ok(Unconfirmed {
                record: row.get(0)?,
                kind: row.get(1)?,
                version: row.get(2)?,
                hash: row.get(3)?,
                device: row.get::<_, ActorId>(4)?.device(),
                sealed: row.get::<_, Option<Seal>>(7)?.map(|seal| (receipt, seal)),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many [`Self::unconfirmed`] lists.
    pub fn unconfirmed_count(&self) -> Result<u64, StoreError> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT count(*) FROM change INDEXED BY change_unconfirmed WHERE {UNCONFIRMED}"
        ))?;
        Ok(query.query_row([], |row| row.get::<_, i64>(0))?.cast_unsigned())
    }

    /// Whether a record has changes to hand in.
    pub fn has_unsent(&self, record: RecordId) -> Result<bool, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT 1 FROM change WHERE rid = (SELECT rid FROM record WHERE id = ?1) AND standing <> 'accepted'",
        )?;
        Ok(query.exists([record])?)
    }

    /// Whether the office accepted changes of a record and does not list them, as far as is known here: its database was
    /// restored from before.
    pub fn is_unlisted(&self, record: RecordId) -> Result<bool, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT 1 FROM change WHERE rid = (SELECT rid FROM record WHERE id = ?1)
             AND standing = 'accepted' AND confirmed = 0",
        )?;
        Ok(query.exists([record])?)
    }

    /// The changes of a record that wait for a dependency, in the order taken here.
    pub fn waiting(&self, record: RecordId) -> Result<Vec<StoredChange>, StoreError> {
        Ok(self.changes(record)?.into_iter().filter(|change| change.waiting).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Edit;
    use crate::testing::TestStore;

    #[test]
    fn a_row_that_cannot_be_read_keeps_no_other_from_being_handed_in() {
        let store = TestStore::new();
        let edit = Edit::new().put("layout", "三室两厅");
        let hashes = [1, 2, 3].map(|number| store.edit(RecordId([number; 16]), Kind::Home, &edit).unwrap());
        store
            .write(|tx| {
                let sql = "UPDATE change SET signature = x'00' WHERE hash = ?1";
                Ok::<_, StoreError>(tx.db.execute(sql, [hashes[1]])?)
            })
            .unwrap();
        let out: Vec<_> = store.read(|r| r.outbox(0, 9)).unwrap().into_iter().map(|row| row.hash).collect();
        assert_eq!(out, [hashes[0], hashes[2]]);
    }
}
