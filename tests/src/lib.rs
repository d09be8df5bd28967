//! Whole-system tests, acceptance scenarios, the demo day and the benches.

pub mod demo;
pub mod fleet;
mod host;
pub mod hostile;
pub mod scenario;
mod today;
