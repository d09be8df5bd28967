//! `cargo xtask demo`: the whole product at work, on this machine, from nothing.

use anyhow::Result;

use crate::{setup, sh};

#[derive(clap::Args)]
pub struct Args {
    /// Passed to the demo; `cargo xtask demo -- --help` lists what it takes
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    demo: Vec<String>,
}

pub fn run(args: &Args) -> Result<()> {
    setup::rust()?;
    // The demo starts the office it finds beside itself.
    println!("building the office and the phones, optimised: minutes the first time");
    let office = ["build", "--profile", "demo", "-p", "butler-office", "--bin", "butler-office"];
    sh::run(sh::cargo().args(office))?;
    let demo = ["build", "--profile", "demo", "-p", "butler-tests", "--bin", "butler-demo"];
    sh::run(sh::cargo().args(demo))?;
    let demo = ["run", "-q", "--profile", "demo", "-p", "butler-tests", "--bin", "butler-demo", "--"];
    sh::run(sh::cargo().args(demo).args(&args.demo))
}
