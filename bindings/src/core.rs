//! The one object: opened, enrolled, listened to, shut down.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use butler_core::areas::me::Me;
use butler_core::areas::outbox::OutboxRow;
use butler_core::areas::status::PlaybookSet;
use butler_core::butler::OfficeAbout;
use butler_core::context::Submission;
use butler_core::model::{RecordId, StaffId, Timestamp};
use butler_core::store::{OpenReport, RecordState, Summary};
use butler_core::sync::enrol::EnrolmentCode;
use butler_core::sync::message::{PROTOCOL, limit};
use butler_core::{Butler, context};
use chrono::NaiveDate;

use crate::ButlerError;
use crate::app::{Clock, Device, Ears, KeyProvider, Keys, Line, Listener, Transport};

/// Which core an app was built with.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CoreVersion {
    /// The version of the library.
    pub version: String,
    /// The sync protocol it speaks; an office speaking another one says so.
    pub protocol: u16,
}

/// Which core this is. The first call of an app, and the cheapest proof that the library loads.
#[uniffi::export]
pub fn core_version() -> Result<CoreVersion, ButlerError> {
    Ok(CoreVersion { version: env!("CARGO_PKG_VERSION").to_owned(), protocol: PROTOCOL })
}

/// Reads what was scanned to enrol: the office's address and the code, or the code alone.
#[uniffi::export]
pub fn enrolment_code(scanned: &str) -> Result<EnrolmentCode, ButlerError> {
    Butler::enrolment_code(scanned)
}

/// The longest answer an office gives, in bytes: a transport reads no further.
#[uniffi::export]
pub fn frame_limit() -> Result<usize, ButlerError> {
    Ok(limit::FRAME_PACKED)
}

/// A butler's phone. May be called from any thread; every call blocks until it is done, so the packages of the two
/// languages call it off the main thread.
#[derive(uniffi::Object)]
pub struct ButlerCore {
    pub(crate) butler: Arc<Butler>,
    /// The form its verbs are called for.
    pub(crate) submission: Option<Submission>,
}

/// Keeps a listener registered until it is cancelled or dropped.
#[derive(uniffi::Object)]
pub struct Subscription(Mutex<Option<context::Subscription>>);

#[uniffi::export]
impl Subscription {
    /// Ends the subscription; a second time does nothing.
    pub fn cancel(&self) -> Result<(), ButlerError> {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
        Ok(())
    }
}

#[uniffi::export]
impl ButlerCore {
    /// Opens the butler in a folder of its own, making an empty one when there is none. Needs no network.
    #[uniffi::constructor(default(clock = None))]
    pub fn open(
        folder: &str,
        keys: Arc<dyn KeyProvider>,
        clock: Option<Arc<dyn Clock>>,
    ) -> Result<Arc<Self>, ButlerError> {
        let butler = Butler::open(Path::new(folder), &Keys(keys), Arc::new(Device(clock)))?;
        Ok(Arc::new(Self { butler: Arc::new(butler), submission: None }))
    }

    /// Opens the butler after opening it said `KeyMissing` or `WrongKey`, as on a new phone that was restored from a backup:
    /// what no key opens is moved aside, whole, and an empty butler takes its place. Where it opens, nothing is moved.
    #[uniffi::constructor(default(clock = None))]
    pub fn open_anew(
        folder: &str,
        keys: Arc<dyn KeyProvider>,
        clock: Option<Arc<dyn Clock>>,
    ) -> Result<Arc<Self>, ButlerError> {
        let butler = Butler::open_anew(Path::new(folder), &Keys(keys), Arc::new(Device(clock)))?;
        Ok(Arc::new(Self { butler: Arc::new(butler), submission: None }))
    }

    /// What opening found: a new butler, a restored one, damaged data moved aside.
    pub fn opening(&self) -> Result<OpenReport, ButlerError> {
        Ok(self.butler.opening().clone())
    }

    /// For whom this phone is enrolled; nothing when it is not.
    pub fn enrolled(&self) -> Result<Option<StaffId>, ButlerError> {
        self.butler.enrolled()
    }

    /// What the office at the other end is called: to be shown before a code is used.
    pub fn office_at(&self, transport: Arc<dyn Transport>) -> Result<OfficeAbout, ButlerError> {
        self.butler.office_at(&Line(transport))
    }

    /// Registers this phone with the one-time code shown at the office; `label` is what the office calls the phone.
    pub fn enrol(
        &self,
        code: &str,
        label: &str,
        transport: Arc<dyn Transport>,
    ) -> Result<StaffId, ButlerError> {
        self.butler.enrol(code, label, &Line(transport))
    }

    /// Ends this phone's service for its owner, so that a colleague can have it: removes everything of theirs and shuts
    /// down. Sync first; nothing that the office does not have is removed. Then open it again and enrol.
    pub fn hand_over(&self) -> Result<(), ButlerError> {
        self.butler.hand_over()
    }

    /// Tells the listener after every change, until the subscription ends.
    pub fn subscribe(&self, listener: Arc<dyn Listener>) -> Result<Arc<Subscription>, ButlerError> {
        let subscription = self.butler.subscribe(Arc::new(Ears(listener)));
        Ok(Arc::new(Subscription(Mutex::new(Some(subscription)))))
    }

    /// Who holds this phone, with their roles, their grids and what they may write.
    pub fn me(&self) -> Result<Me, ButlerError> {
        self.butler.me()
    }

    /// What has not reached the office yet, record by record, the oldest first.
    pub fn outbox(&self) -> Result<Vec<OutboxRow>, ButlerError> {
        self.butler.outbox()
    }

    /// What has not reached the office yet, in sum.
    pub fn status(&self) -> Result<Summary, ButlerError> {
        self.butler.status()
    }

    /// Which of the company's procedures are in force here, and which set was not taken over.
    pub fn playbook_set(&self) -> Result<PlaybookSet, ButlerError> {
        self.butler.playbook_set()
    }

    /// Where one record stands.
    pub fn records_state(&self, record: RecordId) -> Result<RecordState, ButlerError> {
        self.butler.record_state(record)
    }

    /// One text to send to whoever helps: versions, counts, codes. Nothing personal.
    pub fn diagnostics(&self) -> Result<String, ButlerError> {
        self.butler.diagnostics()
    }

    /// The time, by the office's clock as far as known: what a form proposes for a moment.
    pub fn now(&self) -> Result<Timestamp, ButlerError> {
        Ok(self.butler.time()?.now)
    }

    /// The day it is for the community, by the office's clock as far as known.
    pub fn date(&self) -> Result<NaiveDate, ButlerError> {
        self.butler.date()
    }

    /// Compaction and checks, when the app has time.
    pub fn tidy(&self) -> Result<(), ButlerError> {
        self.butler.tidy()
    }

    /// Closes the files. Later calls answer `Closed`; a second shutdown does nothing.
    pub fn shutdown(&self) -> Result<(), ButlerError> {
        self.butler.shutdown();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_packages_own() {
        let core = core_version().unwrap();
        assert_eq!((core.version.as_str(), core.protocol), (env!("CARGO_PKG_VERSION"), PROTOCOL));
    }
}
