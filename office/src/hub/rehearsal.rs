//! What of a push can be worked out before its transaction, by several threads at once: whose each change is, and whether
//! its record survives it.
//!
//! A rehearsal decides nothing. It goes through the changes of a record as the [`Reviewer`](super::judge::Reviewer) will,
//! asks them what follows from the record and the tables of the office alone, and proves the record with those that pass.
//! Inside the transaction the reviewer asks each change what only the storage says. As long as it accepts the same changes
//! in the same order it follows the rehearsal, step by step, and the record as it was proven is what is kept; where it comes
//! to another decision, or the record or the tables are others by then, it judges the record without a rehearsal.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use butler_core::model::{DeviceId, RecordId, Timestamp};
use butler_core::sync::message::Verdict;

use super::directory::InForce;
use super::document::Kept;
use super::error::Failure;
use super::examine::HandedIn;
use super::judge::{Proof, entitled, in_order, misfit, opened, take};
use super::record_review::{RecordReview, Rehearsal, Step};
use super::{Hub, Pause};
use crate::storage::{Device, Share, Storage, StorageError, Stored};

/// Bytes of records that are kept open until they are written. In memory a record takes many times what its changes do.
const OPEN: u64 = 1 << 20;
/// Signatures that are worth a thread.
const SIGNATURES: usize = 8;
/// Records that are worth a thread.
const RECORDS: usize = 2;

/// The candidates of one record, and the verdicts there are.
pub(super) type Handed<'a> = (RecordId, &'a [HandedIn], &'a [Option<Verdict>]);

impl<S: Storage> Hub<S> {
    /// Says of each change of a push what can be said of it alone.
    pub(super) fn examine_all<I: Send>(
        &self,
        items: Vec<I>,
        pause: &dyn Pause,
        examine: impl Fn(I) -> HandedIn + Sync,
    ) -> Result<Vec<HandedIn>, Failure> {
        let threads = self.judges.min(items.len().div_ceil(SIGNATURES));
        in_parallel(threads, items, pause, &|| true, &examine)
    }

    /// Rehearses the first of these records, as many as half of a turn allows and memory holds, at least one. There is none
    /// of a record that cannot be read.
    pub(super) fn rehearse(
        &self,
        devices: &BTreeMap<DeviceId, Option<Device>>,
        records: Vec<Handed<'_>>,
        now: Timestamp,
        pause: &dyn Pause,
    ) -> Result<Vec<Option<Rehearsal>>, Failure> {
        if self.judges == 0 {
            return Ok(records.iter().map(|_| None).collect());
        }
        let in_force = self.storage.read(|read| self.in_force(read))?;
        let open = AtomicU64::new(0);
        let threads = self.judges.min(records.len().div_ceil(RECORDS));
        let go_on = || open.load(Ordering::Relaxed) < OPEN && !pause.is_half_due();
        let rehearse = |handed: Handed<'_>| {
            match self.rehearse_one(&in_force, devices, handed, now, pause) {
                Ok((rehearsal, bytes)) => {
                    open.fetch_add(bytes, Ordering::Relaxed);
                    Ok(rehearsal)
                }
                // What is stored of one record never holds another: the reviewer says so.
                Err(StorageError::Unreadable { .. }) => Ok(None),
                Err(error) => Err(error.into()),
            }
        };
        in_parallel(threads, records, pause, &go_on, &rehearse)?.into_iter().collect()
    }

    /// The rehearsal of one record, and how many bytes of changes are open with it.
    fn rehearse_one(
        &self,
        in_force: &Arc<InForce>,
        devices: &BTreeMap<DeviceId, Option<Device>>,
        (id, candidates, verdicts): Handed<'_>,
        now: Timestamp,
        pause: &dyn Pause,
    ) -> Stored<(Option<Rehearsal>, u64)> {
        let authors: BTreeSet<DeviceId> =
            candidates.iter().filter_map(|candidate| Some(candidate.info.as_ref()?.actor.device())).collect();
        let (stored, mut shares) = self.storage.read(|read| {
            let share = |device: DeviceId| Ok((device, read.share(id, device)?));
            let shares = authors.into_iter().map(share).collect::<Stored<BTreeMap<DeviceId, Share>>>()?;
            let Some(row) = read.record(id)? else { return Ok((None, shares)) };
            let kept = Kept::read(read, id)?;
            Stored::Ok((Some((row, kept)), shares))
        })?;
        let accepted = stored.as_ref().map_or(0, |(row, _)| row.accepted);
        let Some(mut review) = RecordReview::load(id, stored) else { return Ok((None, 0)) };
        let is_revoked = |device: DeviceId| {
            devices.get(&device).and_then(Option::as_ref).is_none_or(|device| device.revoked.is_some())
        };
        let access = self.access(in_force);
        let (mut been_through, mut steps) = (BTreeSet::new(), VecDeque::new());
        for at in in_order(candidates, verdicts) {
            if !been_through.is_empty() && pause.is_half_due() {
                break;
            }
            let candidate = &candidates[at];
            been_through.insert(candidate.hash);
            let Some(info) = candidate.info.as_ref().filter(|_| candidate.objection.is_none()) else {
                continue;
            };
            if !candidate.is_allowed()
                && [candidate.envelope.device, candidate.sender].map(is_revoked).contains(&true)
            {
                continue;
            }
            let Ok(admission) = opened(&mut review, candidate) else { continue };
            if admission.document().contains(info.hash) {
                continue;
            }
            let kind = admission.document().kind();
            let Ok(written) = admission.examine(info) else { continue };
            if misfit(kind, &written, access.playbooks.terms(), candidate).is_some() {
                continue;
            }
            let Ok(place) = entitled(&access, &mut review, (candidate, info), &written) else { continue };
            // What has to wait for room costs the least: it is handed in again with every sync until there is some.
            if !candidate.is_allowed() {
                let share = shares.entry(info.actor.device()).or_default();
                let Ok(next) = review.share_with(*share, info, now) else { continue };
                *share = next;
            }
            if take(&mut review, info, Proof::Together).is_ok() {
                let photos = review.photos_left(&written);
                review.suppose(info, place.clone());
                steps.push_back(Step { change: info.hash, place, written, photos });
            }
        }
        let bytes = review.row.as_ref().map_or(0, |row| row.bytes);
        Ok((Some(review.rehearsed(accepted, in_force, been_through, steps)), bytes))
    }
}

/// Works on items in their order by so many threads, this one among them, as long as it is to go on; what became of those
/// begun comes in their order. Each thread does one at least. A panic ends it all, and nothing else.
fn in_parallel<I: Send, O: Send>(
    threads: usize,
    items: Vec<I>,
    pause: &dyn Pause,
    go_on: &(dyn Fn() -> bool + Sync),
    work: &(dyn Fn(I) -> O + Sync),
) -> Result<Vec<O>, Failure> {
    let waiting = Mutex::new(items.into_iter().enumerate());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let take_part = || {
        let mut done = Vec::new();
        while done.is_empty() || go_on() {
            let Some((at, item)) = next() else { break };
            done.push((at, work(item)));
        }
        done
    };
    let guarded = || catch_unwind(AssertUnwindSafe(take_part));
    let mut parts = std::thread::scope(|scope| {
        let help = || {
            let mut part = None;
            pause.helping(&mut || part = Some(guarded()));
            part
        };
        let helpers: Vec<_> = (1..threads).map(|_| scope.spawn(help)).collect();
        let mut parts = vec![Some(guarded())];
        parts.extend(helpers.into_iter().map(|helper| helper.join().ok().flatten()));
        parts
    });
    let mut all = Vec::new();
    for part in parts.drain(..) {
        match part {
            Some(Ok(done)) => all.extend(done),
            Some(Err(_)) | None => return Err(Failure::Panicked),
        }
    }
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, done)| done).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use butler_core::crdt::gate::{Admission, Judge};
    use butler_core::crdt::{ChangeInfo, Document};
    use butler_core::host::random;
    use butler_core::model::{ActorId, Edit, Kind, RecordId};
    use butler_core::sync::message::{Envelope, Problem, Reply, Request, Verdict};
    use butler_core::testing::TestHost;

    use super::super::author::OfficeEdit;
    use super::super::examine::examine;
    use super::super::testing::*;
    use super::super::{NoPause, Pause, quota};
    use super::*;
    use crate::storage::Read;

    /// Asked so many times it says that it is time, and does something when it is asked.
    struct Asked<F: Fn(usize) -> bool + Sync>(F, AtomicUsize);

    impl<F: Fn(usize) -> bool + Sync> Asked<F> {
        fn by(is_due: F) -> Self {
            Self(is_due, AtomicUsize::new(0))
        }
    }

    impl<F: Fn(usize) -> bool + Sync> Pause for Asked<F> {
        fn is_due(&self) -> bool {
            (self.0)(self.1.fetch_add(1, Ordering::Relaxed))
        }

        fn pause(&self) {}
    }

    /// A number below `end`.
    fn draw(host: &TestHost, end: usize) -> usize {
        usize::from_le_bytes(random(host).unwrap()) % end
    }

    /// Writes something into one of six homes: mostly what may be, sometimes what may not, on what its author has seen.
    fn written(host: &TestHost, by: &Phone<'_>, homes: &mut [Document]) -> Vec<Envelope> {
        let at = draw(host, homes.len());
        let document = &mut homes[at];
        let place = ["b3/u1", "b3/u1", "b3/u2", "gate", "b5", "nowhere"][draw(host, 6)];
        let edit = match draw(host, 12) {
            _ if document.is_empty() => founded(place),
            0 => Edit::new().put("arrears", 12_000),
            1 => Edit::new().put("area", "九十平"),
            2 => Edit::new().put("layout", "三室两厅"),
            3 => Edit::new().splice("note", 0, 0, "阳台渗水"),
            4 => Edit::new().put("balcony", "朝南"),
            _ => Edit::new().put("people", i64::try_from(draw(host, 9)).unwrap()),
        };
        let other = Edit::new().put("layout", "两室一厅");
        match draw(host, 12) {
            // A clone of the phone wrote on its own, under the same number.
            0 if !document.is_empty() => {
                let fork = by.write(&mut document.clone(), &other);
                vec![fork, by.write(document, &edit)]
            }
            // The answer got lost, the phone was restored, and wrote the edit again.
            1 => {
                let first = by.write(&mut document.clone(), &edit);
                by.actor.set(ActorId::new(by.key.device(), random(host).unwrap()));
                let of = ChangeInfo::parse(&first.change).unwrap().hash;
                vec![first, by.copy(document, &edit, Some(of))]
            }
            _ => vec![by.write(document, &edit)],
        }
    }

    /// Everything an office says and keeps of a week of pushes that follows from the seed.
    fn week(seed: u64, judges: usize) -> (Vec<Reply>, String) {
        let office = Office::new().judged_by(judges);
        let host = TestHost::new(seed);
        let phones = ["zhang.li", "zhang.li", "wang.wei", "li.zg"].map(|owner| office.phone(owner));
        let mut homes: Vec<Vec<Document>> = phones.iter().map(|_| (1..=6).map(home).collect()).collect();
        let (mut waiting, mut replies) = (Vec::new(), Vec::new());
        for turn in 0..24 {
            let who = draw(&host, phones.len());
            for _ in 0..draw(&host, 24) {
                waiting.extend(written(&host, &phones[who], &mut homes[who]));
            }
            let mut envelopes: Vec<Envelope> = Vec::new();
            for _ in 0..draw(&host, 32).min(waiting.len()) {
                envelopes.push(waiting.remove(draw(&host, waiting.len())));
            }
            if let Some(first) = envelopes.first().cloned() {
                match draw(&host, 4) {
                    0 => envelopes.push(first.clone()),
                    1 => waiting.push(first),
                    _ => {}
                }
            }
            if let Some(last) = envelopes.last_mut() {
                match draw(&host, 8) {
                    0 => last.signature[0] ^= 1,
                    1 => drop(last.change.pop()),
                    _ => {}
                }
            }
            if turn == 18 {
                office.hub.revoke(&office.desk, phones[1].key.device()).unwrap();
            }
            replies.push(phones[who].ask(Request::Push { envelopes }));
            // What the office has by now is seen by one of them.
            for document in &mut homes[who] {
                if draw(&host, 3) == 0
                    && let Some(now) = office.hub.document(document.id()).unwrap()
                {
                    *document = now;
                }
            }
        }
        let kept = office.hub.storage().read(|read| Stored::Ok(kept(read))).unwrap();
        (replies, kept)
    }

    fn kept(read: &dyn Read) -> String {
        let mut all = format!("{:?}\n{:?}\n", read.held().unwrap(), read.all_pending().unwrap());
        for id in (1..=6).map(|number| RecordId([number; 16])) {
            let (row, snapshot) = (read.record(id).unwrap(), read.snapshot(id).unwrap());
            all += &format!("{row:?} {snapshot:?} {:?}\n", read.receipts(id, 1, 1_000).unwrap());
        }
        for of in ["g1", "g2"] {
            all += &format!("{:?}\n", read.feed(&grid(of), 0, 1_000).unwrap());
        }
        all + &format!("{:?}", read.audit(0, 10_000).unwrap())
    }

    /// What is said and kept is what it would be if everything were judged in one transaction after the other.
    #[test]
    fn however_many_threads_judge_the_answers_are_the_same() {
        let mut said = std::collections::HashSet::new();
        for seed in 0..6 {
            let inside = week(seed, 0);
            for judges in [1, 3] {
                assert_eq!(week(seed, judges), inside, "seed {seed}, {judges} threads");
            }
            for reply in inside.0 {
                let Reply::Verdicts { verdicts } = reply else { panic!("{reply:?}") };
                said.extend(verdicts.iter().map(|(_, verdict)| std::mem::discriminant(verdict)));
            }
        }
        assert_eq!(said.len(), 7, "every verdict but `later` was given");
    }

    /// A register moves the home elsewhere, and a colleague adds a change, while a push is on its way between.
    #[test]
    fn a_record_that_changed_since_it_was_rehearsed_is_judged_as_it_is_now() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let by = staff("li.zg");
        let author = |number: u8, edit: Edit| {
            let edit = OfficeEdit { record: RecordId([number; 16]), kind: Kind::Home, seen: None, edit };
            office.hub.author(&office.desk, &by, &[edit]).unwrap();
        };
        author(1, founded("b3/u1"));
        let mut old = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        let mut new = home(2);
        let envelopes = vec![
            zhang.write(&mut old, &Edit::new().put("layout", "两室一厅")),
            zhang.write(&mut old, &Edit::new().put("people", 3)),
            zhang.write(&mut new, &founded("b3/u1")),
            zhang.write(&mut new, &Edit::new().put("people", 3)),
        ];
        // The pause is asked once between the changes of each record, when that one was opened.
        let asked = Mutex::new(0);
        let pause = Asked::by(|_| {
            let mut asked = asked.lock().unwrap();
            *asked += 1;
            match *asked {
                1 => author(1, Edit::new().put("area", 89.5)),
                3 => author(2, founded("b3/u2")),
                _ => {}
            }
            false
        });
        let Reply::Verdicts { verdicts } = zhang.ask_between(&pause, Request::Push { envelopes }) else {
            panic!()
        };
        let said: Vec<String> = verdicts
            .into_iter()
            .map(|(_, verdict)| match verdict {
                Verdict::Accepted(receipt) => receipt.ordinal.to_string(),
                Verdict::Rejected(reason) => reason.code,
                Verdict::DependencyRejected { .. } => "dependency".to_owned(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(said, ["3", "4", "write_once", "dependency"]);
        let now = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        assert_eq!(now.record().get("area"), Some(&butler_core::model::Value::Real(89.5)));
        assert_eq!(now.record().text("layout"), Some("两室一厅"));
        assert_eq!(now.len(), 4);
    }

    /// What only the storage says is asked in the transaction, whatever the rehearsal took: here who was revoked meanwhile,
    /// and that an edit is here already.
    #[test]
    fn what_the_storage_refuses_is_refused_and_what_stood_on_it_is_judged_without_it() {
        for judges in [0, 2] {
            let office = Office::new().judged_by(judges);
            let (zhang, lost) = (office.phone("zhang.li"), office.phone("zhang.li"));
            let mut home = home(1);
            assert!(matches!(
                zhang.push_one(&zhang.write(&mut home, &founded("b3/u1"))),
                Verdict::Accepted(_)
            ));
            let mut apart = home.clone();
            // The answer to the first got lost: the same edit comes again, by another actor, between two of now.
            let once = zhang.write(&mut home.clone(), &Edit::new().put("layout", "两室一厅"));
            assert!(matches!(zhang.push_one(&once), Verdict::Accepted(_)));
            let anew = || zhang.actor.set(ActorId::new(zhang.key.device(), random(&office.desk).unwrap()));
            anew();
            let of = ChangeInfo::parse(&once.change).unwrap().hash;
            let copy = zhang.copy(&mut home, &Edit::new().put("layout", "两室一厅"), Some(of));
            anew();
            let mut now = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
            let envelopes = vec![
                copy,
                lost.write(&mut apart, &Edit::new().put("people", 3)),
                zhang.write(&mut now, &Edit::new().put("area", 89.5)),
            ];
            // Asked between what is prepared; without threads it is never asked, and the phone is revoked before.
            let revoke = || office.hub.revoke(&office.desk, lost.key.device()).unwrap();
            if judges == 0 {
                revoke();
            }
            let pause = Asked::by(|asked| {
                if judges > 0 && asked == 1 {
                    revoke();
                }
                false
            });
            let Reply::Verdicts { verdicts } = zhang.ask_between(&pause, Request::Push { envelopes }) else {
                panic!()
            };
            let verdicts: Vec<Verdict> = verdicts.into_iter().map(|(_, verdict)| verdict).collect();
            assert!(matches!(verdicts[0], Verdict::Duplicate { .. }), "{verdicts:?}");
            assert!(
                matches!(&verdicts[1], Verdict::Quarantined(reason) if reason.code == "revoked"),
                "{verdicts:?}"
            );
            assert!(matches!(verdicts[2], Verdict::Accepted(_)), "{verdicts:?}");
            let now = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
            assert_eq!((now.len(), now.record().get("people")), (3, None), "{judges} threads");
        }
    }

    /// A phone hands in what waits for room with every sync, and automerge walks all of a record to apply one change.
    #[test]
    fn what_has_to_wait_for_room_is_not_applied() {
        let office = Office::new().judged_by(1);
        let zhang = office.phone("zhang.li");
        let mut document = home(1);
        let all: Vec<Envelope> = (0..quota::DAY_CHANGES + 2)
            .map(|number| {
                let edit =
                    if number == 0 { founded("b3/u1") } else { Edit::new().put("people", i64::from(number)) };
                zhang.write(&mut document, &edit)
            })
            .collect();
        let verdicts: Vec<Verdict> =
            all.chunks(500).flat_map(|some| zhang.push(&some.iter().collect::<Vec<_>>())).collect();
        let later =
            |verdict: &Verdict| matches!(verdict, Verdict::Later { reason } if reason.code == "quota");
        assert_eq!(verdicts.iter().position(later), Some(quota::DAY_CHANGES as usize));

        let id = document.id();
        let signer = office.hub.storage().read(|read| read.device(zhang.key.device())).unwrap().unwrap();
        let waiting: Vec<HandedIn> = all[quota::DAY_CHANGES as usize..]
            .iter()
            .map(|envelope| examine(envelope.clone(), signer.id, Some(&signer), None))
            .collect();
        let devices = BTreeMap::from([(signer.id, Some(signer))]);
        let handed = vec![(id, waiting.as_slice(), [None, None].as_slice())];
        let now = butler_core::host::Host::now(&office.desk);
        let rehearsed = office.hub.rehearse(&devices, handed, now, &NoPause).unwrap();
        let rehearsal = rehearsed.into_iter().next().flatten().unwrap();
        assert_eq!(rehearsal.steps.len(), 0);
        assert!(rehearsal.proof.is_none(), "nothing was applied that would have to be proven");
    }

    #[test]
    fn a_proof_holds_for_the_same_changes_alone() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let mut document = home(1);
        let edits = [founded("b3/u1"), Edit::new().put("people", 3)];
        let [first, second] =
            edits.map(|edit| ChangeInfo::parse(&zhang.write(&mut document, &edit).change).unwrap());
        let mut admission = Admission::new(home(1), Judge::Office);
        assert!(admission.proof().is_none(), "there is nothing to prove");
        admission.take(&first).unwrap();
        let proof = admission.proof().unwrap();
        assert!(proof.is_about(admission.document()) && !proof.is_about(&document));
        assert_eq!(proof.saved().unwrap(), admission.document().save());
        admission.take(&second).unwrap();
        assert!(!proof.is_about(admission.document()));
        assert!(admission.proof().unwrap().is_about(&document));
    }

    #[test]
    fn a_panic_while_a_push_is_judged_is_that_pushs_error_alone() {
        for judges in [1, 4] {
            let office = Office::new().judged_by(judges);
            let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
            let mut envelopes = Vec::new();
            for number in 1..=8 {
                let mut document = home(number);
                envelopes.push(zhang.write(&mut document, &founded("b3/u1")));
                envelopes.push(zhang.write(&mut document, &Edit::new().put("people", 3)));
            }
            let pause = Asked::by(|asked| if asked == 3 { panic!("a mistake of ours") } else { false });
            let reply = zhang.ask_between(&pause, Request::Push { envelopes: envelopes.clone() });
            assert_eq!(reply, Reply::Problem(Problem::Storage));
            assert!(office.hub.document(RecordId([1; 16])).unwrap().is_none(), "nothing of it is written");
            assert!(matches!(li.push_one(&li.write(&mut home(9), &founded("b5"))), Verdict::Accepted(_)));
            let verdicts = zhang.push(&envelopes.iter().collect::<Vec<_>>());
            assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Accepted(_))));
        }
    }

    /// Seventy records of 15 KB: their documents are not all in memory at once.
    #[test]
    fn no_more_is_open_at_once_than_memory_holds() {
        let office = Office::new().judged_by(2);
        let zhang = office.phone("zhang.li");
        let envelopes: Vec<Envelope> = (1..=72)
            .map(|number| {
                let noise: [[u8; 32]; 240] = std::array::from_fn(|_| random(&office.desk).unwrap());
                let fields = noise.chunks(60).zip(["layout", "orientation", "decoration", "surroundings"]);
                let edit = fields.fold(founded("b3/u1"), |edit, (part, field)| {
                    edit.put(
                        field,
                        part.concat().iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
                    )
                });
                zhang.write(&mut home(number), &edit)
            })
            .collect();
        let verdicts = zhang.push(&envelopes.iter().collect::<Vec<_>>());
        assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Accepted(_))), "{verdicts:?}");
        let bytes: usize = envelopes.iter().map(|envelope| envelope.change.len()).sum();
        assert!(bytes as u64 > OPEN, "{bytes}");
        assert_eq!(office.audit("push").len(), bytes.div_ceil(OPEN as usize));
    }

    #[test]
    fn work_is_shared_out_and_comes_back_in_order() {
        for threads in [0, 1, 3, 64] {
            let all = in_parallel(threads, (0..100).collect(), &NoPause, &|| true, &|number: u32| number * 2);
            assert_eq!(all.unwrap(), (0..100).map(|number| number * 2).collect::<Vec<_>>());
            let done = AtomicUsize::new(0);
            let go_on = || done.load(Ordering::Relaxed) < 10;
            let work = |number: usize| {
                done.fetch_add(1, Ordering::Relaxed);
                number
            };
            let some = in_parallel(threads, (0..100).collect(), &NoPause, &go_on, &work).unwrap();
            assert!(some.len() >= 10 && some.len() <= 10 + threads.max(1), "{}", some.len());
            assert_eq!(some, (0..some.len()).collect::<Vec<_>>(), "the first ones, none left out");
        }
        let none: Vec<u32> = in_parallel(2, Vec::new(), &NoPause, &|| true, &|number| number).unwrap();
        assert!(none.is_empty());
    }
}
