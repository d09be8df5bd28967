//! What metrics ask.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

use super::super::facts::{FactRef, Wanted, packed};
use super::super::progress::{STEP, read_step};
use super::super::{Reader, StoreError};
use super::parameters::Parameters;
use super::row_set::RowSet;
use super::sets::{RowIds, Sets, json};
use super::{StoreIndex, json_column, values_in};
use crate::model::{Kind, PlaceId, Procedure, RecordId, Timestamp, Value, WorkflowId};
use crate::query::{
    ActivityQuery, ActivityRow, CaseQuery, CountedCase, FieldMatch, SelectedRow, Selection, Tally,
    WorkProgress,
};

/// How many records of a selection belong to places of the same grids, and what their numbers add up to: under the first of them.
pub(super) fn tally(
    index: &StoreIndex<'_>,
    ask: &Selection,
) -> Result<BTreeMap<Option<PlaceId>, Tally>, StoreError> {
    let reader = index.reader;
    let mut sets = index.sets.get()?;
    let mut selected = matching(reader, ask.kind, &ask.fields, &mut sets)?;
    for relation in &ask.related {
        let others = matching(reader, relation.kind, &relation.fields, &mut sets)?;
        let mut targets = RowSet::default();
        if !others.is_empty() {
            let references = sets.references(reader, &relation.through)?;
            let referring = references.iter().filter(|(rid, _)| others.contains(*rid));
            referring.for_each(|(_, target)| targets.insert(*target));
        }
        selected = Arc::new(selected.both(&targets));
    }
    let numbers = ask.number.as_ref().map(|path| reader.numbers(path)).transpose()?;
    drop(sets);
    let tally = |(place, there): &(PlaceId, RowSet)| {
        let there = there.both(&selected);
        let sum = match &numbers {
            Some(numbers) => {
                there.iter().filter_map(|row| numbers.get(&row)).map(|number| i128::from(*number)).sum()
            }
            None => 0,
        };
        let count = u64::try_from(there.count()).unwrap_or_default();
        (Some(place.clone()), Tally { count, sum })
    };
    let tallies = index.by_grids(ask.kind)?.iter().map(tally).filter(|(_, tally)| tally.count > 0).collect();
    Ok(tallies)
}

/// The live records of a kind whose fields match.
fn matching(
    reader: &Reader<'_>,
    kind: Kind,
    fields: &FieldMatch,
    sets: &mut Sets,
) -> Result<RowIds, StoreError> {
    if let Some(known) = sets.matching(kind, fields) {
        return Ok(known);
    }
    let mut rows = sets.live(reader, kind)?.0;
    for filter in &fields.filters {
        let having = sets.having(reader, filter)?;
        rows = Arc::new(rows.both(&having));
    }
    for filter in &fields.unless {
        let having = sets.having(reader, filter)?;
        rows = Arc::new(rows.without(&having));
    }
    for bounds in &fields.dates {
        rows = Arc::new(rows.both(&*sets.bounded(reader, kind, bounds)?));
    }
    sets.keep_matching(kind, fields, &rows);
    Ok(rows)
}

/// The records of a selection, by id.
pub(super) fn select(index: &StoreIndex<'_>, ask: &Selection) -> Result<Vec<SelectedRow>, StoreError> {
    let mut parameters = Parameters::default();
    let mut selected = parameters.live(ask.kind);
    selected.push_str(&parameters.any("record.rid", &ask.fields));
    for relation in &ask.related {
        let other = parameters.bind(Sql::Text(relation.kind.name().to_owned()));
        let through = parameters.bind(Sql::Text(relation.through.clone()));
        let fields = parameters.any("other.rid", &relation.fields);
        selected.push_str(&format!(
            " AND record.id IN (SELECT link.target FROM record AS other JOIN link ON link.rid = other.rid
               WHERE other.kind = {other} AND other.hidden = 0 AND other.lifecycle <> 'archived'
                 AND link.path GLOB {through}{fields})"
        ));
    }
    let number = match &ask.number {
        None => "NULL".to_owned(),
        Some(path) => {
            let value = parameters.value_in("record.facts", path);
            format!("iif(typeof({value}) = 'integer', {value}, NULL)")
        }
    };
    let mut query = index.reader.db.prepare_cached(&format!(
        "SELECT record.id, record.place, {number} FROM record WHERE {selected} ORDER BY record.id"
    ))?;
    let rows = query.query_map(params_from_iter(&parameters.0), |row| {
        Ok(SelectedRow { record: row.get(0)?, place: row.get(1)?, number: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The live cases that were opened before the span's end and are open or moved since it began, by id. What was opened
/// under a version this phone does not know has not been worked out.
pub(super) fn cases(index: &StoreIndex<'_>, ask: &CaseQuery<'_>) -> Result<Vec<CountedCase>, StoreError> {
    let reader = index.reader;
    let mut parameters = Parameters::default();
    let named = parameters.list(ask.workflows.iter().map(|id| Sql::Text(id.to_string())));
    let (from, until) =
        (parameters.bind(Sql::Integer(ask.from.millis())), parameters.bind(Sql::Integer(ask.until.millis())));
    let selected = format!(
        "SELECT rid FROM work WHERE procedure IN ({named}) AND closed = 0 AND opened_at < {until}
             UNION SELECT rid FROM work
              WHERE procedure IN ({named}) AND closed = 1 AND moved_at >= {from} AND opened_at < {until}"
    );
    let mut query = reader.db.prepare_cached(&format!(
        "SELECT record.rid, record.id, procedure, work.version, place, state, closed, finished_at, rounds,
                    answers, clocks
             FROM work JOIN record USING (rid)
             WHERE rid IN ({selected}) AND hidden = 0 AND lifecycle <> 'archived' ORDER BY record.id"
    ))?;
    let mut found = query.query(params_from_iter(&parameters.0))?;
    let mut rows: Vec<CountedCase> = Vec::new();
    let mut at: HashMap<i64, usize> = HashMap::new();
    while let Some(row) = found.next()? {
        let version: Option<String> = row.get(3)?;
        let Some(version) = version.and_then(|version| version.parse().ok()) else { continue };
        at.insert(row.get(0)?, rows.len());
        rows.push(CountedCase {
            case: row.get(1)?,
            workflow: row.get::<_, Option<WorkflowId>>(2)?.unwrap_or_default(),
            version,
            place: row.get(4)?,
            about: None,
            fields: BTreeMap::new(),
            progress: WorkProgress {
                state: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
                closed: row.get(6)?,
                finished: row.get(7)?,
                in_conflict: false,
                rounds: row.get(8)?,
                answers: json_column(row.get_ref(9)?.as_str_or_null().ok().flatten())?,
                steps: Vec::new(),
                findings: Vec::new(),
                deadlines: json_column(row.get_ref(10)?.as_str_or_null().ok().flatten()).unwrap_or_default(),
            },
        });
    }
    let mut query = reader.db.prepare_cached(&format!(
        "SELECT rid, {STEP} FROM step WHERE rid IN ({selected}) ORDER BY rid, number"
    ))?;
    let mut found = query.query(params_from_iter(&parameters.0))?;
    while let Some(row) = found.next()? {
        if let Some(at) = at.get(&row.get(0)?) {
            rows[*at].progress.steps.push(read_step(row)?);
        }
    }
    for (rid, path, value) in reader.values_of(Kind::Case, &selected, &parameters, |_| true)? {
        if let Some(at) = at.get(&rid) {
            rows[*at].fields.insert(path, value);
        }
    }
    let mut query = reader
        .db
        .prepare_cached(&format!("SELECT rid, target FROM link WHERE rid IN ({selected}) AND {SUBJECTS}"))?;
    let mut found = query.query(params_from_iter(&parameters.0))?;
    let mut named: Vec<(usize, RecordId)> = Vec::new();
    while let Some(row) = found.next()? {
        if let Some(at) = at.get(&row.get(0)?) {
            named.push((*at, row.get(1)?));
        }
    }
    for (at, about) in homes_of(index, &named)? {
        rows[at].about = Some(about);
    }
    Ok(rows)
}

/// The links of a record to what it is about.
const SUBJECTS: &str = "link.path >= 'subject/' AND link.path < 'subject0'";

/// The live contacts, rounds or rows of registers a query selects.
pub(super) fn activities(
    index: &StoreIndex<'_>,
    ask: &ActivityQuery,
) -> Result<Vec<ActivityRow>, StoreError> {
    let reader = index.reader;
    let mut parameters = Parameters::default();
    let (table, when, by) = match ask.kind {
        Kind::Contact => ("contact", "at", "contact.by"),
        _ => ("work", "opened_at", "work.made_by"),
    };
    let mut fits = match &ask.dated {
        Some(bounds) => {
            let between = parameters.between(bounds);
            format!("{table}.rid IN (SELECT rid FROM fact WHERE {between})")
        }
        None => {
            let from = parameters.bind(Sql::Integer(ask.from.millis()));
            let until = parameters.bind(Sql::Integer(ask.until.millis()));
            format!("{table}.{when} >= {from} AND {table}.{when} < {until}")
        }
    };
    if !ask.procedures.is_empty() {
        let named =
            parameters.list(ask.procedures.iter().map(|procedure| Sql::Text(procedure.id().to_owned())));
        fits.push_str(&format!(" AND {table}.procedure IN ({named})"));
    }
    fits.push_str(&parameters.each(&ask.fields));
    let live = parameters.live(ask.kind);
    let work = match ask.kind {
        Kind::Contact => "NULL, NULL, 1, NULL",
        _ => "work.procedure, work.version, coalesce(work.closed, 0), work.answers",
    };
    // What it is about comes with the row: one row for each of it.
    let (target, about) = match ask.about {
        true => ("link.target", format!("LEFT JOIN link ON link.rid = record.rid AND {SUBJECTS}")),
        false => ("NULL", String::new()),
    };
    let mut query = reader.db.prepare_cached(&format!(
        "SELECT record.rid, {target}, record.id, record.place, {by}, {table}.{when}, {work}, record.facts
             FROM {table} CROSS JOIN record ON record.rid = {table}.rid {about}
             WHERE {fits} AND {live}"
    ))?;
    let fields = reader.db.fields()?;
    let wanted = fields.wanted(&ask.values);
    let mut found = query.query(params_from_iter(&parameters.0))?;
    let mut rows: Vec<(usize, ActivityRow)> = Vec::new();
    let mut named: Vec<(usize, RecordId)> = Vec::new();
    let mut alike = Alike::default();
    let mut last = None;
    while let Some(row) = found.next()? {
        let rid: i64 = row.get(0)?;
        if last.replace(rid) != Some(rid) {
            let procedure = row.get_ref(6)?.as_str_or_null().ok().flatten();
            let facts = if ask.values.is_empty() { None } else { packed(row, 10)? };
            let (group, values) = alike.find(procedure, facts, &wanted, |facts| {
                let mut values: BTreeMap<String, Value> =
                    values_in(fields, ask.kind, facts, |fact| wanted.has(fact))?.into_iter().collect();
                if let Some(form) = procedure.filter(|_| ask.kind == Kind::Entry) {
                    StoreIndex::restore_flags(&index.context.forms.flags(&form.into()), &mut values);
                }
                Ok(values)
            })?;
            let version = row.get_ref(7)?.as_str_or_null().ok().flatten();
            let of_row = ActivityRow {
                record: row.get(2)?,
                procedure: procedure.map(|id| Procedure::of(ask.kind, id)),
                version: version.and_then(|version| version.parse().ok()),
                place: row.get(3)?,
                about: None,
                by: row.get(4)?,
                at: row.get::<_, Option<Timestamp>>(5)?.unwrap_or(Timestamp::from_millis(0)),
                values,
                complete: row.get(8)?,
                results: match ask.kind {
                    Kind::Round => json_column(row.get_ref(9)?.as_str_or_null().ok().flatten())?,
                    _ => BTreeMap::new(),
                },
            };
            rows.push((group, of_row));
        }
        named.extend(row.get::<_, Option<RecordId>>(1)?.map(|target| (rows.len() - 1, target)));
    }
    for (at, about) in homes_of(index, &named)? {
        rows[at].1.about = Some(about);
    }
    // Those with the same values stand together: what is asked of these is asked once.
    rows.sort_by_key(|(group, _)| *group);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Values of records, once for all that have the same.
#[derive(Default)]
struct Alike {
    known: HashMap<Vec<u8>, usize>,
    values: Vec<Arc<BTreeMap<String, Value>>>,
    key: Vec<u8>,
}

impl Alike {
    /// The wanted values of a record, with their number; made only of those not met yet.
    fn find(
        &mut self,
        procedure: Option<&str>,
        facts: Option<&[u8]>,
        wanted: &Wanted<'_>,
        make: impl FnOnce(Option<&[u8]>) -> Result<BTreeMap<String, Value>, StoreError>,
    ) -> Result<(usize, Arc<BTreeMap<String, Value>>), StoreError> {
        self.key.clear();
        self.key.extend_from_slice(procedure.unwrap_or_default().as_bytes());
        self.key.push(0);
        wanted.take(facts, &mut self.key)?;
        let number = match self.known.get(&self.key) {
            Some(number) => *number,
            None => {
                self.values.push(Arc::new(make(facts)?));
                self.known.insert(self.key.clone(), self.values.len() - 1);
                self.values.len() - 1
            }
        };
        Ok((number, self.values[number].clone()))
    }
}

impl Reader<'_> {
    /// The whole numbers at a path, by the local numbers of their records.
    fn numbers(&self, path: &str) -> Result<HashMap<i64, i64>, StoreError> {
        let mut parameters = Parameters::default();
        let at = parameters.at(path);
        let mut query = self.db.prepare_cached(&format!(
            "SELECT rid, value FROM fact WHERE {at} AND typeof(value) = 'integer'"
        ))?;
        let rows = query.query_map(params_from_iter(&parameters.0), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The indexed fields of selected records, those that are wanted.
    pub(super) fn values_of(
        &self,
        kind: Kind,
        selected: &str,
        parameters: &Parameters,
        wanted: impl Fn(&FactRef<'_>) -> bool,
    ) -> Result<Vec<(i64, String, Value)>, StoreError> {
        let sql = format!("SELECT rid, facts FROM record WHERE rid IN ({selected})");
        let (mut query, fields) = (self.db.prepare_cached(&sql)?, self.db.fields()?);
        let mut rows = query.query(params_from_iter(&parameters.0))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let rid = row.get(0)?;
            let values = values_in(fields, kind, packed(row, 1)?, &wanted)?;
            found.extend(values.into_iter().map(|(path, value)| (rid, path, value)));
        }
        Ok(found)
    }
}

/// What each of some records is about that name these: a home, or the home of a person, else the first record it names.
fn homes_of(
    index: &StoreIndex<'_>,
    named: &[(usize, RecordId)],
) -> Result<impl Iterator<Item = (usize, RecordId)>, StoreError> {
    let targets: Vec<RecordId> = named.iter().map(|(_, target)| *target).collect();
    let rows = index.rows(&targets)?;
    // Which rows are living homes is known without a look at each.
    let living = match named.is_empty() {
        true => RowIds::default(),
        false => index.sets.get()?.live(index.reader, Kind::Home)?.0,
    };
    let is_other = |rid: &&i64| !living.contains(**rid);
    let others = others(index.reader, rows.iter().flatten().filter(is_other).copied())?;
    let about = |((at, target), rid): (&(usize, RecordId), Option<i64>)| {
        let home = match others.get(&rid?) {
            Some((Kind::Home, _)) | None => Some(*target),
            Some((_, home)) => *home,
        };
        // Homes before all else.
        Some((*at, home.is_none(), home.unwrap_or(*target)))
    };
    let mut about: Vec<(usize, bool, RecordId)> = named.iter().zip(rows).filter_map(about).collect();
    about.sort_unstable();
    about.dedup_by_key(|(at, ..)| *at);
    Ok(about.into_iter().map(|(at, _, about)| (at, about)))
}

/// Of some rows the kind, and of a person the home.
fn others(
    reader: &Reader<'_>,
    rows: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, (Kind, Option<RecordId>)>, StoreError> {
    let rows: BTreeSet<i64> = rows.collect();
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = reader.db.prepare_cached(
        "SELECT record.rid, record.kind, resident.home FROM json_each(?1) AS wanted
             CROSS JOIN record ON record.rid = wanted.value LEFT JOIN resident ON resident.rid = record.rid",
    )?;
    let mut found = query.query([json(rows.into_iter())])?;
    let mut others = HashMap::new();
    while let Some(row) = found.next()? {
        others.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
    }
    Ok(others)
}
