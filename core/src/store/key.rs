//! Whose key opens the database: the platform's key store keeps it, this crate never writes it to a file.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::host::{Host, RandomnessUnavailable};

/// The raw key of a store: 32 random bytes. Wiped from memory when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreKey(Zeroizing<[u8; 32]>);

impl StoreKey {
    /// From the bytes the platform kept.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for the platform to keep.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn generate(host: &dyn Host) -> Result<Self, RandomnessUnavailable> {
        let mut bytes = Zeroizing::new([0; 32]);
        host.fill_random(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// What SQLCipher takes as a raw key, without deriving anything from it: `x'…'`.
    pub(super) fn raw(&self) -> Zeroizing<String> {
        use fmt::Write as _;
        // Room for all of it: a string that grows leaves its old bytes behind.
        let mut text = Zeroizing::new(String::with_capacity(3 + 2 * self.0.len()));
        text.push_str("x'");
        for byte in self.0.iter() {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text.push('\'');
        text
    }

    /// A value that tells whether a key is the right one without telling the key: the key is random and long,
    /// so a hash of it cannot be guessed backwards.
    pub(super) fn check(&self, store: &[u8; 16]) -> [u8; 16] {
        let mut hash = Sha256::new();
        hash.update(b"butler key check 1");
        hash.update(store);
        hash.update(self.0.as_slice());
        let mut check = [0; 16];
        check.copy_from_slice(&hash.finalize()[..16]);
        check
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(..)")
    }
}

/// What the platform's key store says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyAnswer {
    /// Here it is.
    Key(StoreKey),
    /// It is readable and certainly holds no key.
    Missing,
    /// It cannot be read now: locked before the first unlock, busy, broken. Not the same as missing.
    Unavailable,
}

/// The platform could not keep a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the platform's key store did not take the key")]
pub struct KeyRejected;

/// The platform's key store (Android Keystore, iOS Keychain).
pub trait KeyProvider: Send + Sync {
    /// Looks for the key.
    fn key(&self) -> KeyAnswer;
    /// Keeps a new key. Called only after [`KeyAnswer::Missing`] and only when the folder holds no store.
    ///
    /// # Errors
    /// [`KeyRejected`] when it was not kept; no store is made then.
    fn keep(&self, key: &StoreKey) -> Result<(), KeyRejected>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_belongs_to_one_key_and_one_store() {
        let key = StoreKey::new([7; 32]);
        assert_eq!(key.check(&[1; 16]), key.check(&[1; 16]));
        assert_ne!(key.check(&[1; 16]), key.check(&[2; 16]));
        assert_ne!(key.check(&[1; 16]), StoreKey::new([8; 32]).check(&[1; 16]));
    }

    #[test]
    fn a_key_is_never_printed() {
        assert_eq!(format!("{:?}", StoreKey::new([7; 32])), "StoreKey(..)");
    }
}
