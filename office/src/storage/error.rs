//! What can go wrong in the office's storage.

use std::path::PathBuf;

/// The storage could not do what was asked. Nothing of a failed transaction happened.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no office in this folder yet.
    #[error("find an office in this folder; run `init` first · 这个文件夹里还没有办公室，请先 init")]
    NotInitialised,
    /// There is an office in this folder already.
    #[error("make a new office here: the folder has one already · 这个文件夹里已有办公室")]
    AlreadyInitialised,
    /// The disk is full; reading still works.
    #[error("store: the disk is full · 磁盘已满")]
    Full,
    /// Another process holds the data longer than it should.
    #[error("store: another process is writing; try again · 另一个程序正在写入，请再试")]
    Busy,
    /// The file is not what this program wrote.
    #[error("read the office's data: the file is damaged (restore a backup; keep the damaged file)")]
    Damaged,
    /// A newer program wrote the file.
    #[error(
        "open the office's data: it has schema {found}, this program knows {known}; use the newer program"
    )]
    NewerSchema {
        /// The file's schema.
        found: u32,
        /// The newest this program knows.
        known: u32,
    },
    /// A stored value cannot be read back.
    #[error("read the stored {what}")]
    Unreadable {
        /// What kind of value.
        what: &'static str,
    },
    /// A caller broke the contract: a photo piece out of order, an ordinal out of turn.
    #[error("store: {what} is out of order")]
    OutOfOrder {
        /// What was out of order.
        what: &'static str,
    },
    /// No randomness for a new life of the data.
    #[error("open the office's data: {0}")]
    Randomness(#[from] butler_core::host::RandomnessUnavailable),
    /// The office's files are open to others and cannot be closed.
    #[error(
        "close {} to others (it holds personal data and keys): {cause}; run as its owner, or chmod it · 文件对他人可读，且无法收紧权限",
        path.display()
    )]
    Exposed {
        /// Unique id.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The key the office signs with is not there.
    #[error(
        "find the office's signing key {}: put it back from where you keep it, or make another with `key renew` · 找不到办公室的签名密钥",
        path.display()
    )]
    NoSigningKey {
        /// Where it should be.
        path: PathBuf,
    },
    /// There is a key, but not this office's.
    #[error(
        "sign with {}: it is not this office's key; put the right one back · 这不是本办公室的签名密钥",
        path.display()
    )]
    WrongSigningKey {
        /// Where it is.
        path: PathBuf,
    },
    /// A file beside the database.
    #[error("use the office's folder: {0}")]
    Folder(#[from] std::io::Error),
    /// Anything else the database says.
    #[error("use the office's database (code {code})")]
    Database {
        /// The database's own code.
        code: i32,
    },
}
