//! Taking over a company's set of playbooks: believed only with the office's signature, never older than the one
//! in force, fetched file by file, judged whole. What is wrong with a set is kept and told; the old one stays.

use super::{Asked, Effect, Engine, Stop};
use crate::host::Host;
use crate::model::office::{Manifest, RefusedSet, SignedSet};
use crate::model::{OfficePublic, PlaybookHash};
use crate::playbook::{Language, PlaybookFile, Playbooks, Rejected};
use crate::store::{AuditEntry, Refusal, Store, StoreError};
use crate::sync::message::{Request, limit};
use crate::sync::playbooks;
use crate::sync::report::Stage;

/// How many sets one sync decides on: the one offered, and the next if it was published meanwhile.
pub(super) const SETS: u8 = 2;

/// Longest reason told to the office, in characters.
const DETAIL: usize = 400;

/// A set on its way.
pub(super) struct Coming {
    set: SignedSet,
    manifest: Manifest,
    asked: Vec<PlaybookHash>,
}

/// What becomes of a set whose files are all here, or that is not worth fetching.
enum Decision {
    Take(Vec<PlaybookFile>),
    Refuse(RefusedSet),
}

impl Engine {
    /// Looks at what the office offered at the hello. A set this very core refused before is not looked at again.
    pub(super) fn offered(
        &mut self,
        store: &Store,
        host: &dyn Host,
        set: Option<SignedSet>,
    ) -> Result<(), Stop> {
        self.coming = None;
        let Some(set) = set.filter(|_| self.sets > 0) else { return Ok(()) };
        let (known, held, identity) = store.read(|reader| {
            Ok::<_, StoreError>((reader.refused_playbooks()?, reader.playbook_set()?, reader.identity()?))
        })?;
        if known.is_some_and(|known| known.manifest == set.manifest && known.app == self.app) {
            return Ok(());
        }
        let office = identity.map_or(OfficePublic([0; 32]), |identity| identity.office_key);
        let manifest = match playbooks::open(&set, office) {
            Ok(manifest) => manifest,
            Err(error) => return self.refuse(store, host, &set, refused(0, error.code(), None)),
        };
        // The set of an office this phone was enrolled at before says nothing about the versions of this one.
        if let Some(held) = held.filter(|held| playbooks::open(&held.set, office).is_ok()) {
            if held.set.manifest == set.manifest {
                return Ok(());
            }
            if manifest.version <= held.version {
                let refused = refused(manifest.version, "rollback", None);
                return self.refuse(store, host, &set, refused);
            }
        }
        store.write_reserved(|tx| tx.keep_playbooks_of(&manifest))?;
        self.coming = Some(Coming { set, manifest, asked: Vec::new() });
        Ok(())
    }

    /// The next request for the set on its way; `None` when there is none, or nothing more to do about it.
    pub(super) fn playbooks_on(
        &mut self,
        store: &Store,
        host: &dyn Host,
    ) -> Result<Option<Vec<Effect>>, Stop> {
        let Some(coming) = &mut self.coming else {
            // The office hears at once what became of the set.
            return if std::mem::take(&mut self.decided) {
                self.hello(store, host).map(Some)
            } else {
                Ok(None)
            };
        };
        let missing = store.read(|reader| reader.missing_playbooks(&coming.manifest))?;
        if missing.is_empty() {
            self.decide(store, host)?;
            return self.playbooks_on(store, host);
        }
        let all = coming.manifest.files.len();
        coming.asked = missing.iter().copied().take(limit::PLAYBOOKS).collect();
        let request = Request::PlaybookGet { files: coming.asked.clone() };
        let mut effects = vec![self.progress(Stage::Receiving, (all - missing.len()) as u64, all as u64)];
        effects.extend(self.ask(Asked::Playbooks, request)?);
        Ok(Some(effects))
    }

    /// Keeps what came of the set. An answer without a single file that was asked for ends the set for this sync:
    /// the office has another one by now, or not what it signed.
    pub(super) fn playbooks_came(
        &mut self,
        store: &Store,
        host: &dyn Host,
        files: Vec<(PlaybookHash, String)>,
    ) -> Result<(), Stop> {
        let Some(coming) = &self.coming else { return Ok(()) };
        let good: Vec<_> = files
            .into_iter()
            .filter(|(hash, text)| coming.asked.contains(hash) && PlaybookHash::of(text) == *hash)
            .collect();
        if good.is_empty() {
            return self.playbooks_missing(store, host);
        }
        store.write_reserved(|tx| good.iter().try_for_each(|(hash, text)| tx.put_playbook(*hash, text)))?;
        Ok(())
    }

    /// The office does not hand out what it signed.
    pub(super) fn playbooks_missing(&mut self, store: &Store, host: &dyn Host) -> Result<(), Stop> {
        let Some(coming) = self.coming.take() else { return Ok(()) };
        self.refuse(store, host, &coming.set, refused(coming.manifest.version, "files", None))
    }

    /// Judges a set whose files are all here, and takes it over whole or not at all.
    fn decide(&mut self, store: &Store, host: &dyn Host) -> Result<(), Stop> {
        let Some(Coming { set, manifest, .. }) = self.coming.take() else { return Ok(()) };
        match judge(store, &manifest)? {
            Decision::Refuse(refused) => self.refuse(store, host, &set, refused),
            Decision::Take(files) => {
                let current = files.iter().filter(|file| file.current).count();
                store.write_reserved(|tx| {
                    tx.put_playbook_set(&set, &manifest, host.now())?;
                    tx.add_audit(&AuditEntry {
                        at: host.now(),
                        what: "playbooks.taken".to_owned(),
                        record: None,
                        detail: Some(format!("{} {current}", manifest.version)),
                    })
                })?;
                self.report.playbooks_taken = Some(manifest.version);
                self.over_with_set();
                Ok(())
            }
        }
    }

    fn refuse(
        &mut self,
        store: &Store,
        host: &dyn Host,
        set: &SignedSet,
        refused: RefusedSet,
    ) -> Result<(), Stop> {
        let refusal = Refusal {
            refused: refused.clone(),
            manifest: set.manifest.clone(),
            app: self.app.clone(),
            at: host.now(),
        };
        store.write_reserved(|tx| {
            tx.put_refused_playbooks(&refusal)?;
            tx.add_audit(&AuditEntry {
                at: host.now(),
                what: "playbooks.refused".to_owned(),
                record: None,
                detail: Some(format!("{} {}", refused.version, refused.code)),
            })
        })?;
        self.report.playbooks_refused = Some(refused);
        self.over_with_set();
        Ok(())
    }

    fn over_with_set(&mut self) {
        self.coming = None;
        self.decided = true;
        self.sets = self.sets.saturating_sub(1);
    }
}

fn judge(store: &Store, manifest: &Manifest) -> Result<Decision, Stop> {
    let texts = store.read(|reader| reader.texts_of(manifest.clone()))?;
    let files: Vec<PlaybookFile> = texts
        .into_iter()
        .flatten()
        .map(|(file, text)| PlaybookFile { name: file.name, text, current: file.current })
        .collect();
    // What a manifest says of its files' lengths decided whether to fetch them: it has to be so.
    if files.iter().zip(&manifest.files).any(|(file, said)| file.text.len() as u64 != said.bytes) {
        return Ok(Decision::Refuse(refused(manifest.version, "files", None)));
    }
    Ok(match Playbooks::company(&files) {
        Ok(_) => Decision::Take(files),
        Err(rejected) => Decision::Refuse(refused(manifest.version, "playbooks", Some(reasons(&rejected)))),
    })
}

/// The first thing wrong in both languages, and how many more.
fn reasons(rejected: &Rejected) -> String {
    let Some(first) = rejected.errors.first() else { return String::new() };
    let mut said = format!("{} / {}", first.text(Language::Zh), first.diagnostic.text(Language::En));
    if said.chars().count() > DETAIL {
        said = said.chars().take(DETAIL).chain(['…']).collect();
    }
    match rejected.errors.len() {
        1 => said,
        all => format!("{said} (+{})", all - 1),
    }
}

fn refused(version: u64, code: &str, detail: Option<String>) -> RefusedSet {
    RefusedSet { version, code: code.to_owned(), detail }
}
