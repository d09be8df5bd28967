//! Faults in pairs and threes, the restored office among them: what each of them alone does not break.
//!
//! `BUTLER_TEST_TIER=full` takes 300 seeds of each kind of world. Every run takes a tenth of all those together: more of the worlds
//! that cost little, a few of the large ones. A world that breaks is made as small as it still breaks before it is told.

#![expect(clippy::panic, reason = "the helpers of a test fail as the test does")]

use butler_tests::fleet::plan::{run_and_compare, shrink};
use butler_tests::fleet::{Outcome, Plan};

/// Seeds tried for each smaller world.
const TRIES: u64 = 3;
/// Seeds of each kind of world in the full tier.
const FULL: u64 = 300;

/// Runs these seeds and as many more as the tier asks for.
fn all_end_well(from: u64, few: u64, plan: impl Fn(u64) -> Plan) -> Vec<Outcome> {
    let full = std::env::var("BUTLER_TEST_TIER").is_ok_and(|tier| tier == "full");
    let replayed = std::env::var("BUTLER_FLEET_SEED").ok().map(|seed| {
        let seed: u64 = seed.parse().unwrap_or_else(|_| panic!("no seed: {seed}"));
        seed..seed + 1
    });
    let seeds = replayed.unwrap_or(from..from + if full { FULL } else { few });
    seeds.map(|seed| expect(seed, &plan(seed))).collect()
}

fn expect(seed: u64, plan: &Plan) -> Outcome {
    run_and_compare(seed, plan).unwrap_or_else(|broken| {
        println!("seed {seed}: {broken}\n    {}", plan.told());
        if let Some((seed, plan, broken)) = shrink(seed, plan, TRIES) {
            println!("the least that breaks: seed {seed}: {broken}\n    {}", plan.told());
        }
        panic!("seed {seed}: {broken}")
    })
}

fn sum(outcomes: &[Outcome], of: fn(&Outcome) -> u64) -> u64 {
    outcomes.iter().map(of).sum()
}

#[test]
fn two_or_three_faults_at_once_end_well() {
    let outcomes = all_end_well(0, 64, Plan::of_pairs);
    // None of it counts if nothing went wrong.
    assert!(sum(&outcomes, |outcome| outcome.restores) > 0 && sum(&outcomes, |outcome| outcome.accepted) > 0);
}

#[test]
fn a_restored_office_and_each_other_fault_end_well() {
    let outcomes = all_end_well(0, 54, Plan::restored_with_one);
    assert!(sum(&outcomes, |outcome| outcome.restores) > 0 && sum(&outcomes, |outcome| outcome.lost) > 0);
}

#[test]
fn an_office_restored_again_and_again_in_a_bad_week_gets_everything_again() {
    let outcomes = all_end_well(1_000, 24, |_| Plan::restored_again_and_again());
    assert!(sum(&outcomes, |outcome| outcome.restores) > 5);
}

#[test]
fn everything_often_ends_well() {
    let outcomes = all_end_well(0, 15, |_| Plan::harsh());
    assert!(sum(&outcomes, |outcome| outcome.broken_syncs) > 0);
}

/// Beside those of every run in `fleet.rs` and `fleet_large.rs`.
#[test]
fn many_bad_weeks_of_few_and_of_many_phones_end_well() {
    all_end_well(100, 15, |_| Plan::default());
    all_end_well(100, 8, |_| Plan { phones: 9, days: 5, ..Plan::default() });
}

/// Worlds that broke, each of what it was about.
#[test]
fn what_broke_once_ends_well() {
    for (seed, what) in [
        (1_002, "an edit that was let in, and the office restored before the feed brought it"),
        (1_038, "a photo at the office, of a record that left, in no backup"),
        (1_059, "what others built on a change whose number a phone with older files used again"),
        (70_017, "a photo of an edit that was rejected with its record, and let in where no grid shows it"),
    ] {
        println!("seed {seed}: {what}");
        expect(seed, &Plan::restored_again_and_again());
    }
}
