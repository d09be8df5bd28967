//! Homes 房屋.

mod edit_home;
mod home_rows;

pub use home_rows::HomeDetails;

use crate::context::Submitting;

/// What can be done with homes.
pub struct Homes<'b>(pub(crate) Submitting<'b>);
