use std::collections::BTreeMap;

use super::Registers;
use crate::commands::Recorded;
use crate::error::ButlerError;
use crate::model::{Edit, Kind, RecordId, Value};

impl Registers<'_> {
    /// Writes the touched answers of a row; `None` clears one.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::NotAllowed`], [`ButlerError::InvalidInput`].
    pub fn edit(
        &self,
        entry: RecordId,
        answers: &BTreeMap<String, Option<Value>>,
    ) -> Result<Recorded, ButlerError> {
        self.0.act(|acting, tx| {
            acting.existing(tx, entry, Kind::Entry)?;
            let edit = answers.iter().fold(Edit::new(), |edit, (name, value)| match value {
                Some(value) => edit.put(format!("field/{name}"), value.clone()),
                None => edit.clear(format!("field/{name}")),
            });
            Ok(acting.edit(tx, entry, Kind::Entry, &edit)?.recorded)
        })
    }
}
