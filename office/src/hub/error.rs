//! What can go wrong: for a phone as a [`Problem`], for the person at the office as an [`OfficeError`].

use butler_core::crdt::CrdtError;
use butler_core::host::RandomnessUnavailable;
use butler_core::model::MetricId;
use butler_core::model::{GridId, PlaceId, RecordId, RoleId, StaffId};
use butler_core::playbook::PlaybookErrors;
use butler_core::playbook::metric::Month;
use butler_core::sync::message::Problem;

use super::audit::AuditError;
use crate::storage::StorageError;

/// Why a request was not carried out, before it becomes a [`Problem`].
#[derive(Debug)]
pub(super) enum Failure {
    /// The asker's.
    Problem(Problem),
    /// The office's own.
    Storage(StorageError),
    /// A thread that judged panicked; the journal has where.
    Panicked,
}

impl Failure {
    /// What the phone is told; what only the office can mend is logged by its code.
    pub(super) fn into_problem(self, request: &'static str) -> Problem {
        match self {
            Self::Problem(problem) => problem,
            Self::Storage(StorageError::Busy) => Problem::Busy,
            Self::Storage(error) => {
                tracing::error!(request, %error, "the storage failed");
                Problem::Storage
            }
            Self::Panicked => Problem::Storage,
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<RandomnessUnavailable> for Failure {
    fn from(error: RandomnessUnavailable) -> Self {
        Self::Storage(error.into())
    }
}

/// Why the office could not do what its own people asked. Ids, codes and paths, never names or numbers of
/// residents.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// The storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A record could not be read or written.
    #[error("write record: {0}")]
    Record(#[from] CrdtError),
    /// A set of playbooks is over the limits of what travels.
    #[error(
        "publish the playbooks: too many or too large (2,000 files, older ones included; 256 KB each; 32 MB in all)"
    )]
    PlaybooksTooLarge,
    /// Somebody else published at the same time.
    #[error(
        "publish the playbooks: another set was published meanwhile; look at it and try again · 此间有人发布过，请先查看"
    )]
    Overtaken,
    /// An edit of the office itself does not pass the gate.
    #[error("write record: the gate rejects it ({code}{})", path.as_ref().map(|p| format!(" at {p}")).unwrap_or_default())]
    Gate {
        /// The gate's code.
        code: String,
        /// The path it is about.
        path: Option<String>,
    },
    /// The first edit of a record names no place the office knows.
    #[error("write record: its place is not in the office's list · 位置不在办公室的名单里")]
    NoPlace,
    /// A record of another kind stands under that number.
    #[error("write record {record}: another kind of record has this number · 此编号已是另一类档案")]
    OtherKind {
        /// The record.
        record: RecordId,
    },
    /// No such member of staff.
    #[error("find staff {0}; `staff list` shows everybody · 没有这位员工")]
    UnknownStaff(StaffId),
    /// The member of staff left.
    #[error("use staff {0}: they left; `staff rehire` takes them back · 此人已离职，可用 staff rehire 复职")]
    StaffLeft(StaffId),
    /// The member of staff did not leave.
    #[error("rehire {0}: they never left · 此人在职")]
    StaffHere(StaffId),
    /// The playbooks have no such metric.
    #[error("find metric {0} · 没有这项指标")]
    UnknownMetric(MetricId),
    /// A month that has not begun.
    #[error("look at {0}: it has not begun · 这个月还没有开始")]
    MonthAhead(Month),
    /// A month before the office held anything.
    #[error("look at {0}: nothing was recorded by its end · 到这个月底还没有任何记录")]
    NothingRecorded(Month),
    /// No record of that id or number, or none that is printed.
    #[error(
        "find record {0}; a case, a round or a row of a register is printed · 没有这份记录，或它没有单据"
    )]
    UnknownRecord(String),
    /// No such grid.
    #[error("find grid {0}; add it with `grid add` · 没有这个网格")]
    UnknownGrid(GridId),
    /// No such place.
    #[error("find place {0}; `grid list` shows them · 没有这个位置")]
    UnknownPlace(PlaceId),
    /// The list `place_kind` of the playbooks has no such word.
    #[error(
        "use kind {0}: it is not in the list place_kind of the playbooks (gate, lobby, garage …) · 规程的 place_kind 里没有这个类别"
    )]
    UnknownPlaceKind(String),
    /// What is to be the telephone number of this person or place is none. The number is not repeated.
    #[error(
        "give {0} this telephone number: it is not a valid one (such as 13800001234 or 0755-26001234-801) · 电话号码不对"
    )]
    NotAPhone(String),
    /// A position off the earth.
    #[error("use position of {0}: there is no such point · 没有这个坐标")]
    NoSuchPoint(PlaceId),
    /// A cover that would be over before it begins.
    #[error("cover until {0}: that day is over · 这一天已经过了")]
    DayOver(chrono::NaiveDate),
    /// Two places would be one scan.
    #[error("give {0} this code: {1} has it · 这个码已经是另一处的")]
    CodeTaken(PlaceId, PlaceId),
    /// No such role in the roles playbook, or the person does not hold it.
    #[error(
        "find role {0}: it is not in the roles playbook, or not one of theirs (`staff role`) · 没有这个岗位，或此人不在这个岗位"
    )]
    UnknownRole(RoleId),
    /// The company's playbooks do not hold together; the set is rejected whole.
    #[error("publish playbooks:\n{0}")]
    Playbooks(#[from] PlaybookErrors),
    /// No such device.
    #[error("find device; `status` lists them · 没有这台设备")]
    UnknownDevice,
    /// Something with that id exists.
    #[error("add {0}: it exists already · 编号已存在")]
    Exists(String),
    /// No held change under that hash, or one whose author is not proven.
    #[error(
        "release: no such change is held, or nobody proved to be its author · 没有这条待处理的修改，或无法证明是谁写的"
    )]
    NotReleasable,
    /// The released change still does not pass.
    #[error("release: the change is still not accepted ({code}) · 仍不能接受")]
    StillHeld {
        /// Why.
        code: String,
    },
    /// The audit is not whole.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// No randomness.
    #[error("draw a code: {0}")]
    Randomness(#[from] RandomnessUnavailable),
}
