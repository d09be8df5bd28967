//! What can wait, brought into today by hand 排进今天.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::plan::Planner;
use super::{KeptWalk, Surroundings, Task, WalkPart};
use crate::model::DueId;

/// What became of items that were to be brought into today. Each that was open and not on the walk is in `added` or in `left`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Brought {
    /// On the walk now.
    pub added: Vec<DueId>,
    /// Did not fit, and stand where they stood.
    pub left: Vec<DueId>,
    /// What of the walk would have to wait so that all of `left` fits, least pressing first. Empty where nothing is left, and
    /// where what may wait makes too little room.
    pub displaces: Vec<DueId>,
}

/// Brings items into the kept plan of today, in place of others: of these what must be done today stays. What was kept free
/// of the hours may be taken, and no more calls are counted than the hours have room for.
#[must_use]
pub fn bring(
    tasks: &[Task],
    around: &Surroundings<'_>,
    mut kept: KeptWalk,
    items: &[DueId],
    instead_of: &[DueId],
) -> (KeptWalk, Brought) {
    let work = Work { tasks: tasks.iter().map(|task| (task.id, task)).collect(), around };
    work.put_back(&mut kept, instead_of);
    let wanted = work.aside(&kept, items);
    let planned = work.place(&kept, &wanted);
    let mut brought = Brought {
        added: planned.iter().map(|(id, _)| *id).collect(),
        left: wanted.iter().map(|task| task.id).collect(),
        displaces: Vec::new(),
    };
    let is_added: BTreeSet<DueId> = brought.added.iter().copied().collect();
    brought.left.retain(|id| !is_added.contains(id));
    add(&mut kept, planned);
    if !brought.left.is_empty() {
        let left: Vec<&Task> = brought.left.iter().filter_map(|id| work.tasks.get(id).copied()).collect();
        brought.displaces = work.displaced(&kept, &brought.added, &left);
    }
    (kept, brought)
}

/// Moves tasks into the plan: they are new on the walk, like what came up since the first look.
fn add(kept: &mut KeptWalk, planned: Vec<(DueId, WalkPart)>) {
    let moved: BTreeSet<DueId> = planned.iter().map(|(id, _)| *id).collect();
    let first = kept.first.min(kept.parts.len());
    kept.first = kept.parts[..first].iter().filter(|(id, _)| !moved.contains(id)).count();
    kept.parts.retain(|(id, _)| !moved.contains(id));
    kept.parts.extend(planned);
}

struct Work<'a> {
    tasks: BTreeMap<DueId, &'a Task>,
    around: &'a Surroundings<'a>,
}

impl<'a> Work<'a> {
    /// Of these, what is open and waits or did not fit, in walking order.
    fn aside(&self, kept: &KeptWalk, items: &[DueId]) -> Vec<&'a Task> {
        let items: BTreeSet<&DueId> = items.iter().collect();
        let aside = kept
            .parts
            .iter()
            .filter(|(id, part)| matches!(part, WalkPart::Waiting | WalkPart::Misfit) && items.contains(id));
        let mut aside: Vec<&Task> =
            aside.filter_map(|(id, _)| self.tasks.get(id).copied()).filter(|task| task.open).collect();
        let planner = Planner::new(&[], self.around);
        aside.sort_by_cached_key(|task| (planner.position(task), task.id));
        aside
    }

    /// Where there is room for these beside what is planned, as far as there is.
    fn place(&self, kept: &KeptWalk, wanted: &[&Task]) -> Vec<(DueId, WalkPart)> {
        let mut planner = self.planner(kept);
        let mut planned = Vec::new();
        for task in wanted {
            if let Some(part) = planner.place(task) {
                planner.put(task, part);
                planned.push((task.id, part));
            }
        }
        planned
    }

    /// The least of the plan that makes room for all that is left, least pressing first. What is tried is the plan alone: what
    /// waits takes no time, however much of it there is.
    fn displaced(&self, kept: &KeptWalk, added: &[DueId], left: &[&Task]) -> Vec<DueId> {
        let is_planned = |part: &WalkPart| !matches!(part, WalkPart::Waiting | WalkPart::Misfit);
        let parts = kept.parts.iter().filter(|(_, part)| is_planned(part)).copied().collect();
        let plan = KeptWalk { day: kept.day, parts, first: 0, start: None };
        let mut least = self.may_wait(&plan);
        least.retain(|task| !added.contains(&task.id));
        least.sort_by_key(|task| Reverse((task.rank(self.around.today), task.due, task.since, task.id)));
        let least: Vec<DueId> = least.into_iter().map(|task| task.id).collect();
        let makes_room = |count: &usize| {
            let mut tried = plan.clone();
            self.put_back(&mut tried, &least[..*count]);
            let mut planner = self.planner(&tried);
            left.iter().all(|task| {
                planner.place(task).is_some_and(|part| {
                    planner.put(task, part);
                    true
                })
            })
        };
        let count = (1..=least.len()).find(makes_room).unwrap_or(0);
        least[..count].to_vec()
    }

    /// The day as it is planned, with what was kept free of its hours.
    fn planner(&self, kept: &KeptWalk) -> Planner<'a> {
        let mut planner = Planner::new(&[], self.around);
        planner.free = self.around.hours.reserve.into();
        let planned = kept.parts.iter().filter_map(|(id, part)| Some((self.tasks.get(id)?, *part)));
        for (task, part) in planned.filter(|(task, _)| task.running_clock.is_none()) {
            planner.put(task, part);
        }
        planner
    }

    /// What is planned and may as well wait. A job stays that something which must be done today stands beside.
    fn may_wait(&self, kept: &KeptWalk) -> Vec<&'a Task> {
        let today = self.around.today;
        let planned = |(id, part): &(DueId, WalkPart)| {
            matches!(part, WalkPart::Job | WalkPart::Call | WalkPart::Desk)
                .then(|| self.tasks.get(id).copied())
                .flatten()
                .filter(|task| task.open && !task.is_must(today))
        };
        let must_along: BTreeSet<_> = kept
            .parts
            .iter()
            .filter(|(_, part)| *part == WalkPart::Along)
            .filter_map(|(id, _)| self.tasks.get(id).filter(|task| task.is_must(today)))
            .filter_map(|task| task.home)
            .collect();
        let stays = |task: &&Task| task.door().is_none_or(|door| !must_along.contains(&door));
        kept.parts.iter().filter_map(planned).filter(stays).collect()
    }

    /// Lets these wait, and with the last job of a door what would have been done there by the way.
    fn put_back(&self, kept: &mut KeptWalk, items: &[DueId]) {
        let waits: BTreeSet<DueId> =
            self.may_wait(kept).into_iter().map(|task| task.id).filter(|id| items.contains(id)).collect();
        if waits.is_empty() {
            return;
        }
        let doors: BTreeSet<_> = kept
            .parts
            .iter()
            .filter(|(id, part)| *part == WalkPart::Job && !waits.contains(id))
            .filter_map(|(id, _)| self.tasks.get(id)?.door())
            .collect();
        for (id, part) in &mut kept.parts {
            let is_alone = *part == WalkPart::Along
                && self.tasks.get(id).and_then(|task| task.home).is_some_and(|home| !doors.contains(&home));
            if waits.contains(id) || is_alone {
                *part = WalkPart::Waiting;
            }
        }
    }
}
