//! The mechanism behind the typed models: one table per kind gives its fields, its reader, its edit and its rows.
//!
//! A reader takes the winner of each field; what is in conflict or unknown stays in the [`super::Record`]. An edit
//! writes only the fields it was given, so a field it does not know can never be lost.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::date::{Birthday, PartialDate};
use super::fields::Type;
use super::parts::PartEdit;
use super::row::Part;
use super::{
    Edit, Kind, Label, ListedWord, PartId, PlaceId, Record, RecordId, StaffId, Timestamp, Value, fields,
};

/// What an edit does to one field.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Touch<T> {
    /// Leaves it as it is: the field does not become part of the edit.
    #[default]
    Keep,
    /// Writes this value.
    Set(T),
    /// Removes the value.
    Clear,
}

impl<T> From<T> for Touch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl From<&str> for Touch<String> {
    fn from(text: &str) -> Self {
        Self::Set(text.to_owned())
    }
}

/// A Rust type a field is read into and written from.
pub trait Scalar: Sized {
    /// What a field of this type holds, unless the table says otherwise (`i64 as Fen`).
    const TYPE: Type;

    /// Reads the stored value; `None` when a newer app wrote something else there.
    fn read(value: &Value) -> Option<Self>;

    /// The same of a value nobody needs any more.
    #[must_use]
    fn take(value: Value) -> Option<Self> {
        Self::read(&value)
    }

    /// The same of a column that holds bytes: only the ids of records do.
    #[must_use]
    fn from_bytes(_: &[u8]) -> Option<Self> {
        None
    }

    /// It, if it is a word of a list.
    fn as_word(&mut self) -> Option<&mut ListedWord> {
        None
    }

    /// The stored value.
    fn write(self) -> Value;
}

/// Scalars that are values as they are.
macro_rules! plain {
    ($($rust:ty, $read:expr, $ty:ident;)+) => { $(
        impl Scalar for $rust {
            const TYPE: Type = Type::$ty;

            fn read(value: &Value) -> Option<Self> {
                $read(value)
            }
            fn write(self) -> Value {
                self.into()
            }
        }
    )+ };
}
plain! {
    bool, Value::as_bool, Bool;
    i64, Value::as_int, Int;
    f64, Value::as_real, Real;
}

impl Scalar for String {
    const TYPE: Type = Type::Text;

    fn read(value: &Value) -> Option<Self> {
        value.as_text().map(str::to_owned)
    }
    fn take(value: Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text) } else { None }
    }
    fn write(self) -> Value {
        self.into()
    }
}

/// Scalars stored as text they parse from and display as.
macro_rules! textual {
    ($($rust:ty, $ty:ident;)+) => { $(
        impl Scalar for $rust {
            const TYPE: Type = Type::$ty;

            fn read(value: &Value) -> Option<Self> {
                value.as_text()?.parse().ok()
            }
            fn write(self) -> Value {
                self.to_string().into()
            }
        }
    )+ };
}
textual! {
    NaiveDate, Date;
    PartialDate, PartialDate;
    Birthday, Birthday;
    PlaceId, Place;
    StaffId, Staff;
}

impl Scalar for RecordId {
    const TYPE: Type = Type::Record;

    fn read(value: &Value) -> Option<Self> {
        value.as_text()?.parse().ok()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::from_slice(bytes).ok()
    }
    fn write(self) -> Value {
        self.to_string().into()
    }
}

impl Scalar for Timestamp {
    const TYPE: Type = Type::Moment;

    fn read(value: &Value) -> Option<Self> {
        value.as_int().map(Self::from_millis)
    }
    fn write(self) -> Value {
        self.millis().into()
    }
}

/// The member ids of a set. A part whose member is gone is not shown; its fields stay in the document.
pub(super) fn members<'a>(record: &'a Record, set: &'a str) -> impl Iterator<Item = &'a str> {
    let below = record.fields.range(format!("{set}/")..);
    below
        .map_while(move |(path, field)| Some((path.strip_prefix(set)?.strip_prefix('/')?, field)))
        .filter(|(member, field)| !member.contains('/') && field.winner.value == Value::Bool(true))
        .map(|(member, _)| member)
}

/// Reads every part of a set, in the order of their ids.
pub(super) fn parts<P: Part>(record: &Record) -> Vec<P> {
    members(record, P::SET)
        .filter_map(|member| Some(P::of(record, member.parse().ok()?, &format!("{}/{member}/", P::SET))))
        .collect()
}

/// What a word of a list is called: asked with the list and the code.
pub type Naming<'a> = &'a dyn Fn(&str, &str) -> Option<Label>;

/// Calls a field as `name` does, if it holds a word of a list.
pub(super) fn name_word<T: Scalar>(field: &mut Option<T>, kind: Kind, path: &str, name: Naming<'_>) {
    let Some(word) = field.as_mut().and_then(Scalar::as_word) else { return };
    let list = fields::spec(kind, path).and_then(|spec| spec.terms);
    if let Some(label) = list.and_then(|list| name(list, &word.code)) {
        word.label = label;
    }
}

/// What a field holds: what its Rust type says, or one of the few types that share a Rust type.
macro_rules! field_type {
    (i64 as Fen) => {
        $crate::model::fields::Type::Fen
    };
    (String as Code) => {
        $crate::model::fields::Type::Code
    };
    (String as Phone) => {
        $crate::model::fields::Type::Phone
    };
    ($ty:ident) => {
        <$ty as $crate::model::Scalar>::TYPE
    };
}
pub(super) use field_type;

/// Declares a kind: its table of fields, and what follows from it. A field is
/// `name: Rust type as Type, GROUP, "zh", "en", unit("m²"), personal();` where all behind the words may be left out.
///
/// | section | what it lists |
/// |---|---|
/// | `row` | the fields its lists show: columns of the store, members of the row |
/// | `with` | what else is in the row, filled by whoever reads it, and the path that must be readable for it |
/// | `fields` | all other fields |
/// | `set` | parts a record has any number of, with their fields, all of one group |
/// | `and` | patterns read by hand |
///
/// It makes the table `FIELDS`, the model with its reader, the edit, and of every set a part and its edit.
macro_rules! kind {
    (
        $(#[$doc:meta])*
        $model:ident / $edit:ident
        $(
            $(#[$row_doc:meta])*
            row $row:ident {
                $($listed:ident: $listed_ty:ident $(as $listed_as:ident)?,
                $listed_group:ident, $listed_zh:tt, $listed_en:tt
                $(, $listed_mark:ident($($listed_arg:tt)?))*;)*
            }
            with { $($(#[$extra_doc:meta])* $extra:ident: $extra_ty:ty = $extra_path:literal;)* }
        )?
        fields {
            $($field:ident: $ty:ident $(as $as:ident)?, $group:ident, $zh:tt, $en:tt
            $(, $mark:ident($($arg:tt)?))*;)*
        }
        $(
            $(#[$part_doc:meta])*
            set $set:ident: $part:ident / $part_edit:ident = $set_path:literal, $set_group:ident, $set_zh:tt, $set_en:tt {
                $($part_field:ident: $part_ty:ident $(as $part_as:ident)?, $part_zh:tt, $part_en:tt
                $(, $part_mark:ident($($part_arg:tt)?))*;)*
            }
        )*
        $(and {
            $($path:literal: $path_ty:ident, $path_group:ident, $path_zh:tt, $path_en:tt
            $(, $path_mark:ident($($path_arg:tt)?))*;)*
        })?
    ) => {
        /// The fields of the kind, without those every kind has.
        pub(super) const FIELDS: &[$crate::model::fields::FieldSpec] = &[
            $($($crate::model::fields::FieldSpec::new(
                $crate::model::Kind::$model,
                stringify!($listed),
                $crate::model::typed::field_type!($listed_ty $(as $listed_as)?),
                $crate::model::fields::group::$listed_group,
                $listed_zh,
                $listed_en,
            )$(.$listed_mark($($listed_arg)?))*,)*)?
            $($crate::model::fields::FieldSpec::new(
                $crate::model::Kind::$model,
                stringify!($field),
                $crate::model::typed::field_type!($ty $(as $as)?),
                $crate::model::fields::group::$group,
                $zh,
                $en,
            )$(.$mark($($arg)?))*,)*
            $(
                $crate::model::fields::FieldSpec::new(
                    $crate::model::Kind::$model,
                    concat!($set_path, "/*"),
                    $crate::model::fields::Type::Member,
                    $crate::model::fields::group::$set_group,
                    $set_zh,
                    $set_en,
                ),
                $($crate::model::fields::FieldSpec::new(
                    $crate::model::Kind::$model,
                    concat!($set_path, "/*/", stringify!($part_field)),
                    $crate::model::typed::field_type!($part_ty $(as $part_as)?),
                    $crate::model::fields::group::$set_group,
                    $part_zh,
                    $part_en,
                )$(.$part_mark($($part_arg)?))*,)*
            )*
            $($($crate::model::fields::FieldSpec::new(
                $crate::model::Kind::$model,
                $path,
                $crate::model::fields::Type::$path_ty,
                $crate::model::fields::group::$path_group,
                $path_zh,
                $path_en,
            )$(.$path_mark($($path_arg)?))*,)*)?
        ];

        /// Its sets of parts, each with the name of a part.
        pub(super) const SETS: &[(&str, &str)] = &[$(($set_path, stringify!($part)),)*];

        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $model {
            /// Unique id.
            pub id: $crate::model::RecordId,
            /// Whether it is shown.
            pub lifecycle: $crate::model::Lifecycle,
            /// The note.
            pub note: String,
            /// Where it belongs.
            pub place: Option<$crate::model::PlaceId>,
            $($(#[doc = $listed_zh] pub $listed: Option<$listed_ty>,)*)?
            $(#[doc = $zh] pub $field: Option<$ty>,)*
            $(#[doc = $set_zh] pub $set: Vec<$part>,)*
        }

        impl $model {
            /// Reads the winners of the fields this build knows.
            #[must_use]
            pub fn read(record: &$crate::model::Record) -> Self {
                Self {
                    id: record.id,
                    lifecycle: record.lifecycle,
                    note: record.texts.get("note").cloned().unwrap_or_default(),
                    place: record.read("place"),
                    $($($listed: record.read(stringify!($listed)),)*)?
                    $($field: record.read(stringify!($field)),)*
                    $($set: $crate::model::typed::parts(record),)*
                }
            }

            /// Calls the words of lists as `name` does.
            pub fn name_words(&mut self, name: $crate::model::Naming<'_>) {
                use $crate::model::typed::name_word;
                let kind = $crate::model::Kind::$model;
                $($(name_word(&mut self.$listed, kind, stringify!($listed), name);)*)?
                $(name_word(&mut self.$field, kind, stringify!($field), name);)*
                $(for part in &mut self.$set {
                    $(name_word(
                        &mut part.$part_field,
                        kind,
                        concat!($set_path, "/*/", stringify!($part_field)),
                        name,
                    );)*
                })*
            }
        }

        /// What to change; what is not given is left as it is.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $edit {
            /// Where it belongs; written once, by the first edit.
            pub place: $crate::model::Touch<$crate::model::PlaceId>,
            $($(#[doc = $listed_zh] pub $listed: $crate::model::Touch<$listed_ty>,)*)?
            $(#[doc = $zh] pub $field: $crate::model::Touch<$ty>,)*
            $(#[doc = $set_zh]
            pub $set: std::collections::BTreeMap<$crate::model::PartId, $crate::model::Touch<$part_edit>>,)*
        }

        impl From<$edit> for $crate::model::Edit {
            fn from(edit: $edit) -> Self {
                let ops = $crate::model::typed::touch(Self::new(), "place", edit.place);
                $($(let ops = $crate::model::typed::touch(ops, stringify!($listed), edit.$listed);)*)?
                $(let ops = $crate::model::typed::touch(ops, stringify!($field), edit.$field);)*
                $(let ops = $crate::model::typed::touch_parts(ops, edit.$set);)*
                ops
            }
        }

        $(
            $(#[$row_doc])*
            #[derive(Debug, Clone, PartialEq)]
            pub struct $row {
                /// What every record has.
                pub record: $crate::model::RecordRow,
                $($(#[$extra_doc])* pub $extra: $extra_ty,)*
                $(#[doc = $listed_zh] pub $listed: Option<$listed_ty>,)*
            }

            impl $crate::model::row::Row for $row {
                const KIND: $crate::model::Kind = $crate::model::Kind::$model;
                const COLUMNS: &'static [$crate::model::row::Column] =
                    &[$((stringify!($listed), $crate::model::typed::field_type!($listed_ty $(as $listed_as)?)),)*];

                fn read<C: $crate::model::row::Cells>(
                    record: $crate::model::RecordRow,
                    cells: &mut C,
                ) -> Result<Self, C::Error> {
                    Ok(Self {
                        record,
                        $($extra: Default::default(),)*
                        $($listed: cells.next()?,)*
                    })
                }

                fn record(&self) -> &$crate::model::RecordRow {
                    &self.record
                }

                fn record_mut(&mut self) -> &mut $crate::model::RecordRow {
                    &mut self.record
                }

                fn hide(&mut self, reads: impl Fn(&str) -> bool) {
                    $(if !reads($extra_path) {
                        self.$extra = Default::default();
                    })*
                    $(if !reads(stringify!($listed)) {
                        self.$listed = None;
                    })*
                }

                fn name_words(&mut self, name: $crate::model::Naming<'_>) {
                    let kind = $crate::model::Kind::$model;
                    $($crate::model::typed::name_word(&mut self.$listed, kind, stringify!($listed), name);)*
                }
            }
        )?

        $(
            $(#[$part_doc])*
            #[derive(Debug, Clone, PartialEq)]
            pub struct $part {
                /// Its identity within the record.
                pub id: $crate::model::PartId,
                $(#[doc = $part_zh] pub $part_field: Option<$part_ty>,)*
            }

            impl $crate::model::row::Part for $part {
                const SET: &'static str = $set_path;
                const COLUMNS: &'static [$crate::model::row::Column] =
                    &[$((stringify!($part_field), $crate::model::typed::field_type!($part_ty $(as $part_as)?)),)*];

                fn of(record: &$crate::model::Record, id: $crate::model::PartId, prefix: &str) -> Self {
                    Self {
                        id,
                        $($part_field: record.read(&format!("{prefix}{}", stringify!($part_field))),)*
                    }
                }

                fn read<C: $crate::model::row::Cells>(
                    id: $crate::model::PartId,
                    cells: &mut C,
                ) -> Result<Self, C::Error> {
                    Ok(Self { id, $($part_field: cells.next()?,)* })
                }
            }

            /// What to change of the part; touching anything, or nothing, makes it a member again.
            #[derive(Debug, Clone, PartialEq, Default)]
            pub struct $part_edit {
                $(#[doc = $part_zh] pub $part_field: $crate::model::Touch<$part_ty>,)*
            }

            impl $crate::model::parts::PartEdit for $part_edit {
                const SET: &'static str = $set_path;

                fn write(self, ops: $crate::model::Edit, member: &str) -> $crate::model::Edit {
                    $(let ops = $crate::model::typed::touch(
                        ops,
                        &format!("{member}/{}", stringify!($part_field)),
                        self.$part_field,
                    );)*
                    ops
                }
            }
        )*
    };
}
pub(super) use kind;

/// Adds the touches of a set's parts to an edit.
pub(super) fn touch_parts<P: PartEdit>(mut edit: Edit, parts: BTreeMap<PartId, Touch<P>>) -> Edit {
    for (id, part) in parts {
        let member = format!("{}/{id}", P::SET);
        edit = match part {
            Touch::Keep => edit,
            Touch::Clear => edit.clear(member),
            Touch::Set(part) => part.write(edit.put(member.as_str(), true), &member),
        };
    }
    edit
}

/// Adds one touch to an edit.
pub(super) fn touch<T: Scalar>(edit: Edit, path: &str, touch: Touch<T>) -> Edit {
    match touch {
        Touch::Keep => edit,
        Touch::Set(value) => edit.put(path, value.write()),
        Touch::Clear => edit.clear(path),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{ActorId, Candidate, ChangeHash, DeviceId, Field, Kind, Lifecycle, Op, Stamp};
    use super::*;

    /// A record made by edits, one after the other, as a single person would make it.
    pub fn record(kind: Kind, edits: impl IntoIterator<Item = Edit>) -> Record {
        let mut record = Record {
            id: RecordId([9; 16]),
            kind,
            version: Kind::VERSION,
            lifecycle: Lifecycle::Live,
            fields: BTreeMap::new(),
            texts: BTreeMap::new(),
            heads: Vec::new(),
        };
        for op in edits.into_iter().flat_map(|edit| edit.ops) {
            match op {
                Op::Put { path, value } => {
                    let winner = Candidate {
                        value,
                        change: ChangeHash([1; 32]),
                        actor: ActorId::new(DeviceId([2; 16]), [3; 8]),
                        stamp: Stamp {
                            staff: StaffId::new("zhang.li").unwrap(),
                            at: Timestamp::from_millis(0),
                            offset: None,
                            copy_of: None,
                        },
                    };
                    record.fields.insert(path, Field { winner, others: Vec::new() });
                }
                Op::Clear { path } => drop(record.fields.remove(&path)),
                Op::Splice { path, insert, .. } => drop(record.texts.insert(path, insert)),
            }
        }
        record
    }
}
