//! What a phone takes in directly it would have taken in by way of documents: two phones with one key sync with one office,
//! the second by documents alone, and their databases stay equal to the last column. Histories of up to five people are
//! random: linear and concurrent, honest and not, with own edits in between.

use proptest::prelude::*;
use serde_bytes::ByteBuf;

use super::*;
use crate::crdt::gate::{self, Judge};
use crate::crdt::{ChangeInfo, Document, GateError};
use crate::model::{
    ActorId, DeviceId, Edit, Event, EventId, Evidence, GridId, Kind, PlaceId, Receipt, RoleId, StaffId,
    Stamp, Timestamp,
};
use crate::store::testing::{always_load, dump, is_loaded};
use crate::store::{Authored, Signed};
use crate::sync::message::{Envelope, Membership, Page, PageRow, Pull, Reason, Verdict};
use crate::testing::{TestHost, TestKeys, TestStore};

const GENERATION: Generation = Generation([4; 16]);
const RECORDS: [(RecordId, Kind); 3] =
    [(RecordId([7; 16]), Kind::Home), (RecordId([8; 16]), Kind::Resident), (RecordId([9; 16]), Kind::Case)];
const PEOPLE: usize = 5;

/// What happens next.
#[derive(Debug, Clone)]
enum Act {
    /// Somebody edits, on all they have seen.
    Write { who: usize, of: usize, what: u8, value: u8 },
    /// They hand in what they wrote, and the office accepts it.
    HandIn { who: usize },
    /// They take in what the office has accepted.
    TakeIn { who: usize },
    /// The phone's owner edits.
    Own { of: usize, what: u8, value: u8 },
    /// The office lists what it should not have accepted.
    Lie { of: usize, how: u8 },
    /// The phone syncs; the bytes of one change come damaged.
    Sync { damaged: bool },
}

fn act() -> impl Strategy<Value = Act> {
    let (who, of) = (0..PEOPLE, 0..RECORDS.len());
    prop_oneof![
        8 => (who.clone(), of.clone(), 0..8_u8, 0..4_u8)
            .prop_map(|(who, of, what, value)| Act::Write { who, of, what, value }),
        6 => who.clone().prop_map(|who| Act::HandIn { who }),
        6 => who.prop_map(|who| Act::TakeIn { who }),
        1 => (of.clone(), 0..8_u8, 0..4_u8).prop_map(|(of, what, value)| Act::Own { of, what, value }),
        1 => (of, 0..4_u8).prop_map(|(of, how)| Act::Lie { of, how }),
        4 => (0..6_u8).prop_map(|chance| Act::Sync { damaged: chance == 0 }),
    ]
}

fn stamp() -> Stamp {
    let at = Timestamp::from_millis(TestHost::MORNING);
    Stamp { staff: StaffId::new("zhang.li").unwrap(), at, offset: None, copy_of: None }
}

/// An edit as people make them; a record's first says where it belongs.
fn edit(document: &Document, actor: ActorId, what: u8, value: u8) -> Edit {
    const PHONE: &str = "phone/0102030405060708090a0b0c0d0e0f10";
    let mut edit = Edit::new();
    if document.is_empty() {
        edit = edit.put("place", "jinse/3-2");
        if document.kind() == Kind::Case {
            edit = edit.put("playbook", "repair").put("version", "1");
        }
    }
    let word = ["三室两厅", "两室一厅", "复式", "王小明"][usize::from(value % 4)];
    match what {
        0 => edit.put("layout", word),
        1 => edit.put("name", word).put("state", "occupied"),
        2 => edit.put(PHONE, true).put(format!("{PHONE}/number"), format!("1380000000{value}")),
        3 => edit.clear(PHONE).clear("layout"),
        4 => edit.splice("note", 0, 0, word),
        5 => edit.put("archived", value.is_multiple_of(2)),
        6 if document.kind() == Kind::Case => edit.event(&Event {
            id: EventId([actor.0[0] ^ value ^ document.len() as u8; 16]),
            step: "accept".into(),
            by: stamp().staff,
            role: RoleId::new("butler").unwrap(),
            device: actor.device(),
            at: stamp().at,
            offset: None,
            after: Vec::new(),
            note: "水管漏水，已关总阀".into(),
            evidence: Evidence::default(),
            unknown: Default::default(),
        }),
        _ => edit.put("people", i64::from(value)).put("area", 88.5 + f64::from(value)),
    }
}

/// The office: what it accepted, record by record, and the order in which it did.
struct Office {
    documents: Vec<Document>,
    accepted: Vec<Vec<ChangeInfo>>,
    feed: Vec<usize>,
    damages: bool,
}

impl Office {
    fn list(&mut self, of: usize, change: &ChangeInfo) {
        self.accepted[of].push(change.clone());
        self.feed.push(of);
    }

    fn judge(&mut self, of: usize, change: &ChangeInfo) -> Verdict {
        let rejected = |error: &GateError| {
            Verdict::Rejected(Reason { code: error.code().to_owned(), path: error.path().map(str::to_owned) })
        };
        if !self.accepted[of].contains(change) {
            match gate::admit(&self.documents[of], change, Judge::Office) {
                Ok(document) => self.documents[of] = document,
                Err(GateError::Waiting(_)) => return Verdict::Pending,
                Err(GateError::Fork { accepted }) => return Verdict::Fork { accepted },
                Err(error) => return rejected(&error),
            }
            self.list(of, change);
        }
        let ordinal = self.accepted[of].iter().position(|known| known == change).unwrap() as u32 + 1;
        Verdict::Accepted(Receipt { ordinal, at: at(ordinal) })
    }

    /// What a page says of one record from an ordinal on.
    fn row(&self, of: usize, first: usize) -> PageRow {
        let (record, kind) = RECORDS[of];
        let new = &self.accepted[of][first - 1..];
        let receipts = (first as u32..).zip(new).map(|(ordinal, change)| (change.hash, at(ordinal)));
        let mut changes: Vec<ByteBuf> = new.iter().map(|change| ByteBuf::from(change.bytes())).collect();
        if self.damages
            && let Some(byte) = changes.last_mut().and_then(|bytes| bytes.last_mut())
        {
            *byte ^= 1;
        }
        PageRow {
            record,
            kind: kind.into(),
            version: 1,
            place: PlaceId::new("jinse/3-2").unwrap(),
            membership: if first == 1 { Membership::Enter } else { Membership::Update },
            accepted: self.accepted[of].len() as u32,
            first: first as u32,
            receipts: receipts.collect(),
            changes,
            seal: Some(ByteBuf::from(vec![of as u8; 16 * new.len()])),
            line: Vec::new(),
        }
    }

    /// The same as an office says it that knows lines.
    fn shorter(&self, of: usize, first: usize) -> PageRow {
        let mut row = self.row(of, first);
        let (record, kind) = RECORDS[of];
        let mut before = crate::crdt::genesis_hash(record, kind, 1).unwrap();
        for (bytes, (hash, at)) in row.changes.iter().zip(&row.receipts) {
            let Some(short) = crate::crdt::shortened(bytes, before).filter(|_| first == 1) else {
                row.line.clear();
                return row;
            };
            row.line.push((*at, ByteBuf::from(short)));
            before = *hash;
        }
        PageRow { receipts: Vec::new(), changes: Vec::new(), ..row }
    }

    fn answer(&mut self, request: &Request) -> Reply {
        let of = |record: &RecordId| RECORDS.iter().position(|(known, _)| known == record).unwrap();
        match request {
            Request::Challenge { .. } => Reply::Nonce { nonce: ByteBuf::from([1; 32]) },
            Request::Session { .. } => Reply::Opened { token: ByteBuf::from([2; 32]) },
            Request::Hello(_) => Reply::Welcome(Box::new(Welcome {
                generation: GENERATION,
                now: stamp().at,
                grids: vec![GridId::new("grid-1").unwrap()],
                tables: Vec::new(),
                playbooks: None,
                accepted_since: Vec::new(),
                watermark: 0,
                position: 0,
                warrant: None,
                homes: None,
            })),
            Request::Push { envelopes } => {
                let judged = envelopes.iter().map(|Envelope { record, change, .. }| {
                    let change = ChangeInfo::parse(change).unwrap();
                    (change.hash, self.judge(of(record), &change))
                });
                Reply::Verdicts { verdicts: judged.collect() }
            }
            Request::Pull(Pull { grid, from, .. }) => {
                let (seen, new) = self.feed.split_at(*from as usize);
                let first = |of: usize| seen.iter().filter(|known| **known == of).count() + 1;
                let rows = (0..RECORDS.len()).filter(|of| new.contains(of));
                let rows = rows
                    .map(|of| if of == 0 { self.row(of, first(of)) } else { self.shorter(of, first(of)) });
                let (grid, to) = (grid.clone(), self.feed.len() as u64);
                let rows = rows.collect();
                Reply::Page(Page { generation: GENERATION, grid, from: *from, to, complete: true, rows })
            }
            Request::Need { record, hashes } => {
                let named = |change: &&ChangeInfo| hashes.contains(&change.hash);
                let changes = self.accepted[of(record)].iter().filter(named);
                let changes = changes.map(|change| ByteBuf::from(change.bytes())).collect();
                Reply::Changes { record: *record, changes }
            }
            Request::Receipts { record, from } => {
                let PageRow { receipts, seal, .. } = self.row(of(record), *from as usize);
                Reply::Receipts { record: *record, from: *from, receipts, seal }
            }
            other => panic!("nobody asks that: {other:?}"),
        }
    }
}

fn at(ordinal: u32) -> Timestamp {
    Timestamp::from_millis(TestHost::MORNING + i64::from(ordinal))
}

fn key() -> DeviceKey {
    DeviceKey::from_secret(&[3; 32])
}

/// A phone; both draw the same random numbers.
fn phone(name: &str, by_documents: bool) -> TestStore {
    static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("butler-{name}-{}-{number}", std::process::id()));
    let keys = TestKeys::new(crate::store::KeyAnswer::Missing);
    let store = TestStore::open(&folder, keys, TestHost::new(1)).unwrap();
    always_load(&store, by_documents);
    store
}

fn sync(store: &TestStore, office: &mut Office) -> SyncReport {
    let mut engine = Engine::new(key(), "test");
    let mut effects = engine.handle(store, store.host(), SyncEvent::Start);
    for _ in 0..200 {
        let mut asked = None;
        for effect in effects {
            match effect {
                SyncEffect::Send(bytes) => asked = Some(frame::decode::<Request>(&bytes).unwrap()),
                SyncEffect::Progress(_) => {}
                SyncEffect::Done(report) => return *report,
            }
        }
        let Frame { request, body, .. } = asked.unwrap();
        let body = office.answer(&body);
        let bytes = frame::encode(&Frame { protocol: PROTOCOL, request, token: None, body }).unwrap();
        effects = engine.handle(store, store.host(), SyncEvent::Reply(&bytes));
    }
    panic!("a sync without an end")
}

/// The owner of the phone edits, on all that is there.
fn own(store: &TestStore, (record, kind): (RecordId, Kind), what: u8, value: u8) {
    let key = key();
    let written = store.write(|tx| {
        let actor = match tx.actor()? {
            Some(actor) => actor,
            None => {
                let actor = key.new_actor(store.host())?;
                tx.set_actor(actor)?;
                actor
            }
        };
        let mut document = tx.take_document(record, kind, 1)?;
        let edit = edit(&document, actor, what, value);
        let Ok(info) = document.author(actor, &stamp(), &edit) else { return Ok(()) };
        let signature = key.sign_change(record, kind, 1, info.hash);
        let signed = Signed { device: key.device(), signature };
        tx.save_authored(document, &[Authored { info: &info, intent: &edit, signed }])
    });
    written.unwrap();
}

/// What an office lists that lies: a change of another record, one that builds on what nobody has, a second one under a number
/// that is taken, one whose author saw nothing of what is there.
fn lie(office: &Office, of: usize, how: u8) -> Option<ChangeInfo> {
    let (record, kind) = RECORDS[of];
    let actor = ActorId::new(DeviceId([0x66; 16]), [how; 8]);
    let document = &office.documents[of];
    let change = Edit::new().put("layout", "假的").splice("note", 0, 0, "假");
    match how {
        0 => Document::genesis(RecordId([0x55; 16]), kind, 1).ok()?.author(actor, &stamp(), &change).ok(),
        1 => {
            let mut unseen = document.clone();
            unseen.author(actor, &stamp(), &change).ok()?;
            unseen.author(actor, &stamp(), &change).ok()
        }
        2 => {
            let forked = document.changes().pop()?;
            let mut before = Document::genesis(record, kind, 1).ok()?;
            let all = document.changes();
            before.apply(&all[..all.len() - 1]).ok()?;
            before.author(forked.actor, &stamp(), &change).ok()
        }
        _ => document.clone().author_at(&[document.genesis_hash()], actor, &stamp(), &change).ok(),
    }
}

/// What both phones took in.
#[derive(Debug, PartialEq)]
struct Outcome {
    received: u64,
    withheld: u64,
    /// Whether each made a document of the home.
    loaded: [bool; 2],
}

fn stay_equal(acts: &[Act]) -> Outcome {
    let (direct, loading) = (phone("direct", false), phone("loading", true));
    let documents: Vec<Document> =
        RECORDS.iter().map(|(record, kind)| Document::genesis(*record, *kind, 1).unwrap()).collect();
    let mut people = vec![documents.clone(); PEOPLE];
    let accepted = vec![Vec::new(); RECORDS.len()];
    let mut office = Office { documents, accepted, feed: Vec::new(), damages: false };
    let (mut received, mut withheld) = (0, 0);
    for act in acts {
        match *act {
            Act::Write { who, of, what, value } => {
                let actor = ActorId::new(DeviceId([0x20 + who as u8; 16]), [1; 8]);
                let document = &mut people[who][of];
                let edit = edit(document, actor, what, value);
                // What has no effect is no edit.
                let _ = document.author(actor, &stamp(), &edit);
            }
            Act::HandIn { who } => {
                for (of, document) in people[who].iter().enumerate() {
                    for change in document.changes() {
                        office.judge(of, &change);
                    }
                }
            }
            Act::TakeIn { who } => {
                for (mine, accepted) in people[who].iter_mut().zip(&office.documents) {
                    // Two under one number of theirs are for the phone to sort out.
                    let _ = mine.apply(&accepted.changes());
                }
            }
            Act::Own { of, what, value } => {
                for store in [&direct, &loading] {
                    own(store, RECORDS[of], what, value);
                }
            }
            Act::Lie { of, how } => {
                if let Some(change) = lie(&office, of, how)
                    && !office.accepted[of].contains(&change)
                {
                    office.list(of, &change);
                }
            }
            Act::Sync { damaged } => {
                office.damages = damaged;
                let [one, other] = [&direct, &loading].map(|store| sync(store, &mut office));
                assert_eq!(one, other);
                (received, withheld) = (received + one.received, withheld + one.withheld);
                let (one, other) = (dump(&direct).unwrap(), dump(&loading).unwrap());
                for (one, other) in one.iter().zip(&other) {
                    assert_eq!(one, other);
                }
                assert_eq!(one.len(), other.len());
            }
        }
    }
    let loaded = [&direct, &loading].map(|store| is_loaded(store, RECORDS[0].0).unwrap());
    Outcome { received, withheld, loaded }
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    proptest::collection::vec(act(), 20..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_came_directly_is_what_documents_make_of_it(acts in acts()) {
        stay_equal(&acts);
    }
}

/// What the property above is worth: much of what it makes up is taken in, and some is not.
#[test]
fn histories_made_up_here_are_good_and_bad() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut received, mut withheld, mut direct) = (0, 0, 0);
    for _ in 0..8 {
        let acts =
            acts().new_tree(&mut runner).map(|tree| proptest::strategy::ValueTree::current(&tree)).unwrap();
        let outcome = stay_equal(&acts);
        (received, withheld) = (received + outcome.received, withheld + outcome.withheld);
        direct += usize::from(outcome.loaded == [false, true]);
    }
    assert!(received > 20 && withheld > 2 && direct > 0, "{received}, {withheld}, {direct}");
}

/// A record that is written by one after the other is never made into a document; one that two wrote at once is.
#[test]
fn a_line_of_changes_needs_no_document() {
    let write = |who, what| Act::Write { who, of: 0, what, value: 1 };
    let (hand_in, take_in) = (|who| Act::HandIn { who }, |who| Act::TakeIn { who });
    let sync = || Act::Sync { damaged: false };
    let outcome = |loaded| Outcome { received: 3, withheld: 0, loaded };
    let line = [write(0, 0), write(0, 4), hand_in(0), sync(), take_in(1), write(1, 2), hand_in(1), sync()];
    assert_eq!(stay_equal(&line), outcome([false, true]));
    let at_once = [
        write(0, 0),
        hand_in(0),
        sync(),
        take_in(1),
        write(1, 2),
        write(0, 1),
        hand_in(0),
        hand_in(1),
        sync(),
    ];
    assert_eq!(stay_equal(&at_once), outcome([true, true]));
}
