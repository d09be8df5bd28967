//! The way back: a backup becomes the office of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use butler_core::host::Host;
use butler_core::model::{CommunityId, Generation, PhotoId};

use super::folder::{self, DATABASE, complete, hex};
use super::manifest::{FILE, Manifest};
use super::{BackupError, Progress, Stage};
use crate::private;
use crate::storage::sqlite::copy::{Copy, Vacant};
use crate::storage::{Sqlite, Storage as _, StorageError};

/// Where an office is put together, in its own folder.
const WORK: &str = "restoring";
/// What an office writes when it is opened for the first time, and far more, in bytes.
const ROOM: usize = 1 << 20;
/// Below the office's folder: what receipts are sealed with.
const SEAL: &str = "not-in-backups/receipt-seal";
/// The action under which the audit notes a restore.
pub const ACTION: &str = "restore";

/// An office that came back.
#[derive(Debug)]
pub struct Restored {
    /// The backup it came from.
    pub manifest: Manifest,
    /// The life of its data that begins now.
    pub generation: Generation,
    /// Photos that were not in the backup, or damaged.
    pub missing_photos: Vec<PhotoId>,
    /// Where the office that was there before lies now, if there was one.
    pub moved_to: Option<PathBuf>,
    /// Whether the signing key is there, and this office's.
    pub signing_key: Result<(), StorageError>,
    /// Whether what receipts are sealed with is there.
    pub has_seal: bool,
}

/// What a restore may do that cannot be meant by everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Take the place of the office that is there; the community says that it is meant.
    pub replace: Option<CommunityId>,
    /// Come back without photos that are not in the backup.
    pub without_missing_photos: bool,
}

/// Makes the office in `data` from a backup, or from the newest complete one of a folder of backups. Everything is
/// verified and written beside what is there before anything takes its place.
///
/// # Errors
/// [`BackupError`]; what was there is as it was then.
pub fn restore(
    backup: &Path,
    data: &Path,
    allowed: &Allowed,
    host: &dyn Host,
    tell: &mut dyn FnMut(Progress),
) -> Result<Restored, BackupError> {
    let (backup, manifest) = chosen(backup)?;
    let community = &manifest.community;
    let vacant = Vacant::take(data).map_err(|error| match error {
        StorageError::Busy => BackupError::InUse(data.to_owned()),
        other => other.into(),
    })?;
    match &allowed.replace {
        None if vacant.has_office() => {
            return Err(BackupError::Occupied { path: data.to_owned(), community: community.clone() });
        }
        Some(named) if named != community => {
            return Err(BackupError::WrongCommunity { named: named.clone(), community: community.clone() });
        }
        _ => {}
    }
    let work = data.join(WORK);
    let _ = fs::remove_dir_all(&work);
    private::create_folder(&work).map_err(BackupError::file(&work))?;
    let assembled = assemble(&backup, &manifest, &work.join(DATABASE), allowed, host, tell)
        .and_then(|missing| keep_room(&work).map(|()| missing));
    if assembled.is_err() {
        let _ = fs::remove_dir_all(&work);
    }
    let missing_photos = assembled?;

    let replaced = vacant.has_office();
    let aside = free_name(data);
    vacant.put(&work.join(DATABASE), &aside).map_err(BackupError::copy(data))?;
    // With the room that was kept for what opening it writes.
    let _ = fs::remove_dir_all(&work);
    // Without the token of another life a new one begins.
    let office = Sqlite::open(data, host)?;
    Ok(Restored {
        manifest,
        generation: office.read(|read| read.life()).map_err(BackupError::Storage)?.generation,
        missing_photos,
        moved_to: replaced.then_some(aside),
        signing_key: office.signing_key().map(|_| ()),
        has_seal: data.join(SEAL).exists(),
    })
}

/// The backup that is meant.
fn chosen(path: &Path) -> Result<(PathBuf, Manifest), BackupError> {
    if path.join(FILE).exists() {
        return Ok((path.to_owned(), Manifest::read(path)?));
    }
    complete(path)?.pop().ok_or_else(|| BackupError::NoBackup(path.to_owned()))
}

/// Writes the database with its photos into `to`, every byte compared with what the manifest and the photos' own names
/// say. Returns the photos that are left out.
fn assemble(
    backup: &Path,
    manifest: &Manifest,
    to: &Path,
    allowed: &Allowed,
    host: &dyn Host,
    tell: &mut dyn FnMut(Progress),
) -> Result<Vec<PhotoId>, BackupError> {
    use std::io::Write as _;

    let from = backup.join(DATABASE);
    let mut file = private::options().write(true).create_new(true).open(to).map_err(BackupError::file(to))?;
    let (sha256, bytes) = folder::read(&from, |done, piece| {
        tell(Progress { stage: Stage::Database, done, total: manifest.bytes });
        file.write_all(piece).map_err(BackupError::file(to))
    })?;
    if (hex(&sha256), bytes) != (manifest.sha256.clone(), manifest.bytes) {
        return Err(BackupError::Damaged(from));
    }
    drop(file);
    let full = BackupError::copy(to);
    let copy = Copy::open(to).map_err(&full)?;
    tell(Progress { stage: Stage::Checking, done: 0, total: manifest.bytes });
    copy.check().map_err(&full)?;

    let photos = copy.photos().map_err(&full)?;
    // Of a backup that was copied away alone its photos are beside it.
    let shelf = backup.parent().unwrap_or(backup);
    let mut missing = Vec::new();
    copy.begin().map_err(&full)?;
    for (number, (id, _)) in photos.iter().enumerate() {
        tell(Progress { stage: Stage::Photos, done: number as u64, total: photos.len() as u64 });
        let path = folder::photo(shelf, *id);
        let read = if path.is_file() {
            folder::read(&path, |start, piece| copy.put_piece(*id, start, piece).map_err(&full))?.0
        } else {
            [0; 32]
        };
        if read != id.0 {
            copy.forget_photo(*id).map_err(&full)?;
            missing.push(*id);
        }
    }
    let known = |id: &PhotoId| manifest.unreadable_photos.contains(id);
    if !allowed.without_missing_photos && !missing.iter().all(known) {
        return Err(BackupError::Photos { missing: missing.len(), all: photos.len() });
    }
    let about = serde_json::json!({
        "taken": manifest.taken, "watermark": manifest.watermark, "generation": manifest.generation,
        "missing_photos": missing.len(),
    });
    copy.note(host.now(), ACTION, &about.to_string()).map_err(&full)?;
    copy.finish().map_err(&full)?;
    fs::File::open(to).and_then(|file| file.sync_all()).map_err(BackupError::file(to))?;
    Ok(missing)
}

/// Takes the room that an office writes into when it is opened for the first time, so that a disk that is full to the last
/// byte is noticed while the old office still stands.
fn keep_room(work: &Path) -> Result<(), BackupError> {
    let path = work.join("room");
    private::write_durably(&path, &vec![0; ROOM]).map_err(BackupError::file(&path))
}

/// A folder nothing lies in yet.
fn free_name(data: &Path) -> PathBuf {
    let mut number = 1_u32;
    loop {
        let path = data.join(format!("replaced-{number}"));
        if !path.exists() {
            return path;
        }
        number += 1;
    }
}
