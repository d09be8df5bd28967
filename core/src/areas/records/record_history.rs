//! Who changed what from what to what, when: append-only, visible on each record.

use std::rc::Rc;

use crate::areas::records::Records;
use crate::context::Visibility;
use crate::context::field_words::FieldWords;
use crate::context::labels::field_label;
use crate::crdt::Document;
use crate::error::ButlerError;
use crate::model::{ChangeHash, DeviceId, Record, RecordId, StaffId, Timestamp, Value, facts};
use crate::playbook::Label;
use crate::playbook::access::Rights;

/// One edit of a record.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct HistoryRow {
    /// Its change.
    pub change: ChangeHash,
    /// The person who did it.
    pub by: StaffId,
    /// Their name.
    pub by_name: String,
    /// On which device.
    pub device: DeviceId,
    /// When, as the device's clock said.
    pub device_time: Timestamp,
    /// When, by the office's clock as far as known.
    pub at: Timestamp,
    /// When the office acknowledged it; `None` while it has not.
    pub received: Option<Timestamp>,
    /// What changed.
    pub changes: Vec<HistoryChange>,
}

/// One field an edit changed.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct HistoryChange {
    /// Path of the field.
    pub path: String,
    /// What people call it.
    pub label: Label,
    /// What its author saw there; several when it was in conflict.
    pub from: Vec<Value>,
    /// The same in words, value by value.
    pub from_words: Vec<Label>,
    /// What was written; `None` when it was removed.
    pub to: Option<Value>,
    /// The same in words; of a step its name.
    pub to_words: Option<Label>,
}

impl Records<'_> {
    /// The history of a record, oldest first. An edit of which nothing may be read stands there without its changes.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], also for a record the phone's owner may not open.
    pub fn history(&self, record: RecordId) -> Result<Vec<HistoryRow>, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            let document = reader.document(record)?.ok_or(ButlerError::NotFound)?;
            let visibility = Visibility::new(reader, &office)?;
            let rights = open(&visibility, &document)?;
            let whole = document.record();
            let words = FieldWords::new(&office, &visibility, document.kind(), Some(&whole));
            let receipts = reader.receipts(record)?;
            let rows = document.history().into_iter().map(|entry| {
                let fields = entry.fields.into_iter().map(|field| (field.path, field.from, field.to));
                let texts = entry
                    .texts
                    .into_iter()
                    .map(|text| (text.path, vec![text.from.into()], Some(text.to.into())));
                let changes = fields
                    .chain(texts)
                    .filter(|(path, ..)| rights.reads(document.kind(), path))
                    .map(|(path, from, to)| {
                        let from_words = from.iter().map(|value| words.value(&path, value));
                        Ok(HistoryChange {
                            label: field_label(document.kind(), &path),
                            from_words: from_words.collect::<Result<_, ButlerError>>()?,
                            to_words: to.as_ref().map(|value| words.value(&path, value)).transpose()?,
                            path,
                            from,
                            to,
                        })
                    })
                    .collect::<Result<_, ButlerError>>()?;
                Ok(HistoryRow {
                    change: entry.change,
                    by_name: office.name_of(&entry.stamp.staff),
                    device: entry.actor.device(),
                    device_time: entry.stamp.at,
                    at: entry.stamp.estimated(),
                    received: receipts.get(&entry.change).map(|receipt| receipt.at),
                    by: entry.stamp.staff,
                    changes,
                })
            });
            rows.collect()
        })
    }

    /// A record as the author of a change saw it just after making it: the fields that may be read.
    ///
    /// # Errors
    /// As [`Self::history`].
    pub fn at(&self, record: RecordId, change: ChangeHash) -> Result<Record, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            let document = reader.document(record)?.ok_or(ButlerError::NotFound)?;
            let visibility = Visibility::new(reader, &office)?;
            // Rights follow where the record is now, not where it was.
            let rights = open(&visibility, &document)?;
            let then = document.at(&[change]).map_err(|_| ButlerError::NotFound)?;
            rights.shown(&office.playbooks, then).ok_or(ButlerError::NotFound)
        })
    }
}

/// The rights over a document, if it may be opened as it is now.
fn open(visibility: &Visibility<'_>, document: &Document) -> Result<Rc<Rights>, ButlerError> {
    let record = document.record();
    let place = facts::place(&record);
    visibility.shown(record).ok_or(ButlerError::NotFound)?;
    Ok(visibility.rights(place.as_ref()))
}
