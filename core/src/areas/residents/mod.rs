//! Residents 住户.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::model::ResidentEdit;
//! use butler_core::testing::TestPhone;
//!
//! let phone = TestPhone::new(&["butler"]);
//! let home = phone.home("501");
//! let named = |name: &str| ResidentEdit { name: name.into(), ..ResidentEdit::default() };
//! let person = phone.butler.residents().add(home, named("单小明"))?.record;
//! phone.butler.residents().edit(person, named("单晓明"))?;
//! assert_eq!(phone.butler.records().get(person)?.text("name"), Some("单晓明"));
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod add_resident;
mod edit_resident;
mod resident_details;
mod resident_phone;

pub use resident_details::ResidentDetails;

use crate::context::Submitting;

/// What can be done with residents.
pub struct Residents<'b>(pub(crate) Submitting<'b>);
