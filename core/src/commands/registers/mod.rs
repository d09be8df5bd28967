//! Registers: rows of any form 登记.

mod add;
mod edit;

pub use add::NewEntry;
pub(crate) use add::add;

use crate::butler::Butler;

/// What can be done with registers.
pub struct Registers<'b>(pub(crate) &'b Butler);

impl Butler {
    /// Registers 登记.
    #[must_use]
    pub const fn registers(&self) -> Registers<'_> {
        Registers(self)
    }
}
