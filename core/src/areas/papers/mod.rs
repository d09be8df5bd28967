//! Papers 单据: slips filled from a case, a round or a row of a register, to be printed and handed over.

use crate::context::{AskedRow, Counting, OfficeTables, SlipAsked, Submitting, Visibility, slip_facts};
use crate::error::ButlerError;
use crate::model::{Record, RecordId};
use crate::playbook::paper::{FilledSlip, SlipFacts};
use crate::playbook::{Label, Language, course};
use crate::store::Reader;

/// What can be printed.
pub struct Papers<'b>(pub(crate) Submitting<'b>);

/// A slip that can be filled from a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PaperRow {
    /// Its template.
    pub id: String,
    /// What it is called.
    pub title: Label,
}

impl Papers<'_> {
    /// The slips a record can be handed out as now, as far as the phone's owner may read it.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], also for a record they may not open; [`ButlerError::NeedsNewerApp`] when its procedure
    /// is not known here yet.
    pub fn of(&self, id: RecordId) -> Result<Vec<PaperRow>, ButlerError> {
        self.filling(id, |_, office, record, facts| {
            let ready = office.playbooks.papers_ready(record, &facts);
            Ok(ready.map(|paper| PaperRow { id: paper.id.clone(), title: paper.title.clone() }).collect())
        })
    }

    /// A record as that slip; what was not answered yet stays free, to be written by hand.
    ///
    /// # Errors
    /// As [`Self::of`]; [`ButlerError::NotFound`] also for a slip the record cannot be handed out as now.
    pub fn fill(&self, id: RecordId, paper: &str, language: Language) -> Result<FilledSlip, ButlerError> {
        let device = self.0.host.now();
        self.filling(id, |reader, office, record, mut facts| {
            let playbooks = &office.playbooks;
            let found = playbooks.papers_ready(record, &facts).find(|template| template.id == paper);
            let found = found.ok_or(ButlerError::NotFound)?;
            let counting = Counting::new(reader, office, reader.time(device)?.now)?;
            found.count(record, &mut facts, playbooks.terms(), |month| counting.counter(month))?;
            Ok(found.fill(&facts, language))
        })
    }

    fn filling<T>(
        &self,
        id: RecordId,
        work: impl FnOnce(&Reader<'_>, &OfficeTables, &Record, SlipFacts) -> Result<T, ButlerError>,
    ) -> Result<T, ButlerError> {
        let office = self.0.office()?;
        let device = self.0.host.now();
        self.0.read(|reader| {
            let issuer = reader.identity()?.ok_or(ButlerError::NotEnrolled)?.staff;
            let titles = Visibility::new(reader, &office)?;
            let record = titles.record(id)?.ok_or(ButlerError::NotFound)?;
            let summed = course::summed(&office.playbooks, &record);
            let now = reader.time(device)?.now;
            let booked = office.booked_of_row(reader, summed, AskedRow::of(&record), now)?;
            let asked = SlipAsked { titles: &titles, issuer: &issuer, now, booked };
            let facts = slip_facts(&office, &record, &reader.receipts(id)?, &asked)?;
            work(reader, &office, &record, facts)
        })
    }
}

#[cfg(test)]
mod tests;
