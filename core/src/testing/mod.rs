//! The one world that tests stand on, those of this crate and of everything above it: a host whose clock and
//! randomness are told, keys in memory, a store, a phone, and the tables of an office.
//!
//! Behind the feature `testing`. The library of a phone is built without it, and a test holds that.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test whose world cannot be made cannot go on")]

mod due;
mod host;
mod keys;
mod phone;
mod tables;

pub use due::worked_out;
pub use host::TestHost;
pub use keys::TestKeys;
pub use phone::{COLLEAGUE, TestPhone, staff, unit};
pub use tables::{ROLES, Tables};

pub use crate::store::testing::{ACTOR, TestStore, always_load, edit_in, fill_disk, write_in};
