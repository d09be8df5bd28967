//! What does a phone do in a day, and how does it break?

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use butler_core::crdt::CrdtError;
use butler_core::host::Host;
use butler_core::model::{
    ChangeHash, Edit, EditId, Kind, PhotoId, PlaceId, RecordId, StaffId, Stamp, Timestamp, derived,
};
use butler_core::store::{Identity, KeyAnswer, Opened, Signed, Store, StoreError};
use butler_core::sync::device::DeviceKey;
use butler_core::sync::{Engine, SyncEffect, SyncEvent, enrol};
use butler_core::testing::{TestHost, TestKeys, always_load, fill_disk, write_in};
use butler_office::hub::{Hub, OfficeError};
use butler_office::storage::Sqlite;

use super::oracle::{Promise, device_of};
use super::{Broken, Dice, Fleet, broken, community, digest, grids_at};

/// The lock belongs to whoever has the folder open; a copy of the files is somebody else's.
const LOCK: &str = "lock";
/// How many old images of a phone's files are kept.
const IMAGES: usize = 4;

/// One phone.
pub(super) struct Phone {
    pub staff: StaffId,
    pub secret: [u8; 32],
    pub host: TestHost,
    pub store: Store,
    folder: PathBuf,
    keys: TestKeys,
    /// Copies of its files, as they were at some time, with what had been promised then.
    images: Vec<PathBuf>,
    /// Answers that did not come in time.
    pub late: Vec<Vec<u8>>,
    /// Its app is newer than this build: it writes what this build knows nothing of.
    pub newer: bool,
    /// It reads and writes records by way of their documents alone, as one of many that write at their tips.
    pub loads: bool,
    /// Its disk is full.
    pub full: bool,
}

impl Phone {
    /// A new phone, made known to the office by a one-time code.
    pub(super) fn enrol(
        folder: PathBuf,
        host: TestHost,
        staff: &str,
        (newer, loads): (bool, bool),
        hub: &Hub<Sqlite>,
        office: &TestHost,
    ) -> Result<Self, Broken> {
        let fail = |error: &dyn std::fmt::Display| broken("enrolment", error);
        let staff = community::staff(staff);
        let keys = TestKeys::new(KeyAnswer::Missing);
        let Opened { store, .. } = Store::open(&folder, &keys, &host).map_err(|error| fail(&error))?;
        always_load(&store, loads);
        let key = DeviceKey::generate(&host).map_err(|error| fail(&error))?;
        make_known(&store, &key, &staff, hub, office)?;
        let secret = *key.secret();
        let (images, late) = (Vec::new(), Vec::new());
        Ok(Self { staff, secret, host, store, folder, keys, images, late, newer, loads, full: false })
    }

    /// Makes it known once more to an office that forgot it, with its key and everything it has.
    pub(super) fn enrol_again(&self, hub: &Hub<Sqlite>, office: &TestHost) -> Result<(), Broken> {
        make_known(&self.store, &DeviceKey::from_secret(&self.secret), &self.staff, hub, office)
    }

    /// What its clock shows.
    pub(super) fn now(&self) -> Timestamp {
        self.host.now()
    }

    /// Its disk is full, or has room again.
    pub(super) fn fill_disk(&mut self, full: bool) -> Result<(), Broken> {
        fill_disk(&self.store, full).map_err(|error| broken("filling a disk", error))?;
        self.full = full;
        Ok(())
    }

    /// Hands an event to the engine.
    #[expect(clippy::unnecessary_wraps, reason = "the fleet's steps all may fail")]
    pub(super) fn tell(&self, engine: &mut Engine, event: SyncEvent<'_>) -> Result<Vec<SyncEffect>, Broken> {
        Ok(engine.handle(&self.store, &self.host, event))
    }

    pub(super) fn late_answer(&mut self, rng: &mut Dice) -> Option<Vec<u8>> {
        if self.late.is_empty() { None } else { Some(self.late.swap_remove(rng.pick_index(self.late.len()))) }
    }

    pub(super) fn unsent(&self) -> Result<usize, Broken> {
        self.store
            .read(|reader| Ok::<_, StoreError>(reader.outbox(0, 10_000)?.len() + reader.unconfirmed()?.len()))
            .map_err(|e| broken("outbox", e))
    }

    /// Whether it still knows an edit, alive or rejected.
    pub(super) fn has_edit(&self, record: RecordId, edit: EditId) -> Result<bool, StoreError> {
        self.store.read(|reader| {
            Ok(reader.changes(record)?.iter().any(|change| change.edit == edit)
                || reader.verdicts_of(record)?.iter().any(|row| row.edit == edit))
        })
    }

    /// Whether an edit is part of a record here.
    pub(super) fn has_change(&self, record: RecordId, edit: EditId) -> Result<bool, StoreError> {
        self.store.read(|reader| Ok(reader.changes(record)?.iter().any(|change| change.edit == edit)))
    }

    /// Whether a change is part of a record here.
    pub(super) fn has_hash(&self, record: RecordId, hash: ChangeHash) -> Result<bool, StoreError> {
        self.store.read(|reader| Ok(reader.changes(record)?.iter().any(|change| change.hash == hash)))
    }

    /// What it says about an edit, for a person who looks for it.
    pub(super) fn knows(&self, record: RecordId, edit: EditId) -> Vec<String> {
        let known = self.store.read(|reader| {
            let live = reader.changes(record)?.into_iter().filter(|row| row.edit == edit);
            let mut known: Vec<String> = live.map(|row| format!("{} {:?}", row.hash, row.standing)).collect();
            for row in reader.verdicts_of(record)?.iter().filter(|row| row.edit == edit) {
                known.push(format!("{} {:?} {}", row.hash, row.fate, row.code));
            }
            Ok::<_, StoreError>(known)
        });
        known.unwrap_or_else(|error| vec![error.to_string()])
    }

    /// What it says about a photo, for a person who looks for it.
    pub(super) fn knows_photo(&self, record: RecordId, photo: PhotoId) -> Vec<String> {
        let known = self.store.read(|reader| {
            let mut uses = reader.attachments_of(record)?;
            uses.retain(|usage| usage.photo.photo == photo);
            let here = (reader.kind(record)?, reader.grids_of(record)?);
            Ok::<_, StoreError>(vec![format!(
                "{} {:?} {here:?} {uses:?}",
                self.staff.as_str(),
                device_of(self.secret)
            )])
        });
        known.unwrap_or_else(|error| vec![error.to_string()])
    }

    pub(super) fn has_photo(&self, record: RecordId, photo: PhotoId) -> Result<bool, StoreError> {
        self.store
            .read(|reader| Ok(reader.attachments_of(record)?.iter().any(|usage| usage.photo.photo == photo)))
    }

    /// Writes an edit as a command does, and returns what was promised by returning.
    fn write(&self, record: RecordId, kind: Kind, edit: &Edit) -> Result<Option<Promise>, StoreError> {
        let key = DeviceKey::from_secret(&self.secret);
        self.store.write(|tx| {
            let actor = match tx.actor()? {
                Some(actor) => actor,
                None => {
                    let actor = key.new_actor(&self.host)?;
                    tx.set_actor(actor)?;
                    actor
                }
            };
            let rows = tx.changes(record)?;
            let seen: BTreeSet<EditId> = rows.iter().filter(|row| !row.waiting).map(|row| row.edit).collect();
            let stamp = Stamp {
                staff: self.staff.clone(),
                at: self.host.now(),
                offset: tx.clock_offset()?,
                copy_of: None,
            };
            let sign = |change: ChangeHash| {
                let signature = key.sign_change(record, kind, Kind::VERSION, change);
                Signed { device: key.device(), signature }
            };
            let written = match write_in(tx, (record, kind), actor, &stamp, edit, sign) {
                // Clearing what is not there.
                Err(StoreError::Document(CrdtError::Nothing)) => return Ok(None),
                written => written?,
            };
            Ok(Some(Promise {
                edit: written,
                record,
                seen,
                phone: 0,
                secret: self.secret,
                author_gone: false,
                acknowledged: false,
            }))
        })
    }

    /// Takes a photo of a record.
    fn photograph(&self, record: RecordId, bytes: &[u8]) -> Result<PhotoId, StoreError> {
        let staged = self.store.stage(bytes, &self.host)?;
        self.store
            .write(|tx| tx.keep(&staged, self.host.now()).and_then(|()| tx.attach(staged.photo, record)))?;
        Ok(PhotoId(digest(bytes)))
    }

    /// Copies the files as they lie on the disk now: what is left when the process is killed.
    fn copy_files(&self, to: &Path) -> Result<(), Broken> {
        copy_folder(&self.folder, to).map_err(|error| broken("copying a phone's files", error))
    }

    /// Goes on with the files in `folder`, and forgets the present ones.
    fn go_on_with(&mut self, folder: PathBuf) -> Result<bool, Broken> {
        let keys = TestKeys::new(self.keys.key());
        let Opened { store, report } =
            Store::open(&folder, &keys, &self.host).map_err(|error| broken("opening a copy", error))?;
        always_load(&store, self.loads);
        self.store = store;
        self.full = false;
        let old = std::mem::replace(&mut self.folder, folder);
        // Room in memory is all that is at stake.
        let _ = fs::remove_dir_all(old);
        Ok(report.incarnation_changed)
    }
}

/// Enrols a device by a code from the desk, and keeps who it is.
fn make_known(
    store: &Store,
    key: &DeviceKey,
    staff: &StaffId,
    hub: &Hub<Sqlite>,
    office: &TestHost,
) -> Result<(), Broken> {
    let fail = |error: &dyn std::fmt::Display| broken("enrolment", error);
    let code = hub.open_code(office, staff).map_err(|error| fail(&error))?;
    let request = enrol::request(key, &code, "测试机", "fleet").map_err(|error| fail(&error))?;
    let enrolled = enrol::answer(key, &hub.handle(office, &request)).map_err(|error| fail(&error))?;
    store
        .write(|tx| {
            tx.set_device_key(&key.secret())?;
            tx.set_identity(&Identity {
                device: enrolled.device,
                staff: enrolled.staff.clone(),
                community: enrolled.community.clone(),
                utc_offset_minutes: enrolled.utc_offset_minutes,
                office_key: enrolled.office_key,
            })
        })
        .map_err(|error: StoreError| fail(&error))
}

trait KeyOf {
    fn key(&self) -> KeyAnswer;
}

impl KeyOf for TestKeys {
    fn key(&self) -> KeyAnswer {
        butler_core::store::KeyProvider::key(self)
    }
}

impl Fleet {
    /// One thing a butler does.
    pub(super) fn work(&mut self, at: usize) -> Result<(), Broken> {
        let here = self.records_at(at)?;
        if here.is_empty() {
            return Ok(());
        }
        let (record, kind) = *self.rng.pick(&here);
        let is_butler = self.phones[at].staff.as_str() != community::SUPERVISOR;
        if kind == Kind::Case {
            return self.take_step(at, record);
        }
        if kind == Kind::Home && self.rng.chance(30) {
            return if self.rng.chance(60) {
                self.begin_record(at, record)
            } else {
                self.open_case(at, record)
            };
        }
        if kind == Kind::Home && self.rng.chance(20) {
            return if self.phones[at].newer {
                self.write_newer(at, record)
            } else {
                self.write_back(at, record)
            };
        }
        if is_butler && kind == Kind::Home && self.rng.chance(self.plan.faults.forbidden) {
            let edit = community::forbidden_edit(&mut self.rng);
            self.promise(at, record, kind, &edit)?;
            // Life goes on after it: what is legal must survive what is not.
        }
        let edit = community::edit(&mut self.rng, kind);
        self.promise(at, record, kind, &edit)?;
        if kind == Kind::Home && self.rng.chance(8) {
            let Some(photo) = self.photograph(at, record)? else { return Ok(()) };
            let edit = Edit::new().put(format!("photo/{photo}"), "现场照片");
            if let Some(edit) = self.promise(at, record, kind, &edit)? {
                self.oracle.photographed(photo, edit);
            }
        }
        Ok(())
    }

    /// Takes a photo that belongs to a record; `None` when there is no room for it.
    pub(super) fn photograph(&mut self, at: usize, record: RecordId) -> Result<Option<PhotoId>, Broken> {
        let length = 500 + self.rng.below(3_000) as usize;
        let seed = self.rng.next().to_be_bytes();
        let bytes: Vec<u8> = seed.iter().copied().cycle().take(length).collect();
        let taken = self.phones[at].photograph(record, &bytes);
        self.unless_full(at, "a photo", taken.map(Some))
    }

    /// On a full disk nothing is kept, and so nothing promised.
    fn unless_full<T>(
        &mut self,
        at: usize,
        what: &str,
        done: Result<Option<T>, StoreError>,
    ) -> Result<Option<T>, Broken> {
        match done {
            Err(StoreError::StorageFull) if self.phones[at].full => {
                self.outcome.no_room += 1;
                Ok(None)
            }
            other => other.map_err(|error| broken(what, error)),
        }
    }

    /// Somebody with a newer app writes what this build knows nothing of.
    fn write_newer(&mut self, at: usize, home: RecordId) -> Result<(), Broken> {
        let (path, value) = community::newer_field(&mut self.rng);
        let edit = Edit::new().put(path.clone(), value);
        if let Some(edit) = self.promise(at, home, Kind::Home, &edit)? {
            self.oracle.wrote_newer(edit, home, path, value);
        }
        Ok(())
    }

    /// Somebody with an older app reads a home and writes all they read of it.
    fn write_back(&mut self, at: usize, home: RecordId) -> Result<(), Broken> {
        let read = self.phones[at].store.read(|reader| reader.record(home));
        let read = read.map_err(|error: StoreError| broken("reading a phone", error))?;
        let Some(read) = read else { return Ok(()) };
        let edit = community::written_back(&mut self.rng, &read);
        self.promise(at, home, Kind::Home, &edit).map(drop)
    }

    /// A person moves in or is visited; sometimes at a place that is none of the butler's.
    fn begin_record(&mut self, at: usize, home: RecordId) -> Result<(), Broken> {
        let kind = if self.rng.chance(60) { Kind::Resident } else { Kind::Contact };
        let record = derived::drawn(self.rng.bytes());
        let place = self.place_for_new(home)?;
        let edit = community::first_edit(&mut self.rng, kind, &place, home);
        self.records.push((record, kind));
        if self.promise(at, record, kind, &edit)?.is_none() {
            return Ok(());
        }
        let edit = community::edit(&mut self.rng, kind);
        self.promise(at, record, kind, &edit).map(drop)
    }

    /// Where something about a home belongs: where the home is, but for somebody's mistake.
    pub(super) fn place_for_new(&mut self, home: RecordId) -> Result<PlaceId, Broken> {
        if self.rng.chance(self.plan.faults.forbidden) {
            return Ok(community::place(self.rng.pick_index(8)));
        }
        let places = community::places(&self.hub, &[(home, Kind::Home)])?;
        Ok(places.into_values().next().unwrap_or_else(|| community::place(0)))
    }

    pub(super) fn promise(
        &mut self,
        at: usize,
        record: RecordId,
        kind: Kind,
        edit: &Edit,
    ) -> Result<Option<EditId>, Broken> {
        let written = self.phones[at].write(record, kind, edit);
        let Some(promise) = self.unless_full(at, "an edit", written)? else { return Ok(None) };
        let id = promise.edit;
        self.outcome.edits += 1;
        self.oracle.promised(Promise { phone: at, ..promise });
        Ok(Some(id))
    }

    /// The records a phone shows.
    fn records_at(&self, at: usize) -> Result<Vec<(RecordId, Kind)>, Broken> {
        let phone = &self.phones[at];
        phone
            .store
            .read(|reader| {
                let mut here = Vec::new();
                for (record, kind) in &self.records {
                    if reader.kind(*record)?.is_some() {
                        here.push((*record, *kind));
                    }
                }
                Ok(here)
            })
            .map_err(|error: StoreError| broken("reading a phone", error))
    }

    /// The process is killed: what lay on the disk is what it begins with again.
    pub(super) fn crash(&mut self, at: usize) -> Result<(), Broken> {
        self.outcome.crashes += 1;
        let folder = self.next_folder();
        self.phones[at].copy_files(&folder)?;
        self.phones[at].go_on_with(folder).map(drop)
    }

    /// Keeps a copy of a phone's files, for a bad day.
    pub(super) fn keep_image(&mut self, at: usize) -> Result<(), Broken> {
        let image = self.folder.path().join(format!("image-{:016x}", self.rng.next()));
        self.phones[at].copy_files(&image)?;
        let images = &mut self.phones[at].images;
        images.push(image);
        if images.len() > IMAGES {
            let _ = fs::remove_dir_all(images.remove(0));
        }
        Ok(())
    }

    /// The phone's files are replaced by an older copy: of all files, or of all but the one beside the database
    /// that tells the difference.
    pub(super) fn roll_back(&mut self, at: usize) -> Result<(), Broken> {
        if self.phones[at].images.is_empty() {
            return Ok(());
        }
        self.outcome.rollbacks += 1;
        let image = self.rng.pick(&self.phones[at].images).clone();
        let folder = self.next_folder();
        let fail = |error| broken("copying files back", error);
        copy_folder(&image, &folder).map_err(fail)?;
        if self.rng.chance(50) {
            fs::copy(self.phones[at].folder.join("store.json"), folder.join("store.json")).map_err(fail)?;
        }
        self.phones[at].go_on_with(folder)?;
        self.oracle.copied(self.phones[at].secret);
        self.oracle.forgive_the_disk(self.phones[at].secret, &self.hub, &self.phones)
    }

    /// A phone is lost with all it has. It is revoked, and its owner gets another; so does whoever has a copy of it.
    pub(super) fn lose_phone(&mut self, at: usize) -> Result<(), Broken> {
        let secret = self.phones[at].secret;
        let device = DeviceKey::from_secret(&secret).device();
        match self.hub.revoke(&self.host, device) {
            // Enrolled after the backup the office was restored from.
            Ok(()) | Err(OfficeError::UnknownDevice) => {}
            Err(error) => return Err(broken("revoking a phone", error)),
        }
        self.oracle.phone_lost(secret);
        let copies = (0..self.phones.len()).filter(|at| self.phones[*at].secret == secret);
        let copies: Vec<usize> = copies.collect();
        for at in copies.iter().copied() {
            let lost = &self.phones[at];
            self.outcome.lost += 1;
            let (staff, newer, loads) = (lost.staff.clone(), lost.newer, lost.loads);
            let (folder, skew) = (self.next_folder(), self.skew());
            let host = TestHost::sharing(std::sync::Arc::clone(&self.clock), skew, self.rng.next());
            self.phones[at] =
                Phone::enrol(folder, host, staff.as_str(), (newer, loads), &self.hub, &self.host)?;
        }
        self.oracle.forgive_the_disk(secret, &self.hub, &self.phones)?;
        copies.into_iter().try_for_each(|at| self.sync(at, super::Faults::NONE).map(drop))
    }

    /// The phone's files are copied to another phone: both believe to be the same.
    pub(super) fn clone_phone(&mut self, at: usize) -> Result<(), Broken> {
        self.outcome.clones += 1;
        let folder = self.next_folder();
        let skew = self.skew();
        let seed = self.rng.next();
        let original = &self.phones[at];
        original.copy_files(&folder)?;
        self.oracle.copied(original.secret);
        let host = TestHost::sharing(std::sync::Arc::clone(&self.clock), skew, seed);
        let keys = TestKeys::new(original.keys.key());
        let Opened { store, .. } =
            Store::open(&folder, &keys, &host).map_err(|error| broken("opening a clone", error))?;
        always_load(&store, original.loads);
        let clone = Phone {
            staff: original.staff.clone(),
            secret: original.secret,
            host,
            store,
            folder,
            keys,
            images: Vec::new(),
            late: Vec::new(),
            newer: original.newer,
            loads: original.loads,
            full: false,
        };
        self.phones.push(clone);
        Ok(())
    }
}

pub(super) fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if entry.file_name() != LOCK {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The grids whose records a phone may hold: those of its owner, now.
pub(super) fn visible(
    hub: &Hub<Sqlite>,
    phone: &Phone,
    place: &butler_core::model::PlaceId,
) -> Result<bool, Broken> {
    use butler_office::storage::{Storage as _, StorageError};
    let grids = grids_at(hub, place)?;
    hub.storage()
        .read(|read| {
            let tables = hub.in_force(read)?;
            Ok::<_, StorageError>(tables.assignments.iter().any(|assignment| {
                assignment.staff == phone.staff
                    && assignment.grid.as_ref().is_none_or(|grid| grids.contains(grid))
            }))
        })
        .map_err(|error| broken("the office's tables", error))
}
