//! How the day of each colleague stands, for those who answer for several grids.

use std::collections::BTreeSet;

use crate::areas::today::Today;
use crate::context::Agenda;
use crate::error::ButlerError;
use crate::model::{GridId, StaffId, Timestamp};
use crate::playbook::due::Status;

/// The day of a colleague.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct TeamRow {
    /// Whose.
    pub staff: StaffId,
    /// Their name.
    pub name: String,
    /// The grids of this phone's owner in which they work.
    pub grids: Vec<GridId>,
    /// Items done or left out today.
    pub done: u32,
    /// Items still open.
    pub open: u32,
    /// Of those, with a running clock.
    pub urgent: u32,
    /// Of those, overdue.
    pub overdue: u32,
    /// The newest work of theirs that has reached this phone.
    pub last_heard: Option<Timestamp>,
}

impl Today<'_> {
    /// How the day of each colleague in the grids of this phone's owner stands, by what this phone knows; those without
    /// anything due are left out. It works each day out anew: some tens of milliseconds a colleague.
    ///
    /// # Errors
    /// [`ButlerError::NotEnrolled`] and those of the store.
    pub fn team(&self) -> Result<Vec<TeamRow>, ButlerError> {
        let office = self.0.office()?;
        let device = self.0.now();
        self.0.read(|reader| {
            let me = reader.identity()?.ok_or(ButlerError::NotEnrolled)?.staff;
            let mine = office.grids_for(&me);
            let now = reader.time(device)?.now;
            let mut heard = reader.last_heard()?;
            let mut team = Vec::new();
            for staff in office.staff.keys().filter(|staff| **staff != me) {
                let of_theirs: BTreeSet<GridId> = office
                    .assignments_of(staff)
                    .filter_map(|assignment| assignment.grid.clone())
                    .filter(|grid| mine.as_ref().is_none_or(|mine| mine.contains(grid)))
                    .collect();
                if of_theirs.is_empty() {
                    continue;
                }
                let agenda = Agenda::new(reader, office.clone(), staff.clone(), now)?;
                let day = agenda.now().0;
                let mut row = TeamRow {
                    staff: staff.clone(),
                    name: office.name_of(staff),
                    grids: of_theirs.into_iter().collect(),
                    done: 0,
                    open: 0,
                    urgent: 0,
                    overdue: 0,
                    last_heard: heard.remove(staff),
                };
                for item in agenda.items() {
                    match item.status(day) {
                        Status::Done | Status::Skipped => row.done += 1,
                        Status::Snoozed => {}
                        // Theirs who began it.
                        Status::Begun if agenda.is_anothers(item) => {}
                        Status::Open | Status::Begun => {
                            row.open += 1;
                            row.urgent += u32::from(item.running_clock(now).is_some());
                            row.overdue += u32::from(item.is_overdue(day, now));
                        }
                    }
                }
                if row.done + row.open > 0 {
                    team.push(row);
                }
            }
            Ok(team)
        })
    }
}
