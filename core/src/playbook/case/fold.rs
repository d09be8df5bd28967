//! What becomes of each event of a case, and how its deadlines run.

use std::collections::{BTreeMap, BTreeSet};

use super::causality::{Causality, Effect};
use super::steps::is_in_turn;
use super::{CaseState, DeadlineClock, EventWithReceipt, Folded, Standing, scope};
use crate::model::{EventId, QuestionId, StepId, SystemStep, Timestamp, Value};
use crate::playbook::condition::Condition;
use crate::playbook::form::FormField;
use crate::playbook::sum::{self, Sources};
use crate::playbook::workflow::{Deadline, Step, Workflow};

/// The state of a case, from its events in any order, with duplicates.
#[must_use]
pub fn fold(workflow: &Workflow, events: &[EventWithReceipt]) -> CaseState {
    let graph = Causality::new(workflow, events);
    let mut fold = Fold {
        workflow,
        graph: &graph,
        lost: BTreeMap::new(),
        moves: Vec::new(),
        running: BTreeSet::new(),
        given: Vec::new(),
        state: CaseState::default(),
    };
    for index in graph.order() {
        fold.event(index);
    }
    fold.state
}

struct Fold<'a> {
    workflow: &'a Workflow,
    graph: &'a Causality<'a>,
    /// Events that do not count though they were possible to their author: event → (standing, the winner).
    lost: BTreeMap<usize, (Standing, usize)>,
    /// The events that count and moved the case, each with the state before it.
    moves: Vec<(usize, Option<String>)>,
    /// Which of the state's clocks have not ended.
    running: BTreeSet<usize>,
    /// The answers of every step that counts, where sums may add them up.
    given: Vec<(QuestionId, Value)>,
    state: CaseState,
}

impl Fold<'_> {
    fn event(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        let event = &node.given.event;
        let at = node.given.receipt.map_or(event.estimated(), |receipt| receipt.at.min(event.estimated()));
        let (standing, to) = match SystemStep::of(event.step.as_str()) {
            Some(SystemStep::Resolve) => (self.resolution(index), None),
            // Which version runs the case was read before anything was folded.
            Some(SystemStep::Remark | SystemStep::Migrate) => (Standing::Counts, None),
            Some(SystemStep::Reopen) => match &self.workflow.reopen {
                Some(_) if node.overruled.is_some() => {
                    (self.overruled(index).unwrap_or(Standing::Impossible), None)
                }
                Some(reopen) if self.state.ended => self.unless_lost(index, Some(reopen.to.clone())),
                Some(_) => {
                    (self.concurrent(index, |from| self.workflow.state(from).is_some_and(|s| s.end)), None)
                }
                None => (Standing::Impossible, None),
            },
            None => match self.workflow.step(&event.step) {
                Some(step) => self.step(index, step),
                None => (Standing::Impossible, None),
            },
        };
        let from = to.is_some().then(|| self.state.state.clone()).flatten();
        if standing == Standing::Counts {
            if to.is_some() {
                self.moves.push((index, from.clone()));
            }
            self.count(index, at, to.as_deref());
        }
        self.state.events.push(Folded {
            event: event.clone(),
            receipt: node.given.receipt,
            at,
            standing,
            from,
            to,
        });
    }

    fn resolution(&mut self, index: usize) -> Standing {
        match self.graph.nodes[index].resolves {
            Some(Effect::InForce | Effect::Superseded) => Standing::Counts,
            Some(Effect::Pending) => {
                self.state.pending.push(self.graph.nodes[index].given.event.id);
                Standing::Pending
            }
            None => Standing::Impossible,
        }
    }

    fn step(&mut self, index: usize, step: &Step) -> (Standing, Option<String>) {
        if let Some(standing) = self.overruled(index) {
            return (standing, None);
        }
        // What conditions see is made only for a step that has one.
        let holds = |when: &Condition| when.holds(&scope(self.workflow, &self.state));
        if is_in_turn(step, self.state.state.as_deref()) && step.when.as_ref().is_none_or(holds) {
            return self.unless_lost(index, step.to.clone());
        }
        let standing = self.concurrent(index, |from| step.from.iter().any(|possible| possible == from));
        // What only adds (a price, a reminder) excludes nothing: it counts though the case moved on meanwhile.
        if step.to.is_none() && matches!(standing, Standing::InConflict { .. }) {
            self.lost.remove(&index);
            return (Standing::Counts, None);
        }
        (standing, None)
    }

    /// What a resolution decided against does not count, even where it would be possible.
    fn overruled(&mut self, index: usize) -> Option<Standing> {
        let (by, keep) = self.graph.nodes[index].overruled?;
        self.lost.insert(index, (Standing::Overruled { by }, keep));
        Some(Standing::Overruled { by })
    }

    /// The fate an event shares with a lost step its author built on without knowing the winner.
    fn inherited(&self, index: usize) -> Option<(Standing, usize)> {
        let knew = |event: usize| self.graph.knew(index, event);
        let mut built_on = self.lost.iter().filter(|(lost, _)| knew(**lost));
        built_on.find(|(_, (_, winner))| !knew(*winner)).map(|(_, fate)| *fate)
    }

    /// A possible step counts, unless its author built on a step that lost and did not know the winner.
    fn unless_lost(&mut self, index: usize, to: Option<String>) -> (Standing, Option<String>) {
        match self.inherited(index) {
            Some(fate) => {
                self.lost.insert(index, fate);
                (fate.0, None)
            }
            None => (Standing::Counts, to),
        }
    }

    /// A step that is not possible now: in conflict if a step its author did not know led the case away from a
    /// state in which it was possible; otherwise it never was.
    fn concurrent(&mut self, index: usize, possible_in: impl Fn(&str) -> bool) -> Standing {
        let node = &self.graph.nodes[index];
        let opens = self.workflow.step(&node.given.event.step).is_some_and(|step| step.opens);
        let mut winner = None;
        for (other, from) in &self.moves {
            let other = *other;
            if !self.graph.knew(index, other) && !self.graph.knew(other, index) {
                let left = from.as_deref().map_or(opens, &possible_in);
                if left {
                    winner = Some(other);
                    break;
                }
                winner = winner.or(Some(other));
            }
        }
        let conflicts =
            |winner: usize| (Standing::InConflict { by: self.graph.nodes[winner].given.event.id }, winner);
        let Some(fate) = self.inherited(index).or_else(|| winner.map(conflicts)) else {
            return Standing::Impossible;
        };
        self.lost.insert(index, fate);
        fate.0
    }

    fn count(&mut self, index: usize, at: Timestamp, to: Option<&str>) {
        let event = &self.graph.nodes[index].given.event;
        let step = self.workflow.step(&event.step);
        let questions: &[FormField] = step.map_or(&[], |step| &step.fields);
        for (field, value) in &event.evidence.fields {
            if questions.iter().any(|question| question.id == *field) {
                self.state.answers.insert(field.clone(), value.clone());
                if !self.workflow.sums.is_empty() {
                    self.given.push((field.clone(), value.clone()));
                }
            }
        }
        for (field, photos) in &event.evidence.photos {
            self.state.photos.entry(field.clone()).or_default().extend(photos);
        }
        if event.step == SystemStep::Reopen.id() {
            self.state.reopened += 1;
        }
        let opened = self.state.state.is_none() && to.is_some();
        if opened || event.step == SystemStep::Reopen.id() || step.is_some_and(|step| step.round) {
            self.state.rounds += 1;
        }
        self.state.provisional |= self.graph.nodes[index].given.receipt.is_none();
        self.stop_clocks(&event.step, at);
        if let Some(to) = to {
            let entered = self.workflow.state(to);
            self.pause_clocks(entered.is_some_and(|state| state.pauses), at);
            self.state.state = Some(to.to_owned());
            self.state.since = Some(at);
            self.state.ended = entered.is_some_and(|state| state.end);
            if self.state.ended {
                for clock in std::mem::take(&mut self.running) {
                    self.state.clocks[clock].ended = Some(at);
                }
            }
        }
        if to.is_some() || !event.evidence.fields.is_empty() {
            self.work_out();
        }
        self.start_clocks(&event.step, event.id, at);
    }

    /// What the sums come to with the answers so far; each sees those before it.
    fn work_out(&mut self) {
        for field in &self.workflow.sums {
            let scope = scope(self.workflow, &self.state);
            let from =
                Sources { answers: &self.state.answers, each: &self.given, scope: &scope, round: None };
            match sum::work_out(field, &from) {
                Some(value) => self.state.answers.insert(field.id.clone(), value),
                None => self.state.answers.remove(field.id.as_str()),
            };
        }
    }

    fn stop_clocks(&mut self, step: &StepId, at: Timestamp) {
        let (clocks, deadlines) = (&mut self.state.clocks, &self.workflow.deadlines);
        self.running.retain(|clock| {
            let clock = &mut clocks[*clock];
            let deadline = deadlines.iter().find(|deadline| deadline.id == clock.deadline);
            let met = deadline.is_some_and(|deadline| deadline.until.iter().any(|until| until == step));
            if met {
                clock.ended = Some(at);
            }
            !met
        });
    }

    /// A state that pauses stops every running clock; leaving it starts them again.
    fn pause_clocks(&mut self, pauses: bool, at: Timestamp) {
        for clock in &self.running {
            let clock = &mut self.state.clocks[*clock];
            if let Some(since) = clock.paused_since.take() {
                clock.paused = clock.paused.saturating_add(at.millis().saturating_sub(since.millis()).max(0));
            }
            clock.paused_since = pauses.then_some(at);
        }
    }

    fn start_clocks(&mut self, step: &StepId, by: EventId, at: Timestamp) {
        let starting = |deadline: &&Deadline| deadline.from.iter().any(|from| from == step);
        for deadline in self.workflow.deadlines.iter().filter(starting) {
            let runs = |clock: &usize| self.state.clocks[*clock].deadline == deadline.id;
            if self.running.iter().any(runs) {
                continue;
            }
            let scope = scope(self.workflow, &self.state);
            if deadline.when.as_ref().is_none_or(|when| when.holds(&scope)) {
                self.running.insert(self.state.clocks.len());
                self.state.clocks.push(DeadlineClock {
                    deadline: deadline.id.clone(),
                    started_by: by,
                    started: at,
                    paused: 0,
                    paused_since: None,
                    ended: None,
                });
            }
        }
    }
}
