//! Photos travel apart from records, by content hash, in pieces, and go on where they stopped.
//!
//! A hash is no secret: it stands in every record that names the photo. So what a device says of a photo is kept apart
//! by device until its bytes prove the hash, and only bytes that did make the photo part of a record.

use butler_core::model::{PhotoId, RecordId};
use butler_core::sync::message::{Problem, Reply, limit};
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};

use super::error::Failure;
use super::{Asker, Hub, document};
use crate::storage::{Device, OfferBound, PhotoOffer, Read, Storage};

/// What one device may have under way: a phone hands in one photo after the other, so this is far more than it needs.
const BOUND: OfferBound = OfferBound { offers: 64, bytes: 4 * limit::PHOTO };

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
        // The record is unpacked to see what it shows: that must not keep the writer from others.
        let shown = self.storage.read(|read| {
            let device = self.asking(read, asker)?;
            self.may_hand_in(read, &device, record)?;
            // What it could fetch from this record it need not hand in for it.
            if device.revoked.is_some() { Ok(None) } else { self.shown(read, &device, record, photo) }
        })?;
        if let Some(size) = shown {
            return Ok(Reply::PhotoState { photo, received: size, complete: true });
        }
        self.storage.write(|tx| {
            let device = self.asking(tx.reader(), asker)?;
            self.may_hand_in(tx.reader(), &device, record)?;
            tx.offer_photo(photo, device.id, record, size, asker.now, BOUND)?;
            let offer = tx.photo_offer(photo, device.id)?.ok_or(Problem::NotFound)?;
            Ok(state(photo, offer))
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
            let offer = tx.photo_offer(photo, device.id)?.ok_or(Problem::NotFound)?;
            let mut allowed = Err(Failure::from(Problem::NotFound));
            for record in tx.photo_offer_records(photo, device.id)? {
                allowed = self.may_hand_in(tx.reader(), &device, record);
                if allowed.is_ok() {
                    break;
                }
            }
            allowed?;
            // A doubled or late piece changes nothing; the answer says where to go on.
            if offer.proven || offset != offer.received || bytes.is_empty() {
                return Ok(state(photo, offer));
            }
            if offset + bytes.len() as u64 > offer.size {
                return Err(Problem::PhotoMismatch.into());
            }
            tx.put_photo_piece(photo, device.id, offset, bytes)?;
            let offer = PhotoOffer { received: offer.received + bytes.len() as u64, ..offer };
            if offer.received < offer.size {
                return Ok(state(photo, offer));
            }
            let whole = tx.photo_offer_bytes(photo, device.id)?;
            if Sha256::digest(&whole).as_slice() != photo.as_bytes() {
                tx.drop_photo_pieces(photo, device.id)?;
                // A value, not an error: the pieces must really go.
                return Ok(Reply::Problem(Problem::PhotoMismatch));
            }
            tx.prove_photo(photo, device.id)?;
            Ok(state(photo, PhotoOffer { proven: true, ..offer }))
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
            let total = self.shown(read, &device, record, photo)?.ok_or(Problem::NotFound)?;
            let bytes = ByteBuf::from(read.photo_bytes(photo, offset, limit::PHOTO_PIECE)?);
            Ok::<_, Failure>((device, Reply::PhotoPiece { photo, offset, total, bytes }))
        })?;
        if offset == 0 {
            let about = serde_json::json!({ "record": record, "photo": photo });
            self.storage
                .write(|tx| tx.put_audit(asker.now, &device.id.to_string(), "read", &about.to_string()))?;
        }
        Ok(reply)
    }

    /// The size of a photo that a record shows to this device: the device may read the record, an accepted edit of the
    /// record names the photo, and somebody handed in all its bytes for it. Neither to know a hash nor to name it is
    /// enough; and whichever of the three is missing, the answer is the same.
    fn shown(
        &self,
        read: &dyn Read,
        device: &Device,
        record: RecordId,
        photo: PhotoId,
    ) -> Result<Option<u64>, Failure> {
        let row = match self.readable(read, &device.staff, record) {
            Ok(row) => row,
            Err(Failure::Problem(Problem::NotFound)) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        if !read.photo_is_of(photo, record)? {
            return Ok(None);
        }
        let Ok(document) = document::stored(read, &row)? else { return Ok(None) };
        let named = document.record().fields.contains_key(&format!("photo/{photo}"));
        Ok(if named { read.photo(photo)? } else { None })
    }

    /// Photos are taken for records the asker may read, and for those of which the office has changes of this
    /// very device: evidence of a rejected edit, or of a home that moved to another grid before the photo
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

fn state(photo: PhotoId, offer: PhotoOffer) -> Reply {
    Reply::PhotoState { photo, received: offer.received, complete: offer.proven }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use butler_core::crdt::Document;
    use butler_core::model::Edit;
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
        let record = RecordId([1; 16]);
        let (id, bytes) = photo();
        zhang.push_one(&zhang.write(&mut home(1), &founded("b3/u1").put(format!("photo/{id}"), "")));
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
        assert_eq!(zhang.ask(longer), at(id, right.len(), true), "it is proven");
    }

    const HOME: RecordId = RecordId([1; 16]);

    fn offer(photo: PhotoId, record: RecordId, size: usize) -> Request {
        Request::PhotoOffer { photo, record, size: size as u64 }
    }

    fn get(photo: PhotoId, record: RecordId) -> Request {
        Request::PhotoGet { photo, record, offset: 0 }
    }

    /// 李主管, who may read the home too, is first with the photo's hash: with a wrong size, then with wrong bytes, and
    /// does so again while 张丽 hands in the real photo of the leak. Hers arrives all the same.
    #[test]
    fn a_wrong_offer_holds_up_no_other_device() {
        let office = Office::new();
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        let right = "厨房水槽下漏水的照片".as_bytes();
        let id = PhotoId(Sha256::digest(right).into());
        zhang.push_one(&zhang.write(&mut home(1), &founded("b3/u1").put(format!("photo/{id}"), "漏水处")));
        let wrong = vec![1; right.len()];
        for size in [3, right.len()] {
            assert_eq!(li.ask(offer(id, HOME, size)), at(id, 0, false));
            assert_eq!(put(&li, id, 0, &wrong[..2]), at(id, 2, false));
        }
        assert_eq!(zhang.ask(offer(id, HOME, right.len())), at(id, 0, false));
        assert_eq!(put(&zhang, id, 0, &right[..9]), at(id, 9, false));
        assert_eq!(put(&li, id, 2, &wrong[2..]), Reply::Problem(Problem::PhotoMismatch));
        assert_eq!(li.ask(offer(id, HOME, 4)), at(id, 0, false));
        assert_eq!(put(&zhang, id, 9, &right[9..]), at(id, right.len(), true));
        let reply = zhang.ask(get(id, HOME));
        assert!(matches!(&reply, Reply::PhotoPiece { bytes, .. } if bytes.as_slice() == right), "{reply:?}");
    }

    /// 王伟 has heard the hash of a photo taken in another grid. He names it in a home of his own, offers it for that home,
    /// and learns nothing: neither the photo nor whether the office has it.
    #[test]
    fn to_know_the_hash_of_a_photo_opens_nothing() {
        let office = Office::new();
        let (zhang, wang) = (office.phone("zhang.li"), office.phone("wang.wei"));
        let right = "业主身份证复印件".as_bytes();
        let id = PhotoId(Sha256::digest(right).into());
        let unknown = PhotoId(Sha256::digest("从来没有的照片").into());
        zhang.push_one(&zhang.write(&mut home(1), &founded("b3/u1").put(format!("photo/{id}"), "")));
        zhang.ask(offer(id, HOME, right.len()));
        assert_eq!(put(&zhang, id, 0, right), at(id, right.len(), true));
        let own = RecordId([2; 16]);
        let named = founded("b5").put(format!("photo/{id}"), "").put(format!("photo/{unknown}"), "");
        wang.push_one(&wang.write(&mut home(2), &named));
        for photo in [id, unknown] {
            assert_eq!(wang.ask(offer(photo, own, right.len())), at(photo, 0, false));
            assert_eq!(wang.ask(get(photo, own)), Reply::Problem(Problem::NotFound));
            assert_eq!(wang.ask(get(photo, HOME)), Reply::Problem(Problem::NotFound));
            assert_eq!(put(&wang, photo, 0, &right[..5]), at(photo, 5, false));
            assert_eq!(wang.ask(get(photo, own)), Reply::Problem(Problem::NotFound));
        }
        // Whoever has the bytes may hand them in for a record of theirs, and it shows them.
        assert_eq!(put(&wang, id, 5, &right[5..]), at(id, right.len(), true));
        assert!(matches!(wang.ask(get(id, own)), Reply::PhotoPiece { .. }));
        assert_eq!(wang.ask(get(id, HOME)), Reply::Problem(Problem::NotFound));
    }

    /// What no accepted edit of a record names is not shown with it, even where its bytes were handed in for it.
    #[test]
    fn a_record_shows_the_photos_its_accepted_edits_name() {
        let office = Office::new();
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        let bytes = "电表读数".as_bytes();
        let id = PhotoId(Sha256::digest(bytes).into());
        let mut document = home(1);
        zhang.push_one(&zhang.write(&mut document, &founded("b3/u1")));
        zhang.ask(offer(id, HOME, bytes.len()));
        assert_eq!(put(&zhang, id, 0, bytes), at(id, bytes.len(), true));
        assert_eq!(li.ask(get(id, HOME)), Reply::Problem(Problem::NotFound));
        zhang.push_one(&zhang.write(&mut document, &Edit::new().put(format!("photo/{id}"), "三月")));
        assert!(matches!(li.ask(get(id, HOME)), Reply::PhotoPiece { .. }));
        // Who may read it anyway need not hand it in a second time.
        assert_eq!(li.ask(offer(id, HOME, bytes.len())), at(id, bytes.len(), true));
    }

    /// 张丽's phone names a photo and is lost before the photo has travelled: the office says which one it waits for, and
    /// forgets it with the edit that takes the name out again.
    #[test]
    fn what_an_accepted_edit_names_is_awaited_until_it_comes() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let bytes = "漏水处".as_bytes();
        let photos = [PhotoId(Sha256::digest(bytes).into()), PhotoId([0xfe; 32])];
        let names = |document: &mut Document, photo: PhotoId| {
            zhang.push_one(&zhang.write(document, &Edit::new().put(format!("photo/{photo}"), "漏水处")))
        };
        let awaited = || -> Vec<PhotoId> {
            let read = office.hub.storage().read(|read| read.awaited_photos());
            read.unwrap().iter().map(|awaited| awaited.photo).collect()
        };
        let mut document = home(1);
        zhang.push_one(&zhang.write(&mut document, &founded("b3/u1")));
        // What was rejected names nothing.
        let mut elsewhere = home(2);
        zhang.push_one(&zhang.write(&mut elsewhere, &founded("b5").put(format!("photo/{}", photos[0]), "")));
        assert_eq!(awaited(), []);
        for photo in photos {
            names(&mut document, photo);
        }
        assert_eq!(awaited(), photos);
        let [first] = office.hub.storage().read(|read| read.awaited_photos()).unwrap()[..1] else { panic!() };
        assert_eq!((first.record, first.device), (HOME, zhang.key.device()));
        zhang.ask(offer(photos[0], HOME, bytes.len()));
        put(&zhang, photos[0], 0, bytes);
        assert_eq!(awaited(), [photos[1]]);
        let taken_out = Edit::new().clear(format!("photo/{}", photos[1]));
        zhang.push_one(&zhang.write(&mut document, &taken_out));
        assert_eq!(awaited(), []);
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
