//! What an app can see: flat rows for lists, one record whole for details.
//!
//! A view reads one consistent state and computes; it changes nothing and needs no network. It shows what the phone's
//! owner may read, and nothing else: [`readable`] is asked by every one of them.

pub mod cases;
pub mod contested;
pub mod drafts;
pub(crate) mod facts;
pub mod figures;
pub mod history;
pub mod homes;
pub mod library;
pub mod procedures;
pub mod questions;
pub(crate) mod readable;
pub mod records;
pub mod refused;
pub(crate) mod registers;
pub mod residents;
pub mod rounds;
pub mod search;
pub mod status;
pub mod today;
