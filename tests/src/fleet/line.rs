//! What happens to a message: it is lost, doubled, late, or cut off; and one sync over such a line.

use butler_core::crdt::{ChangeInfo, edit_id};
use butler_core::store::StoreError;
use butler_core::sync::device::DeviceKey;
use butler_core::sync::frame;
use butler_core::sync::message::{Frame, Problem, Reply, Request, Verdict};
use butler_core::sync::{End, Engine, SyncEffect, SyncEvent, SyncReport};
use sha2::{Digest as _, Sha256};

use super::{BadMoment, Broken, Faults, Fleet, broken};

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
        let mut effects = self.phones[at].tell(&mut engine, SyncEvent::Start)?;
        for _ in 0..ENDLESS {
            let mut request = None;
            for effect in effects {
                match effect {
                    SyncEffect::Send(bytes) => request = Some(bytes),
                    SyncEffect::Progress(_) => {}
                    SyncEffect::Done(report) => {
                        self.sum(&report);
                        if report.end == End::Office(Problem::UnknownDevice) {
                            // Enrolled after the backup the office was restored from: the desk gives it a code again.
                            self.phones[at].enrol_again(&self.hub, &self.host)?;
                            return self.sync(at, faults);
                        }
                        self.ended_in_this_life(at, &report)?;
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
            self.bad_moment(request.as_deref())?;
            let answer = request.and_then(|request| self.deliver(at, &request, faults));
            // Drawn only where it is planned, as promotions are.
            if faults.hang_up > 0 && self.rng.chance(faults.hang_up) {
                self.outcome.broken_syncs += 1;
                return Ok(SyncReport::default());
            }
            effects = Vec::new();
            // An answer of another time comes first.
            if self.rng.chance(faults.late)
                && let Some(late) = self.phones[at].late_answer(&mut self.rng)
            {
                effects = self.phones[at].tell(&mut engine, SyncEvent::Reply(&late))?;
            }
            match (effects.is_empty(), answer) {
                (true, Some(answer)) => {
                    effects = self.phones[at].tell(&mut engine, SyncEvent::Reply(&answer))?;
                    if self.rng.chance(faults.late) {
                        self.phones[at].late.push(answer);
                    }
                }
                (false, Some(answer)) => self.phones[at].late.push(answer),
                (_, None) => {}
            }
            if effects.is_empty() {
                effects = self.phones[at].tell(&mut engine, SyncEvent::Failed)?;
            }
        }
        Err(Broken(format!("a sync of phone {at} does not end")))
    }

    /// What happens to the office before it answers a request.
    fn bad_moment(&mut self, request: Option<&[u8]>) -> Result<(), Broken> {
        let (Some(moment), Some(request)) = (self.bad_moment, request) else { return Ok(()) };
        let Ok(frame) = frame::decode::<Request>(request) else { return Ok(()) };
        match (moment, frame.body) {
            (BadMoment::BackUp, Request::Push { .. }) => {
                self.back_up_office()?;
                self.bad_moment = Some(BadMoment::Restore);
            }
            (BadMoment::Restore, Request::Pull(_)) | (BadMoment::RestoreIn { requests: 0, .. }, _) => {
                let with_secrets = matches!(moment, BadMoment::RestoreIn { with_secrets: true, .. });
                self.restore_office(with_secrets)?;
                self.bad_moment = None;
            }
            (BadMoment::RestoreIn { requests, with_secrets }, _) => {
                self.bad_moment = Some(BadMoment::RestoreIn { requests: requests - 1, with_secrets });
            }
            _ => {}
        }
        Ok(())
    }

    /// Whoever is told that a sync is complete has read the office as it is, not as it was before it was restored.
    fn ended_in_this_life(&self, at: usize, report: &SyncReport) -> Result<(), Broken> {
        use butler_office::storage::{Storage as _, StorageError};
        if report.end != End::Complete {
            return Ok(());
        }
        let here = self.phones[at].store.read(|reader| reader.generation());
        let here = here.map_err(|error: StoreError| broken("reading a phone", error))?;
        let office = self.hub.storage().read(|read| Ok::<_, StorageError>(read.life()?.generation));
        let office = office.map_err(|error| broken("the office's life", error))?;
        if here == Some(office) {
            return Ok(());
        }
        Err(Broken(format!("phone {at} was told that it is in step with an office that is no more")))
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
        self.hear_rejections(request, &answer);
        answer
    }

    /// Notes to which edits the office says no for good, for the day it says otherwise.
    fn hear_rejections(&mut self, request: &[u8], answer: &[u8]) {
        let Ok(Frame { body: Reply::Verdicts { verdicts }, .. }) = frame::decode(answer) else { return };
        let Ok(Frame { body: Request::Push { envelopes }, .. }) = frame::decode(request) else { return };
        for (envelope, (_, verdict)) in envelopes.iter().zip(verdicts) {
            let Ok(change) = ChangeInfo::parse(&envelope.change) else { continue };
            let edit = edit_id(&change);
            match verdict {
                // A receipt overrides what was said before; and what is not proven to be its author's binds nobody.
                _ if envelope.receipt.is_some() => self.oracle.let_in(edit),
                Verdict::Rejected(_) | Verdict::Quarantined(_) => self.oracle.rejected(edit),
                _ => {}
            }
        }
    }

    fn sum(&mut self, report: &SyncReport) {
        let sum = &mut self.outcome.sum;
        for (sum, one) in [
            (&mut sum.sent, report.sent),
            (&mut sum.accepted, report.accepted),
            (&mut sum.duplicates, report.duplicates),
            (&mut sum.rejected, report.rejected),
            (&mut sum.quarantined, report.quarantined),
            (&mut sum.forks, report.forks),
            (&mut sum.dependencies, report.dependencies),
            (&mut sum.pending, report.pending),
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
