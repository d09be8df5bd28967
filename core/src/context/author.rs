//! Author as the person this phone belongs to: the only place where an edit becomes a signed, stored change.

use std::borrow::Cow;
use std::sync::Arc;

use crate::context::OfficeTables;
use crate::crdt::{ChangeInfo, CrdtError, Document, Seen, Tip, limit};
use crate::error::{ButlerError, Forbidden, InputProblem};
use crate::host::{Host, random};
use crate::model::clock::Reading;
use crate::model::{
    ActorId, ChangeHash, Edit, EditId, Event, EventId, Evidence, Kind, Op, PartId, PhotoId, PlaceId, Record,
    RecordId, RoleId, Shown, Stamp, StepId, Timestamp, derived, facts, fields, parts,
};
use crate::playbook::{Label, access};
use crate::store::{Authored, Identity, Reader, Signed, StoreError, Tx};
use crate::sync::device::DeviceKey;

/// What was recorded: safe on this phone when the call returns.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Recorded {
    /// The record.
    pub record: RecordId,
    /// The edit; it keeps this id however often it is authored again.
    pub edit: EditId,
    /// The event, when the edit was a step, a check-in or a result.
    pub event: Option<EventId>,
    /// What the screen shows now: what it showed before, and this. For a form that stays open.
    pub shown: Shown,
}

impl Recorded {
    pub(crate) fn new(record: RecordId, edit: EditId, event: Option<EventId>) -> Self {
        Self { record, edit, event, shown: Shown::new(record, vec![edit]) }
    }

    /// Names the event the edit carried.
    pub(crate) fn with_event(self, event: &Event) -> Self {
        Self { event: Some(event.id), ..self }
    }
}

/// What an edit would make of its record, authored on a document of its own or at its tip; nothing of it is stored yet.
pub(crate) struct Planned {
    edit: EditId,
    written_in: WrittenIn,
    written: Vec<ChangeInfo>,
    intents: Vec<Edit>,
    /// The record as it is; `None` when there is none.
    present: Option<Record>,
    /// The record as its author saw it, where that is another.
    before: Option<Record>,
    /// The same with the edit, where it is another than `merged`.
    authored: Option<Record>,
    /// The record as it is with the edit.
    merged: Record,
}

/// What holds the changes of a plan.
enum WrittenIn {
    Document(Box<Document>),
    Tip(Tip),
}

impl Planned {
    /// The record as its author saw it; `None` when there was none.
    pub fn before(&self) -> Option<&Record> {
        self.before.as_ref().or(self.present.as_ref())
    }

    /// The same with the edit: what was written, whatever a merge shows in its place.
    pub fn after(&self) -> &Record {
        self.authored.as_ref().unwrap_or(&self.merged)
    }
}

/// One person at one moment, within one transaction.
#[derive(Clone)]
pub(crate) struct Author {
    pub host: Arc<dyn Host>,
    pub office: Arc<OfficeTables>,
    pub identity: Identity,
    /// Device time of everything recorded in this transaction.
    pub now: Timestamp,
    time: Reading,
    actor: ActorId,
    pub key: Arc<DeviceKey>,
    /// What the screen showed; `None`: everything that is here.
    shown: Option<Shown>,
}

impl Author {
    /// Who acts, under which actor. Takes a new actor when this incarnation of the store has none yet. `key` is the one
    /// made last: to make the same again out of its seed costs as much as signing.
    pub fn begin(
        tx: &mut Tx<'_>,
        host: Arc<dyn Host>,
        office: Arc<OfficeTables>,
        key: Option<Arc<DeviceKey>>,
        shown: Option<Shown>,
    ) -> Result<Self, ButlerError> {
        let known = tx.who_and_when()?;
        let identity = known.identity()?.ok_or(ButlerError::NotEnrolled)?;
        let seed = known.device_key.ok_or(ButlerError::NotEnrolled)?;
        let key = key.filter(|key| key.secret() == seed);
        let key = key.unwrap_or_else(|| Arc::new(DeviceKey::from_secret(&seed)));
        let actor = match known.actor {
            Some(actor) => actor,
            None => {
                let actor = key.new_actor(host.as_ref())?;
                tx.set_actor(actor)?;
                actor
            }
        };
        let now = host.now();
        let time = tx.take_time(now, known.clock)?;
        Ok(Self { now, time, host, office, identity, actor, key, shown })
    }

    /// The same person for a record beside the one a form was handed in for: of it the screen showed nothing.
    pub fn of_what_no_screen_showed(&self) -> Self {
        Self { shown: None, ..self.clone() }
    }

    /// Now, by the office's clock as far as known.
    pub fn estimated(&self) -> Timestamp {
        self.time.now
    }

    /// Today, for the community.
    pub fn today(&self) -> chrono::NaiveDate {
        self.office.date_of(self.estimated())
    }

    /// The roles this person holds over a place.
    pub fn roles_at(&self, place: &PlaceId) -> Vec<RoleId> {
        self.office.roles_at(&self.identity.staff, place)
    }

    fn access(&self) -> access::Actor<'_> {
        self.office.actor(&self.identity.staff)
    }

    /// The role to act in where `allowed` may: the first of the person's roles among them.
    pub fn role_among(&self, place: &PlaceId, allowed: &[RoleId], what: &str) -> Result<RoleId, ButlerError> {
        self.office.role_among(&self.identity.staff, place, allowed, what)
    }

    /// A record id never used before.
    pub fn new_record(&self) -> Result<RecordId, ButlerError> {
        let bytes = random::<16>(self.host.as_ref())?;
        Ok(derived::drawn(bytes))
    }

    /// An event of this person, now.
    pub fn event(
        &self,
        step: &StepId,
        role: RoleId,
        after: Vec<EventId>,
        note: &str,
        evidence: Evidence,
    ) -> Result<Event, ButlerError> {
        Ok(Event {
            id: EventId(random::<16>(self.host.as_ref())?),
            step: step.to_owned(),
            by: self.identity.staff.clone(),
            role,
            device: self.identity.device,
            at: self.now,
            offset: self.time.offset,
            after,
            note: note.trim().to_owned(),
            evidence,
            unknown: std::collections::BTreeMap::new(),
        })
    }

    /// Records one edit of one record. What the playbooks ask is left to the caller: [`Self::edit_validated`] asks all
    /// of it.
    ///
    /// # Errors
    /// As [`Self::plan`] and [`Self::carry_out`]; nothing is recorded then.
    pub fn edit(
        &self,
        tx: &mut Tx<'_>,
        id: RecordId,
        kind: Kind,
        edit: &Edit,
    ) -> Result<Recorded, ButlerError> {
        let planned = self.plan(tx, id, kind, edit)?;
        self.carry_out(tx, planned)
    }

    /// What an edit would make of its record: values brought to their stored form and checked, the changes authored on a
    /// document of its own, the rights decided. Nothing is written.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] for a value that does not fit its field and for an edit that changes nothing,
    /// [`ButlerError::NotAllowed`] by role or grid, and those of the store.
    pub fn plan(
        &self,
        tx: &mut Tx<'_>,
        id: RecordId,
        kind: Kind,
        edit: &Edit,
    ) -> Result<Planned, ButlerError> {
        let edit = parts::stored(kind, id, edit, || {
            random(self.host.as_ref()).map(PartId).map_err(ButlerError::from)
        })?;
        for op in &edit.ops {
            if let Op::Put { path, value } = op {
                fields::check(kind, path, value)?;
                let listed = fields::spec(kind, path).and_then(|spec| Some((spec, spec.terms?)));
                if let Some((spec, _)) =
                    listed.filter(|(_, list)| !self.office.playbooks.terms().allows(list, value))
                {
                    return Err(ButlerError::invalid_field(
                        path,
                        Label::of_field(spec),
                        InputProblem::UnknownWord,
                    ));
                }
            }
        }
        let planned = self.author(tx, id, kind, &edit)?;
        self.allow(&planned, &edit)?;
        Ok(planned)
    }

    /// The same without the office's evaluator, as if the rights had been others: what a phone with old tables does.
    #[cfg(any(test, feature = "testing"))]
    pub fn edit_unchecked(
        &self,
        tx: &mut Tx<'_>,
        id: RecordId,
        kind: Kind,
        edit: &Edit,
    ) -> Result<Recorded, ButlerError> {
        let planned = self.author(tx, id, kind, edit)?;
        self.carry_out(tx, planned)
    }

    /// Spells an edit: at the record's tip where that says enough, which is nearly always, else on its document.
    fn author(&self, tx: &mut Tx<'_>, id: RecordId, kind: Kind, edit: &Edit) -> Result<Planned, ButlerError> {
        if let Some(tip) = tx.tip(id, kind, Kind::VERSION)?
            && self.was_shown(&tip)?
            && tip.knows_texts_of(edit)
            && pieces(edit).len() == 1
        {
            return self.author_at_tip(&tip, edit);
        }
        let document = tx.take_document(id, kind, Kind::VERSION)?;
        self.author_on_document(tx, document, edit)
    }

    fn stamp(&self) -> Stamp {
        Stamp { staff: self.identity.staff.clone(), at: self.now, offset: self.time.offset, copy_of: None }
    }

    fn author_at_tip(&self, tip: &Tip, edit: &Edit) -> Result<Planned, ButlerError> {
        let (info, next) = tip.author(self.actor, &self.stamp(), edit)?;
        Ok(Planned {
            edit: info.hash,
            merged: next.record(),
            written_in: WrittenIn::Tip(next),
            written: vec![info],
            intents: vec![edit.clone()],
            present: (!tip.is_empty()).then(|| tip.record()),
            before: None,
            authored: None,
        })
    }

    fn author_on_document(
        &self,
        reader: &Reader<'_>,
        mut document: Document,
        edit: &Edit,
    ) -> Result<Planned, ButlerError> {
        let stamp = self.stamp();
        let (deps, edit) = self.seen(reader, &document)?.place(edit);
        let present = (!document.is_empty()).then(|| document.record());
        let seen = if deps == document.heads() { None } else { Some(document.at(&deps)?) };
        let intents = pieces(edit.as_ref()).into_owned();
        let (mut written, mut deps, mut actor) = (Vec::with_capacity(intents.len()), deps, self.actor);
        for piece in &intents {
            let info = match document.author_at(&deps, actor, &stamp, piece) {
                // Under an actor of its own: this one wrote here since, knowing more than was shown.
                Err(CrdtError::ActorAhead) => {
                    actor = self.key.new_actor(self.host.as_ref())?;
                    document.author_at(&deps, actor, &stamp, piece)?
                }
                authored => authored?,
            };
            deps = vec![info.hash];
            written.push(info);
        }
        let Some(edit) = written.last().map(|info| info.hash) else {
            return Err(ButlerError::invalid("edit", InputProblem::NothingChanged));
        };
        let merged = document.record();
        let (before, authored) = match seen {
            None => (None, None),
            Some(seen) => (Some(seen), Some(document.at(&deps)?)),
        };
        let written_in = WrittenIn::Document(Box::new(document));
        Ok(Planned { edit, written_in, written, intents, present, before, authored, merged })
    }

    /// Writes a plan: signs and stores its changes with the rows of the record, and hands its photos to the outbox.
    ///
    /// # Errors
    /// [`ButlerError::PhotoMissing`], and those of the store.
    pub fn carry_out(&self, tx: &mut Tx<'_>, planned: Planned) -> Result<Recorded, ButlerError> {
        let Planned { edit, written_in, written, intents, present, merged, .. } = planned;
        let (id, kind) = (merged.id, merged.kind);
        let rows: Vec<Authored<'_>> = written
            .iter()
            .zip(&intents)
            .map(|(info, intent)| {
                let signature = self.key.sign_change(id, kind, Kind::VERSION, info.hash);
                Authored { info, intent, signed: Signed { device: self.identity.device, signature } }
            })
            .collect();
        match written_in {
            WrittenIn::Document(document) => tx.save_planned(*document, &merged, &rows)?,
            WrittenIn::Tip(tip) => tx.save_at_tip(present.as_ref(), (&tip, &merged), &rows)?,
        }
        for intent in &intents {
            hand_in_photos(tx, id, intent)?;
        }
        Ok(Recorded::new(id, edit, None))
    }

    /// The same evaluator the office uses, with what this phone knows of the office's tables. What may be done is
    /// decided, here as there, on the record as it is, not as the author saw it.
    fn allow(&self, planned: &Planned, edit: &Edit) -> Result<(), ButlerError> {
        let after = &planned.merged;
        let place = facts::place(after);
        let place = place.ok_or_else(|| ButlerError::invalid("place", InputProblem::PlaceMissing))?;
        let grids = self.office.grids_of(&place);
        let paths: Vec<String> = edit.ops.iter().map(|op| op.path().to_owned()).collect();
        let attempt =
            access::Attempt { before: planned.present.as_ref(), after, paths: &paths, grids: &grids };
        access::decide(&self.office.playbooks, self.access(), &attempt).map_err(|denied| {
            let playbooks = &self.office.playbooks;
            let words = match denied.whose.as_slice() {
                [] if denied.code == "field" => InputProblem::WrittenOnce.words(),
                [] => playbooks.terms().label(&format!("reason.{}", denied.code)),
                whose => Forbidden::field_words(&playbooks.roles().names(whose)),
            };
            let code = denied.code.to_owned();
            let what = denied.path.map_or(Forbidden::Record { code }, |path| Forbidden::Field { path });
            ButlerError::NotAllowed { what, words }
        })
    }

    /// A record of that kind that is here, as it is.
    pub fn existing(&self, tx: &Tx<'_>, id: RecordId, kind: Kind) -> Result<Record, ButlerError> {
        tx.record(id)?.filter(|record| record.kind == kind).ok_or(ButlerError::NotFound)
    }

    /// Whether a record of that kind is here.
    pub fn is_here(&self, tx: &Tx<'_>, id: RecordId, kind: Kind) -> Result<(), ButlerError> {
        let here = tx.kind(id)?.is_some_and(|(known, _)| known == kind);
        if here { Ok(()) } else { Err(ButlerError::NotFound) }
    }

    /// A record that is here, as this person knows it: as the screen showed it, with what they wrote since on this phone.
    pub fn known(&self, tx: &Tx<'_>, id: RecordId) -> Result<Record, ButlerError> {
        if let Some(tip) = Reader::tip(tx, id)?
            && self.was_shown(&tip)?
        {
            return Ok(tip.record());
        }
        let known = tx.look(id, |document| Ok(self.seen(tx, document)?.record()))?;
        known.unwrap_or(Err(ButlerError::NotFound))
    }

    /// Whether the screen showed the record as it is.
    fn was_shown(&self, tip: &Tip) -> Result<bool, ButlerError> {
        match &self.shown {
            None => Ok(true),
            Some(shown) if shown.record == tip.id() => Ok(shown.heads == [tip.head()]),
            Some(_) => Err(ButlerError::invalid("shown", InputProblem::OtherRecord)),
        }
    }

    /// What this person has seen of a record: what the screen showed, or all there is.
    pub fn seen<'d>(&self, reader: &Reader<'_>, document: &'d Document) -> Result<Seen<'d>, ButlerError> {
        match &self.shown {
            None => Ok(document.seen_whole()),
            Some(shown) if shown.record == document.id() => self.seen_at(reader, document, &shown.heads),
            Some(_) => Err(ButlerError::invalid("shown", InputProblem::OtherRecord)),
        }
    }

    /// What somebody had seen of a record who saw it at `heads` on this phone.
    pub fn seen_at<'d>(
        &self,
        reader: &Reader<'_>,
        document: &'d Document,
        heads: &[ChangeHash],
    ) -> Result<Seen<'d>, ButlerError> {
        let mut dead = Vec::new();
        if heads.iter().any(|head| !document.contains(*head)) {
            let verdicts = reader.verdicts_of(document.id())?;
            dead.extend(verdicts.iter().filter_map(|verdict| ChangeInfo::parse(&verdict.bytes).ok()));
        }
        Ok(document.seen(heads, &dead, self.identity.device))
    }
}

/// The edit as changes can hold it: a text that is replaced by more characters than one change may type and remove is
/// written in several, each on top of the last.
fn pieces(edit: &Edit) -> Cow<'_, [Edit]> {
    let [Op::Splice { path, at, delete, insert }] = edit.ops.as_slice() else {
        return Cow::Borrowed(std::slice::from_ref(edit));
    };
    let typed: Vec<char> = insert.chars().collect();
    // No text is as long as that: crdt::author rejects it.
    let nonsense = *delete > 16 * limit::TEXT;
    if nonsense || delete + typed.len() <= limit::OPS {
        return Cow::Borrowed(std::slice::from_ref(edit));
    }
    let mut pieces = Vec::new();
    let mut left = *delete;
    while left > 0 {
        let part = left.min(limit::OPS);
        pieces.push(Edit::new().splice(path, *at, part, ""));
        left -= part;
    }
    for (number, part) in typed.chunks(limit::OPS).enumerate() {
        pieces.push(Edit::new().splice(path, at + number * limit::OPS, 0, part.iter().collect::<String>()));
    }
    Cow::Owned(pieces)
}

/// Hands the photos an edit adds to a record to the outbox.
fn hand_in_photos(tx: &mut Tx<'_>, record: RecordId, edit: &Edit) -> Result<(), ButlerError> {
    let photo = |op: &Op| match op {
        Op::Put { path, .. } => path.strip_prefix("photo/")?.parse::<PhotoId>().ok(),
        Op::Clear { .. } | Op::Splice { .. } => None,
    };
    for photo in edit.ops.iter().filter_map(photo) {
        tx.attach(photo, record).map_err(|error| match error {
            StoreError::NotFound { .. } => ButlerError::PhotoMissing { photo },
            other => other.into(),
        })?;
    }
    Ok(())
}

/// Where a record belongs.
pub(crate) fn place_of(record: &Record) -> Result<PlaceId, ButlerError> {
    facts::place(record).ok_or_else(|| ButlerError::internal("record-without-place"))
}
