//! What is contested 待裁定.

use butler_core::areas::contested::Dispute;
use butler_core::context::Recorded;
use butler_core::model::{RecordId, Value};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// Everything that waits for a decision on this phone.
    pub fn contested_list(&self) -> Result<Vec<Dispute>, ButlerError> {
        self.butler.contested().list()
    }

    /// Chooses a value for a contested field: one of the candidates or another.
    pub fn contested_settle(
        &self,
        record: RecordId,
        path: &str,
        value: Value,
    ) -> Result<Recorded, ButlerError> {
        self.form().contested().settle(record, path, value)
    }
}
