//! The company's own procedures: published as one signed set, handed out file by file, never forgotten.
//!
//! A set carries every version that was ever published, those no longer in force marked as older: a record begun
//! under one must be found by it on every phone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use butler_core::host::Host;
use butler_core::model::office::{Manifest, ManifestFile};
use butler_core::model::{PlaybookHash, StaffId, Timestamp};
use butler_core::playbook::{PlaybookError, PlaybookErrors, PlaybookFile, Playbooks};
use butler_core::sync::message::{Problem, Reply, SignedSet, limit};
use butler_core::sync::playbook_set::within_limits;

use super::error::{Failure, OfficeError};
use super::{Asker, Hub};
use crate::storage::{Read, Storage, StorageError, Stored};

/// What publishing a set changes, by the files' own kind and id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publication {
    /// The new set's version; 0 when it was only tried.
    pub version: u64,
    /// Playbooks the company did not have in force.
    pub added: Vec<String>,
    /// Playbooks in force in another version from now on.
    pub changed: Vec<String>,
    /// Playbooks no longer in force; kept for the records begun under them.
    pub dropped: Vec<String>,
    /// How many stay as they are.
    pub unchanged: usize,
    /// How many older versions the set carries.
    pub older: usize,
}

/// One file of the sets published so far, with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedFile {
    /// The file.
    pub file: ManifestFile,
    /// Its text.
    pub text: String,
    /// When it came into force last; absent for one that was published as an older version.
    pub since: Option<Timestamp>,
    /// When it went out of force, if it did.
    pub until: Option<Timestamp>,
}

impl<S: Storage> Hub<S> {
    /// Publishes the company's playbooks, laid over those of this build: in force here from the next request on, on
    /// a phone from its next sync. None at all returns to those of this build.
    ///
    /// # Errors
    /// [`OfficeError::Playbooks`] with everything wrong: then the old set stays. [`OfficeError::UnknownStaff`],
    /// [`OfficeError::PlaybooksTooLarge`], [`OfficeError::Overtaken`], the storage's.
    pub fn publish(
        &self,
        host: &dyn Host,
        by: Option<&StaffId>,
        files: &[PlaybookFile],
    ) -> Result<Publication, OfficeError> {
        let now = host.now();
        let (before, plan) = self.plan(by, files)?;
        let unreadable = |_| StorageError::Unreadable { what: "playbooks" };
        let version = u64::try_from(now.millis()).unwrap_or(0).max(before.saturating_add(1));
        let manifest = Manifest { version, at: now, by: by.cloned(), files: plan.entries };
        let text = serde_json::to_string(&manifest).map_err(unreadable)?;
        let texts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
        let set = self.storage.signing_key()?.sign(text);
        self.storage.write(|tx| {
            if tx.playbook_set_version()? != before {
                return Err(OfficeError::Overtaken);
            }
            tx.put_playbook_set(version, &set, &texts)?;
            let who = by.map_or("office", StaffId::as_str);
            let about = serde_json::json!({ "version": version, "files": manifest.files.len() });
            tx.put_audit(now, who, "playbooks", &about.to_string())?;
            Ok(Publication { version, ..plan.publication })
        })
    }

    /// What [`Self::publish`] would do, with the same rejections; nothing is changed.
    ///
    /// # Errors
    /// As [`Self::publish`].
    pub fn try_publishing(
        &self,
        by: Option<&StaffId>,
        files: &[PlaybookFile],
    ) -> Result<Publication, OfficeError> {
        Ok(self.plan(by, files)?.1.publication)
    }

    /// Every file that is in force or ever was, in the order of names, the one in force first.
    ///
    /// # Errors
    /// The storage's.
    pub fn published_playbooks(&self) -> Result<Vec<PublishedFile>, OfficeError> {
        self.storage.read(|read| {
            let mut found: BTreeMap<PlaybookHash, PublishedFile> = BTreeMap::new();
            for set in read.playbook_sets()? {
                let manifest = manifest(&set)?;
                for file in manifest.files {
                    let was = found.get(&file.hash);
                    let before = was.and_then(|was| was.since.filter(|_| was.until.is_none()));
                    let (since, until) = match (file.current, before) {
                        (true, before) => (Some(before.unwrap_or(manifest.at)), None),
                        (false, Some(since)) => (Some(since), Some(manifest.at)),
                        (false, None) => (was.and_then(|was| was.since), was.and_then(|was| was.until)),
                    };
                    let text = text(read, file.hash)?;
                    found.insert(file.hash, PublishedFile { file, text, since, until });
                }
            }
            let mut files: Vec<_> = found.into_values().collect();
            files.sort_by(|a, b| {
                let key =
                    |f: &PublishedFile| (f.file.name.clone(), !f.file.current, std::cmp::Reverse(f.since));
                key(a).cmp(&key(b))
            });
            Ok(files)
        })
    }

    /// The set that publishing these files would put into force, with everything it has to carry; nothing is changed.
    ///
    /// # Errors
    /// As [`Self::publish`].
    pub(super) fn judged(&self, files: &[PlaybookFile]) -> Result<Playbooks, OfficeError> {
        Ok(self.plan(None, files)?.1.playbooks)
    }

    /// The grids and places that rules of these files name and that are not here.
    ///
    /// # Errors
    /// The storage's.
    pub fn unknown_places(&self, files: &[PlaybookFile]) -> Result<Vec<PlaybookError>, OfficeError> {
        self.storage.read(|read| Ok(Playbooks::unknown_places(files, &self.in_force(read)?.directory)))
    }

    /// Judges a set with everything it has to carry, and says what it changes.
    fn plan(&self, by: Option<&StaffId>, files: &[PlaybookFile]) -> Result<(u64, Plan), OfficeError> {
        let (before, set, known) = self.storage.read(|read| {
            let known = by.map(|by| Ok::<_, StorageError>(self.in_force(read)?.active(by).is_some()));
            Ok::<_, StorageError>((read.playbook_set_version()?, carried(read)?, known.transpose()?))
        })?;
        if let (Some(by), Some(false)) = (by, known) {
            return Err(OfficeError::UnknownStaff(by.clone()));
        }
        let mut all: Vec<PlaybookFile> = Vec::new();
        let mut hashes = BTreeSet::new();
        let older = files.iter().filter(|file| !file.current).chain(&set);
        let older = older.map(|file| PlaybookFile { current: false, ..file.clone() });
        for file in files.iter().filter(|file| file.current).cloned().chain(older) {
            if hashes.insert(PlaybookHash::of(&file.text)) {
                all.push(file);
            }
        }
        let playbooks = Playbooks::company(&all)?;
        let unknown = self.unknown_places(files)?;
        if !unknown.is_empty() {
            return Err(PlaybookErrors { errors: unknown }.into());
        }
        let entries: Vec<ManifestFile> = all.iter().map(entry).collect();
        let manifest = Manifest { version: 0, at: Timestamp::from_millis(0), by: None, files: entries };
        if !within_limits(&manifest) {
            return Err(OfficeError::PlaybooksTooLarge);
        }
        Ok((before, Plan { playbooks, publication: compare(&set, &all), entries: manifest.files }))
    }

    /// Hands out files of sets, as many as fit a page.
    pub(super) fn playbook_get(&self, asker: &Asker, asked: &[PlaybookHash]) -> Result<Reply, Failure> {
        if asked.len() > limit::PLAYBOOKS {
            return Err(Problem::TooLarge { limit: limit::PLAYBOOKS as u64 }.into());
        }
        self.storage.read(|read| {
            self.reading(read, asker)?;
            let (mut files, mut bytes) = (Vec::new(), 0);
            for hash in asked {
                let Some(text) = read.playbook(*hash)? else { continue };
                bytes += text.len();
                if bytes > limit::PAGE && !files.is_empty() {
                    break;
                }
                files.push((*hash, text));
            }
            if files.is_empty() { Err(Problem::NotFound.into()) } else { Ok(Reply::PlaybookFiles { files }) }
        })
    }
}

/// A set about to be published.
struct Plan {
    playbooks: Playbooks,
    publication: Publication,
    entries: Vec<ManifestFile>,
}

/// The company's playbooks, once it published any. They were judged when they were published; a set that this
/// program does not understand all the same (an older one was put in its place) is left aside, loudly, for the last
/// one that it does.
pub(super) fn published(read: &dyn Read) -> Stored<Option<Arc<Playbooks>>> {
    let mut sets = read.playbook_sets()?;
    while let Some(set) = sets.pop() {
        match Playbooks::company(&files_of(read, &set)?) {
            Ok(playbooks) => return Ok(Some(Arc::new(playbooks))),
            Err(error) => tracing::error!(%error, "a published set of playbooks is not in force"),
        }
    }
    Ok(None)
}

/// The files of the set in force, those kept as older among them.
fn carried(read: &dyn Read) -> Stored<Vec<PlaybookFile>> {
    read.playbook_set()?.map_or_else(|| Ok(Vec::new()), |set| files_of(read, &set))
}

fn files_of(read: &dyn Read, set: &SignedSet) -> Stored<Vec<PlaybookFile>> {
    let with_text = |file: ManifestFile| {
        Ok(PlaybookFile { text: text(read, file.hash)?, name: file.name, current: file.current })
    };
    manifest(set)?.files.into_iter().map(with_text).collect()
}

fn manifest(set: &SignedSet) -> Stored<Manifest> {
    serde_json::from_str(&set.manifest).map_err(|_| StorageError::Unreadable { what: "playbooks" })
}

fn text(read: &dyn Read, hash: PlaybookHash) -> Stored<String> {
    read.playbook(hash)?.ok_or(StorageError::Unreadable { what: "playbooks" })
}

fn entry(file: &PlaybookFile) -> ManifestFile {
    ManifestFile {
        name: file.name.clone(),
        hash: PlaybookHash::of(&file.text),
        bytes: file.text.len() as u64,
        current: file.current,
    }
}

fn compare(before: &[PlaybookFile], after: &[PlaybookFile]) -> Publication {
    let current = |files: &[PlaybookFile]| -> BTreeMap<String, PlaybookHash> {
        let heads = files.iter().filter(|file| file.current).filter_map(|file| Some((file.head()?, file)));
        heads
            .map(|(head, file)| (format!("{} {}", head.kind, head.id), PlaybookHash::of(&file.text)))
            .collect()
    };
    let (old, new) = (current(before), current(after));
    let mut publication =
        Publication { older: after.iter().filter(|file| !file.current).count(), ..Publication::default() };
    for (name, hash) in &new {
        match old.get(name) {
            None => publication.added.push(name.clone()),
            Some(was) if was != hash => publication.changed.push(name.clone()),
            Some(_) => publication.unchanged += 1,
        }
    }
    publication.dropped = old.into_keys().filter(|name| !new.contains_key(name)).collect();
    publication
}

#[cfg(test)]
mod tests {
    use butler_core::sync::message::Request;

    use super::super::testing::*;
    use super::*;

    fn file(name: &str, text: &str) -> PlaybookFile {
        PlaybookFile { name: name.to_owned(), text: text.to_owned(), current: true }
    }

    fn terms(id: &str, word: &str) -> PlaybookFile {
        let text = format!(
            "kind = \"terms\"\nid = \"{id}\"\ntitle = {{ zh = \"用语\", en = \"Words\" }}\n\
             [unit]\nbottle_{id} = {{ zh = \"{word}\", en = \"bottles\" }}\n"
        );
        file(&format!("{id}.toml"), &text)
    }

    #[test]
    fn published_playbooks_are_in_force_at_once_and_a_bad_set_leaves_the_old_one() {
        let office = Office::new();
        let publish = |files: &[PlaybookFile]| office.hub.publish(&office.desk, None, files);
        let bad = publish(&[file("x.toml", "kind = \"roles\"")]);
        assert!(matches!(bad, Err(OfficeError::Playbooks(_))));
        assert_eq!(office.hub.storage().read(|read| read.playbook_set_version()).unwrap(), 0);
        let zhang = office.phone("zhang.li");
        let first = zhang.write(&mut home(1), &founded("b3/u1"));
        assert!(matches!(zhang.push_one(&first), butler_core::sync::message::Verdict::Accepted(_)));
        // By the embedded roles, which a company's set is laid over, a butler makes no homes.
        publish(&[terms("jinse", "瓶")]).unwrap();
        let second = zhang.write(&mut home(2), &founded("b3/u1"));
        assert!(matches!(zhang.push_one(&second), butler_core::sync::message::Verdict::Rejected(_)));
        assert!(zhang.hello(Vec::new()).unwrap().playbooks.is_some());
    }

    #[test]
    fn a_set_carries_every_version_that_was_ever_in_force() {
        let office = Office::new();
        let publish = |files: &[PlaybookFile]| {
            office.desk.pass(60 * 1_000);
            office.hub.publish(&office.desk, Some(&staff("li.zg")), files).unwrap()
        };
        let first = publish(&[terms("one", "瓶"), terms("two", "箱")]);
        assert_eq!((first.added.len(), first.older, first.unchanged), (2, 0, 0));
        let second = publish(&[terms("one", "罐")]);
        assert_eq!(
            (second.changed.as_slice(), second.dropped.as_slice()),
            (["terms one".to_owned()].as_slice(), ["terms two".to_owned()].as_slice())
        );
        assert_eq!(second.older, 2);
        // Back to this build's own, and then to the first set again: nothing is forgotten, nothing is there twice.
        let none = publish(&[]);
        assert_eq!((none.dropped.len(), none.older), (1, 3));
        let again = publish(&[terms("one", "瓶"), terms("two", "箱")]);
        assert_eq!((again.added.len(), again.older), (2, 1));
        assert!(again.version > none.version && none.version > second.version);

        let known = office.hub.published_playbooks().unwrap();
        let lines: Vec<_> = known
            .iter()
            .map(|known| (known.file.name.as_str(), known.file.current, known.until.is_some()))
            .collect();
        assert_eq!(lines, [("one.toml", true, false), ("one.toml", false, true), ("two.toml", true, false)]);
        assert_eq!(known[0].since, known[2].since, "since it was published again");
        assert_eq!(office.audit("playbooks").len(), 4);

        let tried = office.hub.try_publishing(None, &[]).unwrap();
        assert_eq!((tried.version, tried.dropped.len()), (0, 2));
        assert_eq!(office.hub.storage().read(|read| read.playbook_set_version()).unwrap(), again.version);
        let nobody = office.hub.publish(&office.desk, Some(&staff("nobody")), &[]);
        assert!(matches!(nobody, Err(OfficeError::UnknownStaff(_))));
    }

    #[test]
    fn versions_grow_though_the_clock_goes_back() {
        let office = Office::new();
        let publish = || office.hub.publish(&office.desk, None, &[]).unwrap().version;
        let first = publish();
        assert_eq!(first, 1_795_000_000_000, "the moment of publication");
        office.desk.pass(-3_600 * 1_000);
        assert_eq!(publish(), first + 1);
    }

    #[test]
    fn a_set_over_the_limits_is_not_published() {
        let office = Office::new();
        let large = |number: usize| terms(&format!("t{number}"), &"瓶".repeat(80 << 10));
        let files: Vec<_> = (0..140).map(large).collect();
        let rejected = office.hub.publish(&office.desk, None, &files);
        assert!(matches!(rejected, Err(OfficeError::PlaybooksTooLarge)), "{rejected:?}");
    }

    #[test]
    fn files_are_handed_out_as_many_as_fit_to_phones_that_may_read() {
        let office = Office::new();
        let files: Vec<_> = (0..9).map(|n| terms(&format!("t{n}"), &"瓶".repeat(80 << 10))).collect();
        office.hub.publish(&office.desk, None, &files).unwrap();
        let zhang = office.phone("zhang.li");
        let hashes: Vec<_> = files.iter().map(|file| PlaybookHash::of(&file.text)).collect();
        let get = |files: &[PlaybookHash]| zhang.ask(Request::PlaybookGet { files: files.to_vec() });
        let Reply::PlaybookFiles { files: first } = get(&hashes) else { panic!() };
        assert_eq!(first.len(), 4, "a page");
        assert!(first.iter().zip(&files).all(|((_, got), file)| *got == file.text));
        let unknown = PlaybookHash([7; 32]);
        let Reply::PlaybookFiles { files: rest } = get(&[unknown, hashes[8]]) else { panic!() };
        assert_eq!(rest.len(), 1);
        assert_eq!(get(&[unknown]), Reply::Problem(Problem::NotFound));
        let many = vec![unknown; limit::PLAYBOOKS + 1];
        assert_eq!(get(&many), Reply::Problem(Problem::TooLarge { limit: limit::PLAYBOOKS as u64 }));
        office.hub.revoke(&office.desk, zhang.key.device()).unwrap();
        assert_eq!(get(&hashes), Reply::Problem(Problem::Revoked));
    }
}
