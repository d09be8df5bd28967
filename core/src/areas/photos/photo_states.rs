use super::Photos;
use crate::context::Visibility;
use crate::error::ButlerError;
use crate::model::{PhotoId, RecordId};
use crate::store::{AttachmentUse, UseState};

/// A photo of a record, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PhotoRow {
    /// The photo.
    pub photo: PhotoId,
    /// Where it stands between this phone and the office.
    pub state: UseState,
    /// Its size in bytes.
    pub size: u64,
    /// How many of them are on this phone; `size` when it can be shown.
    pub here: u64,
    /// How many of them are safely at the office.
    pub sent: u64,
}

impl Photos<'_> {
    /// The photos of a record that are here or on their way, each with how much of it has travelled.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], also for a record the phone's owner may not open.
    pub fn of_record(&self, record: RecordId) -> Result<Vec<PhotoRow>, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            Visibility::new(reader, &office)?.record(record)?.ok_or(ButlerError::NotFound)?;
            let row = |of: AttachmentUse| PhotoRow {
                photo: of.photo.photo,
                state: of.state,
                size: of.photo.size,
                here: of.photo.present,
                sent: of.sent,
            };
            Ok(reader.attachments_of(record)?.into_iter().map(row).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::rounds::PointAnswer;
    use crate::areas::rounds::Proof;
    use crate::error::ButlerError;
    use crate::model::{Evidence, PlaceId, RecordId};
    use crate::store::UseState;
    use crate::testing::TestPhone;

    #[test]
    fn the_photos_of_a_record_say_how_much_of_them_has_travelled() {
        let bench = TestPhone::new(&["butler"]);
        let place = PlaceId::new("jinse/grid-1").unwrap();
        let rounds = bench.butler.rounds();
        let round = rounds.start(&"patrol.public-area".into(), &place, None, None).unwrap().record;
        assert_eq!(bench.butler.photos().of_record(round).unwrap(), []);
        let point = rounds.details(round).unwrap().points.remove(0);
        let item = &point.items[0].question;
        let bad = item.options.iter().find(|option| option.fails).unwrap();
        let photo = bench.butler.photos().add("地砖松动".as_bytes()).unwrap();
        let evidence = Evidence {
            fields: BTreeMap::from([(item.field.clone(), bad.id.as_str().into())]),
            photos: BTreeMap::from([(item.field.clone(), vec![photo])]),
        };
        let answer = PointAnswer { item: item.field.clone(), evidence, note: String::new() };
        rounds.record_point(round, &point.id, &Proof::Nothing, &[answer]).unwrap();
        let state = || {
            let row = bench.butler.photos().of_record(round).unwrap().remove(0);
            (row.photo, row.state, row.size, row.here, row.sent)
        };
        assert_eq!(state(), (photo, UseState::Unsent, 12, 12, 0));
        bench.butler.context.write(|tx| Ok(tx.photo_received(photo, round, 5, false)?)).unwrap();
        assert_eq!(state(), (photo, UseState::Unsent, 12, 12, 5));
        bench.butler.context.write(|tx| Ok(tx.photo_received(photo, round, 12, true)?)).unwrap();
        assert_eq!(state().1, UseState::Acknowledged);
        let unknown = bench.butler.photos().of_record(RecordId([7; 16]));
        assert!(matches!(unknown, Err(ButlerError::NotFound)));
        bench.assign(&[]);
        assert!(matches!(bench.butler.photos().of_record(round), Err(ButlerError::NotFound)));
    }
}
