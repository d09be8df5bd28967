//! What do the bytes of a change say? Answered without a document.

use std::fmt;
use std::sync::Arc;

use super::GateError;
use super::chunk::{self, Head};
use super::guard::guarded;
use crate::model::{ActorId, ChangeHash, EditId, Stamp};

/// One well-formed change and what it says about itself. Holding one proves steps 1 and 2 of the gate: size,
/// plain chunk, exact length, checksum, bounded counts, commit time 0, readable stamp, actor of a device.
#[derive(Clone)]
pub struct ChangeInfo {
    /// SHA-256 of the chunk.
    pub hash: ChangeHash,
    /// The actor; names the device ([`ActorId::device`]).
    pub actor: ActorId,
    /// The actor's how-manieth change of this record, from 1. (record, actor, seq) names one change or is a fork.
    pub seq: u64,
    /// The counter of its first operation.
    pub start_op: u64,
    /// How many operations it has.
    pub op_count: usize,
    /// The changes its author had seen last, sorted.
    pub deps: Vec<ChangeHash>,
    /// Who and when.
    pub stamp: Stamp,
    change: Arc<automerge::Change>,
}

/// The edit a change carries: what its stamp names, or the change itself when it is the first to carry it.
#[must_use]
pub fn edit_id(info: &ChangeInfo) -> EditId {
    info.stamp.copy_of.unwrap_or(info.hash)
}

impl ChangeInfo {
    /// Reads and checks one change. Safe on any bytes: no panic, no more work than the bytes are worth.
    ///
    /// # Errors
    /// A [`GateError`] naming the first rule broken.
    pub fn parse(bytes: &[u8]) -> Result<Self, GateError> {
        let head = chunk::read(bytes)?;
        // What passed the walk is bounded; what it means to automerge may still be nonsense, or a panic.
        let change = guarded(|| automerge::Change::try_from(bytes)).ok_or(GateError::Malformed)?;
        let change = change.map_err(|_| GateError::Malformed)?;
        let agrees = change.hash().0 == head.hash.0
            && change.len() == head.op_count
            && change.seq() == head.seq
            && change.start_op().get() == head.start_op
            && change.raw_bytes() == bytes;
        if !agrees {
            return Err(GateError::Malformed);
        }
        let Head { hash, actor, seq, start_op, op_count, deps, stamp } = head;
        Ok(Self { hash, actor, seq, start_op, op_count, deps, stamp, change: Arc::new(change) })
    }

    /// A change this module made or holds: its bytes were judged or never left.
    pub(super) fn trusted(change: automerge::Change) -> Option<Self> {
        Some(Self {
            hash: ChangeHash(change.hash().0),
            actor: ActorId::from_slice(change.actor_id().to_bytes()).ok()?,
            seq: change.seq(),
            start_op: change.start_op().get(),
            op_count: change.len(),
            deps: change.deps().iter().map(|dep| ChangeHash(dep.0)).collect(),
            stamp: Stamp::from_message(change.message()?)?,
            change: Arc::new(change),
        })
    }

    /// The counter of its last operation.
    pub(super) const fn max_op(&self) -> u64 {
        self.start_op + self.op_count as u64 - 1
    }

    pub(super) fn change(&self) -> &automerge::Change {
        &self.change
    }

    /// The chunk, byte for byte as it was read.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.change.raw_bytes()
    }
}

impl PartialEq for ChangeInfo {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}
impl Eq for ChangeInfo {}

impl fmt::Debug for ChangeInfo {
    // The operations hold personal data: never printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeInfo").field("hash", &self.hash).field("seq", &self.seq).finish_non_exhaustive()
    }
}
