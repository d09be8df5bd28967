//! The one UniFFI library behind the Kotlin and Swift packages.
//!
//! Core decides, this crate forwards: a body here converts, calls and converts back. One file per area, as in the
//! core. What crosses is flat: records, enums, platform instants. The idiomatic halves, with areas as properties and
//! streams instead of listeners, are in `bindings/kotlin` and `bindings/swift`.
//!
//! Every exported function returns `Result`, because a call that cannot report an error can only crash the app.

mod app;
mod cases;
mod changes;
mod contested;
mod core;
mod drafts;
mod error;
mod figures;
mod homes;
mod ids;
mod library;
mod office;
mod photos;
mod questions;
mod records;
mod refused;
mod registers;
mod residents;
mod rounds;
mod submission;
mod sync;
mod today;
mod values;
mod visits;
mod words;

pub use core::ButlerCore;
pub use error::ButlerError;

uniffi::setup_scaffolding!("butler");
