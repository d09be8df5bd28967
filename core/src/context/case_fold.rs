//! Works out how rounds, cases and entries stand, so that lists and rules are one query each.
//!
//! The store marks what changed; what is worked out here is a cache, made again from events whenever in doubt.

use super::{Context, OfficeTables};
use crate::error::ButlerError;
use crate::model::RecordId;
use crate::playbook::course;
use crate::query::WorkProgress;
use crate::store::{StoreError, Tx};

/// Within the transaction of an edit: the record itself, and what an earlier crash may have left.
pub(super) const PER_EDIT: usize = 8;
/// Per transaction after a sync: other writers get their turn between two.
const PER_TURN: usize = 500;

impl Context {
    /// Works out everything that is marked.
    pub(crate) fn fold_all(&self) -> Result<(), ButlerError> {
        let office = self.office()?;
        while self.store.write(|tx| some(tx, &office, PER_TURN))? == PER_TURN {}
        Ok(())
    }
}

/// Works out at most `limit` records; returns how many.
pub(super) fn some(tx: &mut Tx<'_>, office: &OfficeTables, limit: usize) -> Result<usize, ButlerError> {
    let marked = tx.unfolded(limit)?;
    for id in &marked {
        let progress = fold(tx, office, *id)?;
        tx.set_progress(*id, &progress)?;
    }
    Ok(marked.len())
}

/// What is worked out of one record. A record that cannot be read, or that is run by a playbook not known here, has no
/// course and holds up no other; it is worked out again when it changes, and when the playbooks do.
fn fold(tx: &Tx<'_>, office: &OfficeTables, id: RecordId) -> Result<WorkProgress, ButlerError> {
    let read = || Ok::<_, StoreError>((tx.record(id)?, tx.receipts(id)?));
    let (record, receipts) = match read() {
        Ok((Some(record), receipts)) => (record, receipts),
        Ok((None, _)) => return Ok(WorkProgress::default()),
        Err(error) if error.is_of_one_record() => return Ok(WorkProgress::default()),
        Err(error) => return Err(error.into()),
    };
    Ok(course::of(&office.playbooks, &office.calendar, &record, &receipts).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use crate::model::{Edit, Evidence, Kind, PlaybookHash, RecordId, RoleId};
    use crate::testing::{TestPhone, unit};

    /// A workflow this phone does not know when the case comes.
    const LATER: &str = r#"
        kind = "workflow"
        id = "test.parcel"
        title = { zh = "代收快递", en = "Parcel kept" }
        subjects = ["home"]
        resolved_by = ["supervisor"]
        state = [
          { id = "kept", label = { zh = "代收中", en = "Kept" } },
          { id = "handed", label = { zh = "已交还", en = "Handed over" }, end = true },
        ]
        [[step]]
        id = "keep"
        label = { zh = "代收", en = "Keep" }
        opens = true
        to = "kept"
        roles = ["butler"]
        [[step]]
        id = "hand"
        label = { zh = "交给住户", en = "Hand over" }
        from = ["kept"]
        to = "handed"
        roles = ["butler"]
        [[deadline]]
        id = "hand"
        label = { zh = "7天内交还", en = "Handed over within 7 days" }
        from = ["keep"]
        until = ["hand"]
        within = { days = 7 }
    "#;

    /// A case somebody with a newer set of playbooks opened.
    fn parcel(bench: &TestPhone) -> RecordId {
        let version = PlaybookHash::of(LATER).version().to_string();
        let opened = bench.butler.context.act(|author, tx| {
            let event = author.event(
                &"keep".into(),
                RoleId::new("butler").unwrap(),
                vec![],
                "",
                Evidence::default(),
            )?;
            let edit = Edit::new().put("place", unit().as_str()).put("playbook", "test.parcel");
            let edit = edit.put("version", version).put("title", "顺丰两件").event(&event);
            author.edit_unchecked(tx, author.new_record()?, Kind::Case, &edit)
        });
        opened.unwrap().record
    }

    fn state(bench: &TestPhone, case: RecordId) -> (String, bool) {
        let row = bench.butler.context.read(|reader| Ok(reader.work_row(case)?)).unwrap().unwrap();
        let steps = bench.butler.context.read(|reader| Ok(reader.unfolded(10)?)).unwrap();
        (row.state.unwrap_or_default(), steps.is_empty())
    }

    #[test]
    fn a_case_is_worked_out_when_its_playbook_arrives() {
        let bench = TestPhone::new(&["butler"]);
        let case = parcel(&bench);
        assert_eq!(
            state(&bench, case),
            (String::new(), true),
            "shown as it is, and not asked for again and again"
        );
        bench.publish(&[LATER]);
        bench.butler.context.fold_all().unwrap();
        assert_eq!(state(&bench, case), ("kept".to_owned(), true));
        assert_eq!(bench.butler.cases().details(case).unwrap().deadlines.len(), 1);
    }

    #[test]
    fn cases_are_worked_out_again_when_another_version_of_the_app_comes() {
        let bench = TestPhone::new(&["butler"]);
        parcel(&bench);
        let pending = || bench.butler.context.read(|reader| Ok(reader.unfolded(10)?)).unwrap().len();
        bench.butler.context.write(|tx| Ok(tx.set_app(crate::Butler::VERSION)?)).unwrap();
        assert_eq!(pending(), 0, "the same version knows nothing new");
        bench.butler.context.write(|tx| Ok(tx.set_app("9.0.0")?)).unwrap();
        assert_eq!(pending(), 1);
    }

    #[test]
    fn a_record_that_cannot_be_read_blocks_no_edit_and_no_list() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[LATER]);
        let (bad, good) = (parcel(&bench), parcel(&bench));
        bench
            .butler
            .context
            .write(|tx| {
                tx.spoil(bad)?;
                Ok(tx.unfold_all()?)
            })
            .unwrap();
        // Its first edit works out everything that is marked, the bad one among it.
        let taken = bench.butler.cases().take(good, &"hand".into(), Evidence::default(), "");
        assert!(taken.is_ok(), "{taken:?}");
        assert_eq!(state(&bench, good), ("handed".to_owned(), true));
        assert!(bench.butler.context.fold_all().is_ok());
        assert!(bench.butler.conflicts().list().is_ok());
        assert!(bench.butler.today().list(None, 100).is_ok());
        assert!(bench.butler.cases().open_list(None, 100).is_ok());
        assert!(bench.butler.search("顺丰", 20).is_ok());
    }
}
