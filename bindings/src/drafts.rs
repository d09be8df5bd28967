//! Drafts 草稿: forms half filled in.

use std::time::SystemTime;

use butler_core::areas::drafts;
use butler_core::areas::drafts as views;

use crate::ids::{DueId, PhotoId, PlaceId, RecordId, SubmissionId, all, given, out};
use crate::submission::Submission;
use crate::values::{Evidence, Label, instant};
use crate::{ButlerCore, ButlerError};

/// A form half filled in: what a screen needs to stand there again as it was left.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Draft {
    /// The form on the screen, with what it showed; handing it in ends the draft.
    pub submission: Submission,
    /// What is filled in: the id of a form, a workflow or a checklist, or the app's own word for a screen of another kind.
    pub form: String,
    /// The step of the workflow, or the item of the checklist.
    #[uniffi(default)]
    pub step: Option<String>,
    /// Where it belongs.
    #[uniffi(default)]
    pub place: Option<PlaceId>,
    /// The records it is about; the first one names it in a list.
    #[uniffi(default)]
    pub about: Vec<RecordId>,
    /// The due item it answers.
    #[uniffi(default)]
    pub due: Option<DueId>,
    /// The answers and photos so far; they need not do yet.
    pub answers: Evidence,
    /// What was remarked.
    #[uniffi(default = "")]
    pub note: String,
}

/// A draft, as a list shows it and as its screen takes it up again.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct DraftDetails {
    /// The draft.
    pub draft: Draft,
    /// What is filled in, as the playbooks call it; nothing for a screen no playbook runs.
    pub title: Option<Label>,
    /// The first record it is about, as people say it; empty when it is about none.
    pub subject: String,
    /// The form is another one than it was begun with, or not offered any more: ask its questions anew.
    pub form_changed: bool,
    /// Last touched, by the device's clock.
    pub changed_at: SystemTime,
}

impl TryFrom<Draft> for drafts::Draft {
    type Error = ButlerError;

    fn try_from(draft: Draft) -> Result<Self, ButlerError> {
        Ok(Self {
            submission: draft.submission.try_into()?,
            form: draft.form,
            step: draft.step,
            place: given(draft.place)?,
            about: all(draft.about)?,
            due: given(draft.due)?,
            answers: draft.answers.try_into()?,
            note: draft.note,
        })
    }
}

impl From<drafts::Draft> for Draft {
    fn from(draft: drafts::Draft) -> Self {
        Self {
            submission: draft.submission.into(),
            form: draft.form,
            step: draft.step,
            place: draft.place.map(PlaceId::from),
            about: out(draft.about),
            due: draft.due.map(DueId::from),
            answers: draft.answers.into(),
            note: draft.note,
        }
    }
}

impl From<views::DraftDetails> for DraftDetails {
    fn from(details: views::DraftDetails) -> Self {
        Self {
            draft: details.draft.into(),
            title: details.title.map(Label::from),
            subject: details.subject,
            form_changed: details.form_changed,
            changed_at: instant(details.changed_at),
        }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// Keeps what is filled in so far; safe on disk when this returns.
    pub fn drafts_save(&self, draft: Draft) -> Result<(), ButlerError> {
        Ok(self.butler.drafts().save(&draft.try_into()?)?)
    }

    /// Keeps a photo as the answer to a question of a draft: safe on disk, and part of the draft, when this returns.
    pub fn drafts_add_photo(
        &self,
        draft: SubmissionId,
        question: &str,
        bytes: Vec<u8>,
    ) -> Result<PhotoId, ButlerError> {
        Ok(self.butler.drafts().add_photo(draft.try_into()?, question, &bytes)?.into())
    }

    /// Every draft, the last touched first.
    pub fn drafts_list(&self) -> Result<Vec<DraftDetails>, ButlerError> {
        Ok(out(self.butler.drafts().list()?))
    }

    /// One draft; nothing when it was handed in or discarded.
    pub fn drafts_get(&self, draft: SubmissionId) -> Result<Option<DraftDetails>, ButlerError> {
        Ok(self.butler.drafts().get(draft.try_into()?)?.map(DraftDetails::from))
    }

    /// Throws a draft away, with the photos nothing else has.
    pub fn drafts_discard(&self, draft: SubmissionId) -> Result<(), ButlerError> {
        Ok(self.butler.drafts().discard(draft.try_into()?)?)
    }
}
