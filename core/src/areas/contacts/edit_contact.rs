use super::Contacts;
use crate::context::{Recorded, own_fields};
use crate::error::ButlerError;
use crate::model::{Edit, Kind, RecordId};

impl Contacts<'_> {
    /// Corrects what was written of a contact: the touched fields, asked as when it was recorded. What it said before stays
    /// in its history.
    ///
    /// # Errors
    /// [`ButlerError::EvidenceMissing`] names what will not do; [`ButlerError::InvalidInput`] when the next contact is not
    /// later than this one; [`ButlerError::NotFound`], [`ButlerError::NotAllowed`].
    pub fn edit(&self, contact: RecordId, edit: impl Into<Edit>) -> Result<Recorded, ButlerError> {
        let edit = own_fields(Kind::Contact, edit.into())?;
        self.0.submit("contacts.edit", &(contact, &edit), |author, tx| {
            author.is_here(tx, contact, Kind::Contact)?;
            author.edit_validated(tx, contact, Kind::Contact, &edit)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::areas::testing::{contact, missing_of};
    use crate::error::{ButlerError, InputProblem};
    use crate::model::choice::Outcome;
    use crate::model::{ContactEdit, RecordId, Timestamp};
    use crate::testing::TestPhone;

    #[test]
    fn a_contact_is_read_back_in_words_and_corrected_by_the_same_rules() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let contacts = bench.butler.contacts();
        let photo = bench.butler.photos().add("门口留言条".as_bytes()).unwrap();
        let made = contacts.record(&[home], contact(Outcome::Agreed), &[photo]).unwrap().record;
        let read = contacts.details(made).unwrap();
        assert_eq!((read.by_name.as_deref(), read.about[0].title.as_str()), (Some("张丽"), "1栋1单元501"));
        assert_eq!(read.photos[0].photo, photo);
        let words = |label: &str| {
            let read = contacts.details(made).unwrap();
            let field = read.fields.into_iter().find(|field| field.label.zh == label);
            field.map(|field| field.words.zh)
        };
        assert_eq!(words("沟通渠道").as_deref(), Some("上门拜访"));
        assert_eq!(words("沟通内容").as_deref(), Some("一切都好"));
        assert_eq!(words("所属位置"), None);

        let summary = |summary: &str| ContactEdit { summary: summary.into(), ..ContactEdit::default() };
        contacts.edit(made, summary("要换门锁")).unwrap();
        assert_eq!(words("沟通内容").as_deref(), Some("要换门锁"));
        let unagreed = ContactEdit { outcome: Outcome::NotAgreed.into(), ..ContactEdit::default() };
        assert_eq!(missing_of(contacts.edit(made, unagreed)), ["next_contact"]);
        let early = Timestamp::from_millis(bench.butler.now().millis() - 3_600_000);
        let early = ContactEdit { next_contact: early.into(), ..ContactEdit::default() };
        let early = contacts.edit(made, early);
        assert!(
            matches!(early, Err(ButlerError::InvalidInput { reason: InputProblem::NextContactEarlier, .. })),
            "{early:?}"
        );
        assert!(matches!(contacts.edit(home, summary("x")), Err(ButlerError::NotFound)));
        assert!(matches!(contacts.details(RecordId([9; 16])), Err(ButlerError::NotFound)));
        bench.assign(&[]);
        assert!(matches!(contacts.details(made), Err(ButlerError::NotFound)));
    }
}
