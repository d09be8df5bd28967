//! The machine under phones and an office: a clock that moves only when told, randomness from a seed, and room for
//! the stores.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use butler_core::host::{Host, RandomnessUnavailable};
use butler_core::model::Timestamp;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use tempfile::TempDir;

/// A clock that all share, each with its own error, and randomness from a seed.
pub(crate) struct VirtualHost {
    clock: Arc<AtomicI64>,
    skew: i64,
    rng: Mutex<ChaCha8Rng>,
}

impl VirtualHost {
    /// `clock` in milliseconds since the Unix epoch, wrong here by `skew` milliseconds.
    pub(crate) fn new(clock: Arc<AtomicI64>, skew: i64, seed: u64) -> Self {
        Self { clock, skew, rng: Mutex::new(ChaCha8Rng::seed_from_u64(seed)) }
    }
}

impl Host for VirtualHost {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.load(Ordering::Relaxed) + self.skew)
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessUnavailable> {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buffer);
        Ok(())
    }
}

/// A place for the stores: memory where there is one, since durability under power loss is another test's
/// question.
pub(crate) fn scratch() -> std::io::Result<TempDir> {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }
}
