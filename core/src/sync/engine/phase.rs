//! Where a sync stands. Each phase holds what it needs and nothing else, so that what excludes another cannot be kept
//! beside it.

use std::collections::BTreeSet;

use serde_bytes::ByteBuf;

use super::photos::PhotoQueue;
use super::playbooks::{Coming, Offer};
use super::pull::Pulling;
use super::push::{Answered, Handed};
use crate::model::{ChangeHash, Generation, GridId, RecordId};

/// A request is open; its answer goes on from the phase.
pub(super) struct Asking {
    pub open: Open,
    pub phase: Phase,
}

/// The request that waits for its answer.
pub(super) struct Open {
    pub number: u64,
    pub bytes: Vec<u8>,
    /// How often it may be sent again.
    pub repeats: u8,
}

/// What the open request is part of.
pub(super) enum Phase {
    /// The nonce was asked for. The step of a session that ended in the middle goes on after the hello.
    Challenge(Option<SyncStep>),
    /// The nonce was signed.
    Session(Option<SyncStep>),
    /// The session is open, and the office is asked what is new.
    Hello(ByteBuf, Option<SyncStep>),
    /// The office said what it has for this device.
    Working(Box<Session>, SyncStep),
    /// The office reads nothing out to this device any more: unsent work is handed in, then the sync ends.
    Revoked(Revoked),
}

impl Phase {
    /// The token that goes with a request of this phase.
    pub(super) const fn token(&self) -> Option<&ByteBuf> {
        match self {
            Self::Challenge(_) | Self::Session(_) => None,
            Self::Hello(token, _) => Some(token),
            Self::Working(session, _) => Some(&session.token),
            Self::Revoked(revoked) => Some(&revoked.token),
        }
    }

    /// The step that goes on once the key was proved anew.
    pub(super) fn resume(self) -> Option<SyncStep> {
        match self {
            Self::Challenge(resume) | Self::Session(resume) | Self::Hello(_, resume) => resume,
            Self::Working(_, step) => Some(step),
            Self::Revoked(_) => None,
        }
    }
}

/// What the office said when it welcomed this device.
pub(super) struct Session {
    pub token: ByteBuf,
    pub generation: Generation,
    pub grids: Vec<GridId>,
    /// What is still to be done about the set of playbooks it offered.
    pub offer: Offer,
}

/// The part of a sync that is under way, with what was asked.
pub(super) enum SyncStep {
    /// These changes were handed in.
    Push(Vec<Handed>),
    /// Files of this set were asked for.
    Playbooks(Box<Coming>),
    /// Grids are read.
    Pull(Pulling),
    /// Photos are moved; the first was asked about.
    Photos(PhotoQueue),
}

/// The rest of a sync of a revoked device.
pub(super) struct Revoked {
    pub token: ByteBuf,
    /// The life of the office's data at the last welcome; `None` when there never was one.
    pub generation: Option<Generation>,
    pub handed: Vec<Handed>,
}

/// What one sync may still do. Every bound ends a sync that would go on for ever.
pub(super) struct Budget {
    /// How often the key is proved: once, and again when the office forgot the session.
    pub sessions: u8,
    /// How often pushing leads to pulling: once, and again while a page made own edits be written again.
    pub rounds: u8,
    /// How many answered pushes may lead to rebuilding before the rest waits for the next sync. Every rebuild ends an
    /// edit or a change for good, so only an office that rejects hundreds of edits leads to it.
    pub rebuilds: u32,
    /// How many pages that do not fit are asked for again.
    pub misfits: u8,
    /// How many sets of playbooks are decided on: the one offered, and the next if it was published meanwhile.
    pub sets: u8,
    /// How often the office is told, after it came back from a backup, that everything is handed in again: once; else the
    /// next sync says it.
    pub caught_up: u8,
}

impl Budget {
    /// Rounds of one life of the office's data: three, and one more where it is read first.
    pub(super) const fn rounds(read_first: bool) -> u8 {
        if read_first { 4 } else { 3 }
    }

    pub(super) const fn new() -> Self {
        Self { sessions: 4, rounds: Self::rounds(false), rebuilds: 64, misfits: 8, sets: 2, caught_up: 1 }
    }
}

/// What the office answered in this sync. It holds in one life of the office's data.
#[derive(Default)]
pub(super) struct Answers {
    /// Changes answered; none is handed in twice.
    pub answered: BTreeSet<ChangeHash>,
    /// Of those: called accepted before, offered again, and called accepted again.
    pub accepted_twice: BTreeSet<ChangeHash>,
    /// Answers that can be followed only when the feed has brought the copy they name.
    pub deferred: Vec<Answered>,
    /// Records whose changes are not to be sent again now.
    pub resting: BTreeSet<RecordId>,
    /// Every grid was read to its end, so what the office does not name it does not have.
    pub read_all: bool,
    /// The office was restored: what it has is read before anything is handed in, so that what it had comes first.
    pub read_first: bool,
}
