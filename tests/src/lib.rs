//! Whole-system tests, acceptance scenarios, the demo day and the benches.

pub mod demo;
pub mod fleet;
mod host;
pub mod hostile;
pub mod scenario;
mod today;

use std::collections::BTreeSet;

use butler_core::crdt::{ChangeInfo, edit_id};
use butler_core::model::EditId;
use butler_core::model::directory::Place;
use butler_core::sync::message::TableName;
use butler_office::storage::{Read, Stored};

/// Every edit the office has accepted.
pub(crate) fn accepted_edits(read: &dyn Read) -> Stored<BTreeSet<EditId>> {
    let places: Vec<Place> = serde_json::from_str(&read.table(TableName::Places)?.rows).unwrap_or_default();
    let mut edits = BTreeSet::new();
    for place in places {
        for record in read.records_at(&place.id)? {
            let changes = read.changes(record.id, 1, usize::MAX)?;
            edits.extend(changes.iter().filter_map(|bytes| Some(edit_id(&ChangeInfo::parse(bytes).ok()?))));
        }
    }
    Ok(edits)
}
