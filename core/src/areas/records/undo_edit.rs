use super::Records;
use super::edit_note::difference;
use crate::areas::rounds;
use crate::context::{Author, Recorded, round_results};
use crate::crdt::{ChangeInfo, Document, HistoryEntry, TextChange, limit};
use crate::error::{ButlerError, InputProblem, NotUndoable};
use crate::model::{ChangeHash, Edit, Kind, Lifecycle, Op, Record, Round, fields};
use crate::playbook::checklist::WITHDRAWN;
use crate::store::Tx;

impl Records<'_> {
    /// Takes back edits of one's own, all of them or none, in one transaction: each by another edit that says the opposite.
    /// A record that the edit began is archived, so what it answered stands open again; fields and notes get back what
    /// stood there; results of a round are withdrawn. Nothing leaves the history, be the edit sent or not. Photos stay with
    /// their record.
    ///
    /// # Errors
    /// [`ButlerError::CannotUndo`] says why not: a step of a case or a check-in, an edit of somebody else, a decision
    /// between values in conflict, or something written over it since. [`ButlerError::InvalidInput`] when it was taken back
    /// already; [`ButlerError::NotFound`] also for an edit that was rejected; those of editing.
    pub fn undo(&self, edits: &[Recorded]) -> Result<Vec<Recorded>, ButlerError> {
        self.0.act(|author, tx| edits.iter().rev().map(|done| undo(author, tx, done)).collect())
    }
}

fn undo(author: &Author, tx: &mut Tx<'_>, done: &Recorded) -> Result<Recorded, ButlerError> {
    let inverse = tx.look(done.record, |document| inverse(author, document, done.edit))?;
    let inverse = inverse.unwrap_or(Err(ButlerError::NotFound))?;
    let (kind, _) = tx.kind(done.record)?.ok_or(ButlerError::NotFound)?;
    author.edit_validated(tx, done.record, kind, &inverse)
}

/// The edit that says the opposite.
fn inverse(author: &Author, document: &Document, edit: ChangeHash) -> Result<Edit, ButlerError> {
    let staff = &author.identity.staff;
    let change = if document.get_change(edit).is_some() { Some(edit) } else { document.copy_of(edit, staff) };
    let history = document.history();
    let done = history.iter().find(|entry| Some(entry.change) == change).ok_or(ButlerError::NotFound)?;
    if done.stamp.staff != *staff {
        return Err(NotUndoable::Others.into());
    }
    let record = document.record();
    let happened = done.fields.iter().any(|field| fields::holds_events(&field.path));
    let inverse = if happened && record.kind == Kind::Round {
        withdrawals(author, &record, done)?
    } else if happened {
        return Err(NotUndoable::Step.into());
    } else if begins(document, done) {
        let others = history.iter().any(|entry| entry.stamp.staff != *staff);
        if others {
            return Err(NotUndoable::ChangedSince.into());
        }
        let stands = record.lifecycle != Lifecycle::Archived;
        if stands { Edit::new().put("archived", true) } else { Edit::new() }
    } else {
        former(document, &history, done, &record)?
    };
    if inverse.ops.is_empty() {
        return Err(ButlerError::invalid("edit", InputProblem::NothingChanged));
    }
    Ok(inverse)
}

/// Whether an edit began its record.
fn begins(document: &Document, done: &HistoryEntry) -> bool {
    let first = document.get_change(done.change).is_some_and(|info| info.deps == [document.genesis_hash()]);
    first && done.fields.iter().any(|field| field.path == "place" && field.from.is_empty())
}

/// The results that an edit recorded, withdrawn. That somebody stood at a point stays.
fn withdrawals(author: &Author, record: &Record, done: &HistoryEntry) -> Result<Edit, ButlerError> {
    let checklist = round_results::checklist(&author.office.playbooks, record)?;
    let results = Round::results(record);
    let mut mine = results.iter().filter(|mark| mark.change == done.change).peekable();
    // What was taken back is recorded anew, by looking again.
    if mine.peek().is_none_or(|mark| mark.event.evidence.fields.contains_key(WITHDRAWN)) {
        return Err(NotUndoable::Step.into());
    }
    let mut standing = mine.filter(|mark| !rounds::is_withdrawn(&results, mark.event.id));
    standing.try_fold(Edit::new(), |edit, mark| {
        let event = rounds::withdrawal(author, checklist, record, mark)?;
        Ok::<_, ButlerError>(edit.put(Round::result_path(&event), event.encode()))
    })
}

/// What stood there before, where nothing was written over it since.
fn former(
    document: &Document,
    history: &[HistoryEntry],
    done: &HistoryEntry,
    record: &Record,
) -> Result<Edit, ButlerError> {
    let mut edit = Edit::new();
    let added = |path: &str| {
        let member = fields::member(record.kind, path).filter(|member| *member != path);
        member.is_some_and(|member| {
            done.fields.iter().any(|field| field.path == member && field.from.is_empty())
        })
    };
    for field in &done.fields {
        let path = field.path.as_str();
        if field.from.len() > 1 {
            return Err(NotUndoable::Decision.into());
        }
        // A part that was added goes with its member.
        if path.starts_with("photo/") || field.from.first() == field.to.as_ref() || added(path) {
            continue;
        }
        let now = record.fields.get(path);
        let stands = match (&field.to, now) {
            (Some(_), Some(now)) => now.others.is_empty() && now.winner.change == done.change,
            (None, None) => true,
            _ => false,
        };
        if !stands {
            return Err(NotUndoable::ChangedSince.into());
        }
        edit.ops.push(match field.from.as_slice() {
            [] => Op::Clear { path: path.to_owned() },
            [was, ..] => Op::Put { path: path.to_owned(), value: was.clone() },
        });
    }
    for text in &done.texts {
        let now = record.texts.get(&text.path).map(String::as_str).unwrap_or_default();
        if now != text.to {
            return Err(NotUndoable::ChangedSince.into());
        }
        if let Some((at, delete, insert)) = difference(now, &before_text(document, history, done, &text.path))
        {
            edit = edit.splice(&text.path, at, delete, insert);
        }
    }
    Ok(edit)
}

/// A text before an edit of it. A long one was written in several changes of one moment, each on top of the last: what it
/// removes, then what it types, all but the last change of each as full as one may be.
fn before_text(document: &Document, history: &[HistoryEntry], done: &HistoryEntry, path: &str) -> String {
    let read = |entry: &HistoryEntry| Piece::read(document, entry, path);
    let Some(last) = read(done) else { return String::new() };
    let (mut from, mut total) = (last.text.from.clone(), last.info.op_count);
    let mut first = last;
    loop {
        let before = history.iter().find(|entry| first.info.deps == [entry.change]);
        let same =
            |piece: &Piece| piece.info.actor == first.info.actor && piece.info.stamp == first.info.stamp;
        let Some(piece) = before.and_then(read).filter(same) else { break };
        let full = piece.info.op_count == limit::OPS;
        let goes_on = full && piece.types() && first.types()
            || full && piece.removes() && first.removes()
            || piece.removes() && first.types();
        if !goes_on {
            break;
        }
        total += piece.info.op_count;
        from.clone_from(&piece.text.from);
        first = piece;
    }
    if total > limit::OPS { from } else { read(done).map(|last| last.text.from).unwrap_or_default() }
}

/// What one change did to a text.
struct Piece {
    info: ChangeInfo,
    text: TextChange,
}

impl Piece {
    fn read(document: &Document, entry: &HistoryEntry, path: &str) -> Option<Self> {
        let text = entry.texts.iter().find(|text| text.path == path)?.clone();
        Some(Self { info: document.get_change(entry.change)?, text })
    }

    fn lengths(&self) -> (usize, usize) {
        (self.text.from.chars().count(), self.text.to.chars().count())
    }

    /// Whether it only puts characters there.
    fn types(&self) -> bool {
        let (from, to) = self.lengths();
        to == from + self.info.op_count
    }

    /// Whether it only takes characters away.
    fn removes(&self) -> bool {
        let (from, to) = self.lengths();
        from == to + self.info.op_count
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::slice::from_ref;

    use crate::areas::testing::{TICKED, contact, shutdown, tomorrow};
    use crate::context::Recorded;
    use crate::error::{ButlerError, NotUndoable};
    use crate::model::choice::Outcome;
    use crate::model::{Edit, Evidence, HomeEdit, Kind, PlaceId, RecordId, ResidentEdit, Touch};
    use crate::testing::TestPhone;

    const RULES: &str = r#"
        kind = "rules"
        id = "test.rules"
        title = { zh = "测试", en = "Test" }
        effective_from = 2026-01-01
        [[rule]]
        id = "test.answer"
        title = { zh = "回音", en = "Answer" }
        why = { zh = "给个回音", en = "give an answer" }
        roles = ["butler"]
        subject = { kind = "home" }
        when = { every = { schedule = "FREQ=MONTHLY;BYMONTHDAY=1", start = 2026-01-01 } }
        due = {}
        done = { record = "contact", begin = "contact.log" }
        [[rule]]
        id = "test.promise"
        title = { zh = "承诺", en = "Promise" }
        why = { zh = "答应过的", en = "promised" }
        roles = ["butler"]
        subject = { kind = "home" }
        when = { every = { schedule = "FREQ=MONTHLY;BYMONTHDAY=1", start = 2026-01-01 } }
        due = {}
        done = { record = "contact", begin = "contact.log" }
    "#;

    fn why_not(tried: Result<Vec<Recorded>, ButlerError>) -> NotUndoable {
        match tried {
            Err(ButlerError::CannotUndo { why }) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn fields_and_notes_get_back_what_stood_there_and_the_history_keeps_both() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let (homes, records) = (bench.butler.homes(), bench.butler.records());
        homes.edit(home, HomeEdit { layout: "两室".into(), ..HomeEdit::default() }).unwrap();
        let slip = HomeEdit { layout: "三室".into(), area: 95.5.into(), ..HomeEdit::default() };
        let slip = homes.edit(home, slip).unwrap();
        let note = records.edit_note(home, "有狗，按铃").unwrap();
        let long = records.edit_note(home, &"长".repeat(9_000)).unwrap();
        let undone = records.undo(&[slip.clone(), note, long]).unwrap();
        let read = || homes.details(home).unwrap().home;
        assert_eq!((read().layout.as_deref(), read().area, read().note.as_str()), (Some("两室"), None, ""));
        assert!(records.history(home).unwrap().len() >= 7, "nothing left the history");
        assert!(
            matches!(records.undo(&[slip]), Err(ButlerError::CannotUndo { .. })),
            "it does not stand any more"
        );
        records.undo(&undone).unwrap();
        assert_eq!((read().layout.as_deref(), read().note.chars().count()), (Some("三室"), 9_000));
    }

    #[test]
    fn parts_added_go_and_parts_removed_come_back_whole() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let (residents, records) = (bench.butler.residents(), bench.butler.records());
        let person = ResidentEdit { name: "顾岚".into(), ..ResidentEdit::default() };
        let added = residents.add(home, person).unwrap();
        let phone = residents.add_phone(added.record, "19900007788", None).unwrap();
        let phones = || residents.details(added.record).unwrap().resident.phones;
        let part = phones()[0].id;
        let removed = residents.edit(added.record, Edit::new().clear(format!("phone/{part}"))).unwrap();
        assert!(phones().is_empty());
        records.undo(&[removed]).unwrap();
        assert_eq!(phones()[0].number.as_deref(), Some("19900007788"));
        records.undo(&[phone]).ok();
        records.undo(from_ref(&added)).unwrap();
        assert!(bench.butler.homes().details(home).unwrap().residents.is_empty(), "archived");
        assert!(
            matches!(records.undo(&[added]), Err(ButlerError::InvalidInput { .. })),
            "a double tap does nothing"
        );
    }

    #[test]
    fn what_a_visit_or_a_put_off_answered_stands_open_again() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        bench.publish(&[RULES]);
        let open = || {
            let items = bench.butler.today().about(home).unwrap();
            items.into_iter().filter(|item| item.rule.as_str().starts_with("test.")).collect::<Vec<_>>()
        };
        let before = open();
        let dues: Vec<_> = before.iter().map(|item| item.id).collect();
        let visit = contact(Outcome::Agreed);
        let visit = bench.butler.contacts().record_answering(&dues, &[home], visit, &[]).unwrap();
        assert!(before.len() == 2 && open().is_empty());
        bench.butler.records().undo(&[visit]).unwrap();
        assert_eq!(open(), before);
        let put_off = bench.butler.today().snooze_many(&dues, &tomorrow(&bench)).unwrap();
        assert_eq!(put_off.len(), dues.len());
        assert!(open().is_empty());
        bench.butler.records().undo(&put_off).unwrap();
        assert_eq!(open(), before);
    }

    #[test]
    fn results_of_a_round_are_withdrawn_and_the_check_in_stays() {
        let bench = TestPhone::new(&["butler"]);
        let place = PlaceId::new("jinse/grid-1").unwrap();
        let rounds = bench.butler.rounds();
        let round = rounds.start(&"patrol.public-area".into(), &place, None, None).unwrap();
        let item = rounds.details(round.record).unwrap().points[0].items[0].clone();
        let bad = item.question.options.iter().find(|option| option.fails).unwrap().id.clone();
        let photo = bench.butler.photos().add(b"photo").unwrap();
        let evidence = Evidence {
            fields: BTreeMap::from([(item.question.field.clone(), bad.as_str().into())]),
            photos: BTreeMap::from([(item.question.field.clone(), vec![photo])]),
        };
        let result = rounds.record(round.record, &item.question.field, evidence, "").unwrap();
        bench.butler.records().undo(from_ref(&result)).unwrap();
        let results = || rounds.details(round.record).unwrap().points[0].items[0].clone();
        assert!(results().results.is_empty() && !results().missing.is_empty());
        assert!(bench.butler.records().undo(&[result]).is_err());
        bench.butler.records().undo(&[round]).unwrap();
        assert!(rounds.under_way(None, 10).unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_taken_back_says_why_and_nothing_of_the_rest_is() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[TICKED]);
        let (homes, records) = (bench.butler.homes(), bench.butler.records());
        let case = shutdown(&bench, "501");
        let step = bench.butler.cases().take(case, &"tell".into(), Evidence::default(), "").unwrap();
        let home = bench.home("502");
        let layout = |layout: &str| HomeEdit { layout: layout.into(), ..HomeEdit::default() };
        let first = homes.edit(home, layout("三室")).unwrap();
        assert_eq!(why_not(records.undo(&[step, first.clone()])), NotUndoable::Step);
        assert_eq!(homes.details(home).unwrap().home.layout.as_deref(), Some("三室"), "all or none");
        homes.edit(home, layout("四室")).unwrap();
        assert_eq!(why_not(records.undo(&[first])), NotUndoable::ChangedSince);

        let put = |layout: &str| Edit::new().put("layout", layout);
        bench.concurrently(home, Kind::Home, &put("五室"), &put("六室"));
        let decided = bench.butler.conflicts().resolve(home, "layout", "五室".into()).unwrap();
        assert_eq!(why_not(records.undo(&[decided])), NotUndoable::Decision);
        bench.brings(home, Kind::Home, &Edit::new().put("area", 88.0));
        let theirs = records.history(home).unwrap().pop().unwrap();
        let theirs = Recorded::new(home, theirs.change, None);
        assert_eq!(why_not(records.undo(&[theirs])), NotUndoable::Others);
        let nowhere = Recorded::new(RecordId([9; 16]), crate::model::ChangeHash([9; 32]), None);
        assert!(matches!(records.undo(&[nowhere]), Err(ButlerError::NotFound)));
    }

    #[test]
    fn an_edit_the_office_has_is_taken_back_by_another_edit() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let edit = HomeEdit { layout: Touch::Set("三室".to_owned()), ..HomeEdit::default() };
        let edit = bench.butler.homes().edit(home, edit).unwrap();
        bench.acknowledge(home);
        bench.butler.records().undo(&[edit]).unwrap();
        assert_eq!(bench.butler.homes().details(home).unwrap().home.layout, None);
        assert_eq!(bench.butler.status().unwrap().unsent_edits, 1, "the opposite is to be sent");
    }
}
