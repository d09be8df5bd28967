//! What is known of a home and its people already, and what a further row adds?

use butler_core::model::resident::resident_id;
use butler_core::model::{Kind, Value};

use super::super::cells::CellRef;
use super::super::convert;
use super::super::convert::Meaning;
use super::super::mapping::{FieldTarget, Mapping, Target};
use super::super::names::name_key;
use super::super::report::{Line, Treatment, Why};
use super::people::Draft;
use super::{HomeRow, PlannedResident, Reader, Stated};

impl Reader<'_> {
    /// Adds what a row states to its home.
    pub(super) fn add_home(&mut self, index: usize, home: Vec<Stated>) {
        let HomeRow { planned, .. } = &mut self.homes[index];
        for stated in home {
            let same = |earlier: &&Stated| earlier.field == stated.field && earlier.part == stated.part;
            match planned.stated.iter().find(same) {
                None => planned.stated.push(stated),
                Some(earlier) if earlier.value == stated.value => {}
                // Two rows of a household disagree about their home, or a remark about a cell of its own.
                Some(earlier) => {
                    let (Some(cell), Some(of)) = (stated.cell, earlier.cell.clone()) else { continue };
                    self.report.note(Line {
                        cell,
                        title: stated.field.spec.zh.to_owned(),
                        treatment: Treatment::LeftOut,
                        why: Why::Contradicts { of },
                        was: convert::show(&stated.value),
                        became: String::new(),
                    });
                }
            }
        }
        for (field, value) in self.mapping.defaults.iter().filter(|(field, _)| field.kind == Kind::Home) {
            if !planned.stated.iter().any(|stated| stated.field == *field) {
                planned.stated.push(default(*field, value));
            }
        }
    }

    /// Adds a person to a home, or what a second row says to one who is there: the name tells, never the number.
    pub(super) fn add_person(&mut self, index: usize, mut draft: Draft) {
        if draft.stated.is_empty() {
            return;
        }
        for (field, value) in self.mapping.defaults.iter().filter(|(field, _)| field.kind == Kind::Resident) {
            if !draft.stated.iter().any(|stated| stated.field == *field) {
                draft.stated.push(default(*field, value));
            }
        }
        let planned = &mut self.homes[index].planned;
        let Draft { name, phones, stated } = draft;
        let key = name.as_deref().map(name_key);
        let same = |resident: &&mut PlannedResident| match (&key, resident.name.as_deref().map(name_key)) {
            (Some(key), Some(other)) => *key == other,
            (None, None) => !phones.is_empty() && resident.phones == phones,
            _ => false,
        };
        if let Some(resident) = planned.residents.iter_mut().find(same) {
            resident.phones.extend(phones);
            merge(&mut resident.stated, stated);
            return;
        }
        let first = phones.first().map(String::as_str).unwrap_or_default();
        let called = name.as_deref().unwrap_or_default();
        let mut id = resident_id(planned.id, called, first);
        let mut nth = 2;
        while planned.residents.iter().any(|resident| resident.id == id) {
            id = resident_id(planned.id, called, &format!("{first}#{nth}"));
            nth += 1;
        }
        planned.residents.push(PlannedResident { id, name, phones, stated });
    }
}

/// Adds one value with what stands beside it.
pub(super) fn add(list: &mut Vec<Stated>, field: FieldTarget, meaning: &Meaning, cell: &CellRef) {
    let part = if field.set().is_some() { convert::show(&meaning.value) } else { String::new() };
    let state = |field: FieldTarget, value: &Value| Stated {
        field,
        part: part.clone(),
        value: value.clone(),
        cell: Some(cell.clone()),
    };
    let beside = meaning.beside.iter().filter_map(|(leaf, value)| Some(state(field.beside(leaf)?, value)));
    let all: Vec<Stated> = std::iter::once(state(field, &meaning.value)).chain(beside).collect();
    merge(list, all);
}

/// Adds what is not said yet; remarks are joined.
pub(super) fn merge(list: &mut Vec<Stated>, more: Vec<Stated>) {
    for stated in more {
        let earlier =
            list.iter_mut().find(|earlier| earlier.field == stated.field && earlier.part == stated.part);
        match earlier {
            None => list.push(stated),
            Some(earlier) if stated.field.spec.path == "remark" => {
                let (Some(said), Some(new)) = (earlier.value.as_text(), stated.value.as_text()) else {
                    continue;
                };
                if said != new && !said.split('；').any(|said| said == new) {
                    earlier.value = format!("{said}；{new}").into();
                }
            }
            Some(_) => {}
        }
    }
}

/// The role a word or a title tells.
pub(super) fn role_of(code: &str, cell: Option<CellRef>) -> Option<Stated> {
    let aim = Mapping::aim("resident.role").ok()?;
    let Target::Field(field) = aim.target else { return None };
    Some(Stated { field, part: String::new(), value: code.into(), cell })
}

fn default(field: FieldTarget, value: &Value) -> Stated {
    let part = if field.set().is_some() { "default" } else { "" };
    Stated { field, part: part.to_owned(), value: value.clone(), cell: None }
}
