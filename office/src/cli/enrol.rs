//! `enrol`: a one-time code for a phone.

use std::io::Write;

use butler_core::host::SystemHost;
use butler_core::model::StaffId;

use super::CliError;
use crate::hub::Hub;
use crate::storage::Sqlite;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Whose phone it will be, by the id of `staff list`.
    staff: StaffId,
}

pub(super) fn run(hub: &Hub<Sqlite>, args: &Args, out: &mut dyn Write) -> Result<(), CliError> {
    let code = hub.open_code(&SystemHost, &args.staff)?;
    // The code stands alone on its line, so that a script can take it.
    writeln!(out, "{code}")?;
    writeln!(out, "10 分钟内有效，只能用一次 · valid for 10 minutes, once")?;
    Ok(())
}
