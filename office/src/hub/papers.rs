//! What is printed: slips filled from what the office has.

use std::collections::BTreeMap;
use std::sync::Arc;

use butler_core::context::field_words::Titles;
use butler_core::context::{OfficeTables, SlipAsked, number_of, slip_facts};
use butler_core::error::ButlerError;
use butler_core::host::Host;
use butler_core::model::{Entry, Home, Kind, Record, RecordId, Resident, StaffId, facts, order_letters};
use butler_core::playbook::paper::{FilledSlip, Paper, SlipFacts};
use butler_core::playbook::sum::{self, Booked, SumsOf};
use butler_core::playbook::{Language, course};
use butler_core::query::{IndexContext, MemoryIndex};

use super::error::OfficeError;
use super::metrics::{never, receipts};
use super::{Hub, document};
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
            let titles = Names(read);
            let booked = booked(read, &office, &record)?;
            let asked = SlipAsked { titles: &titles, issuer: who, now: host.now(), booked };
            let facts = slip_facts(&office, &record, &receipts, &asked).map_err(|_| unknown())?;
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

/// What the sums of a row of a register add up besides its own answers. Rows lie where the record they are about does: no
/// others are read.
fn booked(
    read: &dyn Read,
    office: &OfficeTables,
    record: &Record,
) -> Result<Option<Arc<Booked>>, OfficeError> {
    let form = course::form(&office.playbooks, record).filter(|form| sum::adds_rows(&form.fields));
    let Some((form, place)) = form.zip(facts::place(record)) else { return Ok(None) };
    let context = IndexContext::new(&office.directory, office.calendar.offset(), &*office.playbooks);
    let mut index = MemoryIndex::new(context);
    for row in read.records_at(&place)?.into_iter().filter(|row| row.kind == Kind::Entry) {
        let row = document::stored(read, &row)??.record();
        let place = Some(place.clone());
        index.insert(course::indexed(&office.playbooks, &office.calendar, &row, place, &BTreeMap::new()));
    }
    let row = SumsOf { row: Some(record.id), about: Entry::subjects(record) };
    Ok(never(sum::booked(&form.fields, &index, &[row])).into_iter().next())
}

/// What records are called at the office.
struct Names<'a>(&'a dyn Read);

impl Titles for Names<'_> {
    fn title_of(&self, id: RecordId) -> Result<String, ButlerError> {
        let record = load(self.0, id).ok().flatten();
        Ok(record.map(|record| called(&record)).unwrap_or_default())
    }

    fn kind_of(&self, id: RecordId) -> Result<Option<Kind>, ButlerError> {
        Ok(self.0.record(id).ok().flatten().map(|row| row.kind))
    }
}

fn called(record: &Record) -> String {
    match record.kind {
        Kind::Home => Home::read(record).location().map(|location| location.display()).unwrap_or_default(),
        Kind::Resident => Resident::read(record).name.unwrap_or_default(),
        _ => record.text("title").unwrap_or_default().to_owned(),
    }
}
