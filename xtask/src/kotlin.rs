//! `cargo xtask kotlin`: the Kotlin package on a plain JVM, with the host's libraries through JNA.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{bindings, setup, sh};

#[derive(clap::Args)]
pub struct Args {
    /// Only these tests, as Maven Surefire names them: a class, `Class#method`, and `*` for any letters
    filter: Option<String>,
}

pub fn run(args: &Args) -> Result<()> {
    setup::rust()?;
    setup::kotlin()?;
    test(args.filter.as_deref(), false)
}

/// What Maven is told of the libraries and of the sources that follow from them.
pub struct Generated {
    /// `-Dname=value`, for every module that compiles the sources.
    pub properties: Vec<String>,
    /// The folder with both libraries.
    pub library: PathBuf,
    /// The office.
    pub office: PathBuf,
    /// Plays the day the app goes on with.
    pub demo: PathBuf,
}

/// Builds the libraries and writes the generated half.
pub fn generate() -> Result<Generated> {
    let built = bindings::build()?;
    let (generated, testing) = folders();
    built.generate("kotlin", &built.butler, &generated)?;
    built.generate("kotlin", &built.testing, &testing)?;
    built.generate_fields("kotlin", &generated.join("butler/Fields.kt"))?;
    properties(&built)
}

/// Where the sources of the library and of the office for tests are generated.
pub fn folders() -> (PathBuf, PathBuf) {
    let generated = bindings::target().join("bindings");
    (generated.join("kotlin"), generated.join("kotlin-testing"))
}

/// What Maven is told of what was built and generated.
pub fn properties(built: &bindings::Built) -> Result<Generated> {
    let (generated, testing) = folders();
    let property = |name: &str, value: &Path| format!("-D{name}={}", value.display());
    let library = built.folder()?.to_owned();
    let properties = vec![
        property("butler.target", &bindings::target()),
        property("butler.generated", &generated),
        property("butler.generated.testing", &testing),
        property("butler.library", &library),
        property("butler.office", &built.office),
        property("butler.demo", &built.demo),
    ];
    Ok(Generated { properties, library, office: built.office.clone(), demo: built.demo.clone() })
}

/// Generates, compiles and tests; everything needed is there. A run of all tests leaves the jars for packages, too: Kotlin is
/// compiled once. In full, more sequences of random calls are run.
pub fn test(filter: Option<&str>, full: bool) -> Result<()> {
    let generated = generate()?;
    let goal = if filter.is_some() { "test" } else { "package" };
    // A class that is left out this time leaves its report of the last time lying there.
    let reports = bindings::target().join("kotlin/surefire-reports");
    bindings::remove(&reports)?;
    let mut maven = maven(&[goal], &generated);
    sh::tier(&mut maven, full);
    sh::run_tests(maven.args(filter.map(|filter| format!("-Dtest={filter}"))))?;
    println!("kotlin: {} tests passed", count(&reports)?);
    Ok(())
}

/// Generates and compiles the jars, without their tests.
pub fn jars() -> Result<()> {
    sh::run(maven(&["package"], &generate()?).arg("-Dmaven.test.skip=true"))
}

/// Maven about the Kotlin package, saying only what went wrong.
pub fn maven(goals: &[&str], generated: &Generated) -> Command {
    let mut maven = sh::maven();
    maven.args(goals).args(&generated.properties);
    maven.current_dir(sh::repo().join("bindings/kotlin"));
    maven
}

/// Maven says nothing when all is well; the reports say how much was tested.
pub fn count(reports: &Path) -> Result<u32> {
    let mut tests = 0;
    for entry in std::fs::read_dir(reports).with_context(|| format!("no reports in {}", reports.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "xml") {
            let report = std::fs::read_to_string(&path)?;
            tests += tests_in(&report).with_context(|| format!("{} names no number", path.display()))?;
        }
    }
    Ok(tests)
}

fn tests_in(report: &str) -> Option<u32> {
    let suite = report.split_once("<testsuite ")?.1;
    suite.split_once(" tests=\"")?.1.split_once('"')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_how_many_tests_ran() {
        let report =
            r#"<?xml version="1.0"?><testsuite xmlns="x" name="A" time="0.3" tests="12" errors="0">"#;
        assert_eq!(tests_in(report), Some(12));
        assert_eq!(tests_in("<nothing/>"), None);
    }
}
