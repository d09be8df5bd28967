//! The structure of `core/src`, read from its source: layers point downwards, a name stands for one thing.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A layer: its name, the modules below `core/src` that are it, the layers it may use.
type Layer = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Top to bottom, as drawn in `docs/architecture.md`. Of two modules that fit, the longer one counts.
const LAYERS: &[Layer] = &[
    (
        "areas",
        &["lib", "areas"],
        &["butler", "context", "sync", "store", "playbook", "query", "crdt", "model"],
    ),
    ("butler", &["butler"], &["context", "sync", "store", "playbook", "query", "crdt", "model"]),
    ("ffi", &["ffi"], &["context", "playbook", "model"]),
    ("context", &["context", "error"], &["sync", "store", "playbook", "query", "crdt", "model"]),
    ("sync", &["sync"], &["store", "playbook", "query", "crdt", "model"]),
    ("store", &["store"], &["query", "crdt", "model"]),
    ("playbook", &["playbook"], &["query", "crdt", "model"]),
    ("query", &["query"], &["model"]),
    ("crdt", &["crdt"], &["model"]),
    ("model", &["model", "host"], &[]),
];

/// File names that say what a file is to its folder, and stand in many.
const EVERYWHERE: &[&str] = &["mod.rs", "tests.rs", "testing.rs", "error.rs"];

/// One file of core: where it is, and its code without comments and tests.
struct Source {
    /// Below `core/src`, with `/`.
    path: String,
    code: Vec<String>,
}

impl Source {
    /// Its module, from the root of the crate.
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        path.strip_suffix("/mod").unwrap_or(path).split('/').collect()
    }

    fn layer(&self) -> &'static Layer {
        layer(&self.module().join("/")).unwrap_or_else(|| panic!("{} is in no layer", self.path))
    }

    /// Every path of the crate that is named, resolved from its root: in `use` trees and in the code.
    fn paths(&self) -> BTreeSet<String> {
        let mut paths = BTreeSet::new();
        let mut lines = self.code.iter();
        while let Some(line) = lines.next() {
            if let Some(tree) = visible(line).strip_prefix("use ") {
                let mut tree = tree.to_owned();
                while !tree.ends_with(';') {
                    let Some(line) = lines.next() else { break };
                    tree.push_str(line.trim());
                }
                paths.extend(expand(tree.trim_end_matches(';')).iter().filter_map(|path| self.resolve(path)));
                continue;
            }
            for (at, _) in line.match_indices("crate::").chain(line.match_indices("super::")) {
                if line[..at].ends_with(|before: char| before.is_alphanumeric() || "_:".contains(before)) {
                    continue;
                }
                let named = line[at..].chars().take_while(|c| c.is_alphanumeric() || "_:".contains(*c));
                paths.extend(self.resolve(&named.collect::<String>()));
            }
        }
        paths
    }

    /// A path as written here, from the root of the crate; nothing of one that names another crate or a neighbour.
    fn resolve(&self, path: &str) -> Option<String> {
        let mut module = self.module();
        let mut rest = path.split("::").skip_while(|part| part.is_empty()).peekable();
        match rest.peek() {
            Some(&"crate") => {
                module.clear();
                rest.next();
            }
            Some(&"super") => {
                while rest.next_if_eq(&"super").is_some() {
                    module.pop()?;
                }
            }
            _ => return None,
        }
        let path = module.into_iter().chain(rest).filter(|part| !part.is_empty());
        Some(path.collect::<Vec<_>>().join("/"))
    }
}

/// An item without its visibility and its indentation.
fn visible(line: &str) -> &str {
    let item = line.trim_start();
    let item =
        item.strip_prefix("pub(").and_then(|item| item.split_once(") ")).map_or(item, |(_, item)| item);
    item.strip_prefix("pub ").unwrap_or(item)
}

/// The paths of a `use` tree: `a::{b, c::{d, e as f}}` names `a::b`, `a::c::d` and `a::c::e`.
fn expand(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((head, inner)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or(tree);
        return vec![path.split_whitespace().collect()];
    };
    let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
    let (mut depth, mut start, mut parts) = (0_usize, 0, Vec::new());
    for (at, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(expand).map(|part| format!("{}{part}", head.trim())).collect()
}

/// The code of core: comments left out, and what is compiled for its own tests alone.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src");
    let mut files = BTreeMap::new();
    collect(&root, "", &mut files);
    let mut sources: Vec<_> = files.into_iter().map(|(path, text)| (shipped(&text), path)).collect();
    let tests: Vec<String> = sources.iter().flat_map(|((_, tests), path)| modules(path, tests)).collect();
    sources.retain(|(_, path)| {
        !tests.iter().any(|test| path == &format!("{test}.rs") || path.starts_with(&format!("{test}/")))
    });
    sources.into_iter().map(|((code, _), path)| Source { path, code }).collect()
}

fn collect(root: &Path, below: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(root.join(below)).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.path().is_dir() {
            collect(root, &path, files);
        } else if path.ends_with(".rs") {
            files.insert(path, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

/// The lines that ship, and the modules that are tests and lie in files of their own. What `rustfmt` guarantees is
/// relied on: an item ends with a bracket under its first letter.
fn shipped(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut code, mut tests) = (Vec::new(), Vec::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (indent, line_code) = (line.len() - line.trim_start().len(), line.trim());
        if line_code.starts_with("//") {
            continue;
        }
        if !line_code.starts_with("#[cfg(test)]") && !line_code.starts_with("#[cfg(any(test") {
            code.push(line.to_owned());
            continue;
        }
        for line in lines.by_ref() {
            let item = line.trim();
            if let Some(module) = item.strip_suffix(';').and_then(|item| item.rsplit_once("mod ")) {
                tests.push(module.1.to_owned());
            }
            let ends = item.ends_with(';') || item.ends_with('}');
            if ends && line.len() - line.trim_start().len() == indent {
                break;
            }
        }
    }
    (code, tests)
}

/// Modules declared in a file, as the paths of their files without an ending.
fn modules(path: &str, names: &[String]) -> Vec<String> {
    let folder = path.strip_suffix("/mod.rs").or(path.strip_suffix(".rs")).unwrap_or(path);
    names.iter().map(|name| if folder == "lib" { name.clone() } else { format!("{folder}/{name}") }).collect()
}

/// The layer of a module or of what is in it.
fn layer(path: &str) -> Option<&'static Layer> {
    let fits =
        |module: &str| path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let longest =
        |layer: &Layer| layer.1.iter().filter(|module| fits(module)).map(|module| module.len()).max();
    LAYERS
        .iter()
        .filter_map(|layer| Some((longest(layer)?, layer)))
        .max_by_key(|(length, _)| *length)
        .map(|(_, layer)| layer)
}

/// Fails with every place that breaks a rule.
fn holds(rule: &str, broken: &BTreeMap<String, Vec<String>>) {
    let broken: Vec<String> =
        broken.iter().map(|(name, places)| format!("  {name}\n    {}", places.join("\n    "))).collect();
    assert!(broken.is_empty(), "{rule}:\n{}", broken.join("\n"));
}

#[test]
fn layers_point_downwards() {
    let sources = sources();
    let root = sources.iter().find(|source| source.path == "lib.rs").unwrap();
    // What the root of the crate re-exports stands where it is declared.
    let exported: BTreeMap<String, String> = root
        .code
        .join("\n")
        .split(';')
        .filter_map(|part| part.split_once("pub use "))
        .flat_map(|(_, tree)| expand(tree))
        .filter_map(|path| Some((path.rsplit_once("::")?.1.to_owned(), path.replace("::", "/"))))
        .collect();
    let mut broken: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in &sources {
        let (from, _, may) = source.layer();
        for path in source.paths() {
            let Some((to, ..)) = layer(exported.get(&path).unwrap_or(&path)) else { continue };
            if to != from && !may.contains(to) {
                let place = format!("{}: {path}", source.path);
                let top = source.module()[0];
                broken.entry(format!("{top} -> {to}")).or_default().push(place);
            }
        }
    }
    holds("a layer uses what is above it", &broken);
}

#[test]
fn a_name_is_one_type() {
    let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources() {
        for line in &source.code {
            let mut words = visible(line).split_whitespace();
            let is_type = match words.next() {
                Some("struct" | "enum" | "union" | "trait") => true,
                // Indented, it is one of a trait's, and every implementation names it again.
                Some("type") => !line.starts_with(' '),
                _ => false,
            };
            let name = words.next().filter(|_| is_type).unwrap_or_default();
            let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if name.starts_with(char::is_uppercase) {
                types.entry(name).or_default().push(source.path.clone());
            }
        }
    }
    types.retain(|_, places| places.len() > 1);
    holds("a type's name is used twice in core", &types);
}

#[test]
fn a_file_name_stands_twice_at_most() {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources().into_iter() {
        let name = source.path.rsplit('/').next().unwrap_or(&source.path).to_owned();
        names.entry(name).or_default().push(source.path);
    }
    names.retain(|name, places| places.len() > 2 && !EVERYWHERE.contains(&name.as_str()));
    holds("a file name stands more than twice in core", &names);
}

#[test]
fn a_use_tree_names_every_path() {
    assert_eq!(
        expand("crate::{a, b::{C, D as E},\n    f}"),
        ["crate::a", "crate::b::C", "crate::b::D", "crate::f"]
    );
    let source = Source {
        path: "areas/today.rs".into(),
        code: ["use super::{", "    facts, super::store::Tx,", "};", "fn f(x: crate::model::Kind) {}"]
            .map(str::to_owned)
            .to_vec(),
    };
    let paths: Vec<String> = source.paths().into_iter().collect();
    assert_eq!(paths, ["areas/facts", "model/Kind", "store/Tx"]);
}
