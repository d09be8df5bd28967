//! What is due: a pure function of records, rules, calendar and date. A due item is never stored.
//!
//! [`evaluate`] asks a [`RecordIndex`](crate::query::RecordIndex) what the rules need, a [`DueItem`] is what comes of it.

mod evaluate;
mod item;
mod outcomes;

pub use evaluate::{Extent, HELD_READY, evaluate, evaluate_some, within};
pub(in crate::playbook) use evaluate::{declared, each_year};
pub use item::{DueItem, Group, RuleRef, Status, Tried, due_id};
pub use outcomes::{RuleMonth, by_rule};
