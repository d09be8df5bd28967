//! Edits the office refused: shown with the reason, to be corrected and sent again or put away 被拒绝.

mod answer;

use crate::commands::Submitting;

/// What was refused, and answering it. What it shows is in `views/refused.rs`.
pub struct Refused<'b>(pub(crate) Submitting<'b>);
