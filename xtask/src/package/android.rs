//! The Android archive: the classes, R8's rules, and a library for each kind of phone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::bill::Bill;
use super::phone::{Linked, PHONES};
use super::{archive, copy, empty, folder, version};
use crate::sh;

pub const LIBRARY: &str = "libbutler_ffi.so";
/// How large a library for the phones of today may be, in bytes: what was reached, and a twentieth (docs/performance.md).
const LARGEST: u64 = 12_400_000;
/// What it may need: what every Android has, and the database, which is in an archive of its own.
const NEEDED: [&str; 5] = ["libc.so", "libdl.so", "liblog.so", "libm.so", "libsqlcipher.so"];

/// The archive around these classes and libraries.
pub fn archive_of(classes: &Path, libraries: &[Linked], bill: &Bill) -> Result<PathBuf> {
    let parts = empty(folder().join("aar"))?;
    let source = sh::repo().join("bindings/kotlin/android");
    for name in ["AndroidManifest.xml", "proguard.txt"] {
        copy(&source.join(name), &parts.join(name))?;
    }
    bill.write_licences(&parts)?;
    copy(classes, &parts.join("classes.jar"))?;
    // It brings no resources, and says so.
    fs::write(parts.join("R.txt"), "")?;
    for linked in libraries {
        copy(&linked.library, &parts.join("jni").join(linked.abi).join(LIBRARY))?;
    }
    let file = folder().join(format!("butler-android-{}.aar", version()));
    if file.exists() {
        fs::remove_file(&file)?;
    }
    archive(&file, &[&parts])?;
    Ok(file)
}

/// The symbols of libraries, as Google's store and readers of crashes take them: an archive with a folder for each kind of phone.
pub fn archive_of_symbols(libraries: &[Linked]) -> Result<PathBuf> {
    let parts = empty(folder().join("symbols"))?;
    for linked in libraries {
        copy(&linked.symbols, &parts.join(linked.abi).join(format!("{LIBRARY}.sym")))?;
    }
    let file = folder().join(format!("butler-android-{}-symbols.zip", version()));
    if file.exists() {
        fs::remove_file(&file)?;
    }
    archive(&file, &[&parts])?;
    Ok(file)
}

/// Refuses a library no phone would load, one that hands on more than it should, and, of one that ships, what has grown too large.
pub fn inspect(library: &Path, abi: &str, ships: bool) -> Result<()> {
    let mut read = Command::new("readelf");
    read.args(["--wide", "--dynamic", "--segments", "--sections", "--dyn-syms", "--notes"]);
    let said = sh::output(read.arg(library))?;
    let mut problems = problems(&said);
    let size = fs::metadata(library)?.len();
    if ships && abi == PHONES[0].abi && size > LARGEST {
        problems.push(format!("has {size} bytes, of which {LARGEST} are allowed (docs/performance.md)"));
    }
    if !problems.is_empty() {
        bail!("{}: {}", library.display(), problems.join("; "));
    }
    Ok(())
}

/// What is wrong with a library, as readelf shows it.
fn problems(said: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let named =
        |line: &str| line.split_once('[').and_then(|(_, rest)| Some(rest.split_once(']')?.0.to_owned()));
    for needed in said.lines().filter(|line| line.contains("(NEEDED)")).filter_map(named) {
        if !NEEDED.contains(&needed.as_str()) {
            problems.push(format!("needs {needed}, which no phone has"));
        }
    }
    problems.extend(exported(said).filter(|name| !is_uniffi(name)).map(|name| format!("exports {name}")));
    if said.contains("(RUNPATH)") || said.contains("(RPATH)") {
        problems.push("looks for libraries in a folder of the machine it was built on".into());
    }
    for (lacking, why) in [
        ("GNU_EH_FRAME", "has no table of frames, without which a panic ends the app"),
        ("NT_GNU_BUILD_ID", "has no build id, by which its symbols are found"),
    ] {
        if !said.contains(lacking) {
            problems.push(why.into());
        }
    }
    if said.contains(" .symtab ") || said.contains(" .debug_") {
        problems.push("carries its symbols, which belong into an archive of their own".into());
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
        "  [ 5] .dynsym           DYNSYM          0000000000000300 000300 000a80 18   A  9   1  8
  LOAD           0x000000 0x0000000000000000 0x0000000000000000 0x1f2b30 0x1f2b30 R E 0x4000
  GNU_EH_FRAME   0x2b1a40 0x00000000002b1a40 0x00000000002b1a40 0x031d4c 0x031d4c R   0x4
 0x0000000000000001 (NEEDED)             Shared library: [liblog.so]
 0x0000000000000001 (NEEDED)             Shared library: [libsqlcipher.so]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so]
  GNU                  0x00000014\tNT_GNU_BUILD_ID (unique build ID bitstring)
";

    #[test]
    fn a_library_for_a_phone_is_told_from_one_for_a_desk() {
        assert_eq!(problems(GOOD), Vec::<String>::new());
        let glibc = GOOD.replace("libc.so", "libc.so.6");
        assert_eq!(problems(&glibc), ["needs libc.so.6, which no phone has"]);
        assert_eq!(problems(&GOOD.replace("0x4000", "0x1000")).len(), 1);
        let symbol =
            |name: &str| format!("{GOOD}    12: 0000000000218c10   120 FUNC    GLOBAL DEFAULT   13 {name}\n");
        assert_eq!(problems(&symbol("uniffi_butler_ffi_fn_init")), Vec::<String>::new());
        assert_eq!(problems(&symbol("sqlite3_open")), ["exports sqlite3_open"]);
        let path = format!("{GOOD} 0x1d (RUNPATH) Library runpath: [/home]\n");
        assert_eq!(problems(&path).len(), 1);
        let unstripped =
            format!("{GOOD}  [29] .symtab           SYMTAB          0000000000000000 000300 000a80 18 \n");
        assert_eq!(problems(&unstripped), ["carries its symbols, which belong into an archive of their own"]);
        assert_eq!(problems(&GOOD.replace("GNU_EH_FRAME", "GNU_STACK")).len(), 1);
        assert_eq!(problems(&GOOD.replace("NT_GNU_BUILD_ID", "NT_VERSION")).len(), 1);
    }
}
