//! Carries out, in the caller's transaction, what answers and pages lead to for one record.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{self, Buried, MergeInput, Plan, PlanError};
use crate::crdt::{ChangeInfo, GateError, edit_id};
use crate::host::{Host, RandomnessUnavailable};
use crate::model::{
    ChangeHash, DeviceId, Edit, EditId, Generation, Kind, KindVersion, Receipt, RecordId, Timestamp,
};
use crate::store::{
    Authored, ChangeStanding, Fate, Incoming, Quarantined, Signed, StoreError, StoredChange, Tx, VerdictRow,
};
use crate::sync::device::DeviceKey;
use crate::sync::message::{PageRow, Reason, Verdict};
use crate::sync::report::SyncReport;
use crate::sync::rules::SyncRules;

/// Why a step could not be carried out. Nothing of its transaction is kept.
#[derive(Debug, thiserror::Error)]
pub(in crate::sync) enum MergeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
}

impl MergeError {
    /// Whether it lies in one record.
    pub(in crate::sync) fn is_of_one_record(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_of_one_record())
    }
}

impl From<PlanError> for MergeError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Randomness(error) => error.into(),
            PlanError::Document(error) => StoreError::from(error).into(),
        }
    }
}

/// Merges answers and pages into records: what that needs beside the record.
pub(in crate::sync) struct Merger<'a> {
    pub key: &'a DeviceKey,
    pub host: &'a dyn Host,
    pub rules: SyncRules,
    /// The life of the office's data that its receipts belong to; `None` for a revoked device, which is told of none.
    pub generation: Option<Generation>,
}

/// One record with what was said about it.
pub(in crate::sync) struct RecordUpdate<'a> {
    pub record: RecordId,
    pub kind: Kind,
    pub version: KindVersion,
    pub verdicts: &'a [(ChangeHash, Verdict)],
    /// Accepted changes to take in, dependencies first.
    pub brought: &'a [(ChangeInfo, Receipt)],
}

impl Merger<'_> {
    /// Does `work`, which is about one record; when it fails for a reason that lies in that record, the record stays as
    /// it was, is counted, and is left for a later sync: one record never holds up another, nor ends a sync.
    pub(in crate::sync) fn isolated(
        &self,
        tx: &mut Tx<'_>,
        record: RecordId,
        report: &mut SyncReport,
        work: impl FnOnce(&mut Tx<'_>, &mut SyncReport) -> Result<(), MergeError>,
    ) -> Result<bool, MergeError> {
        let before = report.clone();
        let done = tx.contain(record, MergeError::is_of_one_record, |tx| work(tx, report))?.is_some();
        if !done {
            *report = before;
            report.incomplete += 1;
        }
        Ok(done)
    }

    /// Follows the answers about one record. Where that cannot be done, its edits are shown as waiting. Of `disowned` changes
    /// they take back that the office accepted them: those are followed as if it had never said so.
    pub(in crate::sync) fn answer(
        &self,
        tx: &mut Tx<'_>,
        update: &RecordUpdate<'_>,
        disowned: &BTreeSet<ChangeHash>,
        report: &mut SyncReport,
    ) -> Result<(), MergeError> {
        let followed = self.isolated(tx, update.record, report, |tx, report| {
            if !disowned.is_empty() {
                tx.disown(update.record, self.key.device(), disowned, |change| self.sign(update, change))?;
            }
            self.merge(tx, update, report)
        })?;
        if !followed {
            for (change, verdict) in update.verdicts {
                if disowned.contains(change) {
                    self.end_disowned(tx, update, *change, verdict)?;
                }
                let code = "record";
                tx.show_waiting(update.record, *change, Fate::Later, code, None, self.host.now())?;
            }
        }
        Ok(())
    }

    /// What the office does not have after all and what cannot be taken out of the record here, because others built on it
    /// or it cannot be read: it stays, ends as an edit, and is shown with the office's reason, to be sent again.
    fn end_disowned(
        &self,
        tx: &mut Tx<'_>,
        update: &RecordUpdate<'_>,
        hash: ChangeHash,
        verdict: &Verdict,
    ) -> Result<(), MergeError> {
        let row = match tx.change(update.record, hash) {
            Ok(row) => row,
            Err(error) if error.is_of_one_record() => None,
            Err(error) => return Err(error.into()),
        };
        if row.as_ref().is_some_and(|row| {
            !matches!(row.standing, ChangeStanding::Accepted { .. })
                || row.actor.device() != self.key.device()
        }) {
            // An earlier answer took it back already, and it is handed in like any other; or it is for others to see.
            return Ok(());
        }
        let because = |code: &str| Reason { code: code.to_owned(), path: None };
        let (fate, reason) = match verdict {
            Verdict::Rejected(reason) => (Fate::Rejected, reason.clone()),
            Verdict::Quarantined(reason) => (Fate::Quarantined, reason.clone()),
            Verdict::Fork { .. } => (Fate::Rejected, because("fork")),
            Verdict::DependencyRejected { .. } => (Fate::Rejected, because("dependency")),
            // The office has the edit in another change.
            Verdict::Duplicate { .. } => return Ok(tx.confirm(update.record, hash)?),
            // Offered again in the next sync.
            Verdict::Accepted(_) | Verdict::Pending | Verdict::Later { .. } => return Ok(()),
        };
        // The verdict is worth keeping even where the change itself cannot be read any more.
        let bytes = match tx.change_bytes(update.record, &[hash]) {
            Ok(bytes) => bytes.into_iter().next().unwrap_or_default(),
            Err(error) if error.is_of_one_record() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        tx.confirm(update.record, hash)?;
        tx.put_verdict(&VerdictRow {
            hash,
            record: update.record,
            kind: update.kind,
            version: update.version,
            edit: row.as_ref().map_or(hash, |row| row.edit),
            fate,
            code: reason.code,
            path: reason.path,
            own: true,
            signed: Some(self.sign(update, hash)),
            intent: row.and_then(|row| row.intent),
            authored_at: None,
            bytes,
            at: self.host.now(),
            dismissed_at: None,
        })?;
        Ok(())
    }

    /// Follows verdicts and takes changes in.
    pub(in crate::sync) fn merge(
        &self,
        tx: &mut Tx<'_>,
        update: &RecordUpdate<'_>,
        report: &mut SyncReport,
    ) -> Result<(), MergeError> {
        if update.brought.is_empty() && update.verdicts.iter().all(leaves_record_alone) {
            return self.note(tx, update, report);
        }
        let before = tx.take_document(update.record, update.kind, update.version)?;
        let rows = tx.changes(update.record)?;
        let open = self.open_changes(&rows);
        let resolved = finished_edits(tx, update.record)?;
        let waiting = waiting_changes(&rows);
        let brought: Vec<ChangeInfo> = update.brought.iter().map(|(change, _)| change.clone()).collect();
        // What waited and is brought now is taken in as brought.
        let waiting: Vec<ChangeInfo> = waiting
            .into_iter()
            .filter(|waits| brought.iter().all(|change| change.hash != waits.hash))
            .collect();
        let input = MergeInput {
            before: &before,
            open: &open,
            waiting: &waiting,
            resolved: &resolved,
            brought: &brought,
            verdicts: update.verdicts,
        };
        let mut fresh = || self.key.new_actor(self.host);
        let plan = plan::plan(&input, self.rules, &mut fresh)?;
        self.apply(tx, update, plan, &rows, report)
    }

    fn apply(
        &self,
        tx: &mut Tx<'_>,
        update: &RecordUpdate<'_>,
        plan: Plan,
        rows: &[StoredChange],
        report: &mut SyncReport,
    ) -> Result<(), MergeError> {
        let row = |hash: ChangeHash| rows.iter().find(|row| row.hash == hash);
        if let Some(after) = plan.after {
            let gone: BTreeSet<ChangeHash> = plan.buried.iter().map(|buried| buried.change.hash).collect();
            if !gone.is_empty() {
                // An answer that would take out what the office accepted contradicts itself: nothing is done.
                tx.rebuild(after.clone(), &gone)?;
                self.renew_actor(tx, report)?;
            }
            if plan.buried.iter().any(|buried| buried.fate == Fate::Forked) {
                tx.note_copied()?;
            }
            let receipts: BTreeMap<ChangeHash, Receipt> =
                update.brought.iter().map(|(change, receipt)| (change.hash, *receipt)).collect();
            let mut incoming: Vec<Incoming<'_>> = plan
                .taken
                .iter()
                .filter_map(|info| {
                    let receipt = *receipts.get(&info.hash)?;
                    Some(Incoming {
                        info,
                        standing: ChangeStanding::Accepted { generation: self.generation, receipt },
                    })
                })
                .collect();
            report.received += incoming.len() as u64;
            let revived = plan.revived.iter();
            incoming.extend(
                revived.filter_map(|info| Some(Incoming { info, standing: row(info.hash)?.standing })),
            );
            if !incoming.is_empty() {
                tx.apply(after.clone(), &incoming)?;
            }
            if !plan.written.is_empty() {
                report.reauthored += plan.written.len() as u64;
                let signed: Vec<Authored<'_>> = plan
                    .written
                    .iter()
                    .map(|written| Authored {
                        info: &written.change,
                        intent: &written.intent,
                        signed: self.sign(update, written.change.hash),
                    })
                    .collect();
                tx.save_authored(after, &signed)?;
            }
            for buried in &plan.buried {
                let row = row(buried.change.hash);
                let own = row.is_some_and(|row| self.is_open(row));
                let (fate, reason) = last_word(buried, row.filter(|_| own));
                tx.put_verdict(&self.verdict_row(update, &buried.change, fate, &reason, row))?;
                if own && fate.ends_edit() && !report.to_correct.contains(&update.record) {
                    report.to_correct.push(update.record);
                }
            }
            for (change, error) in &plan.withheld {
                report.withheld += 1;
                self.withhold(tx, update.record, change.bytes(), error)?;
            }
        }
        for change in plan.pending {
            self.show(tx, update.record, change, Fate::Pending, &pending())?;
        }
        for (change, reason) in plan.later {
            self.show(tx, update.record, change, Fate::Later, &reason)?;
        }
        for (change, receipt) in plan.receipts {
            self.receive(tx, update.record, change, receipt, report)?;
        }
        for (change, _) in update.brought {
            report.accepted_since += lift(tx, update.record, edit_id(change), change.actor.device())?;
        }
        Ok(())
    }

    /// Shows that a change stays, and why it is not accepted yet.
    fn show(
        &self,
        tx: &mut Tx<'_>,
        record: RecordId,
        change: ChangeHash,
        fate: Fate,
        reason: &Reason,
    ) -> Result<(), StoreError> {
        tx.show_waiting(record, change, fate, &reason.code, reason.path.as_deref(), self.host.now())
    }

    /// The common case: nothing but receipts, and what stays as it is.
    fn note(
        &self,
        tx: &mut Tx<'_>,
        update: &RecordUpdate<'_>,
        report: &mut SyncReport,
    ) -> Result<(), MergeError> {
        for (change, verdict) in update.verdicts {
            match verdict {
                Verdict::Accepted(receipt) | Verdict::Duplicate { receipt, .. } => {
                    self.receive(tx, update.record, *change, *receipt, report)?;
                }
                Verdict::Pending => self.show(tx, update.record, *change, Fate::Pending, &pending())?,
                Verdict::Later { reason } => self.show(tx, update.record, *change, Fate::Later, reason)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// A receipt overrides whatever was said about the edit before.
    fn receive(
        &self,
        tx: &mut Tx<'_>,
        record: RecordId,
        change: ChangeHash,
        receipt: Receipt,
        report: &mut SyncReport,
    ) -> Result<(), MergeError> {
        let row = tx.change(record, change)?;
        tx.acknowledge(record, change, self.generation, receipt)?;
        if let Some(row) = row {
            report.accepted_since += lift(tx, record, row.edit, row.actor.device())?;
        }
        Ok(())
    }

    /// Ends the use of the present actor: it may have written a change that is elsewhere and not here.
    pub(in crate::sync) fn renew_actor(
        &self,
        tx: &mut Tx<'_>,
        report: &mut SyncReport,
    ) -> Result<(), MergeError> {
        if self.rules.new_actor {
            tx.set_actor(self.key.new_actor(self.host)?)?;
            report.new_actor = true;
        }
        Ok(())
    }

    /// Keeps foreign bytes that may not come near a document.
    pub(in crate::sync) fn withhold(
        &self,
        tx: &mut Tx<'_>,
        record: RecordId,
        bytes: &[u8],
        error: &GateError,
    ) -> Result<(), MergeError> {
        tx.put_quarantine(&Quarantined {
            record: Some(record),
            code: error.code().to_owned(),
            path: error.path().map(str::to_owned),
            source: "office".to_owned(),
            bytes: bytes.to_vec(),
            at: self.host.now(),
        })?;
        Ok(())
    }

    /// Whether a change is this phone's own and the office does not have it: unsent, or accepted in an earlier life of its
    /// data and not listed in this one.
    fn is_open(&self, row: &StoredChange) -> bool {
        match row.standing {
            ChangeStanding::Unsent(_) => true,
            ChangeStanding::Foreign(_) => false,
            ChangeStanding::Accepted { .. } => {
                !row.is_accepted_in(self.generation) && row.actor.device() == self.key.device()
            }
        }
    }

    fn open_changes(&self, rows: &[StoredChange]) -> BTreeMap<ChangeHash, Edit> {
        let own = rows.iter().filter(|row| self.is_open(row));
        own.filter_map(|row| Some((row.hash, row.intent.clone()?))).collect()
    }

    fn sign(&self, update: &RecordUpdate<'_>, change: ChangeHash) -> Signed {
        let signature = self.key.sign_change(update.record, update.kind, update.version, change);
        Signed { device: self.key.device(), signature }
    }

    fn verdict_row(
        &self,
        update: &RecordUpdate<'_>,
        change: &ChangeInfo,
        fate: Fate,
        reason: &Reason,
        row: Option<&StoredChange>,
    ) -> VerdictRow {
        let own = row.is_some_and(|row| self.is_open(row));
        let signed = row.and_then(|row| match row.standing {
            ChangeStanding::Unsent(signed) | ChangeStanding::Foreign(signed) => Some(signed),
            ChangeStanding::Accepted { .. } => own.then(|| self.sign(update, change.hash)),
        });
        VerdictRow {
            hash: change.hash,
            record: update.record,
            kind: update.kind,
            version: update.version,
            edit: edit_id(change),
            fate,
            code: reason.code.clone(),
            path: reason.path.clone(),
            own,
            signed,
            intent: row.and_then(|row| row.intent.clone()),
            authored_at: row.and_then(|row| row.authored_at),
            bytes: change.bytes().to_vec(),
            at: self.host.now(),
            dismissed_at: None,
        }
    }
}

/// What the office's list of a record's accepted changes says about own changes that are still open here: the
/// same as if each had been handed in again and answered. What it accepted in an earlier life of its data, and does not
/// list any more, is handed in first, so that the office has it whatever becomes of it; and it decides nothing here.
pub(in crate::sync) fn verdicts_of_row(
    rows: &[StoredChange],
    receipts: &BTreeMap<ChangeHash, Receipt>,
    brought: &[(ChangeInfo, Receipt)],
    generation: Option<Generation>,
    rules: SyncRules,
) -> Vec<(ChangeHash, Verdict)> {
    let accepted = |row: &StoredChange| matches!(row.standing, ChangeStanding::Accepted { .. });
    let mut verdicts = Vec::new();
    for open in rows.iter().filter(|row| !accepted(row)) {
        if let Some(receipt) = receipts.get(&open.hash) {
            if rules.receipts_of_all {
                verdicts.push((open.hash, Verdict::Accepted(*receipt)));
            }
            continue;
        }
        let here =
            rows.iter().filter(|row| row.is_accepted_in(generation)).filter_map(|row| match row.standing {
                ChangeStanding::Accepted { receipt, .. } => {
                    Some((row.hash, row.edit, row.actor, row.seq, receipt))
                }
                _ => None,
            });
        let came =
            brought.iter().map(|(info, receipt)| (info.hash, edit_id(info), info.actor, info.seq, *receipt));
        for (hash, edit, actor, seq, receipt) in here.chain(came) {
            // Only its own device authors an edit again: whoever else claims to carry it carries something else.
            if edit == open.edit && actor.device() == open.actor.device() {
                verdicts.push((open.hash, Verdict::Duplicate { of: hash, receipt }));
                break;
            }
            if (actor, seq) == (open.actor, open.seq) {
                verdicts.push((open.hash, Verdict::Fork { accepted: hash }));
                break;
            }
        }
    }
    verdicts
}

/// What a row of a page brings.
pub(in crate::sync) struct RowRead {
    /// Changes that are not here yet, each with its receipt, dependencies first.
    pub brought: Vec<(ChangeInfo, Receipt)>,
    /// Bytes that are no change, or one the row does not list.
    pub rejected: Vec<(Vec<u8>, GateError)>,
}

/// One change as it came, or its bytes and why they are none.
pub(in crate::sync) type Parsed = Result<ChangeInfo, (Vec<u8>, GateError)>;

/// Reads what a row brings beside what is `here`; `extra` was asked for by hash.
pub(in crate::sync) fn read_row(
    changes: &[Parsed],
    receipts: &BTreeMap<ChangeHash, Receipt>,
    here: &BTreeSet<ChangeHash>,
    extra: &[ChangeInfo],
) -> RowRead {
    let mut brought: Vec<(ChangeInfo, Receipt)> = Vec::new();
    let mut rejected = Vec::new();
    let mut seen = here.clone();
    for change in changes.iter().cloned().chain(extra.iter().cloned().map(Ok)) {
        match change {
            Ok(change) => match receipts.get(&change.hash) {
                Some(receipt) if seen.insert(change.hash) => brought.push((change, *receipt)),
                Some(_) => {}
                // Authority is the list: what is not on it was not accepted for this record.
                None => rejected.push((change.bytes().to_vec(), GateError::Genesis)),
            },
            Err(rejection) => rejected.push(rejection),
        }
    }
    // Acceptance respects dependencies, so the order of ordinals does.
    brought.sort_by_key(|(_, receipt)| receipt.ordinal);
    RowRead { brought, rejected }
}

/// The receipts a row lists, by hash.
pub(in crate::sync) fn receipts_of(row: &PageRow) -> BTreeMap<ChangeHash, Receipt> {
    let receipt =
        |(ordinal, (hash, at)): (u32, &(ChangeHash, Timestamp))| (*hash, Receipt { ordinal, at: *at });
    (row.first..).zip(&row.receipts).map(receipt).collect()
}

fn leaves_record_alone((hash, verdict): &(ChangeHash, Verdict)) -> bool {
    match verdict {
        Verdict::Accepted(_) | Verdict::Pending | Verdict::Later { .. } => true,
        Verdict::Duplicate { of, .. } => of == hash,
        _ => false,
    }
}

/// What waits for something that is missing, as far as its bytes are a change.
fn waiting_changes(rows: &[StoredChange]) -> Vec<ChangeInfo> {
    let waiting = rows.iter().filter(|row| row.waiting);
    waiting.filter_map(|row| ChangeInfo::parse(row.bytes.as_deref()?).ok()).collect()
}

fn pending() -> Reason {
    Reason { code: "pending".to_owned(), path: None }
}

/// What is said of a change that leaves its record. An own edit of which nobody knows any more what was meant cannot be
/// written again: it ends here and is shown, with its bytes kept.
fn last_word(buried: &Buried, own: Option<&StoredChange>) -> (Fate, Reason) {
    let elsewhere = buried.reason.code == plan::DUPLICATE;
    if own.is_some_and(|row| row.intent.is_none()) && !buried.fate.ends_edit() && !elsewhere {
        return (Fate::Rejected, Reason { code: "damaged".to_owned(), path: None });
    }
    (buried.fate, buried.reason.clone())
}

fn finished_edits(tx: &Tx<'_>, record: RecordId) -> Result<BTreeSet<EditId>, StoreError> {
    let verdicts = tx.verdicts_of(record)?;
    // What was said of somebody else's change says nothing of the edit it claims to carry.
    Ok(verdicts.into_iter().filter(|row| row.own && row.fate.ends_edit()).map(|row| row.edit).collect())
}

/// Takes back what was said about an edit of that device in that record; returns 1 when somebody had been shown it.
fn lift(tx: &mut Tx<'_>, record: RecordId, edit: EditId, author: DeviceId) -> Result<u64, StoreError> {
    let lifted = tx.lift_verdicts(record, edit, author)?;
    Ok(u64::from(lifted.iter().any(|row| row.own && row.fate.ends_edit())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crdt::Document;
    use crate::model::{ActorId, Edit, Kind, RecordId, StaffId, Stamp, Timestamp};
    use crate::store::Signed;

    const OWN: DeviceId = DeviceId([1; 16]);
    const COLLEAGUE: DeviceId = DeviceId([2; 16]);

    fn author(device: DeviceId, suffix: u8, copy_of: Option<ChangeHash>) -> ChangeInfo {
        let mut document = Document::genesis(RecordId([7; 16]), Kind::Home, Kind::VERSION).unwrap();
        let staff = StaffId::new("zhang.li").unwrap();
        let stamp = Stamp { staff, at: Timestamp::from_millis(1_795_305_600_000), offset: None, copy_of };
        let edit = Edit::new().put("place", "jinse/3/2").put("people", 3);
        document.author(ActorId::new(device, [suffix; 8]), &stamp, &edit).unwrap()
    }

    #[test]
    fn only_the_own_device_copies_an_edit() {
        let own = author(OWN, 1, None);
        let open = StoredChange {
            hash: own.hash,
            actor: own.actor,
            seq: own.seq,
            edit: own.hash,
            standing: ChangeStanding::Unsent(Signed { device: OWN, signature: [0; 64] }),
            waiting: false,
            confirmed: false,
            intent: None,
            authored_at: None,
            bytes: None,
        };
        let receipt = Receipt { ordinal: 1, at: Timestamp::from_millis(1_795_305_700_000) };
        let verdicts = |copy: &ChangeInfo| {
            let brought = [(copy.clone(), receipt)];
            let open = std::slice::from_ref(&open);
            verdicts_of_row(open, &BTreeMap::new(), &brought, None, SyncRules::ALL)
        };
        let mine = author(OWN, 2, Some(own.hash));
        assert_eq!(verdicts(&mine), [(own.hash, Verdict::Duplicate { of: mine.hash, receipt })]);
        let forged = author(COLLEAGUE, 3, Some(own.hash));
        assert_eq!(verdicts(&forged), [], "a claim of somebody else makes nobody drop an edit");
    }
}
