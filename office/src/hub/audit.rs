//! Is the audit whole? Each entry carries a hash over itself and the one before, so that none can be changed or taken
//! out in the middle; a signed head that is kept somewhere else shows that the end is there too.

use butler_core::host::Host;
use butler_core::model::{CommunityId, Timestamp};
use butler_core::sync::playbook_set::is_audit_of;
use serde::{Deserialize, Serialize};

use super::Hub;
use super::error::OfficeError;
use crate::storage::{Storage, StorageError};

/// Entries looked at in one go.
const STEP: usize = 1_000;

/// The end of the audit at a moment: to be kept where nobody who can write the database can write too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// Whose audit it is.
    pub community: CommunityId,
    /// Entries so far.
    pub entries: u64,
    /// The chain value of the last one, in hexadecimal.
    pub chain: String,
    /// When this was said.
    pub at: Timestamp,
}

/// A head with the office's signature, both as they were printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    /// The [`AuditHead`] as JSON: these very bytes are signed.
    pub head: String,
    /// Ed25519 over `b"butler audit 1" ‖ head` by the office's key, in hexadecimal.
    pub signature: String,
}

/// What is wrong with the audit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// Something was changed or taken out.
    #[error("verify the audit: entry {entry} does not follow from the one before · 审计记录被改动或删除")]
    Broken {
        /// The first entry that does not fit.
        entry: u64,
    },
    /// The head was not signed by this office, or cannot be read.
    #[error("verify the audit: the head is not one that this office signed · 这份签名不是本办公室的")]
    NotOurs,
    /// The audit was cut, or written anew, since the head was signed.
    #[error("verify the audit: it does not reach entry {entries} as it was signed · 审计记录与签名时不一致")]
    Cut {
        /// Entries when the head was signed.
        entries: u64,
    },
}

impl<S: Storage> Hub<S> {
    /// Looks at every entry of the audit; returns how many there are.
    ///
    /// # Errors
    /// [`OfficeError::Audit`] with what is wrong; the storage's.
    pub fn verify_audit(&self, kept: Option<&SignedHead>) -> Result<u64, OfficeError> {
        let wanted = kept.map(|kept| self.read_head(kept)).transpose()?;
        let mut found = wanted.as_ref().is_none_or(|wanted| wanted.entries == 0);
        let entries = self.walk_audit(|entry, chain| {
            found |=
                wanted.as_ref().is_some_and(|wanted| wanted.entries == entry && wanted.chain == hex(chain));
        })?;
        match wanted {
            Some(AuditHead { entries, .. }) if !found => Err(AuditError::Cut { entries }.into()),
            _ => Ok(entries.0),
        }
    }

    /// The end of the audit as it is now, signed.
    ///
    /// # Errors
    /// [`OfficeError::Audit`] for an audit that is not whole; the storage's, [`StorageError::NoSigningKey`] among them.
    pub fn audit_head(&self, host: &dyn Host) -> Result<SignedHead, OfficeError> {
        let (entries, chain) = self.walk_audit(|_, _| {})?;
        let community = self.storage.read(|read| read.community())?.id;
        let head = AuditHead { community, entries, chain: hex(&chain), at: host.now() };
        let head = serde_json::to_string(&head).map_err(|_| StorageError::Unreadable { what: "audit" })?;
        let signature = hex(&self.storage.signing_key()?.sign_audit(head.as_bytes()));
        Ok(SignedHead { head, signature })
    }

    fn read_head(&self, kept: &SignedHead) -> Result<AuditHead, OfficeError> {
        let office = self.storage.read(|read| read.office_key())?;
        let signature = bytes(&kept.signature).ok_or(AuditError::NotOurs)?;
        if !is_audit_of(office, kept.head.as_bytes(), &signature) {
            return Err(AuditError::NotOurs.into());
        }
        serde_json::from_str(&kept.head).map_err(|_| AuditError::NotOurs.into())
    }

    /// Calls `see` with every entry's number and chain value; returns the last.
    fn walk_audit(&self, mut see: impl FnMut(u64, &[u8; 32])) -> Result<(u64, [u8; 32]), OfficeError> {
        let (mut entry, mut chain) = (0, [0; 32]);
        loop {
            let rows = self.storage.read(|read| read.audit(entry, STEP))?;
            if rows.is_empty() {
                return Ok((entry, chain));
            }
            for row in rows {
                if row.seq != entry + 1 || row.chain != row.link(chain) {
                    return Err(AuditError::Broken { entry: row.seq }.into());
                }
                (entry, chain) = (row.seq, row.chain);
                see(entry, &chain);
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    if hex.len().is_multiple_of(2) { hex.as_bytes().chunks(2).map(digits).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn a_kept_head_shows_that_the_audit_is_whole_and_still_there() {
        let office = Office::new();
        let first = office.hub.audit_head(&office.desk).unwrap();
        office.phone("zhang.li");
        let before = office.hub.verify_audit(None).unwrap();
        assert_eq!(office.hub.verify_audit(Some(&first)).unwrap(), before);
        let now = office.hub.audit_head(&office.desk).unwrap();
        let elsewhere = Office::new();
        elsewhere.hub.storage().write(|tx| tx.put_audit(office.desk.now(), "office", "other", "{}")).unwrap();
        for (kept, wrong) in [
            (SignedHead { head: now.head.replace("jinse", "jinhe"), ..now.clone() }, AuditError::NotOurs),
            (SignedHead { signature: "00".repeat(64), ..now.clone() }, AuditError::NotOurs),
            (SignedHead { signature: "签名".to_owned(), ..now.clone() }, AuditError::NotOurs),
        ] {
            let found = office.hub.verify_audit(Some(&kept));
            assert!(matches!(found, Err(OfficeError::Audit(found)) if found == wrong));
        }
        // The same seed gives the same key: an office whose audit was written anew.
        let cut = elsewhere.hub.verify_audit(Some(&now));
        assert!(matches!(cut, Err(OfficeError::Audit(AuditError::Cut { entries })) if entries == before));
    }
}
