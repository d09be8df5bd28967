//! Residents 住户.

mod add;
mod edit;

use crate::butler::Butler;

/// What can be done with residents.
pub struct Residents<'b>(pub(crate) &'b Butler);

impl Butler {
    /// Residents 住户.
    #[must_use]
    pub const fn residents(&self) -> Residents<'_> {
        Residents(self)
    }
}
