//! The office's tables, parsed once and kept until they change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::error::ButlerError;
use crate::model::office::{self, Assignment, Grid, Place, Staff, TableName};
use crate::model::{GridId, PlaceId, RoleId, StaffId, Timestamp};
use crate::playbook::access::{self, Actor};
use crate::playbook::calendar::Calendar;
use crate::playbook::{PlaybookFile, Playbooks};
use crate::store::Reader;

/// What the office decided, as this phone last heard it.
pub struct OfficeTables {
    /// Members of staff by id.
    pub staff: BTreeMap<StaffId, Staff>,
    /// Grids by id.
    pub grids: BTreeMap<GridId, Grid>,
    /// Buildings, units and spots by id.
    pub places: BTreeMap<PlaceId, Place>,
    /// Who works where.
    pub assignments: Vec<Assignment>,
    /// Working days, at the community's fixed offset.
    pub calendar: Calendar,
    /// The procedures in force.
    pub playbooks: Arc<Playbooks>,
}

impl OfficeTables {
    pub(crate) fn read(reader: &Reader<'_>) -> Result<Self, ButlerError> {
        let utc_offset = reader.identity()?.map_or(Self::CHINA, |identity| identity.utc_offset_minutes);
        let files: Vec<PlaybookFile> = reader
            .playbook_files()?
            .into_iter()
            .map(|(file, text)| PlaybookFile { name: file.name, text, current: file.current })
            .collect();
        let playbooks =
            if files.is_empty() { Playbooks::embedded()? } else { Arc::new(Playbooks::accepted(&files)?) };
        let staff: Vec<Staff> = reader.table(TableName::Staff)?;
        let grids: Vec<Grid> = reader.table(TableName::Grids)?;
        let places: Vec<Place> = reader.table(TableName::Places)?;
        Ok(Self {
            staff: staff.into_iter().map(|row| (row.id.clone(), row)).collect(),
            grids: grids.into_iter().map(|row| (row.id.clone(), row)).collect(),
            places: places.into_iter().map(|row| (row.id.clone(), row)).collect(),
            assignments: reader.table(TableName::Assignments)?,
            calendar: playbooks.calendar(utc_offset),
            playbooks,
        })
    }

    /// China Standard Time, until enrolment says otherwise.
    const CHINA: i32 = 8 * 60;

    /// The grids a place lies in; its own, else those of the place it is part of.
    #[must_use]
    pub fn grids_of(&self, place: &PlaceId) -> BTreeSet<GridId> {
        office::grids_of(&self.places, place)
    }

    /// The place that stands for a grid as a whole: where a walk through all of it belongs.
    #[must_use]
    pub fn place_of_grid(&self, grid: &GridId) -> Option<PlaceId> {
        office::place_of_grid(&self.places, grid)
    }

    /// Where a place comes in the walking order of the community; unknown places come last.
    #[must_use]
    pub fn walk_of(&self, place: Option<&PlaceId>) -> i64 {
        place.and_then(|place| self.places.get(place)).map_or(i64::MAX, |place| place.walk)
    }

    /// The name colleagues know somebody by; the id when the table has no such row.
    #[must_use]
    pub fn name_of(&self, staff: &StaffId) -> String {
        self.staff.get(staff).map_or_else(|| staff.to_string(), |row| row.name.clone())
    }

    /// Every role somebody holds anywhere.
    #[must_use]
    pub fn roles_of(&self, staff: &StaffId) -> Vec<RoleId> {
        let mut roles: Vec<_> = self
            .assignments
            .iter()
            .filter(|assignment| assignment.staff == *staff)
            .map(|assignment| assignment.role.clone())
            .collect();
        roles.sort();
        roles.dedup();
        roles
    }

    /// The grids somebody works in; `None` is all of them.
    #[must_use]
    pub fn grids_for(&self, staff: &StaffId) -> Option<BTreeSet<GridId>> {
        access::grids_for(&self.playbooks, Actor { staff, assignments: &self.assignments })
    }

    /// The grids whose work is on somebody's Today; `None` is all of them. Those their assignments name: a role of the
    /// whole community reads and writes everywhere ([`Self::grids_for`]), but whoever holds one for a grid, beside being
    /// its butler, is not to be sent on the rounds of the others.
    #[must_use]
    pub fn grids_on_today(&self, staff: &StaffId) -> Option<BTreeSet<GridId>> {
        let mine = self.assignments.iter().filter(|assignment| assignment.staff == *staff);
        mine.map(|assignment| assignment.grid.clone()).collect()
    }

    /// The day it is for the community.
    #[must_use]
    pub fn date_of(&self, at: Timestamp) -> chrono::NaiveDate {
        self.calendar.date_of(at)
    }
}
