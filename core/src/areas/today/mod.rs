//! Answering a due item without doing it: snooze 稍后 and skip 跳过, both with a reason.

mod snooze;
mod today_list;

pub use today_list::{TodayItem, TodayPage};

use crate::context::Submitting;

/// What is due, and what can be done about it.
pub struct Today<'b>(pub(crate) Submitting<'b>);
