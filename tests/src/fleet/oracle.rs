//! What was promised, was it kept?
//!
//! A promise is made when a write returns. It is kept if the edit is accepted at the office or shown to its
//! author as rejected; and nothing else may have happened to it on the way: not twice, not on top of what its
//! author never saw, not somewhere it may not be seen.

use std::collections::{BTreeMap, BTreeSet};

use butler_core::crdt::{ChangeInfo, Document, edit_id};
use butler_core::model::{
    ActorId, ChangeHash, DeviceId, EditId, EventId, Kind, PhotoId, PlaceId, Receipt, RecordId,
};
use butler_core::playbook::case::Standing;
use butler_core::playbook::{Playbooks, course};
use butler_core::store::{Fate, StoreError};
use butler_core::sync::device::DeviceKey;
use butler_office::backup;
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
    /// An office that was restored since had accepted it.
    pub acknowledged: bool,
}

/// A photo that was taken, and the edit that names it.
struct Photographed {
    edit: EditId,
    /// The files of the phone that took it were replaced since, and do not have it.
    author_gone: bool,
    /// Nobody has it any more, and it had not reached the office: all that is left is its name.
    lost: bool,
}

impl Promise {
    /// Whether a phone is the one that wrote it, or a copy of that.
    fn is_of(&self, phone: &Phone) -> bool {
        self.secret == phone.secret
    }

    fn device(&self) -> DeviceId {
        device_of(self.secret)
    }
}

pub(super) fn device_of(secret: [u8; 32]) -> DeviceId {
    DeviceKey::from_secret(&secret).device()
}

/// Everything that was promised.
#[derive(Default)]
pub(super) struct Oracle {
    promises: BTreeMap<EditId, Promise>,
    photos: BTreeMap<PhotoId, Photographed>,
    /// What this build knows nothing of: the edit that wrote it, where, and as what.
    newer: BTreeMap<EditId, (RecordId, String, &'static str)>,
    /// Edits to which the office said no for good, whether or not its answer arrived, and that no supervisor let in
    /// since.
    rejected: BTreeSet<EditId>,
    /// Edits that came with a receipt: no such no is for good.
    let_in: BTreeSet<EditId>,
    /// Edits an office had accepted that was restored since, known to nobody any more, with the phone that wrote each.
    unknowable: BTreeMap<EditId, DeviceId>,
    /// Phones that were lost, and copies of them.
    lost: BTreeSet<DeviceId>,
    /// Phones whose files were copied, away or back.
    copied: BTreeSet<DeviceId>,
    /// What the office knows its receipts by was lost once.
    secrets_lost: bool,
}

impl Oracle {
    pub(super) fn promised(&mut self, promise: Promise) {
        self.promises.insert(promise.edit, promise);
    }

    pub(super) fn photographed(&mut self, photo: PhotoId, edit: EditId) {
        self.photos.insert(photo, Photographed { edit, author_gone: false, lost: false });
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

    /// A phone's files were copied, away or back.
    pub(super) fn copied(&mut self, secret: [u8; 32]) {
        self.copied.insert(device_of(secret));
    }

    /// A phone was lost for good.
    pub(super) fn phone_lost(&mut self, secret: [u8; 32]) {
        self.lost.insert(device_of(secret));
    }

    /// What the office has accepted, before it becomes what a backup holds.
    pub(super) fn note_accepted(&mut self, hub: &Hub<Sqlite>) -> Result<(), Broken> {
        let accepted = accepted(hub)?;
        for promise in self.promises.values_mut() {
            promise.acknowledged |= accepted.contains(&promise.edit);
        }
        Ok(())
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
        for (photo, taken) in &mut self.photos {
            let Some(promise) = self.promises.get(&taken.edit).filter(|promise| promise.secret == secret)
            else {
                continue;
            };
            taken.author_gone |= !on_a_phone(phones, |phone| {
                Ok(promise.is_of(phone) && phone.has_photo(promise.record, *photo)?)
            })?;
        }
        self.forgive_who_is_gone(hub, phones, Phone::has_edit)
    }

    /// Forgets what only the office had, or held for a person to look at, and what its backup does not hold: its author's
    /// phone is gone, or has other files, and it is part of nobody else's record. `hub` is the office as it came back.
    pub(super) fn forgive_the_restore(
        &mut self,
        hub: &Hub<Sqlite>,
        phones: &[Phone],
        with_secrets: bool,
    ) -> Result<(), Broken> {
        self.secrets_lost |= with_secrets;
        // It may have forgotten what it rejected, but not what its backup holds.
        let held = hub.held().map_err(|error| broken("what is held", error))?;
        let held: BTreeSet<EditId> =
            held.iter().filter(|held| held.binding).filter_map(|held| Some(held.edit.as_ref()?.0)).collect();
        self.rejected.retain(|edit| held.contains(edit));
        self.let_in.clear();
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
        for (photo, taken) in self.photos.iter_mut().filter(|(_, taken)| taken.author_gone && !taken.lost) {
            let Some(promise) = self.promises.get(&taken.edit) else { continue };
            taken.lost = !photo_at_office(hub, *photo)?
                && !on_a_phone(phones, |phone| phone.has_photo(promise.record, *photo))?;
        }
        for edit in lost {
            let Some(promise) = self.promises.remove(&edit) else { continue };
            // Of a phone that goes on with older files nobody can know: neither it nor the office has heard of the edit.
            if promise.acknowledged && !phones.iter().any(|phone| promise.is_of(phone)) {
                self.unknowable.insert(edit, promise.device());
            }
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
        self.photos_arrived(hub, phones, outcome)?;
        self.what_is_lost_is_listed(hub, outcome)?;
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

    /// The office has every photo that a kept promise names; what was lost with a phone it lists by name.
    fn photos_arrived(
        &self,
        hub: &Hub<Sqlite>,
        phones: &[Phone],
        outcome: &mut Outcome,
    ) -> Result<(), Broken> {
        let accepted = accepted(hub)?;
        let awaited = hub.storage().read(|read| read.awaited_photos());
        let awaited = awaited.map_err(|error: StorageError| broken("the office's photos", error))?;
        let awaited: BTreeSet<PhotoId> = awaited.iter().map(|awaited| awaited.photo).collect();
        for (photo, Photographed { edit, lost, .. }) in &self.photos {
            if photo_at_office(hub, *photo)? {
                outcome.photos += u64::from(self.promises.contains_key(edit));
                if awaited.contains(photo) {
                    return Err(Broken(format!("photo {photo} is at the office, which waits for it")));
                }
            } else if accepted.contains(edit) && !lost {
                let mut known = Vec::new();
                if let Some(promise) = self.promises.get(edit) {
                    known.push(format!("taken by {:?} in {}", promise.device(), promise.record));
                    for phone in phones {
                        known.extend(phone.knows_photo(promise.record, *photo));
                        known.extend(phone.knows(promise.record, *edit));
                    }
                }
                return Err(Broken(format!("photo {photo} of edit {edit} is not at the office: {known:#?}")));
            } else if accepted.contains(edit) && !awaited.contains(photo) {
                return Err(Broken(format!(
                    "photo {photo} of edit {edit} is lost, and the office does not say so"
                )));
            } else if !accepted.contains(edit) && awaited.contains(photo) {
                return Err(Broken(format!(
                    "the office waits for photo {photo}, which no accepted edit names"
                )));
            }
        }
        Ok(())
    }

    /// Whoever handed in what a restored office cannot know is named by it, or unknown to it.
    fn what_is_lost_is_listed(&self, hub: &Hub<Sqlite>, outcome: &mut Outcome) -> Result<(), Broken> {
        let fail = |error: StorageError| broken("what the office lacks", error);
        let (lost, devices) =
            hub.storage().read(|read| Ok((backup::lost(read)?, read.devices()?))).map_err(fail)?;
        let named = |device| {
            lost.as_ref()
                .is_some_and(|lost| lost.awaited.iter().chain(&lost.gone).any(|one| one.id == device))
        };
        for (edit, device) in &self.unknowable {
            // Enrolled after the backup: nobody at the office can name it.
            let unknown = lost.is_some() && !devices.iter().any(|one| one.id == *device);
            if !named(*device) && !unknown {
                return Err(Broken(format!(
                    "edit {edit} was accepted by an office that was restored since, and neither its phone {device} nor \
                     the office says that it is missing"
                )));
            }
            outcome.unknowable += 1;
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
        phones: &[Phone],
    ) -> Result<(), Broken> {
        let held = hub.held().map_err(|error| broken("what is held", error))?;
        let pending = hub.pending().map_err(|error| broken("what waits", error))?;
        self.nobody_is_taken_for_hostile(&held, phones)?;
        hub.storage()
            .read(|read| {
                let mut found = Vec::new();
                for edit in self.rejected.intersection(&accepted_edits(read)?) {
                    found.push(format!("edit {edit} was rejected for good and is accepted all the same"));
                }
                found.extend(nothing_waits_in_vain(read, &pending)?);
                let apart = held.iter().filter(|held| !self.copied.contains(&held.envelope.device));
                found.extend(numbers_are_used_once(read, apart)?);
                Ok::<_, StorageError>(found)
            })
            .map_err(|error| broken("the office's changes", error))?
            .into_iter()
            .next()
            .map_or(Ok(()), |first| Err(Broken(first)))
    }

    /// Every phone of the fleet is honest, so nothing is in quarantine but what a lost phone sent, or a change that only
    /// its seal could prove when the office's secret was gone, or its phone unknown, and that no phone of its author has
    /// any more to prove it by its signature.
    fn nobody_is_taken_for_hostile(&self, held: &[Held], phones: &[Phone]) -> Result<(), Broken> {
        for Held { hash, kind, reason, envelope, sender, .. } in held {
            if *kind != HeldKind::Quarantined {
                continue;
            }
            let lost = self.lost.contains(&envelope.device) || self.lost.contains(sender);
            let pardoned = match reason.code.as_str() {
                "revoked" => lost,
                "device" | "signature" => {
                    let proven = on_a_phone(phones, |phone| {
                        Ok(device_of(phone.secret) == envelope.device
                            && phone.has_hash(envelope.record, *hash)?)
                    })?;
                    (lost || self.secrets_lost) && !proven
                }
                _ => false,
            };
            if !pardoned {
                return Err(Broken(format!(
                    "change {hash} of an honest phone is in quarantine: {}",
                    reason.code
                )));
            }
        }
        Ok(())
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

fn numbers_are_used_once<'h>(
    read: &dyn Read,
    held: impl Iterator<Item = &'h Held>,
) -> Result<Vec<String>, StorageError> {
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
