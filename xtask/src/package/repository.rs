//! The Maven repository in a folder: jars with the host's libraries inside, the Android archive, the versions that belong
//! together.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::bill::{self, Bill};
use super::{Libraries, android, archive, copy, empty, folder as staging, jna_platform, version};
use crate::kotlin::{self, Generated};
use crate::{bindings, sh};

/// Where the packages are for others to take.
pub fn folder() -> PathBuf {
    bindings::target().join("repository")
}

/// Where those of a check are, of the dev profile: nobody shall take them for the others.
pub fn checked() -> PathBuf {
    staging().join("repository")
}

/// Makes a repository anew from what the Kotlin step has compiled and these libraries; with the documentation, which takes
/// longer than all else together, when it is asked for.
pub fn publish(to: &Path, libraries: &Libraries, generated: &Generated, documented: bool) -> Result<()> {
    let compiled = bindings::target().join("kotlin");
    let out = empty(staging().join("kotlin"))?;
    let name = |end: &str| out.join(format!("butler-{}{end}", version()));
    let (bill, bill_of_tests) = (bill::of("butler-ffi")?, bill::of("butler-testing")?);

    let sbom = sbom(&compiled, &bill, &name("-cyclonedx.json"), generated)?;
    let butler = with_library(&compiled, &libraries.butler, &bill, &name(".jar"))?;
    let testing = with_library(&compiled, &libraries.testing, &bill_of_tests, &name("-testing.jar"))?;
    let sources = name("-sources.jar");
    let (library, office) = kotlin::folders();
    archive(&sources, &[&sh::repo().join("bindings/kotlin/src/main/kotlin"), &library, &office])?;
    let phones = android::archive_of(&compiled.join(format!("butler-{}.jar", version())), &bill)?;

    let sources = Attached { file: sources, classifier: "sources" };
    let mut beside = vec![sources, Attached { file: sbom, classifier: "cyclonedx" }];
    if documented {
        println!("packages: writing the documentation (a minute or two)");
        sh::run(&mut kotlin::maven(&["dokka:javadocJar"], generated))?;
        let file = compiled.join(format!("butler-{}-javadoc.jar", version()));
        beside.push(Attached { file, classifier: "javadoc" });
    }
    empty(to.to_owned())?;
    let pom = |name: &str| sh::repo().join("bindings/kotlin").join(name);
    deploy(to, &phones, &pom("android/pom.xml"), "aar", &beside)?;
    beside.push(Attached { file: testing, classifier: "testing" });
    deploy(to, &butler, &pom("pom.xml"), "jar", &beside)?;
    deploy(to, &pom("bom/pom.xml"), &pom("bom/pom.xml"), "pom", &[])
}

struct Attached {
    file: PathBuf,
    classifier: &'static str,
}

/// A compiled jar with a library where JNA finds it, and the licences.
fn with_library(compiled: &Path, library: &Path, bill: &Bill, jar: &Path) -> Result<PathBuf> {
    let name = |path: &Path| path.file_name().map(PathBuf::from).context("a file has no name");
    copy(&compiled.join(name(jar)?), jar)?;
    let added = empty(staging().join("added"))?;
    copy(library, &added.join(jna_platform()?).join(name(library)?))?;
    bill.write_licences(&added.join("META-INF"))?;
    archive(jar, &[&added])?;
    Ok(jar.to_owned())
}

/// What the package is made of, on both sides; everything under a licence we may ship under.
fn sbom(compiled: &Path, bill: &Bill, file: &Path, generated: &Generated) -> Result<PathBuf> {
    sh::run(&mut kotlin::maven(&["cyclonedx:makeBom"], generated))?;
    let list = compiled.join("sbom.json");
    let list = fs::read_to_string(&list).with_context(|| format!("failed to read {}", list.display()))?;
    let list: Value = serde_json::from_str(&list)?;
    bill::allowed(&list)?;
    fs::write(file, serde_json::to_string_pretty(&bill.joined(list))?)?;
    Ok(file.to_owned())
}

fn deploy(to: &Path, file: &Path, pom: &Path, packaging: &str, attached: &[Attached]) -> Result<()> {
    let mut maven = maven();
    maven.arg("org.apache.maven.plugins:maven-deploy-plugin:3.1.4:deploy-file");
    maven.arg(format!("-Dfile={}", file.display())).arg(format!("-DpomFile={}", pom.display()));
    maven.arg(format!("-Dpackaging={packaging}"));
    maven.arg(format!("-Durl=file://{}", to.display())).arg("-DrepositoryId=butler");
    let list = |of: &dyn Fn(&Attached) -> String| attached.iter().map(of).collect::<Vec<_>>().join(",");
    if !attached.is_empty() {
        maven.arg(format!("-Dfiles={}", list(&|it| it.file.display().to_string())));
        maven.arg(format!("-Dclassifiers={}", list(&|it| it.classifier.to_owned())));
        let end = |it: &Attached| it.file.extension().unwrap_or_default().to_string_lossy().into_owned();
        maven.arg(format!("-Dtypes={}", list(&end)));
    }
    // Outside every project: what it is told is all there is.
    sh::run(maven.current_dir(staging())).with_context(|| format!("failed to publish {}", file.display()))
}

/// Maven, saying only what went wrong.
pub fn maven() -> Command {
    let mut maven = Command::new("mvn");
    maven.args(["-q", "-B", "-ntp", "-Dstyle.color=never"]);
    maven
}
