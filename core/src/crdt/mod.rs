//! How edits merge: the only module that names automerge.
//!
//! One record is one [`Document`]: a flat map of scalars plus the text objects of its genesis. A change made
//! elsewhere comes in as bytes, becomes a [`ChangeInfo`] (which proves that the bytes are one well-formed,
//! bounded change) and passes [`gate::admit`] before it may touch a document. Own edits are made by
//! [`Document::author`], under the same rules, so that nothing made here is rejected for its form elsewhere.
//!
//! | question | file |
//! |---|---|
//! | what do the bytes of a change say, before anything trusts them | `chunk.rs`, `change.rs` |
//! | which change is the first of every record | `genesis.rs` |
//! | which changes does a document hold, who has seen whom | `document.rs`, `graph.rs` |
//! | how does it read | `read.rs` |
//! | which operations may a change hold | `ops.rs` |
//! | how does an edit become a change | `author.rs` |
//! | what does that need of a record, if no document is loaded | `tip.rs`, kept as in `tip/bytes.rs` |
//! | what may a change do to a record | `rules.rs` |
//! | which foreign change may pass | `gate.rs` |
//! | what remains without a rejected change, and how are later edits saved | `rebuild.rs` |
//! | what had somebody seen who was shown a record | `seen.rs` |
//! | who changed what from what to what | `history.rs` |

mod author;
mod change;
mod chunk;
mod document;
mod error;
pub mod gate;
mod genesis;
mod graph;
mod guard;
mod history;
mod ops;
mod read;
mod rebuild;
mod rules;
mod seen;
#[cfg(test)]
mod testing;
mod tip;

pub use author::author_first;
pub use change::{ChangeInfo, edit_id};
pub use chunk::{restored, shortened};
pub use document::Document;
pub use error::{CrdtError, GateError};
pub use genesis::hash_of as genesis_hash;
pub use history::{FieldChange, HistoryEntry, TextChange};
pub use read::read_first;
pub use rebuild::{ReauthorOutcome, Reauthored, reauthor};
pub use seen::Seen;
pub use tip::Tip;

/// Limits on one change and one document. They are part of the format: every replica enforces the same. Each binds
/// the author of a change, by what that author wrote and had seen; nothing others do makes an honest change break one.
pub mod limit {
    /// Bytes of one change.
    pub const CHANGE: usize = 64 << 10;
    /// Operations of one change; a character typed or removed is one.
    pub const OPS: usize = 2_000;
    /// Values replaced by one change, all operations together. A write replaces every value its author sees: one, or
    /// the few that are concurrent. The rest is room for resolving what was damaged before writes had to do that.
    pub const REPLACED: usize = 64 << 10;
    /// Changes one change may name as its dependencies.
    pub const DEPS: usize = 256;
    /// Changes of one device that nothing builds on yet. Each edit builds on all its author has seen, so a phone has
    /// one, or one more for every time it was restored from a backup.
    pub const HEADS_OF_DEVICE: usize = 64;
    /// Bytes of one path.
    pub const PATH: usize = 128;
    /// Segments of one path.
    pub const DEPTH: usize = 8;
    /// Bytes of one scalar text.
    pub const STRING: usize = 16 << 10;
    /// Characters of a text object as its author leaves it. A longer one, merged from what several typed at once, may
    /// still be shortened.
    pub const TEXT: usize = 20_000;
    /// Bytes of one document, saved: more than a record that is full at the office can come to.
    pub const DOCUMENT: usize = 8 << 20;
}
