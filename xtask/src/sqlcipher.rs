//! Builds SQLCipher with libtomcrypt as one static library per target; for Android it is a library by itself, built by Zetetic.
//!
//! Built ahead of cargo and kept in the checkout, so that neither every profile nor every target
//! folder compiles its nine megabytes of C again. `core/build.rs` links it; the reasons for
//! libtomcrypt are in `docs/adr/0003-sqlcipher-libtomcrypt.md`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{fs, process};

use anyhow::{Context, Result};

use crate::package::phone;
use crate::{setup, sh};

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
/// with the same flags; fetches the one of an Android app.
pub fn ensure(target: &str) -> Result<()> {
    let dir = dir(target);
    if target.contains("android") {
        return fetch(target, &dir);
    }
    let host = sh::host()?;
    let stamp = stamp(target);
    if fs::read_to_string(dir.join("stamp")).is_ok_and(|old| old == stamp) && library(&dir).is_file() {
        return Ok(());
    }
    let started = Instant::now();
    println!("SQLCipher for {target}: building {} (about a minute)", sqlcipher_src::SQLCIPHER_VERSION);
    let building = dir.with_extension(format!("building-{}", process::id()));
    let _ = fs::remove_dir_all(&building);
    fs::create_dir_all(&building).with_context(|| format!("failed to create {}", building.display()))?;
    if let Err(error) = build(target, &host, &building) {
        let _ = fs::remove_dir_all(&building);
        return Err(error);
    }
    fs::write(building.join("stamp"), &stamp)?;
    let _ = fs::remove_dir_all(&dir);
    fs::rename(&building, &dir).with_context(|| format!("failed to write {}", dir.display()))?;
    println!("SQLCipher for {target}: built in {:.0} s", started.elapsed().as_secs_f32());
    Ok(())
}

/// Puts the library there that Zetetic built for Android, out of the archive that comes to an app with ours.
fn fetch(target: &str, dir: &Path) -> Result<()> {
    let abi = phone::abi(target).with_context(|| format!("no library is linked for {target}"))?;
    let version = android_version()?;
    let (stamp, library) = (dir.join("stamp"), dir.join("libsqlcipher.so"));
    if fs::read_to_string(&stamp).is_ok_and(|old| old == version) && library.is_file() {
        return Ok(());
    }
    setup::kotlin()?;
    let _ = fs::remove_dir_all(dir);
    fs::create_dir_all(dir).with_context(|| format!("failed to create {}", dir.display()))?;
    let mut maven = Command::new("mvn");
    maven.args(["-q", "-B", "-ntp", "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"]);
    maven.arg(format!("-Dartifact=net.zetetic:{ARCHIVE}:{version}:aar"));
    // Outside every project: what it is told is all there is.
    sh::run(maven.arg(format!("-DoutputDirectory={}", dir.display())).current_dir(dir))?;
    let (archive, inside) = (format!("{ARCHIVE}-{version}.aar"), format!("jni/{abi}/libsqlcipher.so"));
    sh::run(Command::new("jar").args(["--extract", "--file", &archive, &inside]).current_dir(dir))?;
    fs::rename(dir.join(inside), library)?;
    fs::remove_dir_all(dir.join("jni"))?;
    fs::remove_file(dir.join(archive))?;
    fs::write(stamp, version).with_context(|| format!("failed to write {}", dir.display()))
}

const ARCHIVE: &str = "sqlcipher-android";

/// The version our archive for Android asks for.
fn android_version() -> Result<String> {
    let pom = fs::read_to_string(sh::repo().join("bindings/kotlin/android/pom.xml"))?;
    let version = || {
        let (_, after) = pom.split_once(&format!("<artifactId>{ARCHIVE}</artifactId>"))?;
        Some(after.split_once("<version>")?.1.split_once('<')?.0.to_owned())
    };
    version().with_context(|| format!("the archive for Android does not ask for {ARCHIVE}"))
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

fn build(target: &str, host: &str, out: &Path) -> Result<()> {
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
