//! What metrics are counted over on a phone.

use super::OfficeTables;
use crate::error::ButlerError;
use crate::model::Timestamp;
use crate::playbook::metric::{Days, MetricCounter, People};
use crate::store::{Reader, StoreIndex};

/// What metrics are counted over: what the phone's owner has in sight.
pub(crate) struct Counting<'a> {
    office: &'a OfficeTables,
    index: StoreIndex<'a>,
    people: People<'a>,
    now: Timestamp,
}

impl<'a> Counting<'a> {
    pub(crate) fn new(
        reader: &'a Reader<'a>,
        office: &'a OfficeTables,
        now: Timestamp,
    ) -> Result<Self, ButlerError> {
        let identity = reader.identity()?.ok_or(ButlerError::NotEnrolled)?;
        let grids = office.grids_for(&identity.staff);
        let mine =
            office.grids.iter().filter(|(id, _)| grids.as_ref().is_none_or(|grids| grids.contains(id)));
        let people = People { grids: mine.collect(), staff: &office.staff, assignments: &office.assignments };
        Ok(Self { office, index: office.index(reader, grids.clone()), people, now })
    }

    /// The metrics of a month, or of a day.
    pub(crate) fn counter(&self, days: impl Into<Days>) -> MetricCounter<'_, StoreIndex<'a>> {
        MetricCounter::new(
            &self.office.playbooks,
            &self.index,
            &self.office.calendar,
            &self.people,
            self.now,
            days,
        )
    }
}
