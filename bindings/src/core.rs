//! The one object: opened, enrolled, listened to, shut down.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use butler_core::Butler;
use butler_core::context;
use butler_core::store::RecordState;
use butler_core::sync::message::{PROTOCOL, limit};

use crate::ButlerError;
use crate::app::{Clock, Device, Ears, KeyProvider, Keys, Line, Listener, Transport};
use crate::ids::{RecordId, StaffId};
use crate::values::{Day, count, instant};

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

/// The longest answer an office gives, in bytes: a transport reads no further.
#[uniffi::export]
pub fn frame_limit() -> Result<u32, ButlerError> {
    Ok(count(limit::FRAME_PACKED))
}

/// A butler's phone. May be called from any thread; every call blocks until it is done, so the packages of the two
/// languages call it off the main thread.
#[derive(uniffi::Object)]
pub struct ButlerCore {
    pub(crate) butler: Arc<Butler>,
    /// The form its verbs are called for.
    pub(crate) submission: Option<butler_core::context::Submission>,
}

/// What has not reached the office yet, and what waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Status {
    /// Records with something the office does not have.
    pub unsent_records: u64,
    /// Edits the office does not have.
    pub unsent_edits: u64,
    /// Photos the office does not have whole.
    pub unsent_photos: u64,
    /// How long the oldest of these has waited, in milliseconds; nothing when nothing waits.
    pub oldest_unsent_ms: Option<u64>,
    /// Edits refused and not put away.
    pub refused_edits: u64,
    /// Edits the office did not judge the last time; each is listed with its reason and handed in again.
    pub later_edits: u64,
    /// Photos the office does not take and not put away.
    pub refused_photos: u64,
    /// Changes of others this phone kept out.
    pub quarantined: u64,
    /// Records that wait for a decision.
    pub contested_records: u64,
    /// The phone's clock was set since the last sync: times are worked out from the newest seen. Say so, and ask the
    /// person to look at the clock; the next sync measures it again.
    pub clock_doubtful: bool,
}

/// What opening found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Opening {
    /// There was nothing: this butler is new and empty.
    pub created: bool,
    /// The data were restored, copied back or replaced since they were last open here.
    pub restored: bool,
    /// The data were damaged and moved aside; a new database holds what could be saved, and the next sync brings the
    /// rest.
    pub damaged: Option<Damage>,
    /// Data whose key is lost were moved here, whole; nothing of them is in this butler.
    pub set_aside: Option<String>,
}

/// What became of damaged data.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Damage {
    /// Where the damaged database lies now, whole.
    pub moved_to: String,
    /// How many rows of unsent work and identity were saved.
    pub salvaged: u32,
    /// Whether all of them could be.
    pub complete: bool,
}

/// Which of the company's procedures this phone works by.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PlaybookSet {
    /// The version in force; nothing while the procedures this app was built with are.
    pub version: Option<u64>,
    /// Since when it is in force here.
    pub since: Option<SystemTime>,
    /// The set the office offered last, if this phone did not take it over.
    pub refused: Option<RefusedSet>,
}

/// A set of procedures this phone did not take over.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RefusedSet {
    /// The set; 0 when it could not be read.
    pub version: u64,
    /// A stable code: `signature`, `manifest`, `rollback`, `files`, `playbooks`.
    pub code: String,
    /// File, line and reason, where more is known.
    pub detail: Option<String>,
}

/// Where a record stands between this phone and the office.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum SafeState {
    /// The office has everything.
    Acknowledged,
    /// On its way now.
    Sending,
    /// Safe on this phone alone.
    Unsent,
    /// Waiting at the office for something it builds on.
    Parked,
    /// Not judged by the office, with the reason's code; handed in again with the next sync.
    Later {
        /// The code.
        code: String,
    },
    /// Refused, with the reason's code.
    Refused {
        /// The code.
        code: String,
        /// The field it is about.
        path: Option<String>,
    },
    /// Held at the office as malformed.
    Quarantined {
        /// The code.
        code: String,
    },
}

impl From<RecordState> for SafeState {
    fn from(state: RecordState) -> Self {
        match state {
            RecordState::Acknowledged => Self::Acknowledged,
            RecordState::Sending => Self::Sending,
            RecordState::Unsent => Self::Unsent,
            RecordState::Parked => Self::Parked,
            RecordState::Later { code } => Self::Later { code },
            RecordState::Refused { code, path } => Self::Refused { code, path },
            RecordState::Quarantined { code } => Self::Quarantined { code },
        }
    }
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
    pub fn opening(&self) -> Result<Opening, ButlerError> {
        let report = self.butler.opening();
        let damaged = report.damaged.as_ref().map(|damage| Damage {
            moved_to: damage.moved_to.display().to_string(),
            salvaged: count(damage.salvaged),
            complete: damage.complete,
        });
        let set_aside = report.set_aside.as_ref().map(|folder| folder.display().to_string());
        Ok(Opening { created: report.created, restored: report.incarnation_changed, damaged, set_aside })
    }

    /// For whom this phone is enrolled; nothing when it is not.
    pub fn enrolled(&self) -> Result<Option<StaffId>, ButlerError> {
        Ok(self.butler.enrolled()?.map(StaffId::from))
    }

    /// Registers this phone with the one-time code shown at the office; `label` is what the office calls the phone.
    pub fn enrol(
        &self,
        code: &str,
        label: &str,
        transport: Arc<dyn Transport>,
    ) -> Result<StaffId, ButlerError> {
        Ok(self.butler.enrol(code, label, &Line(transport))?.into())
    }

    /// Ends this phone's service for its owner, so that a colleague can have it: removes everything of theirs and shuts
    /// down. Sync first; nothing that the office does not have is removed. Then open it again and enrol.
    pub fn hand_over(&self) -> Result<(), ButlerError> {
        Ok(self.butler.hand_over()?)
    }

    /// Tells the listener after every change, until the subscription ends.
    pub fn subscribe(&self, listener: Arc<dyn Listener>) -> Result<Arc<Subscription>, ButlerError> {
        let subscription = self.butler.subscribe(Arc::new(Ears(listener)));
        Ok(Arc::new(Subscription(Mutex::new(Some(subscription)))))
    }

    /// What has not reached the office yet, in sum.
    pub fn status(&self) -> Result<Status, ButlerError> {
        let summary = self.butler.status()?;
        Ok(Status {
            unsent_records: summary.unsent_records,
            unsent_edits: summary.unsent_edits,
            unsent_photos: summary.unsent_photos,
            oldest_unsent_ms: summary.oldest_unsent_ms,
            refused_edits: summary.refused_edits,
            later_edits: summary.later_edits,
            refused_photos: summary.refused_photos,
            quarantined: summary.quarantined,
            contested_records: summary.contested_records,
            clock_doubtful: summary.clock_doubtful,
        })
    }

    /// Which of the company's procedures are in force here, and which set was not taken over.
    pub fn playbook_set(&self) -> Result<PlaybookSet, ButlerError> {
        let set = self.butler.playbook_set()?;
        let refused = set.refused.map(|refused| RefusedSet {
            version: refused.version,
            code: refused.code,
            detail: refused.detail,
        });
        Ok(PlaybookSet { version: set.version, since: set.since.map(instant), refused })
    }

    /// Where one record stands.
    pub fn record_state(&self, record: RecordId) -> Result<SafeState, ButlerError> {
        Ok(self.butler.record_state(record.try_into()?)?.into())
    }

    /// One text to send to whoever helps: versions, counts, codes. Nothing personal.
    pub fn diagnostics(&self) -> Result<String, ButlerError> {
        Ok(self.butler.diagnostics()?)
    }

    /// The time, by the office's clock as far as known: what a form proposes for a moment.
    pub fn now(&self) -> Result<SystemTime, ButlerError> {
        Ok(instant(self.butler.time()?.now))
    }

    /// The day it is for the community, by the office's clock as far as known.
    pub fn date(&self) -> Result<Day, ButlerError> {
        Ok(self.butler.date()?.into())
    }

    /// Compaction and checks, when the app has time.
    pub fn tidy(&self) -> Result<(), ButlerError> {
        Ok(self.butler.tidy()?)
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
