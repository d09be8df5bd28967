//! A home 房屋.

use chrono::NaiveDate;

use super::date::PartialDate;
use super::resident::ResidentRow;
use super::room::{Location, RoomError};
use super::{CommunityId, ListedWord, Record, RecordId, Touch, typed};

typed::kind! {
    /// A home 房屋. It names nobody: its people are residents.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    Home / HomeEdit

    /// A home in a list.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    row HomeRow {
        building: String, DESCRIPTION, "楼栋", "building", by_office();
        unit: String, DESCRIPTION, "单元", "unit", by_office();
        floor: i64, DESCRIPTION, "楼层", "floor", by_office();
        room: String, DESCRIPTION, "房号", "room", by_office();
        layout: String, DESCRIPTION, "户型", "layout";
        area: f64, DESCRIPTION, "建筑面积", "floor area", unit("m²");
        state: ListedWord, STATE, "房屋状态", "state", terms("home_state");
        owner_state: ListedWord, STATE, "业主状况", "where the owner is", terms("owner_state");
        vacant_since: PartialDate, STATE, "空置起始日期", "vacant since";
        key_held: bool, STATE, "钥匙在物业", "key held by us";
    }
    with {
        /// As people say it ("3栋2单元501").
        title: String = "room";
        /// Its people, in the lists of homes.
        residents: Vec<ResidentRow> = "room";
    }

    fields {
        orientation: String, DESCRIPTION, "朝向", "orientation";
        decoration: String, DESCRIPTION, "装修情况", "decoration";
        handed_over: PartialDate, DESCRIPTION, "交付日期", "handed over on";
        moved_in: PartialDate, DESCRIPTION, "入住日期", "moved in on";
        surroundings: String, DESCRIPTION, "周边环境", "surroundings";
        people: i64, STATE, "常住人口", "people living here", unit("人");
        key_spot: String, STATE, "钥匙存放处", "where the key hangs";
        arrears: i64 as Fen, FINANCE, "欠费金额", "arrears", unit("分");
        arrears_on: NaiveDate, FINANCE, "欠费统计日", "arrears as of";
        paid_until: NaiveDate, FINANCE, "物业费交至", "fees paid until";
        fee: i64 as Fen, FINANCE, "物业费标准", "fee", unit("分/m²·月");
    }

    /// What a home of that kind was offered for.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    set prices: Price / PriceEdit = "price", DESCRIPTION, "价格走势", "price trend" {
        date: PartialDate, "日期", "date";
        amount: i64 as Fen, "单价", "price per square metre", unit("分/m²");
        source: String, "来源", "source";
    }

    /// Something that happened to the home.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    set history: Happening / HappeningEdit = "history", DESCRIPTION, "房屋历史", "history" {
        date: PartialDate, "日期", "date";
        what: String, "事项", "what happened";
    }

    /// A meter.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    set meters: Meter / MeterEdit = "meter", DESCRIPTION, "表计", "meter" {
        kind: ListedWord, "表计类别", "kind of meter", terms("meter_kind");
        number: String, "表号", "meter number";
        spot: String, "表位", "where it is";
        reading: f64, "读数", "reading";
        read_on: NaiveDate, "抄表日期", "read on";
    }

    /// A parking space that belongs to the home.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    set parking: Parking / ParkingEdit = "parking", PARKING, "车位", "parking space" {
        space: String, "车位号", "space number";
        tenure: ListedWord, "车位权属", "tenure", terms("tenure");
        until: NaiveDate, "租期至", "leased until";
    }
}

impl Home {
    /// Where a home is; `None` when a part was never written or cannot be one. The rest of the record is not read: every list and
    /// every edit asks.
    #[must_use]
    pub fn location(record: &Record) -> Option<Location> {
        location(["building", "unit", "room"].map(|part| record.text(part)))
    }
}

impl HomeRow {
    /// See [`Home::location`].
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        location([&self.building, &self.unit, &self.room].map(|part| part.as_deref()))
    }
}

fn location(parts: [Option<&str>; 3]) -> Option<Location> {
    let [building, unit, room] = parts.map(Option::unwrap_or_default);
    // A villa has no room.
    if room.is_empty() { Location::house(building).ok() } else { Location::new(building, unit, room).ok() }
}

/// The identity of the home at `location`: UUIDv5, so that every import means the same one.
#[must_use]
pub fn home_id(community: &CommunityId, location: &Location) -> RecordId {
    location.home_id(community)
}

impl HomeEdit {
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

    use super::super::typed::tests::record;
    use super::super::{Edit as Ops, Kind, PartId, PlaceId, Value};
    use super::*;

    #[test]
    fn an_edit_writes_only_what_it_was_given() {
        let edit = HomeEdit {
            layout: "三室两厅".into(),
            area: 95.51.into(),
            key_spot: Touch::Clear,
            ..HomeEdit::default()
        };
        let want = Ops::new().put("layout", "三室两厅").put("area", 95.51).clear("key_spot");
        assert_eq!(Ops::from(edit), want);
    }

    #[test]
    fn touching_a_part_makes_it_a_member_again() {
        let id = PartId([7; 16]);
        let space = ParkingEdit { space: "B1-080".into(), ..ParkingEdit::default() };
        let edit = HomeEdit { parking: BTreeMap::from([(id, space.into())]), ..HomeEdit::default() };
        let want = Ops::new().put(format!("parking/{id}"), true).put(format!("parking/{id}/space"), "B1-080");
        assert_eq!(Ops::from(edit.clone()), want);

        let home = record(Kind::Home, [edit.clone().into()]);
        assert_eq!(Home::read(&home).parking[0].space.as_deref(), Some("B1-080"));
        let gone = HomeEdit { parking: BTreeMap::from([(id, Touch::Clear)]), ..HomeEdit::default() };
        let home = record(Kind::Home, [edit.into(), gone.into()]);
        assert!(Home::read(&home).parking.is_empty(), "without its member a part is not shown");
    }

    #[test]
    fn what_a_newer_app_wrote_survives_a_read_and_an_edit() {
        let newer = Ops::new().put("solar_roof", true).put("state", "demolished").put("layout", "复式");
        let before = record(Kind::Home, [newer.clone()]);
        let home = Home::read(&before);
        let state = home.state.map(|state| state.label.zh);
        assert_eq!((home.layout.as_deref(), state.as_deref()), (Some("复式"), Some("demolished")));

        let edit = HomeEdit { layout: "三室两厅".into(), ..HomeEdit::default() };
        let after = record(Kind::Home, [newer, edit.into()]);
        assert_eq!(after.get("solar_roof"), Some(&Value::Bool(true)));
        assert_eq!(after.text("state"), Some("demolished"), "what nobody touched is as it was");
        assert_eq!(after.text("layout"), Some("三室两厅"));
    }

    #[test]
    fn a_new_home_lies_in_its_unit() {
        let jinse = CommunityId::new("jinse").unwrap();
        let location = Location::parse("3-2-501").unwrap();
        let record = record(Kind::Home, [HomeEdit::at(&jinse, &location).unwrap().into()]);
        let home = Home::read(&record);
        assert_eq!(home.place, Some(PlaceId::new("jinse/3/2").unwrap()));
        assert_eq!((Home::location(&record), home.floor), (Some(location), Some(5)));
    }
}
