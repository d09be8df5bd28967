//! Asks a store what the rules need, and works out what is due.

mod answering;
pub(in crate::playbook) mod each_year;
mod lot;
mod together;
mod triggers;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use chrono::NaiveDate;
use each_year::Anniversaries;
use triggers::{Dates, Periods};

use super::item::{DueItem, RuleRef, Status, due_id};
use crate::model::fields::{self, Type};
use crate::model::{GridId, PlaceId, RecordId, Timestamp};
use crate::playbook::calendar::Calendar;
use crate::playbook::condition::{Condition, Declared, Scope};
use crate::playbook::related::Related;
use crate::playbook::rule::{AfterDate, DueRule, EachYear, Rules, Subject, Trigger};
use crate::playbook::{Pinned, Playbooks, Terms, case};
use crate::query::{DateQuery, RecordIndex, StepRow, SubjectId, SubjectKind, SubjectQuery, SubjectRow};

/// How far back a step or a row still brings something about, in days: what nobody answered for so long is a
/// matter for metrics, not for today.
const LOOK_BACK_DAYS: u64 = 400;

/// How long a round that was begun and is not finished keeps its item of an earlier period, in days. Older ones are in
/// the list of rounds under way alone.
const UNDER_WAY_DAYS: u64 = 31;

/// Up to so many items or subjects, a store is asked for these alone.
const FEW: usize = 200;

/// Everything the rules bring about by `now` and show by then: open, begun, put off, and what was answered.
/// Sorted by urgency, then due day, then id.
///
/// # Errors
/// The store's own.
pub fn evaluate<I: RecordIndex>(
    playbooks: &Playbooks,
    index: &I,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Vec<DueItem>, I::Error> {
    let mut items = evaluate_some(playbooks, index, calendar, now, Extent::All, |_| true)?;
    items.sort_by_key(|item| (item.rule.urgency, item.due, item.id));
    Ok(items)
}

/// How much of what rules bring about is wanted.
#[derive(Debug, Clone, Copy)]
pub enum Extent<'a> {
    /// Everything.
    All,
    /// What is shown: of rules that show so many at once the first of them, and some held ready.
    Shown,
    /// What concerns these records, of rules about records; what was answered before today is left out of rules
    /// that show so many at once.
    About(&'a BTreeSet<RecordId>),
    /// What is due from this day on, up to the day it is evaluated for: of rules that come again, of every period.
    DueSince(NaiveDate),
}

/// What some rules bring about that is due from the first of two days to the last, in no order. Whom a rule concerns is
/// what the records say now.
///
/// # Errors
/// The store's own.
pub fn within<I: RecordIndex>(
    playbooks: &Playbooks,
    index: &I,
    calendar: &Calendar,
    (first, last): (NaiveDate, NaiveDate),
    wanted: impl Fn(&DueRule) -> bool,
) -> Result<Vec<DueItem>, I::Error> {
    evaluate_some(playbooks, index, calendar, calendar.end_of(last), Extent::DueSince(first), wanted)
}

/// What some rules bring about, in no order.
///
/// # Errors
/// The store's own.
pub fn evaluate_some<I: RecordIndex>(
    playbooks: &Playbooks,
    index: &I,
    calendar: &Calendar,
    now: Timestamp,
    extent: Extent<'_>,
    wanted: impl Fn(&DueRule) -> bool,
) -> Result<Vec<DueItem>, I::Error> {
    let only = match extent {
        Extent::About(records) => Some(records),
        Extent::All | Extent::Shown | Extent::DueSince(_) => None,
    };
    let since = if let Extent::DueSince(day) = extent { Some(day) } else { None };
    let day = Day { playbooks, index, calendar, today: calendar.date_of(now), since, only };
    let (mut items, mut limited) = (Vec::new(), Vec::new());
    let mut superseded = false;
    for governed in governed(playbooks) {
        superseded |= governed.until < NaiveDate::MAX;
        if !wanted(&governed.rule) {
            continue;
        }
        if let (Some(at_once), Extent::Shown) = (governed.rule.at_once, extent) {
            day.some_at_once(&governed, at_once, &mut limited)?;
            continue;
        }
        let first = items.len();
        match &governed.rule.when {
            Trigger::Every(every) => {
                let periods = day.periods(&governed, every)?;
                match governed.rule.subject.drawn {
                    Some(count) => day.drawn(&governed, count, &periods, &mut items)?,
                    None => day.every(&governed, &periods, None, &mut items)?,
                }
            }
            Trigger::AfterStep(after) => day.after_step(&governed, after, &mut items)?,
            Trigger::AfterDate(after) => {
                if let Some(dates) = day.dates(&governed, after) {
                    day.after_date(&governed, (after, dates), None, &mut items)?;
                }
            }
            Trigger::EachYear(each) => {
                let asked = day.anniversaries(&governed, each);
                day.each_year(&governed, (each, &asked), None, &mut items)?;
            }
            Trigger::AtFestival(at) => day.at_festival(&governed, at, &mut items)?,
            Trigger::AfterEntry(after) => day.after_entry(&governed, after, &mut items)?,
            Trigger::Together(together) => day.together(&governed, together, &mut items)?,
            // What deadlines and findings bring about is in no file of rules.
            Trigger::Deadline(_) | Trigger::Finding(_) => {}
        }
        if governed.rule.subject.is_somewhere() {
            let new = items.split_off(first);
            items.extend(new.into_iter().filter(|item| day.is_here(item)));
        }
        if let Some(only) = only {
            // A case about one of those records may be about others as well.
            let meant = |item: &DueItem| matches!(&item.subject, SubjectId::Record(id) if only.contains(id));
            let new = items.split_off(first);
            items.extend(new.into_iter().filter(meant));
        }
        if let Some(since) = since {
            let new = items.split_off(first);
            items.extend(new.into_iter().filter(|item| (since..=day.today).contains(&item.due)));
        }
        day.match_answers(&governed.rule, &mut items[first..])?;
    }
    let implied = |of_findings: bool| {
        playbooks.implied_rules().any(|rule| rule.is_finding() == of_findings && wanted(rule))
    };
    if implied(false) {
        day.deadlines(&wanted, &mut items)?;
    }
    if implied(true) {
        day.findings(&wanted, &mut items)?;
    }
    day.named_answers(&mut items)?;
    items.retain(|item| day.is_of_today(item));
    if only.is_some() {
        items.retain(|item| item.rule.at_once.is_none() || day.counts_today(item));
    }
    items.append(&mut limited);
    if superseded {
        // What has no date is brought about by every version; the first one's item stays as it was.
        let mut known = BTreeSet::new();
        items.retain(|item| known.insert(item.id));
    }
    Ok(items)
}

/// Of a rule that shows so many at once, so many times as many are held ready for when some are answered.
pub const HELD_READY: usize = 3;

/// A version of a rule with the days on which it takes up periods and events.
struct Governed {
    rule: RuleRef,
    from: NaiveDate,
    until: NaiveDate,
    /// The subjects of which holds what it asks of other records, each question by itself, once it was asked of all.
    having: OnceCell<Vec<BTreeSet<RecordId>>>,
    lacking: OnceCell<Vec<BTreeSet<RecordId>>>,
    /// The fields of a subject that its condition looks at.
    paths: OnceCell<BTreeSet<String>>,
}

/// What a rule that shows so much at once asks for at every place of the way.
enum PlaceByPlace<'r> {
    Every(Periods),
    AfterDate(&'r AfterDate, Dates),
    EachYear(&'r EachYear, Vec<Anniversaries>),
}

/// Every version of every rule in force. A version governs from its first day to the day before the next one's, the
/// current version from its first day on; so an item once brought about does not change because a version came.
fn governed(playbooks: &Playbooks) -> Vec<Governed> {
    let mut all = Vec::new();
    for current in playbooks.rule_files() {
        let older =
            playbooks.older_rules(current).filter(|older| older.effective_from < current.effective_from);
        let mut versions: BTreeMap<NaiveDate, &Arc<Pinned<Rules>>> =
            older.map(|older| (older.effective_from, older)).collect();
        versions.insert(current.effective_from, current);
        for (from, rules) in &versions {
            let next = versions.range((Bound::Excluded(*from), Bound::Unbounded)).next();
            let until = next.map_or(NaiveDate::MAX, |(day, _)| *day);
            all.extend(RuleRef::all(rules).map(|rule| Governed {
                rule,
                from: *from,
                until,
                having: OnceCell::new(),
                lacking: OnceCell::new(),
                paths: OnceCell::new(),
            }));
        }
    }
    all
}

impl Governed {
    fn takes(&self, day: NaiveDate) -> bool {
        self.from <= day && day < self.until
    }
}

struct Day<'a, I> {
    playbooks: &'a Playbooks,
    index: &'a I,
    calendar: &'a Calendar,
    today: NaiveDate,
    /// What is due before this day is not asked for.
    since: Option<NaiveDate>,
    only: Option<&'a BTreeSet<RecordId>>,
}

/// When something is due that a day brought about: the same for every subject with the same day.
#[derive(Debug, Clone, Copy)]
struct Times {
    base: NaiveDate,
    visible_from: NaiveDate,
    due: NaiveDate,
    due_at: Option<Timestamp>,
    counts: (Timestamp, Timestamp),
}

impl<I: RecordIndex> Day<'_, I> {
    /// The first of what a rule brings about, as one walks: place after place, until enough are open. What was
    /// answered before today is left out.
    fn some_at_once(
        &self,
        governed: &Governed,
        at_once: usize,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        let enough = at_once.saturating_mul(HELD_READY);
        let walk = match &governed.rule.when {
            Trigger::Every(every) => PlaceByPlace::Every(self.periods(governed, every)?),
            Trigger::AfterDate(after) => match self.dates(governed, after) {
                Some(dates) => PlaceByPlace::AfterDate(after, dates),
                None => return Ok(()),
            },
            Trigger::EachYear(each) => PlaceByPlace::EachYear(each, self.anniversaries(governed, each)),
            // Only the calendar and dates bring so much about; a test of the files sees to it.
            _ => return Ok(()),
        };
        let (mut open, mut found) = (0, Vec::new());
        let there = self.there(governed, &walk)?;
        let passed = |place: &&PlaceId| there.as_ref().is_none_or(|there| there.contains(*place));
        let mut places = self.index.places().iter().filter(passed).peekable();
        while let Some(place) = places.next() {
            match &walk {
                PlaceByPlace::Every(periods) => self.every(governed, periods, Some(place), &mut found)?,
                PlaceByPlace::AfterDate(after, dates) => {
                    self.after_date(governed, (after, *dates), Some(place), &mut found)?;
                }
                PlaceByPlace::EachYear(each, asked) => {
                    self.each_year(governed, (each, asked), Some(place), &mut found)?;
                }
            }
            // Asking what was answered costs a query however little is asked about.
            if open + found.len() < enough && places.peek().is_some() {
                continue;
            }
            found.retain(|item| self.is_here(item));
            self.match_answers(&governed.rule, &mut found)?;
            self.named_answers(&mut found)?;
            found.retain(|item| self.counts_today(item) && self.is_of_today(item));
            open += found.iter().filter(|item| !item.status(self.today).is_answered()).count();
            items.append(&mut found);
            if open >= enough {
                break;
            }
        }
        Ok(())
    }

    /// The places where a rule finds something, if the index knows: most rules that show so much at once find little, and
    /// the way is long.
    fn there(
        &self,
        governed: &Governed,
        walk: &PlaceByPlace<'_>,
    ) -> Result<Option<BTreeSet<PlaceId>>, I::Error> {
        let places = match walk {
            PlaceByPlace::Every(_) => vec![self.index.places_of(&self.query(governed, None, None))?],
            PlaceByPlace::AfterDate(after, dates) => {
                vec![self.index.places_of(&self.query(governed, Some(dates.query(after)), None))?]
            }
            PlaceByPlace::EachYear(each, asked) => {
                let of =
                    |asked: &Anniversaries| self.index.places_of(&asked.query(&governed.rule, each, None));
                asked.iter().map(of).collect::<Result<_, _>>()?
            }
        };
        let places: Option<Vec<BTreeSet<PlaceId>>> = places.into_iter().collect();
        Ok(places.map(|places| places.into_iter().flatten().collect()))
    }

    /// Whether an item is open or was answered today: by a record made today, or by one that was over today.
    fn counts_today(&self, item: &DueItem) -> bool {
        let today = self.calendar.start_of(self.today);
        !item.status(self.today).is_answered() || item.answered_at.max(item.done_at) >= Some(today)
    }

    /// Whether an item belongs into today's list: of an earlier period only while a round of it is under way.
    fn is_of_today(&self, item: &DueItem) -> bool {
        !item.earlier || item.status(self.today) == Status::Begun
    }

    /// The subjects of a rule as the index finds them.
    fn rows(
        &self,
        governed: &Governed,
        date: Option<DateQuery<'_>>,
        at: Option<&PlaceId>,
    ) -> Result<Vec<SubjectRow>, I::Error> {
        let few = self.few(governed)?;
        if few.as_ref().is_some_and(BTreeSet::is_empty) {
            return Ok(Vec::new());
        }
        let query = self.query(governed, date, at);
        let rows = self.index.subjects(&SubjectQuery { only: self.only.or(few.as_ref()), ..query })?;
        self.related(governed, rows)
    }

    /// What a rule asks of its subjects, whichever records it is about.
    fn query<'q>(
        &self,
        governed: &'q Governed,
        date: Option<DateQuery<'q>>,
        at: Option<&'q PlaceId>,
    ) -> SubjectQuery<'q> {
        let subject = &governed.rule.subject;
        SubjectQuery {
            kind: subject.kind,
            filters: &subject.filters,
            unless: &subject.unless,
            date,
            each_year: None,
            paths: governed.paths.get_or_init(|| paths_of(&governed.rule)),
            at,
            only: None,
        }
    }

    /// The subjects of which holds all that a rule wants of the records that refer to them, where they are few: those are looked
    /// up, and not every home of the community (fees and a complaint at once: hardly any). Rows of registers are asked for by
    /// what they are about, so of them there is none.
    fn few(&self, governed: &Governed) -> Result<Option<BTreeSet<RecordId>>, I::Error> {
        let Subject { kind, having, .. } = &governed.rule.subject;
        if self.only.is_some() || having.is_empty() || *kind == SubjectKind::Entry {
            return Ok(None);
        }
        let found = self.asked_of_all(having, &governed.having)?;
        let least = found.iter().min_by_key(|subjects| subjects.len());
        let Some(least) = least.filter(|least| least.len() <= FEW) else { return Ok(None) };
        let of_all = |id: &&RecordId| found.iter().all(|subjects| subjects.contains(*id));
        Ok(Some(least.iter().filter(of_all).copied().collect()))
    }

    /// What holds of the records that refer to any subject, each question by itself; asked once of a rule.
    fn asked_of_all<'g>(
        &self,
        asked: &[Related],
        known: &'g OnceCell<Vec<BTreeSet<RecordId>>>,
    ) -> Result<&'g Vec<BTreeSet<RecordId>>, I::Error> {
        if let Some(found) = known.get() {
            return Ok(found);
        }
        let found = self.ask(asked, None)?;
        Ok(known.get_or_init(|| found))
    }

    /// The subjects of which each of these questions holds; with `to` only of those.
    fn ask(
        &self,
        asked: &[Related],
        to: Option<&BTreeSet<RecordId>>,
    ) -> Result<Vec<BTreeSet<RecordId>>, I::Error> {
        let of = |related: &Related| related.subjects(self.playbooks, self.index, self.today, to);
        asked.iter().map(of).collect()
    }

    /// Of some subjects those of which holds what the rule asks of the records that refer to them. It is asked once of all,
    /// for a rule that shows so many at once walks place by place; after an edit it is asked of those looked at again.
    fn related(&self, governed: &Governed, mut rows: Vec<SubjectRow>) -> Result<Vec<SubjectRow>, I::Error> {
        let subject = &governed.rule.subject;
        for (asked, all, wanted) in
            [(&subject.having, &governed.having, true), (&subject.lacking, &governed.lacking, false)]
        {
            if asked.is_empty() || rows.is_empty() {
                continue;
            }
            let record = |row: &SubjectRow| match &row.subject {
                SubjectId::Record(id) => Some(*id),
                SubjectId::Place(_) | SubjectId::Grid(_) | SubjectId::Community => None,
            };
            let few = match self.only {
                Some(_) => Some(self.ask(asked, Some(&rows.iter().filter_map(record).collect()))?),
                None => None,
            };
            let found = match &few {
                Some(few) => few,
                None => self.asked_of_all(asked, all)?,
            };
            let holds = |id: RecordId| {
                let mut each = found.iter().map(|subjects| subjects.contains(&id));
                if wanted { each.all(|holds| holds) } else { !each.any(|holds| holds) }
            };
            rows.retain(|row| record(row).is_none_or(holds));
        }
        Ok(rows)
    }

    /// Whether an item lies where its rule says.
    fn is_here(&self, item: &DueItem) -> bool {
        let Subject { grids, places, .. } = &item.rule.subject;
        if !item.rule.subject.is_somewhere() {
            return true;
        }
        let in_grid = |grid: &GridId| self.lies_in(item.place.as_ref(), &SubjectId::Grid(grid.clone()));
        match (&item.subject, &item.place) {
            (SubjectId::Grid(grid), _) => grids.contains(grid),
            (_, Some(place)) => {
                places.iter().any(|whole| place.is_within(whole)) || grids.iter().any(in_grid)
            }
            (_, None) => false,
        }
    }

    /// Whether the rule's condition on its subject holds.
    fn keeps(&self, rule: &DueRule, row: &SubjectRow) -> bool {
        rule.subject.condition.as_ref().is_none_or(|condition| {
            let scope = record_scope(self.playbooks.terms(), rule.subject.kind, row).today(self.today);
            condition.holds(&scope.offset(self.calendar.offset()))
        })
    }

    /// The subjects a rule on steps or rows is limited to; `None`: any.
    fn selected(&self, governed: &Governed) -> Result<Option<BTreeSet<SubjectId>>, I::Error> {
        let subject = &governed.rule.subject;
        let plain = subject.filters.is_empty() && subject.unless.is_empty() && subject.condition.is_none();
        if plain && subject.related().next().is_none() {
            return Ok(None);
        }
        let rows = self.rows(governed, None, None)?.into_iter();
        let rows = rows.filter(|row| self.keeps(&governed.rule, row));
        Ok(Some(rows.map(|row| row.subject).collect()))
    }

    /// What a rule on a case's step or a register's row is about: the case or row itself, or what it names.
    fn subjects_of(
        &self,
        rule: &DueRule,
        given: &[(SubjectKind, SubjectId)],
        own: (SubjectKind, RecordId),
        selected: Option<&BTreeSet<SubjectId>>,
    ) -> Vec<SubjectId> {
        let own = (rule.subject.kind == own.0).then_some(SubjectId::Record(own.1));
        let community = (rule.subject.kind == SubjectKind::Community).then_some(SubjectId::Community);
        let about = given.iter().filter(|(kind, _)| *kind == rule.subject.kind).map(|(_, id)| id.clone());
        let subjects: BTreeSet<SubjectId> = own.into_iter().chain(community).chain(about).collect();
        subjects.into_iter().filter(|id| selected.is_none_or(|selected| selected.contains(id))).collect()
    }

    fn case_holds(&self, condition: Option<&Condition>, step: &StepRow) -> bool {
        let Some(condition) = condition else { return true };
        let Some(workflow) = self.playbooks.workflow_at(&step.workflow, step.version) else { return false };
        condition.holds(&case::answered(workflow, &step.answers).today(self.today))
    }
}

/// The fields of a subject that the rule's condition looks at.
fn paths_of(rule: &DueRule) -> BTreeSet<String> {
    let names = rule.subject.condition.iter().flat_map(|condition| condition.names());
    names.filter(|name| name.root == "record").map(|name| name.path.clone()).collect()
}

fn item(rule: &RuleRef, subject: SubjectId, place: Option<PlaceId>, key: &str, times: Times) -> DueItem {
    DueItem {
        id: due_id(&rule.id, &subject, key),
        rule: rule.clone(),
        subject,
        place,
        step: None,
        named: None,
        finding: None,
        group: None,
        occasion: None,
        base: times.base,
        visible_from: times.visible_from,
        due: times.due,
        due_at: times.due_at,
        counts: times.counts,
        answers: BTreeMap::new(),
        put_off: None,
        earlier: false,
        tried: None,
        answered_at: None,
        done_at: None,
        done_by: None,
        begun: None,
    }
}

/// What a condition on a subject sees: its fields by their declared types, its groups as lists of members.
fn record_scope(terms: &Terms, kind: SubjectKind, row: &SubjectRow) -> Scope {
    let mut scope = Scope::new().conflicts(row.conflicts.clone());
    let Some(kind) = kind.record() else { return scope };
    type Members<'a> = BTreeMap<&'a str, Vec<(&'a str, cel::Value)>>;
    let mut groups: BTreeMap<&str, Members> = BTreeMap::new();
    for (path, value) in &row.values {
        let Some(spec) = fields::spec(kind, path) else { continue };
        let Some(declared) = declared(spec.ty) else { continue };
        let mut segments = path.splitn(3, '/');
        match (segments.next(), segments.next(), segments.next()) {
            (Some(field), None, _) => {
                let meanings = spec.terms.and_then(|list| terms.meanings(list));
                scope.bind_word("record", field, declared, value, meanings);
            }
            (Some(group), Some(member), Some(field)) => {
                if let Some(value) = declared.bind(value) {
                    groups.entry(group).or_default().entry(member).or_default().push((field, value));
                }
            }
            _ => {}
        }
    }
    for (group, members) in groups {
        scope.bind_group(group, members.into_values());
    }
    scope
}

/// How conditions see a field of that type; `None` for what they cannot compare.
pub(in crate::playbook) const fn declared(ty: Type) -> Option<Declared> {
    match ty {
        Type::Bool => Some(Declared::Flag),
        Type::Int | Type::Real | Type::Fen | Type::Moment => Some(Declared::Number),
        Type::Date => Some(Declared::Date),
        Type::Text
        | Type::PartialDate
        | Type::Birthday
        | Type::Phone
        | Type::Choice(_)
        | Type::Code
        | Type::Record
        | Type::Place
        | Type::Staff => Some(Declared::Text),
        Type::Member | Type::Event | Type::Note | Type::Any => None,
    }
}
