//! One lie at a time: an honest change in which exactly one thing is wrong, its checksum and its length included in
//! the lie so that nothing else gives it away. Every place of every change is tried, for both judges.
//!
//! A lie is rejected by name, or it is harmless: the record still saves, loads, reads, merges and can be edited.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{ElementId, Key, ObjectId, OpId, OpType, SortedVec};
use automerge::{Change, ExpandedChange, ObjType, ScalarValue};
use butler_core::crdt::gate::Judge;
use butler_core::crdt::{ChangeInfo, Document};
use butler_core::model::{ChangeHash, Edit, Kind, RecordId};

use super::{
    actor, event, is_poisoned, judged, note, put, quiet, rehashed, relengthed, stamp, unsigned, worked_on,
};

/// Every name a change is rejected under.
const NAMES: [&str; 17] = [
    "too_large",
    "not_a_change",
    "checksum",
    "malformed",
    "time",
    "stamp",
    "actor",
    "genesis",
    "sequence",
    "counter",
    "operation",
    "path",
    "value",
    "predecessor",
    "write_once",
    "event",
    "poison",
];
/// Lies whose rejection is not final: the change may be honest and something else not here yet.
const NOT_FINAL: [&str; 2] = ["waiting", "fork"];

/// What makes an honest change a lie.
type Twist<'a> = &'a dyn Fn(&mut ExpandedChange);
/// What one lie is about, and the bytes that tell it.
type Lie = (&'static str, Vec<u8>);

/// A home two phones have written concurrently, with parts, a photo and a note.
fn home() -> Document {
    let mut document = Document::genesis(RecordId([0x4c; 16]), Kind::Home, 1).unwrap();
    let edit = Edit::new().put("place", "3/2").put("layout", "三室两厅").put("area", 89.5).put("people", 3);
    let first = document.author(actor(1), &stamp("zhang.li", 1), &edit).unwrap();
    let edit =
        Edit::new().put("layout", "两室一厅").put("photo/ab", "渗水").splice("note", 0, 0, "晚八点后在家");
    document.author(actor(1), &stamp("zhang.li", 2), &edit).unwrap();
    let edit = Edit::new().put("layout", "三室改书房").put("key_held", true);
    document.author_at(&[first.hash], actor(2), &stamp("wang.fang", 3), &edit).unwrap();
    document
}

/// Honest next changes: of a first and of a later number, on all heads and on one.
fn honest(document: &Document) -> Vec<ChangeInfo> {
    let edits = [
        Edit::new().put("title", "卫生间漏水").put("score", 4.5).put("urgent", true).put("x/1", 7),
        Edit::new().splice("note", 1, 2, "今天下午").put("photo/cd", "阳台"),
        match document.kind() {
            Kind::Case => Edit::new().event(&event(9, "chen.jing", 4)).put("title", "已派工"),
            _ => Edit::new().put("photo/ef", "客厅").put("title", "已派工"),
        },
    ];
    let mut changes = Vec::new();
    for edit in &edits {
        changes.push(document.clone().author(actor(4), &stamp("chen.jing", 5), edit).unwrap());
        let twice = Edit::new().put("title", "三天未处理");
        let mut later = document.clone();
        let head = document.heads()[..1].to_vec();
        changes.push(later.author_at(&head, actor(5), &stamp("chen.jing", 6), &twice).unwrap());
    }
    changes
}

/// The lies that can be told in the language of changes: automerge itself writes the bytes.
fn told(document: &Document, change: &ChangeInfo) -> Vec<Lie> {
    let expanded = Change::try_from(change.bytes()).unwrap().decode();
    let mut lies: Vec<Lie> = Vec::new();
    let mut lie = |about: &'static str, tell: Twist<'_>| {
        let mut liar = expanded.clone();
        tell(&mut liar);
        // automerge refuses to write some of them; those nobody can send.
        let written = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            Change::from(liar).raw_bytes().to_vec()
        }));
        if let Ok(bytes) = written
            && bytes != change.bytes()
        {
            lies.push((about, bytes));
        }
    };
    for seq in [0, 1, 2, 3, u64::from(u32::MAX), u64::MAX >> 1, u64::MAX] {
        lie("number", &|change| change.seq = seq);
    }
    let start = expanded.start_op.get();
    for counter in
        [1, 2, start - 1, start + 1, start + 1_000, (1 << 31) - 1, 1 << 31, u64::from(u32::MAX), 1 << 53]
    {
        lie("counter", &|change| change.start_op = counter.max(1).try_into().unwrap());
    }
    for time in [1, -1, 1_795_000_000, i64::MIN, i64::MAX] {
        lie("time", &|change| change.time = time);
    }
    let all: Vec<ChangeHash> = document.changes().iter().map(|known| known.hash).collect();
    for hash in &all {
        let hash = automerge::ChangeHash(hash.0);
        lie("dependencies", &|change| change.deps.push(hash));
        lie("dependencies", &|change| change.deps = vec![hash]);
    }
    lie("dependencies", &|change| change.deps.clear());
    lie("dependencies", &|change| change.deps.reverse());
    lie("dependencies", &|change| {
        change.deps.pop();
    });
    lie("dependencies", &|change| change.deps.push(change.deps[0]));
    lie("dependencies", &|change| change.deps = vec![automerge::ChangeHash(document.genesis_hash().0)]);
    lie("dependencies", &|change| change.deps.push(automerge::ChangeHash([7; 32])));
    for other in [1, 2, 9] {
        lie("author's actor", &|change| change.actor_id = actor(other).as_bytes().to_vec().into());
    }
    for length in [0, 1, 23, 25, 200] {
        lie("author's actor", &|change| change.actor_id = vec![4; length].into());
    }
    let message = change.stamp.to_message();
    let fields: Vec<&str> = message.split(';').collect();
    for at in 0..fields.len() {
        for wrong in ["", "-", "0", "00", "+1", "99999999999999999999", "王小明", "zz", "\u{0}", " 1"] {
            let mut fields = fields.clone();
            fields[at] = wrong;
            lie("stamp", &|change| change.message = Some(fields.join(";")));
        }
        let mut fewer = fields.clone();
        fewer.remove(at);
        lie("stamp", &|change| change.message = Some(fewer.join(";")));
    }
    for wrong in [String::new(), format!("{message};"), format!(" {message}"), "漏水".repeat(9_000)] {
        lie("stamp", &|change| change.message = Some(wrong.clone()));
    }
    lie("stamp", &|change| change.message = None);
    for extra in [1, 2, 900] {
        lie("bytes behind the columns", &|change| change.extra_bytes = vec![0x80; extra]);
    }
    for at in 0..expanded.operations.len() {
        of_one_op(document, &expanded, at, &mut lie);
    }
    lie("operations", &|change| change.operations.reverse());
    lie("operations", &|change| change.operations.clear());
    lie("operations", &|change| change.operations.extend(change.operations.clone()));
    lies
}

/// The lies about one operation.
fn of_one_op(
    document: &Document,
    expanded: &ExpandedChange,
    at: usize,
    lie: &mut dyn FnMut(&'static str, Twist<'_>),
) {
    let paths = [
        "title",
        "layout",
        "note",
        "place",
        "playbook",
        "archived",
        "photo/ab",
        "x",
        "",
        "/",
        "a//b",
        "a/",
        "漏水",
        "event/09090909090909090909090909090909",
        "event/01010101010101010101010101010101",
        "event/9",
    ];
    for path in paths {
        lie("path", &|change| change.operations[at].key = Key::Map(path.into()));
    }
    let values: [ScalarValue; 16] = [
        ScalarValue::Null,
        true.into(),
        0.into(),
        (-1).into(),
        i64::MIN.into(),
        ScalarValue::Uint(u64::MAX),
        f64::NAN.into(),
        f64::INFINITY.into(),
        (-0.0).into(),
        "".into(),
        "\u{0}\u{202e}".into(),
        "漏".repeat(6_000).into(),
        vec![0_u8, 255].into(),
        ScalarValue::Timestamp(i64::MAX),
        ScalarValue::counter(1),
        ScalarValue::Unknown { type_code: 15, bytes: vec![9] },
    ];
    for value in values {
        lie("value", &|change| change.operations[at].action = OpType::Put(value.clone()));
    }
    for made in [ObjType::Map, ObjType::List, ObjType::Text, ObjType::Table] {
        lie("action", &|change| change.operations[at].action = OpType::Make(made));
    }
    lie("action", &|change| change.operations[at].action = OpType::Delete);
    lie("action", &|change| change.operations[at].action = OpType::Increment(3));
    lie("action", &|change| change.operations[at].action = OpType::MarkEnd(true));
    lie("insert", &|change| change.operations[at].insert = !change.operations[at].insert);
    let here: Vec<OpId> = document
        .changes()
        .iter()
        .flat_map(|known| {
            let actor = automerge::ActorId::from(known.actor.as_bytes().as_slice());
            (known.start_op..known.start_op + 3).map(move |counter| OpId::new(counter, &actor))
        })
        .chain([note(), OpId::new(u64::from(u32::MAX), &expanded.actor_id), OpId::new(1, &expanded.actor_id)])
        .chain((0..3).map(|n| OpId::new(expanded.start_op.get() + n, &expanded.actor_id)))
        .collect();
    for id in &here {
        lie("what it replaces", &|change| change.operations[at].pred = SortedVec::from(vec![id.clone()]));
        lie("where it stands", &|change| change.operations[at].key = Key::Seq(ElementId::Id(id.clone())));
        lie("whose part it is", &|change| change.operations[at].obj = ObjectId::Id(id.clone()));
    }
    lie("what it replaces", &|change| change.operations[at].pred = SortedVec::new());
    lie("what it replaces", &|change| change.operations[at].pred = SortedVec::from(here.clone()));
    lie("where it stands", &|change| change.operations[at].key = Key::Seq(ElementId::Head));
    lie("whose part it is", &|change| change.operations[at].obj = ObjectId::Root);
    lie("operations", &|change| drop(change.operations.remove(at)));
    lie("operations", &|change| change.operations.push(change.operations[at].clone()));
    lie("operations", &|change| change.operations.insert(at, put("x", 1)));
    lie("operations", &|change| {
        let last = change.operations.len() - 1;
        change.operations.swap(at, last);
    });
}

/// The parts of a change's bytes, as far as a liar has to know them.
struct Parts {
    /// Everything from the number of dependencies to the number of columns, each part apart.
    head: Vec<(&'static str, Vec<u8>)>,
    /// Specification and data.
    columns: Vec<(u64, Vec<u8>)>,
}

fn varint(bytes: &[u8], at: &mut usize) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return value;
        }
    }
}

fn parts(bytes: &[u8]) -> Parts {
    let mut at = 9;
    varint(bytes, &mut at);
    let mut head = Vec::new();
    let mut part = |what, from: usize, to: usize| head.push((what, bytes[from..to].to_vec()));
    let mut from = at;
    let deps = varint(bytes, &mut at);
    part("number of dependencies", from, at);
    part("dependencies", at, at + 32 * deps as usize);
    at += 32 * deps as usize;
    from = at;
    let length = varint(bytes, &mut at) as usize;
    part("length of the actor", from, at);
    part("actor", at, at + length);
    at += length;
    for what in ["number", "counter", "time"] {
        from = at;
        varint(bytes, &mut at);
        part(what, from, at);
    }
    from = at;
    let length = varint(bytes, &mut at) as usize;
    part("length of the stamp", from, at);
    part("stamp", at, at + length);
    at += length;
    from = at;
    let others = varint(bytes, &mut at);
    part("number of other actors", from, at);
    from = at;
    for _ in 0..others {
        let length = varint(bytes, &mut at) as usize;
        at += length;
    }
    part("other actors", from, at);
    let count = varint(bytes, &mut at);
    let sizes: Vec<(u64, usize)> =
        (0..count).map(|_| (varint(bytes, &mut at), varint(bytes, &mut at) as usize)).collect();
    let mut columns = Vec::new();
    for (specification, size) in sizes {
        columns.push((specification, bytes[at..at + size].to_vec()));
        at += size;
    }
    assert_eq!(at, bytes.len(), "an honest change has nothing behind its columns");
    Parts { head, columns }
}

impl Parts {
    fn bytes(&self) -> Vec<u8> {
        let mut body: Vec<u8> = self.head.iter().flat_map(|(_, part)| part.clone()).collect();
        unsigned(self.columns.len() as u64, &mut body);
        for (specification, data) in &self.columns {
            unsigned(*specification, &mut body);
            unsigned(data.len() as u64, &mut body);
        }
        self.columns.iter().for_each(|(_, data)| body.extend(data));
        let mut bytes = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1, 0];
        bytes.extend(body);
        rehashed(relengthed(bytes))
    }
}

/// The lies only bytes can tell: numbers spelled longer than they are, columns and runs put otherwise.
fn spelled(change: &ChangeInfo) -> Vec<Lie> {
    let honest = || parts(change.bytes());
    assert_eq!(honest().bytes(), change.bytes(), "what was taken apart goes together again");
    let mut lies: Vec<Lie> = Vec::new();
    let mut lie = |about: &'static str, tell: &dyn Fn(&mut Parts)| {
        let mut parts = honest();
        tell(&mut parts);
        let bytes = parts.bytes();
        if bytes != change.bytes() {
            lies.push((about, bytes));
        }
    };
    let whole = honest();
    for (at, (_, part)) in whole.head.iter().enumerate() {
        // The last byte of a number, followed by one that adds nothing.
        lie("a number spelled longer", &|parts| {
            if let Some(last) = parts.head[at].1.last_mut() {
                *last |= 0x80;
            }
            parts.head[at].1.push(0);
        });
        for (byte, here) in part.iter().copied().enumerate().take(48) {
            for wrong in [0x00, 0x01, 0x7f, 0x80, 0xff, here ^ 1, here.wrapping_add(1)] {
                lie("a byte before the columns", &|parts| parts.head[at].1[byte] = wrong);
            }
        }
        lie("a part left out", &|parts| parts.head[at].1.clear());
        lie("a part twice", &|parts| parts.head[at].1 = parts.head[at].1.repeat(2));
    }
    for at in 0..whole.columns.len() {
        let (specification, data) = &whole.columns[at];
        for other in
            [specification ^ 8, specification + 1, specification - 1, specification + 16, specification | 7]
        {
            lie("a column's kind", &|parts| parts.columns[at].0 = other);
        }
        lie("a column left out", &|parts| drop(parts.columns.remove(at)));
        lie("a column twice", &|parts| parts.columns.insert(at, parts.columns[at].clone()));
        lie("a column without data", &|parts| parts.columns[at].1.clear());
        lie("columns in another order", &|parts| {
            let next = (at + 1) % parts.columns.len();
            parts.columns.swap(at, next);
        });
        lie("a column's end", &|parts| {
            if let Some(byte) = parts.columns[at].1.pop()
                && let Some(next) = parts.columns.get_mut(at + 1)
            {
                next.1.insert(0, byte);
            }
        });
        for (byte, here) in data.iter().copied().enumerate().take(64) {
            for wrong in [
                0x00,
                0x01,
                0x02,
                0x7e,
                0x7f,
                0x80,
                0xff,
                here ^ 1,
                here.wrapping_add(1),
                here.wrapping_sub(1),
            ] {
                lie("a run or a value", &|parts| parts.columns[at].1[byte] = wrong);
            }
            lie("a run or a value", &|parts| {
                parts.columns[at].1.remove(byte);
            });
            lie("a run or a value", &|parts| parts.columns[at].1.insert(byte, here));
            lie("a number spelled longer", &|parts| {
                parts.columns[at].1[byte] |= 0x80;
                parts.columns[at].1.insert(byte + 1, if here & 0x40 == 0 { 0 } else { 0x7f });
            });
        }
        for run in [
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02, 1],
            [0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2],
        ] {
            lie("a run of 2^50", &|parts| parts.columns[at].1 = run.to_vec());
            lie("a run of 2^50", &|parts| parts.columns[at].1.extend(run));
        }
    }
    lies
}

#[test]
fn one_lie_is_rejected_by_name_or_harmless() {
    quiet();
    let full = std::env::var("BUTLER_TEST_TIER").is_ok_and(|tier| tier == "full");
    let mut outcomes: BTreeMap<&'static str, BTreeMap<String, u64>> = BTreeMap::new();
    let (mut wrong, mut tried) = (Vec::new(), 0_u64);
    for document in [worked_on(), home()] {
        for change in honest(&document) {
            let lies: Vec<Lie> = told(&document, &change).into_iter().chain(spelled(&change)).collect();
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for (number, (about, bytes)) in lies.into_iter().enumerate() {
                // Every kind of lie about every change, and of the many of one kind every eleventh.
                if !full && !seen.insert(about) && number % 11 != 0 {
                    continue;
                }
                for judge in [Judge::Office, Judge::Phone] {
                    tried += 1;
                    let verdict = match judged(&document, &bytes, judge) {
                        Ok(next) if is_poisoned(&next) => {
                            wrong.push(format!("{about}: accepted by {judge:?} and poisoned: {bytes:02x?}"));
                            continue;
                        }
                        Ok(_) => "harmless".to_owned(),
                        Err(error) => error.code().to_owned(),
                    };
                    let known = verdict == "harmless"
                        || NAMES.contains(&verdict.as_str())
                        || NOT_FINAL.contains(&verdict.as_str());
                    if !known {
                        wrong.push(format!("{about}: rejected as {verdict}, which is no name"));
                    }
                    *outcomes.entry(about).or_default().entry(verdict).or_default() += 1;
                }
            }
        }
    }
    println!("{tried} lies judged");
    for (about, verdicts) in &outcomes {
        println!("  {about}: {verdicts:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // One hash, one spelling: bytes put otherwise are never let in as what they stand for.
    for about in [
        "a number spelled longer",
        "a column twice",
        "columns in another order",
        "a run of 2^50",
        "a part twice",
    ] {
        assert!(!outcomes[about].contains_key("harmless"), "{about}: {:?}", outcomes[about]);
    }
    for about in ["time", "number", "counter", "bytes behind the columns"] {
        assert!(!outcomes[about].contains_key("harmless"), "{about}: {:?}", outcomes[about]);
    }
    assert!(outcomes.len() >= 25, "{}", outcomes.len());
}
