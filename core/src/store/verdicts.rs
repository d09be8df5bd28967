//! What did not make it, and why: the dead list, what the butler is shown, and foreign bytes kept out.

use rusqlite::{OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};

use super::records::{NOT_KNOWN, read_intent, write_intent};
use super::{Collection, Reader, Signed, StoreError, Tx};
use crate::crdt::limit;
use crate::model::{ChangeHash, DeviceId, Edit, EditId, Kind, KindVersion, RecordId, Timestamp};

/// Verdicts kept beyond those somebody has not seen yet: what was put away, and what is shown to nobody. They say
/// which edits are not to be written again.
const KEPT_VERDICTS: i64 = 2_000;
/// Foreign bytes kept out that are kept, the newest.
const KEPT_QUARANTINE: i64 = 500;

/// What became of a change that did not make it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Fate {
    /// Its author may not do this. Final for the edit and the hash.
    Rejected,
    /// Malformed or hostile. Final for the edit and the hash.
    Quarantined,
    /// Another change was accepted under its number; its edit may be authored again. Final for the hash.
    Forked,
    /// It builds on a dead one; its edit may be authored again. Final for the hash.
    Dependency,
    /// The office waits for something it builds on that nobody here has. Not final.
    Pending,
    /// The office did not judge it and said why. Not final: it is handed in again with the next sync.
    Later,
}

impl Fate {
    const ALL: [Self; 6] =
        [Self::Rejected, Self::Quarantined, Self::Forked, Self::Dependency, Self::Pending, Self::Later];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Quarantined => "quarantined",
            Self::Forked => "forked",
            Self::Dependency => "dependency",
            Self::Pending => "pending",
            Self::Later => "later",
        }
    }

    /// Whether no copy of the edit may be authored again: only a receipt or a release overrides it.
    #[must_use]
    pub const fn ends_edit(self) -> bool {
        matches!(self, Self::Rejected | Self::Quarantined)
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
    /// The verdict about one change.
    pub fn verdict(&self, hash: ChangeHash) -> Result<Option<VerdictRow>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT * FROM verdict WHERE hash = ?1")?;
        let mut rows = query.query_and_then([hash], read_verdict)?;
        rows.next().transpose()
    }

    /// Every verdict about changes of one record, oldest first.
    pub fn verdicts_of(&self, record: RecordId) -> Result<Vec<VerdictRow>, StoreError> {
        let mut query =
            self.db.prepare_cached("SELECT * FROM verdict WHERE record = ?1 ORDER BY at, hash")?;
        query.query_and_then([record], read_verdict)?.collect()
    }

    /// What the butler is shown: edits of this phone that were rejected, quarantined, pending or not judged and are not
    /// put away, oldest first.
    pub fn shown_verdicts(&self) -> Result<Vec<VerdictRow>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT * FROM verdict WHERE own = 1 AND dismissed_at IS NULL
             AND fate IN ('rejected', 'quarantined', 'pending', 'later') ORDER BY at, hash",
        )?;
        query.query_and_then([], read_verdict)?.collect()
    }

    /// Own edits with a verdict, put away or not, each with its record: were they accepted since? At most `limit`, in
    /// the order of edits from behind `after` on and from the start again, so that whoever asks on from the last one
    /// asks about each in turn.
    pub fn judged_edits(
        &self,
        after: Option<EditId>,
        limit: usize,
    ) -> Result<Vec<(RecordId, EditId)>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT DISTINCT record, edit FROM verdict
             WHERE own = 1 AND fate IN ('rejected', 'quarantined', 'pending') AND let_in IS NULL
             ORDER BY edit <= ?1, edit, record LIMIT ?2",
        )?;
        let after = after.map_or_else(Vec::new, |edit| edit.as_bytes().to_vec());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = query.query_map(params![after, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Foreign bytes kept out, newest first.
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
    /// Keeps a verdict; a later one about the same change replaces an earlier. What the butler put away stays away
    /// unless it is another news by now.
    pub fn put_verdict(&mut self, verdict: &VerdictRow) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO verdict (hash, record, kind, version, edit, fate, code, path, own, device, signature,
                     intent, authored_at, bytes, at, dismissed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
                 ON CONFLICT DO UPDATE SET fate = excluded.fate, code = excluded.code, path = excluded.path,
                     device = coalesce(excluded.device, device), signature = coalesce(excluded.signature, signature),
                     intent = coalesce(excluded.intent, intent), let_in = NULL,
                     dismissed_at = CASE WHEN fate = excluded.fate AND code = excluded.code
                                         THEN dismissed_at END",
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
    pub fn dismiss_verdict(&mut self, hash: ChangeHash, now: Timestamp) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE verdict SET dismissed_at = ?2 WHERE hash = ?1 AND dismissed_at IS NULL")?
            .execute(params![hash, now])?;
        self.note(Collection::Verdicts);
        Ok(())
    }

    /// Shows that a change waits, and why: one that is here and not acknowledged, or not listed, in the words of its own row. Nothing
    /// of that row is read, so this works for one that cannot be read any more. [`Fate::Quarantined`] is for such a
    /// one that is about to go, acknowledged or not. What waits is answered so with every sync: shown already, it costs a look.
    pub fn show_waiting(
        &mut self,
        record: RecordId,
        hash: ChangeHash,
        fate: Fate,
        code: &str,
        path: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let is_shown = self
            .db
            .prepare_cached(
                "SELECT 1 FROM verdict WHERE hash = ?1 AND fate = ?2 AND code = ?3 AND path IS ?4",
            )?
            .exists(params![hash, fate.name(), code, path])?;
        if is_shown {
            return Ok(());
        }
        self.db
            .prepare_cached(
                "INSERT INTO verdict (hash, record, kind, version, edit, fate, code, path, own, device, signature,
                     intent, authored_at, bytes, at)
                 SELECT hash, id, kind, version, coalesce(copy_of, hash), ?3, ?4, ?5,
                     standing = 'unsent' OR intent IS NOT NULL, coalesce(device, substr(actor, 1, 16)), signature,
                     intent, authored_at, bytes, ?6
                 FROM change JOIN record USING (rid)
                 WHERE id = ?1 AND hash = ?2 AND (standing <> 'accepted' OR confirmed = 0 OR ?3 = 'quarantined')
                 ON CONFLICT DO UPDATE SET fate = excluded.fate, code = excluded.code, path = excluded.path,
                     dismissed_at = CASE WHEN fate = excluded.fate AND code = excluded.code
                                         THEN dismissed_at END",
            )?
            .execute(params![record, hash, fate.name(), code, path, now])?;
        self.note(Collection::Verdicts);
        Ok(())
    }

    /// Shows that the office said it accepted an own change and does not list it, until it does.
    pub fn show_unconfirmed(
        &mut self,
        record: RecordId,
        hash: ChangeHash,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let shown = self
            .db
            .prepare_cached(
                "INSERT INTO verdict (hash, record, kind, version, edit, fate, code, own, intent, bytes, at)
                 SELECT hash, id, kind, version, coalesce(copy_of, hash), 'later', 'unconfirmed', 1, intent,
                     coalesce(bytes, x''), ?3
                 FROM change JOIN record USING (rid) WHERE id = ?1 AND hash = ?2
                 ON CONFLICT DO UPDATE SET code = excluded.code, path = NULL, dismissed_at = NULL
                 WHERE fate = excluded.fate AND code <> excluded.code",
            )?
            .execute(params![record, hash, now])?;
        if shown > 0 {
            self.note(Collection::Verdicts);
        }
        Ok(())
    }

    /// The office says that it let an edit in, which may be in a record no grid shows here: what was said of it is put away,
    /// and kept with what was meant until a backup of the office holds it. Returns how many were.
    pub fn let_in(
        &mut self,
        record: RecordId,
        edit: EditId,
        author: DeviceId,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let put_away = self
            .db
            .prepare_cached(
                "UPDATE verdict SET let_in = ?4, dismissed_at = ?5
                 WHERE record = ?1 AND edit = ?2 AND device = ?3 AND let_in IS NULL",
            )?
            .execute(params![record, edit, author, NOT_KNOWN, now])?;
        if put_away > 0 {
            self.offer_photos_again(record)?;
            self.note(Collection::Verdicts);
        }
        Ok(put_away)
    }

    /// A receipt overrides the verdicts about an edit; they are returned, and gone. What was meant stays with the change
    /// they were about, where that is here again. Only a change of the edit's own
    /// record by the device that made the edit carries it: whoever else says so says it of something else.
    pub fn lift_verdicts(
        &mut self,
        record: RecordId,
        edit: EditId,
        author: DeviceId,
    ) -> Result<Vec<VerdictRow>, StoreError> {
        let lifted = {
            let mut query = self.db.prepare_cached(
                "DELETE FROM verdict WHERE record = ?1 AND edit = ?2 AND device = ?3 RETURNING *",
            )?;
            query
                .query_and_then(params![record, edit, author], read_verdict)?
                .collect::<Result<Vec<_>, _>>()?
        };
        for verdict in &lifted {
            let Some(intent) = &verdict.intent else { continue };
            self.db
                .prepare_cached(
                    "UPDATE change SET intent = ?3 WHERE rid = (SELECT rid FROM record WHERE id = ?1) AND hash = ?2
                     AND intent IS NULL AND unbacked IS NOT NULL",
                )?
                .execute(params![record, verdict.hash, write_intent(intent)?])?;
        }
        if !lifted.is_empty() {
            self.offer_photos_again(record)?;
            self.note(Collection::Verdicts);
        }
        Ok(lifted)
    }

    /// Forgets the oldest verdicts beyond the bound: of what somebody put away, and of what is shown to nobody. Never
    /// what its author has not seen.
    pub fn forget_old_verdicts(&mut self) -> Result<usize, StoreError> {
        let gone = self
            .db
            .prepare_cached(
                "DELETE FROM verdict WHERE hash IN (
                     SELECT hash FROM verdict
                     WHERE (dismissed_at IS NOT NULL OR own = 0 OR fate IN ('forked', 'dependency'))
                       AND let_in IS NULL
                     ORDER BY rowid DESC LIMIT -1 OFFSET ?1)",
            )?
            .execute([KEPT_VERDICTS])?;
        Ok(gone)
    }

    /// Keeps foreign bytes out, and keeps them: the same bytes once, no more of them than a change can be long, and the
    /// newest only.
    pub fn put_quarantine(&mut self, kept: &Quarantined) -> Result<(), StoreError> {
        let digest: [u8; 32] = Sha256::digest(&kept.bytes).into();
        self.db
            .prepare_cached(
                "INSERT INTO quarantine (digest, record, code, path, source, bytes, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                digest,
                kept.record,
                kept.code,
                kept.path,
                kept.source,
                &kept.bytes[..kept.bytes.len().min(limit::CHANGE)],
                kept.at
            ])?;
        self.db
            .prepare_cached(
                "DELETE FROM quarantine WHERE digest IN (
                     SELECT digest FROM quarantine ORDER BY at DESC, digest DESC LIMIT -1 OFFSET ?1)",
            )?
            .execute([KEPT_QUARANTINE])?;
        self.note(Collection::Verdicts);
        Ok(())
    }

    /// The bytes were taken in after all, or are of no more use.
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
    use crate::testing::TestStore;

    fn rejected(hash: u8, edit: u8, fate: Fate) -> VerdictRow {
        VerdictRow {
            hash: ChangeHash([hash; 32]),
            record: RecordId([9; 16]),
            kind: Kind::Home,
            version: 1,
            edit: ChangeHash([edit; 32]),
            fate,
            code: "field".into(),
            path: Some("area".into()),
            own: true,
            signed: Some(Signed { device: DeviceId([4; 16]), signature: [5; 64] }),
            intent: Some(Edit::new().put("area", 88.5)),
            authored_at: Some(Timestamp::from_millis(1)),
            bytes: vec![1, 2, 3],
            at: Timestamp::from_millis(2),
            dismissed_at: None,
        }
    }

    #[test]
    fn a_rejected_edit_is_dead_in_every_copy_until_it_is_lifted() {
        let store = TestStore::new();
        let row = rejected(1, 1, Fate::Rejected);
        store.write(|tx| tx.put_verdict(&row)).unwrap();
        store.write(|tx| tx.put_verdict(&rejected(2, 2, Fate::Dependency))).unwrap();
        store
            .read(|r| {
                let (first, later) =
                    (r.verdict(row.hash)?.unwrap(), r.verdict(ChangeHash([2; 32]))?.unwrap());
                assert!(first.fate.ends_edit());
                assert_eq!(later.fate, Fate::Dependency, "the change on top of it is dead");
                assert!(!later.fate.ends_edit(), "its edit is not");
                assert_eq!(r.shown_verdicts()?, std::slice::from_ref(&row));
                Ok::<_, StoreError>(())
            })
            .unwrap();
        let lift =
            |record, device| store.write(|tx| tx.lift_verdicts(record, row.edit, DeviceId([device; 16])));
        assert_eq!(lift(row.record, 5).unwrap(), [], "a colleague's change is no copy of it");
        assert_eq!(lift(RecordId([8; 16]), 4).unwrap(), [], "nor is one of another record");
        assert_eq!(lift(row.record, 4).unwrap(), std::slice::from_ref(&row));
        assert_eq!(store.read(|r| r.verdict(row.hash)).unwrap(), None);
    }

    #[test]
    fn putting_a_verdict_away_does_not_bring_the_edit_back() {
        let store = TestStore::new();
        let row = rejected(1, 1, Fate::Rejected);
        store.write(|tx| tx.put_verdict(&row)).unwrap();
        store.write(|tx| tx.dismiss_verdict(row.hash, Timestamp::from_millis(7))).unwrap();
        store.write(|tx| tx.put_verdict(&row)).unwrap();
        assert!(store.read(|r| r.shown_verdicts()).unwrap().is_empty());
        assert!(store.read(|r| r.verdict(row.hash)).unwrap().unwrap().fate.ends_edit());
        assert_eq!(store.read(|r| r.judged_edits(None, 9)).unwrap(), [(row.record, row.edit)]);
        let other = VerdictRow { fate: Fate::Quarantined, ..row.clone() };
        store.write(|tx| tx.put_verdict(&other)).unwrap();
        assert_eq!(store.read(|r| r.shown_verdicts()).unwrap(), [other], "other news is shown again");
    }

    #[test]
    fn what_waits_for_another_reason_than_the_one_put_away_is_shown_again() {
        let store = TestStore::new();
        let home = RecordId([9; 16]);
        let hash = store.edit(home, Kind::Home, &Edit::new().put("layout", "三室两厅")).unwrap();
        let now = Timestamp::from_millis(7);
        let says = |fate, code: &str| {
            store.write(|tx| tx.show_waiting(home, hash, fate, code, None, now)).unwrap();
            store.read(|r| r.shown_verdicts()).unwrap().into_iter().map(|row| row.code).collect::<Vec<_>>()
        };
        let put_away = || store.write(|tx| tx.dismiss_verdict(hash, now)).unwrap();
        assert_eq!(says(Fate::Later, "busy"), ["busy"]);
        put_away();
        assert!(says(Fate::Later, "busy").is_empty(), "the same news");
        let writes = |tx: &Tx<'_>| -> i64 {
            tx.db.prepare_cached("SELECT total_changes()").unwrap().query_row([], |row| row.get(0)).unwrap()
        };
        let written = store.write(|tx| {
            let before = writes(tx);
            tx.show_waiting(home, hash, Fate::Later, "busy", None, now)?;
            Ok::<_, StoreError>(writes(tx) - before)
        });
        assert_eq!(written.unwrap(), 0, "and nothing is written for it");
        assert_eq!(says(Fate::Later, "held"), ["held"]);
        put_away();
        let receipt = crate::model::Receipt { ordinal: 1, at: now };
        let unconfirmed = || {
            store.write(|tx| tx.show_unconfirmed(home, hash, now)).unwrap();
            store.read(|r| r.shown_verdicts()).unwrap().into_iter().map(|row| row.code).collect::<Vec<_>>()
        };
        store
            .write(|tx| tx.acknowledge(home, hash, Some(crate::model::Generation([8; 16])), receipt))
            .unwrap();
        assert_eq!(unconfirmed(), ["unconfirmed"]);
        put_away();
        assert!(unconfirmed().is_empty(), "the same news");
        let told = "UPDATE verdict SET code = 'busy', path = 'area'";
        store.write(|tx| Ok::<_, StoreError>(tx.db.execute(told, [])?)).unwrap();
        assert_eq!(unconfirmed(), ["unconfirmed"]);
    }

    #[test]
    fn of_more_verdicts_than_one_hello_holds_each_is_asked_about_in_turn() {
        let store = TestStore::new();
        for number in 1..=5 {
            store.write(|tx| tx.put_verdict(&rejected(number, number, Fate::Rejected))).unwrap();
        }
        let mut asked = std::collections::BTreeSet::new();
        let mut after = None;
        for _ in 0..3 {
            let some = store.read(|r| r.judged_edits(after, 2)).unwrap();
            assert_eq!(some.len(), 2);
            after = some.last().map(|(_, edit)| *edit);
            asked.extend(some);
        }
        assert_eq!(asked.len(), 5);
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

    #[test]
    fn old_verdicts_go_and_never_what_nobody_has_seen() {
        let store = TestStore::new();
        let row = |number: i64, fate| {
            let mut hash = [0; 32];
            hash[..8].copy_from_slice(&number.to_be_bytes());
            VerdictRow { hash: ChangeHash(hash), edit: ChangeHash(hash), ..rejected(1, 1, fate) }
        };
        store
            .write(|tx| {
                tx.put_verdict(&row(-1, Fate::Rejected))?;
                tx.put_verdict(&row(-2, Fate::Rejected))?;
                tx.dismiss_verdict(row(-2, Fate::Rejected).hash, Timestamp::from_millis(7))?;
                (0..KEPT_VERDICTS + 5).try_for_each(|number| tx.put_verdict(&row(number, Fate::Dependency)))
            })
            .unwrap();
        assert_eq!(store.write(|tx| tx.forget_old_verdicts()).unwrap(), 6);
        let left = |number, fate| store.read(|r| r.verdict(row(number, fate).hash)).unwrap().is_some();
        assert!(left(-1, Fate::Rejected), "nobody has seen it");
        assert!(!left(-2, Fate::Rejected) && !left(4, Fate::Dependency) && left(5, Fate::Dependency));
    }

    #[test]
    fn of_foreign_bytes_the_newest_are_kept_and_none_longer_than_a_change() {
        let store = TestStore::new();
        let kept = |number: i64| Quarantined {
            record: None,
            code: "checksum".into(),
            path: None,
            source: "office".into(),
            bytes: [number.to_be_bytes().to_vec(), vec![7; if number < 500 { 9 } else { limit::CHANGE }]]
                .concat(),
            at: Timestamp::from_millis(number),
        };
        store
            .write(|tx| (0..KEPT_QUARANTINE + 3).try_for_each(|number| tx.put_quarantine(&kept(number))))
            .unwrap();
        let all = store.read(|r| r.quarantine(9_999)).unwrap();
        assert_eq!((all.len(), all.last().unwrap().at), (500, Timestamp::from_millis(3)));
        assert!(all.iter().all(|kept| kept.bytes.len() <= limit::CHANGE));
    }
}
