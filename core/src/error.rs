//! The errors an app sees: few, sealed, each says what to do. None repeats a value a person typed.
//!
//! A normal day is *state*, not an error: a conflict, an unsent photo, a rejected change are found in the
//! views. Inside, every layer has its own finer error; here they meet.
//!
//! | question | file |
//! |---|---|
//! | which errors there are | this one |
//! | what can be wrong with an input | [`input_problem`] |
//! | what a person is told of each | [`words`] |

mod input_problem;
mod words;

pub use input_problem::InputProblem;

use crate::model::{PhotoId, RecordId, StepId};
use crate::playbook::Label;
use crate::playbook::form::FieldProblem;
use crate::sync::TransportError;
use crate::sync::message::Problem;

/// Why a call did nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
#[non_exhaustive]
pub enum ButlerError {
    /// The key store is locked (before the first unlock, say). Try again when the phone is unlocked.
    #[error("the phone's key store is locked; unlock the phone and try again")]
    Locked,
    /// Data are here and the key store certainly has no key: it is lost, as after a restore to a new phone. Nothing was
    /// changed; [`crate::Butler::open_anew`] keeps the data aside and begins anew.
    #[error("the key of this database is gone")]
    KeyMissing,
    /// The key does not belong to this database. Nothing was changed; do not delete anything.
    #[error("the key does not belong to this database")]
    WrongKey,
    /// The database could not be read although the key is right. It was moved aside whole.
    #[error("the database is damaged and was moved aside; open again to start from the office's data")]
    Damaged,
    /// Another part of the app holds this butler open.
    #[error("this butler is already open")]
    AlreadyOpen,
    /// The phone is full. Reading, syncing and removing still work.
    #[error("the phone's storage is full; free some space and try again")]
    StorageFull,
    /// The data were written by a newer version of the app.
    #[error("the data need a newer version of the app")]
    NeedsNewerApp,
    /// `shutdown` was called.
    #[error("this butler was shut down")]
    Closed,
    /// The phone is not enrolled yet.
    #[error("this phone is not enrolled; enter the code shown by the office")]
    NotEnrolled,
    /// The code is wrong, used or expired.
    #[error("the code is not valid any more; ask the office for a new one")]
    CodeInvalid,
    /// This phone is enrolled for somebody else: hand in what is unsent, [`crate::Butler::hand_over`], then enrol.
    #[error("this phone is enrolled for somebody else; hand it over first")]
    AlreadyEnrolled,
    /// Something of this phone's owner is not at the office yet, or waits for them to decide. Nothing was removed.
    #[error(
        "not everything is handed in: {edits} edits and {photos} photos to send, \
         {rejected} rejected edits and {drafts} drafts to decide"
    )]
    NotHandedIn {
        /// Edits the office does not have: sync.
        edits: u64,
        /// Photos the office does not have, and those taken for a form that was never submitted: sync, or discard them.
        photos: u64,
        /// Edits rejected: send them again, or put them away.
        rejected: u64,
        /// Forms half filled in: submit or discard them.
        drafts: u64,
    },
    /// The office could not be reached, and why. Everything recorded is safe on the phone.
    #[error("{why}; everything recorded is safe on this phone")]
    Offline {
        /// What the app's transport said.
        why: TransportError,
    },
    /// What answered is not an office: a wrong address, or a page of something between.
    #[error("what answered is not an office; check its address")]
    NotAnOffice,
    /// The office answered with a problem.
    #[error("the office declined: {problem}")]
    Office {
        /// What is wrong with it.
        problem: Problem,
    },
    /// The person's role may not do this.
    #[error("this role may not do this ({what})")]
    NotAllowed {
        /// What was attempted.
        what: Forbidden,
        /// What to tell the user: whose it is, where it is a matter of roles.
        words: Label,
    },
    /// What a form asks is missing, or will not do.
    #[error("evidence is missing: {}", fields_of(problems).join(", "))]
    EvidenceMissing {
        /// The questions still open or wrongly answered, each with what to tell the user.
        problems: Vec<FieldProblem>,
    },
    /// The case is not in a state where this step is possible.
    #[error("the step {step} is not possible now")]
    StepNotPossible {
        /// The step.
        step: StepId,
        /// Why not, where the playbook says it.
        why: Option<Label>,
    },
    /// Another step of the case comes first.
    #[error("the step {first} comes first")]
    StepNeeds {
        /// The step to make first.
        first: StepId,
        /// What it is called.
        label: Label,
    },
    /// An edit that cannot be taken back, and why.
    #[error("the edit cannot be taken back: {}", why.words().en)]
    CannotUndo {
        /// Why not.
        why: NotUndoable,
    },
    /// There is no such record, or it is not on this phone.
    #[error("not found")]
    NotFound,
    /// An input does not fit.
    #[error("{field} is not valid: {}", words.en)]
    InvalidInput {
        /// The field or argument.
        field: String,
        /// What is wrong with it.
        reason: InputProblem,
        /// The same in words, to tell the user; the input is not repeated.
        words: Label,
    },
    /// The form was handed in before, with other answers. What it says now is not recorded: open the record it made or
    /// changed and write it there.
    #[error("this form was handed in before with other answers; change the record it made instead")]
    AlreadySubmitted {
        /// The record it made or changed.
        record: RecordId,
    },
    /// The photo is not on this phone (yet).
    #[error("the photo {photo} is not on this phone")]
    PhotoMissing {
        /// The photo.
        photo: PhotoId,
    },
    /// A playbook set was rejected; the old one stays.
    #[error("the playbooks were rejected: {reason}")]
    BadPlaybook {
        /// File, line and reason.
        reason: String,
    },
    /// Something that should not happen. The code and the log of diagnostics help to find it.
    #[error("internal error {code}")]
    Internal {
        /// A stable code.
        code: String,
    },
}

/// Why an edit cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum NotUndoable {
    /// It made a step of a case or a check-in: others may act on it already.
    Step,
    /// Somebody else made it.
    Others,
    /// What it wrote was written over since, or others added to the record it began.
    ChangedSince,
    /// It decided between values in conflict: decide again.
    Decision,
}

impl From<NotUndoable> for ButlerError {
    fn from(why: NotUndoable) -> Self {
        Self::CannotUndo { why }
    }
}

/// What somebody's roles do not let them do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Forbidden {
    /// Making this step, answering this item, checking in at this point, beginning this procedure.
    Step {
        /// The id of the step, item, point or procedure.
        id: String,
    },
    /// Writing this field.
    Field {
        /// Its path.
        path: String,
    },
    /// Writing this record at all.
    Record {
        /// Why, as a code: `grid` when it lies in none of this person's grids, `playbook` when its procedure is not known here.
        code: String,
    },
}

impl std::fmt::Display for Forbidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Step { id } => id,
            Self::Field { path } => path,
            Self::Record { code } => code,
        })
    }
}

/// The questions the problems are about.
fn fields_of(problems: &[FieldProblem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.field.as_str()).collect()
}

impl ButlerError {
    /// Nothing when nothing is wrong; otherwise everything a form finds wrong, in its own words.
    pub(crate) fn of_form(problems: Vec<FieldProblem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self::EvidenceMissing { problems }) }
    }

    /// Something that should not happen.
    pub(crate) fn internal(code: &str) -> Self {
        Self::Internal { code: code.to_owned() }
    }

    /// A step, item, point or procedure this role may not do; `whose` it is, where that is known.
    pub(crate) fn forbidden(step: &str, whose: Option<&Label>) -> Self {
        Self::NotAllowed {
            what: Forbidden::Step { id: step.to_owned() },
            words: Forbidden::step_words(whose),
        }
    }
}

impl From<crate::host::RandomnessUnavailable> for ButlerError {
    fn from(_: crate::host::RandomnessUnavailable) -> Self {
        Self::internal("randomness")
    }
}

impl From<crate::playbook::PlaybookErrors> for ButlerError {
    fn from(rejected: crate::playbook::PlaybookErrors) -> Self {
        Self::BadPlaybook { reason: rejected.to_string() }
    }
}

impl From<crate::store::StoreError> for ButlerError {
    fn from(error: crate::store::StoreError) -> Self {
        use crate::store::StoreError as E;
        match error {
            E::AlreadyOpen => Self::AlreadyOpen,
            E::KeyMissing => Self::KeyMissing,
            E::WrongKey => Self::WrongKey,
            E::KeyUnavailable => Self::Locked,
            E::NewerSchema { .. } => Self::NeedsNewerApp,
            E::StorageFull => Self::StorageFull,
            E::Closed => Self::Closed,
            E::Damaged => Self::Damaged,
            E::NotFound { .. } => Self::NotFound,
            E::Randomness(error) => error.into(),
            E::Document(error) => error.into(),
            E::Unsuitable { .. } => Self::internal("library"),
            E::Inconsistent { .. } => Self::internal("store-inconsistent"),
            E::AttachmentMismatch => Self::internal("photo-mismatch"),
            E::File { .. } => Self::internal("file"),
            E::Sqlite { .. } => Self::internal("sqlite"),
        }
    }
}
