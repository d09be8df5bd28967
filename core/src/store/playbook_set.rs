//! Which set of the company's playbooks is in force here, and which one was not taken over?

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, params};

use super::{Collection, Reader, StoreError, Tx};
use crate::model::office::{Manifest, ManifestFile, RejectedSet, SignedSet};
use crate::model::{PlaybookHash, Timestamp};

/// The set in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSet {
    /// As the office signed it.
    pub set: SignedSet,
    /// Its version.
    pub version: u64,
    /// Since when it is in force here, by this device's clock.
    pub taken_at: Timestamp,
}

/// A set that was not taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// What the office is told.
    pub rejected: RejectedSet,
    /// Its manifest, to know it again.
    pub manifest: String,
    /// The version of the core that judged it.
    pub app: String,
    /// When, by this device's clock.
    pub at: Timestamp,
}

impl Reader<'_> {
    /// The set in force; `None` while the playbooks of this build are.
    pub fn playbook_set(&self) -> Result<Option<HeldSet>, StoreError> {
        let mut query =
            self.db.prepare_cached("SELECT manifest, signature, version, taken_at FROM playbook_set")?;
        let row = query.query_row([], |row| {
            let (signature, version): (Vec<u8>, i64) = (row.get(1)?, row.get(2)?);
            Ok(HeldSet {
                set: SignedSet { manifest: row.get(0)?, signature: signature.into() },
                version: version.cast_unsigned(),
                taken_at: row.get(3)?,
            })
        });
        Ok(row.optional()?)
    }

    /// The version of the set in force; 0 while the playbooks of this build are.
    pub fn playbook_set_version(&self) -> Result<u64, StoreError> {
        let mut query = self.db.prepare_cached("SELECT version FROM playbook_set")?;
        let version: Option<i64> = query.query_row([], |row| row.get(0)).optional()?;
        Ok(version.map_or(0, i64::cast_unsigned))
    }

    /// The files of the set in force with their texts; empty while the playbooks of this build are.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when one is missing.
    pub fn playbook_files(&self) -> Result<Vec<(ManifestFile, String)>, StoreError> {
        let broken = StoreError::Inconsistent { what: "the set of playbooks" };
        let Some(held) = self.playbook_set()? else { return Ok(Vec::new()) };
        let manifest: Manifest = serde_json::from_str(&held.set.manifest).map_err(|_| broken)?;
        self.texts_of(manifest)?.ok_or(StoreError::Inconsistent { what: "the set of playbooks" })
    }

    /// The files of a manifest with their texts; `None` while one is missing.
    pub fn texts_of(&self, manifest: Manifest) -> Result<Option<Vec<(ManifestFile, String)>>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT text FROM playbook_file WHERE hash = ?1")?;
        let mut files = Vec::with_capacity(manifest.files.len());
        for file in manifest.files {
            let Some(text) = query.query_row([file.hash], |row| row.get(0)).optional()? else {
                return Ok(None);
            };
            files.push((file, text));
        }
        Ok(Some(files))
    }

    /// Which files of a manifest have not come yet, in its order.
    pub fn missing_playbooks(&self, manifest: &Manifest) -> Result<Vec<PlaybookHash>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT 1 FROM playbook_file WHERE hash = ?1")?;
        let mut missing = Vec::new();
        for file in &manifest.files {
            if !query.exists([file.hash])? {
                missing.push(file.hash);
            }
        }
        Ok(missing)
    }

    /// The set offered last, if it was not taken over.
    pub fn rejected_playbooks(&self) -> Result<Option<Rejection>, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT manifest, version, code, detail, app, at FROM playbook_rejected")?;
        let row = query.query_row([], |row| {
            let version: i64 = row.get(1)?;
            let rejected =
                RejectedSet { version: version.cast_unsigned(), code: row.get(2)?, detail: row.get(3)? };
            Ok(Rejection { rejected, manifest: row.get(0)?, app: row.get(4)?, at: row.get(5)? })
        });
        Ok(row.optional()?)
    }
}

impl Tx<'_> {
    /// Keeps a file of a set on its way.
    pub fn put_playbook(&mut self, hash: PlaybookHash, text: &str) -> Result<(), StoreError> {
        self.db
            .prepare_cached("INSERT INTO playbook_file (hash, text) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute(params![hash, text])?;
        Ok(())
    }

    /// Forgets files that belong neither to the set in force nor to this one: what had come of a set given up.
    pub fn keep_playbooks_of(&mut self, coming: &Manifest) -> Result<(), StoreError> {
        let held = self.playbook_set()?;
        let held = held.and_then(|held| serde_json::from_str::<Manifest>(&held.set.manifest).ok());
        let files = held.iter().chain([coming]).flat_map(|manifest| &manifest.files);
        let kept: BTreeSet<PlaybookHash> = files.map(|file| file.hash).collect();
        let mut query = self.db.prepare_cached("SELECT hash FROM playbook_file")?;
        let here = query.query_map([], |row| row.get(0))?.collect::<Result<Vec<PlaybookHash>, _>>()?;
        for hash in here.into_iter().filter(|hash| !kept.contains(hash)) {
            self.db.prepare_cached("DELETE FROM playbook_file WHERE hash = ?1")?.execute([hash])?;
        }
        Ok(())
    }

    /// Puts a set into force whose files are all here. Whoever calls this has checked its signature and judged it.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a file is missing.
    pub fn put_playbook_set(
        &mut self,
        set: &SignedSet,
        manifest: &Manifest,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if !self.missing_playbooks(manifest)?.is_empty() {
            return Err(StoreError::Inconsistent { what: "the set of playbooks" });
        }
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO playbook_set (one, version, manifest, signature, taken_at)
                 VALUES (1, ?1, ?2, ?3, ?4)",
            )?
            .execute(params![manifest.version.cast_signed(), set.manifest, set.signature.as_slice(), at])?;
        self.db.prepare_cached("DELETE FROM playbook_rejected")?.execute([])?;
        self.keep_playbooks_of(manifest)?;
        // What was begun under a playbook that was not here can be worked out now, and by another calendar.
        self.unfold_all()?;
        self.note(Collection::Tables);
        Ok(())
    }

    /// Notes that a set was not taken over. The one in force stays.
    pub fn put_rejected_playbooks(&mut self, rejection: &Rejection) -> Result<(), StoreError> {
        let RejectedSet { version, code, detail } = &rejection.rejected;
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO playbook_rejected (one, manifest, version, code, detail, app, at)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                rejection.manifest,
                version.cast_signed(),
                code,
                detail,
                rejection.app,
                rejection.at
            ])?;
        self.note(Collection::Tables);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestStore;

    fn manifest(version: u64, texts: &[&str]) -> Manifest {
        let file = |text: &&str| ManifestFile {
            name: format!("{text}.toml"),
            hash: PlaybookHash::of(text),
            bytes: text.len() as u64,
            current: true,
        };
        let files = texts.iter().map(file).collect();
        Manifest { version, at: Timestamp::from_millis(1), by: None, files }
    }

    fn signed(manifest: &Manifest) -> SignedSet {
        SignedSet { manifest: serde_json::to_string(manifest).unwrap(), signature: vec![1; 64].into() }
    }

    #[test]
    fn a_set_is_in_force_whole_and_only_its_files_stay() {
        let store = TestStore::new();
        let (one, two) = (manifest(1, &["a", "b"]), manifest(2, &["b", "c"]));
        let put = |manifest: &Manifest| {
            store.write(|tx| tx.put_playbook_set(&signed(manifest), manifest, Timestamp::from_millis(5)))
        };
        let bring = |text: &str| store.write(|tx| tx.put_playbook(PlaybookHash::of(text), text)).unwrap();
        bring("a");
        assert!(put(&one).is_err(), "a file is missing");
        assert_eq!(store.read(|r| r.playbook_set_version()).unwrap(), 0);
        assert_eq!(store.read(|r| r.missing_playbooks(&one)).unwrap(), [PlaybookHash::of("b")]);
        bring("b");
        put(&one).unwrap();
        let texts = |store: &TestStore| -> Vec<String> {
            store.read(|r| r.playbook_files()).unwrap().into_iter().map(|(_, text)| text).collect()
        };
        assert_eq!(texts(&store), ["a", "b"]);

        // What came of a set that was given up goes when the next one is begun.
        bring("given up");
        bring("c");
        store.write(|tx| tx.keep_playbooks_of(&two)).unwrap();
        assert_eq!(
            store.read(|r| r.missing_playbooks(&manifest(3, &["given up", "a", "c"]))).unwrap().len(),
            1
        );
        put(&two).unwrap();
        assert_eq!(texts(&store), ["b", "c"]);
        assert_eq!(store.read(|r| r.missing_playbooks(&one)).unwrap(), [PlaybookHash::of("a")]);
        assert_eq!(store.read(|r| r.playbook_set()).unwrap().unwrap().set, signed(&two));
    }

    #[test]
    fn a_rejected_set_is_shown_until_another_is_taken() {
        let store = TestStore::new();
        let good = manifest(1, &[]);
        let rejected =
            RejectedSet { version: 9, code: "playbooks".to_owned(), detail: Some("a.toml:1".to_owned()) };
        let rejection = Rejection {
            rejected,
            manifest: "{}".to_owned(),
            app: "0.1.0".to_owned(),
            at: Timestamp::from_millis(3),
        };
        store.write(|tx| tx.put_rejected_playbooks(&rejection)).unwrap();
        assert_eq!(store.read(|r| r.rejected_playbooks()).unwrap(), Some(rejection));
        store.write(|tx| tx.put_playbook_set(&signed(&good), &good, Timestamp::from_millis(4))).unwrap();
        assert_eq!(store.read(|r| r.rejected_playbooks()).unwrap(), None);
    }
}
