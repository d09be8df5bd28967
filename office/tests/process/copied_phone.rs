//! A phone whose files are older than it is, or that there are two of: real files, a real office. Whatever befell them, the
//! next sync finds out, nothing is lost or recorded twice, and whoever holds the phone is told.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use butler_core::Butler;
use butler_core::crdt::Document;
use butler_core::host::SystemHost;
use butler_core::model::{Edit, RecordId};
use butler_core::store::KeyAnswer;
use butler_core::sync::{End, SyncReport};
use butler_core::testing::TestKeys;

use butler_office::storage::{Sqlite, Storage as _, StorageError};

use super::fixture::{self, Http, Phone, Served};

/// An office with a home, and 张丽's phone, which has synced.
struct World {
    served: Served,
    desk: Phone,
    home: RecordId,
    folder: tempfile::TempDir,
    keys: TestKeys,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let office = folder.path().join("office");
        fixture::found(&office);
        let served = Served::start(&office);
        let desk = Phone::enrolled(&served.url, &fixture::code(&office));
        let mut home: Document = fixture::home();
        desk.push(vec![desk.write(&mut home, &Edit::new().put("place", "b3/u2").put("layout", "三室")).1])
            .unwrap();
        let world = Self { served, desk, home: home.id(), folder, keys: TestKeys::new(KeyAnswer::Missing) };
        let phone = world.open("phone");
        phone.enrol(&fixture::code(&office), "华为 Mate 60", &Http::to(&world.served.url)).unwrap();
        assert_eq!(world.sync(&phone), [""; 0], "nothing to tell");
        world.note(&phone, "早上：业主在家");
        world.sync(&phone);
        phone.shutdown();
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn open(&self, name: &str) -> Butler {
        Butler::open(&self.path(name), &self.keys, Arc::new(SystemHost)).unwrap()
    }

    /// Copies a phone's folder, as it lies there.
    fn copy(&self, from: &str, to: &str) {
        copy(&self.path(from), &self.path(to));
    }

    /// Records something about the home that stands by itself.
    fn note(&self, phone: &Butler, what: &str) {
        let happening = format!("history/{}", RecordId(butler_core::host::random(&SystemHost).unwrap()));
        let edit = Edit::new().put(happening.clone(), true).put(format!("{happening}/what"), what);
        phone.homes().edit(self.home, edit).unwrap();
    }

    /// Syncs until everything is where it belongs; returns what was told.
    fn sync(&self, phone: &Butler) -> Vec<String> {
        let mut told = Vec::new();
        for _ in 0..3 {
            let report: SyncReport = phone.sync(&Http::to(&self.served.url), &mut |_| ()).unwrap();
            assert_eq!(report.end, End::Complete);
            assert_eq!((report.rejected, report.quarantined), (0, 0), "{report:?}");
            told.extend(report.notices.into_iter().map(|notice| notice.zh));
        }
        let status = phone.status().unwrap();
        assert_eq!((status.unsent_records, status.rejected_edits), (0, 0), "{status:?}");
        told
    }

    /// What a phone says happened to the home, in order; each must be there once.
    fn happened(&self, phone: &Butler) -> Vec<String> {
        let details = phone.homes().details(self.home).unwrap();
        let mut all: Vec<_> =
            details.home.history.into_iter().map(|happening| happening.what.unwrap_or_default()).collect();
        all.sort();
        all
    }

    /// How many changes of the home the office accepted, and under how many actors of 张丽's phone.
    fn accepted(&self) -> (usize, usize) {
        let storage = Sqlite::open(&self.path("office"), &SystemHost).unwrap();
        storage
            .read::<_, StorageError>(|read| {
                let receipts = read.receipts(self.home, 1, usize::MAX)?;
                let mut actors = BTreeSet::new();
                for (hash, _) in &receipts {
                    actors.extend(read.change(self.home, *hash)?.map(|change| change.actor));
                }
                actors.remove(&self.desk.actor);
                Ok((receipts.len(), actors.len()))
            })
            .unwrap()
    }

    /// Everything that was recorded is once on this phone, and once at the office, where the home's first change is too.
    fn has_all(&self, phone: &Butler, all: &[&str]) {
        assert_eq!(self.happened(phone), all);
        assert_eq!(self.accepted().0, all.len() + 1);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn says_so(told: &[String]) {
    let count =
        told.iter().filter(|told| told.starts_with("这台手机的数据是从备份恢复或从别的手机复制来的")).count();
    assert_eq!(count, 1, "in one sentence, once: {told:?}");
}

/// The same phone, as a backup of the device brought it back: it does not know what it wrote since.
#[test]
fn a_device_backup_put_back_is_found_out_at_the_first_sync() {
    let world = World::new();
    world.copy("phone", "backup");
    let phone = world.open("phone");
    world.note(&phone, "中午：水表已抄");
    world.sync(&phone);
    phone.shutdown();
    fs::remove_dir_all(world.path("phone")).unwrap();

    let phone = world.open("backup");
    assert!(!phone.opening().incarnation_changed, "all its files are of one day: it cannot know");
    world.note(&phone, "下午：阳台渗水");
    says_so(&world.sync(&phone));
    world.has_all(&phone, &["下午：阳台渗水", "中午：水表已抄", "早上：业主在家"]);
    world.note(&phone, "晚上：已回访");
    assert_eq!(world.sync(&phone), [""; 0], "told once");
    assert!(world.accepted().1 >= 2, "under another actor");
}

/// The disk was copied to a second phone, unsent work and all, and both go on.
#[test]
fn of_a_phone_and_its_clone_the_second_takes_another_actor() {
    let world = World::new();
    let original = world.open("phone");
    world.note(&original, "中午：水表已抄");
    original.shutdown();
    world.copy("phone", "clone");
    let (original, clone) = (world.open("phone"), world.open("clone"));
    world.note(&original, "下午：阳台渗水");
    world.note(&clone, "下午：钥匙已还");
    assert_eq!(world.sync(&original), [""; 0], "it is the one that was left");
    says_so(&world.sync(&clone));
    world.note(&original, "晚上：已回访");
    world.note(&clone, "晚上：已锁门");
    let all = [
        "下午：钥匙已还",
        "下午：阳台渗水",
        "中午：水表已抄",
        "早上：业主在家",
        "晚上：已回访",
        "晚上：已锁门",
    ];
    for phone in [&original, &clone, &original] {
        assert_eq!(world.sync(phone), [""; 0], "told once");
    }
    for phone in [&original, &clone] {
        world.has_all(phone, &all);
    }
    assert!(world.accepted().1 >= 2);
}

/// Two phones were set up from one image, and the phone it was taken from is gone.
#[test]
fn two_phones_from_one_image_part_at_the_first_sync() {
    let world = World::new();
    for name in ["one", "two"] {
        world.copy("phone", name);
    }
    fs::remove_dir_all(world.path("phone")).unwrap();
    let phones = ["one", "two"].map(|name| world.open(name));
    for (phone, what) in phones.iter().zip(["一号：水表已抄", "二号：钥匙已还"]) {
        world.note(phone, what);
        world.note(phone, &format!("{what}，已告知业主"));
    }
    let told = [world.sync(&phones[0]), world.sync(&phones[1])].concat();
    says_so(&told);
    world.sync(&phones[0]);
    let all = [
        "一号：水表已抄",
        "一号：水表已抄，已告知业主",
        "二号：钥匙已还",
        "二号：钥匙已还，已告知业主",
        "早上：业主在家",
    ];
    for phone in &phones {
        world.has_all(phone, &all);
    }
}

/// The database alone was copied back, beside the file that tells the difference; or that file is gone.
#[test]
fn a_replaced_database_is_found_out_when_it_opens() {
    for (what, keeps_side_file) in [("换回旧库", true), ("丢了旁边的文件", false)] {
        let world = World::new();
        world.copy("phone/db", "old");
        let phone = world.open("phone");
        world.note(&phone, "中午：水表已抄");
        world.sync(&phone);
        phone.shutdown();
        fs::remove_dir_all(world.path("phone/db")).unwrap();
        world.copy("old", "phone/db");
        if !keeps_side_file {
            fs::remove_file(world.path("phone/store.json")).unwrap();
        }
        let phone = world.open("phone");
        assert!(phone.opening().incarnation_changed, "{what}");
        world.note(&phone, "下午：阳台渗水");
        // The app dies before it meets the office: told all the same.
        phone.shutdown();
        let phone = world.open("phone");
        assert!(!phone.opening().incarnation_changed);
        says_so(&world.sync(&phone));
        world.has_all(&phone, &["下午：阳台渗水", "中午：水表已抄", "早上：业主在家"]);
        assert_eq!((world.accepted().1, world.sync(&phone)), (2, Vec::new()), "{what}");
    }
}
