//! What is due: a pure function of facts, rules, calendar and date. A due item is never stored.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Label;
use super::book::Playbooks;
use super::calendar::Calendar;
use super::condition::{Condition, Declared, Scope};
use super::form::{DueAnswer, FormField, SubjectKind};
use super::rule::{AfterDate, AfterEntry, AfterStep, DueRule, Every, Filter, Rules, Trigger, Urgency};
use super::workflow::Span;
use crate::model::fields::{self, Type};
use crate::model::{
    DueId, EventId, GridId, Kind, PlaceId, PlaybookVersion, RecordId, RoleId, Timestamp, Value,
};

/// What rules ask of a store. Every question is about sets, so that a phone answers it with one indexed query.
pub trait Facts {
    /// What can go wrong while asking.
    type Error;

    /// The live subjects of a kind whose winning values are among the filters', each with the winning values of
    /// `paths` (a path with `*` stands for all members of a group). Filters on a path without a value do not match.
    ///
    /// # Errors
    /// The store's own.
    fn subjects(
        &self,
        kind: SubjectKind,
        filters: &[Filter],
        paths: &BTreeSet<String>,
    ) -> Result<Vec<Row>, Self::Error>;

    /// The steps that count (see [`super::case`]) of cases run by one of `workflows`, made since `since`.
    ///
    /// # Errors
    /// The store's own.
    fn steps(
        &self,
        workflows: &[String],
        steps: &[String],
        since: NaiveDate,
    ) -> Result<Vec<StepFact>, Self::Error>;

    /// The live rows of a register, with all their fields, whose `date` field is on or after `since`.
    ///
    /// # Errors
    /// The store's own.
    fn entries(&self, form: &str, date: &str, since: NaiveDate) -> Result<Vec<EntryFact>, Self::Error>;

    /// The live records of a kind with those values, made at or after `since`: rounds and cases with what they
    /// amount to, contacts and entries as done.
    ///
    /// # Errors
    /// The store's own.
    fn answers(
        &self,
        kind: Kind,
        filters: &[Filter],
        since: Timestamp,
    ) -> Result<Vec<AnswerFact>, Self::Error>;

    /// Every record that carries one of these due ids: work begun or done, snoozes, skips.
    ///
    /// # Errors
    /// The store's own.
    fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerFact>, Self::Error>;
}

/// What something due is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectId {
    /// A field record.
    Record(RecordId),
    /// A building or spot.
    Place(PlaceId),
    /// A grid.
    Grid(GridId),
    /// The community.
    Community,
}

/// A subject with the values its rules look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Which.
    pub subject: SubjectId,
    /// Where it belongs; decides the walking order.
    pub place: Option<PlaceId>,
    /// Path → winning value.
    pub values: BTreeMap<String, Value>,
    /// Paths with several concurrent values.
    pub contested: BTreeSet<String>,
}

/// A step that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct StepFact {
    /// The case.
    pub case: RecordId,
    /// Its workflow.
    pub workflow: String,
    /// The version it was opened under.
    pub version: PlaybookVersion,
    /// What the case is about.
    pub subjects: Vec<(SubjectKind, SubjectId)>,
    /// Where.
    pub place: Option<PlaceId>,
    /// The event.
    pub event: EventId,
    /// When, in estimated office time, never later than its receipt.
    pub at: Timestamp,
    /// The case's answers up to now.
    pub answers: BTreeMap<String, Value>,
}

/// A row of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryFact {
    /// The row.
    pub entry: RecordId,
    /// What it is about.
    pub subjects: Vec<(SubjectKind, SubjectId)>,
    /// Where.
    pub place: Option<PlaceId>,
    /// Its date field.
    pub date: NaiveDate,
    /// Its fields.
    pub values: BTreeMap<String, Value>,
}

/// A record that answers, or may answer, something due.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerFact {
    /// The record.
    pub record: RecordId,
    /// What it is about.
    pub subjects: Vec<(SubjectKind, SubjectId)>,
    /// The due item it says it answers.
    pub due: Option<DueId>,
    /// When it was made, in estimated office time.
    pub at: Timestamp,
    /// What it amounts to.
    pub outcome: Outcome,
}

/// What an answering record amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Begun, not finished.
    Begun,
    /// Done.
    Done,
    /// Put off until a day.
    Snoozed {
        /// Until when.
        until: NaiveDate,
    },
    /// Left out, with a reason.
    Skipped,
}

impl Outcome {
    /// The outcome of an entry whose form answers due items.
    #[must_use]
    pub fn of_entry(answer: DueAnswer, until: Option<NaiveDate>) -> Self {
        match (answer, until) {
            (DueAnswer::Snooze, Some(until)) => Self::Snoozed { until },
            // A snooze without a readable day puts nothing off.
            (DueAnswer::Snooze, None) => Self::Begun,
            (DueAnswer::Skip, _) => Self::Skipped,
        }
    }
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct DueItem {
    /// Identity.
    pub id: DueId,
    /// The rule's stable id.
    pub rule: String,
    /// What is to be done.
    pub title: Label,
    /// Why, filled in.
    pub why: Label,
    /// About what.
    pub subject: SubjectId,
    /// Where.
    pub place: Option<PlaceId>,
    /// The case whose step brought it about.
    pub case: Option<RecordId>,
    /// Who is to do it.
    pub roles: Vec<RoleId>,
    /// How pressing.
    pub urgency: Urgency,
    /// The first day it is shown.
    pub visible_from: NaiveDate,
    /// The last day on which it is in time.
    pub due: NaiveDate,
    /// The very moment, where the rule counts hours.
    pub due_at: Option<Timestamp>,
    /// The due day rests on a year whose holidays are not published.
    pub provisional: bool,
    /// How it stands.
    pub status: Status,
    /// Its time has passed and it is neither done nor left out.
    pub overdue: bool,
    /// The records that answer it; two phones answering apart show both.
    pub answers: Vec<RecordId>,
    /// What the app offers to begin: the id of a form, checklist or workflow.
    pub begin: String,
}

/// How a due item stands on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// To be done.
    Open,
    /// Begun.
    Begun,
    /// Put off.
    Snoozed,
    /// Left out with a reason.
    Skipped,
    /// Done.
    Done,
}

/// How far back a step or a row still brings something about, in days: what nobody answered for so long is a
/// matter for figures, not for today.
const LOOK_BACK_DAYS: u64 = 400;

/// Everything the rules bring about by `now` and show by then: open, begun, put off, and what was answered.
/// Sorted by urgency, then due day, then id; the caller orders by walking order within.
///
/// # Errors
/// The store's own.
pub fn evaluate<F: Facts>(
    playbooks: &Playbooks,
    facts: &F,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Vec<DueItem>, F::Error> {
    let day = Day { playbooks, facts, calendar, now, today: calendar.date_of(now) };
    let mut found = Vec::new();
    for governed in governed(playbooks) {
        let first = found.len();
        match &governed.rule.when {
            Trigger::Every(every) => day.every(&governed, every, &mut found)?,
            Trigger::AfterStep(after) => day.after_step(&governed, after, &mut found)?,
            Trigger::AfterDate(after) => day.after_date(&governed, after, &mut found)?,
            Trigger::AfterEntry(after) => day.after_entry(&governed, after, &mut found)?,
            Trigger::Together(_) => {}
        }
        day.match_answers(governed.rule, &mut found[first..])?;
    }
    day.named_answers(&mut found)?;
    let mut items: Vec<DueItem> = found.into_iter().map(|found| day.item(found)).collect();
    items.sort_by_key(|item| (item.urgency, item.due, item.id));
    Ok(items)
}

/// Identity of a due item.
#[must_use]
pub fn due_id(rule: &str, subject: &SubjectId, trigger: &str) -> DueId {
    let subject = match subject {
        SubjectId::Record(id) => format!("record/{id}"),
        SubjectId::Place(id) => format!("place/{id}"),
        SubjectId::Grid(id) => format!("grid/{id}"),
        SubjectId::Community => "community".to_owned(),
    };
    // No part can hold a line feed.
    let digest = Sha256::digest(format!("butler due 1\n{rule}\n{subject}\n{trigger}"));
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    DueId(id)
}

/// A version of a rule with the days on which it takes up periods and events.
struct Governed<'a> {
    rule: &'a DueRule,
    from: NaiveDate,
    until: NaiveDate,
}

/// Every version of every rule in force. A version governs from its first day to the day before the next one's, the
/// current version from its first day on; so an item once brought about does not change because a version came.
fn governed(playbooks: &Playbooks) -> Vec<Governed<'_>> {
    let mut all = Vec::new();
    for current in playbooks.rules() {
        let older =
            playbooks.older_rules(current).filter(|older| older.effective_from < current.effective_from);
        let mut versions: BTreeMap<NaiveDate, &Rules> =
            older.map(|older| (older.effective_from, &**older)).collect();
        versions.insert(current.effective_from, current);
        for (from, rules) in &versions {
            let next = versions.range((Bound::Excluded(*from), Bound::Unbounded)).next();
            let until = next.map_or(NaiveDate::MAX, |(day, _)| *day);
            let live = rules.rules.iter().filter(|rule| !rule.retired);
            all.extend(live.map(|rule| Governed { rule, from: *from, until }));
        }
    }
    all
}

impl Governed<'_> {
    fn takes(&self, day: NaiveDate) -> bool {
        self.from <= day && day < self.until
    }
}

/// One item on its way.
struct Found<'a> {
    rule: &'a DueRule,
    id: DueId,
    subject: SubjectId,
    place: Option<PlaceId>,
    case: Option<RecordId>,
    /// When answers begin to count, and before when.
    counts: (Timestamp, Timestamp),
    /// The trigger's day.
    base: NaiveDate,
    due: NaiveDate,
    due_at: Option<Timestamp>,
    visible_from: NaiveDate,
    /// What the words of `why` may name.
    words: BTreeMap<String, Label>,
    answers: BTreeMap<RecordId, Outcome>,
}

struct Day<'a, F> {
    playbooks: &'a Playbooks,
    facts: &'a F,
    calendar: &'a Calendar,
    now: Timestamp,
    today: NaiveDate,
}

/// What brought an item about.
struct Cause {
    key: String,
    /// When it happened; answers count from here.
    at: Timestamp,
    case: Option<RecordId>,
    place: Option<PlaceId>,
    words: BTreeMap<String, Label>,
}

impl<'a, F: Facts> Day<'a, F> {
    fn every(
        &self,
        governed: &Governed<'a>,
        every: &Every,
        found: &mut Vec<Found<'a>>,
    ) -> Result<(), F::Error> {
        let Some(begin) = every.schedule.last_until(every.start, self.today) else { return Ok(()) };
        if !governed.takes(begin) {
            return Ok(());
        }
        let next = every.schedule.next_after(every.start, begin).unwrap_or(NaiveDate::MAX);
        for row in self.rows(governed.rule, None)? {
            if !self.keeps(governed.rule, &row) {
                continue;
            }
            let cause = Cause {
                key: begin.to_string(),
                at: self.calendar.start_of(begin),
                case: None,
                place: row.place.clone(),
                words: BTreeMap::new(),
            };
            found.extend(self.found(governed.rule, row.subject, cause, begin, Some(next)));
        }
        Ok(())
    }

    fn after_step(
        &self,
        governed: &Governed<'a>,
        after: &AfterStep,
        found: &mut Vec<Found<'a>>,
    ) -> Result<(), F::Error> {
        let since = self.look_back().max(governed.from);
        let steps = self.facts.steps(&after.workflows, &after.steps, since)?;
        if steps.is_empty() {
            return Ok(());
        }
        let entries = match &after.then_entry {
            Some(then) => {
                let mut entries = self.facts.entries(&then.form, &then.date, since)?;
                entries.sort_by_key(|entry| (entry.date, entry.entry));
                Some(entries)
            }
            None => None,
        };
        let selected = self.selected(governed.rule)?;
        let mut answered = match governed.rule.done.steps.as_slice() {
            [] => Vec::new(),
            answering => self.facts.steps(&after.workflows, answering, since)?,
        };
        answered.sort_by_key(|answer| answer.at);
        for step in steps {
            let day = self.calendar.date_of(step.at);
            if !governed.takes(day) || !self.case_holds(after.condition.as_ref(), &step) {
                continue;
            }
            let answered_day = after.from_answer.as_ref().and_then(|id| self.day_of(step.answers.get(id)?));
            let at = match &entries {
                None => answered_day.map_or(step.at, |day| self.calendar.start_of(day)),
                Some(entries) => {
                    match entries.iter().find(|entry| entry.date > day && entry.date <= self.today) {
                        Some(entry) => self.calendar.start_of(entry.date),
                        None => continue,
                    }
                }
            };
            let words = self.case_words(&step);
            for subject in self.subjects_of(governed.rule, &step.subjects, Some(step.case), selected.as_ref())
            {
                let cause = Cause {
                    key: step.event.to_string(),
                    at,
                    case: Some(step.case),
                    place: step.place.clone(),
                    words: words.clone(),
                };
                let Some(mut item) =
                    self.found(governed.rule, subject, cause, self.calendar.date_of(at), None)
                else {
                    continue;
                };
                let later = |answer: &&StepFact| answer.case == step.case && answer.at >= step.at;
                if answered.iter().any(|answer| later(&answer) && answer.event != step.event) {
                    item.answers.insert(step.case, Outcome::Done);
                }
                found.push(item);
            }
        }
        Ok(())
    }

    fn after_date(
        &self,
        governed: &Governed<'a>,
        after: &AfterDate,
        found: &mut Vec<Found<'a>>,
    ) -> Result<(), F::Error> {
        for row in self.rows(governed.rule, Some(&after.field))? {
            let latest = values_at(&row.values, &after.field).filter_map(|value| self.day_of(value)).max();
            let Some(day) = latest.or(after.also_when_absent.then_some(governed.from)) else { continue };
            if day >= governed.until || (day < governed.from && !after.also_before) {
                continue;
            }
            let cause = Cause {
                // Without a date there is one item, until there is a date.
                key: latest.map_or_else(|| "absent".to_owned(), |day| day.to_string()),
                at: self.calendar.start_of(day),
                case: None,
                place: row.place.clone(),
                words: BTreeMap::new(),
            };
            // Most dates lie well before their time: the condition is asked only about what would be shown.
            let shown = self.found(governed.rule, row.subject.clone(), cause, day, None);
            found.extend(shown.filter(|_| self.keeps(governed.rule, &row)));
        }
        Ok(())
    }

    fn after_entry(
        &self,
        governed: &Governed<'a>,
        after: &AfterEntry,
        found: &mut Vec<Found<'a>>,
    ) -> Result<(), F::Error> {
        let since = self.look_back().max(governed.from);
        let entries = self.facts.entries(&after.form, &after.date, since)?;
        if entries.is_empty() {
            return Ok(());
        }
        let selected = self.selected(governed.rule)?;
        let form = self.playbooks.form(&after.form);
        for entry in entries.iter().filter(|entry| governed.takes(entry.date)) {
            let mut scope = Scope::new().today(self.today);
            for field in form.iter().flat_map(|form| &form.fields) {
                if let (Some(declared), Some(value)) = (field.answer.declared(), entry.values.get(&field.id))
                {
                    scope.bind("form", &field.id, declared, value);
                }
            }
            if !after.condition.as_ref().is_none_or(|condition| condition.holds(&scope)) {
                continue;
            }
            for subject in self.subjects_of(governed.rule, &entry.subjects, None, selected.as_ref()) {
                let cause = Cause {
                    key: entry.entry.to_string(),
                    at: self.calendar.start_of(entry.date),
                    case: None,
                    place: entry.place.clone(),
                    words: BTreeMap::new(),
                };
                found.extend(self.found(governed.rule, subject, cause, entry.date, None));
            }
        }
        Ok(())
    }

    /// The item, unless it is not to be shown yet.
    fn found(
        &self,
        rule: &'a DueRule,
        subject: SubjectId,
        cause: Cause,
        base: NaiveDate,
        next_period: Option<NaiveDate>,
    ) -> Option<Found<'a>> {
        let last = next_period.and_then(|next| next.pred_opt());
        let (mut due, due_at) = match rule.due.within {
            Some(span @ (Span::Minutes(_) | Span::Hours(_))) => {
                let at = self.calendar.due(cause.at, span);
                (self.calendar.date_of(at), Some(at))
            }
            Some(span) => (self.calendar.due_date(base, span), None),
            None => (last.unwrap_or(base), None),
        };
        if rule.due.on_working_day && due_at.is_none() {
            due = self.calendar.add_working_days(due, 0);
        }
        due = last.map_or(due, |last| due.min(last));
        let visible_from = rule
            .due
            .shown_days_before
            .map_or(base, |days| due.checked_sub_days(Days::new(days.into())).unwrap_or(base).max(base));
        // What is due after a date is not answered by what happened long before it is due.
        let since = if matches!(rule.when, Trigger::AfterDate(_)) {
            cause.at.max(self.calendar.start_of(visible_from))
        } else {
            cause.at
        };
        let until = next_period.map_or(Timestamp::from_millis(i64::MAX), |next| self.calendar.start_of(next));
        (visible_from <= self.today).then(|| Found {
            rule,
            id: due_id(&rule.id, &subject, &cause.key),
            subject,
            place: cause.place,
            case: cause.case,
            counts: (since, until),
            base,
            due,
            due_at,
            visible_from,
            words: cause.words,
            answers: BTreeMap::new(),
        })
    }

    /// The subjects of a rule as the index finds them, without those it leaves out.
    fn rows(&self, rule: &DueRule, field: Option<&str>) -> Result<Vec<Row>, F::Error> {
        let subject = &rule.subject;
        let mut paths: BTreeSet<String> = field.map(str::to_owned).into_iter().collect();
        paths.extend(subject.unless.iter().map(|filter| filter.path.clone()));
        let names = subject.condition.iter().flat_map(|condition| condition.names());
        paths.extend(names.filter(|name| name.root == "record").map(|name| name.path.clone()));
        let mut rows = self.facts.subjects(subject.kind, &subject.filters, &paths)?;
        rows.retain(|row| !subject.unless.iter().any(|filter| filter.names(row.values.get(&filter.path))));
        Ok(rows)
    }

    /// Whether the rule's condition on its subject holds.
    fn keeps(&self, rule: &DueRule, row: &Row) -> bool {
        rule.subject
            .condition
            .as_ref()
            .is_none_or(|condition| condition.holds(&record_scope(rule.subject.kind, row).today(self.today)))
    }

    /// The subjects a rule on steps or rows is limited to; `None`: any.
    fn selected(&self, rule: &DueRule) -> Result<Option<BTreeSet<SubjectId>>, F::Error> {
        let subject = &rule.subject;
        if subject.filters.is_empty() && subject.unless.is_empty() && subject.condition.is_none() {
            return Ok(None);
        }
        let rows = self.rows(rule, None)?.into_iter().filter(|row| self.keeps(rule, row));
        Ok(Some(rows.map(|row| row.subject).collect()))
    }

    /// The day of a date or a moment.
    fn day_of(&self, value: &Value) -> Option<NaiveDate> {
        match value {
            Value::Text(text) => text.parse().ok(),
            Value::Int(millis) => Some(self.calendar.date_of(Timestamp::from_millis(*millis))),
            Value::Bool(_) | Value::Real(_) => None,
        }
    }

    fn subjects_of(
        &self,
        rule: &DueRule,
        given: &[(SubjectKind, SubjectId)],
        case: Option<RecordId>,
        selected: Option<&BTreeSet<SubjectId>>,
    ) -> Vec<SubjectId> {
        let own = (rule.subject.kind == SubjectKind::Case).then_some(case).flatten().map(SubjectId::Record);
        let community = (rule.subject.kind == SubjectKind::Community).then_some(SubjectId::Community);
        let about = given.iter().filter(|(kind, _)| *kind == rule.subject.kind).map(|(_, id)| id.clone());
        let subjects: BTreeSet<SubjectId> = own.into_iter().chain(community).chain(about).collect();
        subjects.into_iter().filter(|id| selected.is_none_or(|selected| selected.contains(id))).collect()
    }

    fn case_holds(&self, condition: Option<&Condition>, step: &StepFact) -> bool {
        let Some(condition) = condition else { return true };
        let Some(workflow) = self.playbooks.workflow_at(&step.workflow, step.version) else { return false };
        let mut scope = Scope::new().today(self.today);
        for field in workflow.fields() {
            if let (Some(declared), Some(value)) = (field.answer.declared(), step.answers.get(&field.id)) {
                scope.bind("case", &field.id, declared, value);
            }
        }
        condition.holds(&scope)
    }

    /// The case's answers in words: choices by their labels.
    fn case_words(&self, step: &StepFact) -> BTreeMap<String, Label> {
        let Some(workflow) = self.playbooks.workflow_at(&step.workflow, step.version) else {
            return BTreeMap::new();
        };
        let word = |field: &FormField| {
            let text = step.answers.get(&field.id)?.as_text()?;
            let label =
                field.option(text).map_or_else(|| Label::new(text, text), |option| option.label.clone());
            Some((field.id.clone(), label))
        };
        let mut words: BTreeMap<String, Label> = workflow.fields().filter_map(word).collect();
        words.insert("case".to_owned(), workflow.title.clone());
        words
    }

    fn look_back(&self) -> NaiveDate {
        self.today.checked_sub_days(Days::new(LOOK_BACK_DAYS)).unwrap_or(NaiveDate::MIN)
    }

    /// Records that answer without having been begun from the item: an opportunity visit is a visit.
    fn match_answers(&self, rule: &DueRule, found: &mut [Found<'a>]) -> Result<(), F::Error> {
        let Some(since) = found.iter().map(|found| found.counts.0).min().filter(|_| rule.done.any) else {
            return Ok(());
        };
        let mut by_subject: BTreeMap<SubjectId, Vec<AnswerFact>> = BTreeMap::new();
        for answer in self.facts.answers(rule.done.record, &rule.done.filters, since)? {
            for (_, subject) in &answer.subjects {
                by_subject.entry(subject.clone()).or_default().push(answer.clone());
            }
        }
        for found in found {
            let about_case = found.case.map(SubjectId::Record);
            let given = [Some(&found.subject), about_case.as_ref()];
            for answer in given.into_iter().flatten().filter_map(|subject| by_subject.get(subject)).flatten()
            {
                if found.counts.0 <= answer.at && answer.at < found.counts.1 {
                    found.answers.insert(answer.record, answer.outcome);
                }
            }
        }
        Ok(())
    }

    /// Records that name the item they answer.
    fn named_answers(&self, found: &mut [Found<'a>]) -> Result<(), F::Error> {
        let ids: BTreeSet<DueId> = found.iter().map(|found| found.id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let mut by_id: BTreeMap<DueId, Vec<AnswerFact>> = BTreeMap::new();
        for answer in self.facts.answers_to(&ids)? {
            if let Some(due) = answer.due {
                by_id.entry(due).or_default().push(answer);
            }
        }
        for found in found {
            for answer in by_id.get(&found.id).into_iter().flatten() {
                found.answers.insert(answer.record, answer.outcome);
            }
        }
        Ok(())
    }

    /// Why, in words.
    fn why(&self, found: &Found<'a>) -> Label {
        let mut words: BTreeMap<&str, Label> =
            found.words.iter().map(|(name, label)| (name.as_str(), label.clone())).collect();
        let day = |day: NaiveDate| Label::new(day.to_string(), day.to_string());
        words.insert("date", day(found.base));
        words.insert("due", day(found.due));
        found.rule.why.fill(&words)
    }

    fn item(&self, found: Found<'a>) -> DueItem {
        let outcomes = || found.answers.values();
        let put_off =
            |outcome: &Outcome| matches!(outcome, Outcome::Snoozed { until } if *until > self.today);
        let status = if outcomes().any(|outcome| *outcome == Outcome::Done) {
            Status::Done
        } else if outcomes().any(|outcome| *outcome == Outcome::Skipped) {
            Status::Skipped
        } else if outcomes().any(|outcome| *outcome == Outcome::Begun) {
            Status::Begun
        } else if outcomes().any(put_off) {
            Status::Snoozed
        } else {
            Status::Open
        };
        let late = found.due_at.map_or(self.today > found.due, |due_at| self.now > due_at);
        DueItem {
            id: found.id,
            rule: found.rule.id.clone(),
            title: found.rule.title.clone(),
            why: self.why(&found),
            subject: found.subject,
            place: found.place,
            case: found.case,
            roles: found.rule.roles.clone(),
            urgency: found.rule.urgency,
            visible_from: found.visible_from,
            due: found.due,
            due_at: found.due_at,
            provisional: self.calendar.is_provisional(found.due),
            status,
            overdue: late && !matches!(status, Status::Done | Status::Skipped),
            answers: found.answers.into_keys().collect(),
            begin: found.rule.done.begin.clone(),
        }
    }
}

/// The values at a path; a `*` stands for one segment.
fn values_at<'v>(values: &'v BTreeMap<String, Value>, pattern: &'v str) -> impl Iterator<Item = &'v Value> {
    values.iter().filter(|(path, _)| matches(pattern, path)).map(|(_, value)| value)
}

fn matches(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    pattern.split('/').all(|want| segments.next().is_some_and(|is| want == "*" || want == is))
        && segments.next().is_none()
}

/// What a condition on a subject sees: its fields by their declared types, its groups as lists of members.
fn record_scope(kind: SubjectKind, row: &Row) -> Scope {
    let mut scope = Scope::new().contested(row.contested.clone());
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
pub(super) const fn declared(ty: Type) -> Option<Declared> {
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
