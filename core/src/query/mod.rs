//! The questions rules and metrics ask of records, said once: every question is about a set, so that a store answers it
//! with a few indexed queries however many records there are.
//!
//! | question | file |
//! |---|---|
//! | what is a subject, which values must it have | `subject.rs` |
//! | what do due rules ask | `due.rs` |
//! | which records refer to which | `related.rs` |
//! | what do metrics ask | `selection.rs` |
//! | how does a case or a round stand | `progress.rs` |
//! | what has an index to know besides records | `context.rs` |
//! | what is answered from records held in memory | `memory.rs` |
//!
//! A [`RecordIndex`] answers: the store's from SQLite on a phone, [`MemoryIndex`] from records in memory: at the office, in
//! tests, and of the few records an edit concerns. A property test holds them to the same answers.

mod context;
mod due;
mod memory;
mod progress;
mod related;
mod selection;
mod subject;

use std::collections::{BTreeMap, BTreeSet};

pub use context::{Forms, IndexContext};
pub use due::{
    AnswerOutcome, AnswerQuery, AnswerRow, ClockQuery, ClockRow, DateQuery, EachYearQuery, EntryQuery,
    EntryRow, FindingQuery, FindingRow, StepQuery, StepRow, SubjectQuery, SubjectRow,
};
pub use memory::{IndexedRecord, MemoryIndex};
pub use progress::{CountedFinding, CountedStep, DeadlineProgress, WorkProgress};
pub use related::{RelatedQuery, RelatedRow};
pub use selection::{
    ActivityQuery, ActivityRow, CaseQuery, CountedCase, DateBounds, FieldMatch, Relation, SelectedRow,
    Selection, Tally,
};
pub use subject::{FieldFilter, SubjectId, SubjectKind};

use crate::model::{DueId, GridId, PlaceId};

/// Records, looked up by what rules and metrics ask. Only live records are found.
///
/// # Errors
/// Every question fails only as the storage behind it fails ([`Self::Error`]).
pub trait RecordIndex {
    /// What can go wrong while asking.
    type Error;

    /// The subjects a query selects.
    fn subjects(&self, ask: &SubjectQuery<'_>) -> Result<Vec<SubjectRow>, Self::Error>;

    /// The places subjects of a query belong to, where that is known without asking for them at each; `only` is not looked at.
    fn places_of(&self, _ask: &SubjectQuery<'_>) -> Result<Option<BTreeSet<PlaceId>>, Self::Error> {
        Ok(None)
    }

    /// The steps a query selects, in the order they were made in.
    fn steps(&self, ask: &StepQuery<'_>) -> Result<Vec<StepRow>, Self::Error>;

    /// The deadlines a query selects, of cases in the grids that are worked in, by case and step.
    fn clocks(&self, ask: &ClockQuery<'_>) -> Result<Vec<ClockRow>, Self::Error>;

    /// The findings a query selects, of rounds in the grids that are worked in, by round and item.
    fn findings(&self, ask: &FindingQuery<'_>) -> Result<Vec<FindingRow>, Self::Error>;

    /// The records a query selects with what they refer to, by that and by record.
    fn related(&self, ask: &RelatedQuery<'_>) -> Result<Vec<RelatedRow>, Self::Error>;

    /// The rows of a register a query selects.
    fn entries(&self, ask: &EntryQuery<'_>) -> Result<Vec<EntryRow>, Self::Error>;

    /// The records that may answer something due: rounds and cases with what they amount to, contacts and entries as
    /// done.
    fn answers(&self, ask: &AnswerQuery<'_>) -> Result<Vec<AnswerRow>, Self::Error>;

    /// Every record that says it answers one of these: work begun or done, snoozes, skips.
    fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerRow>, Self::Error>;

    /// The records of a selection, by id.
    fn select(&self, selection: &Selection) -> Result<Vec<SelectedRow>, Self::Error>;

    /// How many records of a selection belong to each place, and what their numbers add up to. An index may count places that
    /// lie in the same grids as one of them.
    fn tally(&self, selection: &Selection) -> Result<BTreeMap<Option<PlaceId>, Tally>, Self::Error>;

    /// The cases a query selects, by id.
    fn cases(&self, ask: &CaseQuery<'_>) -> Result<Vec<CountedCase>, Self::Error>;

    /// The contacts, rounds or rows of registers a query selects, in no order.
    fn activities(&self, ask: &ActivityQuery) -> Result<Vec<ActivityRow>, Self::Error>;

    /// The grids a place lies in.
    fn grids_of(&self, place: &PlaceId) -> BTreeSet<GridId>;

    /// The places that lie in grids that are worked in, in walking order.
    fn places(&self) -> &[PlaceId];
}
