//! The office tables, read: who works where in which role, which grids a place lies in.

use std::collections::BTreeMap;
use std::sync::Arc;

use butler_core::model::office::{Assignment, Grid, Place, Staff};
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
            playbooks: None,
            staff: rows::<Staff>(read, TableName::Staff)?.into_iter().map(|s| (s.id.clone(), s)).collect(),
            grids: rows::<Grid>(read, TableName::Grids)?.into_iter().map(|g| (g.id.clone(), g)).collect(),
            places: rows::<Place>(read, TableName::Places)?.into_iter().map(|p| (p.id.clone(), p)).collect(),
            assignments: rows(read, TableName::Assignments)?,
        })
    }

    /// Somebody who works here now.
    #[must_use]
    pub fn active(&self, staff: &StaffId) -> Option<&Staff> {
        self.staff.get(staff).filter(|staff| !staff.left)
    }

    /// The grids a place lies in; none for a place the office does not know.
    #[must_use]
    pub fn grids_at(&self, place: &PlaceId) -> &[GridId] {
        self.places.get(place).map_or(&[], |place| &place.grids)
    }
}

fn rows<T: DeserializeOwned>(read: &dyn Read, name: TableName) -> Stored<Vec<T>> {
    serde_json::from_str(&read.table(name)?.rows)
        .map_err(|_| StorageError::Unreadable { what: "office table" })
}
