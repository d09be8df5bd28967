//! Every test of the office from outside, in one binary, but for `panics.rs`, whose hook is the whole process's.

mod import;
mod process;
