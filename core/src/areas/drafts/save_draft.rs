use serde::{Deserialize, Serialize};

use super::Drafts;
use crate::context::Submission;
use crate::error::ButlerError;
use crate::model::{DueId, Evidence, PhotoId, PlaceId, RecordId, Shown};
use crate::playbook::Playbooks;
use crate::store::DraftRow;

/// A form half filled in: what a screen needs to stand there again as it was left.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Draft {
    /// The form on the screen, with what it showed.
    pub submission: Submission,
    /// What is filled in: the id of a form, a workflow or a checklist, or the app's own word for a screen of another kind.
    pub form: String,
    /// The step of the workflow, or the item of the checklist.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub step: Option<String>,
    /// Where it belongs.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub place: Option<PlaceId>,
    /// The records it is about; the first one names it in a list.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub about: Vec<RecordId>,
    /// The due item it answers.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub due: Option<DueId>,
    /// The answers and photos so far, by question; they need not do yet.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub answers: Evidence,
    /// What was remarked.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub note: String,
}

impl Draft {
    /// A draft with nothing filled in.
    #[must_use]
    pub fn new(submission: Submission, form: impl Into<String>) -> Self {
        Self {
            submission,
            form: form.into(),
            step: None,
            place: None,
            about: Vec::new(),
            due: None,
            answers: Evidence::default(),
            note: String::new(),
        }
    }
}

/// What of a draft is JSON in its row.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Body {
    shown: Option<String>,
    step: Option<String>,
    place: Option<PlaceId>,
    about: Vec<RecordId>,
    due: Option<DueId>,
    answers: Evidence,
    note: String,
}

/// The draft of a row.
pub(crate) fn read(row: &DraftRow) -> Result<Draft, ButlerError> {
    let unreadable = ButlerError::internal("draft");
    let body: Body = serde_json::from_str(&row.body).map_err(|_| unreadable)?;
    // What the screen showed may be of a newer app; the form then writes to what is there.
    let shown = body.shown.and_then(|shown| shown.parse::<Shown>().ok());
    Ok(Draft {
        submission: Submission { id: row.id, shown },
        form: row.form.clone(),
        step: body.step,
        place: body.place,
        about: body.about,
        due: body.due,
        answers: body.answers,
        note: body.note,
    })
}

/// The current version of what runs a form; `None` when no playbook does.
pub(crate) fn version(playbooks: &Playbooks, form: &str) -> Option<String> {
    let version = (playbooks.form(&form.into()).map(|form| form.version))
        .or_else(|| playbooks.workflow(&form.into()).map(|workflow| workflow.version))
        .or_else(|| playbooks.checklist(&form.into()).map(|checklist| checklist.version));
    version.map(|version| version.to_string())
}

/// The row of a draft.
pub(super) fn row(
    draft: &Draft,
    playbooks: &Playbooks,
    changed_at: crate::model::Timestamp,
) -> Result<DraftRow, ButlerError> {
    let draft = draft.clone();
    let body = Body {
        shown: draft.submission.shown.map(|shown| shown.to_string()),
        step: draft.step,
        place: draft.place,
        about: draft.about.clone(),
        due: draft.due,
        answers: draft.answers,
        note: draft.note,
    };
    Ok(DraftRow {
        id: draft.submission.id,
        form_version: version(playbooks, &draft.form),
        form: draft.form,
        record: draft.about.first().copied(),
        body: serde_json::to_string(&body).map_err(|_| ButlerError::internal("draft"))?,
        changed_at,
    })
}

impl Drafts<'_> {
    /// Keeps what is filled in so far, as often as the app likes: safe on disk when this returns. A photo that was ever
    /// part of a draft stays until it ends.
    ///
    /// # Errors
    /// [`ButlerError::AlreadySubmitted`] when the form was handed in meanwhile; [`ButlerError::PhotoMissing`] for a photo
    /// that is not here; [`ButlerError::StorageFull`].
    pub fn save(&self, draft: &Draft) -> Result<(), ButlerError> {
        let row = row(draft, &*self.0.playbooks()?, self.0.now())?;
        let photos: Vec<PhotoId> = draft.answers.photos.values().flatten().copied().collect();
        self.0.write(|tx| {
            if let Some(made) = tx.submission(row.id)? {
                return Err(ButlerError::AlreadySubmitted { record: made.record });
            }
            for photo in &photos {
                tx.whole(*photo).map_err(|_| ButlerError::PhotoMissing { photo: *photo })?;
            }
            Ok(tx.put_draft(&row, &photos)?)
        })
    }
}
