//! A step of a case that changes what is on file about its home or its people writes that, in the same transaction.

use crate::context::Author;
use crate::error::ButlerError;
use crate::model::{Edit, Event, Op, Record, RecordId};
use crate::playbook::case::{self, CaseState};
use crate::playbook::workflow::Workflow;
use crate::store::Tx;

/// Writes the fields a step sets, as the same person would write them on the record itself: it is judged by rights, forms
/// and limits, and what is rejected there rejects the step. What is on file already is not written again.
///
/// # Errors
/// As [`Author::edit_validated`]; [`ButlerError::NotFound`] for a record that is not here.
pub(super) fn write<'a>(
    author: &Author,
    tx: &mut Tx<'_>,
    (workflow, state): (&Workflow, &CaseState),
    about: impl IntoIterator<Item = &'a RecordId>,
    event: &Event,
) -> Result<(), ButlerError> {
    let Some(step) = workflow.step(&event.step).filter(|step| !step.sets.is_empty()) else { return Ok(()) };
    let author = author.of_what_no_screen_showed();
    for id in about {
        let record = tx.record(*id)?.ok_or(ButlerError::NotFound)?;
        let mut ops = case::sets(workflow, state, step, &event.evidence, record.kind, author.today());
        ops.retain(|op| !is_on_file(&record, op));
        if !ops.is_empty() {
            author.edit_validated(tx, *id, record.kind, &Edit { ops })?;
        }
    }
    Ok(())
}

/// Whether a record says so already, and nobody anything else.
fn is_on_file(record: &Record, op: &Op) -> bool {
    match op {
        Op::Put { path, value } => record.get(path) == Some(value) && !record.in_conflict(path),
        Op::Clear { path } => record.get(path).is_none(),
        Op::Splice { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::cases::NewCase;
    use crate::areas::testing::missing_of;
    use crate::model::choice::{HomeState, OwnerState};
    use crate::model::{Evidence, HomeEdit, RecordId, Shown, Touch, Value};
    use crate::testing::{TestPhone, unit};

    const MOVING: &str = r#"
        kind = "workflow"
        id = "test.moving"
        title = { zh = "搬家", en = "Moving" }
        subjects = ["home", "place"]
        resolved_by = ["supervisor"]
        state = [
          { id = "open", label = { zh = "办理中", en = "Open" } },
          { id = "closed", label = { zh = "已办结", en = "Closed" }, end = true },
        ]
        [[step]]
        id = "book"
        label = { zh = "预约", en = "Book" }
        opens = true
        to = "open"
        roles = ["butler", "security"]
        [[step]]
        id = "in"
        label = { zh = "搬入", en = "Moved in" }
        from = ["open"]
        roles = ["butler", "supervisor"]
        sets = [
          { path = "state", to = { value = "rented_out" }, when = "has(form.let) && form.let" },
          { path = "state", to = { value = "occupied" } },
          { path = "moved_in", to = "today" },
          { path = "people", to = { answer = "people" } },
          { path = "vacant_since", to = "nothing" },
        ]
        [[step.field]]
        id = "people"
        label = { zh = "常住人口", en = "People" }
        type = "number"
        unit = "person"
        min = 1
        max = 20
        [[step.field]]
        id = "let"
        label = { zh = "出租", en = "Let" }
        type = "flag"
        [[step]]
        id = "close"
        label = { zh = "办结", en = "Close" }
        from = ["open"]
        to = "closed"
        roles = ["butler"]
    "#;

    fn moving(bench: &TestPhone, about: Vec<RecordId>) -> RecordId {
        let new = NewCase {
            workflow: "test.moving".into(),
            step: "book".into(),
            place: Some(unit()),
            about,
            ..NewCase::default()
        };
        bench.butler.cases().open(&new).unwrap().record
    }

    fn evidence(answers: &[(&str, Value)]) -> Evidence {
        let fields: BTreeMap<_, _> =
            answers.iter().map(|(id, value)| ((*id).into(), value.clone())).collect();
        Evidence { fields, photos: BTreeMap::new() }
    }

    fn vacant(bench: &TestPhone) -> RecordId {
        let home = bench.home("501");
        let edit = HomeEdit {
            state: HomeState::VACANT.into(),
            owner_state: OwnerState::ABROAD.into(),
            layout: "两室两厅".into(),
            area: 89.0.into(),
            handed_over: "2019-05-01".parse::<crate::model::date::PartialDate>().unwrap().into(),
            vacant_since: "2025-03".parse::<crate::model::date::PartialDate>().unwrap().into(),
            key_held: Touch::Set(false),
            ..HomeEdit::default()
        };
        bench.butler.homes().edit(home, edit).unwrap();
        home
    }

    #[test]
    fn a_step_writes_what_it_says_of_the_home_with_itself_or_not_at_all() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[MOVING]);
        let home = vacant(&bench);
        let case = moving(&bench, vec![home]);
        let take =
            |answers: &[(&str, Value)]| bench.butler.cases().take(case, &"in".into(), evidence(answers), "");
        let before = bench.butler.status().unwrap();
        assert_eq!(missing_of(take(&[])), ["people"], "an occupied home says how many live there");
        assert_eq!(bench.butler.status().unwrap(), before, "nothing of it was recorded");
        assert_eq!(bench.butler.cases().details(case).unwrap().steps.len(), 1);

        take(&[("people", 3.into())]).unwrap();
        let read = |path: &str| bench.butler.records().get(home).unwrap().get(path).cloned();
        assert_eq!(read("state"), Some("occupied".into()));
        assert_eq!(read("moved_in"), Some(bench.butler.date().unwrap().to_string().into()));
        assert_eq!((read("people"), read("vacant_since")), (Some(3.into()), None));

        let edits = || bench.butler.records().history(home).unwrap().len();
        let was = edits();
        take(&[("people", 3.into())]).unwrap();
        assert_eq!(edits(), was, "what is on file is not written again");
        take(&[("let", true.into())]).unwrap();
        assert_eq!(read("state"), Some("rented_out".into()), "the first that holds");
        assert_eq!(read("people"), Some(3.into()), "what was not answered stays");
    }

    #[test]
    fn a_form_handed_in_twice_writes_the_home_once_and_a_case_about_no_home_writes_none() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[MOVING]);
        let home = vacant(&bench);
        let case = moving(&bench, vec![home]);
        let shown: Shown = bench.butler.cases().details(case).unwrap().shown;
        let form = bench.butler.submission(Some(shown)).unwrap();
        let was = bench.butler.records().history(home).unwrap().len();
        let hand_in = || {
            let given = evidence(&[("people", 2.into())]);
            bench.butler.submitting(form.clone()).cases().take(case, &"in".into(), given, "").unwrap()
        };
        assert_eq!(hand_in(), hand_in());
        assert_eq!(bench.butler.records().history(home).unwrap().len(), was + 1);

        let elsewhere = moving(&bench, vec![]);
        bench.butler.cases().take(elsewhere, &"in".into(), evidence(&[("people", 2.into())]), "").unwrap();
    }
}
