//! Which step of a case is possible for whom, and what it still needs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{CaseState, Standing, scope_of};
use crate::model::{EventId, Evidence, Kind, Op, QuestionId, Resolution, RoleId, StepId, SystemStep, Value};
use crate::playbook::condition::Scope;
use crate::playbook::form::{Asked, FieldProblem};
use crate::playbook::related::Requirement;
use crate::playbook::workflow::{SetTo, Step, Workflow};
use crate::playbook::{Label, form};
use crate::query::WorkProgress;

/// What decides which steps of a case are possible: told by the case as it stands, and by what a list keeps of it.
pub struct Position<'a> {
    state: Option<&'a str>,
    rounds: u32,
    answers: &'a BTreeMap<QuestionId, Value>,
    /// The steps that count.
    made: BTreeSet<&'a StepId>,
}

impl<'a> From<&'a CaseState> for Position<'a> {
    fn from(state: &'a CaseState) -> Self {
        let counting = state.events.iter().filter(|folded| folded.standing == Standing::Counts);
        Self {
            state: state.state.as_deref(),
            rounds: state.rounds,
            answers: &state.answers,
            made: counting.map(|folded| &folded.event.step).collect(),
        }
    }
}

impl<'a> From<&'a WorkProgress> for Position<'a> {
    fn from(progress: &'a WorkProgress) -> Self {
        Self {
            state: Some(progress.state.as_str()).filter(|state| !state.is_empty()),
            rounds: progress.rounds,
            answers: &progress.answers,
            made: progress.steps.iter().map(|counted| &counted.step).collect(),
        }
    }
}

impl Position<'_> {
    fn scope(&self, workflow: &Workflow) -> Scope {
        scope_of(workflow, self.state, self.rounds, self.answers)
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

/// Where a step of a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum StepPhase {
    /// It counts, and is not offered again.
    Made,
    /// It may be made now, by its role; it may have been made before.
    Possible,
    /// It may not be made yet.
    Locked,
}

/// A step of the whole course of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedStep<'a> {
    /// The step of the playbook.
    pub step: &'a Step,
    /// Where it stands.
    pub phase: StepPhase,
    /// The steps that must be made before it and are not.
    pub first: Vec<&'a Step>,
    /// Why its condition holds it back, where the playbook says it.
    pub why_not: Option<&'a Label>,
}

/// Every step of a case's workflow in the order of the playbook, of every role. A way of opening the case that was not
/// taken is none of them.
#[must_use]
pub fn plan<'a>(workflow: &'a Workflow, state: &CaseState) -> Vec<PlannedStep<'a>> {
    planned(workflow, &Position::from(state))
}

/// The same of a case that is still to be opened, by `opening`: that step is possible, and whatever the case would offer
/// next waits for it.
#[must_use]
pub fn plan_opening<'a>(workflow: &'a Workflow, opening: &'a Step) -> Vec<PlannedStep<'a>> {
    let answers = BTreeMap::new();
    let at = Position {
        state: opening.to.as_deref(),
        rounds: 1,
        answers: &answers,
        made: BTreeSet::from([&opening.id]),
    };
    let mut steps = planned(workflow, &at);
    for step in &mut steps {
        if step.step.id == opening.id {
            step.phase = StepPhase::Possible;
        } else if step.phase == StepPhase::Possible {
            step.phase = StepPhase::Locked;
            step.first = vec![opening];
        }
    }
    steps
}

fn planned<'a>(workflow: &'a Workflow, at: &Position<'_>) -> Vec<PlannedStep<'a>> {
    let scope = at.scope(workflow);
    let planned = |step: &'a Step| {
        let made = at.made.contains(&step.id);
        let first = first(workflow, at, step);
        let offered = is_possible(step, at, &scope) && first.is_empty() && !(made && step.once);
        let phase = match (offered, made) {
            (true, _) => StepPhase::Possible,
            (false, true) => StepPhase::Made,
            (false, false) => StepPhase::Locked,
        };
        let first = if phase == StepPhase::Locked { first } else { Vec::new() };
        PlannedStep { step, phase, first, why_not: why_not(step, at, &scope) }
    };
    let opened = |step: &PlannedStep<'_>| !step.step.opens || step.phase == StepPhase::Made;
    workflow.steps.iter().map(planned).filter(opened).collect()
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
        first: StepId,
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

/// The steps `roles` may do now, among them those that wait for others to be made first and those whose condition does
/// not hold and says why.
#[must_use]
pub fn next_steps<'a>(workflow: &'a Workflow, state: &CaseState, roles: &[RoleId]) -> Vec<NextStep<'a>> {
    let at = Position::from(state);
    let scope = at.scope(workflow);
    let nothing = Evidence::default();
    let mine = |step: &&Step| step.roles.iter().any(|role| roles.contains(role));
    let open = |step: &&Step| !(step.once && at.made.contains(&step.id));
    let shown = |step: &&Step| is_possible(step, &at, &scope) || why_not(step, &at, &scope).is_some();
    workflow
        .steps
        .iter()
        .filter(|step| mine(step) && open(step) && shown(step))
        .map(|step| NextStep {
            step,
            first: first(workflow, &at, step),
            why_not: why_not(step, &at, &scope),
            questions: asked(step, &nothing, &at, &scope, roles),
        })
        .collect()
}

/// The questions of a step, each with what the case answered before where the playbook has it stand there again.
fn asked<'a>(
    step: &'a Step,
    evidence: &Evidence,
    at: &Position<'_>,
    scope: &Scope,
    roles: &[RoleId],
) -> Vec<Asked<'a>> {
    let mut asked = form::ask(&step.fields, evidence, scope, roles);
    for asked in asked.iter_mut().filter(|asked| asked.writable) {
        let from = asked.field.prefilled_from.as_ref();
        asked.prefilled = from.and_then(|question| at.answers.get(question)).cloned();
    }
    asked
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
    let at = Position::from(state);
    asked(step, evidence, &at, &at.scope(workflow), roles)
}

/// Whether a step with these answers is asked what one of its requirements says.
#[must_use]
pub fn is_asked(
    workflow: &Workflow,
    state: &CaseState,
    step: &Step,
    evidence: &Evidence,
    requirement: &Requirement,
) -> bool {
    let scope = || form::answered(&step.fields, evidence, &Position::from(state).scope(workflow));
    requirement.when.as_ref().is_none_or(|when| when.holds(&scope()))
}

/// What a step with these answers, made `today`, writes of the records of a kind its case is about.
#[must_use]
pub fn sets(
    workflow: &Workflow,
    state: &CaseState,
    step: &Step,
    evidence: &Evidence,
    kind: Kind,
    today: NaiveDate,
) -> Vec<Op> {
    let scope = form::answered(&step.fields, evidence, &Position::from(state).scope(workflow));
    let mut written: Vec<Op> = Vec::new();
    for set in step.sets.iter().filter(|set| set.record == kind) {
        let holds = set.when.as_ref().is_none_or(|when| when.holds(&scope));
        if !holds || written.iter().any(|op| op.path() == set.path) {
            continue;
        }
        let path = set.path.clone();
        let value = match &set.to {
            SetTo::Value(value) => Some(value.clone()),
            SetTo::Answer(question) => evidence.fields.get(question.as_str()).cloned(),
            SetTo::Today => Some(Value::from(today.to_string())),
            SetTo::Nothing => {
                written.push(Op::Clear { path });
                continue;
            }
        };
        written.extend(value.map(|value| Op::Put { path, value }));
    }
    written
}

/// Who may lead the case on now: the roles it waits for. Whoever must make another step first stands for those who
/// wait for it; a step aside counts only where nothing else leads on.
#[must_use]
pub fn waits_for<'s>(workflow: &Workflow, stands: impl Into<Position<'s>>) -> BTreeSet<RoleId> {
    let at = stands.into();
    let scope = at.scope(workflow);
    let moving = offered(workflow, &at, &scope).into_iter().filter(|step| step.to.is_some());
    let (aside, leading): (Vec<_>, Vec<_>) = moving.partition(|step| step.aside);
    let waiting = if leading.is_empty() { aside } else { leading };
    waiting
        .into_iter()
        .flat_map(|step| match first(workflow, &at, step) {
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
    step: &StepId,
    evidence: &Evidence,
) -> Result<(), StepError> {
    let may = |roles: &[RoleId]| {
        if roles.contains(role) { Ok(()) } else { Err(StepError::WrongRole { roles: roles.to_vec() }) }
    };
    let not_now = || StepError::NotPossibleNow { state: state.state.clone(), why: None };
    match SystemStep::of(step.as_str()) {
        Some(SystemStep::Remark) => return if state.state.is_some() { Ok(()) } else { Err(not_now()) },
        Some(SystemStep::Reopen) => {
            let reopen = workflow.reopen.as_ref().ok_or_else(not_now)?;
            may(&reopen.roles)?;
            return if state.ended { Ok(()) } else { Err(not_now()) };
        }
        Some(SystemStep::Resolve) => {
            may(&workflow.resolved_by)?;
            return check_resolution(state, evidence);
        }
        // `workflow` and `state` are those it is to be run by: it must have got somewhere under them.
        Some(SystemStep::Migrate) => {
            may(&workflow.resolved_by)?;
            return if state.state.is_some() { Ok(()) } else { Err(not_now()) };
        }
        None => {}
    }
    let step = workflow.step(step).ok_or(StepError::Unknown)?;
    may(&step.roles)?;
    let at = Position::from(state);
    let scope = at.scope(workflow);
    if !is_possible(step, &at, &scope) {
        let why = why_not(step, &at, &scope).cloned();
        return Err(StepError::NotPossibleNow { state: state.state.clone(), why });
    }
    if step.once && at.made.contains(&step.id) {
        return Err(StepError::MadeAlready);
    }
    if let Some(first) = first(workflow, &at, step).first() {
        return Err(StepError::NeedsFirst { first: first.id.clone() });
    }
    let problems = form::check(&step.fields, evidence, &scope, std::slice::from_ref(role));
    if problems.is_empty() { Ok(()) } else { Err(StepError::EvidenceMissing { problems }) }
}

/// A resolution names an event of this case to keep, and at least one other to decide against.
fn check_resolution(state: &CaseState, evidence: &Evidence) -> Result<(), StepError> {
    let known = |id: &EventId| state.events.iter().any(|folded| folded.event.id == *id);
    let missing = |field: &str| FieldProblem {
        field: field.into(),
        code: form::ProblemCode::Missing,
        message: Label::new("请选择以哪一步为准", "choose which step counts"),
    };
    let Some(resolution) = Resolution::read(evidence) else {
        return Err(StepError::EvidenceMissing { problems: vec![missing(Resolution::KEEP)] });
    };
    if !known(&resolution.keep) {
        return Err(StepError::EvidenceMissing { problems: vec![missing(Resolution::KEEP)] });
    }
    if resolution.over.is_empty() || !resolution.over.iter().all(known) {
        return Err(StepError::EvidenceMissing { problems: vec![missing(Resolution::OVER)] });
    }
    Ok(())
}

/// Whether the case's state lets a step be made, whatever its condition says.
pub(super) fn is_in_turn(step: &Step, state: Option<&str>) -> bool {
    match state {
        None => step.opens,
        Some(now) => step.from.iter().any(|from| from == now),
    }
}

/// What a step in its turn says while its condition does not hold.
fn why_not<'a>(step: &'a Step, at: &Position<'_>, scope: &Scope) -> Option<&'a Label> {
    let held_back = step.when.as_ref().is_some_and(|when| !when.holds(scope));
    step.when_not.as_ref().filter(|_| held_back && is_in_turn(step, at.state))
}

fn is_possible(step: &Step, at: &Position<'_>, scope: &Scope) -> bool {
    is_in_turn(step, at.state) && step.when.as_ref().is_none_or(|when| when.holds(scope))
}

/// The steps a case offers in its state: possible, and not made already where once is enough. This and [`first`] hold
/// back who acts now; what was recorded counts by [`is_possible`] alone, or a tick made by a colleague meanwhile would be lost.
fn offered<'a>(workflow: &'a Workflow, at: &Position<'_>, scope: &Scope) -> Vec<&'a Step> {
    let made = |step: &Step| step.once && at.made.contains(&step.id);
    workflow.steps.iter().filter(|step| is_possible(step, at, scope) && !made(step)).collect()
}

/// What must be made before a step and is not.
fn first<'a>(workflow: &'a Workflow, at: &Position<'_>, step: &Step) -> Vec<&'a Step> {
    let missing = step.needs.iter().filter(|need| !at.made.contains(need));
    missing.filter_map(|need| workflow.step(need)).collect()
}
