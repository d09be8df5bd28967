//! The linked SQLite really is SQLCipher: plain SQLite accepts `PRAGMA key` and writes plaintext.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use rusqlite::Connection;

const KEY: &str = "PRAGMA key = \"x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'\"";
const WRONG: &str = "PRAGMA key = \"x'ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'\"";

fn text(db: &Connection, sql: &str) -> String {
    db.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn it_is_sqlcipher_with_libtomcrypt() {
    let db = Connection::open_in_memory().unwrap();
    assert_eq!(text(&db, "PRAGMA cipher_version").split('.').next(), Some("4"));
    db.execute_batch(KEY).unwrap();
    assert_eq!(text(&db, "PRAGMA cipher_provider"), "libtomcrypt");
}

#[test]
fn only_the_key_reads_what_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.db");
    {
        let db = Connection::open(&path).unwrap();
        db.execute_batch(KEY).unwrap();
        assert_eq!(text(&db, "PRAGMA journal_mode = WAL"), "wal");
        db.execute_batch("CREATE TABLE t (v TEXT) STRICT; INSERT INTO t VALUES ('单女士住在十二栋');")
            .unwrap();
    }
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.starts_with(b"SQLite format 3"));
    assert!(!bytes.windows("单女士".len()).any(|w| w == "单女士".as_bytes()));

    for keyless in ["", WRONG] {
        let db = Connection::open(&path).unwrap();
        db.execute_batch(keyless).unwrap();
        let error = db.query_row("SELECT v FROM t", [], |row| row.get::<_, String>(0)).unwrap_err();
        assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::NotADatabase), "{error}");
    }

    let db = Connection::open(&path).unwrap();
    db.execute_batch(KEY).unwrap();
    assert_eq!(text(&db, "SELECT v FROM t"), "单女士住在十二栋");
    assert_eq!(text(&db, "PRAGMA integrity_check"), "ok");
}

#[test]
fn search_json_and_page_statistics_are_compiled_in() {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(
        "CREATE VIRTUAL TABLE names USING fts5(name, tokenize = 'unicode61');
         INSERT INTO names (names, rank) VALUES ('secure-delete', 1);
         INSERT INTO names (name) VALUES ('张 三'), ('李 四');",
    )
    .unwrap();
    assert_eq!(text(&db, "SELECT name FROM names WHERE names MATCH '\"张 三\"'"), "张 三");
    assert_eq!(text(&db, "SELECT json_extract('{\"a\":\"b\"}', '$.a')"), "b");
    assert_eq!(text(&db, "SELECT CAST(count(*) > 0 AS TEXT) FROM dbstat"), "1");
}
