//! How often may somebody guess at enrolment codes?
//!
//! Wrong codes are counted here, in memory, and not with the code: a count kept with the code would let strangers
//! use up a colleague's attempts. Every source pays for its own guesses. Sources that guessed wrong before share a low
//! rate; one that did not is not held up by it, nor are those whose source is unknown, whom nobody can tell apart. All
//! together are bounded by a rate that stays beyond what phones ever type, so that a code of 40 bits stays out of reach
//! within its ten minutes.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use butler_core::model::Timestamp;
use butler_core::sync::message::Problem;

/// How long a source's wrong codes count, in milliseconds: as long as a code is good for.
const WINDOW_MS: i64 = 10 * 60_000;
/// Wrong codes of one source that begin alike, as the typing mistakes of one code do.
const PER_CODE: u32 = 5;
/// Wrong codes of one source altogether.
const PER_SOURCE: u32 = 20;
/// Wrong codes in one second after which no source is heard that guessed wrong before.
const PER_SECOND: u32 = 200;
/// Wrong codes in one second after which nobody is heard. One open code is then hit once in nine hundred thousand of its
/// ten-minute lives.
const ALL_PER_SECOND: u32 = 2_000;
/// Sources remembered; the one that began first makes room for the next.
const SOURCES: usize = 4_096;

/// The wrong codes seen lately.
#[derive(Debug, Default)]
pub(super) struct Tries(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// The second that is counted, and its wrong codes.
    second: (i64, u32),
    sources: BTreeMap<IpAddr, Source>,
}

#[derive(Debug, Default)]
struct Source {
    begun: i64,
    /// Wrong codes by their selector.
    wrong: BTreeMap<String, u32>,
}

impl Source {
    /// Whether its window is over, or lies in the future of a clock that was set back.
    fn is_over(&self, now: Timestamp) -> bool {
        !(self.begun..self.begun.saturating_add(WINDOW_MS)).contains(&now.millis())
    }
}

impl Tries {
    /// Whether a code with this selector may be looked at now.
    ///
    /// # Errors
    /// [`Problem::TooManyAttempts`] for a source that guessed too often, [`Problem::Busy`] when all together did.
    pub(super) fn admit(&self, now: Timestamp, from: Option<IpAddr>, selector: &str) -> Result<(), Problem> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let source = from.and_then(|from| counts.sources.get(&network(from)));
        let guessed = source.filter(|source| !source.is_over(now));
        // A source that used up its own attempts must not use up those of all as well: it is asked first.
        if let Some(source) = guessed {
            let here = source.wrong.get(selector).copied().unwrap_or_default();
            if here >= PER_CODE || source.wrong.values().sum::<u32>() >= PER_SOURCE {
                return Err(Problem::TooManyAttempts);
            }
        }
        let (second, wrong) = counts.second;
        let heard = if guessed.is_some() { PER_SECOND } else { ALL_PER_SECOND };
        if second == now.millis().div_euclid(1_000) && wrong >= heard {
            return Err(Problem::Busy);
        }
        Ok(())
    }

    /// Counts a wrong code.
    pub(super) fn count(&self, now: Timestamp, from: Option<IpAddr>, selector: &str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let second = now.millis().div_euclid(1_000);
        if counts.second.0 != second {
            counts.second = (second, 0);
        }
        counts.second.1 += 1;
        let Some(from) = from.map(network) else { return };
        if !counts.sources.contains_key(&from) {
            counts.make_room(now);
        }
        let source = counts.sources.entry(from).or_default();
        if source.is_over(now) {
            *source = Source { begun: now.millis(), wrong: BTreeMap::new() };
        }
        *source.wrong.entry(selector.to_owned()).or_default() += 1;
    }
}

impl Counts {
    fn make_room(&mut self, now: Timestamp) {
        if self.sources.len() < SOURCES {
            return;
        }
        self.sources.retain(|_, source| !source.is_over(now));
        if self.sources.len() < SOURCES {
            return;
        }
        let first = self.sources.iter().min_by_key(|(_, source)| source.begun).map(|(from, _)| *from);
        first.map(|from| self.sources.remove(&from));
    }
}

/// Whom an address counts as: an IPv6 customer has a whole /64 to choose from.
fn network(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + millis)
    }

    fn from(address: &str) -> Option<IpAddr> {
        Some(address.parse().unwrap())
    }

    #[test]
    fn one_source_pays_for_its_own_guesses_alone() {
        let tries = Tries::default();
        let (stranger, phone) = (from("203.0.113.7"), from("198.51.100.4"));
        for _ in 0..PER_CODE {
            assert_eq!(tries.admit(at(0), stranger, "K7"), Ok(()));
            tries.count(at(0), stranger, "K7");
        }
        assert_eq!(tries.admit(at(0), stranger, "K7"), Err(Problem::TooManyAttempts));
        assert_eq!(tries.admit(at(0), stranger, "K8"), Ok(()), "another code may be typed wrong too");
        assert_eq!(tries.admit(at(0), phone, "K7"), Ok(()));
        for selector in 0..PER_SOURCE - PER_CODE {
            tries.count(at(0), stranger, &selector.to_string());
        }
        assert_eq!(tries.admit(at(0), stranger, "K8"), Err(Problem::TooManyAttempts));
        assert_eq!(tries.admit(at(WINDOW_MS), stranger, "K7"), Ok(()), "its window is over");
    }

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_source() {
        let tries = Tries::default();
        for host in 1..=PER_CODE {
            tries.count(at(0), from(&format!("2001:db8:1:2::{host}")), "K7");
        }
        assert_eq!(tries.admit(at(0), from("2001:db8:1:2::99"), "K7"), Err(Problem::TooManyAttempts));
        assert_eq!(tries.admit(at(0), from("2001:db8:1:3::1"), "K7"), Ok(()));
        let tries = Tries::default();
        (0..PER_CODE).for_each(|_| tries.count(at(0), from("::ffff:203.0.113.7"), "K7"));
        assert_eq!(tries.admit(at(0), from("203.0.113.7"), "K7"), Err(Problem::TooManyAttempts));
    }

    /// Strangers at two hundred addresses guess on; a colleague types a code for the first time.
    #[test]
    fn guesses_of_others_keep_nobody_out_who_guessed_nothing() {
        let tries = Tries::default();
        let stranger = |number: u32| Some(IpAddr::V4((0xcb00_7100 + number).into()));
        for number in 0..PER_SECOND {
            assert_eq!(tries.admit(at(0), stranger(number), "K7"), Ok(()));
            tries.count(at(0), stranger(number), "K7");
        }
        assert_eq!(tries.admit(at(999), stranger(7), "K8"), Err(Problem::Busy), "it guessed before");
        assert_eq!(tries.admit(at(999), from("198.51.100.4"), "K7"), Ok(()));
        assert_eq!(
            tries.admit(at(999), None, "K7"),
            Ok(()),
            "nobody knows of what is unknown that it guessed"
        );
        assert_eq!(tries.admit(at(1_000), stranger(7), "K8"), Ok(()));
    }

    #[test]
    fn all_guesses_together_are_bounded_by_a_rate_and_not_by_a_lock() {
        let tries = Tries::default();
        (0..ALL_PER_SECOND).for_each(|_| tries.count(at(0), None, "K7"));
        for source in [None, from("198.51.100.4")] {
            assert_eq!(tries.admit(at(999), source, "K7"), Err(Problem::Busy));
            assert_eq!(tries.admit(at(1_000), source, "K7"), Ok(()));
            assert_eq!(tries.admit(at(-1_000), source, "K7"), Ok(()), "a clock set back locks nobody out");
        }
    }

    #[test]
    fn remembering_sources_takes_bounded_memory() {
        let tries = Tries::default();
        for number in 0..=u32::try_from(SOURCES).unwrap() {
            tries.count(at(i64::from(number)), Some(IpAddr::V4(number.into())), "K7");
        }
        let counts = tries.0.lock().unwrap();
        assert_eq!(counts.sources.len(), SOURCES);
        assert!(!counts.sources.contains_key(&IpAddr::V4(0.into())), "the first made room");
    }
}
