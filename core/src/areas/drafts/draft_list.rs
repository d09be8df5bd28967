//! What is half done on this phone.

use super::{Draft, Drafts, save_draft};
use crate::context::OfficeTables;
use crate::context::Visibility;
use crate::error::ButlerError;
use crate::model::{SubmissionId, Timestamp};
use crate::playbook::Label;
use crate::store::{DraftRow, Reader};

/// A draft, as a list shows it and as its screen takes it up again.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct DraftDetails {
    /// The draft.
    pub draft: Draft,
    /// What is filled in, as the playbooks call it; `None` for a screen no playbook runs.
    pub title: Option<Label>,
    /// The first record it is about, as people say it ("3栋2单元501"); empty when it is about none.
    pub subject: String,
    /// The form is another one than it was begun with, or not offered any more: ask its questions anew.
    pub form_changed: bool,
    /// Last touched, by the device's clock.
    pub changed_at: Timestamp,
}

impl Drafts<'_> {
    /// Every draft, the last touched first.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn list(&self) -> Result<Vec<DraftDetails>, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| reader.drafts()?.iter().map(|row| details(reader, &office, row)).collect())
    }

    /// One draft; `None` when it was handed in or discarded.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn get(&self, draft: SubmissionId) -> Result<Option<DraftDetails>, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| reader.draft(draft)?.map(|row| details(reader, &office, &row)).transpose())
    }
}

fn details(reader: &Reader<'_>, office: &OfficeTables, row: &DraftRow) -> Result<DraftDetails, ButlerError> {
    let (playbooks, form) = (&office.playbooks, row.form.as_str());
    let title = (playbooks.form(&form.into()).map(|form| &form.title))
        .or_else(|| playbooks.workflow(&form.into()).map(|workflow| &workflow.title))
        .or_else(|| playbooks.checklist(&form.into()).map(|checklist| &checklist.title));
    let subject = match row.record {
        Some(record) => Visibility::new(reader, office)?.title_of(record)?,
        None => String::new(),
    };
    Ok(DraftDetails {
        draft: save_draft::read(row)?,
        title: title.cloned(),
        subject,
        form_changed: row.form_version != save_draft::version(playbooks, form),
        changed_at: row.changed_at,
    })
}
