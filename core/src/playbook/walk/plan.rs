//! Plans a day.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Door, KeptWalk, Mode, PlannedWalk, Stop, Surroundings, Task, Wait, WalkPart};
use crate::model::{DueId, PlaceId, RecordId};
use crate::playbook::rule::Urgency;

/// The most minutes one thing may take to be done by the way.
const ALONG_EACH: u16 = 4;
/// The most minutes all that is done by the way at one door may take.
const ALONG_ALL: u16 = 6;
/// The most things done by the way at one door.
const ALONG_COUNT: usize = 3;

/// Plans what is open into the hours. `kept` is the plan of an earlier look; one of another day counts for nothing.
#[must_use]
pub fn plan(tasks: &[Task], around: &Surroundings<'_>, kept: Option<&KeptWalk>) -> (PlannedWalk, KeptWalk) {
    let kept = kept.filter(|kept| kept.day == around.today);
    let mut planner = Planner::new(tasks, around);
    // What was kept free at the first look is for what comes up since.
    if kept.is_some() {
        planner.free = around.hours.reserve.into();
    }
    for (id, part) in kept.iter().flat_map(|kept| &kept.parts) {
        planner.keep(*id, *part);
    }
    planner.plan_new();
    let parts = planner.parts;
    let first = kept.map_or(parts.len(), |kept| kept.first);
    let start = around.hours.start.as_ref().or_else(|| kept?.start.as_ref()).cloned();
    let kept = KeptWalk { day: around.today, parts, first, start };
    (walk(tasks, around, &kept), kept)
}

impl Task {
    /// Whether it must be done today.
    pub(super) fn is_must(&self, today: chrono::NaiveDate) -> bool {
        !self.opportunity
            && match self.urgency {
                Urgency::Urgent => true,
                _ if self.daily => true,
                Urgency::Normal => self.due <= today,
                Urgency::Low => self.promised && self.due <= today,
            }
    }

    /// How much it presses: urgent, promised, last day today, overdue, daily, the rest.
    pub(super) fn rank(&self, today: chrono::NaiveDate) -> u8 {
        match self {
            Self { urgency: Urgency::Urgent, .. } => 0,
            Self { promised: true, due, .. } if *due <= today => 1,
            Self { daily: true, .. } => 4,
            Self { due, .. } if *due == today => 2,
            Self { due, .. } if *due < today => 3,
            Self { .. } => 5,
        }
    }

    /// Minutes more at a door one is at anyway.
    pub(super) fn by_the_way(&self) -> u16 {
        self.effort.at_door.unwrap_or(self.effort.alone)
    }

    /// The home it is done at, for work at a door.
    pub(super) fn door(&self) -> Option<RecordId> {
        self.home.filter(|_| self.place.is_some() && matches!(self.mode, Mode::Door | Mode::Inside))
    }

    /// Where it is done when it is planned as a job: at its place, on the telephone, or at the desk.
    fn job(&self) -> WalkPart {
        match self.mode {
            Mode::Call => WalkPart::Call,
            Mode::Spot | Mode::Inside | Mode::Door if self.place.is_some() => WalkPart::Job,
            Mode::Spot | Mode::Inside | Mode::Door | Mode::Desk => WalkPart::Desk,
        }
    }
}

/// What is planned at one door so far.
#[derive(Default)]
struct Load {
    along: usize,
    minutes: u16,
}

pub(super) struct Planner<'a> {
    around: &'a Surroundings<'a>,
    tasks: BTreeMap<DueId, &'a Task>,
    parts: Vec<(DueId, WalkPart)>,
    /// Minutes left to plan into.
    left: i64,
    /// Minutes kept free that what must be done today may take.
    pub(super) free: i64,
    stops: BTreeSet<PlaceId>,
    doors: BTreeMap<RecordId, Load>,
    calls: u16,
}

impl<'a> Planner<'a> {
    pub(super) fn new(tasks: &'a [Task], around: &'a Surroundings<'a>) -> Self {
        let hours = around.hours;
        Self {
            around,
            tasks: tasks.iter().map(|task| (task.id, task)).collect(),
            parts: Vec::new(),
            left: i64::from(hours.left(around.minute)) - i64::from(hours.reserve),
            free: 0,
            stops: BTreeSet::new(),
            doors: BTreeMap::new(),
            calls: 0,
        }
    }

    /// Where there is room for a task: by the way at a door that is planned, or as a job.
    pub(super) fn place(&self, task: &Task) -> Option<WalkPart> {
        if self.goes_along(task) { Some(WalkPart::Along) } else { self.fits(task).then(|| task.job()) }
    }

    /// Takes over what an earlier look planned.
    fn keep(&mut self, id: DueId, part: WalkPart) {
        match self.tasks.remove(&id) {
            Some(task) if task.running_clock.is_none() => self.put(task, part),
            Some(task) => drop(self.tasks.insert(id, task)),
            None => {}
        }
    }

    /// Plans what no earlier look knew.
    fn plan_new(&mut self) {
        let new = std::mem::take(&mut self.tasks).into_values();
        let new = new.filter(|task| task.open && task.running_clock.is_none());
        let today = self.around.today;
        let (mut must, mut rest): (Vec<&Task>, Vec<&Task>) = new.partition(|task| task.is_must(today));
        must.sort_by_cached_key(|task| (task.rank(today), self.position(task), task.due, task.id));
        for task in must {
            self.put(task, self.place(task).unwrap_or(WalkPart::Misfit));
        }
        self.free = 0;
        let per_day = paces(&rest, self.around);
        rest.sort_by_cached_key(|task| {
            let pace = per_day.get(&(task.rule.as_str(), task.due)).copied().unwrap_or(0);
            (!task.promised, task.by_the_way(), Reverse(pace), task.since, self.position(task), task.id)
        });
        let rest = self.take_along(rest);
        let (waits, mut fills): (Vec<&Task>, Vec<&Task>) =
            rest.into_iter().partition(|task| task.opportunity || (task.promised && task.due > today));
        let walked = self.stops.clone();
        fills.sort_by_cached_key(|task| {
            let elsewhere = task.place.as_ref().is_none_or(|place| !walked.contains(place));
            let pace = per_day.get(&(task.rule.as_str(), task.due)).copied().unwrap_or(0);
            (elsewhere, Reverse(pace), task.since, self.position(task), task.id)
        });
        let mut unplanned = Vec::new();
        for task in fills {
            let job = task.job();
            let calls = job == WalkPart::Call && self.calls >= self.around.hours.calls;
            if self.goes_along(task) {
                self.put(task, WalkPart::Along);
            } else if !calls && self.fits(task) {
                self.put(task, job);
            } else {
                unplanned.push(task);
            }
        }
        unplanned.extend(waits);
        for task in self.take_along(unplanned) {
            self.put(task, WalkPart::Waiting);
        }
    }

    /// Plans by the way what fits there; the others come back.
    fn take_along(&mut self, tasks: Vec<&'a Task>) -> Vec<&'a Task> {
        let mut left = Vec::new();
        for task in tasks {
            let early = task.promised && task.due > self.around.today;
            if !early && self.goes_along(task) { self.put(task, WalkPart::Along) } else { left.push(task) }
        }
        left
    }

    /// Whether it can be done by the way at a door that is planned.
    fn goes_along(&self, task: &Task) -> bool {
        let minutes = task.by_the_way();
        let load = task.home.filter(|_| matches!(task.mode, Mode::Door | Mode::Call));
        let Some(load) = load.and_then(|home| self.doors.get(&home)) else { return false };
        minutes <= ALONG_EACH
            && load.along < ALONG_COUNT
            && load.minutes + minutes <= ALONG_ALL
            && i64::from(minutes) <= self.left + self.free
    }

    fn fits(&self, task: &Task) -> bool {
        let (hours, cost) = (self.around.hours, self.cost(task));
        let full = task.job() == WalkPart::Job
            && (self.is_new_stop(task) && self.stops.len() >= usize::from(hours.stops)
                || self.is_new_door(task) && self.doors.len() >= usize::from(hours.doors));
        !full && i64::from(cost) <= self.left + self.free
    }

    fn is_new_stop(&self, task: &Task) -> bool {
        task.place.as_ref().is_some_and(|place| !self.stops.contains(place))
    }

    fn is_new_door(&self, task: &Task) -> bool {
        task.door().is_some_and(|door| !self.doors.contains_key(&door))
    }

    /// Minutes it takes as a job, with the way to a new stop and the knock at a new door.
    fn cost(&self, task: &Task) -> u16 {
        let hours = self.around.hours;
        let way = if task.job() == WalkPart::Job && self.is_new_stop(task) { hours.per_stop } else { 0 };
        let knock = if self.is_new_door(task) { hours.per_knock } else { 0 };
        task.effort.alone + way + knock
    }

    pub(super) fn put(&mut self, task: &Task, part: WalkPart) {
        let minutes = match part {
            WalkPart::Job | WalkPart::Call | WalkPart::Desk => self.cost(task),
            WalkPart::Along => task.by_the_way(),
            WalkPart::Misfit | WalkPart::Waiting => 0,
        };
        if part == WalkPart::Job {
            self.stops.extend(task.place.clone());
            if let Some(door) = task.door() {
                self.doors.entry(door).or_default();
            }
        }
        if let (WalkPart::Along, Some(load)) = (part, task.home.and_then(|home| self.doors.get_mut(&home))) {
            load.along += 1;
            load.minutes += minutes;
        }
        self.calls += u16::from(part == WalkPart::Call);
        if task.open {
            self.left -= i64::from(minutes);
        }
        self.parts.push((task.id, part));
    }

    pub(super) fn position(&self, task: &Task) -> (i64, Option<PlaceId>, Option<RecordId>) {
        let walk = task.place.as_ref().map_or(i64::MAX, |place| (self.around.walk)(place));
        (walk, task.place.clone(), task.home)
    }
}

/// How many of a rule must be done each working day so that all due by a day are done by then.
fn paces<'a>(waiting: &[&'a Task], around: &Surroundings<'_>) -> BTreeMap<(&'a str, chrono::NaiveDate), u32> {
    let mut counts: BTreeMap<(&str, chrono::NaiveDate), u32> = BTreeMap::new();
    for task in waiting {
        *counts.entry((task.rule.as_str(), task.due)).or_default() += 1;
    }
    let mut all_by = BTreeMap::new();
    let mut sum: (&str, u32) = ("", 0);
    for ((rule, due), count) in counts {
        sum = if sum.0 == rule { (rule, sum.1 + count) } else { (rule, count) };
        all_by.insert((rule, due), sum.1.div_ceil((around.working_days)(due).max(1)));
    }
    all_by
}

/// Draws the parts as stops and doors.
fn walk(tasks: &[Task], around: &Surroundings<'_>, kept: &KeptWalk) -> PlannedWalk {
    let by_id: BTreeMap<DueId, &Task> = tasks.iter().map(|task| (task.id, task)).collect();
    let mut walk = PlannedWalk::default();
    let mut urgent: Vec<&Task> =
        tasks.iter().filter(|task| task.open && task.running_clock.is_some()).collect();
    urgent.sort_by_key(|task| (task.running_clock, task.id));
    walk.urgent = urgent.into_iter().map(|task| task.id).collect();

    let mut stops: BTreeMap<(i64, PlaceId), Sketch<'_>> = BTreeMap::new();
    let mut door_stop: BTreeMap<RecordId, (i64, PlaceId)> = BTreeMap::new();
    let (mut misfits, mut waiting) = (Vec::new(), Vec::new());
    for (at, (id, part)) in kept.parts.iter().enumerate() {
        let Some(task) = by_id.get(id) else { continue };
        match (part, &task.place) {
            (WalkPart::Job, Some(place)) => {
                let key = ((around.walk)(place), place.clone());
                match task.door() {
                    // A door stands at one stop, whatever place a case about it names.
                    Some(home) => {
                        let key = door_stop.entry(home).or_insert(key).clone();
                        let door = stops.entry(key).or_default().doors.entry(home).or_default();
                        door.jobs.push(task);
                        door.first = door.first.min(at);
                    }
                    None => stops.entry(key).or_default().spots.push(task),
                }
            }
            (WalkPart::Along, _) => {
                let door = task.home.and_then(|home| Some((home, door_stop.get(&home)?.clone())));
                let Some((home, key)) = door else { continue };
                stops.entry(key).or_default().doors.entry(home).or_default().along.push(task);
            }
            (WalkPart::Call, _) if task.open => walk.calls.push(*id),
            (WalkPart::Job | WalkPart::Desk, _) if task.open => walk.desk.push(*id),
            (WalkPart::Misfit, _) if task.open => misfits.push(*task),
            (WalkPart::Waiting, _) if task.open => waiting.push(*task),
            _ => {}
        }
    }
    misfits.sort_by_cached_key(|task| (task.rank(around.today), task.due, task.id));
    walk.misfits = misfits.into_iter().map(|task| task.id).collect();
    let per_day = paces(&waiting, around);
    walk.waiting = waiting.iter().map(|task| (task.id, wait(task, &per_day, around))).collect();

    // Where nothing is left to show at the stop it began at, the walk begins behind it: nothing jumps back.
    let start = kept.start.as_ref().map(|place| ((around.walk)(place), place.clone()));
    let before = start.map_or(0, |start| stops.range(..start).count());
    walk.stops = stops.into_iter().map(|((_, place), sketch)| sketch.stop(place, around, kept)).collect();
    if before < walk.stops.len() {
        walk.stops.rotate_left(before);
    }
    let aside = walk.calls.iter().chain(&walk.desk).filter_map(|id| by_id.get(id));
    walk.minutes = walk.stops.iter().map(|stop| stop.minutes).sum::<u32>()
        + aside.map(|task| u32::from(task.effort.alone)).sum::<u32>();
    walk.spare = i64::from(around.hours.left(around.minute)) - i64::from(walk.minutes);
    walk.ends = around.hours.ends(around.minute, walk.minutes);
    walk
}

fn wait(task: &Task, per_day: &BTreeMap<(&str, chrono::NaiveDate), u32>, around: &Surroundings<'_>) -> Wait {
    match task {
        Task { opportunity: true, .. } => Wait::Opportunity,
        Task { promised: true, due, .. } if *due > around.today => Wait::NotYet(*due),
        Task { due, .. } if *due > around.today => Wait::Pace {
            until: *due,
            per_day: per_day.get(&(task.rule.as_str(), *due)).copied().unwrap_or(1),
        },
        Task { .. } => Wait::NoHurry,
    }
}

/// A stop being drawn.
#[derive(Default)]
struct Sketch<'a> {
    spots: Vec<&'a Task>,
    doors: BTreeMap<RecordId, DoorSketch<'a>>,
}

struct DoorSketch<'a> {
    jobs: Vec<&'a Task>,
    along: Vec<&'a Task>,
    /// Where the first of its jobs stands in the kept plan.
    first: usize,
}

impl Default for DoorSketch<'_> {
    fn default() -> Self {
        Self { jobs: Vec::new(), along: Vec::new(), first: usize::MAX }
    }
}

impl Sketch<'_> {
    fn stop(self, place: PlaceId, around: &Surroundings<'_>, kept: &KeptWalk) -> Stop {
        let mut doors: Vec<_> = self.doors.into_iter().collect();
        doors.sort_by_cached_key(|(home, door)| {
            let position = around.doors.get(home);
            let floor = position.and_then(|position| position.floor);
            // An unknown floor comes last either way.
            let floor = match around.hours.floors {
                super::Floors::TopDown => floor.map_or(i64::MAX, |floor| floor.saturating_neg()),
                super::Floors::BottomUp => floor.unwrap_or(i64::MAX),
            };
            let late = door.jobs.iter().any(|task| task.due < around.today);
            let room = position.map(|position| position.room.clone()).unwrap_or_default();
            (door.first >= kept.first, floor, !late, room, *home)
        });
        let open = |tasks: &[&Task]| tasks.iter().any(|task| task.open);
        let minutes = |tasks: &[&Task], of: fn(&Task) -> u16| {
            tasks.iter().filter(|task| task.open).map(|task| u32::from(of(task))).sum::<u32>()
        };
        let ids = |tasks: Vec<&Task>| tasks.into_iter().map(|task| task.id).collect::<Vec<_>>();
        let doors: Vec<Door> = doors
            .into_iter()
            .map(|(home, door)| {
                let is_open = open(&door.jobs) || open(&door.along);
                let knock = if is_open { u32::from(around.hours.per_knock) } else { 0 };
                let work =
                    minutes(&door.jobs, |task| task.effort.alone) + minutes(&door.along, Task::by_the_way);
                Door {
                    home,
                    minutes: knock + work,
                    is_new: door.first >= kept.first,
                    open: is_open,
                    jobs: ids(door.jobs),
                    along: ids(door.along),
                }
            })
            .collect();
        let spots = minutes(&self.spots, |task| task.effort.alone);
        let work = spots + doors.iter().map(|door| door.minutes).sum::<u32>();
        let way = if open(&self.spots) || doors.iter().any(|door| door.open) {
            u32::from(around.hours.per_stop)
        } else {
            0
        };
        Stop { place, spots: ids(self.spots), doors, minutes: way + work }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{Days, NaiveDate};
    use proptest::prelude::*;

    use super::super::{
        DoorPosition, Effort, Floors, KeptWalk, Mode, PlannedWalk, Surroundings, Task, Wait, WalkHours,
        bring, cut_short,
    };
    use super::plan;
    use crate::model::{DueId, PlaceId, RecordId, Timestamp};
    use crate::playbook::rule::Urgency;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
    }

    fn unit(number: u8) -> PlaceId {
        PlaceId::new(format!("jinse/b1/u{number}")).unwrap()
    }

    fn home(number: u8) -> RecordId {
        RecordId([number; 16])
    }

    /// A normal thing at a door, due today.
    fn task(id: u8) -> Task {
        Task {
            id: DueId([id; 16]),
            rule: "visit.planned".into(),
            urgency: Urgency::Normal,
            mode: Mode::Door,
            effort: Effort { alone: 6, at_door: Some(2) },
            daily: false,
            promised: false,
            opportunity: false,
            since: today() - Days::new(3),
            due: today(),
            running_clock: None,
            place: Some(unit(1)),
            home: Some(home(id)),
            open: true,
        }
    }

    /// Homes lie by number: floor 1 to 9, the room is the number.
    fn look_at<T>(hours: &WalkHours, minute: u16, look: impl FnOnce(&Surroundings<'_>) -> T) -> T {
        let position = |number: u8| DoorPosition {
            floor: (!number.is_multiple_of(10)).then_some(i64::from(number % 10)),
            room: format!("{number:03}"),
        };
        let doors: BTreeMap<RecordId, DoorPosition> =
            (0..=u8::MAX).map(|number| (home(number), position(number))).collect();
        look(&Surroundings {
            walk: &|place| i64::from(place.as_str().as_bytes().last().copied().unwrap_or(0)),
            doors: &doors,
            working_days: &|day| u32::try_from((day - today()).num_days().max(0)).unwrap() + 1,
            hours,
            today: today(),
            minute,
        })
    }

    fn planned(tasks: &[Task]) -> PlannedWalk {
        look_at(&WalkHours::default(), 9 * 60, |around| plan(tasks, around, None).0)
    }

    fn ids(numbers: &[u8]) -> Vec<DueId> {
        numbers.iter().map(|number| DueId([*number; 16])).collect()
    }

    #[test]
    fn a_running_clock_stands_above_the_walk_the_nearest_first() {
        let clock = |id, at| Task {
            urgency: Urgency::Urgent,
            running_clock: Some(Timestamp::from_millis(at)),
            ..task(id)
        };
        let walk = planned(&[clock(1, 9_000), clock(2, 4_000), task(3)]);
        assert_eq!(walk.urgent, ids(&[2, 1]));
        assert_eq!(walk.stops[0].doors[0].jobs, ids(&[3]));
    }

    #[test]
    fn what_was_kept_free_at_the_first_look_is_for_what_comes_up_since() {
        let hours = WalkHours { until: 10 * 60, reserve: 20, ..WalkHours::default() };
        look_at(&hours, 9 * 60, |around| {
            let long = |id| Task { effort: Effort { alone: 6, at_door: None }, ..task(id) };
            let fills: Vec<Task> =
                (1..=9).map(|id| Task { due: today() + Days::new(9), ..long(id) }).collect();
            let (first, kept) = plan(&fills, around, None);
            assert!(first.minutes <= 40 && !first.waiting.is_empty());
            let desk = Effort { alone: 15, at_door: None };
            let came_up = Task { mode: Mode::Desk, effort: desk, home: None, ..task(20) };
            let later = [fills, vec![came_up, Task { due: today() + Days::new(9), ..long(21) }]].concat();
            let (walk, _) = plan(&later, around, Some(&kept));
            assert_eq!((walk.desk, walk.misfits), (ids(&[20]), vec![]));
            assert!(
                walk.waiting.iter().any(|(id, _)| *id == DueId([21; 16])),
                "what can wait does not take it"
            );
        });
    }

    #[test]
    fn one_door_is_one_card_with_its_main_job_and_what_is_done_by_the_way() {
        let at_one = |id| Task { home: Some(home(1)), ..task(id) };
        let tasks = [
            at_one(1),
            Task { promised: true, ..at_one(2) },
            Task { opportunity: true, urgency: Urgency::Low, due: today() + Days::new(9), ..at_one(3) },
            Task { effort: Effort { alone: 14, at_door: None }, mode: Mode::Inside, ..at_one(4) },
        ];
        let walk = planned(&tasks);
        let [door] = &walk.stops[0].doors[..] else { panic!("{walk:?}") };
        assert_eq!(door.jobs, ids(&[2, 4]), "the promise first; what takes long is no by-the-way");
        assert_eq!(door.along, ids(&[1, 3]));
        assert_eq!(door.minutes, 1 + 6 + 14 + 2 + 2);
        assert_eq!(walk.minutes, 2 + door.minutes);
    }

    #[test]
    fn doors_run_from_the_top_floor_down_and_what_is_overdue_moves_nobody_to_another_floor() {
        let late = |id| Task { due: today() - Days::new(1), ..task(id) };
        let rooms = |hours: &WalkHours| {
            let tasks = [task(11), late(9), task(19), task(29), late(39)];
            let walk = look_at(hours, 9 * 60, |around| plan(&tasks, around, None).0);
            walk.stops[0].doors.iter().map(|door| door.home.0[0]).collect::<Vec<_>>()
        };
        assert_eq!(rooms(&WalkHours::default()), [9, 39, 19, 29, 11]);
        let up = WalkHours { floors: Floors::BottomUp, ..WalkHours::default() };
        assert_eq!(rooms(&up), [11, 9, 39, 19, 29]);
    }

    #[test]
    fn what_does_not_fit_is_said_and_the_least_pressing_goes_first() {
        let long = |id| Task { effort: Effort { alone: 120, at_door: None }, mode: Mode::Inside, ..task(id) };
        let tasks = [
            Task { daily: true, ..long(1) },
            Task { daily: true, ..long(2) },
            Task { promised: true, ..long(3) },
            Task { due: today() - Days::new(2), ..long(4) },
            Task { urgency: Urgency::Urgent, ..long(5) },
        ];
        let walk = planned(&tasks);
        assert_eq!(walk.misfits, ids(&[1, 2]), "420 minutes hold three of them");
        assert!(walk.spare >= 30, "the reserve stays free: {}", walk.spare);
    }

    #[test]
    fn what_can_wait_says_why_and_fills_what_is_left_where_one_walks_anyway() {
        let low = |id, days| Task {
            urgency: Urgency::Low,
            due: today() + Days::new(days),
            effort: Effort { alone: 90, at_door: None },
            ..task(id)
        };
        let tasks = [
            Task { place: Some(unit(2)), ..low(1, 9) },
            Task { place: Some(unit(2)), ..low(2, 9) },
            Task { place: Some(unit(2)), ..low(3, 9) },
            Task { place: Some(unit(2)), ..low(4, 9) },
            low(5, 9),
            task(6),
            Task { opportunity: true, ..low(7, 1) },
            Task { promised: true, urgency: Urgency::Normal, ..low(8, 1) },
        ];
        let walk = planned(&tasks);
        assert_eq!(walk.stops.iter().map(|stop| stop.doors.len()).collect::<Vec<_>>(), [2, 3]);
        let until = today() + Days::new(9);
        assert_eq!(
            walk.waiting,
            [
                (DueId([4; 16]), Wait::Pace { until, per_day: 1 }),
                (DueId([8; 16]), Wait::NotYet(today() + Days::new(1))),
                (DueId([7; 16]), Wait::Opportunity),
            ]
        );
    }

    #[test]
    fn a_later_look_keeps_the_order_and_adds_what_is_new_at_the_end_of_its_stop() {
        let mut tasks = vec![task(15), task(17), Task { place: Some(unit(2)), ..task(12) }];
        let hours = WalkHours::default();
        let (first, kept) = look_at(&hours, 9 * 60, |around| plan(&tasks, around, None));
        tasks[1].open = false;
        tasks.push(task(19));
        tasks.push(Task { home: Some(home(12)), place: Some(unit(2)), ..task(20) });
        let (later, again) = look_at(&hours, 11 * 60, |around| plan(&tasks, around, Some(&kept)));
        let homes = |walk: &PlannedWalk, at: usize| {
            walk.stops[at]
                .doors
                .iter()
                .map(|door| (door.home.0[0], door.open, door.is_new))
                .collect::<Vec<_>>()
        };
        assert_eq!(homes(&first, 0), [(17, true, false), (15, true, false)]);
        assert_eq!(homes(&later, 0), [(17, false, false), (15, true, false), (19, true, true)]);
        assert_eq!(later.stops[1].doors[0].along, ids(&[20]), "at a door that is visited anyway");
        let (last, _) = look_at(&hours, 17 * 60 + 50, |around| plan(&tasks, around, Some(&again)));
        assert_eq!(homes(&last, 0), homes(&later, 0), "short of time nothing moves: it says so");
        assert!(last.spare < 0);
    }

    #[test]
    fn a_walk_that_starts_elsewhere_does_so_all_day_and_its_order_stays_when_that_stop_is_gone() {
        let at = |id: u8, stop: u8| Task { place: Some(unit(stop)), ..task(id) };
        let mut tasks = vec![at(1, 1), at(2, 2), at(3, 3), at(4, 4)];
        let hours = WalkHours::default();
        let from = |stop: u8| WalkHours { start: Some(unit(stop)), ..WalkHours::default() };
        let stops = |walk: &PlannedWalk| {
            walk.stops.iter().map(|stop| stop.place.as_str().to_owned()).collect::<Vec<_>>()
        };
        let look = |tasks: &[Task], hours: &WalkHours, kept: Option<&KeptWalk>| {
            look_at(hours, 9 * 60, |around| plan(tasks, around, kept))
        };
        let (usual, kept) = look(&tasks, &hours, None);
        let (turned, kept) = look(&tasks, &from(3), Some(&kept));
        assert_eq!(
            stops(&turned),
            [unit(3), unit(4), unit(1), unit(2)].map(|place| place.as_str().to_owned())
        );
        let (later, again) = look(&tasks, &hours, Some(&kept));
        assert_eq!((&later, &again), (&turned, &kept), "said once it holds");
        tasks[2].open = false;
        let (done, _) = look(&tasks, &hours, Some(&kept));
        assert_eq!(stops(&done), stops(&turned), "also when its doors are done");
        tasks.remove(2);
        let (gone, _) = look(&tasks, &hours, Some(&kept));
        assert_eq!(stops(&gone), stops(&turned)[1..], "also when there is no such stop any more");
        let (unknown, _) = look(&tasks, &from(200), Some(&kept));
        assert_eq!(stops(&unknown), [&stops(&usual)[..2], &stops(&usual)[3..]].concat());
        let yesterday = KeptWalk { day: today() - Days::new(1), ..kept };
        let (tomorrow, _) = look(&tasks, &hours, Some(&yesterday));
        assert_eq!(stops(&tomorrow), stops(&unknown), "it ends with its day");
    }

    #[test]
    fn a_day_cut_short_keeps_promises_and_counts_daily_work_as_missed() {
        let tasks = [
            Task {
                daily: true,
                mode: Mode::Spot,
                home: None,
                effort: Effort { alone: 70, at_door: None },
                ..task(1)
            },
            Task { promised: true, place: Some(unit(3)), ..task(2) },
            Task { due: today() - Days::new(4), ..task(3) },
            Task { urgency: Urgency::Low, due: today() + Days::new(20), ..task(4) },
        ];
        let cut = look_at(&WalkHours::default(), 9 * 60, |around| {
            let walk = plan(&tasks, around, None).0;
            cut_short(&tasks, &walk, around, 10)
        });
        assert_eq!((cut.keep, cut.tomorrow), (ids(&[2]), ids(&[3])));
        assert_eq!((cut.missed, cut.another_day, cut.minutes), (ids(&[1]), ids(&[4]), 9));
    }

    prop_compose! {
        fn any_task(id: u8)(
            urgency in prop_oneof![Just(Urgency::Urgent), Just(Urgency::Normal), Just(Urgency::Low)],
            mode in prop_oneof![Just(Mode::Spot), Just(Mode::Inside), Just(Mode::Door), Just(Mode::Call), Just(Mode::Desk)],
            alone in 1_u16..90,
            at_door in proptest::option::of(0_u16..8),
            (daily, promised, opportunity, open) in (any::<bool>(), any::<bool>(), any::<bool>(), prop::bool::weighted(0.9)),
            (since, due) in (0_u64..40, -5_i64..30),
            clock in proptest::option::of(0_i64..99_999),
            place in proptest::option::weighted(0.9, 1_u8..15),
            home_at in proptest::option::weighted(0.7, 0_u8..60),
            rule in 0_u8..4,
        ) -> Task {
            Task {
                id: DueId([id; 16]),
                rule: format!("rule.{rule}").into(),
                urgency, mode, daily, promised, opportunity, open,
                effort: Effort { alone, at_door },
                since: today() - Days::new(since),
                due: today() + chrono::TimeDelta::days(due),
                running_clock: clock.map(Timestamp::from_millis),
                place: place.map(unit),
                home: home_at.map(home),
            }
        }
    }

    fn any_tasks() -> impl Strategy<Value = Vec<Task>> {
        (1_u8..=250).prop_flat_map(|count| (0..count).map(any_task).collect::<Vec<_>>())
    }

    /// Every id of a walk, once for each part it is in.
    fn all(walk: &PlannedWalk) -> Vec<DueId> {
        let mut all: Vec<DueId> =
            [&walk.urgent, &walk.calls, &walk.desk, &walk.misfits].into_iter().flatten().copied().collect();
        all.extend(walk.waiting.iter().map(|(id, _)| *id));
        for stop in &walk.stops {
            all.extend(&stop.spots);
            all.extend(stop.doors.iter().flat_map(|door| door.jobs.iter().chain(&door.along)));
        }
        all
    }

    #[test]
    fn what_waits_is_brought_into_today_where_there_is_room_and_else_says_what_gives_way() {
        let later = |id: u8, minutes: u16| Task {
            due: today() + Days::new(20),
            effort: Effort { alone: minutes, at_door: None },
            ..task(id)
        };
        // Two of the month fill the day; the promised one of next week would not have come today.
        let mut tasks = vec![later(1, 200), later(2, 190)];
        tasks.push(Task { promised: true, due: today() + Days::new(7), ..later(3, 20) });
        tasks.push(Task { promised: true, due: today() + Days::new(7), ..later(4, 60) });
        let hours = WalkHours::default();
        look_at(&hours, 9 * 60, |around| {
            let (walk, kept) = plan(&tasks, around, None);
            assert_eq!(walk.waiting.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ids(&[3, 4]));
            let (kept, brought) = bring(&tasks, around, kept, &ids(&[3, 4, 1]), &[]);
            assert_eq!((brought.added, brought.left), (ids(&[3]), ids(&[4])));
            assert_eq!(brought.displaces, ids(&[2]), "the least pressing that makes room");
            let (kept, brought) = bring(&tasks, around, kept, &ids(&[4]), &ids(&[2]));
            assert_eq!((brought.added, brought.left, brought.displaces), (ids(&[4]), vec![], vec![]));
            let (walk, _) = plan(&tasks, around, Some(&kept));
            assert_eq!(walk.waiting.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ids(&[2]));
            let is_new = |number: u8| {
                let mut doors = walk.stops.iter().flat_map(|stop| &stop.doors);
                doors.any(|door| door.home == home(number) && door.is_new)
            };
            assert!(is_new(3) && is_new(4) && !is_new(1));
        });
        // What must be done today gives way to nothing.
        let mut tasks = vec![task(1), later(2, 60)];
        tasks[0].effort.alone = 400;
        look_at(&hours, 9 * 60, |around| {
            let (_, kept) = plan(&tasks, around, None);
            let (kept, brought) = bring(&tasks, around, kept, &ids(&[2]), &ids(&[1]));
            assert_eq!((brought.added, brought.left, brought.displaces), (vec![], ids(&[2]), vec![]));
            assert_eq!(plan(&tasks, around, Some(&kept)).0.waiting.len(), 1);
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn nothing_due_is_missing_and_nothing_is_twice(tasks in any_tasks(), minute in 0_u16..1440, more in any_tasks(), closed in any::<u64>()) {
            let hours = WalkHours::default();
            look_at(&hours, minute, |around| {
                let (walk, kept) = plan(&tasks, around, None);
                let open = |tasks: &[Task]| {
                    let mut open: Vec<DueId> = tasks.iter().filter(|task| task.open).map(|task| task.id).collect();
                    open.sort();
                    open
                };
                let mut found = all(&walk);
                found.sort();
                prop_assert_eq!(found, open(&tasks));
                prop_assert!(walk.stops.len() <= 12);
                prop_assert!(walk.stops.iter().map(|stop| stop.doors.len()).sum::<usize>() <= 40);
                prop_assert!(i64::from(walk.minutes) <= (i64::from(hours.left(minute)) - 30).max(0));

                // Some are done, others come: order and parts stay, and nothing is lost.
                let mut later: Vec<Task> = tasks.clone();
                for (at, task) in later.iter_mut().enumerate() {
                    task.open &= closed >> (at % 64) & 1 == 0;
                }
                let known = later.len();
                later.extend(more.iter().skip(known).cloned());
                let (second, again) = plan(&later, around, Some(&kept));
                let is_open = |id: &DueId| later.iter().any(|task| task.id == *id && task.open);
                let mut found = all(&second);
                found.retain(is_open);
                found.sort();
                prop_assert_eq!(found, open(&later));
                let doors = |walk: &PlannedWalk, kept: &KeptWalk| -> Vec<RecordId> {
                    let old = |id: &DueId| kept.parts.iter().any(|(known, _)| known == id);
                    let doors = walk.stops.iter().flat_map(|stop| &stop.doors);
                    doors.filter(|door| door.jobs.iter().any(old)).map(|door| door.home).collect()
                };
                prop_assert_eq!(doors(&walk, &kept), doors(&second, &kept));
                let (third, _) = plan(&later, around, Some(&again));
                prop_assert_eq!(third, second, "looking again changes nothing");
                Ok(())
            })?;
        }

        #[test]
        fn what_is_brought_into_today_displaces_no_duty_and_loses_nothing(
            tasks in any_tasks(), minute in 0_u16..1440, wanted in any::<u64>()
        ) {
            let hours = WalkHours::default();
            look_at(&hours, minute, |around| {
                let (before, kept) = plan(&tasks, around, None);
                let items: Vec<DueId> = tasks
                    .iter()
                    .enumerate()
                    .filter_map(|(at, task)| (wanted >> (at % 64) & 1 == 1).then_some(task.id))
                    .collect();
                let aside = |walk: &PlannedWalk| -> Vec<DueId> {
                    walk.misfits.iter().copied().chain(walk.waiting.iter().map(|(id, _)| *id)).collect()
                };
                let (brought_kept, brought) = bring(&tasks, around, kept.clone(), &items, &[]);
                let (walk, again) = plan(&tasks, around, Some(&brought_kept));
                prop_assert_eq!(&again, &brought_kept, "looking again changes nothing");
                let mut found = all(&walk);
                found.sort();
                let mut open: Vec<DueId> = tasks.iter().filter(|task| task.open).map(|task| task.id).collect();
                open.sort();
                prop_assert_eq!(&found, &open);
                let mut asked: Vec<DueId> =
                    aside(&before).into_iter().filter(|id| items.contains(id)).collect();
                let mut answered = [brought.added.clone(), brought.left.clone()].concat();
                asked.sort();
                answered.sort();
                prop_assert_eq!(asked, answered);
                prop_assert!(aside(&walk).iter().all(|id| !brought.added.contains(id)));
                prop_assert!(i64::from(walk.minutes) <= i64::from(hours.left(minute)));
                // Nothing gives way unless it was said to.
                let planned = aside(&before);
                prop_assert!(aside(&walk).iter().all(|id| planned.contains(id)));

                let (swapped_kept, swapped) =
                    bring(&tasks, around, brought_kept, &brought.left, &brought.displaces);
                let (swapped_walk, _) = plan(&tasks, around, Some(&swapped_kept));
                let mut found = all(&swapped_walk);
                found.sort();
                prop_assert_eq!(&found, &open);
                if !brought.displaces.is_empty() {
                    prop_assert_eq!(swapped.left, vec![]);
                }
                let is_must = |id: &DueId| tasks.iter().any(|task| task.id == *id && task.is_must(today()));
                let gave_way = aside(&swapped_walk).into_iter().filter(|id| !planned.contains(id));
                prop_assert!(gave_way.into_iter().all(|id| !is_must(&id)));
                Ok(())
            })?;
        }

        #[test]
        fn a_cut_adds_up_to_what_was_open(tasks in any_tasks(), minutes in 0_u32..600) {
            let hours = WalkHours::default();
            look_at(&hours, 600, |around| {
                let (walk, _) = plan(&tasks, around, None);
                let cut = cut_short(&tasks, &walk, around, minutes);
                let mut found: Vec<DueId> = [cut.keep, cut.tomorrow, cut.missed, cut.another_day].concat();
                found.sort();
                let mut open: Vec<DueId> = tasks.iter().filter(|task| task.open).map(|task| task.id).collect();
                open.sort();
                prop_assert_eq!(found, open);
                Ok(())
            })?;
        }
    }
}
