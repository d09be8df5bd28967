//! `import`: a company's register. Without `--apply` it only says what it would do.

use std::cell::Cell;
use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use butler_core::host::SystemHost;
use butler_core::model::date::PartialDate;
use butler_core::model::{GridId, StaffId};

use super::CliError;
use crate::backup;
use crate::import::{
    self, ApplyError, Choices, Comparison, Elsewhere, ImportPlan, Mapping, Match, RejectedBecause, Stage,
    Treatment,
};
use crate::private;
use crate::storage::{Storage, StorageError};

/// Under whose name imports are written. Always the same: by it an import knows what the last one said.
const IMPORTER: &str = "import";
/// Lines of each list in the summary; the files hold all.
const LISTED: usize = 3;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The register: xlsx, xlsm, xlsb, xls, ods or csv
    file: PathBuf,
    /// What its columns are, where they are not understood by themselves (TOML)
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Where to write what the file was taken for, as a mapping to correct (TOML; it holds personal data)
    #[arg(long)]
    propose: Option<PathBuf>,
    /// Where to write what became of every cell (CSV; it holds personal data)
    #[arg(long)]
    report: Option<PathBuf>,
    /// Where to write what would change, and who was recognised by what (CSV; it names records, nobody)
    #[arg(long)]
    changes: Option<PathBuf>,
    /// Read hidden sheets and rows too
    #[arg(long)]
    hidden: bool,
    /// Go on although a quarter of the rows or more is left out
    #[arg(long)]
    partial: bool,
    /// Put buildings and units into the grids the register says
    #[arg(long)]
    move_grids: bool,
    /// End the owners whose home was sold, as of that day or month (`2026-11`); they are kept
    #[arg(long, value_name = "DATE", value_parser = date)]
    owners_until: Option<PartialDate>,
    /// Carry it out
    #[arg(long)]
    apply: bool,
}

fn date(text: &str) -> Result<PartialDate, String> {
    PartialDate::parse(text).map_err(|error| error.to_string())
}

pub(super) fn run(data: &Path, args: &Args, out: &mut dyn Write) -> Result<(), CliError> {
    let hub = super::open(data)?;
    let importer: StaffId =
        IMPORTER.parse().map_err(|_| CliError::Storage(StorageError::Unreadable { what: "importer" }))?;
    let community = hub.storage().read(|read| read.community())?;
    let mut mapping = match &args.mapping {
        Some(path) => Mapping::parse(&text(path)?)?,
        None => Mapping::guesses()?,
    };
    mapping.hidden |= args.hidden;
    let choices = Choices { partial: args.partial, moves: args.move_grids, owners_until: args.owners_until };
    let shown = Cell::new(None);
    let progress = |stage, done, of| show(&shown, stage, done, of);

    progress(Stage::Reading, 0, 0);
    let mut plan = import::read(&bytes(&args.file)?, &community.id, &mapping)?;
    if let Some(path) = &args.propose {
        write(path, &plan.proposal.to_toml())?;
    }
    let comparison = import::compare(&hub, &importer, &plan, &choices, &progress)?;
    comparison.report(&mut plan.report);
    for (path, csv) in [(&args.report, plan.report.to_csv()), (&args.changes, comparison.to_csv())] {
        if let Some(path) = path {
            write(path, &csv)?;
        }
    }
    tell(&plan, &comparison, &choices, out)?;
    if !args.apply {
        writeln!(out, "仅预览，加 --apply 执行 · nothing was changed; --apply carries it out")?;
        return Ok(());
    }
    match import::apply(&hub, &SystemHost, &importer, &plan, &comparison, &choices, &progress) {
        Ok(()) => writeln!(out, "已导入 · imported")?,
        Err(ApplyError::NotReady(open)) => return Err(open.into()),
        Err(ApplyError::Office(error)) => return Err(error.into()),
    }
    // What a whole register brought nobody types again.
    if let Some(folder) = backup::remembered(data)? {
        super::backup::make(hub.storage(), &folder, backup::KEEP, out)?;
    }
    Ok(())
}

/// Shows how far it is, on the terminal's own line or as a line for each stage. Whether that can be shown is no matter.
fn show(shown: &Cell<Option<(Stage, usize)>>, stage: Stage, done: usize, of: usize) {
    let step = (stage, done * 20 / of.max(1));
    let before = shown.replace(Some(step));
    if before == Some(step) {
        return;
    }
    let terminal = std::io::stderr().is_terminal();
    if !terminal && before.is_some_and(|(before, _)| before == stage) {
        return;
    }
    let word = match stage {
        Stage::Reading => "读取文件 · reading",
        Stage::Comparing => "与现有档案比对 · comparing",
        Stage::Writing => "写入 · writing",
    };
    let mut err = std::io::stderr();
    drop(match (terminal, of) {
        (true, 0) => write!(err, "\r\x1b[K{word}"),
        (true, _) if done == of => write!(err, "\r\x1b[K"),
        (true, _) => write!(err, "\r\x1b[K{word} {done}/{of}"),
        (false, 0) => writeln!(err, "{word}"),
        (false, _) => writeln!(err, "{word} {of}"),
    });
}

/// The plan in at most 20 lines: counts, reasons and cells, no names.
fn tell(
    plan: &ImportPlan,
    comparison: &Comparison,
    choices: &Choices,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let people: usize = plan.homes.iter().map(|home| home.residents.len()).sum();
    let (homes, grids, places) = (plan.homes.len(), plan.grids.len(), plan.places.len());
    writeln!(out, "{homes} 户 homes  {people} 人 people  {grids} 网格 grids  {places} 处 places")?;
    let counts = plan.report.counts();
    writeln!(
        out,
        "{} 行 rows, {} 未导入 left out; {} 格 cells: {} 已用 used, {} 未导入 left out, {} 已更正 corrected, {} 推断 guessed",
        plan.rows, plan.lost, counts.cells, counts.used, counts.left_out, counts.corrected, counts.guessed
    )?;
    let mut reasons: Vec<(String, usize)> = Vec::new();
    for ((treatment, why), count) in plan.report.by_reason() {
        if treatment == Treatment::LeftOut {
            match reasons.iter_mut().find(|(kind, _)| *kind == why.kind()) {
                Some((_, sum)) => *sum += count,
                None => reasons.push((why.kind(), count)),
            }
        }
    }
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    list(
        out,
        "未导入 left out",
        reasons.iter().map(|(kind, count)| format!("{count}  {kind}")).collect(),
        4,
    )?;
    list(out, "没有读的工作表 sheets", sheets(plan), 1)?;
    let questions = plan.proposal.questions.iter().map(ToString::to_string).collect();
    list(out, "要回答 questions", questions, LISTED)?;
    list(out, "拿不准 unsure", plan.proposal.unsure(), 2)?;
    let new = comparison.matches.iter().filter(|(_, found)| *found == Match::New).count();
    writeln!(
        out,
        "{} 处修改 edits, {} 项待裁定 conflicts; {new} 位新住户 new residents, {} 位已在 known; {} 项留空未动 blanks kept",
        comparison.work.len(),
        comparison.conflicts.len(),
        comparison.matches.len() - new,
        comparison.kept.len(),
    )?;
    writeln!(
        out,
        "不在新表 not in this register: {} 户 homes, {} 位住户 residents; {} 户换了业主 homes with another owner{}",
        comparison.missing.len(),
        comparison.gone.len(),
        comparison.owners.len(),
        if comparison.owners.is_empty() || choices.owners_until.is_some() {
            ""
        } else {
            "（--owners-until 日期，记原业主到期）"
        }
    )?;
    list(out, "整户未导入 rejected", rejected(comparison), 2)?;
    list(out, "网格不同 grids", moves(comparison, choices), 2)?;
    Ok(())
}

/// A short list: its first lines, and how many more there are.
fn list(out: &mut dyn Write, word: &str, lines: Vec<String>, most: usize) -> Result<(), CliError> {
    for (nth, line) in lines.iter().take(most).enumerate() {
        let more = lines.len().saturating_sub(most);
        let rest = if nth + 1 == most && more > 0 {
            format!("（还有 {more} · {more} more）")
        } else {
            String::new()
        };
        writeln!(out, "    {word}: {line}{rest}")?;
    }
    Ok(())
}

fn sheets(plan: &ImportPlan) -> Vec<String> {
    let left_out = plan.proposal.left_out.iter().map(|(sheet, why)| format!("{sheet}（{why}）"));
    let named: Vec<String> = left_out.collect();
    if named.is_empty() { Vec::new() } else { vec![named.join("、")] }
}

fn rejected(comparison: &Comparison) -> Vec<String> {
    let line = |rejected: &import::Rejected| {
        let (cell, record) = (rejected.reason.cell(), rejected.record);
        match &rejected.reason {
            RejectedBecause::Elsewhere(Elsewhere { place, .. }) => {
                format!("{cell}  {record} 在 {place}，网格不同 · it lies there, in another grid")
            }
            RejectedBecause::OtherKind { .. } => {
                format!("{cell}  {record} 编号已是另一类档案 · another kind of record has this number")
            }
        }
    };
    comparison.rejected.iter().map(line).collect()
}

fn moves(comparison: &Comparison, choices: &Choices) -> Vec<String> {
    let line = |Elsewhere { cell, place, has, says }: &Elsewhere| {
        let grids = |grids: &std::collections::BTreeSet<GridId>| {
            grids.iter().map(GridId::as_str).collect::<Vec<_>>().join(" ")
        };
        let how = if choices.moves {
            "将按台账调整 · will be moved"
        } else {
            "保持不变；按台账调整请加 --move-grids · stays; --move-grids moves it"
        };
        format!("{cell}  {place}: {} → {}，{how}", grids(has), grids(says))
    };
    comparison.moves.iter().map(line).collect()
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    private::write(path, text.as_bytes()).map_err(|cause| CliError::File { path: path.to_owned(), cause })
}

fn bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    std::fs::read(path).map_err(|cause| CliError::File { path: path.to_owned(), cause })
}

fn text(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(|cause| CliError::File { path: path.to_owned(), cause })
}
