//! What travels between a phone and an office (or, later, another phone).
//!
//! One request, one reply, each a CBOR [`Frame`] compressed with zstd. Every message may be lost, doubled
//! or late: all are repeatable, and a reply says which request it answers. Limits are part of the format.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::model::{
    ActorId, ChangeHash, CommunityId, DeviceId, EditId, Generation, GridId, KindName, KindVersion,
    OfficePublic, PhotoId, PlaceId, PlaybookHash, Receipt, RecordId, StaffId, Timestamp,
};

pub use crate::model::office::{RejectedSet, SignedSet, TableName};

/// The protocol this build speaks.
pub const PROTOCOL: u16 = 1;

/// What a frame is to HTTP: the content type of every request and every answer that is one. The office takes no
/// other (415), and a phone takes an answer of another type for a proxy's page.
pub const CONTENT_TYPE: &str = "application/vnd.butler.frame";

/// Limits on what a peer may send. Both sides enforce them; a breach is a [`Problem`], never a guess.
pub mod limit {
    /// A frame on the wire, compressed, in bytes.
    pub const FRAME_PACKED: usize = 2 << 20;
    /// A frame after decompression, in bytes; the decoder stops there.
    pub const FRAME: usize = 8 << 20;
    /// What a sender aims at for one page of changes, before compression, in bytes.
    pub const PAGE: usize = 1 << 20;
    /// Bytes of one seal of a receipt.
    pub const SEAL: usize = size_of::<crate::model::Seal>();
    /// Envelopes in one push.
    pub const PUSH: usize = 500;
    /// Rows in one pulled page.
    pub const ROWS: usize = 2_000;
    /// Bytes of one piece of a photo.
    pub const PHOTO_PIECE: usize = 512 << 10;
    /// Bytes of one photo.
    pub const PHOTO: u64 = 20 << 20;
    /// Hashes asked for at once.
    pub const NEED: usize = 2_000;
    /// Receipts in one row of a page, and in one answer to [`super::Request::Receipts`].
    pub const RECEIPTS: usize = 2_000;
    /// Files in a set of playbooks, older ones included.
    pub const PLAYBOOKS: usize = 2_000;
    /// Bytes of one playbook file.
    pub const PLAYBOOK: usize = crate::playbook::MAX_FILE;
    /// Bytes of all files of a set.
    pub const PLAYBOOK_SET: u64 = 32 << 20;
}

/// One request or reply with its protocol version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame<T> {
    /// [`PROTOCOL`] of the sender.
    pub protocol: u16,
    /// The number the asker gave this request; the reply repeats it.
    pub request: u64,
    /// The session's token; empty before there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<ByteBuf>,
    /// The message.
    pub body: T,
}

/// What a phone asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Asks what office this is: before a code is used, by anybody.
    About {},
    /// Registers this device's public key with a one-time code.
    Enrol(Enrol),
    /// Asks for a nonce to prove the key with.
    Challenge {
        /// The enrolled device.
        device: DeviceId,
    },
    /// Proves the key: Ed25519 over `b"butler session 1" ‖ device ‖ nonce`.
    Session {
        /// The enrolled device.
        device: DeviceId,
        /// The nonce of the challenge.
        nonce: ByteBuf,
        /// The signature, 64 bytes.
        signature: ByteBuf,
    },
    /// Opens a sync.
    Hello(Hello),
    /// Hands in changes.
    Push {
        /// At most [`limit::PUSH`].
        envelopes: Vec<Envelope>,
    },
    /// Asks for what is new in one grid.
    Pull(Pull),
    /// Asks for changes by hash.
    Need {
        /// The record.
        record: RecordId,
        /// At most [`limit::NEED`].
        hashes: Vec<ChangeHash>,
    },
    /// Asks which changes of a record were accepted, from an ordinal on: for a row that lists only a part, or one
    /// that leaves a gap to what the phone knows.
    Receipts {
        /// The record.
        record: RecordId,
        /// The first ordinal asked for, from 1.
        from: u32,
    },
    /// Asks for files of a set of playbooks.
    PlaybookGet {
        /// At most [`limit::PLAYBOOKS`].
        files: Vec<PlaybookHash>,
    },
    /// Says which photo is to come and asks how much is already there.
    PhotoOffer {
        /// Its content hash.
        photo: PhotoId,
        /// The record it belongs to: decides access.
        record: RecordId,
        /// Its size in bytes.
        size: u64,
    },
    /// One piece of an offered photo.
    PhotoPut {
        /// Its content hash.
        photo: PhotoId,
        /// First byte of the piece.
        offset: u64,
        /// At most [`limit::PHOTO_PIECE`].
        bytes: ByteBuf,
    },
    /// Asks for a piece of a photo.
    PhotoGet {
        /// Its content hash.
        photo: PhotoId,
        /// The record it belongs to.
        record: RecordId,
        /// First byte wanted.
        offset: u64,
    },
}

/// What an office answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Answer to [`Request::About`].
    About(About),
    /// Answer to [`Request::Enrol`].
    Enrolled(Enrolled),
    /// Answer to [`Request::Challenge`].
    Nonce {
        /// 32 random bytes, usable once.
        nonce: ByteBuf,
    },
    /// Answer to [`Request::Session`].
    Opened {
        /// To be sent with every further request of the session.
        token: ByteBuf,
    },
    /// Answer to [`Request::Hello`].
    Welcome(Box<Welcome>),
    /// Answer to [`Request::Push`]: one verdict for every envelope, in order.
    Verdicts {
        /// Change hash and what became of it.
        verdicts: Vec<(ChangeHash, Verdict)>,
    },
    /// Answer to [`Request::Pull`].
    Page(Page),
    /// Answer to [`Request::Need`]: those the office has and this device may see.
    Changes {
        /// The record.
        record: RecordId,
        /// Plain change chunks.
        changes: Vec<ByteBuf>,
    },
    /// Answer to [`Request::Receipts`].
    Receipts {
        /// The record.
        record: RecordId,
        /// Repeats the question.
        from: u32,
        /// Hash and office time by rising ordinal, the first with ordinal `from`; at most [`limit::RECEIPTS`].
        receipts: Vec<(ChangeHash, Timestamp)>,
        /// Their seals, as [`PageRow::seal`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seal: Option<ByteBuf>,
    },
    /// Answer to [`Request::PlaybookGet`]: of those asked for, in order, as many as fit; at least one if the office
    /// has any.
    PlaybookFiles {
        /// Hash and text.
        files: Vec<(PlaybookHash, String)>,
    },
    /// Answer to [`Request::PhotoOffer`] and [`Request::PhotoPut`].
    PhotoState {
        /// Its content hash.
        photo: PhotoId,
        /// How many bytes from the start are safely stored.
        received: u64,
        /// Whether it is whole and its hash was verified.
        complete: bool,
    },
    /// Answer to [`Request::PhotoGet`].
    PhotoPiece {
        /// Its content hash.
        photo: PhotoId,
        /// First byte of the piece.
        offset: u64,
        /// Size of the whole photo.
        total: u64,
        /// The piece.
        bytes: ByteBuf,
    },
    /// The request was not carried out.
    Problem(Problem),
}

/// What is on an office's door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The community served by this office.
    pub community: CommunityId,
    /// What people call the office ("金色家园物业服务中心"); empty for one that was never told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// Registers a device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enrol {
    /// The one-time code as shown in the office, without separators, upper case.
    pub code: String,
    /// Ed25519 public key, 32 bytes.
    pub public_key: ByteBuf,
    /// What the office calls the device in its list ("华为 Mate 60").
    pub label: String,
    /// Version of the app's core.
    pub app: String,
}

/// A device was registered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enrolled {
    /// Its identity, derived from the key.
    pub device: DeviceId,
    /// Whose device it is.
    pub staff: StaffId,
    /// The community served by this office.
    pub community: CommunityId,
    /// Minutes east of UTC, fixed per community.
    pub utc_offset_minutes: i32,
    /// Office time of the answer.
    pub now: Timestamp,
    /// What the office signs sets of playbooks with; the phone keeps it.
    pub office_key: OfficePublic,
}

/// Opens a sync.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// The generation the phone's cursors belong to; `None` before the first sync.
    pub generation: Option<Generation>,
    /// The actor this phone writes under now.
    pub actor: ActorId,
    /// Versions of the office tables the phone holds.
    pub tables: Vec<(TableName, u64)>,
    /// Edits of its own that the phone shows as rejected, quarantined or pending, each with its record: were they
    /// accepted since? At most [`limit::NEED`]; whoever shows more asks about the rest in the next sync.
    pub shown: Vec<(RecordId, EditId)>,
    /// What the office's `status` shows.
    pub report: DeviceReport,
    /// No sync of this phone ever ended well: whoever holds it is shown how much there is to fetch ([`Welcome::homes`]).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub first: bool,
}

/// What a phone says about itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DeviceReport {
    /// Version of the app's core.
    pub app: String,
    /// Records with unsent edits.
    pub unsent_records: u64,
    /// Photos not yet whole at the office.
    pub unsent_photos: u64,
    /// Changes the office called accepted and has not listed: after it came back from a backup they are handed in again.
    #[serde(default)]
    pub unconfirmed: u64,
    /// How long the oldest unsent edit has waited, in milliseconds by the phone's own clock.
    pub oldest_unsent_ms: Option<u64>,
    /// What keeps work from moving, as a code, if anything does: what the last sync ended by when it was not
    /// complete (`interrupted`, `unreadable`, `store`, a problem's code), else why the oldest unsent edit was not taken
    /// (`pending`, a code of [`Verdict::Later`]), else `held` while edits of this phone are shown as rejected or
    /// quarantined.
    pub blocked: Option<String>,
    /// The version of the company's set of playbooks in force on the phone; 0 before it took any.
    #[serde(default)]
    pub playbooks: u64,
    /// The set it was offered last and did not take over, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected_playbooks: Option<RejectedSet>,
}

/// One office table, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfficeTable {
    /// The table.
    pub name: TableName,
    /// Grows with every change.
    pub version: u64,
    /// JSON array of rows; shapes in [`crate::model::office`].
    pub rows: String,
}

/// A sync is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// The office's present generation.
    pub generation: Generation,
    /// Office time of the answer.
    pub now: Timestamp,
    /// The grids this device may read now.
    pub grids: Vec<GridId>,
    /// Tables newer than the phone's.
    pub tables: Vec<OfficeTable>,
    /// The company's set of playbooks, if it is another one than the phone's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playbooks: Option<SignedSet>,
    /// Of [`Hello::shown`], those of which a copy by the same person in the same record is accepted by now.
    pub accepted_since: Vec<(RecordId, EditId)>,
    /// How far the office's backups reach, in the count of [`Self::position`]; 0 for an office that has never had one.
    pub watermark: u64,
    /// How far the office itself has come: whatever it accepted before this answer is in every backup that reaches as far.
    #[serde(default)]
    pub position: u64,
    /// Whose phone this is and until when it may sign for the company, as the company signed it ([`Warrant`]); none from an
    /// office whose key is missing.
    ///
    /// [`Warrant`]: super::customer_receipt::Warrant
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warrant: Option<ByteBuf>,
    /// How many homes these grids hold, archived ones too: for a phone that says [`Hello::first`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homes: Option<u64>,
}

/// One change on its way to be judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// The record.
    pub record: RecordId,
    /// Its kind. A change of a kind the office does not know waits for a newer office; the others it came with do not.
    pub kind: KindName,
    /// Its genesis version.
    pub version: KindVersion,
    /// One uncompressed automerge change chunk.
    pub change: ByteBuf,
    /// The device that signed it (not necessarily the one that sends it).
    pub device: DeviceId,
    /// Ed25519 over [`Envelope::signed_bytes`], 64 bytes. Empty where a receipt is the only proof.
    pub signature: ByteBuf,
    /// What an earlier life of the office's data said of it, when it was restored since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<SealedReceipt>,
}

/// A receipt with the proof that the office gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedReceipt {
    /// The ordinal it had within its record.
    pub ordinal: u32,
    /// Office time of the acceptance.
    pub at: Timestamp,
    /// As it came with the list that named the change.
    pub seal: ByteBuf,
}

impl Envelope {
    /// What the signature covers: `b"butler change 1" ‖ record ‖ kind name ‖ 0 ‖ version (BE) ‖ change hash`.
    #[must_use]
    pub fn signed_bytes(
        record: RecordId,
        kind: &KindName,
        version: KindVersion,
        change: ChangeHash,
    ) -> Vec<u8> {
        let mut bytes = b"butler change 1".to_vec();
        bytes.extend_from_slice(record.as_bytes());
        bytes.extend_from_slice(kind.as_str().as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(&version.to_be_bytes());
        bytes.extend_from_slice(change.as_bytes());
        bytes
    }
}

/// What became of one handed-in change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Accepted, durably.
    Accepted(Receipt),
    /// A copy of this edit was accepted before.
    Duplicate {
        /// The accepted copy.
        of: ChangeHash,
        /// Its receipt.
        receipt: Receipt,
    },
    /// Its author may not do this. Final for the edit and the hash.
    Rejected(Reason),
    /// It is malformed or hostile. Final for the edit and the hash.
    Quarantined(Reason),
    /// Another change was accepted under the same (record, actor, seq).
    Fork {
        /// The accepted one.
        accepted: ChangeHash,
    },
    /// It builds on a change that is dead.
    DependencyRejected {
        /// The dead one.
        dependency: ChangeHash,
    },
    /// It waits at the office for a dependency nobody here has.
    Pending,
    /// Not judged now: send again in a later sync.
    Later {
        /// Why: `held` (too much of this device waits for a person), `full` (too much waits in this record), `quota`,
        /// `unreadable` (the office cannot read the record), `version` (the office is older than the record's kind),
        /// `busy`.
        reason: Reason,
    },
}

/// Why a change was rejected, quarantined or not judged. Codes are part of the format; the words shown to a butler come
/// from the terms file under `reason.<code>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reason {
    /// A stable code (`grid`, `role`, `field`, `signature`, `malformed` …), see `crdt::gate`.
    pub code: String,
    /// The path it is about, if any; never a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// Asks for a page of one grid's feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pull {
    /// The generation the cursor belongs to.
    pub generation: Generation,
    /// The grid.
    pub grid: GridId,
    /// The last position the phone has committed; 0 for all.
    pub from: u64,
    /// The phone reads [`PageRow::line`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lines: bool,
}

/// A page of one grid's feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Repeats the request; a page counts only if it fits.
    pub generation: Generation,
    /// Repeats the request.
    pub grid: GridId,
    /// Repeats the request.
    pub from: u64,
    /// The position to ask from next.
    pub to: u64,
    /// Whether `to` was the end when the page was made: then the sweep may run.
    pub complete: bool,
    /// One row per record, its newest membership only.
    pub rows: Vec<PageRow>,
}

/// One record on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageRow {
    /// The record.
    pub record: RecordId,
    /// Its kind. A record of a kind the phone does not know waits for a newer app; the others on the page do not.
    pub kind: KindName,
    /// Its genesis version.
    pub version: KindVersion,
    /// Where the office pinned it.
    pub place: PlaceId,
    /// What it means for the grid's membership.
    pub membership: Membership,
    /// How many changes of the record the office has accepted: the last ordinal given.
    pub accepted: u32,
    /// The ordinal of the first receipt listed: 1 when the record enters the grid, else that of the first change
    /// that is new in this part of the feed.
    pub first: u32,
    /// Accepted changes by rising ordinal from `first` on: hash and office time; at most [`limit::RECEIPTS`]. What is
    /// missing between what the phone knows and `accepted` is asked for with [`Request::Receipts`].
    pub receipts: Vec<(ChangeHash, Timestamp)>,
    /// Of the listed changes the first ones, as many as fit the page, plain chunks, dependencies first; the others are
    /// asked for with [`Request::Need`].
    pub changes: Vec<ByteBuf>,
    /// For each receipt listed [`limit::SEAL`] bytes: a MAC under a secret outside the office's database, kept and handed
    /// back as it is ([`Envelope::receipt`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<ByteBuf>,
    /// In place of `receipts` and `changes`, for a phone that asked so ([`Pull::lines`]) of a record that enters: all its
    /// changes by rising ordinal from 1 on, where each builds on the one before it alone and the first on the genesis.
    /// Office time, and the chunk without what follows from that ([`crate::crdt::shortened`]): together half the bytes
    /// of a record that was never edited.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub line: Vec<(Timestamp, ByteBuf)>,
}

/// What a feed row does to a grid's membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// The grid shows this record from now on; the page brings all of it.
    Enter,
    /// The record has new changes.
    Update,
    /// The grid does not show it any more; receipts and changes are empty.
    Leave,
}

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Problem {
    /// The peer speaks another protocol.
    #[error("the office speaks protocol {min} to {max}")]
    Protocol {
        /// Lowest protocol version it speaks.
        min: u16,
        /// Highest protocol version it speaks.
        max: u16,
    },
    /// The frame could not be read.
    #[error("the request could not be read")]
    Malformed,
    /// A limit was exceeded.
    #[error("the request is over the limit of {limit}")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// No or an expired session: challenge again.
    #[error("the session has ended")]
    NoSession,
    /// The device was revoked. It may hand in unsent work and reads nothing.
    #[error("this device was revoked")]
    Revoked,
    /// The device is not enrolled here.
    #[error("this device is not enrolled at this office")]
    UnknownDevice,
    /// The signature over the nonce is wrong.
    #[error("the device's signature is not valid")]
    BadSignature,
    /// The code does not exist, was used, or has expired.
    #[error("the enrolment code is not valid any more")]
    CodeInvalid,
    /// The code is right and the device is enrolled for somebody else.
    #[error("this device is enrolled for somebody else")]
    AlreadyEnrolled,
    /// Too many wrong codes from this address; another code is of no use before their time is over.
    #[error("too many wrong codes from here; try again in ten minutes")]
    TooManyAttempts,
    /// The grid is not one this device may read.
    #[error("this grid is not assigned to the device's owner")]
    WrongGrid,
    /// The cursor belongs to another life of the office's database: start again with hello.
    #[error("the office's data was restored; the sync starts again")]
    WrongGeneration,
    /// The photo is unknown, or its bytes do not have the hash they were offered under.
    #[error("the photo's bytes do not match")]
    PhotoMismatch,
    /// The record or photo is not there for this device.
    #[error("not found")]
    NotFound,
    /// Too much at once.
    #[error("the office is busy; try again")]
    Busy,
    /// The office could not store it; nothing was acknowledged.
    #[error("the office could not store the request")]
    Storage,
}

impl Problem {
    /// A stable code for logs, the office's status and the terms file.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Protocol { .. } => "protocol",
            Self::Malformed => "malformed",
            Self::TooLarge { .. } => "too_large",
            Self::NoSession => "no_session",
            Self::Revoked => "revoked",
            Self::UnknownDevice => "unknown_device",
            Self::BadSignature => "bad_signature",
            Self::CodeInvalid => "code_invalid",
            Self::AlreadyEnrolled => "already_enrolled",
            Self::TooManyAttempts => "too_many_attempts",
            Self::WrongGrid => "wrong_grid",
            Self::WrongGeneration => "wrong_generation",
            Self::PhotoMismatch => "photo_mismatch",
            Self::NotFound => "not_found",
            Self::Busy => "busy",
            Self::Storage => "storage",
        }
    }
}
