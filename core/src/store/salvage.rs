//! What is saved out of a damaged database: who this phone is, and everything the office does not have. The rest
//! comes back with the next sync.
//!
//! Rows are read one by one, forwards until the damage and backwards until the damage, each copied in the new
//! database's own terms. A row that cannot be read is counted, not guessed.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::db::Db;
use super::records::read_intent;
use super::{StoreError, meta};

/// A table to save: which rows, in which order they can be walked from both ends.
struct SalvagedTable {
    table: &'static str,
    columns: &'static [&'static str],
    filter: &'static str,
    key: &'static str,
}

const SALVAGED: &[SalvagedTable] = &[
    SalvagedTable {
        table: "verdict",
        columns: &[
            "hash",
            "record",
            "kind",
            "version",
            "edit",
            "fate",
            "code",
            "path",
            "own",
            "device",
            "signature",
            "intent",
            "authored_at",
            "bytes",
            "at",
            "dismissed_at",
        ],
        filter: "own = 1",
        key: "rowid",
    },
    SalvagedTable {
        table: "draft",
        columns: &["id", "form", "form_version", "record", "body", "changed_at"],
        filter: "true",
        key: "rowid",
    },
    SalvagedTable {
        table: "submission",
        columns: &["id", "digest", "record", "edit", "event"],
        filter: "true",
        key: "number",
    },
    SalvagedTable {
        table: "attachment",
        columns: &["hash", "size", "key", "file", "present", "kept", "added_at"],
        filter: "present = size",
        key: "rowid",
    },
    SalvagedTable {
        table: "attachment_use",
        columns: &["hash", "record", "state", "sent"],
        filter: "state IN ('unsent', 'rejected')",
        key: "hash",
    },
    // Behind the drafts and photos it joins.
    SalvagedTable { table: "draft_photo", columns: &["draft", "hash"], filter: "true", key: "draft" },
];

/// Copies what can be read into the fresh database. Returns how many rows of unsent work and identity were saved,
/// and whether every table could be read to its end.
pub(super) fn salvage(damaged: Option<&Connection>, fresh: &Db) -> Result<(usize, bool), StoreError> {
    let Some(damaged) = damaged else { return Ok((0, false)) };
    let (identity, mut complete) = read_both_ways(damaged, "SELECT name, value FROM meta", "name");
    let mut saved = 0;
    for row in identity.into_values() {
        if matches!(&row[0], Value::Text(name) if meta::SALVAGED.contains(&name.as_str())) {
            saved += insert(fresh, "meta", &["name", "value"], &row)?;
        }
    }
    for source in SALVAGED {
        let columns = source.columns.join(", ");
        let sql = format!("SELECT {columns} FROM {} WHERE {}", source.table, source.filter);
        let (rows, whole) = read_both_ways(damaged, &sql, source.key);
        complete &= whole;
        for mut row in rows.into_values() {
            forget_unreadable_intent(source.columns, &mut row);
            saved += insert(fresh, source.table, source.columns, &row)?;
        }
    }
    let (changes, whole) = salvage_changes(damaged, fresh)?;
    Ok((saved + changes, complete && whole))
}

/// Columns of a change that are copied as they are, behind those of its record.
const CHANGE: &[&str] = &[
    "hash",
    "actor",
    "seq",
    "standing",
    "generation",
    "ordinal",
    "received_at",
    "seal",
    "unbacked",
    "copy_of",
    "device",
    "signature",
    "intent",
    "authored_at",
    "bytes",
];

/// Saves changes not acknowledged, and those the office called accepted and does not list yet: these are offered again
/// with the next sync, unless its list names them by then. They wait in the new database until what they build on is there:
/// `Tx::finish_salvaged` applies those that build on nothing lost.
fn salvage_changes(damaged: &Connection, fresh: &Db) -> Result<(usize, bool), StoreError> {
    let columns = CHANGE.join(", ");
    let places: Vec<_> = (2..CHANGE.len() + 2).map(|number| format!("?{number}")).collect();
    let places = places.join(", ");
    let select = format!("SELECT record.id, record.kind, record.version, record.place, {columns}");
    // Each along its own index, past whatever else the table holds; what was accepted stands below what was not.
    let unconfirmed = format!(
        "{select} FROM change INDEXED BY change_unconfirmed CROSS JOIN record USING (rid)
         WHERE standing = 'accepted' AND confirmed = 0 AND bytes IS NOT NULL"
    );
    let unsent = format!("{select} FROM change JOIN record USING (rid) WHERE standing <> 'accepted'");
    let (unconfirmed, one_whole) = read_both_ways(damaged, &unconfirmed, "change.rid");
    let (unsent, other_whole) = read_both_ways(damaged, &unsent, "pos");
    let mut saved = 0;
    for mut row in unconfirmed.into_values().chain(unsent.into_values()) {
        forget_unreadable_intent(CHANGE, &mut row[4..]);
        let (record, change) = row.split_at(4);
        fresh
            .prepare_cached(
                "INSERT INTO record (id, kind, version, place, heads, lifecycle, changed_at)
                 VALUES (?1, ?2, ?3, ?4, x'', 'live', 0) ON CONFLICT DO NOTHING",
            )?
            .execute(params_from_iter(record))?;
        let values = std::iter::once(&record[0]).chain(change);
        saved += fresh
            .prepare_cached(&format!(
                "INSERT INTO change (rid, waiting, {columns})
                 VALUES ((SELECT rid FROM record WHERE id = ?1), 1, {places})
                 ON CONFLICT DO NOTHING"
            ))?
            .execute(params_from_iter(values))?;
    }
    Ok((saved, one_whole && other_whole))
}

/// What was meant by an edit, where it cannot be read any more, must not keep the rest of its row from being read.
fn forget_unreadable_intent(columns: &[&str], row: &mut [Value]) {
    let intent = columns.iter().position(|column| *column == "intent").and_then(|at| row.get_mut(at));
    if let Some(intent) = intent {
        let readable = matches!(intent, Value::Text(text) if read_intent(text).is_ok());
        if !readable {
            *intent = Value::Null;
        }
    }
}

/// Reads rows in ascending order of `key` until the end or the damage, then in descending order likewise; says
/// whether the end was reached. Rows keep their order in the answer.
fn read_both_ways(db: &Connection, sql: &str, key: &str) -> (BTreeMap<(u8, i64), Vec<Value>>, bool) {
    let mut rows = BTreeMap::new();
    let forwards = read(db, &format!("{sql} ORDER BY {key}"), |at, row| {
        rows.insert((0, at), row);
    });
    if forwards.is_ok() {
        return (rows, true);
    }
    let seen = rows.clone();
    let _ = read(db, &format!("{sql} ORDER BY {key} DESC"), |at, row| {
        if !seen.values().any(|known| *known == row) {
            rows.insert((1, -at), row);
        }
    });
    (rows, false)
}

fn read(db: &Connection, sql: &str, mut take: impl FnMut(i64, Vec<Value>)) -> Result<(), StoreError> {
    let mut statement = db.prepare(sql)?;
    let width = statement.column_count();
    let mut rows = statement.query([])?;
    let mut at = 0;
    while let Some(row) = rows.next()? {
        let values = (0..width).map(|column| row.get(column)).collect::<Result<_, _>>()?;
        take(at, values);
        at += 1;
    }
    Ok(())
}

fn insert(fresh: &Db, table: &str, columns: &[&str], row: &[Value]) -> Result<usize, StoreError> {
    let places: Vec<_> = (1..=columns.len()).map(|number| format!("?{number}")).collect();
    let sql = format!(
        "INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT DO NOTHING",
        columns.join(", "),
        places.join(", ")
    );
    // A row that fits no longer (a photo's use without its photo) is worth nothing by itself.
    match fresh.prepare_cached(&sql)?.execute(params_from_iter(row)) {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => Ok(0),
        saved => Ok(saved?),
    }
}
