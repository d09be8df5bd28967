//! How do a company's procedures reach a phone, and why may it believe them?
//!
//! The office signs a *manifest*: the set's version and the hash of every file. Files travel by their hash, a few
//! at a time, so that a set may be larger than a frame, a broken line costs one answer, and of a new set only what
//! is new is fetched. A phone knows the office's public key from its enrolment.

use std::collections::BTreeSet;

use ed25519_dalek::{Signer, SigningKey};
use serde_bytes::ByteBuf;
use zeroize::Zeroizing;

use super::device::{BadSignature, DevicePublic, KEY};
use super::message::limit;
use crate::host::{Host, RandomnessUnavailable};
use crate::model::OfficePublic;
use crate::model::office::{Manifest, SignedSet};

/// What a signature of a set begins with, so that it can stand for nothing else.
const DOMAIN: &[u8] = b"butler playbooks 1";
/// The same for the head of an office's audit.
const AUDIT_DOMAIN: &[u8] = b"butler audit 1";

/// The office's own key pair, made with the office. The memory is wiped when it is dropped.
pub struct OfficeKey(SigningKey);

impl OfficeKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// [`RandomnessUnavailable`] when the host has none.
    pub fn generate(host: &dyn Host) -> Result<Self, RandomnessUnavailable> {
        let mut secret = Zeroizing::new([0; KEY]);
        host.fill_random(secret.as_mut())?;
        Ok(Self::from_secret(&secret))
    }

    /// The key stored before.
    #[must_use]
    pub fn from_secret(secret: &[u8; KEY]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The secret, to be stored apart from the office's data and its backups.
    #[must_use]
    pub fn secret(&self) -> Zeroizing<[u8; KEY]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half, which phones are given when they enrol.
    #[must_use]
    pub fn public(&self) -> OfficePublic {
        OfficePublic(self.0.verifying_key().to_bytes())
    }

    /// Signs a manifest, byte for byte.
    #[must_use]
    pub fn sign(&self, manifest: String) -> SignedSet {
        let signature = self.0.sign(&signed_bytes(&manifest)).to_bytes().to_vec();
        SignedSet { manifest, signature: ByteBuf::from(signature) }
    }
}

impl OfficeKey {
    /// Signs bytes that begin with what they are.
    pub(super) fn sign_bytes(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }

    /// Signs a statement about the office's audit, byte for byte.
    #[must_use]
    pub fn sign_audit(&self, statement: &[u8]) -> [u8; 64] {
        self.0.sign(&[AUDIT_DOMAIN, statement].concat()).to_bytes()
    }
}

/// Whether the office with that key signed the statement about its audit.
#[must_use]
pub fn is_audit_of(office: OfficePublic, statement: &[u8], signature: &[u8]) -> bool {
    let key = DevicePublic::parse(office.as_bytes());
    key.is_ok_and(|key| key.verify(&[AUDIT_DOMAIN, statement].concat(), signature).is_ok())
}

impl std::fmt::Debug for OfficeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("OfficeKey").finish_non_exhaustive()
    }
}

/// Why a set is not believed, before any of its files is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// Not signed by the office this phone is enrolled at, or changed since.
    #[error("the set of playbooks is not signed by this office")]
    Signature,
    /// Signed, but no manifest this program can read, or one over the limits.
    #[error("the list of playbooks cannot be read")]
    Manifest,
}

impl SetError {
    /// A stable code; what each means is in `docs/office.md`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Manifest => "manifest",
        }
    }
}

/// Reads a manifest that this office signed.
///
/// # Errors
/// [`SetError`].
pub fn open(set: &SignedSet, office: OfficePublic) -> Result<Manifest, SetError> {
    verify(set, office).map_err(|BadSignature| SetError::Signature)?;
    let manifest: Manifest = serde_json::from_str(&set.manifest).map_err(|_| SetError::Manifest)?;
    if within_limits(&manifest) { Ok(manifest) } else { Err(SetError::Manifest) }
}

/// Whether a set is small enough to travel: number of files, each file, all of them; and names each file once.
#[must_use]
pub fn within_limits(manifest: &Manifest) -> bool {
    let all = manifest.files.iter().fold(0_u64, |all, file| all.saturating_add(file.bytes));
    let names: BTreeSet<_> = manifest.files.iter().map(|file| file.hash).collect();
    manifest.files.len() <= limit::PLAYBOOKS
        && manifest.files.iter().all(|file| file.bytes <= limit::PLAYBOOK as u64)
        && all <= limit::PLAYBOOK_SET
        && names.len() == manifest.files.len()
}

fn verify(set: &SignedSet, office: OfficePublic) -> Result<(), BadSignature> {
    DevicePublic::parse(office.as_bytes())?.verify(&signed_bytes(&set.manifest), &set.signature)
}

fn signed_bytes(manifest: &str) -> Vec<u8> {
    [DOMAIN, manifest.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::office::ManifestFile;
    use crate::model::{PlaybookHash, Timestamp};

    fn manifest(files: Vec<ManifestFile>) -> Manifest {
        Manifest { version: 7, at: Timestamp::from_millis(7), by: None, files }
    }

    fn file(number: u16, bytes: u64) -> ManifestFile {
        let mut hash = [0; 32];
        hash[..2].copy_from_slice(&number.to_be_bytes());
        ManifestFile { name: format!("{number}.toml"), hash: PlaybookHash(hash), bytes, current: true }
    }

    fn signed(key: &OfficeKey, manifest: &Manifest) -> SignedSet {
        key.sign(serde_json::to_string(manifest).unwrap())
    }

    #[test]
    fn a_signature_covers_every_byte_of_the_manifest() {
        let key = OfficeKey::from_secret(&[5; KEY]);
        let manifest = manifest(vec![file(1, 10)]);
        let good = signed(&key, &manifest);
        assert_eq!(open(&good, key.public()), Ok(manifest));
        let other = OfficeKey::from_secret(&[6; KEY]);
        assert_eq!(open(&good, other.public()), Err(SetError::Signature));
        let spaced = SignedSet { manifest: format!("{} ", good.manifest), ..good.clone() };
        assert_eq!(open(&spaced, key.public()), Err(SetError::Signature), "the same meaning, other bytes");
        let mut bent = good.clone();
        bent.signature[0] ^= 1;
        assert_eq!(open(&bent, key.public()), Err(SetError::Signature));
        bent.signature.truncate(63);
        assert_eq!(open(&bent, key.public()), Err(SetError::Signature));
        assert_eq!(open(&good, OfficePublic([0; KEY])), Err(SetError::Signature), "a key nobody has");
    }

    #[test]
    fn what_is_signed_but_too_large_or_unreadable_is_rejected() {
        let key = OfficeKey::from_secret(&[5; KEY]);
        let rejected = |manifest: &Manifest| open(&signed(&key, manifest), key.public());
        assert!(rejected(&manifest(vec![file(1, limit::PLAYBOOK as u64)])).is_ok());
        for files in [
            vec![file(1, limit::PLAYBOOK as u64 + 1)],
            vec![file(1, 5), file(1, 5)],
            (0..=u16::try_from(limit::PLAYBOOKS).unwrap()).map(|n| file(n, 1)).collect(),
            (0..200).map(|n| file(n, limit::PLAYBOOK as u64)).collect(),
        ] {
            assert_eq!(rejected(&manifest(files)), Err(SetError::Manifest));
        }
        let text = key.sign("[]".to_owned());
        assert_eq!(open(&text, key.public()), Err(SetError::Manifest));
        // A newer office may say more.
        let more =
            serde_json::to_string(&manifest(vec![file(1, 1)])).unwrap().replacen('{', "{\"mood\":1,", 1);
        assert!(open(&key.sign(more), key.public()).is_ok());
    }
}
