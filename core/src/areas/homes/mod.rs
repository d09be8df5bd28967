//! Homes 房屋.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::model::HomeEdit;
//! use butler_core::testing::TestPhone;
//!
//! let phone = TestPhone::new(&["butler"]);
//! let home = phone.home("501");
//! let homes = phone.butler.homes();
//! homes.edit(home, HomeEdit { layout: "三室两厅".into(), ..HomeEdit::default() })?;
//! assert_eq!(homes.list(None, 10)?.len(), 1);
//! assert_eq!(homes.find("501", 10)?[0].record, home);
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod edit_home;
mod home_rows;

pub use home_rows::{HomeDetails, HomeFilter};

use crate::context::Submitting;

/// What can be done with homes.
pub struct Homes<'b>(pub(crate) Submitting<'b>);
