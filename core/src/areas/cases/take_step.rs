use super::Cases;
use crate::context::Recorded;
use crate::context::author::place_of;
use crate::context::case_steps;
use crate::error::ButlerError;
use crate::model::{Edit, Evidence, Kind, RecordId, RoleId};
use crate::playbook::case::{MIGRATE, REMARK, REOPEN, SETTLE};
use crate::playbook::workflow::Workflow;

impl Cases<'_> {
    /// Makes a step of a case: one of its workflow, or `$remark`, `$reopen`.
    ///
    /// A step somebody else makes apart at the same time is no error: both are kept, and where they exclude each
    /// other the case shows them as contested. So it is with a step that came in after the screen showed the case.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] for a step the workflow does not have, [`ButlerError::EvidenceMissing`],
    /// [`ButlerError::StepNeeds`] names the step that comes first, [`ButlerError::StepNotPossible`] with the
    /// playbook's reason where it gives one, also for what was made and is made once, [`ButlerError::NotAllowed`], [`ButlerError::NotFound`].
    pub fn take(
        &self,
        id: RecordId,
        step: &str,
        evidence: Evidence,
        note: &str,
    ) -> Result<Recorded, ButlerError> {
        self.0.submit("cases.take", &(id, step, &evidence, note), |author, tx| {
            let known = author.known(tx, id)?;
            let (record, workflow, state) = case_steps::opened(tx, &author.office.playbooks, known)?;
            // A migration names versions, not answers: `migrate` makes it.
            if step == MIGRATE || !step.starts_with('$') && workflow.step(step).is_none() {
                return Err(case_steps::no_such_step());
            }
            let place = place_of(&record)?;
            let role =
                author.role_among(&place, &roles_for(workflow, step, &author.roles_at(&place)), step)?;
            case_steps::check_step(workflow, &state, &role, step, &evidence)?;
            let photos: Vec<_> = evidence.photos.values().flatten().copied().collect();
            let event = author.event(step, role, state.heads(), note, evidence.clone())?;
            let mut edit = Edit::new().event(&event);
            edit = edit.photos(&photos);
            let edited = author.edit(tx, id, Kind::Case, &edit)?;
            Ok(edited.with_event(&event))
        })
    }
}

/// Who may make a step. A remark is anybody's who works there.
fn roles_for(workflow: &Workflow, step: &str, held: &[RoleId]) -> Vec<RoleId> {
    match step {
        REMARK => held.to_vec(),
        REOPEN => workflow.reopen.as_ref().map(|reopen| reopen.roles.clone()).unwrap_or_default(),
        SETTLE => workflow.settled_by.clone(),
        _ => workflow.step(step).map(|step| step.roles.clone()).unwrap_or_default(),
    }
}
