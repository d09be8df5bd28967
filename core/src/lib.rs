//! The offline core of a property butler's phone (物业管家).
//!
//! A butler records homes, people, contacts, patrols and work orders where there is no signal. This
//! crate keeps what was recorded in an encrypted store, merges it with what others recorded, runs
//! the operating procedures (which are data, see [`playbook`]) and syncs with an office.
//!
//! # What an app uses
//! [`Butler`], its [`areas`], the vocabulary in [`model`], what rows carry of [`playbook`] (labels, urgency …), and the types at
//! this root. Everything else is public for the office and for tests; it is not shown here, and an app has no use for it.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use std::path::Path;
//! use std::sync::Arc;
//!
//! use butler_core::model::HomeEdit;
//! use butler_core::testing::{TestKeys, TestPhone};
//! use butler_core::{Butler, ButlerError, KeyAnswer, KeyProvider, SystemHost, Transport, TransportError};
//!
//! /// How an app opens the butler: in a folder of its own, with the platform's key store.
//! fn open(folder: &Path, keys: &dyn KeyProvider) -> Result<Butler, ButlerError> {
//!     Butler::open(folder, keys, Arc::new(SystemHost))
//! }
//!
//! /// A line to the office that has no signal.
//! struct NoSignal;
//!
//! impl Transport for NoSignal {
//!     fn exchange(&self, _frame: &[u8]) -> Result<Vec<u8>, TransportError> {
//!         Err(TransportError::Unreachable)
//!     }
//! }
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let folder = folder.path();
//! let butler = open(folder, &TestKeys::new(KeyAnswer::Missing))?;
//! // Enrolling with a code of the office gives the phone an owner. Only enrolling and syncing need a network.
//! let enrolled = butler.enrol("K739-QX2M", "Mate 60", &NoSignal);
//! assert!(matches!(enrolled, Err(ButlerError::Offline { .. })));
//!
//! // A test phone is enrolled already.
//! let phone = TestPhone::new(&["butler"]);
//! let home = phone.home("501");
//! let edit = HomeEdit { layout: "三室两厅".into(), ..HomeEdit::default() };
//! phone.butler.homes().edit(home, edit)?;
//! assert_eq!(phone.butler.homes().list(None, 20)?.len(), 1);
//! # Ok::<_, ButlerError>(())
//! ```
//!
//! # How it is built
//! The map, the layers and the invariants are in `docs/architecture.md`. Imports point downwards only: `areas` → `butler` →
//! `context` → `sync` → `store` and `playbook` → `query` and `crdt` → `model`. A test holds that (`tests/tests/structure.rs`).

// UniFFI sorts what it describes by crate, and one library makes one Kotlin package and one Swift module: the types of
// this crate are told as those of the library that carries them. See `ffi`.
#[cfg(feature = "uniffi")]
macro_rules! module_path {
    () => {
        "butler_ffi"
    };
}

pub mod areas;
#[doc(hidden)]
pub mod butler;
#[doc(hidden)]
pub mod context;
#[doc(hidden)]
pub mod crdt;
#[doc(hidden)]
pub mod error;
#[cfg(feature = "uniffi")]
pub mod ffi;
#[doc(hidden)]
pub mod host;
pub mod model;
pub mod playbook;
#[doc(hidden)]
pub mod query;
#[doc(hidden)]
pub mod store;
#[doc(hidden)]
pub mod sync;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use butler::{Butler, Transport, TransportError};
pub use context::question::Question;
pub use context::{Listener, OfficeTables, Recorded, Submission, Submitting, Subscription};
pub use error::ButlerError;
#[cfg(feature = "uniffi")]
pub use ffi::UniFfiTag;
pub use host::{Host, RandomnessUnavailable, SystemHost};
pub use store::{
    Collection, KeyAnswer, KeyProvider, KeyRejected, OpenReport, RecordState, StoreKey, Summary,
};
pub use sync::{End, SyncReport};
