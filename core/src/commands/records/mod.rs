//! What every record has: a note, archiving, its history.

mod archive;
mod note;

use crate::butler::Butler;

/// What can be done with any record.
pub struct Records<'b>(pub(crate) &'b Butler);

impl Butler {
    /// Any record, by id.
    #[must_use]
    pub const fn records(&self) -> Records<'_> {
        Records(self)
    }
}
