//! Opening: which files are there, is this the right key, is the file whole, is it the one that was left.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::db::{Db, Trouble};
use super::index::KeptSets;
use super::key::{KeyAnswer, KeyProvider, StoreKey};
use super::lock::{FolderLock, LastStop};
use super::meta::Continuity;
use super::side_file::{SideFile, SideToken};
use super::tx::{Collection, Documents, Reader, Touched, Tx, transact};
use super::{Damage, StoreError, files, lists, meta, migrate, salvage};
use crate::host::Host;
use crate::model::RecordId;

/// SQLite before this can lose a committed transaction when a WAL is reset at an unlucky moment.
const SQLITE_AT_LEAST: i32 = 3_051_003;

/// Kept free of data so that there is room to delete, and to take the office's answers, on a full disk.
const RESERVE_BYTES: usize = 2 << 20;

/// Names inside the store's folder.
pub(super) const LOCK: &str = "lock";
const SIDE_FILE: &str = "store.json";
const RESERVE: &str = "reserve";
/// Database, WAL and shared memory lie in a folder of their own: it is moved aside as one.
pub(super) const DATABASE: &str = "db";
const DATABASE_BEING_MADE: &str = "db.new";
pub(super) const DATABASE_FILE: &str = "store.db";
/// Sealed photos.
pub(super) const PHOTOS: &str = "photos";

/// An open store. Shared by every thread of the app; there is one per folder.
pub struct Store {
    pub(super) folder: PathBuf,
    key: StoreKey,
    writer: Mutex<Option<Writer>>,
    readers: Readers,
    lock: Mutex<Option<FolderLock>>,
    /// A write met a full disk since the reserve was last given up.
    full: AtomicBool,
    /// Records whose changes are on the wire now. Not stored: after a crash nothing is being sent.
    sending: Mutex<BTreeSet<RecordId>>,
    /// What was written since somebody asked last.
    touched: Mutex<Touched>,
    /// Sets of records that rules and metrics asked for.
    kept: KeptSets,
    /// Whether records are read and written at their tip; switched off by tests alone, to compare.
    pub(super) at_tip: AtomicBool,
    /// How often the office's tables changed.
    tables: AtomicU64,
}

struct Writer {
    db: Db,
    documents: Documents,
}

/// What opening found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record), uniffi(name = "Opening"))]
pub struct OpenReport {
    /// There was no store: this one is new and empty.
    pub created: bool,
    /// The database is not the one that was left here (restored, copied back, replaced): the actor was
    /// forgotten, so that no (actor, sequence number) is ever used twice. Take a new one.
    pub incarnation_changed: bool,
    /// The database was damaged and was moved aside; a new one holds what could be saved. Sync brings the rest.
    pub damaged: Option<Damage>,
    /// The schema the file had before it was upgraded.
    pub upgraded_from: Option<u32>,
    /// The data no key fits were moved here, whole ([`Store::open_anew`]).
    pub set_aside: Option<PathBuf>,
}

/// A store and what opening it found.
pub struct Opened {
    /// The store.
    pub store: Store,
    /// What was found.
    pub report: OpenReport,
}

impl Store {
    /// Opens the store in `folder`, creating it when there is none.
    ///
    /// The folder belongs to the store alone and lies outside device backups and app groups.
    ///
    /// # Errors
    /// [`StoreError::AlreadyOpen`], [`StoreError::KeyMissing`], [`StoreError::KeyUnavailable`],
    /// [`StoreError::WrongKey`], [`StoreError::NewerSchema`], [`StoreError::StorageFull`],
    /// [`StoreError::Unsuitable`], [`StoreError::File`]. None of them changes what is there.
    pub fn open(folder: &Path, keys: &dyn KeyProvider, host: &dyn Host) -> Result<Opened, StoreError> {
        check_library()?;
        fs::create_dir_all(folder).map_err(StoreError::file("create the folder"))?;
        let (lock, last_stop) = FolderLock::take(&folder.join(LOCK))?;
        finish_replacement(folder)?;

        let mut report = OpenReport::default();
        let side = SideFile::read(&folder.join(SIDE_FILE))?;
        let database_there = folder.join(DATABASE).join(DATABASE_FILE).exists();
        report.created = side.is_none() && !database_there;
        let key = obtain_key(keys, report.created, host)?;
        if let Some(side) = &side
            && key.check(&side.store.0) != side.key_check.0
        {
            return Err(StoreError::WrongKey);
        }

        let db = match open_database(&folder.join(DATABASE), &key, last_stop, &mut report) {
            // Without a side file nothing tells a wrong key from a damaged file: touch nothing.
            Err(StoreError::Damaged) if side.is_none() => return Err(StoreError::WrongKey),
            Err(StoreError::Damaged) => {
                let (db, damage) = replace_database(folder, &key)?;
                report.damaged = Some(damage);
                db
            }
            other => other?,
        };

        let salvaged = report.damaged.is_some();
        report.incarnation_changed = renew_incarnation(folder, side, salvaged, &db, &key, host)?;
        fs::create_dir_all(folder.join(PHOTOS)).map_err(StoreError::file("create the folder of photos"))?;
        let store = Self {
            folder: folder.to_owned(),
            key,
            writer: Mutex::new(Some(Writer { db, documents: Documents::default() })),
            readers: Readers::default(),
            lock: Mutex::new(Some(lock)),
            full: AtomicBool::new(false),
            sending: Mutex::default(),
            touched: Mutex::default(),
            kept: KeptSets::default(),
            at_tip: AtomicBool::new(true),
            tables: AtomicU64::new(0),
        };
        store.mark(false);
        if report.damaged.is_some() {
            store.write(|tx| {
                tx.finish_salvaged(host.now())?;
                tx.finish_salvaged_photos()
            })?;
        }
        if store.read(|reader| lists::are_outdated(reader.db.raw()))? {
            store.write(|tx| tx.renew_lists())?;
        }
        store.remove_strays()?;
        store.fill_reserve();
        Ok(Opened { store, report })
    }

    /// [`Self::open`] for a store whose key is lost or wrong: it is moved aside whole, never deleted, and a new, empty one
    /// takes its place. A store that opens is opened, and one that does not for another reason is left alone.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_anew(folder: &Path, keys: &dyn KeyProvider, host: &dyn Host) -> Result<Opened, StoreError> {
        match Self::open(folder, keys, host) {
            Err(StoreError::KeyMissing | StoreError::WrongKey) => {}
            other => return other,
        }
        let moved_to = set_aside(folder)?;
        let mut opened = Self::open(folder, keys, host)?;
        opened.report.set_aside = Some(moved_to);
        Ok(opened)
    }

    /// Removes the database and the photos, and closes. What was moved aside before, damaged or without its key, stays.
    /// `ready` looks before anything is removed, while nobody can write.
    ///
    /// # Errors
    /// What `ready` returns: nothing is removed then. [`StoreError::Closed`]; [`StoreError::File`] when something could
    /// not be removed: what is left opens as an empty store, and may be wiped again.
    pub fn wipe<E: From<StoreError>>(
        &self,
        ready: impl FnOnce(&Reader<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut writer = locked(&self.writer);
        let Writer { db, .. } = writer.as_ref().ok_or(StoreError::Closed)?;
        transact(db, "BEGIN", || ready(&self.reader(db)))?;
        self.readers.close();
        self.kept.clear();
        drop(writer.take());
        // The database first: without it nothing else is of any use, and without the side file it would look restored.
        for name in [DATABASE, PHOTOS] {
            fs::remove_dir_all(self.folder.join(name)).map_err(StoreError::file("remove the data"))?;
        }
        for name in [RESERVE, SIDE_FILE] {
            match fs::remove_file(self.folder.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::file("remove the data")(error).into());
                }
                _ => {}
            }
        }
        files::sync_folder(&self.folder)?;
        drop(writer);
        locked(&self.lock).take();
        Ok(())
    }

    /// Runs `work` in one write transaction. There is one writer at a time; others wait. When this returns `Ok`,
    /// everything is on the disk; when it returns an error, nothing is.
    ///
    /// Never call a listener, nor this method again, from inside.
    ///
    /// # Errors
    /// What `work` returns; [`StoreError::Closed`], [`StoreError::StorageFull`], [`StoreError::Damaged`].
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = locked(&self.writer);
        let Writer { db, documents } = writer.as_mut().ok_or(StoreError::Closed)?;
        let db = &*db;
        self.mark(true);
        let mut tx = Tx::new(self.reader(db), documents);
        let result = transact(db, "BEGIN IMMEDIATE", || {
            let value = work(&mut tx)?;
            self.kept.announce(tx.touched());
            Ok(value)
        });
        self.end_write(db, tx, result.is_ok());
        result
    }

    /// What follows a write transaction. By itself, as all that does not depend on the work: that is compiled anew for each.
    fn end_write(&self, db: &Db, tx: Tx<'_>, committed: bool) {
        self.kept.settle();
        if committed {
            locked(&self.touched).extend(tx.touched());
            if tx.has_changed(Collection::Tables) {
                self.tables.fetch_add(1, Ordering::Relaxed);
            }
            tx.keep_documents();
        }
        let trouble = db.take_trouble();
        if trouble == Some(Trouble::Full) {
            self.full.store(true, Ordering::Relaxed);
        }
        // The mark stays after damage, so that the next opening checks the file.
        if trouble != Some(Trouble::Damage) {
            self.mark(false);
        }
    }

    /// How often what the office says changed since the store was opened: its tables, the set of playbooks, for whom this
    /// phone is enrolled. What was read of it is current while this is the same.
    #[must_use]
    pub fn tables_changed(&self) -> u64 {
        self.tables.load(Ordering::Relaxed)
    }

    /// The records written since this was asked last. One asker keeps what it works out from them up to date.
    #[must_use]
    pub fn take_touched(&self) -> Touched {
        std::mem::take(&mut *locked(&self.touched))
    }

    /// [`Self::write`] for what must work on a full disk: deleting, and taking in the office's answers. Gives up
    /// the space held in reserve when a write has met a full disk; [`Self::tidy`] takes it again.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_reserved<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.full.swap(false, Ordering::Relaxed) {
            // Not there is as good as removed.
            let _ = fs::remove_file(self.folder.join(RESERVE));
        }
        self.write(work)
    }

    /// Runs `work` on one consistent state, beside a writer. At most two readers run at a time; keep it short
    /// and do not nest.
    ///
    /// # Errors
    /// What `work` returns; [`StoreError::Closed`], [`StoreError::Damaged`].
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = self.connection()?;
        let db = connection.db()?;
        // Before anything is read: what was over by now is what the reader sees at least.
        let reader = Reader { kept: Some(self.kept.look()), ..self.reader(db) };
        let result = transact(db, "BEGIN", || work(&reader));
        self.end_read(db);
        result
    }

    fn connection(&self) -> Result<PooledConnection<'_>, StoreError> {
        self.readers.take(|| self.connect_reader())
    }

    fn end_read(&self, db: &Db) {
        if db.take_trouble() == Some(Trouble::Damage) {
            self.mark(true);
        }
    }

    /// Idle work, when the app says so: moves the log into the database, lets SQLite and the search index put
    /// themselves in order, and takes the reserve of space again.
    ///
    /// # Errors
    /// [`StoreError::Closed`], [`StoreError::StorageFull`].
    pub fn tidy(&self) -> Result<(), StoreError> {
        let writer = locked(&self.writer);
        let Writer { db, .. } = writer.as_ref().ok_or(StoreError::Closed)?;
        db.execute_batch("INSERT INTO search (search, rank) VALUES ('merge', 64); PRAGMA optimize")?;
        checkpoint(db.raw(), "PASSIVE")?;
        self.fill_reserve();
        Ok(())
    }

    /// Closes the files and gives the folder free. Waits for writers and readers under way. Further calls, of
    /// this method too, find a closed store.
    pub fn close(&self) {
        let writer = locked(&self.writer).take();
        self.readers.close();
        self.kept.clear();
        if let Some(Writer { db, .. }) = writer {
            // What cannot be moved into the database now is moved at the next opening: the log stays.
            let _ = checkpoint(db.raw(), "TRUNCATE");
        }
        locked(&self.lock).take();
    }

    /// Says which records' changes are on the wire now, for the state shown beside them.
    pub fn set_sending(&self, records: BTreeSet<RecordId>) {
        *locked(&self.sending) = records;
    }

    /// The records of [`Self::set_sending`].
    #[must_use]
    pub fn sending(&self) -> BTreeSet<RecordId> {
        locked(&self.sending).clone()
    }

    fn reader<'c>(&self, db: &'c Db) -> Reader<'c> {
        Reader { db, at_tip: self.at_tip.load(Ordering::Relaxed), kept: None }
    }

    fn connect_reader(&self) -> Result<Db, StoreError> {
        let db = connect(&self.folder.join(DATABASE).join(DATABASE_FILE), &self.key)?;
        db.execute_batch("PRAGMA query_only = ON")?;
        Ok(Db::new(db))
    }

    fn mark(&self, writing: bool) {
        if let Some(lock) = &*locked(&self.lock) {
            lock.mark(writing);
        }
    }

    /// Holds space in reserve. A disk too full for that is no error: there is nothing to give up then.
    fn fill_reserve(&self) {
        let path = self.folder.join(RESERVE);
        if !path.exists() && fs::write(&path, vec![0; RESERVE_BYTES]).is_err() {
            let _ = fs::remove_file(&path);
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic inside a transaction has rolled it back; nothing behind these locks can be half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The connections that read. Opened when first needed: most of an app's life is one thread.
#[derive(Default)]
struct Readers {
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Db>,
    in_use: usize,
    closed: bool,
}

/// A connection out of the pool, given back when dropped.
struct PooledConnection<'p> {
    readers: &'p Readers,
    db: Option<Db>,
}

impl Readers {
    const MAX: usize = 2;

    fn take(
        &self,
        connect: impl FnOnce() -> Result<Db, StoreError>,
    ) -> Result<PooledConnection<'_>, StoreError> {
        let mut pool = locked(&self.pool);
        while !pool.closed && pool.idle.is_empty() && pool.in_use == Self::MAX {
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        if pool.closed {
            return Err(StoreError::Closed);
        }
        pool.in_use += 1;
        let mut pooled = PooledConnection { readers: self, db: pool.idle.pop() };
        drop(pool);
        if pooled.db.is_none() {
            pooled.db = Some(connect()?);
        }
        Ok(pooled)
    }

    fn close(&self) {
        let mut pool = locked(&self.pool);
        pool.closed = true;
        pool.idle.clear();
        self.returned.notify_all();
        while pool.in_use > 0 {
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl PooledConnection<'_> {
    fn db(&self) -> Result<&Db, StoreError> {
        self.db.as_ref().ok_or(StoreError::Closed)
    }
}

impl Drop for PooledConnection<'_> {
    fn drop(&mut self) {
        let mut pool = locked(&self.readers.pool);
        pool.in_use -= 1;
        if !pool.closed {
            pool.idle.extend(self.db.take());
        }
        drop(self.db.take());
        self.readers.returned.notify_all();
    }
}

/// The key of the store that is there, or a new one when none is.
fn obtain_key(keys: &dyn KeyProvider, created: bool, host: &dyn Host) -> Result<StoreKey, StoreError> {
    match keys.key() {
        KeyAnswer::Key(key) => Ok(key),
        KeyAnswer::Unavailable => Err(StoreError::KeyUnavailable),
        KeyAnswer::Missing if !created => Err(StoreError::KeyMissing),
        KeyAnswer::Missing => {
            let key = StoreKey::generate(host)?;
            keys.keep(&key).map_err(|_| StoreError::KeyUnavailable)?;
            Ok(key)
        }
    }
}

/// The linked library is asked once per opening: plain SQLite takes `PRAGMA key` and writes plaintext.
fn check_library() -> Result<(), StoreError> {
    if rusqlite::version_number() < SQLITE_AT_LEAST {
        return Err(StoreError::Unsuitable { what: "SQLite 3.51.3 or later" });
    }
    let db = Connection::open_in_memory()?;
    let cipher = db.pragma_query_value(None, "cipher_version", |row| row.get::<_, String>(0));
    match cipher {
        Ok(version) if !version.is_empty() => Ok(()),
        _ => Err(StoreError::Unsuitable { what: "SQLCipher" }),
    }
}

/// A connection with every setting the product relies on; the file may still turn out not to open. The page cache
/// (8 MiB) holds a large grid's lists: a page read again is a page decrypted again.
fn connect(path: &Path, key: &StoreKey) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let db = Connection::open_with_flags(path, flags)?;
    // Logging first: what follows must not end up in a phone's log.
    db.execute_batch("PRAGMA cipher_log_level = NONE; PRAGMA cipher_log = off;")?;
    super::cipher::unlock(&db, key)?;
    db.execute_batch(
        "PRAGMA busy_timeout = 5000;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA secure_delete = ON;
         PRAGMA mmap_size = 0;
         PRAGMA cache_size = -8192;
         PRAGMA temp_store = MEMORY;
         PRAGMA journal_size_limit = 4194304;",
    )?;
    // Statements are prepared once for whatever they are bound to: without this, one that might be planned otherwise for
    // another value is prepared anew for every value, which was half the time of a list.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_prepared_statement_cache_capacity(512);
    super::index::teach(&db)?;
    super::facts::teach(&db)?;
    Ok(db)
}

/// Opens, checks and upgrades the database in `folder`, making it when it is not there.
fn open_database(
    folder: &Path,
    key: &StoreKey,
    last_stop: LastStop,
    report: &mut OpenReport,
) -> Result<Db, StoreError> {
    fs::create_dir_all(folder).map_err(StoreError::file("create the folder of the database"))?;
    let mut db = connect(&folder.join(DATABASE_FILE), key)?;
    db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    if last_stop == LastStop::Unclean {
        quick_check(&db)?;
    }
    let found = migrate::migrate(&mut db, migrate::SCHEMA)?;
    if found == 0 {
        // The file's name, like every name in the folder, must survive the power cut that comes next.
        files::sync_folder(folder)?;
    } else if found < migrate::SCHEMA {
        report.upgraded_from = Some(found);
    }
    Ok(Db::new(db))
}

fn quick_check(db: &Connection) -> Result<(), StoreError> {
    let answer: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if answer == "ok" { Ok(()) } else { Err(StoreError::Damaged) }
}

fn checkpoint(db: &Connection, mode: &str) -> Result<(), StoreError> {
    Ok(db.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()))?)
}

/// Makes a new database beside the damaged one, saves into it what can be read, and only then moves the damaged
/// one aside, whole. A crash in between leaves either the damaged one in place or [`finish_replacement`] to do.
fn replace_database(folder: &Path, key: &StoreKey) -> Result<(Db, Damage), StoreError> {
    let (old, new) = (folder.join(DATABASE), folder.join(DATABASE_BEING_MADE));
    let name = free_name(folder, "damaged")?;
    let (salvaged, complete) = {
        let fresh = open_database(&new, key, LastStop::Clean, &mut OpenReport::default())?;
        let damaged = connect(&old.join(DATABASE_FILE), key).ok();
        let saved = transact(&fresh, "BEGIN IMMEDIATE", || {
            meta::set_damaged_folder(&fresh, Some(&name))?;
            salvage::salvage(damaged.as_ref(), &fresh)
        })?;
        checkpoint(fresh.raw(), "TRUNCATE")?;
        saved
    };
    let moved_to = folder.join(name);
    fs::rename(&old, &moved_to).map_err(StoreError::file("move the damaged database aside"))?;
    fs::rename(&new, &old).map_err(StoreError::file("put the new database in place"))?;
    files::sync_folder(folder)?;
    let db = open_database(&old, key, LastStop::Clean, &mut OpenReport::default())?;
    Ok((db, Damage { moved_to, salvaged, complete }))
}

/// Moves a store no key fits into a folder of its own. What a crash cut short is gone on with: the side file goes last,
/// so that until then the store asks for its key, and photos before the database that names them.
fn set_aside(folder: &Path) -> Result<PathBuf, StoreError> {
    const PARTS: [&str; 4] = [PHOTOS, DATABASE_BEING_MADE, DATABASE, SIDE_FILE];
    let (_lock, _) = FolderLock::take(&folder.join(LOCK))?;
    let taken = |to: &Path| PARTS.iter().any(|part| folder.join(part).exists() && to.join(part).exists());
    let mut names = (1_u32..).map(|number| folder.join(format!("locked-{number}")));
    let to = names.find(|to| !taken(to)).ok_or(StoreError::NotFound { what: "a free name" })?;
    fs::create_dir_all(&to).map_err(StoreError::file("create a folder"))?;
    for part in PARTS.iter().filter(|part| folder.join(part).exists()) {
        fs::rename(folder.join(part), to.join(part)).map_err(StoreError::file("move the data aside"))?;
    }
    files::sync_folder(&to)?;
    files::sync_folder(folder)?;
    Ok(to)
}

/// The first of `what-1`, `what-2` … that is not taken.
fn free_name(folder: &Path, what: &str) -> Result<String, StoreError> {
    let mut names = (1_u32..).map(|number| format!("{what}-{number}"));
    names.find(|name| !folder.join(name).exists()).ok_or(StoreError::NotFound { what: "a free name" })
}

/// Finishes or undoes a [`replace_database`] that a crash cut short.
fn finish_replacement(folder: &Path) -> Result<(), StoreError> {
    let (old, new) = (folder.join(DATABASE), folder.join(DATABASE_BEING_MADE));
    if !new.exists() {
        return Ok(());
    }
    if old.exists() {
        fs::remove_dir_all(&new).map_err(StoreError::file("remove an unfinished database"))
    } else {
        fs::rename(&new, &old).map_err(StoreError::file("put the new database in place"))?;
        files::sync_folder(folder)
    }
}

/// Compares the incarnation inside the database with the one beside it, and gives both a new one. A database
/// copied back from an earlier day then never holds the present one. Returns whether they differed.
fn renew_incarnation(
    folder: &Path,
    side: Option<SideFile>,
    salvaged: bool,
    db: &Db,
    key: &StoreKey,
    host: &dyn Host,
) -> Result<bool, StoreError> {
    let inside = meta::incarnation(db)?.map(SideToken);
    let stored = meta::store_id(db)?.map(SideToken);
    let created = side.is_none() && inside.is_none();
    let same = created || side.as_ref().is_some_and(|side| Some(side.incarnation) == inside);
    let store = match side.map(|side| side.store).or(stored) {
        Some(store) => store,
        None => SideToken::generate(host)?,
    };
    let next = SideToken::generate(host)?;
    let continuity = match same {
        true => Continuity::Same,
        false if salvaged => Continuity::Salvaged,
        false => Continuity::Copied,
    };
    let renew = || -> Result<(), StoreError> {
        transact(db, "BEGIN IMMEDIATE", || meta::set_incarnation(db, &store.0, &next.0, continuity))?;
        SideFile::new(store, next, SideToken(key.check(&store.0))).write(&folder.join(SIDE_FILE))
    };
    match renew() {
        // On a full disk a store still opens for reading and deleting: it gives up its reserve, and if even that
        // is not enough it keeps its old incarnation (or has a new one noticed at the next opening).
        Err(StoreError::StorageFull) if same && !created => {
            let _ = fs::remove_file(folder.join(RESERVE));
            match renew() {
                Err(StoreError::StorageFull) => {}
                other => other?,
            }
        }
        other => other?,
    }
    Ok(!same)
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, SeekFrom, Write as _};

    use super::*;
    use crate::model::{Edit, Kind, StaffId};
    use crate::store::Identity;
    use crate::testing::{ACTOR, TestHost, TestKeys, TestStore, always_load, edit_in};

    fn home(number: u8) -> RecordId {
        RecordId([number; 16])
    }

    fn layout(text: &str) -> Edit {
        Edit::new().put("layout", text)
    }

    fn record(store: &TestStore, number: u8, text: &str) {
        store.edit(home(number), Kind::Home, &layout(text)).unwrap();
    }

    fn layout_of(store: &Store, number: u8) -> Option<String> {
        let record = store.read(|r| r.record(home(number))).unwrap()?;
        record.text("layout").map(str::to_owned)
    }

    /// Opens and expects to be rejected; the folder must hold the same bytes before and after.
    fn rejected(folder: &Path, keys: &TestKeys) -> StoreError {
        let database = folder.join(DATABASE).join(DATABASE_FILE);
        let before = fs::read(&database).ok();
        let error = Store::open(folder, keys, &TestHost::new(99)).err().unwrap();
        assert_eq!(fs::read(&database).ok(), before, "a rejection must not touch the file");
        error
    }

    #[test]
    fn the_second_handle_is_rejected_and_a_closed_store_says_so() {
        let store = TestStore::new();
        assert!(store.report().created);
        let keys = TestKeys::new(KeyAnswer::Unavailable);
        assert!(matches!(rejected(store.folder(), &keys), StoreError::AlreadyOpen));
        store.close();
        store.close();
        assert!(matches!(store.write(|tx| tx.sweep()), Err(StoreError::Closed)));
        assert!(matches!(store.read(|r| r.row(home(1))), Err(StoreError::Closed)));
    }

    #[test]
    fn a_key_is_made_only_where_no_store_is() {
        let folder = tempfile::tempdir().unwrap();
        let unavailable = TestKeys::new(KeyAnswer::Unavailable);
        assert!(matches!(rejected(folder.path(), &unavailable), StoreError::KeyUnavailable));
        let store = TestStore::new();
        record(&store, 1, "三室两厅");
        let (folder, ..) = store.leave();
        let missing = TestKeys::new(KeyAnswer::Missing);
        assert!(matches!(rejected(&folder, &missing), StoreError::KeyMissing));
        assert_eq!(missing.key(), KeyAnswer::Missing, "no key was made beside the store");
        assert!(matches!(rejected(&folder, &unavailable), StoreError::KeyUnavailable));
        let wrong = TestKeys::new(KeyAnswer::Key(StoreKey::new([1; 32])));
        assert!(matches!(rejected(&folder, &wrong), StoreError::WrongKey));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_store_without_its_key_is_kept_aside_and_a_new_one_begun() {
        let store = TestStore::new();
        record(&store, 1, "三室两厅");
        let photo = store.stage("水表".as_bytes(), store.host()).unwrap();
        store
            .write(|tx| {
                tx.keep(&photo, Host::now(store.host())).and_then(|()| tx.attach(photo.photo, home(1)))
            })
            .unwrap();
        let (folder, keys, _) = store.leave();
        let old = fs::read(folder.join(DATABASE).join(DATABASE_FILE)).unwrap();
        let anew = |keys: &TestKeys| Store::open_anew(&folder, keys, &TestHost::new(99));
        let unavailable = TestKeys::new(KeyAnswer::Unavailable);
        assert!(matches!(anew(&unavailable), Err(StoreError::KeyUnavailable)), "locked is not lost");

        let missing = TestKeys::new(KeyAnswer::Missing);
        let opened = anew(&missing).unwrap();
        let moved_to = opened.report.set_aside.clone().unwrap();
        assert!(opened.report.created);
        assert_eq!(fs::read(moved_to.join(DATABASE).join(DATABASE_FILE)).unwrap(), old);
        assert_eq!(fs::read_dir(moved_to.join(PHOTOS)).unwrap().count(), 1);
        assert!(opened.store.read(|r| r.row(home(1))).unwrap().is_none());
        drop(opened);
        let opened = anew(&missing).unwrap();
        assert_eq!(
            (opened.report.created, opened.report.set_aside),
            (false, None),
            "it opens: nothing moves"
        );
        drop(opened.store);

        // A second time; and what is kept aside opens by its key.
        let second = anew(&TestKeys::new(KeyAnswer::Key(StoreKey::new([1; 32])))).unwrap();
        assert_ne!(second.report.set_aside.unwrap(), moved_to);
        let kept = Store::open(&moved_to, &keys, &TestHost::new(98)).unwrap();
        assert_eq!(layout_of(&kept.store, 1).as_deref(), Some("三室两厅"));
        assert_eq!(kept.store.photo(photo.photo).unwrap().unwrap().as_slice(), "水表".as_bytes());
        drop((second.store, kept));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn setting_aside_that_was_cut_short_is_gone_on_with() {
        let store = TestStore::new();
        record(&store, 1, "三室两厅");
        let (folder, keys, _) = store.leave();
        let aside = folder.join("locked-1");
        fs::create_dir(&aside).unwrap();
        fs::rename(folder.join(PHOTOS), aside.join(PHOTOS)).unwrap();
        fs::rename(folder.join(DATABASE), aside.join(DATABASE)).unwrap();
        let missing = TestKeys::new(KeyAnswer::Missing);
        assert!(matches!(rejected(&folder, &missing), StoreError::KeyMissing), "it is not forgotten");
        let opened = Store::open_anew(&folder, &missing, &TestHost::new(99)).unwrap();
        assert_eq!(opened.report.set_aside.as_ref(), Some(&aside));
        let kept = Store::open(&aside, &keys, &TestHost::new(98)).unwrap();
        assert!(!kept.report.incarnation_changed, "whole, with its side file");
        drop((opened, kept));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_wiped_store_is_gone_unless_something_speaks_against_it() {
        let store = TestStore::new();
        record(&store, 1, "三室两厅");
        let rejection = store.wipe(|reader| match reader.outbox(0, 1)?.is_empty() {
            true => Ok(()),
            false => Err(StoreError::Inconsistent { what: "unsent" }),
        });
        assert!(matches!(rejection, Err(StoreError::Inconsistent { .. })));
        assert_eq!(layout_of(&store, 1).as_deref(), Some("三室两厅"), "nothing was removed");
        store.wipe(|_| Ok::<_, StoreError>(())).unwrap();
        assert!(matches!(store.wipe(|_| Ok::<_, StoreError>(())), Err(StoreError::Closed)));
        let (folder, keys, host) = store.leave();
        let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [LOCK]);
        let store = TestStore::open(&folder, keys, host).unwrap();
        assert!(store.report().created);
        assert!(store.read(|r| r.row(home(1))).unwrap().is_none());
    }

    #[test]
    fn without_its_side_file_a_store_opens_under_a_new_incarnation() {
        let store = TestStore::new();
        record(&store, 1, "三室两厅");
        store.write(|tx| tx.set_actor(ACTOR)).unwrap();
        let (folder, keys, host) = store.leave();
        fs::remove_file(folder.join(SIDE_FILE)).unwrap();
        let wrong = TestKeys::new(KeyAnswer::Key(StoreKey::new([1; 32])));
        assert!(matches!(rejected(&folder, &wrong), StoreError::WrongKey), "cannot be told from damage");
        assert!(!folder.join("damaged-1").exists());
        let store = TestStore::open(&folder, keys, host).unwrap();
        assert!(store.report().incarnation_changed);
        assert!(store.read(|r| r.is_copied()).unwrap(), "until somebody was told");
        assert_eq!(store.read(|r| r.actor()).unwrap(), None);
        assert_eq!(layout_of(&store, 1).as_deref(), Some("三室两厅"));
    }

    #[test]
    fn an_older_copy_of_the_database_is_recognised() {
        let store = TestStore::new();
        store.write(|tx| tx.set_actor(ACTOR)).unwrap();
        let store = store.reopen();
        assert!(!store.report().incarnation_changed, "the same store, opened again");
        let (folder, keys, host) = store.leave();
        let database = folder.join(DATABASE).join(DATABASE_FILE);
        let yesterday = fs::read(&database).unwrap();

        let store = TestStore::open(&folder, keys, host).unwrap();
        assert_eq!(store.read(|r| r.actor()).unwrap(), Some(ACTOR));
        record(&store, 1, "三室两厅");
        let (folder, keys, host) = store.leave();
        fs::write(&database, yesterday).unwrap();
        let store = TestStore::open(&folder, keys, host).unwrap();
        assert!(store.report().incarnation_changed);
        assert_eq!(store.read(|r| r.actor()).unwrap(), None, "its numbers were used already");
        let store = store.reopen();
        assert!(!store.report().incarnation_changed, "from here on it is the store that was left");
    }

    /// Planning a query costs more than most of them take.
    #[test]
    fn a_query_is_planned_once_whatever_is_bound() {
        let planned_again = |db: &Connection, sql: &str| {
            for value in 1..5_i64 {
                db.prepare_cached(sql)?.query([value])?.next()?;
            }
            Ok::<_, StoreError>(db.prepare_cached(sql)?.get_status(rusqlite::StatementStatus::RePrepare))
        };
        let store = TestStore::new();
        for sql in [
            "SELECT bytes FROM snapshot WHERE rid = ?1",
            "SELECT bytes FROM change WHERE rid = 1 AND pos > ?1 AND waiting = 0 ORDER BY pos",
            "SELECT rid FROM work WHERE state IS NULL ORDER BY rid LIMIT ?1",
        ] {
            assert_eq!(store.read(|reader| planned_again(reader.db.raw(), sql)).unwrap(), 0, "read: {sql}");
            assert_eq!(store.write(|tx| planned_again(tx.db.raw(), sql)).unwrap(), 0, "write: {sql}");
        }
    }

    #[test]
    fn a_newer_schema_is_left_for_the_newer_app() {
        let store = TestStore::new();
        let newer = migrate::SCHEMA + 1;
        store
            .write(|tx| Ok::<_, StoreError>(tx.db.raw().pragma_update(None, "user_version", newer)?))
            .unwrap();
        let (folder, keys, _) = store.leave();
        let error = rejected(&folder, &keys);
        assert!(matches!(error, StoreError::NewerSchema { found, .. } if found == newer), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }

    /// Overwrites some of the database with noise.
    fn damage(folder: &Path, from: u64, bytes: usize) {
        let path = folder.join(DATABASE).join(DATABASE_FILE);
        let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.seek(SeekFrom::Start(from)).unwrap();
        file.write_all(&vec![0xa5; bytes]).unwrap();
    }

    fn identity() -> Identity {
        Identity {
            device: ACTOR.device(),
            staff: StaffId::new("zhang.li").unwrap(),
            community: crate::model::CommunityId::new("jinse").unwrap(),
            utc_offset_minutes: 480,
            office_key: crate::model::OfficePublic([9; 32]),
        }
    }

    #[test]
    fn a_damaged_database_is_moved_aside_whole_and_the_phone_goes_on() {
        let store = TestStore::new();
        record(&store, 1, "三室两厅");
        let (folder, keys, host) = store.leave();
        damage(&folder, 0, 4096);
        let damaged = fs::read(folder.join(DATABASE).join(DATABASE_FILE)).unwrap();
        let store = TestStore::open(&folder, keys, host).unwrap();
        let found = store.report().damaged.clone().unwrap();
        assert!(!found.complete);
        assert_eq!(fs::read(found.moved_to.join(DATABASE_FILE)).unwrap(), damaged, "never deleted");
        assert!(store.report().incarnation_changed);
        assert!(!store.read(|r| r.is_copied()).unwrap(), "damage is no copy");
        assert!(!store.report().created, "the key is kept, the office still knows this phone");
        record(&store, 2, "复式");
        assert_eq!(layout_of(&store.reopen(), 2).as_deref(), Some("复式"));
    }

    /// The key to a photo lies in the database alone: while that is kept, so is the file.
    #[test]
    fn a_photo_whose_row_is_lost_in_the_damage_is_moved_aside_with_the_database() {
        let store = TestStore::new();
        let photo = store.stage("松动的瓷砖".as_bytes(), store.host()).unwrap();
        store.write(|tx| tx.keep(&photo, Host::now(store.host()))).unwrap();
        let (folder, keys, host) = store.leave();
        let files = |folder: &Path| {
            let photos = fs::read_dir(folder.join(PHOTOS)).unwrap();
            photos.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect::<Vec<_>>()
        };
        let sealed = files(&folder);
        assert_eq!(sealed.len(), 1);
        damage(&folder, 0, 4096);
        let store = TestStore::open(&folder, keys, host).unwrap();
        let moved_to = store.report().damaged.clone().unwrap().moved_to;
        assert_eq!(files(&moved_to), sealed);
        let store = store.reopen();
        store.stage(b"another", store.host()).unwrap();
        let store = store.reopen();
        assert_eq!((files(store.folder()), files(&moved_to)), (vec![], sealed), "strays of today are strays");
    }

    #[test]
    fn unsent_work_and_identity_are_saved_out_of_a_damaged_database() {
        let store = TestStore::new();
        store
            .write(|tx| {
                tx.set_identity(&identity())?;
                tx.set_device_key(&[3; 32])
            })
            .unwrap();
        let photo = store.stage(b"photo of a loose tile", store.host()).unwrap();
        let id = photo.photo;
        for number in 1..=100 {
            record(&store, number, "三室两厅");
            record(&store, number, "两室一厅");
        }
        store
            .write(|tx| {
                tx.keep(&photo, Host::now(store.host())).and_then(|()| tx.attach(photo.photo, home(1)))
            })
            .unwrap();
        let (folder, keys, host) = store.leave();
        // Noise somewhere in the middle: what is read before and behind it is saved.
        let size = fs::metadata(folder.join(DATABASE).join(DATABASE_FILE)).unwrap().len();
        damage(&folder, size / 2 / 4096 * 4096, 4096);
        // The process died while writing, so the file is checked.
        FolderLock::take(&folder.join(LOCK)).unwrap().0.mark(true);
        let store = TestStore::open(&folder, keys, host).unwrap();
        let found = store.report().damaged.clone().unwrap();
        assert_eq!(store.read(|r| r.identity()).unwrap(), Some(identity()));
        assert_eq!(store.read(|r| r.device_key()).unwrap().unwrap().as_slice(), [3; 32]);
        let saved = store.read(|r| r.outbox(0, 1_000)).unwrap().len();
        assert!(saved >= 100, "{saved} of 200 changes, {found:?}");
        let whole =
            (1..=100).filter(|number| layout_of(&store, *number).as_deref() == Some("两室一厅")).count();
        assert!(whole >= 50, "{whole} of 100 homes read as they were");
        assert_eq!(store.photo(id).unwrap().unwrap().as_slice(), b"photo of a loose tile");
        assert_eq!(store.read(|r| r.photo_outbox()).unwrap().len(), 1);
    }

    #[test]
    fn damage_met_while_open_is_typed_and_healed_by_opening_again() {
        let store = TestStore::new();
        // So many that the last pages hold records: the shape of the database is read when it opens.
        for number in 1..=160 {
            record(&store, number, "三室两厅");
        }
        let (folder, keys, host) = store.leave();
        let size = fs::metadata(folder.join(DATABASE).join(DATABASE_FILE)).unwrap().len();
        damage(&folder, size - 12 * 4096, 12 * 4096);
        let store = TestStore::open(&folder, keys, host).unwrap();
        assert_eq!(store.report().damaged, None, "a stop that was clean is trusted");
        let met = (1..=160).find_map(|number| store.read(|r| r.record(home(number))).err());
        assert!(matches!(met, Some(StoreError::Damaged)), "{met:?}");
        let store = store.reopen();
        assert!(store.report().damaged.is_some());
        record(&store, 161, "复式");
    }

    #[test]
    fn a_replacement_cut_short_is_finished_or_undone() {
        let store = TestStore::new();
        record(&store, 1, "三室两厅");
        let (folder, keys, host) = store.leave();
        fs::create_dir(folder.join(DATABASE_BEING_MADE)).unwrap();
        fs::write(folder.join(DATABASE_BEING_MADE).join(DATABASE_FILE), "half made").unwrap();
        let store = TestStore::open(&folder, keys, host).unwrap();
        assert_eq!(layout_of(&store, 1).as_deref(), Some("三室两厅"));
        assert!(!folder.join(DATABASE_BEING_MADE).exists());

        let (folder, keys, host) = store.leave();
        fs::rename(folder.join(DATABASE), folder.join(DATABASE_BEING_MADE)).unwrap();
        let store = TestStore::open(&folder, keys, host).unwrap();
        assert_eq!(layout_of(&store, 1).as_deref(), Some("三室两厅"));
    }

    #[test]
    fn nothing_readable_lies_on_the_disk() {
        let store = TestStore::new();
        store
            .edit(home(1), Kind::Resident, &Edit::new().put("name", "单小明").put("remark", "13807315521"))
            .unwrap();
        let (folder, _, _) = store.leave();
        for file in [folder.join(DATABASE).join(DATABASE_FILE), folder.join(SIDE_FILE), folder.join(RESERVE)]
        {
            let bytes = fs::read(&file).unwrap();
            for canary in ["单小明".as_bytes(), b"13807315521", b"SQLite format 3"] {
                assert!(!bytes.windows(canary.len()).any(|window| window == canary), "{}", file.display());
            }
        }
        fs::remove_dir_all(folder).unwrap();
    }

    /// Writes homes until the store is full; returns how many were acknowledged.
    fn fill(store: &TestStore) -> u16 {
        let long = "毛坯".repeat(800);
        for number in 1..=5_000_u16 {
            let mut id = [0; 16];
            id[..2].copy_from_slice(&number.to_be_bytes());
            match store.edit(RecordId(id), Kind::Home, &layout(&long)) {
                Ok(_) => {}
                Err(StoreError::StorageFull) => return number - 1,
                Err(other) => panic!("{other}"),
            }
        }
        panic!("it never filled up");
    }

    fn count(store: &Store) -> usize {
        store.read(|r| r.records(&crate::store::Filter::default())).unwrap().len()
    }

    #[test]
    fn a_full_database_says_so_keeps_what_it_has_and_can_still_delete() {
        let store = TestStore::new();
        store
            .write(|tx| {
                let pages: i64 = tx.db.raw().pragma_query_value(None, "page_count", |row| row.get(0))?;
                Ok::<_, StoreError>(tx.db.raw().pragma_update(None, "max_page_count", pages + 60)?)
            })
            .unwrap();
        let kept = fill(&store);
        assert!(kept > 0);
        assert_eq!(count(&store), usize::from(kept));
        let swept = store.write_reserved(|tx| {
            tx.db.execute_batch("DELETE FROM change")?;
            tx.sweep()
        });
        assert_eq!(swept.unwrap().removed.len(), usize::from(kept));
        record(&store, 1, "三室两厅");
        assert_eq!(count(&store), 1);
    }

    #[test]
    fn a_full_disk_that_a_caller_swallows_is_remembered_by_the_store_that_met_it_alone() {
        let (full, other) = (TestStore::new(), TestStore::new());
        full.write(|tx| {
            let pages: i64 = tx.db.raw().pragma_query_value(None, "page_count", |row| row.get(0))?;
            Ok::<_, StoreError>(tx.db.raw().pragma_update(None, "max_page_count", pages + 20)?)
        })
        .unwrap();
        let large = "INSERT INTO quarantine (digest, code, source, bytes, at) VALUES (x'01', '', '', zeroblob(?1), 0)";
        let _ = full.write(|tx| {
            assert!(tx.db.execute(large, [4 << 20]).is_err());
            other.write(|tx| Ok::<_, StoreError>(tx.db.execute(large, [1])?))
        });
        for (store, kept) in [(&full, false), (&other, true)] {
            store.write_reserved(|_| Ok::<_, StoreError>(())).unwrap();
            assert_eq!(store.folder().join(RESERVE).exists(), kept);
        }
    }

    /// The real thing: a file system of a few megabytes. Needs the right to mount one.
    #[test]
    fn a_full_disk_says_so_and_reading_deleting_and_opening_still_work() {
        let mount = tempfile::tempdir().unwrap();
        let path = mount.path().to_str().unwrap();
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m", "tmpfs", path])
            .output()
            .is_ok_and(|output| output.status.success());
        if !mounted {
            eprintln!("skipped: no right to mount a small file system");
            return;
        }
        struct Unmount(String);
        impl Drop for Unmount {
            fn drop(&mut self) {
                let _ = std::process::Command::new("umount").arg(&self.0).status();
            }
        }
        let _unmount = Unmount(path.to_owned());
        let folder = mount.path().join("butler");
        let store = TestStore::open(&folder, TestKeys::new(KeyAnswer::Missing), TestHost::new(1)).unwrap();
        let kept = usize::from(fill(&store));
        assert!(kept > 100, "{kept}");
        assert_eq!(count(&store), kept);
        assert!(matches!(store.stage(&vec![1; 4 << 20], store.host()), Err(StoreError::StorageFull)));

        // Killed while full: opening works, and so does what makes room.
        let (folder, keys, host) = store.leave();
        let store = TestStore::open(&folder, keys, host).unwrap();
        assert_eq!(count(&store), kept);
        let _ = store.edit(home(1), Kind::Home, &layout(&"毛坯".repeat(2_000)));
        let removed = store
            .write_reserved(|tx| {
                tx.db.execute_batch("DELETE FROM change WHERE rid % 2 = 0")?;
                tx.sweep()
            })
            .unwrap()
            .removed
            .len();
        assert!(removed >= kept / 2 - 1, "{removed} of {kept}");
        record(&store, 2, "三室两厅");
    }

    /// Where the child of the test below works, and how far it got.
    const KILL_FOLDER: &str = "BUTLER_KILL_FOLDER";

    /// Not a test by itself: the process that is killed. Prints each number once its write was acknowledged.
    #[test]
    fn killed_child() {
        let Ok(folder) = std::env::var(KILL_FOLDER) else { return };
        let keys = TestKeys::new(KeyAnswer::Key(StoreKey::new([4; 32])));
        let store = Store::open(Path::new(&folder), &keys, &TestHost::new(7)).unwrap().store;
        let first = store.read(|r| r.records(&crate::store::Filter::default())).unwrap().len();
        let now = TestHost::new(7).now();
        let mut out = std::io::stdout();
        // The last one may be half done. Some are written at their tip, some by way of their document.
        for number in first.saturating_sub(1).. {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&number.to_be_bytes());
            always_load(&store, number % 2 == 0);
            for text in ["毛坯".to_owned(), format!("第{number}户")] {
                store.write(|tx| edit_in(tx, now, RecordId(id), Kind::Home, &layout(&text))).unwrap();
            }
            writeln!(out, "acknowledged {number}").unwrap();
            out.flush().unwrap();
        }
    }

    #[test]
    fn a_killed_process_loses_nothing_it_acknowledged() {
        use std::io::{BufRead as _, BufReader};
        use std::process::{Command, Stdio};
        let folder = tempfile::tempdir().unwrap();
        let keys = TestKeys::new(KeyAnswer::Key(StoreKey::new([4; 32])));
        let mut acknowledged = 0;
        for round in 0..20_usize {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "store::open::tests::killed_child", "--nocapture", "--test-threads=1"])
                .env(KILL_FOLDER, folder.path())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            // Each round dies after another number of writes; what was printed meanwhile counts too.
            let mut left = 3 + round * 7 % 11;
            for line in lines.map_while(Result::ok) {
                let Some(number) = line.split("acknowledged ").nth(1) else { continue };
                acknowledged = number.trim().parse::<usize>().unwrap() + 1;
                left = left.saturating_sub(1);
                if left == 0 {
                    child.kill().unwrap();
                }
            }
            child.wait().unwrap();
            assert_eq!(left, 0, "the child stopped by itself in round {round}");
        }
        let opened = Store::open(folder.path(), &keys, &TestHost::new(8)).unwrap();
        assert_eq!(opened.report.damaged, None);
        let homes = count(&opened.store);
        assert!(homes >= acknowledged, "{homes} of {acknowledged} acknowledged homes are there");
        for number in 0..acknowledged {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&number.to_be_bytes());
            let home = opened.store.read(|r| r.record(RecordId(id))).unwrap().unwrap();
            assert_eq!(home.text("layout"), Some(format!("第{number}户").as_str()));
        }
    }
}
