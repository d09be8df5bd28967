//! Rows of the tables the office alone writes. They decide access, so none of them is a CRDT.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::{GridId, PlaceId, PlaybookHash, RoleId, StaffId, Timestamp};

/// The office's tables. The office alone writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableName {
    /// Staff and their roles.
    Staff,
    /// Grids.
    Grids,
    /// Buildings, units, public spots; which grids they lie in; walking order.
    Places,
    /// Who works in which grid.
    Assignments,
    /// Working days.
    Calendars,
}

impl TableName {
    /// Every table.
    pub const ALL: [Self; 5] = [Self::Staff, Self::Grids, Self::Places, Self::Assignments, Self::Calendars];

    /// The stable name, as in the format.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Grids => "grids",
            Self::Places => "places",
            Self::Assignments => "assignments",
            Self::Calendars => "calendars",
        }
    }
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Staff {
    /// Identity.
    pub id: StaffId,
    /// Name as shown to colleagues.
    pub name: String,
    /// Roles held.
    pub roles: Vec<RoleId>,
    /// Left the company: kept so that history can name them.
    #[serde(default)]
    pub left: bool,
}

/// A grid 网格.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// Identity.
    pub id: GridId,
    /// Name as shown ("1网格").
    pub name: String,
}

/// A building, unit or public spot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Identity.
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
}

/// Somebody works in a grid in a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Who.
    pub staff: StaffId,
    /// In which role.
    pub role: RoleId,
    /// Where; `None` is every grid of the community.
    pub grid: Option<GridId>,
}

/// The grids a place lies in: its own, else those of the place it is part of. Phones and the office ask this one
/// function: what a phone lets somebody write in a place must not be refused for the place.
#[must_use]
pub fn grids_at<'a>(places: &'a BTreeMap<PlaceId, Place>, place: &PlaceId) -> &'a [GridId] {
    let mut at = places.get(place);
    // A place is never deeper than spot → unit → building → community; the bound ends a loop in bad data.
    for _ in 0..8 {
        match at {
            Some(here) if !here.grids.is_empty() => return &here.grids,
            Some(here) => at = here.parent.as_ref().and_then(|parent| places.get(parent)),
            None => break,
        }
    }
    &[]
}

/// [`grids_at`] as a set.
#[must_use]
pub fn grids_of(places: &BTreeMap<PlaceId, Place>, place: &PlaceId) -> BTreeSet<GridId> {
    grids_at(places, place).iter().cloned().collect()
}

/// The places in walking order.
#[must_use]
pub fn walk(places: &BTreeMap<PlaceId, Place>) -> Vec<PlaceId> {
    let mut walk: Vec<&Place> = places.values().collect();
    walk.sort_by_key(|place| (place.walk, &place.id));
    walk.into_iter().map(|place| place.id.clone()).collect()
}

/// The place that stands for a grid as a whole: where a walk through all of it belongs. It has the grid's own id; an
/// office without such a row means the grid's first place in walking order.
#[must_use]
pub fn place_of_grid(places: &BTreeMap<PlaceId, Place>, grid: &GridId) -> Option<PlaceId> {
    let own = PlaceId::new(grid.as_str()).ok().filter(|id| places.contains_key(id));
    own.or_else(|| {
        let within = places.values().filter(|place| grids_at(places, &place.id).contains(grid));
        within.min_by_key(|place| (place.walk, &place.id)).map(|place| place.id.clone())
    })
}

/// A company's set of playbooks, as the office signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedSet {
    /// A [`Manifest`] as JSON: these very bytes are signed.
    pub manifest: String,
    /// Ed25519 over `b"butler playbooks 1" ‖ manifest` by the office's key, 64 bytes.
    pub signature: ByteBuf,
}

/// What a company's set of playbooks consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Grows with every set: the moment of publication in milliseconds, or one more than the last.
    pub version: u64,
    /// When it was published, by the office's clock.
    pub at: Timestamp,
    /// Who published it, if they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<StaffId>,
    /// Its files: those in force, and every older one, for the records begun under it.
    pub files: Vec<ManifestFile>,
}

/// One file of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Its name, for messages.
    pub name: String,
    /// Its text's hash.
    pub hash: PlaybookHash,
    /// Its length in bytes.
    pub bytes: u64,
    /// Used for what begins now; otherwise kept for records begun under it.
    pub current: bool,
}

/// A set of playbooks a phone did not take over, and why. It names files, lines and rules, never anything recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedSet {
    /// The set; 0 when it could not be read.
    pub version: u64,
    /// A stable code: `signature`, `manifest`, `rollback`, `files`, `playbooks`.
    pub code: String,
    /// What is wrong, 中文 / English, where more is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
