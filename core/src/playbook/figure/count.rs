//! Counts: a pure function of facts, figures, calendar and moment. Nothing is rounded, nothing divided by zero.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::facts::{Bounds, CaseFact, Facts, Fields, Question, RecordFact, Related, Selection, Tally};
use super::{By, DateIn, Figure, Figures, OncePer, Only, Outcome, Quantity, Seen, Source, Span, That, Whose};
use crate::model::directory::{Assignment, Grid, Staff};
use crate::model::{DueId, GridId, Kind, PlaceId, RecordId, StaffId, Timestamp, Value};
use crate::playbook::calendar::Calendar;
use crate::playbook::condition::{Condition, Scope};
use crate::playbook::due::{self, SubjectId};
use crate::playbook::{Label, Playbooks};

/// A month of a year, `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: NaiveDate,
}

/// A text that is no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month; write it like 2026-11")]
pub struct NotAMonth;

impl Month {
    /// The month a day lies in.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self { first: day.with_day(1).unwrap_or(day) }
    }

    /// Its first day.
    #[must_use]
    pub const fn first(self) -> NaiveDate {
        self.first
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> NaiveDate {
        self.next().pred_opt().unwrap_or(self.first)
    }

    /// The first day of the next month.
    fn next(self) -> NaiveDate {
        self.first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX)
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let first: NaiveDate = format!("{text}-01").parse().map_err(|_| NotAMonth)?;
        let month = Self { first };
        if month.to_string() == text { Ok(month) } else { Err(NotAMonth) }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}

/// Whom figures are grouped by: grids in sight, staff, who works where.
#[derive(Debug, Clone)]
pub struct People<'a> {
    /// The grids in sight, by id.
    pub grids: BTreeMap<&'a GridId, &'a Grid>,
    /// Staff, for their names.
    pub staff: &'a BTreeMap<StaffId, Staff>,
    /// Who works where.
    pub assignments: &'a [Assignment],
}

/// One part of a grouping.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum), uniffi(name = "FigureGroup"))]
pub enum Group {
    /// A grid.
    Grid(GridId),
    /// A butler.
    Butler(StaffId),
    /// A port.
    Port(String),
}

/// How a figure is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Reading {
    /// How many.
    Count,
    /// A part of a whole: shown in percent.
    Share,
    /// What members add up to, in the unit.
    Sum,
    /// What they add up to over how many they are, in the unit.
    Average,
    /// What half of them stay below, in the unit.
    Median,
}

/// An exact number: `part` over `whole`, which is never 0. A count is over 1; an average is over how many were added up,
/// times what makes the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Fraction {
    /// Above the line.
    pub part: i64,
    /// Below the line.
    pub whole: i64,
}

impl Fraction {
    fn over(part: i128, whole: i128) -> Option<Self> {
        let (part, whole) = (i64::try_from(part).ok()?, i64::try_from(whole).ok()?);
        (whole > 0).then_some(Self { part, whole })
    }

    /// As it is shown: rounded half up to so many digits, a whole number without any.
    fn rounded(self, factor: i128, digits: u32) -> String {
        let (part, whole) = (i128::from(self.part) * factor, i128::from(self.whole));
        if part % whole == 0 {
            return (part / whole).to_string();
        }
        let ten = 10_i128.pow(digits);
        let cut = (part.abs() * ten * 2 + whole) / (whole * 2);
        let sign = if part < 0 { "-" } else { "" };
        format!("{sign}{}.{:0width$}", cut / ten, cut % ten, width = digits as usize)
    }
}

/// A figure of a month, as a whole or of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct FigureRow {
    /// The figure.
    pub figure: String,
    /// What it is called.
    pub label: Label,
    /// What it means.
    pub means: Label,
    /// How it is to be read.
    pub reading: Reading,
    /// The id of its unit.
    pub unit: Option<String>,
    /// The group; `None` is the whole.
    pub group: Option<Group>,
    /// What the group is called.
    pub group_label: Option<Label>,
    /// The number; `None` is "no data": there was nothing to take a share or an average of.
    pub value: Option<Fraction>,
    /// [`Self::shown`], for screens.
    #[serde(skip)]
    pub shown: Option<String>,
    /// How many members were looked at.
    pub members: u64,
    /// The day up to which it is counted: the month's last, or today. What describes records as they are (homes, people)
    /// is always as of today.
    pub as_of: NaiveDate,
}

impl FigureRow {
    /// The number as it is shown, without its unit: a share in percent, money with two digits, all else with one.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        let money = self.unit.as_deref() == Some(MONEY.0);
        self.value.map(|value| match self.reading {
            Reading::Share => format!("{}%", value.rounded(100, 1)),
            _ => value.rounded(1, if money { 2 } else { 1 }),
        })
    }
}

/// Which side of a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Side {
    /// What is in the part.
    Part,
    /// Everything looked at.
    Whole,
}

/// One member of the set behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Member {
    /// The day that puts it into the month.
    pub day: NaiveDate,
    /// The record behind it: none for something due that nobody did.
    pub record: Option<RecordId>,
    /// What in the record: an event, an item, a field, a deadline.
    pub detail: Option<String>,
    /// The due item.
    pub due: Option<DueId>,
    /// What it is about.
    pub about: Option<SubjectId>,
    /// Where.
    pub place: Option<PlaceId>,
    /// Who did it.
    pub by: Option<StaffId>,
    /// The port.
    pub port: Option<String>,
    /// What it adds; a time in milliseconds.
    pub number: Option<i64>,
    /// Whether it is in the part.
    pub in_part: bool,
}

/// What is behind a figure, a page of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Behind {
    /// All of it, so many.
    pub total: usize,
    /// The page, by day.
    pub members: Vec<Member>,
}

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many come before.
    pub skip: usize,
    /// How many at most.
    pub take: usize,
}

/// A part of a stock: the field that is filled in, where it is one field of several, and which records.
type Part = (Option<String>, Selection);
/// A group, or the whole, with its number and how many members it has.
type Valued = (Option<Group>, Option<Fraction>, u64);

/// Counts the figures of one month.
pub struct Counter<'a, F: Facts> {
    playbooks: &'a Playbooks,
    facts: &'a F,
    calendar: &'a Calendar,
    people: &'a People<'a>,
    now: Timestamp,
    month: Month,
    /// Whether members are shown, not only counted.
    listing: bool,
    /// What several figures ask for is asked once.
    cases: BTreeMap<String, Vec<CaseFact>>,
    items: BTreeMap<String, Vec<due::DueItem>>,
    tallies: Vec<(Selection, BTreeMap<Option<PlaceId>, Tally>)>,
}

impl<'a, F: Facts> Counter<'a, F> {
    /// The figures of a month as they stand at `now`.
    pub fn new(
        playbooks: &'a Playbooks,
        facts: &'a F,
        calendar: &'a Calendar,
        people: &'a People<'a>,
        now: Timestamp,
        month: Month,
    ) -> Self {
        Self {
            playbooks,
            facts,
            calendar,
            people,
            now,
            month,
            listing: false,
            cases: BTreeMap::new(),
            items: BTreeMap::new(),
            tallies: Vec::new(),
        }
    }

    /// Every figure, or one: as a whole, then by group if asked and the figure may be grouped so.
    ///
    /// # Errors
    /// The store's own.
    pub fn count(&mut self, only: Option<&str>, by: Option<By>) -> Result<Vec<FigureRow>, F::Error> {
        let mut wanted: Vec<(&'a Figures, &'a Figure)> = Vec::new();
        for file in self.playbooks.figures() {
            let figures = file.figures.iter().filter(|figure| only.is_none_or(|only| figure.id == only));
            wanted.extend(figures.map(|figure| (&**file, figure)));
        }
        self.fetch(&wanted)?;
        let mut rows = Vec::new();
        for (file, figure) in wanted {
            let by = by.filter(|by| figure.by.contains(by));
            for (group, value, members) in self.values(file, figure, by)? {
                rows.push(self.row(file, figure, group, value, members));
            }
        }
        Ok(rows)
    }

    /// The members behind one number; `None` when there is no such figure.
    ///
    /// # Errors
    /// The store's own.
    pub fn behind(
        &mut self,
        figure: &str,
        group: Option<&Group>,
        side: Side,
        page: Page,
    ) -> Result<Option<Behind>, F::Error> {
        let Some((file, figure)) = self.playbooks.figure(figure) else { return Ok(None) };
        self.listing = true;
        self.fetch(&[(file, figure)])?;
        let members = match &figure.of {
            Source::Subjects(_) => self.listed(figure, side)?,
            _ => self.members(file, figure)?,
        };
        let of_group: Vec<&Member> = members
            .iter()
            .filter(|member| group.is_none_or(|group| self.is_in(file, figure, member, group)))
            .collect();
        let mut counted = once(figure, of_group);
        counted.retain(|member| side == Side::Whole || figure.share.is_none() || member.in_part);
        let key = |member: &Member| (member.day, member.record, member.detail.clone(), member.due);
        counted.sort_by_cached_key(key);
        let members = counted.iter().skip(page.skip).take(page.take).cloned().collect();
        Ok(Some(Behind { total: counted.len(), members }))
    }

    fn row(
        &self,
        file: &Figures,
        figure: &Figure,
        group: Option<Group>,
        value: Option<Fraction>,
        members: u64,
    ) -> FigureRow {
        let terms = self.playbooks.terms();
        let key = figure.term();
        let means = terms.get(&key).and_then(|term| term.means.clone()).unwrap_or_default();
        let stock = matches!(figure.of, Source::Subjects(_));
        let row = FigureRow {
            figure: figure.id.clone(),
            label: terms.label(&key),
            means,
            reading: figure.reading(),
            unit: figure.unit.clone(),
            group_label: group.as_ref().map(|group| self.group_label(file, group)),
            group,
            value,
            shown: None,
            members,
            as_of: if stock { self.today() } else { self.upto() },
        };
        FigureRow { shown: row.shown(), ..row }
    }

    fn group_label(&self, file: &Figures, group: &Group) -> Label {
        let same = |text: &str| Label::new(text, text);
        match group {
            Group::Grid(grid) => {
                same(self.people.grids.get(grid).map_or(grid.as_str(), |grid| grid.name.as_str()))
            }
            Group::Butler(staff) => {
                same(self.people.staff.get(staff).map_or(staff.as_str(), |staff| staff.name.as_str()))
            }
            Group::Port(port) => {
                let choices = self.playbooks.terms().choices(&file.port.choices).unwrap_or_default();
                let known = choices.iter().find(|choice| choice.id == *port);
                known.map_or_else(|| same(port), |choice| choice.label.clone())
            }
        }
    }

    // The window

    fn today(&self) -> NaiveDate {
        self.calendar.date_of(self.now)
    }

    /// The last day that is counted.
    fn upto(&self) -> NaiveDate {
        self.month.last().min(self.today())
    }

    fn from(&self) -> Timestamp {
        self.calendar.start_of(self.month.first())
    }

    fn until(&self) -> Timestamp {
        self.calendar.start_of(self.month.next())
    }

    fn in_month(&self, at: Timestamp) -> bool {
        self.from() <= at && at < self.until()
    }

    // What is asked of the store

    /// Asks for the cases and due items of all these figures at once.
    fn fetch(&mut self, figures: &[(&Figures, &Figure)]) -> Result<(), F::Error> {
        let mut workflows: BTreeSet<String> = BTreeSet::new();
        let mut rules: BTreeSet<&str> = BTreeSet::new();
        for (_, figure) in figures {
            match &figure.of {
                Source::Cases(cases) => workflows.extend(cases.workflows.iter().cloned()),
                Source::Steps(steps) => workflows.extend(steps.workflows.iter().cloned()),
                Source::Deadlines(deadlines) => workflows.extend(deadlines.workflows.iter().cloned()),
                Source::Days(days) => workflows.extend(days.workflows.iter().cloned()),
                Source::Due(due) => rules.extend(due.rules.iter().map(String::as_str)),
                Source::Subjects(_) | Source::Records(_) | Source::Findings(_) => {}
            }
        }
        if !workflows.is_empty() {
            let mut by_workflow: BTreeMap<String, Vec<CaseFact>> =
                workflows.iter().map(|id| (id.clone(), Vec::new())).collect();
            for case in self.facts.cases(&workflows, self.from(), self.until())? {
                by_workflow.entry(case.workflow.clone()).or_default().push(case);
            }
            self.cases = by_workflow;
        }
        if !rules.is_empty() {
            let days = (self.month.first(), self.month.last());
            let wanted = |rule: &crate::playbook::rule::DueRule| rules.contains(rule.id.as_str());
            self.items = BTreeMap::new();
            for item in due::within(self.playbooks, self.facts, self.calendar, days, wanted)? {
                self.items.entry(item.rule.id.clone()).or_default().push(item);
            }
        }
        Ok(())
    }

    fn cases_of<'s>(&'s self, workflows: &'s [String]) -> impl Iterator<Item = &'s CaseFact> {
        workflows.iter().filter_map(|id| self.cases.get(id)).flatten()
    }

    fn tally(&mut self, selection: Selection) -> Result<BTreeMap<Option<PlaceId>, Tally>, F::Error> {
        if let Some((_, known)) = self.tallies.iter().find(|(asked, _)| *asked == selection) {
            return Ok(known.clone());
        }
        let tallies = self.facts.tally(&selection)?;
        self.tallies.push((selection, tallies.clone()));
        Ok(tallies)
    }

    fn bounds(&self, date: &DateIn) -> Bounds {
        let day = self.today();
        let (from, to) = match date.is {
            Span::LastDays(days) => {
                let days = u64::from(days.saturating_sub(1));
                (day.checked_sub_days(Days::new(days)).unwrap_or(day), Some(day))
            }
            Span::InMonth => (self.month.first(), Some(self.month.last())),
            Span::ReachesMonthEnd => (self.month.last(), None),
        };
        Bounds { path: date.path.clone(), from, to }
    }

    fn fields(&self, only: &Only) -> Fields {
        Fields {
            filters: only.filters.clone(),
            unless: only.unless.clone(),
            dates: only.dates.iter().map(|date| self.bounds(date)).collect(),
        }
    }

    fn selection(&self, kind: Kind, only: &Only) -> Selection {
        let related = only.having.iter().map(|having| Related {
            kind: having.kind,
            through: having.through.clone(),
            fields: Fields {
                filters: having.filters.clone(),
                unless: having.unless.clone(),
                dates: having.dates.iter().map(|date| self.bounds(date)).collect(),
            },
        });
        Selection { kind, fields: self.fields(only), related: related.collect(), number: None }
    }

    // Stocks: homes and people as they are

    /// What a stock figure looks at, and each part of it that is counted.
    fn selections(&self, figure: &Figure) -> Option<(Selection, Vec<Part>)> {
        let Source::Subjects(subjects) = &figure.of else { return None };
        let mut whole = self.selection(subjects.kind.record()?, &figure.only);
        if let Some(Quantity::Field(path)) = figure.quantity() {
            whole.fields.filters.push(super::Filter { path: path.clone(), is: Vec::new() });
            whole.number = Some(path.clone());
        }
        let mut parts = Vec::new();
        if let Some(share) = &figure.share {
            let more = self.selection(whole.kind, share);
            let mut part = whole.clone();
            part.fields.filters.extend(more.fields.filters);
            part.fields.unless.extend(more.fields.unless);
            part.fields.dates.extend(more.fields.dates);
            part.related.extend(more.related);
            parts.push((None, part));
        }
        for path in &figure.filled {
            let mut part = whole.clone();
            part.fields.filters.push(super::Filter { path: path.clone(), is: Vec::new() });
            parts.push((Some(path.clone()), part));
        }
        Some((whole, parts))
    }

    fn stock(
        &mut self,
        file: &Figures,
        figure: &Figure,
        by: Option<By>,
    ) -> Result<Vec<(Option<Group>, Sum)>, F::Error> {
        let Some((whole, parts)) = self.selections(figure) else { return Ok(Vec::new()) };
        let mut sums: BTreeMap<Option<Group>, Sum> = self.groups(file, by);
        for (place, tally) in self.tally(whole)? {
            for group in self.groups_of_place(file, figure, place.as_ref(), by) {
                let sum = sums.entry(group).or_default();
                sum.members += tally.count;
                sum.sum += tally.sum;
            }
        }
        for (_, part) in parts {
            for (place, tally) in self.tally(part)? {
                for group in self.groups_of_place(file, figure, place.as_ref(), by) {
                    sums.entry(group).or_default().part += tally.count;
                }
            }
        }
        Ok(sums.into_iter().collect())
    }

    /// The records behind a stock figure.
    fn listed(&mut self, figure: &Figure, side: Side) -> Result<Vec<Member>, F::Error> {
        let Some((whole, parts)) = self.selections(figure) else { return Ok(Vec::new()) };
        let everything = |detail: Option<String>| (detail, whole.clone(), false);
        let asked: Vec<(Option<String>, Selection, bool)> = match side {
            Side::Part if !parts.is_empty() => {
                parts.into_iter().map(|(detail, part)| (detail, part, true)).collect()
            }
            _ if !figure.filled.is_empty() => {
                figure.filled.iter().map(|path| everything(Some(path.clone()))).collect()
            }
            _ => vec![everything(None)],
        };
        let mut members = Vec::new();
        for (detail, selection, in_part) in asked {
            for row in self.facts.select(&selection)? {
                members.push(Member {
                    day: self.today(),
                    record: Some(row.record),
                    detail: detail.clone(),
                    due: None,
                    about: Some(SubjectId::Record(row.record)),
                    place: row.place,
                    by: None,
                    port: None,
                    number: row.number,
                    in_part,
                });
            }
        }
        Ok(members)
    }

    // Flows: what happened in the month

    fn members(&mut self, file: &Figures, figure: &Figure) -> Result<Vec<Member>, F::Error> {
        if self.month.first() > self.today() {
            return Ok(Vec::new());
        }
        let mut members = match &figure.of {
            Source::Subjects(_) => Vec::new(),
            Source::Cases(cases) => {
                let of = self.cases_of(&cases.workflows);
                of.filter_map(|case| self.case_member(file, figure, case, cases.that)).collect()
            }
            Source::Steps(steps) => {
                let of = self.cases_of(&steps.workflows);
                of.flat_map(|case| self.step_members(file, figure, case, &steps.steps)).collect()
            }
            Source::Deadlines(deadlines) => {
                let of = self.cases_of(&deadlines.workflows);
                of.flat_map(|case| self.deadline_members(file, figure, case, &deadlines.deadlines)).collect()
            }
            Source::Days(days) => self.day_members(file, figure, &days.workflows, &days.states)?,
            Source::Records(records) => {
                let dated = records.date.as_ref().map(|date| Bounds {
                    path: format!("field/{date}"),
                    from: self.month.first(),
                    to: Some(self.month.last()),
                });
                let question = self.question(records.kind, &records.named, figure, dated);
                let found = self.facts.records(&question)?;
                found.into_iter().filter_map(|record| self.record_member(figure, record, &question)).collect()
            }
            Source::Findings(findings) => {
                let question = self.question(Kind::Round, &findings.checklists, figure, None);
                let found = self.facts.records(&question)?;
                found.into_iter().flat_map(|round| self.finding_members(figure, &round)).collect()
            }
            Source::Due(due) => {
                let items = due.rules.iter().filter_map(|rule| self.items.get(rule)).flatten();
                items.filter_map(|item| self.due_member(figure, item)).collect()
            }
        };
        // What has no number to add is not there for a figure that adds numbers.
        members.retain(|member| figure.quantity().is_none() || member.number.is_some());
        Ok(members)
    }

    fn of_case(&self, file: &Figures, case: &CaseFact, day: NaiveDate) -> Member {
        let answer =
            case.course.answers.get(&file.port.answer).or_else(|| case.fields.get(&file.port.answer));
        Member {
            day,
            record: Some(case.case),
            detail: None,
            due: None,
            about: Some(SubjectId::Record(case.about.unwrap_or(case.case))),
            place: case.place.clone(),
            by: None,
            port: answer.and_then(Value::as_text).map(str::to_owned),
            number: None,
            in_part: false,
        }
    }

    fn case_member(&self, file: &Figures, figure: &Figure, case: &CaseFact, that: That) -> Option<Member> {
        let first = case.course.steps.first()?;
        let over = case.course.finished;
        let at = match that {
            That::Opened => first.at,
            That::Ended => over?,
            That::AreOpen => {
                let open = first.at < self.until() && over.is_none_or(|over| over >= self.until());
                return open.then(|| self.finish_case(file, figure, case, self.upto(), None, None)).flatten();
            }
        };
        if !self.in_month(at) {
            return None;
        }
        let by = match that {
            That::Opened => Some(&first.by),
            _ => case.course.steps.iter().rfind(|step| step.to.is_some()).map(|step| &step.by),
        };
        self.finish_case(file, figure, case, self.calendar.date_of(at), Some(at), by)
    }

    fn finish_case(
        &self,
        file: &Figures,
        figure: &Figure,
        case: &CaseFact,
        day: NaiveDate,
        at: Option<Timestamp>,
        by: Option<&StaffId>,
    ) -> Option<Member> {
        if !self.case_holds(&figure.only, case) {
            return None;
        }
        Some(Member {
            by: by.cloned(),
            number: self.case_number(figure.quantity(), case, at),
            in_part: figure.share.as_ref().is_some_and(|share| self.case_holds(share, case)),
            ..self.of_case(file, case, day)
        })
    }

    fn step_members(
        &self,
        file: &Figures,
        figure: &Figure,
        case: &CaseFact,
        steps: &[String],
    ) -> Vec<Member> {
        let made =
            case.course.steps.iter().filter(|made| steps.contains(&made.step) && self.in_month(made.at));
        let member = |made: &crate::playbook::course::Made| {
            let day = self.calendar.date_of(made.at);
            let member = self.finish_case(file, figure, case, day, Some(made.at), Some(&made.by))?;
            Some(Member { detail: Some(made.event.to_string()), ..member })
        };
        made.filter_map(member).collect()
    }

    fn deadline_members(
        &self,
        file: &Figures,
        figure: &Figure,
        case: &CaseFact,
        deadlines: &[String],
    ) -> Vec<Member> {
        let meant = |id: &String| deadlines.is_empty() || deadlines.contains(id);
        let clocks = case.course.clocks.iter().filter(|clock| meant(&clock.deadline));
        let member = |clock: &crate::playbook::course::Clock| {
            let (outcome, at) = clock.outcome(self.now).filter(|(_, at)| self.in_month(*at))?;
            let (counts, in_part) = self.came_out(figure, outcome);
            let member = self.finish_case(file, figure, case, self.calendar.date_of(at), None, None)?;
            let detail = Some(format!("{}/{}", clock.deadline, clock.by));
            let in_part = in_part && figure.share.as_ref().is_none_or(|share| self.case_holds(share, case));
            counts.then_some(Member { detail, in_part, ..member })
        };
        clocks.filter_map(member).collect()
    }

    /// Whether an outcome is looked at, and whether it is in the part.
    fn came_out(&self, figure: &Figure, outcome: Outcome) -> (bool, bool) {
        let among = |only: &Only| only.outcome.is_empty() || only.outcome.contains(&outcome);
        (among(&figure.only), figure.share.as_ref().is_some_and(among))
    }

    fn day_members(
        &self,
        file: &Figures,
        figure: &Figure,
        workflows: &[String],
        states: &[String],
    ) -> Result<Vec<Member>, F::Error> {
        let seen = figure.only.seen.iter().chain(figure.share.iter().filter_map(|share| share.seen.as_ref()));
        let checklists: Vec<String> = seen.flat_map(|seen| seen.checklists.iter().cloned()).collect();
        let mut rounds: BTreeSet<(RecordId, NaiveDate)> = BTreeSet::new();
        if !checklists.is_empty() {
            let found = self.facts.records(&Question {
                kind: Kind::Round,
                named: checklists,
                from: self.from(),
                until: self.until(),
                dated: None,
                fields: Fields::default(),
                values: BTreeSet::new(),
                about: true,
            })?;
            let day = |round: &RecordFact| self.calendar.date_of(round.at);
            rounds.extend(found.iter().filter_map(|round| Some((round.about?, day(round)))));
        }
        let seen = |seen: Option<&Seen>, case: &CaseFact, day: NaiveDate| {
            seen.is_none_or(|seen| {
                let made = |made: &crate::playbook::course::Made| {
                    seen.steps.contains(&made.step) && self.calendar.date_of(made.at) == day
                };
                let walked = case.about.is_some_and(|about| rounds.contains(&(about, day)));
                case.course.steps.iter().any(made) || (!seen.checklists.is_empty() && walked)
            })
        };
        let mut members = Vec::new();
        for case in self.cases_of(workflows) {
            for day in self.days_in(case, states) {
                if !seen(figure.only.seen.as_ref(), case, day) {
                    continue;
                }
                let Some(member) = self.finish_case(file, figure, case, day, None, None) else { continue };
                let share = figure.share.as_ref().and_then(|share| share.seen.as_ref());
                let in_part = member.in_part && seen(share, case, day);
                members.push(Member { in_part, ..member });
            }
        }
        Ok(members)
    }

    /// The days of the month, as far as they have come, on which a case stood in one of some states.
    fn days_in(&self, case: &CaseFact, states: &[String]) -> BTreeSet<NaiveDate> {
        let moves: Vec<(Timestamp, &String)> =
            case.course.steps.iter().filter_map(|made| Some((made.at, made.to.as_ref()?))).collect();
        let mut days = BTreeSet::new();
        for (index, (at, state)) in moves.iter().enumerate() {
            if !states.contains(state) {
                continue;
            }
            let left = moves.get(index + 1).map_or(self.now, |(left, _)| *left);
            let first = self.calendar.date_of(*at).max(self.month.first());
            let last = self.calendar.date_of(left).min(self.upto());
            days.extend(first.iter_days().take_while(|day| *day <= last));
        }
        days
    }

    fn question(&self, kind: Kind, named: &[String], figure: &Figure, dated: Option<Bounds>) -> Question {
        let mut values: BTreeSet<String> = dated.iter().map(|dated| dated.path.clone()).collect();
        if let Some(Quantity::Answer(id)) = figure.quantity() {
            values.extend([id.clone(), format!("field/{id}")]);
        }
        if let Some(share) = &figure.share {
            let paths = share.filters.iter().chain(&share.unless).map(|filter| &filter.path);
            values.extend(paths.chain(share.dates.iter().map(|date| &date.path)).cloned());
        }
        let conditions = figure.only.condition.iter();
        if conditions.chain(figure.share.iter().filter_map(|share| share.condition.as_ref())).count() > 0 {
            values.insert("field/*".to_owned());
        }
        Question {
            kind,
            named: named.to_vec(),
            from: self.from(),
            until: self.until(),
            values,
            dated,
            fields: self.fields(&figure.only),
            about: self.listing || figure.once_per.is_some(),
        }
    }

    fn record_member(&self, figure: &Figure, record: RecordFact, question: &Question) -> Option<Member> {
        let holds = |only: &Only| {
            only.complete.is_none_or(|complete| complete == record.complete)
                && self.row_holds(only.condition.as_ref(), &record)
        };
        if !holds(&figure.only) {
            return None;
        }
        let share = figure.share.as_ref();
        let in_part = share.is_some_and(|share| self.fields(share).hold(&record.values) && holds(share));
        let own_day = question.dated.as_ref().and_then(|dated| {
            record.values.get(&dated.path).and_then(Value::as_text).and_then(|day| day.parse().ok())
        });
        let number = match figure.quantity() {
            Some(Quantity::Answer(id)) => record
                .values
                .get(&format!("field/{id}"))
                .or_else(|| record.values.get(id))
                .and_then(whole_number),
            _ => None,
        };
        Some(Member {
            day: own_day.unwrap_or_else(|| self.calendar.date_of(record.at)),
            record: Some(record.record),
            detail: None,
            due: None,
            about: Some(SubjectId::Record(record.about.unwrap_or(record.record))),
            place: record.place,
            by: record.by,
            port: None,
            number,
            in_part,
        })
    }

    fn finding_members(&self, figure: &Figure, round: &RecordFact) -> Vec<Member> {
        let outcomes = [Outcome::Passed, Outcome::Failed, Outcome::Corrected];
        let member = |(item, word): (&String, &Value)| {
            let outcome = outcomes.into_iter().find(|outcome| word.as_text() == Some(outcome.code()))?;
            let (counts, in_part) = self.came_out(figure, outcome);
            counts.then(|| Member {
                day: self.calendar.date_of(round.at),
                record: Some(round.record),
                detail: Some(item.clone()),
                due: None,
                about: Some(SubjectId::Record(round.about.unwrap_or(round.record))),
                place: round.place.clone(),
                by: round.by.clone(),
                port: None,
                number: None,
                in_part,
            })
        };
        round.results.iter().filter_map(member).collect()
    }

    fn due_member(&self, figure: &Figure, item: &due::DueItem) -> Option<Member> {
        let in_time = |at: Timestamp| {
            item.due_at.map_or_else(|| self.calendar.date_of(at) <= item.due, |due_at| at <= due_at)
        };
        let today = self.today();
        let outcome = match (item.status(today), item.done_at) {
            (due::Status::Done, Some(at)) if !in_time(at) => Outcome::Late,
            (due::Status::Done, _) => Outcome::OnTime,
            (due::Status::Skipped, _) => Outcome::Skipped,
            _ if item.is_overdue(today, self.now) => Outcome::Missed,
            _ => return None,
        };
        let (counts, in_part) = self.came_out(figure, outcome);
        let done = |outcome: &due::Outcome| matches!(outcome, due::Outcome::Done | due::Outcome::Skipped);
        counts.then(|| Member {
            day: item.due,
            record: item.answers.iter().find(|(_, outcome)| done(outcome)).map(|(record, _)| *record),
            detail: None,
            due: Some(item.id),
            about: Some(item.subject.clone()),
            place: item.place.clone(),
            by: None,
            port: None,
            number: None,
            in_part,
        })
    }

    // Conditions and numbers

    fn case_holds(&self, only: &Only, case: &CaseFact) -> bool {
        let rounds = only.rounds_at_least.is_none_or(|least| case.course.rounds >= least);
        rounds
            && self.fields(only).hold(&case.fields)
            && only.condition.as_ref().is_none_or(|condition| self.condition_holds(condition, case))
    }

    fn condition_holds(&self, condition: &Condition, case: &CaseFact) -> bool {
        let Some(workflow) = self.playbooks.workflow_at(&case.workflow, case.version) else { return false };
        let mut scope = Scope::new().today(self.upto()).rounds(case.course.rounds);
        for field in workflow.fields() {
            if let (Some(declared), Some(value)) =
                (field.answer.declared(), case.course.answers.get(&field.id))
            {
                scope.bind("case", &field.id, declared, value);
            }
        }
        let state = Value::from(case.course.state.as_str());
        scope.bind("case", "state", crate::playbook::condition::Declared::Text, &state);
        condition.holds(&scope)
    }

    fn row_holds(&self, condition: Option<&Condition>, record: &RecordFact) -> bool {
        let Some(condition) = condition else { return true };
        let pinned = record.named.as_deref().zip(record.version);
        let Some(form) = pinned.and_then(|(id, version)| self.playbooks.form_at(id, version)) else {
            return false;
        };
        let mut scope = Scope::new().today(self.upto());
        for field in &form.fields {
            let value = record.values.get(&format!("field/{}", field.id));
            if let (Some(declared), Some(value)) = (field.answer.declared(), value) {
                scope.bind("form", &field.id, declared, value);
            }
        }
        condition.holds(&scope)
    }

    /// What a case adds at a moment; without one, as it stands.
    fn case_number(
        &self,
        quantity: Option<&Quantity>,
        case: &CaseFact,
        at: Option<Timestamp>,
    ) -> Option<i64> {
        let steps = &case.course.steps;
        let since = |begin: Timestamp| {
            let at = at.or(case.course.finished)?;
            (at >= begin).then(|| at.millis().saturating_sub(begin.millis()))
        };
        match quantity? {
            Quantity::Field(path) => case.fields.get(path).and_then(whole_number),
            Quantity::Answer(id) => case.course.answers.get(id).and_then(whole_number),
            Quantity::Since(ids) => since(steps.iter().find(|made| ids.contains(&made.step))?.at),
            Quantity::Lasted => since(steps.first()?.at),
            Quantity::Rounds => Some(case.course.rounds.into()),
        }
    }

    // Groups

    fn butlers_of(&self, file: &Figures, grids: &BTreeSet<GridId>) -> BTreeSet<StaffId> {
        let theirs = |assignment: &&Assignment| {
            file.butlers.contains(&assignment.role)
                && assignment.grid.as_ref().is_none_or(|grid| grids.contains(grid))
        };
        self.people.assignments.iter().filter(theirs).map(|assignment| assignment.staff.clone()).collect()
    }

    fn grids_at(&self, place: Option<&PlaceId>) -> BTreeSet<GridId> {
        let mut grids = place.map(|place| self.facts.grids_of(place)).unwrap_or_default();
        grids.retain(|grid| self.people.grids.contains_key(grid));
        grids
    }

    /// Every group there is, empty ones too, beside the whole.
    fn groups<T: Default>(&self, file: &Figures, by: Option<By>) -> BTreeMap<Option<Group>, T> {
        let known: Vec<Group> = match by {
            None => Vec::new(),
            Some(By::Grid) => self.people.grids.keys().map(|grid| Group::Grid((*grid).clone())).collect(),
            Some(By::Butler) => {
                let grids = self.people.grids.keys().map(|grid| (*grid).clone()).collect();
                self.butlers_of(file, &grids).into_iter().map(Group::Butler).collect()
            }
            Some(By::Port) => {
                let choices = self.playbooks.terms().choices(&file.port.choices).unwrap_or_default();
                choices.iter().map(|choice| Group::Port(choice.id.clone())).collect()
            }
        };
        known.into_iter().map(Some).chain([None]).map(|group| (group, T::default())).collect()
    }

    fn groups_of_place(
        &self,
        file: &Figures,
        figure: &Figure,
        place: Option<&PlaceId>,
        by: Option<By>,
    ) -> Vec<Option<Group>> {
        let grids = || self.grids_at(place);
        let groups: Vec<Group> = match by {
            Some(By::Grid) => grids().into_iter().map(Group::Grid).collect(),
            Some(By::Butler) if figure.whose() == Whose::Grid => {
                self.butlers_of(file, &grids()).into_iter().map(Group::Butler).collect()
            }
            _ => Vec::new(),
        };
        groups.into_iter().map(Some).chain([None]).collect()
    }

    fn groups_of(
        &self,
        file: &Figures,
        figure: &Figure,
        member: &Member,
        by: Option<By>,
    ) -> Vec<Option<Group>> {
        let own = match by {
            Some(By::Butler) if figure.whose() == Whose::Did => member.by.clone().map(Group::Butler),
            Some(By::Port) => member.port.clone().map(Group::Port),
            _ => return self.groups_of_place(file, figure, member.place.as_ref(), by),
        };
        own.into_iter().map(Some).chain([None]).collect()
    }

    fn is_in(&self, file: &Figures, figure: &Figure, member: &Member, group: &Group) -> bool {
        let by = match group {
            Group::Grid(_) => By::Grid,
            Group::Butler(_) => By::Butler,
            Group::Port(_) => By::Port,
        };
        self.groups_of(file, figure, member, Some(by)).iter().flatten().any(|is| is == group)
    }

    // Numbers

    fn values(&mut self, file: &Figures, figure: &Figure, by: Option<By>) -> Result<Vec<Valued>, F::Error> {
        let sums = if matches!(figure.of, Source::Subjects(_)) {
            self.stock(file, figure, by)?
        } else {
            let members = self.members(file, figure)?;
            let mut grouped: BTreeMap<Option<Group>, Vec<&Member>> = self.groups(file, by);
            for member in &members {
                for group in self.groups_of(file, figure, member, by) {
                    grouped.entry(group).or_default().push(member);
                }
            }
            let sum = |members: Vec<&Member>| Sum::of(&once(figure, members));
            grouped.into_iter().map(|(group, members)| (group, sum(members))).collect()
        };
        Ok(sums.into_iter().map(|(group, sum)| (group, figure.value(&sum), sum.members)).collect())
    }
}

/// What is known of the members of one group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sum {
    members: u64,
    part: u64,
    sum: i128,
    numbers: Vec<i64>,
}

impl Sum {
    fn of(members: &[Member]) -> Self {
        let mut numbers: Vec<i64> = members.iter().filter_map(|member| member.number).collect();
        numbers.sort_unstable();
        Self {
            members: members.len() as u64,
            part: members.iter().filter(|member| member.in_part).count() as u64,
            sum: numbers.iter().map(|number| i128::from(*number)).sum(),
            numbers,
        }
    }
}

/// Several members about the same subject, or about it on the same day, are one; it is in the part when one of them is.
fn once(figure: &Figure, members: Vec<&Member>) -> Vec<Member> {
    let Some(per) = figure.once_per else { return members.into_iter().cloned().collect() };
    let mut counted: BTreeMap<(Option<SubjectId>, Option<NaiveDate>), Member> = BTreeMap::new();
    let mut ordered = members;
    ordered.sort_by_cached_key(|member| (member.day, member.record, member.detail.clone()));
    for member in ordered {
        let day = (per == OncePer::SubjectDay).then_some(member.day);
        let known = counted.entry((member.about.clone(), day)).or_insert_with(|| member.clone());
        known.in_part |= member.in_part;
    }
    counted.into_values().collect()
}

/// A number that is whole.
fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(int) => Some(*int),
        #[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
        Value::Real(real) if real.fract() == 0.0 && real.abs() < 9e15 => Some(*real as i64),
        _ => None,
    }
}

/// The units a time is shown in, in milliseconds.
pub(in crate::playbook) const TIMES: [(&str, i64); 3] =
    [("min", 60_000), ("h", 3_600_000), ("day", 86_400_000)];

/// The unit money is shown in, and how many fen it has.
pub(in crate::playbook) const MONEY: (&str, i64) = ("yuan", 100);

impl Figure {
    /// How it is to be read.
    #[must_use]
    pub fn reading(&self) -> Reading {
        if self.share.is_some() || !self.filled.is_empty() {
            Reading::Share
        } else if self.sum.is_some() {
            Reading::Sum
        } else if self.average.is_some() {
            Reading::Average
        } else if self.median.is_some() {
            Reading::Median
        } else {
            Reading::Count
        }
    }

    fn value(&self, sum: &Sum) -> Option<Fraction> {
        let time = self.quantity().is_some_and(Quantity::is_time);
        let mut units = TIMES.iter().filter(|_| time).chain((!time).then_some(&MONEY));
        let named = units.find(|(unit, _)| self.unit.as_deref() == Some(unit));
        let scale = named.map_or(1, |(_, scale)| i128::from(*scale));
        let members = i128::from(sum.members);
        match self.reading() {
            Reading::Count => Fraction::over(members, 1),
            Reading::Share => {
                let each = self.filled.len().max(1) as i128;
                Fraction::over(sum.part.into(), members * each)
            }
            Reading::Sum => Fraction::over(sum.sum, scale),
            Reading::Average => Fraction::over(sum.sum, members * scale),
            Reading::Median => {
                let middle = sum.numbers.len() / 2;
                let upper = i128::from(*sum.numbers.get(middle)?);
                if sum.numbers.len() % 2 == 1 {
                    return Fraction::over(upper, scale);
                }
                let lower = i128::from(*sum.numbers.get(middle.checked_sub(1)?)?);
                Fraction::over(lower + upper, 2 * scale)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(measure: &str) -> Figure {
        let text =
            format!("id = \"x\"\nof = {{ cases = {{ workflows = [\"w\"], that = \"ended\" }} }}\n{measure}");
        toml::from_str(&text).unwrap()
    }

    fn member(day: &str, about: u8, number: Option<i64>, in_part: bool) -> Member {
        Member {
            day: day.parse().unwrap(),
            record: Some(RecordId([about; 16])),
            detail: None,
            due: None,
            about: Some(SubjectId::Record(RecordId([about; 16]))),
            place: None,
            by: None,
            port: None,
            number,
            in_part,
        }
    }

    fn value(measure: &str, members: &[Member]) -> Option<(i64, i64)> {
        let figure = figure(measure);
        let counted = once(&figure, members.iter().collect());
        figure.value(&Sum::of(&counted)).map(|value| (value.part, value.whole))
    }

    #[test]
    fn a_month_is_written_one_way_and_ends_on_its_last_day() {
        let february: Month = "2028-02".parse().unwrap();
        assert_eq!(
            (february.to_string().as_str(), february.last().to_string().as_str()),
            ("2028-02", "2028-02-29")
        );
        assert_eq!(Month::of("2026-12-31".parse().unwrap()).last().to_string(), "2026-12-31");
        for wrong in ["2026-13", "2026-1", "202611", "2026-11-01", "", "+2026-11"] {
            assert_eq!(wrong.parse::<Month>(), Err(NotAMonth), "{wrong}");
        }
    }

    #[test]
    fn nothing_is_divided_by_nothing() {
        assert_eq!(value("", &[]), Some((0, 1)), "a count of nothing is nothing");
        assert_eq!(value("sum = \"rounds\"", &[]), Some((0, 1)));
        for measure in ["share = { rounds_at_least = 2 }", "average = \"rounds\"", "median = \"rounds\""] {
            assert_eq!(value(measure, &[]), None, "{measure} of nothing is no data");
        }
    }

    #[test]
    fn numbers_stay_exact() {
        let days = ["2026-11-03", "2026-11-04", "2026-11-05"];
        let members: Vec<Member> = days
            .iter()
            .zip([7_200_000, 3_600_000, 90_000])
            .enumerate()
            .map(|(at, (day, took))| member(day, u8::try_from(at).unwrap(), Some(took), at == 1))
            .collect();
        assert_eq!(value("share = { rounds_at_least = 2 }", &members), Some((1, 3)));
        assert_eq!(value("average = \"rounds\"", &members), Some((10_890_000, 3)));
        assert_eq!(value("average = \"lasted\"\nunit = \"h\"", &members), Some((10_890_000, 3 * 3_600_000)));
        assert_eq!(value("median = \"lasted\"\nunit = \"h\"", &members), Some((3_600_000, 3_600_000)));
        assert_eq!(
            value("median = \"lasted\"\nunit = \"min\"", &members[..2]),
            Some((10_800_000, 2 * 60_000)),
            "of two in the middle, half of both"
        );
    }

    #[test]
    fn the_same_home_counts_once_a_month_or_once_a_day() {
        let visits = [
            member("2026-11-03", 1, None, false),
            member("2026-11-03", 1, None, true),
            member("2026-11-09", 1, None, false),
            member("2026-11-09", 2, None, false),
        ];
        assert_eq!(value("", &visits), Some((4, 1)));
        assert_eq!(value("once_per = \"subject\"", &visits), Some((2, 1)));
        assert_eq!(value("once_per = \"subject_day\"", &visits), Some((3, 1)));
        let share = "once_per = \"subject\"\nshare = { rounds_at_least = 2 }";
        assert_eq!(value(share, &visits), Some((1, 2)), "it is in the part when one of them is");
    }

    #[test]
    fn only_what_is_shown_is_rounded() {
        let row = |part, whole, reading, unit: Option<&str>| FigureRow {
            figure: String::new(),
            label: Label::default(),
            means: Label::default(),
            reading,
            unit: unit.map(str::to_owned),
            group: None,
            group_label: None,
            value: Some(Fraction { part, whole }),
            shown: None,
            members: 0,
            as_of: NaiveDate::default(),
        };
        for (row, shown) in [
            (row(2, 3, Reading::Share, None), "66.7%"),
            (row(3, 3, Reading::Share, None), "100%"),
            (row(1, 2000, Reading::Share, None), "0.1%"),
            (row(9, 2, Reading::Average, None), "4.5"),
            (row(8, 2, Reading::Average, None), "4"),
            (row(-1, 4, Reading::Average, None), "-0.3"),
            (row(610_005, 100, Reading::Sum, Some("yuan")), "6100.05"),
            (row(610_000, 100, Reading::Sum, Some("yuan")), "6100"),
        ] {
            assert_eq!(row.shown().as_deref(), Some(shown));
        }
    }
}
