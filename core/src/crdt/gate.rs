//! Which foreign change may pass?
//!
//! Steps 3 to 7 of the gate; steps 1 and 2 are [`ChangeInfo::parse`]. Signature, enrolment and roles are the
//! office's: it takes the device from [`ActorId::device`] and the author from the stamp, and asks the roles playbook
//! with the record before and after.

use super::guard::guarded;
use super::ops::decode;
use super::rules::{self, Proposal};
use super::{ChangeInfo, Document, GateError, limit};
use crate::model::{ActorId, ChangeHash, DeviceId, Edit, StaffId, Stamp, Timestamp};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    /// The office deciding about a new change: every rule.
    Office,
    /// A phone taking in what the office accepted: structure and limits, for which nobody is trusted. What only
    /// the order of acceptance can decide (write-once fields, whose event it is) is the office's authority.
    Phone,
}

/// The document with the change, if it may pass; the given one is never touched. A change that is already here
/// passes and changes nothing.
///
/// # Errors
/// A [`GateError`] naming the first rule broken; [`GateError::Waiting`] and [`GateError::Fork`] are not final.
pub fn admit(document: &Document, change: &ChangeInfo, judge: Judge) -> Result<Document, GateError> {
    if document.contains(change.hash) {
        return Ok(document.clone());
    }
    let next = examine(document, change, judge)?;
    prove(&next)?;
    Ok(next)
}

/// The document with all those of `changes` that may pass, which come each after those it builds on, and why the
/// others may not. As [`admit`] one by one, but the proof that the document survives is made once.
#[must_use]
pub fn admit_all(
    document: &Document,
    changes: &[ChangeInfo],
    judge: Judge,
) -> (Document, Vec<(ChangeHash, GateError)>) {
    let with = |step: fn(&Document, &ChangeInfo, Judge) -> Result<Document, GateError>| {
        let mut next = document.clone();
        let mut refused = Vec::new();
        for change in changes {
            if next.contains(change.hash) {
                continue;
            }
            match step(&next, change, judge) {
                Ok(with) => next = with,
                Err(error) => refused.push((change.hash, error)),
            }
        }
        (next, refused)
    };
    let quick = with(examine);
    // Only when the whole does not survive is it worth finding out whose fault that is.
    if quick.0.heads() == document.heads() || prove(&quick.0).is_ok() { quick } else { with(admit) }
}

/// Everything but the proof.
fn examine(document: &Document, change: &ChangeInfo, judge: Judge) -> Result<Document, GateError> {
    check_place(document, change)?;
    let ops = guarded(|| decode(change.change(), document.texts())).unwrap_or(Err(GateError::Malformed))?;
    let ChangeInfo { actor, ref stamp, start_op, ref deps, .. } = *change;
    rules::check(document, &Proposal { actor, stamp, start_op, deps, ops: &ops }, judge)?;
    let mut next = document.clone();
    next.apply(std::slice::from_ref(change)).map_err(|_| GateError::Poison)?;
    // Whoever edits next depends on every head.
    if next.heads().len() > limit::DEPS {
        return Err(GateError::TooLarge { limit: limit::DEPS, path: None });
    }
    Ok(next)
}

/// Whether the change takes its place in the record's history: after what is here, under a free number.
fn check_place(document: &Document, change: &ChangeInfo) -> Result<(), GateError> {
    if let Some(accepted) = document.change_of(change.actor, change.seq) {
        return Err(GateError::Fork { accepted });
    }
    if change.deps.is_empty() {
        return Err(GateError::Genesis);
    }
    let missing: Vec<ChangeHash> =
        change.deps.iter().copied().filter(|dep| !document.contains(*dep)).collect();
    if !missing.is_empty() {
        return Err(GateError::Waiting(missing));
    }
    // automerge takes an actor's changes to be one line: whoever has seen the third has seen the second.
    let before = document.change_of(change.actor, change.seq - 1);
    let follows = match before {
        None => change.seq == 1,
        Some(before) => document.graph.ancestors(change.deps.iter().copied()).contains(&before),
    };
    if !follows {
        return Err(GateError::Sequence);
    }
    // Exactly one more than the author saw, not merely at most one more than what is here: so the verdict is the
    // same whatever else has arrived, and nobody wins over others by counting ahead.
    if change.start_op != document.max_op(&change.deps) + 1 {
        return Err(GateError::Counter);
    }
    Ok(())
}

/// Proves that the document survives its life: saving, reloading, reading, the next edit.
fn prove(document: &Document) -> Result<(), GateError> {
    let saved = guarded(|| document.save()).ok_or(GateError::Poison)?;
    if saved.len() > limit::DOCUMENT {
        return Err(GateError::TooLarge { limit: limit::DOCUMENT, path: None });
    }
    let survives = || {
        let mut copy =
            Document::load(document.id(), document.kind(), document.version(), Some(&saved), &[]).ok()?;
        let same = copy.heads() == document.heads() && copy.record() == document.record();
        let trial = document
            .texts()
            .names()
            .iter()
            .fold(Edit::new().put("trial", true), |edit, text| edit.splice(*text, 0, 0, "试"));
        let actor = ActorId::new(DeviceId([0xff; 16]), [0xff; 8]);
        let stamp = Stamp {
            staff: StaffId::new("trial").ok()?,
            at: Timestamp::from_millis(0),
            offset: None,
            copy_of: None,
        };
        copy.author(actor, &stamp, &trial).ok()?;
        Some(same && !copy.save().is_empty())
    };
    if guarded(survives).flatten() == Some(true) { Ok(()) } else { Err(GateError::Poison) }
}
