//! A form handed in: what the screen showed, and which form it is.
//!
//! Two things an edit cannot say by itself come from the screen. What it *showed* makes what came in between concurrent to
//! the edit instead of overwritten by it. *Which* form it is makes a second handing-in, by a double tap or after a timeout
//! of the app, a repeat that is answered with what the first made.

use std::ops::Deref;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Context;
use super::{Author, Recorded};
use crate::error::ButlerError;
use crate::host::{Host, random};
use crate::model::{Shown, SubmissionId};
use crate::store::{Reader, Submitted, Tx};

/// One form, from when it opens until it is handed in. Plain data: kept with what was typed so far ([`Butler::drafts`]).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Submission {
    /// Which form; drawn when it opens. It is handed in by one call, however often that is repeated.
    pub id: SubmissionId,
    /// What the screen showed of the record the form changes; `None` for a form that begins something.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub shown: Option<Shown>,
}

/// The areas of a butler, for a form handed in: [`crate::Butler::submitting`].
#[derive(Clone)]
pub struct Submitting<'b> {
    context: &'b Context,
    submission: Option<Submission>,
}

impl Submission {
    /// Opens a form over what the screen shows.
    pub(crate) fn open(host: &dyn Host, shown: Option<Shown>) -> Result<Self, ButlerError> {
        Ok(Self { id: SubmissionId(random(host)?), shown })
    }
}

impl<'b> Submitting<'b> {
    pub(crate) const fn new(context: &'b Context, submission: Option<Submission>) -> Self {
        Self { context, submission }
    }
}

impl Deref for Submitting<'_> {
    type Target = Context;

    fn deref(&self) -> &Context {
        self.context
    }
}

impl Submitting<'_> {
    /// Does what a form asks for, once: `verb` with what it was `given`, in one transaction.
    pub(crate) fn submit(
        &self,
        verb: &'static str,
        given: &impl Serialize,
        work: impl FnOnce(&Author, &mut Tx<'_>) -> Result<Recorded, ButlerError>,
    ) -> Result<Recorded, ButlerError> {
        let Some(Submission { id, shown }) = &self.submission else { return self.context.act(work) };
        let digest = digest(*id, verb, given)?;
        self.context.act_as_shown(shown.clone(), |author, tx| {
            if let Some(first) = first(tx, *id, digest)? {
                return Ok(first);
            }
            let made = work(author, tx)?;
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
        self.context.read(|reader| first(reader, *id, digest))
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
    let said = serde_json::to_vec(&(id, verb, given)).map_err(|_| ButlerError::internal("submission"))?;
    Ok(Sha256::digest(said).into())
}

#[cfg(test)]
mod tests;
