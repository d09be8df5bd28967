//! The siege; `cargo xtask bench siege` runs it.

use std::process::ExitCode;

fn main() -> ExitCode {
    butler_tests::hostile::besieged()
}
