//! What can wait, brought into today by hand 排进今天.

use std::cmp::Reverse;
use std::collections::BTreeSet;

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
    let work = Work { tasks, around };
    work.put_back(&mut kept, instead_of);
    let mut brought = Brought::default();
    (brought.added, brought.left) = work.add(&mut kept, items);
    if !brought.left.is_empty() {
        let mut least = work.may_wait(&kept);
        least.retain(|task| !brought.added.contains(&task.id));
        least.sort_by_key(|task| Reverse((task.rank(around.today), task.due, task.since, task.id)));
        for count in 1..=least.len() {
            let displaced: Vec<DueId> = least[..count].iter().map(|task| task.id).collect();
            let mut tried = kept.clone();
            work.put_back(&mut tried, &displaced);
            if work.add(&mut tried, &brought.left).1.is_empty() {
                brought.displaces = displaced;
                break;
            }
        }
    }
    (kept, brought)
}

#[derive(Clone, Copy)]
struct Work<'a> {
    tasks: &'a [Task],
    around: &'a Surroundings<'a>,
}

impl<'a> Work<'a> {
    fn task(self, id: DueId) -> Option<&'a Task> {
        self.tasks.iter().find(|task| task.id == id)
    }

    /// Plans what waits or did not fit, as far as there is room; the others come back.
    fn add(self, kept: &mut KeptWalk, items: &[DueId]) -> (Vec<DueId>, Vec<DueId>) {
        let mut planner = Planner::of(self.tasks, self.around, kept);
        let aside = |id: &DueId| {
            kept.parts
                .iter()
                .any(|(of, part)| of == id && matches!(part, WalkPart::Waiting | WalkPart::Misfit))
        };
        let wanted: BTreeSet<DueId> = items.iter().copied().filter(aside).collect();
        let mut wanted: Vec<&Task> =
            self.tasks.iter().filter(|task| task.open && wanted.contains(&task.id)).collect();
        wanted.sort_by_cached_key(|task| (planner.position(task), task.id));
        let (mut added, mut left) = (Vec::new(), Vec::new());
        let mut parts = Vec::new();
        for task in wanted {
            match planner.place(task) {
                Some(part) => {
                    planner.put(task, part);
                    parts.push((task.id, part));
                    added.push(task.id);
                }
                None => left.push(task.id),
            }
        }
        // It is new on the walk, like what came up since the first look.
        let is_added = |id: &DueId| added.contains(id);
        let first = kept.first.min(kept.parts.len());
        kept.first = kept.parts[..first].iter().filter(|(id, _)| !is_added(id)).count();
        kept.parts.retain(|(id, _)| !is_added(id));
        kept.parts.extend(parts);
        (added, left)
    }

    /// What is planned and may as well wait. A job stays that something which must be done today stands beside.
    fn may_wait(self, kept: &KeptWalk) -> Vec<&'a Task> {
        let today = self.around.today;
        let planned = |(id, part): &(DueId, WalkPart)| {
            matches!(part, WalkPart::Job | WalkPart::Call | WalkPart::Desk)
                .then(|| self.task(*id))
                .flatten()
                .filter(|task| task.open && !task.is_must(today))
        };
        let must_along: BTreeSet<_> = kept
            .parts
            .iter()
            .filter(|(_, part)| *part == WalkPart::Along)
            .filter_map(|(id, _)| self.task(*id).filter(|task| task.is_must(today)))
            .filter_map(|task| task.home)
            .collect();
        let stays = |task: &&Task| task.door().is_none_or(|door| !must_along.contains(&door));
        kept.parts.iter().filter_map(planned).filter(stays).collect()
    }

    /// Lets these wait, and with the last job of a door what would have been done there by the way.
    fn put_back(self, kept: &mut KeptWalk, items: &[DueId]) {
        let waits: BTreeSet<DueId> =
            self.may_wait(kept).into_iter().map(|task| task.id).filter(|id| items.contains(id)).collect();
        if waits.is_empty() {
            return;
        }
        let doors: BTreeSet<_> = kept
            .parts
            .iter()
            .filter(|(id, part)| *part == WalkPart::Job && !waits.contains(id))
            .filter_map(|(id, _)| self.task(*id)?.door())
            .collect();
        for (id, part) in &mut kept.parts {
            let is_alone = *part == WalkPart::Along
                && self.task(*id).and_then(|task| task.home).is_some_and(|home| !doors.contains(&home));
            if waits.contains(id) || is_alone {
                *part = WalkPart::Waiting;
            }
        }
    }
}
