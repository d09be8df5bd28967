//! Links the SQLCipher that `cargo xtask setup` built for this target.
//!
//! libsqlite3-sys is deliberately left asking for just any `sqlcipher`: told where it is, it would
//! be the first to notice that nothing is there, and rustc's words for that help nobody. This way
//! the one thing that can fail before setup is this script, and it says what to run.

use std::path::Path;
use std::{env, process};

fn main() {
    let target = env::var("TARGET").unwrap_or_default();
    let host = env::var("HOST").unwrap_or_default();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/sqlcipher").join(&target);
    let library = dir.join("libsqlcipher.a");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", library.display());
    if !library.is_file() {
        let argument = if target == host { String::new() } else { format!(" --target {target}") };
        println!("cargo::error=the encrypted database library for {target} is not built yet");
        println!("cargo::error=run this once, then try again: cargo xtask setup{argument}");
        process::exit(1);
    }
    println!("cargo::rustc-link-search=native={}", dir.display());
    // Bundled, so that the static library an iOS app links carries it too.
    println!("cargo::rustc-link-lib=static=sqlcipher");
}
