//! The facts of rules and figures out of records held in memory: what an office asks its documents, and what a phone's
//! indexes are tested against.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use chrono::NaiveDate;

use super::Playbooks;
use super::calendar::Calendar;
use super::course::{self, Course};
use super::due::{self, AnswerFact, EntryFact, EntryQuery, Outcome, Row, StepFact, SubjectId, SubjectQuery};
use super::figure::facts::{CaseFact, Facts, Fields, Question, RecordFact, Selected, Selection};
use super::form::SubjectKind;
use super::rule::Filter;
use crate::model::directory;
use crate::model::directory::{Grid, Place};
use crate::model::facts::{self, Made};
use crate::model::{
    ChangeHash, DueId, GridId, Kind, Lifecycle, PlaceId, PlaybookVersion, Receipt, Record, RecordId,
    Timestamp, Value,
};

/// Records in memory, as rules and figures see them.
pub struct RecordFacts<'a> {
    playbooks: &'a Playbooks,
    calendar: &'a Calendar,
    grids: &'a BTreeMap<GridId, Grid>,
    places: &'a BTreeMap<PlaceId, Place>,
    walk: Vec<PlaceId>,
    /// The live ones.
    records: BTreeMap<RecordId, Held>,
    /// Archived ones too: something may be about them.
    known: BTreeMap<RecordId, (Kind, Option<RecordId>)>,
}

struct Held {
    kind: Kind,
    place: Option<PlaceId>,
    values: BTreeMap<String, Value>,
    contested: BTreeSet<String>,
    links: Vec<(String, RecordId)>,
    made: Made,
    named: Option<String>,
    version: Option<PlaybookVersion>,
    course: Option<Course>,
}

impl<'a> RecordFacts<'a> {
    /// Nothing yet.
    #[must_use]
    pub fn new(
        playbooks: &'a Playbooks,
        calendar: &'a Calendar,
        grids: &'a BTreeMap<GridId, Grid>,
        places: &'a BTreeMap<PlaceId, Place>,
    ) -> Self {
        let walk = directory::walk(places);
        Self { playbooks, calendar, grids, places, walk, records: BTreeMap::new(), known: BTreeMap::new() }
    }

    /// Takes a record up, with the place it is pinned to and the office's receipts of its changes.
    pub fn add(&mut self, record: &Record, place: Option<PlaceId>, receipts: &BTreeMap<ChangeHash, Receipt>) {
        let links = facts::links(record);
        let home = links.iter().find(|(path, _)| record.kind == Kind::Resident && path == "home");
        self.known.insert(record.id, (record.kind, home.map(|(_, home)| *home)));
        if record.lifecycle == Lifecycle::Archived {
            return;
        }
        let named = record.text(if record.kind == Kind::Entry { "form" } else { "playbook" });
        let held = Held {
            kind: record.kind,
            place,
            values: facts::of(record).map(|(path, value)| (path.to_owned(), value.into_owned())).collect(),
            contested: record.contested().map(|(path, _)| path.to_owned()).collect(),
            links,
            made: facts::made(record),
            named: named.map(str::to_owned),
            version: course::version(record),
            course: course::of(self.playbooks, self.calendar, record, receipts),
        };
        self.records.insert(record.id, held);
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (RecordId, &Held)> {
        self.records.iter().filter(move |(_, held)| held.kind == kind).map(|(id, held)| (*id, held))
    }

    /// What a record names, and the place, grids and community it lies in.
    fn subjects_of(&self, held: &Held) -> Vec<(SubjectKind, SubjectId)> {
        let named: BTreeSet<RecordId> = held.links.iter().map(|(_, target)| *target).collect();
        let kind = |target: &RecordId| SubjectKind::of(self.known.get(target)?.0);
        let mut about: Vec<(SubjectKind, SubjectId)> =
            named.iter().filter_map(|target| Some((kind(target)?, SubjectId::Record(*target)))).collect();
        if let Some(place) = &held.place {
            about.push((SubjectKind::Place, SubjectId::Place(place.clone())));
            let grids = directory::grids_of(self.places, place);
            about.extend(grids.into_iter().map(|grid| (SubjectKind::Grid, SubjectId::Grid(grid))));
        }
        about.push((SubjectKind::Community, SubjectId::Community));
        about
    }

    /// The home a record is about, or whose person it is about; else the first record it is about.
    fn about(&self, held: &Held) -> Option<RecordId> {
        let subjects = held.links.iter().filter(|(path, _)| path.starts_with("subject/"));
        let known: BTreeSet<RecordId> =
            subjects.map(|(_, target)| *target).filter(|target| self.known.contains_key(target)).collect();
        let home = |target: &RecordId| match self.known.get(target) {
            Some((Kind::Premises, _)) => Some(*target),
            Some((_, home)) => *home,
            None => None,
        };
        known.iter().filter_map(home).min().or(known.first().copied())
    }

    fn answer(&self, id: RecordId, held: &Held) -> AnswerFact {
        let form = held.named.as_deref().and_then(|form| self.playbooks.form(form));
        let text = |path: &str| held.values.get(path).and_then(Value::as_text);
        let closed = held.course.as_ref().is_some_and(|course| course.closed);
        let outcome = match (held.kind, form.and_then(|form| form.answers_due)) {
            (Kind::Entry, Some(answer)) => {
                Outcome::of_entry(answer, text("field/until").and_then(|until| until.parse().ok()))
            }
            (Kind::Round | Kind::Case, _) if !closed => Outcome::Begun,
            _ => Outcome::Done,
        };
        let at = made_at(held);
        AnswerFact {
            record: id,
            about: held.links.iter().map(|(_, target)| *target).collect(),
            place: held.place.clone(),
            due: text("due").and_then(|due| due.parse().ok()),
            at,
            done_at: held.course.as_ref().and_then(|course| course.finished).unwrap_or(at),
            outcome,
        }
    }

    /// The latest full date or moment at a path.
    fn latest(&self, held: &Held, path: &str) -> Option<NaiveDate> {
        let at = held.values.iter().filter(|(is, _)| facts::matches(path, is));
        let day = |value: &Value| match value {
            Value::Text(text) if text.len() == 10 => text.parse().ok(),
            Value::Int(millis) => Some(self.calendar.date_of(Timestamp::from_millis(*millis))),
            _ => None,
        };
        at.filter_map(|(_, value)| day(value)).max()
    }

    fn concerns(id: RecordId, held: &Held, only: due::Only<'_>) -> bool {
        only.is_none_or(|only| {
            only.contains(&id) || held.links.iter().any(|(_, target)| only.contains(target))
        })
    }
}

fn made_at(held: &Held) -> Timestamp {
    held.made.at.unwrap_or(Timestamp::from_millis(0))
}

fn among(values: &BTreeMap<String, Value>, filters: &[Filter]) -> bool {
    filters.iter().all(|filter| filter.names(values.get(&filter.path)))
}

impl due::Facts for RecordFacts<'_> {
    type Error = Infallible;

    fn subjects(&self, ask: &SubjectQuery<'_>) -> Result<Vec<Row>, Infallible> {
        let bare = |subject, place| Row {
            subject,
            place,
            date: None,
            values: BTreeMap::new(),
            contested: BTreeSet::new(),
        };
        let Some(kind) = ask.kind.record() else {
            return Ok(match ask.kind {
                SubjectKind::Community => vec![bare(SubjectId::Community, None)],
                SubjectKind::Grid => self
                    .grids
                    .keys()
                    .map(|grid| {
                        bare(SubjectId::Grid(grid.clone()), directory::place_of_grid(self.places, grid))
                    })
                    .collect(),
                _ => {
                    let grids = |place: &&Place| directory::grids_at(self.places, &place.id);
                    let within = self.places.values().filter(|place| !grids(place).is_empty());
                    within
                        .map(|place| bare(SubjectId::Place(place.id.clone()), Some(place.id.clone())))
                        .collect()
                }
            });
        };
        let mut rows = Vec::new();
        for (id, held) in self.of_kind(kind) {
            let named = ask.unless.iter().any(|filter| filter.names(held.values.get(&filter.path)));
            let meant = match (kind, ask.only) {
                (Kind::Entry, only) => Self::concerns(id, held, only),
                (_, only) => only.is_none_or(|only| only.contains(&id)),
            };
            let here = ask.at.is_none_or(|at| held.place.as_ref() == Some(at));
            if named || !meant || !here || !among(&held.values, ask.filters) {
                continue;
            }
            let date = ask.date.and_then(|date| self.latest(held, date.path));
            let in_time = |asked: due::DateQuery<'_>| {
                date.map_or(asked.absent, |date| {
                    date <= asked.until && asked.from.is_none_or(|from| from <= date)
                })
            };
            if !ask.date.is_none_or(in_time) {
                continue;
            }
            let wanted = |path: &str| ask.paths.iter().any(|pattern| facts::matches(pattern, path));
            let values = held.values.iter().filter(|(path, _)| wanted(path));
            rows.push(Row {
                subject: SubjectId::Record(id),
                place: held.place.clone(),
                date,
                values: values.map(|(path, value)| (path.clone(), value.clone())).collect(),
                contested: held.contested.iter().filter(|path| wanted(path)).cloned().collect(),
            });
        }
        Ok(rows)
    }

    fn steps(
        &self,
        workflows: &[String],
        steps: &[String],
        since: NaiveDate,
        only: due::Only<'_>,
    ) -> Result<Vec<StepFact>, Infallible> {
        let since = self.calendar.start_of(since);
        let mut found = Vec::new();
        for (id, held) in self.of_kind(Kind::Case) {
            let run_by = held.named.as_ref().filter(|id| workflows.contains(id));
            let (Some(workflow), Some(version), Some(course)) = (run_by, held.version, &held.course) else {
                continue;
            };
            if !Self::concerns(id, held, only) {
                continue;
            }
            for made in course.steps.iter().filter(|made| steps.contains(&made.step) && made.at >= since) {
                found.push(StepFact {
                    case: id,
                    workflow: workflow.clone(),
                    version,
                    subjects: self.subjects_of(held),
                    place: held.place.clone(),
                    event: made.event,
                    at: made.at,
                    answers: course.answers.clone(),
                });
            }
        }
        found.sort_by_key(|step| (step.at, step.event));
        Ok(found)
    }

    fn entries(&self, ask: &EntryQuery<'_>) -> Result<Vec<EntryFact>, Infallible> {
        let rows = self.of_kind(Kind::Entry).filter(|(_, held)| held.named.as_deref() == Some(ask.form));
        let fact = |(id, held): (RecordId, &Held)| {
            let values: BTreeMap<String, Value> = held
                .values
                .iter()
                .filter_map(|(path, value)| Some((path.strip_prefix("field/")?.to_owned(), value.clone())))
                .collect();
            let date = values.get(ask.date)?.as_text()?.parse::<NaiveDate>().ok()?;
            (date >= ask.since && Self::concerns(id, held, ask.only)).then(|| EntryFact {
                entry: id,
                subjects: self.subjects_of(held),
                place: held.place.clone(),
                date,
                values,
            })
        };
        Ok(rows.filter_map(fact).collect())
    }

    fn answers(
        &self,
        kind: Kind,
        filters: &[Filter],
        since: Timestamp,
        only: due::Only<'_>,
    ) -> Result<Vec<AnswerFact>, Infallible> {
        let fits = |id: RecordId, held: &Held| {
            among(&held.values, filters) && made_at(held) >= since && Self::concerns(id, held, only)
        };
        let found = self.of_kind(kind).filter(|(id, held)| fits(*id, held));
        Ok(found.map(|(id, held)| self.answer(id, held)).collect())
    }

    fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerFact>, Infallible> {
        let all = self.records.iter().map(|(id, held)| self.answer(*id, held));
        Ok(all.filter(|answer| answer.due.is_some_and(|id| due.contains(&id))).collect())
    }

    fn grids_of(&self, place: &PlaceId) -> BTreeSet<GridId> {
        directory::grids_of(self.places, place)
    }

    fn places(&self) -> &[PlaceId] {
        &self.walk
    }
}

impl Facts for RecordFacts<'_> {
    fn select(&self, selection: &Selection) -> Result<Vec<Selected>, Infallible> {
        // Who refers to what, once for the whole selection.
        let related: Vec<BTreeSet<RecordId>> = selection
            .related
            .iter()
            .map(|related| {
                let others = self.of_kind(related.kind).filter(|(_, held)| related.fields.hold(&held.values));
                let links = others.flat_map(|(_, held)| &held.links);
                let through = links.filter(|(path, _)| facts::matches(&related.through, path));
                through.map(|(_, target)| *target).collect()
            })
            .collect();
        let wanted = |id: &RecordId, held: &Held| {
            selection.fields.hold(&held.values) && related.iter().all(|targets| targets.contains(id))
        };
        let found = self.of_kind(selection.kind).filter(|(id, held)| wanted(id, held));
        let number = |held: &Held| held.values.get(selection.number.as_ref()?)?.as_int();
        Ok(found
            .map(|(record, held)| Selected { record, place: held.place.clone(), number: number(held) })
            .collect())
    }

    fn cases(
        &self,
        workflows: &BTreeSet<String>,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<CaseFact>, Infallible> {
        let mut found = Vec::new();
        for (id, held) in self.of_kind(Kind::Case) {
            let run_by = held.named.as_ref().filter(|id| workflows.contains(*id));
            let (Some(workflow), Some(version), Some(course)) = (run_by, held.version, &held.course) else {
                continue;
            };
            let moved = held.made.moved.is_some_and(|moved| moved >= from);
            if made_at(held) >= until || (course.closed && !moved) {
                continue;
            }
            found.push(CaseFact {
                case: id,
                workflow: workflow.clone(),
                version,
                place: held.place.clone(),
                about: self.about(held),
                fields: held.values.clone(),
                course: course.clone(),
            });
        }
        Ok(found)
    }

    fn records(&self, question: &Question) -> Result<Vec<RecordFact>, Infallible> {
        let made = |held: &Held| match &question.dated {
            Some(bounds) => Fields { dates: vec![bounds.clone()], ..Fields::default() }.hold(&held.values),
            None => (question.from..question.until).contains(&made_at(held)),
        };
        let named = |held: &Held| {
            question.named.is_empty() || held.named.as_ref().is_some_and(|id| question.named.contains(id))
        };
        let found = self
            .of_kind(question.kind)
            .filter(|(_, held)| named(held) && made(held) && question.fields.hold(&held.values));
        let wanted = |path: &str| question.values.iter().any(|pattern| facts::matches(pattern, path));
        let values = |held: &Held| {
            let wanted = held.values.iter().filter(|(path, _)| wanted(path));
            wanted.map(|(path, value)| (path.clone(), value.clone())).collect()
        };
        let fact = |(record, held): (RecordId, &Held)| {
            let course = held.course.as_ref();
            RecordFact {
                record,
                named: held.named.clone(),
                version: held.version,
                place: held.place.clone(),
                about: if question.about { self.about(held) } else { None },
                by: held.made.by.clone(),
                at: made_at(held),
                values: values(held),
                complete: held.kind != Kind::Round || course.is_some_and(|course| course.closed),
                results: match course {
                    Some(course) if held.kind == Kind::Round => course.answers.clone(),
                    _ => BTreeMap::new(),
                },
            }
        };
        Ok(found.map(fact).collect())
    }
}
