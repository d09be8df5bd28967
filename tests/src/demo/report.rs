//! What the demo proves, in words and as JSON.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use serde::Serialize;

use super::line::Walked;

/// The figures of one demo day.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Edits the phones acknowledged as recorded.
    pub recorded: u64,
    /// The same by what they were.
    pub by_kind: BTreeMap<String, u64>,
    /// Of those, accepted by the office.
    pub at_office: u64,
    /// Of those, shown as rejected on the phone that made them.
    #[serde(rename = "refused")] // the key readers of reports know
    pub rejected: u64,
    /// Of those, neither.
    pub lost: u64,
    /// Whether all phones that hold a record read it alike, and the supervisor holds them all.
    pub replicas_equal: bool,
    /// Fields and steps that waited for a decision.
    #[serde(rename = "contested")] // likewise
    pub conflicts: u64,
    /// Of those, resolved.
    #[serde(rename = "settled")] // likewise
    pub resolved: u64,
    /// Phones.
    pub phones: u64,
    /// Each butler's morning: `open` is `urgent`, `fits`, `does_not_fit` and `can_wait` together.
    pub walks: Vec<Walked>,
    /// Homes imported.
    pub homes: u64,
    /// Records at the end.
    pub records: u64,
    /// Photos taken.
    pub photos: u64,
    /// Records and photos still unsent at the end.
    pub unsent: u64,
    /// Bytes sent by phones.
    pub bytes_up: u64,
    /// Bytes received by phones.
    pub bytes_down: u64,
    /// Seconds it took.
    pub seconds: f64,
}

impl Report {
    /// Tells it.
    pub fn print(&self) {
        let kinds: Vec<String> = self.by_kind.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        println!("    recorded {} edits on {} phones: {}", self.recorded, self.phones, kinds.join(", "));
        println!(
            "    at the office {}, shown as rejected {}, lost {}; unsent {}",
            self.at_office, self.rejected, self.lost, self.unsent
        );
        println!(
            "    {} homes, {} records, {} photos; conflicts {}, resolved {}; replicas equal: {}",
            self.homes, self.records, self.photos, self.conflicts, self.resolved, self.replicas_equal
        );
        println!(
            "    {} KiB up, {} KiB down, {:.1} s in all",
            self.bytes_up / 1024,
            self.bytes_down / 1024,
            self.seconds
        );
    }

    /// Writes it as JSON.
    pub fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(path, serde_json::to_string_pretty(self)? + "\n")?)
    }

    /// An error unless the promise was kept.
    pub fn verdict(&self) -> Result<(), Box<dyn Error>> {
        let kept = self.lost == 0 && self.unsent == 0 && self.replicas_equal && self.recorded > 0;
        let adds_up =
            |walk: &Walked| walk.open == walk.urgent + walk.fits + walk.does_not_fit + walk.can_wait;
        let walked = |walk: &Walked| adds_up(walk) && walk.doors <= 40 && walk.stops <= 12;
        let kept = kept && !self.walks.is_empty() && self.walks.iter().all(walked);
        let met = self.rejected > 0 && self.conflicts > 0 && self.resolved == self.conflicts;
        if kept && met { Ok(()) } else { Err("the promise was not kept; see the proof above".into()) }
    }
}
