//! What had somebody seen who was shown a record, and what does their edit build on?
//!
//! A form is filled in while others write, and while syncs bring that in. Its edit is authored as of what the form showed,
//! so that what came in between is concurrent to it: a conflict in a field, merged by character in a text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::rebuild::{carried, replaced};
use super::{ChangeInfo, Document};
use crate::model::{ChangeHash, DeviceId, Edit, Op, Record};

/// What somebody had seen of a record who was shown it, in terms of what it holds now.
pub struct Seen<'a> {
    now: &'a Document,
    /// The record with what they were shown and it holds no more.
    then: Cow<'a, Document>,
    /// What they were shown, in `then`.
    heads: Vec<ChangeHash>,
    /// The same in `now`.
    deps: Vec<ChangeHash>,
    /// With what their phone wrote since, knowing no more.
    own: Vec<ChangeHash>,
}

impl Document {
    /// What somebody has seen who is shown the record as it is.
    #[must_use]
    pub fn seen_whole(&self) -> Seen<'_> {
        let heads = self.heads();
        Seen { now: self, then: Cow::Borrowed(self), own: heads.clone(), deps: heads.clone(), heads }
    }

    /// What somebody had seen who was shown `heads` on `device`.
    ///
    /// A head the record holds no more is looked for among `dead`, the changes that were dropped from it: the copy that
    /// carries its edit now stands in for it (only if that copy's history holds no edit which was not shown), or else what
    /// it built on. What nothing is known of any more was not seen: the edit will be in conflict rather than overwrite.
    /// Nobody was shown less than the record's first change.
    #[must_use]
    pub fn seen(&self, heads: &[ChangeHash], dead: &[ChangeInfo], device: DeviceId) -> Seen<'_> {
        let mut seen = self.seen_whole();
        if heads == seen.heads {
            return seen;
        }
        let (mut shown, gone): (Vec<ChangeHash>, Vec<ChangeHash>) =
            heads.iter().partition(|head| self.contains(**head));
        if gone.is_empty() {
            seen.deps.clone_from(&shown);
        } else {
            let (then, dropped) = self.with_dead(&gone, dead);
            for head in gone {
                // The office took the edit under the hash of its copy, and what was known of the first went with that.
                let copy = || self.graph.carrier(head, |node| node.actor.device() == device);
                shown.extend(if then.contains(head) { Some(head) } else { copy() });
            }
            seen.deps = replaced(&then, self, &dropped, &shown).unwrap_or_default();
            seen.then = Cow::Owned(then);
        }
        if seen.deps.iter().all(|dep| *dep == self.genesis_hash()) {
            seen.deps = self.graph.in_order().map(|(hash, _)| hash).take(1).collect();
        }
        if shown.is_empty() {
            shown.clone_from(&seen.deps);
        }
        seen.deps.sort_unstable();
        seen.own = self.with_own(&seen.deps, device);
        seen.heads = shown;
        seen
    }

    /// The record with those of its dead changes that `heads` are or build on, and what these are, in order.
    fn with_dead(&self, heads: &[ChangeHash], dead: &[ChangeInfo]) -> (Self, Vec<ChangeInfo>) {
        let dead: BTreeMap<ChangeHash, &ChangeInfo> = dead.iter().map(|info| (info.hash, info)).collect();
        let mut open = heads.to_vec();
        let mut wanted = BTreeMap::new();
        while let Some(hash) = open.pop() {
            if let Some(info) = dead.get(&hash)
                && wanted.insert((info.start_op, hash), *info).is_none()
            {
                open.extend(info.deps.iter().filter(|dep| !self.contains(**dep)));
            }
        }
        let mut then = self.clone();
        let mut dropped = Vec::new();
        for info in wanted.into_values() {
            // One that does not fit any more, such as the loser of a fork, leaves out what builds on it as well.
            if then.apply(std::slice::from_ref(info)).is_ok() {
                dropped.push(info.clone());
            }
        }
        (then, dropped)
    }

    /// `deps`, with what this phone wrote since by somebody who had seen no more than these and their own.
    fn with_own(&self, deps: &[ChangeHash], device: DeviceId) -> Vec<ChangeHash> {
        let mut seen = self.graph.ancestors(deps.iter().copied());
        let mut newest = deps.to_vec();
        for (hash, node) in self.graph.in_order() {
            let knows = |dep: &ChangeHash| seen.contains(dep) || *dep == self.genesis_hash();
            if node.actor.device() == device && !seen.contains(&hash) && node.deps.iter().all(knows) {
                newest.retain(|known| !node.deps.contains(known));
                newest.push(hash);
                seen.insert(hash);
            }
        }
        newest.sort_unstable();
        newest
    }
}

impl Seen<'_> {
    /// The record as its reader knows it: as it was shown, with what they wrote since on the same phone.
    #[must_use]
    pub fn record(&self) -> Record {
        self.now.read_at(&self.own)
    }

    /// A text as it was shown; empty for what is no text of the record.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.then.text_at(name, &self.heads)
    }

    /// What an edit builds on that was made over what was shown, and the edit with its positions in texts in these terms.
    ///
    /// Own edits in between count as seen, so that nobody is in conflict with themselves. But where they touched a text the
    /// edit touches, it is authored beside them: there characters merge, and each position means what it meant.
    #[must_use]
    pub fn place<'e>(&self, edit: &'e Edit) -> (Vec<ChangeHash>, Cow<'e, Edit>) {
        let same = |op: &Op| match op {
            Op::Splice { path, .. } if self.own != self.deps => {
                self.now.text_at(path, &self.own) == self.now.text_at(path, &self.deps)
            }
            _ => true,
        };
        let deps = if edit.ops.iter().all(same) { &self.own } else { &self.deps };
        if *deps == self.heads && matches!(self.then, Cow::Borrowed(_)) {
            return (deps.clone(), Cow::Borrowed(edit));
        }
        (deps.clone(), Cow::Owned(carried(&self.then, &self.heads, self.now, deps, edit)))
    }

    /// An edit made over `self`, as if it had been made over `other`, which is of the same record.
    #[must_use]
    pub fn carry(&self, edit: &Edit, other: &Seen<'_>) -> Edit {
        carried(&self.then, &self.heads, &other.then, &other.heads, edit)
    }
}
