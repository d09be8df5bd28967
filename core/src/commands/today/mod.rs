//! Answering a due item without doing it: snooze 稍后 and skip 跳过, both with a reason.

mod snooze;

use crate::butler::Butler;

/// What is due, and what can be done about it. What it shows is in `views/today.rs`.
pub struct Today<'b>(pub(crate) &'b Butler);

impl Butler {
    /// What is due 今日.
    #[must_use]
    pub const fn today(&self) -> Today<'_> {
        Today(self)
    }
}
