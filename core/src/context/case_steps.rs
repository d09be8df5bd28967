//! How a case stands, and which of its steps is possible.

use crate::error::{ButlerError, InputProblem};
use crate::model::{Evidence, Kind, Record, RecordId, RoleId, StepId};
use crate::playbook::Playbooks;
use crate::playbook::case::{self, CaseState};
use crate::playbook::course;
use crate::playbook::workflow::Workflow;
use crate::store::Reader;

/// The workflow a case was opened under, in that version.
pub(crate) fn workflow<'p>(playbooks: &'p Playbooks, case: &Record) -> Result<&'p Workflow, ButlerError> {
    course::workflow(playbooks, case).ok_or(ButlerError::NeedsNewerApp)
}

/// How a case stands.
pub(crate) fn state(
    reader: &Reader<'_>,
    workflow: &Workflow,
    record: &Record,
) -> Result<CaseState, ButlerError> {
    Ok(course::state(workflow, record, &reader.receipts(record.id)?))
}

/// A case with its workflow and state.
pub(crate) fn load<'p>(
    reader: &Reader<'_>,
    playbooks: &'p Playbooks,
    id: RecordId,
) -> Result<(Record, &'p Workflow, CaseState), ButlerError> {
    opened(reader, playbooks, reader.record(id)?.ok_or(ButlerError::NotFound)?)
}

/// The same of a case already read.
pub(crate) fn opened<'p>(
    reader: &Reader<'_>,
    playbooks: &'p Playbooks,
    record: Record,
) -> Result<(Record, &'p Workflow, CaseState), ButlerError> {
    if record.kind != Kind::Case {
        return Err(ButlerError::NotFound);
    }
    let workflow = workflow(playbooks, &record)?;
    let state = state(reader, workflow, &record)?;
    Ok((record, workflow, state))
}

/// Whether a step can be made as the case stands.
pub(crate) fn check_step(
    workflow: &Workflow,
    state: &CaseState,
    role: &RoleId,
    step: &StepId,
    evidence: &Evidence,
) -> Result<(), ButlerError> {
    case::check_step(workflow, state, role, step, evidence).map_err(|error| match error {
        case::StepError::Unknown => no_such_step(),
        case::StepError::WrongRole { .. } => ButlerError::forbidden(step.as_str(), None),
        case::StepError::NotPossibleNow { why, .. } => {
            ButlerError::StepNotPossible { step: step.to_owned(), why }
        }
        case::StepError::NeedsFirst { first } => {
            let label = workflow.step(&first).map(|step| step.label.clone()).unwrap_or_default();
            ButlerError::StepNeeds { first, label }
        }
        case::StepError::MadeAlready => ButlerError::StepNotPossible { step: step.to_owned(), why: None },
        case::StepError::EvidenceMissing { problems } => ButlerError::EvidenceMissing { problems },
    })
}

pub(crate) fn no_such_step() -> ButlerError {
    ButlerError::invalid("step", InputProblem::UnknownStep)
}
