//! Edits the office refused: shown with the reason, to be corrected and sent again or put away 被拒绝.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::model::{Edit, Kind};
//! use butler_core::testing::TestPhone;
//!
//! let phone = TestPhone::new(&["butler"]);
//! let home = phone.home("501");
//! let change = phone.refuse(home, Kind::Premises, &Edit::new().put("area", 9.5), "field");
//! let refused = phone.butler.refused();
//! assert_eq!(refused.list()?.len(), 1);
//! refused.resend(change, &Edit::new().put("area", 95.5))?;
//! assert!(refused.list()?.is_empty());
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod refused_list;
mod resend;

pub use refused_list::{Change, RefusedPhoto, RefusedRow, TouchRow};

use crate::context::Submitting;

/// What was refused, and answering it.
pub struct Refused<'b>(pub(crate) Submitting<'b>);
