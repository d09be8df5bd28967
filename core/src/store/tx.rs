//! One transaction: what it may see, what it may change, and what is left of it after an error.

use std::collections::{BTreeSet, VecDeque};
use std::ops::Deref;

use super::StoreError;
use super::db::Db;
use super::index::Look;
use crate::crdt::Document;
use crate::model::{Kind, RecordId};

/// What changed, for listeners: coarse on purpose, a listener reads again what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Collection {
    /// Records of one kind.
    Records(Kind),
    /// The office's tables.
    Tables,
    /// Photos and how far they have travelled.
    Attachments,
    /// Rejected, quarantined, pending.
    Verdicts,
    /// Drafts.
    Drafts,
    /// What is still to be sent.
    Outbox,
}

impl Collection {
    /// Everything: after a sync or an import nobody knows better.
    #[must_use]
    pub fn all() -> BTreeSet<Self> {
        let rest = [Self::Tables, Self::Attachments, Self::Verdicts, Self::Drafts, Self::Outbox];
        Kind::ALL.into_iter().map(Self::Records).chain(rest).collect()
    }
}

/// Reads one consistent state of the store, for as long as the closure runs that was given it.
pub struct Reader<'c> {
    pub(super) db: &'c Db,
    /// Records are read and written at their tip where that can be; never, where the way of the document is tried.
    pub(super) at_tip: bool,
    /// Sets of records that are kept from one look to the next; none for whoever sees its own writes.
    pub(super) kept: Option<Look<'c>>,
}

#[cfg(test)]
impl<'c> Reader<'c> {
    /// The same state without anything that is kept.
    pub fn anew(&self) -> Reader<'c> {
        Reader { db: self.db, at_tip: self.at_tip, kept: None }
    }
}

/// Reads and writes one transaction. Everything a [`Reader`] can do it can do as well, seeing its own writes.
pub struct Tx<'c> {
    reader: Reader<'c>,
    /// Documents of earlier transactions.
    pub(super) kept: &'c mut Documents,
    /// Documents this transaction wrote: kept only if it commits.
    pub(super) fresh: Documents,
    changed: BTreeSet<Collection>,
    touched: Touched,
}

/// The records that read differently than before: what was worked out from them is worked out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// These alone.
    Records(BTreeSet<RecordId>),
    /// More than it pays to name.
    Many,
}

impl Default for Touched {
    fn default() -> Self {
        Self::Records(BTreeSet::new())
    }
}

impl Touched {
    /// Beyond so many, working out everything costs no more.
    const MAX: usize = 256;

    fn add(&mut self, record: RecordId) {
        if let Self::Records(records) = self {
            records.insert(record);
            if records.len() > Self::MAX {
                *self = Self::Many;
            }
        }
    }

    pub(super) fn extend(&mut self, other: &Self) {
        match other {
            Self::Records(records) => records.iter().for_each(|record| self.add(*record)),
            Self::Many => *self = Self::Many,
        }
    }
}

impl<'c> Tx<'c> {
    pub(super) fn new(reader: Reader<'c>, kept: &'c mut Documents) -> Self {
        Self {
            reader,
            kept,
            fresh: Documents::default(),
            changed: BTreeSet::new(),
            touched: Touched::default(),
        }
    }

    /// What this transaction has changed so far. Read it at the end of the closure and tell listeners after
    /// [`super::Store::write`] has returned: no lock is held then.
    #[must_use]
    pub fn changed(&self) -> BTreeSet<Collection> {
        self.changed.clone()
    }

    pub(super) fn has_changed(&self, collection: Collection) -> bool {
        self.changed.contains(&collection)
    }

    pub(super) fn note(&mut self, collection: Collection) {
        self.changed.insert(collection);
    }

    /// Runs `work`, which is about one record, so that its failing stays with that record: what it wrote is taken back,
    /// the transaction goes on, and the answer is `None`.
    ///
    /// # Errors
    /// Those of `work` that are not the record's own by `of_one_record`.
    pub fn contain<T, E: From<StoreError>>(
        &mut self,
        record: RecordId,
        of_one_record: impl FnOnce(&E) -> bool,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        self.run("SAVEPOINT one_record")?;
        match work(self) {
            Ok(value) => {
                self.run("RELEASE one_record")?;
                Ok(Some(value))
            }
            Err(error) if of_one_record(&error) => {
                self.run("ROLLBACK TO one_record")?;
                self.run("RELEASE one_record")?;
                // What is in memory may be what was just taken back.
                self.fresh.take(record);
                self.kept.take(record);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn run(&self, sql: &'static str) -> Result<(), StoreError> {
        self.db.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// A record reads differently from now on.
    pub(super) fn note_record(&mut self, record: RecordId, kind: Kind) {
        self.note(Collection::Records(kind));
        self.touched.add(record);
    }

    /// What is worked out from a record, or who sees it, is different from now on.
    pub(super) fn touch(&mut self, record: RecordId) {
        self.touched.add(record);
    }

    pub(super) const fn touched(&self) -> &Touched {
        &self.touched
    }

    /// Makes a record's document unreadable, as a defect of a disk or of an app does.
    #[cfg(test)]
    pub fn spoil(&mut self, record: RecordId) -> Result<(), StoreError> {
        let rid = self.rid(record)?;
        self.db.execute("UPDATE change SET bytes = x'ff' WHERE rid = ?1", [rid])?;
        self.db.execute("UPDATE snapshot SET bytes = x'ff' WHERE rid = ?1", [rid])?;
        self.drop_tip(rid)?;
        self.fresh.take(record);
        self.kept.take(record);
        Ok(())
    }

    /// Call after the commit.
    pub(super) fn keep_documents(self) {
        for document in self.fresh.0 {
            self.kept.put(document);
        }
    }
}

impl<'c> Deref for Tx<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}

/// The documents used last. Loading one costs more than anything else in an edit.
#[derive(Default)]
pub(super) struct Documents(VecDeque<Document>);

impl Documents {
    const MAX: usize = 32;

    /// Takes the document out: whoever changes it puts it back when that is written.
    pub(super) fn take(&mut self, record: RecordId) -> Option<Document> {
        let at = self.0.iter().position(|document| document.id() == record)?;
        self.0.remove(at)
    }

    pub(super) fn get(&self, record: RecordId) -> Option<&Document> {
        self.0.iter().find(|document| document.id() == record)
    }

    pub(super) fn put(&mut self, document: Document) {
        self.take(document.id());
        if self.0.len() == Self::MAX {
            self.0.pop_front();
        }
        self.0.push_back(document);
    }
}

/// Runs `work` in one transaction. After any error the transaction is dropped, whatever state SQLite left it in:
/// on a full disk it has already rolled back by itself, and committing then would commit nothing.
pub(super) fn transact<T, E: From<StoreError>>(
    db: &Db,
    begin: &'static str,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    // Compiled for each work there is: no more is written here than has to be.
    let transaction = Transaction::begin(db, begin)?;
    match work() {
        Ok(value) => match transaction.commit() {
            Ok(()) => Ok(value),
            Err(error) => Err(error.into()),
        },
        failed => failed,
    }
}

/// Rolls back when dropped, also while a panic unwinds.
struct Transaction<'c> {
    db: &'c Db,
}

impl<'c> Transaction<'c> {
    fn begin(db: &'c Db, begin: &'static str) -> Result<Self, StoreError> {
        db.prepare_cached(begin)?.execute([])?;
        Ok(Self { db })
    }

    fn commit(self) -> Result<(), StoreError> {
        if self.db.is_autocommit() {
            return Err(StoreError::Inconsistent { what: "a transaction that ended by itself" });
        }
        // On an error `self` is dropped and rolls back.
        self.db.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.db.is_autocommit() {
            // The only way this fails is that there is nothing left to roll back.
            let _ = self.db.execute_batch("ROLLBACK");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Edit;
    use crate::testing::{TestStore, edit_in};

    const HOMES: [RecordId; 3] = [RecordId([1; 16]), RecordId([2; 16]), RecordId([3; 16])];

    #[test]
    fn what_fails_in_one_record_is_taken_back_for_that_record_alone() {
        let store = TestStore::new();
        let now = crate::host::Host::now(store.host());
        let edit = |text: &str| Edit::new().put("layout", text);
        let done = store.write(|tx| {
            let mut done = Vec::new();
            for home in HOMES {
                let written = tx.contain(home, StoreError::is_of_one_record, |tx| {
                    edit_in(tx, now, home, Kind::Home, &edit("三室两厅"))?;
                    edit_in(tx, now, home, Kind::Home, &edit("两室一厅"))?;
                    if home == HOMES[1] {
                        return Err(StoreError::Inconsistent { what: "a home" });
                    }
                    Ok(())
                })?;
                done.push(written.is_some());
            }
            // What was taken back can be written anew, as if nothing had been.
            edit_in(tx, now, HOMES[1], Kind::Home, &edit("复式"))?;
            Ok::<_, StoreError>(done)
        });
        assert_eq!(done.unwrap(), [true, false, true]);
        let read = |home| store.read(|r| r.record(home)).unwrap().unwrap();
        let texts = HOMES.map(|home| read(home).text("layout").map(str::to_owned));
        assert_eq!(texts.map(Option::unwrap), ["两室一厅", "复式", "两室一厅"]);
        assert_eq!(store.read(|r| r.changes(HOMES[1])).unwrap().len(), 1);
    }

    #[test]
    fn trouble_with_the_file_is_nobodys_own() {
        let store = TestStore::new();
        let failed = store.write(|tx| {
            tx.contain(HOMES[0], StoreError::is_of_one_record, |_| Err::<(), _>(StoreError::StorageFull))
        });
        assert!(matches!(failed, Err(StoreError::StorageFull)));
        assert!(
            !StoreError::Damaged.is_of_one_record() && !StoreError::Sqlite { code: 10 }.is_of_one_record()
        );
        assert!(StoreError::Sqlite { code: 2067 }.is_of_one_record(), "two rows under one number");
    }
}
