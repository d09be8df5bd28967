//! One sync.

use std::sync::Arc;

use butler_core::sync;

use crate::app::{AppError, Line, NoAnswer, Transport};
use crate::ids::{RecordId, out};
use crate::{ButlerCore, ButlerError};

/// Hears how far a sync is, between requests, with no lock held.
#[uniffi::export(foreign)]
pub trait SyncListener: Send + Sync {
    /// How far it is.
    fn progress(&self, progress: SyncProgress) -> Result<(), AppError>;
}

/// How far a sync is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct SyncProgress {
    /// What is being done.
    pub stage: SyncStage,
    /// Steps of this stage done.
    pub done: u64,
    /// Steps of this stage in all, as far as known.
    pub total: u64,
}

/// The part of a sync that is under way, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SyncStage {
    /// Proving who this is.
    Connecting,
    /// Handing in.
    Sending,
    /// Taking in.
    Receiving,
    /// Photos, which hold nothing else up.
    Photos,
}

/// What a sync did. Whatever its end: what was exchanged is kept, and the next sync goes on from there.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncReport {
    /// Whether everything was exchanged that could be.
    pub complete: bool,
    /// How it ended: `complete`, `interrupted`, `unreadable`, `store`, or the office's code.
    pub end: String,
    /// Why the line broke, when it was interrupted.
    pub broke: Option<NoAnswer>,
    /// Changes handed in.
    pub sent: u64,
    /// Of those, accepted.
    pub accepted: u64,
    /// Of those, refused; see the refused ones.
    pub refused: u64,
    /// Of those, held as malformed.
    pub quarantined: u64,
    /// Edits written again because what they were built on is gone.
    pub written_again: u64,
    /// Changes of others taken in.
    pub received: u64,
    /// Records that no grid shows any more and that were removed here.
    pub removed: u64,
    /// Photos that became whole at the office.
    pub photos_sent: u64,
    /// Photos that became whole here.
    pub photos_received: u64,
    /// Photos that did not move; they are tried again.
    pub photos_failed: u64,
    /// Requests made.
    pub requests: u64,
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// Records with an edit newly refused.
    pub to_correct: Vec<RecordId>,
}

impl From<sync::Progress> for SyncProgress {
    fn from(progress: sync::Progress) -> Self {
        let stage = match progress.stage {
            sync::Stage::Connecting => SyncStage::Connecting,
            sync::Stage::Sending => SyncStage::Sending,
            sync::Stage::Receiving => SyncStage::Receiving,
            sync::Stage::Photos => SyncStage::Photos,
        };
        Self { stage, done: progress.done, total: progress.total }
    }
}

impl From<sync::SyncReport> for SyncReport {
    fn from(report: sync::SyncReport) -> Self {
        Self {
            complete: report.end == sync::End::Complete,
            end: report.end.code().to_owned(),
            broke: report.broke.map(NoAnswer::from),
            sent: report.sent,
            accepted: report.accepted,
            refused: report.refused,
            quarantined: report.quarantined,
            written_again: report.reauthored,
            received: report.received,
            removed: report.removed,
            photos_sent: report.photos_sent,
            photos_received: report.photos_received,
            photos_failed: report.photos_failed,
            requests: report.requests,
            bytes_sent: report.bytes_sent,
            bytes_received: report.bytes_received,
            to_correct: out(report.to_correct),
        }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// Hands in what is unsent, takes in what is new, moves photos. May be cut at any moment.
    #[uniffi::method(default(listener = None))]
    pub fn sync(
        &self,
        transport: Arc<dyn Transport>,
        listener: Option<Arc<dyn SyncListener>>,
    ) -> Result<SyncReport, ButlerError> {
        let mut tell = |progress: sync::Progress| {
            if let Some(listener) = &listener {
                // A sync does not stop because its bar cannot be drawn.
                let _ = listener.progress(progress.into());
            }
        };
        Ok(self.butler.sync(&Line(transport), &mut tell)?.into())
    }
}
