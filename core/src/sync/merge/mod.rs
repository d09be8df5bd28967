//! What the office's answers and pages lead to for one record: worked out as a value ([`plan`]), carried out in one
//! transaction ([`apply`]).

pub(super) mod apply;
mod plan;
