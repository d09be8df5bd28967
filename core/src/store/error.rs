//! What can go wrong below the façade. Messages carry codes and names of things, never a value somebody typed.

use std::io;
use std::path::PathBuf;

use super::db::Trouble;
use crate::crdt::CrdtError;
use crate::host::RandomnessUnavailable;

/// Primary result codes of SQLite that are about the values of one statement; see <https://sqlite.org/rescode.html>.
const TOO_BIG: i32 = 18;
const CONSTRAINT: i32 = 19;
const MISMATCH: i32 = 20;

/// Why the store did not do what it was asked. Nothing of a failed transaction is kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another handle, in this process or another, holds the folder: share that one.
    #[error("the store is already open")]
    AlreadyOpen,
    /// The platform's key store has no key although a store is here. A key is never made beside an existing
    /// store: its data would be lost for good.
    #[error("the key of the existing store is gone")]
    KeyMissing,
    /// The key store cannot be read now (before the first unlock, for instance): try again later.
    #[error("the key store cannot be read now")]
    KeyUnavailable,
    /// The key is not the one this store was made with; the files are left as they are.
    #[error("the key does not belong to this store")]
    WrongKey,
    /// A newer app wrote this store; the files are left as they are. Update the app.
    #[error("the store has schema {found}, this app knows {known}")]
    NewerSchema {
        /// In the file.
        found: u32,
        /// Known to this build.
        known: u32,
    },
    /// No room. Reading still works, and so does [`super::Store::write_reserved`].
    #[error("the storage is full")]
    StorageFull,
    /// [`super::Store::close`] was called.
    #[error("the store is closed")]
    Closed,
    /// The file is damaged. Close and open again: it is moved aside, a new one begun, and what was not yet
    /// sent is taken over as far as it can be read.
    #[error("the database file is damaged")]
    Damaged,
    /// The linked SQLite is not what this store needs.
    #[error("the linked database library lacks {what}")]
    Unsuitable {
        /// What is missing.
        what: &'static str,
    },
    /// No random bytes, so no key or identifier.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// A document could not be read or written.
    #[error("a record's document could not be used: {0}")]
    Document(#[from] CrdtError),
    /// Two rows that belong together disagree: a defect of this crate.
    #[error("the store disagrees with itself about {what}")]
    Inconsistent {
        /// About what.
        what: &'static str,
    },
    /// The asked-for thing is not here.
    #[error("{what} is not here")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
    },
    /// An attachment's bytes are not those its hash was made from.
    #[error("the attachment's bytes do not match its hash")]
    AttachmentMismatch,
    /// The file system failed.
    #[error("the file system failed to {doing} ({kind})")]
    File {
        /// What was tried.
        doing: &'static str,
        /// How it failed.
        kind: io::ErrorKind,
    },
    /// SQLite failed for another reason; its extended result code.
    #[error("the database failed with code {code}")]
    Sqlite {
        /// See <https://sqlite.org/rescode.html>.
        code: i32,
    },
}

impl StoreError {
    /// Whether this lies in what is stored of one record: the next record may be as well as ever. Everything else is
    /// trouble with the file, the disk or the machine, and meets every record alike.
    #[must_use]
    pub const fn is_of_one_record(&self) -> bool {
        match self {
            Self::Document(_)
            | Self::Inconsistent { .. }
            | Self::NotFound { .. }
            | Self::AttachmentMismatch => true,
            Self::Sqlite { code } => matches!(*code & 0xff, TOO_BIG | CONSTRAINT | MISMATCH),
            _ => false,
        }
    }

    /// Names a failed file operation.
    pub(super) fn file(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::StorageFull,
            kind => Self::File { doing, kind },
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match Trouble::of(&error) {
            Some(Trouble::Full) => return Self::StorageFull,
            Some(Trouble::Damage) => return Self::Damaged,
            None => {}
        }
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => Self::Sqlite { code: failure.extended_code },
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound { what: "a row" },
            // A column of another type than the schema says can only come from a damaged or foreign file.
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => Self::Inconsistent { what: "a column's type" },
            // A statement that does not fit its parameters: never the data's fault.
            _ => Self::Inconsistent { what: "a statement" },
        }
    }
}

/// A damaged file was moved aside.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Damage {
    /// Where the damaged database lies now, whole, for whoever may still read it.
    pub moved_to: PathBuf,
    /// Rows of unsent work and identity taken over into the new database.
    pub salvaged: usize,
    /// Whether every row that had to be taken over could be read.
    pub complete: bool,
}
