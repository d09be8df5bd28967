//! What the office decided, for screens: people, roles, grids, places, and the words of its playbooks.

use crate::context::OfficeTables;
use crate::model::directory::{Grid, Place, Staff};
use crate::model::{GridId, PlaceId, RoleId};
use crate::playbook::Label;
use crate::playbook::form::Choice;

/// A role 岗位.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RoleRow {
    /// Unique id.
    pub id: RoleId,
    /// What it is called.
    pub label: Label,
}

/// A building, unit or public spot. What a scan there reads is not among it: that proves a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PlaceRow {
    /// Unique id.
    pub id: PlaceId,
    /// Name as shown.
    pub name: String,
    /// The place it is part of.
    pub parent: Option<PlaceId>,
    /// The grids it lies in.
    pub grids: Vec<GridId>,
}

impl OfficeTables {
    /// Everybody who works here or did.
    #[must_use]
    pub fn staff_rows(&self) -> Vec<Staff> {
        self.directory.staff.values().cloned().collect()
    }

    /// The roles people may hold; not the office's own.
    #[must_use]
    pub fn role_rows(&self) -> Vec<RoleRow> {
        let roles = self.playbooks.roles().roles.iter().filter(|role| !role.office);
        roles.map(|role| RoleRow { id: role.id.clone(), label: role.label.clone() }).collect()
    }

    /// Roles by what they are called, the office's own too; one this phone does not know by its id.
    pub(crate) fn roles_called<'r>(&self, roles: impl IntoIterator<Item = &'r RoleId>) -> Vec<RoleRow> {
        let known = &self.playbooks.roles().roles;
        let called = |id: &RoleId| known.iter().find(|role| role.id == *id).map(|role| role.label.clone());
        let row = |id: &RoleId| RoleRow {
            id: id.clone(),
            label: called(id).unwrap_or_else(|| Label::new(id.as_str(), id.as_str())),
        };
        roles.into_iter().map(row).collect()
    }

    /// Every grid.
    #[must_use]
    pub fn grid_rows(&self) -> Vec<Grid> {
        self.directory.grids.values().cloned().collect()
    }

    /// Buildings, units and public spots, in walking order.
    #[must_use]
    pub fn place_rows(&self) -> Vec<PlaceRow> {
        let mut places: Vec<_> = self.directory.places.values().collect();
        places.sort_by_key(|place| place.walk);
        let row = |place: &Place| PlaceRow {
            id: place.id.clone(),
            name: place.name.clone(),
            parent: place.parent.clone(),
            grids: place.grids.clone(),
        };
        places.into_iter().map(row).collect()
    }

    /// A shared list of choices by its name, such as `port`; empty when there is none.
    #[must_use]
    pub fn choices(&self, name: &str) -> Vec<Choice> {
        self.playbooks.terms().choices(name).unwrap_or_default().to_vec()
    }

    /// What a unit is called.
    #[must_use]
    pub fn unit(&self, unit: &str) -> Option<Label> {
        self.playbooks.terms().unit(unit).cloned()
    }
}
