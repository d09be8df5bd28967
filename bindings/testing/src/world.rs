//! Named worlds: a community on a certain morning, with people in their homes, colleagues who work beside one and one's own
//! phone with what it has not sent yet. The apps of both platforms show the same worlds, so that their screens can be held
//! to the same words.
//!
//! A world is made by the real office and by real phones, from a fixed seed and a clock that is told the time: it is the same
//! on every machine. Only the keys of phones differ, which nothing shows.

mod books;
mod desk;
mod emergency;
mod morning;
mod sites;
mod surveyed;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::{TestOfficeCore, TestOfficeError};

/// A world as an app opens it.
#[derive(uniffi::Record)]
pub struct World {
    /// The office, as it stands.
    pub office: Arc<TestOfficeCore>,
    /// What the platform's key store holds for the phone that lies in `folder/phone`.
    pub key: Vec<u8>,
    /// What time it is.
    pub now: SystemTime,
}

/// Makes a world by its name; one's own phone lies in `folder/phone` afterwards, shut down.
///
/// | name | what there is |
/// |---|---|
/// | `new` | the same community, and a phone nobody enrolled yet |
/// | `morning` | three buildings, sixty homes; a day half planned, an urgent repair, a violation, two answers, a rejected edit |
/// | `door` | `morning`, and one door with more to do than a talk: a telephone to verify, people to count |
/// | `patrol` | the same day at 9:08: three points of the patrol are walked |
/// | `leaks` | `morning`, after four homes leaked: more is due by today than an hour can hold |
/// | `lost` | `morning`, and the butler has no grid any more |
/// | `emergency` | the same day at 10:35: water in the basement since 10:31, a repair nobody takes, keys in our care, a grid that changes hands |
/// | `supervisor` | that day at 10:50, on the phone of the supervisor |
/// | `surveyed` | the same community at 9:06, the office knows the grid's spots: the gate of the patrol is walked |
/// | `hasty` | there at 9:40, on the phone of the supervisor: the patrol is walked, once faster than anybody walks |
/// | `sites` | `morning`, after days of inspections: renovations seen and not seen, empty homes, the key of one of them is out |
/// | `books` | that day at 9:00, on the phone of the supervisor: stock that was booked, fees of which a part was paid |
#[uniffi::export]
pub fn world(name: &str, folder: &str) -> Result<World, TestOfficeError> {
    let wrong = |error: Box<dyn std::error::Error>| TestOfficeError::of(format!("{name}: {error}"));
    let made = Folders::made(name).map_err(wrong)?;
    made.laid_out(Path::new(folder)).map_err(wrong)
}

/// Whatever may go wrong while a world is made; it is a mistake in its description.
type Made<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A world at rest: the files of its office and of one's own phone. It is made once for a process, and laid out for each
/// test that asks for it.
struct Folders {
    files: Vec<(PathBuf, Vec<u8>)>,
    key: [u8; 32],
    millis: i64,
}

impl Folders {
    fn made(name: &str) -> Made<Arc<Self>> {
        static KNOWN: Mutex<BTreeMap<String, Arc<Folders>>> = Mutex::new(BTreeMap::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folders) = known.get(name) {
            return Ok(folders.clone());
        }
        let folder = tempfile::tempdir()?;
        let desk = match name {
            "new" => morning::before(folder.path()),
            "morning" => morning::morning(folder.path()),
            "door" => morning::door(folder.path()),
            "leaks" => morning::leaks(folder.path()),
            "patrol" => morning::patrol(folder.path()),
            "lost" => morning::lost(folder.path()),
            "emergency" => emergency::emergency(folder.path()),
            "supervisor" => emergency::supervisor(folder.path()),
            "surveyed" => surveyed::surveyed(folder.path()),
            "hasty" => surveyed::hasty(folder.path()),
            "sites" => sites::sites(folder.path()),
            "books" => books::books(folder.path()),
            _ => Err("there is no such world".into()),
        }?;
        let mut files = Vec::new();
        read(folder.path(), Path::new(""), &mut files)?;
        let folders = Arc::new(Self { files, key: desk.key(), millis: desk.millis() });
        known.insert(name.to_owned(), folders.clone());
        Ok(folders)
    }

    fn laid_out(&self, folder: &Path) -> Made<World> {
        for (path, bytes) in &self.files {
            let file = folder.join(path);
            std::fs::create_dir_all(file.parent().ok_or("a file without a folder")?)?;
            std::fs::write(file, bytes)?;
        }
        let millis = u64::try_from(self.millis)?;
        let now = UNIX_EPOCH.checked_add(Duration::from_millis(millis)).ok_or("a time nobody has")?;
        let office = TestOfficeCore::over(COMMUNITY, &folder.join(OFFICE), now)?;
        Ok(World { office, key: self.key.to_vec(), now })
    }
}

/// Whose office it is.
const COMMUNITY: &str = "jinse";
/// Where the office lies in a world's folder.
const OFFICE: &str = "office";
/// Where one's own phone does.
const PHONE: &str = "phone";

/// Every file below `folder/at`.
fn read(folder: &Path, at: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) -> Made {
    for entry in std::fs::read_dir(folder.join(at))? {
        let entry = entry?;
        let path = at.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            read(folder, &path, files)?;
        } else {
            files.push((path, std::fs::read(entry.path())?));
        }
    }
    Ok(())
}
