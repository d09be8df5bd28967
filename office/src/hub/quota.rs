//! How much of one record one device may fill.
//!
//! Whoever has a phone may write into a record until it is full; nobody may fill it for the others. So every limit
//! here binds the device that writes: what it may add on one day, and, once a record is half full, how much of it may
//! be that device's. None is a verdict on the change: it stays on the phone, is shown with the reason, and is sent
//! again.

use butler_core::model::Timestamp;

use crate::storage::Share;

/// Bytes of changes after which a record is full: ten times what a case of two thousand steps holds.
pub(super) const RECORD: u64 = 2 << 20;
/// What one device may add to one record on one day: a round of a thousand points and more.
const DAY_BYTES: u64 = 512 << 10;
pub(super) const DAY_CHANGES: u32 = 2_000;
/// What a device may hold of a record that is more than half full: the other half is for those who wrote little.
const SHARE: u64 = RECORD / 32;

/// The device's share with one more change of `size` bytes in a record of `filled` bytes.
///
/// # Errors
/// The reason code why the change has to wait: `full`, `quota`.
pub(super) fn add(filled: u64, share: Share, size: u64, now: Timestamp) -> Result<Share, &'static str> {
    let day = now.millis().div_euclid(86_400_000);
    let today = if share.day == day { share } else { Share { day, day_bytes: 0, day_changes: 0, ..share } };
    let next = Share {
        bytes: today.bytes.saturating_add(size),
        day_bytes: today.day_bytes.saturating_add(size),
        day_changes: today.day_changes.saturating_add(1),
        ..today
    };
    if filled.saturating_add(size) > RECORD {
        return Err("full");
    }
    let over_its_share = filled > RECORD / 2 && next.bytes > SHARE;
    if over_its_share || next.day_bytes > DAY_BYTES || next.day_changes > DAY_CHANGES {
        return Err("quota");
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_795_305_600_000);
    const DAY: i64 = 86_400_000;

    /// Adds as much as it can; returns how many bytes went in and why no more did.
    fn fill(filled: &mut u64, share: &mut Share, size: u64, now: Timestamp) -> (u64, &'static str) {
        let mut added = 0;
        loop {
            match add(*filled, *share, size, now) {
                Ok(next) => *share = next,
                Err(code) => return (added, code),
            }
            *filled += size;
            added += size;
        }
    }

    #[test]
    fn a_day_is_bounded_and_the_next_one_begins_anew() {
        let (mut filled, mut share) = (0, Share::default());
        assert_eq!(fill(&mut filled, &mut share, 100, NOON), (200_000, "quota"), "two thousand changes");
        let tomorrow = Timestamp::from_millis(NOON.millis() + DAY);
        assert_eq!(fill(&mut filled, &mut share, 60_000, tomorrow), (480_000, "quota"), "half a megabyte");
        assert_eq!(share.bytes, 680_000);
    }

    #[test]
    fn whoever_wrote_little_writes_on_when_others_filled_half_of_it() {
        let mut filled = 0;
        for _ in 0..8 {
            assert_eq!(fill(&mut filled, &mut Share::default(), 1_000, NOON).1, "quota");
        }
        assert!(filled > RECORD / 2 && filled < RECORD, "{filled}");
        let honest = Share { bytes: 20_000, ..Share::default() };
        assert!(add(filled, honest, 500, NOON).is_ok());
    }

    #[test]
    fn a_full_record_says_so() {
        assert_eq!(add(RECORD - 10, Share::default(), 11, NOON), Err("full"));
        assert!(add(RECORD - 10, Share::default(), 10, NOON).is_ok());
    }
}
