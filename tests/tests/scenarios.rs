//! Every acceptance scenario of `tests/scenarios/`, and whether it would notice a broken playbook.

#![expect(clippy::panic, clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use butler_core::playbook::Playbooks;
use butler_tests::scenario::{self, Books, Community, Outcome, Scenario, Unrun};

/// The areas of procedures: `covers` of all scenarios together names each of them.
const AREAS: [&str; 23] = [
    "grid",
    "records",
    "contacts",
    "patrol",
    "orders",
    "complaints",
    "repair",
    "renovation",
    "vacant",
    "fees",
    "follow_up",
    "emergency",
    "handover",
    "lifecycle",
    "segments",
    "services",
    "housing",
    "activities",
    "registers",
    "quality",
    "training",
    "metrics",
    "conduct",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn embedded() -> Books {
    Books::embedded(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/playbooks")).unwrap()
}

fn all() -> (Community, Vec<Scenario>) {
    let community = scenario::community(&folder()).unwrap_or_else(|wrong| panic!("{wrong}"));
    let files = scenario::files(&folder()).unwrap();
    let read = files.iter().map(|file| scenario::scenario(file).unwrap_or_else(|wrong| panic!("{wrong}")));
    (community, read.collect())
}

/// What all scenarios together may take on two processors: nobody waits longer than a minute and still runs them often.
const BOUND: f64 = 60.0;

/// Does a piece of work for each, on as many threads as there are processors, and says what it took beside [`BOUND`].
/// Said, not asserted: on a busy machine time says nothing, and nothing says how busy a machine is.
#[expect(
    clippy::explicit_write,
    reason = "past the test harness, which keeps what passing tests print to itself"
)]
fn each<T: Sync, R: Send>(what: &str, work: &[T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = Mutex::new(0);
    let done = Mutex::new(BTreeMap::new());
    let busy = Mutex::new(Some(0.0));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, Into::into) {
            scope.spawn(|| {
                loop {
                    let at = {
                        let mut next = next.lock().unwrap();
                        *next += 1;
                        *next - 1
                    };
                    let Some(one) = work.get(at) else { break };
                    let result = act(one);
                    done.lock().unwrap().insert(at, result);
                }
                let mut busy = busy.lock().unwrap();
                *busy = busy.zip(worked()).map(|(before, here)| before + here);
            });
        }
    });
    if let Some(busy) = busy.into_inner().unwrap() {
        let two = busy / 2.0;
        writeln!(std::io::stderr(), "{what}: {}, {two:.1} s of two processors (bound {BOUND} s)", work.len())
            .unwrap();
    }
    done.into_inner().unwrap().into_values().collect()
}

/// Seconds a processor worked for this thread so far; `None` where the system does not say.
fn worked() -> Option<f64> {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(said.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

fn run(community: &Community, scenario: &Scenario, books: &Books) -> Result<Outcome, Unrun> {
    scenario::run(community, scenario, books, &mut |_| {})
}

fn fail_if_any(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_scenario_is_fulfilled() {
    let (community, scenarios) = all();
    let books = embedded();
    let results = each("scenarios", &scenarios, |scenario| match run(&community, scenario, &books) {
        Err(unrun) => vec![unrun.to_string()],
        Ok(outcome) if !outcome.failures.is_empty() => {
            outcome.failures.iter().map(ToString::to_string).collect()
        }
        Ok(outcome) => {
            let lacks = scenario::lacks(scenario, &outcome);
            lacks.into_iter().map(|lack| format!("{}: {lack}", scenario.file)).collect()
        }
    });
    fail_if_any(results.into_iter().flatten().collect());
}

#[test]
fn scenarios_cover_all_areas_and_name_playbooks_there_are() {
    let (_, scenarios) = all();
    let known: BTreeSet<String> =
        Playbooks::embedded_files().iter().filter_map(|file| file.head()).map(|head| head.id).collect();
    let mut wrong = Vec::new();
    let covered = |area: &str| scenarios.iter().any(|scenario| scenario.covers.iter().any(|one| one == area));
    for area in AREAS.into_iter().filter(|area| !covered(area)) {
        wrong.push(format!("no scenario covers `{area}`"));
    }
    for scenario in &scenarios {
        for area in scenario.covers.iter().filter(|area| !AREAS.contains(&area.as_str())) {
            wrong.push(format!("{}: there is no area `{area}` (see README.md)", scenario.file));
        }
        for id in scenario.playbooks.iter().filter(|id| !known.contains(*id)) {
            wrong.push(format!("{}: there is no playbook `{id}`", scenario.file));
        }
    }
    fail_if_any(wrong);
}

/// The long tier, as `cargo xtask test --full` asks for it.
fn is_full() -> bool {
    std::env::var("BUTLER_TEST_TIER").is_ok_and(|tier| tier == "full")
}

/// Whether a scenario notices is the question of the long tier: each breakage is a whole run. That every breakage still
/// fits the playbook's text is asked always.
#[test]
fn every_scenario_notices_its_broken_playbooks() {
    let (community, scenarios) = all();
    let books = embedded();
    let work: Vec<_> = scenarios
        .iter()
        .flat_map(|scenario| scenario.broken.iter().map(move |row| (scenario, row)))
        .collect();
    let results = each("breakages", &work, |(scenario, row)| {
        let place = format!("{}:{}: [[broken]] {}", scenario.file, row.line, row.row.change().file);
        let books = match books.of(scenario).changed(&row.row.change()) {
            Ok(books) => books,
            Err(what) => return Some(format!("{place}: {what}")),
        };
        if !is_full() {
            return None;
        }
        match scenario::first_failure(&community, scenario, &books) {
            Err(Unrun::Playbooks(reasons)) => {
                Some(format!("{place}: the set is rejected, which proves nothing of the scenario: {reasons}"))
            }
            Ok(None) => Some(format!("{place}: the scenario does not notice this change")),
            Ok(Some(_)) | Err(Unrun::File(_)) => None,
        }
    });
    fail_if_any(results.into_iter().flatten().collect());
}

#[test]
fn where_nothing_is_required_no_evidence_is_missing() {
    let (community, scenarios) = all();
    let lax = embedded().without_required();
    let asking: Vec<&Scenario> = scenarios
        .iter()
        .filter(|scenario| {
            scenario.steps.iter().any(|step| step.row.args.rejected.as_deref() == Some("evidence"))
        })
        .collect();
    let results = each("scenarios where nothing is required", &asking, |scenario| {
        match scenario::first_failure(&community, scenario, &lax) {
            Ok(None) => {
                Some(format!("{}: it does not notice that nothing is required any more", scenario.file))
            }
            Err(Unrun::Playbooks(reasons)) => Some(format!("{}: {reasons}", scenario.file)),
            Ok(Some(_)) | Err(Unrun::File(_)) => None,
        }
    });
    fail_if_any(results.into_iter().flatten().collect());
}
