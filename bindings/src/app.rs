//! What the app brings: keys, the line to the office, a clock, and ears.
//!
//! All of it is synchronous. A foreign method that fails in an unexpected way must not take the app down, so each
//! returns `Result` and each error can be made from UniFFI's own.

use std::collections::BTreeSet;
use std::sync::Arc;

use butler_core::host::{Host, RandomnessUnavailable, SystemHost};
use butler_core::model::{Kind, Timestamp};
use butler_core::store::{self, Collection, KeyAnswer, KeyRejected, StoreKey};
use butler_core::{butler, context};

/// A method of the app failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum AppError {
    /// What the app asked of the platform did not work.
    #[error("the app failed")]
    Failed,
}

/// There was no answer. The same as [`butler::TransportError`], which says it as data afterwards: what Kotlin throws is no
/// value there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TransportError {
    /// No connection could be made, or it broke.
    #[error("the office cannot be reached")]
    Unreachable,
    /// The office did not answer in time.
    #[error("the office did not answer in time")]
    TimedOut,
    /// Something between answered with this HTTP status instead of the office.
    #[error("the connection answered with status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// The answer is longer than any of the office's: `frameLimit` bytes.
    #[error("the answer is too long to be the office's")]
    TooLong,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for AppError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for TransportError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unreachable
    }
}

impl From<TransportError> for butler::TransportError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Unreachable => Self::Unreachable,
            TransportError::TimedOut => Self::TimedOut,
            TransportError::Status { status } => Self::Status { status },
            TransportError::TooLong => Self::TooLong,
        }
    }
}

/// Carries one request to the office and its reply back: an HTTP POST of `application/vnd.butler.frame` to
/// `<office>/v1/frame`. May be called from any thread; a request may be carried twice without harm.
#[uniffi::export(foreign)]
pub trait Transport: Send + Sync {
    /// Sends a frame and waits for the reply, of which it reads no more than `frameLimit` bytes: what answers may not be
    /// the office.
    fn exchange(&self, frame: Vec<u8>) -> Result<Vec<u8>, TransportError>;
}

/// The platform's key store: keeps the 32 bytes that open the database.
#[uniffi::export(foreign)]
pub trait KeyProvider: Send + Sync {
    /// The key; nothing when the key store is readable and certainly holds none. Not knowing is an error: a key store
    /// that is locked must never look empty.
    fn key(&self) -> Result<Option<Vec<u8>>, AppError>;
    /// Keeps a new key, made when there was neither a key nor a database.
    fn keep(&self, key: Vec<u8>) -> Result<(), AppError>;
}

/// A clock to test with. Without one, the device's is used.
#[uniffi::export(foreign)]
pub trait Clock: Send + Sync {
    /// What time it is.
    fn now(&self) -> Result<Timestamp, AppError>;
}

/// Is told after every call that changed something, from the thread of that call, with no lock held.
#[uniffi::export(foreign)]
pub trait Listener: Send + Sync {
    /// These areas changed; whoever shows them reads again.
    fn changed(&self, areas: Vec<Area>) -> Result<(), AppError>;
}

/// What changed, coarsely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, uniffi::Enum)]
pub enum Area {
    /// Homes 房屋.
    Homes,
    /// Residents 住户.
    Residents,
    /// Contacts, calls, messages 沟通记录.
    Contacts,
    /// Rounds 巡视.
    Rounds,
    /// Cases 工单.
    Cases,
    /// Rows of registers 登记.
    Registers,
    /// The office's tables: people, grids, places, playbooks.
    Office,
    /// Photos.
    Photos,
    /// What was rejected.
    Rejected,
    /// Drafts.
    Drafts,
    /// What is still to be sent.
    Outbox,
}

impl From<Collection> for Area {
    fn from(collection: Collection) -> Self {
        match collection {
            Collection::Records(Kind::Home) => Self::Homes,
            Collection::Records(Kind::Resident) => Self::Residents,
            Collection::Records(Kind::Contact) => Self::Contacts,
            Collection::Records(Kind::Round) => Self::Rounds,
            Collection::Records(Kind::Case) => Self::Cases,
            Collection::Records(Kind::Entry) => Self::Registers,
            Collection::Tables => Self::Office,
            Collection::Attachments => Self::Photos,
            Collection::Verdicts => Self::Rejected,
            Collection::Drafts => Self::Drafts,
            Collection::Outbox => Self::Outbox,
        }
    }
}

/// The app's transport as the core's.
pub(crate) struct Line(pub Arc<dyn Transport>);

impl butler::Transport for Line {
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, butler::TransportError> {
        Ok(self.0.exchange(frame.to_vec())?)
    }
}

/// The app's key store as the core's.
pub(crate) struct Keys(pub Arc<dyn KeyProvider>);

impl store::KeyProvider for Keys {
    fn key(&self) -> KeyAnswer {
        match self.0.key().map(|key| key.map(<[u8; 32]>::try_from)) {
            Ok(None) => KeyAnswer::Missing,
            Ok(Some(Ok(key))) => KeyAnswer::Key(StoreKey::new(key)),
            Ok(Some(Err(_))) | Err(AppError::Failed) => KeyAnswer::Unavailable,
        }
    }

    fn keep(&self, key: &StoreKey) -> Result<(), KeyRejected> {
        self.0.keep(key.as_bytes().to_vec()).map_err(|_| KeyRejected)
    }
}

/// The app's clock with the system's randomness.
pub(crate) struct Device(pub Option<Arc<dyn Clock>>);

impl Host for Device {
    fn now(&self) -> Timestamp {
        let given = self.0.as_ref().and_then(|clock| clock.now().ok());
        given.unwrap_or_else(|| SystemHost.now())
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessUnavailable> {
        SystemHost.fill_random(buffer)
    }
}

/// The app's listener as the core's.
pub(crate) struct Ears(pub Arc<dyn Listener>);

impl context::Listener for Ears {
    fn changed(&self, collections: &BTreeSet<Collection>) {
        let areas: BTreeSet<Area> = collections.iter().copied().map(Area::from).collect();
        // A listener that fails hears the next change; what was recorded is recorded.
        let _ = self.0.changed(areas.into_iter().collect());
    }
}
