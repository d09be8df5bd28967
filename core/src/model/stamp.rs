//! Who did an edit and when, carried by the commit message of its change.

use serde::{Deserialize, Serialize};

use super::{ClockOffset, EditId, StaffId, Timestamp};

/// Who and when of one edit.
///
/// It travels as the automerge commit message (the commit time is always 0, see `docs/adr/0004`): history
/// and conflicts can name the author without any field of the document, and the device follows from
/// the actor. Text form: `1;<staff>;<device ms>;<offset ms or ->;<edit id or ->`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The person.
    pub staff: StaffId,
    /// When, by the device's clock.
    pub at: Timestamp,
    /// The device's clock offset as last measured; `None` before the first sync.
    pub offset: Option<ClockOffset>,
    /// The edit this change is a re-authored copy of; `None` for the change that first carries it.
    pub copy_of: Option<EditId>,
}

impl Stamp {
    /// Whom the office stamps a change with that only joins the concurrent ones of a record; no member of staff has this id. What it
    /// says then is [`super::fields::MERGED`], and nothing else may say that.
    pub const JOINER: &str = "office/join";

    /// Whether a change only joins others: it says nothing about its record.
    #[must_use]
    pub fn joins(&self) -> bool {
        self.staff.as_str() == Self::JOINER
    }

    /// When, by the office's clock as far as known.
    #[must_use]
    pub fn estimated(&self) -> Timestamp {
        self.offset.map_or(self.at, |offset| self.at.plus(offset))
    }

    /// The commit message.
    #[must_use]
    pub fn to_message(&self) -> String {
        let offset = self.offset.map_or_else(|| "-".to_owned(), |offset| offset.0.to_string());
        let copy_of = self.copy_of.map_or_else(|| "-".to_owned(), |edit| edit.to_string());
        format!("1;{};{};{offset};{copy_of}", self.staff, self.at.millis())
    }

    /// Reads a commit message; `None` when it is not one of ours.
    #[must_use]
    pub fn from_message(message: &str) -> Option<Self> {
        fn optional<T: std::str::FromStr>(text: &str) -> Option<Option<T>> {
            if text == "-" { Some(None) } else { text.parse().ok().map(Some) }
        }
        let mut parts = message.split(';');
        if parts.next()? != "1" {
            return None;
        }
        let stamp = Self {
            staff: parts.next()?.parse().ok()?,
            at: Timestamp::from_millis(parts.next()?.parse().ok()?),
            offset: optional::<i64>(parts.next()?)?.map(ClockOffset),
            copy_of: optional(parts.next()?)?,
        };
        // One text per stamp: a second spelling of the same stamp would be a second hash of the same edit.
        (parts.next().is_none() && stamp.to_message() == message).then_some(stamp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_survives_its_message() {
        let first = Stamp {
            staff: StaffId::new("zhang.li").unwrap(),
            at: Timestamp::from_millis(1_795_000_000_000),
            offset: None,
            copy_of: None,
        };
        let copy = Stamp {
            offset: Some(ClockOffset(-5_400)),
            copy_of: Some(super::super::ChangeHash([0x5a; 32])),
            ..first.clone()
        };
        for stamp in [first, copy] {
            assert_eq!(Stamp::from_message(&stamp.to_message()), Some(stamp));
        }
    }

    #[test]
    fn other_messages_are_not_stamps() {
        for message in ["", "1", "2;a;1;-;-", "1;a;1;-;-;x", "1;a;01;-;-", "1;a;+1;-;-", "1;张丽;1;-;-"] {
            assert_eq!(Stamp::from_message(message), None, "{message}");
        }
    }
}
