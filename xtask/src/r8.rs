//! R8, which shrinks and renames what an Android app ships: Google's own, as plain jar.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{bindings, sh};

const VERSION: &str = "8.7.18";

/// What R8 makes.
pub enum Output {
    /// Classes for a JVM, on which what it left can be run.
    Classes,
    /// What a phone with minSdk 26 runs.
    Dex,
}

/// One run of R8.
pub struct R8<'a> {
    /// The classes of the program: files or jars, all of which it goes over.
    pub program: &'a [PathBuf],
    /// What the phone brings, beside Java's own.
    pub platform: &'a [PathBuf],
    pub rules: &'a [PathBuf],
    pub makes: Output,
    /// A jar or zip.
    pub to: &'a Path,
    /// What every class and member is called now.
    pub names: Option<&'a Path>,
}

impl R8<'_> {
    /// # Errors
    /// What R8 says, above all a class that nobody brings.
    pub fn run(&self) -> Result<()> {
        let mut r8 = Command::new("java");
        r8.arg("-Xmx2g").arg("-cp").arg(tool()?).args(["com.android.tools.r8.R8", "--release"]);
        match self.makes {
            Output::Classes => r8.arg("--classfile"),
            Output::Dex => r8.args(["--min-api", "26"]),
        };
        r8.arg("--lib").arg(java_home()?).arg("--output").arg(self.to);
        let each = |name: &'static str, files: &[PathBuf]| {
            files.iter().flat_map(|file| [name.into(), file.clone().into_os_string()]).collect::<Vec<_>>()
        };
        r8.args(each("--lib", self.platform)).args(each("--pg-conf", self.rules)).args(self.program);
        if let Some(names) = self.names {
            r8.arg("--pg-map-output").arg(names);
        }
        sh::output(&mut r8).map(drop)
    }
}

/// The jar, fetched once.
fn tool() -> Result<PathBuf> {
    let folder = bindings::target().join("r8");
    let jar = folder.join(format!("r8-{VERSION}.jar"));
    if !jar.exists() {
        let mut maven = sh::maven();
        maven.arg("org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy");
        maven.arg(format!("-Dartifact=com.android.tools:r8:{VERSION}"));
        maven.arg(format!("-DoutputDirectory={}", folder.display()));
        sh::run(maven.current_dir(sh::repo()))?;
    }
    Ok(jar)
}

fn java_home() -> Result<PathBuf> {
    let said = Command::new("java").args(["-XshowSettings:properties", "-version"]).output()?;
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let home = said.lines().find_map(|line| line.trim().strip_prefix("java.home = "));
    Ok(PathBuf::from(home.context("java does not say where it is")?))
}
