//! A fleet of phones and their office, in one thread, from one seed.
//!
//! Real stores, the real engine, the real hub. Only the clock, randomness and the line are the fleet's: it
//! loses, doubles, delays and cuts, kills phones, copies their files back and forth, sets clocks wrong by ten
//! years, moves buildings and people between grids, and has people write what they may not. Then it heals
//! the line and looks whether anything that was promised is missing.
//!
//! | question | file |
//! |---|---|
//! | who works where, what may they write | `community.rs` |
//! | what does a phone do in a day, how does it break | `phone.rs` |
//! | what do people do in a case | `cases.rs` |
//! | what happens to a message | `line.rs` |
//! | what goes wrong, and what is the least that still breaks | `plan.rs` |
//! | what was promised, was it kept | `oracle.rs` |

mod cases;
mod community;
mod line;
mod oracle;
mod phone;
pub mod plan;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use butler_core::model::{GridId, Kind, PlaceId, RecordId};
use butler_core::playbook::Playbooks;
use butler_core::sync::{End, SyncReport};
use butler_core::testing::TestHost;
use butler_office::hub::{Hub, OfficeEdit};
use butler_office::storage::{Sqlite, Storage as _, StorageError};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::host::scratch;
use line::Line;
use oracle::Oracle;
use phone::Phone;
pub use plan::{Faults, Plan, Restored};

/// One hour in milliseconds.
const HOUR: i64 = 3_600_000;
/// The morning the first day begins, in milliseconds: 2026-11-22 08:00 in China.
const MORNING: i64 = 1_795_305_600_000;
/// Where an office keeps what belongs in no backup.
const BESIDE: &str = "not-in-backups";
/// Requests within which a restore in the middle of a sync happens.
const SOON: u32 = 60;
/// Rounds of syncing after which every outbox must be empty.
const ROUNDS: u32 = 3;

/// What a fleet went through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Phones times days.
    pub phone_days: u32,
    /// Edits written and kept.
    pub edits: u64,
    /// Of those: accepted by the office.
    pub accepted: u64,
    /// Of those: shown as rejected.
    pub flagged: u64,
    /// Photos at the office.
    pub photos: u64,
    /// Rounds after which every outbox was empty.
    pub rounds: u32,
    /// Syncs begun.
    pub syncs: u64,
    /// Syncs that did not reach their end.
    pub broken_syncs: u64,
    /// Phones killed.
    pub crashes: u64,
    /// Phones whose files were copied back.
    pub rollbacks: u64,
    /// Phones copied.
    pub clones: u64,
    /// Times the office became what a backup holds.
    pub restores: u64,
    /// Phones lost for good.
    pub lost: u64,
    /// Edits accepted by an office that was restored since, written on a phone that is lost, and known to nobody any more;
    /// the office names the phone.
    pub unknowable: u64,
    /// Edits and photos a full disk had no room for; nobody was told they are kept.
    pub no_room: u64,
    /// Steps of cases at the office, and those of them that were concurrent with another that counts instead.
    pub steps: u64,
    /// See `steps`.
    pub concurrent: u64,
    /// What newer apps wrote and this build knows nothing of, at the office as it was written.
    pub unknown: u64,
    /// What all syncs did together.
    pub sum: SyncReport,
    /// SHA-256 over everything that travelled.
    pub trace: [u8; 32],
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { phone_days, edits, accepted, flagged, photos, rounds, .. } = self;
        write!(
            f,
            "{phone_days} phone-days: {edits} edits, {accepted} accepted, {flagged} shown as rejected, "
        )?;
        write!(f, "{photos} photos, outboxes empty after {rounds} rounds; ")?;
        let Self { syncs, broken_syncs, crashes, rollbacks, clones, restores, lost, .. } = self;
        write!(
            f,
            "{syncs} syncs, {broken_syncs} broken off, {crashes} crashes, {rollbacks} files copied back, "
        )?;
        let Self { steps, concurrent, unknown, no_room, .. } = self;
        write!(
            f,
            "{steps} steps of cases, {concurrent} concurrent, {unknown} things of a newer app, {no_room} without room; "
        )?;
        let SyncReport { forks, duplicates, reauthored, removed, requests, .. } = self.sum;
        write!(
            f,
            "{clones} copied phones, {restores} restores, {lost} lost phones, {forks} forks, {duplicates} duplicates, {reauthored} written again, "
        )?;
        write!(f, "{removed} removed, {requests} requests")
    }
}

/// A promise that was not kept, or a fleet that could not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Anything that goes wrong where nothing may.
fn broken(what: &str, error: impl fmt::Display) -> Broken {
    Broken(format!("{what}: {error}"))
}

/// Runs one fleet.
///
/// # Errors
/// [`Broken`] names the first promise that was not kept.
pub fn run(seed: u64, plan: &Plan) -> Result<Outcome, Broken> {
    let mut fleet = Fleet::new(seed, plan)?;
    for day in 0..plan.days {
        fleet.outcome.phone_days += u32::try_from(fleet.phones.len()).unwrap_or(u32::MAX);
        for _ in 0..2 {
            fleet.half_day()?;
        }
        match (day, plan.restored) {
            (0, Restored::Evening) => fleet.back_up_office()?,
            (1, Restored::Evening) => fleet.restore_office(false)?,
            (1, Restored::MidSync) => fleet.bad_moment = Some(BadMoment::BackUp),
            _ => {}
        }
        if plan.faults.restore > 0 && fleet.rng.chance(60) {
            fleet.back_up_office()?;
        }
        fleet.clock.fetch_add(14 * HOUR, Ordering::Relaxed);
    }
    fleet.heal()?;
    fleet.judge()
}

/// What happens to the office in the middle of a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BadMoment {
    /// It is backed up before it answers the next push.
    BackUp,
    /// It becomes what it was then before it answers the next pull.
    Restore,
    /// It becomes what its last backup holds before it answers one of the next requests.
    RestoreIn {
        /// How many it answers until then.
        requests: u32,
        /// What lies beside its database is lost too.
        with_secrets: bool,
    },
}

/// The whole of it.
struct Fleet {
    plan: Plan,
    rng: Dice,
    clock: Arc<AtomicI64>,
    /// The office's own clock, always right, and its randomness.
    host: TestHost,
    hub: Hub<Sqlite>,
    playbooks: Arc<Playbooks>,
    phones: Vec<Phone>,
    /// Every record anybody ever made.
    records: Vec<(RecordId, Kind)>,
    line: Line,
    /// What is still to happen to the office in the middle of a sync.
    bad_moment: Option<BadMoment>,
    oracle: Oracle,
    outcome: Outcome,
    folder: TempDir,
    /// Where the office's files are, where it has any, and its last whole backup.
    office: Option<PathBuf>,
    backup: Option<PathBuf>,
}

impl Fleet {
    fn new(seed: u64, plan: &Plan) -> Result<Self, Broken> {
        let mut rng = Dice::new(seed);
        let clock = Arc::new(AtomicI64::new(MORNING));
        let host = TestHost::sharing(Arc::clone(&clock), 0, rng.next());
        let folder = scratch().map_err(|error| broken("no room for a fleet", error))?;
        let office = plan.restores().then(|| folder.path().join("office"));
        let playbooks = community::playbooks()?;
        let hub = community::open(&host, playbooks.clone(), plan.office_rules, office.as_deref());
        let mut fleet = Self {
            plan: plan.clone(),
            rng,
            clock,
            host,
            hub,
            playbooks,
            phones: Vec::new(),
            records: Vec::new(),
            line: Line::default(),
            bad_moment: None,
            oracle: Oracle::default(),
            outcome: Outcome::default(),
            folder,
            office,
            backup: None,
        };
        fleet.records = community::homes(&fleet.hub, &fleet.host, &mut fleet.rng)?;
        for number in 0..plan.phones {
            let staff = community::STAFF[number % community::STAFF.len()];
            let skew = fleet.skew();
            let folder = fleet.next_folder();
            let host = TestHost::sharing(Arc::clone(&fleet.clock), skew, fleet.rng.next());
            // Every other phone has a newer app than this build.
            // Likewise every other pair writes records without their documents.
            let how = (number % 2 == 0, fleet.plan.always_load || number % 4 < 2);
            let phone = Phone::enrol(folder, host, staff, how, &fleet.hub, &fleet.host)?;
            fleet.phones.push(phone);
        }
        for at in 0..fleet.phones.len() {
            fleet.sync(at, Faults::NONE)?;
        }
        // An import ends with a backup.
        fleet.back_up_office()?;
        Ok(fleet)
    }

    /// A folder nobody used yet.
    fn new_folder(&mut self, of: &str) -> PathBuf {
        self.folder.path().join(format!("{of}-{:016x}", self.rng.next()))
    }

    fn back_up_office(&mut self) -> Result<(), Broken> {
        let fail = |error: StorageError| broken("backing the office up", error);
        let position = self.hub.storage().read(|read| read.position()).map_err(fail)?;
        let told = |hub: &Hub<Sqlite>| hub.storage().write(|tx| tx.put_watermark(position)).map_err(fail);
        let Some(office) = self.office.clone() else { return told(&self.hub) };
        let backup = self.new_folder("backup");
        phone::copy_folder(&office, &backup).map_err(|error| broken("backing the office up", error))?;
        told(&self.hub)?;
        if let Some(older) = self.backup.replace(backup) {
            // Room in memory is all that is at stake.
            let _ = std::fs::remove_dir_all(older);
        }
        Ok(())
    }

    /// The office becomes what its last backup holds.
    fn restore_office(&mut self, with_secrets: bool) -> Result<(), Broken> {
        let Some(backup) = self.backup.clone() else { return Ok(()) };
        self.outcome.restores += 1;
        self.oracle.note_accepted(&self.hub)?;
        let office = self.new_folder("office");
        let fail = |error| broken("restoring the office", error);
        phone::copy_folder(&backup, &office).map_err(fail)?;
        // What lies beside the database is in no backup: it is still there, or lost with it.
        let beside = office.join(BESIDE);
        std::fs::remove_dir_all(&beside).map_err(fail)?;
        if let Some(present) = self.office.as_ref().filter(|_| !with_secrets) {
            phone::copy_folder(&present.join(BESIDE), &beside).map_err(fail)?;
        }
        self.hub = community::reopen(&self.host, self.playbooks.clone(), self.plan.office_rules, &office)?;
        if let Some(older) = self.office.replace(office) {
            let _ = std::fs::remove_dir_all(older);
        }
        self.oracle.forgive_the_restore(&self.hub, &self.phones, with_secrets)
    }

    /// The office may be restored at the end of a half-day: now, or in the middle of one of the next syncs.
    fn maybe_restore(&mut self) -> Result<(), Broken> {
        let faults = self.plan.faults;
        // Drawn only where it is planned, so that the seeds of other plans stay what they were.
        if faults.restore == 0 || !self.rng.chance(faults.restore) {
            return Ok(());
        }
        let with_secrets = faults.secret > 0 && self.rng.chance(faults.secret);
        if self.rng.chance(50) {
            return self.restore_office(with_secrets);
        }
        self.bad_moment = Some(BadMoment::RestoreIn { requests: self.rng.below(SOON), with_secrets });
        Ok(())
    }

    /// How wrong the next phone's clock is.
    fn skew(&mut self) -> i64 {
        if !self.rng.chance(self.plan.faults.wrong_clock) {
            return 0;
        }
        let hours = i64::from(self.rng.below(10 * 365 * 24));
        if self.rng.chance(50) { hours * HOUR } else { -hours * HOUR }
    }

    fn next_folder(&mut self) -> PathBuf {
        let number =
            self.phones.len() as u64 + self.outcome.crashes + self.outcome.rollbacks + self.outcome.lost;
        self.folder.path().join(format!("phone-{number}-{:08x}", self.rng.next() & 0xffff_ffff))
    }

    /// Half a day of work: everybody writes a little, some sync, and things go wrong.
    fn half_day(&mut self) -> Result<(), Broken> {
        let faults = self.plan.faults;
        for at in 0..self.phones.len() {
            if self.rng.chance(30) {
                self.keep_image(at)?;
            }
            if self.rng.chance(faults.full_disk) {
                self.phones[at].fill_disk(true)?;
            }
        }
        for _ in 0..3 {
            self.clock.fetch_add(HOUR + i64::from(self.rng.below(3_000_000)), Ordering::Relaxed);
            for at in self.rng.order(self.phones.len()) {
                for _ in 0..=self.rng.below(2) {
                    self.work(at)?;
                }
                if self.rng.chance(35) {
                    self.sync(at, faults)?;
                }
            }
        }
        for phone in self.phones.iter_mut().filter(|phone| phone.full) {
            phone.fill_disk(false)?;
        }
        for at in 0..self.phones.len() {
            if self.rng.chance(faults.rollback) {
                self.roll_back(at)?;
            }
        }
        if self.rng.chance(faults.clone * 5) && self.phones.len() < self.plan.phones + 2 {
            let at = self.rng.pick_index(self.phones.len());
            self.clone_phone(at)?;
        }
        if self.rng.chance(faults.move_building * 5) {
            community::move_building(&self.hub, &self.host, &mut self.rng)?;
        }
        if self.rng.chance(faults.reassign * 5) {
            community::reassign(&self.hub, &self.host, &mut self.rng)?;
        }
        // Drawn only where it is planned, so that the seeds of other plans stay what they were.
        for butler in community::BUTLERS {
            if faults.promote > 0 && self.rng.chance(faults.promote * 5) {
                community::promote(&self.hub, &self.host, butler)?;
            }
        }
        if self.rng.chance(faults.release * 5) {
            self.release()?;
        }
        if faults.lost > 0 && self.rng.chance(faults.lost * 5) {
            let at = self.rng.pick_index(self.phones.len());
            self.lose_phone(at)?;
        }
        self.office_writes()?;
        self.maybe_restore()
    }

    /// The office corrects a home, on top of everything it has.
    fn office_writes(&mut self) -> Result<(), Broken> {
        let homes: Vec<RecordId> =
            self.records.iter().filter(|(_, kind)| *kind == Kind::Home).map(|(id, _)| *id).collect();
        let record = *self.rng.pick(&homes);
        let edit = community::office_edit(&mut self.rng);
        let edits = [OfficeEdit { record, kind: Kind::Home, seen: None, edit }];
        self.hub
            .author(&self.host, &community::staff(community::OFFICE), &edits)
            .map(drop)
            .map_err(|error| broken("the office writes", error))
    }

    /// A supervisor lets in what was rejected. What still does not pass stays where it is.
    fn release(&mut self) -> Result<(), Broken> {
        if let Some(edit) = community::release(&self.hub, &self.host, &mut self.rng)? {
            self.oracle.let_in(edit);
        }
        Ok(())
    }

    /// The line works again: everybody syncs until nothing is left, then everything is compared.
    fn heal(&mut self) -> Result<(), Broken> {
        self.line.forget();
        self.bad_moment = None;
        for round in 1..=ROUNDS {
            self.clock.fetch_add(HOUR, Ordering::Relaxed);
            for at in 0..self.phones.len() {
                let report = self.sync(at, Faults::NONE)?;
                if report.end != End::Complete {
                    return Err(Broken(format!(
                        "phone {at} cannot finish a sync on a good line: {}",
                        report.end
                    )));
                }
            }
            self.outcome.rounds = round;
            if self.outboxes_empty()? {
                break;
            }
        }
        if !self.outboxes_empty()? {
            return Err(Broken(format!(
                "an outbox is not empty after {ROUNDS} rounds: {}",
                self.outboxes()?
            )));
        }
        // What the last ones handed in reaches the first ones now; and what is backed up needs nobody to keep it.
        for _ in 0..ROUNDS {
            self.back_up_office()?;
            for at in 0..self.phones.len() {
                self.sync(at, Faults::NONE)?;
            }
        }
        Ok(())
    }

    fn outboxes_empty(&self) -> Result<bool, Broken> {
        for phone in &self.phones {
            if phone.unsent()? > 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn outboxes(&self) -> Result<String, Broken> {
        let counts: Vec<String> = self
            .phones
            .iter()
            .map(|phone| phone.unsent().map(|n| n.to_string()))
            .collect::<Result<_, _>>()?;
        Ok(counts.join(", "))
    }

    fn judge(mut self) -> Result<Outcome, Broken> {
        self.outcome.trace = self.line.trace();
        let Self { oracle, hub, phones, records, playbooks, outcome, .. } = &mut self;
        oracle.judge(hub, playbooks, phones, records, outcome)?;
        oracle.office_agrees_with_itself(hub, phones)?;
        Ok(self.outcome)
    }
}

/// A seeded die.
struct Dice(ChaCha8Rng);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    fn next(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// 0 to `end`, `end` itself excluded.
    fn below(&mut self, end: u32) -> u32 {
        // The remainder's bias is far below what a fleet could notice.
        self.0.next_u32() % end.max(1)
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    fn pick_index(&mut self, len: usize) -> usize {
        self.below(u32::try_from(len).unwrap_or(u32::MAX)) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.pick_index(from.len())]
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// The numbers below `len` in some order.
    fn order(&mut self, len: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..len).collect();
        for at in (1..len).rev() {
            order.swap(at, self.pick_index(at + 1));
        }
        order
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The grids a place lies in now.
fn grids_at(hub: &Hub<Sqlite>, place: &PlaceId) -> Result<Vec<GridId>, Broken> {
    hub.storage()
        .read(|read| Ok::<_, StorageError>(hub.in_force(read)?.grids_at(place).to_vec()))
        .map_err(|error| broken("the office's tables", error))
}
