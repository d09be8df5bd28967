use super::Refused;
use crate::commands::Recorded;
use crate::crdt::ChangeInfo;
use crate::error::ButlerError;
use crate::model::{ChangeHash, Edit};

impl Refused<'_> {
    /// Sends a refused edit again as a new one, corrected by the user; the refused one is put away.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] when it is not shown as refused, and those of editing.
    pub fn resend(&self, change: ChangeHash, corrected: &Edit) -> Result<Recorded, ButlerError> {
        self.0.submit("refused.resend", &(change, corrected), |acting, tx| {
            let verdict = tx.verdict(change)?.filter(|verdict| verdict.dismissed_at.is_none());
            let verdict = verdict.ok_or(ButlerError::NotFound)?;
            // Its positions in texts are those of the text it was written over, not of the one there is now.
            let refused = ChangeInfo::parse(&verdict.bytes).ok();
            let carried = refused.map(|refused| {
                tx.look(verdict.record, |document| {
                    let then = acting.seen_at(tx, document, &refused.deps)?;
                    Ok::<_, ButlerError>(then.carry(corrected, &acting.seen(tx, document)?))
                })
            });
            let carried = carried.transpose()?.flatten().transpose()?;
            let corrected = carried.as_ref().unwrap_or(corrected);
            let edited = acting.edit_asked(tx, verdict.record, verdict.kind, corrected)?;
            tx.dismiss_verdict(change, acting.now)?;
            Ok(edited.recorded)
        })
    }

    /// Puts a refused edit away: read, not needed any more. It stays in the audit.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`].
    pub fn dismiss(&self, change: ChangeHash) -> Result<(), ButlerError> {
        let now = self.0.host.now();
        self.0.write(|tx| {
            tx.verdict(change)?.ok_or(ButlerError::NotFound)?;
            Ok(tx.dismiss_verdict(change, now)?)
        })
    }
}
