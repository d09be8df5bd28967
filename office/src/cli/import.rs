//! `import`: a company's register. Without `--apply` it only says what it would do.

use std::io::Write;
use std::path::{Path, PathBuf};

use butler_core::host::SystemHost;
use butler_core::model::{GridId, StaffId};

use super::CliError;
use crate::backup;
use crate::import::{self, Comparison, Elsewhere, ImportPlan, Mapping, Match, RejectedBecause};
use crate::private;
use crate::storage::{Storage, StorageError};

/// Under whose name imports are written. Always the same: by it an import knows what the last one said.
const IMPORTER: &str = "import";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The register, an .xlsx file
    file: PathBuf,
    /// What its columns are, where the usual guesses are not enough (TOML)
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Where to write what became of every cell (CSV; it holds personal data)
    #[arg(long)]
    report: Option<PathBuf>,
    /// Where to write what would change, and who was recognised by what (CSV; it names records, nobody)
    #[arg(long)]
    changes: Option<PathBuf>,
    /// Carry it out
    #[arg(long)]
    apply: bool,
}

pub(super) fn run(data: &Path, args: &Args, out: &mut dyn Write) -> Result<(), CliError> {
    let hub = super::open(data)?;
    let importer: StaffId =
        IMPORTER.parse().map_err(|_| CliError::Storage(StorageError::Unreadable { what: "importer" }))?;
    let community = hub.storage().read(|read| read.community())?;
    let mapping = match &args.mapping {
        Some(path) => Mapping::parse(&text(path)?)?,
        None => Mapping::guesses()?,
    };
    let mut plan = import::read(&bytes(&args.file)?, &community.id, &mapping)?;
    let comparison = import::compare(&hub, &importer, &plan)?;
    comparison.report(&mut plan.report);
    for (path, csv) in [(&args.report, plan.report.to_csv()), (&args.changes, comparison.to_csv())] {
        if let Some(path) = path {
            private::write(path, csv.as_bytes())
                .map_err(|cause| CliError::File { path: path.clone(), cause })?;
        }
    }
    tell(&plan, &comparison, out)?;
    if args.apply {
        import::apply(&hub, &SystemHost, &importer, &plan, &comparison)?;
        writeln!(out, "已导入 · imported")?;
        // What a whole register brought nobody types again.
        if let Some(folder) = backup::remembered(data)? {
            super::backup::make(hub.storage(), &folder, backup::KEEP, out)?;
        }
    } else {
        writeln!(out, "仅预览，加 --apply 执行 · nothing was changed; --apply carries it out")?;
    }
    Ok(())
}

/// The plan in numbers: counts and reasons, no names.
fn tell(plan: &ImportPlan, comparison: &Comparison, out: &mut dyn Write) -> Result<(), CliError> {
    let counts = plan.report.counts();
    writeln!(
        out,
        "{} 户 homes  {} 网格 grids  {} 处 places",
        plan.homes.len(),
        plan.grids.len(),
        plan.places.len()
    )?;
    writeln!(
        out,
        "{} 格 cells: {} 已用 used, {} 未导入 left out",
        counts.cells, counts.used, counts.left_out
    )?;
    for ((treatment, why), count) in plan.report.by_reason() {
        writeln!(out, "    {count}  {treatment}  {why}")?;
    }
    let new = comparison.matches.iter().filter(|(_, found)| *found == Match::New).count();
    writeln!(
        out,
        "{} 处修改 edits, {} 项待裁定 conflicts; {new} 位新住户 new residents, {} 位已在 known; {} 项留空未动 blanks kept; {} 位不在新表 not in this register",
        comparison.work.len(),
        comparison.conflicts.len(),
        comparison.matches.len() - new,
        comparison.kept.len(),
        comparison.gone.len()
    )?;
    for rejected in &comparison.rejected {
        let (cell, record) = (rejected.reason.cell(), rejected.record);
        match &rejected.reason {
            RejectedBecause::Elsewhere(Elsewhere { place, .. }) => writeln!(
                out,
                "    {cell}  {record} 在 {place}，网格不同，未导入 · rejected: it lies there, in another grid"
            )?,
            RejectedBecause::OtherKind { .. } => writeln!(
                out,
                "    {cell}  {record} 编号已是另一类档案，未导入 · rejected: another kind of record has this number"
            )?,
        }
    }
    for Elsewhere { cell, place, says, .. } in &comparison.moves {
        let grids: Vec<&str> = says.iter().map(GridId::as_str).collect();
        let grids = grids.join(" ");
        writeln!(
            out,
            "    {cell}  {place} 网格不同，确认后执行 · if it moved: grid move-place {place} {grids}"
        )?;
    }
    Ok(())
}

fn bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    std::fs::read(path).map_err(|cause| CliError::File { path: path.to_owned(), cause })
}

fn text(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(|cause| CliError::File { path: path.to_owned(), cause })
}
