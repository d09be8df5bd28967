use super::{Drafts, save_draft};
use crate::areas::photos::Photos;
use crate::error::ButlerError;
use crate::model::{PhotoId, QuestionId, SubmissionId};

impl Drafts<'_> {
    /// Keeps a photo as the answer to a question of a draft: sealed, safe on disk and part of the draft when this returns.
    /// For the camera, which may be the last thing the system lets the app do.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] when there is no such draft, and those of [`crate::areas::photos::Photos::add`].
    pub fn add_photo(
        &self,
        draft: SubmissionId,
        question: &QuestionId,
        bytes: &[u8],
    ) -> Result<PhotoId, ButlerError> {
        let staged = Photos(self.0).stage(bytes)?;
        let (photo, now, playbooks) = (staged.photo, self.0.now(), self.0.playbooks()?);
        self.0.write(|tx| {
            let mut draft = save_draft::read(&tx.draft(draft)?.ok_or(ButlerError::NotFound)?)?;
            let given = draft.answers.photos.entry(question.clone()).or_default();
            if !given.contains(&photo) {
                given.push(photo);
            }
            tx.keep(&staged, now)?;
            Ok(tx.put_draft(&save_draft::row(&draft, &playbooks, now)?, &[photo])?)
        })?;
        Ok(photo)
    }
}
