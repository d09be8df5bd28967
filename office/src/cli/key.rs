//! `key`: what the office signs with.

use std::io::Write;

use butler_core::host::Host;

use super::CliError;
use crate::hub::Hub;
use crate::storage::{Sqlite, Storage};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// Whether the key is there, and this office's 检查
    Check,
    /// Make another: every phone must enrol again before it takes playbooks 更换
    Renew,
}

pub(super) fn run(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    verb: &Verb,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    match verb {
        Verb::Check => {
            let key = hub.storage().signing_key()?;
            writeln!(out, "{} 密钥在，属于本办公室 · the key is there, and this office's", key.public())?;
        }
        Verb::Renew => {
            hub.storage().renew_signing_key(host)?;
            writeln!(
                out,
                "已更换；请每台手机重新登记 · renewed; enrol every phone again, each keeps the old key until then"
            )?;
        }
    }
    Ok(())
}
