//! Which records have what, as sets of rows: rules ask for homes that are lived in and lack a floor plan, and walk
//! them place by place. Each set is read once, in one pass over a covering index, however many rules need it.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use rusqlite::{params, params_from_iter};

use super::facts::{SubjectQuery, Values};
use super::sql::owned;
use super::{Reader, StoreError};
use crate::model::{Kind, PlaceId, Value, facts};

/// Rows, ascending.
pub(super) type Rows = Rc<Vec<i64>>;

/// The sets read so far, of one consistent state: it lives no longer than its [`Reader`]'s transaction.
#[derive(Debug, Default)]
pub struct Sets {
    live: HashMap<Kind, (Rows, Rc<BTreeMap<PlaceId, Rows>>)>,
    having: HashMap<(String, Option<String>), Rows>,
    /// Which record refers to which through a field.
    references: HashMap<String, Rc<Vec<(i64, i64)>>>,
    /// What was selected last: walking place by place asks for the same again and again.
    last: Option<(String, Rows)>,
}

impl Sets {
    /// The rows a query selects, without what it says about one place or some records.
    pub(super) fn selected(
        &mut self,
        reader: &Reader<'_>,
        ask: &SubjectQuery<'_>,
    ) -> Result<Rows, StoreError> {
        let key = format!("{:?} {:?} {:?} {:?}", ask.kind, ask.among, ask.unless, ask.date);
        if let Some((known, rows)) = &self.last
            && *known == key
        {
            return Ok(rows.clone());
        }
        let mut rows = self.live(reader, ask.kind)?.0;
        for (path, among) in ask.among {
            let having = self.having(reader, path, among)?;
            rows = Rc::new(both(&rows, &having));
        }
        for (path, among) in ask.unless {
            let having = self.having(reader, path, among)?;
            rows = Rc::new(without(&rows, &having));
        }
        if let Some(date) = &ask.date {
            let within = self.dated(reader, date.path, Some((date.from, date.until)))?;
            let mut fit = both(&rows, &within);
            if date.absent {
                fit.extend(without(&rows, &self.dated(reader, date.path, None)?));
                fit.sort_unstable();
            }
            rows = Rc::new(fit);
        }
        self.last = Some((key, rows.clone()));
        Ok(rows)
    }

    /// Of some rows, those that belong to a place itself.
    pub(super) fn at(
        &mut self,
        reader: &Reader<'_>,
        kind: Kind,
        rows: &[i64],
        place: &PlaceId,
    ) -> Result<Rows, StoreError> {
        let places = self.live(reader, kind)?.1;
        Ok(Rc::new(places.get(place).map_or_else(Vec::new, |there| both(rows, there))))
    }

    /// The rows whose latest full date or moment at a path lies between two, both included; with none named, all that
    /// have one.
    fn dated(
        &mut self,
        reader: &Reader<'_>,
        path: &str,
        between: Option<(Option<&Value>, &Value)>,
    ) -> Result<Rows, StoreError> {
        let key = (facts::dated_at(path).into_owned(), Some(format!("{between:?}")));
        if let Some(rows) = self.having.get(&key) {
            return Ok(rows.clone());
        }
        let mut values = Values::default();
        let dated = values.dated(path, between);
        let mut query = reader.db.prepare_cached(&format!(
            "SELECT group_concat(rid) FROM fact INDEXED BY fact_by_value WHERE {dated}"
        ))?;
        let text: Option<String> = query.query_row(params_from_iter(&values.0), |row| row.get(0))?;
        let rows = Rc::new(list(text.as_deref()));
        self.having.insert(key, rows.clone());
        Ok(rows)
    }

    pub(super) fn live(
        &mut self,
        reader: &Reader<'_>,
        kind: Kind,
    ) -> Result<(Rows, Rc<BTreeMap<PlaceId, Rows>>), StoreError> {
        if let Some(live) = self.live.get(&kind) {
            return Ok(live.clone());
        }
        let mut query = reader.db.prepare_cached(
            "SELECT place, group_concat(rid) FROM record
             WHERE kind = ?1 AND hidden = 0 AND lifecycle <> 'archived' GROUP BY place",
        )?;
        let mut found = query.query(params![kind])?;
        let (mut all, mut places) = (Vec::new(), BTreeMap::new());
        while let Some(row) = found.next()? {
            let rows = list(row.get_ref(1)?.as_str_or_null().ok().flatten());
            all.extend_from_slice(&rows);
            if let Some(place) = row.get::<_, Option<PlaceId>>(0)? {
                places.insert(place, Rc::new(rows));
            }
        }
        all.sort_unstable();
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
        let mut query = reader.db.prepare_cached(
            "SELECT link.rid, other.rid FROM link JOIN record AS other ON other.id = link.target
             WHERE link.path GLOB ?1",
        )?;
        let rows = query.query_map(params![through], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let found: Rc<Vec<(i64, i64)>> = Rc::new(rows.collect::<Result<_, _>>()?);
        self.references.insert(through.to_owned(), found.clone());
        Ok(found)
    }

    /// Who has one of some values at a path; with none named, any.
    pub(super) fn having(
        &mut self,
        reader: &Reader<'_>,
        path: &str,
        among: &[Value],
    ) -> Result<Rows, StoreError> {
        if among.is_empty() {
            return self.one(reader, path, None);
        }
        let mut all = Vec::new();
        for value in among {
            all.extend_from_slice(&self.one(reader, path, Some(value))?);
        }
        all.sort_unstable();
        Ok(Rc::new(all))
    }

    fn one(&mut self, reader: &Reader<'_>, path: &str, value: Option<&Value>) -> Result<Rows, StoreError> {
        let key = (path.to_owned(), value.map(|value| format!("{value:?}")));
        if let Some(rows) = self.having.get(&key) {
            return Ok(rows.clone());
        }
        let text: Option<String> = match value {
            None => reader
                .db
                .prepare_cached(
                    "SELECT group_concat(rid) FROM fact INDEXED BY fact_by_value WHERE path = ?1",
                )?
                .query_row(params![path], |row| row.get(0))?,
            Some(value) => reader
                .db
                .prepare_cached("SELECT group_concat(rid) FROM fact WHERE path = ?1 AND value = ?2")?
                .query_row(params![path, owned(value)], |row| row.get(0))?,
        };
        let rows = Rc::new(list(text.as_deref()));
        self.having.insert(key, rows.clone());
        Ok(rows)
    }
}

/// The numbers of a list, ascending.
fn list(text: Option<&str>) -> Vec<i64> {
    let mut rows: Vec<i64> =
        text.unwrap_or_default().split(',').filter_map(|number| number.parse().ok()).collect();
    rows.sort_unstable();
    rows
}

pub(super) fn both(one: &[i64], other: &[i64]) -> Vec<i64> {
    let (few, many) = if one.len() < other.len() { (one, other) } else { (other, one) };
    few.iter().filter(|row| many.binary_search(row).is_ok()).copied().collect()
}

pub(super) fn without(rows: &[i64], those: &[i64]) -> Vec<i64> {
    rows.iter().filter(|row| those.binary_search(row).is_err()).copied().collect()
}
