//! `status`: every device, as it described itself at its last hello.

use std::io::Write;

use butler_core::model::office::RejectedSet;
use butler_core::model::{ChangeHash, GridId, PhotoId, RecordId, Timestamp};
use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::CliError;
use crate::backup::{self, Lost};
use crate::hub::Hub;
use crate::storage::{AwaitedPhoto, Community, Device, Sizes, Sqlite, Storage, StorageError};

/// Photos that have not come and are listed one by one; `--json` lists all.
const LISTED: usize = 20;

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
    backup: BackupLine,
    /// Photos that accepted edits name and nobody has handed in, oldest first.
    awaited_photos: Vec<PhotoLine>,
    /// What a restored office knows of what it lacks; null where no life but the first ever was.
    restored: Option<RestoredLine>,
    devices: Vec<DeviceLine>,
}

/// How far backups reach.
#[derive(Debug, Serialize)]
struct BackupLine {
    /// When the last one was complete, if there ever was one.
    last: Option<String>,
    /// Rows of feeds since then: how much would be missing if the disk died now.
    behind: u64,
}

/// A photo that is named and not here.
#[derive(Debug, Serialize)]
struct PhotoLine {
    photo: PhotoId,
    record: RecordId,
    /// The device that took it.
    device: String,
    owner: String,
    name: String,
    label: String,
    /// When the edit that names it was accepted.
    since: String,
    /// The device was revoked, or is not known here: it comes by somebody else or not at all.
    gone: bool,
}

/// A restored office's account of what it may lack.
#[derive(Debug, Serialize)]
struct RestoredLine {
    /// When the present life of the data began.
    since: String,
    /// When the backup was taken; null when an old copy was put back by hand.
    backup: Option<String>,
    /// Devices that have not handed everything in again since: what the office accepted after the backup is on them alone.
    awaited: Vec<WaitingFor>,
    /// Devices revoked before they had handed everything in again after a restore: the rest nobody brings back.
    gone: Vec<WaitingFor>,
    /// Changes that others build on and nobody handed in.
    missing: Vec<Gap>,
}

/// A device that has not handed everything in again since the restore.
#[derive(Debug, Serialize)]
struct WaitingFor {
    device: String,
    owner: String,
    name: String,
    label: String,
    /// As far as the restored database knows: it may have synced after the backup.
    last_heard: Option<String>,
    /// What it had not sent then.
    unsent_records: u64,
}

/// A change that is not here.
#[derive(Debug, Serialize)]
struct Gap {
    record: RecordId,
    change: ChangeHash,
    /// How many changes wait for it.
    waiting: usize,
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
        let zone = zone(&community);
        let when = |at: Timestamp| moment(at, zone);
        let name_of = |device: &Device| {
            tables.staff.get(&device.staff).map_or_else(String::new, |staff| staff.name.clone())
        };
        let line = |device: Device| {
            let name = name_of(&device);
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
        let waiting_for = |device: &Device| WaitingFor {
            device: device.id.to_string(),
            owner: device.staff.to_string(),
            name: name_of(device),
            label: device.label.clone(),
            last_heard: device.last_sync.map(when),
            unsent_records: device.report.unsent_records,
        };
        let restored =
            backup::lost(read)?.map(|Lost { since, backup, awaited, gone, missing }| RestoredLine {
                since: when(since),
                backup: backup.map(when),
                awaited: awaited.iter().map(waiting_for).collect(),
                gone: gone.iter().map(waiting_for).collect(),
                missing: missing
                    .into_iter()
                    .map(|((record, change), waiting)| Gap { record, change, waiting })
                    .collect(),
            });
        let photo = |AwaitedPhoto { photo, record, device, since }| {
            let taken_by = read.device(device)?;
            let of = |told: fn(&Device) -> String| taken_by.as_ref().map_or_else(String::new, told);
            Ok(PhotoLine {
                photo,
                record,
                device: device.to_string(),
                owner: of(|device| device.staff.to_string()),
                name: taken_by.as_ref().map_or_else(String::new, name_of),
                label: of(|device| device.label.clone()),
                since: when(since),
                gone: taken_by.is_none_or(|device| device.revoked.is_some()),
            })
        };
        let awaited_photos = read.awaited_photos()?.into_iter().map(photo);
        let kept = read.sizes()?;
        let last_backup = read.last_audit(backup::BACKED_UP)?;
        let backed_up = last_backup.as_ref().and_then(|entry| number(&entry.about, "feed")).unwrap_or(0);
        Ok::<_, StorageError>(Status {
            community: community.id.to_string(),
            generation: read.life()?.generation.to_string(),
            grids: grids.collect::<Result<_, StorageError>>()?,
            held: read.held()?.len(),
            pending: read.all_pending()?.len(),
            kept,
            playbooks: read.playbook_set_version()?,
            backup: BackupLine {
                last: last_backup.map(|entry| when(entry.at)),
                behind: kept.feed.saturating_sub(backed_up.unsigned_abs()),
            },
            awaited_photos: awaited_photos.collect::<Result<_, StorageError>>()?,
            restored,
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
    match &status.backup.last {
        Some(last) => {
            writeln!(out, "    备份 last backup {last}，其后 since then {} feed rows", status.backup.behind)?
        }
        None if status.restored.is_some() => {
            writeln!(out, "    恢复后尚未备份 not backed up since it came back: backup DIR")?;
        }
        None => writeln!(out, "    从未备份 never backed up: backup DIR")?,
    }
    tell_photos(&status.awaited_photos, out)?;
    if let Some(restored) = &status.restored {
        tell_restored(restored, out)?;
    }
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

/// The photos that are named and have not come: the oldest one by one.
fn tell_photos(photos: &[PhotoLine], out: &mut dyn Write) -> Result<(), CliError> {
    if photos.is_empty() {
        return Ok(());
    }
    let gone = photos.iter().filter(|photo| photo.gone).count();
    writeln!(
        out,
        "    {} 张照片还没有传来 photos named by accepted edits have not come，其中 of them {gone} 张的手机已吊销 of revoked phones:",
        photos.len()
    )?;
    for PhotoLine { photo, record, device, owner, name, label, since, gone } in photos.iter().take(LISTED) {
        let gone = if *gone { "  已吊销 revoked" } else { "" };
        writeln!(out, "    {photo}  档案 record {record}  {since}  {device} {owner} {name} {label}{gone}")?;
    }
    if photos.len() > LISTED {
        writeln!(out, "    … 其余 more: {}，status --json", photos.len() - LISTED)?;
    }
    Ok(())
}

/// What a restored office knows of what it lacks, and what nobody can know.
fn tell_restored(restored: &RestoredLine, out: &mut dyn Write) -> Result<(), CliError> {
    let RestoredLine { since, backup, awaited, gone, missing } = restored;
    match backup {
        Some(taken) => {
            writeln!(out, "已恢复 restored {since}，备份时间 from the backup of {taken}")?;
        }
        None => writeln!(out, "旧数据被放回 old data was put back {since}，时间不明 its day is not known")?,
    }
    writeln!(out, "    {} 台手机尚未补传完 not done handing in again:", awaited.len())?;
    awaited.iter().try_for_each(|device| tell_device(device, out))?;
    if !gone.is_empty() {
        writeln!(
            out,
            "    {} 台手机恢复后未补传完即吊销，备份之后由它上传的工作可能已失 revoked before they had handed everything in again; \
             what they handed in after the backup may be lost:",
            gone.len()
        )?;
        gone.iter().try_for_each(|device| tell_device(device, out))?;
    }
    writeln!(out, "    {} 处前序修改无人上传 missing, though others build on it:", missing.len())?;
    for Gap { record, change, waiting } in missing {
        writeln!(out, "    {record}  {change}  {waiting} 条在等 wait for it")?;
    }
    writeln!(
        out,
        "    无法得知：备份之后上传、而手机再未回来的工作；备份之后登记的手机这里也不认识 · cannot be known: what a phone that never \
         comes back handed in after the backup, and which phones were enrolled after it; ask their owners, then revoke what is lost"
    )?;
    Ok(())
}

/// One device that was not heard of.
fn tell_device(device: &WaitingFor, out: &mut dyn Write) -> Result<(), CliError> {
    let WaitingFor { device, owner, name, label, last_heard, unsent_records } = device;
    let heard = last_heard.as_deref().unwrap_or("从未 never");
    writeln!(
        out,
        "    {device}  {owner} {name}  {label}  最后 last heard {heard}，当时未传 unsent then {unsent_records}"
    )?;
    Ok(())
}

/// A number an entry of the audit names.
fn number(about: &str, name: &str) -> Option<i64> {
    serde_json::from_str::<serde_json::Value>(about).ok()?.get(name)?.as_i64()
}

/// The community's clocks.
pub(super) fn zone(community: &Community) -> Option<FixedOffset> {
    FixedOffset::east_opt(community.utc_offset_minutes.saturating_mul(60))
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
