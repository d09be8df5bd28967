//! Cases: anything that follows a workflow 工单.

use std::time::SystemTime;

use butler_core::commands::cases;
use butler_core::model::{self, Edit};
use butler_core::playbook::case;
use butler_core::{store, views};

use crate::ids::{DueId, EventId, PlaceId, RecordId, RoleId, StaffId, all, given, out};
use crate::questions::Question;
use crate::values::{Evidence, Label, Recorded, instant};
use crate::{ButlerCore, ButlerError};

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaseRow {
    /// The case.
    pub id: RecordId,
    /// Its workflow's id.
    pub workflow: Option<String>,
    /// What it is, in a few words.
    pub title: Option<String>,
    /// Where.
    pub place: Option<PlaceId>,
    /// Its state's id.
    pub state: Option<String>,
    /// Whose it is.
    pub assignee: Option<StaffId>,
    /// When it was opened.
    pub opened_at: Option<SystemTime>,
    /// When it last moved.
    pub moved_at: Option<SystemTime>,
    /// Whether it is over; nothing while this phone cannot tell.
    pub closed: Option<bool>,
}

impl From<store::WorkRow> for CaseRow {
    fn from(row: store::WorkRow) -> Self {
        Self {
            id: row.record.id.into(),
            workflow: row.procedure,
            title: row.title,
            place: row.record.place.map(PlaceId::from),
            state: row.state,
            assignee: row.assignee.map(StaffId::from),
            opened_at: row.opened_at.map(instant),
            moved_at: row.moved_at.map(instant),
            closed: row.closed,
        }
    }
}

/// A step that may be made now, with what it asks.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NextStep {
    /// Its id.
    pub step: String,
    /// As on a button.
    pub label: Label,
    /// Why the case does not allow it yet.
    pub why_not: Option<Label>,
    /// What it asks.
    pub questions: Vec<Question>,
}

impl From<views::cases::NextStepRow> for NextStep {
    fn from(next: views::cases::NextStepRow) -> Self {
        Self {
            step: next.step,
            label: next.label.into(),
            why_not: next.why_not.map(Into::into),
            questions: out(next.questions),
        }
    }
}

/// A case to be opened.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct NewCase {
    /// The workflow.
    pub workflow: String,
    /// Its opening step.
    pub step: String,
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
    /// Free words.
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

impl TryFrom<NewCase> for cases::NewCase {
    type Error = ButlerError;

    fn try_from(new: NewCase) -> Result<Self, ButlerError> {
        let from = new.from.map(|from| {
            Ok::<(model::RecordId, model::EventId), ButlerError>((
                from.record.try_into()?,
                from.event.try_into()?,
            ))
        });
        Ok(Self {
            workflow: new.workflow,
            step: new.step,
            place: given(new.place)?,
            about: all(new.about)?,
            title: new.title,
            fields: Edit::new(),
            evidence: new.evidence.unwrap_or_default().try_into()?,
            note: new.note,
            from: from.transpose()?,
            due: given(new.due)?,
        })
    }
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Standing {
    /// It counts.
    Counts,
    /// Made apart from another step, which counts instead; waits for a settlement.
    Contested {
        /// The step that counts.
        by: EventId,
    },
    /// Decided against.
    Overruled {
        /// The settlement.
        by: EventId,
    },
    /// Not possible in the state its author saw.
    Impossible,
    /// A settlement that waits for the step it wants to keep.
    Pending,
}

impl From<case::Standing> for Standing {
    fn from(standing: case::Standing) -> Self {
        match standing {
            case::Standing::Counts => Self::Counts,
            case::Standing::Contested { by } => Self::Contested { by: by.into() },
            case::Standing::Overruled { by } => Self::Overruled { by: by.into() },
            case::Standing::Impossible => Self::Impossible,
            case::Standing::Pending => Self::Pending,
        }
    }
}

/// One step of a case.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct StepRow {
    /// The step.
    pub event: EventId,
    /// Its id in the workflow.
    pub step: String,
    /// Who made it.
    pub by: StaffId,
    /// In which role.
    pub role: RoleId,
    /// When, by the office's clock as far as known.
    pub at: SystemTime,
    /// When the office received it; nothing while it has not.
    pub received: Option<SystemTime>,
    /// What became of it.
    pub standing: Standing,
    /// The state after it, if it moved the case.
    pub to: Option<String>,
    /// Its words.
    pub note: String,
    /// Its answers and photos.
    pub evidence: Evidence,
}

impl From<case::Folded> for StepRow {
    fn from(folded: case::Folded) -> Self {
        Self {
            event: folded.event.id.into(),
            step: folded.event.step,
            by: folded.event.by.into(),
            role: folded.event.role.into(),
            at: instant(folded.at),
            received: folded.receipt.map(|receipt| instant(receipt.at)),
            standing: folded.standing.into(),
            to: folded.to,
            note: folded.event.note,
            evidence: folded.event.evidence.into(),
        }
    }
}

/// A deadline of a case.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DeadlineRow {
    /// What it is called.
    pub label: Label,
    /// By when.
    pub due: Option<SystemTime>,
    /// When it was met; nothing while it runs.
    pub met: Option<SystemTime>,
    /// Whether it is or was late.
    pub late: bool,
}

impl From<views::cases::DeadlineRow> for DeadlineRow {
    fn from(row: views::cases::DeadlineRow) -> Self {
        Self { label: row.label.into(), due: row.due.map(instant), met: row.met.map(instant), late: row.late }
    }
}

/// A case, whole.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct CaseDetails {
    /// The case.
    pub id: RecordId,
    /// What it is, in a few words.
    pub title: Option<String>,
    /// What kind of case it is.
    pub workflow: Label,
    /// Its state's id.
    pub state: Option<String>,
    /// Its state in words.
    pub state_label: Label,
    /// Whether it is over.
    pub ended: bool,
    /// Whether the office may still decide otherwise.
    pub provisional: bool,
    /// Rounds of handling.
    pub rounds: u32,
    /// Everything that happened, in order.
    pub steps: Vec<StepRow>,
    /// Its deadlines.
    pub deadlines: Vec<DeadlineRow>,
    /// Whose turn it is.
    pub waits_for: Vec<RoleId>,
}

impl From<views::cases::CaseDetails> for CaseDetails {
    fn from(details: views::cases::CaseDetails) -> Self {
        Self {
            id: details.record.id.into(),
            title: details.record.text("title").map(str::to_owned),
            workflow: details.workflow.into(),
            state: details.state,
            state_label: details.state_label.into(),
            ended: details.ended,
            provisional: details.provisional,
            rounds: details.rounds,
            steps: out(details.events),
            deadlines: out(details.deadlines),
            waits_for: out(details.waits_for),
        }
    }
}

// No argument is called `case`: the generated C header uses the names as they are.
#[uniffi::export]
impl ButlerCore {
    /// How a case of a workflow may be opened at a place, with what each opening step asks.
    pub fn cases_opening(&self, workflow: &str, place: PlaceId) -> Result<Vec<NextStep>, ButlerError> {
        Ok(out(self.butler.cases().opening(workflow, &place.try_into()?)?))
    }

    /// Opens a case with its first step.
    pub fn cases_open(&self, new: NewCase) -> Result<Recorded, ButlerError> {
        Ok(self.butler.cases().open(&new.try_into()?)?.into())
    }

    /// What this phone's owner may do with a case now, with what each step asks.
    pub fn cases_next_steps(&self, id: RecordId) -> Result<Vec<NextStep>, ButlerError> {
        Ok(out(self.butler.cases().next_steps(id.try_into()?)?))
    }

    /// Makes a step of a case.
    pub fn cases_take(
        &self,
        id: RecordId,
        step: &str,
        evidence: Evidence,
        note: &str,
    ) -> Result<Recorded, ButlerError> {
        Ok(self.butler.cases().take(id.try_into()?, step, evidence.try_into()?, note)?.into())
    }

    /// A case, whole.
    pub fn cases_details(&self, id: RecordId) -> Result<CaseDetails, ButlerError> {
        Ok(self.butler.cases().details(id.try_into()?)?.into())
    }

    /// Cases not over, newest first, a page of at most 100 after the last one seen.
    pub fn cases_open_list(&self, after: Option<RecordId>, limit: u32) -> Result<Vec<CaseRow>, ButlerError> {
        Ok(out(self.butler.cases().open_list(given(after)?, limit as usize)?))
    }

    /// Decides between steps that were made apart and exclude each other.
    pub fn cases_settle(
        &self,
        id: RecordId,
        keep: EventId,
        over: Vec<EventId>,
        note: &str,
    ) -> Result<Recorded, ButlerError> {
        let over: Vec<model::EventId> = all(over)?;
        Ok(self.butler.cases().settle(id.try_into()?, keep.try_into()?, &over, note)?.into())
    }
}
