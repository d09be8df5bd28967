//! The demo day; `cargo xtask demo` runs it.

use std::process::ExitCode;

fn main() -> ExitCode {
    butler_tests::demo::main()
}
