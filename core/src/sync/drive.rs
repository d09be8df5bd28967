//! Runs an [`Engine`] over a transport that asks and waits. Whoever has another one calls the engine directly.

use super::engine::{Engine, SyncEffect, SyncEvent};
use super::report::{End, Progress, SyncReport};
use super::transport::{Transport, TransportError};
use crate::host::Host;
use crate::store::Store;

/// Runs one sync to its end. `tell` is called between requests, without any lock held.
pub fn run(
    mut engine: Engine,
    store: &Store,
    host: &dyn Host,
    transport: &dyn Transport,
    tell: &mut dyn FnMut(Progress),
) -> SyncReport {
    let mut effects = engine.handle(store, host, SyncEvent::Start);
    let mut broke = None;
    loop {
        let mut request = None;
        for effect in effects {
            match effect {
                SyncEffect::Send(bytes) => request = Some(bytes),
                SyncEffect::Progress(progress) => tell(progress),
                SyncEffect::Done(mut report) => {
                    report.broke = broke.filter(|_| report.end == End::Interrupted);
                    return *report;
                }
            }
        }
        // An answer the engine did not count leaves it waiting; no other will come.
        let answer = request.map_or(Err(TransportError::Unreachable), |bytes| transport.exchange(&bytes));
        effects = match answer {
            Ok(reply) => engine.handle(store, host, SyncEvent::Reply(&reply)),
            Err(error) => {
                broke = Some(error);
                engine.handle(store, host, SyncEvent::Failed)
            }
        };
    }
}
