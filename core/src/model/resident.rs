//! A person of a household 住户.

use chrono::{Days, NaiveDate};

use super::choice::{Channel, Need, ResidentRole, Segment, Stage, TimeOfDay};
use super::date::{Birthday, PartialDate};
use super::{PartId, PlaceId, RecordId, derived, typed};

typed::model! {
    /// A person of a household 住户. Everything here is personal.
    Resident / ResidentEdit {
        place: PlaceId = "place",
        home: RecordId = "home",
        name: String = "name",
        role: ResidentRole = "role",
        relation: String = "relation",
        lives_here: bool = "lives_here",
        since: PartialDate = "since",
        until: PartialDate = "until",
        birthday: Birthday = "birthday",
        birthday_lunar: bool = "birthday_lunar",
        wechat_linked: bool = "wechat_linked",
        app_linked: bool = "app_linked",
        preferred_time: TimeOfDay = "preferred_time",
        avoid_time: TimeOfDay = "avoid_time",
        preferred_channel: Channel = "preferred_channel",
        visit_hint: String = "visit_hint",
        hobbies: String = "hobbies",
        personality: String = "personality",
        consumption: String = "consumption",
        occupation: String = "occupation",
        segment: Segment = "segment",
        stage: Stage = "stage",
        key_person: bool = "key_person",
        key_person_why: String = "key_person_why",
        consent_data: bool = "consent_data",
        consent_photo: bool = "consent_photo",
        consent_offers: bool = "consent_offers",
        consent_on: NaiveDate = "consent_on",
        confidential: bool = "confidential",
        no_calls: bool = "no_calls",
        no_visits: bool = "no_visits",
        remark: String = "remark",
    }
    /// A phone number of a resident.
    phones: Phone / PhoneEdit = "phone" {
        number: String = "number",
        label: String = "label",
        verified: NaiveDate = "verified",
        failed: NaiveDate = "failed",
        wechat: bool = "wechat",
    }
    /// A pet.
    pets: Pet / PetEdit = "pet" {
        species: String = "species",
        count: i64 = "count",
        name: String = "name",
        licence: String = "licence",
    }
    /// A vehicle and where it is parked.
    vehicles: Vehicle / VehicleEdit = "vehicle" {
        plate: String = "plate",
        model: String = "model",
        colour: String = "colour",
        space: String = "space",
    }
    /// A mobility or care need.
    care: Care / CareEdit = "care" {
        need: Need = "need",
        detail: String = "detail",
    }
}

impl Phone {
    /// Whether the number reached somebody within the last `days` before `today`, and nobody failed to reach
    /// it since.
    #[must_use]
    pub fn is_fresh(&self, today: NaiveDate, days: u32) -> bool {
        let Some(verified) = self.verified else { return false };
        let still_valid =
            verified.checked_add_days(Days::new(days.into())).is_none_or(|until| today <= until);
        still_valid && self.failed.is_none_or(|failed| failed < verified)
    }
}

/// The identity an import gives a new person: follows from the home and who was registered there first, so that
/// the same register imported twice, or at two offices, means the same person. Matching an existing resident
/// comes before it.
#[must_use]
pub fn resident_id(home: RecordId, name: &str, phone: &str) -> RecordId {
    derived::record(&["resident", &home.to_string(), name, phone])
}

/// The part a phone of a register becomes.
#[must_use]
pub fn phone_id(resident: RecordId, number: &str) -> PartId {
    derived::part(resident, "phone", number)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::typed::tests::{agrees, record};
    use super::super::{Edit, Kind};
    use super::*;

    #[test]
    fn the_listing_agrees_with_the_field_table() {
        agrees(Kind::Resident, Resident::listing(), &[]);
    }

    #[test]
    fn a_household_member_with_phone_pet_and_care_need_is_read_back() {
        let part = PartId([7; 16]);
        let phone = PhoneEdit { number: "19900002960".into(), wechat: true.into(), ..PhoneEdit::default() };
        let pet = PetEdit { species: "猫".into(), count: 2.into(), ..PetEdit::default() };
        let care = CareEdit { need: Need::Mobility.into(), ..CareEdit::default() };
        let edit = ResidentEdit {
            name: "魏怡".into(),
            role: ResidentRole::Owner.into(),
            birthday: "--03-09".parse::<Birthday>().unwrap().into(),
            phones: BTreeMap::from([(part, phone.into())]),
            pets: BTreeMap::from([(part, pet.into())]),
            care: BTreeMap::from([(part, care.into())]),
            ..ResidentEdit::default()
        };
        let person = Resident::read(&record(Kind::Resident, [Edit::from(edit)]));
        assert_eq!((person.name.as_deref(), person.role), (Some("魏怡"), Some(ResidentRole::Owner)));
        assert_eq!(person.phones[&part].number.as_deref(), Some("19900002960"));
        assert_eq!(person.phones[&part].wechat, Some(true));
        assert_eq!((person.pets[&part].count, person.care[&part].need), (Some(2), Some(Need::Mobility)));
    }

    #[test]
    fn a_phone_is_fresh_until_it_fails_or_ages() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let phone = |verified: Option<&str>, failed: Option<&str>| Phone {
            verified: verified.map(day),
            failed: failed.map(day),
            ..Phone::default()
        };
        let today = day("2026-11-22");
        assert!(phone(Some("2026-05-26"), None).is_fresh(today, 180));
        assert!(!phone(Some("2026-05-25"), None).is_fresh(today, 180), "181 days");
        assert!(!phone(None, None).is_fresh(today, 180), "never verified");
        assert!(!phone(Some("2026-11-01"), Some("2026-11-02")).is_fresh(today, 180), "failed since");
        assert!(phone(Some("2026-11-03"), Some("2026-11-02")).is_fresh(today, 180), "reached again");
    }
}
