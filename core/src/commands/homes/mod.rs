//! Homes 房屋.

mod edit;

use crate::butler::Butler;

/// What can be done with homes.
pub struct Homes<'b>(pub(crate) &'b Butler);

impl Butler {
    /// Homes 房屋.
    #[must_use]
    pub const fn homes(&self) -> Homes<'_> {
        Homes(self)
    }
}
