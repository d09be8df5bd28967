//! Which changes does a record hold?

use std::fmt;

use automerge::{Automerge, LoadOptions, ReadDoc, TextEncoding};

use super::genesis::{self, Texts};
use super::graph::{Graph, Node};
use super::guard::guarded;
use super::ops::raw_hash;
use super::{ChangeInfo, CrdtError};
use crate::model::{ActorId, ChangeHash, EditId, Kind, KindVersion, RecordId, StaffId, Stamp};

/// One record as a merged set of changes on top of its genesis. Cloning is cheap enough to try things out.
#[derive(Clone)]
pub struct Document {
    id: RecordId,
    kind: Kind,
    version: KindVersion,
    genesis: ChangeHash,
    pub(super) doc: Automerge,
    pub(super) graph: Graph,
}

/// Positions in texts count Unicode scalar values, on every platform.
const ENCODING: TextEncoding = TextEncoding::UnicodeCodePoint;

impl Document {
    /// A record nobody has written yet: a pure function of its three arguments, equal on every device.
    ///
    /// # Errors
    /// [`CrdtError::UnknownVersion`] for a version this build does not know.
    pub fn genesis(id: RecordId, kind: Kind, version: KindVersion) -> Result<Self, CrdtError> {
        let change = genesis::change(id, kind, version)?;
        let genesis = genesis::hash(&change);
        let mut doc = Automerge::new_with_encoding(ENCODING);
        doc.apply_changes([change]).map_err(|_| CrdtError::Internal)?;
        Ok(Self { id, kind, version, genesis, doc, graph: Graph::default() })
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
        let mut document = match snapshot {
            None => Self::genesis(id, kind, version)?,
            Some(bytes) => Self::load_snapshot(id, kind, version, bytes)?,
        };
        let tail = tail.iter().map(|bytes| ChangeInfo::parse(bytes)).collect::<Result<Vec<_>, _>>();
        let tail = tail.map_err(CrdtError::DamagedChange)?;
        document.apply_in_place(&document.not_here(&tail))?;
        Ok(document)
    }

    fn load_snapshot(
        id: RecordId,
        kind: Kind,
        version: KindVersion,
        bytes: &[u8],
    ) -> Result<Self, CrdtError> {
        let genesis = genesis::hash(&genesis::change(id, kind, version)?);
        let options = LoadOptions::new().text_encoding(ENCODING);
        // automerge reads no bytes at all as an empty document.
        let loaded =
            if bytes.is_empty() { None } else { guarded(|| Automerge::load_with_options(bytes, options)) };
        let doc = loaded.and_then(Result::ok).ok_or(CrdtError::DamagedSnapshot)?;
        if !doc.get_missing_deps(&[]).is_empty() {
            return Err(CrdtError::DamagedSnapshot);
        }
        let mut graph = Graph::default();
        let mut rooted = false;
        for change in doc.get_changes_meta(&[]) {
            let hash = ChangeHash(change.hash.0);
            if hash == genesis {
                rooted = true;
                continue;
            }
            let actor =
                ActorId::from_slice(change.actor.to_bytes()).map_err(|_| CrdtError::DamagedSnapshot)?;
            let stamp =
                change.message.as_deref().and_then(Stamp::from_message).ok_or(CrdtError::DamagedSnapshot)?;
            let deps: Vec<_> = change.deps.iter().map(|dep| ChangeHash(dep.0)).collect();
            if deps.is_empty() {
                return Err(CrdtError::DamagedSnapshot);
            }
            let node = Node { actor, seq: change.seq, max_op: change.max_op, deps, stamp };
            graph.insert(hash, change.start_op, node);
        }
        if !rooted {
            return Err(CrdtError::DamagedSnapshot);
        }
        Ok(Self { id, kind, version, genesis, doc, graph })
    }

    /// The whole record as bytes, uncompressed (compression is outside, bounded).
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.doc.save_nocompress()
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
    pub const fn genesis_hash(&self) -> ChangeHash {
        self.genesis
    }

    /// The changes nothing builds on yet, sorted. The genesis alone for a record nobody wrote.
    #[must_use]
    pub fn heads(&self) -> Vec<ChangeHash> {
        self.doc.get_heads().into_iter().map(|head| ChangeHash(head.0)).collect()
    }

    /// Whether nobody has written the record yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.graph.is_empty()
    }

    /// How many changes it holds, the genesis not counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.graph.len()
    }

    /// Every change but the genesis, each after those it builds on; a fixed order for the same set of changes.
    #[must_use]
    pub fn changes(&self) -> Vec<ChangeInfo> {
        let changes = self.doc.get_changes(&[]).into_iter().filter_map(ChangeInfo::trusted);
        let mut changes: Vec<_> = changes.collect();
        changes.sort_unstable_by_key(|info| (info.start_op, info.hash));
        changes
    }

    /// Whether the change is here; the genesis always is.
    #[must_use]
    pub fn contains(&self, hash: ChangeHash) -> bool {
        hash == self.genesis || self.graph.contains(hash)
    }

    /// One change; `None` when it is not here, and for the genesis.
    #[must_use]
    pub fn get_change(&self, hash: ChangeHash) -> Option<ChangeInfo> {
        self.graph.get(hash)?;
        ChangeInfo::trusted(self.doc.get_change_by_hash(&raw_hash(hash))?)
    }

    /// The change an actor wrote under a number: for telling duplicates and forks.
    #[must_use]
    pub fn change_of(&self, actor: ActorId, seq: u64) -> Option<ChangeHash> {
        self.graph.change_of(actor, seq)
    }

    /// The change that carries an edit of that author here, be it the first or a copy.
    #[must_use]
    pub fn copy_of(&self, edit: EditId, staff: &StaffId) -> Option<ChangeHash> {
        self.graph.copy_of(edit, staff)
    }

    /// Takes in changes that were judged before (own ones, or what passed [`super::gate::admit`]), in any order;
    /// those already here are skipped. All or nothing.
    ///
    /// # Errors
    /// [`CrdtError::Missing`] names a dependency that is neither here nor among them; [`CrdtError::Internal`].
    pub fn apply(&mut self, changes: &[ChangeInfo]) -> Result<(), CrdtError> {
        let new = self.not_here(changes);
        if new.is_empty() {
            return Ok(());
        }
        // On a copy: a document automerge has panicked or failed in is never used again.
        let mut next = self.clone();
        next.apply_in_place(&new)?;
        *self = next;
        Ok(())
    }

    /// Those of `changes` that are not here yet, each once and after those it builds on.
    fn not_here<'c>(&self, changes: &'c [ChangeInfo]) -> Vec<&'c ChangeInfo> {
        let mut new: Vec<_> = changes.iter().filter(|info| !self.contains(info.hash)).collect();
        new.sort_unstable_by_key(|info| (info.start_op, info.hash));
        new.dedup();
        new
    }

    /// Takes in changes that are not here yet, each after those it builds on. After an error the document is
    /// broken: throw it away.
    pub(super) fn apply_in_place(&mut self, changes: &[&ChangeInfo]) -> Result<(), CrdtError> {
        for info in changes {
            if let Some(missing) = info.deps.iter().find(|dep| !self.contains(**dep)) {
                return Err(CrdtError::Missing(*missing));
            }
            self.graph.insert_change(info);
        }
        let raw: Vec<_> = changes.iter().map(|info| info.change().clone()).collect();
        let applied = guarded(|| self.doc.apply_changes(raw)).is_some_and(|result| result.is_ok());
        if !applied || !self.doc.get_missing_deps(&[]).is_empty() {
            return Err(CrdtError::Internal);
        }
        Ok(())
    }

    pub(super) const fn texts(&self) -> Texts {
        Texts::of(self.kind)
    }

    /// The highest operation counter of `deps` and what they build on. A change counts on from what it builds
    /// on, so the direct dependencies suffice.
    pub(super) fn max_op(&self, deps: &[ChangeHash]) -> u64 {
        let of = |dep: &ChangeHash| {
            self.graph.get(*dep).map_or(self.texts().names().len() as u64, |node| node.max_op)
        };
        deps.iter().map(of).max().unwrap_or(0)
    }
}

impl fmt::Debug for Document {
    // What it holds is personal data: never printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, kind, version, .. } = self;
        write!(f, "Document({id}, {} {version}, {} changes)", kind.name(), self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crdt::testing::{actor, empty, stamp};
    use crate::model::{Edit, Value};

    #[test]
    fn what_was_saved_loads_as_it_was() {
        let mut document = empty(Kind::Resident);
        let first =
            document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("name", "王小明")).unwrap();
        let snapshot = document.save();
        let edit = Edit::new().put("phone/a", true).put("phone/a/number", "13812345678").splice(
            "note",
            0,
            0,
            "周末在家",
        );
        let second = document.author(actor(2), &stamp("wang.fang", 2), &edit).unwrap();
        let load = |snapshot: Option<&[u8]>, tail: &[&[u8]]| {
            Document::load(document.id(), Kind::Resident, 1, snapshot, tail)
        };
        for (snapshot, tail) in [
            (Some(snapshot.as_slice()), vec![second.bytes()]),
            (None, vec![second.bytes(), first.bytes(), second.bytes()]),
            (Some(document.save().as_slice()), vec![]),
        ] {
            let loaded = load(snapshot, &tail).unwrap();
            assert_eq!(loaded.record(), document.record());
            assert_eq!(loaded.changes(), document.changes());
            assert_eq!(loaded.save(), document.save());
        }
        assert_eq!(document.record().get("name"), Some(&Value::from("王小明")));
        assert_eq!(document.record().texts["note"], "周末在家");
        assert_eq!(load(None, &[second.bytes()]).map(drop), Err(CrdtError::Missing(first.hash)));
    }

    #[test]
    fn a_kind_of_the_future_is_named() {
        let newer = Document::genesis(RecordId([1; 16]), Kind::Entry, Kind::VERSION + 1);
        assert!(matches!(newer, Err(CrdtError::UnknownVersion { .. })));
    }

    #[test]
    fn loading_is_strict() {
        let mut document = empty(Kind::Case);
        document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("place", "3/2")).unwrap();
        let saved = document.save();
        let load = |bytes: &[u8]| Document::load(document.id(), Kind::Case, 1, Some(bytes), &[]).map(drop);
        assert_eq!(load(&saved), Ok(()));
        for length in 0..saved.len() {
            assert_eq!(load(&saved[..length]), Err(CrdtError::DamagedSnapshot), "cut at {length}");
        }
        assert_eq!(load(&[&saved[..], b"x"].concat()), Err(CrdtError::DamagedSnapshot));
        assert_eq!(load(&Automerge::new().save()), Err(CrdtError::DamagedSnapshot), "no genesis");
        let other = empty(Kind::Round).save();
        assert_eq!(load(&other), Err(CrdtError::DamagedSnapshot), "another record's snapshot");
    }
}
