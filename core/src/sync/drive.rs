//! Runs an [`Engine`] over a line that asks and waits. Whoever has another line calls the engine directly.

use super::engine::{Effect, Engine, Event};
use super::report::{End, Progress, SyncReport};
use crate::host::Host;
use crate::store::Store;

/// Why there was no answer. To the engine all are one, it tries again or gives up; a person does something else about a
/// phone without signal than about a proxy that asks for a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum), uniffi(name = "NoAnswer"))]
pub enum TransportError {
    /// No connection could be made, or it broke.
    #[error("the office cannot be reached")]
    Unreachable,
    /// The peer did not answer in time.
    #[error("the office did not answer in time")]
    TimedOut,
    /// Something between answered with this HTTP status instead of the peer.
    #[error("the connection answered with status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// The answer is longer than any frame: [`super::message::limit::FRAME_PACKED`].
    #[error("the answer is too long to be the office's")]
    TooLong,
}

/// One request, one answer: an HTTP POST.
pub trait Line {
    /// Sends a frame and waits for the frame that answers it.
    ///
    /// # Errors
    /// [`TransportError`] when no answer came, whatever the office made of the request.
    fn exchange(&mut self, request: &[u8]) -> Result<Vec<u8>, TransportError>;
}

/// Runs one sync to its end. `tell` is called between requests, without any lock held.
pub fn run(
    mut engine: Engine,
    store: &Store,
    host: &dyn Host,
    line: &mut dyn Line,
    tell: &mut dyn FnMut(Progress),
) -> SyncReport {
    let mut effects = engine.handle(store, host, Event::Start);
    let mut broke = None;
    loop {
        let mut request = None;
        for effect in effects {
            match effect {
                Effect::Send(bytes) => request = Some(bytes),
                Effect::Progress(progress) => tell(progress),
                Effect::Done(mut report) => {
                    report.broke = broke.filter(|_| report.end == End::Interrupted);
                    return *report;
                }
            }
        }
        // An answer the engine did not count leaves it waiting; on this line no other will come.
        let answer = request.map_or(Err(TransportError::Unreachable), |bytes| line.exchange(&bytes));
        effects = match answer {
            Ok(reply) => engine.handle(store, host, Event::Reply(&reply)),
            Err(error) => {
                broke = Some(error);
                engine.handle(store, host, Event::Failed)
            }
        };
    }
}
