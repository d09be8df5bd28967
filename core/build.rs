//! Links the SQLCipher that `cargo xtask setup` built for this target, and embeds the playbooks.
//!
//! libsqlite3-sys is deliberately left asking for just any `sqlcipher`: told where it is, it would
//! be the first to notice that nothing is there, and rustc's words for that help nobody. This way
//! the one thing that can fail before setup is this script, and it says what to run.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    embed_playbooks()?;
    link_sqlcipher();
    Ok(())
}

fn link_sqlcipher() {
    let target = env::var("TARGET").unwrap_or_default();
    let host = env::var("HOST").unwrap_or_default();
    // An Android app brings SQLCipher as a library of its own, beside ours: docs/adr/0017. Elsewhere it is bundled, so that the
    // static library an iOS app links carries it too.
    let (kind, file) =
        if target.contains("android") { ("dylib", "libsqlcipher.so") } else { ("static", "libsqlcipher.a") };
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/sqlcipher").join(&target);
    let library = dir.join(file);
    println!("cargo::rerun-if-changed={}", library.display());
    if !library.is_file() {
        let argument = if target == host { String::new() } else { format!(" --target {target}") };
        println!("cargo::error=the encrypted database library for {target} is not built yet");
        println!("cargo::error=run this once, then try again: cargo xtask setup{argument}");
        process::exit(1);
    }
    println!("cargo::rustc-link-search=native={}", dir.display());
    println!("cargo::rustc-link-lib={kind}=sqlcipher");
}

/// Packs every file below `playbooks/` into one, with a table of their names and lengths, so that a procedure is added by
/// adding a file: no list to keep, no procedure's name in Rust. Text packs to a fifth, and a phone carries it.
fn embed_playbooks() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let (mut texts, mut table) = (String::new(), String::from("&[\n"));
    for file in &files {
        let name = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(file)?;
        // Writing to a String cannot fail.
        let _ = writeln!(table, "    ({name:?}, {}),", text.len());
        texts.push_str(&text);
    }
    table.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("playbooks.zst"), zstd::bulk::compress(texts.as_bytes(), PACKING)?)?;
    fs::write(out.join("playbooks.rs"), table)
}

/// How hard it is tried to make the packed playbooks small: done once for each build, read at the same speed.
const PACKING: i32 = 19;

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
