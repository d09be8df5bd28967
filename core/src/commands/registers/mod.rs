//! Registers: rows of any form 登记.

mod add;
mod edit;

pub use add::NewEntry;
pub(crate) use add::add;

use crate::commands::Submitting;

/// What can be done with registers.
pub struct Registers<'b>(pub(crate) Submitting<'b>);
