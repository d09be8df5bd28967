//! A company's register, as it really keeps it, becomes homes, residents, places and grids.
//!
//! ```text
//! bytes ─ workbook    ─ table       ─ column        ─ spot          ─ plan          ─ compare      ─ office
//!         delimited     the tables    what each       what each       homes and       against        places, then
//!         cells of      of a sheet    column is,      row is: a       people, each    what is        one edit by the
//!         every sheet                 and why         home, more      value with      there: edits   import per
//!                                     (shape)         of the last,    its cell;       (household:    changed record
//!                                                     no home (join)  report          who is who)
//! ```
//!
//! Each stage is a file with its types and its tests at its foot:
//!
//! | stage | from → to |
//! |---|---|
//! | [`workbook`](self), `hidden`, `delimited` | bytes → [`Sheet`](cells)s: cells, merged regions, what is hidden or damaged |
//! | `table` | a sheet → tables: title rows, rows below, what sheet name and headings say |
//! | `shape`, `column` | a table → columns, each with what it was taken for, why, and what is unsure |
//! | `spot`, `join` | a table → what each row is; rows of another sheet by a number both have |
//! | `plan` | rows → [`ImportPlan`]: homes and people, the [`Report`] on every cell, the [`Proposal`] |
//! | `household`, `compare` | plan and office → [`Comparison`]: every edit, who was recognised by what, what is missing |
//! | `office` | comparison → the office's tables and records |
//!
//! What holds at every stage: a cell that cannot be read is no home; what is not taken is in the report with its cell; who
//! is who is decided by names, never by a number alone; what cannot be known is a [`Question`], and while one is open
//! nothing is applied.
//!
//! Beside a register, `spots` reads a table of places.
//!
//! [`read`] is pure: a plan can be printed. What a layout looks like is a [`Mapping`], a TOML file that
//! [`Proposal::to_toml`] writes; another company's register needs no code.

mod cells;
mod column;
mod compare;
mod convert;
mod delimited;
mod error;
mod hidden;
mod household;
mod join;
mod mapping;
mod names;
mod office;
mod plan;
mod proposal;
mod report;
mod shape;
mod spot;
mod spots;
mod table;
mod workbook;

pub use cells::CellRef;
pub use compare::{Authoring, Comparison, Elsewhere, Known, OwnerChange, Records, Rejected, RejectedBecause};
pub use error::{CellError, ImportError};
pub use household::Match;
pub use mapping::{
    Aim, FieldTarget, LocationPart, Mapping, MappingError, Remark, Rows, SheetFacts, Target, Unknown, Who,
};
pub use office::{ApplyError, apply, compare};
pub use plan::{ImportPlan, PlannedHome, PlannedResident, Stated};
pub use proposal::{Proposal, ProposedColumn, ProposedTable, Question};
pub use report::{Counts, Line, Report, Treatment, Why};
pub use spots::{SpotRow, SpotsError, read_spots};

use butler_core::model::CommunityId;
use butler_core::model::date::PartialDate;

/// What of an import takes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The file is read.
    Reading,
    /// Homes are compared with the office.
    Comparing,
    /// Edits are written.
    Writing,
}

/// Is told how far a stage is: so many of so many.
pub type Progress<'a> = &'a dyn Fn(Stage, usize, usize);

/// What a person decided about a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Choices {
    /// Apply although a quarter of the rows or more is left out.
    pub partial: bool,
    /// Put units into the grids the register says.
    pub moves: bool,
    /// End owners whose home was sold, as of then.
    pub owners_until: Option<PartialDate>,
}

/// Why a plan is not carried out yet. Cells and titles are named, never the content of a data cell.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotReady {
    /// Something has to be said first.
    #[error("{} 个问题还没有回答（--propose 写出映射文件，改好后用 --mapping）· questions are open:\n{}", .0.len(), .0.join("\n"))]
    Questions(
        /// The questions, in words.
        Vec<String>,
    ),
    /// A quarter of the rows or more is left out.
    #[error(
        "{lost} of {rows} rows would be left out: see the report, or say --partial · 有四分之一以上的行导入不了，请看报告；确认要导入其余的行，请加 --partial"
    )]
    TooMuchLost {
        /// Rows about homes or people.
        rows: usize,
        /// Of them, those nothing is taken from.
        lost: usize,
    },
}

impl ImportPlan {
    /// Whether the plan may be carried out.
    ///
    /// # Errors
    /// [`NotReady`] while a question is open or too much would be left out.
    pub fn ready(&self, choices: &Choices) -> Result<(), NotReady> {
        let open = |question: &&Question| match question {
            Question::Column { .. } => true,
            // Its rows are left out; whether the others are enough is for a person to say.
            Question::PlaceUnclear { .. } => !choices.partial,
        };
        let open: Vec<String> =
            self.proposal.questions.iter().filter(open).map(|question| format!("  {question}")).collect();
        if !open.is_empty() {
            return Err(NotReady::Questions(open));
        }
        if self.lost * 4 >= self.rows && self.lost > 0 && !choices.partial {
            return Err(NotReady::TooMuchLost { rows: self.rows, lost: self.lost });
        }
        Ok(())
    }
}

/// Reads a register. Nothing is changed; see [`compare`] and [`apply`].
///
/// # Errors
/// [`ImportError`] when the file cannot be read as a register at all. What is wrong with single cells is in the
/// plan's report, what a person has to say in its proposal.
pub fn read(bytes: &[u8], community: &CommunityId, mapping: &Mapping) -> Result<ImportPlan, ImportError> {
    plan::plan(community, &workbook::read(bytes)?, mapping)
}
