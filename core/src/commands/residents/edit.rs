use super::Residents;
use crate::commands::Recorded;
use crate::error::ButlerError;
use crate::model::{Edit, Kind, RecordId};

impl Residents<'_> {
    /// Writes the touched fields of a resident; see [`crate::commands::homes::Homes::edit`].
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::InvalidInput`], [`ButlerError::NotAllowed`].
    pub fn edit(&self, resident: RecordId, edit: impl Into<Edit>) -> Result<Recorded, ButlerError> {
        let edit = edit.into();
        self.0.submit("residents.edit", &(resident, &edit), |acting, tx| {
            acting.is_here(tx, resident, Kind::Resident)?;
            Ok(acting.edit_asked(tx, resident, Kind::Resident, &edit)?.recorded)
        })
    }
}
