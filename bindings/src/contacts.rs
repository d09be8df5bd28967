//! Contacts, calls and messages 沟通记录.

use butler_core::areas::contacts::ContactDetails;
use butler_core::context::Recorded;
use butler_core::model::choice::Outcome;
use butler_core::model::{ContactEdit, DueId, Edit, PhotoId, RecordId, Timestamp, Touch};
use chrono::NaiveDate;

use crate::{ButlerCore, ButlerError};

/// A contact to be recorded. Who and, unless given, when are filled in.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NewContact {
    /// The homes and people it was about; the first decides where it belongs.
    pub about: Vec<RecordId>,
    /// How: a code of `Channel`, or a company's own.
    pub channel: String,
    /// What for: an option of the question `purpose` of the form over contacts.
    pub purpose: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What was said.
    #[uniffi(default)]
    pub summary: Option<String>,
    /// When to talk again: needed unless it ended in agreement.
    #[uniffi(default)]
    pub next_contact: Option<Timestamp>,
    /// When it was; now when not given.
    #[uniffi(default)]
    pub at: Option<Timestamp>,
    /// How long it took.
    #[uniffi(default)]
    pub minutes: Option<i64>,
    /// What was promised.
    #[uniffi(default)]
    pub promise: Option<String>,
    /// By when.
    #[uniffi(default)]
    pub promise_by: Option<NaiveDate>,
    /// 1 to 5.
    #[uniffi(default)]
    pub satisfaction: Option<i64>,
    /// Whether an occasion was taken, such as a repair in the home.
    #[uniffi(default)]
    pub opportunity: Option<bool>,
    /// The due items it answers: at one door one talks about several things.
    #[uniffi(default)]
    pub dues: Vec<DueId>,
    /// Photos of it.
    #[uniffi(default)]
    pub photos: Vec<PhotoId>,
}

pub(crate) fn given<T>(value: Option<T>) -> Touch<T> {
    value.map_or(Touch::Keep, Touch::Set)
}

#[uniffi::export]
impl ButlerCore {
    /// Records a contact.
    pub fn contacts_record(&self, visit: NewContact) -> Result<Recorded, ButlerError> {
        let contact = ContactEdit {
            channel: visit.channel.as_str().into(),
            purpose: Touch::Set(visit.purpose),
            outcome: Touch::Set(visit.outcome),
            summary: given(visit.summary),
            next_contact: given(visit.next_contact),
            at: given(visit.at),
            minutes: given(visit.minutes),
            promise: given(visit.promise),
            promise_by: given(visit.promise_by),
            satisfaction: given(visit.satisfaction),
            opportunity: given(visit.opportunity),
            ..ContactEdit::default()
        };
        self.form().contacts().record_answering(&visit.dues, &visit.about, contact, &visit.photos)
    }

    /// What the phone's owner wrote of their newest contacts in a few words, newest first, the same words once.
    pub fn contacts_phrases(&self) -> Result<Vec<String>, ButlerError> {
        self.butler.contacts().phrases()
    }

    /// A contact, whole.
    pub fn contacts_details(&self, contact: RecordId) -> Result<ContactDetails, ButlerError> {
        self.butler.contacts().details(contact)
    }

    /// Corrects what was written of a contact: the touched fields.
    pub fn contacts_edit(&self, contact: RecordId, edit: Edit) -> Result<Recorded, ButlerError> {
        self.form().contacts().edit(contact, edit)
    }
}
