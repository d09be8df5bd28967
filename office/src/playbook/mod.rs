//! Playbooks as a clerk has them: files in a folder, to be checked, printed and published.

mod draw;
mod folder;
mod page;
mod words;

pub use draw::draw;
pub use folder::{Folder, read_folder};
pub use page::page;
