//! What every record has: a note, archiving, its history.

mod archive_record;
mod edit_note;
mod record_details;
mod record_history;

pub use record_details::{FieldRow, RecordDetails};
pub use record_history::{HistoryChange, HistoryRow};

use crate::context::Submitting;

/// What can be done with any record.
pub struct Records<'b>(pub(crate) Submitting<'b>);
