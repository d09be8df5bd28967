//! The library linked for phones, on a machine without Google's NDK: docs/adr/0017.
//!
//! SQLCipher is the one Zetetic builds for Android, which an app gets in an archive of its own. Zig's C compiler makes what C is
//! left and the unwinder, the linker of the Rust toolchain links it, and what a phone has of its own stands in as libraries of
//! empty functions: the names in `android-26.txt`, and no others.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::bill::Foreign;
use super::{android, built, empty, folder as staging};
use crate::{setup, sh, sqlcipher};

/// A kind of phone: what Android, Rust and Zig call it.
#[derive(Clone, Copy)]
pub struct Phone {
    pub abi: &'static str,
    target: &'static str,
    /// With musl, whose headers are those of Zig's that come nearest.
    zig: &'static str,
}

/// Phones of today.
pub const PHONES: [Phone; 1] =
    [Phone { abi: "arm64-v8a", target: "aarch64-linux-android", zig: "aarch64-linux-musl" }];

/// What of Android 8 the library asks for: `c abort`, a line for each.
const OFFERED: &str = include_str!("android-26.txt");
/// LLVM's, as Zig brings it in source; the NDK's is the same.
const UNWINDER: [&str; 5] = [
    "libunwind.cpp",
    "UnwindLevel1.c",
    "UnwindLevel1-gcc-ext.c",
    "UnwindRegistersRestore.S",
    "UnwindRegistersSave.S",
];

/// How carefully a library is compiled; it is linked and inspected either way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The tests', which shares most of its work with the rest of them.
    Dev,
    /// What ships.
    Phone,
}

impl Profile {
    /// What cargo calls it, and the folder it builds into.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Profile::Dev => ("dev", "debug"),
            Profile::Phone => ("phone", "phone"),
        }
    }
}

/// A library for a kind of phone, and apart from it the names of its functions, by which a crash is read.
pub struct Linked {
    pub abi: &'static str,
    pub library: PathBuf,
    pub symbols: PathBuf,
}

/// What Android calls the phones of a Rust target.
pub fn abi(target: &str) -> Option<&'static str> {
    PHONES.iter().find(|phone| phone.target == target).map(|phone| phone.abi)
}

/// Links the library for phones of today as it ships, inspects and measures it.
pub fn check() -> Result<()> {
    for linked in link(&PHONES, Profile::Phone)? {
        let size = fs::metadata(&linked.library)?.len();
        println!("packages: the library links for {}: {:.2} MB", linked.abi, size as f64 / 1e6);
    }
    Ok(())
}

/// What is linked into a phone's library and no crate.
pub fn unwinder() -> Result<Foreign> {
    Ok(Foreign {
        name: "libunwind",
        // Zig brings LLVM's without saying which it is.
        version: setup::ZIG,
        licence: "Apache-2.0 WITH LLVM-exception",
        file: unwinder_source()?.join("LICENSE.TXT"),
    })
}

fn unwinder_source() -> Result<PathBuf> {
    Ok(setup::zig_program()?.with_file_name("lib").join("libunwind"))
}

/// Links what a check packages: for phones of today, as the tests compile it or, in the long tier, as it ships.
pub fn link_for_check(full: bool) -> Result<Vec<Linked>> {
    link(&PHONES, if full { Profile::Phone } else { Profile::Dev })
}

/// Links the library for these phones, and inspects it.
pub fn link(phones: &[Phone], profile: Profile) -> Result<Vec<Linked>> {
    setup::zig()?;
    phones
        .iter()
        .map(|phone| {
            let how = if profile == Profile::Phone { " for release (some minutes)" } else { "" };
            println!("packages: linking the library for {}{how}", phone.abi);
            phone.link(profile).with_context(|| format!("the library for {}", phone.abi))
        })
        .collect()
}

impl Phone {
    fn link(&self, profile: Profile) -> Result<Linked> {
        let (name, built_in) = profile.names();
        let folder = empty(staging().join("phone").join(self.abi).join(name))?;
        let tools = self.write_tools(&folder)?;
        tools.write_libraries()?;
        tools.write_unwinder()?;
        sh::run(Command::new("rustup").args(["target", "add", self.target]).current_dir(sh::repo()))?;
        sqlcipher::ensure(self.target)?;
        let mut cargo = sh::cargo();
        cargo.args(["rustc", "--profile", name, "-p", "butler-ffi", "--lib", "--crate-type", "cdylib"]);
        cargo.args(["--target", self.target, "--", "-Cstrip=none", "-Clinker-flavor=ld.lld"]);
        cargo.arg(format!("-Clinker={}", tools.linker.display())).arg(format!("-L{}", folder.display()));
        // What nobody offers is an error here, as it would be on the phone.
        cargo.args(["-Clink-arg=-z", "-Clink-arg=defs"]);
        // By it the symbols of a library are found; the NDK's compiler asks for one itself.
        cargo.arg("-Clink-arg=--build-id=sha1");
        let of_target = |name: &str| format!("{name}_{}", self.target.replace('-', "_"));
        cargo.env(of_target("CC"), &tools.compiler).env(of_target("AR"), &tools.archiver);
        sh::run(&mut cargo)?;
        let linked = self.split(&built().join(self.target).join(built_in).join(android::LIBRARY), &folder)?;
        android::inspect(&linked.library, self.abi, profile == Profile::Phone)?;
        Ok(linked)
    }

    /// Compiler, archiver and linker as programs that cargo can be told of.
    fn write_tools(&self, folder: &Path) -> Result<Tools> {
        let zig = setup::zig_program()?;
        let zig = zig.display();
        // Where `errno` lies is called otherwise on Android.
        let compiler = format!(
            "#!/bin/sh\nfor word; do\n  shift\n  case $word in --target=*) ;; *) set -- \"$@\" \"$word\" ;; esac\ndone\n\
             exec {zig} cc -target {} -D__errno_location=__errno -fno-builtin-bcmp -g0 \"$@\"\n",
            self.zig
        );
        // What is said to a C compiler for its linker, said to the linker.
        let linker = format!(
            "#!/bin/sh\nfor word; do\n  shift\n  case $word in\n  -Wl,*) IFS=,; set -- \"$@\" ${{word#-Wl,}}; unset IFS ;;\n  \
             *) set -- \"$@\" \"$word\" ;;\n  esac\ndone\nexec {} \"$@\"\n",
            of_rust("rust-lld")?.display()
        );
        let write = |name: &str, text: &str| write_program(folder.join(name), text);
        Ok(Tools {
            folder: folder.to_owned(),
            compiler: write("cc", &compiler)?,
            archiver: write("ar", &format!("#!/bin/sh\nexec {zig} ar \"$@\"\n"))?,
            linker: write("ld", &linker)?,
        })
    }

    /// Parts what a phone loads from what tells what a crash in it means.
    fn split(&self, linked: &Path, folder: &Path) -> Result<Linked> {
        let (library, symbols) =
            (folder.join(android::LIBRARY), folder.join(format!("{}.sym", android::LIBRARY)));
        for (part, to) in [("--strip-all", &library), ("--only-keep-debug", &symbols)] {
            let mut copy = Command::new(of_rust("rust-objcopy")?);
            // It is linked against the compiler's own LLVM.
            copy.env("LD_LIBRARY_PATH", sh::sysroot()?.join("lib"));
            sh::run(copy.arg(part).arg(linked).arg(to))?;
        }
        Ok(Linked { abi: self.abi, library, symbols })
    }
}

struct Tools {
    /// Where they lie, and what they make.
    folder: PathBuf,
    compiler: PathBuf,
    archiver: PathBuf,
    linker: PathBuf,
}

impl Tools {
    fn compile(&self, source: &Path, words: &[&str]) -> Result<PathBuf> {
        let name = source.file_name().context("a source has no name")?;
        let object = self.folder.join(name).with_extension("o");
        let mut compile = Command::new(&self.compiler);
        sh::run(compile.args(["-c", "-fPIC"]).args(words).arg(source).arg("-o").arg(&object))?;
        Ok(object)
    }

    /// What a phone brings, as libraries of empty functions.
    fn write_libraries(&self) -> Result<()> {
        for (library, names) in offered(OFFERED) {
            let source = self.folder.join(format!("{library}.c"));
            let mut text = String::new();
            for name in names {
                // Writing to a String cannot fail. The compiler knows some of them, and that they are otherwise.
                let _ = writeln!(text, "void {name}(void) {{}}");
            }
            fs::write(&source, text)?;
            let object = self.compile(&source, &["-fno-builtin", "-w"])?;
            let file = format!("lib{library}.so");
            let mut link = Command::new(&self.linker);
            link.args(["-flavor", "gnu", "-shared", "-soname", &file, "-o"]).arg(self.folder.join(&file));
            sh::run(link.arg(&object))?;
        }
        Ok(())
    }

    /// What carries a panic to where it is caught. It is linked into the library, and nothing of it is handed on.
    fn write_unwinder(&self) -> Result<()> {
        let source = unwinder_source()?;
        let include = format!("-I{}", source.join("include").display());
        let words =
            ["-O2", "-DNDEBUG", "-D_LIBUNWIND_IS_NATIVE_ONLY", "-funwind-tables", "-nostdinc++", &include];
        let mut archive = Command::new(&self.archiver);
        archive.arg("rcs").arg(self.folder.join("libunwind.a"));
        for name in UNWINDER {
            let file = source.join("src").join(name);
            let of_cpp: &[&str] = if name.ends_with("cpp") { &["-fno-exceptions", "-fno-rtti"] } else { &[] };
            archive.arg(self.compile(&file, &[&words[..], of_cpp].concat())?);
        }
        sh::run(&mut archive)
    }
}

fn write_program(file: PathBuf, text: &str) -> Result<PathBuf> {
    fs::write(&file, text).with_context(|| format!("failed to write {}", file.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    }
    Ok(file)
}

/// A program that comes with Rust. Which of its four the linker is to be, it is told in the first two words.
fn of_rust(name: &str) -> Result<PathBuf> {
    let program = sh::sysroot()?.join("lib/rustlib").join(sh::host()?).join("bin").join(name);
    ensure!(program.is_file(), "this Rust toolchain has no {}", program.display());
    Ok(program)
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
        assert_eq!(libraries, ["c", "dl", "log", "m"]);
        for (_, names) in all {
            assert!(names.is_sorted_by(|one, other| one < other), "{names:?}");
        }
    }
}
