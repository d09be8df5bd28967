//! A larger fleet over a working week: what nine phones meet in five days and five do not in three.

use butler_tests::fleet::{Plan, run};

/// Buildings move while photos of their homes are still on a phone that never wrote such a home: the office will not
/// take them. They must not keep the home on a phone whose grids do not show it.
#[test]
fn nine_phones_agree_after_a_working_week() {
    for seed in [140_003, 140_022] {
        let plan = Plan { phones: 9, days: 5, ..Plan::default() };
        let outcome = run(seed, &plan).unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
        println!("{outcome}");
        assert!(outcome.phone_days >= 45 && outcome.photos > 0);
    }
}
