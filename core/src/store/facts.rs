//! What due rules ask of the store, each answered by a few indexed queries over projections, however many records
//! there are. `only` limits an answer to what concerns some records: after an edit, little has to be asked again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::types::Value as Sql;
use rusqlite::{params, params_from_iter};

use super::figures::StepOfCase;
use super::sets::Sets;
use super::sql::owned;
use super::{Reader, StoreError, Tx};
use crate::model::fields::{self, Type};
use crate::model::{DueId, EventId, Kind, PlaceId, RecordId, Timestamp, Value, facts};

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
    /// Only those that belong to this place itself.
    pub at: Option<&'a PlaceId>,
    /// Only these records; of rows of registers, also those about one of these.
    pub only: Option<&'a Concerned>,
}

/// Some records, and those that are about them: looked up once, asked for often.
#[derive(Debug, Clone)]
pub struct Concerned {
    /// The rows of the records, as a JSON list.
    own: String,
    /// Theirs and those of the records that name one of them.
    all: String,
}

/// Records whose latest date at a path is not after a day.
#[derive(Debug, Clone, Copy)]
pub struct DateQuery<'a> {
    /// A path of full dates or moments; `*` stands for one segment.
    pub path: &'a str,
    /// The first value wanted, where there is one: the text of a date, or a moment.
    pub from: Option<&'a Value>,
    /// The last value wanted.
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
    /// When it was over, where that was worked out; otherwise when it was made.
    pub done_at: Timestamp,
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
    /// When it was over.
    pub finished: Option<Timestamp>,
    /// Rounds of handling of a case.
    pub rounds: u32,
    /// A case's answers; what was found at each item of a round.
    pub answers: BTreeMap<String, Value>,
    /// A case's steps that count, in the order they were folded in.
    pub steps: Vec<StepOfCase>,
    /// A case's deadlines, as the layer that knows playbooks writes them.
    pub clocks: String,
}

impl Reader<'_> {
    /// The live records a query selects.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn subjects(&self, ask: &SubjectQuery<'_>, sets: &mut Sets) -> Result<Vec<SubjectRow>, StoreError> {
        let mut values = Values::default();
        let mut selected = live(ask.kind, &mut values);
        let from = match ask.only {
            // Of few records each is looked at; of all of them the sets are.
            Some(only) => {
                for (path, among) in ask.among {
                    selected.push_str(&format!(" AND {}", values.has(path, among)));
                }
                for (path, among) in ask.unless {
                    selected.push_str(&format!(" AND NOT {}", values.has(path, among)));
                }
                if let Some(at) = ask.at {
                    let at = values.bind(Sql::Text(at.as_str().to_owned()));
                    selected.push_str(&format!(" AND record.place = {at}"));
                }
                values.those(if ask.kind == Kind::Entry { &only.all } else { &only.own })
            }
            None => {
                let mut rows = sets.selected(self, ask)?;
                if let Some(at) = ask.at {
                    rows = sets.at(self, ask.kind, &rows, at)?;
                }
                if rows.is_empty() {
                    return Ok(Vec::new());
                }
                values.those(&json(&rows))
            }
        };
        let date = ask.date.as_ref().map_or_else(|| "NULL".to_owned(), |date| values.latest(date.path));
        if let Some(wanted) = ask.date.as_ref().filter(|_| ask.only.is_some()) {
            selected.push_str(&values.within(&date, wanted));
        }
        let mut query = self.db.prepare_cached(&format!(
            "SELECT record.rid, record.id, record.place, {date} FROM {from} WHERE {selected}"
        ))?;
        let mut rows: Vec<SubjectRow> = Vec::new();
        let mut rids: Vec<i64> = Vec::new();
        let mut found = query.query(params_from_iter(&values.0))?;
        while let Some(row) = found.next()? {
            let rid: i64 = row.get(0)?;
            let date = match &ask.date {
                Some(date) => read_fact(ask.kind, date.path, row.get(3)?),
                None => None,
            };
            rids.push(rid);
            rows.push(SubjectRow {
                record: row.get(1)?,
                place: row.get(2)?,
                date,
                values: BTreeMap::new(),
                contested: BTreeSet::new(),
            });
        }
        if ask.paths.is_empty() || rows.is_empty() {
            return Ok(rows);
        }
        let at: HashMap<i64, usize> = rids.iter().enumerate().map(|(at, rid)| (*rid, at)).collect();
        let mut values = Values::default();
        let of = values.bind(Sql::Text(json(&rids)));
        let of = format!("SELECT value FROM json_each({of})");
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
        only: Option<&Concerned>,
    ) -> Result<Vec<StepRow>, StoreError> {
        let mut values = Values::default();
        let from = match only {
            None => "step JOIN work USING (rid) JOIN record USING (rid)".to_owned(),
            Some(only) => {
                format!("{} CROSS JOIN work USING (rid) JOIN step USING (rid)", values.those(&only.all))
            }
        };
        let mut selected = "record.hidden = 0 AND record.lifecycle <> 'archived'".to_owned();
        let named = values.list(steps.iter().map(|text| Sql::Text(text.clone())));
        let run_by = values.list(workflows.iter().map(|text| Sql::Text(text.clone())));
        let since = values.bind(Sql::Integer(since.millis()));
        selected.push_str(&format!(
            " AND step.step IN ({named}) AND work.procedure IN ({run_by}) AND step.at >= {since}"
        ));
        let mut query = self.db.prepare_cached(&format!(
            "SELECT record.id, work.procedure, work.version, record.place, step.event, step.at, work.answers
             FROM {from}
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
        only: Option<&Concerned>,
    ) -> Result<Vec<AnswerRow>, StoreError> {
        let mut values = Values::default();
        let from = only.map_or_else(|| "record".to_owned(), |only| values.those(&only.all));
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
        self.answer_rows(&from, &selected, &values, "NULL")
    }

    /// The live records that say they answer one of these due items.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerRow>, StoreError> {
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = Values::default();
        let list: Vec<String> = due.iter().map(|due| format!("\"{due}\"")).collect();
        let list = values.bind(Sql::Text(format!("[{}]", list.join(","))));
        let from = format!(
            "json_each({list}) AS wanted
             CROSS JOIN fact AS said ON said.path = 'due' AND said.value = wanted.value
             CROSS JOIN record ON record.rid = said.rid"
        );
        self.answer_rows(&from, "hidden = 0 AND lifecycle <> 'archived'", &values, "said.value")
    }

    /// Every due item some record says it answers.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn answered_due(&self) -> Result<BTreeSet<DueId>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT group_concat(value) FROM fact WHERE path = 'due'")?;
        let ids: Option<String> = query.query_row([], |row| row.get(0))?;
        Ok(ids.unwrap_or_default().split(',').filter_map(|id| id.parse().ok()).collect())
    }

    /// Some records, and those about them.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn concerned(&self, records: &BTreeSet<RecordId>) -> Result<Concerned, StoreError> {
        let mut values = Values::default();
        let list = values.records(records);
        let rids = |sql: &str| -> Result<String, StoreError> {
            let mut query = self.db.prepare_cached(sql)?;
            let rids: Vec<i64> =
                query.query_map(params_from_iter(&values.0), |row| row.get(0))?.collect::<Result<_, _>>()?;
            let rids: Vec<String> = rids.iter().map(ToString::to_string).collect();
            Ok(format!("[{}]", rids.join(",")))
        };
        Ok(Concerned {
            own: rids(&format!("SELECT rid FROM record WHERE id IN ({list})"))?,
            all: rids(&format!(
                "SELECT rid FROM record WHERE id IN ({list}) UNION SELECT rid FROM link WHERE target IN ({list})"
            ))?,
        })
    }

    /// The cases that are about one of some records.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn cases_about(&self, records: &BTreeSet<RecordId>) -> Result<Vec<RecordId>, StoreError> {
        let mut values = Values::default();
        let list = values.records(records);
        let mut query = self.db.prepare_cached(&format!(
            "SELECT DISTINCT record.id FROM link JOIN record USING (rid)
             WHERE link.target IN ({list}) AND record.kind = 'case'"
        ))?;
        Ok(query.query_map(params_from_iter(&values.0), |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    fn answer_rows(
        &self,
        from: &str,
        selected: &str,
        values: &Values,
        due: &str,
    ) -> Result<Vec<AnswerRow>, StoreError> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT record.rid, record.id, kind, place, work.procedure, {due}, {MADE_AT} AS made_at,
                    CASE WHEN kind IN ('round', 'case') THEN coalesce(work.closed, 0) ELSE 1 END,
                    CASE WHEN kind = 'entry'
                         THEN (SELECT value FROM fact WHERE fact.rid = record.rid AND path = 'field/until') END,
                    link.target, coalesce(work.finished_at, {MADE_AT})
             FROM {from} LEFT JOIN work ON work.rid = record.rid LEFT JOIN contact ON contact.rid = record.rid
                  LEFT JOIN link ON link.rid = record.rid
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
                    done_at: row.get(10)?,
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
        if records.is_empty() {
            return Ok(BTreeMap::new());
        }
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
                "UPDATE work SET state = ?2, closed = ?3, disputed = ?4, finished_at = ?5, rounds = ?6, answers = ?7,
                        clocks = ?8 WHERE rid = ?1",
            )?
            .execute(params![
                rid,
                folded.state,
                folded.closed,
                folded.disputed,
                folded.finished,
                folded.rounds,
                answers,
                folded.clocks
            ])?;
        self.db.prepare_cached("DELETE FROM step WHERE rid = ?1")?.execute([rid])?;
        let mut insert = self.db.prepare_cached(
            "INSERT INTO step (rid, number, event, step, at, by, to_state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for (number, step) in folded.steps.iter().enumerate() {
            insert.execute(params![rid, number, step.event.0, step.step, step.at, step.by, step.to])?;
        }
        Ok(())
    }
}

/// When a record was made, in estimated office time.
const MADE_AT: &str = "coalesce(contact.at, work.opened_at, changed_at)";

/// The condition over `record` for the live ones of a kind.
pub(super) fn live(kind: Kind, values: &mut Values) -> String {
    let kind = values.bind(Sql::Text(kind.name().to_owned()));
    format!("record.kind = {kind} AND record.hidden = 0 AND record.lifecycle <> 'archived'")
}

/// The values of a query's numbered parameters.
#[derive(Debug, Clone, Default)]
pub(super) struct Values(pub(super) Vec<Sql>);

impl Values {
    pub(super) fn bind(&mut self, value: Sql) -> String {
        self.0.push(value);
        format!("?{}", self.0.len())
    }

    pub(super) fn list(&mut self, values: impl Iterator<Item = Sql>) -> String {
        values.map(|value| self.bind(value)).collect::<Vec<_>>().join(",")
    }

    /// One parameter for any number of records, so that the statement stays the same.
    fn records(&mut self, records: &BTreeSet<RecordId>) -> String {
        let list: Vec<String> = records.iter().map(|record| format!("\"{record}\"")).collect();
        let list = self.bind(Sql::Text(format!("[{}]", list.join(","))));
        format!("SELECT unhex(value) FROM json_each({list})")
    }

    /// `record`, limited to a list of rows: they lead, whatever else is asked.
    fn those(&mut self, rids: &str) -> String {
        let list = self.bind(Sql::Text(rids.to_owned()));
        format!("json_each({list}) AS wanted CROSS JOIN record ON record.rid = wanted.value")
    }

    /// Whether a record's value at a path is among some; with none named: whether it has one.
    fn has(&mut self, path: &str, among: &[Value]) -> String {
        let fits = self.fits(path, among);
        format!("EXISTS (SELECT 1 FROM fact WHERE fact.rid = record.rid AND {fits})")
    }

    pub(super) fn fits(&mut self, path: &str, among: &[Value]) -> String {
        let path = self.bind(Sql::Text(path.to_owned()));
        if among.is_empty() {
            return format!("fact.path = {path}");
        }
        let list = self.list(among.iter().map(owned));
        format!("fact.path = {path} AND fact.value IN ({list})")
    }

    /// `path = ? OR path GLOB ?` for every path; `*` is one segment, which no path has two of apart.
    pub(super) fn globs(&mut self, paths: &BTreeSet<String>) -> String {
        paths.iter().map(|path| self.glob(path)).collect::<Vec<_>>().join(" OR ")
    }

    pub(super) fn glob(&mut self, path: &str) -> String {
        let compare = if path.contains('*') { "GLOB" } else { "=" };
        format!("path {compare} {}", self.bind(Sql::Text(path.to_owned())))
    }

    /// A record's latest full date or moment.
    fn latest(&mut self, path: &str) -> String {
        let dated = self.dated(path, None);
        format!("(SELECT value FROM fact WHERE fact.rid = record.rid AND {dated})")
    }

    /// Whether a row of `fact` is the latest full date or moment at a path, and lies between two, both included.
    pub(super) fn dated(&mut self, path: &str, between: Option<(Option<&Value>, &Value)>) -> String {
        let path = self.bind(Sql::Text(facts::dated_at(path).into_owned()));
        let mut dated = format!("path = {path} AND (typeof(value) = 'integer' OR length(value) = 10)");
        if let Some((from, until)) = between {
            let until = self.bind(owned(until));
            dated.push_str(&format!(" AND value <= {until}"));
            if let Some(from) = from {
                let from = self.bind(owned(from));
                dated.push_str(&format!(" AND value >= {from}"));
            }
        }
        dated
    }

    fn within(&mut self, date: &str, wanted: &DateQuery<'_>) -> String {
        let until = self.bind(owned(wanted.until));
        let from =
            wanted.from.map_or_else(String::new, |from| format!(" AND {date} >= {}", self.bind(owned(from))));
        let absent = if wanted.absent { format!(" OR {date} IS NULL") } else { String::new() };
        format!(" AND ({date} <= {until}{from}{absent})")
    }
}

/// A JSON list of rows.
fn json(rows: &[i64]) -> String {
    let rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
    format!("[{}]", rows.join(","))
}

/// A value as the record has it: in columns, true and false are 1 and 0.
pub(super) fn read_fact(kind: Kind, path: &str, value: Sql) -> Option<Value> {
    let flag = fields::spec(kind, path).is_some_and(|spec| matches!(spec.ty, Type::Bool | Type::Member));
    match value {
        Sql::Integer(int) if flag => Some(Value::Bool(int != 0)),
        Sql::Integer(int) => Some(Value::Int(int)),
        Sql::Real(real) => Some(Value::Real(real)),
        Sql::Text(text) => Some(Value::Text(text)),
        Sql::Null | Sql::Blob(_) => None,
    }
}
