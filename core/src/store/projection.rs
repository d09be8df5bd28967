//! What a record looks like in lists and to rules: rows made from the record alone, so that they can be made again
//! from the documents at any time and must come out equal.
//!
//! Every function returns a [`crate::store::StoreError`] when the database cannot be read or written.

use std::sync::OnceLock;

use rusqlite::params_from_iter;
use rusqlite::types::{ToSql, ToSqlOutput, Value as Sql};

use super::facts::{Facts, FieldNumbers};
use super::search::SearchText;
use super::sql::cell;
use super::{Reader, StoreError, Tx};
use crate::model::resident::Phone;
use crate::model::room::natural;
use crate::model::row::{Column, Part as _, Row as _};
use crate::model::{
    Case, ContactRow, Entry, HomeRow, Kind, Record, RecordId, Resident, ResidentRow, Round, facts,
};

/// Rows of one table that belong to one record.
#[derive(Debug, Clone, PartialEq)]
struct Rows {
    table: &'static Table,
    rows: Vec<Vec<Sql>>,
}

/// A projected table: what orders the rows of one record comes first, then what else is no field of its kind, then the fields.
#[derive(Debug, PartialEq)]
pub(super) struct Table {
    pub(super) name: &'static str,
    key: &'static str,
    own: &'static [&'static str],
    pub(super) fields: &'static [Column],
    rows_are: RowsAre,
    /// The statement that writes a row. Put together once: a first sync writes a hundred thousand.
    insert: OnceLock<String>,
}

/// How the rows of one record in a table are told apart.
#[derive(Debug, PartialEq, Clone, Copy)]
enum RowsAre {
    /// There is one.
    One,
    /// By the first column that is no field.
    Keyed,
    /// There is one, and nothing of it is changed by itself: the index of words has to know what was there.
    Words,
}

pub(super) static HOME: Table = Table {
    name: "home",
    key: "rid",
    own: &["sort"],
    fields: HomeRow::COLUMNS,
    rows_are: RowsAre::One,
    insert: OnceLock::new(),
};
pub(super) static RESIDENT: Table = Table {
    name: "resident",
    key: "rid",
    own: &[],
    fields: ResidentRow::COLUMNS,
    rows_are: RowsAre::One,
    insert: OnceLock::new(),
};
pub(super) static PHONE: Table = Table {
    name: "resident_phone",
    key: "rid",
    own: &["part"],
    fields: Phone::COLUMNS,
    rows_are: RowsAre::Keyed,
    insert: OnceLock::new(),
};
pub(super) static CONTACT: Table = Table {
    name: "contact",
    key: "rid",
    own: &["by", "at"],
    fields: ContactRow::COLUMNS,
    rows_are: RowsAre::One,
    insert: OnceLock::new(),
};
static WORK: Table = Table {
    name: "work",
    key: "rid",
    rows_are: RowsAre::One,
    insert: OnceLock::new(),
    own: &[
        "procedure",
        "version",
        "due",
        "title",
        "urgency",
        "assignee",
        "planned_on",
        "made_by",
        "opened_at",
        "moved_at",
    ],
    fields: &[],
};
static LINK: Table = Table {
    name: "link",
    key: "rid",
    own: &["path", "target"],
    fields: &[],
    rows_are: RowsAre::Keyed,
    insert: OnceLock::new(),
};
static CONFLICT: Table = Table {
    name: "conflict",
    key: "rid",
    own: &["path"],
    fields: &[],
    rows_are: RowsAre::Keyed,
    insert: OnceLock::new(),
};
static SEARCH: Table = Table {
    name: "search",
    key: "rowid",
    own: &["name", "pinyin", "phone", "room", "note"],
    fields: &[],
    rows_are: RowsAre::Words,
    insert: OnceLock::new(),
};

impl Table {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.own.iter().copied().chain(self.fields.iter().map(|(name, _)| *name))
    }

    /// Every column, as a statement names them. A field may be called as SQL calls something else.
    pub(super) fn columns(&self) -> String {
        let names: Vec<String> = self.names().map(|name| format!("\"{name}\"")).collect();
        names.join(", ")
    }

    /// The statement that writes a row: its key, then every column.
    fn insert(&self) -> &str {
        self.insert.get_or_init(|| {
            let Self { name, key, .. } = self;
            let places: String = self.names().zip(2..).map(|(_, number)| format!(", ?{number}")).collect();
            format!("INSERT INTO {name} ({key}, {}) VALUES (?1{places})", self.columns())
        })
    }

    /// What tells the rows of one record apart.
    fn part(&self) -> &'static str {
        self.own.first().copied().unwrap_or(self.key)
    }

    /// The fields, to be selected behind other columns.
    pub(super) fn listed(&self) -> String {
        self.fields.iter().map(|(name, _)| format!(", {}.\"{name}\"", self.name)).collect()
    }

    /// One row: what is no field, then the fields of the record below `prefix`.
    fn row(&self, own: Vec<Sql>, record: &Record, prefix: &str) -> Vec<Sql> {
        let mut row = own;
        row.extend(self.fields.iter().map(|(name, ty)| match prefix {
            "" => cell(*ty, record.get(name)),
            prefix => cell(*ty, record.get(&format!("{prefix}{name}"))),
        }));
        row
    }
}

fn sql(value: impl ToSql) -> Sql {
    match value.to_sql() {
        Ok(ToSqlOutput::Owned(value)) => value,
        Ok(ToSqlOutput::Borrowed(value)) => value.try_into().unwrap_or(Sql::Null),
        _ => Sql::Null,
    }
}

/// The rows of a record that is new here.
pub struct Projected {
    facts: Facts,
    /// The same as the record's row holds them.
    pub(super) packed: Option<Vec<u8>>,
    rows: Vec<Rows>,
}

/// Works rows out. It needs no transaction: another thread may.
#[derive(Clone, Copy)]
pub struct Projector<'c>(&'c FieldNumbers);

impl Projector<'_> {
    /// The rows of a record.
    #[must_use]
    pub fn project(self, record: &Record) -> Projected {
        let facts = self.0.facts_of(record);
        Projected { packed: facts.pack(), facts, rows: project(record, true) }
    }
}

impl<'c> Reader<'c> {
    /// What works rows out for this database.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn projector(&self) -> Result<Projector<'c>, StoreError> {
        Ok(Projector(self.db.fields()?))
    }
}

/// Every row of a record, in a fixed order; those of the search index last, if they are wanted.
fn project(record: &Record, words: bool) -> Vec<Rows> {
    let mut tables = match record.kind {
        Kind::Home => vec![home(record)],
        Kind::Resident => resident(record),
        Kind::Contact => vec![contact(record)],
        Kind::Round | Kind::Case | Kind::Entry => vec![work(record)],
    };
    tables.push(Rows { table: &LINK, rows: links(record) });
    let conflicts = record.conflicts().map(|(path, _)| vec![sql(path)]).collect();
    tables.push(Rows { table: &CONFLICT, rows: conflicts });
    if !words {
        return tables;
    }
    let text = SearchText::of(record);
    let row = [text.name, text.pinyin, text.phone, text.room, text.note];
    let said = row.iter().any(|column| !column.is_empty());
    let rows = said.then(|| row.into_iter().map(Sql::Text).collect()).into_iter().collect();
    tables.push(Rows { table: &SEARCH, rows });
    tables
}

fn home(record: &Record) -> Rows {
    let part = |path| natural(record.text(path).unwrap_or_default());
    let sort = format!("{} {} {}", part("building"), part("unit"), part("room"));
    Rows { table: &HOME, rows: vec![HOME.row(vec![sql(sort)], record, "")] }
}

fn resident(record: &Record) -> Vec<Rows> {
    let mut phones = Resident::read(record).phones;
    phones.retain(|phone| phone.number.is_some());
    let phone = |phone: Phone| {
        PHONE.row(vec![sql(phone.id.to_string())], record, &format!("{}/{}/", Phone::SET, phone.id))
    };
    let phones = phones.into_iter().map(phone).collect();
    let row = RESIDENT.row(Vec::new(), record, "");
    vec![Rows { table: &RESIDENT, rows: vec![row] }, Rows { table: &PHONE, rows: phones }]
}

fn contact(record: &Record) -> Rows {
    let made = facts::made(record);
    Rows { table: &CONTACT, rows: vec![CONTACT.row(vec![sql(made.by), sql(made.at)], record, "")] }
}

fn work(record: &Record) -> Rows {
    let (procedure, version, due, title, urgency, assignee, planned_on) = match record.kind {
        Kind::Round => {
            let round = Round::read(record);
            let on = round.planned_on.map(|date| date.to_string());
            (round.playbook.map(String::from), round.version, round.due, None, None, round.planned_for, on)
        }
        Kind::Case => {
            let case = Case::read(record);
            let urgency = record.text("urgency").map(str::to_owned);
            let version = Case::versions(record).last().map(ToString::to_string);
            (
                case.playbook.map(String::from),
                version.or(case.version),
                case.due,
                case.title,
                urgency,
                case.assignee,
                None,
            )
        }
        _ => {
            let entry = Entry::read(record);
            (entry.form.map(String::from), entry.version, entry.due, None, None, None, None)
        }
    };
    let made = facts::made(record);
    let row = vec![
        sql(procedure),
        sql(version),
        sql(due),
        sql(title),
        sql(urgency),
        sql(assignee),
        sql(planned_on),
        sql(made.by),
        sql(made.at),
        sql(made.moved),
    ];
    Rows { table: &WORK, rows: vec![row] }
}

fn links(record: &Record) -> Vec<Vec<Sql>> {
    facts::links(record).into_iter().map(|(path, target)| vec![sql(path), sql(target)]).collect()
}

impl Reader<'_> {
    fn projected(&self, rid: i64, table: &Table) -> Result<Vec<Vec<Sql>>, StoreError> {
        let (Table { name, key, .. }, columns, width) = (table, table.columns(), table.names().count());
        let query = format!("SELECT {columns} FROM {name} WHERE {key} = ?1 ORDER BY 1");
        let mut query = self.db.prepare_cached(&query)?;
        let rows = query.query_map([rid], |row| (0..width).map(|column| row.get(column)).collect())?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Brings the rows of a record up to date. Reading is cheap, a dirty page is not: what is as it should be is left alone,
    /// which after most edits is nearly all.
    pub(super) fn project(&mut self, rid: i64, record: &Record) -> Result<(), StoreError> {
        for Rows { table, rows } in project(record, true) {
            let present = self.projected(rid, table)?;
            self.bring(rid, table, &present, rows)?;
        }
        let facts = self.db.fields()?.facts_of(record);
        self.renew_facts(rid, &facts)?;
        self.unfold_if_run(rid, record.kind)
    }

    /// [`Self::project`] of a record whose rows are those of `before`: they are not read.
    pub(super) fn project_from(
        &mut self,
        rid: i64,
        before: &Record,
        record: &Record,
    ) -> Result<(), StoreError> {
        // Words are worked out at length, and few edits touch any.
        let touched = || record.differing(Some(before)).into_iter();
        let words =
            record.texts != before.texts || touched().any(|path| SearchText::reads(record.kind, path));
        for (Rows { table, rows }, present) in project(record, words).into_iter().zip(project(before, words))
        {
            self.bring(rid, table, &present.rows, rows)?;
        }
        let fields = self.db.fields()?;
        let (present, facts) = (fields.facts_of(before), fields.facts_of(record));
        self.bring_facts(rid, &present, &facts)?;
        self.unfold_if_run(rid, record.kind)
    }

    /// [`Self::project`] of a record that is new here, whose row was written with these facts.
    pub(super) fn project_new(&mut self, rid: i64, kind: Kind, rows: &Projected) -> Result<(), StoreError> {
        for Rows { table, rows } in &rows.rows {
            rows.iter().try_for_each(|row| self.insert_row(rid, table, row))?;
        }
        self.begin_facts(rid, &rows.facts)?;
        self.unfold_if_run(rid, kind)
    }

    fn insert_row(&mut self, rid: i64, table: &Table, row: &[Sql]) -> Result<(), StoreError> {
        let key = Sql::Integer(rid);
        let values = std::iter::once(&key).chain(row);
        self.db.prepare_cached(table.insert())?.execute(params_from_iter(values))?;
        Ok(())
    }

    /// Makes the `present` rows of a record in a table what they should be, column by column.
    fn bring(
        &mut self,
        rid: i64,
        table: &Table,
        present: &[Vec<Sql>],
        rows: Vec<Vec<Sql>>,
    ) -> Result<(), StoreError> {
        if present == rows {
            return Ok(());
        }
        let Table { name, key, rows_are, .. } = table;
        let same = |a: &[Sql], b: &[Sql]| match rows_are {
            RowsAre::One => true,
            RowsAre::Keyed => a.first() == b.first(),
            RowsAre::Words => false,
        };
        for gone in present.iter().filter(|row| !rows.iter().any(|kept| same(kept, row))) {
            let part = gone.first().filter(|_| *rows_are == RowsAre::Keyed);
            let one = if part.is_some() { format!(" AND \"{}\" = ?2", table.part()) } else { String::new() };
            let values = std::iter::once(Sql::Integer(rid)).chain(part.cloned());
            self.db
                .prepare_cached(&format!("DELETE FROM {name} WHERE {key} = ?1{one}"))?
                .execute(params_from_iter(values))?;
        }
        for row in rows {
            match present.iter().find(|old| same(old, &row)) {
                Some(old) => self.change_row(rid, table, old, row)?,
                None => self.insert_row(rid, table, &row)?,
            }
        }
        Ok(())
    }

    /// Writes the columns of a row that are others than before: an index of the rest stays as it is.
    fn change_row(&mut self, rid: i64, table: &Table, old: &[Sql], row: Vec<Sql>) -> Result<(), StoreError> {
        let part = row.first().filter(|_| table.rows_are == RowsAre::Keyed).cloned();
        let changed = table.names().zip(row).zip(old).filter(|((_, new), old)| new != *old);
        let (names, values): (Vec<&str>, Vec<Sql>) = changed.map(|(column, _)| column).unzip();
        if names.is_empty() {
            return Ok(());
        }
        let set: Vec<String> =
            names.iter().zip(3..).map(|(name, number)| format!("\"{name}\" = ?{number}")).collect();
        let one = if part.is_some() { format!(" AND \"{}\" = ?2", table.part()) } else { String::new() };
        let Table { name, key, .. } = table;
        let whose = [Sql::Integer(rid), part.unwrap_or(Sql::Null)];
        self.db
            .prepare_cached(&format!("UPDATE {name} SET {} WHERE {key} = ?1{one}", set.join(", ")))?
            .execute(params_from_iter(whose.into_iter().chain(values)))?;
        Ok(())
    }

    fn unfold_if_run(&mut self, rid: i64, kind: Kind) -> Result<(), StoreError> {
        match kind {
            Kind::Round | Kind::Case | Kind::Entry => self.unfold(rid),
            Kind::Home | Kind::Resident | Kind::Contact => Ok(()),
        }
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
    pub fn unfold_all(&mut self) -> Result<(), StoreError> {
        self.db.execute_batch("UPDATE work SET state = NULL, closed = NULL WHERE state IS NOT NULL")?;
        Ok(())
    }

    /// Makes the rows of every record of these kinds that are not as they should be.
    pub(super) fn project_all(&mut self, kinds: &[Kind]) -> Result<(), StoreError> {
        for kind in kinds {
            let records: Vec<(i64, RecordId)> = {
                let mut query =
                    self.db.prepare_cached("SELECT rid, id FROM record WHERE kind = ?1 ORDER BY rid")?;
                query.query_map([kind], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?
            };
            for (rid, id) in records {
                let Some(record) = self.readable(id)? else { continue };
                self.project(rid, &record)?;
                self.note_record(record.id, record.kind);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crdt::Document;
    use crate::model::{
        ActorId, Edit, Event, EventId, Evidence, RecordId, RoleId, StaffId, Stamp, Timestamp,
    };
    use crate::store::{ChangeStanding, Incoming, Signed};
    use crate::testing::{ACTOR, TestStore, always_load, edit_in};

    impl Tx<'_> {
        /// Makes every projection again from the documents, to compare.
        fn rebuild_projections(&mut self) -> Result<(), StoreError> {
            for table in [&HOME, &RESIDENT, &PHONE, &CONTACT, &WORK, &LINK, &CONFLICT, &SEARCH] {
                self.db.execute_batch(&format!("DELETE FROM {}", table.name))?;
            }
            self.db.execute_batch("DELETE FROM fact; UPDATE record SET facts = NULL")?;
            let records: Vec<(i64, RecordId)> = {
                let mut query = self.db.prepare_cached("SELECT rid, id FROM record ORDER BY rid")?;
                query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?
            };
            for (rid, id) in records {
                let Some(record) = self.readable(id)? else { continue };
                self.project(rid, &record)?;
                self.note_record(record.id, record.kind);
            }
            Ok(())
        }
    }

    #[test]
    fn rooms_sort_as_people_count() {
        let mut rooms = ["10", "2", "3A", "3", "商铺12", "商铺2", ""];
        rooms.sort_by_key(|room| natural(room));
        assert_eq!(rooms, ["", "2", "3", "3A", "10", "商铺2", "商铺12"]);
    }

    /// Every projected row, in a fixed order.
    fn dump(store: &TestStore) -> Vec<String> {
        store
            .read(|r| {
                let mut lines = Vec::new();
                let of_tables =
                    [&HOME, &RESIDENT, &PHONE, &CONTACT, &WORK, &LINK, &CONFLICT, &SEARCH].map(|table| {
                        let (Table { name, key, .. }, columns) = (table, table.columns());
                        (*name, format!("{key}, {columns}"))
                    });
                let facts = [("record", "rid, facts"), ("fact", "rid, field, member, value")]
                    .map(|(name, columns)| (name, columns.to_owned()));
                for (name, columns) in of_tables.into_iter().chain(facts) {
                    let mut query =
                        r.db.raw().prepare(&format!("SELECT {columns} FROM {name} ORDER BY {columns}"))?;
                    let width = query.column_count();
                    let mut rows = query.query([])?;
                    while let Some(row) = rows.next()? {
                        let values: Vec<Sql> = (0..width).map(|at| row.get(at)).collect::<Result<_, _>>()?;
                        lines.push(format!("{name} {values:?}"));
                    }
                }
                Ok::<_, StoreError>(lines)
            })
            .unwrap()
    }

    const PART: &str = "0102030405060708090a0b0c0d0e0f10";

    /// What somebody may do to a record: numbers choose among a few paths and values, so that edits meet.
    fn an_edit(kind: Kind, what: u8, value: u8) -> Edit {
        let subject = RecordId([value % 3; 16]);
        let event = Event {
            id: EventId([value; 16]),
            step: "check".into(),
            by: StaffId::new("zhang.li").unwrap(),
            role: RoleId::new("butler").unwrap(),
            device: ACTOR.device(),
            at: Timestamp::from_millis(i64::from(value) * 1_000),
            offset: None,
            after: Vec::new(),
            note: format!("第{value}步"),
            evidence: Evidence::default(),
            unknown: std::collections::BTreeMap::new(),
        };
        let edit = Edit::new();
        match (kind, what % 8) {
            (_, 0) => edit.put("archived", value.is_multiple_of(2)),
            (_, 1) => edit.splice("note", 0, 0, format!("备注{value}")),
            (Kind::Home, 2) => {
                edit.put("state", ["occupied", "vacant", "renovating"][usize::from(value % 3)])
            }
            (Kind::Home, 3) => {
                edit.put("room", format!("{}01", value % 12)).put("building", "3").put("unit", "2")
            }
            (Kind::Home, 4) => edit.put("key_held", value.is_multiple_of(2)),
            (Kind::Home, 5) => edit.put("area", f64::from(value)),
            (Kind::Resident, 2) => edit.put("name", ["单小明", "曾丽", "王芳"][usize::from(value % 3)]),
            (Kind::Resident, 3) => edit
                .put(format!("phone/{PART}"), true)
                .put(format!("phone/{PART}/number"), format!("138073155{:02}", value % 100)),
            (Kind::Resident, 4) => edit.clear(format!("phone/{PART}")).put("remark", "已停机"),
            (Kind::Resident, 5) => {
                edit.put("stage", ["prospective", "new", "resident"][usize::from(value % 3)])
            }
            (Kind::Case, 2) => edit.put("title", format!("漏水{value}")),
            (Kind::Case, 3) => edit.put(format!("subject/{subject}"), true),
            (Kind::Case, 4) => edit.put("urgency", ["normal", "urgent"][usize::from(value % 2)]),
            (Kind::Case, 5) => edit.event(&event),
            (Kind::Contact, 2) => edit.put("summary", format!("约了{value}号")),
            (Kind::Contact, 3) => edit.put("at", i64::from(value)).put("channel", "call"),
            _ => edit.put("from_a_newer_app", i64::from(value)),
        }
    }

    /// SQLite has the search index written out before any statement that it may have to take back by itself; done for every
    /// record, that is a third of what a first sync costs.
    #[test]
    fn the_words_of_a_transaction_are_written_when_it_ends() {
        let store = TestStore::new();
        let segments = |tx: &Tx<'_>| -> i64 {
            tx.db.raw().query_row("SELECT count(*) FROM search_data", [], |row| row.get(0)).unwrap()
        };
        let empty = store.write(|tx| Ok::<_, StoreError>(segments(tx))).unwrap();
        let now = Timestamp::from_millis(5);
        store
            .write(|tx| {
                for number in 1..4 {
                    let home = Edit::new()
                        .put("building", "3栋")
                        .put("unit", "2单元")
                        .put("room", format!("50{number}"));
                    edit_in(tx, now, RecordId([number; 16]), Kind::Home, &home)?;
                    let person = Edit::new()
                        .put("name", "王建国")
                        .put(format!("phone/{PART}"), true)
                        .put(format!("phone/{PART}/number"), "13807315521")
                        .put(format!("phone/{PART}/verified"), "2026-11-02");
                    edit_in(tx, now, RecordId([10 + number; 16]), Kind::Resident, &person)?;
                }
                assert_eq!(segments(tx), empty);
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert!(store.write(|tx| Ok::<_, StoreError>(segments(tx))).unwrap() > empty);
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(24))]

        /// Edits of two phones, merged now and then, at the tip or by way of the document: the rows kept up to date edit by edit
        /// are the rows made anew.
        #[test]
        fn rows_kept_up_to_date_equal_rows_made_anew(
            steps in proptest::collection::vec(
                (0..4_u8, 0..2_u8, 0..8_u8, 0..12_u8, proptest::prelude::any::<bool>()), 1..40)
        ) {
            let store = TestStore::new();
            let kinds = [Kind::Home, Kind::Resident, Kind::Case, Kind::Contact];
            let mut concurrent: Vec<Option<Document>> = vec![None; kinds.len()];
            let other = ActorId([0x77; 24]);
            for (record, phone, what, value, loads) in steps {
                always_load(&store, loads);
                let kind = kinds[usize::from(record)];
                let id = RecordId([record + 100; 16]);
                let edit = an_edit(kind, what, value);
                if phone == 0 {
                    // An event already written is no edit; everything else is.
                    let _ = store.edit(id, kind, &edit);
                    continue;
                }
                // The other phone works on what it saw first, and hands in every third edit.
                let theirs = concurrent[usize::from(record)].get_or_insert_with(|| {
                    store.read(|r| r.document(id)).unwrap()
                        .unwrap_or_else(|| Document::genesis(id, kind, Kind::VERSION).unwrap())
                });
                let stamp = Stamp {
                    staff: StaffId::new("wang.jun").unwrap(),
                    at: Timestamp::from_millis(i64::from(value)),
                    offset: None,
                    copy_of: None,
                };
                let _ = theirs.author(other, &stamp, &edit);
                if value % 3 == 0 {
                    merge(&store, theirs, other);
                }
            }
            for theirs in concurrent.iter().flatten() {
                merge(&store, theirs, other);
            }
            let kept = dump(&store);
            store.write(|tx| tx.rebuild_projections()).unwrap();
            proptest::prop_assert_eq!(kept, dump(&store));
        }
    }

    /// Takes in what another phone wrote and is not here yet.
    fn merge(store: &TestStore, theirs: &Document, actor: ActorId) {
        store
            .write(|tx| {
                let mut ours = tx.take_document(theirs.id(), theirs.kind(), theirs.version())?;
                let new: Vec<_> = theirs
                    .changes()
                    .into_iter()
                    .filter(|info| info.actor == actor && !ours.contains(info.hash))
                    .collect();
                if new.is_empty() {
                    return Ok(());
                }
                ours.apply(&new)?;
                let signed = Signed { device: actor.device(), signature: [2; 64] };
                let standing = ChangeStanding::Foreign(signed);
                let incoming: Vec<_> = new.iter().map(|info| Incoming { info, standing }).collect();
                tx.apply(ours, &incoming)
            })
            .unwrap();
    }
}
