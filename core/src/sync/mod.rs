//! Sync: what travels ([`message`], as bytes: [`frame`]), who a device is ([`device`]) and, sans-IO, who
//! says what when.
//!
//! The rules and the failure each prevents are in `docs/sync-protocol.md`.

pub mod device;
pub mod frame;
pub mod message;
