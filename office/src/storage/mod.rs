//! How the office keeps what it accepted: a blocking contract, not a database.
//!
//! [`Storage`] is what the hub needs and nothing more; [`sqlite`] is the first implementation. Whatever
//! implements it must pass the contract suite (`contract.rs`), whose tests are the meaning of these methods.
//!
//! Two orders are the heart of it. A *receipt* is an ordinal within its record, given under that record's
//! lock; a *feed position* is a number within its grid, given under that grid's lock, without a gap a cursor
//! could skip. A storage that serves several writers at once takes both locks in ascending order of ids.

mod error;
pub mod rows;
pub mod sqlite;

#[cfg(test)]
mod contract;

pub use error::StorageError;
pub use rows::{
    AcceptedChange, AcceptedCopy, AuditRow, AwaitedPhoto, Code, Community, Device, FeedRow, Held, HeldKind,
    Life, OfferBound, Pending, PhotoOffer, RecordRow, Session, Share, Sizes,
};
pub use sqlite::Sqlite;

use std::collections::BTreeSet;

use butler_core::model::{
    ActorId, ChangeHash, DeviceId, EditId, GridId, OfficePublic, PhotoId, PlaceId, PlaybookHash, Receipt,
    RecordId, StaffId, Timestamp,
};
use butler_core::sync::message::{DeviceReport, Membership, OfficeTable, SignedSet, TableName};
use butler_core::sync::playbook_set::OfficeKey;

/// A place where the office's data is safe. What [`Storage::write`] returned survives a power cut.
pub trait Storage: Send + Sync {
    /// Reads one consistent state.
    ///
    /// # Errors
    /// What `work` returns, or a [`StorageError`] of the storage itself.
    fn read<R, E>(&self, work: impl FnOnce(&dyn Read) -> Result<R, E>) -> Result<R, E>
    where
        E: From<StorageError>;

    /// Runs `work` in one transaction and commits it durably; on an error nothing of it happened.
    ///
    /// # Errors
    /// What `work` returns, or a [`StorageError`] of the storage itself.
    fn write<R, E>(&self, work: impl FnOnce(&mut dyn Write) -> Result<R, E>) -> Result<R, E>
    where
        E: From<StorageError>;

    /// What the office signs with. It is kept apart from everything else, so it may be missing where all the rest
    /// was restored.
    ///
    /// # Errors
    /// [`StorageError::NoSigningKey`], [`StorageError::WrongSigningKey`], or what the storage says.
    fn signing_key(&self) -> Stored<OfficeKey>;
}

/// Results of this layer.
pub type Stored<T> = Result<T, StorageError>;

/// What can be looked up.
pub trait Read {
    /// Whom this office serves.
    fn community(&self) -> Stored<Community>;
    /// The present life of the data: its generation and the office's own actor in it.
    fn life(&self) -> Stored<Life>;

    /// An office table; version 0 and no rows when it was never written.
    fn table(&self, name: TableName) -> Stored<OfficeTable>;
    /// The versions of all tables ever written.
    fn table_versions(&self) -> Stored<Vec<(TableName, u64)>>;

    /// The public half of what the office signs with, which phones are given when they enrol.
    fn office_key(&self) -> Stored<OfficePublic>;
    /// The version of the set of playbooks in force; 0 before the company published any.
    fn playbook_set_version(&self) -> Stored<u64>;
    /// The set of playbooks in force, once the company published any.
    fn playbook_set(&self) -> Stored<Option<SignedSet>>;
    /// Every set ever published, oldest first.
    fn playbook_sets(&self) -> Stored<Vec<SignedSet>>;
    /// The text of a playbook that belongs to any set ever published.
    fn playbook(&self, hash: PlaybookHash) -> Stored<Option<String>>;

    /// An enrolled device, revoked or not.
    fn device(&self, id: DeviceId) -> Stored<Option<Device>>;
    /// All enrolled devices, by owner and time of enrolment.
    fn devices(&self) -> Stored<Vec<Device>>;
    /// The open enrolment code with that selector, used up or expired ones included.
    fn code(&self, selector: &str) -> Stored<Option<Code>>;
    /// The session with that hash of its token, if it has not ended by `now`.
    fn session(&self, token_hash: &[u8; 32], now: Timestamp) -> Stored<Option<Session>>;

    /// A record, once its first edit was accepted.
    fn record(&self, id: RecordId) -> Stored<Option<RecordRow>>;
    /// The records pinned to a place.
    fn records_at(&self, place: &PlaceId) -> Stored<Vec<RecordRow>>;
    /// The record's whole document as last saved; none of one that is its changes alone, as the office made it.
    fn snapshot(&self, id: RecordId) -> Stored<Option<Vec<u8>>>;
    /// The accepted changes of a record from `ordinal` on, in order, without their bytes; at most `limit`.
    fn receipts(&self, record: RecordId, ordinal: u32, limit: usize) -> Stored<Vec<(ChangeHash, Receipt)>>;
    /// The bytes of a record's accepted changes from `ordinal` on, in order: as many as `bytes` hold, at least one.
    fn changes(&self, record: RecordId, ordinal: u32, bytes: usize) -> Stored<Vec<Vec<u8>>>;
    /// How much of a record a device filled.
    fn share(&self, record: RecordId, device: DeviceId) -> Stored<Share>;
    /// One accepted change.
    fn change(&self, record: RecordId, hash: ChangeHash) -> Stored<Option<AcceptedChange>>;
    /// The accepted copy of an edit of that author in that record.
    fn accepted_copy(&self, record: RecordId, edit: EditId, staff: &StaffId) -> Stored<Option<AcceptedCopy>>;
    /// The accepted change under (record, actor, seq).
    fn change_at(&self, record: RecordId, actor: ActorId, seq: u64) -> Stored<Option<ChangeHash>>;

    /// The final verdict on a hash.
    fn dead_hash(&self, record: RecordId, hash: ChangeHash) -> Stored<Option<Held>>;
    /// The final verdict on an edit of that author.
    fn dead_edit(&self, record: RecordId, edit: EditId, staff: &StaffId) -> Stored<Option<Held>>;
    /// Everything held and not released, oldest first.
    fn held(&self) -> Stored<Vec<Held>>;
    /// Whether the office has changes of that record from that device: accepted, held or pending.
    fn holds(&self, record: RecordId, sender: DeviceId) -> Stored<bool>;
    /// How many changes of one sender wait for somebody: held and not released, or pending.
    fn held_of(&self, sender: DeviceId) -> Stored<u64>;
    /// What waits for a dependency in one record, oldest first.
    fn pending(&self, record: RecordId) -> Stored<Vec<Pending>>;
    /// The hashes of what waits in one record.
    fn pending_hashes(&self, record: RecordId) -> Stored<BTreeSet<ChangeHash>>;
    /// What waits in one record for that dependency, or for none any more, oldest first, at most `limit`.
    fn pending_for(
        &self,
        record: RecordId,
        missing: Option<ChangeHash>,
        limit: usize,
    ) -> Stored<Vec<Pending>>;
    /// What waits for a dependency in any record, oldest first.
    fn all_pending(&self) -> Stored<Vec<Pending>>;

    /// Feed rows of a grid after position `from`, in order, at most `limit`.
    fn feed(&self, grid: &GridId, from: u64, limit: usize) -> Stored<Vec<FeedRow>>;
    /// The last position of a grid's feed; 0 when it is empty.
    fn feed_end(&self, grid: &GridId) -> Stored<u64>;
    /// How many transactions were committed, in this life and before it: whatever was accepted by now is in a backup
    /// that has as many.
    fn position(&self) -> Stored<u64>;
    /// How far backups reach: the [`Self::position`] of what the newest one holds; 0 for an office that never had one.
    fn watermark(&self) -> Stored<u64>;

    /// The size of a photo that is here whole, its hash checked.
    fn photo(&self, id: PhotoId) -> Stored<Option<u64>>;
    /// Whether somebody handed in all bytes of a photo for that record.
    fn photo_is_of(&self, id: PhotoId, record: RecordId) -> Stored<bool>;
    /// The photos accepted edits name that nobody has handed in for the record that names them, oldest first.
    fn awaited_photos(&self) -> Stored<Vec<AwaitedPhoto>>;
    /// What a device said of a photo, and how far it came.
    fn photo_offer(&self, id: PhotoId, device: DeviceId) -> Stored<Option<PhotoOffer>>;
    /// The records a device offered a photo for.
    fn photo_offer_records(&self, id: PhotoId, device: DeviceId) -> Stored<Vec<RecordId>>;
    /// What has come of a photo from a device and is not proven yet.
    fn photo_offer_bytes(&self, id: PhotoId, device: DeviceId) -> Stored<Vec<u8>>;
    /// At most `limit` bytes of a whole photo from `offset` on.
    fn photo_bytes(&self, id: PhotoId, offset: u64, limit: usize) -> Stored<Vec<u8>>;

    /// How much is kept.
    fn sizes(&self) -> Stored<Sizes>;

    /// Audit entries after `from`, in order, at most `limit`.
    fn audit(&self, from: u64, limit: usize) -> Stored<Vec<AuditRow>>;
    /// The newest audit entry of that action.
    fn last_audit(&self, action: &str) -> Stored<Option<AuditRow>>;
    /// All audit entries of that action, in order.
    fn audit_of(&self, action: &str) -> Stored<Vec<AuditRow>>;
}

/// What can be changed.
pub trait Write: Read {
    /// This transaction seen as a reader.
    fn reader(&self) -> &dyn Read;

    /// Replaces an office table; its version grows by one and is returned.
    fn put_table(&mut self, name: TableName, rows: &str) -> Stored<u64>;

    /// What people call the office.
    fn put_name(&mut self, name: &str) -> Stored<()>;

    /// Takes another key for the office's, and its signatures for those under every set of playbooks.
    fn put_office_key(&mut self, key: &OfficeKey) -> Stored<()>;
    /// Adds a set of playbooks, which is in force from now on, with the texts it brings.
    fn put_playbook_set(&mut self, version: u64, set: &SignedSet, texts: &[&str]) -> Stored<()>;

    /// Registers a device. Registering the same device again for the same owner changes nothing.
    fn put_device(&mut self, device: &Device) -> Stored<()>;
    /// Revokes a device; `false` when it is not enrolled or was revoked before. Its sessions stay: the answer to
    /// its next request is that it was revoked, not that it should prove its key again.
    fn revoke_device(&mut self, id: DeviceId, at: Timestamp) -> Stored<bool>;
    /// Notes what a device said about itself, and whether it has [caught up](Device::caught_up).
    fn note_sync(
        &mut self,
        id: DeviceId,
        at: Timestamp,
        caught_up: bool,
        report: &DeviceReport,
    ) -> Stored<()>;

    /// Opens an enrolment code, in place of an older one with the same selector.
    fn put_code(&mut self, code: &Code) -> Stored<()>;
    /// Notes which device used a code. The code stays until it expires: the same device may ask again when the
    /// answer was lost.
    fn use_code(&mut self, selector: &str, by: DeviceId) -> Stored<()>;
    /// Notes that a nonce was answered, until it ends; `false` when it was answered before.
    fn use_nonce(&mut self, nonce_hash: &[u8; 32], expires: Timestamp) -> Stored<bool>;
    /// Opens a session. Of one device eight are kept, those that end last: opening for ever must not fill the disk.
    fn put_session(&mut self, session: &Session) -> Stored<()>;
    /// Forgets used nonces, sessions and codes that ended before `now`.
    fn forget_expired(&mut self, now: Timestamp) -> Stored<()>;

    /// Holds these records against other writers until the transaction ends.
    fn lock(&mut self, records: &[RecordId]) -> Stored<()>;
    /// Adds an accepted change. Its ordinal is the storage's next for that record; the row of a new record is
    /// made with it. If it was held before, that is resolved: nobody need look at it any more.
    fn accept(&mut self, record: &RecordRow, change: &AcceptedChange) -> Stored<()>;
    /// Does `work`, and undoes what it wrote here if it answers `false` or fails.
    fn attempt(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> Stored<bool>) -> Stored<bool>;
    /// Notes how much of a record a device filled.
    fn put_share(&mut self, record: RecordId, device: DeviceId, share: &Share) -> Stored<()>;
    /// Keeps the record's whole document.
    fn put_snapshot(&mut self, record: RecordId, document: &[u8]) -> Stored<()>;
    /// Holds a change that was not accepted. The same change from the same sender is held once.
    fn hold(&mut self, held: &Held) -> Stored<()>;
    /// Lifts the verdict on a change and on everything held because of it; returns what was lifted.
    fn release(&mut self, record: RecordId, hash: ChangeHash, at: Timestamp) -> Stored<Vec<Held>>;
    /// Parks a change that waits for a dependency. Parking it again changes only what it waits for.
    fn keep_pending(&mut self, pending: &Pending) -> Stored<()>;
    /// Takes a pending change out.
    fn unpark(&mut self, record: RecordId, hash: ChangeHash) -> Stored<()>;

    /// Adds a row to a grid's feed and returns its position.
    fn append_feed(
        &mut self,
        grid: &GridId,
        record: RecordId,
        membership: Membership,
        ordinal: u32,
    ) -> Stored<u64>;
    /// Notes how far backups reach, once one is complete: the [`Read::position`] of its own copy of the database, not
    /// that of the office by then.
    fn put_watermark(&mut self, watermark: u64) -> Stored<()>;

    /// Notes that an accepted edit of that device names a photo of a record. Who named it first stays.
    fn name_photo(&mut self, photo: PhotoId, record: RecordId, device: DeviceId, at: Timestamp)
    -> Stored<()>;
    /// Notes that a record names a photo no more.
    fn unname_photo(&mut self, photo: PhotoId, record: RecordId) -> Stored<()>;
    /// Notes which photo a device is about to hand in, for which record. Another size than before starts it again,
    /// unless it is proven; then the photo is of that record too. What of this device is beyond `bound` goes.
    fn offer_photo(
        &mut self,
        id: PhotoId,
        device: DeviceId,
        record: RecordId,
        size: u64,
        at: Timestamp,
        bound: OfferBound,
    ) -> Stored<()>;
    /// Appends a piece of what a device offered, at `offset`, which must be what it sent so far.
    fn put_photo_piece(&mut self, id: PhotoId, device: DeviceId, offset: u64, bytes: &[u8]) -> Stored<()>;
    /// A device has sent all bytes, and their hash is the photo's: it is here, and of the records it was offered for.
    fn prove_photo(&mut self, id: PhotoId, device: DeviceId) -> Stored<()>;
    /// Throws away what a device sent of a photo and did not prove.
    fn drop_photo_pieces(&mut self, id: PhotoId, device: DeviceId) -> Stored<()>;

    /// Adds an audit entry. `about` is JSON without personal data: ids, codes, counts.
    fn put_audit(&mut self, at: Timestamp, who: &str, action: &str, about: &str) -> Stored<()>;
}
