//! Which operations may a change of a record hold, and how are they spelled in automerge?
//!
//! A record is flat: scalars at the root, characters in the texts of its genesis, nothing else. Unknown *paths* of
//! newer apps are ordinary; unknown *shapes* (new objects, marks, counters) are rejected, because no older app could
//! merge them; they need a new kind version, and with it a new genesis.

use automerge::legacy::{ElementId, Key, ObjectId, Op as RawOp, OpType, SortedVec};
use automerge::{ExpandedChange, ScalarValue};

use super::genesis::Texts;
use super::{GateError, limit};
use crate::model::{ActorId, ChangeHash, Kind, Value, fields};

/// The identity of an operation: (counter, actor). Its order is the order in which concurrent values win.
pub(super) use automerge::legacy::OpId;

/// One operation of a record.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FlatOp {
    /// Writes a scalar.
    Put { path: String, value: Value, replaces: Vec<OpId> },
    /// Clears a scalar.
    Clear { path: String, replaces: Vec<OpId> },
    /// Puts a character behind another (at the start: behind none).
    Insert { text: &'static str, after: Option<OpId>, character: char },
    /// Removes a character.
    Remove { text: &'static str, character: OpId },
}

impl FlatOp {
    /// The path it touches.
    pub fn path(&self) -> &str {
        match self {
            Self::Put { path, .. } | Self::Clear { path, .. } => path,
            Self::Insert { text, .. } | Self::Remove { text, .. } => text,
        }
    }
}

/// Everything of a change but its operations.
pub(super) struct OpFrame<'a> {
    pub actor: ActorId,
    pub seq: u64,
    pub start_op: u64,
    pub deps: &'a [ChangeHash],
    pub message: String,
}

/// An actor as automerge knows it.
pub(super) fn raw_actor(actor: ActorId) -> automerge::ActorId {
    automerge::ActorId::from(actor.as_bytes().as_slice())
}

/// A hash as automerge knows it.
pub(super) const fn raw_hash(hash: ChangeHash) -> automerge::ChangeHash {
    automerge::ChangeHash(hash.0)
}

/// Hashes as automerge knows them.
pub(super) fn raw_hashes(hashes: &[ChangeHash]) -> Vec<automerge::ChangeHash> {
    hashes.iter().copied().map(raw_hash).collect()
}

/// The scalar, if it is one a record can hold.
pub(super) fn value_of(scalar: &ScalarValue) -> Option<Value> {
    match scalar {
        ScalarValue::Boolean(flag) => Some(Value::Bool(*flag)),
        ScalarValue::Int(int) => Some(Value::Int(*int)),
        ScalarValue::F64(real) if real.is_finite() => Some(Value::Real(*real)),
        ScalarValue::Str(text) => Some(Value::Text(text.to_string())),
        _ => None,
    }
}

fn scalar_of(value: &Value) -> ScalarValue {
    match value {
        Value::Bool(flag) => ScalarValue::Boolean(*flag),
        Value::Int(int) => ScalarValue::Int(*int),
        Value::Real(real) => ScalarValue::F64(*real),
        Value::Text(text) => ScalarValue::Str(text.as_str().into()),
    }
}

/// The operations of a parsed change, if all are of the shapes above and the change is spelled as this module
/// spells it. Call it guarded: automerge's decoder may panic.
pub(super) fn decode(change: &automerge::Change, texts: Texts) -> Result<Vec<FlatOp>, GateError> {
    let expanded = change.decode();
    let ops = flat_all(&expanded, texts)?;
    // One spelling per change: automerge writes a document's changes anew when it is loaded elsewhere, and an odd
    // spelling would then have another hash.
    if automerge::Change::from(expanded).raw_bytes() != change.raw_bytes() {
        return Err(GateError::Malformed);
    }
    Ok(ops)
}

/// The operations of a change that was judged before. Call it guarded, too.
pub(super) fn decode_judged(change: &automerge::Change, texts: Texts) -> Result<Vec<FlatOp>, GateError> {
    flat_all(&change.decode(), texts)
}

fn flat_all(expanded: &ExpandedChange, texts: Texts) -> Result<Vec<FlatOp>, GateError> {
    expanded.operations.iter().map(|op| flat(op, texts)).collect()
}

fn flat(op: &RawOp, texts: Texts) -> Result<FlatOp, GateError> {
    let replaces: Vec<OpId> = op.pred.iter().cloned().collect();
    match (&op.obj, &op.key) {
        (ObjectId::Root, Key::Map(path)) => {
            let path = checked_path(path)?;
            let odd = |path: &str| GateError::Operation { path: Some(path.to_owned()) };
            if op.insert || texts.contains(&path) {
                return Err(odd(&path));
            }
            match &op.action {
                OpType::Put(scalar) => match value_of(scalar) {
                    Some(value) => Ok(FlatOp::Put { path, value, replaces }),
                    None => Err(GateError::Value { path }),
                },
                OpType::Delete => Ok(FlatOp::Clear { path, replaces }),
                _ => Err(odd(&path)),
            }
        }
        (ObjectId::Id(object), Key::Seq(element)) => {
            let text = texts.name(object).ok_or(GateError::Operation { path: None })?;
            match (&op.action, element, op.insert, replaces.as_slice()) {
                (OpType::Put(ScalarValue::Str(inserted)), _, true, []) => {
                    let mut characters = inserted.chars();
                    match (characters.next(), characters.next()) {
                        (Some(character), None) => {
                            Ok(FlatOp::Insert { text, after: element.as_opid().cloned(), character })
                        }
                        _ => Err(GateError::Operation { path: Some(text.to_owned()) }),
                    }
                }
                (OpType::Delete, ElementId::Id(character), false, [replaced]) if replaced == character => {
                    Ok(FlatOp::Remove { text, character: character.clone() })
                }
                _ => Err(GateError::Operation { path: Some(text.to_owned()) }),
            }
        }
        _ => Err(GateError::Operation { path: None }),
    }
}

/// Spells operations as a change.
pub(super) fn encode(frame: OpFrame<'_>, ops: &[FlatOp], texts: Texts) -> Option<automerge::Change> {
    let operations = ops.iter().map(|op| raw(op, texts)).collect::<Option<Vec<_>>>()?;
    build(
        raw_actor(frame.actor),
        frame.seq,
        frame.start_op,
        raw_hashes(frame.deps),
        frame.message,
        operations,
    )
}

/// Spells a change; `None` for a start counter of 0.
pub(super) fn build(
    actor_id: automerge::ActorId,
    seq: u64,
    start_op: u64,
    deps: Vec<automerge::ChangeHash>,
    message: String,
    operations: Vec<RawOp>,
) -> Option<automerge::Change> {
    Some(automerge::Change::from(ExpandedChange {
        operations,
        actor_id,
        hash: None,
        seq,
        start_op: std::num::NonZeroU64::new(start_op)?,
        // Who and when is the stamp's; a clock in the change could make automerge panic and order nothing.
        time: 0,
        message: Some(message),
        deps,
        extra_bytes: Vec::new(),
        author: None,
    }))
}

fn raw(op: &FlatOp, texts: Texts) -> Option<RawOp> {
    let at_root = |path: &str, action, replaces: &[OpId]| RawOp {
        action,
        obj: ObjectId::Root,
        key: Key::Map(path.into()),
        pred: SortedVec::from(replaces.to_vec()),
        insert: false,
    };
    Some(match op {
        FlatOp::Put { path, value, replaces } => at_root(path, OpType::Put(scalar_of(value)), replaces),
        FlatOp::Clear { path, replaces } => at_root(path, OpType::Delete, replaces),
        FlatOp::Insert { text, after, character } => RawOp {
            action: OpType::Put(ScalarValue::Str(character.to_string().into())),
            obj: ObjectId::Id(texts.object(text)?),
            key: Key::Seq(after.clone().map_or(ElementId::Head, ElementId::Id)),
            pred: SortedVec::new(),
            insert: true,
        },
        FlatOp::Remove { text, character } => RawOp {
            action: OpType::Delete,
            obj: ObjectId::Id(texts.object(text)?),
            key: Key::Seq(ElementId::Id(character.clone())),
            pred: SortedVec::from(vec![character.clone()]),
            insert: false,
        },
    })
}

/// The path, if it is one: 1 to [`limit::DEPTH`] segments joined by `/`, of visible ASCII without `/`. ASCII, so
/// that no name or sentence is ever a key, and a path can stand in logs and errors.
pub(super) fn checked_path(path: &str) -> Result<String, GateError> {
    if path.len() > limit::PATH {
        return Err(GateError::TooLarge { limit: limit::PATH, path: None });
    }
    let segment = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic());
    if !path.split('/').all(segment) {
        return Err(GateError::Path);
    }
    if path.split('/').count() > limit::DEPTH {
        return Err(GateError::TooLarge { limit: limit::DEPTH, path: None });
    }
    Ok(path.to_owned())
}

/// Whether the path holds an event, a check-in or a result.
pub(super) fn is_event(kind: Kind, path: &str) -> bool {
    fields::spec(kind, path).is_some_and(|spec| spec.ty == fields::Type::Event)
}

/// Whether a field of the kind may be written once only.
pub(super) fn is_write_once(kind: Kind, path: &str) -> bool {
    kind.write_once().contains(&path)
}
