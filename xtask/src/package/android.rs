//! The Android archive: the classes, R8's rules, and a library for each phone there is one for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::bill::Bill;
use super::{archive, copy, empty, folder, version};
use crate::{bindings, sh};

/// Phones of today, the emulator, and 32-bit phones.
const ABIS: [&str; 3] = ["arm64-v8a", "x86_64", "armeabi-v7a"];
pub const LIBRARY: &str = "libbutler_ffi.so";
/// How large a library for the phones of today may be, in bytes: what was reached, and a twentieth (docs/performance.md).
const LARGEST: u64 = 12_400_000;
/// What every Android has, and nothing else.
const SYSTEM: [&str; 4] = ["libc.so", "libdl.so", "liblog.so", "libm.so"];

/// The archive around these classes. The libraries are those `cargo ndk -o target/jniLibs` has left.
pub fn archive_of(classes: &Path, bill: &Bill) -> Result<PathBuf> {
    let parts = empty(folder().join("aar"))?;
    let source = sh::repo().join("bindings/kotlin/android");
    for name in ["AndroidManifest.xml", "proguard.txt"] {
        copy(&source.join(name), &parts.join(name))?;
    }
    bill.write_licences(&parts)?;
    copy(classes, &parts.join("classes.jar"))?;
    // It brings no resources, and says so.
    fs::write(parts.join("R.txt"), "")?;
    let mut absent = Vec::new();
    for abi in ABIS {
        let library = bindings::target().join("jniLibs").join(abi).join(LIBRARY);
        if library.is_file() {
            inspect(&library, abi)?;
            copy(&library, &parts.join("jni").join(abi).join(LIBRARY))?;
        } else {
            absent.push(abi);
        }
    }
    if !absent.is_empty() {
        println!(
            "packages: butler-android has no library for {}; `cargo ndk` puts them into target/jniLibs (docs/building.md)",
            absent.join(", ")
        );
    }
    let file = folder().join(format!("butler-android-{}.aar", version()));
    if file.exists() {
        fs::remove_file(&file)?;
    }
    archive(&file, &[&parts])?;
    Ok(file)
}

/// Refuses a library no phone would load, one that hands on more than it should, and one that has grown too large.
pub fn inspect(library: &Path, abi: &str) -> Result<()> {
    let mut read = Command::new("readelf");
    let said = sh::output(read.args(["--wide", "--dynamic", "--segments", "--dyn-syms"]).arg(library))?;
    let mut problems = problems(&said, abi);
    let size = fs::metadata(library)?.len();
    if abi == ABIS[0] && size > LARGEST {
        problems.push(format!("has {size} bytes, of which {LARGEST} are allowed (docs/performance.md)"));
    }
    if !problems.is_empty() {
        bail!("{}: {}", library.display(), problems.join("; "));
    }
    Ok(())
}

/// What is wrong with a library, as readelf shows it.
fn problems(said: &str, abi: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let named =
        |line: &str| line.split_once('[').and_then(|(_, rest)| Some(rest.split_once(']')?.0.to_owned()));
    for needed in said.lines().filter(|line| line.contains("(NEEDED)")).filter_map(named) {
        // The database may come from an archive of its own.
        if !SYSTEM.contains(&needed.as_str()) && needed != "libsqlcipher.so" {
            problems.push(format!("needs {needed}, which no phone has"));
        }
    }
    problems.extend(exported(said).filter(|name| !is_uniffi(name)).map(|name| format!("exports {name}")));
    if said.contains("(RUNPATH)") || said.contains("(RPATH)") {
        problems.push("looks for libraries in a folder of the machine it was built on".into());
    }
    if !abi.contains("64") {
        return problems;
    }
    // Newer phones have pages of 16 KB.
    let loads = said.lines().filter(|line| line.trim_start().starts_with("LOAD"));
    for load in loads {
        let align = load.split_whitespace().last().and_then(|it| it.strip_prefix("0x"));
        if align.and_then(|it| u64::from_str_radix(it, 16).ok()).is_none_or(|align| align < 0x4000) {
            problems.push(format!("is not laid out for pages of 16 KB: {}", load.trim()));
        }
    }
    problems
}

/// What others can call, of the table of symbols: defined here, and seen from outside.
fn exported(said: &str) -> impl Iterator<Item = &str> {
    // `12: 0000000000218c10   120 FUNC    GLOBAL DEFAULT   13 ffi_butler_ffi_rustbuffer_alloc`
    said.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, _, _, _, "GLOBAL" | "WEAK", "DEFAULT", section, name] = words[..] else { return None };
        (section != "UND").then(|| name.split('@').next().unwrap_or(name))
    })
}

/// What the Kotlin half calls and reads; another library's copy of what we are made of must not be taken for ours.
fn is_uniffi(name: &str) -> bool {
    ["ffi_butler_", "uniffi_butler_", "UNIFFI_META_"].iter().any(|begin| name.starts_with(begin))
}

/// The names in an archive.
pub fn names(file: &Path) -> Result<Vec<String>> {
    let said = sh::output(Command::new("jar").arg("--list").arg("--file").arg(file));
    Ok(said
        .with_context(|| format!("failed to read {}", file.display()))?
        .lines()
        .map(str::to_owned)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "  LOAD           0x000000 0x0000000000000000 0x0000000000000000 0x1f2b30 0x1f2b30 R E 0x4000
 0x0000000000000001 (NEEDED)             Shared library: [liblog.so]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so]
";

    #[test]
    fn a_library_for_a_phone_is_told_from_one_for_a_desk() {
        assert_eq!(problems(GOOD, "arm64-v8a"), Vec::<String>::new());
        let glibc = GOOD.replace("libc.so", "libc.so.6");
        assert_eq!(problems(&glibc, "arm64-v8a"), ["needs libc.so.6, which no phone has"]);
        let small = GOOD.replace("0x4000", "0x1000");
        assert_eq!(problems(&small, "x86_64").len(), 1);
        assert_eq!(problems(&small, "armeabi-v7a"), Vec::<String>::new());
        let symbol =
            |name: &str| format!("{GOOD}    12: 0000000000218c10   120 FUNC    GLOBAL DEFAULT   13 {name}\n");
        assert_eq!(problems(&symbol("uniffi_butler_ffi_fn_init"), "arm64-v8a"), Vec::<String>::new());
        assert_eq!(problems(&symbol("sqlite3_open"), "arm64-v8a"), ["exports sqlite3_open"]);
        let path = format!("{GOOD} 0x1d (RUNPATH) Library runpath: [/home]\n");
        assert_eq!(problems(&path, "arm64-v8a").len(), 1);
    }
}
