//! What the core takes from outside: the clock and randomness.
//!
//! Everything below the façade gets a [`Host`] as an argument, so a whole fleet of phones runs in one
//! thread from one seed.

use crate::model::Timestamp;

/// The device's clock and source of randomness.
///
/// The clock may be wrong by years, and set right at any moment: no rule of merge, access or sync compares it with
/// anything. It is recorded as data, and [`crate::model::Clock`] tells the office's time by it.
pub trait Host: Send + Sync {
    /// Device time, in milliseconds since the Unix epoch.
    fn now(&self) -> Timestamp;
    /// Fills `buffer` with cryptographically secure random bytes.
    ///
    /// # Errors
    /// [`RandomnessUnavailable`] when the system has none; nothing is recorded then.
    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessUnavailable>;
}

/// The system gave no randomness, so no identifier can be made.
#[derive(Debug, thiserror::Error)]
#[error("the system's source of randomness is unavailable")]
pub struct RandomnessUnavailable;

/// Draws `N` random bytes.
///
/// # Errors
/// [`RandomnessUnavailable`] as [`Host::fill_random`].
pub fn random<const N: usize>(host: &dyn Host) -> Result<[u8; N], RandomnessUnavailable> {
    let mut bytes = [0; N];
    host.fill_random(&mut bytes)?;
    Ok(bytes)
}

/// The real device: the system's clock and the operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemHost;

impl Host for SystemHost {
    #[expect(clippy::disallowed_methods, reason = "the one place where the core reads the system's clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // A clock before 1970 is a wrong clock like any other: recorded as the epoch, never an error.
        let millis = since.map_or(0, |elapsed| i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX));
        Timestamp::from_millis(millis)
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessUnavailable> {
        getrandom::fill(buffer).map_err(|_| RandomnessUnavailable)
    }
}

/// The real device with another clock: of a phone whose clock is wrong, and of a demo whose day is another one.
#[derive(Debug, Clone, Copy, Default)]
pub struct OffsetHost {
    /// Milliseconds its clock is ahead of the system's.
    pub ahead_ms: i64,
}

impl Host for OffsetHost {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(SystemHost.now().millis().saturating_add(self.ahead_ms))
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessUnavailable> {
        SystemHost.fill_random(buffer)
    }
}
