//! The one build behind every verb.
//!
//! A verb that builds selects the whole workspace in the dev profile, so cargo resolves the same features for the
//! demo, the tests and both languages, and compiles nothing twice. Our own crates go through Clippy, which is rustc
//! with lints: what it compiles is what is run, and linting takes no pass of its own.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::sh;

/// What a build made, and what there is to say about our code.
#[derive(Default)]
pub struct Built {
    artifacts: Vec<Value>,
    warnings: BTreeSet<String>,
}

/// Builds these targets of the workspace. Cargo shows how far it is, and warnings as they come.
pub fn build(targets: &[&str]) -> Result<Built> {
    let mut cargo = cargo()?;
    cargo.args(["build", "--workspace", "--message-format=json"]).args(targets).stdout(Stdio::piped());
    let mut building = cargo.spawn().context("failed to start cargo")?;
    let said = building.stdout.take().context("cargo has no output")?;
    let mut built = Built::default();
    for line in BufReader::new(said).lines() {
        built.hear(&line?);
    }
    if !building.wait()?.success() {
        bail!("cargo build failed");
    }
    Ok(built)
}

/// The cargo of [`build`]: what else it runs finds everything built.
pub fn cargo() -> Result<Command> {
    let mut cargo = sh::cargo();
    // Not the one on PATH: rustup puts it there whether Clippy is installed or not.
    let clippy = sh::sysroot()?.join("bin/clippy-driver");
    let clippy = clippy.with_extension(std::env::consts::EXE_EXTENSION);
    if clippy.is_file() {
        cargo.env("RUSTC_WORKSPACE_WRAPPER", clippy);
    }
    Ok(cargo)
}

impl Built {
    /// Fails when anything was warned of.
    pub fn is_clean(&self) -> Result<()> {
        match self.warnings.len() {
            0 => Ok(()),
            count => bail!("{count} warnings"),
        }
    }

    /// The shared library of a crate.
    pub fn library(&self, name: &str) -> Result<PathBuf> {
        let files = self.files(name, "filenames");
        let shared = |file: &PathBuf| file.extension().is_some_and(|end| end == "so" || end == "dylib");
        files.into_iter().find(shared).with_context(|| format!("failed to find {name} among what was built"))
    }

    /// A program.
    pub fn program(&self, name: &str) -> Result<PathBuf> {
        self.files(name, "executable")
            .pop()
            .with_context(|| format!("failed to find {name} among what was built"))
    }

    /// One message of cargo's. A crate and its tests are warned of in the same words, which are shown once.
    fn hear(&mut self, line: &str) {
        let Ok(message) = serde_json::from_str::<Value>(line) else { return };
        match (message["reason"].as_str(), message["message"]["rendered"].as_str()) {
            (Some("compiler-artifact"), _) => self.artifacts.push(message),
            (Some("compiler-message"), Some(words)) => {
                let is_warning = message["message"]["level"] == "warning";
                if !is_warning || self.warnings.insert(words.to_owned()) {
                    eprint!("{words}");
                }
            }
            _ => {}
        }
    }

    /// Cargo's own account, which knows about `CARGO_TARGET_DIR`. A program's tests are no program.
    fn files(&self, name: &str, what: &str) -> Vec<PathBuf> {
        let of =
            |artifact: &&Value| artifact["target"]["name"] == name && artifact["profile"]["test"] != true;
        let files = self.artifacts.iter().filter(of).flat_map(|artifact| match &artifact[what] {
            Value::Array(files) => files.clone(),
            file => vec![file.clone()],
        });
        files.filter_map(|file| file.as_str().map(PathBuf::from)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_and_programs_are_told_from_the_rest() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"serde_derive"},"filenames":["/t/libserde_derive.so"]}
not json
{"reason":"compiler-artifact","target":{"name":"butler_ffi"},"filenames":["/t/libbutler_ffi.rlib","/t/libbutler_ffi.so"]}
{"reason":"compiler-artifact","target":{"name":"butler_office"},"filenames":["/t/libbutler_office.rlib"],"executable":null}
{"reason":"compiler-artifact","target":{"name":"butler-office"},"filenames":["/t/butler-office"],"executable":"/t/butler-office"}
{"reason":"compiler-artifact","target":{"name":"butler-office"},"profile":{"test":true},"executable":"/t/deps/butler_office-1"}
{"reason":"build-finished","success":true}"#;
        let mut built = Built::default();
        messages.lines().for_each(|line| built.hear(line));
        assert_eq!(built.library("butler_ffi").unwrap(), PathBuf::from("/t/libbutler_ffi.so"));
        assert_eq!(built.program("butler-office").unwrap(), PathBuf::from("/t/butler-office"));
        assert!(built.program("butler-demo").is_err());
    }

    #[test]
    fn a_warning_counts_once_and_a_note_not_at_all() {
        let mut built = Built::default();
        let say = |level: &str| {
            format!(
                r#"{{"reason":"compiler-message","message":{{"level":"{level}","rendered":"{level}: x\n"}}}}"#
            )
        };
        built.hear(&say("note"));
        assert!(built.is_clean().is_ok());
        built.hear(&say("warning"));
        built.hear(&say("warning"));
        assert_eq!(built.is_clean().unwrap_err().to_string(), "1 warnings");
    }
}
