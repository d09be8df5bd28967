//! How the model's identifiers stand in columns: byte ids as blobs, named ids and kinds as text.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Value as Sql, ValueRef};

use crate::model::{
    ActorId, ChangeHash, CommunityId, DeviceId, EventId, Generation, GridId, Kind, KindName, Lifecycle,
    OfficePublic, PhotoId, PlaceId, PlaybookHash, RecordId, StaffId, SubmissionId, Timestamp, Value,
};

macro_rules! as_blob {
    ($($id:ident),*) => {$(
        impl ToSql for $id {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.as_bytes())))
            }
        }
        impl FromSql for $id {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                Self::from_slice(value.as_blob()?).map_err(FromSqlError::other)
            }
        }
    )*};
}
as_blob!(
    RecordId,
    DeviceId,
    ActorId,
    ChangeHash,
    EventId,
    PhotoId,
    OfficePublic,
    PlaybookHash,
    Generation,
    SubmissionId
);

macro_rules! as_text {
    ($($id:ident),*) => {$(
        impl ToSql for $id {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }
        impl FromSql for $id {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                Self::new(value.as_str()?).map_err(FromSqlError::other)
            }
        }
    )*};
}
as_text!(StaffId, GridId, PlaceId, CommunityId, KindName);

impl ToSql for Timestamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.millis().into())
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self::from_millis)
    }
}

impl ToSql for Kind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

impl FromSql for Kind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_name(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

impl ToSql for Lifecycle {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Live => "live",
            Self::Archived => "archived",
            Self::Revived => "revived",
        }
        .into())
    }
}

impl FromSql for Lifecycle {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "live" => Ok(Self::Live),
            "archived" => Ok(Self::Archived),
            "revived" => Ok(Self::Revived),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

/// A field's value as a column holds it. True and false are 1 and 0: a rule that asks for one asks for that.
pub(super) fn owned(value: &Value) -> Sql {
    match value {
        Value::Bool(flag) => Sql::Integer(i64::from(*flag)),
        Value::Int(int) => Sql::Integer(*int),
        Value::Real(real) => Sql::Real(*real),
        Value::Text(text) => Sql::Text(text.clone()),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            other => ToSqlOutput::Owned(owned(other)),
        })
    }
}
