//! What lies in a folder of backups, and which folder is an office's.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use butler_core::model::PhotoId;
use sha2::{Digest as _, Sha256};

use super::BackupError;
use super::manifest::{FILE, Manifest};
use crate::private;

/// Names in a folder of backups.
pub(super) const PHOTOS: &str = "photos";
pub(super) const UNFINISHED: &str = "unfinished";
pub(super) const DATABASE: &str = "office.db";

/// The file in an office's folder that says where its backups go.
const REMEMBERED: &str = "backup-folder";

/// How much of a file is read at once; photos are kept in pieces no longer than this.
pub(super) const PIECE: usize = 512 << 10;

/// Notes where the backups of the office in `data` go from now on.
///
/// # Errors
/// [`BackupError::File`].
pub fn remember(data: &Path, folder: &Path) -> Result<(), BackupError> {
    let path = data.join(REMEMBERED);
    let absolute = std::path::absolute(folder).map_err(BackupError::file(folder))?;
    private::write_durably(&path, absolute.as_os_str().as_bytes()).map_err(BackupError::file(&path))
}

/// Where the backups of the office in `data` go, if somebody said so.
///
/// # Errors
/// [`BackupError::NotThere`] when no backups are there; [`BackupError::File`].
pub fn remembered(data: &Path) -> Result<Option<PathBuf>, BackupError> {
    let path = data.join(REMEMBERED);
    match std::fs::read(&path) {
        Ok(bytes) => {
            let folder = PathBuf::from(OsStr::from_bytes(bytes.trim_ascii()));
            if folder.join(PHOTOS).is_dir() { Ok(Some(folder)) } else { Err(BackupError::NotThere(folder)) }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(BackupError::file(&path)(error)),
    }
}

/// The newest complete backup in a folder of backups.
///
/// # Errors
/// [`BackupError::File`].
pub fn newest(folder: &Path) -> Result<Option<Manifest>, BackupError> {
    Ok(complete(folder)?.pop().map(|(_, manifest)| manifest))
}

/// The complete backups in a folder, oldest first. What cannot be read is no complete backup.
pub(super) fn complete(folder: &Path) -> Result<Vec<(PathBuf, Manifest)>, BackupError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(BackupError::file(folder)(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(BackupError::file(folder))?.path();
        let named = path.file_name().is_some_and(|name| name != UNFINISHED && name != PHOTOS);
        if named
            && path.join(FILE).is_file()
            && let Ok(manifest) = Manifest::read(&path)
        {
            found.push((path, manifest));
        }
    }
    found.sort_by(|(one, a), (other, b)| (a.taken, one).cmp(&(b.taken, other)));
    Ok(found)
}

/// Where a photo lies in a folder of backups.
pub(super) fn photo(folder: &Path, id: PhotoId) -> PathBuf {
    let name = id.to_string();
    folder.join(PHOTOS).join(&name[..2]).join(&name)
}

/// Reads a whole file piece by piece; returns its SHA-256 and size.
pub(super) fn read(
    path: &Path,
    mut take: impl FnMut(u64, &[u8]) -> Result<(), BackupError>,
) -> Result<([u8; 32], u64), BackupError> {
    let mut file = File::open(path).map_err(BackupError::file(path))?;
    let (mut hash, mut size, mut piece) = (Sha256::new(), 0_u64, Vec::with_capacity(PIECE));
    loop {
        piece.clear();
        let read =
            file.by_ref().take(PIECE as u64).read_to_end(&mut piece).map_err(BackupError::file(path))?;
        if read == 0 {
            return Ok((hash.finalize().into(), size));
        }
        hash.update(&piece);
        take(size, &piece)?;
        size += read as u64;
    }
}

/// A path as it is once every link in it is followed, though its end may not be there yet.
pub(super) fn resolved(path: &Path) -> Result<PathBuf, BackupError> {
    let path = std::path::absolute(path).map_err(BackupError::file(path))?;
    let there = path.ancestors().find(|above| above.exists()).unwrap_or(&path);
    let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
    let real = there.canonicalize().map_err(BackupError::file(there))?;
    Ok(if rest.as_os_str().is_empty() { real } else { real.join(rest) })
}

/// Waits until the entries of a folder are on the disk.
pub(super) fn sync(folder: &Path) -> Result<(), BackupError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(BackupError::file(folder))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
