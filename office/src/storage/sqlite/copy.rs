//! One consistent state of an office in a file of its own: what a backup holds, and what a restore puts in place.
//!
//! A copy lacks what must not travel with it: sessions, codes and used nonces, which end with the life of the data
//! anyway, and the token of that life, so that a copy put in the place of its original is known for one. The bytes
//! of whole photos lie apart by their hash, so that the next backup need not write them again.

use std::path::Path;

use butler_core::host::{Host, random};
use butler_core::model::{PhotoId, Timestamp};
use rusqlite::{Connection, params};

use super::{FILE, Tx, connect, lock, mark, schema};
use crate::private;
use crate::storage::{Read, Sqlite, StorageError, Stored, Write as _};

/// What is not copied whole, and the rows of it that are.
const NOT_WHOLE: [(&str, &str); 4] = [
    ("session", "false"),
    ("used_nonce", "false"),
    ("code", "false"),
    // Of a whole photo the device that proved it keeps the pieces.
    ("photo_piece", "(photo, device) NOT IN (SELECT id, device FROM main.photo)"),
];

impl Sqlite {
    /// Copies the present state into a new file, while others read and write. What was committed when the copying
    /// began is in it, and nothing of what came later.
    ///
    /// # Errors
    /// [`StorageError::Full`] for the disk of the copy, [`StorageError::NotInitialised`] for an office in memory, or
    /// what the disk says. What is left of the file is worth nothing then.
    pub fn copy_to(&self, target: &Path, host: &dyn Host) -> Stored<()> {
        let readers = self.readers.as_ref().ok_or(StorageError::NotInitialised)?;
        let name = target.to_str().ok_or(StorageError::Unreadable { what: "name of the folder" })?;
        private::options().write(true).create_new(true).open(target)?;
        schema::migrate(&hasty(target)?)?;
        let token: [u8; mark::TOKEN] = random(host)?;

        let mut db = connect(&readers.file)?;
        db.pragma_update(None, "foreign_keys", false)?;
        db.execute("ATTACH ?1 AS copy", [name])?;
        db.execute_batch("PRAGMA copy.journal_mode = OFF; PRAGMA copy.synchronous = OFF;")?;
        let tx = db.transaction()?;
        for table in tables(&tx)? {
            let rows = NOT_WHOLE.iter().find(|(name, _)| *name == table).map_or("true", |(_, rows)| rows);
            tx.execute_batch(&format!("INSERT INTO copy.{table} SELECT * FROM main.{table} WHERE {rows}"))?;
        }
        tx.execute("UPDATE copy.office SET token = ?1", [token])?;
        tx.commit()?;
        drop(db);
        Ok(std::fs::File::open(target)?.sync_all()?)
    }
}

/// A copy that is looked at or, on its way to being an office again, completed. Nobody else knows of the file.
pub struct Copy {
    db: Connection,
}

impl Copy {
    /// Opens it, and brings it to the present schema.
    ///
    /// # Errors
    /// [`StorageError::NewerSchema`], [`StorageError::Damaged`], or what the disk says.
    pub fn open(file: &Path) -> Stored<Self> {
        let db = hasty(file)?;
        schema::migrate(&db)?;
        Ok(Self { db })
    }

    /// Looks at every page, index and reference.
    ///
    /// # Errors
    /// [`StorageError::Damaged`], or what the disk says.
    pub fn check(&self) -> Stored<()> {
        let sound: String = self.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        let dangling = self.db.prepare("PRAGMA foreign_key_check")?.exists([])?;
        if sound == "ok" && !dangling { Ok(()) } else { Err(StorageError::Damaged) }
    }

    /// Reads it.
    ///
    /// # Errors
    /// What `work` returns.
    pub fn read<R>(&self, work: impl FnOnce(&dyn Read) -> Stored<R>) -> Stored<R> {
        work(&Tx(&self.db))
    }

    /// The whole photos its records may show, with their sizes.
    ///
    /// # Errors
    /// What the disk says.
    pub fn photos(&self) -> Stored<Vec<(PhotoId, u64)>> {
        let mut statement = self.db.prepare("SELECT id, size FROM photo ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((PhotoId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Begins a span of changes that lies on the disk when [`Self::finish`] returns, or not at all.
    ///
    /// # Errors
    /// What the disk says.
    pub fn begin(&self) -> Stored<()> {
        Ok(self.db.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Adds a piece of a whole photo.
    ///
    /// # Errors
    /// [`StorageError::Full`], or what the disk says.
    pub fn put_piece(&self, photo: PhotoId, start: u64, bytes: &[u8]) -> Stored<()> {
        let sql = "INSERT INTO photo_piece (photo, device, start, bytes) SELECT id, device, ?2, ?3 FROM photo WHERE id = ?1";
        self.db.prepare_cached(sql)?.execute(params![photo.as_bytes(), start, bytes])?;
        Ok(())
    }

    /// Forgets a photo whose bytes are gone, and what was begun of them: whoever still has it may hand it in again.
    ///
    /// # Errors
    /// What the disk says.
    pub fn forget_photo(&self, photo: PhotoId) -> Stored<()> {
        for table in ["photo_piece", "photo_offer_record", "photo_offer", "photo_record"] {
            self.db.execute(&format!("DELETE FROM {table} WHERE photo = ?1"), [photo.as_bytes()])?;
        }
        self.db.execute("DELETE FROM photo WHERE id = ?1", [photo.as_bytes()])?;
        Ok(())
    }

    /// Adds an entry to the audit.
    ///
    /// # Errors
    /// What the disk says.
    pub fn note(&self, at: Timestamp, action: &str, about: &str) -> Stored<()> {
        Tx(&self.db).put_audit(at, "office", action, about)
    }

    /// Ends the span, and closes.
    ///
    /// # Errors
    /// [`StorageError::Full`], or what the disk says.
    pub fn finish(self) -> Stored<()> {
        Ok(self.db.execute_batch("COMMIT")?)
    }
}

/// The folder of an office that nobody else works with meanwhile.
pub struct Vacant<'f> {
    folder: &'f Path,
    lock: std::fs::File,
}

impl<'f> Vacant<'f> {
    /// Keeps everybody else out of the folder, which is made when it is missing.
    ///
    /// # Errors
    /// [`StorageError::Busy`] when somebody works with the office there; what the disk says.
    pub fn take(folder: &'f Path) -> Stored<Self> {
        private::create_folder(folder)?;
        let lock = lock(folder)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder, lock }),
            Err(std::fs::TryLockError::WouldBlock) => Err(StorageError::Busy),
            Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Whether there is a database, whole or not.
    #[must_use]
    pub fn has_office(&self) -> bool {
        self.folder.join(FILE).exists()
    }

    /// Puts a database in place. What was there is moved into `aside`, never deleted: a log that lies there without
    /// its database too, for it must not be taken for the new one's.
    ///
    /// # Errors
    /// What the disk says; then the same call is safe to be made again.
    pub fn put(self, database: &Path, aside: &Path) -> Stored<()> {
        for name in ["", "-wal", "-shm"].map(|suffix| format!("{FILE}{suffix}")) {
            let old = self.folder.join(&name);
            if old.exists() {
                private::create_folder(aside)?;
                std::fs::rename(old, aside.join(&name))?;
            }
        }
        std::fs::rename(database, self.folder.join(FILE))?;
        std::fs::File::open(self.folder)?.sync_all()?;
        self.lock.unlock()?;
        Ok(())
    }
}

/// A connection to a file that counts only once it is whole and synced.
fn hasty(file: &Path) -> Stored<Connection> {
    let db = Connection::open(file)?;
    db.execute_batch(
        "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;",
    )?;
    Ok(db)
}

fn tables(db: &Connection) -> Stored<Vec<String>> {
    let sql = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
