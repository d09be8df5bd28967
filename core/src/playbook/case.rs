//! What state a case is in: a pure function of its events, the office's receipts and its workflow.
//!
//! Steps made apart that exclude each other are decided alike everywhere, without a clock: by a settling event;
//! else by the order of the office's receipts; else by the playbook's precedence; else by the event id. Causality
//! (`after`) always comes first: nothing is folded before what its author built on. The loser stays visible
//! as contested, with its evidence, until somebody settles it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::calendar::Calendar;
use super::condition::{Condition, Declared, Scope};
use super::form::{Asked, FieldProblem, FormField};
use super::workflow::{Deadline, Step, Workflow};
use super::{Label, form};
use crate::model::{Case, ChangeHash, Event, EventId, Evidence, PhotoId, Receipt, RoleId, Timestamp, Value};

/// Decides between steps made apart. Evidence: [`KEEP`] and [`OVER`].
pub const SETTLE: &str = "$settle";
/// Words or photos added by anybody who may see the case.
pub const REMARK: &str = "$remark";
/// Takes an ended case up again.
pub const REOPEN: &str = "$reopen";
/// Has the case run by another version of its workflow. Evidence: [`Case::migration`].
pub const MIGRATE: &str = Case::MIGRATE;
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

/// A step somebody may do now, or as soon as others are made, with what it still needs.
#[derive(Debug, Clone, PartialEq)]
pub struct NextStep<'a> {
    /// The step of the playbook.
    pub step: &'a Step,
    /// The steps that must be made before it and are not.
    pub first: Vec<&'a Step>,
    /// Why its condition holds it back. Neither this nor anything to be made first: it may be made now.
    pub why_not: Option<&'a Label>,
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
        /// What the playbook says about it, when it is the step's `when` that does not hold.
        why: Option<Label>,
    },
    /// Others must be made before it.
    #[error("the step {first} comes first")]
    NeedsFirst {
        /// The first of them.
        first: String,
    },
    /// A step made once, and it was.
    #[error("this step was made already")]
    MadeAlready,
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
    let mut fold = Fold {
        workflow,
        graph: &graph,
        lost: BTreeMap::new(),
        moves: Vec::new(),
        running: BTreeSet::new(),
        state: CaseState::default(),
    };
    for index in graph.order() {
        fold.event(index);
    }
    fold.state
}

/// The steps `roles` may do now, among them those that wait for others to be made first and those whose condition does
/// not hold and says why.
#[must_use]
pub fn next_steps<'a>(workflow: &'a Workflow, state: &CaseState, roles: &[RoleId]) -> Vec<NextStep<'a>> {
    let scope = scope(workflow, state);
    let nothing = Evidence::default();
    let mine = |step: &&Step| step.roles.iter().any(|role| roles.contains(role));
    let open = |step: &&Step| !(step.once && is_made(state, &step.id));
    let shown = |step: &&Step| is_possible(step, state, &scope) || why_not(step, state, &scope).is_some();
    workflow
        .steps
        .iter()
        .filter(|step| mine(step) && open(step) && shown(step))
        .map(|step| NextStep {
            step,
            first: first(workflow, state, step),
            why_not: why_not(step, state, &scope),
            questions: form::ask(&step.fields, &nothing, &scope, roles),
        })
        .collect()
}

/// The questions of a step as they stand with these answers.
#[must_use]
pub fn ask<'a>(
    workflow: &Workflow,
    state: &CaseState,
    step: &'a Step,
    evidence: &Evidence,
    roles: &[RoleId],
) -> Vec<Asked<'a>> {
    form::ask(&step.fields, evidence, &scope(workflow, state), roles)
}

/// Who may do something now: the roles the case waits for. Whoever must make another step first stands for those who
/// wait for it.
#[must_use]
pub fn waits_for(workflow: &Workflow, state: &CaseState) -> BTreeSet<RoleId> {
    let scope = scope(workflow, state);
    let leading = offered(workflow, state, &scope).into_iter().filter(|step| step.to.is_some());
    leading
        .flat_map(|step| match first(workflow, state, step) {
            needed if needed.is_empty() => vec![step],
            needed => needed,
        })
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
    let not_now = || StepError::NotPossibleNow { state: state.state.clone(), why: None };
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
        // `workflow` and `state` are those it is to be run by: it must have got somewhere under them.
        MIGRATE => {
            may(&workflow.settled_by)?;
            return if state.state.is_some() { Ok(()) } else { Err(not_now()) };
        }
        _ => {}
    }
    let step = workflow.step(step).ok_or(StepError::Unknown)?;
    may(&step.roles)?;
    let scope = scope(workflow, state);
    if !is_possible(step, state, &scope) {
        let why = why_not(step, state, &scope).cloned();
        return Err(StepError::NotPossibleNow { state: state.state.clone(), why });
    }
    if step.once && is_made(state, &step.id) {
        return Err(StepError::MadeAlready);
    }
    if let Some(first) = first(workflow, state, step).first() {
        return Err(StepError::NeedsFirst { first: first.id.clone() });
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

/// Whether the case's state lets a step be made, whatever its condition says.
fn is_in_turn(step: &Step, state: &CaseState) -> bool {
    match &state.state {
        None => step.opens,
        Some(now) => step.from.iter().any(|from| from == now),
    }
}

/// What a step in its turn says while its condition does not hold.
fn why_not<'a>(step: &'a Step, state: &CaseState, scope: &Scope) -> Option<&'a Label> {
    let held_back = step.when.as_ref().is_some_and(|when| !when.holds(scope));
    step.when_not.as_ref().filter(|_| held_back && is_in_turn(step, state))
}

fn is_possible(step: &Step, state: &CaseState, scope: &Scope) -> bool {
    is_in_turn(step, state) && step.when.as_ref().is_none_or(|when| when.holds(scope))
}

/// The steps a case offers in its state: possible, and not made already where once is enough. This and [`first`] hold
/// back who acts now; what was recorded counts by [`is_possible`] alone, or a tick made apart would be lost.
fn offered<'a>(workflow: &'a Workflow, state: &CaseState, scope: &Scope) -> Vec<&'a Step> {
    let made = |step: &Step| step.once && is_made(state, &step.id);
    workflow.steps.iter().filter(|step| is_possible(step, state, scope) && !made(step)).collect()
}

/// What must be made before a step and is not.
fn first<'a>(workflow: &'a Workflow, state: &CaseState, step: &Step) -> Vec<&'a Step> {
    let missing = step.needs.iter().filter(|need| !is_made(state, need));
    missing.filter_map(|need| workflow.step(need)).collect()
}

fn is_made(state: &CaseState, step: &str) -> bool {
    state.events.iter().any(|folded| folded.event.step == step && folded.standing == Standing::Counts)
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
///
/// Who knew what is asked often and of long histories, so it is not kept event by event: events that follow each other
/// form *chains*, and what an event's author knew is one place in each chain. A chain of any length is then kept in
/// one piece, and the whole takes as much as there are events and as many people as write apart.
struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    index: BTreeMap<EventId, usize>,
}

struct Node<'a> {
    given: &'a EventWithReceipt,
    rank: Rank,
    /// What its author built on. Ids that are not here are left out, they may never come; so is what claims to follow
    /// its own consequence: a lie that must not change the order of others.
    after: Vec<usize>,
    /// What settlements put before it.
    kept: Vec<usize>,
    /// Its chain, and its place in it.
    chain: (usize, usize),
    /// Of every other chain its author knew something of: the last place known, by chain.
    known: Arc<Vec<(usize, usize)>>,
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
        let nodes = distinct.into_values().map(|given| {
            let precedence = workflow.step(&given.event.step).map_or(0, |step| step.precedence);
            let rank = given
                .receipt
                .map_or(Rank::Unreceived(std::cmp::Reverse(precedence), given.event.id), |receipt| {
                    Rank::Received(receipt.ordinal, given.event.id)
                });
            let after: BTreeSet<usize> =
                given.event.after.iter().filter_map(|id| index.get(id).copied()).collect();
            Node {
                given,
                rank,
                after: after.into_iter().collect(),
                kept: Vec::new(),
                chain: (0, 0),
                known: Arc::default(),
                overruled: None,
                settles: None,
            }
        });
        let nodes = nodes.collect();
        let mut graph = Self { nodes, index };
        graph.find_chains();
        graph.settle();
        graph
    }

    /// Takes lies out of what events claim to follow, and says of each what its author knew.
    fn find_chains(&mut self) {
        let order = self.order();
        let mut place = vec![0; order.len()];
        for (at, index) in order.iter().enumerate() {
            place[*index] = at;
        }
        // The last event of each chain.
        let mut ends: Vec<usize> = Vec::new();
        for index in order {
            let mut after = std::mem::take(&mut self.nodes[index].after);
            after.retain(|cause| place[*cause] < place[index]);
            let follows = after.iter().copied().find(|cause| ends[self.nodes[*cause].chain.0] == *cause);
            let chain = match follows {
                Some(cause) => (self.nodes[cause].chain.0, self.nodes[cause].chain.1 + 1),
                None => (ends.len(), 0),
            };
            self.nodes[index].known = match (follows, after.as_slice()) {
                (Some(cause), [_]) => self.nodes[cause].known.clone(),
                _ => {
                    let mut known: BTreeMap<usize, usize> = BTreeMap::new();
                    for cause in after.iter().map(|cause| &self.nodes[*cause]) {
                        for (of, at) in cause.known.iter().chain([&cause.chain]) {
                            let last = known.entry(*of).or_insert(*at);
                            *last = (*last).max(*at);
                        }
                    }
                    known.remove(&chain.0);
                    Arc::new(known.into_iter().collect())
                }
            };
            match follows {
                Some(_) => ends[chain.0] = index,
                None => ends.push(index),
            }
            self.nodes[index].chain = chain;
            self.nodes[index].after = after;
        }
    }

    /// Whether the author of `later` knew `earlier`, directly or through others.
    fn knew(&self, later: usize, earlier: usize) -> bool {
        let (later, (chain, at)) = (&self.nodes[later], self.nodes[earlier].chain);
        if later.chain.0 == chain {
            return at < later.chain.1;
        }
        let known = later.known.binary_search_by_key(&chain, |(of, _)| *of);
        known.is_ok_and(|found| at <= later.known[found].1)
    }

    /// Puts what settlements decided into the order: the event they keep goes before those it is kept over.
    fn settle(&mut self) {
        let settlements = (0..self.nodes.len()).filter(|index| self.nodes[*index].given.event.step == SETTLE);
        let mut settlements: Vec<(usize, Settlement, BTreeSet<EventId>)> = settlements
            .filter_map(|index| {
                let settlement = Settlement::read(&self.nodes[index].given.event.evidence)?;
                let about = settlement.over.iter().copied().chain([settlement.keep]).collect();
                Some((index, settlement, about))
            })
            .collect();
        // A later settlement whose author knew this one, about any of the same events, supersedes it.
        let superseded: BTreeSet<usize> = settlements
            .iter()
            .filter(|(index, _, about)| {
                settlements.iter().any(|(later, _, new)| self.knew(*later, *index) && !new.is_disjoint(about))
            })
            .map(|(index, ..)| *index)
            .collect();
        // Settlements made apart rank like any two steps: the first one in force wins, edge by edge.
        settlements.sort_by_key(|(index, ..)| self.nodes[*index].rank);
        for (index, settlement, _) in settlements {
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
            if self.nodes[keep].overruled.is_some() {
                continue;
            }
            let before = self.all_before(keep);
            for over in settlement.over.iter().filter_map(|over| self.index.get(over).copied()) {
                if !before.contains(&over) {
                    self.nodes[over].kept.push(keep);
                    self.nodes[over].overruled.get_or_insert((id, keep));
                }
            }
        }
    }

    /// What must be folded before an event, and the event.
    fn all_before(&self, index: usize) -> BTreeSet<usize> {
        let mut seen = BTreeSet::from([index]);
        let mut open = vec![index];
        while let Some(at) = open.pop() {
            let node = &self.nodes[at];
            open.extend(node.after.iter().chain(&node.kept).copied().filter(|next| seen.insert(*next)));
        }
        seen
    }

    /// The order of the fold: what must come first, first; among those that are free, the best rank.
    fn order(&self) -> Vec<usize> {
        let mut waits_for: Vec<usize> = vec![0; self.nodes.len()];
        let mut leads_to: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            for first in node.after.iter().chain(&node.kept).filter(|first| **first != index) {
                waits_for[index] += 1;
                leads_to[*first].push(index);
            }
        }
        let ranked = |index: usize| (self.nodes[index].rank, index);
        let mut left: BTreeSet<(Rank, usize)> = (0..self.nodes.len()).map(ranked).collect();
        let mut free: BTreeSet<(Rank, usize)> =
            left.iter().copied().filter(|(_, index)| waits_for[*index] == 0).collect();
        let mut order = Vec::with_capacity(left.len());
        // Nothing is free only when events claim to follow each other: then the best rank breaks the circle.
        while let Some(next) = free.pop_first().or_else(|| left.first().copied()) {
            left.remove(&next);
            order.push(next.1);
            for later in &leads_to[next.1] {
                waits_for[*later] = waits_for[*later].saturating_sub(1);
                if waits_for[*later] == 0 && left.contains(&ranked(*later)) {
                    free.insert(ranked(*later));
                }
            }
        }
        order
    }
}

struct Fold<'a> {
    workflow: &'a Workflow,
    graph: &'a Graph<'a>,
    /// Events that do not count though they were possible to their author: event → (standing, the winner).
    lost: BTreeMap<usize, (Standing, usize)>,
    /// The events that count and moved the case, each with the state before it.
    moves: Vec<(usize, Option<String>)>,
    /// Which of the state's clocks have not ended.
    running: BTreeSet<usize>,
    state: CaseState,
}

impl Fold<'_> {
    fn event(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        let event = &node.given.event;
        let at = node.given.receipt.map_or(event.estimated(), |receipt| receipt.at.min(event.estimated()));
        let (standing, to) = match event.step.as_str() {
            SETTLE => (self.settlement(index), None),
            // Which version runs the case was read before anything was folded.
            REMARK | MIGRATE => (Standing::Counts, None),
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
        // What conditions see is made only for a step that has one.
        let holds = |when: &Condition| when.holds(&scope(self.workflow, &self.state));
        if is_in_turn(step, &self.state) && step.when.as_ref().is_none_or(holds) {
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

    /// A step that is not possible now: contested if a step its author did not know led the case away from a
    /// state in which it was possible; otherwise it never was.
    fn apart(&mut self, index: usize, possible_in: impl Fn(&str) -> bool) -> Standing {
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
                for clock in std::mem::take(&mut self.running) {
                    self.state.clocks[clock].ended = Some(at);
                }
            }
        }
        self.start_clocks(&event.step, event.id, at);
    }

    fn stop_clocks(&mut self, step: &str, at: Timestamp) {
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

    fn start_clocks(&mut self, step: &str, by: EventId, at: Timestamp) {
        let starting = |deadline: &&Deadline| deadline.from.iter().any(|from| from == step);
        for deadline in self.workflow.deadlines.iter().filter(starting) {
            let runs = |clock: &usize| self.state.clocks[*clock].deadline == deadline.id;
            if self.running.iter().any(runs) {
                continue;
            }
            let scope = scope(self.workflow, &self.state);
            if deadline.when.as_ref().is_none_or(|when| when.holds(&scope)) {
                self.running.insert(self.state.clocks.len());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClockOffset, DeviceId, StaffId};
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000;

    /// A small order: reported → taken → done, with a pause, a round, a price that excludes nothing.
    fn workflow() -> Workflow {
        toml::from_str(
            r#"
            id = "order"
            title = { zh = "工单", en = "Order" }
            subjects = ["premises"]
            settled_by = ["supervisor"]
            reopen = { to = "taken", roles = ["supervisor"] }
            [[state]]
            id = "reported"
            label = { zh = "未派单", en = "Undispatched" }
            [[state]]
            id = "taken"
            label = { zh = "已接单", en = "Taken" }
            [[state]]
            id = "paused"
            label = { zh = "暂停", en = "Paused" }
            pauses = true
            [[state]]
            id = "done"
            label = { zh = "办理完成", en = "Done" }
            end = true
            [[step]]
            id = "report"
            label = { zh = "登记", en = "Report" }
            opens = true
            to = "reported"
            roles = ["butler"]
            [[step]]
            id = "take"
            label = { zh = "接单", en = "Take" }
            from = ["reported"]
            to = "taken"
            roles = ["engineering"]
            [[step]]
            id = "refuse"
            label = { zh = "不予受理", en = "Refuse" }
            from = ["reported"]
            to = "done"
            roles = ["butler"]
            precedence = 5
            [[step]]
            id = "price"
            label = { zh = "报价", en = "Price" }
            from = ["taken"]
            roles = ["engineering"]
            [[step.field]]
            id = "told"
            label = { zh = "报价", en = "Price" }
            type = "number"
            unit = "fen"
            required = true
            [[step]]
            id = "pause"
            label = { zh = "暂停", en = "Pause" }
            from = ["taken"]
            to = "paused"
            roles = ["engineering"]
            [[step]]
            id = "resume"
            label = { zh = "恢复", en = "Go on" }
            from = ["paused"]
            to = "taken"
            roles = ["engineering"]
            [[step]]
            id = "again"
            label = { zh = "返工", en = "Again" }
            from = ["taken"]
            to = "taken"
            roles = ["butler"]
            round = true
            [[step]]
            id = "finish"
            label = { zh = "完工", en = "Finish" }
            from = ["taken"]
            to = "done"
            roles = ["engineering"]
            when = "has(case.told)"
            when_not = { zh = "先报价", en = "price it first" }
            [[step.field]]
            id = "after"
            label = { zh = "照片", en = "Photo" }
            type = "photo"
            required = true
            [[step.field]]
            id = "score"
            label = { zh = "评分", en = "Score" }
            type = "score"
            [[deadline]]
            id = "in_time"
            label = { zh = "24小时内完工", en = "Finished within 24 hours" }
            from = ["report"]
            until = ["finish"]
            within = { hours = 24 }
            "#,
        )
        .unwrap()
    }

    fn role(id: &str) -> RoleId {
        RoleId::new(id).unwrap()
    }

    fn id(n: u8) -> EventId {
        EventId([n; 16])
    }

    /// Event `n` at hour `n`, built on `after`; received as number `receipt`.
    fn event(n: u8, step: &str, after: &[u8], receipt: Option<u32>) -> EventWithReceipt {
        EventWithReceipt {
            event: Event {
                id: id(n),
                step: step.to_owned(),
                by: StaffId::new("wang.qiang").unwrap(),
                role: role("engineering"),
                device: DeviceId([1; 16]),
                at: Timestamp::from_millis(i64::from(n) * HOUR),
                offset: None,
                after: after.iter().map(|n| id(*n)).collect(),
                note: String::new(),
                evidence: Evidence::default(),
                unknown: BTreeMap::new(),
            },
            change: ChangeHash([n; 32]),
            receipt: receipt.map(|ordinal| Receipt { ordinal, at: Timestamp::from_millis(1000 * HOUR) }),
        }
    }

    fn with(mut event: EventWithReceipt, field: &str, value: impl Into<Value>) -> EventWithReceipt {
        event.event.evidence.fields.insert(field.to_owned(), value.into());
        event
    }

    fn settle(n: u8, keep: u8, over: &[u8], after: &[u8], receipt: Option<u32>) -> EventWithReceipt {
        let mut event = event(n, SETTLE, after, receipt);
        event.event.evidence = settlement(id(keep), &over.iter().map(|n| id(*n)).collect::<Vec<_>>());
        event
    }

    fn standing(state: &CaseState, n: u8) -> Standing {
        state.events.iter().find(|folded| folded.event.id == id(n)).unwrap().standing
    }

    #[test]
    fn what_the_office_received_first_counts_and_the_other_stays_contested() {
        let flow = workflow();
        let apart = [
            event(1, "report", &[], Some(1)),
            event(2, "refuse", &[1], Some(3)),
            event(3, "take", &[1], Some(2)),
        ];
        let state = fold(&flow, &apart);
        assert_eq!(state.state.as_deref(), Some("taken"));
        assert_eq!(standing(&state, 2), Standing::Contested { by: id(3) });
        assert!(!state.provisional);
    }

    #[test]
    fn without_receipts_precedence_decides_then_the_id_and_it_is_provisional() {
        let flow = workflow();
        let reported = event(1, "report", &[], None);
        let state =
            fold(&flow, &[reported.clone(), event(2, "take", &[1], None), event(3, "refuse", &[1], None)]);
        assert_eq!(
            (state.state.as_deref(), state.provisional),
            (Some("done"), true),
            "refuse has precedence 5"
        );
        assert_eq!(standing(&state, 2), Standing::Contested { by: id(3) });
        let state = fold(&flow, &[reported, event(5, "take", &[1], None), event(4, "take", &[1], None)]);
        assert_eq!(standing(&state, 5), Standing::Contested { by: id(4) });
    }

    #[test]
    fn a_received_step_goes_before_one_that_is_not() {
        let apart = [
            event(1, "report", &[], Some(1)),
            event(2, "refuse", &[1], None),
            event(3, "take", &[1], Some(2)),
        ];
        let state = fold(&workflow(), &apart);
        assert_eq!(
            standing(&state, 2),
            Standing::Contested { by: id(3) },
            "precedence only ranks the unreceived"
        );
        assert!(!state.provisional, "the contested one does not count, so nothing that counts is open");
    }

    #[test]
    fn what_was_built_on_a_lost_step_shares_its_fate_until_its_author_knew_the_winner() {
        let events = [
            event(1, "report", &[], Some(1)),
            event(2, "take", &[1], Some(2)),
            event(3, "take", &[1], Some(3)),
            event(4, "pause", &[3], Some(4)),
            event(5, "pause", &[2, 3], Some(5)),
        ];
        let state = fold(&workflow(), &events);
        assert_eq!(standing(&state, 3), Standing::Contested { by: id(2) });
        assert_eq!(standing(&state, 4), Standing::Contested { by: id(2) });
        assert_eq!(standing(&state, 5), Standing::Counts);
        assert_eq!(state.contested().count(), 2);
    }

    #[test]
    fn a_settlement_turns_the_order_and_the_loser_is_overruled_with_what_was_built_on_it() {
        let mut events = vec![
            event(1, "report", &[], Some(1)),
            event(2, "take", &[1], Some(2)),
            event(3, "refuse", &[1], Some(3)),
            event(4, "pause", &[2], Some(4)),
            settle(5, 3, &[2], &[3, 4], Some(5)),
        ];
        let state = fold(&workflow(), &events);
        assert_eq!(state.state.as_deref(), Some("done"));
        assert_eq!(standing(&state, 2), Standing::Overruled { by: id(5) });
        assert_eq!(standing(&state, 4), Standing::Overruled { by: id(5) });
        assert_eq!(state.contested().count(), 0);
        // A later settlement, by somebody who knew this one, supersedes it.
        events.push(settle(6, 2, &[3], &[5], Some(6)));
        let state = fold(&workflow(), &events);
        assert_eq!(state.state.as_deref(), Some("paused"));
        assert_eq!(standing(&state, 3), Standing::Overruled { by: id(6) });
    }

    #[test]
    fn settlements_made_apart_rank_by_receipt_and_the_second_changes_nothing() {
        let events = [
            event(1, "report", &[], Some(1)),
            event(2, "take", &[1], Some(2)),
            event(3, "refuse", &[1], Some(3)),
            settle(4, 3, &[2], &[2, 3], Some(5)),
            settle(5, 2, &[3], &[2, 3], Some(4)),
        ];
        let state = fold(&workflow(), &events);
        assert_eq!(state.state.as_deref(), Some("taken"));
        assert_eq!(standing(&state, 3), Standing::Overruled { by: id(5) });
    }

    #[test]
    fn a_settlement_of_what_is_not_here_waits_and_absent_causes_are_ignored() {
        let events =
            [event(1, "report", &[], None), event(2, "take", &[1, 99], None), settle(5, 9, &[2], &[2], None)];
        let state = fold(&workflow(), &events);
        assert_eq!(state.pending, [id(5)]);
        assert_eq!(standing(&state, 5), Standing::Pending);
        assert_eq!(state.state.as_deref(), Some("taken"));
    }

    #[test]
    fn what_only_adds_is_never_lost() {
        let events = [
            event(1, "report", &[], None),
            event(2, "take", &[1], None),
            event(3, "pause", &[2], Some(9)),
            with(event(4, "price", &[2], None), "told", 9_800),
        ];
        let state = fold(&workflow(), &events);
        assert_eq!(standing(&state, 4), Standing::Counts);
        assert_eq!(state.answers["told"], Value::Int(9_800));
    }

    #[test]
    fn what_was_never_possible_is_shown_as_such_and_counts_for_nothing() {
        let events =
            [event(1, "report", &[], None), event(2, "resume", &[1], None), event(3, "launch", &[2], None)];
        let state = fold(&workflow(), &events);
        assert_eq!((standing(&state, 2), standing(&state, 3)), (Standing::Impossible, Standing::Impossible));
        assert_eq!(state.state.as_deref(), Some("reported"));
    }

    #[test]
    fn rounds_are_counted_and_an_end_is_left_only_by_reopening() {
        let priced = with(event(3, "price", &[2], Some(3)), "told", 100);
        let events = [
            event(1, "report", &[], Some(1)),
            event(2, "take", &[1], Some(2)),
            priced,
            event(4, "again", &[3], Some(4)),
            event(5, "finish", &[4], Some(5)),
            event(6, "pause", &[5], Some(6)),
            event(7, REOPEN, &[5], Some(7)),
        ];
        let state = fold(&workflow(), &events);
        assert_eq!((state.rounds, state.reopened), (3, 1));
        assert_eq!(state.state.as_deref(), Some("taken"));
        assert_eq!(standing(&state, 6), Standing::Impossible);
    }

    #[test]
    fn deadlines_run_from_the_field_time_never_later_than_the_receipt_and_stand_still_in_a_pause() {
        let flow = workflow();
        let calendar = Calendar::plain(480);
        let mut wrong_clock = event(1, "report", &[], Some(1));
        wrong_clock.event.at = Timestamp::from_millis(90_000 * HOUR);
        wrong_clock.receipt = Some(Receipt { ordinal: 1, at: Timestamp::from_millis(2 * HOUR) });
        let state = fold(&flow, &[wrong_clock]);
        assert_eq!(state.clocks[0].started, Timestamp::from_millis(2 * HOUR));

        let mut measured = event(1, "report", &[], None);
        measured.event.offset = Some(ClockOffset(HOUR));
        let events = [
            measured,
            event(2, "take", &[1], None),
            event(4, "pause", &[2], None),
            event(10, "resume", &[4], None),
        ];
        let state = fold(&flow, &events);
        let clock = &state.clocks[0];
        assert_eq!((clock.started, clock.paused), (Timestamp::from_millis(2 * HOUR), 6 * HOUR));
        assert_eq!(clock.due(&flow, &calendar), Some(Timestamp::from_millis(32 * HOUR)));
        assert!(!clock.is_late(&flow, &calendar, Timestamp::from_millis(32 * HOUR)));
        assert!(clock.is_late(&flow, &calendar, Timestamp::from_millis(33 * HOUR)));
        let paused = fold(&flow, &events[..3]);
        assert!(!paused.clocks[0].is_late(&flow, &calendar, Timestamp::from_millis(500 * HOUR)));
    }

    #[test]
    fn next_steps_are_those_of_the_role_with_what_they_need() {
        let flow = workflow();
        let priced = with(event(3, "price", &[2], None), "told", 100);
        let state = fold(&flow, &[event(1, "report", &[], None), event(2, "take", &[1], None), priced]);
        let steps = next_steps(&flow, &state, &[role("engineering")]);
        let names: Vec<&str> = steps.iter().map(|next| next.step.id.as_str()).collect();
        assert_eq!(names, ["price", "pause", "finish"]);
        let needed: Vec<&str> = steps[2]
            .questions
            .iter()
            .filter(|asked| asked.problem.is_some())
            .map(|asked| asked.field.id.as_str())
            .collect();
        assert_eq!(needed, ["after"], "the photo is needed, the score is not");
        assert_eq!(waits_for(&flow, &state), BTreeSet::from([role("butler"), role("engineering")]));
        assert_eq!(state.heads(), [id(3)]);
    }

    #[test]
    fn what_a_condition_holds_back_is_shown_with_its_reason_while_it_would_be_its_turn() {
        let flow = workflow();
        let mut events = vec![event(1, "report", &[], None)];
        let shown = |events: &[EventWithReceipt]| -> Vec<(String, bool)> {
            let state = fold(&flow, events);
            let steps = next_steps(&flow, &state, &[role("engineering")]);
            steps.iter().map(|next| (next.step.id.clone(), next.why_not.is_some())).collect()
        };
        let row = |id: &str, held| (id.to_owned(), held);
        assert_eq!(shown(&events), [row("take", false)], "not its turn");
        events.push(event(2, "take", &[1], None));
        assert_eq!(shown(&events), [row("price", false), row("pause", false), row("finish", true)]);
        events.push(with(event(3, "price", &[2], None), "told", 100));
        assert_eq!(shown(&events), [row("price", false), row("pause", false), row("finish", false)]);
    }

    #[test]
    fn a_step_is_refused_with_what_to_do_about_it() {
        let flow = workflow();
        let state = fold(&flow, &[event(1, "report", &[], None), event(2, "take", &[1], None)]);
        let nothing = Evidence::default();
        let check = |role_id: &str, step: &str, evidence: &Evidence| {
            check_step(&flow, &state, &role(role_id), step, evidence)
        };
        assert_eq!(
            check("butler", "pause", &nothing),
            Err(StepError::WrongRole { roles: vec![role("engineering")] })
        );
        assert_eq!(check("engineering", "launch", &nothing), Err(StepError::Unknown));
        let why = |why| Err(StepError::NotPossibleNow { state: Some("taken".into()), why });
        let not_now = why(None);
        assert_eq!(check("engineering", "take", &nothing), not_now);
        assert_eq!(
            check("engineering", "finish", &nothing),
            why(Some(Label::new("先报价", "price it first")))
        );
        assert_eq!(check("supervisor", REOPEN, &nothing), not_now);
        let missing = check("engineering", "price", &nothing).unwrap_err();
        assert_eq!(missing.to_string(), "the step needs evidence: told");
        assert_eq!(check("engineering", "pause", &nothing), Ok(()));
        assert_eq!(check("supervisor", SETTLE, &settlement(id(2), &[id(1)])), Ok(()));
        assert!(
            check("supervisor", SETTLE, &settlement(id(7), &[id(1)])).is_err(),
            "only events of this case"
        );
        assert!(check("butler", SETTLE, &settlement(id(2), &[id(1)])).is_err());
    }

    /// The order with a list to tick before it is closed: light off, then doors shut, then finished.
    fn ticked() -> Workflow {
        let mut flow = workflow();
        let tick = |id: &str, needs: &[&str]| {
            let mut step = flow.step("pause").unwrap().clone();
            (step.id, step.to, step.once) = (id.to_owned(), None, true);
            step.needs = needs.iter().map(|id| (*id).to_owned()).collect();
            step.roles = vec![role("environment")];
            step
        };
        let (light, doors) = (tick("light", &[]), tick("doors", &["light"]));
        let mut close = flow.step("pause").unwrap().clone();
        (close.id, close.to) = ("close".to_owned(), Some("done".to_owned()));
        close.needs = vec!["light".to_owned(), "doors".to_owned()];
        flow.steps.retain(|step| ["report", "take"].contains(&step.id.as_str()));
        flow.steps.extend([light, doors, close]);
        flow
    }

    #[test]
    fn what_needs_another_step_names_it_and_once_made_is_not_offered_again() {
        let flow = ticked();
        let taken = [event(1, "report", &[], None), event(2, "take", &[1], None)];
        let with = |more: &[EventWithReceipt]| fold(&flow, &[&taken[..], more].concat());
        let offered = |state: &CaseState| -> Vec<(String, Vec<String>)> {
            let steps = next_steps(&flow, state, &[role("environment"), role("engineering")]);
            let ids = |steps: &[&Step]| steps.iter().map(|step| step.id.clone()).collect();
            steps.iter().map(|next| (next.step.id.clone(), ids(&next.first))).collect()
        };
        let row = |id: &str, first: &[&str]| {
            (id.to_owned(), first.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>())
        };
        let check = |state: &CaseState, by: &str, step| {
            check_step(&flow, state, &role(by), step, &Evidence::default())
        };
        let first = |step: &str| Err(StepError::NeedsFirst { first: step.to_owned() });

        let state = with(&[]);
        assert_eq!(
            offered(&state),
            [row("light", &[]), row("doors", &["light"]), row("close", &["light", "doors"])]
        );
        assert_eq!(check(&state, "environment", "doors"), first("light"));
        assert_eq!(check(&state, "engineering", "close"), first("light"), "the first missing one");
        assert_eq!(waits_for(&flow, &state), BTreeSet::from([role("environment")]));

        let state = with(&[event(3, "light", &[2], None)]);
        assert_eq!(offered(&state), [row("doors", &[]), row("close", &["doors"])]);
        assert_eq!(check(&state, "environment", "light"), Err(StepError::MadeAlready));
        assert_eq!(check(&state, "environment", "doors"), Ok(()));

        let state = with(&[event(3, "light", &[2], None), event(4, "doors", &[3], None)]);
        assert_eq!(check(&state, "engineering", "close"), Ok(()));
        assert_eq!(waits_for(&flow, &state), BTreeSet::from([role("engineering")]));
    }

    #[test]
    fn a_recorded_step_counts_whatever_it_needed_and_however_often_it_was_ticked() {
        let flow = ticked();
        let events = [
            event(1, "report", &[], None),
            event(2, "take", &[1], None),
            event(3, "doors", &[2], None),
            event(4, "light", &[2], None),
            event(5, "light", &[2], None),
            event(6, "close", &[2], None),
        ];
        let state = fold(&flow, &events);
        assert!(state.events.iter().all(|folded| folded.standing == Standing::Counts));
        assert_eq!(state.state.as_deref(), Some("done"));
    }

    /// A case reported and then talked about by so many people, who see each other's words now and then.
    fn talked_about(remarks: u32, people: u32) -> Vec<EventWithReceipt> {
        let id = |number: u32| EventId(u128::from(number).to_be_bytes());
        let mut events = vec![event(0, "report", &[], None)];
        let mut last: Vec<EventId> = vec![id(0); people as usize];
        for number in 1..=remarks {
            let who = (number % people) as usize;
            let mut remark = event(1, REMARK, &[], None);
            remark.event.id = id(number);
            remark.event.after = if number % 40 < people { last.clone() } else { vec![last[who]] };
            last[who] = id(number);
            events.push(remark);
        }
        events
    }

    /// Places kept of who knew what: what a fold remembers and looks through beyond the events themselves.
    fn places_kept(events: &[EventWithReceipt]) -> usize {
        let flow = workflow();
        let graph = Graph::new(&flow, events);
        let kept: BTreeMap<_, usize> =
            graph.nodes.iter().map(|node| (Arc::as_ptr(&node.known), node.known.len())).collect();
        kept.values().sum()
    }

    #[test]
    fn four_times_the_remarks_are_four_times_the_work() {
        assert_eq!(
            places_kept(&talked_about(2_000, 1)),
            0,
            "one after the other, nothing is kept but the order"
        );
        for people in [2, 3, 8] {
            let (short, long) =
                (places_kept(&talked_about(500, people)), places_kept(&talked_about(2_000, people)));
            assert!(
                long <= 4 * short + 100,
                "{people} people: {short} places for 500 remarks, {long} for 2,000"
            );
        }
        let flow = workflow();
        let state = fold(&flow, &talked_about(2_000, 8));
        assert!(state.events.iter().all(|folded| folded.standing == Standing::Counts));
    }

    /// Histories of up to a dozen events by people who saw different parts of it; receipts follow causality.
    fn histories() -> impl Strategy<Value = Vec<EventWithReceipt>> {
        let steps = [
            "report", "take", "refuse", "price", "pause", "resume", "again", "finish", SETTLE, REOPEN, REMARK,
        ];
        let one =
            (prop::sample::select(steps.to_vec()), any::<u16>(), any::<bool>(), any::<u8>(), any::<u8>());
        (prop::collection::vec(one, 1..12), 0..12_u32).prop_map(|(drawn, received)| {
            let mut events = vec![event(0, "report", &[], None)];
            for (number, (step, seen, told, keep, over)) in (1..).zip(drawn) {
                let after: Vec<u8> = (0..number).filter(|n| seen >> n & 1 == 1).collect();
                let mut drawn = event(number, step, &after, None);
                if step == SETTLE {
                    let at = |n: u8| n % (number + 2);
                    drawn.event.evidence =
                        settlement(id(at(keep)), &[id(at(over)), id(at(over.wrapping_add(1)))]);
                } else if told {
                    drawn = with(drawn, "told", i64::from(keep));
                }
                events.push(drawn);
            }
            for (ordinal, event) in (1..=received).zip(&mut events) {
                event.receipt = Some(Receipt { ordinal, at: Timestamp::from_millis(1000 * HOUR) });
            }
            events
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_order_of_arrival_folds_alike(events in histories(), order in any::<prop::sample::Index>(), twice in any::<prop::sample::Index>()) {
            let flow = workflow();
            let state = fold(&flow, &events);
            let mut shuffled = events.clone();
            let turn = order.index(shuffled.len());
            shuffled.rotate_left(turn);
            shuffled.reverse();
            shuffled.push(events[twice.index(events.len())].clone());
            prop_assert_eq!(&fold(&flow, &shuffled), &state);
            // Nothing anybody recorded is missing, and nothing is there twice.
            let ids: BTreeSet<EventId> = state.events.iter().map(|folded| folded.event.id).collect();
            prop_assert_eq!((ids.len(), state.events.len()), (events.len(), events.len()));
            // Nothing is folded before what its author built on.
            for (at, folded) in state.events.iter().enumerate() {
                for cause in &folded.event.after {
                    prop_assert!(state.events[..at].iter().any(|before| before.event.id == *cause));
                }
            }
            // Every step that counts leaves the state the one before it led to.
            let moves = state.events.iter().filter(|folded| folded.standing == Standing::Counts && folded.to.is_some());
            let mut now: Option<String> = None;
            for moved in moves {
                prop_assert_eq!(&moved.from, &now);
                now = moved.to.clone();
            }
            prop_assert_eq!(now, state.state);
        }

        #[test]
        fn who_knew_what_is_what_follows_from_the_events(events in histories(), lie in any::<Option<(prop::sample::Index, prop::sample::Index)>>()) {
            let mut events = events;
            if let Some((early, late)) = lie {
                // Somebody claims to build on what came after it.
                let late = events[late.index(events.len())].event.id;
                let early = early.index(events.len());
                events[early].event.after.push(late);
            }
            let flow = workflow();
            let graph = Graph::new(&flow, &events);
            for later in 0..graph.nodes.len() {
                let mut past = BTreeSet::new();
                let mut open = graph.nodes[later].after.clone();
                while let Some(at) = open.pop() {
                    if past.insert(at) {
                        open.extend(&graph.nodes[at].after);
                    }
                }
                for earlier in 0..graph.nodes.len() {
                    prop_assert_eq!(graph.knew(later, earlier), past.contains(&earlier), "{} {}", later, earlier);
                }
            }
        }

        #[test]
        fn a_receipt_for_the_next_event_in_order_changes_no_standing(events in histories()) {
            // The office takes unreceived events one by one in the order everybody already shows them in: what was
            // shown as provisional is what becomes final. (Two settlements made apart may be shown in another order
            // than they rank in, because each comes after what it is about; receipts then decide between them.)
            prop_assume!(events.iter().filter(|given| given.event.step == SETTLE).count() < 2);
            let flow = workflow();
            let before = fold(&flow, &events);
            let mut ordinal = 100;
            let mut received = events;
            for folded in &before.events {
                let event = received.iter_mut().find(|given| given.event.id == folded.event.id).unwrap();
                if event.receipt.is_none() {
                    event.receipt = Some(Receipt { ordinal, at: Timestamp::from_millis(1000 * HOUR) });
                    ordinal += 1;
                }
            }
            let after = fold(&flow, &received);
            prop_assert_eq!(&after.state, &before.state);
            let standings = |state: &CaseState| state.events.iter().map(|f| (f.event.id, f.standing)).collect::<Vec<_>>();
            prop_assert_eq!(standings(&after), standings(&before));
            prop_assert!(!after.provisional);
        }
    }
}
