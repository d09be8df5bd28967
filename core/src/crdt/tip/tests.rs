//! Every way to a tip against the document, which stays its oracle.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use super::*;
use crate::crdt::testing::{actor, empty, op, stamp};
use crate::crdt::{GateError, gate};

const RECORD: RecordId = RecordId([7; 16]);

/// A touch of a few paths with few values, so that edits meet; now and then any other.
fn touch(kind: Kind) -> impl Strategy<Value = Op> {
    let paths = ["layout", "people", "archived", "place", "phone/a", "phone/a/number", "merged"];
    let path = proptest::sample::select(paths.map(str::to_owned).to_vec());
    let value = prop_oneof![
        (0..3_i64).prop_map(Value::from),
        Just(Value::from(true)),
        proptest::sample::select(vec!["三室", "两室", ""]).prop_map(Value::from),
    ];
    let text = kind.texts().first().copied().unwrap_or("note");
    prop_oneof![
        8 => (path.clone(), value).prop_map(|(path, value)| Op::Put { path, value }),
        3 => path.prop_map(|path| Op::Clear { path }),
        1 => (0..3_usize, 0..2_usize, "[一-龥]{0,3}").prop_map(move |(at, delete, insert)| {
            Op::Splice { path: text.to_owned(), at, delete, insert }
        }),
        1 => op(kind),
    ]
}

/// What happens at one of the replicas.
#[derive(Debug, Clone)]
enum Step {
    Edit {
        at: usize,
        direct: bool,
        edit: Edit,
    },
    /// Everything another one has comes here.
    Take {
        at: usize,
        from: usize,
        direct: bool,
    },
}

fn step(kind: Kind) -> impl Strategy<Value = Step> {
    let edit = vec(touch(kind), 1..4).prop_map(|ops| Edit { ops });
    prop_oneof![
        3 => (0..5_usize, any::<bool>(), edit).prop_map(|(at, direct, edit)| Step::Edit { at, direct, edit }),
        2 => (0..5_usize, 0..5_usize, any::<bool>())
            .prop_map(|(at, from, direct)| Step::Take { at, from, direct }),
    ]
}

/// One phone's record: what a document makes of it, and its tip as long as it was carried on without one.
struct Replica {
    document: Document,
    tip: Option<Tip>,
}

/// What of a history went the direct way.
#[derive(Debug, Default, PartialEq)]
struct Direct {
    authored: usize,
    admitted: usize,
    refused: usize,
}

impl Replica {
    /// The tip, made when it is not there.
    fn tip(&mut self) -> Option<Tip> {
        self.tip = self.tip.take().or_else(|| Tip::of(&self.document));
        self.tip.clone()
    }

    fn edit(&mut self, n: usize, at: i64, direct: bool, edit: &Edit, counted: &mut Direct) {
        let (actor, stamp) = (actor(n as u8 + 1), stamp("zhang.li", at));
        let (before, tip) = (self.document.clone(), self.tip());
        let oracle = self.document.author(actor, &stamp, edit);
        match tip.filter(|tip| direct && tip.knows_texts_of(edit)) {
            Some(tip) => match (tip.author(actor, &stamp, edit), oracle) {
                (Ok((change, next)), Ok(oracle)) => {
                    assert_eq!(change.bytes(), oracle.bytes());
                    assert_eq!(tip.follow(&change).as_ref(), Some(&next));
                    assert_eq!(tip.admit(&change, Judge::Office).as_ref(), Some(&next));
                    assert!(gate::admit(&before, &change, Judge::Office).is_ok());
                    self.tip = Some(next);
                    counted.authored += 1;
                }
                (direct, oracle) => {
                    assert_eq!(direct.map(|(change, _)| change), oracle);
                    counted.refused += 1;
                }
            },
            None => self.tip = self.tip.take().filter(|_| oracle.is_err()),
        }
    }

    fn take(&mut self, changes: &[ChangeInfo], direct: bool, counted: &mut Direct) {
        for change in changes.iter().filter(|change| !self.document.contains(change.hash)).collect::<Vec<_>>()
        {
            let admitted = gate::admit(&self.document, change, Judge::Phone);
            let tip = self.tip().filter(|_| direct);
            let next = tip.as_ref().and_then(|tip| tip.admit(change, Judge::Phone));
            match &admitted {
                Ok(document) => self.document = document.clone(),
                Err(error) => assert!(matches!(error, GateError::Waiting(_)), "{error}"),
            }
            counted.admitted += usize::from(next.is_some());
            // Nothing passes here that the gate would stop, and what follows on the head does pass.
            let linear = tip.as_ref().is_some_and(|tip| change.deps == [tip.head()]);
            let texts =
                |tip: &Tip| decode(change.change(), Texts::of(tip.kind)).map(|ops| tip.knows_texts(&ops));
            let expected = admitted.is_ok() && linear && tip.as_ref().map(texts) == Some(Ok(true));
            assert_eq!(next.is_some(), expected);
            self.tip = next;
        }
    }

    /// What is said without the document is what the document says.
    fn check(&self) {
        let Some(tip) = &self.tip else { return };
        assert_eq!(Some(tip), Tip::of(&self.document).as_ref());
        assert_eq!(tip.record(), self.document.record());
        assert_eq!(self.document.heads(), [tip.head()]);
        let read = Tip::from_bytes((tip.id, tip.kind, tip.version), tip.head, &tip.to_bytes());
        assert_eq!(read.as_ref(), Some(tip));
    }
}

fn play(kind: Kind, replicas: usize, steps: &[Step]) -> Direct {
    let document = Document::genesis(RECORD, kind, 1).unwrap();
    let tip = Tip::nothing(RECORD, kind, 1).ok();
    let mut all: Vec<_> =
        (0..replicas).map(|_| Replica { document: document.clone(), tip: tip.clone() }).collect();
    let mut counted = Direct::default();
    for (number, step) in steps.iter().enumerate() {
        match step {
            Step::Edit { at, direct, edit } => {
                let at = at % replicas;
                all[at].edit(at, number as i64, *direct, edit, &mut counted);
            }
            Step::Take { at, from, direct } => {
                let changes = all[from % replicas].document.changes();
                all[at % replicas].take(&changes, *direct, &mut counted);
            }
        }
        all.iter().for_each(Replica::check);
    }
    // Everybody meets: by bytes alone, as a stranger reads them, it is one record.
    let changes: Vec<Vec<ChangeInfo>> = all.iter().map(|replica| replica.document.changes()).collect();
    for (number, replica) in all.iter_mut().enumerate() {
        changes.iter().for_each(|changes| replica.take(changes, number % 2 == 0, &mut counted));
        replica.check();
    }
    let bytes: Vec<&[u8]> = changes.iter().flatten().map(ChangeInfo::bytes).collect();
    let stranger = Document::load(RECORD, kind, 1, None, &bytes).unwrap();
    for replica in &all {
        assert_eq!(replica.document.heads(), stranger.heads());
        assert_eq!(replica.document.record(), stranger.record());
    }
    counted
}

fn history() -> impl Strategy<Value = (Kind, usize, Vec<Step>)> {
    let kind = proptest::sample::select(Kind::ALL.to_vec());
    kind.prop_flat_map(|kind| (Just(kind), 2..6_usize, vec(step(kind), 1..24)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn replicas_with_and_without_documents_are_one_record((kind, replicas, steps) in history()) {
        play(kind, replicas, &steps);
    }
}

/// What the property above is worth: much of what it makes up goes the direct way, in each of the ways.
#[test]
fn histories_made_up_here_go_the_direct_way() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut all = Direct::default();
    for _ in 0..40 {
        let tree = history().new_tree(&mut runner).unwrap();
        let (kind, replicas, steps) = tree.current();
        let Direct { authored, admitted, refused } = play(kind, replicas, &steps);
        all.authored += authored;
        all.admitted += admitted;
        all.refused += refused;
    }
    assert!(all.authored > 40 && all.admitted > 30 && all.refused > 20, "{all:?}");
}

/// Values in conflict are known with the operations that wrote them, also where two people wrote the same.
#[test]
fn a_conflict_is_decided_without_the_document() {
    let mut document = empty(Kind::Home);
    let start = document.genesis_hash();
    for (n, layout) in [(1, "三室"), (2, "两室"), (3, "三室")] {
        let edit = Edit::new().put("layout", layout);
        document.author_at(&[start], actor(n), &stamp("zhang.li", i64::from(n)), &edit).unwrap();
    }
    assert_eq!(Tip::of(&document), None, "three heads");
    document.author(actor(1), &stamp("zhang.li", 4), &Edit::new().put("people", 3)).unwrap();
    let tip = Tip::of(&document).unwrap();
    assert_eq!(tip.record(), document.record());
    assert!(tip.record().in_conflict("layout"));
    let (change, next) =
        tip.author(actor(2), &stamp("wang.fang", 5), &Edit::new().put("layout", "复式")).unwrap();
    let oracle =
        document.author(actor(2), &stamp("wang.fang", 5), &Edit::new().put("layout", "复式")).unwrap();
    assert_eq!(change.bytes(), oracle.bytes());
    assert_eq!(next.record(), document.record());
    assert!(!next.record().in_conflict("layout"));
}

#[test]
fn a_text_with_characters_is_left_to_the_document() {
    let tip = Tip::nothing(RECORD, Kind::Home, 1).unwrap();
    let typed = Edit::new().splice("note", 0, 0, "有狗");
    let (change, tip) = tip.author(actor(1), &stamp("zhang.li", 1), &typed).unwrap();
    assert_eq!(tip.record().texts["note"], "有狗");
    assert!(!tip.knows_texts_of(&typed));
    assert_eq!(tip.author(actor(1), &stamp("zhang.li", 2), &typed), Err(CrdtError::Internal));
    let mut document = empty(Kind::Home);
    document.apply(&[change]).unwrap();
    let more = document.author(actor(1), &stamp("zhang.li", 2), &typed).unwrap();
    assert_eq!((tip.admit(&more, Judge::Phone), tip.follow(&more)), (None, None));
}

#[test]
fn bytes_of_another_head_or_format_are_no_tip() {
    let tip = Tip::nothing(RECORD, Kind::Resident, 1).unwrap();
    let edit = Edit::new().put("name", "王小明").put("place", "3/2").put("area", 88.5).put("people", -3);
    let (change, tip) = tip.author(actor(1), &stamp("zhang.li", 1), &edit).unwrap();
    let bytes = tip.to_bytes();
    let whose = (RECORD, Kind::Resident, 1);
    assert_eq!(Tip::from_bytes(whose, change.hash, &bytes), Some(tip));
    assert_eq!(Tip::from_bytes(whose, ChangeHash([9; 32]), &bytes), None);
    assert_eq!(Tip::from_bytes(whose, change.hash, &[&bytes[..], b"x"].concat()), None);
    for length in 0..bytes.len() {
        assert_eq!(Tip::from_bytes(whose, change.hash, &bytes[..length]), None, "cut at {length}");
    }
    let newer = [&[bytes[0] + 1], &bytes[1..]].concat();
    assert_eq!(Tip::from_bytes(whose, change.hash, &newer), None);
}
