//! Photos 照片.

use butler_core::areas::photos::PhotoRow;
use butler_core::model::{PhotoId, RecordId};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// Keeps a photo, sealed and safe on disk when this returns, until its form is submitted or it is discarded.
    pub fn photos_add(&self, bytes: Vec<u8>) -> Result<PhotoId, ButlerError> {
        self.butler.photos().add(&bytes)
    }

    /// Lets a photo go whose form is not filled in any further; one that a record, a draft or a rejected edit uses stays.
    pub fn photos_discard(&self, photo: PhotoId) -> Result<(), ButlerError> {
        self.butler.photos().discard(photo)
    }

    /// The photos taken for forms that were neither submitted, nor kept as drafts, nor discarded; oldest first.
    pub fn photos_unused(&self) -> Result<Vec<PhotoId>, ButlerError> {
        self.butler.photos().unused()
    }

    /// The photos of a record that are here or on their way, each with how much of it has travelled.
    pub fn photos_of_record(&self, record: RecordId) -> Result<Vec<PhotoRow>, ButlerError> {
        self.butler.photos().of_record(record)
    }

    /// A photo as a JPEG whose longer edge has at most `px` pixels (16 to 1,024), upright.
    pub fn photos_thumbnail(&self, photo: PhotoId, px: u32) -> Result<Vec<u8>, ButlerError> {
        self.butler.photos().thumbnail(photo, px)
    }

    /// The bytes of a photo that is on this phone.
    pub fn photos_bytes(&self, photo: PhotoId) -> Result<Vec<u8>, ButlerError> {
        self.butler.photos().bytes(photo)
    }
}
