//! The Maven repository in a folder: jars with the host's libraries inside, the Android archive, the versions that belong
//! together.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::bill::{self, Bill};
use super::phone::{self, Linked};
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
pub fn publish(
    to: &Path,
    libraries: &Libraries,
    phones: &[Linked],
    generated: &Generated,
    documented: bool,
) -> Result<()> {
    let compiled = bindings::target().join("kotlin");
    let out = empty(staging().join("kotlin"))?;
    let name = |end: &str| out.join(format!("butler-{}{end}", version()));
    let (bill, bill_of_tests) = (bill::of("butler-ffi")?, bill::of("butler-testing")?);

    let sbom = sbom(&compiled, &bill, &name("-cyclonedx.json"), generated)?;
    let bill_of_phones = if phones.is_empty() { bill.clone() } else { bill.clone().with(phone::unwinder()?) };
    let sbom_of_phones =
        sbom_of_phones(&bill_of_phones, &out.join(format!("butler-android-{}-cyclonedx.json", version())))?;
    let butler = with_library(&compiled, &libraries.butler, &bill, &name(".jar"))?;
    let testing = with_library(&compiled, &libraries.testing, &bill_of_tests, &name("-testing.jar"))?;
    let sources = name("-sources.jar");
    let (library, office) = kotlin::folders();
    archive(&sources, &[&sh::repo().join("bindings/kotlin/src/main/kotlin"), &library, &office])?;
    let android =
        android::archive_of(&compiled.join(format!("butler-{}.jar", version())), phones, &bill_of_phones)?;

    let mut beside = vec![Attached { file: sources, classifier: "sources" }];
    if documented {
        println!("packages: writing the documentation (a minute or two)");
        let folder = compiled.join("documentation");
        bindings::remove(&folder)?;
        // As Kotlin, and called what Maven calls documentation; as Java it would show getters and leave half of its template out.
        sh::run(&mut kotlin::maven(&["dokka:dokka"], generated))?;
        let file = name("-javadoc.jar");
        archive(&file, &[&folder])?;
        beside.push(Attached { file, classifier: "javadoc" });
    }
    empty(to.to_owned())?;
    let pom = |name: &str| sh::repo().join("bindings/kotlin").join(name);
    let mut of_phones = beside.clone();
    of_phones.push(Attached { file: sbom_of_phones, classifier: "cyclonedx" });
    if !phones.is_empty() {
        of_phones.push(Attached { file: android::archive_of_symbols(phones)?, classifier: "symbols" });
    }
    deploy(to, &android, &pom("android/pom.xml"), "aar", &of_phones)?;
    beside.push(Attached { file: sbom, classifier: "cyclonedx" });
    beside.push(Attached { file: testing, classifier: "testing" });
    deploy(to, &butler, &pom("pom.xml"), "jar", &beside)?;
    deploy(to, &pom("bom/pom.xml"), &pom("bom/pom.xml"), "pom", &[])
}

#[derive(Clone)]
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
    fs::write(file, serde_json::to_string_pretty(&bill.joined(list, None))?)?;
    Ok(file.to_owned())
}

/// The same of the Android package: what its own POM brings, and the database out of an archive instead of ours.
fn sbom_of_phones(bill: &Bill, file: &Path) -> Result<PathBuf> {
    let folder = empty(staging().join("bill"))?;
    let pom = fs::read_to_string(sh::repo().join("bindings/kotlin/android/pom.xml"))?;
    // Maven by itself makes no archive for Android, and reads no project that is one.
    fs::write(
        folder.join("pom.xml"),
        pom.replace("<packaging>aar</packaging>", "<packaging>pom</packaging>"),
    )?;
    let mut maven = sh::maven();
    maven.arg("org.cyclonedx:cyclonedx-maven-plugin:2.9.1:makeBom").current_dir(&folder);
    maven.args(["-DoutputFormat=json", "-DoutputName=sbom", "-Dcyclonedx.skipAttach=true"]);
    sh::run(maven.args(["-DincludeBomSerialNumber=false", "-DincludeTestScope=false"]))?;
    let list = fs::read_to_string(folder.join("target/sbom.json"))?;
    let root = format!("butler-android@{}?type=", version());
    let mut list: Value = serde_json::from_str(&list.replace(&format!("{root}pom"), &format!("{root}aar")))?;
    let database = bill::licensed_as(&mut list, "pkg:maven/net.zetetic/sqlcipher-android@", "BSD-3-Clause")?;
    bill::allowed(&list)?;
    fs::write(file, serde_json::to_string_pretty(&bill.joined(list, Some(&database)))?)?;
    Ok(file.to_owned())
}

fn deploy(to: &Path, file: &Path, pom: &Path, packaging: &str, attached: &[Attached]) -> Result<()> {
    let mut maven = sh::maven();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> String {
        fs::read_to_string(sh::repo().join(file)).unwrap()
    }

    /// What stands between the two, the first time.
    fn between<'t>(text: &'t str, open: &str, close: &str) -> &'t str {
        let after = text.split_once(open).unwrap_or_else(|| panic!("no {open}")).1;
        after.split_once(close).unwrap().0
    }

    #[test]
    fn everything_is_of_one_version() {
        for pom in ["pom.xml", "android/pom.xml", "bom/pom.xml"] {
            let pom = read(&format!("bindings/kotlin/{pom}"));
            assert_eq!(between(&pom, "<version>", "<"), version());
        }
        let log = read("CHANGELOG.md");
        assert_eq!(between(&log, "\n## ", "\n").split(' ').next(), Some(version()));
        let readme = read("bindings/kotlin/README.md");
        assert_eq!(between(&readme, "<artifactId>butler-bom</artifactId><version>", "<"), version());
        for document in [&readme, &read("docs/android.md")] {
            assert_eq!(between(document, "butler:butler-bom:", "\""), version());
        }
        assert_eq!(
            between(&read("android-demo/gradle/libs.versions.toml"), "\nbutler = \"", "\""),
            version()
        );
    }

    #[test]
    fn both_packages_stand_on_the_same_versions() {
        let (jvm, android) = (read("bindings/kotlin/pom.xml"), read("bindings/kotlin/android/pom.xml"));
        for (artifact, property) in
            [("kotlin-stdlib", "kotlin"), ("kotlinx-coroutines-core", "coroutines"), ("jna", "jna")]
        {
            let named = between(&android, &format!("<artifactId>{artifact}</artifactId>"), "</version>");
            let version = between(&jvm, &format!("<{property}.version>"), "<");
            assert_eq!(named.trim().trim_start_matches("<version>"), version, "{artifact}");
        }
    }
}
