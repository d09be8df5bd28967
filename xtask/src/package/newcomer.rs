//! Somebody who has never seen this checkout: an empty folder, the readme, the packages, and an office to join.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::phone::Linked;
use super::released::Release;
use super::swift::Program;
use super::{android, repository};
use crate::r8::{Output, R8};
use crate::sh;
use crate::swift::Swift;

/// The one who joins first, and the one who has to see what the first has written.
const FIRST: &str = "zhang.li";
const SECOND: &str = "wang.wei";
const THIRD: &str = "li.na";

pub struct Newcomer {
    office: Office,
    folder: tempfile::TempDir,
}

impl Newcomer {
    pub fn new(office: &Path) -> Result<Newcomer> {
        let folder = tempfile::tempdir()?;
        Ok(Newcomer { office: Office::open(office, folder.path().join("office"))?, folder })
    }

    /// Does what the Kotlin readme says, as two people one after the other.
    pub fn kotlin(&self, phones: &[Linked]) -> Result<()> {
        let project = self.project("kotlin", "bindings/kotlin/README.md", &["pom.xml", "src/Main.kt"])?;
        let run = |goals: &[&str], staff: &str| self.maven(&project, goals, staff);
        self.told("kotlin", &run(&["compile", "exec:java"], FIRST)?, &run(&["exec:java"], SECOND)?)?;
        self.archive_is_whole(phones)?;
        println!(
            "packages: a newcomer's Kotlin project, outside this checkout, joined the office and was understood"
        );
        self.android(&project.join("pom.xml"))
    }

    /// Compiles the first activity of docs/android.md, against the real Android. Maven takes no archive for Android, whose classes
    /// are those of the jar.
    fn android(&self, pom: &Path) -> Result<()> {
        let project = self.project("android", "docs/android.md", &["src/FirstActivity.kt"])?;
        let catalogue = fs::read_to_string(sh::repo().join("android-demo/pom.xml"))?;
        let version = |name: &str| -> Result<&str> {
            let after = catalogue.split_once(&format!("<{name}>")).with_context(|| format!("no {name}"))?.1;
            Ok(after.split_once('<').unwrap_or_default().0)
        };
        let dependency = |group: &str, artifact: &str, version: &str| {
            format!(
                "<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version></dependency>"
            )
        };
        let own = "<dependency><groupId>butler</groupId><artifactId>butler</artifactId></dependency>";
        let with = [
            own,
            &dependency("org.robolectric", "android-all", version("android.api")?),
            &dependency(
                "org.jetbrains.kotlinx",
                "kotlinx-coroutines-android",
                version("coroutines.version")?,
            ),
        ];
        let text = fs::read_to_string(pom)?;
        ensure!(text.contains(own), "the readme's project does not take the jar");
        fs::write(project.join("pom.xml"), text.replace(own, &with.concat()))?;
        self.maven(&project, &["compile"], FIRST).context("the first activity of docs/android.md")?;
        println!("packages: the first activity of docs/android.md compiles, outside this checkout");
        Ok(())
    }

    /// Lets a program run that was compiled against the packages of an earlier release, with those of today in their place.
    pub fn of_release(&self, release: &Release) -> Result<()> {
        let project = self.folder.path().join("released");
        super::copy(&self.folder.path().join("kotlin/pom.xml"), &project.join("pom.xml"))?;
        let classes = super::empty(project.join("target/classes"))?;
        sh::run(
            Command::new("jar").arg("--extract").arg("--file").arg(release.program()).current_dir(&classes),
        )?;
        let said = self.maven(&project, &["exec:java"], THIRD)?;
        ensure!(
            said.contains("改为本市他处，未报送 0 条"),
            "a program of the release before does not do its work:\n{said}"
        );
        println!("packages: a program of the release before runs with the packages of today");
        Ok(())
    }

    /// The classes of the Kotlin project.
    pub fn classes(&self) -> PathBuf {
        self.folder.path().join("kotlin/target/classes")
    }

    /// Maven about a project, whose program runs as this person.
    fn maven(&self, project: &Path, goals: &[&str], staff: &str) -> Result<String> {
        let mut maven = sh::maven();
        maven.args(goals).current_dir(project);
        maven.arg(format!("-Dmaven.repo.local={}", self.local_repository()?.display()));
        maven.arg(format!("-Dbutler.repository=file://{}", repository::checked().display()));
        maven.arg(format!("-Dexec.args={staff} '{}'", self.office.picture(staff)?));
        sh::output(&mut maven)
    }

    /// Does what the Swift readme says, likewise.
    pub fn swift(&self, swift: &Swift, libraries: &Path, full: bool) -> Result<()> {
        let readme = ["Package.swift", "Sources/Household/main.swift"];
        let project = self.project("swift", "bindings/swift/README.md", &readme)?;
        self.project("swift", "docs/ios.md", &["Sources/Household/FirstHousehold.swift"])?;
        let program = Program::build(swift, &project, libraries)?;
        let run = |staff: &str| program.run(staff, &self.office.picture(staff)?);
        self.told("swift", &run(FIRST)?, &run(SECOND)?)?;
        program.held()?;
        if full {
            program.documented()?;
            program.chosen()?;
        }
        println!(
            "packages: a newcomer's Swift package, outside this checkout, joined the office and was understood"
        );
        Ok(())
    }

    /// The files a document tells to write, in a folder of their own.
    fn project(&self, name: &str, document: &str, files: &[&str]) -> Result<PathBuf> {
        let document = sh::repo().join(document);
        let text = fs::read_to_string(&document)
            .with_context(|| format!("failed to read {}", document.display()))?;
        let project = self.folder.path().join(name);
        for name in files {
            let file = project.join(name);
            fs::create_dir_all(file.parent().unwrap_or(&project))?;
            let code =
                fenced(&text, name).with_context(|| format!("{} has no {name}", document.display()))?;
            fs::write(file, code)?;
        }
        Ok(project)
    }

    /// What the first and the second of two people were shown: the second sees what the first wrote.
    fn told(&self, language: &str, first: &str, second: &str) -> Result<()> {
        for (said, name) in [(first, "张丽，金色家园"), (second, "王伟，金色家园")] {
            ensure!(said.contains(name), "the {language} program does not say {name}:\n{said}");
            let sent = "改为本市他处，未报送 0 条";
            ensure!(said.contains(sent), "the {language} program does not say {sent}:\n{said}");
        }
        ensure!(!first.contains("501：本市他处"), "the home says so before anybody wrote it:\n{first}");
        ensure!(
            second.contains("501：本市他处"),
            "the second phone does not see what the first wrote:\n{second}"
        );
        Ok(())
    }

    /// Maven's own copies of what is not ours, and a place of this project's for ours: one version number stands for many
    /// builds here, and nobody's copies shall keep an old one.
    fn local_repository(&self) -> Result<PathBuf> {
        let local = self.folder.path().join("m2");
        if local.is_dir() {
            return Ok(local);
        }
        fs::create_dir_all(&local)?;
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        #[cfg(unix)]
        for entry in fs::read_dir(home.join(".m2/repository")).into_iter().flatten() {
            let entry = entry?;
            if entry.file_name() != "butler" {
                std::os::unix::fs::symlink(entry.path(), local.join(entry.file_name()))?;
            }
        }
        Ok(local)
    }

    /// What lies in the published archive, as an Android build opens it.
    fn archive_is_whole(&self, phones: &[Linked]) -> Result<()> {
        let published = published("butler-android", "aar");
        let names = android::names(&published)?;
        let libraries = phones.iter().map(|it| format!("jni/{}/{}", it.abi, android::LIBRARY));
        let parts = ["AndroidManifest.xml", "classes.jar", "proguard.txt", "R.txt", "THIRD-PARTY.txt"];
        for name in parts.map(str::to_owned).into_iter().chain(libraries) {
            ensure!(names.contains(&name), "{} has no {name}", published.display());
        }
        let parts = self.folder.path().join("aar");
        fs::create_dir_all(&parts)?;
        sh::run(Command::new("jar").arg("--extract").arg("--file").arg(&published).current_dir(&parts))?;
        let classes = android::names(&parts.join("classes.jar"))?;
        ensure!(classes.iter().any(|it| it == "butler/Butler.class"), "classes.jar has no Butler");
        let strange = classes.iter().find(|it| it.starts_with("butler/testing") || it.ends_with(".so"));
        ensure!(strange.is_none(), "classes.jar has what no phone needs: {strange:?}");
        Ok(())
    }

    /// What R8 leaves of the newcomer's program with the archive's rules runs; without them it does not.
    pub fn shrunk(&self) -> Result<()> {
        println!("packages: R8 goes over the newcomer's program");
        let project = self.folder.path().join("kotlin");
        let with = self.r8(&project, Some(self.folder.path().join("aar/proguard.txt")))?;
        let said = self.java(&with, THIRD)?;
        ensure!(said.contains("改为本市他处，未报送 0 条"), "what R8 left does not do its work:\n{said}");
        let without = self.r8(&project, None)?;
        ensure!(self.java(&without, THIRD).is_err(), "the rules for R8 make no difference");
        println!("packages: what R8 leaves with the archive's rules runs, without them it does not");
        Ok(())
    }

    fn r8(&self, project: &Path, rules: Option<PathBuf>) -> Result<PathBuf> {
        let libraries = project.join("libraries");
        if !libraries.is_dir() {
            let mut maven = sh::maven();
            maven.arg("org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies");
            maven.arg(format!("-DoutputDirectory={}", libraries.display()));
            maven.arg(format!("-Dmaven.repo.local={}", self.local_repository()?.display()));
            maven.arg(format!("-Dbutler.repository=file://{}", repository::checked().display()));
            sh::run(maven.current_dir(project))?;
        }
        let own = project.join("own.pro");
        fs::write(
            &own,
            "-keep class MainKt { public static void main(java.lang.String[]); }\n-dontwarn **\n",
        )?;
        let out = project.join(if rules.is_some() { "shrunk.jar" } else { "shrunk-without.jar" });
        let classes = project.join("classes.jar");
        if !classes.exists() {
            super::archive(&classes, &[&project.join("target/classes")])?;
        }
        let mut program = vec![classes];
        for entry in fs::read_dir(libraries)? {
            program.push(entry?.path());
        }
        let rules: Vec<PathBuf> = std::iter::once(own).chain(rules).collect();
        R8 { program: &program, platform: &[], rules: &rules, makes: Output::Classes, to: &out, names: None }
            .run()?;
        Ok(out)
    }

    fn java(&self, program: &Path, staff: &str) -> Result<String> {
        let mut java = Command::new("java");
        java.arg("-cp").arg(program).arg("MainKt");
        let phone = self.folder.path().join(program.file_stem().unwrap_or_default());
        sh::output(java.arg(phone).arg(self.office.picture(staff)?).current_dir(self.folder.path()))
    }
}

/// Where a package lies in the repository.
fn published(name: &str, end: &str) -> PathBuf {
    let version = super::version();
    repository::checked().join("butler").join(name).join(version).join(format!("{name}-{version}.{end}"))
}

/// The text of a readme's block whose first line, "```kotlin src/Main.kt", names this file.
fn fenced<'t>(readme: &'t str, name: &str) -> Option<&'t str> {
    let start = readme.match_indices("\n```").find_map(|(at, _)| {
        let line = readme[at + 1..].lines().next()?;
        (line.split_whitespace().nth(1) == Some(name)).then_some(at + 1 + line.len() + 1)
    })?;
    Some(&readme[start..start + readme[start..].find("\n```")? + 1])
}

/// A real office with the register of the tests, serving on a port of this machine until it is dropped.
struct Office {
    program: PathBuf,
    data: PathBuf,
    server: Child,
    address: String,
}

impl Office {
    fn open(program: &Path, data: PathBuf) -> Result<Office> {
        let run = |words: &[&str]| answer(program, &data, words);
        run(&["init", "--community", "jinse", "--name", "金色家园"])?;
        let register = sh::repo().join("office/tests/fixtures/register-jinse.xlsx");
        run(&["import", register.to_str().context("the checkout's path is not text")?, "--apply"])?;
        for (staff, name) in [(FIRST, "张丽"), (SECOND, "王伟"), (THIRD, "李娜")] {
            run(&["staff", "add", staff, "--name", name, "--role", "butler"])?;
            run(&["grid", "assign", staff, "jinse/grid-1", "--role", "butler"])?;
        }
        let mut serve = Command::new(program);
        serve.arg("--data").arg(&data).args(["serve", "--listen", "127.0.0.1:0"]);
        let mut server = serve
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("failed to start the office")?;
        let mut first = String::new();
        if let Some(said) = server.stdout.take() {
            BufReader::new(said).read_line(&mut first)?;
        }
        let Some(address) = first.trim().strip_prefix("listening on ").map(str::to_owned) else {
            let _ = server.kill();
            bail!("the office does not say where it listens: {first}");
        };
        Ok(Office { program: program.to_owned(), data, server, address })
    }

    /// What the picture says that lets somebody's phone join.
    fn picture(&self, staff: &str) -> Result<String> {
        let said = answer(&self.program, &self.data, &["enrol", staff, "--address", &self.address])?;
        let text = said.lines().find(|line| line.starts_with("butler://"));
        Ok(text.with_context(|| format!("the office prints no text of a picture: {said}"))?.to_owned())
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn answer(program: &Path, data: &Path, words: &[&str]) -> Result<String> {
    sh::output(Command::new(program).arg("--data").arg(data).args(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_a_readme_is_found_by_the_file_it_names() {
        let readme = "# A\n```kotlin\nno\n```\n```kotlin src/Main.kt\nfun main() {\n}\n```\n";
        assert_eq!(fenced(readme, "src/Main.kt"), Some("fun main() {\n}\n"));
        assert_eq!(fenced(readme, "pom.xml"), None);
    }
}
