//! An office in the memory of a test: the hub of `butler-office` behind a function from frame to frame, without a server,
//! a network or a clock of its own. The packages of the two languages make it a `Transport`.
//!
//! What an app's team wants to see on a screen, phones of this office record as people do; what only an office can do is
//! here: people, grids, homes, roles given and taken, procedures published.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use butler_core::host::{Host, RandomnessUnavailable, SystemHost};
use butler_core::model::directory::{Assignment, GeoPoint, Grid, Place, Staff};
use butler_core::model::{
    CommunityId, GridId, HomeEdit, Kind, Location, PlaceId, RoleId, StaffId, Timestamp,
};
use butler_core::playbook::{PlaybookFile, Playbooks};
use butler_office::hub::{Hub, OfficeEdit, OfficeError};
use butler_office::storage::sqlite::NewOffice;
use butler_office::storage::{Sqlite, StorageError};

mod world;

pub use world::{World, world};

uniffi::setup_scaffolding!("butler_testing");

/// What a test asked of the office cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TestOfficeError {
    /// An id, a room, a role or a procedure is not one.
    #[error("{reason}")]
    Wrong {
        /// What is wrong.
        reason: String,
    },
}

impl TestOfficeError {
    fn of(error: impl ToString) -> Self {
        Self::Wrong { reason: error.to_string() }
    }
}

/// The office's host: the time the test says, and the system's randomness.
struct Desk(Mutex<Timestamp>);

impl Host for Desk {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessUnavailable> {
        SystemHost.fill_random(buffer)
    }
}

/// An office in memory.
#[derive(uniffi::Object)]
pub struct TestOfficeCore {
    hub: Hub<Sqlite>,
    desk: Desk,
    community: CommunityId,
}

#[uniffi::export]
impl TestOfficeCore {
    /// A new office with nobody and nothing, working by the procedures of this build, in China's time.
    #[uniffi::constructor]
    pub fn open(community: &str, now: SystemTime) -> Result<Arc<Self>, TestOfficeError> {
        Self::with(community, now, |desk, office| Sqlite::in_memory(desk, office))
    }

    /// Sets the office's clock.
    pub fn set_time(&self, now: SystemTime) -> Result<(), TestOfficeError> {
        *self.desk.0.lock().unwrap_or_else(PoisonError::into_inner) = timestamp(now);
        Ok(())
    }

    /// Adds a grid.
    pub fn add_grid(&self, id: &str, name: &str) -> Result<(), TestOfficeError> {
        let id = GridId::new(id).map_err(TestOfficeError::of)?;
        let grid = Grid { id: id.clone(), name: name.to_owned() };
        self.tables(|tables| drop(tables.grids.insert(id, grid)))
    }

    /// Lets somebody work in a role, in one grid or in every one; adds them when they are new.
    pub fn assign(
        &self,
        staff: &str,
        name: &str,
        role: &str,
        grid: Option<String>,
    ) -> Result<(), TestOfficeError> {
        let id = StaffId::new(staff).map_err(TestOfficeError::of)?;
        let role = RoleId::new(role).map_err(TestOfficeError::of)?;
        let grid = grid.map(GridId::new).transpose().map_err(TestOfficeError::of)?;
        self.tables(|tables| {
            let row = tables.staff.entry(id.clone()).or_insert_with(|| Staff {
                id: id.clone(),
                name: name.to_owned(),
                roles: Vec::new(),
                left: false,
                phone: None,
            });
            if !row.roles.contains(&role) {
                row.roles.push(role.clone());
            }
            tables.assignments.push(Assignment { staff: id, role, grid, until: None });
        })
    }

    /// Lets somebody look after a grid for a colleague, up to and with a day (`2026-11-24`).
    pub fn cover(&self, staff: &str, role: &str, grid: &str, until: &str) -> Result<(), TestOfficeError> {
        let staff = StaffId::new(staff).map_err(TestOfficeError::of)?;
        let role = RoleId::new(role).map_err(TestOfficeError::of)?;
        let grid = Some(GridId::new(grid).map_err(TestOfficeError::of)?);
        let until = Some(until.parse().map_err(TestOfficeError::of)?);
        self.tables(|tables| tables.assignments.push(Assignment { staff, role, grid, until }))
    }

    /// Says what people call the office.
    pub fn rename(&self, name: &str) -> Result<(), TestOfficeError> {
        self.hub.rename(&self.desk, name).map_err(TestOfficeError::of)
    }

    /// Takes everything from somebody that they were assigned.
    pub fn unassign(&self, staff: &str) -> Result<(), TestOfficeError> {
        self.tables(|tables| tables.assignments.retain(|assignment| assignment.staff.as_str() != staff))
    }

    /// Adds a home as people write it (`3-2-501`) to a grid, with its building and unit; returns its id.
    pub fn add_home(&self, room: &str, grid: &str) -> Result<String, TestOfficeError> {
        let location = Location::parse(room).map_err(TestOfficeError::of)?;
        self.add_places(&location, grid)?;
        let record = location.home_id(&self.community);
        let edit = HomeEdit::at(&self.community, &location).map_err(TestOfficeError::of)?.into();
        let edit = OfficeEdit { record, kind: Kind::Home, seen: None, edit };
        let office = StaffId::new("office").map_err(TestOfficeError::of)?;
        self.hub.author(&self.desk, &office, &[edit]).map_err(TestOfficeError::of)?;
        Ok(record.to_string())
    }

    /// Adds a public spot of a kind (`gate`, `lobby` …) to grids, where it lies in degrees north and east (WGS 84), and what
    /// a scan there reads.
    pub fn add_spot(
        &self,
        id: &str,
        name: &str,
        grids: Vec<String>,
        kind: Option<String>,
        position: Option<Vec<f64>>,
        code: Option<String>,
    ) -> Result<(), TestOfficeError> {
        let id = PlaceId::new(id).map_err(TestOfficeError::of)?;
        let grids: Result<Vec<_>, _> = grids.into_iter().map(GridId::new).collect();
        let grids = grids.map_err(TestOfficeError::of)?;
        let position = match position.as_deref() {
            None => None,
            Some([lat, lon]) => Some(GeoPoint { lat: *lat, lon: *lon }),
            Some(_) => return Err(TestOfficeError::of("a position is degrees north and east")),
        };
        self.tables(|tables| {
            let walk = i64::try_from(tables.places.len()).unwrap_or(i64::MAX);
            let place = Place { grids, walk, code, kind, position, ..Place::new(id.clone(), name) };
            tables.places.insert(id, place);
        })
    }

    /// Says what number colleagues call somebody at, who was assigned before; nothing takes it away.
    pub fn staff_phone(&self, staff: &str, phone: Option<String>) -> Result<(), TestOfficeError> {
        let id = StaffId::new(staff).map_err(TestOfficeError::of)?;
        let done = self.hub.change_tables(&self.desk, "test", |tables| {
            let row = tables.staff.get_mut(&id).ok_or_else(|| OfficeError::UnknownStaff(id.clone()))?;
            row.phone = phone;
            Ok(())
        });
        done.map_err(TestOfficeError::of)
    }

    /// Says what number a place has, such as a duty desk; nothing takes it away.
    pub fn place_phone(&self, place: &str, phone: Option<String>) -> Result<(), TestOfficeError> {
        let id = PlaceId::new(place).map_err(TestOfficeError::of)?;
        let done = self.hub.change_tables(&self.desk, "test", |tables| {
            let row = tables.places.get_mut(&id).ok_or_else(|| OfficeError::UnknownPlace(id.clone()))?;
            row.phone = phone;
            Ok(())
        });
        done.map_err(TestOfficeError::of)
    }

    /// Publishes procedures over those of this build; a phone works by them from its next sync.
    pub fn publish(&self, files: Vec<String>) -> Result<(), TestOfficeError> {
        let named = files.into_iter().enumerate();
        let files: Vec<_> = named
            .map(|(number, text)| PlaybookFile { name: format!("{number}.toml"), text, current: true })
            .collect();
        self.hub.publish(&self.desk, None, &files).map(drop).map_err(TestOfficeError::of)
    }

    /// A one-time code for a phone.
    pub fn code(&self, staff: &str) -> Result<String, TestOfficeError> {
        let staff = StaffId::new(staff).map_err(TestOfficeError::of)?;
        self.hub.open_code(&self.desk, &staff).map_err(TestOfficeError::of)
    }

    /// Panics, as a mistake of ours would below a call: for the tests of what both packages make of it.
    ///
    /// # Panics
    /// Always.
    #[expect(clippy::panic, reason = "that is what it is for")]
    pub fn panics(&self) -> Result<(), TestOfficeError> {
        panic!("a panic that was asked for")
    }

    /// Answers one frame of a phone.
    pub fn exchange(&self, frame: Vec<u8>) -> Result<Vec<u8>, TestOfficeError> {
        Ok(self.hub.handle(&self.desk, &frame))
    }
}

impl TestOfficeCore {
    /// A new office in a folder of its own, from which it can be opened again.
    fn create(community: &str, folder: &Path, now: SystemTime) -> Result<Arc<Self>, TestOfficeError> {
        Self::with(community, now, |desk, office| Sqlite::create(folder, desk, office))
    }

    /// The office of a folder.
    fn over(community: &str, folder: &Path, now: SystemTime) -> Result<Arc<Self>, TestOfficeError> {
        Self::with(community, now, |desk, _| Sqlite::open(folder, desk))
    }

    fn with(
        community: &str,
        now: SystemTime,
        storage: impl FnOnce(&Desk, &NewOffice) -> Result<Sqlite, StorageError>,
    ) -> Result<Arc<Self>, TestOfficeError> {
        let community = CommunityId::new(community).map_err(TestOfficeError::of)?;
        let desk = Desk(Mutex::new(timestamp(now)));
        let office = NewOffice { community: community.clone(), utc_offset_minutes: 8 * 60 };
        let storage = storage(&desk, &office).map_err(TestOfficeError::of)?;
        let playbooks = Playbooks::embedded().map_err(TestOfficeError::of)?;
        let seals = storage.seal_secret(&desk).map_err(TestOfficeError::of)?;
        Ok(Arc::new(Self { hub: Hub::new(storage, playbooks, seals), desk, community }))
    }

    /// Adds the building and the unit of a home to a grid, unless they are there.
    fn add_places(&self, location: &Location, grid: &str) -> Result<(), TestOfficeError> {
        let ids = location.places(&self.community).map_err(TestOfficeError::of)?;
        let grid = GridId::new(grid).map_err(TestOfficeError::of)?;
        self.tables(|tables| {
            let mut parent: Option<PlaceId> = None;
            let kinds = [Place::BUILDING, Place::UNIT];
            for ((id, name), kind) in ids.into_iter().zip(names(location, &self.community)).zip(kinds) {
                let walk = i64::try_from(tables.places.len()).unwrap_or(i64::MAX);
                let place = tables.places.entry(id.clone()).or_insert_with(|| Place {
                    parent: parent.clone(),
                    walk,
                    code: Some(format!("qr:{id}")),
                    kind: Some(kind.to_owned()),
                    ..Place::new(id.clone(), name)
                });
                if !place.grids.contains(&grid) {
                    place.grids.push(grid.clone());
                }
                parent = Some(id);
            }
        })
    }

    fn tables(
        &self,
        change: impl FnOnce(&mut butler_core::model::directory::Directory),
    ) -> Result<(), TestOfficeError> {
        let done = self.hub.change_tables(&self.desk, "test", |tables| {
            change(tables);
            Ok::<_, OfficeError>(())
        });
        done.map_err(TestOfficeError::of)
    }
}

/// What the building and the unit of a home are called; a community without buildings is one place.
fn names(location: &Location, community: &CommunityId) -> [String; 2] {
    let building = match location.building() {
        "" => community.to_string(),
        building => format!("{building}栋"),
    };
    let unit = format!("{building}{}单元", location.unit());
    [building, unit]
}

/// Whole milliseconds; a time before 1970 counts as 1970.
fn timestamp(at: SystemTime) -> Timestamp {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
