//! What due rules ask of the store, each answered by one indexed query over projections.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::types::Value as Sql;
use rusqlite::{params, params_from_iter};

use super::sql::owned;
use super::{Reader, StoreError, Tx};
use crate::model::fields::{self, Type};
use crate::model::{EventId, Kind, PlaceId, RecordId, Timestamp, Value};

/// A live record with the values a rule looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectRow {
    /// The record.
    pub record: RecordId,
    /// Where it belongs.
    pub place: Option<PlaceId>,
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
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// Its playbook or form.
    pub procedure: Option<String>,
    /// The due item it says it answers.
    pub due: Option<String>,
    /// When it was made, in estimated office time.
    pub at: Timestamp,
    /// Whether it is over; `true` for kinds that have no course.
    pub closed: bool,
    /// The `until` of an entry.
    pub until: Option<String>,
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
    /// The live records of a kind whose indexed values are among those of every filter, with their values at
    /// `paths` ([`super::INDEXED_PATHS`]; `*` stands for one segment).
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn subjects(
        &self,
        kind: Kind,
        filters: &[(&str, &[Value])],
        paths: &BTreeSet<String>,
    ) -> Result<Vec<SubjectRow>, StoreError> {
        let (condition, mut values) = conditions(kind, filters);
        let mut query = self
            .db
            .prepare_cached(&format!("SELECT rid, id, place FROM record WHERE {condition} ORDER BY id"))?;
        let mut rows: Vec<SubjectRow> = Vec::new();
        let mut at: HashMap<i64, usize> = HashMap::new();
        let mut found = query.query(params_from_iter(&values))?;
        while let Some(row) = found.next()? {
            at.insert(row.get(0)?, rows.len());
            rows.push(SubjectRow {
                record: row.get(1)?,
                place: row.get(2)?,
                values: BTreeMap::new(),
                contested: BTreeSet::new(),
            });
        }
        if paths.is_empty() || rows.is_empty() {
            return Ok(rows);
        }
        let wanted = globs(paths, &mut values);
        let mut query = self.db.prepare_cached(&format!(
            "SELECT rid, path, value FROM fact WHERE ({wanted}) AND rid IN (SELECT rid FROM record WHERE {condition})"
        ))?;
        let mut found = query.query(params_from_iter(&values))?;
        while let Some(row) = found.next()? {
            let (path, value): (String, Sql) = (row.get(1)?, row.get(2)?);
            if let (Some(at), Some(value)) = (at.get(&row.get(0)?), read_fact(kind, &path, value)) {
                rows[*at].values.insert(path, value);
            }
        }
        let mut query = self.db.prepare_cached(&format!(
            "SELECT rid, path FROM contested WHERE ({wanted}) AND rid IN (SELECT rid FROM record WHERE {condition})"
        ))?;
        let mut found = query.query(params_from_iter(&values))?;
        while let Some(row) = found.next()? {
            if let Some(at) = at.get(&row.get(0)?) {
                rows[*at].contested.insert(row.get(1)?);
            }
        }
        Ok(rows)
    }

    /// The steps that count of the cases run by one of `workflows`, made since a moment.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn steps(
        &self,
        workflows: &[String],
        steps: &[String],
        since: Timestamp,
    ) -> Result<Vec<StepRow>, StoreError> {
        let marks = |count: usize| vec!["?"; count].join(",");
        let mut query = self.db.prepare_cached(&format!(
            "SELECT record.id, work.procedure, work.version, record.place, step.event, step.at, work.answers
             FROM step JOIN work USING (rid) JOIN record USING (rid)
             WHERE step.step IN ({}) AND work.procedure IN ({}) AND step.at >= ?
               AND record.hidden = 0 AND record.lifecycle <> 'archived'
             ORDER BY step.at, step.event",
            marks(steps.len()),
            marks(workflows.len())
        ))?;
        let texts = steps.iter().chain(workflows).map(|text| Sql::Text(text.clone()));
        let values: Vec<Sql> = texts.chain([Sql::Integer(since.millis())]).collect();
        let mut rows = query.query(params_from_iter(values))?;
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

    /// The live records of a kind with those values that were made since a moment.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn answers(
        &self,
        kind: Kind,
        filters: &[(&str, &[Value])],
        since: Timestamp,
    ) -> Result<Vec<AnswerRow>, StoreError> {
        let (condition, mut values) = conditions(kind, filters);
        values.push(Sql::Integer(since.millis()));
        self.answer_rows(&format!("{condition} AND made_at >= ?{}", values.len()), &values)
    }

    /// Every live record that says which due item it answers.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn answers_to_due(&self) -> Result<Vec<AnswerRow>, StoreError> {
        let condition =
            "hidden = 0 AND lifecycle <> 'archived' AND rid IN (SELECT rid FROM fact WHERE path = 'due')";
        self.answer_rows(condition, &[])
    }

    fn answer_rows(&self, condition: &str, values: &[Sql]) -> Result<Vec<AnswerRow>, StoreError> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT id, kind, place, work.procedure,
                    (SELECT value FROM fact WHERE fact.rid = record.rid AND path = 'due'),
                    coalesce(contact.at, work.opened_at, changed_at) AS made_at,
                    CASE WHEN kind IN ('round', 'case') THEN coalesce(work.closed, 0) ELSE 1 END,
                    (SELECT value FROM fact WHERE fact.rid = record.rid AND path = 'field/until')
             FROM record LEFT JOIN work USING (rid) LEFT JOIN contact USING (rid)
             WHERE {condition} ORDER BY made_at, id"
        ))?;
        let rows = query.query_map(params_from_iter(values), |row| {
            Ok(AnswerRow {
                record: row.get(0)?,
                kind: row.get(1)?,
                place: row.get(2)?,
                procedure: row.get(3)?,
                due: row.get(4)?,
                at: row.get(5)?,
                closed: row.get(6)?,
                until: row.get(7)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What each of some records names as its subject, with the kinds of those that are here.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn links_of(
        &self,
        records: impl Iterator<Item = RecordId>,
    ) -> Result<BTreeMap<RecordId, Vec<(RecordId, Kind)>>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT target, other.kind FROM link JOIN record AS own ON own.rid = link.rid
             JOIN record AS other ON other.id = link.target WHERE own.id = ?1 ORDER BY target",
        )?;
        let mut links = BTreeMap::new();
        for record in records {
            let found = query.query_map([record], |row| Ok((row.get(0)?, row.get(1)?)))?;
            links.insert(record, found.collect::<Result<_, _>>()?);
        }
        Ok(links)
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

/// The condition over `record` for a kind and its filters, with its values.
fn conditions(kind: Kind, filters: &[(&str, &[Value])]) -> (String, Vec<Sql>) {
    let mut values = vec![Sql::Text(kind.name().to_owned())];
    let mut sql = "record.kind = ?1 AND record.hidden = 0 AND record.lifecycle <> 'archived'".to_owned();
    for (path, among) in filters {
        values.push(Sql::Text((*path).to_owned()));
        let path = values.len();
        let marks: Vec<String> = among
            .iter()
            .map(|value| {
                values.push(owned(value));
                format!("?{}", values.len())
            })
            .collect();
        sql.push_str(&format!(
            " AND record.rid IN (SELECT rid FROM fact WHERE path = ?{path} AND value IN ({}))",
            marks.join(",")
        ));
    }
    (sql, values)
}

/// `path = ? OR path GLOB ?` for every path; `*` of a path is one segment, which no indexed path has two of apart.
fn globs(paths: &BTreeSet<String>, values: &mut Vec<Sql>) -> String {
    let each = paths.iter().map(|path| {
        values.push(Sql::Text(path.clone()));
        let compare = if path.contains('*') { "GLOB" } else { "=" };
        format!("path {compare} ?{}", values.len())
    });
    each.collect::<Vec<_>>().join(" OR ")
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
