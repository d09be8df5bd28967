//! The file that tells a database which went back in time from the one that was left.
//!
//! `not-in-backups/incarnation` holds the token of this life, which file it is itself (inode and time of
//! birth), and the count of the last commit seen. A database copied back from yesterday has fewer commits than
//! the mark; one without its mark, or whose whole folder was copied (the mark is then another file), is another
//! life too. Each case starts a new generation. Being wrong in that direction is harmless: phones offer again
//! what the office has.
//!
//! A copy of the whole folder, this mark included, laid *over* the present files is told by a second file, `opened-…`,
//! which every opening gives another name: the copy brings the name of its day, and then there are two. What is not seen
//! is such a copy made since the last command was run on the office; the folder's name asks copies to leave it out.
//!
//! The mark is written after the commit and not synced: after a power cut it may lag behind the database,
//! never be ahead of it.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek, SeekFrom, Write as _};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use butler_core::host::{Host, random};

use crate::private;
use crate::storage::Stored;

/// Length of the token in bytes.
pub(super) const TOKEN: usize = 16;
const SELF: usize = 16;
const LENGTH: usize = TOKEN + SELF + 8;
pub(super) const FOLDER: &str = "not-in-backups";
const FILE: &str = "incarnation";
/// How the name begins that is another one after every opening.
const OPENED: &str = "opened-";

/// An open mark.
pub(super) struct Mark {
    file: File,
    token: [u8; TOKEN],
    commits: u64,
    moved: bool,
}

impl Mark {
    /// Where the mark of an office in that folder is.
    pub(super) fn path(folder: &Path) -> PathBuf {
        folder.join(FOLDER).join(FILE)
    }

    /// The mark of this folder; `None` when there is none or it is not one.
    pub(super) fn read(folder: &Path) -> Stored<Option<Self>> {
        let mut file = match OpenOptions::new().read(true).write(true).open(Self::path(folder)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut bytes = [0; LENGTH];
        if file.read_exact(&mut bytes).is_err() {
            return Ok(None);
        }
        let (mut token, mut commits) = ([0; TOKEN], [0; 8]);
        token.copy_from_slice(&bytes[..TOKEN]);
        commits.copy_from_slice(&bytes[TOKEN + SELF..]);
        let moved = bytes[TOKEN..TOKEN + SELF] != identity(&file)?;
        Ok(Some(Self { file, token, commits: u64::from_be_bytes(commits), moved }))
    }

    /// Whether a database with that token and count of commits is the one that was left here.
    pub(super) fn fits(&self, token: &[u8; TOKEN], commits: u64) -> bool {
        !self.moved && self.token == *token && self.commits <= commits
    }

    /// Whether files of another day were laid over the present ones. Where they were not, this opening is noted.
    pub(super) fn is_overlaid(folder: &Path, host: &dyn Host) -> Stored<bool> {
        let folder = folder.join(FOLDER);
        private::create_folder(&folder)?;
        // Whoever opens the office at the same time must not see a name change.
        let held = File::open(&folder)?;
        held.lock()?;
        let names = openings(&folder)?;
        match names.as_slice() {
            [] => drop(private::options().write(true).create_new(true).open(opening(&folder, host)?)?),
            [name] => std::fs::rename(name, opening(&folder, host)?)?,
            // They stay until a new life has begun.
            _ => return Ok(true),
        }
        Ok(false)
    }

    /// Starts the mark of a new life.
    pub(super) fn create(folder: &Path, token: [u8; TOKEN], commits: u64) -> Stored<Self> {
        let folder = folder.join(FOLDER);
        private::create_folder(&folder)?;
        for name in openings(&folder)? {
            std::fs::remove_file(name)?;
        }
        let mut file =
            private::options().read(true).write(true).create(true).truncate(true).open(folder.join(FILE))?;
        let identity = identity(&file)?;
        file.write_all(&[token.as_slice(), &identity, &commits.to_be_bytes()].concat())?;
        file.sync_all()?;
        File::open(&folder)?.sync_all()?;
        Ok(Self { file, token, commits, moved: false })
    }

    /// Notes a commit. A failure is no error: the mark then lags, which is allowed.
    pub(super) fn note(&mut self, commits: u64) {
        self.commits = commits;
        let written = self
            .file
            .seek(SeekFrom::Start((TOKEN + SELF) as u64))
            .and_then(|_| self.file.write_all(&commits.to_be_bytes()));
        if written.is_err() {
            tracing::warn!(code = "mark", "the incarnation mark could not be advanced");
        }
    }
}

/// The names left by openings: one, unless a copy was laid over them.
fn openings(folder: &Path) -> Stored<Vec<PathBuf>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(OPENED.as_bytes()) {
            names.push(entry.path());
        }
    }
    Ok(names)
}

/// A name no opening had before.
fn opening(folder: &Path, host: &dyn Host) -> Stored<PathBuf> {
    Ok(folder.join(format!("{OPENED}{:016x}", u64::from_be_bytes(random(host)?))))
}

/// Which file this is. An inode number alone is given to the next file once its own is gone.
fn identity(file: &File) -> std::io::Result<[u8; SELF]> {
    let metadata = file.metadata()?;
    let born = metadata.created().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let born = born.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX));
    let mut identity = [0; SELF];
    identity[..8].copy_from_slice(&metadata.ino().to_be_bytes());
    identity[8..].copy_from_slice(&born.to_be_bytes());
    Ok(identity)
}
