//! The directory: who works here, in which grids, and where places lie. Phones and the office ask these same rules, so
//! that what a phone lets somebody write is not rejected for the place. Its rows decide access, so none is a CRDT.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{GridId, PlaceId, RoleId, StaffId};

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Staff {
    /// Unique id.
    pub id: StaffId,
    /// Name as shown to colleagues.
    pub name: String,
    /// Roles held.
    pub roles: Vec<RoleId>,
    /// Left the company: kept so that history can name them.
    #[serde(default)]
    pub left: bool,
    /// The number colleagues call, in the stored form of [`super::phone`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// A grid 网格.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record), uniffi(name = "GridInfo"))]
pub struct Grid {
    /// Unique id.
    pub id: GridId,
    /// Name as shown ("1网格").
    pub name: String,
}

/// A building, unit or public spot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Unique id.
    pub id: PlaceId,
    /// Name as shown ("3栋2单元").
    pub name: String,
    /// The place it is part of.
    #[serde(default)]
    pub parent: Option<PlaceId>,
    /// The grids it lies in; a gate may lie in several.
    pub grids: Vec<GridId>,
    /// Position in the walking order of the community; smaller is earlier.
    pub walk: i64,
    /// What a scan at this spot reads (QR text or NFC id), where it has one.
    #[serde(default)]
    pub code: Option<String>,
    /// What it is: a word of the playbooks' list `place_kind` (`building`, `unit`, `gate` …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Where it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<GeoPoint>,
    /// The number of whoever is on duty there (a duty desk 值班台), in the stored form of [`super::phone`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl Place {
    /// What a place that stands for a whole grid is.
    pub const GRID: &str = "grid";
    /// What a building is.
    pub const BUILDING: &str = "building";
    /// What a unit of a building is.
    pub const UNIT: &str = "unit";

    /// A place of which nothing else is known.
    #[must_use]
    pub fn new(id: PlaceId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            parent: None,
            grids: Vec::new(),
            walk: 0,
            code: None,
            kind: None,
            position: None,
            phone: None,
        }
    }
}

/// A point on the earth, WGS 84, as receivers of satellites give it. Maps of China show another datum, some hundred metres
/// off: a point read off such a map is not one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct GeoPoint {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
}

impl GeoPoint {
    /// How far another point is, in metres, on a round earth: exact enough for a walk.
    #[must_use]
    pub fn metres_to(&self, other: &Self) -> f64 {
        const EARTH: f64 = 6_371_000.0;
        let (lat, other_lat) = (self.lat.to_radians(), other.lat.to_radians());
        let north = ((other_lat - lat) / 2.0).sin();
        let east = ((other.lon - self.lon).to_radians() / 2.0).sin();
        let chord = north.mul_add(north, lat.cos() * other_lat.cos() * east * east);
        2.0 * EARTH * chord.sqrt().min(1.0).asin()
    }

    /// Whether there is such a point.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        (-90.0..=90.0).contains(&self.lat) && (-180.0..=180.0).contains(&self.lon)
    }
}

impl std::str::FromStr for GeoPoint {
    type Err = &'static str;

    /// Reads `22.54312,113.94151`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "not degrees north and east, such as 22.54312,113.94151";
        let (lat, lon) = text.split_once([',', '，']).ok_or(wrong)?;
        let degrees = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong);
        let point = Self { lat: degrees(lat)?, lon: degrees(lon)? };
        if point.is_valid() { Ok(point) } else { Err(wrong) }
    }
}

/// Somebody works in a grid in a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The person.
    pub staff: StaffId,
    /// In which role.
    pub role: RoleId,
    /// Where; `None` is every grid of the community.
    pub grid: Option<GridId>,
    /// The last day of a cover for somebody else 代班; the office ends it after that day. `None` for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

/// The tables that decide access, as of one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Directory {
    /// Staff by id, those who left included.
    pub staff: BTreeMap<StaffId, Staff>,
    /// Grids by id.
    pub grids: BTreeMap<GridId, Grid>,
    /// Buildings, units and public spots by id.
    pub places: BTreeMap<PlaceId, Place>,
    /// Who works where.
    pub assignments: Vec<Assignment>,
}

impl Directory {
    /// From the rows of the four tables.
    #[must_use]
    pub fn new(
        staff: Vec<Staff>,
        grids: Vec<Grid>,
        places: Vec<Place>,
        assignments: Vec<Assignment>,
    ) -> Self {
        Self {
            staff: staff.into_iter().map(|row| (row.id.clone(), row)).collect(),
            grids: grids.into_iter().map(|row| (row.id.clone(), row)).collect(),
            places: places.into_iter().map(|row| (row.id.clone(), row)).collect(),
            assignments,
        }
    }

    /// Somebody who works here now.
    #[must_use]
    pub fn active(&self, staff: &StaffId) -> Option<&Staff> {
        self.staff.get(staff).filter(|staff| !staff.left)
    }

    /// The assignments that count for somebody: none for those who left, or whom the table does not know.
    pub fn assignments_of<'a>(&'a self, staff: &'a StaffId) -> impl Iterator<Item = &'a Assignment> {
        let here = self.active(staff).is_some();
        self.assignments.iter().filter(move |assignment| here && assignment.staff == *staff)
    }

    /// Every role somebody holds anywhere, in order.
    #[must_use]
    pub fn roles_of(&self, staff: &StaffId) -> Vec<RoleId> {
        let roles: BTreeSet<RoleId> =
            self.assignments_of(staff).map(|assignment| assignment.role.clone()).collect();
        roles.into_iter().collect()
    }

    /// The name colleagues know somebody by; the id when the table has no such row.
    #[must_use]
    pub fn name_of(&self, staff: &StaffId) -> String {
        self.staff.get(staff).map_or_else(|| staff.to_string(), |row| row.name.clone())
    }

    /// The grids a place lies in: its own, else those of the place it is part of; none for an unknown place.
    #[must_use]
    pub fn grids_at(&self, place: &PlaceId) -> &[GridId] {
        let mut at = self.places.get(place);
        // A place is never deeper than spot → unit → building → community; the bound ends a loop in bad data.
        for _ in 0..8 {
            match at {
                Some(here) if !here.grids.is_empty() => return &here.grids,
                Some(here) => at = here.parent.as_ref().and_then(|parent| self.places.get(parent)),
                None => break,
            }
        }
        &[]
    }

    /// [`Self::grids_at`] as a set.
    #[must_use]
    pub fn grids_of(&self, place: &PlaceId) -> BTreeSet<GridId> {
        self.grids_at(place).iter().cloned().collect()
    }

    /// Whether a place is another, or part of it.
    #[must_use]
    pub fn is_within(&self, place: &PlaceId, whole: &PlaceId) -> bool {
        let mut at = Some(place);
        for _ in 0..8 {
            match at {
                Some(here) if here == whole => return true,
                Some(here) => at = self.places.get(here).and_then(|here| here.parent.as_ref()),
                None => break,
            }
        }
        false
    }

    /// Where a place comes in the walking order of the community; unknown places come last.
    #[must_use]
    pub fn walk_of(&self, place: Option<&PlaceId>) -> i64 {
        place.and_then(|place| self.places.get(place)).map_or(i64::MAX, |place| place.walk)
    }

    /// The place that stands for a grid as a whole: where a walk through all of it belongs. It has the grid's own id;
    /// an office without such a row means the grid's first place in walking order.
    #[must_use]
    pub fn place_of_grid(&self, grid: &GridId) -> Option<PlaceId> {
        let own = PlaceId::new(grid.as_str()).ok().filter(|id| self.places.contains_key(id));
        own.or_else(|| {
            let within = self.places.values().filter(|place| self.grids_at(&place.id).contains(grid));
            within.min_by_key(|place| (place.walk, &place.id)).map(|place| place.id.clone())
        })
    }
}
