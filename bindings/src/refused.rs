//! What was refused 被拒绝.

use std::time::SystemTime;

use butler_core::areas::refused as views;
use butler_core::context::labels::field_label;
use butler_core::model::{Edit, Kind, Op};
use butler_core::store;

use crate::ids::{ChangeId, PhotoId, RecordId, Shown, out};
use crate::records::RecordKind;
use crate::values::{Answer, Label, Recorded, count, instant};
use crate::{ButlerCore, ButlerError};

/// What became of an edit that did not make it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Fate {
    /// Its author may not do this.
    Refused,
    /// Malformed.
    Quarantined,
    /// Another change was accepted under its number.
    Forked,
    /// It builds on a refused one.
    Dependency,
    /// The office waits for something it builds on.
    Parked,
    /// The office did not judge it; it is handed in again by itself.
    Later,
}

/// What an edit does to one place of its record.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum Change {
    /// Writes a value.
    Write {
        /// The value.
        value: Answer,
    },
    /// Removes it.
    Clear,
    /// Replaces characters of a note.
    Splice {
        /// The first character.
        at: u32,
        /// How many are removed.
        delete: u32,
        /// What is put there.
        insert: String,
    },
}

/// One touch of an edit that was meant.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Touch {
    /// Where.
    pub path: String,
    /// What people call it.
    pub label: Label,
    /// What was to become of it.
    pub change: Change,
}

impl Touch {
    fn of(kind: Kind, op: Op) -> Self {
        let (path, change) = match op {
            Op::Put { path, value } => (path, Change::Write { value: value.into() }),
            Op::Clear { path } => (path, Change::Clear),
            Op::Splice { path, at, delete, insert } => {
                (path, Change::Splice { at: count(at), delete: count(delete), insert })
            }
        };
        Self { label: field_label(kind, &path).into(), path, change }
    }
}

impl From<Touch> for Op {
    fn from(touch: Touch) -> Self {
        let path = touch.path;
        match touch.change {
            Change::Write { value } => Self::Put { path, value: value.into() },
            Change::Clear => Self::Clear { path },
            Change::Splice { at, delete, insert } => {
                Self::Splice { path, at: at as usize, delete: delete as usize, insert }
            }
        }
    }
}

/// One edit that did not make it.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RefusedRow {
    /// Its change.
    pub change: ChangeId,
    /// The record it was meant for.
    pub record: RecordId,
    /// The record's kind.
    pub kind: RecordKind,
    /// The record as shown in a list; empty when it never came to be.
    pub subject: String,
    /// What became of it.
    pub fate: Fate,
    /// A stable code.
    pub code: String,
    /// The reason in words.
    pub reason: Label,
    /// The field the reason is about.
    pub path: Option<String>,
    /// What was meant, to be corrected and sent again; empty when it is not known any more.
    pub meant: Vec<Touch>,
    /// What a screen shows of the record beside it: goes back when it is sent again. Nothing when the record never came to
    /// be or may not be read.
    pub shown: Option<Shown>,
    /// When the verdict came.
    pub at: SystemTime,
}

impl From<store::Fate> for Fate {
    fn from(fate: store::Fate) -> Self {
        match fate {
            store::Fate::Refused => Self::Refused,
            store::Fate::Quarantined => Self::Quarantined,
            store::Fate::Forked => Self::Forked,
            store::Fate::Dependency => Self::Dependency,
            store::Fate::Parked => Self::Parked,
            store::Fate::Later => Self::Later,
        }
    }
}

impl From<views::RefusedRow> for RefusedRow {
    fn from(row: views::RefusedRow) -> Self {
        Self {
            change: row.change.into(),
            record: row.record.into(),
            kind: row.kind.into(),
            subject: row.subject,
            fate: row.fate.into(),
            code: row.code,
            reason: row.reason.into(),
            path: row.path,
            shown: row.shown.map(Shown::from),
            meant: row
                .intent
                .into_iter()
                .flat_map(|edit| edit.ops)
                .map(|op| Touch::of(row.kind, op))
                .collect(),
            at: instant(row.at),
        }
    }
}

/// One photo the office does not take.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RefusedPhoto {
    /// The photo; its bytes are on this phone.
    pub photo: PhotoId,
    /// The record it was taken for, which this phone may not show any more.
    pub record: RecordId,
    /// The reason in words.
    pub reason: Label,
}

impl From<views::RefusedPhoto> for RefusedPhoto {
    fn from(row: views::RefusedPhoto) -> Self {
        Self { photo: row.photo.into(), record: row.record.into(), reason: row.reason.into() }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// What is shown as refused, oldest first, until it is sent again or put away.
    pub fn refused_list(&self) -> Result<Vec<RefusedRow>, ButlerError> {
        Ok(out(self.butler.refused().list()?))
    }

    /// Sends a refused edit again: as it was meant when the reason is gone, such as a role that was given back, or
    /// corrected: the touches that are to be made, of those that were meant. `NotFound` for one that only waits (parked or
    /// not judged): it is handed in with every sync.
    #[uniffi::method(default(corrected = None))]
    pub fn refused_resend(
        &self,
        change: ChangeId,
        corrected: Option<Vec<Touch>>,
    ) -> Result<Recorded, ButlerError> {
        let (refused, change) = (self.form().refused(), change.try_into()?);
        let recorded = match corrected {
            Some(touches) => refused.resend(change, &Edit { ops: out(touches) }),
            None => refused.resend_as_meant(change),
        };
        Ok(recorded?.into())
    }

    /// Puts a refused edit away: read, not needed any more.
    pub fn refused_dismiss(&self, change: ChangeId) -> Result<(), ButlerError> {
        Ok(self.butler.refused().dismiss(change.try_into()?)?)
    }

    /// The photos the office does not take, because their record is none of this phone's any more.
    pub fn refused_photos(&self) -> Result<Vec<RefusedPhoto>, ButlerError> {
        Ok(out(self.butler.refused().photos()?))
    }

    /// Puts such a photo away; its bytes go with it, unless something else uses them.
    pub fn refused_photo_dismiss(&self, photo: PhotoId, record: RecordId) -> Result<(), ButlerError> {
        Ok(self.butler.refused().dismiss_photo(photo.try_into()?, record.try_into()?)?)
    }
}
