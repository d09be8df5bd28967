//! Identifiers: typed and opaque. An app keeps and compares them; it makes none and reads nothing out of one.

use butler_core::model;

use crate::ButlerError;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $core:ty, $what:literal;)+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
        pub struct $name {
            /// To be kept and compared, not read.
            pub value: String,
        }

        impl From<$core> for $name {
            fn from(id: $core) -> Self {
                Self { value: id.to_string() }
            }
        }

        impl TryFrom<$name> for $core {
            type Error = ButlerError;

            fn try_from(id: $name) -> Result<Self, ButlerError> {
                id.value.parse().map_err(|_| ButlerError::invalid($what, "not an identifier of this library"))
            }
        }
    )+ };
}

ids! {
    /// A record: a home, a resident, a visit, a round, a case, an entry.
    RecordId = model::RecordId, "record";
    /// A part of a record, such as one of a resident's telephones.
    PartId = model::PartId, "part";
    /// A building, a unit or a public spot.
    PlaceId = model::PlaceId, "place";
    /// A grid.
    GridId = model::GridId, "grid";
    /// A member of staff.
    StaffId = model::StaffId, "staff";
    /// A role.
    RoleId = model::RoleId, "role";
    /// A phone.
    DeviceId = model::DeviceId, "device";
    /// Something due; the same on every phone that sees the same facts.
    DueId = model::DueId, "due";
    /// A step, a check-in or a result.
    EventId = model::EventId, "event";
    /// A photo.
    PhotoId = model::PhotoId, "photo";
    /// One change of a record.
    ChangeId = model::ChangeHash, "change";
    /// What a screen shows that draws this row or these details: goes back with the form over it.
    Shown = model::Shown, "shown";
    /// A form.
    SubmissionId = model::SubmissionId, "submission";
}

/// Ids of a list, into the core's.
pub(crate) fn all<T, U: TryFrom<T, Error = ButlerError>>(ids: Vec<T>) -> Result<Vec<U>, ButlerError> {
    ids.into_iter().map(U::try_from).collect()
}

/// An optional id, into the core's.
pub(crate) fn given<T, U: TryFrom<T, Error = ButlerError>>(id: Option<T>) -> Result<Option<U>, ButlerError> {
    id.map(U::try_from).transpose()
}

/// Ids of a list, out of the core's.
pub(crate) fn out<T, U: From<T>>(ids: impl IntoIterator<Item = T>) -> Vec<U> {
    ids.into_iter().map(U::from).collect()
}
