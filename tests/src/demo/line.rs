//! What a phone process tells the demo, one JSON object a line.

use butler_core::model::{EditId, RecordId};
use serde::{Deserialize, Serialize};

/// One line on a phone's standard output. A `Did` line is written after the call returned: from then on nothing may
/// lose it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// An edit was recorded.
    Did(Did),
    /// A photo is safe on the phone.
    Photo,
    /// One sync ended.
    Synced(Synced),
    /// Something worth telling in words.
    Says(String),
    /// The day of a butler, planned.
    Walked(Walked),
    /// How the phone stands at the end.
    Stands(Stands),
}

/// One recorded edit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Did {
    /// The kind of thing: `visit`, `check-in`, `finding` …
    pub what: String,
    /// The record.
    pub record: RecordId,
    /// The edit.
    pub edit: EditId,
}

/// One sync.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Synced {
    /// How it ended.
    pub end: String,
    /// Changes handed in.
    pub sent: u64,
    /// Of those accepted.
    pub accepted: u64,
    /// Of those rejected.
    pub rejected: u64,
    /// Edits written again.
    pub reauthored: u64,
    /// Changes taken in.
    pub received: u64,
    /// Photos handed in.
    pub photos: u64,
    /// Requests, repeats included.
    pub requests: u64,
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// Milliseconds it took.
    pub millis: u64,
    /// Records with something unsent after it.
    pub unsent: u64,
}

/// The day of a butler in numbers: `open` is `urgent`, `fits`, `does_not_fit` and `can_wait` together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walked {
    /// Whose day.
    pub butler: String,
    /// Open items.
    pub open: u32,
    /// With a running clock.
    pub urgent: u32,
    /// Planned at stops, on the telephone and at the desk.
    pub fits: u32,
    /// Due and beyond the hours.
    pub does_not_fit: u32,
    /// Not due yet, or without hurry.
    pub can_wait: u32,
    /// Doors planned.
    pub doors: u32,
    /// Stops planned.
    pub stops: u32,
}

/// How a phone stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Stands {
    /// Record → digest of how it reads.
    pub records: std::collections::BTreeMap<String, String>,
    /// Edits shown as rejected, with the reason's code.
    pub rejected: Vec<(EditId, String)>,
    /// Things that wait for a decision.
    pub conflicts: u64,
    /// Records with something unsent.
    pub unsent: u64,
    /// Photos unsent.
    pub unsent_photos: u64,
}
