//! What became of the changes a phone hands in?

use std::collections::{BTreeMap, BTreeSet};

use butler_core::model::{DeviceId, RecordId};
use butler_core::sync::message::{Envelope, Problem, Reply, Verdict, limit};

use super::error::Failure;
use super::examine::{HandedIn, examine};
use super::{Asker, Hub, Pause};
use crate::storage::{Device, Storage};

impl<S: Storage> Hub<S> {
    /// One verdict for every envelope, in order; answered only after everything accepted is durable. What is judged before
    /// a pause is durable then.
    pub(super) fn push(
        &self,
        asker: &Asker,
        envelopes: Vec<Envelope>,
        pause: &dyn Pause,
    ) -> Result<Reply, Failure> {
        if envelopes.len() > limit::PUSH {
            return Err(Problem::TooLarge { limit: limit::PUSH as u64 }.into());
        }
        let mut signers: BTreeSet<DeviceId> = envelopes.iter().map(|envelope| envelope.device).collect();
        let (sender, devices) = self.storage.read(|read| {
            let sender = self.asking(read, asker)?;
            signers.insert(sender.id);
            let devices = signers.iter().map(|id| Ok((*id, read.device(*id)?)));
            let devices: BTreeMap<DeviceId, Option<Device>> = devices.collect::<Result<_, Failure>>()?;
            Ok::<_, Failure>((sender, devices))
        })?;

        // Signatures are checked before any lock is taken: they cost much and depend on nothing.
        let candidates = self.examine_all(envelopes, pause, |envelope| {
            let signer = devices.get(&envelope.device).and_then(Option::as_ref);
            examine(envelope, sender.id, signer, self.own_seals())
        })?;
        let mut records: Vec<(RecordId, Vec<HandedIn>)> = Vec::new();
        let mut places = Vec::with_capacity(candidates.len());
        let mut index: BTreeMap<RecordId, usize> = BTreeMap::new();
        for candidate in candidates {
            let record = candidate.envelope.record;
            let at = *index.entry(record).or_insert_with(|| {
                records.push((record, Vec::new()));
                records.len() - 1
            });
            places.push((at, records[at].1.len()));
            records[at].1.push(candidate);
        }

        let ids: Vec<RecordId> = index.keys().copied().collect();
        let mut verdicts: Vec<Vec<Option<Verdict>>> =
            records.iter().map(|(_, candidates)| vec![None; candidates.len()]).collect();
        loop {
            let is_open = |at: &usize| verdicts[*at].iter().any(Option::is_none);
            let open: Vec<usize> = (0..records.len()).filter(is_open).collect();
            let of = open.iter().map(|at| (records[*at].0, &*records[*at].1, &*verdicts[*at]));
            let rehearsed = self.rehearse(&devices, of.collect(), asker.now, pause)?;
            self.storage.write(|tx| {
                tx.lock(&ids)?;
                let in_force = self.in_force(tx.reader())?;
                let mut reviewer = self.reviewer(&in_force, tx.life()?, asker.now);
                for (nth, (at, rehearsal)) in open.iter().zip(rehearsed).enumerate() {
                    // What was prepared is written: another turn would prepare it again.
                    if nth > 0 && rehearsal.is_none() && pause.is_due() {
                        break;
                    }
                    let ((id, candidates), verdicts) = (&records[*at], &mut verdicts[*at]);
                    reviewer.judge_until(tx, *id, candidates, verdicts, rehearsal, pause)?;
                }
                reviewer.publish(tx)?;
                let about = serde_json::to_string(&reviewer.tally).unwrap_or_default();
                tx.put_audit(asker.now, &sender.id.to_string(), "push", &about)?;
                Ok::<_, Failure>(())
            })?;
            if verdicts.iter().flatten().all(Option::is_some) {
                break;
            }
            if pause.is_due() {
                pause.pause();
            }
        }
        let verdicts = places
            .into_iter()
            .filter_map(|(record, at)| Some((records[record].1[at].hash, verdicts[record][at].take()?)));
        let verdicts = verdicts.collect();
        Ok(Reply::Verdicts { verdicts })
    }
}

#[cfg(test)]
mod tests {
    use butler_core::crdt::{ChangeInfo, Document};
    use butler_core::model::{
        self, ActorId, ChangeHash, DeviceId, Edit, Event, EventId, Kind, KindName, PlaybookHash, Receipt,
        RecordId, Timestamp,
    };
    use butler_core::sync::message::{
        Envelope, Problem, Reason, Reply, Request, SealedReceipt, Verdict, limit,
    };
    use serde_bytes::ByteBuf;

    use super::super::Rules;
    use super::super::testing::*;
    use crate::seal::SealSecret;
    use crate::storage::{HeldKind, Storage, StorageError};

    fn hash(envelope: &Envelope) -> ChangeHash {
        ChangeInfo::parse(&envelope.change).unwrap().hash
    }

    fn accepted(verdict: &Verdict) -> u32 {
        match verdict {
            Verdict::Accepted(receipt) => receipt.ordinal,
            other => panic!("not accepted: {other:?}"),
        }
    }

    #[track_caller]
    fn later(verdict: &Verdict) -> &str {
        match verdict {
            Verdict::Later { reason } => &reason.code,
            other => panic!("judged: {other:?}"),
        }
    }

    #[track_caller]
    fn code(verdict: &Verdict) -> (&'static str, &str, Option<&str>) {
        match verdict {
            Verdict::Rejected(Reason { code, path }) => ("rejected", code, path.as_deref()),
            Verdict::Quarantined(Reason { code, path }) => ("quarantined", code, path.as_deref()),
            other => panic!("neither rejected nor quarantined: {other:?}"),
        }
    }

    #[test]
    fn accepted_changes_get_ordinals_within_their_record() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let (mut first, mut second) = (home(1), home(2));
        let a = zhang.write(&mut first, &founded("b3/u1"));
        let b = zhang.write(&mut second, &founded("b3/u2"));
        let c = zhang.write(&mut first, &Edit::new().put("layout", "两室一厅"));
        let verdicts = zhang.push(&[&a, &b, &c]);
        assert_eq!(verdicts.iter().map(accepted).collect::<Vec<_>>(), [1, 1, 2]);
        assert_eq!(zhang.push(&[&a, &b, &c]), verdicts, "asked again, answered again");
        let stored = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        assert_eq!(stored.heads(), first.heads());
        assert_eq!(stored.record().text("layout"), Some("两室一厅"));
    }

    #[test]
    fn a_copy_of_an_accepted_edit_is_a_duplicate_with_the_first_ones_receipt() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let edit = founded("b3/u1");
        let first = zhang.write(&mut home(1), &edit);
        let Verdict::Accepted(receipt) = zhang.push_one(&first) else { panic!() };
        // The reply was lost, the phone was restored from a backup and wrote the edit again.
        zhang.actor.set(ActorId::new(zhang.key.device(), [9; 8]));
        let again = zhang.copy(&mut home(1), &edit, Some(hash(&first)));
        assert_eq!(zhang.push_one(&again), Verdict::Duplicate { of: hash(&first), receipt });

        let careless = Office::with_rules(Rules { one_copy_per_edit: false, ..Rules::default() });
        let zhang = careless.phone("zhang.li");
        let first = zhang.write(&mut home(1), &edit);
        zhang.push_one(&first);
        zhang.actor.set(ActorId::new(zhang.key.device(), [9; 8]));
        let again = zhang.copy(&mut home(1), &edit, Some(hash(&first)));
        assert_eq!(accepted(&zhang.push_one(&again)), 2, "the switch really switches the rule off");
    }

    #[test]
    fn nobody_can_pass_for_the_copy_of_a_colleagues_edit() {
        let office = Office::new();
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        let honest = zhang.write(&mut home(1), &founded("b3/u1"));
        let pretended = li.copy(&mut home(1), &founded("b3/u1"), Some(hash(&honest)));
        accepted(&li.push_one(&pretended));
        assert_eq!(accepted(&zhang.push_one(&honest)), 2, "the edit itself was never here");
    }

    #[test]
    fn a_record_outside_the_authors_grids_is_rejected() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let verdict = zhang.push_one(&zhang.write(&mut home(1), &founded("b5")));
        assert_eq!(code(&verdict), ("rejected", "grid", None));
        let verdict = zhang.push_one(&zhang.write(&mut home(2), &founded("b99")));
        assert_eq!(code(&verdict), ("rejected", "place", Some("place")));
        let verdict = zhang.push_one(&zhang.write(&mut home(3), &Edit::new().put("layout", "一室")));
        assert_eq!(code(&verdict), ("rejected", "place", Some("place")));
        accepted(&zhang.push_one(&zhang.write(&mut home(4), &founded("gate"))));
        // An edit of a record that exists, by somebody who cannot see it.
        let wang = office.phone("wang.wei");
        let mut foreign = home(5);
        let first = zhang.write(&mut foreign, &founded("b3/u1"));
        accepted(&zhang.push_one(&first));
        let verdict = wang.push_one(&wang.write(&mut foreign, &Edit::new().put("layout", "一室")));
        assert_eq!(code(&verdict), ("rejected", "grid", None));
        assert_eq!(office.hub.held().unwrap().len(), 4, "nothing handed in is thrown away");
    }

    #[test]
    fn a_field_the_role_may_not_write_and_a_value_that_does_not_fit_are_rejected_with_their_path() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let mut document = home(1);
        accepted(&zhang.push_one(&zhang.write(&mut document, &founded("b3/u1"))));
        let mut forbidden = document.clone();
        let verdict = zhang.push_one(&zhang.write(&mut forbidden, &Edit::new().put("arrears", 12_000)));
        assert_eq!(code(&verdict), ("rejected", "field", Some("arrears")));
        zhang.actor.set(ActorId::new(zhang.key.device(), [2; 8]));
        let verdict = zhang.push_one(&zhang.write(&mut document, &Edit::new().put("area", "九十平")));
        assert_eq!(code(&verdict), ("rejected", "value", Some("area")));
        zhang.actor.set(ActorId::new(zhang.key.device(), [4; 8]));
        let mut known = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        let verdict = zhang.push_one(&zhang.write(&mut known, &Edit::new().put("state", "demolished")));
        assert_eq!(code(&verdict), ("rejected", "value", Some("state")), "a word no list has");
        // What a newer app knows and this office does not passes.
        zhang.actor.set(ActorId::new(zhang.key.device(), [3; 8]));
        let mut fresh = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        accepted(&zhang.push_one(&zhang.write(&mut fresh, &Edit::new().put("balcony", "朝南"))));
    }

    #[test]
    fn what_was_recorded_is_taken_whatever_the_form_in_force_asks() {
        let office = Office::with_playbook(
            r#"
            kind = "form"
            id = "home.base"
            title = { zh = "房屋", en = "Home" }
            record = "home"
            [[field]]
            id = "layout"
            label = { zh = "户型", en = "Layout" }
            type = "text"
            max_length = 2
            [[field]]
            id = "orientation"
            label = { zh = "朝向", en = "Orientation" }
            type = "text"
            required = true
            "#,
        );
        let zhang = office.phone("zhang.li");
        let mut document = home(1);
        accepted(&zhang.push_one(&zhang.write(&mut document, &founded("b3/u1"))));
        accepted(&zhang.push_one(&zhang.write(&mut document, &Edit::new().put("layout", "三室两厅两卫"))));
    }

    #[test]
    fn a_place_cannot_be_changed_afterwards() {
        let office = Office::new();
        let li = office.phone("li.zg");
        let mut document = home(1);
        let edit = li.write(&mut document, &founded("b3/u1"));
        accepted(&li.push_one(&edit));
        // A colleague who made the same home concurrently, but somewhere else.
        let zhang = office.phone("zhang.li");
        let verdict = zhang.push_one(&zhang.write(&mut home(1), &founded("b3/u2")));
        assert_eq!(code(&verdict), ("rejected", "write_once", Some("place")));
        let agreeing = office.phone("zhang.li");
        assert_eq!(accepted(&agreeing.push_one(&agreeing.write(&mut home(1), &founded("b3/u1")))), 2);
    }

    /// The first edit of a case, by whoever may write everything.
    fn begun(li: &Phone<'_>, document: &mut Document) -> Envelope {
        let version = li.office.hub.playbooks.workflow(&"repair".into()).unwrap().version.to_string();
        let edit = Edit::new().put("place", "b3/u1").put("playbook", "repair").put("version", version);
        li.write(document, &edit)
    }

    fn remark(by: &Phone<'_>, role: &str, device: DeviceId) -> Event {
        Event {
            id: EventId([5; 16]),
            step: "$remark".into(),
            by: by.staff.clone(),
            role: role_id(role),
            device,
            at: Timestamp::from_millis(5),
            offset: None,
            after: Vec::new(),
            note: "已与业主约好明日上门".to_owned(),
            evidence: butler_core::model::Evidence::default(),
            unknown: std::collections::BTreeMap::new(),
        }
    }

    fn case(number: u8) -> Document {
        Document::genesis(RecordId([number; 16]), Kind::Case, Kind::VERSION).unwrap()
    }

    #[test]
    fn a_role_somebody_does_not_hold_rejects_the_event() {
        let office = Office::with_playbook(REPAIR);
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        let mut document = case(1);
        accepted(&li.push_one(&begun(&li, &mut document)));
        let event = remark(&zhang, "supervisor", zhang.key.device());
        let verdict = zhang.push_one(&zhang.write(&mut document, &Edit::new().event(&event)));
        assert_eq!(code(&verdict), ("rejected", "role", Some(event.path().as_str())));
    }

    #[test]
    fn an_event_is_stamped_with_a_phone_of_its_author() {
        let office = Office::with_playbook(REPAIR);
        let (li, old) = (office.phone("li.zg"), office.phone("li.zg"));
        let zhang = office.phone("zhang.li");
        let mut document = case(1);
        accepted(&li.push_one(&begun(&li, &mut document)));
        // As a copy of an edit nobody knows, an event might name any device.
        for device in [DeviceId([0xee; 16]), zhang.key.device()] {
            let event = remark(&li, "supervisor", device);
            let copy = li.copy(&mut document.clone(), &Edit::new().event(&event), Some(ChangeHash([7; 32])));
            let verdict = li.push_one(&copy);
            assert_eq!(code(&verdict), ("quarantined", "event", Some(event.path().as_str())));
            li.actor.set(ActorId::new(li.key.device(), device.0[..8].try_into().unwrap()));
        }
        // Written on the phone before this one, and written again here.
        let event = remark(&li, "supervisor", old.key.device());
        let copy = li.copy(&mut document, &Edit::new().event(&event), Some(ChangeHash([8; 32])));
        accepted(&li.push_one(&copy));
    }

    const REPAIR: &str = r#"
        kind = "workflow"
        id = "repair"
        title = { zh = "报修", en = "Repair" }
        subjects = ["home"]
        resolved_by = ["supervisor"]
        [[state]]
        id = "done"
        label = { zh = "已完成", en = "Done" }
        end = true
        [[step]]
        id = "finish"
        label = { zh = "完成", en = "Finish" }
        opens = true
        to = "done"
        roles = ["supervisor"]
    "#;

    #[test]
    fn nobody_decides_a_case_that_an_earlier_step_names_them_in() {
        let kept = REPAIR
            .replace(r#"subjects = ["home"]"#, "subjects = [\"home\"]\n        kept_from = \"concerns\"")
            .replace("opens = true", r#"from = ["reported"]"#)
            + r#"
        [[state]]
        id = "reported"
        label = { zh = "已举报", en = "Reported" }
        [[step]]
        id = "report"
        label = { zh = "举报", en = "Report" }
        opens = true
        to = "reported"
        roles = ["butler", "supervisor"]
        [[step.field]]
        id = "concerns"
        label = { zh = "涉及谁", en = "Whom it concerns" }
        type = "staff"
        "#;
        let office = Office::with_playbook(&kept);
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        let step = |by: &Phone<'_>, step: &str, role: &str| Event {
            step: step.into(),
            ..remark(by, role, by.key.device())
        };
        let finish = Edit::new().event(&Event { id: EventId([6; 16]), ..step(&li, "finish", "supervisor") });
        for (number, concerns, taken) in [(1, "wang.wei", true), (2, "li.zg", false)] {
            let mut document = case(number);
            accepted(&li.push_one(&begun(&li, &mut document)));
            let mut report = step(&zhang, "report", "butler");
            report.evidence.fields.insert("concerns".into(), concerns.into());
            zhang.actor.set(ActorId::new(zhang.key.device(), [number; 8]));
            accepted(&zhang.push_one(&zhang.write(&mut document, &Edit::new().event(&report))));
            li.actor.set(ActorId::new(li.key.device(), [number; 8]));
            // What a phone without the rule would send: the step itself says nothing of whom the case concerns.
            let verdict = li.push_one(&li.write(&mut document, &finish));
            match taken {
                true => _ = accepted(&verdict),
                false => assert_eq!(code_of(&verdict), Some("role")),
            }
        }
    }

    #[test]
    fn rights_in_a_migrated_case_follow_the_version_that_runs_it() {
        let begun_under = REPAIR.replace(r#"resolved_by = ["supervisor"]"#, r#"resolved_by = ["butler"]"#);
        let mended =
            REPAIR.replace(r#"    roles = ["supervisor"]"#, r#"    roles = ["butler", "supervisor"]"#);
        let office = Office::with_playbooks(&[(&begun_under, false), (&mended, true)]);
        let faulty = PlaybookHash::of(&begun_under).version();
        let current = office.hub.playbooks.workflow(&"repair".into()).unwrap().version;
        assert_ne!(faulty, current);
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        let mut document = case(1);
        let edit = Edit::new().put("place", "b3/u1").put("playbook", "repair");
        accepted(&li.push_one(&li.write(&mut document, &edit.put("version", faulty.to_string()))));
        let step = |by: &Phone<'_>, id: u8, step: &str, role: &str| Event {
            id: EventId([id; 16]),
            step: step.into(),
            ..remark(by, role, by.key.device())
        };
        let finish = Edit::new().event(&step(&zhang, 6, "finish", "butler"));
        let verdict = zhang.push_one(&zhang.write(&mut document.clone(), &finish));
        assert_eq!(code_of(&verdict), Some("step"));
        let evidence = model::Case::migration(faulty, current);
        let migration = Event { evidence, ..step(&li, 7, model::SystemStep::Migrate.id(), "supervisor") };
        accepted(&li.push_one(&li.write(&mut document, &Edit::new().event(&migration))));
        zhang.actor.set(ActorId::new(zhang.key.device(), [9; 8]));
        // Nobody goes back to a version by which they resolved.
        let evidence = model::Case::migration(current, faulty);
        let back = Event { evidence, ..step(&zhang, 9, model::SystemStep::Migrate.id(), "butler") };
        let verdict = zhang.push_one(&zhang.write(&mut document.clone(), &Edit::new().event(&back)));
        assert_eq!(code_of(&verdict), Some("step"));
        zhang.actor.set(ActorId::new(zhang.key.device(), [8; 8]));
        let finish = Edit::new().event(&step(&zhang, 8, "finish", "butler"));
        accepted(&zhang.push_one(&zhang.write(&mut document, &finish)));
    }

    #[test]
    fn a_record_that_cannot_be_read_holds_no_other() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let mut documents = [home(1), home(2)];
        let first: Vec<_> = documents.iter_mut().map(|home| zhang.write(home, &founded("b3/u1"))).collect();
        assert_eq!(zhang.push(&[&first[0], &first[1]]).iter().map(accepted).collect::<Vec<_>>(), [1, 1]);
        office.hub.storage().write(|w| w.put_snapshot(RecordId([1; 16]), b"damaged")).unwrap();
        let edit = Edit::new().put("layout", "两室一厅");
        let second: Vec<_> = documents.iter_mut().map(|home| zhang.write(home, &edit)).collect();
        let verdicts = zhang.push(&[&second[0], &second[1]]);
        let unreadable = Reason { code: "unreadable".to_owned(), path: None };
        assert_eq!(verdicts[0], Verdict::Later { reason: unreadable });
        assert_eq!(accepted(&verdicts[1]), 2);
    }

    #[test]
    fn an_identity_that_means_something_is_given_by_the_office_alone() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let home = model::derived::record(&["home", "jinse", "3-1-101"]);
        let mut taken = Document::genesis(home, Kind::Contact, Kind::VERSION).unwrap();
        let verdict = zhang.push_one(&zhang.write(&mut taken, &Edit::new().put("place", "b3/u1")));
        assert_eq!(code(&verdict), ("rejected", "identity", None));
        let by = staff("li.zg");
        let edit =
            super::super::OfficeEdit { record: home, kind: Kind::Home, seen: None, edit: founded("b3/u1") };
        office.hub.author(&office.desk, &by, &[edit]).unwrap();
        let mut document = office.hub.document(home).unwrap().unwrap();
        accepted(&zhang.push_one(&zhang.write(&mut document, &Edit::new().put("layout", "两室一厅"))));
    }

    #[test]
    fn nothing_others_did_makes_an_honest_edit_final() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let mut document = home(1);
        accepted(&zhang.push_one(&zhang.write(&mut document, &founded("b3/u1"))));
        let honest = zhang.write(&mut document.clone(), &Edit::new().put("layout", "两室一厅"));
        // Three colleagues flood the record meanwhile: with changes nothing builds on, and with many in a line.
        for round in 0..3_u8 {
            let li = office.phone("li.zg");
            let base = document.clone();
            let concurrent: Vec<_> = (0..100_u8)
                .map(|n| {
                    li.actor.set(ActorId::new(li.key.device(), [n; 8]));
                    li.write(&mut base.clone(), &Edit::new().put("layout", format!("{round}.{n}室")))
                })
                .collect();
            let verdicts = li.push(&concurrent.iter().collect::<Vec<_>>());
            assert!(verdicts.iter().any(|v| code_of(v) == Some("too_large")), "{verdicts:?}");
            li.actor.set(ActorId::new(li.key.device(), [0xfe; 8]));
            let mut own = base.clone();
            let line: Vec<_> = (0..limit::PUSH)
                .map(|n| li.write(&mut own, &Edit::new().put("area", 60.0 + n as f64)))
                .collect();
            for _ in 0..5 {
                li.push(&line.iter().collect::<Vec<_>>());
            }
        }
        let stored = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        assert!(stored.heads().len() < 100, "the office joins them: {}", stored.heads().len());
        accepted(&zhang.push_one(&honest));
        let mut after = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        zhang.actor.set(ActorId::new(zhang.key.device(), [9; 8]));
        accepted(&zhang.push_one(&zhang.write(&mut after, &Edit::new().put("layout", "三室两厅"))));
        assert!(!after.record().in_conflict("layout"), "and it can be resolved");
    }

    fn code_of(verdict: &Verdict) -> Option<&str> {
        match verdict {
            Verdict::Rejected(reason) | Verdict::Quarantined(reason) => Some(&reason.code),
            _ => None,
        }
    }

    #[test]
    fn what_one_device_adds_to_a_record_in_a_day_is_bounded_and_comes_in_later() {
        let office = Office::new();
        let (li, zhang) = (office.phone("li.zg"), office.phone("zhang.li"));
        let mut document = home(1);
        accepted(&li.push_one(&li.write(&mut document, &founded("b3/u1"))));
        let text = "房".repeat(5_000);
        let edits: Vec<_> = (0..40)
            .map(|n| li.write(&mut document, &Edit::new().put("surroundings", format!("{n}{text}"))))
            .collect();
        let verdicts = li.push(&edits.iter().collect::<Vec<_>>());
        let in_time = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Accepted(_))).count();
        assert!((30..40).contains(&in_time), "{in_time}");
        assert_eq!(later(&verdicts[in_time]), "quota");
        assert!(verdicts[in_time + 1..].iter().all(|verdict| *verdict == Verdict::Pending), "{verdicts:?}");
        let mut seen = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        accepted(&zhang.push_one(&zhang.write(&mut seen, &Edit::new().put("layout", "两室一厅"))));
        office.desk.pass(86_400 * 1_000);
        li.open_session();
        let verdicts = li.push(&edits.iter().collect::<Vec<_>>());
        assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Accepted(_))), "{verdicts:?}");
    }

    /// A change with what an earlier life of an office said of it, and nobody's signature.
    fn sealed(seals: &SealSecret, envelope: &Envelope, ordinal: u32) -> Envelope {
        let receipt = Receipt { ordinal, at: Timestamp::from_millis(7) };
        let seal = seals.seal_all(envelope.record, [(hash(envelope), receipt)].iter()).unwrap();
        let receipt = Some(SealedReceipt { ordinal, at: receipt.at, seal });
        Envelope { signature: ByteBuf::new(), receipt, ..envelope.clone() }
    }

    #[test]
    fn what_comes_with_a_sealed_receipt_is_asked_neither_who_nor_where() {
        let office = Office::new();
        let (zhang, wang) = (office.phone("zhang.li"), office.phone("wang.wei"));
        let mut document = home(1);
        let first = zhang.write(&mut document, &founded("b5"));
        let second = zhang.write(&mut document, &Edit::new().put("arrears", 12_000));
        assert_eq!(code(&zhang.push_one(&first)), ("rejected", "grid", None));
        // Handed in by a colleague, in the wrong order, of a record in no grid of the author's, with finance's field in it.
        let verdicts =
            wang.push(&[&sealed(&office.hub.seals, &second, 2), &sealed(&office.hub.seals, &first, 1)]);
        assert_eq!(verdicts.iter().map(accepted).collect::<Vec<_>>(), [2, 1], "with their old ordinals");
        let Verdict::Accepted(receipt) = &verdicts[0] else { panic!() };
        assert_eq!(receipt.at, Timestamp::from_millis(7), "and their old time");
        assert_eq!(office.hub.held().unwrap().len(), 0, "a receipt overrides what was said before");
    }

    #[test]
    fn a_sealed_receipt_proves_one_change_and_nothing_of_its_bytes() {
        let office = Office::new();
        let (zhang, wang) = (office.phone("zhang.li"), office.phone("wang.wei"));
        let mut document = home(1);
        let first = zhang.write(&mut document, &founded("b3/u1"));
        let second = zhang.write(&mut document.clone(), &Edit::new().put("area", 89.5));
        let fork = zhang.write(&mut document, &Edit::new().put("area", 98.5));
        accepted(&zhang.push_one(&first));
        // Another change's seal, and one of another office.
        let borrowed = Envelope {
            receipt: sealed(&office.hub.seals, &first, 1).receipt,
            ..sealed(&office.hub.seals, &second, 2)
        };
        assert_eq!(code(&wang.push_one(&borrowed)), ("quarantined", "signature", None));
        let others = SealSecret::new(zeroize::Zeroizing::new([9; 32]));
        let foreign = sealed(&others, &second, 2);
        assert_eq!(code(&wang.push_one(&foreign)), ("quarantined", "signature", None));
        // It binds nobody: the author's own phone hands it in. Then no seal makes room for another under its number.
        assert_eq!(accepted(&zhang.push_one(&second)), 2);
        assert_eq!(
            wang.push_one(&sealed(&office.hub.seals, &fork, 2)),
            Verdict::Fork { accepted: hash(&second) }
        );
    }

    #[test]
    fn verdicts_are_final_for_the_edit_and_the_hash() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let edit = founded("b5");
        let rejected = zhang.write(&mut home(1), &edit);
        let verdict = zhang.push_one(&rejected);
        assert_eq!(code(&verdict), ("rejected", "grid", None));
        // She is given the grid later: what was decided stays decided, for the change and for its copies.
        office
            .hub
            .change_tables(&office.desk, "assign", |tables| {
                let row = butler_core::model::directory::Assignment {
                    staff: staff("zhang.li"),
                    role: role_id("butler"),
                    grid: Some(grid("g2")),
                    until: None,
                };
                tables.assignments.push(row);
                Ok(())
            })
            .unwrap();
        assert_eq!(zhang.push_one(&rejected), verdict);
        zhang.actor.set(ActorId::new(zhang.key.device(), [9; 8]));
        let copy = zhang.copy(&mut home(1), &edit, Some(hash(&rejected)));
        assert_eq!(zhang.push_one(&copy), verdict);
        assert_eq!(zhang.push_one(&copy), verdict);
        // A new edit of the same words is another matter.
        accepted(&zhang.push_one(&zhang.write(&mut home(1), &edit)));
    }

    #[test]
    fn what_builds_on_a_dead_change_is_answered_at_once_and_the_next_record_is_not_held_up() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let mut document = home(1);
        let dead = zhang.write(&mut document, &founded("b5"));
        let child = zhang.write(&mut document, &Edit::new().put("layout", "一室"));
        let grandchild = zhang.write(&mut document, &Edit::new().put("layout", "两室"));
        let other = zhang.write(&mut home(2), &founded("b3/u1"));
        let verdicts = zhang.push(&[&grandchild, &child, &dead, &other]);
        assert_eq!(code(&verdicts[2]), ("rejected", "grid", None));
        assert_eq!(verdicts[1], Verdict::DependencyRejected { dependency: hash(&dead) });
        assert_eq!(verdicts[0], Verdict::DependencyRejected { dependency: hash(&child) });
        assert_eq!(accepted(&verdicts[3]), 1);
        let late = zhang.write(&mut document, &Edit::new().put("layout", "三室"));
        assert_eq!(zhang.push_one(&late), Verdict::DependencyRejected { dependency: hash(&grandchild) });
    }

    #[test]
    fn a_change_waits_for_its_dependency_and_is_applied_when_it_turns_up() {
        let office = Office::new();
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        let mut document = home(1);
        let first = zhang.write(&mut document, &founded("b3/u1"));
        let second = li.write(&mut document, &Edit::new().put("layout", "两室一厅"));
        let third = li.write(&mut document, &Edit::new().put("area", 89.5));
        assert_eq!(li.push(&[&third, &second]), [Verdict::Pending, Verdict::Pending]);
        assert_eq!(li.push_one(&second), Verdict::Pending);
        assert_eq!(office.hub.document(RecordId([1; 16])).unwrap().map(|d| d.heads()), None);
        assert_eq!(accepted(&zhang.push_one(&first)), 1);
        let stored = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        assert_eq!(stored.heads(), document.heads());
        assert_eq!(accepted(&li.push_one(&second)), 2);
        let shown = vec![(RecordId([1; 16]), hash(&third))];
        assert_eq!(li.hello(shown.clone()).unwrap().accepted_since, shown);
        let known = |ordinal, hash| {
            office.hub.storage().read(|read| {
                let change = read.change(RecordId([1; 16]), hash)?;
                Ok::<_, StorageError>(change.is_some_and(|change| change.receipt.ordinal == ordinal))
            })
        };
        assert!(known(3, hash(&third)).unwrap());
        // Within one batch the order does not matter at all.
        let mut document = home(2);
        let first = zhang.write(&mut document, &founded("b3/u1"));
        let second = zhang.write(&mut document, &Edit::new().put("layout", "两室一厅"));
        assert_eq!(zhang.push(&[&second, &first]).iter().map(accepted).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn what_waits_for_two_changes_is_applied_when_the_second_turns_up() {
        let office = Office::new();
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        let mut document = home(1);
        accepted(&zhang.push_one(&zhang.write(&mut document, &founded("b3/u1"))));
        let mut beside = document.clone();
        let first = zhang.write(&mut document, &Edit::new().put("layout", "两室一厅"));
        let second = li.write(&mut beside, &Edit::new().put("area", 89.5));
        document.apply(&[ChangeInfo::parse(&second.change).unwrap()]).unwrap();
        let third = li.write(&mut document, &Edit::new().put("people", 3));
        let fourth = zhang.write(&mut document, &Edit::new().put("people", 4));
        assert_eq!(li.push(&[&fourth, &third]), [Verdict::Pending, Verdict::Pending]);
        accepted(&zhang.push_one(&first));
        assert_eq!(office.hub.pending().unwrap().len(), 2);
        accepted(&li.push_one(&second));
        assert_eq!(office.hub.pending().unwrap(), []);
        let stored = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        assert_eq!(stored.heads(), document.heads());
    }

    /// Somebody else's turn is always due: each change is durable by itself, and the answer is the same.
    #[test]
    fn a_push_lets_others_go_first_between_its_changes() {
        struct Always<'a>(&'a Office, std::sync::Mutex<Vec<u32>>);
        impl super::Pause for Always<'_> {
            fn is_due(&self) -> bool {
                true
            }

            fn pause(&self) {
                let read = |record| self.0.hub.storage().read(|read| read.record(RecordId([record; 16])));
                let accepted = |record| read(record).unwrap().map_or(0, |row| row.accepted);
                self.1.lock().unwrap().push(accepted(1) + accepted(2));
            }
        }
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let (mut document, mut other) = (home(1), home(2));
        let first = zhang.write(&mut document, &founded("b3/u1"));
        let second = zhang.write(&mut document, &Edit::new().put("layout", "两室一厅"));
        let mut beside = document.clone();
        let lost = zhang.write(&mut beside, &Edit::new().put("people", 3));
        let waits = zhang.write(&mut beside, &Edit::new().put("people", 4));
        zhang.actor.set(ActorId::new(zhang.key.device(), [9; 8]));
        let third = zhang.write(&mut document, &Edit::new().put("area", 89.5));
        let elsewhere = zhang.write(&mut other, &founded("b3/u2"));
        let envelopes = vec![waits, third.clone(), second.clone(), elsewhere, first.clone()];
        let pauses = Always(&office, std::sync::Mutex::default());
        let Reply::Verdicts { verdicts } = zhang.ask_between(&pauses, Request::Push { envelopes }) else {
            panic!("no verdicts")
        };
        let verdicts: Vec<_> = verdicts.into_iter().map(|(_, verdict)| verdict).collect();
        assert_eq!(verdicts[0], Verdict::Pending, "{}", hash(&lost));
        assert_eq!(verdicts[1..].iter().map(accepted).collect::<Vec<_>>(), [3, 2, 1, 1]);
        assert_eq!(
            *pauses.1.lock().unwrap(),
            [1, 2, 3, 3],
            "the last one waits for what is not here, which is found out on a turn as well"
        );
        assert_eq!(office.audit("push").len(), 5);
        assert_eq!(
            zhang.push(&[&third, &second, &first]),
            verdicts[1..3].iter().chain([&verdicts[4]]).cloned().collect::<Vec<_>>()
        );
    }

    #[test]
    fn what_waits_on_a_change_that_is_rejected_is_not_left_waiting() {
        let office = Office::new();
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        let mut document = home(1);
        let first = zhang.write(&mut document, &founded("b5"));
        let second = li.write(&mut document, &Edit::new().put("layout", "两室一厅"));
        assert_eq!(li.push_one(&second), Verdict::Pending);
        assert_eq!(code(&zhang.push_one(&first)), ("rejected", "grid", None));
        assert_eq!(li.push_one(&second), Verdict::DependencyRejected { dependency: hash(&first) });
        let pending = office.hub.storage().read(|read| read.pending(RecordId([1; 16]))).unwrap();
        assert_eq!(pending, []);
    }

    #[test]
    fn a_second_change_under_the_same_number_is_a_fork_and_its_edit_may_come_again() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let first = zhang.write(&mut home(1), &founded("b3/u1"));
        accepted(&zhang.push_one(&first));
        // A clone of the phone wrote on its own.
        let edit = Edit::new().put("place", "b3/u1").put("area", 101.0);
        let fork = zhang.write(&mut home(1), &edit);
        let verdict = Verdict::Fork { accepted: hash(&first) };
        assert_eq!(zhang.push_one(&fork), verdict);
        assert_eq!(zhang.push_one(&fork), verdict);
        zhang.actor.set(ActorId::new(zhang.key.device(), [9; 8]));
        let copy = zhang.copy(&mut home(1), &edit, Some(hash(&fork)));
        assert_eq!(accepted(&zhang.push_one(&copy)), 2);
        assert_eq!(
            zhang.push_one(&fork),
            Verdict::Duplicate {
                of: hash(&copy),
                receipt: Receipt { ordinal: 2, at: butler_core::host::Host::now(&office.desk) }
            }
        );
    }

    #[test]
    fn a_forged_signature_is_quarantined_and_does_not_kill_the_honest_change() {
        let office = Office::new();
        let (zhang, wang) = (office.phone("zhang.li"), office.phone("wang.wei"));
        let honest = zhang.write(&mut home(1), &founded("b3/u1"));
        let mut forged = honest.clone();
        forged.signature[0] ^= 1;
        assert_eq!(code(&wang.push_one(&forged)), ("quarantined", "signature", None));
        // Signed properly, but by somebody who is not its author.
        let info = ChangeInfo::parse(&honest.change).unwrap();
        let stolen = wang.envelope(&home(1), &info);
        assert_eq!(code(&wang.push_one(&stolen)), ("quarantined", "actor", None));
        let mut unknown = honest.clone();
        unknown.device = butler_core::model::DeviceId([0xee; 16]);
        assert_eq!(code(&wang.push_one(&unknown)), ("quarantined", "device", None));
        assert_eq!(accepted(&zhang.push_one(&honest)), 1);
        assert_eq!(accepted(&wang.push_one(&forged)), 1, "the bytes are accepted whoever repeats them");
    }

    #[test]
    fn a_stamp_in_a_colleagues_name_is_quarantined() {
        let office = Office::new();
        let mut zhang = office.phone("zhang.li");
        zhang.staff = staff("li.zg");
        let verdict = zhang.push_one(&zhang.write(&mut home(1), &founded("b3/u1")));
        assert_eq!(code(&verdict), ("quarantined", "author", None));
    }

    #[test]
    fn bytes_that_are_no_change_are_quarantined_by_name_and_hold_nothing_up() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let good = zhang.write(&mut home(1), &founded("b3/u1"));
        let mut damaged = good.clone();
        let last = damaged.change.len() - 1;
        damaged.change[last] ^= 1;
        let mut empty = good.clone();
        empty.change = ByteBuf::new();
        let mut huge = good.clone();
        huge.change = ByteBuf::from(vec![0x5a; butler_core::crdt::limit::CHANGE + 1]);
        let verdicts = zhang.push(&[&damaged, &empty, &huge, &good]);
        let codes: Vec<_> = verdicts[..3].iter().map(code).collect();
        assert_eq!(
            codes,
            [
                ("quarantined", "checksum", None),
                ("quarantined", "malformed", None),
                ("quarantined", "too_large", None)
            ]
        );
        assert_eq!(accepted(&verdicts[3]), 1);
        let longest = office.hub.held().unwrap().iter().map(|held| held.envelope.change.len()).max();
        assert_eq!(longest, Some(damaged.change.len()), "bytes no change can have are not kept");
    }

    #[test]
    fn a_kind_or_version_other_than_the_records_is_quarantined_and_a_newer_one_waits_for_a_newer_office() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        accepted(&zhang.push_one(&zhang.write(&mut home(1), &founded("b3/u1"))));
        let mut resident = Document::genesis(RecordId([1; 16]), Kind::Resident, 1).unwrap();
        let other = zhang.write(&mut resident, &Edit::new().put("place", "b3/u1"));
        assert_eq!(code(&zhang.push_one(&other)), ("quarantined", "kind", None));
        let mut newer = zhang.write(&mut home(2), &founded("b3/u1"));
        newer.version = 9;
        let hash = hash(&newer);
        newer.signature = ByteBuf::from(zhang.key.sign_change(newer.record, newer.kind.clone(), 9, hash));
        assert_eq!(later(&zhang.push_one(&newer)), "version");
        newer.kind = KindName::new("parcel").unwrap();
        newer.signature = ByteBuf::from(zhang.key.sign_change(newer.record, newer.kind.clone(), 9, hash));
        let known = zhang.write(&mut home(3), &founded("b3/u1"));
        let verdicts = zhang.push(&[&newer, &known]);
        assert_eq!(later(&verdicts[0]), "version");
        accepted(&verdicts[1]);
    }

    /// 5,000 changes of one phone were held in a year of mistakes. As long as they wait for somebody the phone is told why
    /// nothing more of this kind is taken; once a supervisor has been through them it is heard like any other.
    #[test]
    fn what_a_supervisor_has_released_counts_against_nobody() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let mut document = home(1);
        zhang.push_one(&zhang.write(&mut document, &founded("b3/u1")));
        let rejected = zhang.write(&mut document, &Edit::new().put("arrears", 5_000));
        let held = |number: u32| {
            let mut hash = [7; 32];
            hash[..4].copy_from_slice(&number.to_be_bytes());
            crate::storage::Held {
                hash: ChangeHash(hash),
                envelope: Envelope { change: ByteBuf::new(), record: RecordId([9; 16]), ..rejected.clone() },
                sender: zhang.key.device(),
                edit: None,
                kind: HeldKind::Rejected,
                reason: Reason { code: "field".into(), path: None },
                because: None,
                binding: true,
                at: Timestamp::from_millis(5),
            }
        };
        let all: Vec<_> = (0..5_000).map(held).collect();
        office.hub.storage().write(|tx| all.iter().try_for_each(|held| tx.hold(held))).unwrap();
        assert_eq!(later(&zhang.push_one(&rejected)), "held");
        let last = all.last().unwrap().hash;
        office
            .hub
            .storage()
            .write(|tx| tx.release(RecordId([9; 16]), last, Timestamp::from_millis(6)))
            .unwrap();
        let also = zhang.write(&mut document, &Edit::new().put("arrears", 6_000));
        let verdicts = zhang.push(&[&rejected, &also]);
        assert_eq!(code_of(&verdicts[0]), Some("field"), "there was room for one");
        assert_eq!(later(&verdicts[1]), "held");
        let at = Timestamp::from_millis(6);
        office
            .hub
            .storage()
            .write(|tx| {
                all.iter().try_for_each(|held| tx.release(RecordId([9; 16]), held.hash, at).map(drop))
            })
            .unwrap();
        assert_eq!(code(&zhang.push_one(&rejected)), ("rejected", "field", Some("arrears")));
    }

    #[test]
    fn a_revoked_phone_hands_in_its_work_and_reads_nothing() {
        let office = Office::new();
        let (zhang, lost) = (office.phone("zhang.li"), office.phone("zhang.li"));
        let mut document = home(1);
        let before = lost.write(&mut document, &founded("b3/u1"));
        accepted(&lost.push_one(&before));
        office.hub.revoke(&office.desk, lost.key.device()).unwrap();

        assert_eq!(lost.hello(Vec::new()).err(), Some(Problem::Revoked), "rejected on the very next request");
        assert_eq!(lost.pull("g1", 0).err(), Some(Problem::Revoked));
        let need = Request::Need { record: RecordId([1; 16]), hashes: vec![hash(&before)] };
        assert_eq!(lost.ask(need), Reply::Problem(Problem::Revoked));

        lost.open_session();
        let unsent = lost.write(&mut document, &Edit::new().put("layout", "一室"));
        assert_eq!(code(&lost.push_one(&unsent)), ("quarantined", "revoked", None));
        assert_eq!(accepted(&lost.push_one(&before)), 1, "what was acknowledged stays acknowledged");
        // What it relays of a colleague is kept, and the colleague's own phone may still hand it in.
        let honest = zhang.write(&mut home(2), &founded("b3/u2"));
        assert_eq!(code(&lost.push_one(&honest)), ("quarantined", "revoked", None));
        assert_eq!(accepted(&zhang.push_one(&honest)), 1);
        let held = office.hub.held().unwrap();
        assert_eq!(
            held.iter().map(|h| h.envelope.clone()).collect::<Vec<_>>(),
            std::slice::from_ref(&unsent)
        );
        // A supervisor lets the lost phone's last work in.
        office.hub.release(&office.desk, &staff("li.zg"), RecordId([1; 16]), hash(&unsent)).unwrap();
        let stored = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        assert_eq!(stored.record().text("layout"), Some("一室"));
    }

    #[test]
    fn too_many_envelopes_are_a_problem_not_a_guess() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let one = zhang.write(&mut home(1), &founded("b3/u1"));
        let reply = zhang.ask(Request::Push { envelopes: vec![one; limit::PUSH + 1] });
        assert_eq!(reply, Reply::Problem(Problem::TooLarge { limit: limit::PUSH as u64 }));
        assert_eq!(office.audit("push"), [""; 0]);
    }

    #[test]
    fn a_push_leaves_its_figures_in_the_audit_and_its_rejections_in_the_book() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let good = zhang.write(&mut home(1), &founded("b3/u1"));
        let bad = zhang.write(&mut home(2), &founded("b5"));
        zhang.push(&[&good, &bad]);
        let audit = office.audit("push");
        assert!(audit[0].contains(r#""accepted":1"#) && audit[0].contains(r#""rejected":1"#), "{audit:?}");
        let held = office.hub.held().unwrap();
        assert_eq!(
            (held.len(), held[0].kind, held[0].envelope.record),
            (1, HeldKind::Rejected, RecordId([2; 16]))
        );
    }

    #[test]
    fn the_switches_switch() {
        let with = |off: fn(&mut Rules)| {
            let mut rules = Rules::default();
            off(&mut rules);
            Office::with_rules(rules)
        };
        // 5: a rejected edit comes again as a copy and is judged anew.
        let office = with(|rules| rules.verdicts_are_final = false);
        let zhang = office.phone("zhang.li");
        let rejected = zhang.write(&mut home(1), &founded("b5"));
        zhang.push_one(&rejected);
        let assign = |tables: &mut butler_core::model::directory::Directory| {
            tables.places.get_mut(&place("b5")).unwrap().grids.push(grid("g1"));
            Ok(())
        };
        office.hub.change_tables(&office.desk, "move", assign).unwrap();
        accepted(&zhang.push_one(&rejected));

        // 6: what builds on a dead change waits for ever.
        let office = with(|rules| rules.dependency_rejected_at_once = false);
        let zhang = office.phone("zhang.li");
        let mut document = home(1);
        let dead = zhang.write(&mut document, &founded("b5"));
        let child = zhang.write(&mut document, &Edit::new().put("layout", "一室"));
        assert_eq!(zhang.push(&[&dead, &child])[1], Verdict::Pending);

        // 7: what was pending stays pending.
        let office = with(|rules| rules.pending_is_applied = false);
        let zhang = office.phone("zhang.li");
        let mut document = home(1);
        let first = zhang.write(&mut document, &founded("b3/u1"));
        let second = zhang.write(&mut document, &Edit::new().put("layout", "一室"));
        assert_eq!(zhang.push_one(&second), Verdict::Pending);
        accepted(&zhang.push_one(&first));
        assert_eq!(office.hub.pending().unwrap().len(), 1);

        // 9: a clone's edit is dead instead of coming again.
        let office = with(|rules| rules.forks_are_found = false);
        let zhang = office.phone("zhang.li");
        accepted(&zhang.push_one(&zhang.write(&mut home(1), &founded("b3/u1"))));
        let fork = zhang.write(&mut home(1), &founded("b3/u1").put("area", 101.0));
        assert_eq!(code(&zhang.push_one(&fork)), ("quarantined", "fork", None));
    }
}
