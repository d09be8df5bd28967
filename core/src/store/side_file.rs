//! The plaintext file beside the database: which store this is, which life of it, and whether a key fits.
//!
//! It lies outside device backups. A database that was copied back from a backup therefore meets a side file
//! of a later life, and the phone knows that its actor may have been used beyond what the database remembers.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{StoreError, files};
use crate::host::{Host, RandomnessUnavailable, random};

/// The side file's own format.
const FORMAT: u32 = 1;

/// 16 bytes as lower-case hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SideToken(pub [u8; 16]);

impl SideToken {
    pub(super) fn generate(host: &dyn Host) -> Result<Self, RandomnessUnavailable> {
        random(host).map(Self)
    }
}

impl Serialize for SideToken {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use std::fmt::Write as _;
        let text = self.0.iter().fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for SideToken {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Record ids have the same text form; their parser is the one place that reads it.
        let text = String::deserialize(deserializer)?;
        text.parse().map(|id: crate::model::RecordId| Self(id.0)).map_err(serde::de::Error::custom)
    }
}

/// The content of the side file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SideFile {
    /// Format of this file.
    format: u32,
    /// Identity of the store, part of the key check.
    pub store: SideToken,
    /// The incarnation the database holds. Every opening gives both a new one, the database first: a database of
    /// an earlier opening never holds this one, and a crash between the two only costs an actor.
    pub incarnation: SideToken,
    /// [`super::StoreKey`]'s check value.
    pub key_check: SideToken,
}

impl SideFile {
    pub(super) fn new(store: SideToken, incarnation: SideToken, key_check: SideToken) -> Self {
        Self { format: FORMAT, store, incarnation, key_check }
    }

    /// Reads it; `None` when there is none, or none that makes sense: then it is written anew, and the store
    /// takes a new incarnation.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, StoreError> {
        #[derive(Deserialize)]
        struct SideHead {
            format: u32,
        }
        let Some(bytes) = files::read(path)? else { return Ok(None) };
        // The format is read by itself: a newer one may have other fields.
        if let Ok(head) = serde_json::from_slice::<SideHead>(&bytes)
            && head.format > FORMAT
        {
            return Err(StoreError::NewerSchema { found: head.format, known: FORMAT });
        }
        Ok(serde_json::from_slice(&bytes).ok())
    }

    /// Writes it, durably.
    pub(super) fn write(&self, path: &Path) -> Result<(), StoreError> {
        let text = serde_json::to_vec_pretty(self)
            .map_err(|_| StoreError::Inconsistent { what: "the side file" })?;
        files::replace(path, &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_writing_and_reading() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.json");
        assert_eq!(SideFile::read(&path).unwrap(), None);
        let side = SideFile::new(SideToken([1; 16]), SideToken([2; 16]), SideToken([3; 16]));
        side.write(&path).unwrap();
        assert_eq!(SideFile::read(&path).unwrap(), Some(side));
    }

    #[test]
    fn nonsense_is_no_side_file_and_a_newer_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.json");
        std::fs::write(&path, "{\"format\": 1, \"sto").unwrap();
        assert_eq!(SideFile::read(&path).unwrap(), None);
        std::fs::write(&path, r#"{"format": 2, "stores": []}"#).unwrap();
        assert!(matches!(SideFile::read(&path), Err(StoreError::NewerSchema { found: 2, known: 1 })));
    }
}
