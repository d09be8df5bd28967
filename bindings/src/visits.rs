//! Visits, calls and messages 沟通记录.

use std::time::SystemTime;

use butler_core::model::{self, ContactEdit, Touch};

use crate::ids::{DueId, PhotoId, RecordId, all};
use crate::values::{Day, Recorded, timestamp};
use crate::words::{Channel, Outcome};
use crate::{ButlerCore, ButlerError};

/// A contact to be recorded. Who and, unless given, when are filled in.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NewVisit {
    /// The homes and people it was about; the first decides where it belongs.
    pub about: Vec<RecordId>,
    /// How.
    pub channel: Channel,
    /// What for: an option of the question `purpose` of the form over contacts.
    pub purpose: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What was said.
    #[uniffi(default)]
    pub summary: Option<String>,
    /// When to talk again: needed unless it ended in agreement.
    #[uniffi(default)]
    pub next_contact: Option<SystemTime>,
    /// When it was; now when not given.
    #[uniffi(default)]
    pub at: Option<SystemTime>,
    /// How long it took.
    #[uniffi(default)]
    pub minutes: Option<i64>,
    /// What was promised.
    #[uniffi(default)]
    pub promise: Option<String>,
    /// By when.
    #[uniffi(default)]
    pub promise_by: Option<Day>,
    /// 1 to 5.
    #[uniffi(default)]
    pub satisfaction: Option<i64>,
    /// Whether an occasion was taken, such as a repair in the home.
    #[uniffi(default)]
    pub opportunity: Option<bool>,
    /// The due item it answers.
    #[uniffi(default)]
    pub due: Option<DueId>,
    /// Photos of it.
    #[uniffi(default)]
    pub photos: Vec<PhotoId>,
}

fn given<T, U: From<T>>(value: Option<T>) -> Touch<U> {
    value.map_or(Touch::Keep, |value| Touch::Set(value.into()))
}

#[uniffi::export]
impl ButlerCore {
    /// Records a contact.
    pub fn visits_record(&self, visit: NewVisit) -> Result<Recorded, ButlerError> {
        let about: Vec<model::RecordId> = all(visit.about)?;
        let photos: Vec<model::PhotoId> = all(visit.photos)?;
        let promise_by = visit.promise_by.map(chrono::NaiveDate::try_from).transpose()?;
        let contact = ContactEdit {
            channel: Touch::Set(visit.channel.into()),
            purpose: Touch::Set(visit.purpose),
            outcome: Touch::Set(visit.outcome.into()),
            summary: given(visit.summary),
            next_contact: given(visit.next_contact.map(timestamp)),
            at: given(visit.at.map(timestamp)),
            minutes: given(visit.minutes),
            promise: given(visit.promise),
            promise_by: given(promise_by),
            satisfaction: given(visit.satisfaction),
            opportunity: given(visit.opportunity),
            due: given(visit.due.map(|due| due.value)),
            ..ContactEdit::default()
        };
        Ok(self.form().visits().record(&about, contact, &photos)?.into())
    }
}
