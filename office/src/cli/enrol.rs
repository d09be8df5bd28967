//! `enrol`: a one-time code for a phone.

use std::io::Write;

use butler_core::host::Host;
use butler_core::model::StaffId;
use butler_core::sync::enrol::EnrolmentCode;

use super::CliError;
use crate::hub::Hub;
use crate::storage::Sqlite;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Whose phone it will be, by the id of `staff list`.
    staff: StaffId,
    /// Where phones reach the office: prints the text of a picture (QR) to scan, too.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
}

pub(super) fn run(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    args: &Args,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let code = hub.open_code(host, &args.staff)?;
    // The code stands alone on its line, so that a script can take it.
    writeln!(out, "{code}")?;
    if let Some(office) = &args.address {
        let picture = EnrolmentCode { office: Some(office.clone()), code };
        if EnrolmentCode::read(&picture.written()).as_ref() != Some(&picture) {
            return Err(CliError::Address(office.clone()));
        }
        writeln!(out, "{}", picture.written())?;
    }
    writeln!(out, "10 分钟内有效，只能用一次 · valid for 10 minutes, once")?;
    Ok(())
}
