//! The siege: hostile phones and a stranger against a real `butler-office serve`, all at once, while honest phones work.
//!
//! `cargo xtask bench siege` runs it for a minute, prints what it cost the honest, and fails when a bar is missed:
//! every request of an honest phone answered, 99 of 100 within a second, nothing of theirs rejected, and the office's
//! memory flat. It says as well which of the honest requests wait longest, and which attacks make the office work most.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use butler_core::butler::{Transport, TransportError};
use butler_core::host::SystemHost;
use butler_core::model::{HomeEdit, RecordId};
use butler_core::playbook::Playbooks;
use butler_core::sync::message::{Enrol, Request};
use butler_core::sync::{End, frame};
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
    honest: Mutex<Vec<(String, Asked)>>,
    /// By the attack's name.
    hostile: Mutex<BTreeMap<&'static str, Vec<Asked>>>,
    wrong: Mutex<Vec<String>>,
}

/// One request.
#[derive(Clone, Copy)]
struct Asked {
    /// As its phone saw it.
    took: Duration,
    /// What the office worked on it.
    worked: Duration,
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

/// The way of a phone, with the time each request takes.
struct Timed<'a> {
    line: Link,
    notes: &'a Notes,
    /// The attack under way; none on an honest phone.
    attack: Mutex<Option<&'static str>>,
}

impl<'a> Timed<'a> {
    fn new(url: &str, notes: &'a Notes) -> Self {
        Self { line: Link::new(url, None), notes, attack: Mutex::default() }
    }
}

impl Transport for Timed<'_> {
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError> {
        let begun = Instant::now();
        let answer = self.line.send(frame);
        let worked = answer.as_ref().ok().and_then(|answer| answer.worked).unwrap_or_default();
        let asked = Asked { took: begun.elapsed(), worked };
        match *self.attack.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(attack) => {
                let mut hostile = self.notes.hostile.lock().unwrap_or_else(PoisonError::into_inner);
                hostile.entry(attack).or_default().push(asked);
            }
            None => {
                let name = frame::beginning(frame).and_then(|beginning| beginning.name);
                let mut honest = self.notes.honest.lock().unwrap_or_else(PoisonError::into_inner);
                honest.push((name.unwrap_or_default(), asked));
            }
        }
        Ok(answer?.frame)
    }
}

fn besiege(args: &Args) -> Checked<Vec<String>> {
    let fail = |error: &dyn std::fmt::Display| error.to_string();
    let folder = scratch().map_err(|error| fail(&error))?;
    let data = folder.path().join("office");
    let targets = {
        let storage = Sqlite::create(&data, &SystemHost, &jinse()).map_err(|error| fail(&error))?;
        let playbooks = Playbooks::embedded().map_err(|error| fail(&error))?;
        let seals = storage.seal_secret(&SystemHost).map_err(|error| fail(&error))?;
        found(&Hub::new(storage, playbooks, seals))?
    };
    let mut office = Office::new(data, 0).map_err(|error| fail(&error))?;
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
    let line = Timed::new(url, notes);
    let doing = |what| *line.attack.lock().unwrap_or_else(PoisonError::into_inner) = Some(what);
    doing("its own enrolment");
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
        doing(attack.name);
        if let Err(got) = (attack.run)(&attacker, targets, Size::Small) {
            notes.wrong(format!("{}: {got}", attack.name));
        }
        notes.attacks.fetch_add(1, Ordering::Relaxed);
        // Its session ends as anybody's does.
        doing("sessions");
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
    let line = Timed::new(url, notes);
    let honest = match Honest::enrol(code, &line) {
        Ok(honest) => honest,
        Err(error) => return notes.wrong(error),
    };
    for round in 0_i64.. {
        if round > 0 {
            let edit = HomeEdit { people: (round % 9).into(), ..HomeEdit::default() };
            if let Err(error) = honest.butler.homes().edit(home, edit) {
                notes.wrong(format!("an honest edit: {error}"));
            }
        }
        match honest.butler.sync(&line, &mut |_| {}) {
            Ok(report) if report.end == End::Complete => {
                let rejected = report.rejected + report.quarantined + report.pending;
                if rejected + report.withheld > 0 {
                    notes.wrong("an honest edit was rejected, or an accepted change kept out".into());
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
    let honest = notes.honest.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let times: Vec<Duration> = honest.iter().map(|(_, asked)| asked.took).collect();
    let (p50, p99) = (of_100(&times, 50).unwrap_or_default(), of_100(&times, 99).unwrap_or(Duration::MAX));
    let resolved = memory.get(memory.len() / 3).copied().unwrap_or_default();
    let last = memory.last().copied().unwrap_or_default();
    println!("siege");
    println!("{:<52}{:>12}", "attacks", notes.attacks.load(Ordering::Relaxed));
    println!("{:<52}{:>12}", "requests of honest phones", times.len());
    println!("{:<52}{:>12.2} ms", "an honest request, median", p50.as_secs_f64() * 1e3);
    println!("{:<52}{:>12.2} ms", "an honest request, 99 of 100; bar 1,000", p99.as_secs_f64() * 1e3);
    println!("{:<52}{:>12.2} MiB", "memory of the office after a third", resolved);
    println!("{:<52}{:>12.2} MiB", "memory of the office at the end", last);
    explained(&honest, &notes.hostile.lock().unwrap_or_else(PoisonError::into_inner));
    let mut missed = notes.wrong.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if p99 > P99 {
        missed.push(format!("99 of 100 honest requests within {P99:?}: {p99:?}"));
    }
    if last > resolved + GROWTH_MIB {
        missed.push(format!("the office's memory is not flat: {resolved:.0} MiB, then {last:.0} MiB"));
    }
    missed
}

/// What so many of a hundred take at most.
fn of_100(times: &[Duration], percent: usize) -> Option<Duration> {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied()
}

/// Where the time went: the honest by the kind of their request, and the attacks that kept the office longest at once.
fn explained(honest: &[(String, Asked)], hostile: &BTreeMap<&'static str, Vec<Asked>>) {
    let row = |name: &str, asked: &[Asked]| {
        let took: Vec<Duration> = asked.iter().map(|asked| asked.took).collect();
        let worked: Vec<Duration> = asked.iter().map(|asked| asked.worked).collect();
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        let of = |times: &[Duration], percent| millis(of_100(times, percent).unwrap_or_default());
        println!(
            "{name:<66}{:>7}{:>10.1}{:>10.1}{:>10.1}{:>10.1}{:>10.0}",
            asked.len(),
            of(&took, 99),
            of(&worked, 50),
            of(&worked, 99),
            of(&worked, 100),
            millis(worked.iter().sum())
        );
    };
    let head = |of: &str| {
        println!(
            "{of:<66}{:>7}{:>10}{:>10}{:>10}{:>10}{:>10}",
            "number", "99%", "work 50%", "99%", "100%", "sum"
        );
    };
    let mut kinds: BTreeMap<&str, Vec<Asked>> = BTreeMap::new();
    for (name, asked) in honest {
        kinds.entry(name).or_default().push(*asked);
    }
    head("honest requests, in ms");
    kinds.iter().for_each(|(name, asked)| row(name, asked));
    let mut worst: Vec<(&str, &[Asked])> =
        hostile.iter().map(|(name, asked)| (*name, asked.as_slice())).collect();
    worst.sort_by_key(|(_, asked)| std::cmp::Reverse(asked.iter().map(|asked| asked.worked).max()));
    head("attacks with the longest requests, in ms");
    worst.iter().take(12).for_each(|(name, asked)| row(name, asked));
}
