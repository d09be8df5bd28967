//! One sync over the app's transport.

use std::sync::PoisonError;

use super::Butler;
use crate::error::ButlerError;
use crate::playbook::{Label, Playbooks};
use crate::sync::device::DeviceKey;
use crate::sync::{self, End, Engine, Progress, SyncReport, Transport};

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
        self.exchange(|engine| engine, transport, tell)
    }

    /// The same without photos, for a line that is paid by the byte: they stay among what is not sent, and go with the
    /// next [`Self::sync`].
    ///
    /// # Errors
    /// As [`Self::sync`].
    pub fn sync_records(
        &self,
        transport: &dyn Transport,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<SyncReport, ButlerError> {
        self.exchange(Engine::without_photos, transport, tell)
    }

    fn exchange(
        &self,
        limited: impl FnOnce(Engine) -> Engine,
        transport: &dyn Transport,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<SyncReport, ButlerError> {
        let _one_at_a_time = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        self.enrolled()?.ok_or(ButlerError::NotEnrolled)?;
        let seed = self.context.read(|reader| Ok(reader.device_key()?))?.ok_or(ButlerError::NotEnrolled)?;
        let engine = limited(Engine::new(DeviceKey::from_secret(&seed), Self::VERSION));
        let mut report = sync::run(engine, &self.context.store, self.context.host.as_ref(), transport, tell);
        self.context.fold_all()?;
        self.context.announce(&crate::store::Collection::all());
        report.notices = self.notices(&report)?;
        Ok(report)
    }

    /// What became of this phone's or the office's data, in words. A phone that was restored or copied is told so when it has
    /// met the office, not before.
    fn notices(&self, report: &SyncReport) -> Result<Vec<Label>, ButlerError> {
        let copied = report.end == End::Complete && self.context.read(|reader| Ok(reader.is_copied()?))?;
        let happened = [("notice.phone_copied", copied), ("notice.office_restored", report.new_generation)];
        let codes: Vec<&str> =
            happened.into_iter().filter_map(|(code, happened)| happened.then_some(code)).collect();
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        if copied {
            // What cannot be noted now is told once more.
            let _ = self.context.write(|tx| Ok(tx.forget_copied()?));
        }
        let (ours, embedded) = (self.playbooks()?, Playbooks::embedded()?);
        // A company's own words may be older than the sentence.
        let label =
            |code| if ours.terms().get(code).is_some() { &ours } else { &embedded }.terms().label(code);
        Ok(codes.into_iter().map(label).collect())
    }
}
