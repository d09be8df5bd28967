//! What the office alone writes and phones take over whole: its tables, by name, and signed sets of playbooks.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::{PlaybookHash, StaffId, Timestamp};

/// The office's tables. The office alone writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableName {
    /// Staff and their roles.
    Staff,
    /// Grids 网格.
    Grids,
    /// Buildings, units, public spots; which grids they lie in; walking order.
    Places,
    /// Who works in which grid.
    Assignments,
}

impl TableName {
    /// Every table.
    pub const ALL: [Self; 4] = [Self::Staff, Self::Grids, Self::Places, Self::Assignments];

    /// The stable name, as in the format.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Grids => "grids",
            Self::Places => "places",
            Self::Assignments => "assignments",
        }
    }
}

/// A company's set of playbooks, as the office signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedSet {
    /// A [`Manifest`] as JSON: these very bytes are signed.
    pub manifest: String,
    /// Ed25519 over `b"butler playbooks 1" ‖ manifest` by the office's key, 64 bytes.
    pub signature: ByteBuf,
}

/// What a company's set of playbooks consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Grows with every set: the moment of publication in milliseconds, or one more than the last.
    pub version: u64,
    /// When it was published, by the office's clock.
    pub at: Timestamp,
    /// Who published it, if they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<StaffId>,
    /// Its files: those in force, and every older one, for the records begun under it.
    pub files: Vec<ManifestFile>,
}

/// One file of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Its name, for messages.
    pub name: String,
    /// Its text's hash.
    pub hash: PlaybookHash,
    /// Its length in bytes.
    pub bytes: u64,
    /// Used for what begins now; otherwise kept for records begun under it.
    pub current: bool,
}

/// A set of playbooks a phone did not take over, and why. It names files, lines and rules, never anything recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RejectedSet {
    /// The set; 0 when it could not be read.
    pub version: u64,
    /// A stable code: `signature`, `manifest`, `rollback`, `files`, `playbooks`.
    pub code: String,
    /// What is wrong, 中文 / English, where more is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
