//! Any record, by kind: for lists an app makes itself.

use crate::areas::conflicts::Claim;
use crate::areas::records::Records;
use crate::context::field_words::FieldWords;
use crate::context::labels::field_label;
use crate::context::{OfficeTables, Visibility};
use crate::error::ButlerError;
use crate::model::fields::{self, Type};
use crate::model::{Candidate, ChangeHash, Kind, Lifecycle, Record, RecordId, RecordRow, Shown};
use crate::playbook::Label;
use crate::store::{Filter, Reader};

/// A record as it reads, whatever its kind. Steps, check-ins and results are not among its fields: cases and rounds show
/// them.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RecordDetails {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Whether it is shown.
    pub lifecycle: Lifecycle,
    /// Its note.
    pub note: String,
    /// Its fields that may be read, by path.
    pub fields: Vec<FieldRow>,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
}

/// One field of a record.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct FieldRow {
    /// Path of the field.
    pub path: String,
    /// What people call it.
    pub label: Label,
    /// The value in words.
    pub words: Label,
    /// The value, with who wrote it when.
    pub shown: Claim,
    /// The other values that wait for a decision with it.
    pub others: Vec<Claim>,
}

impl RecordDetails {
    fn of(record: Record, office: &OfficeTables, reader: &Reader<'_>) -> Result<Self, ButlerError> {
        let visibility = Visibility::new(reader, office)?;
        let words = FieldWords::new(office, &visibility, record.kind, Some(&record));
        let kind = record.kind;
        let is_event = |path: &str| fields::spec(kind, path).is_some_and(|spec| spec.ty == Type::Event);
        let claim = |path: &str, candidate: &Candidate| Claim::of(candidate, path, office, &words);
        let rows = record.fields.iter().filter(|(path, _)| !is_event(path)).map(|(path, field)| {
            let shown = claim(path, &field.winner)?;
            let others = field.others.iter().map(|other| claim(path, other));
            Ok(FieldRow {
                label: field_label(kind, path),
                words: shown.words.clone(),
                shown,
                others: others.collect::<Result<_, ButlerError>>()?,
                path: path.clone(),
            })
        });
        Ok(Self {
            id: record.id,
            kind,
            lifecycle: record.lifecycle,
            note: record.texts.get("note").cloned().unwrap_or_default(),
            shown: record.shown(),
            fields: rows.collect::<Result<_, ButlerError>>()?,
        })
    }
}

impl Records<'_> {
    /// What two phones compare to know that they hold the same of a record: the hashes of its last changes, which tell
    /// nothing of what it says, so nobody's rights limit it.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`].
    pub fn fingerprint(&self, id: RecordId) -> Result<String, ButlerError> {
        self.0.read(|reader| {
            let document = reader.document(id)?.ok_or(ButlerError::NotFound)?;
            let mut heads = document.heads();
            heads.sort();
            Ok(heads.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        })
    }

    /// A record as it reads now, conflicting values included: the fields the phone's owner may read.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], also for a record they may not open.
    pub fn get(&self, id: RecordId) -> Result<Record, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| Visibility::new(reader, &office)?.record(id)?.ok_or(ButlerError::NotFound))
    }

    /// The same for a screen: each field by its name, in words, with who wrote it when.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn details(&self, id: RecordId) -> Result<RecordDetails, ButlerError> {
        let (record, office) = (self.get(id)?, self.0.office()?);
        self.0.read(|reader| RecordDetails::of(record, &office, reader))
    }

    /// The same of the record as the author of a change saw it just after making it.
    ///
    /// # Errors
    /// As [`Self::at`].
    pub fn details_at(&self, id: RecordId, change: ChangeHash) -> Result<RecordDetails, ButlerError> {
        let (record, office) = (self.at(id, change)?, self.0.office()?);
        self.0.read(|reader| RecordDetails::of(record, &office, reader))
    }

    /// The records of a kind, archived ones too, last changed first; a page of at most 100.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn page(
        &self,
        kind: Kind,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordRow>, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            Visibility::new(reader, &office)?.page(kind, after, limit.clamp(1, 100), |after, limit| {
                let filter = Filter { kind: Some(kind), archived: true, after, limit, ..Filter::default() };
                Ok(reader.records(&filter)?)
            })
        })
    }
}
