//! May this change in? The rules of the sync protocol, in their order, for the changes of one record at a time.
//!
//! [`Reviewer::judge`] decides inside the transaction that makes the decision durable; what can be worked out before it,
//! `rehearsal.rs` has. Records are judged independently: what is wrong with one never holds another.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use butler_core::crdt::gate::{Admission, Written};
use butler_core::crdt::{ChangeInfo, Document, GateError, edit_id, limit};
use butler_core::model::{
    ChangeHash, DeviceId, Edit, GridId, Kind, PhotoId, PlaceId, Receipt, Record, RecordId, StaffId, Stamp,
    Timestamp, Value, derived, facts, fields,
};
use butler_core::playbook::Terms;
use butler_core::sync::device::SIGNATURE;
use butler_core::sync::message::{Envelope, Membership, Reason, Verdict};

use super::access::Access;
use super::directory::InForce;
use super::examine::{HandedIn, Objection, examine, gate_objection};
use super::record_review::{Astray, RecordReview, Rehearsal, Step};
use super::{Hub, NoPause, Pause, Rules};
use crate::seal::SealSecret;
use crate::storage::{
    Device, Held, HeldKind, Life, Pending, Read, Share, Storage, StorageError, Stored, Write,
};

/// Changes that may wait in one record.
const PENDING_PER_RECORD: usize = 500;
/// Changes of one device that may wait, held or pending, before it is told to come back later: a person looks at
/// them long before.
const HELD_PER_DEVICE: u64 = 5_000;

/// Dependencies a pending change may miss: an author who saw more that nobody handed in hands it in again later.
const MISSING: usize = 8;
/// Pending changes that miss nothing any more and wait for room: so many are tried again with every push of their record.
const TRIED_AGAIN: usize = 16;

/// Concurrent changes of a record above which the office joins them: a quarter of what one change can name, so that
/// one push more does not matter.
const HEADS: usize = limit::DEPS / 4;

/// What decides, beside the record itself.
pub(super) struct Reviewer<'a> {
    rules: Rules,
    access: Access<'a>,
    /// What the office knows its receipts by, if it looks.
    seals: Option<&'a SealSecret>,
    pub(super) life: Life,
    pub(super) now: Timestamp,
    /// Enrolled devices met so far in this transaction.
    devices: BTreeMap<DeviceId, Option<Device>>,
    /// Feed rows to be written at the end, in the order of grids: that is how grid locks are taken.
    feed: Feed,
    /// How many changes of a sender wait for somebody, or a few more.
    waiting: BTreeMap<DeviceId, u64>,
    pub(super) tally: Tally,
}

/// Feed rows by grid: record, membership, ordinal.
pub(super) type Feed = BTreeMap<GridId, Vec<(RecordId, Membership, u32)>>;

/// How many changes got which answer, for the audit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Tally {
    accepted: u32,
    duplicate: u32,
    rejected: u32,
    quarantined: u32,
    fork: u32,
    dependency: u32,
    pending: u32,
    later: u32,
}

/// What became of one candidate.
pub(super) enum Decision {
    Accepted(Receipt),
    Known(Verdict),
    Objected(Objection),
    /// For this one, and maybe others.
    Waiting(ChangeHash),
    /// Not judged now, with the code of the reason.
    Later(&'static str),
    /// The rehearsal of the record does not hold: judged without it, from the first change on.
    Astray,
}

/// When the proof is made that a record survives what it is given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// Once, for all changes together.
    Together,
    /// For each change, to find out whose fault it is.
    Each,
}

/// The candidates of one record while they are decided about.
struct Round<'a> {
    candidates: &'a [HandedIn],
    /// Their hashes.
    hashes: BTreeSet<ChangeHash>,
    verdicts: Vec<Option<Verdict>>,
    queue: VecDeque<One>,
    /// By what they wait for.
    waiting: BTreeMap<ChangeHash, Vec<One>>,
    /// What is pending in this record.
    pending: BTreeSet<ChangeHash>,
}

/// One of them.
enum One {
    /// By its position.
    HandedIn(usize),
    /// From among those that waited here.
    Pending(Box<HandedIn>),
}

impl<'a> Round<'a> {
    /// Those without a verdict, in causal order: a change counts on from everything it builds on.
    fn new(candidates: &'a [HandedIn], verdicts: &[Option<Verdict>], pending: BTreeSet<ChangeHash>) -> Self {
        Self {
            candidates,
            hashes: candidates.iter().map(|candidate| candidate.hash).collect(),
            verdicts: verdicts.to_vec(),
            queue: in_order(candidates, verdicts).into_iter().map(One::HandedIn).collect(),
            waiting: BTreeMap::new(),
            pending,
        }
    }

    fn candidate<'o>(&self, one: &'o One) -> &'o HandedIn
    where
        'a: 'o,
    {
        match one {
            One::HandedIn(at) => &self.candidates[*at],
            One::Pending(candidate) => candidate,
        }
    }

    fn decide(&mut self, one: &One, verdict: Verdict) {
        if let One::HandedIn(at) = one {
            self.verdicts[*at] = Some(verdict);
        }
    }
}

/// Those without a verdict, each after what it builds on.
pub(super) fn in_order(candidates: &[HandedIn], verdicts: &[Option<Verdict>]) -> Vec<usize> {
    let open = (0..candidates.len()).filter(|at| verdicts[*at].is_none());
    let mut order: Vec<usize> = open.collect();
    // What was accepted before a restore comes first, as it came then: so it gets its old ordinals where they are free.
    order.sort_by_key(|at| {
        let candidate = &candidates[*at];
        let before = candidate.accepted_before.map(|receipt| receipt.ordinal);
        (before.is_none(), before, candidate.info.as_ref().map(|info| info.start_op))
    });
    order
}

impl One {
    const fn is_handed_in(&self) -> bool {
        matches!(self, Self::HandedIn(_))
    }
}

impl<S: Storage> Hub<S> {
    /// A reviewer for one transaction.
    pub(super) fn reviewer<'a>(&'a self, in_force: &'a InForce, life: Life, now: Timestamp) -> Reviewer<'a> {
        Reviewer::new(self.rules, self.access(in_force), self.own_seals(), life, now)
    }

    /// What the office knows its receipts by, if it looks.
    pub(super) fn own_seals(&self) -> Option<&SealSecret> {
        Some(&self.seals).filter(|_| self.rules.sealed_is_accepted)
    }
}

impl<'a> Reviewer<'a> {
    /// A reviewer for one transaction.
    fn new(
        rules: Rules,
        access: Access<'a>,
        seals: Option<&'a SealSecret>,
        life: Life,
        now: Timestamp,
    ) -> Self {
        let (devices, feed, waiting) = (BTreeMap::new(), Feed::new(), BTreeMap::new());
        Self { rules, access, seals, life, now, devices, feed, waiting, tally: Tally::default() }
    }

    /// An enrolled device, as it is in this transaction.
    pub(super) fn device(&mut self, read: &dyn Read, id: DeviceId) -> Stored<Option<&Device>> {
        let found = match self.devices.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(read.device(id)?),
        };
        Ok(found.as_ref())
    }

    /// Judges the candidates of one record and what was pending there for them; the verdicts come in the order of the
    /// candidates.
    pub(super) fn judge(
        &mut self,
        tx: &mut dyn Write,
        id: RecordId,
        candidates: &[HandedIn],
    ) -> Stored<Vec<Verdict>> {
        let mut verdicts = vec![None; candidates.len()];
        self.judge_until(tx, id, candidates, &mut verdicts, None, &NoPause)?;
        verdicts.into_iter().collect::<Option<_>>().ok_or(StorageError::Unreadable { what: "record" })
    }

    /// The same of those without a verdict, until a pause is due: at least one more has its verdict then, and so have
    /// those the rehearsal has been through.
    pub(super) fn judge_until(
        &mut self,
        tx: &mut dyn Write,
        id: RecordId,
        candidates: &[HandedIn],
        verdicts: &mut [Option<Verdict>],
        mut rehearsal: Option<Rehearsal>,
        pause: &dyn Pause,
    ) -> Stored<()> {
        let mut judged = Vec::new();
        let done = tx.attempt(&mut |tx| {
            judged = self.judge_record(tx, (id, rehearsal.take()), candidates, verdicts, pause)?;
            Ok(true)
        });
        match done {
            Ok(_) => {}
            // What is stored of one record never holds another, nor the phone that asks about both.
            Err(error @ StorageError::Unreadable { .. }) => {
                tracing::error!(record = %id, %error, "a stored record cannot be read");
                judged = vec![Some(later("unreadable")); candidates.len()];
            }
            Err(error) => return Err(error),
        }
        for (verdict, judged) in verdicts.iter_mut().zip(judged) {
            if verdict.is_none() {
                *verdict = judged.map(|judged| self.count(judged));
            }
        }
        Ok(())
    }

    fn judge_record(
        &mut self,
        tx: &mut dyn Write,
        (id, rehearsal): (RecordId, Option<Rehearsal>),
        candidates: &[HandedIn],
        known: &[Option<Verdict>],
        pause: &dyn Pause,
    ) -> Stored<Vec<Option<Verdict>>> {
        let pending = if self.rules.pending_is_applied { tx.pending_hashes(id)? } else { BTreeSet::new() };
        let mut rehearsal = rehearsal.filter(|rehearsal| rehearsal.is_by(self.access.in_force));
        let mut proof = Proof::Together;
        let (review, verdicts) = loop {
            let mut judged = None;
            let stands = tx.attempt(&mut |tx| {
                let round = Round::new(candidates, known, pending.clone());
                judged = self.decide_all(tx, (id, rehearsal.take()), round, proof, pause)?;
                let proven = |(review, _): &mut (RecordReview, _)| review.is_proven() && review.is_whole();
                Ok(judged.as_mut().is_some_and(|judged| proof == Proof::Each || proven(judged)))
            })?;
            match judged {
                Some(judged) if stands => break judged,
                // Somebody's change breaks the record: each is proven by itself, to find out whose.
                Some(_) => proof = Proof::Each,
                // The rehearsal went astray, and is used up.
                None => {}
            }
        };
        self.close(tx, review)?;
        Ok(verdicts)
    }

    /// Decides about each candidate in causal order. Whatever waits is looked at again when what it waits for was decided,
    /// and only then: the price of a push follows what it brings, not how much is pending beside it. `None` when the
    /// rehearsal does not hold.
    fn decide_all(
        &mut self,
        tx: &mut dyn Write,
        (id, rehearsal): (RecordId, Option<Rehearsal>),
        mut round: Round<'_>,
        proof: Proof,
        pause: &dyn Pause,
    ) -> Stored<Option<(RecordReview, Vec<Option<Verdict>>)>> {
        let mut review = RecordReview::open(tx.reader(), id, rehearsal)?
            .ok_or(StorageError::Unreadable { what: "record" })?;
        if self.rules.pending_is_applied {
            for pending in tx.pending_for(id, None, TRIED_AGAIN)? {
                let one = self.again(tx.reader(), &round, pending)?;
                round.queue.extend(one);
            }
        }
        let mut judged = 0;
        while let Some(one) = round.queue.pop_front() {
            let candidate = round.candidate(&one);
            // Asked each time: by the first answer the pause knows how long it took to get here.
            if !review.was_rehearsed(candidate.hash) && pause.is_due() && judged > 0 && one.is_handed_in() {
                return Ok(review.has_caught_up().then_some((review, round.verdicts)));
            }
            let (hash, is_pending) = (candidate.hash, round.pending.contains(&candidate.hash));
            let (verdict, resolved) = match self.decide(tx, &mut review, candidate, proof)? {
                Decision::Waiting(missing) => {
                    if is_pending {
                        tx.keep_pending(&self.pending(candidate, Some(missing)))?;
                    }
                    round.waiting.entry(missing).or_default().push(one);
                    continue;
                }
                Decision::Accepted(receipt) => (Verdict::Accepted(receipt), true),
                Decision::Known(verdict) => (verdict, false),
                Decision::Later(code) => (later(code), false),
                Decision::Objected(objection) => (self.hold(tx, candidate, &objection)?, objection.binding),
                Decision::Astray => return Ok(None),
            };
            judged += 1;
            if is_pending {
                if matches!(verdict, Verdict::Later { .. }) {
                    // It stays pending: nobody may hand it in again.
                    tx.keep_pending(&self.pending(candidate, None))?;
                } else {
                    tx.unpark(id, hash)?;
                    round.pending.remove(&hash);
                }
            }
            round.decide(&one, verdict);
            if resolved {
                let mut woken = round.waiting.remove(&hash).unwrap_or_default();
                if self.rules.pending_is_applied {
                    for pending in tx.pending_for(id, Some(hash), PENDING_PER_RECORD)? {
                        woken.extend(self.again(tx.reader(), &round, pending)?);
                    }
                }
                // Before all others: a pause must not come between them and what they waited for.
                woken.into_iter().rev().for_each(|one| round.queue.push_front(one));
            }
        }
        for (missing, waiting) in std::mem::take(&mut round.waiting) {
            for one in waiting.iter().filter(|one| one.is_handed_in()) {
                let candidate = round.candidate(one);
                let verdict = self.keep_pending(tx, candidate, missing, &round.pending)?;
                if verdict == Verdict::Pending {
                    round.pending.insert(candidate.hash);
                }
                round.decide(one, verdict);
            }
        }
        Ok(review.has_caught_up().then_some((review, round.verdicts)))
    }

    /// A pending change as a candidate, unless it was handed in again and is one already.
    fn again(&mut self, read: &dyn Read, round: &Round<'_>, pending: Pending) -> Stored<Option<One>> {
        if round.hashes.contains(&pending.hash) {
            return Ok(None);
        }
        let seals = self.seals;
        let signer = self.device(read, pending.envelope.device)?;
        Ok(Some(One::Pending(Box::new(examine(pending.envelope, pending.sender, signer, seals)))))
    }

    /// The rules, in order. What was accepted once is accepted, whatever was decided since.
    fn decide(
        &mut self,
        tx: &mut dyn Write,
        review: &mut RecordReview,
        candidate: &HandedIn,
        proof: Proof,
    ) -> Stored<Decision> {
        let (id, hash) = (review.id, candidate.hash);
        if let Some(change) = tx.change(id, hash)? {
            return Ok(Decision::Known(Verdict::Accepted(change.receipt)));
        }
        if let Some(objection) = &candidate.objection {
            return Ok(Decision::Objected(objection.clone()));
        }
        let Some(info) = &candidate.info else { return Ok(Decision::Later("unreadable")) };
        let edit = edit_id(info);
        let staff = &info.stamp.staff;

        if self.rules.one_copy_per_edit
            && let Some(copy) = tx.accepted_copy(id, edit, staff)?
        {
            return Ok(Decision::Known(Verdict::Duplicate { of: copy.change, receipt: copy.receipt }));
        }
        if let Some(objection) = self.revoked(tx.reader(), candidate)? {
            return Ok(Decision::Objected(objection));
        }
        if self.rules.verdicts_are_final && !candidate.is_allowed() {
            if let Some(dead) = tx.dead_hash(id, hash)?
                && !came_to_life(tx.reader(), id, &dead)?
            {
                return Ok(Decision::Known(Objection::from(&dead).verdict()));
            }
            if let Some(dead) = tx.dead_edit(id, edit, staff)? {
                // The copy shares its edit's fate, so that what builds on the copy is answered at once too.
                return Ok(Decision::Objected(Objection {
                    kind: dead.kind,
                    reason: dead.reason,
                    because: dead.because.or(Some(dead.hash)),
                    binding: true,
                }));
            }
        }
        match review.step(hash) {
            Err(Astray) => return Ok(Decision::Astray),
            Ok(Some(step)) => return self.follow(tx, review, (candidate, info), step),
            Ok(None) => {}
        }
        let admission = match opened(review, candidate) {
            Ok(admission) => admission,
            Err(decision) => return Ok(decision),
        };
        let document = admission.document();
        if self.rules.forks_are_found
            && let Some(accepted) = tx.change_at(id, info.actor, info.seq)?
        {
            return Ok(Decision::Objected(Objection::because(HeldKind::Fork, "fork", accepted)));
        }
        let mut missing = Vec::new();
        for dependency in &info.deps {
            if document.contains(*dependency) || *dependency == document.genesis_hash() {
                continue;
            }
            if self.rules.dependency_rejected_at_once
                && let Some(dead) = tx.dead_hash(id, *dependency)?
                && !came_to_life(tx.reader(), id, &dead)?
            {
                let objection = Objection::because(HeldKind::Dependency, "dependency", *dependency);
                return Ok(Decision::Objected(objection));
            }
            missing.push(*dependency);
        }
        if missing.len() > MISSING {
            return Ok(Decision::Later("crowded"));
        }
        if let Some(missing) = missing.first() {
            return Ok(Decision::Waiting(*missing));
        }
        let written = match admission.examine(info) {
            Ok(written) => written,
            Err(GateError::Waiting(missing)) => {
                // Asked above already, of the same document.
                let missing = missing.first().copied();
                return Ok(missing.map_or(Decision::Later("crowded"), Decision::Waiting));
            }
            Err(GateError::Fork { accepted }) if self.rules.forks_are_found => {
                return Ok(Decision::Objected(Objection::because(HeldKind::Fork, "fork", accepted)));
            }
            Err(error) => return Ok(Decision::Objected(gate_objection(&error))),
        };
        let kind = document.kind();
        if let Some(objection) = misfit(kind, &written, self.access.playbooks.terms(), candidate) {
            return Ok(Decision::Objected(objection));
        }
        // Which phones were whose may be forgotten.
        if candidate.accepted_before.is_none()
            && let Some(path) = self.foreign_event(tx.reader(), info, kind, &written)?
        {
            return Ok(Decision::Objected(Objection::new(HeldKind::Quarantined, "event", Some(path))));
        }
        let place = match entitled(&self.access, review, (candidate, info), &written) {
            Ok(place) => place,
            Err(decision) => return Ok(decision),
        };
        // Asked last: only what would be accepted has to wait for room.
        let share = match self.room(tx.reader(), review, (candidate, info))? {
            Ok(share) => share,
            Err(code) => return Ok(Decision::Later(code)),
        };
        if let Err(decision) = take(review, info, proof) {
            return Ok(decision);
        }
        let photos = review.photos_left(&written);
        self.accept(tx, review, (candidate, info), (place, &photos), share)
    }

    /// Accepts a change that the rehearsal took, by the rules that ask the storage; the others were asked of the same
    /// record and by the same tables.
    fn follow(
        &mut self,
        tx: &mut dyn Write,
        review: &mut RecordReview,
        (candidate, info): (&HandedIn, &ChangeInfo),
        step: Step,
    ) -> Stored<Decision> {
        if self.rules.forks_are_found && tx.change_at(review.id, info.actor, info.seq)?.is_some() {
            return Ok(Decision::Astray);
        }
        let kind = review.document().map(Document::kind);
        if candidate.accepted_before.is_none()
            && let Some(kind) = kind
            && self.foreign_event(tx.reader(), info, kind, &step.written)?.is_some()
        {
            return Ok(Decision::Astray);
        }
        let Ok(share) = self.room(tx.reader(), review, (candidate, info))? else {
            return Ok(Decision::Astray);
        };
        self.accept(tx, review, (candidate, info), (step.place, &step.photos), share)
    }

    /// The share of a change's device with that change, of one that takes room at all.
    fn room(
        &self,
        read: &dyn Read,
        review: &mut RecordReview,
        (candidate, info): (&HandedIn, &ChangeInfo),
    ) -> Stored<Result<Option<Share>, &'static str>> {
        if candidate.is_allowed() {
            return Ok(Ok(None));
        }
        Ok(review.room(read, info, self.now)?.map(Some))
    }

    /// Gives a change that passed, and that the record has taken, its receipt.
    fn accept(
        &self,
        tx: &mut dyn Write,
        review: &mut RecordReview,
        (candidate, info): (&HandedIn, &ChangeInfo),
        (place, photos): (PlaceId, &[(PhotoId, bool)]),
        share: Option<Share>,
    ) -> Stored<Decision> {
        let signature = Some(candidate.envelope.signature.to_vec()).filter(|bytes| !bytes.is_empty());
        let at = candidate.accepted_before.map_or(self.now, |receipt| receipt.at);
        let receipt = review.accept(tx, info, signature, place, share, (self.life, at))?;
        review.name_photos(tx, info.actor.device(), photos, at)?;
        Ok(Decision::Accepted(receipt))
    }

    /// The path of an event that says it was made on another device, unless that is one of the same person: an edit
    /// may be written again after its author moved to another phone.
    fn foreign_event<'w>(
        &mut self,
        read: &dyn Read,
        info: &ChangeInfo,
        kind: Kind,
        written: &'w [Written],
    ) -> Stored<Option<&'w str>> {
        for Written { path, value } in written {
            let is_event = fields::spec(kind, path).is_some_and(|spec| spec.ty == fields::Type::Event);
            let text = value.as_ref().filter(|_| is_event).and_then(Value::as_text);
            let Some(event) = text.and_then(|text| fields::event_at(path, text)) else { continue };
            if event.device != info.actor.device()
                && self.device(read, event.device)?.is_none_or(|device| device.staff != info.stamp.staff)
            {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// A revoked device loses its say, not its work. Its verdict binds its own changes; what it relays of
    /// others is kept, and their own devices may still hand it in.
    fn revoked(&mut self, read: &dyn Read, candidate: &HandedIn) -> Stored<Option<Objection>> {
        if candidate.is_allowed() {
            return Ok(None);
        }
        for device in [candidate.envelope.device, candidate.sender] {
            if self.device(read, device)?.is_none_or(|device| device.revoked.is_some()) {
                let binding = device == candidate.envelope.device;
                return Ok(Some(Objection { binding, ..Objection::quarantined("revoked") }));
            }
        }
        Ok(None)
    }

    fn hold(&mut self, tx: &mut dyn Write, candidate: &HandedIn, objection: &Objection) -> Stored<Verdict> {
        if !self.may_wait(tx.reader(), candidate.sender)? {
            return Ok(later("held"));
        }
        tx.hold(&Held {
            hash: candidate.hash,
            envelope: keepable(&candidate.envelope),
            sender: candidate.sender,
            edit: candidate.edit(),
            kind: objection.kind,
            reason: objection.reason.clone(),
            because: objection.because,
            binding: objection.binding,
            at: self.now,
        })?;
        Ok(objection.verdict())
    }

    fn keep_pending(
        &mut self,
        tx: &mut dyn Write,
        candidate: &HandedIn,
        missing: ChangeHash,
        pending: &BTreeSet<ChangeHash>,
    ) -> Stored<Verdict> {
        if pending.contains(&candidate.hash) {
            return Ok(Verdict::Pending);
        }
        if pending.len() >= PENDING_PER_RECORD {
            return Ok(later("crowded"));
        }
        if !self.may_wait(tx.reader(), candidate.sender)? {
            return Ok(later("held"));
        }
        tx.keep_pending(&self.pending(candidate, Some(missing)))?;
        Ok(Verdict::Pending)
    }

    fn pending(&self, candidate: &HandedIn, missing: Option<ChangeHash>) -> Pending {
        Pending {
            hash: candidate.hash,
            envelope: candidate.envelope.clone(),
            sender: candidate.sender,
            missing,
            at: self.now,
        }
    }

    /// Whether one change more of a sender may wait for somebody, held or pending. Counted once, then along: a push would
    /// else count its sender's whole past for each of its changes. What is held anew was maybe held before, so near the
    /// limit it is counted again.
    fn may_wait(&mut self, read: &dyn Read, sender: DeviceId) -> Stored<bool> {
        let known = self.waiting.get(&sender).copied().filter(|count| *count < HELD_PER_DEVICE);
        let count = match known {
            Some(count) => count,
            None => read.held_of(sender)?,
        };
        self.waiting.insert(sender, count + 1);
        Ok(count < HELD_PER_DEVICE)
    }

    /// Keeps the record as it is now and notes it for the feeds of its grids.
    pub(super) fn close(&mut self, tx: &mut dyn Write, mut review: RecordReview) -> Stored<()> {
        if review.first_new.is_none() {
            return Ok(());
        }
        self.join(tx, &mut review)?;
        let (Some(first), Some(row), Some(saved)) = (review.first_new, &review.row, review.saved()) else {
            return Ok(());
        };
        if !review.is_whole() {
            return Err(StorageError::Unreadable { what: "record" });
        }
        tx.put_snapshot(review.id, &saved)?;
        let membership = if first == 1 { Membership::Enter } else { Membership::Update };
        let place = row.place.clone();
        self.announce(&place, review.id, membership, first);
        Ok(())
    }

    /// Notes for the feeds of a place's grids what became of a record there.
    pub(super) fn announce(&mut self, place: &PlaceId, id: RecordId, membership: Membership, ordinal: u32) {
        for grid in self.access.in_force.grids_at(place) {
            self.feed.entry(grid.clone()).or_default().push((id, membership, ordinal));
        }
    }

    /// Joins the concurrent changes of a record in a change of the office, when there are many: whoever edits next
    /// depends on every one of them, and a change can name only so many.
    fn join(&self, tx: &mut dyn Write, review: &mut RecordReview) -> Stored<()> {
        let (Some(row), Some(document)) = (&review.row, review.document()) else { return Ok(()) };
        let Some(staff) = StaffId::new(Stamp::JOINER).ok().filter(|_| document.heads().len() > HEADS) else {
            return Ok(());
        };
        let (kind, version, place) = (row.kind, row.version, row.place.clone());
        let stamp = Stamp { staff, at: self.now, offset: None, copy_of: None };
        let edit = Edit::new().put(fields::MERGED, true);
        let joined = document.clone().author(self.life.actor, &stamp, &edit);
        let Ok(info) = joined else {
            tracing::warn!(record = %review.id, "concurrent changes could not be joined");
            return Ok(());
        };
        let Some(admission) = review.admission(kind, version) else { return Ok(()) };
        let taken = admission.take(&info).is_ok();
        if taken && admission.prove().is_err() {
            admission.undo();
        } else if taken {
            review.accept(tx, &info, None, place, None, (self.life, self.now))?;
        }
        Ok(())
    }

    /// Puts the feed rows into the order of their records' ranks.
    pub(super) fn sort_feed(&mut self, rank: impl Fn(RecordId) -> Option<usize>) {
        for rows in self.feed.values_mut() {
            rows.sort_by_key(|(record, ..)| rank(*record));
        }
    }

    /// Writes the feed rows of everything judged.
    pub(super) fn publish(&mut self, tx: &mut dyn Write) -> Stored<()> {
        publish(tx, std::mem::take(&mut self.feed))
    }

    fn count(&mut self, verdict: Verdict) -> Verdict {
        let counter = match &verdict {
            Verdict::Accepted(_) => &mut self.tally.accepted,
            Verdict::Duplicate { .. } => &mut self.tally.duplicate,
            Verdict::Rejected(_) => &mut self.tally.rejected,
            Verdict::Quarantined(_) => &mut self.tally.quarantined,
            Verdict::Fork { .. } => &mut self.tally.fork,
            Verdict::DependencyRejected { .. } => &mut self.tally.dependency,
            Verdict::Pending => &mut self.tally.pending,
            Verdict::Later { .. } => &mut self.tally.later,
        };
        *counter += 1;
        verdict
    }
}

/// Whether a change was held because of another one that is accepted by now: released, or known again by its receipt.
fn came_to_life(read: &dyn Read, record: RecordId, dead: &Held) -> Stored<bool> {
    match dead.because.filter(|_| dead.kind == HeldKind::Dependency) {
        Some(because) => Ok(read.change(record, because)?.is_some()),
        None => Ok(false),
    }
}

/// Not judged now, and why; the phone shows it beside the edit.
fn later(code: &str) -> Verdict {
    Verdict::Later { reason: Reason { code: code.to_owned(), path: None } }
}

/// Writes feed rows in the order of grids.
pub(super) fn publish(tx: &mut dyn Write, feed: Feed) -> Stored<()> {
    for (grid, rows) in feed {
        for (record, membership, ordinal) in rows {
            tx.append_feed(&grid, record, membership, ordinal)?;
        }
    }
    Ok(())
}

/// Applies a change that passed; with [`Proof::Each`] it is proven, too, that the record survives it.
pub(super) fn take(review: &mut RecordReview, info: &ChangeInfo, proof: Proof) -> Result<(), Decision> {
    let (kind, version) = match review.document() {
        Some(document) => (document.kind(), document.version()),
        None => return Err(Decision::Later("unreadable")),
    };
    let Some(admission) = review.admission(kind, version) else { return Err(Decision::Later("version")) };
    let proven = admission.take(info).and_then(|()| match proof {
        Proof::Together => Ok(()),
        Proof::Each => admission.prove().inspect_err(|_| admission.undo()),
    });
    match proven {
        Ok(()) => Ok(()),
        // What others wrote fills the document, not this change.
        Err(GateError::TooLarge { .. }) => Err(Decision::Later("full")),
        Err(error) => Err(Decision::Objected(gate_objection(&error))),
    }
}

/// What a candidate is judged against: the record, if it is of the kind the candidate says, or may be made.
pub(super) fn opened<'r>(
    review: &'r mut RecordReview,
    candidate: &HandedIn,
) -> Result<&'r mut Admission, Decision> {
    let Some(kind) = candidate.envelope.kind.known() else { return Err(Decision::Later("version")) };
    let version = candidate.envelope.version;
    let (id, is_new) = (review.id, review.row.is_none());
    let Some(admission) = review.admission(kind, version) else { return Err(Decision::Later("version")) };
    let document = admission.document();
    if document.kind() != kind || document.version() != version {
        return Err(Decision::Objected(Objection::quarantined("kind")));
    }
    if is_new && derived::is_derived(id) && candidate.accepted_before.is_none() {
        // A register will bring the home or person this number means: nothing else may stand under it.
        return Err(Decision::Objected(Objection::new(HeldKind::Rejected, "identity", None)));
    }
    Ok(admission)
}

/// The first path where the change wrote what its field cannot hold, or a word no list of ours has or had. Fields of a newer
/// app hold anything, and what was accepted once was looked at then.
pub(super) fn misfit(
    kind: Kind,
    written: &[Written],
    terms: &Terms,
    candidate: &HandedIn,
) -> Option<Objection> {
    if candidate.accepted_before.is_some() {
        return None;
    }
    let known = |path: &str, value: &Value| {
        let list = fields::spec(kind, path).and_then(|spec| spec.terms);
        list.is_none_or(|list| terms.knows(list, value))
    };
    let fits = |Written { path, value }: &&Written| {
        value.as_ref().is_none_or(|value| fields::check(kind, path, value).is_ok() && known(path, value))
    };
    let path = written.iter().find(|written| !fits(written)).map(|written| written.path.as_str());
    path.map(|path| Objection::new(HeldKind::Rejected, "value", Some(path)))
}

/// Where the record lies, if the change's author may write this there: decided on the record before and after.
pub(super) fn entitled(
    access: &Access<'_>,
    review: &mut RecordReview,
    (candidate, info): (&HandedIn, &ChangeInfo),
    written: &[Written],
) -> Result<PlaceId, Decision> {
    let unreadable = || Decision::Later("unreadable");
    let (mut before, mut after) = review.before_and_after(info, written).ok_or_else(unreadable)?;
    let place = place(access, review, &after, candidate).map_err(Decision::Objected)?;
    if !candidate.is_allowed() {
        let grids = access.in_force.grids_at(&place).iter().cloned().collect();
        let paths: Vec<String> = written.iter().map(|written| written.path.clone()).collect();
        if access.looks_back(&after, &paths) {
            (before, after) = review.with_its_past(info, written).ok_or_else(unreadable)?;
        }
        let before = review.row.as_ref().map(|_| &before);
        access.decide(&info.stamp.staff, &grids, before, &after, &paths).map_err(|reason| {
            Decision::Objected(Objection { reason, ..Objection::new(HeldKind::Rejected, "", None) })
        })?;
    }
    Ok(place)
}

/// Where the record lies: where its first accepted edit pinned it, or where this one wants to. What was accepted before
/// a restore may lie where the office knows no place any more, until that is added again.
fn place(
    access: &Access<'_>,
    review: &RecordReview,
    record: &Record,
    candidate: &HandedIn,
) -> Result<PlaceId, Objection> {
    if let Some(row) = &review.row {
        return Ok(row.place.clone());
    }
    let named = facts::place(record);
    named
        .filter(|place| candidate.accepted_before.is_some() || access.in_force.places.contains_key(place))
        .ok_or_else(|| Objection::new(HeldKind::Rejected, "place", Some("place")))
}

/// What is kept of a held change: all of it, unless it is longer than any change can be. No phone of ours makes
/// such bytes, and a disk full of them would stop everybody.
fn keepable(envelope: &Envelope) -> Envelope {
    let mut kept = envelope.clone();
    if kept.change.len() > limit::CHANGE {
        kept.change.clear();
    }
    kept.signature.truncate(SIGNATURE);
    kept
}
