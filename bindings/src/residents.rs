//! Residents 住户.

use butler_core::areas::residents::ResidentDetails;
use butler_core::context::Recorded;
use butler_core::model::{Edit, PartId, RecordId};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// A person, whole.
    pub fn residents_details(&self, resident: RecordId) -> Result<ResidentDetails, ButlerError> {
        self.butler.residents().details(resident)
    }

    /// Enters a person of a home's household; a name is needed.
    pub fn residents_add(&self, home: RecordId, edit: Edit) -> Result<Recorded, ButlerError> {
        self.form().residents().add(home, edit)
    }

    /// Writes the touched fields of a resident.
    pub fn residents_edit(&self, resident: RecordId, edit: Edit) -> Result<Recorded, ButlerError> {
        self.form().residents().edit(resident, edit)
    }

    /// Adds a telephone. The same number added on two phones is one telephone.
    pub fn residents_add_phone(
        &self,
        resident: RecordId,
        number: &str,
        label: Option<String>,
    ) -> Result<Recorded, ButlerError> {
        self.form().residents().add_phone(resident, number, label.as_deref())
    }

    /// Notes that a telephone was right today, by the office's clock as far as known.
    pub fn residents_verify_phone(&self, resident: RecordId, phone: PartId) -> Result<Recorded, ButlerError> {
        self.form().residents().verify_phone(resident, phone)
    }
}
