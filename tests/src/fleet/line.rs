//! What happens to a message: it is lost, doubled, late, or cut off; and one sync over such a line.

use butler_core::sync::device::DeviceKey;
use butler_core::sync::{Effect, Engine, Event, SyncReport};
use sha2::{Digest as _, Sha256};

use super::{Broken, Faults, Fleet};

/// More requests than any sync of these fleets needs.
const ENDLESS: u32 = 3_000;

/// The line between all phones and the office.
#[derive(Default)]
pub(super) struct Line {
    /// Requests still to arrive once more.
    requests: Vec<Vec<u8>>,
    trace: Sha256,
}

impl Line {
    /// What is still under way gets lost.
    pub(super) fn forget(&mut self) {
        self.requests.clear();
    }

    /// SHA-256 over everything that travelled.
    pub(super) fn trace(&self) -> [u8; 32] {
        self.trace.clone().finalize().into()
    }

    fn note(&mut self, direction: &[u8], bytes: &[u8]) {
        self.trace.update(direction);
        self.trace.update((bytes.len() as u64).to_be_bytes());
        self.trace.update(bytes);
    }
}

impl Fleet {
    /// One sync of one phone. An interrupted one reports so.
    pub(super) fn sync(&mut self, at: usize, faults: Faults) -> Result<SyncReport, Broken> {
        self.outcome.syncs += 1;
        let key = DeviceKey::from_secret(&self.phones[at].secret);
        let mut engine = Engine::with_rules(key, "fleet", self.plan.phone_rules);
        let mut effects = self.phones[at].tell(&mut engine, Event::Start)?;
        for _ in 0..ENDLESS {
            let mut request = None;
            for effect in effects {
                match effect {
                    Effect::Send(bytes) => request = Some(bytes),
                    Effect::Progress(_) => {}
                    Effect::Done(report) => {
                        self.sum(&report);
                        return Ok(*report);
                    }
                }
            }
            if self.rng.chance(faults.crash) {
                self.outcome.broken_syncs += 1;
                self.crash(at)?;
                return Ok(SyncReport::default());
            }
            if self.rng.chance(faults.cut) {
                self.outcome.broken_syncs += 1;
                return Ok(SyncReport::default());
            }
            // Nobody waits for a sync before going on working.
            if self.rng.chance(faults.busy) {
                self.work(at)?;
            }
            let answer = request.and_then(|request| self.deliver(at, &request, faults));
            effects = Vec::new();
            // An answer of another time comes first.
            if self.rng.chance(faults.late)
                && let Some(late) = self.phones[at].late_answer(&mut self.rng)
            {
                effects = self.phones[at].tell(&mut engine, Event::Reply(&late))?;
            }
            match (effects.is_empty(), answer) {
                (true, Some(answer)) => {
                    effects = self.phones[at].tell(&mut engine, Event::Reply(&answer))?;
                    if self.rng.chance(faults.late) {
                        self.phones[at].late.push(answer);
                    }
                }
                (false, Some(answer)) => self.phones[at].late.push(answer),
                (_, None) => {}
            }
            if effects.is_empty() {
                effects = self.phones[at].tell(&mut engine, Event::Failed)?;
            }
        }
        Err(Broken(format!("a sync of phone {at} does not end")))
    }

    /// What comes back for a request, if anything does.
    fn deliver(&mut self, at: usize, request: &[u8], faults: Faults) -> Option<Vec<u8>> {
        if self.rng.chance(faults.late) && !self.line.requests.is_empty() {
            let late = self.line.requests.swap_remove(self.rng.pick_index(self.line.requests.len()));
            self.office(&late);
        }
        if self.rng.chance(faults.loss) {
            return None;
        }
        let answer = self.office(request);
        if self.rng.chance(faults.double) {
            let second = self.office(request);
            self.phones[at].late.push(second);
        }
        if self.rng.chance(faults.late) {
            self.line.requests.push(request.to_vec());
        }
        if self.rng.chance(faults.loss) {
            if self.rng.chance(50) {
                self.phones[at].late.push(answer);
            }
            return None;
        }
        Some(answer)
    }

    fn office(&mut self, request: &[u8]) -> Vec<u8> {
        self.line.note(b">", request);
        let answer = self.hub.handle(&self.host, request);
        self.line.note(b"<", &answer);
        answer
    }

    fn sum(&mut self, report: &SyncReport) {
        let sum = &mut self.outcome.sum;
        for (sum, one) in [
            (&mut sum.sent, report.sent),
            (&mut sum.accepted, report.accepted),
            (&mut sum.duplicates, report.duplicates),
            (&mut sum.refused, report.refused),
            (&mut sum.quarantined, report.quarantined),
            (&mut sum.forks, report.forks),
            (&mut sum.dependencies, report.dependencies),
            (&mut sum.parked, report.parked),
            (&mut sum.later, report.later),
            (&mut sum.reauthored, report.reauthored),
            (&mut sum.accepted_since, report.accepted_since),
            (&mut sum.rows, report.rows),
            (&mut sum.received, report.received),
            (&mut sum.withheld, report.withheld),
            (&mut sum.incomplete, report.incomplete),
            (&mut sum.removed, report.removed),
            (&mut sum.photos_sent, report.photos_sent),
            (&mut sum.photos_failed, report.photos_failed),
            (&mut sum.requests, report.requests),
            (&mut sum.bytes_sent, report.bytes_sent),
            (&mut sum.bytes_received, report.bytes_received),
        ] {
            *sum += one;
        }
    }
}
