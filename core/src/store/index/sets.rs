//! Which records have what, as sets of rows: rules ask for homes that are lived in and lack a floor plan, and walk
//! them place by place. Each set is read once, in one pass over a covering index, however many rules need it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use rusqlite::types::Value as Sql;
use rusqlite::{params, params_from_iter};

use super::super::facts::{packed, unpack};
use super::super::{Reader, StoreError};
use super::identities::Identities;
use super::parameters::{DateWindow, Parameters};
use super::row_set::{KeyedRows, RowSet};
use crate::model::date::MonthDay;
use crate::model::fields::{self, Type};
use crate::model::{Kind, PlaceId, RecordId, Value, facts};
use crate::query::{DateBounds, EachYearQuery, FieldFilter, FieldMatch, SubjectQuery};

/// A set that is read once.
pub(super) type RowIds = Arc<RowSet>;

/// The live records of a kind, and those of each place, ascending.
pub(super) type LiveRows = (RowIds, Arc<BTreeMap<PlaceId, Vec<i64>>>);

/// Of so few rows each is asked where it belongs; of more, the rows of a place are looked through. The worlds of tests are
/// small.
const FEW: usize = if cfg!(test) { 3 } else { 256 };

/// What a query selects, whether it lives or not.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    /// Those; `None`: any.
    within: Option<RowIds>,
    /// But none of these.
    without: RowIds,
    /// Of few rows the live ones of the kind, by place, once they were asked for.
    few: Arc<OnceLock<BTreeMap<PlaceId, Vec<i64>>>>,
}

impl Chosen {
    /// Whether a row is among them.
    pub(super) fn contains(&self, row: i64) -> bool {
        self.within.as_ref().is_none_or(|within| within.contains(row)) && !self.without.contains(row)
    }
}

/// The sets read so far, of one consistent state: that of its [`Reader`]'s transaction, until they follow what was written.
#[derive(Debug, Default)]
pub(super) struct Sets {
    live: HashMap<Kind, LiveRows>,
    /// The live records of a kind of single places.
    there: HashMap<Kind, HashMap<PlaceId, Arc<Vec<i64>>>>,
    having: HashMap<Having, RowIds>,
    /// Those with a date of a field in bounds, by the kind the field is of.
    bounded: Vec<(Kind, DateBounds, RowIds)>,
    /// Live records of a kind by what their fields must be: of many metrics it is the same.
    matching: Vec<(Kind, FieldMatch, RowIds)>,
    /// Which record refers to which through a field.
    references: HashMap<String, Arc<Vec<(i64, i64)>>>,
    /// Which record is which row, once many were asked for.
    identities: Option<Arc<Identities>>,
    /// What was selected last: walking place by place asks for the same again and again.
    last: Option<(Selected, Chosen)>,
}

/// A set of records by one of their fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Having {
    /// Those with any value at a path.
    Any { path: String },
    /// Those with this value at a path.
    Value { path: String, value: Indexed },
    /// Those whose latest full date or moment at a path lies between two.
    DatedBetween { path: String, from: Option<Indexed>, until: Indexed },
    /// Those whose latest one does not.
    DatedOutside { path: String, from: Option<Indexed>, until: Indexed },
    /// Those with a date at a path that comes again on one of some days of the year.
    EachYear { path: String, days: BTreeSet<MonthDay> },
}

/// A value as it stands in an index, where it is compared by its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Indexed {
    Integer(i64),
    /// The bits of a real number.
    Real(u64),
    Text(String),
}

impl From<&Value> for Indexed {
    fn from(value: &Value) -> Self {
        match value {
            Value::Bool(flag) => Self::Integer(i64::from(*flag)),
            Value::Int(int) => Self::Integer(*int),
            Value::Real(real) => Self::Real(real.to_bits()),
            Value::Text(text) => Self::Text(text.clone()),
        }
    }
}

/// What a query selects, without what it says about one place or some records.
#[derive(Debug, PartialEq)]
struct Selected {
    kind: Kind,
    filters: Vec<FieldFilter>,
    unless: Vec<FieldFilter>,
    date: Option<Having>,
    each_year: Option<Having>,
}

impl Selected {
    fn is_of(
        &self,
        kind: Kind,
        ask: &SubjectQuery<'_>,
        date: Option<&Having>,
        each_year: Option<&Having>,
    ) -> bool {
        self.kind == kind
            && self.each_year.as_ref() == each_year
            && self.filters == ask.filters
            && self.unless == ask.unless
            && self.date.as_ref() == date
    }
}

impl Having {
    fn each_year(each: &EachYearQuery<'_>) -> Self {
        Self::EachYear { path: each.path.to_owned(), days: each.days.clone() }
    }

    fn dated(window: &DateWindow<'_>) -> Self {
        let path = facts::dated_at(window.path).into_owned();
        let (from, until) = (window.from.as_ref().map(Indexed::from), Indexed::from(&window.until));
        match window.absent {
            false => Self::DatedBetween { path, from, until },
            true => Self::DatedOutside { path, from, until },
        }
    }
}

impl Sets {
    /// The rows a query selects, live or not, without what it says about one place or some records.
    pub(super) fn selected(
        &mut self,
        reader: &Reader<'_>,
        kind: Kind,
        ask: &SubjectQuery<'_>,
        window: Option<&DateWindow<'_>>,
    ) -> Result<Chosen, StoreError> {
        let date = window.map(Having::dated);
        let each_year = ask.each_year.map(|each| Having::each_year(&each));
        if let Some((last, rows)) = &self.last
            && last.is_of(kind, ask, date.as_ref(), each_year.as_ref())
        {
            return Ok(rows.clone());
        }
        let mut all: Option<RowIds> = None;
        let mut without = RowSet::default();
        let mut keep = |those: RowIds| {
            all = Some(all.take().map_or(those.clone(), |all| Arc::new(all.both(&those))));
            all.as_ref().is_some_and(|all| all.is_empty())
        };
        let mut none = false;
        if let Some(each) = &ask.each_year {
            none = keep(self.kept(reader, each)?);
        }
        if let Some(window) = window.filter(|_| !none) {
            let dated = self.dated(reader, window)?;
            if window.absent {
                without.add(&dated);
            } else {
                none = keep(dated);
            }
        }
        // Once nothing is left the rest need not be read.
        for filter in ask.filters {
            none = none || keep(self.having(reader, filter)?);
        }
        for filter in ask.unless.iter().filter(|_| !none) {
            without.add(&*self.having(reader, filter)?);
        }
        let within = all.map(|all| Arc::new(all.without(&without)));
        if within.is_some() {
            without = RowSet::default();
        }
        let rows = Chosen { within, without: Arc::new(without), few: Arc::default() };
        let (filters, unless) = (ask.filters.to_vec(), ask.unless.to_vec());
        let selected = Selected { kind, filters, unless, date, each_year };
        self.last = Some((selected, rows.clone()));
        Ok(rows)
    }

    /// Some rows; only where any might be selected, the live ones of the kind among them.
    pub(super) fn all(
        &mut self,
        reader: &Reader<'_>,
        kind: Kind,
        rows: &Chosen,
    ) -> Result<Vec<i64>, StoreError> {
        match &rows.within {
            Some(within) => Ok(within.iter().collect()),
            None => Ok(self.live(reader, kind)?.0.without(&rows.without).iter().collect()),
        }
    }

    /// Of some rows, the live ones of a kind that belong to a place itself.
    pub(super) fn at(
        &mut self,
        reader: &Reader<'_>,
        kind: Kind,
        rows: &Chosen,
        place: &PlaceId,
    ) -> Result<Vec<i64>, StoreError> {
        if let Some(few) = self.few(reader, kind, rows)? {
            return Ok(few.get(place).cloned().unwrap_or_default());
        }
        let chosen = |there: &[i64]| there.iter().filter(|row| rows.contains(**row)).copied().collect();
        if let Some((_, places)) = self.live.get(&kind) {
            return Ok(places.get(place).map_or_else(Vec::new, |there| chosen(there)));
        }
        let known = self.there.entry(kind).or_default();
        if let Some(there) = known.get(place) {
            return Ok(chosen(there));
        }
        let mut query = reader.db.prepare_cached(
            "SELECT rid FROM record INDEXED BY record_by_kind
             WHERE kind = ?1 AND place = ?2 AND hidden = 0 AND lifecycle <> 'archived'",
        )?;
        let found = query.query_map(params![kind, place], |row| row.get(0))?;
        let mut there: Vec<i64> = found.collect::<Result<_, _>>()?;
        there.sort_unstable();
        let chosen = chosen(&there);
        known.insert(place.clone(), Arc::new(there));
        Ok(chosen)
    }

    /// Of some rows, ascending, the live ones of a kind with their places.
    pub(super) fn placed(
        &mut self,
        reader: &Reader<'_>,
        kind: Kind,
        rows: &[i64],
    ) -> Result<Vec<(i64, Option<PlaceId>)>, StoreError> {
        let (live, places) = self.live(reader, kind)?;
        let mut placed: Vec<(i64, Option<PlaceId>)> =
            rows.iter().filter(|row| live.contains(**row)).map(|row| (*row, None)).collect();
        for (place, there) in &*places {
            for row in there {
                if let Ok(at) = placed.binary_search_by_key(row, |(row, _)| *row) {
                    placed[at].1 = Some(place.clone());
                }
            }
        }
        Ok(placed)
    }

    /// The places of the live ones of a kind among some rows, where these are few.
    pub(super) fn places(
        &self,
        reader: &Reader<'_>,
        kind: Kind,
        rows: &Chosen,
    ) -> Result<Option<BTreeSet<PlaceId>>, StoreError> {
        Ok(self.few(reader, kind, rows)?.map(|few| few.keys().cloned().collect()))
    }

    fn few<'r>(
        &self,
        reader: &Reader<'_>,
        kind: Kind,
        rows: &'r Chosen,
    ) -> Result<Option<&'r BTreeMap<PlaceId, Vec<i64>>>, StoreError> {
        let Some(within) = rows.within.as_ref().filter(|within| within.count() <= FEW) else {
            return Ok(None);
        };
        if rows.few.get().is_none() {
            let mut found: BTreeMap<PlaceId, Vec<i64>> = BTreeMap::new();
            if !within.is_empty() {
                let mut parameters = Parameters::default();
                let from = parameters.those(&json(within.iter()));
                let live = parameters.live(kind);
                let mut query = reader
                    .db
                    .prepare_cached(&format!("SELECT record.rid, record.place FROM {from} WHERE {live}"))?;
                let mut each = query.query(params_from_iter(&parameters.0))?;
                while let Some(row) = each.next()? {
                    if let Some(place) = row.get::<_, Option<PlaceId>>(1)? {
                        found.entry(place).or_default().push(row.get(0)?);
                    }
                }
            }
            rows.few.get_or_init(|| found);
        }
        Ok(rows.few.get())
    }

    /// The rows whose latest full date or moment at a path lies in a window. Where those without one are meant too, those whose
    /// date lies beyond it: the others are all but these.
    fn dated(&mut self, reader: &Reader<'_>, window: &DateWindow<'_>) -> Result<RowIds, StoreError> {
        let key = Having::dated(window);
        if let Some(rows) = self.having.get(&key) {
            return Ok(rows.clone());
        }
        let mut parameters = Parameters::default();
        let rows = match window.absent {
            false => format!("fact WHERE {}", parameters.dated(window)),
            true => format!("({})", parameters.dated_outside(window)),
        };
        let mut query = reader.db.prepare_cached(&format!("SELECT row_set(rid) FROM {rows}"))?;
        let rows: RowIds = Arc::new(query.query_row(params_from_iter(&parameters.0), |row| row.get(0))?);
        self.having.insert(key, rows.clone());
        Ok(rows)
    }

    /// The latest full date or moment of each row that has one in a window, in the order of an index.
    pub(super) fn dates(
        &self,
        reader: &Reader<'_>,
        window: &DateWindow<'_>,
        mut take: impl FnMut(i64, Sql),
    ) -> Result<(), StoreError> {
        let mut parameters = Parameters::default();
        let dated = parameters.dated(window);
        let mut query = reader.db.prepare_cached(&format!("SELECT rid, value FROM fact WHERE {dated}"))?;
        let mut found = query.query(params_from_iter(&parameters.0))?;
        while let Some(row) = found.next()? {
            take(row.get(0)?, row.get(1)?);
        }
        Ok(())
    }

    /// The rows with a date at a path that comes again on one of some days: one pass over a covering index.
    fn kept(&mut self, reader: &Reader<'_>, each: &EachYearQuery<'_>) -> Result<RowIds, StoreError> {
        let key = Having::each_year(each);
        if let Some(rows) = self.having.get(&key) {
            return Ok(rows.clone());
        }
        let mut parameters = Parameters::default();
        let (at, kept) = (parameters.at(each.path), parameters.kept("value", each));
        let mut query =
            reader.db.prepare_cached(&format!("SELECT row_set(rid) FROM fact WHERE {at} AND {kept}"))?;
        let rows: RowIds = Arc::new(query.query_row(params_from_iter(&parameters.0), |row| row.get(0))?);
        self.having.insert(key, rows.clone());
        Ok(rows)
    }

    /// The live records of a kind.
    pub(super) fn live(&mut self, reader: &Reader<'_>, kind: Kind) -> Result<LiveRows, StoreError> {
        if let Some(live) = self.live.get(&kind) {
            return Ok(live.clone());
        }
        let mut query = reader.db.prepare_cached(
            "SELECT keyed_rows(place, rid) FROM record
             WHERE kind = ?1 AND hidden = 0 AND lifecycle <> 'archived'",
        )?;
        let found: KeyedRows = query.query_row(params![kind], |row| row.get(0))?;
        let found: Vec<(Option<&[u8]>, i64)> = found.iter().collect();
        let (mut all, mut places) = (RowSet::default(), BTreeMap::<PlaceId, Vec<i64>>::new());
        // They come by place.
        for there in found.chunk_by(|one, other| one.0 == other.0) {
            let rows = || there.iter().map(|(_, row)| *row);
            rows().for_each(|row| all.insert(row));
            if let Some(place) = there.first().and_then(|(place, _)| *place) {
                let place = std::str::from_utf8(place).ok().and_then(|place| PlaceId::new(place).ok());
                let place = place.ok_or(StoreError::Inconsistent { what: "the place of a record" })?;
                places.entry(place).or_default().extend(rows());
            }
        }
        places.values_mut().for_each(|rows| rows.sort_unstable());
        let live = (Arc::new(all), Arc::new(places));
        self.live.insert(kind, live.clone());
        Ok(live)
    }

    /// Which record is which row, where that is known or pays for so many.
    pub(super) fn identities(
        &mut self,
        reader: &Reader<'_>,
        asked: usize,
    ) -> Result<Option<Arc<Identities>>, StoreError> {
        if self.identities.is_none() {
            self.identities = Identities::read(reader, asked)?.map(Arc::new);
        }
        Ok(self.identities.clone())
    }

    /// Those with a date of a kind's field in bounds.
    pub(super) fn bounded(
        &mut self,
        reader: &Reader<'_>,
        kind: Kind,
        bounds: &DateBounds,
    ) -> Result<RowIds, StoreError> {
        let known = self.bounded.iter().find(|(of, asked, _)| *of == kind && asked == bounds);
        if let Some((_, _, rows)) = known {
            return Ok(rows.clone());
        }
        let mut parameters = Parameters::default();
        let full = fields::spec(kind, &bounds.path).is_some_and(|spec| spec.ty == Type::Date);
        let between = match bounds.path.contains('*') && full {
            true => parameters.between_of_group(bounds),
            false => parameters.between(bounds),
        };
        let mut query =
            reader.db.prepare_cached(&format!("SELECT row_set(rid) FROM fact WHERE {between}"))?;
        let rows: RowIds = Arc::new(query.query_row(params_from_iter(&parameters.0), |row| row.get(0))?);
        self.bounded.push((kind, bounds.clone(), rows.clone()));
        Ok(rows)
    }

    /// Which record refers to which through a field; `subject/*` for what it is about.
    pub(super) fn references(
        &mut self,
        reader: &Reader<'_>,
        through: &str,
    ) -> Result<Arc<Vec<(i64, i64)>>, StoreError> {
        if let Some(known) = self.references.get(through) {
            return Ok(known.clone());
        }
        // In the order of what is referred to, in which its numbers are looked up one beside the other.
        let compare = if through.contains('*') { "GLOB" } else { "=" };
        let mut query = reader.db.prepare_cached(&format!(
            "SELECT link.rid, other.rid FROM link INDEXED BY link_by_target
             CROSS JOIN record AS other ON other.id = link.target WHERE link.path {compare} ?1"
        ))?;
        let rows = query.query_map(params![through], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut found: Vec<(i64, i64)> = rows.collect::<Result<_, _>>()?;
        found.sort_unstable();
        let found = Arc::new(found);
        self.references.insert(through.to_owned(), found.clone());
        Ok(found)
    }

    /// Those with a value of a filter; with none named, any.
    pub(super) fn having(&mut self, reader: &Reader<'_>, filter: &FieldFilter) -> Result<RowIds, StoreError> {
        match &filter.is[..] {
            [] => return self.having_one(reader, &filter.path, None),
            [value] => return self.having_one(reader, &filter.path, Some(value)),
            _ => {}
        }
        let mut all = RowSet::default();
        for value in &filter.is {
            let having = self.having_one(reader, &filter.path, Some(value))?;
            all.add(&having);
        }
        Ok(Arc::new(all))
    }

    /// What was kept of [`Self::keep_matching`].
    pub(super) fn matching(&self, kind: Kind, fields: &FieldMatch) -> Option<RowIds> {
        let known = self.matching.iter().find(|(of, asked, _)| *of == kind && asked == fields);
        known.map(|(_, _, rows)| rows.clone())
    }

    /// Keeps the live records of a kind whose fields match.
    pub(super) fn keep_matching(&mut self, kind: Kind, fields: &FieldMatch, rows: &RowIds) {
        self.matching.push((kind, fields.clone(), rows.clone()));
    }

    fn having_one(
        &mut self,
        reader: &Reader<'_>,
        path: &str,
        value: Option<&Value>,
    ) -> Result<RowIds, StoreError> {
        let key = match value {
            None => Having::Any { path: path.to_owned() },
            Some(value) => Having::Value { path: path.to_owned(), value: value.into() },
        };
        if let Some(rows) = self.having.get(&key) {
            return Ok(rows.clone());
        }
        let mut parameters = Parameters::default();
        let fits =
            parameters.fits(&FieldFilter { path: path.to_owned(), is: value.into_iter().cloned().collect() });
        let mut query = reader.db.prepare_cached(&format!("SELECT row_set(rid) FROM fact WHERE {fits}"))?;
        let rows: RowIds = Arc::new(query.query_row(params_from_iter(&parameters.0), |row| row.get(0))?);
        self.having.insert(key, rows.clone());
        Ok(rows)
    }
}

/// A record as it is now.
struct Now {
    id: RecordId,
    kind: Kind,
    place: Option<PlaceId>,
    live: bool,
    /// Its values by path.
    facts: BTreeMap<String, Sql>,
}

impl Sets {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.having.len() + self.bounded.len() + self.matching.len()
    }

    /// Brings the sets up to a state in which these records may be others. Whether it could: of a record that is gone nothing
    /// tells in which of them it was.
    pub(super) fn follow(
        &mut self,
        reader: &Reader<'_>,
        changed: &BTreeSet<RecordId>,
    ) -> Result<bool, StoreError> {
        if changed.is_empty() {
            return Ok(true);
        }
        (self.last, self.matching) = (None, Vec::new());
        self.references.clear();
        let now = now(reader, changed)?;
        if now.len() < changed.len() {
            return Ok(false);
        }
        for (rid, now) in &now {
            self.follow_places(*rid, now);
            if let Some(identities) = &mut self.identities {
                Arc::make_mut(identities).put(now.id, *rid);
            }
            for (having, rows) in &mut self.having {
                put(rows, *rid, having.holds(&now.facts));
            }
            let values = now.facts.iter().filter_map(|(path, value)| match value {
                Sql::Text(text) => Some((path.clone(), Value::Text(text.clone()))),
                _ => None,
            });
            let texts: BTreeMap<String, Value> = values.collect();
            for (_, bounds, rows) in &mut self.bounded {
                put(rows, *rid, bounds.hold(&texts));
            }
        }
        Ok(true)
    }

    fn follow_places(&mut self, rid: i64, now: &Now) {
        for (kind, (all, places)) in &mut self.live {
            let (here, places) = (now.live && *kind == now.kind, Arc::make_mut(places));
            put(all, rid, here);
            places.values_mut().for_each(|there| place(there, rid, false));
            if let Some(at) = now.place.as_ref().filter(|_| here) {
                place(places.entry(at.clone()).or_default(), rid, true);
            }
        }
        for (kind, places) in &mut self.there {
            for (at, there) in places {
                let here = now.live && *kind == now.kind && now.place.as_ref() == Some(at);
                place(Arc::make_mut(there), rid, here);
            }
        }
    }
}

/// Some records as they are now, by row.
fn now(reader: &Reader<'_>, records: &BTreeSet<RecordId>) -> Result<HashMap<i64, Now>, StoreError> {
    let mut parameters = Parameters::default();
    let list = parameters.records(records);
    let mut query = reader.db.prepare_cached(&format!(
        "SELECT record.rid, kind, place, hidden = 0 AND lifecycle <> 'archived', facts, record.id
         FROM ({list}) AS wanted CROSS JOIN record ON record.id = wanted.id"
    ))?;
    let fields = reader.db.fields()?;
    let mut found = query.query(params_from_iter(&parameters.0))?;
    let mut now = HashMap::new();
    while let Some(row) = found.next()? {
        let mut facts = BTreeMap::new();
        for fact in unpack(packed(row, 4)?) {
            let fact = fact?;
            facts.extend(fields.path(&fact).map(|path| (path, fact.sql())));
        }
        let (id, kind, place, live) = (row.get(5)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let record = Now { id, kind, place, live, facts };
        now.insert(row.get(0)?, record);
    }
    Ok(now)
}

impl Having {
    /// Whether a record with these values is in the set, as the statements that read it say.
    fn holds(&self, facts: &BTreeMap<String, Sql>) -> bool {
        let dated = |value: &Sql| match value {
            Sql::Integer(_) => true,
            Sql::Text(text) => text.chars().count() == facts::FULL_DATE,
            Sql::Null | Sql::Real(_) | Sql::Blob(_) => false,
        };
        let within = |is: &Sql, from: Option<&Indexed>, until: &Indexed| {
            let after = |from: &Indexed| order(is, from).is_some_and(Ordering::is_ge);
            order(is, until).is_some_and(Ordering::is_le) && from.is_none_or(after)
        };
        match self {
            Self::Any { path } => facts.contains_key(path),
            Self::Value { path, value } => {
                facts.get(path).is_some_and(|is| order(is, value) == Some(Ordering::Equal))
            }
            Self::DatedBetween { path, from, until } => {
                facts.get(path).is_some_and(|is| dated(is) && within(is, from.as_ref(), until))
            }
            Self::DatedOutside { path, from, until } => {
                facts.get(path).is_some_and(|is| dated(is) && !within(is, from.as_ref(), until))
            }
            Self::EachYear { path, days } => {
                let date =
                    facts.get(path).and_then(|is| if let Sql::Text(is) = is { Some(is) } else { None });
                date.and_then(|date| MonthDay::of_date(date)).is_some_and(|day| days.contains(&day))
            }
        }
    }
}

/// How a value stands to another in an index: numbers before texts.
fn order(value: &Sql, other: &Indexed) -> Option<Ordering> {
    match (value, other) {
        (Sql::Integer(value), Indexed::Integer(other)) => Some(value.cmp(other)),
        (Sql::Integer(value), Indexed::Real(other)) => (*value as f64).partial_cmp(&f64::from_bits(*other)),
        (Sql::Real(value), Indexed::Integer(other)) => value.partial_cmp(&(*other as f64)),
        (Sql::Real(value), Indexed::Real(other)) => value.partial_cmp(&f64::from_bits(*other)),
        (Sql::Text(value), Indexed::Text(other)) => Some(value.cmp(other)),
        (Sql::Integer(_) | Sql::Real(_), Indexed::Text(_)) => Some(Ordering::Less),
        (Sql::Text(_), Indexed::Integer(_) | Indexed::Real(_)) => Some(Ordering::Greater),
        (Sql::Null | Sql::Blob(_), _) => None,
    }
}

/// Puts a row into a set, or out of it.
fn put(rows: &mut RowIds, row: i64, inside: bool) {
    if rows.contains(row) != inside {
        let rows = Arc::make_mut(rows);
        if inside { rows.insert(row) } else { rows.remove(row) }
    }
}

/// Puts a row among those of a place, which ascend, or out of them.
fn place(there: &mut Vec<i64>, row: i64, inside: bool) {
    match there.binary_search(&row) {
        Ok(at) if !inside => drop(there.remove(at)),
        Err(at) if inside => there.insert(at, row),
        Ok(_) | Err(_) => {}
    }
}

/// A JSON list of rows.
pub(in crate::store) fn json(rows: impl Iterator<Item = i64>) -> String {
    let mut list = String::from("[");
    for row in rows {
        if list.len() > 1 {
            list.push(',');
        }
        // Writing into a text does not fail.
        let _ = write!(list, "{row}");
    }
    list.push(']');
    list
}
