//! `cargo xtask ios`: the iOS app as far as it goes without a Mac. Its models, words and formats are compiled and tested on
//! this machine; its views are checked against declarations of SwiftUI, and what else an iPhone alone has is read for its
//! syntax: docs/ios.md says what that leaves open.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::swift::{self, Swift};
use crate::{bindings, setup, sh};

#[derive(clap::Args)]
pub struct Args {
    /// Only tests whose name, `ButlerAppTests.Suite/test()`, this regular expression finds something in
    filter: Option<String>,
}

pub fn run(args: &Args) -> Result<()> {
    setup::rust()?;
    test(&swift::ensure()?, args.filter.as_deref())
}

/// Compiles and tests; everything needed is there.
pub fn test(swift: &Swift, filter: Option<&str>) -> Result<()> {
    let started = Instant::now();
    let mut sources = Vec::new();
    files(&folder(), "swift", &mut sources)?;
    println!("ios: reading {} files for their syntax, those for iPhones too", sources.len());
    let mut parse = swift.command("swiftc", &[sh::repo()]);
    sh::run(parse.args(["-parse", "-swift-version", "6"]).args(&sources)).context("swiftc -parse")?;

    println!("ios: building the libraries and generating their Swift");
    let built = swift::generate()?;

    println!("ios: compiling the app without what only an iPhone has, and testing it");
    sh::run_tests(&mut swift.tests("ios-demo", &built, filter)?).context("swift test")?;

    if filter.is_none() {
        check_views(swift)?;
        tell_contract()?;
    }
    println!("ios: done in {:.1} s", started.elapsed().as_secs_f32());
    Ok(())
}

/// Checks that the views fit the states they draw and each other, against our declarations of what they use of SwiftUI. A
/// Mac has SwiftUI itself: there the tests have compiled them already.
fn check_views(swift: &Swift) -> Result<()> {
    if cfg!(target_os = "macos") {
        return Ok(());
    }
    println!("ios: checking the views against Declarations/SwiftUI.swift");
    let out = bindings::target().join("ios");
    fs::create_dir_all(&out).with_context(|| format!("failed to create {}", out.display()))?;
    let mut declarations = swift.command("swiftc", &[sh::repo()]);
    declarations.args([
        "-emit-module",
        "-module-name",
        "SwiftUI",
        "-swift-version",
        "6",
        "-parse-as-library",
    ]);
    declarations
        .arg("-o")
        .arg(out.join("SwiftUI.swiftmodule"))
        .arg(folder().join("Declarations/SwiftUI.swift"));
    sh::run(&mut declarations).context("the declarations of SwiftUI")?;

    let mut views = Vec::new();
    files(&folder().join("Sources/ButlerViews"), "swift", &mut views)?;
    let c_module = sh::repo().join("bindings/swift/Generated/CButlerFFI/module.modulemap");
    let mut check = swift.command("swiftc", &[sh::repo()]);
    check.args(["-typecheck", "-module-name", "ButlerViews", "-swift-version", "6", "-warnings-as-errors"]);
    check.arg("-I").arg(&out).arg("-I").arg(bindings::target().join("swift/debug/Modules"));
    check.arg("-Xcc").arg(format!("-fmodule-map-file={}", c_module.display()));
    sh::run(check.args(&views)).context("the views")
}

/// How much of the contract the tests held the app to.
fn tell_contract() -> Result<()> {
    let mut states = Vec::new();
    files(&sh::repo().join("tests/contract/screens"), "json", &mut states)?;
    println!("ios: {} states of the contract show the same words as on Android", states.len());
    Ok(())
}

/// Every file below a folder whose name ends so, in an order that does not change; what SwiftPM builds is left out.
fn files(folder: &Path, end: &str, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("failed to list {}", folder.display()))?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    for path in paths {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            files(&path, end, found)?;
        } else if path.extension().is_some_and(|extension| extension == end) {
            found.push(path);
        }
    }
    Ok(())
}

fn folder() -> PathBuf {
    sh::repo().join("ios-demo")
}
