//! Homes and their people, found and shown.

use crate::areas::cases::CaseRow;
use crate::areas::homes::Homes;
use crate::context::Visibility;
use crate::error::ButlerError;
use crate::model::{ContactRow, Home, HomeRow, Kind, RecordId, ResidentRow, Shown};
use crate::store::{Filter, Order, RecordState};

/// A home, with what belongs to it, as far as the phone's owner may read.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct HomeDetails {
    /// The home as people say it ("3栋2单元501").
    pub title: String,
    /// Its fields.
    pub home: Home,
    /// The paths of its fields in conflict.
    pub conflicts: Vec<String>,
    /// What a screen shows that draws this: goes back with the edit of a form over it.
    pub shown: Shown,
    /// Whether the office has it all.
    pub state: RecordState,
    /// Its people.
    pub residents: Vec<ResidentRow>,
    /// Contacts about it, newest first, at most 50.
    pub contacts: Vec<ContactRow>,
    /// Its cases, newest first, at most 50.
    pub cases: Vec<CaseRow>,
}

impl Homes<'_> {
    /// Homes in walking order, a page at a time.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn list(&self, after: Option<RecordId>, limit: usize) -> Result<Vec<HomeRow>, ButlerError> {
        // Not by kind: the table of homes holds nothing else, and asking would sort all of them anew.
        let office = self.0.office()?;
        self.0.read(|reader| {
            Visibility::new(reader, &office)?.page(Kind::Home, after, limit.clamp(1, 100), |after, limit| {
                Ok(reader.home(&Filter { after, limit, ..Filter::default() }, Order::Natural)?)
            })
        })
    }

    /// A home, whole.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], also for a home the phone's owner may not read.
    pub fn details(&self, home: RecordId) -> Result<HomeDetails, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            let record = visibility.record(home)?.filter(|record| record.kind == Kind::Home);
            let record = record.ok_or(ButlerError::NotFound)?;
            let about = |kind| Filter { kind: Some(kind), about: Some(home), limit: 50, ..Filter::default() };
            let cases = visibility.rows(reader.work(&about(Kind::Case), Order::Newest)?)?;
            Ok(HomeDetails {
                title: visibility.title(&record)?,
                home: Home::read(&record),
                conflicts: record.conflicts().map(|(path, _)| path.to_owned()).collect(),
                shown: record.shown(),
                state: reader.record_state(home)?,
                residents: visibility.rows(reader.residents_of(home)?)?,
                contacts: visibility.rows(reader.contacts(&about(Kind::Contact))?)?,
                cases: cases.into_iter().map(|row| CaseRow::of(row, &office.playbooks)).collect(),
            })
        })
    }
}
