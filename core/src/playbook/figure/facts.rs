//! What figures ask of a store. Every question is about a set, so that a phone answers it with one indexed query.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::model::facts;
use crate::model::{Kind, PlaceId, PlaybookVersion, RecordId, StaffId, Timestamp, Value};
use crate::playbook::course::Course;
use crate::playbook::due;
use crate::playbook::rule::Filter;

/// What figures ask of a store, besides what is due.
pub trait Facts: due::Facts {
    /// The live records of a selection, by id.
    ///
    /// # Errors
    /// The store's own.
    fn select(&self, selection: &Selection) -> Result<Vec<Selected>, Self::Error>;

    /// How many live records of a selection belong to each place, and what their numbers add up to.
    ///
    /// # Errors
    /// The store's own.
    fn tally(&self, selection: &Selection) -> Result<BTreeMap<Option<PlaceId>, Tally>, Self::Error> {
        let mut tallies: BTreeMap<Option<PlaceId>, Tally> = BTreeMap::new();
        for row in self.select(selection)? {
            let tally = tallies.entry(row.place).or_default();
            tally.count += 1;
            tally.sum += i128::from(row.number.unwrap_or(0));
        }
        Ok(tallies)
    }

    /// The live cases of some workflows, by id, that were opened before `until` and were not over for good before
    /// `from`: something of them may have happened in between.
    ///
    /// # Errors
    /// The store's own.
    fn cases(
        &self,
        workflows: &BTreeSet<String>,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<CaseFact>, Self::Error>;

    /// The live contacts, rounds or rows of a register a question is about, by id.
    ///
    /// # Errors
    /// The store's own.
    fn records(&self, question: &Question) -> Result<Vec<RecordFact>, Self::Error>;
}

/// Which records.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// Their kind.
    pub kind: Kind,
    /// What their own fields must be.
    pub fields: Fields,
    /// What must refer to them.
    pub related: Vec<Related>,
    /// A whole number to read.
    pub number: Option<String>,
}

/// What fields of a record must be. Paths are indexed ones.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fields {
    /// Each has one of these values; without values: it is there.
    pub filters: Vec<Filter>,
    /// None has one of these values; without values: none is there.
    pub unless: Vec<Filter>,
    /// Each is a date in these bounds.
    pub dates: Vec<Bounds>,
}

impl Fields {
    /// Whether a record with these values of indexed fields is as it must be.
    #[must_use]
    pub fn hold(&self, values: &BTreeMap<String, Value>) -> bool {
        let fits = |filter: &Filter| filter.names(values.get(&filter.path));
        self.filters.iter().all(fits)
            && !self.unless.iter().any(fits)
            && self.dates.iter().all(|bounds| bounds.hold(values))
    }
}

impl Bounds {
    fn hold(&self, values: &BTreeMap<String, Value>) -> bool {
        let (from, to) = (self.from.to_string(), self.to.map(|to| to.to_string()));
        let within = |text: &str| from.as_str() <= text && to.as_deref().is_none_or(|to| text <= to);
        let at = values.iter().filter(|(path, _)| facts::matches(&self.path, path));
        at.filter_map(|(_, value)| value.as_text()).any(within)
    }
}

/// A date field within bounds, both included. Dates are compared as they are written, so that `2026-11` lies before
/// `2026-11-01`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// The field; `*` stands for one segment, any of which will do.
    pub path: String,
    /// From this day.
    pub from: NaiveDate,
    /// To this day.
    pub to: Option<NaiveDate>,
}

/// Some live record refers to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// Its kind.
    pub kind: Kind,
    /// The field that refers; `subject/*` for what it is about.
    pub through: String,
    /// What its own fields must be.
    pub fields: Fields,
}

/// A selected record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Which.
    pub record: RecordId,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// The number asked for.
    pub number: Option<i64>,
}

/// Selected records of one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// What their numbers add up to.
    pub sum: i128,
}

/// A case with its course.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseFact {
    /// The case.
    pub case: RecordId,
    /// Its workflow.
    pub workflow: String,
    /// The version it was opened under.
    pub version: PlaybookVersion,
    /// Where.
    pub place: Option<PlaceId>,
    /// The home it is about, or whose person it is about; else the first record it is about.
    pub about: Option<RecordId>,
    /// Its indexed fields.
    pub fields: BTreeMap<String, Value>,
    /// How it went.
    pub course: Course,
}

/// Which contacts, rounds or rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// `contact`, `round` or `entry`.
    pub kind: Kind,
    /// The checklists or forms; empty: any.
    pub named: Vec<String>,
    /// Made from here on …
    pub from: Timestamp,
    /// … and before.
    pub until: Timestamp,
    /// Instead: this date field in bounds.
    pub dated: Option<Bounds>,
    /// What their fields must be.
    pub fields: Fields,
    /// The indexed fields whose values are asked for; `*` stands for one segment.
    pub values: BTreeSet<String>,
    /// Whether it is asked what they are about.
    pub about: bool,
}

/// A contact, a round or a row of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordFact {
    /// Which.
    pub record: RecordId,
    /// The checklist of a round, the form of a row.
    pub named: Option<String>,
    /// The version it was made under.
    pub version: Option<PlaybookVersion>,
    /// Where.
    pub place: Option<PlaceId>,
    /// If asked for: the home it is about, or whose person it is about; else the first record it is about.
    pub about: Option<RecordId>,
    /// Who made it.
    pub by: Option<StaffId>,
    /// When it was made, in estimated office time.
    pub at: Timestamp,
    /// Its fields that were asked for.
    pub values: BTreeMap<String, Value>,
    /// Whether a round is complete; `true` for what has no course.
    pub complete: bool,
    /// Of a round: each item looked at, with how it came out.
    pub results: BTreeMap<String, Value>,
}
