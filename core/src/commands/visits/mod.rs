//! Contacts: calls, visits, messages, meetings 沟通记录.

mod record;

use crate::commands::Submitting;

/// What can be done with contacts.
pub struct Visits<'b>(pub(crate) Submitting<'b>);
