//! Residents 住户.

mod add;
mod edit;
mod phone;

use crate::commands::Submitting;

/// What can be done with residents.
pub struct Residents<'b>(pub(crate) Submitting<'b>);
