//! The one UniFFI library behind the Kotlin and Swift packages.
//!
//! Core decides, this crate forwards: a body here is one call. One file per area, as in the core. What crosses is the
//! core's own: its rows, details, choices and errors derive what UniFFI needs under its feature `uniffi`, and its
//! identifiers, dates and instants cross as the platforms have them (`butler_core::ffi`). The idiomatic halves, with areas
//! as properties and streams instead of listeners, are in `bindings/kotlin` and `bindings/swift`.
//!
//! Every exported function returns `Result`, because a call that cannot report an error can only crash the app.

mod app;
mod cases;
mod conflicts;
mod contacts;
mod core;
mod drafts;
mod errors;
mod homes;
mod library;
mod metrics;
mod office;
mod papers;
mod photos;
mod records;
mod registers;
mod rejected;
mod residents;
mod rounds;
mod submission;
mod sync;
mod today;

use std::path::PathBuf;

pub use app::{AppError, Clock, KeyProvider, Transport, TransportError};
pub use butler_core::ButlerError;
use chrono::NaiveDate;
pub use core::{ButlerCore, core_version, enrolment_code, frame_limit};
pub use errors::error_words;
pub use today::walk_hours;

uniffi::setup_scaffolding!("butler");

uniffi::use_remote_type!(butler_core::NaiveDate);
uniffi::use_remote_type!(butler_core::PathBuf);
uniffi::use_remote_type!(butler_core::usize);
