//! One sync of a phone with an office, as a machine without a socket: events in, effects out.
//!
//! ```text
//! challenge → session → hello → push … push → playbooks → pull … pull (need …) → sweep → photos → done
//!                                 ↑___________________________________│  while rebuilding made something new to push
//! ```
//!
//! Every step is repeatable: a request is sent again as it is when no answer comes, an answer counts only if
//! it carries the number of the open request, and each answer's consequences are one transaction. Whatever
//! breaks, the next sync goes on from what was committed.

mod photos;
mod playbooks;
mod pull;
mod push;

use std::collections::BTreeSet;

use serde_bytes::ByteBuf;

use self::photos::{Photos, Travelling};
use self::playbooks::{Coming, SETS};
use self::pull::Pulling;
use super::device::DeviceKey;
use super::frame::{self, FrameError};
use super::message::{
    DeviceReport, Frame, Hello, PROTOCOL, Problem, Reply, Request, Verdict, Welcome, limit,
};
use super::report::{End, Progress, Stage, SyncReport};
use super::rules::Rules;
use super::settle::{Hands, SettleError};
use crate::host::{Host, RandomnessUnavailable, random};
use crate::model::{ChangeHash, Clock, Generation, GridId, Kind, KindVersion, PhotoId, RecordId};
use crate::store::{Store, StoreError};

/// How often a request is sent again before the line counts as broken.
const REPEATS: u8 = 5;
/// How often one sync proves its key: once, and again when the office forgot the session.
const SESSIONS: u8 = 4;
/// How many pages that do not fit one sync asks for again.
const MISFITS: u8 = 8;
/// How often one sync goes from pushing to pulling: once, and again while a page made own edits be written again.
const ROUNDS: u8 = 3;
/// How many answered pushes may lead to rebuilding before the rest waits for the next sync. Every rebuild ends an
/// edit or a change for good, so this is met only by somebody who refuses hundreds of edits.
const REBUILDS: u32 = 64;

/// What happens to a sync.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// It begins. Once, first.
    Start,
    /// A frame came. It may be late, doubled or not ours; it counts if it answers the open request.
    Reply(&'a [u8]),
    /// No answer to the open request will come.
    Failed,
}

/// What a sync wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Send this to the office and hand in what comes back.
    Send(Vec<u8>),
    /// Show this.
    Progress(Progress),
    /// It is over; the engine is used up.
    Done(Box<SyncReport>),
}

/// One sync. Make a new one for each.
pub struct Engine {
    key: DeviceKey,
    app: String,
    rules: Rules,
    report: SyncReport,
    number: u64,
    open: Option<Open>,
    token: Option<ByteBuf>,
    sessions: u8,
    welcome: Option<Standing>,
    /// The office reads nothing out to this device any more: unsent work is handed in, then it ends.
    revoked: bool,
    step: Step,
    rounds: u8,
    rebuilds: u32,
    misfits: u8,
    /// The set of playbooks that is being fetched.
    coming: Option<Coming>,
    /// A set was decided on, and the office does not know yet.
    decided: bool,
    /// How many more sets this sync decides on.
    sets: u8,
    /// Every grid was read to its end in this sync, so what the office does not name it does not have.
    read_all: bool,
    /// Changes answered in this sync; none is handed in twice.
    answered: BTreeSet<ChangeHash>,
    /// Of those: called accepted before, offered again, and called accepted again.
    accepted_twice: BTreeSet<ChangeHash>,
    /// Answers that can be followed only when the feed has brought the copy they name.
    deferred: Vec<Answered>,
    /// Records whose changes are not to be sent again now.
    resting: BTreeSet<RecordId>,
    /// Photos somebody wants to see.
    wanted: Vec<(PhotoId, RecordId)>,
}

/// The request that waits for its answer.
struct Open {
    number: u64,
    bytes: Vec<u8>,
    asked: Asked,
    repeats: u8,
}

/// What was asked, with what is needed to follow the answer.
enum Asked {
    Challenge,
    Session,
    Hello,
    Push(Vec<Handed>),
    Pull { grid: GridId, from: u64 },
    Missing,
    Playbooks,
    Photo(Travelling),
}

/// A change that was handed in.
struct Handed {
    record: RecordId,
    kind: Kind,
    version: KindVersion,
    hash: ChangeHash,
    /// The office said it was accepted and does not list it.
    again: bool,
}

/// A record with the answers about it.
struct Answered {
    record: RecordId,
    kind: Kind,
    version: KindVersion,
    verdicts: Vec<(ChangeHash, Verdict)>,
    /// Some of them take back that the office accepted the change.
    disowned: bool,
}

/// What the office said at the hello.
struct Standing {
    generation: Generation,
    grids: Vec<GridId>,
}

/// Where the sync is.
enum Step {
    Connect,
    Push,
    Playbooks,
    Pull(Pulling),
    Photos(Photos),
    Over,
}

/// The sync ends here.
struct Stop(End);

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self(End::Store(error.to_string()))
    }
}
impl From<SettleError> for Stop {
    fn from(error: SettleError) -> Self {
        Self(End::Store(error.to_string()))
    }
}
impl From<RandomnessUnavailable> for Stop {
    fn from(error: RandomnessUnavailable) -> Self {
        Self(End::Store(error.to_string()))
    }
}
impl From<FrameError> for Stop {
    fn from(error: FrameError) -> Self {
        Self(match error {
            FrameError::Protocol { theirs, .. } => {
                End::Office(Problem::Protocol { min: theirs, max: theirs })
            }
            FrameError::TooLarge { .. } | FrameError::Malformed => End::Unreadable,
        })
    }
}

type Next = Result<Vec<Effect>, Stop>;

impl Engine {
    /// A sync of the device with this key; `app` is the version of the core, for the office's list of devices.
    #[must_use]
    pub fn new(key: DeviceKey, app: &str) -> Self {
        Self::with_rules(key, app, Rules::ALL)
    }

    /// The same with rules switched off: for the fleet test alone.
    #[doc(hidden)]
    #[must_use]
    pub fn with_rules(key: DeviceKey, app: &str, rules: Rules) -> Self {
        Self {
            key,
            app: app.to_owned(),
            rules,
            report: SyncReport::default(),
            number: 0,
            open: None,
            token: None,
            sessions: SESSIONS,
            welcome: None,
            revoked: false,
            step: Step::Connect,
            rounds: ROUNDS,
            rebuilds: REBUILDS,
            misfits: MISFITS,
            coming: None,
            decided: false,
            sets: SETS,
            read_all: false,
            answered: BTreeSet::new(),
            accepted_twice: BTreeSet::new(),
            deferred: Vec::new(),
            resting: BTreeSet::new(),
            wanted: Vec::new(),
        }
    }

    /// Fetches this photo of that record too, after everything else. One that was begun is gone on with anyway.
    #[must_use]
    pub fn fetching(mut self, photo: PhotoId, record: RecordId) -> Self {
        self.wanted.push((photo, record));
        self
    }

    /// Takes an event and says what to do. An empty answer means: that did not count, go on waiting.
    pub fn handle(&mut self, store: &Store, host: &dyn Host, event: Event<'_>) -> Vec<Effect> {
        let next = match event {
            Event::Start => self.start(host),
            Event::Reply(bytes) => self.reply(store, host, bytes),
            Event::Failed => self.failed(),
        };
        next.unwrap_or_else(|Stop(end)| self.over(store, host, end))
    }

    fn over(&mut self, store: &Store, host: &dyn Host, end: End) -> Vec<Effect> {
        self.open = None;
        self.step = Step::Over;
        store.set_sending(BTreeSet::new());
        // The sync itself is over; when and by what is only shown, and what is forgotten takes room alone.
        let _ = store.write(|tx| {
            if end == End::Complete {
                tx.forget_old_verdicts()?;
                tx.set_synced_at(host.now())?;
            }
            tx.set_sync_end((end != End::Complete).then(|| end.code()))
        });
        self.report.end = end;
        vec![Effect::Done(Box::new(std::mem::take(&mut self.report)))]
    }

    // Asking -------------------------------------------------------------------------------------------------

    fn start(&mut self, host: &dyn Host) -> Next {
        // Numbers of another sync must not fit this one's requests: a late answer could be taken for a new one.
        self.number = u64::from_be_bytes(random(host)?) >> 1;
        let mut effects = vec![self.progress(Stage::Connecting, 0, 1)];
        effects.extend(self.challenge()?);
        Ok(effects)
    }

    fn ask(&mut self, asked: Asked, body: Request) -> Next {
        self.number += 1;
        let number = self.number;
        let bytes =
            frame::encode(&Frame { protocol: PROTOCOL, request: number, token: self.token.clone(), body })?;
        self.open = Some(Open { number, bytes: bytes.clone(), asked, repeats: REPEATS });
        Ok(vec![self.send(bytes)])
    }

    fn send(&mut self, bytes: Vec<u8>) -> Effect {
        self.report.requests += 1;
        self.report.bytes_sent += bytes.len() as u64;
        Effect::Send(bytes)
    }

    fn failed(&mut self) -> Next {
        let Some(open) = &mut self.open else { return Ok(Vec::new()) };
        if open.repeats == 0 {
            return Err(Stop(End::Interrupted));
        }
        open.repeats -= 1;
        let bytes = open.bytes.clone();
        Ok(vec![self.send(bytes)])
    }

    fn challenge(&mut self) -> Next {
        if self.sessions == 0 {
            return Err(Stop(End::Office(Problem::NoSession)));
        }
        self.sessions -= 1;
        self.token = None;
        self.ask(Asked::Challenge, Request::Challenge { device: self.key.device() })
    }

    fn hello(&mut self, store: &Store, host: &dyn Host) -> Next {
        let rules = self.rules;
        let (generation, actor, tables, shown, summary, ended, playbooks, refused_playbooks) =
            store.write(|tx| {
                let actor = match tx.actor()? {
                    Some(actor) => actor,
                    None => {
                        let actor = self.key.new_actor(host)?;
                        tx.set_actor(actor)?;
                        actor
                    }
                };
                let mut shown = Vec::new();
                if rules.ask_accepted_since {
                    shown = tx.judged_edits(tx.asked_about()?, limit::NEED)?;
                    if let Some((_, last)) = shown.last().filter(|_| shown.len() == limit::NEED) {
                        tx.set_asked_about(*last)?;
                    }
                }
                Ok::<_, SettleError>((
                    tx.generation()?,
                    actor,
                    tx.table_versions()?,
                    shown,
                    tx.summary(host.now())?,
                    tx.sync_end()?,
                    tx.playbook_set_version()?,
                    tx.refused_playbooks()?.map(|refusal| refusal.refused),
                ))
            })?;
        let report = DeviceReport {
            app: self.app.clone(),
            unsent_records: summary.unsent_records,
            unsent_photos: summary.unsent_photos,
            oldest_unsent_ms: summary.oldest_unsent_ms,
            blocked: ended.or_else(|| (summary.refused_edits > 0).then(|| "held".to_owned())),
            playbooks,
            refused_playbooks,
        };
        self.ask(Asked::Hello, Request::Hello(Hello { generation, actor, tables, shown, report }))
    }

    /// The next request of the present step, or the next step.
    fn go_on(&mut self, store: &Store, host: &dyn Host) -> Next {
        loop {
            match &mut self.step {
                Step::Connect => return self.challenge(),
                Step::Push => {
                    if let Some(effects) = self.push(store)? {
                        return Ok(effects);
                    }
                    if self.revoked {
                        return Err(Stop(End::Office(Problem::Revoked)));
                    }
                    self.step = Step::Playbooks;
                }
                Step::Playbooks => {
                    if let Some(effects) = self.playbooks_on(store, host)? {
                        return Ok(effects);
                    }
                    let grids =
                        self.welcome.as_ref().map(|welcome| welcome.grids.clone()).unwrap_or_default();
                    self.step = Step::Pull(Pulling::new(grids));
                }
                Step::Pull(_) => {
                    if let Some(effects) = self.pull_on(store, host)? {
                        return Ok(effects);
                    }
                }
                Step::Photos(_) => {
                    return self.photo_on(store)?.ok_or(Stop(End::Complete));
                }
                Step::Over => return Ok(Vec::new()),
            }
        }
    }

    // Answers ------------------------------------------------------------------------------------------------

    fn reply(&mut self, store: &Store, host: &dyn Host, bytes: &[u8]) -> Next {
        self.report.bytes_received += bytes.len() as u64;
        let Some(open) = &self.open else { return Ok(Vec::new()) };
        let frame = frame::decode::<Reply>(bytes)?;
        // A server that refuses before it reads the request cannot repeat its number.
        let refused_unread = frame.request == 0 && matches!(frame.body, Reply::Problem(_));
        let fits = frame.request == open.number || refused_unread;
        if !fits && self.rules.page_must_fit {
            return Ok(Vec::new());
        }
        let Some(open) = self.open.take() else { return Ok(Vec::new()) };
        match (open.asked, frame.body) {
            (asked, Reply::Problem(problem)) => self.problem(store, host, asked, problem),
            (Asked::Challenge, Reply::Nonce { nonce }) => {
                let signature = ByteBuf::from(self.key.sign_session(&nonce));
                let device = self.key.device();
                self.ask(Asked::Session, Request::Session { device, nonce, signature })
            }
            (Asked::Session, Reply::Opened { token }) => {
                self.token = Some(token);
                self.hello(store, host)
            }
            (Asked::Hello, Reply::Welcome(welcome)) => {
                self.welcomed(store, host, *welcome)?;
                self.go_on(store, host)
            }
            (Asked::Push(handed), Reply::Verdicts { verdicts }) => {
                self.judged(store, host, &handed, verdicts)?;
                self.go_on(store, host)
            }
            (Asked::Pull { grid, from }, Reply::Page(page)) => {
                if !self.fits(&page, &grid, from) {
                    if self.misfits == 0 {
                        return Err(Stop(End::Unreadable));
                    }
                    self.misfits -= 1;
                    return self.pull(store, grid);
                }
                self.gather(page);
                self.go_on(store, host)
            }
            (Asked::Missing, Reply::Changes { record, changes }) => {
                self.changes_came(record, &changes);
                self.go_on(store, host)
            }
            (Asked::Missing, Reply::Receipts { record, from, receipts }) => {
                self.receipts_came(record, from, receipts);
                self.go_on(store, host)
            }
            (Asked::Playbooks, Reply::PlaybookFiles { files }) => {
                self.playbooks_came(store, host, files)?;
                self.go_on(store, host)
            }
            (Asked::Photo(travelling), reply) if fits => {
                self.photo_moved(store, host, travelling, reply)?;
                self.go_on(store, host)
            }
            // A well-formed answer to another question under our number: nothing this engine asks leads to it.
            (asked, _) if !fits => {
                self.open = Some(Open { asked, ..open });
                Ok(Vec::new())
            }
            _ => Err(Stop(End::Unreadable)),
        }
    }

    fn problem(&mut self, store: &Store, host: &dyn Host, asked: Asked, problem: Problem) -> Next {
        match (asked, problem) {
            // The nonce was used up by an answer that got lost, or the session ended: prove the key again and
            // go on where this stopped.
            (asked, Problem::NoSession) if !matches!(asked, Asked::Challenge) => self.challenge(),
            (Asked::Hello, Problem::Revoked) => {
                self.revoked = true;
                self.step = Step::Push;
                self.go_on(store, host)
            }
            // The office was restored in the middle of this sync.
            (Asked::Pull { .. }, Problem::WrongGeneration) => {
                self.step = Step::Connect;
                self.go_on(store, host)
            }
            // The grid was taken away since the hello: the next hello says so.
            (Asked::Pull { .. }, Problem::WrongGrid) => {
                if let Step::Pull(pulling) = &mut self.step {
                    pulling.left.pop_front();
                    pulling.whole = false;
                }
                self.go_on(store, host)
            }
            // The record is out of sight by now, or the office cannot read it; what is known of it is taken in.
            (Asked::Missing, Problem::NotFound | Problem::Storage) => {
                self.give_up_missing();
                self.go_on(store, host)
            }
            // Another set was published since the hello, or the office lost what it signed.
            (Asked::Playbooks, Problem::NotFound) => {
                self.playbooks_missing(store, host)?;
                self.go_on(store, host)
            }
            // A photo that is not wanted or not there never holds anything else up.
            (Asked::Photo(travelling), problem) => {
                self.photo_declined(store, travelling, &problem)?;
                self.go_on(store, host)
            }
            (_, problem) => Err(Stop(End::Office(problem))),
        }
    }

    fn welcomed(&mut self, store: &Store, host: &dyn Host, welcome: Welcome) -> Result<(), Stop> {
        let (rules, device) = (self.rules, self.key.device());
        let clock = Clock::measured(welcome.now, host.now());
        let (new_generation, lifted) = store.write_reserved(|tx| {
            let before = tx.generation()?;
            if rules.new_generation || before.is_none() {
                tx.set_generation(welcome.generation)?;
            }
            tx.set_clock(clock)?;
            tx.set_watermark(welcome.watermark)?;
            for table in &welcome.tables {
                tx.put_table(table.name, table.version, &table.rows)?;
            }
            if rules.lost_grid_forgotten {
                tx.keep_grids(&welcome.grids)?;
            }
            let mut lifted = 0;
            for accepted in &welcome.accepted_since {
                let lifts = tx.lift_verdicts(accepted.record, accepted.edit, device)?;
                lifted += u64::from(!lifts.is_empty());
            }
            Ok::<_, StoreError>((before.is_some_and(|before| before != welcome.generation), lifted))
        })?;
        self.report.new_generation |= new_generation;
        self.report.accepted_since += lifted;
        self.offered(store, host, welcome.playbooks)?;
        self.welcome = Some(Standing { generation: welcome.generation, grids: welcome.grids });
        if new_generation {
            self.answered.clear();
            self.accepted_twice.clear();
            self.resting.clear();
            self.deferred.clear();
            self.read_all = false;
        }
        // After a session that merely ended in the middle, what was under way goes on.
        if new_generation || matches!(self.step, Step::Connect) {
            self.step = Step::Push;
        }
        Ok(())
    }

    fn hands<'a>(&'a self, host: &'a dyn Host) -> Result<Hands<'a>, Stop> {
        let generation = self.welcome.as_ref().map(|welcome| welcome.generation);
        // Nothing is settled before the hello; without it there is no generation a receipt could belong to.
        let generation = generation.or(self.revoked.then_some(Generation([0; 16])));
        generation
            .map(|generation| Hands { key: &self.key, host, rules: self.rules, generation })
            .ok_or(Stop(End::Unreadable))
    }

    fn progress(&self, stage: Stage, done: u64, total: u64) -> Effect {
        Effect::Progress(Progress { stage, done, total: total.max(1) })
    }
}

#[cfg(test)]
mod tests;
