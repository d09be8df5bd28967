//! `playbook try`: what a changed folder of playbooks would have made of a month.

use std::io::Write;
use std::path::PathBuf;

use butler_core::host::Host;
use butler_core::model::RuleId;
use butler_core::playbook::due::RuleMonth;
use butler_core::playbook::metric::Month;
use butler_core::playbook::{Label, Language};
use serde::Serialize;

use super::CliError;
use super::playbook::{Tongue, in_order};
use crate::hub::{Hub, WhatIf, WhatIfLine};
use crate::storage::Sqlite;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder, as `publish` takes it; every *.toml below it is read
    dir: PathBuf,
    /// The month, such as 2026-11; left out, the present one
    #[arg(long)]
    month: Option<Month>,
    /// In which language
    #[arg(long, value_enum, default_value_t = Tongue::Zh)]
    language: Tongue,
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

/// A line of `playbook try --json`: a rule, or last the sum of all.
#[derive(Debug, Serialize)]
struct Line<'a> {
    month: String,
    rule: Option<&'a RuleId>,
    title: Label,
    differs: bool,
    was: Counts,
    tried: Counts,
    /// Records of the community that could not be read, and are not counted.
    unreadable: usize,
}

/// What was due by some rules, how it came out, and what it takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
struct Counts {
    due: u64,
    late: u64,
    closed: u64,
    visits: u64,
    minutes: u64,
}

impl Counts {
    fn of<'m>(months: impl Iterator<Item = Option<&'m RuleMonth>>) -> Self {
        months.flatten().fold(Self::default(), |sum, month| Self {
            due: sum.due + month.due,
            late: sum.late + month.late,
            closed: sum.closed + month.closed,
            visits: sum.visits + if month.visit { month.due } else { 0 },
            minutes: sum.minutes + month.due * u64::from(month.minutes),
        })
    }

    /// By the set in force, and as tried.
    fn both<'l>(lines: impl Iterator<Item = &'l WhatIfLine> + Clone) -> (Self, Self) {
        let (was, tried) =
            (lines.clone().map(|line| line.was.as_ref()), lines.map(|line| line.tried.as_ref()));
        (Self::of(was), Self::of(tried))
    }
}

pub(super) fn run(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    args: &Args,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let now = host.now();
    let month = match args.month {
        Some(month) => month,
        None => hub.month_of(now)?,
    };
    let files = in_order(&args.dir, false, out)?;
    let what_if = hub.what_if(now, month, &files)?;
    if args.json { json(&what_if, out) } else { table(&what_if, args.language.into(), out) }
}

fn json(what_if: &WhatIf, out: &mut dyn Write) -> Result<(), CliError> {
    let of = |rule, title: Label, (was, tried): (Counts, Counts)| Line {
        month: what_if.month.to_string(),
        rule,
        title,
        differs: was != tried,
        was,
        tried,
        unreadable: what_if.unreadable,
    };
    let lines = &what_if.lines;
    let rules =
        lines.iter().map(|line| of(Some(&line.rule), line.title(), Counts::both(std::iter::once(line))));
    let sum = of(None, Label::new("合计", "all"), Counts::both(lines.iter()));
    for line in rules.chain([sum]) {
        writeln!(out, "{}", serde_json::to_string(&line).map_err(std::io::Error::other)?)?;
    }
    Ok(())
}

fn table(what_if: &WhatIf, language: Language, out: &mut dyn Write) -> Result<(), CliError> {
    let say = |zh: &'static str, en: &'static str| match language {
        Language::Zh => zh,
        Language::En => en,
    };
    let WhatIf { month, as_of, lines, unreadable } = what_if;
    writeln!(out, "{month}  {} {as_of}", say("在用 → 试算，算到", "in force → tried, up to"))?;
    let heads = [say("到期", "due"), say("逾期", "late"), say("办结", "closed")];
    writeln!(out, "{}", heads.map(|head| padded(head, CELL)).concat().trim_end())?;
    let changed = lines.iter().take_while(|line| line.differs()).count();
    let parts =
        [(&lines[..changed], say("有变化", "changed")), (&lines[changed..], say("没有变化", "unchanged"))];
    for (lines, what) in parts {
        writeln!(out, "{what} {}", lines.len())?;
        for line in lines {
            let title = line.title();
            writeln!(out, "{}{}  {}", row(&line.counts()), title.text(language), line.rule)?;
        }
    }
    let (was, tried) = Counts::both(lines.iter());
    let sum = [(was.due, tried.due), (was.late, tried.late), (was.closed, tried.closed)];
    writeln!(out, "{}{}", row(&sum), say("合计", "all"))?;
    let visits = cell((was.visits, tried.visits));
    writeln!(out, "{visits}{}", say("上门（次）", "visits to customers"))?;
    let hours = padded(&format!("{:>5} → {:<6}{}", hours(was), hours(tried), more_hours(was, tried)), CELL);
    writeln!(
        out,
        "{hours}{}",
        say("工时（小时，按规则写的用时）", "hours, by the time each rule says it takes")
    )?;
    match unreadable {
        0 => {}
        count => writeln!(
            out,
            "{count} {}",
            say("份档案无法读取，未计入", "records could not be read and are not counted")
        )?,
    }
    writeln!(
        out,
        "{}",
        say("只是试算：没有发布，也没有写入任何内容", "tried only: nothing was published, nothing written")
    )?;
    Ok(())
}

/// How wide a pair of numbers stands, with what lies between them.
const CELL: usize = 20;

fn row(counts: &[(u64, u64); 3]) -> String {
    counts.map(cell).concat()
}

fn cell((was, tried): (u64, u64)) -> String {
    let more = i128::from(tried) - i128::from(was);
    let more = if more == 0 { String::new() } else { format!("{more:+}") };
    padded(&format!("{was:>5} → {tried:<6}{more}"), CELL)
}

/// Hours with one digit.
fn hours(counts: Counts) -> String {
    tenths(i128::from(counts.minutes) / 6)
}

fn more_hours(was: Counts, tried: Counts) -> String {
    match i128::from(tried.minutes) / 6 - i128::from(was.minutes) / 6 {
        0 => String::new(),
        more if more > 0 => format!("+{}", tenths(more)),
        less => tenths(less),
    }
}

fn tenths(tenths: i128) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
}

/// A text and blanks up to a width; a Chinese character is as wide as two others.
fn padded(text: &str, width: usize) -> String {
    let wide = |letter: char| if ('\u{2e80}'..='\u{ffef}').contains(&letter) { 2 } else { 1 };
    let own: usize = text.chars().map(wide).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(own)))
}
