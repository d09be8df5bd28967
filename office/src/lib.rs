//! The office's half of the product: keeps what phones hand in, judges it, and serves it to those who may
//! read it.
//!
//! [`hub::Hub`] answers one frame with one frame and knows no socket; [`storage::Storage`] is what it keeps
//! things in; [`server`] and [`cli`] are thin shells around the two.

pub mod backup;
pub mod cli;
pub mod hub;
pub mod import;
pub mod panics;
pub mod pdf;
pub mod playbook;
mod private;
pub mod seal;
pub mod server;
pub mod storage;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
