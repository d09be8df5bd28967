//! Forms: what the screen showed, and which form it is.

use std::sync::Arc;

use butler_core::context::{self, Submitting};

use crate::ids::{Shown, SubmissionId, given};
use crate::{ButlerCore, ButlerError};

/// One form, from when it opens until it is handed in. Plain data: it is kept with what was typed so far, also in a draft
/// that outlives the app.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Submission {
    /// Which form; drawn when it opens. It is handed in by one call, however often that is repeated.
    pub id: SubmissionId,
    /// What the screen showed of the record the form changes; nothing for a form that begins something.
    #[uniffi(default)]
    pub shown: Option<Shown>,
}

impl From<context::Submission> for Submission {
    fn from(form: context::Submission) -> Self {
        Self { id: form.id.into(), shown: form.shown.map(Shown::from) }
    }
}

impl TryFrom<Submission> for context::Submission {
    type Error = ButlerError;

    fn try_from(form: Submission) -> Result<Self, ButlerError> {
        Ok(Self { id: form.id.try_into()?, shown: given(form.shown)? })
    }
}

impl ButlerCore {
    /// The verbs, for the form that is handed in if there is one.
    pub(crate) fn form(&self) -> Submitting<'_> {
        self.butler.handing_in(self.submission.clone())
    }
}

#[uniffi::export]
impl ButlerCore {
    /// Opens a form over what a screen shows; over nothing when it begins something.
    #[uniffi::method(default(shown = None))]
    pub fn submission(&self, shown: Option<Shown>) -> Result<Submission, ButlerError> {
        Ok(self.butler.submission(given(shown)?)?.into())
    }

    /// This butler, for a form that is handed in. What came in since the form showed the record is kept beside what it
    /// writes, and a repeat, after a double tap or a timeout, is answered with what the first made.
    pub fn submitting(&self, form: Submission) -> Result<Arc<Self>, ButlerError> {
        Ok(Arc::new(Self { butler: self.butler.clone(), submission: Some(form.try_into()?) }))
    }
}
