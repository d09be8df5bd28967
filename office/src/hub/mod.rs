//! Answers one frame with one frame. No socket, no clock, and no thread that outlives an answer: a fleet of phones and its
//! office run from one seed, and the HTTP server is a thin shell.
//!
//! | question | file |
//! |---|---|
//! | which office is this, before a code is used | `about.rs` |
//! | who may ask at all | `enrol.rs`, `tries.rs`, `session.rs` |
//! | what does a phone need to know first | `hello.rs` |
//! | may this change in, and what is answered | `push.rs`, `examine.rs`, `judge.rs`, `record_review.rs`, `access.rs`, `quota.rs` |
//! | which part of that is worked out before the transaction, by several threads | `rehearsal.rs` |
//! | what is new in a grid | `pull.rs`, `need.rs` |
//! | photos | `photo.rs` |
//! | which roles and playbooks are in force | `directory.rs`, `playbooks.rs` |
//! | what the office itself writes | `author.rs`, `release.rs`, `tables.rs` |
//! | how a record is kept | `document.rs` |
//! | what the month looks like | `metrics.rs` |
//! | what it would have been by a changed set of playbooks | `what_if.rs` |
//! | what is printed | `papers.rs` |
//! | is the audit whole | `audit.rs` |
//! | which rules are kept, and can be switched off to show that they matter | `rules.rs` |
//! | what was accepted before a restore | `../seal.rs` |
//!
//! Whoever may read a grid reads its records whole: fields a role may not read are not cut out of a record,
//! because a document without some of its changes has other hashes and could not be merged.

mod about;
mod access;
mod audit;
mod author;

mod directory;
mod document;
mod enrol;
mod error;
mod examine;
mod hello;
mod judge;
mod metrics;
mod need;
mod papers;
mod photo;
mod playbooks;
mod pull;
mod push;
mod quota;
mod record_review;
mod rehearsal;
mod release;
mod rules;
mod session;
mod tables;
#[cfg(test)]
pub(crate) mod testing;
mod tries;
mod what_if;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::num::NonZero;
use std::sync::{Arc, PoisonError, RwLock};

use butler_core::host::Host;
use butler_core::model::{DeviceId, GridId, StaffId, Timestamp};
use butler_core::playbook::Playbooks;
use butler_core::sync::frame;
use butler_core::sync::message::{Frame, PROTOCOL, Problem, Reply, Request};
use serde_bytes::ByteBuf;

use crate::seal::SealSecret;
use crate::storage::{Read, Storage, Stored};
use access::Access;
pub use audit::{AuditError, AuditHead, SignedHead};
pub use author::{OfficeEdit, OfficeEditRef};
pub use directory::InForce;
use error::Failure;
pub use error::OfficeError;
pub use metrics::{MetricRecord, MetricRecords, MonthMetrics};
pub use papers::Papers;
pub use playbooks::{Publication, PublishedFile};
pub use release::{HeldChange, HeldOf, Released};
pub use rules::Rules;
use session::NonceSecret;
pub(crate) use tables::day;
use tries::Tries;
pub use what_if::{WhatIf, WhatIfLine};

/// The office as a function from frame to frame.
pub struct Hub<S> {
    storage: S,
    playbooks: Arc<Playbooks>,
    rules: Rules,
    /// The office tables as last read, by their versions.
    in_force: RwLock<Arc<InForce>>,
    nonces: NonceSecret,
    seals: SealSecret,
    tries: Tries,
    /// Threads that work on one push; of none, all is done inside the transaction.
    judges: usize,
}

/// What was answered, with what a server wants to log and to say in its own protocol.
#[derive(Debug)]
pub struct Answer {
    /// The frame to send.
    pub frame: Vec<u8>,
    /// The kind of request, for logs.
    pub request: &'static str,
    /// Why it was not carried out, if so.
    pub problem: Option<Problem>,
}

/// Lets others go first in the middle of long work, which several threads may be doing.
pub trait Pause: Sync {
    /// Whether it is time to.
    fn is_due(&self) -> bool;
    /// Whether half of the time until then is over, if others wait: what was prepared is to be written before.
    fn is_half_due(&self) -> bool {
        self.is_due()
    }
    /// Lets them; comes back when it is this work's turn again.
    fn pause(&self);
    /// Does a part of the work beside the thread whose turn it is.
    fn helping(&self, work: &mut dyn FnMut()) {
        work();
    }
}

/// Nobody else is there.
struct NoPause;

impl Pause for NoPause {
    fn is_due(&self) -> bool {
        false
    }

    fn pause(&self) {}
}

/// What is known of a request before it is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreseen {
    /// The device whose session the frame names, if any.
    pub device: Option<DeviceId>,
    /// Whether the work may hold the one writer; true for what cannot be told.
    pub writes: bool,
}

/// Requests that read. Some note in the audit at their end what was read, and a right enrolment code enrols: short
/// and seldom enough. All others keep the writer for as long as they take.
const READING: [&str; 8] =
    ["about", "enrol", "challenge", "pull", "need", "receipts", "playbook_get", "photo_get"];

impl<S: Storage> Hub<S> {
    /// An office over what is stored. `playbooks` are in force until the company publishes its own; `seals` is what it
    /// knows its own receipts by.
    pub fn new(storage: S, playbooks: Arc<Playbooks>, seals: SealSecret) -> Self {
        Self::with_rules(storage, playbooks, seals, Rules::default())
    }

    /// The same with rules switched off: for tests that must notice.
    pub fn with_rules(storage: S, playbooks: Arc<Playbooks>, seals: SealSecret, rules: Rules) -> Self {
        let (in_force, nonces, tries) = (RwLock::default(), NonceSecret::default(), Tries::default());
        let judges = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self { storage, playbooks, rules, in_force, nonces, seals, tries, judges }
    }

    /// The same with so many threads for one push; with none, all of it is done inside the transaction.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn judged_by(self, judges: usize) -> Self {
        Self { judges, ..self }
    }

    /// What it is stored in.
    pub const fn storage(&self) -> &S {
        &self.storage
    }

    /// Answers one frame from nowhere in particular. Never fails: what goes wrong is a [`Problem`] in the answer.
    pub fn handle(&self, host: &dyn Host, frame: &[u8]) -> Vec<u8> {
        self.answer(host, None, frame, &NoPause).frame
    }

    /// As [`Self::handle`], with what a server logs. `from` is the address of the asker, where it is known: guesses
    /// at enrolment codes are counted by it. A push is judged in parts with a `pause` between them when one is due.
    pub fn answer(&self, host: &dyn Host, from: Option<IpAddr>, bytes: &[u8], pause: &dyn Pause) -> Answer {
        let (number, name, reply) = match frame::decode::<Request>(bytes) {
            Ok(frame) => {
                let name = name(&frame.body);
                let asker = Asker { now: host.now(), from, token: frame.token };
                let reply = self.carry_out(host, &asker, frame.body, pause);
                (
                    frame.request,
                    name,
                    reply.unwrap_or_else(|failure| Reply::Problem(failure.into_problem(name))),
                )
            }
            Err(error) => (error.request(), "unreadable", Reply::Problem(error.problem())),
        };
        answer(number, name, reply)
    }

    /// Who asks, and whether the request writes: for whoever shares time between requests. Reads no more of the frame
    /// than its beginning, so that it costs what a look-up costs.
    pub fn foresee(&self, host: &dyn Host, bytes: &[u8]) -> Foreseen {
        let beginning = frame::beginning(bytes).unwrap_or_default();
        let session = |token: ByteBuf| {
            let session = self.storage.read(|read| read.session(&session::digest(&token), host.now()));
            Some(session.ok()??.device)
        };
        let writes = !beginning.name.is_some_and(|name| READING.contains(&name.as_str()));
        Foreseen { device: beginning.token.and_then(session), writes }
    }

    /// The office's tables and playbooks as they are in this transaction.
    ///
    /// # Errors
    /// The storage's.
    pub fn in_force(&self, read: &dyn Read) -> Stored<Arc<InForce>> {
        let (versions, set) = (read.table_versions()?, read.playbook_set_version()?);
        {
            let known = self.in_force.read().unwrap_or_else(PoisonError::into_inner);
            if known.versions == versions && known.set == set && !versions.is_empty() {
                return Ok(Arc::clone(&known));
            }
        }
        let fresh = Arc::new(InForce {
            versions,
            set,
            playbooks: playbooks::published(read)?,
            directory: directory::load(read)?,
        });
        *self.in_force.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
        Ok(fresh)
    }

    /// Who may do what by these tables.
    fn access<'a>(&'a self, in_force: &'a InForce) -> Access<'a> {
        Access { playbooks: self.playbooks(in_force), in_force }
    }

    /// The grids somebody may read now.
    fn grids_of(&self, in_force: &InForce, staff: &StaffId) -> BTreeSet<GridId> {
        self.access(in_force).grids_of(staff)
    }

    fn carry_out(
        &self,
        host: &dyn Host,
        asker: &Asker,
        request: Request,
        pause: &dyn Pause,
    ) -> Result<Reply, Failure> {
        match request {
            Request::About {} => self.about(),
            Request::Enrol(enrol) => self.enrol(asker, &enrol),
            Request::Challenge { device } => self.challenge(host, device),
            Request::Session { device, nonce, signature } => self.session(host, device, &nonce, &signature),
            Request::Hello(hello) => self.hello(asker, &hello),
            Request::Push { envelopes } => self.push(asker, envelopes, pause),
            Request::Pull(pull) => self.pull(asker, &pull),
            Request::Need { record, hashes } => self.need(asker, record, &hashes),
            Request::Receipts { record, from } => self.receipts(asker, record, from),
            Request::PlaybookGet { files } => self.playbook_get(asker, &files),
            Request::PhotoOffer { photo, record, size } => self.photo_offer(asker, photo, record, size),
            Request::PhotoPut { photo, offset, bytes } => self.photo_put(asker, photo, offset, &bytes),
            Request::PhotoGet { photo, record, offset } => self.photo_get(asker, photo, record, offset),
        }
    }
}

/// When somebody asks, from where if that is known, and with which token.
struct Asker {
    now: Timestamp,
    from: Option<IpAddr>,
    token: Option<ByteBuf>,
}

fn name(request: &Request) -> &'static str {
    match request {
        Request::About {} => "about",
        Request::Enrol(_) => "enrol",
        Request::Challenge { .. } => "challenge",
        Request::Session { .. } => "session",
        Request::Hello(_) => "hello",
        Request::Push { .. } => "push",
        Request::Pull(_) => "pull",
        Request::Need { .. } => "need",
        Request::Receipts { .. } => "receipts",
        Request::PlaybookGet { .. } => "playbook_get",
        Request::PhotoOffer { .. } => "photo_offer",
        Request::PhotoPut { .. } => "photo_put",
        Request::PhotoGet { .. } => "photo_get",
    }
}

/// Packs a reply. One that is over the limits would be a mistake of this office, not of the asker.
fn answer(number: u64, request: &'static str, reply: Reply) -> Answer {
    let problem = if let Reply::Problem(problem) = &reply { Some(problem.clone()) } else { None };
    let pack = |body| frame::encode(&Frame { protocol: PROTOCOL, request: number, token: None, body });
    match pack(reply) {
        Ok(frame) => Answer { frame, request, problem },
        Err(error) => {
            tracing::error!(request, code = "reply", %error, "the answer could not be packed");
            let frame = pack(Reply::Problem(Problem::Storage)).unwrap_or_default();
            Answer { frame, request, problem: Some(Problem::Storage) }
        }
    }
}

/// A problem as a frame, for a server that rejects a request before the hub is asked (too large, too slow, too many).
#[must_use]
pub fn problem_frame(problem: Problem) -> Vec<u8> {
    answer(0, "unread", Reply::Problem(problem)).frame
}

#[cfg(test)]
mod tests {
    use super::testing::*;
    use super::*;
    use butler_core::sync::message::limit;

    fn problem(office: &Office, bytes: &[u8]) -> (u64, Reply) {
        let frame: Frame<Reply> = frame::decode(&office.hub.handle(&office.desk, bytes)).unwrap();
        (frame.request, frame.body)
    }

    #[test]
    fn what_cannot_be_read_is_answered_by_name() {
        let office = Office::new();
        assert_eq!(problem(&office, b"not a frame").1, Reply::Problem(Problem::Malformed));
        let bomb = zstd::bulk::compress(&vec![0; limit::FRAME * 8], 3).unwrap();
        let over = Reply::Problem(Problem::TooLarge { limit: limit::FRAME as u64 });
        assert_eq!(problem(&office, &bomb).1, over);
        let body = vec![0x5a; limit::FRAME_PACKED + 1];
        let over = Reply::Problem(Problem::TooLarge { limit: limit::FRAME_PACKED as u64 });
        assert_eq!(problem(&office, &body).1, over);
        let device = butler_core::model::DeviceId([1; 16]);
        let old = Frame { protocol: 0, request: 7, token: None, body: Request::Challenge { device } };
        let protocol = Reply::Problem(Problem::Protocol { min: PROTOCOL, max: PROTOCOL });
        assert_eq!(problem(&office, &frame::encode(&old).unwrap()), (7, protocol));
    }

    #[test]
    fn who_asks_and_whether_it_writes_is_known_before_the_work() {
        let office = Office::new();
        let phone = office.phone("zhang.li");
        let device = phone.key.device();
        let foreseen = |token: &Option<ByteBuf>, body: Request| {
            let frame = Frame { protocol: PROTOCOL, request: 1, token: token.clone(), body };
            office.hub.foresee(&office.desk, &frame::encode(&frame).unwrap())
        };
        let token = phone.token.borrow().clone();
        let push = Request::Push { envelopes: Vec::new() };
        assert_eq!(foreseen(&token, push.clone()), Foreseen { device: Some(device), writes: true });
        assert_eq!(foreseen(&None, push.clone()), Foreseen { device: None, writes: true });
        let unknown = Some(ByteBuf::from([7; 32]));
        assert_eq!(foreseen(&unknown, push), Foreseen { device: None, writes: true });
        let need = Request::Need { record: butler_core::model::RecordId([1; 16]), hashes: Vec::new() };
        for reading in [Request::Challenge { device }, need] {
            assert!(READING.contains(&name(&reading)), "under the name the wire has");
            assert_eq!(foreseen(&token, reading), Foreseen { device: Some(device), writes: false });
        }
        let unreadable = office.hub.foresee(&office.desk, b"no frame");
        assert_eq!(unreadable, Foreseen { device: None, writes: true });
    }

    /// Damaged requests of a proven phone: each is answered by a readable frame, nothing of them is believed,
    /// and the next honest phone is served as if nothing had been.
    #[test]
    fn damaged_requests_are_answered_and_change_nothing_for_others() {
        use butler_core::host::Host as _;
        use butler_core::model::Edit;
        use butler_core::sync::message::Verdict;

        let office = Office::new();
        let (rough, zhang) = (office.phone("zhang.li"), office.phone("zhang.li"));
        let mut document = home(1);
        let envelopes = vec![
            rough.write(&mut document, &founded("b3/u1")),
            rough.write(
                &mut document,
                &Edit::new().put("layout", "两室一厅").splice("note", 0, 0, "阳台渗水"),
            ),
        ];
        let token = rough.token.borrow().clone();
        let request = Frame { protocol: PROTOCOL, request: 9, token, body: Request::Push { envelopes } };
        let plain = zstd::bulk::decompress(&frame::encode(&request).unwrap(), 1 << 20).unwrap();
        for _ in 0..400 {
            let mut draw = [0; 12];
            office.desk.fill_random(&mut draw).unwrap();
            let mut damaged = plain.clone();
            for place in draw.chunks(4) {
                let at = usize::from(u16::from_be_bytes([place[0], place[1]])) % damaged.len();
                damaged[at] ^= place[2] & place[3];
            }
            let packed = zstd::bulk::compress(&damaged, 1).unwrap();
            frame::decode::<Reply>(&office.hub.handle(&office.desk, &packed)).unwrap();
        }
        let mut fresh = home(2);
        let honest = [
            zhang.write(&mut fresh, &founded("b3/u1")),
            zhang.write(&mut fresh, &Edit::new().put("area", 89.5)),
        ];
        let verdicts = zhang.push(&honest.iter().collect::<Vec<_>>());
        assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Accepted(_))), "{verdicts:?}");
        // Even the phone that sent them is heard, once it sends what it meant.
        let Reply::Verdicts { verdicts } = rough.ask(request.body) else { panic!() };
        assert!(verdicts.iter().all(|(_, verdict)| matches!(verdict, Verdict::Accepted(_))), "{verdicts:?}");
        for stored in [document, fresh] {
            let here = office.hub.document(stored.id()).unwrap().unwrap();
            assert_eq!(here.record(), stored.record());
        }
    }
}
