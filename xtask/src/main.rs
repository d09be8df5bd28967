//! The one tool a developer runs: `cargo xtask setup`, and what grows from there.

use anyhow::Result;
use clap::{Parser, Subcommand};

mod sh;
mod sqlcipher;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The one tool a developer runs")]
struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build what the rest of the workspace links
    Setup {
        /// Build SQLCipher for this target instead of the machine we are on
        #[arg(long)]
        target: Option<String>,
    },
}

fn main() -> Result<()> {
    match Args::parse().verb {
        Verb::Setup { target } => sqlcipher::ensure(&target.map_or_else(sh::host, Ok)?),
    }
}
