//! What was promised, was it kept?
//!
//! A promise is made when a write returns. It is kept if the edit is accepted at the office or shown to its
//! author as rejected; and nothing else may have happened to it on the way: not twice, not on top of what its
//! author never saw, not somewhere it may not be seen.

use std::collections::{BTreeMap, BTreeSet};

use butler_core::crdt::{ChangeInfo, Document, edit_id};
use butler_core::model::{ActorId, ChangeHash, EditId, EventId, Kind, PhotoId, PlaceId, Receipt, RecordId};
use butler_core::playbook::case::Standing;
use butler_core::playbook::{Playbooks, course};
use butler_core::store::{Fate, StoreError};
use butler_office::hub::Hub;
use butler_office::storage::{Held, HeldKind, Pending, Read, Sqlite, Storage as _, StorageError};

use crate::accepted_edits;

use super::cases::NEWER;
use super::phone::{Phone, visible};
use super::{Broken, Outcome, broken, community};

/// One edit that was written.
pub(super) struct Promise {
    pub edit: EditId,
    pub record: RecordId,
    /// The edits of the record its author had seen.
    pub seen: BTreeSet<EditId>,
    /// The phone that wrote it, and its secret: another one may stand in its place by now.
    pub phone: usize,
    /// See `phone`.
    pub secret: [u8; 32],
    /// The phone's files were replaced since, and do not have it.
    pub author_gone: bool,
}

/// What an office may show for once, because of what was planned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pardoned {
    /// Changes of a revoked phone in quarantine.
    pub revoked: bool,
    /// Changes in quarantine whose only proof was a secret that is lost.
    pub unsigned: bool,
    /// Two changes of one phone under one number.
    pub numbers: bool,
}

impl Promise {
    /// Whether a phone is the one that wrote it, or a copy of that.
    fn is_of(&self, phone: &Phone) -> bool {
        self.secret == phone.secret
    }
}

/// Everything that was promised.
#[derive(Default)]
pub(super) struct Oracle {
    promises: BTreeMap<EditId, Promise>,
    /// Photos with the edit that names each, and whether the files of the phone that took it were replaced since, and do
    /// not have it.
    photos: BTreeMap<PhotoId, (EditId, bool)>,
    /// What this build knows nothing of: the edit that wrote it, where, and as what.
    newer: BTreeMap<EditId, (RecordId, String, &'static str)>,
    /// Edits to which the office said no for good, whether or not its answer arrived, and that no supervisor let in
    /// since.
    rejected: BTreeSet<EditId>,
    /// Edits that came with a receipt: no such no is for good.
    let_in: BTreeSet<EditId>,
}

impl Oracle {
    pub(super) fn promised(&mut self, promise: Promise) {
        self.promises.insert(promise.edit, promise);
    }

    pub(super) fn photographed(&mut self, photo: PhotoId, edit: EditId) {
        self.photos.insert(photo, (edit, false));
    }

    pub(super) fn wrote_newer(&mut self, edit: EditId, record: RecordId, path: String, value: &'static str) {
        self.newer.insert(edit, (record, path, value));
    }

    pub(super) fn rejected(&mut self, edit: EditId) {
        if !self.let_in.contains(&edit) {
            self.rejected.insert(edit);
        }
    }

    pub(super) fn let_in(&mut self, edit: EditId) {
        self.rejected.remove(&edit);
        self.let_in.insert(edit);
    }

    /// A restored office may have forgotten what it rejected.
    pub(super) fn forget_rejections(&mut self) {
        self.rejected.clear();
        self.let_in.clear();
    }

    /// Forgets what only a disk held whose content was replaced: no software can keep that promise.
    /// `secret` is that of the phone.
    pub(super) fn forgive_the_disk(
        &mut self,
        secret: [u8; 32],
        hub: &Hub<Sqlite>,
        phones: &[Phone],
    ) -> Result<(), Broken> {
        for promise in self.promises.values_mut().filter(|promise| promise.secret == secret) {
            let on_own = on_a_phone(phones, |phone| {
                Ok(promise.is_of(phone) && phone.has_edit(promise.record, promise.edit)?)
            })?;
            promise.author_gone |= !on_own;
        }
        for (photo, (edit, gone)) in &mut self.photos {
            let Some(promise) = self.promises.get(edit).filter(|promise| promise.secret == secret) else {
                continue;
            };
            *gone |= !on_a_phone(phones, |phone| {
                Ok(promise.is_of(phone) && phone.has_photo(promise.record, *photo)?)
            })?;
        }
        self.forgive_who_is_gone(hub, phones, Phone::has_edit)
    }

    /// Forgets what only the office had, or held for a person to look at, and what its backup does not hold: its author's
    /// phone is gone, or has other files, and it is part of nobody else's record.
    pub(super) fn forgive_the_restore(&mut self, hub: &Hub<Sqlite>, phones: &[Phone]) -> Result<(), Broken> {
        self.forgive_who_is_gone(hub, phones, Phone::has_change)
    }

    fn forgive_who_is_gone(
        &mut self,
        hub: &Hub<Sqlite>,
        phones: &[Phone],
        has: fn(&Phone, RecordId, EditId) -> Result<bool, StoreError>,
    ) -> Result<(), Broken> {
        let mut lost = Vec::new();
        let accepted = accepted(hub)?;
        for promise in self.promises.values().filter(|promise| promise.author_gone) {
            let kept = accepted.contains(&promise.edit)
                || on_a_phone(phones, |phone| has(phone, promise.record, promise.edit))?
                || !held_at_office(hub, promise.edit)?.is_empty();
            if !kept {
                lost.push(promise.edit);
            }
        }
        for edit in lost {
            self.promises.remove(&edit);
        }
        let mut gone = Vec::new();
        for (photo, (edit, _)) in self.photos.iter().filter(|(_, (_, gone))| *gone) {
            let Some(promise) = self.promises.get(edit) else { continue };
            if !photo_at_office(hub, *photo)?
                && !on_a_phone(phones, |phone| phone.has_photo(promise.record, *photo))?
            {
                gone.push(*photo);
            }
        }
        for photo in gone {
            self.photos.remove(&photo);
        }
        Ok(())
    }

    /// Compares everything with everything.
    pub(super) fn judge(
        &self,
        hub: &Hub<Sqlite>,
        playbooks: &Playbooks,
        phones: &[Phone],
        records: &[(RecordId, Kind)],
        outcome: &mut Outcome,
    ) -> Result<(), Broken> {
        let histories = histories(hub, records)?;
        self.nothing_lost(hub, phones, outcome)?;
        self.nothing_doubled_or_overwritten(&histories)?;
        self.photos_arrived(hub, outcome)?;
        self.newer_is_kept(hub, outcome)?;
        cases_stand(hub, playbooks, records, outcome)?;
        replicas_agree(hub, phones, records)
    }

    /// What a newer app wrote stands as it was written, whoever with an older one wrote the record since.
    fn newer_is_kept(&self, hub: &Hub<Sqlite>, outcome: &mut Outcome) -> Result<(), Broken> {
        let accepted = accepted(hub)?;
        for (edit, (record, path, value)) in &self.newer {
            if !self.promises.contains_key(edit) || !accepted.contains(edit) {
                continue;
            }
            let document = hub.document(*record).map_err(|error| broken("the office's record", error))?;
            let here = document.map(|document| document.record());
            if here.as_ref().and_then(|record| record.text(path)) != Some(*value) {
                return Err(Broken(format!("field {path} of record {record}, of a newer app, is gone")));
            }
            outcome.unknown += 1;
        }
        Ok(())
    }

    /// Every promise is accepted, or shown to whoever made it.
    fn nothing_lost(&self, hub: &Hub<Sqlite>, phones: &[Phone], outcome: &mut Outcome) -> Result<(), Broken> {
        let accepted = accepted(hub)?;
        for promise in self.promises.values() {
            let shown = shown(phones, promise)?;
            match (accepted.contains(&promise.edit), shown) {
                (true, None) => outcome.accepted += 1,
                (true, Some(fate)) => {
                    return Err(Broken(format!(
                        "phone {} shows edit {} as {fate:?}, which the office has accepted",
                        promise.phone, promise.edit
                    )));
                }
                (false, Some(_)) => outcome.flagged += 1,
                (false, None) => {
                    let held = held_at_office(hub, promise.edit)?;
                    if promise.author_gone && !held.is_empty() {
                        outcome.flagged += 1;
                        continue;
                    }
                    let known = phones[promise.phone].knows(promise.record, promise.edit);
                    return Err(Broken(format!(
                        "edit {} of phone {} is gone: neither accepted nor shown; the phone has {known:?}, the \
                         office holds {held:?}",
                        promise.edit, promise.phone
                    )));
                }
            }
        }
        Ok(())
    }

    /// The office has every photo that a kept promise names.
    fn photos_arrived(&self, hub: &Hub<Sqlite>, outcome: &mut Outcome) -> Result<(), Broken> {
        let accepted = accepted(hub)?;
        for (photo, (edit, _)) in self.photos.iter().filter(|(_, (edit, _))| self.promises.contains_key(edit))
        {
            if photo_at_office(hub, *photo)? {
                outcome.photos += 1;
            } else if accepted.contains(edit) {
                return Err(Broken(format!("photo {photo} of edit {edit} is not at the office")));
            }
        }
        Ok(())
    }

    /// One accepted change per edit, and none that builds on more than its author saw.
    fn nothing_doubled_or_overwritten(&self, histories: &[History]) -> Result<(), Broken> {
        for history in histories {
            let mut copies: BTreeMap<EditId, ChangeHash> = BTreeMap::new();
            for (hash, (edit, _)) in &history.changes {
                if let Some(other) = copies.insert(*edit, *hash) {
                    return Err(Broken(format!("edit {edit} was accepted twice: {other} and {hash}")));
                }
            }
            for (hash, (edit, _)) in &history.changes {
                let Some(promise) = self.promises.get(edit) else { continue };
                let built_on = history.edits_below(*hash);
                if let Some(unseen) = built_on.difference(&promise.seen).next() {
                    return Err(Broken(format!(
                        "the accepted copy of edit {edit} builds on edit {unseen}, which its author never saw"
                    )));
                }
            }
        }
        Ok(())
    }
}

impl Oracle {
    /// The office stands by its answers: what it rejected is not in the record, nothing waits for what came or
    /// cannot come, and no two changes of a device have one number, unless its files were copied.
    pub(super) fn office_agrees_with_itself(
        &self,
        hub: &Hub<Sqlite>,
        pardoned: Pardoned,
    ) -> Result<(), Broken> {
        let held = hub.held().map_err(|error| broken("what is held", error))?;
        let pending = hub.pending().map_err(|error| broken("what waits", error))?;
        hub.storage()
            .read(|read| {
                let mut found = self.verdicts_stand(read, &held, pardoned)?;
                found.extend(nothing_waits_in_vain(read, &pending)?);
                if !pardoned.numbers {
                    found.extend(numbers_are_used_once(read, &held)?);
                }
                Ok::<_, StorageError>(found)
            })
            .map_err(|error| broken("the office's changes", error))?
            .into_iter()
            .next()
            .map_or(Ok(()), |first| Err(Broken(first)))
    }

    fn verdicts_stand(
        &self,
        read: &dyn Read,
        held: &[Held],
        pardoned: Pardoned,
    ) -> Result<Vec<String>, StorageError> {
        let mut found = Vec::new();
        for held in held {
            let Held { hash, kind, reason, .. } = held;
            // Every phone of the fleet is honest: what is malformed or hostile is none of theirs.
            // What a lost phone sent arrives late; and what only the lost secret proved may be the office's own, whose
            // device nobody enrolled.
            let pardoned = match reason.code.as_str() {
                "revoked" => pardoned.revoked,
                "device" => pardoned.revoked || pardoned.unsigned,
                "signature" => pardoned.unsigned,
                _ => false,
            };
            if *kind == HeldKind::Quarantined && !pardoned {
                found.push(format!("change {hash} of an honest phone is in quarantine: {}", reason.code));
            }
        }
        for edit in self.rejected.intersection(&accepted_edits(read)?) {
            found.push(format!("edit {edit} was rejected for good and is accepted all the same"));
        }
        Ok(found)
    }
}

fn nothing_waits_in_vain(read: &dyn Read, pending: &[Pending]) -> Result<Vec<String>, StorageError> {
    let mut found = Vec::new();
    for Pending { hash, envelope, .. } in pending {
        let (record, change) = (envelope.record, ChangeInfo::parse(&envelope.change));
        let Ok(change) = change else {
            found.push(format!("what waits as {hash} is no change"));
            continue;
        };
        let genesis = envelope.kind.known().and_then(|kind| {
            Document::genesis(record, kind, envelope.version).ok().map(|document| document.genesis_hash())
        });
        let mut missing = false;
        for dependency in change.deps {
            if read.dead_hash(record, dependency)?.is_some() {
                found.push(format!("change {hash} waits for {dependency}, which was rejected"));
            }
            let here = genesis == Some(dependency);
            missing |= !here && read.change(record, dependency)?.is_none();
        }
        if !missing {
            found.push(format!("change {hash} still waits at the office, and all it waits for is there"));
        }
    }
    Ok(found)
}

fn numbers_are_used_once(read: &dyn Read, held: &[Held]) -> Result<Vec<String>, StorageError> {
    let mut numbers: BTreeMap<(RecordId, ActorId, u64), ChangeHash> = BTreeMap::new();
    let mut found = Vec::new();
    for Held { hash, envelope, .. } in held {
        let Ok(change) = ChangeInfo::parse(&envelope.change) else { continue };
        let key = (envelope.record, change.actor, change.seq);
        let accepted = read.change_at(key.0, key.1, key.2)?;
        let other = accepted.or_else(|| numbers.insert(key, *hash)).filter(|other| other != hash);
        if let Some(other) = other {
            found.push(format!("changes {hash} and {other} of one device have one number"));
        }
    }
    Ok(found)
}

/// The accepted changes of one record: the edit each carries and what it builds on.
struct History {
    changes: BTreeMap<ChangeHash, (EditId, Vec<ChangeHash>)>,
}

impl History {
    fn edits_below(&self, hash: ChangeHash) -> BTreeSet<EditId> {
        let mut edits = BTreeSet::new();
        let mut visited = BTreeSet::new();
        let mut left = self.changes.get(&hash).map(|(_, deps)| deps.clone()).unwrap_or_default();
        while let Some(dep) = left.pop() {
            if let Some((edit, deps)) = self.changes.get(&dep)
                && visited.insert(dep)
            {
                edits.insert(*edit);
                left.extend(deps);
            }
        }
        edits
    }
}

fn histories(hub: &Hub<Sqlite>, records: &[(RecordId, Kind)]) -> Result<Vec<History>, Broken> {
    let mut histories = Vec::new();
    for (record, _) in records {
        let Some(document) = hub.document(*record).map_err(|error| broken("the office's record", error))?
        else {
            continue;
        };
        let changes =
            document.changes().iter().map(|info| (info.hash, (edit_id(info), info.deps.clone()))).collect();
        histories.push(History { changes });
    }
    Ok(histories)
}

fn accepted(hub: &Hub<Sqlite>) -> Result<BTreeSet<EditId>, Broken> {
    hub.storage().read(accepted_edits).map_err(|error| broken("the office's receipts", error))
}

fn photo_at_office(hub: &Hub<Sqlite>, photo: PhotoId) -> Result<bool, Broken> {
    hub.storage()
        .read(|read| Ok::<_, StorageError>(read.photo(photo)?.is_some()))
        .map_err(|error| broken("the office's photos", error))
}

fn on_a_phone(phones: &[Phone], has: impl Fn(&Phone) -> Result<bool, StoreError>) -> Result<bool, Broken> {
    for phone in phones {
        if has(phone).map_err(|error| broken("reading a phone", error))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The changes that carry the edit and that the office did not let in, or that wait there, with the reason of each.
fn held_at_office(hub: &Hub<Sqlite>, edit: EditId) -> Result<Vec<String>, Broken> {
    let held = hub.held().map_err(|error| broken("what is held", error))?;
    let of_edit = held.iter().filter(|held| held.edit.as_ref().is_some_and(|(of, _)| *of == edit));
    let held = of_edit.map(|held| format!("{} {} {}", held.hash, held.kind.name(), held.reason.code));
    let waits = hub.pending().map_err(|error| broken("what waits", error))?;
    let waits = waits.iter().filter(|waits| {
        ChangeInfo::parse(&waits.envelope.change).is_ok_and(|change| edit_id(&change) == edit)
    });
    Ok(held.chain(waits.map(|waits| format!("{} pending", waits.hash))).collect())
}

/// What the device that wrote an edit shows about it: on any phone that has its key, should it have been copied.
fn shown(phones: &[Phone], promise: &Promise) -> Result<Option<Fate>, Broken> {
    for phone in phones.iter().filter(|phone| promise.is_of(phone)) {
        let rows = phone
            .store
            .read(|reader| reader.shown_verdicts())
            .map_err(|error: StoreError| broken("what a phone shows", error))?;
        if let Some(row) = rows.iter().find(|row| row.edit == promise.edit) {
            return Ok(Some(row.fate));
        }
    }
    Ok(None)
}

/// Every step that was let in is there, and of those made concurrently one counts: the others wait or were decided.
fn cases_stand(
    hub: &Hub<Sqlite>,
    playbooks: &Playbooks,
    records: &[(RecordId, Kind)],
    outcome: &mut Outcome,
) -> Result<(), Broken> {
    for (id, _) in records.iter().filter(|(_, kind)| *kind == Kind::Case) {
        let document = hub.document(*id).map_err(|error| broken("the office's record", error))?;
        let Some(record) = document.map(|document| document.record()) else { continue };
        let receipts = receipts(hub, *id)?;
        let Some(workflow) = course::workflow(playbooks, &record) else {
            return Err(Broken(format!("case {id} is at the office, but not what it was opened under")));
        };
        let state = course::state(workflow, &record, &receipts);
        let counts = |event: EventId| {
            state.events.iter().any(|other| other.event.id == event && other.standing == Standing::Counts)
        };
        for folded in &state.events {
            let newer = folded.event.unknown.get(NEWER.0).is_some_and(|value| value == NEWER.1);
            outcome.unknown += u64::from(newer);
            outcome.steps += 1;
            match folded.standing {
                Standing::InConflict { by } if !counts(by) => {
                    return Err(Broken(format!("in case {id} neither of two concurrent steps counts")));
                }
                Standing::InConflict { .. } | Standing::Overruled { .. } => outcome.concurrent += 1,
                _ => {}
            }
        }
        if state.events.len() != record.events().count() {
            return Err(Broken(format!("a step of case {id} is not told")));
        }
    }
    Ok(())
}

fn receipts(hub: &Hub<Sqlite>, record: RecordId) -> Result<BTreeMap<ChangeHash, Receipt>, Broken> {
    hub.storage()
        .read(|read| Ok::<_, StorageError>(read.receipts(record, 1, usize::MAX)?.into_iter().collect()))
        .map_err(|error| broken("the office's receipts", error))
}

/// Every phone has exactly what its grids show, exactly as the office has it.
fn replicas_agree(hub: &Hub<Sqlite>, phones: &[Phone], records: &[(RecordId, Kind)]) -> Result<(), Broken> {
    let places: BTreeMap<RecordId, PlaceId> = community::places(hub, records)?;
    for (record, _) in records {
        let office = hub.document(*record).map_err(|error| broken("the office's record", error))?;
        let office = office.map(|document| document.record());
        let receipts = receipts(hub, *record)?;
        for (number, phone) in phones.iter().enumerate() {
            let (here, known) = phone
                .store
                .read(|reader| Ok((reader.record(*record)?, reader.receipts(*record)?)))
                .map_err(|error: StoreError| broken("reading a phone", error))?;
            let may = match places.get(record) {
                Some(place) => visible(hub, phone, place)?,
                None => false,
            };
            match (&office, here) {
                (_, Some(_)) if !may => {
                    return Err(Broken(format!(
                        "phone {number} holds record {record}, which is in none of its grids"
                    )));
                }
                (Some(_), None) if may => {
                    return Err(Broken(format!("phone {number} lacks record {record} of its grid")));
                }
                (Some(office), Some(here)) => {
                    if *office != here {
                        return Err(Broken(format!(
                            "phone {number} reads record {record} otherwise than the office"
                        )));
                    }
                    if receipts != known {
                        return Err(Broken(format!("phone {number} has other receipts of record {record}")));
                    }
                }
                _ => {}
            }
        }
    }
    Ok(())
}
