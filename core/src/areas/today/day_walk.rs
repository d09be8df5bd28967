//! The day as a walk: stops and doors within a person's hours, in words.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::today_list::{TodayItem, place_of, row};
use crate::areas::today::Today;
use crate::context::{Agenda, Doors, Visibility};
use crate::error::ButlerError;
use crate::model::{DueId, PlaceId, RecordId, ResidentRow, StaffId, Timestamp};
use crate::playbook::Label;
use crate::playbook::due::DueItem;
use crate::playbook::walk::{
    self, Brought, CutShort, KeptWalk, PlannedWalk, Surroundings, Task, Wait, WalkHours,
};
use crate::query::SubjectId;
use crate::store::Reader;

const MINUTE: i64 = 60_000;

/// A day of one butler. Every open item is in exactly one part: `urgent`, a stop, `calls`, `desk`, `does_not_fit`,
/// `can_wait`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct DayWalk {
    /// What has a running clock, the nearest first.
    pub urgent: Vec<TodayItem>,
    /// The stops in walking order.
    pub stops: Vec<WalkStop>,
    /// Telephone calls of the day.
    pub calls: Vec<TodayItem>,
    /// What is done at the desk.
    pub desk: Vec<TodayItem>,
    /// What must be done today and does not fit into the hours, by what it is.
    pub does_not_fit: Vec<WalkGroup>,
    /// What can wait, by what it is and why.
    pub can_wait: Vec<WalkGroup>,
    /// How many items are open: what somebody else has begun is theirs.
    pub open: u32,
    /// How many of them are planned for today: at stops, calls and the desk.
    pub planned: u32,
    /// Doors with something left to do.
    pub doors: u32,
    /// Minutes of planned work left.
    pub minutes: u32,
    /// When it is done.
    pub ends_at: Timestamp,
    /// Minutes left of the hours then; negative: so many too few.
    pub spare_minutes: i64,
}

/// A unit or a spot where one stops.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct WalkStop {
    /// Where.
    pub place: PlaceId,
    /// Its name.
    pub name: String,
    /// What is done at the spot itself; what is done of it today stays, with its status.
    pub spots: Vec<TodayItem>,
    /// The doors, in the order one walks.
    pub doors: Vec<WalkDoor>,
    /// Minutes left, with the way there.
    pub minutes: u32,
}

/// A home one knocks at: one card.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct WalkDoor {
    /// The home.
    pub home: RecordId,
    /// As people say it ("3栋2单元501").
    pub title: String,
    /// Who lives there, as far as the phone's owner may read.
    pub people: Vec<ResidentRow>,
    /// What it is visited for; the first is the main job.
    pub jobs: Vec<TodayItem>,
    /// What is done by the way 顺便.
    pub along: Vec<TodayItem>,
    /// Minutes left, with the knock.
    pub minutes: u32,
    /// It was added after the first look of the day 新.
    pub is_new: bool,
    /// Something is left to do.
    pub open: bool,
    /// Who has begun something here, if that is somebody else: it is theirs.
    pub begun_by: Option<StaffId>,
}

/// Why things can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum WaitKind {
    /// Said when one meets them anyway 顺路.
    Opportunity,
    /// There is time until a day.
    Dated,
    /// The day agreed has not come.
    NotYet,
    /// Nothing presses.
    NoHurry,
}

/// Items of one kind that are not on the walk for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct WalkGroup {
    /// What is to be done.
    pub title: Label,
    /// Why it is not on the walk, in words.
    pub reason: Label,
    /// Why it can wait; none where it does not fit.
    pub wait: Option<WaitKind>,
    /// The day by which all of them are to be done, where there is one ahead.
    pub until: Option<NaiveDate>,
    /// How many.
    pub count: u32,
    /// How many of them are overdue.
    pub overdue: u32,
    /// Which.
    pub items: Vec<DueId>,
}

impl Today<'_> {
    /// The day as a walk within these hours. The first look of a day plans it; later looks keep its order and its parts,
    /// also after the app was killed, and add what is new at the end of its stop.
    ///
    /// # Errors
    /// [`ButlerError::NotEnrolled`] and those of the store.
    pub fn walk(&self, hours: &WalkHours) -> Result<DayWalk, ButlerError> {
        let (walk, kept) = self.0.agenda(|reader, agenda| {
            let visibility = agenda.visibility(reader);
            let before = kept_walk(reader)?;
            let day = WalkedDay::of(reader, &visibility, agenda)?;
            let (walk, kept) =
                day.look(agenda, hours, |around| walk::plan(&day.tasks, around, before.as_ref()));
            let changed = before.as_ref() != Some(&kept);
            Ok((day_walk(reader, &visibility, agenda, &day.tasks, walk)?, changed.then_some(kept)))
        })?;
        self.keep_walk(kept)?;
        Ok(walk)
    }

    /// Brings what can wait, or did not fit, into today 排进今天: what there is room for is on the walk from now on, as it would be
    /// had it come up since. For the rest the answer names what would have to wait; called again with these as `instead_of`, they
    /// do. What must be done today never gives way.
    ///
    /// # Errors
    /// As [`Self::walk`].
    pub fn bring(
        &self,
        hours: &WalkHours,
        items: &[DueId],
        instead_of: &[DueId],
    ) -> Result<Brought, ButlerError> {
        let (brought, kept) = self.0.agenda(|reader, agenda| {
            let visibility = agenda.visibility(reader);
            let before = kept_walk(reader)?;
            let day = WalkedDay::of(reader, &visibility, agenda)?;
            let (kept, brought) = day.look(agenda, hours, |around| {
                let (_, kept) = walk::plan(&day.tasks, around, before.as_ref());
                walk::bring(&day.tasks, around, kept, items, instead_of)
            });
            Ok((brought, (before.as_ref() != Some(&kept)).then_some(kept)))
        })?;
        self.keep_walk(kept)?;
        Ok(brought)
    }

    fn keep_walk(&self, kept: Option<KeptWalk>) -> Result<(), ButlerError> {
        let Some(kept) = kept else { return Ok(()) };
        let kept = serde_json::to_string(&kept).map_err(|_| ButlerError::internal("walk"))?;
        self.0.write(|tx| Ok(tx.set_walk(&kept)?))
    }

    /// What is walked all the same when only so many minutes are left of the day, and what becomes of the rest. Nothing is
    /// written: it is a proposal.
    ///
    /// # Errors
    /// As [`Self::walk`].
    pub fn cut_short(&self, hours: &WalkHours, minutes: u32) -> Result<CutShort, ButlerError> {
        self.0.agenda(|reader, agenda| {
            let visibility = agenda.visibility(reader);
            let before = kept_walk(reader)?;
            let day = WalkedDay::of(reader, &visibility, agenda)?;
            Ok(day.look(agenda, hours, |around| {
                let (walk, _) = walk::plan(&day.tasks, around, before.as_ref());
                walk::cut_short(&day.tasks, &walk, around, minutes)
            }))
        })
    }

    /// Open items about a home, its people, and their cases; about another record: its own.
    ///
    /// # Errors
    /// [`ButlerError::NotEnrolled`] and those of the store.
    pub fn about(&self, record: RecordId) -> Result<Vec<TodayItem>, ButlerError> {
        self.0.agenda(|reader, agenda| {
            let visibility = agenda.visibility(reader);
            let mut about = BTreeSet::from([record]);
            about.extend(reader.residents_of(record)?.into_iter().map(|person| person.record.id));
            for id in about.clone() {
                about.extend(reader.linked_to(id)?.into_iter().map(|(id, _)| id));
            }
            let day = agenda.now().0;
            let of = |item: &&DueItem| match &item.subject {
                SubjectId::Record(id) => about.contains(id) && !item.status(day).is_answered(),
                SubjectId::Place(_) | SubjectId::Grid(_) | SubjectId::Community => false,
            };
            agenda.items().filter(of).map(|item| row(&visibility, agenda, item)).collect()
        })
    }
}

/// What the first look of a day planned; one that cannot be read is planned anew.
fn kept_walk(reader: &Reader<'_>) -> Result<Option<KeptWalk>, ButlerError> {
    Ok(reader.walk()?.and_then(|kept| serde_json::from_str(&kept).ok()))
}

/// What a plan of the day looks at.
struct WalkedDay<'a> {
    tasks: Vec<Task>,
    doors: &'a Doors,
}

impl<'a> WalkedDay<'a> {
    fn of(reader: &Reader<'_>, visibility: &Visibility<'_>, agenda: &'a Agenda) -> Result<Self, ButlerError> {
        let doors = agenda.doors(reader)?;
        Ok(Self { tasks: tasks(visibility, agenda, doors), doors })
    }

    fn look<T>(&self, agenda: &Agenda, hours: &WalkHours, work: impl FnOnce(&Surroundings<'_>) -> T) -> T {
        let office = agenda.office();
        let (today, now) = agenda.now();
        let working_days = |until: NaiveDate| {
            let days = today.iter_days().take_while(|day| *day <= until);
            u32::try_from(days.filter(|day| office.calendar.is_working(*day)).count()).unwrap_or(u32::MAX)
        };
        work(&Surroundings {
            walk: &|place| office.walk_of(Some(place)),
            doors: &self.doors.positions,
            working_days: &working_days,
            hours,
            today,
            minute: office.calendar.minute_of(now),
        })
    }
}

fn tasks(visibility: &Visibility<'_>, agenda: &Agenda, doors: &Doors) -> Vec<Task> {
    let (day, now) = agenda.now();
    let task = |item: &DueItem| {
        let home = match &item.subject {
            SubjectId::Record(id) => doors.home_of.get(id).copied(),
            SubjectId::Place(_) | SubjectId::Grid(_) | SubjectId::Community => None,
        };
        let at_home = home.and_then(|home| doors.places.get(&home).cloned());
        Task {
            id: item.id,
            rule: item.rule.id.clone(),
            urgency: item.urgency(now),
            mode: item.rule.mode(),
            effort: item.rule.effort(),
            daily: item.rule.is_daily(),
            promised: item.rule.promised,
            opportunity: item.rule.opportunity,
            since: item.base,
            due: item.due,
            running_clock: item.running_clock(now),
            place: at_home.or_else(|| place_of(visibility, agenda, item)),
            home,
            open: !item.status(day).is_answered() && !agenda.is_anothers(item),
        }
    };
    agenda.items().map(task).collect()
}

fn day_walk(
    reader: &Reader<'_>,
    visibility: &Visibility<'_>,
    agenda: &Agenda,
    tasks: &[Task],
    walk: PlannedWalk,
) -> Result<DayWalk, ButlerError> {
    let items: BTreeMap<DueId, &DueItem> = agenda.items().map(|item| (item.id, item)).collect();
    let rows = |ids: &[DueId]| {
        let items = ids.iter().filter_map(|id| items.get(id));
        items.map(|item| row(visibility, agenda, item)).collect::<Result<Vec<_>, _>>()
    };
    let office = agenda.office();
    let doors = walk.stops.iter().flat_map(|stop| &stop.doors);
    let people = reader.residents_by_home(&doors.map(|door| door.home).collect())?;
    let mut stops = Vec::new();
    for stop in &walk.stops {
        let mut doors = Vec::new();
        for door in &stop.doors {
            doors.push(WalkDoor {
                home: door.home,
                title: agenda.title(visibility, door.home)?,
                people: visibility.rows(people.get(&door.home).cloned().unwrap_or_default())?,
                jobs: rows(&door.jobs)?,
                along: rows(&door.along)?,
                minutes: door.minutes,
                is_new: door.is_new,
                open: door.open,
                begun_by: door
                    .jobs
                    .iter()
                    .chain(&door.along)
                    .filter_map(|id| items.get(id).filter(|item| agenda.is_anothers(item)))
                    .find_map(|item| item.begun_by(agenda.now().0).cloned()),
            });
        }
        let name = office.places.get(&stop.place).map(|place| place.name.clone());
        stops.push(WalkStop {
            place: stop.place.clone(),
            name: name.unwrap_or_default(),
            spots: rows(&stop.spots)?,
            doors,
            minutes: stop.minutes,
        });
    }
    let misfit = |id: &DueId| {
        let words = office.playbooks.terms().label("walk.misfit");
        (*id, WaitReason { words, kind: None, until: None })
    };
    let reason = |(id, wait): &(DueId, Wait)| (*id, WaitReason::of(*wait, agenda));
    let count = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
    let open = tasks.iter().filter(|task| task.open).count();
    let aside = walk.urgent.len() + walk.misfits.len() + walk.waiting.len();
    let (today, _) = agenda.now();
    let midnight = office.calendar.start_of(today).millis();
    Ok(DayWalk {
        urgent: rows(&walk.urgent)?,
        calls: rows(&walk.calls)?,
        desk: rows(&walk.desk)?,
        does_not_fit: groups(&items, agenda, walk.misfits.iter().map(misfit)),
        can_wait: groups(&items, agenda, walk.waiting.iter().map(reason)),
        open: count(open),
        planned: count(open - aside),
        doors: count(stops.iter().flat_map(|stop| &stop.doors).filter(|door| door.open).count()),
        minutes: walk.minutes,
        ends_at: Timestamp::from_millis(midnight + i64::from(walk.ends) * MINUTE),
        spare_minutes: walk.spare,
        stops,
    })
}

/// Why something is not on the walk.
#[derive(Clone, PartialEq, Eq)]
struct WaitReason {
    words: Label,
    kind: Option<WaitKind>,
    until: Option<NaiveDate>,
}

impl WaitReason {
    fn of(wait: Wait, agenda: &Agenda) -> Self {
        let (kind, key, until, per_day) = match wait {
            Wait::Opportunity => (WaitKind::Opportunity, "walk.opportunity", None, 0),
            Wait::Pace { until, per_day } => (WaitKind::Dated, "walk.pace", Some(until), per_day),
            Wait::NotYet(day) => (WaitKind::NotYet, "walk.not_yet", Some(day), 0),
            Wait::NoHurry => (WaitKind::NoHurry, "walk.no_hurry", None, 0),
        };
        let day = until.map(|until| Label::same(until.to_string())).unwrap_or_default();
        let words = BTreeMap::from([("until", day), ("count", Label::same(per_day.to_string()))]);
        Self { words: agenda.office().playbooks.terms().label(key).fill(&words), kind: Some(kind), until }
    }
}

/// Items with the same thing to do and the same reason, in the order of the first of each.
fn groups(
    items: &BTreeMap<DueId, &DueItem>,
    agenda: &Agenda,
    ids: impl Iterator<Item = (DueId, WaitReason)>,
) -> Vec<WalkGroup> {
    let (day, now) = agenda.now();
    let mut groups: Vec<WalkGroup> = Vec::new();
    for (id, reason) in ids {
        let Some(item) = items.get(&id) else { continue };
        let overdue = u32::from(item.is_overdue(day, now));
        let same = |group: &&mut WalkGroup| group.title == item.rule.title && group.reason == reason.words;
        match groups.iter_mut().find(same) {
            Some(group) => {
                group.count += 1;
                group.overdue += overdue;
                group.items.push(id);
            }
            None => groups.push(WalkGroup {
                title: item.rule.title.clone(),
                reason: reason.words,
                wait: reason.kind,
                until: reason.until,
                count: 1,
                overdue,
                items: vec![id],
            }),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use crate::areas::testing::{contact, tomorrow};
    use crate::areas::today::{DayWalk, TodayItem, WaitKind};
    use crate::context::Agenda;
    use crate::model::choice::Outcome;
    use crate::model::{DueId, Edit, Kind};
    use crate::playbook::walk::{Brought, WalkHours};
    use crate::store::Reader;
    use crate::testing::TestPhone;

    const RULES: &str = r#"
        kind = "rules"
        id = "test.rules"
        title = { zh = "测试", en = "Test" }
        effective_from = 2026-01-01
        [[rule]]
        id = "test.look"
        title = { zh = "查装修", en = "Look at the works" }
        why = { zh = "每天一遍", en = "once a day" }
        roles = ["butler"]
        mode = "inside"
        effort = { alone = 8 }
        subject = { kind = "home", where = [{ path = "state", is = ["renovating"] }] }
        when = { every = { schedule = "FREQ=DAILY", start = 2026-01-01 } }
        due = {}
        done = { record = "contact", begin = "contact.log" }
        [[rule]]
        id = "test.ask"
        title = { zh = "问候", en = "Ask how they are" }
        why = { zh = "碰上问一句", en = "when one meets them" }
        roles = ["butler"]
        urgency = "low"
        opportunity = true
        effort = { alone = 3, at_door = 1 }
        subject = { kind = "home" }
        when = { every = { schedule = "FREQ=DAILY", start = 2026-01-01 } }
        due = {}
        done = { record = "contact", begin = "contact.log" }
    "#;

    fn bench() -> TestPhone {
        let bench = TestPhone::new(&["butler"]);
        for room in ["101", "501", "1203", "1802"] {
            let home = bench.home(room);
            bench.brings(home, Kind::Home, &Edit::new().put("state", "renovating"));
        }
        bench.home("601");
        bench.publish(&[RULES]);
        bench
    }

    fn of_rule<'a>(items: impl Iterator<Item = &'a TodayItem>, rule: &str) -> Vec<DueId> {
        items.filter(|item| item.rule == rule).map(|item| item.id).collect()
    }

    fn doors(walk: &DayWalk) -> Vec<(String, bool)> {
        let doors = walk.stops.iter().flat_map(|stop| &stop.doors);
        doors.map(|door| (door.title.clone(), door.open)).collect()
    }

    #[test]
    fn a_day_is_stops_and_doors_and_every_open_item_is_in_one_part() {
        let bench = bench();
        let hours = WalkHours { from: 0, until: 1440, ..WalkHours::default() };
        let walk = bench.butler.today().walk(&hours).unwrap();
        let page = bench.butler.today().list(None, 100).unwrap();
        let aside: u32 = walk.does_not_fit.iter().chain(&walk.can_wait).map(|group| group.count).sum();
        assert_eq!(walk.open, page.open as u32);
        assert_eq!(walk.open, walk.planned + aside + walk.urgent.len() as u32);

        let doors: Vec<_> = walk.stops.iter().flat_map(|stop| &stop.doors).collect();
        let looked: Vec<_> =
            doors.iter().filter(|door| !of_rule(door.jobs.iter(), "test.look").is_empty()).collect();
        let rooms: Vec<_> = looked.iter().map(|door| door.title.rsplit_once("元").unwrap().1).collect();
        assert_eq!(rooms, ["1802", "1203", "501", "101"], "from the top floor down");
        assert!(looked.iter().all(|door| of_rule(door.along.iter(), "test.ask").len() == 1));
        let waits: Vec<_> = walk.can_wait.iter().filter(|group| group.title.zh == "问候").collect();
        assert_eq!((waits[0].count, waits[0].overdue, waits[0].reason.zh.as_str()), (1, 0, "碰上人问一句"));
        assert_eq!(waits[0].wait, Some(WaitKind::Opportunity));
    }

    #[test]
    fn the_order_of_a_day_outlives_the_app_and_a_done_door_stays_where_it_was() {
        let mut bench = bench();
        let hours = WalkHours { from: 0, until: 1440, ..WalkHours::default() };
        let first = bench.butler.today().walk(&hours).unwrap();
        let door = first
            .stops
            .iter()
            .flat_map(|stop| &stop.doors)
            .find(|door| door.title.ends_with("1203"))
            .unwrap();
        for item in door.jobs.iter().chain(&door.along) {
            bench.butler.today().snooze(item.id, tomorrow(&bench)).unwrap();
        }
        bench.butler.contacts().record(&[door.home], contact(Outcome::Agreed), &[]).unwrap();
        bench.reopen();
        let second = bench.butler.today().walk(&hours).unwrap();
        let expected: Vec<_> = doors(&first)
            .into_iter()
            .map(|(title, open)| (title.clone(), open && !title.ends_with("1203")))
            .collect();
        assert_eq!(doors(&second), expected);
        assert_eq!(second.open + (door.jobs.len() + door.along.len()) as u32, first.open);
    }

    #[test]
    fn what_waits_is_brought_into_today_and_stays_there() {
        let mut bench = bench();
        let hours = WalkHours { from: 0, until: 1440, ..WalkHours::default() };
        let first = bench.butler.today().walk(&hours).unwrap();
        let greeting = first.can_wait.iter().find(|group| group.title.zh == "问候").unwrap().items.clone();
        let brought = bench.butler.today().bring(&hours, &greeting, &[]).unwrap();
        assert_eq!((brought.added, brought.left, brought.displaces), (greeting.clone(), vec![], vec![]));
        bench.reopen();
        let second = bench.butler.today().walk(&hours).unwrap();
        assert!(second.can_wait.iter().all(|group| group.title.zh != "问候"));
        assert_eq!((second.open, second.planned), (first.open, first.planned + 1));
        let again = bench.butler.today().bring(&hours, &greeting, &[]).unwrap();
        assert_eq!(again, Brought::default(), "it is on the walk already");
    }

    #[test]
    fn doors_are_kept_when_somebody_calls_and_found_again_when_a_home_or_what_is_due_changes() {
        let bench = bench();
        let home = bench.butler.homes().find("501", 1).unwrap()[0].record;
        let floors = || {
            let look = |reader: &Reader<'_>, agenda: &Agenda| Ok(agenda.doors(reader)?.positions.clone());
            let doors = bench.butler.context.agenda(look).unwrap();
            (doors.get(&home).and_then(|door| door.floor), doors.len())
        };
        assert_eq!(floors(), (Some(5), 5));
        bench.butler.contacts().record(&[home], contact(Outcome::Agreed), &[]).unwrap();
        assert_eq!(floors(), (Some(5), 5));
        bench.brings(home, Kind::Home, &Edit::new().put("floor", 6));
        assert_eq!(floors(), (Some(6), 5));
        bench.home("701");
        assert_eq!(floors(), (Some(6), 6));
    }

    #[test]
    fn many_are_put_off_at_once_with_one_reason_and_a_cut_adds_up() {
        let bench = bench();
        let hours = WalkHours { from: 0, until: 1440, ..WalkHours::default() };
        let open = bench.butler.today().walk(&hours).unwrap().open as usize;
        let cut = bench.butler.today().cut_short(&hours, 15).unwrap();
        assert_eq!(cut.keep.len() + cut.tomorrow.len() + cut.missed.len() + cut.another_day.len(), open);
        assert!(cut.minutes <= 15 && !cut.missed.is_empty());
        let due: Vec<_> = cut.another_day.iter().take(2).copied().collect();
        let made = bench.butler.today().snooze_many(&due, &tomorrow(&bench)).unwrap();
        assert_eq!(made.len(), 2);
        assert_eq!(
            bench.butler.today().snooze_many(&due, &tomorrow(&bench)).unwrap(),
            [],
            "a repeat changes nothing"
        );
        assert_eq!(bench.butler.today().walk(&hours).unwrap().open as usize, open - 2);
        for recorded in made {
            bench.butler.records().archive(recorded.record).unwrap();
        }
        assert_eq!(bench.butler.today().walk(&hours).unwrap().open as usize, open, "taken back");
    }

    #[test]
    fn what_is_open_about_a_home_is_asked_by_itself() {
        let bench = bench();
        let home = bench.home("1203");
        let about = bench.butler.today().about(home).unwrap();
        assert_eq!(of_rule(about.iter(), "test.look").len(), 1);
        assert!(about.iter().all(|item| item.about == Some(home)));
    }
}
