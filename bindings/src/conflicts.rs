//! Conflicts 待裁定.

use butler_core::areas::conflicts::Conflict;
use butler_core::context::Recorded;
use butler_core::model::{RecordId, Value};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// Everything that waits for a decision on this phone.
    pub fn conflicts_list(&self) -> Result<Vec<Conflict>, ButlerError> {
        self.butler.conflicts().list()
    }

    /// Chooses a value for a field in conflict: one of the candidates or another.
    pub fn conflicts_resolve(
        &self,
        record: RecordId,
        path: &str,
        value: Value,
    ) -> Result<Recorded, ButlerError> {
        self.form().conflicts().resolve(record, path, value)
    }
}
