use std::collections::BTreeMap;

use super::Registers;
use crate::commands::Recorded;
use crate::commands::acting::place_of;
use crate::error::ButlerError;
use crate::model::{Edit, Entry, Kind, PhotoId, RecordId, Value};
use crate::playbook::condition::Scope;
use crate::playbook::form;

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
        self.0.act(|acting, tx| {
            let row = acting.existing(tx, entry, Kind::Entry)?;
            let mut edit = answers.iter().fold(Edit::new(), |edit, (name, value)| match value {
                Some(value) => edit.put(format!("field/{name}"), value.clone()),
                None => edit.clear(format!("field/{name}")),
            });
            for (name, given) in photos {
                for photo in given {
                    edit = edit.put(format!("photo/{photo}"), name.as_str());
                }
            }
            let edited = acting.edit(tx, entry, Kind::Entry, &edit)?;
            let version = row.text("version").and_then(|version| version.parse().ok());
            let pinned = row.text("form").zip(version);
            let form = pinned.and_then(|(id, version)| acting.office.playbooks.form_at(id, version));
            let form = form.ok_or(ButlerError::NeedsNewerApp)?;
            ButlerError::of_form(form::check_edit(
                &form.fields,
                &Entry::answers(&row),
                &Entry::answers(&edited.record),
                &Scope::new().today(acting.today()),
                &acting.roles_at(&place_of(&row)?),
            ))?;
            let photos: Vec<_> = photos.values().flatten().copied().collect();
            acting.use_photos(tx, entry, &photos)?;
            Ok(edited.recorded)
        })
    }
}
