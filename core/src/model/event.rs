//! One thing that happened in a case, round or entry: immutable, causal, with its evidence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ClockOffset, DeviceId, EventId, PhotoId, QuestionId, RoleId, StaffId, StepId, Timestamp, Value};

/// One event, stored once under `event/<id>` as JSON text and never changed. Its id and bytes survive
/// re-authoring, so what others built on it stays valid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Random identity.
    pub id: EventId,
    /// The step of the workflow, or a name starting with `$` for what every workflow has (`$resolve`, `$remark`,
    /// `$reopen`); on a round the point or question it is of.
    pub step: StepId,
    /// Who did it.
    pub by: StaffId,
    /// In which role; the office checks it against the staff table.
    pub role: RoleId,
    /// On which device.
    pub device: DeviceId,
    /// When, by the device's clock.
    pub at: Timestamp,
    /// The device's clock offset as last measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<ClockOffset>,
    /// The events its author saw and built on: causality of its own, independent of the change graph.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<EventId>,
    /// Free words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What proves it.
    #[serde(default, skip_serializing_if = "Evidence::is_empty")]
    pub evidence: Evidence,
    /// What a newer app wrote and this one does not know; kept as it is.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, serde_json::Value>,
}

/// What proves an event: the answers of its form and the photos (a signature is a photo).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Evidence {
    /// Question → answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub fields: BTreeMap<QuestionId, Value>,
    /// Question → photos given for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub photos: BTreeMap<QuestionId, Vec<PhotoId>>,
}

impl Evidence {
    /// Nothing given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.photos.is_empty()
    }
}

impl Event {
    /// What every event's path starts with.
    pub const PREFIX: &'static str = "event/";

    /// Where it is stored.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}{}", Self::PREFIX, self.id)
    }

    /// The stored text.
    #[must_use]
    pub fn encode(&self) -> String {
        // Strings, numbers and string-keyed maps: nothing in an event can fail to become JSON, except a
        // number that is not finite, which serde_json writes as null.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the stored text of `event/<id>`; `None` when it is no event or not the event of that path.
    #[must_use]
    pub fn decode(path: &str, text: &str) -> Option<Self> {
        let event: Self = serde_json::from_str(text).ok()?;
        (event.path() == path).then_some(event)
    }

    /// When, by the office's clock as far as the device knew it.
    #[must_use]
    pub fn estimated(&self) -> Timestamp {
        self.offset.map_or(self.at, |offset| self.at.plus(offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_newer_app_wrote_survives() {
        let text = r#"{"id":"01010101010101010101010101010101","step":"accept","by":"zhang.li","role":"butler","device":"02020202020202020202020202020202","at":5,"mood":"calm"}"#;
        let event = Event::decode("event/01010101010101010101010101010101", text).unwrap();
        assert_eq!(event.unknown["mood"], "calm");
        assert_eq!(Event::decode(&event.path(), &event.encode()), Some(event.clone()));
        assert_eq!(Event::decode("event/0102", text), None, "an event under another's path is none");
    }
}
