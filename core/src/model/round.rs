//! One walk through a checklist 巡视.

use chrono::NaiveDate;

use super::{ChangeHash, ChecklistId, Event, PlaceId, Record, StaffId, fields, typed};

typed::kind! {
    /// One walk through a checklist 巡视: its plan. What happened are its [check-ins](Round::check_ins) and
    /// [results](Round::results).
    Round / RoundEdit

    fields {
        playbook: ChecklistId, ORIGIN, "规程", "playbook";
        version: String as Code, ORIGIN, "规程版本", "playbook version";
        due: String as Code, ORIGIN, "对应待办", "due item answered";
        stops: String, ORIGIN, "路线", "stops";
        planned_for: StaffId, PLAN, "计划执行人", "planned for";
        planned_by: StaffId, PLAN, "派发人", "planned by";
        planned_on: NaiveDate, PLAN, "计划日期", "planned on";
        shift: String as Code, PLAN, "班次", "shift";
    }

    and {
        "subject/*": Member, SUBJECT, "相关档案", "about";
        "checkin/*/*": Event, RESULT, "签到", "check-in", personal();
        "result/*/*": Event, RESULT, "检查结果", "result", personal();
        "event/*": Event, EVENT, "过程", "step", personal();
    }
}

/// A check-in at a point, or the result of an item: an [`Event`] whose step is that point or item.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The point or item.
    pub of: String,
    /// Who, when, evidence. Two people's marks of one item are both here.
    pub event: Event,
    /// The change that carried it.
    pub change: ChangeHash,
}

/// A place a point of a checklist is visited at, as the office knew it when the round began. What is added or taken away
/// later changes no round that was begun: a round is judged by its own stops, on every phone and at the office alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundStop {
    /// The point.
    pub point: String,
    /// Where.
    pub place: PlaceId,
    /// Whether there is a code to scan.
    pub has_code: bool,
    /// Whether it is known where it lies, so that a distance can be measured.
    pub is_located: bool,
}

impl RoundStop {
    const CODE: char = 'c';
    const LOCATED: char = 'l';

    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (point, place) = (words.next()?.to_owned(), PlaceId::new(words.next()?).ok()?);
        let known = words.next().unwrap_or_default();
        let (has_code, is_located) = (known.contains(Self::CODE), known.contains(Self::LOCATED));
        Some(Self { point, place, has_code, is_located })
    }
}

impl std::fmt::Display for RoundStop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.point, self.place)?;
        let known = [(self.has_code, Self::CODE), (self.is_located, Self::LOCATED)];
        let known: String = known.iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect();
        if known.is_empty() { Ok(()) } else { write!(f, " {known}") }
    }
}

/// A point or an item as it is meant at one place, `lobby_floor@jinse/1/1/lobby`; without a place just its id.
#[must_use]
pub fn at_place(id: &str, place: Option<&str>) -> String {
    place.map_or_else(|| id.to_owned(), |place| format!("{id}@{place}"))
}

/// The parts of [`at_place`].
#[must_use]
pub fn split_place(id: &str) -> (&str, Option<&str>) {
    id.split_once('@').map_or((id, None), |(id, place)| (id, Some(place)))
}

impl Round {
    /// The stops as they are stored: one a line.
    #[must_use]
    pub fn encode_stops(stops: &[RoundStop]) -> String {
        stops.iter().map(RoundStop::to_string).collect::<Vec<_>>().join("\n")
    }

    /// The stops of a round, in walking order; what cannot be read is left out.
    #[must_use]
    pub fn stops_of(record: &Record) -> Vec<RoundStop> {
        record.text("stops").unwrap_or_default().lines().filter_map(RoundStop::parse).collect()
    }

    /// Where a check-in at `event.step` is stored.
    #[must_use]
    pub fn check_in_path(event: &Event) -> String {
        format!("checkin/{}/{}", event.step, event.id)
    }

    /// Where a result of the item `event.step` is stored.
    #[must_use]
    pub fn result_path(event: &Event) -> String {
        format!("result/{}/{}", event.step, event.id)
    }

    /// Every readable check-in, by point.
    #[must_use]
    pub fn check_ins(record: &Record) -> Vec<Mark> {
        marks(record, "checkin/")
    }

    /// Every readable result, by item.
    #[must_use]
    pub fn results(record: &Record) -> Vec<Mark> {
        marks(record, "result/")
    }
}

/// What cannot be read, or lies under another item than it names, stays in the document and is left out.
fn marks(record: &Record, prefix: &str) -> Vec<Mark> {
    let read = |(rest, field): (&str, &super::Field)| {
        let event = fields::event_at(rest, field.winner.value.as_text()?)?;
        let (of, _) = rest.rsplit_once('/')?;
        (event.step == *of).then(|| Mark { of: of.to_owned(), change: field.winner.change, event })
    };
    record.below(prefix).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::super::typed::tests::record;
    use super::super::{DeviceId, Edit, EventId, Evidence, Kind, RoleId, Timestamp};
    use super::*;

    fn event(id: u8, step: &str) -> Event {
        Event {
            id: EventId([id; 16]),
            step: step.into(),
            by: StaffId::new("zhang.li").unwrap(),
            role: RoleId::new("butler").unwrap(),
            device: DeviceId([2; 16]),
            at: Timestamp::from_millis(5),
            offset: None,
            after: Vec::new(),
            note: "地砖松动".to_owned(),
            evidence: Evidence::default(),
            unknown: Default::default(),
        }
    }

    #[test]
    fn stops_are_read_as_they_were_written() {
        let stop = |place: &str, has_code, is_located| RoundStop {
            point: "lobby".to_owned(),
            place: PlaceId::new(place).unwrap(),
            has_code,
            is_located,
        };
        let stops = [stop("jinse/1/1/lobby", true, true), stop("jinse/1/2/lobby", false, false)];
        let round = record(Kind::Round, [Edit::new().put("stops", Round::encode_stops(&stops))]);
        assert_eq!(round.text("stops"), Some("lobby jinse/1/1/lobby cl\nlobby jinse/1/2/lobby"));
        assert_eq!(Round::stops_of(&round), stops);
        assert_eq!(split_place(&at_place("floor", Some("jinse/1"))), ("floor", Some("jinse/1")));
        assert_eq!(split_place(&at_place("floor", None)), ("floor", None));
    }

    #[test]
    fn two_results_of_one_item_are_both_read() {
        let (first, second, point) = (event(1, "floor"), event(2, "floor"), event(3, "lobby"));
        let edit = [&first, &second]
            .into_iter()
            .fold(Edit::new(), |edit, event| edit.put(Round::result_path(event), event.encode()))
            .put(Round::check_in_path(&point), point.encode());
        let round = record(Kind::Round, [edit]);
        let of = |marks: Vec<Mark>| marks.into_iter().map(|mark| (mark.of, mark.event)).collect::<Vec<_>>();
        assert_eq!(of(Round::results(&round)), [("floor".into(), first), ("floor".into(), second)]);
        assert_eq!(of(Round::check_ins(&round)), [("lobby".into(), point)]);
    }

    #[test]
    fn a_result_under_another_item_is_left_out() {
        let moved = event(1, "floor");
        let edit = Edit::new().put(format!("result/wall/{}", moved.id), moved.encode());
        assert_eq!(Round::results(&record(Kind::Round, [edit])), []);
    }
}
