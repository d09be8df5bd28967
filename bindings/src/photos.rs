//! Photos 照片.

use crate::ids::PhotoId;
use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// Keeps a photo, sealed and safe on disk when this returns.
    pub fn photos_add(&self, bytes: Vec<u8>) -> Result<PhotoId, ButlerError> {
        Ok(self.butler.photos().add(&bytes)?.into())
    }

    /// The bytes of a photo that is on this phone.
    pub fn photos_bytes(&self, photo: PhotoId) -> Result<Vec<u8>, ButlerError> {
        Ok(self.butler.photos().bytes(photo.try_into()?)?)
    }
}
