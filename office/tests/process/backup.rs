//! Backups of a running office, and the way back, with the real program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::fixture::{self, Http, Phone, Served};
use butler_core::Butler;
use butler_core::host::SystemHost;
use butler_core::model::{ChangeHash, Edit, PhotoId, Receipt, RecordId};
use butler_core::store::KeyAnswer;
use butler_core::sync::End;
use butler_core::sync::message::{Problem, Reply, Request, Verdict};
use butler_core::testing::TestKeys;
use butler_office::backup::{self, Allowed, BackupError};
use butler_office::storage::{Sqlite, Storage as _, StorageError};
use serde_bytes::ByteBuf;
use sha2::{Digest as _, Sha256};

type Acknowledged = BTreeMap<(RecordId, ChangeHash), Receipt>;

/// Runs the program on the office in `data`; what it printed, or its error.
fn office(data: &Path, words: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_butler-office"))
        .args(["--data".as_ref(), data.as_os_str()])
        .args(words)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The only complete backup in a folder, or the newest.
fn newest(folder: &Path) -> PathBuf {
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.join("manifest.json").exists() && !path.ends_with("unfinished"));
    all.sort();
    all.pop().unwrap()
}

/// Writes a home with a photo, and hands both in.
fn photographed(phone: &Phone, bytes: &[u8]) -> PhotoId {
    let photo = PhotoId(Sha256::digest(bytes).into());
    let mut home = fixture::home();
    let edit = Edit::new().put("place", "b3/u2").put(format!("photo/{photo}"), "三栋大堂地砖松动");
    let verdicts = phone.push(vec![phone.write(&mut home, &edit).1]).unwrap();
    assert!(matches!(verdicts[0].1, Verdict::Accepted(_)), "{verdicts:?}");
    phone.ask(Request::PhotoOffer { photo, record: home.id(), size: bytes.len() as u64 }).unwrap();
    let (_, reply) = phone.ask(Request::PhotoPut { photo, offset: 0, bytes: ByteBuf::from(bytes) }).unwrap();
    assert!(matches!(reply, Reply::PhotoState { complete: true, .. }), "{reply:?}");
    photo
}

#[test]
fn a_backup_beside_pushes_is_one_state_and_holds_what_was_acknowledged_before() {
    let (data, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fixture::found(data.path());
    let served = Served::start(data.path());
    let phones: Vec<Phone> =
        (0..3).map(|_| Phone::enrolled(&served.url, &fixture::code(data.path()))).collect();
    let photo = photographed(&phones[0], "三栋大堂".as_bytes());
    let (running, answers) = (AtomicBool::new(true), AtomicUsize::new(0));
    let acknowledged = Mutex::new(Acknowledged::new());
    let (mut said, mut before) = (Vec::new(), Acknowledged::new());
    std::thread::scope(|scope| {
        for phone in &phones {
            scope.spawn(|| work(phone, &running, &answers, &acknowledged));
        }
        for round in 1..=2 {
            while answers.load(Ordering::Relaxed) < round * 6 {
                std::thread::yield_now();
            }
            before.clone_from(&acknowledged.lock().unwrap());
            said.push(office(data.path(), &["backup", path(disk.path())]));
        }
        running.store(false, Ordering::Relaxed);
    });
    assert!(said[0].as_ref().unwrap().contains("新增 new 1"), "{said:?}");
    assert!(said[1].as_ref().unwrap().contains("新增 new 0"), "photos are written once: {said:?}");
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(newest(disk.path()).join("manifest.json")).unwrap()).unwrap();
    let storage = Sqlite::open(data.path(), &SystemHost).unwrap();
    let reach = storage.read::<_, StorageError>(|read| Ok((read.watermark()?, read.position()?)));
    let (watermark, position) = reach.unwrap();
    assert_eq!(Some(watermark), manifest["watermark"].as_u64());
    assert!(watermark > 0 && watermark < position, "{watermark} of {position}");
    drop(storage);

    let restored = tempfile::tempdir().unwrap();
    office(restored.path(), &["restore", path(disk.path())]).unwrap();
    assert!(office(restored.path(), &["audit", "verify"]).unwrap().contains("条完整"));
    let storage = Sqlite::open(restored.path(), &SystemHost).unwrap();
    assert!(!before.is_empty());
    let lost = storage.read::<_, StorageError>(|read| {
        assert_eq!(read.photo_bytes(photo, 0, 100)?, "三栋大堂".as_bytes());
        assert_eq!(Some(read.sizes()?.feed), manifest["feed"].as_u64());
        assert!(read.position()? > watermark, "a new life goes on counting");
        let mut lost = 0;
        for ((record, hash), receipt) in &before {
            lost += usize::from(read.change(*record, *hash)?.is_none_or(|change| change.receipt != *receipt));
            let ordinals =
                read.receipts(*record, 1, usize::MAX)?.into_iter().map(|(_, receipt)| receipt.ordinal);
            assert!(ordinals.eq(1..=read.record(*record)?.unwrap().accepted), "receipts have a gap");
        }
        Ok(lost)
    });
    assert_eq!(lost.unwrap(), 0, "of {} acknowledged before", before.len());
}

fn work(phone: &Phone, running: &AtomicBool, answers: &AtomicUsize, acknowledged: &Mutex<Acknowledged>) {
    while running.load(Ordering::Relaxed) {
        let mut home = fixture::home();
        let first = Edit::new().put("place", "b3/u2").put("layout", "三室两厅");
        let edits = [first, Edit::new().put("area", 89.5), Edit::new().put("area", 90.0)];
        let envelopes = edits.iter().map(|edit| phone.write(&mut home, edit).1).collect();
        let verdicts = phone.push(envelopes).unwrap();
        let mut acknowledged = acknowledged.lock().unwrap();
        for (hash, verdict) in verdicts {
            let Verdict::Accepted(receipt) = verdict else { panic!("{verdict:?}") };
            acknowledged.insert((home.id(), hash), receipt);
        }
        answers.fetch_add(1, Ordering::Relaxed);
    }
}

/// How many files lie below a folder.
fn files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .map_while(Result::ok)
        .map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 })
        .sum()
}

#[test]
fn a_backup_killed_half_way_is_never_taken_for_a_whole_one() {
    let (data, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fixture::found(data.path());
    let served = Served::start(data.path());
    let phone = Phone::enrolled(&served.url, &fixture::code(data.path()));
    let photos: Vec<_> = (0..24_u8).map(|number| photographed(&phone, &vec![number; 200_000])).collect();
    let disk = disk.path().join("jinse");
    // Each time a little further: the lock, the half-made database, the first photos, all but the last.
    let mut complete = 0;
    for stop in [1, 2, 3, 8, 20, 26] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_butler-office"))
            .args(["--data".as_ref(), data.path().as_os_str(), "backup".as_ref(), disk.as_os_str()])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while files(&disk) < stop && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let found = backup::newest(&disk).unwrap();
        let whole = tempfile::tempdir().unwrap();
        let restored = backup::restore(&disk, whole.path(), &Allowed::default(), &SystemHost, &mut |_| ());
        match found {
            // Whatever is taken for a backup is one.
            Some(_) => {
                assert_eq!(restored.unwrap().missing_photos, []);
                complete += 1;
            }
            None => assert!(matches!(restored, Err(BackupError::NoBackup(_)))),
        }
    }
    assert!(complete < 6, "none was cut off");
    let said = office(data.path(), &["backup", path(&disk)]).unwrap();
    assert!(said.contains("24 张照片"), "{said}");
    assert!(!disk.join("unfinished").exists());
    let whole = tempfile::tempdir().unwrap();
    let restored =
        backup::restore(&disk, whole.path(), &Allowed::default(), &SystemHost, &mut |_| ()).unwrap();
    assert_eq!(restored.missing_photos, []);
    let storage = Sqlite::open(whole.path(), &SystemHost).unwrap();
    for photo in photos {
        assert_eq!(storage.read(|read| read.photo(photo)).unwrap(), Some(200_000));
    }
}

#[test]
fn what_cannot_be_meant_is_rejected_and_changes_nothing() {
    let (data, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fixture::found(data.path());
    let (data, disk) = (data.path(), disk.path().join("jinse"));
    let rejected = |data: &Path, words: &[&str]| office(data, words).unwrap_err();
    assert!(rejected(data, &["backup"]).contains("say where to"));
    for inside in [data.to_owned(), data.join("backups"), data.join("not-in-backups/../x")] {
        assert!(rejected(data, &["backup", path(&inside)]).contains("office's own folder"));
        assert!(!data.join("backups").exists());
    }
    let served = Served::start(data);
    let phone = Phone::enrolled(&served.url, &fixture::code(data));
    let photo = photographed(&phone, "三栋大堂".as_bytes());
    office(data, &["backup", path(&disk)]).unwrap();

    let (other, third) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    office(other.path(), &["init", "--community", "jinse"]).unwrap();
    assert!(rejected(other.path(), &["backup", path(&disk)]).contains("another office"));
    // Nobody restores over an office by accident, nor under a running one.
    let over = |more: &[&str]| rejected(data, &[&["restore", path(&disk)], more].concat());
    assert!(over(&[]).contains("in use"));
    drop(served);
    assert!(over(&[]).contains("--replace jinse"));
    assert!(over(&["--replace", "jinhe"]).contains("the backup is of jinse"));

    // A photo that is damaged or gone is said, and left out when that is meant.
    let name = photo.to_string();
    let photo_file = disk.join("photos").join(&name[..2]).join(&name);
    fs::write(&photo_file, "三栋大厅").unwrap();
    let into = third.path().join("new");
    assert!(rejected(&into, &["restore", path(&disk)]).contains("1 of 1 photos"));
    assert!(!into.join("office.db").exists());
    let said = office(&into, &["restore", path(&disk), "--without-missing-photos"]).unwrap();
    assert!(said.contains("1 张照片不在备份里"), "{said}");
    let storage = Sqlite::open(&into, &SystemHost).unwrap();
    assert_eq!(storage.read(|read| read.photo(photo)).unwrap(), None, "whoever has it hands it in again");
    drop(storage);
    // The next backup notices, and writes it again.
    assert!(office(data, &["backup"]).unwrap().contains("新增 new 1"));
    assert_eq!(fs::read(&photo_file).unwrap(), "三栋大堂".as_bytes());

    // A database that rotted.
    let backup = newest(&disk);
    let mut bytes = fs::read(backup.join("office.db")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(backup.join("office.db"), bytes).unwrap();
    let fresh = third.path().join("fresh");
    assert!(rejected(&fresh, &["restore", path(&backup)]).contains("not what its manifest says"));
    assert!(!fresh.join("office.db").exists() && !fresh.join("restoring").exists());
    fs::remove_file(backup.join("manifest.json")).unwrap();
    assert!(rejected(&fresh, &["restore", path(&backup)]).contains("find a complete backup"));

    // The disk was taken out: nothing is written where it was.
    fs::rename(&disk, disk.with_extension("away")).unwrap();
    assert!(rejected(data, &["backup"]).contains("is the disk in"));
    assert!(!disk.exists());
}

#[test]
fn the_office_that_is_replaced_is_kept_aside() {
    let (data, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fixture::found(data.path());
    office(data.path(), &["backup", path(disk.path())]).unwrap();
    office(data.path(), &["staff", "add", "wang.wei", "--name", "王伟", "--role", "butler"]).unwrap();
    let life = |folder: &Path| {
        Sqlite::open(folder, &SystemHost).unwrap().read(|read| read.life()).unwrap().generation
    };
    let before = life(data.path());
    let said = office(data.path(), &["restore", path(disk.path()), "--replace", "jinse"]).unwrap();
    assert!(said.contains("replaced-1") && said.contains("the signing key is there"), "{said}");
    assert_ne!(life(data.path()), before);
    assert!(!office(data.path(), &["staff", "list"]).unwrap().contains("王伟"));
    let aside = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(data.path().join("replaced-1")).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), aside.path().join(entry.file_name())).unwrap();
    }
    assert!(office(aside.path(), &["staff", "list"]).unwrap().contains("王伟"));
}

/// 张丽's two phones; the office's disk dies after the last backup, and one of them is never seen again.
#[test]
fn after_a_dead_disk_a_phone_brings_back_what_the_backup_lacks_and_the_other_is_missed_by_name() {
    let (above, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = above.path().join("jinse");
    fixture::found(&data);
    let kept_key = fs::read(data.join("not-in-backups/signing-key")).unwrap();
    let served = Served::start(&data);
    let desk = Phone::enrolled(&served.url, &fixture::code(&data));
    let mut home = fixture::home();
    desk.push(vec![desk.write(&mut home, &Edit::new().put("place", "b3/u2").put("layout", "三室")).1])
        .unwrap();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let phones = [0, 1].map(|at| {
        let keys = TestKeys::new(KeyAnswer::Missing);
        let phone = Butler::open(folders[at].path(), &keys, Arc::new(SystemHost)).unwrap();
        let label = ["华为 Mate 60", "小米 14"][at];
        phone.enrol(&fixture::code(&data), label, &Http::to(&served.url)).unwrap();
        phone
    });
    let sync = |phone: &Butler, url: &str| {
        let report = phone.sync(&Http::to(url), &mut |_| ()).unwrap();
        assert_eq!(report.end, End::Complete);
        report
    };
    for phone in &phones {
        sync(phone, &served.url);
    }
    office(&data, &["backup", path(disk.path())]).unwrap();
    // One that the backup never heard of.
    let newest = tempfile::tempdir().unwrap();
    let late = Butler::open(newest.path(), &TestKeys::new(KeyAnswer::Missing), Arc::new(SystemHost)).unwrap();
    late.enrol(&fixture::code(&data), "OPPO Find X8", &Http::to(&served.url)).unwrap();
    sync(&late, &served.url);
    late.homes().edit(home.id(), Edit::new().put("key_held", false)).unwrap();
    assert_eq!(sync(&late, &served.url).accepted, 1);
    phones[0].homes().edit(home.id(), Edit::new().put("orientation", "南")).unwrap();
    phones[1].homes().edit(home.id(), Edit::new().put("decoration", "精装")).unwrap();
    for phone in &phones {
        assert_eq!(
            sync(phone, &served.url).accepted,
            1,
            "called accepted by the office that is about to die"
        );
    }
    served.kill();
    fs::remove_dir_all(&data).unwrap();

    let said = office(&data, &["restore", path(disk.path())]).unwrap();
    assert!(
        said.contains("put the signing key back") && said.contains("not done handing in again: 3"),
        "{said}"
    );
    fs::write(data.join("not-in-backups/signing-key"), kept_key).unwrap();
    assert!(office(&data, &["key", "check"]).is_ok());
    let served = Served::start(&data);
    assert!(sync(&phones[0], &served.url).new_generation);
    assert!(!sync(&phones[0], &served.url).new_generation);
    let at_office = Sqlite::open(&data, &SystemHost).unwrap();
    let accepted = at_office.read(|read| read.record(home.id())).unwrap().unwrap().accepted;
    assert_eq!(accepted, 2, "the home and the southern side; the other phone's work is on that phone alone");
    assert_eq!(phones[0].homes().details(home.id()).unwrap().home.orientation.as_deref(), Some("南"));

    let unknown = late.sync(&Http::to(&served.url), &mut |_| ()).unwrap().end;
    assert_eq!(unknown, End::Office(Problem::UnknownDevice));
    late.enrol(&fixture::code(&data), "OPPO Find X8", &Http::to(&served.url)).unwrap();
    sync(&late, &served.url);
    assert_eq!(at_office.read(|read| read.record(home.id())).unwrap().unwrap().accepted, 3, "its work too");

    // Somebody hands in what builds on something that nobody handed in.
    let desk = Phone::enrolled(&served.url, &fixture::code(&data));
    desk.write(&mut home, &Edit::new().put("surroundings", "临街"));
    let child = desk.write(&mut home, &Edit::new().put("surroundings", "临街，安静")).1;
    assert!(matches!(desk.push(vec![child]).unwrap()[0].1, Verdict::Pending));
    let status: serde_json::Value =
        serde_json::from_str(&office(&data, &["status", "--json"]).unwrap()).unwrap();
    let restored = &status["restored"];
    let missed: Vec<_> =
        restored["awaited"].as_array().unwrap().iter().map(|device| &device["label"]).collect();
    assert!(missed.len() == 2 && missed.iter().any(|label| *label == "小米 14"), "{restored}");
    assert!(restored["backup"].is_string() && restored["awaited"][0]["owner"] == "zhang.li");
    assert_eq!(
        (restored["missing"][0]["waiting"].as_u64(), &restored["missing"][1]),
        (Some(1), &serde_json::Value::Null)
    );
    let said = office(&data, &["status"]).unwrap();
    assert!(said.contains("not done handing in again") && said.contains("cannot be known"), "{said}");

    // It comes back after all.
    assert!(sync(&phones[1], &served.url).new_generation);
    assert_eq!(at_office.read(|read| read.record(home.id())).unwrap().unwrap().accepted, 4);
    sync(&phones[0], &served.url);
    assert_eq!(phones[0].homes().details(home.id()).unwrap().home.decoration.as_deref(), Some("精装"));
    assert!(
        !office(&data, &["status"])
            .unwrap()
            .lines()
            .any(|line| line.contains("小米 14") && line.contains("最后"))
    );

    // 张丽's first phone is lost for good: whoever revokes it does not take it from what is known to be missing.
    let status = || -> serde_json::Value {
        serde_json::from_str(&office(&data, &["status", "--json"]).unwrap()).unwrap()
    };
    let lost = status()["restored"]["awaited"][0]["device"].as_str().unwrap().to_owned();
    office(&data, &["revoke", &lost]).unwrap();
    let restored = &status()["restored"];
    assert_eq!(restored["awaited"].as_array().unwrap().len(), 0, "{restored}");
    assert_eq!(restored["gone"][0]["device"], *lost, "{restored}");
    let said = office(&data, &["status"]).unwrap();
    assert!(
        said.contains("may be lost") && said.contains(&lost) && said.contains("cannot be known"),
        "{said}"
    );
}

#[test]
fn older_backups_go_and_an_office_may_be_backed_up_elsewhere_once() {
    let (data, disk, stick) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fixture::found(data.path());
    office(data.path(), &["backup", path(disk.path())]).unwrap();
    office(data.path(), &["backup", path(stick.path()), "--once"]).unwrap();
    let count = || fs::read_dir(disk.path()).unwrap().count();
    for expected in [2, 2] {
        office(data.path(), &["backup", "--keep", "2"]).unwrap();
        assert_eq!(count(), expected + 2, "and the photos and the lock");
    }
    assert_eq!(fs::read_dir(stick.path()).unwrap().count(), 3);
    let status: serde_json::Value =
        serde_json::from_str(&office(data.path(), &["status", "--json"]).unwrap()).unwrap();
    assert_eq!(status["backup"]["behind"], 0);
    assert!(status["restored"].is_null());
}

/// A file system of a few megabytes; none where nobody may mount one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mounted(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs", path(folder.path())])
            .output()
            .is_ok_and(|output| output.status.success());
        if !mounted {
            eprintln!("skipped: no right to mount a small file system");
        }
        mounted.then(|| Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves so many bytes free.
    fn fill(&self, but: usize) {
        let others = self.path().join("others");
        let _ = fs::remove_file(&others);
        let _ = fs::write(&others, vec![1; 64 << 20]);
        let length = others.metadata().unwrap().len().saturating_sub(but as u64);
        fs::File::options().write(true).open(&others).unwrap().set_len(length).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path()).status();
    }
}

#[test]
fn a_full_disk_says_so_and_leaves_the_earlier_backup_whole() {
    let Some(small) = SmallDisk::mounted(3) else { return };
    let data = tempfile::tempdir().unwrap();
    fixture::found(data.path());
    let disk = small.path().join("jinse");
    office(data.path(), &["backup", path(&disk)]).unwrap();
    let served = Served::start(data.path());
    let phone = Phone::enrolled(&served.url, &fixture::code(data.path()));
    for number in 0..8 {
        photographed(&phone, &vec![number; 500_000]);
    }
    // Too full for the photos first, then, with what others put there, for the database too.
    for others in [false, true] {
        if others {
            small.fill(0);
        }
        let said = office(data.path(), &["backup"]).unwrap_err();
        assert!(said.contains("the disk is full") && said.contains(path(&disk)), "{said}");
        assert!(!disk.join("unfinished").exists());
        let whole = tempfile::tempdir().unwrap();
        let restored = backup::restore(&disk, whole.path(), &Allowed::default(), &SystemHost, &mut |_| ());
        assert_eq!(restored.unwrap().missing_photos, []);
    }
    let status = office(data.path(), &["status"]).unwrap();
    assert!(status.contains("其后 since then 8 feed rows"), "{status}");
}

/// Wherever the room ends, in the database, in a photo or in the last bytes an office writes when it is opened: the office
/// that is there stays, and the restore is only run again when there is room.
#[test]
fn a_disk_that_is_full_during_a_restore_says_so_and_leaves_the_old_office() {
    let Some(small) = SmallDisk::mounted(16) else { return };
    let backups = tempfile::tempdir().unwrap();
    let data = small.path().join("jinse");
    fixture::found(&data);
    let served = Served::start(&data);
    let phone = Phone::enrolled(&served.url, &fixture::code(&data));
    for number in 0..4 {
        photographed(&phone, &vec![number; 300_000]);
    }
    office(&data, &["backup", path(backups.path())]).unwrap();
    photographed(&phone, &[9; 1_000]);
    drop(served);
    let state = || {
        let storage = Sqlite::open(&data, &SystemHost).unwrap();
        storage.read(|read| Ok::<_, StorageError>((read.life()?, read.sizes()?))).unwrap()
    };
    let before = state();
    let restore = || office(&data, &["restore", path(backups.path()), "--replace", "jinse"]);
    let database = newest(backups.path()).join("office.db").metadata().unwrap().len() as usize;
    let whole = database + 4 * 300_000;
    for room in [0, database / 2, database + 300_000, whole + 100_000, whole + 300_000] {
        small.fill(room);
        let said = restore().unwrap_err();
        assert!(said.contains("the disk is full; nothing that was there has changed"), "{room}: {said}");
        assert!(!data.join("restoring").exists() && !data.join("replaced-1").exists());
        small.fill(1 << 20);
        assert_eq!(state(), before, "{room}");
    }
    small.fill(whole + (3 << 20));
    restore().unwrap();
    assert_ne!(state().0, before.0);
    assert!(data.join("replaced-1/office.db").exists());
}

#[test]
fn an_import_ends_with_a_backup_and_a_served_office_makes_its_own() {
    let (data, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folder = disk.path().join("jinse");
    office(data.path(), &["init", "--community", "jinse"]).unwrap();
    assert!(office(data.path(), &["serve", "--backup-every", "1x"]).unwrap_err().contains("6h"));
    let unsaid = office(data.path(), &["serve", "--listen", "127.0.0.1:0", "--backup-every", "1d"]);
    assert!(unsaid.unwrap_err().contains("say where to"));
    office(data.path(), &["backup", path(&folder)]).unwrap();
    let first = newest(&folder);
    let register = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/register-jinse.xlsx");
    assert!(!office(data.path(), &["import", register]).unwrap().contains("备份完成"));
    let said = office(data.path(), &["import", register, "--apply"]).unwrap();
    assert!(said.contains("已导入") && said.contains("备份完成"), "{said}");
    let imported = backup::newest(&folder).unwrap().unwrap();
    assert!(imported.records > 0);

    // None of today: one is made as soon as the office is served, and none again.
    for old in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        if old.join("manifest.json").exists() && old != first {
            fs::remove_dir_all(old).unwrap();
        }
    }
    let manifest = first.join("manifest.json");
    let mut text: serde_json::Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    text["taken"] = (text["taken"].as_i64().unwrap() - 86_400_000).into();
    fs::write(&manifest, text.to_string()).unwrap();
    let served = Served::start_with(data.path(), &["--backup-every", "1h"]);
    while backup::newest(&folder).unwrap().unwrap().records == 0 {
        std::thread::yield_now();
    }
    let (code, journal) = served.stop();
    assert_eq!(code, Some(0));
    let made = newest(&folder);
    assert!(journal.contains(r#""code":"backup""#) || made != first, "{journal}");
    let served = Served::start_with(data.path(), &["--backup-every", "1h"]);
    fixture::send(&fixture::agent(), &served.url, b"nonsense").unwrap();
    assert_eq!(served.stop().0, Some(0));
    assert_eq!(newest(&folder), made, "the newest is young enough");
}
