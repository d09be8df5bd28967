//! Contested fields: both values, who, when; choosing one is an edit with history 裁定.

mod settle;

use crate::butler::Butler;

/// What waits for a decision, and deciding it. What it shows is in `views/contested.rs`.
pub struct Contested<'b>(pub(crate) &'b Butler);

impl Butler {
    /// What is contested 待裁定.
    #[must_use]
    pub const fn contested(&self) -> Contested<'_> {
        Contested(self)
    }
}
