//! Playbooks as a clerk has them: files in a folder, to be checked, drawn and published.

mod folder;

pub use folder::{Folder, read_folder};
