//! How work stands: what is worked out of the events of a case or the results of a round, and kept beside the record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{EventId, QuestionId, RoleId, StaffId, StepId, Timestamp, Value};

/// How a case went, or a round; of a row of a register only that it is there. A pure function of the record, the
/// office's receipts and the playbook that runs it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WorkProgress {
    /// The state of a case; empty while none is reached, and for rounds.
    pub state: String,
    /// Whether it is over: a case in an end, a round complete.
    pub closed: bool,
    /// When it was over: a case when it entered its end, a round when the last of what it demands was there first.
    pub finished: Option<Timestamp>,
    /// Whether concurrent steps wait for somebody to resolve them.
    pub in_conflict: bool,
    /// Rounds of handling of a case.
    pub rounds: u32,
    /// A case's newest answers; of a round, each item that was looked at with the code of how it came out, and what its sums
    /// come to.
    pub answers: BTreeMap<QuestionId, Value>,
    /// A case's steps that count, in fold order.
    pub steps: Vec<CountedStep>,
    /// A case's deadlines that were started.
    pub deadlines: Vec<DeadlineProgress>,
    /// A round's results that are findings and ask for an order, by item and time.
    pub findings: Vec<CountedFinding>,
}

/// A result of a round that is a finding. All of one item wait for one order together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedFinding {
    /// The item.
    pub item: QuestionId,
    /// The result.
    pub event: EventId,
    /// When, in estimated office time.
    pub at: Timestamp,
    /// The person who found it.
    pub by: StaffId,
    /// In which role.
    pub role: RoleId,
    /// When the item was in order again, if it is.
    pub corrected: Option<Timestamp>,
}

/// A step that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedStep {
    /// The step.
    pub step: StepId,
    /// The event.
    pub event: EventId,
    /// When, in estimated office time, never later than its receipt.
    pub at: Timestamp,
    /// The person who did it.
    pub by: StaffId,
    /// The state it led to, if it moved the case.
    pub to: Option<String>,
}

/// A deadline that was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlineProgress {
    /// The deadline.
    pub deadline: String,
    /// The step that started it.
    pub by: EventId,
    /// By when, time it stood still for included.
    pub due: Timestamp,
    /// When one of the steps that meet it was made.
    pub met: Option<Timestamp>,
    /// When it stopped without: the case ended, or waits.
    pub stopped: Option<Timestamp>,
}
