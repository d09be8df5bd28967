//! `receipt`: whether what a customer shows is this company's word.

use std::io::Write;
use std::path::Path;

use butler_core::host::Host;
use butler_core::model::OfficePublic;
use butler_core::sync::customer_receipt;
use chrono::{DateTime, FixedOffset};

use super::{CliError, open};
use crate::storage::Storage;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// Check a customer's receipt; needs no office where the company's key is given 查验客户回执
    Check {
        /// What the QR of the receipt says, BUTLER1:…
        text: String,
        /// The company's public key, as `key check` prints it; left out, this office's
        #[arg(long, value_name = "HEX")]
        key: Option<OfficePublic>,
    },
}

pub(super) fn run(
    data: Option<&Path>,
    host: &dyn Host,
    verb: &Verb,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let Verb::Check { text, key } = verb;
    let key = match key {
        Some(key) => *key,
        None => open(data.ok_or(CliError::NoOffice)?, host)?.storage().read(|read| read.office_key())?,
    };
    let receipt = customer_receipt::check(text, key)?;
    let zone = FixedOffset::east_opt(receipt.utc_offset_minutes.saturating_mul(60));
    let moment = |at: butler_core::model::Timestamp| {
        let at =
            zone.and_then(|zone| Some(DateTime::from_timestamp_millis(at.millis())?.with_timezone(&zone)));
        at.map(|at| at.format("%Y-%m-%d %H:%M %:z").to_string()).unwrap_or_default()
    };
    writeln!(out, "属实 · this company's word")?;
    let rows = [
        ("公司 company", receipt.company.as_str()),
        ("单号 number", receipt.number.as_str()),
        ("内容 what", receipt.what.as_str()),
        ("报事时间 reported", &moment(receipt.reported)),
        ("出具人 given by", receipt.by.as_str()),
        ("出具时间 given", &moment(receipt.given)),
    ];
    for (label, words) in rows {
        // What was signed is data all the same: it may not steer the terminal it is printed on.
        let words: String = words.chars().filter(|letter| !letter.is_control()).collect();
        writeln!(out, "    {label}  {words}")?;
    }
    Ok(())
}
