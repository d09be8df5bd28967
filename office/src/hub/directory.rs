//! The office tables, read: who works where in which role, which grids a place lies in.

use std::collections::BTreeMap;
use std::sync::Arc;

use butler_core::model::office::{self, Assignment, Grid, Place, Staff};
use butler_core::model::{GridId, PlaceId, StaffId};
use butler_core::playbook::Playbooks;
use butler_core::sync::message::TableName;
use serde::de::DeserializeOwned;

use crate::storage::{Read, StorageError, Stored};

/// The tables that decide access, as of one moment.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// The versions this was read at.
    pub(super) versions: Vec<(TableName, u64)>,
    /// The version of the company's set of playbooks.
    pub(super) set: u64,
    /// The company's own playbooks, if it published any.
    pub(super) playbooks: Option<Arc<Playbooks>>,
    /// Staff, those who left included.
    pub staff: BTreeMap<StaffId, Staff>,
    /// Grids.
    pub grids: BTreeMap<GridId, Grid>,
    /// Buildings, units, public spots.
    pub places: BTreeMap<PlaceId, Place>,
    /// Who works where.
    pub assignments: Vec<Assignment>,
}

impl Directory {
    /// Reads the tables that decide access; the playbooks are not among them.
    ///
    /// # Errors
    /// [`StorageError::Unreadable`] for rows that are not of their table.
    pub fn load(read: &dyn Read) -> Stored<Self> {
        Ok(Self {
            versions: read.table_versions()?,
            set: 0,
            playbooks: None,
            staff: rows::<Staff>(read, TableName::Staff)?.into_iter().map(|s| (s.id.clone(), s)).collect(),
            grids: rows::<Grid>(read, TableName::Grids)?.into_iter().map(|g| (g.id.clone(), g)).collect(),
            places: rows::<Place>(read, TableName::Places)?.into_iter().map(|p| (p.id.clone(), p)).collect(),
            assignments: rows(read, TableName::Assignments)?,
        })
    }

    /// Gives every grid the place that stands for it as a whole, under the grid's own id: a walk through all of it
    /// belongs there, and stays there when a building moves to another grid.
    pub fn stand_for_grids(&mut self) {
        for grid in self.grids.values() {
            let Ok(id) = PlaceId::new(grid.id.as_str()) else { continue };
            let within = self.places.values().filter(|place| place.grids.contains(&grid.id));
            let walk = within.map(|place| place.walk).min().unwrap_or(0);
            self.places.entry(id.clone()).or_insert_with(|| Place {
                id,
                name: grid.name.clone(),
                parent: None,
                grids: vec![grid.id.clone()],
                walk,
                code: None,
            });
        }
    }

    /// Somebody who works here now.
    #[must_use]
    pub fn active(&self, staff: &StaffId) -> Option<&Staff> {
        self.staff.get(staff).filter(|staff| !staff.left)
    }

    /// The grids a place lies in, as phones find them too; none for a place the office does not know.
    #[must_use]
    pub fn grids_at(&self, place: &PlaceId) -> &[GridId] {
        office::grids_at(&self.places, place)
    }
}

fn rows<T: DeserializeOwned>(read: &dyn Read, name: TableName) -> Stored<Vec<T>> {
    serde_json::from_str(&read.table(name)?.rows)
        .map_err(|_| StorageError::Unreadable { what: "office table" })
}
