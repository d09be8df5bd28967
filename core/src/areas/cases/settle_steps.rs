use super::Cases;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::{EventId, RecordId, Settlement, SystemStep};

impl Cases<'_> {
    /// Decides between steps that exclude each other and were made apart: `keep` counts, `over` do not. Both
    /// stay readable with their evidence.
    ///
    /// # Errors
    /// [`ButlerError::NotAllowed`] but for those the workflow names, [`ButlerError::EvidenceMissing`] when the
    /// steps are not of this case, [`ButlerError::NotFound`].
    pub fn settle(
        &self,
        id: RecordId,
        keep: EventId,
        over: &[EventId],
        note: &str,
    ) -> Result<Recorded, ButlerError> {
        let settlement = Settlement { keep, over: over.to_vec() };
        self.take(id, SystemStep::Settle.id(), settlement.evidence(), note)
    }
}
