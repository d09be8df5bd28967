//! Whether a case can stand still: it has not ended, and nothing is due that would have somebody go on with it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Check;
use crate::model::{Kind, StepId};
use crate::playbook::diagnostics::Diagnostic;
use crate::playbook::path::Path;
use crate::playbook::rule::Trigger;
use crate::playbook::workflow::{Step, Workflow};
use crate::query::SubjectKind;

/// How many standings of a case are looked at. Ours have a few dozen; a workflow made to have millions is not looked
/// through.
const MOST_STANDINGS: usize = 1_000;

/// Something due from certain steps on, until one of others is made: a deadline, or a rule after a step.
struct Reminder<'w> {
    from: &'w [StepId],
    until: &'w [StepId],
    /// Whether it runs on while the case waits, as rules do and deadlines do not.
    while_paused: bool,
}

/// A state, and what is due in it, by index.
type Reached<'w> = (&'w str, BTreeSet<usize>);

impl Check<'_> {
    /// Notes the states in which nothing is due whatever is asked by conditions: such a case is found by leafing through lists
    /// alone.
    pub(super) fn standstill(&mut self, workflow: &Workflow) {
        let set = self.set;
        let rules = set.rules().flat_map(|rules| &rules.rules);
        let of_rules = rules.filter_map(|rule| match &rule.when {
            Trigger::AfterStep(after) if after.workflows.contains(&workflow.id) => {
                let of_case = rule.subject.kind == SubjectKind::Case;
                let goes_on = of_case || rule.done.begins().workflow() == Some(&workflow.id);
                (goes_on && rule.done.record == Kind::Case).then_some(Reminder {
                    from: &after.steps,
                    until: &rule.done.steps,
                    while_paused: true,
                })
            }
            _ => None,
        });
        let of_deadlines = workflow.deadlines.iter().map(|deadline| Reminder {
            from: &deadline.from,
            until: &deadline.until,
            while_paused: false,
        });
        let dues: Vec<Reminder<'_>> = of_deadlines.chain(of_rules).collect();
        for (state, by) in standstills(workflow, &dues) {
            let at = workflow.states.iter().position(|known| known.id == state).unwrap_or_default();
            let path = Path::top().key("state").index(at).key("id");
            self.note(&path, Diagnostic::NothingFollows(state.to_owned(), by.join(" → ")));
        }
    }
}

/// The states in which nothing is due, each with the steps that lead there.
///
/// Of two ways into a state the one with less due in it is as good a witness for everything that can follow, so only the
/// least are gone on with, and what merely answers something is taken at once: a card of twenty measures that may be taken in any
/// order is one standing, not a million.
fn standstills<'w>(workflow: &'w Workflow, dues: &[Reminder<'_>]) -> BTreeMap<&'w str, Vec<&'w str>> {
    let mut least: BTreeMap<&str, Vec<BTreeSet<usize>>> = BTreeMap::new();
    let mut still = BTreeMap::new();
    let opening = workflow.steps.iter().filter(|step| step.opens);
    let mut open: VecDeque<(Reached<'w>, Vec<&'w str>)> = opening
        .filter_map(|step| {
            Some(((step.to.as_deref()?, after(step, BTreeSet::new(), dues)), vec![step.id.as_str()]))
        })
        .collect();
    let mut looked_at = 0_usize;
    while let Some(((state, mut pending), by)) = open.pop_front() {
        let Some(known) = workflow.state(state).filter(|known| !known.end) else { continue };
        let here = || workflow.steps.iter().filter(move |step| step.from.iter().any(|from| from == state));
        let (leading, answering): (Vec<_>, Vec<_>) =
            here().partition(|step| step.to.is_some() || dues.iter().any(|due| due.from.contains(&step.id)));
        for step in answering {
            pending = after(step, pending, dues);
        }
        let known_here = least.entry(state).or_default();
        if known_here.iter().any(|less| less.is_subset(&pending)) {
            continue;
        }
        looked_at += 1;
        if looked_at > MOST_STANDINGS {
            return BTreeMap::new();
        }
        if !pending.iter().any(|index| !known.pauses || dues[*index].while_paused) {
            still.entry(state).or_insert_with(|| by.clone());
        }
        for step in leading {
            let to = step.to.as_deref().unwrap_or(state);
            let by = by.iter().copied().chain([step.id.as_str()]).collect();
            open.push_back(((to, after(step, pending.clone(), dues)), by));
        }
        known_here.push(pending);
    }
    still
}

/// What is due once a step was made.
fn after(step: &Step, mut pending: BTreeSet<usize>, dues: &[Reminder<'_>]) -> BTreeSet<usize> {
    for (index, due) in dues.iter().enumerate() {
        if due.until.contains(&step.id) {
            pending.remove(&index);
        }
        if due.from.contains(&step.id) {
            pending.insert(index);
        }
    }
    pending
}
