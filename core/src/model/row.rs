//! Rows of lists: the columns a store keeps beside a record, so that a page is shown without loading a document.

use super::fields::Type;
use super::{
    Kind, KindVersion, Lifecycle, Naming, PartId, PlaceId, Record, RecordId, Scalar, Shown, Timestamp,
};

/// What every record has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RecordRow {
    /// Unique id.
    pub id: RecordId,
    /// Kind of record.
    pub kind: Kind,
    /// Genesis version.
    pub version: KindVersion,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// Whether it is shown.
    pub lifecycle: Lifecycle,
    /// How many fields wait for a decision.
    pub conflicts: u32,
    /// Estimated office time of the change taken last.
    pub changed_at: Timestamp,
    /// No grid shows it any more; it is kept for what it still owes the office.
    pub hidden: bool,
    /// What a list that draws this row shows: goes back with the edit of a form over it.
    pub shown: Shown,
}

/// A column: the name of the field it holds, and what that field holds.
pub type Column = (&'static str, Type);

/// The columns of one stored row, in the order of its type's `COLUMNS`.
pub trait Cells {
    /// Why a column cannot be read.
    type Error;

    /// The next column; `None` when it is empty, or a newer app wrote something else there.
    ///
    /// # Errors
    /// Those of the store.
    fn next<T: Scalar>(&mut self) -> Result<Option<T>, Self::Error>;
}

/// A row of a list of one kind. Declared with the kind's fields, by [`super::typed::kind`].
pub trait Row: Sized {
    /// The kind it lists.
    const KIND: Kind;
    /// Its columns.
    const COLUMNS: &'static [Column];

    /// Reads the columns. What is not a column is left empty.
    ///
    /// # Errors
    /// Those of the store.
    fn read<C: Cells>(record: RecordRow, cells: &mut C) -> Result<Self, C::Error>;

    /// What every record has.
    fn record(&self) -> &RecordRow;

    /// The same, to be changed.
    fn record_mut(&mut self) -> &mut RecordRow;

    /// Empties what shows a field that `reads` does not allow.
    fn hide(&mut self, reads: impl Fn(&str) -> bool);

    /// Calls the words of lists as `name` does.
    fn name_words(&mut self, name: Naming<'_>);
}

/// A part of a record, read from the record or from a row of its own.
pub trait Part: Sized {
    /// The set it is a part of, such as `phone`.
    const SET: &'static str;
    /// Its fields.
    const COLUMNS: &'static [Column];

    /// Reads the part below its member (`phone/<id>/`).
    fn of(record: &Record, id: PartId, prefix: &str) -> Self;

    /// Reads the columns.
    ///
    /// # Errors
    /// Those of the store.
    fn read<C: Cells>(id: PartId, cells: &mut C) -> Result<Self, C::Error>;
}
