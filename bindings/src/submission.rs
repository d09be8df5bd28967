//! Forms: what the screen showed, and which form it is.

use std::sync::Arc;

use butler_core::context::{Submission, Submitting};
use butler_core::model::Shown;

use crate::{ButlerCore, ButlerError};

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
        self.butler.submission(shown)
    }

    /// This butler, for a form that is handed in. What came in since the form showed the record is kept beside what it
    /// writes, and a repeat, after a double tap or a timeout, is answered with what the first made.
    pub fn submitting(&self, form: Submission) -> Result<Arc<Self>, ButlerError> {
        Ok(Arc::new(Self { butler: self.butler.clone(), submission: Some(form) }))
    }
}
