//! What the office decided, for screens: people, roles, grids, places, and the words of its playbooks.

use crate::context::OfficeTables;
use crate::model::directory::{GeoPoint, Grid, Place, Staff};
use crate::model::{GridId, PlaceId, RoleId};
use crate::playbook::form::Choice;
use crate::playbook::{Label, Unit};

/// A role 岗位.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RoleRow {
    /// Unique id.
    pub id: RoleId,
    /// What it is called.
    pub label: Label,
}

/// A building, unit or public spot. What a scan there reads is not among it: that proves a visit;
/// [`OfficeTables::place_scanned`] says whose a scan is.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PlaceRow {
    /// Unique id.
    pub id: PlaceId,
    /// Name as shown.
    pub name: String,
    /// The place it is part of.
    pub parent: Option<PlaceId>,
    /// The grids it lies in.
    pub grids: Vec<GridId>,
    /// What it is, a code of the list `place_kind` (`building`, `unit`, `gate` …), where the office said so.
    pub kind: Option<String>,
    /// The same in words.
    pub kind_label: Option<Label>,
    /// Where it lies, WGS 84: what a distance is measured to.
    pub position: Option<GeoPoint>,
    /// The number of whoever is on duty there, in its stored form.
    pub phone: Option<String>,
    /// Its number in the walking order of the community; smaller is earlier.
    pub walk: i64,
    /// Whether there is a code to scan.
    pub has_code: bool,
}

impl OfficeTables {
    /// Everybody who works here or did, with the number to call where the office said one.
    #[must_use]
    pub fn staff_rows(&self) -> Vec<Staff> {
        self.directory.staff.values().cloned().collect()
    }

    /// The roles people may hold; not the office's own.
    #[must_use]
    pub fn role_rows(&self) -> Vec<RoleRow> {
        let roles = self.playbooks.roles().roles.iter().filter(|role| !role.office);
        roles.map(|role| RoleRow { id: role.id.clone(), label: role.label.clone() }).collect()
    }

    /// Roles by what they are called, the office's own too; one this phone does not know by its id.
    pub(crate) fn roles_called<'r>(&self, roles: impl IntoIterator<Item = &'r RoleId>) -> Vec<RoleRow> {
        let known = &self.playbooks.roles().roles;
        let called = |id: &RoleId| known.iter().find(|role| role.id == *id).map(|role| role.label.clone());
        let row = |id: &RoleId| RoleRow {
            id: id.clone(),
            label: called(id).unwrap_or_else(|| Label::new(id.as_str(), id.as_str())),
        };
        roles.into_iter().map(row).collect()
    }

    /// Every grid.
    #[must_use]
    pub fn grid_rows(&self) -> Vec<Grid> {
        self.directory.grids.values().cloned().collect()
    }

    /// Buildings, units and public spots, in walking order.
    #[must_use]
    pub fn place_rows(&self) -> Vec<PlaceRow> {
        let mut places: Vec<_> = self.directory.places.values().collect();
        places.sort_by_key(|place| place.walk);
        places.into_iter().map(|place| self.place_row(place)).collect()
    }

    /// The place whose code was scanned (QR text or NFC id); nothing when it is no place's.
    #[must_use]
    pub fn place_scanned(&self, code: &str) -> Option<PlaceRow> {
        self.place_of_code(code).map(|place| self.place_row(place))
    }

    pub(crate) fn place_of_code(&self, code: &str) -> Option<&Place> {
        let code = code.trim();
        self.directory
            .places
            .values()
            .find(|place| place.code.as_deref().is_some_and(|own| own.trim() == code))
    }

    fn place_row(&self, place: &Place) -> PlaceRow {
        let called = |kind: &String| {
            let known = self.playbooks.terms().word("place_kind", kind).cloned();
            known.unwrap_or_else(|| Label::same(kind.as_str()))
        };
        PlaceRow {
            id: place.id.clone(),
            name: place.name.clone(),
            parent: place.parent.clone(),
            grids: place.grids.clone(),
            kind: place.kind.clone(),
            kind_label: place.kind.as_ref().map(called),
            position: place.position.filter(GeoPoint::is_valid),
            phone: place.phone.clone(),
            walk: place.walk,
            has_code: place.code.is_some(),
        }
    }

    /// A shared list of choices by its name, such as `port`; empty when there is none.
    #[must_use]
    pub fn choices(&self, name: &str) -> Vec<Choice> {
        self.playbooks.terms().choices(name).unwrap_or_default().to_vec()
    }

    /// What a unit is called.
    #[must_use]
    pub fn unit(&self, unit: &str) -> Option<Label> {
        self.playbooks.terms().unit(unit).map(Unit::label)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::directory::{GeoPoint, Place, Staff};
    use crate::model::{PlaceId, StaffId};
    use crate::testing::TestPhone;

    #[test]
    fn a_place_says_what_it_is_where_it_lies_and_when_one_walks_there_and_a_scan_finds_it() {
        let bench = TestPhone::new(&["butler"]);
        let at = GeoPoint { lat: 22.54312, lon: 113.94151 };
        bench.place(Place {
            kind: Some("gate".to_owned()),
            position: Some(at),
            code: Some("QR-南门".to_owned()),
            walk: -1,
            ..Place::new(PlaceId::new("jinse/gate-south").unwrap(), "南门")
        });
        let office = bench.butler.office().unwrap();
        let gate = office.place_rows().remove(0);
        assert_eq!((gate.name.as_str(), gate.walk, gate.position), ("南门", -1, Some(at)));
        assert_eq!((gate.kind.as_deref(), gate.has_code), (Some("gate"), true));
        assert_eq!(gate.kind_label.as_ref().unwrap().zh, "出入口");
        assert_eq!(office.place_scanned(" QR-南门\n").as_ref(), Some(&gate));
        assert_eq!(office.place_scanned("QR-北门"), None);
        let unknown = office.place_rows().remove(1);
        assert_eq!((unknown.kind, unknown.kind_label, unknown.position), (None, None, None));
    }

    #[test]
    fn a_colleague_and_a_duty_desk_can_be_called_and_rows_of_an_older_office_are_read() {
        let bench = TestPhone::new(&["butler"]);
        bench.colleague(Staff {
            id: StaffId::new("wang.gong").unwrap(),
            name: "王工".to_owned(),
            roles: Vec::new(),
            left: false,
            phone: Some("13800001234".to_owned()),
        });
        bench.place(Place {
            kind: Some("desk".to_owned()),
            phone: Some("0755-26001234-801".to_owned()),
            walk: -1,
            ..Place::new(PlaceId::new("jinse/control-room").unwrap(), "监控室")
        });
        let office = bench.butler.office().unwrap();
        let desk = office.place_rows().remove(0);
        assert_eq!((desk.kind_label.unwrap().zh.as_str(), desk.name.as_str()), ("值班台", "监控室"));
        assert_eq!(desk.phone.as_deref(), Some("0755-26001234-801"));
        let numbers: Vec<_> = office.staff_rows().into_iter().map(|row| (row.name, row.phone)).collect();
        assert_eq!(numbers, [("王工".to_owned(), Some("13800001234".to_owned())), ("张丽".to_owned(), None)]);
        let old: Staff = serde_json::from_str(r#"{"id":"li.na","name":"李娜","roles":["butler"]}"#).unwrap();
        assert_eq!(old.phone, None);
    }

    #[test]
    fn a_point_is_read_as_people_write_it_and_lies_on_the_earth() {
        assert_eq!("22.5, 113.9".parse(), Ok(GeoPoint { lat: 22.5, lon: 113.9 }));
        for wrong in ["", "22.5", "122.5,113.9", "22.5,213.9", "NaN,113.9", "north,east"] {
            assert!(wrong.parse::<GeoPoint>().is_err(), "{wrong}");
        }
    }
}
