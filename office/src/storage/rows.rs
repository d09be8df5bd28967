//! The rows a storage keeps, as the hub sees them.

use butler_core::model::{
    ActorId, ChangeHash, CommunityId, DeviceId, EditId, Generation, Kind, KindVersion, PhotoId, PlaceId,
    Receipt, RecordId, StaffId, Timestamp,
};
use butler_core::sync::message::{DeviceReport, Envelope, Membership, Reason};
use sha2::{Digest, Sha256};

/// Whom the office serves; all but its name is fixed when it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    /// Identity; home ids are derived from it.
    pub id: CommunityId,
    /// Minutes east of UTC.
    pub utc_offset_minutes: i32,
    /// The office as an author.
    pub office: DeviceId,
    /// What people call the office; empty when it was never told.
    pub name: String,
}

/// The change in which an edit was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedCopy {
    /// The change.
    pub change: ChangeHash,
    /// Its receipt.
    pub receipt: Receipt,
}

/// One life of the data; a restored file starts a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Identity of this life.
    pub generation: Generation,
    /// The actor the office authors under in this life.
    pub actor: ActorId,
}

/// An enrolled device.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// Identity, derived from the key.
    pub id: DeviceId,
    /// Its owner.
    pub staff: StaffId,
    /// Ed25519 public key.
    pub public_key: [u8; 32],
    /// What the office calls it.
    pub label: String,
    /// When it was enrolled.
    pub enrolled: Timestamp,
    /// When it was revoked, if it was.
    pub revoked: Option<Timestamp>,
    /// When it last said hello.
    pub last_sync: Option<Timestamp>,
    /// When it last said that it knew the present life of the data, had handed in again all that earlier ones had accepted
    /// of it, and had nothing unsent.
    pub caught_up: Option<Timestamp>,
    /// What it said about itself at the last hello.
    pub report: DeviceReport,
}

/// A one-time enrolment code. The selector names it, the rest proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The first characters of the code, in clear.
    pub selector: String,
    /// SHA-256 of the whole code.
    pub hash: [u8; 32],
    /// For whom.
    pub staff: StaffId,
    /// Until when.
    pub expires: Timestamp,
    /// The device that used it, once one did.
    pub used_by: Option<DeviceId>,
}

/// A session of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// Whose session.
    pub device: DeviceId,
    /// Until when.
    pub expires: Timestamp,
}

/// A record with at least one accepted change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// Unique id.
    pub id: RecordId,
    /// Kind of record.
    pub kind: Kind,
    /// Genesis version.
    pub version: KindVersion,
    /// Where its first accepted edit pinned it.
    pub place: PlaceId,
    /// The last ordinal given; the number of accepted changes.
    pub accepted: u32,
    /// Bytes of all accepted changes.
    pub bytes: u64,
}

/// How much of one record one device filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// Bytes of its accepted changes.
    pub bytes: u64,
    /// The last day something of it was accepted: days since 1970, UTC.
    pub day: i64,
    /// Bytes accepted on that day.
    pub day_bytes: u64,
    /// Changes accepted on that day.
    pub day_changes: u32,
}

/// An accepted change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedChange {
    /// Identity.
    pub hash: ChangeHash,
    /// Its actor.
    pub actor: ActorId,
    /// Its number under that actor.
    pub seq: u64,
    /// The edit it carries.
    pub edit: EditId,
    /// Its author.
    pub staff: StaffId,
    /// The author's signature; none for what the office wrote itself.
    pub signature: Option<Vec<u8>>,
    /// The generation that accepted it.
    pub generation: Generation,
    /// Its acceptance.
    pub receipt: Receipt,
    /// The plain change chunk.
    pub bytes: Vec<u8>,
}

/// Which verdict a held change got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldKind {
    /// Its author may not do this.
    Rejected,
    /// It is malformed or hostile, or came from a revoked device.
    Quarantined,
    /// Another change was accepted under the same (record, actor, seq). Final for the hash, not for the edit.
    Fork,
    /// It builds on a dead change. Final for the hash while that one is dead, not for the edit.
    Dependency,
}

impl HeldKind {
    /// The stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Quarantined => "quarantined",
            Self::Fork => "fork",
            Self::Dependency => "dependency",
        }
    }

    /// The kind of that [`Self::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Rejected, Self::Quarantined, Self::Fork, Self::Dependency]
            .into_iter()
            .find(|k| k.name() == name)
    }
}

/// A change that was not accepted: kept whole, with the reason, until a supervisor releases it.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Its hash; of bytes that are no change, their SHA-256.
    pub hash: ChangeHash,
    /// What came.
    pub envelope: Envelope,
    /// The enrolled device that sent it.
    pub sender: DeviceId,
    /// The edit and author it claims, where it could be read.
    pub edit: Option<(EditId, StaffId)>,
    /// The verdict.
    pub kind: HeldKind,
    /// Why.
    pub reason: Reason,
    /// The dead dependency or the accepted change of a fork.
    pub because: Option<ChangeHash>,
    /// Whether the verdict binds everybody. It does not when the bytes are not proven to be the author's:
    /// a stranger must not be able to kill somebody else's edit by sending it first with a bad signature.
    pub binding: bool,
    /// When.
    pub at: Timestamp,
}

/// A change that waits for a dependency nobody here has.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// Its hash.
    pub hash: ChangeHash,
    /// What came; its signature was verified.
    pub envelope: Envelope,
    /// The enrolled device that sent it.
    pub sender: DeviceId,
    /// A dependency that is not here; none when all are, and it waits for something else.
    pub missing: Option<ChangeHash>,
    /// When.
    pub at: Timestamp,
}

/// One step of a grid's feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// Position within the grid, from 1, without gaps.
    pub seq: u64,
    /// The record.
    pub record: RecordId,
    /// What happened to its membership.
    pub membership: Membership,
    /// The ordinal it is about: the first new one of an update; 1 of an enter; the last one of a leave.
    pub ordinal: u32,
}

/// A photo as one device hands it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotoOffer {
    /// Its size in bytes, as that device says.
    pub size: u64,
    /// How many bytes from the start have come from that device.
    pub received: u64,
    /// All have, and their hash is the photo's.
    pub proven: bool,
}

/// A photo that an accepted edit of a record names and that nobody has handed in for that record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwaitedPhoto {
    /// The photo.
    pub photo: PhotoId,
    /// The record that shows its place.
    pub record: RecordId,
    /// The device that was first to name it, and so has taken it, mostly.
    pub device: DeviceId,
    /// When that edit was accepted.
    pub since: Timestamp,
}

/// How much of one device may be open at a time: what is beyond goes, the oldest first, and starts again when it is
/// offered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferBound {
    /// Photos.
    pub offers: u64,
    /// Bytes of them together.
    pub bytes: u64,
}

/// One audit entry of a chain: each carries the hash over itself and the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Position, from 1.
    pub seq: u64,
    /// Office time.
    pub at: Timestamp,
    /// A device, a staff member, or `office`.
    pub who: String,
    /// What was done.
    pub action: String,
    /// Ids, codes and counts as JSON.
    pub about: String,
    /// SHA-256 over the previous entry's chain value and this entry.
    pub chain: [u8; 32],
}

impl AuditRow {
    /// What [`Self::chain`] of this entry is after one with the value `before`; zeros before the first.
    #[must_use]
    pub fn link(&self, before: [u8; 32]) -> [u8; 32] {
        let mut chain = Sha256::new_with_prefix(before);
        chain.update(self.seq.to_be_bytes());
        chain.update(self.at.millis().to_be_bytes());
        for part in [&self.who, &self.action, &self.about] {
            chain.update((part.len() as u64).to_be_bytes());
            chain.update(part);
        }
        chain.finalize().into()
    }
}

/// How much is kept, in rows; photos in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Sizes {
    /// Records.
    pub records: u64,
    /// Accepted changes.
    pub changes: u64,
    /// Changes that were not accepted, released ones included.
    pub held: u64,
    /// Rows of all feeds.
    pub feed: u64,
    /// Audit entries.
    pub audit: u64,
    /// Sessions, used nonces and codes that did not end yet, or ended since the last one was opened.
    pub passing: u64,
    /// Bytes of photos.
    pub photo_bytes: u64,
}
