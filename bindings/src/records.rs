//! What every record has: a note, archiving, a history; and finding any of them.

use std::time::SystemTime;

use butler_core::model::Kind;
use butler_core::views;

use crate::ids::{ChangeId, DeviceId, RecordId, StaffId, out};
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

impl From<views::history::HistoryChange> for HistoryChange {
    fn from(change: views::history::HistoryChange) -> Self {
        Self {
            path: change.path,
            label: change.label.into(),
            from: out(change.from),
            to: change.to.map(Answer::from),
        }
    }
}

impl From<views::history::HistoryRow> for HistoryRow {
    fn from(row: views::history::HistoryRow) -> Self {
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

impl From<views::search::SearchRow> for SearchRow {
    fn from(row: views::search::SearchRow) -> Self {
        Self { record: row.record.into(), kind: row.kind.into(), title: row.title, detail: row.detail }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// Changes the note from what the screen showed to what was typed; only the difference becomes an edit.
    pub fn records_edit_note(&self, record: RecordId, text: &str) -> Result<Recorded, ButlerError> {
        Ok(self.butler.records().edit_note(record.try_into()?, text)?.into())
    }

    /// Archives a record: hidden from lists, nothing deleted.
    pub fn records_archive(&self, record: RecordId) -> Result<Recorded, ButlerError> {
        Ok(self.butler.records().archive(record.try_into()?)?.into())
    }

    /// Takes an archived record back into the lists.
    pub fn records_restore(&self, record: RecordId) -> Result<Recorded, ButlerError> {
        Ok(self.butler.records().restore(record.try_into()?)?.into())
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
