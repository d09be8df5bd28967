//! `butler-scenario`: acts out scenario files and says what happened and what did not hold.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use butler_tests::scenario::{self, Books, Community, Outcome, Scenario, Unrun};
use clap::Parser;

/// Acts out acceptance scenarios on phones and an office, without a network.
#[derive(Parser)]
struct Cli {
    /// A folder of playbooks; the office publishes them
    #[arg(long, default_value = "core/playbooks")]
    playbooks: PathBuf,
    /// Also apply every `[[broken]]` change and see that the scenario fails with it
    #[arg(long)]
    broken: bool,
    /// Say only what did not hold
    #[arg(short, long)]
    quiet: bool,
    /// Scenario files
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut bad = 0;
    for file in &cli.files {
        match act(&cli, file) {
            Ok(true) => {}
            Ok(false) => bad += 1,
            Err(what) => {
                println!("{what}");
                bad += 1;
            }
        }
    }
    if cli.files.len() > 1 {
        println!("\n{} of {} scenarios are fulfilled", cli.files.len() - bad, cli.files.len());
    }
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn act(cli: &Cli, file: &Path) -> Result<bool, String> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let community = scenario::community(folder).map_err(|wrong| wrong.to_string())?;
    let read = scenario::scenario(file).map_err(|wrong| wrong.to_string())?;
    let books = Books::company(&cli.playbooks)?;
    println!("\n=== {}: {} · {}", file.display(), read.title.zh, read.title.en);
    let began = Instant::now();
    let quiet = cli.quiet;
    let mut tell = |words: &str| {
        if !quiet {
            println!("{words}");
        }
    };
    let outcome = scenario::run(&community, &read, &books, &mut tell).map_err(|unrun| unrun.to_string())?;
    for failure in &outcome.failures {
        println!("FAILED {failure}");
    }
    let mut fine = outcome.failures.is_empty();
    println!(
        "    {}, {:.1} s",
        if fine { "fulfilled" } else { "NOT fulfilled" },
        began.elapsed().as_secs_f32()
    );
    if fine {
        fine = complete(&read, &outcome);
    }
    if cli.broken && fine {
        fine &= broken(&community, &read, &books);
    }
    Ok(fine)
}

/// What every scenario needs besides holding.
fn complete(read: &Scenario, outcome: &Outcome) -> bool {
    let lacks: Vec<String> = scenario::lacks(read, outcome);
    for lack in &lacks {
        println!("LACKS {}: {lack}", read.file);
    }
    if let Some(concurrent) = outcome.concurrent.first() {
        let [(one, line), (other, other_line)] = &concurrent.by;
        println!(
            "    written concurrently: {} by {one} (line {line}) and {other} (line {other_line})",
            concurrent.record
        );
    }
    lacks.is_empty()
}

fn broken(community: &Community, read: &Scenario, books: &Books) -> bool {
    let mut fine = true;
    for row in &read.broken {
        let change = row.row.change();
        let words = format!("{}:{}: {} with “{}”", read.file, row.line, change.file, change.by.trim());
        let result = match books.of(read).changed(&change) {
            Ok(books) => scenario::first_failure(community, read, &books),
            Err(what) => {
                println!("FAILED {words}: {what}");
                fine = false;
                continue;
            }
        };
        match result {
            Ok(None) => {
                println!("FAILED {words}: the scenario does not notice this change");
                fine = false;
            }
            Ok(Some(failure)) => println!("    noticed: {words}: {}", failure.what),
            Err(Unrun::File(wrong)) => println!("    noticed: {words}: {}", wrong.what),
            Err(Unrun::Playbooks(reasons)) => {
                println!(
                    "FAILED {words}: the set is rejected, which proves nothing of the scenario: {reasons}"
                );
                fine = false;
            }
        }
    }
    fine
}
