//! Photos 照片: kept sealed on the phone before anything refers to them.

mod add;

use crate::butler::Butler;

/// What can be done with photos.
pub struct Photos<'b>(pub(crate) &'b Butler);

impl Butler {
    /// Photos 照片.
    #[must_use]
    pub const fn photos(&self) -> Photos<'_> {
        Photos(self)
    }
}
