//! A call, visit, message or meeting 沟通记录.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::choice::Outcome;
use super::{EventId, ListedWord, Record, RecordId, StaffId, Timestamp, derived, subjects, typed};

typed::kind! {
    /// A call, visit, message or meeting 沟通记录. Everything here is personal.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    Contact / ContactEdit

    /// A contact in a list.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    row ContactRow {
        channel: ListedWord, CONTACT, "沟通渠道", "channel", terms("channel");
        outcome: Outcome, CONTACT, "沟通结果", "outcome";
        next_contact: Timestamp, CONTACT, "下次沟通时间", "next contact";
    }
    with {
        /// Who made it.
        by: Option<StaffId> = "by";
        /// When it took place.
        at: Option<Timestamp> = "at";
    }

    fields {
        by: StaffId, CONTACT, "沟通人", "by";
        at: Timestamp, CONTACT, "沟通时间", "when";
        minutes: i64, CONTACT, "时长", "length", unit("min");
        opportunity: bool, CONTACT, "借机拜访", "opportunity visit";
        purpose: String, CONTACT, "目的", "purpose";
        summary: String, CONTACT, "沟通内容", "what was said";
        promise: String, CONTACT, "承诺事项", "promise made";
        promise_by: NaiveDate, CONTACT, "承诺期限", "promised by";
        satisfaction: i64, CONTACT, "满意度", "satisfaction", unit("1–5");
        due: String as Code, ORIGIN, "对应待办", "due item answered";
    }

    and {
        "subject/*": Member, SUBJECT, "相关档案", "about";
        "due/*": Bool, SUBJECT, "一并完成的待办", "due items answered as well";
    }
}

/// What a contact cannot be kept without, whatever the playbooks ask: the log of a home is ordered by who and when, and
/// the time to talk again is reckoned from this one. Channel, purpose, outcome, and when a next contact is needed are
/// asked by the form over contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// Who or when is missing.
    #[error("field `{path}` is missing")]
    Missing {
        /// Its path.
        path: &'static str,
    },
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

    /// The contact that a step of a case is: one, however often the step is handed in.
    #[must_use]
    pub fn of_step(event: EventId) -> RecordId {
        let digest = Sha256::digest(format!("butler contact 1\n{event}"));
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        derived::drawn(id)
    }

    /// Checks what holds of every contact: it says who and when, and the next one comes after it.
    ///
    /// # Errors
    /// [`ContactError`] naming what is missing.
    pub fn check(&self) -> Result<(), ContactError> {
        if self.by.is_none() {
            return Err(ContactError::Missing { path: "by" });
        }
        let at = self.at.ok_or(ContactError::Missing { path: "at" })?;
        match self.next_contact {
            Some(next) if next <= at => Err(ContactError::NextContactEarlier),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::typed::tests::record;
    use super::super::{Edit, Kind, Touch};
    use super::*;

    fn visit(next: Option<i64>) -> Contact {
        let edit = ContactEdit {
            by: StaffId::new("zhang.li").unwrap().into(),
            at: Timestamp::from_millis(1_000).into(),
            next_contact: next.map_or(Touch::Keep, |next| Timestamp::from_millis(next).into()),
            ..ContactEdit::default()
        };
        Contact::read(&record(Kind::Contact, [edit.into()]))
    }

    #[test]
    fn the_next_contact_comes_after_this_one() {
        assert_eq!(visit(None).check(), Ok(()));
        assert_eq!(visit(Some(2_000)).check(), Ok(()));
        assert_eq!(visit(Some(1_000)).check(), Err(ContactError::NextContactEarlier));
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
