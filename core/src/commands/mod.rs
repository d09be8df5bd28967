//! What an app can do: one folder per area, one file per verb.
//!
//! Every verb has the same course: read, check role and playbook, make one [`Edit`], and let [`Acting::edit`]
//! turn it into a signed change with its rows in one transaction. What a verb returns names what changed.

pub(crate) mod acting;
pub mod cases;
pub mod contested;
pub mod homes;
pub mod photos;
pub mod records;
pub mod refused;
pub mod registers;
pub mod residents;
pub mod rounds;
pub mod today;
pub mod visits;

pub(crate) use acting::Acting;
pub use acting::Recorded;
