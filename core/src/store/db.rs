//! The connection through which every statement of the store runs. It keeps trouble with its file in mind: a caller may
//! turn an error into one of its own or swallow it, and the store must still free its reserve, or check the file when
//! it is opened next.

use std::cell::{Cell, OnceCell};

use super::facts::FieldNumbers;
use rusqlite::{CachedStatement, Connection, ErrorCode, Params, Row};

/// Trouble with the file itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No room.
    Full,
    /// Not whole.
    Damage,
}

impl Trouble {
    /// What an error says of the file, if it does.
    pub(super) const fn of(error: &rusqlite::Error) -> Option<Self> {
        let rusqlite::Error::SqliteFailure(failure, _) = error else { return None };
        match failure.code {
            ErrorCode::DiskFull => Some(Self::Full),
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Some(Self::Damage),
            _ => None,
        }
    }
}

/// A connection that remembers the trouble its statements met.
pub(super) struct Db {
    connection: Connection,
    trouble: Cell<Option<Trouble>>,
    /// Read once: they change only while a store is being opened, before anybody asks.
    fields: OnceCell<FieldNumbers>,
}

impl Db {
    pub(super) const fn new(connection: Connection) -> Self {
        Self { connection, trouble: Cell::new(None), fields: OnceCell::new() }
    }

    /// The numbers of fields.
    pub(super) fn fields(&self) -> rusqlite::Result<&FieldNumbers> {
        if let Some(fields) = self.fields.get() {
            return Ok(fields);
        }
        let fields = self.heed(FieldNumbers::read(&self.connection))?;
        Ok(self.fields.get_or_init(|| fields))
    }

    /// The connection by itself, for pragmas: what is run on it is not remembered.
    pub(super) const fn raw(&self) -> &Connection {
        &self.connection
    }

    /// The trouble met since this was asked last.
    pub(super) const fn take_trouble(&self) -> Option<Trouble> {
        self.trouble.replace(None)
    }

    fn heed<T>(&self, result: rusqlite::Result<T>) -> rusqlite::Result<T> {
        if let Some(trouble) = result.as_ref().err().and_then(Trouble::of) {
            self.trouble.set(Some(trouble));
        }
        result
    }

    pub(super) fn prepare_cached(&self, sql: &str) -> rusqlite::Result<Statement<'_>> {
        let statement = self.heed(self.connection.prepare_cached(sql))?;
        Ok(Statement { statement, db: self })
    }

    pub(super) fn execute_batch(&self, sql: &str) -> rusqlite::Result<()> {
        self.heed(self.connection.execute_batch(sql))
    }

    pub(super) fn execute(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        self.heed(self.connection.execute(sql, params))
    }

    pub(super) fn last_insert_rowid(&self) -> i64 {
        self.connection.last_insert_rowid()
    }

    pub(super) fn is_autocommit(&self) -> bool {
        self.connection.is_autocommit()
    }
}

/// A prepared statement of a [`Db`], with the methods of rusqlite's.
pub(super) struct Statement<'c> {
    statement: CachedStatement<'c>,
    db: &'c Db,
}

impl Statement<'_> {
    pub(super) fn execute(&mut self, params: impl Params) -> rusqlite::Result<usize> {
        self.db.heed(self.statement.execute(params))
    }

    pub(super) fn exists(&mut self, params: impl Params) -> rusqlite::Result<bool> {
        self.db.heed(self.statement.exists(params))
    }

    pub(super) fn query(&mut self, params: impl Params) -> rusqlite::Result<QueryRows<'_>> {
        let rows = self.db.heed(self.statement.query(params))?;
        Ok(QueryRows { rows, db: self.db })
    }

    pub(super) fn query_row<T>(
        &mut self,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        self.db.heed(self.statement.query_row(params, read))
    }

    pub(super) fn query_map<T, F>(
        &mut self,
        params: impl Params,
        read: F,
    ) -> rusqlite::Result<MappedRows<'_, F>>
    where
        F: FnMut(&Row<'_>) -> rusqlite::Result<T>,
    {
        self.query_and_then(params, read)
    }

    pub(super) fn query_and_then<T, E, F>(
        &mut self,
        params: impl Params,
        read: F,
    ) -> rusqlite::Result<MappedRows<'_, F>>
    where
        E: From<rusqlite::Error>,
        F: FnMut(&Row<'_>) -> Result<T, E>,
    {
        Ok(MappedRows { rows: self.query(params)?, read })
    }
}

/// The rows of a query.
pub(super) struct QueryRows<'s> {
    rows: rusqlite::Rows<'s>,
    db: &'s Db,
}

impl<'s> QueryRows<'s> {
    pub(super) fn next(&mut self) -> rusqlite::Result<Option<&Row<'s>>> {
        self.db.heed(self.rows.next())
    }
}

/// The rows of a query, each read by a function.
pub(super) struct MappedRows<'s, F> {
    rows: QueryRows<'s>,
    read: F,
}

impl<T, E, F> Iterator for MappedRows<'_, F>
where
    E: From<rusqlite::Error>,
    F: FnMut(&Row<'_>) -> Result<T, E>,
{
    type Item = Result<T, E>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.next() {
            Ok(row) => row.map(&mut self.read),
            Err(error) => Some(Err(error.into())),
        }
    }
}
