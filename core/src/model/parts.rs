//! Parts of a record that are added: a telephone, a vehicle, a meter.
//!
//! Whoever adds a part does not know its identity: it follows from what the part is called by, so that the same vehicle
//! added on two phones is one, or it is drawn. Until then an edit calls it `vehicle/+0`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::fields::{self, FieldError, Type};
use super::{Edit, Kind, Op, PartId, RecordId, Value, derived};

/// The field a part is called by: two of that name in one record are one.
const CALLED: &[(&str, &str)] =
    &[("phone", "number"), ("vehicle", "plate"), ("meter", "number"), ("parking", "space")];

/// What is to be written of a part.
pub trait PartEdit {
    /// The set it is a part of, such as `phone`.
    const SET: &str;

    /// Adds its touches to an edit, below `member`.
    fn write(self, edit: Edit, member: &str) -> Edit;
}

impl Edit {
    /// Adds a new part; what it is called by decides whether it is new after all.
    #[must_use]
    pub fn add_part<P: PartEdit>(self, part: P) -> Self {
        let next = self.ops.iter().filter_map(|op| coming(op.path())).map(|(_, number, _)| number + 1).max();
        let member = format!("{}/+{}", P::SET, next.unwrap_or(0));
        part.write(self.put(member.as_str(), true), &member)
    }
}

/// A path of a part whose identity is not known yet: its set, its number in the edit, and what follows.
fn coming(path: &str) -> Option<(&str, u32, &str)> {
    let (set, rest) = path.split_once("/+")?;
    let (number, field) = rest.split_once('/').map_or((rest, ""), |(number, field)| (number, field));
    Some((set, number.parse().ok()?, field))
}

/// The edit as it is stored: every value in its stored form, every new part under its identity, of what is written twice
/// the last.
///
/// # Errors
/// [`FieldError`] for a value that has no stored form, and what `draw` fails with.
pub fn stored<E: From<FieldError>>(
    kind: Kind,
    record: RecordId,
    edit: &Edit,
    mut draw: impl FnMut() -> Result<PartId, E>,
) -> Result<Edit, E> {
    let mut edit = edit.clone();
    for op in &mut edit.ops {
        if let Op::Put { path, value } = op {
            *value = fields::stored(kind, path, std::mem::replace(value, Value::Bool(false)))?;
        }
    }
    let mut ids = BTreeMap::new();
    for op in &edit.ops {
        let Some((set, number, _)) = of_set(kind, op.path()) else { continue };
        if let Entry::Vacant(new) = ids.entry((set.to_owned(), number)) {
            new.insert(match called(&edit, set, number) {
                Some(called) => derived::part(record, set, called),
                None => draw()?,
            });
        }
    }
    let mut named = Edit::new();
    for op in edit.ops {
        let path = match of_set(kind, op.path()).and_then(|(set, number, field)| {
            let member = format!("{set}/{}", ids.get(&(set.to_owned(), number))?);
            Some(if field.is_empty() { member } else { format!("{member}/{field}") })
        }) {
            Some(path) => path,
            None => op.path().to_owned(),
        };
        // Two parts may turn out to be one.
        named.ops.retain(|before| before.path() != path || matches!(before, Op::Splice { .. }));
        named.ops.push(match op {
            Op::Put { value, .. } => Op::Put { path, value },
            Op::Clear { .. } => Op::Clear { path },
            Op::Splice { at, delete, insert, .. } => Op::Splice { path, at, delete, insert },
        });
    }
    Ok(named)
}

/// A path of a new part of a set that this kind has.
fn of_set(kind: Kind, path: &str) -> Option<(&str, u32, &str)> {
    coming(path).filter(|(set, number, _)| {
        fields::spec(kind, &format!("{set}/+{number}")).is_some_and(|spec| spec.ty == Type::Member)
    })
}

/// What a new part of an edit is called by.
fn called<'e>(edit: &'e Edit, set: &str, number: u32) -> Option<&'e str> {
    let (_, field) = CALLED.iter().find(|(named, _)| *named == set)?;
    let path = format!("{set}/+{number}/{field}");
    edit.ops.iter().rev().find(|op| op.path() == path).and_then(|op| match op {
        Op::Put { value, .. } => value.as_text(),
        Op::Clear { .. } | Op::Splice { .. } => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::home::{MeterEdit, PriceEdit};
    use super::super::resident::{PhoneEdit, VehicleEdit};
    use super::*;

    const PERSON: RecordId = RecordId([7; 16]);

    fn stored_of(kind: Kind, edit: &Edit) -> Result<Edit, FieldError> {
        let mut drawn = 0;
        stored(kind, PERSON, edit, || {
            drawn += 1;
            Ok(PartId([drawn; 16]))
        })
    }

    fn phone(number: &str) -> Edit {
        Edit::new().add_part(PhoneEdit { number: number.into(), ..PhoneEdit::default() })
    }

    #[test]
    fn the_same_thing_added_on_two_phones_is_one_however_it_was_typed() {
        let one = stored_of(Kind::Resident, &phone("138 0013 8000")).unwrap();
        assert_eq!(one, stored_of(Kind::Resident, &phone("13800138000")).unwrap());
        let part = derived::part(PERSON, "phone", "13800138000");
        let expected =
            Edit::new().put(format!("phone/{part}"), true).put(format!("phone/{part}/number"), "13800138000");
        assert_eq!(one, expected);
        let plate = |colour: &str| {
            let car =
                VehicleEdit { plate: "湘A8888".into(), colour: colour.into(), ..VehicleEdit::default() };
            stored_of(Kind::Resident, &Edit::new().add_part(car)).unwrap().ops[0].path().to_owned()
        };
        assert_eq!(plate("白"), plate("黑"));
    }

    #[test]
    fn what_has_no_name_of_its_own_is_another_one_each_time() {
        let price = || PriceEdit { amount: 900_000.into(), ..PriceEdit::default() };
        let edit = stored_of(Kind::Home, &Edit::new().add_part(price()).add_part(price())).unwrap();
        assert_ne!(edit.ops[0].path(), edit.ops[2].path());
        let nameless = MeterEdit { spot: "管井".into(), ..MeterEdit::default() };
        assert!(stored_of(Kind::Home, &Edit::new().add_part(nameless)).is_ok());
    }

    #[test]
    fn the_same_one_given_twice_is_written_once() {
        let labelled =
            PhoneEdit { number: "138-0013-8000".into(), label: "妻子".into(), ..PhoneEdit::default() };
        let edit = stored_of(Kind::Resident, &phone("13800138000").add_part(labelled)).unwrap();
        let paths: Vec<&str> = edit.ops.iter().map(Op::path).collect();
        let part = format!("phone/{}", derived::part(PERSON, "phone", "13800138000"));
        assert_eq!(paths, [part.clone(), format!("{part}/number"), format!("{part}/label")]);
    }

    #[test]
    fn of_what_is_written_twice_the_last_counts() {
        let edit = Edit::new().put("layout", "两室").clear("people").put("layout", "三室");
        let last = Edit::new().clear("people").put("layout", "三室");
        assert_eq!(stored_of(Kind::Home, &edit), Ok(last));
    }

    #[test]
    fn a_part_touched_in_two_goes_keeps_both() {
        let part = format!("meter/{}", PartId([7; 16]));
        let touch = |edit: Edit, field: &str, value: Value| {
            edit.put(part.as_str(), true).put(format!("{part}/{field}"), value)
        };
        let edit = touch(touch(Edit::new(), "reading", 12.5.into()), "spot", "管井".into());
        let edit = stored_of(Kind::Home, &edit).unwrap();
        let paths: Vec<&str> = edit.ops.iter().map(Op::path).collect();
        assert_eq!(paths, [&format!("{part}/reading"), part.as_str(), &format!("{part}/spot")]);
    }

    #[test]
    fn a_number_that_is_none_is_rejected_and_other_paths_stay() {
        assert_eq!(stored_of(Kind::Resident, &phone("电话")).unwrap_err().path, "phone/+0/number");
        let plain = Edit::new().put("name", "单小明").put("field/+0", "x");
        assert_eq!(stored_of(Kind::Resident, &plain), Ok(plain));
    }
}
