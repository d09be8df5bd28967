//! What is due today, with the reason, in the order a butler walks.

use chrono::NaiveDate;

use super::facts::StoreFacts;
use crate::commands::today::Today;
use crate::error::ButlerError;
use crate::model::{DueId, PlaceId, RecordId, Timestamp};
use crate::playbook::Label;
use crate::playbook::due::{self, DueItem, Status, SubjectId};
use crate::playbook::rule::Urgency;

/// One thing to do, as a row.
#[derive(Debug, Clone, PartialEq)]
pub struct TodayItem {
    /// Identity: the same on every phone that sees the same facts.
    pub id: DueId,
    /// The rule's id.
    pub rule: String,
    /// What is to be done.
    pub title: Label,
    /// Why.
    pub why: Label,
    /// What it is about, as shown in a list ("3栋2单元501").
    pub subject: String,
    /// The record it is about, when it is one.
    pub about: Option<RecordId>,
    /// Where.
    pub place: Option<PlaceId>,
    /// The case whose step brought it about.
    pub case: Option<RecordId>,
    /// How pressing.
    pub urgency: Urgency,
    /// The last day on which it is in time.
    pub due: NaiveDate,
    /// The very moment, where the rule counts hours.
    pub due_at: Option<Timestamp>,
    /// The day rests on a year whose holidays are not published yet.
    pub provisional: bool,
    /// How it stands.
    pub status: Status,
    /// Its time has passed and it is neither done nor left out.
    pub overdue: bool,
    /// The records that answer it; two phones answering apart show both.
    pub answers: Vec<RecordId>,
    /// The form, checklist or workflow to begin.
    pub begin: String,
}

impl Today<'_> {
    /// What is due now, for the grids and roles of this phone's owner: overdue and urgent first, then in walking
    /// order. What is done, put off or left out stands at the end.
    ///
    /// # Errors
    /// [`ButlerError::NotEnrolled`] and those of the store.
    pub fn list(&self) -> Result<Vec<TodayItem>, ButlerError> {
        let office = self.0.office()?;
        let now = self.0.host.now();
        self.0.read(|reader| {
            let identity = reader.identity()?.ok_or(ButlerError::NotEnrolled)?;
            let now = reader.clock_offset()?.map_or(now, |offset| now.plus(offset));
            let roles = office.roles_of(&identity.staff);
            let facts = StoreFacts { reader, office: &office, grids: office.grids_for(&identity.staff) };
            let mut items = due::evaluate(&office.playbooks, &facts, &office.calendar, now)?;
            items.retain(|item| item.roles.iter().any(|role| roles.contains(role)));
            items.sort_by_cached_key(|item| {
                let answered = !matches!(item.status, Status::Open | Status::Begun);
                (
                    answered,
                    item.urgency,
                    !item.overdue,
                    office.walk_of(item.place.as_ref()),
                    item.due,
                    item.id,
                )
            });
            items.into_iter().map(|item| self.row(reader, &office, item)).collect()
        })
    }

    /// One item of the list.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub fn item(&self, id: DueId) -> Result<Option<TodayItem>, ButlerError> {
        Ok(self.list()?.into_iter().find(|item| item.id == id))
    }

    fn row(
        &self,
        reader: &crate::store::Reader<'_>,
        office: &crate::butler::OfficeTables,
        item: DueItem,
    ) -> Result<TodayItem, ButlerError> {
        let place = match (&item.place, &item.subject) {
            (Some(place), _) => Some(place.clone()),
            (None, SubjectId::Grid(grid)) => office.place_of_grid(grid),
            (None, _) => None,
        };
        let (subject, about) = match &item.subject {
            SubjectId::Record(id) => (super::homes::title_of(reader, *id)?, Some(*id)),
            SubjectId::Place(id) => {
                (office.places.get(id).map_or_else(String::new, |place| place.name.clone()), None)
            }
            SubjectId::Grid(id) => {
                (office.grids.get(id).map_or_else(String::new, |grid| grid.name.clone()), None)
            }
            SubjectId::Community => (String::new(), None),
        };
        Ok(TodayItem {
            id: item.id,
            rule: item.rule,
            title: item.title,
            why: item.why,
            subject,
            about,
            place,
            case: item.case,
            urgency: item.urgency,
            due: item.due,
            due_at: item.due_at,
            provisional: item.provisional,
            status: item.status,
            overdue: item.overdue,
            answers: item.answers,
            begin: item.begin,
        })
    }
}
