//! What state a case is in: a pure function of its events, the office's receipts and its workflow.
//!
//! Steps made apart that exclude each other are decided alike everywhere, without a clock: by a settling event;
//! else by the order of the office's receipts; else by the playbook's precedence; else by the event id. Causality
//! (`after`) always comes first: nothing is folded before what its author built on. The loser stays visible
//! as contested, with its evidence, until somebody settles it.

use std::collections::{BTreeMap, BTreeSet};

use super::calendar::Calendar;
use super::condition::{Declared, Scope};
use super::form::{AnswerType, Asked, FieldProblem, FormField};
use super::workflow::{Deadline, Step, Workflow};
use super::{Label, form};
use crate::model::{ChangeHash, Event, EventId, Evidence, PhotoId, Receipt, RoleId, Timestamp, Value};

/// Decides between steps made apart. Evidence: [`KEEP`] and [`OVER`].
pub const SETTLE: &str = "$settle";
/// Words or photos added by anybody who may see the case.
pub const REMARK: &str = "$remark";
/// Takes an ended case up again.
pub const REOPEN: &str = "$reopen";
/// Of a settlement: the id of the event that counts.
pub const KEEP: &str = "keep";
/// Of a settlement: the ids of the events that do not, joined by commas.
pub const OVER: &str = "over";

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
    pub answers: BTreeMap<String, Value>,
    /// The photos given for each question, of every step that counts.
    pub photos: BTreeMap<String, BTreeSet<PhotoId>>,
    /// Every event in fold order, each with what became of it.
    pub events: Vec<Folded>,
    /// Settlements that wait for an event they are about.
    pub pending: Vec<EventId>,
    /// Deadlines started so far.
    pub clocks: Vec<Clock>,
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
pub enum Standing {
    /// It counts.
    Counts,
    /// Made apart from the step `by`, which counts instead; waits for a settlement.
    Contested {
        /// The step that counts.
        by: EventId,
    },
    /// Decided against by the settlement `by`.
    Overruled {
        /// The settlement.
        by: EventId,
    },
    /// Not possible in the state its author saw, or a step this workflow does not have.
    Impossible,
    /// A settlement that waits for the event it wants to keep.
    Pending,
}

/// A deadline that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
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

impl Clock {
    /// By when the deadline is to be met; `None` when the workflow has no such deadline any more.
    #[must_use]
    pub fn due(&self, workflow: &Workflow, calendar: &Calendar) -> Option<Timestamp> {
        let deadline = workflow.deadlines.iter().find(|deadline| deadline.id == self.deadline)?;
        let due = calendar.due(self.started, deadline.within);
        Some(Timestamp::from_millis(due.millis().saturating_add(self.paused)))
    }

    /// Whether it was or is late at `now`.
    #[must_use]
    pub fn is_late(&self, workflow: &Workflow, calendar: &Calendar, now: Timestamp) -> bool {
        let until = self.ended.or(self.paused_since).unwrap_or(now);
        self.due(workflow, calendar).is_some_and(|due| until > due)
    }
}

/// A step somebody may do now, with what it still needs.
#[derive(Debug, Clone, PartialEq)]
pub struct NextStep<'a> {
    /// The step of the playbook.
    pub step: &'a Step,
    /// Its questions as they stand when nothing has been answered yet.
    pub questions: Vec<Asked<'a>>,
}

/// Why a step cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The workflow has no such step.
    #[error("the workflow has no such step")]
    Unknown,
    /// Another role does this.
    #[error("this step belongs to another role")]
    WrongRole {
        /// Who may.
        roles: Vec<RoleId>,
    },
    /// Not possible in the case's present state.
    #[error("this step is not possible now")]
    NotPossibleNow {
        /// The present state.
        state: Option<String>,
    },
    /// Answers are missing or will not do.
    #[error("the step needs evidence: {}", .problems.iter().map(|p| p.field.as_str()).collect::<Vec<_>>().join(", "))]
    EvidenceMissing {
        /// Which, each with what to tell the user.
        problems: Vec<FieldProblem>,
    },
}

/// The state of a case, from its events in any order, with duplicates.
#[must_use]
pub fn fold(workflow: &Workflow, events: &[EventWithReceipt]) -> CaseState {
    let graph = Graph::new(workflow, events);
    let mut fold = Fold { workflow, graph: &graph, lost: BTreeMap::new(), state: CaseState::default() };
    for index in graph.order() {
        fold.event(index);
    }
    fold.state
}

/// The steps `roles` may do now.
#[must_use]
pub fn next_steps<'a>(workflow: &'a Workflow, state: &CaseState, roles: &[RoleId]) -> Vec<NextStep<'a>> {
    let scope = scope(workflow, state);
    let nothing = Evidence::default();
    workflow
        .steps
        .iter()
        .filter(|step| step.roles.iter().any(|role| roles.contains(role)) && is_possible(step, state, &scope))
        .map(|step| NextStep { step, questions: form::ask(&step.fields, &nothing, &scope, roles) })
        .collect()
}

/// Who may do something now: the roles the case waits for.
#[must_use]
pub fn waits_for(workflow: &Workflow, state: &CaseState) -> BTreeSet<RoleId> {
    let scope = scope(workflow, state);
    workflow
        .steps
        .iter()
        .filter(|step| step.to.is_some() && is_possible(step, state, &scope))
        .flat_map(|step| step.roles.iter().cloned())
        .collect()
}

/// Whether a step can be made now by `role` with this evidence.
///
/// # Errors
/// [`StepError`]: which says what to do about it.
pub fn check_step(
    workflow: &Workflow,
    state: &CaseState,
    role: &RoleId,
    step: &str,
    evidence: &Evidence,
) -> Result<(), StepError> {
    let may = |roles: &[RoleId]| {
        if roles.contains(role) { Ok(()) } else { Err(StepError::WrongRole { roles: roles.to_vec() }) }
    };
    let not_now = || StepError::NotPossibleNow { state: state.state.clone() };
    match step {
        REMARK => return if state.state.is_some() { Ok(()) } else { Err(not_now()) },
        REOPEN => {
            let reopen = workflow.reopen.as_ref().ok_or_else(not_now)?;
            may(&reopen.roles)?;
            return if state.ended { Ok(()) } else { Err(not_now()) };
        }
        SETTLE => {
            may(&workflow.settled_by)?;
            return check_settlement(state, evidence);
        }
        _ => {}
    }
    let step = workflow.step(step).ok_or(StepError::Unknown)?;
    may(&step.roles)?;
    let scope = scope(workflow, state);
    if !is_possible(step, state, &scope) {
        return Err(not_now());
    }
    let problems = form::check(&step.fields, evidence, &scope, std::slice::from_ref(role));
    if problems.is_empty() { Ok(()) } else { Err(StepError::EvidenceMissing { problems }) }
}

/// A settlement names an event of this case to keep, and at least one other to decide against.
fn check_settlement(state: &CaseState, evidence: &Evidence) -> Result<(), StepError> {
    let known = |id: &EventId| state.events.iter().any(|folded| folded.event.id == *id);
    let missing = |field: &str| FieldProblem {
        field: field.to_owned(),
        code: form::ProblemCode::Missing,
        message: Label::new("请选择以哪一步为准", "choose which step counts"),
    };
    let Some(settlement) = Settlement::read(evidence) else {
        return Err(StepError::EvidenceMissing { problems: vec![missing(KEEP)] });
    };
    if !known(&settlement.keep) {
        return Err(StepError::EvidenceMissing { problems: vec![missing(KEEP)] });
    }
    if settlement.over.is_empty() || !settlement.over.iter().all(known) {
        return Err(StepError::EvidenceMissing { problems: vec![missing(OVER)] });
    }
    Ok(())
}

/// The evidence of a settlement: `keep` counts, `over` do not.
#[must_use]
pub fn settlement(keep: EventId, over: &[EventId]) -> Evidence {
    let over: Vec<String> = over.iter().map(ToString::to_string).collect();
    let fields = BTreeMap::from([
        (KEEP.to_owned(), Value::from(keep.to_string())),
        (OVER.to_owned(), Value::from(over.join(","))),
    ]);
    Evidence { fields, photos: BTreeMap::new() }
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

    /// The events that wait for a settlement.
    pub fn contested(&self) -> impl Iterator<Item = &Folded> {
        self.events.iter().filter(|folded| matches!(folded.standing, Standing::Contested { .. }))
    }

    /// The scores (1 to 5) given so far, by question.
    #[must_use]
    pub fn scores<'a>(&'a self, workflow: &'a Workflow) -> BTreeMap<&'a str, i64> {
        workflow
            .fields()
            .filter(|field| field.answer == AnswerType::Score)
            .filter_map(|field| Some((field.id.as_str(), self.answers.get(&field.id)?.as_int()?)))
            .collect()
    }
}

/// What conditions see of a case.
#[must_use]
pub fn scope(workflow: &Workflow, state: &CaseState) -> Scope {
    let mut scope = Scope::new().rounds(state.rounds);
    for field in workflow.fields() {
        if let (Some(declared), Some(value)) = (field.answer.declared(), state.answers.get(&field.id)) {
            scope.bind("case", &field.id, declared, value);
        }
    }
    if let Some(state) = &state.state {
        scope.bind("case", "state", Declared::Text, &Value::from(state.as_str()));
    }
    scope
}

fn is_possible(step: &Step, state: &CaseState, scope: &Scope) -> bool {
    let reachable = match &state.state {
        None => step.opens,
        Some(now) => step.from.iter().any(|from| from == now),
    };
    reachable && step.when.as_ref().is_none_or(|when| when.holds(scope))
}

/// A readable settlement.
struct Settlement {
    keep: EventId,
    over: Vec<EventId>,
}

impl Settlement {
    fn read(evidence: &Evidence) -> Option<Self> {
        let keep = evidence.fields.get(KEEP)?.as_text()?.parse().ok()?;
        let over = evidence.fields.get(OVER).and_then(Value::as_text).unwrap_or_default();
        let over = over.split(',').filter_map(|id| id.parse().ok()).filter(|id| *id != keep).collect();
        Some(Self { keep, over })
    }
}

/// How events made apart rank among each other: received ones by ordinal, then the rest by precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Received(u32, EventId),
    Unreceived(std::cmp::Reverse<i64>, EventId),
}

/// The distinct events with their causality.
struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    index: BTreeMap<EventId, usize>,
}

struct Node<'a> {
    given: &'a EventWithReceipt,
    rank: Rank,
    /// Everything its author knew, transitively.
    past: BTreeSet<usize>,
    /// Events that must be folded before this one: its past, and what a settlement puts first.
    first: BTreeSet<usize>,
    /// The settlement that decided against it, and the event that counts instead.
    overruled: Option<(EventId, usize)>,
    /// A settlement that is in effect, or waits.
    settles: Option<Effect>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    InForce,
    Superseded,
    Pending,
}

impl<'a> Graph<'a> {
    fn new(workflow: &Workflow, events: &'a [EventWithReceipt]) -> Self {
        // One event may come several times; the copy the office received first stands for it.
        let mut distinct: BTreeMap<EventId, &EventWithReceipt> = BTreeMap::new();
        let key = |given: &EventWithReceipt| {
            (given.receipt.is_none(), given.receipt.map(|receipt| receipt.ordinal), given.change)
        };
        for given in events {
            let kept = distinct.entry(given.event.id).or_insert(given);
            if key(given) < key(kept) {
                *kept = given;
            }
        }
        let index: BTreeMap<EventId, usize> = distinct.keys().copied().zip(0..).collect();
        let mut nodes: Vec<Node> = distinct
            .into_values()
            .map(|given| {
                let precedence = workflow.step(&given.event.step).map_or(0, |step| step.precedence);
                let rank = given
                    .receipt
                    .map_or(Rank::Unreceived(std::cmp::Reverse(precedence), given.event.id), |receipt| {
                        Rank::Received(receipt.ordinal, given.event.id)
                    });
                Node {
                    given,
                    rank,
                    past: BTreeSet::new(),
                    first: BTreeSet::new(),
                    overruled: None,
                    settles: None,
                }
            })
            .collect();
        for start in 0..nodes.len() {
            let mut past = BTreeSet::new();
            let mut open = vec![start];
            while let Some(at) = open.pop() {
                // Ids that are not here are ignored: they may never come.
                let parents = nodes[at].given.event.after.iter().filter_map(|id| index.get(id));
                open.extend(parents.filter(|parent| past.insert(**parent)));
            }
            // Events that claim to follow each other: a lie that must not change the order of others.
            past.remove(&start);
            nodes[start].first.clone_from(&past);
            nodes[start].past = past;
        }
        let mut graph = Self { nodes, index };
        graph.settle();
        graph
    }

    /// Puts what settlements decided into the order: the event they keep goes before those it is kept over.
    fn settle(&mut self) {
        let mut settlements: Vec<(usize, Settlement)> = (0..self.nodes.len())
            .filter(|index| self.nodes[*index].given.event.step == SETTLE)
            .filter_map(|index| Some((index, Settlement::read(&self.nodes[index].given.event.evidence)?)))
            .collect();
        // A later settlement whose author knew this one, about any of the same events, supersedes it.
        let about = |settlement: &Settlement| -> BTreeSet<EventId> {
            settlement.over.iter().copied().chain([settlement.keep]).collect()
        };
        let superseded: BTreeSet<usize> = settlements
            .iter()
            .filter(|(index, old)| {
                settlements.iter().any(|(later, new)| {
                    self.nodes[*later].past.contains(index) && !about(new).is_disjoint(&about(old))
                })
            })
            .map(|(index, _)| *index)
            .collect();
        // Settlements made apart rank like any two steps: the first one in force wins, edge by edge.
        settlements.sort_by_key(|(index, _)| self.nodes[*index].rank);
        for (index, settlement) in settlements {
            let id = self.nodes[index].given.event.id;
            let Some(&keep) = self.index.get(&settlement.keep) else {
                self.nodes[index].settles = Some(Effect::Pending);
                continue;
            };
            if superseded.contains(&index) {
                self.nodes[index].settles = Some(Effect::Superseded);
                continue;
            }
            self.nodes[index].settles = Some(Effect::InForce);
            for over in settlement.over.iter().filter_map(|over| self.index.get(over).copied()) {
                if !self.comes_first(over, keep) && self.nodes[keep].overruled.is_none() {
                    self.nodes[over].first.insert(keep);
                    self.nodes[over].overruled.get_or_insert((id, keep));
                }
            }
        }
    }

    /// Whether `a` must be folded before `b`.
    fn comes_first(&self, a: usize, b: usize) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![b];
        while let Some(at) = open.pop() {
            if at == a {
                return true;
            }
            open.extend(self.nodes[at].first.iter().filter(|next| seen.insert(**next)));
        }
        false
    }

    /// The order of the fold: what must come first, first; among those that are free, the best rank.
    fn order(&self) -> Vec<usize> {
        let mut left: BTreeSet<usize> = (0..self.nodes.len()).collect();
        let mut order = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let free = left.iter().copied().filter(|index| self.nodes[*index].first.is_disjoint(&left));
            // Nothing is free only when events claim to follow each other: then the best rank breaks the circle.
            let next = free
                .min_by_key(|index| self.nodes[*index].rank)
                .or_else(|| left.iter().copied().min_by_key(|index| self.nodes[*index].rank));
            let Some(next) = next else { break };
            left.remove(&next);
            order.push(next);
        }
        order
    }
}

struct Fold<'a> {
    workflow: &'a Workflow,
    graph: &'a Graph<'a>,
    /// Events that do not count though they were possible to their author: event → (standing, the winner).
    lost: BTreeMap<usize, (Standing, usize)>,
    state: CaseState,
}

impl Fold<'_> {
    fn event(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        let event = &node.given.event;
        let at = node.given.receipt.map_or(event.estimated(), |receipt| receipt.at.min(event.estimated()));
        let (standing, to) = match event.step.as_str() {
            SETTLE => (self.settlement(index), None),
            REMARK => (Standing::Counts, None),
            REOPEN => match &self.workflow.reopen {
                Some(_) if node.overruled.is_some() => {
                    (self.overruled(index).unwrap_or(Standing::Impossible), None)
                }
                Some(reopen) if self.state.ended => self.unless_lost(index, Some(reopen.to.clone())),
                Some(_) => (self.apart(index, |from| self.workflow.state(from).is_some_and(|s| s.end)), None),
                None => (Standing::Impossible, None),
            },
            id => match self.workflow.step(id) {
                Some(step) => self.step(index, step),
                None => (Standing::Impossible, None),
            },
        };
        let from = to.is_some().then(|| self.state.state.clone()).flatten();
        if standing == Standing::Counts {
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

    fn settlement(&mut self, index: usize) -> Standing {
        match self.graph.nodes[index].settles {
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
        let scope = scope(self.workflow, &self.state);
        if is_possible(step, &self.state, &scope) {
            return self.unless_lost(index, step.to.clone());
        }
        let standing = self.apart(index, |from| step.from.iter().any(|possible| possible == from));
        // What only adds (a price, a reminder) excludes nothing: it counts though the case moved on meanwhile.
        if step.to.is_none() && matches!(standing, Standing::Contested { .. }) {
            self.lost.remove(&index);
            return (Standing::Counts, None);
        }
        (standing, None)
    }

    /// What a settlement decided against does not count, even where it would be possible.
    fn overruled(&mut self, index: usize) -> Option<Standing> {
        let (by, keep) = self.graph.nodes[index].overruled?;
        self.lost.insert(index, (Standing::Overruled { by }, keep));
        Some(Standing::Overruled { by })
    }

    /// The fate an event shares with a lost step its author built on without knowing the winner.
    fn inherited(&self, index: usize) -> Option<(Standing, usize)> {
        let past = &self.graph.nodes[index].past;
        past.iter()
            .filter_map(|before| self.lost.get(before))
            .find(|(_, winner)| !past.contains(winner))
            .copied()
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

    /// A step that is not possible now: contested if a step its author did not know led the case away from a
    /// state in which it was possible; otherwise it never was.
    fn apart(&mut self, index: usize, possible_in: impl Fn(&str) -> bool) -> Standing {
        let node = &self.graph.nodes[index];
        let opens = self.workflow.step(&node.given.event.step).is_some_and(|step| step.opens);
        let mut winner = None;
        for folded in &self.state.events {
            let moved = folded.standing == Standing::Counts && folded.to.is_some();
            let Some(&other) = self.graph.index.get(&folded.event.id) else { continue };
            if moved && !node.past.contains(&other) && !self.graph.nodes[other].past.contains(&index) {
                let left = folded.from.as_deref().map_or(opens, &possible_in);
                if left {
                    winner = Some(other);
                    break;
                }
                winner = winner.or(Some(other));
            }
        }
        let contested =
            |winner: usize| (Standing::Contested { by: self.graph.nodes[winner].given.event.id }, winner);
        let Some(fate) = self.inherited(index).or_else(|| winner.map(contested)) else {
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
            }
        }
        for (field, photos) in &event.evidence.photos {
            self.state.photos.entry(field.clone()).or_default().extend(photos);
        }
        if event.step == REOPEN {
            self.state.reopened += 1;
        }
        let opened = self.state.state.is_none() && to.is_some();
        if opened || event.step == REOPEN || step.is_some_and(|step| step.round) {
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
                for clock in self.state.clocks.iter_mut().filter(|clock| clock.ended.is_none()) {
                    clock.ended = Some(at);
                }
            }
        }
        self.start_clocks(&event.step, event.id, at);
    }

    fn stop_clocks(&mut self, step: &str, at: Timestamp) {
        for clock in self.state.clocks.iter_mut().filter(|clock| clock.ended.is_none()) {
            let deadline = self.workflow.deadlines.iter().find(|deadline| deadline.id == clock.deadline);
            if deadline.is_some_and(|deadline| deadline.until.iter().any(|until| until == step)) {
                clock.ended = Some(at);
            }
        }
    }

    /// A state that pauses stops every running clock; leaving it starts them again.
    fn pause_clocks(&mut self, pauses: bool, at: Timestamp) {
        for clock in self.state.clocks.iter_mut().filter(|clock| clock.ended.is_none()) {
            if let Some(since) = clock.paused_since.take() {
                clock.paused = clock.paused.saturating_add(at.millis().saturating_sub(since.millis()).max(0));
            }
            clock.paused_since = pauses.then_some(at);
        }
    }

    fn start_clocks(&mut self, step: &str, by: EventId, at: Timestamp) {
        let starting = |deadline: &&Deadline| deadline.from.iter().any(|from| from == step);
        for deadline in self.workflow.deadlines.iter().filter(starting) {
            let running =
                self.state.clocks.iter().any(|clock| clock.deadline == deadline.id && clock.ended.is_none());
            let scope = scope(self.workflow, &self.state);
            if !running && deadline.when.as_ref().is_none_or(|when| when.holds(&scope)) {
                self.state.clocks.push(Clock {
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
