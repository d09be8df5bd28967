use super::Drafts;
use crate::error::ButlerError;
use crate::model::SubmissionId;

impl Drafts<'_> {
    /// Throws a draft away. Its photos go, unless a record or another draft has them; one that is gone stays gone.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn discard(&self, draft: SubmissionId) -> Result<(), ButlerError> {
        self.0.write(|tx| Ok(tx.end_draft(draft).map(drop)?))
    }
}
