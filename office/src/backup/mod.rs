//! Backups of an office, and the way back.
//!
//! ```text
//! /mnt/backup/jinse/                the folder backups go to
//!   photos/a5/a5ca79da…             every photo once, by its hash; all backups name them
//!   20261128-182233/                one backup
//!     office.db                     one consistent state, without the bytes of photos
//!     manifest.json                 what it is, and the hash of the file
//!   unfinished/                     one under way, or cut off; never read
//! ```
//!
//! A backup counts once its folder has its name: it is renamed when everything in it and every photo it names is on the
//! disk and was read back.

mod error;
mod folder;
mod lost;
mod make;
mod manifest;
mod restore;

pub use error::BackupError;
pub use folder::{newest, remember, remembered};
pub use lost::{Lost, lost};
pub use make::{ACTION as BACKED_UP, BackupSet, make};
pub use manifest::{LeftOut, Manifest};
pub use restore::{ACTION as RESTORED, Allowed, Restored, restore};

/// How many backups of a folder are kept, if nobody says otherwise.
pub const KEEP: usize = 30;

/// How far a backup or a restore is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// How much of it is done: bytes of the database, or photos.
    pub done: u64,
    /// How much there is; likewise.
    pub total: u64,
}

/// What a backup or a restore is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The database is copied.
    Database,
    /// Every page of the copy is looked at.
    Checking,
    /// Photos are written and read back.
    Photos,
}
