use super::Photos;
use crate::error::ButlerError;
use crate::model::PhotoId;

impl Photos<'_> {
    /// Lets a photo go whose form is not filled in any further. One that a record, a draft or a rejected edit uses stays;
    /// one that is not here is gone already.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn discard(&self, photo: PhotoId) -> Result<(), ButlerError> {
        self.0.write(|tx| Ok(tx.discard_photo(photo)?))
    }

    /// The photos taken for forms that were neither submitted, nor kept as drafts, nor discarded, oldest first: what an app
    /// that died with an open form offers again, or discards.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn unused(&self) -> Result<Vec<PhotoId>, ButlerError> {
        self.0.read(|reader| Ok(reader.kept_photos()?))
    }
}
