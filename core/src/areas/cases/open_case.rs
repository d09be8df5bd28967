use serde::Serialize;

use super::{Cases, step_contact, step_fields};
use crate::context::Recorded;
use crate::context::author::place_of;
use crate::context::case_steps::{self, Requirements};
use crate::error::{ButlerError, InputProblem};
use crate::model::{DueId, Edit, EventId, Evidence, Kind, PlaceId, RecordId, StepId, WorkflowId};
use crate::playbook::case::CaseState;
use crate::query::SubjectKind;
use crate::store::Tx;

/// A case to be opened.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct NewCase {
    /// The workflow.
    pub workflow: WorkflowId,
    /// Its opening step.
    pub step: StepId,
    /// Where; `None` takes the place of the first record it is about.
    pub place: Option<PlaceId>,
    /// The homes, residents or entries it is about.
    pub about: Vec<RecordId>,
    /// What it is, in a few words.
    pub title: String,
    /// Other fields of the case (`urgency`, `port`, `category` …).
    pub fields: Edit,
    /// The answers and photos the opening step asks for.
    pub evidence: Evidence,
    /// Free words.
    pub note: String,
    /// The round or case it came from and the finding there.
    pub from: Option<(RecordId, EventId)>,
    /// The due item it answers.
    pub due: Option<DueId>,
}

impl Cases<'_> {
    /// Opens a case with its first step. Opened from a due item about several cases together, it is linked with each; from
    /// one about a finding, it comes from that finding.
    ///
    /// # Errors
    /// [`ButlerError::EvidenceMissing`] names what the step still needs; [`ButlerError::InvalidInput`] for an
    /// unknown workflow, a case about nothing, or about records of a kind the workflow does not name among its
    /// subjects; [`ButlerError::NotFound`], [`ButlerError::NotAllowed`].
    pub fn open(&self, new: &NewCase) -> Result<Recorded, ButlerError> {
        let (together, finding) = self.of_due(new.due)?;
        let from = new.from.or(finding);
        self.0.submit("cases.open", new, |author, tx| {
            let place = match (&new.place, new.about.first()) {
                (Some(place), _) => place.clone(),
                (None, Some(about)) => place_of(&tx.record(*about)?.ok_or(ButlerError::NotFound)?)?,
                (None, None) => return Err(ButlerError::invalid("place", InputProblem::PlaceMissing)),
            };
            let workflow = author
                .office
                .playbooks
                .workflow(&new.workflow)
                .filter(|workflow| !workflow.retired)
                .ok_or_else(|| ButlerError::invalid("workflow", InputProblem::UnknownProcedure))?;
            let kinds = about_what(tx, &new.about)?;
            if !kinds.iter().all(|kind| workflow.subjects.contains(kind)) {
                return Err(ButlerError::invalid("about", InputProblem::WrongSubject));
            }
            let step = workflow
                .step(&new.step)
                .filter(|step| step.opens)
                .ok_or_else(|| ButlerError::invalid("step", InputProblem::NotAnOpening))?;
            let role = author.role_among(&place, &step.roles, new.step.as_str())?;
            let opening = CaseState::default();
            case_steps::check_step(workflow, &opening, &role, &new.step, &new.evidence)?;
            let requirements = Requirements {
                reader: tx,
                office: &author.office,
                today: author.today(),
                case: None,
                about: new.about.iter().copied().collect(),
            };
            requirements.check(workflow, &opening, &new.step, &new.evidence)?;
            let photos: Vec<_> = new.evidence.photos.values().flatten().copied().collect();
            let event = author.event(&new.step, role, Vec::new(), &new.note, new.evidence.clone())?;
            let mut edit = Edit::new()
                .put("place", place.as_str())
                .put("playbook", new.workflow.as_str())
                .put("version", workflow.version.to_string())
                .put("title", new.title.trim());
            for about in &new.about {
                edit = edit.put(format!("subject/{about}"), true);
            }
            if let Some((record, finding)) = from {
                edit = edit.put("source_record", record.to_string()).put("source_event", finding.to_string());
            }
            if let Some(due) = new.due {
                edit = edit.put("due", due.to_string());
            }
            for (case, how) in &together {
                edit = edit.put(format!("link/{case}"), how.as_str());
            }
            edit.ops.extend(new.fields.ops.iter().cloned());
            edit = edit.photos(&photos);
            let id = author.new_record()?;
            let edited = author.edit(tx, id, Kind::Case, &edit.event(&event))?;
            step_fields::write(author, tx, (workflow, &CaseState::default()), &new.about, &event)?;
            step_contact::write(author, tx, workflow, (id, &place), new.about.iter().copied(), &event)?;
            Ok(edited.with_event(&event))
        })
    }

    /// What a due item says of a case opened from it: the cases it is about together, each with how the new one is linked
    /// with it, and the finding it is about.
    fn of_due(&self, due: Option<DueId>) -> Result<OfDue, ButlerError> {
        let Some(due) = due else { return Ok(OfDue::default()) };
        self.0.agenda(|_, agenda| {
            let Some(item) = agenda.items().find(|item| item.id == due) else {
                return Ok(OfDue::default());
            };
            let together = item.together().map_or_else(Vec::new, |(cases, how)| {
                cases.iter().map(|case| (*case, how.to_owned())).collect()
            });
            Ok((together, item.finding.as_ref().map(|finding| (finding.round, finding.found.event))))
        })
    }
}

/// Linked cases, and a finding.
type OfDue = (Vec<(RecordId, String)>, Option<(RecordId, EventId)>);

/// The kinds of what a case is about, each of which must be here.
fn about_what(tx: &Tx<'_>, about: &[RecordId]) -> Result<Vec<SubjectKind>, ButlerError> {
    let kind = |about: &RecordId| Ok(SubjectKind::of(tx.record(*about)?.ok_or(ButlerError::NotFound)?.kind));
    about.iter().filter_map(|about| kind(about).transpose()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::cases::NewCase;
    use crate::areas::testing::TICKED;
    use crate::error::{ButlerError, InputProblem};
    use crate::model::{Evidence, RecordId, ResidentEdit};
    use crate::testing::TestPhone;

    #[test]
    fn a_case_is_about_what_its_workflow_is_for() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[TICKED]);
        let home = bench.home("501");
        let person = ResidentEdit { name: "单小明".into(), ..ResidentEdit::default() };
        let person = bench.butler.residents().add(home, person).unwrap().record;
        let open = |about: Vec<RecordId>| {
            let fields = BTreeMap::from([("what".into(), "水管破裂".into())]);
            bench.butler.cases().open(&NewCase {
                workflow: "test.shutdown".into(),
                step: "report".into(),
                about,
                evidence: Evidence { fields, photos: BTreeMap::new() },
                ..NewCase::default()
            })
        };
        let rejected = open(vec![home, person]);
        let Err(ButlerError::InvalidInput { field, reason, .. }) = rejected else { panic!("{rejected:?}") };
        assert_eq!((field.as_str(), reason), ("about", InputProblem::WrongSubject));
        assert!(matches!(open(vec![home, RecordId([9; 16])]), Err(ButlerError::NotFound)));
        open(vec![home]).unwrap();
    }
}
