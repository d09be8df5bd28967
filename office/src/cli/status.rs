//! `status`: every device, as it described itself at its last hello.

use std::io::Write;

use butler_core::model::office::RejectedSet;
use butler_core::model::{GridId, Timestamp};
use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::CliError;
use crate::hub::Hub;
use crate::storage::{Device, Sizes, Sqlite, Storage, StorageError};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// One JSON object instead of lines
    #[arg(long)]
    json: bool,
}

/// What `status --json` prints.
#[derive(Debug, Serialize)]
struct Status {
    community: String,
    generation: String,
    grids: Vec<(GridId, u64)>,
    held: usize,
    pending: usize,
    /// How much is kept.
    kept: Sizes,
    /// The version of the set of playbooks in force here; 0 before any was published.
    playbooks: u64,
    devices: Vec<DeviceLine>,
}

#[derive(Debug, Serialize)]
struct DeviceLine {
    device: String,
    owner: String,
    name: String,
    label: String,
    app: String,
    enrolled: String,
    revoked: Option<String>,
    last_sync: Option<String>,
    unsent_records: u64,
    unsent_photos: u64,
    oldest_unsent_ms: Option<u64>,
    blocked: Option<String>,
    /// The version of the set of playbooks in force on the phone; 0 before it took any.
    playbooks: u64,
    rejected_playbooks: Option<RejectedSet>,
}

pub(super) fn run(hub: &Hub<Sqlite>, args: &Args, out: &mut dyn Write) -> Result<(), CliError> {
    let status = hub.storage().read(|read| {
        let community = read.community()?;
        let tables = hub.in_force(read)?;
        let grids = tables.grids.keys().map(|grid| Ok((grid.clone(), read.feed_end(grid)?)));
        let zone = FixedOffset::east_opt(community.utc_offset_minutes.saturating_mul(60));
        let when = |at: Timestamp| moment(at, zone);
        let line = |device: Device| {
            let name = tables.staff.get(&device.staff).map_or_else(String::new, |staff| staff.name.clone());
            DeviceLine {
                device: device.id.to_string(),
                owner: device.staff.to_string(),
                name,
                label: device.label,
                app: device.report.app,
                enrolled: when(device.enrolled),
                revoked: device.revoked.map(when),
                last_sync: device.last_sync.map(when),
                unsent_records: device.report.unsent_records,
                unsent_photos: device.report.unsent_photos,
                oldest_unsent_ms: device.report.oldest_unsent_ms,
                blocked: device.report.blocked,
                playbooks: device.report.playbooks,
                rejected_playbooks: device.report.rejected_playbooks,
            }
        };
        Ok::<_, StorageError>(Status {
            community: community.id.to_string(),
            generation: read.life()?.generation.to_string(),
            grids: grids.collect::<Result<_, StorageError>>()?,
            held: read.held()?.len(),
            pending: read.all_pending()?.len(),
            kept: read.sizes()?,
            playbooks: read.playbook_set_version()?,
            devices: read.devices()?.into_iter().map(line).collect(),
        })
    })?;
    if args.json {
        let text = serde_json::to_string_pretty(&status).map_err(std::io::Error::other)?;
        writeln!(out, "{text}")?;
        return Ok(());
    }
    writeln!(
        out,
        "{}  {} 台设备 devices  {} 条待处理 held  {} 条等待前序 pending",
        status.community,
        status.devices.len(),
        status.held,
        status.pending
    )?;
    let Sizes { records, changes, feed, audit, photo_bytes, .. } = status.kept;
    let photos = photo_bytes >> 20;
    writeln!(
        out,
        "    {records} 份档案 records  {changes} 次修改 changes  {feed} feed rows  {audit} 条审计 audit  照片 photos {photos} MiB"
    )?;
    for device in &status.devices {
        writeln!(out, "{}  {} {}  {}", device.device, device.owner, device.name, device.label)?;
        let last = device.last_sync.as_deref().unwrap_or("从未同步 never");
        write!(
            out,
            "    同步 last sync {last}  未传 unsent {}+{}",
            device.unsent_records, device.unsent_photos
        )?;
        if let Some(oldest) = device.oldest_unsent_ms {
            write!(out, "  最早 oldest {} min", oldest / 60_000)?;
        }
        if let Some(blocked) = &device.blocked {
            write!(out, "  受阻 blocked: {blocked}")?;
        }
        if let Some(revoked) = &device.revoked {
            write!(out, "  已吊销 revoked {revoked}")?;
        }
        writeln!(out)?;
        if let Some(rejected) = &device.rejected_playbooks {
            let RejectedSet { version, code, detail } = rejected;
            let detail = detail.as_deref().unwrap_or_default();
            writeln!(out, "    拒绝流程 rejected playbooks {version}: {code} {detail}")?;
        } else if device.playbooks != status.playbooks {
            writeln!(out, "    流程未更新 playbooks not taken yet: {}", device.playbooks)?;
        }
    }
    Ok(())
}

/// A moment as the community's clocks show it.
pub(super) fn moment(at: Timestamp, zone: Option<FixedOffset>) -> String {
    let utc = DateTime::from_timestamp_millis(at.millis());
    match (utc, zone) {
        (Some(utc), Some(zone)) => utc.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string(),
        _ => at.millis().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_by_the_communitys_clock() {
        let at = Timestamp::from_millis(1_795_000_000_000);
        assert_eq!(moment(at, FixedOffset::east_opt(480 * 60)), "2026-11-18 19:06:40");
        assert_eq!(moment(Timestamp::from_millis(i64::MAX), None), i64::MAX.to_string());
    }
}
