//! Any history of 2 to 5 phones that edit concurrently and meet now and then ends alike everywhere, and as promised:
//! scalars keep every value nobody has replaced, sets add-wins, photos a union, results side by side, texts by
//! character, archiving undone by whoever did not know of it. `BUTLER_TEST_TIER=full` runs ten times as many.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use butler_core::crdt::gate::{Judge, admit, admit_all};
use butler_core::crdt::{ChangeInfo, Document, GateError};
use butler_core::model::{
    ActorId, ChangeHash, DeviceId, Edit, Event, EventId, Kind, Lifecycle, Op, RecordId, RoleId, StaffId,
    Stamp, Timestamp, Value,
};
use proptest::prelude::*;

/// What one phone does next.
#[derive(Debug, Clone)]
enum Act {
    Scalar {
        path: usize,
        value: usize,
    },
    ClearScalar {
        path: usize,
    },
    TouchPhone {
        phone: usize,
        number: usize,
    },
    RemovePhone {
        phone: usize,
    },
    Photo(usize),
    Result {
        item: usize,
        outcome: usize,
    },
    Event,
    Type {
        at: usize,
        delete: usize,
        insert: usize,
    },
    Archive,
    Revive,
    /// Takes in what another phone knows, up to a point.
    Meet {
        other: usize,
        upto: usize,
    },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..3_usize, 0..4_usize).prop_map(|(path, value)| Act::Scalar { path, value }),
        1 => (0..3_usize).prop_map(|path| Act::ClearScalar { path }),
        2 => (0..3_usize, 0..3_usize).prop_map(|(phone, number)| Act::TouchPhone { phone, number }),
        1 => (0..3_usize).prop_map(|phone| Act::RemovePhone { phone }),
        1 => (0..6_usize).prop_map(Act::Photo),
        1 => (0..2_usize, 0..3_usize).prop_map(|(item, outcome)| Act::Result { item, outcome }),
        1 => Just(Act::Event),
        3 => (0..20_usize, 0..3_usize, 0..4_usize).prop_map(|(at, delete, insert)| Act::Type { at, delete, insert }),
        1 => Just(Act::Archive),
        1 => Just(Act::Revive),
        3 => (0..5_usize, 0..40_usize).prop_map(|(other, upto)| Act::Meet { other, upto }),
    ]
}

const SCALARS: [&str; 3] = ["title", "layout", "move_in"];

/// What one change did, as the oracle sees it.
struct Written {
    info: ChangeInfo,
    seen: BTreeSet<ChangeHash>,
    /// Path → last value left; `None` for cleared.
    fields: BTreeMap<String, Option<Value>>,
    typed: BTreeSet<char>,
    removed: BTreeSet<char>,
}

struct Phone {
    document: Document,
    actor: ActorId,
}

struct World {
    phones: Vec<Phone>,
    log: Vec<Written>,
    next: u32,
}

impl World {
    fn new(phones: usize) -> Self {
        let document = Document::genesis(RecordId([5; 16]), Kind::Case, 1).unwrap();
        let phone = |n| Phone {
            document: document.clone(),
            actor: ActorId::new(DeviceId([n as u8 + 1; 16]), [n as u8 + 1; 8]),
        };
        Self { phones: (0..phones).map(phone).collect(), log: Vec::new(), next: 0 }
    }

    fn unique(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn step(&mut self, who: usize, act: &Act) {
        let who = who % self.phones.len();
        let mut typed = BTreeSet::new();
        let edit = match act {
            Act::Meet { other, upto } => {
                let other = other % self.phones.len();
                let changes = self.phones[other].document.changes();
                let upto = (*upto).min(changes.len());
                self.phones[who].document.apply(&changes[..upto]).unwrap();
                return;
            }
            Act::Scalar { path, value } => Edit::new().put(SCALARS[*path], ["甲", "乙", "丙", "丁"][*value]),
            Act::ClearScalar { path } => Edit::new().clear(SCALARS[*path]),
            Act::TouchPhone { phone, number } => Edit::new()
                .put(format!("phone/{phone}"), true)
                .put(format!("phone/{phone}/number"), ["13812345678", "13900001111", "13700002222"][*number]),
            Act::RemovePhone { phone } => Edit::new().clear(format!("phone/{phone}")),
            Act::Photo(n) => Edit::new().put(format!("photo/{n:064x}"), "现场"),
            Act::Result { item, outcome } => {
                let id = self.unique();
                Edit::new().put(format!("result/{item}/{id:032x}"), ["正常", "异常", "无人"][*outcome])
            }
            Act::Event => {
                let id = self.unique();
                let event = self.event(who, id);
                Edit::new().event(&event)
            }
            Act::Type { at, delete, insert } => {
                let length = self.phones[who].document.record().texts["note"].chars().count();
                let at = (*at).min(length);
                // Characters never used before, so that the oracle can tell them apart.
                let text: String =
                    (0..*insert).filter_map(|_| char::from_u32(0x4e00 + self.unique())).collect();
                typed.extend(text.chars());
                Edit::new().splice("note", at, (*delete).min(length - at), text)
            }
            Act::Archive => Edit::new().put("archived", true),
            Act::Revive => Edit::new().clear("archived"),
        };
        let stamp = Stamp {
            staff: StaffId::new(format!("staff.{who}")).unwrap(),
            at: Timestamp::from_millis(i64::from(self.unique())),
            offset: None,
            copy_of: None,
        };
        let phone = &mut self.phones[who];
        let before: BTreeSet<char> = phone.document.record().texts["note"].chars().collect();
        let seen = phone.document.changes().into_iter().map(|info| info.hash).collect();
        let Ok(info) = phone.document.author(phone.actor, &stamp, &edit) else { return };
        let after: BTreeSet<char> = phone.document.record().texts["note"].chars().collect();
        let fields = edit.ops.iter().filter_map(|op| match op {
            Op::Put { path, value } => Some((path.clone(), Some(value.clone()))),
            Op::Clear { path } => Some((path.clone(), None)),
            Op::Splice { .. } => None,
        });
        let removed = before.difference(&after).copied().collect();
        self.log.push(Written { info, seen, fields: fields.collect(), typed, removed });
    }

    fn event(&self, who: usize, id: u32) -> Event {
        let phone = &self.phones[who];
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&id.to_be_bytes());
        Event {
            id: EventId(bytes),
            step: "accept".into(),
            by: StaffId::new(format!("staff.{who}")).unwrap(),
            role: RoleId::new("butler").unwrap(),
            device: phone.actor.device(),
            at: Timestamp::from_millis(1),
            offset: None,
            after: Vec::new(),
            note: String::new(),
            evidence: butler_core::model::Evidence::default(),
            unknown: BTreeMap::new(),
        }
    }

    /// The values of every path that nobody who had seen them has replaced.
    fn standing(&self) -> BTreeMap<&str, Vec<(&Written, &Value)>> {
        let mut standing: BTreeMap<&str, Vec<(&Written, &Value)>> = BTreeMap::new();
        for one in &self.log {
            for (path, value) in &one.fields {
                let replaced =
                    |other: &Written| other.fields.contains_key(path) && other.seen.contains(&one.info.hash);
                if let Some(value) = value
                    && !self.log.iter().any(replaced)
                {
                    standing.entry(path).or_default().push((one, value));
                }
            }
        }
        standing
    }

    fn lifecycle(&self) -> Lifecycle {
        let standing = self.standing();
        let Some(archivings) = standing.get("archived") else { return Lifecycle::Live };
        let concurrent = |one: &&Written| {
            !archivings.iter().any(|(archiving, _)| {
                archiving.info.hash == one.info.hash
                    || archiving.seen.contains(&one.info.hash)
                    || one.seen.contains(&archiving.info.hash)
            })
        };
        if self.log.iter().any(|one| concurrent(&one)) { Lifecycle::Revived } else { Lifecycle::Archived }
    }
}

/// Hands changes over in the given order, some twice, keeping back what comes too early, as a phone does.
fn delivered(order: &[&ChangeInfo], judge: Judge) -> Document {
    let mut document = Document::genesis(RecordId([5; 16]), Kind::Case, 1).unwrap();
    let mut waiting: Vec<&ChangeInfo> = Vec::new();
    for info in order {
        waiting.push(info);
        waiting.retain(|info| {
            let parsed = ChangeInfo::parse(info.bytes()).unwrap();
            match admit(&document, &parsed, judge) {
                Ok(next) => document = next,
                Err(GateError::Waiting(_)) => return true,
                Err(error) => panic!("an honest change was rejected: {error}"),
            }
            false
        });
    }
    while let Some(index) =
        waiting.iter().position(|info| info.deps.iter().all(|dep| document.contains(*dep)))
    {
        document = admit(&document, waiting.remove(index), judge).unwrap();
    }
    assert!(waiting.is_empty());
    document
}

fn cases() -> u32 {
    if std::env::var("BUTLER_TEST_TIER").is_ok_and(|tier| tier == "full") { 1_000 } else { 100 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_order_of_delivery_ends_alike_and_as_promised(
        phones in 2..=5_usize,
        acts in proptest::collection::vec((0..5_usize, act()), 1..40),
        shuffles in proptest::collection::vec(proptest::collection::vec(any::<u32>(), 80), 3),
    ) {
        let mut world = World::new(phones);
        for (who, act) in &acts {
            world.step(*who, act);
        }
        let all: Vec<ChangeInfo> = world.log.iter().map(|one| one.info.clone()).collect();
        let mut merged = Document::genesis(RecordId([5; 16]), Kind::Case, 1).unwrap();
        merged.apply(&all).unwrap();
        let record = merged.record();

        // Every order, with every third change twice and dependencies late, at a phone and at the office.
        for (n, keys) in shuffles.iter().enumerate() {
            let mut order: Vec<&ChangeInfo> = all.iter().chain(all.iter().step_by(3)).collect();
            let mut keys = keys.iter().cycle();
            order.sort_by_cached_key(|_| *keys.next().unwrap());
            let other = delivered(&order, if n == 0 { Judge::Office } else { Judge::Phone });
            prop_assert_eq!(other.record(), record.clone());
            prop_assert_eq!(other.heads(), merged.heads());
            prop_assert_eq!(other.changes(), merged.changes());
            prop_assert_eq!(other.history(), merged.history());
        }
        let genesis = Document::genesis(RecordId([5; 16]), Kind::Case, 1).unwrap();
        let (batch, rejected) = admit_all(&genesis, &merged.changes(), Judge::Phone);
        prop_assert_eq!(rejected, vec![]);
        prop_assert_eq!(batch.record(), record.clone());
        let reloaded = Document::load(merged.id(), merged.kind(), 1, Some(&merged.save()), &[]).unwrap();
        prop_assert_eq!(reloaded.record(), record.clone());
        prop_assert_eq!(reloaded.history(), merged.history());

        // Fields: exactly the values that stand, the winner first and each once, with who wrote it.
        let standing = world.standing();
        let shown: BTreeSet<&str> = record.fields.keys().map(String::as_str).collect();
        prop_assert_eq!(shown, standing.keys().copied().collect::<BTreeSet<_>>());
        for (path, field) in &record.fields {
            let stands = &standing[path.as_str()];
            let candidates: Vec<_> = std::iter::once(&field.winner).chain(&field.others).collect();
            for candidate in &candidates {
                let author = stands.iter().find(|(one, _)| one.info.hash == candidate.change);
                let (one, value) = author.expect("a candidate names the change that wrote it");
                prop_assert_eq!(&candidate.value, *value);
                prop_assert_eq!(&candidate.stamp, &one.info.stamp);
                prop_assert_eq!(candidate.actor, one.info.actor);
            }
            for (_, value) in stands {
                let times = candidates.iter().filter(|candidate| candidate.value == **value).count();
                prop_assert_eq!(times, 1, "{} must be shown once", path);
            }
        }

        // Text: every character typed that nobody removed, each once.
        let removed: BTreeSet<char> = world.log.iter().flat_map(|one| one.removed.iter().copied()).collect();
        let kept: BTreeSet<char> = world.log.iter().flat_map(|one| &one.typed).filter(|c| !removed.contains(c)).copied().collect();
        let note = &record.texts["note"];
        prop_assert_eq!(note.chars().collect::<BTreeSet<_>>(), kept.clone());
        prop_assert_eq!(note.chars().count(), kept.len());

        prop_assert_eq!(record.lifecycle, world.lifecycle());

        // Time travel: what an author saw is what was there when the change was written.
        for one in &world.log {
            let then = merged.at(&one.info.deps).unwrap();
            let mut alone = Document::genesis(RecordId([5; 16]), Kind::Case, 1).unwrap();
            let seen: Vec<ChangeInfo> = all.iter().filter(|info| one.seen.contains(&info.hash)).cloned().collect();
            alone.apply(&seen).unwrap();
            prop_assert_eq!(then, alone.record());
        }
    }

    #[test]
    fn without_a_change_the_rest_is_as_if_it_had_never_been(
        phones in 2..=4_usize,
        acts in proptest::collection::vec((0..5_usize, act()), 2..30),
        dead in any::<prop::sample::Index>(),
    ) {
        let mut world = World::new(phones);
        for (who, act) in &acts {
            world.step(*who, act);
        }
        prop_assume!(!world.log.is_empty());
        let all: Vec<ChangeInfo> = world.log.iter().map(|one| one.info.clone()).collect();
        let mut merged = Document::genesis(RecordId([5; 16]), Kind::Case, 1).unwrap();
        merged.apply(&all).unwrap();
        let dead = all[dead.index(all.len())].hash;
        let (rest, dropped) = merged.without(&BTreeSet::from([dead])).unwrap();
        let (gone, kept): (Vec<_>, Vec<_>) =
            world.log.iter().partition(|one| one.info.hash == dead || one.seen.contains(&dead));
        let mut expected = Document::genesis(RecordId([5; 16]), Kind::Case, 1).unwrap();
        expected.apply(&kept.iter().map(|one| one.info.clone()).collect::<Vec<_>>()).unwrap();
        prop_assert_eq!(rest.record(), expected.record());
        prop_assert_eq!(rest.heads(), expected.heads());
        prop_assert_eq!(
            dropped.iter().map(|info| info.hash).collect::<BTreeSet<_>>(),
            gone.iter().map(|one| one.info.hash).collect::<BTreeSet<_>>()
        );
    }
}
