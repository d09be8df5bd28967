//! Which changes does a phone lack? Those it may see: listed by ordinal, handed out by hash.

use butler_core::model::{ChangeHash, RecordId, StaffId};
use butler_core::sync::message::{Problem, Reply, limit};
use serde_bytes::ByteBuf;

use super::error::Failure;
use super::{Asker, Hub};
use crate::storage::{Read, RecordRow, Storage};

impl<S: Storage> Hub<S> {
    /// As many as fit a page; what is missing then is asked for again.
    pub(super) fn need(
        &self,
        asker: &Asker,
        record: RecordId,
        hashes: &[ChangeHash],
    ) -> Result<Reply, Failure> {
        if hashes.len() > limit::NEED {
            return Err(Problem::TooLarge { limit: limit::NEED as u64 }.into());
        }
        let (device, row, changes) = self.storage.read(|read| {
            let device = self.reading(read, asker)?;
            let row = self.readable(read, &device.staff, record)?;
            let mut changes = Vec::new();
            let mut bytes = 0;
            for hash in hashes {
                let Some(change) = read.change(record, *hash)? else { continue };
                bytes += change.bytes.len();
                if bytes > limit::PAGE && !changes.is_empty() {
                    break;
                }
                changes.push(ByteBuf::from(change.bytes));
            }
            Ok::<_, Failure>((device, row, changes))
        })?;
        if row.kind.is_personal() {
            let about = serde_json::json!({ "record": record, "changes": changes.len() });
            self.storage
                .write(|tx| tx.put_audit(asker.now, &device.id.to_string(), "read", &about.to_string()))?;
        }
        Ok(Reply::Changes { record, changes })
    }

    /// Which changes of a record were accepted, from an ordinal on: as many as an answer lists.
    pub(super) fn receipts(&self, asker: &Asker, record: RecordId, from: u32) -> Result<Reply, Failure> {
        if from == 0 {
            return Err(Problem::Malformed.into());
        }
        self.storage.read(|read| {
            let device = self.reading(read, asker)?;
            self.readable(read, &device.staff, record)?;
            let receipts = read.receipts(record, from, limit::RECEIPTS)?;
            let seal = self.seals.seal_all(record, receipts.iter());
            let receipts = receipts.into_iter().map(|(hash, receipt)| (hash, receipt.at)).collect();
            Ok(Reply::Receipts { record, from, receipts, seal })
        })
    }

    /// The record, if its place lies in a grid of that member of staff.
    pub(super) fn readable(
        &self,
        read: &dyn Read,
        staff: &StaffId,
        record: RecordId,
    ) -> Result<RecordRow, Failure> {
        let in_force = self.in_force(read)?;
        let grids = self.grids_of(&in_force, staff);
        let row = read.record(record)?.ok_or(Problem::NotFound)?;
        let mine = in_force.grids_at(&row.place).iter().any(|grid| grids.contains(grid));
        // A record of another grid answers as if it did not exist.
        if mine { Ok(row) } else { Err(Problem::NotFound.into()) }
    }
}
