//! `audit`: whether what was noted down is all there.

use std::io::Write;
use std::path::PathBuf;

use butler_core::host::Host;

use super::CliError;
use crate::hub::{AuditError, Hub, OfficeError, SignedHead};
use crate::storage::Sqlite;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// Look at every entry, and whether a head kept elsewhere is still part of it 核对
    Verify {
        /// A file with what `audit head` printed
        #[arg(long, value_name = "FILE")]
        head: Option<PathBuf>,
    },
    /// Print the end of the audit as it is now, signed: keep it where the office's machine cannot write 留存
    Head,
}

pub(super) fn run(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    verb: &Verb,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    match verb {
        Verb::Verify { head } => {
            let kept = match head {
                Some(path) => {
                    let file = |cause| CliError::File { path: path.clone(), cause };
                    let text = std::fs::read_to_string(path).map_err(file)?;
                    let kept = serde_json::from_str::<SignedHead>(&text);
                    Some(kept.map_err(|_| OfficeError::Audit(AuditError::NotOurs))?)
                }
                None => None,
            };
            let entries = hub.verify_audit(kept.as_ref())?;
            writeln!(out, "{entries} 条完整 · entries, none changed or missing")?;
        }
        Verb::Head => {
            let head = hub.audit_head(host)?;
            writeln!(out, "{}", serde_json::to_string(&head).map_err(std::io::Error::other)?)?;
        }
    }
    Ok(())
}
