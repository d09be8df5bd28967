//! What a backup says of itself.

use std::path::Path;

use butler_core::model::{CommunityId, DeviceId, Generation, PhotoId, Timestamp};
use serde::{Deserialize, Serialize};

use super::BackupError;

/// The file's name in a backup.
pub(super) const FILE: &str = "manifest.json";
/// The format of manifest and folder this program writes, and the newest it reads.
pub(super) const FORMAT: u32 = 1;

/// A backup, described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the backup: [`FORMAT`].
    pub(super) format: u32,
    /// The version of the program that made it.
    pub program: String,
    /// Whose office it is.
    pub community: CommunityId,
    /// The office as an author: tells two offices of one community apart.
    pub office: DeviceId,
    /// The life of the data it was taken in.
    pub generation: Generation,
    /// When, by the office's clock.
    pub taken: Timestamp,
    /// How far it reaches: the transactions committed when it was taken, by which phones tell what it holds.
    pub watermark: u64,
    /// Rows of all feeds together.
    pub feed: u64,
    /// Records in it.
    pub records: u64,
    /// Accepted changes in it.
    pub changes: u64,
    /// SHA-256 of `office.db`, in hexadecimal.
    pub sha256: String,
    /// Size of `office.db` in bytes.
    pub bytes: u64,
    /// Whole photos the database names; each lies below `photos` under its own hash.
    pub photos: u64,
    /// Bytes of these photos.
    pub photo_bytes: u64,
    /// Of these: photos the office itself could not read any more.
    pub unreadable_photos: Vec<PhotoId>,
    /// What is not in it, and why.
    pub left_out: Vec<LeftOut>,
}

/// Something a backup does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// What.
    pub what: String,
    /// Why, and what to do about it.
    pub why: String,
}

impl Manifest {
    /// Reads the manifest of the backup in that folder.
    pub(super) fn read(folder: &Path) -> Result<Self, BackupError> {
        let path = folder.join(FILE);
        let bytes = std::fs::read(&path).map_err(BackupError::file(&path))?;
        let manifest: Option<Self> = serde_json::from_slice(&bytes).ok();
        manifest.filter(|manifest| manifest.format == FORMAT).ok_or(BackupError::Manifest(path))
    }
}

/// What no backup holds.
pub(super) fn left_out() -> Vec<LeftOut> {
    [
        (
            "not-in-backups/signing-key",
            "签名密钥：拿到它就能冒充本办公室发布流程。请另抄一份放保险柜，恢复后放回原处 · whoever has it can sign as \
             this office. Keep a copy in a place of its own, a printed one in the safe will do, and put it back after a restore",
        ),
        (
            "not-in-backups/receipt-seal",
            "回执印：拿到它就能伪造本办公室的回执。与签名密钥放在一起 · whoever has it can forge receipts of this office. Keep it \
             with the signing key; without it the office judges anew what it accepted after the backup",
        ),
        (
            "not-in-backups/incarnation",
            "本数据代的标记：恢复后必须另起一代，手机才会重新上传 · tells this life of the data from a restored one: with it \
             phones would not notice the restore",
        ),
        (
            "sessions and codes",
            "登录会话与登记码：恢复后作废，手机会自动重新登录 · they end with the life of the data; phones prove their keys again",
        ),
    ]
    .map(|(what, why)| LeftOut { what: what.to_owned(), why: why.to_owned() })
    .into()
}
