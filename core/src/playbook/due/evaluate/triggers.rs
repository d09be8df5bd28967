//! What each kind of trigger brings about.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use super::super::item::{DueItem, RuleRef};
use super::{Day, Governed, LOOK_BACK_DAYS, Times, UNDER_WAY_DAYS, item};
use crate::model::round::split_place;
use crate::model::{Evidence, GridId, Kind, PlaceId, RecordId, StaffId, Timestamp};
use crate::playbook::checklist::Window;
use crate::playbook::condition::{Condition, Scope};
use crate::playbook::form::{self, FormField};
use crate::playbook::rule::{AfterDate, AfterEntry, AfterStep, DueRule, Every, Trigger};
use crate::playbook::sum::{self, Booked, SumsOf};
use crate::playbook::workflow::Span;
use crate::query::{
    AnswerOutcome, AnswerQuery, AnswerRow, ClockQuery, ClockRow, DateQuery, EntryQuery, EntryRow,
    FindingQuery, FindingRow, RecordIndex, StepQuery, StepRow, SubjectId, SubjectKind, SubjectRow,
};

/// The periods of a rule that comes again.
pub(super) struct Periods {
    /// Those that are shown, each with its key.
    shown: Vec<(String, Times)>,
    /// Those before that a round under way was begun in, or for, with the round.
    under_way: Vec<(String, Times, AnswerRow)>,
}

/// Which dates of subjects are asked for, the first and the last, and whether those without one are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dates {
    from: Option<NaiveDate>,
    until: NaiveDate,
    absent: bool,
}

impl Dates {
    pub(super) fn query(self, after: &AfterDate) -> DateQuery<'_> {
        DateQuery { path: &after.field, from: self.from, until: self.until, absent: self.absent }
    }
}

/// A row or a case whose sums are asked for.
fn sums_of(record: RecordId, subjects: &[(SubjectKind, SubjectId)]) -> SumsOf {
    let about = subjects.iter().filter_map(|(_, subject)| match subject {
        SubjectId::Record(id) => Some(*id),
        SubjectId::Place(_) | SubjectId::Grid(_) | SubjectId::Community => None,
    });
    SumsOf { row: Some(record), about: about.collect() }
}

impl<I: RecordIndex> Day<'_, I> {
    /// The periods of a rule that comes again, wherever its subjects are.
    pub(super) fn periods(&self, governed: &Governed, every: &Every) -> Result<Periods, I::Error> {
        // Nothing of a period is due after it: what was due since a day is of the period of that day, or a later one.
        let first = every.last_until(self.calendar, self.since.unwrap_or(self.today));
        let later = self.since.and_then(|since| since.succ_opt()).into_iter();
        let later = later.flat_map(|since| every.between(self.calendar, since, self.today));
        let shown: Vec<(String, Times)> = first
            .into_iter()
            .chain(later)
            .filter(|begin| governed.takes(*begin))
            .flat_map(|begin| self.of_period(&governed.rule, every, begin))
            .filter(|(_, times)| times.visible_from <= self.today)
            .collect();
        let under_way =
            if self.since.is_none() { self.under_way(governed, every, first)? } else { Vec::new() };
        Ok(Periods { shown, under_way })
    }

    pub(super) fn every(
        &self,
        governed: &Governed,
        Periods { shown, under_way }: &Periods,
        at: Option<&PlaceId>,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        if shown.is_empty() && under_way.is_empty() {
            return Ok(());
        }
        for row in self.rows(governed, None, at)? {
            if !self.keeps(&governed.rule, &row) {
                continue;
            }
            let of = |(key, times): &(String, Times)| {
                item(&governed.rule, row.subject.clone(), row.place.clone(), key, *times)
            };
            items.extend(shown.iter().map(of));
            // Of the periods before only what a round under way answers, or the list would be asked of every subject.
            for (key, times, round) in under_way {
                let earlier = of(&(key.clone(), *times));
                let about = match &row.subject {
                    SubjectId::Record(record) => round.about.contains(record),
                    subject => self.lies_in(round.place.as_ref(), subject),
                };
                // Of a day in parts only the one the round was walked in.
                let (from, until) = times.counts;
                let meant = earlier.opens_at().is_none() || (from..until).contains(&round.at);
                if round.dues.contains(&earlier.id) || (governed.rule.done.any && about && meant) {
                    items.push(DueItem { earlier: true, ..earlier });
                }
            }
        }
        Ok(())
    }

    /// The periods before the one that began on `present` that a round under way was begun in, or for, each with the
    /// round: it is walked over midnight, or over two days, and its item stays until it is finished.
    fn under_way(
        &self,
        governed: &Governed,
        every: &Every,
        present: Option<NaiveDate>,
    ) -> Result<Vec<(String, Times, AnswerRow)>, I::Error> {
        let rule = &governed.rule;
        let Some(present) = present.filter(|_| rule.done.record == Kind::Round) else {
            return Ok(Vec::new());
        };
        let since = self.today.checked_sub_days(Days::new(UNDER_WAY_DAYS)).unwrap_or(self.today);
        let since = self.calendar.start_of(since);
        let rounds = self.index.answers(&AnswerQuery {
            kind: rule.done.record,
            filters: &rule.done.filters,
            since,
            only: self.only,
        })?;
        let mut periods = Vec::new();
        for round in rounds.into_iter().filter(|round| round.outcome == AnswerOutcome::Begun) {
            let day = self.calendar.date_of(round.at);
            // Whoever begins after midnight from the list as it was means the day before.
            let of = every.last_until(self.calendar, day);
            let before = of.and_then(|of| of.pred_opt()).and_then(|day| every.last_until(self.calendar, day));
            let earlier =
                of.into_iter().chain(before).filter(|begin| *begin < present && governed.takes(*begin));
            let of = earlier.flat_map(|begin| self.of_period(rule, every, begin));
            periods.extend(of.map(|(key, times)| (key, times, round.clone())));
        }
        Ok(periods)
    }

    /// What a period brings: one item, or one for each part of its day.
    fn of_period(&self, rule: &DueRule, every: &Every, begin: NaiveDate) -> Vec<(String, Times)> {
        let next = every.next_after(self.calendar, begin).unwrap_or(NaiveDate::MAX);
        let midnight = self.calendar.start_of(begin);
        let times = self.times(rule, midnight, begin, Some(next));
        if every.parts.is_empty() {
            return vec![(begin.to_string(), times)];
        }
        let minutes: Vec<(u16, u16)> = every.parts.iter().filter_map(Window::minutes).collect();
        let at = |minute: u16| midnight.plus_millis(i64::from(minute) * 60_000);
        let part = |number: usize, (from, to): (u16, u16)| {
            let since = if number == 0 { times.counts.0 } else { at(from) };
            let until = minutes.get(number + 1).map_or(times.counts.1, |(next, _)| at(*next));
            let part = Times { due: begin, due_at: Some(at(to)), counts: (since, until), ..times };
            (format!("{begin} {}", number + 1), part)
        };
        minutes.iter().enumerate().map(|(number, minutes)| part(number, *minutes)).collect()
    }

    pub(super) fn after_step(
        &self,
        governed: &Governed,
        after: &AfterStep,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        let rule = &governed.rule;
        let since = self.look_back().max(governed.from);
        let mut steps = self.index.steps(&StepQuery {
            workflows: &after.workflows,
            steps: &after.steps,
            since,
            only: self.only,
        })?;
        if steps.is_empty() {
            return Ok(());
        }
        self.count(rule, &mut steps)?;
        let entries = match &after.then_entry {
            Some(then) => {
                let ask = EntryQuery { form: &then.form, date: &then.date, since, only: None };
                let mut entries = self.index.entries(&ask)?;
                entries.sort_by_key(|entry| (entry.date, entry.entry));
                Some(entries)
            }
            None => None,
        };
        let selected = self.selected(governed)?;
        let mut answered: BTreeMap<RecordId, Vec<StepRow>> = BTreeMap::new();
        if !rule.done.steps.is_empty() {
            for step in self.index.steps(&StepQuery {
                workflows: &after.workflows,
                steps: &rule.done.steps,
                since,
                only: self.only,
            })? {
                answered.entry(step.case).or_default().push(step);
            }
        }
        for step in steps {
            let day = self.calendar.date_of(step.at);
            if !governed.takes(day) || !self.case_holds(after.condition.as_ref(), &step) {
                continue;
            }
            let answered_day = after
                .from_answer
                .as_ref()
                .and_then(|id| self.calendar.offset().date_of_value(step.answers.get(id.as_str())?));
            let at = match &entries {
                None => answered_day.map_or(step.at, |day| self.calendar.start_of(day)),
                Some(entries) => {
                    match entries.iter().find(|entry| entry.date > day && entry.date <= self.today) {
                        Some(entry) => self.calendar.start_of(entry.date),
                        None => continue,
                    }
                }
            };
            let mut times = self.times(rule, at, self.calendar.date_of(at), None);
            if times.visible_from > self.today {
                continue;
            }
            // However early a promised day is shown: nothing before the step answers it.
            times.counts.0 = times.counts.0.max(step.at);
            let (step, key) = (Arc::new(step), |step: &StepRow| step.event.to_string());
            let own = (SubjectKind::Case, step.case);
            let later = |answer: &StepRow| answer.at >= step.at && answer.event != step.event;
            let met = answered.get(&step.case).into_iter().flatten().filter(|answer| later(answer));
            let met: Vec<Timestamp> = met.map(|answer| answer.at).collect();
            for subject in self.subjects_of(rule, &step.subjects, own, selected.as_ref()) {
                let mut item = item(rule, subject, step.place.clone(), &key(&step), times);
                if let (Some(first), Some(last)) = (met.iter().min(), met.iter().max()) {
                    item.done(step.case, (*last, *first), None);
                }
                item.step = Some(step.clone());
                items.push(item);
            }
        }
        Ok(())
    }

    /// The deadlines that run, and those met today, of all workflows by one question: under the version its case was
    /// opened under.
    pub(super) fn deadlines(
        &self,
        wanted: impl Fn(&DueRule) -> bool,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        let workflows = self.playbooks.workflows_with_deadlines();
        // What is due in a month may have been met long before.
        let since = self.calendar.start_of(self.since.map_or(self.today, |_| self.look_back()));
        let ask = ClockQuery { workflows: &workflows, since, only: self.only };
        for clock in self.index.clocks(&ask)? {
            let ClockRow { started, deadline, due: by, met } = clock;
            let of = self.playbooks.deadlines_at(&started.workflow, started.version);
            let rule = of.and_then(|of| RuleRef::of_deadline(of, &deadline)).filter(|rule| wanted(rule));
            let Some(rule) = rule.filter(|_| self.only.is_none_or(|only| only.contains(&started.case)))
            else {
                continue;
            };
            let (base, due) = (self.calendar.date_of(started.at), self.calendar.date_of(by));
            // Days last to the end of the last, unless the case waited meanwhile for less than a day.
            let due_at = (by != self.calendar.end_of(due)).then_some(by);
            let counts = (started.at, Timestamp::from_millis(i64::MAX));
            let times = Times { base, visible_from: base, due, due_at, counts };
            let (case, key) = (SubjectId::Record(started.case), started.event.to_string());
            let mut item = item(&rule, case, started.place.clone(), &key, times);
            if let Some(met) = met {
                item.done(started.case, (met, met), None);
            }
            item.step = Some(Arc::new(started));
            if self.since.is_none_or(|since| (since..=self.today).contains(&item.due)) {
                items.push(item);
            }
        }
        Ok(())
    }

    /// The findings that wait for an order, and those settled today, of all checklists by one question: under the version
    /// its round was begun under.
    pub(super) fn findings(
        &self,
        wanted: impl Fn(&DueRule) -> bool,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        let checklists = self.playbooks.checklists_ever();
        let look_back = self.calendar.start_of(self.look_back());
        let settled_since = self.since.map_or_else(|| self.calendar.start_of(self.today), |_| look_back);
        let ask = FindingQuery { checklists: &checklists, since: look_back, settled_since, only: self.only };
        let found = self.index.findings(&ask)?;
        let is_one = |one: &FindingRow, next: &FindingRow| {
            let together = || self.playbooks.findings_together(&one.checklist, one.version);
            one.round == next.round && together()
        };
        for matter in found.chunk_by(is_one) {
            let Some(finding) = FindingRow::together(matter) else { continue };
            if finding.settled().is_some_and(|settled| settled < settled_since) {
                continue;
            }
            let one = !self.playbooks.findings_together(&finding.checklist, finding.version);
            let of = self.playbooks.findings_at(&finding.checklist, finding.version);
            let Some(rule) = of.map(RuleRef::of_findings).filter(|rule| wanted(rule)) else { continue };
            // At the door of the home it is about; else where it was walked.
            let home = finding.subjects.iter().find(|(kind, _)| *kind == SubjectKind::Home);
            let (_, stop) = split_place(finding.found.item.as_str());
            let stop = stop.filter(|_| one).and_then(|stop| PlaceId::new(stop).ok());
            let place = stop.or_else(|| finding.place.clone());
            let at = || place.clone().map_or(SubjectId::Community, SubjectId::Place);
            let subject = home.map_or_else(at, |(_, home)| home.clone());
            if self.only.is_some_and(|only| !matches!(&subject, SubjectId::Record(id) if only.contains(id))) {
                continue;
            }
            let found_at = finding.found.at;
            let times = self.times(&rule, found_at, self.calendar.date_of(found_at), None);
            let item_id = if one { finding.found.item.as_str() } else { "" };
            let key = format!("{} {item_id}", finding.round);
            let mut item = item(&rule, subject, place.clone(), &key, times);
            for (order, at) in &finding.orders {
                item.done(*order, (*at, *at), None);
            }
            if let Some(at) = finding.found.corrected {
                item.done(finding.round, (at, at), None);
            }
            item.finding = Some(Arc::new(finding));
            if self.since.is_none_or(|since| (since..=self.today).contains(&item.due)) {
                items.push(item);
            }
        }
        Ok(())
    }

    /// Which dates are asked for: most lie long before their time, or had theirs long ago. `None`: none.
    pub(super) fn dates(&self, governed: &Governed, after: &AfterDate) -> Option<Dates> {
        let times = |day: NaiveDate| self.times(&governed.rule, self.calendar.start_of(day), day, None);
        let shown = |day: NaiveDate| times(day).visible_from <= self.today;
        let mut until = self.last_day(shown)?;
        until = until.min(governed.until.pred_opt().unwrap_or(governed.until));
        let mut from = (!after.also_before).then_some(governed.from);
        // A subject without the date counts from the rule's first day.
        let mut absent = after.also_when_absent && shown(governed.from);
        if let Some(since) = self.since {
            let meant = since..=self.today;
            absent = absent && meant.contains(&times(governed.from).due);
            until = until.min(self.last_day(|day| times(day).due <= self.today)?);
            let before = self.last_day(|day| times(day).due < since);
            from = from.max(before.and_then(|day| day.succ_opt()));
        }
        let none = from.is_some_and(|from| from > until) && !absent;
        (!none).then_some(Dates { from, until, absent })
    }

    pub(super) fn after_date(
        &self,
        governed: &Governed,
        (after, dates): (&AfterDate, Dates),
        at: Option<&PlaceId>,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        let rule = &governed.rule;
        let times = |day: NaiveDate| self.times(rule, self.calendar.start_of(day), day, None);
        let mut by_day: HashMap<NaiveDate, (Times, String)> = HashMap::new();
        for row in self.rows(governed, Some(dates.query(after)), at)? {
            if !self.keeps(rule, &row) {
                continue;
            }
            let day = row.date.unwrap_or(governed.from);
            // What is done before a date is over with it.
            if rule.due.days_before.is_some() && self.since.is_none() && day <= self.today {
                continue;
            }
            // Without a date there is one item, until there is a date.
            let absent = || (times(day), "absent".to_owned());
            let (times, key) = match row.date {
                None => &absent(),
                Some(day) => by_day.entry(day).or_insert_with(|| (times(day), day.to_string())),
            };
            items.push(item(rule, row.subject, row.place, key, *times));
        }
        Ok(())
    }

    pub(super) fn after_entry(
        &self,
        governed: &Governed,
        after: &AfterEntry,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        let rule = &governed.rule;
        let since = self.look_back().max(governed.from);
        // A row that concerns each subject names none of them.
        let only = self.only.filter(|_| !after.each);
        let entries =
            self.index.entries(&EntryQuery { form: &after.form, date: &after.date, since, only })?;
        if entries.is_empty() {
            return Ok(());
        }
        let each = if after.each { self.by_grid(governed)? } else { Vec::new() };
        let selected = if after.each { None } else { self.selected(governed)? };
        let form = self.playbooks.form(&after.form);
        let fields = form.map_or(&[][..], |form| &form.fields);
        let booked = match &after.condition {
            Some(_) if sum::looks_elsewhere(fields) => self.booked(fields, &entries)?,
            _ => Vec::new(),
        };
        for (number, entry) in entries.iter().enumerate().filter(|(_, entry)| governed.takes(entry.date)) {
            let times = self.times(rule, self.calendar.start_of(entry.date), entry.date, None);
            let over = rule.due.days_before.is_some() && self.since.is_none() && entry.date <= self.today;
            if over || times.visible_from > self.today {
                continue;
            }
            let holds = |condition: &Condition| {
                let answers = Evidence { fields: entry.values.clone(), ..Evidence::default() };
                let scope = Scope::new().today(self.today).with_booked(booked.get(number).cloned());
                condition.holds(&form::answered(fields, &answers, &scope))
            };
            if !after.condition.as_ref().is_none_or(holds) {
                continue;
            }
            let (own, key) = ((SubjectKind::Entry, entry.entry), entry.entry.to_string());
            if after.each {
                let grids = entry.place.as_ref().map(|place| self.index.grids_of(place)).unwrap_or_default();
                let meant = each.iter().filter(|(_, lies_in)| !grids.is_disjoint(lies_in));
                items.extend(
                    meant.map(|(row, _)| item(rule, row.subject.clone(), row.place.clone(), &key, times)),
                );
                continue;
            }
            let named = rule.person.as_ref().and_then(|question| entry.values.get(question)?.as_text());
            let named = named.and_then(|named| StaffId::new(named).ok());
            for subject in self.subjects_of(rule, &entry.subjects, own, selected.as_ref()) {
                let mut item = item(rule, subject, entry.place.clone(), &key, times);
                item.named.clone_from(&named);
                items.push(item);
            }
        }
        Ok(())
    }

    /// What was booked for rows whose sums a condition looks at.
    fn booked(&self, fields: &[FormField], entries: &[EntryRow]) -> Result<Vec<Arc<Booked>>, I::Error> {
        let rows: Vec<SumsOf> = entries.iter().map(|entry| sums_of(entry.entry, &entry.subjects)).collect();
        sum::booked(fields, self.index, &rows)
    }

    /// Adds to the answers of cases what their sums count, where the rule looks at it.
    pub(super) fn count(&self, rule: &DueRule, steps: &mut [StepRow]) -> Result<(), I::Error> {
        if rule.counted.is_empty() {
            return Ok(());
        }
        let run_by = |step: &StepRow| (step.workflow.clone(), step.version);
        for (workflow, version) in steps.iter().map(run_by).collect::<BTreeSet<_>>() {
            let Some(known) = self.playbooks.workflow_at(&workflow, version) else { continue };
            let mut of: Vec<&mut StepRow> = steps
                .iter_mut()
                .filter(|step| step.workflow == workflow && step.version == version)
                .collect();
            let cases: Vec<SumsOf> = of.iter().map(|step| sums_of(step.case, &step.subjects)).collect();
            for (step, booked) in of.iter_mut().zip(sum::booked(&known.sums, self.index, &cases)?) {
                sum::count(&known.sums, &mut step.answers, booked);
            }
        }
        Ok(())
    }

    /// The subjects a rule selects, each with the grids it lies in.
    fn by_grid(&self, governed: &Governed) -> Result<Vec<(SubjectRow, BTreeSet<GridId>)>, I::Error> {
        let mut known: HashMap<PlaceId, BTreeSet<GridId>> = HashMap::new();
        let rows = self.rows(governed, None, None)?.into_iter().filter(|row| self.keeps(&governed.rule, row));
        let with_grids = rows.map(|row| {
            let grids = match (&row.subject, &row.place) {
                (SubjectId::Grid(grid), _) => BTreeSet::from([grid.clone()]),
                (_, Some(place)) => {
                    known.entry(place.clone()).or_insert_with(|| self.index.grids_of(place)).clone()
                }
                (_, None) => BTreeSet::new(),
            };
            (row, grids)
        });
        Ok(with_grids.collect())
    }

    /// When something is due that happened at `at`, on the day `base`.
    pub(super) fn times(
        &self,
        rule: &DueRule,
        at: Timestamp,
        base: NaiveDate,
        next_period: Option<NaiveDate>,
    ) -> Times {
        let last = next_period.and_then(|next| next.pred_opt());
        let (mut due, due_at) = match rule.due.within {
            Some(span @ (Span::Minutes(_) | Span::Hours(_))) => {
                let at = self.calendar.due(at, span);
                (self.calendar.date_of(at), Some(at))
            }
            Some(span) => (self.calendar.due_date(base, span), None),
            None => (last.unwrap_or(base), None),
        };
        if rule.due.on_working_day && due_at.is_none() {
            due = self.calendar.add_working_days(due, 0);
        }
        due = last.map_or(due, |last| due.min(last));
        let earlier =
            |day: NaiveDate, days: u32| day.checked_sub_days(Days::new(days.into())).unwrap_or(base);
        due = rule.due.days_before.map_or(due, |days| earlier(due, days));
        let visible_from = match rule.due.shown_days_before.map(|days| earlier(due, days)) {
            None => base.min(due),
            // A period's work is not shown before its period; what a date brings may be.
            Some(day) if next_period.is_some() => day.max(base),
            Some(day) => day,
        };
        // What is due after a date is not answered by what happened long before it is due.
        let after_date = matches!(rule.when, Trigger::AfterDate(_));
        let since = if after_date || visible_from < base { self.calendar.start_of(visible_from) } else { at };
        let until = next_period.map_or(Timestamp::from_millis(i64::MAX), |next| self.calendar.start_of(next));
        Times { base, visible_from, due, due_at, counts: (since, until) }
    }

    /// The last day for which something holds that holds for early days and not for late ones; `None` when it
    /// holds for none.
    fn last_day(&self, holds: impl Fn(NaiveDate) -> bool) -> Option<NaiveDate> {
        // Whole centuries either way: beyond every date a register can hold.
        const REACH: i64 = 73_000;
        let day = |offset: i64| self.today.checked_add_signed(chrono::TimeDelta::days(offset));
        let (mut low, mut high) = (-REACH, REACH);
        if !day(low).is_some_and(&holds) {
            return None;
        }
        while low < high {
            let middle = low + (high - low + 1) / 2;
            if day(middle).is_some_and(&holds) { low = middle } else { high = middle - 1 }
        }
        day(low)
    }

    pub(super) fn look_back(&self) -> NaiveDate {
        self.today.checked_sub_days(Days::new(LOOK_BACK_DAYS)).unwrap_or(NaiveDate::MIN)
    }
}
