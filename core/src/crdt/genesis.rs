//! Which change is the first of every record?
//!
//! A pure function of (record, kind, version), so that two phones, a clone, or an import and a phone can make the
//! same record concurrently. It makes the text objects and is implied, never sent or judged. The record's id is in its
//! bytes: every change of a record descends from it by hash, so no change can be replayed into another record.

use std::sync::OnceLock;

use automerge::ObjType;
use automerge::legacy::{Key, ObjectId, Op as RawOp, OpType, SortedVec};
use sha2::{Digest as _, Sha256};

use super::CrdtError;
use super::ops::{OpId, build};
use crate::model::{ChangeHash, Kind, KindVersion, RecordId};

/// The genesis writes under an actor no device can have: a device's actors are 24 bytes long.
const ACTOR: &[u8] = b"butler genesis";

/// The text objects of a record: which object a path names, and back. They are the genesis's operations in order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts {
    names: &'static [&'static str],
}

impl Texts {
    pub const fn of(kind: Kind) -> Self {
        Self { names: kind.texts() }
    }

    pub const fn names(self) -> &'static [&'static str] {
        self.names
    }

    pub fn contains(self, path: &str) -> bool {
        self.names.contains(&path)
    }

    /// The object of a text path.
    pub fn object(self, path: &str) -> Option<OpId> {
        let index = self.names.iter().position(|name| *name == path)?;
        Some(OpId::new(index as u64 + 1, &automerge::ActorId::from(ACTOR)))
    }

    /// The text path of an object.
    pub fn name(self, object: &OpId) -> Option<&'static str> {
        self.names.iter().copied().find(|name| self.object(name).as_ref() == Some(object))
    }
}

/// The genesis change.
pub(super) fn change(
    record: RecordId,
    kind: Kind,
    version: KindVersion,
) -> Result<automerge::Change, CrdtError> {
    if version == 0 || version > Kind::VERSION {
        return Err(CrdtError::UnknownVersion { kind, version });
    }
    let texts = kind.texts().iter().map(|name| RawOp {
        action: OpType::Make(ObjType::Text),
        obj: ObjectId::Root,
        key: Key::Map((*name).into()),
        pred: SortedVec::new(),
        insert: false,
    });
    let message = format!("genesis;{};{version};{record}", kind.name());
    build(automerge::ActorId::from(ACTOR), 1, 1, Vec::new(), message, texts.collect())
        .ok_or(CrdtError::Internal)
}

/// The hash of the genesis of a record, without making the change: of all its bytes the record's id alone differs.
///
/// # Errors
/// [`CrdtError::UnknownVersion`] for a version this build does not know.
pub fn hash_of(record: RecordId, kind: Kind, version: KindVersion) -> Result<ChangeHash, CrdtError> {
    /// The bytes of some record's genesis, and where its id stands in them.
    type Spelled = Option<(Vec<u8>, usize)>;
    static SPELLED: [OnceLock<Spelled>; Kind::ALL.len()] = [const { OnceLock::new() }; Kind::ALL.len()];
    if version != Kind::VERSION {
        return Ok(hash(&change(record, kind, version)?));
    }
    let spelled = Kind::ALL.iter().position(|known| *known == kind).and_then(|at| SPELLED.get(at));
    let spelled = spelled.ok_or(CrdtError::Internal)?.get_or_init(|| {
        let any = RecordId([0x3b; 16]);
        let bytes = change(any, kind, version).ok()?.raw_bytes().to_vec();
        let id = any.to_string();
        let at = bytes.windows(id.len()).position(|part| part == id.as_bytes())?;
        Some((bytes, at))
    });
    let (bytes, at) = spelled.as_ref().ok_or(CrdtError::Internal)?;
    let (before, rest) = bytes.split_at_checked(*at).ok_or(CrdtError::Internal)?;
    let id = record.to_string();
    let behind = rest.get(id.len()..).ok_or(CrdtError::Internal)?;
    // A chunk is named by everything behind its checksum.
    let named = before.get(HEADER..).ok_or(CrdtError::Internal)?;
    let digest = Sha256::new().chain_update(named).chain_update(id).chain_update(behind).finalize();
    Ok(ChangeHash(digest.into()))
}

/// The bytes of a chunk that its hash does not cover: four that say what it is, four of the hash.
const HEADER: usize = 8;

/// The hash of a genesis.
pub(super) fn hash(change: &automerge::Change) -> ChangeHash {
    ChangeHash(change.hash().0)
}

const _: () = assert!(ACTOR.len() != crate::model::ActorId::LEN);

#[cfg(test)]
mod tests {
    use super::*;

    /// Format: a genesis with other bytes would make every stored record another record.
    #[test]
    fn its_bytes_are_fixed() {
        let record = RecordId([0x3b; 16]);
        let hashes = Kind::ALL.map(|kind| hash(&change(record, kind, 1).unwrap()).to_string());
        let expected = [
            "dc4b1a7a99c84d5efbaac8b43aa58e0b3b3db6a9b40e6f93ed9209439c4c6942",
            "40eec21966067f87b139458e494b58de064532b95d587d3d4a129dbad94ff7a6",
            "149472f406af2694a053c6ef1afa469f675aca27f5d4580ad38f56db6762f990",
            "8497aa4614225fb0e74ca62e40a176f1e370dde6d9ffd99e94914d100dad4f97",
            "749ecd715b750359040886f6df9f45fb9e8d54731201f3633559a90da717f2a3",
            "56a8cc76abe30595032f03149f38f45d4d37d3b34269d2c8767d41c5d09d827d",
        ];
        assert_eq!(hashes, expected);
        let spelled = Kind::ALL.map(|kind| hash_of(record, kind, 1).unwrap().to_string());
        assert_eq!(spelled, expected);
    }

    #[test]
    fn another_record_has_another_genesis() {
        let [one, two] = [1, 2].map(|byte| change(RecordId([byte; 16]), Kind::Home, 1).unwrap());
        assert_ne!(one.hash(), two.hash());
    }

    #[test]
    fn a_newer_version_is_rejected() {
        for version in [0, Kind::VERSION + 1] {
            let error = change(RecordId([1; 16]), Kind::Case, version).unwrap_err();
            assert_eq!(error, CrdtError::UnknownVersion { kind: Kind::Case, version });
            assert_eq!(hash_of(RecordId([1; 16]), Kind::Case, version), Err(error));
        }
    }
}
