//! Handing in: which changes go next, and what the answers lead to.

use std::collections::BTreeMap;

use serde_bytes::ByteBuf;

use super::{Answered, Asked, Effect, Engine, Handed, Stop};
use crate::host::Host;
use crate::model::{ChangeHash, RecordId};
use crate::store::{Outgoing, Store};
use crate::sync::message::{Envelope, Request, Verdict, limit};
use crate::sync::report::Stage;
use crate::sync::settle::{SettleError, Subject};

/// What an envelope weighs beside its change, in bytes.
const ENVELOPE: usize = 200;

impl Engine {
    /// The next changes nobody answered yet, in their order; `None` when there are none.
    pub(super) fn push(&mut self, store: &Store) -> Result<Option<Vec<Effect>>, Stop> {
        let batch = self.unanswered(store, limit::PUSH)?;
        store.set_sending(batch.iter().map(|outgoing| outgoing.record).collect());
        if batch.is_empty() {
            return Ok(None);
        }
        let handed = batch
            .iter()
            .map(|o| Handed { record: o.record, kind: o.kind, version: o.version, hash: o.hash })
            .collect();
        self.report.sent += batch.len() as u64;
        let done = self.answered.len() as u64;
        let total = done + batch.len() as u64;
        let envelopes = batch.into_iter().map(envelope).collect();
        let mut effects = vec![self.progress(Stage::Sending, done, total)];
        effects.extend(self.ask(Asked::Push(handed), Request::Push { envelopes })?);
        Ok(Some(effects))
    }

    fn unanswered(&self, store: &Store, most: usize) -> Result<Vec<Outgoing>, Stop> {
        if self.rebuilds == 0 {
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
                if self.answered.contains(&outgoing.hash) || self.resting.contains(&outgoing.record) {
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

    pub(super) fn has_unanswered(&self, store: &Store) -> Result<bool, Stop> {
        Ok(!self.unanswered(store, 1)?.is_empty())
    }

    pub(super) fn judged(
        &mut self,
        store: &Store,
        host: &dyn Host,
        handed: &[Handed],
        verdicts: Vec<(ChangeHash, Verdict)>,
    ) -> Result<(), Stop> {
        let sent: BTreeMap<ChangeHash, &Handed> = handed.iter().map(|handed| (handed.hash, handed)).collect();
        let mut by_record: BTreeMap<RecordId, Answered> = BTreeMap::new();
        for (hash, verdict) in verdicts {
            let Some(handed) = sent.get(&hash) else { continue };
            self.answered.insert(hash);
            self.count(&verdict);
            if matches!(verdict, Verdict::Later) {
                self.resting.insert(handed.record);
            }
            let Handed { record, kind, version, .. } = **handed;
            by_record
                .entry(record)
                .or_insert_with(|| Answered { record, kind, version, verdicts: Vec::new() })
                .verdicts
                .push((hash, verdict));
        }
        // A change the office left without an answer is not asked about again and again.
        self.resting
            .extend(handed.iter().filter(|handed| !self.answered.contains(&handed.hash)).map(|h| h.record));
        let answered: Vec<Answered> = by_record.into_values().collect();
        self.follow(store, host, answered, false)
    }

    /// Follows answers. Those that name an accepted copy which is not here wait for the feed to bring it, unless
    /// the feed has been read and did not.
    fn follow(
        &mut self,
        store: &Store,
        host: &dyn Host,
        answered: Vec<Answered>,
        feed_was_read: bool,
    ) -> Result<(), Stop> {
        let mut report = std::mem::take(&mut self.report);
        let hands = self.hands(host)?;
        let before = report.reauthored;
        let deferred = store.write_reserved(|tx| {
            let mut deferred = Vec::new();
            for answers in answered {
                let mut waits = false;
                for (hash, verdict) in &answers.verdicts {
                    if let Verdict::Duplicate { of, .. } = verdict {
                        waits |= of != hash && !tx.has_change(answers.record, *of)?;
                    }
                }
                if waits && !feed_was_read && hands.rules.adopt_duplicates {
                    deferred.push(answers);
                    continue;
                }
                let Answered { record, kind, version, verdicts } = &answers;
                let subject =
                    Subject { record: *record, kind: *kind, version: *version, verdicts, brought: &[] };
                hands.settle(tx, &subject, &mut report)?;
            }
            Ok::<_, SettleError>(deferred)
        });
        if report.reauthored > before {
            self.rebuilds -= 1;
        }
        self.report = report;
        let deferred = deferred?;
        self.resting.extend(deferred.iter().map(|answers| answers.record));
        self.deferred.extend(deferred);
        Ok(())
    }

    pub(super) fn follow_deferred(&mut self, store: &Store, host: &dyn Host) -> Result<(), Stop> {
        let deferred = std::mem::take(&mut self.deferred);
        if deferred.is_empty() {
            return Ok(());
        }
        for answers in &deferred {
            self.resting.remove(&answers.record);
        }
        self.follow(store, host, deferred, true)
    }

    fn count(&mut self, verdict: &Verdict) {
        let report = &mut self.report;
        let counter = match verdict {
            Verdict::Accepted(_) => &mut report.accepted,
            Verdict::Duplicate { .. } => &mut report.duplicates,
            Verdict::Refused(_) => &mut report.refused,
            Verdict::Quarantined(_) => &mut report.quarantined,
            Verdict::Fork { .. } => &mut report.forks,
            Verdict::DependencyRefused { .. } => &mut report.dependencies,
            Verdict::Parked => &mut report.parked,
            Verdict::Later => &mut report.later,
        };
        *counter += 1;
    }
}

fn envelope(outgoing: Outgoing) -> Envelope {
    Envelope {
        record: outgoing.record,
        kind: outgoing.kind,
        version: outgoing.version,
        change: ByteBuf::from(outgoing.bytes),
        device: outgoing.signed.device,
        signature: ByteBuf::from(outgoing.signed.signature),
    }
}
