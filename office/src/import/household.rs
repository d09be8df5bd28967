//! Which of the office's residents each person of a register is: decided for the whole household at once, the best pair
//! first, so that no row takes somebody whom another fits better.

use std::fmt;

use butler_core::model::{Record, Resident};

use super::names::name_key;
use super::plan::PlannedResident;

/// How a person of the register was found among the office's residents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// Not found: a new resident.
    New,
    /// By the identity an earlier import gave.
    Identity,
    /// By the name.
    Name,
    /// By a phone number; the name is another by one character, or missing.
    Phone,
    /// The only person of the home, and one side has neither name nor phone.
    OnlyOne,
}

impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "nothing",
            Self::Identity => "identity",
            Self::Name => "name",
            Self::Phone => "phone",
            Self::OnlyOne => "being the only one",
        })
    }
}

/// What an office knows of one resident: as it reads now, and as the last import left it.
struct Sides {
    all: Vec<Resident>,
}

impl Sides {
    fn of(now: &Record, imported: Option<&Record>) -> Self {
        Self { all: std::iter::once(now).chain(imported).map(Resident::read).collect() }
    }

    fn names(&self) -> impl Iterator<Item = String> {
        self.all.iter().filter_map(|side| side.name.as_deref().map(name_key))
    }

    fn has_number(&self, numbers: &[String]) -> bool {
        let mut phones = self.all.iter().flat_map(|side| &side.phones);
        phones.any(|phone| phone.number.as_ref().is_some_and(|number| numbers.contains(number)))
    }

    fn is_bare(&self) -> bool {
        self.all.first().is_some_and(|now| now.name.is_none() && now.phones.is_empty())
    }
}

/// Pairs the people of a home with the office's residents there: for each person the resident's index and by what.
/// Nobody is given twice, and a number alone never makes one of two people.
pub(super) fn pair(
    people: &[PlannedResident],
    known: &[(&Record, Option<&Record>)],
) -> Vec<Option<(usize, Match)>> {
    let sides: Vec<Sides> = known.iter().map(|(now, imported)| Sides::of(now, *imported)).collect();
    let mut ranked: Vec<(u8, usize, usize, Match)> = Vec::new();
    for (at, person) in people.iter().enumerate() {
        for (other, sides) in sides.iter().enumerate() {
            if let Some((rank, by)) = rank(person, sides) {
                ranked.push((rank, at, other, by));
            }
        }
    }
    // The best pair first; of equals the first of the register.
    ranked.sort_by_key(|(rank, at, other, _)| (std::cmp::Reverse(*rank), *at, *other));
    let mut found: Vec<Option<(usize, Match)>> = vec![None; people.len()];
    let mut taken = vec![false; known.len()];
    for (_, at, other, by) in ranked {
        if found[at].is_none() && !taken[other] {
            found[at] = Some((other, by));
            taken[other] = true;
        }
    }
    // One on each side is left, and one of the two says nothing that could tell them apart.
    let open: Vec<usize> = (0..people.len()).filter(|at| found[*at].is_none()).collect();
    let free: Vec<usize> = (0..known.len()).filter(|other| !taken[*other]).collect();
    if let ([at], [other]) = (open.as_slice(), free.as_slice()) {
        let bare = people[*at].name.is_none() && people[*at].phones.is_empty();
        if bare || sides[*other].is_bare() {
            found[*at] = Some((*other, Match::OnlyOne));
        }
    }
    found
}

/// How well a person fits a resident; `None` for a stranger.
fn rank(person: &PlannedResident, sides: &Sides) -> Option<(u8, Match)> {
    let same_id = sides.all.iter().any(|side| side.id == person.id);
    let key = person.name.as_deref().map(name_key);
    let named = key.as_ref().is_some_and(|key| sides.names().any(|name| name == *key));
    let number = sides.has_number(&person.phones);
    let nameless = key.is_none() || sides.names().next().is_none();
    match (same_id, named, number) {
        (true, true, _) => Some((7, Match::Identity)),
        (false, true, true) => Some((6, Match::Name)),
        (false, true, false) => Some((5, Match::Name)),
        // The identity follows from name and number as first written: they were corrected since.
        (true, false, _) => Some((4, Match::Identity)),
        (false, false, true) if nameless => Some((3, Match::Phone)),
        (false, false, true) if alike(person, sides) => Some((2, Match::Phone)),
        _ => None,
    }
}

/// Whether two people with one number are one whose name was corrected: one character differs, and they are not said to
/// be different people of a household.
fn alike(person: &PlannedResident, sides: &Sides) -> bool {
    let Some(key) = person.name.as_deref().map(name_key) else { return false };
    let other_role = match (person.role(), sides.all.first().and_then(|now| now.role.as_ref())) {
        (Some(role), Some(other)) => role != other.code,
        _ => false,
    };
    let one_letter = |name: String| {
        let (one, other): (Vec<char>, Vec<char>) = (key.chars().collect(), name.chars().collect());
        one.len() == other.len() && one.iter().zip(&other).filter(|(one, other)| one != other).count() == 1
    };
    !other_role && sides.names().any(one_letter)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use butler_core::model::{
        ActorId, Candidate, ChangeHash, DeviceId, Field, Kind, Lifecycle, RecordId, StaffId, Stamp,
        Timestamp, Value,
    };

    use super::super::mapping::{Mapping, Target};
    use super::super::plan::Stated;
    use super::*;

    fn person(id: u8, name: &str, phone: &str, role: &str) -> PlannedResident {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let Target::Field(field) = Mapping::aim("resident.role").unwrap().target else { panic!() };
        let role =
            text(role).map(|role| Stated { field, part: String::new(), value: role.into(), cell: None });
        let (name, phones) = (text(name), text(phone).into_iter().collect());
        PlannedResident { id: RecordId([id; 16]), name, phones, stated: role.into_iter().collect() }
    }

    fn known(id: u8, name: &str, phone: &str, role: &str) -> Record {
        let part = "phone/0102030405060708090a0b0c0d0e0f10";
        let said = [
            ("name".to_owned(), Value::from(name)),
            ("role".to_owned(), role.into()),
            (part.to_owned(), true.into()),
            (format!("{part}/number"), phone.into()),
        ];
        let field = |value: Value| {
            let staff = StaffId::new("import").unwrap();
            let stamp = Stamp { staff, at: Timestamp::from_millis(0), offset: None, copy_of: None };
            let actor = ActorId::new(DeviceId([1; 16]), [1; 8]);
            Field {
                winner: Candidate { value, change: ChangeHash([0; 32]), actor, stamp },
                others: Vec::new(),
            }
        };
        Record {
            id: RecordId([id; 16]),
            kind: Kind::Resident,
            version: Kind::VERSION,
            lifecycle: Lifecycle::Live,
            fields: said
                .into_iter()
                .filter(|(_, value)| *value != Value::from(""))
                .map(|(path, value)| (path, field(value)))
                .collect(),
            texts: BTreeMap::new(),
            heads: Vec::new(),
        }
    }

    fn paired(people: &[PlannedResident], records: &[Record]) -> Vec<Option<(usize, Match)>> {
        pair(people, &records.iter().map(|record| (record, None)).collect::<Vec<_>>())
    }

    #[test]
    fn the_best_pair_of_the_household_comes_first_whatever_the_order_of_the_rows() {
        let owner = known(1, "钱多", "13800001111", "owner");
        let child = person(8, "钱小多", "13800001111", "family");
        let same = person(9, "钱 多", "13800001111", "owner");
        let found = paired(&[child.clone(), same.clone()], std::slice::from_ref(&owner));
        assert_eq!(found, [None, Some((0, Match::Name))], "a shared number gives nobody's record to a child");
        assert_eq!(paired(&[same, child], &[owner]), [Some((0, Match::Name)), None]);
    }

    #[test]
    fn a_number_alone_makes_one_of_two_names_only_where_one_was_corrected() {
        let record = [known(1, "魏怡", "13800001111", "owner")];
        let by = |name, role| paired(&[person(8, name, "13800001111", role)], &record)[0].map(|(_, by)| by);
        assert_eq!(by("魏宜", "owner"), Some(Match::Phone));
        assert_eq!(by("魏宜", "family"), None, "said to be somebody else");
        assert_eq!(by("陈新", "owner"), None);
        assert_eq!(by("", ""), Some(Match::Phone));
    }

    #[test]
    fn nobody_is_given_twice() {
        let record = [known(1, "钱多", "13800001111", "")];
        let twice = [person(1, "钱多", "13800001111", ""), person(9, "钱多", "13800002222", "")];
        assert_eq!(paired(&twice, &record), [Some((0, Match::Identity)), None]);
    }
}
