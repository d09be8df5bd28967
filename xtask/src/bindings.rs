//! What the two languages share: the library, and the sources generated from it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::sh;

/// What was built for the host.
pub struct Built {
    /// The shared library.
    pub library: PathBuf,
    /// The office the packages are tested with.
    pub office: PathBuf,
}

/// Builds butler-ffi and the office. The dev profile, because a stripped library has lost UniFFI's description of the
/// interface; in one go, because cargo would build what they share twice.
pub fn build() -> Result<Built> {
    let said = sh::output(
        sh::cargo()
            .args(["build", "-q", "-p", "butler-ffi", "-p", "butler-office"])
            .arg("--message-format=json-render-diagnostics")
            .stderr(std::process::Stdio::inherit()),
    )?;
    Ok(Built {
        library: find_library(&said).context("failed to find the shared library among what cargo built")?,
        office: find_office(&said).context("failed to find the office among what cargo built")?,
    })
}

/// Writes one language's sources into `out`, which holds nothing else.
pub fn generate(language: &str, library: &Path, out: &Path) -> Result<()> {
    match std::fs::remove_dir_all(out) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("failed to empty {}", out.display()));
        }
        _ => {}
    }
    sh::run(sh::cargo().args(["run", "-q", "-p", "butler-bindgen", "--", language]).arg(library).arg(out))
        .with_context(|| format!("failed to generate the {language} sources"))
}

/// Where outputs that are not cargo's go; independent of `CARGO_TARGET_DIR`, because the
/// Maven project and IDEs name it.
pub fn target() -> PathBuf {
    sh::repo().join("target")
}

fn find_library(messages: &str) -> Option<PathBuf> {
    let files = artifacts(messages, "butler_ffi", "filenames");
    files.into_iter().find(|file| file.extension().is_some_and(|end| end == "so" || end == "dylib"))
}

fn find_office(messages: &str) -> Option<PathBuf> {
    artifacts(messages, "butler-office", "executable").pop()
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
        assert_eq!(find_library(messages), Some(PathBuf::from("/t/libbutler_ffi.so")));
        assert_eq!(find_office(messages), Some(PathBuf::from("/t/butler-office")));
    }
}
