//! Cases that lie close together: when they are one matter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::Days;

use super::super::item::{DueItem, Group};
use super::{Day, Governed, item};
use crate::model::Value;
use crate::playbook::condition::Declared;
use crate::playbook::rule::Together;
use crate::query::{RecordIndex, StepQuery, StepRow, SubjectId, SubjectKind};

impl<I: RecordIndex> Day<'_, I> {
    /// One item for every group of cases about one subject, with one answer in common, within the days of the rule.
    ///
    /// Groups are told from the first case of the rule's version on, one after the other: a case joins the group that
    /// began before it as long as its days last, and begins the next one otherwise. So a group keeps its first case,
    /// and with it its identity, whatever comes after it.
    pub(super) fn together(
        &self,
        governed: &Governed,
        together: &Together,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        let rule = &governed.rule;
        let mut steps = self.index.steps(&StepQuery {
            workflows: &together.workflows,
            steps: &together.steps,
            since: governed.from,
            only: self.only,
        })?;
        if steps.len() < together.at_least {
            return Ok(());
        }
        self.count(rule, &mut steps)?;
        steps.sort_by_key(|step| (step.at, step.case, step.event));
        let selected = self.selected(governed)?;
        let mut matters: BTreeMap<(SubjectId, Option<String>), Vec<Arc<StepRow>>> = BTreeMap::new();
        for step in steps {
            let taken = governed.takes(self.calendar.date_of(step.at));
            if !taken || !self.case_holds(together.condition.as_ref(), &step) {
                continue;
            }
            let step = Arc::new(step);
            let own = (SubjectKind::Case, step.case);
            for subject in self.subjects_of(rule, &step.subjects, own, selected.as_ref()) {
                for answer in self.shared(together, &step) {
                    let cases = matters.entry((subject.clone(), answer)).or_default();
                    if cases.iter().all(|before| before.case != step.case) {
                        cases.push(step.clone());
                    }
                }
            }
        }
        for ((subject, answer), cases) in matters {
            let mut rest = cases.as_slice();
            while let Some(first) = rest.first() {
                let within = self.within(together, first, rest);
                let Some(last) = enough(together, within) else {
                    rest = &rest[1..];
                    continue;
                };
                let mut times = self.times(rule, last.at, self.calendar.date_of(last.at), None);
                times.counts.0 = times.counts.0.max(last.at);
                if times.visible_from <= self.today && times.base >= self.look_back() {
                    let place = match &subject {
                        SubjectId::Place(place) => Some(place.clone()),
                        // The grid's own place, which its walking order begins with.
                        SubjectId::Grid(_) => None,
                        SubjectId::Record(_) | SubjectId::Community => last.place.clone(),
                    };
                    let common = answer.as_deref().unwrap_or_default().replace('\n', " ");
                    let key = format!("{} {common}", first.case);
                    let mut item = item(rule, subject.clone(), place, &key, times);
                    item.step = Some(last.clone());
                    let cases = within.iter().map(|step| step.case).collect();
                    item.group = Some(Arc::new(Group { cases, shared: answer.clone() }));
                    items.push(item);
                }
                rest = &rest[within.len()..];
            }
        }
        Ok(())
    }

    /// The cases of a group that `first` begins.
    fn within<'s>(
        &self,
        together: &Together,
        first: &StepRow,
        rest: &'s [Arc<StepRow>],
    ) -> &'s [Arc<StepRow>] {
        let day = |step: &StepRow| self.calendar.date_of(step.at);
        let last = day(first).checked_add_days(Days::new(together.within_days.into()));
        let count = rest.iter().take_while(|step| last.is_none_or(|last| day(step) <= last)).count();
        &rest[..count]
    }

    /// The answers by which a case may be together with others: each of several chosen ones; none when nothing was
    /// answered; one that all share when the rule names no question.
    fn shared(&self, together: &Together, step: &StepRow) -> Vec<Option<String>> {
        let Some(same) = &together.same else { return vec![None] };
        let workflow = self.playbooks.workflow_at(&step.workflow, step.version);
        let declared = workflow
            .and_then(|workflow| workflow.fields().find(|field| field.id == *same))
            .and_then(|field| field.answer.declared());
        match (declared, step.answers.get(same.as_str())) {
            (Some(Declared::List), Some(Value::Text(chosen))) => {
                chosen.split(',').filter(|id| !id.is_empty()).map(|id| Some(id.to_owned())).collect()
            }
            (Some(_), Some(Value::Text(text))) => vec![Some(text.clone())],
            (Some(_), Some(Value::Bool(flag))) => vec![Some(flag.to_string())],
            (Some(_), Some(Value::Int(number))) => vec![Some(number.to_string())],
            (Some(_), Some(Value::Real(number))) => vec![Some(number.to_string())],
            (None, _) | (_, None) => Vec::new(),
        }
    }
}

/// The case with which there were enough of them.
fn enough<'s>(together: &Together, cases: &'s [Arc<StepRow>]) -> Option<&'s Arc<StepRow>> {
    let mut counted: BTreeSet<SubjectId> = BTreeSet::new();
    cases.iter().find(|step| {
        match together.different {
            None => drop(counted.insert(SubjectId::Record(step.case))),
            Some(wanted) => {
                let subjects = step.subjects.iter().filter(|(kind, _)| *kind == wanted);
                counted.extend(subjects.map(|(_, id)| id.clone()));
            }
        }
        counted.len() >= together.at_least
    })
}
