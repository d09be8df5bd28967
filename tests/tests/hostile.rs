//! Enrolled phones that mean harm, against a running office: after each attack the honest go on as if nothing had been.
//!
//! The attacks are in `butler_tests::hostile`. `BUTLER_TEST_TIER=full` makes each as big as it may be, and tries those
//! that are known to hurt.

#![expect(clippy::panic, reason = "the helpers of a test fail as the test does")]

use butler_tests::hostile::{ATTACKS, Attack, Checked, Community, Size};

/// Attacks that still hurt, from which size on, and how. Whoever mends one takes it off the list; the long run fails
/// when one of them does not hurt any more.
const PENDING: &[(&str, Size, &str)] = &[
    (
        "many values of one field in one change",
        Size::Large,
        "a field with some thousand values takes no honest value any more",
    ),
    (
        "fields as long as they may be, until the record is full",
        Size::Small,
        "a record one person has filled to its limit takes no edit of anybody else",
    ),
    (
        "another kind under the name of a home the register brings next",
        Size::Small,
        "the register is written into the record of another kind that stands under its name",
    ),
    (
        "concurrent heads, each by a fresh actor",
        Size::Small,
        "the limit of heads binds whoever comes next: honest edits are quarantined, a phone keeps an accepted change out",
    ),
    (
        "a long note, typed into again and again",
        Size::Small,
        "a note of more than 2,000 characters cannot be replaced or cleared in one edit",
    ),
    ("events on records that have none", Size::Small, "events are accepted on every kind, whatever the role"),
    (
        "results on records that have none",
        Size::Small,
        "results are accepted on every kind, whatever the role",
    ),
    (
        "events of a device that does not exist, as copies",
        Size::Small,
        "a copy may carry an event of any device and name an edit nobody knows",
    ),
    (
        "the claim to be the copy of a colleague's refused edit",
        Size::Small,
        "anybody's copy lifts a refusal from its author's list",
    ),
    ("the same claim on another record", Size::Small, "a copy on another record lifts a refusal"),
    (
        "a colleague's photo offered with a wrong size",
        Size::Small,
        "whoever offers a hash first fixes its size for everybody",
    ),
    ("a photo of another grid, read by its hash", Size::Small, "an offer makes a photo part of any record"),
    (
        "pulls from odd positions",
        Size::Small,
        "positions beyond 2^63 - 1 are answered as a fault of the storage",
    ),
    (
        "codes guessed by a stranger",
        Size::Small,
        "some five thousand guesses use up the tries of every open code",
    ),
    (
        "challenges in a colleague's name",
        Size::Small,
        "a stranger's challenges push out the one a phone is about to answer",
    ),
];

fn full() -> bool {
    std::env::var("BUTLER_TEST_TIER").is_ok_and(|tier| tier == "full")
}

fn size() -> Size {
    if full() { Size::Large } else { Size::Small }
}

/// Whether an attack of the present size is known to hurt.
fn is_pending(name: &str) -> bool {
    PENDING.iter().any(|(pending, from, _)| *pending == name && (*from == Size::Small || full()))
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
        assert!(alive.settled > 0);
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
    for attack in ATTACKS.iter().skip(from).step_by(2).filter(|attack| !is_pending(attack.name)) {
        let mut community = community();
        let result = attacked(&mut community, attack, size()).and_then(|()| community.register_goes_in());
        println!("{}: {}", attack.name, result.as_ref().err().map_or("withstood", String::as_str));
        if let Err(broken) = result {
            hurt.push(format!("{}: {broken}", attack.name));
        }
    }
    assert!(hurt.is_empty(), "\n{}", hurt.join("\n"));
}

/// The list above is no place to forget things in.
#[test]
fn what_is_pending_still_hurts() {
    if !full() {
        return;
    }
    let attacks = ATTACKS.iter().filter(|attack| is_pending(attack.name));
    let mended: Vec<&str> = attacks
        .filter(|attack| {
            let mut community = community();
            attacked(&mut community, attack, size()).and_then(|()| community.register_goes_in()).is_ok()
        })
        .map(|attack| attack.name)
        .collect();
    assert!(mended.is_empty(), "take them off the list: {mended:?}");
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
        if full() && is_pending(name) && result.is_ok() {
            hurt.push(format!("{name} does not hurt any more: take it off the list"));
        }
        if let Err(broken) = result
            && !is_pending(name)
        {
            hurt.push(format!("{name}: {broken}"));
        }
    }
    assert!(hurt.is_empty(), "\n{}", hurt.join("\n"));
}
