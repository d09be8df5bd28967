//! What every record has: a note, archiving, its history.

mod archive;
mod note;

use crate::commands::Submitting;

/// What can be done with any record.
pub struct Records<'b>(pub(crate) Submitting<'b>);
