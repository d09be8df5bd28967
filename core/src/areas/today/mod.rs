//! What is due today: the list, the day as a walk 动线计划, the team's view; and answering a due item without doing it:
//! snooze 稍后 and skip 跳过, both with a reason.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::testing::TestPhone;
//!
//! let phone = TestPhone::new(&["butler"]);
//! phone.home("501");
//! let today = phone.butler.today();
//! let mut after = None;
//! loop {
//!     let page = today.list(after, 20)?;
//!     for item in &page.items {
//!         println!("{}: {} ({})", item.subject, item.title.en, item.why.en);
//!         assert_eq!(today.item(item.id)?.as_ref(), Some(item));
//!     }
//!     after = page.next;
//!     if after.is_none() {
//!         break;
//!     }
//! }
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod day_walk;
mod snooze;
mod team;
mod today_list;

pub use day_walk::{DayWalk, WaitKind, WalkDoor, WalkGroup, WalkStop};
pub use team::TeamRow;
pub use today_list::{FindingSource, TodayItem, TodayPage};

use crate::context::Submitting;

/// What is due, and what can be done about it.
pub struct Today<'b>(pub(crate) Submitting<'b>);
