//! Sync: what travels ([`message`]) and, sans-IO, who says what when.
//!
//! The rules and the failure each prevents are in `docs/sync-protocol.md`.

pub mod message;
