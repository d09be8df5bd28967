//! Sync: what travels ([`message`], as bytes: [`frame`]), who a device is ([`device`], [`enrol`]) and, sans-IO,
//! who says what when.
//!
//! | question | file |
//! |---|---|
//! | what does a phone ask next, which answer counts | `engine/` |
//! | what do the office's answers about a record lead to | `merge/plan.rs` (the plan), `merge/apply.rs` (carried out) |
//! | which rules are kept, and can be switched off to show that they matter | `rules.rs` |
//! | how does a company's set of playbooks travel, and why may it be believed | `playbook_set.rs` |
//! | what does a customer take away, and why may it be believed | `customer_receipt.rs` |
//! | what is told about it | `report.rs` |
//! | what carries a frame, and why it may not | `transport.rs` |
//! | a loop for a transport that asks and waits | `drive.rs` |
//!
//! The rules and the failure each prevents are in `docs/sync-protocol.md`.

mod base45;
pub mod customer_receipt;
pub mod device;
mod drive;
mod engine;
pub mod enrol;
pub mod frame;
mod merge;
pub mod message;
pub mod playbook_set;
mod report;
mod rules;
mod transport;

pub use drive::run;
pub use engine::{Engine, SyncEffect, SyncEvent};
pub use report::{End, Progress, Stage, SyncReport};
pub use rules::SyncRules;
pub use transport::{Transport, TransportError};
