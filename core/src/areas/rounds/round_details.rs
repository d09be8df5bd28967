//! A round as it stands: points, punctuality, results, what is still missing.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::areas::rounds::Rounds;
use crate::context::field_words::{AnswerInWords, FieldWords};
use crate::context::question::Question;
use crate::context::round_results::checklist;
use crate::context::{OfficeTables, Visibility};
use crate::error::ButlerError;
use crate::model::round::RoundStop;
use crate::model::{
    ChecklistId, EventId, Kind, PhotoId, PlaceId, Procedure, QuestionId, Record, RecordId, Round, Shown,
    StaffId, Timestamp, Value, facts,
};
use crate::playbook::checklist::{self, Finding, PointState, ProofKind, Punctuality, TooFast};
use crate::playbook::{Label, Playbooks, course};
use crate::store::{Filter, Order, Reader, WorkRow};

/// A round in a list.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RoundRow {
    /// The round.
    pub id: RecordId,
    /// Its checklist's id.
    pub checklist: Option<ChecklistId>,
    /// What is walked; `None` while this phone does not know its checklist.
    pub title: Option<Label>,
    /// The place it is at; `None` for one of the whole grid or community.
    pub place: Option<PlaceId>,
    /// Whom it was planned for.
    pub planned_for: Option<StaffId>,
    /// The day it is for.
    pub planned_on: Option<NaiveDate>,
}

impl RoundRow {
    pub(in crate::areas) fn of(row: WorkRow, playbooks: &Playbooks) -> Self {
        let id = row.procedure.as_ref().and_then(Procedure::checklist);
        let list = id.zip(row.version).and_then(|(id, version)| playbooks.checklist_at(id, version));
        Self {
            id: row.record.id,
            title: list.map(|list| list.title.clone()),
            checklist: id.cloned(),
            place: row.record.place,
            planned_for: row.assignee,
            planned_on: row.planned_on,
        }
    }
}

/// A round, whole.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RoundDetails {
    /// The round.
    pub id: RecordId,
    /// What is walked.
    pub title: Label,
    /// Advice on the whole round.
    pub guidance: Option<Label>,
    /// Whom it was planned for; handing it over does not change that.
    pub planned_for: Option<StaffId>,
    /// The day it is for.
    pub planned_on: NaiveDate,
    /// The points, in walking order.
    pub points: Vec<PointRow>,
    /// What is worked out from the whole of it, in words: a score once everything it looks at has a result.
    pub sums: Vec<AnswerInWords>,
    /// Pairs of points visited faster than is credible.
    pub too_fast: Vec<TooFast>,
    /// Whether nothing the checklist demands is missing.
    pub complete: bool,
    /// What a screen shows that draws this: goes back with a result or a check-in.
    pub shown: Shown,
}

/// A point of a round.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PointRow {
    /// Its id within the round: of a point that is visited at several places one for each.
    pub id: String,
    /// What it is called; of a point at a place what the place is called.
    pub label: Label,
    /// The place it is visited at; `None` for a point that is anywhere, and where the office knows no such place.
    pub place: Option<PlaceId>,
    /// Nothing proves a visit here, though the checklist asks for a proof: the office knows no such place, so that any code
    /// is taken, or the place has neither a code nor a position.
    pub unproven: bool,
    /// Advice at the point.
    pub guidance: Option<Label>,
    /// When somebody was there.
    pub visited: Option<Timestamp>,
    /// What proved it.
    pub proof: Option<ProofKind>,
    /// On time, early, late, missed.
    pub punctuality: Punctuality,
    /// What is looked at.
    pub items: Vec<ItemRow>,
}

/// An item of a round.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ItemRow {
    /// What is asked; its `field` is the item's id within the round.
    pub question: Question,
    /// What the newest result says.
    pub finding: Finding,
    /// Every result, oldest first: two people's are both here.
    pub results: Vec<ResultRow>,
    /// Two people disagree.
    pub in_conflict: bool,
    /// The questions still missing.
    pub missing: Vec<QuestionId>,
    /// What was found there the last time, in an earlier round through the same checklist at the same place: a hint.
    pub last: Option<EarlierResult>,
}

/// What an earlier round found at an item.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct EarlierResult {
    /// The earlier round.
    pub round: RecordId,
    /// When, by the office's clock as far as known.
    pub at: Timestamp,
    /// Whether it was a finding.
    pub fails: bool,
    /// The answer.
    pub answer: Option<Value>,
}

/// One person's result.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ResultRow {
    /// The event.
    pub event: EventId,
    /// The person who did it.
    pub by: StaffId,
    /// When, by the office's clock as far as known.
    pub at: Timestamp,
    /// Whether it is a finding.
    pub fails: bool,
    /// The answer.
    pub answer: Option<Value>,
    /// Their words.
    pub note: String,
    /// The photos that show it.
    pub photos: Vec<PhotoId>,
}

impl Rounds<'_> {
    /// Rounds begun and not finished, newest first, a page of at most 100 behind the round `after`: those of days gone
    /// by too.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn under_way(&self, after: Option<RecordId>, limit: usize) -> Result<Vec<RoundRow>, ButlerError> {
        let office = self.0.office()?;
        let rows = self.0.read(|reader| {
            Visibility::new(reader, &office)?.page(Kind::Round, after, limit.clamp(1, 100), |after, limit| {
                let filter = Filter {
                    kind: Some(Kind::Round),
                    closed: Some(false),
                    after,
                    limit,
                    ..Filter::default()
                };
                Ok(reader.work(&filter, Order::Newest)?)
            })
        })?;
        Ok(rows.into_iter().map(|row| RoundRow::of(row, &office.playbooks)).collect())
    }

    /// A round, whole.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`]; [`ButlerError::NeedsNewerApp`] when its checklist is not known here yet.
    pub fn details(&self, id: RecordId) -> Result<RoundDetails, ButlerError> {
        let office = self.0.office()?;
        let now = self.0.host.now();
        self.0.read(|reader| {
            let record = reader
                .record(id)?
                .filter(|record| record.kind == Kind::Round)
                .ok_or(ButlerError::NotFound)?;
            let list = checklist(&office.playbooks, &record)?;
            let visibility = Visibility::new(reader, &office)?;
            let record = visibility.shown(record).ok_or(ButlerError::NotFound)?;
            let round = Round::read(&record);
            let now = reader.time(now)?.now;
            let planned_on = round.planned_on.unwrap_or_else(|| office.date_of(now));
            let (check_ins, results) = course::marks(&record);
            let stops = Round::stops_of(&record);
            let mut state = checklist::fold(
                list,
                &checklist::Walk {
                    check_ins: &check_ins,
                    results: &results,
                    stops: &stops,
                    planned: planned_on,
                    begun: course::begun(&record),
                },
                &office.calendar,
                now,
            );
            office.count(reader, &list.sums, &record, &mut state.sums)?;
            let last = earlier(reader, &visibility, &office, &record)?;
            let mut too_fast = state.too_fast;
            for pair in checklist::too_far(list, &state.points, &office.places) {
                if !too_fast.contains(&pair) {
                    too_fast.push(pair);
                }
            }
            let points = state.points.iter().map(|point| PointRow {
                id: point.id(),
                label: called(&office, point, &stops),
                place: point.stop.map(|stop| stop.place.clone()),
                unproven: is_unproven(point),
                guidance: point.point.guidance.clone(),
                visited: point.visited,
                proof: point.proof,
                punctuality: point.punctuality,
                items: point.items.iter().map(|item| item_row(point, item, &last)).collect(),
            });
            let words = FieldWords::new(&office, &visibility, record.kind, Some(&record));
            Ok(RoundDetails {
                id,
                sums: words.answers(&list.sums, &state.sums)?,
                shown: record.shown(),
                title: list.title.clone(),
                guidance: list.guidance.clone(),
                planned_for: round.planned_for,
                planned_on,
                points: points.collect(),
                too_fast,
                complete: state.complete,
            })
        })
    }
}

/// So many rounds before this one are asked what they found.
const EARLIER: usize = 3;

/// The last results of each item in the rounds before this one, through the same checklist at the same place and about
/// the same records.
fn earlier(
    reader: &Reader<'_>,
    visibility: &Visibility<'_>,
    office: &OfficeTables,
    round: &Record,
) -> Result<BTreeMap<QuestionId, EarlierResult>, ButlerError> {
    let mut last = BTreeMap::new();
    let filter = Filter {
        kind: Some(Kind::Round),
        place: facts::place(round),
        about: round.below("subject/").find_map(|(id, _)| id.parse().ok()),
        procedure: facts::procedure(round).map(|procedure| procedure.id().to_owned()),
        after: Some(round.id),
        limit: EARLIER,
        ..Filter::default()
    };
    for row in reader.work(&filter, Order::Newest)? {
        if row.record.place != filter.place {
            continue;
        }
        let Some(before) = visibility.listed(row.record.id)? else { continue };
        let Some(list) = course::checklist(&office.playbooks, &before) else { continue };
        let (_, results) = course::marks(&before);
        for (item, event, fails) in checklist::newest_results(list, &results) {
            let answer = event.evidence.fields.get(event.step.as_str()).cloned();
            let found = EarlierResult { round: before.id, at: event.estimated(), fails, answer };
            last.entry(item).or_insert(found);
        }
    }
    Ok(last)
}

/// What a point is called where it is visited: as its place is, and what is looked at there where there are several points.
fn called(office: &OfficeTables, point: &PointState<'_>, stops: &[RoundStop]) -> Label {
    let label = &point.point.label;
    let Some(stop) = point.stop else { return label.clone() };
    let Some(place) = office.places.get(&stop.place) else { return label.clone() };
    let alone = stops.iter().filter(|other| other.place == stop.place).count() == 1;
    if alone {
        Label::same(place.name.as_str())
    } else {
        Label::new(format!("{} · {}", place.name, label.zh), format!("{} · {}", place.name, label.en))
    }
}

fn is_unproven(point: &PointState<'_>) -> bool {
    let known = point.stop.is_some() && !point.provable.is_empty();
    point.point.at.is_some() && !point.point.proof.is_empty() && !known
}

fn item_row(
    point: &PointState<'_>,
    item: &checklist::ItemState<'_>,
    last: &BTreeMap<QuestionId, EarlierResult>,
) -> ItemRow {
    let id = point.item_id(&item.item.id);
    let results = item.results.iter().map(|result| ResultRow {
        event: result.event.id,
        by: result.event.by.clone(),
        at: result.event.estimated(),
        fails: result.fails,
        answer: result.event.evidence.fields.get(item.item.id.as_str()).cloned(),
        note: result.event.note.clone(),
        photos: result.event.evidence.photos.values().flatten().copied().collect(),
    });
    ItemRow {
        question: Question { field: id.clone(), ..Question::from(item.item) },
        finding: item.finding,
        results: results.collect(),
        in_conflict: item.in_conflict,
        last: last.get(&id).cloned(),
        missing: item.problems.iter().map(|problem| point.item_id(&problem.field)).collect(),
    }
}
