//! Forms half filled in. They never travel, and keep the version of the form they were begun with.

use std::fmt;

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Collection, Reader, StoreError, Tx};
use crate::host::{Host, RandomnessUnavailable, random};
use crate::model::{RecordId, Timestamp};

/// Identity of a draft on this phone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DraftId(pub [u8; 16]);

impl DraftId {
    /// A new one.
    ///
    /// # Errors
    /// [`RandomnessUnavailable`].
    pub fn generate(host: &dyn Host) -> Result<Self, RandomnessUnavailable> {
        random(host).map(Self)
    }
}

impl fmt::Debug for DraftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DraftId({})", RecordId(self.0))
    }
}

/// A form half filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Identity.
    pub id: DraftId,
    /// The form.
    pub form: String,
    /// The content hash of the playbook it was begun with.
    pub form_version: String,
    /// The record it is about.
    pub record: Option<RecordId>,
    /// The answers so far, as JSON.
    pub body: String,
    /// Device time of the last change.
    pub changed_at: Timestamp,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
    Ok(Draft {
        id: DraftId(row.get("id")?),
        form: row.get("form")?,
        form_version: row.get("form_version")?,
        record: row.get("record")?,
        body: row.get("body")?,
        changed_at: row.get("changed_at")?,
    })
}

impl Reader<'_> {
    /// One draft.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn draft(&self, id: DraftId) -> Result<Option<Draft>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT * FROM draft WHERE id = ?1")?;
        Ok(query.query_row([id.0], read).optional()?)
    }

    /// Every draft, the last touched first.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT * FROM draft ORDER BY changed_at DESC, id")?;
        Ok(query.query_map([], read)?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps a draft. The form and its version are those it was begun with: a later call changes neither.
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn put_draft(&mut self, draft: &Draft) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO draft (id, form, form_version, record, body, changed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at",
            )?
            .execute(params![
                draft.id.0,
                draft.form,
                draft.form_version,
                draft.record,
                draft.body,
                draft.changed_at
            ])?;
        self.note(Collection::Drafts);
        Ok(())
    }

    /// Throws a draft away, or has it go with the edit it became (in the same transaction).
    ///
    /// # Errors
    /// [`StoreError`] of the file.
    pub fn remove_draft(&mut self, id: DraftId) -> Result<(), StoreError> {
        self.db.prepare_cached("DELETE FROM draft WHERE id = ?1")?.execute([id.0])?;
        self.note(Collection::Drafts);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::TestStore;

    #[test]
    fn a_draft_keeps_the_form_it_was_begun_with() {
        let store = TestStore::new();
        let draft = Draft {
            id: DraftId([1; 16]),
            form: "visit".into(),
            form_version: "v1".into(),
            record: Some(RecordId([2; 16])),
            body: r#"{"purpose":"回访"}"#.into(),
            changed_at: Timestamp::from_millis(5),
        };
        store.write(|tx| tx.put_draft(&draft)).unwrap();
        let later = Draft {
            form_version: "v2".into(),
            body: r#"{"purpose":"回访","outcome":"满意"}"#.into(),
            ..draft.clone()
        };
        store.write(|tx| tx.put_draft(&later)).unwrap();
        let kept = store.read(|r| r.draft(draft.id)).unwrap().unwrap();
        assert_eq!(kept, Draft { form_version: "v1".into(), ..later });
        store.write(|tx| tx.remove_draft(draft.id)).unwrap();
        assert!(store.read(|r| r.drafts()).unwrap().is_empty());
    }
}
