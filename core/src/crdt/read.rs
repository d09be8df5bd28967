//! How does a record read, now and at any point of its history?

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Automerge, ObjId, ROOT, ReadDoc};

use super::ops::{OpId, raw_hashes, value_of};
use super::{ChangeInfo, CrdtError, Document, Tip};
use crate::model::{Candidate, ChangeHash, Field, Kind, KindVersion, Lifecycle, Record, RecordId, Value};

pub(super) const ARCHIVED: &str = "archived";

impl Document {
    /// The record as it reads now.
    #[must_use]
    pub fn record(&self) -> Record {
        self.read(&self.view(None))
    }

    /// Some fields of the record as they read now; no texts, and the lifecycle is not worked out. Costs what those
    /// fields cost, whatever else the record holds.
    #[must_use]
    pub fn excerpt<'a>(&self, paths: impl IntoIterator<Item = &'a str>) -> Record {
        let view = self.view(None);
        let mut fields = BTreeMap::new();
        for path in paths {
            let values = view.values(path).into_iter();
            if let Some(field) = field(values.filter_map(|(id, value)| self.candidate(&id, value))) {
                fields.insert(path.to_owned(), field);
            }
        }
        let (id, kind, version) = (self.id(), self.kind(), self.version());
        Record {
            id,
            kind,
            version,
            lifecycle: Lifecycle::Live,
            fields,
            texts: BTreeMap::new(),
            heads: self.heads(),
        }
    }

    /// The record as somebody read it who had seen these changes and what they build on.
    ///
    /// # Errors
    /// [`CrdtError::Missing`].
    pub fn at(&self, heads: &[ChangeHash]) -> Result<Record, CrdtError> {
        match heads.iter().find(|head| !self.contains(**head)) {
            Some(missing) => Err(CrdtError::Missing(*missing)),
            None => Ok(self.read_at(heads)),
        }
    }

    /// The same of changes that are here.
    pub(super) fn read_at(&self, heads: &[ChangeHash]) -> Record {
        self.read(&self.view(Some(heads)))
    }

    /// A text as somebody read it who had seen changes that are here; empty for what is no text of the record.
    pub(super) fn text_at(&self, name: &str, heads: &[ChangeHash]) -> String {
        self.view(Some(heads)).text(self.texts().object(name))
    }

    /// What somebody sees who has seen `heads` (none: everything).
    pub(super) fn view(&self, heads: Option<&[ChangeHash]>) -> View<'_> {
        // Reading the present is much cheaper without a clock.
        let heads = heads.map(raw_hashes).filter(|heads| *heads != self.doc.get_heads());
        View { source: Source::Document(&self.doc), heads }
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
        let heads = view.seen();
        let heads = if heads.is_empty() { vec![self.genesis_hash()] } else { heads };
        Record { id: self.id(), kind: self.kind(), version: self.version(), lifecycle, fields, texts, heads }
    }

    /// Archived while every edit was made by somebody who knew of an archiving that stands, or was known to one
    /// who archived. An edit concurrent with all of them shows the record again.
    pub(super) fn lifecycle(&self, view: &View<'_>) -> Lifecycle {
        // Asked of all values, not of the candidates: two people archiving concurrently agree, and both count.
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
        // A change that only joins others is no edit: it shows nothing again.
        let mut shown = self.graph.in_order().filter(|(_, node)| !node.stamp.joins()).map(|(hash, _)| hash);
        let concurrent = |hash| !known.contains(&hash) && !aware.contains(&hash);
        if shown.any(|hash| seen.as_ref().is_none_or(|seen| seen.contains(&hash)) && concurrent(hash)) {
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

/// How a record reads that holds its first change and nothing else: as [`Document::record`] of it, without making the
/// document. `None` for any other change, and for one of a newer app that only a document can read.
#[must_use]
pub fn read_first(
    (record, kind, version): (RecordId, Kind, KindVersion),
    change: &ChangeInfo,
) -> Option<Record> {
    Some(Tip::nothing(record, kind, version).ok()?.follow(change)?.record())
}

/// The values of one path as a field. `candidates` come in the order in which they win.
pub(super) fn field(candidates: impl Iterator<Item = Candidate>) -> Option<Field> {
    let mut distinct: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        // Two people writing the same thing concurrently agree: nothing is in conflict.
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

/// What a record shows to somebody who has seen a part of it, or all.
pub(super) struct View<'a> {
    source: Source<'a>,
    heads: Option<Vec<automerge::ChangeHash>>,
}

/// Where that is read.
enum Source<'a> {
    /// Nobody has written the record.
    Nothing,
    Document(&'a Automerge),
    Tip(&'a Tip),
}

impl<'a> View<'a> {
    /// What a record shows that nobody has written.
    pub const fn of_nothing() -> Self {
        Self { source: Source::Nothing, heads: None }
    }

    /// What a record shows at its tip. Of its texts that is what they say, but no character of one that is not empty.
    pub const fn of_tip(tip: &'a Tip) -> Self {
        Self { source: Source::Tip(tip), heads: None }
    }

    const fn doc(&self) -> Option<&'a Automerge> {
        match self.source {
            Source::Document(doc) => Some(doc),
            Source::Nothing | Source::Tip(_) => None,
        }
    }

    /// The changes this is the view of.
    fn seen(&self) -> Vec<ChangeHash> {
        let all = || self.doc().map(Automerge::get_heads).unwrap_or_default();
        let mut heads = self.heads.clone().unwrap_or_else(all);
        heads.sort_unstable();
        heads.into_iter().map(|head| ChangeHash(head.0)).collect()
    }

    /// Every path with its readable values in the order in which they win. Objects and values of unknown types,
    /// which only a later version could have written, are passed over.
    fn fields(&self) -> impl Iterator<Item = (String, Vec<(OpId, Value)>)> {
        let range = self.doc().map(|doc| match &self.heads {
            None => doc.map_range(ROOT, ..),
            Some(heads) => doc.map_range_at(ROOT, .., heads),
        });
        range.into_iter().flatten().filter_map(|item| {
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
        if let Source::Tip(tip) = self.source {
            return tip.values(path).map(|(id, value)| (id, value.clone())).collect();
        }
        self.all(path)
            .into_iter()
            .filter_map(|(value, id)| Some((op_id(id)?, value_of(value.as_scalar()?)?)))
            .rev()
            .collect()
    }

    /// What a write to the path replaces.
    pub fn visible(&self, path: &str) -> Vec<OpId> {
        if let Source::Tip(tip) = self.source {
            return tip.values(path).map(|(id, _)| id).rev().collect();
        }
        self.all(path).into_iter().filter_map(|(_, id)| op_id(id)).collect()
    }

    /// In rising order of operation id; the last wins.
    fn all(&self, path: &str) -> Vec<(automerge::Value<'_>, ObjId)> {
        let Some(doc) = self.doc() else { return Vec::new() };
        let all = match &self.heads {
            None => doc.get_all(ROOT, path),
            Some(heads) => doc.get_all_at(ROOT, path, heads),
        };
        all.unwrap_or_default()
    }

    /// A text; empty for no object.
    pub fn text(&self, object: Option<OpId>) -> String {
        let (Some(doc), Some(object)) = (self.doc(), object.as_ref().map(object_id)) else {
            return String::new();
        };
        let text = match &self.heads {
            None => doc.text(object),
            Some(heads) => doc.text_at(object, heads),
        };
        text.unwrap_or_default()
    }

    /// The characters of a text, as the operations that put them there.
    pub fn characters(&self, object: Option<OpId>) -> Vec<OpId> {
        let (Some(doc), Some(object)) = (self.doc(), object.as_ref().map(object_id)) else {
            return Vec::new();
        };
        let values = match &self.heads {
            None => doc.values(object),
            Some(heads) => doc.values_at(object, heads),
        };
        values.filter_map(|(_, id)| op_id(id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crdt::testing::{actor, empty, stamp};
    use crate::model::{Edit, Stamp};

    #[test]
    fn equal_values_written_concurrently_are_no_conflict() {
        let mut document = empty(Kind::Home);
        let start = document.genesis_hash();
        let edit = Edit::new().put("layout", "三室两厅");
        document.author_at(&[start], actor(1), &stamp("zhang.li", 1), &edit).unwrap();
        document.author_at(&[start], actor(2), &stamp("wang.fang", 2), &edit).unwrap();
        assert!(!document.record().in_conflict("layout"));
        let edit = Edit::new().put("layout", "两室一厅");
        document.author_at(&[start], actor(3), &stamp("li.wei", 3), &edit).unwrap();
        let record = document.record();
        assert_eq!(record.fields["layout"].others.len(), 1);
        let who = record.fields["layout"].winner.stamp.staff.as_str().to_owned();
        assert_eq!(who, "li.wei", "among equal counters the greater actor wins, everywhere");
    }

    #[test]
    fn resolving_replaces_what_was_seen_and_two_resolutions_conflict_again() {
        let mut document = empty(Kind::Home);
        let start = document.genesis_hash();
        for (n, value) in [(1, "三室"), (2, "两室")] {
            let edit = Edit::new().put("layout", value);
            document.author_at(&[start], actor(n), &stamp("zhang.li", 1), &edit).unwrap();
        }
        // Both choose: one the present winner, one the other. Neither choice may be lost in silence.
        let heads = document.heads();
        let mut resolved = document.clone();
        resolved.author(actor(3), &stamp("li.wei", 2), &Edit::new().put("layout", "两室")).unwrap();
        assert!(!resolved.record().in_conflict("layout"));
        resolved
            .author_at(&heads, actor(4), &stamp("chen.jing", 2), &Edit::new().put("layout", "三室"))
            .unwrap();
        assert!(resolved.record().in_conflict("layout"));
    }

    #[test]
    fn a_touched_member_survives_its_removal_elsewhere() {
        let mut document = empty(Kind::Resident);
        let add = Edit::new().put("phone/a", true).put("phone/a/number", "13812345678");
        let added = document.author(actor(1), &stamp("zhang.li", 1), &add).unwrap();
        document.author(actor(1), &stamp("zhang.li", 2), &Edit::new().clear("phone/a")).unwrap();
        let touch = Edit::new().put("phone/a", true).put("phone/a/number", "13900001111");
        document.author_at(&[added.hash], actor(2), &stamp("wang.fang", 3), &touch).unwrap();
        assert_eq!(document.record().get("phone/a"), Some(&Value::Bool(true)));
    }

    #[test]
    fn archiving_hides_until_somebody_edits_concurrently() {
        let mut document = empty(Kind::Resident);
        let start =
            document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("name", "李伟")).unwrap();
        let archive = Edit::new().put("archived", true);
        document.author(actor(1), &stamp("zhang.li", 2), &archive).unwrap();
        assert_eq!(document.record().lifecycle, Lifecycle::Archived);
        assert_eq!(document.at(&[start.hash]).unwrap().lifecycle, Lifecycle::Live);

        // A second archiving concurrent with the first agrees with it.
        document.author_at(&[start.hash], actor(2), &stamp("wang.fang", 3), &archive).unwrap();
        assert_eq!(document.record().lifecycle, Lifecycle::Archived);
        // Who knew of it may add a remark.
        document
            .author(actor(2), &stamp("wang.fang", 4), &Edit::new().splice("note", 0, 0, "已搬走"))
            .unwrap();
        assert_eq!(document.record().lifecycle, Lifecycle::Archived);
        // Who did not shows it again.
        let edit = Edit::new().put("phone/a", true);
        document.author_at(&[start.hash], actor(3), &stamp("li.wei", 5), &edit).unwrap();
        assert_eq!(document.record().lifecycle, Lifecycle::Revived);

        // Until somebody who has seen it all decides.
        let mut again = document.clone();
        again.author(actor(1), &stamp("zhang.li", 6), &archive).unwrap();
        assert_eq!(again.record().lifecycle, Lifecycle::Archived);
        document.author(actor(1), &stamp("zhang.li", 6), &Edit::new().clear("archived")).unwrap();
        assert_eq!(document.record().lifecycle, Lifecycle::Live);
    }

    #[test]
    fn what_the_office_joins_says_nothing_about_the_record() {
        let mut document = empty(Kind::Resident);
        let start =
            document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("name", "李伟")).unwrap();
        let joined = Edit::new().put(crate::model::fields::MERGED, true);
        document.author(actor(9), &stamp(Stamp::JOINER, 2), &joined).unwrap();
        let archive = Edit::new().put("archived", true);
        document.author_at(&[start.hash], actor(2), &stamp("wang.fang", 3), &archive).unwrap();
        assert_eq!(document.record().lifecycle, Lifecycle::Archived);
        assert_eq!(document.history().len(), 2);
        let by_somebody = document.author(actor(1), &stamp("zhang.li", 4), &joined);
        assert!(matches!(by_somebody, Err(CrdtError::NotAllowed(_))), "{by_somebody:?}");
    }

    #[test]
    fn nobody_has_seen_less_than_the_genesis() {
        let mut document = empty(Kind::Entry);
        document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("form", "keys")).unwrap();
        let record = empty(Kind::Entry).record();
        assert_eq!(document.at(&[document.genesis_hash()]).unwrap(), record);
        assert_eq!(document.at(&[]).unwrap(), record);
        assert_eq!(document.at(&[ChangeHash([9; 32])]), Err(CrdtError::Missing(ChangeHash([9; 32]))));
    }

    #[test]
    fn positions_count_characters() {
        let mut document = empty(Kind::Home);
        let edit = Edit::new()
            .splice("note", 0, 0, "有🐶，𠮷家")
            .splice("note", 1, 1, "狗")
            .splice("note", 3, 1, "王");
        document.author(actor(1), &stamp("zhang.li", 1), &edit).unwrap();
        assert_eq!(document.record().texts["note"], "有狗，王家");
        let outside = Edit::new().splice("note", 5, 1, "");
        assert_eq!(
            document.author(actor(1), &stamp("zhang.li", 2), &outside),
            Err(CrdtError::Position { path: "note".into() })
        );
    }

    /// A later version may come to hold shapes this one does not know: they are passed over, the rest reads.
    #[test]
    fn odd_things_of_a_newer_app_do_not_hide_the_rest() {
        use automerge::transaction::Transactable;
        let mut document = empty(Kind::Home);
        document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("layout", "三室")).unwrap();
        let actor = automerge::ActorId::from(actor(2).as_bytes().as_slice());
        let mut doc = document.doc.clone().with_actor(actor);
        let mut transaction = doc.transaction();
        let map = transaction.put_object(ROOT, "plan", automerge::ObjType::Map).unwrap();
        transaction.put(&map, "layout", "四室").unwrap();
        transaction.put(ROOT, "visits", automerge::ScalarValue::counter(3)).unwrap();
        transaction.put(ROOT, "colour", automerge::ScalarValue::Null).unwrap();
        transaction.put(ROOT, "new/field", "新").unwrap();
        let options = automerge::transaction::CommitOptions::default().with_time(0);
        transaction.commit_with(options.with_message(stamp("wang.fang", 2).to_message()));
        let saved = doc.save_nocompress();
        let mut read = Document::load(document.id(), Kind::Home, 1, Some(&saved), &[]).unwrap();
        let paths: Vec<_> = read.record().fields.into_keys().collect();
        assert_eq!(paths, ["layout", "new/field"]);
        read.author(super::super::testing::actor(3), &stamp("li.wei", 3), &Edit::new().put("layout", "两室"))
            .unwrap();
        let again = Document::load(document.id(), Kind::Home, 1, Some(&read.save()), &[]).unwrap();
        assert_eq!(again.record().text("new/field"), Some("新"));
        assert_eq!(again.history().len(), 3);
    }
}
