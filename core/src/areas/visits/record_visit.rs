use super::Visits;
use crate::context::Recorded;
use crate::context::author::place_of;
use crate::error::ButlerError;
use crate::model::contact::ContactError;
use crate::model::{ContactEdit, Edit, Kind, PhotoId, RecordId, Touch};

impl Visits<'_> {
    /// Records a contact about homes and people; the first decides where it belongs. Who and when are filled in
    /// when not given.
    ///
    /// # Errors
    /// [`ButlerError::EvidenceMissing`] names what the form over contacts still asks or what will not do: a contact that
    /// ended without agreement needs a time to talk again; [`ButlerError::InvalidInput`] when that is not later than
    /// this one; [`ButlerError::NotFound`], [`ButlerError::NotAllowed`].
    pub fn record(
        &self,
        about: &[RecordId],
        mut contact: ContactEdit,
        photos: &[PhotoId],
    ) -> Result<Recorded, ButlerError> {
        let first = *about.first().ok_or_else(|| ButlerError::invalid("about", "say whom it was about"))?;
        let given = Edit::from(contact.clone());
        self.0.submit("visits.record", &(about, given, photos), |author, tx| {
            contact.place = place_of(&tx.record(first)?.ok_or(ButlerError::NotFound)?)?.into();
            contact.by = author.identity.staff.clone().into();
            if contact.at == Touch::Keep {
                contact.at = author.estimated().into();
            }
            let mut edit = Edit::from(contact);
            for about in about {
                edit = edit.put(format!("subject/{about}"), true);
            }
            edit = edit.photos(photos);
            let id = author.new_record()?;
            Ok(author.edit_validated(tx, id, Kind::Contact, &edit)?.recorded)
        })
    }
}

impl From<ContactError> for ButlerError {
    fn from(error: ContactError) -> Self {
        let field = match error {
            ContactError::Missing { path } => path,
            ContactError::NextContactEarlier => "next_contact",
        };
        Self::invalid(field, error.to_string())
    }
}
