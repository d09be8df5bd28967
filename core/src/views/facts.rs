//! What due rules ask, answered by the store's indexes: no document is loaded for Today.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::butler::OfficeTables;
use crate::error::ButlerError;
use crate::model::fields::{self, Type};
use crate::model::{DueId, GridId, Kind, PlaceId, RecordId, Timestamp, Value};
use crate::playbook::due::{
    AnswerFact, EntryFact, EntryQuery, Facts, Only, Outcome, Row, StepFact, SubjectId, SubjectQuery,
};
use crate::playbook::form::SubjectKind;
use crate::playbook::rule::Filter;
use crate::store::{self, AnswerRow, Reader};

/// The facts of one phone, for the grids its owner works in.
pub(crate) struct StoreFacts<'a> {
    pub reader: &'a Reader<'a>,
    pub office: &'a OfficeTables,
    /// The grids worked in; `None` is all of them.
    pub grids: Option<BTreeSet<GridId>>,
}

fn subject_kind(kind: Kind) -> Option<SubjectKind> {
    match kind {
        Kind::Premises => Some(SubjectKind::Premises),
        Kind::Resident => Some(SubjectKind::Resident),
        Kind::Case => Some(SubjectKind::Case),
        Kind::Entry => Some(SubjectKind::Entry),
        Kind::Contact => Some(SubjectKind::Contact),
        Kind::Round => None,
    }
}

impl StoreFacts<'_> {
    fn mine(&self, grid: &GridId) -> bool {
        self.grids.as_ref().is_none_or(|grids| grids.contains(grid))
    }

    /// What a record is about: the records it names, and the place, grids and community it lies in.
    fn about(
        &self,
        links: &BTreeMap<RecordId, Vec<(RecordId, Kind)>>,
        record: RecordId,
        place: Option<&PlaceId>,
    ) -> Vec<(SubjectKind, SubjectId)> {
        let named = links.get(&record).into_iter().flatten();
        let mut about: Vec<_> = named
            .filter_map(|(target, kind)| Some((subject_kind(*kind)?, SubjectId::Record(*target))))
            .collect();
        if let Some(place) = place {
            about.push((SubjectKind::Place, SubjectId::Place(place.clone())));
            let grids = self.office.grids_of(place);
            about.extend(grids.into_iter().map(|grid| (SubjectKind::Grid, SubjectId::Grid(grid))));
        }
        about.push((SubjectKind::Community, SubjectId::Community));
        about
    }

    fn answer(&self, row: AnswerRow) -> AnswerFact {
        let form = row.procedure.as_deref().and_then(|form| self.office.playbooks.form(form));
        let outcome = match (row.kind, form.and_then(|form| form.answers_due)) {
            (Kind::Entry, Some(answer)) => {
                Outcome::of_entry(answer, row.until.as_deref().and_then(|until| until.parse().ok()))
            }
            (Kind::Round | Kind::Case, _) if !row.closed => Outcome::Begun,
            _ => Outcome::Done,
        };
        AnswerFact {
            record: row.record,
            about: row.about,
            place: row.place,
            due: row.due,
            at: row.at,
            outcome,
        }
    }

    /// The day of a date or a moment.
    fn day_of(&self, value: &Value) -> Option<NaiveDate> {
        match value {
            Value::Text(text) => text.parse().ok(),
            Value::Int(millis) => Some(self.office.calendar.date_of(Timestamp::from_millis(*millis))),
            Value::Bool(_) | Value::Real(_) => None,
        }
    }

    /// The last value of a field that lies on a day or before it.
    fn last_value(&self, kind: Kind, path: &str, day: NaiveDate) -> Value {
        match fields::spec(kind, path).map(|spec| spec.ty) {
            Some(Type::Moment) => self.office.calendar.end_of(day).millis().into(),
            _ => day.to_string().into(),
        }
    }
}

/// Filters as the store takes them.
fn among(filters: &[Filter]) -> Vec<(&str, &[Value])> {
    filters.iter().map(|filter| (filter.path.as_str(), filter.is.as_slice())).collect()
}

impl Facts for StoreFacts<'_> {
    type Error = ButlerError;

    fn subjects(&self, ask: &SubjectQuery<'_>) -> Result<Vec<Row>, ButlerError> {
        let bare = |subject, place| Row {
            subject,
            place,
            date: None,
            values: BTreeMap::new(),
            contested: BTreeSet::new(),
        };
        Ok(match (ask.kind, ask.kind.record()) {
            (SubjectKind::Community, _) => vec![bare(SubjectId::Community, None)],
            (SubjectKind::Grid, _) => {
                let mine = self.office.grids.keys().filter(|grid| self.mine(grid));
                mine.map(|grid| bare(SubjectId::Grid(grid.clone()), self.office.place_of_grid(grid)))
                    .collect()
            }
            (SubjectKind::Place, _) => {
                let mine = self
                    .office
                    .places
                    .values()
                    .filter(|place| place.grids.iter().any(|grid| self.mine(grid)));
                mine.map(|place| bare(SubjectId::Place(place.id.clone()), Some(place.id.clone()))).collect()
            }
            (_, Some(kind)) => {
                let until = ask.date.map(|date| self.last_value(kind, date.path, date.until));
                let date = ask.date.zip(until.as_ref()).map(|(date, until)| store::DateQuery {
                    path: date.path,
                    until,
                    absent: date.absent,
                });
                let rows = self.reader.subjects(&store::SubjectQuery {
                    kind,
                    among: &among(ask.filters),
                    unless: &among(ask.unless),
                    date,
                    paths: ask.paths,
                    only: ask.only,
                })?;
                let row = |row: store::SubjectRow| Row {
                    subject: SubjectId::Record(row.record),
                    place: row.place,
                    date: row.date.and_then(|date| self.day_of(&date)),
                    values: row.values,
                    contested: row.contested,
                };
                rows.into_iter().map(row).collect()
            }
            (_, None) => Vec::new(),
        })
    }

    fn steps(
        &self,
        workflows: &[String],
        steps: &[String],
        since: NaiveDate,
        only: Only<'_>,
    ) -> Result<Vec<StepFact>, ButlerError> {
        let since = self.office.calendar.start_of(since);
        let rows = self.reader.steps(workflows, steps, since, only)?;
        let links = self.reader.links_of(rows.iter().map(|row| row.case))?;
        let facts = rows.into_iter().filter_map(|row| {
            Some(StepFact {
                subjects: self.about(&links, row.case, row.place.as_ref()),
                case: row.case,
                workflow: row.workflow,
                version: row.version.parse().ok()?,
                place: row.place,
                event: row.event,
                at: row.at,
                answers: row.answers,
            })
        });
        Ok(facts.collect())
    }

    fn entries(&self, ask: &EntryQuery<'_>) -> Result<Vec<EntryFact>, ButlerError> {
        let paths = BTreeSet::from(["field/*".to_owned()]);
        let forms = [ask.form.into()];
        let rows = self.reader.subjects(&store::SubjectQuery {
            kind: Kind::Entry,
            among: &[("form", &forms)],
            unless: &[],
            date: None,
            paths: &paths,
            only: ask.only,
        })?;
        let links = self.reader.links_of(rows.iter().map(|row| row.record))?;
        let facts = rows.into_iter().filter_map(|row| {
            let values: BTreeMap<_, _> = row
                .values
                .into_iter()
                .filter_map(|(path, value)| Some((path.strip_prefix("field/")?.to_owned(), value)))
                .collect();
            let date = values.get(ask.date)?.as_text()?.parse::<NaiveDate>().ok()?;
            (date >= ask.since).then(|| EntryFact {
                entry: row.record,
                subjects: self.about(&links, row.record, row.place.as_ref()),
                place: row.place,
                date,
                values,
            })
        });
        Ok(facts.collect())
    }

    fn answers(
        &self,
        kind: Kind,
        filters: &[Filter],
        since: Timestamp,
        only: Only<'_>,
    ) -> Result<Vec<AnswerFact>, ButlerError> {
        let rows = self.reader.answers(kind, &among(filters), since, only)?;
        Ok(rows.into_iter().map(|row| self.answer(row)).collect())
    }

    fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerFact>, ButlerError> {
        let rows = self.reader.answers_to(due)?;
        Ok(rows.into_iter().map(|row| self.answer(row)).collect())
    }

    fn grids_of(&self, place: &PlaceId) -> BTreeSet<GridId> {
        self.office.grids_of(place)
    }
}
