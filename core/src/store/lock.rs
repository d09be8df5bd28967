//! One handle per folder: a lock the operating system drops when the process dies, and one byte that says
//! whether it died in the middle of a write.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Mutex;

use super::StoreError;

/// What the last holder left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastStop {
    /// Nothing was being written.
    Clean,
    /// A write was under way, or damage was met: the file is checked before it is used.
    Unclean,
}

/// The exclusive lock of a store's folder; dropped with the handle.
#[derive(Debug)]
pub(super) struct FolderLock {
    file: Mutex<File>,
}

impl FolderLock {
    /// Takes the lock. It belongs to the open file, so a second handle in this process is rejected like one in
    /// another process.
    pub(super) fn take(path: &Path) -> Result<(Self, LastStop), StoreError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(StoreError::file("open the lock file"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::AlreadyOpen),
            Err(TryLockError::Error(error)) => return Err(StoreError::file("lock the folder")(error)),
        }
        let mut mark = [0];
        let read = file.read(&mut mark).map_err(StoreError::file("read the lock file"))?;
        let stop = if read == 1 && mark[0] != 0 { LastStop::Unclean } else { LastStop::Clean };
        Ok((Self { file: Mutex::new(file) }, stop))
    }

    /// Notes whether a write is under way. Not synced: it answers for a killed process, whose pages the
    /// system still has; SQLite itself answers for a power cut. A full disk must not fail a write that is
    /// only about to begin, so an error here is ignored.
    pub(super) fn mark(&self, writing: bool) {
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&[u8::from(writing)]));
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Closing alone is not enough: a process this app is just starting holds a copy of the open file until
        // it runs its own program, and the lock would live that long.
        let file = self.file.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_handle_is_rejected_until_the_first_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let (first, stop) = FolderLock::take(&path).unwrap();
        assert_eq!(stop, LastStop::Clean);
        assert!(matches!(FolderLock::take(&path), Err(StoreError::AlreadyOpen)));
        first.mark(true);
        drop(first);
        let (second, stop) = FolderLock::take(&path).unwrap();
        assert_eq!(stop, LastStop::Unclean);
        second.mark(false);
        drop(second);
        assert_eq!(FolderLock::take(&path).unwrap().1, LastStop::Clean);
    }
}
