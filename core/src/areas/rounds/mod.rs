//! Rounds 巡视: one walk through a checklist.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! # use butler_core::model::Procedure;
//! use butler_core::testing::{TestPhone, unit};
//!
//! let phone = TestPhone::new(&["butler"]);
//! let rounds = phone.butler.rounds();
//! # let procedures = phone.butler.procedures()?;
//! # let mut checklists = procedures.iter().filter_map(|row| match &row.begin {
//! #     Procedure::Checklist { checklist } => Some(checklist),
//! #     _ => None,
//! # });
//! # let checklist = checklists.next().unwrap();
//! let round = rounds.start(checklist, &unit(), None, None)?.record;
//! assert!(!rounds.details(round)?.points.is_empty(), "what there is to look at");
//! assert_eq!(rounds.under_way(None, 10)?.len(), 1);
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod check_in;
mod record_point;
mod record_result;
mod round_details;
mod start_round;
mod take_back;

pub use check_in::Proof;
pub use record_point::PointAnswer;
pub use round_details::{EarlierResult, ItemRow, PointRow, ResultRow, RoundDetails, RoundRow};
pub(super) use take_back::{is_withdrawn, withdrawal};

use crate::context::Submitting;

/// What can be done with rounds, and seen of them.
pub struct Rounds<'b>(pub(crate) Submitting<'b>);
