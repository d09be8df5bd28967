//! A record as it reads now: a flat map of fields, each with every value that is still concurrent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ActorId, ChangeHash, Event, Kind, KindVersion, RecordId, Scalar, Stamp, Timestamp, Value};

/// A field record, read out of its document. Pure data: reading a record never touches the document again.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Unique id.
    pub id: RecordId,
    /// Kind of record.
    pub kind: Kind,
    /// Genesis version.
    pub version: KindVersion,
    /// Whether it was archived, or archived and edited concurrently.
    pub lifecycle: Lifecycle,
    /// Path → field. Unknown paths of newer apps are here too.
    pub fields: BTreeMap<String, Field>,
    /// Text objects, merged character by character.
    pub texts: BTreeMap<String, String>,
    /// The changes it was read at: with what they build on, all that is in it. The genesis for a record nobody wrote.
    pub heads: Vec<ChangeHash>,
}

/// One scalar field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The value every replica shows and rules read.
    pub winner: Candidate,
    /// The other concurrent values, in a fixed order; not empty means *in conflict* until somebody chooses.
    pub others: Vec<Candidate>,
}

/// One value of a field, with who wrote it and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The value.
    pub value: Value,
    /// The change that wrote it.
    pub change: ChangeHash,
    /// Its actor; names the device.
    pub actor: ActorId,
    /// Who and when.
    pub stamp: Stamp,
}

/// Whether a record is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Lifecycle {
    /// In lists and on Today.
    Live,
    /// Archived by somebody who had seen everything; hidden, nothing deleted.
    Archived,
    /// Archived by one and edited by another who did not know: shown, with a flag, until somebody decides.
    Revived,
}

/// The office's acceptance of one change: its ordinal within the record, from 1, and when it was received
/// by the office's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Receipt {
    /// Order of acceptance within the record, from 1, without gaps.
    pub ordinal: u32,
    /// Office time of acceptance.
    pub at: Timestamp,
}

/// What the office knows its own receipt by, should its data be restored from before: a MAC under a secret of its own.
pub type Seal = [u8; 16];

/// The keys, in order, whose values are others in one of two ordered maps than in the other.
pub(crate) fn differing<K: Ord, V: PartialEq>(
    before: impl Iterator<Item = (K, V)>,
    after: impl Iterator<Item = (K, V)>,
) -> Vec<K> {
    let (mut before, mut differing) = (before.peekable(), Vec::new());
    for (key, value) in after {
        while let Some((gone, _)) = before.next_if(|(earlier, _)| *earlier < key) {
            differing.push(gone);
        }
        if before.next_if(|(same, _)| *same == key).is_none_or(|(_, was)| was != value) {
            differing.push(key);
        }
    }
    differing.extend(before.map(|(gone, _)| gone));
    differing
}

impl Record {
    /// The winning value of a field.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Value> {
        self.fields.get(path).map(|field| &field.winner.value)
    }

    /// The winner of a field, read; `None` also when a newer app wrote something else there.
    #[must_use]
    pub fn read<T: Scalar>(&self, path: &str) -> Option<T> {
        self.get(path).and_then(T::read)
    }

    /// The winning text of a field.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path).and_then(Value::as_text)
    }

    /// The paths whose winning values are others than in `before`: written, taken away, or won by another.
    #[must_use]
    pub fn differing<'a>(&'a self, before: Option<&'a Self>) -> Vec<&'a str> {
        let values =
            |record: &'a Self| record.fields.iter().map(|(path, field)| (path.as_str(), &field.winner.value));
        differing(before.into_iter().flat_map(values), values(self))
    }

    /// Whether several concurrent values of the field wait for a decision.
    #[must_use]
    pub fn in_conflict(&self, path: &str) -> bool {
        self.fields.get(path).is_some_and(|field| !field.others.is_empty())
    }

    /// Every field in conflict, by path.
    pub fn conflicts(&self) -> impl Iterator<Item = (&str, &Field)> {
        self.fields
            .iter()
            .filter(|(_, field)| !field.others.is_empty())
            .map(|(path, field)| (path.as_str(), field))
    }

    /// The fields below `prefix` (which ends in `/`), with the rest of their path.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Field)> {
        self.fields
            .range(prefix.to_owned()..)
            .map_while(move |(path, field)| path.strip_prefix(prefix).map(|rest| (rest, field)))
    }

    /// Every readable event with the change that carried it. What cannot be read stays in the document and
    /// is left out here.
    pub fn events(&self) -> impl Iterator<Item = (Event, ChangeHash)> {
        self.below(Event::PREFIX).filter_map(|(rest, field)| {
            let path = format!("{}{rest}", Event::PREFIX);
            let event = Event::decode(&path, field.winner.value.as_text()?)?;
            Some((event, field.winner.change))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::typed::tests::record;
    use super::super::{Edit, Kind};

    #[test]
    fn what_differs_is_what_was_written_taken_away_or_changed() {
        let first = Edit::new().put("area", 95.5).put("layout", "三室两厅").put("unit", "2");
        let before = record(Kind::Home, [first.clone()]);
        let second = Edit::new().clear("area").put("layout", "两室一厅").put("people", 3).put("unit", "2");
        let after = record(Kind::Home, [first, second]);
        assert_eq!(
            after.differing(Some(&before)),
            ["area", "layout", "people"],
            "unit was written as it was"
        );
        assert_eq!(before.differing(Some(&after)), ["area", "layout", "people"]);
        assert_eq!(before.differing(None), ["area", "layout", "unit"]);
        assert!(after.differing(Some(&after)).is_empty());
    }
}
