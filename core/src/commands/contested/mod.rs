//! Contested fields: both values, who, when; choosing one is an edit with history 裁定.

mod settle;

use crate::commands::Submitting;

/// What waits for a decision, and deciding it. What it shows is in `views/contested.rs`.
pub struct Contested<'b>(pub(crate) Submitting<'b>);
