//! Short ways to write documents in this module's tests.

use super::Document;
use crate::model::{ActorId, DeviceId, Kind, RecordId, StaffId, Stamp, Timestamp};

/// A record nobody wrote.
pub(super) fn empty(kind: Kind) -> Document {
    Document::genesis(RecordId([7; 16]), kind, 1).unwrap()
}

/// The actor of the n-th phone.
pub(super) fn actor(n: u8) -> ActorId {
    ActorId::new(DeviceId([n; 16]), [n; 8])
}

/// Who and when.
pub(super) fn stamp(staff: &str, at: i64) -> Stamp {
    Stamp { staff: StaffId::new(staff).unwrap(), at: Timestamp::from_millis(at), offset: None, copy_of: None }
}
