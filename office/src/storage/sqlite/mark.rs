//! The file that tells a database which went back in time from the one that was left.
//!
//! `not-in-backups/incarnation` holds the token of this life, the count of the last commit seen, and its own
//! inode number. A database copied back from yesterday has fewer commits than the mark; one without its mark,
//! or whose whole folder was copied (the mark then has another inode), is another life too. Each case starts a
//! new generation. Being wrong in that direction is harmless: phones offer again what the office has.
//!
//! The mark is written after the commit and not synced: after a power cut it may lag behind the database,
//! never be ahead of it.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek, SeekFrom, Write as _};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::storage::Stored;

/// Length of the token in bytes.
pub(super) const TOKEN: usize = 16;
const LENGTH: usize = TOKEN + 8 + 8;
const FOLDER: &str = "not-in-backups";
const FILE: &str = "incarnation";

/// An open mark.
pub(super) struct Mark {
    file: File,
    token: [u8; TOKEN],
    commits: u64,
    moved: bool,
}

impl Mark {
    /// The mark of this folder; `None` when there is none or it is not one.
    pub(super) fn read(folder: &Path) -> Stored<Option<Self>> {
        let path = folder.join(FOLDER).join(FILE);
        let mut file = match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut bytes = [0; LENGTH];
        if file.read_exact(&mut bytes).is_err() {
            return Ok(None);
        }
        let number = |at: usize| {
            let mut number = [0; 8];
            number.copy_from_slice(&bytes[at..at + 8]);
            u64::from_be_bytes(number)
        };
        let mut token = [0; TOKEN];
        token.copy_from_slice(&bytes[..TOKEN]);
        let moved = number(TOKEN) != file.metadata()?.ino();
        Ok(Some(Self { file, token, commits: number(TOKEN + 8), moved }))
    }

    /// Whether a database with that token and count of commits is the one that was left here.
    pub(super) fn fits(&self, token: &[u8; TOKEN], commits: u64) -> bool {
        !self.moved && self.token == *token && self.commits <= commits
    }

    /// Starts the mark of a new life.
    pub(super) fn create(folder: &Path, token: [u8; TOKEN], commits: u64) -> Stored<Self> {
        let folder = folder.join(FOLDER);
        std::fs::create_dir_all(&folder)?;
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(true).open(folder.join(FILE))?;
        let inode = file.metadata()?.ino();
        file.write_all(&[token.as_slice(), &inode.to_be_bytes(), &commits.to_be_bytes()].concat())?;
        file.sync_all()?;
        File::open(&folder)?.sync_all()?;
        Ok(Self { file, token, commits, moved: false })
    }

    /// Notes a commit. A failure is no error: the mark then lags, which is allowed.
    pub(super) fn note(&mut self, commits: u64) {
        self.commits = commits;
        let written = self
            .file
            .seek(SeekFrom::Start((TOKEN + 8) as u64))
            .and_then(|_| self.file.write_all(&commits.to_be_bytes()));
        if written.is_err() {
            tracing::warn!(code = "mark", "the incarnation mark could not be advanced");
        }
    }
}
