//! What became of the changes a phone hands in?

use std::collections::{BTreeMap, BTreeSet};

use butler_core::model::{DeviceId, RecordId};
use butler_core::sync::message::{Envelope, Problem, Reply, Verdict, limit};

use super::access::Access;
use super::error::Failure;
use super::judge::{Bench, Candidate, Tally, examine};
use super::{Asker, Hub};
use crate::storage::{Device, Storage};

impl<S: Storage> Hub<S> {
    /// One verdict for every envelope, in order; answered only after everything accepted is durable.
    pub(super) fn push(&self, asker: &Asker, envelopes: Vec<Envelope>) -> Result<Reply, Failure> {
        if envelopes.len() > limit::PUSH {
            return Err(Problem::TooLarge { limit: limit::PUSH as u64 }.into());
        }
        let signers: BTreeSet<DeviceId> = envelopes.iter().map(|envelope| envelope.device).collect();
        let (sender, devices) = self.storage.read(|read| {
            let sender = self.asking(read, asker)?;
            let devices = signers.iter().map(|id| Ok((*id, read.device(*id)?)));
            let devices: BTreeMap<DeviceId, Option<Device>> = devices.collect::<Result<_, Failure>>()?;
            Ok::<_, Failure>((sender, devices))
        })?;

        // Signatures are checked before any lock is taken: they cost most and depend on nothing.
        let mut records: Vec<(RecordId, Vec<Candidate>)> = Vec::new();
        let mut places = Vec::with_capacity(envelopes.len());
        let mut index: BTreeMap<RecordId, usize> = BTreeMap::new();
        for envelope in envelopes {
            let at = *index.entry(envelope.record).or_insert_with(|| {
                records.push((envelope.record, Vec::new()));
                records.len() - 1
            });
            let signer = devices.get(&envelope.device).and_then(Option::as_ref);
            places.push((at, records[at].1.len()));
            records[at].1.push(examine(envelope, sender.id, signer));
        }

        let verdicts = self.storage.write(|tx| {
            let ids: Vec<RecordId> = index.keys().copied().collect();
            tx.lock(&ids)?;
            let directory = self.directory(tx.reader())?;
            let mut bench = Bench {
                rules: self.rules,
                access: Access { playbooks: &self.playbooks, directory: &directory },
                life: tx.life()?,
                now: asker.now,
                devices: BTreeMap::new(),
                feed: BTreeMap::new(),
                tally: Tally::default(),
            };
            let mut verdicts: Vec<Vec<Verdict>> = Vec::with_capacity(records.len());
            for (id, candidates) in &records {
                verdicts.push(bench.judge(tx, *id, candidates)?);
            }
            bench.publish(tx)?;
            let about = serde_json::to_string(&bench.tally).unwrap_or_default();
            tx.put_audit(asker.now, &sender.id.to_string(), "push", &about)?;
            Ok::<_, Failure>(verdicts)
        })?;
        let verdicts = places
            .into_iter()
            .map(|(record, at)| (records[record].1[at].hash, verdicts[record][at].clone()))
            .collect();
        Ok(Reply::Verdicts { verdicts })
    }
}
