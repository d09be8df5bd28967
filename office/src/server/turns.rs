//! Whose request is worked on next? That of whoever used the office least lately.
//!
//! First come, first served would let eight phones that never stop asking make the ninth wait for all of theirs. So time
//! is shared by device: each has at most one request worked on, what it used is remembered for a while, and the turn
//! goes to the one that used least. Whoever proves nothing shares one account with everybody at the same address.
//! Work that writes has one turn among them all, as there is one writer: others would only wait for it, pay for that, and
//! leave no turn to those who read. Work that several threads do at once is on its account as often. How many may wait is bounded by account as well, so that nobody takes all the places
//! there are. Long work gives its turn up in the middle when others wait: so the longest wait is a slice, not a request.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use butler_core::model::DeviceId;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::hub::Pause;

/// After this time on its turn work that can be divided lets others go first.
const SLICE: Duration = Duration::from_millis(50);
/// But never before it did as much as to get there took, so many times over: a long record is opened in every slice.
const WORTH: u32 = 2;
/// Requests on a pause at once; work beyond that keeps its turn. Each keeps its thread, and those who have a turn need one.
pub(super) const PAUSED: usize = 16;
/// After this time half of what somebody used is forgotten.
const HALF: Duration = Duration::from_secs(10);
/// Accounts kept; of more, those that used least are forgotten first, which costs them nothing.
const ACCOUNTS: usize = 4_096;
/// Requests of one device that may wait: a phone asks one thing after the other, so this is more than it needs.
const OF_A_DEVICE: usize = 4;
/// Requests of strangers at one address that may wait: all phones behind one router, or all there are where nobody says
/// for whom a proxy asks.
const OF_AN_ADDRESS: usize = 256;

/// Who asks, as far as it is known before the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Account {
    /// A device with a session.
    Device(DeviceId),
    /// Somebody without one, at this address if that is known.
    Stranger(Option<IpAddr>),
}

impl Account {
    const fn may_wait(self) -> usize {
        match self {
            Self::Device(_) => OF_A_DEVICE,
            Self::Stranger(_) => OF_AN_ADDRESS,
        }
    }
}

/// Turns to be worked on, so many at once.
pub(super) struct Turns {
    at_once: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Those with a request begun, be it worked on or on a pause.
    busy: HashSet<Account>,
    /// Turns given out.
    working: usize,
    /// Requests that gave up a turn and wait for the next.
    paused: usize,
    /// Whether one of those writes.
    writing: bool,
    used: HashMap<Account, Used>,
    waiting: Vec<Waiting>,
    tickets: u64,
}

/// What somebody used, and when that was noted.
#[derive(Clone, Copy)]
struct Used {
    time: Duration,
    at: Instant,
}

struct Waiting {
    account: Account,
    writes: bool,
    /// Goes on with what it began.
    resumes: bool,
    ticket: u64,
    wake: oneshot::Sender<Turn>,
}

/// A turn: what it takes until it is dropped is on its account.
pub(super) struct Turn {
    turns: Arc<Turns>,
    account: Account,
    writes: bool,
    begun: Instant,
    /// Nobody took it: whoever gave it out goes on to the next itself.
    untaken: bool,
    /// Its account is busy beyond it: the work is on a pause.
    pauses: bool,
    /// What was worked on it by more threads than one.
    helped: Duration,
}

/// One request on its turns: worked on in a thread that may wait, with others that help.
pub(super) struct InTurns(Mutex<OnTurn>);

struct OnTurn {
    turn: Option<Turn>,
    /// How long the work took from the begin of this turn to the first question whether a pause is due.
    setup: Option<Duration>,
    paused: Duration,
}

/// As many of this account wait as may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany;

impl Turns {
    pub(super) fn new(at_once: usize) -> Arc<Self> {
        Arc::new(Self { at_once, state: Mutex::default() })
    }

    /// Waits for a turn. Dropping the future gives the place in the queue up.
    pub(super) async fn take(self: &Arc<Self>, account: Account, writes: bool) -> Result<Turn, TooMany> {
        let (wake, turn) = oneshot::channel();
        self.state().enter(account, writes, wake)?;
        self.go_on();
        match turn.await {
            Ok(turn) => Ok(turn),
            // Nobody drops a waiting place but the one who waits.
            Err(_) => std::future::pending().await,
        }
    }

    /// Gives out turns while there are any.
    fn go_on(self: &Arc<Self>) {
        loop {
            // The lock is let go of before a turn is handed over: one that nobody takes is given back at once.
            let next = self.state().next(self.at_once);
            let Some(Waiting { account, writes, wake, .. }) = next else { return };
            let (turns, begun) = (Arc::clone(self), Instant::now());
            let turn =
                Turn { turns, account, writes, begun, untaken: false, pauses: false, helped: Duration::ZERO };
            if let Err(mut turn) = wake.send(turn) {
                // This loop goes on: as many may be gone as there is room for, and each would be one call deeper.
                turn.untaken = true;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn enter(&mut self, account: Account, writes: bool, wake: oneshot::Sender<Turn>) -> Result<(), TooMany> {
        self.forget_gone();
        let waiting = self.waiting.iter().filter(|waiting| waiting.account == account).count();
        if waiting >= account.may_wait() {
            return Err(TooMany);
        }
        self.queue(account, writes, false, wake);
        Ok(())
    }

    fn queue(&mut self, account: Account, writes: bool, resumes: bool, wake: oneshot::Sender<Turn>) {
        self.tickets += 1;
        self.paused += usize::from(resumes);
        self.waiting.push(Waiting { account, writes, resumes, ticket: self.tickets, wake });
    }

    /// Lets go of the places of those who do not wait any more.
    fn forget_gone(&mut self) {
        self.waiting.retain(|waiting| !waiting.wake.is_closed());
    }

    fn next(&mut self, at_once: usize) -> Option<Waiting> {
        if self.working >= at_once {
            return None;
        }
        self.forget_gone();
        let now = Instant::now();
        let free = |waiting: &&Waiting| self.may_begin(waiting) && !(waiting.writes && self.writing);
        let rank = |waiting: &&Waiting| (self.used_by(waiting.account, now), waiting.ticket);
        let ticket = self.waiting.iter().filter(free).min_by_key(rank)?.ticket;
        let at = self.waiting.iter().position(|waiting| waiting.ticket == ticket)?;
        let next = self.waiting.remove(at);
        self.busy.insert(next.account);
        self.working += 1;
        self.paused -= usize::from(next.resumes);
        self.writing |= next.writes;
        Some(next)
    }

    fn may_begin(&self, waiting: &Waiting) -> bool {
        waiting.resumes || !self.busy.contains(&waiting.account)
    }

    /// Whether one that writes or not should give up its turn: to somebody who waits for it.
    fn is_awaited(&self, writes: bool, at_once: usize) -> bool {
        let waits = |waiting: &Waiting| {
            !waiting.wake.is_closed()
                && self.may_begin(waiting)
                && (self.working >= at_once || waiting.writes && writes)
        };
        self.paused < PAUSED && self.waiting.iter().any(waits)
    }

    fn used_by(&self, account: Account, now: Instant) -> Duration {
        let Some(used) = self.used.get(&account) else { return Duration::ZERO };
        let halves = now.saturating_duration_since(used.at).as_secs_f64() / HALF.as_secs_f64();
        used.time.mul_f64((-halves).exp2())
    }

    fn done(&mut self, account: Account, writes: bool, pauses: bool, took: Duration) {
        let now = Instant::now();
        if !pauses {
            self.busy.remove(&account);
        }
        self.working = self.working.saturating_sub(1);
        self.writing &= !writes;
        let time = self.used_by(account, now) + took;
        self.used.insert(account, Used { time, at: now });
        if self.used.len() > ACCOUNTS {
            let mut times: Vec<Duration> = self.used.keys().map(|one| self.used_by(*one, now)).collect();
            let (_, middle, _) = times.select_nth_unstable(ACCOUNTS / 2);
            let middle = *middle;
            let keep = |account: &Account| self.used_by(*account, now) >= middle;
            let kept = self.used.iter().filter(|(account, _)| keep(account));
            self.used = kept.map(|(account, used)| (*account, *used)).collect();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let took = self.begun.elapsed() + self.helped;
        self.turns.state().done(self.account, self.writes, self.pauses, took);
        if !self.untaken {
            self.turns.go_on();
        }
    }
}

impl InTurns {
    pub(super) fn new(turn: Turn) -> Self {
        Self(Mutex::new(OnTurn { turn: Some(turn), setup: None, paused: Duration::ZERO }))
    }

    /// How long it waited on pauses.
    pub(super) fn paused(&self) -> Duration {
        self.on_turn().paused
    }

    fn on_turn(&self) -> MutexGuard<'_, OnTurn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is time to let others go first, by the end of a slice as it is for work that took so long to set up.
    fn is_past(&self, end: impl FnOnce(Duration) -> Duration) -> bool {
        let OnTurn { turn: Some(turn), setup, .. } = &mut *self.on_turn() else { return false };
        let took = turn.begun.elapsed();
        let setup = *setup.get_or_insert(took);
        took >= end(setup) && turn.turns.state().is_awaited(turn.writes, turn.turns.at_once)
    }
}

impl Pause for InTurns {
    fn is_due(&self) -> bool {
        self.is_past(|setup| SLICE + setup * WORTH)
    }

    fn is_half_due(&self) -> bool {
        self.is_past(|setup| (SLICE + setup * (WORTH + 1)) / 2)
    }

    fn pause(&self) {
        let Some(mut turn) = self.on_turn().turn.take() else { return };
        let (wake, next) = oneshot::channel();
        let begun = Instant::now();
        turn.pauses = true;
        turn.turns.state().queue(turn.account, turn.writes, true, wake);
        drop(turn);
        // Nobody drops a waiting place but the one who waits.
        let turn = next.blocking_recv().ok();
        let mut on_turn = self.on_turn();
        *on_turn = OnTurn { turn, setup: None, paused: on_turn.paused + begun.elapsed() };
    }

    fn helping(&self, work: &mut dyn FnMut()) {
        let begun = Instant::now();
        work();
        if let Some(turn) = &mut self.on_turn().turn {
            turn.helped += begun.elapsed();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn phone(n: u8) -> Account {
        Account::Device(DeviceId([n; 16]))
    }

    /// The turn, if it is there; nobody here waits in vain.
    fn poll<F: Future<Output = Result<Turn, TooMany>>>(future: Pin<&mut F>) -> Option<Turn> {
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(turn) => Some(turn.unwrap_or_else(|TooMany| panic!("too many"))),
            Poll::Pending => None,
        }
    }

    #[test]
    fn the_turn_goes_to_whoever_used_least() {
        let turns = Turns::new(1);
        let mut busy = pin!(turns.take(phone(1), false));
        let turn = poll(busy.as_mut()).unwrap();
        turns.state().used.insert(phone(1), Used { time: Duration::from_secs(9), at: Instant::now() });
        let mut heavy = pin!(turns.take(phone(1), false));
        let mut stranger = pin!(turns.take(Account::Stranger(None), false));
        let mut light = pin!(turns.take(phone(2), false));
        turns
            .state()
            .used
            .insert(Account::Stranger(None), Used { time: Duration::from_secs(1), at: Instant::now() });
        assert!(poll(heavy.as_mut()).is_none() && poll(stranger.as_mut()).is_none());
        assert!(poll(light.as_mut()).is_none());
        drop(turn);
        assert!(poll(heavy.as_mut()).is_none() && poll(stranger.as_mut()).is_none());
        let turn = poll(light.as_mut()).unwrap();
        drop(turn);
        assert!(poll(heavy.as_mut()).is_none());
        drop(poll(stranger.as_mut()).unwrap());
        assert!(poll(heavy.as_mut()).is_some());
    }

    #[test]
    fn nobody_has_two_turns_and_a_place_given_up_goes_to_the_next() {
        let turns = Turns::new(2);
        let mut first = pin!(turns.take(phone(1), false));
        let first = poll(first.as_mut()).unwrap();
        let mut second = pin!(turns.take(phone(1), false));
        assert!(poll(second.as_mut()).is_none(), "one at a time");
        let mut other = pin!(turns.take(phone(2), false));
        let other = poll(other.as_mut()).unwrap();
        {
            let mut gone = Box::pin(turns.take(phone(3), false));
            assert!(poll(gone.as_mut()).is_none());
        }
        let mut last = pin!(turns.take(phone(4), false));
        assert!(poll(last.as_mut()).is_none());
        drop(other);
        let last = poll(last.as_mut()).unwrap();
        drop((first, last));
        assert!(poll(second.as_mut()).is_some());
        assert!(turns.state().waiting.is_empty() && turns.state().busy.is_empty());
    }

    /// A device keeps asking and hangs up each time while one of its requests is worked on.
    #[test]
    fn however_many_hung_up_the_next_one_is_served() {
        let hung_up = || {
            let turns = Turns::new(1);
            let mut worked_on = pin!(turns.take(phone(1), false));
            let worked_on = poll(worked_on.as_mut()).unwrap();
            for _ in 0..50_000 {
                let mut gone = Box::pin(turns.take(phone(1), false));
                assert!(poll(gone.as_mut()).is_none());
            }
            let mut honest = pin!(turns.take(phone(1), false));
            assert!(poll(honest.as_mut()).is_none());
            let places = turns.state().waiting.len();
            drop(worked_on);
            assert!(poll(honest.as_mut()).is_some());
            assert_eq!(places, 1, "those who went away are forgotten");
        };
        std::thread::Builder::new().stack_size(512 << 10).spawn(hung_up).unwrap().join().unwrap();
    }

    /// A turn may be on its way to somebody who hangs up at that moment.
    #[test]
    fn a_turn_that_nobody_took_is_given_back() {
        let turns = Turns::new(1);
        let mut gone = Box::pin(turns.take(phone(1), false));
        turns.state().working = 1;
        assert!(poll(gone.as_mut()).is_none());
        let mut honest = pin!(turns.take(phone(1), false));
        assert!(poll(honest.as_mut()).is_none());
        turns.state().working = 0;
        turns.go_on();
        assert!(turns.state().busy.contains(&phone(1)), "it is on its way");
        drop(gone);
        assert!(poll(honest.as_mut()).is_some());
    }

    /// Four phones hand in their day while a fifth opens a record: it waits for none of them.
    #[test]
    fn whoever_writes_leaves_the_other_turns_to_whoever_reads() {
        let turns = Turns::new(4);
        let mut writers: Vec<_> = (1..=4).map(|n| Box::pin(turns.take(phone(n), true))).collect();
        let taken: Vec<_> = writers.iter_mut().map(|writer| poll(writer.as_mut())).collect();
        assert_eq!(taken.iter().flatten().count(), 1, "there is one writer");
        let mut reader = pin!(turns.take(phone(5), false));
        let reader = poll(reader.as_mut()).unwrap();
        turns.state().used.insert(phone(2), Used { time: Duration::from_secs(1), at: Instant::now() });
        drop(taken);
        assert!(poll(writers[1].as_mut()).is_none(), "among those who write, too, who used least is next");
        let next = poll(writers[2].as_mut()).unwrap();
        assert!(poll(writers[3].as_mut()).is_none());
        drop(reader);
        assert!(poll(writers[3].as_mut()).is_none(), "the end of reading is not the end of writing");
        drop(next);
        assert!(poll(writers[3].as_mut()).is_some());
        assert!(poll(writers[1].as_mut()).is_some());
        assert!(!turns.state().writing);
    }

    /// A phone hands in five hundred changes, and a colleague one.
    #[test]
    fn long_work_lets_others_go_first_and_goes_on_afterwards() {
        let turns = Turns::new(4);
        let mut long = pin!(turns.take(phone(1), true));
        let long = InTurns::new(poll(long.as_mut()).unwrap());
        let long_ago = Instant::now().checked_sub(2 * SLICE).unwrap();
        assert!(!long.is_due(), "nothing was done yet");
        long.on_turn().turn.as_mut().unwrap().begun = long_ago;
        assert!(!long.is_due(), "nobody waits");
        let mut reader = pin!(turns.take(phone(2), false));
        let mut more = pin!(turns.take(phone(1), true));
        let _reader = poll(reader.as_mut()).unwrap();
        assert!(poll(more.as_mut()).is_none());
        assert!(!long.is_due(), "who reads does not wait for it, and its own next request has to");
        let mut short = pin!(turns.take(phone(3), true));
        assert!(poll(short.as_mut()).is_none());
        assert!(long.is_due());
        long.on_turn().turn.as_mut().unwrap().begun = Instant::now().checked_sub(SLICE * 3 / 5).unwrap();
        assert!(long.is_half_due() && !long.is_due(), "what was prepared is to be written by then");
        long.on_turn().turn.as_mut().unwrap().begun = long_ago;
        long.on_turn().setup = Some(Duration::from_secs(60));
        assert!(!long.is_due(), "opening the record took as long");
        long.on_turn().setup = Some(Duration::ZERO);
        turns.state().paused = PAUSED;
        assert!(!long.is_due(), "no thread would be left for whoever comes next");
        turns.state().paused = 0;

        std::thread::scope(|scope| {
            let resumed = scope.spawn(move || {
                long.pause();
                long
            });
            let turn = loop {
                if let Some(turn) = poll(short.as_mut()) {
                    break turn;
                }
                std::thread::yield_now();
            };
            assert!(turns.state().busy.contains(&phone(1)) && turns.state().working == 2);
            assert!(poll(more.as_mut()).is_none(), "what was begun comes before what was not");
            drop(turn);
            let long = resumed.join().unwrap();
            assert!(long.paused() > Duration::ZERO && !long.is_due());
            assert!(turns.state().writing && turns.state().paused == 0);
            assert!(poll(more.as_mut()).is_none());
        });
        assert!(poll(more.as_mut()).is_some());
        assert!(!turns.state().busy.contains(&phone(1)));
    }

    #[test]
    fn what_further_threads_work_is_on_the_account_as_well() {
        let part = Duration::from_millis(20);
        let turns = Turns::new(1);
        let mut turn = pin!(turns.take(phone(1), true));
        let work = InTurns::new(poll(turn.as_mut()).unwrap());
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    work.helping(&mut || {
                        let begun = Instant::now();
                        while begun.elapsed() < part {
                            std::hint::spin_loop();
                        }
                    });
                });
            }
        });
        drop(work);
        let used = turns.state().used_by(phone(1), Instant::now());
        assert!(used > part * 5 / 2 && used < 4 * begun.elapsed(), "{used:?}");
    }

    #[test]
    fn one_device_fills_no_more_than_its_own_places() {
        for (account, may_wait) in [(phone(1), 4), (Account::Stranger(None), 256)] {
            let turns = Turns::new(1);
            let mut worked_on = pin!(turns.take(account, false));
            let _worked_on = poll(worked_on.as_mut()).unwrap();
            let mut waiting: Vec<_> = (0..may_wait).map(|_| Box::pin(turns.take(account, false))).collect();
            assert!(waiting.iter_mut().all(|future| poll(future.as_mut()).is_none()));
            let mut rejected = pin!(turns.take(account, false));
            let answer = rejected.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(answer, Poll::Ready(Err(TooMany))), "{account:?}");
            let mut other = pin!(turns.take(phone(2), false));
            assert!(poll(other.as_mut()).is_none(), "others wait beside it");
            waiting.pop();
            let mut next = pin!(turns.take(account, false));
            assert!(poll(next.as_mut()).is_none(), "a place given up is there for the next");
        }
    }

    #[test]
    fn what_was_used_is_forgotten_and_accounts_are_bounded() {
        let mut state = State::default();
        let long_ago = Instant::now().checked_sub(10 * HALF).unwrap();
        state.used.insert(phone(1), Used { time: Duration::from_secs(1_024), at: long_ago });
        let left = state.used_by(phone(1), Instant::now());
        assert!(left > Duration::from_millis(900) && left <= Duration::from_secs(1), "{left:?}");
        for n in 0..=u32::try_from(ACCOUNTS).unwrap() {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&n.to_be_bytes());
            state.done(Account::Device(DeviceId(id)), false, false, Duration::from_micros(u64::from(n)));
        }
        assert!(state.used.len() <= ACCOUNTS);
        assert!(state.used.contains_key(&phone(1)), "whoever used most is remembered");
    }
}
