//! Identities that follow from what they mean, so that two imports, or an import and a phone, agree on them.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{PartId, RecordId};

/// The namespace of every derived identity. Format: never changes.
const NAMESPACE: Uuid = Uuid::from_u128(0x6a1f_0c0e_52b7_4d58_9b1e_6d0c_8f24_a7d3);

fn uuid(meaning: &[&str]) -> [u8; 16] {
    // A separator no part can hold: "1","23" and "12","3" are different things.
    Uuid::new_v5(&NAMESPACE, meaning.join("\u{1f}").as_bytes()).into_bytes()
}

/// The record that is meant: `["home", community, location]`.
#[must_use]
pub fn record(meaning: &[&str]) -> RecordId {
    RecordId(uuid(meaning))
}

/// The part of a record that is meant: the phone with this number, the space of this name.
#[must_use]
pub fn part(record: RecordId, set: &str, meaning: &str) -> PartId {
    PartId(uuid(&["part", &record.to_string(), set, meaning]))
}

/// The identity of a record that means nothing before it is written, of random bytes (UUIDv4).
#[must_use]
pub fn drawn(bytes: [u8; 16]) -> RecordId {
    RecordId(uuid::Builder::from_random_bytes(bytes).into_uuid().into_bytes())
}

/// Whether an identity follows from a meaning (UUIDv5). A register will bring that very thing one day, so nothing else
/// may stand under it: only the office gives such identities.
#[must_use]
pub fn is_derived(record: RecordId) -> bool {
    Uuid::from_bytes(record.0).get_version_num() == 5
}

/// The number a record is called by on paper and on the telephone, `261128-7K3F2Q`: the day it was begun, and what tells
/// it from the others of that day. Nobody gives it out, so a phone without a signal knows it; of a thousand records a day
/// two share one about every two thousand days.
#[must_use]
pub fn order_number(begun: NaiveDate, record: RecordId) -> String {
    format!("{}-{}", begun.format("%y%m%d"), order_letters(record))
}

/// The part of that number after the day, which follows from the record's id alone.
#[must_use]
pub fn order_letters(record: RecordId) -> String {
    let [.., a, b, c, d] = record.0;
    let bits = u32::from_be_bytes([a, b, c, d]);
    let letter = |place: u32| char::from(PLAIN_LETTERS[(bits >> (place * 5)) as usize & 31]);
    (0..6).map(letter).collect()
}

/// Letters of numbers and codes that people read out: none that is taken for another. Format: never changes.
pub const PLAIN_LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drawn_is_never_taken_for_what_is_meant() {
        assert!(is_derived(record(&["home", "jinse", "3-2-501"])));
        assert!((0..=255).all(|byte| !is_derived(drawn([byte; 16]))));
    }

    #[test]
    fn a_number_says_the_day_and_is_read_out_without_mistake() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
        assert_eq!(order_number(day, RecordId([0; 16])), "261128-222222");
        assert_eq!(order_number(day, RecordId([0xff; 16])), "261128-ZZZZZZ");
        let other = RecordId([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(order_number(day, other), "261128-322222");
    }

    #[test]
    fn parts_of_a_meaning_do_not_run_together() {
        assert_ne!(record(&["1", "23"]), record(&["12", "3"]));
        let home = record(&["home", "jinse", "3-2-501"]);
        assert_ne!(part(home, "parking", "B1-080"), part(home, "phone", "B1-080"));
    }
}
