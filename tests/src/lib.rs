//! Whole-system tests, the demo day and the benches.

pub mod demo;
pub mod fleet;
