//! `cargo xtask package`: what app teams take, and the proof that they can.
//!
//! Kotlin goes into a Maven repository in a folder, `target/repository`. The proof is somebody else's project: what the
//! readmes tell a newcomer to write is written into an empty folder, built with nothing of this checkout in sight, and run
//! against an office.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};

use crate::swift::Swift;
use crate::{bindings, kotlin, setup, sh};

mod android;
mod bill;
mod newcomer;
pub mod phone;
mod released;
mod repository;
mod swift;

#[derive(clap::Args)]
pub struct Args {
    /// Quick packages, of the dev profile and without documentation, then used by a newcomer's project: what `test` does
    #[arg(long)]
    check: bool,
    /// With --check: also what R8 leaves of such a project, and the documentation
    #[arg(long, requires = "check")]
    full: bool,
    /// With --check: the package for Android with a library, linked as the tests compile it; with --full as it ships
    #[arg(long, requires = "check")]
    phone: bool,
    /// With --check, when this version is released: writes down what it promises, in bindings/released
    #[arg(long, requires = "check")]
    keep: bool,
    /// Of the Kotlin compiled last time
    #[arg(long)]
    compiled: bool,
    /// Only one of them
    #[arg(long, value_enum)]
    only: Option<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Kotlin,
    Swift,
    /// No package: the library linked for phones of today as it ships, inspected and measured
    Phone,
}

/// Where cargo leaves what it builds.
fn built() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(bindings::target, |dir| sh::repo().join(dir))
}

/// How large the library of the dev profile may be without symbols, in bytes, on the machine CI runs on. What ships is measured where
/// it is built (`android::inspect`), which takes minutes; this costs nothing, and tells of a library linked by mistake.
const LARGEST_OF_DEV: u64 = 40_000_000;

/// The libraries that go into packages, without what only a debugger reads.
pub struct Libraries {
    pub butler: PathBuf,
    pub testing: PathBuf,
}

pub fn run(args: &Args) -> Result<()> {
    setup::rust()?;
    match args.only {
        Some(Part::Kotlin) => kotlin(args),
        Some(Part::Swift) => swift(args),
        Some(Part::Phone) => phone::check(),
        None => kotlin(args).and_then(|()| swift(args)),
    }
}

fn swift(args: &Args) -> Result<()> {
    if args.check {
        return check_swift(&crate::swift::ensure()?, args.full);
    }
    crate::swift::generate()?;
    println!("packages: the Swift package is in {}", swift::lay_out()?.display());
    Ok(())
}

fn kotlin(args: &Args) -> Result<()> {
    setup::kotlin()?;
    if !args.compiled {
        kotlin::jars()?;
    }
    if args.check {
        let phones = if args.phone || args.full { phone::link_for_check(args.full)? } else { Vec::new() };
        return check_kotlin(&phones, args.full, args.keep);
    }
    println!("packages: building the libraries for release (some minutes)");
    let mut cargo = sh::cargo();
    sh::run(cargo.args([
        "build",
        "--profile",
        "phone",
        "--lib",
        "-p",
        "butler-ffi",
        "-p",
        "butler-testing",
    ]))?;
    let libraries = stripped(&built().join("phone"))?;
    let generated = kotlin::properties(&bindings::build()?)?;
    let phones = phone::link(&phone::PHONES, phone::Profile::Phone)?;
    repository::publish(&repository::folder(), &libraries, &phones, &generated, true)?;
    println!("packages: the Maven repository is in {}", repository::folder().display());
    Ok(())
}

/// Lays the Swift package out and uses it as a newcomer would, in an office of its own.
pub fn check_swift(swift: &Swift, full: bool) -> Result<()> {
    let built = crate::swift::generate()?;
    let libraries = stripped(built.folder()?)?;
    let folder = libraries.butler.parent().context("the library lies in no folder")?;
    newcomer::Newcomer::new(&built.office)?.swift(swift, folder, full)?;
    released::before()?.map_or(Ok(()), |release| release.is_kept_by_swift())
}

/// Packages what the Kotlin step has compiled and the libraries for phones, and uses it as a newcomer would.
pub fn check_kotlin(phones: &[phone::Linked], full: bool, keep: bool) -> Result<()> {
    let built = bindings::build()?;
    let (libraries, generated) = (stripped(built.folder()?)?, kotlin::properties(&built)?);
    let size = fs::metadata(&libraries.butler)?.len();
    println!("packages: the library of the dev profile has {:.1} MB without symbols", size as f64 / 1e6);
    ensure!(
        !cfg!(all(target_os = "linux", target_arch = "x86_64")) || size <= LARGEST_OF_DEV,
        "the library of the dev profile has grown to {size} bytes, of which {LARGEST_OF_DEV} are allowed: what came to be linked? \
         (docs/performance.md, size)"
    );
    repository::publish(&repository::checked(), &libraries, phones, &generated, full)?;
    let newcomer = newcomer::Newcomer::new(&built.office)?;
    newcomer.kotlin(phones)?;
    if keep {
        released::keep(&newcomer.classes())?;
    }
    match released::before()? {
        Some(release) => {
            release.is_kept_by_kotlin()?;
            newcomer.of_release(&release)?;
        }
        None => println!("packages: no release before this version is to be served"),
    }
    if full {
        newcomer.shrunk()?;
    }
    Ok(())
}

/// Strips the libraries of a folder into one of ours.
fn stripped(from: &Path) -> Result<Libraries> {
    let to = folder().join("libraries");
    fs::create_dir_all(&to).with_context(|| format!("failed to create {}", to.display()))?;
    let strip = |name: &str| -> Result<PathBuf> {
        let file = format!("{}{name}{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
        let mut strip = Command::new("strip");
        // All that is not needed to load it; macOS's own strip calls it so.
        strip.arg(if cfg!(target_os = "macos") { "-x" } else { "--strip-unneeded" });
        sh::run(strip.arg("-o").arg(to.join(&file)).arg(from.join(&file)))?;
        Ok(to.join(file))
    };
    Ok(Libraries { butler: strip("butler_ffi")?, testing: strip("butler_testing")? })
}

/// Where packages are laid out.
fn folder() -> PathBuf {
    bindings::target().join("package")
}

fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Puts what lies in folders into an archive, with the same bytes every time: a new one, or one that is there.
fn archive(file: &Path, folders: &[&Path]) -> Result<()> {
    let mut jar = Command::new("jar");
    jar.arg(if file.exists() { "--update" } else { "--create" }).arg("--file").arg(file);
    jar.args(["--no-manifest", "--date=1980-01-01T00:00:02Z"]);
    for folder in folders {
        jar.arg("-C").arg(folder).arg(".");
    }
    sh::run(&mut jar).with_context(|| format!("failed to write {}", file.display()))
}

/// A folder that holds nothing yet.
fn empty(folder: PathBuf) -> Result<PathBuf> {
    bindings::remove(&folder)?;
    fs::create_dir_all(&folder).with_context(|| format!("failed to create {}", folder.display()))?;
    Ok(folder)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)
        .map(|_| ())
        .with_context(|| format!("failed to copy {} to {}", from.display(), to.display()))
}

/// What a platform is called in the folders JNA looks for a library in.
fn jna_platform() -> Result<String> {
    let system = match env::consts::OS {
        "linux" => "linux",
        "macos" => "darwin",
        "windows" => "win32",
        other => bail!("JNA's name of {other} is not known here"),
    };
    let processor = match env::consts::ARCH {
        "x86_64" => "x86-64",
        other => other,
    };
    Ok(format!("{system}-{processor}"))
}
