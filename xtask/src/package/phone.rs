//! The proof that the library links for a phone, and how large it is there, on a machine without Google's NDK.
//!
//! Zig's C compiler makes the C of it, the linker of the Rust toolchain links it, and what a phone has of its own stands in
//! as libraries of empty functions: the names in `android-26.txt`, and no others. What comes out is inspected and measured,
//! and never shipped or run: docs/adr/0017.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::android;
use crate::sqlcipher::{self, Tools};
use crate::{bindings, setup, sh};

const TARGET: &str = "aarch64-linux-android";
const ABI: &str = "arm64-v8a";
/// What Android 8 offers of what the library asks for: `libc.so abort`, a line for each.
const OFFERED: &str = include_str!("android-26.txt");
/// Part of the NDK, and linked into the library.
const UNWINDER: &str = "unwind";

/// Links the library for a phone, inspects and measures it.
pub fn check() -> Result<()> {
    setup::zig()?;
    let folder = bindings::target().join("proof");
    let tools = write_tools(&folder)?;
    write_libraries(&folder, &tools)?;
    sh::run(Command::new("rustup").args(["target", "add", TARGET]).current_dir(sh::repo()))?;
    let database = folder.join("sqlcipher");
    sqlcipher::ensure_with(TARGET, &database, Some(&tools))?;
    println!("packages: linking the library for a phone (some minutes)");
    let mut cargo = sh::cargo();
    cargo.args(["rustc", "--profile", "phone", "-p", "butler-ffi", "--lib", "--crate-type", "cdylib"]);
    cargo.args(["--target", TARGET, "--", "-Cstrip=symbols", "-Clinker-flavor=ld.lld"]);
    cargo.arg(format!("-Clinker={}", folder.join("ld").display())).arg(format!("-L{}", folder.display()));
    cargo.env("CARGO_TARGET_DIR", &folder).env("BUTLER_SQLCIPHER", &database);
    let of_target = |name: &str| format!("{name}_{}", TARGET.replace('-', "_"));
    cargo.env(of_target("CC"), &tools.compiler).env(of_target("AR"), &tools.archiver);
    sh::run(&mut cargo).context("the library for a phone")?;
    let library = folder.join(TARGET).join("phone").join(android::LIBRARY);
    android::inspect(&library, ABI)?;
    let size = fs::metadata(&library)?.len();
    println!("packages: the library links for {ABI}: {:.2} MB", size as f64 / 1e6);
    Ok(())
}

/// Compiler, archiver and linker as programs that cargo can be told of.
fn write_tools(folder: &Path) -> Result<Tools> {
    fs::create_dir_all(folder).with_context(|| format!("failed to create {}", folder.display()))?;
    let zig = setup::zig_program()?;
    let zig = zig.display();
    // Musl's headers are those of Zig that come nearest; where `errno` lies is called otherwise on Android.
    let compiler = format!(
        "#!/bin/sh\nfor word; do\n  shift\n  case $word in --target=*) ;; *) set -- \"$@\" \"$word\" ;; esac\ndone\n\
         exec {zig} cc -target aarch64-linux-musl -D__errno_location=__errno -fno-builtin-bcmp -g0 \"$@\"\n"
    );
    // What is said to a C compiler for its linker, said to the linker.
    let linker = format!(
        "#!/bin/sh\nfor word; do\n  shift\n  case $word in\n  -Wl,*) IFS=,; set -- \"$@\" ${{word#-Wl,}}; unset IFS ;;\n  \
         *) set -- \"$@\" \"$word\" ;;\n  esac\ndone\nexec {} \"$@\"\n",
        lld()?.display()
    );
    write_program(&folder.join("ld"), &linker)?;
    let tools = Tools { compiler: folder.join("cc"), archiver: folder.join("ar") };
    write_program(&tools.compiler, &compiler)?;
    write_program(&tools.archiver, &format!("#!/bin/sh\nexec {zig} ar \"$@\"\n"))?;
    Ok(tools)
}

fn write_program(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("failed to write {}", file.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(file, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// The linker that comes with Rust; which of its four it is to be, it is told in the first two words.
fn lld() -> Result<PathBuf> {
    let toolchain = sh::output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(sh::repo()))?;
    let lld = Path::new(toolchain.trim()).join("lib/rustlib").join(sh::host()?).join("bin/rust-lld");
    ensure!(lld.is_file(), "this Rust toolchain has no {}", lld.display());
    Ok(lld)
}

/// What a phone brings, as libraries of empty functions.
fn write_libraries(folder: &Path, tools: &Tools) -> Result<()> {
    for (library, names) in offered(OFFERED) {
        let (source, object) = (folder.join(format!("{library}.c")), folder.join(format!("lib{library}.o")));
        let mut text = String::new();
        for name in names {
            // Writing to a String cannot fail. The compiler knows some of them, and that they are otherwise.
            let _ = writeln!(text, "void {name}(void) {{}}");
        }
        fs::write(&source, text)?;
        let mut compile = Command::new(&tools.compiler);
        compile.args(["-c", "-fPIC", "-fno-builtin", "-w"]).arg(&source).arg("-o").arg(&object);
        sh::run(&mut compile)?;
        let (mut link, file) = if library == UNWINDER {
            let file = folder.join(format!("lib{library}.a"));
            (Command::new(&tools.archiver), file)
        } else {
            (Command::new(folder.join("ld")), folder.join(format!("lib{library}.so")))
        };
        if library == UNWINDER {
            link.arg("rcs").arg(&file);
        } else {
            link.args(["-flavor", "gnu", "-shared", "-soname", &format!("lib{library}.so"), "-o"]).arg(&file);
        }
        sh::run(link.arg(&object))?;
    }
    Ok(())
}

/// Libraries with what they offer, in the order of the list.
fn offered(list: &str) -> Vec<(&str, Vec<&str>)> {
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let Some((library, name)) = line.split_once(' ') else { continue };
        match all.last_mut() {
            Some((last, names)) if *last == library => names.push(name),
            _ => all.push((library, vec![name])),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_each_function_once_under_its_library() {
        let all = offered(OFFERED);
        let libraries: Vec<&str> = all.iter().map(|(library, _)| *library).collect();
        assert_eq!(libraries, ["c", "dl", "log", "m", UNWINDER]);
        for (_, names) in all {
            assert!(names.is_sorted_by(|one, other| one < other), "{names:?}");
        }
    }
}
