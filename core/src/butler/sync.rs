//! One sync over the app's transport.

use std::sync::PoisonError;

use super::Butler;
use crate::error::ButlerError;
use crate::sync::device::DeviceKey;
use crate::sync::{self, Engine, Progress, SyncReport, Transport};

impl Butler {
    /// Hands in what is unsent, takes in what is new, moves photos. May be cut at any moment: what was exchanged is
    /// kept, and the next sync goes on from there. `tell` is called between requests with no lock held.
    ///
    /// # Errors
    /// [`ButlerError::NotEnrolled`] and those of the store. How the exchange itself ended is in the report.
    pub fn sync(
        &self,
        transport: &dyn Transport,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<SyncReport, ButlerError> {
        let _one_at_a_time = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        self.enrolled()?.ok_or(ButlerError::NotEnrolled)?;
        let seed = self.context.read(|reader| Ok(reader.device_key()?))?.ok_or(ButlerError::NotEnrolled)?;
        let engine = Engine::new(DeviceKey::from_secret(&seed), Self::VERSION);
        let report = sync::run(engine, &self.context.store, self.context.host.as_ref(), transport, tell);
        self.context.forget_office();
        self.context.fold_all()?;
        self.context.announce(&crate::store::Collection::all());
        Ok(report)
    }
}
