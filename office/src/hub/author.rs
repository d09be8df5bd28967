//! What the office itself writes: an import, a decision of a supervisor at the desk. Nobody judges it, but it
//! passes the same gate and is committed the same way.

use std::collections::HashMap;

use butler_core::crdt::{ChangeInfo, CrdtError, Document, author_first};
use butler_core::host::{Host, random};
use butler_core::model::{ActorId, ChangeHash, Edit, Kind, Op, PlaceId, Receipt, RecordId, StaffId, Stamp};
use butler_core::sync::message::Membership;

use super::Hub;
use super::directory::InForce;
use super::error::OfficeError;
use super::judge::Reviewer;
use super::record_review::{RecordReview, accepted};
use crate::storage::{RecordRow, Storage, StorageError, Write};

/// One edit by the office.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficeEdit {
    /// The record; made when it is new.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// What the edit's author had seen: only that is overwritten, what others wrote since is in conflict. None
    /// means everything the office has now.
    pub seen: Option<Vec<ChangeHash>>,
    /// The edit. The first of a record must name its `place`.
    pub edit: Edit,
}

/// An [`OfficeEdit`] of somebody else's: a register hands over tens of thousands without a copy of each.
#[derive(Debug, Clone, Copy)]
pub struct OfficeEditRef<'a> {
    /// [`OfficeEdit::record`].
    pub record: RecordId,
    /// [`OfficeEdit::kind`].
    pub kind: Kind,
    /// [`OfficeEdit::seen`].
    pub seen: Option<&'a [ChangeHash]>,
    /// [`OfficeEdit::edit`].
    pub edit: &'a Edit,
}

impl<'a> From<&'a OfficeEdit> for OfficeEditRef<'a> {
    fn from(OfficeEdit { record, kind, seen, edit }: &'a OfficeEdit) -> Self {
        Self { record: *record, kind: *kind, seen: seen.as_deref(), edit }
    }
}

impl<S: Storage> Hub<S> {
    /// Writes edits in one transaction: all of them or, on an error, none.
    ///
    /// # Errors
    /// [`OfficeError::Gate`], [`OfficeError::NoPlace`], [`OfficeError::Record`], or the storage's.
    pub fn author(
        &self,
        host: &dyn Host,
        by: &StaffId,
        edits: &[OfficeEdit],
    ) -> Result<Vec<(ChangeHash, Receipt)>, OfficeError> {
        let edits: Vec<OfficeEditRef<'_>> = edits.iter().map(OfficeEditRef::from).collect();
        self.author_told(host, by, &edits, &|_| {})
    }

    /// The same, and says before each edit how many are written. Until it returns any of them may still come to nothing.
    ///
    /// # Errors
    /// As [`Self::author`].
    pub fn author_told(
        &self,
        host: &dyn Host,
        by: &StaffId,
        edits: &[OfficeEditRef<'_>],
        told: &dyn Fn(usize),
    ) -> Result<Vec<(ChangeHash, Receipt)>, OfficeError> {
        let stamp = Stamp { staff: by.clone(), at: host.now(), offset: None, copy_of: None };
        self.storage.write(|tx| {
            let mut ids: Vec<RecordId> = edits.iter().map(|edit| edit.record).collect();
            ids.sort_unstable();
            ids.dedup();
            tx.lock(&ids)?;
            let in_force = self.in_force(tx.reader())?;
            let mut reviewer = self.reviewer(&in_force, tx.life()?, host.now());
            // In the order of the tables they go into: thousands of new records then fill one page after the other.
            let mut order: Vec<usize> = (0..edits.len()).collect();
            order.sort_by_key(|at| edits[*at].record);
            let mut written = vec![None; edits.len()];
            for (nth, at) in order.into_iter().enumerate() {
                told(nth);
                let edit = edits[at];
                let is_new = edit.seen.is_none() && tx.record(edit.record)?.is_none();
                let one = if is_new {
                    make(tx, &mut reviewer, &in_force, &stamp, edit)
                } else {
                    add(tx, &mut reviewer, &in_force, (host, &stamp), edit)
                };
                written[at] = Some(one?);
            }
            // Phones take them in as they were given: homes before their people.
            let ranks: HashMap<RecordId, usize> =
                edits.iter().enumerate().rev().map(|(at, edit)| (edit.record, at)).collect();
            reviewer.sort_feed(|record| ranks.get(&record).copied());
            reviewer.publish(tx)?;
            let written: Vec<_> = written.into_iter().flatten().collect();
            let about = serde_json::json!({ "by": by, "edits": written.len() });
            tx.put_audit(reviewer.now, "office", "author", &about.to_string())?;
            Ok(written)
        })
    }
}

/// Makes a record. Its first change is a pure function of the edit and cannot harm a document that nobody wrote in: none
/// is made, neither to judge it nor to keep.
fn make(
    tx: &mut dyn Write,
    reviewer: &mut Reviewer<'_>,
    in_force: &InForce,
    stamp: &Stamp,
    OfficeEditRef { record, kind, edit, .. }: OfficeEditRef<'_>,
) -> Result<(ChangeHash, Receipt), OfficeError> {
    let info = author_first((record, kind, Kind::VERSION), reviewer.life.actor, stamp, edit)?;
    let place = edit.ops.iter().find_map(|op| match op {
        Op::Put { path, value } if path == "place" => PlaceId::new(value.as_text()?).ok(),
        _ => None,
    });
    let place = place.filter(|place| in_force.places.contains_key(place)).ok_or(OfficeError::NoPlace)?;
    let bytes = info.bytes().len() as u64;
    let row = RecordRow { id: record, kind, version: Kind::VERSION, place, accepted: 1, bytes };
    let receipt = Receipt { ordinal: 1, at: reviewer.now };
    tx.accept(&row, &accepted(&info, None, reviewer.life, receipt))?;
    reviewer.announce(&row.place, row.id, Membership::Enter, 1);
    Ok((info.hash, receipt))
}

/// Adds an edit to what is there of a record.
fn add(
    tx: &mut dyn Write,
    reviewer: &mut Reviewer<'_>,
    in_force: &InForce,
    (host, stamp): (&dyn Host, &Stamp),
    edit: OfficeEditRef<'_>,
) -> Result<(ChangeHash, Receipt), OfficeError> {
    let unreadable = OfficeError::Storage(StorageError::Unreadable { what: "record" });
    let mut review = RecordReview::open(tx.reader(), edit.record, None)?.ok_or(unreadable)?;
    let admission = review
        .admission(edit.kind, Kind::VERSION)
        .ok_or(CrdtError::UnknownVersion { kind: edit.kind, version: Kind::VERSION })?;
    if admission.document().kind() != edit.kind {
        return Err(OfficeError::OtherKind { record: edit.record });
    }
    let info = compose(host, admission.document(), reviewer.life.actor, stamp, edit)?;
    let passed =
        admission.examine(&info).and_then(|_| admission.take(&info)).and_then(|()| admission.prove());
    passed.map_err(|error| OfficeError::Gate {
        code: error.code().to_owned(),
        path: error.path().map(str::to_owned),
    })?;
    let place = match &review.row {
        Some(row) => row.place.clone(),
        None => review
            .document()
            .and_then(|document| PlaceId::new(document.excerpt(["place"]).text("place")?).ok())
            .filter(|place| in_force.places.contains_key(place))
            .ok_or(OfficeError::NoPlace)?,
    };
    let receipt = review.accept(tx, &info, None, place, None, (reviewer.life, reviewer.now))?;
    reviewer.close(tx, review)?;
    Ok((info.hash, receipt))
}

/// One change under the office's actor. Where that actor wrote something since that the edit must not have
/// seen, a fresh actor of the office takes its place.
fn compose(
    host: &dyn Host,
    before: &Document,
    actor: ActorId,
    stamp: &Stamp,
    OfficeEditRef { seen, edit, .. }: OfficeEditRef<'_>,
) -> Result<ChangeInfo, OfficeError> {
    let mut document = before.clone();
    let Some(seen) = seen else { return Ok(document.author(actor, stamp, edit)?) };
    match document.author_at(seen, actor, stamp, edit) {
        Err(CrdtError::ActorAhead) => {
            let fresh = ActorId::new(actor.device(), random(host)?);
            Ok(before.clone().author_at(seen, fresh, stamp, edit)?)
        }
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use butler_core::model::Value;

    use super::super::testing::*;
    use super::*;

    fn edit(number: u8, seen: Option<Vec<ChangeHash>>, edit: Edit) -> OfficeEdit {
        OfficeEdit { record: RecordId([number; 16]), kind: Kind::Home, seen, edit }
    }

    #[test]
    fn what_the_office_writes_reaches_the_phones_like_anything_else() {
        let office = Office::new();
        let by = staff("li.zg");
        let homes: Vec<OfficeEdit> = (1..=3).map(|n| edit(n, None, founded("b3/u1"))).collect();
        let written = office.hub.author(&office.desk, &by, &homes).unwrap();
        assert_eq!(written.iter().map(|(_, receipt)| receipt.ordinal).collect::<Vec<_>>(), [1, 1, 1]);
        assert_eq!(office.phone("zhang.li").pull("g1", 0).unwrap().rows.len(), 3);
    }

    /// Nothing is kept of a new record but its change; it reads and goes on like one that a phone made.
    #[test]
    fn a_record_the_office_makes_is_the_one_its_document_would_be() {
        let office = Office::new();
        let made = founded("b3/u1").put("area", 89.5).put("layout", "三室").splice("note", 0, 0, "有狗");
        let told = std::cell::RefCell::new(Vec::new());
        let edits = [edit(2, None, founded("b3/u1")), edit(1, None, made.clone())];
        let said = |written| told.borrow_mut().push(written);
        let refs = edits.each_ref().map(OfficeEditRef::from);
        let written = office.hub.author_told(&office.desk, &staff("li.zg"), &refs, &said).unwrap();
        assert_eq!(told.into_inner(), [0, 1]);
        let snapshot = || office.hub.storage().read(|read| read.snapshot(RecordId([1; 16]))).unwrap();
        assert_eq!(snapshot(), None);
        let mut document = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        let mut oracle = home(1);
        let first = document.changes().remove(0);
        oracle.author(first.actor, &first.stamp, &made).unwrap();
        assert_eq!((document.save(), first.hash), (oracle.save(), written[1].0), "in the order of the edits");
        // A phone takes it in and goes on from there.
        let zhang = office.phone("zhang.li");
        let page = zhang.pull("g1", 0).unwrap();
        assert_eq!(page.rows.iter().map(|row| row.record).collect::<Vec<_>>(), edits.map(|edit| edit.record));
        zhang.push_one(&zhang.write(&mut document, &Edit::new().put("layout", "两室")));
        let now = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        assert_eq!((now.record(), snapshot()), (document.record(), Some(document.save())));
    }

    #[test]
    fn an_import_overwrites_only_what_it_had_seen() {
        let office = Office::new();
        let by = staff("li.zg");
        let zhang = office.phone("zhang.li");
        let first = office.hub.author(&office.desk, &by, &[edit(1, None, founded("b3/u1"))]).unwrap()[0].0;
        let mut document = office.hub.document(RecordId([1; 16])).unwrap().unwrap();
        zhang.push_one(&zhang.write(&mut document, &Edit::new().put("layout", "两室一厅")));
        // The next register still has the old cell, corrected by the clerk.
        let second = edit(1, Some(vec![first]), Edit::new().put("layout", "四室两厅"));
        let second = office.hub.author(&office.desk, &by, &[second]).unwrap()[0].0;
        let record = office.hub.document(RecordId([1; 16])).unwrap().unwrap().record();
        assert!(record.in_conflict("layout"));
        // Once more from the first import: the office's actor is ahead, another of its actors steps in.
        let third = edit(1, Some(vec![first]), Edit::new().put("area", 120.5));
        office.hub.author(&office.desk, &by, &[third]).unwrap();
        let record = office.hub.document(RecordId([1; 16])).unwrap().unwrap().record();
        assert_eq!(record.get("area"), Some(&Value::Real(120.5)));
        assert_ne!(first, second);
    }

    #[test]
    fn nothing_is_written_into_a_record_of_another_kind() {
        let office = Office::new();
        let by = staff("li.zg");
        office.hub.author(&office.desk, &by, &[edit(1, None, founded("b3/u1"))]).unwrap();
        let person =
            OfficeEdit { kind: Kind::Resident, ..edit(1, None, Edit::new().put("name", "单晓彤")) };
        let result = office.hub.author(&office.desk, &by, &[person]);
        assert!(matches!(result, Err(OfficeError::OtherKind { .. })), "{result:?}");
    }

    #[test]
    fn one_bad_edit_writes_none() {
        let office = Office::new();
        let by = staff("li.zg");
        let lost = edit(2, None, Edit::new().put("layout", "一室"));
        let result = office.hub.author(&office.desk, &by, &[edit(1, None, founded("b3/u1")), lost]);
        assert!(matches!(result, Err(OfficeError::NoPlace)));
        let long = edit(2, None, founded("b3/u1").put("surroundings", "房".repeat(9_000)));
        let result = office.hub.author(&office.desk, &by, &[edit(1, None, founded("b3/u1")), long]);
        assert!(matches!(result, Err(OfficeError::Gate { .. } | OfficeError::Record(_))), "{result:?}");
        assert!(office.hub.document(RecordId([1; 16])).unwrap().is_none());
    }
}
