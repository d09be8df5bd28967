//! What is printed: slips filled from what the office has.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use butler_core::context::field_words::Titles;
use butler_core::context::{OfficeTables, SlipAsked, number_of, slip_facts};
use butler_core::error::ButlerError;
use butler_core::host::Host;
use butler_core::model::{
    Home, Kind, Record, RecordId, Resident, StaffId, Timestamp, facts, order_letters, subjects,
};
use butler_core::playbook::metric::MetricCounter;
use butler_core::playbook::paper::{FilledSlip, Paper, SlipFacts};
use butler_core::playbook::sum::{self, Booked, RowOf, SumsOf};
use butler_core::playbook::{Label, Language, course};
use butler_core::query::{IndexContext, MemoryIndex};

use super::error::OfficeError;
use super::metrics::{indexed, never, people, receipts};
use super::{Hub, InForce, document};
use crate::storage::{Read, Storage};

/// The slips a record can be handed out as now.
pub struct Papers {
    office: OfficeTables,
    record: Record,
    facts: SlipFacts,
}

impl Papers {
    /// Their templates.
    pub fn templates(&self) -> impl Iterator<Item = &Paper> {
        self.office.playbooks.papers_ready(&self.record, &self.facts)
    }

    /// One of them, filled.
    #[must_use]
    pub fn fill(&self, paper: &Paper, language: Language) -> FilledSlip {
        paper.fill(&self.facts, language)
    }
}

impl<S: Storage> Hub<S> {
    /// The slips of a case, a round or a row of a register, by its id or its number. They tell of homes and people, so
    /// that it is noted in the audit who had them.
    ///
    /// # Errors
    /// [`OfficeError::UnknownStaff`], [`OfficeError::UnknownRecord`]; the storage's.
    pub fn papers(&self, host: &dyn Host, who: &StaffId, which: &str) -> Result<Papers, OfficeError> {
        let papers = self.storage().read(|read| {
            let in_force = self.in_force(read)?;
            if !in_force.staff.contains_key(who) {
                return Err(OfficeError::UnknownStaff(who.clone()));
            }
            let playbooks = Arc::clone(self.playbooks(&in_force));
            let office = OfficeTables {
                directory: in_force.directory.clone(),
                calendar: playbooks.calendar(read.community()?.utc_offset_minutes),
                playbooks,
            };
            let unknown = || OfficeError::UnknownRecord(which.to_owned());
            let record = match which.parse() {
                Ok(id) => load(read, id)?,
                Err(_) => numbered(read, &office, which)?,
            };
            let record = record.ok_or_else(unknown)?;
            let receipts = receipts(read, &record)?;
            let booked = booked(read, &in_force, &office, &record, host.now())?;
            let titles = Names { read, office: &office, failed: RefCell::default() };
            let asked = SlipAsked { titles: &titles, issuer: who, now: host.now(), booked };
            let facts = slip_facts(&office, &record, &receipts, &asked);
            let mut facts = facts.map_err(|_| titles.failed.take().unwrap_or_else(unknown))?;
            count(read, &in_force, &office, &record, &mut facts, host.now())?;
            Ok(Papers { office, record, facts })
        })?;
        let about = serde_json::json!({ "record": papers.record.id });
        self.storage().write(|tx| tx.put_audit(host.now(), who.as_str(), "paper", &about.to_string()))?;
        Ok(papers)
    }
}

/// A record as the office has it.
fn load(read: &dyn Read, id: RecordId) -> Result<Option<Record>, OfficeError> {
    Ok(document::of(read, id)?.map(|document| document.record()))
}

/// The record of that number. Only what could have it is loaded.
fn numbered(read: &dyn Read, office: &OfficeTables, number: &str) -> Result<Option<Record>, OfficeError> {
    let number = number.to_uppercase();
    let tail = number.split_once('-').map_or("", |(_, tail)| tail);
    for place in office.directory.places.keys() {
        for row in read.records_at(place)? {
            if order_letters(row.id) != tail {
                continue;
            }
            let Some(record) = load(read, row.id)? else { continue };
            if number_of(office, &record).is_some_and(|own| own == number) {
                return Ok(Some(record));
            }
        }
    }
    Ok(None)
}

/// What the sums of a record add up besides its own answers. Rows lie where the record they are about does: to add them up
/// no others are read. What is counted, and a day's work, may lie anywhere.
fn booked(
    read: &dyn Read,
    in_force: &InForce,
    office: &OfficeTables,
    record: &Record,
    now: Timestamp,
) -> Result<Option<Arc<Booked>>, OfficeError> {
    let fields = course::summed(&office.playbooks, record);
    let Some(place) = facts::place(record).filter(|_| sum::looks_elsewhere(fields)) else { return Ok(None) };
    let telling = RowOf::of(record).filter(|_| sum::tells_of_days(fields));
    let index = if sum::counts(fields) || telling.is_some() {
        indexed(read, in_force, &office.playbooks, &office.calendar)?.0
    } else {
        let context = IndexContext::new(&office.directory, office.calendar.offset(), &*office.playbooks);
        let mut index = MemoryIndex::new(context);
        for row in read.records_at(&place)?.into_iter().filter(|row| row.kind == Kind::Entry) {
            let row = document::stored(read, &row)??.record();
            let place = Some(place.clone());
            index.insert(course::indexed(&office.playbooks, &office.calendar, &row, place, &BTreeMap::new()));
        }
        index
    };
    let row = SumsOf { row: Some(record.id), about: subjects(record) };
    let mut booked = never(sum::booked(fields, &index, &[row])).into_iter().next();
    if let (Some(booked), Some(row)) = (&mut booked, &telling) {
        let (playbooks, people) = (&office.playbooks, people(in_force));
        let counter = |days| MetricCounter::new(playbooks, &index, &office.calendar, &people, now, days);
        never(sum::count_days(fields, row, Arc::make_mut(booked), counter));
    }
    Ok(booked)
}

/// Counts what the slips of a row tell of its month. All records are read for it, so only where one does.
fn count(
    read: &dyn Read,
    in_force: &InForce,
    office: &OfficeTables,
    record: &Record,
    facts: &mut SlipFacts,
    now: Timestamp,
) -> Result<(), OfficeError> {
    let playbooks = &office.playbooks;
    let ready = playbooks.papers_ready(record, facts).filter(|paper| paper.metrics().next().is_some());
    let telling: Vec<&Paper> = ready.collect();
    if telling.is_empty() {
        return Ok(());
    }
    let (index, _) = indexed(read, in_force, playbooks, &office.calendar)?;
    let people = people(in_force);
    for paper in telling {
        let counter = |month| MetricCounter::new(playbooks, &index, &office.calendar, &people, now, month);
        never(paper.count(record, facts, playbooks.terms(), counter));
    }
    Ok(())
}

/// What records are called at the office.
struct Names<'a> {
    read: &'a dyn Read,
    office: &'a OfficeTables,
    /// Why one could not be read: core knows no error of an office.
    failed: RefCell<Option<OfficeError>>,
}

impl Names<'_> {
    fn known<T>(&self, found: Result<T, impl Into<OfficeError>>) -> Result<T, ButlerError> {
        found.map_err(|error| {
            self.failed.replace(Some(error.into()));
            ButlerError::Internal { code: "office".to_owned() }
        })
    }
}

impl Titles for Names<'_> {
    fn title_of(&self, id: RecordId) -> Result<Label, ButlerError> {
        let record = self.known(load(self.read, id))?;
        Ok(record.map(|record| called(self.office, &record)).unwrap_or_default())
    }

    fn kind_of(&self, id: RecordId) -> Result<Option<Kind>, ButlerError> {
        Ok(self.known(self.read.record(id))?.map(|row| row.kind))
    }
}

/// A home by its room, a person by name, a case by its title or what kind of case it is.
fn called(office: &OfficeTables, record: &Record) -> Label {
    match record.kind {
        Kind::Home => {
            let location = Home::location(record);
            Label::same(location.map(|location| location.display()).unwrap_or_default())
        }
        Kind::Resident => Label::same(Resident::read(record).name.unwrap_or_default()),
        _ => match record.text("title").filter(|title| !title.is_empty()) {
            Some(title) => Label::same(title),
            None => course::workflow(&office.playbooks, record)
                .map(|workflow| workflow.title.clone())
                .unwrap_or_default(),
        },
    }
}

#[cfg(test)]
mod tests {
    use butler_core::crdt::Document;
    use butler_core::model::{Edit, Event, EventId, Evidence, Timestamp};
    use butler_core::playbook::paper::SlipPart;
    use butler_core::sync::message::Verdict;

    use super::super::testing::*;
    use super::*;

    const ERRAND: &str = r#"
        kind = "workflow"
        id = "test.errand"
        title = { zh = "委托代办", en = "Errand" }
        subjects = ["home"]
        resolved_by = ["supervisor"]
        state = [{ id = "done", label = { zh = "办好了", en = "Done" }, end = true }]
        [[step]]
        id = "do"
        label = { zh = "代办", en = "Do" }
        opens = true
        to = "done"
        roles = ["butler"]
        [[step.field]]
        id = "before"
        label = { zh = "上次代办", en = "The one before" }
        type = "case"
    "#;
    const SLIP: &str = r#"
        kind = "paper"
        id = "test.errand-slip"
        title = { zh = "代办单", en = "Errand" }
        of = ["test.errand"]
        [[block]]
        table = ["$home", "before"]
    "#;
    const COMPANY: &str = r#"
        kind = "terms"
        id = "test.terms"
        title = { zh = "用语", en = "Words" }
        [term]
        "paper.company" = { zh = "金色家园物业服务中心", en = "Golden Garden services" }
    "#;
    const HOME: RecordId = RecordId([1; 16]);

    /// An errand without a title, of the home.
    fn errand(office: &Office, number: u8, before: Option<RecordId>) -> RecordId {
        let zhang = office.phone("zhang.li");
        let fields = before.map(|before| ("before".into(), before.to_string().into()));
        let event = Event {
            id: EventId([number; 16]),
            step: "do".into(),
            by: zhang.staff.clone(),
            role: role_id("butler"),
            device: zhang.key.device(),
            at: Timestamp::from_millis(5),
            offset: None,
            after: Vec::new(),
            note: String::new(),
            evidence: Evidence { fields: fields.into_iter().collect(), ..Evidence::default() },
            unknown: BTreeMap::new(),
        };
        let version = office.hub.playbooks.workflow(&"test.errand".into()).unwrap().version.to_string();
        let edit = Edit::new()
            .put("place", "b3/u1")
            .put("playbook", "test.errand")
            .put("version", version)
            .put(format!("subject/{HOME}"), true)
            .event(&event);
        let mut document = Document::genesis(RecordId([number; 16]), Kind::Case, Kind::VERSION).unwrap();
        let verdict = zhang.push_one(&zhang.write(&mut document, &edit));
        assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
        document.id()
    }

    fn printed(office: &Office, errand: RecordId) -> Result<Vec<String>, OfficeError> {
        let papers = office.hub.papers(&office.desk, &staff("zhang.li"), &errand.to_string())?;
        let slip = papers.fill(papers.templates().next().unwrap(), Language::En);
        let SlipPart::Table(rows) = &slip.parts[0] else { panic!("{:?}", slip.parts) };
        Ok(rows.iter().map(|(_, words)| words.clone()).collect())
    }

    fn with_home() -> Office {
        let office = Office::with_playbooks(&[(ERRAND, true), (SLIP, true), (COMPANY, true)]);
        let zhang = office.phone("zhang.li");
        let whole = founded("b3/u1").put("building", "3").put("unit", "1").put("room", "501");
        let verdict = zhang.push_one(&zhang.write(&mut home(1), &whole));
        assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
        office
    }

    #[test]
    fn a_case_without_a_title_is_called_by_what_kind_it_is() {
        let office = with_home();
        let first = errand(&office, 2, None);
        let second = errand(&office, 3, Some(first));
        assert_eq!(printed(&office, second).unwrap(), ["3栋1单元501", "Errand"]);
    }

    #[test]
    fn a_home_that_cannot_be_read_is_told_and_not_left_blank() {
        let office = with_home();
        let errand = errand(&office, 2, None);
        office.hub.storage().write(|tx| tx.put_snapshot(HOME, b"damaged")).unwrap();
        let failed = printed(&office, errand);
        assert!(matches!(failed, Err(OfficeError::Record(_))), "{failed:?}");
    }
}
