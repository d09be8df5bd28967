//! Contacts: calls, visits, messages, meetings 沟通记录.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::model::ContactEdit;
//! use butler_core::model::choice::{Channel, Outcome};
//! use butler_core::testing::TestPhone;
//!
//! let phone = TestPhone::new(&["butler"]);
//! let home = phone.home("501");
//! let visit = ContactEdit {
//!     channel: Channel::VISIT.into(),
//!     purpose: "planned_visit".into(),
//!     outcome: Outcome::Agreed.into(),
//!     summary: "家里一切都好。".into(),
//!     ..ContactEdit::default()
//! };
//! phone.butler.contacts().record(&[home], visit, &[])?;
//! assert_eq!(phone.butler.homes().details(home)?.contacts.len(), 1);
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod contact_details;
mod edit_contact;
mod phrases;
mod record_contact;

pub use contact_details::{ContactDetails, ContactSubject};

use crate::context::Submitting;

/// What can be done with contacts.
pub struct Contacts<'b>(pub(crate) Submitting<'b>);
