//! Files that survive a power cut: written beside, synced, renamed, and the folder synced too.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use super::StoreError;

/// Makes a rename or a new file in `folder` durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    // Windows cannot open a folder as a file and does not need to.
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::file("sync a folder"))?;
    }
    Ok(())
}

/// Replaces `path` by `bytes`: after a power cut either the old or the new content is there, whole.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().ok_or(StoreError::NotFound { what: "the folder" })?;
    let beside = path.with_extension("new");
    let mut file = File::create(&beside).map_err(StoreError::file("create a file"))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(StoreError::file("write a file"))?;
    drop(file);
    fs::rename(&beside, path).map_err(StoreError::file("rename a file"))?;
    sync_folder(folder)
}

/// The content of `path`, or `None` when there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::file("read a file")(error)),
    }
}
