//! What is contested 待裁定.

use std::time::SystemTime;

use butler_core::areas::contested as views;

use crate::ids::{DeviceId, EventId, RecordId, Shown, StaffId, out};
use crate::records::RecordKind;
use crate::values::{Answer, Label, Recorded, instant};
use crate::{ButlerCore, ButlerError};

/// One value somebody wrote.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Claim {
    /// The value.
    pub value: Answer,
    /// Who.
    pub by: StaffId,
    /// Their name.
    pub by_name: String,
    /// On which phone.
    pub device: DeviceId,
    /// When, by the office's clock as far as known.
    pub at: SystemTime,
}

/// One step somebody made.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StepClaim {
    /// The step.
    pub event: EventId,
    /// What it is called.
    pub step: Label,
    /// Who.
    pub by: StaffId,
    /// Their name.
    pub by_name: String,
    /// When, by the office's clock as far as known.
    pub at: SystemTime,
    /// Their words.
    pub note: String,
}

/// What is disputed.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
#[expect(
    clippy::large_enum_variant,
    reason = "made once and written into a buffer; a list of these is short"
)]
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

/// One field, or one step of a case, that waits for a decision.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Dispute {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: RecordKind,
    /// What it is about, as shown in a list.
    pub subject: String,
    /// What is disputed.
    pub about: Disputed,
    /// What a screen shows that draws this: goes back with the decision.
    pub shown: Shown,
}

impl From<views::Claim> for Claim {
    fn from(claim: views::Claim) -> Self {
        Self {
            value: claim.value.into(),
            by: claim.by.into(),
            by_name: claim.by_name,
            device: claim.device.into(),
            at: instant(claim.at),
        }
    }
}

impl From<views::StepClaim> for StepClaim {
    fn from(claim: views::StepClaim) -> Self {
        Self {
            event: claim.event.into(),
            step: claim.step.into(),
            by: claim.by.into(),
            by_name: claim.by_name,
            at: instant(claim.at),
            note: claim.note,
        }
    }
}

impl From<views::Dispute> for Dispute {
    fn from(dispute: views::Dispute) -> Self {
        let about = match dispute.about {
            views::Disputed::Field { path, label, candidates } => {
                Disputed::Field { path, label: label.into(), candidates: out(candidates) }
            }
            views::Disputed::Steps { counts, lost } => {
                Disputed::Steps { counts: counts.into(), lost: lost.into() }
            }
        };
        Self {
            record: dispute.record.into(),
            kind: dispute.kind.into(),
            subject: dispute.subject,
            about,
            shown: dispute.shown.into(),
        }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// Everything that waits for a decision on this phone.
    pub fn contested_list(&self) -> Result<Vec<Dispute>, ButlerError> {
        Ok(out(self.butler.contested().list()?))
    }

    /// Chooses a value for a contested field: one of the candidates or another.
    pub fn contested_settle(
        &self,
        record: RecordId,
        path: &str,
        value: Answer,
    ) -> Result<Recorded, ButlerError> {
        Ok(self.form().contested().settle(record.try_into()?, path, value.into())?.into())
    }
}
