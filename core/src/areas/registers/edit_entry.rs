use std::collections::BTreeMap;

use super::Registers;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::{Edit, Kind, PhotoId, RecordId, Value};

impl Registers<'_> {
    /// Writes the touched answers of a row, `None` clears one, and adds photos to those there are. The row as it would
    /// stand is judged by the form in the version it was entered under: an answer that is changed must do, and what it
    /// makes the form ask must be given with it. What else was wrong with the row stays as it was.
    ///
    /// # Errors
    /// [`ButlerError::EvidenceMissing`] names the questions still open or wrongly answered, [`ButlerError::NotFound`],
    /// [`ButlerError::NotAllowed`], [`ButlerError::InvalidInput`], [`ButlerError::PhotoMissing`].
    pub fn edit(
        &self,
        entry: RecordId,
        answers: &BTreeMap<String, Option<Value>>,
        photos: &BTreeMap<String, Vec<PhotoId>>,
    ) -> Result<Recorded, ButlerError> {
        self.0.submit("registers.edit", &(entry, answers, photos), |author, tx| {
            author.is_here(tx, entry, Kind::Entry)?;
            let mut edit = answers.iter().fold(Edit::new(), |edit, (name, value)| match value {
                Some(value) => edit.put(format!("field/{name}"), value.clone()),
                None => edit.clear(format!("field/{name}")),
            });
            for (name, given) in photos {
                for photo in given {
                    edit = edit.put(format!("photo/{photo}"), name.as_str());
                }
            }
            Ok(author.edit_validated(tx, entry, Kind::Entry, &edit)?.recorded)
        })
    }
}
