//! Runs an [`Engine`] over a line that asks and waits. Whoever has another line calls the engine directly.

use super::engine::{Effect, Engine, Event};
use super::report::{Progress, SyncReport};
use crate::host::Host;
use crate::store::Store;

/// The line broke before an answer came. Why is the app's to show; the engine tries again or gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the line to the office broke")]
pub struct LineBroken;

/// One request, one answer: an HTTP POST.
pub trait Line {
    /// Sends a frame and waits for the frame that answers it.
    ///
    /// # Errors
    /// [`LineBroken`] when no answer came, whatever the office made of the request.
    fn exchange(&mut self, request: &[u8]) -> Result<Vec<u8>, LineBroken>;
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
    loop {
        let mut request = None;
        for effect in effects {
            match effect {
                Effect::Send(bytes) => request = Some(bytes),
                Effect::Progress(progress) => tell(progress),
                Effect::Done(report) => return *report,
            }
        }
        // An answer the engine did not count leaves it waiting; on this line no other will come.
        let answer = request.map_or(Err(LineBroken), |bytes| line.exchange(&bytes));
        effects = match answer {
            Ok(reply) => engine.handle(store, host, Event::Reply(&reply)),
            Err(LineBroken) => engine.handle(store, host, Event::Failed),
        };
    }
}
