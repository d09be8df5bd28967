//! Any record, by kind: for lists an app makes itself.

use crate::areas::records::Records;
use crate::context::Visibility;
use crate::error::ButlerError;
use crate::model::{Kind, Record, RecordId};
use crate::store::{Filter, RecordRow};

impl Records<'_> {
    /// What two phones compare to know that they hold the same of a record: the hashes of its last changes, which tell
    /// nothing of what it says, so nobody's rights limit it.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`].
    pub fn fingerprint(&self, id: RecordId) -> Result<String, ButlerError> {
        self.0.read(|reader| {
            let document = reader.document(id)?.ok_or(ButlerError::NotFound)?;
            let mut heads = document.heads();
            heads.sort();
            Ok(heads.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        })
    }

    /// A record as it reads now, contested values included: the fields the phone's owner may read.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], also for a record they may not open.
    pub fn get(&self, id: RecordId) -> Result<Record, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| Visibility::new(reader, &office)?.record(id)?.ok_or(ButlerError::NotFound))
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
        let office = self.0.office()?;
        self.0.read(|reader| {
            Visibility::new(reader, &office)?.page(kind, after, limit.clamp(1, 100), |after, limit| {
                let filter = Filter { kind: Some(kind), archived: true, after, limit, ..Filter::default() };
                Ok(reader.records(&filter)?)
            })
        })
    }
}
