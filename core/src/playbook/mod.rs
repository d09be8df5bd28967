//! Playbooks: the operating procedures as data, read, checked and interpreted.
//!
//! This module knows *mechanisms* — workflow, checklist, form, due rule, metric, role, term, calendar — and never a
//! procedure's name. The files are in `core/playbooks/`, their format in `docs/playbooks.md`.
//!
//! A [`Playbooks`] is one accepted set. [`case::fold`] tells what state a case is in, [`checklist::fold`] how a
//! round stands, [`due::evaluate`] what is to be done, [`walk::plan`] how it is walked, [`metric::MetricCounter`] what the month looks like, [`form`] what is
//! asked, [`access::decide`] who may.

pub mod access;
mod cache;
pub mod calendar;
pub mod case;
pub mod checklist;
pub mod condition;
mod condition_check;
pub mod course;
pub mod diagnostics;
pub mod due;
pub mod form;
pub mod library;
pub mod lunar;
pub mod metric;
pub mod paper;
mod parse;
mod path;
pub mod related;
pub mod roles;
pub mod rule;
pub mod schedule;
mod set;
pub mod sum;
mod terms;
mod toml_date;
mod validate;
pub mod walk;
pub mod workflow;

pub use crate::model::{Label, Language};
pub use diagnostics::{Diagnostic, PlaybookError, PlaybookErrors};
pub use set::{MAX_FILE, Pinned, PlaybookFile, PlaybookHead, Playbooks};
pub use terms::{ButlerIdentity, Term, Terms, TermsFile, Unit};
