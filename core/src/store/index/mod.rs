//! What rules and metrics ask ([`RecordIndex`]), answered by a few indexed queries over projections however many records
//! there are. No document is loaded.
//!
//! | question | file |
//! |---|---|
//! | subjects, steps, rows of registers, what answers a due item | `due.rs` |
//! | the same of a few records and what is about them, from memory | `at_hand.rs` |
//! | records as they are, cases of a month, what was done in it | `selection.rs` |
//! | which records have what, as sets | `sets.rs` |
//! | which record is which row, of all of them | `identities.rs` |
//! | how are sets kept from one look to the next | `kept.rs` |
//! | what a set of records is, and how SQLite answers one | `row_set.rs` |
//! | which deadlines run | `clocks.rs` |
//! | which findings wait for an order | `findings.rs` |
//! | which records are about which | `links.rs` |
//! | which records refer to which, as rules and steps ask | `references.rs` |
//! | conditions as SQL with numbered parameters | `parameters.rs` |

mod at_hand;
mod clocks;
mod due;
mod findings;
mod identities;
mod kept;
mod links;
mod parameters;
mod references;
mod row_set;
mod selection;
mod sets;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;

use identities::Identities;
use kept::SetsInUse;
pub(super) use kept::{KeptSets, Look};
pub use links::{ChangedRow, DoorRow};
pub(super) use parameters::Parameters;
use row_set::RowSet;
pub(super) use row_set::teach;
use rusqlite::types::Value as Sql;
use serde::de::DeserializeOwned;
pub(super) use sets::json;

use super::facts::{FactRef, FieldNumbers, unpack};
use super::{Reader, StoreError};
use crate::model::fields::{self, Type};
use crate::model::{DueId, GridId, Kind, PlaceId, RecordId, Value};
use crate::query::{
    ActivityQuery, ActivityRow, AnswerQuery, AnswerRow, CaseQuery, ClockQuery, ClockRow, CountedCase,
    EntryQuery, EntryRow, FindingQuery, FindingRow, IndexContext, MemoryIndex, RecordIndex, RelatedQuery,
    RelatedRow, SelectedRow, Selection, StepQuery, StepRow, SubjectQuery, SubjectRow, Tally,
};

/// The records of one consistent state of the store. What several questions need is read once: it lives no longer than
/// its [`Reader`]'s transaction, but for sets.
pub struct StoreIndex<'a> {
    reader: &'a Reader<'a>,
    context: IndexContext<'a>,
    /// Which records have what.
    sets: SetsInUse<'a>,
    /// The records asked about last, with their rows and those of what is about them, as far as they were asked for.
    concerned: RefCell<Concerned>,
    /// The records looked up so far: rules that show so much at once ask about the same first homes of the way.
    looked_up: RefCell<LookedUp>,
    /// The live records of a kind, by the grids their places lie in.
    by_grids: RefCell<HashMap<Kind, ByGrids>>,
    /// Every due item that some record says it answers.
    answered: OnceCell<BTreeSet<DueId>>,
    /// The records that are to be at hand, and what is.
    near: Option<&'a BTreeSet<RecordId>>,
    known: OnceCell<MemoryIndex<'a>>,
}

/// The rows at places that lie in the same grids, with the first of these places.
type ByGrids = Rc<Vec<(PlaceId, RowSet)>>;

/// Some records, and the rows that were looked up for them, as JSON lists.
#[derive(Default)]
struct Concerned {
    records: BTreeSet<RecordId>,
    own: Option<Rc<str>>,
    about: Option<Rc<str>>,
}

/// Single records and their rows.
#[derive(Default)]
struct LookedUp {
    ids: HashMap<i64, RecordId>,
    /// `None` is not here.
    own: HashMap<RecordId, Option<i64>>,
    /// The rows of the records that name it.
    about: HashMap<RecordId, Vec<i64>>,
}

impl<'a> StoreIndex<'a> {
    /// The records of a store.
    #[must_use]
    pub fn new(reader: &'a Reader<'a>, context: IndexContext<'a>) -> Self {
        Self {
            reader,
            context,
            sets: SetsInUse::new(reader),
            concerned: RefCell::default(),
            looked_up: RefCell::default(),
            by_grids: RefCell::default(),
            answered: OnceCell::new(),
            near: None,
            known: OnceCell::new(),
        }
    }

    /// The rows of the records asked about, as a JSON list: looked up once for all questions about the same.
    fn own(&self, only: Option<&BTreeSet<RecordId>>) -> Result<Option<Rc<str>>, StoreError> {
        only.map(|records| self.listed(records, |kept| &mut kept.own, Self::own_rows)).transpose()
    }

    /// The same with the rows of the records that are about them.
    fn about(&self, only: Option<&BTreeSet<RecordId>>) -> Result<Option<Rc<str>>, StoreError> {
        only.map(|records| self.listed(records, |kept| &mut kept.about, Self::rows_about)).transpose()
    }

    fn listed(
        &self,
        records: &BTreeSet<RecordId>,
        part: impl Fn(&mut Concerned) -> &mut Option<Rc<str>>,
        look_up: impl Fn(&Self, &BTreeSet<RecordId>) -> Result<BTreeSet<i64>, StoreError>,
    ) -> Result<Rc<str>, StoreError> {
        let mut kept = self.concerned.borrow_mut();
        if kept.records != *records {
            *kept = Concerned { records: records.clone(), ..Concerned::default() };
        }
        if let Some(known) = part(&mut kept) {
            return Ok(known.clone());
        }
        let rows: Rc<str> = json(look_up(self, records)?.into_iter()).into();
        *part(&mut kept) = Some(rows.clone());
        Ok(rows)
    }

    /// The rows of some records; those not known yet are asked for.
    fn own_rows(&self, records: &BTreeSet<RecordId>) -> Result<BTreeSet<i64>, StoreError> {
        self.look_up(records)?;
        let known = self.looked_up.borrow();
        Ok(records.iter().filter_map(|id| known.own.get(id).copied().flatten()).collect())
    }

    /// The row of each of some records that is here.
    fn rows(&self, records: &[RecordId]) -> Result<Vec<Option<i64>>, StoreError> {
        if let Some(all) = self.identities(records.len())? {
            return Ok(records.iter().map(|id| all.row(*id)).collect());
        }
        self.look_up(&records.iter().copied().collect())?;
        let known = self.looked_up.borrow();
        Ok(records.iter().map(|id| known.own.get(id).copied().flatten()).collect())
    }

    /// Which record is which row, where that is known or pays for so many.
    fn identities(&self, asked: usize) -> Result<Option<Arc<Identities>>, StoreError> {
        self.sets.get()?.identities(self.reader, asked)
    }

    /// The live records of a kind at places, by the grids these lie in: of a thousand units there are few.
    fn by_grids(&self, kind: Kind) -> Result<ByGrids, StoreError> {
        if let Some(known) = self.by_grids.borrow().get(&kind) {
            return Ok(known.clone());
        }
        let places = self.sets.get()?.live(self.reader, kind)?.1;
        let mut grids: BTreeMap<BTreeSet<GridId>, (PlaceId, RowSet)> = BTreeMap::new();
        for (place, there) in &*places {
            let at = grids.entry(self.context.grids_of(place));
            let (_, rows) = at.or_insert_with(|| (place.clone(), RowSet::default()));
            there.iter().for_each(|row| rows.insert(*row));
        }
        let found: ByGrids = Rc::new(grids.into_values().collect());
        self.by_grids.borrow_mut().insert(kind, found.clone());
        Ok(found)
    }

    fn look_up(&self, records: &BTreeSet<RecordId>) -> Result<(), StoreError> {
        let mut known = self.looked_up.borrow_mut();
        let unknown: BTreeSet<RecordId> =
            records.iter().filter(|id| !known.own.contains_key(id)).copied().collect();
        if !unknown.is_empty() {
            known.own.extend(unknown.iter().map(|id| (*id, None)));
            self.reader.rows_of(&unknown, |id, rid| {
                known.own.insert(id, Some(rid));
                known.ids.insert(rid, id);
            })?;
        }
        Ok(())
    }

    /// The rows of some records and of those that name one of them; likewise.
    fn rows_about(&self, records: &BTreeSet<RecordId>) -> Result<BTreeSet<i64>, StoreError> {
        let mut rows = self.own_rows(records)?;
        let mut known = self.looked_up.borrow_mut();
        let unknown: BTreeSet<RecordId> =
            records.iter().filter(|id| !known.about.contains_key(id)).copied().collect();
        if !unknown.is_empty() {
            known.about.extend(unknown.iter().map(|id| (*id, Vec::new())));
            self.reader.rows_naming(&unknown, |id, rid| known.about.entry(id).or_default().push(rid))?;
        }
        rows.extend(records.iter().filter_map(|id| known.about.get(id)).flatten());
        Ok(rows)
    }

    /// The ids of some rows, in their order; likewise.
    fn ids(&self, rows: &[i64]) -> Result<Vec<RecordId>, StoreError> {
        const UNKNOWN: StoreError = StoreError::Inconsistent { what: "a row of a set" };
        if let Some(all) = self.identities(rows.len())? {
            return rows.iter().map(|rid| all.id(*rid).ok_or(UNKNOWN)).collect();
        }
        let mut known = self.looked_up.borrow_mut();
        let unknown: Vec<i64> = rows.iter().filter(|rid| !known.ids.contains_key(rid)).copied().collect();
        if !unknown.is_empty() {
            self.reader.ids_of(&unknown, |rid, id| {
                known.own.insert(id, Some(rid));
                known.ids.insert(rid, id);
            })?;
        }
        let id = |rid| known.ids.get(rid).copied().ok_or(UNKNOWN);
        rows.iter().map(id).collect()
    }

    /// An index holds yes and no as 1 and 0, whatever the field: the form says which answers are those.
    fn restore_flags(flags: &BTreeSet<&str>, values: &mut BTreeMap<String, Value>) {
        for id in flags {
            if let Some(value) = values.get_mut(&format!("field/{id}"))
                && let Some(given) = value.as_int()
            {
                *value = Value::Bool(given != 0);
            }
        }
    }
}

impl RecordIndex for StoreIndex<'_> {
    type Error = StoreError;

    fn subjects(&self, ask: &SubjectQuery<'_>) -> Result<Vec<SubjectRow>, StoreError> {
        match (ask.kind.record(), self.near(ask.only)?) {
            (None, _) => Ok(self.context.areas(ask.kind)),
            (Some(_), Some(near)) => Ok(known(near.subjects(ask))),
            (Some(kind), None) => due::subjects(self, kind, ask),
        }
    }

    fn places_of(&self, ask: &SubjectQuery<'_>) -> Result<Option<BTreeSet<PlaceId>>, StoreError> {
        ask.kind.record().map_or(Ok(None), |kind| due::places(self, kind, ask))
    }

    fn steps(&self, ask: &StepQuery<'_>) -> Result<Vec<StepRow>, StoreError> {
        match self.near(ask.only)? {
            Some(near) => Ok(known(near.steps(ask))),
            None => due::steps(self, ask),
        }
    }

    fn clocks(&self, ask: &ClockQuery<'_>) -> Result<Vec<ClockRow>, StoreError> {
        clocks::clocks(self, ask)
    }

    fn findings(&self, ask: &FindingQuery<'_>) -> Result<Vec<FindingRow>, StoreError> {
        findings::findings(self, ask)
    }

    fn related(&self, ask: &RelatedQuery<'_>) -> Result<Vec<RelatedRow>, StoreError> {
        // What those at hand name is not at hand itself.
        match self.near(ask.to.filter(|_| !ask.is_mutual()))? {
            Some(near) => Ok(known(near.related(ask))),
            None => references::related(self, ask),
        }
    }

    fn entries(&self, ask: &EntryQuery<'_>) -> Result<Vec<EntryRow>, StoreError> {
        match self.near(ask.only)? {
            Some(near) => Ok(known(near.entries(ask))),
            None => due::entries(self, ask),
        }
    }

    fn answers(&self, ask: &AnswerQuery<'_>) -> Result<Vec<AnswerRow>, StoreError> {
        match self.near(ask.only)? {
            // Which items they name is asked by itself.
            Some(near) => {
                let unnamed = |row| AnswerRow { dues: BTreeSet::new(), ..row };
                Ok(known(near.answers(ask)).into_iter().map(unnamed).collect())
            }
            None => due::answers(self, ask),
        }
    }

    fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerRow>, StoreError> {
        due::answers_to(self, due)
    }

    fn select(&self, selection: &Selection) -> Result<Vec<SelectedRow>, StoreError> {
        selection::select(self, selection)
    }

    fn tally(&self, selection: &Selection) -> Result<BTreeMap<Option<PlaceId>, Tally>, StoreError> {
        selection::tally(self, selection)
    }

    fn cases(&self, ask: &CaseQuery<'_>) -> Result<Vec<CountedCase>, StoreError> {
        selection::cases(self, ask)
    }

    fn activities(&self, ask: &ActivityQuery) -> Result<Vec<ActivityRow>, StoreError> {
        selection::activities(self, ask)
    }

    fn grids_of(&self, place: &PlaceId) -> BTreeSet<GridId> {
        self.context.grids_of(place)
    }

    fn places(&self) -> &[PlaceId] {
        self.context.walk()
    }
}

/// What memory answers, which never fails.
fn known<T>(answer: Result<T, Infallible>) -> T {
    match answer {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}

/// A value as the record has it: in columns, true and false are 1 and 0.
fn value_of(kind: Kind, path: &str, value: Sql) -> Option<Value> {
    let flag = fields::spec(kind, path).is_some_and(|spec| matches!(spec.ty, Type::Bool | Type::Member));
    match value {
        Sql::Integer(int) if flag => Some(Value::Bool(int != 0)),
        Sql::Integer(int) => Some(Value::Int(int)),
        Sql::Real(real) => Some(Value::Real(real)),
        Sql::Text(text) => Some(Value::Text(text)),
        Sql::Null | Sql::Blob(_) => None,
    }
}

/// The wanted ones of the packed facts of a record, by their paths.
fn values_in(
    fields: &FieldNumbers,
    kind: Kind,
    packed: Option<&[u8]>,
    wanted: impl Fn(&FactRef<'_>) -> bool,
) -> Result<Vec<(String, Value)>, StoreError> {
    let mut values = Vec::new();
    for fact in unpack(packed) {
        let fact = fact?;
        if wanted(&fact)
            && let Some(path) = fields.path(&fact)
        {
            let value = value_of(kind, &path, fact.sql());
            values.extend(value.map(|value| (path, value)));
        }
    }
    Ok(values)
}

/// What was worked out of a record, as a column holds it: JSON.
pub(super) fn json_column<T: DeserializeOwned + Default>(json: Option<&str>) -> Result<T, StoreError> {
    match json {
        None | Some("") => Ok(T::default()),
        Some(json) => serde_json::from_str(json)
            .map_err(|_| StoreError::Inconsistent { what: "what was worked out of a record" }),
    }
}
