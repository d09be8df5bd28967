//! What does an edit need of a record that has one head, if no document is loaded?
//!
//! A [`Tip`] is the record as it reads at its one head, with the identity of every operation whose value is visible: enough
//! to spell the next change ([`Tip::author`]), to take in one made elsewhere ([`Tip::admit`]), and to read the record
//! ([`Tip::record`]). It costs a tenth of the document and grows with what the record shows, not with its history.
//!
//! It is a pure function of the head: a head names every change beneath it. So a stored tip is right exactly while its
//! [`Tip::head`] is the record's only head; then it may be used, otherwise it is made again ([`Tip::of`]). That the ways
//! to it agree ([`Tip::author`], [`Tip::admit`], [`Tip::follow`], [`Tip::of`], [`Tip::from_bytes`]) is what the
//! tests of this file compare, over histories of several replicas.
//!
//! | what it cannot say | then |
//! |---|---|
//! | what is concurrent: two heads, or a change that does not build on the head alone | the document merges |
//! | where the characters of a text stand that is not empty | the document knows ([`Tip::knows_texts_of`]) |
//! | who had seen whom, who changed what | the document knows |

mod bytes;

use std::collections::BTreeMap;
use std::sync::Arc;

use automerge::iter::MapRangeItem;
use automerge::{ROOT, ReadDoc};

use super::author::compose;
use super::gate::Judge;
use super::genesis::{self, Texts};
use super::guard::guarded;
use super::ops::{FlatOp, OpFrame, OpId, decode, decode_judged, raw_actor, value_of};
use super::read::{ARCHIVED, field};
use super::rules::{self, Ground, ProposedChange};
use super::{ChangeInfo, CrdtError, Document};
use crate::model::{
    ActorId, Candidate, ChangeHash, Edit, Kind, KindVersion, Lifecycle, Op, Record, RecordId, Stamp, Value,
};

/// A record at its one head, without its document.
#[derive(Clone, PartialEq)]
pub struct Tip {
    id: RecordId,
    kind: Kind,
    version: KindVersion,
    head: ChangeHash,
    /// The counter of the highest operation.
    max_op: u64,
    /// How many changes each actor has written.
    lines: BTreeMap<ActorId, u64>,
    /// The visible values of each path, in the order in which they win.
    fields: BTreeMap<String, Vec<Visible>>,
    /// As many as the kind has, in its order.
    texts: Vec<String>,
    lifecycle: Lifecycle,
}

/// A value that shows, and the operation that wrote it.
#[derive(Clone, PartialEq)]
struct Visible {
    counter: u64,
    by: Arc<Origin>,
    value: Value,
}

/// The change behind values.
#[derive(PartialEq)]
struct Origin {
    hash: ChangeHash,
    actor: ActorId,
    stamp: Stamp,
}

impl Tip {
    /// The tip of a record nobody has written: its head is the genesis.
    ///
    /// # Errors
    /// As [`Document::genesis`].
    pub fn nothing(id: RecordId, kind: Kind, version: KindVersion) -> Result<Self, CrdtError> {
        let head = genesis::hash_of(id, kind, version)?;
        let texts = vec![String::new(); kind.texts().len()];
        let (lines, fields) = (BTreeMap::new(), BTreeMap::new());
        let max_op = texts.len() as u64;
        Ok(Self { id, kind, version, head, max_op, lines, fields, texts, lifecycle: Lifecycle::Live })
    }

    /// The tip of a document; `None` when it has several heads, and when it shows something only a newer app can read.
    #[must_use]
    pub fn of(document: &Document) -> Option<Self> {
        let [head] = document.heads()[..] else { return None };
        let mut origins: BTreeMap<ChangeHash, Arc<Origin>> = BTreeMap::new();
        let mut fields = BTreeMap::new();
        for item in document.doc.map_range(ROOT, ..) {
            if document.texts().contains(&item.key) {
                continue;
            }
            let path = item.key.to_string();
            fields.insert(path, visible(document, &item, &mut origins)?);
        }
        let names = document.texts().names().iter();
        Some(Self {
            id: document.id(),
            kind: document.kind(),
            version: document.version(),
            head,
            max_op: document.max_op(&[head]),
            lines: document.graph.lengths().collect(),
            fields,
            texts: names.map(|name| document.view(None).text(document.texts().object(name))).collect(),
            lifecycle: document.lifecycle(&document.view(None)),
        })
    }

    /// The record.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.id
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Its genesis version.
    #[must_use]
    pub const fn version(&self) -> KindVersion {
        self.version
    }

    /// The change everything else here lies beneath; the genesis of a record nobody has written.
    #[must_use]
    pub const fn head(&self) -> ChangeHash {
        self.head
    }

    /// Whether nobody has written the record yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The record as [`Document::record`] reads it.
    #[must_use]
    pub fn record(&self) -> Record {
        let candidate = |visible: &Visible| {
            let Origin { hash: change, actor, ref stamp } = *visible.by;
            Candidate { value: visible.value.clone(), change, actor, stamp: stamp.clone() }
        };
        let fields = self
            .fields
            .iter()
            .filter_map(|(path, values)| Some((path.clone(), field(values.iter().map(candidate))?)));
        let texts = self.kind.texts().iter().zip(&self.texts);
        Record {
            id: self.id,
            kind: self.kind,
            version: self.version,
            lifecycle: self.lifecycle,
            fields: fields.collect(),
            texts: texts.map(|(name, text)| ((*name).to_owned(), text.clone())).collect(),
            heads: vec![self.head],
        }
    }

    /// Whether it knows the texts an edit touches well enough: a text nobody has typed in, or that is empty again, has no
    /// characters to know the place of.
    #[must_use]
    pub fn knows_texts_of(&self, edit: &Edit) -> bool {
        edit.ops.iter().all(|op| !matches!(op, Op::Splice { path, .. } if !self.is_empty_text(path)))
    }

    fn is_empty_text(&self, path: &str) -> bool {
        let at = self.kind.texts().iter().position(|name| *name == path);
        at.and_then(|at| self.texts.get(at)).is_none_or(String::is_empty)
    }

    /// Writes one edit on top of everything: byte for byte the change [`Document::author`] makes, rejected where that is,
    /// and the tip with it.
    ///
    /// # Errors
    /// As [`Document::author`]; [`CrdtError::Internal`] for an edit of a text it does not know ([`Self::knows_texts_of`]).
    pub fn author(
        &self,
        actor: ActorId,
        stamp: &Stamp,
        edit: &Edit,
    ) -> Result<(ChangeInfo, Self), CrdtError> {
        if !self.knows_texts_of(edit) {
            return Err(CrdtError::Internal);
        }
        let frame = OpFrame {
            actor,
            seq: self.written_by(actor) + 1,
            start_op: self.max_op + 1,
            deps: &[self.head],
            message: stamp.to_message(),
        };
        let (change, ops) = compose(&Ground::of_tip(self), frame, stamp, edit)?;
        let next = self.with(&change, ops).ok_or(CrdtError::Internal)?;
        Ok((change, next))
    }

    /// The tip with a change made elsewhere, if that builds on the head alone and may pass by every rule of
    /// [`super::gate::admit`]; `None` leaves it to the gate, which merges it or says what is wrong.
    ///
    /// That the document survives its life is not proven here: no document is made that could break. It is proven when one is.
    #[must_use]
    pub fn admit(&self, change: &ChangeInfo, judge: Judge) -> Option<Self> {
        if !self.is_followed_by(change) {
            return None;
        }
        let ops = guarded(|| decode(change.change(), Texts::of(self.kind)))?.ok()?;
        if !self.knows_texts(&ops) {
            return None;
        }
        let ChangeInfo { actor, ref stamp, start_op, .. } = *change;
        let proposal = ProposedChange { actor, stamp, start_op, ops: &ops };
        rules::check(&Ground::of_tip(self), &proposal, judge).ok()?;
        self.with(change, ops)
    }

    /// [`Self::admit`] of a change that was judged before.
    #[must_use]
    pub fn follow(&self, change: &ChangeInfo) -> Option<Self> {
        if !self.is_followed_by(change) {
            return None;
        }
        let ops = guarded(|| decode_judged(change.change(), Texts::of(self.kind)))?.ok()?;
        if self.knows_texts(&ops) { self.with(change, ops) } else { None }
    }

    /// Whether the change takes its place right behind the head.
    fn is_followed_by(&self, change: &ChangeInfo) -> bool {
        change.deps == [self.head]
            && change.seq == self.written_by(change.actor) + 1
            && change.start_op == self.max_op + 1
    }

    fn knows_texts(&self, ops: &[FlatOp]) -> bool {
        ops.iter().all(|op| match op {
            FlatOp::Insert { text, .. } | FlatOp::Remove { text, .. } => self.is_empty_text(text),
            FlatOp::Put { .. } | FlatOp::Clear { .. } => true,
        })
    }

    fn written_by(&self, actor: ActorId) -> u64 {
        self.lines.get(&actor).copied().unwrap_or(0)
    }

    /// The tip once the change was made. `None` for one that replaces anything but what is visible.
    fn with(&self, change: &ChangeInfo, ops: Vec<FlatOp>) -> Option<Self> {
        let mut next = self.clone();
        let by = Arc::new(Origin { hash: change.hash, actor: change.actor, stamp: change.stamp.clone() });
        let actor = raw_actor(change.actor);
        let mut texts: BTreeMap<&str, Vec<(OpId, char)>> = BTreeMap::new();
        for (op, counter) in ops.into_iter().zip(change.start_op..) {
            match op {
                FlatOp::Put { path, value, replaces } => {
                    next.replace(&path, &replaces)?;
                    if path == ARCHIVED {
                        let archived = value == Value::Bool(true);
                        next.lifecycle = if archived { Lifecycle::Archived } else { Lifecycle::Live };
                    }
                    next.fields.insert(path, vec![Visible { counter, by: by.clone(), value }]);
                }
                FlatOp::Clear { path, replaces } => {
                    next.replace(&path, &replaces)?;
                    if path == ARCHIVED {
                        next.lifecycle = Lifecycle::Live;
                    }
                }
                FlatOp::Insert { text, after, character } => {
                    let typed = texts.entry(text).or_default();
                    let behind = match after {
                        None => 0,
                        Some(after) => typed.iter().rposition(|(id, _)| *id == after)? + 1,
                    };
                    typed.insert(behind, (OpId::new(counter, &actor), character));
                }
                FlatOp::Remove { text, character } => {
                    let typed = texts.get_mut(text)?;
                    let at = typed.iter().position(|(id, _)| *id == character)?;
                    typed.remove(at);
                }
            }
        }
        for (name, typed) in texts {
            let at = self.kind.texts().iter().position(|text| *text == name)?;
            *next.texts.get_mut(at)? = typed.into_iter().map(|(_, character)| character).collect();
        }
        next.head = change.hash;
        next.max_op = change.max_op();
        next.lines.insert(change.actor, change.seq);
        Some(next)
    }

    /// Takes the values of a path away, if they are what `replaces` names.
    fn replace(&mut self, path: &str, replaces: &[OpId]) -> Option<()> {
        let gone = self.fields.remove(path).unwrap_or_default();
        let named = |visible: &Visible| replaces.contains(&visible.id());
        (gone.len() == replaces.len() && gone.iter().all(named)).then_some(())
    }

    /// The visible values of a path with their operations, in the order in which they win.
    pub(super) fn values(&self, path: &str) -> impl DoubleEndedIterator<Item = (OpId, &Value)> {
        self.fields.get(path).into_iter().flatten().map(|visible| (visible.id(), &visible.value))
    }
}

impl Visible {
    fn id(&self) -> OpId {
        OpId::new(self.counter, &raw_actor(self.by.actor))
    }
}

/// What shows at one path of a document.
fn visible(
    document: &Document,
    item: &MapRangeItem<'_>,
    origins: &mut BTreeMap<ChangeHash, Arc<Origin>>,
) -> Option<Vec<Visible>> {
    let mut one = |id: automerge::ObjId, value: Option<Value>| {
        let automerge::ObjId::Id(counter, ..) = id else { return None };
        let hash = ChangeHash(document.doc.hash_for_opid(&id)?.0);
        let node = document.graph.get(hash)?;
        let origin = || Arc::new(Origin { hash, actor: node.actor, stamp: node.stamp.clone() });
        let by = origins.entry(hash).or_insert_with(origin).clone();
        Some(Visible { counter, by, value: value? })
    };
    if !item.conflict {
        let value = item.value.clone().into_value();
        return Some(vec![one(item.id(), value.as_scalar().and_then(value_of))?]);
    }
    let all = document.doc.get_all(ROOT, item.key.as_ref()).ok()?;
    all.into_iter().rev().map(|(value, id)| one(id, value.as_scalar().and_then(value_of))).collect()
}

impl std::fmt::Debug for Tip {
    // What it holds is personal data: never printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, kind, head, .. } = self;
        write!(f, "Tip({id}, {}, at {head})", kind.name())
    }
}

#[cfg(test)]
mod tests;
