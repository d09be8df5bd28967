//! `import`: a company's register. Without `--apply` it only says what it would do.

use std::cell::Cell;
use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use butler_core::host::Host;
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
    /// What its columns are (TOML): what --propose wrote, corrected
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Writes what the columns were taken for, to correct (TOML). Personal data!
    #[arg(long, value_name = "FILE")]
    propose: Option<PathBuf>,
    /// Writes what became of every cell (CSV). Personal data!
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Writes what would change, who was recognised by what (CSV)
    #[arg(long, value_name = "FILE")]
    changes: Option<PathBuf>,
    /// Reads hidden sheets and rows too
    #[arg(long)]
    hidden: bool,
    /// Goes on although a quarter of the rows or more is left out
    #[arg(long)]
    partial: bool,
    /// Puts buildings and units into the grids the register says
    #[arg(long)]
    move_grids: bool,
    /// Ends the old owners of sold homes then (`2026-11`); they are kept
    #[arg(long, value_name = "DATE", value_parser = date)]
    owners_until: Option<PartialDate>,
    /// Carries it out
    #[arg(long)]
    apply: bool,
}

fn date(text: &str) -> Result<PartialDate, String> {
    PartialDate::parse(text).map_err(|error| error.to_string())
}

pub(super) fn run(data: &Path, host: &dyn Host, args: &Args, out: &mut dyn Write) -> Result<(), CliError> {
    let hub = super::open(data, host)?;
    let importer: StaffId =
        IMPORTER.parse().map_err(|_| CliError::Storage(StorageError::Unreadable { what: "importer" }))?;
    let community = hub.storage().read(|read| read.community())?;
    let mut mapping = match &args.mapping {
        Some(path) => Mapping::parse(&text(path)?)?,
        None => Mapping::guesses()?,
    };
    let in_force = hub.storage().read(|read| hub.in_force(read))?;
    mapping.check_words(hub.playbooks(&in_force).terms())?;
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
    match import::apply(&hub, host, &importer, &plan, &comparison, &choices, &progress) {
        Ok(()) => writeln!(out, "已导入 · imported")?,
        Err(ApplyError::NotReady(open)) => return Err(open.into()),
        Err(ApplyError::Office(error)) => return Err(error.into()),
    }
    // What a whole register brought nobody types again.
    if let Some(folder) = backup::remembered(data)? {
        super::backup::make(hub.storage(), host, &folder, backup::KEEP, out)?;
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

/// The plan in at most 20 lines: counts, reasons and cells, no names. Counts fit into 80 columns.
fn tell(
    plan: &ImportPlan,
    comparison: &Comparison,
    choices: &Choices,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let people: usize = plan.homes.iter().map(|home| home.residents.len()).sum();
    let (homes, grids, places) = (plan.homes.len(), plan.grids.len(), plan.places.len());
    writeln!(out, "{homes} 户 homes  {people} 人 people  {grids} 网格 grids  {places} 处 places")?;
    let (rows, lost, counts) = (plan.rows, plan.lost, plan.report.counts());
    let (cells, cells_lost) = (counts.cells, counts.left_out);
    writeln!(out, "{rows} 行 rows: {lost} 未导入 left out；{cells} 格 cells: {cells_lost} 未导入 left out")?;
    list(out, "未导入 left out", reasons(plan), LISTED)?;
    if counts.corrected + counts.guessed > 0 {
        let (corrected, guessed) = (counts.corrected, counts.guessed);
        writeln!(out, "{corrected} 格已更正 corrected，{guessed} 格推断 guessed")?;
    }
    list(out, "没有读的工作表 sheets", sheets(plan), 1)?;
    let questions = plan.proposal.questions.iter().map(ToString::to_string).collect();
    list(out, "要回答 questions", questions, LISTED)?;
    list(out, "拿不准 unsure", plan.proposal.unsure(), 2)?;
    let (new, conflicts) = (comparison.created(), comparison.conflicts.len());
    let changed = comparison.work.len() - new;
    writeln!(out, "{new} 份新档案 new records，{changed} 份变更 changed，{conflicts} 项待裁定 conflicts")?;
    let strangers = comparison.matches.iter().filter(|(_, found)| *found == Match::New).count();
    let (known, kept) = (comparison.matches.len() - strangers, comparison.kept.len());
    writeln!(out, "{strangers} 位新住户 new residents，{known} 位已在 known，{kept} 项留空未动 blanks kept")?;
    list(out, "换了业主 another owner", owners(comparison, choices), 1)?;
    let (missing, gone) = (comparison.missing.len(), comparison.gone.len());
    if missing + gone > 0 {
        writeln!(out, "不在新表 not in this register: {missing} 户 homes，{gone} 位住户 residents")?;
    }
    list(out, "整户未导入 rejected", rejected(comparison), 2)?;
    list(out, "网格不同 grids", moves(comparison, choices), 1)?;
    if plan.grids.is_empty() && comparison.created() > 0 {
        // Where nothing says the grid, nobody would see the homes, and nobody would know why.
        writeln!(out, "台账没有网格，分好网格手机才看得到 · no grids: see `grid add`, `grid move-place`")?;
    }
    Ok(())
}

/// Why cells are left out: the most frequent reason first, each with the first cell.
fn reasons(plan: &ImportPlan) -> Vec<String> {
    let mut reasons: Vec<(String, usize, String)> = Vec::new();
    for line in plan.report.lines.iter().filter(|line| line.treatment == Treatment::LeftOut) {
        let kind = line.why.kind();
        match reasons.iter_mut().find(|(known, ..)| *known == kind) {
            Some((_, count, _)) => *count += 1,
            None => reasons.push((kind, 1, line.cell.to_string())),
        }
    }
    reasons.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    reasons.into_iter().map(|(kind, count, first)| format!("{count}  {kind}（{first}）")).collect()
}

/// The homes that were sold, as it seems, and how to say when the old owners end.
fn owners(comparison: &Comparison, choices: &Choices) -> Vec<String> {
    let line = |change: &import::OwnerChange| {
        let how = match choices.owners_until {
            Some(until) => format!("原业主至 {until} · ends the old one"),
            None => "原业主保留；到期请加 --owners-until 日期 · the old one stays".to_owned(),
        };
        format!("{}  {how}", change.cell)
    };
    comparison.owners.iter().map(line).collect()
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
