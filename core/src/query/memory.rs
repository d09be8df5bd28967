//! Records in memory, looked up as a store's indexes look them up: what an office counts from, what answers on a phone about
//! the few records an edit concerns, and what the store is tested against.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;

use chrono::NaiveDate;

use super::{
    ActivityQuery, ActivityRow, AnswerQuery, AnswerRow, CaseQuery, ClockQuery, ClockRow, CountedCase,
    DateQuery, DeadlineProgress, EachYearQuery, EntryQuery, EntryRow, FieldFilter, FindingQuery, FindingRow,
    IndexContext, RecordIndex, RelatedQuery, RelatedRow, SelectedRow, Selection, StepQuery, StepRow,
    SubjectId, SubjectKind, SubjectQuery, SubjectRow, Tally, WorkProgress,
};
use crate::model::date::MonthDay;
use crate::model::facts::{self, Made};
use crate::model::{
    DueId, GridId, Kind, Lifecycle, PlaceId, PlaybookVersion, Procedure, QuestionId, Record, RecordId,
    Scalar, Timestamp, Value, WorkflowId,
};

/// Records in memory.
pub struct MemoryIndex<'a> {
    context: IndexContext<'a>,
    /// The live ones.
    records: BTreeMap<RecordId, IndexedRecord>,
    /// Archived ones too, each with its home if it is a resident: something may be about them.
    known: BTreeMap<RecordId, (Kind, Option<RecordId>)>,
}

/// What of a record is looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexedRecord {
    /// Unique id.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Archived records are found by nobody.
    pub archived: bool,
    /// The place it is pinned to.
    pub place: Option<PlaceId>,
    /// Its indexed fields ([`facts::of`]).
    pub values: BTreeMap<String, Value>,
    /// Paths with several concurrent values.
    pub conflicts: BTreeSet<String>,
    /// The records it refers to ([`facts::links`]).
    pub links: Vec<(String, RecordId)>,
    /// When it was made, by whom.
    pub made: Made,
    /// What runs it, or the form it was filled in by.
    pub procedure: Option<Procedure>,
    /// The version of that.
    pub version: Option<PlaybookVersion>,
    /// How it stands; `None` when what runs it is not known here.
    pub progress: Option<WorkProgress>,
}

impl IndexedRecord {
    /// What of a record is looked up; `place` is the one it is pinned to, `progress` what its events lead to.
    #[must_use]
    pub fn of(record: &Record, place: Option<PlaceId>, progress: Option<WorkProgress>) -> Self {
        Self {
            id: record.id,
            kind: record.kind,
            archived: record.lifecycle == Lifecycle::Archived,
            place,
            values: facts::of(record).map(|(path, value)| (path.to_owned(), value.into_owned())).collect(),
            conflicts: record.conflicts().map(|(path, _)| path.to_owned()).collect(),
            links: facts::links(record),
            made: facts::made(record),
            procedure: facts::procedure(record),
            version: facts::version(record),
            progress,
        }
    }

    fn workflow(&self) -> Option<&WorkflowId> {
        self.procedure.as_ref().and_then(Procedure::workflow)
    }

    fn made_at(&self) -> Timestamp {
        self.made.at.unwrap_or(Timestamp::from_millis(0))
    }

    fn has_all(&self, filters: &[FieldFilter]) -> bool {
        filters.iter().all(|filter| filter.matches(self.values.get(&filter.path)))
    }

    fn has_any(&self, filters: &[FieldFilter]) -> bool {
        filters.iter().any(|filter| filter.matches(self.values.get(&filter.path)))
    }

    /// The due items it says it answers.
    fn dues(&self) -> BTreeSet<DueId> {
        let also = self.values.keys().filter_map(|path| path.strip_prefix("due/"));
        self.text("due").into_iter().chain(also).filter_map(|due| due.parse().ok()).collect()
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.values.get(path).and_then(Value::as_text)
    }

    /// Whether it is one of these records or about one.
    fn concerns(&self, only: Option<&BTreeSet<RecordId>>) -> bool {
        only.is_none_or(|only| {
            only.contains(&self.id) || self.links.iter().any(|(_, target)| only.contains(target))
        })
    }
}

impl<'a> MemoryIndex<'a> {
    /// Nothing yet.
    #[must_use]
    pub const fn new(context: IndexContext<'a>) -> Self {
        Self { context, records: BTreeMap::new(), known: BTreeMap::new() }
    }

    /// Takes a record up, or as it is now.
    pub fn insert(&mut self, record: IndexedRecord) {
        let home = record.links.iter().find(|(path, _)| record.kind == Kind::Resident && path == "home");
        self.known.insert(record.id, (record.kind, home.map(|(_, home)| *home)));
        if record.archived {
            self.records.remove(&record.id);
        } else {
            self.records.insert(record.id, record);
        }
    }

    /// Takes note of a record that is not here, which others may be about.
    pub fn mention(&mut self, id: RecordId, kind: Kind) {
        self.known.entry(id).or_insert((kind, None));
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &IndexedRecord> {
        self.records.values().filter(move |record| record.kind == kind)
    }

    fn subjects_of(&self, record: &IndexedRecord) -> Vec<(SubjectKind, SubjectId)> {
        // A case linked with another is not about it.
        let about = record.links.iter().filter(|(path, _)| !path.starts_with("link/"));
        let named: BTreeSet<RecordId> = about.map(|(_, target)| *target).collect();
        let known = named.into_iter().filter_map(|target| Some((target, self.known.get(&target)?.0)));
        self.context.subjects_of(known, record.place.as_ref())
    }

    /// The home a record is about, or whose person it is about; else the first record it is about.
    fn about(&self, record: &IndexedRecord) -> Option<RecordId> {
        let subjects = record.links.iter().filter(|(path, _)| path.starts_with("subject/"));
        let known: BTreeSet<RecordId> =
            subjects.map(|(_, target)| *target).filter(|target| self.known.contains_key(target)).collect();
        let home = |target: &RecordId| match self.known.get(target) {
            Some((Kind::Home, _)) => Some(*target),
            Some((_, home)) => *home,
            None => None,
        };
        known.iter().filter_map(home).min().or(known.first().copied())
    }

    fn answer(&self, record: &IndexedRecord) -> AnswerRow {
        let progress = record.progress.as_ref();
        let closed = progress.is_some_and(|progress| progress.closed);
        let procedure = record.procedure.as_ref();
        let at = record.made_at();
        let again = record.values.get("next_contact").and_then(<Timestamp as Scalar>::read);
        let spoke = (record.text("outcome"), again);
        AnswerRow {
            record: record.id,
            about: record.links.iter().map(|(_, target)| *target).collect(),
            place: record.place.clone(),
            dues: record.dues(),
            is_case: record.kind == Kind::Case,
            by: match record.kind {
                Kind::Home | Kind::Resident => None,
                Kind::Contact | Kind::Round | Kind::Case | Kind::Entry => record.made.by.clone(),
            },
            at,
            done_at: progress.and_then(|progress| progress.finished).unwrap_or(at),
            outcome: self.context.outcome(record.kind, procedure, closed, record.text("field/until"), spoke),
        }
    }

    /// The latest full date or moment at a path.
    fn latest(&self, record: &IndexedRecord, path: &str) -> Option<NaiveDate> {
        let at = record.values.iter().filter(|(is, _)| facts::matches(path, is));
        let full = at.filter(|(_, value)| value.as_text().is_none_or(|text| text.len() == facts::FULL_DATE));
        full.filter_map(|(_, value)| self.context.offset.date_of_value(value)).max()
    }
}

impl RecordIndex for MemoryIndex<'_> {
    type Error = Infallible;

    fn subjects(&self, ask: &SubjectQuery<'_>) -> Result<Vec<SubjectRow>, Infallible> {
        let Some(kind) = ask.kind.record() else { return Ok(self.context.areas(ask.kind)) };
        let mut rows = Vec::new();
        for record in self.of_kind(kind) {
            let meant = match kind {
                Kind::Entry => record.concerns(ask.only),
                _ => ask.only.is_none_or(|only| only.contains(&record.id)),
            };
            let here = ask.at.is_none_or(|at| record.place.as_ref() == Some(at));
            if !meant || !here || !record.has_all(ask.filters) || record.has_any(ask.unless) {
                continue;
            }
            let date = ask.date.and_then(|date| self.latest(record, date.path));
            let in_window = |window: DateQuery<'_>| {
                date.map_or(window.absent, |date| {
                    date <= window.until && window.from.is_none_or(|from| from <= date)
                })
            };
            let kept = |each: EachYearQuery<'_>| {
                record.text(each.path).and_then(MonthDay::of_date).is_some_and(|day| each.days.contains(&day))
            };
            if !ask.date.is_none_or(in_window) || !ask.each_year.is_none_or(kept) {
                continue;
            }
            let wanted = |path: &str| ask.paths.iter().any(|pattern| facts::matches(pattern, path));
            let values = record.values.iter().filter(|(path, _)| wanted(path));
            rows.push(SubjectRow {
                date,
                values: values.map(|(path, value)| (path.clone(), value.clone())).collect(),
                conflicts: record.conflicts.iter().filter(|path| wanted(path)).cloned().collect(),
                ..SubjectRow::new(SubjectId::Record(record.id), record.place.clone())
            });
        }
        Ok(rows)
    }

    fn steps(&self, ask: &StepQuery<'_>) -> Result<Vec<StepRow>, Infallible> {
        let since = self.context.offset.start_of(ask.since);
        let mut found = Vec::new();
        for record in self.of_kind(Kind::Case).filter(|record| record.concerns(ask.only)) {
            let workflow = record.workflow().filter(|id| ask.workflows.contains(id));
            let (Some(workflow), Some(version), Some(progress)) =
                (workflow, record.version, &record.progress)
            else {
                continue;
            };
            let made =
                progress.steps.iter().filter(|made| ask.steps.contains(&made.step) && made.at >= since);
            found.extend(made.map(|made| StepRow {
                case: record.id,
                workflow: workflow.clone(),
                version,
                subjects: self.subjects_of(record),
                place: record.place.clone(),
                event: made.event,
                at: made.at,
                answers: progress.answers.clone(),
            }));
        }
        found.sort_by_key(|step| (step.at, step.event));
        Ok(found)
    }

    fn clocks(&self, ask: &ClockQuery<'_>) -> Result<Vec<ClockRow>, Infallible> {
        let mut found = Vec::new();
        for record in self.of_kind(Kind::Case).filter(|record| record.concerns(ask.only)) {
            let workflow = record.workflow().filter(|id| ask.workflows.contains(id));
            let (Some(workflow), Some(version), Some(progress)) =
                (workflow, record.version, &record.progress)
            else {
                continue;
            };
            if !self.context.is_worked_at(record.place.as_ref()) {
                continue;
            }
            let meant = |clock: &&DeadlineProgress| match clock.met {
                Some(met) => met >= ask.since,
                None => clock.stopped.is_none(),
            };
            for clock in progress.deadlines.iter().filter(meant) {
                let Some(by) = progress.steps.iter().find(|step| step.event == clock.by) else { continue };
                found.push(ClockRow {
                    started: StepRow {
                        case: record.id,
                        workflow: workflow.clone(),
                        version,
                        subjects: self.subjects_of(record),
                        place: record.place.clone(),
                        event: by.event,
                        at: by.at,
                        answers: progress.answers.clone(),
                    },
                    deadline: clock.deadline.clone(),
                    due: clock.due,
                    met: clock.met,
                });
            }
        }
        found.sort_by(|a, b| {
            (a.started.case, a.started.event, &a.deadline).cmp(&(
                b.started.case,
                b.started.event,
                &b.deadline,
            ))
        });
        Ok(found)
    }

    fn findings(&self, ask: &FindingQuery<'_>) -> Result<Vec<FindingRow>, Infallible> {
        let mut orders: BTreeMap<&str, Vec<(RecordId, Timestamp)>> = BTreeMap::new();
        for case in self.of_kind(Kind::Case) {
            if let Some(event) = case.text("source_event") {
                orders.entry(event).or_default().push((case.id, case.made_at()));
            }
        }
        let mut found = Vec::new();
        for record in self.of_kind(Kind::Round).filter(|record| record.concerns(ask.only)) {
            let list = record.procedure.as_ref().and_then(Procedure::checklist);
            let list = list.filter(|id| ask.checklists.contains(id));
            let (Some(checklist), Some(version), Some(progress)) = (list, record.version, &record.progress)
            else {
                continue;
            };
            if !self.context.is_worked_at(record.place.as_ref()) {
                continue;
            }
            for of_item in progress.findings.chunk_by(|one, next| one.item == next.item) {
                let Some(newest) = of_item.last() else { continue };
                let opened = of_item.iter().filter_map(|found| orders.get(found.event.to_string().as_str()));
                let mut orders: Vec<_> = opened.flatten().copied().collect();
                orders.sort_unstable();
                orders.dedup();
                found.push(FindingRow {
                    round: record.id,
                    checklist: checklist.clone(),
                    version,
                    subjects: self.subjects_of(record),
                    place: record.place.clone(),
                    found: newest.clone(),
                    orders,
                });
            }
        }
        Ok(ask.with_their_rounds(found))
    }

    fn related(&self, ask: &RelatedQuery<'_>) -> Result<Vec<RelatedRow>, Infallible> {
        let mut found = Vec::new();
        let mut named_by: BTreeMap<RecordId, BTreeSet<RecordId>> = BTreeMap::new();
        for record in self.records.values().filter(|_| ask.is_mutual()) {
            for (_, target) in record.links.iter().filter(|(path, _)| facts::matches(ask.through, path)) {
                named_by.entry(*target).or_default().insert(record.id);
            }
        }
        for record in self.of_kind(ask.kind) {
            let procedure = record.procedure.as_ref().map(Procedure::id);
            let run = ask.of.is_empty() || ask.of.iter().any(|id| procedure == Some(id.as_str()));
            let progress = record.progress.as_ref();
            let over = progress.is_some_and(|progress| progress.closed);
            let stands = |progress: &WorkProgress| ask.states.contains(&progress.state);
            let in_state = ask.states.is_empty() || progress.is_some_and(stands);
            let fits = record.has_all(ask.filters) && !record.has_any(ask.unless);
            if !run || !in_state || !fits || ask.over.is_some_and(|wanted| wanted != over) {
                continue;
            }
            let workflow = record.workflow().cloned().zip(record.version).filter(|_| ask.answers);
            let answers = || progress.map(|progress| progress.answers.clone()).unwrap_or_default();
            let named = record.links.iter().filter(|(path, _)| facts::matches(ask.through, path));
            let mutual = named_by.get(&record.id).into_iter().flatten();
            let referred: BTreeSet<RecordId> = named
                .map(|(_, target)| *target)
                .chain(mutual.copied())
                .filter(|target| ask.to.is_none_or(|to| to.contains(target)))
                .collect();
            found.extend(referred.into_iter().map(|subject| RelatedRow {
                subject,
                record: record.id,
                workflow: workflow.clone(),
                answers: if ask.answers { answers() } else { BTreeMap::new() },
            }));
        }
        found.sort_by_key(|row| (row.subject, row.record));
        Ok(found)
    }

    fn entries(&self, ask: &EntryQuery<'_>) -> Result<Vec<EntryRow>, Infallible> {
        let of_form = self
            .of_kind(Kind::Entry)
            .filter(|record| record.procedure.as_ref().and_then(Procedure::form) == Some(ask.form))
            .filter(|record| record.concerns(ask.only));
        let row = |record: &IndexedRecord| {
            let values: BTreeMap<QuestionId, Value> = record
                .values
                .iter()
                .filter_map(|(path, value)| Some((path.strip_prefix("field/")?.into(), value.clone())))
                .collect();
            let date = values.get(ask.date.as_str())?.as_text()?.parse::<NaiveDate>().ok()?;
            (date >= ask.since).then(|| EntryRow {
                entry: record.id,
                subjects: self.subjects_of(record),
                place: record.place.clone(),
                date,
                values,
            })
        };
        Ok(of_form.filter_map(row).collect())
    }

    fn answers(&self, ask: &AnswerQuery<'_>) -> Result<Vec<AnswerRow>, Infallible> {
        let fits = |record: &&IndexedRecord| {
            record.has_all(ask.filters) && record.made_at() >= ask.since && record.concerns(ask.only)
        };
        Ok(self.of_kind(ask.kind).filter(fits).map(|record| self.answer(record)).collect())
    }

    fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerRow>, Infallible> {
        let answers = self.records.values().map(|record| self.answer(record));
        Ok(answers.filter(|answer| !answer.dues.is_disjoint(due)).collect())
    }

    fn select(&self, selection: &Selection) -> Result<Vec<SelectedRow>, Infallible> {
        // Who refers to what, once for the whole selection.
        let related: Vec<BTreeSet<RecordId>> = selection
            .related
            .iter()
            .map(|related| {
                let others = self.of_kind(related.kind).filter(|record| related.fields.holds(&record.values));
                let links = others.flat_map(|record| &record.links);
                let through = links.filter(|(path, _)| facts::matches(&related.through, path));
                through.map(|(_, target)| *target).collect()
            })
            .collect();
        let wanted = |record: &&IndexedRecord| {
            selection.fields.holds(&record.values)
                && related.iter().all(|targets| targets.contains(&record.id))
        };
        let row = |record: &IndexedRecord| SelectedRow {
            record: record.id,
            place: record.place.clone(),
            number: selection.number.as_ref().and_then(|path| record.values.get(path)?.as_int()),
        };
        Ok(self.of_kind(selection.kind).filter(wanted).map(row).collect())
    }

    fn tally(&self, selection: &Selection) -> Result<BTreeMap<Option<PlaceId>, Tally>, Infallible> {
        let mut tallies: BTreeMap<Option<PlaceId>, Tally> = BTreeMap::new();
        for row in self.select(selection)? {
            let tally = tallies.entry(row.place).or_default();
            tally.count += 1;
            tally.sum += i128::from(row.number.unwrap_or(0));
        }
        Ok(tallies)
    }

    fn cases(&self, ask: &CaseQuery<'_>) -> Result<Vec<CountedCase>, Infallible> {
        let mut found = Vec::new();
        for record in self.of_kind(Kind::Case) {
            let workflow = record.workflow().filter(|id| ask.workflows.contains(*id));
            let (Some(workflow), Some(version), Some(progress)) =
                (workflow, record.version, &record.progress)
            else {
                continue;
            };
            let moved = record.made.moved.is_some_and(|moved| moved >= ask.from);
            if record.made_at() >= ask.until || (progress.closed && !moved) {
                continue;
            }
            found.push(CountedCase {
                case: record.id,
                workflow: workflow.clone(),
                version,
                place: record.place.clone(),
                about: self.about(record),
                fields: record.values.clone(),
                progress: progress.clone(),
            });
        }
        Ok(found)
    }

    fn activities(&self, ask: &ActivityQuery) -> Result<Vec<ActivityRow>, Infallible> {
        let made = |record: &IndexedRecord| match &ask.dated {
            Some(bounds) => bounds.hold(&record.values),
            None => (ask.from..ask.until).contains(&record.made_at()),
        };
        let named = |record: &IndexedRecord| {
            let named = record.procedure.as_ref().is_some_and(|id| ask.procedures.contains(id));
            ask.procedures.is_empty() || named
        };
        let wanted = |path: &str| ask.values.iter().any(|pattern| facts::matches(pattern, path));
        let row = |record: &IndexedRecord| {
            let progress = record.progress.as_ref();
            let values = record.values.iter().filter(|(path, _)| wanted(path));
            ActivityRow {
                record: record.id,
                procedure: record.procedure.clone(),
                version: record.version,
                place: record.place.clone(),
                about: if ask.about { self.about(record) } else { None },
                by: record.made.by.clone(),
                at: record.made_at(),
                values: Arc::new(values.map(|(path, value)| (path.clone(), value.clone())).collect()),
                complete: record.kind != Kind::Round || progress.is_some_and(|progress| progress.closed),
                results: match progress {
                    Some(progress) if record.kind == Kind::Round => progress.answers.clone(),
                    _ => BTreeMap::new(),
                },
            }
        };
        let found = self
            .of_kind(ask.kind)
            .filter(|record| named(record) && made(record) && ask.fields.holds(&record.values));
        Ok(found.map(row).collect())
    }

    fn grids_of(&self, place: &PlaceId) -> BTreeSet<GridId> {
        self.context.grids_of(place)
    }

    fn places(&self) -> &[PlaceId] {
        self.context.walk()
    }
}
