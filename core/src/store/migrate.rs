//! Which shape the database has: numbered files, each applied once in one transaction that also stamps
//! `user_version`. The tables of lists follow from the fields of the kinds ([`super::lists`]), and so do the numbers of fields
//! ([`super::facts`]).

use rusqlite::{Connection, TransactionBehavior};

use super::{StoreError, facts, lists};

/// Every migration, oldest first; the place in this list is the schema's number.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_initial.sql"),
    include_str!("../../migrations/0002_tip.sql"),
    include_str!("../../migrations/0003_grids.sql"),
    include_str!("../../migrations/0004_facts.sql"),
    include_str!("../../migrations/0005_checks.sql"),
];

/// The schema this build reads and writes.
pub(super) const SCHEMA: u32 = MIGRATIONS.len() as u32;

/// The schema of an open database; 0 is an empty file.
pub(super) fn version(db: &Connection) -> Result<u32, StoreError> {
    Ok(db.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Brings the database to `target`, one step at a time. Returns the schema it had.
pub(super) fn migrate(db: &mut Connection, target: u32) -> Result<u32, StoreError> {
    let found = version(db)?;
    if found > SCHEMA {
        return Err(StoreError::NewerSchema { found, known: SCHEMA });
    }
    for (number, sql) in (1..).zip(MIGRATIONS).filter(|(number, _)| (found + 1..=target).contains(number)) {
        let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", number)?;
        if number == SCHEMA {
            lists::make(&step)?;
            facts::begin(&step)?;
        }
        step.commit()?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything SQLite knows about the schema, in a fixed order.
    fn schema(db: &Connection) -> Vec<(String, String, Option<String>)> {
        db.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    fn at(version: u32) -> Connection {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, version).unwrap();
        db
    }

    #[test]
    fn an_upgraded_database_has_the_schema_of_a_fresh_one() {
        let fresh = schema(&at(SCHEMA));
        assert!(fresh.iter().any(|(_, name, _)| name == "change"));
        for old in 1..=SCHEMA {
            let mut db = at(old);
            assert_eq!(migrate(&mut db, SCHEMA).unwrap(), old);
            assert_eq!(version(&db).unwrap(), SCHEMA);
            assert_eq!(schema(&db), fresh, "upgraded from {old}");
        }
    }

    /// For a check against a list of three words SQLite would fill a table of its own for every row.
    #[test]
    fn inserting_a_record_or_a_change_builds_no_table() {
        let db = at(SCHEMA);
        for insert in [
            "INSERT INTO record (id, kind, version, heads, lifecycle, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            "INSERT INTO change (rid, hash, actor, seq, standing, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        ] {
            let mut steps = db.prepare(&format!("EXPLAIN {insert}")).unwrap();
            let steps = steps.query_map([None::<i64>; 6], |row| row.get::<_, String>(1)).unwrap();
            assert!(steps.map(Result::unwrap).all(|step| step != "OpenEphemeral"), "{insert}");
        }
    }

    #[test]
    fn a_newer_schema_is_left_alone() {
        let mut db = at(SCHEMA);
        db.pragma_update(None, "user_version", SCHEMA + 1).unwrap();
        let error = migrate(&mut db, SCHEMA).unwrap_err();
        assert!(
            matches!(error, StoreError::NewerSchema { found, known } if found == SCHEMA + 1 && known == SCHEMA)
        );
    }

    #[test]
    fn a_failed_step_leaves_the_database_as_it_was() {
        let mut db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE verdict (another INTEGER)").unwrap();
        assert!(migrate(&mut db, 1).is_err());
        assert_eq!(version(&db).unwrap(), 0);
        assert_eq!(schema(&db).len(), 1, "no table of the failed step is left");
    }
}
