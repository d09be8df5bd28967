//! What a package is made of: a list of software as CycloneDX 1.6, and the licences with their texts, which have to be shown
//! by whoever ships the library.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::sh;

/// The database, which is linked ahead of cargo: docs/adr/0003.
const DATABASE: &str = "sqlcipher-src";

/// The crates of a library, on the machine we are on and on phones.
#[derive(Clone)]
pub struct Bill {
    library: String,
    crates: BTreeMap<String, Crate>,
    foreign: Option<Foreign>,
}

/// What is linked in and no crate.
#[derive(Clone)]
pub struct Foreign {
    pub name: &'static str,
    pub version: &'static str,
    pub licence: &'static str,
    /// With the text of its licence.
    pub file: PathBuf,
}

#[derive(Clone)]
struct Crate {
    name: String,
    version: String,
    licence: String,
    /// With the texts of its licence.
    folder: PathBuf,
    /// Who made it, and where its source is, for the texts of those that bring none.
    origin: String,
    is_ours: bool,
    depends: Vec<String>,
}

/// What is linked into a library of ours, as `cargo metadata` knows it.
pub fn of(library: &str) -> Result<Bill> {
    // Metadata tell what each crate can be made of, for the whole workspace; the tree names what it is made of.
    let (mut metadata, mut tree) = (sh::cargo(), sh::cargo());
    metadata.args(["metadata", "--locked", "--format-version=1"]);
    tree.args(["tree", "--locked", "-p", library, "-e", "normal,no-proc-macro", "--prefix", "none"]);
    for platform in [&sh::host()?, "aarch64-linux-android", "aarch64-apple-ios"] {
        metadata.args(["--filter-platform", platform]);
        tree.args(["--target", platform]);
    }
    linked(library, &serde_json::from_str(&sh::output(&mut metadata)?)?, &sh::output(&mut tree)?)
}

/// What is reached by normal dependencies and stands in the tree, where macros of the compiler's do not.
fn linked(library: &str, metadata: &Value, tree: &str) -> Result<Bill> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages: BTreeMap<String, Value> =
        list(&metadata["packages"]).into_iter().map(|package| (text(&package["id"]), package)).collect();
    let nodes: BTreeMap<String, Value> =
        list(&metadata["resolve"]["nodes"]).into_iter().map(|node| (text(&node["id"]), node)).collect();
    // `aes v0.9.4`, and perhaps a folder or a star.
    let in_tree: BTreeSet<String> =
        tree.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect();
    let is_in_tree = |id: &str| {
        packages.get(id).is_some_and(|package| {
            in_tree.contains(&format!("{} v{}", text(&package["name"]), text(&package["version"])))
        })
    };
    let mut open: VecDeque<String> = packages
        .iter()
        .filter(|(_, package)| package["name"] == library || package["name"] == DATABASE)
        .map(|(id, _)| id.clone())
        .collect();
    ensure!(open.len() == 2, "cargo does not know {library} and {DATABASE}");
    let mut crates = BTreeMap::new();
    while let Some(id) = open.pop_front() {
        if crates.contains_key(&id) {
            continue;
        }
        let is_linked =
            |dependency: &&Value| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
        let node = nodes.get(&id).with_context(|| format!("cargo says nothing of {id}"))?;
        let depends: Vec<String> = list(&node["deps"])
            .iter()
            .filter(is_linked)
            .map(|dependency| text(&dependency["pkg"]))
            .filter(|id| is_in_tree(id))
            .collect();
        open.extend(depends.iter().cloned());
        let package = packages.get(&id).with_context(|| format!("cargo does not know {id}"))?;
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        let authors: Vec<String> = list(&package["authors"]).iter().map(text).collect();
        let authors = if authors.is_empty() {
            format!("the authors of {}", text(&package["name"]))
        } else {
            authors.join(", ")
        };
        let found = Crate {
            origin: format!("Copyright (c) {authors}, {}", text(&package["repository"])),
            name: text(&package["name"]),
            version: text(&package["version"]),
            licence: text(&package["license"]).replace('/', " OR "),
            folder: manifest.parent().unwrap_or(&manifest).to_owned(),
            is_ours: package["source"].is_null(),
            depends,
        };
        crates.insert(id, found);
    }
    Ok(Bill { library: library.to_owned(), crates, foreign: None })
}

impl Crate {
    /// How registries of faults name it.
    fn url(&self) -> String {
        format!("pkg:cargo/{}@{}", self.name, self.version)
    }
}

impl Foreign {
    fn url(&self) -> String {
        format!("pkg:generic/{}@{}", self.name, self.version)
    }
}

impl Bill {
    /// The same with something that is no crate.
    pub fn with(self, foreign: Foreign) -> Bill {
        Bill { foreign: Some(foreign), ..self }
    }

    /// The list by itself, of what stands on the library alone.
    pub fn cyclonedx(&self) -> Value {
        let list = json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {"component": self.component(self.library())},
            "components": [],
            "dependencies": [],
        });
        self.joined(list, None)
    }

    /// Another list, of what a package has beside the library, with ours put in. Where the library is linked against a database
    /// out of that list, it says which.
    pub fn joined(&self, mut list: Value, database: Option<&str>) -> Value {
        let root = list["metadata"]["component"]["bom-ref"].clone();
        let library = self.library().url();
        let linked = || self.crates.values().filter(|it| database.is_none() || it.name != DATABASE);
        let database = database.map_or_else(
            || self.crates.values().find(|it| it.name == DATABASE).map(Crate::url),
            |named| Some(named.to_owned()),
        );
        if let Some(components) = list["components"].as_array_mut() {
            let added = linked().filter(|it| root != it.url().as_str());
            components.extend(added.map(|it| self.component(it)));
            components.extend(self.foreign.iter().map(|it| {
                json!({
                    "type": "library",
                    "bom-ref": it.url(),
                    "name": it.name,
                    "version": it.version,
                    "purl": it.url(),
                    "licenses": [{"expression": it.licence}],
                })
            }));
        }
        if let Some(dependencies) = list["dependencies"].as_array_mut() {
            for entry in dependencies.iter_mut().filter(|entry| entry["ref"] == root) {
                if let Some(on) = entry["dependsOn"].as_array_mut() {
                    on.push(json!(library));
                }
            }
            dependencies.extend(linked().map(|it| {
                let mut on: Vec<String> = it.depends.iter().map(|id| self.crates[id].url()).collect();
                if it.name == self.library {
                    on.extend(database.clone());
                    on.extend(self.foreign.as_ref().map(Foreign::url));
                }
                json!({"ref": it.url(), "dependsOn": on.into_iter().collect::<BTreeSet<_>>()})
            }));
        }
        list
    }

    fn component(&self, of: &Crate) -> Value {
        json!({
            "type": "library",
            "bom-ref": of.url(),
            "name": of.name,
            "version": of.version,
            "purl": of.url(),
            "licenses": [{"expression": of.licence}],
        })
    }

    fn library(&self) -> &Crate {
        #[expect(clippy::expect_used, reason = "`linked` fails without it")]
        self.crates.values().find(|it| it.name == self.library).expect("the library is part of itself")
    }

    /// Writes our licences, and the list of the others, into a folder.
    pub fn write_licences(&self, folder: &Path) -> Result<()> {
        for ours in ["LICENSE-APACHE", "LICENSE-MIT"] {
            super::copy(&sh::repo().join(ours), &folder.join(ours))?;
        }
        let file = folder.join("THIRD-PARTY.txt");
        fs::write(&file, self.licences()?).with_context(|| format!("failed to write {}", file.display()))
    }

    /// Every foreign crate with its licence, then each text once, with the crates it comes with.
    fn licences(&self) -> Result<String> {
        let mut list =
            String::from("What the library is made of besides our own code, and under which licences.\n\n");
        let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for it in self.crates.values().filter(|it| !it.is_ours) {
            writeln!(list, "{} {}: {}", it.name, it.version, it.licence)?;
            let mut found = texts_in(&it.folder)?;
            if found.is_empty() {
                let text = standard(&it.licence).with_context(|| {
                    format!("{} {} brings no text of {}", it.name, it.version, it.licence)
                })?;
                found.push(format!("{}\n\n{text}", it.origin));
            }
            for text in found {
                texts.entry(text).or_default().push(format!("{} {}", it.name, it.version));
            }
        }
        if let Some(it) = &self.foreign {
            writeln!(list, "{} {}: {}", it.name, it.version, it.licence)?;
            texts.entry(text_of(&it.file)?).or_default().push(format!("{} {}", it.name, it.version));
        }
        for (text, crates) in texts {
            write!(list, "\n{}\n{}:\n\n{}\n", "-".repeat(80), crates.join(", "), text.trim_end())?;
        }
        Ok(list)
    }
}

/// The texts a crate is given away under.
fn texts_in(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("failed to list {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        let begins = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];
        if path.is_file() && begins.iter().any(|begin| name.starts_with(begin)) {
            texts.push(text_of(&path)?);
        }
    }
    texts.sort();
    Ok(texts)
}

/// The text of a licence that a crate names and does not bring.
fn standard(licence: &str) -> Option<&'static str> {
    match licence {
        "MPL-2.0" => Some(include_str!("MPL-2.0.txt")),
        // Ours, from behind the line of who wrote it.
        "MIT" => {
            let ours = include_str!("../../../LICENSE-MIT");
            ours.find("Permission").map(|at| &ours[at..])
        }
        _ => None,
    }
}

fn text_of(file: &Path) -> Result<String> {
    let text = fs::read(file).with_context(|| format!("failed to read {}", file.display()))?;
    Ok(String::from_utf8_lossy(&text).replace("\r\n", "\n"))
}

/// Writes down the licence of what says it in words alone, and names it as the list does.
pub fn licensed_as(list: &mut Value, url: &str, licence: &str) -> Result<String> {
    let components = list["components"].as_array_mut().context("a list of software has no components")?;
    let is_named = |it: &&mut Value| it["purl"].as_str().is_some_and(|it| it.starts_with(url));
    let component = components.iter_mut().find(is_named).with_context(|| format!("{url} is not listed"))?;
    component["licenses"] = json!([{"license": {"id": licence}}]);
    Ok(component["bom-ref"].as_str().unwrap_or_default().to_owned())
}

/// Fails unless everything in a list of software is under a licence of `.cargo/deny.toml`. What names several leaves the
/// choice; the crates of a list are held by `tests/tests/dependencies.rs`.
pub fn allowed(list: &Value) -> Result<()> {
    let settings = fs::read_to_string(sh::repo().join(".cargo/deny.toml"))?;
    let settings: toml::Table = settings.parse()?;
    let words = settings["licenses"]["allow"].as_array().context("deny.toml allows no licence")?;
    let allow: Vec<&str> = words.iter().filter_map(toml::Value::as_str).collect();
    let wrong = wrong(list, &allow);
    ensure!(wrong.is_empty(), "under licences that .cargo/deny.toml does not allow: {}", wrong.join(", "));
    Ok(())
}

fn wrong(list: &Value, allow: &[&str]) -> Vec<String> {
    let of = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let is_allowed = |component: &Value| {
        of(&component["licenses"]).iter().any(|licence| {
            let name = licence["license"]["id"].as_str().or(licence["expression"].as_str());
            name.is_some_and(|name| name.split(" OR ").any(|name| allow.contains(&name)))
        })
    };
    let wrong = of(&list["components"]).into_iter().filter(|component| !is_allowed(component));
    wrong.map(|component| format!("{} ({})", component["name"], component["licenses"])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_what_is_linked_and_nothing_else() {
        let package = |name: &str, kind: &str| {
            json!({"id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0", "source": "registry",
                "manifest_path": "/c/Cargo.toml", "targets": [{"kind": [kind]}]})
        };
        let on = |name: &str, kind: Value| json!({"pkg": name, "dep_kinds": [{"kind": kind}]});
        let metadata = json!({
            "packages": [package("butler-ffi", "lib"), package("sqlcipher-src", "lib"), package("zstd", "lib"),
                package("derive", "proc-macro"), package("proptest", "lib"), package("cc", "lib"), package("office", "lib")],
            "resolve": {"nodes": [
                {"id": "butler-ffi", "deps": [on("zstd", Value::Null), on("derive", Value::Null), on("proptest", json!("dev")), on("office", Value::Null)]},
                {"id": "zstd", "deps": [on("cc", json!("build"))]},
                {"id": "sqlcipher-src", "deps": []},
            ]},
        });
        let tree = "butler-ffi v1.0.0 (/c)\nzstd v1.0.0 (*)\n";
        let list = linked("butler-ffi", &metadata, tree).unwrap().cyclonedx();
        let names: Vec<&Value> =
            list["components"].as_array().unwrap().iter().map(|component| &component["name"]).collect();
        assert_eq!(names, ["sqlcipher-src", "zstd"]);
        assert_eq!(list["components"][1]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        let library = list["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["ref"] == "pkg:cargo/butler-ffi@1.0.0");
        assert_eq!(
            library.unwrap()["dependsOn"],
            json!(["pkg:cargo/sqlcipher-src@1.0.0", "pkg:cargo/zstd@1.0.0"])
        );
    }

    #[test]
    fn what_brings_no_text_of_its_licence_gets_one() {
        let folder = tempfile::tempdir().unwrap();
        let of = |licence: &str| {
            let it = Crate {
                name: "automerge".into(),
                version: "0.12.0".into(),
                licence: licence.into(),
                folder: folder.path().to_owned(),
                origin: "Copyright (c) the authors of automerge, https://github.com/automerge/automerge"
                    .into(),
                is_ours: false,
                depends: Vec::new(),
            };
            let crates = BTreeMap::from([("automerge".to_owned(), it)]);
            Bill { library: "butler-ffi".into(), crates, foreign: None }.licences()
        };
        let list = of("MIT").unwrap();
        assert!(
            list.contains("automerge 0.12.0:\n\nCopyright (c) the authors of automerge, https"),
            "{list}"
        );
        assert!(list.contains("Permission is hereby granted"), "{list}");
        assert!(of("MPL-2.0").unwrap().contains("Mozilla Public License Version 2.0"));
        assert!(of("BSD-3-Clause").is_err());
        fs::write(folder.path().join("LICENSE"), "as the crate says").unwrap();
        let list = of("BSD-3-Clause").unwrap();
        assert!(list.contains("as the crate says") && !list.contains("Permission"), "{list}");
    }

    #[test]
    fn one_of_several_licences_has_to_be_allowed() {
        let component = |licences: Value| json!({"components": [{"name": "a", "licenses": licences}]});
        let id = |id: &str| json!({"license": {"id": id}});
        assert!(
            wrong(&component(json!([id("LGPL-2.1-or-later"), id("Apache-2.0")])), &["Apache-2.0"]).is_empty()
        );
        assert!(wrong(&component(json!([{"expression": "MIT OR X"}])), &["MIT"]).is_empty());
        assert_eq!(wrong(&component(json!([id("GPL-3.0-only")])), &["MIT"]).len(), 1);
        assert_eq!(wrong(&component(json!([])), &["MIT"]).len(), 1);
    }
}
