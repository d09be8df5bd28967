//! What is due, kept in memory in the order it is walked, and brought up to date by what changed.
//!
//! Working out ten thousand homes takes tens of milliseconds, and after most edits all but a few items stand as they
//! stood. The agenda is a cache: it is dropped and made anew whenever in doubt, and a test holds it to what is worked
//! out from nothing.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use super::{Context, Doors, OfficeTables, Visibility};
use crate::error::ButlerError;
use crate::model::{
    DueId, FormId, GridId, Kind, PlaceId, Procedure, RecordId, RoleId, RuleId, StaffId, Timestamp, Value,
    WorkflowId,
};
use crate::playbook::access;
use crate::playbook::due::{self, DueItem, Extent, Status};
use crate::playbook::rule::{DueRule, Trigger, Urgency};
use crate::playbook::sum;
use crate::query::SubjectId;
use crate::store::{ChangedRow, Reader, Touched};

/// The order of the list: what is answered, or begun by somebody else, last, then urgent, what is one's own by name, as one walks, by the day. What is overdue is marked, not
/// moved: a list that sends its reader to and fro is not walked.
type SortKey = (bool, Urgency, bool, i64, NaiveDate, DueId);

/// What is due, for one person on one day.
pub(crate) struct Agenda {
    office: Arc<OfficeTables>,
    staff: StaffId,
    /// Where which rules are worked out: a rule concerns somebody where they hold one of its roles, and a role of one grid
    /// sends nobody into the others. `None` is every grid.
    rules_at: BTreeMap<Option<BTreeSet<GridId>>, BTreeSet<Concern>>,
    day: NaiveDate,
    /// The moment it is of.
    at: Timestamp,
    items: Vec<(SortKey, DueItem)>,
    /// Which of them are shown.
    shown: Vec<usize>,
    /// How far one walked for the rules that show so much at once; beyond is more.
    ready: BTreeMap<RuleId, WalkPosition>,
    /// When time alone changes what is shown next: an item is brought before this person because nobody does it, or
    /// begins or ceases to press.
    turns: Option<Timestamp>,
    /// The doors of what is shown, found when somebody first asks.
    doors: OnceCell<Doors>,
    /// What rows say of records.
    told: RefCell<Told>,
}

/// What rows say of records, by nothing but each record itself and the rights over it: read once, and kept until the
/// record changes.
#[derive(Debug, Default)]
struct Told {
    /// What homes and people are called.
    titles: BTreeMap<RecordId, String>,
    /// Of a case, whether its words may be told.
    words: BTreeMap<RecordId, bool>,
}

/// Why an item stands on somebody's Today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Addressed {
    /// They do it, or follow it.
    Own,
    /// It is brought before them from this moment on.
    Escalated(Timestamp),
    /// It does not.
    Another,
}

/// A place on the way.
type WalkPosition = (i64, PlaceId);

/// Where the butler keeps it.
pub(super) type Kept = Mutex<Option<Agenda>>;

impl Context {
    /// What is due now, up to date.
    pub(crate) fn agenda<T>(
        &self,
        look: impl FnOnce(&Reader<'_>, &Agenda) -> Result<T, ButlerError>,
    ) -> Result<T, ButlerError> {
        let office = self.office()?;
        let mut kept = self.agenda.lock().unwrap_or_else(PoisonError::into_inner);
        // Before the store is read: what is written in between is looked at once more next time.
        let touched = self.store.take_touched();
        let old = kept.take();
        let now = self.host.now();
        let (agenda, value) = self.read(|reader| {
            let identity = reader.identity()?.ok_or(ButlerError::NotEnrolled)?;
            let now = reader.time(now)?.now;
            let day = office.date_of(now);
            let still = |old: &Agenda| {
                Arc::ptr_eq(&old.office, &office)
                    && old.staff == identity.staff
                    && old.day == day
                    && old.at <= now
            };
            let changed = match &touched {
                Touched::Records(records) if !records.is_empty() => reader.meaning(records)?,
                Touched::Records(_) | Touched::Many => Vec::new(),
            };
            let agenda = match (old.filter(still), &touched) {
                (Some(mut agenda), Touched::Records(records)) if agenda.can_follow(&changed) => {
                    agenda.follow(reader, records, &changed, now)?.then_some(agenda)
                }
                _ => None,
            };
            let agenda = match agenda {
                Some(agenda) => agenda,
                None => Agenda::new(reader, office.clone(), identity.staff, now)?,
            };
            let value = look(reader, &agenda)?;
            Ok((agenda, value))
        })?;
        *kept = Some(agenda);
        Ok(value)
    }
}

impl Agenda {
    /// Worked out from nothing.
    pub(crate) fn new(
        reader: &Reader<'_>,
        office: Arc<OfficeTables>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Self, ButlerError> {
        let (rules_at, day) = (rules_at(&office, &staff), office.date_of(now));
        let mut agenda = Self {
            office,
            staff,
            rules_at,
            day,
            at: now,
            items: Vec::new(),
            shown: Vec::new(),
            ready: BTreeMap::new(),
            turns: None,
            doors: OnceCell::new(),
            told: RefCell::default(),
        };
        let items = agenda.evaluate(reader, Extent::Shown, |_| true)?;
        agenda.note_ready(&items, |_| true);
        agenda.take(items);
        agenda.sort();
        Ok(agenda)
    }

    /// Everything that is shown, in order.
    pub(crate) fn items(&self) -> impl ExactSizeIterator<Item = &DueItem> {
        self.shown.iter().map(|at| &self.items[*at].1)
    }

    /// At whose door what is shown is done.
    pub(crate) fn doors(&self, reader: &Reader<'_>) -> Result<&Doors, ButlerError> {
        if let Some(known) = self.doors.get() {
            return Ok(known);
        }
        let found = Doors::find(reader, self.subjects().collect())?;
        Ok(self.doors.get_or_init(|| found))
    }

    /// What its person may see.
    pub(crate) fn visibility<'a>(&'a self, reader: &'a Reader<'a>) -> Visibility<'a> {
        Visibility::of(reader, &self.office, Some(self.staff.clone()))
    }

    /// What a home or a person is called: other records are called by what they are about, and are not kept.
    pub(crate) fn title(&self, visibility: &Visibility<'_>, id: RecordId) -> Result<String, ButlerError> {
        if let Some(known) = self.told.borrow().titles.get(&id) {
            return Ok(known.clone());
        }
        let title = visibility.title_of(id)?;
        self.told.borrow_mut().titles.insert(id, title.clone());
        Ok(title)
    }

    /// Whether this person may be told the words of a case.
    pub(crate) fn tells(&self, visibility: &Visibility<'_>, case: RecordId) -> Result<bool, ButlerError> {
        if let Some(known) = self.told.borrow().words.get(&case) {
            return Ok(*known);
        }
        let tells = visibility.names(case, Some("event/*"))?;
        self.told.borrow_mut().words.insert(case, tells);
        Ok(tells)
    }

    /// The records that what is shown is about.
    fn subjects(&self) -> impl Iterator<Item = RecordId> {
        self.items().filter_map(|item| if let SubjectId::Record(id) = item.subject { Some(id) } else { None })
    }

    pub(crate) const fn office(&self) -> &Arc<OfficeTables> {
        &self.office
    }

    /// The day it is, and the moment, in estimated office time.
    pub(crate) const fn now(&self) -> (NaiveDate, Timestamp) {
        (self.day, self.at)
    }

    fn evaluate(
        &self,
        reader: &Reader<'_>,
        extent: Extent<'_>,
        wanted: impl Fn(&DueRule) -> bool,
    ) -> Result<Vec<DueItem>, ButlerError> {
        let (playbooks, calendar) = (&self.office.playbooks, &self.office.calendar);
        let mut items = Vec::new();
        for (grids, rules) in &self.rules_at {
            let index = self.office.index(reader, grids.clone());
            let index = if let Extent::About(records) = extent { index.at_hand(records) } else { index };
            let here = |rule: &DueRule| wanted(rule) && rules.contains(&concern(rule));
            items.extend(due::evaluate_some(playbooks, &index, calendar, self.at, extent, here)?);
        }
        Ok(items)
    }

    /// Whether following what changed is enough: not when a row concerns everybody (a rainy day, a typhoon).
    fn can_follow(&self, changed: &[ChangedRow]) -> bool {
        if changed.is_empty() {
            return true;
        }
        let rules = self.office.playbooks.rules().flat_map(|file| &file.rules);
        let forms: BTreeSet<&FormId> = rules.filter_map(|rule| rule.when.concerns_all()).collect();
        !changed.iter().any(|row| {
            row.procedure.as_ref().and_then(Procedure::form).is_some_and(|form| forms.contains(form))
        })
    }

    /// Works out anew what the changed records can have changed. Whether that is known: a record that answers something
    /// nobody knows any more, because it was answered long ago, may bring it back wherever that is.
    fn follow(
        &mut self,
        reader: &Reader<'_>,
        records: &BTreeSet<RecordId>,
        changed: &[ChangedRow],
        now: Timestamp,
    ) -> Result<bool, ButlerError> {
        self.at = now;
        if records.is_empty() {
            if self.turns.is_some_and(|at| at <= now) {
                self.sort();
                self.keep_doors(&BTreeSet::new(), false);
            }
            return Ok(true);
        }
        let told = self.told.get_mut();
        for record in records {
            told.titles.remove(record);
            told.words.remove(record);
        }
        let mut moved = Moved::new(records, changed);
        // A row that is booked changes the sums of other rows.
        let office = self.office.clone();
        let adding = sum::forms_adding(&office.playbooks, &moved.procedures);
        let adding: Vec<&str> = adding.map(FormId::as_str).collect();
        moved.procedures.extend(adding);
        let links = reader.links_of(records.iter().copied())?;
        moved.subjects.extend(links.into_values().flatten().map(|(id, _)| id));
        for (_, item) in &self.items {
            moved.notice(item, records);
        }
        if !moved.answered.is_empty() {
            return Ok(false);
        }
        moved.subjects.extend(reader.cases_about(&moved.subjects)?);

        let about = Extent::About(&moved.subjects);
        let mut new =
            self.evaluate(reader, about, |rule| !rule.is_worked_out_whole() && moved.moves(rule))?;
        new.retain(|item| self.is_ready(item));
        new.extend(
            self.evaluate(reader, Extent::Shown, |rule| rule.is_worked_out_whole() && moved.moves(rule))?,
        );
        self.items.retain(|(_, item)| match &item.subject {
            SubjectId::Record(record) if !item.rule.is_worked_out_whole() => {
                !(moved.subjects.contains(record) && moved.moves(&item.rule))
            }
            _ => !moved.moves(&item.rule),
        });
        self.take(new);

        let short = self.short();
        if !short.is_empty() {
            self.items.retain(|(_, item)| !short.contains(&item.rule.id));
            let again = self.evaluate(reader, Extent::Shown, |rule| short.contains(&rule.id))?;
            self.note_ready(&again, |rule| short.contains(rule));
            self.take(again);
        }
        self.sort();
        self.keep_doors(&moved.kinds, moved.gone);
        Ok(true)
    }

    /// Forgets the doors when records changed that may move them, one is gone, or something else is shown.
    fn keep_doors(&mut self, changed: &BTreeSet<Kind>, gone: bool) {
        let known = self.doors.take();
        self.doors = known
            .filter(|doors| !gone && doors.hold(changed, self.subjects()))
            .map_or_else(OnceCell::new, OnceCell::from);
    }

    fn take(&mut self, items: Vec<DueItem>) {
        let meant = |item: &DueItem| self.addressed(item) != Addressed::Another && !self.is_kept(item);
        let items = items.into_iter().filter(meant);
        let placed: Vec<_> = items.map(|item| (self.sort_key(&item), item)).collect();
        self.items.extend(placed);
    }

    /// Whether an item is of a case that is kept from this person.
    fn is_kept(&self, item: &DueItem) -> bool {
        let Some(step) = &item.step else { return false };
        let workflow = self.office.playbooks.workflow(&step.workflow);
        let question = workflow.and_then(|workflow| workflow.kept_from.as_ref());
        let named = question.and_then(|question| step.answers.get(question.as_str())?.as_text());
        named == Some(self.staff.as_str())
    }

    /// Remembers how far one walked until enough was found for the rules that show so much at once.
    fn note_ready(&mut self, items: &[DueItem], wanted: impl Fn(&RuleId) -> bool) {
        self.ready.retain(|rule, _| !wanted(rule));
        let mut found: BTreeMap<&RuleId, (usize, usize, Option<WalkPosition>)> = BTreeMap::new();
        for item in items {
            let Some(at_once) = item.rule.at_once else { continue };
            let entry = found.entry(&item.rule.id).or_insert((at_once, 0, None));
            entry.1 += usize::from(!item.status(self.day).is_answered());
            entry.2 = entry.2.take().max(self.stop(item));
        }
        for (rule, (at_once, open, last)) in found {
            if let Some(last) = last.filter(|_| open >= at_once.saturating_mul(due::HELD_READY)) {
                self.ready.insert(rule.clone(), last);
            }
        }
    }

    /// Where an item lies on the way.
    fn stop(&self, item: &DueItem) -> Option<WalkPosition> {
        item.place.clone().map(|place| (self.office.walk_of(Some(&place)), place))
    }

    /// Whether an item lies on the part of the way that was walked for its rule.
    fn is_ready(&self, item: &DueItem) -> bool {
        self.ready.get(&item.rule.id).is_none_or(|last| self.stop(item).is_some_and(|stop| stop <= *last))
    }

    /// The rules of which fewer are ready than are shown, though there are more.
    fn short(&self) -> BTreeSet<RuleId> {
        let short = self.ready.keys().filter(|rule| {
            let of_rule = self.items.iter().map(|(_, item)| item).filter(|item| item.rule.id == **rule);
            let open = of_rule.clone().filter(|item| !item.status(self.day).is_answered()).count();
            open < of_rule.filter_map(|item| item.rule.at_once).next().unwrap_or(1)
        });
        short.cloned().collect()
    }

    fn sort_key(&self, item: &DueItem) -> SortKey {
        let answered = item.status(self.day).is_answered() || self.is_anothers(item);
        let walk = self.office.walk_of(item.place.as_ref());
        (answered, item.urgency(self.at), !self.is_for_me(item), walk, item.due, item.id)
    }

    /// In order, and without what is held ready.
    fn sort(&mut self) {
        if self.turns.is_some_and(|at| at <= self.at) {
            let keys: Vec<_> = self.items.iter().map(|(_, item)| self.sort_key(item)).collect();
            self.items.iter_mut().zip(keys).for_each(|((place, _), key)| *place = key);
        }
        // Mostly in order already: this costs one pass.
        self.items.sort_by_key(|(place, _)| *place);
        let mut waiting = self.waiting();
        let mut turns: Option<Timestamp> = None;
        let mut turn = |at: Timestamp| turns = Some(turns.map_or(at, |next| next.min(at)));
        for (at, (_, item)) in self.items.iter().enumerate() {
            // Once it is answered it is nobody else's matter.
            if item.rule.escalate.is_some()
                && let Addressed::Escalated(from) = self.addressed(item)
                && (matches!(item.status(self.day), Status::Done | Status::Skipped) || self.at <= from)
            {
                waiting.insert(at);
                if self.at <= from {
                    turn(from);
                }
            }
            if let Some(from) = item.opens_at().filter(|from| *from > self.at) {
                waiting.insert(at);
                turn(from);
            }
            if let Some((from, until)) = item.presses() {
                [from, until].into_iter().filter(|at| *at > self.at).for_each(&mut turn);
            }
        }
        self.turns = turns;
        self.shown = (0..self.items.len()).filter(|at| !waiting.contains(at)).collect();
    }

    /// Why an item stands on this person's Today: the roles it is addressed to decide, in the grids it lies in.
    fn addressed(&self, item: &DueItem) -> Addressed {
        if item.rule.is_for_all() {
            return Addressed::Own;
        }
        let directory = &self.office.directory;
        let grids = match (&item.place, &item.subject) {
            (Some(place), _) => directory.grids_of(place),
            (None, SubjectId::Grid(grid)) => BTreeSet::from([grid.clone()]),
            (None, _) => directory.grids.keys().cloned().collect(),
        };
        let held = access::roles_over(&self.office.playbooks, self.office.actor(&self.staff), &grids);
        let holds = |role: &RoleId| held.contains(role);
        let does = item.role().map_or_else(|| item.rule.roles.iter().any(holds), |role| holds(&role));
        if does || item.rule.followed_by.iter().any(holds) {
            return Addressed::Own;
        }
        let before = item.rule.escalate.iter().flat_map(|escalate| &escalate.to).any(holds);
        match item.escalates_at(&self.office.calendar).filter(|_| before) {
            Some(from) => Addressed::Escalated(from),
            None => Addressed::Another,
        }
    }

    /// Whether an item is brought before this person because nobody did it in time.
    pub(crate) fn is_escalated(&self, item: &DueItem) -> bool {
        item.rule.escalate.is_some() && matches!(self.addressed(item), Addressed::Escalated(_))
    }

    /// Whether somebody else has begun it, nobody has finished it, and it was not handed to this person since.
    pub(crate) fn is_anothers(&self, item: &DueItem) -> bool {
        item.begun_by(self.day).is_some_and(|by| *by != self.staff) && !self.is_for_me(item)
    }

    /// Whether the case names this person for it, or they found it.
    pub(crate) fn is_for_me(&self, item: &DueItem) -> bool {
        let names = item.rule.person.is_some() || item.rule.is_finding();
        names && item.person().as_ref() == Some(&self.staff)
    }

    /// What is held ready: behind the first open ones of its rule as one walks, whatever is overdue elsewhere.
    fn waiting(&self) -> BTreeSet<usize> {
        let mut by_rule: BTreeMap<&RuleId, Vec<usize>> = BTreeMap::new();
        for (at, (_, item)) in self.items.iter().enumerate() {
            if item.rule.at_once.is_some() && !item.status(self.day).is_answered() {
                by_rule.entry(&item.rule.id).or_default().push(at);
            }
        }
        let item = |at: usize| &self.items[at].1;
        // As [`Self::stop`] says: where it comes on the way is part of its place in the list.
        let stop = |at: usize| {
            let ((_, _, _, walk, ..), item) = &self.items[at];
            (item.place.as_ref().map(|place| (*walk, place)), item.id)
        };
        let mut waiting = BTreeSet::new();
        for mut open in by_rule.into_values() {
            open.sort_by(|one, other| stop(*one).cmp(&stop(*other)));
            let at_once = open.first().and_then(|at| item(*at).rule.at_once).unwrap_or(0);
            waiting.extend(open.into_iter().skip(at_once));
        }
        waiting
    }
}

/// What changed, as rules see it.
struct Moved<'a> {
    kinds: BTreeSet<Kind>,
    /// Of cases, rounds and entries: what runs them.
    procedures: BTreeSet<&'a str>,
    /// The due items they say they answer, as long as nobody knows them.
    answered: BTreeSet<DueId>,
    /// A record is gone; what it was nobody can tell.
    gone: bool,
    /// Rules some of whose items the changed records answer or brought about.
    rules: BTreeSet<RuleId>,
    /// The records, what they are about, and what they answered before.
    subjects: BTreeSet<RecordId>,
}

impl<'a> Moved<'a> {
    fn new(records: &BTreeSet<RecordId>, changed: &'a [ChangedRow]) -> Self {
        Self {
            kinds: changed.iter().map(|row| row.kind).collect(),
            procedures: changed.iter().filter_map(|row| Some(row.procedure.as_ref()?.id())).collect(),
            answered: changed.iter().flat_map(|row| row.dues.iter().copied()).collect(),
            gone: changed.len() < records.len(),
            rules: BTreeSet::new(),
            subjects: records.clone(),
        }
    }

    /// Takes in what a changed record answers, answered or brought about.
    fn notice(&mut self, item: &DueItem, records: &BTreeSet<RecordId>) {
        let group = item.together().is_some_and(|(cases, _)| cases.iter().any(|case| records.contains(case)));
        let touched = self.answered.remove(&item.id)
            || group
            || item.case().is_some_and(|case| records.contains(&case))
            || item.answers.keys().any(|answer| records.contains(answer));
        if touched {
            self.rules.insert(item.rule.id.clone());
            if let SubjectId::Record(record) = &item.subject {
                self.subjects.insert(*record);
            }
        }
    }

    /// Whether anything of a rule can be different now.
    fn moves(&self, rule: &DueRule) -> bool {
        let runs = |ids: &[WorkflowId]| ids.iter().any(|id| self.procedures.contains(id.as_str()));
        let brought = match &rule.when {
            Trigger::AfterStep(after) => runs(&after.workflows),
            Trigger::Together(together) => runs(&together.workflows),
            Trigger::AfterEntry(after) => self.procedures.contains(after.form.as_str()),
            Trigger::Deadline(of) => self.procedures.contains(of.workflow.as_str()),
            // Any case may be the order.
            Trigger::Finding(list) => {
                self.kinds.contains(&Kind::Case) || self.procedures.contains(list.as_str())
            }
            Trigger::Every(_) | Trigger::AfterDate(_) | Trigger::EachYear(_) | Trigger::AtFestival(_) => {
                false
            }
        };
        let run_by =
            rule.done.filters.iter().find(|filter| matches!(filter.path.as_str(), "playbook" | "form"));
        let answers = self.kinds.contains(&rule.done.record)
            && run_by.is_none_or(|run_by| {
                run_by.is.iter().filter_map(Value::as_text).any(|id| self.procedures.contains(id))
            });
        let related = rule.subject.related().chain(&rule.counted).any(|related| {
            let run = || related.of.iter().any(|id| self.procedures.contains(id.as_str()));
            self.kinds.contains(&related.kind) && (related.of.is_empty() || run())
        });
        self.gone
            || related
            || brought
            || answers
            || self.rules.contains(&rule.id)
            || rule.subject.kind.record().is_some_and(|kind| self.kinds.contains(&kind))
    }
}

/// A rule with the roles it concerns: versions of one rule may concern others.
type Concern = (RuleId, BTreeSet<RoleId>);

fn concern(rule: &DueRule) -> Concern {
    (rule.id.clone(), rule.concerned().cloned().collect())
}

/// The rules that concern somebody, by the grids where they do.
fn rules_at(office: &OfficeTables, staff: &StaffId) -> BTreeMap<Option<BTreeSet<GridId>>, BTreeSet<Concern>> {
    let mut rules_at: BTreeMap<_, BTreeSet<Concern>> = BTreeMap::new();
    let said = office.playbooks.rules().flat_map(|file| &file.rules);
    // Many rules concern the same roles.
    let mut known: BTreeMap<BTreeSet<&RoleId>, Option<BTreeSet<GridId>>> = BTreeMap::new();
    for rule in said.chain(office.playbooks.implied_rules()) {
        let roles: BTreeSet<&RoleId> = rule.concerned().collect();
        let in_role = |role: &RoleId| roles.contains(role);
        let grids = || access::grids_in_roles(&office.playbooks, office.actor(staff), in_role);
        let grids = known.entry(roles.clone()).or_insert_with(grids).clone();
        if grids.as_ref().is_none_or(|grids| !grids.is_empty()) {
            rules_at.entry(grids).or_default().insert(concern(rule));
        }
    }
    rules_at
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::areas::today::TodayItem;
    use crate::context::counting::Counting;
    use crate::model::directory::Place;
    use crate::model::office::TableName;
    use crate::model::{Edit, EventId, GridId, QuestionId, StepId, Value, WorkflowId};
    use crate::playbook::Playbooks;
    use crate::playbook::metric::{GroupBy, Month};
    use crate::playbook::walk::WalkHours;
    use crate::playbook::workflow::Deadline;
    use crate::query::{CountedFinding, CountedStep, DeadlineProgress, WorkProgress};
    use crate::testing::{TestPhone, unit};

    const HOMES: usize = 9;

    /// What somebody does, by number: on a home or its resident, order or row, so that they meet.
    #[derive(Debug, Clone, Copy)]
    struct Deed {
        what: u8,
        home: usize,
        value: u8,
    }

    fn deed() -> impl Strategy<Value = Deed> {
        (0..14_u8, 0..HOMES, 0..7_u8).prop_map(|(what, home, value)| Deed { what, home, value })
    }

    struct World {
        bench: TestPhone,
        homes: Vec<RecordId>,
        orders: Vec<RecordId>,
        contacts: Vec<RecordId>,
        /// Rounds, each with the results of it that may be findings.
        rounds: Vec<(RecordId, Vec<EventId>)>,
    }

    impl World {
        /// Nine homes at three places; of visits and telephones one is shown at once.
        fn new() -> Self {
            let bench = TestPhone::new(&["butler", "supervisor", "front_desk"]);
            let set = Playbooks::embedded().unwrap();
            let rules =
                set.rules().find(|file| file.rules.iter().any(|rule| rule.id == "visit.planned")).unwrap();
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks").join(&rules.file);
            let text = std::fs::read_to_string(path).unwrap().replace("at_once = 20", "at_once = 1");
            let place = |id: &str, walk| Place {
                grids: vec![GridId::new("jinse/grid-1").unwrap()],
                walk,
                ..Place::new(PlaceId::new(id).unwrap(), id)
            };
            let places = [
                place("jinse/grid-1", 0),
                place("jinse/1/1", 10),
                place("jinse/1/2", 5),
                place("jinse/2/1", 7),
            ];
            let rows = serde_json::to_string(&places).unwrap();
            bench.butler.context.write(|tx| Ok(tx.put_table(TableName::Places, 2, &rows)?)).unwrap();
            bench.publish(&[&text]);
            let mut world = Self {
                bench,
                homes: Vec::new(),
                orders: Vec::new(),
                contacts: Vec::new(),
                rounds: Vec::new(),
            };
            for number in 0..HOMES {
                let place = &places[1 + number % 3].id;
                let edit = Edit::new().put("place", place.as_str()).put("state", "occupied");
                let home = RecordId([number as u8 + 1; 16]);
                world.homes.push(world.write(Some(home), Kind::Home, &edit));
            }
            world
        }

        fn write(&self, id: Option<RecordId>, kind: Kind, edit: &Edit) -> RecordId {
            let write = self.bench.butler.context.act(|author, tx| {
                let id = id.map_or_else(|| author.new_record(), Ok)?;
                author.edit_unchecked(tx, id, kind, edit)?;
                Ok(id)
            });
            write.unwrap()
        }

        fn about(&self, home: RecordId) -> Edit {
            Edit::new().put("place", unit().as_str()).put(format!("subject/{home}"), true)
        }

        /// A day of a number: in the past, today, or soon.
        fn day(&self, value: u8) -> String {
            let today = self.bench.butler.office().unwrap().date_of(self.bench.host.as_ref().now());
            (today - chrono::Days::new(190 * u64::from(value % 3)) + chrono::Days::new(u64::from(value)))
                .to_string()
        }

        fn answered(&self, number: u8) -> Option<DueId> {
            self.bench
                .butler
                .context
                .agenda(|_, agenda| Ok(agenda.items().nth(usize::from(number)).map(|item| item.id)))
                .unwrap()
        }

        fn order(&mut self, Deed { home: number, value, .. }: Deed) {
            let home = self.homes[number];
            let (workflow, step, fields) = [
                ("repair.paid", "finish", vec![("category", "seepage"), ("urgency", "urgent")]),
                ("repair.paid", "sign", vec![("category", "lock"), ("urgency", "normal")]),
                ("complaint.handling", "agree_date", vec![("complaint_subject", "楼上噪音")]),
                ("complaint.handling", "feedback_satisfied", vec![("complaint_subject", "楼上噪音")]),
                ("fees.collection", "refuse", vec![("refusal_reason", "service")]),
                match number % 2 {
                    0 => ("service.errand", "finish", vec![]),
                    // It sets how often its home is seen.
                    _ => ("renovation.repeat", "interview", vec![("measures", "stop,twice_daily")]),
                },
                // A port's alone, that of nobody here; it is brought before the supervisor when it is late.
                ("order.sheet", "dispatch", vec![("port", "security"), ("urgency", "urgent")]),
            ][usize::from(value)]
            .clone();
            let mut answers: BTreeMap<QuestionId, Value> =
                fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
            answers.insert("expected".into(), Value::from(self.day(value)));
            answers.insert("watch_until".into(), Value::from("2099-12-31"));
            let edit = self.about(home);
            let made = self.bench.butler.context.act(|author, tx| {
                let version = author.office.playbooks.workflow(&workflow.into()).unwrap().version;
                let id = author.new_record()?;
                let edit = edit.put("playbook", workflow).put("version", version.to_string());
                author.edit_unchecked(tx, id, Kind::Case, &edit)?;
                // As if it had come so far: what folding makes of steps is tested elsewhere.
                let made = CountedStep {
                    step: step.into(),
                    event: EventId(id.0),
                    at: author.now,
                    by: author.identity.staff.clone(),
                    to: None,
                };
                let steps = vec![made];
                // Some run, some were met, some wait.
                let deadlines =
                    running(&author.office.playbooks, &WorkflowId::new(workflow), &steps[0], number);
                let state = if workflow == "renovation.repeat" { "watched" } else { "somewhere" }.to_owned();
                tx.set_progress(
                    id,
                    &WorkProgress { state, answers, steps, deadlines, ..WorkProgress::default() },
                )?;
                Ok(id)
            });
            self.orders.push(made.unwrap());
        }

        /// A round about a home, or at its place: begun, or walked on, with findings as if results had been recorded.
        fn round(&mut self, Deed { home, value, .. }: Deed) {
            let about = self.about(self.homes[home]);
            let at_place = Edit::new().put("place", unit().as_str());
            let known = self.rounds.get(usize::from(value)).cloned();
            let made = self.bench.butler.context.act(|author, tx| {
                let (list, edit) = if value % 2 == 0 {
                    ("vacant.inspection", about)
                } else {
                    ("patrol.public-area", at_place)
                };
                let (id, found) = match known {
                    Some(known) => known,
                    None => {
                        let version = author.office.playbooks.checklist(&list.into()).unwrap().version;
                        let edit = edit.put("playbook", list).put("version", version.to_string());
                        let id = author.new_record()?;
                        author.edit_unchecked(tx, id, Kind::Round, &edit)?;
                        let found = (0..3).map(|_| Ok(EventId(author.new_record()?.0)));
                        (id, found.collect::<Result<Vec<_>, ButlerError>>()?)
                    }
                };
                let results = found.iter().zip(["lobby_light", "lobby_light", "gate_floor"]);
                let of = |(event, item): (&EventId, &str)| CountedFinding {
                    item: item.into(),
                    event: *event,
                    at: author.now,
                    by: StaffId::new(["zhang.li", "he.fang"][home % 2]).unwrap(),
                    role: RoleId::new(["butler", "security", "supervisor"][usize::from(value) % 3]).unwrap(),
                    corrected: (home % 3 == 0 && item == "lobby_light").then_some(author.now),
                };
                let mut findings: Vec<CountedFinding> = results.map(of).collect();
                findings.sort_by(|one, other| (&one.item, one.event).cmp(&(&other.item, other.event)));
                findings.truncate(home % 4);
                tx.set_progress(
                    id,
                    &WorkProgress { closed: home % 2 == 0, findings, ..WorkProgress::default() },
                )?;
                Ok((id, found))
            });
            let made = made.unwrap();
            if self.rounds.iter().all(|(id, _)| *id != made.0) {
                self.rounds.push(made);
            }
        }

        /// The deadlines of an order stand otherwise.
        fn moves_on(&self, order: usize) {
            let Some(order) = self.orders.get(order).copied() else { return };
            let playbooks = self.bench.butler.playbooks().unwrap();
            let write = self.bench.butler.context.act(|author, tx| {
                let row = tx.work_row(order)?.unwrap();
                let procedure = row.procedure.unwrap();
                let workflow = procedure.workflow().unwrap();
                let made = CountedStep {
                    step: StepId::new("anything"),
                    event: EventId(author.new_record()?.0),
                    at: author.now,
                    by: author.identity.staff.clone(),
                    to: None,
                };
                let number = usize::from(made.event.0[0]);
                let deadlines = running(&playbooks, workflow, &made, number);
                let steps = vec![made];
                tx.set_progress(order, &WorkProgress { steps, deadlines, ..WorkProgress::default() })?;
                Ok(())
            });
            write.unwrap();
        }

        fn does(&mut self, deed: Deed) {
            let Deed { what, home, value } = deed;
            let (id, pick) = (self.homes[home], usize::from(value));
            let state = ["occupied", "rented_out", "vacant", "renovating"][pick % 4];
            match what {
                0 => {
                    let room = Edit::new().put("building", "1").put("room", format!("{}01", value + 1));
                    self.write(Some(id), Kind::Home, &room.put("state", state));
                }
                1 => {
                    self.write(Some(id), Kind::Home, &Edit::new().put("moved_in", self.day(value)));
                }
                2 | 3 => self.order(deed),
                4 | 5 => {
                    let now = self.bench.host.as_ref().now();
                    let mut edit = self.about(id).put("channel", "visit").put("at", now.millis());
                    edit = edit.put("outcome", ["agreed", "not_agreed"][pick % 2]);
                    if pick % 2 == 1 {
                        edit = edit.put("next_contact", now.millis() + 3_600_000 * i64::from(value));
                    }
                    if let Some(due) = self.answered(value).filter(|_| what == 5) {
                        edit = edit.put("due", due.to_string());
                    }
                    let contact = self.write(None, Kind::Contact, &edit);
                    self.contacts.push(contact);
                }
                6 => {
                    let part = "phone/0102030405060708090a0b0c0d0e0f10";
                    let edit = Edit::new()
                        .put("place", unit().as_str())
                        .put("home", id.to_string())
                        .put("role", "owner")
                        .put("no_visits", value % 3 == 0)
                        .put("birthday", format!("19{}", &self.day(value)[2..]))
                        .put(part, true)
                        .put(format!("{part}/verified"), self.day(value));
                    let person = RecordId([20 + value + 10 * home as u8; 16]);
                    self.write(Some(person), Kind::Resident, &edit);
                }
                7 => {
                    let form =
                        ["household.misfortune", "weather.rain-day", "due.snooze", "due.skip"][pick % 4];
                    let mut edit = self.about(id).put("form", form).put("field/date", self.day(value));
                    edit = edit.put("field/until", self.day(value));
                    if let Some(due) = self.answered(value) {
                        edit = edit.put("due", due.to_string());
                    }
                    self.write(None, Kind::Entry, &edit);
                }
                8 => {
                    let all = [&self.orders[..], &self.contacts[..]].concat();
                    if let Some(record) = all.get(pick) {
                        let kind = if pick < self.orders.len() { Kind::Case } else { Kind::Contact };
                        self.write(Some(*record), kind, &Edit::new().put("archived", value % 2 == 0));
                    }
                }
                9 => {
                    // The order turns out to be about another home too.
                    if let Some(order) = self.orders.get(pick) {
                        self.write(Some(*order), Kind::Case, &Edit::new().put(format!("subject/{id}"), true));
                    }
                }
                // What folding makes of a step another phone made: the order moved on, or waits.
                10 if value % 2 == 1 => self.moves_on(pick),
                10 => self.bench.host.pass(i64::from(value) * 7 * 3_600_000),
                12 => self.round(deed),
                13 => {
                    // An order is opened from a finding, or turns out to have been.
                    let found =
                        self.rounds.iter().flat_map(|(round, found)| found.iter().map(|of| (*round, *of)));
                    let Some((round, event)) = found.into_iter().nth(pick) else { return };
                    let edit = Edit::new().put("source_record", round.to_string());
                    let edit = edit.put("source_event", event.to_string());
                    match self.orders.get(home) {
                        Some(order) => drop(self.write(Some(*order), Kind::Case, &edit)),
                        None => self.order(deed),
                    }
                }
                _ => {
                    let checklist =
                        self.bench.butler.playbooks().unwrap().checklists().next().unwrap().id.clone();
                    let place = crate::model::PlaceId::new("jinse/grid-1").unwrap();
                    self.bench.butler.rounds().start(&checklist, &place, None, self.answered(value)).unwrap();
                }
            }
        }

        fn kept(&self) -> Vec<String> {
            self.bench.butler.context.agenda(|_, agenda| Ok(shown(agenda))).unwrap()
        }

        /// What is open, as rows, and the walk of the day: from the list that is kept, and from one worked out from nothing.
        fn looks(&self) -> ((Vec<TodayItem>, String), (Vec<TodayItem>, String)) {
            let look = || {
                let mut items = self.bench.butler.today().list(None, 100).unwrap().items;
                items.retain(|item| !item.status.is_answered());
                let walk = self.bench.butler.today().walk(&WalkHours::default()).unwrap();
                let aside: u32 =
                    walk.does_not_fit.iter().chain(&walk.can_wait).map(|group| group.count).sum();
                assert_eq!(walk.open, walk.planned + aside + u32::try_from(walk.urgent.len()).unwrap());
                (items, format!("{walk:#?}"))
            };
            let kept = look();
            *self.bench.butler.context.agenda.lock().unwrap() = None;
            (kept, look())
        }

        fn anew(&self) -> Vec<String> {
            let butler = &self.bench.butler;
            let (office, staff) = (butler.office().unwrap(), butler.enrolled().unwrap().unwrap());
            let now = self.bench.host.as_ref().now();
            let of = |reader: &Reader<'_>| -> Result<_, ButlerError> {
                let agenda = Agenda::new(reader, office.clone(), staff.clone(), now)?;
                let counting = Counting::new(reader, &office, now)?;
                let month = Month::of(office.date_of(now));
                Ok((shown(&agenda), counting.counter(month).count(None, Some(GroupBy::Grid))?))
            };
            let (kept, bare) = butler.context.read(|reader| Ok((of(reader)?, of(&reader.anew())?))).unwrap();
            assert_eq!(kept.0, bare.0, "the list by sets that are kept");
            let differs = kept.1.iter().zip(&bare.1).find(|(one, other)| one != other);
            assert_eq!((differs, kept.1.len()), (None, bare.1.len()), "metrics by sets that are kept");
            bare.0
        }
    }

    /// The deadlines of a workflow, as if the step had started them all.
    fn running(
        playbooks: &Playbooks,
        workflow: &WorkflowId,
        by: &CountedStep,
        number: usize,
    ) -> Vec<DeadlineProgress> {
        let deadlines = playbooks.workflow(workflow).unwrap().deadlines.iter().enumerate();
        let later = |hours: i64| Timestamp::from_millis(by.at.millis() + hours * 3_600_000);
        let run = |(index, deadline): (usize, &Deadline)| DeadlineProgress {
            deadline: deadline.id.clone(),
            by: by.event,
            due: later(5),
            met: (index + number).is_multiple_of(3).then_some(by.at),
            stopped: ((index + number) % 3 == 1).then_some(by.at),
        };
        deadlines.map(run).collect()
    }

    use crate::host::Host as _;

    /// What stands in the list. Of rules that show so much at once, what was answered today is there as far as one
    /// walked, which may be farther in one that was worked out anew.
    fn shown(agenda: &Agenda) -> Vec<String> {
        let (day, now) = agenda.now();
        let told = |item: &&DueItem| item.rule.at_once.is_none() || !item.status(day).is_answered();
        let line = |item: &DueItem| {
            let (status, overdue) = (item.status(day), item.is_overdue(day, now));
            format!(
                "{} {:?} {} {status:?} {overdue} {:?} {:?} {:?}",
                item.rule.id,
                item.subject,
                item.due,
                item.urgency(now),
                item.begun_by(day),
                item.answers
            )
        };
        agenda.items().filter(told).map(line).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(worlds()))]

        #[test]
        fn what_is_kept_up_to_date_is_what_is_worked_out_anew(
            deeds in prop::collection::vec((deed(), any::<bool>()), 1..30)
        ) {
            let mut world = World::new();
            for (deed, look) in deeds {
                world.does(deed);
                if look {
                    prop_assert_eq!(world.kept(), world.anew(), "{:?}", deed);
                    let (kept, anew) = world.looks();
                    prop_assert_eq!(kept, anew, "rows and walk after {:?}", deed);
                }
            }
            prop_assert_eq!(world.kept(), world.anew());
            let (kept, anew) = world.looks();
            prop_assert_eq!(kept, anew);
        }
    }

    /// 40 worlds in every run, 1,000 in the long tier.
    fn worlds() -> u32 {
        if std::env::var("BUTLER_TEST_TIER").is_ok_and(|tier| tier == "full") { 1_000 } else { 40 }
    }

    #[test]
    fn what_was_answered_yesterday_comes_back_when_the_answer_is_taken_back() {
        let world = World::new();
        let other = world.homes[1];
        let about =
            |item: &DueItem| item.rule.id == "visit.planned" && item.subject != SubjectId::Record(other);
        let find =
            |_: &Reader<'_>, agenda: &Agenda| Ok(agenda.items().find(|item| about(item)).map(|item| item.id));
        let due = world.bench.butler.context.agenda(find).unwrap().unwrap();
        // Said at another door: nothing but the item itself tells what the contact answers.
        let now = world.bench.host.as_ref().now().millis();
        let edit = world.about(other).put("channel", "visit").put("at", now).put("outcome", "agreed");
        let contact = world.write(None, Kind::Contact, &edit.put("due", due.to_string()));
        assert_eq!(world.kept(), world.anew());
        world.bench.host.pass(86_400_000);
        assert_eq!(world.kept(), world.anew());
        world.write(Some(contact), Kind::Contact, &Edit::new().put("archived", true));
        assert_eq!(world.kept(), world.anew());
    }

    #[test]
    fn a_rainy_day_concerns_every_repair_of_seepage() {
        let mut world = World::new();
        world.order(Deed { what: 2, home: 0, value: 0 });
        world.order(Deed { what: 2, home: 1, value: 0 });
        world.bench.host.pass(86_400_000);
        let wet = |world: &World| {
            world.kept().iter().filter(|line| line.starts_with("follow-up.repair.seepage")).count()
        };
        assert_eq!(wet(&world), 0);
        let today = world.day(0);
        let rain = Edit::new()
            .put("place", unit().as_str())
            .put("form", "weather.rain-day")
            .put("field/date", today);
        world.write(None, Kind::Entry, &rain);
        assert_eq!(wet(&world), 2);
    }
}
