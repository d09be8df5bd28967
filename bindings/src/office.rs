//! What the office decided, as this phone last heard it: people, grids, places, and what there is to do.

use butler_core::areas::office::{PlaceRow, RoleRow};
use butler_core::areas::procedures::ProcedureRow;
use butler_core::areas::slips::Slips;
use butler_core::model::directory::{Grid, Staff};
use butler_core::playbook::Label;
use butler_core::playbook::form::Choice;
use butler_core::query::SubjectKind;

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// What this phone's owner may begin somewhere: registers, rounds, then cases.
    pub fn office_procedures(&self) -> Result<Vec<ProcedureRow>, ButlerError> {
        self.butler.procedures()
    }

    /// The cases this phone's owner may open about such a record or place, by the answer to the first question.
    pub fn office_slips(&self, about: SubjectKind) -> Result<Slips, ButlerError> {
        self.butler.slips(about)
    }

    /// Everybody who works here or did, with the number to call where the office said one.
    pub fn office_staff(&self) -> Result<Vec<Staff>, ButlerError> {
        Ok(self.butler.office()?.staff_rows())
    }

    /// The roles people may hold.
    pub fn office_roles(&self) -> Result<Vec<RoleRow>, ButlerError> {
        Ok(self.butler.office()?.role_rows())
    }

    /// A shared list of choices by its name, such as `port`; empty when there is none.
    pub fn office_choices(&self, name: &str) -> Result<Vec<Choice>, ButlerError> {
        Ok(self.butler.office()?.choices(name))
    }

    /// What a unit is called.
    pub fn office_unit(&self, unit: &str) -> Result<Option<Label>, ButlerError> {
        Ok(self.butler.office()?.unit(unit))
    }

    /// The grids.
    pub fn office_grids(&self) -> Result<Vec<Grid>, ButlerError> {
        Ok(self.butler.office()?.grid_rows())
    }

    /// Buildings, units and public spots, as one walks.
    pub fn office_places(&self) -> Result<Vec<PlaceRow>, ButlerError> {
        Ok(self.butler.office()?.place_rows())
    }

    /// The place whose code was scanned; nothing when it is no place's.
    pub fn office_place_scanned(&self, code: &str) -> Result<Option<PlaceRow>, ButlerError> {
        Ok(self.butler.office()?.place_scanned(code))
    }
}
