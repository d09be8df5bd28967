//! The key the office signs with, in a file of its own: whoever has a copy of the database, as every backup is, must not
//! be able to sign as this office.
//!
//! `not-in-backups/signing-key` holds the secret as 64 hexadecimal digits. The database knows the public half alone, by
//! which another office's key is told from this one's. Beside it lies `receipt-seal`, what the office knows its own
//! receipts by after a restore.

use std::path::{Path, PathBuf};

use butler_core::host::{Host, random};
use butler_core::model::OfficePublic;
use butler_core::sync::device::KEY;
use butler_core::sync::playbook_set::OfficeKey;
use zeroize::Zeroizing;

use super::mark::FOLDER;
use crate::private;
use crate::seal::SealSecret;
use crate::storage::{StorageError, Stored};

const FILE: &str = "signing-key";
const SEAL: &str = "receipt-seal";

/// Where the key is kept.
pub(super) enum KeyPlace {
    File(PathBuf),
    /// Of an office in memory, which ends with it.
    Memory(OfficeKey),
}

/// The file of what receipts are sealed with.
pub(super) fn seal_path(folder: &Path) -> PathBuf {
    folder.join(FOLDER).join(SEAL)
}

/// The key's file of an office in that folder.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join(FOLDER).join(FILE)
}

/// Makes the key of a new office, or another one for an office that lost its own.
pub(super) fn generate(host: &dyn Host, path: &Path) -> Stored<OfficeKey> {
    let key = OfficeKey::generate(host)?;
    if let Some(folder) = path.parent() {
        private::create_folder(folder)?;
    }
    private::write_durably(path, hex(&key.secret()).as_bytes())?;
    Ok(key)
}

/// Makes what the receipts of a new office are sealed with, or another one for an office that lost its own.
pub(super) fn generate_seal(host: &dyn Host, path: &Path) -> Stored<SealSecret> {
    if let Some(folder) = path.parent() {
        private::create_folder(folder)?;
    }
    let fresh = Zeroizing::new(random(host)?);
    private::write_durably(path, hex(&fresh).as_bytes())?;
    Ok(SealSecret::new(fresh))
}

impl KeyPlace {
    /// What receipts are sealed with: that of the file beside the key, which is made where there is none.
    pub(super) fn seals(&self, host: &dyn Host) -> Stored<SealSecret> {
        let path = match self {
            Self::Memory(key) => return Ok(SealSecret::new(key.secret())),
            Self::File(path) => path.with_file_name(SEAL),
        };
        let kept = match std::fs::read_to_string(&path) {
            Ok(text) => secret(Zeroizing::new(text).trim()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        if let Some(kept) = kept {
            return Ok(SealSecret::new(kept));
        }
        tracing::warn!(code = "seal", path = %path.display(), "a new secret: earlier receipts are not known again");
        generate_seal(host, &path)
    }

    /// The key, if it is the one with this public half.
    pub(super) fn read(&self, public: OfficePublic) -> Stored<OfficeKey> {
        let path = match self {
            Self::Memory(key) => return Ok(OfficeKey::from_secret(&key.secret())),
            Self::File(path) => path,
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StorageError::NoSigningKey { path: path.clone() });
            }
            Err(error) => return Err(error.into()),
        };
        let key = secret(text.trim()).map(|secret| OfficeKey::from_secret(&secret));
        key.filter(|key| key.public() == public)
            .ok_or_else(|| StorageError::WrongSigningKey { path: path.clone() })
    }
}

fn hex(secret: &[u8; KEY]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(2 * KEY + 1));
    for byte in secret {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text.push('\n');
    text
}

fn secret(text: &str) -> Option<Zeroizing<[u8; KEY]>> {
    let mut secret = Zeroizing::new([0; KEY]);
    if text.len() != 2 * KEY {
        return None;
    }
    for (byte, digits) in secret.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digit =
            |at: usize| char::from(digits[at]).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = digit(0)? << 4 | digit(1)?;
    }
    Some(secret)
}
