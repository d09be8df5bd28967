//! Which changes does a document hold, and who has seen whom?

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::ChangeInfo;
use crate::model::{ActorId, ChangeHash, EditId, StaffId, Stamp};

/// What the graph knows about one change.
#[derive(Debug)]
pub(super) struct Node {
    pub actor: ActorId,
    pub seq: u64,
    pub max_op: u64,
    pub deps: Vec<ChangeHash>,
    pub stamp: Stamp,
}

/// The changes of a document but its genesis, which everything descends from.
///
/// Every question the gate and the author ask is answered from an index: the price of one more change must not
/// grow with the history.
#[derive(Clone, Default)]
pub(super) struct Graph {
    nodes: HashMap<ChangeHash, Arc<Node>>,
    /// By first operation counter, then hash. A change counts on from everything it has seen, so this order puts
    /// every change after those it builds on, and is the same for the same set of changes.
    order: BTreeSet<(u64, ChangeHash)>,
    /// What each actor wrote, by sequence number.
    lines: HashMap<ActorId, BTreeMap<u64, ChangeHash>>,
    /// The changes that carry an edit, in order. Most edits are carried by one change, named by its own hash; only
    /// copies are listed.
    copies: HashMap<EditId, BTreeSet<(u64, ChangeHash)>>,
}

impl Graph {
    pub fn insert(&mut self, hash: ChangeHash, start_op: u64, node: Node) {
        self.order.insert((start_op, hash));
        self.lines.entry(node.actor).or_default().insert(node.seq, hash);
        if let Some(edit) = node.stamp.copy_of {
            self.copies.entry(edit).or_default().insert((start_op, hash));
        }
        self.nodes.insert(hash, Arc::new(node));
    }

    pub fn insert_change(&mut self, info: &ChangeInfo) {
        let node = Node {
            actor: info.actor,
            seq: info.seq,
            max_op: info.max_op(),
            deps: info.deps.clone(),
            stamp: info.stamp.clone(),
        };
        self.insert(info.hash, info.start_op, node);
    }

    pub fn get(&self, hash: ChangeHash) -> Option<&Node> {
        self.nodes.get(&hash).map(Arc::as_ref)
    }

    pub fn contains(&self, hash: ChangeHash) -> bool {
        self.nodes.contains_key(&hash)
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Every change, each after those it builds on.
    pub fn in_order(&self) -> impl Iterator<Item = (ChangeHash, &Node)> {
        self.order.iter().filter_map(|(_, hash)| Some((*hash, self.get(*hash)?)))
    }

    pub fn change_of(&self, actor: ActorId, seq: u64) -> Option<ChangeHash> {
        self.lines.get(&actor)?.get(&seq).copied()
    }

    /// How many changes each actor has written.
    pub fn lengths(&self) -> impl Iterator<Item = (ActorId, u64)> {
        self.lines.iter().filter_map(|(actor, line)| Some((*actor, *line.keys().next_back()?)))
    }

    /// The actor's highest sequence number; 0 if it wrote nothing.
    pub fn last_seq(&self, actor: ActorId) -> u64 {
        self.lines.get(&actor).and_then(|line| line.keys().next_back().copied()).unwrap_or(0)
    }

    /// The change of `staff` that carries the edit: the edit's own, or the first copy of it. A copy counts only for
    /// the edit's author: whoever else claims to carry it carries something else.
    pub fn copy_of(&self, edit: EditId, staff: &StaffId) -> Option<ChangeHash> {
        self.carrier(edit, |node| node.stamp.staff == *staff)
    }

    /// The change that carries the edit, of those `by` its author: the edit's own, or the first copy of it.
    pub fn carrier(&self, edit: EditId, by: impl Fn(&Node) -> bool) -> Option<ChangeHash> {
        let own = |node: &&Node| node.stamp.copy_of.is_none_or(|of| of == edit) && by(node);
        if self.get(edit).filter(own).is_some() {
            return Some(edit);
        }
        let mut copies = self.copies.get(&edit)?.iter().map(|(_, hash)| *hash);
        copies.find(|hash| self.get(*hash).is_some_and(&by))
    }

    /// Whether somebody who has seen `heads` and everything they build on has seen `hash`. Walks only changes that
    /// count higher than `hash`: what it costs follows the distance, not the history.
    pub fn has_seen(&self, heads: &[ChangeHash], hash: ChangeHash) -> bool {
        let Some(floor) = self.get(hash).map(|node| node.max_op) else { return false };
        let mut seen = HashSet::new();
        let mut open = heads.to_vec();
        while let Some(next) = open.pop() {
            if next == hash {
                return true;
            }
            if let Some(node) = self.get(next).filter(|node| node.max_op > floor)
                && seen.insert(next)
            {
                open.extend(&node.deps);
            }
        }
        false
    }

    /// `heads` and everything they build on.
    pub fn ancestors(&self, heads: impl IntoIterator<Item = ChangeHash>) -> HashSet<ChangeHash> {
        let mut seen = HashSet::new();
        let mut open: Vec<_> = heads.into_iter().collect();
        while let Some(hash) = open.pop() {
            if let Some(node) = self.get(hash)
                && seen.insert(hash)
            {
                open.extend(&node.deps);
            }
        }
        seen
    }

    /// `roots` and everything that builds on them.
    pub fn descendants(&self, roots: &BTreeSet<ChangeHash>) -> HashSet<ChangeHash> {
        let mut found = HashSet::new();
        for (hash, node) in self.in_order() {
            if roots.contains(&hash) || node.deps.iter().any(|dep| found.contains(dep)) {
                found.insert(hash);
            }
        }
        found
    }

    /// The edits a set of changes carries, each with its author: a copy counts only for the edit's author.
    pub fn edits<'a>(
        &'a self,
        changes: impl IntoIterator<Item = &'a ChangeHash>,
    ) -> HashSet<(EditId, &'a StaffId)> {
        let edit = |hash: &ChangeHash| {
            self.get(*hash).map(|node| (node.stamp.copy_of.unwrap_or(*hash), &node.stamp.staff))
        };
        changes.into_iter().filter_map(edit).collect()
    }
}
