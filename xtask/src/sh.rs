//! Running other programs, with errors that name them.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// The top of the checkout we are run in. It is looked for when we run: a checkout that was copied or moved brings the
/// built program along, and the path it was built in is another checkout's.
pub fn repo() -> &'static Path {
    static REPO: LazyLock<PathBuf> = LazyLock::new(|| {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let here = env::current_dir().unwrap_or_default();
        find(manifest.as_deref(), &here).unwrap_or(here)
    });
    &REPO
}

/// The checkout around xtask's own folder, as cargo names it to what it runs, else around where we are started.
fn find(manifest: Option<&Path>, here: &Path) -> Option<PathBuf> {
    let is_top = |folder: &&Path| folder.join("xtask/Cargo.toml").is_file();
    let around = |folder: &Path| folder.ancestors().find(is_top).map(Path::to_owned);
    manifest.and_then(around).or_else(|| around(here))
}

/// The cargo that runs us, started at the top of the checkout so that `.cargo/config.toml` applies.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(repo());
    cargo
}

/// Maven, saying only what went wrong.
pub fn maven() -> Command {
    let mut maven = Command::new("mvn");
    maven.args(["-q", "-B", "-ntp", "-Dstyle.color=never"]);
    maven
}

/// The platform we run on, as rustc names it.
pub fn host() -> Result<String> {
    let said = output(Command::new("rustc").arg("-vV").current_dir(repo()))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("failed to read the host from `rustc -vV`")?.to_owned())
}

/// Where the toolchain of this checkout lies.
pub fn sysroot() -> Result<PathBuf> {
    let said = output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(repo()))?;
    Ok(PathBuf::from(said.trim()))
}

/// Runs to the end, letting the program print, or says which program failed and how.
pub fn run(command: &mut Command) -> Result<()> {
    let name = name(command);
    let status = command.status().with_context(|| format!("failed to start {name}"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// How libtest, Surefire and Swift's testing begin a line that names a test that failed.
const FAILED_TEST: [&str; 3] = ["---- ", "[ERROR]   ", "✘ Test"];
/// Of how many tests an error tells: of a run in which all fail, the first ones say why.
const TESTS_TOLD: usize = 40;

/// Runs tests to the end, letting them print. The error repeats the lines that name what failed: in the log of a whole run
/// they are thousands of lines above its end.
pub fn run_tests(command: &mut Command) -> Result<()> {
    let name = name(command);
    let started = || format!("failed to start {name}");
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(started)?;
    let printed = child.stdout.take().context("the output of tests is not there")?;
    let failed = relay(BufReader::new(printed), &mut std::io::stdout())?;
    let status = child.wait()?;
    if !status.success() {
        bail!("{name} failed ({status})\n{}", failed.join("\n"));
    }
    Ok(())
}

/// Tells tests whether they are to be the long ones.
pub fn tier(tests: &mut Command, full: bool) {
    if full {
        tests.env("BUTLER_TEST_TIER", "full");
    }
}

/// Passes on what tests print, and returns the lines that name what failed.
fn relay(printed: impl BufRead, out: &mut impl Write) -> Result<Vec<String>> {
    let mut failed: Vec<String> = Vec::new();
    for line in printed.split(b'\n') {
        let line = line?;
        out.write_all(&line)?;
        out.write_all(b"\n")?;
        let text = String::from_utf8_lossy(&line);
        // Swift's mark of a failure is that of a test it leaves out, too.
        let names_one = FAILED_TEST.iter().any(|mark| text.starts_with(mark)) && !text.ends_with(" skipped.");
        // Surefire tells everything twice.
        if names_one && failed.len() < TESTS_TOLD && !failed.iter().any(|told| *told == text) {
            failed.push(text.into_owned());
        }
    }
    Ok(failed)
}

/// Runs to the end and returns what was printed, or says which program failed and how.
pub fn output(command: &mut Command) -> Result<String> {
    let name = name(command);
    let done = command.output().with_context(|| format!("failed to start {name}"))?;
    if !done.status.success() {
        // Maven, for one, says on its output what went wrong.
        let said = [done.stdout, done.stderr].concat();
        bail!("{name} failed ({}): {}", done.status, String::from_utf8_lossy(&said).trim());
    }
    String::from_utf8(done.stdout).with_context(|| format!("{name} printed something that is not text"))
}

/// Whether the program is there and says yes; it prints nothing.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Whether a program of this name can be started.
pub fn on_path(program: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// What all programs that ran for us to their end cost, on however many processors; only Linux says so without a call
/// into C. In hundredths of a second, as it counts them on every machine of today.
pub fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program stands in brackets and may hold anything; numbers follow.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(13..15)?.iter().map(|ticks| ticks.parse().unwrap_or(0)).sum::<u64>();
    Some(Duration::from_millis(ticks * 10))
}

/// A folder shared by every checkout of this user, for what is big and the same for all.
pub fn cache() -> Result<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_CACHE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .context("neither XDG_CACHE_HOME nor HOME is set")?;
    Ok(base.join("butler"))
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(command.get_program()).to_string_lossy();
    let first = command.get_args().find(|arg| !arg.to_string_lossy().starts_with('-'));
    first.map_or_else(|| program.to_string(), |arg: &OsStr| format!("{program} {}", arg.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_program_and_what_it_was_asked() {
        let error = run(Command::new("false").args(["-q", "test"])).unwrap_err();
        assert!(error.to_string().starts_with("false test failed"), "{error}");
        let error = output(&mut Command::new("no-such-program")).unwrap_err();
        assert_eq!(error.to_string(), "failed to start no-such-program");
    }

    #[test]
    fn of_what_tests_print_the_lines_that_name_a_failure_are_kept_once() {
        let log = "✘ Test aCost() skipped.\n---- a_home stdout ----\n[ERROR]   HomeTest.aHome:12 expected\n✘ Test aHome() failed\n";
        let mut out = Vec::new();
        let failed = relay(log.repeat(2).as_bytes(), &mut out).unwrap();
        assert_eq!(failed, log.lines().skip(1).collect::<Vec<_>>());
        assert_eq!(String::from_utf8(out).unwrap(), log.repeat(2));
        assert!(run_tests(&mut Command::new("true")).is_ok());
        let error = run_tests(Command::new("false").arg("test")).unwrap_err();
        assert!(error.to_string().starts_with("false test failed"), "{error}");
    }

    #[test]
    fn the_checkout_is_found_wherever_we_are_started() {
        assert!(repo().join("xtask/Cargo.toml").is_file());
    }

    #[test]
    fn a_copied_checkout_is_worked_on_and_not_the_one_it_was_copied_from() {
        let copy = env::temp_dir().join(format!("butler-xtask-{}", std::process::id()));
        let inner = copy.join("core/src");
        std::fs::create_dir_all(copy.join("xtask")).unwrap();
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(copy.join("xtask/Cargo.toml"), "").unwrap();
        let found =
            [find(Some(&copy.join("xtask")), Path::new("/")), find(None, &inner), find(None, Path::new("/"))];
        std::fs::remove_dir_all(&copy).unwrap();
        assert_eq!(found, [Some(copy.clone()), Some(copy), None]);
    }
}
