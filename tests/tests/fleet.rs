//! The rules of sync, made real: see `butler_tests::fleet`.
//!
//! First that a bad week ends well, then that it is the rules that make it so: each test of a rule switches it
//! off and must find a seed that notices.

#![expect(clippy::panic, reason = "the helpers of a test fail as the test does")]

use std::collections::BTreeSet;

use butler_core::sync::SyncRules;
use butler_office::hub;
use butler_tests::fleet::{Faults, Outcome, Plan, Restored, run};

/// Seeds of bad weeks run every time.
const WEEKS: u64 = 12;
/// Seeds tried until one notices that a rule is off.
const TRIES: u64 = 10;

/// The one seed that somebody wants to see again, instead of those of a test.
fn replayed() -> Option<u64> {
    std::env::var("BUTLER_FLEET_SEED")
        .ok()
        .map(|seed| seed.parse().unwrap_or_else(|_| panic!("no seed: {seed}")))
}

fn expect(seed: u64, plan: &Plan) -> Outcome {
    run(seed, plan).unwrap_or_else(|broken| panic!("seed {seed}: {broken}"))
}

#[test]
fn two_phones_and_an_office_agree_on_a_good_line() {
    let outcome = expect(1, &Plan { phones: 2, days: 1, faults: Faults::NONE, ..Plan::default() });
    assert!(outcome.edits > 0);
    assert_eq!((outcome.accepted, outcome.flagged), (outcome.edits, 0));
}

#[test]
fn a_hundred_bad_phone_days_end_well() {
    if let Some(seed) = replayed() {
        println!("{}", expect(seed, &Plan::default()));
        return;
    }
    let halves = [0..WEEKS / 2, WEEKS / 2..WEEKS];
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let week = |seeds: std::ops::Range<u64>| {
            scope.spawn(move || seeds.map(|seed| expect(seed, &Plan::default())).collect::<Vec<_>>())
        };
        let running: Vec<_> = halves.into_iter().map(week).collect();
        running.into_iter().flat_map(|half| half.join().unwrap()).collect()
    });
    let sum = |of: fn(&Outcome) -> u64| outcomes.iter().map(of).sum::<u64>();
    for outcome in &outcomes {
        println!("{outcome}");
    }
    // None of it counts if nothing went wrong.
    assert!(sum(|o| u64::from(o.phone_days)) >= 100);
    for (what, count) in [
        ("syncs that broke", sum(|o| o.broken_syncs)),
        ("crashes", sum(|o| o.crashes)),
        ("files copied back", sum(|o| o.rollbacks)),
        ("copied phones", sum(|o| o.clones)),
        ("rejections", sum(|o| o.sum.rejected)),
        ("edits written again", sum(|o| o.sum.reauthored)),
        ("forks", sum(|o| o.sum.forks)),
        ("duplicates", sum(|o| o.sum.duplicates)),
        ("removed records", sum(|o| o.sum.removed)),
        ("rejections lifted", sum(|o| o.sum.accepted_since)),
        ("photos", sum(|o| o.photos)),
        ("steps of cases", sum(|o| o.steps)),
        ("concurrent steps", sum(|o| o.concurrent)),
        ("fields of a newer app", sum(|o| o.unknown)),
        ("writes on a full disk", sum(|o| o.no_room)),
    ] {
        assert!(count > 0, "no {what} in {WEEKS} weeks");
    }
}

#[test]
fn the_same_seed_leaves_the_same_trace() {
    let plan = Plan { days: 1, ..Plan::default() };
    let traces: BTreeSet<[u8; 32]> = [7, 7, 8].map(|seed| expect(seed, &plan).trace).into();
    assert_eq!(traces.len(), 2, "two seeds, two traces");
}

/// Documents and tips are two ways to the same bytes: a fleet that goes the one way alone, and one that mixes them, send the
/// same to the letter.
#[test]
fn a_fleet_that_loads_every_record_leaves_the_same_trace() {
    let mixed = Plan { days: 2, ..Plan::default() };
    let loading = Plan { always_load: true, ..mixed.clone() };
    for seed in [3, 11] {
        assert_eq!(expect(seed, &mixed), expect(seed, &loading), "seed {seed}");
    }
}

/// Finds a seed that notices, and shows that it is the rule it notices: with every rule the same seed is well.
fn is_noticed(plan: Plan) {
    let seeds = replayed().map_or(0..TRIES, |seed| seed..seed + 1);
    let noticed = seeds.clone().find_map(|seed| run(seed, &plan).err().map(|broken| (seed, broken)));
    let Some((seed, broken)) = noticed else { panic!("seeds {seeds:?} do without this rule") };
    println!("seed {seed}: {broken}");
    expect(seed, &Plan { phone_rules: SyncRules::ALL, office_rules: hub::Rules::default(), ..plan });
}

fn phones_without(faults: Faults, phone_rules: SyncRules) {
    is_noticed(Plan { phones: 3, days: 2, faults, phone_rules, ..Plan::default() });
}

fn office_without(faults: Faults, office_rules: hub::Rules) {
    is_noticed(Plan { phones: 3, days: 2, faults, office_rules, ..Plan::default() });
}

/// Copies of phones, back and forth.
const COPIES: Faults = Faults { clone: 20, rollback: 15, forbidden: 25, ..Faults::ALL };

#[test]
fn rule_1_a_duplicate_gives_way() {
    phones_without(COPIES, SyncRules { adopt_duplicates: false, ..SyncRules::ALL });
}

#[test]
fn rule_1_an_edit_is_accepted_once() {
    office_without(COPIES, hub::Rules { one_copy_per_edit: false, ..hub::Rules::default() });
}

#[test]
fn rule_3_an_edit_is_written_again_where_it_was() {
    let faults = Faults { forbidden: 30, busy: 40, ..Faults::ALL };
    phones_without(faults, SyncRules { own_dependencies: false, ..SyncRules::ALL });
}

#[test]
fn rule_4_a_number_is_used_once() {
    let faults = Faults { forbidden: 30, ..Faults::NONE };
    phones_without(faults, SyncRules { new_actor: false, ..SyncRules::ALL });
}

#[test]
fn rule_5_no_means_no() {
    // Small: a phone that does not take no for an answer asks very often.
    let faults = Faults { forbidden: 10, ..Faults::NONE };
    let phone_rules = SyncRules { final_verdicts: false, ..SyncRules::ALL };
    is_noticed(Plan { phones: 1, days: 1, faults, phone_rules, ..Plan::default() });
}

/// Whoever did not hear the office's no is promoted meanwhile, and hands the same in again.
#[test]
fn rule_5_no_stays_no_when_rights_change() {
    let faults = Faults { hang_up: 25, forbidden: 60, promote: 20, ..Faults::NONE };
    office_without(faults, hub::Rules { verdicts_are_final: false, ..hub::Rules::default() });
}

#[test]
fn rule_6_nothing_waits_for_what_was_rejected() {
    let faults = Faults { forbidden: 40, ..Faults::NONE };
    office_without(faults, hub::Rules { dependency_rejected_at_once: false, ..hub::Rules::default() });
}

#[test]
fn rule_6_what_builds_on_a_dead_change_is_rebuilt() {
    let faults = Faults { forbidden: 30, ..Faults::NONE };
    phones_without(faults, SyncRules { rebuild: false, ..SyncRules::ALL });
}

/// What a colleague's lost phone had built on waits until somebody can prove it: the office's secret is gone as well, so that
/// is its author's own phone.
#[test]
fn rule_7_what_waits_is_applied_when_what_it_waits_for_comes() {
    let faults = Faults { restore: 40, secret: 60, lost: 8, ..Faults::NONE };
    let office_rules = hub::Rules { pending_is_applied: false, ..hub::Rules::default() };
    is_noticed(Plan { phones: 4, faults, office_rules, ..Plan::default() });
}

/// What a restored office forgot and only its author's colleagues still have, for the author's phone is lost.
#[test]
fn rule_8_what_others_wrote_is_handed_in_too() {
    let faults = Faults { restore: 40, lost: 6, ..Faults::NONE };
    phones_without(faults, SyncRules { hand_in_foreign: false, ..SyncRules::ALL });
}

#[test]
fn rule_9_a_fork_is_an_accident_not_an_attack() {
    office_without(COPIES, hub::Rules { forks_are_found: false, ..hub::Rules::default() });
}

#[test]
fn rule_9_the_acknowledged_side_of_a_fork_stays() {
    phones_without(COPIES, SyncRules { acknowledged_wins: false, ..SyncRules::ALL });
}

#[test]
fn rule_10_receipts_count_within_the_record() {
    let faults = Faults { move_building: 30, ..Faults::NONE };
    office_without(faults, hub::Rules { receipts_ordinal_within_record: false, ..hub::Rules::default() });
}

#[test]
fn rule_11_the_list_of_receipts_is_believed() {
    phones_without(Faults::NONE, SyncRules { receipts_of_all: false, ..SyncRules::ALL });
}

/// Whoever wrote it may not write there any more, or has no phone any more: the seal alone proves it.
#[test]
fn rule_13_a_sealed_receipt_is_believed() {
    let faults = Faults { restore: 40, move_building: 20, lost: 6, ..Faults::NONE };
    office_without(faults, hub::Rules { sealed_is_accepted: false, ..hub::Rules::default() });
}

#[test]
fn rule_14_what_no_grid_shows_goes() {
    let faults = Faults { move_building: 20, ..Faults::NONE };
    phones_without(faults, SyncRules { sweep: false, ..SyncRules::ALL });
}

/// Late pages of the days before a restore, when the phones' cursors stood elsewhere.
#[test]
fn rule_15_a_page_answers_the_open_request() {
    let faults = Faults { late: 60, loss: 10, restore: 50, ..Faults::NONE };
    let phone_rules = SyncRules { page_must_fit: false, ..SyncRules::ALL };
    is_noticed(Plan { phones: 3, days: 3, faults, phone_rules, ..Plan::default() });
}

#[test]
fn rule_15_a_lost_grid_is_forgotten() {
    let faults = Faults { reassign: 20, ..Faults::NONE };
    phones_without(faults, SyncRules { lost_grid_forgotten: false, ..SyncRules::ALL });
}

/// The line of a bad week, and an office that is restored from a backup.
fn restored() -> Plan {
    let faults = Faults { rollback: 0, clone: 0, move_building: 0, reassign: 0, release: 0, ..Faults::ALL };
    Plan { phones: 3, days: 2, faults, restored: Restored::Evening, ..Plan::default() }
}

#[test]
fn a_restored_office_gets_everything_again() {
    for seed in 0..4 {
        println!("{}", expect(seed, &restored()));
    }
}

/// No phone is told that its sync is complete by an office that has forgotten half of it meanwhile.
#[test]
fn an_office_restored_in_the_middle_of_a_sync_is_noticed_in_that_sync() {
    let plan = Plan { phones: 3, days: 2, restored: Restored::MidSync, ..Plan::default() };
    for seed in 0..2 {
        println!("{}", expect(seed, &Plan { faults: Faults::NONE, ..plan.clone() }));
    }
}

/// Buildings move away before the office is backed up; then it is restored.
#[test]
fn rule_16_what_no_backup_holds_is_kept() {
    let faults = Faults { restore: 40, move_building: 20, reassign: 15, ..Faults::NONE };
    phones_without(faults, SyncRules { keep_unbacked: false, ..SyncRules::ALL });
}

#[test]
fn rule_17_a_new_generation_starts_over() {
    is_noticed(Plan { phone_rules: SyncRules { new_generation: false, ..SyncRules::ALL }, ..restored() });
}

#[test]
fn rule_18_what_was_let_in_since_is_asked_for() {
    let faults = Faults { forbidden: 30, release: 20, move_building: 20, ..Faults::NONE };
    phones_without(faults, SyncRules { ask_accepted_since: false, ..SyncRules::ALL });
}
