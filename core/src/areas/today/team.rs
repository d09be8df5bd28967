//! How the day of each colleague stands, for those who answer for several grids.

use std::collections::{BTreeMap, BTreeSet};

use crate::areas::today::Today;
use crate::context::Agenda;
use crate::error::ButlerError;
use crate::model::{GridId, StaffId, Timestamp};
use crate::playbook::course;
use crate::playbook::due::Status;
use crate::store::Reader;

/// How far back rounds are looked through, in milliseconds; of an older one it counts when it was begun.
const ROUNDS_OF: i64 = 48 * 60 * 60_000;

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
    /// When they did the newest of their work that has reached this phone.
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
            let mut heard = heard(reader, now)?;
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

/// When each person's newest work that is here was done: each point of a round is work of whoever looked.
fn heard(reader: &Reader<'_>, now: Timestamp) -> Result<BTreeMap<StaffId, Timestamp>, ButlerError> {
    let mut heard = reader.last_heard()?;
    for round in reader.rounds_moved(now.plus_millis(-ROUNDS_OF))? {
        let Some(round) = reader.readable(round)? else { continue };
        let (check_ins, results) = course::marks(&round);
        for event in check_ins.into_iter().chain(results) {
            let at = event.estimated();
            let newest = heard.entry(event.by).or_insert(at);
            *newest = at.max(*newest);
        }
    }
    Ok(heard)
}

#[cfg(test)]
mod tests {
    use crate::model::directory::{Assignment, Staff};
    use crate::model::{Edit, GridId, Kind, PlaceId, RoleId, Round, StaffId};
    use crate::testing::TestPhone;

    #[test]
    fn who_walks_a_round_is_heard_of_point_by_point() {
        let bench = TestPhone::new(&["butler"]);
        let (he, role) = (StaffId::new("he.fang").unwrap(), RoleId::new("butler").unwrap());
        let (roles, name) = (vec![role.clone()], "何芳".into());
        bench.colleague(Staff { id: he.clone(), name, roles, left: false, phone: None });
        let grid = GridId::new("jinse/grid-1").ok();
        bench.works(Assignment { staff: he.clone(), role, grid, until: None });
        let heard = || {
            let team = bench.butler.today().team().unwrap();
            team.into_iter().find(|row| row.staff == he).unwrap().last_heard
        };
        assert_eq!(heard(), None);
        let place = PlaceId::new("jinse/grid-1").unwrap();
        let rounds = bench.butler.rounds();
        let round = rounds.start(&"patrol.public-area".into(), &place, None, None).unwrap().record;
        let point = rounds.details(round).unwrap().points[0].id.clone();
        for _ in 0..2 {
            bench.host.pass(600_000);
            let event = bench.colleagues_event(&point, Vec::new());
            let arrived = Edit::new().put(Round::check_in_path(&event), event.encode());
            bench.brings(round, Kind::Round, &arrived);
            assert_eq!(heard(), Some(event.estimated()));
        }
    }
}
