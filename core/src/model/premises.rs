//! A home 房屋.

use chrono::NaiveDate;

use super::choice::{HomeState, MeterKind, OwnerState, Tenure};
use super::date::PartialDate;
use super::room::{Location, RoomError};
use super::{CommunityId, PlaceId, RecordId, Touch, typed};

typed::model! {
    /// A home 房屋. It names nobody: its people are residents.
    Premises / PremisesEdit {
        place: PlaceId = "place",
        building: String = "building",
        unit: String = "unit",
        floor: i64 = "floor",
        room: String = "room",
        layout: String = "layout",
        area: f64 = "area",
        orientation: String = "orientation",
        decoration: String = "decoration",
        handed_over: PartialDate = "handed_over",
        moved_in: PartialDate = "moved_in",
        surroundings: String = "surroundings",
        state: HomeState = "state",
        owner_state: OwnerState = "owner_state",
        people: i64 = "people",
        key_held: bool = "key_held",
        key_spot: String = "key_spot",
        arrears: i64 = "arrears",
        arrears_on: NaiveDate = "arrears_on",
        paid_until: NaiveDate = "paid_until",
        fee: i64 = "fee",
    }
    /// What a home of that kind was offered for.
    prices: Price / PriceEdit = "price" {
        date: PartialDate = "date",
        amount: i64 = "amount",
        source: String = "source",
    }
    /// Something that happened to the home.
    history: Happening / HappeningEdit = "history" {
        date: PartialDate = "date",
        what: String = "what",
    }
    /// A meter.
    meters: Meter / MeterEdit = "meter" {
        kind: MeterKind = "kind",
        number: String = "number",
        spot: String = "spot",
        reading: f64 = "reading",
        read_on: NaiveDate = "read_on",
    }
    /// A parking space that belongs to the home.
    parking: Parking / ParkingEdit = "parking" {
        space: String = "space",
        tenure: Tenure = "tenure",
        until: NaiveDate = "until",
    }
}

impl Premises {
    /// The home's location; `None` when a part was never written or cannot be one.
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        Location::new(&part(&self.building), &part(&self.unit), &part(&self.room)).ok()
    }
}

/// The identity of the home at `location`: UUIDv5, so that every import means the same one.
#[must_use]
pub fn premises_id(community: &CommunityId, location: &Location) -> RecordId {
    location.premises_id(community)
}

impl PremisesEdit {
    /// The first edit of the home at `location`: pins its place and names its parts.
    ///
    /// # Errors
    /// [`RoomError::TooLong`] when the location does not fit into a place's id.
    pub fn at(community: &CommunityId, location: &Location) -> Result<Self, RoomError> {
        let place = location.places(community)?.pop().ok_or(RoomError::BuildingMissing)?;
        let written = |part: &str| if part.is_empty() { Touch::Keep } else { part.into() };
        Ok(Self {
            place: place.into(),
            building: written(location.building()),
            unit: written(location.unit()),
            room: written(location.room()),
            floor: location.floor().map_or(Touch::Keep, Touch::Set),
            ..Self::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::typed::tests::{agrees, record};
    use super::super::{Edit as Ops, Kind, PartId, Value};
    use super::*;

    #[test]
    fn the_listing_agrees_with_the_field_table() {
        agrees(Kind::Premises, Premises::listing(), &[]);
    }

    #[test]
    fn an_edit_writes_only_what_it_was_given() {
        let edit = PremisesEdit {
            layout: "三室两厅".into(),
            area: 95.51.into(),
            key_spot: Touch::Clear,
            ..PremisesEdit::default()
        };
        let want = Ops::new().put("layout", "三室两厅").put("area", 95.51).clear("key_spot");
        assert_eq!(Ops::from(edit), want);
    }

    #[test]
    fn touching_a_part_makes_it_a_member_again() {
        let id = PartId([7; 16]);
        let space = ParkingEdit { space: "B1-080".into(), ..ParkingEdit::default() };
        let edit = PremisesEdit { parking: BTreeMap::from([(id, space.into())]), ..PremisesEdit::default() };
        let want = Ops::new().put(format!("parking/{id}"), true).put(format!("parking/{id}/space"), "B1-080");
        assert_eq!(Ops::from(edit.clone()), want);

        let home = record(Kind::Premises, [edit.clone().into()]);
        assert_eq!(Premises::read(&home).parking[&id].space.as_deref(), Some("B1-080"));
        let gone = PremisesEdit { parking: BTreeMap::from([(id, Touch::Clear)]), ..PremisesEdit::default() };
        let home = record(Kind::Premises, [edit.into(), gone.into()]);
        assert!(Premises::read(&home).parking.is_empty(), "without its member a part is not shown");
    }

    #[test]
    fn what_a_newer_app_wrote_survives_a_read_and_an_edit() {
        let newer = Ops::new().put("solar_roof", true).put("state", "demolished").put("layout", "复式");
        let before = record(Kind::Premises, [newer.clone()]);
        let home = Premises::read(&before);
        assert_eq!((home.layout.as_deref(), home.state), (Some("复式"), None));

        let edit = PremisesEdit { layout: "三室两厅".into(), ..PremisesEdit::default() };
        let after = record(Kind::Premises, [newer, edit.into()]);
        assert_eq!(after.get("solar_roof"), Some(&Value::Bool(true)));
        assert_eq!(after.text("state"), Some("demolished"), "an unread choice is not written back");
        assert_eq!(after.text("layout"), Some("三室两厅"));
    }

    #[test]
    fn a_new_home_lies_in_its_unit() {
        let jinse = CommunityId::new("jinse").unwrap();
        let location = Location::parse("3-2-501").unwrap();
        let home =
            Premises::read(&record(Kind::Premises, [PremisesEdit::at(&jinse, &location).unwrap().into()]));
        assert_eq!(home.place, Some(PlaceId::new("jinse/3/2").unwrap()));
        assert_eq!((home.location(), home.floor), (Some(location), Some(5)));
    }
}
