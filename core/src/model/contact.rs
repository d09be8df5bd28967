//! A call, visit, message or meeting 沟通记录.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::choice::{Channel, Outcome};
use super::{PlaceId, Record, RecordId, StaffId, Timestamp, subjects, typed};

typed::model! {
    /// A call, visit, message or meeting 沟通记录. Everything here is personal.
    Contact / ContactEdit {
        place: PlaceId = "place",
        by: StaffId = "by",
        channel: Channel = "channel",
        at: Timestamp = "at",
        minutes: i64 = "minutes",
        opportunity: bool = "opportunity",
        purpose: String = "purpose",
        outcome: Outcome = "outcome",
        summary: String = "summary",
        promise: String = "promise",
        promise_by: NaiveDate = "promise_by",
        next_contact: Timestamp = "next_contact",
        satisfaction: i64 = "satisfaction",
        due: String = "due",
    }
}

/// What a contact cannot be kept without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// A required field is missing.
    #[error("field `{path}` is missing")]
    Missing {
        /// Its path.
        path: &'static str,
    },
    /// It ended without agreement and does not say when to speak again.
    #[error("a contact without agreement needs a next contact time")]
    NextContactMissing,
    /// The next contact is not after this one.
    #[error("the next contact must be later than this one")]
    NextContactEarlier,
}

impl Contact {
    /// The homes and people it was about.
    #[must_use]
    pub fn subjects(record: &Record) -> BTreeSet<RecordId> {
        subjects(record)
    }

    /// Checks what every contact must carry: who, channel, when, purpose, outcome; and a contact that ends without
    /// agreement, its next contact time.
    ///
    /// # Errors
    /// [`ContactError`] naming what is missing.
    pub fn check(&self) -> Result<(), ContactError> {
        let required = [
            ("by", self.by.is_some()),
            ("channel", self.channel.is_some()),
            ("at", self.at.is_some()),
            ("purpose", self.purpose.is_some()),
            ("outcome", self.outcome.is_some()),
        ];
        if let Some((path, _)) = required.into_iter().find(|(_, given)| !given) {
            return Err(ContactError::Missing { path });
        }
        match (self.outcome, self.next_contact) {
            (Some(Outcome::Agreed), None) => Ok(()),
            (_, None) => Err(ContactError::NextContactMissing),
            (_, Some(next)) if self.at.is_some_and(|at| next <= at) => Err(ContactError::NextContactEarlier),
            (_, Some(_)) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::typed::tests::{agrees, record};
    use super::super::{Edit, Kind, Touch};
    use super::*;

    fn visit(outcome: Outcome, next: Option<i64>) -> Contact {
        let edit = ContactEdit {
            by: StaffId::new("zhang.li").unwrap().into(),
            channel: Channel::Visit.into(),
            at: Timestamp::from_millis(1_000).into(),
            purpose: "渗漏回访".into(),
            outcome: outcome.into(),
            next_contact: next.map_or(Touch::Keep, |next| Timestamp::from_millis(next).into()),
            ..ContactEdit::default()
        };
        Contact::read(&record(Kind::Contact, [edit.into()]))
    }

    #[test]
    fn the_listing_agrees_with_the_field_table() {
        agrees(Kind::Contact, Contact::listing(), &["subject/*"]);
    }

    #[test]
    fn without_agreement_the_next_contact_is_required() {
        assert_eq!(visit(Outcome::Agreed, None).check(), Ok(()));
        for outcome in [Outcome::NotAgreed, Outcome::NotReached, Outcome::Refused, Outcome::Unsuitable] {
            assert_eq!(visit(outcome, None).check(), Err(ContactError::NextContactMissing), "{outcome:?}");
            assert_eq!(visit(outcome, Some(2_000)).check(), Ok(()));
        }
        assert_eq!(visit(Outcome::NotAgreed, Some(1_000)).check(), Err(ContactError::NextContactEarlier));
    }

    #[test]
    fn what_is_missing_is_named() {
        let empty = Contact::read(&record(Kind::Contact, [Edit::new()]));
        assert_eq!(empty.check(), Err(ContactError::Missing { path: "by" }));
    }

    #[test]
    fn subjects_are_the_members_of_the_set() {
        let (home, person) = (RecordId([4; 16]), RecordId([5; 16]));
        let edit = Edit::new().put(format!("subject/{home}"), true).put(format!("subject/{person}"), true);
        assert_eq!(Contact::subjects(&record(Kind::Contact, [edit])), BTreeSet::from([home, person]));
    }
}
