//! A supervisor looks at what was held and lets it in.

use std::collections::BTreeMap;

use butler_core::crdt::{ChangeInfo, Document, gate};
use butler_core::host::Host;
use butler_core::model::{ChangeHash, GridId, PlaceId, RecordId, StaffId};
use butler_core::sync::message::{Envelope, Verdict};
use chrono::{DateTime, NaiveDate, TimeDelta};

use super::Hub;
use super::error::OfficeError;
use super::examine::{HandedIn, examine};
use crate::storage::{Held, Pending, Read, Storage, Stored};

/// A held change, as a person at the office looks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldChange {
    /// The change.
    pub held: Held,
    /// The day it came in, by the community's clocks. The author's own clock may be wrong.
    pub day: Option<NaiveDate>,
    /// The grids its record lies in now, or would lie in: none when it names no place that the office knows.
    pub grids: Vec<GridId>,
}

/// Which held changes are meant; what is absent is no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldOf {
    /// Whose they are.
    pub author: Option<StaffId>,
    /// The day they came in.
    pub day: Option<NaiveDate>,
    /// A grid their records lie in.
    pub grid: Option<GridId>,
}

impl HeldOf {
    fn means(&self, change: &HeldChange) -> bool {
        let author = change.held.edit.as_ref().map(|(_, staff)| staff);
        self.author.as_ref().is_none_or(|wanted| author == Some(wanted))
            && self.day.is_none_or(|wanted| change.day == Some(wanted))
            && self.grid.as_ref().is_none_or(|wanted| change.grids.contains(wanted))
    }
}

/// What became of held changes that were released together.
#[derive(Debug, Default)]
pub struct Released {
    /// How many were let in.
    pub accepted: usize,
    /// Those that are held still, with the reason.
    pub still_held: Vec<(ChangeHash, OfficeError)>,
}

impl<S: Storage> Hub<S> {
    /// What is held, oldest first.
    ///
    /// # Errors
    /// The storage's.
    pub fn held(&self) -> Result<Vec<Held>, OfficeError> {
        self.storage.read(|read| Ok(read.held()?))
    }

    /// Of what is held that which is meant, oldest first.
    ///
    /// # Errors
    /// The storage's.
    pub fn held_of(&self, meant: &HeldOf) -> Result<Vec<HeldChange>, OfficeError> {
        self.storage.read(|read| {
            let in_force = self.in_force(read)?;
            let offset = TimeDelta::minutes(read.community()?.utc_offset_minutes.into());
            let held = read.held()?;
            let mut places: BTreeMap<RecordId, Option<PlaceId>> = BTreeMap::new();
            for change in &held {
                // Of a record that is not here yet whichever of its changes is the first says where it belongs.
                let place = places.entry(change.envelope.record).or_default();
                if place.is_none() {
                    *place = place_of(read, &change.envelope)?;
                }
            }
            let changes = held.into_iter().map(|held| {
                let at = DateTime::from_timestamp_millis(held.at.millis());
                let place = places.get(&held.envelope.record).and_then(Option::as_ref);
                HeldChange {
                    day: at.map(|at| (at.naive_utc() + offset).date()),
                    grids: place.map(|place| in_force.grids_at(place).to_vec()).unwrap_or_default(),
                    held,
                }
            });
            Ok(changes.filter(|change| meant.means(change)).collect())
        })
    }

    /// Releases held changes, each in a transaction of its own: one that still does not pass holds no other.
    ///
    /// # Errors
    /// [`OfficeError::UnknownStaff`], or the storage's; what was let in by then stays.
    pub fn release_all(
        &self,
        host: &dyn Host,
        by: &StaffId,
        changes: &[HeldChange],
    ) -> Result<Released, OfficeError> {
        let mut left: Vec<(RecordId, ChangeHash)> =
            changes.iter().map(|change| (change.held.envelope.record, change.held.hash)).collect();
        let mut released = Released::default();
        // What builds on another passes after it: they are gone through until nothing moves any more.
        loop {
            let (before, mut waiting) = (left.len(), Vec::new());
            released.still_held.clear();
            for (record, hash) in left {
                match self.release(host, by, record, hash) {
                    Ok(()) => released.accepted += 1,
                    Err(error @ (OfficeError::StillHeld { .. } | OfficeError::NotReleasable)) => {
                        if self.storage.read(|read| read.change(record, hash))?.is_some() {
                            released.accepted += 1;
                        } else {
                            released.still_held.push((hash, error));
                            waiting.push((record, hash));
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
            if waiting.is_empty() || waiting.len() == before {
                return Ok(released);
            }
            left = waiting;
        }
    }

    /// What waits for a dependency that nobody has handed in yet, oldest first.
    ///
    /// # Errors
    /// The storage's.
    pub fn pending(&self) -> Result<Vec<Pending>, OfficeError> {
        self.storage.read(|read| Ok(read.all_pending()?))
    }

    /// Lifts the verdict on a held change: a supervisor vouches for what it may not do by itself. The gate
    /// still stands, and a change nobody proved to be the author of is not released. What was held only
    /// because it builds on this one is judged again, by the ordinary rules.
    ///
    /// # Errors
    /// [`OfficeError::UnknownStaff`], [`OfficeError::NotReleasable`], [`OfficeError::StillHeld`], or the storage's;
    /// then nothing is lifted.
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
            let in_force = self.in_force(tx.reader())?;
            in_force.active(by).ok_or_else(|| OfficeError::UnknownStaff(by.clone()))?;
            let mut reviewer = self.reviewer(&in_force, tx.life()?, now);
            let mut candidates: Vec<HandedIn> = Vec::new();
            for held in tx.release(record, hash, now)? {
                let signer = reviewer.device(tx.reader(), held.envelope.device)?;
                let candidate = examine(held.envelope, held.sender, signer, self.own_seals());
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
            let verdicts = reviewer.judge(tx, record, &candidates)?;
            match verdicts.first() {
                Some(Verdict::Accepted(_) | Verdict::Duplicate { .. } | Verdict::Pending) => {}
                Some(Verdict::Rejected(reason) | Verdict::Quarantined(reason)) => {
                    return Err(OfficeError::StillHeld { code: reason.code.clone() });
                }
                Some(Verdict::Fork { .. }) => return Err(OfficeError::StillHeld { code: "fork".to_owned() }),
                _ => return Err(OfficeError::StillHeld { code: "dependency".to_owned() }),
            }
            reviewer.publish(tx)?;
            let about = serde_json::json!({ "by": by, "record": record, "change": hash });
            tx.put_audit(now, "office", "release", &about.to_string())?;
            Ok(())
        })
    }
}

/// Where the record of a held change is pinned, or would be by this very change.
fn place_of(read: &dyn Read, envelope: &Envelope) -> Stored<Option<PlaceId>> {
    if let Some(row) = read.record(envelope.record)? {
        return Ok(Some(row.place));
    }
    let named = || {
        let info = ChangeInfo::parse(&envelope.change).ok()?;
        let before = Document::genesis(envelope.record, envelope.kind.known()?, envelope.version).ok()?;
        let after = gate::admit(&before, &info, gate::Judge::Office).ok()?;
        after.record().text("place")?.parse().ok()
    };
    Ok(named())
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
        let rejected = zhang.write(&mut document, &Edit::new().put("arrears", 5_000));
        let child = zhang.write(&mut document, &Edit::new().put("layout", "两室"));
        zhang.push(&[&first, &rejected, &child]);
        let hash = |e: &butler_core::sync::message::Envelope| ChangeInfo::parse(&e.change).unwrap().hash;
        assert_eq!(office.hub.held().unwrap().len(), 2);

        office.hub.release(&office.desk, &staff("li.zg"), RecordId([1; 16]), hash(&rejected)).unwrap();
        assert_eq!(office.hub.held().unwrap(), []);
        assert_eq!(office.hub.document(RecordId([1; 16])).unwrap().unwrap().heads(), document.heads());
        assert!(matches!(zhang.push_one(&rejected), Verdict::Accepted(_)));
        assert_eq!(zhang.hello(vec![(RecordId([1; 16]), hash(&rejected))]).unwrap().accepted_since.len(), 1);
        let again = office.hub.release(&office.desk, &staff("li.zg"), RecordId([1; 16]), hash(&rejected));
        assert!(matches!(again, Err(OfficeError::NotReleasable)));
    }

    /// 张丽 works in grid 2 from noon on; what she wrote in grid 1 in the morning comes in afterwards.
    #[test]
    fn what_a_change_of_grid_rejected_is_found_by_person_day_and_grid_and_let_in_together() {
        use super::HeldOf;

        let office = Office::new();
        let (zhang, wang) = (office.phone("zhang.li"), office.phone("wang.wei"));
        office
            .hub
            .change_tables(&office.desk, "move", |tables| {
                let mine = tables.assignments.iter_mut().find(|row| row.staff == staff("zhang.li"));
                mine.unwrap().grid = Some(grid("g2"));
                Ok(())
            })
            .unwrap();
        let (mut first, mut second) = (home(1), home(2));
        let morning = [
            zhang.write(&mut first, &founded("b3/u1")),
            zhang.write(&mut first, &Edit::new().put("layout", "两室一厅")),
            zhang.write(&mut first, &Edit::new().splice("note", 0, 0, "阳台渗水，已约周三看")),
            zhang.write(&mut second, &founded("b3/u2")),
        ];
        zhang.push(&morning.iter().collect::<Vec<_>>());
        zhang.push_one(&zhang.write(&mut home(3), &founded("nowhere")));
        wang.push_one(&wang.write(&mut home(4), &founded("b3/u1")));
        office.desk.pass(86_400 * 1_000);
        zhang.open_session();
        zhang.push_one(&zhang.write(&mut home(5), &founded("b3/u2")));

        let all = office.hub.held_of(&HeldOf::default()).unwrap();
        assert_eq!(all.len(), 7);
        let day = all[0].day;
        assert_eq!(day, chrono::NaiveDate::from_ymd_opt(2026, 11, 18), "the community's day");
        let meant = HeldOf { author: Some(staff("zhang.li")), day, grid: Some(grid("g1")) };
        let found = office.hub.held_of(&meant).unwrap();
        assert_eq!(found.len(), 4, "what builds on a first edit lies where that one does");

        let by = staff("li.zg");
        let released = office.hub.release_all(&office.desk, &by, &found).unwrap();
        assert_eq!((released.accepted, released.still_held.len()), (4, 0), "{released:?}");
        for document in [&first, &second] {
            assert_eq!(office.hub.document(document.id()).unwrap().unwrap().heads(), document.heads());
        }
        assert_eq!(office.hub.held_of(&meant).unwrap(), []);
        assert_eq!(office.hub.held_of(&HeldOf::default()).unwrap().len(), 3, "nobody else's");

        let rest =
            office.hub.held_of(&HeldOf { author: Some(staff("zhang.li")), ..HeldOf::default() }).unwrap();
        let released = office.hub.release_all(&office.desk, &by, &rest).unwrap();
        assert_eq!((released.accepted, released.still_held.len()), (1, 1), "no such place: {released:?}");
        let nobody = office.hub.release_all(&office.desk, &staff("nobody"), &all);
        assert!(matches!(nobody, Err(OfficeError::UnknownStaff(_))));
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
