use super::Rounds;
use crate::context::Recorded;
use crate::error::{ButlerError, InputProblem};
use crate::model::{ChecklistId, DueId, Edit, Kind, PlaceId, RecordId, Round};

impl Rounds<'_> {
    /// Begins a round through a checklist, at a place of the person's grid (the grid's own place for a walk
    /// through all of it), or about a home. Its points are those of the places the office knows now.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] for an unknown or retired checklist, [`ButlerError::NotAllowed`].
    pub fn start(
        &self,
        checklist: &ChecklistId,
        place: &PlaceId,
        about: Option<RecordId>,
        due: Option<DueId>,
    ) -> Result<Recorded, ButlerError> {
        self.0.submit("rounds.start", &(checklist, place, about, due), |author, tx| {
            let playbooks = &author.office.playbooks;
            let list = playbooks
                .checklist(checklist)
                .filter(|list| !list.retired)
                .ok_or_else(|| ButlerError::invalid("checklist", InputProblem::UnknownProcedure))?;
            author.role_among(place, &list.roles, checklist.as_str())?;
            let mut edit = Edit::new()
                .put("place", place.as_str())
                .put("playbook", checklist.as_str())
                .put("version", list.version.to_string())
                .put("planned_for", author.identity.staff.as_str())
                .put("planned_on", author.today().to_string());
            let stops = list.stops(&author.office, place);
            if !stops.is_empty() {
                edit = edit.put("stops", Round::encode_stops(&stops));
            }
            if let Some(about) = about {
                edit = edit.put(format!("subject/{about}"), true);
            }
            if let Some(due) = due {
                edit = edit.put("due", due.to_string());
            }
            author.edit(tx, author.new_record()?, Kind::Round, &edit)
        })
    }
}
