//! Records and their invariants: typed, without I/O, without automerge.
//!
//! A field record is a flat map `path → value` ([`Record`]). Which fields a kind has is one table in the kind's file, from
//! which its reader, its edit and the rows of its lists follow. What a user does is an [`Edit`]; what happened in a workflow is an [`Event`]; who and when is a [`Stamp`].

pub mod case;
pub mod choice;
pub mod clock;
pub mod contact;
pub mod date;
pub mod derived;
pub mod directory;
mod edit;
pub mod entry;
mod event;
pub mod facts;
pub mod fields;
pub mod home;
mod id;
mod kind;
mod label;
mod listed_word;
pub mod office;
pub mod parts;
pub mod phone;
pub(crate) mod pinyin;
mod playbook_id;
pub mod qr;
mod record;
pub mod resident;
pub mod room;
pub mod round;
pub mod row;
mod shown;
mod stamp;
mod system_step;
mod time;
mod typed;
mod utc_offset;
mod value;

pub use case::{Case, CaseEdit};
pub use clock::Clock;
pub use contact::{Contact, ContactEdit, ContactRow};
pub use derived::{PLAIN_LETTERS, order_letters, order_number};
pub use edit::{Edit, Op};
pub use entry::{Entry, EntryEdit};
pub use event::{Event, Evidence};
pub use home::{Home, HomeEdit, HomeRow, home_id};
pub use id::{
    ActorId, ChangeHash, CommunityId, DeviceId, DueId, EditId, EventId, Generation, GridId, IdError,
    KindName, OfficePublic, PartId, PhotoId, PlaceId, PlaybookHash, PlaybookVersion, RecordId, RoleId,
    StaffId, SubmissionId,
};
pub use kind::{Kind, KindVersion};
pub use label::{Label, Language};
pub use listed_word::ListedWord;
pub use playbook_id::{ChecklistId, FormId, MetricId, Procedure, QuestionId, RuleId, StepId, WorkflowId};
pub(crate) use record::differing;
pub use record::{Candidate, Field, Lifecycle, Receipt, Record, Seal};
pub use resident::{Resident, ResidentEdit, ResidentRow};
pub use room::{Location, Room};
pub use round::{Round, RoundEdit};
pub use row::RecordRow;
pub use shown::Shown;
pub use stamp::Stamp;
pub use system_step::{Resolution, SystemStep};
pub use time::{ClockOffset, Timestamp};
pub use typed::{Naming, Scalar, Touch};
pub use utc_offset::UtcOffset;
pub use value::Value;

/// The members of `subject/*`: the records something is about.
pub fn subjects(record: &Record) -> std::collections::BTreeSet<RecordId> {
    typed::members(record, "subject").filter_map(|id| id.parse().ok()).collect()
}
