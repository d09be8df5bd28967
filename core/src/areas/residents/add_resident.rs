use super::Residents;
use crate::context::author::place_of;
use crate::context::{Recorded, own_fields};
use crate::error::{ButlerError, InputProblem};
use crate::model::{Edit, Kind, Op, RecordId};

impl Residents<'_> {
    /// Enters a person of a home's household.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] for the home, [`ButlerError::InvalidInput`] (a name is needed),
    /// [`ButlerError::NotAllowed`].
    pub fn add(&self, home: RecordId, edit: impl Into<Edit>) -> Result<Recorded, ButlerError> {
        let edit = own_fields(Kind::Resident, edit.into())?;
        if !edit.ops.iter().any(|op| op.path() == "name" && matches!(op, Op::Put { .. })) {
            return Err(ButlerError::invalid("name", InputProblem::NameMissing));
        }
        self.0.submit("residents.add", &(home, &edit), |author, tx| {
            let place = place_of(&author.existing(tx, home, Kind::Home)?)?;
            let id = author.new_record()?;
            let mut whole = Edit::new().put("place", place.as_str()).put("home", home.to_string());
            whole.ops.extend(edit.ops.iter().cloned());
            author.edit_validated(tx, id, Kind::Resident, &whole)
        })
    }
}
