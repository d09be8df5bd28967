//! `init`: a new office in an empty folder.

use std::io::Write;
use std::path::Path;

use butler_core::host::Host;
use butler_core::model::CommunityId;
use butler_core::playbook::Playbooks;

use super::CliError;
use crate::hub::Hub;
use crate::storage::Sqlite;
use crate::storage::sqlite::NewOffice;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The community's id 小区编号, such as `jinse`. Ids of homes are derived from it.
    #[arg(long)]
    community: CommunityId,
    /// What people call the office, shown to whoever is about to enrol a phone; `name` changes it
    #[arg(long)]
    name: Option<String>,
    /// Minutes east of UTC; China has 480. Fixed for good.
    #[arg(long, default_value_t = 480, value_parser = clap::value_parser!(i32).range(-720..=840))]
    utc_offset: i32,
}

pub(super) fn run(data: &Path, host: &dyn Host, args: &Args, out: &mut dyn Write) -> Result<(), CliError> {
    let office = NewOffice { community: args.community.clone(), utc_offset_minutes: args.utc_offset };
    let storage = Sqlite::create(data, host, &office)?;
    if let Some(name) = &args.name {
        let seals = storage.seal_secret(host)?;
        Hub::new(storage, Playbooks::embedded()?, seals).rename(host, name)?;
    }
    writeln!(out, "已建立 {} · new office in {}", args.community, data.display())?;
    writeln!(out, "接下来备份到另一块盘 · next, back up to another disk: backup DIR")?;
    writeln!(
        out,
        "自行复制时请排除 · leave out of copies of your own: {}",
        data.join("not-in-backups").display()
    )?;
    writeln!(
        out,
        "签名密钥和回执印另存一份，勿与备份放在一起 · keep copies of the signing key and the receipt seal in a place of their own: \
         {}、{}",
        data.join("not-in-backups/signing-key").display(),
        data.join("not-in-backups/receipt-seal").display()
    )?;
    Ok(())
}
