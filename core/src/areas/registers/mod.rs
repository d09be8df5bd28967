//! Registers: rows of any form 登记.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::areas::registers::NewEntry;
//! use butler_core::model::Evidence;
//! use butler_core::testing::{TestPhone, unit};
//!
//! const KEYS: &str = r#"
//! kind = "form"
//! id = "keys"
//! title = { zh = "钥匙登记", en = "Keys" }
//! [[field]]
//! id = "bag"
//! label = { zh = "袋号", en = "Bag" }
//! type = "text"
//! required = true
//! "#;
//!
//! let phone = TestPhone::new(&["butler"]);
//! phone.publish(&[KEYS]);
//! let registers = phone.butler.registers();
//! assert_eq!(registers.ask(&"keys".into(), &Evidence::default(), &[], None)?[0].field, "bag");
//! let answers = Evidence { fields: [("bag".into(), "F-01".into())].into(), ..Evidence::default() };
//! let entry = NewEntry { form: "keys".into(), place: unit(), about: vec![], answers, due: None };
//! let row = registers.add(&entry)?.record;
//! assert_eq!(phone.butler.records().get(row)?.text("field/bag"), Some("F-01"));
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod add_entry;
mod edit_entry;
mod entry_details;
mod entry_list;
mod form_questions;

pub use add_entry::NewEntry;
pub(crate) use add_entry::add;
pub use entry_details::EntryDetails;
pub use entry_list::{RegisterFilter, RegisterPage, RegisterRow};
pub use form_questions::{FormRow, ProposalRow};

use crate::context::Submitting;

/// What can be done with registers.
pub struct Registers<'b>(pub(crate) Submitting<'b>);
