//! The mechanism behind the typed models: one listing per kind gives its reader and its edit.
//!
//! A reader takes the winner of each field; what is contested or unknown stays in the [`super::Record`]. An edit
//! writes only the fields it was given, so a field it does not know can never be lost.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::date::{Birthday, PartialDate};
use super::fields::Type;
use super::{PartId, PlaceId, Record, RecordId, StaffId, Timestamp, Value};

/// What an edit does to one field.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Touch<T> {
    /// Leaves it as it is: the field does not become part of the edit.
    #[default]
    Keep,
    /// Writes it.
    Set(T),
    /// Removes it.
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
    /// Reads the stored value; `None` when a newer app wrote something else there.
    fn read(value: &Value) -> Option<Self>;
    /// The stored value.
    fn write(self) -> Value;
    /// Whether the type is one for fields of `ty`: tested for every listing.
    fn fits(ty: Type) -> bool;
}

/// Scalars that are values as they are.
macro_rules! plain {
    ($($rust:ty, $read:expr, [$ty:pat];)+) => { $(
        impl Scalar for $rust {
            fn read(value: &Value) -> Option<Self> {
                $read(value)
            }
            fn write(self) -> Value {
                self.into()
            }
            fn fits(ty: Type) -> bool {
                matches!(ty, $ty)
            }
        }
    )+ };
}
plain! {
    bool, Value::as_bool, [Type::Bool];
    i64, Value::as_int, [Type::Int | Type::Fen];
    f64, Value::as_real, [Type::Real];
    String, |value: &Value| value.as_text().map(str::to_owned), [Type::Text | Type::Code | Type::Phone];
}

/// Scalars stored as text they parse from and display as.
macro_rules! textual {
    ($($rust:ty, [$ty:pat];)+) => { $(
        impl Scalar for $rust {
            fn read(value: &Value) -> Option<Self> {
                value.as_text()?.parse().ok()
            }
            fn write(self) -> Value {
                self.to_string().into()
            }
            fn fits(ty: Type) -> bool {
                matches!(ty, $ty)
            }
        }
    )+ };
}
textual! {
    NaiveDate, [Type::Date];
    PartialDate, [Type::PartialDate];
    Birthday, [Type::Birthday];
    RecordId, [Type::Record];
    PlaceId, [Type::Place];
    StaffId, [Type::Staff];
}

impl Scalar for Timestamp {
    fn read(value: &Value) -> Option<Self> {
        value.as_int().map(Self::from_millis)
    }
    fn write(self) -> Value {
        self.millis().into()
    }
    fn fits(ty: Type) -> bool {
        ty == Type::Moment
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

/// Reads every part of a set.
pub(super) fn parts<P>(record: &Record, set: &str, read: impl Fn(&Record, &str) -> P) -> BTreeMap<PartId, P> {
    members(record, set)
        .filter_map(|member| Some((member.parse().ok()?, read(record, &format!("{set}/{member}/")))))
        .collect()
}

/// Declares a kind's reader and edit. Fields are `name: Type = "path"`, sets are
/// `name: Part / PartEdit = "set" { name: Type = "last segment" }`.
macro_rules! model {
    (
        $(#[$doc:meta])*
        $model:ident / $edit:ident {
            $($field:ident: $ty:ty = $path:literal,)*
        }
        $($(#[$part_doc:meta])* $set:ident: $part:ident / $part_edit:ident = $set_path:literal {
            $($part_field:ident: $part_ty:ty = $part_path:literal,)*
        })*
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $model {
            /// Identity.
            pub id: $crate::model::RecordId,
            /// Whether it is shown.
            pub lifecycle: $crate::model::Lifecycle,
            /// The note.
            pub note: String,
            $(#[doc = concat!("`", $path, "`")] pub $field: Option<$ty>,)*
            $(#[doc = concat!("`", $set_path, "/*`")]
            pub $set: std::collections::BTreeMap<$crate::model::PartId, $part>,)*
        }

        impl $model {
            /// Reads the winners of the fields this build knows.
            #[must_use]
            pub fn read(record: &$crate::model::Record) -> Self {
                Self {
                    id: record.id,
                    lifecycle: record.lifecycle,
                    note: record.texts.get("note").cloned().unwrap_or_default(),
                    $($field: record.get($path).and_then($crate::model::typed::Scalar::read),)*
                    $($set: $crate::model::typed::parts(record, $set_path, $part::read),)*
                }
            }
        }

        /// What to change; what is not given is left as it is.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $edit {
            $(#[doc = concat!("`", $path, "`")] pub $field: $crate::model::Touch<$ty>,)*
            $(#[doc = concat!("`", $set_path, "/*`: set some of a part's fields, or remove it")]
            pub $set: std::collections::BTreeMap<$crate::model::PartId, $crate::model::Touch<$part_edit>>,)*
        }

        impl From<$edit> for $crate::model::Edit {
            fn from(edit: $edit) -> Self {
                let mut ops = Self::new();
                $(ops = $crate::model::typed::touch(ops, $path, edit.$field);)*
                $(for (id, part) in edit.$set {
                    let member = format!("{}/{id}", $set_path);
                    ops = match part {
                        $crate::model::Touch::Keep => ops,
                        $crate::model::Touch::Clear => ops.clear(member),
                        $crate::model::Touch::Set(part) => {
                            $crate::model::parts::PartEdit::write(part, ops.put(member.as_str(), true), &member)
                        }
                    };
                })*
                ops
            }
        }

        $(
            $(#[$part_doc])*
            #[derive(Debug, Clone, PartialEq, Default)]
            pub struct $part {
                $(#[doc = concat!("`", $set_path, "/*/", $part_path, "`")] pub $part_field: Option<$part_ty>,)*
            }

            impl $part {
                fn read(record: &$crate::model::Record, prefix: &str) -> Self {
                    Self {
                        $($part_field: record
                            .get(&format!("{prefix}{}", $part_path))
                            .and_then($crate::model::typed::Scalar::read),)*
                    }
                }
            }

            /// What to change of the part; touching anything, or nothing, makes it a member again.
            #[derive(Debug, Clone, PartialEq, Default)]
            pub struct $part_edit {
                $(#[doc = concat!("`", $set_path, "/*/", $part_path, "`")]
                pub $part_field: $crate::model::Touch<$part_ty>,)*
            }

            impl $crate::model::parts::PartEdit for $part_edit {
                const SET: &str = $set_path;

                fn write(self, mut ops: $crate::model::Edit, member: &str) -> $crate::model::Edit {
                    $(ops = $crate::model::typed::touch(
                        ops,
                        &format!("{member}/{}", $part_path),
                        self.$part_field,
                    );)*
                    ops
                }
            }
        )*

        #[cfg(test)]
        impl $model {
            /// Every pattern of the listing with the check of its type, to be held against the field table.
            fn listing() -> Vec<$crate::model::typed::tests::Listed> {
                use $crate::model::typed::Scalar;
                vec![
                    $(($path.to_owned(), Some(<$ty as Scalar>::fits)),)*
                    $(
                        (format!("{}/*", $set_path), None),
                        $((format!("{}/*/{}", $set_path, $part_path), Some(<$part_ty as Scalar>::fits)),)*
                    )*
                ]
            }
        }
    };
}
pub(super) use model;

/// Adds one touch to an edit.
pub(super) fn touch<T: Scalar>(edit: super::Edit, path: &str, touch: Touch<T>) -> super::Edit {
    match touch {
        Touch::Keep => edit,
        Touch::Set(value) => edit.put(path, value.write()),
        Touch::Clear => edit.clear(path),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::fields::{common, specs};
    use super::super::{ActorId, Candidate, ChangeHash, DeviceId, Edit, Field, Kind, Lifecycle, Op, Stamp};
    use super::*;

    /// A pattern of a listing, with the check of its Rust type where it has one.
    pub type Listed = (String, Option<fn(Type) -> bool>);

    /// Holds a listing against the field table: same paths, fitting types, nothing forgotten but `by_hand`.
    pub fn agrees(kind: Kind, listing: Vec<Listed>, by_hand: &[&str]) {
        for (path, fits) in &listing {
            let spec = specs(kind).iter().chain(common()).find(|spec| spec.path == path);
            let spec = spec.unwrap_or_else(|| panic!("{path} is not in the table"));
            assert!(
                fits.is_none_or(|fits| fits(spec.ty)),
                "{path} is read as something else than {:?}",
                spec.ty
            );
        }
        for spec in specs(kind) {
            let listed = listing.iter().any(|(path, _)| path == spec.path);
            assert_ne!(listed, by_hand.contains(&spec.path), "{} must be read in exactly one way", spec.path);
        }
    }

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
