//! What the two languages share: the libraries, and the sources generated from them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::sh;

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
    /// What writes the sources.
    bindgen: PathBuf,
}

impl Built {
    /// The folder both libraries lie in.
    pub fn folder(&self) -> Result<&Path> {
        self.butler.file.parent().context("the library lies in no folder")
    }
}

/// Builds the libraries and the office. The dev profile, because a stripped library has lost UniFFI's description of the
/// interface; in one go, because cargo would build what they share twice.
pub fn build() -> Result<Built> {
    let said = sh::output(
        sh::cargo()
            .args(["build", "-q", "-p", "butler-ffi", "-p", "butler-testing", "-p", "butler-office"])
            .args(["-p", "butler-bindgen"])
            .arg("--message-format=json-render-diagnostics")
            .stderr(std::process::Stdio::inherit()),
    )?;
    let library = |target, folder| -> Result<Library> {
        let file = find_library(&said, target);
        let file = file.with_context(|| format!("failed to find {target} among what cargo built"))?;
        Ok(Library { file, folder })
    };
    Ok(Built {
        butler: library("butler_ffi", "bindings")?,
        testing: library("butler_testing", "bindings/testing")?,
        office: find_program(&said, "butler-office")
            .context("failed to find the office among what cargo built")?,
        bindgen: find_program(&said, "butler-bindgen")
            .context("failed to find the generator among what cargo built")?,
    })
}

/// Writes what follows from the core's tables of fields and choices.
pub fn generate_fields(built: &Built, language: &str, out: &Path) -> Result<()> {
    sh::run(Command::new(&built.bindgen).args(["fields", language]).arg(out))
        .with_context(|| format!("failed to write the {language} classes of fields"))
}

/// Writes one language's sources into `out`, which holds nothing else.
pub fn generate(built: &Built, language: &str, library: &Library, out: &Path) -> Result<()> {
    match std::fs::remove_dir_all(out) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("failed to empty {}", out.display()));
        }
        _ => {}
    }
    let config = sh::repo().join(library.folder).join("uniffi.toml");
    sh::run(Command::new(&built.bindgen).arg(language).arg(&library.file).arg(config).arg(out))
        .with_context(|| format!("failed to generate the {language} sources"))
}

/// Where outputs that are not cargo's go; independent of `CARGO_TARGET_DIR`, because the
/// Maven project and IDEs name it.
pub fn target() -> PathBuf {
    sh::repo().join("target")
}

fn find_library(messages: &str, target: &str) -> Option<PathBuf> {
    let files = artifacts(messages, target, "filenames");
    files.into_iter().find(|file| file.extension().is_some_and(|end| end == "so" || end == "dylib"))
}

fn find_program(messages: &str, target: &str) -> Option<PathBuf> {
    artifacts(messages, target, "executable").pop()
}

/// Reads cargo's own account, which knows about `CARGO_TARGET_DIR` and profiles.
fn artifacts(messages: &str, target: &str, what: &str) -> Vec<PathBuf> {
    let built = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == target);
    let files = built.flat_map(|message| match &message[what] {
        serde_json::Value::Array(files) => files.clone(),
        file => vec![file.clone()],
    });
    files.filter_map(|file| file.as_str().map(PathBuf::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_and_the_office_are_told_from_the_rest() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"serde_derive"},"filenames":["/t/libserde_derive.so"]}
not json
{"reason":"compiler-artifact","target":{"name":"butler_ffi"},"filenames":["/t/libbutler_ffi.rlib","/t/libbutler_ffi.so"]}
{"reason":"compiler-artifact","target":{"name":"butler_office"},"filenames":["/t/libbutler_office.rlib"],"executable":null}
{"reason":"compiler-artifact","target":{"name":"butler-office"},"filenames":["/t/butler-office"],"executable":"/t/butler-office"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(find_library(messages, "butler_ffi"), Some(PathBuf::from("/t/libbutler_ffi.so")));
        assert_eq!(find_program(messages, "butler-office"), Some(PathBuf::from("/t/butler-office")));
    }
}
