//! Metrics 指标: what the month looks like on this phone, and the records behind every number.

use crate::butler::Butler;
use crate::context::{Context, Counting, OfficeTables, Visibility};
use crate::error::ButlerError;
use crate::model::{MetricId, PlaceId};
use crate::playbook::metric::{
    GroupBy, Measure, MemberQuery, MetricCounter, MetricMember, MetricRow, MetricTarget, Month,
};
use crate::playbook::{ButlerIdentity, Label, Unit};
use crate::query::SubjectId;
use crate::store::{Reader, StoreIndex};

/// The metrics of a month.
pub struct Metrics<'b>(&'b Context);

impl Butler {
    /// Metrics 指标.
    #[must_use]
    pub const fn metrics(&self) -> Metrics<'_> {
        Metrics(&self.context)
    }
}

/// A metric there is.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct MetricInfo {
    /// Its id.
    pub metric: MetricId,
    /// What it is called.
    pub label: Label,
    /// What it means.
    pub means: Label,
    /// How it is to be read.
    pub measure: Measure,
    /// What its unit is called.
    pub unit: Option<Label>,
    /// What a butler is to customers by it; none where it counts something else.
    pub serves: Option<ButlerIdentity>,
    /// By what it may be grouped.
    pub by: Vec<GroupBy>,
    /// What the company aims at, where it says so.
    pub target: Option<MetricTarget>,
}

/// A page of what is behind a number.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct MetricRecords {
    /// All of it, so many.
    pub total: usize,
    /// The page, by day, without what may not be read.
    pub rows: Vec<MetricRecord>,
}

/// One of the records behind a number.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct MetricRecord {
    /// What it is, and why it counts.
    pub member: MetricMember,
    /// What it is about, as shown in a list ("3栋2单元501").
    pub subject: String,
    /// Who did it, by the name colleagues know.
    pub by_name: Option<String>,
}

impl Metrics<'_> {
    /// Every metric there is, in the order of a report.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn list(&self) -> Result<Vec<MetricInfo>, ButlerError> {
        let playbooks = self.0.playbooks()?;
        let terms = playbooks.terms();
        let info = playbooks.metrics().flat_map(|file| &file.metrics).map(|metric| MetricInfo {
            metric: metric.id.clone(),
            label: terms.label(&metric.term()),
            means: terms.get(&metric.term()).and_then(|term| term.means.clone()).unwrap_or_default(),
            measure: metric.measure(),
            unit: metric.unit.as_deref().and_then(|unit| terms.unit(unit)).map(Unit::label),
            serves: metric.serves.as_deref().and_then(|id| terms.identity(id)).cloned(),
            by: metric.by.clone(),
            target: metric.target(),
        });
        Ok(info.collect())
    }

    /// The metrics of a month, or one of them: each as a whole, then by group where it may be grouped so. They are about
    /// what this phone holds: the grids its owner works in.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] for an unknown metric, [`ButlerError::NotEnrolled`], and those of the store.
    pub fn month(
        &self,
        metric: Option<&MetricId>,
        month: Month,
        by: Option<GroupBy>,
    ) -> Result<Vec<MetricRow>, ButlerError> {
        self.counting(month, |counter, _, office| {
            if metric.is_some_and(|id| office.playbooks.metric(id).is_none()) {
                return Err(ButlerError::NotFound);
            }
            Ok(counter.count(metric, by)?)
        })
    }

    /// One metric as a whole over several months, the oldest first: what a chart draws. A month with nothing to count has its
    /// row without a value.
    ///
    /// # Errors
    /// As [`Self::month`].
    pub fn series(&self, metric: &MetricId, months: &[Month]) -> Result<Vec<MetricRow>, ButlerError> {
        let mut rows = Vec::new();
        for month in months {
            rows.extend(self.month(Some(metric), *month, None)?);
        }
        Ok(rows)
    }

    /// The records behind a number: of one group, or of all; of a share its part, or the whole. Those the phone's owner
    /// may not open, or of which they may not read what the metric looks at, count in the total, but are not on the page.
    ///
    /// # Errors
    /// As [`Self::month`].
    pub fn records(&self, month: Month, ask: &MemberQuery) -> Result<MetricRecords, ButlerError> {
        self.counting(month, |counter, reader, office| {
            let page = counter.members(ask)?.ok_or(ButlerError::NotFound)?;
            let visibility = Visibility::new(reader, office)?;
            let looks_at = office.playbooks.metric(&ask.metric).map(|(_, metric)| metric.looks_at());
            let looks_at = looks_at.unwrap_or_default();
            let mut rows = Vec::new();
            for member in page.members {
                let rights = visibility.rights(member.place.as_ref());
                if !looks_at.iter().all(|(kind, path)| rights.reads(*kind, path)) {
                    continue;
                }
                let about = match &member.about {
                    Some(SubjectId::Record(about)) => visibility.names(*about, None)?,
                    _ => true,
                };
                let record = member.record.map(|record| visibility.names(record, member.detail.as_deref()));
                if about && record.transpose()?.unwrap_or(true) {
                    rows.push(MetricRecord {
                        subject: subject(&visibility, office, &member)?,
                        by_name: member.by.as_ref().map(|by| office.name_of(by)),
                        member,
                    });
                }
            }
            Ok(MetricRecords { total: page.total, rows })
        })
    }

    fn counting<T>(
        &self,
        month: Month,
        work: impl FnOnce(
            &mut MetricCounter<'_, StoreIndex<'_>>,
            &Reader<'_>,
            &OfficeTables,
        ) -> Result<T, ButlerError>,
    ) -> Result<T, ButlerError> {
        let office = self.0.office()?;
        let device = self.0.host.now();
        self.0.read(|reader| {
            let counting = Counting::new(reader, &office, reader.time(device)?.now)?;
            work(&mut counting.counter(month), reader, &office)
        })
    }
}

/// What a member is about, in words.
fn subject(
    visibility: &Visibility<'_>,
    office: &OfficeTables,
    member: &MetricMember,
) -> Result<String, ButlerError> {
    let place = |id: &PlaceId| office.places.get(id).map(|place| place.name.clone());
    Ok(match &member.about {
        Some(SubjectId::Record(id)) => {
            let title = visibility.title_of(*id)?;
            if title.is_empty() { member.place.as_ref().and_then(place).unwrap_or_default() } else { title }
        }
        Some(SubjectId::Place(id)) => place(id).unwrap_or_default(),
        Some(SubjectId::Grid(id)) => office.grids.get(id).map(|grid| grid.name.clone()).unwrap_or_default(),
        Some(SubjectId::Community) | None => String::new(),
    })
}

#[cfg(test)]
mod tests {
    //! What is behind a number is shown to those who may read it. And random small worlds: the phone's indexes and the
    //! same records in memory give the same metrics, the same records behind them, and the same due items.

    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::areas::testing::in_memory;
    use crate::host::Host as _;
    use crate::model::SystemStep;
    use crate::model::choice::{Channel, Outcome};
    use crate::model::{
        ChecklistId, ContactEdit, Edit, Event, EventId, Evidence, FormId, Kind, PhotoId, RecordId, RoleId,
        Round, Timestamp, Value, WorkflowId,
    };
    use crate::playbook::case::{self, CaseState};
    use crate::playbook::due::{self, DueItem};
    use crate::playbook::form::{AnswerType, FormField};
    use crate::playbook::metric::{Fraction, MemberPage, People, Side};
    use crate::playbook::rule::{DueRule, Trigger};
    use crate::playbook::{Playbooks, course};
    use crate::query::RecordIndex;
    use crate::store::Filter;
    use crate::testing::{TestPhone, staff, unit};

    /// A record behind a number: which, what it is called, and what of it is told.
    type Told = (Option<RecordId>, String, Option<String>);

    /// What is behind a metric of this month: how many it counts, and those that are shown.
    fn behind(bench: &TestPhone, metric: &str, side: Side) -> (usize, Vec<Told>) {
        let month = Month::of(bench.butler.office().unwrap().date_of(bench.butler.now()));
        let ask = MemberQuery { metric: metric.into(), group: None, side, skip: 0, take: 100 };
        let behind = bench.butler.metrics().records(month, &ask).unwrap();
        let row = |row: MetricRecord| (row.member.record, row.subject, row.member.detail);
        (behind.total, behind.rows.into_iter().map(row).collect())
    }

    #[test]
    fn behind_a_number_are_only_records_that_may_be_opened() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish_with_clerk(&[], &["contact.*"]);
        let home = bench.home("501");
        let contact = ContactEdit {
            channel: Channel::VISIT.into(),
            purpose: "planned_visit".into(),
            outcome: Outcome::Agreed.into(),
            summary: "聊了聊".into(),
            ..ContactEdit::default()
        };
        let contact = bench.butler.contacts().record(&[home], contact, &[]).unwrap().record;
        let shown = || behind(&bench, "visits", Side::Whole);
        assert_eq!(shown(), (1, vec![(Some(contact), "1栋1单元501".to_owned(), None)]));
        bench.assign(&["environment"]);
        assert_eq!(shown(), (1, vec![]), "reads the home, and no contacts");
        bench.assign(&["clerk"]);
        assert_eq!(shown(), (1, vec![]), "reads contacts, and not the home it is about");
    }

    #[test]
    fn of_a_record_behind_a_number_only_what_may_be_read_is_told() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let edit = Edit::new().put("state", "occupied").put("layout", "三室").put("owner_state", "here");
        bench.butler.context.act(|author, tx| author.edit_unchecked(tx, home, Kind::Home, &edit)).unwrap();
        let told = || -> Vec<String> {
            let (_, rows) = behind(&bench, "coverage_data", Side::Part);
            rows.into_iter().filter_map(|(_, _, detail)| detail).collect()
        };
        assert_eq!(told(), ["layout", "owner_state"]);
        bench.publish_with_clerk(&[], &["home.origin", "home.state"]);
        bench.assign(&["clerk"]);
        assert_eq!(told(), ["owner_state"], "not that its layout is known");
    }

    #[test]
    fn whom_a_number_counts_is_shown_to_those_who_read_what_it_looks_at() {
        let bench = TestPhone::new(&["finance"]);
        let home = bench.home("501");
        let edit = Edit::new().put("state", "occupied").put("arrears", 120_000);
        bench.butler.context.act(|author, tx| author.edit_unchecked(tx, home, Kind::Home, &edit)).unwrap();
        let counted = |metric: &str| {
            let (total, rows) = behind(&bench, metric, Side::Whole);
            (total, rows.len())
        };
        assert_eq!((counted("arrears"), counted("collection_rate")), ((1, 1), (1, 1)));
        bench.assign(&["quality"]);
        assert_eq!((counted("arrears"), counted("collection_rate")), ((1, 0), (1, 0)), "reads no finances");
        assert_eq!(counted("coverage_data"), (5, 5), "reads states");
        bench.publish_with_clerk(&[], &["home.origin", "home.state", "contact.*"]);
        bench.assign(&["clerk"]);
        assert_eq!(counted("coverage_contact"), (1, 0), "reads nothing of people");
        bench.assign(&["environment"]);
        assert_eq!(counted("coverage_data"), (5, 0), "reads no states");
    }

    /// Decides everything that happens.
    struct Tape(u64);

    impl Tape {
        fn pick(&mut self, below: usize) -> usize {
            // SplitMix64: one seed makes one world.
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut drawn = self.0;
            drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            usize::try_from((drawn ^ (drawn >> 31)) % below.max(1) as u64).unwrap()
        }

        fn of<T: Clone>(&mut self, all: &[T]) -> T {
            all[self.pick(all.len())].clone()
        }
    }

    struct World {
        bench: TestPhone,
        tape: Tape,
        homes: Vec<RecordId>,
        people: Vec<RecordId>,
        all: Vec<(RecordId, Kind)>,
    }

    impl World {
        fn new(seed: u64) -> Self {
            let bench = TestPhone::new(&["butler", "supervisor", "front_desk"]);
            let homes: Vec<RecordId> = ["501", "502", "601", "602"].map(|room| bench.home(room)).to_vec();
            let all = homes.iter().map(|home| (*home, Kind::Home)).collect();
            Self { bench, tape: Tape(seed), homes, people: Vec::new(), all }
        }

        fn write(&mut self, id: Option<RecordId>, kind: Kind, edit: &Edit) -> RecordId {
            let written = self.bench.butler.context.act(|author, tx| {
                let id = id.map_or_else(|| author.new_record(), Ok)?;
                author.edit_unchecked(tx, id, kind, edit)?;
                Ok(id)
            });
            let written = written.unwrap();
            if !self.all.contains(&(written, kind)) {
                self.all.push((written, kind));
            }
            written
        }

        fn day(&mut self) -> String {
            let today = self.bench.butler.office().unwrap().date_of(self.bench.host.as_ref().now());
            let back = [0, 1, 5, 30, 100, 178, 179, 180, 181, 400][self.tape.pick(10)];
            (today + chrono::Days::new(3) - chrono::Days::new(back)).to_string()
        }

        fn about(&mut self) -> Edit {
            let place = ["jinse/1/1", "jinse/grid-1"][self.tape.pick(2)];
            let edit = Edit::new().put("place", place);
            let about = match self.tape.pick(4) {
                0 => return edit,
                1 if !self.people.is_empty() => self.tape.of(&self.people.clone()),
                _ => self.tape.of(&self.homes.clone()),
            };
            edit.put(format!("subject/{about}"), true)
        }

        fn answers(&mut self, fields: &[FormField]) -> Evidence {
            let mut evidence = Evidence::default();
            for field in fields {
                if self.tape.pick(8) == 0 {
                    continue;
                }
                let value = match field.answer {
                    AnswerType::Photo | AnswerType::Signature => {
                        evidence.photos.insert(field.id.clone(), vec![PhotoId([7; 32])]);
                        continue;
                    }
                    AnswerType::Choice | AnswerType::MultiChoice if !field.options.is_empty() => {
                        self.tape.of(&field.options).id.into()
                    }
                    AnswerType::Score => (self.tape.pick(5) as i64 + 1).into(),
                    AnswerType::Money => (self.tape.pick(900) as i64).into(),
                    AnswerType::Number => {
                        [Value::Int(self.tape.pick(40) as i64), Value::Real(2.5), Value::Real(3.0)]
                            [self.tape.pick(3)]
                        .clone()
                    }
                    AnswerType::Flag => (self.tape.pick(2) == 0).into(),
                    AnswerType::Date => self.day().into(),
                    AnswerType::Moment => self.bench.host.as_ref().now().millis().into(),
                    AnswerType::Staff => "zhang.li".into(),
                    _ => Value::from(
                        ["客户说明", "very long words that nobody compares, far beyond any index there is"]
                            [self.tape.pick(2)],
                    ),
                };
                evidence.fields.insert(field.id.clone(), value);
            }
            evidence
        }

        fn event(&mut self, step: &str, after: Vec<EventId>, evidence: Evidence) -> Event {
            let mut id = [0; 16];
            self.bench.host.fill_random(&mut id).unwrap();
            Event {
                id: EventId(id),
                step: step.into(),
                by: staff("zhang.li"),
                role: RoleId::new("butler").unwrap(),
                device: self
                    .bench
                    .butler
                    .context
                    .read(|reader| Ok(reader.identity()?))
                    .unwrap()
                    .unwrap()
                    .device,
                at: self.bench.host.as_ref().now(),
                offset: None,
                after,
                note: String::new(),
                evidence,
                unknown: Default::default(),
            }
        }

        fn pass(&mut self) {
            let minutes = [5, 90, 60 * 7, 60 * 26, 60 * 24 * 6][self.tape.pick(5)];
            self.bench.host.pass(minutes * 60_000);
        }

        /// A case of a workflow the metrics look at, led on by whoever may.
        fn case(&mut self, playbooks: &Playbooks, workflows: &[WorkflowId]) {
            let workflow = playbooks.workflow(&self.tape.of(workflows)).unwrap();
            let roles: Vec<RoleId> = playbooks.roles().roles.iter().map(|role| role.id.clone()).collect();
            let mut edit = self.about().put("playbook", workflow.id.as_str());
            edit = edit.put("version", workflow.version.to_string());
            if self.tape.pick(3) == 0 {
                edit = edit.put("port", "order");
            }
            let id = self.write(None, Kind::Case, &edit);
            for _ in 0..self.tape.pick(12) + 2 {
                let record =
                    self.bench.butler.context.read(|reader| Ok(reader.record(id)?)).unwrap().unwrap();
                let state: CaseState = course::state(workflow, &record, &BTreeMap::new());
                let reopens = state.ended && workflow.reopen.is_some() && self.tape.pick(2) == 0;
                let mut possible = case::next_steps(workflow, &state, &roles);
                possible.retain(|next| next.why_not.is_none());
                let (step, fields) = if reopens {
                    (SystemStep::Reopen.into(), Vec::new())
                } else if possible.is_empty() {
                    break;
                } else {
                    let step = possible[self.tape.pick(possible.len())].step;
                    (step.id.clone(), step.fields.clone())
                };
                // Now and then somebody who had not seen the last step.
                let mut after = state.heads();
                if self.tape.pick(5) == 0 {
                    after.clear();
                }
                let evidence = self.answers(&fields);
                let event = self.event(step.as_str(), after, evidence);
                self.write(Some(id), Kind::Case, &Edit::new().put(event.path(), event.encode()));
                self.pass();
            }
        }

        fn round(&mut self, playbooks: &Playbooks, checklists: &[ChecklistId]) {
            let list = playbooks.checklist(&self.tape.of(checklists)).unwrap();
            let today = self.bench.butler.office().unwrap().date_of(self.bench.host.as_ref().now());
            let mut edit = self.about().put("playbook", list.id.as_str());
            edit = edit.put("version", list.version.to_string()).put("planned_on", today.to_string());
            let whole = self.tape.pick(2) == 0;
            for point in &list.points {
                if !whole && self.tape.pick(3) == 0 {
                    continue;
                }
                let mut seen = Evidence::default();
                seen.fields.insert("scan".into(), "qr:1".into());
                let check_in = self.event(&point.id, Vec::new(), seen);
                edit = edit.put(Round::check_in_path(&check_in), check_in.encode());
                for item in &point.items {
                    let mut fields = self.answers(std::slice::from_ref(item));
                    fields.photos.insert(item.id.clone(), vec![PhotoId([7; 32])]);
                    let result = self.event(item.id.as_str(), Vec::new(), fields);
                    edit = edit.put(Round::result_path(&result), result.encode());
                }
                self.bench.host.pass(90_000);
            }
            self.write(None, Kind::Round, &edit);
        }

        fn does(&mut self, playbooks: &Playbooks, named: &Named) {
            match self.tape.pick(9) {
                0 => {
                    let home = self.tape.of(&self.homes.clone());
                    let state = self.tape.of(&[
                        "occupied",
                        "rented_out",
                        "vacant",
                        "renovating",
                        "under_construction",
                    ]);
                    let edit = Edit::new()
                        .put("state", state)
                        .put("paid_until", self.day())
                        .put("arrears", self.tape.pick(5000) as i64)
                        .put("handed_over", ["2026", "2025-11", "2026-08-22"][self.tape.pick(3)])
                        .put("moved_in", self.day())
                        .put("key_held", self.tape.pick(2) == 0);
                    self.write(Some(home), Kind::Home, &edit);
                }
                1 => {
                    let home = self.tape.of(&self.homes.clone());
                    let part = "phone/0102030405060708090a0b0c0d0e0f10";
                    let mut edit = Edit::new().put("place", unit().as_str()).put("home", home.to_string());
                    edit = edit.put("role", self.tape.of(&["owner", "tenant", "family"]));
                    edit = edit.put("wechat_linked", self.tape.pick(2) == 0).put(part, true);
                    edit = edit.put(format!("{part}/verified"), self.day());
                    if self.tape.pick(3) == 0 {
                        let second = "phone/1102030405060708090a0b0c0d0e0f10";
                        edit = edit.put(second, true).put(format!("{second}/verified"), self.day());
                    }
                    edit = edit.put("birthday", format!("19{}", &self.day()[2..]));
                    edit = edit.put("birthday_lunar", self.tape.pick(2) == 0);
                    edit = edit.put("no_visits", self.tape.pick(3) == 0);
                    if self.tape.pick(4) == 0 {
                        edit = edit.put("until", "2026-10");
                    }
                    let person = self.write(None, Kind::Resident, &edit);
                    self.people.push(person);
                }
                2 | 3 => self.case(playbooks, &named.workflows),
                4 => self.round(playbooks, &named.checklists),
                5 | 6 => {
                    let mut edit = self.about().put("by", self.tape.of(&["zhang.li", "he.fang"]));
                    edit = edit.put("channel", self.tape.of(&["visit", "phone"]));
                    edit = edit.put("outcome", self.tape.of(&["agreed", "not_reached"]));
                    edit = edit.put("purpose", self.tape.of(&["care", "planned_visit"]));
                    edit = edit.put("at", self.bench.host.as_ref().now().millis());
                    edit = edit.put("opportunity", self.tape.pick(2) == 0);
                    edit = edit.put("satisfaction", self.tape.pick(5) as i64 + 1);
                    self.write(None, Kind::Contact, &edit);
                }
                7 => {
                    let form = playbooks.form(&self.tape.of(&named.forms)).unwrap();
                    let mut edit = self.about().put("form", form.id.as_str());
                    edit = edit.put("version", form.version.to_string());
                    for (name, value) in self.answers(&form.fields).fields {
                        edit = edit.put(format!("field/{name}"), value);
                    }
                    self.write(None, Kind::Entry, &edit);
                }
                _ => {
                    let (id, kind) = self.tape.of(&self.all.clone());
                    let archived = self.tape.pick(3) > 0;
                    if kind != Kind::Home {
                        self.write(Some(id), kind, &Edit::new().put("archived", archived));
                    }
                }
            }
            self.pass();
        }
    }

    /// What the metrics and rules of the set name.
    struct Named {
        workflows: Vec<WorkflowId>,
        checklists: Vec<ChecklistId>,
        forms: Vec<FormId>,
    }

    impl Named {
        fn of(playbooks: &Playbooks) -> Self {
            use crate::playbook::metric::MetricSource;
            let mut named = Self { workflows: Vec::new(), checklists: Vec::new(), forms: Vec::new() };
            for metric in playbooks.metrics().flat_map(|file| &file.metrics) {
                named.workflows.extend(metric.of.workflows().iter().cloned());
                if let MetricSource::Findings { checklists, .. } = &metric.of {
                    named.checklists.extend(checklists.clone());
                }
            }
            named.checklists.extend(playbooks.checklists().map(|list| list.id.clone()).take(12));
            let entries = playbooks.forms().filter(|form| form.record == Kind::Entry);
            named.forms.extend(entries.map(|form| form.id.clone()));
            named
        }
    }

    type Numbers = (Vec<MetricRow>, Vec<Option<MemberPage>>, Vec<String>);

    fn numbers<I: RecordIndex>(
        index: &I,
        office: &OfficeTables,
        now: Timestamp,
        month: Month,
        by: Option<GroupBy>,
    ) -> Numbers
    where
        I::Error: std::fmt::Debug,
    {
        let people = People {
            grids: office.grids.iter().collect(),
            staff: &office.staff,
            assignments: &office.assignments,
        };
        let (playbooks, calendar) = (&office.playbooks, &office.calendar);
        let mut counter = MetricCounter::new(playbooks, index, calendar, &people, now, month);
        let rows = counter.count(None, by).unwrap();
        let behind = rows.iter().flat_map(|row| {
            [Side::Part, Side::Whole].map(|side| {
                let mut counter = MetricCounter::new(playbooks, index, calendar, &people, now, month);
                let (metric, group) = (row.metric.clone(), row.group.clone());
                let ask = MemberQuery { metric, group, side, skip: 0, take: 500 };
                let behind = counter.members(&ask).unwrap();
                agrees(row, side, behind.as_ref().map(|behind| behind.total));
                behind
            })
        });
        let behind = if by.is_none() || by == Some(GroupBy::Grid) { behind.collect() } else { Vec::new() };
        let items = due::evaluate(playbooks, index, calendar, now).unwrap();
        (rows, behind, told(&items, calendar.date_of(now)))
    }

    /// What one person did in a grid today, by every metric.
    fn work_of_today<I: RecordIndex>(
        index: &I,
        office: &OfficeTables,
        now: Timestamp,
    ) -> BTreeMap<MetricId, Fraction>
    where
        I::Error: std::fmt::Debug,
    {
        let people = People {
            grids: office.grids.iter().collect(),
            staff: &office.staff,
            assignments: &office.assignments,
        };
        let (playbooks, calendar) = (&office.playbooks, &office.calendar);
        let today = calendar.date_of(now);
        let mut counter = MetricCounter::new(playbooks, index, calendar, &people, now, today);
        let all = playbooks.metrics().flat_map(|file| &file.metrics).map(|metric| &metric.id).collect();
        counter.work_of(&all, &staff("zhang.li"), &"jinse/grid-1".parse().unwrap()).unwrap()
    }

    /// Due items as lines.
    fn told(items: &[DueItem], today: chrono::NaiveDate) -> Vec<String> {
        let line = |item: &DueItem| {
            format!(
                "{} {:?} {} {:?} {:?}",
                item.rule.id,
                item.subject,
                item.due,
                item.status(today),
                item.answers
            )
        };
        items.iter().map(line).collect()
    }

    /// What is shown at once.
    fn first<I: RecordIndex>(index: &I, office: &OfficeTables, now: Timestamp) -> Vec<String>
    where
        I::Error: std::fmt::Debug,
    {
        let (playbooks, calendar) = (&office.playbooks, &office.calendar);
        let items =
            due::evaluate_some(playbooks, index, calendar, now, due::Extent::Shown, |_| true).unwrap();
        let mut told = told(&items, calendar.date_of(now));
        told.sort();
        told
    }

    /// Of dates only those are asked for that matter: what they bring in a month is what they bring on each of its days.
    fn by_days<I: RecordIndex>(index: &I, office: &OfficeTables, month: Month)
    where
        I::Error: std::fmt::Debug,
    {
        let (playbooks, calendar) = (&office.playbooks, &office.calendar);
        let of = |first, last| {
            let of_dates = |rule: &DueRule| matches!(rule.when, Trigger::AfterDate(_));
            let items = due::within(playbooks, index, calendar, (first, last), of_dates).unwrap();
            items.into_iter().map(|item| (item.rule.id.clone(), item.id, item.due))
        };
        let mut whole: Vec<_> = of(month.first(), month.last()).collect();
        let days = month.first().iter_days().take_while(|day| *day <= month.last());
        let mut each: Vec<_> = days.flat_map(|day| of(day, day)).collect();
        whole.sort();
        each.sort();
        assert_eq!(whole, each);
    }

    /// What is due about one record.
    fn about<I: RecordIndex>(
        index: &I,
        office: &OfficeTables,
        now: Timestamp,
        record: &BTreeSet<RecordId>,
    ) -> Vec<String>
    where
        I::Error: std::fmt::Debug,
    {
        let (playbooks, calendar, extent) = (&office.playbooks, &office.calendar, due::Extent::About(record));
        let items = due::evaluate_some(playbooks, index, calendar, now, extent, |_| true).unwrap();
        let mut told = told(&items, calendar.date_of(now));
        told.sort();
        told
    }

    /// A number is what its records add up to.
    fn agrees(row: &MetricRow, side: Side, total: Option<usize>) {
        let total = total.unwrap() as i64;
        match (row.measure, side, row.value) {
            (Measure::Share, Side::Part, Some(value)) => assert_eq!(value.part, total, "{}", row.metric),
            (Measure::Share, Side::Whole, Some(value)) => assert_eq!(value.whole, total, "{}", row.metric),
            (Measure::Count, _, value) => {
                assert_eq!(value.map(|value| value.part), Some(total), "{}", row.metric);
            }
            (Measure::Average | Measure::Median, _, None) | (Measure::Share, _, None) => {
                assert_eq!(total, 0, "{}", row.metric);
            }
            (Measure::Sum | Measure::Average | Measure::Median, _, _) => {
                assert_eq!(row.members as i64, total, "{}", row.metric);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_phones_indexes_and_records_in_memory_give_the_same(
            seed in any::<u64>(), deeds in 5..50_usize
        ) {
            let mut world = World::new(seed);
            let office = world.bench.butler.office().unwrap();
            let named = Named::of(&office.playbooks);
            for _ in 0..deeds {
                world.does(&office.playbooks, &named);
            }
            let now = world.bench.host.as_ref().now();
            world.bench.butler.context.read(|reader| {
                let everything = Filter { archived: true, ..Filter::default() };
                let (memory, _) = in_memory(reader, &office, &everything);
                let phone = office.index(reader, office.grids_for(&staff("zhang.li")));
                let today = office.calendar.date_of(now);
                for month in [Month::of(today), Month::of(today - chrono::Months::new(1))] {
                    for by in [None, Some(GroupBy::Grid), Some(GroupBy::Butler), Some(GroupBy::Port)] {
                        let (rows, behind, items) = numbers(&phone, &office, now, month, by);
                        let expected = numbers(&memory, &office, now, month, by);
                        for (row, expected) in rows.iter().zip(&expected.0) {
                            assert_eq!(row, expected);
                        }
                        assert_eq!(rows.len(), expected.0.len());
                        let differs = behind.iter().zip(&expected.1).find(|(one, other)| one != other);
                        assert_eq!((differs, behind.len()), (None, expected.1.len()));
                        let differs = items.iter().zip(&expected.2).find(|(one, other)| one != other);
                        assert_eq!((differs, items.len()), (None, expected.2.len()));
                    }
                    by_days(&phone, &office, month);
                }
                assert_eq!(first(&phone, &office, now), first(&memory, &office, now));
                assert_eq!(work_of_today(&phone, &office, now), work_of_today(&memory, &office, now));
                for (record, _) in &world.all {
                    let record = BTreeSet::from([*record]);
                    let expected = about(&memory, &office, now, &record);
                    assert_eq!(about(&phone, &office, now, &record), expected, "by statements");
                    let near = office.index(reader, office.grids_for(&staff("zhang.li"))).at_hand(&record);
                    assert_eq!(about(&near, &office, now, &record), expected, "at hand");
                }
                Ok(())
            }).unwrap();
        }
    }
}
