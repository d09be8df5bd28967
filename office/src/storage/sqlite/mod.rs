//! The office's data in one SQLite file, `office.db`, with a small file beside it that backups leave out.
//!
//! One writer at a time (`BEGIN IMMEDIATE`, which here stands for every lock the contract asks for), readers
//! beside it in WAL. `synchronous=FULL`: what was committed survives a power cut.

pub mod copy;
mod key;
mod mark;
mod read;
mod schema;
mod write;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use butler_core::host::{Host, random};
use butler_core::model::{ActorId, CommunityId, DeviceId, Generation};
use butler_core::sync::playbook_set::OfficeKey;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, TransactionBehavior, params};

use super::{Read, Storage, StorageError, Stored, Write};
use crate::private;
use crate::seal::SealSecret;
use key::KeyPlace;
use mark::Mark;

/// The database's name in the office's folder.
const FILE: &str = "office.db";

/// The action under which the audit says that a new life of the data began: it was restored, or copied by hand.
pub const NEW_LIFE: &str = "generation";

/// Held shared by whoever works with the office in a folder, alone by whoever puts another database in its place.
const LOCK: &str = "lock";

/// Readers kept open between requests; more are opened when needed and closed afterwards.
const READERS: usize = 4;

/// What the writer keeps of the database in memory, in KiB: a register brings more than the usual 2 MiB hold at once, and
/// what does not fit is written and read again and again before it is committed.
const WRITER_CACHE_KIB: i64 = 16 << 10;

/// The office's data in SQLite.
pub struct Sqlite {
    writer: Mutex<Writer>,
    /// Idle read connections and how to open another; `None` in memory, where the writer also reads.
    readers: Option<Readers>,
    key: KeyPlace,
    /// Keeps a restore out as long as this lives.
    _lock: Option<File>,
}

struct Writer {
    db: Connection,
    mark: Option<Mark>,
}

struct Readers {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

/// What a new office is told once.
#[derive(Debug, Clone)]
pub struct NewOffice {
    /// The community it serves.
    pub community: CommunityId,
    /// Minutes east of UTC, fixed for good.
    pub utc_offset_minutes: i32,
}

impl Sqlite {
    /// Makes a new office in `folder`, which may exist.
    ///
    /// # Errors
    /// [`StorageError::AlreadyInitialised`] when there is one; otherwise what the disk says.
    pub fn create(folder: &Path, host: &dyn Host, office: &NewOffice) -> Stored<Self> {
        private::create_folder(folder)?;
        let file = folder.join(FILE);
        if file.exists() {
            return Err(StorageError::AlreadyInitialised);
        }
        close(folder)?;
        // SQLite gives the files it makes beside it the same permissions.
        private::options().write(true).create_new(true).open(&file)?;
        let db = connect(&file)?;
        schema::migrate(&db)?;
        let key = key::generate(host, &key::path(folder))?;
        // Both now, so that whoever copies the secrets away copies them all.
        key::generate_seal(host, &key::seal_path(folder))?;
        let token = first_life(&db, host, office, &key)?;
        drop(db);
        Mark::create(folder, token, 0)?;
        Self::open(folder, host)
    }

    /// Opens the office in `folder`. When the database is not the one that was left here last (restored,
    /// copied back, moved), a new generation starts: phones then drop their cursors and offer everything again.
    ///
    /// # Errors
    /// [`StorageError::NotInitialised`], [`StorageError::NewerSchema`], [`StorageError::Damaged`], or what the
    /// disk says.
    pub fn open(folder: &Path, host: &dyn Host) -> Stored<Self> {
        let file = folder.join(FILE);
        if !file.exists() {
            return Err(StorageError::NotInitialised);
        }
        close(folder)?;
        let lock = lock(folder)?;
        match lock.try_lock_shared() {
            Err(TryLockError::WouldBlock) => return Err(StorageError::Busy),
            Err(TryLockError::Error(error)) => return Err(error.into()),
            Ok(()) => {}
        }
        // The mark is read before the database: another process may commit in between, and only a mark
        // *ahead* of the database means that the database went back in time.
        let overlaid = Mark::is_overlaid(folder, host)?;
        let mark = Mark::read(folder)?;
        let mut db = connect(&file)?;
        schema::migrate(&db)?;
        let (token, commits) = db
            .query_row("SELECT token, commits FROM office", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => StorageError::NotInitialised,
                other => other.into(),
            })?;
        let mark = match mark {
            Some(mark) if !overlaid && mark.fits(&token, commits) => mark,
            _ => new_life(&mut db, host, folder)?,
        };
        db.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        let readers = Readers { file, idle: Mutex::new(Vec::new()) };
        let key = KeyPlace::File(key::path(folder));
        let writer = Mutex::new(Writer { db, mark: Some(mark) });
        Ok(Self { writer, readers: Some(readers), key, _lock: Some(lock) })
    }

    /// A new office that lives as long as this value: for fleets and tests.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn in_memory(host: &dyn Host, office: &NewOffice) -> Stored<Self> {
        let db = Connection::open_in_memory()?;
        settings(&db)?;
        schema::migrate(&db)?;
        let key = OfficeKey::generate(host)?;
        first_life(&db, host, office, &key)?;
        let key = KeyPlace::Memory(key);
        Ok(Self { writer: Mutex::new(Writer { db, mark: None }), readers: None, key, _lock: None })
    }

    /// Gives the office another key, and signs every set of playbooks anew: for an office whose key is lost or
    /// known to others. Phones enrolled before believe the old key alone, and must enrol again.
    ///
    /// # Errors
    /// What the disk says; then the old key stays.
    pub fn renew_signing_key(&self, host: &dyn Host) -> Stored<()> {
        let KeyPlace::File(path) = &self.key else { return Err(StorageError::NotInitialised) };
        let fresh = path.with_extension("new");
        let key = key::generate(host, &fresh)?;
        self.write(|tx| {
            tx.put_office_key(&key)?;
            tx.put_audit(host.now(), "office", "key", "{}")
        })?;
        Ok(std::fs::rename(fresh, path)?)
    }

    /// The folder of the office; none of one in memory.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.readers.as_ref().and_then(|readers| readers.file.parent())
    }

    /// What the office seals its receipts with, kept beside its signing key and in no backup. Where it is missing a new
    /// one is made, which knows no earlier receipt again.
    ///
    /// # Errors
    /// What the disk says, or no randomness.
    pub fn seal_secret(&self, host: &dyn Host) -> Stored<SealSecret> {
        self.key.seals(host)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        // A panic inside a transaction rolled it back; the connection itself is whole.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage for Sqlite {
    fn read<R, E>(&self, work: impl FnOnce(&dyn Read) -> Result<R, E>) -> Result<R, E>
    where
        E: From<StorageError>,
    {
        let Some(readers) = &self.readers else {
            return reading(&mut self.writer().db, work);
        };
        let mut db = readers.take()?;
        let result = reading(&mut db, work);
        readers.put(db);
        result
    }

    fn write<R, E>(&self, work: impl FnOnce(&mut dyn Write) -> Result<R, E>) -> Result<R, E>
    where
        E: From<StorageError>,
    {
        let mut guard = self.writer();
        let Writer { db, mark } = &mut *guard;
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StorageError::from)?;
        let result = work(&mut Tx(&tx))?;
        let commits: u64 = tx
            .query_row("UPDATE office SET commits = commits + 1 RETURNING commits", [], |row| row.get(0))
            .map_err(StorageError::from)?;
        // On a full disk SQLite may have rolled everything back and left the connection in autocommit;
        // committing then would report success for nothing.
        if tx.is_autocommit() {
            return Err(StorageError::Full.into());
        }
        tx.commit().map_err(StorageError::from)?;
        if let Some(mark) = mark {
            mark.note(commits);
        }
        Ok(result)
    }

    fn signing_key(&self) -> Stored<OfficeKey> {
        self.key.read(self.read(|read| read.office_key())?)
    }
}

impl Readers {
    fn take(&self) -> Stored<Connection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| connect(&self.file), Ok)
    }

    fn put(&self, db: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < READERS {
            idle.push(db);
        }
    }
}

/// One transaction; reads and writes are in `read.rs` and `write.rs`.
struct Tx<'a>(&'a Connection);

fn reading<R, E>(db: &mut Connection, work: impl FnOnce(&dyn Read) -> Result<R, E>) -> Result<R, E>
where
    E: From<StorageError>,
{
    let tx = db.transaction().map_err(StorageError::from)?;
    work(&Tx(&tx))
}

fn connect(file: &Path) -> Stored<Connection> {
    let db = Connection::open(file)?;
    settings(&db)?;
    Ok(db)
}

fn settings(db: &Connection) -> Stored<()> {
    db.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA busy_timeout = 5000;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA secure_delete = ON;
         PRAGMA mmap_size = 0;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    // A plan that looks at what is bound is made anew for every execution, which costs more than most queries do.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_prepared_statement_cache_capacity(128);
    Ok(())
}

/// Closes the office's folder and files to everybody else, and says so: others may have read them.
fn close(folder: &Path) -> Stored<()> {
    let beside = |suffix: &str| folder.join(format!("{FILE}{suffix}"));
    let apart = folder.join(mark::FOLDER);
    let keys = std::fs::read_dir(&apart).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let paths =
        [folder.to_owned(), beside(""), beside("-wal"), beside("-shm"), folder.join(LOCK), apart.clone()];
    let paths = paths.into_iter().chain(keys);
    for path in paths {
        if private::close(&path).map_err(|cause| StorageError::Exposed { path: path.clone(), cause })? {
            tracing::warn!(code = "permissions", path = %path.display(), "was open to others; closed");
        }
    }
    Ok(())
}

/// The file by which those who work with an office keep a restore out. Its bytes mean nothing.
fn lock(folder: &Path) -> Stored<File> {
    Ok(private::options().write(true).create(true).truncate(false).open(folder.join(LOCK))?)
}

fn first_life(
    db: &Connection,
    host: &dyn Host,
    office: &NewOffice,
    key: &OfficeKey,
) -> Stored<[u8; mark::TOKEN]> {
    let device = DeviceId(random(host)?);
    let (generation, actor, token) = life(host, device)?;
    db.execute(
        "INSERT INTO office (one, community, utc_offset_minutes, device, generation, actor, token, office_key,
                             commits)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
        params![
            office.community.as_str(),
            office.utc_offset_minutes,
            device.as_bytes(),
            generation.as_bytes(),
            actor.as_bytes(),
            token,
            key.public().as_bytes()
        ],
    )?;
    Ok(token)
}

/// Starts a new life of the data: new generation, actor and token; sessions, nonces and codes of the old life
/// end. The audit says when it began. The mark is written last: a crash in between only starts one more life at the next opening.
fn new_life(db: &mut Connection, host: &dyn Host, folder: &Path) -> Stored<Mark> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let device: Vec<u8> = tx.query_row("SELECT device FROM office", [], |row| row.get(0))?;
    let device =
        DeviceId::from_slice(&device).map_err(|_| StorageError::Unreadable { what: "office device" })?;
    let (generation, actor, token) = life(host, device)?;
    tx.execute(
        // Where there was something before, there was a backup: phones wait for the next one before they forget what this
        // one may not hold.
        "UPDATE office SET generation = ?1, actor = ?2, token = ?3, watermark = max(watermark, commits > 0)",
        params![generation.as_bytes(), actor.as_bytes(), token],
    )?;
    tx.execute_batch("DELETE FROM used_nonce; DELETE FROM session; DELETE FROM code;")?;
    let about = serde_json::json!({ "generation": generation }).to_string();
    Tx(&tx).put_audit(host.now(), "office", NEW_LIFE, &about)?;
    let commits =
        tx.query_row("UPDATE office SET commits = commits + 1 RETURNING commits", [], |row| row.get(0))?;
    tx.commit()?;
    Mark::create(folder, token, commits)
}

fn life(host: &dyn Host, device: DeviceId) -> Stored<(Generation, ActorId, [u8; mark::TOKEN])> {
    Ok((Generation(random(host)?), ActorId::new(device, random(host)?), random(host)?))
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            _ => Self::Database { code: error.sqlite_error().map_or(-1, |error| error.extended_code) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asked in every push of whoever has most of it.
    #[test]
    fn what_waits_of_a_sender_is_counted_in_indexes_alone() {
        let db = Connection::open_in_memory().unwrap();
        schema::migrate(&db).unwrap();
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {}", read::HELD_OF)).unwrap();
        let steps = plan.query_map([[0_u8; 16]], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).filter(|step| step.contains("SEARCH")).collect();
        assert_eq!(steps.len(), 2);
        assert!(steps.iter().all(|step| step.contains("USING COVERING INDEX")), "{steps:?}");
    }

    #[test]
    fn every_connection_commits_through_to_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let db = connect(&folder.path().join(FILE)).unwrap();
        let text = |sql: &str| db.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        let number = |sql: &str| db.query_row(sql, [], |row| row.get::<_, u64>(0)).unwrap();
        assert_eq!(text("PRAGMA journal_mode"), "wal");
        assert_eq!(number("PRAGMA synchronous"), 2, "FULL: a power cut takes nothing back");
        assert_eq!(number("PRAGMA foreign_keys"), 1);
        // Before 3.51.3 a reset of the WAL could lose what was committed.
        assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
    }
}
