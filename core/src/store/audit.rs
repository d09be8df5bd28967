//! What this phone did that a person may have to explain later. Codes and ids, never values.

use rusqlite::params;

use super::{Reader, StoreError, Tx};
use crate::model::Timestamp;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When, by the device's clock.
    pub at: Timestamp,
    /// A stable code (`playbooks.taken`, `playbooks.rejected`).
    pub what: String,
    /// More codes; never a value somebody typed.
    pub detail: Option<String>,
}

impl Reader<'_> {
    /// The newest entries, newest first.
    pub fn audit(&self, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        let mut query =
            self.db.prepare_cached("SELECT at, what, detail FROM audit ORDER BY id DESC LIMIT ?1")?;
        let rows = query.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            Ok(AuditEntry { at: row.get(0)?, what: row.get(1)?, detail: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Adds an entry.
    pub fn add_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.db
            .prepare_cached("INSERT INTO audit (at, what, detail) VALUES (?1, ?2, ?3)")?
            .execute(params![entry.at, entry.what, entry.detail])?;
        Ok(())
    }
}
