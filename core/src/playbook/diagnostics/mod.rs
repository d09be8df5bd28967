//! What is said about a playbook to whoever wrote it: what is wrong, in which file and line, in both languages.
//!
//! | question | file |
//! |---|---|
//! | what can be wrong, and in which words | `table.rs` |
//! | what may have been meant | `suggestion.rs` |
//! | what the reader of TOML means | `unreadable.rs` |

mod suggestion;
mod table;
mod unreadable;

use std::fmt;

pub use suggestion::Suggestion;
pub use table::{ConditionError, ConditionSyntax, Diagnostic, EvaluationError, ScheduleError};
pub(super) use unreadable::{describe, plain};

use super::{Label, Language};

/// What was found in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaybookError {
    /// The file.
    pub file: String,
    /// The line, from 1, where one is to blame.
    pub line: Option<usize>,
    /// What was found.
    pub diagnostic: Diagnostic,
}

impl PlaybookError {
    /// `file:line: what is wrong` in a language.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let reason = self.diagnostic.text(language);
        match self.line {
            Some(line) => format!("{}:{line}: {reason}", self.file),
            None => format!("{}: {reason}", self.file),
        }
    }
}

impl fmt::Display for PlaybookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

/// A set that was rejected, whole. What was in force stays in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct PlaybookErrors {
    /// Everything found, by file and line.
    pub errors: Vec<PlaybookError>,
}

impl PlaybookErrors {
    /// Orders what was found by file, line and words, each once.
    pub(super) fn new(mut errors: Vec<PlaybookError>) -> Self {
        errors.sort_by_cached_key(|error| {
            let Label { zh, en } = error.diagnostic.label();
            (error.file.clone(), error.line, zh, en)
        });
        errors.dedup();
        Self { errors }
    }
}
