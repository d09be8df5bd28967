//! The tables of lists. Their columns are the fields that the table of a kind names under `row`, so no migration declares
//! them: a database made by another build, whose lists show other fields, gets them anew from its documents. So it does with
//! what records are found by ([`super::facts`]).

use rusqlite::{Connection, OptionalExtension as _};

use super::projection::{CONTACT, HOME, PHONE, RESIDENT, Table};
use super::sql::declared;
use super::{StoreError, Tx, facts};
use crate::model::Kind;

/// How a table of a list is declared.
struct ListTable {
    kind: Kind,
    table: &'static Table,
    key: &'static str,
    /// Columns that are no fields.
    own: &'static str,
    /// What follows on the fields.
    rest: &'static str,
    /// What it is read by.
    index: Option<&'static str>,
}

/// One row for each record.
const RECORD: &str = "rid INTEGER PRIMARY KEY REFERENCES record (rid) ON DELETE CASCADE";

static LISTS: [ListTable; 4] = [
    ListTable {
        kind: Kind::Home,
        table: &HOME,
        // Building, unit, room, so that 2 comes before 10.
        key: RECORD,
        own: ", sort TEXT NOT NULL",
        rest: ") STRICT",
        index: Some("CREATE INDEX home_by_sort ON home (sort)"),
    },
    ListTable {
        kind: Kind::Resident,
        table: &RESIDENT,
        key: RECORD,
        own: "",
        rest: ") STRICT",
        index: Some("CREATE INDEX resident_by_home ON resident (home)"),
    },
    ListTable {
        kind: Kind::Resident,
        table: &PHONE,
        // The <id> of phone/<id>.
        key: "rid INTEGER NOT NULL REFERENCES record (rid) ON DELETE CASCADE, part TEXT NOT NULL",
        own: "",
        rest: ", PRIMARY KEY (rid, part)) STRICT, WITHOUT ROWID",
        index: None,
    },
    ListTable {
        kind: Kind::Contact,
        table: &CONTACT,
        // Who and when, as far as known: who founded the record, and when, if it does not say.
        key: RECORD,
        own: ", by TEXT, at INTEGER",
        rest: ") STRICT",
        index: Some("CREATE INDEX contact_by_at ON contact (at)"),
    },
];

impl ListTable {
    fn declaration(&self) -> String {
        let fields = self.table.fields.iter().map(|(name, ty)| format!(", \"{name}\" {}", declared(*ty)));
        let Self { table, key, own, rest, .. } = self;
        format!("CREATE TABLE {} ({key}{own}{}{rest}", table.name, fields.collect::<String>())
    }

    /// Whether the database has it as this build declares it; `None` when it does not have it at all.
    fn is_current(&self, db: &Connection) -> Result<Option<bool>, StoreError> {
        let mut query =
            db.prepare_cached("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1")?;
        let found: Option<String> = query.query_row([self.table.name], |row| row.get(0)).optional()?;
        Ok(found.map(|found| found == self.declaration()))
    }

    fn make(&self, db: &Connection) -> Result<(), StoreError> {
        db.execute_batch(&self.declaration())?;
        Ok(self.index.map_or(Ok(()), |index| db.execute_batch(index))?)
    }
}

/// Makes the tables that are not there, empty.
pub(super) fn make(db: &Connection) -> Result<(), StoreError> {
    for list in &LISTS {
        if list.is_current(db)?.is_none() {
            list.make(db)?;
        }
    }
    Ok(())
}

/// Whether a build whose lists show other fields, or which finds records by others, left this database.
pub(super) fn are_outdated(db: &Connection) -> Result<bool, StoreError> {
    for list in &LISTS {
        if list.is_current(db)? != Some(true) {
            return Ok(true);
        }
    }
    facts::are_outdated(db)
}

impl Tx<'_> {
    /// Brings tables that another build left to what this build declares, and fills them from the documents.
    pub(super) fn renew_lists(&mut self) -> Result<(), StoreError> {
        let mut kinds = self.renew_fields()?;
        for list in &LISTS {
            if list.is_current(self.db.raw())? != Some(true) {
                self.db.execute_batch(&format!("DROP TABLE IF EXISTS {}", list.table.name))?;
                list.make(self.db.raw())?;
                kinds.insert(list.kind);
            }
        }
        self.project_all(&kinds.into_iter().collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Edit, RecordId};
    use crate::store::testing::TestStore;
    use crate::store::{Filter, Order};

    const HOME: RecordId = RecordId([7; 16]);

    /// An earlier build listed no layout, and something else that this one does not list.
    #[test]
    fn lists_of_another_build_are_made_anew_from_the_documents() {
        let store = TestStore::new();
        let home = Edit::new().put("building", "3").put("room", "501").put("layout", "三室两厅");
        store.edit(HOME, Kind::Home, &home).unwrap();
        let homes =
            |store: &TestStore| store.read(|reader| reader.home(&Filter::default(), Order::Natural)).unwrap();
        let before = homes(&store);
        assert_eq!(before[0].layout.as_deref(), Some("三室两厅"));
        let old = "DROP TABLE home;
            CREATE TABLE home (rid INTEGER PRIMARY KEY, sort TEXT NOT NULL, building TEXT, colour TEXT) STRICT;
            INSERT INTO home SELECT rid, '3', '3', 'red' FROM record";
        store.write(|tx| Ok::<_, StoreError>(tx.db.execute_batch(old)?)).unwrap();
        let store = store.reopen();
        assert_eq!(homes(&store), before);
        assert!(!store.read(|reader| are_outdated(reader.db.raw())).unwrap());
    }
}
