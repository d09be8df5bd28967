//! What a restored office lacks, and what it cannot know.
//!
//! It has forgotten what came after the backup. The phones that handed it in bring it back, so what is missing is named by
//! the phones that have not handed everything in again since; of one that never comes nobody can say what it had handed in.

use std::collections::BTreeMap;

use butler_core::model::{ChangeHash, RecordId, Timestamp};

use super::RESTORED;
use crate::storage::sqlite::NEW_LIFE;
use crate::storage::{AuditRow, Device, Read, Stored};

/// What an office lacks since the present life of its data began.
#[derive(Debug, Clone, PartialEq)]
pub struct Lost {
    /// When that life began.
    pub since: Timestamp,
    /// When the backup was taken it came from; none when an old copy was put back by hand.
    pub backup: Option<Timestamp>,
    /// Devices that have not said since that they handed everything in again: they bring back what the office accepted of
    /// them after the backup. One that was cut off in its first sync is among them.
    pub awaited: Vec<Device>,
    /// Devices revoked before they had handed everything in again after a restore: what they handed in between the backup
    /// and the restore is here only where others had it, too.
    pub gone: Vec<Device>,
    /// What pending changes build on and nobody handed in, with how many wait for it.
    pub missing: BTreeMap<(RecordId, ChangeHash), usize>,
}

/// Looks for what is missing; `None` in the first life of the data, which has forgotten nothing.
///
/// # Errors
/// What the storage says.
pub fn lost(read: &dyn Read) -> Stored<Option<Lost>> {
    let lives = read.audit_of(NEW_LIFE)?;
    let Some(life) = lives.last() else { return Ok(None) };
    // A restore by this program is noted right before the life it begins.
    let restore = read.last_audit(RESTORED)?.filter(|restore| restore.seq + 1 == life.seq);
    let backup = restore.and_then(|restore| taken(&restore));
    let (mut awaited, mut gone) = (Vec::new(), Vec::new());
    for device in read.devices()? {
        let known = device.caught_up.max(Some(device.enrolled));
        let forgotten = lives.iter().find(|life| known <= Some(life.at));
        match (forgotten, device.revoked) {
            (Some(_), None) => awaited.push(device),
            // Revoked before that restore it had nothing accepted that the backup lacks. In the same millisecond it was after:
            // a backup takes longer.
            (Some(life), Some(revoked)) if revoked >= life.at => gone.push(device),
            _ => {}
        }
    }
    let mut missing = BTreeMap::new();
    for pending in read.all_pending()? {
        if let Some(change) = pending.missing {
            *missing.entry((pending.envelope.record, change)).or_default() += 1;
        }
    }
    Ok(Some(Lost { since: life.at, backup, awaited, gone, missing }))
}

/// When the backup was taken that a restore put back.
fn taken(restore: &AuditRow) -> Option<Timestamp> {
    let about: serde_json::Value = serde_json::from_str(&restore.about).ok()?;
    about.get("taken")?.as_i64().map(Timestamp::from_millis)
}
