//! What due rules ask, answered by the store's indexes: no document is loaded for Today.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::butler::OfficeTables;
use crate::error::ButlerError;
use crate::model::{DueId, GridId, Kind, PlaceId, RecordId, Timestamp};
use crate::playbook::due::{AnswerFact, EntryFact, Facts, Outcome, Row, StepFact, SubjectId};
use crate::playbook::form::SubjectKind;
use crate::playbook::rule::Filter;
use crate::store::{AnswerRow, Reader};

/// The facts of one phone, for the grids its owner works in.
pub(crate) struct StoreFacts<'a> {
    pub reader: &'a Reader<'a>,
    pub office: &'a OfficeTables,
    /// The grids worked in; `None` is all of them.
    pub grids: Option<BTreeSet<GridId>>,
}

/// The kind of record a subject is; `None` for places, grids and the community.
fn kind_of(subject: SubjectKind) -> Option<Kind> {
    match subject {
        SubjectKind::Premises => Some(Kind::Premises),
        SubjectKind::Resident => Some(Kind::Resident),
        SubjectKind::Case => Some(Kind::Case),
        SubjectKind::Entry => Some(Kind::Entry),
        SubjectKind::Contact => Some(Kind::Contact),
        SubjectKind::Place | SubjectKind::Grid | SubjectKind::Community => None,
    }
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

    fn answer(&self, links: &BTreeMap<RecordId, Vec<(RecordId, Kind)>>, row: &AnswerRow) -> AnswerFact {
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
            subjects: self.about(links, row.record, row.place.as_ref()),
            due: row.due.as_deref().and_then(|due| due.parse().ok()),
            at: row.at,
            outcome,
        }
    }
}

impl Facts for StoreFacts<'_> {
    type Error = ButlerError;

    fn subjects(
        &self,
        kind: SubjectKind,
        filters: &[Filter],
        paths: &BTreeSet<String>,
    ) -> Result<Vec<Row>, ButlerError> {
        let bare =
            |subject, place| Row { subject, place, values: BTreeMap::new(), contested: BTreeSet::new() };
        Ok(match (kind, kind_of(kind)) {
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
                let filters: Vec<_> =
                    filters.iter().map(|filter| (filter.path.as_str(), filter.is.as_slice())).collect();
                let rows = self.reader.subjects(kind, &filters, paths)?;
                rows.into_iter()
                    .map(|row| Row {
                        subject: SubjectId::Record(row.record),
                        place: row.place,
                        values: row.values,
                        contested: row.contested,
                    })
                    .collect()
            }
            (_, None) => Vec::new(),
        })
    }

    fn steps(
        &self,
        workflows: &[String],
        steps: &[String],
        since: NaiveDate,
    ) -> Result<Vec<StepFact>, ButlerError> {
        let since = self.office.calendar.start_of(since);
        let rows = self.reader.steps(workflows, steps, since)?;
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

    fn entries(&self, form: &str, date: &str, since: NaiveDate) -> Result<Vec<EntryFact>, ButlerError> {
        let paths = BTreeSet::from(["field/*".to_owned()]);
        let forms = [form.into()];
        let rows = self.reader.subjects(Kind::Entry, &[("form", &forms)], &paths)?;
        let links = self.reader.links_of(rows.iter().map(|row| row.record))?;
        let facts = rows.into_iter().filter_map(|row| {
            let values: BTreeMap<_, _> = row
                .values
                .into_iter()
                .filter_map(|(path, value)| Some((path.strip_prefix("field/")?.to_owned(), value)))
                .collect();
            let date = values.get(date)?.as_text()?.parse::<NaiveDate>().ok()?;
            (date >= since).then(|| EntryFact {
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
    ) -> Result<Vec<AnswerFact>, ButlerError> {
        let filters: Vec<_> =
            filters.iter().map(|filter| (filter.path.as_str(), filter.is.as_slice())).collect();
        let rows = self.reader.answers(kind, &filters, since)?;
        let links = self.reader.links_of(rows.iter().map(|row| row.record))?;
        Ok(rows.iter().map(|row| self.answer(&links, row)).collect())
    }

    fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerFact>, ButlerError> {
        let rows = self.reader.answers_to_due()?;
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|row| {
                row.due.as_deref().and_then(|id| id.parse().ok()).is_some_and(|id| due.contains(&id))
            })
            .collect();
        let links = self.reader.links_of(rows.iter().map(|row| row.record))?;
        Ok(rows.iter().map(|row| self.answer(&links, row)).collect())
    }
}
