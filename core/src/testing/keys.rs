//! The platform's key store, in memory.

use std::sync::{Mutex, PoisonError};

use crate::store::{KeyAnswer, KeyProvider, KeyRejected, StoreKey};

/// A key store that answers as it is told and keeps what it is given.
#[derive(Debug)]
pub struct TestKeys(Mutex<KeyAnswer>);

impl TestKeys {
    /// A key store that answers so.
    #[must_use]
    pub const fn new(answer: KeyAnswer) -> Self {
        Self(Mutex::new(answer))
    }
}

impl KeyProvider for TestKeys {
    fn key(&self) -> KeyAnswer {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, key: &StoreKey) -> Result<(), KeyRejected> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = KeyAnswer::Key(key.clone());
        Ok(())
    }
}
