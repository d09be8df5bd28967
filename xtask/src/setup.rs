//! `cargo xtask setup`: makes a fresh machine able to run the other verbs.
//!
//! On Debian and Ubuntu missing packages are installed, as root or through sudo. Elsewhere, or
//! without the right, it says exactly what is missing and how to get it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::{sh, sqlcipher, swift};

#[derive(clap::Args)]
pub struct Args {
    /// Also what `cargo xtask kotlin` needs: a JDK and Maven
    #[arg(long)]
    kotlin: bool,
    /// Also what `cargo xtask android` needs: a JDK, Maven and aapt2
    #[arg(long)]
    android: bool,
    /// Also what `cargo xtask swift` needs: Swift 6, in a folder of its own where the system has none
    #[arg(long)]
    swift: bool,
    /// Build SQLCipher for this Rust target instead of the machine we are on, and nothing else
    #[arg(long, conflicts_with_all = ["kotlin", "android", "swift"])]
    target: Option<String>,
}

pub fn run(args: &Args) -> Result<()> {
    if let Some(target) = &args.target {
        return sqlcipher::ensure(target);
    }
    rust()?;
    if args.kotlin {
        kotlin()?;
    }
    if args.android {
        android()?;
    }
    if args.swift {
        swift::ensure()?;
    }
    println!("ready");
    Ok(())
}

/// What every verb needs.
pub fn rust() -> Result<()> {
    need(&[COMPILER])?;
    sqlcipher::ensure(&sh::host()?)
}

/// What the Kotlin half needs besides.
pub fn kotlin() -> Result<()> {
    need(&[JDK, MAVEN])
}

/// What the Android app needs besides.
pub fn android() -> Result<()> {
    need(&[JDK, MAVEN, AAPT2])
}

/// What a library is linked for a phone with, on a machine without Android's NDK: a C compiler for other machines, with
/// headers. Python's registry has it for every desk; it goes into the folder shared by this user's checkouts.
pub fn zig() -> Result<()> {
    if zig_program()?.is_file() {
        return Ok(());
    }
    need(&[PIP])?;
    let folder = zig_folder()?;
    println!("missing: Zig {ZIG}; installing it into {} (100 MB)", folder.display());
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--disable-pip-version-check",
        "--root-user-action=ignore",
    ]);
    sh::run(pip.arg("--target").arg(&folder).arg(format!("ziglang=={ZIG}")))
}

/// Where it is.
pub fn zig_program() -> Result<PathBuf> {
    Ok(zig_folder()?.join("ziglang/zig"))
}

fn zig_folder() -> Result<PathBuf> {
    Ok(sh::cache()?.join(format!("zig-{ZIG}")))
}

/// Its version.
pub const ZIG: &str = "0.17.1";

/// A program the system provides.
pub struct Need {
    what: &'static str,
    present: fn() -> bool,
    /// Debian package names, the preferred one first: not every release has every one.
    apt: &'static [&'static str],
    elsewhere: &'static str,
}

const COMPILER: Need = Need {
    what: "a C compiler",
    present: || sh::on_path("cc") && sh::on_path("ar"),
    apt: &["build-essential"],
    elsewhere: "xcode-select --install",
};

const JDK: Need = Need {
    what: "a JDK, 17 or newer",
    present: || java_version().is_some_and(|version| version >= 17),
    apt: &["openjdk-17-jdk-headless", "default-jdk-headless"],
    elsewhere: "brew install openjdk@17, then put its bin folder on PATH",
};

const MAVEN: Need = Need {
    what: "Maven",
    present: || sh::succeeds(Command::new("mvn").arg("-v")),
    apt: &["maven"],
    elsewhere: "brew install maven",
};

const AAPT2: Need = Need {
    what: "aapt2",
    present: || sh::on_path("aapt2"),
    apt: &["aapt"],
    elsewhere: "install the build tools of the Android SDK and put them on PATH",
};

const PIP: Need = Need {
    what: "Python 3 with pip",
    present: || sh::succeeds(Command::new("python3").args(["-m", "pip", "--version"])),
    apt: &["python3-pip"],
    elsewhere: "brew install python3",
};

pub const DEBOOTSTRAP: Need = Need {
    what: "debootstrap",
    present: || {
        ["/usr/sbin", "/usr/bin"].iter().any(|at| std::path::Path::new(at).join("debootstrap").is_file())
    },
    apt: &["debootstrap"],
    elsewhere: "install Swift 6 instead and put it on PATH",
};

pub const BUBBLEWRAP: Need = Need {
    what: "bubblewrap",
    present: || sh::on_path("bwrap"),
    apt: &["bubblewrap"],
    elsewhere: "install Swift 6 instead and put it on PATH",
};

/// Installs what is missing, or fails with a sentence a person can act on.
pub fn need(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|need| need.what).collect();
    let names = names.join(", ");
    if !sh::on_path("apt-get") {
        let how: Vec<String> =
            missing.iter().map(|need| format!("  {}: {}", need.what, need.elsewhere)).collect();
        bail!("missing: {names}\n{}", how.join("\n"));
    }
    println!("missing: {names}; installing");
    let apt = |command: &[&str]| sh::run(&mut as_root(&[&["apt-get", "-qq"], command].concat())?);
    let updated = apt(&["update"]);
    let packages: Vec<&str> = missing.iter().map(|need| available(need.apt)).collect();
    let install = ["install", "-y", "--no-install-recommends"];
    if let Err(error) = updated.and_then(|()| apt(&[&install[..], &packages].concat())) {
        bail!("missing: {names} ({error:#})\n  as root: apt-get install {}", packages.join(" "));
    }
    if let Some(still) = missing.iter().find(|need| !(need.present)()) {
        bail!("{} is still missing after installing {}", still.what, available(still.apt));
    }
    Ok(())
}

/// A command to be run as root, through sudo when we are somebody else.
pub fn as_root(command: &[&str]) -> Result<Command> {
    let root = sh::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !root && !sh::on_path("sudo") {
        bail!("this needs root, and there is no sudo");
    }
    let full =
        [if root { &[][..] } else { &["sudo", "--"] }, &["env", "DEBIAN_FRONTEND=noninteractive"], command];
    let full = full.concat();
    let mut run = Command::new(full[0]);
    run.args(&full[1..]);
    Ok(run)
}

fn available<'a>(packages: &[&'a str]) -> &'a str {
    let known = |package: &&&str| sh::succeeds(Command::new("apt-cache").args(["show", package]));
    packages.iter().find(known).or(packages.last()).copied().unwrap_or_default()
}

fn java_version() -> Option<u32> {
    // `javac 17.0.15`; a runtime alone is not enough, so javac is asked.
    let said = sh::output(Command::new("javac").arg("-version")).ok()?;
    said.trim().strip_prefix("javac ")?.split('.').next()?.parse().ok()
}
