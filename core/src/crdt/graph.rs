//! Which changes does a document hold, and who has seen whom?

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::ChangeInfo;
use crate::model::{ActorId, ChangeHash, EditId, Stamp};

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
#[derive(Clone, Default)]
pub(super) struct Graph {
    nodes: HashMap<ChangeHash, Arc<Node>>,
    /// By first operation counter, then hash. A change counts on from everything it has seen, so this order puts
    /// every change after those it builds on, and is the same for the same set of changes.
    order: BTreeSet<(u64, ChangeHash)>,
}

impl Graph {
    pub fn insert(&mut self, hash: ChangeHash, start_op: u64, node: Node) {
        self.order.insert((start_op, hash));
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
        self.in_order().find(|(_, node)| node.actor == actor && node.seq == seq).map(|(hash, _)| hash)
    }

    /// The actor's highest sequence number; 0 if it wrote nothing.
    pub fn last_seq(&self, actor: ActorId) -> u64 {
        self.nodes.values().filter(|node| node.actor == actor).map(|node| node.seq).max().unwrap_or(0)
    }

    pub fn copy_of(&self, edit: EditId) -> Option<ChangeHash> {
        self.in_order().find(|(hash, node)| node.stamp.copy_of.unwrap_or(*hash) == edit).map(|(hash, _)| hash)
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

    /// The edits a set of changes carries.
    pub fn edits<'a>(&'a self, changes: impl IntoIterator<Item = &'a ChangeHash>) -> HashSet<EditId> {
        let edit = |hash: &ChangeHash| self.get(*hash).map(|node| node.stamp.copy_of.unwrap_or(*hash));
        changes.into_iter().filter_map(edit).collect()
    }
}
