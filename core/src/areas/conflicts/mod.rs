//! Conflicts fields: both values, who, when; choosing one is an edit with history 裁定.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::model::{Edit, Kind};
//! use butler_core::testing::TestPhone;
//!
//! let phone = TestPhone::new(&["butler"]);
//! let home = phone.home("501");
//! let layout = |text: &str| Edit::new().put("layout", text);
//! phone.concurrently(home, Kind::Home, &layout("三室两厅"), &layout("两室一厅"));
//! let conflicts = phone.butler.conflicts();
//! assert_eq!(conflicts.list()?[0].record, home);
//! conflicts.resolve(home, "layout", "三室两厅".into())?;
//! assert!(conflicts.list()?.is_empty());
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod conflict_list;
mod resolve_field;

pub use conflict_list::{Claim, Conflict, ConflictKind, StepClaim};

use crate::context::Submitting;

/// What waits for a decision, and deciding it.
pub struct Conflicts<'b>(pub(crate) Submitting<'b>);
