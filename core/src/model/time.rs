//! Instants as data. Nothing in merge, access or sync compares a device's clock with anything.

use serde::{Deserialize, Serialize};

/// A moment in milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// So many milliseconds later; saturates at the ends of time.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This moment as the office's clock would have shown it; saturates at the ends of time.
    #[must_use]
    pub const fn plus(self, offset: ClockOffset) -> Self {
        Self(self.0.saturating_add(offset.0))
    }
}

/// What must be added to the device's clock to get the office's, in milliseconds, as measured at the
/// last exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClockOffset(pub i64);
