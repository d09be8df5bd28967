//! No foreign change may hurt a record: thousands of broken and crafted ones against the gate.
//!
//! Every accepted one must leave a document that still saves, loads, reads, merges and can be edited ("not poisoned");
//! every rejected one has a name. `BUTLER_TEST_TIER=full` tries ten times as many.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking")]

mod lies;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use automerge::legacy::{ElementId, Key, ObjectId, Op as RawOp, OpId, OpType, SortedVec};
use automerge::{Change, ExpandedChange, ObjType, ScalarValue};
use butler_core::crdt::gate::{Admission, Judge, admit, admit_all};
use butler_core::crdt::{ChangeInfo, Document, GateError, Tip, limit};
use butler_core::model::{
    ActorId, ChangeHash, DeviceId, Edit, Event, EventId, Evidence, Kind, RecordId, RoleId, StaffId, Stamp,
    Timestamp,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

fn actor(n: u8) -> ActorId {
    ActorId::new(DeviceId([n; 16]), [n; 8])
}

fn stamp(staff: &str, at: i64) -> Stamp {
    Stamp { staff: StaffId::new(staff).unwrap(), at: Timestamp::from_millis(at), offset: None, copy_of: None }
}

fn event(n: u8, by: &str, device: u8) -> Event {
    Event {
        id: EventId([n; 16]),
        step: "accept".into(),
        by: StaffId::new(by).unwrap(),
        role: RoleId::new("butler").unwrap(),
        device: DeviceId([device; 16]),
        at: Timestamp::from_millis(1_795_000_000_000),
        offset: None,
        after: Vec::new(),
        note: "水管漏水，已关总阀".into(),
        evidence: Evidence::default(),
        unknown: BTreeMap::new(),
    }
}

/// A case three phones have worked on, with a field in conflict, texts, an event.
fn worked_on() -> Document {
    let mut document = Document::genesis(RecordId([0x3b; 16]), Kind::Case, 1).unwrap();
    let edit =
        Edit::new().put("place", "3/2").put("playbook", "repair").put("version", "1").put("title", "漏水");
    let first = document.author(actor(1), &stamp("zhang.li", 1), &edit).unwrap();
    let edit = Edit::new().event(&event(1, "zhang.li", 1)).splice("note", 0, 0, "周末在家，有狗");
    document.author(actor(1), &stamp("zhang.li", 2), &edit).unwrap();
    let edit = Edit::new().put("title", "厨房漏水").put("urgent", true).put("score", 4.5);
    document.author_at(&[first.hash], actor(2), &stamp("wang.fang", 3), &edit).unwrap();
    let edit = Edit::new().splice("note", 2, 3, "").put("photo/ab", "现场");
    document.author(actor(3), &stamp("li.wei", 4), &edit).unwrap();
    document
}

/// The bytes of an honest next change, twisted.
fn crafted(document: &Document, twist: impl FnOnce(&mut ExpandedChange)) -> Vec<u8> {
    let edit = Edit::new().put("title", "卫生间漏水").splice("note", 0, 0, "今天").splice("note", 0, 1, "");
    let honest = document.clone().author(actor(4), &stamp("chen.jing", 5), &edit).unwrap();
    let mut expanded = Change::try_from(honest.bytes()).unwrap().decode();
    twist(&mut expanded);
    Change::from(expanded).raw_bytes().to_vec()
}

/// What the gate says; and where the record's tip lets a change through, it says what the document does.
fn judged(document: &Document, bytes: &[u8], judge: Judge) -> Result<Document, GateError> {
    let change = ChangeInfo::parse(bytes)?;
    let admitted = admit(document, &change, judge);
    if let Some(next) = Tip::of(document).and_then(|tip| tip.admit(&change, judge)) {
        assert_eq!(admitted.as_ref().map(Document::record), Ok(next.record()));
    }
    admitted
}

/// Puts the right checksum on whatever a mutation made of a change.
fn rehashed(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() > 9 {
        let digest = Sha256::digest(&bytes[8..]);
        bytes[4..8].copy_from_slice(&digest[..4]);
    }
    bytes
}

fn at_root(path: &str, action: OpType) -> RawOp {
    RawOp { action, obj: ObjectId::Root, key: Key::Map(path.into()), pred: SortedVec::new(), insert: false }
}

fn put(path: &str, value: impl Into<ScalarValue>) -> RawOp {
    at_root(path, OpType::Put(value.into()))
}

fn note() -> OpId {
    OpId::new(1, &automerge::ActorId::from(b"butler genesis".as_slice()))
}

fn in_note(action: OpType, key: ElementId, insert: bool) -> RawOp {
    RawOp { action, obj: ObjectId::Id(note()), key: Key::Seq(key), pred: SortedVec::new(), insert }
}

/// Every way in which a change is known to hurt or to cheat, and the name it is rejected under.
fn killers(document: &Document) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let with = |ops: Vec<RawOp>| crafted(document, |change| change.operations = ops);
    // By somebody who has seen nothing of the record.
    let unaware = |ops: Vec<RawOp>| {
        crafted(document, |change| {
            change.deps = vec![automerge::ChangeHash(document.genesis_hash().0)];
            change.start_op = 2.try_into().unwrap();
            change.operations = ops;
        })
    };
    let other = Document::genesis(RecordId([0x3c; 16]), Kind::Case, 1).unwrap();
    let honest = crafted(document, |_| ());
    let replaced_event = {
        let path = event(1, "zhang.li", 1).path();
        let written = document.changes()[1].clone();
        let expanded = Change::try_from(written.bytes()).unwrap().decode();
        let index =
            expanded.operations.iter().position(|op| op.key == Key::Map(path.as_str().into())).unwrap();
        let id = OpId::new(expanded.start_op.get() + index as u64, &expanded.actor_id);
        move |action| RawOp { pred: SortedVec::from(vec![id.clone()]), ..at_root(&path, action) }
    };
    let compressible =
        crafted(document, |change| change.operations = vec![put("title", "漏水".repeat(1_000))]);
    let mut compressible = Change::try_from(compressible.as_slice()).unwrap();
    let foreign_event = event(2, "wang.fang", 2);
    let own_event = event(1, "chen.jing", 4);
    let marked = automerge::legacy::MarkData { name: "bold".into(), value: true.into(), expand: false };
    vec![
        ("commit time at the end of time", crafted(document, |c| c.time = i64::MIN), "time"),
        ("commit time now", crafted(document, |c| c.time = 1_795_000_000), "time"),
        (
            "counter at the end",
            crafted(document, |c| c.start_op = u64::from(u32::MAX).try_into().unwrap()),
            "counter",
        ),
        ("counter ahead", crafted(document, |c| c.start_op = 10_000.try_into().unwrap()), "counter"),
        ("counter behind", crafted(document, |c| c.start_op = 1.try_into().unwrap()), "counter"),
        (
            "1,000 nested maps",
            crafted(document, |c| c.operations = nested(c.start_op.get(), 1_000)),
            "operation",
        ),
        ("no stamp", crafted(document, |c| c.message = None), "stamp"),
        ("a sentence for a stamp", crafted(document, |c| c.message = Some("王小明".into())), "stamp"),
        ("a strange actor", crafted(document, |c| c.actor_id = vec![1; 16].into()), "actor"),
        (
            "the genesis's actor",
            crafted(document, |c| c.actor_id = b"butler genesis".to_vec().into()),
            "actor",
        ),
        ("a long actor", crafted(document, |c| c.actor_id = vec![1; 5_000].into()), "actor"),
        ("number 0", crafted(document, |c| c.seq = 0), "sequence"),
        ("number at the end", crafted(document, |c| c.seq = u64::MAX), "sequence"),
        ("number skipped", crafted(document, |c| c.seq = 2), "sequence"),
        ("no dependency", crafted(document, |c| c.deps.clear()), "genesis"),
        ("unknown dependency", crafted(document, |c| c.deps.push(automerge::ChangeHash([9; 32]))), "waiting"),
        ("dependency twice", crafted(document, |c| c.deps.push(c.deps[0])), "malformed"),
        (
            "600 dependencies",
            crafted(document, |c| {
                c.deps = (0..600)
                    .map(|n: u32| {
                        let mut hash = [0; 32];
                        hash[..4].copy_from_slice(&n.to_be_bytes());
                        automerge::ChangeHash(hash)
                    })
                    .collect()
            }),
            "too_large",
        ),
        ("another record", crafted(&other, |_| ()), "waiting"),
        ("a number taken", crafted(document, |c| c.actor_id = actor(1).as_bytes().to_vec().into()), "fork"),
        ("trailing bytes in the chunk", crafted(document, |c| c.extra_bytes = vec![1, 2, 3]), "malformed"),
        ("nothing", with(vec![]), "malformed"),
        ("2,001 operations", with((0..2_001).map(|n| put(&format!("x/{n}"), 1)).collect()), "too_large"),
        ("a long text", with(vec![put("spot", "漏".repeat(6_000))]), "too_large"),
        ("a huge text", with(vec![put("spot", "漏".repeat(60_000))]), "too_large"),
        ("a long path", with(vec![put(&"x".repeat(129), 1)]), "too_large"),
        ("a deep path", with(vec![put("a/b/c/d/e/f/g/h/i", 1)]), "too_large"),
        ("an empty path", with(vec![put("", 1)]), "path"),
        ("an empty segment", with(vec![put("phone//number", 1)]), "path"),
        ("a name for a path", with(vec![put("住户/王小明", 1)]), "path"),
        ("control characters", with(vec![put("a\u{0}b", 1)]), "path"),
        ("a list", with(vec![at_root("list", OpType::Make(ObjType::List))]), "operation"),
        ("a table", with(vec![at_root("table", OpType::Make(ObjType::Table))]), "operation"),
        ("a new text", with(vec![at_root("remark", OpType::Make(ObjType::Text))]), "operation"),
        ("a scalar over a text", with(vec![put("note", "x")]), "operation"),
        ("another text over a text", with(vec![at_root("note", OpType::Make(ObjType::Text))]), "operation"),
        ("an increment", with(vec![at_root("score", OpType::Increment(1))]), "operation"),
        ("a mark", with(vec![in_note(OpType::MarkBegin(marked), ElementId::Head, true)]), "operation"),
        ("a counter", with(vec![put("score", ScalarValue::counter(1))]), "value"),
        ("a null", with(vec![put("score", ScalarValue::Null)]), "value"),
        ("bytes", with(vec![put("score", vec![1_u8, 2])]), "value"),
        ("no number", with(vec![put("score", f64::NAN)]), "value"),
        ("a clock value", with(vec![put("score", ScalarValue::Timestamp(i64::MIN))]), "value"),
        (
            "a type from the future",
            with(vec![put("score", ScalarValue::Unknown { type_code: 14, bytes: vec![1] })]),
            "value",
        ),
        (
            "two characters in one",
            with(vec![in_note(OpType::Put("ab".into()), ElementId::Head, true)]),
            "operation",
        ),
        (
            "a number in a text",
            with(vec![in_note(OpType::Put(1.into()), ElementId::Head, true)]),
            "operation",
        ),
        (
            "a map in a text",
            with(vec![in_note(OpType::Make(ObjType::Map), ElementId::Head, true)]),
            "operation",
        ),
        (
            "a character overwritten",
            with(vec![in_note(OpType::Put("a".into()), ElementId::Head, false)]),
            "operation",
        ),
        (
            "behind nothing",
            with(vec![in_note(OpType::Put("a".into()), ElementId::Id(OpId::new(3, &note().1)), true)]),
            "predecessor",
        ),
        (
            "inside a scalar",
            with(vec![RawOp {
                obj: ObjectId::Id(OpId::new(2, &actor(1).as_bytes().to_vec().into())),
                ..put("x", 1)
            }]),
            "operation",
        ),
        (
            "replaces another path",
            with(
                vec![replaced_event(OpType::Put(1.into()))]
                    .into_iter()
                    .map(|op| RawOp { key: Key::Map("x".into()), ..op })
                    .collect(),
            ),
            "predecessor",
        ),
        (
            "replaces what is not there",
            with(vec![RawOp { pred: SortedVec::from(vec![OpId::new(77, &note().1)]), ..put("x", 1) }]),
            "predecessor",
        ),
        ("clears what is not there", with(vec![at_root("x", OpType::Delete)]), "predecessor"),
        ("overwrites an event", with(vec![replaced_event(OpType::Put("{}".into()))]), "event"),
        ("clears an event", with(vec![replaced_event(OpType::Delete)]), "event"),
        (
            "an event written over in silence",
            with(vec![put(&own_event.path(), own_event.encode())]),
            "predecessor",
        ),
        ("another event of the same id", unaware(vec![put(&own_event.path(), own_event.encode())]), "event"),
        ("somebody else's event", with(vec![put(&foreign_event.path(), foreign_event.encode())]), "event"),
        ("an event that is none", with(vec![put(&foreign_event.path(), "{}")]), "event"),
        ("an event that is no text", with(vec![put(&foreign_event.path(), 1)]), "event"),
        (
            "an event as a result, where there are no results",
            with(vec![put(&format!("result/lobby/{}", own_event.id), own_event.encode())]),
            "event",
        ),
        ("two values of one path", with(vec![put("spot", "厨房"), put("spot", "卫生间")]), "predecessor"),
        ("a value beside those its author saw", with(vec![put("title", "漏水")]), "predecessor"),
        ("another place in silence", with(vec![put("place", "9/9")]), "predecessor"),
        ("another place", unaware(vec![put("place", "9/9")]), "write_once"),
        ("another procedure", unaware(vec![put("playbook", "gift")]), "write_once"),
        ("a change that joins others, by somebody", with(vec![put("merged", true)]), "operation"),
        ("a deflated change", compressible.bytes().to_vec(), "not_a_change"),
        ("a document", document.save(), "not_a_change"),
        ("two changes", [honest.clone(), honest.clone()].concat(), "not_a_change"),
        ("a truncated change", honest[..honest.len() - 1].to_vec(), "not_a_change"),
        ("a change and a byte", [honest.clone(), vec![0]].concat(), "not_a_change"),
        ("nothing at all", Vec::new(), "malformed"),
        (
            "a wrong checksum",
            {
                let mut bytes = honest.clone();
                bytes[5] ^= 1;
                bytes
            },
            "checksum",
        ),
        (
            "a flipped bit",
            {
                let mut bytes = honest.clone();
                let last = bytes.len() - 1;
                bytes[last] ^= 1;
                bytes
            },
            "checksum",
        ),
        ("2^50 operations in 150 bytes", assembled(document, &column(0x42, &HUGE_RUN)), "too_large"),
        ("2^50 nulls in 150 bytes", assembled(document, &column(0x42, &HUGE_NULLS)), "too_large"),
        ("2^50 predecessors in 150 bytes", assembled(document, &column(0x70, &HUGE_GROUP)), "too_large"),
        ("another spelling of a run", assembled(document, &column(0x15, &[1, 1, b'x'])), "malformed"),
        (
            "another spelling of a number",
            assembled(document, &column(0x56, &[0x7f, 0x82, 0x00])),
            "malformed",
        ),
        ("an actor listed for nothing", listing(document, &[7; 24]), "malformed"),
        ("a missing column", assembled(document, &ONE_PUT[..4]), "malformed"),
        ("columns out of order", assembled(document, &[ONE_PUT[1], ONE_PUT[0], ONE_PUT[2]]), "malformed"),
        ("a deflated column", assembled(document, &[(0x15 | 8, ONE_PUT[0].1)]), "operation"),
        (
            "a column from the future",
            assembled(document, &[&ONE_PUT[..], &[(0xb2, &[1, 0])]].concat()),
            "operation",
        ),
    ]
}

/// The columns of `x = true`: path, insert, action, value, how many values it replaces.
const ONE_PUT: [(u64, &[u8]); 5] =
    [(0x15, &[0x7f, 1, b'x']), (0x34, &[1]), (0x42, &[0x7f, 1]), (0x56, &[0x7f, 2]), (0x70, &[0x7f, 0])];
/// A run of 2⁵⁰ puts; a run of 2⁵⁰ absent values; one operation replacing 2⁵⁰ others.
const HUGE_RUN: [u8; 9] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02, 1];
const HUGE_NULLS: [u8; 9] = [0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02];
const HUGE_GROUP: [u8; 9] = [0x7f, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02];

/// [`ONE_PUT`] with one column's data replaced.
fn column(specification: u64, data: &'static [u8]) -> [(u64, &'static [u8]); 5] {
    ONE_PUT.map(|one| if one.0 == specification { (specification, data) } else { one })
}

/// An honest change that lists one more actor than it names.
fn listing(document: &Document, actor: &[u8]) -> Vec<u8> {
    let honest = crafted(document, |change| change.operations = vec![put("x", true)]);
    let message = ChangeInfo::parse(&honest).unwrap().stamp.to_message();
    let end =
        honest.windows(message.len()).position(|part| part == message.as_bytes()).unwrap() + message.len();
    let mut bytes = honest[..end].to_vec();
    bytes.extend([1, actor.len() as u8]);
    bytes.extend(actor);
    bytes.extend(&honest[end + 1..]);
    rehashed(relengthed(bytes))
}

/// Maps within maps.
fn nested(start_op: u64, depth: u64) -> Vec<RawOp> {
    let actor = automerge::ActorId::from(actor(4).as_bytes().as_slice());
    let level = |n| match n {
        0 => ObjectId::Root,
        _ => ObjectId::Id(OpId::new(start_op + n - 1, &actor)),
    };
    (0..depth).map(|n| RawOp { obj: level(n), ..at_root("deep", OpType::Make(ObjType::Map)) }).collect()
}

fn unsigned(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A change put together by hand: its columns claim what they like.
fn assembled(document: &Document, columns: &[(u64, &[u8])]) -> Vec<u8> {
    let honest = ChangeInfo::parse(&crafted(document, |_| ())).unwrap();
    let message = honest.stamp.to_message();
    let mut body = Vec::new();
    unsigned(honest.deps.len() as u64, &mut body);
    honest.deps.iter().for_each(|dep| body.extend(dep.as_bytes()));
    unsigned(ActorId::LEN as u64, &mut body);
    body.extend(honest.actor.as_bytes());
    unsigned(honest.seq, &mut body);
    unsigned(honest.start_op, &mut body);
    body.push(0);
    unsigned(message.len() as u64, &mut body);
    body.extend(message.as_bytes());
    body.push(0);
    unsigned(columns.len() as u64, &mut body);
    for (specification, data) in columns {
        unsigned(*specification, &mut body);
        unsigned(data.len() as u64, &mut body);
    }
    columns.iter().for_each(|(_, data)| body.extend(*data));
    let mut bytes = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1];
    unsigned(body.len() as u64, &mut bytes);
    bytes.extend(body);
    rehashed(bytes)
}

#[test]
fn every_killer_is_rejected_by_its_name() {
    quiet();
    let document = worked_on();
    let mut wrong = Vec::new();
    for (what, bytes, code) in killers(&document) {
        match judged(&document, &bytes, Judge::Office) {
            Err(error) if error.code() == code => {}
            other => wrong.push(format!("{what}: {:?}, expected {code}", other.map(|_| "accepted"))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the order of acceptance decides, or what a later office may know better, is the office's authority. Nobody
/// is trusted for the rest.
#[test]
fn a_phone_trusts_the_office_for_authority_not_for_bytes() {
    quiet();
    let document = worked_on();
    let of_the_office = [
        "another event of the same id",
        "somebody else's event",
        "an event that is none",
        "an event that is no text",
        "an event as a result, where there are no results",
        "another place",
        "another procedure",
        "a change that joins others, by somebody",
    ];
    let passed: Vec<_> = killers(&document)
        .into_iter()
        .filter(|(_, bytes, _)| judged(&document, bytes, Judge::Phone).is_ok())
        .map(|(what, ..)| what)
        .collect();
    assert_eq!(passed, of_the_office);
}

#[test]
fn honest_changes_pass_both_judges() {
    let document = worked_on();
    let bytes = crafted(&document, |_| ());
    for judge in [Judge::Office, Judge::Phone] {
        let next = judged(&document, &bytes, judge).unwrap();
        assert_eq!(next.record().text("title"), Some("卫生间漏水"));
        assert_eq!(
            judged(&next, &bytes, judge).unwrap().heads(),
            next.heads(),
            "a second time changes nothing"
        );
    }
    judged(&document, &assembled(&document, &ONE_PUT), Judge::Office).unwrap();
    // Repeating a field that is written once is how two people can make the same record concurrently.
    let twin = crafted(&document, |change| {
        change.deps = vec![automerge::ChangeHash(document.genesis_hash().0)];
        change.start_op = 2.try_into().unwrap();
        change.operations = vec![put("place", "3/2"), put("playbook", "repair"), put("version", "1")];
    });
    judged(&document, &twin, Judge::Office).unwrap();
}

/// Whether the document survives its life: saved, loaded, read, edited, merged.
fn is_poisoned(document: &Document) -> bool {
    let survives = || {
        let saved = document.save();
        let mut loaded =
            Document::load(document.id(), document.kind(), document.version(), Some(&saved), &[]).unwrap();
        assert_eq!(loaded.record(), document.record());
        assert_eq!(loaded.heads(), document.heads());
        assert_eq!(loaded.history().len(), document.len());
        let edit = Edit::new().put("title", "复查").splice("note", 0, 0, "已");
        let change = loaded.author(actor(9), &stamp("zhao.min", 9), &edit).unwrap();
        let mut merged = document.clone();
        merged.apply(&[change]).unwrap();
        assert_eq!(merged.record(), loaded.record());
        let again =
            Document::load(document.id(), document.kind(), document.version(), Some(&merged.save()), &[])
                .unwrap();
        assert_eq!(again.record(), merged.record());
        assert!(again.save().len() <= limit::DOCUMENT);
    };
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(survives)).is_err()
}

fn one_in(rng: &mut ChaCha8Rng, n: u64) -> bool {
    rng.next_u64().is_multiple_of(n)
}

/// One more thing wrong with an honest change's parts.
fn twist(rng: &mut ChaCha8Rng, document: &Document, change: &mut ExpandedChange) {
    let below = |rng: &mut ChaCha8Rng, n: usize| (rng.next_u64() % n as u64) as usize;
    let known: Vec<ChangeInfo> = document.changes();
    let some = &known[below(rng, known.len())];
    let some_actor = automerge::ActorId::from(some.actor.as_bytes().as_slice());
    let some_id = OpId::new(rng.next_u64() % 30, &some_actor);
    let index = below(rng, change.operations.len().max(1));
    let paths = [
        "title",
        "note",
        "place",
        "urgent",
        "event/01010101010101010101010101010101",
        "photo/ab",
        "archived",
        "x",
    ];
    match rng.next_u64() % 16 {
        0 => change.seq = rng.next_u64() % 4,
        1 => change.start_op = (1 + rng.next_u64() % 40).try_into().unwrap(),
        2 => change.actor_id = some_actor,
        3 => change.deps = vec![automerge::ChangeHash(some.hash.0)],
        4 => change.deps.push(automerge::ChangeHash(some.hash.0)),
        5 => change.message = Some(some.stamp.to_message()),
        6 => change.operations.push(put(paths[below(rng, paths.len())], rng.next_u64() as i64)),
        7 => change.operations.push(put(paths[below(rng, paths.len())], "换")),
        n => {
            let Some(op) = change.operations.get_mut(index) else { return };
            match n {
                8 => op.pred = SortedVec::from(vec![some_id]),
                9 => op.pred = SortedVec::new(),
                10 => op.key = Key::Map(paths[below(rng, paths.len())].into()),
                11 => op.key = Key::Seq(ElementId::Id(some_id)),
                12 => op.obj = if one_in(rng, 2) { ObjectId::Id(note()) } else { ObjectId::Id(some_id) },
                13 => op.insert = !op.insert,
                14 => op.action = OpType::Delete,
                _ => {
                    let types = [ObjType::Map, ObjType::List, ObjType::Text, ObjType::Table];
                    op.action = OpType::Make(types[below(rng, 4)]);
                }
            }
        }
    }
}

/// One more thing wrong with a change's bytes.
fn damage(rng: &mut ChaCha8Rng, bytes: &mut Vec<u8>) {
    let at = (rng.next_u64() % bytes.len().max(1) as u64) as usize;
    let after_head = at.max(10).min(bytes.len().saturating_sub(1));
    match rng.next_u64() % 6 {
        0 => bytes[at] ^= 1 << (rng.next_u64() % 8),
        1 => bytes[after_head] = rng.next_u64() as u8,
        2 => bytes.truncate(at + 1),
        3 => bytes.insert(after_head, rng.next_u64() as u8),
        4 => drop(bytes.remove(after_head)),
        _ => {
            let extreme = [0x00, 0x01, 0x7f, 0x80, 0xff];
            bytes[after_head] = extreme[(rng.next_u64() % 5) as usize];
        }
    }
    if !one_in(rng, 4) && bytes.len() > 12 {
        *bytes = relengthed(std::mem::take(bytes));
    }
}

/// Keeps the declared length right, as an attacker would.
fn relengthed(mut bytes: Vec<u8>) -> Vec<u8> {
    let after_length = bytes.iter().skip(9).position(|byte| byte & 0x80 == 0).map_or(bytes.len(), |n| n + 10);
    let body = bytes.split_off(after_length.min(bytes.len()));
    bytes.truncate(9);
    unsigned(body.len() as u64, &mut bytes);
    bytes.extend(body);
    bytes
}

/// automerge's panics are expected here and would fill the output; ours are not.
fn quiet() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let shown = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if info
                .location()
                .is_some_and(|place| place.file().contains("tests") || place.file().contains("crdt"))
            {
                shown(info);
            }
        }));
    });
}

// Two halves, so that two cores share them.
#[test]
fn no_accepted_change_poisons_a_document() {
    storm(20_261_122);
}

#[test]
fn no_accepted_change_poisons_a_document_either() {
    storm(20_261_123);
}

/// 10,250 hostile changes, ten times as many in the full tier.
fn storm(seed: u64) {
    quiet();
    let full = std::env::var("BUTLER_TEST_TIER").is_ok_and(|tier| tier == "full");
    let tries: u64 = if full { 102_500 } else { 10_250 };
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let start = worked_on();
    let mut document = start.clone();
    let killers = killers(&start);
    let mut rejected: BTreeMap<&'static str, u64> = BTreeMap::new();
    let (mut accepted, mut poisoned) = (0_u64, 0_u64);
    let (mut slowest, begun) = (Duration::ZERO, Instant::now());
    for round in 0..tries {
        let mut bytes = match rng.next_u64() % 4 {
            0 => killers[(rng.next_u64() % killers.len() as u64) as usize].1.clone(),
            1 => crafted(&document, |_| ()),
            _ => crafted(&document, |change| {
                for _ in 0..=rng.next_u64() % 3 {
                    twist(&mut rng, &document, change);
                }
            }),
        };
        if one_in(&mut rng, 2) {
            for _ in 0..=rng.next_u64() % 3 {
                if !bytes.is_empty() {
                    damage(&mut rng, &mut bytes);
                }
            }
            if !one_in(&mut rng, 8) {
                bytes = rehashed(bytes);
            }
        }
        let judge = if round.is_multiple_of(2) { Judge::Office } else { Judge::Phone };
        let clock = Instant::now();
        let verdict = judged(&document, &bytes, judge);
        slowest = slowest.max(clock.elapsed());
        match verdict {
            Ok(next) => {
                accepted += 1;
                poisoned += u64::from(is_poisoned(&next));
                // Go on from it now and then, so that crafted changes pile up on each other.
                document = if next.len() > 12 { start.clone() } else { next };
            }
            Err(error) => *rejected.entry(error.code()).or_default() += 1,
        }
    }
    println!(
        "{tries} hostile changes in {:.1} s: {accepted} accepted, {poisoned} poisoned, slowest {slowest:?}",
        begun.elapsed().as_secs_f64()
    );
    println!("rejected: {rejected:?}");
    assert_eq!(poisoned, 0);
    assert!(accepted > tries / 50, "the gate must not be tested by rejecting everything: {accepted}");
    assert!(rejected.len() >= 12, "{rejected:?}");
}

#[test]
fn any_bytes_are_judged_without_a_panic() {
    quiet();
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let document = worked_on();
    for _ in 0..5_000 {
        let mut bytes = vec![0; (rng.next_u64() % 200) as usize];
        rng.fill_bytes(&mut bytes);
        let head = [0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1];
        let length = bytes.len();
        if length > 12 && length < 138 {
            bytes[..9].copy_from_slice(&head);
            bytes[9] = (length - 10) as u8;
        }
        assert!(judged(&document, &rehashed(bytes), Judge::Office).is_err());
    }
}

#[test]
fn a_batch_is_judged_as_one_by_one() {
    quiet();
    let start = worked_on();
    let mut honest = start.clone();
    let mut batch = Vec::new();
    for (n, (_, bytes, _)) in killers(&start).into_iter().enumerate() {
        let edit = Edit::new().put(format!("x/{n}"), true);
        batch.push(honest.author(actor(5), &stamp("zhao.min", 6), &edit).unwrap());
        batch.extend(ChangeInfo::parse(&bytes));
    }
    let (mut expected, mut rejections) = (start.clone(), Vec::new());
    for change in &batch {
        match admit(&expected, change, Judge::Office) {
            Ok(next) => expected = next,
            Err(error) => rejections.push((change.hash, error)),
        }
    }
    let (together, rejected) = admit_all(&start, &batch, Judge::Office);
    assert_eq!(together.record(), honest.record());
    assert_eq!(together.record(), expected.record());
    assert_eq!(rejected, rejections);
    assert!(rejected.len() > 20, "the batch must hold rejected ones: {}", rejected.len());
}

/// Everybody's next change depends on every head. How many there may be binds the device that makes them: a
/// colleague's edit passes whatever others did, and phones take in what the office accepted.
#[test]
fn heads_bind_the_device_that_makes_them() {
    let mut document = worked_on();
    let base = document.heads();
    let mut author = document.clone();
    let honest = author
        .author_at(&base, actor(5), &stamp("li.wei", 6), &Edit::new().put("spot", "厨房水槽下"))
        .unwrap();
    for n in 0..=limit::HEADS_OF_DEVICE {
        let fresh = ActorId::new(DeviceId([6; 16]), (n as u64).to_be_bytes());
        let change =
            author.author_at(&base, fresh, &stamp("zhao.min", 6), &Edit::new().put("title", "分叉")).unwrap();
        let (_, rejected) = admit_all(&document, std::slice::from_ref(&change), Judge::Phone);
        assert_eq!(rejected, []);
        let (next, rejected) = admit_all(&document, &[change], Judge::Office);
        let expected = if n < limit::HEADS_OF_DEVICE { 0 } else { 1 };
        assert_eq!(rejected.len(), expected, "{n}: {rejected:?}");
        assert!(rejected.iter().all(|(_, error)| error.code() == "too_large"), "{rejected:?}");
        document = next;
    }
    document = admit(&document, &honest, Judge::Office).unwrap();
    document.author(actor(1), &stamp("zhang.li", 7), &Edit::new().put("title", "定了")).unwrap();
    assert_eq!(document.heads().len(), 1);
}

/// However many are concurrent, the next edit names no more than a change may name, its author's own among them.
#[test]
fn an_edit_beside_more_heads_than_a_change_can_name_is_possible() {
    let mut document = worked_on();
    let base = document.heads();
    for n in 0..limit::DEPS + 40 {
        let fresh = ActorId::new(DeviceId([n as u8; 16]), (n as u64).to_be_bytes());
        let edit = Edit::new().put("title", format!("分叉{n}"));
        document.author_at(&base, fresh, &stamp("zhao.min", 6), &edit).unwrap();
    }
    let mine = document
        .author_at(&base, actor(5), &stamp("li.wei", 6), &Edit::new().put("spot", "厨房水槽下"))
        .unwrap();
    for round in 0..3 {
        let change = document
            .author(actor(5), &stamp("li.wei", 7 + round), &Edit::new().put("title", "定了"))
            .unwrap();
        assert!(change.deps.len() <= limit::DEPS, "{}", change.deps.len());
        assert!(round > 0 || change.deps.contains(&mine.hash));
    }
    assert_eq!(document.heads().len(), 1);
    assert_eq!(document.record().text("title"), Some("定了"));
    assert!(!document.record().in_conflict("title"));
}

/// What was taken before stays when a change is taken out again.
#[test]
fn an_admission_can_take_its_last_change_out() {
    let document = worked_on();
    let mut author = document.clone();
    let first = author.author(actor(5), &stamp("li.wei", 6), &Edit::new().put("spot", "厨房")).unwrap();
    let second = author.author(actor(5), &stamp("li.wei", 7), &Edit::new().put("spot", "卫生间")).unwrap();
    let mut admission = Admission::new(document, Judge::Office);
    for change in [&first, &second] {
        let written = admission.examine(change).unwrap();
        assert_eq!(written.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), ["spot"]);
        admission.take(change).unwrap();
    }
    let (before, after) = admission.before_and_after(&second, &[], &[]);
    assert_eq!((before.text("place"), after.text("place")), (Some("3/2"), Some("3/2")));
    admission.undo();
    assert_eq!(admission.document().heads(), [first.hash]);
    assert_eq!(admission.document().record().text("spot"), Some("厨房"));
    admission.examine(&second).unwrap();
    admission.take(&second).unwrap();
    admission.prove().unwrap();
    assert_eq!(admission.into_document().heads(), [second.hash]);
}

/// A record damaged before writes had to replace all their author saw: twelve thousand values of one field by one
/// colleague. It can be resolved, and the resolution passes both judges.
#[test]
fn a_field_of_twelve_thousand_values_can_be_resolved() {
    let mut document = worked_on();
    for _ in 0..6 {
        let values = (0..2_000).map(|n| put("spot", n)).collect::<Vec<_>>();
        let damage = crafted(&document, |change| change.operations = values);
        let damage = ChangeInfo::parse(&damage).unwrap();
        assert!(matches!(admit(&document, &damage, Judge::Office), Err(GateError::Predecessor { .. })));
        document.apply(&[damage]).unwrap();
    }
    assert_eq!(document.record().fields["spot"].others.len(), 1_999);
    let mut resolved = document.clone();
    let change =
        resolved.author(actor(1), &stamp("zhang.li", 9), &Edit::new().put("spot", "厨房水槽下")).unwrap();
    for judge in [Judge::Office, Judge::Phone] {
        let next = judged(&document, change.bytes(), judge).unwrap();
        assert_eq!(next.record().text("spot"), Some("厨房水槽下"));
        assert!(!next.record().in_conflict("spot"));
    }
}

/// A text ends where its author could still see its end; one that several made longer can be shortened.
#[test]
fn a_text_is_as_long_as_one_author_may_leave_it() {
    let mut document = Document::genesis(RecordId([0x3b; 16]), Kind::Home, 1).unwrap();
    let author =
        |document: &mut Document, edit: Edit| document.author(actor(1), &stamp("zhang.li", 1), &edit);
    let part = "住".repeat(limit::OPS);
    for _ in 0..limit::TEXT / limit::OPS {
        author(&mut document, Edit::new().splice("note", 0, 0, part.as_str())).unwrap();
    }
    let base = document.heads();
    let over = author(&mut document, Edit::new().splice("note", 0, 0, "多"));
    assert!(
        matches!(over, Err(butler_core::crdt::CrdtError::NotAllowed(GateError::TooLarge { .. }))),
        "{over:?}"
    );
    author(&mut document, Edit::new().splice("note", 0, 2, "两字")).unwrap();
    let elsewhere = Edit::new().splice("note", 0, 1, "另").put("layout", "三室");
    document.author_at(&base, actor(2), &stamp("wang.fang", 2), &elsewhere).unwrap();
    assert_eq!(document.record().texts["note"].chars().count(), limit::TEXT + 1);
    author(&mut document, Edit::new().splice("note", 0, 1, "")).unwrap();
}

/// What nobody has seen cannot be told by a hash alone: the gate names what is missing.
#[test]
fn waiting_names_what_is_missing() {
    let document = worked_on();
    let mut ahead = document.clone();
    let first = ahead.author(actor(5), &stamp("zhao.min", 6), &Edit::new().put("title", "一")).unwrap();
    let second = ahead.author(actor(5), &stamp("zhao.min", 7), &Edit::new().put("title", "二")).unwrap();
    let waiting: Vec<ChangeHash> = vec![first.hash];
    assert_eq!(admit(&document, &second, Judge::Office).map(drop), Err(GateError::Waiting(waiting)));
    let next = admit(&document, &first, Judge::Office).unwrap();
    assert_eq!(admit(&next, &second, Judge::Office).unwrap().record(), ahead.record());
}
