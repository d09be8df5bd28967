//! Who asks? A device proves its key once per session and carries a short token from then on.

use std::sync::OnceLock;

use butler_core::host::{Host, RandomnessUnavailable, random};
use butler_core::model::{DeviceId, Timestamp};
use butler_core::sync::device::{DevicePublic, NONCE};
use butler_core::sync::message::{Problem, Reply};
use hmac::{Hmac, KeyInit, Mac};
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::error::Failure;
use super::{Asker, Hub};
use crate::storage::{Device, Read, Session, Storage, StorageError};

/// How long a nonce may wait for its answer, in milliseconds.
const NONCE_MS: i64 = 60_000;
/// How long a session lasts, in milliseconds: longer than any sync, shorter than a lost phone stays unnoticed.
const SESSION_MS: i64 = 3_600_000;

/// What nonces are made with: `random ‖ expiry ‖ tag`, the tag over the device and both. So asking stores nothing,
/// and however often a stranger asks in a device's name, what the device itself was given stays good. It is drawn
/// anew with every start of the office; a nonce of an earlier one is answered `no_session`, and the phone asks again.
#[derive(Default)]
pub(super) struct NonceSecret(OnceLock<Zeroizing<[u8; 32]>>);

/// Bytes of a nonce before its tag: 8 random ones and the moment it ends.
const UNTAGGED: usize = 16;

impl NonceSecret {
    fn nonce(&self, host: &dyn Host, device: DeviceId) -> Result<[u8; NONCE], RandomnessUnavailable> {
        let mut nonce = [0; NONCE];
        host.fill_random(&mut nonce[..8])?;
        let expires = later(host.now(), NONCE_MS);
        nonce[8..UNTAGGED].copy_from_slice(&expires.millis().to_be_bytes());
        let secret = match self.0.get() {
            Some(secret) => secret,
            None => {
                let fresh = Zeroizing::new(random(host)?);
                self.0.get_or_init(|| fresh)
            }
        };
        if let Some(mac) = mac(secret, device, &nonce[..UNTAGGED]) {
            nonce[UNTAGGED..].copy_from_slice(&mac.finalize().into_bytes()[..NONCE - UNTAGGED]);
        }
        Ok(nonce)
    }

    /// Until when a nonce of ours is good; `None` when it is not ours, not this device's, or ended.
    fn expiry(&self, device: DeviceId, nonce: &[u8], now: Timestamp) -> Option<Timestamp> {
        let (untagged, tag) = nonce.split_at_checked(UNTAGGED)?;
        if tag.len() != NONCE - UNTAGGED {
            return None;
        }
        mac(self.0.get()?, device, untagged)?.verify_truncated_left(tag).ok()?;
        let expires = i64::from_be_bytes(untagged.get(8..)?.try_into().ok()?);
        // One that ends later than any given out now was given out before the clock was set back.
        let left = expires.saturating_sub(now.millis());
        (1..=NONCE_MS).contains(&left).then(|| Timestamp::from_millis(expires))
    }
}

fn mac(secret: &[u8; 32], device: DeviceId, untagged: &[u8]) -> Option<Hmac<Sha256>> {
    // HMAC takes keys of any length, so there always is one.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(device.as_bytes());
    mac.update(untagged);
    Some(mac)
}

impl<S: Storage> Hub<S> {
    /// Hands out a nonce. A revoked device gets one too: it may still hand in unsent work.
    pub(super) fn challenge(&self, host: &dyn Host, device: DeviceId) -> Result<Reply, Failure> {
        self.storage.read(|read| read.device(device))?.ok_or(Problem::UnknownDevice)?;
        let nonce = self.nonces.nonce(host, device)?;
        Ok(Reply::Nonce { nonce: ByteBuf::from(nonce) })
    }

    /// Opens a session for the device whose key signed the nonce.
    pub(super) fn session(
        &self,
        host: &dyn Host,
        device: DeviceId,
        nonce: &[u8],
        signature: &[u8],
    ) -> Result<Reply, Failure> {
        let token: [u8; 32] = random(host)?;
        let now = host.now();
        let known = self.storage.read(|read| read.device(device))?.ok_or(Problem::UnknownDevice)?;
        public_key(&known)?.verify_session(nonce, signature).map_err(|_| Problem::BadSignature)?;
        let expires = self.nonces.expiry(device, nonce, now).ok_or(Problem::NoSession)?;
        self.storage.write(|tx| {
            tx.forget_expired(now)?;
            if !tx.use_nonce(&digest(nonce), expires)? {
                return Err(Failure::from(Problem::NoSession));
            }
            tx.put_session(&Session { token_hash: digest(&token), device, expires: later(now, SESSION_MS) })?;
            Ok(Reply::Opened { token: ByteBuf::from(token) })
        })
    }

    /// The device behind a request, revoked or not.
    pub(super) fn asking(&self, read: &dyn Read, asker: &Asker) -> Result<Device, Failure> {
        let token = asker.token.as_ref().ok_or(Problem::NoSession)?;
        let session = read.session(&digest(token), asker.now)?.ok_or(Problem::NoSession)?;
        Ok(read.device(session.device)?.ok_or(Problem::UnknownDevice)?)
    }

    /// The device behind a request that reads; a revoked one reads nothing.
    pub(super) fn reading(&self, read: &dyn Read, asker: &Asker) -> Result<Device, Failure> {
        let device = self.asking(read, asker)?;
        if device.revoked.is_some() { Err(Problem::Revoked.into()) } else { Ok(device) }
    }
}

/// A device's stored key.
pub(super) fn public_key(device: &Device) -> Result<DevicePublic, StorageError> {
    DevicePublic::parse(&device.public_key).map_err(|_| StorageError::Unreadable { what: "device key" })
}

/// Secrets are looked up by their hash, so a stolen database opens no session.
pub(super) fn digest(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

fn later(now: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(now.millis().saturating_add(millis))
}

#[cfg(test)]
mod tests {
    use butler_core::model::DeviceId;
    use butler_core::sync::message::{Problem, Reply, Request};
    use serde_bytes::ByteBuf;

    use super::super::testing::*;

    #[test]
    fn a_session_is_opened_by_the_key_once_per_nonce_and_ends() {
        let office = Office::new();
        let phone = office.phone("zhang.li");
        let device = phone.key.device();
        let Reply::Nonce { nonce } = phone.ask(Request::Challenge { device }) else { panic!() };
        let other = office.phone("zhang.li");
        let stolen = ByteBuf::from(other.key.sign_session(&nonce));
        let wrong = Request::Session { device, nonce: nonce.clone(), signature: stolen };
        assert_eq!(phone.ask(wrong), Reply::Problem(Problem::BadSignature));
        let signature = ByteBuf::from(phone.key.sign_session(&nonce));
        let right = Request::Session { device, nonce, signature };
        assert!(matches!(phone.ask(right.clone()), Reply::Opened { .. }));
        assert_eq!(phone.ask(right), Reply::Problem(Problem::NoSession), "a nonce works once");
        assert!(phone.hello(Vec::new()).is_ok());
        office.desk.pass(3_600 * 1_000);
        assert_eq!(phone.hello(Vec::new()).err(), Some(Problem::NoSession));
        phone.open_session();
        assert!(phone.hello(Vec::new()).is_ok());
    }

    #[test]
    fn challenges_asked_by_a_stranger_do_not_end_the_phones_own() {
        let office = Office::new();
        let phone = office.phone("zhang.li");
        let device = phone.key.device();
        let Reply::Nonce { nonce } = phone.ask(Request::Challenge { device }) else { panic!() };
        let stranger = office.phone("wang.wei");
        for _ in 0..64 {
            assert!(matches!(stranger.ask(Request::Challenge { device }), Reply::Nonce { .. }));
        }
        let signature = ByteBuf::from(phone.key.sign_session(&nonce));
        let opened = phone.ask(Request::Session { device, nonce, signature });
        assert!(matches!(opened, Reply::Opened { .. }), "{opened:?}");
    }

    #[test]
    fn without_a_session_nothing_is_answered() {
        let office = Office::new();
        let phone = office.phone("zhang.li");
        for token in [None, Some(ByteBuf::from(vec![1; 32]))] {
            *phone.token.borrow_mut() = token;
            assert_eq!(phone.hello(Vec::new()).err(), Some(Problem::NoSession));
            assert_eq!(phone.pull("g1", 0).err(), Some(Problem::NoSession));
            let push = Request::Push { envelopes: Vec::new() };
            assert_eq!(phone.ask(push), Reply::Problem(Problem::NoSession));
        }
        let device = DeviceId([0xee; 16]);
        assert_eq!(phone.ask(Request::Challenge { device }), Reply::Problem(Problem::UnknownDevice));
    }
}
