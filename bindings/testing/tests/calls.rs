//! The contract of the calls: `tests/contract/calls/<area>.json`, what every call of the butler answers and how it fails. It
//! is written here, from the real library, and played by the packages of both languages too, each through its own half
//! (docs/testing.md). `BLESS=1` writes what is answered now.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "calls/crossing.rs"]
mod crossing;
#[path = "calls/player.rs"]
mod player;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};

use crossing::Description;
use player::Stage;

fn contract() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/contract/calls")
}

/// The library that is tested lies beside the test.
fn description() -> Description {
    let name = format!("{}butler_ffi{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    Description::of(&std::env::current_exe().unwrap().with_file_name(name))
}

/// The files of the contract, each a list of stories.
fn files() -> Vec<(PathBuf, Json)> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(contract()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        (file, json)
    };
    files.into_iter().map(read).collect()
}

fn list<'a>(of: &'a Json, name: &str) -> &'a [Json] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn every_call_answers_as_the_contract_says() {
    let description = description();
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for (file, stories) in files() {
        let mut played = Vec::new();
        for story in stories.as_array().unwrap() {
            let mut stage = Stage::of(&description, story["world"].as_str().unwrap());
            let mut cases = Vec::new();
            for case in list(story, "cases") {
                let now = stage.play(case);
                if now != *case && !bless {
                    let told = |case: &Json| serde_json::to_string_pretty(case).unwrap();
                    wrong.push(format!("{}: {}\nnot as before:\n{}", file.display(), told(&now), told(case)));
                }
                cases.push(now);
            }
            played.push(json!({ "world": story["world"], "cases": cases }));
        }
        if bless {
            std::fs::write(&file, written(&played)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A file of the contract: one line a case's call and its arguments, its answer below.
fn written(stories: &[Json]) -> String {
    let mut text = String::new();
    block(&json!(stories), 0, &mut text);
    text + "\n"
}

/// Values that fit on a line are on one.
fn block(value: &Json, depth: usize, text: &mut String) {
    let line = serde_json::to_string(value).unwrap();
    let parts: Vec<(Option<&String>, &Json)> = match value {
        Json::Array(all) => all.iter().map(|part| (None, part)).collect(),
        Json::Object(all) => in_order(all).into_iter().map(|(name, part)| (Some(name), part)).collect(),
        _ => Vec::new(),
    };
    if parts.is_empty() || line.len() + depth <= 110 && !line.contains("\"case\":") {
        text.push_str(&spaced(value));
        return;
    }
    let (open, close) = if value.is_array() { ('[', ']') } else { ('{', '}') };
    text.push(open);
    for (at, (name, part)) in parts.iter().enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        text.push_str(&" ".repeat(depth + 1));
        if let Some(name) = name {
            text.push_str(&format!("{}: ", json!(name)));
        }
        block(part, depth + 1, text);
    }
    text.push('\n');
    text.push_str(&" ".repeat(depth));
    text.push(close);
}

/// On one line, with the spaces a person would leave.
fn spaced(value: &Json) -> String {
    match value {
        Json::Array(all) => format!("[{}]", all.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        Json::Object(all) if all.is_empty() => "{}".to_owned(),
        Json::Object(all) => {
            let parts: Vec<_> = in_order(all)
                .into_iter()
                .map(|(name, part)| format!("{}: {}", json!(name), spaced(part)))
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
        other => other.to_string(),
    }
}

/// What is given stands before what is answered.
fn in_order(all: &Map<String, Json>) -> Vec<(&String, &Json)> {
    const ORDER: [&str; 10] =
        ["world", "case", "call", "form", "with", "keep", "at", "error", "words", "answer"];
    let rank = |name: &str| ORDER.iter().position(|known| *known == name);
    let mut parts: Vec<_> = all.iter().collect();
    if all.contains_key("call") || all.contains_key("cases") {
        parts.sort_by_key(|(name, _)| (rank(name).unwrap_or(usize::MAX), name.as_str()));
    }
    parts
}

#[test]
fn every_call_and_every_error_is_in_the_contract() {
    let description = description();
    let stories: Vec<Json> =
        files().into_iter().flat_map(|(_, file)| file.as_array().unwrap().clone()).collect();
    let cases: Vec<&Json> = stories.iter().flat_map(|story| list(story, "cases")).collect();
    let called: BTreeSet<&str> = cases.iter().filter_map(|case| case["call"].as_str()).collect();
    let uncalled: Vec<String> = description
        .calls
        .keys()
        .map(|call| player::named(call))
        .filter(|call| !called.contains(call.as_str()) && !player::ELSEWHERE.contains(&call.as_str()))
        .collect();
    assert_eq!(uncalled, Vec::<String>::new(), "calls of the library without a case");

    let thrown = |case: &&Json| match &case["error"] {
        Json::Null => {
            case["call"].as_str().filter(|call| *call == "errorWords").and(variant(&case["with"]["error"]))
        }
        error => variant(error),
    };
    let errors: BTreeSet<String> = cases.iter().filter_map(thrown).collect();
    let missing: Vec<String> =
        description.variants("ButlerError").into_iter().filter(|error| !errors.contains(error)).collect();
    assert_eq!(missing, Vec::<String>::new(), "errors without a case");

    let problems: BTreeSet<&str> =
        cases.iter().filter_map(|case| case["error"]["invalidInput"]["reason"].as_str()).collect();
    let missing: Vec<String> = description
        .variants("InputProblem")
        .into_iter()
        .filter(|problem| {
            !problems.contains(problem.as_str()) && !player::UNREACHED.contains(&problem.as_str())
        })
        .collect();
    assert_eq!(missing, Vec::<String>::new(), "problems of an input without a case");
    let reached: Vec<&&str> =
        player::UNREACHED.iter().filter(|problem| problems.contains(**problem)).collect();
    assert_eq!(reached, Vec::<&&str>::new(), "problems that are met after all");
}

/// Which error it is.
fn variant(error: &Json) -> Option<String> {
    match error {
        Json::String(name) => Some(name.clone()),
        Json::Object(of) => of.keys().next().cloned(),
        _ => None,
    }
}

/// A panic below a call reaches the caller, holds nothing locked and leaves the butler as it was.
#[test]
fn a_butler_works_on_after_a_panic_inside_a_call() {
    let description = description();
    let mut stage = Stage::of(&description, "morning");
    let before = stage.play(&json!({ "call": "status" }));
    assert!(catch_unwind(AssertUnwindSafe(|| stage.breaks_down())).is_err());
    assert_eq!(stage.play(&json!({ "call": "status" })), before);
    let synced = stage.play(&json!({ "call": "sync" }));
    assert_eq!(synced["answer"]["end"], "complete", "{synced}");
}
