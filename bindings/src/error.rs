//! The errors an app sees: the core's, flat.

use crate::app::NoAnswer;
use crate::ids::{RecordId, out};
use crate::values::Label;

/// Why a call did nothing. A normal day (a conflict, an unsent photo, a refused change) is state, not an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[non_exhaustive]
pub enum ButlerError {
    /// The key store is locked. Try again when the phone is unlocked.
    #[error("the key store is locked")]
    Locked,
    /// Data are here and the key store certainly has no key: it is lost, as after a restore to a new phone. Nothing was
    /// changed; `openAnew` keeps the data aside and begins anew.
    #[error("the key of this database is gone")]
    KeyMissing,
    /// The key does not belong to this database. Nothing was changed; delete nothing.
    #[error("the key does not belong to this database")]
    WrongKey,
    /// The database was damaged and moved aside; open again to start from the office's data.
    #[error("the database was damaged and moved aside")]
    Damaged,
    /// Another part of the app holds this butler open.
    #[error("already open")]
    AlreadyOpen,
    /// The phone is full. Reading, syncing and removing still work.
    #[error("the storage is full")]
    StorageFull,
    /// The data were written by a newer version of the app.
    #[error("the data need a newer app")]
    NeedsNewerApp,
    /// `shutdown` was called.
    #[error("shut down")]
    Closed,
    /// The phone is not enrolled yet.
    #[error("not enrolled")]
    NotEnrolled,
    /// The code is wrong, used or expired; ask the office for a new one.
    #[error("the code is not valid")]
    CodeInvalid,
    /// This phone is enrolled for somebody else: sync, hand it over, then enrol.
    #[error("enrolled for somebody else")]
    AlreadyEnrolled,
    /// Something of this phone's owner is not at the office yet, or waits for them to decide. Nothing was removed.
    #[error("{edits} edits, {photos} photos, {refused} refused edits and {drafts} drafts are still here")]
    NotHandedIn {
        /// Edits the office does not have: sync.
        edits: u64,
        /// Photos the office does not have, or taken for a form that was never submitted: sync, or discard them.
        photos: u64,
        /// Edits refused: send them again, or put them away.
        refused: u64,
        /// Forms half filled in: submit or discard them.
        drafts: u64,
    },
    /// The office could not be reached, and why. Everything recorded is safe on the phone.
    #[error("the office cannot be reached")]
    Offline {
        /// Why.
        why: NoAnswer,
    },
    /// What answered is not an office: a wrong address, or a page of something between.
    #[error("what answered is not an office")]
    NotAnOffice,
    /// The office declined.
    #[error("the office declined: {code}")]
    Office {
        /// A stable code.
        code: String,
    },
    /// The person's role may not do this.
    #[error("not allowed: {what}")]
    NotAllowed {
        /// The step or field.
        what: String,
    },
    /// Questions are unanswered or answered wrongly.
    #[error("evidence is missing: {}", missing.join(", "))]
    EvidenceMissing {
        /// The questions' ids.
        missing: Vec<String>,
        /// Of each, in the same order, what to tell the user.
        words: Vec<Label>,
    },
    /// The case is not in a state where this step is possible.
    #[error("the step {step} is not possible now")]
    StepNotPossible {
        /// The step.
        step: String,
        /// Why not, where the playbook says it.
        why: Option<Label>,
    },
    /// Another step of the case comes first.
    #[error("the step {first} comes first")]
    StepNeeds {
        /// The step to make first.
        first: String,
    },
    /// There is no such record, or it is not on this phone.
    #[error("not found")]
    NotFound,
    /// An input does not fit.
    #[error("{field}: {reason}")]
    InvalidInput {
        /// The field or argument.
        field: String,
        /// What is wrong with it, without repeating it.
        reason: String,
    },
    /// The form was handed in before, with other answers. What it says now is not recorded: open the record and write it
    /// there.
    #[error("this form was handed in before with other answers")]
    AlreadySubmitted {
        /// The record it made or changed.
        record: RecordId,
    },
    /// The photo is not on this phone (yet).
    #[error("the photo is not on this phone")]
    PhotoMissing,
    /// A playbook set was refused; the old one stays.
    #[error("the playbooks were refused: {reason}")]
    BadPlaybook {
        /// File, line and reason.
        reason: String,
    },
    /// Something that should not happen.
    #[error("internal error {code}")]
    Internal {
        /// Names the place in the library, never anybody's data.
        code: String,
    },
}

impl ButlerError {
    pub(crate) fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::InvalidInput { field: field.into(), reason: reason.into() }
    }
}

/// What cannot fail needs no error, and shares the way of what can.
impl From<std::convert::Infallible> for ButlerError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl From<butler_core::ButlerError> for ButlerError {
    fn from(error: butler_core::ButlerError) -> Self {
        use butler_core::ButlerError as E;
        match error {
            E::Locked => Self::Locked,
            E::KeyMissing => Self::KeyMissing,
            E::WrongKey => Self::WrongKey,
            E::Damaged => Self::Damaged,
            E::AlreadyOpen => Self::AlreadyOpen,
            E::StorageFull => Self::StorageFull,
            E::NeedsNewerApp => Self::NeedsNewerApp,
            E::Closed => Self::Closed,
            E::NotEnrolled => Self::NotEnrolled,
            E::CodeInvalid => Self::CodeInvalid,
            E::AlreadyEnrolled => Self::AlreadyEnrolled,
            E::NotHandedIn { edits, photos, refused, drafts } => {
                Self::NotHandedIn { edits, photos, refused, drafts }
            }
            E::Offline(why) => Self::Offline { why: why.into() },
            E::NotAnOffice => Self::NotAnOffice,
            E::Office(problem) => Self::Office { code: problem.code().to_owned() },
            E::NotAllowed { what } => Self::NotAllowed { what },
            E::EvidenceMissing { missing, words } => Self::EvidenceMissing { missing, words: out(words) },
            E::StepNeeds { first } => Self::StepNeeds { first },
            E::StepNotPossible { step, why } => Self::StepNotPossible { step, why: why.map(Into::into) },
            E::NotFound => Self::NotFound,
            E::InvalidInput { field, reason } => Self::InvalidInput { field, reason },
            E::AlreadySubmitted { record } => Self::AlreadySubmitted { record: record.into() },
            E::PhotoMissing(_) => Self::PhotoMissing,
            E::BadPlaybook { reason } => Self::BadPlaybook { reason },
            E::Internal { code } => Self::Internal { code: code.to_owned() },
            // A variant this crate was not built with: the two are released together.
            _ => Self::Internal { code: "unknown-error".to_owned() },
        }
    }
}
