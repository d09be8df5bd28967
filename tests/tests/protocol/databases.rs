//! A phone's database and an office's, kept as files: this version opens a copy of them, brings it up to its own schema,
//! and shows what they showed when they were made. Run with `BLESS=1` they are made anew, which until 0.1.0 is released a
//! change of format may do, in the commit that says so in the changelog; from then on they stand for ever.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use butler_core::Butler;
use butler_core::areas::drafts::Draft;
use butler_core::butler::{Transport, TransportError};
use butler_core::model::choice::{Channel, Outcome};
use butler_core::model::directory::{Assignment, Grid, Place, Staff};
use butler_core::model::{
    CommunityId, ContactEdit, Edit, Evidence, HomeEdit, Kind, Location, PhotoId, PlaceId, Record, RecordId,
    ResidentEdit, RoleId, StaffId,
};
use butler_core::playbook::Playbooks;
use butler_core::store::{KeyAnswer, StoreKey};
use butler_core::sync::End;
use butler_core::sync::message::TableName;
use butler_core::testing::TestKeys;
use butler_office::hub::{Hub, OfficeEdit};
use butler_office::storage::sqlite::NewOffice;
use butler_office::storage::{Sqlite, Storage as _, StorageError};
use sha2::{Digest as _, Sha256};

use super::{StillHost, WORDS, grid, here, staff};
use butler_core::playbook::PlaybookFile;

/// The key of the phone's database.
const KEY: [u8; 32] = [0x42; 32];
const PHOTO: &str = "三栋大堂地砖松动";

fn keys() -> TestKeys {
    TestKeys::new(KeyAnswer::Key(StoreKey::new(KEY)))
}

/// A host whose random numbers are those of no other.
fn host(number: u64) -> StillHost {
    StillHost(AtomicU64::new(number << 32))
}

struct Direct<'o>(&'o Hub<Sqlite>, &'o StillHost);

impl Transport for Direct<'_> {
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(self.0.handle(self.1, frame))
    }
}

fn community() -> CommunityId {
    CommunityId::new("jinse").unwrap()
}

fn place() -> PlaceId {
    PlaceId::new("building-3").unwrap()
}

fn home() -> RecordId {
    Location::parse("3-2-501").unwrap().home_id(&community())
}

/// The staff of the grid have this role from now on.
fn employ(hub: &Hub<Sqlite>, host: &StillHost, role: &str) {
    hub.change_tables(host, "found", |tables| {
        let role = RoleId::new(role).unwrap();
        let (zhang, name) = (staff(), "张丽".to_owned());
        let member = Staff { id: zhang.clone(), name, roles: vec![role.clone()], left: false, phone: None };
        tables.staff.insert(zhang.clone(), member);
        tables.assignments.clear();
        tables.assignments.push(Assignment { staff: zhang, role, grid: Some(grid()), until: None });
        tables.grids.insert(grid(), Grid { id: grid(), name: "1网格".into() });
        let row = Place { grids: vec![grid()], walk: 3, ..Place::new(place(), "3栋") };
        tables.places.insert(place(), row);
        Ok(())
    })
    .unwrap();
}

/// Makes an office in `office` and a phone in `phone` that have seen a day's work: what was synced, what was rejected, what
/// is not sent yet, and a form half filled in.
fn make(office: &Path, phone: &Path) {
    let (desk, pocket) = (host(1), Arc::new(host(2)));
    let new = NewOffice { community: community(), utc_offset_minutes: 480 };
    let storage = Sqlite::create(office, &desk, &new).unwrap();
    let seals = storage.seal_secret(&desk).unwrap();
    let hub = Hub::new(storage, Playbooks::embedded().unwrap(), seals);
    employ(&hub, &desk, "butler");
    let words = PlaybookFile { name: "words.toml".into(), text: WORDS.into(), current: true };
    hub.publish(&desk, Some(&staff()), &[words]).unwrap();
    let edit = HomeEdit {
        building: "3".into(),
        unit: "2".into(),
        room: "501".into(),
        place: place().into(),
        ..HomeEdit::default()
    };
    let edit = OfficeEdit { record: home(), kind: Kind::Home, seen: None, edit: edit.into() };
    hub.author(&desk, &StaffId::new("office.import").unwrap(), &[edit]).unwrap();

    let butler = Butler::open(phone, &keys(), pocket).unwrap();
    let line = Direct(&hub, &desk);
    let sync = || assert_eq!(butler.sync(&line, &mut |_| ()).unwrap().end, End::Complete);
    butler.enrol(&hub.open_code(&desk, &staff()).unwrap(), "华为 Mate 60", &line).unwrap();
    sync();
    let photo = butler.photos().add(PHOTO.as_bytes()).unwrap();
    let person = ResidentEdit { name: "单晓彤".into(), ..ResidentEdit::default() };
    let person = butler.residents().add(home(), person).unwrap().record;
    butler.residents().add_phone(person, "13812345678", None).unwrap();
    let visit = ContactEdit {
        channel: Channel::VISIT.into(),
        purpose: "planned_visit".into(),
        outcome: Outcome::Agreed.into(),
        summary: "家里一切都好。".into(),
        ..ContactEdit::default()
    };
    butler.contacts().record(&[home()], visit, &[photo]).unwrap();
    butler.homes().edit(home(), Edit::new().put("layout", "三室两厅")).unwrap();
    sync();

    // Meant as a butler, judged after the role was taken away, and given back.
    butler.homes().edit(home(), Edit::new().put("surroundings", "南面临街")).unwrap();
    employ(&hub, &desk, "engineering");
    sync();
    employ(&hub, &desk, "butler");
    sync();
    butler.homes().edit(home(), Edit::new().put("layout", "四室两厅")).unwrap();
    let draft = Draft {
        about: vec![home()],
        answers: Evidence {
            fields: BTreeMap::from([("layout".into(), "复式".into())]),
            ..Evidence::default()
        },
        note: "明天再问".into(),
        ..Draft::new(butler.submission(None).unwrap(), "app.home.edit")
    };
    butler.drafts().save(&draft).unwrap();
}

/// A record's fields, every concurrent value of them, and its texts.
fn say(out: &mut String, record: &Record) {
    let _ = writeln!(out, "{} {} {:?}", record.kind.name(), record.id, record.lifecycle);
    for (path, field) in &record.fields {
        let values =
            std::iter::once(&field.winner).chain(&field.others).map(|one| format!("{:?}", one.value));
        let _ = writeln!(out, "  {path} = {}", values.collect::<Vec<_>>().join(" | "));
    }
    for (path, text) in record.texts.iter().filter(|(_, text)| !text.is_empty()) {
        let _ = writeln!(out, "  {path} = {text}");
    }
}

fn phone_shows(folder: &Path) -> String {
    let butler = Butler::open(folder, &keys(), Arc::new(host(3))).unwrap();
    let mut out = String::new();
    let status = butler.status().unwrap();
    let _ = writeln!(out, "phone of {:?}", butler.enrolled().unwrap().map(|staff| staff.to_string()));
    let _ = writeln!(
        out,
        "unsent {} edits of {} records, {} photos; rejected {}",
        status.unsent_edits, status.unsent_records, status.unsent_photos, status.rejected_edits
    );
    let _ = writeln!(out, "playbooks {:?}", butler.playbook_set().unwrap().version);
    for kind in Kind::ALL {
        for row in butler.records().page(kind, None, 100).unwrap() {
            say(&mut out, &butler.records().get(row.id).unwrap());
            for entry in butler.records().history(row.id).unwrap() {
                let paths: Vec<_> = entry.changes.iter().map(|change| change.path.as_str()).collect();
                let received = if entry.received.is_some() { "received" } else { "unsent" };
                let _ = writeln!(out, "  by {} {received}: {}", entry.by, paths.join(" "));
            }
        }
    }
    for row in butler.rejected().list().unwrap() {
        let intent: Vec<_> = row.meant.iter().map(|touch| touch.path.as_str()).collect();
        let _ = writeln!(out, "rejected {:?} {} {:?} {intent:?}", row.fate, row.code, row.path);
    }
    for draft in butler.drafts().list().unwrap() {
        let Draft { form, about, answers, note, .. } = draft.draft;
        let fields: BTreeMap<&str, _> =
            answers.fields.iter().map(|(id, value)| (id.as_str(), value)).collect();
        let _ = writeln!(out, "draft {form} about {} {fields:?} {note}", about.len());
    }
    for typed in ["501", "单晓彤", "sxt", "13812345678"] {
        let hits = butler.search(typed, 9).unwrap();
        let _ =
            writeln!(out, "search {typed}: {:?}", hits.iter().map(|hit| hit.kind.name()).collect::<Vec<_>>());
    }
    let photo = PhotoId(Sha256::digest(PHOTO.as_bytes()).into());
    let bytes = butler.photos().bytes(photo).unwrap();
    let _ = writeln!(out, "photo {}", String::from_utf8_lossy(&bytes));
    out
}

fn office_shows(folder: &Path) -> String {
    let storage = Sqlite::open(folder, &host(4)).unwrap();
    let seals = storage.seal_secret(&host(4)).unwrap();
    let hub = Hub::new(storage, Playbooks::embedded().unwrap(), seals);
    let mut out = String::new();
    hub.storage()
        .read(|read| {
            let community = read.community()?;
            let _ = writeln!(out, "office of {} at {}", community.id, community.utc_offset_minutes);
            for name in TableName::ALL {
                let table = read.table(name)?;
                let _ = writeln!(out, "{} {} {}", name.name(), table.version, table.rows);
            }
            let _ = writeln!(out, "playbooks {}", read.playbook_set_version()?);
            for device in read.devices()? {
                let report = device.report;
                let _ = writeln!(out, "device {} {} {:?}", device.staff, device.label, report.blocked);
            }
            for held in read.held()? {
                let _ = writeln!(out, "held {} {:?}", held.kind.name(), held.reason);
            }
            for row in read.feed(&grid(), 0, 100)? {
                let _ = writeln!(out, "feed {} {:?} {}", row.seq, row.membership, row.ordinal);
            }
            for row in read.records_at(&place())? {
                let receipts = read.receipts(row.id, 1, 100)?.len();
                let _ = writeln!(out, "{} {} accepted {} {receipts}", row.kind.name(), row.id, row.accepted);
            }
            Ok::<_, StorageError>(())
        })
        .unwrap();
    let records = hub.storage().read(|read| read.records_at(&place())).unwrap();
    for row in records {
        say(&mut out, &hub.document(row.id).unwrap().unwrap().record());
    }
    let _ = writeln!(out, "audit {}", hub.verify_audit(None).unwrap());
    out
}

/// Copies what of `from` belongs to a fixture: a phone's folder but for what it makes anew, an office's database alone, as
/// a backup has it.
fn copy(from: &Path, to: &Path) {
    const MADE_ANEW: [&str; 3] = ["lock", "reserve", "not-in-backups"];
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (name, path) = (entry.file_name(), entry.path());
        if MADE_ANEW.iter().any(|made| name == *made) {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(&name));
        } else {
            fs::copy(&path, to.join(&name)).unwrap();
        }
    }
}

#[test]
fn kept_databases_open_and_show_what_they_showed() {
    let fixtures = here("fixtures/databases");
    let work = tempfile::tempdir().unwrap();
    let bless = std::env::var_os("BLESS").is_some();
    if bless {
        let made = work.path().join("made");
        make(&made.join("office"), &made.join("phone"));
        let _ = fs::remove_dir_all(&fixtures);
        copy(&made, &fixtures);
    }
    for (name, shows) in [("office", office_shows as fn(&Path) -> String), ("phone", phone_shows)] {
        let folder = work.path().join(name);
        copy(&fixtures.join(name), &folder);
        let shown = shows(&folder);
        let kept = fixtures.join(format!("{name}.txt"));
        if bless {
            fs::write(&kept, &shown).unwrap();
        }
        assert_eq!(shown, fs::read_to_string(&kept).unwrap_or_default(), "{}", kept.display());
    }
}
