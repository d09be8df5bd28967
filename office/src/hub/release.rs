//! A supervisor looks at what was held and lets it in.

use butler_core::host::Host;
use butler_core::model::{ChangeHash, RecordId, StaffId};
use butler_core::sync::message::Verdict;

use super::Hub;
use super::error::OfficeError;
use super::examine::{Candidate, examine};
use super::judge::Bench;
use crate::storage::{Held, Parked, Storage};

impl<S: Storage> Hub<S> {
    /// What is held, oldest first.
    ///
    /// # Errors
    /// The storage's.
    pub fn held(&self) -> Result<Vec<Held>, OfficeError> {
        self.storage.read(|read| Ok(read.held()?))
    }

    /// What waits for a dependency that nobody has handed in yet, oldest first.
    ///
    /// # Errors
    /// The storage's.
    pub fn parked(&self) -> Result<Vec<Parked>, OfficeError> {
        self.storage.read(|read| Ok(read.all_parked()?))
    }

    /// Lifts the verdict on a held change: a supervisor vouches for what it may not do by itself. The gate
    /// still stands, and a change nobody proved to be the author of is not released. What was held only
    /// because it builds on this one is judged again, by the ordinary rules.
    ///
    /// # Errors
    /// [`OfficeError::NotReleasable`], [`OfficeError::StillHeld`], or the storage's; then nothing is lifted.
    pub fn release(
        &self,
        host: &dyn Host,
        by: &StaffId,
        record: RecordId,
        hash: ChangeHash,
    ) -> Result<(), OfficeError> {
        let now = host.now();
        self.storage.write(|tx| {
            tx.lock(&[record])?;
            let directory = self.directory(tx.reader())?;
            let mut bench = Bench::new(self.rules, self.access(&directory), tx.life()?, now);
            let mut candidates: Vec<Candidate> = Vec::new();
            for held in tx.release(record, hash, now)? {
                let signer = bench.device(tx.reader(), held.envelope.device)?;
                let candidate = examine(held.envelope, held.sender, signer);
                if candidate.hash == hash {
                    if !candidate.is_proven() {
                        continue;
                    }
                    candidates.insert(0, candidate.vouched());
                } else {
                    candidates.push(candidate);
                }
            }
            if candidates.first().is_none_or(|first| first.hash != hash) {
                return Err(OfficeError::NotReleasable);
            }
            let verdicts = bench.judge(tx, record, &candidates)?;
            match verdicts.first() {
                Some(Verdict::Accepted(_) | Verdict::Duplicate { .. } | Verdict::Parked) => {}
                Some(Verdict::Refused(reason) | Verdict::Quarantined(reason)) => {
                    return Err(OfficeError::StillHeld { code: reason.code.clone() });
                }
                Some(Verdict::Fork { .. }) => return Err(OfficeError::StillHeld { code: "fork".to_owned() }),
                _ => return Err(OfficeError::StillHeld { code: "dependency".to_owned() }),
            }
            bench.publish(tx)?;
            let about = serde_json::json!({ "by": by, "record": record, "change": hash });
            tx.put_audit(now, "office", "release", &about.to_string())?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use butler_core::crdt::ChangeInfo;
    use butler_core::model::{Edit, RecordId};
    use butler_core::sync::message::Verdict;

    use super::super::OfficeError;
    use super::super::testing::*;

    #[test]
    fn a_released_change_is_accepted_and_what_stood_on_it_is_judged_again() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let mut document = home(1);
        let first = zhang.write(&mut document, &founded("b3/u1"));
        let refused = zhang.write(&mut document, &Edit::new().put("arrears", 5_000));
        let child = zhang.write(&mut document, &Edit::new().put("layout", "两室"));
        zhang.push(&[&first, &refused, &child]);
        let hash = |e: &butler_core::sync::message::Envelope| ChangeInfo::parse(&e.change).unwrap().hash;
        assert_eq!(office.hub.held().unwrap().len(), 2);

        office.hub.release(&office.desk, &staff("li.zg"), RecordId([1; 16]), hash(&refused)).unwrap();
        assert_eq!(office.hub.held().unwrap(), []);
        assert_eq!(office.hub.document(RecordId([1; 16])).unwrap().unwrap().heads(), document.heads());
        assert!(matches!(zhang.push_one(&refused), Verdict::Accepted(_)));
        assert_eq!(zhang.hello(vec![hash(&refused)]).unwrap().accepted_since.len(), 1);
        let again = office.hub.release(&office.desk, &staff("li.zg"), RecordId([1; 16]), hash(&refused));
        assert!(matches!(again, Err(OfficeError::NotReleasable)));
    }

    #[test]
    fn nobody_can_vouch_for_an_unproven_author_or_a_malformed_change() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let mut forged = zhang.write(&mut home(1), &founded("b3/u1"));
        forged.signature[9] ^= 1;
        zhang.push_one(&forged);
        let hash = ChangeInfo::parse(&forged.change).unwrap().hash;
        let result = office.hub.release(&office.desk, &staff("li.zg"), RecordId([1; 16]), hash);
        assert!(matches!(result, Err(OfficeError::NotReleasable)));
        assert_eq!(office.hub.held().unwrap().len(), 1, "a failed release changes nothing");
    }
}
