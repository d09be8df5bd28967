//! A person, whole.

use crate::areas::residents::Residents;
use crate::context::Visibility;
use crate::error::ButlerError;
use crate::model::{ContactRow, Kind, RecordId, Resident, Shown};
use crate::store::{Filter, RecordState};

/// A person, with what belongs to them, as far as the phone's owner may read.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ResidentDetails {
    /// Their fields.
    pub resident: Resident,
    /// Their home as people say it ("3栋2单元501").
    pub home_title: String,
    /// The paths of their fields in conflict.
    pub conflicts: Vec<String>,
    /// What a screen shows that draws this: goes back with the edit of a form over it.
    pub shown: Shown,
    /// Whether the office has it all.
    pub state: RecordState,
    /// Contacts about them, newest first, at most 50.
    pub contacts: Vec<ContactRow>,
}

impl Residents<'_> {
    /// A person, whole.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], also for a person the phone's owner may not read.
    pub fn details(&self, resident: RecordId) -> Result<ResidentDetails, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            let record = visibility.record(resident)?.filter(|record| record.kind == Kind::Resident);
            let record = record.ok_or(ButlerError::NotFound)?;
            let mut person = Resident::read(&record);
            person.name_words(&visibility.naming());
            let about =
                Filter { kind: Some(Kind::Contact), about: Some(resident), limit: 50, ..Filter::default() };
            Ok(ResidentDetails {
                home_title: person
                    .home
                    .map_or_else(|| Ok(String::new()), |home| visibility.title_of(home))?,
                resident: person,
                conflicts: record.conflicts().map(|(path, _)| path.to_owned()).collect(),
                shown: record.shown(),
                state: reader.record_state(resident)?,
                contacts: visibility.rows(reader.contacts(&about)?)?,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::areas::testing::contact;
    use crate::error::ButlerError;
    use crate::model::choice::{Channel, Outcome};
    use crate::model::resident::CONFIDENTIAL;
    use crate::model::{ContactEdit, ResidentEdit, Touch};
    use crate::testing::TestPhone;

    #[test]
    fn a_person_is_shown_with_their_home_and_what_was_said() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let residents = bench.butler.residents();
        let named =
            ResidentEdit { name: "魏怡".into(), hobbies: "书法".into(), ..ResidentEdit::default() };
        let person = residents.add(home, named).unwrap().record;
        let call = ContactEdit {
            channel: Channel::PHONE.into(),
            purpose: "care".into(),
            summary: "一切都好".into(),
            outcome: Touch::Set(Outcome::Agreed),
            ..ContactEdit::default()
        };
        let call = bench.butler.contacts().record(&[home, person], call, &[]).unwrap().record;

        let details = residents.details(person).unwrap();
        assert_eq!(details.home_title, "1栋1单元501");
        assert_eq!(details.resident.hobbies.as_deref(), Some("书法"));
        assert_eq!(details.contacts.iter().map(|row| row.record.id).collect::<Vec<_>>(), [call]);
        assert!(matches!(residents.details(home), Err(ButlerError::NotFound)), "a home is no person");
    }

    #[test]
    fn who_asked_for_confidentiality_has_no_name_in_lists_but_is_found_by_it() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let residents = bench.butler.residents();
        let named = ResidentEdit { name: "魏怡".into(), ..ResidentEdit::default() };
        let person = residents.add(home, named).unwrap().record;
        let titles = || {
            let found = bench.butler.search("魏怡", 10).unwrap();
            let said =
                bench.butler.contacts().record(&[person], contact(Outcome::Agreed), &[]).unwrap().record;
            let about = bench.butler.contacts().details(said).unwrap().about;
            [found[0].title.clone(), about[0].title.clone()]
        };
        assert_eq!(titles(), ["魏怡", "魏怡"]);
        residents
            .edit(person, ResidentEdit { confidential: true.into(), ..ResidentEdit::default() })
            .unwrap();
        assert_eq!(titles(), [CONFIDENTIAL, CONFIDENTIAL]);
        assert_eq!(residents.details(person).unwrap().resident.name.as_deref(), Some("魏怡"));
        let row = bench.butler.homes().details(home).unwrap().residents.remove(0);
        assert_eq!((row.name.as_deref(), row.confidential), (Some("魏怡"), Some(true)));
        // Whoever reads the name knows that it is to be kept.
        bench.assign(&["engineering"]);
        assert_eq!(residents.details(person).unwrap().resident.confidential, Some(true));
    }

    #[test]
    fn what_a_role_may_not_read_is_not_shown() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let named =
            ResidentEdit { name: "魏怡".into(), hobbies: "书法".into(), ..ResidentEdit::default() };
        let person = bench.butler.residents().add(home, named).unwrap().record;
        bench.assign(&["engineering"]);
        let shown = bench.butler.residents().details(person).unwrap().resident;
        assert_eq!((shown.name.as_deref(), shown.hobbies), (Some("魏怡"), None));
    }
}
