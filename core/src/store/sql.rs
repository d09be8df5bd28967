//! How the model's identifiers and the values of fields stand in columns: byte ids as blobs, named ids, kinds and choices as
//! text, true and false as 1 and 0.

use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Value as Sql, ValueRef};

use crate::model::fields::Type;
use crate::model::row::Cells;
use crate::model::{
    ActorId, ChangeHash, CommunityId, DeviceId, EventId, FormId, Generation, GridId, Kind, KindName,
    Lifecycle, OfficePublic, PhotoId, PlaceId, PlaybookHash, QuestionId, RecordId, RoleId, Scalar, StaffId,
    StepId, SubmissionId, Timestamp, Value, WorkflowId,
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
as_text!(StaffId, RoleId, GridId, PlaceId, CommunityId, KindName);

macro_rules! as_written {
    ($($id:ident),*) => {$(
        impl ToSql for $id {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }
        impl FromSql for $id {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                Ok(value.as_str()?.into())
            }
        }
    )*};
}
as_written!(WorkflowId, StepId, FormId, QuestionId);

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

/// What a column of a field is declared as.
pub(super) const fn declared(ty: Type) -> &'static str {
    match ty {
        Type::Bool | Type::Int | Type::Fen | Type::Moment | Type::Member => "INTEGER",
        Type::Real => "REAL",
        Type::Record => "BLOB",
        _ => "TEXT",
    }
}

/// What a column of a field holds. Empty for a value that is not of its type; a choice of a newer app stays, so that an
/// upgrade reads it.
pub(super) fn cell(ty: Type, value: Option<&Value>) -> Sql {
    let Some(value) = value else { return Sql::Null };
    let held = match ty {
        Type::Bool | Type::Member => value.as_bool().map(|flag| Sql::Integer(i64::from(flag))),
        Type::Int | Type::Fen | Type::Moment => value.as_int().map(Sql::Integer),
        Type::Real => value.as_real().map(Sql::Real),
        Type::Record => RecordId::read(value).map(|id| Sql::Blob(id.0.to_vec())),
        _ => value.as_text().map(|text| Sql::Text(text.to_owned())),
    };
    held.unwrap_or(Sql::Null)
}

/// A field's value out of its column; `None` also for a word of a newer app.
pub(super) fn scalar<T: Scalar>(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<T>> {
    Ok(match row.get_ref(at)? {
        ValueRef::Integer(flag) if matches!(T::TYPE, Type::Bool) => T::take(Value::Bool(flag != 0)),
        ValueRef::Integer(int) => T::take(Value::Int(int)),
        ValueRef::Real(real) => T::take(Value::Real(real)),
        text @ ValueRef::Text(_) => T::take(Value::Text(text.as_str()?.to_owned())),
        ValueRef::Blob(bytes) => T::from_bytes(bytes),
        ValueRef::Null => None,
    })
}

/// The columns of a row, one after the other.
pub(super) struct Columns<'r> {
    pub(super) row: &'r Row<'r>,
    pub(super) at: usize,
}

impl Cells for Columns<'_> {
    type Error = rusqlite::Error;

    fn next<T: Scalar>(&mut self) -> rusqlite::Result<Option<T>> {
        self.at += 1;
        scalar(self.row, self.at - 1)
    }
}
