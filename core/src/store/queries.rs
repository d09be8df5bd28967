//! Lists: flat rows out of the projections, in pages. Nothing here loads a document.
//!
//! Every function returns a [`crate::store::StoreError`] when the database cannot be read or written.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension as _, Row as Sqlite, params_from_iter};

use super::index::{Parameters, json};
use super::projection::{CONTACT, HOME, PHONE, RESIDENT, Table};
use super::sql::{Columns, scalar};
use super::{Reader, StoreError};
use crate::model::choice::Urgency;
use crate::model::resident::Phone;
use crate::model::row::{Cells as _, Part as _, RecordRow, Row};
use crate::model::{
    ChangeHash, ContactRow, HomeRow, Kind, PlaceId, PlaybookVersion, Procedure, RecordId, ResidentRow, Shown,
    StaffId, Timestamp, Value,
};
use crate::query::FieldFilter;

/// A round, case or entry in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkRow {
    /// What every record has.
    pub record: RecordRow,
    /// Playbook or form.
    pub procedure: Option<Procedure>,
    /// Its version; `None` for one that no build writes.
    pub version: Option<PlaybookVersion>,
    /// The due item it answers.
    pub due: Option<String>,
    /// Title of a case.
    pub title: Option<String>,
    /// How soon a case is to be handled.
    pub urgency: Option<Urgency>,
    /// Who handles the case, or is to walk the round.
    pub assignee: Option<StaffId>,
    /// The day a round is planned for.
    pub planned_on: Option<NaiveDate>,
    /// First event, estimated office time.
    pub opened_at: Option<Timestamp>,
    /// Last event, estimated office time.
    pub moved_at: Option<Timestamp>,
    /// The state; `None` until it is worked out ([`super::Tx::set_progress`]).
    pub state: Option<String>,
    /// Whether it is over; likewise.
    pub closed: Option<bool>,
}

/// Which records a list shows. Everything left out is not asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only at this place or below it: ids of places below begin with `<place>/`.
    pub place: Option<PlaceId>,
    /// Only those about this record.
    pub about: Option<RecordId>,
    /// Only those with this value at this path.
    pub fact: Option<(String, Value)>,
    /// Only this playbook or form. This and the next three are asked of [`Reader::work`] alone.
    pub procedure: Option<String>,
    /// Only those answering this due item.
    pub due: Option<String>,
    /// Only those handled by, or planned for, this person.
    pub assignee: Option<StaffId>,
    /// Only those over, or not over. What is not worked out yet counts as not over.
    pub closed: Option<bool>,
    /// Archived ones too.
    pub archived: bool,
    /// Behind this record, the last of the page before.
    pub after: Option<RecordId>,
    /// At most so many; 0 is no limit.
    pub limit: usize,
}

/// In which order a list comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Homes as one walks: building, unit, room. Others: newest change first.
    #[default]
    Natural,
    /// By the time it was opened, or took place; newest first.
    Newest,
}

const RECORD: &str = "record.id, record.kind, record.version, record.place, record.lifecycle, record.conflicts, \
                      record.changed_at, record.hidden, record.heads";

/// How many columns [`RECORD`] has.
const RECORD_COLUMNS: usize = 9;

fn read_record(row: &Sqlite<'_>) -> rusqlite::Result<RecordRow> {
    let id = row.get(0)?;
    let heads = row.get_ref(8)?.as_blob()?.chunks_exact(ChangeHash::LEN);
    Ok(RecordRow {
        id,
        kind: row.get(1)?,
        version: row.get(2)?,
        place: row.get(3)?,
        lifecycle: row.get(4)?,
        conflicts: row.get(5)?,
        changed_at: row.get(6)?,
        hidden: row.get(7)?,
        shown: Shown::new(id, heads.filter_map(|head| ChangeHash::from_slice(head).ok()).collect()),
    })
}

fn read_home(row: &Sqlite<'_>) -> rusqlite::Result<HomeRow> {
    let mut home = HomeRow::read(read_record(row)?, &mut Columns { row, at: RECORD_COLUMNS })?;
    home.title = home.location().map(|location| location.display()).unwrap_or_default();
    Ok(home)
}

fn read_resident(row: &Sqlite<'_>) -> rusqlite::Result<ResidentRow> {
    ResidentRow::read(read_record(row)?, &mut Columns { row, at: RECORD_COLUMNS })
}

/// A person selected with its number behind the columns of the list.
fn read_numbered(row: &Sqlite<'_>) -> rusqlite::Result<(i64, ResidentRow)> {
    Ok((row.get(RECORD_COLUMNS + RESIDENT.fields.len())?, read_resident(row)?))
}

fn read_contact(row: &Sqlite<'_>) -> rusqlite::Result<ContactRow> {
    let mut columns = Columns { row, at: RECORD_COLUMNS };
    let (by, at) = (columns.next()?, columns.next()?);
    Ok(ContactRow { by, at, ..ContactRow::read(read_record(row)?, &mut columns)? })
}

fn read_work(row: &Sqlite<'_>) -> rusqlite::Result<WorkRow> {
    let record = read_record(row)?;
    let (procedure, version): (Option<String>, Option<String>) = (row.get(9)?, row.get(10)?);
    Ok(WorkRow {
        procedure: procedure.map(|id| Procedure::of(record.kind, id)),
        version: version.and_then(|version| version.parse().ok()),
        record,
        due: row.get(11)?,
        title: row.get(12)?,
        urgency: scalar(row, 13)?,
        assignee: row.get(14)?,
        planned_on: scalar(row, 15)?,
        opened_at: row.get(16)?,
        moved_at: row.get(17)?,
        state: row.get(18)?,
        closed: row.get(19)?,
    })
}

/// One kind of list: its table and columns, and the key it is ordered by.
struct List<'a> {
    table: &'a str,
    columns: &'a str,
    /// An expression over the table and `record`; ascending unless `newest`.
    key: &'a str,
    newest: bool,
}

impl Reader<'_> {
    /// One record's row.
    pub fn row(&self, record: RecordId) -> Result<Option<RecordRow>, StoreError> {
        let mut query = self.db.prepare_cached(&format!("SELECT {RECORD} FROM record WHERE id = ?1"))?;
        Ok(query.query_row([record], read_record).optional()?)
    }

    /// Records of any kind, the last changed first.
    pub fn records(&self, filter: &Filter) -> Result<Vec<RecordRow>, StoreError> {
        let list = List { table: "", columns: "", key: "record.changed_at", newest: true };
        self.list(&list, filter, read_record)
    }

    /// Homes.
    pub fn home(&self, filter: &Filter, order: Order) -> Result<Vec<HomeRow>, StoreError> {
        let (key, newest) = match order {
            Order::Natural => ("home.sort", false),
            Order::Newest => ("record.changed_at", true),
        };
        let columns = &HOME.listed();
        self.list(&List { table: HOME.name, columns, key, newest }, filter, read_home)
    }

    /// One home's row; `None` when the record is no home or not here.
    pub fn home_row(&self, home: RecordId) -> Result<Option<HomeRow>, StoreError> {
        self.listed(&HOME, home, read_home)
    }

    /// How many records of a kind are at each place, archived and hidden ones left out.
    pub fn count_by_place(&self, kind: Kind) -> Result<Vec<(Option<PlaceId>, u64)>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT place, count(*) FROM record INDEXED BY record_by_kind
             WHERE kind = ?1 AND hidden = 0 AND lifecycle <> 'archived' GROUP BY place",
        )?;
        let rows = query.query_map([kind], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many rounds, cases and entries of each procedure are here.
    pub fn count_by_procedure(&self) -> Result<BTreeMap<Procedure, u64>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT record.kind, procedure, count(*) FROM work JOIN record USING (rid)
             WHERE procedure IS NOT NULL GROUP BY procedure, record.kind",
        )?;
        let rows = query.query_map([], |row| {
            Ok((Procedure::of(row.get(0)?, row.get::<_, String>(1)?), row.get::<_, i64>(2)?.cast_unsigned()))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One person's row, without phones; `None` when the record is no person or not here.
    pub fn resident_row(&self, resident: RecordId) -> Result<Option<ResidentRow>, StoreError> {
        self.listed(&RESIDENT, resident, read_resident)
    }

    /// People, by name.
    pub fn residents(&self, filter: &Filter) -> Result<Vec<ResidentRow>, StoreError> {
        let list = List {
            table: RESIDENT.name,
            columns: &format!("{}, record.rid", RESIDENT.listed()),
            key: "coalesce(resident.name, '')",
            newest: false,
        };
        let mut residents = self.list(&list, filter, read_numbered)?;
        self.add_phones(residents.iter_mut().map(|(rid, resident)| (*rid, resident)).collect())?;
        Ok(residents.into_iter().map(|(_, resident)| resident).collect())
    }

    /// The people of a home, by name.
    pub fn residents_of(&self, home: RecordId) -> Result<Vec<ResidentRow>, StoreError> {
        Ok(self.residents_by_home(&BTreeSet::from([home]))?.remove(&home).unwrap_or_default())
    }

    /// The people of each of some homes, by name: two statements for a whole page of homes.
    pub fn residents_by_home(
        &self,
        homes: &BTreeSet<RecordId>,
    ) -> Result<BTreeMap<RecordId, Vec<ResidentRow>>, StoreError> {
        let mut parameters = Parameters::default();
        let (wanted, columns) = (parameters.records(homes), RESIDENT.listed());
        let mut query = self.db.prepare_cached(&format!(
            "SELECT {RECORD}{columns}, record.rid, link.target
             FROM ({wanted}) AS wanted CROSS JOIN link ON link.target = wanted.id
                  CROSS JOIN record ON record.rid = link.rid CROSS JOIN resident ON resident.rid = record.rid
             WHERE record.hidden = 0 AND record.lifecycle <> 'archived'"
        ))?;
        let home_column = RECORD_COLUMNS + RESIDENT.fields.len() + 1;
        let mut rows = query.query(params_from_iter(&parameters.0))?;
        let mut found: Vec<(RecordId, i64, ResidentRow)> = Vec::new();
        while let Some(row) = rows.next()? {
            let (rid, resident) = read_numbered(row)?;
            found.push((row.get(home_column)?, rid, resident));
        }
        // Here: SQLite would write down every column to sort the rows by three.
        found
            .sort_by_cached_key(|(home, rid, person)| (*home, person.name.clone().unwrap_or_default(), *rid));
        // Whoever names a home at two paths lives there once.
        found.dedup_by(|(home, rid, _), (other, beside, _)| (home, rid) == (other, beside));
        self.add_phones(found.iter_mut().map(|(_, rid, resident)| (*rid, resident)).collect())?;
        let mut by_home: BTreeMap<RecordId, Vec<ResidentRow>> = BTreeMap::new();
        for (home, _, resident) in found {
            by_home.entry(home).or_default().push(resident);
        }
        Ok(by_home)
    }

    /// Reads the phones of people into their rows.
    fn add_phones(&self, residents: Vec<(i64, &mut ResidentRow)>) -> Result<(), StoreError> {
        if residents.is_empty() {
            return Ok(());
        }
        // A person of two homes is here twice.
        let rids: BTreeSet<i64> = residents.iter().map(|(rid, _)| *rid).collect();
        let mut query = self.db.prepare_cached(&format!(
            "SELECT rid, {} FROM json_each(?1) AS wanted CROSS JOIN resident_phone ON rid = wanted.value",
            PHONE.columns()
        ))?;
        let mut rows = query.query([json(rids.into_iter())])?;
        let mut phones: HashMap<i64, Vec<Phone>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let part: String = row.get(1)?;
            let part = part.parse().map_err(|_| StoreError::Inconsistent { what: "a phone's id" })?;
            phones.entry(row.get(0)?).or_default().push(Phone::read(part, &mut Columns { row, at: 2 })?);
        }
        phones.values_mut().for_each(|phones| phones.sort_by_key(|phone| phone.id));
        for (rid, resident) in residents {
            resident.phones = phones.get(&rid).cloned().unwrap_or_default();
        }
        Ok(())
    }

    /// Contacts, newest first.
    pub fn contacts(&self, filter: &Filter) -> Result<Vec<ContactRow>, StoreError> {
        let list = List {
            table: CONTACT.name,
            columns: &format!(", contact.by, contact.at{}", CONTACT.listed()),
            key: "coalesce(contact.at, 0)",
            newest: true,
        };
        self.list(&list, filter, read_contact)
    }

    /// Rounds, cases and entries, newest first: by their last event, or by when they were opened.
    pub fn work(&self, filter: &Filter, order: Order) -> Result<Vec<WorkRow>, StoreError> {
        let key = match order {
            Order::Natural => "coalesce(work.moved_at, record.changed_at)",
            Order::Newest => "coalesce(work.opened_at, record.changed_at)",
        };
        let columns = ", work.procedure, work.version, due, title, urgency, assignee, planned_on, opened_at, \
                       moved_at, state, closed";
        self.list(&List { table: "work", columns, key, newest: true }, filter, read_work)
    }

    /// One round, case or entry.
    pub fn work_row(&self, record: RecordId) -> Result<Option<WorkRow>, StoreError> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT {RECORD}, procedure, work.version, due, title, urgency, assignee, planned_on, opened_at, \
             moved_at, state, closed FROM work JOIN record USING (rid) WHERE record.id = ?1"
        ))?;
        Ok(query.query_row([record], read_work).optional()?)
    }

    /// Rounds, cases and entries whose state has to be worked out ([`super::Tx::set_progress`]).
    pub fn unfolded(&self, limit: usize) -> Result<Vec<RecordId>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT id FROM work INDEXED BY work_to_fold JOIN record USING (rid)
             WHERE state IS NULL ORDER BY work.rid LIMIT ?1",
        )?;
        let rows = query.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The records this one is about, by their ids.
    pub fn subjects(&self, record: RecordId) -> Result<Vec<RecordId>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT target FROM link WHERE rid = (SELECT rid FROM record WHERE id = ?1)
             AND path >= 'subject/' AND path < 'subject0' ORDER BY path",
        )?;
        Ok(query.query_map([record], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// The records that are about this one, with the path that says so.
    pub fn linked_to(&self, target: RecordId) -> Result<Vec<(RecordId, String)>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT id, path FROM link JOIN record USING (rid) WHERE target = ?1 AND hidden = 0 ORDER BY id, path",
        )?;
        Ok(query.query_map([target], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// Every field that waits for a decision, by record.
    pub fn conflicts(&self) -> Result<Vec<(RecordId, String)>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT id, path FROM conflict JOIN record USING (rid) WHERE hidden = 0 ORDER BY id, path",
        )?;
        Ok(query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// One row of a table of lists.
    fn listed<T>(
        &self,
        table: &Table,
        record: RecordId,
        read: impl FnOnce(&Sqlite<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let (name, columns) = (table.name, table.listed());
        let mut query = self.db.prepare_cached(&format!(
            "SELECT {RECORD}{columns} FROM {name} JOIN record USING (rid) WHERE record.id = ?1"
        ))?;
        Ok(query.query_row([record], read).optional()?)
    }

    fn list<T>(
        &self,
        list: &List<'_>,
        filter: &Filter,
        read: impl FnMut(&Sqlite<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let (sql, values) = list.select(filter);
        let mut query = self.db.prepare_cached(&sql)?;
        Ok(query.query_map(params_from_iter(values.0), read)?.collect::<Result<_, _>>()?)
    }
}

impl List<'_> {
    /// The statement for a page, and its values.
    fn select(&self, filter: &Filter) -> (String, Parameters) {
        let List { table, columns, key, newest } = self;
        let join = if table.is_empty() { String::new() } else { format!(" JOIN {table} USING (rid)") };
        // Ties are broken by the table's own rowid: with it, an index on the key is already in order.
        let rid = if table.is_empty() { "record.rid".to_owned() } else { format!("{table}.rid") };
        // `+` keeps SQLite from leading with what nearly every record meets, and then sorting all of them for one page.
        let mut sql = format!("SELECT {RECORD}{columns} FROM record{join} WHERE +hidden = 0");
        let mut values = Parameters::default();
        let text = |text: &str| Sql::Text(text.to_owned());
        if let Some(kind) = filter.kind {
            let narrow = filter.about.is_some() || filter.fact.is_some();
            let lead = if narrow || !matches!(*table, "" | "work") { "+" } else { "" };
            sql += &format!(" AND {lead}record.kind = {}", values.bind(text(kind.name())));
        }
        if let Some(place) = &filter.place {
            // '/' is followed by '0' in ASCII: everything below begins with `<place>/`.
            let (place, from, to) = (place.as_str(), format!("{place}/"), format!("{place}0"));
            let (place, from, to) =
                (values.bind(text(place)), values.bind(text(&from)), values.bind(text(&to)));
            sql +=
                &format!(" AND (record.place = {place} OR record.place >= {from} AND record.place < {to})");
        }
        if let Some(about) = filter.about {
            let about = values.bind(Sql::Blob(about.0.to_vec()));
            sql += &format!(" AND record.rid IN (SELECT rid FROM link WHERE target = {about})");
        }
        if let Some((path, value)) = &filter.fact {
            let fits = values.fits(&FieldFilter { path: path.clone(), is: vec![value.clone()] });
            sql += &format!(" AND record.rid IN (SELECT rid FROM fact WHERE {fits})");
        }
        if *table == "work" {
            if let Some(procedure) = &filter.procedure {
                sql += &format!(" AND work.procedure = {}", values.bind(text(procedure)));
            }
            if let Some(due) = &filter.due {
                sql += &format!(" AND work.due = {}", values.bind(text(due)));
            }
            if let Some(assignee) = &filter.assignee {
                sql += &format!(" AND work.assignee = {}", values.bind(text(assignee.as_str())));
            }
            if let Some(closed) = filter.closed {
                let closed = values.bind(Sql::Integer(i64::from(closed)));
                sql += &format!(" AND coalesce(work.closed, 0) = {closed}");
            }
        }
        if !filter.archived {
            sql += " AND +record.lifecycle <> 'archived'";
        }
        let (compare, direction) = if *newest { ("<", " DESC") } else { (">", "") };
        if let Some(after) = filter.after {
            let after = values.bind(Sql::Blob(after.0.to_vec()));
            let last = format!("SELECT {key}, {rid} FROM record{join} WHERE id = {after}");
            sql += &format!(" AND ({key}, {rid}) {compare} ({last})");
        }
        sql += &format!(" ORDER BY {key}{direction}, {rid}{direction}");
        if filter.limit > 0 {
            let limit = values.bind(Sql::Integer(i64::try_from(filter.limit).unwrap_or(i64::MAX)));
            sql += &format!(" LIMIT {limit}");
        }
        (sql, values)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::store::migrate::{SCHEMA, migrate};

    /// What SQLite does for a page, step by step.
    fn plan(list: &List<'_>, filter: &Filter) -> String {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, SCHEMA).unwrap();
        let (sql, values) = list.select(filter);
        let mut query = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps = query.query_map(params_from_iter(values.0), |row| row.get::<_, String>(3)).unwrap();
        steps.collect::<Result<Vec<_>, _>>().unwrap().join("\n")
    }

    #[test]
    fn a_page_is_read_in_order_and_not_sorted_out_of_everything() {
        let homes = List { table: "home", columns: "", key: "home.sort", newest: false };
        let contacts = List { table: "contact", columns: "", key: "contact.at", newest: true };
        let page = Filter { limit: 100, ..Filter::default() };
        let of_kind = Filter { kind: Some(Kind::Contact), limit: 100, ..Filter::default() };
        for plan in [plan(&homes, &page), plan(&contacts, &page), plan(&contacts, &of_kind)] {
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }

    #[test]
    fn what_is_about_a_record_is_found_by_its_links() {
        let cases = List { table: "work", columns: "", key: "record.changed_at", newest: true };
        let about =
            Filter { kind: Some(Kind::Case), about: Some(RecordId([1; 16])), limit: 50, ..Filter::default() };
        let plan = plan(&cases, &about);
        assert!(plan.contains("link_by_target") && !plan.contains("record_by_kind"), "{plan}");
    }
}
