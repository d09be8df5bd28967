//! What every record has: a note, archiving, a history; and finding any of them.

use butler_core::areas::records::{HistoryRow, RecordDetails};
use butler_core::areas::search::SearchRow;
use butler_core::context::Recorded;
use butler_core::model::{ChangeHash, Kind, RecordId, RecordRow};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// A record as it reads now, conflicting values included.
    pub fn records_get(&self, record: RecordId) -> Result<RecordDetails, ButlerError> {
        self.butler.records().details(record)
    }

    /// A record as the author of a change saw it just after making it.
    pub fn records_at(&self, record: RecordId, change: ChangeHash) -> Result<RecordDetails, ButlerError> {
        self.butler.records().details_at(record, change)
    }

    /// The records of a kind, archived ones too, last changed first; a page of at most 100 after the last one seen.
    pub fn records_page(
        &self,
        kind: Kind,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordRow>, ButlerError> {
        self.butler.records().page(kind, after, limit)
    }

    /// What two phones compare to know that they hold the same of a record; it tells nothing of what it says.
    pub fn records_fingerprint(&self, record: RecordId) -> Result<String, ButlerError> {
        self.butler.records().fingerprint(record)
    }

    /// Changes the note from what the screen showed to what was typed; only the difference becomes an edit.
    pub fn records_edit_note(&self, record: RecordId, text: &str) -> Result<Recorded, ButlerError> {
        self.form().records().edit_note(record, text)
    }

    /// Archives a record: hidden from lists, nothing deleted.
    pub fn records_archive(&self, record: RecordId) -> Result<Recorded, ButlerError> {
        self.form().records().archive(record)
    }

    /// Takes an archived record back into the lists.
    pub fn records_restore(&self, record: RecordId) -> Result<Recorded, ButlerError> {
        self.form().records().restore(record)
    }

    /// Takes back edits of one's own, all of them or none: each by another edit that says the opposite. Nothing leaves the
    /// history.
    pub fn records_undo(&self, edits: &[Recorded]) -> Result<Vec<Recorded>, ButlerError> {
        self.form().records().undo(edits)
    }

    /// Who changed what from what to what, when; oldest first.
    pub fn records_history(&self, record: RecordId) -> Result<Vec<HistoryRow>, ButlerError> {
        self.butler.records().history(record)
    }

    /// Searches names (also by pinyin and initials), rooms as people type them, phones by their last digits, notes and
    /// orders; best first, at most 100.
    pub fn search(&self, typed: &str, limit: usize) -> Result<Vec<SearchRow>, ButlerError> {
        self.butler.search(typed, limit)
    }
}
