//! Numbered migrations, each applied once, in one transaction.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::storage::{StorageError, Stored};

/// Every migration in order; the schema's number is how many were applied.
const MIGRATIONS: [&str; 4] = [
    include_str!("../../../migrations/0001_office.sql"),
    include_str!("../../../migrations/0002_name.sql"),
    include_str!("../../../migrations/0003_photos.sql"),
    include_str!("../../../migrations/0004_caught_up.sql"),
];

/// Brings the file to the newest schema.
pub(super) fn migrate(db: &Connection) -> Stored<()> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if version(db)? == known {
        return Ok(());
    }
    let tx = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
    let found = version(&tx)?;
    if found > known {
        return Err(StorageError::NewerSchema { found, known });
    }
    for migration in MIGRATIONS.iter().skip(found as usize) {
        tx.execute_batch(migration)?;
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

fn version(db: &Connection) -> Stored<u32> {
    Ok(db.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_schema_is_rejected_by_number() {
        let db = Connection::open_in_memory().unwrap();
        migrate(&db).unwrap();
        migrate(&db).unwrap();
        db.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&db), Err(StorageError::NewerSchema { found: 99, known: 4 })));
    }
}
