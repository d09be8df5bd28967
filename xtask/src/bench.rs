//! `cargo xtask bench [FILTER]`.

use anyhow::Result;

use crate::{setup, sh};

#[derive(clap::Args)]
pub struct Args {
    /// Passed to the benches: a filter, and what else they take
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    bench: Vec<String>,
}

pub fn run(args: &Args) -> Result<()> {
    setup::rust()?;
    sh::run(sh::cargo().args(["bench", "-p", "butler-tests", "--"]).args(&args.bench))
}
