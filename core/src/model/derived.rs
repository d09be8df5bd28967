//! Identities that follow from what they mean, so that two imports, or an import and a phone, agree on them.

use uuid::Uuid;

use super::{PartId, RecordId};

/// The namespace of every derived identity. Format: never changes.
const NAMESPACE: Uuid = Uuid::from_u128(0x6a1f_0c0e_52b7_4d58_9b1e_6d0c_8f24_a7d3);

fn uuid(meaning: &[&str]) -> [u8; 16] {
    // A separator no part can hold: "1","23" and "12","3" are different things.
    Uuid::new_v5(&NAMESPACE, meaning.join("\u{1f}").as_bytes()).into_bytes()
}

/// The record that is meant: `["premises", community, location]`.
#[must_use]
pub fn record(meaning: &[&str]) -> RecordId {
    RecordId(uuid(meaning))
}

/// The part of a record that is meant: the phone with this number, the space of this name.
#[must_use]
pub fn part(record: RecordId, set: &str, meaning: &str) -> PartId {
    PartId(uuid(&["part", &record.to_string(), set, meaning]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_meaning_do_not_run_together() {
        assert_ne!(record(&["1", "23"]), record(&["12", "3"]));
        let home = record(&["premises", "jinse", "3-2-501"]);
        assert_ne!(part(home, "parking", "B1-080"), part(home, "phone", "B1-080"));
    }
}
