//! Builds SQLCipher with libtomcrypt as one static library per target.
//!
//! Built ahead of cargo and kept in the checkout, so that neither every profile nor every target
//! folder compiles its nine megabytes of C again. `core/build.rs` links it; the reasons for
//! libtomcrypt are in `docs/adr/0003-sqlcipher-libtomcrypt.md`.

use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{fs, process};

use anyhow::{Context, Result};

use crate::sh;

/// What libsqlite3-sys sets for its own bundled build and this product has a use for.
const SQLITE: &[(&str, Option<&str>)] = &[
    ("SQLITE_CORE", None),
    ("SQLITE_DEFAULT_FOREIGN_KEYS", Some("1")),
    ("SQLITE_ENABLE_API_ARMOR", None),
    ("SQLITE_ENABLE_COLUMN_METADATA", None),
    ("SQLITE_ENABLE_DBSTAT_VTAB", None),
    ("SQLITE_ENABLE_FTS5", None),
    // Nobody reads SQLite's statistics of memory; keeping them takes a lock for every allocation.
    ("SQLITE_DEFAULT_MEMSTATUS", Some("0")),
    ("SQLITE_THREADSAFE", Some("1")),
    ("SQLITE_USE_URI", None),
    // Nothing here loads extensions, and a stolen phone should not offer to.
    ("SQLITE_OMIT_LOAD_EXTENSION", None),
    ("HAVE_USLEEP", Some("1")),
    ("HAVE_ISNAN", None),
    ("HAVE_STDINT_H", Some("1")),
    ("HAVE_LOCALTIME_R", None),
    ("_POSIX_THREAD_SAFE_FUNCTIONS", None),
    ("NDEBUG", None),
];

/// What makes it SQLCipher.
const SQLCIPHER: &[(&str, Option<&str>)] = &[
    ("SQLITE_HAS_CODEC", None),
    ("SQLITE_TEMP_STORE", Some("2")),
    ("SQLITE_EXTRA_INIT", Some("sqlcipher_extra_init")),
    ("SQLITE_EXTRA_SHUTDOWN", Some("sqlcipher_extra_shutdown")),
    ("SQLCIPHER_CRYPTO_LIBTOMCRYPT", None),
    // A wrong key is a typed error of ours; SQLCipher would also write it to stderr or logcat.
    ("SQLCIPHER_OMIT_DEFAULT_LOGGING", None),
];

/// The parts of libtomcrypt SQLCipher calls, and no others. SQLCipher and libtomcrypt must agree
/// on them: they decide the layout of structs both sides share.
const LIBTOMCRYPT: &[(&str, Option<&str>)] = &[
    ("LTC_NOTHING", None),
    ("LTC_NO_TEST", None),
    ("LTC_RIJNDAEL", None),
    ("LTC_CBC_MODE", None),
    ("LTC_SHA1", None),
    ("LTC_SHA256", None),
    ("LTC_SHA512", None),
    ("LTC_HASH_HELPERS", None),
    ("LTC_HMAC", None),
    ("LTC_PKCS_5", None),
    ("LTC_FORTUNA", None),
    ("LTC_RNG_GET_BYTES", None),
    ("LTC_DEVRANDOM", None),
    ("LTC_TRY_URANDOM_FIRST", None),
    // Two databases may be opened by two threads: the tables of ciphers need their locks.
    ("LTC_PTHREAD", None),
    // A wrong argument is an error to return, not a reason to abort somebody's phone.
    ("ARGTYPE", Some("4")),
];

/// Where `target`'s library is kept: in the checkout whatever `CARGO_TARGET_DIR` says, because
/// `core/build.rs` has to find it.
pub fn dir(target: &str) -> PathBuf {
    sh::repo().join("target/sqlcipher").join(target)
}

/// Builds the library for `target` unless the one already there was made from the same source
/// with the same flags.
pub fn ensure(target: &str) -> Result<()> {
    ensure_with(target, &dir(target), None)
}

/// What C is compiled with, where it is not the compiler that `cc` finds for the target.
pub struct Tools {
    pub compiler: PathBuf,
    pub archiver: PathBuf,
}

/// The same in a folder of its own, with these tools.
pub fn ensure_with(target: &str, dir: &Path, tools: Option<&Tools>) -> Result<()> {
    let host = sh::host()?;
    let stamp = stamp(target);
    if fs::read_to_string(dir.join("stamp")).is_ok_and(|old| old == stamp) && library(dir).is_file() {
        return Ok(());
    }
    let started = Instant::now();
    println!("SQLCipher for {target}: building {} (about a minute)", sqlcipher_src::SQLCIPHER_VERSION);
    let building = dir.with_extension(format!("building-{}", process::id()));
    let _ = fs::remove_dir_all(&building);
    fs::create_dir_all(&building).with_context(|| format!("failed to create {}", building.display()))?;
    if let Err(error) = build(target, &host, &building, tools) {
        let _ = fs::remove_dir_all(&building);
        return Err(error);
    }
    fs::write(building.join("stamp"), &stamp)?;
    let _ = fs::remove_dir_all(dir);
    fs::rename(&building, dir).with_context(|| format!("failed to write {}", dir.display()))?;
    println!("SQLCipher for {target}: built in {:.0} s", started.elapsed().as_secs_f32());
    Ok(())
}

fn library(dir: &Path) -> PathBuf {
    dir.join("libsqlcipher.a")
}

fn stamp(target: &str) -> String {
    format!(
        "sqlcipher {} sqlite {} libtomcrypt {} for {target}\n{SQLITE:?}\n{SQLCIPHER:?}\n{LIBTOMCRYPT:?}\n-O2 2\n",
        sqlcipher_src::SQLCIPHER_VERSION,
        sqlcipher_src::SQLITE_VERSION,
        sqlcipher_src::LIBTOMCRYPT_VERSION,
    )
}

fn build(target: &str, host: &str, out: &Path, tools: Option<&Tools>) -> Result<()> {
    let source = sqlcipher_src::source_dir();
    let compiler = |objects: &str| {
        let mut cc = cc::Build::new();
        cc.target(target)
            .host(host)
            .opt_level(2)
            .debug(false)
            .pic(true)
            .warnings(false)
            .cargo_metadata(false)
            .include(source.join(sqlcipher_src::LIBTOMCRYPT_INCLUDE_DIR))
            .out_dir(out.join(objects));
        if let Some(tools) = tools {
            cc.compiler(&tools.compiler).archiver(&tools.archiver);
        }
        for (name, value) in LIBTOMCRYPT {
            cc.define(name, *value);
        }
        cc
    };

    let mut tomcrypt = compiler("tomcrypt");
    tomcrypt.define("LTC_SOURCE", None);
    for file in sqlcipher_src::LIBTOMCRYPT_SOURCES {
        tomcrypt.file(source.join(file));
    }
    let tomcrypt = tomcrypt
        .try_compile_intermediates()
        .with_context(|| format!("failed to compile libtomcrypt for {target}"))?;

    let mut sqlcipher = compiler("sqlcipher");
    for (name, value) in SQLITE.iter().chain(SQLCIPHER) {
        sqlcipher.define(name, *value);
    }
    if !target.contains("apple") {
        // Apple's fdatasync is not what SQLite means by it.
        sqlcipher.define("HAVE_FDATASYNC", "1");
    }
    sqlcipher.file(source.join(sqlcipher_src::SOURCE_FILE));
    for object in tomcrypt {
        sqlcipher.object(object);
    }
    sqlcipher
        .try_compile("sqlcipher")
        .with_context(|| format!("failed to compile SQLCipher for {target}"))?;

    fs::rename(library(&out.join("sqlcipher")), library(out))?;
    fs::copy(source.join(sqlcipher_src::HEADER_FILE), out.join(sqlcipher_src::HEADER_FILE))?;
    fs::remove_dir_all(out.join("sqlcipher"))?;
    fs::remove_dir_all(out.join("tomcrypt"))?;
    Ok(())
}
