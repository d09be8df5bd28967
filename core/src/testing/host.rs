//! The machine under a test.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

use crate::host::{Host, RandomnessUnavailable};
use crate::model::Timestamp;

/// A host whose randomness follows from a seed and whose clock stands still until it is moved.
#[derive(Debug)]
pub struct TestHost {
    clock: Arc<AtomicI64>,
    skew: i64,
    seed: u64,
    drawn: AtomicU64,
}

impl TestHost {
    /// The morning of 2026-11-22, in milliseconds.
    pub const MORNING: i64 = 1_795_305_600_000;

    /// A host of that seed; its clock shows the [morning](Self::MORNING).
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::sharing(Arc::new(AtomicI64::new(Self::MORNING)), 0, seed)
    }

    /// A host that tells the time by a clock it shares with others, wrong by `skew` milliseconds.
    #[must_use]
    pub const fn sharing(clock: Arc<AtomicI64>, skew: i64, seed: u64) -> Self {
        Self { clock, skew, seed, drawn: AtomicU64::new(0) }
    }

    /// Moves the clock, forwards or backwards, by milliseconds.
    pub fn pass(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::Relaxed);
    }

    /// Sets the clock.
    pub fn set(&self, now: Timestamp) {
        self.clock.store(now.millis() - self.skew, Ordering::Relaxed);
    }

    /// A host with a clock of its own that shows the same time, and with other randomness: the same machine, later.
    #[must_use]
    pub fn later(&self) -> Self {
        let host = Self::new(self.seed.wrapping_add(1 << 32));
        host.set(self.now());
        host
    }
}

impl Host for TestHost {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.load(Ordering::Relaxed) + self.skew)
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessUnavailable> {
        for block in buffer.chunks_mut(32) {
            let mut hash = Sha256::new();
            hash.update(self.seed.to_le_bytes());
            hash.update((self.drawn.fetch_add(1, Ordering::Relaxed) + 1).to_le_bytes());
            block.copy_from_slice(&hash.finalize()[..block.len()]);
        }
        Ok(())
    }
}
