//! Which record is which row, of all there are: one pass over the index of ids. Where one of some tens is asked for this costs
//! less than to look each up, and of a row its id alone needs no page of `record`.

use super::super::{Reader, StoreError};
use super::row_set::KeyedRows;
use crate::model::RecordId;

/// So few are looked up one by one, and so are less than one of so many there are. The worlds of tests are small.
const FEW: usize = if cfg!(test) { 2 } else { 256 };
const ONE_OF: i64 = if cfg!(test) { 3 } else { 50 };

/// The ids of all records with their rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Identities {
    /// By row: these are numbered without great gaps.
    ids: Vec<Option<RecordId>>,
    /// By id.
    rows: Vec<(RecordId, i64)>,
}

impl Identities {
    /// Reads them where that pays for so many of them.
    pub(super) fn read(reader: &Reader<'_>, asked: usize) -> Result<Option<Self>, StoreError> {
        if asked <= FEW {
            return Ok(None);
        }
        let mut query = reader.db.prepare_cached("SELECT coalesce(max(rid), 0) FROM record")?;
        let there: i64 = query.query_row([], |row| row.get(0))?;
        if i64::try_from(asked).is_ok_and(|asked| asked.saturating_mul(ONE_OF) < there) {
            return Ok(None);
        }
        let mut query = reader.db.prepare_cached("SELECT keyed_rows(id, rid) FROM record")?;
        let found: KeyedRows = query.query_row([], |row| row.get(0))?;
        let mut identities = Self::default();
        for (id, row) in found.iter() {
            let id = id.and_then(|id| RecordId::from_slice(id).ok());
            identities.put(id.ok_or(StoreError::Inconsistent { what: "the id of a record" })?, row);
        }
        Ok(Some(identities))
    }

    /// Takes a record in, or where it stands now.
    pub(super) fn put(&mut self, id: RecordId, row: i64) {
        let Ok(at) = usize::try_from(row) else { return };
        if self.ids.len() <= at {
            self.ids.resize(at + 1, None);
        }
        self.ids[at] = Some(id);
        // They come in order when all are read.
        if self.rows.last().is_none_or(|(last, _)| *last < id) {
            return self.rows.push((id, row));
        }
        match self.stands(id) {
            Ok(known) => self.rows[known].1 = row,
            Err(new) => self.rows.insert(new, (id, row)),
        }
    }

    /// The row of a record.
    pub(super) fn row(&self, id: RecordId) -> Option<i64> {
        self.stands(id).ok().map(|at| self.rows[at].1)
    }

    /// The record of a row.
    pub(super) fn id(&self, row: i64) -> Option<RecordId> {
        usize::try_from(row).ok().and_then(|row| self.ids.get(row)).copied().flatten()
    }

    fn stands(&self, id: RecordId) -> Result<usize, usize> {
        self.rows.binary_search_by_key(&id, |(id, _)| *id)
    }
}
