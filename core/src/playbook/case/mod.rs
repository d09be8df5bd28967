//! What state a case is in: a pure function of its events, the office's receipts and its workflow.
//!
//! Concurrent steps that exclude each other are decided alike everywhere, without a clock: by a resolving event;
//! else by the order of the office's receipts; else by the playbook's precedence; else by the event id. Causality
//! (`after`) always comes first: nothing is folded before what its author built on. The loser stays visible
//! as a conflict, with its evidence, until somebody resolves it.
//!
//! | question | file |
//! |---|---|
//! | who knew what, in which order are events folded | `causality.rs` |
//! | what becomes of each event, how do deadlines run | `fold.rs` |
//! | which step is possible, what does it still need | `steps.rs` |

mod causality;
mod fold;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

pub use fold::fold;
pub use steps::{
    NextStep, PlannedStep, Position, StepError, StepPhase, ask, check_step, is_asked, next_steps, plan,
    plan_opening, sets, waits_for,
};

use super::calendar::Calendar;
use super::condition::{Declared, Scope};
use super::workflow::Workflow;
use crate::model::{ChangeHash, Event, EventId, PhotoId, QuestionId, Receipt, Timestamp, Value};

/// One event with what the office said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct EventWithReceipt {
    /// The event.
    pub event: Event,
    /// The change that carried it.
    pub change: ChangeHash,
    /// The office's receipt of that change, if it has one.
    pub receipt: Option<Receipt>,
}

/// A case as it stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CaseState {
    /// The present state; `None` while no opening step has counted.
    pub state: Option<String>,
    /// Since when, in estimated office time.
    pub since: Option<Timestamp>,
    /// Whether the present state is an end.
    pub ended: bool,
    /// Whether a step that counts has no receipt yet, so that the office may still decide otherwise.
    pub provisional: bool,
    /// Rounds of handling begun, the first included.
    pub rounds: u32,
    /// How often an ended case was taken up again.
    pub reopened: u32,
    /// The newest answer to each question, by fold order.
    pub answers: BTreeMap<QuestionId, Value>,
    /// The photos given for each question, of every step that counts.
    pub photos: BTreeMap<QuestionId, BTreeSet<PhotoId>>,
    /// Every event in fold order, each with what became of it.
    pub events: Vec<Folded>,
    /// Resolutions that wait for an event they are about.
    pub pending: Vec<EventId>,
    /// Deadlines started so far.
    pub clocks: Vec<DeadlineClock>,
}

/// An event and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// The event with its evidence.
    pub event: Event,
    /// The office's receipt.
    pub receipt: Option<Receipt>,
    /// When it happened, in estimated office time, never later than its receipt.
    pub at: Timestamp,
    /// What became of it.
    pub standing: Standing,
    /// The state before it, if it moved the case.
    pub from: Option<String>,
    /// The state after it, if it moved the case.
    pub to: Option<String>,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Standing {
    /// It counts.
    Counts,
    /// Concurrent with the step `by`, which counts instead; waits for a resolution.
    InConflict {
        /// The step that counts.
        by: EventId,
    },
    /// Decided against by the resolution `by`.
    Overruled {
        /// The resolution.
        by: EventId,
    },
    /// Not possible in the state its author saw, or a step this workflow does not have.
    Impossible,
    /// A resolution that waits for the event it wants to keep.
    Pending,
}

/// A deadline that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineClock {
    /// The [`Deadline`]'s id.
    pub deadline: String,
    /// The step that started it.
    pub started_by: EventId,
    /// When, in estimated office time.
    pub started: Timestamp,
    /// How long it stood still before, in milliseconds.
    pub paused: i64,
    /// Since when it stands still now.
    pub paused_since: Option<Timestamp>,
    /// When it was met, or ended with the case.
    pub ended: Option<Timestamp>,
}

impl DeadlineClock {
    /// By when the deadline is to be met; `None` when the workflow has no such deadline any more.
    #[must_use]
    pub fn due(&self, workflow: &Workflow, calendar: &Calendar) -> Option<Timestamp> {
        let deadline = workflow.deadlines.iter().find(|deadline| deadline.id == self.deadline)?;
        let due = calendar.due(self.started, deadline.within);
        Some(Timestamp::from_millis(due.millis().saturating_add(self.paused)))
    }

    /// In how many milliseconds it was met, without those it stood still.
    #[must_use]
    pub fn took(&self) -> Option<i64> {
        let ended = self.ended?;
        Some((ended.millis() - self.started.millis()).saturating_sub(self.paused).max(0))
    }

    /// Whether it was or is late at `now`.
    #[must_use]
    pub fn is_late(&self, workflow: &Workflow, calendar: &Calendar, now: Timestamp) -> bool {
        let until = self.ended.or(self.paused_since).unwrap_or(now);
        self.due(workflow, calendar).is_some_and(|due| until > due)
    }
}

impl CaseState {
    /// What a new event builds on: the events nothing else builds on yet.
    #[must_use]
    pub fn heads(&self) -> Vec<EventId> {
        let built_on: BTreeSet<EventId> =
            self.events.iter().flat_map(|folded| folded.event.after.iter().copied()).collect();
        let mut heads: Vec<EventId> =
            self.events.iter().map(|folded| folded.event.id).filter(|id| !built_on.contains(id)).collect();
        heads.sort_unstable();
        heads
    }

    /// The events that wait for a resolution.
    pub fn conflicts(&self) -> impl Iterator<Item = &Folded> {
        self.events.iter().filter(|folded| matches!(folded.standing, Standing::InConflict { .. }))
    }
}

/// What conditions see of a case.
#[must_use]
pub fn scope(workflow: &Workflow, state: &CaseState) -> Scope {
    scope_of(workflow, state.state.as_deref(), state.rounds, &state.answers)
}

/// What conditions of others see of what a case answered: a company's own words as what they count as, too. The case itself
/// sees the words alone: how it stands must not change with the words of another set.
pub(super) fn answered(workflow: &Workflow, answers: &BTreeMap<QuestionId, Value>) -> Scope {
    let mut scope = Scope::new();
    for field in workflow.fields() {
        if let Some(value) = answers.get(field.id.as_str()) {
            scope.answer("case", field, value);
        }
    }
    scope
}

fn scope_of(
    workflow: &Workflow,
    state: Option<&str>,
    rounds: u32,
    answers: &BTreeMap<QuestionId, Value>,
) -> Scope {
    let mut scope = Scope::new().rounds(rounds);
    for field in workflow.fields() {
        if let (Some(declared), Some(value)) = (field.answer.declared(), answers.get(field.id.as_str())) {
            scope.bind("case", field.id.as_str(), declared, value);
        }
    }
    if let Some(state) = state {
        scope.bind("case", "state", Declared::Text, &Value::from(state));
    }
    scope
}

#[cfg(test)]
mod tests;
