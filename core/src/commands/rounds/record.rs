use super::Rounds;
use crate::commands::Recorded;
use crate::commands::acting::place_of;
use crate::error::ButlerError;
use crate::model::{Edit, Evidence, Kind, RecordId, Round};

impl Rounds<'_> {
    /// Records what was found at an item. A second result of the same item (a re-check, or a colleague's) stands
    /// beside the first.
    ///
    /// # Errors
    /// [`ButlerError::EvidenceMissing`] names what is still needed, [`ButlerError::InvalidInput`] for an unknown
    /// item, [`ButlerError::NotFound`], [`ButlerError::NotAllowed`].
    pub fn record(
        &self,
        round: RecordId,
        item: &str,
        evidence: Evidence,
        note: &str,
    ) -> Result<Recorded, ButlerError> {
        let given = (round, item, &evidence, note);
        self.0.submit("rounds.record", &given, |acting, tx| {
            let record = super::known(acting, tx, round)?;
            let checklist = super::checklist(&acting.office.playbooks, &record)?;
            let role = acting.role_among(&place_of(&record)?, &checklist.roles, item)?;
            let results = Round::results(&record);
            let events: Vec<_> = results.iter().map(|result| result.event.clone()).collect();
            super::check_result(checklist, item, &evidence, &role, &events)?;
            let photos: Vec<_> = evidence.photos.values().flatten().copied().collect();
            let seen = results.iter().filter(|seen| seen.of == item).map(|seen| seen.event.id).collect();
            let event = acting.event(item, role, seen, note, evidence.clone())?;
            let mut edit = Edit::new().put(Round::result_path(&event), event.encode());
            edit = edit.photos(&photos);
            let edited = acting.edit(tx, round, Kind::Round, &edit)?;
            Ok(edited.with_event(&event))
        })
    }
}
