//! What a user did, as data: replayable when the change that carried it must be rebuilt.

use serde::{Deserialize, Serialize};

use super::{Event, PhotoId, Value};

/// One touch of a record's flat map. Paths are segments joined by `/`, at most 128 bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Op {
    /// Writes a scalar. Over several concurrent values it *resolves* them: all those its author saw are replaced.
    Put {
        /// Path of the field.
        path: String,
        /// The new value.
        value: Value,
    },
    /// Removes a scalar or a member of a set; a member written concurrently by somebody else stays.
    Clear {
        /// Path of the field.
        path: String,
    },
    /// Replaces characters of a text object.
    Splice {
        /// One of [`super::Kind::texts`].
        path: String,
        /// First character, counted in Unicode scalar values.
        at: usize,
        /// How many are removed.
        delete: usize,
        /// What is put there.
        insert: String,
    },
}

impl Op {
    /// The touched path.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Put { path, .. } | Self::Clear { path } | Self::Splice { path, .. } => path,
        }
    }
}

/// One edit of one record: becomes exactly one change. Kept as the *intent* beside the change until the
/// office has acknowledged it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Edit {
    /// The touches, in order.
    pub ops: Vec<Op>,
}

impl Edit {
    /// An edit without touches.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a write.
    #[must_use]
    pub fn put(mut self, path: impl Into<String>, value: impl Into<Value>) -> Self {
        self.ops.push(Op::Put { path: path.into(), value: value.into() });
        self
    }

    /// Adds a removal.
    #[must_use]
    pub fn clear(mut self, path: impl Into<String>) -> Self {
        self.ops.push(Op::Clear { path: path.into() });
        self
    }

    /// Adds a change of text.
    #[must_use]
    pub fn splice(
        mut self,
        path: impl Into<String>,
        at: usize,
        delete: usize,
        insert: impl Into<String>,
    ) -> Self {
        self.ops.push(Op::Splice { path: path.into(), at, delete, insert: insert.into() });
        self
    }

    /// Adds photos to the union, without words of their own.
    #[must_use]
    pub fn photos<'a>(self, photos: impl IntoIterator<Item = &'a PhotoId>) -> Self {
        photos.into_iter().fold(self, |edit, photo| edit.put(format!("photo/{photo}"), ""))
    }

    /// Adds an event under `event/<id>`.
    #[must_use]
    pub fn event(self, event: &Event) -> Self {
        self.put(event.path(), event.encode())
    }
}
