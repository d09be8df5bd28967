//! Taking over a company's set of playbooks: believed only with the office's signature, never older than the one
//! in force, fetched file by file, judged whole. What is wrong with a set is kept and told; the old one stays.

use super::phase::{Phase, Session, SyncStep};
use super::pull::Pulling;
use super::{Ended, Engine, Next, progress};
use crate::host::Host;
use crate::model::office::{Manifest, RejectedSet, SignedSet};
use crate::model::{OfficePublic, PlaybookHash};
use crate::playbook::{Language, PlaybookErrors, PlaybookFile, Playbooks};
use crate::store::{AuditEntry, Rejection, Store, StoreError};
use crate::sync::message::{Request, limit};
use crate::sync::playbook_set;
use crate::sync::report::Stage;

/// Longest reason told to the office, in characters.
const DETAIL: usize = 400;

/// What is still to be done about the set of playbooks the office offered at the hello.
#[derive(Default)]
pub(super) enum Offer {
    #[default]
    Nothing,
    /// It is to be taken over.
    Set(Box<Coming>),
    /// It was decided on, and the office does not know yet.
    Decided,
}

/// A set on its way.
pub(super) struct Coming {
    set: SignedSet,
    manifest: Manifest,
    /// The files asked for last.
    asked: Vec<PlaybookHash>,
}

/// What becomes of a set whose files are all here, or that is not worth fetching.
enum Decision {
    Take(Vec<PlaybookFile>),
    Reject(RejectedSet),
}

impl Engine {
    /// Looks at what the office offered at the hello. A set this very core rejected before is not looked at again.
    pub(super) fn offered(
        &mut self,
        store: &Store,
        host: &dyn Host,
        set: Option<SignedSet>,
    ) -> Result<Offer, Ended> {
        let Some(set) = set.filter(|_| self.budget.sets > 0) else { return Ok(Offer::Nothing) };
        let (known, held, identity) = store.read(|reader| {
            Ok::<_, StoreError>((reader.rejected_playbooks()?, reader.playbook_set()?, reader.identity()?))
        })?;
        if known.is_some_and(|known| known.manifest == set.manifest && known.app == self.app) {
            return Ok(Offer::Nothing);
        }
        let office = identity.map_or(OfficePublic([0; 32]), |identity| identity.office_key);
        let manifest = match playbook_set::open(&set, office) {
            Ok(manifest) => manifest,
            Err(error) => return self.reject(store, host, &set, rejected(0, error.code(), None)),
        };
        // The set of an office this phone was enrolled at before says nothing about the versions of this one.
        if let Some(held) = held.filter(|held| playbook_set::open(&held.set, office).is_ok()) {
            if held.set.manifest == set.manifest {
                return Ok(Offer::Nothing);
            }
            if manifest.version <= held.version {
                let rejected = rejected(manifest.version, "rollback", None);
                return self.reject(store, host, &set, rejected);
            }
        }
        store.write_reserved(|tx| tx.keep_playbooks_of(&manifest))?;
        Ok(Offer::Set(Box::new(Coming { set, manifest, asked: Vec::new() })))
    }

    /// The next request for the set on its way, or, when nothing more is to be done about one, for the grids.
    pub(super) fn playbooks_on(&mut self, store: &Store, host: &dyn Host, mut session: Box<Session>) -> Next {
        loop {
            let mut coming = match std::mem::take(&mut session.offer) {
                Offer::Set(coming) => coming,
                // The office hears at once what became of the set.
                Offer::Decided => {
                    let Session { token, .. } = *session;
                    return self.hello(store, host, token, Some(SyncStep::Push(Vec::new())));
                }
                Offer::Nothing => {
                    let pulling = Pulling::new(session.grids.clone());
                    return self.pull_on(store, host, session, pulling);
                }
            };
            let missing = store.read(|reader| reader.missing_playbooks(&coming.manifest))?;
            if missing.is_empty() {
                session.offer = self.decide(store, host, &coming)?;
                continue;
            }
            let all = coming.manifest.files.len();
            coming.asked = missing.iter().copied().take(limit::PLAYBOOKS).collect();
            let request = Request::PlaybookGet { files: coming.asked.clone() };
            let mut effects = vec![progress(Stage::Receiving, (all - missing.len()) as u64, all as u64)];
            effects.extend(self.ask(Phase::Working(session, SyncStep::Playbooks(coming)), request)?);
            return Ok(effects);
        }
    }

    /// Keeps what came of the set. An answer without a single file that was asked for ends the set for this sync:
    /// the office has another one by now, or not what it signed.
    pub(super) fn playbooks_came(
        &mut self,
        store: &Store,
        host: &dyn Host,
        coming: Box<Coming>,
        files: Vec<(PlaybookHash, String)>,
    ) -> Result<Offer, Ended> {
        let good: Vec<_> = files
            .into_iter()
            .filter(|(hash, text)| coming.asked.contains(hash) && PlaybookHash::of(text) == *hash)
            .collect();
        if good.is_empty() {
            return self.playbooks_missing(store, host, &coming);
        }
        store.write_reserved(|tx| good.iter().try_for_each(|(hash, text)| tx.put_playbook(*hash, text)))?;
        Ok(Offer::Set(coming))
    }

    /// The office does not hand out what it signed.
    pub(super) fn playbooks_missing(
        &mut self,
        store: &Store,
        host: &dyn Host,
        coming: &Coming,
    ) -> Result<Offer, Ended> {
        self.reject(store, host, &coming.set, rejected(coming.manifest.version, "files", None))
    }

    /// Judges a set whose files are all here, and takes it over whole or not at all.
    fn decide(&mut self, store: &Store, host: &dyn Host, coming: &Coming) -> Result<Offer, Ended> {
        let Coming { set, manifest, .. } = coming;
        let files = match judge(store, manifest)? {
            Decision::Reject(rejected) => return self.reject(store, host, set, rejected),
            Decision::Take(files) => files,
        };
        let current = files.iter().filter(|file| file.current).count();
        store.write_reserved(|tx| {
            tx.put_playbook_set(set, manifest, host.now())?;
            tx.add_audit(&AuditEntry {
                at: host.now(),
                what: "playbooks.taken".to_owned(),
                detail: Some(format!("{} {current}", manifest.version)),
            })
        })?;
        self.report.playbooks_taken = Some(manifest.version);
        Ok(self.decided())
    }

    fn reject(
        &mut self,
        store: &Store,
        host: &dyn Host,
        set: &SignedSet,
        rejected: RejectedSet,
    ) -> Result<Offer, Ended> {
        let rejection = Rejection {
            rejected: rejected.clone(),
            manifest: set.manifest.clone(),
            app: self.app.clone(),
            at: host.now(),
        };
        store.write_reserved(|tx| {
            tx.put_rejected_playbooks(&rejection)?;
            tx.add_audit(&AuditEntry {
                at: host.now(),
                what: "playbooks.rejected".to_owned(),
                detail: Some(format!("{} {}", rejected.version, rejected.code)),
            })
        })?;
        self.report.playbooks_rejected = Some(rejected);
        Ok(self.decided())
    }

    const fn decided(&mut self) -> Offer {
        self.budget.sets = self.budget.sets.saturating_sub(1);
        Offer::Decided
    }
}

fn judge(store: &Store, manifest: &Manifest) -> Result<Decision, Ended> {
    let texts = store.read(|reader| reader.texts_of(manifest.clone()))?;
    let files: Vec<PlaybookFile> = texts
        .into_iter()
        .flatten()
        .map(|(file, text)| PlaybookFile { name: file.name, text, current: file.current })
        .collect();
    // What a manifest says of its files' lengths decided whether to fetch them: it has to be so.
    if files.iter().zip(&manifest.files).any(|(file, said)| file.text.len() as u64 != said.bytes) {
        return Ok(Decision::Reject(rejected(manifest.version, "files", None)));
    }
    Ok(match Playbooks::company(&files) {
        Ok(_) => Decision::Take(files),
        Err(why) => Decision::Reject(rejected(manifest.version, "playbooks", Some(reasons(&why)))),
    })
}

/// The first thing wrong in both languages, and how many more.
fn reasons(rejected: &PlaybookErrors) -> String {
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

fn rejected(version: u64, code: &str, detail: Option<String>) -> RejectedSet {
    RejectedSet { version, code: code.to_owned(), detail }
}
