//! One phone: a process of its own, which may be killed at any moment.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use butler_core::Butler;
use butler_core::context::Recorded;
use butler_core::host::OffsetHost;
use butler_core::model::{Kind, RecordId};
use butler_core::store::{KeyAnswer, KeyProvider, KeyRejected, StoreKey};

use super::line::{Did, Line, Stands, Synced};
use super::link::Link;
use super::{day, show};

/// What a phone process is asked to do.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The phone's folder.
    #[arg(long)]
    folder: PathBuf,
    /// How far the phone's clock is ahead of this machine's, in milliseconds.
    #[arg(long, default_value_t = 0, allow_hyphen_values = true)]
    clock_ms: i64,
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Registers with the office.
    Enrol { url: String, code: String, label: String },
    /// Syncs until it is through.
    Sync {
        url: String,
        /// Seed of the link's faults; none is a good link.
        #[arg(long)]
        faults: Option<u64>,
    },
    /// Works a part of the day.
    Work { part: day::Part },
    /// Says what the screens show.
    Show { screen: show::Screen },
    /// Says how every record reads.
    Stand,
}

/// Stands in for the platform's key store: a file beside the phone's folder. The app on a desk opens it there, too.
struct KeyFile(PathBuf);

impl KeyProvider for KeyFile {
    fn key(&self) -> KeyAnswer {
        match std::fs::read(&self.0) {
            Ok(bytes) => {
                bytes.try_into().map_or(KeyAnswer::Unavailable, |key| KeyAnswer::Key(StoreKey::new(key)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => KeyAnswer::Missing,
            Err(_) => KeyAnswer::Unavailable,
        }
    }

    fn keep(&self, key: &StoreKey) -> Result<(), KeyRejected> {
        std::fs::write(&self.0, key.as_bytes()).map_err(|_| KeyRejected)
    }
}

/// Opens a phone.
pub fn open(folder: &Path, clock_ms: i64) -> Result<Butler, Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let keys = KeyFile(folder.join("platform-key"));
    Ok(Butler::open(&folder.join("butler"), &keys, Arc::new(OffsetHost { ahead_ms: clock_ms }))?)
}

/// Does what a phone process is asked.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let butler = open(&args.folder, args.clock_ms)?;
    match &args.act {
        Act::Enrol { url, code, label } => {
            let staff = butler.enrol(code, label, &Link::new(url, None))?;
            say(&Line::Says(format!("enrolled for {staff}")))?;
        }
        Act::Sync { url, faults } => sync(&butler, url, *faults)?,
        Act::Work { part } => day::work(&butler, *part)?,
        Act::Show { screen } => show::show(&butler, *screen)?,
        Act::Stand => say(&Line::Stands(stand(&butler)?))?,
    }
    butler.shutdown();
    Ok(())
}

/// Syncs until nothing is left to do, however often the line breaks.
fn sync(butler: &Butler, url: &str, faults: Option<u64>) -> Result<(), Box<dyn Error>> {
    const TRIES: u64 = 40;
    for attempt in 0..TRIES {
        // The last tries have a good line: the walk back to the office ends somewhere.
        let faults =
            faults.filter(|_| attempt < TRIES / 2).map(|seed| seed.wrapping_mul(1_000).wrapping_add(attempt));
        let began = Instant::now();
        let report = butler.sync(&Link::new(url, faults), &mut |_| {})?;
        for notice in &report.notices {
            say(&Line::Says(notice.zh.clone()))?;
        }
        let status = butler.status()?;
        say(&Line::Synced(Synced {
            end: report.end.code().to_owned(),
            sent: report.sent,
            accepted: report.accepted,
            rejected: report.rejected,
            reauthored: report.reauthored,
            received: report.received,
            photos: report.photos_sent,
            requests: report.requests,
            bytes_sent: report.bytes_sent,
            bytes_received: report.bytes_received,
            millis: u64::try_from(began.elapsed().as_millis())?,
            unsent: status.unsent_records,
        }))?;
        if report.end.code() == "complete" && status.unsent_records == 0 && status.unsent_photos == 0 {
            return Ok(());
        }
    }
    Err("the phone did not get through to the office".into())
}

/// How every record of this phone reads, digested; what is rejected; what is left.
fn stand(butler: &Butler) -> Result<Stands, Box<dyn Error>> {
    let mut stands = Stands::default();
    for id in ids(butler)? {
        let digest = butler.records().fingerprint(id)?;
        stands.records.insert(id.to_string(), digest);
    }
    stands.rejected = butler.rejected().list()?.into_iter().map(|row| (row.edit, row.code)).collect();
    stands.conflicts = butler.conflicts().list()?.len() as u64;
    let status = butler.status()?;
    (stands.unsent, stands.unsent_photos) = (status.unsent_records, status.unsent_photos);
    Ok(stands)
}

fn ids(butler: &Butler) -> Result<BTreeSet<RecordId>, Box<dyn Error>> {
    let mut ids = BTreeSet::new();
    for kind in Kind::ALL {
        let mut after = None;
        loop {
            let page = butler.records().page(kind, after, 100)?;
            after = page.last().map(|row| row.id);
            ids.extend(page.iter().map(|row| row.id));
            if page.len() < 100 {
                break;
            }
        }
    }
    Ok(ids)
}

/// Writes a line and hands it over at once: the demo counts what it has read.
pub fn say(line: &Line) -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, line)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// Tells that something was recorded.
pub fn did(what: &str, recorded: &Recorded) -> Result<(), Box<dyn Error>> {
    say(&Line::Did(Did { what: what.to_owned(), record: recorded.record, edit: recorded.edit }))
}
