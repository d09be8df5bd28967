//! Cases 工单: anything that follows a workflow.

mod case_details;
mod link_case;
mod migrate_case;
mod open_case;
mod settle_steps;
mod take_step;

pub use case_details::{CaseDetails, CaseRow, CaseStep, DeadlineRow, LinkRow, NextStepRow, StepName};
pub use open_case::NewCase;

use crate::context::Submitting;

/// What can be done with cases, and seen of them.
pub struct Cases<'b>(pub(crate) Submitting<'b>);
