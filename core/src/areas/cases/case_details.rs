//! One case whole, and what may be done with it now.

use std::collections::BTreeMap;

use crate::areas::cases::Cases;
use crate::areas::cases::case_list::urgency;
use crate::areas::library::ArticleRow;
use crate::context::OfficeTables;
use crate::context::Visibility;
use crate::context::author::place_of;
use crate::context::case_steps::{Requirements, load};
use crate::context::field_words::{AnswerInWords, FieldWords};
use crate::context::labels::step_label;
use crate::context::question::Question;
use crate::error::ButlerError;
use crate::model::choice::Urgency;
use crate::model::{
    Case, EventId, Evidence, PlaceId, Record, RecordId, RoleId, Shown, StaffId, StepId, Timestamp,
    WorkflowId, facts,
};
use crate::playbook::calendar::Calendar;
use crate::playbook::case::{self, CaseState, DeadlineClock, Folded, Standing};
use crate::playbook::workflow::{Step, Workflow};
use crate::playbook::{Label, Playbooks, access};
use crate::store::Reader;

/// A case, whole.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CaseDetails {
    /// Its fields.
    pub case: Case,
    /// The records it is about.
    pub about: Vec<RecordId>,
    /// The paths of its fields in conflict.
    pub conflicts: Vec<String>,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
    /// What kind of case it is.
    pub workflow: Label,
    /// Advice on the whole procedure.
    pub guidance: Option<Label>,
    /// Its state's id.
    pub state: Option<String>,
    /// Its state in words.
    pub state_label: Label,
    /// Whether it is over.
    pub ended: bool,
    /// Whether the office may still decide otherwise: a step that counts has no receipt yet.
    pub provisional: bool,
    /// Rounds of handling.
    pub rounds: u32,
    /// How soon: as the case says itself; while it is open also as its steps answered, or urgent while an urgent deadline
    /// of it was not met in time.
    pub urgency: Option<Urgency>,
    /// Whether an answer that holds makes it a severe one.
    pub severe: bool,
    /// Everything that happened, in fold order, each with what became of it.
    pub steps: Vec<CaseStep>,
    /// What is worked out from the whole of it, in words.
    pub sums: Vec<AnswerInWords>,
    /// The deadlines: what, by when, whether late.
    pub deadlines: Vec<DeadlineRow>,
    /// Whose turn it is.
    pub waits_for: Vec<RoleId>,
    /// The workflow in force is another version than the one that runs it, and this phone's owner may have it run by
    /// that one: [`Cases::migrate`].
    pub may_migrate: bool,
    /// The cases it is linked with, whichever of the two says so.
    pub links: Vec<LinkRow>,
}

/// One step of a case.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CaseStep {
    /// The step as it was made.
    pub event: EventId,
    /// Its id, or one of those every workflow has: `$remark`, `$reopen`, `$resolve`, `$migrate`.
    pub step: StepId,
    /// As on its button.
    pub label: Label,
    /// Who made it.
    pub by: StaffId,
    /// The name colleagues know them by.
    pub by_name: String,
    /// In which role.
    pub role: RoleId,
    /// When, by the office's clock as far as known.
    pub at: Timestamp,
    /// When the office received it; `None` while it has not.
    pub received: Option<Timestamp>,
    /// What became of it.
    pub standing: Standing,
    /// The state it led to, if it led anywhere.
    pub to: Option<String>,
    /// That state in words.
    pub to_label: Option<Label>,
    /// Free words.
    pub note: String,
    /// What proves it.
    pub evidence: Evidence,
    /// Its answers in words, in the order they are asked; photos are not among them.
    pub said: Vec<AnswerInWords>,
}

impl CaseStep {
    fn of(
        folded: Folded,
        workflow: &Workflow,
        office: &OfficeTables,
        words: &FieldWords<'_>,
    ) -> Result<Self, ButlerError> {
        let event = folded.event;
        let asked = workflow.step(&event.step).into_iter().flat_map(|step| &step.fields);
        let to = folded.to.as_deref().and_then(|to| workflow.state(to));
        Ok(Self {
            event: event.id,
            said: words.answers(asked, &event.evidence.fields)?,
            label: step_label(workflow, &event.step),
            by_name: office.name_of(&event.by),
            to_label: to.map(|state| state.label.clone()),
            step: event.step,
            by: event.by,
            role: event.role,
            at: folded.at,
            received: folded.receipt.map(|receipt| receipt.at),
            standing: folded.standing,
            to: folded.to,
            note: event.note,
            evidence: event.evidence,
        })
    }
}

/// A case linked with another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct LinkRow {
    /// The other case.
    pub case: RecordId,
    /// What it is, as shown in a list.
    pub title: String,
    /// How they are linked, in words.
    pub how: Label,
}

/// A deadline of a case.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct DeadlineRow {
    /// Its id within the workflow.
    pub id: String,
    /// What it is called.
    pub label: Label,
    /// By when.
    pub due: Option<Timestamp>,
    /// When it was met; `None` while it runs.
    pub met: Option<Timestamp>,
    /// Whether it is or was late.
    pub late: bool,
    /// In how many minutes it was met, without those it stood still; `None` while it runs.
    pub took: Option<u32>,
}

impl DeadlineRow {
    pub(super) fn of(
        clock: &DeadlineClock,
        workflow: &Workflow,
        calendar: &Calendar,
        now: Timestamp,
    ) -> Self {
        let known = workflow.deadlines.iter().find(|deadline| deadline.id == clock.deadline);
        Self {
            id: clock.deadline.clone(),
            label: known.map(|deadline| deadline.label.clone()).unwrap_or_default(),
            due: clock.due(workflow, calendar),
            met: clock.ended,
            late: clock.is_late(workflow, calendar, now),
            took: clock.took().map(|millis| u32::try_from(millis / 60_000).unwrap_or(u32::MAX)),
        }
    }
}

/// A step that may be made now, or as soon as others are made.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record), uniffi(name = "NextStep"))]
pub struct NextStepRow {
    /// Its id.
    pub step: StepId,
    /// As on a button.
    pub label: Label,
    /// What its button says where the label stands beside it, as the procedure says it.
    pub button: Option<Label>,
    /// Advice shown beside it: what to say, how it is done.
    pub guidance: Option<Label>,
    /// What is read before it is made: each opens by [`crate::areas::library::Library::article`].
    pub articles: Vec<ArticleRow>,
    /// The steps that come first and are not made yet.
    pub first: Vec<StepName>,
    /// Why the case does not allow it yet. Neither this nor a step that comes first: it may be made now.
    pub why_not: Option<Label>,
    /// What it asks.
    pub questions: Vec<Question>,
    /// It is a contact with the customer, and is written down as one: nobody has to record the contact besides.
    pub is_contact: bool,
}

/// A step by name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct StepName {
    /// Its id.
    pub step: StepId,
    /// As on its button.
    pub label: Label,
}

impl From<&Step> for StepName {
    fn from(step: &Step) -> Self {
        Self { step: step.id.clone(), label: step.label.clone() }
    }
}

impl NextStepRow {
    fn all(steps: &[case::NextStep<'_>], playbooks: &Playbooks) -> Vec<Self> {
        let row = |next: &case::NextStep<'_>| Self {
            step: next.step.id.clone(),
            label: next.step.label.clone(),
            button: next.step.button.clone(),
            guidance: next.step.guidance.clone(),
            articles: ArticleRow::named(playbooks, &next.step.articles),
            first: next.first.iter().map(|step| StepName::from(*step)).collect(),
            why_not: next.why_not.cloned(),
            questions: next.questions.iter().map(Question::from).collect(),
            is_contact: next.step.contact.is_some(),
        };
        steps.iter().map(row).collect()
    }
}

impl Cases<'_> {
    /// A case, whole, as far as the phone's owner may read it.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], also for a case they may not open; [`ButlerError::NeedsNewerApp`] when its workflow is not known here yet.
    pub fn details(&self, id: RecordId) -> Result<CaseDetails, ButlerError> {
        let office = self.0.office()?;
        let now = self.0.host.now();
        self.0.read(|reader| {
            let now = reader.time(now)?.now;
            let visibility = Visibility::new(reader, &office)?;
            let (record, workflow, state) = open(&visibility, reader, &office, id)?;
            let label =
                |id: &str| workflow.state(id).map_or_else(|| Label::new(id, id), |state| state.label.clone());
            let deadlines = state.clocks.iter();
            let deadlines = deadlines.map(|clock| DeadlineRow::of(clock, workflow, &office.calendar, now));
            let deadlines: Vec<DeadlineRow> = deadlines.collect();
            let case = Case::read(&record);
            let by_deadline = || deadlines.iter().map(|row| (row.id.as_str(), row.due, row.met));
            let urgency = case.urgency.or_else(|| {
                let open = Some(&state).filter(|state| !state.ended)?;
                urgency(workflow, &open.answers, by_deadline())
            });
            let terms = office.playbooks.terms();
            let links = links(reader, &visibility, &record)?.into_iter().map(|(case, how)| {
                let title = visibility.title_of(case)?;
                Ok(LinkRow { case, title, how: terms.label(&format!("link.{how}")) })
            });
            let words = FieldWords::new(&office, &visibility, record.kind, Some(&record));
            let identity = reader.identity()?.ok_or(ButlerError::NotEnrolled)?;
            let actor = office.actor(&identity.staff);
            let roles = access::roles_over(&office.playbooks, actor, &office.grids_of(&place_of(&record)?));
            let newer = record.read("playbook").and_then(|id| office.playbooks.workflow(&id));
            let newer = newer.filter(|newer| Some(newer.version) != facts::version(&record));
            let may_migrate =
                newer.is_some_and(|newer| newer.resolved_by.iter().any(|role| roles.contains(role)));
            Ok(CaseDetails {
                sums: words.answers(&workflow.sums, &state.answers)?,
                // Its answers are told by its steps, which not everybody reads.
                severe: !state.events.is_empty() && workflow.is_severe(&state.answers),
                may_migrate,
                links: links.collect::<Result<_, ButlerError>>()?,
                workflow: workflow.title.clone(),
                guidance: workflow.guidance.clone(),
                state_label: state.state.as_deref().map_or_else(|| Label::new("", ""), label),
                deadlines,
                waits_for: case::waits_for(workflow, &state).into_iter().collect(),
                urgency,
                case,
                about: Case::subjects(&record).into_iter().collect(),
                conflicts: record.conflicts().map(|(path, _)| path.to_owned()).collect(),
                shown: record.shown(),
                state: state.state,
                ended: state.ended,
                provisional: state.provisional,
                rounds: state.rounds,
                steps: state
                    .events
                    .into_iter()
                    .map(|folded| CaseStep::of(folded, workflow, &office, &words))
                    .collect::<Result<_, _>>()?,
            })
        })
    }

    /// How a case of a workflow may be opened at a place, with what each opening step asks.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] for an unknown workflow, [`ButlerError::NotEnrolled`].
    pub fn opening(&self, workflow: &WorkflowId, place: &PlaceId) -> Result<Vec<NextStepRow>, ButlerError> {
        let office = self.0.office()?;
        let staff = self.0.enrolled()?.ok_or(ButlerError::NotEnrolled)?;
        let workflow = office.playbooks.workflow(workflow).ok_or(ButlerError::NotFound)?;
        let actor = office.actor(&staff);
        let roles = access::roles_over(&office.playbooks, actor, &office.grids_of(place));
        let steps = case::next_steps(workflow, &case::CaseState::default(), &roles);
        Ok(NextStepRow::all(&steps, &office.playbooks))
    }

    /// The questions of an opening step as they stand with these answers: what is asked now, what must be answered,
    /// what will not do.
    ///
    /// # Errors
    /// As [`Self::opening`]; [`ButlerError::NotFound`] also for an unknown step.
    pub fn ask_opening(
        &self,
        workflow: &WorkflowId,
        step: &StepId,
        place: &PlaceId,
        answers: &Evidence,
    ) -> Result<Vec<Question>, ButlerError> {
        let office = self.0.office()?;
        let staff = self.0.enrolled()?.ok_or(ButlerError::NotEnrolled)?;
        let workflow = office.playbooks.workflow(workflow).ok_or(ButlerError::NotFound)?;
        let step = workflow.step(step).filter(|step| step.opens).ok_or(ButlerError::NotFound)?;
        let actor = office.actor(&staff);
        let roles = access::roles_over(&office.playbooks, actor, &office.grids_of(place));
        let asked = case::ask(workflow, &case::CaseState::default(), step, answers, &roles);
        Ok(asked.iter().map(Question::from).collect())
    }

    /// The questions of a step of a case as they stand with these answers.
    ///
    /// # Errors
    /// As [`Self::next_steps`]; [`ButlerError::NotFound`] also for an unknown step.
    pub fn ask(&self, id: RecordId, step: &StepId, answers: &Evidence) -> Result<Vec<Question>, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            let identity = reader.identity()?.ok_or(ButlerError::NotEnrolled)?;
            let (record, workflow, state) = load(reader, &office, id)?;
            Visibility::new(reader, &office)?.check(&record)?;
            let step = workflow.step(step).ok_or(ButlerError::NotFound)?;
            let actor = office.actor(&identity.staff);
            let roles = access::roles_over(&office.playbooks, actor, &office.grids_of(&place_of(&record)?));
            let asked = case::ask(workflow, &state, step, answers, &roles);
            Ok(asked.iter().map(Question::from).collect())
        })
    }

    /// What this phone's owner may do with a case now, with what each step asks; a step that waits for others to be
    /// made is among them and names those.
    ///
    /// # Errors
    /// As [`Self::details`], and [`ButlerError::NotEnrolled`].
    pub fn next_steps(&self, id: RecordId) -> Result<Vec<NextStepRow>, ButlerError> {
        let office = self.0.office()?;
        let now = self.0.host.now();
        self.0.read(|reader| {
            let identity = reader.identity()?.ok_or(ButlerError::NotEnrolled)?;
            let (record, workflow, state) = load(reader, &office, id)?;
            Visibility::new(reader, &office)?.check(&record)?;
            let actor = office.actor(&identity.staff);
            let grids = office.grids_of(&place_of(&record)?);
            let roles = access::roles_over(&office.playbooks, actor, &grids);
            let today = office.date_of(reader.time(now)?.now);
            let requirements = Requirements::of(reader, &office, today, &record);
            let involved = office.playbooks.terms().label("reason.involved");
            let so_far = || state.events.iter().map(|folded| &folded.event);
            let mut steps = case::next_steps(workflow, &state, &roles);
            for next in steps.iter_mut().filter(|next| next.why_not.is_none()) {
                let not_by = next.step.not_by.as_ref();
                next.why_not = match not_by.filter(|not_by| not_by.includes(&identity.staff, so_far())) {
                    Some(_) => Some(&involved),
                    None => requirements.unmet(workflow, &state, next.step, &Evidence::default())?,
                };
            }
            Ok(NextStepRow::all(&steps, &office.playbooks))
        })
    }
}

/// A case as it may be shown, with its workflow and state; its steps only before those who may read steps.
fn open<'p>(
    visibility: &Visibility<'_>,
    reader: &Reader<'_>,
    office: &'p OfficeTables,
    id: RecordId,
) -> Result<(Record, &'p Workflow, CaseState), ButlerError> {
    let (record, workflow, mut state) = load(reader, office, id)?;
    let record = visibility.shown(record).ok_or(ButlerError::NotFound)?;
    state.events.retain(|folded| record.fields.contains_key(&folded.event.path()));
    Ok((record, workflow, state))
}

/// The cases a case is linked with, by its own word or by theirs, and how.
fn links(
    reader: &Reader<'_>,
    visibility: &Visibility<'_>,
    record: &Record,
) -> Result<BTreeMap<RecordId, String>, ButlerError> {
    let mut links = BTreeMap::new();
    let path = format!("link/{}", record.id);
    for (other, at) in reader.linked_to(record.id)? {
        let how = if at == path { visibility.listed(other)? } else { None };
        links.extend(how.and_then(|other| Some((other.id, other.text(&path)?.to_owned()))));
    }
    for (other, how) in Case::links(record) {
        if visibility.names(other, None)? {
            links.insert(other, how);
        }
    }
    Ok(links)
}

#[cfg(test)]
mod tests {
    use crate::areas::testing::{TICKED, shutdown};
    use crate::model::Evidence;
    use crate::testing::TestPhone;

    const GRADED: &str = r#"
    [[step]]
    id = "grade"
    label = { zh = "定级", en = "Grade" }
    from = ["open"]
    roles = ["butler"]
    [[step.field]]
    id = "severity"
    label = { zh = "严重程度", en = "Severity" }
    type = "choice"
    options = [
      { id = "severe", label = { zh = "严重", en = "severe" }, severe = true },
      { id = "general", label = { zh = "一般", en = "general" } },
    ]
    required = true
    "#;

    #[test]
    fn a_case_is_severe_as_long_as_its_newest_answer_says_so() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[&format!("{TICKED}{GRADED}")]);
        let case = shutdown(&bench, "501");
        let is_severe = || {
            let [row] = &bench.butler.cases().open_list(None, 10).unwrap()[..] else { panic!("one case") };
            assert_eq!(row.severe, bench.butler.cases().details(case).unwrap().severe);
            row.severe
        };
        let grade = |as_what: &str| {
            let answer =
                Evidence { fields: [("severity".into(), as_what.into())].into(), ..Evidence::default() };
            bench.butler.cases().take(case, &"grade".into(), answer, "").unwrap();
        };
        assert!(!is_severe(), "nobody said so");
        grade("severe");
        assert!(is_severe());
        grade("general");
        assert!(!is_severe(), "somebody looked again");
    }

    #[test]
    fn a_step_says_what_its_button_says_beside_its_name() {
        let bench = TestPhone::new(&["butler"]);
        let short = "id = \"grade\"\n    button = { zh = \"去定级\", en = \"Grade it\" }";
        bench.publish(&[&format!("{TICKED}{}", GRADED.replace("id = \"grade\"", short))]);
        let steps = bench.butler.cases().next_steps(shutdown(&bench, "501")).unwrap();
        let of = |step: &str| steps.iter().find(|row| row.step.as_str() == step).unwrap();
        let said = of("grade").button.as_ref().map(|button| button.zh.as_str());
        assert_eq!((said, of("grade").label.zh.as_str()), (Some("去定级"), "定级"));
        assert_eq!(of("tell").button, None, "a step that says nothing of it");
    }

    #[test]
    fn a_step_names_what_is_read_before_it() {
        let bench = TestPhone::new(&["butler"]);
        let first = "id = \"grade\"\n    articles = [\"driving\", \"analytical\"]";
        bench.publish(&[&format!("{TICKED}{}", GRADED.replace("id = \"grade\"", first))]);
        let steps = bench.butler.cases().next_steps(shutdown(&bench, "501")).unwrap();
        let of = |step: &str| &steps.iter().find(|row| row.step.as_str() == step).unwrap().articles;
        let named: Vec<&str> = of("grade").iter().map(|row| row.article.as_str()).collect();
        assert_eq!((named, of("tell").len()), (vec!["driving", "analytical"], 0));
        for row in of("grade") {
            assert_eq!(bench.butler.library().article(&row.library, &row.article).unwrap().title, row.title);
        }
    }
}
