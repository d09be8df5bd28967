//! Contacts: calls, visits, messages, meetings 沟通记录.

mod record_visit;

use crate::context::Submitting;

/// What can be done with contacts.
pub struct Visits<'b>(pub(crate) Submitting<'b>);
