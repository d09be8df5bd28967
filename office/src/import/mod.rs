//! A company's register, as it really keeps it, becomes homes, residents, places and grids.
//!
//! ```text
//! bytes ─ workbook ─ header ─ plan ─────────────── compare ─────────── apply
//!         cells,     which    homes and people,    against what is     places, then one
//!         merged     column   every value with     there: edits and    edit by the import
//!         regions    is what  its cell; report     matches             per changed record
//! ```
//!
//! [`read`] is pure: a plan can be printed, and its [`Report`] says what became of every cell. What a layout looks
//! like is a [`Mapping`], a TOML file; another company's register needs no code.

mod compare;
mod convert;
mod error;
mod header;
mod mapping;
mod office;
mod plan;
mod report;
mod workbook;

pub use compare::{Authoring, Comparison, Elsewhere, Known, Match, Records, Rejected, RejectedBecause};
pub use error::{CellError, ImportError, UnknownColumn};
pub use mapping::{
    FieldTarget, LocationPart, Mapping, MappingError, Remark, Rows, SheetFacts, Target, Unknown,
};
pub use office::{apply, compare};
pub use plan::{ImportPlan, PlannedHome, PlannedResident, Stated};
pub use report::{Counts, Line, Report, Treatment, Why};
pub use workbook::CellRef;

use butler_core::model::CommunityId;

/// Reads a register. Nothing is changed; see [`compare`] and [`apply`].
///
/// # Errors
/// [`ImportError`] when the file cannot be read as a register at all. What is wrong with single cells is in the
/// plan's report.
pub fn read(bytes: &[u8], community: &CommunityId, mapping: &Mapping) -> Result<ImportPlan, ImportError> {
    plan::plan(community, &workbook::read(bytes)?, mapping)
}
