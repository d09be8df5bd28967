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

    /// Photos are taken for records the asker may read, and for those of which the office has changes of this
    /// very device: evidence of a refused edit, or of a home that moved to another grid before the photo
    /// travelled, must not stay on a phone that may be lost.
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

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use butler_core::sync::message::Request;

    fn photo() -> (PhotoId, Vec<u8>) {
        let bytes: Vec<u8> = (0..limit::PHOTO_PIECE + 1_000).map(|n| (n % 251) as u8).collect();
        (PhotoId(Sha256::digest(&bytes).into()), bytes)
    }

    fn put(phone: &Phone<'_>, photo: PhotoId, offset: usize, bytes: &[u8]) -> Reply {
        phone.ask(Request::PhotoPut { photo, offset: offset as u64, bytes: ByteBuf::from(bytes) })
    }

    fn at(photo: PhotoId, received: usize, complete: bool) -> Reply {
        Reply::PhotoState { photo, received: received as u64, complete }
    }

    #[test]
    fn a_photo_goes_on_where_it_stopped_and_comes_back_whole() {
        let office = Office::new();
        let (zhang, wang) = (office.phone("zhang.li"), office.phone("wang.wei"));
        zhang.push_one(&zhang.write(&mut home(1), &founded("b3/u1")));
        let record = RecordId([1; 16]);
        let (id, bytes) = photo();
        let offer = Request::PhotoOffer { photo: id, record, size: bytes.len() as u64 };
        assert_eq!(zhang.ask(offer.clone()), at(id, 0, false));
        assert_eq!(put(&zhang, id, 0, &bytes[..1_000]), at(id, 1_000, false));
        assert_eq!(put(&zhang, id, 0, &bytes[..1_000]), at(id, 1_000, false), "doubled");
        assert_eq!(put(&zhang, id, 5_000, &bytes[5_000..6_000]), at(id, 1_000, false), "a gap");
        assert_eq!(zhang.ask(offer.clone()), at(id, 1_000, false), "resumed");
        let get = |offset| Request::PhotoGet { photo: id, record, offset };
        assert_eq!(zhang.ask(get(0)), Reply::Problem(Problem::NotFound), "not whole yet");
        assert_eq!(
            put(&zhang, id, 1_000, &bytes[1_000..limit::PHOTO_PIECE]),
            at(id, limit::PHOTO_PIECE, false)
        );
        assert_eq!(
            put(&zhang, id, limit::PHOTO_PIECE, &bytes[limit::PHOTO_PIECE..]),
            at(id, bytes.len(), true)
        );

        let mut got = Vec::new();
        while got.len() < bytes.len() {
            let reply = zhang.ask(get(got.len() as u64));
            let Reply::PhotoPiece { bytes: piece, total, .. } = reply else { panic!("{reply:?}") };
            assert_eq!(total, bytes.len() as u64);
            got.extend_from_slice(&piece);
        }
        assert_eq!(got, bytes);
        assert_eq!(wang.ask(get(0)), Reply::Problem(Problem::NotFound), "another grid's photo");
        assert_eq!(wang.ask(offer), Reply::Problem(Problem::NotFound));
        assert_eq!(put(&wang, id, 0, &bytes[..10]), Reply::Problem(Problem::NotFound));
    }

    #[test]
    fn bytes_of_another_hash_are_thrown_away_and_the_photo_can_start_again() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        zhang.push_one(&zhang.write(&mut home(1), &founded("b3/u1")));
        let id = PhotoId(Sha256::digest("大堂地砖松动").into());
        let right = "大堂地砖松动".as_bytes();
        zhang.ask(Request::PhotoOffer { photo: id, record: RecordId([1; 16]), size: right.len() as u64 });
        let wrong = vec![1; right.len()];
        assert_eq!(put(&zhang, id, 0, &wrong), Reply::Problem(Problem::PhotoMismatch));
        assert_eq!(put(&zhang, id, 0, right), at(id, right.len(), true));
        let longer = Request::PhotoOffer { photo: id, record: RecordId([1; 16]), size: 99 };
        assert_eq!(zhang.ask(longer), Reply::Problem(Problem::PhotoMismatch));
    }

    #[test]
    fn limits_are_named() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let (photo, bytes) = photo();
        let offer = Request::PhotoOffer { photo, record: RecordId([1; 16]), size: limit::PHOTO + 1 };
        assert_eq!(zhang.ask(offer), Reply::Problem(Problem::TooLarge { limit: limit::PHOTO }));
        let problem = Problem::TooLarge { limit: limit::PHOTO_PIECE as u64 };
        assert_eq!(put(&zhang, photo, 0, &bytes), Reply::Problem(problem));
        let offer = Request::PhotoOffer { photo, record: RecordId([1; 16]), size: 10 };
        assert_eq!(zhang.ask(offer), Reply::Problem(Problem::NotFound), "of a record nobody knows");
    }

    #[test]
    fn a_revoked_phone_hands_in_the_photos_of_its_last_work() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        office.hub.revoke(&office.desk, zhang.key.device()).unwrap();
        let mut document = home(1);
        zhang.push_one(&zhang.write(&mut document, &founded("b3/u1").put("photo/x", "")));
        let id = PhotoId(Sha256::digest(b"x").into());
        let offer = |record| Request::PhotoOffer { photo: id, record, size: 1 };
        assert_eq!(zhang.ask(offer(RecordId([2; 16]))), Reply::Problem(Problem::Revoked));
        assert_eq!(zhang.ask(offer(RecordId([1; 16]))), at(id, 0, false));
        assert_eq!(put(&zhang, id, 0, b"x"), at(id, 1, true));
        let get = Request::PhotoGet { photo: id, record: RecordId([1; 16]), offset: 0 };
        assert_eq!(zhang.ask(get), Reply::Problem(Problem::Revoked));
    }
}
