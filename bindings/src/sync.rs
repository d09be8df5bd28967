//! One sync.

use std::sync::Arc;

use butler_core::sync::{Progress, SyncReport};

use crate::app::{AppError, Line, Transport};
use crate::{ButlerCore, ButlerError};

/// Hears how far a sync is, between requests, with no lock held.
#[uniffi::export(foreign)]
pub trait SyncListener: Send + Sync {
    /// How far it is.
    fn progress(&self, progress: Progress) -> Result<(), AppError>;
}

#[uniffi::export]
impl ButlerCore {
    /// Hands in what is unsent, takes in what is new, moves photos. May be cut at any moment. Without
    /// `photos` (a metered line) they wait for another sync, among what is not sent.
    #[uniffi::method(default(listener = None, photos = true))]
    pub fn sync(
        &self,
        transport: Arc<dyn Transport>,
        listener: Option<Arc<dyn SyncListener>>,
        photos: bool,
    ) -> Result<SyncReport, ButlerError> {
        let mut tell = |progress: Progress| {
            if let Some(listener) = &listener {
                // A sync does not stop because its bar cannot be drawn.
                let _ = listener.progress(progress);
            }
        };
        let line = Line(transport);
        if photos { self.butler.sync(&line, &mut tell) } else { self.butler.sync_records(&line, &mut tell) }
    }
}
