//! The community on stage: an office and its phones in one process, and the names the file calls everything by.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use butler_core::Butler;
use butler_core::areas::today::TodayItem;
use butler_core::butler::{Transport, TransportError};
use butler_core::error::ButlerError;
use butler_core::host::Host as _;
use butler_core::model::directory::{Assignment, Directory, GeoPoint, Grid, Place, Staff};
use butler_core::model::round::{at_place, split_place};
use butler_core::model::{
    ChangeHash, CommunityId, Edit, GridId, HomeEdit, Kind, Location, PlaceId, RecordId, RoleId, Shown,
    StaffId, Timestamp,
};
use butler_core::playbook::Playbooks;
use butler_core::store::KeyAnswer;
use butler_core::testing::{TestHost, TestKeys};
use butler_office::hub::{Hub, OfficeEdit};
use butler_office::storage::sqlite::NewOffice;
use butler_office::storage::{Sqlite, Storage as _, StorageError};
use chrono::NaiveDateTime;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::books::Books;
use super::file::{Community, Given, Scenario};
use crate::host::scratch;

/// Who writes for the office itself.
const OFFICE: &str = "office.import";

/// Why the stage could not be set, or a deed at the office could not be done.
#[derive(Debug)]
pub(super) enum Trouble {
    /// In words.
    Said(String),
    /// The office rejected the playbooks.
    Playbooks(String),
}

impl From<String> for Trouble {
    fn from(said: String) -> Self {
        Self::Said(said)
    }
}

/// What went wrong, with what was being done.
pub(super) fn said(what: &str, error: impl std::fmt::Display) -> Trouble {
    Trouble::Said(format!("{what}: {error}"))
}

/// One phone.
pub(super) struct Phone {
    pub butler: Butler,
    pub staff: StaffId,
    /// The office took it back: it is no part of any agreement any more.
    pub revoked: bool,
}

/// One write of a phone, with what its author could know.
pub(super) struct Written {
    pub line: usize,
    pub phone: String,
    pub record: RecordId,
    change: ChangeHash,
    /// The changes of the record that were on the phone before.
    seen: BTreeSet<ChangeHash>,
}

impl Written {
    /// Whether two phones wrote the same record and neither had seen the other's write.
    pub fn apart_from(&self, other: &Self) -> bool {
        self.record == other.record
            && self.phone != other.phone
            && !self.seen.contains(&other.change)
            && !other.seen.contains(&self.change)
    }
}

/// The community on stage.
pub(super) struct Stage {
    clock: Arc<AtomicI64>,
    pub host: TestHost,
    pub hub: Hub<Sqlite>,
    pub phones: BTreeMap<String, Phone>,
    pub written: Vec<Written>,
    /// What the phones' screens last drew, and the changes that were in it.
    screens: BTreeMap<(String, RecordId), (Shown, BTreeSet<ChangeHash>)>,
    community: CommunityId,
    pub offset_minutes: i32,
    names: BTreeMap<String, (RecordId, Kind)>,
    /// Names of grids and places, as people call them.
    spots: BTreeMap<String, PlaceId>,
    codes: BTreeMap<PlaceId, String>,
    people: BTreeMap<String, StaffId>,
    clocks: BTreeMap<String, i64>,
    books: Books,
    photos: u32,
    seed: u64,
    folder: TempDir,
}

/// A line to the office without a network.
pub(super) struct Direct<'s> {
    hub: &'s Hub<Sqlite>,
    host: &'s TestHost,
}

impl Transport for Direct<'_> {
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(self.hub.handle(self.host, frame))
    }
}

/// A line that loses every third request and every fourth answer, and carries every fifth request twice.
struct Bad<'s> {
    line: Direct<'s>,
    count: AtomicI64,
}

impl Transport for Bad<'_> {
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        if number % 3 == 2 {
            return Err(TransportError::Unreachable);
        }
        let answer = self.line.exchange(frame)?;
        match number {
            number if number % 4 == 3 => Err(TransportError::TimedOut),
            number if number % 5 == 4 => self.line.exchange(frame),
            _ => Ok(answer),
        }
    }
}

impl Stage {
    /// Sets the stage: the office's tables and records, the playbooks, and the phones of the scenario, synced.
    pub fn set(community: &Community, scenario: &Scenario, books: &Books) -> Result<Self, Trouble> {
        let clock = Arc::new(AtomicI64::new(0));
        let host = TestHost::sharing(Arc::clone(&clock), 0, 1);
        let id = CommunityId::new(community.id.as_str()).map_err(|error| said("the community", error))?;
        let office = NewOffice { community: id.clone(), utc_offset_minutes: community.utc_offset_minutes };
        let storage = Sqlite::in_memory(&host, &office).map_err(|error| said("the office", error))?;
        let seals = storage.seal_secret(&host).map_err(|error| said("the office", error))?;
        let embedded = Playbooks::embedded().map_err(|error| Trouble::Playbooks(error.to_string()))?;
        let mut stage = Self {
            host,
            hub: Hub::new(storage, embedded, seals),
            phones: BTreeMap::new(),
            written: Vec::new(),
            screens: BTreeMap::new(),
            community: id,
            offset_minutes: community.utc_offset_minutes,
            names: BTreeMap::new(),
            spots: BTreeMap::new(),
            codes: BTreeMap::new(),
            people: BTreeMap::new(),
            clocks: scenario.clocks.clone(),
            books: books.clone(),
            photos: 0,
            seed: 1,
            folder: scratch().map_err(|error| said("a folder for the phones", error))?,
            clock,
        };
        let start = stage.moment(&scenario.start)?;
        stage.clock.store(start.millis(), Ordering::Relaxed);
        stage.tables(community)?;
        if !books.files().is_empty() {
            stage.publish()?;
        }
        stage.records(community)?;
        for given in &scenario.given {
            stage.given(&given.row).map_err(|trouble| match trouble {
                Trouble::Said(what) => Trouble::Said(format!("[[given]] in line {}: {what}", given.line)),
                other => other,
            })?;
        }
        for name in &scenario.phones {
            stage.enrol(name)?;
        }
        Ok(stage)
    }

    /// Community time now.
    pub fn local(&self) -> NaiveDateTime {
        self.local_of(Timestamp::from_millis(self.clock.load(Ordering::Relaxed)))
    }

    /// Lets time pass until `at`; it never goes back.
    pub fn pass_until(&self, at: Timestamp) -> Result<(), String> {
        let now = self.clock.load(Ordering::Relaxed);
        if at.millis() < now {
            let words =
                |millis| self.local_of(Timestamp::from_millis(millis)).format("%Y-%m-%d %H:%M").to_string();
            return Err(format!(
                "time never goes back: it is {} already, not {}",
                words(now),
                words(at.millis())
            ));
        }
        self.clock.store(at.millis(), Ordering::Relaxed);
        Ok(())
    }

    /// Lets seconds pass.
    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    fn tables(&mut self, community: &Community) -> Result<(), Trouble> {
        let mut tables = Tables::default();
        for row in &community.grids {
            let id = named("grid", &row.id, GridId::new)?;
            tables.grids.push(Grid { id: id.clone(), name: row.name.clone() });
            let place = named("place", &row.id, PlaceId::new)?;
            self.spots.insert(row.name.clone(), place.clone());
            self.spots.insert(row.id.clone(), place);
        }
        for (walk, row) in community.places.iter().enumerate() {
            let place = Place {
                parent: row.parent.as_deref().map(|id| named("place", id, PlaceId::new)).transpose()?,
                grids: row
                    .grids
                    .0
                    .iter()
                    .map(|id| named("grid", id, GridId::new))
                    .collect::<Result<_, _>>()?,
                walk: i64::try_from(walk).unwrap_or(i64::MAX),
                code: row.code.clone(),
                ..Place::new(named("place", &row.id, PlaceId::new)?, &*row.name)
            };
            self.knows_place(&place);
            tables.places.push(place);
        }
        for row in &community.staff {
            let grids: Vec<Option<&str>> = if row.grids.0.is_empty() {
                vec![None]
            } else {
                row.grids.0.iter().map(|grid| Some(grid.as_str())).collect()
            };
            tables.person(&row.id, &row.name, &row.role, &grids)?;
            self.people.insert(row.name.clone(), named("staff", &row.id, StaffId::new)?);
        }
        self.change_tables(|directory| tables.write(directory))
    }

    fn change_tables(&self, change: impl FnOnce(&mut Directory)) -> Result<(), Trouble> {
        let done = self.hub.change_tables(&self.host, "scenario", |tables| {
            change(tables);
            Ok(())
        });
        done.map_err(|error| said("the office's tables", error))
    }

    fn knows_place(&mut self, place: &Place) {
        self.spots.insert(place.name.clone(), place.id.clone());
        self.spots.insert(place.id.to_string(), place.id.clone());
        if let Some(code) = &place.code {
            self.codes.insert(place.id.clone(), code.clone());
        }
    }

    fn records(&mut self, community: &Community) -> Result<(), Trouble> {
        let mut edits = Vec::new();
        for row in &community.homes {
            edits.push(self.new_home(&row.room, &row.set, &[])?);
        }
        self.author(&edits)?;
        edits.clear();
        for row in &community.residents {
            edits.push(self.new_resident(&row.name, &row.home, &row.set, &[])?);
        }
        self.author(&edits)
    }

    fn author(&self, edits: &[OfficeEdit]) -> Result<(), Trouble> {
        let by = named("staff", OFFICE, StaffId::new)?;
        self.hub.author(&self.host, &by, edits).map(drop).map_err(|error| said("the office's edit", error))
    }

    fn new_home(&mut self, room: &str, set: &toml::Table, clear: &[String]) -> Result<OfficeEdit, Trouble> {
        let location = Location::parse(room).map_err(|error| said(room, error))?;
        let id = location.home_id(&self.community);
        let first = HomeEdit::at(&self.community, &location).map_err(|error| said(room, error))?;
        let mut edit = Edit::from(first);
        edit.ops.extend(self.edit(id, Kind::Home, set, clear)?.ops);
        self.name(room, id, Kind::Home)?;
        Ok(OfficeEdit { record: id, kind: Kind::Home, seen: None, edit })
    }

    fn new_resident(
        &mut self,
        name: &str,
        home: &str,
        set: &toml::Table,
        clear: &[String],
    ) -> Result<OfficeEdit, Trouble> {
        let (home, _) = self.record(home)?;
        let digest = Sha256::digest(format!("resident {home} {name}"));
        let id = RecordId::from_slice(&digest[..16]).map_err(|error| said(name, error))?;
        let place = self.place_of(home)?;
        let mut edit =
            Edit::new().put("place", place.as_str()).put("home", home.to_string()).put("name", name);
        edit.ops.extend(self.edit(id, Kind::Resident, set, clear)?.ops);
        self.name(name, id, Kind::Resident)?;
        Ok(OfficeEdit { record: id, kind: Kind::Resident, seen: None, edit })
    }

    fn given(&mut self, given: &Given) -> Result<(), Trouble> {
        let Given { home, resident, of, place, staff, set, clear, .. } = given;
        match (home, resident, place, staff) {
            (Some(room), None, None, None) if self.names.contains_key(room) => {
                self.office_edit(room, set, &clear.0)
            }
            (Some(room), None, None, None) => {
                let edit = self.new_home(room, set, &clear.0)?;
                self.author(&[edit])
            }
            (None, Some(name), None, None) if self.names.contains_key(name) => {
                self.office_edit(name, set, &clear.0)
            }
            (None, Some(name), None, None) => {
                let home = of.as_deref().ok_or_else(|| format!("{name} is new: say of which home (`of`)"))?;
                let edit = self.new_resident(name, home, set, &clear.0)?;
                self.author(&[edit])
            }
            (None, None, Some(name), None) => self.given_place(name, given),
            (None, None, None, Some(name)) => {
                let role = given.role.as_deref().ok_or("say in which `role`".to_owned())?;
                if !self.people.contains_key(name) {
                    let id = given.id.as_deref().ok_or_else(|| format!("{name} is new: give an `id`"))?;
                    self.people.insert(name.clone(), named("staff", id, StaffId::new)?);
                }
                self.assign(name, role, given.grid.as_deref())
            }
            _ => Err(said("a [[given]]", "names one home, resident, place or member of staff")),
        }
    }

    fn given_place(&mut self, name: &str, given: &Given) -> Result<(), Trouble> {
        let known = self.spots.get(name).cloned();
        let id = match (&known, &given.id) {
            (Some(id), _) => id.clone(),
            (None, Some(id)) => named("place", id, PlaceId::new)?,
            (None, None) => return Err(said(name, "is a new place: give an `id`")),
        };
        let grids: Vec<GridId> =
            given.grids.0.iter().map(|id| named("grid", id, GridId::new)).collect::<Result<_, _>>()?;
        let code = given.code.clone();
        let position =
            given.at.as_deref().map(|at| named("place", at, |at| at.parse::<GeoPoint>())).transpose()?;
        let mut changed = None;
        self.change_tables(|tables| {
            let walk = i64::try_from(tables.places.len()).unwrap_or(i64::MAX);
            let new = Place { walk, ..Place::new(id.clone(), name) };
            let place = tables.places.entry(id.clone()).or_insert(new);
            if !grids.is_empty() {
                place.grids = grids;
            }
            if code.is_some() {
                place.code = code;
            }
            if given.kind.is_some() {
                place.kind.clone_from(&given.kind);
            }
            place.position = position.or(place.position);
            place.walk = given.walk.unwrap_or(place.walk);
            changed = Some(place.clone());
        })?;
        if let Some(place) = changed {
            self.knows_place(&place);
        }
        Ok(())
    }

    /// The office writes fields of a record it has.
    pub fn office_edit(&mut self, name: &str, set: &toml::Table, clear: &[String]) -> Result<(), Trouble> {
        let (record, kind) = self.record(name)?;
        let edit = self.edit(record, kind, set, clear)?;
        self.author(&[OfficeEdit { record, kind, seen: None, edit }])
    }

    /// Puts somebody to work in a role, in a grid or everywhere, and nowhere else.
    pub fn assign(&self, name: &str, role: &str, grid: Option<&str>) -> Result<(), Trouble> {
        let staff = self.staff(name)?;
        let mut tables = Tables::default();
        let grid = grid.map(|grid| self.grid(grid)).transpose()?;
        tables.person(staff.as_str(), name, role, &[grid.as_ref().map(GridId::as_str)])?;
        self.change_tables(|directory| {
            directory.assignments.retain(|assignment| assignment.staff != staff);
            tables.write(directory);
        })
    }

    /// Somebody leaves the company.
    pub fn leave(&self, name: &str) -> Result<(), Trouble> {
        let staff = self.staff(name)?;
        self.change_tables(|directory| {
            directory.assignments.retain(|assignment| assignment.staff != staff);
            if let Some(row) = directory.staff.get_mut(&staff) {
                row.left = true;
            }
        })
    }

    /// Publishes the present playbooks.
    fn publish(&self) -> Result<(), Trouble> {
        let published = self.hub.publish(&self.host, None, &self.books.files());
        published.map(drop).map_err(|error| Trouble::Playbooks(error.to_string()))
    }

    /// The office publishes a changed playbook.
    pub fn publish_change(&mut self, change: &super::file::Change) -> Result<(), Trouble> {
        let before = self.books.clone();
        self.books = self.books.changed(change)?;
        let published = self.publish();
        if published.is_err() {
            self.books = before;
        }
        published
    }

    /// A new phone for somebody: `张丽`, or a second one as `张丽#2`.
    pub fn enrol(&mut self, name: &str) -> Result<(), Trouble> {
        let person = name.split('#').next().unwrap_or(name);
        let staff = self.staff(person)?;
        self.seed += 1;
        let skew = self.clocks.get(name).copied().unwrap_or_default() * 60_000;
        let host = Arc::new(TestHost::sharing(Arc::clone(&self.clock), skew, self.seed));
        let folder = self.folder.path().join(format!("phone-{}", self.seed));
        let keys = TestKeys::new(KeyAnswer::Missing);
        let butler = Butler::open(&folder, &keys, host).map_err(|error| said(name, error))?;
        let code = self.hub.open_code(&self.host, &staff).map_err(|error| said(name, error))?;
        butler.enrol(&code, name, &self.line()).map_err(|error| said(name, error))?;
        self.phones.insert(name.to_owned(), Phone { butler, staff, revoked: false });
        let end = self.sync(name, false)?;
        if end == "complete" { Ok(()) } else { Err(said(name, format!("the first sync ended as `{end}`"))) }
    }

    fn line(&self) -> Direct<'_> {
        Direct { hub: &self.hub, host: &self.host }
    }

    /// One phone syncs; returns how that ended.
    pub fn sync(&self, name: &str, bad: bool) -> Result<String, Trouble> {
        /// More syncs than a bad line needs until all is through.
        const TRIES: usize = 40;
        let phone = self.phone(name)?;
        let bad = bad.then(|| Bad { line: self.line(), count: AtomicI64::new(0) });
        let mut end = String::new();
        for _ in 0..if bad.is_some() { TRIES } else { 1 } {
            let report = match &bad {
                Some(bad) => phone.butler.sync(bad, &mut |_| {}),
                None => phone.butler.sync(&self.line(), &mut |_| {}),
            };
            report.map_err(|error| said(name, error))?.end.code().clone_into(&mut end);
            if end != "interrupted" {
                break;
            }
        }
        Ok(end)
    }

    /// The office takes a phone back.
    pub fn revoke(&mut self, name: &str) -> Result<(), Trouble> {
        let staff = self.phone(name)?.staff.clone();
        let devices = self
            .hub
            .storage()
            .read(|read| read.devices())
            .map_err(|error: StorageError| said(name, error))?;
        for device in devices.iter().filter(|device| device.staff == staff && device.label == name) {
            self.hub.revoke(&self.host, device.id).map_err(|error| said(name, error))?;
        }
        if let Some(phone) = self.phones.get_mut(name) {
            phone.revoked = true;
        }
        Ok(())
    }

    /// Somebody's phone.
    pub fn phone(&self, name: &str) -> Result<&Phone, String> {
        self.phones.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.phones.keys().map(String::as_str).collect();
            format!("{name} has no phone here: `phones` names {}", known.join(", "))
        })
    }

    /// Everything on somebody's Today, in its order.
    pub fn today(&self, name: &str) -> Result<Vec<TodayItem>, String> {
        crate::today::all(&self.phone(name)?.butler).map_err(|error| error.to_string())
    }

    /// Gives a record a name.
    pub fn name(&mut self, name: &str, record: RecordId, kind: Kind) -> Result<(), String> {
        match self.names.insert(name.to_owned(), (record, kind)) {
            Some((other, _)) if other != record => {
                Err(format!("`{name}` is the name of something else already"))
            }
            _ => Ok(()),
        }
    }

    /// The record of that name: a home by its room, a resident by name, the others as the file called them.
    pub fn record(&self, name: &str) -> Result<(RecordId, Kind), String> {
        self.names.get(name).copied().ok_or_else(|| {
            format!(
                "nothing is called `{name}`: homes are named by their room (`1-1-101`), residents by name, all else \
                 by the `as` of the step that began it"
            )
        })
    }

    /// What the file calls a record.
    pub fn name_of(&self, record: RecordId) -> Option<&str> {
        self.names.iter().find(|(_, (known, _))| *known == record).map(|(name, _)| name.as_str())
    }

    /// Every record with a name.
    pub fn named(&self) -> impl Iterator<Item = (&str, RecordId, Kind)> {
        self.names.iter().map(|(name, (record, kind))| (name.as_str(), *record, *kind))
    }

    /// A member of staff by name or id.
    pub fn staff(&self, name: &str) -> Result<StaffId, String> {
        let known = self.people.get(name).or_else(|| self.people.values().find(|id| id.as_str() == name));
        known.cloned().ok_or_else(|| {
            let names: Vec<&str> = self.people.keys().map(String::as_str).collect();
            format!("nobody here is called {name}: {}", names.join(", "))
        })
    }

    /// A place or grid by name or id.
    pub fn place(&self, name: &str) -> Result<PlaceId, String> {
        self.spots
            .get(name)
            .cloned()
            .ok_or_else(|| format!("there is no place `{name}` (tests/scenarios/community.toml)"))
    }

    /// A point or item of a round as scenarios write it, `lobby@1栋1单元大堂`, under the id it has in the round.
    pub fn spot(&self, name: &str) -> Result<String, String> {
        match split_place(name) {
            (id, Some(place)) => Ok(at_place(id, Some(self.place(place)?.as_str()))),
            (id, None) => Ok(id.to_owned()),
        }
    }

    /// A grid by name or id.
    pub fn grid(&self, name: &str) -> Result<GridId, String> {
        GridId::new(self.place(name)?.as_str()).map_err(|error| error.to_string())
    }

    /// What a scan at a place reads.
    pub fn code(&self, place: &PlaceId) -> Option<&str> {
        self.codes.get(place).map(String::as_str)
    }

    /// Every place with a code.
    pub fn scanned(&self) -> impl Iterator<Item = (&PlaceId, &str)> {
        self.codes.iter().map(|(place, code)| (place, code.as_str()))
    }

    /// The place a record is pinned to at the office.
    pub fn place_of(&self, record: RecordId) -> Result<PlaceId, String> {
        let row = self.hub.storage().read(|read| read.record(record));
        let row = row.map_err(|error: StorageError| error.to_string())?;
        row.map(|row| row.place).ok_or_else(|| "the office does not know this record yet".to_owned())
    }

    /// Notes a write for the question whether anybody wrote concurrently.
    pub fn wrote(
        &mut self,
        line: usize,
        phone: &str,
        record: RecordId,
        change: ChangeHash,
        seen: BTreeSet<ChangeHash>,
    ) {
        self.written.push(Written { line, phone: phone.to_owned(), record, change, seen });
    }

    /// The changes of a record a phone has.
    pub fn seen(&self, phone: &str, record: RecordId) -> BTreeSet<ChangeHash> {
        let history = self.phones.get(phone).and_then(|phone| phone.butler.records().history(record).ok());
        history.into_iter().flatten().map(|row| row.change).collect()
    }

    /// A phone's screen draws a record.
    pub fn draw(&mut self, phone: &str, record: RecordId) -> Result<(), ButlerError> {
        let known = self.phones.get(phone).ok_or(ButlerError::NotFound)?;
        let shown = known.butler.records().get(record)?.shown();
        let seen = self.seen(phone, record);
        self.screens.insert((phone.to_owned(), record), (shown, seen));
        Ok(())
    }

    /// What a phone's screen last drew of a record, and the changes that were in it.
    pub fn screen(&self, phone: &str, record: RecordId) -> Result<(Shown, BTreeSet<ChangeHash>), String> {
        let screen = self.screens.get(&(phone.to_owned(), record)).cloned();
        screen.ok_or_else(|| format!("no screen of {phone} shows it: say first that it `draws` the record"))
    }

    /// The bytes of a photo nobody took before: small, but a JPEG by its first and last bytes.
    pub fn picture(&mut self) -> Vec<u8> {
        self.photos += 1;
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0];
        bytes.extend(Sha256::digest(self.photos.to_be_bytes()));
        bytes.extend([0xff, 0xd9]);
        bytes
    }

    /// The office's time.
    pub fn now(&self) -> Timestamp {
        self.host.now()
    }
}

/// Rows of the office's tables.
#[derive(Default)]
struct Tables {
    grids: Vec<Grid>,
    places: Vec<Place>,
    staff: Vec<Staff>,
    assignments: Vec<Assignment>,
}

impl Tables {
    fn person(&mut self, id: &str, name: &str, role: &str, grids: &[Option<&str>]) -> Result<(), Trouble> {
        let (staff, role) = (named("staff", id, StaffId::new)?, named("role", role, RoleId::new)?);
        self.staff.push(Staff {
            id: staff.clone(),
            name: name.to_owned(),
            roles: vec![role.clone()],
            left: false,
            phone: None,
        });
        for grid in grids {
            let grid = grid.map(|grid| named("grid", grid, GridId::new)).transpose()?;
            self.assignments.push(Assignment { staff: staff.clone(), role: role.clone(), grid, until: None });
        }
        Ok(())
    }

    fn write(self, directory: &mut Directory) {
        directory.grids.extend(self.grids.into_iter().map(|row| (row.id.clone(), row)));
        directory.places.extend(self.places.into_iter().map(|row| (row.id.clone(), row)));
        directory.staff.extend(self.staff.into_iter().map(|row| (row.id.clone(), row)));
        directory.assignments.extend(self.assignments);
    }
}

fn named<T, E: std::fmt::Display>(
    what: &str,
    id: &str,
    make: impl FnOnce(String) -> Result<T, E>,
) -> Result<T, String> {
    make(id.to_owned()).map_err(|error| format!("{what} `{id}`: {error}"))
}
