//! Checklists: the points of a round in the order they are walked, what is looked at there, what proves it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Label;
use super::calendar::Calendar;
use super::condition::Scope;
use super::form::{self, FieldProblem, FormField, parse_time};
use super::rule::{Escalation, Urgency};
use super::sum::{self, PointsOf, RoundTally, Sources, SumPart};
use super::workflow::Span;
use crate::model::directory::{Directory, Place};
use crate::model::round::{RoundStop, at_place};
use crate::model::{
    ChecklistId, DeviceId, Event, EventId, Evidence, PlaceId, QuestionId, RoleId, StaffId, Timestamp, Value,
    WorkflowId,
};
use crate::query::SubjectKind;

/// Of a check-in: the place whose code was scanned.
pub const SCAN: &str = "scan";
/// Of a check-in: distance to the place in metres, as the phone measured it.
pub const DISTANCE: &str = "distance_m";

/// Of a check-in or a result at a point that is visited at several places: at which. No question has such an id.
pub const AT: &str = "$at";

/// Of a result: it takes back the results it names as seen, and is none itself. No item has such an id.
pub const WITHDRAWN: &str = "$withdrawn";

/// One kind of round.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// Stable identity.
    pub id: ChecklistId,
    /// What it is called.
    pub title: Label,
    /// Not offered any more; rounds begun go on.
    #[serde(default)]
    pub retired: bool,
    /// What a round is about.
    pub subject: SubjectKind,
    /// Who walks it.
    pub roles: Vec<RoleId>,
    /// Advice shown beside the round.
    #[serde(default)]
    pub guidance: Option<Label>,
    /// What a butler is to customers by it, an identity of the terms: what its findings bring serves it.
    #[serde(default)]
    pub serves: Option<String>,
    /// Workflows a finding suggests to open.
    #[serde(default)]
    pub offers: Vec<WorkflowId>,
    /// How findings stand on Today.
    #[serde(default)]
    pub findings: Findings,
    /// The least time between two points; less is shown to the supervisor, never rejected.
    #[serde(default)]
    pub least_seconds_between_points: Option<u32>,
    /// The farthest a location may be from its place to prove it, in metres.
    #[serde(default)]
    pub location_within_m: Option<u32>,
    /// What is worked out from the whole round: sums, which nobody answers.
    #[serde(default, rename = "field")]
    pub sums: Vec<FormField>,
    /// The points, in walking order.
    #[serde(rename = "point")]
    pub points: Vec<Point>,
}

/// How the findings of a checklist stand on Today until each has an order, is put right or is explained.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// All findings of a round wait for one order together: what is wrong in one home is one matter.
    #[serde(default)]
    pub together: bool,
    /// How long an order may take; the day of the finding unless said.
    #[serde(default)]
    pub within: Option<Span>,
    /// How pressing.
    #[serde(default)]
    pub urgency: Urgency,
    /// Advice shown beside it: which order for what.
    #[serde(default)]
    pub guidance: Option<Label>,
    /// Who follows it though they did not find it.
    #[serde(default)]
    pub followed_by: Vec<RoleId>,
    /// Whom it is brought before when it is overdue for so long.
    #[serde(default)]
    pub escalate: Option<Escalation>,
}

/// One stop of a round.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Stable identity within the checklist.
    pub id: String,
    /// What it is called.
    pub label: Label,
    /// Advice shown at the point.
    #[serde(default)]
    pub guidance: Option<Label>,
    /// Where it is; absent: anywhere, and any code proves it.
    #[serde(default)]
    pub at: Option<PointAt>,
    /// Any one of these proves that somebody was there; empty: no proof asked.
    #[serde(default)]
    pub proof: Vec<ProofKind>,
    /// When it is to be visited.
    #[serde(default)]
    pub window: Option<Window>,
    /// The round is complete without it.
    #[serde(default)]
    pub optional: bool,
    /// What is looked at.
    #[serde(default, rename = "item")]
    pub items: Vec<FormField>,
}

/// Where a point is visited.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointAt {
    /// At each place of a kind, a word of the list `place_kind`, where the round is walked.
    Kind(String),
    /// At one place of the office's table.
    Place(PlaceId),
}

/// What proves a visit of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum ProofKind {
    /// The place's code (QR or NFC) was read.
    Scan,
    /// The phone was near the place.
    Location,
}

/// A part of the day; one that ends before it begins (`23:00` to `01:00`) ends on the day after.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// From, `08:30`.
    pub from: String,
    /// Until, `10:00`.
    pub to: String,
}

/// A round as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundState<'a> {
    /// Every point, in walking order.
    pub points: Vec<PointState<'a>>,
    /// Pairs of points visited faster than the checklist finds credible.
    pub too_fast: Vec<TooFast>,
    /// Whether nothing the checklist demands is missing.
    pub complete: bool,
    /// What its sums come to.
    pub sums: BTreeMap<QuestionId, Value>,
}

/// A point of a round as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct PointState<'a> {
    /// The point.
    pub point: &'a Point,
    /// The place it is visited at; `None` for a point that is anywhere, and where the office knows no such place.
    pub stop: Option<&'a RoundStop>,
    /// What can prove the visit.
    pub provable: Vec<ProofKind>,
    /// The first check-in whose proof will do, in estimated office time.
    pub visited: Option<Timestamp>,
    /// What proved it.
    pub proof: Option<ProofKind>,
    /// Whether it came in its part of the day.
    pub punctuality: Punctuality,
    /// Its items.
    pub items: Vec<ItemState<'a>>,
}

/// Whether a point was visited in its part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Punctuality {
    /// Not visited yet, and there is still time.
    Open,
    /// 准时
    OnTime,
    /// 早到
    Early,
    /// 迟到
    Late,
    /// 未到
    Missed,
}

/// An item of a round as it stands. Two people's results are both kept.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemState<'a> {
    /// The question.
    pub item: &'a FormField,
    /// Every result, oldest first by estimated office time, then by event id.
    pub results: Vec<ItemResult<'a>>,
    /// What the results that stand say; one finding among them is a finding.
    pub finding: Finding,
    /// What the results that stand still lack, or that there is none.
    pub problems: Vec<FieldProblem>,
    /// Whether results of people who did not know of each other's disagree.
    pub in_conflict: bool,
}

/// One person's result of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemResult<'a> {
    /// The event with its evidence.
    pub event: &'a Event,
    /// Whether it is a finding.
    pub fails: bool,
}

/// What the results of an item say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Finding {
    /// No result yet.
    Open,
    /// In order.
    Passed,
    /// A finding.
    Failed,
    /// In order again after a finding 复检合格.
    Corrected,
}

/// Two points visited faster than is credible.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct TooFast {
    /// The earlier point.
    pub from: String,
    /// The later point.
    pub to: String,
    /// Seconds between them.
    pub seconds: i64,
}

/// What happened on a round.
#[derive(Debug, Clone, Copy)]
pub struct Walk<'a> {
    /// The check-ins, each with its point as step.
    pub check_ins: &'a [Event],
    /// The results, each with its item as step.
    pub results: &'a [Event],
    /// The places its points are visited at, in walking order.
    pub stops: &'a [RoundStop],
    /// The day it was planned for.
    pub planned: NaiveDate,
    /// When it was begun, in estimated office time, where that is known.
    pub begun: Option<Timestamp>,
}

/// A round as it stands, from its events in any order, with duplicates. `now` tells what is missed by now.
#[must_use]
pub fn fold<'a>(
    checklist: &'a Checklist,
    walk: &Walk<'a>,
    calendar: &Calendar,
    now: Timestamp,
) -> RoundState<'a> {
    let arrivals = in_order(walk.check_ins);
    let results = counting(walk.results);
    let points: Vec<PointState> = checklist
        .visits(walk.stops)
        .into_iter()
        .map(|(point, stop)| {
            let place = stop.map(|stop| stop.place.as_str());
            let provable = provable(point, stop);
            let of_point = |event: &&&Event| event.step == *point.id && visited_at(event) == place;
            let first = arrivals.iter().filter(of_point).find_map(|event| {
                let proof = proof(checklist, &provable, stop, event)?;
                Some((event.estimated(), proof))
            });
            let visited = first.map(|(at, _)| at);
            let answers = checklist.scope(&results, place);
            let results: Vec<&Event> =
                results.iter().copied().filter(|event| visited_at(event) == place).collect();
            let asked = |item: &&FormField| item.shown_when.as_ref().is_none_or(|when| when.holds(&answers));
            PointState {
                point,
                stop,
                provable,
                visited,
                proof: first.and_then(|(_, proof)| proof),
                punctuality: punctuality(point, visited, calendar, walk, now),
                items: point
                    .items
                    .iter()
                    .filter(asked)
                    .map(|item| item_state(item, &results, &answers))
                    .collect(),
            }
        })
        .collect();
    let too_fast =
        checklist.least_seconds_between_points.map_or_else(Vec::new, |least| too_fast(&points, least));
    let complete = points.iter().all(|state| {
        let proven = state.point.proof.is_empty() || state.visited.is_some();
        let answered = state.items.iter().all(|item| item.problems.is_empty());
        (state.point.optional && state.is_untouched()) || (proven && answered)
    });
    let sums = sums(checklist, &points);
    RoundState { points, too_fast, complete, sums }
}

/// What the sums of a round come to, by the newest results; each sum sees those before it.
fn sums(checklist: &Checklist, points: &[PointState<'_>]) -> BTreeMap<QuestionId, Value> {
    let mut sums = BTreeMap::new();
    if checklist.sums.is_empty() {
        return sums;
    }
    let (mut answers, mut scope) = (BTreeMap::new(), Scope::new());
    let know = |field: &FormField, value: Value, scope: &mut Scope, answers: &mut BTreeMap<_, _>| {
        if let Some(declared) = field.answer.declared() {
            scope.bind("form", field.id.as_str(), declared, &value);
        }
        answers.insert(field.id.clone(), value);
    };
    for item in points.iter().flat_map(|state| &state.items) {
        if let Some(value) = item.newest() {
            know(item.item, value.clone(), &mut scope, &mut answers);
        }
    }
    for field in &checklist.sums {
        let from = Sources { answers: &answers, each: &[], scope: &scope, round: Some(&points) };
        if let Some(value) = sum::work_out(field, &from) {
            know(field, value.clone(), &mut scope, &mut answers);
            sums.insert(field.id.clone(), value);
        }
    }
    sums
}

impl RoundTally for &[PointState<'_>] {
    fn score(&self, part: &SumPart) -> Option<(u32, u32)> {
        let (mut passed, mut judged) = (0, 0);
        let items = self.iter().flat_map(|state| &state.items);
        for item in items.filter(|item| part.score.contains(&item.item.id)) {
            let answer = item.newest()?;
            if answer.as_text().is_some_and(|answer| part.without.iter().any(|apart| apart == answer)) {
                continue;
            }
            judged += 1;
            passed += u32::from(matches!(item.finding, Finding::Passed | Finding::Corrected));
        }
        Some((passed, judged))
    }

    fn points(&self, of: PointsOf) -> usize {
        let counts = |state: &&PointState<'_>| match of {
            PointsOf::Due => !(state.point.optional && state.is_untouched()),
            PointsOf::Visited if state.point.proof.is_empty() => !state.is_untouched(),
            PointsOf::Visited => state.visited.is_some(),
        };
        self.iter().filter(counts).count()
    }
}

impl PointState<'_> {
    /// Whether nobody has been there: neither proven nor looked at.
    fn is_untouched(&self) -> bool {
        self.visited.is_none() && self.items.iter().all(|item| item.results.is_empty())
    }
}

impl ItemState<'_> {
    /// What the newest of its results answers.
    fn newest(&self) -> Option<&Value> {
        self.results.last()?.event.evidence.fields.get(self.item.id.as_str())
    }
}

/// Oldest first by estimated office time; one event given twice counts once.
fn in_order(events: &[Event]) -> Vec<&Event> {
    let mut ordered: Vec<&Event> = events.iter().collect();
    ordered.sort_by_key(|event| (event.estimated(), event.id));
    ordered.dedup_by_key(|event| event.id);
    ordered
}

/// The results that were not taken back, in order. A withdrawal and what it takes back stay in the history alone; a
/// result that the one taken back had replaced counts again.
fn counting(results: &[Event]) -> Vec<&Event> {
    let withdraws = |event: &Event| event.evidence.fields.contains_key(WITHDRAWN);
    let withdrawals = results.iter().filter(|event| withdraws(event));
    let withdrawn: BTreeSet<EventId> = withdrawals.flat_map(|event| event.after.iter().copied()).collect();
    let mut counting = in_order(results);
    counting.retain(|event| !withdraws(event) && !withdrawn.contains(&event.id));
    counting
}

/// The place a check-in or a result is about, where its point is visited at several.
#[must_use]
pub fn visited_at(event: &Event) -> Option<&str> {
    event.evidence.fields.get(AT)?.as_text()
}

/// What can prove that somebody was at a point: of a place the office knows, what it has.
fn provable(point: &Point, stop: Option<&RoundStop>) -> Vec<ProofKind> {
    let has = |proof: &ProofKind| {
        stop.is_none_or(|stop| match proof {
            ProofKind::Scan => stop.has_code,
            ProofKind::Location => stop.is_located,
        })
    };
    point.proof.iter().copied().filter(has).collect()
}

/// What a check-in proves; `None` when it does not prove the visit. Where nothing can prove it, a check-in is all there is.
fn proof(
    checklist: &Checklist,
    provable: &[ProofKind],
    stop: Option<&RoundStop>,
    event: &Event,
) -> Option<Option<ProofKind>> {
    if provable.is_empty() {
        return Some(None);
    }
    let code_of = |scanned: &Value| stop.is_none_or(|stop| scanned.as_text() == Some(stop.place.as_str()));
    let scanned = event.evidence.fields.get(SCAN).is_some_and(code_of);
    let near = event.evidence.fields.get(DISTANCE).and_then(Value::as_real).is_some_and(|distance| {
        distance >= 0.0 && checklist.location_within_m.is_none_or(|most| distance <= f64::from(most))
    });
    provable
        .iter()
        .copied()
        .find(|proof| match proof {
            ProofKind::Scan => scanned,
            ProofKind::Location => near,
        })
        .map(Some)
}

fn punctuality(
    point: &Point,
    visited: Option<Timestamp>,
    calendar: &Calendar,
    walk: &Walk<'_>,
    now: Timestamp,
) -> Punctuality {
    let span = point.window.as_ref().and_then(|window| window_of(window, calendar, walk));
    match (visited, span) {
        // Without a part of the day of its own a point can be neither late nor missed, however long the round takes.
        (None, None) => Punctuality::Open,
        (Some(_), None) => Punctuality::OnTime,
        (None, Some((_, to))) if now >= to => Punctuality::Missed,
        (None, Some(_)) => Punctuality::Open,
        (Some(visited), Some((from, _))) if visited < from => Punctuality::Early,
        (Some(visited), Some((_, to))) if visited >= to => Punctuality::Late,
        (Some(_), Some(_)) => Punctuality::OnTime,
    }
}

/// When a part of the day is for this round: on the day it was planned for, or on the day before or after where that
/// lies nearer to when the round was begun, because it was walked through the night.
fn window_of(window: &Window, calendar: &Calendar, walk: &Walk<'_>) -> Option<(Timestamp, Timestamp)> {
    let (from, to) = window.minutes()?;
    let on = |day: NaiveDate| {
        let at = |minute: u16| calendar.start_of(day).plus_millis(i64::from(minute) * 60_000);
        (at(from), at(to))
    };
    let planned = on(walk.planned);
    let Some(begun) = walk.begun else { return Some(planned) };
    let away = |(from, to): &(Timestamp, Timestamp)| {
        let (from, to, begun) = (from.millis(), to.millis(), begun.millis());
        if begun < from {
            from.saturating_sub(begun)
        } else {
            begun.saturating_sub(to.saturating_sub(1)).max(0)
        }
    };
    let beside = [walk.planned.pred_opt(), walk.planned.succ_opt()].into_iter().flatten().map(on);
    std::iter::once(planned).chain(beside).min_by_key(away)
}

impl Window {
    /// From and until, in minutes since the midnight its day begins with; `None` when they are no times.
    #[must_use]
    pub fn minutes(&self) -> Option<(u16, u16)> {
        let (from, to) = (parse_time(&self.from)?, parse_time(&self.to)?);
        Some((from, if to <= from { to + 24 * 60 } else { to }))
    }
}

/// The results of an item that still stand: nobody recorded another one having seen them, nor did the same
/// person on the same phone later. No two phones' clocks are compared.
fn standing<'a>(item: &FormField, ordered: &[&'a Event]) -> Vec<&'a Event> {
    let of_item: Vec<&Event> =
        ordered.iter().copied().filter(|event| event.step == *item.id.as_str()).collect();
    let seen: BTreeSet<EventId> = of_item.iter().flat_map(|event| event.after.iter().copied()).collect();
    let mut last: BTreeMap<(DeviceId, &StaffId), (Timestamp, EventId)> = BTreeMap::new();
    for event in &of_item {
        let newest = last.entry((event.device, &event.by)).or_insert((event.at, event.id));
        *newest = (*newest).max((event.at, event.id));
    }
    let stands = |event: &&Event| {
        !seen.contains(&event.id) && last.get(&(event.device, &event.by)) == Some(&(event.at, event.id))
    };
    of_item.into_iter().filter(stands).collect()
}

/// The newest result of each item that counts, at each place, and whether it is a finding.
#[must_use]
pub fn newest_results<'a>(
    checklist: &'a Checklist,
    results: &'a [Event],
) -> Vec<(QuestionId, &'a Event, bool)> {
    let counting = counting(results);
    let places: BTreeSet<Option<&str>> = counting.iter().map(|event| visited_at(event)).collect();
    let at = |place: Option<&'a str>| {
        let answers = checklist.scope(&counting, place);
        let here: Vec<&Event> = counting.iter().copied().filter(|event| visited_at(event) == place).collect();
        let newest = move |item: &'a FormField| {
            let result = item_state(item, &here, &answers).results.pop()?;
            Some((at_place(item.id.as_str(), place).as_str().into(), result.event, result.fails))
        };
        checklist.items().filter_map(newest)
    };
    places.into_iter().flat_map(at).collect()
}

fn item_state<'a>(item: &'a FormField, ordered: &[&'a Event], answers: &Scope) -> ItemState<'a> {
    let fails = |event: &Event| {
        let scope = form::answered(std::slice::from_ref(item), &event.evidence, answers);
        event.evidence.fields.get(item.id.as_str()).is_some_and(|value| item.fails(value, &scope))
    };
    let results: Vec<ItemResult> = ordered
        .iter()
        .filter(|event| event.step == *item.id.as_str())
        .map(|event| ItemResult { event, fails: fails(event) })
        .collect();
    let standing = standing(item, ordered);
    let failing = standing.iter().filter(|event| fails(event)).count();
    let finding = if results.is_empty() {
        Finding::Open
    } else if failing > 0 {
        Finding::Failed
    } else if results.iter().any(|result| result.fails) {
        Finding::Corrected
    } else {
        Finding::Passed
    };
    let question = std::slice::from_ref(item);
    let lacks =
        |evidence: &Evidence, roles: &[RoleId]| form::check(question, &answered(evidence), answers, roles);
    let mut problems: Vec<FieldProblem> = match standing.as_slice() {
        [] => lacks(&Evidence::default(), &[]),
        standing => standing.iter().flat_map(|e| lacks(&e.evidence, std::slice::from_ref(&e.role))).collect(),
    };
    problems.dedup();
    ItemState { item, results, finding, problems, in_conflict: failing > 0 && failing < standing.len() }
}

/// What was answered, without what the program notes beside it.
fn answered(evidence: &Evidence) -> Evidence {
    let mut evidence = evidence.clone();
    evidence.fields.remove(AT);
    evidence
}

/// Visits one after the other, each pair with the seconds between.
fn pairs<'s, 'a>(points: &'s [PointState<'a>]) -> Vec<(&'s PointState<'a>, &'s PointState<'a>, i64)> {
    let mut visits: Vec<(Timestamp, String, &PointState)> =
        points.iter().filter_map(|state| Some((state.visited?, state.id(), state))).collect();
    visits.sort_unstable_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let seconds = |from: Timestamp, to: Timestamp| (to.millis() - from.millis()) / 1000;
    visits.windows(2).map(|pair| (pair[0].2, pair[1].2, seconds(pair[0].0, pair[1].0))).collect()
}

fn too_fast(points: &[PointState], least: u32) -> Vec<TooFast> {
    let hasty = pairs(points).into_iter().filter(|(_, _, seconds)| *seconds < i64::from(least));
    hasty.map(|(from, to, seconds)| TooFast { from: from.id(), to: to.id(), seconds }).collect()
}

/// Metres a second that nobody walks with open eyes.
const RUNNING: f64 = 2.5;

/// Pairs of points that lie farther apart than anybody walks in the time between them, by where the office says they lie.
/// Each may have been proven from as far away as the checklist lets it.
#[must_use]
pub fn too_far(
    checklist: &Checklist,
    points: &[PointState],
    places: &BTreeMap<PlaceId, Place>,
) -> Vec<TooFast> {
    let position = |state: &PointState| {
        let place = places.get(&state.stop?.place)?;
        place.position.filter(crate::model::directory::GeoPoint::is_valid)
    };
    let slack = 2.0 * f64::from(checklist.location_within_m.unwrap_or(0));
    let too_far = |(from, to, seconds): &(&PointState, &PointState, i64)| {
        let metres = position(from).zip(position(to)).map_or(0.0, |(from, to)| from.metres_to(&to));
        #[expect(clippy::cast_precision_loss, reason = "seconds of a round are far below 2^53")]
        let walked = *seconds as f64 * RUNNING;
        metres - slack > walked
    };
    let hasty = pairs(points).into_iter().filter(too_far);
    hasty.map(|(from, to, seconds)| TooFast { from: from.id(), to: to.id(), seconds }).collect()
}

impl PointState<'_> {
    /// The point as it is meant here: of one that is visited at several places with its place.
    #[must_use]
    pub fn id(&self) -> String {
        at_place(&self.point.id, self.stop.map(|stop| stop.place.as_str()))
    }

    /// The same of one of its items.
    #[must_use]
    pub fn item_id(&self, item: &QuestionId) -> QuestionId {
        at_place(item.as_str(), self.stop.map(|stop| stop.place.as_str())).as_str().into()
    }
}

impl Checklist {
    /// The places its points are visited at on a round at `at`, in walking order: of the grids that place lies in, of the
    /// whole community, or of that place and what is part of it, as the subject of the checklist is.
    #[must_use]
    pub fn stops(&self, directory: &Directory, at: &PlaceId) -> Vec<RoundStop> {
        let grids = directory.grids_of(at);
        let walked = |place: &Place| match self.subject {
            SubjectKind::Community => true,
            SubjectKind::Grid => directory.grids_at(&place.id).iter().any(|grid| grids.contains(grid)),
            _ => directory.is_within(&place.id, at),
        };
        let mut stops: Vec<(i64, &PlaceId, RoundStop)> = Vec::new();
        for point in &self.points {
            let is_it = |place: &&Place| match &point.at {
                Some(PointAt::Kind(kind)) => place.kind.as_ref() == Some(kind) && walked(place),
                Some(PointAt::Place(id)) => place.id == *id,
                None => false,
            };
            for place in directory.places.values().filter(is_it) {
                let stop = RoundStop {
                    point: point.id.clone(),
                    place: place.id.clone(),
                    has_code: place.code.is_some(),
                    is_located: place.position.is_some_and(|position| position.is_valid()),
                };
                stops.push((place.walk, &place.id, stop));
            }
        }
        // The points of one place in the order of the file.
        stops.sort_by_key(|(walk, place, _)| (*walk, *place));
        stops.into_iter().map(|(_, _, stop)| stop).collect()
    }

    /// Each point where it is visited, in walking order: points at places one after the other as the places are walked,
    /// what is anywhere, or at no place the office knows, where it stands in the file.
    fn visits<'a>(&'a self, stops: &'a [RoundStop]) -> Vec<(&'a Point, Option<&'a RoundStop>)> {
        let mut visits = Vec::new();
        let mut run: Vec<(usize, &Point, &RoundStop)> = Vec::new();
        let close = |run: &mut Vec<(usize, &'a Point, &'a RoundStop)>, visits: &mut Vec<_>| {
            run.sort_by_key(|(order, ..)| *order);
            visits.extend(run.drain(..).map(|(_, point, stop)| (point, Some(stop))));
        };
        for point in &self.points {
            let before = run.len();
            let of_point = stops.iter().enumerate().filter(|(_, stop)| stop.point == point.id);
            run.extend(of_point.map(|(order, stop)| (order, point, stop)));
            if run.len() == before {
                close(&mut run, &mut visits);
                visits.push((point, None));
            }
        }
        close(&mut run, &mut visits);
        visits
    }

    /// Every item of every point.
    pub fn items(&self) -> impl Iterator<Item = &FormField> {
        self.points.iter().flat_map(|point| &point.items)
    }

    /// An item by id.
    #[must_use]
    pub fn item(&self, id: &QuestionId) -> Option<&FormField> {
        self.items().find(|item| item.id == *id)
    }

    /// What conditions see of a round at a place: the answers of the results that stand, given there or at no place.
    fn scope(&self, results: &[&Event], place: Option<&str>) -> Scope {
        let seen = |event: &&Event| visited_at(event).is_none_or(|at| Some(at) == place);
        let results: Vec<&Event> = results.iter().copied().filter(seen).collect();
        let mut scope = Scope::new();
        for item in self.items() {
            for result in standing(item, &results) {
                if let (Some(declared), Some(value)) =
                    (item.answer.declared(), result.evidence.fields.get(item.id.as_str()))
                {
                    scope.bind("form", item.id.as_str(), declared, value);
                }
            }
        }
        scope
    }

    /// What is wrong with one result before it is recorded, given the `results` so far: an item may be asked only
    /// because of the answer to another. Its evidence names the place, where the item has several.
    #[must_use]
    pub fn check_result(
        &self,
        item: &QuestionId,
        evidence: &Evidence,
        role: &RoleId,
        results: &[Event],
    ) -> Option<Vec<FieldProblem>> {
        let item = self.item(item)?;
        if evidence.fields.contains_key(WITHDRAWN) {
            return Some(Vec::new());
        }
        let place = evidence.fields.get(AT).and_then(Value::as_text);
        let scope = self.scope(&counting(results), place);
        Some(form::check(std::slice::from_ref(item), &answered(evidence), &scope, std::slice::from_ref(role)))
    }

    /// How many results each item has, for a list.
    #[must_use]
    pub fn progress(state: &RoundState) -> BTreeMap<Finding, usize> {
        let mut counts = BTreeMap::new();
        for item in state.points.iter().flat_map(|point| &point.items) {
            *counts.entry(item.finding).or_insert(0) += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PhotoId;

    fn checklist() -> Checklist {
        toml::from_str(
            r#"
            id = "test.round"
            title = { zh = "巡视", en = "Patrol" }
            subject = "grid"
            roles = ["butler"]
            least_seconds_between_points = 20
            location_within_m = 60
            [[point]]
            id = "gate"
            label = { zh = "大门", en = "Gate" }
            proof = ["scan", "location"]
            window = { from = "08:00", to = "10:00" }
            [[point.item]]
            id = "floor"
            label = { zh = "地面", en = "Ground" }
            type = "choice"
            required = true
            photo = "on_fail"
            options = [
              { id = "ok", label = { zh = "合格", en = "passed" } },
              { id = "defect", label = { zh = "不合格", en = "failed" }, fails = true },
            ]
            [[point.item]]
            id = "pressure"
            label = { zh = "水压", en = "Pressure" }
            type = "number"
            unit = "mpa"
            fails_when = "has(form.pressure) && form.pressure < 0.2"
            required_when = "has(form.floor) && form.floor == 'defect'"
            [[point]]
            id = "lobby"
            label = { zh = "大堂", en = "Lobby" }
            proof = ["scan"]
            "#,
        )
        .unwrap()
    }

    fn day() -> NaiveDate {
        "2026-11-22".parse().unwrap()
    }

    /// An event at a second of the day, by one of two phones.
    fn event(id: u8, step: &str, second: i64, phone: u8, answers: &[(&str, Value)]) -> Event {
        Event {
            id: EventId([id; 16]),
            step: step.into(),
            by: StaffId::new(format!("staff.{phone}")).unwrap(),
            role: RoleId::new("butler").unwrap(),
            device: DeviceId([phone; 16]),
            at: Timestamp::from_millis(Calendar::plain(480).start_of(day()).millis() + second * 1000),
            offset: None,
            after: Vec::new(),
            note: String::new(),
            evidence: Evidence {
                fields: answers.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
                photos: BTreeMap::new(),
            },
            unknown: BTreeMap::new(),
        }
    }

    fn with_photo(mut event: Event) -> Event {
        event.evidence.photos.insert(event.step.as_str().into(), vec![PhotoId([1; 32])]);
        event
    }

    fn state<'a>(
        list: &'a Checklist,
        check_ins: &'a [Event],
        results: &'a [Event],
        hour: i64,
    ) -> RoundState<'a> {
        let calendar = Calendar::plain(480);
        let now = Timestamp::from_millis(calendar.start_of(day()).millis() + hour * 3_600_000);
        fold(list, &Walk { check_ins, results, stops: &[], planned: day(), begun: None }, &calendar, now)
    }

    const HOUR: i64 = 3600;

    #[test]
    fn a_point_is_proven_by_what_its_checklist_accepts_and_judged_by_its_time() {
        let list = checklist();
        let scan = |id, second| event(id, "gate", second, 1, &[(SCAN, "jinse/gate".into())]);
        let near = |distance: f64| event(9, "gate", 9 * HOUR, 1, &[(DISTANCE, distance.into())]);
        let of = |check_in: &[Event], hour| {
            let state = state(&list, check_in, &[], hour);
            (state.points[0].proof, state.points[0].punctuality)
        };
        assert_eq!(of(&[scan(1, 9 * HOUR)], 12), (Some(ProofKind::Scan), Punctuality::OnTime));
        assert_eq!(of(&[scan(1, 7 * HOUR)], 12), (Some(ProofKind::Scan), Punctuality::Early));
        assert_eq!(of(&[scan(1, 10 * HOUR)], 12), (Some(ProofKind::Scan), Punctuality::Late));
        assert_eq!(of(&[], 9), (None, Punctuality::Open));
        assert_eq!(of(&[], 10), (None, Punctuality::Missed));
        assert_eq!(of(&[near(60.0)], 12), (Some(ProofKind::Location), Punctuality::OnTime));
        assert_eq!(of(&[near(61.0)], 12), (None, Punctuality::Missed), "too far away proves nothing");
        let lobby = [event(3, "lobby", 9 * HOUR, 1, &[(DISTANCE, 1.into())])];
        assert_eq!(state(&list, &lobby, &[], 12).points[1].visited, None, "the lobby wants a scan");
    }

    #[test]
    fn a_round_through_the_night_is_judged_by_the_windows_nearest_to_its_beginning() {
        let mut list = checklist();
        let judged = |list: &Checklist, begun: i64, visited: i64, now: i64| {
            let calendar = Calendar::plain(480);
            let at = |hour: i64| calendar.start_of(day()).plus_millis(hour * 3_600_000);
            let scan = [event(1, "gate", visited * HOUR, 1, &[(SCAN, "jinse/gate".into())])];
            let check_ins = if visited == 0 { &[][..] } else { &scan[..] };
            let walk = Walk { check_ins, results: &[], stops: &[], planned: day(), begun: Some(at(begun)) };
            let state = fold(list, &walk, &calendar, at(now));
            (state.points[0].punctuality, state.points[1].punctuality)
        };
        let window = |from: &str, to: &str| Some(Window { from: from.to_owned(), to: to.to_owned() });
        // The lobby has no part of the day of its own: neither late nor missed, two days later too.
        assert_eq!(judged(&list, 9, 0, 60), (Punctuality::Missed, Punctuality::Open));
        assert_eq!(
            judged(&list, 11, 11, 12).0,
            Punctuality::Late,
            "begun too late is late, not early for tomorrow"
        );
        assert_eq!(judged(&list, 9, 33, 34).0, Punctuality::Late, "the next morning is not its morning");
        list.points[0].window = window("00:30", "02:00");
        assert_eq!(judged(&list, 23, 25, 26).0, Punctuality::OnTime, "after midnight");
        assert_eq!(judged(&list, 23, 0, 24).0, Punctuality::Open);
        assert_eq!(judged(&list, 23, 0, 26).0, Punctuality::Missed);
        list.points[0].window = window("23:00", "01:00");
        assert_eq!(judged(&list, 23, 24, 26).0, Punctuality::OnTime, "a window over midnight");
        assert_eq!(judged(&list, 23, 25, 26).0, Punctuality::Late);
    }

    #[test]
    fn a_finding_needs_its_photo_and_a_recheck_corrects_it() {
        let list = checklist();
        let failed = event(1, "floor", 100, 1, &[("floor", "defect".into())]);
        let of = |results: &[Event]| {
            let state = state(&list, &[], results, 12);
            let item = &state.points[0].items[0];
            (item.finding, item.problems.len())
        };
        assert_eq!(of(&[]), (Finding::Open, 1));
        assert_eq!(of(std::slice::from_ref(&failed)), (Finding::Failed, 1), "the photo is missing");
        let failed = with_photo(failed);
        assert_eq!(of(std::slice::from_ref(&failed)), (Finding::Failed, 0));
        let passed = event(2, "floor", 200, 1, &[("floor", "ok".into())]);
        assert_eq!(of(&[passed.clone(), failed.clone()]), (Finding::Corrected, 0));
        assert_eq!(of(&[passed]), (Finding::Passed, 0));
    }

    #[test]
    fn two_peoples_results_are_both_kept_whatever_their_clocks_say() {
        let list = checklist();
        let mine = with_photo(event(1, "floor", 100, 1, &[("floor", "defect".into())]));
        let mut theirs = event(2, "floor", 900_000, 2, &[("floor", "ok".into())]);
        let both = [mine.clone(), theirs.clone(), mine.clone()];
        let concurrent = state(&list, &[], &both, 12);
        let item = &concurrent.points[0].items[0];
        assert_eq!((item.results.len(), item.finding, item.in_conflict), (2, Finding::Failed, true));
        // Having seen the finding, they checked again: that is a correction, not a conflict.
        theirs.after = vec![mine.id];
        let both = [theirs, mine];
        let seen = state(&list, &[], &both, 12);
        let item = &seen.points[0].items[0];
        assert_eq!((item.finding, item.in_conflict), (Finding::Corrected, false));
    }

    #[test]
    fn what_is_asked_because_of_another_answer_can_be_recorded_after_it() {
        let text = r#"
            id = "test.round"
            title = { zh = "巡视", en = "Patrol" }
            subject = "home"
            roles = ["butler"]
            [[point]]
            id = "door"
            label = { zh = "门口", en = "Door" }
            [[point.item]]
            id = "let_in"
            label = { zh = "进得去", en = "Let in" }
            type = "flag"
            [[point.item]]
            id = "floor"
            label = { zh = "地面干净", en = "Floor clean" }
            type = "flag"
            shown_when = "has(form.let_in) && form.let_in"
            "#;
        let list: Checklist = toml::from_str(text).unwrap();
        let floor = event(2, "floor", 110, 1, &[("floor", true.into())]);
        let problems = |results: &[Event]| {
            list.check_result(&"floor".into(), &floor.evidence, &floor.role, results).unwrap().len()
        };
        assert_eq!(problems(&[]), 1, "nobody was let in");
        assert_eq!(problems(&[event(1, "let_in", 100, 1, &[("let_in", true.into())])]), 0);
    }

    #[test]
    fn one_answer_may_make_another_required_and_readings_fail_by_their_condition() {
        let list = checklist();
        let defect = with_photo(event(1, "floor", 100, 1, &[("floor", "defect".into())]));
        let results = [defect.clone()];
        assert_eq!(state(&list, &[], &results, 12).points[0].items[1].problems.len(), 1);
        let low = event(2, "pressure", 110, 1, &[("pressure", 0.1.into())]);
        let results = [defect, low];
        let read = state(&list, &[], &results, 12);
        assert_eq!(
            (read.points[0].items[1].finding, read.points[0].items[1].problems.len()),
            (Finding::Failed, 0)
        );
    }

    #[test]
    fn a_round_is_complete_when_nothing_demanded_is_missing_and_haste_is_visible() {
        let list = checklist();
        let check_ins = [
            event(1, "gate", 9 * HOUR, 1, &[(SCAN, "a".into())]),
            event(2, "lobby", 9 * HOUR + 6, 1, &[(SCAN, "b".into())]),
        ];
        let results = [event(3, "floor", 9 * HOUR + 2, 1, &[("floor", "ok".into())])];
        let whole = state(&list, &check_ins, &results, 12);
        assert!(whole.complete);
        assert_eq!(whole.too_fast, [TooFast { from: "gate".into(), to: "lobby".into(), seconds: 6 }]);
        assert!(!state(&list, &check_ins[..1], &results, 12).complete);
        assert!(!state(&list, &check_ins, &[], 12).complete);
    }

    #[test]
    fn a_score_is_the_share_in_order_once_everything_has_a_result() {
        let mut list = checklist();
        let sums = r#"
            [[field]]
            id = "score"
            label = { zh = "得分", en = "Score" }
            type = "number"
            unit = "point"
            sum = [{ score = ["floor", "pressure"], points = 25, without = ["none"] }, { answer = "pressure" }]
        "#;
        #[derive(Deserialize)]
        struct Only {
            field: Vec<FormField>,
        }
        list.sums = toml::from_str::<Only>(sums).unwrap().field;
        let score = |results: &[Event]| {
            let walk = Walk { check_ins: &[], results, stops: &[], planned: day(), begun: None };
            let calendar = Calendar::plain(480);
            fold(&list, &walk, &calendar, calendar.start_of(day())).sums.get("score").cloned()
        };
        let floor = |id, answer: &str| event(id, "floor", i64::from(id), 1, &[("floor", answer.into())]);
        let pressure = event(2, "pressure", 2, 1, &[("pressure", Value::Real(0.3))]);
        assert_eq!(score(&[floor(1, "ok")]), None, "the pressure was not read");
        assert_eq!(score(&[floor(1, "ok"), pressure.clone()]), Some(Value::Real(25.3)));
        assert_eq!(score(&[floor(1, "defect"), pressure.clone()]), Some(Value::Real(12.8)));
        assert_eq!(score(&[floor(1, "none"), pressure]), Some(Value::Real(25.3)), "left out, not failed");
    }
}
