//! Edits the office refused: shown with the reason, to be corrected and sent again or put away 被拒绝.

mod refused_list;
mod resend;

pub use refused_list::{Change, RefusedPhoto, RefusedRow, TouchRow};

use crate::context::Submitting;

/// What was refused, and answering it.
pub struct Refused<'b>(pub(crate) Submitting<'b>);
