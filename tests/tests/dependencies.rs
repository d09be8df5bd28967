//! What is built into what: other people's code, under which licences, from where, and whether something is known against
//! it; and nothing of what tests stand on into what runs.
//!
//! Licences and sources are in `.cargo/deny.toml`. Advisories are those of RustSec as of the day in the first line of
//! `.cargo/advisories.tsv`; `BUTLER_ADVISORY_DB=FOLDER` with a checkout of its database renews them.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use semver::{Version, VersionReq};
use serde_json::Value;

/// A package of somebody else.
struct Package {
    name: String,
    version: Version,
    licence: String,
    source: String,
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn settings() -> toml::Table {
    fs::read_to_string(here(".cargo/deny.toml")).unwrap().parse().unwrap()
}

fn words(value: &toml::Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// The cargo that runs us, about our workspace.
fn cargo(verb: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([verb, "--locked"]).current_dir(here(""));
    cargo
}

fn output(command: &mut Command) -> Vec<u8> {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

/// What is in `Cargo.lock` for the platforms we build for.
fn packages() -> Vec<Package> {
    let mut metadata = cargo("metadata");
    metadata.arg("--format-version=1");
    for platform in words(&settings()["graph"]["targets"]) {
        metadata.args(["--filter-platform", &platform]);
    }
    let metadata: Value = serde_json::from_slice(&output(&mut metadata)).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let foreign =
        metadata["packages"].as_array().unwrap().iter().filter(|package| !package["source"].is_null());
    let package = |package: &Value| Package {
        name: text(&package["name"]),
        version: text(&package["version"]).parse().unwrap(),
        licence: text(&package["license"]),
        source: text(&package["source"]),
    };
    foreign.map(package).collect()
}

/// Whether an SPDX expression can be satisfied with these licences. `AND` binds closer than `OR`; a slash is how `OR` was
/// written once.
fn is_satisfied(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    any(&mut rest, allowed) && rest.is_empty()
}

fn any(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut holds = all(rest, allowed);
    while let Some((&"OR", after)) = rest.split_first() {
        *rest = after;
        holds |= all(rest, allowed);
    }
    holds
}

fn all(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut holds = licence(rest, allowed);
    while let Some((&"AND", after)) = rest.split_first() {
        *rest = after;
        holds &= licence(rest, allowed);
    }
    holds
}

fn licence(rest: &mut &[&str], allowed: &[String]) -> bool {
    let Some((first, after)) = rest.split_first() else { return false };
    *rest = after;
    if *first == "(" {
        let holds = any(rest, allowed);
        let Some((&")", after)) = rest.split_first() else { return false };
        *rest = after;
        return holds;
    }
    let mut name = (*first).to_owned();
    if let [with @ "WITH", exception, after @ ..] = *rest {
        name = format!("{name} {with} {exception}");
        *rest = after;
    }
    allowed.contains(&name)
}

#[test]
fn every_licence_is_one_we_may_ship_under() {
    let settings = settings();
    let allowed = words(&settings["licenses"]["allow"]);
    let exceptions = settings["licenses"]["exceptions"].as_array().unwrap();
    let mut used = vec![false; exceptions.len()];
    let mut wrong = Vec::new();
    for package in packages() {
        if is_satisfied(&package.licence, &allowed) {
            continue;
        }
        let excepted = exceptions.iter().position(|row| row["crate"].as_str() == Some(&package.name));
        let with = excepted.map(|row| [words(&exceptions[row]["allow"]), allowed.clone()].concat());
        if with.is_some_and(|allowed| is_satisfied(&package.licence, &allowed)) {
            used[excepted.unwrap()] = true;
        } else {
            wrong.push(format!("{} {}: {}", package.name, package.version, package.licence));
        }
    }
    assert!(wrong.is_empty(), "licences that .cargo/deny.toml does not allow:\n{}", wrong.join("\n"));
    let idle = exceptions.iter().zip(used).find(|(_, used)| !used);
    assert!(idle.is_none(), "an exception nobody needs: {idle:?}");
}

#[test]
fn everything_comes_from_the_registry() {
    let elsewhere = packages().into_iter().filter(|package| !package.source.starts_with("registry+"));
    let elsewhere: Vec<String> =
        elsewhere.map(|package| format!("{} from {}", package.name, package.source)).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

/// Unmaintained is no fault of its own: what nobody maintains is replaced when something is found in it.
#[test]
fn nothing_is_known_against_a_version_we_use() {
    let file = here(".cargo/advisories.tsv");
    if let Some(database) = env::var_os("BUTLER_ADVISORY_DB") {
        fs::write(&file, kept(Path::new(&database))).unwrap();
    }
    let ignored = words(&settings()["advisories"]["ignore"]);
    let packages = packages();
    let list = fs::read_to_string(&file).unwrap();
    let mut known = Vec::new();
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let [id, name, sound, title] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let sound: Vec<VersionReq> =
            sound.split('|').filter(|it| !it.is_empty()).map(|it| it.parse().unwrap()).collect();
        let used = packages.iter().filter(|package| package.name == name);
        for package in used.filter(|package| !sound.iter().any(|range| range.matches(&package.version))) {
            if !ignored.iter().any(|ignored| ignored == id) {
                known.push(format!("{id}: {name} {}: {title}", package.version));
            }
        }
    }
    assert!(known.is_empty(), "known against what we use:\n{}", known.join("\n"));
}

/// The list of a database: id, package, the versions that are not concerned, title.
fn kept(database: &Path) -> String {
    let mut rows = Vec::new();
    let mut newest = String::new();
    for folder in fs::read_dir(database.join("crates")).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            let (head, body) = text.split_once("```toml").unwrap().1.split_once("```").unwrap();
            let head: toml::Table = head.parse().unwrap();
            let advisory = &head["advisory"];
            let of = |name: &str| advisory.get(name).and_then(toml::Value::as_str).unwrap_or_default();
            if advisory.get("withdrawn").is_some() || matches!(of("informational"), "unmaintained" | "notice")
            {
                continue;
            }
            newest = newest.max(of("date").to_owned());
            let ranges = ["patched", "unaffected"].iter().filter_map(|it| head.get("versions")?.get(it));
            let ranges = ranges.flat_map(words).collect::<Vec<_>>().join("|");
            let title = body.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default().trim();
            rows.push(format!("{}\t{}\t{ranges}\t{title}", of("id"), of("package")));
        }
    }
    rows.sort();
    let mut list = format!("# RustSec, its newest advisory of {newest}\n");
    for row in rows {
        let _ = writeln!(list, "{row}");
    }
    list
}

/// Rules with a switch, keys in memory, clocks that are told: none of it is on a phone or in an office.
#[test]
fn what_tests_stand_on_is_in_nothing_that_runs() {
    for (program, built_with_it) in [("butler-ffi", false), ("butler-office", false), ("butler-tests", true)]
    {
        let mut tree = cargo("tree");
        tree.args(["-p", program, "-e", "features,normal", "--prefix", "none"]);
        let tree = String::from_utf8(output(&mut tree)).unwrap();
        assert_eq!(tree.contains(r#"butler-core feature "testing""#), built_with_it, "{program}");
    }
}

#[test]
fn a_licence_is_read_as_spdx_writes_it() {
    let allowed = ["MIT", "Zlib", "A WITH B"].map(str::to_owned);
    for expression in
        ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "MIT AND Zlib", "A WITH B OR X", "(X OR MIT) AND Zlib"]
    {
        assert!(is_satisfied(expression, &allowed), "{expression}");
    }
    for expression in ["", "A", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR X) AND Y", "MIT AND (X", "MIT MIT"] {
        assert!(!is_satisfied(expression, &allowed), "{expression}");
    }
}
