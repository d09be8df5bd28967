//! One record while its changes are judged, and how a change gets its receipt.

use butler_core::crdt::{ChangeInfo, Document, edit_id};
use butler_core::model::{Kind, KindVersion, PlaceId, Receipt, Record, RecordId, Timestamp};

use crate::storage::{AcceptedChange, Life, Read, RecordRow, StorageError, Stored, Write};

/// One record while it is judged.
pub(super) struct Case {
    pub(super) id: RecordId,
    pub(super) row: Option<RecordRow>,
    /// As of now; none for a record nobody wrote yet.
    pub(super) document: Option<Document>,
    /// [`Self::document`], read.
    pub(super) record: Option<Record>,
    /// The ordinal of the first change accepted in this transaction.
    pub(super) first_new: Option<u32>,
}

impl Case {
    /// Opens a record; `None` when what is stored of it cannot be read, which is logged and holds up this
    /// record alone.
    pub(super) fn open(read: &dyn Read, id: RecordId) -> Stored<Option<Self>> {
        let Some(row) = read.record(id)? else {
            return Ok(Some(Self { id, row: None, document: None, record: None, first_new: None }));
        };
        let snapshot = read.snapshot(id)?;
        match Document::load(id, row.kind, row.version, snapshot.as_deref(), &[]) {
            Ok(document) => {
                let record = Some(document.record());
                Ok(Some(Self { id, row: Some(row), document: Some(document), record, first_new: None }))
            }
            Err(error) => {
                tracing::error!(record = %id, %error, "a stored record cannot be read");
                Ok(None)
            }
        }
    }

    /// The document to judge against: the record's, or the genesis of what a candidate says it is. `None` for
    /// a kind version newer than this office: its changes wait until the office is renewed.
    pub(super) fn document(&mut self, kind: Kind, version: KindVersion) -> Option<&Document> {
        if self.row.is_none() {
            self.document = Document::genesis(self.id, kind, version).ok();
        }
        self.document.as_ref()
    }

    /// Gives a change its receipt.
    pub(super) fn accept(
        &mut self,
        tx: &mut dyn Write,
        info: &ChangeInfo,
        signature: Option<Vec<u8>>,
        place: PlaceId,
        life: Life,
        now: Timestamp,
    ) -> Stored<Receipt> {
        let (kind, version) = match (&self.row, &self.document) {
            (Some(row), _) => (row.kind, row.version),
            (None, Some(document)) => (document.kind(), document.version()),
            (None, None) => return Err(StorageError::OutOfOrder { what: "receipt" }),
        };
        let ordinal = self.row.as_ref().map_or(0, |row| row.accepted) + 1;
        let row = RecordRow { id: self.id, kind, version, place, accepted: ordinal };
        let receipt = Receipt { ordinal, at: now };
        tx.accept(
            &row,
            &AcceptedChange {
                hash: info.hash,
                actor: info.actor,
                seq: info.seq,
                edit: edit_id(info),
                staff: info.stamp.staff.clone(),
                signature,
                generation: life.generation,
                receipt,
                bytes: info.bytes().to_vec(),
            },
        )?;
        self.row = Some(row);
        self.first_new.get_or_insert(ordinal);
        Ok(receipt)
    }
}
