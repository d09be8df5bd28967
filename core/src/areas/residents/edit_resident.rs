use super::Residents;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::{Edit, Kind, RecordId};

impl Residents<'_> {
    /// Writes the touched fields of a resident; see [`crate::areas::homes::Homes::edit`].
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::InvalidInput`], [`ButlerError::NotAllowed`].
    pub fn edit(&self, resident: RecordId, edit: impl Into<Edit>) -> Result<Recorded, ButlerError> {
        let edit = edit.into();
        self.0.submit("residents.edit", &(resident, &edit), |author, tx| {
            author.is_here(tx, resident, Kind::Resident)?;
            Ok(author.edit_validated(tx, resident, Kind::Resident, &edit)?.recorded)
        })
    }
}
