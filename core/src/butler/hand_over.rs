//! A phone changes hands.

use std::sync::PoisonError;

use super::Butler;
use crate::error::ButlerError;

impl Butler {
    /// Ends this phone's service for its owner, so that a colleague can have it: everything of theirs is removed from it,
    /// the device's key too, and it is closed. Open it again and enrol; it is a new device then, and the office revokes the
    /// old one.
    ///
    /// Sync first: nothing that the office does not have is removed.
    ///
    /// # Errors
    /// [`ButlerError::NotHandedIn`] names what is still to be sent or decided; nothing was removed then.
    /// [`ButlerError::Closed`] and those of the store.
    pub fn hand_over(&self) -> Result<(), ButlerError> {
        let _no_sync_meanwhile = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.context.host.now();
        self.context.store.wipe(|reader| {
            let summary = reader.summary(now)?;
            // What peers brought, and what the office accepted and does not list, is handed in by this phone too.
            let unconfirmed = reader.unconfirmed()?.len();
            let outbox = (reader.outbox(0, usize::MAX)?.len() as u64).max(summary.unsent_edits);
            let edits = outbox + unconfirmed as u64;
            let photos = reader.kept_photos()?.len() + reader.rejected_photos()?.len();
            let photos = summary.unsent_photos + photos as u64;
            let (rejected, drafts) = (summary.rejected_edits, reader.drafts()?.len() as u64);
            match edits + photos + rejected + drafts {
                0 => Ok(()),
                _ => Err(ButlerError::NotHandedIn { edits, photos, rejected, drafts }),
            }
        })
    }
}
