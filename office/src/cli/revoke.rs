//! `revoke`: a lost phone.

use std::io::Write;

use butler_core::host::Host;
use butler_core::model::DeviceId;

use super::CliError;
use crate::hub::Hub;
use crate::storage::Sqlite;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The device, as `status` shows it.
    device: DeviceId,
}

pub(super) fn run(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    args: &Args,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    hub.revoke(host, args.device)?;
    writeln!(
        out,
        "已吊销 {} · revoked: it reads nothing any more; what it has not sent may still come in and is held",
        args.device
    )?;
    Ok(())
}
