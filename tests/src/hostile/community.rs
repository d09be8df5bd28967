//! The attacked community, and whether it is still alive: honest phones write, sync, resolve, and every record can be
//! saved, loaded, edited and merged.

use std::sync::{Arc, Mutex, PoisonError};

use butler_core::Butler;
use butler_core::areas::conflicts::ConflictKind;
use butler_core::butler::{Transport, TransportError};
use butler_core::context::Recorded;
use butler_core::crdt::Document;
use butler_core::error::ButlerError;
use butler_core::host::{Host, SystemHost, random};
use butler_core::model::choice::{Channel, Outcome};
use butler_core::model::{
    ActorId, ContactEdit, Edit, EditId, HomeEdit, Kind, PhotoId, PlaceId, RecordId, ResidentEdit, RoleId,
    StaffId, Stamp, Value, derived,
};
use butler_core::playbook::Playbooks;
use butler_core::store::KeyAnswer;
use butler_core::sync::End;
use butler_core::sync::message::{Reply, Request};
use butler_core::testing::{Tables, TestKeys};
use butler_office::hub::{Hub, OfficeEdit};
use butler_office::storage::{Sqlite, Storage as _, StorageError};
use butler_office::testing::{jinse, lay_out};
use serde_bytes::ByteBuf;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::{Attacker, Checked};
use crate::host::scratch;

/// Who writes the register.
const OFFICE: &str = "office.import";
const GRIDS: [(&str, &str); 2] = [("grid-1", "1网格"), ("grid-2", "2网格")];
const PLACES: [(&str, &str, &str); 2] = [("b1", "1栋", "grid-1"), ("b2", "2栋", "grid-2")];
/// Staff, name, role, grid.
const STAFF: [(&str, &str, &str, &str); 5] = [
    ("zhang.li", "张丽", "butler", "grid-1"),
    ("chen.jing", "陈静", "supervisor", "grid-1"),
    ("wang.fang", "王芳", "butler", "grid-1"),
    ("zhao.min", "赵敏", "environment", "grid-1"),
    ("li.na", "李娜", "butler", "grid-2"),
];

/// What there is to attack.
#[derive(Debug, Clone)]
pub struct Targets {
    /// A home in the first grid.
    pub home: RecordId,
    /// Its owner.
    pub resident: RecordId,
    /// A visit there.
    pub visit: RecordId,
    /// A home of the second grid.
    pub elsewhere: RecordId,
    /// A home that the register is about to bring.
    pub next_home: RecordId,
    /// A photo an honest phone has taken and not handed in yet.
    pub photo: PhotoId,
    /// Its bytes.
    pub photo_bytes: Vec<u8>,
    /// A photo of the second grid, whole at the office.
    pub foreign_photo: PhotoId,
    /// An edit of an honest phone that the office has rejected, and its record.
    pub rejected: Option<(EditId, RecordId)>,
}

fn id<T: std::str::FromStr>(text: &str) -> Checked<T> {
    text.parse().map_err(|_| format!("{text} is no identifier"))
}

fn failed(what: &str) -> impl Fn(ButlerError) -> String {
    move |error| format!("{what}: {error}")
}

/// A photo as good as any: bytes nobody else has.
fn picture(seed: u8) -> (PhotoId, Vec<u8>) {
    let bytes: Vec<u8> = (0..4_000_u32).map(|n| (n % 251) as u8 ^ seed).collect();
    (PhotoId(Sha256::digest(&bytes).into()), bytes)
}

fn new_record() -> Checked<RecordId> {
    random(&SystemHost).map(derived::drawn).map_err(|error| error.to_string())
}

fn first_edit(place: &str, room: &str) -> Edit {
    Edit::new().put("place", place).put("building", &place[1..]).put("room", room).put("layout", "三室两厅")
}

/// Founds the community at a new office: its tables and its register.
///
/// # Errors
/// When the office does not take them.
pub fn found(hub: &Hub<Sqlite>) -> Checked<Targets> {
    let mut tables = Tables::default();
    for (grid, name) in GRIDS {
        tables = tables.grid(grid, name);
    }
    for (place, name, grid) in PLACES {
        tables = tables.place(place, name, &[grid]);
    }
    for (staff, name, role, grid) in STAFF {
        tables = tables.person(staff, name, role, &[grid]);
    }
    lay_out(hub, &SystemHost, tables);
    let (photo, photo_bytes) = picture(1);
    let targets = Targets {
        home: new_record()?,
        resident: new_record()?,
        visit: new_record()?,
        elsewhere: new_record()?,
        next_home: derived::record(&["home", "jinse", "1-102"]),
        photo,
        photo_bytes,
        foreign_photo: picture(2).0,
        rejected: None,
    };
    let resident = Edit::new().put("place", "b1").put("home", targets.home.to_string()).put("name", "单国强");
    let visit = Edit::new()
        .put("place", "b1")
        .put("channel", "visit")
        .put("summary", "家里一切都好。")
        .put(format!("subject/{}", targets.home), true);
    write(hub, targets.home, Kind::Home, first_edit("b1", "101"))?;
    write(hub, targets.resident, Kind::Resident, resident)?;
    write(hub, targets.visit, Kind::Contact, visit)?;
    let elsewhere = first_edit("b2", "201").put(format!("photo/{}", targets.foreign_photo), "阳台");
    write(hub, targets.elsewhere, Kind::Home, elsewhere)?;
    Ok(targets)
}

/// What the office writes itself.
fn write(hub: &Hub<Sqlite>, record: RecordId, kind: Kind, edit: Edit) -> Checked {
    let edits = [OfficeEdit { record, kind, seen: None, edit }];
    let written = hub.author(&SystemHost, &id(OFFICE)?, &edits);
    written.map(drop).map_err(|error| format!("the register cannot be written: {error}"))
}

/// The way to an office in this process.
struct Wire {
    hub: Arc<Hub<Sqlite>>,
    /// What a stranger sends before every request of an honest phone.
    storm: Mutex<Vec<Vec<u8>>>,
}

impl Transport for Wire {
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError> {
        for noise in self.storm.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            self.hub.handle(&SystemHost, noise);
        }
        Ok(self.hub.handle(&SystemHost, frame))
    }
}

/// An honest phone.
pub struct Honest {
    /// The phone.
    pub butler: Butler,
    _folder: TempDir,
}

impl Honest {
    /// A new phone, enrolled with a code.
    ///
    /// # Errors
    /// When it cannot be opened or the office does not take the code.
    pub fn enrol(code: &str, line: &dyn Transport) -> Checked<Self> {
        let folder = scratch().map_err(|error| error.to_string())?;
        let keys = TestKeys::new(KeyAnswer::Missing);
        let host: Arc<dyn Host> = Arc::new(SystemHost);
        let butler =
            Butler::open(&folder.path().join("phone"), &keys, host).map_err(failed("opening a phone"))?;
        butler.enrol(code, "华为 Mate 60", line).map_err(failed("enrolling an honest phone"))?;
        Ok(Self { butler, _folder: folder })
    }

    /// A sync that must come to its end.
    ///
    /// # Errors
    /// When it does not, or when it kept out what the office had let in.
    pub fn sync(&self, line: &dyn Transport) -> Checked {
        let report = self.butler.sync(line, &mut |_| {}).map_err(failed("syncing"))?;
        if report.end != End::Complete {
            return Err(format!("an honest sync does not come to its end: {}", report.end));
        }
        if report.withheld + report.incomplete > 0 {
            let (withheld, incomplete) = (report.withheld, report.incomplete);
            return Err(format!("{withheld} accepted changes kept out, {incomplete} records incomplete"));
        }
        Ok(())
    }
}

/// What the honest do to show that they can go on; the siege counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Alive {
    /// Fields resolved.
    pub resolved: u64,
}

/// An office in memory with two honest phones.
pub struct Community {
    /// The office.
    pub hub: Arc<Hub<Sqlite>>,
    /// What there is to attack.
    pub targets: Targets,
    line: Wire,
    zhang: Honest,
    chen: Honest,
    round: u64,
}

impl Community {
    /// The community on a quiet day: a butler with one rejected edit and a photo under way, and her supervisor.
    ///
    /// # Errors
    /// When the quiet day is none.
    pub fn new() -> Checked<Self> {
        let storage = Sqlite::in_memory(&SystemHost, &jinse()).map_err(|error| error.to_string())?;
        let playbooks = Playbooks::embedded().map_err(|error| error.to_string())?;
        let seals = storage.seal_secret(&SystemHost).map_err(|error| error.to_string())?;
        let hub = Arc::new(Hub::new(storage, playbooks, seals));
        let mut targets = found(&hub)?;
        let line = Wire { hub: hub.clone(), storm: Mutex::default() };
        let code = |staff: &str| -> Checked<String> {
            hub.open_code(&SystemHost, &id(staff)?).map_err(|error| error.to_string())
        };
        let zhang = Honest::enrol(&code("zhang.li")?, &line)?;
        let chen = Honest::enrol(&code("chen.jing")?, &line)?;
        zhang.sync(&line)?;
        chen.sync(&line)?;

        // Somebody took her role away while she wrote, by mistake, and gave it back: the edit stays rejected.
        let edit = HomeEdit { layout: "两室一厅".into(), ..HomeEdit::default() };
        let written = zhang.butler.homes().edit(targets.home, edit).map_err(failed("an edit"))?;
        role(&hub, "zhang.li", "environment")?;
        zhang.sync(&line)?;
        role(&hub, "zhang.li", "butler")?;
        zhang.sync(&line)?;
        targets.rejected = Some((written.edit, written.record));

        let mut community = Self { hub, targets, line, zhang, chen, round: 0 };
        community.hand_in_foreign_photo()?;
        community.offline()?;
        Ok(community)
    }

    /// A colleague's phone in the wrong hands.
    ///
    /// # Errors
    /// When it cannot be enrolled.
    pub fn attacker(&self, staff: &str) -> Checked<Attacker<'_>> {
        let grid = STAFF.iter().find(|(id, ..)| *id == staff).map_or("grid-1", |(.., grid)| grid);
        let code = self.hub.open_code(&SystemHost, &id(staff)?).map_err(|error| error.to_string())?;
        Attacker::enrol(&self.line, &code, staff, grid)
    }

    /// A colleague of the second grid hands a photo in, whole.
    fn hand_in_foreign_photo(&self) -> Checked {
        let (photo, bytes) = picture(2);
        let colleague = self.attacker("li.na")?;
        let size = bytes.len() as u64;
        colleague.ask(Request::PhotoOffer { photo, record: self.targets.elsewhere, size });
        match colleague.ask(Request::PhotoPut { photo, offset: 0, bytes: ByteBuf::from(bytes) }) {
            Some(Reply::PhotoState { complete: true, .. }) => Ok(()),
            other => Err(format!("an honest photo was not taken: {other:?}")),
        }
    }

    /// A code for another phone of an honest butler, and what the phone with it hears.
    ///
    /// # Errors
    /// When an honest phone with the right code is turned away.
    pub fn enrols_after(&self, attack: impl FnOnce(&dyn Transport)) -> Checked {
        let code = self.hub.open_code(&SystemHost, &id("zhang.li")?).map_err(|error| error.to_string())?;
        attack(&self.line);
        Honest::enrol(&code, &self.line).map(drop)
    }

    /// What a stranger sends before every request of an honest phone from now on.
    pub fn storm(&self, frames: Vec<Vec<u8>>) {
        *self.line.storm.lock().unwrap_or_else(PoisonError::into_inner) = frames;
    }

    /// The device an honest butler works with.
    ///
    /// # Errors
    /// When the office has none.
    pub fn honest_device(&self) -> Checked<butler_core::model::DeviceId> {
        let devices = self.hub.storage().read(|read| read.devices());
        let devices = devices.map_err(|error: StorageError| error.to_string())?;
        let zhang = devices.iter().find(|device| device.staff.as_str() == "zhang.li");
        zhang.map(|device| device.id).ok_or_else(|| "the honest phone is unknown".into())
    }

    /// What the butler writes without a line; it travels at the next look.
    fn offline(&mut self) -> Checked {
        self.round += 1;
        let round = self.round;
        (self.targets.photo, self.targets.photo_bytes) = picture((round % 250) as u8 + 3);
        let targets = &self.targets;
        let people = HomeEdit { people: (round as i64 % 9).into(), ..HomeEdit::default() };
        let hobby =
            ResidentEdit { hobbies: format!("钓鱼{round}").as_str().into(), ..ResidentEdit::default() };
        self.zhang.butler.homes().edit(targets.home, people).map_err(failed("an edit"))?;
        self.zhang.butler.residents().edit(targets.resident, hobby).map_err(failed("an edit"))?;
        let words = format!("晚八点后在家，第{round}次");
        self.zhang.butler.records().edit_note(targets.home, &words).map_err(failed("a note"))?;
        let taken = self.zhang.butler.photos().add(&targets.photo_bytes).map_err(failed("a photo"))?;
        let visit = ContactEdit {
            channel: Channel::VISIT.into(),
            purpose: "planned_visit".into(),
            outcome: Outcome::Agreed.into(),
            summary: "阳台渗水，已拍照。".into(),
            ..ContactEdit::default()
        };
        self.zhang.butler.contacts().record(&[targets.home], visit, &[taken]).map_err(failed("a visit"))?;
        Ok(())
    }

    /// Whether the honest can go on: what they wrote before the attack goes in, they write more, disagree, resolve,
    /// and nothing of theirs is rejected or stays behind.
    ///
    /// # Errors
    /// The first promise that is broken.
    pub fn is_alive(&mut self) -> Checked<Alive> {
        let mut alive = Alive::default();
        self.zhang.sync(&self.line)?;
        self.chen.sync(&self.line)?;
        let home = self.targets.home;
        let says = |honest: &Honest, layout: &str| -> Checked<Recorded> {
            let edit = HomeEdit { layout: layout.into(), ..HomeEdit::default() };
            honest.butler.homes().edit(home, edit).map_err(failed("an edit"))
        };
        says(&self.zhang, &format!("三室改{}", self.round))?;
        says(&self.chen, &format!("两室改{}", self.round))?;
        for honest in [&self.zhang, &self.chen] {
            honest.sync(&self.line)?;
        }
        let conflicts = self.chen.butler.conflicts().list().map_err(failed("conflicts"))?;
        if conflicts.is_empty() {
            return Err("two people disagreed and nobody is told".into());
        }
        for conflict in conflicts {
            let ConflictKind::Field { path, candidates, .. } = conflict.about else { continue };
            let value = candidates.first().map_or(Value::from(true), |claim| claim.value.clone());
            match self.chen.butler.conflicts().resolve(conflict.record, &path, value) {
                Ok(_) => alive.resolved += 1,
                Err(ButlerError::NotAllowed { .. } | ButlerError::InvalidInput { .. })
                    if path != "layout" => {}
                Err(error) => return Err(format!("a field in conflict cannot be resolved: {error}")),
            }
        }
        for honest in [&self.chen, &self.zhang, &self.chen] {
            honest.sync(&self.line)?;
        }
        self.nothing_is_left()?;
        self.records_are_sound()?;
        self.offline()?;
        Ok(alive)
    }

    /// The next rows of the register go in, whatever was there before.
    ///
    /// # Errors
    /// When they do not, or when they read otherwise than they were written.
    pub fn register_goes_in(&self) -> Checked {
        write(&self.hub, self.targets.next_home, Kind::Home, first_edit("b1", "102"))?;
        let document = self.hub.document(self.targets.next_home).map_err(|error| error.to_string())?;
        let here = document.map(|document| document.record());
        match here.as_ref().map(|record| (record.kind, record.text("room"))) {
            Some((Kind::Home, Some("102"))) => Ok(()),
            other => Err(format!("a home of the register reads {other:?}")),
        }
    }

    fn nothing_is_left(&self) -> Checked {
        let rejected = |honest: &Honest| -> Checked<Vec<EditId>> {
            let rows = honest.butler.rejected().list().map_err(failed("what was rejected"))?;
            Ok(rows.iter().map(|row| row.edit).collect())
        };
        let expected: Vec<EditId> = self.targets.rejected.iter().map(|(edit, _)| *edit).collect();
        if rejected(&self.zhang)? != expected {
            let rows = self.zhang.butler.rejected().list().map_err(failed("what was rejected"))?;
            let codes: Vec<_> = rows.iter().map(|row| (row.fate, row.code.as_str(), &row.path)).collect();
            return Err(format!("the butler's list of rejected edits is not what it was: {codes:?}"));
        }
        if !rejected(&self.chen)?.is_empty() {
            return Err("an edit of the supervisor was rejected".into());
        }
        for honest in [&self.zhang, &self.chen] {
            let status = honest.butler.status().map_err(failed("the status"))?;
            if status.unsent_edits + status.unsent_photos > 0 {
                let (edits, photos) = (status.unsent_edits, status.unsent_photos);
                return Err(format!("{edits} edits and {photos} photos of an honest phone stay behind"));
            }
            if status.quarantined > 0 {
                return Err(format!("an honest phone keeps out {} changes", status.quarantined));
            }
        }
        let layout = self.hub.document(self.targets.home).map_err(|error| error.to_string())?;
        if layout.is_none_or(|document| document.record().in_conflict("layout")) {
            return Err("a field was resolved and is in conflict all the same".into());
        }
        Ok(())
    }

    /// Every record at the office can be saved, loaded, read, edited and merged.
    fn records_are_sound(&self) -> Checked {
        let places: Vec<PlaceId> = PLACES.iter().map(|(place, ..)| id(place)).collect::<Checked<_>>()?;
        let records = self.hub.storage().read(|read| {
            let mut records = Vec::new();
            for place in &places {
                records.extend(read.records_at(place)?.into_iter().map(|row| row.id));
            }
            Ok::<_, StorageError>(records)
        });
        for record in records.map_err(|error| error.to_string())? {
            let document = self.hub.document(record).map_err(|error| format!("record {record}: {error}"))?;
            let document = document.ok_or_else(|| format!("record {record} is gone"))?;
            survives(&document).map_err(|error| format!("record {record}: {error}"))?;
        }
        Ok(())
    }
}

fn survives(document: &Document) -> Checked {
    let fail = |error: butler_core::crdt::CrdtError| error.to_string();
    let (id, kind, version) = (document.id(), document.kind(), document.version());
    let mut loaded = Document::load(id, kind, version, Some(&document.save()), &[]).map_err(fail)?;
    if loaded.record() != document.record() {
        return Err("it reads otherwise after a reload".into());
    }
    let device = butler_core::model::DeviceId([0xee; 16]);
    let staff = StaffId::new("zhang.li").map_err(|error| error.to_string())?;
    let stamp = Stamp { staff, at: SystemHost.now(), offset: None, copy_of: None };
    let edit = Edit::new().put("trial", "试").splice("note", 0, 0, "试");
    let change = loaded.author(ActorId::new(device, [0xee; 8]), &stamp, &edit).map_err(fail)?;
    let mut merged = document.clone();
    merged.apply(&[change]).map_err(fail)?;
    if merged.record() == loaded.record() {
        Ok(())
    } else {
        Err("it merges otherwise than it is edited".into())
    }
}

/// The role somebody has from now on, wherever they work.
fn role(hub: &Hub<Sqlite>, staff: &str, role: &str) -> Checked {
    let (staff, role): (StaffId, RoleId) = (id(staff)?, id(role)?);
    let changed = hub.change_tables(&SystemHost, "role", |tables| {
        if let Some(row) = tables.staff.get_mut(&staff) {
            row.roles = vec![role.clone()];
        }
        for assignment in tables.assignments.iter_mut().filter(|one| one.staff == staff) {
            assignment.role = role.clone();
        }
        Ok(())
    });
    changed.map_err(|error| error.to_string())
}
