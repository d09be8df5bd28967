//! How records are kept on a phone: one encrypted SQLite file, a folder of sealed photos, a side file.
//!
//! This is the only module of the core that names rusqlite. Truth is in change rows; documents, projections
//! and search rows are made from them and can be made again. Everything that belongs together is written in
//! one transaction ([`Store::write`]) with `synchronous=FULL`: when it returns, a power cut loses nothing.
//!
//! In the folder of a store:
//!
//! | name | what it is |
//! |---|---|
//! | `lock` | the exclusive lock, and one byte: is a write under way |
//! | `store.json` | the side file: store id, incarnation, key check; plaintext, without any data |
//! | `db/` | database, write-ahead log, shared memory: moved aside as one when damaged |
//! | `db.new/` | a replacement being made for a damaged database |
//! | `damaged-1/` … | damaged databases, whole, never deleted, and the photos only they hold the keys to |
//! | `locked-1/` … | stores whose key was lost, whole, never deleted |
//! | `photos/` | sealed photos under random names |
//! | `reserve` | space given up when a full disk must still take a deletion or the office's answers |
//!
//! | question | file |
//! |---|---|
//! | which files are there, is this the right key, is the file whole | `open.rs`, `salvage.rs` |
//! | how are its pages encrypted | `cipher.rs` |
//! | which shape has the database | `migrate.rs`, `migrations/`, of lists `lists.rs` |
//! | what is one transaction, and which trouble with the file did it meet | `tx.rs`, `db.rs` |
//! | what is known of a record, and how is it written | `records.rs`, `records/writing.rs`; without its document `records/tips.rs` |
//! | what did the office acknowledge | `records/receipts.rs` |
//! | what must still go to the office | `outbox.rs`, `attachments.rs` |
//! | what did the office or the gate say no to | `verdicts.rs` |
//! | which records may be here, how far was the feed read | `feed.rs` |
//! | which set of playbooks is in force, which was rejected | `playbook_set.rs` |
//! | what does a record look like in a list | `projection.rs`, `queries.rs` |
//! | which values are records found by, and where do they lie | `facts.rs` |
//! | how is something found | `search.rs` |
//! | what do rules and metrics ask | `index/` |
//! | how do cases and rounds stand | `progress.rs` |
//! | was this form handed in before, what is half filled in | `submissions.rs`, `drafts.rs` |
//! | how much of what was recorded is safe at the office | `summary.rs` |
//!
//! Whatever reads or writes may fail for the file's own reasons: [`StoreError::StorageFull`], [`StoreError::Damaged`],
//! [`StoreError::Closed`], [`StoreError::Sqlite`]. A section *Errors* names what a function adds to these.

mod attachments;
mod audit;
mod cipher;
mod db;
mod drafts;
mod error;
mod facts;
mod feed;
mod files;
mod index;
mod key;
mod lists;
mod lock;
mod meta;
mod migrate;
mod open;
mod outbox;
mod playbook_set;
mod progress;
mod projection;
mod queries;
mod records;
mod salvage;
pub(crate) mod search;
mod side_file;
mod sql;
mod submissions;
mod summary;
mod tables;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod testing;
mod tx;
mod verdicts;

pub use attachments::{Attachment, AttachmentUse, PHOTO_CHUNK, Staged, UseState};
pub use audit::AuditEntry;
pub use drafts::DraftRow;
pub use error::{Damage, StoreError};
pub use feed::{Missing, Swept};
pub use index::{ChangedRow, DoorRow, StoreIndex};
pub use key::{KeyAnswer, KeyProvider, KeyRejected, StoreKey};
pub use meta::{Identity, WhoAndWhen};
pub use open::{OpenReport, Opened, Store};
pub use outbox::{Outgoing, Unconfirmed};
pub use playbook_set::{HeldSet, Rejection};
pub use projection::{Projected, Projector};
pub use queries::{Filter, Order, WorkRow};
pub use records::{Arrival, Authored, ChangeStanding, Incoming, Incomplete, Listing, Signed, StoredChange};
pub use search::{Found, FoundBy, Hit};
pub use submissions::Submitted;
pub use summary::{RecordState, Summary, UnsentRow};
pub use tx::{Collection, Reader, Touched, Tx};
pub use verdicts::{Fate, Quarantined, VerdictRow};
