//! A day offline on four phones, merged at the office, from a real register: with real processes, real files and
//! a bad link. Ends with a proof that nothing was lost.

mod day;
mod line;
pub mod link;
mod office;
mod phone;
mod report;
mod show;

pub(crate) use link::Link;
pub(crate) use office::Office;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Instant;

use butler_core::host::{Host as _, SystemHost};
use butler_core::model::directory::Place;
use butler_core::model::office::TableName;
use butler_core::model::{EditId, Kind};
use butler_office::storage::{Sqlite, Storage, StorageError};
use chrono::{DateTime, FixedOffset, NaiveDate};
use clap::Parser as _;

use line::{Did, Line, Stands, Synced, Walked};
use report::Report;

type Done<T = ()> = Result<T, Box<dyn Error>>;

/// Four phones, one office, one day.
#[derive(Debug, clap::Parser)]
#[command(name = "butler-demo")]
struct Cli {
    /// Keeps databases, logs and the report in this folder; target/demo/day unless said otherwise.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Which day is played; today unless said otherwise. It begins at nine in the morning, whenever that is.
    #[arg(long, value_name = "DATE")]
    on: Option<NaiveDate>,
    /// The register to import.
    #[arg(long, value_name = "XLSX")]
    register: Option<PathBuf>,
    /// Seed of the bad link.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Debug, clap::Subcommand)]
enum Role {
    /// One phone; the demo starts these itself.
    #[command(hide = true)]
    Phone(phone::Args),
}

/// Runs the demo, or one of its phones.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.role {
        Some(Role::Phone(args)) => phone::run(args),
        None => demo(&cli),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("failed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One phone as the demo sees it.
struct Phone {
    staff: &'static str,
    name: &'static str,
    device: &'static str,
    grid: Option<&'static str>,
    folder: PathBuf,
    /// How far its clock is ahead of this machine's.
    clock_ms: i64,
    recorded: Vec<Did>,
    photos: u64,
    syncs: Vec<Synced>,
    walks: Vec<Walked>,
}

/// What a whole number of years is in a wrong clock.
const TEN_YEARS_MS: i64 = 10 * 365 * 86_400_000;

impl Phone {
    fn start(&self, args: &[&str]) -> Done<Child> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("phone")
            .arg("--folder")
            .arg(&self.folder)
            .arg("--clock-ms")
            .arg(self.clock_ms.to_string());
        Ok(command.args(args).stdout(Stdio::piped()).spawn()?)
    }

    /// Lets the phone do something to its end and returns what it said.
    fn run(&mut self, args: &[&str]) -> Done<Vec<Line>> {
        let child = self.start(args)?;
        self.listen(child, args)
    }

    /// Hears a phone out.
    fn listen(&mut self, mut child: Child, args: &[&str]) -> Done<Vec<Line>> {
        let lines = self.hear(&mut child, usize::MAX)?;
        if child.wait()?.success() {
            Ok(lines)
        } else {
            Err(format!("{}: {} failed", self.name, args.join(" ")).into())
        }
    }

    /// Hears at most so many lines. What was said counts as recorded, whatever happens to the process next.
    fn hear(&mut self, child: &mut Child, most: usize) -> Done<Vec<Line>> {
        let said = BufReader::new(child.stdout.take().ok_or("a phone without output")?);
        let mut lines = Vec::new();
        for line in said.lines().take(most) {
            let line: Line = serde_json::from_str(&line?)?;
            match &line {
                Line::Did(did) => self.recorded.push(did.clone()),
                Line::Photo => self.photos += 1,
                Line::Synced(synced) => self.syncs.push(synced.clone()),
                Line::Walked(walked) => self.walks.push(walked.clone()),
                Line::Says(_) | Line::Stands(_) => {}
            }
            lines.push(line);
        }
        Ok(lines)
    }

    fn stand(&mut self) -> Done<Stands> {
        let lines = self.run(&["stand"])?;
        let stands = lines
            .into_iter()
            .find_map(|line| if let Line::Stands(stands) = line { Some(stands) } else { None });
        stands.ok_or_else(|| "a phone does not say how it stands".into())
    }

    /// Lets the phone speak to the reader.
    fn tell(&mut self, args: &[&str]) -> Done {
        for line in self.run(args)? {
            if let Line::Says(words) = line {
                println!("    {words}");
            }
        }
        Ok(())
    }
}

fn heading(words: &str) {
    println!("\n■ {words}");
}

fn demo(cli: &Cli) -> Done {
    let began = Instant::now();
    let root = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(PathBuf::new, |tests| Path::new(&tests).join(".."));
    let kept = cli.keep.clone().unwrap_or_else(|| root.join("target/demo/day"));
    let (folder, _taken) = prepare(&kept)?;
    // All clocks are set: whenever it is played, the day begins in its morning.
    let morning = morning(cli.on)?;
    let ahead_ms = morning.timestamp_millis() - SystemHost.now().millis();
    let register =
        cli.register.clone().unwrap_or_else(|| root.join("office/tests/fixtures/register-jinse.xlsx"));

    heading(&format!("The office opens, at nine on {}", morning.format("%Y-%m-%d")));
    let mut office = Office::new(folder.join("office"), ahead_ms)?;
    let homes = open_office(&office, &register, &folder)?;
    office.serve(&folder.join("office.log"))?;
    println!("    {homes} homes imported, serving on {}", office.url);

    heading("Four phones enrol and take in their grids");
    let mut phones = phones(&folder, ahead_ms);
    for phone in &mut phones {
        let code = office.run(&["enrol", phone.staff])?;
        let code = code.lines().next().unwrap_or_default().to_owned();
        phone.run(&["enrol", &office.url, &code, phone.device])?;
        phone.run(&["sync", &office.url])?;
        let first = phone.syncs.last().cloned().unwrap_or_default();
        println!(
            "    {} ({}): {} changes in {} KiB, {} ms",
            phone.name,
            phone.grid.unwrap_or("all grids"),
            first.received,
            first.bytes_received / 1024,
            first.millis
        );
    }

    heading("The evening before: orders that two people will work on at once");
    for phone in phones.iter_mut().filter(|phone| phone.grid.is_some()) {
        phone.run(&["work", "before"])?;
        phone.run(&["sync", &office.url])?;
    }
    for phone in &mut phones {
        phone.run(&["sync", &office.url])?;
    }

    heading("The morning: what is open, as a walk through the day");
    for phone in phones.iter_mut().filter(|phone| phone.grid.is_some()) {
        println!("    {}:", phone.name);
        phone.tell(&["show", "walk"])?;
    }
    heading("The supervisor's view of the team");
    phones[3].tell(&["show", "team"])?;

    heading("The day, with the network off");
    // While everybody is away the office ends Wang Qiang's stint as finance's stand-in.
    office.run(&["staff", "role", "wang.qiang", "finance", "--remove"])?;
    let parts = ["butler", "stand-in", "butler", "supervisor"];
    let working: Vec<Child> =
        phones.iter().zip(parts).map(|(phone, part)| phone.start(&["work", part])).collect::<Done<_>>()?;
    for ((phone, child), part) in phones.iter_mut().zip(working).zip(parts) {
        let before = phone.recorded.len();
        let lines = phone.listen(child, &["work", part])?;
        println!(
            "    {}: {} edits, {} photos on the phone",
            phone.name,
            phone.recorded.len() - before,
            phone.photos
        );
        for line in lines {
            if let Line::Says(words) = line {
                println!("        {words}");
            }
        }
    }
    kill_hard(&mut phones[2])?;

    heading("Back at the office, over a link that loses, doubles and cuts");
    for (number, phone) in phones.iter_mut().enumerate() {
        let before = phone.syncs.len();
        let faults = (cli.seed + number as u64).to_string();
        phone.run(&["sync", &office.url, "--faults", &faults])?;
        let syncs = &phone.syncs[before..];
        let sum = |of: fn(&Synced) -> u64| syncs.iter().map(of).sum::<u64>();
        println!(
            "    {}: {} syncs, {} requests; {} changes handed in, {} accepted, {} rejected, {} written again; {} photos; {} KiB up, {} KiB down",
            phone.name,
            syncs.len(),
            sum(|sync| sync.requests),
            sum(|sync| sync.sent),
            sum(|sync| sync.accepted),
            sum(|sync| sync.rejected),
            sum(|sync| sync.reauthored),
            sum(|sync| sync.photos),
            sum(|sync| sync.bytes_sent) / 1024,
            sum(|sync| sync.bytes_received) / 1024
        );
    }
    sync_all(&mut phones, &office)?;

    heading("Conflicts, and how the supervisor resolves it");
    let conflicts = phones[3].stand()?.conflicts;
    println!("    {conflicts} things wait for a decision");
    phones[3].tell(&["work", "resolve"])?;
    sync_all(&mut phones, &office)?;
    let resolved = conflicts - phones[3].stand()?.conflicts;

    heading("What was rejected, and what became of it");
    phones[1].tell(&["work", "correct"])?;

    heading("Today, as 张丽 sees it now");
    phones[0].tell(&["show", "today"])?;
    heading("The history of the home two people edited");
    phones[0].tell(&["show", "history"])?;
    heading("Search, as the supervisor uses it");
    phones[3].tell(&["show", "search"])?;
    heading("The office's view of its devices");
    print!("{}", office.run(&["status"])?);

    heading("The proof");
    let report = prove(&mut phones, &office, homes, conflicts, resolved, began)?;
    report.print();
    for place in [&folder, &root.join("target/demo")] {
        report.write(&place.join("report.json"))?;
    }
    println!("    everything is kept in {}", folder.display());
    report.verdict()?;
    // Written last: a day that has it was played to its end.
    let left = SystemHost.now().millis().saturating_add(ahead_ms);
    std::fs::write(folder.join(LEFT), format!("{left}\n"))?;
    let day = cli.keep.as_ref().map_or_else(String::new, |_| format!(" --day {}", folder.display()));
    println!("\nGo on with 张丽's phone where the day left it, in a window: cargo xtask app{day}");
    Ok(())
}

/// The file that says what time it was when the day was left, in milliseconds since 1970.
const LEFT: &str = "left";

/// The folder to keep things in, emptied of an earlier demo but of nothing else. It is this demo's as long as the file is open.
fn prepare(folder: &Path) -> Done<(PathBuf, File)> {
    let mark = folder.join("butler-demo");
    if folder.exists() && std::fs::read_dir(folder)?.next().is_some() && !mark.exists() {
        return Err(format!("{} is not empty and not an earlier demo's", folder.display()).into());
    }
    std::fs::create_dir_all(folder)?;
    let taken = File::create(mark)?;
    // Whoever looks at the day in the app's window has it, too.
    taken.try_lock().map_err(|_| format!("{} is open in the app or in another demo", folder.display()))?;
    (&taken).write_all(b"made by butler-demo; emptied by its next run\n")?;
    for earlier in ["office", "phones"] {
        gone(std::fs::remove_dir_all(folder.join(earlier)))?;
    }
    gone(std::fs::remove_file(folder.join(LEFT)))?;
    Ok((folder.canonicalize()?, taken))
}

/// What is not there need not be removed.
fn gone(removed: std::io::Result<()>) -> Done {
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// The day begins at nine, by the clock of the community.
fn morning(on: Option<NaiveDate>) -> Done<DateTime<FixedOffset>> {
    const CHINA: i32 = 8 * 3_600;
    let zone = FixedOffset::east_opt(CHINA).ok_or("no such zone")?;
    let today = || {
        Some(DateTime::from_timestamp_millis(SystemHost.now().millis())?.with_timezone(&zone).date_naive())
    };
    let day = on.or_else(today).ok_or("no such day")?;
    let begins = day.and_hms_opt(9, 0, 0).and_then(|nine| nine.and_local_timezone(zone).single());
    begins.ok_or_else(|| "no such day".into())
}

/// Makes the office: register, people, grids. Returns how many homes there are.
fn open_office(office: &Office, register: &Path, folder: &Path) -> Done<u64> {
    office.run(&["init", "--community", "jinse"])?;
    let report = folder.join("import-report.txt");
    let (register, report) = (register.to_string_lossy(), report.to_string_lossy());
    let said = office.run(&["import", &register, "--report", &report, "--apply"])?;
    for line in said.lines() {
        println!("    {line}");
    }
    let again = office.run(&["import", &register, "--report", &report, "--apply"])?;
    println!("    a second import: {}", again.lines().next().unwrap_or_default());
    for (staff, name, roles) in [
        ("zhang.li", "张丽", &["butler"][..]),
        ("wang.qiang", "王强", &["butler", "finance"]),
        ("li.na", "李娜", &["butler", "engineering"]),
        ("chen.jing", "陈静", &["supervisor", "engineering"]),
    ] {
        let mut args = vec!["staff", "add", staff, "--name", name];
        args.extend(roles.iter().flat_map(|role| ["--role", role]));
        office.run(&args)?;
    }
    for (staff, role, grid) in [
        ("zhang.li", "butler", Some("jinse/grid-1")),
        ("wang.qiang", "butler", Some("jinse/grid-2")),
        ("wang.qiang", "finance", Some("jinse/grid-2")),
        ("li.na", "butler", Some("jinse/grid-3")),
        ("li.na", "engineering", Some("jinse/grid-3")),
        ("chen.jing", "supervisor", None),
        ("chen.jing", "engineering", None),
    ] {
        let mut args = vec!["grid", "assign", staff];
        args.extend([grid.unwrap_or("--community"), "--role", role]);
        office.run(&args)?;
    }
    let storage = Sqlite::open(&office.data, &SystemHost)?;
    let homes = storage.read(|read| {
        let places: Vec<Place> =
            serde_json::from_str(&read.table(TableName::Places)?.rows).unwrap_or_default();
        let records = places.iter().map(|place| read.records_at(&place.id)).collect::<Result<Vec<_>, _>>()?;
        Ok::<_, StorageError>(records.iter().flatten().filter(|record| record.kind == Kind::Home).count())
    })?;
    Ok(homes as u64)
}

fn phones(folder: &Path, ahead_ms: i64) -> Vec<Phone> {
    let phone = |staff, name, device, grid, wrong_ms| Phone {
        folder: folder.join("phones").join(staff),
        staff,
        name,
        device,
        grid,
        clock_ms: ahead_ms + wrong_ms,
        recorded: Vec::new(),
        photos: 0,
        syncs: Vec::new(),
        walks: Vec::new(),
    };
    vec![
        phone("zhang.li", "张丽", "华为 Mate 60", Some("1网格"), 0),
        phone("wang.qiang", "王强", "小米 14 (clock in 2036)", Some("2网格"), TEN_YEARS_MS),
        phone("li.na", "李娜", "荣耀 200", Some("3网格"), 0),
        phone("chen.jing", "陈静", "iPhone 15", None, 0),
    ]
}

/// The phone writes on and on; its process is killed hard after what it has said so far.
fn kill_hard(phone: &mut Phone) -> Done {
    const HEARD: usize = 25;
    let mut child = phone.start(&["work", "until-it-dies"])?;
    phone.hear(&mut child, HEARD)?;
    child.kill()?;
    child.wait()?;
    let stands = phone.stand()?;
    let there = |did: &Did| stands.records.contains_key(&did.record.to_string());
    let missing = phone.recorded.iter().rev().take(HEARD).filter(|did| !there(did)).count();
    if missing > 0 {
        return Err(format!("{missing} edits are gone after the kill").into());
    }
    println!(
        "    {}: killed hard while writing; all {HEARD} acknowledged edits are there after opening",
        phone.name
    );
    Ok(())
}

/// Everybody syncs until nothing is new to anybody.
fn sync_all(phones: &mut [Phone], office: &Office) -> Done {
    for _ in 0..2 {
        for phone in phones.iter_mut() {
            phone.run(&["sync", &office.url])?;
        }
    }
    Ok(())
}

/// Every recorded edit is at the office or shown as rejected; all phones of a grid read alike.
fn prove(
    phones: &mut [Phone],
    office: &Office,
    homes: u64,
    conflicts: u64,
    resolved: u64,
    began: Instant,
) -> Done<Report> {
    let storage = Sqlite::open(&office.data, &SystemHost)?;
    let stands: Vec<Stands> = phones.iter_mut().map(Phone::stand).collect::<Done<_>>()?;
    let rejected: BTreeSet<EditId> =
        stands.iter().flat_map(|stands| stands.rejected.iter().map(|(edit, _)| *edit)).collect();
    let mut report = Report { homes, conflicts, resolved, phones: phones.len() as u64, ..Report::default() };
    let accepted = storage.read(crate::accepted_edits)?;
    for did in phones.iter().flat_map(|phone| &phone.recorded) {
        report.recorded += 1;
        *report.by_kind.entry(did.what.clone()).or_insert(0) += 1;
        if accepted.contains(&did.edit) {
            report.at_office += 1;
        } else if rejected.contains(&did.edit) {
            report.rejected += 1;
        } else {
            report.lost += 1;
        }
    }
    let all: &BTreeMap<String, String> = &stands[3].records;
    let union: BTreeMap<&String, &String> = stands[..3].iter().flat_map(|stands| &stands.records).collect();
    let alike = stands[..3]
        .iter()
        .all(|stands| stands.records.iter().all(|(record, digest)| all.get(record) == Some(digest)));
    report.replicas_equal = alike && union.len() == all.len();
    report.records = all.len() as u64;
    report.unsent = stands.iter().map(|stands| stands.unsent + stands.unsent_photos).sum();
    report.walks = phones.iter().flat_map(|phone| phone.walks.iter().cloned()).collect();
    report.photos = phones.iter().map(|phone| phone.photos).sum();
    let syncs = || phones.iter().flat_map(|phone| &phone.syncs);
    report.bytes_up = syncs().map(|sync| sync.bytes_sent).sum();
    report.bytes_down = syncs().map(|sync| sync.bytes_received).sum();
    report.seconds = began.elapsed().as_secs_f64();
    Ok(report)
}
