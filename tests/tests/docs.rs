//! The documents name what there is: every path, every link and every test they point at.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Paths a document names that lie in no checkout: what a build writes, and where something is to be put one day.
const NOT_HERE: &[&str] = &[
    "bindings/swift/Generated",
    "bindings/swift/CButlerFFI.xcframework",
    "bindings/swift/CButlerFFI.xcframework.released",
    "core/playbooks/older/",
];

/// What a path in backticks begins with.
const TOP: &[&str] = &["core/", "bindings/", "office/", "tests/", "xtask/", "docs/", ".cargo/", ".ci/"];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Files below a folder of the repository with one of these endings; nothing that was built.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![repository().join(folder)]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !["target", ".git", ".build", "Generated"].contains(&name.as_str()) {
                open.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found
}

/// Every text between `open` and `close`, on one line.
fn between<'t>(text: &'t str, open: &'t str, close: char) -> impl Iterator<Item = &'t str> {
    text.lines().flat_map(move |line| {
        line.split(open).skip(1).filter_map(move |rest| Some(rest.split_once(close)?.0))
    })
}

#[test]
fn what_documents_point_at_is_there() {
    let sources = ["core", "office", "tests", "bindings", "xtask"];
    let sources = sources.iter().flat_map(|folder| files(folder, &[".rs", ".kt", ".swift"]));
    let code: String = sources.map(|path| fs::read_to_string(path).unwrap()).collect();
    let functions: BTreeSet<&str> = code
        .split("fn ")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
        .collect();
    let mut missing = Vec::new();
    for document in files("", &[".md"]) {
        let text = fs::read_to_string(&document).unwrap();
        let mut miss = |what: &str| missing.push(format!("{}: {what}", document.display()));
        for named in text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)) {
            let is_path =
                TOP.iter().any(|top| named.starts_with(top)) && !named.contains(['<', '*', '{', '…', ' ']);
            if is_path && !NOT_HERE.contains(&named) && !repository().join(named).exists() {
                miss(named);
            }
            // So long a name in backticks is a test's.
            let test = named.rsplit("::").next().unwrap_or(named);
            let is_test = test.len() > 25
                && test.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if is_test && !functions.contains(test) {
                miss(named);
            }
        }
        for link in between(&text, "](", ')').filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let path = link.split('#').next().unwrap_or(link);
            if !document.parent().unwrap().join(path).exists() {
                miss(link);
            }
        }
    }
    assert!(missing.is_empty(), "named and not there:\n{}", missing.join("\n"));
}
