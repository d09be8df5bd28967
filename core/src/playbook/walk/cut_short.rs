//! A day cut short: what is still walked in the time that is left, and what becomes of the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::{PlannedWalk, Surroundings, Task};
use crate::model::DueId;
use crate::playbook::rule::Urgency;

/// A proposal; every open task is in exactly one part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CutShort {
    /// Walked all the same 照走, in the order of the walk.
    pub keep: Vec<DueId>,
    /// Due, and put off to the next working day with one reason for all 改到明天.
    pub tomorrow: Vec<DueId>,
    /// Daily ones that are not done today: they cannot be put off, they count as missed 今天算没看.
    pub missed: Vec<DueId>,
    /// Not due yet: nothing is written, they come again by themselves 改天顺路.
    pub another_day: Vec<DueId>,
    /// Minutes what is kept takes.
    pub minutes: u32,
}

/// What is kept of a walk when only so many minutes are left: what has a running clock, then promises and
/// appointments, danger, what is on its last day, then the nearest stops.
#[must_use]
pub fn cut_short(tasks: &[Task], walk: &PlannedWalk, around: &Surroundings<'_>, minutes: u32) -> CutShort {
    let by_id: BTreeMap<DueId, &Task> =
        tasks.iter().filter(|task| task.open).map(|task| (task.id, task)).collect();
    let chunks = chunks(walk, &by_id, around);
    let mut order: Vec<usize> = (0..chunks.len()).collect();
    order.sort_by_key(|at| (chunks[*at].rank, *at));
    let mut kept: BTreeSet<usize> = BTreeSet::new();
    let mut stops: BTreeSet<usize> = BTreeSet::new();
    let mut used = 0;
    for at in order {
        let chunk = &chunks[at];
        let way = match chunk.stop {
            Some(stop) if !stops.contains(&stop) => u32::from(around.hours.per_stop),
            _ => 0,
        };
        if chunk.running_clock || used + way + chunk.minutes <= minutes {
            used += way + chunk.minutes;
            stops.extend(chunk.stop);
            kept.insert(at);
        }
    }
    let mut cut = CutShort { minutes: used, ..CutShort::default() };
    let put_away = |task: &Task, cut: &mut CutShort| {
        let list = match task {
            Task { daily: true, .. } => &mut cut.missed,
            task if task.is_must(around.today) => &mut cut.tomorrow,
            _ => &mut cut.another_day,
        };
        list.push(task.id);
    };
    for (at, chunk) in chunks.iter().enumerate() {
        if kept.contains(&at) {
            cut.keep.extend(&chunk.tasks);
        } else {
            chunk.tasks.iter().filter_map(|id| by_id.get(id)).for_each(|task| put_away(task, &mut cut));
        }
    }
    let aside = walk.misfits.iter().chain(walk.waiting.iter().map(|(id, _)| id));
    aside.filter_map(|id| by_id.get(id)).for_each(|task| put_away(task, &mut cut));
    cut
}

/// What is kept or cut together: a door, a spot, a call.
struct Chunk {
    tasks: Vec<DueId>,
    minutes: u32,
    /// Its stop, by position.
    stop: Option<usize>,
    rank: u8,
    running_clock: bool,
}

fn chunks(walk: &PlannedWalk, by_id: &BTreeMap<DueId, &Task>, around: &Surroundings<'_>) -> Vec<Chunk> {
    let rank = |ids: &[DueId]| {
        let of = |task: &&Task| match task {
            task if task.promised && task.due <= around.today => 1,
            Task { urgency: Urgency::Urgent, .. } => 2,
            task if !task.daily && task.due == around.today => 3,
            _ => 4,
        };
        ids.iter().filter_map(|id| by_id.get(id)).map(of).min().unwrap_or(4)
    };
    let open = |ids: &[DueId]| ids.iter().copied().filter(|id| by_id.contains_key(id)).collect::<Vec<_>>();
    let single = |id: DueId, stop: Option<usize>, running_clock: bool| {
        let minutes = by_id.get(&id).map_or(0, |task| u32::from(task.effort.alone));
        let rank = if running_clock { 0 } else { rank(&[id]) };
        Chunk { tasks: vec![id], minutes, stop, rank, running_clock }
    };
    let mut chunks: Vec<Chunk> = walk.urgent.iter().map(|id| single(*id, None, true)).collect();
    for (at, stop) in walk.stops.iter().enumerate() {
        chunks.extend(open(&stop.spots).into_iter().map(|id| single(id, Some(at), false)));
        for door in stop.doors.iter().filter(|door| door.open) {
            let tasks = open(&[door.jobs.clone(), door.along.clone()].concat());
            chunks.push(Chunk {
                rank: rank(&tasks),
                tasks,
                minutes: door.minutes,
                stop: Some(at),
                running_clock: false,
            });
        }
    }
    chunks.extend(walk.calls.iter().chain(&walk.desk).map(|id| single(*id, None, false)));
    chunks
}
