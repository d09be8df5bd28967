//! Forms half filled in. They never travel, and keep the version of the form they were begun with.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Collection, Reader, StoreError, Tx};
use crate::model::{PhotoId, RecordId, SubmissionId, Timestamp};

/// A form half filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// The form on the screen: what hands it in carries the same id.
    pub id: SubmissionId,
    /// The form.
    pub form: String,
    /// The content hash of the playbook it was begun with; `None` when no playbook runs it.
    pub form_version: Option<String>,
    /// The record it is about.
    pub record: Option<RecordId>,
    /// What has been filled in, as JSON; this layer does not read it.
    pub body: String,
    /// Last touched, by the device's clock.
    pub changed_at: Timestamp,
}

fn read(row: &Row<'_>) -> rusqlite::Result<DraftRow> {
    Ok(DraftRow {
        id: row.get("id")?,
        form: row.get("form")?,
        form_version: row.get("form_version")?,
        record: row.get("record")?,
        body: row.get("body")?,
        changed_at: row.get("changed_at")?,
    })
}

impl Reader<'_> {
    /// One draft.
    pub fn draft(&self, id: SubmissionId) -> Result<Option<DraftRow>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT * FROM draft WHERE id = ?1")?;
        Ok(query.query_row([id], read).optional()?)
    }

    /// Every draft, the last touched first.
    pub fn drafts(&self) -> Result<Vec<DraftRow>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT * FROM draft ORDER BY changed_at DESC, id")?;
        Ok(query.query_map([], read)?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps a draft with its photos. The form and its version are those it was begun with: a later call changes neither.
    /// A photo that was ever part of it stays until it ends.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a photo that is not here whole.
    pub fn put_draft(&mut self, draft: &DraftRow, photos: &[PhotoId]) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO draft (id, form, form_version, record, body, changed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET record = excluded.record, body = excluded.body,
                     changed_at = excluded.changed_at",
            )?
            .execute(params![
                draft.id,
                draft.form,
                draft.form_version,
                draft.record,
                draft.body,
                draft.changed_at
            ])?;
        for photo in photos {
            self.whole(*photo)?;
            self.db
                .prepare_cached(
                    "INSERT INTO draft_photo (draft, hash) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                )?
                .execute(params![draft.id, photo])?;
            // The draft answers for it from here on.
            self.set_kept(*photo, false)?;
        }
        self.note(Collection::Drafts);
        Ok(())
    }

    /// Ends a draft: thrown away, or become the edit that is recorded in the same transaction. Its photos go unless
    /// something else holds them. Returns whether there was such a draft.
    pub fn end_draft(&mut self, id: SubmissionId) -> Result<bool, StoreError> {
        let photos: Vec<PhotoId> = self
            .db
            .prepare_cached("SELECT hash FROM draft_photo WHERE draft = ?1")?
            .query_map([id], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let ended = self.db.prepare_cached("DELETE FROM draft WHERE id = ?1")?.execute([id])? > 0;
        for photo in photos {
            self.let_go(photo)?;
        }
        if ended {
            self.note(Collection::Drafts);
        }
        Ok(ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Edit, Kind};
    use crate::testing::TestStore;

    fn visit(body: &str) -> DraftRow {
        DraftRow {
            id: SubmissionId([1; 16]),
            form: "visit".into(),
            form_version: Some("v1".into()),
            record: Some(RecordId([2; 16])),
            body: body.into(),
            changed_at: Timestamp::from_millis(5),
        }
    }

    #[test]
    fn a_draft_keeps_the_form_it_was_begun_with() {
        let store = TestStore::new();
        let draft = visit(r#"{"purpose":"回访"}"#);
        store.write(|tx| tx.put_draft(&draft, &[])).unwrap();
        let later = DraftRow {
            form_version: Some("v2".into()),
            body: r#"{"purpose":"回访","outcome":"满意"}"#.into(),
            ..draft.clone()
        };
        store.write(|tx| tx.put_draft(&later, &[])).unwrap();
        let kept = store.read(|r| r.draft(draft.id)).unwrap().unwrap();
        assert_eq!(kept, DraftRow { form_version: Some("v1".into()), ..later });
        assert!(store.write(|tx| tx.end_draft(draft.id)).unwrap());
        assert!(!store.write(|tx| tx.end_draft(draft.id)).unwrap());
        assert!(store.read(|r| r.drafts()).unwrap().is_empty());
    }

    #[test]
    fn drafts_and_their_photos_are_saved_out_of_a_damaged_database() {
        use std::io::{Seek as _, SeekFrom, Write as _};
        let store = TestStore::new();
        let staged = store.stage("水表读数".as_bytes(), store.host()).unwrap();
        let draft = visit(r#"{"reading":"1203"}"#);
        store
            .write(|tx| {
                tx.keep(&staged, Timestamp::from_millis(1))?;
                tx.put_draft(&draft, &[staged.photo])
            })
            .unwrap();
        for number in 0..60 {
            let home = RecordId([number; 16]);
            store.edit(home, Kind::Home, &Edit::new().put("layout", "三室两厅")).unwrap();
        }
        let (folder, keys, host) = store.leave();
        // Noise among the homes; the process died while writing, so the file is checked.
        let path = folder.join("db").join("store.db");
        let size = std::fs::metadata(&path).unwrap().len();
        let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        file.seek(SeekFrom::Start(size - 4 * 4096)).unwrap();
        file.write_all(&[0xa5; 4 * 4096]).unwrap();
        std::fs::write(folder.join("lock"), [1]).unwrap();
        let store = TestStore::open(&folder, keys, host).unwrap();
        assert!(store.report().damaged.is_some());
        assert_eq!(store.read(|r| r.drafts()).unwrap(), [draft]);
        assert_eq!(store.photo(staged.photo).unwrap().unwrap().as_slice(), "水表读数".as_bytes());
    }
}
