//! A record as the office keeps it.

use butler_core::crdt::{ChangeInfo, CrdtError, Document, read_first};
use butler_core::model::{Record, RecordId};

use super::Hub;
use super::error::OfficeError;
use crate::storage::{Read, RecordRow, Storage, Stored};

/// A record as it is kept: its snapshot or, of one the office made and nobody has edited since, its changes alone.
pub(super) struct Kept {
    snapshot: Option<Vec<u8>>,
    changes: Vec<Vec<u8>>,
}

impl Kept {
    pub(super) fn read(read: &dyn Read, id: RecordId) -> Stored<Self> {
        let snapshot = read.snapshot(id)?;
        let changes = match snapshot {
            Some(_) => Vec::new(),
            None => read.changes(id, 1, usize::MAX)?,
        };
        Ok(Self { snapshot, changes })
    }

    /// The document of the record in that row: nearly all of the work, and it needs no storage.
    pub(super) fn document(&self, row: &RecordRow) -> Result<Document, CrdtError> {
        let changes: Vec<&[u8]> = self.changes.iter().map(Vec::as_slice).collect();
        Document::load(row.id, row.kind, row.version, self.snapshot.as_deref(), &changes)
    }
}

/// The document of a record.
pub(super) fn stored(read: &dyn Read, row: &RecordRow) -> Stored<Result<Document, CrdtError>> {
    Ok(Kept::read(read, row.id)?.document(row))
}

/// The document of a record by id, while something else is read too.
pub(super) fn of(read: &dyn Read, id: RecordId) -> Result<Option<Document>, OfficeError> {
    let Some(row) = read.record(id)? else { return Ok(None) };
    Ok(Some(stored(read, &row)??))
}

impl<S: Storage> Hub<S> {
    /// A record's document as the office has it now.
    ///
    /// # Errors
    /// The storage's, or [`OfficeError::Record`] when it cannot be read.
    pub fn document(&self, id: RecordId) -> Result<Option<Document>, OfficeError> {
        self.storage.read(|read| of(read, id))
    }

    /// A record that holds one change alone, as most that a register made do, with that change; `None` for any other.
    /// Costs a small part of what its document does.
    ///
    /// # Errors
    /// The storage's.
    pub fn untouched(&self, id: RecordId) -> Result<Option<(ChangeInfo, Record)>, OfficeError> {
        self.storage.read(|read| {
            let Some(row) = read.record(id)?.filter(|row| row.accepted == 1) else { return Ok(None) };
            let changes = read.changes(id, 1, usize::MAX)?;
            let only = changes.first().and_then(|bytes| ChangeInfo::parse(bytes).ok());
            Ok(only.and_then(|change| {
                let record = read_first((id, row.kind, row.version), &change)?;
                Some((change, record))
            }))
        })
    }
}
