//! One record while its changes are judged, and how a change gets its receipt.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use butler_core::crdt::gate::{Admission, Judge, Survival, Written};
use butler_core::crdt::{ChangeInfo, Document, edit_id};
use butler_core::model::{
    self, ChangeHash, DeviceId, Event, Kind, KindVersion, PhotoId, PlaceId, Receipt, Record, RecordId,
    Timestamp,
};

use super::directory::InForce;
use super::document::Kept;
use super::quota;
use crate::storage::{AcceptedChange, Life, Read, RecordRow, Share, StorageError, Stored, Write};

/// An accepted change as it is kept.
pub(super) fn accepted(
    info: &ChangeInfo,
    signature: Option<Vec<u8>>,
    life: Life,
    receipt: Receipt,
) -> AcceptedChange {
    AcceptedChange {
        hash: info.hash,
        actor: info.actor,
        seq: info.seq,
        edit: edit_id(info),
        staff: info.stamp.staff.clone(),
        signature,
        generation: life.generation,
        receipt,
        bytes: info.bytes().to_vec(),
    }
}

/// One record while it is judged.
pub(super) struct RecordReview {
    pub(super) id: RecordId,
    pub(super) row: Option<RecordRow>,
    /// The record with everything accepted so far; none for a record nobody wrote yet.
    admission: Option<Admission>,
    /// The ordinal of the first change accepted in this transaction.
    pub(super) first_new: Option<u32>,
    accepted: Vec<ChangeHash>,
    /// Of the devices that wrote here: how much of the record is theirs.
    shares: BTreeMap<DeviceId, Share>,
    /// The paths of the migrations of a case, which decide by which version of its workflow rights are; read once.
    migrations: Option<Vec<String>>,
    /// The changes the rehearsal has been through, taken or not.
    rehearsed: BTreeSet<ChangeHash>,
    /// What of the rehearsal is still to come. Until nothing is, the admission is ahead of what was accepted.
    steps: VecDeque<Step>,
    /// What came of proving the record.
    proof: Option<Survival>,
}

/// What of a record's review was done before its transaction; see `rehearsal.rs`.
pub(super) struct Rehearsal {
    /// How many changes the office had accepted.
    accepted: u32,
    /// The tables by which rights were decided.
    in_force: Arc<InForce>,
    /// The record with every change it took; none while there is no such record.
    admission: Option<Admission>,
    /// The changes it took, in their order.
    pub(super) steps: VecDeque<Step>,
    /// The changes it has been through, taken or not.
    changes: BTreeSet<ChangeHash>,
    /// What came of proving the record with those it took.
    pub(super) proof: Option<Survival>,
}

impl Rehearsal {
    /// Whether rights were decided by these tables.
    pub(super) fn is_by(&self, in_force: &InForce) -> bool {
        std::ptr::eq(Arc::as_ptr(&self.in_force), in_force)
    }
}

/// What follows from a record and one more change of it.
pub(super) struct Step {
    pub(super) change: ChangeHash,
    /// Where the record lies, whose author may write this there.
    pub(super) place: PlaceId,
    pub(super) written: Vec<Written>,
    /// The photos it writes, and whether the record names them then.
    pub(super) photos: Vec<(PhotoId, bool)>,
}

/// The rehearsal took changes that are not accepted after all, or in another order: what came of it does not hold.
pub(super) struct Astray;

impl RecordReview {
    fn new(id: RecordId, stored: Option<(RecordRow, Document)>) -> Self {
        let (row, document) = stored.unzip();
        Self {
            id,
            row,
            admission: document.map(|document| Admission::new(document, Judge::Office)),
            first_new: None,
            accepted: Vec::new(),
            shares: BTreeMap::new(),
            migrations: None,
            rehearsed: BTreeSet::new(),
            steps: VecDeque::new(),
            proof: None,
        }
    }

    /// Opens a record; `None` when what is stored of it cannot be read, which is logged and holds up this
    /// record alone. A rehearsal of the record as it still is makes the work shorter, and nothing else.
    pub(super) fn open(read: &dyn Read, id: RecordId, rehearsal: Option<Rehearsal>) -> Stored<Option<Self>> {
        let row = read.record(id)?;
        // Nothing accepted is ever taken back: as many are the same.
        let accepted = row.as_ref().map_or(0, |row| row.accepted);
        let same = |of: &Rehearsal| of.accepted == accepted;
        if let Some(Rehearsal { admission, steps, changes, proof, .. }) = rehearsal.filter(same) {
            let new = Self::new(id, None);
            return Ok(Some(Self { row, admission, rehearsed: changes, steps, proof, ..new }));
        }
        let Some(row) = row else { return Ok(Some(Self::new(id, None))) };
        let kept = Kept::read(read, id)?;
        Ok(Self::load(id, Some((row, kept))))
    }

    /// The same of what was read before: this needs no storage.
    pub(super) fn load(id: RecordId, stored: Option<(RecordRow, Kept)>) -> Option<Self> {
        let Some((row, kept)) = stored else { return Some(Self::new(id, None)) };
        match kept.document(&row) {
            Ok(document) => Some(Self::new(id, Some((row, document)))),
            Err(error) => {
                tracing::error!(record = %id, %error, "a stored record cannot be read");
                None
            }
        }
    }

    /// Goes on as if a change, which the admission has taken, were accepted.
    pub(super) fn suppose(&mut self, info: &ChangeInfo, place: PlaceId) {
        self.row = self.row_with(info, place);
    }

    /// The row with one more change.
    fn row_with(&self, info: &ChangeInfo, place: PlaceId) -> Option<RecordRow> {
        let (kind, version) = match (&self.row, self.document()) {
            (Some(row), _) => (row.kind, row.version),
            (None, Some(document)) => (document.kind(), document.version()),
            (None, None) => return None,
        };
        let accepted = self.row.as_ref().map_or(0, |row| row.accepted) + 1;
        let bytes = self.row.as_ref().map_or(0, |row| row.bytes) + info.bytes().len() as u64;
        Some(RecordRow { id: self.id, kind, version, place, accepted, bytes })
    }

    /// Ends the rehearsal of a record of which so many changes were accepted, having been through these.
    pub(super) fn rehearsed(
        self,
        accepted: u32,
        in_force: &Arc<InForce>,
        changes: BTreeSet<ChangeHash>,
        steps: VecDeque<Step>,
    ) -> Rehearsal {
        let proof = self.admission.as_ref().and_then(Admission::proof);
        let admission = self.admission.filter(|_| self.row.is_some());
        Rehearsal { accepted, in_force: Arc::clone(in_force), admission, steps, changes, proof }
    }

    /// What the rehearsal found out about a change that comes now; none once everything it took was accepted.
    pub(super) fn step(&mut self, change: ChangeHash) -> Result<Option<Step>, Astray> {
        match self.steps.front() {
            None => Ok(None),
            Some(step) if step.change == change => Ok(self.steps.pop_front()),
            Some(_) => Err(Astray),
        }
    }

    /// Whether everything the rehearsal took was accepted.
    pub(super) fn has_caught_up(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether a rehearsal has been through a change, so that little is left to do.
    pub(super) fn was_rehearsed(&self, change: ChangeHash) -> bool {
        self.rehearsed.contains(&change)
    }

    /// What to judge against: the record, or the genesis of what a candidate says it is. `None` for a kind version
    /// newer than this office: its changes wait until the office is renewed.
    pub(super) fn admission(&mut self, kind: Kind, version: KindVersion) -> Option<&mut Admission> {
        if self.row.is_none() {
            let genesis = Document::genesis(self.id, kind, version).ok();
            self.admission = genesis.map(|document| Admission::new(document, Judge::Office));
        }
        self.admission.as_mut()
    }

    /// The record as it is now.
    pub(super) fn document(&self) -> Option<&Document> {
        self.admission.as_ref().map(Admission::document)
    }

    /// The record before and after a change, as far as rights are decided by it.
    pub(super) fn before_and_after(
        &mut self,
        info: &ChangeInfo,
        written: &[Written],
    ) -> Option<(Record, Record)> {
        let admission = self.admission.as_ref()?;
        let is_case = admission.document().kind() == Kind::Case;
        let migrations = self.migrations.get_or_insert_with(|| {
            if is_case {
                model::Case::migrations(&admission.document().record()).collect()
            } else {
                Vec::new()
            }
        });
        let (before, after) = admission.before_and_after(info, written, migrations);
        if is_case {
            // Should the change be rejected after all, the path holds nothing and does no harm.
            migrations.extend(model::Case::migrations(&after).filter(|path| before.get(path).is_none()));
        }
        Some((before, after))
    }

    /// The same with everything that was done in a case before.
    pub(super) fn with_its_past(&self, info: &ChangeInfo, written: &[Written]) -> Option<(Record, Record)> {
        let admission = self.admission.as_ref()?;
        let record = admission.document().record();
        let events = record.below(Event::PREFIX).map(|(id, _)| format!("{}{id}", Event::PREFIX));
        Some(admission.before_and_after(info, written, &events.collect::<Vec<_>>()))
    }

    /// Whether the record survives what it was given; only then may any of it be stored.
    pub(super) fn is_proven(&mut self) -> bool {
        let Some(admission) = &self.admission else { return true };
        if !self.proof.as_ref().is_some_and(|proof| proof.is_about(admission.document())) {
            self.proof = admission.proof();
        }
        self.proof.as_ref().is_none_or(|proof| proof.saved().is_ok())
    }

    /// The record as it is kept from now on: as it was proven or, where something was added since, anew.
    pub(super) fn saved(&self) -> Option<Cow<'_, [u8]>> {
        let document = self.document()?;
        let proven = self.proof.as_ref().filter(|proof| proof.is_about(document));
        let saved = proven.and_then(|proof| proof.saved().ok()).map(Cow::Borrowed);
        Some(saved.unwrap_or_else(|| Cow::Owned(document.save())))
    }

    /// The share of a change's device with that change.
    ///
    /// # Errors
    /// The reason why the change has to wait.
    pub(super) fn room(
        &mut self,
        read: &dyn Read,
        info: &ChangeInfo,
        now: Timestamp,
    ) -> Stored<Result<Share, &'static str>> {
        let share = match self.shares.entry(info.actor.device()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(read.share(self.id, info.actor.device())?),
        };
        Ok(self.share_with(share, info, now))
    }

    /// A device's share with one more change of it, where the record has room for that.
    ///
    /// # Errors
    /// The reason why the change has to wait.
    pub(super) fn share_with(
        &self,
        share: Share,
        info: &ChangeInfo,
        now: Timestamp,
    ) -> Result<Share, &'static str> {
        let filled = self.row.as_ref().map_or(0, |row| row.bytes);
        quota::add(filled, share, info.bytes().len() as u64, now)
    }

    /// Gives a change, which the admission has taken, its receipt of that moment. `share` is that of its device with it.
    pub(super) fn accept(
        &mut self,
        tx: &mut dyn Write,
        info: &ChangeInfo,
        signature: Option<Vec<u8>>,
        place: PlaceId,
        share: Option<Share>,
        (life, at): (Life, Timestamp),
    ) -> Stored<Receipt> {
        let row = self.row_with(info, place).ok_or(StorageError::OutOfOrder { what: "receipt" })?;
        let ordinal = row.accepted;
        let receipt = Receipt { ordinal, at };
        tx.accept(&row, &accepted(info, signature, life, receipt))?;
        if let Some(share) = share {
            self.shares.insert(info.actor.device(), share);
            tx.put_share(self.id, info.actor.device(), &share)?;
        }
        self.row = Some(row);
        self.first_new.get_or_insert(ordinal);
        self.accepted.push(info.hash);
        Ok(receipt)
    }

    /// What a change, which the admission has just taken, leaves of the photos it writes: whether the record names them.
    pub(super) fn photos_left(&self, written: &[Written]) -> Vec<(PhotoId, bool)> {
        let is_named = |photo: &PhotoId| {
            let path = format!("photo/{photo}");
            self.document().is_some_and(|document| document.excerpt([&*path]).get(&path).is_some())
        };
        photos_in(written).map(|photo| (photo, is_named(&photo))).collect()
    }

    /// Keeps that in the table of named photos: what is named and never comes must not be missed only by whoever opens
    /// the record.
    pub(super) fn name_photos(
        &self,
        tx: &mut dyn Write,
        device: DeviceId,
        photos: &[(PhotoId, bool)],
        at: Timestamp,
    ) -> Stored<()> {
        for (photo, named) in photos {
            if *named {
                tx.name_photo(*photo, self.id, device, at)?;
            } else {
                tx.unname_photo(*photo, self.id)?;
            }
        }
        Ok(())
    }

    /// Whether every change that got a receipt is in the document.
    pub(super) fn is_whole(&self) -> bool {
        self.document().is_none_or(|document| self.accepted.iter().all(|hash| document.contains(*hash)))
    }
}

/// The photos a change writes: those it names, or names no more.
fn photos_in(written: &[Written]) -> impl Iterator<Item = PhotoId> {
    written.iter().filter_map(|written| written.path.strip_prefix("photo/")?.parse().ok())
}
