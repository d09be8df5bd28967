//! Homes 房屋.

mod edit;

use crate::commands::Submitting;

/// What can be done with homes.
pub struct Homes<'b>(pub(crate) Submitting<'b>);
