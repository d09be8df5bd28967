use super::Contacts;
use crate::context::Recorded;
use crate::context::author::place_of;
use crate::error::ButlerError;
use crate::model::contact::ContactError;
use crate::model::{ContactEdit, Edit, Kind, PhotoId, RecordId, Touch};

impl Contacts<'_> {
    /// Records a contact about homes and people; the first decides where it belongs. Who and when are filled in
    /// when not given.
    ///
    /// # Errors
    /// [`ButlerError::EvidenceMissing`] names what the form over contacts still asks or what will not do: a contact that
    /// ended without agreement needs a time to talk again; [`ButlerError::InvalidInput`] when that is not later than
    /// this one; [`ButlerError::NotFound`], [`ButlerError::NotAllowed`].
    pub fn record(
        &self,
        about: &[RecordId],
        mut contact: ContactEdit,
        photos: &[PhotoId],
    ) -> Result<Recorded, ButlerError> {
        let first = *about.first().ok_or_else(|| ButlerError::invalid("about", "say whom it was about"))?;
        let given = Edit::from(contact.clone());
        self.0.submit("contacts.record", &(about, given, photos), |author, tx| {
            contact.place = place_of(&tx.record(first)?.ok_or(ButlerError::NotFound)?)?.into();
            contact.by = author.identity.staff.clone().into();
            if contact.at == Touch::Keep {
                contact.at = author.estimated().into();
            }
            let mut edit = Edit::from(contact);
            for about in about {
                edit = edit.put(format!("subject/{about}"), true);
            }
            edit = edit.photos(photos);
            let id = author.new_record()?;
            author.edit_validated(tx, id, Kind::Contact, &edit)
        })
    }
}

impl From<ContactError> for ButlerError {
    fn from(error: ContactError) -> Self {
        let field = match error {
            ContactError::Missing { path } => path,
            ContactError::NextContactEarlier => "next_contact",
        };
        Self::invalid(field, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use crate::areas::testing::contact;
    use crate::error::ButlerError;
    use crate::model::choice::Outcome;
    use crate::model::{ContactEdit, Timestamp};
    use crate::testing::TestPhone;

    #[test]
    fn a_contact_without_agreement_needs_a_time_to_talk_again() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let visits = bench.butler.contacts();
        let rejected = visits.record(&[home], contact(Outcome::NotReached), &[]);
        let Err(ButlerError::EvidenceMissing { problems }) = rejected else { panic!("{rejected:?}") };
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!(
            (problem.field.as_str(), problem.message.en.as_str()),
            ("next_contact", "please answer “Next contact”")
        );
        let before = Timestamp::from_millis(bench.butler.now().millis() - 1);
        let backwards = ContactEdit { next_contact: before.into(), ..contact(Outcome::NotReached) };
        let rejected = visits.record(&[home], backwards, &[]);
        assert!(matches!(rejected, Err(ButlerError::InvalidInput { field, .. }) if field == "next_contact"));
        let later = Timestamp::from_millis(bench.butler.now().millis() + 86_400_000);
        let agreed = ContactEdit { next_contact: later.into(), ..contact(Outcome::NotReached) };
        visits.record(&[home], agreed, &[]).unwrap();
        assert_eq!(bench.butler.homes().details(home).unwrap().contacts.len(), 1);
    }

    #[test]
    fn a_contact_is_what_the_form_over_contacts_asks() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[r#"
            kind = "form"
            id = "contact.log"
            title = { zh = "沟通记录", en = "Contact" }
            record = "contact"
            [[field]]
            id = "summary"
            label = { zh = "沟通内容", en = "What was said" }
            type = "text"
            required = true
            max_length = 4
            invalid = { zh = "最多四个字", en = "four characters" }
        "#]);
        let home = bench.home("501");
        let record = |summary: &str| {
            let contact = ContactEdit { summary: summary.into(), ..ContactEdit::default() };
            bench.butler.contacts().record(&[home], contact, &[])
        };
        let rejected = record("五个汉字了");
        let Err(ButlerError::EvidenceMissing { problems }) = rejected else { panic!("{rejected:?}") };
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!((problem.field.as_str(), problem.message.zh.as_str()), ("summary", "最多四个字"));
        record("四个汉字").unwrap();
    }
}
