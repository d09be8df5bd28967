//! The events of a case in the order they are folded, and what the author of each knew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::EventWithReceipt;
use crate::model::{EventId, Resolution, SystemStep};
use crate::playbook::workflow::Workflow;

/// How concurrent events rank among each other: received ones by ordinal, then the rest by precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Received(u32, EventId),
    Unreceived(std::cmp::Reverse<i64>, EventId),
}

/// The distinct events with their causality.
///
/// Who knew what is asked often and of long histories, so it is not kept event by event: events that follow each other
/// form *chains*, and what an event's author knew is one place in each chain. A chain of any length is then kept in
/// one piece, and the whole takes as much as there are events and as many people as write concurrently.
pub(super) struct Causality<'a> {
    pub(super) nodes: Vec<EventNode<'a>>,
    index: BTreeMap<EventId, usize>,
}

pub(super) struct EventNode<'a> {
    pub(super) given: &'a EventWithReceipt,
    rank: Rank,
    /// What its author built on. Ids that are not here are left out, they may never come; so is what claims to follow
    /// its own consequence: a lie that must not change the order of others.
    pub(super) after: Vec<usize>,
    /// What resolutions put before it.
    kept: Vec<usize>,
    /// Its chain, and its place in it.
    chain: (usize, usize),
    /// Of every other chain its author knew something of: the last place known, by chain.
    pub(super) known: Arc<Vec<(usize, usize)>>,
    /// The resolution that decided against it, and the event that counts instead.
    pub(super) overruled: Option<(EventId, usize)>,
    /// A resolution that is in effect, or waits.
    pub(super) resolves: Option<Effect>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    InForce,
    Superseded,
    Pending,
}

impl<'a> Causality<'a> {
    pub(super) fn new(workflow: &Workflow, events: &'a [EventWithReceipt]) -> Self {
        // One event may come several times; the copy the office received first stands for it.
        let mut distinct: BTreeMap<EventId, &EventWithReceipt> = BTreeMap::new();
        let key = |given: &EventWithReceipt| {
            (given.receipt.is_none(), given.receipt.map(|receipt| receipt.ordinal), given.change)
        };
        for given in events {
            let kept = distinct.entry(given.event.id).or_insert(given);
            if key(given) < key(kept) {
                *kept = given;
            }
        }
        let index: BTreeMap<EventId, usize> = distinct.keys().copied().zip(0..).collect();
        let nodes = distinct.into_values().map(|given| {
            let precedence = workflow.step(&given.event.step).map_or(0, |step| step.precedence);
            let rank = given
                .receipt
                .map_or(Rank::Unreceived(std::cmp::Reverse(precedence), given.event.id), |receipt| {
                    Rank::Received(receipt.ordinal, given.event.id)
                });
            let after: BTreeSet<usize> =
                given.event.after.iter().filter_map(|id| index.get(id).copied()).collect();
            EventNode {
                given,
                rank,
                after: after.into_iter().collect(),
                kept: Vec::new(),
                chain: (0, 0),
                known: Arc::default(),
                overruled: None,
                resolves: None,
            }
        });
        let nodes = nodes.collect();
        let mut graph = Self { nodes, index };
        graph.find_chains();
        graph.resolve();
        graph
    }

    /// Takes lies out of what events claim to follow, and says of each what its author knew.
    fn find_chains(&mut self) {
        let order = self.order();
        let mut place = vec![0; order.len()];
        for (at, index) in order.iter().enumerate() {
            place[*index] = at;
        }
        // The last event of each chain.
        let mut ends: Vec<usize> = Vec::new();
        for index in order {
            let mut after = std::mem::take(&mut self.nodes[index].after);
            after.retain(|cause| place[*cause] < place[index]);
            let follows = after.iter().copied().find(|cause| ends[self.nodes[*cause].chain.0] == *cause);
            let chain = match follows {
                Some(cause) => (self.nodes[cause].chain.0, self.nodes[cause].chain.1 + 1),
                None => (ends.len(), 0),
            };
            self.nodes[index].known = match (follows, after.as_slice()) {
                (Some(cause), [_]) => self.nodes[cause].known.clone(),
                _ => {
                    let mut known: BTreeMap<usize, usize> = BTreeMap::new();
                    for cause in after.iter().map(|cause| &self.nodes[*cause]) {
                        for (of, at) in cause.known.iter().chain([&cause.chain]) {
                            let last = known.entry(*of).or_insert(*at);
                            *last = (*last).max(*at);
                        }
                    }
                    known.remove(&chain.0);
                    Arc::new(known.into_iter().collect())
                }
            };
            match follows {
                Some(_) => ends[chain.0] = index,
                None => ends.push(index),
            }
            self.nodes[index].chain = chain;
            self.nodes[index].after = after;
        }
    }

    /// Whether the author of `later` knew `earlier`, directly or through others.
    pub(super) fn knew(&self, later: usize, earlier: usize) -> bool {
        let (later, (chain, at)) = (&self.nodes[later], self.nodes[earlier].chain);
        if later.chain.0 == chain {
            return at < later.chain.1;
        }
        let known = later.known.binary_search_by_key(&chain, |(of, _)| *of);
        known.is_ok_and(|found| at <= later.known[found].1)
    }

    /// Puts what resolutions decided into the order: the event they keep goes before those it is kept over.
    fn resolve(&mut self) {
        let resolutions = (0..self.nodes.len())
            .filter(|index| self.nodes[*index].given.event.step == SystemStep::Resolve.id());
        let mut resolutions: Vec<(usize, Resolution, BTreeSet<EventId>)> = resolutions
            .filter_map(|index| {
                let resolution = Resolution::read(&self.nodes[index].given.event.evidence)?;
                let about = resolution.over.iter().copied().chain([resolution.keep]).collect();
                Some((index, resolution, about))
            })
            .collect();
        // A later resolution whose author knew this one, about any of the same events, supersedes it.
        let superseded: BTreeSet<usize> = resolutions
            .iter()
            .filter(|(index, _, about)| {
                resolutions.iter().any(|(later, _, new)| self.knew(*later, *index) && !new.is_disjoint(about))
            })
            .map(|(index, ..)| *index)
            .collect();
        // Concurrent resolutions rank like any two steps: the first one in force wins, edge by edge.
        resolutions.sort_by_key(|(index, ..)| self.nodes[*index].rank);
        for (index, resolution, _) in resolutions {
            let id = self.nodes[index].given.event.id;
            let Some(&keep) = self.index.get(&resolution.keep) else {
                self.nodes[index].resolves = Some(Effect::Pending);
                continue;
            };
            if superseded.contains(&index) {
                self.nodes[index].resolves = Some(Effect::Superseded);
                continue;
            }
            self.nodes[index].resolves = Some(Effect::InForce);
            if self.nodes[keep].overruled.is_some() {
                continue;
            }
            let before = self.all_before(keep);
            for over in resolution.over.iter().filter_map(|over| self.index.get(over).copied()) {
                if !before.contains(&over) {
                    self.nodes[over].kept.push(keep);
                    self.nodes[over].overruled.get_or_insert((id, keep));
                }
            }
        }
    }

    /// What must be folded before an event, and the event.
    fn all_before(&self, index: usize) -> BTreeSet<usize> {
        let mut seen = BTreeSet::from([index]);
        let mut open = vec![index];
        while let Some(at) = open.pop() {
            let node = &self.nodes[at];
            open.extend(node.after.iter().chain(&node.kept).copied().filter(|next| seen.insert(*next)));
        }
        seen
    }

    /// The order of the fold: what must come first, first; among those that are free, the best rank.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut waits_for: Vec<usize> = vec![0; self.nodes.len()];
        let mut leads_to: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            for first in node.after.iter().chain(&node.kept).filter(|first| **first != index) {
                waits_for[index] += 1;
                leads_to[*first].push(index);
            }
        }
        let ranked = |index: usize| (self.nodes[index].rank, index);
        let mut left: BTreeSet<(Rank, usize)> = (0..self.nodes.len()).map(ranked).collect();
        let mut free: BTreeSet<(Rank, usize)> =
            left.iter().copied().filter(|(_, index)| waits_for[*index] == 0).collect();
        let mut order = Vec::with_capacity(left.len());
        // Nothing is free only when events claim to follow each other: then the best rank breaks the circle.
        while let Some(next) = free.pop_first().or_else(|| left.first().copied()) {
            left.remove(&next);
            order.push(next.1);
            for later in &leads_to[next.1] {
                waits_for[*later] = waits_for[*later].saturating_sub(1);
                if waits_for[*later] == 0 && left.contains(&ranked(*later)) {
                    free.insert(ranked(*later));
                }
            }
        }
        order
    }
}
