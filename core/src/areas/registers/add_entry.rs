use serde::Serialize;

use super::Registers;
use crate::context::{AskedRow, Author, Recorded};
use crate::error::{ButlerError, InputProblem};
use crate::model::{DueId, Edit, Evidence, FormId, Kind, PlaceId, RecordId};
use crate::playbook::form;
use crate::playbook::sum::RowOf;
use crate::store::Tx;

/// A row to be entered.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct NewEntry {
    /// The form.
    pub form: FormId,
    /// Where it belongs.
    pub place: PlaceId,
    /// The answers.
    pub answers: Evidence,
    /// The records it is about.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub about: Vec<RecordId>,
    /// The due item it answers.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub due: Option<DueId>,
}

impl Registers<'_> {
    /// Enters a row of a register.
    ///
    /// # Errors
    /// [`ButlerError::EvidenceMissing`] names the questions still open or wrongly answered,
    /// [`ButlerError::InvalidInput`] for an unknown form, [`ButlerError::NotAllowed`].
    pub fn add(&self, entry: &NewEntry) -> Result<Recorded, ButlerError> {
        self.0.submit("registers.add", entry, |author, tx| add(author, tx, entry))
    }
}

/// The same within a transaction; snoozes and skips are entries too.
pub(crate) fn add(author: &Author, tx: &mut Tx<'_>, entry: &NewEntry) -> Result<Recorded, ButlerError> {
    let form = author
        .office
        .playbooks
        .form(&entry.form)
        .filter(|form| !form.retired && form.record == Kind::Entry)
        .ok_or_else(|| ButlerError::invalid("form", InputProblem::UnknownProcedure))?;
    author.office.may_enter(&author.identity.staff, &entry.place, form)?;
    let roles = author.roles_at(&entry.place);
    let of = RowOf {
        answers: entry.answers.fields.clone(),
        by: author.identity.staff.clone(),
        place: entry.place.clone(),
    };
    let repeated = author.office.repeated(tx, form, None, &of)?;
    let row = AskedRow { id: None, about: entry.about.iter().copied().collect(), of: Some(of) };
    let scope = author.office.scope_of_row(tx, &form.fields, row, author.estimated())?;
    let mut problems = form::check(&form.fields, &entry.answers, &scope, &roles);
    problems.extend(repeated);
    ButlerError::of_form(problems)?;
    let mut edit = Edit::new()
        .put("place", entry.place.as_str())
        .put("form", entry.form.as_str())
        .put("version", form.version.to_string());
    for about in &entry.about {
        edit = edit.put(format!("subject/{about}"), true);
    }
    if let Some(due) = entry.due {
        edit = edit.put("due", due.to_string());
    }
    for (name, value) in &entry.answers.fields {
        edit = edit.put(format!("field/{name}"), value.clone());
    }
    for (name, given) in &entry.answers.photos {
        for photo in given {
            edit = edit.put(format!("photo/{photo}"), name.as_str());
        }
    }
    author.edit(tx, author.new_record()?, Kind::Entry, &edit)
}
