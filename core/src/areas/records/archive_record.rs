use super::Records;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::{Edit, RecordId};

impl Records<'_> {
    /// Archives a record: hidden from lists, nothing deleted. An edit by somebody who did not know shows it again.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::NotAllowed`].
    pub fn archive(&self, record: RecordId) -> Result<Recorded, ButlerError> {
        self.0.submit("records.archive", &record, |author, tx| {
            let (kind, _) = tx.kind(record)?.ok_or(ButlerError::NotFound)?;
            author.edit(tx, record, kind, &Edit::new().put("archived", true))
        })
    }

    /// Takes an archived or revived record back into the lists.
    ///
    /// # Errors
    /// As [`Self::archive`].
    pub fn restore(&self, record: RecordId) -> Result<Recorded, ButlerError> {
        self.0.submit("records.restore", &record, |author, tx| {
            let (kind, _) = tx.kind(record)?.ok_or(ButlerError::NotFound)?;
            author.edit(tx, record, kind, &Edit::new().clear("archived"))
        })
    }
}
