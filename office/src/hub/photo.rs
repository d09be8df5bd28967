//! Photos travel apart from records, by content hash, in pieces, and go on where they stopped.

use butler_core::model::{PhotoId, RecordId};
use butler_core::sync::message::{Problem, Reply, limit};
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};

use super::error::Failure;
use super::{Asker, Hub};
use crate::storage::{Device, PhotoRow, Read, Storage};

impl<S: Storage> Hub<S> {
    pub(super) fn photo_offer(
        &self,
        asker: &Asker,
        photo: PhotoId,
        record: RecordId,
        size: u64,
    ) -> Result<Reply, Failure> {
        if size > limit::PHOTO {
            return Err(Problem::TooLarge { limit: limit::PHOTO }.into());
        }
        self.storage.write(|tx| {
            let device = self.asking(tx.reader(), asker)?;
            self.may_hand_in(tx.reader(), &device, record)?;
            tx.offer_photo(photo, record, size, device.id)?;
            let row = tx.photo(photo)?.ok_or(Problem::NotFound)?;
            if row.size != size {
                // Somebody offered the same hash with another size: one of the two cannot be true. As long as
                // nothing whole is here, the newest word counts.
                return Err(Failure::from(Problem::PhotoMismatch));
            }
            Ok(state(photo, row))
        })
    }

    pub(super) fn photo_put(
        &self,
        asker: &Asker,
        photo: PhotoId,
        offset: u64,
        bytes: &[u8],
    ) -> Result<Reply, Failure> {
        if bytes.len() > limit::PHOTO_PIECE {
            return Err(Problem::TooLarge { limit: limit::PHOTO_PIECE as u64 }.into());
        }
        self.storage.write(|tx| {
            let device = self.asking(tx.reader(), asker)?;
            let row = tx.photo(photo)?.ok_or(Problem::NotFound)?;
            let mut allowed = Err(Failure::from(Problem::NotFound));
            for record in tx.photo_records(photo)? {
                allowed = self.may_hand_in(tx.reader(), &device, record);
                if allowed.is_ok() {
                    break;
                }
            }
            allowed?;
            // A doubled or late piece changes nothing; the answer says where to go on.
            if row.complete || offset != row.received || bytes.is_empty() {
                return Ok(state(photo, row));
            }
            if offset + bytes.len() as u64 > row.size {
                return Err(Problem::PhotoMismatch.into());
            }
            tx.put_photo_piece(photo, offset, bytes)?;
            let row = PhotoRow { received: row.received + bytes.len() as u64, ..row };
            if row.received < row.size {
                return Ok(state(photo, row));
            }
            let whole = tx.photo_bytes(photo, 0, usize::try_from(row.size).unwrap_or(usize::MAX))?;
            if Sha256::digest(&whole).as_slice() != photo.as_bytes() {
                tx.drop_photo_pieces(photo)?;
                // A value, not an error: the pieces must really go.
                return Ok(Reply::Problem(Problem::PhotoMismatch));
            }
            tx.complete_photo(photo)?;
            Ok(state(photo, PhotoRow { complete: true, ..row }))
        })
    }

    pub(super) fn photo_get(
        &self,
        asker: &Asker,
        photo: PhotoId,
        record: RecordId,
        offset: u64,
    ) -> Result<Reply, Failure> {
        let (device, reply) = self.storage.read(|read| {
            let device = self.reading(read, asker)?;
            self.readable(read, &device.staff, record)?;
            if !read.photo_records(photo)?.contains(&record) {
                return Err(Failure::from(Problem::NotFound));
            }
            let row = read.photo(photo)?.filter(|row| row.complete).ok_or(Problem::NotFound)?;
            let bytes = ByteBuf::from(read.photo_bytes(photo, offset, limit::PHOTO_PIECE)?);
            Ok((device, Reply::PhotoPiece { photo, offset, total: row.size, bytes }))
        })?;
        if offset == 0 {
            let about = serde_json::json!({ "record": record, "photo": photo });
            self.storage
                .write(|tx| tx.put_audit(asker.now, &device.id.to_string(), "read", &about.to_string()))?;
        }
        Ok(reply)
    }

    /// Photos are taken for records the asker may read, and for those of which the office holds changes of
    /// this very device: evidence of a refused edit must not stay on a phone that may be lost.
    fn may_hand_in(&self, read: &dyn Read, device: &Device, record: RecordId) -> Result<(), Failure> {
        if read.holds(record, device.id)? {
            return Ok(());
        }
        if device.revoked.is_some() {
            return Err(Problem::Revoked.into());
        }
        self.readable(read, &device.staff, record).map(|_| ())
    }
}

fn state(photo: PhotoId, row: PhotoRow) -> Reply {
    Reply::PhotoState { photo, received: row.received, complete: row.complete }
}
