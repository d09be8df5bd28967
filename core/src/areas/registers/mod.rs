//! Registers: rows of any form 登记.

mod add_entry;
mod edit_entry;
mod entry_details;
mod form_questions;

pub use add_entry::NewEntry;
pub(crate) use add_entry::add;
pub use entry_details::EntryDetails;
pub use form_questions::{FormRow, ProposalRow};

use crate::context::Submitting;

/// What can be done with registers.
pub struct Registers<'b>(pub(crate) Submitting<'b>);
