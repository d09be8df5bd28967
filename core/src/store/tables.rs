//! The tables the office alone writes, whole, with their versions.

use rusqlite::{OptionalExtension as _, params};
use serde::de::DeserializeOwned;

use super::{Collection, Reader, StoreError, Tx};
use crate::model::office::TableName;

impl Reader<'_> {
    /// The versions held, for the office to compare with its own.
    pub fn table_versions(&self) -> Result<Vec<(TableName, u64)>, StoreError> {
        let mut versions = Vec::new();
        for name in TableName::ALL {
            let mut query = self.db.prepare_cached("SELECT version FROM office_table WHERE name = ?1")?;
            let version: Option<i64> = query.query_row([name.name()], |row| row.get(0)).optional()?;
            versions.extend(version.map(|version| (name, version.cast_unsigned())));
        }
        Ok(versions)
    }

    /// The rows of a table as JSON text; `None` before it first came.
    pub fn table_json(&self, name: TableName) -> Result<Option<String>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT rows FROM office_table WHERE name = ?1")?;
        Ok(query.query_row([name.name()], |row| row.get(0)).optional()?)
    }

    /// The rows of a table, empty before it first came. Rows a newer office added and this app cannot read make
    /// the whole table unreadable: better no access than guessed access.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] for rows of another shape.
    pub fn table<T: DeserializeOwned>(&self, name: TableName) -> Result<Vec<T>, StoreError> {
        let Some(rows) = self.table_json(name)? else { return Ok(Vec::new()) };
        serde_json::from_str(&rows).map_err(|_| StoreError::Inconsistent { what: "an office table's rows" })
    }
}

impl Tx<'_> {
    /// Takes over a table as it came. An older version than the held one is ignored: replies may come late.
    /// Returns whether it was taken.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the rows are no JSON array.
    pub fn put_table(&mut self, name: TableName, version: u64, rows: &str) -> Result<bool, StoreError> {
        if serde_json::from_str::<Vec<serde::de::IgnoredAny>>(rows).is_err() {
            return Err(StoreError::Inconsistent { what: "an office table's rows" });
        }
        let taken = self
            .db
            .prepare_cached(
                "INSERT INTO office_table (name, version, rows) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET version = excluded.version, rows = excluded.rows
                 WHERE excluded.version > version",
            )?
            .execute(params![name.name(), version.cast_signed(), rows])?
            > 0;
        if taken {
            self.note(Collection::Tables);
        }
        Ok(taken)
    }

    /// Forgets the versions (after the office's database was restored, whose versions may be smaller); the rows
    /// stay until new ones come.
    pub(super) fn forget_table_versions(&mut self) -> Result<(), StoreError> {
        self.db.prepare_cached("UPDATE office_table SET version = 0")?.execute([])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::directory::Grid;
    use crate::testing::TestStore;

    #[test]
    fn a_late_older_table_is_ignored() {
        let store = TestStore::new();
        let put =
            |version, rows: &str| store.write(|tx| tx.put_table(TableName::Grids, version, rows)).unwrap();
        assert!(put(2, r#"[{"id":"grid-1","name":"1网格"},{"id":"grid-2","name":"2网格"}]"#));
        assert!(!put(1, r#"[{"id":"grid-1","name":"1网格"}]"#));
        let grids: Vec<Grid> = store.read(|r| r.table(TableName::Grids)).unwrap();
        assert_eq!(grids.len(), 2);
        assert_eq!(store.read(|r| r.table_versions()).unwrap(), [(TableName::Grids, 2)]);
    }

    #[test]
    fn rows_that_are_no_rows_are_rejected() {
        let store = TestStore::new();
        assert!(store.write(|tx| tx.put_table(TableName::Staff, 1, "{}")).is_err());
        assert!(store.read(|r| r.table_json(TableName::Staff)).unwrap().is_none());
    }
}
