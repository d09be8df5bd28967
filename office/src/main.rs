//! `butler-office`: see `butler-office --help`.

use std::process::ExitCode;

use butler_office::cli::{Cli, CliError, run};
use clap::Parser;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Answers go to standard output, the journal to standard error: one JSON object a line.
    tracing_subscriber::fmt().json().with_writer(std::io::stderr).init();
    butler_office::panics::leave_out_messages();
    match run(cli, &mut std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the answer (`head`, a pager) has seen enough.
        Err(CliError::Print(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("failed to {error}");
            ExitCode::FAILURE
        }
    }
}
