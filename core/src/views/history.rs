//! Who changed what from what to what, when: append-only, visible on each record.

use std::rc::Rc;

use crate::commands::records::Records;
use crate::crdt::Document;
use crate::error::ButlerError;
use crate::model::fields::{self, Type};
use crate::model::{ChangeHash, DeviceId, Kind, PlaceId, Record, RecordId, StaffId, Timestamp, Value};
use crate::playbook::Label;
use crate::playbook::access::Rights;
use crate::views::readable::Readable;

/// One edit of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryRow {
    /// Its change.
    pub change: ChangeHash,
    /// Who.
    pub by: StaffId,
    /// Their name.
    pub by_name: String,
    /// On which device.
    pub device: DeviceId,
    /// When, as the device's clock said.
    pub device_time: Timestamp,
    /// When, by the office's clock as far as known.
    pub estimated: Timestamp,
    /// When the office acknowledged it; `None` while it has not.
    pub received: Option<Timestamp>,
    /// What changed.
    pub changes: Vec<HistoryChange>,
}

/// One field an edit changed.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryChange {
    /// Where.
    pub path: String,
    /// What people call it.
    pub label: Label,
    /// What its author saw there; several when it was contested.
    pub from: Vec<Value>,
    /// What was written; `None` when it was removed.
    pub to: Option<Value>,
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
            let rights = open(&Readable::new(reader, &office)?, &document)?;
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
                    .map(|(path, from, to)| HistoryChange {
                        label: label(document.kind(), &path),
                        path,
                        from,
                        to,
                    })
                    .collect();
                HistoryRow {
                    change: entry.change,
                    by_name: office.name_of(&entry.stamp.staff),
                    device: entry.actor.device(),
                    device_time: entry.stamp.at,
                    estimated: entry.stamp.estimated(),
                    received: receipts.get(&entry.change).map(|receipt| receipt.at),
                    by: entry.stamp.staff,
                    changes,
                }
            });
            Ok(rows.collect())
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
            let readable = Readable::new(reader, &office)?;
            // Rights follow where the record is now, not where it was.
            let rights = open(&readable, &document)?;
            let then = document.at(&[change]).map_err(|_| ButlerError::NotFound)?;
            rights.shown(&office.playbooks, then).ok_or(ButlerError::NotFound)
        })
    }
}

/// The rights over a document, if it may be opened as it is now.
fn open(readable: &Readable<'_>, document: &Document) -> Result<Rc<Rights>, ButlerError> {
    let record = document.record();
    let place = record.text("place").and_then(|place| PlaceId::new(place).ok());
    readable.shown(record).ok_or(ButlerError::NotFound)?;
    Ok(readable.rights(place.as_ref()))
}

/// A value as people say it: choices by their names, moments and dates as they are.
#[must_use]
pub fn words(kind: Kind, path: &str, value: &Value) -> Label {
    let choice = match fields::spec(kind, path).map(|spec| spec.ty) {
        Some(Type::Choice(choices)) => choices.iter().find(|choice| Some(choice.code) == value.as_text()),
        _ => None,
    };
    match (choice, value) {
        (Some(choice), _) => Label::new(choice.zh, choice.en),
        (None, Value::Bool(true)) => Label::new("是", "yes"),
        (None, Value::Bool(false)) => Label::new("否", "no"),
        (None, Value::Int(int)) => Label::new(int.to_string(), int.to_string()),
        (None, Value::Real(real)) => Label::new(real.to_string(), real.to_string()),
        (None, Value::Text(text)) => Label::new(text, text),
    }
}

/// What people call a field; the path itself for a field of a newer app.
#[must_use]
pub fn label(kind: Kind, path: &str) -> Label {
    fields::spec(kind, path).map_or_else(|| Label::new(path, path), |spec| Label::new(spec.zh, spec.en))
}
