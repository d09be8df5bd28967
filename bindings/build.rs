//! How the library is laid out for Android, whose linker is LLVM's; elsewhere the linker is told nothing.

use std::env;

const LAYOUT: [&str; 2] = [
    // Newer phones have pages of 16 KB.
    "-z,max-page-size=16384",
    // What is moved when the library is loaded is told in a tenth of the bytes; Android 6 and newer read it.
    "--pack-dyn-relocs=android",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "android") {
        for argument in LAYOUT {
            println!("cargo::rustc-link-arg-cdylib=-Wl,{argument}");
        }
    }
}
