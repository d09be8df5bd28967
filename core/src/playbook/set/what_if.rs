//! A set tried on what was recorded before it: as if it had been in force all along.

use std::sync::Arc;

use super::Playbooks;
use crate::model::StepId;
use crate::playbook::rule::{DueRule, Rules};
use crate::playbook::workflow::{Deadline, Workflow};

impl Playbooks {
    /// This set as if it had been in force in place of another. Rules, deadlines and findings the other says otherwise are
    /// those of this set from the first day on, for what was begun under older versions too; what both say alike keeps its
    /// history.
    #[must_use]
    pub fn instead_of(&self, in_force: &Self) -> Self {
        let mut set = self.clone();
        let first = in_force.rules.at.values().map(|rules| rules.effective_from).min();
        for (id, version) in &self.rules.current {
            let Some(tried) = self.rules.current(id) else { continue };
            let before = in_force.rules.current(id);
            let since = before.map(|before| before.effective_from).or(first);
            for ((other, of), rules) in &mut set.rules.at {
                if other != id {
                    continue;
                }
                let rules = &mut Arc::make_mut(rules).body;
                if of == version {
                    rules.effective_from = since.unwrap_or(rules.effective_from);
                } else if let Some(before) = before {
                    rules.rules = rules_over(&rules.rules, tried, before);
                }
            }
        }
        for ((id, _), flow) in &mut set.workflows.at {
            let both = self.workflows.current(id).zip(in_force.workflows.current(id));
            if let Some((tried, _)) = both.filter(|(tried, before)| tried.deadlines != before.deadlines) {
                let deadlines = deadlines_over(flow, &tried.deadlines);
                Arc::make_mut(flow).body.deadlines = deadlines;
            }
        }
        for ((id, _), list) in &mut set.checklists.at {
            let both = self.checklists.current(id).zip(in_force.checklists.current(id));
            if let Some((tried, _)) = both.filter(|(tried, before)| tried.findings != before.findings) {
                Arc::make_mut(list).body.findings = tried.findings.clone();
            }
        }
        set.imply_rules();
        set
    }
}

/// The rules of an older version: its own where a rule is tried as it is in force, else as it is tried.
fn rules_over(older: &[DueRule], tried: &Rules, in_force: &Rules) -> Vec<DueRule> {
    let stays = |rule: &DueRule| in_force.rules.iter().any(|before| before == rule);
    let tried_as_it_is = |rule: &&DueRule| tried.rules.iter().any(|new| new.id == rule.id && stays(new));
    let own = older.iter().filter(tried_as_it_is);
    own.chain(tried.rules.iter().filter(|rule| !stays(rule))).cloned().collect()
}

/// Those deadlines whose steps a version of the workflow knows.
fn deadlines_over(flow: &Workflow, deadlines: &[Deadline]) -> Vec<Deadline> {
    let known = |step: &StepId| flow.step(step).is_some();
    let all_known = |deadline: &&Deadline| deadline.from.iter().chain(&deadline.until).all(known);
    deadlines.iter().filter(all_known).cloned().collect()
}
