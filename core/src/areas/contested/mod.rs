//! Contested fields: both values, who, when; choosing one is an edit with history 裁定.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::model::{Edit, Kind};
//! use butler_core::testing::TestPhone;
//!
//! let phone = TestPhone::new(&["butler"]);
//! let home = phone.home("501");
//! let layout = |text: &str| Edit::new().put("layout", text);
//! phone.apart(home, Kind::Premises, &layout("三室两厅"), &layout("两室一厅"));
//! let contested = phone.butler.contested();
//! assert_eq!(contested.list()?[0].record, home);
//! contested.settle(home, "layout", "三室两厅".into())?;
//! assert!(contested.list()?.is_empty());
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod dispute_list;
mod settle_field;

pub use dispute_list::{Claim, Dispute, Disputed, StepClaim};

use crate::context::Submitting;

/// What waits for a decision, and deciding it.
pub struct Contested<'b>(pub(crate) Submitting<'b>);
