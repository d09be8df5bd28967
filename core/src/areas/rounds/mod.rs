//! Rounds 巡视: one walk through a checklist.

mod check_in;
mod record_result;
mod round_details;
mod start_round;

pub use check_in::Proof;
pub use round_details::{ItemRow, PointRow, ResultRow, RoundDetails, RoundRow};

use crate::context::Submitting;

/// What can be done with rounds, and seen of them.
pub struct Rounds<'b>(pub(crate) Submitting<'b>);
