//! Making one, beside a running office.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use butler_core::host::Host;
use butler_core::model::{PhotoId, Timestamp};
use chrono::{DateTime, FixedOffset, Utc};
use sha2::{Digest as _, Sha256};

use super::folder::{self, DATABASE, PHOTOS, PIECE, UNFINISHED, complete, hex};
use super::manifest::{FILE, FORMAT, Manifest, left_out};
use super::{BackupError, Progress, Stage};
use crate::private;
use crate::storage::sqlite::copy::Copy;
use crate::storage::{Sqlite, Storage as _};

/// The file that keeps a second backup out of a folder. Its bytes mean nothing.
const LOCK: &str = "lock";
/// The action under which the audit notes a backup.
pub const ACTION: &str = "backup";

/// A backup that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupSet {
    /// Its folder.
    pub path: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
    /// Photos that were not in an earlier backup.
    pub new_photos: u64,
    /// Older backups that were removed, as more than so many are not kept.
    pub removed: usize,
    /// It lies on the disk the office itself is on.
    pub same_disk: bool,
}

/// Makes a backup of the office in `folder`, beside whatever works with the office, and notes at the office how far it
/// reaches. Of complete backups the newest `keep` stay, this one among them.
///
/// # Errors
/// [`BackupError`]; the earlier backups are whole then.
pub fn make(
    office: &Sqlite,
    folder: &Path,
    keep: usize,
    host: &dyn Host,
    tell: &mut dyn FnMut(Progress),
) -> Result<BackupSet, BackupError> {
    let data = office.folder().ok_or(crate::storage::StorageError::NotInitialised)?;
    let (data, folder) = (folder::resolved(data)?, folder::resolved(folder)?);
    if folder.starts_with(&data) {
        return Err(BackupError::Inside(folder));
    }
    private::create_folder(&folder.join(PHOTOS)).map_err(BackupError::file(&folder))?;
    let _lock = lock(&folder)?;
    let whose = office.read(|read| read.community()).map_err(BackupError::Storage)?;
    if let Some((_, other)) = complete(&folder)?.into_iter().find(|(_, one)| one.office != whose.office) {
        return Err(BackupError::OtherOffice { path: folder, community: other.community });
    }
    let work = folder.join(UNFINISHED);
    remove(&work)?;
    let made = write(office, &data, &folder, &work, host, tell);
    if made.is_err() {
        // What is left over is removed by the next one otherwise.
        let _ = remove(&work);
    }
    let (manifest, new_photos) = made?;

    let path = name(&folder, manifest.taken, whose.utc_offset_minutes);
    fs::rename(&work, &path).map_err(BackupError::file(&path))?;
    folder::sync(&folder)?;
    office.write(|tx| {
        tx.put_watermark(manifest.watermark)?;
        let about = serde_json::json!({
            "taken": manifest.taken, "watermark": manifest.watermark, "feed": manifest.feed, "photos": manifest.photos,
            "unreadable_photos": manifest.unreadable_photos.len(),
        });
        tx.put_audit(host.now(), "office", ACTION, &about.to_string())
    })?;
    let removed = forget_older(&folder, &path, keep)?;
    let same_disk = device(&folder)? == device(&data)?;
    Ok(BackupSet { path, manifest, new_photos, removed, same_disk })
}

/// Writes everything but the name that makes it count. Returns how many photos are new.
fn write(
    office: &Sqlite,
    data: &Path,
    folder: &Path,
    work: &Path,
    host: &dyn Host,
    tell: &mut dyn FnMut(Progress),
) -> Result<(Manifest, u64), BackupError> {
    private::create_folder(work).map_err(BackupError::file(work))?;
    let database = work.join(DATABASE);
    let begun = |stage, path: &Path| -> Result<Progress, BackupError> {
        let total = path.metadata().map_err(BackupError::file(path))?.len();
        Ok(Progress { stage, done: 0, total })
    };
    tell(begun(Stage::Database, &data.join(DATABASE))?);
    let taken = host.now();
    office.copy_to(&database, host).map_err(BackupError::copy(folder))?;

    tell(begun(Stage::Checking, &database)?);
    let copy = Copy::open(&database)?;
    copy.check()?;
    let (whose, life, position, kept) =
        copy.read(|read| Ok((read.community()?, read.life()?, read.position()?, read.sizes()?)))?;
    let photos = copy.photos()?;
    drop(copy);
    let (sha256, bytes) = folder::read(&database, |_, _| Ok(()))?;

    let (mut new, mut whole, mut unreadable) = (0, 0, Vec::new());
    for (number, (id, size)) in photos.iter().enumerate() {
        tell(Progress { stage: Stage::Photos, done: number as u64, total: photos.len() as u64 });
        let path = folder::photo(folder, *id);
        if !is_whole(&path, *id)? {
            if !put_photo(office, *id, *size, &path, &work.join("photo"))? {
                unreadable.push(*id);
                continue;
            }
            new += 1;
        }
        whole += size;
    }
    if new > 0 {
        sync_photos(folder)?;
    }
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        community: whose.id,
        office: whose.office,
        generation: life.generation,
        taken,
        watermark: position,
        feed: kept.feed,
        records: kept.records,
        changes: kept.changes,
        sha256: hex(&sha256),
        bytes,
        photos: photos.len() as u64,
        photo_bytes: whole,
        unreadable_photos: unreadable,
        left_out: left_out(),
    };
    let path = work.join(FILE);
    let text = serde_json::to_string_pretty(&manifest).map_err(io::Error::other);
    let text = text.map_err(BackupError::file(&path))?;
    private::write_durably(&path, text.as_bytes()).map_err(BackupError::file(&path))?;
    Ok((manifest, new))
}

/// Whether the photo lies there, every byte of it.
fn is_whole(path: &Path, id: PhotoId) -> Result<bool, BackupError> {
    Ok(path.exists() && folder::read(path, |_, _| Ok(()))?.0 == id.0)
}

/// Writes a photo and reads it back. `false` when the office's own bytes are not those of the photo: the rest is worth
/// backing up all the same.
fn put_photo(office: &Sqlite, id: PhotoId, size: u64, path: &Path, work: &Path) -> Result<bool, BackupError> {
    let full = BackupError::file(path);
    let mut file = private::options().write(true).create(true).truncate(true).open(work).map_err(&full)?;
    let (mut hash, mut at) = (Sha256::new(), 0);
    while at < size {
        let piece = office.read(|read| read.photo_bytes(id, at, PIECE)).map_err(BackupError::Storage)?;
        if piece.is_empty() {
            break;
        }
        hash.update(&piece);
        file.write_all(&piece).map_err(&full)?;
        at += piece.len() as u64;
    }
    let hash: [u8; 32] = hash.finalize().into();
    if hash != id.0 {
        return Ok(false);
    }
    file.sync_all().map_err(&full)?;
    if !is_whole(work, id)? {
        return Err(BackupError::Damaged(path.to_owned()));
    }
    if let Some(above) = path.parent() {
        private::create_folder(above).map_err(&full)?;
    }
    fs::rename(work, path).map_err(&full)?;
    Ok(true)
}

/// Waits until the names of all photos are on the disk.
fn sync_photos(folder: &Path) -> Result<(), BackupError> {
    let photos = folder.join(PHOTOS);
    for entry in fs::read_dir(&photos).map_err(BackupError::file(&photos))? {
        folder::sync(&entry.map_err(BackupError::file(&photos))?.path())?;
    }
    folder::sync(&photos)
}

/// Keeps a second backup out until the file is closed.
fn lock(folder: &Path) -> Result<File, BackupError> {
    let path = folder.join(LOCK);
    let file = private::options().write(true).create(true).truncate(false).open(&path);
    let file = file.map_err(BackupError::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BackupError::Running(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(BackupError::file(&path)(error)),
    }
}

/// A free name for a backup of that moment, as the community's clocks show it.
fn name(folder: &Path, taken: Timestamp, utc_offset_minutes: i32) -> PathBuf {
    let utc: DateTime<Utc> = DateTime::from_timestamp_millis(taken.millis()).unwrap_or_default();
    let zone = FixedOffset::east_opt(utc_offset_minutes.saturating_mul(60));
    let local = zone.map_or_else(|| utc.naive_utc(), |zone| utc.with_timezone(&zone).naive_local());
    let name = local.format("%Y%m%d-%H%M%S").to_string();
    let mut free = folder.join(&name);
    let mut number = 2_u32;
    while free.exists() {
        free = folder.join(format!("{name}-{number}"));
        number += 1;
    }
    free
}

/// Removes all complete backups but `made` and the newest `keep` of all; returns how many. Photos stay: an office throws
/// none away.
fn forget_older(folder: &Path, made: &Path, keep: usize) -> Result<usize, BackupError> {
    let mut all = complete(folder)?;
    all.retain(|(path, _)| path != made);
    let older = (all.len() + 1).saturating_sub(keep.max(1));
    for (path, _) in &all[..older] {
        // Under a name that does not count, so that one half removed is never taken for a whole one.
        let work = folder.join(UNFINISHED);
        fs::rename(path, &work).map_err(BackupError::file(path))?;
        remove(&work)?;
    }
    Ok(older)
}

fn remove(folder: &Path) -> Result<(), BackupError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(BackupError::file(folder)(error)),
        _ => Ok(()),
    }
}

fn device(path: &Path) -> Result<u64, BackupError> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(path.metadata().map_err(BackupError::file(path))?.dev())
}
