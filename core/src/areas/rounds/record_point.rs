use serde::Serialize;

use super::check_in::arrival;
use super::record_result::result;
use super::{Proof, Rounds};
use crate::context::Recorded;
use crate::context::author::place_of;
use crate::context::round_results;
use crate::error::{ButlerError, InputProblem};
use crate::model::round::{at_place, split_place};
use crate::model::{Edit, Evidence, Kind, QuestionId, RecordId, Round};
use crate::playbook::checklist::visited_at;
use crate::playbook::course;

/// What was found at one item of a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PointAnswer {
    /// The item.
    pub item: QuestionId,
    /// The answer and its photos.
    pub evidence: Evidence,
    /// Free words.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub note: String,
}

impl Rounds<'_> {
    /// Checks in at a point and records what was found at its items, in one edit: all of it or nothing. An item that is
    /// asked because of another's answer comes behind that one.
    ///
    /// # Errors
    /// As [`Self::check_in`] and [`Self::record`]; [`ButlerError::InvalidInput`] also for an item of another point.
    pub fn record_point(
        &self,
        round: RecordId,
        point: &str,
        proof: &Proof,
        answers: &[PointAnswer],
    ) -> Result<Recorded, ButlerError> {
        self.0.submit("rounds.record_point", &(round, point, proof, answers), |author, tx| {
            let record = round_results::known(author, tx, round)?;
            let checklist = round_results::checklist(&author.office.playbooks, &record)?;
            let arrived = arrival(author, checklist, &record, point, proof)?;
            let at = visited_at(&arrived);
            let here = checklist.points.iter().filter(|known| arrived.step == *known.id);
            let here: Vec<_> = here.flat_map(|known| &known.items).map(|item| &item.id).collect();
            let place = place_of(&record)?;
            let mut edit = Edit::new().put(Round::check_in_path(&arrived), arrived.encode());
            let (_, mut results) = course::marks(&record);
            for PointAnswer { item, evidence, note } in answers {
                let (id, named) = split_place(item.as_str());
                if !here.contains(&&id.into()) || named.is_some() && named != at {
                    return Err(ButlerError::invalid("item", InputProblem::UnknownItem));
                }
                let role = author.role_among(&place, &checklist.roles, id)?;
                let item = at_place(id, at).as_str().into();
                let event = result(author, checklist, role, (&record, &results), (&item, evidence, note))?;
                edit = edit.put(Round::result_path(&event), event.encode());
                results.push(event);
            }
            let photos = answers.iter().flat_map(|answer| answer.evidence.photos.values()).flatten();
            edit = edit.photos(&photos.copied().collect::<Vec<_>>());
            let edited = author.edit(tx, round, Kind::Round, &edit)?;
            Ok(edited.with_event(&arrived))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::rounds::{ItemRow, PointAnswer, Proof, RoundDetails};
    use crate::error::ButlerError;
    use crate::model::{Evidence, RecordId, Value};
    use crate::playbook::checklist::Finding;
    use crate::testing::{TestPhone, unit};

    const PUMPS: &str = r#"
        kind = "checklist"
        id = "test.pumps"
        title = { zh = "泵房巡视", en = "Pump room" }
        subject = "grid"
        roles = ["butler"]
        [[point]]
        id = "room"
        label = { zh = "泵房", en = "Pump room" }
        [[point.item]]
        id = "pressure"
        label = { zh = "压力", en = "Pressure" }
        type = "number"
        unit = "mpa"
        required = true
        fails_when = "has(form.pressure) && form.pressure < 0.3"
        [[point.item]]
        id = "floor"
        label = { zh = "地面", en = "Floor" }
        type = "choice"
        required = true
        options = [
          { id = "water", label = { zh = "有积水", en = "water on it" }, fails = true },
          { id = "dry", label = { zh = "干燥", en = "dry" } },
          { id = "shut", label = { zh = "锁门", en = "locked" } },
        ]
        [[point.item]]
        id = "depth"
        label = { zh = "积水深度", en = "Depth" }
        type = "number"
        unit = "mm"
        shown_when = "has(form.floor) && form.floor == 'water'"
        [[point]]
        id = "roof"
        label = { zh = "屋面", en = "Roof" }
        [[point.item]]
        id = "hatch"
        label = { zh = "检修口", en = "Hatch" }
        type = "choice"
        options = [
          { id = "open", label = { zh = "未关", en = "open" }, fails = true },
          { id = "welded", label = { zh = "封死", en = "welded shut" } },
          { id = "shut", label = { zh = "已关", en = "shut" }, normal = true },
        ]
    "#;

    fn answer(item: &str, value: impl Into<Value>) -> PointAnswer {
        let fields = BTreeMap::from([(item.into(), value.into())]);
        let evidence = Evidence { fields, photos: BTreeMap::new() };
        PointAnswer { item: item.into(), evidence, note: String::new() }
    }

    fn begin(bench: &TestPhone) -> RecordId {
        bench.butler.rounds().start(&"test.pumps".into(), &unit(), None, None).unwrap().record
    }

    fn item(details: &RoundDetails, id: &str) -> ItemRow {
        let mut items = details.points.iter().flat_map(|point| &point.items);
        items.find(|item| item.question.field == *id).unwrap().clone()
    }

    #[test]
    fn a_point_is_recorded_whole_or_not_at_all() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[PUMPS]);
        let round = begin(&bench);
        let rounds = bench.butler.rounds();
        let before = bench.butler.status().unwrap();
        let record = |answers: &[PointAnswer]| rounds.record_point(round, "room", &Proof::Nothing, answers);
        let elsewhere = record(&[answer("pressure", 0.4), answer("hatch", "shut")]);
        assert!(matches!(elsewhere, Err(ButlerError::InvalidInput { field, .. }) if field == "item"));
        let wrong = record(&[answer("pressure", 0.4), answer("floor", "wet")]);
        assert!(matches!(wrong, Err(ButlerError::EvidenceMissing { .. })), "{wrong:?}");
        assert_eq!(bench.butler.status().unwrap(), before, "nothing of it was recorded");
        let early = record(&[answer("depth", 3), answer("floor", "water")]);
        assert!(
            matches!(early, Err(ButlerError::EvidenceMissing { .. })),
            "not asked before the floor is wet"
        );
        record(&[answer("pressure", 0.4), answer("floor", "water"), answer("depth", 3)]).unwrap();
        let details = rounds.details(round).unwrap();
        assert!(details.points[0].visited.is_some());
        assert_eq!(item(&details, "pressure").finding, Finding::Passed);
        assert_eq!(item(&details, "floor").finding, Finding::Failed);
        assert_eq!(item(&details, "depth").results.len(), 1);
        let edits = bench.butler.records().history(round).unwrap();
        assert_eq!(edits.len(), 2, "begun, and one edit for all of the point");
    }

    #[test]
    fn the_normal_option_is_the_one_the_file_names_or_the_first_that_is_no_finding() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[PUMPS]);
        let details = bench.butler.rounds().details(begin(&bench)).unwrap();
        let normal = |id| {
            let options = item(&details, id).question.options;
            options.into_iter().filter(|option| option.normal).map(|option| option.id).collect::<Vec<_>>()
        };
        assert_eq!((normal("floor"), normal("hatch")), (vec!["dry".to_owned()], vec!["shut".to_owned()]));
    }

    #[test]
    fn an_item_shows_what_was_found_the_last_time_there() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[PUMPS]);
        let rounds = bench.butler.rounds();
        for pressure in [0.5, 0.2] {
            let round = begin(&bench);
            assert!(round != RecordId([0; 16]));
            rounds.record_point(round, "room", &Proof::Nothing, &[answer("pressure", pressure)]).unwrap();
            bench.host.pass(86_400_000);
        }
        let now = begin(&bench);
        rounds.record_point(now, "room", &Proof::Nothing, &[answer("pressure", 0.6)]).unwrap();
        let details = rounds.details(now).unwrap();
        let last = item(&details, "pressure").last.unwrap();
        assert_eq!((last.answer, last.fails), (Some(Value::Real(0.2)), true));
        assert_eq!(item(&details, "floor").last, None, "never looked at");
    }
}
