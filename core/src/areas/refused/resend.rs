use super::Refused;
use crate::context::{Author, Recorded};
use crate::crdt::ChangeInfo;
use crate::error::ButlerError;
use crate::model::{ChangeHash, Edit, PhotoId, RecordId};
use crate::store::{StoreError, Tx, VerdictRow};

impl Refused<'_> {
    /// Sends a refused edit again as a new one, corrected by the user; the refused one is put away. Its positions in a
    /// text are those of the text it was written over first, whatever became of that since.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] when it is not shown as refused, or is still on its way; and those of editing.
    pub fn resend(&self, change: ChangeHash, corrected: &Edit) -> Result<Recorded, ButlerError> {
        let given = (change, corrected);
        self.0.submit("refused.resend", &given, |author, tx| again(author, tx, change, Some(corrected)))
    }

    /// The same as it was meant: the reason is gone, such as a role that was given back.
    ///
    /// # Errors
    /// As [`Self::resend`]; [`ButlerError::NotFound`] also when what was meant is not known any more.
    pub fn resend_as_meant(&self, change: ChangeHash) -> Result<Recorded, ButlerError> {
        self.0.submit("refused.resend_as_meant", &change, |author, tx| again(author, tx, change, None))
    }

    /// Puts a refused edit away: read, not needed any more. It is kept with its reason, and listed no longer.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`].
    pub fn dismiss(&self, change: ChangeHash) -> Result<(), ButlerError> {
        let now = self.0.host.now();
        self.0.write(|tx| {
            tx.verdict(change)?.ok_or(ButlerError::NotFound)?;
            Ok(tx.dismiss_verdict(change, now)?)
        })
    }

    /// Puts a photo away that the office does not take; its bytes go with it, unless something else uses them.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`].
    pub fn dismiss_photo(&self, photo: PhotoId, record: RecordId) -> Result<(), ButlerError> {
        self.0.write(|tx| match tx.dismiss_photo(photo, record) {
            Err(StoreError::NotFound { .. }) => Err(ButlerError::NotFound),
            other => Ok(other?),
        })
    }
}

fn again(
    author: &Author,
    tx: &mut Tx<'_>,
    change: ChangeHash,
    corrected: Option<&Edit>,
) -> Result<Recorded, ButlerError> {
    // What waits is handed in with every sync, and what is written again is on its way already.
    let ended = |verdict: &VerdictRow| verdict.dismissed_at.is_none() && verdict.fate.ends_edit();
    let verdict = tx.verdict(change)?.filter(ended);
    let verdict = verdict.ok_or(ButlerError::NotFound)?;
    let edit = corrected.or(verdict.intent.as_ref()).ok_or(ButlerError::NotFound)?;
    let refused = ChangeInfo::parse(&verdict.bytes).ok();
    let carried = refused.map(|refused| {
        tx.look(verdict.record, |document| {
            let then = author.seen_at(tx, document, &refused.deps)?;
            Ok::<_, ButlerError>(then.carry(edit, &author.seen(tx, document)?))
        })
    });
    let carried = carried.transpose()?.flatten().transpose()?;
    let edit = carried.as_ref().unwrap_or(edit);
    let edited = author.edit_validated(tx, verdict.record, verdict.kind, edit)?;
    tx.dismiss_verdict(change, author.now)?;
    Ok(edited.recorded)
}
