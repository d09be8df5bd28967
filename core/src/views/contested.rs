//! Every disagreement: both values, who, when. Deciding is `contested().settle` and `cases().settle`.

use std::collections::BTreeSet;

use crate::butler::OfficeTables;
use crate::commands::contested::Contested;
use crate::error::ButlerError;
use crate::model::{Candidate, DeviceId, Event, EventId, Kind, RecordId, StaffId, Timestamp, Value};
use crate::playbook::Label;
use crate::playbook::case::{CaseState, Standing};
use crate::playbook::workflow::Workflow;
use crate::views::readable::Readable;

/// One field, or one step of a case, that waits for a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Dispute {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// What it is about, as shown in a list ("3栋2单元501").
    pub subject: String,
    /// What is disputed.
    pub about: Disputed,
}

/// What is disputed.
#[derive(Debug, Clone, PartialEq)]
pub enum Disputed {
    /// A field with several values.
    Field {
        /// Its path.
        path: String,
        /// What people call it.
        label: Label,
        /// The values, the one shown meanwhile first.
        candidates: Vec<Claim>,
    },
    /// Steps of a case that exclude each other.
    Steps {
        /// The step that counts meanwhile.
        counts: StepClaim,
        /// The step that lost, with its evidence still readable.
        lost: StepClaim,
    },
}

/// One value somebody wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The value.
    pub value: Value,
    /// Who.
    pub by: StaffId,
    /// Their name.
    pub by_name: String,
    /// On which device.
    pub device: DeviceId,
    /// When, by the office's clock as far as known.
    pub at: Timestamp,
}

/// One step somebody made.
#[derive(Debug, Clone, PartialEq)]
pub struct StepClaim {
    /// The event.
    pub event: EventId,
    /// The step's name.
    pub step: Label,
    /// Who.
    pub by: StaffId,
    /// Their name.
    pub by_name: String,
    /// When, by the office's clock as far as known.
    pub at: Timestamp,
    /// Their words.
    pub note: String,
}

impl Claim {
    fn of(candidate: &Candidate, office: &OfficeTables) -> Self {
        Self {
            value: candidate.value.clone(),
            by: candidate.stamp.staff.clone(),
            by_name: office.name_of(&candidate.stamp.staff),
            device: candidate.actor.device(),
            at: candidate.stamp.estimated(),
        }
    }
}

impl StepClaim {
    fn of(event: EventId, workflow: &Workflow, state: &CaseState, office: &OfficeTables) -> Option<Self> {
        let folded = state.events.iter().find(|folded| folded.event.id == event)?;
        Some(Self {
            event,
            step: super::cases::step_label(workflow, &folded.event.step),
            by: folded.event.by.clone(),
            by_name: office.name_of(&folded.event.by),
            at: folded.at,
            note: folded.event.note.clone(),
        })
    }
}

impl Contested<'_> {
    /// Everything that waits for a decision on this phone and may be read: fields first, then steps.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn list(&self) -> Result<Vec<Dispute>, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            let readable = Readable::new(reader, &office)?;
            let mut disputes = Vec::new();
            let records: BTreeSet<RecordId> =
                reader.contested()?.into_iter().map(|(record, _)| record).collect();
            for id in records {
                let Some(record) = readable.record(id)? else { continue };
                let subject = readable.title(&record)?;
                for (path, field) in record.contested() {
                    let candidates = std::iter::once(&field.winner).chain(&field.others);
                    let about = Disputed::Field {
                        path: path.to_owned(),
                        label: super::history::label(record.kind, path),
                        candidates: candidates.map(|candidate| Claim::of(candidate, &office)).collect(),
                    };
                    disputes.push(Dispute { record: id, kind: record.kind, subject: subject.clone(), about });
                }
            }
            for id in reader.disputed_cases()? {
                let (record, workflow, state) = crate::commands::cases::load(reader, &office.playbooks, id)?;
                let Some(record) = readable.shown(record) else { continue };
                // Steps are disputed before whoever may read steps.
                if record.below(Event::PREFIX).next().is_none() {
                    continue;
                }
                let subject = readable.title(&record)?;
                for lost in state.contested() {
                    let Standing::Contested { by } = lost.standing else { continue };
                    let claim = |event| StepClaim::of(event, workflow, &state, &office);
                    let (Some(counts), Some(lost)) = (claim(by), claim(lost.event.id)) else { continue };
                    let about = Disputed::Steps { counts, lost };
                    disputes.push(Dispute { record: id, kind: Kind::Case, subject: subject.clone(), about });
                }
            }
            Ok(disputes)
        })
    }
}
