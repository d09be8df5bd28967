//! Photos 照片: kept sealed on the phone before anything refers to them.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::testing::TestPhone;
//!
//! let phone = TestPhone::new(&["butler"]);
//! let photos = phone.butler.photos();
//! let photo = photos.add(b"the bytes of a JPEG")?;
//! assert_eq!(photos.bytes(photo)?, b"the bytes of a JPEG");
//! assert_eq!(photos.unused()?, [photo], "until a form is handed in with it");
//! photos.discard(photo)?;
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod add_photo;
mod discard_photo;
mod photo_states;
mod thumbnail;

pub use photo_states::PhotoRow;

use crate::butler::Butler;
use crate::context::Context;

/// What can be done with photos.
pub struct Photos<'b>(pub(crate) &'b Context);

impl Butler {
    /// Photos 照片.
    #[must_use]
    pub const fn photos(&self) -> Photos<'_> {
        Photos(&self.context)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::registers::NewEntry;
    use crate::butler::Butler;
    use crate::error::ButlerError;
    use crate::model::{Evidence, PhotoId, RecordId};
    use crate::testing::{TestPhone, unit};

    /// A register whose rows have a photo.
    const FINDINGS: &str = r#"
        kind = "form"
        id = "test.finding"
        title = { zh = "现场问题", en = "Finding" }
        [[field]]
        id = "what"
        label = { zh = "问题", en = "What" }
        type = "text"
        [[field]]
        id = "seen"
        label = { zh = "现场照片", en = "Seen" }
        type = "photo"
    "#;

    fn finding(butler: &Butler, photo: PhotoId) -> Result<RecordId, ButlerError> {
        let row = NewEntry {
            form: "test.finding".into(),
            place: unit(),
            about: Vec::new(),
            answers: Evidence {
                fields: BTreeMap::from([("what".into(), "大堂墙砖空鼓".into())]),
                photos: BTreeMap::from([("seen".into(), vec![photo])]),
            },
            due: None,
        };
        Ok(butler.registers().add(&row)?.record)
    }

    /// The office has taken everything of a record, and no grid shows it any more: the next sweep removes it.
    fn sweep_away(bench: &TestPhone, record: RecordId) {
        bench.acknowledge(record);
        assert_eq!(bench.butler.context.write(|tx| Ok(tx.sweep()?.removed)).unwrap(), [record]);
    }

    #[test]
    fn a_photo_of_an_open_form_outlives_the_sweep_of_another_record() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[FINDINGS]);
        let photos = bench.butler.photos();
        let old = finding(&bench.butler, photos.add("上月的照片".as_bytes()).unwrap()).unwrap();
        let taken = photos.add("刚拍的照片".as_bytes()).unwrap();
        sweep_away(&bench, old);
        assert_eq!(photos.bytes(taken).unwrap(), "刚拍的照片".as_bytes());
        let row = finding(&bench.butler, taken).unwrap();
        sweep_away(&bench, row);
        assert!(
            matches!(photos.bytes(taken), Err(ButlerError::PhotoMissing { .. })),
            "it goes with its record"
        );
    }

    /// The form is filled in from a picture in the phone's album that an older row shows too.
    #[test]
    fn a_photo_of_an_open_form_outlives_an_older_record_with_the_same_picture() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[FINDINGS]);
        let photos = bench.butler.photos();
        let picture = "业主群里的照片".as_bytes();
        let old = finding(&bench.butler, photos.add(picture).unwrap()).unwrap();
        let again = photos.add(picture).unwrap();
        sweep_away(&bench, old);
        assert_eq!(photos.bytes(again).unwrap(), picture);
    }

    #[test]
    fn a_discarded_photo_goes_and_one_in_use_stays() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[FINDINGS]);
        let photos = bench.butler.photos();
        let blurred = photos.add("拍糊了".as_bytes()).unwrap();
        photos.discard(blurred).unwrap();
        photos.discard(blurred).unwrap();
        assert!(matches!(photos.bytes(blurred), Err(ButlerError::PhotoMissing { .. })));
        let used = photos.add("现场照片".as_bytes()).unwrap();
        finding(&bench.butler, used).unwrap();
        photos.discard(used).unwrap();
        assert!(photos.bytes(used).is_ok());
    }
}
