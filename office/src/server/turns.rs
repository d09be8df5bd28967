//! Whose request is worked on next? That of whoever used the office least lately.
//!
//! First come, first served would let eight phones that never stop asking make the ninth wait for all of theirs. So time
//! is shared by device: each has at most one request worked on, what it used is remembered for a while, and the turn
//! goes to the one that used least. Whoever proves nothing shares one account with everybody at the same address.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use butler_core::model::DeviceId;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// After this time half of what somebody used is forgotten.
const HALF: Duration = Duration::from_secs(10);
/// Accounts kept; of more, those that used least are forgotten first, which costs them nothing.
const ACCOUNTS: usize = 4_096;

/// Who asks, as far as it is known before the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Account {
    /// A device with a session.
    Device(DeviceId),
    /// Somebody without one, at this address if that is known.
    Stranger(Option<IpAddr>),
}

/// Turns to be worked on, so many at once.
pub(super) struct Turns {
    at_once: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    busy: HashSet<Account>,
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
    ticket: u64,
    wake: oneshot::Sender<Turn>,
}

/// A turn: what it takes until it is dropped is on its account.
pub(super) struct Turn {
    turns: Arc<Turns>,
    account: Account,
    begun: Instant,
}

impl Turns {
    pub(super) fn new(at_once: usize) -> Arc<Self> {
        Arc::new(Self { at_once, state: Mutex::default() })
    }

    /// Waits for a turn. Dropping the future gives the place in the queue up.
    pub(super) async fn take(self: &Arc<Self>, account: Account) -> Turn {
        let turn = {
            let mut state = self.state();
            let (wake, turn) = oneshot::channel();
            state.tickets += 1;
            let ticket = state.tickets;
            state.waiting.push(Waiting { account, ticket, wake });
            turn
        };
        self.go_on();
        match turn.await {
            Ok(turn) => turn,
            // Nobody drops a waiting place but the one who waits.
            Err(_) => std::future::pending().await,
        }
    }

    /// Gives out turns while there are any.
    fn go_on(self: &Arc<Self>) {
        loop {
            // The lock is let go of before a turn is handed over: one that nobody takes is given back at once.
            let next = self.state().next(self.at_once);
            let Some((wake, account)) = next else { return };
            let turn = Turn { turns: Arc::clone(self), account, begun: Instant::now() };
            // Whoever does not wait any more drops the turn, and with it goes on to the next.
            drop(wake.send(turn));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&mut self, at_once: usize) -> Option<(oneshot::Sender<Turn>, Account)> {
        if self.busy.len() >= at_once {
            return None;
        }
        let now = Instant::now();
        let free = |waiting: &&Waiting| !self.busy.contains(&waiting.account);
        let rank = |waiting: &&Waiting| (self.used_by(waiting.account, now), waiting.ticket);
        let ticket = self.waiting.iter().filter(free).min_by_key(rank)?.ticket;
        let at = self.waiting.iter().position(|waiting| waiting.ticket == ticket)?;
        let Waiting { account, wake, .. } = self.waiting.remove(at);
        self.busy.insert(account);
        Some((wake, account))
    }

    fn used_by(&self, account: Account, now: Instant) -> Duration {
        let Some(used) = self.used.get(&account) else { return Duration::ZERO };
        let halves = now.saturating_duration_since(used.at).as_secs_f64() / HALF.as_secs_f64();
        used.time.mul_f64((-halves).exp2())
    }

    fn done(&mut self, account: Account, took: Duration) {
        let now = Instant::now();
        self.busy.remove(&account);
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
        self.turns.state().done(self.account, self.begun.elapsed());
        self.turns.go_on();
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

    fn poll<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(turn) => Some(turn),
            Poll::Pending => None,
        }
    }

    #[test]
    fn the_turn_goes_to_whoever_used_least() {
        let turns = Turns::new(1);
        let mut busy = pin!(turns.take(phone(1)));
        let turn = poll(busy.as_mut()).unwrap();
        turns.state().used.insert(phone(1), Used { time: Duration::from_secs(9), at: Instant::now() });
        let mut heavy = pin!(turns.take(phone(1)));
        let mut stranger = pin!(turns.take(Account::Stranger(None)));
        let mut light = pin!(turns.take(phone(2)));
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
        let mut first = pin!(turns.take(phone(1)));
        let first = poll(first.as_mut()).unwrap();
        let mut second = pin!(turns.take(phone(1)));
        assert!(poll(second.as_mut()).is_none(), "one at a time");
        let mut other = pin!(turns.take(phone(2)));
        let other = poll(other.as_mut()).unwrap();
        {
            let mut gone = Box::pin(turns.take(phone(3)));
            assert!(poll(gone.as_mut()).is_none());
        }
        let mut last = pin!(turns.take(phone(4)));
        assert!(poll(last.as_mut()).is_none());
        drop(other);
        let last = poll(last.as_mut()).unwrap();
        drop((first, last));
        assert!(poll(second.as_mut()).is_some());
        assert!(turns.state().waiting.is_empty() && turns.state().busy.is_empty());
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
            state.done(Account::Device(DeviceId(id)), Duration::from_micros(u64::from(n)));
        }
        assert!(state.used.len() <= ACCOUNTS);
        assert!(state.used.contains_key(&phone(1)), "whoever used most is remembered");
    }
}
