//! `held`: changes that were not accepted. Nothing handed in is thrown away.

use std::io::Write;

use butler_core::host::Host;
use butler_core::model::{ChangeHash, GridId, RecordId, StaffId, Timestamp};
use chrono::{FixedOffset, NaiveDate};

use super::CliError;
use super::status::moment;
use crate::hub::{HeldChange, HeldOf, Hub};
use crate::storage::{Sqlite, Storage};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// What is held, oldest first: when it came in, its author, grids, record, change, verdict, reason; then what waits for a change not here yet 列出
    List(Meant),
    /// Let in one change, or all of a person, day or grid: the supervisor vouches for them. Without --apply the latter
    /// are only listed 放行
    #[command(group = clap::ArgGroup::new("which").required(true).multiple(true).args(["record", "author", "day", "grid"]))]
    Release {
        /// The record, as `held list` shows it
        #[arg(requires = "change", conflicts_with_all = ["author", "day", "grid"])]
        record: Option<RecordId>,
        /// The change, as `held list` shows it
        change: Option<ChangeHash>,
        #[command(flatten)]
        meant: Meant,
        /// Who decides: the id of a supervisor
        #[arg(long)]
        by: StaffId,
        /// Carry it out
        #[arg(long)]
        apply: bool,
    },
}

/// Which held changes are meant.
#[derive(Debug, clap::Args)]
pub(super) struct Meant {
    /// Only what this person wrote, by the id of `staff list`
    #[arg(long, value_name = "STAFF")]
    author: Option<StaffId>,
    /// Only what came in on this day, such as 2026-11-27
    #[arg(long)]
    day: Option<NaiveDate>,
    /// Only what lies in this grid
    #[arg(long)]
    grid: Option<GridId>,
}

impl From<Meant> for HeldOf {
    fn from(Meant { author, day, grid }: Meant) -> Self {
        Self { author, day, grid }
    }
}

pub(super) fn run(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    verb: Verb,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let community = hub.storage().read(|read| read.community())?;
    let zone = FixedOffset::east_opt(community.utc_offset_minutes.saturating_mul(60));
    match verb {
        Verb::List(meant) => {
            let meant = HeldOf::from(meant);
            for change in hub.held_of(&meant)? {
                line(&change, zone, out)?;
            }
            if meant == HeldOf::default() {
                for pending in hub.pending()? {
                    let (record, device) = (pending.envelope.record, pending.envelope.device);
                    let at = moment(pending.at, zone);
                    writeln!(out, "{at}  -  -  {record}  {}  pending  -  -  {device}", pending.hash)?;
                }
            }
        }
        Verb::Release { record: Some(record), change: Some(change), by, .. } => {
            hub.release(host, &by, record, change)?;
            writeln!(out, "已放行 · released")?;
        }
        Verb::Release { meant, by, apply, .. } => {
            let changes = hub.held_of(&meant.into())?;
            for change in &changes {
                line(change, zone, out)?;
            }
            if !apply {
                let count = changes.len();
                writeln!(
                    out,
                    "{count} 条，仅预览，加 --apply 放行 · nothing was released; --apply carries it out"
                )?;
                return Ok(());
            }
            let released = hub.release_all(host, &by, &changes)?;
            for (hash, error) in &released.still_held {
                writeln!(out, "{hash}  {error}")?;
            }
            let (accepted, held) = (released.accepted, released.still_held.len());
            writeln!(out, "已放行 {accepted} 条 · released {accepted}; 仍待处理 still held {held}")?;
        }
    }
    Ok(())
}

fn line(change: &HeldChange, zone: Option<FixedOffset>, out: &mut dyn Write) -> Result<(), CliError> {
    let held = &change.held;
    let at: Timestamp = held.at;
    let author = held.edit.as_ref().map_or("-", |(_, staff)| staff.as_str());
    let grids: Vec<&str> = change.grids.iter().map(GridId::as_str).collect();
    let grids = if grids.is_empty() { "-".to_owned() } else { grids.join(",") };
    writeln!(
        out,
        "{}  {author}  {grids}  {}  {}  {}  {}  {}  {}",
        moment(at, zone),
        held.envelope.record,
        held.hash,
        held.kind.name(),
        held.reason.code,
        held.reason.path.as_deref().unwrap_or("-"),
        held.envelope.device
    )?;
    Ok(())
}
