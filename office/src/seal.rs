//! How an office knows again what it once accepted: a short MAC on each receipt it hands out.
//!
//! A database restored from a backup has forgotten what was accepted since. Phones hand it in again, each change with its
//! receipt and the seal that came with it. Whoever has such a pair did not make it up: the secret lies outside the
//! database and its backups. What is sealed was allowed when it was accepted, whoever may do what by now.

use butler_core::host::{Host, RandomnessUnavailable, random};
use butler_core::model::{ChangeHash, Receipt, RecordId};
use butler_core::sync::message::{SealedReceipt, limit};
use hmac::{Hmac, KeyInit, Mac};
use serde_bytes::ByteBuf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// What receipts are sealed with. It is kept apart from the database and from its backups: whoever has it can make the
/// office believe that it accepted what it never did. An office that lost it takes another, and knows none of its earlier
/// receipts again.
pub struct SealSecret(Zeroizing<[u8; 32]>);

impl SealSecret {
    /// The secret with these bytes.
    #[must_use]
    pub const fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// A fresh one.
    ///
    /// # Errors
    /// When the host has no randomness.
    pub fn generate(host: &dyn Host) -> Result<Self, RandomnessUnavailable> {
        Ok(Self(Zeroizing::new(random(host)?)))
    }

    /// The seals of receipts of one record, one behind the other.
    pub(crate) fn seal_all<'r>(
        &self,
        record: RecordId,
        receipts: impl Iterator<Item = &'r (ChangeHash, Receipt)>,
    ) -> Option<ByteBuf> {
        let mut seals = Vec::new();
        for (hash, receipt) in receipts {
            seals.extend_from_slice(
                &self.mac(record, *hash, *receipt)?.finalize().into_bytes()[..limit::SEAL],
            );
        }
        (!seals.is_empty()).then(|| ByteBuf::from(seals))
    }

    /// The receipt of a change, if this office once gave it.
    pub(crate) fn opened(
        &self,
        record: RecordId,
        hash: ChangeHash,
        sealed: &SealedReceipt,
    ) -> Option<Receipt> {
        let receipt = Receipt { ordinal: sealed.ordinal, at: sealed.at };
        let mac = self.mac(record, hash, receipt)?;
        (sealed.seal.len() == limit::SEAL && mac.verify_truncated_left(&sealed.seal).is_ok())
            .then_some(receipt)
    }

    fn mac(&self, record: RecordId, hash: ChangeHash, receipt: Receipt) -> Option<Hmac<Sha256>> {
        // HMAC takes keys of any length, so there always is one.
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.0).ok()?;
        mac.update(b"butler receipt 1");
        mac.update(record.as_bytes());
        mac.update(hash.as_bytes());
        mac.update(&receipt.ordinal.to_be_bytes());
        mac.update(&receipt.at.millis().to_be_bytes());
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use butler_core::model::Timestamp;

    use super::*;

    #[test]
    fn a_seal_holds_for_one_receipt_of_one_record_under_one_secret() {
        let secret = |byte| SealSecret::new(Zeroizing::new([byte; 32]));
        let (record, hash) = (RecordId([1; 16]), ChangeHash([2; 32]));
        let receipt = Receipt { ordinal: 3, at: Timestamp::from_millis(1_795_305_600_000) };
        let seal = secret(7).seal_all(record, [(hash, receipt)].iter()).unwrap();
        let sealed = SealedReceipt { ordinal: receipt.ordinal, at: receipt.at, seal };
        assert_eq!(secret(7).opened(record, hash, &sealed), Some(receipt));
        assert_eq!(secret(8).opened(record, hash, &sealed), None);
        assert_eq!(secret(7).opened(RecordId([9; 16]), hash, &sealed), None);
        assert_eq!(secret(7).opened(record, ChangeHash([9; 32]), &sealed), None);
        let moved = SealedReceipt { ordinal: 4, ..sealed.clone() };
        assert_eq!(secret(7).opened(record, hash, &moved), None);
        let cut = SealedReceipt { seal: ByteBuf::from(&sealed.seal[..8]), ..sealed };
        assert_eq!(secret(7).opened(record, hash, &cut), None);
    }
}
