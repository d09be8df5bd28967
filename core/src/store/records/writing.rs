//! Changes written, rebuilt without some of them, and kept small.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, params};

use super::super::{Collection, Fate, StoreError, Tx};
use super::{Authored, ChangeStanding, Incoming, NOT_KNOWN, Said, Signed, StoredChange, write_intent};
use crate::crdt::{ChangeInfo, Document};
use crate::model::{ActorId, ChangeHash, DeviceId, Edit, Kind, KindVersion, Record, RecordId, Timestamp};

/// A record's changes since its snapshot before they are compacted into a new one. Loading grows with each of
/// them; making a snapshot costs about as much as loading twenty.
const TAIL: i64 = 24;

impl Tx<'_> {
    /// Stores own changes, just authored into `document`: rows with signature and intent, heads, projection,
    /// search, all in this transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a change is not in the document.
    pub fn save_authored(&mut self, document: Document, authored: &[Authored<'_>]) -> Result<(), StoreError> {
        let record = document.record();
        self.save_planned(document, &record, authored)
    }

    /// [`Self::save_authored`] for whoever has read `record` out of the document already.
    ///
    /// # Errors
    /// As [`Self::save_authored`].
    pub fn save_planned(
        &mut self,
        document: Document,
        record: &Record,
        authored: &[Authored<'_>],
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = authored.iter().map(NewChange::authored).collect();
        self.store(document, record, &rows)
    }

    /// Stores changes from elsewhere that the gate admitted into `document`. A change that waits here already is
    /// waiting no more; one that is here already only gets a better standing.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a change is not in the document.
    pub fn apply(&mut self, document: Document, incoming: &[Incoming<'_>]) -> Result<(), StoreError> {
        let rows: Vec<_> = incoming.iter().map(NewChange::incoming).collect();
        let record = document.record();
        self.store(document, &record, &rows)
    }

    /// The office does not have what it said it accepted: those changes that were made under an actor of `device` and that
    /// its list does not name are unsent again, each signed anew. Of what has a seal only those in `disowned`: a receipt
    /// that proves something is not thrown away for what is said of another change.
    ///
    /// # Errors
    /// [`StoreError`] of the document.
    pub fn disown(
        &mut self,
        record: RecordId,
        device: DeviceId,
        disowned: &BTreeSet<ChangeHash>,
        sign: impl Fn(ChangeHash) -> Signed,
    ) -> Result<(), StoreError> {
        let Some(header) = self.header(record)? else { return Ok(()) };
        let hashes: Vec<ChangeHash> = {
            let mut query = self.db.prepare_cached(
                "SELECT hash, seal IS NOT NULL FROM change INDEXED BY change_unconfirmed
                 WHERE rid = ?1 AND standing = 'accepted' AND confirmed = 0 AND actor BETWEEN ?2 AND ?3",
            )?;
            let (first, last) = (ActorId::new(device, [0; 8]), ActorId::new(device, [0xff; 8]));
            let rows = query.query_map(params![header.rid, first, last], |row| {
                Ok((row.get::<_, ChangeHash>(0)?, row.get::<_, bool>(1)?))
            })?;
            let rows: Vec<(ChangeHash, bool)> = rows.collect::<Result<_, _>>()?;
            let goes = |(hash, sealed): &(ChangeHash, bool)| !sealed || disowned.contains(hash);
            rows.into_iter().filter(goes).map(|(hash, _)| hash).collect()
        };
        for bytes in self.change_bytes(record, &hashes)? {
            let info = ChangeInfo::parse(&bytes)
                .map_err(|_| StoreError::Inconsistent { what: "the bytes of an own change" })?;
            let Signed { device, signature } = sign(info.hash);
            self.db
                .prepare_cached(
                    "UPDATE change SET standing = 'unsent', generation = NULL, ordinal = NULL, received_at = NULL,
                         seal = NULL, device = ?3, signature = ?4, authored_at = ?5, bytes = ?6
                     WHERE rid = ?1 AND hash = ?2",
                )?
                .execute(params![header.rid, info.hash, device, signature, info.stamp.at, bytes])?;
            // That it was called accepted is not what it waits for any more.
            self.db
                .prepare_cached("DELETE FROM verdict WHERE hash = ?1 AND fate = 'later'")?
                .execute([info.hash])?;
        }
        // The order of receipts decides between exclusive steps.
        self.unfold(header.rid)?;
        self.note(Collection::Outbox);
        self.note(Collection::Verdicts);
        self.note_record(record, header.kind);
        Ok(())
    }

    /// Replaces a document by what is left of it without `dropped` changes (`Document::without`, and those that waited
    /// for it), and returns their rows, for verdicts and for authoring again. A record without any change is gone then.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a change would be dropped that the office accepted in the present life of its data:
    /// nothing but a named end of data deletes one; [`StoreError`] when the database cannot be read or written.
    pub fn rebuild(
        &mut self,
        document: Document,
        dropped: &BTreeSet<ChangeHash>,
    ) -> Result<Vec<StoredChange>, StoreError> {
        let record = document.id();
        let header = self.header(record)?.ok_or(StoreError::NotFound { what: "the record" })?;
        let (rows, left): (Vec<_>, Vec<_>) =
            self.changes(record)?.into_iter().partition(|change| dropped.contains(&change.hash));
        let life = self.generation()?;
        if rows.iter().any(|change| change.is_accepted_in(life)) {
            return Err(StoreError::Inconsistent { what: "an accepted change that would be dropped" });
        }
        if left.iter().any(|change| !change.waiting && !document.contains(change.hash)) {
            return Err(StoreError::Inconsistent { what: "a change left out of a rebuilt record" });
        }
        for change in &rows {
            self.db
                .prepare_cached("DELETE FROM change WHERE rid = ?1 AND hash = ?2")?
                .execute(params![header.rid, change.hash])?;
        }
        self.note(Collection::Outbox);
        if left.is_empty() {
            self.misses(record)?;
            self.remove_record(record)?;
        } else if rows.iter().any(|change| !change.waiting) {
            // A snapshot that still holds the dropped changes must not survive them.
            self.compact(&document, header.rid)?;
            self.drop_tip(header.rid)?;
            let record = document.record();
            self.store(document, &record, &[])?;
        }
        Ok(rows)
    }

    /// Drops one waiting change and returns its row: it was pending, rejected, or turned out not to fit.
    fn remove_waiting(
        &mut self,
        record: RecordId,
        hash: ChangeHash,
    ) -> Result<Option<StoredChange>, StoreError> {
        let Some(change) = self.change(record, hash)?.filter(|change| change.waiting) else {
            return Ok(None);
        };
        let rid = self.rid(record)?;
        self.db
            .prepare_cached("DELETE FROM change WHERE rid = ?1 AND hash = ?2")?
            .execute(params![rid, hash])?;
        let left = self.db.prepare_cached("SELECT 1 FROM change WHERE rid = ?1")?.exists([rid])?;
        if !left {
            self.misses(record)?;
            self.remove_record(record)?;
        }
        self.note(Collection::Outbox);
        Ok(Some(change))
    }

    /// Deletes everything of a record that is in the database. Only the sweep and a rebuild that leaves nothing may want
    /// that.
    pub(in crate::store) fn remove_record(&mut self, record: RecordId) -> Result<(), StoreError> {
        let Some(header) = self.header(record)? else { return Ok(()) };
        self.db.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([header.rid])?;
        self.end_facts(header.rid)?;
        self.db.prepare_cached("DELETE FROM record WHERE rid = ?1")?.execute([header.rid])?;
        self.fresh.take(record);
        self.kept.take(record);
        self.note_record(record, header.kind);
        Ok(())
    }

    /// Applies the changes a damaged database left: what does not build on something lost is in its document
    /// again, the rest waits for the office to bring it.
    pub(in crate::store) fn finish_salvaged(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let records: Vec<(RecordId, Kind, KindVersion)> = {
            let mut query = self.db.prepare_cached(
                "SELECT DISTINCT record.id, kind, version FROM change JOIN record USING (rid) WHERE waiting = 1",
            )?;
            query
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<Result<_, _>>()?
        };
        for (record, kind, version) in records {
            // Of a record that cannot be put together everything goes on waiting.
            self.contain(record, StoreError::is_of_one_record, |tx| {
                tx.finish_salvaged_record(record, kind, version, now)
            })?;
        }
        Ok(())
    }

    fn finish_salvaged_record(
        &mut self,
        record: RecordId,
        kind: Kind,
        version: KindVersion,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut document = self.take_document(record, kind, version)?;
        let mut ready: Vec<(ChangeInfo, ChangeStanding)> = Vec::new();
        for change in self.waiting(record)? {
            let Some(info) = change.bytes.as_deref().and_then(|bytes| ChangeInfo::parse(bytes).ok()) else {
                // No office can read it either: it ends here, shown with what was meant.
                self.show_waiting(record, change.hash, Fate::Quarantined, "damaged", None, now)?;
                self.remove_waiting(record, change.hash)?;
                continue;
            };
            if info.deps.iter().all(|dep| document.contains(*dep))
                && document.apply(std::slice::from_ref(&info)).is_ok()
            {
                ready.push((info, change.standing));
            }
        }
        if !ready.is_empty() {
            let ready: Vec<_> =
                ready.iter().map(|(info, standing)| Incoming { info, standing: *standing }).collect();
            self.apply(document, &ready)?;
        }
        Ok(())
    }

    fn store(
        &mut self,
        document: Document,
        record: &Record,
        changes: &[NewChange<'_>],
    ) -> Result<(), StoreError> {
        if changes.iter().any(|change| !document.contains(change.info.hash)) {
            return Err(StoreError::Inconsistent { what: "a change that is not in its document" });
        }
        let rid = match self.header(document.id())? {
            Some(header) => header.rid,
            None => self.insert_record(&document)?,
        };
        let mut added = 0;
        for change in changes {
            added += i64::from(self.put_change(rid, change)?);
        }
        let tail: i64 = self
            .db
            .prepare_cached("SELECT tail FROM record WHERE rid = ?1")?
            .query_row([rid], |row| row.get(0))?;
        let tail = tail + added;
        self.update_record(rid, record, tail, NewChange::newest(changes))?;
        self.project(rid, record)?;
        if tail >= TAIL {
            self.compact(&document, rid)?;
        }
        self.note_record(document.id(), document.kind());
        self.note(Collection::Outbox);
        self.fresh.put(document);
        Ok(())
    }

    /// Brings the row of a record to how it reads now, with so many changes since its snapshot.
    pub(super) fn update_record(
        &mut self,
        rid: i64,
        record: &Record,
        tail: i64,
        newest: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        // By themselves: indexes hang on these.
        self.db
            .prepare_cached(
                "UPDATE record SET lifecycle = ?2, place = CASE WHEN pinned THEN place ELSE ?3 END
                 WHERE rid = ?1 AND (lifecycle <> ?2 OR NOT pinned AND place IS NOT ?3)",
            )?
            .execute(params![rid, record.lifecycle, record.text("place")])?;
        self.db
            .prepare_cached(
                "UPDATE record SET heads = ?2, conflicts = ?3, tail = ?4, changed_at = coalesce(?5, changed_at)
                 WHERE rid = ?1",
            )?
            .execute(params![rid, heads(&record.heads), in_conflict(record), tail, newest])?;
        Ok(())
    }

    /// Makes a row for a record that has none.
    pub(in crate::store) fn insert_record(&mut self, document: &Document) -> Result<i64, StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO record (id, kind, version, heads, lifecycle, changed_at)
                 VALUES (?1, ?2, ?3, ?4, 'live', 0)",
            )?
            .execute(params![document.id(), document.kind(), document.version(), heads(&document.heads())])?;
        Ok(self.db.last_insert_rowid())
    }

    /// Writes one change row; says whether it is new in the document.
    pub(super) fn put_change(&mut self, rid: i64, change: &NewChange<'_>) -> Result<bool, StoreError> {
        let info = change.info;
        let here: Option<(ChangeHash, i64, bool, bool)> = self
            .db
            .prepare_cached(
                "SELECT hash, pos, waiting, standing = 'accepted' FROM change
                 WHERE rid = ?1 AND actor = ?2 AND seq = ?3",
            )?
            .query_row(params![rid, info.actor, info.seq.cast_signed()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        let receipt = match change.standing {
            ChangeStanding::Accepted { generation, receipt } => Some((generation, receipt)),
            ChangeStanding::Unsent(_) | ChangeStanding::Foreign(_) => None,
        };
        match here {
            Some((hash, ..)) if hash != info.hash => {
                return Err(StoreError::Inconsistent { what: "two changes under one actor and number" });
            }
            Some((_, mut at, waiting, accepted)) => {
                if waiting {
                    // It stands behind what it builds on from now on.
                    at = self
                        .db
                        .prepare_cached(
                            "UPDATE change SET waiting = 0, pos = (SELECT max(pos) + 1 FROM change)
                             WHERE pos = ?1 RETURNING pos",
                        )?
                        .query_row([at], |row| row.get(0))?;
                }
                if let (Some((generation, receipt)), false) = (receipt, accepted) {
                    self.accept((rid, at), generation, receipt, Said::InList(None))?;
                }
                return Ok(waiting);
            }
            None => {}
        }
        self.insert_change(rid, change)?;
        Ok(true)
    }

    /// Writes the row of a change that has none, behind all others.
    pub(super) fn insert_change(&mut self, rid: i64, change: &NewChange<'_>) -> Result<(), StoreError> {
        let info = change.info;
        let signed = match change.standing {
            ChangeStanding::Unsent(signed) | ChangeStanding::Foreign(signed) => Some(signed),
            ChangeStanding::Accepted { .. } => None,
        };
        let receipt = match change.standing {
            ChangeStanding::Accepted { generation, receipt } => Some((generation, receipt)),
            ChangeStanding::Unsent(_) | ChangeStanding::Foreign(_) => None,
        };
        let standing = match change.standing {
            ChangeStanding::Unsent(_) => "unsent",
            ChangeStanding::Foreign(_) => "foreign",
            ChangeStanding::Accepted { .. } => "accepted",
        };
        let own = matches!(change.standing, ChangeStanding::Unsent(_));
        // What this phone made and forgot, because its files were copied back, comes with the feed.
        let made_here = own || self.actor()?.is_some_and(|actor| actor.device() == info.actor.device());
        self.db
            .prepare_cached(
                "INSERT INTO change (rid, hash, actor, seq, standing, generation, ordinal, received_at,
                     copy_of, device, signature, intent, authored_at, bytes, unbacked)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            )?
            .execute(params![
                rid,
                info.hash,
                info.actor,
                info.seq.cast_signed(),
                standing,
                receipt.and_then(|(generation, _)| generation),
                receipt.map(|(_, receipt)| receipt.ordinal),
                receipt.map(|(_, receipt)| receipt.at),
                info.stamp.copy_of,
                signed.map(|signed| signed.device),
                signed.map(|signed| signed.signature),
                change.intent.map(write_intent).transpose()?,
                own.then_some(info.stamp.at),
                info.bytes(),
                made_here.then_some(NOT_KNOWN),
            ])?;
        Ok(())
    }

    /// Writes the whole document as the record's snapshot. It is read back and compared before the bytes of
    /// confirmed changes go: from then on it is their only copy. Until they are confirmed the office may not have them,
    /// and what is left of a damaged database is read row by row.
    pub(super) fn compact(&mut self, document: &Document, rid: i64) -> Result<(), StoreError> {
        let bytes = document.save();
        let again = Document::load(document.id(), document.kind(), document.version(), Some(&bytes), &[])?;
        if again.heads() != document.heads() || again.record() != document.record() {
            return Err(StoreError::Inconsistent { what: "a snapshot and its document" });
        }
        self.db
            .prepare_cached(
                "INSERT INTO snapshot (rid, upto, bytes)
                 VALUES (?1, (SELECT coalesce(max(pos), 0) FROM change WHERE rid = ?1 AND waiting = 0), ?2)
                 ON CONFLICT DO UPDATE SET upto = excluded.upto, bytes = excluded.bytes",
            )?
            .execute(params![rid, bytes])?;
        self.db
            .prepare_cached(
                "UPDATE change SET bytes = NULL
                 WHERE rid = ?1 AND standing = 'accepted' AND confirmed = 1 AND waiting = 0 AND bytes IS NOT NULL",
            )?
            .execute([rid])?;
        self.db.prepare_cached("UPDATE record SET tail = 0 WHERE rid = ?1")?.execute([rid])?;
        Ok(())
    }
}

/// A change row about to be written.
pub(super) struct NewChange<'a> {
    pub info: &'a ChangeInfo,
    standing: ChangeStanding,
    pub intent: Option<&'a Edit>,
}

impl<'a> NewChange<'a> {
    pub fn authored(own: &Authored<'a>) -> Self {
        Self { info: own.info, standing: ChangeStanding::Unsent(own.signed), intent: Some(own.intent) }
    }

    pub fn incoming(change: &Incoming<'a>) -> Self {
        Self { info: change.info, standing: change.standing, intent: None }
    }

    pub fn newest(changes: &[Self]) -> Option<Timestamp> {
        newest(changes.iter().map(|change| change.info))
    }
}

/// Heads as stored: 32 bytes each, ascending, as a record names them.
fn heads(heads: &[ChangeHash]) -> Vec<u8> {
    heads.iter().flat_map(|hash| hash.as_bytes()).copied().collect()
}

/// When the newest of these changes was made that says something, in estimated office time.
pub(super) fn newest<'a>(changes: impl DoubleEndedIterator<Item = &'a ChangeInfo>) -> Option<Timestamp> {
    let mut stamps = changes.rev().map(|change| &change.stamp);
    stamps.find(|stamp| !stamp.joins()).map(crate::model::Stamp::estimated)
}

/// How many fields wait for a decision.
pub(super) fn in_conflict(record: &Record) -> i64 {
    i64::try_from(record.conflicts().count()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Listing;
    use super::super::tips::TAIL_AT_TIP;
    use super::*;
    use crate::host::Host as _;
    use crate::model::{Generation, PlaceId, Receipt};
    use crate::model::{GridId, StaffId, Stamp, Value};
    use crate::testing::{ACTOR, TestStore, always_load, edit_in};

    const HOME: RecordId = RecordId([1; 16]);
    const OTHER_PHONE: ActorId = ActorId([0x77; 24]);
    const LIFE: Generation = Generation([8; 16]);

    fn layout(text: &str) -> Edit {
        Edit::new().put("layout", text)
    }

    fn edit(store: &TestStore, edit: &Edit) -> ChangeHash {
        store.edit(HOME, Kind::Home, edit).unwrap()
    }

    fn stamp(store: &TestStore) -> Stamp {
        Stamp {
            staff: StaffId::new("wang.jun").unwrap(),
            at: store.host().now(),
            offset: None,
            copy_of: None,
        }
    }

    /// What another phone wrote on top of what is here.
    fn foreign(store: &TestStore, edits: &[Edit]) -> (Document, Vec<ChangeInfo>) {
        let mut document = store
            .read(|r| r.document(HOME))
            .unwrap()
            .unwrap_or_else(|| Document::genesis(HOME, Kind::Home, Kind::VERSION).unwrap());
        let infos =
            edits.iter().map(|edit| document.author(OTHER_PHONE, &stamp(store), edit).unwrap()).collect();
        (document, infos)
    }

    fn receipt(ordinal: u32) -> Receipt {
        Receipt { ordinal, at: Timestamp::from_millis(i64::from(ordinal) * 1_000) }
    }

    fn layout_of(store: &TestStore) -> Option<String> {
        let record = store.read(|r| r.record(HOME)).unwrap()?;
        record.text("layout").map(str::to_owned)
    }

    #[test]
    fn an_own_edit_is_kept_with_intent_and_signature_until_it_is_acknowledged() {
        let store = TestStore::new();
        let hash = edit(&store, &layout("三室两厅"));
        let store = store.reopen();
        assert_eq!(layout_of(&store).as_deref(), Some("三室两厅"));
        let out = store.read(|r| r.outbox(0, 10)).unwrap();
        assert_eq!((out.len(), out[0].hash), (1, hash));
        let kept = store.read(|r| r.change(HOME, hash)).unwrap().unwrap();
        assert_eq!(kept.intent, Some(layout("三室两厅")));

        assert!(store.write(|tx| tx.acknowledge(HOME, hash, Some(LIFE), receipt(1))).unwrap());
        assert!(!store.write(|tx| tx.acknowledge(HOME, hash, Some(LIFE), receipt(1))).unwrap(), "said twice");
        let kept = store.read(|r| r.change(HOME, hash)).unwrap().unwrap();
        assert_eq!(kept.standing, ChangeStanding::Accepted { generation: Some(LIFE), receipt: receipt(1) });
        assert_eq!(
            (kept.intent, kept.authored_at),
            (Some(layout("三室两厅")), None),
            "until it is backed up"
        );
        let receipts = [(hash, receipt(1).at)];
        let listing = Listing { accepted: 1, first: 1, receipts: &receipts, seals: &[] };
        store.write(|tx| tx.set_receipts(HOME, Some(LIFE), &listing)).unwrap();
        let meant = |watermark, position| {
            store.write(|tx| tx.backed_up(watermark, position)).unwrap();
            store.read(|r| r.change(HOME, hash)).unwrap().unwrap().intent
        };
        assert_eq!(meant(3, 7), Some(layout("三室两厅")), "the office has come to 7, its backup to 3");
        assert_eq!(meant(6, 9), Some(layout("三室两厅")));
        assert_eq!(meant(7, 9), None);
        assert!(store.read(|r| r.outbox(0, 10)).unwrap().is_empty());
        assert_eq!(store.read(|r| r.receipts(HOME)).unwrap(), BTreeMap::from([(hash, receipt(1))]));
    }

    #[test]
    fn a_failed_transaction_leaves_no_trace_in_the_file_nor_in_memory() {
        let store = TestStore::new();
        edit(&store, &layout("三室两厅"));
        let failed: Result<(), StoreError> = store.write(|tx| {
            edit_in(tx, store.host().now(), HOME, Kind::Home, &layout("两室一厅"))?;
            assert_eq!(
                tx.record(HOME)?.and_then(|home| home.text("layout").map(str::to_owned)).as_deref(),
                Some("两室一厅")
            );
            Err(StoreError::NotFound { what: "a reason" })
        });
        assert!(failed.is_err());
        assert_eq!(layout_of(&store).as_deref(), Some("三室两厅"));
        edit(&store, &layout("四室两厅"));
        let seqs: Vec<u64> =
            store.read(|r| r.changes(HOME)).unwrap().iter().map(|change| change.seq).collect();
        assert_eq!(seqs, [1, 2], "the document in memory went back too");
    }

    #[test]
    fn a_panic_inside_a_transaction_rolls_it_back_and_the_store_goes_on() {
        let store = TestStore::new();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.write(|tx| {
                edit_in(tx, store.host().now(), HOME, Kind::Home, &layout("三室两厅"))?;
                panic!("on purpose");
                #[expect(unreachable_code, reason = "gives the closure its type")]
                Ok::<(), StoreError>(())
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(layout_of(&store), None);
        edit(&store, &layout("两室一厅"));
        assert_eq!(layout_of(&store).as_deref(), Some("两室一厅"));
    }

    /// Both ways of writing, each with how many changes it lets stand before it compacts them.
    const WAYS: [(bool, i64); 2] = [(true, TAIL), (false, TAIL_AT_TIP)];

    #[test]
    fn a_long_history_is_compacted_and_every_change_can_still_be_given() {
        WAYS.into_iter().for_each(|(loads, tail)| long_history(loads, tail as u32));
    }

    fn long_history(loads: bool, tail: u32) {
        let (store, changes) = (TestStore::new(), tail + 16);
        always_load(&store, loads);
        let mut hashes = Vec::new();
        for number in 0..changes {
            let hash = edit(&store, &layout(&format!("第{number}种户型")));
            hashes.push(hash);
            // The office has all but the last few.
            if number < changes - 3 {
                let receipts = [(hash, receipt(number + 1).at)];
                let listing =
                    Listing { accepted: number + 1, first: number + 1, receipts: &receipts, seals: &[] };
                store.write(|tx| tx.set_receipts(HOME, Some(LIFE), &listing)).unwrap();
            }
        }
        let store = store.reopen();
        assert_eq!(layout_of(&store), Some(format!("第{}种户型", changes - 1)));
        let rows = store.read(|r| r.changes(HOME)).unwrap();
        let compacted = rows.iter().filter(|change| change.bytes.is_none()).count();
        assert!(compacted >= tail as usize - 1, "{compacted} of {changes} rows gave up their bytes");
        assert!(
            rows[changes as usize - 3..].iter().all(|change| change.bytes.is_some()),
            "what is unsent keeps them"
        );
        let bytes = store.read(|r| r.change_bytes(HOME, &hashes)).unwrap();
        let again: Vec<_> = bytes.iter().map(|bytes| ChangeInfo::parse(bytes).unwrap().hash).collect();
        assert_eq!(again, hashes);
    }

    #[test]
    fn changes_from_elsewhere_come_with_their_receipts() {
        let store = TestStore::new();
        let own = edit(&store, &layout("三室两厅"));
        let (document, infos) = foreign(&store, &[Edit::new().put("area", 95.5), layout("复式")]);
        let incoming: Vec<_> = (2..)
            .zip(&infos)
            .map(|(ordinal, info)| Incoming {
                info,
                standing: ChangeStanding::Accepted { generation: Some(LIFE), receipt: receipt(ordinal) },
            })
            .collect();
        store.write(|tx| tx.apply(document.clone(), &incoming)).unwrap();
        store.write(|tx| tx.apply(document, &incoming)).unwrap();
        let store = store.reopen();
        assert_eq!(layout_of(&store).as_deref(), Some("复式"));
        let list = |accepted, first, hashes: &[ChangeHash]| {
            let receipts: Vec<_> = hashes.iter().map(|hash| (*hash, receipt(1).at)).collect();
            let listing = Listing { accepted, first, receipts: &receipts, seals: &[] };
            store.write(|tx| tx.set_receipts(HOME, Some(LIFE), &listing)).unwrap();
            store.read(|r| r.complete(HOME)).unwrap()
        };
        let missing = ChangeHash([9; 32]);
        assert_eq!(list(4, 2, &[infos[0].hash, infos[1].hash]), 0, "nobody said what the first one is");
        assert_eq!(list(4, 1, &[own, infos[0].hash, infos[1].hash, missing]), 3);
        assert!(store.read(|r| r.outbox(0, 10)).unwrap().is_empty(), "the list acknowledged the own change");
        let grid = GridId::new("grid-1").unwrap();
        let place = PlaceId::new("jinse/3-2").unwrap();
        store.write(|tx| tx.pin(HOME, &place).and_then(|()| tx.enter(HOME, &grid))).unwrap();
        let incomplete = store.read(|r| r.incomplete(RecordId([0; 16]), 9)).unwrap();
        assert_eq!(
            incomplete.iter().map(|one| (one.record, one.complete, one.accepted)).collect::<Vec<_>>(),
            [(HOME, 3, 4)],
            "the fourth is asked for again"
        );
        store.write(|tx| tx.set_generation(Generation([9; 16]))).unwrap();
        assert_eq!(store.read(|r| r.complete(HOME)).unwrap(), 0, "another life counts anew");
    }

    #[test]
    fn two_changes_under_one_number_are_not_stored_side_by_side() {
        let store = TestStore::new();
        let (document, infos) = foreign(&store, &[layout("三室两厅")]);
        let (other, forked) = foreign(&store, &[layout("复式")]);
        let standing = ChangeStanding::Accepted { generation: Some(LIFE), receipt: receipt(1) };
        store.write(|tx| tx.apply(document, &[Incoming { info: &infos[0], standing }])).unwrap();
        let fork = Incoming { info: &forked[0], standing };
        assert!(store.write(|tx| tx.apply(other, &[fork])).is_err());
        assert_eq!(layout_of(&store).as_deref(), Some("三室两厅"));
    }

    #[test]
    fn a_rejected_change_goes_with_what_was_built_on_it_and_comes_back_as_rows() {
        let store = TestStore::new();
        let kept = edit(&store, &layout("三室两厅"));
        let rejected = edit(&store, &Edit::new().put("arrears", 100));
        let built_on = edit(&store, &Edit::new().put("area", 88.5));
        let document = store.read(|r| r.document(HOME)).unwrap().unwrap();
        let (left, dropped) = document.without(&BTreeSet::from([rejected])).unwrap();
        let dropped: BTreeSet<_> = dropped.iter().map(|info| info.hash).collect();
        assert_eq!(dropped, BTreeSet::from([rejected, built_on]));
        let rows = store.write(|tx| tx.rebuild(left, &dropped)).unwrap();
        assert_eq!(rows.iter().map(|row| row.hash).collect::<Vec<_>>(), [rejected, built_on]);
        assert_eq!(rows[1].intent, Some(Edit::new().put("area", 88.5)), "to be authored again");

        let store = store.reopen();
        let home = store.read(|r| r.record(HOME)).unwrap().unwrap();
        assert_eq!(
            (home.text("layout"), home.get("arrears"), home.get("area")),
            (Some("三室两厅"), None, None)
        );
        assert_eq!(store.read(|r| r.changes(HOME)).unwrap().len(), 1);
        assert!(store.read(|r| r.has_change(HOME, kept)).unwrap());
    }

    #[test]
    fn a_rejected_change_leaves_the_snapshot_too() {
        WAYS.into_iter().for_each(|(loads, tail)| rejected_in_a_snapshot(loads, tail));
    }

    fn rejected_in_a_snapshot(loads: bool, tail: i64) {
        let store = TestStore::new();
        always_load(&store, loads);
        for number in 1..tail {
            edit(&store, &layout(&format!("第{number}种户型")));
        }
        let rejected = edit(&store, &Edit::new().put("arrears", 100));
        let snapshots = "SELECT count(*) FROM snapshot";
        let compacted: i64 = store
            .read(|r| Ok::<_, StoreError>(r.db.raw().query_row(snapshots, [], |row| row.get(0))?))
            .unwrap();
        assert_eq!(compacted, 1, "the rejected change is inside");
        let document = store.read(|r| r.document(HOME)).unwrap().unwrap();
        let gone = BTreeSet::from([rejected]);
        let (left, _) = document.without(&gone).unwrap();
        store.write(|tx| tx.rebuild(left, &gone)).unwrap();
        let store = store.reopen();
        let home = store.read(|r| r.record(HOME)).unwrap().unwrap();
        let last = format!("第{}种户型", tail - 1);
        assert_eq!((home.get("arrears"), home.text("layout")), (None, Some(last.as_str())));
    }

    #[test]
    fn an_edit_written_again_takes_the_place_of_the_dropped_one() {
        let store = TestStore::new();
        edit(&store, &layout("三室两厅"));
        let rejected = edit(&store, &Edit::new().put("arrears", 100));
        let built_on = edit(&store, &Edit::new().put("area", 88.5));
        let document = store.read(|r| r.document(HOME)).unwrap().unwrap();
        let (mut after, _) = document.without(&BTreeSet::from([rejected])).unwrap();
        let intent = Edit::new().put("area", 88.5);
        let stamp = Stamp { copy_of: Some(built_on), ..stamp(&store) };
        let copy = after.author(OTHER_PHONE, &stamp, &intent).unwrap();
        let signed = Signed { device: OTHER_PHONE.device(), signature: [1; 64] };
        let gone = BTreeSet::from([rejected, built_on]);
        // One document, with the copy in it, serves both steps.
        store
            .write(|tx| {
                tx.rebuild(after.clone(), &gone)?;
                tx.save_authored(after, &[Authored { info: &copy, intent: &intent, signed }])
            })
            .unwrap();
        let store = store.reopen();
        let home = store.read(|r| r.record(HOME)).unwrap().unwrap();
        assert_eq!((home.get("arrears"), home.get("area")), (None, Some(&Value::Real(88.5))));
        let carries = |change: &StoredChange| (change.edit == built_on).then_some(change.hash);
        let changes = store.read(|r| r.changes(HOME)).unwrap();
        assert_eq!(changes.iter().filter_map(carries).collect::<Vec<_>>(), [copy.hash]);
        assert_eq!(store.read(|r| r.outbox(0, 9)).unwrap().len(), 2);
    }

    #[test]
    fn a_record_whose_first_edit_is_rejected_is_gone() {
        let store = TestStore::new();
        let rejected = edit(&store, &layout("三室两厅"));
        let document = store.read(|r| r.document(HOME)).unwrap().unwrap();
        let (left, _) = document.without(&BTreeSet::from([rejected])).unwrap();
        assert_eq!(store.write(|tx| tx.rebuild(left, &BTreeSet::from([rejected]))).unwrap().len(), 1);
        assert!(store.read(|r| r.row(HOME)).unwrap().is_none());
        assert!(store.read(|r| r.search("三室", &Kind::ALL, 9)).unwrap().is_empty());
    }

    #[test]
    fn what_the_office_accepted_is_never_dropped() {
        let store = TestStore::new();
        let hash = edit(&store, &layout("三室两厅"));
        store.write(|tx| tx.set_generation(LIFE)).unwrap();
        store.write(|tx| tx.acknowledge(HOME, hash, Some(LIFE), receipt(1))).unwrap();
        let drop = || {
            let document = store.read(|r| r.document(HOME)).unwrap().unwrap();
            let (left, _) = document.without(&BTreeSet::from([hash])).unwrap();
            store.write(|tx| tx.rebuild(left, &BTreeSet::from([hash])))
        };
        assert!(drop().is_err());
        assert_eq!(layout_of(&store).as_deref(), Some("三室两厅"));
        // In its next life the office may not have it, and say so.
        store.write(|tx| tx.set_generation(Generation([9; 16]))).unwrap();
        assert_eq!(drop().unwrap().len(), 1);
    }

    #[test]
    fn a_copy_is_known_by_the_edit_it_carries() {
        let store = TestStore::new();
        let mut document = Document::genesis(HOME, Kind::Home, Kind::VERSION).unwrap();
        let original = ChangeHash([6; 32]);
        let stamp = Stamp { copy_of: Some(original), ..stamp(&store) };
        let info = document.author(ACTOR, &stamp, &layout("三室两厅")).unwrap();
        let signed = Signed { device: ACTOR.device(), signature: [1; 64] };
        let intent = layout("三室两厅");
        store
            .write(|tx| tx.save_authored(document, &[Authored { info: &info, intent: &intent, signed }]))
            .unwrap();
        let kept = store.read(|r| r.changes(HOME)).unwrap();
        assert_eq!(
            kept.iter().map(|change| (change.hash, change.edit)).collect::<Vec<_>>(),
            [(info.hash, original)]
        );
    }

    #[test]
    fn the_office_pins_the_place_and_no_edit_moves_it() {
        let store = TestStore::new();
        let place = |text| PlaceId::new(text).unwrap();
        edit(&store, &Edit::new().put("place", "jinse/3/2").put("layout", "三室两厅"));
        assert_eq!(store.read(|r| r.row(HOME)).unwrap().unwrap().place, Some(place("jinse/3/2")));
        store.write(|tx| tx.pin(HOME, &place("jinse/4/1"))).unwrap();
        edit(&store, &layout("复式"));
        assert_eq!(store.read(|r| r.row(HOME)).unwrap().unwrap().place, Some(place("jinse/4/1")));
        assert_eq!(
            store.read(|r| r.record(HOME)).unwrap().unwrap().get("layout"),
            Some(&Value::from("复式"))
        );
    }

    /// Of three edits saved out of a damaged database one cannot be read any more. It is shown with what was meant, called
    /// accepted before or not, until the office's list brings it; the others go on.
    #[test]
    fn an_edit_whose_bytes_are_damaged_is_shown_with_what_was_meant() {
        for accepted in [false, true] {
            let store = TestStore::new();
            let first = edit(&store, &layout("三室两厅"));
            let second = edit(&store, &Edit::new().put("area", 88.5));
            let third = store.edit(RecordId([2; 16]), Kind::Home, &layout("复式")).unwrap();
            store
                .write(|tx| {
                    if accepted {
                        tx.acknowledge(HOME, second, Some(LIFE), receipt(2))?;
                    }
                    tx.db.execute_batch("DELETE FROM snapshot; UPDATE change SET waiting = 1")?;
                    tx.db.execute("UPDATE change SET bytes = x'856f4a83' WHERE hash = ?1", [second])?;
                    tx.kept.take(HOME);
                    tx.finish_salvaged(Timestamp::from_millis(9))
                })
                .unwrap();
            let shown = store.read(|r| r.shown_verdicts()).unwrap();
            assert_eq!((shown.len(), shown[0].hash, shown[0].code.as_str()), (1, second, "damaged"));
            assert_eq!(shown[0].intent, Some(Edit::new().put("area", 88.5)));
            let left: Vec<_> =
                store.read(|r| r.outbox(0, 9)).unwrap().into_iter().map(|row| row.hash).collect();
            assert_eq!(left.iter().collect::<BTreeSet<_>>(), BTreeSet::from([&first, &third]));
            assert_eq!(layout_of(&store).as_deref(), Some("三室两厅"));
            let lifted = store.write(|tx| tx.lift_verdicts(HOME, second, ACTOR.device())).unwrap();
            assert_eq!(lifted.len(), 1);
        }
    }
}
