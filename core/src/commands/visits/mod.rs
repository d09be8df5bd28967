//! Contacts: calls, visits, messages, meetings 沟通记录.

mod record;

use crate::butler::Butler;

/// What can be done with contacts.
pub struct Visits<'b>(pub(crate) &'b Butler);

impl Butler {
    /// Contacts 沟通记录.
    #[must_use]
    pub const fn visits(&self) -> Visits<'_> {
        Visits(self)
    }
}
