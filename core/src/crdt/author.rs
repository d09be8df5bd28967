//! How does an edit become a change?

use super::{ChangeInfo, CrdtError, Document};
use crate::model::{ActorId, ChangeHash, Edit, Stamp};

impl Document {
    /// Writes one edit as one change on top of everything seen here. Every touch leaves an operation, also one that
    /// repeats the present value: that is what makes touching a set member win over its concurrent removal,
    /// and choosing among contested values win over nothing but what was seen.
    ///
    /// # Errors
    /// [`CrdtError::Nothing`] for an edit without effect, [`CrdtError::NotAllowed`] for one no gate would let pass.
    pub fn author(&mut self, actor: ActorId, stamp: &Stamp, edit: &Edit) -> Result<ChangeInfo, CrdtError> {
        self.author_at(&self.heads(), actor, stamp, edit)
    }

    /// The same as somebody who had seen only `deps` and what they build on.
    ///
    /// # Errors
    /// As [`Self::author`]; [`CrdtError::Missing`] when a dependency is not here; [`CrdtError::ActorAhead`] when
    /// the actor wrote a change outside `deps`: pass a fresh actor.
    pub fn author_at(
        &mut self,
        deps: &[ChangeHash],
        actor: ActorId,
        stamp: &Stamp,
        edit: &Edit,
    ) -> Result<ChangeInfo, CrdtError> {
        let _ = (deps, actor, stamp, edit);
        Err(CrdtError::Nothing)
    }
}
