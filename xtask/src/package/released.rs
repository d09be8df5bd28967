//! What was promised with a release: its API, and a program compiled against it, which the packages of today still have to
//! run. They lie in `bindings/released/VERSION`, put there when VERSION is released; before the first there are none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::{copy, empty, version};
use crate::sh;

/// The newcomer's program as the release compiled it.
const PROGRAM: &str = "program.jar";
const KOTLIN: [&str; 2] = ["butler.api", "testing.api"];
const SWIFT: &str = "ButlerKit.txt";

/// A release whose apps the packages of this version have to go on serving.
pub struct Release {
    folder: PathBuf,
}

/// The newest release that this version promises to be compatible with, if there was one.
pub fn before() -> Result<Option<Release>> {
    let all = sh::repo().join("bindings/released");
    let mut releases: Vec<([u32; 3], PathBuf)> = Vec::new();
    for entry in fs::read_dir(all).into_iter().flatten() {
        let folder = entry?.path();
        if !folder.is_dir() {
            continue;
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let number = number(&name).with_context(|| format!("{} is no version", folder.display()))?;
        releases.push((number, folder));
    }
    let now = number(version()).context("the version is no version")?;
    releases.retain(|(release, _)| promises(now, *release));
    Ok(releases.into_iter().max().map(|(_, folder)| Release { folder }))
}

/// Writes down what this version promises: its API, and a program of these classes.
pub fn keep(classes: &Path) -> Result<()> {
    let folder = empty(sh::repo().join("bindings/released").join(version()))?;
    super::archive(&folder.join(PROGRAM), &[classes])?;
    for name in KOTLIN {
        copy(&api("kotlin", name), &folder.join(name))?;
    }
    copy(&api("swift", SWIFT), &folder.join(SWIFT))?;
    println!("packages: what {} promises is in {}", version(), folder.display());
    Ok(())
}

impl Release {
    /// The program its packages were compiled with.
    pub fn program(&self) -> PathBuf {
        self.folder.join(PROGRAM)
    }

    /// Nothing that an app of the release calls is gone from what Kotlin's packages offer.
    pub fn is_kept_by_kotlin(&self) -> Result<()> {
        let mut broken = Vec::new();
        for name in KOTLIN {
            let (then, now) = (read(&self.folder.join(name))?, read(&api("kotlin", name))?);
            broken.extend(broken_of(&then, &now));
        }
        self.holds(&broken)
    }

    /// The same of the Swift package, which is compiled with the app: what it names has to be there.
    pub fn is_kept_by_swift(&self) -> Result<()> {
        let (then, now) = (read(&self.folder.join(SWIFT))?, read(&api("swift", SWIFT))?);
        let now: BTreeSet<&str> = now.lines().collect();
        let gone = then.lines().filter(|line| !now.contains(line)).map(|line| format!("gone: {line}"));
        self.holds(&gone.collect::<Vec<_>>())
    }

    fn holds(&self, broken: &[String]) -> Result<()> {
        ensure!(
            broken.is_empty(),
            "version {} promises to serve the apps of {}, and does not:\n  {}",
            version(),
            self.folder.display(),
            broken.join("\n  ")
        );
        Ok(())
    }
}

fn api(language: &str, name: &str) -> PathBuf {
    sh::repo().join("bindings").join(language).join("api").join(name)
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("failed to read {}", file.display()))
}

fn number(version: &str) -> Option<[u32; 3]> {
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    parts.try_into().ok()
}

/// Whether a version is a promise to apps of an earlier one, as cargo and SwiftPM read numbers: before 1.0 the second breaks.
fn promises(now: [u32; 3], then: [u32; 3]) -> bool {
    let breaking = |of: [u32; 3]| if of[0] == 0 { (0, of[1]) } else { (of[0], 0) };
    then <= now && breaking(now) == breaking(then)
}

/// What classes compiled against one dump would miss in another, or be asked for.
fn broken_of(then: &str, now: &str) -> Vec<String> {
    let (then, now) = (classes(then), classes(now));
    let mut broken = Vec::new();
    for (name, (declared, members)) in &then {
        let Some((declared_now, members_now)) = now.get(name) else {
            broken.push(format!("gone: {name}"));
            continue;
        };
        if declared != declared_now {
            broken.push(format!("{declared}: is now {declared_now}"));
        }
        broken.extend(members.difference(members_now).map(|member| format!("{name}: gone: {member}")));
        // What apps implement. The interfaces that UniFFI writes of its objects end so, and are implemented by it.
        if declared.contains(" interface ") && !name.ends_with("Interface") {
            let asked = members_now.difference(members).filter(|member| member.contains(" abstract "));
            broken.extend(asked.map(|member| format!("{name}: asks of apps for: {member}")));
        }
    }
    broken
}

/// A dump of Kotlin's: a class by its name, how it is declared, and its members.
fn classes(dump: &str) -> BTreeMap<&str, (&str, BTreeSet<&str>)> {
    let mut classes: BTreeMap<&str, (&str, BTreeSet<&str>)> = BTreeMap::new();
    let mut open = "";
    for line in dump.lines() {
        if let Some(member) = line.strip_prefix('\t') {
            if let Some((_, members)) = classes.get_mut(open) {
                members.insert(member);
            }
        } else if let Some(declared) = line.strip_suffix(" {") {
            open = declared.split_once("class ").map_or(declared, |(_, rest)| rest);
            open = open.split_once(' ').map_or(open, |(name, _)| name);
            classes.insert(open, (declared, BTreeSet::new()));
        }
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEN: &str = "public abstract interface class butler/Transport {
\tpublic abstract fun send ([B)[B
}

public final class butler/Butler : java/lang/AutoCloseable {
\tpublic final fun me ()Lbutler/Me;
}
";

    #[test]
    fn what_comes_new_breaks_no_app() {
        let now = THEN.replace("me ()Lbutler/Me;\n", "me ()Lbutler/Me;\n\tpublic final fun you ()V\n");
        assert_eq!(broken_of(THEN, &format!("{now}\npublic final class butler/New {{\n}}\n")), [""; 0]);
    }

    #[test]
    fn what_an_app_calls_and_what_it_implements_stay() {
        let gone = THEN.replace("fun me ()Lbutler/Me;", "fun me (Z)Lbutler/Me;");
        assert_eq!(broken_of(THEN, &gone), ["butler/Butler: gone: public final fun me ()Lbutler/Me;"]);
        let asked = THEN.replace("([B)[B\n", "([B)[B\n\tpublic abstract fun close ()V\n");
        assert_eq!(
            broken_of(THEN, &asked),
            ["butler/Transport: asks of apps for: public abstract fun close ()V"]
        );
        let otherwise = THEN.replace(" : java/lang/AutoCloseable", "");
        assert_eq!(broken_of(THEN, &otherwise).len(), 1);
        assert_eq!(broken_of(THEN, ""), ["gone: butler/Butler", "gone: butler/Transport"]);
    }

    #[test]
    fn a_version_is_a_promise_to_those_before_it_up_to_one_that_breaks() {
        assert!(
            promises([0, 1, 3], [0, 1, 2])
                && promises([0, 1, 3], [0, 1, 3])
                && promises([1, 4, 0], [1, 0, 9])
        );
        assert!(
            !promises([0, 2, 0], [0, 1, 9])
                && !promises([2, 0, 0], [1, 9, 9])
                && !promises([0, 1, 2], [0, 1, 3])
        );
        assert_eq!(number("0.1.0"), Some([0, 1, 0]));
        assert_eq!(number("0.1"), None);
    }
}
