//! Which foreign change may pass?
//!
//! Steps 3 to 7 of the gate; steps 1 and 2 are [`ChangeInfo::parse`]. Signature, enrolment and roles are the
//! office's: it takes the device from [`ActorId::device`] and the author from the stamp, and asks the roles playbook
//! with the record before and after.

use std::collections::BTreeMap;

use super::guard::guarded;
use super::ops::{FlatOp, decode};
use super::rules::{self, Ground, ProposedChange};
use super::{ChangeInfo, Document, GateError, limit};
use crate::model::{
    ActorId, Candidate, ChangeHash, DeviceId, Edit, Field, Record, StaffId, Stamp, Timestamp, Value,
};

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
    let mut admission = Admission::new(document.clone(), judge);
    admission.examine(change)?;
    admission.take(change)?;
    admission.prove()?;
    Ok(admission.into_document())
}

/// The document with all those of `changes` that may pass, which come each after those it builds on, and why the
/// others may not. As [`admit`] one by one, but the proof that the document survives is made once.
#[must_use]
pub fn admit_all(
    document: &Document,
    changes: &[ChangeInfo],
    judge: Judge,
) -> (Document, Vec<(ChangeHash, GateError)>) {
    let with = |prove_each: bool| {
        let mut admission = Admission::new(document.clone(), judge);
        let mut rejected = Vec::new();
        for change in changes {
            let before = admission.taken.len();
            let passed = admission.examine(change).and_then(|_| admission.take(change));
            let proven = || if prove_each { admission.prove() } else { Ok(()) };
            if let Err(error) = passed.and_then(|()| proven()) {
                if admission.taken.len() > before {
                    admission.keep(before);
                }
                rejected.push((change.hash, error));
            }
        }
        (admission, rejected)
    };
    let (admission, rejected) = with(false);
    if admission.prove().is_ok() {
        return (admission.into_document(), rejected);
    }
    // Only when the whole does not survive is it worth finding out whose fault that is.
    let (admission, rejected) = with(true);
    (admission.into_document(), rejected)
}

/// Changes of one record on their way in, one after the other: [`Self::examine`], then [`Self::take`], and
/// [`Self::prove`] once for all. One more change costs what the change is worth, whatever the record's history; only
/// the proof is as long as the record.
pub struct Admission {
    base: Document,
    next: Document,
    taken: Vec<ChangeInfo>,
    judge: Judge,
}

/// What came of proving that a record survives what it was given. It holds for every copy of the record with the same
/// changes, however they came in.
pub struct Survival {
    heads: Vec<ChangeHash>,
    saved: Result<Vec<u8>, GateError>,
}

impl Survival {
    /// Whether it is about the record as it is here: the same heads are the same changes.
    #[must_use]
    pub fn is_about(&self, document: &Document) -> bool {
        self.heads == document.heads()
    }

    /// The record as it was saved, loaded and edited again.
    ///
    /// # Errors
    /// Why it does not survive: [`GateError::Poison`]; [`GateError::TooLarge`] for a document over [`limit::DOCUMENT`].
    pub fn saved(&self) -> Result<&[u8], &GateError> {
        self.saved.as_deref()
    }
}

/// What one change writes to one path.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Where; once for each path.
    pub path: String,
    /// What it leaves there; `None` for a field it clears, and for a text.
    pub value: Option<Value>,
}

impl Admission {
    /// Opens the record as it is.
    #[must_use]
    pub fn new(base: Document, judge: Judge) -> Self {
        Self { next: base.clone(), base, taken: Vec::new(), judge }
    }

    /// The record with everything taken so far.
    #[must_use]
    pub const fn document(&self) -> &Document {
        &self.next
    }

    /// The record with everything taken.
    #[must_use]
    pub fn into_document(self) -> Document {
        self.next
    }

    /// Whether a change may pass, as far as can be said without applying it, and what it writes, by path. A change
    /// that is already here passes and writes nothing.
    ///
    /// # Errors
    /// A [`GateError`] naming the first rule broken; [`GateError::Waiting`] and [`GateError::Fork`] are not final.
    pub fn examine(&self, change: &ChangeInfo) -> Result<Vec<Written>, GateError> {
        let document = &self.next;
        if document.contains(change.hash) {
            return Ok(Vec::new());
        }
        check_place(document, change)?;
        let ops =
            guarded(|| decode(change.change(), document.texts())).unwrap_or(Err(GateError::Malformed))?;
        let ChangeInfo { actor, ref stamp, start_op, ref deps, .. } = *change;
        let proposal = ProposedChange { actor, stamp, start_op, ops: &ops };
        rules::check(&Ground::of(document, deps), &proposal, self.judge)?;
        if self.judge == Judge::Office {
            check_heads(document, change)?;
        }
        let mut written: BTreeMap<String, Option<Value>> = BTreeMap::new();
        for op in ops {
            match op {
                FlatOp::Put { path, value, .. } => written.insert(path, Some(value)),
                FlatOp::Clear { path, .. } => written.insert(path, None),
                FlatOp::Insert { text, .. } | FlatOp::Remove { text, .. } => {
                    written.insert(text.to_owned(), None)
                }
            };
        }
        Ok(written.into_iter().map(|(path, value)| Written { path, value }).collect())
    }

    /// The record before the change and after it, as far as rights are decided by it: what the change writes, what fixes a
    /// record's place and procedure, and `beside`, which is up to the kind. After it, a path reads as its author left it, whatever else is concurrent:
    /// judged is what somebody wrote, not who wins.
    #[must_use]
    pub fn before_and_after(
        &self,
        change: &ChangeInfo,
        written: &[Written],
        beside: &[String],
    ) -> (Record, Record) {
        let fixed = self.next.kind().write_once().iter().copied();
        let touched = written.iter().map(|written| written.path.as_str());
        let before = self.next.excerpt(fixed.chain(beside.iter().map(String::as_str)).chain(touched));
        let mut after = before.clone();
        for Written { path, value } in written {
            let Some(value) = value.clone() else {
                after.fields.remove(path);
                continue;
            };
            let (change, actor, stamp) = (change.hash, change.actor, change.stamp.clone());
            let winner = Candidate { value, change, actor, stamp };
            after.fields.insert(path.clone(), Field { winner, others: Vec::new() });
        }
        (before, after)
    }

    /// Applies a change that was examined. When that fails, everything taken before is still here.
    ///
    /// # Errors
    /// [`GateError::Poison`].
    pub fn take(&mut self, change: &ChangeInfo) -> Result<(), GateError> {
        if self.next.contains(change.hash) {
            return Ok(());
        }
        if self.next.apply_in_place(&[change]).is_err() {
            self.keep(self.taken.len());
            return Err(GateError::Poison);
        }
        self.taken.push(change.clone());
        Ok(())
    }

    /// Takes the last change out again.
    pub fn undo(&mut self) {
        self.keep(self.taken.len().saturating_sub(1));
    }

    /// Goes back to the record with the first `count` of what was taken: automerge cannot take a change out, so they
    /// are applied again.
    fn keep(&mut self, count: usize) {
        self.taken.truncate(count);
        self.next = self.base.clone();
        let again: Vec<&ChangeInfo> = self.taken.iter().collect();
        if self.next.apply_in_place(&again).is_err() {
            // What went in once goes in again; if not, nothing is taken rather than something broken.
            self.next = self.base.clone();
            self.taken.clear();
        }
    }

    /// Proves that the document survives its life: saving, reloading, reading, the next edit. Until then nothing of
    /// it may be stored.
    ///
    /// # Errors
    /// [`GateError::Poison`]; [`GateError::TooLarge`] for a document over [`limit::DOCUMENT`].
    pub fn prove(&self) -> Result<(), GateError> {
        if self.taken.is_empty() { Ok(()) } else { prove(&self.next).map(drop) }
    }

    /// The same as something to be kept; none where nothing was taken, so that there is nothing to prove.
    #[must_use]
    pub fn proof(&self) -> Option<Survival> {
        let taken = !self.taken.is_empty();
        taken.then(|| Survival { heads: self.next.heads(), saved: prove(&self.next) })
    }
}

/// Binds the device of the change alone: what nothing builds on yet is what the next editor has to depend on.
fn check_heads(document: &Document, change: &ChangeInfo) -> Result<(), GateError> {
    let device = change.actor.device();
    let stays = |head: &ChangeHash| {
        !change.deps.contains(head)
            && document.graph.get(*head).is_some_and(|node| node.actor.device() == device)
    };
    if document.heads().iter().filter(|head| stays(head)).count() >= limit::HEADS_OF_DEVICE {
        return Err(GateError::TooLarge { limit: limit::HEADS_OF_DEVICE, path: None });
    }
    Ok(())
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
        Some(before) => document.graph.has_seen(&change.deps, before),
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

/// Proves that the document survives its life: saving, reloading, reading, the next edit. Returns it saved.
fn prove(document: &Document) -> Result<Vec<u8>, GateError> {
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
    if guarded(survives).flatten() == Some(true) { Ok(saved) } else { Err(GateError::Poison) }
}
