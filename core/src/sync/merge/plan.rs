//! What does the office's answer about one record's changes lead to here? A plan, made without touching the
//! store, then applied by the engine in one transaction.
//!
//! Words: a change is *dead* when it was rejected, quarantined, lost a fork, is a copy the office does not
//! need, or builds on such. A rebuild takes the dead out and writes own edits that only built on them again,
//! at their own dependencies: nothing anybody saw is overwritten, and nothing recorded is lost.

use std::collections::{BTreeMap, BTreeSet};

use crate::crdt::gate::{self, Judge};
use crate::crdt::{self, ChangeInfo, CrdtError, Document, GateError, ReauthorOutcome, Reauthored, edit_id};
use crate::host::RandomnessUnavailable;
use crate::model::{ActorId, ChangeHash, Edit, EditId, Receipt, Stamp};
use crate::store::Fate;
use crate::sync::message::{Reason, Verdict};
use crate::sync::rules::SyncRules;

/// What is known about one record when the answers come in.
pub(in crate::sync) struct MergeInput<'a> {
    /// The record as it is here.
    pub before: &'a Document,
    /// Own changes without a receipt, with what the user meant.
    pub open: &'a BTreeMap<ChangeHash, Edit>,
    /// Changes that are here and in no document, because something they build on is missing, in the order taken here.
    /// A damaged database leaves such.
    pub waiting: &'a [ChangeInfo],
    /// Edits of this record with a final verdict from earlier.
    pub resolved: &'a BTreeSet<EditId>,
    /// Accepted changes that came and are not here yet, dependencies first.
    pub brought: &'a [ChangeInfo],
    /// The answers, in order.
    pub verdicts: &'a [(ChangeHash, Verdict)],
}

/// What is to be done.
#[derive(Default)]
pub(in crate::sync) struct Plan {
    /// Changes that are accepted as they are.
    pub receipts: Vec<(ChangeHash, Receipt)>,
    /// Changes that leave the record, and why. An edit whose fate does not end it lives on in another change.
    pub buried: Vec<Buried>,
    /// Own edits written again.
    pub written: Vec<Rewritten>,
    /// Of the brought changes, those that passed this phone's gate.
    pub taken: Vec<ChangeInfo>,
    /// Changes that waited and whose dependencies are here now: they are part of the record from now on.
    pub revived: Vec<ChangeInfo>,
    /// Of the brought changes, those that did not.
    pub withheld: Vec<(ChangeInfo, GateError)>,
    /// The record afterwards; `None` when it stays as it is.
    pub after: Option<Document>,
    /// Changes that stay, shown as waiting at the office.
    pub pending: Vec<ChangeHash>,
    /// Changes that stay and are sent again in a later sync, shown with why.
    pub later: Vec<(ChangeHash, Reason)>,
}

/// One change that left the record.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sync) struct Buried {
    pub change: ChangeInfo,
    pub fate: Fate,
    pub reason: Reason,
}

/// One edit written again.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sync) struct Rewritten {
    /// The change that carries it now.
    pub change: ChangeInfo,
    /// What the user meant.
    pub intent: Edit,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub(in crate::sync) enum PlanError {
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    #[error(transparent)]
    Document(#[from] CrdtError),
}

/// Makes the plan.
pub(in crate::sync) fn plan(
    input: &MergeInput<'_>,
    rules: SyncRules,
    fresh: &mut dyn FnMut() -> Result<ActorId, RandomnessUnavailable>,
) -> Result<Plan, PlanError> {
    let mut plan = Plan::default();
    let dead = deaths(input, rules, &mut plan);
    if dead.is_empty() && input.brought.is_empty() {
        return Ok(plan);
    }
    let (after, mut dropped) = input.before.without(&dead.keys().copied().collect())?;
    let mut after = admit(&after, input.brought, &mut plan);
    let orphaned = orphaned(&after, &dropped, &dead);
    let left = bury_waiting(input.waiting, &dead, &mut dropped);
    after = revive(&after, &left, &mut plan);
    let mut intents = BTreeMap::new();
    for change in &dropped {
        let death =
            dead.get(&change.hash).cloned().unwrap_or_else(|| Death::new(Fate::Dependency, "dependency"));
        let intent = input.open.get(&change.hash);
        let death = match &orphaned {
            Some(first) if intent.is_some() && !death.fate.ends_edit() => first.clone(),
            _ => death,
        };
        // The office has the edit under another hash, or said no to it: nothing is to be written again.
        let rejected = death.fate.ends_edit() || input.resolved.contains(&edit_id(change));
        let over = death.elsewhere || rejected && rules.final_verdicts;
        if let Some(intent) = intent.filter(|_| !over) {
            intents.insert(change.hash, intent.clone());
        }
        plan.buried.push(Buried { change: change.clone(), fate: death.fate, reason: death.reason });
    }
    let seen = seen(input);
    let seen = seen.as_ref().unwrap_or(input.before);
    let outcomes = if rules.own_dependencies {
        // What an edit was built on may be gone with a damaged database: then nobody knows what its author saw.
        let known = |change: &ChangeInfo| change.deps.iter().all(|dep| seen.contains(*dep));
        let writable: BTreeMap<ChangeHash, Edit> = dropped
            .iter()
            .filter(|change| known(change))
            .filter_map(|change| Some((change.hash, intents.get(&change.hash)?.clone())))
            .collect();
        for original in intents.keys().filter(|original| !writable.contains_key(original)) {
            end(&mut plan, *original, "dependency");
        }
        crdt::reauthor(seen, &mut after, &dropped, &writable, fresh)?
    } else {
        on_present_heads(&mut after, &dropped, &intents, fresh)?
    };
    for Reauthored { original, outcome } in outcomes {
        let code = match outcome {
            ReauthorOutcome::Copied(change) => {
                let intent = intents.remove(&original).unwrap_or_default();
                plan.written.push(Rewritten { change, intent });
                continue;
            }
            ReauthorOutcome::Present(_) => continue,
            ReauthorOutcome::Void => "void",
            ReauthorOutcome::Impossible(_) => "dependency",
        };
        end(&mut plan, original, code);
    }
    plan.after = Some(after);
    Ok(plan)
}

/// Nothing carries the edit any more: it ends here, and its author is told.
fn end(plan: &mut Plan, original: ChangeHash, code: &str) {
    if let Some(buried) = plan.buried.iter_mut().find(|buried| buried.change.hash == original) {
        buried.fate = Fate::Rejected;
        buried.reason = Reason { code: code.to_owned(), path: None };
    }
}

/// Adds to what is dropped the waiting changes that are dead or build on what is, each after those it builds on;
/// returns the others.
fn bury_waiting(
    waiting: &[ChangeInfo],
    dead: &BTreeMap<ChangeHash, Death>,
    dropped: &mut Vec<ChangeInfo>,
) -> Vec<ChangeInfo> {
    let mut gone: BTreeSet<ChangeHash> =
        dropped.iter().map(|change| change.hash).chain(dead.keys().copied()).collect();
    let mut left = Vec::new();
    for change in waiting {
        if gone.contains(&change.hash) || change.deps.iter().any(|dep| gone.contains(dep)) {
            gone.insert(change.hash);
            dropped.push(change.clone());
        } else {
            left.push(change.clone());
        }
    }
    left
}

/// Takes in what waited for something that is here by now. What does not fit goes on waiting: the office judges it.
fn revive(document: &Document, waiting: &[ChangeInfo], plan: &mut Plan) -> Document {
    if waiting.is_empty() {
        return document.clone();
    }
    let (document, rejected) = gate::admit_all(document, waiting, Judge::Phone);
    let taken = |change: &&ChangeInfo| rejected.iter().all(|(hash, _)| *hash != change.hash);
    plan.revived = waiting.iter().filter(taken).cloned().collect();
    document
}

/// The record as the authors of waiting changes saw it, as far as it is known; `None` when nothing waits. Of two
/// changes under one number theirs was the one that waits.
fn seen(input: &MergeInput<'_>) -> Option<Document> {
    if input.waiting.is_empty() {
        return None;
    }
    let number = |change: &ChangeInfo| (change.actor, change.seq);
    let taken: BTreeSet<_> = input.waiting.iter().map(number).collect();
    let mut all: Vec<ChangeInfo> =
        input.brought.iter().filter(|change| !taken.contains(&number(change))).cloned().collect();
    all.extend(input.waiting.iter().cloned());
    all.sort_by_key(|change| (change.start_op, change.hash));
    Some(gate::admit_all(input.before, &all, Judge::Phone).0)
}

/// The code of a change whose edit is accepted in another one.
pub(in crate::sync) const DUPLICATE: &str = "duplicate";

/// Why one change is dead.
#[derive(Clone)]
struct Death {
    fate: Fate,
    reason: Reason,
    /// Its edit is accepted in another change.
    elsewhere: bool,
}

impl Death {
    fn new(fate: Fate, code: &str) -> Self {
        Self { fate, reason: Reason { code: code.to_owned(), path: None }, elsewhere: false }
    }
}

/// Sorts the answers: what stays goes into the plan, what is dead is returned.
fn deaths(input: &MergeInput<'_>, rules: SyncRules, plan: &mut Plan) -> BTreeMap<ChangeHash, Death> {
    let mut dead = BTreeMap::new();
    let here = |hash| input.before.contains(hash) || input.waiting.iter().any(|change| change.hash == hash);
    for (hash, verdict) in input.verdicts {
        // A verdict on what is not here answers an earlier state of this record: it was followed then.
        if !here(*hash) {
            continue;
        }
        match verdict {
            Verdict::Accepted(receipt) => plan.receipts.push((*hash, *receipt)),
            Verdict::Duplicate { of, receipt } if of == hash || !rules.adopt_duplicates => {
                plan.receipts.push((*hash, *receipt));
            }
            Verdict::Duplicate { .. } => {
                let death = Death { elsewhere: true, ..Death::new(Fate::Dependency, DUPLICATE) };
                dead.insert(*hash, death);
            }
            Verdict::Rejected(reason) if rules.rebuild => {
                dead.insert(*hash, Death { reason: reason.clone(), ..Death::new(Fate::Rejected, "") });
            }
            Verdict::Quarantined(reason) if rules.rebuild => {
                dead.insert(*hash, Death { reason: reason.clone(), ..Death::new(Fate::Quarantined, "") });
            }
            Verdict::Fork { accepted } if accepted != hash && rules.acknowledged_wins => {
                dead.insert(*hash, Death::new(Fate::Forked, "fork"));
            }
            Verdict::DependencyRejected { dependency } if rules.rebuild => {
                // The dead one itself may still be here, its own verdict lost with an earlier answer.
                let root = if here(*dependency) { *dependency } else { *hash };
                dead.entry(root).or_insert_with(|| Death::new(Fate::Dependency, "dependency"));
            }
            Verdict::Pending => plan.pending.push(*hash),
            Verdict::Later { reason } => plan.later.push((*hash, reason.clone())),
            // Answered in a way that leads nowhere: it stays and is sent again.
            Verdict::Rejected(_)
            | Verdict::Quarantined(_)
            | Verdict::Fork { .. }
            | Verdict::DependencyRejected { .. } => {
                plan.later.push((*hash, Reason { code: "answer".to_owned(), path: None }));
            }
        }
    }
    dead
}

/// Takes in what came, each change through this phone's own gate.
fn admit(document: &Document, brought: &[ChangeInfo], plan: &mut Plan) -> Document {
    let (document, mut rejected) = gate::admit_all(document, brought, Judge::Phone);
    for change in brought {
        match rejected.iter().position(|(hash, _)| *hash == change.hash) {
            Some(at) => plan.withheld.push((change.clone(), rejected.remove(at).1)),
            None => plan.taken.push(change.clone()),
        }
    }
    document
}

/// Why nothing is left of a record whose first edit was rejected. Without it the record has no place, so none
/// of its other edits can be accepted either.
fn orphaned(after: &Document, dropped: &[ChangeInfo], dead: &BTreeMap<ChangeHash, Death>) -> Option<Death> {
    let ends = |change: &ChangeInfo| dead.get(&change.hash).filter(|death| death.fate.ends_edit()).cloned();
    if after.is_empty() { dropped.first().and_then(ends) } else { None }
}

/// What a phone would do that did not know rule 3; kept for the fleet test alone.
fn on_present_heads(
    after: &mut Document,
    dropped: &[ChangeInfo],
    intents: &BTreeMap<ChangeHash, Edit>,
    fresh: &mut dyn FnMut() -> Result<ActorId, RandomnessUnavailable>,
) -> Result<Vec<Reauthored>, PlanError> {
    let actor = fresh()?;
    let mut outcomes = Vec::new();
    for change in dropped {
        let Some(intent) = intents.get(&change.hash) else { continue };
        let stamp = Stamp { copy_of: Some(edit_id(change)), ..change.stamp.clone() };
        let outcome = match after.author(actor, &stamp, intent) {
            Ok(copy) => ReauthorOutcome::Copied(copy),
            Err(CrdtError::Nothing) => ReauthorOutcome::Void,
            Err(error) => ReauthorOutcome::Impossible(error),
        };
        outcomes.push(Reauthored { original: change.hash, outcome });
    }
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeviceId, Kind, RecordId, StaffId, Timestamp, Value};

    const BUTLER: DeviceId = DeviceId([1; 16]);
    const COLLEAGUE: DeviceId = DeviceId([2; 16]);

    /// One home, written by one phone, in the order of the calls.
    struct Desk {
        document: Document,
        open: BTreeMap<ChangeHash, Edit>,
        fresh: u8,
    }

    fn stamp() -> Stamp {
        let staff = StaffId::new("zhang.li").unwrap();
        Stamp { staff, at: Timestamp::from_millis(1_795_305_600_000), offset: None, copy_of: None }
    }

    fn rejected() -> Verdict {
        Verdict::Rejected(Reason { code: "field".into(), path: Some("area".into()) })
    }

    impl Desk {
        fn new() -> Self {
            let document = Document::genesis(RecordId([7; 16]), Kind::Home, 1).unwrap();
            Self { document, open: BTreeMap::new(), fresh: 0 }
        }

        fn write(&mut self, edit: Edit) -> ChangeInfo {
            let info = self.document.author(ActorId::new(BUTLER, [0; 8]), &stamp(), &edit).unwrap();
            self.open.insert(info.hash, edit);
            info
        }

        /// Somebody else's accepted change, made on top of what only they had seen.
        fn elsewhere(&self, seen: &[ChangeHash], edit: &Edit) -> ChangeInfo {
            let mut theirs = self.document.clone();
            theirs.author_at(seen, ActorId::new(COLLEAGUE, [0; 8]), &stamp(), edit).unwrap()
        }

        fn plan(
            &mut self,
            rules: SyncRules,
            brought: &[ChangeInfo],
            verdicts: &[(ChangeHash, Verdict)],
        ) -> Plan {
            let input = MergeInput {
                before: &self.document,
                open: &self.open,
                waiting: &[],
                resolved: &BTreeSet::new(),
                brought,
                verdicts,
            };
            let fresh = &mut self.fresh;
            let mut actor = || {
                *fresh += 1;
                Ok(ActorId::new(BUTLER, [*fresh; 8]))
            };
            plan(&input, rules, &mut actor).unwrap()
        }
    }

    fn home() -> Edit {
        Edit::new().put("place", "jinse/3-2").put("area", 89.5)
    }

    fn texts(values: &[&crate::model::Candidate]) -> Vec<String> {
        values.iter().filter_map(|candidate| candidate.value.as_text().map(str::to_owned)).collect()
    }

    #[test]
    fn receipts_leave_the_record_as_it_is() {
        let mut desk = Desk::new();
        let first = desk.write(home());
        let receipt = Receipt { ordinal: 1, at: Timestamp::from_millis(5) };
        let plan = desk.plan(SyncRules::ALL, &[], &[(first.hash, Verdict::Accepted(receipt))]);
        assert_eq!(plan.receipts, [(first.hash, receipt)]);
        assert!(plan.after.is_none());
    }

    #[test]
    fn later_edits_survive_a_rejection() {
        let mut desk = Desk::new();
        let first = desk.write(home());
        let bad = desk.write(Edit::new().put("area", 300.0));
        let good = desk.write(Edit::new().put("layout", "三室两厅"));
        let dependency = Verdict::DependencyRejected { dependency: bad.hash };
        let plan = desk.plan(SyncRules::ALL, &[], &[(bad.hash, rejected()), (good.hash, dependency)]);
        let after = plan.after.unwrap();
        assert_eq!(after.record().get("area"), Some(&Value::Real(89.5)));
        assert_eq!(after.record().text("layout"), Some("三室两厅"));
        let fates: Vec<_> = plan.buried.iter().map(|buried| (buried.change.hash, buried.fate)).collect();
        assert_eq!(fates, [(bad.hash, Fate::Rejected), (good.hash, Fate::Dependency)]);
        assert_eq!(plan.buried[0].reason.path.as_deref(), Some("area"));
        let [copy] = plan.written.as_slice() else { panic!("one copy") };
        assert_eq!(edit_id(&copy.change), good.hash);
        assert_eq!(copy.change.deps, [first.hash]);
        assert_ne!(copy.change.actor, good.actor, "a copy is written under a fresh actor");
    }

    #[test]
    fn a_record_whose_first_edit_is_rejected_loses_all_with_that_reason() {
        let mut desk = Desk::new();
        let first = desk.write(home());
        let second = desk.write(Edit::new().put("layout", "三室两厅"));
        let dependency = Verdict::DependencyRejected { dependency: first.hash };
        let plan = desk.plan(SyncRules::ALL, &[], &[(first.hash, rejected()), (second.hash, dependency)]);
        assert!(plan.after.unwrap().is_empty());
        assert!(plan.written.is_empty());
        assert!(
            plan.buried.iter().all(|buried| buried.fate == Fate::Rejected && buried.reason.code == "field")
        );
        assert_eq!(plan.buried.len(), 2);
    }

    #[test]
    fn a_duplicate_gives_way_to_the_accepted_copy() {
        let mut desk = Desk::new();
        let first = desk.write(home());
        let mine = desk.write(Edit::new().put("layout", "三室两厅"));
        let later = desk.write(Edit::new().put("layout", "三室一厅"));
        // The accepted copy of the same edit, written again by an earlier life of this phone.
        let mut earlier = desk.document.clone();
        let copy_stamp = Stamp { copy_of: Some(mine.hash), ..stamp() };
        let actor = ActorId::new(BUTLER, [9; 8]);
        let copy = earlier
            .author_at(&[first.hash], actor, &copy_stamp, &Edit::new().put("layout", "三室两厅"))
            .unwrap();
        let receipt = Receipt { ordinal: 2, at: Timestamp::from_millis(5) };
        let verdicts = [
            (mine.hash, Verdict::Duplicate { of: copy.hash, receipt }),
            (later.hash, Verdict::DependencyRejected { dependency: mine.hash }),
        ];
        let plan = desk.plan(SyncRules::ALL, std::slice::from_ref(&copy), &verdicts);
        let record = plan.after.unwrap().record();
        assert_eq!(record.text("layout"), Some("三室一厅"));
        assert!(
            !record.in_conflict("layout"),
            "the later edit replaces the copy it had seen as the original"
        );
        let [written] = plan.written.as_slice() else { panic!("only the later edit is written again") };
        assert_eq!(written.change.deps, [copy.hash]);
        assert_eq!(plan.taken, [copy]);
    }

    #[test]
    fn the_loser_of_a_fork_is_written_again_under_a_fresh_actor() {
        let mut desk = Desk::new();
        let first = desk.write(home());
        let loser = desk.write(Edit::new().put("layout", "三室两厅"));
        let mut clone = Document::genesis(RecordId([7; 16]), Kind::Home, 1).unwrap();
        clone.apply(std::slice::from_ref(&first)).unwrap();
        let edit = Edit::new().put("state", "rented");
        let winner = clone.author(ActorId::new(BUTLER, [0; 8]), &stamp(), &edit).unwrap();
        assert_eq!((winner.actor, winner.seq), (loser.actor, loser.seq));
        let fork = (loser.hash, Verdict::Fork { accepted: winner.hash });
        let plan = desk.plan(SyncRules::ALL, std::slice::from_ref(&winner), &[fork]);
        let record = plan.after.unwrap().record();
        assert_eq!(record.text("layout"), Some("三室两厅"));
        assert_eq!(record.text("state"), Some("rented"));
        assert_eq!(edit_id(&plan.written[0].change), loser.hash);
    }

    #[test]
    fn a_copy_does_not_overwrite_what_its_author_never_saw() {
        let mut desk = Desk::new();
        let first = desk.write(home());
        let bad = desk.write(Edit::new().put("area", 300.0));
        desk.write(Edit::new().put("layout", "三室两厅"));
        let theirs = desk.elsewhere(&[first.hash], &Edit::new().put("layout", "两室一厅"));
        desk.document.apply(std::slice::from_ref(&theirs)).unwrap();
        let mut layouts = |rules| {
            let record = desk.plan(rules, &[], &[(bad.hash, rejected())]).after.unwrap().record();
            let field = &record.fields["layout"];
            let mut values = texts(&[&field.winner]);
            values.extend(texts(&field.others.iter().collect::<Vec<_>>()));
            values.sort();
            values
        };
        assert_eq!(layouts(SyncRules::ALL), ["三室两厅", "两室一厅"]);
        assert_eq!(layouts(SyncRules { own_dependencies: false, ..SyncRules::ALL }), ["三室两厅"]);
    }

    #[test]
    fn a_dead_dependency_whose_own_verdict_got_lost_is_taken_out_too() {
        let mut desk = Desk::new();
        desk.write(home());
        let lost = desk.write(Edit::new().put("area", 300.0));
        let later = desk.write(Edit::new().put("layout", "三室两厅"));
        let verdict = (later.hash, Verdict::DependencyRejected { dependency: lost.hash });
        let plan = desk.plan(SyncRules::ALL, &[], &[verdict]);
        // Both are written again; the office then says about the first one what it said before.
        let copies: Vec<_> = plan.written.iter().map(|written| edit_id(&written.change)).collect();
        assert_eq!(copies, [lost.hash, later.hash]);
    }

    #[test]
    fn an_answer_to_an_earlier_state_is_passed_over() {
        let mut desk = Desk::new();
        desk.write(home());
        let plan = desk.plan(SyncRules::ALL, &[], &[(ChangeHash([3; 32]), rejected())]);
        assert!(plan.after.is_none() && plan.later.is_empty());
    }
}
