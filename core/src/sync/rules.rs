//! The rules of sync that a phone keeps, each with a switch.
//!
//! A rule that cannot be seen to matter will be simplified away by somebody in good faith. So each stands in
//! one place that asks its switch, and the fleet test runs with one switched off at a time and must fail.
//! Nothing but that test ever switches one off. What each prevents is in `docs/sync-protocol.md`.
//!
//! Switches exist in what tests are built with, behind the feature `testing`. On a phone every rule is a constant, and
//! what it would be without one is compiled away.

/// Which rules hold.
#[cfg(any(test, feature = "testing"))]
pub type SyncRules = Switches;

/// Which rules hold: all of them.
#[cfg(not(any(test, feature = "testing")))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncRules;

#[cfg(not(any(test, feature = "testing")))]
impl SyncRules {
    /// Every rule.
    pub const ALL: Self = Self;
}

#[cfg(not(any(test, feature = "testing")))]
impl std::ops::Deref for SyncRules {
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
    /// An edit the office has under another hash is dropped here in favour of that copy.
    pub adopt_duplicates: bool,
    /// An edit is written again at its own dependencies, not on present heads.
    pub own_dependencies: bool,
    /// An own change at the office that is not here, and any rebuild, end the use of an actor.
    pub new_actor: bool,
    /// A rejected edit is not handed in again.
    pub final_verdicts: bool,
    /// What builds on a dead change is taken out with it, and written again.
    pub rebuild: bool,
    /// Of two changes under one (record, actor, number) the acknowledged one stays.
    pub acknowledged_wins: bool,
    /// What a page lists gives receipts to the changes that are already here, too, and gaps in it are asked for.
    pub receipts_of_all: bool,
    /// A record that no grid shows and that owes the office nothing goes, after a complete pull.
    pub sweep: bool,
    /// A page counts only if it answers the open request and fits the phone's generation and cursor.
    pub page_must_fit: bool,
    /// A grid that is not the phone's any more loses its cursor and its memberships.
    pub lost_grid_forgotten: bool,
    /// A new generation drops cursors, memberships and confirmations.
    pub new_generation: bool,
    /// Edits shown as rejected are asked for at every hello.
    pub ask_accepted_since: bool,
    /// What others wrote and a restored office does not list is handed in, too.
    pub hand_in_foreign: bool,
    /// What was made or handed in here stays until a backup of the office holds it.
    pub keep_unbacked: bool,
}

impl Switches {
    /// Every rule.
    pub const ALL: Self = Self {
        adopt_duplicates: true,
        own_dependencies: true,
        new_actor: true,
        final_verdicts: true,
        rebuild: true,
        acknowledged_wins: true,
        receipts_of_all: true,
        sweep: true,
        page_must_fit: true,
        lost_grid_forgotten: true,
        new_generation: true,
        ask_accepted_since: true,
        hand_in_foreign: true,
        keep_unbacked: true,
    };
}

impl Default for Switches {
    fn default() -> Self {
        Self::ALL
    }
}
