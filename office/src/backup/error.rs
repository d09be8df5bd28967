//! Why there is no backup, or no office from one.

use std::io;
use std::path::{Path, PathBuf};

use butler_core::model::CommunityId;

use crate::storage::StorageError;

/// A backup or a restore did not do what was asked. Earlier backups are as they were, and so is the office.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The disk of the backup, or the one a restore writes to, is full.
    #[error(
        "finish in {}: the disk is full; nothing that was there has changed · 磁盘已满，原有内容未动",
        .0.display()
    )]
    Full(PathBuf),
    /// A folder that goes when the office's goes.
    #[error(
        "back up into {}: it lies in the office's own folder; take another disk · 备份不能放在办公室自己的文件夹里",
        .0.display()
    )]
    Inside(PathBuf),
    /// Another process writes a backup there.
    #[error("back up into {}: a backup is under way there · 那里正在备份", .0.display())]
    Running(PathBuf),
    /// The folder is another office's.
    #[error(
        "back up into {}: it holds backups of another office ({community}) · 那里是另一个办公室的备份",
        path.display()
    )]
    OtherOffice {
        /// The folder.
        path: PathBuf,
        /// Whose it is.
        community: CommunityId,
    },
    /// Nobody said where backups go.
    #[error("back up: say where to, once: backup DIR · 请先指明备份到哪里")]
    Nowhere,
    /// The folder backups go to is not there; a disk that was taken out, mostly. Making it would back up onto another disk.
    #[error("back up into {}: there are no backups; is the disk in? If it is a new one: backup {} · 备份盘是否已接好？", .0.display(), .0.display())]
    NotThere(PathBuf),
    /// There is nothing to restore.
    #[error("find a complete backup in {} · 里面没有完整的备份", .0.display())]
    NoBackup(PathBuf),
    /// The manifest cannot be read.
    #[error("read {}: it is no manifest of a backup this program knows · 无法识别的备份清单", .0.display())]
    Manifest(PathBuf),
    /// The file is not the one the manifest describes.
    #[error("trust {}: it is not what its manifest says; take an earlier backup · 文件与清单不符，请用更早的备份", .0.display())]
    Damaged(PathBuf),
    /// Photos of the backup are gone or damaged.
    #[error(
        "restore: {missing} of {all} photos are not in the backup or damaged; with --without-missing-photos the office comes \
         back without them, and phones that have them hand them in again · 有照片缺失或损坏"
    )]
    Photos {
        /// How many.
        missing: usize,
        /// Of how many.
        all: usize,
    },
    /// There is an office already.
    #[error(
        "restore into {}: there is an office; if this backup is to take its place, say --replace {community} (what is there \
         is moved aside, not deleted) · 该文件夹已有办公室",
        path.display()
    )]
    Occupied {
        /// The folder.
        path: PathBuf,
        /// Whose office the backup is.
        community: CommunityId,
    },
    /// The community that was named is not the backup's.
    #[error("replace the office of {named}: the backup is of {community} · 备份属于另一个小区")]
    WrongCommunity {
        /// What was said.
        named: CommunityId,
        /// Whose the backup is.
        community: CommunityId,
    },
    /// Somebody works with the office that would be replaced.
    #[error("restore into {}: the office there is in use; stop `serve` first · 办公室正在运行，请先停止", .0.display())]
    InUse(PathBuf),
    /// The office.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A file.
    #[error("use {}: {cause} · 打不开或写不了", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

impl BackupError {
    /// What the system says of a file.
    pub(super) fn file(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        move |cause| match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(path.to_owned()),
            _ => Self::File { path: path.to_owned(), cause },
        }
    }

    /// What the storage says of a copy in that folder.
    pub(super) fn copy(folder: &Path) -> impl Fn(StorageError) -> Self + '_ {
        move |error| match error {
            StorageError::Full => Self::Full(folder.to_owned()),
            StorageError::Folder(cause) => Self::file(folder)(cause),
            other => Self::Storage(other),
        }
    }
}
