//! Enrolled phones that mean harm, against a running office: after each attack the honest go on as if nothing had been.
//!
//! The attacks are in `butler_tests::hostile`. `BUTLER_TEST_TIER=full` makes each as big as it may be.

#![expect(clippy::panic, reason = "the helpers of a test fail as the test does")]

use butler_tests::hostile::{ATTACKS, Attack, Checked, Community, Size};

fn full() -> bool {
    std::env::var("BUTLER_TEST_TIER").is_ok_and(|tier| tier == "full")
}

fn size() -> Size {
    if full() { Size::Large } else { Size::Small }
}

fn community() -> Community {
    Community::new().unwrap_or_else(|broken| panic!("a quiet day: {broken}"))
}

/// One attack, and what the honest say afterwards.
fn attacked(community: &mut Community, attack: &Attack, size: Size) -> Checked {
    {
        let attacker = community.attacker(attack.staff)?;
        (attack.run)(&attacker, &community.targets, size)?;
    }
    community.is_alive().map(drop)
}

#[test]
fn a_quiet_day_is_alive() {
    let mut community = community();
    for _ in 0..2 {
        let alive = community.is_alive().unwrap_or_else(|broken| panic!("{broken}"));
        assert!(alive.resolved > 0);
    }
    community.register_goes_in().unwrap_or_else(|broken| panic!("{broken}"));
}

// Two halves, so that two cores share them.
#[test]
fn no_attack_stops_the_honest() {
    withstood(0);
}

#[test]
fn no_other_attack_stops_the_honest() {
    withstood(1);
}

/// Every second attack, each on a community of its own: what one leaves behind is not held against the next.
fn withstood(from: usize) {
    let mut hurt = Vec::new();
    for attack in ATTACKS.iter().skip(from).step_by(2) {
        let mut community = community();
        let result = attacked(&mut community, attack, size()).and_then(|()| community.register_goes_in());
        println!("{}: {}", attack.name, result.as_ref().err().map_or("withstood", String::as_str));
        if let Err(broken) = result {
            hurt.push(format!("{}: {broken}", attack.name));
        }
    }
    assert!(hurt.is_empty(), "\n{}", hurt.join("\n"));
}

#[test]
fn no_stranger_stops_the_honest() {
    let mut community = community();
    let mut hurt = Vec::new();
    for (name, result) in [
        ("codes guessed by a stranger", community.codes_guessed_by_a_stranger()),
        (
            "challenges in a colleague's name",
            community.challenged_by_a_stranger().and_then(|()| community.is_alive().map(drop)),
        ),
    ] {
        println!("{name}: {}", result.as_ref().err().map_or("withstood", String::as_str));
        if let Err(broken) = result {
            hurt.push(format!("{name}: {broken}"));
        }
    }
    assert!(hurt.is_empty(), "\n{}", hurt.join("\n"));
}
