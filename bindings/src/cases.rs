//! Cases: anything that follows a workflow 工单.

use butler_core::areas::cases::{
    self, CaseDetails, CaseFilter, CaseRow, NextStepRow, PlanStep, ReceiptShown,
};
use butler_core::context::Recorded;
use butler_core::context::question::Question;
use butler_core::model::choice::Urgency;
use butler_core::model::{
    CaseEdit, DueId, EventId, Evidence, PlaceId, RecordId, StaffId, StepId, Timestamp, WorkflowId,
};
use chrono::NaiveDate;

use crate::contacts::given;
use crate::{ButlerCore, ButlerError};

/// A case to be opened.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct NewCase {
    /// The workflow.
    pub workflow: WorkflowId,
    /// Its opening step.
    pub step: StepId,
    /// What it is, in a few words.
    pub title: String,
    /// Where; when not given, the place of the first record it is about.
    #[uniffi(default)]
    pub place: Option<PlaceId>,
    /// The homes, residents or entries it is about.
    #[uniffi(default)]
    pub about: Vec<RecordId>,
    /// The answers and photos the opening step asks for.
    #[uniffi(default)]
    pub evidence: Option<Evidence>,
    /// What is the matter, in more words.
    #[uniffi(default)]
    pub description: Option<String>,
    /// Its category, a word of the playbooks.
    #[uniffi(default)]
    pub category: Option<String>,
    /// Where exactly.
    #[uniffi(default)]
    pub spot: Option<String>,
    /// How soon.
    #[uniffi(default)]
    pub urgency: Option<Urgency>,
    /// What it came from.
    #[uniffi(default)]
    pub source: Option<String>,
    /// When somebody is expected.
    #[uniffi(default)]
    pub appointment: Option<Timestamp>,
    /// By when it is expected to be done.
    #[uniffi(default)]
    pub expected: Option<NaiveDate>,
    /// Who is to handle it, a word of the playbooks.
    #[uniffi(default)]
    pub port: Option<String>,
    /// The company that does the work.
    #[uniffi(default)]
    pub contractor: Option<String>,
    /// Whose it is.
    #[uniffi(default)]
    pub assignee: Option<StaffId>,
    /// Free words of the opening step.
    #[uniffi(default)]
    pub note: String,
    /// The finding it came from.
    #[uniffi(default)]
    pub from: Option<Source>,
    /// The due item it answers.
    #[uniffi(default)]
    pub due: Option<DueId>,
}

/// What a case came from: a finding of a round, a step of another case.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Source {
    /// The round or case.
    pub record: RecordId,
    /// The finding or step.
    pub event: EventId,
}

impl From<NewCase> for cases::NewCase {
    fn from(new: NewCase) -> Self {
        let fields = CaseEdit {
            description: given(new.description),
            category: given(new.category),
            spot: given(new.spot),
            urgency: given(new.urgency),
            source: given(new.source),
            appointment: given(new.appointment),
            expected: given(new.expected),
            port: given(new.port),
            contractor: given(new.contractor),
            assignee: given(new.assignee),
            ..CaseEdit::default()
        };
        Self {
            workflow: new.workflow,
            step: new.step,
            place: new.place,
            about: new.about,
            title: new.title,
            fields: fields.into(),
            evidence: new.evidence.unwrap_or_default(),
            note: new.note,
            from: new.from.map(|from| (from.record, from.event)),
            due: new.due,
        }
    }
}

// No argument is called `case`: the generated C header uses the names as they are.
#[uniffi::export]
impl ButlerCore {
    /// How a case of a workflow may be opened at a place, with what each opening step asks.
    pub fn cases_opening(
        &self,
        workflow: WorkflowId,
        place: PlaceId,
    ) -> Result<Vec<NextStepRow>, ButlerError> {
        self.butler.cases().opening(&workflow, &place)
    }

    /// Opens a case with its first step.
    pub fn cases_open(&self, new: NewCase) -> Result<Recorded, ButlerError> {
        self.form().cases().open(&new.into())
    }

    /// What this phone's owner may do with a case now, with what each step asks.
    pub fn cases_next_steps(&self, id: RecordId) -> Result<Vec<NextStepRow>, ButlerError> {
        self.butler.cases().next_steps(id)
    }

    /// Every step of a case's workflow in its order, of every role: made, possible now, or locked with what it needs
    /// first; with the running deadlines it meets.
    pub fn cases_plan(&self, id: RecordId) -> Result<Vec<PlanStep>, ButlerError> {
        self.butler.cases().plan(id)
    }

    /// The same of a case that is still to be opened at a place by one of its opening steps.
    pub fn cases_plan_opening(
        &self,
        workflow: WorkflowId,
        step: StepId,
        place: PlaceId,
    ) -> Result<Vec<PlanStep>, ButlerError> {
        self.butler.cases().plan_opening(&workflow, &step, &place)
    }

    /// Makes a step of a case.
    pub fn cases_take(
        &self,
        id: RecordId,
        step: StepId,
        evidence: Evidence,
        note: &str,
    ) -> Result<Recorded, ButlerError> {
        self.form().cases().take(id, &step, evidence, note)
    }

    /// The questions of an opening step as they stand with these answers: what is asked now, what must be answered,
    /// what will not do.
    pub fn cases_ask_opening(
        &self,
        workflow: WorkflowId,
        step: StepId,
        place: PlaceId,
        answers: Evidence,
    ) -> Result<Vec<Question>, ButlerError> {
        self.butler.cases().ask_opening(&workflow, &step, &place, &answers)
    }

    /// The questions of a step of a case as they stand with these answers.
    pub fn cases_ask(
        &self,
        id: RecordId,
        step: StepId,
        answers: Evidence,
    ) -> Result<Vec<Question>, ButlerError> {
        self.butler.cases().ask(id, &step, &answers)
    }

    /// Links a case with another: `how` is a code such as `group` or `repeat` that the playbooks' terms put into words.
    pub fn cases_link(&self, id: RecordId, other: RecordId, how: &str) -> Result<Recorded, ButlerError> {
        self.form().cases().link(id, other, how)
    }

    /// A case, whole.
    pub fn cases_details(&self, id: RecordId) -> Result<CaseDetails, ButlerError> {
        self.butler.cases().details(id)
    }

    /// A receipt for the customer 客户回执, to be shown on the screen: what was reported, when, to whom, under which number,
    /// signed. `None` until a sync brought the office's warrant for this phone, and when that ended.
    pub fn cases_receipt(&self, id: RecordId) -> Result<Option<ReceiptShown>, ButlerError> {
        self.butler.cases().receipt(id)
    }

    /// Cases not over, newest first, a page of at most 100 after the last one seen.
    pub fn cases_open_list(
        &self,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<CaseRow>, ButlerError> {
        self.butler.cases().open_list(after, limit)
    }

    /// The cases a filter lets through, newest first, a page of at most 100 after the last one seen.
    pub fn cases_list(
        &self,
        filter: &CaseFilter,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<CaseRow>, ButlerError> {
        self.butler.cases().list(filter, after, limit)
    }

    /// Has a case run by the version of its workflow that is in force, because the one it was opened under is faulty.
    pub fn cases_migrate(&self, id: RecordId, note: &str) -> Result<Recorded, ButlerError> {
        self.butler.cases().migrate(id, note)
    }

    /// Decides between concurrent steps that exclude each other.
    pub fn cases_resolve(
        &self,
        id: RecordId,
        keep: EventId,
        over: Vec<EventId>,
        note: &str,
    ) -> Result<Recorded, ButlerError> {
        self.form().cases().resolve(id, keep, &over, note)
    }
}
