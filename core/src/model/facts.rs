//! What rules and metrics look records up by: values of a few fields, when a record was made, and by whom. Pure
//! functions of the record, so that a phone's indexes and an office's memory hold the same.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::fields::Type;
use super::{
    Case, Contact, Event, Field, Kind, PlaceId, PlaybookVersion, Procedure, Record, RecordId, Round, StaffId,
    Stamp, Timestamp, Value, fields,
};

/// Bytes of a text that are looked up by. Longer text is prose, not something anybody compares: that it is there counts.
const LONGEST: usize = 64;

/// The winning values of a record's fields that stores index ([`fields::FieldSpec::is_indexed`]), in the order of
/// paths. The place stands beside them, so it is left out.
pub fn of(record: &Record) -> impl Iterator<Item = (&str, Cow<'_, Value>)> {
    let indexed = |path: &str| {
        path != "place" && fields::spec(record.kind, path).is_some_and(fields::FieldSpec::is_indexed)
    };
    let winners = record.fields.iter().filter(move |(path, _)| indexed(path));
    winners.map(|(path, field)| {
        let value = match &field.winner.value {
            Value::Text(text) if text.len() > LONGEST => {
                Cow::Owned(Value::from(&text[..text.floor_char_boundary(LONGEST)]))
            }
            value => Cow::Borrowed(value),
        };
        (path.as_str(), value)
    })
}

/// What the paths of latest dates begin with.
pub const LATEST: &str = "latest/";

/// Where stores keep the latest date of a path: of a field its own path, of a group's field a path of its own.
#[must_use]
pub fn dated_at(path: &str) -> Cow<'_, str> {
    if path.contains('*') { Cow::Owned(format!("{LATEST}{path}")) } else { Cow::Borrowed(path) }
}

/// The latest moment or full date of each field of a group, by [`dated_at`]: rules ask when any telephone of somebody was
/// verified last, and a store answers that from one value a record instead of one a telephone.
#[must_use]
pub fn latest(record: &Record) -> BTreeMap<String, &Value> {
    let mut latest: BTreeMap<String, &Value> = BTreeMap::new();
    for (path, field) in record.fields.iter().filter(|(path, _)| path.contains('/')) {
        let Some(spec) = fields::spec(record.kind, path).filter(|spec| spec.path.contains('*')) else {
            continue;
        };
        let value = &field.winner.value;
        let counts = match (spec.ty, value) {
            (Type::Date | Type::PartialDate, Value::Text(text)) => text.len() == FULL_DATE,
            (Type::Moment, Value::Int(_)) => true,
            _ => false,
        };
        if counts {
            let kept = latest.entry(dated_at(spec.path).into_owned()).or_insert(value);
            *kept = if is_later(value, kept) { value } else { kept };
        }
    }
    latest
}

/// Bytes of a date with month and day.
pub(crate) const FULL_DATE: usize = 10;

fn is_later(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => one > other,
        (Value::Int(one), Value::Int(other)) => one > other,
        _ => false,
    }
}

/// Whether a path is of a pattern, whose `*` stands for one segment.
#[must_use]
pub fn matches(pattern: &str, path: &str) -> bool {
    let (mut want, mut have) = (pattern.split('/'), path.split('/'));
    loop {
        match (want.next(), have.next()) {
            (None, None) => return true,
            (Some(want), Some(have)) if want == "*" || want == have => {}
            _ => return false,
        }
    }
}

/// Every reference to another record, in the order of paths: fields that hold one, members of `subject/*`, linked cases.
#[must_use]
pub fn links(record: &Record) -> Vec<(String, RecordId)> {
    let target = |(path, field): (&String, &Field)| {
        let named = path.strip_prefix("subject/").or(path.strip_prefix("link/"));
        let id = match named {
            Some(member) => member,
            None => {
                let spec = fields::spec(record.kind, path)?;
                (spec.ty == Type::Record).then(|| field.winner.value.as_text())??
            }
        };
        Some((path.clone(), id.parse().ok()?))
    };
    record.fields.iter().filter_map(target).collect()
}

/// What runs a case or a round, or the form a row of a register was filled in by.
#[must_use]
pub fn procedure(record: &Record) -> Option<Procedure> {
    match record.kind {
        Kind::Entry => record.read("form").map(|form| Procedure::Form { form }),
        Kind::Round => record.read("playbook").map(|checklist| Procedure::Checklist { checklist }),
        Kind::Case => record.read("playbook").map(|workflow| Procedure::Workflow { workflow }),
        Kind::Home | Kind::Resident | Kind::Contact => None,
    }
}

/// Where a record belongs; `None` before its first edit, and for a place that is none.
#[must_use]
pub fn place(record: &Record) -> Option<PlaceId> {
    record.text("place").and_then(|place| PlaceId::new(place).ok())
}

/// The version of that: the one the record was begun under, or that a case was migrated to.
#[must_use]
pub fn version(record: &Record) -> Option<PlaybookVersion> {
    match record.kind {
        Kind::Case => Case::versions(record).last().copied(),
        _ => record.text("version")?.parse().ok(),
    }
}

/// When a record was made, by whom, and when something last happened to it, in estimated office time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Made {
    /// When: a contact when it took place, what has a course with its first event, all else when somebody said where
    /// it belongs, which every record's first edit does.
    pub at: Option<Timestamp>,
    /// Whose contact it is, who did the first thing, or who said where it belongs.
    pub by: Option<StaffId>,
    /// Its last event: step, check-in or result.
    pub moved: Option<Timestamp>,
}

/// See [`Made`].
#[must_use]
pub fn made(record: &Record) -> Made {
    if record.kind == Kind::Contact {
        let contact = Contact::read(record);
        let founded = founded(record);
        return Made { at: contact.at.or(founded.at), by: contact.by.or(founded.by), moved: None };
    }
    let marks = Round::check_ins(record).into_iter().chain(Round::results(record)).map(|mark| mark.event);
    let events: Vec<Event> = record.events().map(|(event, _)| event).chain(marks).collect();
    let moved = events.iter().map(Event::estimated).max();
    match events.into_iter().min_by_key(|event| (event.estimated(), event.id)) {
        Some(first) => Made { at: Some(first.estimated()), by: Some(first.by), moved },
        None => founded(record),
    }
}

fn founded(record: &Record) -> Made {
    let stamp = record.fields.get("place").map(|field| &field.winner.stamp);
    Made { at: stamp.map(Stamp::estimated), by: stamp.map(|stamp| stamp.staff.clone()), moved: None }
}

#[cfg(test)]
mod tests {
    use super::super::typed::tests::record;
    use super::super::{DeviceId, Edit, EventId, Evidence, RoleId};
    use super::*;

    #[test]
    fn patterns_match_whole_paths() {
        assert!(matches("care/*/need", "care/7f/need"));
        for other in ["care/7f", "care/7f/need/x", "cares/7f/need"] {
            assert!(!matches("care/*/need", other), "{other}");
        }
    }

    #[test]
    fn of_a_group_the_latest_full_date_counts() {
        let person = record(
            Kind::Resident,
            [Edit::default()
                .put("phone/0102030405060708090a0b0c0d0e0f10/verified", "2026-11-20")
                .put("phone/1102030405060708090a0b0c0d0e0f10/verified", "2026-03-01")
                .put("phone/2102030405060708090a0b0c0d0e0f10/number", "13800000000")],
        );
        let latest = latest(&person);
        assert_eq!(
            latest.into_iter().collect::<Vec<_>>(),
            [("latest/phone/*/verified".to_owned(), &Value::from("2026-11-20"))]
        );
        let home = record(
            Kind::Home,
            [Edit::default()
                .put("history/0102030405060708090a0b0c0d0e0f10/date", "2019")
                .put("handed_over", "2019-05-01")],
        );
        assert!(
            super::latest(&home).is_empty(),
            "a year is no date, and a field of its own is kept as it is"
        );
        assert_eq!(dated_at("handed_over"), "handed_over");
    }

    fn event(id: u8, at: i64, by: &str) -> Event {
        Event {
            id: EventId([id; 16]),
            step: "report".into(),
            by: StaffId::new(by).unwrap(),
            role: RoleId::new("butler").unwrap(),
            device: DeviceId([2; 16]),
            at: Timestamp::from_millis(at),
            offset: None,
            after: Vec::new(),
            note: String::new(),
            evidence: Evidence::default(),
            unknown: Default::default(),
        }
    }

    #[test]
    fn a_record_was_made_when_it_began_whoever_touched_it_last() {
        let (first, later) = (event(1, 500, "zhang.li"), event(2, 900, "wang.qiang"));
        let put = |edit: Edit, event: &Event| edit.put(event.path(), event.encode());
        let case = record(Kind::Case, [put(put(Edit::new().put("place", "jinse/1/1"), &later), &first)]);
        let (at, moved) = (Some(Timestamp::from_millis(500)), Some(Timestamp::from_millis(900)));
        assert_eq!(made(&case), Made { at, by: StaffId::new("zhang.li").ok(), moved });

        let row = Edit::new().put("place", "jinse/1/1").put("form", "register");
        let mut row = record(Kind::Entry, [row, Edit::new().put("field/strength", "light")]);
        row.fields.get_mut("field/strength").unwrap().winner.stamp.at = Timestamp::from_millis(700);
        assert_eq!(made(&row).at, Some(Timestamp::from_millis(0)), "founded before it was filled in");
    }

    #[test]
    fn of_prose_only_its_beginning_is_looked_up() {
        let edit =
            Edit::new().put("field/why", "长".repeat(30)).put("field/how", "call").put("place", "jinse/1/1");
        let row = record(Kind::Entry, [edit]);
        let found: Vec<_> = of(&row).map(|(path, value)| (path, value.into_owned())).collect();
        assert_eq!(found, [("field/how", Value::from("call")), ("field/why", Value::from("长".repeat(21)))]);
    }
}
