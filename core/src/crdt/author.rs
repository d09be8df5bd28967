//! How does an edit become a change?
//!
//! The change is spelled here and then applied like any other, so that an edit on present heads and one on the heads
//! of three days ago take the same way. automerge's own transaction would drop writes that repeat the present
//! value, and with them the touch that keeps a set member alive.

use std::collections::BTreeMap;

use super::gate::Judge;
use super::ops::{FlatOp, OpFrame, OpId, checked_path, encode, raw_actor};
use super::rules::{self, Ground, ProposedChange};
use super::{ChangeInfo, CrdtError, Document, GateError, genesis, limit};
use crate::model::{ActorId, ChangeHash, Edit, Kind, KindVersion, Op, RecordId, Stamp};

/// The first change of a record nobody has written: byte for byte the one [`Document::author`] makes on the genesis, and
/// rejected where that is, but without making the document. For records made by the thousand.
///
/// # Errors
/// As [`Document::author`]; [`CrdtError::UnknownVersion`] as [`Document::genesis`].
pub fn author_first(
    (record, kind, version): (RecordId, Kind, KindVersion),
    actor: ActorId,
    stamp: &Stamp,
    edit: &Edit,
) -> Result<ChangeInfo, CrdtError> {
    let deps = [genesis::hash_of(record, kind, version)?];
    let start_op = kind.texts().len() as u64 + 1;
    let frame = OpFrame { actor, seq: 1, start_op, deps: &deps, message: stamp.to_message() };
    Ok(compose(&Ground::nothing(kind), frame, stamp, edit)?.0)
}

/// Spells an edit and checks it by every rule that the gate asks of what a change does.
pub(super) fn compose(
    ground: &Ground<'_>,
    frame: OpFrame<'_>,
    stamp: &Stamp,
    edit: &Edit,
) -> Result<(ChangeInfo, Vec<FlatOp>), CrdtError> {
    let OpFrame { actor, start_op, .. } = frame;
    let ops = Spelling::new(ground, actor, start_op).spell(edit)?;
    if ops.is_empty() {
        return Err(CrdtError::Nothing);
    }
    let too_large = |limit| CrdtError::NotAllowed(GateError::TooLarge { limit, path: None });
    if ops.len() > limit::OPS {
        return Err(too_large(limit::OPS));
    }
    rules::check(ground, &ProposedChange { actor, stamp, start_op, ops: &ops }, Judge::Office)?;
    let change = encode(frame, &ops, ground.texts()).and_then(ChangeInfo::trusted);
    let change = change.ok_or(CrdtError::Internal)?;
    if change.bytes().len() > limit::CHANGE {
        return Err(too_large(limit::CHANGE));
    }
    Ok((change, ops))
}

impl Document {
    /// Writes one edit as one change on top of everything seen here. Every touch leaves an operation, also one that
    /// repeats the present value: that is what makes touching a set member win over its concurrent removal, and
    /// lets two people who resolve a field in conflict concurrently conflict again instead of one losing in silence.
    ///
    /// # Errors
    /// [`CrdtError::Nothing`] for an edit without effect, [`CrdtError::Position`] for a splice outside its text,
    /// [`CrdtError::NotAllowed`] for one no gate would let pass. The document is then as before.
    pub fn author(&mut self, actor: ActorId, stamp: &Stamp, edit: &Edit) -> Result<ChangeInfo, CrdtError> {
        self.author_at(&self.heads(), actor, stamp, edit)
    }

    /// The same as somebody who had seen only `deps` and what they build on.
    ///
    /// # Errors
    /// As [`Self::author`]; [`CrdtError::Missing`] when a dependency is not here; [`CrdtError::ActorAhead`] when
    /// the actor wrote a change outside `deps`: pass a fresh actor.
    pub fn author_at(
        &mut self,
        deps: &[ChangeHash],
        actor: ActorId,
        stamp: &Stamp,
        edit: &Edit,
    ) -> Result<ChangeInfo, CrdtError> {
        if let Some(missing) = deps.iter().find(|dep| !self.contains(**dep)) {
            return Err(CrdtError::Missing(*missing));
        }
        // Nobody has seen less than the genesis.
        let mut deps = if deps.is_empty() { vec![self.genesis_hash()] } else { deps.to_vec() };
        deps.sort_unstable();
        deps.dedup();
        if deps.len() > limit::DEPS {
            // More than one change may name: what is left out stays concurrent with this edit, as if it came later.
            let key = |dep: &ChangeHash| {
                let node = self.graph.get(*dep);
                (node.is_some_and(|node| node.actor == actor), node.map_or(0, |node| node.max_op))
            };
            deps.sort_by_key(|dep| std::cmp::Reverse(key(dep)));
            deps.truncate(limit::DEPS);
            deps.sort_unstable();
        }
        let last_seq = self.graph.last_seq(actor);
        // Whoever has seen everything has seen its own.
        if last_seq > 0 && deps != self.heads() {
            let last = self.graph.change_of(actor, last_seq);
            if !last.is_some_and(|last| self.graph.has_seen(&deps, last)) {
                return Err(CrdtError::ActorAhead);
            }
        }
        let start_op = self.max_op(&deps) + 1;
        let frame = OpFrame { actor, seq: last_seq + 1, start_op, deps: &deps, message: stamp.to_message() };
        let (change, _) = compose(&Ground::of(self, &deps), frame, stamp, edit)?;
        self.apply(std::slice::from_ref(&change))?;
        Ok(change)
    }
}

/// Turns touches into operations, each seeing what those before it left.
struct Spelling<'a> {
    ground: &'a Ground<'a>,
    actor: automerge::ActorId,
    start_op: u64,
    fields: BTreeMap<String, Vec<OpId>>,
    texts: BTreeMap<&'static str, Vec<OpId>>,
    ops: Vec<FlatOp>,
}

impl<'a> Spelling<'a> {
    fn new(ground: &'a Ground<'a>, actor: ActorId, start_op: u64) -> Self {
        Self {
            ground,
            actor: raw_actor(actor),
            start_op,
            fields: BTreeMap::new(),
            texts: BTreeMap::new(),
            ops: Vec::new(),
        }
    }

    fn spell(mut self, edit: &Edit) -> Result<Vec<FlatOp>, CrdtError> {
        for op in &edit.ops {
            match op {
                Op::Put { path, value } => {
                    let path = self.field(path)?;
                    let id = self.next_id();
                    let replaces = self.visible(&path, Some(id));
                    self.ops.push(FlatOp::Put { path, value: value.clone(), replaces });
                }
                Op::Clear { path } => {
                    let path = self.field(path)?;
                    let replaces = self.visible(&path, None);
                    if !replaces.is_empty() {
                        self.ops.push(FlatOp::Clear { path, replaces });
                    }
                }
                Op::Splice { path, at, delete, insert } => self.splice(path, *at, *delete, insert)?,
            }
        }
        Ok(self.ops)
    }

    fn next_id(&self) -> OpId {
        OpId::new(self.start_op + self.ops.len() as u64, &self.actor)
    }

    /// A path of a scalar.
    fn field(&self, path: &str) -> Result<String, GateError> {
        let path = checked_path(path)?;
        if self.ground.texts().contains(&path) {
            return Err(GateError::Operation { path: Some(path) });
        }
        Ok(path)
    }

    /// The values a write replaces, which leaves `now` in their place.
    fn visible(&mut self, path: &str, now: Option<OpId>) -> Vec<OpId> {
        let visible = self.fields.entry(path.to_owned()).or_insert_with(|| self.ground.seen.visible(path));
        std::mem::replace(visible, now.into_iter().collect())
    }

    fn splice(&mut self, path: &str, at: usize, delete: usize, insert: &str) -> Result<(), CrdtError> {
        let texts = self.ground.texts();
        let not_a_text = || GateError::Operation { path: checked_path(path).ok() };
        let text = *texts.names().iter().find(|name| **name == path).ok_or_else(not_a_text)?;
        let mut characters =
            self.texts.remove(text).unwrap_or_else(|| self.ground.seen.characters(texts.object(text)));
        let end = at.checked_add(delete).filter(|end| *end <= characters.len());
        let end = end.ok_or_else(|| CrdtError::Position { path: path.to_owned() })?;
        // What is typed stands behind the last character that stays, so the removal comes first.
        let after = at.checked_sub(1).and_then(|index| characters.get(index).cloned());
        for character in &characters[at..end] {
            self.ops.push(FlatOp::Remove { text, character: character.clone() });
        }
        let mut typed = Vec::new();
        for character in insert.chars() {
            let after = typed.last().cloned().or_else(|| after.clone());
            typed.push(self.next_id());
            self.ops.push(FlatOp::Insert { text, after, character });
        }
        characters.splice(at..end, typed);
        self.texts.insert(text, characters);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crdt::testing::{actor, empty, stamp};
    use crate::model::Kind;

    #[test]
    fn an_edit_without_effect_is_an_error_and_leaves_no_change() {
        let mut document = empty(Kind::Home);
        for edit in [Edit::new(), Edit::new().clear("layout"), Edit::new().splice("note", 0, 0, "")] {
            assert_eq!(document.author(actor(1), &stamp("zhang.li", 1), &edit), Err(CrdtError::Nothing));
        }
        assert!(document.is_empty());
    }

    #[test]
    fn one_edit_is_one_change_that_says_who_and_when_but_carries_no_clock() {
        let mut document = empty(Kind::Home);
        let edit = Edit::new().put("layout", "三室").put("layout", "两室").splice("note", 0, 0, "有狗");
        let stamp = stamp("zhang.li", 1_795_000_000_000);
        let info = document.author(actor(1), &stamp, &edit).unwrap();
        assert_eq!((info.seq, info.start_op, info.op_count), (1, 2, 4));
        assert_eq!(info.deps, [document.genesis_hash()]);
        assert_eq!(info.change().timestamp(), 0);
        assert_eq!(info.change().message(), Some(stamp.to_message().as_str()));
        assert_eq!(ChangeInfo::parse(info.bytes()).unwrap().stamp, stamp);
        assert_eq!(document.heads(), [info.hash]);
        assert_eq!(document.record().text("layout"), Some("两室"));
        assert!(!document.record().in_conflict("layout"));
    }

    #[test]
    fn an_actor_writes_in_one_line() {
        let mut document = empty(Kind::Home);
        let start = document.genesis_hash();
        let edit = Edit::new().put("layout", "三室");
        document.author(actor(1), &stamp("zhang.li", 1), &edit).unwrap();
        let aside = document.author_at(&[start], actor(1), &stamp("zhang.li", 2), &edit);
        assert_eq!(aside, Err(CrdtError::ActorAhead));
        let unknown = ChangeHash([9; 32]);
        let nowhere = document.author_at(&[unknown], actor(2), &stamp("zhang.li", 2), &edit);
        assert_eq!(nowhere, Err(CrdtError::Missing(unknown)));
        let aside = document.author_at(&[start], actor(2), &stamp("zhang.li", 2), &edit).unwrap();
        assert_eq!(aside.start_op, 2, "it counts on from what was seen, not from what is here");
        assert_eq!(document.heads().len(), 2);
    }

    #[test]
    fn nothing_is_made_here_that_would_be_rejected_elsewhere() {
        let mut document = empty(Kind::Home);
        document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("place", "3/2")).unwrap();
        for (edit, code) in [
            (Edit::new().put("place", "9/9"), "write_once"),
            (Edit::new().clear("place"), "write_once"),
            (Edit::new().put("住户", "王小明"), "path"),
            (Edit::new().put("note", "不是字段"), "operation"),
            (Edit::new().splice("remark", 0, 0, "不是文本"), "operation"),
            (Edit::new().put("area", f64::NAN), "value"),
            (Edit::new().put("event/01010101010101010101010101010101", "{}"), "event"),
            (Edit::new().put("layout", "室".repeat(6_000)), "too_large"),
            (Edit::new().splice("note", 0, 0, "长".repeat(2_001)), "too_large"),
        ] {
            match document.author(actor(1), &stamp("zhang.li", 2), &edit) {
                Err(CrdtError::NotAllowed(error)) => assert_eq!(error.code(), code),
                other => panic!("{other:?}, expected {code}"),
            }
        }
        assert_eq!(document.len(), 1);
    }

    #[test]
    fn a_result_is_written_once() {
        let mut document = empty(Kind::Round);
        let start = Edit::new().put("place", "3/2").put("playbook", "patrol").put("version", "1");
        document.author(actor(1), &stamp("zhang.li", 1), &start).unwrap();
        let text = format!(
            r#"{{"id":"{}","step":"lobby","by":"zhang.li","role":"butler","device":"{}","at":5}}"#,
            "01".repeat(16),
            "01".repeat(16),
        );
        let path = format!("result/lobby/{}", "01".repeat(16));
        let result = Edit::new().put(path.as_str(), text.as_str());
        document.author(actor(1), &stamp("zhang.li", 2), &result).unwrap();
        let elsewhere = format!("result/gate/{}", "01".repeat(16));
        for edit in [
            result.clone(),
            Edit::new().put(path.as_str(), text.replace(":5}", ":6}")),
            Edit::new().clear(path.as_str()),
            Edit::new().put(elsewhere.as_str(), text.as_str()),
            Edit::new().put(format!("event/{}", "02".repeat(16)), text.as_str()),
        ] {
            let written = document.author(actor(1), &stamp("zhang.li", 3), &edit);
            assert!(matches!(written, Err(CrdtError::NotAllowed(GateError::Event { .. }))), "{written:?}");
        }
        // A second value beside it, by somebody who has not seen the first.
        let second = Edit::new().put(path.as_str(), text.replace(":5}", ":7}"));
        let base = document.changes()[0].hash;
        let written = document.author_at(&[base], actor(2), &stamp("zhang.li", 3), &second);
        assert!(matches!(written, Err(CrdtError::NotAllowed(GateError::Event { .. }))), "{written:?}");
    }
}

/// The direct path against the one over the document, which stays its oracle.
#[cfg(test)]
mod first {
    use proptest::prelude::*;

    use super::*;
    use crate::crdt::testing::{actor, edit};
    use crate::crdt::{gate, read_first};
    use crate::model::{ClockOffset, StaffId, Timestamp};

    fn same(record: RecordId, n: u8, at: i64, offset: Option<i64>, kind: Kind, edit: &Edit) -> bool {
        let staff = StaffId::new("zhang.li").unwrap();
        let (at, offset) = (Timestamp::from_millis(at), offset.map(ClockOffset));
        let stamp = Stamp { staff, at, offset, copy_of: None };
        let mut document = Document::genesis(record, kind, 1).unwrap();
        let genesis = document.clone();
        let oracle = document.author(actor(n), &stamp, edit);
        let direct = author_first((record, kind, 1), actor(n), &stamp, edit);
        let direct = match (oracle, direct) {
            (Ok(oracle), Ok(direct)) => {
                assert_eq!(oracle.bytes(), direct.bytes());
                direct
            }
            (oracle, direct) => {
                assert_eq!(oracle.map(drop), direct.map(drop));
                return false;
            }
        };
        let read = ChangeInfo::parse(direct.bytes()).unwrap();
        assert_eq!(
            (read.hash, read.deps, read.stamp),
            (direct.hash, direct.deps.clone(), direct.stamp.clone())
        );
        let admitted = gate::admit(&genesis, &direct, Judge::Office).unwrap();
        let loaded = Document::load(record, kind, 1, None, &[direct.bytes()]).unwrap();
        for other in [admitted, loaded] {
            assert_eq!(other.record(), document.record());
            assert_eq!(other.save(), document.save());
        }
        assert_eq!(read_first((record, kind, 1), &direct), Some(document.record()));
        let second = document.author(actor(n), &stamp, &Edit::new().put("archived", true)).unwrap();
        assert_eq!(read_first((record, kind, 1), &second), None, "it is not the first");
        let other = RecordId(record.0.map(|byte| !byte));
        assert_eq!(read_first((other, kind, 1), &direct), None, "of another record");
        true
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_first_change_is_what_the_document_would_make_of_it(
            record in any::<[u8; 16]>(), n in 1..9_u8, at in 0..1_900_000_000_000_i64,
            offset in proptest::option::of(-9_000..9_000_i64), (kind, edit) in edit(),
        ) {
            same(RecordId(record), n, at, offset, kind, &edit);
        }
    }

    /// What the property above is worth: of what it makes up much is a change, and much is none.
    #[test]
    fn edits_made_up_here_are_good_and_bad() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let changes = (0..100_u8).filter(|n| {
            let (kind, edit) = edit()
                .new_tree(&mut runner)
                .map(|tree| proptest::strategy::ValueTree::current(&tree))
                .unwrap();
            same(RecordId([*n; 16]), 1, 0, None, kind, &edit)
        });
        let changes = changes.count();
        assert!((30..70).contains(&changes), "{changes}");
    }

    #[test]
    fn a_kind_of_the_future_has_no_first_change_here() {
        let stamp = crate::crdt::testing::stamp("zhang.li", 1);
        let edit = Edit::new().put("place", "3/2");
        let made = author_first((RecordId([1; 16]), Kind::Home, 2), actor(1), &stamp, &edit);
        assert_eq!(made, Err(CrdtError::UnknownVersion { kind: Kind::Home, version: 2 }));
    }
}
