//! What was refused 被拒绝.

use butler_core::areas::refused::{RefusedPhoto, RefusedRow, TouchRow};
use butler_core::context::Recorded;
use butler_core::model::{ChangeHash, Edit, Op, PhotoId, RecordId};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// What is shown as refused, oldest first, until it is sent again or put away.
    pub fn refused_list(&self) -> Result<Vec<RefusedRow>, ButlerError> {
        self.butler.refused().list()
    }

    /// Sends a refused edit again: as it was meant when the reason is gone, such as a role that was given back, or
    /// corrected: the touches that are to be made, of those that were meant. `NotFound` for one that only waits (parked or
    /// not judged): it is handed in with every sync.
    #[uniffi::method(default(corrected = None))]
    pub fn refused_resend(
        &self,
        change: ChangeHash,
        corrected: Option<Vec<TouchRow>>,
    ) -> Result<Recorded, ButlerError> {
        let corrected = corrected.map(|touches| touches.into_iter().map(Op::from).collect());
        match corrected {
            Some(ops) => self.form().refused().resend(change, &Edit { ops }),
            None => self.form().refused().resend_as_meant(change),
        }
    }

    /// Puts a refused edit away: read, not needed any more.
    pub fn refused_dismiss(&self, change: ChangeHash) -> Result<(), ButlerError> {
        self.butler.refused().dismiss(change)
    }

    /// The photos the office does not take, because their record is none of this phone's any more.
    pub fn refused_photos(&self) -> Result<Vec<RefusedPhoto>, ButlerError> {
        self.butler.refused().photos()
    }

    /// Puts such a photo away; its bytes go with it, unless something else uses them.
    pub fn refused_photo_dismiss(&self, photo: PhotoId, record: RecordId) -> Result<(), ButlerError> {
        self.butler.refused().dismiss_photo(photo, record)
    }
}
