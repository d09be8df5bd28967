//! Which records answer what is due.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::item::DueItem;
use super::{Day, FEW};
use crate::model::{Contact, DueId, PlaceId, RecordId, RuleId, Timestamp};
use crate::playbook::rule::DueRule;
use crate::query::{AnswerQuery, AnswerRow, RecordIndex, SubjectId};

impl<I: RecordIndex> Day<'_, I> {
    /// Records that answer without having been begun from the item: an opportunity visit is a visit.
    pub(super) fn match_answers(&self, rule: &DueRule, items: &mut [DueItem]) -> Result<(), I::Error> {
        let Some(since) = items.iter().map(|item| item.counts.0).min().filter(|_| rule.done.any) else {
            return Ok(());
        };
        // Of few items only what is about them is asked for.
        let about = (items.len() <= FEW).then(|| {
            let subjects = items.iter().filter_map(|item| match &item.subject {
                SubjectId::Record(record) => Some(*record),
                SubjectId::Place(_) | SubjectId::Grid(_) | SubjectId::Community => None,
            });
            subjects.chain(items.iter().filter_map(DueItem::case)).collect::<BTreeSet<_>>()
        });
        let in_areas = rule.subject.kind.record().is_none();
        let about = about.filter(|_| !in_areas);
        let answers = self.index.answers(&AnswerQuery {
            kind: rule.done.record,
            filters: &rule.done.unnamed(),
            since,
            only: about.as_ref(),
        })?;
        let mut by_record: HashMap<RecordId, Vec<&AnswerRow>> = HashMap::new();
        for answer in &answers {
            for record in &answer.about {
                by_record.entry(*record).or_default().push(answer);
            }
        }
        for item in items {
            let (from, until) = item.counts;
            let counts = |answer: &&AnswerRow| from <= answer.at && answer.at < until;
            let mut given: Vec<&AnswerRow> = Vec::new();
            if let SubjectId::Record(record) = &item.subject {
                given.extend(by_record.get(record).into_iter().flatten());
            } else {
                let about = |answer: &&AnswerRow| self.lies_in(answer.place.as_ref(), &item.subject);
                given.extend(answers.iter().filter(counts).filter(about));
            }
            let case = item.case().and_then(|case| by_record.get(&case));
            given.extend(case.into_iter().flatten());
            // What a step brought about is not answered by the contact that the step itself was.
            let own =
                item.step.as_ref().filter(|_| !given.is_empty()).map(|step| Contact::of_step(step.event));
            for answer in given.into_iter().filter(counts).filter(|answer| Some(answer.record) != own) {
                item.answer(answer);
            }
        }
        Ok(())
    }

    /// Whether a place is, or lies in, a place, grid or community.
    pub(super) fn lies_in(&self, place: Option<&PlaceId>, subject: &SubjectId) -> bool {
        match subject {
            SubjectId::Community => true,
            SubjectId::Place(id) => place == Some(id),
            SubjectId::Grid(grid) => place.is_some_and(|place| self.index.grids_of(place).contains(grid)),
            SubjectId::Record(_) => false,
        }
    }

    /// Records that name the item they answer.
    pub(super) fn named_answers(&self, items: &mut [DueItem]) -> Result<(), I::Error> {
        let at: HashMap<DueId, usize> = items.iter().enumerate().map(|(at, item)| (item.id, at)).collect();
        let ids: BTreeSet<DueId> = at.keys().copied().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let answers = self.index.answers_to(&ids)?;
        let named = |answer: &AnswerRow| answer.dues.iter().filter_map(|due| at.get(due).copied()).collect();
        let named: Vec<(Vec<usize>, &AnswerRow)> = answers.iter().map(|row| (named(row), row)).collect();
        let fitting = self.fitting(items, &named)?;
        for (at, answer) in named {
            for at in at {
                let fits = |fitting: &BTreeSet<RecordId>| fitting.contains(&answer.record);
                if fitting.get(&items[at].rule.id).is_none_or(fits) {
                    items[at].answer(answer);
                } else {
                    items[at].try_by(answer);
                }
            }
        }
        Ok(())
    }

    /// By rule that asks something of what names its items: the records that are so. One query for each such rule of which
    /// something was named.
    fn fitting(
        &self,
        items: &[DueItem],
        named: &[(Vec<usize>, &AnswerRow)],
    ) -> Result<BTreeMap<RuleId, BTreeSet<RecordId>>, I::Error> {
        let mut asked: BTreeMap<&RuleId, (&DueRule, BTreeSet<RecordId>)> = BTreeMap::new();
        for (at, answer) in named {
            let rules = at.iter().map(|at| &*items[*at].rule);
            for rule in rules.filter(|rule| !rule.done.answered_if.is_empty()) {
                asked.entry(&rule.id).or_insert((rule, BTreeSet::new())).1.insert(answer.record);
            }
        }
        let mut fitting = BTreeMap::new();
        for (id, (rule, records)) in asked {
            let found = self.index.answers(&AnswerQuery {
                kind: rule.done.record,
                filters: &rule.done.answered_if,
                since: Timestamp::from_millis(i64::MIN),
                only: Some(&records),
            })?;
            fitting.insert(id.clone(), found.into_iter().map(|row| row.record).collect());
        }
        Ok(fitting)
    }
}
