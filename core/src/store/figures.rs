//! What figures ask of the store: each question is about a set, and answered by a few indexed queries however many
//! records there are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

use super::facts::{Values, live, read_fact};
use super::sets::{Sets, both, without};
use super::{Reader, StoreError};
use crate::model::{EventId, Kind, PlaceId, RecordId, StaffId, Timestamp, Value};

/// What fields of a record must be.
#[derive(Debug, Clone, Default)]
pub struct Fits<'a> {
    /// A value each must have; with none named, any.
    pub among: Vec<(&'a str, &'a [Value])>,
    /// A value none may have; with none named, any.
    pub unless: Vec<(&'a str, &'a [Value])>,
    /// Texts that must lie between two, both included; `*` of a path stands for one segment.
    pub between: Vec<(&'a str, String, Option<String>)>,
}

/// Which records are counted as they are.
#[derive(Debug, Clone)]
pub struct StockQuery<'a> {
    /// Their kind.
    pub kind: Kind,
    /// What their own fields must be.
    pub fits: Fits<'a>,
    /// Of which kind a live record must refer to it, through which field, and what that record's fields must be.
    pub related: Vec<(Kind, &'a str, Fits<'a>)>,
    /// A whole number to read.
    pub number: Option<&'a str>,
}

/// Records of one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockRow {
    /// The place.
    pub place: PlaceId,
    /// How many.
    pub count: u64,
    /// What their numbers add up to.
    pub sum: i128,
}

/// One of them: the record, its place, its number.
pub type StockMember = (RecordId, Option<PlaceId>, Option<i64>);

/// A case with what was worked out of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseRow {
    /// The case.
    pub case: RecordId,
    /// Its workflow.
    pub workflow: String,
    /// The version it was opened under.
    pub version: String,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// The home it is about, or whose person; else the first record it is about.
    pub about: Option<RecordId>,
    /// Its indexed fields.
    pub fields: BTreeMap<String, Value>,
    /// Its state.
    pub state: String,
    /// Whether it is over.
    pub closed: bool,
    /// When it was over.
    pub finished: Option<Timestamp>,
    /// Rounds of handling.
    pub rounds: u32,
    /// Its newest answers.
    pub answers: BTreeMap<String, Value>,
    /// Its steps that count, in the order they were folded in.
    pub steps: Vec<StepOfCase>,
    /// Its deadlines, as the layer that knows playbooks wrote them.
    pub clocks: String,
}

/// A step of a case that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepOfCase {
    /// The step.
    pub step: String,
    /// The event.
    pub event: EventId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: StaffId,
    /// The state it led to.
    pub to: Option<String>,
}

/// Which contacts, rounds or rows of registers.
#[derive(Debug, Clone)]
pub struct MadeQuery<'a> {
    /// Their kind.
    pub kind: Kind,
    /// Their checklists or forms; empty: any.
    pub named: &'a [String],
    /// Made from here on …
    pub from: Timestamp,
    /// … and before.
    pub until: Timestamp,
    /// Instead: a text between two, both included.
    pub dated: Option<(&'a str, String, Option<String>)>,
    /// What their fields must be.
    pub fits: Fits<'a>,
    /// Paths whose values are wanted; `*` stands for one segment.
    pub values: &'a BTreeSet<String>,
    /// Whether it is wanted what they are about.
    pub about: bool,
}

/// A contact, a round or a row of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct MadeRow {
    /// Which.
    pub record: RecordId,
    /// Its checklist or form.
    pub named: Option<String>,
    /// The version it was made under.
    pub version: Option<String>,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// The home it is about, or whose person; else the first record it is about.
    pub about: Option<RecordId>,
    /// Who made it.
    pub by: Option<StaffId>,
    /// When it was made, in estimated office time.
    pub at: Timestamp,
    /// Its indexed fields, if asked for.
    pub values: BTreeMap<String, Value>,
    /// Whether it is over; `true` for what has no course.
    pub complete: bool,
    /// What was worked out of a round.
    pub results: BTreeMap<String, Value>,
}

impl Reader<'_> {
    /// How many records a query selects at each place, and what their numbers add up to.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn stock(&self, ask: &StockQuery<'_>, sets: &mut Sets) -> Result<Vec<StockRow>, StoreError> {
        let mut selected = self.fitting(ask.kind, &ask.fits, sets)?;
        for (kind, through, fits) in &ask.related {
            let others = self.fitting(*kind, fits, sets)?;
            let references = sets.references(self, through)?;
            let referring = references.iter().filter(|(rid, _)| others.binary_search(rid).is_ok());
            let mut targets: Vec<i64> = referring.map(|(_, target)| *target).collect();
            targets.sort_unstable();
            targets.dedup();
            selected = both(&targets, &selected);
        }
        let numbers = ask.number.map_or_else(|| Ok(HashMap::new()), |path| self.numbers(path))?;
        let sum =
            |rows: &[i64]| rows.iter().filter_map(|rid| numbers.get(rid)).map(|is| i128::from(*is)).sum();
        let mut rows = Vec::new();
        for (place, there) in sets.live(self, ask.kind)?.1.iter() {
            let here = both(there, &selected);
            if !here.is_empty() {
                rows.push(StockRow { place: place.clone(), count: here.len() as u64, sum: sum(&here) });
            }
        }
        Ok(rows)
    }

    /// The live records of a kind whose fields fit, by their local numbers, ascending.
    fn fitting(&self, kind: Kind, fits: &Fits<'_>, sets: &mut Sets) -> Result<Vec<i64>, StoreError> {
        let mut rows = sets.live(self, kind)?.0.to_vec();
        for (path, among) in &fits.among {
            rows = both(&rows, &sets.having(self, path, among)?);
        }
        for (path, among) in &fits.unless {
            rows = without(&rows, &sets.having(self, path, among)?);
        }
        for (path, from, to) in &fits.between {
            let mut values = Values::default();
            let between = values.between(path, from, to.as_deref());
            let mut query = self.db.prepare_cached(&format!("SELECT rid FROM fact WHERE {between}"))?;
            let found = query.query_map(params_from_iter(&values.0), |row| row.get(0))?;
            let mut found: Vec<i64> = found.collect::<Result<_, _>>()?;
            found.sort_unstable();
            rows = both(&rows, &found);
        }
        Ok(rows)
    }

    /// The whole numbers at a path, by the local numbers of their records.
    fn numbers(&self, path: &str) -> Result<HashMap<i64, i64>, StoreError> {
        let sql = "SELECT rid, value FROM fact WHERE path = ?1 AND typeof(value) = 'integer'";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([path], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The records a query selects, each with its place and its number, by id.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn stock_list(&self, ask: &StockQuery<'_>) -> Result<Vec<StockMember>, StoreError> {
        let mut values = Values::default();
        let (from, selected, number) = stocked(ask, &mut values);
        let mut query = self.db.prepare_cached(&format!(
            "SELECT record.id, record.place, {number} FROM {from} WHERE {selected} ORDER BY record.id"
        ))?;
        let rows = query
            .query_map(params_from_iter(&values.0), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The live cases of some workflows that were opened before `until` and are open or moved since `from`, by id.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn courses(
        &self,
        workflows: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<CourseRow>, StoreError> {
        let mut values = Values::default();
        let named = values.list(workflows.iter().map(|id| Sql::Text((*id).to_owned())));
        let (from, until) =
            (values.bind(Sql::Integer(from.millis())), values.bind(Sql::Integer(until.millis())));
        let selected = format!(
            "SELECT rid FROM work WHERE procedure IN ({named}) AND closed = 0 AND opened_at < {until}
             UNION SELECT rid FROM work
              WHERE procedure IN ({named}) AND closed = 1 AND moved_at >= {from} AND opened_at < {until}"
        );
        let mut query = self.db.prepare_cached(&format!(
            "SELECT record.rid, record.id, procedure, work.version, place, state, closed, finished_at, rounds,
                    answers, clocks
             FROM work JOIN record USING (rid)
             WHERE rid IN ({selected}) AND hidden = 0 AND lifecycle <> 'archived' ORDER BY record.id"
        ))?;
        let mut found = query.query(params_from_iter(&values.0))?;
        let mut rows: Vec<CourseRow> = Vec::new();
        let mut at: HashMap<i64, usize> = HashMap::new();
        while let Some(row) = found.next()? {
            at.insert(row.get(0)?, rows.len());
            rows.push(CourseRow {
                case: row.get(1)?,
                workflow: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
                version: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
                place: row.get(4)?,
                about: None,
                fields: BTreeMap::new(),
                state: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
                closed: row.get(6)?,
                finished: row.get(7)?,
                rounds: row.get(8)?,
                answers: answers(row.get(9)?)?,
                steps: Vec::new(),
                clocks: row.get::<_, Option<String>>(10)?.unwrap_or_default(),
            });
        }
        let mut query = self.db.prepare_cached(&format!(
            "SELECT rid, step, event, at, by, to_state FROM step WHERE rid IN ({selected}) ORDER BY rid, number"
        ))?;
        let mut found = query.query(params_from_iter(&values.0))?;
        while let Some(row) = found.next()? {
            if let Some(at) = at.get(&row.get(0)?) {
                rows[*at].steps.push(StepOfCase {
                    step: row.get(1)?,
                    event: EventId(row.get(2)?),
                    at: row.get(3)?,
                    by: row.get(4)?,
                    to: row.get(5)?,
                });
            }
        }
        for (rid, path, value) in self.values_of(Kind::Case, &selected, "", &values)? {
            if let Some(at) = at.get(&rid) {
                rows[*at].fields.insert(path, value);
            }
        }
        for (rid, about) in self.about(&selected, &values)? {
            if let Some(at) = at.get(&rid) {
                rows[*at].about = Some(about);
            }
        }
        Ok(rows)
    }

    /// The live contacts, rounds or rows of registers a query selects, by id.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn made(&self, ask: &MadeQuery<'_>) -> Result<Vec<MadeRow>, StoreError> {
        let mut values = Values::default();
        let (table, when, by) = match ask.kind {
            Kind::Contact => ("contact", "at", "contact.by"),
            _ => ("work", "opened_at", "work.made_by"),
        };
        let mut selected = match &ask.dated {
            Some((path, from, to)) => {
                let between = values.between(path, from, to.as_deref());
                format!("SELECT rid FROM {table} WHERE rid IN (SELECT rid FROM fact WHERE {between})")
            }
            None => {
                let (from, until) = (Sql::Integer(ask.from.millis()), Sql::Integer(ask.until.millis()));
                let (from, until) = (values.bind(from), values.bind(until));
                format!("SELECT rid FROM {table} WHERE {when} >= {from} AND {when} < {until}")
            }
        };
        if !ask.named.is_empty() {
            let named = values.list(ask.named.iter().map(|id| Sql::Text(id.clone())));
            selected.push_str(&format!(" AND procedure IN ({named})"));
        }
        selected.push_str(&values.each(&format!("{table}.rid"), &ask.fits));
        // What is asked of the selected alone takes its parameters and no more.
        let selecting = values.clone();
        let live = live(ask.kind, &mut values);
        let course = match ask.kind {
            Kind::Contact => "NULL, NULL, 1, NULL",
            _ => "work.procedure, work.version, coalesce(work.closed, 0), work.answers",
        };
        let mut query = self.db.prepare_cached(&format!(
            "SELECT record.rid, record.id, record.place, {by}, {table}.{when}, {course}
             FROM {table} JOIN record USING (rid)
             WHERE rid IN ({selected}) AND {live} ORDER BY record.id"
        ))?;
        let mut found = query.query(params_from_iter(&values.0))?;
        let mut rows: Vec<MadeRow> = Vec::new();
        let mut at: HashMap<i64, usize> = HashMap::new();
        while let Some(row) = found.next()? {
            at.insert(row.get(0)?, rows.len());
            let worked_out: Option<String> = row.get(8)?;
            rows.push(MadeRow {
                record: row.get(1)?,
                named: row.get(5)?,
                version: row.get(6)?,
                place: row.get(2)?,
                about: None,
                by: row.get(3)?,
                at: row.get::<_, Option<Timestamp>>(4)?.unwrap_or(Timestamp::from_millis(0)),
                values: BTreeMap::new(),
                complete: row.get(7)?,
                results: if ask.kind == Kind::Round { answers(worked_out)? } else { BTreeMap::new() },
            });
        }
        if ask.about {
            for (rid, about) in self.about(&selected, &selecting)? {
                if let Some(at) = at.get(&rid) {
                    rows[*at].about = Some(about);
                }
            }
        }
        if !ask.values.is_empty() {
            let mut asking = selecting;
            let wanted = format!(" AND ({})", asking.globs(ask.values));
            for (rid, path, value) in self.values_of(ask.kind, &selected, &wanted, &asking)? {
                if let Some(at) = at.get(&rid) {
                    rows[*at].values.insert(path, value);
                }
            }
        }
        Ok(rows)
    }

    /// The indexed fields of selected records, those that are wanted.
    fn values_of(
        &self,
        kind: Kind,
        selected: &str,
        wanted: &str,
        values: &Values,
    ) -> Result<Vec<(i64, String, Value)>, StoreError> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT rid, path, value FROM fact WHERE rid IN ({selected}){wanted}"
        ))?;
        let mut rows = query.query(params_from_iter(&values.0))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let path: String = row.get(1)?;
            if let Some(value) = read_fact(kind, &path, row.get(2)?) {
                found.push((row.get(0)?, path, value));
            }
        }
        Ok(found)
    }

    /// What each of some records is about: a home, or the home of a person, else the first record it names.
    fn about(&self, selected: &str, values: &Values) -> Result<HashMap<i64, RecordId>, StoreError> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT link.rid, link.target, other.kind, resident.home
             FROM link JOIN record AS other ON other.id = link.target LEFT JOIN resident ON resident.rid = other.rid
             WHERE link.rid IN ({selected}) AND link.path GLOB 'subject/*' ORDER BY link.rid, link.target"
        ))?;
        let mut rows = query.query(params_from_iter(&values.0))?;
        let (mut homes, mut firsts) = (HashMap::<i64, RecordId>::new(), HashMap::<i64, RecordId>::new());
        while let Some(row) = rows.next()? {
            let (rid, target, kind): (i64, RecordId, Kind) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let home = if kind == Kind::Premises { Some(target) } else { row.get(3)? };
            if let Some(home) = home {
                homes.entry(rid).and_modify(|known| *known = home.min(*known)).or_insert(home);
            }
            firsts.entry(rid).or_insert(target);
        }
        firsts.extend(homes);
        Ok(firsts)
    }
}

/// The tables, the condition and the number of a query over records as they are.
fn stocked(ask: &StockQuery<'_>, values: &mut Values) -> (String, String, &'static str) {
    let mut selected = live(ask.kind, values);
    selected.push_str(&values.any("record.rid", &ask.fits));
    for (kind, through, fits) in &ask.related {
        let other = values.bind(Sql::Text(kind.name().to_owned()));
        let through = values.bind(Sql::Text((*through).to_owned()));
        let fits = values.any("other.rid", fits);
        selected.push_str(&format!(
            " AND record.id IN (SELECT link.target FROM record AS other JOIN link ON link.rid = other.rid
               WHERE other.kind = {other} AND other.hidden = 0 AND other.lifecycle <> 'archived'
                 AND link.path GLOB {through}{fits})"
        ));
    }
    match ask.number {
        None => ("record".to_owned(), selected, "NULL"),
        Some(path) => {
            let path = values.bind(Sql::Text(path.to_owned()));
            let from = format!(
                "record LEFT JOIN fact AS figure ON figure.rid = record.rid AND figure.path = {path}
                   AND typeof(figure.value) = 'integer'"
            );
            (from, selected, "figure.value")
        }
    }
}

impl Values {
    /// What fields must be, asked of all records at once.
    fn any(&mut self, rid: &str, fits: &Fits<'_>) -> String {
        let mut sql = String::new();
        for (path, among) in &fits.among {
            let fits = self.fits(path, among);
            sql.push_str(&format!(" AND {rid} IN (SELECT fact.rid FROM fact WHERE {fits})"));
        }
        for (path, among) in &fits.unless {
            let fits = self.fits(path, among);
            sql.push_str(&format!(" AND {rid} NOT IN (SELECT fact.rid FROM fact WHERE {fits})"));
        }
        for (path, from, to) in &fits.between {
            let between = self.between(path, from, to.as_deref());
            sql.push_str(&format!(" AND {rid} IN (SELECT fact.rid FROM fact WHERE {between})"));
        }
        sql
    }

    /// The same asked of one record at a time: for the few that a narrower condition finds first.
    fn each(&mut self, rid: &str, fits: &Fits<'_>) -> String {
        let mut sql = String::new();
        let among = fits.among.iter().map(|ask| ("EXISTS", ask));
        for (word, (path, among)) in among.chain(fits.unless.iter().map(|ask| ("NOT EXISTS", ask))) {
            let fits = self.fits(path, among);
            sql.push_str(&format!(" AND {word} (SELECT 1 FROM fact WHERE fact.rid = {rid} AND {fits})"));
        }
        for (path, from, to) in &fits.between {
            let between = self.between(path, from, to.as_deref());
            sql.push_str(&format!(" AND EXISTS (SELECT 1 FROM fact WHERE fact.rid = {rid} AND {between})"));
        }
        sql
    }

    fn between(&mut self, path: &str, from: &str, to: Option<&str>) -> String {
        let path = self.glob(path);
        let from = self.bind(Sql::Text(from.to_owned()));
        let to = to
            .map_or_else(String::new, |to| format!(" AND value <= {}", self.bind(Sql::Text(to.to_owned()))));
        format!("{path} AND typeof(value) = 'text' AND value >= {from}{to}")
    }
}

fn answers(json: Option<String>) -> Result<BTreeMap<String, Value>, StoreError> {
    serde_json::from_str(json.as_deref().unwrap_or("{}"))
        .map_err(|_| StoreError::Inconsistent { what: "what was worked out of a record" })
}
