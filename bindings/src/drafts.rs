//! Drafts 草稿: forms half filled in.

use butler_core::areas::drafts::{Draft, DraftDetails};
use butler_core::model::{PhotoId, QuestionId, SubmissionId};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// Keeps what is filled in so far; safe on disk when this returns.
    pub fn drafts_save(&self, draft: Draft) -> Result<(), ButlerError> {
        self.butler.drafts().save(&draft)
    }

    /// Keeps a photo as the answer to a question of a draft: safe on disk, and part of the draft, when this returns.
    pub fn drafts_add_photo(
        &self,
        draft: SubmissionId,
        question: QuestionId,
        bytes: Vec<u8>,
    ) -> Result<PhotoId, ButlerError> {
        self.butler.drafts().add_photo(draft, &question, &bytes)
    }

    /// Every draft, the last touched first.
    pub fn drafts_list(&self) -> Result<Vec<DraftDetails>, ButlerError> {
        self.butler.drafts().list()
    }

    /// One draft; nothing when it was handed in or discarded.
    pub fn drafts_get(&self, draft: SubmissionId) -> Result<Option<DraftDetails>, ButlerError> {
        self.butler.drafts().get(draft)
    }

    /// Throws a draft away, with the photos nothing else has.
    pub fn drafts_discard(&self, draft: SubmissionId) -> Result<(), ButlerError> {
        self.butler.drafts().discard(draft)
    }
}
