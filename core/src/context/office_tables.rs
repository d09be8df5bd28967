//! The office's tables and procedures, parsed once and kept until they change.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use crate::error::ButlerError;
use crate::model::directory::Directory;
use crate::model::office::TableName;
use crate::model::{GridId, PlaceId, RoleId, StaffId, Timestamp};
use crate::playbook::access::{self, Actor};
use crate::playbook::calendar::Calendar;
use crate::playbook::form::Form;
use crate::playbook::{PlaybookFile, Playbooks};
use crate::query::IndexContext;
use crate::store::{Reader, StoreIndex};

/// What the office decided, as this phone last heard it. Reads as its [`Directory`].
pub struct OfficeTables {
    /// Staff, grids, places, assignments.
    pub directory: Directory,
    /// Working days, at the community's fixed offset.
    pub calendar: Calendar,
    /// The procedures in force.
    pub playbooks: Arc<Playbooks>,
}

impl Deref for OfficeTables {
    type Target = Directory;

    fn deref(&self) -> &Directory {
        &self.directory
    }
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
        Ok(Self {
            directory: Directory::new(
                reader.table(TableName::Staff)?,
                reader.table(TableName::Grids)?,
                reader.table(TableName::Places)?,
                reader.table(TableName::Assignments)?,
            ),
            calendar: playbooks.calendar(utc_offset),
            playbooks,
        })
    }

    /// China Standard Time, until enrolment says otherwise.
    const CHINA: i32 = 8 * 60;

    /// Somebody as access is asked about them.
    #[must_use]
    pub fn actor<'a>(&'a self, staff: &'a StaffId) -> Actor<'a> {
        Actor { staff, directory: &self.directory }
    }

    /// The grids somebody works in; `None` is all of them.
    #[must_use]
    pub fn grids_for(&self, staff: &StaffId) -> Option<BTreeSet<GridId>> {
        access::grids_for(&self.playbooks, self.actor(staff))
    }

    /// The roles somebody holds over a place.
    #[must_use]
    pub fn roles_at(&self, staff: &StaffId, place: &PlaceId) -> Vec<RoleId> {
        access::roles_over(&self.playbooks, self.actor(staff), &self.grids_of(place))
    }

    /// The role somebody acts in where `allowed` may: the first of their roles there among them.
    pub(crate) fn role_among(
        &self,
        staff: &StaffId,
        place: &PlaceId,
        allowed: &[RoleId],
        what: &str,
    ) -> Result<RoleId, ButlerError> {
        let held = self.roles_at(staff, place);
        allowed
            .iter()
            .find(|role| held.contains(role))
            .cloned()
            .ok_or_else(|| ButlerError::forbidden(what, Some(&self.playbooks.roles().names(allowed))))
    }

    /// Whether somebody may enter a row of the form at a place.
    pub(crate) fn may_enter(&self, staff: &StaffId, place: &PlaceId, form: &Form) -> Result<(), ButlerError> {
        form.may_enter(&self.roles_at(staff, place)).map_err(|whose| {
            ButlerError::forbidden(form.id.as_str(), Some(&self.playbooks.roles().names(whose)))
        })
    }

    /// What rules and metrics ask of a store, for these grids; `None` is all of them.
    pub(crate) fn index<'a>(
        &'a self,
        reader: &'a Reader<'a>,
        grids: Option<BTreeSet<GridId>>,
    ) -> StoreIndex<'a> {
        let offset = self.calendar.offset();
        let context = IndexContext::new(&self.directory, offset, &*self.playbooks);
        StoreIndex::new(reader, context.worked_in(grids))
    }

    /// The day it is for the community.
    #[must_use]
    pub fn date_of(&self, at: Timestamp) -> chrono::NaiveDate {
        self.calendar.date_of(at)
    }
}
