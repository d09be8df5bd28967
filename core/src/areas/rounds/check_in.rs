use std::collections::BTreeMap;

use serde::Serialize;

use super::Rounds;
use crate::context::author::place_of;
use crate::context::round_results;
use crate::context::{Author, Recorded};
use crate::error::{ButlerError, InputProblem};
use crate::model::directory::GeoPoint;
use crate::model::round::split_place;
use crate::model::{Edit, Event, Evidence, Kind, Record, RecordId, Round, Value};
use crate::playbook::Label;
use crate::playbook::checklist::{AT, Checklist, DISTANCE, SCAN, visited_at};

/// What shows that somebody stood at a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Proof {
    /// The text of the QR code or the NFC id that was read there.
    Scan {
        /// What was read.
        code: String,
    },
    /// The phone measured how far the place is.
    Distance {
        /// How far.
        metres: f64,
    },
    /// The phone says where it is. Only how far that is from the point's place is recorded.
    Position {
        /// Where it is, WGS 84.
        at: GeoPoint,
    },
    /// Nothing: the point asks for none, or the code is gone.
    Nothing,
}

impl Rounds<'_> {
    /// Checks in at a point of a round. A poor proof is recorded and visible, never rejected: the butler stands there.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::InvalidInput`] for an unknown point, a code of no place, and the code of
    /// another place than the point's, [`ButlerError::NotAllowed`].
    pub fn check_in(&self, round: RecordId, point: &str, proof: &Proof) -> Result<Recorded, ButlerError> {
        self.0.submit("rounds.check_in", &(round, point, proof), |author, tx| {
            let record = round_results::known(author, tx, round)?;
            let checklist = round_results::checklist(&author.office.playbooks, &record)?;
            let event = arrival(author, checklist, &record, point, proof)?;
            let edit = Edit::new().put(Round::check_in_path(&event), event.encode());
            let edited = author.edit(tx, round, Kind::Round, &edit)?;
            Ok(edited.with_event(&event))
        })
    }
}

/// The event of a check-in at a point of a round.
pub(super) fn arrival(
    author: &Author,
    checklist: &Checklist,
    round: &Record,
    point: &str,
    proof: &Proof,
) -> Result<Event, ButlerError> {
    let (point, named) = split_place(point);
    let point = checklist.points.iter().find(|known| known.id == point);
    let point = point.ok_or_else(|| ButlerError::invalid("point", InputProblem::UnknownPoint))?;
    let role = author.role_among(&place_of(round)?, &checklist.roles, &point.id)?;
    let scanned = match proof {
        Proof::Scan { code } => {
            let known = author.office.place_of_code(code);
            Some(known.ok_or_else(|| ButlerError::invalid("scan", InputProblem::UnknownCode))?)
        }
        _ => None,
    };
    let stop = round_results::stop_at(round, point, named, scanned.map(|known| &known.id))?;
    let mut fields = BTreeMap::new();
    if let Some(stop) = &stop {
        if let Some(other) = scanned.filter(|known| known.id != stop.place) {
            let name = Label::same(other.name.as_str());
            return Err(ButlerError::invalid_field("scan", name, InputProblem::OtherPlacesCode));
        }
        fields.insert(AT.into(), Value::from(stop.place.as_str()));
    }
    match proof {
        Proof::Scan { .. } => {
            fields.extend(scanned.map(|known| (SCAN.into(), Value::from(known.id.as_str()))));
        }
        Proof::Position { at } if at.is_valid() => {
            let place = stop.as_ref().and_then(|stop| author.office.places.get(&stop.place));
            let position = place.and_then(|place| place.position).filter(GeoPoint::is_valid);
            let metres = position.map(|position| at.metres_to(&position));
            fields.extend(metres.map(|metres| (DISTANCE.into(), Value::Real(metres.round()))));
        }
        Proof::Distance { metres } if metres.is_finite() && *metres >= 0.0 => {
            fields.insert(DISTANCE.into(), Value::Real(*metres));
        }
        Proof::Distance { .. } | Proof::Position { .. } => {
            return Err(ButlerError::invalid("distance", InputProblem::NotADistance));
        }
        Proof::Nothing => {}
    }
    let place = stop.as_ref().map(|stop| stop.place.as_str());
    let here = |event: &Event| event.step == *point.id && visited_at(event) == place;
    let seen = Round::check_ins(round).into_iter().filter(|seen| here(&seen.event));
    let seen = seen.map(|seen| seen.event.id).collect();
    author.event(&point.id.as_str().into(), role, seen, "", Evidence { fields, photos: BTreeMap::new() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::rounds::{PointAnswer, Proof, RoundDetails};
    use crate::error::{ButlerError, InputProblem};
    use crate::model::directory::{GeoPoint, Place};
    use crate::model::{Evidence, GridId, PlaceId, RecordId, Value};
    use crate::playbook::checklist::{Finding, ProofKind};
    use crate::playbook::due::Status;
    use crate::testing::TestPhone;

    const PATROL: &str = r#"
        kind = "checklist"
        id = "test.patrol"
        title = { zh = "巡视", en = "Patrol" }
        subject = "grid"
        roles = ["butler"]
        location_within_m = 30
        [[point]]
        id = "gate"
        label = { zh = "大门", en = "Gate" }
        at = { kind = "gate" }
        proof = ["scan", "location"]
        [[point]]
        id = "lobby"
        label = { zh = "大堂", en = "Lobby" }
        at = { kind = "lobby" }
        proof = ["scan", "location"]
        [[point.item]]
        id = "floor"
        label = { zh = "地面", en = "Floor" }
        type = "choice"
        required = true
        options = [
          { id = "dry", label = { zh = "干燥", en = "dry" } },
          { id = "water", label = { zh = "有积水", en = "water" }, fails = true },
        ]
        [[point.item]]
        id = "depth"
        label = { zh = "积水深度", en = "Depth" }
        type = "number"
        unit = "mm"
        shown_when = "has(form.floor) && form.floor == 'water'"
        required_when = "has(form.floor) && form.floor == 'water'"
    "#;

    /// A spot of the grid; `north` metres from the gate.
    fn spot(bench: &TestPhone, id: &str, name: &str, kind: &str, walk: i64, code: &str, north: Option<f64>) {
        bench.place(Place {
            kind: Some(kind.to_owned()),
            walk,
            code: Some(code.to_owned()).filter(|code| !code.is_empty()),
            position: north.map(|metres| GeoPoint { lat: 22.5 + metres / 111_195.0, lon: 113.9 }),
            grids: vec![GridId::new("jinse/grid-1").unwrap()],
            ..Place::new(PlaceId::new(id).unwrap(), name)
        });
    }

    fn surveyed() -> (TestPhone, RecordId) {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[PATROL]);
        spot(&bench, "jinse/1/2/lobby", "1栋2单元大堂", "lobby", 3, "QR-1-2", Some(300.0));
        spot(&bench, "jinse/gate", "南大门", "gate", 1, "QR-GATE", Some(0.0));
        spot(&bench, "jinse/1/1/lobby", "1栋1单元大堂", "lobby", 2, "QR-1-1", None);
        let round = begin(&bench);
        (bench, round)
    }

    fn begin(bench: &TestPhone) -> RecordId {
        let grid = PlaceId::new("jinse/grid-1").unwrap();
        bench.butler.rounds().start(&"test.patrol".into(), &grid, None, None).unwrap().record
    }

    fn scan(code: &str) -> Proof {
        Proof::Scan { code: code.to_owned() }
    }

    fn details(bench: &TestPhone, round: RecordId) -> RoundDetails {
        bench.butler.rounds().details(round).unwrap()
    }

    fn rows(details: &RoundDetails) -> Vec<(&str, &str)> {
        details.points.iter().map(|point| (point.id.as_str(), point.label.zh.as_str())).collect()
    }

    fn answer(item: &str, value: impl Into<Value>) -> PointAnswer {
        let fields = BTreeMap::from([(item.into(), value.into())]);
        PointAnswer {
            item: item.into(),
            evidence: Evidence { fields, photos: BTreeMap::new() },
            note: String::new(),
        }
    }

    #[test]
    fn a_point_stands_for_each_place_of_its_kind_in_walking_order_and_one_lobby_is_not_two() {
        let (bench, round) = surveyed();
        let shown = details(&bench, round);
        let (first, second) = ("lobby@jinse/1/1/lobby", "lobby@jinse/1/2/lobby");
        assert_eq!(
            rows(&shown),
            [("gate@jinse/gate", "南大门"), (first, "1栋1单元大堂"), (second, "1栋2单元大堂")]
        );
        assert!(shown.points.iter().all(|point| !point.unproven && point.place.is_some()));
        let rounds = bench.butler.rounds();
        rounds.check_in(round, "gate@jinse/gate", &scan("QR-GATE")).unwrap();
        rounds
            .record_point(round, first, &scan("QR-1-1"), &[answer("floor@jinse/1/1/lobby", "dry")])
            .unwrap();
        let half = details(&bench, round);
        assert!(!half.complete, "the other lobby was not looked at");
        assert_eq!(half.points[1].proof, Some(ProofKind::Scan));
        assert_eq!(half.points[1].items[0].finding, Finding::Passed);
        assert_eq!((half.points[2].visited, half.points[2].items[0].finding), (None, Finding::Open));
        rounds.record_point(round, second, &scan("QR-1-2"), &[answer("floor", "dry")]).unwrap();
        assert!(details(&bench, round).complete);
    }

    #[test]
    fn a_foreign_code_is_told_by_name_and_records_nothing() {
        let (bench, round) = surveyed();
        let before = bench.butler.status().unwrap();
        let told = bench.butler.rounds().check_in(round, "lobby@jinse/1/1/lobby", &scan("QR-GATE"));
        let Err(ButlerError::InvalidInput { field, reason, words }) = told else { panic!("{told:?}") };
        assert_eq!((field.as_str(), reason), ("scan", InputProblem::OtherPlacesCode));
        assert!(words.zh.contains("南大门"), "{words:?}");
        let elsewhere = bench.butler.rounds().check_in(round, "lobby@jinse/9", &scan("QR-GATE"));
        assert!(matches!(elsewhere, Err(ButlerError::InvalidInput { field, .. }) if field == "point"));
        assert_eq!(bench.butler.status().unwrap(), before);
    }

    #[test]
    fn a_position_proves_only_near_the_place_and_only_where_that_is_known() {
        let (bench, round) = surveyed();
        let at =
            |metres: f64| Proof::Position { at: GeoPoint { lat: 22.5 + metres / 111_195.0, lon: 113.9 } };
        let rounds = bench.butler.rounds();
        let second = "lobby@jinse/1/2/lobby";
        let proof = |point: usize| details(&bench, round).points[point].proof;
        rounds.check_in(round, second, &at(0.0)).unwrap();
        assert_eq!(proof(2), None, "from the gate one is not in the lobby");
        rounds.check_in(round, second, &at(290.0)).unwrap();
        assert_eq!(proof(2), Some(ProofKind::Location));
        rounds.check_in(round, "lobby@jinse/1/1/lobby", &at(0.0)).unwrap();
        assert_eq!(proof(1), None, "where that lobby lies nobody knows");
    }

    #[test]
    fn a_finding_is_of_its_place_and_what_hangs_on_it_is_asked_there_alone() {
        let (bench, round) = surveyed();
        let rounds = bench.butler.rounds();
        let second = "lobby@jinse/1/2/lobby";
        let wet = [answer("floor", "water"), answer("depth", 20)];
        rounds.record_point(round, second, &scan("QR-1-2"), &wet).unwrap();
        let shown = details(&bench, round);
        let asked = |point: usize| shown.points[point].items.iter().map(|item| item.question.field.as_str());
        assert_eq!(asked(1).collect::<Vec<_>>(), ["floor@jinse/1/1/lobby"]);
        assert_eq!(asked(2).collect::<Vec<_>>(), ["floor@jinse/1/2/lobby", "depth@jinse/1/2/lobby"]);
        let due = bench.butler.today().list(None, 100).unwrap();
        let found: Vec<_> = due.items.iter().filter(|item| item.finding.is_some()).collect();
        let [found] = found[..] else { panic!("{found:?}") };
        assert_eq!(found.finding.as_ref().unwrap().item, *"floor@jinse/1/2/lobby");
        assert_eq!((found.subject.as_str(), found.status), ("1栋2单元大堂", Status::Open));
        assert!(found.why.zh.contains("地面"), "{:?}", found.why);
        let dry = Evidence {
            fields: BTreeMap::from([("floor@jinse/1/2/lobby".into(), "dry".into())]),
            ..Evidence::default()
        };
        rounds.record(round, &"floor@jinse/1/2/lobby".into(), dry, "").unwrap();
        let state = |point: usize| details(&bench, round).points[point].items[0].finding;
        assert_eq!((state(1), state(2)), (Finding::Open, Finding::Corrected));
    }

    #[test]
    fn what_is_wrong_with_a_result_names_its_place() {
        let (bench, round) = surveyed();
        let first = "lobby@jinse/1/1/lobby";
        let rounds = bench.butler.rounds();
        let rejected = rounds.record_point(round, first, &scan("QR-1-1"), &[answer("floor", "mud")]);
        let Err(ButlerError::EvidenceMissing { problems }) = rejected else { panic!("{rejected:?}") };
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        assert_eq!(problem.message.zh, "请从“地面”的选项中选择（1栋1单元大堂）");
        assert_eq!(problem.message.en, "choose one of the options of “Floor” (1栋1单元大堂)");
    }

    #[test]
    fn nobody_walks_three_hundred_metres_in_a_minute() {
        let (bench, round) = surveyed();
        let rounds = bench.butler.rounds();
        rounds.check_in(round, "gate@jinse/gate", &scan("QR-GATE")).unwrap();
        bench.host.pass(60_000);
        rounds.check_in(round, "lobby@jinse/1/2/lobby", &scan("QR-1-2")).unwrap();
        let pace = details(&bench, round).too_fast;
        let [pair] = &pace[..] else { panic!("{pace:?}") };
        assert_eq!(
            (pair.from.as_str(), pair.to.as_str(), pair.seconds),
            ("gate@jinse/gate", "lobby@jinse/1/2/lobby", 60)
        );
        let calm = begin(&bench);
        rounds.check_in(calm, "gate@jinse/gate", &scan("QR-GATE")).unwrap();
        bench.host.pass(240_000);
        rounds.check_in(calm, "lobby@jinse/1/2/lobby", &scan("QR-1-2")).unwrap();
        assert_eq!(details(&bench, calm).too_fast, []);
    }

    #[test]
    fn where_no_place_is_known_the_point_stays_one_and_says_that_nothing_proves_it() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[PATROL]);
        spot(&bench, "jinse/gate", "南大门", "gate", 1, "", None);
        let round = begin(&bench);
        let shown = details(&bench, round);
        assert_eq!(rows(&shown), [("gate@jinse/gate", "南大门"), ("lobby", "大堂")]);
        assert!(shown.points.iter().all(|point| point.unproven));
        let rounds = bench.butler.rounds();
        rounds.check_in(round, "gate", &Proof::Nothing).unwrap();
        rounds
            .record_point(round, "lobby", &Proof::Distance { metres: 3.0 }, &[answer("floor", "dry")])
            .unwrap();
        assert!(details(&bench, round).complete, "a grid nobody surveyed can be walked");
    }

    #[test]
    fn a_place_added_later_changes_no_round_that_was_begun() {
        let (bench, round) = surveyed();
        spot(&bench, "jinse/1/3/lobby", "1栋3单元大堂", "lobby", 4, "QR-1-3", None);
        assert_eq!(details(&bench, round).points.len(), 3);
        assert_eq!(details(&bench, begin(&bench)).points.len(), 4);
    }
}
