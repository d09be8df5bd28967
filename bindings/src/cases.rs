//! Cases: anything that follows a workflow 工单.

use std::time::SystemTime;

use butler_core::areas::cases;
use butler_core::model::{self, Case, CaseEdit, Touch, choice};
use butler_core::playbook::{Playbooks, case};
use butler_core::{areas, store};

use crate::changes::touched;
use crate::ids::{DueId, EventId, PlaceId, RecordId, RoleId, Shown, StaffId, all, given, out};
use crate::questions::Question;
use crate::values::{Day, Evidence, Label, Recorded, instant, timestamp};
use crate::words::{CaseSource, CaseUrgency, word};
use crate::{ButlerCore, ButlerError};

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaseRow {
    /// The case.
    pub id: RecordId,
    /// Its workflow's id.
    pub workflow: Option<String>,
    /// What kind of case it is; nothing while this phone does not know its workflow.
    pub workflow_label: Option<Label>,
    /// What it is, in a few words.
    pub title: Option<String>,
    /// Where.
    pub place: Option<PlaceId>,
    /// Its state's id.
    pub state: Option<String>,
    /// Its state in words.
    pub state_label: Option<Label>,
    /// How soon.
    pub urgency: Option<CaseUrgency>,
    /// Whose it is.
    pub assignee: Option<StaffId>,
    /// When it was opened.
    pub opened_at: Option<SystemTime>,
    /// When it last moved.
    pub moved_at: Option<SystemTime>,
    /// Whether it is over; nothing while this phone cannot tell.
    pub closed: Option<bool>,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
}

impl CaseRow {
    pub(crate) fn of(row: store::WorkRow, playbooks: &Playbooks) -> Self {
        let version = row.version.and_then(|version| version.parse().ok());
        let workflow = row.procedure.as_deref().zip(version);
        let workflow = workflow.and_then(|(id, version)| playbooks.workflow_at(id, version));
        let state = workflow.zip(row.state.as_deref()).and_then(|(workflow, state)| workflow.state(state));
        Self {
            id: row.record.id.into(),
            workflow_label: workflow.map(|workflow| workflow.title.clone().into()),
            state_label: state.map(|state| state.label.clone().into()),
            workflow: row.procedure,
            title: row.title,
            place: row.record.place.map(PlaceId::from),
            state: row.state,
            urgency: word::<choice::Urgency, _>(row.urgency),
            assignee: row.assignee.map(StaffId::from),
            opened_at: row.opened_at.map(instant),
            moved_at: row.moved_at.map(instant),
            closed: row.closed,
            shown: row.record.shown.into(),
        }
    }
}

/// A step by name.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StepName {
    /// Its id.
    pub step: String,
    /// As on its button.
    pub label: Label,
}

impl From<areas::cases::StepName> for StepName {
    fn from(name: areas::cases::StepName) -> Self {
        Self { step: name.step, label: name.label.into() }
    }
}

/// A step that may be made now, or as soon as others are made, with what it asks.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct NextStep {
    /// Its id.
    pub step: String,
    /// As on a button.
    pub label: Label,
    /// Advice shown beside it: what to say, how it is done.
    pub guidance: Option<Label>,
    /// The steps that come first and are not made yet.
    pub first: Vec<StepName>,
    /// Why the case does not allow it yet. Neither this nor a step that comes first: it may be made now.
    pub why_not: Option<Label>,
    /// What it asks.
    pub questions: Vec<Question>,
}

impl From<areas::cases::NextStepRow> for NextStep {
    fn from(next: areas::cases::NextStepRow) -> Self {
        Self {
            step: next.step,
            label: next.label.into(),
            guidance: next.guidance.map(Label::from),
            first: out(next.first),
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
    pub urgency: Option<CaseUrgency>,
    /// What it came from.
    #[uniffi(default)]
    pub source: Option<CaseSource>,
    /// When somebody is expected.
    #[uniffi(default)]
    pub appointment: Option<SystemTime>,
    /// By when it is expected to be done.
    #[uniffi(default)]
    pub expected: Option<Day>,
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

/// What a field of a new case becomes: what is not given is not written.
fn set<T, U>(value: Option<T>) -> Result<Touch<U>, ButlerError>
where
    T: TryInto<U>,
    ButlerError: From<T::Error>,
{
    if value.is_some() { touched(value) } else { Ok(Touch::Keep) }
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
        let fields = CaseEdit {
            description: set(new.description)?,
            category: set(new.category)?,
            spot: set(new.spot)?,
            urgency: set(new.urgency)?,
            source: set(new.source)?,
            appointment: set(new.appointment.map(timestamp))?,
            expected: set(new.expected)?,
            port: set(new.port)?,
            contractor: set(new.contractor)?,
            assignee: set(new.assignee)?,
            ..CaseEdit::default()
        };
        Ok(Self {
            workflow: new.workflow,
            step: new.step,
            place: given(new.place)?,
            about: all(new.about)?,
            title: new.title,
            fields: fields.into(),
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

impl From<areas::cases::DeadlineRow> for DeadlineRow {
    fn from(row: areas::cases::DeadlineRow) -> Self {
        Self { label: row.label.into(), due: row.due.map(instant), met: row.met.map(instant), late: row.late }
    }
}

/// A case linked with another.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LinkRow {
    /// The other case. No field is called `case`: the generated C header uses the names as they are.
    pub id: RecordId,
    /// What it is, as shown in a list.
    pub title: String,
    /// How they are linked, in words.
    pub how: Label,
}

impl From<areas::cases::LinkRow> for LinkRow {
    fn from(row: areas::cases::LinkRow) -> Self {
        Self { id: row.case.into(), title: row.title, how: row.how.into() }
    }
}

/// A part used or to be used.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Part {
    /// What it is.
    pub name: Option<String>,
    /// How many, or how much.
    pub quantity: Option<f64>,
    /// Its price in fen.
    pub price: Option<i64>,
}

impl From<(model::PartId, model::case::Part)> for Part {
    fn from((_, part): (model::PartId, model::case::Part)) -> Self {
        Self { name: part.name, quantity: part.quantity, price: part.price }
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
    /// Advice on the whole procedure.
    pub guidance: Option<Label>,
    /// Where.
    pub place: Option<PlaceId>,
    /// The homes, residents or entries it is about.
    pub about: Vec<RecordId>,
    /// What is the matter, in more words.
    pub description: Option<String>,
    /// Its category, a word of the playbooks.
    pub category: Option<String>,
    /// Where exactly.
    pub spot: Option<String>,
    /// How soon.
    pub urgency: Option<CaseUrgency>,
    /// What it came from.
    pub source: Option<CaseSource>,
    /// When somebody is expected.
    pub appointment: Option<SystemTime>,
    /// By when it is expected to be done.
    pub expected: Option<Day>,
    /// Who is to handle it, a word of the playbooks.
    pub port: Option<String>,
    /// The company that does the work.
    pub contractor: Option<String>,
    /// Whose it is.
    pub assignee: Option<StaffId>,
    /// The round or case it came from.
    pub from: Option<RecordId>,
    /// What was used or is to be used.
    pub parts: Vec<Part>,
    /// Labour in fen.
    pub labour: Option<i64>,
    /// The price told, in fen.
    pub price: Option<i64>,
    /// Its note.
    pub note: String,
    /// The paths of its contested fields.
    pub contested: Vec<String>,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
    /// The cases it is linked with, whichever of the two says so.
    pub links: Vec<LinkRow>,
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
    /// The workflow in force is another version than the one that runs it, and this phone's owner may have it run by
    /// that one.
    pub may_migrate: bool,
}

impl From<areas::cases::CaseDetails> for CaseDetails {
    fn from(details: areas::cases::CaseDetails) -> Self {
        let case = Case::read(&details.record);
        Self {
            id: case.id.into(),
            title: case.title,
            workflow: details.workflow.into(),
            guidance: details.guidance.map(Label::from),
            place: case.place.map(PlaceId::from),
            about: out(Case::subjects(&details.record)),
            description: case.description,
            category: case.category,
            spot: case.spot,
            urgency: case.urgency.map(CaseUrgency::from),
            source: case.source.map(CaseSource::from),
            appointment: case.appointment.map(instant),
            expected: case.expected.map(Day::from),
            port: case.port,
            contractor: case.contractor,
            assignee: case.assignee.map(StaffId::from),
            from: case.source_record.map(RecordId::from),
            parts: out(case.parts),
            labour: case.labour,
            price: case.price,
            note: case.note,
            contested: details.record.contested().map(|(path, _)| path.to_owned()).collect(),
            shown: details.record.shown().into(),
            links: out(details.links),
            state: details.state,
            state_label: details.state_label.into(),
            ended: details.ended,
            provisional: details.provisional,
            rounds: details.rounds,
            steps: out(details.events),
            deadlines: out(details.deadlines),
            waits_for: out(details.waits_for),
            may_migrate: details.may_migrate,
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
        Ok(self.form().cases().open(&new.try_into()?)?.into())
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
        Ok(self.form().cases().take(id.try_into()?, step, evidence.try_into()?, note)?.into())
    }

    /// The questions of an opening step as they stand with these answers: what is asked now, what must be answered,
    /// what will not do.
    pub fn cases_ask_opening(
        &self,
        workflow: &str,
        step: &str,
        place: PlaceId,
        answers: Evidence,
    ) -> Result<Vec<Question>, ButlerError> {
        let (place, answers) = (place.try_into()?, answers.try_into()?);
        Ok(out(self.butler.cases().ask_opening(workflow, step, &place, &answers)?))
    }

    /// The questions of a step of a case as they stand with these answers.
    pub fn cases_ask(
        &self,
        id: RecordId,
        step: &str,
        answers: Evidence,
    ) -> Result<Vec<Question>, ButlerError> {
        Ok(out(self.butler.cases().ask(id.try_into()?, step, &answers.try_into()?)?))
    }

    /// Links a case with another: `how` is a code such as `group` or `repeat` that the playbooks' terms put into words.
    pub fn cases_link(&self, id: RecordId, other: RecordId, how: &str) -> Result<Recorded, ButlerError> {
        Ok(self.form().cases().link(id.try_into()?, other.try_into()?, how)?.into())
    }

    /// A case, whole.
    pub fn cases_details(&self, id: RecordId) -> Result<CaseDetails, ButlerError> {
        Ok(self.butler.cases().details(id.try_into()?)?.into())
    }

    /// Cases not over, newest first, a page of at most 100 after the last one seen.
    pub fn cases_open_list(&self, after: Option<RecordId>, limit: u32) -> Result<Vec<CaseRow>, ButlerError> {
        let playbooks = self.butler.playbooks()?;
        let rows = self.butler.cases().open_list(given(after)?, limit as usize)?;
        Ok(rows.into_iter().map(|row| CaseRow::of(row, &playbooks)).collect())
    }

    /// Has a case run by the version of its workflow that is in force, because the one it was opened under is faulty.
    pub fn cases_migrate(&self, id: RecordId, note: &str) -> Result<Recorded, ButlerError> {
        Ok(self.butler.cases().migrate(id.try_into()?, note)?.into())
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
        Ok(self.form().cases().settle(id.try_into()?, keep.try_into()?, &over, note)?.into())
    }
}
