//! What is due on which day, by the playbooks of this build, on dates of 2026 with their holidays and make-up days.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use butler_core::model::directory::{Directory, Grid, Place};
use butler_core::model::facts::Made;
use butler_core::model::{
    DueId, EventId, GridId, Kind, PlaceId, PlaybookHash, Procedure, QuestionId, RecordId, RoleId, StaffId,
    Timestamp, Value,
};
use butler_core::playbook::due::{DueItem, Extent, HELD_READY, Status, evaluate, evaluate_some};
use butler_core::playbook::rule::Urgency;
use butler_core::playbook::walk::Mode;
use butler_core::playbook::{Label, PlaybookFile, Playbooks};
use butler_core::query::{
    ActivityQuery, ActivityRow, AnswerQuery, AnswerRow, CaseQuery, ClockQuery, ClockRow, CountedCase,
    CountedFinding, CountedStep, DeadlineProgress, EntryQuery, EntryRow, FindingQuery, FindingRow,
    IndexContext, IndexedRecord, MemoryIndex, RecordIndex, RelatedQuery, RelatedRow, SelectedRow, Selection,
    StepQuery, StepRow, SubjectId, SubjectQuery, SubjectRow, Tally, WorkProgress,
};
use chrono::NaiveDate;

const HOME: RecordId = RecordId([1; 16]);
const SOMEBODY: RecordId = RecordId([3; 16]);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A moment at a community in China: `2026-09-24 15:00`.
fn at(text: &str) -> Timestamp {
    let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    Timestamp::from_millis(local.and_utc().timestamp_millis() - 8 * 3_600_000)
}

/// What is recorded, put together by hand: cases as if they had come so far.
#[derive(Default)]
struct Recorded {
    records: Vec<IndexedRecord>,
    directory: Directory,
}

fn bare(id: RecordId, kind: Kind) -> IndexedRecord {
    IndexedRecord {
        id,
        kind,
        archived: false,
        place: None,
        values: BTreeMap::new(),
        conflicts: BTreeSet::new(),
        links: Vec::new(),
        made: Made::default(),
        procedure: None,
        version: None,
        progress: None,
    }
}

fn valued<Name: for<'n> From<&'n str> + Ord>(values: &[(&str, Value)]) -> BTreeMap<Name, Value> {
    values.iter().map(|(name, value)| (Name::from(name), value.clone())).collect()
}

fn about(home: RecordId) -> Vec<(String, RecordId)> {
    vec![(format!("subject/{home}"), home)]
}

impl Recorded {
    fn index<'a>(&'a self, set: &'a Playbooks) -> MemoryIndex<'a> {
        let offset = set.calendar(480).offset();
        let mut index = MemoryIndex::new(IndexContext::new(&self.directory, offset, set));
        self.records.iter().for_each(|record| index.insert(record.clone()));
        index
    }

    fn with(mut self, record: IndexedRecord) -> Self {
        self.records.push(record);
        self
    }

    /// A record of this kind and with these values.
    fn record(self, id: RecordId, kind: Kind, values: &[(&str, Value)]) -> Self {
        self.with(IndexedRecord { values: valued(values), ..bare(id, kind) })
    }

    fn home(self, values: &[(&str, Value)]) -> Self {
        self.record(HOME, Kind::Home, values)
    }

    /// A home there is, of which nothing is known.
    fn some_home(self, id: RecordId) -> Self {
        let known = self.records.iter().any(|record| record.id == id);
        if known { self } else { self.with(bare(id, Kind::Home)) }
    }

    /// A place that is a grid of its own.
    fn place(mut self, id: &str, walk: i64) -> Self {
        let (place, grid) = (PlaceId::new(id).unwrap(), GridId::new(id).unwrap());
        self.directory.grids.insert(grid.clone(), Grid { id: grid.clone(), name: id.to_owned() });
        let row = Place { grids: vec![grid], walk, ..Place::new(place.clone(), id) };
        self.directory.places.insert(place, row);
        self
    }

    /// A step of the case of [`HOME`] that a workflow runs.
    fn step(mut self, workflow: &str, step: &str, when: &str, answers: &[(&str, Value)]) -> Self {
        let set = Playbooks::embedded().unwrap();
        let cases = || self.records.iter().filter_map(|record| record.progress.as_ref());
        let (cases, steps) = (cases().count(), cases().map(|progress| progress.steps.len()).sum::<usize>());
        let runs = Procedure::of(Kind::Case, workflow);
        let known = self.records.iter().position(|record| record.procedure.as_ref() == Some(&runs));
        let case = match known {
            Some(at) => &mut self.records[at],
            None => {
                let case = IndexedRecord {
                    links: about(HOME),
                    procedure: Some(runs),
                    version: Some(set.workflow(&workflow.into()).unwrap().version),
                    progress: Some(WorkProgress::default()),
                    ..bare(RecordId([u8::try_from(cases).unwrap() + 30; 16]), Kind::Case)
                };
                self = self.some_home(HOME).with(case);
                self.records.last_mut().unwrap()
            }
        };
        let progress = case.progress.as_mut().unwrap();
        progress.answers.extend(valued::<QuestionId>(answers));
        progress.steps.push(counted(step, u8::try_from(steps).unwrap() + 1, when));
        self
    }

    /// A deadline of the newest case, started by its newest step, to be met by the end of a day.
    fn deadline(mut self, deadline: &str, until: &str, met: Option<&str>, stopped: Option<&str>) -> Self {
        let due = Playbooks::embedded().unwrap().calendar(480).end_of(day(until));
        let progress = self.records.last_mut().unwrap().progress.as_mut().unwrap();
        progress.deadlines.push(DeadlineProgress {
            deadline: deadline.to_owned(),
            by: progress.steps.last().unwrap().event,
            due,
            met: met.map(at),
            stopped: stopped.map(at),
        });
        self
    }

    fn entry(self, form: &str, date: &str, values: &[(&str, Value)]) -> Self {
        let entries = self.records.iter().filter(|record| record.kind == Kind::Entry).count();
        let number = u8::try_from(entries + 100).unwrap();
        let date = [("date", Value::from(date))];
        let fields = values.iter().chain(&date);
        let entry = IndexedRecord {
            values: fields.map(|(name, value)| (format!("field/{name}"), value.clone())).collect(),
            links: about(HOME),
            procedure: Some(Procedure::of(Kind::Entry, form)),
            ..bare(RecordId([number; 16]), Kind::Entry)
        };
        self.some_home(HOME).with(entry)
    }

    /// A record about [`HOME`] that may answer something due.
    fn answer(self, kind: Kind, when: &str, values: &[(&str, Value)], due: Option<DueId>) -> Self {
        let number = u8::try_from(self.records.len() % 50 + 200).unwrap();
        let due = due.map(|due| ("due", due.to_string().into()));
        let answer = IndexedRecord {
            values: valued(&values.iter().cloned().chain(due).collect::<Vec<_>>()),
            links: about(HOME),
            made: Made { at: Some(at(when)), ..Made::default() },
            ..bare(RecordId([number; 16]), kind)
        };
        self.with(answer)
    }

    /// A row of a form that answers the item it names.
    fn says(mut self, form: &str, when: &str, values: &[(&str, Value)], due: DueId) -> Self {
        self = self.answer(Kind::Entry, when, values, Some(due));
        self.records.last_mut().unwrap().procedure = Some(Procedure::of(Kind::Entry, form));
        self
    }

    fn visit(self, when: &str) -> Self {
        self.answer(Kind::Contact, when, &[("channel", "visit".into()), ("outcome", "agreed".into())], None)
    }

    fn visit_to(mut self, home: RecordId, when: &str) -> Self {
        self = self.visit(when);
        self.records.last_mut().unwrap().links = about(home);
        self
    }
}

fn counted(step: &str, number: u8, when: &str) -> CountedStep {
    CountedStep {
        step: step.into(),
        event: EventId([number; 16]),
        at: at(when),
        by: StaffId::new("zhang.li").unwrap(),
        to: None,
    }
}

/// An index that counts what it is asked.
struct Counting<'a> {
    index: MemoryIndex<'a>,
    asked: Cell<usize>,
}

impl<'a> Counting<'a> {
    fn one(&self) -> &MemoryIndex<'a> {
        self.asked.set(self.asked.get() + 1);
        &self.index
    }
}

impl RecordIndex for Counting<'_> {
    type Error = Infallible;

    fn subjects(&self, ask: &SubjectQuery<'_>) -> Result<Vec<SubjectRow>, Infallible> {
        self.one().subjects(ask)
    }

    fn steps(&self, ask: &StepQuery<'_>) -> Result<Vec<StepRow>, Infallible> {
        self.one().steps(ask)
    }

    fn clocks(&self, ask: &ClockQuery<'_>) -> Result<Vec<ClockRow>, Infallible> {
        self.one().clocks(ask)
    }

    fn findings(&self, ask: &FindingQuery<'_>) -> Result<Vec<FindingRow>, Infallible> {
        self.one().findings(ask)
    }

    fn related(&self, ask: &RelatedQuery<'_>) -> Result<Vec<RelatedRow>, Infallible> {
        self.one().related(ask)
    }

    fn entries(&self, ask: &EntryQuery<'_>) -> Result<Vec<EntryRow>, Infallible> {
        self.one().entries(ask)
    }

    fn answers(&self, ask: &AnswerQuery<'_>) -> Result<Vec<AnswerRow>, Infallible> {
        self.one().answers(ask)
    }

    fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerRow>, Infallible> {
        self.one().answers_to(due)
    }

    fn select(&self, selection: &Selection) -> Result<Vec<SelectedRow>, Infallible> {
        self.one().select(selection)
    }

    fn tally(&self, selection: &Selection) -> Result<BTreeMap<Option<PlaceId>, Tally>, Infallible> {
        self.one().tally(selection)
    }

    fn cases(&self, ask: &CaseQuery<'_>) -> Result<Vec<CountedCase>, Infallible> {
        self.one().cases(ask)
    }

    fn activities(&self, ask: &ActivityQuery) -> Result<Vec<ActivityRow>, Infallible> {
        self.one().activities(ask)
    }

    fn grids_of(&self, place: &PlaceId) -> BTreeSet<GridId> {
        self.index.grids_of(place)
    }

    fn places(&self) -> &[PlaceId] {
        self.index.places()
    }
}

/// An item as it is shown.
#[derive(Debug)]
struct Shown {
    item: DueItem,
    status: Status,
    overdue: bool,
    provisional: bool,
    why: Label,
}

impl std::ops::Deref for Shown {
    type Target = DueItem;

    fn deref(&self) -> &DueItem {
        &self.item
    }
}

fn due(facts: &Recorded, now: &str) -> Vec<Shown> {
    shown(&Playbooks::embedded().unwrap(), facts, now)
}

fn shown(set: &Playbooks, facts: &Recorded, now: &str) -> Vec<Shown> {
    let calendar = set.calendar(480);
    let items = evaluate(set, &facts.index(set), &calendar, at(now)).unwrap();
    let today = calendar.date_of(at(now));
    let shown = |item: DueItem| Shown {
        status: item.status(today),
        overdue: item.is_overdue(today, at(now)),
        provisional: calendar.is_provisional(item.due),
        why: item.why(set, true),
        item,
    };
    items.into_iter().map(shown).collect()
}

/// The items of one rule.
fn of(facts: &Recorded, rule: &str, now: &str) -> Vec<Shown> {
    due(facts, now).into_iter().filter(|item| item.rule.id == rule).collect()
}

fn only(facts: &Recorded, rule: &str, now: &str) -> Shown {
    let items = of(facts, rule, now);
    assert_eq!(items.len(), 1, "{items:#?}");
    items.into_iter().next().unwrap()
}

fn seepage() -> [(&'static str, Value); 2] {
    [("category", "seepage".into()), ("urgency", "normal".into())]
}

#[test]
fn seven_working_days_go_around_mid_autumn_national_day_and_the_make_up_saturday() {
    let facts = Recorded::default().step(
        "repair.paid",
        "sign",
        "2026-09-24 15:00",
        &[("category", "lock".into()), ("urgency", "normal".into())],
    );
    let item = only(&facts, "follow-up.repair.paid", "2026-09-24 16:00");
    // 28, 29, 30 September; 8, 9 and Saturday 10 October (make-up); Monday 12.
    assert_eq!((item.due, item.overdue, item.provisional), (day("2026-10-12"), false, false));
    assert_eq!(item.why.zh, "维修（门锁门禁）客户于2026-09-24签字，7个工作日内回访");
    assert_eq!(item.why.en, "repair (locks and entry) signed on 2026-09-24: follow up within 7 working days");
    assert!(!only(&facts, "follow-up.repair.paid", "2026-10-12 23:59").overdue);
    assert!(only(&facts, "follow-up.repair.paid", "2026-10-13 00:00").overdue);
}

#[test]
fn an_urgent_repair_is_followed_up_within_24_hours_and_not_by_the_slower_rule() {
    let urgent = [("category", "water".into()), ("urgency", "urgent".into())];
    let facts = Recorded::default().step("repair.paid", "finish", "2026-10-03 09:30", &urgent).step(
        "repair.paid",
        "sign",
        "2026-10-03 09:40",
        &urgent,
    );
    let item = only(&facts, "follow-up.repair.urgent", "2026-10-03 10:00");
    assert_eq!(item.due_at, Some(at("2026-10-04 09:30")), "24 hours do not stop for National Day");
    assert!(!item.overdue && only(&facts, "follow-up.repair.urgent", "2026-10-04 09:31").overdue);
    assert!(of(&facts, "follow-up.repair.paid", "2026-10-20 10:00").is_empty());
    let answered = facts.step("repair.paid", "follow_up", "2026-10-03 18:00", &urgent);
    assert_eq!(only(&answered, "follow-up.repair.urgent", "2026-10-05 10:00").status, Status::Done);
}

#[test]
fn seepage_waits_for_the_first_rain_after_the_day_of_the_repair() {
    let facts = Recorded::default().step("repair.leftover", "finish", "2026-06-10 10:00", &seepage());
    assert!(of(&facts, "follow-up.repair.seepage", "2026-06-30 10:00").is_empty(), "no rain, nothing due");
    let rained = facts
        .entry("weather.rain-day", "2026-06-10", &[])
        .entry("weather.rain-day", "2026-06-20", &[])
        .entry("weather.rain-day", "2026-06-18", &[]);
    assert!(of(&rained, "follow-up.repair.seepage", "2026-06-17 10:00").is_empty());
    let item = only(&rained, "follow-up.repair.seepage", "2026-06-18 20:00");
    // Thursday 18 June; the Dragon Boat Festival is 19 to 21; Monday 22 is the next working day.
    assert_eq!(item.due, day("2026-06-22"));
    assert!(item.why.zh.contains("2026-06-18"));
    // A record made two days later does not change which item this is.
    let id = item.id;
    assert_eq!(only(&rained, "follow-up.repair.seepage", "2026-06-25 10:00").id, id);
    let visited = rained.visit("2026-06-19 10:00");
    assert_eq!(only(&visited, "follow-up.repair.seepage", "2026-06-25 10:00").status, Status::Done);
}

#[test]
fn a_visit_before_the_trigger_answers_nothing() {
    let facts = Recorded::default()
        .visit("2026-06-11 10:00")
        .step("repair.paid", "finish", "2026-06-10 10:00", &seepage())
        .entry("weather.rain-day", "2026-06-18", &[]);
    assert_eq!(only(&facts, "follow-up.repair.seepage", "2026-06-18 10:00").status, Status::Open);
}

#[test]
fn one_visit_answers_what_came_before_it_and_nothing_that_came_after() {
    let closed = [("complaint_subject", Value::from("楼上噪音"))];
    let facts = Recorded::default()
        .step("complaint.handling", "feedback_satisfied", "2026-11-10 10:00", &closed)
        .step("complaint.handling", "feedback_satisfied", "2026-11-18 10:00", &closed)
        .visit("2026-11-13 10:00");
    let items = of(&facts, "follow-up.complaint", "2026-11-20 10:00");
    let stands: Vec<(NaiveDate, Status)> = items.iter().map(|item| (item.due, item.status)).collect();
    assert_eq!(stands, [(day("2026-11-19"), Status::Done), (day("2026-11-27"), Status::Open)]);
}

#[test]
fn three_months_after_move_in_is_shown_two_weeks_before_and_lies_on_a_working_day() {
    let home = |moved_in: &str| {
        Recorded::default().home(&[("state", "occupied".into()), ("moved_in", moved_in.into())])
    };
    let facts = home("2026-07-03");
    assert!(of(&facts, "follow-up.three-months", "2026-09-23 10:00").is_empty());
    let item = only(&facts, "follow-up.three-months", "2026-09-24 10:00");
    assert_eq!(item.due, day("2026-10-08"), "3 October is a holiday: the first working day after it");
    // Contacts right after moving in are not the visit after three months; one within the two weeks is.
    let early = home("2026-07-03").visit("2026-07-20 10:00");
    assert_eq!(only(&early, "follow-up.three-months", "2026-09-30 10:00").status, Status::Open);
    let visited = home("2026-07-03").visit("2026-09-28 10:00");
    assert_eq!(only(&visited, "follow-up.three-months", "2026-09-30 10:00").status, Status::Done);
    // Whoever moved in years before the rule existed is left alone.
    assert!(of(&home("2019-05-01"), "follow-up.three-months", "2026-09-30 10:00").is_empty());
    // A date without its day does not make a due day.
    assert!(of(&home("2026-07"), "follow-up.three-months", "2026-12-30 10:00").is_empty());
}

#[test]
fn an_opportunity_visit_in_the_half_year_is_the_planned_visit() {
    let facts = Recorded::default().home(&[("state", "occupied".into())]);
    let item = only(&facts, "visit.planned", "2026-05-10 10:00");
    assert_eq!((item.due, item.status), (day("2026-06-30"), Status::Open));
    assert!(of(&facts, "visit.planned", "2026-04-30 10:00").is_empty(), "shown from 60 days before");
    let second = only(&facts, "visit.planned", "2026-12-01 10:00");
    assert_eq!(second.due, day("2026-12-31"));
    assert_ne!(item.id, second.id, "each half year is its own item");
    let visited = facts.visit("2026-02-03 18:00");
    assert_eq!(only(&visited, "visit.planned", "2026-05-10 10:00").status, Status::Done);
    assert_eq!(only(&visited, "visit.planned", "2026-12-01 10:00").status, Status::Open);
    let vacant = Recorded::default().home(&[("state", "vacant".into())]);
    assert!(of(&vacant, "visit.planned", "2026-05-10 10:00").is_empty());
}

#[test]
fn a_telephone_is_verified_again_after_180_days_the_latest_of_all_counts() {
    let resident = |values: &[(&str, Value)]| Recorded::default().record(SOMEBODY, Kind::Resident, values);
    let owner = ("role", Value::from("owner"));
    let two = resident(&[
        owner.clone(),
        ("phone/a/verified", "2025-06-01".into()),
        ("phone/b/verified", "2026-03-01".into()),
    ]);
    let item = only(&two, "contact.freshness", "2026-08-25 10:00");
    assert_eq!(item.due, day("2026-08-28"));
    assert!(of(&two, "contact.freshness", "2026-08-20 10:00").is_empty());
    let never = resident(std::slice::from_ref(&owner));
    assert_eq!(only(&never, "contact.freshness", "2026-11-22 10:00").due, day("2026-06-30"));
    let gone = resident(&[owner.clone(), ("until", "2026-02".into())]);
    assert!(of(&gone, "contact.freshness", "2026-11-22 10:00").is_empty());
    let asked_not_to = resident(&[owner, ("no_calls", true.into())]);
    assert!(of(&asked_not_to, "contact.freshness", "2026-11-22 10:00").is_empty());
}

#[test]
fn misfortune_errands_complaints_and_refused_fees_each_bring_their_visit_or_call() {
    let facts = Recorded::default()
        .entry("household.misfortune", "2026-11-20", &[("visit_wanted", "yes".into())])
        .step("service.errand", "finish", "2026-11-20 10:00", &[])
        .step(
            "complaint.handling",
            "feedback_satisfied",
            "2026-11-20 11:00",
            &[("complaint_subject", "楼上噪音".into())],
        )
        .step("fees.collection", "refuse", "2026-11-20 12:00", &[("refusal_reason", "service".into())]);
    let facts = facts.deadline("visit", "2026-11-27", None, None);
    let item = |rule| only(&facts, rule, "2026-11-22 10:00");
    assert_eq!(item("follow-up.condolence").due, day("2026-11-23"));
    assert_eq!(item("follow-up.errand").due, day("2026-11-23"));
    assert_eq!(item("follow-up.errand").why.zh, "委托代办已于2026-11-20办妥，应电话回复客户");
    assert_eq!(item("follow-up.complaint").due, day("2026-12-01"));
    let visit = item("deadline/fees.collection/visit");
    assert!(visit.why.en.contains("dissatisfied with the service"));
    assert_eq!((visit.due, visit.due_at), (day("2026-11-27"), None));
    let unwanted =
        Recorded::default().entry("household.misfortune", "2026-11-20", &[("visit_wanted", "no".into())]);
    assert!(of(&unwanted, "follow-up.condolence", "2026-11-22 10:00").is_empty());
}

/// What runs is open until it is met, and stands as done on that day alone; what waits or ended does not stand there.
#[test]
fn a_deadline_stands_on_today_while_it_runs_and_on_the_day_it_was_met() {
    let rule = "deadline/fees.collection/visit";
    let run = |met, stopped| {
        let refused = [("refusal_reason", Value::from("service"))];
        let facts = Recorded::default().step("fees.collection", "refuse", "2026-11-20 12:00", &refused);
        facts.deadline("visit", "2026-11-27", met, stopped)
    };
    let open = only(&run(None, None), rule, "2026-11-27 23:00");
    assert_eq!((open.status, open.overdue, open.base), (Status::Open, false, day("2026-11-20")));
    assert_eq!(open.case(), open.answers.is_empty().then_some(RecordId([30; 16])));
    let late = only(&run(None, None), rule, "2026-12-20 10:00");
    assert_eq!((late.status, late.overdue, late.id), (Status::Open, true, open.id));
    let met = run(Some("2026-11-25 15:00"), None);
    let done = only(&met, rule, "2026-11-25 18:00");
    assert_eq!((done.status, done.overdue), (Status::Done, false));
    assert_eq!(done.answers.keys().collect::<Vec<_>>(), [&RecordId([30; 16])]);
    assert!(of(&met, rule, "2026-11-26 08:00").is_empty(), "what was met yesterday is over");
    assert!(of(&run(None, Some("2026-11-22 09:00")), rule, "2026-11-22 10:00").is_empty(), "it waits");
}

#[test]
fn a_promised_day_counts_as_answered_and_a_later_step_meets_it() {
    let promised = |day: &str| [("complaint_subject", Value::from("楼上噪音")), ("expected", day.into())];
    let facts = Recorded::default().step(
        "complaint.handling",
        "agree_date",
        "2026-11-20 10:00",
        &promised("2026-12-01"),
    );
    assert!(of(&facts, "complaint.promised", "2026-11-30 10:00").is_empty());
    let item = only(&facts, "complaint.promised", "2026-12-01 08:00");
    assert_eq!((item.due, item.status), (day("2026-12-01"), Status::Open));
    let solved = facts.step("complaint.handling", "return_slip", "2026-11-25 10:00", &promised("2026-12-01"));
    assert_eq!(only(&solved, "complaint.promised", "2026-12-01 08:00").status, Status::Done);
}

#[test]
fn a_contact_without_agreement_comes_back_at_its_next_time() {
    let contact = |outcome: &str| {
        let next = at("2026-11-24 19:30").millis().into();
        let values = [("outcome", outcome.into()), ("next_contact", next)];
        Recorded::default().record(SOMEBODY, Kind::Contact, &values)
    };
    let item = only(&contact("not_agreed"), "contact.next", "2026-11-24 08:00");
    assert_eq!((item.due, item.overdue), (day("2026-11-24"), false));
    assert!(of(&contact("not_agreed"), "contact.next", "2026-11-23 23:00").is_empty());
    assert_eq!(
        only(&contact("agreed"), "contact.next", "2026-11-24 08:00").due,
        day("2026-11-24"),
        "an appointment"
    );
}

#[test]
fn a_clock_of_hours_presses_when_its_time_is_near_and_is_late_afterwards() {
    let complaint = [("complaint_subject", Value::from("楼上噪音"))];
    let facts = Recorded::default().step("complaint.handling", "receive", "2026-11-20 10:00", &complaint);
    let item = only(&facts, "care.empathise", "2026-11-20 11:00");
    assert_eq!(item.due_at, Some(at("2026-11-21 10:00")));
    for (when, urgency, clock) in [
        ("2026-11-21 07:59", Urgency::Normal, false),
        ("2026-11-21 08:00", Urgency::Urgent, true),
        ("2026-11-21 11:59", Urgency::Urgent, true),
        ("2026-11-21 12:00", Urgency::Normal, false),
    ] {
        assert_eq!(
            (item.urgency(at(when)), item.running_clock(at(when)).is_some()),
            (urgency, clock),
            "{when}"
        );
    }
}

#[test]
fn an_appointment_is_confirmed_the_day_before_unless_it_was_made_so_late() {
    let agreed = |on: &str, outcome: &str| {
        let next = at("2026-11-24 19:30").millis().into();
        let values = [("outcome", outcome.into()), ("next_contact", next), ("at", at(on).millis().into())];
        Recorded::default().record(SOMEBODY, Kind::Contact, &values)
    };
    let (rule, early) = ("contact.confirm", agreed("2026-11-22 23:50", "agreed"));
    assert!(of(&early, rule, "2026-11-22 23:55").is_empty());
    let call = only(&early, rule, "2026-11-23 08:00");
    assert_eq!((call.due, call.rule.mode()), (day("2026-11-23"), Mode::Call));
    assert!(of(&early, rule, "2026-11-24 00:10").is_empty(), "over with the day itself");
    assert!(
        of(&agreed("2026-11-23 00:10", "agreed"), rule, "2026-11-23 08:00").is_empty(),
        "agreed that day"
    );
    assert!(
        of(&agreed("2026-11-20 10:00", "not_reached"), rule, "2026-11-23 08:00").is_empty(),
        "nobody agreed"
    );
}

#[test]
fn a_finding_waits_for_an_order() {
    let found = |item: &str, event: u8, corrected: Option<&str>| CountedFinding {
        item: item.into(),
        event: EventId([event; 16]),
        at: at("2026-11-23 09:00"),
        by: StaffId::new("zhang.li").unwrap(),
        role: RoleId::new("butler").unwrap(),
        corrected: corrected.map(at),
    };
    let round = |list: &str, findings: Vec<CountedFinding>, about: Option<RecordId>| {
        let set = Playbooks::embedded().unwrap();
        IndexedRecord {
            place: PlaceId::new("jinse/grid-1").ok(),
            procedure: Some(Procedure::Checklist { checklist: list.into() }),
            version: set.checklist(&list.into()).map(|list| list.version),
            links: about.map(|home| (format!("subject/{home}"), home)).into_iter().collect(),
            made: Made { at: Some(at("2026-11-23 08:30")), ..Made::default() },
            progress: Some(WorkProgress { findings, ..WorkProgress::default() }),
            ..bare(RecordId([40; 16]), Kind::Round)
        }
    };
    let order = |event: u8| IndexedRecord {
        values: valued(&[("source_event", EventId([event; 16]).to_string().as_str().into())]),
        made: Made { at: Some(at("2026-11-23 10:00")), ..Made::default() },
        ..bare(RecordId([41; 16]), Kind::Case)
    };
    let rule = "finding/patrol.public-area";
    let two =
        vec![found("lobby_light", 1, None), found("lobby_light", 2, None), found("play_fixed", 3, None)];
    let facts =
        || Recorded::default().place("jinse/grid-1", 0).with(round("patrol.public-area", two.clone(), None));
    let open = of(&facts(), rule, "2026-11-23 09:30");
    assert_eq!(open.iter().map(|item| item.status).collect::<Vec<_>>(), [Status::Open, Status::Open]);
    assert!(open.iter().all(|item| item.role().is_some_and(|role| role.as_str() == "butler")));
    // An order opened from the earlier of two results of one item is an order for it.
    let ordered = of(&facts().with(order(1)), rule, "2026-11-23 10:30");
    let done = |item: &&Shown| item.status == Status::Done;
    assert_eq!((ordered.len(), ordered.iter().filter(done).count()), (2, 1));
    assert_eq!(
        of(&facts().with(order(1)), rule, "2026-11-24 10:30").len(),
        1,
        "what was settled yesterday is over"
    );
    let right = vec![found("play_fixed", 3, Some("2026-11-23 09:20"))];
    let facts = Recorded::default().place("jinse/grid-1", 0).with(round("patrol.public-area", right, None));
    assert_eq!(only(&facts, rule, "2026-11-23 09:30").status, Status::Done);

    // What is wrong in one home is one matter.
    let home = Recorded::default().record(SOMEBODY, Kind::Home, &[]);
    let two = vec![found("leave", 1, Some("2026-11-23 09:20")), found("meter_rise", 2, None)];
    let facts = home.with(round("vacant.inspection", two, Some(SOMEBODY)));
    let item = only(&facts, "finding/vacant.inspection", "2026-11-23 09:30");
    assert_eq!((item.status, item.subject.clone()), (Status::Open, SubjectId::Record(SOMEBODY)));
    let facts = facts.with(order(1));
    assert_eq!(only(&facts, "finding/vacant.inspection", "2026-11-23 10:30").status, Status::Done);
}

#[test]
fn every_grid_is_walked_daily_and_two_rounds_of_one_day_are_one_item() {
    let facts = Recorded::default().place("jinse/grid-1", 0);
    let item = only(&facts, "patrol.public-area.daily", "2026-11-22 07:00");
    assert_eq!(item.subject, SubjectId::Grid(GridId::new("jinse/grid-1").unwrap()));
    assert_eq!(
        (item.due, item.visible_from, item.status),
        (day("2026-11-22"), day("2026-11-22"), Status::Open)
    );
    let begin = item.rule.done.begin.as_str();
    let round = |number: u8, finished: Option<Timestamp>| IndexedRecord {
        place: PlaceId::new("jinse/grid-1").ok(),
        values: valued(&[("playbook", begin.into())]),
        made: Made { at: Some(at("2026-11-22 08:30")), ..Made::default() },
        progress: Some(WorkProgress { closed: finished.is_some(), finished, ..WorkProgress::default() }),
        ..bare(RecordId([number; 16]), Kind::Round)
    };
    let facts = facts.with(round(10, None)).with(round(11, Some(at("2026-11-22 09:10"))));
    let walked = only(&facts, "patrol.public-area.daily", "2026-11-22 09:00");
    assert_eq!((walked.id, walked.status, walked.answers.len()), (item.id, Status::Done, 2));
    assert_eq!(only(&facts, "patrol.public-area.daily", "2026-11-23 07:00").status, Status::Open);
}

#[test]
fn of_what_concerns_every_home_the_first_are_shown_as_one_walks_and_all_are_counted() {
    let set = Playbooks::embedded().unwrap();
    let rule = set.rules().flat_map(|file| &file.rules).find(|rule| rule.id == "visit.planned").unwrap();
    let at_once = rule.at_once.unwrap();
    let mut facts = Recorded::default();
    for unit in 0..10_u8 {
        // The last unit comes first on the way.
        let name = format!("jinse/{unit}/1");
        facts = facts.place(&name, -i64::from(unit));
        for room in 0..at_once {
            let mut id = [unit + 1; 16];
            id[0] = u8::try_from(room).unwrap();
            facts = facts.record(RecordId(id), Kind::Home, &[("state", "occupied".into())]);
            facts.records.last_mut().unwrap().place = PlaceId::new(&*name).ok();
        }
    }
    let some = |facts: &Recorded, extent| {
        let now = at("2026-12-01 10:00");
        let index = facts.index(&set);
        evaluate_some(&set, &index, &set.calendar(480), now, extent, |rule| rule.id == "visit.planned")
            .unwrap()
    };
    assert_eq!(some(&facts, Extent::All).len(), 10 * at_once);
    let shown = some(&facts, Extent::Shown);
    assert_eq!(shown.len(), HELD_READY * at_once);
    assert!(shown.iter().all(|item| item.place.as_ref().is_some_and(|place| place.as_str() >= "jinse/7/1")));

    // A home visited last week makes room for one further on; one visited today stays, as done.
    let SubjectId::Record(first) = shown[0].subject else { panic!("a home") };
    let facts = facts.visit_to(first, "2026-11-20 10:00");
    let shown = some(&facts, Extent::Shown);
    assert!(shown.iter().all(|item| item.subject != SubjectId::Record(first)));
    assert_eq!(shown.len(), (HELD_READY + 1) * at_once - 1, "the next place is taken whole");
    let facts = facts.visit_to(first, "2026-12-01 09:00");
    assert!(some(&facts, Extent::Shown).iter().any(|item| item.subject == SubjectId::Record(first)));
}

#[test]
fn putting_off_and_leaving_out_answer_the_item_they_name() {
    let facts = || Recorded::default().step("service.errand", "finish", "2026-11-10 12:00", &[]);
    let rule = "follow-up.errand";
    let id = only(&facts(), rule, "2026-11-12 10:00").id;
    let until = [("field/until", "2026-11-20".into())];
    let snoozed = facts().says("due.snooze", "2026-11-12 11:00", &until, id);
    assert_eq!(only(&snoozed, rule, "2026-11-15 10:00").status, Status::Snoozed);
    let back = only(&snoozed, rule, "2026-11-20 10:00");
    assert_eq!((back.status, back.overdue), (Status::Open, true), "a snooze moves no deadline");
    let skipped = facts().says("due.skip", "2026-11-12 11:00", &[], id);
    let item = only(&skipped, rule, "2026-11-30 10:00");
    assert_eq!((item.status, item.overdue), (Status::Skipped, false));
}

#[test]
fn whoever_holds_a_grid_draws_the_same_homes_by_lot() {
    let text = r#"
        kind = "rules"
        id = "test.lots"
        title = { zh = "抽查", en = "Samples" }
        effective_from = 2026-01-01
        [[rule]]
        id = "test.sample"
        title = { zh = "抽查回访", en = "Sampled" }
        why = { zh = "本月抽到", en = "drawn this month" }
        roles = ["butler"]
        subject = { kind = "home", drawn = 3 }
        when = { every = { schedule = "FREQ=MONTHLY;BYMONTHDAY=1", start = 2026-01-01 } }
        due = {}
        done = { record = "contact", begin = "contact.log" }
    "#;
    let file = PlaybookFile { name: "lots.toml".to_owned(), text: text.to_owned(), current: true };
    let set = Playbooks::company(&[file]).map_err(|rejected| rejected.to_string()).unwrap();
    let mut facts = Recorded::default().place("north", 1).place("south", 2);
    for number in 1..=20 {
        let place = PlaceId::new(if number <= 12 { "north" } else { "south" }).ok();
        facts = facts.with(IndexedRecord { place, ..bare(home(number), Kind::Home) });
    }
    let drawn = |grid: Option<&str>, now: &str, extent: Extent<'_>| -> BTreeSet<RecordId> {
        let grids = grid.map(|grid| BTreeSet::from([GridId::new(grid).unwrap()]));
        let calendar = set.calendar(480);
        let context = IndexContext::new(&facts.directory, calendar.offset(), &set).worked_in(grids);
        let mut index = MemoryIndex::new(context);
        facts.records.iter().for_each(|record| index.insert(record.clone()));
        let sample = |rule: &butler_core::playbook::rule::DueRule| rule.id == "test.sample";
        let items = evaluate_some(&set, &index, &calendar, at(now), extent, sample).unwrap();
        let record = |item: DueItem| if let SubjectId::Record(id) = item.subject { Some(id) } else { None };
        items.into_iter().filter_map(record).collect()
    };
    let november = "2026-11-22 10:00";
    let office = drawn(None, november, Extent::All);
    let north = drawn(Some("north"), november, Extent::All);
    let south = drawn(Some("south"), november, Extent::All);
    assert_eq!((north.len(), south.len()), (3, 3));
    assert_eq!(office, north.union(&south).copied().collect(), "of each grid, wherever it is drawn");
    let (one, other) =
        (*north.first().unwrap(), (1..=12).map(home).find(|home| !north.contains(home)).unwrap());
    let looked_at = BTreeSet::from([one, other]);
    let about = drawn(Some("north"), november, Extent::About(&looked_at));
    assert_eq!(about, BTreeSet::from([one]), "among all, whoever is asked about");
    assert_ne!(drawn(None, "2026-12-22 10:00", Extent::All), office, "anew each month");
}

#[test]
fn a_new_version_takes_up_only_what_happens_from_its_first_day_and_ids_stay() {
    let embedded = Playbooks::embedded().unwrap();
    let rules = embedded.rules().find(|rules| rules.rules.iter().any(|rule| rule.id == "fees.call")).unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks").join(&rules.file);
    let text = std::fs::read_to_string(path).unwrap();
    let newer = text.replace("effective_from = 2026-01-01", "effective_from = 2026-07-01").replace(
        "within = { days = 7 }, shown_days_before = 2, on_working_day = true",
        "within = { days = 3 }",
    );
    assert_ne!(newer, text);
    let files = [PlaybookFile { name: "fees.toml".into(), text: newer, current: true }];
    let company = Arc::new(Playbooks::company(&files).unwrap());
    let facts = Recorded::default().step("fees.collection", "announce", "2026-06-30 12:00", &[]).step(
        "fees.collection",
        "announce",
        "2026-07-01 12:00",
        &[],
    );
    let dues = |set: &Playbooks| -> Vec<(DueId, NaiveDate)> {
        let items = evaluate(set, &facts.index(set), &set.calendar(480), at("2026-07-08 10:00")).unwrap();
        items.into_iter().filter(|item| item.rule.id == "fees.call").map(|item| (item.id, item.due)).collect()
    };
    let (mut before, mut after) = (dues(&embedded), dues(&company));
    before.sort_by_key(|(id, _)| *id);
    after.sort_by_key(|(id, _)| *id);
    let days = |items: &[(DueId, NaiveDate)]| items.iter().map(|(_, due)| *due).collect::<BTreeSet<_>>();
    assert_eq!(days(&before), BTreeSet::from([day("2026-07-07"), day("2026-07-08")]));
    assert_eq!(days(&after), BTreeSet::from([day("2026-07-07"), day("2026-07-04")]));
    assert_eq!(
        before.iter().map(|(id, _)| id).collect::<Vec<_>>(),
        after.iter().map(|(id, _)| id).collect::<Vec<_>>()
    );
}

#[test]
fn a_company_file_from_an_earlier_day_than_ours_is_not_undone_by_ours() {
    let embedded = Playbooks::embedded().unwrap();
    let rules = embedded.rules().find(|rules| rules.rules.iter().any(|rule| rule.id == "fees.call")).unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks").join(&rules.file);
    let text = std::fs::read_to_string(path).unwrap();
    let theirs = text.replace("effective_from = 2026-01-01", "effective_from = 2025-06-01").replace(
        "within = { days = 7 }, shown_days_before = 2, on_working_day = true",
        "within = { days = 3 }",
    );
    let set = Playbooks::company(&[PlaybookFile { name: "ours.toml".into(), text: theirs, current: true }])
        .unwrap();
    let facts = Recorded::default().step("fees.collection", "announce", "2026-07-01 12:00", &[]);
    let items = evaluate(&set, &facts.index(&set), &set.calendar(480), at("2026-07-08 10:00")).unwrap();
    let dues: Vec<NaiveDate> =
        items.iter().filter(|item| item.rule.id == "fees.call").map(|item| item.due).collect();
    assert_eq!(dues, [day("2026-07-04")]);
}

#[test]
fn urgent_comes_first_and_the_store_is_asked_a_few_times_however_many_homes_there_are() {
    let mut facts = Recorded::default().entry("household.misfortune", "2026-11-20", &[]).step(
        "repair.paid",
        "sign",
        "2026-11-20 10:00",
        &[("category", "lock".into())],
    );
    for number in 0..2_000_u32 {
        let mut id = [9; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        facts = facts.record(RecordId(id), Kind::Home, &[("state", "occupied".into())]);
    }
    let set = Playbooks::embedded().unwrap();
    let index = Counting { index: facts.index(&set), asked: Cell::new(0) };
    let items = evaluate(&set, &index, &set.calendar(480), at("2026-11-22 10:00")).unwrap();
    assert_eq!(items[0].rule.id, "follow-up.condolence");
    assert_eq!(items.iter().filter(|item| item.rule.id == "visit.planned").count(), 2_000);
    assert!(items.is_sorted_by_key(|item| (item.rule.urgency, item.due)));
    let rules: usize = set.rules().map(|file| file.rules.len()).sum();
    let asked = index.asked.get();
    assert!((1..4 * rules).contains(&asked), "{asked} questions for {rules} rules");
}

/// A procedure and rules of these tests alone: what repeats, what concerns everybody, what is known beforehand.
const OWN: [&str; 3] = [
    r#"
    kind = "workflow"
    id = "test.noise"
    title = { zh = "投诉", en = "complaint" }
    subjects = ["home"]
    resolved_by = ["supervisor"]
    state = [
      { id = "open", label = { zh = "处理中", en = "Open" } },
      { id = "done", label = { zh = "完成", en = "Done" }, end = true },
    ]
    [[step]]
    id = "report"
    label = { zh = "登记", en = "Report" }
    opens = true
    to = "open"
    roles = ["butler"]
    [[step.field]]
    id = "about"
    label = { zh = "类别", en = "About" }
    type = "choice"
    options = [
      { id = "noise", label = { zh = "噪声", en = "noise" } },
      { id = "smell", label = { zh = "异味", en = "smell" } },
    ]
    [[step.field]]
    id = "found"
    label = { zh = "违规项目", en = "Found" }
    type = "multi_choice"
    options = [
      { id = "gas", label = { zh = "改动燃气", en = "gas" } },
      { id = "wall", label = { zh = "拆墙", en = "wall" } },
    ]
    [[step.field]]
    id = "promised"
    label = { zh = "承诺日期", en = "Promised" }
    type = "date"
    [[step]]
    id = "close"
    label = { zh = "办结", en = "Close" }
    from = ["open"]
    to = "done"
    roles = ["butler"]
    "#,
    r#"
    kind = "form"
    id = "test.storm"
    title = { zh = "大风预警", en = "Storm" }
    subject = "grid"
    [[field]]
    id = "date"
    label = { zh = "日期", en = "Date" }
    type = "date"
    required = true
    [[field]]
    id = "level"
    label = { zh = "级别", en = "Level" }
    type = "number"
    unit = "piece"
    "#,
    r#"
    kind = "rules"
    id = "test.rules"
    title = { zh = "测试", en = "Test" }
    effective_from = 2026-01-01
    [[rule]]
    id = "test.group"
    title = { zh = "群诉", en = "Group complaint" }
    why = { zh = "{count}件{case}，都是{about}，自{date}", en = "{count} of {case}, all {about}, since {date}" }
    roles = ["supervisor"]
    subject = { kind = "grid" }
    due = { within = { days = 1 } }
    done = { record = "case", begin = "test.noise" }
    when.together = { workflows = ["test.noise"], steps = ["report"], same = "about", at_least = 3, different = "home", within_days = 14 }
    [[rule]]
    id = "test.repeat"
    title = { zh = "重复违规", en = "Repeated" }
    why = { zh = "再次{found}", en = "{found} again" }
    roles = ["supervisor"]
    subject = { kind = "home" }
    due = { within = { days = 1 } }
    done = { record = "case", begin = "test.noise" }
    when.together = { workflows = ["test.noise"], steps = ["report"], same = "found", at_least = 2, within_days = 90, link = "repeat" }
    [[rule]]
    id = "test.storm.home"
    title = { zh = "关窗", en = "Shut windows" }
    why = { zh = "{date}大风", en = "storm on {date}" }
    roles = ["butler"]
    subject = { kind = "home", where = [{ path = "state", is = ["vacant"] }] }
    due = { within = { days = 0 }, shown_days_before = 3 }
    done = { record = "contact", begin = "contact.log", any = true }
    when.after_entry = { form = "test.storm", date = "date", each = true, condition = "!has(form.level) || form.level >= 8" }
    [[rule]]
    id = "test.storm.row"
    title = { zh = "发布预警", en = "Publish it" }
    why = { zh = "{date}大风", en = "storm on {date}" }
    roles = ["butler"]
    subject = { kind = "entry" }
    due = { within = { days = 0 }, shown_days_before = 2 }
    done = { record = "contact", begin = "contact.log" }
    when.after_entry = { form = "test.storm", date = "date" }
    [[rule]]
    id = "test.promised"
    title = { zh = "承诺到期前提醒", en = "Before the promised day" }
    why = { zh = "承诺{date}回复", en = "an answer was promised for {date}" }
    roles = ["butler"]
    subject = { kind = "home" }
    due = { within = { days = 0 }, shown_days_before = 3 }
    done = { record = "contact", begin = "contact.log", any = true }
    when.after_step = { workflows = ["test.noise"], steps = ["report"], from_answer = "promised" }
    [[rule]]
    id = "test.twice"
    title = { zh = "每天两次", en = "Twice a day" }
    why = { zh = "上午下午各一次", en = "morning and afternoon" }
    roles = ["butler"]
    subject = { kind = "home", where = [{ path = "state", is = ["renovating"] }] }
    due = {}
    done = { record = "contact", begin = "contact.log", any = true }
    when.every = { schedule = "FREQ=DAILY", start = 2026-01-01, parts = [{ from = "08:00", to = "12:00" }, { from = "13:00", to = "18:00" }] }
    [[rule]]
    id = "test.fourth"
    title = { zh = "交付四年", en = "Four years on" }
    why = { zh = "{due}满四年", en = "four years on {due}" }
    roles = ["butler"]
    subject = { kind = "home", where = [{ path = "state", is = ["vacant"] }] }
    due = { within = { years = 4 }, shown_days_before = 90 }
    done = { record = "contact", begin = "contact.log" }
    when.after_date = { field = "handed_over", also_before = true }
    "#,
];

/// What a test's own rule brings about by the embedded files with [`OWN`] beside them.
fn own(facts: &Recorded, rule: &str, now: &str) -> Vec<Shown> {
    static SET: OnceLock<Playbooks> = OnceLock::new();
    let set = SET.get_or_init(|| {
        let file = |(number, text): (usize, &&str)| PlaybookFile {
            name: format!("{number}.toml"),
            text: (*text).to_owned(),
            current: true,
        };
        let files: Vec<PlaybookFile> = OWN.iter().enumerate().map(file).collect();
        Playbooks::company(&files).map_err(|rejected| rejected.to_string()).unwrap()
    });
    shown(set, facts, now).into_iter().filter(|item| item.rule.id == rule).collect()
}

fn home(number: u8) -> RecordId {
    RecordId([number; 16])
}

impl Recorded {
    /// Case `number` of [`OWN`], about a home of a grid.
    fn complaint(self, number: u8, of: u8, grid: &str, when: &str, answers: &[(&str, &str)]) -> Self {
        let case = IndexedRecord {
            place: PlaceId::new(grid).ok(),
            links: about(home(of)),
            procedure: Some(Procedure::of(Kind::Case, "test.noise")),
            version: Some(PlaybookHash::of(OWN[0]).version()),
            progress: Some(WorkProgress {
                answers: answers.iter().map(|(name, id)| ((*name).into(), (*id).into())).collect(),
                steps: vec![counted("report", number, when)],
                ..WorkProgress::default()
            }),
            ..bare(RecordId([number; 16]), Kind::Case)
        };
        self.place(grid, 0).some_home(home(of)).with(case)
    }

    fn vacant(mut self, number: u8, grid: &str) -> Self {
        let values = [("state", "vacant".into()), ("handed_over", "2022-11-20".into())];
        self = self.place(grid, 0).record(home(number), Kind::Home, &values);
        self.records.last_mut().unwrap().place = PlaceId::new(grid).ok();
        self
    }

    fn storm(mut self, grid: &str, date: &str, level: i64) -> Self {
        self = self.place(grid, 0).entry("test.storm", date, &[("level", level.into())]);
        let entry = self.records.last_mut().unwrap();
        (entry.place, entry.links) = (PlaceId::new(grid).ok(), Vec::new());
        self
    }
}

fn cases(item: &Shown) -> Vec<u8> {
    item.together().unwrap().0.iter().map(|case| case.0[0]).collect()
}

#[test]
fn three_homes_with_one_matter_within_a_fortnight_are_a_group_and_later_ones_join_it() {
    let noise: &[(&str, &str)] = &[("about", "noise")];
    let two = Recorded::default()
        .complaint(11, 1, "g1", "2026-11-01 09:00", noise)
        .complaint(12, 2, "g1", "2026-11-05 09:00", noise)
        .complaint(13, 2, "g1", "2026-11-06 09:00", noise)
        .complaint(14, 3, "g1", "2026-11-06 10:00", &[("about", "smell")])
        .complaint(15, 4, "g2", "2026-11-06 11:00", noise)
        .complaint(16, 5, "g1", "2026-11-06 12:00", &[]);
    assert!(own(&two, "test.group", "2026-11-20 10:00").is_empty(), "two homes, however often");
    let three = two.complaint(17, 6, "g1", "2026-11-15 23:00", noise);
    let items = own(&three, "test.group", "2026-11-16 10:00");
    assert_eq!((items.len(), cases(&items[0])), (1, vec![11, 12, 13, 17]));
    assert_eq!(items[0].together().unwrap().1, "group");
    assert_eq!(items[0].why.zh, "4件投诉，都是噪声，自2026-11-15");
    assert_eq!(items[0].due, day("2026-11-16"));
    // A fourth home on the last day joins the group; after it another group begins, and the first one stays.
    let id = items[0].id;
    let more = three.complaint(18, 7, "g1", "2026-11-15 23:30", noise).complaint(
        19,
        8,
        "g1",
        "2026-11-16 00:30",
        noise,
    );
    let items = own(&more, "test.group", "2026-11-20 10:00");
    assert_eq!((items.len(), items[0].id, cases(&items[0])), (1, id, vec![11, 12, 13, 17, 18]));
    let again = more.complaint(20, 1, "g1", "2026-11-20 09:00", noise).complaint(
        21,
        2,
        "g1",
        "2026-11-21 09:00",
        noise,
    );
    let items = own(&again, "test.group", "2026-11-22 10:00");
    let groups: Vec<Vec<u8>> = items.iter().map(cases).collect();
    assert_eq!(groups, [vec![11, 12, 13, 17, 18], vec![19, 20, 21]]);
}

#[test]
fn the_same_violation_in_the_same_home_is_a_repetition_item_by_item() {
    let facts = Recorded::default()
        .complaint(11, 1, "g1", "2026-09-01 09:00", &[("found", "gas,wall")])
        .complaint(12, 1, "g1", "2026-10-01 09:00", &[("found", "wall")])
        .complaint(13, 2, "g1", "2026-10-02 09:00", &[("found", "gas")]);
    let items = own(&facts, "test.repeat", "2026-10-03 10:00");
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].why.zh.as_str(), cases(&items[0])), ("再次拆墙", vec![11, 12]));
    assert_eq!(items[0].subject, SubjectId::Record(home(1)));
    assert_eq!(items[0].together().unwrap().1, "repeat");
    // Opened from the item, it is answered.
    let opened = facts.answer(Kind::Case, "2026-10-03 11:00", &[], Some(items[0].id));
    assert_eq!(own(&opened, "test.repeat", "2026-10-03 12:00")[0].status, Status::Begun);
}

#[test]
fn a_warning_concerns_each_vacant_home_of_its_grid_and_is_shown_before_its_day() {
    let facts = Recorded::default()
        .vacant(1, "g1")
        .vacant(2, "g1")
        .vacant(3, "g2")
        .storm("g1", "2026-07-10", 9)
        .storm("g1", "2026-07-12", 5);
    let subjects = |now: &str| -> Vec<SubjectId> {
        let mut items: Vec<SubjectId> =
            own(&facts, "test.storm.home", now).into_iter().map(|item| item.subject.clone()).collect();
        items.sort();
        items
    };
    assert_eq!(subjects("2026-07-06 23:00"), []);
    assert_eq!(subjects("2026-07-07 08:00"), [SubjectId::Record(home(1)), SubjectId::Record(home(2))]);
    let item = &own(&facts, "test.storm.home", "2026-07-11 08:00")[0];
    assert_eq!((item.due, item.overdue), (day("2026-07-10"), true));
    assert!(item.place.is_some(), "where the home is, not where the warning was written");
    // A visit counts from the day it is shown.
    let visit = facts.visit("2026-07-07 10:00");
    let statuses = |now: &str| -> Vec<Status> {
        own(&visit, "test.storm.home", now).iter().map(|item| item.status).collect()
    };
    assert_eq!(statuses("2026-07-08 08:00").iter().filter(|status| **status == Status::Done).count(), 1);
    // A rule about the row itself has one item a row, whatever the row names.
    let rows = own(&visit, "test.storm.row", "2026-07-10 08:00");
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|item| matches!(item.subject, SubjectId::Record(id) if id.0[0] >= 100)));
}

#[test]
fn what_a_date_brings_is_shown_the_days_before_that_are_asked_for() {
    let facts = Recorded::default().vacant(1, "g1");
    assert!(own(&facts, "test.fourth", "2026-08-21 10:00").is_empty());
    let item = own(&facts, "test.fourth", "2026-08-22 10:00").remove(0);
    assert_eq!((item.visible_from, item.due, item.overdue), (day("2026-08-22"), day("2026-11-20"), false));
}

#[test]
fn what_comes_each_year_is_there_for_some_weeks_and_begins_the_year_after() {
    let home = |moved_in: &str| {
        Recorded::default().home(&[("state", "occupied".into()), ("moved_in", moved_in.into())])
    };
    let facts = home("2024-12-24");
    assert!(of(&facts, "lifecycle.each-year", "2026-12-09 10:00").is_empty());
    let item = only(&facts, "lifecycle.each-year", "2026-12-10 10:00");
    assert_eq!((item.due, item.base, item.status), (day("2026-12-24"), day("2026-12-24"), Status::Open));
    assert_eq!(item.why.zh, "2026-12-24入住满 2 年，当面或电话回顾这一年：做到了什么、还欠什么");
    // A review on the way counts, one of the summer does not; it is there for sixty days and then is over.
    assert_eq!(only(&facts, "lifecycle.each-year", "2027-02-22 10:00").status, Status::Open);
    assert!(of(&facts, "lifecycle.each-year", "2027-02-23 10:00").is_empty());
    let visited = home("2024-12-24").visit("2026-12-12 10:00");
    assert_eq!(only(&visited, "lifecycle.each-year", "2026-12-30 10:00").status, Status::Done);
    let earlier = home("2024-12-24").visit("2026-06-12 10:00");
    assert_eq!(only(&earlier, "lifecycle.each-year", "2026-12-30 10:00").status, Status::Open);
    let next = only(&visited, "lifecycle.each-year", "2027-12-20 10:00");
    assert_eq!((next.due, next.status), (day("2027-12-24"), Status::Open));
    assert_ne!(next.id, item.id, "each year is its own item");
    // Not on the day they move in, and not by a date without its day.
    assert!(of(&home("2026-12-24"), "lifecycle.each-year", "2026-12-24 10:00").is_empty());
    assert!(of(&home("2012-12"), "lifecycle.each-year", "2026-12-12 10:00").is_empty());
    // 29 February is kept on the 28th where there is none; a day off moves on.
    let leap = home("2024-02-29");
    assert_eq!(only(&leap, "lifecycle.each-year", "2027-02-20 10:00").base, day("2027-02-28"));
    assert_eq!(only(&leap, "lifecycle.each-year", "2027-02-20 10:00").due, day("2027-03-01"));
    assert_eq!(only(&leap, "lifecycle.each-year", "2028-02-20 10:00").base, day("2028-02-29"));
}

#[test]
fn a_birthday_is_kept_by_the_calendar_it_is_told_by() {
    let born = |birthday: &str, lunar: bool| {
        let values = [("birthday", birthday.into()), ("birthday_lunar", Value::from(lunar))];
        Recorded::default().record(SOMEBODY, Kind::Resident, &values)
    };
    let on = |facts: &Recorded, now: &str| {
        of(facts, "care.birthday", now).iter().map(|item| item.due.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(on(&born("--12-29", false), "2026-12-28 10:00"), ["2026-12-29"]);
    assert_eq!(
        on(&born("1948-11-21", true), "2026-12-28 10:00"),
        ["2026-12-29"],
        "the 21st of the eleventh month"
    );
    assert!(on(&born("1948-11-21", false), "2026-12-28 10:00").is_empty());
    assert!(on(&born("1948-11-21", true), "2026-11-20 10:00").is_empty());
    // In 2033 a month is leap that few expect, and it keeps no birthday: the 1st of the twelfth is in January.
    assert_eq!(on(&born("--12-01", true), "2034-01-20 10:00"), ["2034-01-20"]);
    // Two days later it is too late to say a word.
    assert_eq!(on(&born("--12-29", false), "2026-12-31 10:00"), ["2026-12-29"]);
    assert!(on(&born("--12-29", false), "2027-01-01 10:00").is_empty());
    // Past the end of the table nothing follows the moon, and what follows the sun goes on.
    assert!(on(&born("--12-29", true), "2061-02-10 10:00").is_empty());
    assert_eq!(on(&born("--12-29", false), "2061-12-29 10:00"), ["2061-12-29"]);
}

#[test]
fn what_is_done_twice_a_day_is_two_items_each_answered_in_its_part_of_the_day() {
    let facts = Recorded::default().home(&[("state", "renovating".into())]);
    let stands = |facts: &Recorded, now: &str| {
        let items = own(facts, "test.twice", now);
        assert!(items.len() == 2 && items[0].id != items[1].id, "{items:#?}");
        let mut stands: Vec<_> =
            items.iter().map(|item| (item.due_at.unwrap(), item.status, item.overdue)).collect();
        stands.sort_by_key(|(due, ..)| *due);
        let ends = [at("2026-11-24 12:00"), at("2026-11-24 18:00")];
        assert!(stands.iter().map(|(due, ..)| *due).eq(ends));
        stands.into_iter().map(|(_, status, overdue)| (status, overdue)).collect::<Vec<_>>()
    };
    use Status::{Done, Open};
    assert_eq!(stands(&facts, "2026-11-24 09:00"), [(Open, false), (Open, false)]);
    assert_eq!(stands(&facts, "2026-11-24 12:30"), [(Open, true), (Open, false)]);
    let seen = facts.visit("2026-11-24 07:40");
    assert_eq!(
        stands(&seen, "2026-11-24 14:00"),
        [(Done, false), (Open, false)],
        "one visit is one of the two"
    );
    let both = seen.visit("2026-11-24 13:10");
    assert_eq!(stands(&both, "2026-11-24 18:30"), [(Done, false), (Done, false)]);
    let opens =
        own(&both, "test.twice", "2026-11-24 09:00").iter().map(|item| item.opens_at()).max().unwrap();
    assert_eq!(
        opens,
        Some(at("2026-11-24 13:00")),
        "the afternoon's is not there before its part of the day"
    );
}

#[test]
fn a_home_is_not_visited_where_everybody_who_lives_there_wants_no_visit() {
    let lives = |facts: Recorded, number: u8, values: &[(&str, Value)]| {
        let links = vec![("home".to_owned(), HOME)];
        facts.with(IndexedRecord {
            values: valued(values),
            links,
            ..bare(RecordId([number; 16]), Kind::Resident)
        })
    };
    let home = || Recorded::default().home(&[("state", "occupied".into())]);
    let rules = |facts: &Recorded| {
        let rules = ["visit.planned", "visit.planned.call"];
        rules.map(|rule| of(facts, rule, "2026-12-01 10:00").len())
    };
    let (no_visits, left) = (("no_visits", Value::from(true)), ("until", Value::from("2026-03")));
    assert_eq!(rules(&home()), [1, 0], "nobody is known, so nobody has said so");
    let alone = || lives(home(), 41, std::slice::from_ref(&no_visits));
    assert_eq!(rules(&alone()), [0, 1]);
    assert_eq!(rules(&lives(alone(), 42, &[])), [1, 0], "the other one may be visited");
    assert_eq!(
        rules(&lives(alone(), 42, std::slice::from_ref(&left))),
        [0, 1],
        "who moved out does not count"
    );
    assert_eq!(rules(&lives(home(), 41, &[no_visits.clone(), left])), [1, 0]);
    assert_eq!(rules(&lives(home(), 41, &[no_visits, ("no_calls", true.into())])), [0, 0]);
}

#[test]
fn what_a_case_agreed_on_sets_how_often_its_home_is_seen() {
    let watched = |measures: &str, until: &str, state: &str| {
        let facts = Recorded::default().home(&[("state", "renovating".into())]);
        let answers = [("measures", measures.into()), ("watch_until", until.into())];
        let mut facts = facts.step("renovation.repeat", "interview", "2026-11-20 10:00", &answers);
        facts.records.last_mut().unwrap().progress.as_mut().unwrap().state = state.to_owned();
        ["renovation.inspection.daily", "renovation.inspection.twice"]
            .map(|rule| of(&facts, rule, "2026-12-04 10:00").len())
    };
    assert_eq!(watched("stop,twice_daily", "2026-12-04", "watched"), [0, 2]);
    assert_eq!(watched("stop,twice_daily", "2026-12-03", "watched"), [1, 0], "the time agreed on is over");
    assert_eq!(watched("stop", "2026-12-04", "watched"), [1, 0]);
    assert_eq!(watched("stop,twice_daily", "2026-12-04", "closed"), [1, 0]);
}

#[test]
fn a_festival_brings_its_work_some_days_before_it() {
    let facts = Recorded::default().place("jinse/grid-1", 0);
    assert!(of(&facts, "lifecycle.greeting", "2027-01-21 10:00").is_empty());
    let item = only(&facts, "lifecycle.greeting", "2027-01-22 10:00");
    assert_eq!((item.due, item.base), (day("2027-02-05"), day("2027-02-06")));
    assert!(item.why.zh.starts_with("春节（2027-02-06）前"), "{}", item.why.zh);
    assert_eq!(only(&facts, "lifecycle.greeting", "2027-02-08 10:00").status, Status::Open);
    assert!(of(&facts, "lifecycle.greeting", "2027-02-09 10:00").is_empty());
    assert_eq!(only(&facts, "lifecycle.greeting", "2027-09-10 10:00").base, day("2027-09-15"));
}

#[test]
fn a_promised_day_is_shown_before_and_nothing_before_the_promise_keeps_it() {
    let facts = Recorded::default()
        .visit("2026-11-10 08:00")
        .complaint(11, 1, "g1", "2026-11-10 09:00", &[("promised", "2026-11-12")])
        .complaint(12, 1, "g1", "2026-11-10 10:00", &[("promised", "2026-11-20")]);
    let statuses = |facts: &Recorded, now: &str| -> Vec<Status> {
        own(facts, "test.promised", now).iter().map(|item| item.status).collect()
    };
    assert_eq!(statuses(&facts, "2026-11-10 11:00"), [Status::Open], "the later promise is not shown yet");
    assert_eq!(statuses(&facts.visit("2026-11-11 09:00"), "2026-11-17 08:00"), [Status::Done, Status::Open]);
}
