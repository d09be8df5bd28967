//! Who a device is: an Ed25519 key pair made on the phone, what it signs, and how an office checks it.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::message::Envelope;
use crate::host::{Host, RandomnessUnavailable, random};
use crate::model::{ActorId, ChangeHash, DeviceId, KindName, KindVersion, RecordId};

/// Length of a secret or public key in bytes.
pub const KEY: usize = 32;
/// Length of a signature in bytes.
pub const SIGNATURE: usize = 64;
/// Length of the nonce of a challenge in bytes.
pub const NONCE: usize = 32;

/// A key or signature that does not check out. Which part failed is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid")]
pub struct BadSignature;

/// The device's own key pair. It never leaves the phone; the memory is wiped when it is dropped.
pub struct DeviceKey(SigningKey);

impl DeviceKey {
    /// Makes a new identity.
    ///
    /// # Errors
    /// [`RandomnessUnavailable`] when the host has none.
    pub fn generate(host: &dyn Host) -> Result<Self, RandomnessUnavailable> {
        let mut secret = Zeroizing::new([0; KEY]);
        host.fill_random(secret.as_mut())?;
        Ok(Self::from_secret(&secret))
    }

    /// The identity stored before.
    #[must_use]
    pub fn from_secret(secret: &[u8; KEY]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The secret, to be stored in the encrypted database and nowhere else.
    #[must_use]
    pub fn secret(&self) -> Zeroizing<[u8; KEY]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half, to be enrolled.
    #[must_use]
    pub fn public(&self) -> [u8; KEY] {
        self.0.verifying_key().to_bytes()
    }

    /// The identity that follows from the key.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        device_id(&self.public())
    }

    /// A fresh actor of this device: one per incarnation of its files, and whenever sync asks for one.
    ///
    /// # Errors
    /// [`RandomnessUnavailable`] when the host has none.
    pub fn new_actor(&self, host: &dyn Host) -> Result<ActorId, RandomnessUnavailable> {
        Ok(ActorId::new(self.device(), random(host)?))
    }

    /// Signs a change for the office: see [`Envelope::signed_bytes`].
    #[must_use]
    pub fn sign_change(
        &self,
        record: RecordId,
        kind: impl Into<KindName>,
        version: KindVersion,
        change: ChangeHash,
    ) -> [u8; SIGNATURE] {
        self.0.sign(&Envelope::signed_bytes(record, &kind.into(), version, change)).to_bytes()
    }

    /// Signs bytes that begin with what they are.
    pub(super) fn sign_bytes(&self, bytes: &[u8]) -> [u8; SIGNATURE] {
        self.0.sign(bytes).to_bytes()
    }

    /// Answers a challenge.
    #[must_use]
    pub fn sign_session(&self, nonce: &[u8]) -> [u8; SIGNATURE] {
        self.0.sign(&session_bytes(self.device(), nonce)).to_bytes()
    }
}

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DeviceKey").field(&self.device()).finish()
    }
}

/// The identity of the device with that public key.
#[must_use]
pub fn device_id(public: &[u8; KEY]) -> DeviceId {
    let digest = Sha256::digest(public);
    let mut id = [0; DeviceId::LEN];
    id.copy_from_slice(&digest[..DeviceId::LEN]);
    DeviceId(id)
}

/// The public key of an enrolled device, as the office holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePublic(VerifyingKey);

impl DevicePublic {
    /// Reads a public key.
    ///
    /// # Errors
    /// [`BadSignature`] for a wrong length, a point off the curve or one so weak that it would accept
    /// signatures nobody made.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadSignature> {
        let bytes: &[u8; KEY] = bytes.try_into().map_err(|_| BadSignature)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| BadSignature)?;
        if key.is_weak() { Err(BadSignature) } else { Ok(Self(key)) }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; KEY] {
        self.0.as_bytes()
    }

    /// The identity that follows from the key.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        device_id(self.as_bytes())
    }

    /// Checks the signature of a change whose hash was computed from its bytes.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify_change(&self, envelope: &Envelope, hash: ChangeHash) -> Result<(), BadSignature> {
        let signed = Envelope::signed_bytes(envelope.record, &envelope.kind, envelope.version, hash);
        self.verify(&signed, &envelope.signature)
    }

    /// Checks the answer to a challenge.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify_session(&self, nonce: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        self.verify(&session_bytes(self.device(), nonce), signature)
    }

    pub(super) fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let signature = Signature::from_slice(signature).map_err(|_| BadSignature)?;
        // Strict: one valid signature per key and message, so a signature can serve as evidence.
        self.0.verify_strict(signed, &signature).map_err(|_| BadSignature)
    }
}

fn session_bytes(device: DeviceId, nonce: &[u8]) -> Vec<u8> {
    [b"butler session 1".as_slice(), device.as_bytes(), nonce].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;
    use crate::testing::TestHost;
    use serde_bytes::ByteBuf;

    fn envelope(key: &DeviceKey, hash: ChangeHash) -> Envelope {
        let (record, kind, version) = (RecordId([3; 16]), Kind::Case, 1);
        Envelope {
            record,
            kind: kind.into(),
            version,
            change: ByteBuf::new(),
            device: key.device(),
            signature: ByteBuf::from(key.sign_change(record, kind, version, hash)),
            receipt: None,
        }
    }

    #[test]
    fn a_key_survives_its_secret() {
        let key = DeviceKey::generate(&TestHost::new(5)).unwrap();
        let again = DeviceKey::from_secret(&key.secret());
        assert_eq!(again.device(), key.device());
        assert_eq!(DevicePublic::parse(&key.public()).unwrap().device(), key.device());
        assert_eq!(key.new_actor(&TestHost::new(1)).unwrap().device(), key.device());
        assert!(!format!("{key:?}").contains(&format!("{:?}", &key.secret()[..4])));
    }

    #[test]
    fn a_signature_covers_every_part_of_the_envelope() {
        let key = DeviceKey::generate(&TestHost::new(5)).unwrap();
        let public = DevicePublic::parse(&key.public()).unwrap();
        let hash = ChangeHash([8; 32]);
        let good = envelope(&key, hash);
        assert_eq!(public.verify_change(&good, hash), Ok(()));
        assert_eq!(public.verify_change(&good, ChangeHash([9; 32])), Err(BadSignature));
        let forged: [fn(&mut Envelope); 5] = [
            |e| e.record = RecordId([4; 16]),
            |e| e.kind = Kind::Entry.into(),
            |e| e.version = 2,
            |e| e.signature[0] ^= 1,
            |e| e.signature.truncate(63),
        ];
        for forge in forged {
            let mut bad = good.clone();
            forge(&mut bad);
            assert_eq!(public.verify_change(&bad, hash), Err(BadSignature));
        }
        let other = DeviceKey::generate(&TestHost::new(6)).unwrap();
        let other = DevicePublic::parse(&other.public()).unwrap();
        assert_eq!(other.verify_change(&good, hash), Err(BadSignature));
    }

    #[test]
    fn a_session_is_proven_by_its_own_nonce_alone() {
        let key = DeviceKey::generate(&TestHost::new(5)).unwrap();
        let public = DevicePublic::parse(&key.public()).unwrap();
        let signature = key.sign_session(&[1; NONCE]);
        assert_eq!(public.verify_session(&[1; NONCE], &signature), Ok(()));
        assert_eq!(public.verify_session(&[2; NONCE], &signature), Err(BadSignature));
    }

    #[test]
    fn weak_and_short_keys_are_rejected() {
        let mut identity = [0; KEY];
        identity[0] = 1;
        assert_eq!(DevicePublic::parse(&identity), Err(BadSignature));
        assert_eq!(DevicePublic::parse(&[7; 31]), Err(BadSignature));
    }
}
