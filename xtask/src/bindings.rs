//! What the two languages share: the library, and the sources generated from it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::sh;

/// Builds butler-ffi and says where the library for the host lies. The dev profile, because a
/// stripped library has lost UniFFI's description of the interface.
pub fn library() -> Result<PathBuf> {
    let said = sh::output(
        sh::cargo()
            .args(["build", "-q", "-p", "butler-ffi", "--message-format=json-render-diagnostics"])
            .stderr(std::process::Stdio::inherit()),
    )?;
    find_library(&said).context("failed to find the shared library among what cargo built")
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

/// Reads cargo's own account, which knows about `CARGO_TARGET_DIR` and profiles.
fn find_library(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| {
            message["reason"] == "compiler-artifact" && message["target"]["name"] == "butler_ffi"
        })
        .filter_map(|message| message["filenames"].as_array().cloned())
        .flatten()
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .find(|file| file.extension().is_some_and(|end| end == "so" || end == "dylib"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_the_shared_one_of_our_crate() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"serde_derive"},"filenames":["/t/libserde_derive.so"]}
not json
{"reason":"compiler-artifact","target":{"name":"butler_ffi"},"filenames":["/t/libbutler_ffi.rlib","/t/libbutler_ffi.so"]}
{"reason":"build-finished","success":true}"#;
        assert_eq!(find_library(messages), Some(PathBuf::from("/t/libbutler_ffi.so")));
    }
}
