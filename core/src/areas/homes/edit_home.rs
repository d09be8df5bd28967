use super::Homes;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::{Edit, Kind, RecordId};

impl Homes<'_> {
    /// Writes the touched fields of a home; an untouched field is never written back. Over the values of a contested field
    /// that were shown it is the decision.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::InvalidInput`], [`ButlerError::NotAllowed`].
    pub fn edit(&self, home: RecordId, edit: impl Into<Edit>) -> Result<Recorded, ButlerError> {
        let edit = edit.into();
        self.0.submit("homes.edit", &(home, &edit), |author, tx| {
            author.is_here(tx, home, Kind::Premises)?;
            Ok(author.edit_validated(tx, home, Kind::Premises, &edit)?.recorded)
        })
    }
}
