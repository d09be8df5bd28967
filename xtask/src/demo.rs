//! `cargo xtask demo`: the whole product at work, on this machine, from nothing.

use std::process::Command;

use anyhow::Result;

use crate::{build, setup, sh};

#[derive(clap::Args)]
pub struct Args {
    /// Passed to the demo; `cargo xtask demo -- --help` lists what it takes
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    demo: Vec<String>,
}

pub fn run(args: &Args) -> Result<()> {
    setup::rust()?;
    println!("building the office and the phones: minutes the first time");
    // The demo starts the office it finds beside itself.
    let built = build::build(&["--bin", "butler-office", "--bin", "butler-demo"])?;
    let mut demo = Command::new(built.program("butler-demo")?);
    sh::run(demo.args(&args.demo).current_dir(sh::repo()))
}
