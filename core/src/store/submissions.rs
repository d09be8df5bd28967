//! Forms handed in lately, by the id drawn when each was opened: a repeat is answered with what the first made.

use rusqlite::{OptionalExtension as _, params};

use super::{Reader, StoreError, Tx};
use crate::model::{EditId, EventId, RecordId, SubmissionId};

/// So many forms are known again, the newest of them: weeks of a busy phone. Counted, not dated: a phone's clock may be
/// wrong by years.
const KEPT: i64 = 4_096;

/// A form that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// Of what was asked for, with all that was given: a form handed in again says the same.
    pub digest: [u8; 32],
    /// The record it made or changed.
    pub record: RecordId,
    /// The edit, which is the change that carried it first.
    pub edit: EditId,
    /// The event, when it was one.
    pub event: Option<EventId>,
}

impl Reader<'_> {
    /// A form that was handed in; `None` when it was not, or when so many were since that it is forgotten.
    pub fn submission(&self, id: SubmissionId) -> Result<Option<Submitted>, StoreError> {
        let mut query =
            self.db.prepare_cached("SELECT digest, record, edit, event FROM submission WHERE id = ?1")?;
        let row = query.query_row([id], |row| {
            Ok(Submitted { digest: row.get(0)?, record: row.get(1)?, edit: row.get(2)?, event: row.get(3)? })
        });
        Ok(row.optional()?)
    }
}

impl Tx<'_> {
    /// Keeps what a form made, in the transaction that made it.
    pub fn put_submission(&mut self, id: SubmissionId, made: &Submitted) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO submission (id, digest, record, edit, event) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![id, made.digest, made.record, made.edit, made.event])?;
        self.db
            .prepare_cached("DELETE FROM submission WHERE number <= ?1")?
            .execute([self.db.last_insert_rowid() - KEPT])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChangeHash;
    use crate::testing::TestStore;

    #[test]
    fn the_newest_forms_are_known_again_and_older_ones_take_no_room() {
        let store = TestStore::new();
        let id = |number: i64| {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&number.to_be_bytes());
            SubmissionId(id)
        };
        let made = |number: i64| Submitted {
            digest: [1; 32],
            record: RecordId(id(number).0),
            edit: ChangeHash([2; 32]),
            event: None,
        };
        store
            .write(|tx| (0..KEPT + 10).try_for_each(|number| tx.put_submission(id(number), &made(number))))
            .unwrap();
        let known = |number| store.read(|reader| reader.submission(id(number))).unwrap();
        assert_eq!(known(9), None);
        assert_eq!((known(10), known(KEPT + 9)), (Some(made(10)), Some(made(KEPT + 9))));
    }
}
