//! Cases 工单: anything that follows a workflow.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::areas::cases::NewCase;
//! use butler_core::model::Evidence;
//! use butler_core::testing::TestPhone;
//!
//! // A procedure is a file of the company's: its states, and who may make which step.
//! const LAMP: &str = r#"
//! kind = "workflow"
//! id = "lamp"
//! title = { zh = "换灯", en = "Change a lamp" }
//! subjects = ["home"]
//! resolved_by = ["supervisor"]
//! [[state]]
//! id = "dark"
//! label = { zh = "不亮", en = "Dark" }
//! [[state]]
//! id = "bright"
//! label = { zh = "已亮", en = "Bright" }
//! end = true
//! [[step]]
//! id = "report"
//! label = { zh = "报修", en = "Report" }
//! opens = true
//! to = "dark"
//! roles = ["butler"]
//! [[step]]
//! id = "change"
//! label = { zh = "换灯", en = "Change" }
//! from = ["dark"]
//! to = "bright"
//! roles = ["butler"]
//! "#;
//!
//! let phone = TestPhone::new(&["butler"]);
//! phone.publish(&[LAMP]);
//! let home = phone.home("501");
//! let cases = phone.butler.cases();
//! let new = NewCase {
//!     workflow: "lamp".into(),
//!     step: "report".into(),
//!     about: vec![home],
//!     ..NewCase::default()
//! };
//! let case = cases.open(&new)?.record;
//! assert_eq!(cases.next_steps(case)?[0].step, "change");
//! cases.take(case, &"change".into(), Evidence::default(), "楼道灯")?;
//! assert!(cases.open_list(None, 10)?.is_empty(), "it is over");
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod case_details;
mod case_list;
mod case_plan;
mod link_case;
mod migrate_case;
mod open_case;
mod receipt;
mod resolve_steps;
mod step_contact;
mod step_fields;
mod take_step;

pub use case_details::{CaseDetails, CaseStep, DeadlineRow, LinkRow, NextStepRow, StepName};
pub(crate) use case_list::CaseRows;
pub use case_list::{CaseFilter, CaseRow, CaseTurn};
pub use case_plan::{MadeStep, PlanStep};
pub use open_case::NewCase;
pub use receipt::ReceiptShown;

use crate::context::Submitting;

/// What can be done with cases, and seen of them.
pub struct Cases<'b>(pub(crate) Submitting<'b>);
