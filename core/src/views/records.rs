//! Any record, by kind: for lists an app makes itself.

use crate::commands::records::Records;
use crate::error::ButlerError;
use crate::model::{Kind, Record, RecordId};
use crate::store::{Filter, RecordRow};

impl Records<'_> {
    /// A record as it reads now, contested values included.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`].
    pub fn get(&self, id: RecordId) -> Result<Record, ButlerError> {
        self.0.read(|reader| reader.record(id)?.ok_or(ButlerError::NotFound))
    }

    /// The records of a kind, archived ones too, last changed first; a page of at most 100.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn page(
        &self,
        kind: Kind,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordRow>, ButlerError> {
        let filter = Filter {
            kind: Some(kind),
            archived: true,
            after,
            limit: limit.clamp(1, 100),
            ..Filter::default()
        };
        self.0.read(|reader| Ok(reader.records(&filter)?))
    }
}
