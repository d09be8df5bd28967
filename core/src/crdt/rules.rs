//! What may a change do to a record?
//!
//! Asked about every foreign change by the gate and about every own one by the author, so that nothing is made here
//! that would be rejected for its form elsewhere. Roles and the fields of a kind are not asked here.

use std::collections::{BTreeMap, HashSet};

use super::gate::Judge;
use super::genesis::Texts;
use super::ops::{FlatOp, OpId, is_event, is_write_once};
use super::read::View;
use super::{Document, GateError, Tip, limit};
use crate::model::{ActorId, ChangeHash, Event, Kind, Stamp, Value, fields};

/// The record a change is meant for, as far as the rules ask about it.
pub(super) struct Ground<'a> {
    pub kind: Kind,
    /// Nobody has written it.
    pub is_new: bool,
    /// What the author of the change saw.
    pub seen: View<'a>,
    /// What it shows now.
    pub now: View<'a>,
}

impl<'a> Ground<'a> {
    /// A record, for somebody who has seen `deps`, which are here.
    pub fn of(document: &'a Document, deps: &[ChangeHash]) -> Self {
        let (seen, now) = (document.view(Some(deps)), document.view(None));
        Self { kind: document.kind(), is_new: document.is_empty(), seen, now }
    }

    /// A record nobody has written.
    pub const fn nothing(kind: Kind) -> Self {
        Self { kind, is_new: true, seen: View::of_nothing(), now: View::of_nothing() }
    }

    /// A record, for somebody who has seen all of it.
    pub fn of_tip(tip: &'a Tip) -> Self {
        let (seen, now) = (View::of_tip(tip), View::of_tip(tip));
        Self { kind: tip.kind(), is_new: tip.is_empty(), seen, now }
    }

    pub const fn texts(&self) -> Texts {
        Texts::of(self.kind)
    }
}

/// A change as far as the rules go.
pub(super) struct ProposedChange<'a> {
    pub actor: ActorId,
    pub stamp: &'a Stamp,
    pub start_op: u64,
    pub ops: &'a [FlatOp],
}

/// Checks a change against the record it is meant for.
pub(super) fn check(
    ground: &Ground<'_>,
    proposal: &ProposedChange<'_>,
    judge: Judge,
) -> Result<(), GateError> {
    check_predecessors(ground, proposal)?;
    if judge == Judge::Office
        && proposal.ops.iter().any(|op| op.path() == fields::MERGED) != proposal.stamp.joins()
    {
        return Err(GateError::Operation { path: Some(fields::MERGED.to_owned()) });
    }
    let mut written = BTreeMap::new();
    for op in proposal.ops {
        match op {
            FlatOp::Put { path, value, replaces } => {
                check_length(path, value)?;
                if fields::holds_events(path) {
                    check_event(ground, proposal, judge, path, value, replaces)?;
                }
                if judge == Judge::Office && is_write_once(ground.kind, path) {
                    check_write_once(ground, path, value, written.insert(path, value))?;
                }
            }
            FlatOp::Clear { path, .. } => {
                if fields::holds_events(path) {
                    return Err(GateError::Event { path: path.clone() });
                }
                if is_write_once(ground.kind, path) {
                    return Err(GateError::WriteOnce { path: path.clone() });
                }
            }
            FlatOp::Insert { .. } | FlatOp::Remove { .. } => {}
        }
    }
    Ok(())
}

/// A write replaces exactly the values its author saw, a typed character stands behind one its author saw. So merging
/// can neither hide what nobody looked at nor meet an operation that is not there, a change leaves at most one value
/// on a path, and the values of a path are always concurrent: as many as people wrote it at once, never more.
fn check_predecessors(ground: &Ground<'_>, proposal: &ProposedChange<'_>) -> Result<(), GateError> {
    let view = &ground.seen;
    let actor = super::ops::raw_actor(proposal.actor);
    let mut fields: BTreeMap<&str, HashSet<OpId>> = BTreeMap::new();
    let mut texts: BTreeMap<&'static str, Characters> = BTreeMap::new();
    for (op, counter) in proposal.ops.iter().zip(proposal.start_op..) {
        let unseen = || GateError::Predecessor { path: op.path().to_owned() };
        let own = || OpId::new(counter, &actor);
        match op {
            FlatOp::Put { path, replaces, .. } | FlatOp::Clear { path, replaces } => {
                let visible = fields.entry(path).or_insert_with(|| view.visible(path).into_iter().collect());
                if replaces.len() != visible.len() || !replaces.iter().all(|id| visible.remove(id)) {
                    return Err(unseen());
                }
                if matches!(op, FlatOp::Put { .. }) {
                    visible.insert(own());
                } else if replaces.is_empty() {
                    return Err(unseen());
                }
            }
            FlatOp::Insert { text, after, .. } => {
                let characters = texts.entry(text).or_insert_with(|| Characters::of(ground, text));
                if !after.as_ref().is_none_or(|after| characters.visible.contains(after)) {
                    return Err(unseen());
                }
                characters.visible.insert(own());
            }
            FlatOp::Remove { text, character } => {
                let characters = texts.entry(text).or_insert_with(|| Characters::of(ground, text));
                if !characters.visible.remove(character) {
                    return Err(unseen());
                }
            }
        }
    }
    for (text, characters) in texts {
        if characters.visible.len() > limit::TEXT.max(characters.before) {
            return Err(GateError::TooLarge { limit: limit::TEXT, path: Some(text.to_owned()) });
        }
    }
    Ok(())
}

/// The characters of a text while a change is checked.
struct Characters {
    visible: HashSet<OpId>,
    /// How many its author saw.
    before: usize,
}

impl Characters {
    fn of(ground: &Ground<'_>, text: &str) -> Self {
        let characters = ground.seen.characters(ground.texts().object(text));
        let visible: HashSet<OpId> = characters.into_iter().collect();
        Self { before: visible.len(), visible }
    }
}

fn check_length(path: &str, value: &Value) -> Result<(), GateError> {
    match value {
        Value::Text(text) if text.len() > limit::STRING => {
            Err(GateError::TooLarge { limit: limit::STRING, path: Some(path.to_owned()) })
        }
        Value::Real(real) if !real.is_finite() => Err(GateError::Value { path: path.to_owned() }),
        _ => Ok(()),
    }
}

/// Events, check-ins and results are only where the kind has them; they are written once and never replaced, by their author, on the author's device. A
/// re-authored copy may come from another device of the same person (the office looks up whose), and repeats an event
/// byte for byte.
fn check_event(
    ground: &Ground<'_>,
    proposal: &ProposedChange<'_>,
    judge: Judge,
    path: &str,
    value: &Value,
    replaces: &[OpId],
) -> Result<(), GateError> {
    let rejected = || GateError::Event { path: path.to_owned() };
    if !replaces.is_empty() {
        return Err(rejected());
    }
    if judge == Judge::Phone {
        // A later office may know events this app cannot read; it vouches for whose they are.
        return Ok(());
    }
    let event = value.as_text().and_then(|text| fields::event_at(path, text)).ok_or_else(rejected)?;
    // `result/<item>/<id>` and `checkin/<point>/<id>` say what they are of; so does the event.
    let filed = path.starts_with(Event::PREFIX) || path.split('/').nth(1) == Some(event.step.as_str());
    let own_device = event.device == proposal.actor.device() || proposal.stamp.copy_of.is_some();
    let by_author = event.by == proposal.stamp.staff && own_device;
    let repeats = ground.now.values(path).iter().all(|(_, present)| present == value);
    let known = is_event(ground.kind, path);
    if known && filed && by_author && repeats { Ok(()) } else { Err(rejected()) }
}

/// Fixed by the record's first change; whoever makes the same record concurrently may repeat the same.
fn check_write_once(
    ground: &Ground<'_>,
    path: &str,
    value: &Value,
    before: Option<&Value>,
) -> Result<(), GateError> {
    let present = ground.now.values(path);
    let first = ground.is_new && before.is_none_or(|before| before == value);
    let repeats = !present.is_empty() && present.iter().all(|(_, present)| present == value);
    if first || repeats { Ok(()) } else { Err(GateError::WriteOnce { path: path.to_owned() }) }
}
