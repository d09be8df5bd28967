//! `cargo xtask swift`: the Swift package with the host's library.
//!
//! A Mac, or any machine with Swift 6 on PATH, uses that. On other Linux machines Debian 13's own
//! Swift is put into a folder and run there through bubblewrap: its C library is newer than the
//! system's, so it cannot be installed beside it. The checkout appears inside at its own path.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::{bindings, setup, sh};

const SUITE: &str = "trixie";
const PACKAGES: &[&str] = &["swiftlang", "libc6-dev", "libstdc++-14-dev", "binutils"];

/// Where Swift comes from on this machine.
pub enum Swift {
    Installed,
    /// A Debian system in this folder.
    Folder(PathBuf),
}

#[derive(clap::Args)]
pub struct Args {
    /// Only tests whose name, `ButlerKitTests.Class/method()`, this regular expression finds something in
    filter: Option<String>,
}

pub fn run(args: &Args) -> Result<()> {
    setup::rust()?;
    test(&ensure()?, args.filter.as_deref(), false)
}

/// Finds Swift, or puts it into the cache shared by this user's checkouts.
pub fn ensure() -> Result<Swift> {
    if installed() {
        return Ok(Swift::Installed);
    }
    if !cfg!(target_os = "linux") || !sh::on_path("apt-get") {
        bail!(
            "missing: Swift 6\n  on a Mac: install Xcode 16 or newer\n  elsewhere: install Swift 6 and put it on PATH"
        );
    }
    setup::need(&[setup::BUBBLEWRAP])?;
    let cache = sh::cache()?;
    let folder = cache.join(format!("swift-{SUITE}"));
    fs::create_dir_all(&cache).with_context(|| format!("failed to create {}", cache.display()))?;
    // Two checkouts may want it at once; the second waits for the first.
    let lock = fs::File::create(cache.join("swift.lock"))?;
    lock.lock()?;
    if !folder.is_dir() {
        setup::need(&[setup::DEBOOTSTRAP])?;
        bootstrap(&folder)?;
    }
    Ok(Swift::Folder(folder))
}

/// Generates, compiles and tests; everything needed is there. In full, more sequences of random calls are run.
pub fn test(swift: &Swift, filter: Option<&str>, full: bool) -> Result<()> {
    let mut tests = swift.tests("bindings/swift", &generate()?, filter)?;
    sh::tier(&mut tests, full);
    sh::run_tests(&mut tests).context("swift test")
}

/// Builds the libraries and writes the generated half.
pub fn generate() -> Result<bindings::Built> {
    let built = bindings::build()?;
    generate_module(&built, &built.butler, "ButlerFFI", "butler_ffi")?;
    generate_module(&built, &built.testing, "ButlerTestingFFI", "butler_testing")?;
    generate_fields(&built)?;
    Ok(built)
}

/// SwiftPM takes sources only from inside the package, so they are generated there, ignored by git.
fn generate_module(
    built: &bindings::Built,
    library: &bindings::Library,
    module: &str,
    links: &str,
) -> Result<()> {
    let package = sh::repo().join("bindings/swift/Generated");
    let fresh = bindings::target().join("bindings/swift").join(module);
    built.generate("swift", library, &fresh)?;
    let (source, header) = (format!("{module}.swift"), format!("C{module}.h"));
    let c_module = package.join(format!("C{module}"));
    place(&fresh.join(&source), &package.join(module).join(&source), |text| text)?;
    place(&fresh.join(&header), &c_module.join(&header), |text| text)?;
    place(&fresh.join(format!("C{module}.modulemap")), &c_module.join("module.modulemap"), |map| {
        // Whoever imports the module also links the library.
        map.trim_end().trim_end_matches('}').to_owned() + &format!("    link \"{links}\"\n}}\n")
    })
}

/// The classes of fields are part of ButlerKit, beside what is written by hand.
fn generate_fields(built: &bindings::Built) -> Result<()> {
    let fresh = bindings::target().join("bindings/swift/Fields.swift");
    built.generate_fields("swift", &fresh)?;
    place(&fresh, &sh::repo().join("bindings/swift/Sources/ButlerKit/Generated/Fields.swift"), |text| text)
}

/// Leaves an unchanged file alone, so that Swift compiles nothing again.
fn place(from: &Path, to: &Path, change: impl Fn(String) -> String) -> Result<()> {
    let text = fs::read_to_string(from).with_context(|| format!("failed to read {}", from.display()))?;
    let text = change(text);
    if fs::read_to_string(to).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(to, text).with_context(|| format!("failed to write {}", to.display()))
}

impl Swift {
    /// The tests of a package that stands on the libraries. Packages share what they compile: what one has made of the
    /// Swift half the other does not make again.
    pub fn tests(&self, package: &str, built: &bindings::Built, filter: Option<&str>) -> Result<Command> {
        let folder = built.folder()?;
        let mut command = self.command("swift", &[sh::repo(), folder]);
        command.env("BUTLER_OFFICE", &built.office);
        command.args(["test", "--package-path"]).arg(sh::repo().join(package));
        command.arg("--scratch-path").arg(bindings::target().join("swift"));
        // What is planned for one package is taken for the other's, too: nothing of it would be compiled, and no test found.
        command.arg("--disable-build-manifest-caching");
        command.args(filter.into_iter().flat_map(|filter| ["--filter", filter]));
        for flag in [format!("-L{}", folder.display()), "-rpath".into(), folder.display().to_string()] {
            command.args(["-Xlinker", &flag]);
        }
        if cfg!(target_os = "linux") {
            // Swift's own libswiftObservation.so asks for a function it was built without, and only when it dies:
            // https://github.com/swiftlang/swift/issues/75670, mended in Swift 6.2.
            command.args(["-Xlinker", "--allow-shlib-undefined"]);
        }
        Ok(command)
    }

    /// One test of a package, compiled for speed and run with the library of another folder.
    pub fn measured(
        &self,
        package: &str,
        built: &bindings::Built,
        library: &Path,
        test: &str,
    ) -> Result<Command> {
        let mut command = self.tests(package, built, Some(test))?;
        command.args(["-c", "release", "-Xswiftc", "-enable-testing"]);
        command.env("LD_LIBRARY_PATH", library);
        Ok(command)
    }

    /// A program of Swift's that sees these folders, to be given its arguments.
    pub fn command(&self, program: &str, visible: &[&Path]) -> Command {
        self.started(program, visible, sh::repo(), false)
    }

    /// What comes with Swift and is not on `PATH`.
    pub fn tool(&self, name: &str) -> String {
        match self {
            Swift::Installed => name.to_owned(),
            Swift::Folder(_) => format!("/usr/libexec/swift/bin/{name}"),
        }
    }

    /// A program that sees these folders and starts inside one of them; `online` when it has an office on this machine to
    /// talk to.
    pub fn started(&self, program: &str, visible: &[&Path], inside: &Path, online: bool) -> Command {
        let Swift::Folder(root) = self else {
            let mut command = Command::new(program);
            command.current_dir(inside);
            return command;
        };
        let mut bwrap = Command::new("bwrap");
        bwrap.args(["--die-with-parent", "--unshare-pid"]);
        if !online {
            bwrap.arg("--unshare-net");
        }
        for folder in ["usr", "etc"] {
            bwrap.arg("--ro-bind").arg(root.join(folder)).arg(Path::new("/").join(folder));
        }
        for link in ["bin", "sbin", "lib", "lib64"] {
            bwrap.arg("--symlink").arg(Path::new("usr").join(link)).arg(Path::new("/").join(link));
        }
        bwrap.args(["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--setenv", "HOME", "/tmp"]);
        for folder in visible {
            bwrap.arg("--bind").arg(folder).arg(folder);
        }
        bwrap.arg("--chdir").arg(inside).arg(program);
        bwrap
    }
}

fn installed() -> bool {
    // `Swift version 6.0.3 (…)` or `Apple Swift version 6.1 (…)`; the package needs 6.
    let said = sh::output(Command::new("swift").arg("--version")).unwrap_or_default();
    major(&said).is_some_and(|major| major >= 6)
}

fn major(said: &str) -> Option<u32> {
    said.split_once("Swift version ")?.1.split('.').next()?.trim().parse().ok()
}

fn bootstrap(folder: &Path) -> Result<()> {
    let started = Instant::now();
    let log = folder.with_extension("log");
    println!("Swift: putting Debian {SUITE} with Swift into {}", folder.display());
    println!("       (2.6 GB, a minute or two; what it does is told in {})", log.display());
    let told = fs::File::create(&log)?;
    let as_root = |command: &[&str]| -> Result<()> {
        let mut command = setup::as_root(command)?;
        sh::run(command.stdout(told.try_clone()?).stderr(told.try_clone()?))
            .with_context(|| format!("failed to put Swift into a folder, see {}", log.display()))
    };
    let building = folder.with_extension("building");
    let building = building.to_str().context("the cache folder's name is not text")?;
    // debootstrap has a mirror of its own; a machine that must use another one says so.
    let mirror = env::var("BUTLER_DEBIAN_MIRROR").unwrap_or_default();
    let mut debootstrap = vec!["/usr/sbin/debootstrap", "--variant=minbase", SUITE, building];
    if !mirror.is_empty() {
        debootstrap.push(&mirror);
    }
    let apt = ["chroot", building, "apt-get", "-qq"];
    as_root(&["rm", "-rf", building])?;
    as_root(&debootstrap)?;
    as_root(&[&apt[..], &["install", "-y", "--no-install-recommends"], PACKAGES].concat())?;
    as_root(&[&apt[..], &["clean"]].concat())?;
    // Only now under its name: a folder of that name is a whole one.
    let whole = folder.to_str().context("the cache folder's name is not text")?;
    as_root(&["mv", "-T", building, whole])?;
    println!("Swift: ready after {:.0} s", started.elapsed().as_secs_f32());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_as_linux_and_macs_print_it() {
        assert_eq!(major("Swift version 6.0.3 (swift-6.0.3-RELEASE)\nTarget: x86_64"), Some(6));
        assert_eq!(major("swift-driver version: 1.115 Apple Swift version 5.10 (swiftlang)"), Some(5));
        assert_eq!(major("OpenStack swift client"), None);
    }
}
