//! Sums: fields that are worked out from what was recorded, so that nobody types them.
//!
//! A question with a `sum` is worked out and never answered. It is stored nowhere: every replica works it out from the
//! merged facts, so that two people who book concurrently leave the right balance. Numbers are exact fractions; only what
//! comes out is rounded, once.
//!
//! A sum adds up answers given beside it, and what was *booked*: rows of registers about a row, or about what the row is
//! about; and it counts records that refer to it, or to what it is about. These are found with one query of a set each
//! ([`booked`]), never by looking through all records. How a case or a round stands follows from itself alone: what a sum
//! of it counts elsewhere is added only where somebody looks ([`count`]). A row may tell what was done on a day, in a month or since a
//! day: the metrics of those days ([`count_days`]).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;

use super::Playbooks;
use super::condition::{Condition, Scope};
use super::form::{AnswerType, FormField};
use super::metric::{Days, Fraction, MetricCounter, Month};
use super::related::Related;
use crate::model::{Entry, FormId, MetricId, PlaceId, QuestionId, Record, RecordId, StaffId, Value, facts};
use crate::query::{EntryQuery, EntryRow, FieldFilter, RecordIndex, SubjectId};

/// Digits behind the point of a sum that does not come out even.
const DIGITS: u32 = 2;

/// One part of a sum. Exactly one of `answer`, `each`, `rows`, `beside`, `about`, `having`, `having_beside`, `metric`, `score`
/// and `points_of` says where it comes from.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SumPart {
    /// An answer given beside the sum: in a form of the row, in a workflow the newest of the case. With `rows`, `beside` or
    /// `about` the answer of those rows; without it they are counted.
    #[serde(default)]
    pub answer: Option<QuestionId>,
    /// In a workflow: the answers of every step that counts.
    #[serde(default)]
    pub each: Option<QuestionId>,
    /// Rows of that form about this row.
    #[serde(default)]
    pub rows: Option<FormId>,
    /// Rows of that form about what this row is about, this row left out.
    #[serde(default)]
    pub beside: Option<FormId>,
    /// The row of that form this row is about.
    #[serde(default)]
    pub about: Option<FormId>,
    /// How many such records refer to this row, case or round.
    #[serde(default)]
    pub having: Option<Related>,
    /// How many such records refer to what this row, case or round is about, itself left out.
    #[serde(default)]
    pub having_beside: Option<Related>,
    /// In a form: this metric of a day or a month, of whoever enters the row, in the grids of its place.
    #[serde(default)]
    pub metric: Option<MetricId>,
    /// With `metric`: the question that names the day.
    #[serde(default)]
    pub day: Option<QuestionId>,
    /// With `day`: all days up to it, after the day this question names.
    #[serde(default)]
    pub after: Option<QuestionId>,
    /// With `metric`, instead of `day`: the question that names a day of the month.
    #[serde(default)]
    pub month: Option<QuestionId>,
    /// In a checklist: how many points there are, or were visited.
    #[serde(default)]
    pub points_of: Option<PointsOf>,
    /// In a checklist: the share of these items that is in order, times `points`.
    #[serde(default)]
    pub score: Vec<QuestionId>,
    /// What a score comes to when all of it is in order.
    #[serde(default)]
    pub points: Option<f64>,
    /// Answers that leave an item out of a score: not applicable.
    #[serde(default)]
    pub without: Vec<String>,
    /// The date of the rows; those without it are left out.
    #[serde(default)]
    pub dated: Option<QuestionId>,
    /// Only rows dated on or before this date of the row itself.
    #[serde(default)]
    pub until: Option<QuestionId>,
    /// Only rows dated before this date of the row itself.
    #[serde(default)]
    pub before: Option<QuestionId>,
    /// Of `rows` or `beside`: only the newest of them that answers.
    #[serde(default)]
    pub latest: bool,
    /// Only rows with these answers.
    #[serde(default, rename = "where")]
    pub filters: Vec<FieldFilter>,
    /// Added only when this holds.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Multiplied with this: `-1` takes away.
    #[serde(default)]
    pub times: Option<f64>,
}

/// Which points of a round are counted; one that is optional and was left alone is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointsOf {
    /// Those to be visited.
    Due,
    /// Those that were: proven, or where nothing proves them looked at.
    Visited,
}

impl PointsOf {
    /// The word of the file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Visited => "visited",
        }
    }
}

/// Where a part comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum AddedFrom<'a> {
    /// One answer.
    Answer(&'a QuestionId),
    /// The answers of every step.
    Each(&'a QuestionId),
    /// Rows about this row.
    Rows(&'a FormId),
    /// Rows about what this row is about.
    Beside(&'a FormId),
    /// The row this row is about.
    About(&'a FormId),
    /// Records that refer to it.
    Having(&'a Related),
    /// Records that refer to what it is about.
    HavingBeside(&'a Related),
    /// A metric of some days.
    Metric(&'a MetricId),
    /// Points of a round.
    Points(PointsOf),
    /// Items in order.
    Score(&'a [QuestionId]),
}

impl SumPart {
    /// Where it comes from; `None` when the part does not say, or says more than one thing.
    pub(super) fn source(&self) -> Option<AddedFrom<'_>> {
        let rows = [
            self.rows.as_ref().map(AddedFrom::Rows),
            self.beside.as_ref().map(AddedFrom::Beside),
            self.about.as_ref().map(AddedFrom::About),
        ];
        let booked = rows.iter().any(Option::is_some);
        let all = [
            self.answer.as_ref().filter(|_| !booked).map(AddedFrom::Answer),
            self.each.as_ref().map(AddedFrom::Each),
            self.having.as_ref().map(AddedFrom::Having),
            self.having_beside.as_ref().map(AddedFrom::HavingBeside),
            self.metric.as_ref().map(AddedFrom::Metric),
            self.points_of.map(AddedFrom::Points),
            (!self.score.is_empty()).then_some(AddedFrom::Score(&self.score)),
        ];
        let mut said = rows.into_iter().chain(all).flatten();
        said.next().filter(|_| said.next().is_none())
    }

    /// The form whose rows it adds up or reads.
    #[must_use]
    pub fn form(&self) -> Option<&FormId> {
        self.rows.as_ref().or(self.beside.as_ref()).or(self.about.as_ref())
    }

    /// The records it counts.
    #[must_use]
    pub fn counted(&self) -> Option<&Related> {
        self.having.as_ref().or(self.having_beside.as_ref())
    }

    /// The days its metric is counted over; none while they are not answered.
    fn days(&self, answers: &BTreeMap<QuestionId, Value>) -> Option<Days> {
        let date = |id: &QuestionId| answers.get(id.as_str()).and_then(date);
        match (&self.day, &self.after, &self.month) {
            (Some(day), None, _) => date(day).map(Days::from),
            (Some(day), Some(after), _) => Days::after(date(after)?, date(day)?),
            (None, _, Some(month)) => date(month).map(|day| Month::of(day).into()),
            (None, _, None) => None,
        }
    }

    /// The records whose rows it adds up, or that are referred to by what it counts: the one itself, or what it is about.
    fn subjects(&self, of: &SumsOf) -> BTreeSet<RecordId> {
        let itself = self.rows.is_some() || self.having.is_some();
        if itself { of.row.into_iter().collect() } else { of.about.clone() }
    }
}

/// An exact number: `part` over `whole`, which is above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    part: i128,
    whole: i128,
}

impl Amount {
    const NOTHING: Self = Self { part: 0, whole: 1 };

    /// A number as it is written: 2.5 is 25 over 10, whatever its bits are.
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(int) => Some(Self { part: (*int).into(), whole: 1 }),
            Value::Real(real) => Self::of_real(*real),
            _ => None,
        }
    }

    fn of_real(real: f64) -> Option<Self> {
        // The shortest decimal that reads as this number is the one that was typed.
        let text = real.to_string();
        let (whole, behind) = text.split_once('.').unwrap_or((&text, ""));
        let part = format!("{whole}{behind}").parse().ok()?;
        Self { part, whole: 10_i128.checked_pow(u32::try_from(behind.len()).ok()?)? }.reduced()
    }

    fn of_fraction(number: Fraction) -> Option<Self> {
        Self { part: number.part.into(), whole: number.whole.into() }.reduced()
    }

    fn reduced(self) -> Option<Self> {
        let (mut a, mut b) = (self.part.checked_abs()?, self.whole);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Some(if a > 1 { Self { part: self.part / a, whole: self.whole / a } } else { self })
    }

    fn plus(self, other: Self) -> Option<Self> {
        let left = self.part.checked_mul(other.whole)?;
        let part = left.checked_add(other.part.checked_mul(self.whole)?)?;
        Self { part, whole: self.whole.checked_mul(other.whole)? }.reduced()
    }

    fn times(self, other: Self) -> Option<Self> {
        let part = self.part.checked_mul(other.part)?;
        Self { part, whole: self.whole.checked_mul(other.whole)? }.reduced()
    }

    fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { part: other.part.checked_neg()?, ..other })
    }

    /// As it is stored beside answers: whole numbers as they are, others rounded half up.
    fn value(self, digits: u32) -> Option<Value> {
        if self.whole == 1 {
            return i64::try_from(self.part).ok().map(Value::Int);
        }
        let ten = 10_i128.pow(digits);
        let doubled = self.part.checked_abs()?.checked_mul(2 * ten)?;
        let cut = doubled.checked_add(self.whole)? / self.whole.checked_mul(2)?;
        let sign = if self.part < 0 { "-" } else { "" };
        let text = format!("{sign}{}.{:0width$}", cut / ten, cut % ten, width = digits as usize);
        if cut % ten == 0 {
            let whole = i64::try_from(cut / ten).ok()?;
            return Some(Value::Int(if self.part < 0 { -whole } else { whole }));
        }
        text.parse().ok().map(Value::Real)
    }
}

/// What was booked for one part: the amounts of rows by day, of which a row takes those up to its own.
#[derive(Debug, Clone, Default, PartialEq)]
struct Ledger {
    /// Day → what all rows up to it come to.
    up_to: BTreeMap<NaiveDate, Option<Amount>>,
    /// The rows, to leave one out.
    rows: HashMap<RecordId, (NaiveDate, Option<Amount>)>,
}

impl Ledger {
    fn new<'r>(part: &SumPart, rows: impl Iterator<Item = &'r EntryRow>) -> Self {
        let mut by_day: BTreeMap<NaiveDate, Option<Amount>> = BTreeMap::new();
        let mut known = HashMap::new();
        for row in rows {
            let fits = |filter: &FieldFilter| filter.matches(row.values.get(filter.path.as_str()));
            if !part.filters.iter().all(fits) || known.contains_key(&row.entry) {
                continue;
            }
            let amount = match &part.answer {
                Some(answer) => match row.values.get(answer.as_str()) {
                    Some(value) => Amount::of(value),
                    // Not answered: it is not the newest answer, and nothing was booked.
                    None if part.latest => continue,
                    None => Some(Amount::NOTHING),
                },
                None => Some(Amount { part: 1, whole: 1 }),
            };
            known.insert(row.entry, (row.date, amount));
            let day = by_day.entry(row.date).or_insert(Some(Amount::NOTHING));
            *day = day.zip(amount).and_then(|(day, amount)| day.plus(amount));
        }
        let mut all = Some(Amount::NOTHING);
        for day in by_day.values_mut() {
            all = all.zip(*day).and_then(|(all, day)| all.plus(day));
            *day = all;
        }
        Self { up_to: by_day, rows: known }
    }

    /// What the rows up to a day come to, `own` left out.
    fn amount(&self, last: NaiveDate, own: Option<RecordId>) -> Option<Amount> {
        let all = self.up_to.range(..=last).next_back();
        let all = all.map_or(Some(Amount::NOTHING), |(_, amount)| *amount)?;
        match own.and_then(|own| self.rows.get(&own)).filter(|(day, _)| *day <= last) {
            Some((_, own)) => all.minus((*own)?),
            None => Some(all),
        }
    }

    /// What the newest row up to a day says, `own` left out; of two of one day always the same one.
    fn newest(&self, last: NaiveDate, own: Option<RecordId>) -> Option<Amount> {
        let rows = self.rows.iter().filter(|(id, (day, _))| Some(**id) != own && *day <= last);
        let newest = rows.max_by_key(|(id, (day, _))| (*day, **id))?;
        newest.1.1
    }
}

/// What was booked for a row, a case or a round: what its sums add up besides its own answers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Booked {
    own: Option<RecordId>,
    parts: BTreeMap<(QuestionId, usize), BookedPart>,
}

/// What was booked for one part.
#[derive(Debug, Clone, PartialEq)]
enum BookedPart {
    /// Rows of a register.
    Rows(Arc<Ledger>),
    /// So many records.
    Records(usize),
    /// A metric; none where it is too large.
    Metric(Option<Amount>),
}

/// Whose row it is, and where it lies: what the metrics of its days are counted for.
#[derive(Debug, Clone, PartialEq)]
pub struct RowOf {
    /// Its answers.
    pub answers: BTreeMap<QuestionId, Value>,
    /// Who entered it, or does.
    pub by: StaffId,
    /// Where it lies.
    pub place: PlaceId,
}

impl RowOf {
    /// The same of a row that stands; nothing while nobody knows whose it is.
    #[must_use]
    pub fn of(row: &Record) -> Option<Self> {
        let (by, place) = (facts::made(row).by?, facts::place(row)?);
        Some(Self { answers: Entry::answers(row).fields, by, place })
    }
}

/// A row, a case or a round whose sums are asked for: itself, unless it is only being filled in, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumsOf {
    /// The row, the case or the round.
    pub row: Option<RecordId>,
    /// The records it is about.
    pub about: BTreeSet<RecordId>,
}

/// What was booked for rows of a form, or for cases or rounds that are run alike, in their order: one query for each register
/// that is added up, and for each part that counts.
///
/// # Errors
/// The store's own.
pub fn booked<I: RecordIndex>(
    fields: &[FormField],
    index: &I,
    rows: &[SumsOf],
) -> Result<Vec<Arc<Booked>>, I::Error> {
    let mut all: Vec<Booked> = rows.iter().map(|of| Booked { own: of.row, parts: BTreeMap::new() }).collect();
    // Several parts look at one register.
    let mut known: HashMap<(&FormId, &QuestionId, bool), Vec<EntryRow>> = HashMap::new();
    for (field, number, part) in parts(fields) {
        let only = || -> BTreeSet<RecordId> { rows.iter().flat_map(|of| part.subjects(of)).collect() };
        if let Some(related) = part.counted() {
            let only = only();
            let found = if only.is_empty() { BTreeMap::new() } else { related.referring(index, &only)? };
            for (of, booked) in rows.iter().zip(&mut all) {
                let referring = part.subjects(of).into_iter().filter_map(|subject| found.get(&subject));
                let mut counted: BTreeSet<RecordId> = referring.flatten().copied().collect();
                counted.retain(|record| Some(*record) != of.row);
                let counted = BookedPart::Records(counted.len());
                booked.parts.insert((field.id.clone(), number), counted);
            }
            continue;
        }
        let (Some(form), Some(dated)) = (part.form(), &part.dated) else { continue };
        let of_row = part.rows.is_some();
        let found = match known.entry((form, dated, of_row)) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                let only = only();
                let ask = EntryQuery { form, date: dated, since: NaiveDate::MIN, only: Some(&only) };
                new.insert(if only.is_empty() { Vec::new() } else { index.entries(&ask)? })
            }
        };
        let mut by_subject: HashMap<RecordId, Vec<&EntryRow>> = HashMap::new();
        for row in found.iter() {
            if part.about.is_some() {
                by_subject.entry(row.entry).or_default().push(row);
                continue;
            }
            for (_, subject) in &row.subjects {
                if let SubjectId::Record(subject) = subject {
                    by_subject.entry(*subject).or_default().push(row);
                }
            }
        }
        let mut ledgers: HashMap<BTreeSet<RecordId>, Arc<Ledger>> = HashMap::new();
        for (of, booked) in rows.iter().zip(&mut all) {
            let ledger = ledgers.entry(part.subjects(of)).or_insert_with_key(|subjects| {
                let rows = subjects.iter().filter_map(|subject| by_subject.get(subject)).flatten();
                Arc::new(Ledger::new(part, rows.copied()))
            });
            booked.parts.insert((field.id.clone(), number), BookedPart::Rows(ledger.clone()));
        }
    }
    Ok(all.into_iter().map(Arc::new).collect())
}

/// Adds what a row's sums tell of a day, of a month or since a day to what was booked for it: each metric once, those of the same
/// days together. While the days are not answered they are not there.
///
/// # Errors
/// The store's own.
pub fn count_days<'a, I: RecordIndex + 'a>(
    fields: &[FormField],
    row: &RowOf,
    booked: &mut Booked,
    counter: impl Fn(Days) -> MetricCounter<'a, I>,
) -> Result<(), I::Error> {
    let mut asked: BTreeMap<Days, Vec<(&QuestionId, usize, &MetricId)>> = BTreeMap::new();
    for (field, number, part) in parts(fields) {
        if let Some((metric, days)) = part.metric.as_ref().zip(part.days(&row.answers)) {
            asked.entry(days).or_default().push((&field.id, number, metric));
        }
    }
    for (days, asked) in asked {
        let metrics: BTreeSet<&MetricId> = asked.iter().map(|(.., metric)| *metric).collect();
        let numbers = counter(days).work_of(&metrics, &row.by, &row.place)?;
        for (field, number, metric) in asked {
            if let Some(value) = numbers.get(metric) {
                let part = BookedPart::Metric(Amount::of_fraction(*value));
                booked.parts.insert((field.clone(), number), part);
            }
        }
    }
    Ok(())
}

/// A day that was answered.
fn date(value: &Value) -> Option<NaiveDate> {
    value.as_text()?.parse().ok()
}

fn parts(fields: &[FormField]) -> impl Iterator<Item = (&FormField, usize, &SumPart)> {
    fields
        .iter()
        .flat_map(|field| field.sum.iter().enumerate().map(move |(number, part)| (field, number, part)))
}

/// Whether any of these questions adds up rows of registers, counts records, or tells of days.
#[must_use]
pub fn looks_elsewhere(fields: &[FormField]) -> bool {
    parts(fields).any(|(_, _, part)| part.form().is_some()) || counts(fields) || tells_of_days(fields)
}

/// Whether any of these questions tells what was done on a day, in a month or since a day.
#[must_use]
pub fn tells_of_days(fields: &[FormField]) -> bool {
    parts(fields).any(|(_, _, part)| part.metric.is_some())
}

/// Whether any of these questions counts records.
#[must_use]
pub fn counts(fields: &[FormField]) -> bool {
    parts(fields).any(|(_, _, part)| part.counted().is_some())
}

/// The records that any of these questions counts.
pub(super) fn all_counted(fields: &[FormField]) -> impl Iterator<Item = &Related> {
    parts(fields).filter_map(|(_, _, part)| part.counted())
}

/// The sums that count records, or add up such a sum: of a case or a round those its own events do not tell.
pub(super) fn counting(fields: &[FormField]) -> BTreeSet<&QuestionId> {
    sums_with(fields, |part| part.counted().is_some())
}

/// The sums that tell of days, or add up such a sum.
pub(super) fn telling_of_days(fields: &[FormField]) -> BTreeSet<&QuestionId> {
    sums_with(fields, |part| part.metric.is_some())
}

/// The sums that have such a part, or add up such a sum.
fn sums_with(fields: &[FormField], is: impl Fn(&SumPart) -> bool) -> BTreeSet<&QuestionId> {
    let mut found = BTreeSet::new();
    for field in fields {
        let adds = |part: &SumPart| part.answer.as_ref().is_some_and(|answer| found.contains(answer));
        if field.sum.iter().any(|part| is(part) || adds(part)) {
            found.insert(&field.id);
        }
    }
    found
}

/// Adds to the answers of a case, or to the sums of a round, those of its sums that count records.
pub(crate) fn count(fields: &[FormField], answers: &mut BTreeMap<QuestionId, Value>, booked: Arc<Booked>) {
    let scope = Scope::new().with_booked(Some(booked));
    let counting = counting(fields);
    for field in fields.iter().filter(|field| counting.contains(&field.id)) {
        let from = Sources { answers, each: &[], scope: &scope, round: None };
        match work_out(field, &from) {
            Some(value) => answers.insert(field.id.clone(), value),
            None => answers.remove(field.id.as_str()),
        };
    }
}

/// The forms whose sums look at rows of one of these, and which a change there can change.
pub(crate) fn forms_adding<'p>(
    playbooks: &'p Playbooks,
    changed: &BTreeSet<&str>,
) -> impl Iterator<Item = &'p FormId> {
    let adds = |part: &SumPart| part.form().is_some_and(|form| changed.contains(form.as_str()));
    let forms = playbooks.forms().filter(move |form| parts(&form.fields).any(|(_, _, part)| adds(part)));
    forms.map(|form| &form.id)
}

/// What a sum adds up.
pub(super) struct Sources<'a> {
    /// The newest answer to each question, sums worked out before among them.
    pub answers: &'a BTreeMap<QuestionId, Value>,
    /// In a case the answers of every step that counts, in order.
    pub each: &'a [(QuestionId, Value)],
    /// What conditions see.
    pub scope: &'a Scope,
    /// The round it is a sum of; `None` for a case and a row.
    pub round: Option<&'a dyn RoundTally>,
}

/// What the sums of a round look at.
pub(super) trait RoundTally {
    /// Of these items, those in order and those judged; `None` before all have a result.
    fn score(&self, part: &SumPart) -> Option<(u32, u32)>;

    /// How many points there are of that sort.
    fn points(&self, of: PointsOf) -> usize;
}

/// What a sum comes to; `None` while something it adds up is not there, or where it would be too large.
pub(super) fn work_out(field: &FormField, from: &Sources<'_>) -> Option<Value> {
    let mut sum = Amount::NOTHING;
    for (number, part) in field.sum.iter().enumerate() {
        if part.when.as_ref().is_some_and(|when| !when.holds(from.scope)) {
            continue;
        }
        let answer = |id: &QuestionId| from.answers.get(id.as_str());
        let amount = match part.source()? {
            AddedFrom::Answer(id) => Amount::of(answer(id)?)?,
            AddedFrom::Each(id) => {
                let given = from.each.iter().filter(|(question, _)| question == id);
                let mut all = given.map(|(_, value)| Amount::of(value));
                all.try_fold(Amount::NOTHING, |sum, amount| sum.plus(amount?))?
            }
            AddedFrom::Score(_) => {
                let (passed, judged) = from.round?.score(part)?;
                let points = Amount::of_real(part.points?)?;
                // Where nothing applies, nothing is missing.
                let share = if judged == 0 { (1, 1) } else { (passed, judged) };
                points.times(Amount { part: share.0.into(), whole: share.1.into() })?
            }
            AddedFrom::Rows(_) | AddedFrom::Beside(_) | AddedFrom::About(_) => {
                let booked = from.scope.booked()?;
                let date = |id: &QuestionId| answer(id).and_then(date);
                let last = match (&part.until, &part.before) {
                    (Some(until), _) => date(until)?,
                    (None, Some(before)) => date(before)?.pred_opt()?,
                    (None, None) => NaiveDate::MAX,
                };
                let BookedPart::Rows(ledger) = booked.parts.get(&(field.id.clone(), number))? else {
                    return None;
                };
                if part.about.is_some() && ledger.rows.is_empty() {
                    return None;
                }
                let own = booked.own.filter(|_| part.beside.is_some());
                if part.latest { ledger.newest(last, own)? } else { ledger.amount(last, own)? }
            }
            AddedFrom::Having(_) | AddedFrom::HavingBeside(_) => {
                let booked = from.scope.booked()?.parts.get(&(field.id.clone(), number))?;
                let BookedPart::Records(counted) = booked else { return None };
                Amount { part: i128::try_from(*counted).ok()?, whole: 1 }
            }
            AddedFrom::Metric(_) => {
                let booked = from.scope.booked()?.parts.get(&(field.id.clone(), number))?;
                let BookedPart::Metric(amount) = booked else { return None };
                (*amount)?
            }
            AddedFrom::Points(of) => Amount { part: i128::try_from(from.round?.points(of)).ok()?, whole: 1 },
        };
        let times = part.times.map_or(Some(Amount { part: 1, whole: 1 }), Amount::of_real)?;
        sum = sum.plus(amount.times(times)?)?;
    }
    sum.value(if field.answer == AnswerType::Money { 0 } else { DIGITS })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(part: i128, whole: i128) -> Amount {
        Amount { part, whole }
    }

    #[test]
    fn numbers_are_exact_as_they_were_written() {
        let tenth = Amount::of_real(0.1).unwrap();
        let sum = (0..10).try_fold(Amount::NOTHING, |sum, _| sum.plus(tenth)).unwrap();
        assert_eq!(sum, amount(1, 1), "ten tenths are one, not 0.9999999999999999");
        assert_eq!(Amount::of_real(-2.5), Some(amount(-5, 2)));
        assert_eq!(Amount::of_real(1e300), None, "a number nobody counts");
        for (part, whole, digits, value) in [
            (100, 3, 2, Some(Value::Real(33.33))),
            (2, 3, 2, Some(Value::Real(0.67))),
            (-1, 4, 1, Some(Value::Real(-0.3))),
            (1999, 1000, 2, Some(Value::Int(2))),
            (-1999, 1000, 2, Some(Value::Int(-2))),
            (i128::from(i64::MAX) + 1, 1, 2, None),
        ] {
            assert_eq!(amount(part, whole).value(digits), value, "{part}/{whole}");
        }
    }

    fn row(id: u8, date: &str, direction: &str, quantity: f64) -> EntryRow {
        EntryRow {
            entry: RecordId([id; 16]),
            subjects: Vec::new(),
            place: None,
            date: date.parse().unwrap(),
            values: BTreeMap::from([
                ("direction".into(), direction.into()),
                ("quantity".into(), Value::Real(quantity)),
            ]),
        }
    }

    #[test]
    fn a_ledger_counts_up_to_a_day_and_leaves_one_row_out() {
        let part: SumPart = toml::from_str(
            r#"
            beside = "stock"
            answer = "quantity"
            where = [{ path = "direction", is = ["in"] }]
            "#,
        )
        .unwrap();
        let rows = [
            row(1, "2026-12-01", "in", 2.5),
            row(2, "2026-12-03", "in", 4.0),
            row(3, "2026-12-02", "out", 9.0),
        ];
        // A row about two of the records asked for is booked once.
        let ledger = Ledger::new(&part, rows.iter().chain(&rows[..1]));
        let until = |day: &str, own| ledger.amount(day.parse().unwrap(), own).unwrap();
        assert_eq!(until("2026-11-30", None), amount(0, 1));
        assert_eq!(until("2026-12-02", None), amount(5, 2));
        assert_eq!(until("2026-12-03", None), amount(13, 2));
        assert_eq!(until("2026-12-03", Some(RecordId([1; 16]))), amount(4, 1));
        assert_eq!(until("2026-12-02", Some(RecordId([2; 16]))), amount(5, 2), "it was not counted");
        let newest = |day: &str, own| ledger.newest(day.parse().unwrap(), own);
        assert_eq!(newest("2026-11-30", None), None);
        assert_eq!(newest("2026-12-02", None), Some(amount(5, 2)));
        assert_eq!(newest("2026-12-09", None), Some(amount(4, 1)));
        assert_eq!(newest("2026-12-09", Some(RecordId([2; 16]))), Some(amount(5, 2)), "itself left out");
        assert_eq!(until("2026-12-03", Some(RecordId([3; 16]))), amount(13, 2), "it is none of them");
    }

    #[test]
    fn a_part_says_one_thing() {
        let part = |text: &str| toml::from_str::<SumPart>(text).unwrap();
        assert!(part("answer = \"a\"").source().is_some());
        assert!(part("rows = \"f\"\nanswer = \"a\"").source().is_some());
        assert_eq!(part("times = 2").source(), None);
        assert_eq!(part("rows = \"f\"\nbeside = \"f\"").source(), None);
        assert_eq!(part("answer = \"a\"\neach = \"a\"").source(), None);
        assert!(part("having = { kind = \"case\" }").source().is_some());
        assert_eq!(part("having = { kind = \"case\" }\nanswer = \"a\"").source(), None);
        assert!(part("metric = \"visits\"\nday = \"on\"").source().is_some());
        assert_eq!(part("metric = \"visits\"\nanswer = \"a\"").source(), None);
        assert!(part("points_of = \"due\"").source().is_some());
        assert_eq!(part("having = { kind = \"case\" }\nhaving_beside = { kind = \"case\" }").source(), None);
    }
}
