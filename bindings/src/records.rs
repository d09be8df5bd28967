//! What every record has: a note, archiving, a history; and finding any of them.

use std::time::SystemTime;

use butler_core::context::OfficeTables;
use butler_core::model::fields::{self, Type};
use butler_core::model::{self, Kind};
use butler_core::{areas, context, store};

use crate::contested::Claim;
use crate::ids::{ChangeId, DeviceId, PlaceId, RecordId, Shown, StaffId, given, out};
use crate::values::{Answer, Label, Recorded, instant};
use crate::{ButlerCore, ButlerError};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum RecordKind {
    /// A home 房屋.
    Home,
    /// A resident 住户.
    Resident,
    /// A contact 沟通记录.
    Visit,
    /// A round 巡视.
    Round,
    /// A case 工单.
    Case,
    /// A row of a register 登记.
    Entry,
}

impl From<Kind> for RecordKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Premises => Self::Home,
            Kind::Resident => Self::Resident,
            Kind::Contact => Self::Visit,
            Kind::Round => Self::Round,
            Kind::Case => Self::Case,
            Kind::Entry => Self::Entry,
        }
    }
}

impl From<RecordKind> for Kind {
    fn from(kind: RecordKind) -> Self {
        match kind {
            RecordKind::Home => Self::Premises,
            RecordKind::Resident => Self::Resident,
            RecordKind::Visit => Self::Contact,
            RecordKind::Round => Self::Round,
            RecordKind::Case => Self::Case,
            RecordKind::Entry => Self::Entry,
        }
    }
}

/// Whether a record is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Lifecycle {
    /// Shown.
    Live,
    /// Hidden from lists.
    Archived,
    /// Archived by one and edited by another who did not know: shown until somebody decides.
    Revived,
}

impl From<model::Lifecycle> for Lifecycle {
    fn from(lifecycle: model::Lifecycle) -> Self {
        match lifecycle {
            model::Lifecycle::Live => Self::Live,
            model::Lifecycle::Archived => Self::Archived,
            model::Lifecycle::Revived => Self::Revived,
        }
    }
}

/// A record in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecordRow {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: RecordKind,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// Whether it is shown.
    pub lifecycle: Lifecycle,
    /// How many of its fields wait for a decision.
    pub contested: u32,
    /// When it last changed, by the office's clock as far as known.
    pub changed_at: SystemTime,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
}

impl From<store::RecordRow> for RecordRow {
    fn from(row: store::RecordRow) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind.into(),
            place: row.place.map(PlaceId::from),
            lifecycle: row.lifecycle.into(),
            contested: row.contested,
            changed_at: instant(row.changed_at),
            shown: row.shown.into(),
        }
    }
}

/// One field of a record.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct FieldRow {
    /// Where.
    pub path: String,
    /// What people call it.
    pub label: Label,
    /// The value in words.
    pub words: Label,
    /// The value, with who wrote it when.
    pub shown: Claim,
    /// The other values that wait for a decision with it.
    pub others: Vec<Claim>,
}

/// A record as it reads, whatever its kind. Steps, check-ins and results are not among its fields: cases and rounds show
/// them.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RecordDetails {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: RecordKind,
    /// Whether it is shown.
    pub lifecycle: Lifecycle,
    /// Its note.
    pub note: String,
    /// Its fields that may be read, by path.
    pub fields: Vec<FieldRow>,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
}

impl RecordDetails {
    fn of(record: model::Record, office: &OfficeTables) -> Self {
        let kind = record.kind;
        let is_event = |path: &str| fields::spec(kind, path).is_some_and(|spec| spec.ty == Type::Event);
        let claim = |candidate: &model::Candidate| areas::contested::Claim::of(candidate, office).into();
        let rows = record.fields.iter().filter(|(path, _)| !is_event(path)).map(|(path, field)| FieldRow {
            label: context::labels::field_label(kind, path).into(),
            words: context::labels::value_label(kind, path, &field.winner.value).into(),
            shown: claim(&field.winner),
            others: field.others.iter().map(claim).collect(),
            path: path.clone(),
        });
        Self {
            id: record.id.into(),
            kind: kind.into(),
            lifecycle: record.lifecycle.into(),
            note: record.texts.get("note").cloned().unwrap_or_default(),
            shown: record.shown().into(),
            fields: rows.collect(),
        }
    }
}

/// One field an edit changed.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct HistoryChange {
    /// Where.
    pub path: String,
    /// What people call it.
    pub label: Label,
    /// What its author saw there; several when it was contested.
    pub from: Vec<Answer>,
    /// What was written; nothing when it was removed.
    pub to: Option<Answer>,
}

/// One edit of a record.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct HistoryRow {
    /// Its change.
    pub change: ChangeId,
    /// Who.
    pub by: StaffId,
    /// Their name.
    pub by_name: String,
    /// On which phone.
    pub device: DeviceId,
    /// When, by the office's clock as far as known.
    pub at: SystemTime,
    /// When, as the phone's clock said.
    pub device_time: SystemTime,
    /// When the office acknowledged it; nothing while it has not.
    pub received: Option<SystemTime>,
    /// What changed.
    pub changes: Vec<HistoryChange>,
}

/// One result of a search.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SearchRow {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: RecordKind,
    /// What it is called.
    pub title: String,
    /// What it belongs to: the home of a person.
    pub detail: String,
}

impl From<areas::records::HistoryChange> for HistoryChange {
    fn from(change: areas::records::HistoryChange) -> Self {
        Self {
            path: change.path,
            label: change.label.into(),
            from: out(change.from),
            to: change.to.map(Answer::from),
        }
    }
}

impl From<areas::records::HistoryRow> for HistoryRow {
    fn from(row: areas::records::HistoryRow) -> Self {
        Self {
            change: row.change.into(),
            by: row.by.into(),
            by_name: row.by_name,
            device: row.device.into(),
            at: instant(row.estimated),
            device_time: instant(row.device_time),
            received: row.received.map(instant),
            changes: out(row.changes),
        }
    }
}

impl From<areas::search::SearchRow> for SearchRow {
    fn from(row: areas::search::SearchRow) -> Self {
        Self { record: row.record.into(), kind: row.kind.into(), title: row.title, detail: row.detail }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// A record as it reads now, contested values included.
    pub fn records_get(&self, record: RecordId) -> Result<RecordDetails, ButlerError> {
        let record = self.butler.records().get(record.try_into()?)?;
        Ok(RecordDetails::of(record, &*self.butler.office()?))
    }

    /// A record as the author of a change saw it just after making it.
    pub fn records_at(&self, record: RecordId, change: ChangeId) -> Result<RecordDetails, ButlerError> {
        let record = self.butler.records().at(record.try_into()?, change.try_into()?)?;
        Ok(RecordDetails::of(record, &*self.butler.office()?))
    }

    /// The records of a kind, archived ones too, last changed first; a page of at most 100 after the last one seen.
    pub fn records_page(
        &self,
        kind: RecordKind,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<RecordRow>, ButlerError> {
        Ok(out(self.butler.records().page(kind.into(), given(after)?, limit as usize)?))
    }

    /// What two phones compare to know that they hold the same of a record; it tells nothing of what it says.
    pub fn records_fingerprint(&self, record: RecordId) -> Result<String, ButlerError> {
        Ok(self.butler.records().fingerprint(record.try_into()?)?)
    }

    /// Changes the note from what the screen showed to what was typed; only the difference becomes an edit.
    pub fn records_edit_note(&self, record: RecordId, text: &str) -> Result<Recorded, ButlerError> {
        Ok(self.form().records().edit_note(record.try_into()?, text)?.into())
    }

    /// Archives a record: hidden from lists, nothing deleted.
    pub fn records_archive(&self, record: RecordId) -> Result<Recorded, ButlerError> {
        Ok(self.form().records().archive(record.try_into()?)?.into())
    }

    /// Takes an archived record back into the lists.
    pub fn records_restore(&self, record: RecordId) -> Result<Recorded, ButlerError> {
        Ok(self.form().records().restore(record.try_into()?)?.into())
    }

    /// Who changed what from what to what, when; oldest first.
    pub fn records_history(&self, record: RecordId) -> Result<Vec<HistoryRow>, ButlerError> {
        Ok(out(self.butler.records().history(record.try_into()?)?))
    }

    /// Searches names (also by pinyin and initials), rooms as people type them, phones by their last digits, notes and
    /// orders; best first, at most 100.
    pub fn search(&self, typed: &str, limit: u32) -> Result<Vec<SearchRow>, ButlerError> {
        Ok(out(self.butler.search(typed, limit as usize)?))
    }
}
