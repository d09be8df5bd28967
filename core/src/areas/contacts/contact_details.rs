//! A contact, whole.

use crate::areas::contacts::Contacts;
use crate::areas::photos::{PhotoRow, Photos};
use crate::areas::records::FieldRow;
use crate::context::Visibility;
use crate::error::ButlerError;
use crate::model::{Contact, Kind, RecordId, Shown};
use crate::store::RecordState;

/// A contact as a screen reads it back, as far as the phone's owner may read.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ContactDetails {
    /// Its fields.
    pub contact: Contact,
    /// Who made it, by the name colleagues know.
    pub by_name: Option<String>,
    /// Whom it was about.
    pub about: Vec<ContactSubject>,
    /// Everything it says, to be shown: each field by its name and in words, in the order of the table of fields.
    pub fields: Vec<FieldRow>,
    /// Its photos, each with how much of it has travelled.
    pub photos: Vec<PhotoRow>,
    /// The paths of its fields in conflict.
    pub conflicts: Vec<String>,
    /// What a screen shows that draws this: goes back with the edit of a form over it.
    pub shown: Shown,
    /// Whether the office has it all.
    pub state: RecordState,
}

/// A home or person a contact was about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ContactSubject {
    /// The home or person.
    pub record: RecordId,
    /// What it is called.
    pub title: String,
}

impl Contacts<'_> {
    /// A contact, whole.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], also for a contact the phone's owner may not read.
    pub fn details(&self, contact: RecordId) -> Result<ContactDetails, ButlerError> {
        let office = self.0.office()?;
        let said = self.0.records().details(contact)?;
        let photos = Photos(&self.0).of_record(contact)?;
        self.0.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            let record = visibility.record(contact)?.filter(|record| record.kind == Kind::Contact);
            let record = record.ok_or(ButlerError::NotFound)?;
            let about = Contact::subjects(&record)
                .into_iter()
                .map(|record| Ok(ContactSubject { record, title: visibility.title_of(record)? }));
            let is_said =
                |field: &FieldRow| !field.path.contains('/') && !HIDDEN.contains(&field.path.as_str());
            let mut shown = Contact::read(&record);
            shown.name_words(&visibility.naming());
            Ok(ContactDetails {
                by_name: record.read("by").map(|by| office.name_of(&by)),
                contact: shown,
                about: about.collect::<Result<_, ButlerError>>()?,
                fields: said.fields.into_iter().filter(is_said).collect(),
                photos,
                conflicts: record.conflicts().map(|(path, _)| path.to_owned()).collect(),
                shown: record.shown(),
                state: reader.record_state(contact)?,
            })
        })
    }
}

/// Where it belongs, what it answered and whether it is archived are not what was said.
const HIDDEN: [&str; 3] = ["place", "due", "archived"];
