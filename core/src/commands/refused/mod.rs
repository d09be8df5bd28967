//! Edits the office refused: shown with the reason, to be corrected and sent again or put away 被拒绝.

mod answer;

use crate::butler::Butler;

/// What was refused, and answering it. What it shows is in `views/refused.rs`.
pub struct Refused<'b>(pub(crate) &'b Butler);

impl Butler {
    /// What was refused 被拒绝.
    #[must_use]
    pub const fn refused(&self) -> Refused<'_> {
        Refused(self)
    }
}
