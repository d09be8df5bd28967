use super::Rounds;
use crate::context::Recorded;
use crate::context::author::place_of;
use crate::context::round_results;
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
        self.0.submit("rounds.record", &given, |author, tx| {
            let record = round_results::known(author, tx, round)?;
            let checklist = round_results::checklist(&author.office.playbooks, &record)?;
            let role = author.role_among(&place_of(&record)?, &checklist.roles, item)?;
            let results = Round::results(&record);
            let events: Vec<_> = results.iter().map(|result| result.event.clone()).collect();
            round_results::check_result(checklist, item, &evidence, &role, &events)?;
            let photos: Vec<_> = evidence.photos.values().flatten().copied().collect();
            let seen = results.iter().filter(|seen| seen.of == item).map(|seen| seen.event.id).collect();
            let event = author.event(item, role, seen, note, evidence.clone())?;
            let mut edit = Edit::new().put(Round::result_path(&event), event.encode());
            edit = edit.photos(&photos);
            let edited = author.edit(tx, round, Kind::Round, &edit)?;
            Ok(edited.with_event(&event))
        })
    }
}
