//! What is in force at the office: the directory, and the company's own playbooks.

use std::ops::Deref;
use std::sync::Arc;

use butler_core::model::PlaceId;
use butler_core::model::directory::{Directory, Place};
use butler_core::playbook::Playbooks;
use butler_core::sync::message::TableName;
use serde::de::DeserializeOwned;

use crate::storage::{Read, StorageError, Stored};

/// What decides access, as of one moment. Reads as its [`Directory`].
#[derive(Debug, Clone, Default)]
pub struct InForce {
    /// The versions of the tables this was read at.
    pub(super) versions: Vec<(TableName, u64)>,
    /// The version of the company's set of playbooks.
    pub(super) set: u64,
    /// The company's own playbooks, if it published any.
    pub(super) playbooks: Option<Arc<Playbooks>>,
    /// Staff, grids, places, assignments.
    pub directory: Directory,
}

impl Deref for InForce {
    type Target = Directory;

    fn deref(&self) -> &Directory {
        &self.directory
    }
}

/// Reads the tables that decide access.
///
/// # Errors
/// [`StorageError::Unreadable`] for rows that are not of their table.
pub(super) fn load(read: &dyn Read) -> Stored<Directory> {
    Ok(Directory::new(
        rows(read, TableName::Staff)?,
        rows(read, TableName::Grids)?,
        rows(read, TableName::Places)?,
        rows(read, TableName::Assignments)?,
    ))
}

/// Gives every grid the place that stands for it as a whole, under the grid's own id: a walk through all of it belongs
/// there, and stays there when a building moves to another grid.
pub(super) fn stand_for_grids(directory: &mut Directory) {
    let Directory { grids, places, .. } = directory;
    for grid in grids.values() {
        let Ok(id) = PlaceId::new(grid.id.as_str()) else { continue };
        let within = places.values().filter(|place| place.grids.contains(&grid.id));
        let walk = within.map(|place| place.walk).min().unwrap_or(0);
        places.entry(id.clone()).or_insert_with(|| Place {
            grids: vec![grid.id.clone()],
            walk,
            kind: Some(Place::GRID.to_owned()),
            ..Place::new(id, &*grid.name)
        });
    }
}

fn rows<T: DeserializeOwned>(read: &dyn Read, name: TableName) -> Stored<Vec<T>> {
    serde_json::from_str(&read.table(name)?.rows)
        .map_err(|_| StorageError::Unreadable { what: "office table" })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use butler_core::model::GridId;
    use butler_core::model::directory::{Assignment, Grid, Staff};

    use butler_core::context::OfficeTables;
    use butler_core::sync::message::{Membership, Verdict};
    use proptest::prelude::*;

    use super::super::testing::*;
    use super::*;

    fn unit(id: &str, parent: &str, grids: &[&str]) -> Place {
        let grids = grids.iter().map(|id| grid(id)).collect();
        Place { parent: Some(place(parent)), grids, walk: 9, ..Place::new(place(id), id) }
    }

    /// As an import leaves it that finds no grid for a unit: 3栋3单元 lies where 3栋 does.
    #[test]
    fn a_unit_without_grids_of_its_own_is_written_read_and_moved_with_its_building() {
        let office = Office::new();
        let change = |work: &dyn Fn(&mut Directory)| {
            let done = office.hub.change_tables(&office.desk, "test", |tables| {
                work(tables);
                Ok(())
            });
            done.unwrap();
        };
        change(&|tables| drop(tables.places.insert(place("b3/u3"), unit("b3/u3", "b3", &[]))));
        let (zhang, wang) = (office.phone("zhang.li"), office.phone("wang.wei"));
        let first = zhang.write(&mut home(1), &founded("b3/u3"));
        assert!(matches!(zhang.push_one(&first), Verdict::Accepted(_)));
        let rows = |phone: &Phone<'_>, of: &str| -> Vec<Membership> {
            phone.pull(of, 0).unwrap().rows.iter().map(|row| row.membership).collect()
        };
        assert_eq!(rows(&zhang, "g1"), [Membership::Enter]);
        change(&|tables| tables.places.get_mut(&place("b3")).unwrap().grids = vec![grid("g2")]);
        assert_eq!(rows(&zhang, "g1"), [Membership::Leave]);
        assert_eq!(rows(&wang, "g2"), [Membership::Enter]);
    }

    prop_compose! {
        fn tables()(
            places in prop::collection::vec((0..6usize, prop::collection::vec(0..3usize, 0..2)), 6),
            assignments in prop::collection::vec((0..2usize, 0..2usize, prop::option::of(0..3usize)), 0..4),
        ) -> Directory {
            let grids = ["g1", "g2", "g3"];
            let mut tables = Directory::default();
            for id in grids {
                tables.grids.insert(grid(id), Grid { id: grid(id), name: id.to_owned() });
            }
            for (number, (parent, within)) in places.into_iter().enumerate() {
                let within: Vec<&str> = within.into_iter().map(|at| grids[at]).collect();
                // Parents may run in circles: tables are data.
                let row = unit(&format!("p{number}"), &format!("p{parent}"), &within);
                tables.places.insert(row.id.clone(), row);
            }
            for (who, role, at) in assignments {
                let (id, role) = (staff(["zhang.li", "li.zg"][who]), role_id(["butler", "supervisor"][role]));
                let row = Staff { id: id.clone(), name: "张丽".to_owned(), roles: vec![role.clone()], left: false };
                tables.staff.insert(id.clone(), row);
                tables.assignments.push(Assignment { staff: id, role, grid: at.map(|at| grid(grids[at])), until: None });
            }
            tables
        }
    }

    proptest! {
        #[test]
        fn phone_and_office_agree_where_a_place_lies_and_who_works_there(tables in tables()) {
            let office = Office::new();
            let playbooks = Arc::clone(&office.hub.playbooks);
            let phone = OfficeTables {
                directory: tables.clone(),
                calendar: playbooks.calendar(480),
                playbooks: Arc::clone(&playbooks),
            };
            for place in tables.places.keys() {
                let here: BTreeSet<GridId> = tables.grids_at(place).iter().cloned().collect();
                prop_assert_eq!(phone.grids_of(place), here);
            }
            for who in ["zhang.li", "li.zg"].map(staff) {
                let mine = phone.grids_for(&who);
                let there: BTreeSet<GridId> = tables.grids.keys()
                    .filter(|grid| mine.as_ref().is_none_or(|mine| mine.contains(*grid))).cloned().collect();
                let here = office.hub.grids_of(&InForce { directory: tables.clone(), ..InForce::default() }, &who);
                prop_assert_eq!(&there, &here);
                for grid in tables.grids.keys() {
                    let roles = butler_core::playbook::access::roles_over(
                        &playbooks,
                        butler_core::playbook::access::Actor { staff: &who, directory: &tables },
                        &BTreeSet::from([grid.clone()]),
                    );
                    prop_assert_eq!(here.contains(grid), !roles.is_empty());
                }
            }
        }
    }
}
