//! What things cost, as figures and as ratios to bare rusqlite doing the same durable work in the same run.
//!
//! `cargo xtask bench [FILTER]` prints a table and writes `target/bench/<name>.json`, one file per group. A figure
//! without a floor has ratio 1. Groups: `edit`, `bulk`, `sync`, `history`, `screens`, `memory`, `case`, `register`; and, only when
//! they are named, `growth`, which takes minutes, and `peers`, which does over HTTP what `cargo xtask bench peers` then has PouchDB
//! do. The few figures that are promised stand in `target/bench/summary.json` as well, one flat object.

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use butler_core::Butler;
use butler_core::butler::{Transport, TransportError};
use butler_core::crdt::{Document, Tip};
use butler_core::host::{Host, OffsetHost, SystemHost};
use butler_core::model::choice::{Channel, HomeState, Outcome, ResidentRole};
use butler_core::model::date::PartialDate;
use butler_core::model::directory::{Assignment, Grid, Place, Staff};
use butler_core::model::{
    ActorId, CommunityId, ContactEdit, DeviceId, Edit, Event, EventId, Evidence, GridId, HomeEdit, Kind,
    Location, RecordId, ResidentEdit, RoleId, StaffId, Stamp, SystemStep, Timestamp, resident,
};
use butler_core::playbook::metric::{GroupBy, Month};
use butler_core::playbook::walk::WalkHours;
use butler_core::playbook::{Playbooks, course};
use butler_core::store::{Authored, KeyAnswer, KeyProvider, KeyRejected, Signed, Store, StoreKey};
use butler_core::testing::worked_out;
use butler_office::hub::{Hub, OfficeEdit};
use butler_office::import::{self, Authoring, Choices, Comparison, Mapping};
use butler_office::server;
use butler_office::storage::Sqlite;
use butler_office::storage::sqlite::NewOffice;
use butler_tests::demo::link::Link;
use rusqlite::{Connection, params};
use serde::Serialize;

type Done<T = ()> = Result<T, Box<dyn Error>>;

/// One line of the table.
#[derive(Serialize)]
struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    floor: Option<f64>,
    ratio: f64,
}

/// The figures that are promised. Each run writes those it measured and leaves the others as they were; what others leave in
/// files is read from there.
const SUMMARY: [&str; 14] = [
    "edit_ratio",
    "bulk_same_rows_ratio",
    "bulk_bare_ratio",
    "first_sync_ratio",
    "first_sync_bytes_ratio",
    "first_usable_ms",
    "pull_100_of_10k_ms",
    "today_cold_ms",
    "today_after_edit_ms",
    "today_after_empty_sync_ms",
    "database_ratio",
    "memory_mib",
    "library_arm64_mb",
    "growth_1k_100k",
];

#[derive(Default)]
struct Table {
    figures: Vec<Figure>,
    promised: BTreeMap<&'static str, f64>,
}

impl Table {
    fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str, floor: Option<f64>) {
        let ratio = floor.map_or(1.0, |floor| value / floor);
        let figure = Figure { name: name.into(), value, unit, floor, ratio };
        let against = figure.floor.map_or_else(String::new, |floor| format!("{floor:>12.2}  × {ratio:.2}"));
        println!("{:<52}{:>12.2} {:<6}{against}", figure.name, figure.value, figure.unit);
        self.figures.push(figure);
    }

    /// Notes a figure of [`SUMMARY`].
    fn promise(&mut self, name: &'static str, value: f64) {
        assert!(SUMMARY.contains(&name), "{name}");
        self.promised.insert(name, value);
    }

    fn write(&self, group: &str) -> Done {
        let folder = bench_folder()?;
        std::fs::write(folder.join(format!("{group}.json")), serde_json::to_string_pretty(&self.figures)?)?;
        self.summarize(&folder)
    }

    /// Writes the figures that are promised, as far as they are known by now.
    fn summarize(&self, folder: &Path) -> Done {
        let summary = folder.join("summary.json");
        let known = std::fs::read_to_string(&summary).unwrap_or_default();
        let known: BTreeMap<String, Option<f64>> = serde_json::from_str(&known).unwrap_or_default();
        let value = |name: &str| self.promised.get(name).copied().or(known.get(name).copied().flatten());
        let mut all: BTreeMap<&str, Option<f64>> = SUMMARY.iter().map(|name| (*name, value(name))).collect();
        all.insert("library_arm64_mb", packaged_library().or(value("library_arm64_mb")));
        all.extend(against_the_peer(folder));
        Ok(std::fs::write(summary, serde_json::to_string_pretty(&all)?)?)
    }
}

/// Millions of bytes of the library for arm64 as it was packaged last, released and stripped; nothing where none was.
fn packaged_library() -> Option<f64> {
    let packaged = "../target/package/staging/phone/arm64-v8a/phone/libbutler_ffi.so";
    let file = std::fs::metadata(Path::new(env!("CARGO_MANIFEST_DIR")).join(packaged));
    file.ok().map(|file| file.len() as f64 / 1e6)
}

/// How many times better than the peer we are at what both were measured at: `peers` left our figures, `cargo xtask bench
/// peers` its own beside them. Nothing where either is missing.
fn against_the_peer(folder: &Path) -> [(&'static str, Option<f64>); 5] {
    let read = |name: &str| -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    };
    let (ours, theirs) = (read("peers.json"), read("pouchdb.json"));
    // The bytes stand in the line after what was pulled.
    let value = |of: &[serde_json::Value], begins: &str, further: usize| {
        let at = of
            .iter()
            .position(|figure| figure["name"].as_str().is_some_and(|name| name.starts_with(begins)))?;
        of.get(at + further)?["value"].as_f64()
    };
    let better = |begins, further| Some(value(&theirs, begins, further)? / value(&ours, begins, further)?);
    [
        ("peer_put_ratio", better("put", 0)),
        ("peer_first_pull_ratio", better("first pull", 0)),
        ("peer_first_pull_bytes_ratio", better("first pull", 1)),
        ("peer_pull_100_ratio", better("pull of", 0)),
        ("peer_pull_100_bytes_ratio", better("pull of", 1)),
    ]
}

fn bench_folder() -> Done<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn main() -> Done {
    if let Some(folder) = std::env::var_os(ALONE) {
        return opened_alone(Path::new(&folder));
    }
    let filter: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if filter == ["summary"] {
        return Table::default().summarize(&bench_folder()?);
    }
    let machine = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = machine.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("\t: unknown");
    println!(
        "trial machine: {} cores,{}",
        std::thread::available_parallelism()?,
        model.trim_start_matches(['\t', ':'])
    );
    for (group, run) in [
        ("edit", edit as fn(&mut Table) -> Done),
        ("bulk", bulk),
        ("sync", sync),
        ("history", history),
        ("screens", screens),
        ("memory", memory),
        ("case", long_case),
        ("register", register),
        ("peers", peers),
        ("growth", growth),
    ] {
        let all = filter.is_empty() && !["peers", "growth"].contains(&group);
        if all || filter.iter().any(|word| group.contains(word.as_str())) {
            println!("\n{group}");
            let mut table = Table::default();
            run(&mut table)?;
            table.write(group)?;
        }
    }
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Median of `rounds` runs.
fn timed(rounds: usize, mut run: impl FnMut(usize) -> Done) -> Done<Duration> {
    let mut times = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let began = Instant::now();
        run(round)?;
        times.push(began.elapsed());
    }
    Ok(median(times))
}

/// The system's heap, counted.
struct Counted;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static HEAP: Counted = Counted;

#[expect(unsafe_code, reason = "an allocator is one")]
// SAFETY: what the system's allocator promises; counting changes nothing of it.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, size) }
    }
}

/// Processor time of this thread since it began, kernel and all.
fn processor() -> Done<Duration> {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = counted.split_whitespace().next().ok_or("no processor time")?.parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}

/// How many pages a database's log holds.
fn logged(database: &Path) -> Done<u32> {
    let index = std::fs::read(format!("{}-shm", database.display()))?;
    Ok(u32::from_ne_bytes(index.get(16..20).ok_or("no index of the log")?.try_into()?))
}

/// Whose pages the log holds from a frame on: tables and indexes, and how many pages of each.
fn logged_of(database: &Path, keys: &Keys, from: u32) -> Done<BTreeMap<String, u32>> {
    // The log's header, then a header and a page for each frame; the headers are not encrypted.
    let (header, frame_header, page): (usize, usize, usize) = (32, 24, 4096);
    let log = std::fs::read(format!("{}-wal", database.display()))?;
    let db = opened(database, keys)?;
    let mut of = db.prepare("SELECT coalesce((SELECT name FROM dbstat WHERE pageno = ?1), 'free')")?;
    let mut pages = BTreeMap::new();
    for frame in from..logged(database)? {
        let at = header + frame as usize * (frame_header + page);
        let number = u32::from_be_bytes(log.get(at..at + 4).ok_or("no such frame")?.try_into()?);
        *pages.entry(of.query_row([number], |row| row.get(0))?).or_default() += 1;
    }
    Ok(pages)
}

/// What one round took: the median on the clock and of pages written, the mean of processor time and allocations.
struct Cost {
    wall: Duration,
    processor: Duration,
    allocations: f64,
    pages: f64,
}

/// [`timed`], and what else that took.
fn costs(rounds: usize, database: &Path, mut run: impl FnMut(usize) -> Done) -> Done<Cost> {
    let (mut times, mut pages) = (Vec::with_capacity(rounds), Vec::with_capacity(rounds));
    let (mut used, mut allocations) = (Duration::ZERO, 0);
    for round in 0..rounds {
        let before = (logged(database)?, ALLOCATIONS.load(Ordering::Relaxed), processor()?);
        let began = Instant::now();
        run(round)?;
        times.push(began.elapsed());
        used += processor()?.saturating_sub(before.2);
        allocations += ALLOCATIONS.load(Ordering::Relaxed) - before.1;
        // A log that was begun anew holds nothing else.
        let now = logged(database)?;
        pages.push(now.checked_sub(before.0).unwrap_or(now));
    }
    pages.sort_unstable();
    Ok(Cost {
        wall: median(times),
        processor: used / u32::try_from(rounds)?,
        allocations: allocations as f64 / rounds as f64,
        pages: f64::from(pages.get(rounds / 2).copied().unwrap_or_default()),
    })
}

/// A key that is always there.
struct Keys(Mutex<Option<StoreKey>>);

impl KeyProvider for Keys {
    fn key(&self) -> KeyAnswer {
        let key = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        key.map_or(KeyAnswer::Missing, KeyAnswer::Key)
    }
    fn keep(&self, key: &StoreKey) -> Result<(), KeyRejected> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(key.clone());
        Ok(())
    }
}

fn location(number: usize) -> Done<Location> {
    let (building, unit) = (number / 180 + 1, number / 90 % 2 + 1);
    let (floor, room) = (number % 90 / 5 + 1, number % 5 + 1);
    Ok(Location::new(&building.to_string(), &unit.to_string(), &format!("{floor}{room:02}"))?)
}

/// A home as a register gives it.
fn home(number: usize) -> Done<(RecordId, Edit)> {
    let community = CommunityId::new("jinse")?;
    let location = location(number)?;
    let mut edit = HomeEdit::at(&community, &location)?;
    edit.layout = "三室两厅".into();
    edit.area = (60.0 + (number % 90) as f64).into();
    // As in a community some years old: of twenty homes fifteen are lived in.
    edit.state = match number % 20 {
        0 | 1 => HomeState::VACANT,
        2 => HomeState::RENOVATING,
        3 => HomeState::ENTRUSTED,
        4 => HomeState::RENTED_OUT,
        _ => HomeState::OCCUPIED,
    }
    .into();
    edit.people = 3.into();
    // Handed over in three stages, years ago.
    edit.handed_over = PartialDate::Day(long_ago([2_650, 1_850, 1_000][number % 3] + number % 60)?).into();
    Ok((location.home_id(&community), edit.into()))
}

/// The owner who lives in it, whose telephone was verified some time in the last year.
fn owner(number: usize) -> Done<(RecordId, Edit)> {
    let (home, edit) = home(number)?;
    let person = ResidentEdit {
        name: format!("王小明{}", number % 97).as_str().into(),
        role: ResidentRole::OWNER.into(),
        ..ResidentEdit::default()
    };
    let phone = "phone/0102030405060708090a0b0c0d0e0f10";
    let mut person = Edit::from(person)
        .put("home", home.to_string())
        .put(phone, true)
        .put(format!("{phone}/number"), format!("138{number:08}"))
        .put(format!("{phone}/verified"), long_ago(number % 365)?.to_string());
    person.ops.extend(edit.ops.into_iter().find(|op| op.path() == "place"));
    Ok((resident::resident_id(home, "王小明", ""), person))
}

/// Every bench begins at ten on the same Monday, 2026-11-30 in Shenzhen: what a day or a month asks for differs from date to date by half.
fn host() -> OffsetHost {
    static AHEAD: LazyLock<i64> = LazyLock::new(|| 1_796_004_000_000 - SystemHost.now().millis());
    OffsetHost { ahead_ms: *AHEAD }
}

/// So many days before today.
fn long_ago(days: usize) -> Done<chrono::NaiveDate> {
    let today = butler_core::playbook::calendar::Calendar::plain(480).date_of(host().now());
    Ok(today.checked_sub_days(chrono::Days::new(days as u64)).ok_or("no such day")?)
}

/// What a register says of so many homes, with an owner in each.
fn registry(homes: usize) -> Done<Vec<OfficeEdit>> {
    let mut edits = Vec::with_capacity(homes * 2);
    for number in 0..homes {
        let (id, edit) = home(number)?;
        edits.push(OfficeEdit { record: id, kind: Kind::Home, seen: None, edit });
        let (resident, person) = owner(number)?;
        edits.push(OfficeEdit { record: resident, kind: Kind::Resident, seen: None, edit: person });
    }
    Ok(edits)
}

/// An office with the homes and people of such a register.
fn office(homes: usize) -> Done<Arc<Hub<Sqlite>>> {
    let community = CommunityId::new("jinse")?;
    let storage =
        Sqlite::in_memory(&host(), &NewOffice { community: community.clone(), utc_offset_minutes: 480 })?;
    let seals = storage.seal_secret(&host())?;
    let hub = Hub::new(storage, Playbooks::embedded()?, seals);
    let grid = GridId::new("jinse/grid-1")?;
    hub.change_tables(&host(), "bench", |tables| {
        tables.grids.insert(grid.clone(), Grid { id: grid.clone(), name: "1网格".into() });
        for number in 0..homes {
            let places = location(number).ok().and_then(|location| location.places(&community).ok());
            for (walk, id) in places.into_iter().flatten().enumerate() {
                let place = Place {
                    grids: vec![grid.clone()],
                    walk: walk as i64 + number as i64,
                    ..Place::new(id.clone(), id.to_string())
                };
                tables.places.entry(id).or_insert(place);
            }
        }
        for (id, name, role) in [("zhang.li", "张丽", "butler"), ("chen.jing", "陈静", "supervisor")] {
            let (Ok(id), Ok(role)) = (StaffId::new(id), RoleId::new(role)) else { continue };
            let roles = vec![role.clone()];
            let row = Staff { id: id.clone(), name: name.into(), roles, left: false, phone: None };
            tables.staff.insert(id.clone(), row);
            tables.assignments.push(Assignment { staff: id, role, grid: Some(grid.clone()), until: None });
        }
        Ok(())
    })?;
    let edits = registry(homes)?;
    for chunk in edits.chunks(2_000) {
        hub.author(&host(), &StaffId::new("import")?, chunk)?;
    }
    Ok(Arc::new(hub))
}

/// A link without a network: what remains is the work of phone and office.
struct Wire {
    hub: Arc<Hub<Sqlite>>,
    bytes: Mutex<u64>,
    at_office: Mutex<Duration>,
}

impl Wire {
    fn new(hub: &Arc<Hub<Sqlite>>) -> Self {
        Self { hub: hub.clone(), bytes: Mutex::default(), at_office: Mutex::default() }
    }
    fn office_time(&self) -> Duration {
        *self.at_office.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Transport for Wire {
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError> {
        let began = Instant::now();
        let reply = self.hub.handle(&host(), frame);
        *self.at_office.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += began.elapsed();
        *self.bytes.lock().unwrap_or_else(std::sync::PoisonError::into_inner) +=
            (frame.len() + reply.len()) as u64;
        Ok(reply)
    }
}

/// A link over which a first sync comes in while somebody looks at Today as soon as something is there.
struct Looking<'b> {
    wire: Wire,
    butler: &'b Butler,
    /// When the first page of a grid came.
    came: Mutex<Option<Instant>>,
    /// How long it took from then until Today was there, and how much of it the look itself.
    looked: Mutex<Option<(Duration, Duration)>>,
}

impl Looking<'_> {
    /// How long until Today was there, and how much of it the look itself; nothing where nobody could look.
    fn looked(&self) -> (Duration, Duration) {
        self.looked.lock().unwrap_or_else(std::sync::PoisonError::into_inner).unwrap_or_default()
    }
}

impl Transport for Looking<'_> {
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError> {
        /// No answer is as long before the first page, the office's tables aside.
        const PAGE: usize = 16 << 10;
        let mut came = self.came.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut looked = self.looked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(came) = *came
            && looked.is_none()
        {
            let began = Instant::now();
            let _ = black_box(self.butler.today().list(None, 100));
            *looked = Some((came.elapsed(), began.elapsed()));
        }
        let pull = butler_core::sync::frame::beginning(frame).and_then(|beginning| beginning.name);
        let reply = self.wire.exchange(frame)?;
        if came.is_none() && pull.as_deref() == Some("pull") && reply.len() > PAGE {
            *came = Some(Instant::now());
        }
        Ok(reply)
    }
}

/// The bytes of a phone's database.
fn database_size(phone: &Path) -> Done<f64> {
    let size = |name: &str| std::fs::metadata(phone.join("db").join(name)).map_or(0, |file| file.len());
    Ok((size("store.db") + size("store.db-wal")) as f64)
}

/// The tables and indexes of a phone's database that take a hundredth of it or more, largest first.
fn parts(store: &Path, keys: &Keys) -> Done<Vec<(String, f64)>> {
    let db = opened(store, keys)?;
    let sizes = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name
                 HAVING sum(pgsize) * 100 >= (SELECT sum(pgsize) FROM dbstat) ORDER BY 2 DESC";
    let mut sizes = db.prepare(sizes)?;
    let parts = sizes.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(parts.collect::<Result<_, _>>()?)
}

/// A database as this bench's phones seal it.
fn opened(path: &Path, keys: &Keys) -> Done<Connection> {
    let key = keys.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone().ok_or("no key")?;
    let key: String = key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let db = Connection::open(path)?;
    db.pragma_update(None, "key", format!("x'{key}'"))?;
    db.pragma_update(None, "cipher_hmac_algorithm", SEALED_BY)?;
    Ok(db)
}

/// What a register takes as JSON: packed for the wire in pages as ours are, and in a column of an encrypted database.
fn as_plain_json(folder: &Path, homes: usize) -> Done<(f64, f64)> {
    const PAGE: usize = 1 << 20;
    let (mut packed, mut page) = (0, Vec::new());
    let mut pack = |page: &mut Vec<u8>| -> Done {
        packed += zstd::bulk::compress(page, 3)?.len();
        page.clear();
        Ok(())
    };
    let folder = folder.join("column");
    std::fs::create_dir_all(&folder)?;
    let mut db = floor(&folder, true)?;
    let tx = db.transaction()?;
    for edit in registry(homes)? {
        let text = document_of(&edit, "id")?;
        tx.execute("INSERT INTO home VALUES (?1, ?2)", params![edit.record.as_bytes(), text])?;
        page.extend_from_slice(text.as_bytes());
        if page.len() >= PAGE {
            pack(&mut page)?;
        }
    }
    pack(&mut page)?;
    tx.commit()?;
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok((packed as f64, std::fs::metadata(folder.join("floor-encrypted.db"))?.len() as f64))
}

fn phone(folder: &Path, keys: &Keys) -> Done<Butler> {
    Ok(Butler::open(folder, keys, Arc::new(host()))?)
}

/// A visit that resolved something.
fn visit(butler: &Butler, home: RecordId) -> Done {
    let contact = ContactEdit {
        channel: Channel::VISIT.into(),
        purpose: "planned_visit".into(),
        outcome: Outcome::Agreed.into(),
        summary: "家里一切都好。".into(),
        ..ContactEdit::default()
    };
    butler.contacts().record(&[home], contact, &[])?;
    Ok(())
}

fn enrolled(folder: &Path, keys: &Keys, hub: &Arc<Hub<Sqlite>>, staff: &str) -> Done<Butler> {
    let butler = phone(folder, keys)?;
    let code = hub.open_code(&host(), &StaffId::new(staff)?)?;
    butler.enrol(&code, "bench", &Wire::new(hub))?;
    Ok(butler)
}

fn keys() -> Keys {
    Keys(Mutex::new(None))
}

/// As pages of a phone's database are sealed: a floor is encrypted like what stands on it.
const SEALED_BY: &str = "HMAC_SHA256";

const fn floor_name(encrypted: bool) -> &'static str {
    if encrypted { "floor-encrypted.db" } else { "floor.db" }
}

/// Bare rusqlite on the same file system with the same durability.
fn floor(folder: &Path, encrypted: bool) -> Done<Connection> {
    let db = Connection::open(folder.join(floor_name(encrypted)))?;
    if encrypted {
        db.pragma_update(None, "key", format!("x'{}'", "07".repeat(32)))?;
        db.pragma_update(None, "cipher_hmac_algorithm", SEALED_BY)?;
    }
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.execute_batch(
        "CREATE TABLE home (id BLOB PRIMARY KEY, json TEXT NOT NULL) STRICT;
         CREATE TABLE typed (id BLOB PRIMARY KEY, building TEXT, unit TEXT, floor INTEGER, room TEXT, layout TEXT,
                             area REAL, state TEXT, people INTEGER) STRICT;",
    )?;
    Ok(db)
}

fn as_json(edit: &Edit) -> Done<String> {
    let fields: BTreeMap<&str, &butler_core::model::Value> = edit
        .ops
        .iter()
        .filter_map(|op| match op {
            butler_core::model::Op::Put { path, value } => Some((path.as_str(), value)),
            _ => None,
        })
        .collect();
    Ok(serde_json::to_string(&fields)?)
}

/// A record of the register as a JSON document, its id under that name.
fn document_of(edit: &OfficeEdit, id: &str) -> Done<String> {
    let mut fields: BTreeMap<String, serde_json::Value> = serde_json::from_str(&as_json(&edit.edit)?)?;
    fields.insert(id.into(), edit.record.to_string().into());
    fields.insert("kind".into(), edit.kind.name().into());
    Ok(serde_json::to_string(&fields)?)
}

/// One durable edit: our whole course against reading, changing and writing back a JSON text.
fn edit(table: &mut Table) -> Done {
    const ROUNDS: usize = 300;
    let folder = tempfile::tempdir()?;
    let hub = office(1_000)?;
    let keys = keys();
    let butler = enrolled(&folder.path().join("phone"), &keys, &hub, "zhang.li")?;
    butler.sync(&Wire::new(&hub), &mut |_| {})?;
    let ids = (0..ROUNDS).map(|number| Ok(home(number)?.0)).collect::<Done<Vec<_>>>()?;
    let database = folder.path().join("phone/db/store.db");
    let ours = costs(ROUNDS, &database, |round| {
        let edit = HomeEdit { people: (round as i64 % 50).into(), ..HomeEdit::default() };
        butler.homes().edit(ids[round], edit)?;
        Ok(())
    })?;
    let again = costs(ROUNDS, &database, |round| {
        let edit = HomeEdit { people: ((round as i64 + 3) % 50).into(), ..HomeEdit::default() };
        butler.homes().edit(ids[round], edit)?;
        Ok(())
    })?;
    let before = logged(&database)?;
    butler.homes().edit(ids[1], HomeEdit { people: 44.into(), ..HomeEdit::default() })?;
    for (whose, pages) in logged_of(&database, &keys, before)? {
        table.add(format!("pages one edit writes of {whose}"), pages.into(), "", None);
    }
    let warm = costs(ROUNDS, &database, |round| {
        let edit = HomeEdit { people: ((round as i64 + 7) % 50).into(), ..HomeEdit::default() };
        butler.homes().edit(ids[0], edit)?;
        Ok(())
    })?;
    for encrypted in [false, true] {
        let mut db = floor(folder.path(), encrypted)?;
        let tx = db.transaction()?;
        for number in 0..1_000 {
            let (id, edit) = home(number)?;
            tx.execute("INSERT INTO home VALUES (?1, ?2)", params![id.as_bytes(), as_json(&edit)?])?;
        }
        tx.commit()?;
        let database = folder.path().join(floor_name(encrypted));
        let bare = costs(ROUNDS, &database, |round| {
            let tx = db.transaction()?;
            let id = ids[round].as_bytes();
            let json: String = tx.query_row("SELECT json FROM home WHERE id = ?1", [id], |row| row.get(0))?;
            let mut fields: BTreeMap<String, serde_json::Value> = serde_json::from_str(&json)?;
            fields.insert("people".into(), round.into());
            tx.execute(
                "UPDATE home SET json = ?2 WHERE id = ?1",
                params![id, serde_json::to_string(&fields)?],
            )?;
            Ok(tx.commit()?)
        })?;
        let kind = if encrypted { "encrypted" } else { "plain" };
        for (what, ours) in [
            ("first edit of a record", &ours),
            ("second edit of a record", &again),
            ("the same record 300 times", &warm),
        ] {
            table.add(
                format!("durable edit, {what}; floor {kind}"),
                millis(ours.wall),
                "ms",
                Some(millis(bare.wall)),
            );
            let micros = |cost: &Cost| 1e3 * millis(cost.processor);
            table.add("  processor", micros(ours), "µs", Some(micros(&bare)));
            table.add("  pages written", ours.pages, "", Some(bare.pages));
            table.add("  allocations", ours.allocations, "", Some(bare.allocations));
        }
        if encrypted {
            table.promise("edit_ratio", millis(ours.wall) / millis(bare.wall));
        }
    }
    Ok(())
}

/// 10,000 homes created in one transaction each way.
fn bulk(table: &mut Table) -> Done {
    for homes in [1_000, 10_000] {
        let folder = tempfile::tempdir()?;
        let keys = keys();
        let store = Store::open(&folder.path().join("phone"), &keys, &host())?.store;
        let made = (0..homes).map(home).collect::<Done<Vec<_>>>()?;
        let device = DeviceId([7; 16]);
        let stamp = Stamp { staff: StaffId::new("import")?, at: host().now(), offset: None, copy_of: None };
        let (began, before) = (Instant::now(), processor()?);
        store.write(|tx| {
            for (id, edit) in &made {
                let tip = Tip::nothing(*id, Kind::Home, Kind::VERSION)?;
                let (info, tip) = tip.author(ActorId::new(device, [1; 8]), &stamp, edit)?;
                let signed = Signed { device, signature: [0; 64] };
                let authored = Authored { info: &info, intent: edit, signed };
                tx.save_at_tip(None, (&tip, &tip.record()), &[authored])?;
            }
            Ok::<_, butler_core::store::StoreError>(())
        })?;
        let (ours, used) = (began.elapsed(), processor()?.saturating_sub(before));
        store.close();
        let (same, same_used) = same_rows(&folder.path().join("phone/db/store.db"), &keys, folder.path())?;
        let mut db = floor(folder.path(), true)?;
        let began = Instant::now();
        let tx = db.transaction()?;
        for (number, (id, _)) in made.iter().enumerate() {
            let at = location(number)?;
            tx.prepare_cached("INSERT INTO typed VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?.execute(
                params![
                    id.as_bytes(),
                    at.building(),
                    at.unit(),
                    at.floor(),
                    at.room(),
                    "三室两厅",
                    60.0,
                    "occupied",
                    3
                ],
            )?;
        }
        tx.commit()?;
        let bare = began.elapsed();
        table.add(
            format!("bulk create {homes} homes; floor typed columns"),
            millis(ours),
            "ms",
            Some(millis(bare)),
        );
        if homes == 10_000 {
            table.promise("bulk_same_rows_ratio", millis(ours) / millis(same));
            table.promise("bulk_bare_ratio", millis(ours) / millis(bare));
        }
        table.add("  floor the same rows", millis(ours), "ms", Some(millis(same)));
        table.add("  processor, floor the same rows", millis(used), "ms", Some(millis(same_used)));
    }
    Ok(())
}

/// Writes every row of a store of new records into a new database with the same tables and indexes, by bare rusqlite, record
/// by record in one transaction.
fn same_rows(store: &Path, keys: &Keys, folder: &Path) -> Done<(Duration, Duration)> {
    const TABLES: [&str; 7] = ["record", "change", "home", "link", "fact", "conflict", "search"];
    let (there, mut here) = (opened(store, keys)?, opened(&folder.join("same-rows.db"), keys)?);
    for db in [&there, &here] {
        db.pragma_update(None, "cache_size", -8192)?;
    }
    here.pragma_update(None, "journal_mode", "WAL")?;
    here.pragma_update(None, "synchronous", "FULL")?;
    let schema = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'
                  AND name NOT GLOB 'search_*' ORDER BY type DESC";
    for sql in there.prepare(schema)?.query_map([], |row| row.get::<_, String>(0))? {
        here.execute_batch(&sql?)?;
    }
    let mut rows: Vec<(i64, usize, Vec<rusqlite::types::Value>)> = Vec::new();
    let mut inserts = Vec::new();
    for (at, table) in TABLES.into_iter().enumerate() {
        let own = if table == "search" { "rowid, *" } else { "*" };
        let mut query = there.prepare(&format!("SELECT {own} FROM {table}"))?;
        let names = query.column_names().map(str::to_owned).collect::<Vec<_>>().join("\", \"");
        let (width, rid) =
            (query.column_count(), query.column_index("rid").or_else(|_| query.column_index("rowid"))?);
        let places = vec!["?"; width].join(", ");
        inserts.push(format!("INSERT INTO {table} (\"{names}\") VALUES ({places})"));
        let mut found = query.query([])?;
        while let Some(row) = found.next()? {
            let row = (0..width).map(|column| row.get(column)).collect::<Result<Vec<_>, _>>()?;
            let rusqlite::types::Value::Integer(whose) = row[rid] else { return Err("whose row".into()) };
            rows.push((whose, at, row));
        }
    }
    rows.sort_by_key(|(rid, table, _)| (*rid, *table));
    let (began, before) = (Instant::now(), processor()?);
    let tx = here.transaction()?;
    for (_, table, row) in &rows {
        tx.prepare_cached(&inserts[*table])?.execute(rusqlite::params_from_iter(row))?;
    }
    tx.commit()?;
    Ok((began.elapsed(), processor()?.saturating_sub(before)))
}

/// One home with a long history: what an honest edit costs when others have written the record thousands of times.
fn history(table: &mut Table) -> Done {
    const LONG: usize = 3_000;
    const PUSH: usize = 500;
    let folder = tempfile::tempdir()?;
    let hub = office(1)?;
    let (first, second) = (keys(), keys());
    let butler = enrolled(&folder.path().join("a"), &first, &hub, "zhang.li")?;
    let colleague = enrolled(&folder.path().join("b"), &second, &hub, "chen.jing")?;
    for phone in [&butler, &colleague] {
        phone.sync(&Wire::new(&hub), &mut |_| {})?;
    }
    let id = home(0)?.0;
    let mut people = 0_i64;
    let mut write = |butler: &Butler| -> Done {
        people = people % 50 + 1;
        let edit = HomeEdit { people: people.into(), ..HomeEdit::default() };
        butler.homes().edit(id, edit)?;
        Ok(())
    };
    // In turns: one device may add 2,000 changes to a record on one day.
    let mut pushed = |turn: usize, count: usize, of: &str| -> Done<(String, f64)> {
        let writer = if turn.is_multiple_of(2) { &butler } else { &colleague };
        writer.sync(&Wire::new(&hub), &mut |_| {})?;
        for _ in 0..count {
            write(writer)?;
        }
        let wire = Wire::new(&hub);
        let report = writer.sync(&wire, &mut |_| {})?;
        if report.accepted != count as u64 {
            return Err(format!("{} of {count} edits were accepted", report.accepted).into());
        }
        Ok((format!("hand in {count} edits of {of}, office's part"), millis(wire.office_time())))
    };
    for (turn, begun) in (0..=LONG).step_by(PUSH).enumerate() {
        let (name, took) = pushed(turn, PUSH, &format!("a home with {begun}"))?;
        table.add(name, took, "ms", None);
    }
    // The one who has room left for today: what waits for room is not what is measured.
    let writer = &colleague;
    writer.sync(&Wire::new(&hub), &mut |_| {})?;

    let written = timed(50, |_| write(writer))?;
    table.add(format!("durable edit of a home with {LONG}; bar 3"), millis(written), "ms", None);
    writer.sync(&Wire::new(&hub), &mut |_| {})?;
    let mut times = Vec::new();
    for _ in 0..10 {
        write(writer)?;
        let began = Instant::now();
        let report = writer.sync(&Wire::new(&hub), &mut |_| {})?;
        times.push(began.elapsed());
        if report.accepted != 1 {
            return Err(format!("{} edits were accepted instead of one", report.accepted).into());
        }
    }
    let name = format!("sync of one edit of a home with {LONG}; bar 100");
    table.add(name, millis(median(times)), "ms", None);

    let third = keys();
    let other = enrolled(&folder.path().join("c"), &third, &hub, "chen.jing")?;
    let began = Instant::now();
    other.sync(&Wire::new(&hub), &mut |_| {})?;
    table.add(format!("first sync of a home with {LONG}"), millis(began.elapsed()), "ms", None);
    Ok(())
}

/// First sync, and a sync of 100 changes.
fn sync(table: &mut Table) -> Done {
    for homes in [1_000, 10_000] {
        let folder = tempfile::tempdir()?;
        let hub = office(homes)?;
        let (first, second) = (keys(), keys());
        let butler = enrolled(&folder.path().join("a"), &first, &hub, "zhang.li")?;
        let wire = Wire::new(&hub);
        let wire = Looking { wire, butler: &butler, came: Mutex::default(), looked: Mutex::default() };
        let began = Instant::now();
        let report = butler.sync(&wire, &mut |_| {})?;
        let (usable, looking) = wire.looked();
        let took = began.elapsed() - wire.wire.office_time() - looking;
        // Floor: the phone's own insertion of the same homes and people from JSON into typed columns.
        let mut db = floor(folder.path(), true)?;
        let texts = (0..homes).map(|number| as_json(&home(number)?.1)).collect::<Done<Vec<_>>>()?;
        let began = Instant::now();
        let tx = db.transaction()?;
        for (number, json) in texts.iter().chain(&texts).enumerate() {
            let fields: BTreeMap<String, serde_json::Value> = serde_json::from_str(json)?;
            let text = |name: &str| fields.get(name).and_then(|value| value.as_str()).map(str::to_owned);
            tx.prepare_cached("INSERT INTO typed VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?.execute(
                params![
                    (number as u64).to_be_bytes(),
                    text("building"),
                    text("unit"),
                    fields.get("floor").and_then(serde_json::Value::as_i64),
                    text("room"),
                    text("layout"),
                    fields.get("area").and_then(serde_json::Value::as_f64),
                    text("state"),
                    fields.get("people").and_then(serde_json::Value::as_i64)
                ],
            )?;
        }
        tx.commit()?;
        let bare = began.elapsed();
        table.add(
            format!("first sync, {homes} homes and people, phone's part"),
            millis(took),
            "ms",
            Some(millis(bare)),
        );
        table.add(format!("  of that, {homes} homes: Today of what came first"), millis(usable), "ms", None);
        let database = database_size(&folder.path().join("a"))?;
        for (part, bytes) in parts(&folder.path().join("a/db/store.db"), &first)? {
            table.add(format!("    of that, {part}"), bytes / f64::from(1 << 20), "MiB", None);
        }
        let (packed, column) = as_plain_json(folder.path(), homes)?;
        table.add(
            format!("  database of {homes} homes and people; floor a JSON column"),
            database / f64::from(1 << 20),
            "MiB",
            Some(column / f64::from(1 << 20)),
        );
        table.add(
            format!("first sync, {homes} homes, office's part"),
            millis(wire.wire.office_time()),
            "ms",
            None,
        );
        table.add(
            format!("first sync, {homes} homes, bytes received"),
            report.bytes_received as f64 / 1024.0,
            "KiB",
            Some(packed / 1024.0),
        );
        if homes == 10_000 {
            table.promise("first_sync_ratio", millis(took) / millis(bare));
            table.promise("first_sync_bytes_ratio", report.bytes_received as f64 / packed);
            table.promise("first_usable_ms", millis(usable));
            table.promise("database_ratio", database / column);
        }
        let other = enrolled(&folder.path().join("b"), &second, &hub, "chen.jing")?;
        other.sync(&Wire::new(&hub), &mut |_| {})?;
        for number in 0..100 {
            let edit = HomeEdit { people: 5.into(), ..HomeEdit::default() };
            other.homes().edit(home(number * homes / 100)?.0, edit)?;
        }
        let wire = Wire::new(&hub);
        let began = Instant::now();
        let pushed = other.sync(&wire, &mut |_| {})?;
        table.add(format!("hand in 100 edits, {homes} homes"), millis(began.elapsed()), "ms", None);
        table.add("  bytes sent", pushed.bytes_sent as f64 / 1024.0, "KiB", None);
        let wire = Wire::new(&hub);
        let began = Instant::now();
        let pulled = butler.sync(&wire, &mut |_| {})?;
        let took = millis(began.elapsed());
        table.add(format!("take in 100 changed of {homes}"), took, "ms", None);
        table.add("  the office's part of it", millis(wire.office_time()), "ms", None);
        if homes == 10_000 {
            table.promise("pull_100_of_10k_ms", took);
        }
        table.add("  bytes received", pulled.bytes_received as f64 / 1024.0, "KiB", None);
    }
    Ok(())
}

/// What a peer is measured at too, over HTTP on this machine: a put, the first pull, a pull of 100 changes. The records
/// are left beside the figures, one JSON document a line, so that the peer holds the same.
fn peers(table: &mut Table) -> Done {
    const HOMES: usize = 10_000;
    const PUTS: usize = 300;
    let hub = office(HOMES)?;
    let mut lines = String::new();
    for edit in registry(HOMES)? {
        lines += &document_of(&edit, "_id")?;
        lines.push('\n');
    }
    std::fs::write(bench_folder()?.join("records.jsonl"), lines)?;

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let listener = runtime.block_on(server::bind(SocketAddr::from(([127, 0, 0, 1], 0))))?;
    let line = Link::new(&format!("http://{}", listener.local_addr()?), None);
    runtime.spawn(server::serve(
        listener,
        hub.clone(),
        Arc::new(host()),
        server::Limits::default(),
        None,
        std::future::pending(),
    ));
    let folder = tempfile::tempdir()?;
    let (first, second) = (keys(), keys());
    let butler = enrolled(&folder.path().join("a"), &first, &hub, "zhang.li")?;
    let began = Instant::now();
    let pulled = butler.sync(&line, &mut |_| {})?;
    table.add("first pull of 10,000 homes and people", millis(began.elapsed()), "ms", None);
    table.add("  bytes", pulled.bytes_received as f64 / 1024.0, "KiB", None);

    let other = enrolled(&folder.path().join("b"), &second, &hub, "chen.jing")?;
    other.sync(&line, &mut |_| {})?;
    for number in 0..100 {
        other.homes().edit(home(number)?.0, HomeEdit { people: 5.into(), ..HomeEdit::default() })?;
    }
    other.sync(&line, &mut |_| {})?;
    let began = Instant::now();
    let pulled = butler.sync(&line, &mut |_| {})?;
    table.add("pull of 100 changes", millis(began.elapsed()), "ms", None);
    table.add("  bytes", pulled.bytes_received as f64 / 1024.0, "KiB", None);

    let put = timed(PUTS, |round| {
        let edit = HomeEdit { people: (round as i64 % 50).into(), ..HomeEdit::default() };
        butler.homes().edit(home(round)?.0, edit)?;
        Ok(())
    })?;
    table.add("put", millis(put), "ms", None);
    Ok(())
}

/// What a butler does all day, with ten and a hundred times the homes: bar 1.5 times as long.
fn growth(table: &mut Table) -> Done {
    let mut measured: Vec<[(&str, f64); 5]> = Vec::new();
    for homes in [1_000, 10_000, 100_000] {
        let folder = tempfile::tempdir()?;
        let hub = office(homes)?;
        let (first, second) = (keys(), keys());
        let at = folder.path().join("a");
        let butler = enrolled(&at, &first, &hub, "zhang.li")?;
        let began = Instant::now();
        butler.sync(&Wire::new(&hub), &mut |_| {})?;
        table.add(format!("first sync, {homes} homes, with the office"), millis(began.elapsed()), "ms", None);
        let other = enrolled(&folder.path().join("b"), &second, &hub, "chen.jing")?;
        other.sync(&Wire::new(&hub), &mut |_| {})?;
        let edit = |number: usize, people: i64| -> Done {
            let edit = HomeEdit { people: people.into(), ..HomeEdit::default() };
            other.homes().edit(home(number * homes / 100)?.0, edit)?;
            Ok(())
        };
        let edited = timed(100, |number| edit(number, 5))?;
        let mut times = Vec::new();
        for people in 6..27 {
            other.sync(&Wire::new(&hub), &mut |_| {})?;
            let began = Instant::now();
            butler.sync(&Wire::new(&hub), &mut |_| {})?;
            times.push(began.elapsed());
            (0..100).try_for_each(|number| edit(number, people))?;
        }
        let pulled = median(times);
        black_box(butler.today().list(None, 100)?);
        let mut times = Vec::new();
        for number in 0..20 {
            visit(&butler, home(number * 4 + 1)?.0)?;
            let began = Instant::now();
            black_box(butler.today().list(None, 100)?);
            times.push(began.elapsed());
        }
        let searched = timed(20, |_| {
            black_box(butler.search("3-2-501", 20)?);
            Ok(())
        })?;
        butler.shutdown();
        drop(butler);
        let opened = timed(9, |_| {
            phone(&at, &first)?.shutdown();
            Ok(())
        })?;
        let of = [
            ("durable edit", millis(edited)),
            ("Today after an edit", millis(median(times))),
            ("take in 100 changed", millis(pulled)),
            ("search by room", millis(searched)),
            ("open", millis(opened)),
        ];
        for (what, value) in of {
            table.add(format!("{what}, {homes} homes"), value, "ms", None);
        }
        measured.push(of);
    }
    if let [few, .., many] = &measured[..] {
        for ((what, few), (_, many)) in few.iter().zip(many) {
            table.add(format!("growth of {what}; bar 1.5"), many / few, "×", None);
        }
        let worst = few.iter().zip(many).map(|((_, few), (_, many))| many / few).fold(0.0, f64::max);
        table.add("the worst growth of these; bar 1.5", worst, "×", None);
        table.promise("growth_1k_100k", worst);
    }
    Ok(())
}

/// Names the folder of a phone to the process that does nothing but open it.
const ALONE: &str = "BUTLER_BENCH_ALONE";

/// What a phone of 10,000 homes takes of memory, in a process that opened it, looked at Today and did nothing else: bar 32 MiB.
fn memory(table: &mut Table) -> Done {
    const HOMES: usize = 10_000;
    let folder = tempfile::tempdir()?;
    let at = folder.path().join("phone");
    {
        let (hub, keys) = (office(HOMES)?, keys());
        let butler = enrolled(&at, &keys, &hub, "zhang.li")?;
        butler.sync(&Wire::new(&hub), &mut |_| {})?;
        for number in (0..HOMES).step_by(4) {
            visit(&butler, home(number)?.0)?;
        }
        butler.shutdown();
        let key = keys.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone().ok_or("no key")?;
        std::fs::write(at.join("key-of-the-bench"), key.as_bytes())?;
    }
    let said = std::process::Command::new(std::env::current_exe()?).env(ALONE, &at).output()?;
    if !said.status.success() {
        return Err(String::from_utf8_lossy(&said.stderr).into_owned().into());
    }
    let said = String::from_utf8(said.stdout)?;
    let mut told = said.lines().map(str::parse::<f64>);
    for (what, bar) in [
        ("RSS of a process before it opens a phone", ""),
        ("RSS with a phone opened", ""),
        ("RSS with the playbooks read", ""),
        ("RSS, opened and Today", "; bar 32"),
        ("  the most it was", ""),
        ("  of that, pages of the program", ""),
    ] {
        let value = told.next().ok_or("what did the process say?")??;
        table.add(format!("{what}, {HOMES} homes{bar}"), value / 1024.0, "MiB", None);
        if !bar.is_empty() {
            table.promise("memory_mib", value / 1024.0);
        }
    }
    Ok(())
}

/// The process of [`memory`]: tells on each line how many KiB it holds.
fn opened_alone(at: &Path) -> Done {
    let key = std::fs::read(at.join("key-of-the-bench"))?;
    let key = StoreKey::new(key.try_into().map_err(|_| "no key")?);
    println!("{}", of_this_process("VmRSS:")?);
    let butler = phone(at, &Keys(Mutex::new(Some(key))))?;
    println!("{}", of_this_process("VmRSS:")?);
    black_box(butler.office()?);
    println!("{}", of_this_process("VmRSS:")?);
    black_box(butler.today().list(None, 100)?);
    for line in ["VmRSS:", "VmHWM:", "RssFile:"] {
        println!("{}", of_this_process(line)?);
    }
    butler.shutdown();
    Ok(())
}

/// A line of what the system says of this process, in KiB.
fn of_this_process(line: &str) -> Done<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let found = status.lines().find_map(|said| said.strip_prefix(line)).ok_or("no such line")?;
    Ok(found.trim().trim_end_matches(" kB").parse()?)
}

/// What a butler waits for: opening, Today, search.
fn screens(table: &mut Table) -> Done {
    for homes in [1_000, 10_000] {
        let folder = tempfile::tempdir()?;
        let hub = office(homes)?;
        let keys = keys();
        let at = folder.path().join("phone");
        let butler = enrolled(&at, &keys, &hub, "zhang.li")?;
        butler.sync(&Wire::new(&hub), &mut |_| {})?;
        // Every fourth household was visited this half-year.
        for number in (0..homes).step_by(4) {
            visit(&butler, home(number)?.0)?;
        }
        butler.shutdown();
        drop(butler);
        let open = timed(5, |_| {
            let butler = phone(&at, &keys)?;
            butler.shutdown();
            Ok(())
        })?;
        table.add(format!("open, {homes} homes (required ≤ 50)"), millis(open), "ms", None);
        let (mut times, mut due) = (Vec::new(), 0);
        for _ in 0..5 {
            let butler = phone(&at, &keys)?;
            let began = Instant::now();
            let page = butler.today().list(None, 100)?;
            times.push(began.elapsed());
            due = page.open + page.answered;
            butler.shutdown();
        }
        let took = median(times);
        let butler = phone(&at, &keys)?;
        black_box(butler.today().list(None, 100)?);
        table.add(
            format!("Today cold, {homes} homes, {due} items (required ≤ 30)"),
            millis(took),
            "ms",
            None,
        );
        let again = timed(10, |_| {
            black_box(butler.today().list(None, 100)?);
            Ok(())
        })?;
        table.add(format!("Today again, {homes} homes"), millis(again), "ms", None);
        let all = timed(5, |_| {
            black_box(worked_out(&butler, |_| true)?);
            Ok(())
        })?;
        let others = timed(5, |_| {
            black_box(worked_out(&butler, |rule| rule.subject.related().next().is_none())?);
            Ok(())
        })?;
        table.add(
            format!("all rules, {homes} homes; floor without those over related records"),
            millis(all),
            "ms",
            Some(millis(others)),
        );
        butler.sync(&Wire::new(&hub), &mut |_| {})?;
        black_box(butler.today().list(None, 100)?);
        let mut times = Vec::new();
        for _ in 0..5 {
            butler.sync(&Wire::new(&hub), &mut |_| {})?;
            let began = Instant::now();
            black_box(butler.today().list(None, 100)?);
            times.push(began.elapsed());
        }
        let empty = millis(median(times));
        table.add(format!("Today after an empty sync, {homes} homes (required ≤ 1)"), empty, "ms", None);
        if homes == 10_000 {
            table.promise("today_cold_ms", millis(took));
            table.promise("today_after_empty_sync_ms", empty);
        }
        butler.shutdown();
        drop(butler);
        let hours = WalkHours::default();
        let mut times = Vec::new();
        // The first opening plans the day, the others find it planned.
        for _ in 0..5 {
            let butler = phone(&at, &keys)?;
            let began = Instant::now();
            black_box(butler.today().walk(&hours)?);
            times.push(began.elapsed());
            butler.shutdown();
        }
        let first = times[0];
        table.add(
            format!("the walk, planned cold, {homes} homes (required ≤ 60)"),
            millis(first),
            "ms",
            None,
        );
        let cold = millis(median(times));
        table.add(format!("the walk, cold, {homes} homes (required ≤ 60)"), cold, "ms", None);
        let butler = phone(&at, &keys)?;
        black_box(butler.today().walk(&hours)?);
        let ids: Vec<RecordId> =
            (0..50).map(|number| Ok(home(number * 7 + 1)?.0)).collect::<Done<Vec<_>>>()?;
        let about = timed(ids.len(), |number| {
            black_box(butler.today().about(ids[number])?);
            Ok(())
        })?;
        table.add(format!("Today of one home, {homes} homes (required ≤ 1)"), millis(about), "ms", None);
        let mut times = Vec::new();
        for number in 0..20 {
            let id = home(number * 4 + 1)?.0;
            if number % 2 == 0 {
                visit(&butler, id)?;
            } else {
                let vacant = HomeEdit {
                    state: HomeState::VACANT.into(),
                    key_held: false.into(),
                    ..HomeEdit::default()
                };
                butler.homes().edit(id, vacant)?;
            }
            let began = Instant::now();
            black_box(butler.today().list(None, 100)?);
            times.push(began.elapsed());
        }
        let after = millis(median(times));
        table.add(format!("Today after an edit, {homes} homes (required ≤ 2)"), after, "ms", None);
        if homes == 10_000 {
            table.promise("today_after_edit_ms", after);
        }
        let mut times = Vec::new();
        for number in 0..20 {
            visit(&butler, home(number * 4 + 2)?.0)?;
            let began = Instant::now();
            black_box(butler.today().walk(&hours)?);
            times.push(began.elapsed());
        }
        let after = millis(median(times));
        table.add(format!("the walk after a visit, {homes} homes (required ≤ 5)"), after, "ms", None);
        butler.shutdown();
        drop(butler);
        // The first look of a phone that showed Today and wrote something since, and the next one after an edit.
        let (mut first, mut after, mut metrics) = (Vec::new(), Vec::new(), 0);
        for number in 0..5 {
            let butler = phone(&at, &keys)?;
            let month = Month::of(butler.office()?.date_of(butler.now()));
            for times in [&mut first, &mut after] {
                black_box(butler.today().list(None, 100)?);
                visit(&butler, home(number * 4 + 3)?.0)?;
                let began = Instant::now();
                metrics = butler.metrics().month(None, month, Some(GroupBy::Grid))?.len();
                times.push(began.elapsed());
            }
            butler.shutdown();
        }
        let butler = phone(&at, &keys)?;
        let month = Month::of(butler.office()?.date_of(butler.now()));
        for (when, times) in [("", first), (" after an edit", after)] {
            let took = millis(median(times));
            let what = format!("{metrics} metrics of the month{when}, {homes} homes (required ≤ 20)");
            table.add(what, took, "ms", None);
        }
        black_box(butler.metrics().month(None, month, Some(GroupBy::Grid))?);
        let again = timed(10, |_| {
            black_box(butler.metrics().month(None, month, Some(GroupBy::Grid))?);
            Ok(())
        })?;
        table.add(format!("metrics again, {homes} homes"), millis(again), "ms", None);
        for (what, typed) in [
            ("room", "3-2-501"),
            ("a room's beginning", "3-2"),
            ("name", "王小明"),
            ("pinyin", "wxm"),
            ("common name", "小明5"),
        ] {
            let found = timed(10, |_| {
                black_box(butler.search(typed, 20)?);
                Ok(())
            })?;
            table.add(format!("search by {what}, {homes} homes (required ≤ 20)"), millis(found), "ms", None);
        }
        let page = timed(20, |_| {
            black_box(butler.homes().list(None, 100)?);
            Ok(())
        })?;
        table.add(format!("a page of 100 homes, of {homes}"), millis(page), "ms", None);
        let number = timed(20, |_| {
            black_box(butler.homes().count()?);
            Ok(())
        })?;
        table.add(format!("how many homes there are, of {homes}"), millis(number), "ms", None);
        let size = std::fs::metadata(at.join("db/store.db"))?.len();
        table.add(
            format!("database, {homes} homes and people"),
            size as f64 / f64::from(1 << 20),
            "MiB",
            None,
        );
        let rss = of_this_process("VmRSS:")? / 1024.0;
        table.add(format!("RSS, phone and office in one process, {homes} homes"), rss, "MiB", None);
    }
    Ok(())
}

/// What it takes to fold a case that was talked about for long, from the record on: bar 50 ms for 2,000 remarks.
fn long_case(table: &mut Table) -> Done {
    let playbooks = Playbooks::embedded()?;
    let workflow = playbooks.workflows().next().ok_or("no workflow")?;
    let step = workflow.steps.iter().find(|step| step.opens).ok_or("no opening step")?;
    for people in [1, 8] {
        for remarks in [500_u32, 2_000] {
            let record = talked_about(
                workflow.id.as_str(),
                &workflow.version.to_string(),
                step.id.as_str(),
                remarks,
                people,
            )?;
            let receipts = BTreeMap::new();
            let time = timed(9, |_| {
                black_box(course::state(workflow, &record, &receipts));
                Ok(())
            })?;
            table.add(
                format!("fold {remarks} remarks of {people}; bar 50 of 2000"),
                millis(time),
                "ms",
                None,
            );
        }
    }
    Ok(())
}

/// A register of 30,000 homes and as many people taken in by an office on disk, and taken in again: bars 10 s, 300 MiB.
fn register(table: &mut Table) -> Done {
    const HOMES: usize = 30_000;
    const PROVEN: usize = 6_000;
    let bytes = workbook(HOMES)?;
    let peak = |table: &mut Table, what: &str| -> Done {
        let most = of_this_process("VmHWM:")? / 1024.0;
        table.add(format!("largest memory so far, {what}; bar 300"), most, "MiB", None);
        Ok(())
    };
    let community = CommunityId::new("jinse")?;
    let office = || -> Done<(tempfile::TempDir, Hub<Sqlite>)> {
        let folder = tempfile::tempdir()?;
        let new = NewOffice { community: community.clone(), utc_offset_minutes: 480 };
        let storage = Sqlite::create(folder.path(), &host(), &new)?;
        let seals = storage.seal_secret(&host())?;
        Ok((folder, Hub::new(storage, Playbooks::embedded()?, seals)))
    };
    let (_folder, hub) = office()?;
    let importer = StaffId::new("import")?;
    let choices = Choices::default();
    let mut made = Vec::new();
    for round in ["first", "again"] {
        let began = Instant::now();
        let plan = import::read(&bytes, &community, &Mapping::guesses()?)?;
        let read = began.elapsed();
        let comparison = import::compare(&hub, &importer, &plan, &choices, &|_, _, _| {})?;
        let compared = began.elapsed();
        import::apply(&hub, &host(), &importer, &plan, &comparison, &choices, &|_, _, _| {})?;
        let all = began.elapsed();
        let edits = if round == "first" { HOMES * 2 } else { 0 };
        assert_eq!((plan.homes.len(), comparison.work.len()), (HOMES, edits), "{round}");
        table.add(format!("import {HOMES} homes, {round}: read"), millis(read), "ms", None);
        table.add(format!("import {HOMES} homes, {round}: compare"), millis(compared - read), "ms", None);
        table.add(format!("import {HOMES} homes, {round}: write"), millis(all - compared), "ms", None);
        table.add(format!("import {HOMES} homes, {round}; bar 10000"), millis(all), "ms", None);
        peak(table, round)?;
        if round == "first" {
            made = comparison.work.into_iter().take(PROVEN).collect();
        }
    }
    // New records are written without their documents; the way over the documents, which gives the same, is for those
    // that are there.
    let plan = import::read(&bytes, &community, &Mapping::guesses()?)?;
    for (how, seen) in [("directly", None), ("by their documents", Some(Vec::new()))] {
        let (_folder, hub) = office()?;
        let work = made.iter().cloned().map(|work| Authoring { seen: seen.clone(), ..work }).collect();
        let part = Comparison { work, ..Comparison::default() };
        let began = Instant::now();
        import::apply(&hub, &host(), &importer, &plan, &part, &choices, &|_, _, _| {})?;
        table.add(format!("write {PROVEN} new records {how}"), millis(began.elapsed()), "ms", None);
    }
    Ok(())
}

/// A register as a workbook: building, unit and room, owner and telephone, area, state, grid.
fn workbook(homes: usize) -> Done<Vec<u8>> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let titles =
        ["序号", "楼栋", "单元", "房号", "业主姓名", "联系电话", "建筑面积", "房屋状态", "网格", "备注"];
    for (col, title) in (0_u16..).zip(titles) {
        sheet.write(0, col, title)?;
    }
    for number in 0..homes {
        let row = u32::try_from(number)? + 1;
        let location = location(number)?;
        sheet.write(row, 0, row)?;
        sheet.write(row, 1, format!("{}栋", location.building()))?;
        sheet.write(row, 2, format!("{}单元", location.unit()))?;
        sheet.write(row, 3, location.room())?;
        sheet.write(row, 4, format!("王小明{}", number % 97))?;
        sheet.write(row, 5, format!("138{number:08}"))?;
        sheet.write(row, 6, 80.5 + f64::from(row % 90))?;
        sheet.write(row, 7, ["已入住", "空置", "装修中"][number % 3])?;
        sheet.write(row, 8, format!("{}网格", number / 1_000 + 1))?;
        sheet.write(row, 9, ["", "钥匙在物业", "养两只猫"][number % 3])?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// A case opened and then talked about by so many people, who see each other's words now and then.
fn talked_about(
    playbook: &str,
    version: &str,
    opening: &str,
    remarks: u32,
    people: u32,
) -> Done<butler_core::model::Record> {
    let id = |number: u32| EventId(u128::from(number).to_be_bytes());
    let event = |number: u32, step: &str, after: Vec<EventId>| -> Done<Event> {
        Ok(Event {
            id: id(number),
            step: step.into(),
            by: StaffId::new("zhang.li")?,
            role: RoleId::new("butler")?,
            device: DeviceId([1; 16]),
            at: Timestamp::from_millis(1_795_305_600_000 + i64::from(number) * 1_000),
            offset: None,
            after,
            note: "业主来电催问进度，已告知师傅下午到".to_owned(),
            evidence: Evidence::default(),
            unknown: BTreeMap::new(),
        })
    };
    let mut document = Document::genesis(RecordId([7; 16]), Kind::Case, Kind::VERSION)?;
    let stamp = Stamp {
        staff: StaffId::new("zhang.li")?,
        at: Timestamp::from_millis(1_795_305_600_000),
        offset: None,
        copy_of: None,
    };
    let opened = Edit::new().put("place", "jinse/1/1").put("playbook", playbook).put("version", version);
    document.author(ActorId([1; 24]), &stamp, &opened.event(&event(0, opening, Vec::new())?))?;
    let mut last = vec![id(0); people as usize];
    for number in 1..=remarks {
        let who = (number % people) as usize;
        let after = if number % 40 < people { last.clone() } else { vec![last[who]] };
        last[who] = id(number);
        let remark = Edit::new().event(&event(number, SystemStep::Remark.id(), after)?);
        document.author(ActorId([1; 24]), &stamp, &remark)?;
    }
    Ok(document.record())
}
