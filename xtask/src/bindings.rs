//! What the two languages share: the libraries, and the sources generated from them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{build, sh};

/// A library with the folder of the crate it was built from, which says how its sources look.
pub struct Library {
    pub file: PathBuf,
    folder: &'static str,
}

/// What was built for the host.
pub struct Built {
    /// The butler: what a phone carries.
    pub butler: Library,
    /// The office in memory for the tests of app teams.
    pub testing: Library,
    /// The office the packages are tested with.
    pub office: PathBuf,
    /// Plays the day the app goes on with.
    pub demo: PathBuf,
    generator: PathBuf,
}

impl Built {
    /// The folder both libraries lie in.
    pub fn folder(&self) -> Result<&Path> {
        self.butler.file.parent().context("the library lies in no folder")
    }

    /// Writes one language's sources of a library into `out`, which holds nothing else.
    pub fn generate(&self, language: &str, library: &Library, out: &Path) -> Result<()> {
        remove(out)?;
        let config = sh::repo().join(library.folder).join("uniffi.toml");
        let mut generator = Command::new(&self.generator);
        generator.arg(language).arg(&library.file).arg(config).arg(out).current_dir(sh::repo());
        sh::run(&mut generator).with_context(|| format!("failed to generate the {language} sources"))
    }

    /// Writes what follows from the core's tables of fields and choices.
    pub fn generate_fields(&self, language: &str, out: &Path) -> Result<()> {
        sh::run(Command::new(&self.generator).args(["fields", language]).arg(out))
            .with_context(|| format!("failed to write the {language} classes of fields"))
    }
}

/// Builds the libraries, the office, the demo and the generator. In the dev profile, because a stripped library has lost UniFFI's
/// description of the interface.
pub fn build() -> Result<Built> {
    let programs = ["--bin", "butler-office", "--bin", "butler-demo", "--bin", "butler-bindgen"];
    let built = build::build(&[&["--lib"], &programs[..]].concat())?;
    let library = |name, folder| Ok::<_, anyhow::Error>(Library { file: built.library(name)?, folder });
    Ok(Built {
        butler: library("butler_ffi", "bindings")?,
        testing: library("butler_testing", "bindings/testing")?,
        office: built.program("butler-office")?,
        demo: built.program("butler-demo")?,
        generator: built.program("butler-bindgen")?,
    })
}

/// Removes a folder with what is in it; one that is not there is none.
pub fn remove(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("failed to remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Where outputs that are not cargo's go; independent of `CARGO_TARGET_DIR`, because the
/// Maven project and IDEs name it.
pub fn target() -> PathBuf {
    sh::repo().join("target")
}
