//! What did not make it, and why: the dead list, what the butler is shown, and foreign bytes kept out.

use rusqlite::{OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};

use super::records::{read_intent, write_intent};
use super::{Collection, Reader, Signed, StoreError, Tx};
use crate::model::{ChangeHash, Edit, EditId, Kind, KindVersion, RecordId, Timestamp};

/// What became of a change that did not make it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its author may not do this. Final for the edit and the hash.
    Refused,
    /// Malformed or hostile. Final for the edit and the hash.
    Quarantined,
    /// Another change was accepted under its number; its edit may be authored again. Final for the hash.
    Forked,
    /// It builds on a dead one; its edit may be authored again. Final for the hash.
    Dependency,
    /// The office waits for something it builds on that nobody here has. Not final.
    Parked,
}

impl Fate {
    const ALL: [Self; 5] = [Self::Refused, Self::Quarantined, Self::Forked, Self::Dependency, Self::Parked];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Quarantined => "quarantined",
            Self::Forked => "forked",
            Self::Dependency => "dependency",
            Self::Parked => "parked",
        }
    }

    /// Whether no copy of the edit may be authored again: only a receipt or a release overrides it.
    #[must_use]
    pub const fn ends_edit(self) -> bool {
        matches!(self, Self::Refused | Self::Quarantined)
    }

    /// Whether this very change can never be accepted.
    #[must_use]
    pub const fn ends_change(self) -> bool {
        !matches!(self, Self::Parked)
    }
}

/// A change that did not make it, with all that is needed to show it, correct it, and send it again.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictRow {
    /// The change.
    pub hash: ChangeHash,
    /// Its record; perhaps not here any more.
    pub record: RecordId,
    /// The record's kind.
    pub kind: Kind,
    /// The record's genesis version.
    pub version: KindVersion,
    /// The edit it carries.
    pub edit: EditId,
    /// What became of it.
    pub fate: Fate,
    /// A stable code; the words are in the terms file under `reason.<code>`.
    pub code: String,
    /// The path it is about.
    pub path: Option<String>,
    /// Made on this phone.
    pub own: bool,
    /// Who signed it.
    pub signed: Option<Signed>,
    /// The edit; own changes only.
    pub intent: Option<Edit>,
    /// When it was authored by this device's clock; own changes only.
    pub authored_at: Option<Timestamp>,
    /// The plain chunk.
    pub bytes: Vec<u8>,
    /// When the verdict came, by this device's clock.
    pub at: Timestamp,
    /// When the butler put it away; it stays dead.
    pub dismissed_at: Option<Timestamp>,
}

/// Foreign bytes this phone itself kept out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// The record they were meant for, if that could be told.
    pub record: Option<RecordId>,
    /// `GateError::code`.
    pub code: String,
    /// The path it is about.
    pub path: Option<String>,
    /// Where they came from (`office`, a device id).
    pub source: String,
    /// What came.
    pub bytes: Vec<u8>,
    /// When, by this device's clock.
    pub at: Timestamp,
}

fn read_verdict(row: &Row<'_>) -> Result<VerdictRow, StoreError> {
    let fate: String = row.get("fate")?;
    let fate = Fate::ALL.into_iter().find(|known| known.name() == fate);
    let intent: Option<String> = row.get("intent")?;
    let device = row.get::<_, Option<_>>("device")?;
    let signature = row.get::<_, Option<_>>("signature")?;
    Ok(VerdictRow {
        hash: row.get("hash")?,
        record: row.get("record")?,
        kind: row.get("kind")?,
        version: row.get("version")?,
        edit: row.get("edit")?,
        fate: fate.ok_or(StoreError::Inconsistent { what: "a verdict" })?,
        code: row.get("code")?,
        path: row.get("path")?,
        own: row.get("own")?,
        signed: device.zip(signature).map(|(device, signature)| Signed { device, signature }),
        intent: intent.as_deref().map(read_intent).transpose()?,
        authored_at: row.get("authored_at")?,
        bytes: row.get("bytes")?,
        at: row.get("at")?,
        dismissed_at: row.get("dismissed_at")?,
    })
}

impl Reader<'_> {
    /// Whether this very change can never be accepted.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn is_dead(&self, hash: ChangeHash) -> Result<bool, StoreError> {
        Ok(self.verdict(hash)?.is_some_and(|verdict| verdict.fate.ends_change()))
    }

    /// Whether no copy of this edit may be authored again.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn is_dead_edit(&self, edit: EditId) -> Result<bool, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT 1 FROM verdict WHERE edit = ?1 AND fate IN ('refused', 'quarantined')")?;
        Ok(query.exists([edit])?)
    }

    /// The verdict about one change.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn verdict(&self, hash: ChangeHash) -> Result<Option<VerdictRow>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT * FROM verdict WHERE hash = ?1")?;
        let mut rows = query.query_and_then([hash], read_verdict)?;
        rows.next().transpose()
    }

    /// Every verdict about changes of one record, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn verdicts_of(&self, record: RecordId) -> Result<Vec<VerdictRow>, StoreError> {
        let mut query =
            self.db.prepare_cached("SELECT * FROM verdict WHERE record = ?1 ORDER BY at, hash")?;
        query.query_and_then([record], read_verdict)?.collect()
    }

    /// What the butler is shown: refused, quarantined and parked edits of this phone not put away, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn shown_verdicts(&self) -> Result<Vec<VerdictRow>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT * FROM verdict WHERE own = 1 AND dismissed_at IS NULL
             AND fate IN ('refused', 'quarantined', 'parked') ORDER BY at, hash",
        )?;
        query.query_and_then([], read_verdict)?.collect()
    }

    /// The edits of this phone, or handed in by it, that have a verdict, put away or not: were they accepted
    /// since?
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn judged_edits(&self) -> Result<Vec<EditId>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT DISTINCT edit FROM verdict WHERE fate IN ('refused', 'quarantined', 'parked') ORDER BY edit",
        )?;
        Ok(query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Foreign bytes kept out, newest first.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn quarantine(&self, limit: usize) -> Result<Vec<Quarantined>, StoreError> {
        let mut query =
            self.db.prepare_cached("SELECT * FROM quarantine ORDER BY at DESC, digest LIMIT ?1")?;
        let rows = query.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            Ok(Quarantined {
                record: row.get("record")?,
                code: row.get("code")?,
                path: row.get("path")?,
                source: row.get("source")?,
                bytes: row.get("bytes")?,
                at: row.get("at")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps a verdict; a later one about the same change replaces an earlier, but never what the butler did with
    /// it.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn put_verdict(&mut self, verdict: &VerdictRow) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO verdict (hash, record, kind, version, edit, fate, code, path, own, device, signature,
                     intent, authored_at, bytes, at, dismissed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
                 ON CONFLICT DO UPDATE SET fate = excluded.fate, code = excluded.code, path = excluded.path",
            )?
            .execute(params![
                verdict.hash,
                verdict.record,
                verdict.kind,
                verdict.version,
                verdict.edit,
                verdict.fate.name(),
                verdict.code,
                verdict.path,
                verdict.own,
                verdict.signed.map(|signed| signed.device),
                verdict.signed.map(|signed| signed.signature),
                verdict.intent.as_ref().map(write_intent).transpose()?,
                verdict.authored_at,
                verdict.bytes,
                verdict.at,
                verdict.dismissed_at,
            ])?;
        self.note(Collection::Verdicts);
        Ok(())
    }

    /// The butler has seen it and puts it away. It stays dead.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn dismiss_verdict(&mut self, hash: ChangeHash, now: Timestamp) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE verdict SET dismissed_at = ?2 WHERE hash = ?1 AND dismissed_at IS NULL")?
            .execute(params![hash, now])?;
        self.note(Collection::Verdicts);
        Ok(())
    }

    /// A receipt or a release overrides the verdicts about an edit; they are returned, and gone.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn lift_verdicts(&mut self, edit: EditId) -> Result<Vec<VerdictRow>, StoreError> {
        let lifted = {
            let mut query =
                self.db.prepare_cached("SELECT * FROM verdict WHERE edit = ?1 ORDER BY at, hash")?;
            query.query_and_then([edit], read_verdict)?.collect::<Result<Vec<_>, _>>()?
        };
        if !lifted.is_empty() {
            self.db.prepare_cached("DELETE FROM verdict WHERE edit = ?1")?.execute([edit])?;
            self.note(Collection::Verdicts);
        }
        Ok(lifted)
    }

    /// Keeps foreign bytes out, and keeps them. The same bytes are kept once.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn put_quarantine(&mut self, kept: &Quarantined) -> Result<(), StoreError> {
        let digest: [u8; 32] = Sha256::digest(&kept.bytes).into();
        self.db
            .prepare_cached(
                "INSERT INTO quarantine (digest, record, code, path, source, bytes, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
            )?
            .execute(params![digest, kept.record, kept.code, kept.path, kept.source, kept.bytes, kept.at])?;
        self.note(Collection::Verdicts);
        Ok(())
    }

    /// The bytes were taken in after all, or are of no more use.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn remove_quarantine(&mut self, bytes: &[u8]) -> Result<bool, StoreError> {
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        let found: Option<i64> = self
            .db
            .prepare_cached("DELETE FROM quarantine WHERE digest = ?1 RETURNING at")?
            .query_row([digest], |row| row.get(0))
            .optional()?;
        Ok(found.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::TestStore;

    fn refused(hash: u8, edit: u8, fate: Fate) -> VerdictRow {
        VerdictRow {
            hash: ChangeHash([hash; 32]),
            record: RecordId([9; 16]),
            kind: Kind::Premises,
            version: 1,
            edit: ChangeHash([edit; 32]),
            fate,
            code: "field".into(),
            path: Some("area".into()),
            own: true,
            signed: Some(Signed { device: crate::model::DeviceId([4; 16]), signature: [5; 64] }),
            intent: Some(Edit::new().put("area", 88.5)),
            authored_at: Some(Timestamp::from_millis(1)),
            bytes: vec![1, 2, 3],
            at: Timestamp::from_millis(2),
            dismissed_at: None,
        }
    }

    #[test]
    fn a_refused_edit_is_dead_in_every_copy_until_it_is_lifted() {
        let store = TestStore::new();
        let row = refused(1, 1, Fate::Refused);
        store.write(|tx| tx.put_verdict(&row)).unwrap();
        store.write(|tx| tx.put_verdict(&refused(2, 2, Fate::Dependency))).unwrap();
        store
            .read(|r| {
                assert!(r.is_dead(row.hash)? && r.is_dead_edit(row.edit)?);
                assert!(r.is_dead(ChangeHash([2; 32]))?, "the change on top of it is dead");
                assert!(!r.is_dead_edit(ChangeHash([2; 32]))?, "its edit is not");
                assert_eq!(r.shown_verdicts()?, std::slice::from_ref(&row));
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert_eq!(store.write(|tx| tx.lift_verdicts(row.edit)).unwrap(), std::slice::from_ref(&row));
        assert!(!store.read(|r| r.is_dead_edit(row.edit)).unwrap());
    }

    #[test]
    fn putting_a_verdict_away_does_not_bring_the_edit_back() {
        let store = TestStore::new();
        let row = refused(1, 1, Fate::Refused);
        store.write(|tx| tx.put_verdict(&row)).unwrap();
        store.write(|tx| tx.dismiss_verdict(row.hash, Timestamp::from_millis(7))).unwrap();
        store.write(|tx| tx.put_verdict(&row)).unwrap();
        assert!(store.read(|r| r.shown_verdicts()).unwrap().is_empty());
        assert!(store.read(|r| r.is_dead_edit(row.edit)).unwrap());
        assert_eq!(store.read(|r| r.judged_edits()).unwrap(), [row.edit]);
    }

    #[test]
    fn foreign_bytes_are_kept_once() {
        let store = TestStore::new();
        let kept = Quarantined {
            record: None,
            code: "checksum".into(),
            path: None,
            source: "office".into(),
            bytes: vec![7; 40],
            at: Timestamp::from_millis(1),
        };
        for _ in 0..2 {
            store.write(|tx| tx.put_quarantine(&kept)).unwrap();
        }
        assert_eq!(store.read(|r| r.quarantine(10)).unwrap(), std::slice::from_ref(&kept));
        assert!(store.write(|tx| tx.remove_quarantine(&kept.bytes)).unwrap());
        assert!(store.read(|r| r.quarantine(10)).unwrap().is_empty());
    }
}
