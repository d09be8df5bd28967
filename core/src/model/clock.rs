//! What time it is at the office, told by a device clock that may be wrong, or set right, at any moment.
//!
//! Pure: what is known goes in, the time comes out. It decides what is shown and what is noted beside an edit, never
//! whether an edit is accepted.

use super::{ClockOffset, Timestamp};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// So far a clock may go back without being thought set: clocks are adjusted by seconds all the time.
const SLACK: i64 = 10 * MINUTE;
/// So far beyond the newest time seen a clock is believed: no phone is used for so long without meeting its office.
const FAR: i64 = 100 * DAY;
/// The newest time seen is written down anew after so long, not with every edit.
const STEP: i64 = MINUTE;

/// What a phone knows of the office's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// What makes the office's time of the device's.
    pub offset: ClockOffset,
    /// The newest time seen: what the office said last, and what was recorded since.
    pub newest: Timestamp,
    /// The device's clock was set since the office was asked: the offset is worked out, not measured.
    pub guessed: bool,
}

/// The time, and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The office's time as far as known; never before the newest seen.
    pub now: Timestamp,
    /// What an edit made now notes beside the device's time; `None` before the office was ever asked.
    pub offset: Option<ClockOffset>,
    /// The device's clock was set since the office was asked. The next sync measures it again.
    pub doubtful: bool,
}

impl Clock {
    /// What the office's word makes known: its time while the device's clock showed `device`.
    #[must_use]
    pub const fn measured(office: Timestamp, device: Timestamp) -> Self {
        Self { offset: between(office, device), newest: office, guessed: false }
    }

    /// The time now, while the device's clock shows `device`.
    ///
    /// The offset measured last is believed unless it leads before the newest time seen or far beyond. Then the device's
    /// clock was set, most likely to the right time: it is believed as it is, unless that leads astray too. Then time
    /// goes on from the newest seen.
    #[must_use]
    pub fn read(self, device: Timestamp) -> Reading {
        let plain = ClockOffset(0);
        // A guess is only needed until the device's own clock makes sense again.
        let offsets = if self.guessed { [plain, self.offset] } else { [self.offset, plain] };
        let believed = offsets.into_iter().find(|offset| self.believes(device.plus(*offset)));
        let offset = believed.unwrap_or(between(self.newest, device));
        Reading {
            now: device.plus(offset).max(self.newest),
            offset: Some(offset),
            doubtful: self.guessed || offset != self.offset,
        }
    }

    fn believes(self, at: Timestamp) -> bool {
        at.millis() >= self.newest.millis().saturating_sub(SLACK)
            && at.millis() <= self.newest.millis().saturating_add(FAR)
    }

    /// What is known after a reading was used; `None` when that is nothing worth writing down.
    #[must_use]
    pub fn after(self, reading: Reading) -> Option<Self> {
        let next = Self {
            offset: reading.offset.unwrap_or(self.offset),
            newest: reading.now.max(self.newest),
            guessed: reading.doubtful,
        };
        let moved = next.newest.millis().saturating_sub(self.newest.millis()) >= STEP;
        (moved || next.offset != self.offset || next.guessed != self.guessed).then_some(next)
    }
}

impl Reading {
    /// Of a phone whose office was never asked: the device's clock is all there is.
    #[must_use]
    pub const fn unmeasured(device: Timestamp) -> Self {
        Self { now: device, offset: None, doubtful: false }
    }
}

/// What makes the one of the other.
const fn between(office: Timestamp, device: Timestamp) -> ClockOffset {
    ClockOffset(office.millis().saturating_sub(device.millis()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The morning of 2026-11-22.
    const SYNC: i64 = 1_795_305_600_000;
    const YEAR: i64 = 365 * DAY;

    const fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    /// A sync at [`SYNC`] with the device's clock `wrong` by so much.
    const fn synced(wrong: i64) -> Clock {
        Clock::measured(at(SYNC), at(SYNC + wrong))
    }

    #[test]
    fn a_clock_corrected_since_the_sync_is_believed_as_it_is() {
        let noon = at(SYNC + 3 * 60 * MINUTE);
        for wrong in [10 * YEAR, -10 * YEAR, YEAR, 200 * DAY, 6 * 60 * MINUTE, -SYNC] {
            let reading = synced(wrong).read(noon);
            assert_eq!((reading.now, reading.doubtful), (noon, true), "{wrong}");
            assert_eq!(noon.plus(reading.offset.unwrap()), noon);
        }
    }

    #[test]
    fn a_clock_that_fell_to_1970_goes_on_from_the_newest_time_seen() {
        let clock = synced(0);
        let evening = clock.after(clock.read(at(SYNC + 8 * 60 * MINUTE))).unwrap();
        let reading = evening.read(at(5_000));
        assert_eq!((reading.now, reading.doubtful), (at(SYNC + 8 * 60 * MINUTE), true));
        let later = evening.after(reading).unwrap();
        assert_eq!(later.read(at(5_000 + 20 * MINUTE)).now, at(SYNC + (8 * 60 + 20) * MINUTE), "it ticks on");
        // Somebody sets the clock, or the network does.
        let set = later.read(at(SYNC + DAY));
        assert_eq!((set.now, set.doubtful), (at(SYNC + DAY), true));
    }

    #[test]
    fn a_clock_far_ahead_is_not_followed() {
        let reading = synced(0).read(at(SYNC + 10 * YEAR));
        assert_eq!((reading.now, reading.doubtful), (at(SYNC), true));
    }

    #[test]
    fn the_office_s_word_ends_every_doubt() {
        let clock = synced(0);
        let astray = clock.after(clock.read(at(SYNC + 60 * DAY))).unwrap();
        assert_eq!(astray.newest, at(SYNC + 60 * DAY), "a wrong date of next month is not noticed");
        let again = Clock::measured(at(SYNC + DAY), at(SYNC + DAY));
        let reading = again.read(at(SYNC + DAY + MINUTE));
        assert_eq!((reading.now, reading.doubtful), (at(SYNC + DAY + MINUTE), false));
    }

    proptest! {
        #[test]
        fn a_wrong_clock_left_alone_tells_the_right_time(wrong in -SYNC..30 * YEAR, since in 0..FAR) {
            let reading = synced(wrong).read(at(SYNC + wrong + since));
            prop_assert_eq!((reading.now, reading.doubtful), (at(SYNC + since), false));
        }

        #[test]
        fn a_clock_corrected_by_more_than_was_away_tells_the_right_time(
            wrong in FAR..30 * YEAR, behind: bool, since in 0..FAR - DAY,
        ) {
            let wrong = if behind { -wrong - since } else { wrong };
            prop_assert_eq!(synced(wrong).read(at(SYNC + since)).now, at(SYNC + since));
        }

        #[test]
        fn time_never_goes_back_nor_far_ahead(wrong in -SYNC..30 * YEAR, shown in prop::collection::vec(any::<i64>(), 1..20)) {
            let mut clock = synced(wrong);
            for device in shown {
                let reading = clock.read(at(device));
                prop_assert!(reading.now >= clock.newest);
                prop_assert!(reading.now.millis() <= clock.newest.millis().saturating_add(FAR));
                clock = clock.after(reading).unwrap_or(clock);
            }
        }

        #[test]
        fn what_an_edit_notes_is_the_time_that_was_shown(wrong in -SYNC..30 * YEAR, device in 0..60 * YEAR) {
            let reading = synced(wrong).read(at(device));
            let noted = at(device).plus(reading.offset.unwrap());
            prop_assert!(reading.now.millis() - noted.millis() <= SLACK && noted <= reading.now);
        }
    }
}
