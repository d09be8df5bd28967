//! Contested fields: both values, who, when; choosing one is an edit with history 裁定.

mod dispute_list;
mod settle_field;

pub use dispute_list::{Claim, Dispute, Disputed, StepClaim};

use crate::context::Submitting;

/// What waits for a decision, and deciding it.
pub struct Contested<'b>(pub(crate) Submitting<'b>);
