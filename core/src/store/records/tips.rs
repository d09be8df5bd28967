//! Records read and written at their tip, without their document.
//!
//! Whoever has a [`Tip`] and the change that leads to the next hands both in ([`Tx::save_at_tip`], [`Tx::apply_at_tip`]); the
//! rows that follow from the record are brought from how it read before to how it reads then. What the tip cannot say takes
//! the way of the document ([`Tx::take_document`]); both leave the same rows but for the cache of tips itself.

use rusqlite::{OptionalExtension as _, params};

use super::super::{Collection, StoreError, Tx};
use super::writing::{NewChange, in_conflict};
use super::{Authored, Header, Incoming, Reader};
use crate::crdt::{ChangeInfo, Tip};
use crate::model::{ChangeHash, Kind, KindVersion, Record, RecordId};

/// Of a record with so few changes the tip is read out of them: parsing one costs a tenth of making a document.
const FEW: i64 = 4;
/// Bytes of a tip that is kept. Above this, rewriting it with every edit costs more than loading the document does.
const LARGEST: usize = 16 << 10;
/// Changes since the snapshot before a record that is written at its tip is compacted. It is not loaded for that often: only
/// so often that loading it for something else stays cheap.
pub(super) const TAIL_AT_TIP: i64 = 128;

/// How far a record is compacted.
struct Advanced {
    /// Changes since the snapshot.
    tail: i64,
    /// Whether there is one.
    snapshot: bool,
}

impl Reader<'_> {
    /// Whether records may be written at their tip; not in tests that compare.
    #[must_use]
    pub const fn writes_at_tip(&self) -> bool {
        self.at_tip
    }

    /// The record at its tip; `None` when it is not here, and when only its document says how it is.
    pub fn tip(&self, record: RecordId) -> Result<Option<Tip>, StoreError> {
        if !self.at_tip {
            return Ok(None);
        }
        let mut query = self.db.prepare_cached(
            "SELECT record.rid, kind, version, heads, tail, tip.bytes,
                    EXISTS (SELECT 1 FROM snapshot WHERE snapshot.rid = record.rid)
             FROM record LEFT JOIN tip ON tip.rid = record.rid WHERE id = ?1",
        )?;
        let mut rows = query.query([record])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        // Of several heads there is no tip.
        let Ok(head) = row.get::<_, ChangeHash>(3) else { return Ok(None) };
        let whose = (record, row.get(1)?, row.get(2)?);
        let kept = row.get_ref(5)?.as_blob_or_null().ok().flatten();
        if let Some(tip) = kept.and_then(|bytes| Tip::from_bytes(whose, head, bytes)) {
            return Ok(Some(tip));
        }
        let (rid, tail, snapshot): (i64, i64, bool) = (row.get(0)?, row.get(4)?, row.get(6)?);
        if snapshot || tail > FEW {
            return Ok(None);
        }
        drop(rows);
        self.tip_of_few(rid, whose, head)
    }

    /// The tip that the changes of a record lead to one by one, if they do.
    fn tip_of_few(
        &self,
        rid: i64,
        (record, kind, version): (RecordId, Kind, KindVersion),
        head: ChangeHash,
    ) -> Result<Option<Tip>, StoreError> {
        let mut tip = Tip::nothing(record, kind, version)?;
        let mut query =
            self.db.prepare_cached("SELECT bytes FROM change WHERE rid = ?1 AND waiting = 0 ORDER BY pos")?;
        let mut rows = query.query([rid])?;
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(0)?.as_blob_or_null().ok().flatten();
            let change = bytes.and_then(|bytes| ChangeInfo::parse(bytes).ok());
            let Some(next) = change.and_then(|change| tip.follow(&change)) else { return Ok(None) };
            tip = next;
        }
        Ok(Some(tip).filter(|tip| tip.head() == head))
    }
}

impl Tx<'_> {
    /// The record at its tip, to write there; that of nothing when it is not here. `None` when that takes its document.
    ///
    /// # Errors
    /// As [`Self::take_document`].
    pub fn tip(
        &mut self,
        record: RecordId,
        kind: Kind,
        version: KindVersion,
    ) -> Result<Option<Tip>, StoreError> {
        if !self.at_tip {
            return Ok(None);
        }
        if let Some(tip) = Reader::tip(self, record)? {
            let same = (tip.kind(), tip.version()) == (kind, version);
            return if same {
                Ok(Some(tip))
            } else {
                Err(StoreError::Inconsistent { what: "the kind of a record" })
            };
        }
        if self.header(record)?.is_none() {
            return Ok(Some(Tip::nothing(record, kind, version)?));
        }
        // Made from its document, which is there then for whoever needs it next. Of a record that is here with nothing but
        // changes that wait there is none, and one too large to keep is of no use.
        let document = self.take_document(record, kind, version)?;
        let tip = Tip::of(&document).filter(|tip| !tip.is_empty() && tip.to_bytes().len() <= LARGEST);
        self.fresh.put(document);
        Ok(tip)
    }

    /// [`Self::save_authored`] without a document: own changes that lead from the tip at which the record reads as `before`
    /// (`None`: nobody had written it) to `tip`, at which it reads as `record`.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the record is not where the changes begin.
    pub fn save_at_tip(
        &mut self,
        before: Option<&Record>,
        (tip, record): (&Tip, &Record),
        authored: &[Authored<'_>],
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = authored.iter().map(NewChange::authored).collect();
        self.store_at_tip(before, tip, record, &rows)
    }

    /// [`Self::apply`] without a document, of changes that [`Tip::admit`] let pass one after the other; otherwise as
    /// [`Self::save_at_tip`].
    ///
    /// # Errors
    /// As [`Self::save_at_tip`].
    pub fn apply_at_tip(
        &mut self,
        before: Option<&Record>,
        (tip, record): (&Tip, &Record),
        incoming: &[Incoming<'_>],
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = incoming.iter().map(NewChange::incoming).collect();
        self.store_at_tip(before, tip, record, &rows)
    }

    fn store_at_tip(
        &mut self,
        before: Option<&Record>,
        tip: &Tip,
        record: &Record,
        changes: &[NewChange<'_>],
    ) -> Result<(), StoreError> {
        let Some(last) = changes.last() else { return Ok(()) };
        let elsewhere = StoreError::Inconsistent { what: "a record that is not where its changes begin" };
        if last.info.hash != tip.head() || record.heads != [tip.head()] {
            return Err(elsewhere);
        }
        match self.header(record.id)? {
            None => self.begin_at_tip(record, changes)?,
            Some(Header { rid, .. }) => {
                let Advanced { tail, snapshot } =
                    self.advance_at_tip(rid, record, changes)?.ok_or(elsewhere)?;
                if snapshot || tail > FEW {
                    self.keep_tip(rid, tip)?;
                }
                match before {
                    Some(before) => self.project_from(rid, before, record)?,
                    None => self.project(rid, record)?,
                }
                if tail >= TAIL_AT_TIP
                    && let Some(document) = self.document(record.id)?
                {
                    self.compact(&document, rid)?;
                }
            }
        }
        // What was loaded lacks the change.
        self.fresh.take(record.id);
        self.kept.take(record.id);
        self.note_record(record.id, record.kind);
        self.note(Collection::Outbox);
        Ok(())
    }

    /// Every row of a record that has none.
    fn begin_at_tip(&mut self, record: &Record, changes: &[NewChange<'_>]) -> Result<(), StoreError> {
        let rows = self.projector()?.project(record);
        self.db
            .prepare_cached(
                "INSERT INTO record (id, kind, version, place, heads, lifecycle, conflicts, changed_at, tail, facts)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, 0), ?9, ?10)",
            )?
            .execute(params![
                record.id,
                record.kind,
                record.version,
                record.text("place"),
                record.heads.first(),
                record.lifecycle,
                in_conflict(record),
                NewChange::newest(changes),
                changes.len(),
                rows.packed,
            ])?;
        let rid = self.db.last_insert_rowid();
        for change in changes {
            self.insert_change(rid, change)?;
        }
        self.project_new(rid, record.kind, &rows)
    }

    /// The changes of a record that is here, and its row, if that is where they begin. Says how many there are now since its
    /// snapshot.
    fn advance_at_tip(
        &mut self,
        rid: i64,
        record: &Record,
        changes: &[NewChange<'_>],
    ) -> Result<Option<Advanced>, StoreError> {
        let mut added = 0;
        for change in changes {
            // An own one has never been here.
            let new = if change.intent.is_some() {
                self.insert_change(rid, change)?;
                true
            } else {
                self.put_change(rid, change)?
            };
            added += i64::from(new);
        }
        let begin = changes.first().and_then(|change| change.info.deps.first());
        let before: Option<Advanced> = self
            .db
            .prepare_cached(
                "SELECT tail, EXISTS (SELECT 1 FROM snapshot WHERE snapshot.rid = record.rid)
                 FROM record WHERE rid = ?1 AND heads = ?2",
            )?
            .query_row(params![rid, begin], |row| Ok(Advanced { tail: row.get(0)?, snapshot: row.get(1)? }))
            .optional()?;
        let Some(Advanced { tail, snapshot }) = before else { return Ok(None) };
        let advanced = Advanced { tail: tail + added, snapshot };
        self.update_record(rid, record, advanced.tail, NewChange::newest(changes))?;
        Ok(Some(advanced))
    }

    /// Keeps a tip for the next edit. Of a record of few changes there is none: reading those costs less than writing a page.
    fn keep_tip(&mut self, rid: i64, tip: &Tip) -> Result<(), StoreError> {
        let bytes = tip.to_bytes();
        if bytes.len() > LARGEST {
            return self.drop_tip(rid);
        }
        self.db
            .prepare_cached("INSERT INTO tip (rid, bytes) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET bytes = excluded.bytes")?
            .execute(params![rid, bytes])?;
        Ok(())
    }

    /// Lets go of what is kept of a record's tip.
    pub(in crate::store) fn drop_tip(&mut self, rid: i64) -> Result<(), StoreError> {
        self.db.prepare_cached("DELETE FROM tip WHERE rid = ?1")?.execute([rid])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Edit, StaffId, Stamp, Timestamp};
    use crate::store::Signed;
    use crate::testing::{ACTOR, TestStore, always_load};

    const HOME: RecordId = RecordId([1; 16]);

    fn kept(store: &TestStore) -> i64 {
        let count = "SELECT count(*) FROM tip";
        store.read(|r| Ok::<_, StoreError>(r.db.raw().query_row(count, [], |row| row.get(0))?)).unwrap()
    }

    fn edit(store: &TestStore, edit: &Edit) {
        store.edit(HOME, Kind::Home, edit).unwrap();
    }

    /// The record, read both ways.
    fn read(store: &TestStore) -> Record {
        let tip = store.read(|r| r.record(HOME)).unwrap().unwrap();
        let document = store.read(|r| r.document(HOME)).unwrap().unwrap();
        assert_eq!(tip, document.record());
        tip
    }

    #[test]
    fn a_tip_is_kept_once_the_changes_are_not_few() {
        let store = TestStore::new();
        edit(&store, &Edit::new().put("layout", "三室两厅").splice("note", 0, 0, "有狗"));
        assert_eq!((kept(&store), read(&store).text("layout")), (0, Some("三室两厅")));
        for people in 2..=FEW {
            edit(&store, &Edit::new().put("people", people));
            assert_eq!(kept(&store), 0, "of {people} changes");
            assert!(store.read(|r| r.tip(HOME)).unwrap().is_some());
        }
        edit(&store, &Edit::new().put("people", FEW + 1));
        assert_eq!(kept(&store), 1);
        let store = store.reopen();
        edit(&store, &Edit::new().put("people", 4).clear("layout"));
        let home = read(&store);
        assert_eq!(
            (home.get("people").and_then(crate::model::Value::as_int), home.text("layout")),
            (Some(4), None)
        );
        assert_eq!(home.texts["note"], "有狗");
    }

    /// What stands in a snapshot has no bytes any more that could be read one by one.
    #[test]
    fn a_tip_is_kept_of_a_record_with_a_snapshot_however_few_changes_came_since() {
        let store = TestStore::new();
        for number in 0..=TAIL_AT_TIP {
            edit(&store, &Edit::new().put("people", number));
        }
        let since = "SELECT tail FROM record";
        let since = store.read(|r| Ok::<i64, StoreError>(r.db.raw().query_row(since, [], |row| row.get(0))?));
        assert!(since.unwrap() <= FEW);
        store.write(|tx| Ok::<_, StoreError>(tx.db.execute_batch("DELETE FROM tip")?)).unwrap();
        edit(&store, &Edit::new().put("people", 7));
        assert_eq!(kept(&store), 1);
    }

    /// Whoever writes by way of the document leaves a tip of an older head: it is made again when it is needed.
    #[test]
    fn a_tip_of_another_head_is_not_believed() {
        let store = TestStore::new();
        for number in 0..6_i64 {
            edit(&store, &Edit::new().put("people", number));
        }
        always_load(&store, true);
        edit(&store, &Edit::new().put("layout", "复式").splice("note", 0, 0, "东户"));
        always_load(&store, false);
        assert!(store.read(|r| r.tip(HOME)).unwrap().is_none(), "what is kept is of the head before");
        assert_eq!(read(&store).text("layout"), Some("复式"));
        edit(&store, &Edit::new().put("people", 9));
        assert!(store.read(|r| r.tip(HOME)).unwrap().is_some());
        let home = read(&store);
        assert_eq!((home.text("layout"), home.texts["note"].as_str()), (Some("复式"), "东户"));
        // Nor is one that cannot be read.
        let spoilt = "UPDATE tip SET bytes = x'01ff'";
        store.write(|tx| Ok::<_, StoreError>(tx.db.execute_batch(spoilt)?)).unwrap();
        assert_eq!(read(&store), home);
    }

    #[test]
    fn a_record_is_at_its_tip_after_it_was_compacted() {
        let store = TestStore::new();
        for number in 0..=TAIL_AT_TIP {
            edit(&store, &Edit::new().put("people", number));
        }
        assert!(store.read(|r| r.tip(HOME)).unwrap().is_some());
        read(&store);
    }

    #[test]
    fn a_change_is_written_only_where_it_begins() {
        let store = TestStore::new();
        edit(&store, &Edit::new().put("people", 3));
        let tip = store.read(|r| r.tip(HOME)).unwrap().unwrap();
        edit(&store, &Edit::new().put("people", 4));
        let stamp = Stamp {
            staff: StaffId::new("zhang.li").unwrap(),
            at: Timestamp::from_millis(5),
            offset: None,
            copy_of: None,
        };
        let intent = Edit::new().put("people", 5);
        let other = crate::model::ActorId::new(ACTOR.device(), [9; 8]);
        let (info, next) = tip.author(other, &stamp, &intent).unwrap();
        let signed = Signed { device: ACTOR.device(), signature: [7; 64] };
        let authored = [Authored { info: &info, intent: &intent, signed }];
        let late = store.write(|tx| tx.save_at_tip(Some(&tip.record()), (&next, &next.record()), &authored));
        assert!(matches!(late, Err(StoreError::Inconsistent { .. })), "{late:?}");
        assert_eq!(store.read(|r| r.changes(HOME)).unwrap().len(), 2);
    }
}
