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

mod ahead;
mod phase;
mod photos;
mod playbooks;
mod pull;
mod push;

use std::collections::BTreeSet;

use serde_bytes::ByteBuf;

use self::phase::{Answers, Asking, Budget, Open, Phase, Revoked, Session, SyncStep};
use self::pull::{PageReading, Pulling};
use super::device::DeviceKey;
use super::frame::{self, FrameError};
use super::merge::apply::{MergeError, Merger};
use super::message::{DeviceReport, Frame, Hello, PROTOCOL, Problem, Reply, Request, Welcome, limit};
use super::report::{End, Progress, Stage, SyncReport};
use super::rules::SyncRules;
use crate::host::{Host, RandomnessUnavailable, random};
use crate::model::{Clock, Generation, PhotoId, RecordId};
use crate::store::{Store, StoreError};

/// How often a request is sent again before the transport counts as broken.
const REPEATS: u8 = 5;

/// What happens to a sync.
#[derive(Debug, Clone, Copy)]
pub enum SyncEvent<'a> {
    /// It begins. Once, first.
    Start,
    /// A frame came. It may be late, doubled or not ours; it counts if it answers the open request.
    Reply(&'a [u8]),
    /// No answer to the open request will come.
    Failed,
}

/// What a sync wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum SyncEffect {
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
    rules: SyncRules,
    /// Photos somebody wants to see.
    wanted: Vec<(PhotoId, RecordId)>,
    /// Photos wait for another sync.
    photos_later: bool,
    report: SyncReport,
    /// The number of the last request.
    number: u64,
    budget: Budget,
    answers: Answers,
    /// What the sync waits for; nothing before it begins and when it is over.
    asking: Option<Asking>,
}

/// The sync ends here.
struct Ended(End);

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self(End::Store(error.to_string()))
    }
}
impl From<MergeError> for Ended {
    fn from(error: MergeError) -> Self {
        Self(End::Store(error.to_string()))
    }
}
impl From<RandomnessUnavailable> for Ended {
    fn from(error: RandomnessUnavailable) -> Self {
        Self(End::Store(error.to_string()))
    }
}
impl From<FrameError> for Ended {
    fn from(error: FrameError) -> Self {
        Self(match error {
            FrameError::Protocol { theirs, .. } => {
                End::Office(Problem::Protocol { min: theirs, max: theirs })
            }
            FrameError::TooLarge { .. } | FrameError::Malformed => End::Unreadable,
        })
    }
}

type Next = Result<Vec<SyncEffect>, Ended>;

impl Engine {
    /// A sync of the device with this key; `app` is the version of the core, for the office's list of devices.
    #[must_use]
    pub fn new(key: DeviceKey, app: &str) -> Self {
        Self::with_rules(key, app, SyncRules::ALL)
    }

    /// The same with rules switched off: for the fleet test alone.
    #[doc(hidden)]
    #[must_use]
    pub fn with_rules(key: DeviceKey, app: &str, rules: SyncRules) -> Self {
        Self {
            key,
            app: app.to_owned(),
            rules,
            wanted: Vec::new(),
            photos_later: false,
            report: SyncReport::default(),
            number: 0,
            budget: Budget::new(),
            answers: Answers::default(),
            asking: None,
        }
    }

    /// Fetches this photo of that record too, after everything else. One that was begun is gone on with anyway.
    #[must_use]
    pub fn fetching(mut self, photo: PhotoId, record: RecordId) -> Self {
        self.wanted.push((photo, record));
        self
    }

    /// Moves no photo in either direction: on a line that is paid by the byte they wait for another sync, and the records
    /// that name them are exchanged all the same.
    #[must_use]
    pub fn without_photos(mut self) -> Self {
        self.photos_later = true;
        self
    }

    /// Takes an event and says what to do. An empty answer means: that did not count, go on waiting.
    pub fn handle(&mut self, store: &Store, host: &dyn Host, event: SyncEvent<'_>) -> Vec<SyncEffect> {
        let next = match event {
            SyncEvent::Start => self.start(host),
            SyncEvent::Reply(bytes) => self.reply(store, host, bytes),
            SyncEvent::Failed => self.failed(),
        };
        next.unwrap_or_else(|Ended(end)| self.over(store, host, end))
    }

    fn over(&mut self, store: &Store, host: &dyn Host, end: End) -> Vec<SyncEffect> {
        self.asking = None;
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
        vec![SyncEffect::Done(Box::new(std::mem::take(&mut self.report)))]
    }

    // Asking -------------------------------------------------------------------------------------------------

    fn start(&mut self, host: &dyn Host) -> Next {
        // Numbers of another sync must not fit this one's requests: a late answer could be taken for a new one.
        self.number = u64::from_be_bytes(random(host)?) >> 1;
        let mut effects = vec![progress(Stage::Connecting, 0, 1)];
        effects.extend(self.challenge(None)?);
        Ok(effects)
    }

    fn ask(&mut self, phase: Phase, body: Request) -> Next {
        self.number += 1;
        let number = self.number;
        let bytes = frame::encode(&Frame {
            protocol: PROTOCOL,
            request: number,
            token: phase.token().cloned(),
            body,
        })?;
        let open = Open { number, bytes: bytes.clone(), repeats: REPEATS };
        self.asking = Some(Asking { open, phase });
        Ok(vec![self.send(bytes)])
    }

    fn send(&mut self, bytes: Vec<u8>) -> SyncEffect {
        self.report.requests += 1;
        self.report.bytes_sent += bytes.len() as u64;
        SyncEffect::Send(bytes)
    }

    fn failed(&mut self) -> Next {
        let Some(Asking { open, .. }) = &mut self.asking else { return Ok(Vec::new()) };
        if open.repeats == 0 {
            return Err(Ended(End::Interrupted));
        }
        open.repeats -= 1;
        let bytes = open.bytes.clone();
        Ok(vec![self.send(bytes)])
    }

    fn challenge(&mut self, resume: Option<SyncStep>) -> Next {
        if self.budget.sessions == 0 {
            return Err(Ended(End::Office(Problem::NoSession)));
        }
        self.budget.sessions -= 1;
        self.ask(Phase::Challenge(resume), Request::Challenge { device: self.key.device() })
    }

    fn hello(&mut self, store: &Store, host: &dyn Host, token: ByteBuf, resume: Option<SyncStep>) -> Next {
        let rules = self.rules;
        let (generation, actor, tables, shown, summary, unconfirmed, blocked, playbooks, rejected_playbooks) =
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
                Ok::<_, MergeError>((
                    tx.generation()?,
                    actor,
                    tx.table_versions()?,
                    shown,
                    tx.summary(host.now())?,
                    tx.unconfirmed_count()?,
                    match tx.sync_end()? {
                        Some(ended) => Some(ended),
                        None => tx.waits_because()?,
                    },
                    tx.playbook_set_version()?,
                    tx.rejected_playbooks()?.map(|rejection| rejection.rejected),
                ))
            })?;
        let report = DeviceReport {
            app: self.app.clone(),
            unsent_records: summary.unsent_records,
            unsent_photos: summary.unsent_photos,
            unconfirmed,
            oldest_unsent_ms: summary.oldest_unsent_ms,
            blocked: blocked.or_else(|| (summary.rejected_edits > 0).then(|| "held".to_owned())),
            playbooks,
            rejected_playbooks,
        };
        let first = summary.synced_at.is_none();
        let hello = Hello { generation, actor, tables, shown, report, first };
        self.ask(Phase::Hello(token, resume), Request::Hello(hello))
    }

    /// The next request of the step that is under way, or of the next one.
    fn go_on(&mut self, store: &Store, host: &dyn Host, session: Box<Session>, step: SyncStep) -> Next {
        match step {
            SyncStep::Push(_) => self.push_on(store, host, session),
            // What the set is worth was looked at anew at the hello.
            SyncStep::Playbooks(_) => self.playbooks_on(store, host, session),
            SyncStep::Pull(pulling) => self.pull_on(store, host, session, pulling),
            SyncStep::Photos(photos) => self.photos_on(store, session, photos),
        }
    }

    // Answers ------------------------------------------------------------------------------------------------

    fn reply(&mut self, store: &Store, host: &dyn Host, bytes: &[u8]) -> Next {
        self.report.bytes_received += bytes.len() as u64;
        let Some(Asking { open, phase }) = &self.asking else { return Ok(Vec::new()) };
        let frame = frame::decode::<Reply>(bytes)?;
        // A server that rejects a request unread cannot repeat its number.
        let rejected_unread = frame.request == 0 && matches!(frame.body, Reply::Problem(_));
        let fits = frame.request == open.number || rejected_unread;
        if !fits && (self.rules.page_must_fit || !could_answer(phase, &frame.body)) {
            return Ok(Vec::new());
        }
        let Some(Asking { phase, .. }) = self.asking.take() else { return Ok(Vec::new()) };
        match (phase, frame.body) {
            (phase, Reply::Problem(problem)) => self.problem(store, host, phase, problem),
            (Phase::Challenge(resume), Reply::Nonce { nonce }) => {
                let signature = ByteBuf::from(self.key.sign_session(&nonce));
                let device = self.key.device();
                self.ask(Phase::Session(resume), Request::Session { device, nonce, signature })
            }
            (Phase::Session(resume), Reply::Opened { token }) => self.hello(store, host, token, resume),
            (Phase::Hello(token, resume), Reply::Welcome(welcome)) => {
                let (session, step) = self.welcomed(store, host, *welcome, token, resume)?;
                self.go_on(store, host, session, step)
            }
            (Phase::Revoked(revoked), Reply::Verdicts { verdicts }) => {
                self.judged(store, host, revoked.generation, &revoked.handed, verdicts)?;
                self.revoked_on(store, revoked)
            }
            (Phase::Working(session, step), body) => self.answered(store, host, session, step, body),
            _ => Err(Ended(End::Unreadable)),
        }
    }

    /// Follows the answer to a request of a step.
    fn answered(
        &mut self,
        store: &Store,
        host: &dyn Host,
        mut session: Box<Session>,
        step: SyncStep,
        body: Reply,
    ) -> Next {
        match (step, body) {
            (SyncStep::Push(handed), Reply::Verdicts { verdicts }) => {
                self.judged(store, host, Some(session.generation), &handed, verdicts)?;
                self.push_on(store, host, session)
            }
            (SyncStep::Playbooks(coming), Reply::PlaybookFiles { files }) => {
                session.offer = self.playbooks_came(store, host, coming, files)?;
                self.playbooks_on(store, host, session)
            }
            (SyncStep::Pull(mut pulling), reply) => {
                self.read_on(&session, &mut pulling, reply)?;
                self.pull_on(store, host, session, pulling)
            }
            (SyncStep::Photos(mut photos), reply) => {
                self.photo_moved(store, host, &mut photos, reply)?;
                self.photos_on(store, session, photos)
            }
            _ => Err(Ended(End::Unreadable)),
        }
    }

    fn problem(&mut self, store: &Store, host: &dyn Host, phase: Phase, problem: Problem) -> Next {
        match (phase, problem) {
            (Phase::Challenge(_), problem) => Err(Ended(End::Office(problem))),
            // The nonce was used up by an answer that got lost, or the session ended: prove the key again and
            // go on where this stopped.
            (phase, Problem::NoSession) => self.challenge(phase.resume()),
            (Phase::Hello(token, _), Problem::Revoked) => {
                let generation = store.read(|reader| reader.generation())?;
                self.revoked_on(store, Revoked { token, generation, handed: Vec::new() })
            }
            (Phase::Working(session, step), problem) => self.declined(store, host, session, step, problem),
            (_, problem) => Err(Ended(End::Office(problem))),
        }
    }

    /// Follows the rejection of a request of a step.
    fn declined(
        &mut self,
        store: &Store,
        host: &dyn Host,
        mut session: Box<Session>,
        mut step: SyncStep,
        problem: Problem,
    ) -> Next {
        match (&mut step, problem) {
            // Another set was published since the hello, or the office lost what it signed.
            (SyncStep::Playbooks(coming), Problem::NotFound) => {
                session.offer = self.playbooks_missing(store, host, coming)?;
            }
            // The office was restored in the middle of this sync.
            (SyncStep::Pull(Pulling { reading: PageReading::Page { .. }, .. }), Problem::WrongGeneration) => {
                return self.challenge(None);
            }
            // The grid was taken away since the hello: the next hello says so.
            (SyncStep::Pull(pulling), Problem::WrongGrid)
                if matches!(pulling.reading, PageReading::Page { .. }) =>
            {
                pulling.pass_over();
            }
            // The record is out of sight by now, or the office cannot read it; what is known of it is taken in.
            (
                SyncStep::Pull(Pulling { reading: PageReading::Rows(rows), .. }),
                Problem::NotFound | Problem::Storage,
            ) => self.give_up(rows),
            // A photo that is not wanted or not there never holds anything else up.
            (SyncStep::Photos(photos), problem) => self.photo_declined(store, photos, &problem)?,
            (_, problem) => return Err(Ended(End::Office(problem))),
        }
        self.go_on(store, host, session, step)
    }

    fn welcomed(
        &mut self,
        store: &Store,
        host: &dyn Host,
        welcome: Welcome,
        token: ByteBuf,
        resume: Option<SyncStep>,
    ) -> Result<(Box<Session>, SyncStep), Ended> {
        let (rules, device) = (self.rules, self.key.device());
        let clock = Clock::measured(welcome.now, host.now());
        let (new_generation, lifted) = store.write_reserved(|tx| {
            let before = tx.generation()?;
            if rules.new_generation || before.is_none() {
                tx.set_generation(welcome.generation)?;
            }
            tx.set_clock(clock)?;
            let watermark = if rules.keep_unbacked { welcome.watermark } else { 0 };
            tx.set_watermark(watermark)?;
            tx.backed_up(watermark, welcome.position)?;
            if let Some(warrant) = &welcome.warrant {
                tx.set_warrant(warrant)?;
            }
            if let Some(homes) = welcome.homes {
                tx.set_homes_to_fetch(homes)?;
            }
            for table in &welcome.tables {
                tx.put_table(table.name, table.version, &table.rows)?;
            }
            if rules.lost_grid_forgotten {
                tx.keep_grids(&welcome.grids)?;
            }
            let mut lifted = 0;
            for (record, edit) in &welcome.accepted_since {
                lifted += u64::from(tx.let_in(*record, *edit, device, host.now())? > 0);
            }
            Ok::<_, StoreError>((before.is_some_and(|before| before != welcome.generation), lifted))
        })?;
        self.report.new_generation |= new_generation;
        self.report.accepted_since += lifted;
        let offer = self.offered(store, host, welcome.playbooks)?;
        if new_generation {
            self.answers = Answers { read_first: true, ..Answers::default() };
            self.budget.rounds = Budget::rounds(true);
        }
        // After a session that merely ended in the middle, what was under way goes on.
        let step = resume.filter(|_| !new_generation).unwrap_or(SyncStep::Push(Vec::new()));
        let Welcome { generation, grids, .. } = welcome;
        Ok((Box::new(Session { token, generation, grids, offer }), step))
    }

    /// What merges answers into records; a revoked device may know of no life of the office's data.
    fn merger<'a>(&'a self, host: &'a dyn Host, generation: Option<Generation>) -> Merger<'a> {
        Merger { key: &self.key, host, rules: self.rules, generation }
    }
}

/// Whether a message is of the sort that answers what was asked last: all that is looked at while the rule that its
/// number must fit is switched off.
fn could_answer(phase: &Phase, reply: &Reply) -> bool {
    let step = if let Phase::Working(_, step) = phase { Some(step) } else { None };
    match reply {
        Reply::Problem(_) => true,
        Reply::Nonce { .. } => matches!(phase, Phase::Challenge(_)),
        Reply::Opened { .. } => matches!(phase, Phase::Session(_)),
        Reply::Welcome(_) => matches!(phase, Phase::Hello(..)),
        Reply::Verdicts { .. } => {
            matches!(phase, Phase::Revoked(_)) || matches!(step, Some(SyncStep::Push(_)))
        }
        Reply::Page(_) => {
            matches!(step, Some(SyncStep::Pull(Pulling { reading: PageReading::Page { .. }, .. })))
        }
        Reply::Changes { .. } | Reply::Receipts { .. } => {
            matches!(step, Some(SyncStep::Pull(Pulling { reading: PageReading::Rows(_), .. })))
        }
        Reply::PlaybookFiles { .. } => matches!(step, Some(SyncStep::Playbooks(_))),
        Reply::About(_) | Reply::Enrolled(_) | Reply::PhotoState { .. } | Reply::PhotoPiece { .. } => false,
    }
}

fn progress(stage: Stage, done: u64, total: u64) -> SyncEffect {
    SyncEffect::Progress(Progress { stage, done, total: total.max(1) })
}

#[cfg(test)]
mod both_ways;
#[cfg(test)]
mod tests;
