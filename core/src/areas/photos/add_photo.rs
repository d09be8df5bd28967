use super::Photos;
use crate::error::{ButlerError, InputProblem};
use crate::model::PhotoId;
use crate::store::Staged;
use crate::sync::message::limit;

impl Photos<'_> {
    /// Keeps a photo, sealed under a key of its own and safe on disk when this returns. Refer to it from a
    /// contact, a result, a step or an entry by the id. It stays until its form is submitted, or
    /// [`Self::discard`] lets it go; one taken for a draft is added by [`crate::areas::drafts::Drafts::add_photo`].
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] for an empty photo or one over 20 MiB, [`ButlerError::StorageFull`].
    pub fn add(&self, bytes: &[u8]) -> Result<PhotoId, ButlerError> {
        let staged = self.stage(bytes)?;
        let now = self.0.host.now();
        self.0.write(|tx| Ok(tx.keep(&staged, now)?))?;
        Ok(staged.photo)
    }

    /// Seals a photo beside the database; it counts once a transaction keeps it.
    pub(crate) fn stage(&self, bytes: &[u8]) -> Result<Staged, ButlerError> {
        if bytes.is_empty() || bytes.len() as u64 > limit::PHOTO {
            return Err(ButlerError::invalid("photo", InputProblem::PhotoSize));
        }
        Ok(self.0.store.stage(bytes, self.0.host.as_ref())?)
    }

    /// The bytes of a photo that is on this phone.
    ///
    /// # Errors
    /// [`ButlerError::PhotoMissing`] when it is not (yet).
    pub fn bytes(&self, photo: PhotoId) -> Result<Vec<u8>, ButlerError> {
        let bytes = self.0.store.photo(photo)?.ok_or(ButlerError::PhotoMissing { photo })?;
        Ok(bytes.to_vec())
    }
}
