//! `restore`: makes the office from a backup.

use std::io::Write;
use std::path::{Path, PathBuf};

use butler_core::host::Host;
use butler_core::model::CommunityId;

use super::CliError;
use super::backup::Teller;
use super::status::{moment, zone};
use crate::backup::{self, Allowed};
use crate::storage::{Sqlite, Storage as _, StorageError};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A backup, or the folder of all: then the newest complete one
    backup: PathBuf,
    /// Take the place of the office that is there; say its community, so that it is meant
    #[arg(long, value_name = "COMMUNITY")]
    replace: Option<CommunityId>,
    /// Come back without photos that are missing from the backup or damaged in it
    #[arg(long)]
    without_missing_photos: bool,
}

pub(super) fn run(data: &Path, host: &dyn Host, args: &Args, out: &mut dyn Write) -> Result<(), CliError> {
    let allowed =
        Allowed { replace: args.replace.clone(), without_missing_photos: args.without_missing_photos };
    let mut teller = Teller::default();
    let mut tell = |progress| teller.tell(progress, out);
    let restored = backup::restore(&args.backup, data, &allowed, host, &mut tell)?;
    let office = Sqlite::open(data, host)?;
    let (zone, lost) =
        office.read(|read| Ok::<_, StorageError>((zone(&read.community()?), backup::lost(read)?)))?;
    let manifest = &restored.manifest;
    writeln!(
        out,
        "已恢复 · restored {} as of {}: {} 份档案 records  {} 次修改 changes  {} 张照片 photos",
        manifest.community,
        moment(manifest.taken, zone),
        manifest.records,
        manifest.changes,
        manifest.photos - restored.missing_photos.len() as u64
    )?;
    if !restored.missing_photos.is_empty() {
        writeln!(
            out,
            "    {} 张照片不在备份里；手机里还有的会重新上传 · photos are gone; phones that have them hand them in again",
            restored.missing_photos.len()
        )?;
    }
    if let Some(path) = &restored.moved_to {
        writeln!(out, "    原来的办公室移到 · what was there lies in {}", path.display())?;
    }
    writeln!(out, "    新的数据代 · new generation {}", restored.generation)?;
    writeln!(out, "接下来 · next:")?;
    match &restored.signing_key {
        Ok(()) => writeln!(out, "  1 签名密钥在 · the signing key is there, and this office's")?,
        Err(error) => writeln!(
            out,
            "  1 先放回签名密钥，再启动 · before serving, put the signing key back: failed to {error}"
        )?,
    }
    if !restored.has_seal {
        writeln!(
            out,
            "    回执印也一并放回 · and receipt-seal beside it, by which the office knows again what it accepted since"
        )?;
    }
    writeln!(
        out,
        "  2 重新发布流程 · publish the playbooks once more: phones reject a set older than theirs"
    )?;
    writeln!(
        out,
        "  3 启动后请每台手机同步一次：手机会显示“办公室的数据已从备份恢复”，自动补传备份之后的工作；备份之后登记的手机须重新登记\n    \
         serve, and have every phone sync: each shows that the office was restored, hands in again by itself what the backup \
         lacks, and reads everything anew; phones enrolled since the backup enrol again"
    )?;
    writeln!(out, "  4 再说明备份到哪里 · say again where backups go: backup DIR")?;
    writeln!(
        out,
        "  5 status 列出尚未补传完的手机 · lists the phones not done handing in again: {}",
        lost.map_or(0, |lost| lost.awaited.len())
    )?;
    Ok(())
}
