//! A company's playbooks on their way: published by an office, signed, fetched by phones, rejected when they are not
//! to be believed or not understood, and kept for what was begun under them. Whole phones, a whole office.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use butler_core::Butler;
use butler_core::areas::cases::NewCase;
use butler_core::butler::{Transport, TransportError};
use butler_core::error::ButlerError;
use butler_core::model::office::{Manifest, ManifestFile, RejectedSet, SignedSet};
use butler_core::model::{Evidence, PlaceId, PlaybookHash, RecordId, Timestamp};
use butler_core::playbook::{PlaybookFile, Playbooks};
use butler_core::store::KeyAnswer;
use butler_core::sync::message::{Frame, PROTOCOL, Reply, limit};
use butler_core::sync::playbook_set::OfficeKey;
use butler_core::sync::{End, SyncReport, frame};
use butler_core::testing::{Tables, TestHost, TestKeys};
use butler_office::hub::{Hub, Rules};
use butler_office::storage::{Sqlite, Storage};
use butler_office::testing::found;

/// A workflow of three states; `word` makes versions of it.
fn flow(id: &str, word: &str) -> PlaybookFile {
    let text = format!(
        r#"kind = "workflow"
id = "{id}"
title = {{ zh = "擦窗{word}", en = "Windows {word}" }}
subjects = ["grid", "community"]
resolved_by = ["supervisor"]
[[state]]
id = "asked"
label = {{ zh = "已登记", en = "Asked" }}
[[state]]
id = "cleaned"
label = {{ zh = "已擦", en = "Cleaned" }}
[[state]]
id = "over"
label = {{ zh = "完成{word}", en = "Over {word}" }}
end = true
[[step]]
id = "ask"
label = {{ zh = "登记", en = "Ask" }}
opens = true
to = "asked"
roles = ["butler", "supervisor"]
[[step]]
id = "clean"
label = {{ zh = "擦窗", en = "Clean" }}
from = ["asked"]
to = "cleaned"
roles = ["butler", "supervisor"]
[[step]]
id = "check_{word}"
label = {{ zh = "验收", en = "Check" }}
from = ["cleaned"]
to = "over"
roles = ["butler", "supervisor"]
"#
    );
    PlaybookFile { name: format!("{id}.toml"), text, current: true }
}

fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

/// The office of a community with one grid, 张丽 its butler, 李主管 above her.
struct Company {
    hub: Hub<Sqlite>,
    host: TestHost,
    folder: tempfile::TempDir,
    phones: AtomicU64,
}

impl Company {
    fn new() -> Self {
        Self::with_seed(1)
    }

    fn with_seed(seed: u64) -> Self {
        let host = TestHost::new(seed);
        let mut tables = Tables::default()
            .grid("jinse/grid-1", "1网格")
            .place("gate", "南门", &["jinse/grid-1"])
            .person("zhang.li", "张丽", "butler", &["jinse/grid-1"])
            .person("li.zg", "李主管", "supervisor", &["jinse/grid-1"]);
        tables.places[0].walk = 1;
        let playbooks = Playbooks::embedded().unwrap();
        let hub = found(&host, playbooks, Rules::default(), tables, None);
        Self { hub, host, folder: tempfile::tempdir().unwrap(), phones: AtomicU64::new(1) }
    }

    fn publish(&self, files: &[PlaybookFile]) -> u64 {
        self.hub.publish(&self.host, None, files).map_err(|error| error.to_string()).unwrap().version
    }

    /// Publishes past the judge, as an office with a newer core, or one that is not to be trusted, would.
    fn smuggle(&self, key: Option<&OfficeKey>, version: u64, files: &[PlaybookFile]) -> SignedSet {
        let entry = |file: &PlaybookFile| ManifestFile {
            name: file.name.clone(),
            hash: PlaybookHash::of(&file.text),
            bytes: file.text.len() as u64,
            current: file.current,
        };
        let at = Timestamp::from_millis(0);
        let manifest = Manifest { version, at, by: None, files: files.iter().map(entry).collect() };
        let own = self.hub.storage().signing_key().unwrap();
        let set = key.unwrap_or(&own).sign(serde_json::to_string(&manifest).unwrap());
        let texts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
        self.hub.storage().write(|tx| tx.put_playbook_set(version, &set, &texts)).unwrap();
        set
    }

    fn phone(&self, staff: &str) -> Phone<'_> {
        let number = self.phones.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.path().join(format!("phone-{number}"));
        let host = Arc::new(TestHost::new(100 + number));
        let butler = Butler::open(&folder, &TestKeys::new(KeyAnswer::Missing), host).unwrap();
        let code = self.hub.open_code(&self.host, &id(staff)).unwrap();
        butler.enrol(&code, "测试机", &Line::to(self)).unwrap();
        Phone { company: self, butler }
    }

    /// What `status` knows of the only phone.
    fn told(&self) -> (u64, Option<RejectedSet>) {
        let devices = self.hub.storage().read(|read| read.devices()).unwrap();
        let [device] = devices.as_slice() else { panic!("one phone") };
        (device.report.playbooks, device.report.rejected_playbooks.clone())
    }
}

struct Phone<'c> {
    company: &'c Company,
    butler: Butler,
}

impl Phone<'_> {
    fn sync(&self) -> SyncReport {
        let report = self.sync_over(&Line::to(self.company));
        assert_eq!(report.end, End::Complete);
        report
    }

    fn sync_over(&self, line: &Line<'_>) -> SyncReport {
        self.butler.sync(line, &mut |_| {}).unwrap()
    }

    fn version(&self) -> u64 {
        self.butler.playbook_set().unwrap().version.unwrap_or(0)
    }

    fn rejected(&self) -> Option<String> {
        self.butler.playbook_set().unwrap().rejected.map(|rejected| rejected.code)
    }

    fn knows(&self, workflow: &str) -> bool {
        self.butler.playbooks().unwrap().workflow(&workflow.into()).is_some()
    }

    fn open(&self, workflow: &str) -> Result<RecordId, ButlerError> {
        let new = NewCase {
            workflow: workflow.into(),
            step: "ask".into(),
            place: Some(PlaceId::new("gate").unwrap()),
            title: "南门岗亭".to_owned(),
            ..NewCase::default()
        };
        Ok(self.butler.cases().open(&new)?.record)
    }

    fn take(&self, case: RecordId, step: &str) -> Result<(), ButlerError> {
        self.butler.cases().take(case, &step.into(), Evidence::default(), "").map(drop)
    }
}

/// What happens to a reply on its way.
type Bend = Box<dyn Fn(Reply) -> Reply + Send + Sync>;

/// A line to an office, which may break, and on which somebody may sit.
struct Line<'c> {
    company: &'c Company,
    /// Exchanges until the line is gone.
    left: AtomicUsize,
    bend: Bend,
    /// Files that were fetched over it.
    fetched: AtomicUsize,
}

impl<'c> Line<'c> {
    fn to(company: &'c Company) -> Self {
        let bend = Box::new(|reply| reply);
        Self { company, left: AtomicUsize::new(usize::MAX), bend, fetched: AtomicUsize::new(0) }
    }

    /// A line that is gone after so many exchanges.
    fn cut_after(company: &'c Company, exchanges: usize) -> Self {
        Self { left: AtomicUsize::new(exchanges), ..Self::to(company) }
    }

    fn bent(company: &'c Company, bend: impl Fn(Reply) -> Reply + Send + Sync + 'static) -> Self {
        Self { bend: Box::new(bend), ..Self::to(company) }
    }

    fn fetched(&self) -> usize {
        self.fetched.load(Ordering::Relaxed)
    }
}

impl Transport for Line<'_> {
    fn exchange(&self, bytes: &[u8]) -> Result<Vec<u8>, TransportError> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(TransportError::Unreachable);
        }
        self.left.store(left - 1, Ordering::Relaxed);
        let reply = self.company.hub.handle(&self.company.host, bytes);
        let Frame { request, body, .. }: Frame<Reply> = frame::decode(&reply).unwrap();
        if let Reply::PlaybookFiles { files } = &body {
            self.fetched.fetch_add(files.len(), Ordering::Relaxed);
        }
        let bent = Frame { protocol: PROTOCOL, request, token: None, body: (self.bend)(body) };
        Ok(frame::encode(&bent).unwrap())
    }
}

#[test]
fn a_set_reaches_a_phone_and_only_what_is_new_of_the_next() {
    let company = Company::new();
    let phone = company.phone("zhang.li");
    phone.sync();
    assert!(!phone.knows("test.windows") && phone.version() == 0);
    let first = company.publish(&[flow("test.windows", "a"), flow("test.doors", "a")]);
    let line = Line::to(&company);
    assert_eq!(phone.sync_over(&line).playbooks_taken, Some(first));
    assert!(phone.knows("test.windows") && phone.knows("test.doors") && line.fetched() == 2);
    assert_eq!(company.told(), (first, None), "the office hears it in the same sync");
    phone.sync();

    let second = company.publish(&[flow("test.windows", "b"), flow("test.doors", "a")]);
    let line = Line::to(&company);
    assert_eq!(phone.sync_over(&line).playbooks_taken, Some(second));
    assert_eq!(line.fetched(), 1);
    let set = phone.butler.playbooks().unwrap();
    assert_eq!(set.workflow(&"test.windows".into()).unwrap().title.en, "Windows b");
    assert!(set.workflow_at(&"test.windows".into(), flow("test.windows", "a").version()).is_some());

    // An empty folder returns to what this build brings.
    let third = company.publish(&[]);
    phone.sync();
    assert!(!phone.knows("test.windows") && phone.version() == third);
    assert!(phone.butler.playbooks().unwrap().workflows().next().is_some());
    assert!(phone.butler.diagnostics().unwrap().contains(&format!("playbooks: Some({third})")));
}

#[test]
fn a_case_goes_on_by_the_version_it_was_opened_under_though_the_office_dropped_the_file() {
    let company = Company::new();
    let (zhang, li) = (company.phone("zhang.li"), company.phone("li.zg"));
    company.publish(&[flow("test.windows", "a")]);
    zhang.sync();
    // Offline: 张丽 opens a case while the office publishes another version, and then none at all.
    let case = zhang.open("test.windows").unwrap();
    company.publish(&[flow("test.windows", "b")]);
    li.sync();
    assert!(li.take(case, "clean").is_err(), "it has not come yet");
    company.publish(&[]);
    zhang.sync();
    assert!(zhang.open("test.windows").is_err(), "nothing new begins under it");
    li.sync();
    for phone in [&zhang, &li] {
        let details = phone.butler.cases().details(case).unwrap();
        assert_eq!(details.state.as_deref(), Some("asked"));
        let next: Vec<_> =
            phone.butler.cases().next_steps(case).unwrap().into_iter().map(|n| n.step).collect();
        assert_eq!(next, ["clean"]);
    }
    // By the steps of its own version, whose last one no other version has, on both phones.
    li.take(case, "clean").unwrap();
    li.sync();
    zhang.sync();
    assert!(zhang.take(case, "check_b").is_err());
    zhang.take(case, "check_a").unwrap();
    assert_eq!(zhang.sync().rejected, 0);
    li.sync();
    for phone in [&zhang, &li] {
        let details = phone.butler.cases().details(case).unwrap();
        assert!(details.ended && details.state_label.en == "Over a", "{details:?}");
    }
}

#[test]
fn a_forged_or_bent_set_is_rejected_whole_and_the_old_one_stays() {
    let company = Company::new();
    let phone = company.phone("zhang.li");
    let good = company.publish(&[flow("test.windows", "a")]);
    phone.sync();
    let stands = |code: &str| {
        assert_eq!(phone.rejected().as_deref(), Some(code));
        assert!(phone.version() == good && phone.knows("test.windows"), "{code}");
        let (version, rejected) = company.told();
        assert_eq!((version, rejected.unwrap().code.as_str()), (good, code), "the office knows");
        let text = phone.butler.diagnostics().unwrap();
        assert!(text.contains("playbooks rejected: ") && text.contains(code), "{text}");
    };

    // Signed by somebody else.
    let stranger = OfficeKey::from_secret(&[9; 32]);
    company.smuggle(Some(&stranger), good + 10, &[flow("test.forged", "x")]);
    assert_eq!(phone.sync().playbooks_rejected.unwrap().code, "signature");
    stands("signature");
    assert!(!phone.knows("test.forged"));
    assert_eq!(phone.sync().playbooks_rejected, None, "not looked at twice");
    stands("signature");

    // Changed on its way.
    company.publish(&[flow("test.windows", "b")]);
    let bent = |reply| match reply {
        Reply::Welcome(mut welcome) => {
            if let Some(set) = &mut welcome.playbooks {
                set.manifest = set.manifest.replace("test.windows", "test.window5");
            }
            Reply::Welcome(welcome)
        }
        other => other,
    };
    phone.sync_over(&Line::bent(&company, bent));
    stands("signature");

    // A file that is not what was signed.
    let bent = |reply| match reply {
        Reply::PlaybookFiles { files } => {
            let swap = |text: String| text.replace("[\"butler\", \"supervisor\"]", "[\"butler\"]");
            Reply::PlaybookFiles { files: files.into_iter().map(|(hash, text)| (hash, swap(text))).collect() }
        }
        other => other,
    };
    phone.sync_over(&Line::bent(&company, bent));
    stands("files");

    // What follows honestly is taken, and the rejection is over.
    let last = company.publish(&[flow("test.windows", "c")]);
    phone.sync();
    assert_eq!((phone.version(), phone.rejected(), company.told()), (last, None, (last, None)));
}

#[test]
fn an_older_set_is_not_taken_back() {
    let company = Company::new();
    let phone = company.phone("zhang.li");
    let first = company.publish(&[flow("test.windows", "a")]);
    phone.sync();
    let old = company.hub.storage().read(|read| read.playbook_set()).unwrap().unwrap();
    company.host.pass(60_000);
    let second = company.publish(&[flow("test.windows", "b")]);
    phone.sync();
    // Somebody plays the first set again, signature and all; or the office's backup does.
    let replay = move |reply| match reply {
        Reply::Welcome(mut welcome) => {
            welcome.playbooks = Some(old.clone());
            Reply::Welcome(welcome)
        }
        other => other,
    };
    let report = phone.sync_over(&Line::bent(&company, replay));
    let rejected = report.playbooks_rejected.unwrap();
    assert_eq!((rejected.code.as_str(), rejected.version), ("rollback", first));
    assert_eq!(phone.version(), second);
    assert_eq!(
        phone.butler.playbooks().unwrap().workflow(&"test.windows".into()).unwrap().title.en,
        "Windows b"
    );
}

#[test]
fn a_set_this_core_does_not_understand_is_rejected_with_its_reason_and_judged_again_by_the_next() {
    let company = Company::new();
    let phone = company.phone("zhang.li");
    let good = company.publish(&[flow("test.windows", "a")]);
    phone.sync();
    let mut newer = flow("test.windows", "b");
    newer.text = newer.text.replacen("subjects =", "moods = [\"calm\"]\nsubjects =", 1);
    let version = good + 5;
    company.smuggle(None, version, &[flow("test.doors", "b"), newer]);
    let line = Line::to(&company);
    let rejected = phone.sync_over(&line).playbooks_rejected.unwrap();
    assert_eq!((rejected.code.as_str(), rejected.version), ("playbooks", version));
    let detail = rejected.detail.unwrap();
    assert!(
        detail.starts_with("test.windows.toml:4: 这里没有“moods”") && detail.contains(" / `moods`"),
        "{detail}"
    );
    assert_eq!(line.fetched(), 2);
    assert!(phone.version() == good && !phone.knows("test.doors"), "whole or not at all");
    let (told, why) = company.told();
    assert_eq!((told, why.unwrap().detail), (good, Some(detail)));
    // Work goes on, and the set is not fetched again and again.
    phone.open("test.windows").unwrap();
    let line = Line::to(&company);
    let report = phone.sync_over(&line);
    assert_eq!((report.accepted, report.playbooks_rejected, line.fetched()), (1, None, 0));
}

#[test]
fn the_largest_set_travels_and_goes_on_where_the_line_broke() {
    let company = Company::new();
    let phone = company.phone("zhang.li");
    let first = company.publish(&[flow("test.windows", "a")]);
    phone.sync();
    // 60 files as long as a file may be: 15 MB, which no frame holds.
    let files: Vec<PlaybookFile> = (0..60)
        .map(|number| {
            let mut file = flow(&format!("test.large-{number}"), "a");
            let rest = limit::PLAYBOOK - file.text.len();
            // Not to be squeezed: what matters is what fits, whatever it holds.
            let noise =
                (0..).flat_map(|n: u32| PlaybookHash::of(&format!("{number} {n}")).to_string().into_bytes());
            let noise = String::from_utf8(noise.take(rest - 2).collect()).unwrap();
            file.text = format!("# {noise}\n{}", file.text);
            file.text.truncate(limit::PLAYBOOK);
            file
        })
        .map(|mut file| {
            file.text = file.text.trim_end().to_owned();
            file
        })
        .collect();
    let second = company.publish(&files);
    let broken = Line::cut_after(&company, 9);
    assert_eq!(phone.sync_over(&broken).end, End::Interrupted);
    assert!((1..60).contains(&broken.fetched()));
    assert!(
        phone.version() == first && phone.knows("test.windows"),
        "the old set is in force until the new one is whole"
    );
    let rest = Line::to(&company);
    assert_eq!(phone.sync_over(&rest).playbooks_taken, Some(second));
    assert_eq!(broken.fetched() + rest.fetched(), 60, "no file twice");
    assert!(phone.knows("test.large-59") && !phone.knows("test.windows"));
}

#[test]
fn unsent_work_goes_before_a_new_set() {
    let company = Company::new();
    let phone = company.phone("zhang.li");
    company.publish(&[flow("test.windows", "a")]);
    phone.sync();
    phone.open("test.windows").unwrap();
    company.publish(&[flow("test.windows", "b")]);
    // Challenge, session, hello, push: the fifth exchange would have fetched the set.
    let report = phone.sync_over(&Line::cut_after(&company, 4));
    assert_eq!((report.end, report.accepted, report.playbooks_taken), (End::Interrupted, 1, None));
    assert_eq!(phone.butler.status().unwrap().unsent_records, 0);
}

#[test]
fn a_phone_enrolled_anew_believes_its_new_office_and_no_longer_the_old_one() {
    let (old, new) = (Company::new(), Company::with_seed(2));
    let phone = old.phone("zhang.li");
    old.host.pass(3_600_000);
    old.publish(&[flow("test.windows", "a")]);
    phone.sync();
    let published = new.publish(&[flow("test.doors", "a")]);
    assert!(published < phone.version(), "the versions of one office say nothing about those of another");
    let code = new.hub.open_code(&new.host, &id("zhang.li")).unwrap();
    phone.butler.enrol(&code, "测试机", &Line::to(&new)).unwrap();
    assert_eq!(phone.sync_over(&Line::to(&new)).playbooks_taken, Some(published));
    assert!(phone.knows("test.doors") && !phone.knows("test.windows"));
    let set = old.hub.storage().read(|read| read.playbook_set()).unwrap().unwrap();
    let replay = move |reply| match reply {
        Reply::Welcome(mut welcome) => {
            welcome.playbooks = Some(set.clone());
            Reply::Welcome(welcome)
        }
        other => other,
    };
    let rejected = phone.sync_over(&Line::bent(&new, replay)).playbooks_rejected.unwrap();
    assert_eq!(rejected.code, "signature");
}
