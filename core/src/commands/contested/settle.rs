use super::Contested;
use crate::commands::Recorded;
use crate::error::ButlerError;
use crate::model::{Edit, RecordId, Value};

impl Contested<'_> {
    /// Chooses a value for a contested field: one of the candidates or another. Everybody's values stay in the
    /// history.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] when the field is not contested (any more), [`ButlerError::NotFound`],
    /// [`ButlerError::NotAllowed`].
    pub fn settle(&self, record: RecordId, path: &str, value: Value) -> Result<Recorded, ButlerError> {
        self.0.act(|acting, tx| {
            let present = tx.record(record)?.ok_or(ButlerError::NotFound)?;
            if !present.is_contested(path) {
                return Err(ButlerError::invalid(path, "this field is not contested any more"));
            }
            Ok(acting.edit_asked(tx, record, present.kind, &Edit::new().put(path, value))?.recorded)
        })
    }
}
