use super::Cases;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::{EventId, RecordId, Resolution, SystemStep};

impl Cases<'_> {
    /// Decides between steps that are concurrent and exclude each other: `keep` counts, `over` do not. Both
    /// stay readable with their evidence.
    ///
    /// # Errors
    /// [`ButlerError::NotAllowed`] but for those the workflow names, [`ButlerError::EvidenceMissing`] when the
    /// steps are not of this case, [`ButlerError::NotFound`].
    pub fn resolve(
        &self,
        id: RecordId,
        keep: EventId,
        over: &[EventId],
        note: &str,
    ) -> Result<Recorded, ButlerError> {
        let resolution = Resolution { keep, over: over.to_vec() };
        self.take(id, &SystemStep::Resolve.into(), resolution.evidence(), note)
    }
}
