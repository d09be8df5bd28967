//! Asks a store what the rules need, and works out what is due.

mod together;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use super::item::{DueItem, RuleRef, Status, due_id};
use crate::model::fields::{self, Type};
use crate::model::{DueId, GridId, Kind, PlaceId, RecordId, Timestamp};
use crate::playbook::calendar::Calendar;
use crate::playbook::condition::{Condition, Declared, Scope};
use crate::playbook::rule::{AfterDate, AfterEntry, AfterStep, DueRule, Every, Rules, Trigger};
use crate::playbook::workflow::Span;
use crate::playbook::{Pinned, Playbooks};
use crate::query::{
    AnswerOutcome, AnswerQuery, AnswerRow, DateQuery, EntryQuery, RecordIndex, StepQuery, StepRow, SubjectId,
    SubjectKind, SubjectQuery, SubjectRow,
};

/// How far back a step or a row still brings something about, in days: what nobody answered for so long is a
/// matter for metrics, not for today.
const LOOK_BACK_DAYS: u64 = 400;

/// How long a round that was begun and is not finished keeps its item of an earlier period, in days. Older ones are in
/// the list of rounds under way alone.
const UNDER_WAY_DAYS: u64 = 31;

/// Up to so many items, a store is asked for what is about them alone.
const FEW: usize = 200;

/// Everything the rules bring about by `now` and show by then: open, begun, put off, and what was answered.
/// Sorted by urgency, then due day, then id.
///
/// # Errors
/// The store's own.
pub fn evaluate<I: RecordIndex>(
    playbooks: &Playbooks,
    index: &I,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Vec<DueItem>, I::Error> {
    let mut items = evaluate_some(playbooks, index, calendar, now, Extent::All, |_| true)?;
    items.sort_by_key(|item| (item.rule.urgency, item.due, item.id));
    Ok(items)
}

/// How much of what rules bring about is wanted.
#[derive(Debug, Clone, Copy)]
pub enum Extent<'a> {
    /// Everything.
    All,
    /// What is shown: of rules that show so many at once the first of them, and some held ready.
    Shown,
    /// What concerns these records, of rules about records; what was answered before today is left out of rules
    /// that show so many at once.
    About(&'a BTreeSet<RecordId>),
    /// What is due from this day on, up to the day it is evaluated for: of rules that come again, of every period.
    DueSince(NaiveDate),
}

/// What some rules bring about that is due from the first of two days to the last, in no order. Whom a rule concerns is
/// what the records say now.
///
/// # Errors
/// The store's own.
pub fn within<I: RecordIndex>(
    playbooks: &Playbooks,
    index: &I,
    calendar: &Calendar,
    (first, last): (NaiveDate, NaiveDate),
    wanted: impl Fn(&DueRule) -> bool,
) -> Result<Vec<DueItem>, I::Error> {
    evaluate_some(playbooks, index, calendar, calendar.end_of(last), Extent::DueSince(first), wanted)
}

/// What some rules bring about, in no order.
///
/// # Errors
/// The store's own.
pub fn evaluate_some<I: RecordIndex>(
    playbooks: &Playbooks,
    index: &I,
    calendar: &Calendar,
    now: Timestamp,
    extent: Extent<'_>,
    wanted: impl Fn(&DueRule) -> bool,
) -> Result<Vec<DueItem>, I::Error> {
    let only = match extent {
        Extent::About(records) => Some(records),
        Extent::All | Extent::Shown | Extent::DueSince(_) => None,
    };
    let since = if let Extent::DueSince(day) = extent { Some(day) } else { None };
    let day = Day { playbooks, index, calendar, today: calendar.date_of(now), since, only };
    let (mut items, mut limited) = (Vec::new(), Vec::new());
    let mut superseded = false;
    for governed in governed(playbooks) {
        superseded |= governed.until < NaiveDate::MAX;
        if !wanted(&governed.rule) {
            continue;
        }
        if let (Some(at_once), Extent::Shown) = (governed.rule.at_once, extent) {
            day.some_at_once(&governed, at_once, &mut limited)?;
            continue;
        }
        let first = items.len();
        match &governed.rule.when {
            Trigger::Every(every) => day.every(&governed, every, None, &mut items)?,
            Trigger::AfterStep(after) => day.after_step(&governed, after, &mut items)?,
            Trigger::AfterDate(after) => day.after_date(&governed, after, None, &mut items)?,
            Trigger::AfterEntry(after) => day.after_entry(&governed, after, &mut items)?,
            Trigger::Together(together) => day.together(&governed, together, &mut items)?,
        }
        if let Some(only) = only {
            // A case about one of those records may be about others as well.
            let meant = |item: &DueItem| matches!(&item.subject, SubjectId::Record(id) if only.contains(id));
            let new = items.split_off(first);
            items.extend(new.into_iter().filter(meant));
        }
        if let Some(since) = since {
            let new = items.split_off(first);
            items.extend(new.into_iter().filter(|item| (since..=day.today).contains(&item.due)));
        }
        day.match_answers(&governed.rule, &mut items[first..])?;
    }
    day.named_answers(&mut items)?;
    items.retain(|item| day.is_of_today(item));
    if only.is_some() {
        items.retain(|item| item.rule.at_once.is_none() || day.counts_today(item));
    }
    items.append(&mut limited);
    if superseded {
        // What has no date is brought about by every version; the first one's item stays as it was.
        let mut known = BTreeSet::new();
        items.retain(|item| known.insert(item.id));
    }
    Ok(items)
}

/// Of a rule that shows so many at once, so many times as many are held ready for when some are answered.
pub const HELD_READY: usize = 3;

/// A version of a rule with the days on which it takes up periods and events.
struct Governed {
    rule: RuleRef,
    from: NaiveDate,
    until: NaiveDate,
}

/// Every version of every rule in force. A version governs from its first day to the day before the next one's, the
/// current version from its first day on; so an item once brought about does not change because a version came.
fn governed(playbooks: &Playbooks) -> Vec<Governed> {
    let mut all = Vec::new();
    for current in playbooks.rule_files() {
        let older =
            playbooks.older_rules(current).filter(|older| older.effective_from < current.effective_from);
        let mut versions: BTreeMap<NaiveDate, &Arc<Pinned<Rules>>> =
            older.map(|older| (older.effective_from, older)).collect();
        versions.insert(current.effective_from, current);
        for (from, rules) in &versions {
            let next = versions.range((Bound::Excluded(*from), Bound::Unbounded)).next();
            let until = next.map_or(NaiveDate::MAX, |(day, _)| *day);
            all.extend(RuleRef::all(rules).map(|rule| Governed { rule, from: *from, until }));
        }
    }
    all
}

impl Governed {
    fn takes(&self, day: NaiveDate) -> bool {
        self.from <= day && day < self.until
    }
}

struct Day<'a, I> {
    playbooks: &'a Playbooks,
    index: &'a I,
    calendar: &'a Calendar,
    today: NaiveDate,
    /// What is due before this day is not asked for.
    since: Option<NaiveDate>,
    only: Option<&'a BTreeSet<RecordId>>,
}

/// When something is due that a day brought about: the same for every subject with the same day.
#[derive(Debug, Clone, Copy)]
struct Times {
    base: NaiveDate,
    visible_from: NaiveDate,
    due: NaiveDate,
    due_at: Option<Timestamp>,
    counts: (Timestamp, Timestamp),
}

impl<I: RecordIndex> Day<'_, I> {
    /// The first of what a rule brings about, as one walks: place after place, until enough are open. What was
    /// answered before today is left out.
    fn some_at_once(
        &self,
        governed: &Governed,
        at_once: usize,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        let enough = at_once.saturating_mul(HELD_READY);
        let (mut open, mut found) = (0, Vec::new());
        let mut places = self.index.places().iter().peekable();
        while let Some(place) = places.next() {
            match &governed.rule.when {
                Trigger::Every(every) => self.every(governed, every, Some(place), &mut found)?,
                Trigger::AfterDate(after) => self.after_date(governed, after, Some(place), &mut found)?,
                // Only the calendar and dates bring so much about; a test of the files sees to it.
                Trigger::AfterStep(_) | Trigger::AfterEntry(_) | Trigger::Together(_) => {}
            }
            // Asking what was answered costs a query however little is asked about.
            if open + found.len() < enough && places.peek().is_some() {
                continue;
            }
            self.match_answers(&governed.rule, &mut found)?;
            self.named_answers(&mut found)?;
            found.retain(|item| self.counts_today(item) && self.is_of_today(item));
            open += found.iter().filter(|item| !item.status(self.today).is_answered()).count();
            items.append(&mut found);
            if open >= enough {
                break;
            }
        }
        Ok(())
    }

    /// Whether an item is open or was answered today: by a record made today, or by one that was over today.
    fn counts_today(&self, item: &DueItem) -> bool {
        let today = self.calendar.start_of(self.today);
        !item.status(self.today).is_answered() || item.answered_at.max(item.done_at) >= Some(today)
    }

    fn every(
        &self,
        governed: &Governed,
        every: &Every,
        at: Option<&PlaceId>,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        // Nothing of a period is due after it: what was due since a day is of the period of that day, or a later one.
        let first = every.schedule.last_until(every.start, self.since.unwrap_or(self.today));
        let later = self.since.and_then(|since| since.succ_opt()).into_iter();
        let later = later.flat_map(|since| every.schedule.between(every.start, since, self.today));
        let shown: Vec<(String, Times)> = first
            .into_iter()
            .chain(later)
            .filter(|begin| governed.takes(*begin))
            .map(|begin| {
                let next = every.schedule.next_after(every.start, begin).unwrap_or(NaiveDate::MAX);
                let times = self.times(&governed.rule, self.calendar.start_of(begin), begin, Some(next));
                (begin.to_string(), times)
            })
            .filter(|(_, times)| times.visible_from <= self.today)
            .collect();
        let under_way =
            if self.since.is_none() { self.under_way(governed, every, first)? } else { Vec::new() };
        if shown.is_empty() && under_way.is_empty() {
            return Ok(());
        }
        for row in self.rows(&governed.rule, None, at)? {
            if !self.keeps(&governed.rule, &row) {
                continue;
            }
            let of = |(key, times): &(String, Times)| {
                item(&governed.rule, row.subject.clone(), row.place.clone(), key, *times)
            };
            items.extend(shown.iter().map(of));
            // Of the periods before only what a round under way answers, or the list would be asked of every subject.
            for (key, times, round) in &under_way {
                let earlier = of(&(key.clone(), *times));
                let about = match &row.subject {
                    SubjectId::Record(record) => round.about.contains(record),
                    subject => self.lies_in(round.place.as_ref(), subject),
                };
                if round.dues.contains(&earlier.id) || (governed.rule.done.any && about) {
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
            let of = every.schedule.last_until(every.start, day);
            let before =
                of.and_then(|of| of.pred_opt()).and_then(|day| every.schedule.last_until(every.start, day));
            let earlier =
                of.into_iter().chain(before).filter(|begin| *begin < present && governed.takes(*begin));
            for begin in earlier {
                let next = every.schedule.next_after(every.start, begin).unwrap_or(NaiveDate::MAX);
                let times = self.times(rule, self.calendar.start_of(begin), begin, Some(next));
                periods.push((begin.to_string(), times, round.clone()));
            }
        }
        Ok(periods)
    }

    /// Whether an item belongs into today's list: of an earlier period only while a round of it is under way.
    fn is_of_today(&self, item: &DueItem) -> bool {
        !item.earlier || item.status(self.today) == Status::Begun
    }

    fn after_step(
        &self,
        governed: &Governed,
        after: &AfterStep,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        let rule = &governed.rule;
        let since = self.look_back().max(governed.from);
        let steps = self.index.steps(&StepQuery {
            workflows: &after.workflows,
            steps: &after.steps,
            since,
            only: self.only,
        })?;
        if steps.is_empty() {
            return Ok(());
        }
        let entries = match &after.then_entry {
            Some(then) => {
                let ask = EntryQuery { form: &then.form, date: &then.date, since, only: None };
                let mut entries = self.index.entries(&ask)?;
                entries.sort_by_key(|entry| (entry.date, entry.entry));
                Some(entries)
            }
            None => None,
        };
        let selected = self.selected(rule)?;
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
                    item.answer(step.case, AnswerOutcome::Done, *last, *first);
                }
                item.step = Some(step.clone());
                items.push(item);
            }
        }
        Ok(())
    }

    fn after_date(
        &self,
        governed: &Governed,
        after: &AfterDate,
        at: Option<&PlaceId>,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        let rule = &governed.rule;
        let times = |day: NaiveDate| self.times(rule, self.calendar.start_of(day), day, None);
        let shown = |day: NaiveDate| times(day).visible_from <= self.today;
        // A subject without the date counts from the rule's first day.
        let absent = after.also_when_absent && shown(governed.from);
        // Most dates lie long before their time: the store is asked only for those that would be shown.
        let Some(until) = self.last_day(shown) else { return Ok(()) };
        let until = until.min(governed.until.pred_opt().unwrap_or(governed.until));
        let mut by_day: HashMap<NaiveDate, (Times, String)> = HashMap::new();
        let from = (!after.also_before).then_some(governed.from);
        for row in self.rows(rule, Some(DateQuery { path: &after.field, from, until, absent }), at)? {
            if !self.keeps(rule, &row) {
                continue;
            }
            let day = row.date.unwrap_or(governed.from);
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

    fn after_entry(
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
        let each = if after.each { self.by_grid(rule)? } else { Vec::new() };
        let selected = if after.each { None } else { self.selected(rule)? };
        let form = self.playbooks.form(&after.form);
        for entry in entries.iter().filter(|entry| governed.takes(entry.date)) {
            let times = self.times(rule, self.calendar.start_of(entry.date), entry.date, None);
            if times.visible_from > self.today {
                continue;
            }
            let mut scope = Scope::new().today(self.today);
            for field in form.iter().flat_map(|form| &form.fields) {
                if let (Some(declared), Some(value)) =
                    (field.answer.declared(), entry.values.get(field.id.as_str()))
                {
                    scope.bind("form", field.id.as_str(), declared, value);
                }
            }
            if !after.condition.as_ref().is_none_or(|condition| condition.holds(&scope)) {
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
            for subject in self.subjects_of(rule, &entry.subjects, own, selected.as_ref()) {
                items.push(item(rule, subject, entry.place.clone(), &key, times));
            }
        }
        Ok(())
    }

    /// The subjects a rule selects, each with the grids it lies in.
    fn by_grid(&self, rule: &DueRule) -> Result<Vec<(SubjectRow, BTreeSet<GridId>)>, I::Error> {
        let mut known: HashMap<PlaceId, BTreeSet<GridId>> = HashMap::new();
        let rows = self.rows(rule, None, None)?.into_iter().filter(|row| self.keeps(rule, row));
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
    fn times(&self, rule: &DueRule, at: Timestamp, base: NaiveDate, next_period: Option<NaiveDate>) -> Times {
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
        let before = |days: u32| due.checked_sub_days(Days::new(days.into())).unwrap_or(base);
        let visible_from = match rule.due.shown_days_before.map(before) {
            None => base,
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

    /// The subjects of a rule as the index finds them.
    fn rows(
        &self,
        rule: &DueRule,
        date: Option<DateQuery<'_>>,
        at: Option<&PlaceId>,
    ) -> Result<Vec<SubjectRow>, I::Error> {
        let subject = &rule.subject;
        let names = subject.condition.iter().flat_map(|condition| condition.names());
        let paths: BTreeSet<String> =
            names.filter(|name| name.root == "record").map(|name| name.path.clone()).collect();
        self.index.subjects(&SubjectQuery {
            kind: subject.kind,
            filters: &subject.filters,
            unless: &subject.unless,
            date,
            paths: &paths,
            at,
            only: self.only,
        })
    }

    /// Whether the rule's condition on its subject holds.
    fn keeps(&self, rule: &DueRule, row: &SubjectRow) -> bool {
        rule.subject
            .condition
            .as_ref()
            .is_none_or(|condition| condition.holds(&record_scope(rule.subject.kind, row).today(self.today)))
    }

    /// The subjects a rule on steps or rows is limited to; `None`: any.
    fn selected(&self, rule: &DueRule) -> Result<Option<BTreeSet<SubjectId>>, I::Error> {
        let subject = &rule.subject;
        if subject.filters.is_empty() && subject.unless.is_empty() && subject.condition.is_none() {
            return Ok(None);
        }
        let rows = self.rows(rule, None, None)?.into_iter().filter(|row| self.keeps(rule, row));
        Ok(Some(rows.map(|row| row.subject).collect()))
    }

    /// What a rule on a case's step or a register's row is about: the case or row itself, or what it names.
    fn subjects_of(
        &self,
        rule: &DueRule,
        given: &[(SubjectKind, SubjectId)],
        own: (SubjectKind, RecordId),
        selected: Option<&BTreeSet<SubjectId>>,
    ) -> Vec<SubjectId> {
        let own = (rule.subject.kind == own.0).then_some(SubjectId::Record(own.1));
        let community = (rule.subject.kind == SubjectKind::Community).then_some(SubjectId::Community);
        let about = given.iter().filter(|(kind, _)| *kind == rule.subject.kind).map(|(_, id)| id.clone());
        let subjects: BTreeSet<SubjectId> = own.into_iter().chain(community).chain(about).collect();
        subjects.into_iter().filter(|id| selected.is_none_or(|selected| selected.contains(id))).collect()
    }

    fn case_holds(&self, condition: Option<&Condition>, step: &StepRow) -> bool {
        let Some(condition) = condition else { return true };
        let Some(workflow) = self.playbooks.workflow_at(&step.workflow, step.version) else { return false };
        let mut scope = Scope::new().today(self.today);
        for field in workflow.fields() {
            if let (Some(declared), Some(value)) =
                (field.answer.declared(), step.answers.get(field.id.as_str()))
            {
                scope.bind("case", field.id.as_str(), declared, value);
            }
        }
        condition.holds(&scope)
    }

    fn look_back(&self) -> NaiveDate {
        self.today.checked_sub_days(Days::new(LOOK_BACK_DAYS)).unwrap_or(NaiveDate::MIN)
    }

    /// Records that answer without having been begun from the item: an opportunity visit is a visit.
    fn match_answers(&self, rule: &DueRule, items: &mut [DueItem]) -> Result<(), I::Error> {
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
            filters: &rule.done.filters,
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
            for answer in given.into_iter().filter(counts) {
                item.answer(answer.record, answer.outcome, answer.at, answer.done_at);
            }
        }
        Ok(())
    }

    /// Whether a place is, or lies in, a place, grid or community.
    fn lies_in(&self, place: Option<&PlaceId>, subject: &SubjectId) -> bool {
        match subject {
            SubjectId::Community => true,
            SubjectId::Place(id) => place == Some(id),
            SubjectId::Grid(grid) => place.is_some_and(|place| self.index.grids_of(place).contains(grid)),
            SubjectId::Record(_) => false,
        }
    }

    /// Records that name the item they answer.
    fn named_answers(&self, items: &mut [DueItem]) -> Result<(), I::Error> {
        let at: HashMap<DueId, usize> = items.iter().enumerate().map(|(at, item)| (item.id, at)).collect();
        let ids: BTreeSet<DueId> = at.keys().copied().collect();
        if ids.is_empty() {
            return Ok(());
        }
        for answer in self.index.answers_to(&ids)? {
            for at in answer.dues.iter().filter_map(|due| at.get(due)) {
                items[*at].answer(answer.record, answer.outcome, answer.at, answer.done_at);
            }
        }
        Ok(())
    }
}

fn item(rule: &RuleRef, subject: SubjectId, place: Option<PlaceId>, key: &str, times: Times) -> DueItem {
    DueItem {
        id: due_id(&rule.id, &subject, key),
        rule: rule.clone(),
        subject,
        place,
        step: None,
        group: None,
        base: times.base,
        visible_from: times.visible_from,
        due: times.due,
        due_at: times.due_at,
        counts: times.counts,
        answers: BTreeMap::new(),
        put_off: None,
        earlier: false,
        tried: None,
        answered_at: None,
        done_at: None,
    }
}

/// What a condition on a subject sees: its fields by their declared types, its groups as lists of members.
fn record_scope(kind: SubjectKind, row: &SubjectRow) -> Scope {
    let mut scope = Scope::new().conflicts(row.conflicts.clone());
    let Some(kind) = kind.record() else { return scope };
    type Members<'a> = BTreeMap<&'a str, Vec<(&'a str, cel::Value)>>;
    let mut groups: BTreeMap<&str, Members> = BTreeMap::new();
    for (path, value) in &row.values {
        let Some(declared) = fields::spec(kind, path).and_then(|spec| declared(spec.ty)) else { continue };
        let mut segments = path.splitn(3, '/');
        match (segments.next(), segments.next(), segments.next()) {
            (Some(field), None, _) => scope.bind("record", field, declared, value),
            (Some(group), Some(member), Some(field)) => {
                if let Some(value) = declared.bind(value) {
                    groups.entry(group).or_default().entry(member).or_default().push((field, value));
                }
            }
            _ => {}
        }
    }
    for (group, members) in groups {
        scope.bind_group(group, members.into_values());
    }
    scope
}

/// How conditions see a field of that type; `None` for what they cannot compare.
pub(in crate::playbook) const fn declared(ty: Type) -> Option<Declared> {
    match ty {
        Type::Bool => Some(Declared::Flag),
        Type::Int | Type::Real | Type::Fen | Type::Moment => Some(Declared::Number),
        Type::Date => Some(Declared::Date),
        Type::Text
        | Type::PartialDate
        | Type::Birthday
        | Type::Phone
        | Type::Choice(_)
        | Type::Code
        | Type::Record
        | Type::Place
        | Type::Staff => Some(Declared::Text),
        Type::Member | Type::Event | Type::Note | Type::Any => None,
    }
}
