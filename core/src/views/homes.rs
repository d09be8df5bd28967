//! Homes and their people, found and shown.

use crate::commands::homes::Homes;
use crate::error::ButlerError;
use crate::model::{Kind, Location, Premises, Record, RecordId, Resident};
use crate::store::{ContactRow, Filter, Order, PremisesRow, Reader, RecordState, ResidentRow, WorkRow};

/// A home, whole, with what belongs to it.
#[derive(Debug, Clone)]
pub struct HomeDetails {
    /// The home as people say it ("3栋2单元501").
    pub title: String,
    /// Its fields.
    pub home: Premises,
    /// The paths of its contested fields.
    pub contested: Vec<String>,
    /// Whether the office has it all.
    pub state: RecordState,
    /// Its people.
    pub residents: Vec<ResidentRow>,
    /// Contacts about it, newest first, at most 50.
    pub contacts: Vec<ContactRow>,
    /// Its cases, newest first, at most 50.
    pub cases: Vec<WorkRow>,
}

impl Homes<'_> {
    /// Homes in walking order, a page at a time.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn list(&self, after: Option<RecordId>, limit: usize) -> Result<Vec<PremisesRow>, ButlerError> {
        // Not by kind: the table of homes holds nothing else, and asking would sort all of them anew.
        let filter = Filter { after, limit: limit.clamp(1, 100), ..Filter::default() };
        self.0.read(|reader| Ok(reader.premises(&filter, Order::Natural)?))
    }

    /// A home, whole.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`].
    pub fn details(&self, home: RecordId) -> Result<HomeDetails, ButlerError> {
        self.0.read(|reader| {
            let record = reader.record(home)?.filter(|record| record.kind == Kind::Premises);
            let record = record.ok_or(ButlerError::NotFound)?;
            let about = |kind| Filter { kind: Some(kind), about: Some(home), limit: 50, ..Filter::default() };
            Ok(HomeDetails {
                title: title(reader, &record)?,
                home: Premises::read(&record),
                contested: record.contested().map(|(path, _)| path.to_owned()).collect(),
                state: reader.record_state(home)?,
                residents: reader.residents_of(home)?,
                contacts: reader.contacts(&about(Kind::Contact))?,
                cases: reader.work(&about(Kind::Case), Order::Newest)?,
            })
        })
    }
}

/// What a record is called in a list: a home by its room, a person by name, everything else by what it is about.
pub(crate) fn title(reader: &Reader<'_>, record: &Record) -> Result<String, ButlerError> {
    Ok(match record.kind {
        Kind::Premises => {
            Premises::read(record).location().map(|location| location.display()).unwrap_or_default()
        }
        Kind::Resident => Resident::read(record).name.unwrap_or_default(),
        Kind::Case if record.text("title").is_some_and(|title| !title.is_empty()) => {
            record.text("title").unwrap_or_default().to_owned()
        }
        Kind::Contact | Kind::Round | Kind::Case | Kind::Entry => {
            let about = record.below("subject/").filter_map(|(id, _)| id.parse().ok()).next();
            about.map_or_else(|| Ok(String::new()), |about| title_of(reader, about))?
        }
    })
}

/// The same by id, from the rows of lists: no document is loaded for a home, a person, or a case with a title.
pub(crate) fn title_of(reader: &Reader<'_>, id: RecordId) -> Result<String, ButlerError> {
    if let Some(home) = reader.premises_row(id)? {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let location = Location::new(&part(&home.building), &part(&home.unit), &part(&home.room));
        return Ok(location.map(|location| location.display()).unwrap_or_default());
    }
    if let Some(person) = reader.resident_row(id)? {
        return Ok(person.name.unwrap_or_default());
    }
    if let Some(title) = reader.work_row(id)?.and_then(|work| work.title).filter(|title| !title.is_empty()) {
        return Ok(title);
    }
    match reader.record(id)? {
        // A record about a record about a record is nobody's title.
        Some(record) if record.kind == Kind::Case => title(reader, &record),
        _ => Ok(String::new()),
    }
}
