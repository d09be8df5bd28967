//! One record while its changes are judged, and how a change gets its receipt.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use butler_core::crdt::gate::{Admission, Judge, Written};
use butler_core::crdt::{ChangeInfo, Document, edit_id};
use butler_core::model::{
    self, ChangeHash, DeviceId, Kind, KindVersion, PhotoId, PlaceId, Receipt, Record, RecordId, Timestamp,
};

use super::{document, quota};
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
}

impl RecordReview {
    /// Opens a record; `None` when what is stored of it cannot be read, which is logged and holds up this
    /// record alone.
    pub(super) fn open(read: &dyn Read, id: RecordId) -> Stored<Option<Self>> {
        let fresh = Self {
            id,
            row: None,
            admission: None,
            first_new: None,
            accepted: Vec::new(),
            shares: BTreeMap::new(),
            migrations: None,
        };
        let Some(row) = read.record(id)? else { return Ok(Some(fresh)) };
        match document::stored(read, &row)? {
            Ok(document) => {
                let admission = Some(Admission::new(document, Judge::Office));
                Ok(Some(Self { row: Some(row), admission, ..fresh }))
            }
            Err(error) => {
                tracing::error!(record = %id, %error, "a stored record cannot be read");
                Ok(None)
            }
        }
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

    /// Whether the record survives what it was given; only then may any of it be stored.
    pub(super) fn is_proven(&self) -> bool {
        self.admission.as_ref().is_none_or(|admission| admission.prove().is_ok())
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
        let filled = self.row.as_ref().map_or(0, |row| row.bytes);
        Ok(quota::add(filled, share, info.bytes().len() as u64, now))
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
        let (kind, version) = match (&self.row, self.document()) {
            (Some(row), _) => (row.kind, row.version),
            (None, Some(document)) => (document.kind(), document.version()),
            (None, None) => return Err(StorageError::OutOfOrder { what: "receipt" }),
        };
        let ordinal = self.row.as_ref().map_or(0, |row| row.accepted) + 1;
        let bytes = self.row.as_ref().map_or(0, |row| row.bytes) + info.bytes().len() as u64;
        let row = RecordRow { id: self.id, kind, version, place, accepted: ordinal, bytes };
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

    /// Keeps in the table of named photos what a change that was just accepted leaves of the photos it writes: what is
    /// named and never comes must not be missed only by whoever opens the record.
    pub(super) fn name_photos(
        &self,
        tx: &mut dyn Write,
        device: DeviceId,
        written: &[PhotoId],
        at: Timestamp,
    ) -> Stored<()> {
        for photo in written {
            let path = format!("photo/{photo}");
            let named =
                self.document().is_some_and(|document| document.excerpt([&*path]).get(&path).is_some());
            if named {
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
pub(super) fn photos_in(written: &[Written]) -> Vec<PhotoId> {
    written.iter().filter_map(|written| written.path.strip_prefix("photo/")?.parse().ok()).collect()
}
