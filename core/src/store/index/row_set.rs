//! Sets of rows as bits, read from SQLite in one pass: `row_set(rid)` in a statement answers one. Sets of ten thousand are
//! met, taken away and counted a word at a time. `keyed_rows(key, rid)` answers rows with something of each, likewise without a
//! step out of SQLite for every one.

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};

/// How many rows one block is about: as many as its words have bits.
const ROWS: i64 = 4_096;
const WORDS: usize = 64;

/// Rows, by their local numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RowSet {
    /// In order, none of them empty.
    blocks: Vec<Block>,
}

/// The rows from `number * ROWS` on, a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Block {
    number: i64,
    words: [u64; WORDS],
}

/// Where a row stands: in which block, in which word of it, as which bit.
fn stands(row: i64) -> (i64, usize, u64) {
    let within = row.rem_euclid(ROWS);
    (row.div_euclid(ROWS), usize::try_from(within / 64).unwrap_or_default(), 1 << (within % 64))
}

impl RowSet {
    /// Takes a row in.
    pub(super) fn insert(&mut self, row: i64) {
        let (number, word, bit) = stands(row);
        // Rows come in order nearly always.
        let at = match self.blocks.last() {
            Some(last) if last.number == number => self.blocks.len() - 1,
            _ => match self.blocks.binary_search_by_key(&number, |block| block.number) {
                Ok(at) => at,
                Err(at) => {
                    self.blocks.insert(at, Block { number, words: [0; WORDS] });
                    at
                }
            },
        };
        self.blocks[at].words[word] |= bit;
    }

    /// Lets go of a row.
    pub(super) fn remove(&mut self, row: i64) {
        let (number, word, bit) = stands(row);
        if let Ok(at) = self.blocks.binary_search_by_key(&number, |block| block.number) {
            self.blocks[at].words[word] &= !bit;
            if self.blocks[at].words == [0; WORDS] {
                self.blocks.remove(at);
            }
        }
    }

    /// Takes in the rows of another set.
    pub(super) fn add(&mut self, other: &Self) {
        for block in &other.blocks {
            match self.blocks.binary_search_by_key(&block.number, |own| own.number) {
                Ok(at) => self.blocks[at].words.iter_mut().zip(block.words).for_each(|(own, of)| *own |= of),
                Err(at) => self.blocks.insert(at, *block),
            }
        }
    }

    /// The rows in both.
    pub(super) fn both(&self, other: &Self) -> Self {
        self.with(other, |one, other| one & other)
    }

    /// The rows that are not among those.
    pub(super) fn without(&self, those: &Self) -> Self {
        self.with(those, |one, those| one & !those)
    }

    fn with(&self, other: &Self, keep: impl Fn(u64, u64) -> u64) -> Self {
        let block = |own: &Block| {
            let there = other.block(own.number).map_or([0; WORDS], |block| block.words);
            let words = std::array::from_fn(|word| keep(own.words[word], there[word]));
            (words != [0; WORDS]).then_some(Block { number: own.number, words })
        };
        Self { blocks: self.blocks.iter().filter_map(block).collect() }
    }

    fn block(&self, number: i64) -> Option<&Block> {
        self.blocks
            .binary_search_by_key(&number, |block| block.number)
            .ok()
            .and_then(|at| self.blocks.get(at))
    }

    /// Whether a row is there.
    pub(super) fn contains(&self, row: i64) -> bool {
        let (number, word, bit) = stands(row);
        self.block(number).is_some_and(|block| block.words[word] & bit != 0)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        let words = self.blocks.iter().flat_map(|block| block.words);
        words.map(|word| word.count_ones() as usize).sum()
    }

    /// The rows, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = i64> {
        self.blocks.iter().flat_map(|block| {
            (block.number * ROWS..)
                .step_by(64)
                .zip(block.words)
                .flat_map(|(first, word)| bits(word).map(move |bit| first + bit))
        })
    }

    /// As it is handed through SQLite.
    fn to_bytes(&self) -> Vec<u8> {
        let words = |block: &Block| std::iter::once(block.number.cast_unsigned()).chain(block.words);
        self.blocks.iter().flat_map(words).flat_map(u64::to_ne_bytes).collect()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<8>();
        let (blocks, short) = words.as_chunks::<{ WORDS + 1 }>();
        let block = |words: &[[u8; 8]; WORDS + 1]| Block {
            number: i64::from_ne_bytes(words[0]),
            words: std::array::from_fn(|word| u64::from_ne_bytes(words[word + 1])),
        };
        (rest.is_empty() && short.is_empty()).then(|| Self { blocks: blocks.iter().map(block).collect() })
    }
}

/// The bits that are set, ascending.
fn bits(mut word: u64) -> impl Iterator<Item = i64> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros();
        word &= word.checked_sub(1)?;
        Some(i64::from(bit))
    })
}

impl FromIterator<i64> for RowSet {
    fn from_iter<T: IntoIterator<Item = i64>>(rows: T) -> Self {
        let mut set = Self::default();
        rows.into_iter().for_each(|row| set.insert(row));
        set
    }
}

impl FromSql for RowSet {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_bytes(value.as_blob()?).ok_or(FromSqlError::InvalidType)
    }
}

/// `row_set(rid)`.
struct Collect;

impl Aggregate<RowSet, Vec<u8>> for Collect {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<RowSet> {
        Ok(RowSet::default())
    }

    fn step(&self, context: &mut Context<'_>, rows: &mut RowSet) -> rusqlite::Result<()> {
        rows.insert(context.get(0)?);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, rows: Option<RowSet>) -> rusqlite::Result<Vec<u8>> {
        Ok(rows.unwrap_or_default().to_bytes())
    }
}

/// Rows with a key each, a text or bytes, in the order a statement came upon them.
#[derive(Debug, Default)]
pub(super) struct KeyedRows(Vec<u8>);

impl KeyedRows {
    /// Of each its key, which is missing where that was `NULL`, and its row.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Option<&[u8]>, i64)> {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || {
            let (row, behind) = rest.split_first_chunk()?;
            let (length, behind) = behind.split_first_chunk()?;
            let length = usize::try_from(i64::from_ne_bytes(*length));
            let key = length.ok().and_then(|length| behind.get(..length));
            rest = &behind[key.map_or(0, <[u8]>::len)..];
            Some((key, i64::from_ne_bytes(*row)))
        })
    }
}

impl FromSql for KeyedRows {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(value.as_blob()?.to_owned()))
    }
}

/// `keyed_rows(key, rid)`.
struct CollectKeyed;

/// Stands for the length of a key that is missing.
const MISSING: i64 = -1;

impl Aggregate<Vec<u8>, Vec<u8>> for CollectKeyed {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn step(&self, context: &mut Context<'_>, rows: &mut Vec<u8>) -> rusqlite::Result<()> {
        rows.extend_from_slice(&context.get::<i64>(1)?.to_ne_bytes());
        let key = match context.get_raw(0) {
            ValueRef::Text(key) | ValueRef::Blob(key) => Some(key),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => None,
        };
        let length = key.and_then(|key| i64::try_from(key.len()).ok()).unwrap_or(MISSING);
        rows.extend_from_slice(&length.to_ne_bytes());
        rows.extend_from_slice(key.unwrap_or_default());
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, rows: Option<Vec<u8>>) -> rusqlite::Result<Vec<u8>> {
        Ok(rows.unwrap_or_default())
    }
}

/// Teaches a connection `row_set(rid)` and `keyed_rows(key, rid)`.
pub(in crate::store) fn teach(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_aggregate_function("row_set", 1, flags, Collect)?;
    db.create_aggregate_function("keyed_rows", 2, flags, CollectKeyed)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Rows near each other and far apart, any number there may be.
    fn rows() -> impl Strategy<Value = BTreeSet<i64>> {
        let near = 4_000..4_200_i64;
        proptest::collection::btree_set(prop_oneof![3 => near, 1 => 0..60_000_i64, 1 => any::<i64>()], 0..60)
    }

    proptest! {
        #[test]
        fn sets_are_met_taken_away_and_added(one in rows(), other in rows()) {
            let (a, b): (RowSet, RowSet) = (one.iter().rev().copied().collect(), other.iter().copied().collect());
            let kept = |inside: bool| -> RowSet {
                one.iter().filter(|row| other.contains(row) == inside).copied().collect()
            };
            prop_assert_eq!(a.both(&b), kept(true));
            prop_assert_eq!(a.without(&b), kept(false));
            prop_assert_eq!(a.without(&b).is_empty(), one.is_subset(&other));
            prop_assert!(one.iter().all(|row| a.contains(*row) && b.contains(*row) == other.contains(row)));
            prop_assert_eq!(a.iter().collect::<Vec<_>>(), one.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(a.count(), one.len());
            let mut all = a.clone();
            all.add(&b);
            prop_assert_eq!(&all, &one.union(&other).copied().collect());
            other.iter().for_each(|row| all.remove(*row));
            prop_assert_eq!(all, kept(false));
        }

        #[test]
        fn a_statement_answers_a_set(rows in rows()) {
            let db = Connection::open_in_memory().unwrap();
            teach(&db).unwrap();
            let list = serde_json::to_string(&rows).unwrap();
            let read: RowSet =
                db.query_row("SELECT row_set(value) FROM json_each(?1)", [list], |row| row.get(0)).unwrap();
            prop_assert_eq!(read, rows.into_iter().collect());
        }

        #[test]
        fn a_statement_answers_rows_with_their_keys(
            rows in proptest::collection::vec((proptest::option::of("[a-z/三]{0,9}"), any::<i64>()), 0..20)
        ) {
            let db = Connection::open_in_memory().unwrap();
            teach(&db).unwrap();
            let list = serde_json::to_string(&rows).unwrap();
            let sql = "SELECT keyed_rows(value->>0, value->>1) FROM json_each(?1)";
            let read: KeyedRows = db.query_row(sql, [list], |row| row.get(0)).unwrap();
            let read = read.iter().map(|(key, row)| (key.map(|key| String::from_utf8(key.to_owned()).unwrap()), row));
            prop_assert_eq!(read.collect::<Vec<_>>(), rows);
        }
    }
}
