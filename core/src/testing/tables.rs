//! What an office decides: who there is, who works where, who may do what.

use crate::model::directory::{Assignment, Grid, Place, Staff};
use crate::model::{GridId, PlaceId, RoleId, StaffId};

/// Two roles: a butler, who writes what a butler finds out and nothing of finance, in the grids that are theirs; a
/// supervisor, who reads and writes everything everywhere.
pub const ROLES: &str = r#"
kind = "roles"
id = "roles"
title = { zh = "岗位", en = "Roles" }

[[role]]
id = "butler"
label = { zh = "管家", en = "Butler" }
scope = "grids"
read = ["*"]
write = [
    "home.origin", "home.description", "home.state", "home.note", "home.photo", "home.archive",
    "home.unknown", "resident", "contact", "case",
]

[[role]]
id = "supervisor"
label = { zh = "主管", en = "Supervisor" }
scope = "community"
read = ["*"]
write = ["*"]
"#;

/// The tables of an office, written row by row. An identifier that is none is a fault of the test.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// Grids.
    pub grids: Vec<Grid>,
    /// Places, in the order one walks past them.
    pub places: Vec<Place>,
    /// Members of staff.
    pub staff: Vec<Staff>,
    /// Who works where.
    pub assignments: Vec<Assignment>,
}

impl Tables {
    /// With a grid.
    #[must_use]
    pub fn grid(mut self, id: &str, name: &str) -> Self {
        self.grids.push(Grid { id: GridId::new(id).unwrap(), name: name.to_owned() });
        self
    }

    /// With a place, behind those before it.
    #[must_use]
    pub fn place(mut self, id: &str, name: &str, grids: &[&str]) -> Self {
        self.places.push(Place {
            grids: grids.iter().map(|grid| GridId::new(*grid).unwrap()).collect(),
            walk: i64::try_from(self.places.len()).unwrap(),
            ..Place::new(PlaceId::new(id).unwrap(), name)
        });
        self
    }

    /// With somebody who works in a role, in these grids or, without any, everywhere.
    #[must_use]
    pub fn person(mut self, id: &str, name: &str, role: &str, grids: &[&str]) -> Self {
        let (id, role) = (StaffId::new(id).unwrap(), RoleId::new(role).unwrap());
        let grids: Vec<_> = grids.iter().map(|grid| Some(GridId::new(*grid).unwrap())).collect();
        let grids = if grids.is_empty() { vec![None] } else { grids };
        let at = |grid| Assignment { staff: id.clone(), role: role.clone(), grid, until: None };
        self.assignments.extend(grids.into_iter().map(at));
        self.staff.push(Staff { id, name: name.to_owned(), roles: vec![role], left: false });
        self
    }
}
