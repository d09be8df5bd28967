//! A form handed in: what the screen showed, and which form it is.
//!
//! Two things an edit cannot say by itself come from the screen. What it *showed* makes what came in between concurrent to
//! the edit instead of overwritten by it. *Which* form it is makes a second handing-in, by a double tap or after a timeout
//! of the app, a repeat that is answered with what the first made.

use std::ops::Deref;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Acting, Recorded};
use crate::butler::Butler;
use crate::commands::cases::Cases;
use crate::commands::contested::Contested;
use crate::commands::homes::Homes;
use crate::commands::records::Records;
use crate::commands::refused::Refused;
use crate::commands::registers::Registers;
use crate::commands::residents::Residents;
use crate::commands::rounds::Rounds;
use crate::commands::today::Today;
use crate::commands::visits::Visits;
use crate::error::ButlerError;
use crate::host::random;
use crate::model::{Shown, SubmissionId};
use crate::store::{Reader, Submitted, Tx};

/// One form, from when it opens until it is handed in. Plain data: kept with what was typed so far ([`Butler::drafts`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Which form; drawn when it opens. It is handed in by one call, however often that is repeated.
    pub id: SubmissionId,
    /// What the screen showed of the record the form changes; `None` for a form that begins something.
    pub shown: Option<Shown>,
}

/// The areas of a butler, for a form handed in: [`Butler::submitting`].
#[derive(Clone)]
pub struct Submitting<'b> {
    butler: &'b Butler,
    submission: Option<Submission>,
}

impl Deref for Submitting<'_> {
    type Target = Butler;

    fn deref(&self) -> &Butler {
        self.butler
    }
}

impl Butler {
    /// Opens a form: `shown` is what the screen shows of the record it changes, `None` when it begins something.
    ///
    /// # Errors
    /// [`ButlerError::Internal`] when the system has no randomness.
    pub fn submission(&self, shown: Option<Shown>) -> Result<Submission, ButlerError> {
        Ok(Submission { id: SubmissionId(random(self.host.as_ref())?), shown })
    }

    /// The verbs for a form that is handed in. Each answers a repeat, until 4,096 more forms were handed in, with what the
    /// first made, and writes to what the screen showed: what came in between is kept beside it.
    ///
    /// Without a form (`butler.homes()` …) a verb writes to the record as it is now and replaces what stands there, seen or
    /// not: that is for scripts and imports, not for screens.
    ///
    /// Every verb then has these errors too: [`ButlerError::AlreadySubmitted`] when the form was handed in before and said
    /// something else, and [`ButlerError::InvalidInput`] for `shown` when it is of another record, or of any while the verb
    /// begins one.
    #[must_use]
    pub const fn submitting(&self, submission: Submission) -> Submitting<'_> {
        self.handing_in(Some(submission))
    }

    /// The same with or without a form: for whoever keeps one beside the butler.
    #[must_use]
    pub const fn handing_in(&self, submission: Option<Submission>) -> Submitting<'_> {
        Submitting { butler: self, submission }
    }
}

macro_rules! areas {
    ($($(#[$doc:meta])* $area:ident: $type:ident,)+) => {
        impl Butler {
            $($(#[$doc])* #[must_use] pub const fn $area(&self) -> $type<'_> {
                $type(self.handing_in(None))
            })+
        }

        impl<'b> Submitting<'b> {
            $($(#[$doc])* #[must_use] pub fn $area(&self) -> $type<'b> {
                $type(self.clone())
            })+
        }
    };
}

areas! {
    /// Homes 房屋.
    homes: Homes,
    /// Residents 住户.
    residents: Residents,
    /// Contacts 沟通记录.
    visits: Visits,
    /// Rounds 巡视.
    rounds: Rounds,
    /// Cases 工单.
    cases: Cases,
    /// Registers 登记.
    registers: Registers,
    /// What is due 今日.
    today: Today,
    /// What is contested 待裁定.
    contested: Contested,
    /// What was refused 被拒绝.
    refused: Refused,
    /// Any record, by id.
    records: Records,
}

impl Submitting<'_> {
    /// Does what a form asks for, once: `verb` with what it was `given`, in one transaction.
    pub(crate) fn submit(
        &self,
        verb: &'static str,
        given: &impl Serialize,
        work: impl FnOnce(&Acting, &mut Tx<'_>) -> Result<Recorded, ButlerError>,
    ) -> Result<Recorded, ButlerError> {
        let Some(Submission { id, shown }) = &self.submission else { return self.butler.act(work) };
        let digest = digest(*id, verb, given)?;
        self.butler.act_as_shown(shown.clone(), |acting, tx| {
            if let Some(first) = first(tx, *id, digest)? {
                return Ok(first);
            }
            let made = work(acting, tx)?;
            let Recorded { record, edit, event, .. } = made;
            tx.put_submission(*id, &Submitted { digest, record, edit, event })?;
            // What was half filled in is whole now, in the same transaction.
            tx.end_draft(*id)?;
            Ok(made)
        })
    }

    /// What the form made, if this is a repeat: for a verb that must look at more than the store before it writes.
    pub(crate) fn made(
        &self,
        verb: &'static str,
        given: &impl Serialize,
    ) -> Result<Option<Recorded>, ButlerError> {
        let Some(Submission { id, .. }) = &self.submission else { return Ok(None) };
        let digest = digest(*id, verb, given)?;
        self.butler.read(|reader| first(reader, *id, digest))
    }
}

fn first(reader: &Reader<'_>, id: SubmissionId, digest: [u8; 32]) -> Result<Option<Recorded>, ButlerError> {
    match reader.submission(id)? {
        Some(made) if made.digest != digest => Err(ButlerError::AlreadySubmitted { record: made.record }),
        made => Ok(made.map(|made| Recorded::new(made.record, made.edit, made.event))),
    }
}

/// What a form says, as far as two handings-in must agree.
fn digest(id: SubmissionId, verb: &str, given: &impl Serialize) -> Result<[u8; 32], ButlerError> {
    let said =
        serde_json::to_vec(&(id, verb, given)).map_err(|_| ButlerError::Internal { code: "submission" })?;
    Ok(Sha256::digest(said).into())
}

#[cfg(test)]
mod tests;
