//! Room for the stores of phones and an office.

use std::path::PathBuf;

use tempfile::TempDir;

/// A place for the stores: memory where there is one, since durability under power loss is another test's
/// question.
pub(crate) fn scratch() -> std::io::Result<TempDir> {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }
}
