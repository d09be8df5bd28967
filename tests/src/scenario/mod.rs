//! Acceptance scenarios: what the manuals ask for, as files a property manager can read, acted out by phones and an
//! office in one process through the façade an app uses.
//!
//! | question | file |
//! |---|---|
//! | what does a file say, where is it wrong | `file.rs` |
//! | which playbooks are in force | `books.rs` |
//! | who is there, what is it called | `stage.rs` |
//! | what do words of the file mean as values | `words.rs` |
//! | what do people do | `deeds.rs`, by subject in `deeds/` |
//! | what must hold | `expect.rs`, by subject in `expect/` |
//! | what became of it | `run.rs` |
//!
//! The format is described in `tests/scenarios/README.md`.

mod books;
mod deeds;
mod expect;
mod file;
mod run;
mod stage;
mod words;

use std::path::{Path, PathBuf};

pub use books::Books;
pub use file::{Broken, Change, Community, Row, Scenario, Wrong};
pub use run::{Concurrent, Failure, Outcome, Unrun, first_failure, run};

/// The community's file in the folder of scenarios.
const COMMUNITY: &str = "community.toml";

/// Reads the community that lies beside the scenarios.
///
/// # Errors
/// [`Wrong`] with the line to blame.
pub fn community(folder: &Path) -> Result<Community, Wrong> {
    let path = folder.join(COMMUNITY);
    file::community(&path.display().to_string(), &file::read(&path)?)
}

/// Reads one scenario.
///
/// # Errors
/// [`Wrong`] with the line to blame.
pub fn scenario(path: &Path) -> Result<Scenario, Wrong> {
    file::scenario(&path.display().to_string(), &file::read(path)?)
}

/// The scenario files of a folder, in order.
///
/// # Errors
/// What cannot be read.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.ends_with(".toml") && name != COMMUNITY {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What a scenario lacks besides holding: a rejection, a concurrent write, two broken playbooks.
#[must_use]
pub fn lacks(scenario: &Scenario, outcome: &Outcome) -> Vec<String> {
    let mut lacks = Vec::new();
    if outcome.rejections.is_empty() {
        lacks.push("nothing is rejected in it: add a step with `rejected`".to_owned());
    }
    if outcome.concurrent.is_empty() {
        lacks.push(
            "nobody writes concurrently: let two phones write the same record before either has synced the other's write"
                .to_owned(),
        );
    }
    if scenario.broken.len() < 2 {
        lacks.push("fewer than two [[broken]] playbooks".to_owned());
    }
    lacks
}
