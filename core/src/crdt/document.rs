//! Which changes does a record hold?

use super::{ChangeInfo, CrdtError};
use crate::model::{ActorId, ChangeHash, EditId, Kind, KindVersion, Record, RecordId};

/// One record as a merged set of changes on top of its genesis. Cloning is cheap enough to try things out.
#[derive(Clone)]
pub struct Document {
    id: RecordId,
    kind: Kind,
    version: KindVersion,
}

impl Document {
    /// A record nobody has written yet: a pure function of its three arguments, equal on every device.
    ///
    /// # Errors
    /// [`CrdtError::UnknownVersion`] for a version this build does not know.
    pub fn genesis(id: RecordId, kind: Kind, version: KindVersion) -> Result<Self, CrdtError> {
        Ok(Self { id, kind, version })
    }

    /// A stored record: a snapshot of [`Self::save`] (none: the genesis) and the changes since, in any order.
    /// Strict: damage, a change of another record or a missing dependency is an error, never a part of the record.
    ///
    /// # Errors
    /// [`CrdtError::DamagedSnapshot`], [`CrdtError::DamagedChange`], [`CrdtError::Missing`],
    /// [`CrdtError::UnknownVersion`].
    pub fn load(
        id: RecordId,
        kind: Kind,
        version: KindVersion,
        snapshot: Option<&[u8]>,
        tail: &[&[u8]],
    ) -> Result<Self, CrdtError> {
        let _ = (snapshot, tail);
        Self::genesis(id, kind, version)
    }

    /// The whole record as bytes, uncompressed (compression is outside, bounded).
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Identity.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.id
    }

    /// Kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Genesis version.
    #[must_use]
    pub const fn version(&self) -> KindVersion {
        self.version
    }

    /// The hash of the genesis: what the record's first edits depend on.
    #[must_use]
    pub fn genesis_hash(&self) -> ChangeHash {
        ChangeHash([0; 32])
    }

    /// The changes nothing builds on yet, sorted. The genesis alone for a record nobody wrote.
    #[must_use]
    pub fn heads(&self) -> Vec<ChangeHash> {
        Vec::new()
    }

    /// Whether nobody has written the record yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        true
    }

    /// The record as it reads now.
    #[must_use]
    pub fn record(&self) -> Record {
        self.at(&self.heads()).unwrap_or_else(|_| Record {
            id: self.id,
            kind: self.kind,
            version: self.version,
            lifecycle: crate::model::Lifecycle::Live,
            fields: std::collections::BTreeMap::new(),
            texts: std::collections::BTreeMap::new(),
        })
    }

    /// The record as somebody read it who had seen these changes and what they build on.
    ///
    /// # Errors
    /// [`CrdtError::Missing`].
    pub fn at(&self, heads: &[ChangeHash]) -> Result<Record, CrdtError> {
        heads.first().map_or(Err(CrdtError::Internal), |hash| Err(CrdtError::Missing(*hash)))
    }

    /// Every change but the genesis, each after those it builds on; a fixed order for the same set of changes.
    #[must_use]
    pub fn changes(&self) -> Vec<ChangeInfo> {
        Vec::new()
    }

    /// Whether the change is here.
    #[must_use]
    pub fn contains(&self, hash: ChangeHash) -> bool {
        let _ = hash;
        false
    }

    /// One change; `None` when it is not here, and for the genesis.
    #[must_use]
    pub fn get_change(&self, hash: ChangeHash) -> Option<ChangeInfo> {
        let _ = hash;
        None
    }

    /// The change an actor wrote under a number: for telling duplicates and forks.
    #[must_use]
    pub fn change_of(&self, actor: ActorId, seq: u64) -> Option<ChangeHash> {
        let _ = (actor, seq);
        None
    }

    /// The change that carries an edit here, be it the first or a copy.
    #[must_use]
    pub fn copy_of(&self, edit: EditId) -> Option<ChangeHash> {
        let _ = edit;
        None
    }

    /// The paths a change touches, sorted; empty when it is not here.
    #[must_use]
    pub fn touched(&self, hash: ChangeHash) -> Vec<String> {
        let _ = hash;
        Vec::new()
    }

    /// Takes in changes that were judged before (own ones, or what passed [`super::gate::admit`]), in any order;
    /// those already here are skipped. All or nothing.
    ///
    /// # Errors
    /// [`CrdtError::Missing`] names a dependency that is neither here nor among them; [`CrdtError::Internal`].
    pub fn apply(&mut self, changes: &[ChangeInfo]) -> Result<(), CrdtError> {
        let _ = changes;
        Ok(())
    }
}
