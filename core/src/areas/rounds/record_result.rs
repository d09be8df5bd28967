use super::Rounds;
use crate::context::author::place_of;
use crate::context::round_results;
use crate::context::{Author, Recorded};
use crate::error::{ButlerError, InputProblem};
use crate::model::{Edit, Event, Evidence, Kind, QuestionId, RecordId, RoleId, Round};
use crate::playbook::checklist::{Checklist, WITHDRAWN};
use crate::playbook::course;

impl Rounds<'_> {
    /// Records what was found at an item. A second result of the same item (a re-check, or a colleague's) stands
    /// beside the first.
    ///
    /// # Errors
    /// [`ButlerError::EvidenceMissing`] names what is still needed, [`ButlerError::InvalidInput`] for an unknown
    /// item, [`ButlerError::NotFound`], [`ButlerError::NotAllowed`].
    pub fn record(
        &self,
        round: RecordId,
        item: &QuestionId,
        evidence: Evidence,
        note: &str,
    ) -> Result<Recorded, ButlerError> {
        let given = (round, item, &evidence, note);
        self.0.submit("rounds.record", &given, |author, tx| {
            let record = round_results::known(author, tx, round)?;
            let checklist = round_results::checklist(&author.office.playbooks, &record)?;
            let role = author.role_among(&place_of(&record)?, &checklist.roles, item.as_str())?;
            let (_, results) = course::marks(&record);
            let event = result(author, checklist, role, &results, (item, &evidence, note))?;
            let photos: Vec<_> = evidence.photos.values().flatten().copied().collect();
            let mut edit = Edit::new().put(Round::result_path(&event), event.encode());
            edit = edit.photos(&photos);
            let edited = author.edit(tx, round, Kind::Round, &edit)?;
            Ok(edited.with_event(&event))
        })
    }
}

/// The event of a result, given those so far.
pub(super) fn result(
    author: &Author,
    checklist: &Checklist,
    role: RoleId,
    results: &[Event],
    (item, evidence, note): (&QuestionId, &Evidence, &str),
) -> Result<Event, ButlerError> {
    // To take a result back is a verb of its own.
    if evidence.fields.contains_key(WITHDRAWN) {
        return Err(ButlerError::invalid("item", InputProblem::UnknownItem));
    }
    round_results::check_result(checklist, item, evidence, &role, results)?;
    let seen = results.iter().filter(|seen| *item == *seen.step.as_str()).map(|seen| seen.id).collect();
    author.event(&item.as_str().into(), role, seen, note, evidence.clone())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::rounds::Proof;
    use crate::error::ButlerError;
    use crate::model::{Evidence, PlaceId, Value};
    use crate::playbook::checklist::Finding;
    use crate::playbook::due::Status;
    use crate::testing::TestPhone;

    #[test]
    fn a_round_is_complete_when_every_point_is_proven_and_every_item_answered() {
        let bench = TestPhone::new(&["butler"]);
        let due = bench.butler.today().list(None, 100).unwrap();
        let patrol = due.items.iter().find(|item| item.begin.id() == "patrol.public-area").unwrap();
        let place = PlaceId::new("jinse/grid-1").unwrap();
        let round = bench
            .butler
            .rounds()
            .start(patrol.begin.checklist().unwrap(), &place, None, Some(patrol.id))
            .unwrap()
            .record;
        let details = bench.butler.rounds().details(round).unwrap();
        for point in &details.points {
            bench.butler.rounds().check_in(round, &point.id, &Proof::Distance { metres: 3.0 }).unwrap();
            for item in point.items.iter().filter(|item| item.question.required) {
                let ok = item.question.options.iter().find(|option| !option.fails);
                let value = ok.map_or(Value::Real(1.0), |option| option.id.as_str().into());
                let fields = BTreeMap::from([(item.question.field.clone(), value)]);
                let evidence = Evidence { fields, photos: BTreeMap::new() };
                bench.butler.rounds().record(round, &item.question.field, evidence, "").unwrap();
            }
        }
        let done = bench.butler.rounds().details(round).unwrap();
        assert!(
            done.points.iter().flat_map(|point| &point.items).all(|item| item.finding != Finding::Failed)
        );
        assert!(done.complete);
        let item = bench.butler.today().item(patrol.id).unwrap().unwrap();
        assert_eq!((item.status, item.answers), (Status::Done, vec![round]));
    }

    #[test]
    fn a_finding_without_its_photo_is_missing_evidence() {
        let bench = TestPhone::new(&["butler"]);
        let place = PlaceId::new("jinse/grid-1").unwrap();
        let round =
            bench.butler.rounds().start(&"patrol.public-area".into(), &place, None, None).unwrap().record;
        let item = bench.butler.rounds().details(round).unwrap().points[0].items[0].question.clone();
        let bad = item.options.iter().find(|option| option.fails).unwrap().id.as_str();
        let mut evidence =
            Evidence { fields: BTreeMap::from([(item.field.clone(), bad.into())]), photos: BTreeMap::new() };
        let missing = bench.butler.rounds().record(round, &item.field, evidence.clone(), "");
        assert!(matches!(missing, Err(ButlerError::EvidenceMissing { .. })));
        let photo = bench.butler.photos().add("地砖".as_bytes()).unwrap();
        evidence.photos.insert(item.field.clone(), vec![photo]);
        bench.butler.rounds().record(round, &item.field, evidence, "地砖松动").unwrap();
        assert_eq!(bench.butler.photos().bytes(photo).unwrap(), "地砖".as_bytes());
        assert_eq!(bench.butler.status().unwrap().unsent_photos, 1);
    }
}
