//! `cargo xtask demo`: the whole product at work, on this machine, from nothing. And the day it leaves, gone on with by the app.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Instant, SystemTime};

use anyhow::{Context, Result, bail};

use crate::{bindings, build, kotlin, setup, sh};

#[derive(clap::Args)]
pub struct Args {
    /// Passed to the demo; `cargo xtask demo -- --help` lists what it takes
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    demo: Vec<String>,
}

pub fn run(args: &Args) -> Result<()> {
    setup::rust()?;
    println!("building the office and the phones: minutes the first time");
    // The demo starts the office it finds beside itself.
    let built = build::build(&["--bin", "butler-office", "--bin", "butler-demo"])?;
    let mut demo = Command::new(built.program("butler-demo")?);
    sh::run(demo.args(&args.demo).current_dir(sh::repo()))
}

/// A day the demo played to its end, with its office open again. Nobody else has it meanwhile.
pub struct Day {
    folder: PathBuf,
    /// When it was left, by its own clocks, in milliseconds since 1970.
    left: i64,
    opened: Instant,
    /// How far its clocks are ahead of this machine's.
    pub clock_ms: i64,
    office: Child,
    /// Where its office is reached.
    pub address: String,
    _taken: File,
}

impl Day {
    /// Opens the day in a folder, the demo's own unless said otherwise; where none was played there, it is played first.
    pub fn open(folder: Option<&Path>, programs: &kotlin::Generated) -> Result<Self> {
        let usual = bindings::target().join("demo/day");
        let folder = folder.unwrap_or(&usual);
        if !folder.join(LEFT).exists() {
            println!(
                "no day of the demo lies in {}: it is played first, in about a minute",
                folder.display()
            );
            let mut demo = Command::new(&programs.demo);
            sh::run(demo.arg("--keep").arg(folder).current_dir(sh::repo()))?;
        }
        let taken = File::open(folder.join("butler-demo"))?;
        taken.try_lock().with_context(|| format!("{} is open already", folder.display()))?;
        let said = std::fs::read_to_string(folder.join(LEFT))?;
        let left =
            said.trim().parse().with_context(|| format!("{} says no time", folder.join(LEFT).display()))?;
        let clock_ms = left - now()?;
        let mut office = Command::new(&programs.office);
        office.arg("--data").arg(folder.join("office")).arg(format!("--clock-ms={clock_ms}"));
        office.args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let log = File::options().create(true).append(true).open(folder.join("office.log"))?;
        let mut office = office.stderr(log).spawn().context("failed to start butler-office")?;
        let mut line = String::new();
        BufReader::new(office.stdout.take().context("the office has no output")?).read_line(&mut line)?;
        let Some(address) = line.trim().strip_prefix("listening on ") else {
            office.wait()?;
            bail!("the office did not start; {} says why", folder.join("office.log").display());
        };
        let (folder, address) = (folder.to_owned(), address.to_owned());
        Ok(Self { folder, left, opened: Instant::now(), clock_ms, office, address, _taken: taken })
    }

    /// The folder of a phone, by the id of who holds it.
    pub fn phone(&self, staff: &str) -> PathBuf {
        self.folder.join("phones").join(staff)
    }
}

impl Drop for Day {
    fn drop(&mut self) {
        // It goes on from here the next time. Where it cannot be kept, it goes on from where it did this time.
        let spent = i64::try_from(self.opened.elapsed().as_millis()).unwrap_or_default();
        let _ = std::fs::write(self.folder.join(LEFT), format!("{}\n", self.left + spent));
        // It may have ended by itself; nothing is left to do then.
        let _ = self.office.kill();
        let _ = self.office.wait();
    }
}

/// What a day that was played to its end has: when it was left.
const LEFT: &str = "left";

#[expect(
    clippy::disallowed_methods,
    reason = "the one place here that reads the clock, to set another one by it"
)]
fn now() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis())?)
}
