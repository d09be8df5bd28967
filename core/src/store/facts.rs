//! What due rules ask of the store, each answered by a few indexed queries over projections, however many records
//! there are. `only` limits an answer to what concerns some records: after an edit, little has to be asked again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::types::Value as Sql;
use rusqlite::{params, params_from_iter};

use super::sql::owned;
use super::{Reader, StoreError, Tx};
use crate::model::fields::{self, Type};
use crate::model::{DueId, EventId, Kind, PlaceId, RecordId, Timestamp, Value};

/// Which records, with which of their values.
#[derive(Debug, Clone, Copy)]
pub struct SubjectQuery<'a> {
    /// Their kind.
    pub kind: Kind,
    /// A value each must have; with none named, any.
    pub among: &'a [(&'a str, &'a [Value])],
    /// A value none may have; with none named, any.
    pub unless: &'a [(&'a str, &'a [Value])],
    /// Only those whose latest date at a path is not after a day.
    pub date: Option<DateQuery<'a>>,
    /// Paths whose values and disputes are wanted; `*` stands for one segment.
    pub paths: &'a BTreeSet<String>,
    /// Only these records; of rows of registers, also those about one of these.
    pub only: Option<&'a BTreeSet<RecordId>>,
}

/// Records whose latest date at a path is not after a day.
#[derive(Debug, Clone, Copy)]
pub struct DateQuery<'a> {
    /// A path of full dates or moments; `*` stands for one segment.
    pub path: &'a str,
    /// The last value wanted: the text of a date, or a moment.
    pub until: &'a Value,
    /// Those without a full date too.
    pub absent: bool,
}

/// A live record with the values a rule looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectRow {
    /// The record.
    pub record: RecordId,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// The latest date asked for.
    pub date: Option<Value>,
    /// Path → winning value, of the paths asked for.
    pub values: BTreeMap<String, Value>,
    /// Of the paths asked for, those with several concurrent values.
    pub contested: BTreeSet<String>,
}

/// A step of a case that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRow {
    /// The case.
    pub case: RecordId,
    /// Its workflow.
    pub workflow: String,
    /// The version it was opened under.
    pub version: String,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// The event.
    pub event: EventId,
    /// When, in estimated office time, never later than its receipt.
    pub at: Timestamp,
    /// The case's answers up to now.
    pub answers: BTreeMap<String, Value>,
}

/// A record that answers, or may answer, something due.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRow {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// The records it is about.
    pub about: Vec<RecordId>,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// Its playbook or form.
    pub procedure: Option<String>,
    /// The due item it says it answers.
    pub due: Option<DueId>,
    /// When it was made, in estimated office time.
    pub at: Timestamp,
    /// Whether it is over; `true` for kinds that have no course.
    pub closed: bool,
    /// The `until` of an entry.
    pub until: Option<String>,
}

/// What a changed record can mean to rules.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedRow {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Its playbook or form.
    pub procedure: Option<String>,
    /// The due item it says it answers.
    pub due: Option<DueId>,
}

/// What the layer that knows playbooks worked out about a round, case or entry.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Folded {
    /// Its state; empty where it has none.
    pub state: String,
    /// Whether it is over.
    pub closed: bool,
    /// Whether steps made apart wait for a settlement.
    pub disputed: bool,
    /// A case's answers.
    pub answers: BTreeMap<String, Value>,
    /// A case's steps that count: step, event, when.
    pub steps: Vec<(String, EventId, Timestamp)>,
}

impl Reader<'_> {
    /// The live records a query selects.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn subjects(&self, ask: &SubjectQuery<'_>) -> Result<Vec<SubjectRow>, StoreError> {
        let mut values = Values::default();
        let mut selected = live(ask.kind, &mut values);
        for (path, among) in ask.among {
            selected.push_str(&format!(" AND record.rid IN ({})", values.having(path, among)));
        }
        for (path, among) in ask.unless {
            selected.push_str(&format!(" AND record.rid NOT IN ({})", values.having(path, among)));
        }
        match ask.only {
            None => {}
            Some(only) if ask.kind == Kind::Entry => selected.push_str(&values.concerns(only)),
            Some(only) => selected.push_str(&format!(" AND record.id IN ({})", values.records(only))),
        }
        let base = values.clone();
        let (dated, date) = match ask.date {
            None => (String::new(), "NULL"),
            Some(date) => (values.dated(&date), "dated.latest"),
        };
        let mut query = self.db.prepare_cached(&format!(
            "SELECT record.rid, record.id, record.place, {date} FROM record {dated} WHERE {selected}{}",
            if let Some(date) = ask.date { values.not_after(&date) } else { String::new() }
        ))?;
        let mut rows: Vec<SubjectRow> = Vec::new();
        let mut rids: Vec<i64> = Vec::new();
        let mut found = query.query(params_from_iter(&values.0))?;
        while let Some(row) = found.next()? {
            rids.push(row.get(0)?);
            rows.push(SubjectRow {
                record: row.get(1)?,
                place: row.get(2)?,
                date: ask
                    .date
                    .and_then(|date| Some(read_fact(ask.kind, date.path, row.get(3).ok()?)).flatten()),
                values: BTreeMap::new(),
                contested: BTreeSet::new(),
            });
        }
        if ask.paths.is_empty() || rows.is_empty() {
            return Ok(rows);
        }
        let at: HashMap<i64, usize> = rids.iter().enumerate().map(|(at, rid)| (*rid, at)).collect();
        // What is wanted of few is asked of those alone.
        let (mut values, of) = if rids.len() <= FEW {
            let mut values = Values::default();
            let of = values.list(rids.iter().map(|rid| Sql::Integer(*rid)));
            (values, of)
        } else {
            (base, format!("SELECT rid FROM record WHERE {selected}"))
        };
        let wanted = values.globs(ask.paths);
        let mut query = self.db.prepare_cached(&format!(
            "SELECT rid, path, value FROM fact WHERE rid IN ({of}) AND ({wanted})"
        ))?;
        let mut found = query.query(params_from_iter(&values.0))?;
        while let Some(row) = found.next()? {
            let (path, value): (String, Sql) = (row.get(1)?, row.get(2)?);
            if let (Some(at), Some(value)) = (at.get(&row.get(0)?), read_fact(ask.kind, &path, value)) {
                rows[*at].values.insert(path, value);
            }
        }
        let mut query = self
            .db
            .prepare_cached(&format!("SELECT rid, path FROM contested WHERE rid IN ({of}) AND ({wanted})"))?;
        let mut found = query.query(params_from_iter(&values.0))?;
        while let Some(row) = found.next()? {
            if let Some(at) = at.get(&row.get(0)?) {
                rows[*at].contested.insert(row.get(1)?);
            }
        }
        Ok(rows)
    }

    /// The steps that count of the cases run by one of `workflows`, made since a moment; with `only`, of the cases
    /// that are one of those records or about one.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn steps(
        &self,
        workflows: &[String],
        steps: &[String],
        since: Timestamp,
        only: Option<&BTreeSet<RecordId>>,
    ) -> Result<Vec<StepRow>, StoreError> {
        let mut values = Values::default();
        let mut selected = "record.hidden = 0 AND record.lifecycle <> 'archived'".to_owned();
        let named = values.list(steps.iter().map(|text| Sql::Text(text.clone())));
        let run_by = values.list(workflows.iter().map(|text| Sql::Text(text.clone())));
        let since = values.bind(Sql::Integer(since.millis()));
        selected.push_str(&format!(
            " AND step.step IN ({named}) AND work.procedure IN ({run_by}) AND step.at >= {since}"
        ));
        if let Some(only) = only {
            selected.push_str(&values.concerns(only));
        }
        let mut query = self.db.prepare_cached(&format!(
            "SELECT record.id, work.procedure, work.version, record.place, step.event, step.at, work.answers
             FROM step JOIN work USING (rid) JOIN record USING (rid)
             WHERE {selected} ORDER BY step.at, step.event"
        ))?;
        let mut rows = query.query(params_from_iter(&values.0))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let answers: Option<String> = row.get(6)?;
            let answers = serde_json::from_str(answers.as_deref().unwrap_or("{}"))
                .map_err(|_| StoreError::Inconsistent { what: "a case's answers" })?;
            found.push(StepRow {
                case: row.get(0)?,
                workflow: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
                version: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
                place: row.get(3)?,
                event: EventId(row.get(4)?),
                at: row.get(5)?,
                answers,
            });
        }
        Ok(found)
    }

    /// The live records of a kind with those values that were made since a moment; with `only`, those about one of
    /// those records.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn answers(
        &self,
        kind: Kind,
        among: &[(&str, &[Value])],
        since: Timestamp,
        only: Option<&BTreeSet<RecordId>>,
    ) -> Result<Vec<AnswerRow>, StoreError> {
        let mut values = Values::default();
        let mut selected = live(kind, &mut values);
        for (path, among) in among {
            selected.push_str(&format!(" AND {}", values.has(path, among)));
        }
        let since = values.bind(Sql::Integer(since.millis()));
        // A contact says itself when it was, and there are many of them: asked for by its index.
        selected.push_str(&match kind {
            Kind::Contact => format!(" AND contact.at >= {since}"),
            _ => format!(" AND {MADE_AT} >= {since}"),
        });
        if let Some(only) = only {
            selected.push_str(&values.concerns(only));
        }
        self.answer_rows(&selected, &values, "NULL")
    }

    /// The live records that say they answer one of these due items.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerRow>, StoreError> {
        let mut values = Values::default();
        let named = match due.len() {
            0 => return Ok(Vec::new()),
            1..=FEW => {
                let list = values.list(due.iter().map(|due| Sql::Text(due.to_string())));
                format!("SELECT rid FROM fact WHERE path = 'due' AND value IN ({list})")
            }
            _ => "SELECT rid FROM fact WHERE path = 'due'".to_owned(),
        };
        let selected = format!("hidden = 0 AND lifecycle <> 'archived' AND record.rid IN ({named})");
        let own_due = "(SELECT value FROM fact WHERE fact.rid = record.rid AND path = 'due')";
        let mut rows = self.answer_rows(&selected, &values, own_due)?;
        rows.retain(|row| row.due.is_some_and(|id| due.contains(&id)));
        Ok(rows)
    }

    fn answer_rows(&self, selected: &str, values: &Values, due: &str) -> Result<Vec<AnswerRow>, StoreError> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT record.rid, record.id, kind, place, work.procedure, {due}, {MADE_AT} AS made_at,
                    CASE WHEN kind IN ('round', 'case') THEN coalesce(work.closed, 0) ELSE 1 END,
                    CASE WHEN kind = 'entry'
                         THEN (SELECT value FROM fact WHERE fact.rid = record.rid AND path = 'field/until') END,
                    link.target
             FROM record LEFT JOIN work USING (rid) LEFT JOIN contact USING (rid) LEFT JOIN link USING (rid)
             WHERE {selected} ORDER BY record.rid"
        ))?;
        let mut rows = query.query(params_from_iter(&values.0))?;
        let mut found: Vec<AnswerRow> = Vec::new();
        let mut last = None;
        while let Some(row) = rows.next()? {
            let rid: i64 = row.get(0)?;
            if last.replace(rid) != Some(rid) {
                let due: Option<String> = row.get(5)?;
                found.push(AnswerRow {
                    record: row.get(1)?,
                    kind: row.get(2)?,
                    about: Vec::new(),
                    place: row.get(3)?,
                    procedure: row.get(4)?,
                    due: due.and_then(|due| due.parse().ok()),
                    at: row.get(6)?,
                    closed: row.get(7)?,
                    until: row.get(8)?,
                });
            }
            if let (Some(row_of), Some(target)) = (found.last_mut(), row.get(9)?) {
                row_of.about.push(target);
            }
        }
        Ok(found)
    }

    /// What each of some records names as its subject, with the kinds of those that are here. A case linked with another
    /// is not about it.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn links_of(
        &self,
        records: impl Iterator<Item = RecordId>,
    ) -> Result<BTreeMap<RecordId, Vec<(RecordId, Kind)>>, StoreError> {
        let mut values = Values::default();
        let records: BTreeSet<RecordId> = records.collect();
        let list = values.records(&records);
        let mut query = self.db.prepare_cached(&format!(
            "SELECT own.id, target, other.kind FROM record AS own JOIN link ON link.rid = own.rid
             JOIN record AS other ON other.id = link.target
             WHERE own.id IN ({list}) AND link.path NOT GLOB 'link/*' ORDER BY own.id, target"
        ))?;
        let mut rows = query.query(params_from_iter(&values.0))?;
        let mut links: BTreeMap<RecordId, Vec<(RecordId, Kind)>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            links.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
        }
        Ok(links)
    }

    /// What some records are to rules: their kinds, their procedures, what they say they answer. Records that are
    /// gone are left out.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn meaning(&self, records: &BTreeSet<RecordId>) -> Result<Vec<ChangedRow>, StoreError> {
        let mut values = Values::default();
        let list = values.records(records);
        let mut query = self.db.prepare_cached(&format!(
            "SELECT id, kind, work.procedure,
                    (SELECT value FROM fact WHERE fact.rid = record.rid AND path = 'due')
             FROM record LEFT JOIN work USING (rid) WHERE record.id IN ({list})"
        ))?;
        let rows = query.query_map(params_from_iter(&values.0), |row| {
            let due: Option<String> = row.get(3)?;
            Ok(ChangedRow {
                record: row.get(0)?,
                kind: row.get(1)?,
                procedure: row.get(2)?,
                due: due.and_then(|due| due.parse().ok()),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Cases with steps made apart that wait for a settlement.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn disputed_cases(&self) -> Result<Vec<RecordId>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT id FROM work JOIN record USING (rid) WHERE disputed = 1 AND hidden = 0 ORDER BY id",
        )?;
        Ok(query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps what was worked out about a round, case or entry ([`Reader::unfolded`]).
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn set_folded(&mut self, record: RecordId, folded: &Folded) -> Result<(), StoreError> {
        let rid = self.rid(record)?;
        self.touch(record);
        let answers = serde_json::to_string(&folded.answers)
            .map_err(|_| StoreError::Inconsistent { what: "a case's answers" })?;
        self.db
            .prepare_cached(
                "UPDATE work SET state = ?2, closed = ?3, disputed = ?4, answers = ?5 WHERE rid = ?1",
            )?
            .execute(params![rid, folded.state, folded.closed, folded.disputed, answers])?;
        self.db.prepare_cached("DELETE FROM step WHERE rid = ?1")?.execute([rid])?;
        let mut insert =
            self.db.prepare_cached("INSERT INTO step (rid, event, step, at) VALUES (?1, ?2, ?3, ?4)")?;
        for (step, event, at) in &folded.steps {
            insert.execute(params![rid, event.0, step, at])?;
        }
        Ok(())
    }
}

/// Up to so many, things are asked for by name; beyond, all are read and the rest is left.
const FEW: usize = 256;

/// When a record was made, in estimated office time.
const MADE_AT: &str = "coalesce(contact.at, work.opened_at, changed_at)";

/// The condition over `record` for the live ones of a kind.
fn live(kind: Kind, values: &mut Values) -> String {
    let kind = values.bind(Sql::Text(kind.name().to_owned()));
    format!("record.kind = {kind} AND record.hidden = 0 AND record.lifecycle <> 'archived'")
}

/// The values of a query's numbered parameters.
#[derive(Debug, Clone, Default)]
struct Values(Vec<Sql>);

impl Values {
    fn bind(&mut self, value: Sql) -> String {
        self.0.push(value);
        format!("?{}", self.0.len())
    }

    fn list(&mut self, values: impl Iterator<Item = Sql>) -> String {
        values.map(|value| self.bind(value)).collect::<Vec<_>>().join(",")
    }

    /// One parameter for any number of records, so that the statement stays the same.
    fn records(&mut self, records: &BTreeSet<RecordId>) -> String {
        let list: Vec<String> = records.iter().map(|record| format!("\"{record}\"")).collect();
        let list = self.bind(Sql::Text(format!("[{}]", list.join(","))));
        format!("SELECT unhex(value) FROM json_each({list})")
    }

    /// The rows of `record` that are, or are about, one of some records.
    fn concerns(&mut self, records: &BTreeSet<RecordId>) -> String {
        let list = self.records(records);
        format!(
            " AND record.rid IN (SELECT rid FROM record WHERE id IN ({list})
               UNION SELECT rid FROM link WHERE target IN ({list}))"
        )
    }

    /// Whose value at a path is among some; with none named: who has one.
    fn having(&mut self, path: &str, among: &[Value]) -> String {
        let fits = self.fits(path, among);
        format!("SELECT fact.rid FROM fact WHERE {fits}")
    }

    /// The same asked of one record at a time: for the few that a narrower condition finds first.
    fn has(&mut self, path: &str, among: &[Value]) -> String {
        let fits = self.fits(path, among);
        format!("EXISTS (SELECT 1 FROM fact WHERE fact.rid = record.rid AND {fits})")
    }

    fn fits(&mut self, path: &str, among: &[Value]) -> String {
        let path = self.bind(Sql::Text(path.to_owned()));
        if among.is_empty() {
            return format!("fact.path = {path}");
        }
        let list = self.list(among.iter().map(owned));
        format!("fact.path = {path} AND fact.value IN ({list})")
    }

    /// `path = ? OR path GLOB ?` for every path; `*` is one segment, which no path has two of apart.
    fn globs(&mut self, paths: &BTreeSet<String>) -> String {
        paths.iter().map(|path| self.glob(path)).collect::<Vec<_>>().join(" OR ")
    }

    fn glob(&mut self, path: &str) -> String {
        let compare = if path.contains('*') { "GLOB" } else { "=" };
        format!("path {compare} {}", self.bind(Sql::Text(path.to_owned())))
    }

    /// The latest full date of each record, joined as `dated`.
    fn dated(&mut self, date: &DateQuery<'_>) -> String {
        let full = "(typeof(value) = 'integer' OR length(value) = 10)";
        let left = if date.absent { "LEFT " } else { "" };
        if date.path.contains('*') {
            let path = self.glob(date.path);
            return format!(
                "{left}JOIN (SELECT rid, max(value) AS latest FROM fact WHERE {path} AND {full} GROUP BY rid)
                   AS dated ON dated.rid = record.rid"
            );
        }
        let path = self.bind(Sql::Text(date.path.to_owned()));
        format!(
            "{left}JOIN (SELECT rid, value AS latest FROM fact WHERE path = {path} AND {full}) AS dated
               ON dated.rid = record.rid"
        )
    }

    fn not_after(&mut self, date: &DateQuery<'_>) -> String {
        let until = self.bind(owned(date.until));
        let absent = if date.absent { " OR dated.latest IS NULL" } else { "" };
        format!(" AND (dated.latest <= {until}{absent})")
    }
}

/// A value as the record has it: in columns, true and false are 1 and 0.
fn read_fact(kind: Kind, path: &str, value: Sql) -> Option<Value> {
    let flag = fields::spec(kind, path).is_some_and(|spec| matches!(spec.ty, Type::Bool | Type::Member));
    match value {
        Sql::Integer(int) if flag => Some(Value::Bool(int != 0)),
        Sql::Integer(int) => Some(Value::Int(int)),
        Sql::Real(real) => Some(Value::Real(real)),
        Sql::Text(text) => Some(Value::Text(text)),
        Sql::Null | Sql::Blob(_) => None,
    }
}
