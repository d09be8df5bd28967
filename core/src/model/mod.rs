//! Records and their invariants: typed, without I/O, without automerge.
//!
//! A field record is a flat map `path → value` ([`Record`]) with one reader per kind on top. What a
//! user does is an [`Edit`]; what happened in a workflow is an [`Event`]; who and when is a [`Stamp`].

pub mod choice;
pub mod date;
mod edit;
mod event;
pub mod fields;
mod id;
mod kind;
pub mod office;
pub mod phone;
mod record;
mod stamp;
mod time;
mod value;

pub use edit::{Edit, Op};
pub use event::{Event, Evidence};
pub use id::{
    ActorId, ChangeHash, CommunityId, DeviceId, EditId, EventId, Generation, GridId, IdError, PhotoId,
    PlaceId, RecordId, RoleId, StaffId,
};
pub use kind::{Kind, KindVersion};
pub use record::{Candidate, Field, Lifecycle, Receipt, Record};
pub use stamp::Stamp;
pub use time::{ClockOffset, Timestamp};
pub use value::Value;
