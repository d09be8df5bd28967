//! A store in a folder of its own; here, because it reaches below what a store shows. Tests name it by way of
//! [`crate::testing`].
//!
//! Every function returns a [`crate::store::StoreError`] when the database cannot be read or written.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Authored, KeyAnswer, KeyProvider as _, OpenReport, Opened, Signed, Store, StoreError, Tx};
use crate::host::Host as _;
use crate::model::{ActorId, ChangeHash, Edit, Kind, RecordId, StaffId, Stamp, Timestamp};
use crate::testing::{TestHost, TestKeys};

/// Fills the disk under an open store, or makes room again: the database may not grow beyond what it has now. What is
/// closed and opened has room.
pub fn fill_disk(store: &Store, full: bool) -> Result<(), StoreError> {
    store.write(|tx| {
        let here: u32 = tx.db.raw().pragma_query_value(None, "page_count", |row| row.get(0))?;
        let most = if full { here } else { u32::MAX - 1 };
        Ok(tx.db.raw().pragma_update(None, "max_page_count", most)?)
    })
}

/// Reads and writes every record by way of its document, or again at its tip where that can be: two ways to the same, and
/// tests compare them.
pub fn always_load(store: &Store, always: bool) {
    store.at_tip.store(!always, Ordering::Relaxed);
}

/// Every row of every table that two phones which know the same hold alike: without what tells one phone from another, and
/// without what only spares work (snapshots, tips).
///
/// # Errors
/// As [`Store::read`].
#[cfg(test)]
pub fn dump(store: &Store) -> Result<Vec<String>, StoreError> {
    const LEFT_OUT: &str = "'meta', 'tip', 'snapshot'";
    store.read(|reader| {
        let db = reader.db.raw();
        let own = format!(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'
             AND name NOT GLOB 'search_*' AND name NOT IN ({LEFT_OUT})"
        );
        let tables: Vec<String> =
            db.prepare(&own)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut lines = Vec::new();
        for table in tables {
            let rowid = if table == "search" { "rowid, " } else { "" };
            let mut query = db.prepare(&format!("SELECT {rowid}* FROM {table}"))?;
            let names: Vec<String> = query.column_names().map(str::to_owned).collect();
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                let mut line = format!("{table}:");
                for (at, name) in names.iter().enumerate() {
                    // Where a change's bytes are kept, and how many since the snapshot.
                    if !(table == "change" && name == "bytes" || table == "record" && name == "tail") {
                        line.push_str(&format!(" {name} {:?}", row.get::<_, rusqlite::types::Value>(at)?));
                    }
                }
                lines.push(line);
            }
        }
        lines.sort_unstable();
        Ok(lines)
    })
}

/// Whether the record's document is in memory: whoever wrote it last has made one.
///
/// # Errors
/// As [`Store::write`].
#[cfg(test)]
pub fn is_loaded(store: &Store, record: RecordId) -> Result<bool, StoreError> {
    store.write(|tx| Ok(tx.kept.get(record).is_some()))
}

/// The actor of every edit recorded by [`TestStore::edit`].
pub const ACTOR: ActorId = ActorId([0x5a; 24]);

/// Records an own edit inside a transaction; see [`TestStore::edit`].
///
/// # Errors
/// [`StoreError`] when the database cannot be read or written, the document or the edit.
pub fn edit_in(
    tx: &mut Tx<'_>,
    now: Timestamp,
    record: RecordId,
    kind: Kind,
    edit: &Edit,
) -> Result<ChangeHash, StoreError> {
    let staff =
        StaffId::new("zhang.li").map_err(|_| StoreError::Inconsistent { what: "the test's staff" })?;
    let stamp = Stamp { staff, at: now, offset: None, copy_of: None };
    let signed = Signed { device: ACTOR.device(), signature: [7; 64] };
    write_in(tx, (record, kind), ACTOR, &stamp, edit, |_| signed)
}

/// Writes one own edit on top of everything that is here of a record, as the app does: at its tip where that can be, else by
/// way of its document.
///
/// # Errors
/// As [`edit_in`].
pub fn write_in(
    tx: &mut Tx<'_>,
    (record, kind): (RecordId, Kind),
    actor: ActorId,
    stamp: &Stamp,
    edit: &Edit,
    sign: impl FnOnce(ChangeHash) -> Signed,
) -> Result<ChangeHash, StoreError> {
    if let Some(tip) = tx.tip(record, kind, Kind::VERSION)?.filter(|tip| tip.knows_texts_of(edit)) {
        let (info, next) = tip.author(actor, stamp, edit)?;
        let before = (!tip.is_empty()).then(|| tip.record());
        let authored = Authored { info: &info, intent: edit, signed: sign(info.hash) };
        tx.save_at_tip(before.as_ref(), (&next, &next.record()), &[authored])?;
        return Ok(info.hash);
    }
    let mut document = tx.take_document(record, kind, Kind::VERSION)?;
    let info = document.author(actor, stamp, edit)?;
    tx.save_authored(document, &[Authored { info: &info, intent: edit, signed: sign(info.hash) }])?;
    Ok(info.hash)
}

/// An open store in a temporary folder, gone with it.
pub struct TestStore {
    store: Option<Store>,
    folder: PathBuf,
    keys: TestKeys,
    host: TestHost,
    report: OpenReport,
    keep_folder: bool,
}

impl TestStore {
    /// A new, empty store.
    ///
    /// # Panics
    /// When there is no room for it.
    #[must_use]
    #[expect(clippy::panic, reason = "a test that has no store cannot go on")]
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("butler-test-{}-{number}", std::process::id()));
        let made = Self::open(&folder, TestKeys::new(KeyAnswer::Missing), TestHost::new(u64::from(number)));
        made.unwrap_or_else(|error| panic!("failed to make a store: {error}"))
    }

    /// The store in `folder`, removed with this value.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open(folder: &Path, keys: TestKeys, host: TestHost) -> Result<Self, StoreError> {
        let Opened { store, report } = Store::open(folder, &keys, &host)?;
        Ok(Self { store: Some(store), folder: folder.to_owned(), keys, host, report, keep_folder: false })
    }

    /// Closes the store and opens it again.
    ///
    /// # Panics
    /// When it does not open.
    #[must_use]
    #[expect(clippy::panic, reason = "a test that has no store cannot go on")]
    pub fn reopen(self) -> Self {
        let (folder, keys, host) = self.leave();
        Self::open(&folder, keys, host).unwrap_or_else(|error| panic!("failed to open again: {error}"))
    }

    /// Closes the store, damages its database where nothing is that matters, and opens it again: what the office had
    /// acknowledged is gone, what was unsent is saved into a new database and waits there for what it builds on.
    ///
    /// # Panics
    /// When it cannot be damaged, or does not open.
    #[must_use]
    pub fn damaged(self) -> Self {
        let damage = |folder: &Path| {
            use std::io::{Seek as _, SeekFrom, Write as _};
            let path = folder.join(super::open::DATABASE).join(super::open::DATABASE_FILE);
            let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
            file.seek(SeekFrom::End(-8192))?;
            file.write_all(&[0xa5; 8192])
        };
        // The last pages of the file belong to nobody.
        let scrap = "CREATE TABLE scrap (bytes BLOB); INSERT INTO scrap VALUES (randomblob(65536))";
        let made = self.write(|tx| Ok::<_, StoreError>(tx.db.execute_batch(scrap)?));
        assert!(made.is_ok(), "room for what is damaged");
        let (folder, keys, host) = self.leave();
        assert!(damage(&folder).is_ok(), "the file can be damaged");
        // The process died while writing, so the file is checked.
        let marked =
            super::lock::FolderLock::take(&folder.join(super::open::LOCK)).map(|(lock, _)| lock.mark(true));
        assert!(marked.is_ok(), "the lock is free");
        #[expect(clippy::panic, reason = "a test that has no store cannot go on")]
        let store =
            Self::open(&folder, keys, host).unwrap_or_else(|error| panic!("failed to open again: {error}"));
        assert!(store.report().damaged.is_some(), "the damage is found");
        store
    }

    /// Closes the store and leaves its folder.
    #[must_use]
    pub fn leave(mut self) -> (PathBuf, TestKeys, TestHost) {
        self.keep_folder = true;
        drop(self.store.take());
        let keys = TestKeys::new(self.keys.key());
        (self.folder.clone(), keys, self.host.later())
    }

    /// Records an edit as this phone's own, as `zhang.li`, at the host's time; the record begins with its first.
    ///
    /// # Errors
    /// As [`Store::write`], and the edit's own.
    pub fn edit(&self, record: RecordId, kind: Kind, edit: &Edit) -> Result<ChangeHash, StoreError> {
        self.write(|tx| edit_in(tx, self.host.now(), record, kind, edit))
    }

    /// Its host.
    #[must_use]
    pub fn host(&self) -> &TestHost {
        &self.host
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What opening it found.
    #[must_use]
    pub fn report(&self) -> &OpenReport {
        &self.report
    }
}

impl Default for TestStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for TestStore {
    type Target = Store;

    #[expect(clippy::expect_used, reason = "only `leave` takes the store, and it consumes this value")]
    fn deref(&self) -> &Store {
        self.store.as_ref().expect("the store is open")
    }
}

impl Drop for TestStore {
    fn drop(&mut self) {
        drop(self.store.take());
        if !self.keep_folder {
            // A folder in the system's temporary place that cannot be removed does no harm.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}
