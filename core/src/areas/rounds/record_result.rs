use super::Rounds;
use crate::context::author::place_of;
use crate::context::round_results;
use crate::context::{Author, Recorded};
use crate::error::{ButlerError, InputProblem};
use crate::model::round::split_place;
use crate::model::{Edit, Event, Evidence, Kind, QuestionId, Record, RecordId, RoleId, Round};
use crate::playbook::checklist::{AT, Checklist, WITHDRAWN, visited_at};
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
            let event = result(author, checklist, role, (&record, &results), (item, &evidence, note))?;
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
    (round, results): (&Record, &[Event]),
    (item, evidence, note): (&QuestionId, &Evidence, &str),
) -> Result<Event, ButlerError> {
    // To take a result back is a verb of its own.
    if evidence.fields.contains_key(WITHDRAWN) {
        return Err(ButlerError::invalid("item", InputProblem::UnknownItem));
    }
    let unknown = || ButlerError::invalid("item", InputProblem::UnknownItem);
    let (id, named) = split_place(item.as_str());
    let point = checklist.points.iter().find(|point| point.items.iter().any(|item| item.id == *id));
    let stop =
        round_results::stop_at(round, point.ok_or_else(unknown)?, named, None).map_err(|_| unknown())?;
    let mut evidence = of_item(id, evidence);
    if let Some(stop) = &stop {
        evidence.fields.insert(AT.into(), stop.place.as_str().into());
    }
    round_results::check_result(&author.office, checklist, &id.into(), &evidence, &role, results)?;
    let place = stop.as_ref().map(|stop| stop.place.as_str());
    let here = |event: &Event| event.step == *id && visited_at(event) == place;
    let seen = results.iter().filter(|seen| here(seen)).map(|seen| seen.id).collect();
    author.event(&id.into(), role, seen, note, evidence)
}

/// The answers under the ids of the file: a screen knows the items of a place by theirs.
fn of_item(id: &str, evidence: &Evidence) -> Evidence {
    let plain = |field: &QuestionId| match split_place(field.as_str()) {
        (plain, Some(_)) if plain == id => plain.into(),
        _ => field.clone(),
    };
    Evidence {
        fields: evidence.fields.iter().map(|(field, value)| (plain(field), value.clone())).collect(),
        photos: evidence.photos.iter().map(|(field, photos)| (plain(field), photos.clone())).collect(),
    }
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
        let found = &bench.butler.rounds().details(round).unwrap().points[0].items[0].results;
        assert_eq!(found.iter().map(|result| result.photos.as_slice()).collect::<Vec<_>>(), [[photo]]);
        assert_eq!(bench.butler.status().unwrap().unsent_photos, 1);
    }
}
