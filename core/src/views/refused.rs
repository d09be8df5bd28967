//! What the office refused or put in quarantine, with the reason and what was meant.

use crate::commands::refused::Refused;
use crate::error::ButlerError;
use crate::model::{ChangeHash, Edit, EditId, Kind, RecordId, Timestamp};
use crate::playbook::Label;
use crate::store::Fate;
use crate::views::readable::Readable;

/// One edit that did not make it.
#[derive(Debug, Clone, PartialEq)]
pub struct RefusedRow {
    /// Its change.
    pub change: ChangeHash,
    /// The edit.
    pub edit: EditId,
    /// The record it was meant for.
    pub record: RecordId,
    /// The record's kind.
    pub kind: Kind,
    /// The record as shown in a list; empty when it never came to be or may not be read.
    pub subject: String,
    /// Refused, quarantined or parked.
    pub fate: Fate,
    /// A stable code.
    pub code: String,
    /// The reason in words.
    pub reason: Label,
    /// The field the reason is about.
    pub path: Option<String>,
    /// What was meant: correct it and send it again.
    pub intent: Option<Edit>,
    /// When the verdict came, by the device's clock.
    pub at: Timestamp,
}

impl Refused<'_> {
    /// What is shown as refused, oldest first, until it is sent again or put away. The phone's own edits, whatever its
    /// owner may read by now: what somebody wrote is not taken from them.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn list(&self) -> Result<Vec<RefusedRow>, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            let readable = Readable::new(reader, &office)?;
            let mut rows = Vec::new();
            for verdict in reader.shown_verdicts()? {
                let subject = match readable.record(verdict.record)? {
                    Some(record) => readable.title(&record)?,
                    None => String::new(),
                };
                rows.push(RefusedRow {
                    change: verdict.hash,
                    edit: verdict.edit,
                    record: verdict.record,
                    kind: verdict.kind,
                    subject,
                    fate: verdict.fate,
                    reason: office.playbooks.terms().label(&format!("reason.{}", verdict.code)),
                    code: verdict.code,
                    path: verdict.path,
                    intent: verdict.intent,
                    at: verdict.at,
                });
            }
            Ok(rows)
        })
    }
}
