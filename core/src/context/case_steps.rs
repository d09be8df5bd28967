//! How a case stands, and which of its steps is possible.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::OfficeTables;
use crate::error::{ButlerError, InputProblem};
use crate::model::{Case, Evidence, Kind, Record, RecordId, RoleId, StepId};
use crate::playbook::case::{self, CaseState};
use crate::playbook::workflow::{Step, Workflow};
use crate::playbook::{Label, Playbooks, course};
use crate::store::Reader;

/// The workflow a case was opened under, in that version.
pub(crate) fn workflow<'p>(playbooks: &'p Playbooks, case: &Record) -> Result<&'p Workflow, ButlerError> {
    course::workflow(playbooks, case).ok_or(ButlerError::NeedsNewerApp)
}

/// How a case stands, with what its sums count of other records now.
pub(crate) fn state(
    reader: &Reader<'_>,
    office: &OfficeTables,
    workflow: &Workflow,
    record: &Record,
) -> Result<CaseState, ButlerError> {
    let mut state = course::state(workflow, record, &reader.receipts(record.id)?);
    office.count(reader, &workflow.sums, record, &mut state.answers)?;
    Ok(state)
}

/// A case with its workflow and state.
pub(crate) fn load<'p>(
    reader: &Reader<'_>,
    office: &'p OfficeTables,
    id: RecordId,
) -> Result<(Record, &'p Workflow, CaseState), ButlerError> {
    opened(reader, office, reader.record(id)?.ok_or(ButlerError::NotFound)?)
}

/// The same of a case already read.
pub(crate) fn opened<'p>(
    reader: &Reader<'_>,
    office: &'p OfficeTables,
    record: Record,
) -> Result<(Record, &'p Workflow, CaseState), ButlerError> {
    if record.kind != Kind::Case {
        return Err(ButlerError::NotFound);
    }
    let workflow = workflow(&office.playbooks, &record)?;
    let state = state(reader, office, workflow, &record)?;
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

/// What a case is about, as the steps of its workflow ask about it.
pub(crate) struct Requirements<'a> {
    /// The records as this phone has them.
    pub reader: &'a Reader<'a>,
    pub office: &'a OfficeTables,
    pub today: NaiveDate,
    /// The case itself, once it is opened.
    pub case: Option<RecordId>,
    /// What it is about.
    pub about: BTreeSet<RecordId>,
}

impl<'a> Requirements<'a> {
    /// Of an open case.
    pub fn of(reader: &'a Reader<'a>, office: &'a OfficeTables, today: NaiveDate, case: &Record) -> Self {
        Self { reader, office, today, case: Some(case.id), about: Case::subjects(case) }
    }

    /// What a step requires and does not hold, with these answers: the first of it, in the playbook's words.
    pub fn unmet<'w>(
        &self,
        workflow: &'w Workflow,
        state: &CaseState,
        step: &'w Step,
        evidence: &Evidence,
    ) -> Result<Option<&'w Label>, ButlerError> {
        if step.requires.is_empty() {
            return Ok(None);
        }
        let mut kinds: BTreeMap<Kind, BTreeSet<RecordId>> = BTreeMap::new();
        for id in &self.about {
            let row = self.reader.row(*id)?.ok_or(ButlerError::NotFound)?;
            kinds.entry(row.kind).or_default().insert(*id);
        }
        kinds.insert(Kind::Case, self.case.into_iter().collect());
        let index = self.office.index(self.reader, None);
        let playbooks = &self.office.playbooks;
        for requirement in &step.requires {
            let asked = case::is_asked(workflow, state, step, evidence, requirement);
            let about = requirement.about.record().and_then(|kind| kinds.get(&kind)).filter(|_| asked);
            let Some(about) = about else { continue };
            if !requirement.holds(playbooks, &index, self.today, about)? {
                return Ok(Some(&requirement.not));
            }
        }
        Ok(None)
    }

    /// The same of a step somebody makes.
    pub fn check(
        &self,
        workflow: &Workflow,
        state: &CaseState,
        step: &StepId,
        evidence: &Evidence,
    ) -> Result<(), ButlerError> {
        let known = workflow.step(step);
        let unmet = known.map(|step| self.unmet(workflow, state, step, evidence)).transpose()?.flatten();
        match unmet {
            Some(why) => Err(ButlerError::StepNotPossible { step: step.to_owned(), why: Some(why.clone()) }),
            None => Ok(()),
        }
    }
}

pub(crate) fn no_such_step() -> ButlerError {
    ButlerError::invalid("step", InputProblem::UnknownStep)
}
