//! What can go wrong with a document, and why a change may not pass. Neither ever carries a value.

use crate::model::{ChangeHash, Kind, KindVersion};

/// A document could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrdtError {
    /// This build is older than the record's kind.
    #[error("version {version} of {} records is newer than this app", kind.name())]
    UnknownVersion {
        /// The kind.
        kind: Kind,
        /// Its genesis version.
        version: KindVersion,
    },
    /// The stored snapshot is not what this module saved.
    #[error("the record's stored state is damaged")]
    DamagedSnapshot,
    /// A stored change is not what this module saved.
    #[error("a stored change is damaged")]
    DamagedChange(#[source] GateError),
    /// A change was to be applied before what it builds on.
    #[error("change {0} is not in the document")]
    Missing(ChangeHash),
    /// The same actor would write a second change under the same number.
    #[error("the actor has already written a later change than the edit builds on: take a new actor")]
    ActorAhead,
    /// A splice reaches outside its text.
    #[error("the position is outside the text")]
    Position {
        /// The text.
        path: String,
    },
    /// The edit leaves no trace: it is empty, or clears what is not there.
    #[error("the edit changes nothing")]
    Nothing,
    /// The edit breaks a rule every change must keep.
    #[error("the edit is not allowed: {0}")]
    NotAllowed(#[from] GateError),
    /// The underlying library gave up; the document it happened to was thrown away.
    #[error("the record could not be merged")]
    Internal,
}

/// Why a change may not pass: each with a stable [`code`](Self::code), part of the format.
///
/// All but [`Waiting`](Self::Waiting) and [`Fork`](Self::Fork) are final for the change's bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    /// The change, one of its parts, or the document it would make, is over a limit.
    #[error("over the limit of {limit}")]
    TooLarge {
        /// The limit, in bytes or pieces.
        limit: usize,
        /// The path, if the limit is about one.
        path: Option<String>,
    },
    /// Not exactly one plain change chunk.
    #[error("not one plain change")]
    NotAChange,
    /// The checksum is not that of the bytes.
    #[error("checksum mismatch")]
    Checksum,
    /// The bytes cannot be read, or are not the only spelling of what they say.
    #[error("malformed change")]
    Malformed,
    /// The commit time is not 0.
    #[error("commit time is not 0")]
    Time,
    /// The commit message is not a stamp.
    #[error("the stamp cannot be read")]
    Stamp,
    /// The actor is not made of a device and its suffix.
    #[error("the actor is not one of a device")]
    Actor,
    /// It does not descend from the record's genesis.
    #[error("the change does not belong to this record")]
    Genesis,
    /// It builds on changes that are not here (yet).
    #[error("waiting for {} changes", .0.len())]
    Waiting(Vec<ChangeHash>),
    /// Another change is here under the same actor and sequence number.
    #[error("another change {accepted} is here under the same actor and number")]
    Fork {
        /// The one that is here.
        accepted: ChangeHash,
    },
    /// The sequence number does not follow the actor's last change that its author saw.
    #[error("the actor's sequence number does not follow")]
    Sequence,
    /// The operation counter does not follow what its author saw.
    #[error("the operation counter does not follow")]
    Counter,
    /// It makes an object, changes a text other than by characters, or is an operation records do not know.
    #[error("an operation that records do not know")]
    Operation {
        /// The path, where there is one.
        path: Option<String>,
    },
    /// A path that is not segments joined by `/`.
    #[error("a malformed path")]
    Path,
    /// A value that is none of true/false, whole number, finite number, text; or not fit for its path.
    #[error("a value that does not fit its path")]
    Value {
        /// The path.
        path: String,
    },
    /// It replaces what its author cannot have seen.
    #[error("replaces what its author cannot have seen")]
    Predecessor {
        /// The path.
        path: String,
    },
    /// A field that may be written once is written again with another value, late, or cleared.
    #[error("a field that is written once")]
    WriteOnce {
        /// The path.
        path: String,
    },
    /// An event is overwritten, cleared, unreadable, or not by the change's own author and device.
    #[error("an event that is overwritten or not the author's")]
    Event {
        /// The path.
        path: String,
    },
    /// Applying, saving, reloading or editing the result failed.
    #[error("the change damages the record")]
    Poison,
}

impl GateError {
    /// The stable code, for [`Reason`](crate::sync::message::Reason) and the terms `reason.<code>`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::NotAChange => "not_a_change",
            Self::Checksum => "checksum",
            Self::Malformed => "malformed",
            Self::Time => "time",
            Self::Stamp => "stamp",
            Self::Actor => "actor",
            Self::Genesis => "genesis",
            Self::Waiting(_) => "waiting",
            Self::Fork { .. } => "fork",
            Self::Sequence => "sequence",
            Self::Counter => "counter",
            Self::Operation { .. } => "operation",
            Self::Path => "path",
            Self::Value { .. } => "value",
            Self::Predecessor { .. } => "predecessor",
            Self::WriteOnce { .. } => "write_once",
            Self::Event { .. } => "event",
            Self::Poison => "poison",
        }
    }

    /// The path it is about, if any. Paths are ASCII identifiers: no value, no personal data.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::TooLarge { path, .. } | Self::Operation { path } => path.as_deref(),
            Self::Value { path }
            | Self::Predecessor { path }
            | Self::WriteOnce { path }
            | Self::Event { path } => Some(path),
            Self::NotAChange
            | Self::Checksum
            | Self::Malformed
            | Self::Time
            | Self::Stamp
            | Self::Actor
            | Self::Genesis
            | Self::Waiting(_)
            | Self::Fork { .. }
            | Self::Sequence
            | Self::Counter
            | Self::Path
            | Self::Poison => None,
        }
    }
}
