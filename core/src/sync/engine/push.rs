//! Handing in: which changes go next, and what the answers lead to.

use std::collections::{BTreeMap, BTreeSet};

use serde_bytes::ByteBuf;

use super::phase::{Phase, Revoked, Session, SyncStep};
use super::{End, Ended, Engine, Next, SyncEffect, progress};
use crate::host::Host;
use crate::model::{ChangeHash, Generation, Kind, KindVersion, Receipt, RecordId};
use crate::store::{Outgoing, Store, StoreError, Unconfirmed};
use crate::sync::merge::apply::{MergeError, RecordUpdate};
use crate::sync::message::{Envelope, Problem, Reason, Request, SealedReceipt, Verdict, limit};
use crate::sync::report::Stage;

/// What an envelope weighs beside its change, in bytes.
const ENVELOPE: usize = 200;

/// A change that was handed in.
pub(super) struct Handed {
    record: RecordId,
    kind: Kind,
    version: KindVersion,
    hash: ChangeHash,
    /// The office said it was accepted and does not list it.
    again: bool,
    /// It has the office's own seal on that.
    sealed: bool,
}

/// A record with the answers about it.
pub(super) struct Answered {
    record: RecordId,
    kind: Kind,
    version: KindVersion,
    verdicts: Vec<(ChangeHash, Verdict)>,
    /// Of these changes they take back that the office accepted them.
    disowned: BTreeSet<ChangeHash>,
}

/// Changes to hand in, with what is told about it.
struct Batch {
    progress: SyncEffect,
    handed: Vec<Handed>,
    request: Request,
}

impl Engine {
    /// Hands in the next changes nobody answered yet, or goes on to the set of playbooks when there are none.
    pub(super) fn push_on(&mut self, store: &Store, host: &dyn Host, session: Box<Session>) -> Next {
        let Some(Batch { progress, handed, request }) = self.batch(store)? else {
            return self.playbooks_on(store, host, session);
        };
        let mut effects = vec![progress];
        effects.extend(self.ask(Phase::Working(session, SyncStep::Push(handed)), request)?);
        Ok(effects)
    }

    /// Hands in what a revoked device has not handed in; then the sync is over.
    pub(super) fn revoked_on(&mut self, store: &Store, revoked: Revoked) -> Next {
        let Some(Batch { progress, handed, request }) = self.batch(store)? else {
            return Err(Ended(End::Office(Problem::Revoked)));
        };
        let mut effects = vec![progress];
        effects.extend(self.ask(Phase::Revoked(Revoked { handed, ..revoked }), request)?);
        Ok(effects)
    }

    /// The next changes nobody answered yet, in their order; `None` when there are none.
    fn batch(&mut self, store: &Store) -> Result<Option<Batch>, Ended> {
        // What was accepted once comes before what is new: where nothing else came in between, it gets its old place.
        let mut batch = self.offered_again(store, limit::PUSH)?;
        if batch.is_empty() {
            batch = self.unanswered(store, limit::PUSH)?.into_iter().map(handed_in).collect();
        }
        store.set_sending(batch.iter().map(|(handed, _)| handed.record).collect());
        if batch.is_empty() {
            return Ok(None);
        }
        let (handed, envelopes): (Vec<Handed>, Vec<Envelope>) = batch.into_iter().unzip();
        self.report.sent += handed.len() as u64;
        let done = self.answers.answered.len() as u64;
        let progress = progress(Stage::Sending, done, done + handed.len() as u64);
        Ok(Some(Batch { progress, handed, request: Request::Push { envelopes } }))
    }

    /// Changes the office accepted and does not list: its database was restored from before, or the answer was not the
    /// office's. Own ones are signed anew, because a signature does not outlive its acknowledgement; those of others have
    /// the seal of their receipt for a proof.
    fn offered_again(&self, store: &Store, most: usize) -> Result<Vec<(Handed, Envelope)>, Ended> {
        if !self.answers.read_all {
            return Ok(Vec::new());
        }
        let own = self.key.device();
        let batch = store.read(|reader| {
            let mut batch = Vec::new();
            let mut bytes = 0;
            for lost in reader.unconfirmed()? {
                if self.answers.answered.contains(&lost.hash)
                    || lost.device != own && !self.rules.hand_in_foreign
                {
                    continue;
                }
                let change = match reader.change_bytes(lost.record, &[lost.hash]) {
                    Ok(mut found) => found.pop(),
                    // One record that cannot be read keeps no other from being offered.
                    Err(error) if error.is_of_one_record() => None,
                    Err(error) => return Err(error),
                };
                let Some(change) = change else { continue };
                bytes += change.len() + ENVELOPE;
                if batch.len() == most || (bytes > limit::PAGE && !batch.is_empty()) {
                    break;
                }
                let Unconfirmed { record, kind, version, hash, device, sealed } = lost;
                let signature = if device == own {
                    ByteBuf::from(self.key.sign_change(record, kind, version, hash))
                } else {
                    ByteBuf::new()
                };
                let change = ByteBuf::from(change);
                let receipt = sealed.map(|(Receipt { ordinal, at }, seal)| SealedReceipt {
                    ordinal,
                    at,
                    seal: ByteBuf::from(seal),
                });
                batch.push((
                    Handed { record, kind, version, hash, again: true, sealed: receipt.is_some() },
                    Envelope { record, kind: kind.into(), version, change, device, signature, receipt },
                ));
            }
            Ok::<_, StoreError>(batch)
        })?;
        Ok(batch)
    }

    /// Every grid was read: what the office said it accepted, and its list for a record of these grids does not name, is
    /// shown until it does. Of a record in none of them there is no list this phone may read: that it was called accepted
    /// twice has to do.
    pub(super) fn show_unconfirmed(&mut self, store: &Store, host: &dyn Host) -> Result<(), Ended> {
        let own = self.key.device();
        let lost =
            if self.answers.read_all { store.read(|reader| reader.unconfirmed())? } else { Vec::new() };
        if lost.is_empty() {
            return Ok(());
        }
        store.write_reserved(|tx| {
            for Unconfirmed { record, hash, device, .. } in &lost {
                if !tx.grids_of(*record)?.is_empty() {
                    if *device == own {
                        tx.show_unconfirmed(*record, *hash, host.now())?;
                    }
                } else if self.answers.accepted_twice.contains(hash) {
                    tx.confirm(*record, *hash)?;
                }
            }
            Ok::<_, StoreError>(())
        })?;
        Ok(())
    }

    fn unanswered(&self, store: &Store, most: usize) -> Result<Vec<Outgoing>, Ended> {
        if self.budget.rebuilds == 0 || self.answers.read_first {
            return Ok(Vec::new());
        }
        let mut batch = Vec::new();
        let mut bytes = 0;
        let mut after = 0;
        loop {
            let rows = store.read(|reader| reader.outbox(after, limit::PUSH))?;
            let Some(last) = rows.last() else { return Ok(batch) };
            after = last.pos;
            for outgoing in rows {
                if self.answers.answered.contains(&outgoing.hash)
                    || self.answers.resting.contains(&outgoing.record)
                {
                    continue;
                }
                bytes += outgoing.bytes.len() + ENVELOPE;
                if batch.len() == most || (bytes > limit::PAGE && !batch.is_empty()) {
                    return Ok(batch);
                }
                batch.push(outgoing);
            }
        }
    }

    pub(super) fn has_unanswered(&self, store: &Store) -> Result<bool, Ended> {
        Ok(!self.unanswered(store, 1)?.is_empty() || !self.offered_again(store, 1)?.is_empty())
    }

    pub(super) fn judged(
        &mut self,
        store: &Store,
        host: &dyn Host,
        generation: Option<Generation>,
        handed: &[Handed],
        verdicts: Vec<(ChangeHash, Verdict)>,
    ) -> Result<(), Ended> {
        let sent: BTreeMap<ChangeHash, &Handed> = handed.iter().map(|handed| (handed.hash, handed)).collect();
        let mut by_record: BTreeMap<RecordId, Answered> = BTreeMap::new();
        for (hash, verdict) in verdicts {
            let Some(handed) = sent.get(&hash) else { continue };
            self.answers.answered.insert(hash);
            self.count(&verdict);
            if matches!(verdict, Verdict::Later { .. }) {
                self.answers.resting.insert(handed.record);
            }
            let Handed { record, kind, version, again, sealed, .. } = **handed;
            if again && matches!(verdict, Verdict::Accepted(_)) {
                self.answers.accepted_twice.insert(hash);
            }
            let answers = by_record.entry(record).or_insert_with(|| Answered::of(record, kind, version));
            if again && takes_back(&verdict, sealed) {
                answers.disowned.insert(hash);
            }
            answers.verdicts.push((hash, verdict));
        }
        // A change the office left without an answer is not asked about again and again.
        for &Handed { record, kind, version, hash, .. } in handed {
            if self.answers.answered.contains(&hash) {
                continue;
            }
            self.answers.resting.insert(record);
            let reason = Reason { code: "answer".to_owned(), path: None };
            by_record
                .entry(record)
                .or_insert_with(|| Answered::of(record, kind, version))
                .verdicts
                .push((hash, Verdict::Later { reason }));
        }
        let answered: Vec<Answered> = by_record.into_values().collect();
        self.follow(store, host, generation, answered, false)
    }

    /// Follows answers. Those that name an accepted copy which is not here, and those about an edit that is to be
    /// written again on top of what is not here, wait for the feed to bring it, unless the feed has been read and did
    /// not.
    fn follow(
        &mut self,
        store: &Store,
        host: &dyn Host,
        generation: Option<Generation>,
        answered: Vec<Answered>,
        feed_was_read: bool,
    ) -> Result<(), Ended> {
        let mut report = std::mem::take(&mut self.report);
        let merger = self.merger(host, generation);
        let before = report.reauthored;
        let deferred = store.write_reserved(|tx| {
            let mut deferred = Vec::new();
            for answers in answered {
                let mut waits = false;
                for (hash, verdict) in &answers.verdicts {
                    waits |= match verdict {
                        Verdict::Duplicate { of, .. } => {
                            merger.rules.adopt_duplicates
                                && of != hash
                                && !tx.has_change(answers.record, *of)?
                        }
                        Verdict::Fork { .. } | Verdict::DependencyRejected { .. } => {
                            tx.is_waiting(answers.record, *hash)?
                        }
                        _ => false,
                    };
                }
                if waits && !feed_was_read {
                    deferred.push(answers);
                    continue;
                }
                let Answered { record, kind, version, verdicts, disowned } = &answers;
                let update =
                    RecordUpdate { record: *record, kind: *kind, version: *version, verdicts, brought: &[] };
                merger.answer(tx, &update, disowned, &mut report)?;
            }
            Ok::<_, MergeError>(deferred)
        });
        if report.reauthored > before {
            self.budget.rebuilds = self.budget.rebuilds.saturating_sub(1);
        }
        self.report = report;
        let deferred = deferred?;
        self.answers.resting.extend(deferred.iter().map(|answers| answers.record));
        self.answers.deferred.extend(deferred);
        Ok(())
    }

    pub(super) fn follow_deferred(
        &mut self,
        store: &Store,
        host: &dyn Host,
        generation: Generation,
    ) -> Result<(), Ended> {
        let deferred = std::mem::take(&mut self.answers.deferred);
        if deferred.is_empty() {
            return Ok(());
        }
        for answers in &deferred {
            self.answers.resting.remove(&answers.record);
        }
        self.follow(store, host, Some(generation), deferred, true)
    }

    fn count(&mut self, verdict: &Verdict) {
        let report = &mut self.report;
        let counter = match verdict {
            Verdict::Accepted(_) => &mut report.accepted,
            Verdict::Duplicate { .. } => &mut report.duplicates,
            Verdict::Rejected(_) => &mut report.rejected,
            Verdict::Quarantined(_) => &mut report.quarantined,
            Verdict::Fork { .. } => &mut report.forks,
            Verdict::DependencyRejected { .. } => &mut report.dependencies,
            Verdict::Pending => &mut report.pending,
            Verdict::Later { .. } => &mut report.later,
        };
        *counter += 1;
    }
}

/// Whether an answer takes back that the office accepted a change. What has its seal is only not judged yet, or waits for
/// what builds it: it is offered again as it is.
const fn takes_back(verdict: &Verdict, sealed: bool) -> bool {
    match verdict {
        Verdict::Accepted(_) => false,
        Verdict::Pending | Verdict::Later { .. } => !sealed,
        _ => true,
    }
}

impl Answered {
    const fn of(record: RecordId, kind: Kind, version: KindVersion) -> Self {
        Self { record, kind, version, verdicts: Vec::new(), disowned: BTreeSet::new() }
    }
}

fn handed_in(outgoing: Outgoing) -> (Handed, Envelope) {
    let Outgoing { record, kind, version, hash, .. } = outgoing;
    let envelope = Envelope {
        record,
        kind: kind.into(),
        version,
        change: ByteBuf::from(outgoing.bytes),
        device: outgoing.signed.device,
        signature: ByteBuf::from(outgoing.signed.signature),
        receipt: None,
    };
    (Handed { record, kind, version, hash, again: false, sealed: false }, envelope)
}
