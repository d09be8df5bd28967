//! How edits merge: the only module that names automerge.
//!
//! One record is one [`Document`]: a flat map of scalars plus the text objects of its genesis. A change made
//! elsewhere comes in as bytes, becomes a [`ChangeInfo`] (which proves that the bytes are one well-formed,
//! bounded change) and passes [`gate::admit`] before it may touch a document. Own edits are made by
//! [`Document::author`], under the same rules, so that nothing made here is refused for its form elsewhere.
//!
//! | question | file |
//! |---|---|
//! | what do the bytes of a change say, before anything trusts them | `chunk.rs`, `change.rs` |
//! | which change is the first of every record | `genesis.rs` |
//! | which changes does a document hold, who has seen whom | `document.rs`, `graph.rs` |
//! | how does it read | `read.rs` |
//! | which operations may a change hold | `ops.rs` |
//! | how does an edit become a change | `author.rs` |
//! | what may a change do to a record | `rules.rs` |
//! | which foreign change may pass | `gate.rs` |
//! | what remains without a refused change, and how are later edits saved | `rebuild.rs` |
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
#[cfg(test)]
mod testing;

pub use change::{ChangeInfo, edit_id};
pub use document::Document;
pub use error::{CrdtError, GateError};
pub use history::{FieldChange, HistoryEntry, TextChange};
pub use rebuild::{Outcome, Reauthored, reauthor};

/// Limits on one change and one document. They are part of the format: every replica enforces the same.
pub mod limit {
    /// Bytes of one change.
    pub const CHANGE: usize = 64 << 10;
    /// Operations of one change; a character typed or removed is one.
    pub const OPS: usize = 2_000;
    /// Changes one change may name as its dependencies.
    pub const DEPS: usize = 256;
    /// Bytes of one path.
    pub const PATH: usize = 128;
    /// Segments of one path.
    pub const DEPTH: usize = 8;
    /// Bytes of one scalar text.
    pub const STRING: usize = 16 << 10;
    /// Bytes of one document, saved.
    pub const DOCUMENT: usize = 1 << 20;
}
