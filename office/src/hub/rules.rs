//! The rules of the sync protocol that an office keeps, each with a switch that a fleet test turns off to show that it
//! would notice; as those of a phone in `butler_core::sync::rules`. In an office that runs every rule is a constant, and
//! what it would be without one is compiled away.

/// Which rules hold.
#[cfg(any(test, feature = "testing"))]
pub type Rules = Switches;

/// Which rules hold: all of them.
#[cfg(not(any(test, feature = "testing")))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rules;

#[cfg(not(any(test, feature = "testing")))]
impl std::ops::Deref for Rules {
    type Target = Switches;

    #[inline]
    fn deref(&self) -> &Switches {
        &Switches::ALL
    }
}

/// A switch for each rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a list of switches is what this is")]
pub struct Switches {
    /// Rule 1: one accepted change per (record, edit).
    pub one_copy_per_edit: bool,
    /// Rule 5: rejected and quarantined are final for the edit and the hash.
    pub verdicts_are_final: bool,
    /// Rule 6: a change on top of a dead one is answered at once.
    pub dependency_rejected_at_once: bool,
    /// Rule 7: what waits for a dependency is applied when it turns up.
    pub pending_is_applied: bool,
    /// Rule 9: a second change under the same (record, actor, seq) is answered as a fork, whose edit may come
    /// again; off: as a hostile one, whose edit is dead.
    pub forks_are_found: bool,
    /// Rule 10: receipts are ordered within the record; off: by their position in the grid's feed.
    pub receipts_ordinal_within_record: bool,
    /// Rule 13: what comes with a receipt of this office was accepted once, whoever may do what by now.
    pub sealed_is_accepted: bool,
}

impl Switches {
    /// Every rule.
    pub const ALL: Self = Self {
        one_copy_per_edit: true,
        verdicts_are_final: true,
        dependency_rejected_at_once: true,
        pending_is_applied: true,
        forks_are_found: true,
        receipts_ordinal_within_record: true,
        sealed_is_accepted: true,
    };
}

impl Default for Switches {
    fn default() -> Self {
        Self::ALL
    }
}
