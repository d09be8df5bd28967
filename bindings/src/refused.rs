//! What was refused 被拒绝.

use std::time::SystemTime;

use butler_core::store;
use butler_core::views::refused as views;

use crate::ids::{ChangeId, RecordId, out};
use crate::records::RecordKind;
use crate::values::{Label, Recorded, instant};
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
}

/// One edit that did not make it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
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
    /// Whether what was meant is still known, so that it can be sent again.
    pub resendable: bool,
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
            resendable: row.intent.is_some(),
            at: instant(row.at),
        }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// What is shown as refused, oldest first, until it is sent again or put away.
    pub fn refused_list(&self) -> Result<Vec<RefusedRow>, ButlerError> {
        Ok(out(self.butler.refused().list()?))
    }

    /// Sends a refused edit again as it was meant: the reason is gone, such as a role that was given back.
    pub fn refused_resend(&self, change: ChangeId) -> Result<Recorded, ButlerError> {
        let (refused, change) = (self.butler.refused(), change.try_into()?);
        let row = refused.list()?.into_iter().find(|row| row.change == change);
        let intent = row.and_then(|row| row.intent).ok_or(ButlerError::NotFound)?;
        Ok(refused.resend(change, &intent)?.into())
    }

    /// Puts a refused edit away: read, not needed any more.
    pub fn refused_dismiss(&self, change: ChangeId) -> Result<(), ButlerError> {
        Ok(self.butler.refused().dismiss(change.try_into()?)?)
    }
}
