//! The siege: hostile phones and a stranger against a real `butler-office serve`, all at once, while honest phones work.
//!
//! `cargo xtask bench siege` runs it for a minute, prints what it cost the honest, and fails when a bar is missed:
//! every request of an honest phone answered, 99 of 100 within a second, nothing of theirs refused, and the office's
//! memory flat.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use butler_core::butler::{Transport, TransportError};
use butler_core::host::SystemHost;
use butler_core::model::{PremisesEdit, RecordId};
use butler_core::playbook::Playbooks;
use butler_core::sync::End;
use butler_core::sync::message::{Enrol, Request};
use butler_office::hub::Hub;
use butler_office::storage::Sqlite;
use butler_office::testing::jinse;
use clap::Parser as _;
use serde_bytes::ByteBuf;

use super::{ATTACKS, Attacker, Checked, Honest, Size, Targets, found, stranger};
use crate::demo::{Link, Office};
use crate::host::scratch;

/// Whose phones are in the wrong hands; each has several.
const WRONG_HANDS: [&str; 3] = ["wang.fang", "li.na", "zhao.min"];
/// The slowest of a hundred requests of an honest phone, at most.
const P99: Duration = Duration::from_secs(1);
/// How much the office may grow from the first third of the siege to its end.
const GROWTH_MIB: f64 = 64.0;

/// Attacks an office under way.
#[derive(clap::Parser)]
struct Args {
    /// How long it lasts, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Hostile phones
    #[arg(long, default_value_t = 8)]
    phones: usize,
    /// Leaves out attacks whose name contains this; may be given again
    #[arg(long)]
    without: Vec<String>,
}

/// The whole program; its exit code says whether every bar was met.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let besieged = besiege(&args);
    match besieged {
        Ok(missed) if missed.is_empty() => ExitCode::SUCCESS,
        Ok(missed) => {
            missed.iter().for_each(|bar| println!("missed: {bar}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("the siege could not be laid: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What everybody notes.
#[derive(Default)]
struct Notes {
    over: AtomicBool,
    attacks: AtomicU64,
    honest: Mutex<Vec<Duration>>,
    wrong: Mutex<Vec<String>>,
}

impl Notes {
    fn go_on(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }

    fn wrong(&self, what: String) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        // The first of each kind tells enough.
        if !wrong.contains(&what) {
            wrong.push(what);
        }
    }
}

/// The way of an honest phone, with the time each request takes.
struct Timed<'a> {
    line: Link,
    notes: &'a Notes,
}

impl Transport for Timed<'_> {
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError> {
        let begun = Instant::now();
        let answer = self.line.exchange(frame);
        self.notes.honest.lock().unwrap_or_else(PoisonError::into_inner).push(begun.elapsed());
        answer
    }
}

fn besiege(args: &Args) -> Checked<Vec<String>> {
    let fail = |error: &dyn std::fmt::Display| error.to_string();
    let folder = scratch().map_err(|error| fail(&error))?;
    let data = folder.path().join("office");
    let targets = {
        let storage = Sqlite::create(&data, &SystemHost, &jinse()).map_err(|error| fail(&error))?;
        let playbooks = Playbooks::embedded().map_err(|error| fail(&error))?;
        found(&Hub::new(storage, playbooks))?
    };
    let mut office = Office::new(data).map_err(|error| fail(&error))?;
    office.serve(&folder.path().join("office.log")).map_err(|error| fail(&error))?;
    let code = |staff: &str| -> Checked<String> {
        let printed = office.run(&["enrol", staff]).map_err(|error| error.to_string())?;
        printed.lines().next().map(str::to_owned).ok_or_else(|| "no code".into())
    };
    let hostile: Vec<(&str, String)> = (0..args.phones)
        .map(|number| WRONG_HANDS[number % WRONG_HANDS.len()])
        .map(|staff| Ok((staff, code(staff)?)))
        .collect::<Checked<_>>()?;
    let honest = [code("zhang.li")?, code("chen.jing")?];

    let notes = Notes::default();
    let mut memory = Vec::new();
    std::thread::scope(|scope| {
        let (notes, targets, url) = (&notes, &targets, office.url.as_str());
        for (number, (staff, code)) in hostile.into_iter().enumerate() {
            scope.spawn(move || attack(notes, targets, url, (number, staff, &code), &args.without));
        }
        scope.spawn(move || knock(notes, url));
        for code in &honest {
            scope.spawn(move || work(notes, targets.home, url, code));
        }
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(args.seconds) {
            std::thread::park_timeout(Duration::from_millis(500));
            memory.extend(office.memory_mib());
        }
        notes.over.store(true, Ordering::Relaxed);
    });
    Ok(judged(&notes, &memory))
}

/// One hostile phone: every attack of its owner's, again and again.
fn attack(notes: &Notes, targets: &Targets, url: &str, who: (usize, &str, &str), without: &[String]) {
    let (number, staff, code) = who;
    let line = Link::new(url, None);
    let grid = if staff == "li.na" { "grid-2" } else { "grid-1" };
    let attacker = match Attacker::enrol(&line, code, staff, grid) {
        Ok(attacker) => attacker,
        Err(error) => return notes.wrong(error),
    };
    let mine = ATTACKS.iter().filter(|attack| {
        attack.staff == staff && !without.iter().any(|left_out| attack.name.contains(left_out.as_str()))
    });
    for attack in mine.cycle().skip(number) {
        if !notes.go_on() {
            return;
        }
        if let Err(got) = (attack.run)(&attacker, targets, Size::Small) {
            notes.wrong(format!("{}: {got}", attack.name));
        }
        notes.attacks.fetch_add(1, Ordering::Relaxed);
        // Its session ends as anybody's does.
        let _ = attacker.open();
    }
}

/// A stranger: guesses at codes and challenges for devices that do not exist.
fn knock(notes: &Notes, url: &str) {
    let line = Link::new(url, None);
    for n in 0_u64.. {
        if !notes.go_on() {
            return;
        }
        let mut device = [0; 16];
        device[..8].copy_from_slice(&n.to_be_bytes());
        stranger(&line, Request::Challenge { device: butler_core::model::DeviceId(device) });
        let (code, public_key) = (format!("{n:010}"), ByteBuf::from(vec![7; 32]));
        stranger(&line, Request::Enrol(Enrol { code, public_key, label: "猜".into(), app: "1".into() }));
        notes.attacks.fetch_add(1, Ordering::Relaxed);
    }
}

/// An honest phone: writes a little and syncs, until the siege is over.
fn work(notes: &Notes, home: RecordId, url: &str, code: &str) {
    let line = Timed { line: Link::new(url, None), notes };
    let honest = match Honest::enrol(code, &line) {
        Ok(honest) => honest,
        Err(error) => return notes.wrong(error),
    };
    for round in 0_i64.. {
        if round > 0 {
            let edit = PremisesEdit { people: (round % 9).into(), ..PremisesEdit::default() };
            if let Err(error) = honest.butler.homes().edit(home, edit) {
                notes.wrong(format!("an honest edit: {error}"));
            }
        }
        match honest.butler.sync(&line, &mut |_| {}) {
            Ok(report) if report.end == End::Complete => {
                let refused = report.refused + report.quarantined + report.parked;
                if refused + report.withheld > 0 {
                    notes.wrong("an honest edit was refused, or an accepted change kept out".into());
                }
            }
            Ok(report) => notes.wrong(format!("an honest sync ended otherwise: {}", report.end)),
            Err(error) => notes.wrong(format!("an honest sync: {error}")),
        }
        if !notes.go_on() {
            break;
        }
    }
    match honest.butler.status() {
        Ok(status) if status.unsent_edits > 0 => {
            notes.wrong(format!("{} honest edits stay behind", status.unsent_edits));
        }
        Ok(_) => {}
        Err(error) => notes.wrong(format!("an honest phone: {error}")),
    }
}

/// Prints the figures; returns the bars that were missed.
fn judged(notes: &Notes, memory: &[f64]) -> Vec<String> {
    let mut times = notes.honest.lock().unwrap_or_else(PoisonError::into_inner).clone();
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
    let (p50, p99) = (at(50).copied().unwrap_or_default(), at(99).copied().unwrap_or(Duration::MAX));
    let settled = memory.get(memory.len() / 3).copied().unwrap_or_default();
    let last = memory.last().copied().unwrap_or_default();
    println!("siege");
    println!("{:<52}{:>12}", "attacks", notes.attacks.load(Ordering::Relaxed));
    println!("{:<52}{:>12}", "requests of honest phones", times.len());
    println!("{:<52}{:>12.2} ms", "an honest request, median", p50.as_secs_f64() * 1e3);
    println!("{:<52}{:>12.2} ms", "an honest request, 99 of 100; bar 1,000", p99.as_secs_f64() * 1e3);
    println!("{:<52}{:>12.2} MiB", "memory of the office after a third", settled);
    println!("{:<52}{:>12.2} MiB", "memory of the office at the end", last);
    let mut missed = notes.wrong.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if p99 > P99 {
        missed.push(format!("99 of 100 honest requests within {P99:?}: {p99:?}"));
    }
    if last > settled + GROWTH_MIB {
        missed.push(format!("the office's memory is not flat: {settled:.0} MiB, then {last:.0} MiB"));
    }
    missed
}
