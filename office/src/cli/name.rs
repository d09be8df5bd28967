//! `name`: what is on the office's door.

use std::io::Write;

use butler_core::host::Host;

use super::CliError;
use crate::hub::Hub;
use crate::storage::Sqlite;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What people call the office, such as 金色家园物业服务中心; at most 64 characters.
    name: String,
}

pub(super) fn run(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    args: &Args,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    hub.rename(host, &args.name)?;
    writeln!(out, "已更新 · done")?;
    Ok(())
}
