//! The offline core of a property butler's phone (物业管家).
//!
//! A butler records homes, people, visits, patrols and work orders where there is no signal. This
//! crate keeps what was recorded in an encrypted store, merges it with what others recorded, runs
//! the operating procedures (which are data, see [`playbook`]) and syncs with an office.
//!
//! The map, the layers and the invariants are in `docs/architecture.md`. Dependencies point
//! downwards only: `areas` → `butler` → `context` → `sync` → `store` → `crdt` → `model`; `playbook` → `model`.

// UniFFI sorts what it describes by crate, and one library makes one Kotlin package and one Swift module: the types of
// this crate are told as those of the library that carries them. See `ffi`.
#[cfg(feature = "uniffi")]
macro_rules! module_path {
    () => {
        "butler_ffi"
    };
}

pub mod areas;
pub mod butler;
pub mod context;
pub mod crdt;
pub mod error;
#[cfg(feature = "uniffi")]
pub mod ffi;
pub mod host;
pub mod model;
pub mod playbook;
pub mod store;
pub mod sync;

pub use butler::Butler;
pub use error::ButlerError;
#[cfg(feature = "uniffi")]
pub use ffi::UniFfiTag;
