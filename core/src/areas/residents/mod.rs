//! Residents 住户.

mod add_resident;
mod edit_resident;
mod resident_details;
mod resident_phone;

pub use resident_details::ResidentDetails;

use crate::context::Submitting;

/// What can be done with residents.
pub struct Residents<'b>(pub(crate) Submitting<'b>);
