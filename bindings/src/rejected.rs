//! What was rejected 被拒绝.

use butler_core::areas::rejected::{RejectedPhoto, RejectedRow, TouchRow};
use butler_core::context::Recorded;
use butler_core::model::{ChangeHash, Edit, Op, PhotoId, RecordId};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// What is shown as rejected, oldest first, until it is sent again or put away.
    pub fn rejected_list(&self) -> Result<Vec<RejectedRow>, ButlerError> {
        self.butler.rejected().list()
    }

    /// Sends a rejected edit again: as it was meant when the reason is gone, such as a role that was given back, or
    /// corrected: the touches that are to be made, of those that were meant. `NotFound` for one that only waits (pending or
    /// not judged): it is handed in with every sync.
    #[uniffi::method(default(corrected = None))]
    pub fn rejected_resend(
        &self,
        change: ChangeHash,
        corrected: Option<Vec<TouchRow>>,
    ) -> Result<Recorded, ButlerError> {
        let corrected = corrected.map(|touches| touches.into_iter().map(Op::from).collect());
        match corrected {
            Some(ops) => self.form().rejected().resend(change, &Edit { ops }),
            None => self.form().rejected().resend_as_meant(change),
        }
    }

    /// Puts a rejected edit away: read, not needed any more.
    pub fn rejected_dismiss(&self, change: ChangeHash) -> Result<(), ButlerError> {
        self.butler.rejected().dismiss(change)
    }

    /// The photos the office does not take, because their record is none of this phone's any more.
    pub fn rejected_photos(&self) -> Result<Vec<RejectedPhoto>, ButlerError> {
        self.butler.rejected().photos()
    }

    /// Puts such a photo away; its bytes go with it, unless something else uses them.
    pub fn rejected_dismiss_photo(&self, photo: PhotoId, record: RecordId) -> Result<(), ButlerError> {
        self.butler.rejected().dismiss_photo(photo, record)
    }
}
