//! What an index has to know besides records: where places lie, which day a moment is on, what forms mean.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::{AnswerOutcome, SubjectId, SubjectKind, SubjectRow};
use crate::model::choice::Outcome;
use crate::model::directory::{Directory, Place};
use crate::model::{FormId, GridId, Kind, PlaceId, Procedure, RecordId, Timestamp, UtcOffset};

/// What forms say about the rows they were filled in for.
pub trait Forms {
    /// What a row amounts to if its form answers due items by itself; `until` is the row's own day.
    fn outcome(&self, form: &FormId, until: Option<chrono::NaiveDate>) -> Option<AnswerOutcome>;

    /// The ids of a form's yes-or-no questions: an index holds yes and no as 1 and 0, whatever the field.
    fn flags(&self, form: &FormId) -> BTreeSet<&str>;
}

/// What an index has to know besides records.
#[derive(Clone)]
pub struct IndexContext<'a> {
    directory: &'a Directory,
    /// The grids worked in; `None` is all of them.
    worked_in: Option<BTreeSet<GridId>>,
    /// Which day a moment is on.
    pub(crate) offset: UtcOffset,
    pub(crate) forms: &'a dyn Forms,
    walk: OnceCell<Vec<PlaceId>>,
}

impl<'a> IndexContext<'a> {
    /// The whole community.
    #[must_use]
    pub const fn new(directory: &'a Directory, offset: UtcOffset, forms: &'a dyn Forms) -> Self {
        Self { directory, worked_in: None, offset, forms, walk: OnceCell::new() }
    }

    /// Places and grids only of these grids; `None` is all of them.
    #[must_use]
    pub fn worked_in(self, grids: Option<BTreeSet<GridId>>) -> Self {
        Self { worked_in: grids, ..self }
    }

    fn is_worked_in(&self, grid: &GridId) -> bool {
        self.worked_in.as_ref().is_none_or(|grids| grids.contains(grid))
    }

    /// Whether somebody who works in these grids works at a place; what lies nowhere concerns everybody.
    pub(crate) fn is_worked_at(&self, place: Option<&PlaceId>) -> bool {
        let here = |place| self.directory.grids_at(place).iter().any(|grid| self.is_worked_in(grid));
        self.worked_in.is_none() || place.is_none_or(here)
    }

    fn places_worked_in(&self) -> impl Iterator<Item = &'a Place> {
        self.directory
            .places
            .values()
            .filter(|place| self.directory.grids_at(&place.id).iter().any(|grid| self.is_worked_in(grid)))
    }

    /// The grids a place lies in.
    pub(crate) fn grids_of(&self, place: &PlaceId) -> BTreeSet<GridId> {
        self.directory.grids_of(place)
    }

    /// The places worked in, in walking order.
    pub(crate) fn walk(&self) -> &[PlaceId] {
        self.walk.get_or_init(|| {
            let mut places: Vec<&Place> = self.places_worked_in().collect();
            places.sort_by_key(|place| (place.walk, &place.id));
            places.into_iter().map(|place| place.id.clone()).collect()
        })
    }

    /// The subjects of a kind that are not records: places, grids, the community.
    pub(crate) fn areas(&self, kind: SubjectKind) -> Vec<SubjectRow> {
        match kind {
            SubjectKind::Community => vec![SubjectRow::new(SubjectId::Community, None)],
            SubjectKind::Grid => {
                let grids = self.directory.grids.keys().filter(|grid| self.is_worked_in(grid));
                let row = |grid: &GridId| {
                    let place = self.directory.place_of_grid(grid);
                    SubjectRow::new(SubjectId::Grid(grid.clone()), place)
                };
                grids.map(row).collect()
            }
            SubjectKind::Place => {
                let row = |place: &Place| {
                    SubjectRow::new(SubjectId::Place(place.id.clone()), Some(place.id.clone()))
                };
                self.places_worked_in().map(row).collect()
            }
            SubjectKind::Home
            | SubjectKind::Resident
            | SubjectKind::Case
            | SubjectKind::Entry
            | SubjectKind::Contact => Vec::new(),
        }
    }

    /// What a record is about: the records it names, and the place, grids and community it lies in.
    pub(crate) fn subjects_of(
        &self,
        named: impl Iterator<Item = (RecordId, Kind)>,
        place: Option<&PlaceId>,
    ) -> Vec<(SubjectKind, SubjectId)> {
        let records =
            named.filter_map(|(target, kind)| Some((SubjectKind::of(kind)?, SubjectId::Record(target))));
        let mut subjects: Vec<(SubjectKind, SubjectId)> = records.collect();
        if let Some(place) = place {
            subjects.push((SubjectKind::Place, SubjectId::Place(place.clone())));
            let grids = self.grids_of(place).into_iter();
            subjects.extend(grids.map(|grid| (SubjectKind::Grid, SubjectId::Grid(grid))));
        }
        subjects.push((SubjectKind::Community, SubjectId::Community));
        subjects
    }

    /// What a record amounts to as an answer; `until` is the day a row of a register names, `spoke` how a contact ended
    /// and when to talk again. A contact with an outcome only a newer app knows answers.
    pub(crate) fn outcome(
        &self,
        kind: Kind,
        procedure: Option<&Procedure>,
        closed: bool,
        until: Option<&str>,
        (outcome, again): (Option<&str>, Option<Timestamp>),
    ) -> AnswerOutcome {
        let of_row = || self.forms.outcome(procedure?.form()?, until.and_then(|until| until.parse().ok()));
        match kind {
            Kind::Entry => of_row().unwrap_or(AnswerOutcome::Done),
            Kind::Round | Kind::Case if !closed => AnswerOutcome::Begun,
            Kind::Contact => match outcome.and_then(Outcome::from_code) {
                Some(outcome) => {
                    let again = again.map(|again| (self.offset.date_of(again), again));
                    AnswerOutcome::Spoke { outcome, again }
                }
                None => AnswerOutcome::Done,
            },
            _ => AnswerOutcome::Done,
        }
    }
}
