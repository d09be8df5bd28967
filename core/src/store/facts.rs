//! Values that rules and metrics look records up by ([`model::facts`](crate::model::facts)), in the two shapes they are kept
//! in: packed with the record (`record.facts`), to be read of one, and as rows of `fact`, to be found by value.
//!
//! A path is split at what stands for the `*` of its field: `phone/7f/verified` is the field `phone/*/verified` of the member
//! `7f`. The field stands under a number, which the table `field` explains.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{ToSql, Value as Sql, ValueRef};
use rusqlite::{Connection, Row, params, params_from_iter};

use super::{Reader, StoreError, Tx};
use crate::model::fields::{self, Type};
use crate::model::{Kind, Record, facts};

/// Stands for any member of a group.
pub(super) const ANY: &str = "*";

/// A path as it is looked up by: the pattern of its field, and the member, which is empty for a field of no group and [`ANY`]
/// for a pattern.
pub(super) fn split(path: &str) -> (Cow<'_, str>, &str) {
    // The latest date of a group's field is one value of the record.
    if path.starts_with(facts::LATEST) {
        return (Cow::Borrowed(path), "");
    }
    let mut segments = path.splitn(3, '/');
    match (segments.next(), segments.next(), segments.next()) {
        (Some(set), Some(member), Some(part)) => (Cow::Owned(format!("{set}/*/{part}")), member),
        (Some(set), Some(member), None) => (Cow::Owned(format!("{set}/*")), member),
        _ => (Cow::Borrowed(path), ""),
    }
}

/// The patterns of the fields this build indexes, with the kinds that have them, in the order they are numbered in.
fn indexed() -> Vec<(String, BTreeSet<Kind>)> {
    let mut patterns: Vec<(String, BTreeSet<Kind>)> = Vec::new();
    let mut add = |pattern: String, kind| match patterns.iter_mut().find(|(known, _)| *known == pattern) {
        Some((_, kinds)) => _ = kinds.insert(kind),
        None => patterns.push((pattern, BTreeSet::from([kind]))),
    };
    for kind in Kind::ALL {
        let specs = fields::specs(kind).iter().chain(fields::common());
        for spec in specs.filter(|spec| spec.is_indexed() && spec.path != "place") {
            add(spec.path.to_owned(), kind);
            if spec.path.contains('*') && matches!(spec.ty, Type::Date | Type::PartialDate | Type::Moment) {
                add(facts::dated_at(spec.path).into_owned(), kind);
            }
        }
    }
    patterns
}

/// The numbers of fields, as this database has them.
#[derive(Debug, Default)]
pub(super) struct FieldNumbers {
    numbers: BTreeMap<String, i64>,
    patterns: BTreeMap<i64, String>,
}

impl FieldNumbers {
    pub(super) fn read(db: &Connection) -> rusqlite::Result<Self> {
        let mut query = db.prepare_cached("SELECT pattern, number FROM field")?;
        let numbers: BTreeMap<String, i64> =
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        let patterns = numbers.iter().map(|(pattern, number)| (*number, pattern.clone())).collect();
        Ok(Self { numbers, patterns })
    }

    /// The facts of a record, in the order they are packed in.
    pub(super) fn facts_of(&self, record: &Record) -> Facts {
        let latest = facts::latest(record);
        let own = facts::of(record).map(|(path, value)| (path, super::sql::owned(&value)));
        let all = own.chain(latest.iter().map(|(path, value)| (path.as_str(), super::sql::owned(value))));
        let fact = |(path, value)| {
            let (pattern, member) = split(path);
            let field = *self.numbers.get(&*pattern)?;
            Some(Fact { field, member: member.to_owned(), value })
        };
        let mut facts: Vec<Fact> = all.filter_map(fact).collect();
        facts.sort_by(|a, b| (a.field, &a.member).cmp(&(b.field, &b.member)));
        Facts(facts)
    }

    /// The pattern of a fact's field.
    pub(super) fn pattern(&self, fact: &FactRef<'_>) -> Option<&str> {
        self.patterns.get(&fact.field).map(String::as_str)
    }

    /// The path of a fact.
    pub(super) fn path(&self, fact: &FactRef<'_>) -> Option<String> {
        let pattern = self.pattern(fact)?;
        Some(if fact.member.is_empty() { pattern.to_owned() } else { pattern.replacen('*', fact.member, 1) })
    }

    /// What tells the facts at some paths from the others.
    pub(super) fn wanted<'p>(&self, paths: &'p BTreeSet<String>) -> Wanted<'p> {
        let wanted = paths.iter().map(|path| {
            let (pattern, member) = split(path);
            Some((*self.numbers.get(&*pattern)?, member))
        });
        Wanted(wanted.flatten().collect())
    }
}

/// Facts that are asked for.
pub(super) struct Wanted<'p>(Vec<(i64, &'p str)>);

impl Wanted<'_> {
    pub(super) fn has(&self, fact: &FactRef<'_>) -> bool {
        self.0
            .iter()
            .any(|(field, member)| *field == fact.field && (*member == ANY || *member == fact.member))
    }

    /// Adds the packed facts that are asked for to others.
    pub(super) fn take(&self, packed: Option<&[u8]>, to: &mut Vec<u8>) -> Result<(), StoreError> {
        let mut rest = packed.unwrap_or_default();
        while !rest.is_empty() {
            let all = rest;
            let fact = take_fact(&mut rest).ok_or(DAMAGED)?;
            if self.has(&fact) {
                to.extend_from_slice(&all[..all.len() - rest.len()]);
            }
        }
        Ok(())
    }
}

const DAMAGED: StoreError = StoreError::Inconsistent { what: "the facts of a record" };

/// One value of a record.
#[derive(Debug, Clone, PartialEq)]
struct Fact {
    field: i64,
    member: String,
    value: Sql,
}

/// The same, as it lies in the packed ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct FactRef<'f> {
    pub(super) field: i64,
    pub(super) member: &'f str,
    pub(super) value: ValueRef<'f>,
}

impl FactRef<'_> {
    /// The value as a column holds it.
    pub(super) fn sql(&self) -> Sql {
        match self.value {
            ValueRef::Integer(int) => Sql::Integer(int),
            ValueRef::Real(real) => Sql::Real(real),
            ValueRef::Text(text) => Sql::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Null | ValueRef::Blob(_) => Sql::Null,
        }
    }
}

impl From<FactRef<'_>> for Fact {
    fn from(fact: FactRef<'_>) -> Self {
        Self { field: fact.field, member: fact.member.to_owned(), value: fact.sql() }
    }
}

/// All facts of a record, in the order of their fields and members.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Facts(Vec<Fact>);

/// What a packed value is: a whole number, a real one, or else a text of so many bytes less [`TEXT`].
const INTEGER: u64 = 0;
const REAL: u64 = 1;
const TEXT: u64 = 2;

impl Facts {
    /// As they lie in `record.facts`: of each its field, its member and its value. Numbers are LEB128, with the sign in the
    /// lowest bit where there is one. `None` without any.
    pub(super) fn pack(&self) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(16 * self.0.len());
        for Fact { field, member, value } in &self.0 {
            put(&mut out, field.cast_unsigned());
            put(&mut out, member.len() as u64);
            out.extend_from_slice(member.as_bytes());
            match value {
                Sql::Integer(int) => {
                    put(&mut out, INTEGER);
                    put(&mut out, ((int << 1) ^ (int >> 63)).cast_unsigned());
                }
                Sql::Real(real) => {
                    put(&mut out, REAL);
                    out.extend_from_slice(&real.to_le_bytes());
                }
                Sql::Text(text) => {
                    put(&mut out, TEXT + text.len() as u64);
                    out.extend_from_slice(text.as_bytes());
                }
                // No field holds such a value.
                Sql::Null | Sql::Blob(_) => put(&mut out, TEXT),
            }
        }
        Some(out).filter(|out| !out.is_empty())
    }

    fn unpacked(bytes: Option<&[u8]>) -> Result<Self, StoreError> {
        unpack(bytes).map(|fact| fact.map(Fact::from)).collect::<Result<_, _>>().map(Self)
    }
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The packed facts, one after the other; an error where they end within one.
pub(super) fn unpack(bytes: Option<&[u8]>) -> impl Iterator<Item = Result<FactRef<'_>, StoreError>> {
    let mut rest = bytes.unwrap_or_default();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let fact = take_fact(&mut rest).ok_or(DAMAGED);
        if fact.is_err() {
            rest = &[];
        }
        Some(fact)
    })
}

fn take_fact<'f>(rest: &mut &'f [u8]) -> Option<FactRef<'f>> {
    let field = take_number(rest)?.cast_signed();
    let length = take_number(rest)?;
    let member = std::str::from_utf8(take(rest, length)?).ok()?;
    let value = match take_number(rest)? {
        INTEGER => {
            let int = take_number(rest)?;
            ValueRef::Integer((int >> 1).cast_signed() ^ -(int & 1).cast_signed())
        }
        REAL => ValueRef::Real(f64::from_le_bytes(take(rest, 8)?.try_into().ok()?)),
        text => {
            let text = take(rest, text - TEXT)?;
            std::str::from_utf8(text).ok()?;
            ValueRef::Text(text)
        }
    };
    Some(FactRef { field, member, value })
}

fn take<'f>(rest: &mut &'f [u8], length: u64) -> Option<&'f [u8]> {
    let (taken, left) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = left;
    Some(taken)
}

fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (first, left) = rest.split_first()?;
        *rest = left;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// How many facts one statement writes.
const AT_ONCE: usize = 8;

/// The statement that writes so many facts of a record, from 1 to [`AT_ONCE`]. By `FAIL`, an error leaves what was written before it,
/// and takes the transaction or its savepoint with it all the same; so that a statement of several rows could be taken back by
/// itself, SQLite would have the search index written out before each.
fn inserting(facts: usize) -> &'static str {
    static STATEMENTS: LazyLock<[String; AT_ONCE]> = LazyLock::new(|| {
        std::array::from_fn(|more| {
            let row = |fact: usize| format!("(?{}, ?{}, ?{}, ?1)", 3 * fact + 2, 3 * fact + 3, 3 * fact + 4);
            let rows: Vec<String> = (0..=more).map(row).collect();
            format!("INSERT OR FAIL INTO fact (field, member, value, rid) VALUES {}", rows.join(", "))
        })
    });
    &STATEMENTS[facts - 1]
}

impl Reader<'_> {
    fn facts(&self, rid: i64) -> Result<Facts, StoreError> {
        let mut query = self.db.prepare_cached("SELECT facts FROM record WHERE rid = ?1")?;
        let mut rows = query.query([rid])?;
        let Some(row) = rows.next()? else { return Ok(Facts::default()) };
        Facts::unpacked(packed(row, 0)?)
    }
}

/// A column of packed facts.
pub(super) fn packed<'r>(row: &'r Row<'_>, column: usize) -> Result<Option<&'r [u8]>, StoreError> {
    let column = row.get_ref(column)?.as_blob_or_null();
    column.map_err(|_| DAMAGED)
}

impl Tx<'_> {
    /// Brings the facts of a record from those it has to these.
    pub(super) fn bring_facts(&mut self, rid: i64, present: &Facts, facts: &Facts) -> Result<(), StoreError> {
        if present == facts {
            return Ok(());
        }
        self.remove_facts(rid, present.0.iter().filter(|fact| !facts.0.contains(fact)))?;
        self.insert_facts(rid, facts.0.iter().filter(|fact| !present.0.contains(fact)))?;
        self.db
            .prepare_cached("UPDATE record SET facts = ?2 WHERE rid = ?1")?
            .execute(params![rid, facts.pack()])?;
        Ok(())
    }

    /// [`Self::bring_facts`] from whatever the record has.
    pub(super) fn renew_facts(&mut self, rid: i64, facts: &Facts) -> Result<(), StoreError> {
        let present = self.facts(rid)?;
        self.bring_facts(rid, &present, facts)
    }

    /// [`Self::bring_facts`] for a record whose row was written with them and that has none yet.
    pub(super) fn begin_facts(&mut self, rid: i64, facts: &Facts) -> Result<(), StoreError> {
        self.insert_facts(rid, facts.0.iter())
    }

    /// Takes out the facts of a record that goes.
    pub(super) fn end_facts(&mut self, rid: i64) -> Result<(), StoreError> {
        let present = self.facts(rid)?;
        self.remove_facts(rid, present.0.iter())
    }

    /// Several in one statement: what SQLite does around a row is as much as the row.
    fn insert_facts<'f>(
        &mut self,
        rid: i64,
        facts: impl Iterator<Item = &'f Fact>,
    ) -> Result<(), StoreError> {
        let facts: Vec<&Fact> = facts.collect();
        for facts in facts.chunks(AT_ONCE) {
            let mut insert = self.db.prepare_cached(inserting(facts.len()))?;
            let values = facts.iter().flat_map(|fact| [&fact.field as &dyn ToSql, &fact.member, &fact.value]);
            insert.execute(params_from_iter(std::iter::once(&rid as &dyn ToSql).chain(values)))?;
        }
        Ok(())
    }

    fn remove_facts<'f>(
        &mut self,
        rid: i64,
        facts: impl Iterator<Item = &'f Fact>,
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM fact WHERE field = ?1 AND member = ?2 AND value = ?3 AND rid = ?4";
        let mut delete = self.db.prepare_cached(sql)?;
        for Fact { field, member, value } in facts {
            delete.execute(params![field, member, value, rid])?;
        }
        Ok(())
    }

    /// Makes the facts again of the kinds for which a build wrote this database that indexes other fields.
    pub(super) fn renew_fields(&mut self) -> Result<BTreeSet<Kind>, StoreError> {
        let (known, indexed) = (FieldNumbers::read(self.db.raw())?, indexed());
        let mut kinds = BTreeSet::new();
        for pattern in known.numbers.keys().filter(|known| indexed.iter().all(|(is, _)| is != *known)) {
            self.db.prepare_cached("DELETE FROM field WHERE pattern = ?1")?.execute([pattern])?;
            kinds.extend(Kind::ALL);
        }
        for (pattern, of) in indexed.iter().filter(|(pattern, _)| !known.numbers.contains_key(pattern)) {
            self.db.prepare_cached("INSERT INTO field (pattern) VALUES (?1)")?.execute([pattern])?;
            kinds.extend(of);
        }
        Ok(kinds)
    }
}

/// Numbers the fields of this build in a database without records. One with records has its facts made as well
/// ([`Tx::renew_fields`]).
pub(super) fn begin(db: &Connection) -> Result<(), StoreError> {
    if db.prepare_cached("SELECT 1 FROM record")?.exists([])? {
        return Ok(());
    }
    let mut insert = db.prepare_cached("INSERT INTO field (pattern) VALUES (?1)")?;
    for (pattern, _) in indexed() {
        insert.execute([pattern])?;
    }
    Ok(())
}

/// Whether a build that indexes other fields left this database.
pub(super) fn are_outdated(db: &Connection) -> Result<bool, StoreError> {
    let known = FieldNumbers::read(db)?.numbers;
    let indexed = indexed();
    Ok(known.len() != indexed.len() || indexed.iter().any(|(pattern, _)| !known.contains_key(pattern)))
}

/// Teaches a connection `value_in(facts, field, member)`: the value of a packed fact, or `NULL`.
pub(super) fn teach(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("value_in", 3, flags, |context: &Context<'_>| {
        let packed = context
            .get_raw(0)
            .as_blob_or_null()
            .map_err(|_| rusqlite::Error::InvalidFunctionParameterType(0, context.get_raw(0).data_type()))?;
        let (field, member) = (context.get::<Option<i64>>(1)?, context.get::<String>(2)?);
        for fact in unpack(packed) {
            let fact = fact.map_err(|error| rusqlite::Error::UserFunctionError(error.into()))?;
            if Some(fact.field) == field && fact.member == member {
                return Ok(fact.sql());
            }
        }
        Ok(Sql::Null)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Edit, RecordId};
    use crate::store::{Filter, Order};
    use crate::testing::TestStore;

    const HOME: RecordId = RecordId([1; 16]);

    fn values() -> impl Strategy<Value = Sql> {
        prop_oneof![
            any::<i64>().prop_map(Sql::Integer),
            any::<f64>().prop_filter("no field holds it", |real| !real.is_nan()).prop_map(Sql::Real),
            "[a-z0-9 三室两厅-]{0,64}".prop_map(Sql::Text),
        ]
    }

    fn facts() -> impl Strategy<Value = Facts> {
        let fact = (0..400_i64, "[0-9a-f]{0,32}", values());
        proptest::collection::vec(
            fact.prop_map(|(field, member, value)| Fact { field, member, value }),
            0..12,
        )
        .prop_map(Facts)
    }

    proptest! {
        #[test]
        fn packed_facts_are_read_as_they_were(facts in facts()) {
            prop_assert_eq!(Facts::unpacked(facts.pack().as_deref()).unwrap(), facts);
        }

        #[test]
        fn damaged_ones_are_an_error_or_others(facts in facts(), at in any::<prop::sample::Index>(), byte: u8) {
            let Some(mut bytes) = facts.pack() else { return Ok(()) };
            let at = at.index(bytes.len());
            let whole = Facts::unpacked(Some(&bytes[..at]));
            prop_assert!(whole.is_err() || facts.0.starts_with(&whole.unwrap().0), "a part passes for all");
            bytes[at] = byte;
            let _ = Facts::unpacked(Some(&bytes));
        }
    }

    #[test]
    fn a_path_is_split_as_its_field_is_declared() {
        for (pattern, _) in indexed() {
            if pattern.starts_with(facts::LATEST) {
                assert_eq!(split(&pattern), (Cow::Borrowed(&*pattern), ""));
                continue;
            }
            let grouped = pattern.contains('*');
            let path = pattern.replace('*', "7f");
            assert_eq!(split(&path), (Cow::Borrowed(&*pattern), if grouped { "7f" } else { "" }));
            assert_eq!(split(&pattern), (Cow::Borrowed(&*pattern), if grouped { ANY } else { "" }));
        }
    }

    fn let_homes(store: &TestStore) -> usize {
        let fact = Some(("state".to_owned(), "let".into()));
        store
            .read(|r| r.home(&Filter { fact, limit: 10, ..Filter::default() }, Order::Natural))
            .unwrap()
            .len()
    }

    #[test]
    fn what_is_saved_out_of_a_damaged_database_is_found_by_its_values() {
        let store = TestStore::new();
        store.edit(HOME, Kind::Home, &Edit::new().put("state", "let").put("people", 3)).unwrap();
        assert_eq!(let_homes(&store.damaged()), 1);
    }

    #[test]
    fn a_database_of_before_gets_its_facts_when_it_is_opened() {
        let store = TestStore::new();
        store.edit(HOME, Kind::Home, &Edit::new().put("state", "let").put("people", 3)).unwrap();
        // As the migration leaves it.
        let left = "DELETE FROM fact; DELETE FROM field; UPDATE record SET facts = NULL";
        store.write(|tx| Ok::<_, StoreError>(tx.db.execute_batch(left)?)).unwrap();
        assert_eq!(let_homes(&store.reopen()), 1);
    }

    /// An upgrade that brings a field finds what a newer phone wrote there before it knew the field.
    #[test]
    fn a_build_that_indexes_other_fields_makes_the_facts_again() {
        let store = TestStore::new();
        store.edit(HOME, Kind::Home, &Edit::new().put("state", "let").put("people", 3)).unwrap();
        assert_eq!(let_homes(&store), 1);
        // As a build leaves it that knows no `state` and a field of its own.
        let written: Result<(), StoreError> = store.write(|tx| {
            let state = tx.db.fields()?.numbers["state"];
            tx.db.execute("DELETE FROM fact WHERE field = ?1", [state])?;
            tx.db.execute("DELETE FROM field WHERE number = ?1", [state])?;
            tx.db.execute("INSERT INTO field (number, pattern) VALUES (?1, 'of_another_build')", [state])?;
            let rest = Facts(tx.facts(1)?.0.into_iter().filter(|fact| fact.field != state).collect());
            tx.db.execute("UPDATE record SET facts = ?1", [rest.pack()])?;
            Ok(())
        });
        written.unwrap();
        let store = store.reopen();
        assert_eq!(let_homes(&store), 1);
        let fields: i64 = store
            .read(|r| {
                let count = "SELECT count(*) FROM field WHERE pattern = 'of_another_build'";
                Ok::<_, StoreError>(r.db.raw().query_row(count, [], |row| row.get(0))?)
            })
            .unwrap();
        assert_eq!(fields, 0);
    }
}
