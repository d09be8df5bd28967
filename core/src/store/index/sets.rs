//! Which records have what, as sets of rows: rules ask for homes that are lived in and lack a floor plan, and walk
//! them place by place. Each set is read once, in one pass over a covering index, however many rules need it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use rusqlite::types::Value as Sql;
use rusqlite::{params, params_from_iter};

use super::super::{Reader, StoreError};
use super::parameters::{DateWindow, Parameters};
use super::row_set::RowSet;
use crate::model::date::MonthDay;
use crate::model::{Kind, PlaceId, Value, facts};
use crate::query::{EachYearQuery, FieldFilter, FieldMatch, SubjectQuery};

/// A set that is read once.
pub(super) type RowIds = Rc<RowSet>;

/// The live records of a kind, and those of each place, ascending.
pub(super) type LiveRows = (RowIds, Rc<BTreeMap<PlaceId, Vec<i64>>>);

/// The sets read so far, of one consistent state: it lives no longer than its [`Reader`]'s transaction.
#[derive(Debug, Default)]
pub(super) struct Sets {
    live: HashMap<Kind, LiveRows>,
    having: HashMap<Having, RowIds>,
    /// Live records of a kind by what their fields must be: of many metrics it is the same.
    matching: Vec<(Kind, FieldMatch, RowIds)>,
    /// Which record refers to which through a field.
    references: HashMap<String, Rc<Vec<(i64, i64)>>>,
    /// What was selected last: walking place by place asks for the same again and again.
    last: Option<(Selected, RowIds)>,
}

/// A set of records by one of their fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Having {
    /// Those with any value at a path.
    Any { path: String },
    /// Those with this value at a path.
    Value { path: String, value: Indexed },
    /// Those with a full date or moment at a path.
    Dated { path: String },
    /// Those whose latest full date or moment at a path lies between two.
    DatedBetween { path: String, from: Option<Indexed>, until: Indexed },
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
    date: Option<(Having, bool)>,
    each_year: Option<Having>,
}

impl Selected {
    fn is_of(
        &self,
        kind: Kind,
        ask: &SubjectQuery<'_>,
        date: Option<&(Having, bool)>,
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

    fn dated(path: &str, window: Option<&DateWindow<'_>>) -> Self {
        let path = facts::dated_at(path).into_owned();
        match window {
            None => Self::Dated { path },
            Some(window) => Self::DatedBetween {
                path,
                from: window.from.as_ref().map(Indexed::from),
                until: Indexed::from(&window.until),
            },
        }
    }
}

impl Sets {
    /// The rows a query selects, without what it says about one place or some records.
    pub(super) fn selected(
        &mut self,
        reader: &Reader<'_>,
        kind: Kind,
        ask: &SubjectQuery<'_>,
        window: Option<&DateWindow<'_>>,
    ) -> Result<RowIds, StoreError> {
        let date = window.map(|window| (Having::dated(window.path, Some(window)), window.absent));
        let each_year = ask.each_year.map(|each| Having::each_year(&each));
        if let Some((last, rows)) = &self.last
            && last.is_of(kind, ask, date.as_ref(), each_year.as_ref())
        {
            return Ok(rows.clone());
        }
        let mut rows = self.live(reader, kind)?.0;
        for filter in ask.filters {
            let having = self.having(reader, filter)?;
            rows = Rc::new(rows.both(&having));
        }
        for filter in ask.unless {
            let having = self.having(reader, filter)?;
            rows = Rc::new(rows.without(&having));
        }
        if let Some(window) = window {
            let within = self.dated(reader, window.path, Some(window))?;
            let mut fit = rows.both(&within);
            if window.absent {
                let dated = self.dated(reader, window.path, None)?;
                fit.add(&rows.without(&dated));
            }
            rows = Rc::new(fit);
        }
        if let Some(each) = &ask.each_year {
            let kept = self.kept(reader, each)?;
            rows = Rc::new(rows.both(&kept));
        }
        let (filters, unless) = (ask.filters.to_vec(), ask.unless.to_vec());
        let selected = Selected { kind, filters, unless, date, each_year };
        self.last = Some((selected, rows.clone()));
        Ok(rows)
    }

    /// Of some rows, those that belong to a place itself.
    pub(super) fn at(
        &mut self,
        reader: &Reader<'_>,
        kind: Kind,
        rows: &RowSet,
        place: &PlaceId,
    ) -> Result<Vec<i64>, StoreError> {
        let places = self.live(reader, kind)?.1;
        let there = places.get(place).into_iter().flatten();
        Ok(there.filter(|row| rows.contains(**row)).copied().collect())
    }

    /// The rows whose latest full date or moment at a path lies in a window; without one, all that have one.
    fn dated(
        &mut self,
        reader: &Reader<'_>,
        path: &str,
        window: Option<&DateWindow<'_>>,
    ) -> Result<RowIds, StoreError> {
        let key = Having::dated(path, window);
        if let Some(rows) = self.having.get(&key) {
            return Ok(rows.clone());
        }
        let mut parameters = Parameters::default();
        let dated = parameters.dated(path, window);
        let mut query = reader.db.prepare_cached(&format!("SELECT row_set(rid) FROM fact WHERE {dated}"))?;
        let rows: RowIds = Rc::new(query.query_row(params_from_iter(&parameters.0), |row| row.get(0))?);
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
        let dated = parameters.dated(window.path, Some(window));
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
        let rows: RowIds = Rc::new(query.query_row(params_from_iter(&parameters.0), |row| row.get(0))?);
        self.having.insert(key, rows.clone());
        Ok(rows)
    }

    /// The live records of a kind.
    pub(super) fn live(&mut self, reader: &Reader<'_>, kind: Kind) -> Result<LiveRows, StoreError> {
        if let Some(live) = self.live.get(&kind) {
            return Ok(live.clone());
        }
        let mut query = reader.db.prepare_cached(
            "SELECT place, row_set(rid) FROM record
             WHERE kind = ?1 AND hidden = 0 AND lifecycle <> 'archived' GROUP BY place",
        )?;
        let mut found = query.query(params![kind])?;
        let (mut all, mut places) = (RowSet::default(), BTreeMap::new());
        while let Some(row) = found.next()? {
            let rows: RowSet = row.get(1)?;
            all.add(&rows);
            if let Some(place) = row.get::<_, Option<PlaceId>>(0)? {
                places.insert(place, rows.iter().collect());
            }
        }
        let live = (Rc::new(all), Rc::new(places));
        self.live.insert(kind, live.clone());
        Ok(live)
    }

    /// Which record refers to which through a field; `subject/*` for what it is about.
    pub(super) fn references(
        &mut self,
        reader: &Reader<'_>,
        through: &str,
    ) -> Result<Rc<Vec<(i64, i64)>>, StoreError> {
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
        let found = Rc::new(found);
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
        Ok(Rc::new(all))
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
        let rows: RowIds = Rc::new(query.query_row(params_from_iter(&parameters.0), |row| row.get(0))?);
        self.having.insert(key, rows.clone());
        Ok(rows)
    }
}
