//! `held`: changes that were not accepted. Nothing handed in is thrown away.

use std::io::Write;

use butler_core::host::SystemHost;
use butler_core::model::{ChangeHash, RecordId, StaffId};

use super::CliError;
use crate::hub::Hub;
use crate::storage::Sqlite;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// What is held, oldest first: record, change, verdict, reason; then what waits for a change not here yet 列出
    List,
    /// Let one in: the supervisor vouches for it 放行
    Release {
        /// The record, as `held list` shows it
        record: RecordId,
        /// The change, as `held list` shows it
        change: ChangeHash,
        /// Who decides: the id of a supervisor
        #[arg(long)]
        by: StaffId,
    },
}

pub(super) fn run(hub: &Hub<Sqlite>, verb: Verb, out: &mut dyn Write) -> Result<(), CliError> {
    match verb {
        Verb::List => {
            for held in hub.held()? {
                let path = held.reason.path.as_deref().unwrap_or("-");
                writeln!(
                    out,
                    "{}  {}  {}  {}  {path}  {}",
                    held.envelope.record,
                    held.hash,
                    held.kind.name(),
                    held.reason.code,
                    held.envelope.device
                )?;
            }
            for parked in hub.parked()? {
                let (record, device) = (parked.envelope.record, parked.envelope.device);
                writeln!(out, "{record}  {}  parked  -  -  {device}", parked.hash)?;
            }
        }
        Verb::Release { record, change, by } => {
            hub.release(&SystemHost, &by, record, change)?;
            writeln!(out, "已放行 · released")?;
        }
    }
    Ok(())
}
