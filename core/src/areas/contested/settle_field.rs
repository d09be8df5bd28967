use super::Contested;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::{Edit, RecordId, Value};

impl Contested<'_> {
    /// Chooses a value for a contested field: one of the candidates or another. Everybody's values stay in the
    /// history. It decides between the values that were shown: one that came in since stays beside the chosen one.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] when the field is not contested (any more), [`ButlerError::NotFound`],
    /// [`ButlerError::NotAllowed`].
    pub fn settle(&self, record: RecordId, path: &str, value: Value) -> Result<Recorded, ButlerError> {
        self.0.submit("contested.settle", &(record, path, &value), |author, tx| {
            let known = author.known(tx, record)?;
            if !known.is_contested(path) {
                return Err(ButlerError::invalid(path, "this field is not contested any more"));
            }
            Ok(author.edit_validated(tx, record, known.kind, &Edit::new().put(path, value.clone()))?.recorded)
        })
    }
}
