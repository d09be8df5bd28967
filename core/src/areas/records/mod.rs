//! What every record has: a note, archiving, its history.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::testing::TestPhone;
//!
//! let phone = TestPhone::new(&["butler"]);
//! let home = phone.home("501");
//! let records = phone.butler.records();
//! records.edit_note(home, "钥匙在前台")?;
//! assert_eq!(records.history(home)?.last().unwrap().by_name, "张丽");
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod archive_record;
mod edit_note;
mod record_details;
mod record_history;
mod undo_edit;

pub use record_details::{FieldRow, RecordDetails};
pub use record_history::{HistoryChange, HistoryRow};

use crate::context::Submitting;

/// What can be done with any record.
pub struct Records<'b>(pub(crate) Submitting<'b>);
