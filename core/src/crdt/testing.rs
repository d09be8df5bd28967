//! Short ways to write documents in this module's tests, and edits made up at random.

use proptest::prelude::*;

use super::{Document, limit};
use crate::model::{ActorId, DeviceId, Edit, Kind, Op, RecordId, StaffId, Stamp, Timestamp, Value, fields};

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

/// An event of its own.
const EVENT: &str = r#"{"id":"01010101010101010101010101010101","step":"lobby","by":"zhang.li","role":"butler","device":"01010101010101010101010101010101","at":5}"#;

/// A value, seldom one that is too long.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => "[一-龥a-z0-9 \u{1f436}\u{20bb7}]{0,12}".prop_map(Value::from),
        2 => any::<bool>().prop_map(Value::from),
        2 => any::<i64>().prop_map(Value::from),
        2 => any::<f64>().prop_map(Value::from),
        1 => prop_oneof![Just(EVENT.to_owned()), Just("室".repeat(5_461)), Just("室".repeat(5_462))]
            .prop_map(Value::from),
    ]
}

/// A path of the kind or of a newer app, seldom one that is none.
fn path(kind: Kind) -> impl Strategy<Value = String> {
    let known: Vec<&'static str> =
        fields::specs(kind).iter().chain(fields::common()).map(|spec| spec.path).collect();
    let part = prop_oneof![Just("1"), Just("a1b2"), Just("lobby"), Just("01010101010101010101010101010101")];
    let known =
        (proptest::sample::select(known), proptest::collection::vec(part, 2)).prop_map(|(pattern, parts)| {
            let mut parts = parts.into_iter().cycle();
            let segment = |segment| if segment == "*" { parts.next().unwrap_or("1") } else { segment };
            pattern.split('/').map(segment).collect::<Vec<_>>().join("/")
        });
    let odd = ["a//b", "住户", "", "a/b/c/d/e/f/g/h/i", "note", "remark", "merged"].map(str::to_owned);
    prop_oneof![40 => known, 4 => "[a-z]{1,8}(/[a-z0-9]{1,4}){0,3}", 1 => proptest::sample::select(odd.to_vec())]
}

/// A touch, seldom one that is not allowed.
pub(super) fn op(kind: Kind) -> impl Strategy<Value = Op> {
    let text = proptest::sample::select([kind.texts(), &["layout"]].concat());
    let typed = prop_oneof![
        20 => "[一-龥a-z\u{1f436}，。]{0,20}",
        1 => Just("长".repeat(limit::OPS + 1)),
    ];
    prop_oneof![
        30 => (path(kind), value()).prop_map(|(path, value)| Op::Put { path, value }),
        1 => path(kind).prop_map(|path| Op::Clear { path }),
        6 => (text, 0..3_usize, 0..2_usize, typed).prop_map(|(path, at, delete, insert)| Op::Splice {
            path: path.to_owned(),
            at: at * delete,
            delete,
            insert,
        }),
    ]
}

/// An edit of some kind; half of them are allowed as a record's first.
pub(super) fn edit() -> impl Strategy<Value = (Kind, Edit)> {
    let kind = proptest::sample::select(Kind::ALL.to_vec());
    kind.prop_flat_map(|kind| {
        let ops = prop_oneof![1 => proptest::collection::vec(op(kind), 0..12), 1 => proptest::collection::vec(op(kind), 1..3)];
        ops.prop_map(move |ops| (kind, ops.into_iter().fold(Edit::new(), |mut edit, op| {
            edit.ops.push(op);
            edit
        })))
    })
}
