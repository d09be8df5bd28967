//! Edits the office rejected: shown with the reason, to be corrected and sent again or put away 被拒绝.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::model::{Edit, Kind};
//! use butler_core::testing::TestPhone;
//!
//! let phone = TestPhone::new(&["butler"]);
//! let home = phone.home("501");
//! let change = phone.reject(home, Kind::Home, &Edit::new().put("area", 9.5), "field");
//! let rejected = phone.butler.rejected();
//! assert_eq!(rejected.list()?.len(), 1);
//! rejected.resend(change, &Edit::new().put("area", 95.5))?;
//! assert!(rejected.list()?.is_empty());
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod rejected_list;
mod resend;

pub use rejected_list::{Change, RejectedPhoto, RejectedRow, TouchRow};

use crate::context::Submitting;

/// What was rejected, and answering it.
pub struct Rejected<'b>(pub(crate) Submitting<'b>);
