//! How does a record read, now and at any point of its history?

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Automerge, ObjId, ROOT, ReadDoc};

use super::ops::{OpId, raw_hashes, value_of};
use super::{CrdtError, Document};
use crate::model::{Candidate, ChangeHash, Field, Lifecycle, Record, Value};

const ARCHIVED: &str = "archived";

impl Document {
    /// The record as it reads now.
    #[must_use]
    pub fn record(&self) -> Record {
        self.read(&self.view(None))
    }

    /// The record as somebody read it who had seen these changes and what they build on.
    ///
    /// # Errors
    /// [`CrdtError::Missing`].
    pub fn at(&self, heads: &[ChangeHash]) -> Result<Record, CrdtError> {
        match heads.iter().find(|head| !self.contains(**head)) {
            Some(missing) => Err(CrdtError::Missing(*missing)),
            None => Ok(self.read(&self.view(Some(heads)))),
        }
    }

    /// What somebody sees who has seen `heads` (none: everything).
    pub(super) fn view(&self, heads: Option<&[ChangeHash]>) -> View<'_> {
        // Reading the present is much cheaper without a clock.
        let heads = heads.map(raw_hashes).filter(|heads| *heads != self.doc.get_heads());
        View { doc: &self.doc, heads }
    }

    fn read(&self, view: &View<'_>) -> Record {
        let mut fields = BTreeMap::new();
        for (path, values) in view.fields() {
            let candidates = values.into_iter().filter_map(|(id, value)| self.candidate(&id, value));
            if let Some(field) = field(candidates) {
                fields.insert(path, field);
            }
        }
        let names = self.texts().names().iter();
        let texts = names.map(|name| ((*name).to_owned(), view.text(self.texts().object(name)))).collect();
        let lifecycle = self.lifecycle(view);
        Record { id: self.id(), kind: self.kind(), version: self.version(), lifecycle, fields, texts }
    }

    /// Archived while every edit was made by somebody who knew of an archiving that stands, or was known to one
    /// who archived. An edit made apart from all of them shows the record again.
    fn lifecycle(&self, view: &View<'_>) -> Lifecycle {
        // Asked of all values, not of the candidates: two people archiving apart agree, and both count.
        let values = view.values(ARCHIVED);
        let archiving = values.iter().filter(|(_, value)| *value == Value::Bool(true));
        let archiving: BTreeSet<_> = archiving.filter_map(|(id, _)| self.change_behind(id)).collect();
        if archiving.is_empty() {
            return Lifecycle::Live;
        }
        if archiving.len() < values.len() {
            return Lifecycle::Revived;
        }
        let known = self.graph.ancestors(archiving.iter().copied());
        let aware = self.graph.descendants(&archiving);
        let seen = view
            .heads
            .as_ref()
            .map(|heads| self.graph.ancestors(heads.iter().map(|head| ChangeHash(head.0))));
        let mut shown = self.graph.in_order().map(|(hash, _)| hash);
        let apart = |hash| !known.contains(&hash) && !aware.contains(&hash);
        if shown.any(|hash| seen.as_ref().is_none_or(|seen| seen.contains(&hash)) && apart(hash)) {
            Lifecycle::Revived
        } else {
            Lifecycle::Archived
        }
    }

    fn change_behind(&self, id: &OpId) -> Option<ChangeHash> {
        Some(ChangeHash(self.doc.hash_for_opid(&object_id(id))?.0))
    }

    fn candidate(&self, id: &OpId, value: Value) -> Option<Candidate> {
        let change = self.change_behind(id)?;
        let node = self.graph.get(change)?;
        Some(Candidate { value, change, actor: node.actor, stamp: node.stamp.clone() })
    }
}

/// The values of one path as a field. `candidates` come in the order in which they win.
fn field(candidates: impl Iterator<Item = Candidate>) -> Option<Field> {
    let mut distinct: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        // Two people writing the same thing apart agree: nothing is contested.
        if !distinct.iter().any(|other| other.value == candidate.value) {
            distinct.push(candidate);
        }
    }
    let mut distinct = distinct.into_iter();
    Some(Field { winner: distinct.next()?, others: distinct.collect() })
}

/// An operation's id as automerge wants it from outside. The actor's index is only a hint; automerge looks it up.
fn object_id(id: &OpId) -> ObjId {
    ObjId::Id(id.counter(), id.actor().clone(), 0)
}

fn op_id(id: ObjId) -> Option<OpId> {
    match id {
        ObjId::Root => None,
        ObjId::Id(counter, actor, _) => Some(OpId::new(counter, &actor)),
    }
}

/// What a document shows to somebody who has seen a part of it, or all.
pub(super) struct View<'a> {
    doc: &'a Automerge,
    heads: Option<Vec<automerge::ChangeHash>>,
}

impl View<'_> {
    /// Every path with its readable values in the order in which they win. Objects and values of unknown types,
    /// which only a later version could have written, are passed over.
    fn fields(&self) -> impl Iterator<Item = (String, Vec<(OpId, Value)>)> {
        let range = match &self.heads {
            None => self.doc.map_range(ROOT, ..),
            Some(heads) => self.doc.map_range_at(ROOT, .., heads),
        };
        range.filter_map(|item| {
            let values = if item.conflict {
                self.values(&item.key)
            } else {
                let value = item.value.clone().into_value();
                vec![(op_id(item.id())?, value_of(value.as_scalar()?)?)]
            };
            Some((item.key.into_owned(), values))
        })
    }

    /// The readable values of a path, in the order in which they win.
    pub fn values(&self, path: &str) -> Vec<(OpId, Value)> {
        self.all(path)
            .into_iter()
            .filter_map(|(value, id)| Some((op_id(id)?, value_of(value.as_scalar()?)?)))
            .rev()
            .collect()
    }

    /// What a write to the path replaces.
    pub fn visible(&self, path: &str) -> Vec<OpId> {
        self.all(path).into_iter().filter_map(|(_, id)| op_id(id)).collect()
    }

    /// In rising order of operation id; the last wins.
    fn all(&self, path: &str) -> Vec<(automerge::Value<'_>, ObjId)> {
        let all = match &self.heads {
            None => self.doc.get_all(ROOT, path),
            Some(heads) => self.doc.get_all_at(ROOT, path, heads),
        };
        all.unwrap_or_default()
    }

    /// A text; empty for no object.
    pub fn text(&self, object: Option<OpId>) -> String {
        let Some(object) = object.as_ref().map(object_id) else { return String::new() };
        let text = match &self.heads {
            None => self.doc.text(object),
            Some(heads) => self.doc.text_at(object, heads),
        };
        text.unwrap_or_default()
    }

    /// The characters of a text, as the operations that put them there.
    pub fn characters(&self, object: Option<OpId>) -> Vec<OpId> {
        let Some(object) = object.as_ref().map(object_id) else { return Vec::new() };
        let values = match &self.heads {
            None => self.doc.values(object),
            Some(heads) => self.doc.values_at(object, heads),
        };
        values.filter_map(|(_, id)| op_id(id)).collect()
    }
}
