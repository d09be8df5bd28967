//! `backup`: copies the office to another disk, while it is served or not.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use butler_core::host::Host;

use super::CliError;
use crate::backup::{self, BackupError, BackupSet, KEEP, Progress, Stage};
use crate::storage::Sqlite;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where backups go from now on: a folder on another disk. Once said, it is remembered
    folder: Option<PathBuf>,
    /// Back up there this time alone, and remember nothing
    #[arg(long, requires = "folder")]
    once: bool,
    /// How many complete backups stay there; photos are shared by all and stay
    #[arg(long, value_name = "N", default_value_t = KEEP)]
    keep: usize,
}

pub(super) fn run(
    office: &Sqlite,
    host: &dyn Host,
    args: &Args,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let data = office.folder().unwrap_or(Path::new("")).to_owned();
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None => backup::remembered(&data)?.ok_or(BackupError::Nowhere)?,
    };
    make(office, host, &folder, args.keep, out)?;
    if args.folder.is_some() && !args.once {
        backup::remember(&data, &folder)?;
        writeln!(
            out,
            "以后备份到这里 · remembered: `backup`, `import --apply` and `serve --backup-every` go there"
        )?;
    }
    Ok(())
}

/// Makes one and says what it holds.
pub(super) fn make(
    office: &Sqlite,
    host: &dyn Host,
    folder: &Path,
    keep: usize,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let mut teller = Teller::default();
    let made = backup::make(office, folder, keep, host, &mut |progress| teller.tell(progress, out))?;
    let BackupSet { path, manifest, new_photos, removed, same_disk } = made;
    writeln!(out, "备份完成 · complete: {}", path.display())?;
    writeln!(
        out,
        "    {} 份档案 records  {} 次修改 changes  {} 张照片 photos，新增 new {new_photos}  已校验 verified",
        manifest.records, manifest.changes, manifest.photos
    )?;
    if !manifest.unreadable_photos.is_empty() {
        writeln!(
            out,
            "    {} 张照片在办公室已损坏，未能备份 · photos are damaged at the office and not in it",
            manifest.unreadable_photos.len()
        )?;
    }
    if removed > 0 {
        writeln!(out, "    删除较早的备份 · older backups removed: {removed}")?;
    }
    if same_disk {
        writeln!(
            out,
            "    注意：与办公室在同一块盘上，盘坏则两者皆失 · beware: the same disk as the office's, both die with it"
        )?;
    }
    writeln!(out, "未包含 · left out:")?;
    for left in &manifest.left_out {
        writeln!(out, "    {}  {}", left.what, left.why)?;
    }
    Ok(())
}

/// Says how far it is, to somebody who has waited long enough to wonder, or is about to.
pub(super) struct Teller {
    said: Instant,
}

impl Default for Teller {
    fn default() -> Self {
        Self { said: Instant::now() }
    }
}

impl Teller {
    /// Between two lines.
    const PAUSE: Duration = Duration::from_secs(2);
    /// A database of so many bytes takes about as long, and cannot say how far it is.
    const LONG: u64 = 64 << 20;

    pub(super) fn tell(&mut self, Progress { stage, done, total }: Progress, out: &mut dyn Write) {
        let begins_long = stage != Stage::Photos && done == 0 && total >= Self::LONG;
        if !begins_long && self.said.elapsed() < Self::PAUSE {
            return;
        }
        self.said = Instant::now();
        let mib = |bytes: u64| bytes >> 20;
        // A backup does not stop because nobody reads how far it is.
        let _ = match stage {
            Stage::Database => writeln!(out, "    数据库 database {}/{} MiB …", mib(done), mib(total)),
            Stage::Checking => writeln!(out, "    校验 checking {} MiB …", mib(total)),
            Stage::Photos => writeln!(out, "    照片 photos {done}/{total} …"),
        };
        let _ = out.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_says_how_far_it_is() {
        let (mut teller, mut out) = (Teller::default(), Vec::new());
        let database = |done, total| Progress { stage: Stage::Database, done, total };
        teller.tell(database(0, 3 << 20), &mut out);
        assert!(out.is_empty(), "it is over before anybody wonders");
        teller.tell(database(0, 812 << 20), &mut out);
        teller.tell(database(1 << 20, 812 << 20), &mut out);
        teller.said -= Teller::PAUSE;
        teller.tell(database(400 << 20, 812 << 20), &mut out);
        teller.tell(Progress { stage: Stage::Checking, done: 0, total: 812 << 20 }, &mut out);
        teller.tell(Progress { stage: Stage::Photos, done: 0, total: 90_000 }, &mut out);
        teller.said -= Teller::PAUSE;
        teller.tell(Progress { stage: Stage::Photos, done: 17_032, total: 90_000 }, &mut out);
        let said = String::from_utf8(out).unwrap();
        let expected = [
            "    数据库 database 0/812 MiB …",
            "    数据库 database 400/812 MiB …",
            "    校验 checking 812 MiB …",
            "    照片 photos 17032/90000 …",
        ];
        assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    }
}
