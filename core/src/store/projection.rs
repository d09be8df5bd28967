//! What a record looks like in lists and to rules: rows made from the record alone, so that they can be made again
//! from the documents at any time and must come out equal.

use rusqlite::params_from_iter;
use rusqlite::types::{ToSql, ToSqlOutput, Value as Sql};

use super::search::SearchText;
use super::{Collection, Reader, StoreError, Tx};
use crate::model::{
    Case, Contact, Entry, Event, Kind, Premises, Record, RecordId, Resident, Round, Timestamp, Value, fields,
};

/// The paths whose values can be asked for by [`Reader::by_fact`], per kind; `*` stands for one segment. Rules look
/// up their candidates here before they evaluate a condition.
pub const INDEXED_PATHS: &[(Kind, &[&str])] = &[
    (
        Kind::Premises,
        &["state", "owner_state", "key_held", "handed_over", "moved_in", "paid_until", "arrears", "archived"],
    ),
    (Kind::Resident, &["role", "stage", "segment", "birthday", "key_person", "care/*/need", "archived"]),
    (Kind::Contact, &["by", "channel", "outcome", "promise_by", "next_contact", "due", "archived"]),
    (Kind::Round, &["playbook", "due", "planned_for", "planned_on", "shift", "archived"]),
    (
        Kind::Case,
        &["playbook", "due", "source", "category", "urgency", "port", "assignee", "expected", "archived"],
    ),
    (Kind::Entry, &["form", "due", "field/*", "archived"]),
];

/// Longer text is prose, not something a rule compares.
const FACT_BYTES: usize = 64;

/// Rows of one table that belong to one record.
#[derive(Debug, Clone, PartialEq)]
struct Rows {
    table: &'static Table,
    rows: Vec<Vec<Sql>>,
}

/// A projected table: `columns` begin with what orders the rows of one record.
#[derive(Debug, PartialEq)]
struct Table {
    name: &'static str,
    key: &'static str,
    columns: &'static [&'static str],
}

static PREMISES: Table = Table {
    name: "premises",
    key: "rid",
    columns: &[
        "building",
        "unit",
        "floor",
        "room",
        "sort",
        "state",
        "owner_state",
        "layout",
        "area",
        "key_held",
    ],
};
static RESIDENT: Table =
    Table { name: "resident", key: "rid", columns: &["home", "name", "role", "key_person"] };
static PHONE: Table =
    Table { name: "resident_phone", key: "rid", columns: &["part", "number", "label", "verified", "failed"] };
static CONTACT: Table =
    Table { name: "contact", key: "rid", columns: &["by", "channel", "at", "outcome", "next_contact"] };
static WORK: Table = Table {
    name: "work",
    key: "rid",
    columns: &[
        "procedure",
        "version",
        "due",
        "title",
        "urgency",
        "assignee",
        "planned_on",
        "opened_at",
        "moved_at",
    ],
};
static LINK: Table = Table { name: "link", key: "rid", columns: &["path", "target"] };
static FACT: Table = Table { name: "fact", key: "rid", columns: &["path", "value"] };
static CONTESTED: Table = Table { name: "contested", key: "rid", columns: &["path"] };
static SEARCH: Table =
    Table { name: "search", key: "rowid", columns: &["name", "pinyin", "phone", "room", "note"] };

fn sql(value: impl ToSql) -> Sql {
    match value.to_sql() {
        Ok(ToSqlOutput::Owned(value)) => value,
        Ok(ToSqlOutput::Borrowed(value)) => value.try_into().unwrap_or(Sql::Null),
        _ => Sql::Null,
    }
}

/// Every row of a record, in a fixed order.
fn project(record: &Record) -> Vec<Rows> {
    let mut tables = match record.kind {
        Kind::Premises => vec![premises(record)],
        Kind::Resident => resident(record),
        Kind::Contact => vec![contact(record)],
        Kind::Round | Kind::Case | Kind::Entry => vec![work(record)],
    };
    tables.push(Rows { table: &LINK, rows: links(record) });
    tables.push(Rows { table: &FACT, rows: facts(record) });
    let contested = record.contested().map(|(path, _)| vec![sql(path)]).collect();
    tables.push(Rows { table: &CONTESTED, rows: contested });
    let text = SearchText::of(record);
    let row = [text.name, text.pinyin, text.phone, text.room, text.note];
    let said = row.iter().any(|column| !column.is_empty());
    let rows = said.then(|| row.into_iter().map(Sql::Text).collect()).into_iter().collect();
    tables.push(Rows { table: &SEARCH, rows });
    tables
}

fn premises(record: &Record) -> Rows {
    let home = Premises::read(record);
    let part = |part: &Option<String>| natural(part.as_deref().unwrap_or_default());
    let sort = format!("{} {} {}", part(&home.building), part(&home.unit), part(&home.room));
    let row = vec![
        sql(&home.building),
        sql(&home.unit),
        sql(home.floor),
        sql(&home.room),
        sql(sort),
        sql(record.text("state")),
        sql(record.text("owner_state")),
        sql(&home.layout),
        sql(home.area),
        sql(home.key_held.unwrap_or(false)),
    ];
    Rows { table: &PREMISES, rows: vec![row] }
}

fn resident(record: &Record) -> Vec<Rows> {
    let person = Resident::read(record);
    let row = vec![
        sql(person.home),
        sql(&person.name),
        sql(record.text("role")),
        sql(person.key_person.unwrap_or(false)),
    ];
    let date = |date: Option<chrono::NaiveDate>| sql(date.map(|date| date.to_string()));
    let phones = person
        .phones
        .iter()
        .filter_map(|(part, phone)| {
            Some(vec![
                sql(part.to_string()),
                sql(phone.number.as_ref()?),
                sql(&phone.label),
                date(phone.verified),
                date(phone.failed),
            ])
        })
        .collect();
    vec![Rows { table: &RESIDENT, rows: vec![row] }, Rows { table: &PHONE, rows: phones }]
}

fn contact(record: &Record) -> Rows {
    let contact = Contact::read(record);
    let row = vec![
        sql(contact.by),
        sql(record.text("channel")),
        sql(contact.at),
        sql(record.text("outcome")),
        sql(contact.next_contact),
    ];
    Rows { table: &CONTACT, rows: vec![row] }
}

fn work(record: &Record) -> Rows {
    let (procedure, version, due, title, urgency, assignee, planned_on) = match record.kind {
        Kind::Round => {
            let round = Round::read(record);
            let on = round.planned_on.map(|date| date.to_string());
            (round.playbook, round.version, round.due, None, None, round.planned_for, on)
        }
        Kind::Case => {
            let case = Case::read(record);
            let urgency = record.text("urgency").map(str::to_owned);
            (case.playbook, case.version, case.due, case.title, urgency, case.assignee, None)
        }
        _ => {
            let entry = Entry::read(record);
            (entry.form, entry.version, entry.due, None, None, None, None)
        }
    };
    let times: Vec<Timestamp> = event_times(record);
    let row = vec![
        sql(procedure),
        sql(version),
        sql(due),
        sql(title),
        sql(urgency),
        sql(assignee),
        sql(planned_on),
        sql(times.iter().min()),
        sql(times.iter().max()),
    ];
    Rows { table: &WORK, rows: vec![row] }
}

/// When things happened in a workflow or on a round, by estimated office time.
fn event_times(record: &Record) -> Vec<Timestamp> {
    let steps = record.events().map(|(event, _)| event);
    let marks = Round::check_ins(record).into_iter().chain(Round::results(record)).map(|mark| mark.event);
    steps.chain(marks).map(|event: Event| event.estimated()).collect()
}

/// Every reference to another record: fields that hold one, and members of `subject/*`.
fn links(record: &Record) -> Vec<Vec<Sql>> {
    let targets = record.fields.iter().filter_map(|(path, field)| {
        let target: RecordId = match path.strip_prefix("subject/").or(path.strip_prefix("link/")) {
            Some(member) => member.parse().ok()?,
            None => {
                let spec = fields::spec(record.kind, path)?;
                (spec.ty == fields::Type::Record).then(|| field.winner.value.as_text()?.parse().ok())??
            }
        };
        Some(vec![sql(path), sql(target)])
    });
    targets.collect()
}

fn facts(record: &Record) -> Vec<Vec<Sql>> {
    let patterns =
        INDEXED_PATHS.iter().find(|(kind, _)| *kind == record.kind).map_or(&[][..], |(_, paths)| paths);
    let short = |value: &Value| value.as_text().is_none_or(|text| text.len() <= FACT_BYTES);
    let facts = record.fields.iter().filter_map(|(path, field)| {
        let value = &field.winner.value;
        let indexed = patterns.iter().any(|pattern| matches(pattern, path));
        (indexed && short(value)).then(|| vec![sql(path), sql(value)])
    });
    facts.collect()
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut want, mut have) = (pattern.split('/'), path.split('/'));
    loop {
        match (want.next(), have.next()) {
            (None, None) => return true,
            (Some(want), Some(have)) if want == "*" || want == have => {}
            _ => return false,
        }
    }
}

/// A key that sorts text with numbers in it as people do: `2` before `10`, `3` before `3A`.
fn natural(text: &str) -> String {
    let mut key = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            key.push_str(&format!("{digits:0>6}"));
            digits.clear();
        }
        key.push(c);
    }
    key.pop();
    key
}

impl Reader<'_> {
    fn projected(&self, rid: i64, table: &Table) -> Result<Vec<Vec<Sql>>, StoreError> {
        let columns = table.columns.join(", ");
        let Table { name, key, .. } = table;
        let first = table.columns[0];
        let query = format!("SELECT {columns} FROM {name} WHERE {key} = ?1 ORDER BY {first}");
        let mut query = self.db.prepare_cached(&query)?;
        let rows =
            query.query_map([rid], |row| (0..table.columns.len()).map(|column| row.get(column)).collect())?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Brings the rows of a record up to date. Reading is cheap, a dirty page is not: tables whose rows are as they
    /// should be are left alone, which after most edits is nearly all of them.
    pub(super) fn project(&mut self, rid: i64, record: &Record) -> Result<(), StoreError> {
        for Rows { table, rows } in project(record) {
            if self.projected(rid, table)? == rows {
                continue;
            }
            let Table { name, key, columns } = table;
            self.db.prepare_cached(&format!("DELETE FROM {name} WHERE {key} = ?1"))?.execute([rid])?;
            let places: String = (2..=columns.len() + 1).map(|number| format!(", ?{number}")).collect();
            let columns = columns.join(", ");
            let mut insert = self
                .db
                .prepare_cached(&format!("INSERT INTO {name} ({key}, {columns}) VALUES (?1{places})"))?;
            for row in rows {
                insert.execute(params_from_iter(std::iter::once(Sql::Integer(rid)).chain(row)))?;
            }
        }
        self.unfold(rid)
    }

    /// The state of a round, case or entry has to be worked out again.
    pub(super) fn unfold(&mut self, rid: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE work SET state = NULL, closed = NULL WHERE rid = ?1 AND state IS NOT NULL",
            )?
            .execute([rid])?;
        Ok(())
    }

    /// Every state has to be worked out again: the playbooks changed.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn unfold_all(&mut self) -> Result<(), StoreError> {
        self.db.execute_batch("UPDATE work SET state = NULL, closed = NULL WHERE state IS NOT NULL")?;
        Ok(())
    }

    /// Makes every projection again from the documents: after an upgrade that changed their shape, or to compare.
    ///
    /// # Errors
    /// [`StoreError`] of the file or a document.
    pub fn rebuild_projections(&mut self) -> Result<(), StoreError> {
        for table in [&PREMISES, &RESIDENT, &PHONE, &CONTACT, &WORK, &LINK, &FACT, &CONTESTED, &SEARCH] {
            self.db.execute_batch(&format!("DELETE FROM {}", table.name))?;
        }
        let records: Vec<(i64, RecordId)> = {
            let mut query = self.db.prepare_cached("SELECT rid, id FROM record ORDER BY rid")?;
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?
        };
        for (rid, id) in records {
            let Some(record) = self.record(id)? else { continue };
            self.project(rid, &record)?;
            self.note(Collection::Records(record.kind));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_sort_as_people_count() {
        let mut rooms = ["10", "2", "3A", "3", "商铺12", "商铺2", ""];
        rooms.sort_by_key(|room| natural(room));
        assert_eq!(rooms, ["", "2", "3", "3A", "10", "商铺2", "商铺12"]);
    }

    #[test]
    fn patterns_match_whole_paths() {
        assert!(matches("care/*/need", "care/7f/need"));
        for other in ["care/7f", "care/7f/need/x", "cares/7f/need"] {
            assert!(!matches("care/*/need", other), "{other}");
        }
    }

    #[test]
    fn every_indexed_path_is_a_field_of_its_kind() {
        for (kind, paths) in INDEXED_PATHS {
            for path in *paths {
                let known = fields::specs(*kind).iter().chain(fields::common());
                assert!(known.clone().any(|spec| spec.path == *path), "{}: {path}", kind.name());
            }
        }
    }
}
