//! A screen of an app is drawn by few calls, and every call the document names is in both packages.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// How many calls draw a screen at most.
const MOST: usize = 3;

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

/// The files of a folder, one behind the other.
fn every_file(folder: &str) -> String {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)).unwrap();
    let files = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// The names in backticks of one cell.
fn named(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// What an app can call, as `area.verb`, or the verb alone for what the butler itself does: read off the package, whose
/// areas are classes, and properties of the class of the butler.
fn offered(butler: &str, areas: &str, class: &str, property: &str, verb: &str) -> BTreeSet<String> {
    let word = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric()).collect::<String>();
    // The property `today` is of the class `Today`.
    let properties: BTreeMap<String, String> = butler
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.trim().strip_prefix(property)?.split_once([':', '='])?;
            let of = rest.trim().trim_start_matches(|c: char| !c.is_uppercase());
            Some((word(of), name.trim().to_owned()))
        })
        .collect();
    let verbs = |text: &str| {
        let mut at = String::new();
        let mut found = Vec::new();
        for line in text.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix(class) {
                at = word(rest);
            }
            let called = line.split_once(verb).map(|(before, rest)| (before.contains("private"), word(rest)));
            if let Some((false, name)) = called {
                found.push((at.clone(), name));
            }
        }
        found
    };
    let own = verbs(butler).into_iter().map(|(_, name)| name);
    let of_areas = verbs(areas)
        .into_iter()
        .filter_map(|(class, name)| Some(format!("{}.{name}", properties.get(&class)?)));
    own.chain(of_areas).collect()
}

fn packages() -> [(&'static str, BTreeSet<String>); 2] {
    let (kotlin, swift) = ("bindings/kotlin/src/main/kotlin/butler", "bindings/swift/Sources/ButlerKit");
    [
        (
            "Kotlin",
            offered(&text(&format!("{kotlin}/Butler.kt")), &every_file(kotlin), "class ", "val ", "fun "),
        ),
        (
            "Swift",
            offered(
                &text(&format!("{swift}/Butler.swift")),
                &every_file(&format!("{swift}/Areas")),
                "public struct ",
                "public var ",
                "func ",
            ),
        ),
    ]
}

#[test]
fn a_screen_is_drawn_by_at_most_three_calls_that_both_packages_have() {
    let document = text("docs/app-calls.md");
    let rows = document.lines().filter(|line| line.starts_with("| ")).skip(1);
    let packages = packages();
    let mut screens = 0;
    for row in rows {
        let cells: Vec<&str> = row.split('|').collect();
        let [_, screen, drawn, then, _] = cells.as_slice() else { panic!("{row}") };
        let is_call = |name: &&str| name.starts_with(char::is_lowercase) && *name != "dues";
        let drawn: Vec<&str> = named(drawn).filter(is_call).collect();
        assert!((1..=MOST).contains(&drawn.len()), "{screen} is drawn by {drawn:?}");
        for call in drawn.into_iter().chain(named(then).filter(is_call)) {
            for (language, offered) in &packages {
                assert!(offered.contains(call), "{screen}: {call} is not in {language}: {offered:?}");
            }
        }
        screens += 1;
    }
    assert!(screens > 25, "only {screens} screens were found");
}

/// The code of a document's first blocks in a language, line by line.
fn examples<'t>(document: &'t str, language: &str, blocks: usize) -> Vec<&'t str> {
    let fence = format!("```{language}\n");
    let blocks = document.split(&fence).skip(1).take(blocks);
    let lines = blocks.filter_map(|block| block.split("```").next()).flat_map(str::lines);
    lines.map(str::trim).filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_examples_of_the_readmes_are_run_by_tests() {
    for (readme, language, test, but) in [
        (
            "bindings/kotlin/README.md",
            "kotlin",
            "bindings/kotlin/src/test/kotlin/butler/ButlerTest.kt",
            // The test has the patrol from a helper, which looks on every page.
            &["val patrol", "val due", "val round"][..],
        ),
        (
            "bindings/swift/README.md",
            "swift",
            "bindings/swift/Tests/ButlerKitTests/ReadmeTests.swift",
            &[][..],
        ),
    ] {
        let (readme_text, run) = (text(readme), text(test));
        let run: BTreeSet<&str> = run.lines().map(str::trim).collect();
        let missing = examples(&readme_text, language, 2)
            .into_iter()
            .filter(|line| !but.iter().any(|known| line.starts_with(known)))
            .filter(|line| !run.contains(line));
        assert_eq!(
            missing.collect::<Vec<_>>(),
            Vec::<&str>::new(),
            "{readme} shows what {test} does not run"
        );
    }
}
