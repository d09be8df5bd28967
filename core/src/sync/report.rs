//! What a sync did and how it ended, as plain data: counts and codes, nothing personal.

use super::message::Problem;
use super::transport::TransportError;
use crate::model::RecordId;
use crate::model::office::RejectedSet;
use crate::playbook::Label;

/// What one sync did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SyncReport {
    /// How it ended.
    pub end: End,
    /// Why the line broke, when that is how it ended.
    pub broke: Option<TransportError>,
    /// Changes handed in, each try counted.
    pub sent: u64,
    /// Of those: accepted.
    pub accepted: u64,
    /// Of those: the office had the edit already.
    pub duplicates: u64,
    /// Of those: rejected; shown with reason and intent.
    pub rejected: u64,
    /// Of those: held as malformed; shown.
    pub quarantined: u64,
    /// Of those: written under a number the office knows otherwise.
    pub forks: u64,
    /// Of those: built on something rejected.
    pub dependencies: u64,
    /// Of those: waiting at the office for something nobody there has.
    pub pending: u64,
    /// Of those: to be sent again in a later sync.
    pub later: u64,
    /// Edits written again because what they were built on is gone.
    pub reauthored: u64,
    /// Edits shown as rejected that turned out accepted.
    pub accepted_since: u64,
    /// Rows of the feed taken in.
    pub rows: u64,
    /// Changes of others taken in.
    pub received: u64,
    /// Changes of others this phone's own gate kept out.
    pub withheld: u64,
    /// Records of which the office named changes it did not supply.
    pub incomplete: u64,
    /// Records that no grid shows any more and that were removed here.
    pub removed: u64,
    /// Photos that became whole at the office.
    pub photos_sent: u64,
    /// Photos that became whole here.
    pub photos_received: u64,
    /// Photos that did not move; they are tried again next time, but for those rejected.
    pub photos_failed: u64,
    /// Of those: photos the office will not take for a record that is none of this phone's any more; shown.
    pub photos_rejected: u64,
    /// The set of playbooks that came into force, if a new one did.
    pub playbooks_taken: Option<u64>,
    /// The set of playbooks that was offered and not taken over, if one was.
    pub playbooks_rejected: Option<RejectedSet>,
    /// Whether the office's data had been restored since the last sync.
    pub new_generation: bool,
    /// Whether this phone took a new actor.
    pub new_actor: bool,
    /// What whoever holds this phone should be told, a sentence each: shown once, and nothing need be done.
    pub notices: Vec<Label>,
    /// Requests sent, repeats included.
    pub requests: u64,
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// Records with at least one newly rejected or quarantined edit, in order of the verdicts.
    pub to_correct: Vec<RecordId>,
}

/// How a sync ended. Whatever it was: what was done until then is kept, and the next sync goes on from there.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum), uniffi(name = "SyncEnd"))]
pub enum End {
    /// Everything was exchanged that could be.
    #[error("the sync is complete")]
    Complete,
    /// The office could not be reached, or the line broke and did not come back.
    #[default]
    #[error("the line to the office broke")]
    Interrupted,
    /// The office answers, but not to what is asked: somebody has to do something first.
    #[error("the office rejected: {0}")]
    Office(Problem),
    /// The office's answers cannot be read.
    #[error("the office's answer could not be read")]
    Unreadable,
    /// The phone could not store what came. Nothing of the last step was kept.
    #[error("the phone could not store the answer: {0}")]
    Store(String),
}

impl End {
    /// A stable code for `diagnostics()`, the office's status and the terms file (`sync.<code>`).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Interrupted => "interrupted",
            Self::Unreadable => "unreadable",
            Self::Store(_) => "store",
            Self::Office(problem) => problem.code(),
        }
    }
}

/// How far a sync is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record), uniffi(name = "SyncProgress"))]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Steps of this stage done: changes, grids, or bytes of photos.
    pub done: u64,
    /// Steps of this stage in all, as far as known; never 0 while there is something to do.
    pub total: u64,
}

/// The part of a sync that is under way, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum), uniffi(name = "SyncStage"))]
pub enum Stage {
    /// Proving who this is.
    Connecting,
    /// Handing in.
    Sending,
    /// Taking in.
    Receiving,
    /// Photos, which hold nothing else up.
    Photos,
}
