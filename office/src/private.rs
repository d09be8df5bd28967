//! Files and folders that nobody but the office's own account may open: they hold personal data and keys.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// What a file may be: read and written by its owner.
const FILE: u32 = 0o600;
/// What a folder may be.
const FOLDER: u32 = 0o700;

/// Makes a folder, and those above it that are missing.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(path)
}

/// How to open a file that is private from its first moment on, if it is new.
pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(FILE);
    options
}

/// Writes a whole file; one that was open to others is closed to them first. What is no file (a pipe, a
/// terminal) is written to as it is.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = options().write(true).create(true).truncate(true).open(path)?;
    if file.metadata()?.is_file() {
        file.set_permissions(Permissions::from_mode(FILE))?;
    }
    file.write_all(bytes)
}

/// As [`write`], and safe on the disk when it returns.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write(path, bytes)?;
    File::open(path)?.sync_all()?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Closes a file or folder to everybody else. Returns whether it was open; one that is not there is not open.
pub(crate) fn close(path: &Path) -> io::Result<bool> {
    let found = match path.symlink_metadata() {
        Ok(found) if !found.is_symlink() => found,
        Ok(_) => path.metadata()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if found.mode() & 0o077 == 0 {
        return Ok(false);
    }
    let mode = if found.is_dir() { FOLDER } else { FILE };
    std::fs::set_permissions(path, Permissions::from_mode(mode))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().mode() & 0o777
    }

    #[test]
    fn what_was_open_to_others_is_closed_and_what_is_new_never_was_open() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, file) = (folder.path().join("a/b"), folder.path().join("a/b/report.csv"));
        create_folder(&inner).unwrap();
        write(&file, "张丽,13800001111".as_bytes()).unwrap();
        assert_eq!((mode(&inner), mode(&file)), (0o700, 0o600));
        for (path, open, closed) in [(&inner, 0o755, 0o700), (&file, 0o644, 0o600)] {
            assert!(!close(path).unwrap());
            std::fs::set_permissions(path, Permissions::from_mode(open)).unwrap();
            assert!(close(path).unwrap());
            assert_eq!(mode(path), closed);
        }
        std::fs::set_permissions(&file, Permissions::from_mode(0o664)).unwrap();
        write(&file, b"-").unwrap();
        assert_eq!(mode(&file), 0o600, "a report written over an older one");
        assert!(!close(&folder.path().join("nothing")).unwrap());
    }
}
