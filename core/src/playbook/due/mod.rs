//! What is due: a pure function of facts, rules, calendar and date. A due item is never stored.
//!
//! [`Facts`] is what rules ask of a store, [`evaluate`] asks and answers, a [`DueItem`] is what comes of it.

mod evaluate;
mod facts;
mod item;

pub(in crate::playbook) use evaluate::declared;
pub use evaluate::{Extent, HELD_READY, evaluate, evaluate_some, within};
pub use facts::{
    AnswerFact, DateQuery, EntryFact, EntryQuery, Facts, Only, Outcome, Row, StepFact, SubjectId,
    SubjectQuery,
};
pub use item::{DueItem, Group, RuleRef, Status, due_id};
