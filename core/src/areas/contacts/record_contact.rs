use super::Contacts;
use crate::context::Recorded;
use crate::context::author::place_of;
use crate::error::{ButlerError, InputProblem};
use crate::model::contact::ContactError;
use crate::model::{ContactEdit, DueId, Edit, Kind, PhotoId, RecordId, Touch, fields};
use crate::playbook::Label;

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
        contact: ContactEdit,
        photos: &[PhotoId],
    ) -> Result<Recorded, ButlerError> {
        self.record_answering(&[], about, contact, photos)
    }

    /// [`Self::record`] of a contact that answers these due items too: at one door one talks about several things.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn record_answering(
        &self,
        dues: &[DueId],
        about: &[RecordId],
        mut contact: ContactEdit,
        photos: &[PhotoId],
    ) -> Result<Recorded, ButlerError> {
        let first =
            *about.first().ok_or_else(|| ButlerError::invalid("about", InputProblem::SubjectMissing))?;
        let given = Edit::from(contact.clone());
        self.0.submit("contacts.record", &(dues, about, given, photos), |author, tx| {
            contact.place = place_of(&tx.record(first)?.ok_or(ButlerError::NotFound)?)?.into();
            contact.by = author.identity.staff.clone().into();
            if contact.at == Touch::Keep {
                contact.at = author.estimated().into();
            }
            let mut edit = Edit::from(contact);
            for about in about {
                edit = edit.put(format!("subject/{about}"), true);
            }
            for due in dues {
                edit = edit.put(format!("due/{due}"), true);
            }
            edit = edit.photos(photos);
            let id = author.new_record()?;
            author.edit_validated(tx, id, Kind::Contact, &edit)
        })
    }
}

impl From<ContactError> for ButlerError {
    fn from(error: ContactError) -> Self {
        match error {
            ContactError::Missing { path } => {
                let name = fields::spec(Kind::Contact, path).map(Label::of_field).unwrap_or_default();
                Self::invalid_field(path, name, InputProblem::Missing)
            }
            ContactError::NextContactEarlier => {
                Self::invalid("next_contact", InputProblem::NextContactEarlier)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::testing::contact;
    use crate::areas::today::TodayItem;
    use crate::error::ButlerError;
    use crate::model::choice::Outcome;
    use crate::model::{ContactEdit, RecordId, RuleId, Timestamp};
    use crate::playbook::due::{Status, Tried};
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

    /// An app writes the purpose of the item into the contact; the rule says it, or the purpose it asks of any contact.
    #[test]
    fn an_item_says_what_a_contact_about_it_is_for() {
        let bench = TestPhone::new(&["butler"]);
        let rule = |id: &str, done: &str| {
            format!(
                "[[rule]]\nid = \"test.{id}\"\ntitle = {{ zh = \"测试\", en = \"Test\" }}\n\
                 why = {{ zh = \"因为\", en = \"because\" }}\nroles = [\"butler\"]\n\
                 subject = {{ kind = \"grid\" }}\n\
                 when = {{ every = {{ schedule = \"FREQ=DAILY\", start = 2026-01-01 }} }}\ndue = {{}}\n\
                 done = {{ record = \"contact\", begin = \"contact.log\", any = true{done} }}\n"
            )
        };
        let asked = ", where = [{ path = \"purpose\", is = [\"fees\", \"care\"] }]";
        let rules = [rule("said", ", purpose = \"care\""), rule("asked", asked), rule("any", "")].concat();
        bench.publish(&[&format!(
            "kind = \"rules\"\nid = \"test.rules\"\ntitle = {{ zh = \"测试\", en = \"Test\" }}\n\
             effective_from = 2026-01-01\n{rules}"
        )]);
        let items = bench.butler.today().list(None, 100).unwrap().items;
        let purpose = |rule: &str| items.iter().find(|item| item.rule == rule).unwrap().purpose.as_deref();
        assert_eq!(["test.said", "test.asked", "test.any"].map(purpose), [Some("care"), Some("fees"), None]);
    }

    /// Rules that say nothing of outcomes: a visit that met nobody fulfils none of them.
    const RULES: &str = r#"
        kind = "rules"
        id = "test.rules"
        title = { zh = "测试", en = "Test" }
        effective_from = 2026-01-01
        [[rule]]
        id = "test.condolence"
        title = { zh = "慰问", en = "Condolence" }
        why = { zh = "去看看", en = "go and see" }
        roles = ["butler"]
        subject = { kind = "home" }
        when = { every = { schedule = "FREQ=MONTHLY;BYMONTHDAY=1", start = 2026-01-01 } }
        due = {}
        done = { record = "contact", begin = "contact.log", any = true }
        [[rule]]
        id = "test.named"
        title = { zh = "回音", en = "Answer" }
        why = { zh = "给个回音", en = "give an answer" }
        roles = ["butler"]
        subject = { kind = "home" }
        when = { every = { schedule = "FREQ=MONTHLY;BYMONTHDAY=1", start = 2026-01-01 } }
        due = {}
        done = { record = "contact", begin = "contact.log" }
        [[rule]]
        id = "test.agreed"
        title = { zh = "谈妥", en = "Agreement" }
        why = { zh = "谈到同意为止", en = "until agreed" }
        roles = ["butler"]
        subject = { kind = "home" }
        when = { every = { schedule = "FREQ=MONTHLY;BYMONTHDAY=1", start = 2026-01-01 } }
        due = {}
        done = { record = "contact", begin = "contact.log", any = true, outcomes = ["agreed"] }
    "#;

    fn items(bench: &TestPhone, home: RecordId) -> BTreeMap<RuleId, TodayItem> {
        let items = bench.butler.today().list(None, 100).unwrap().items;
        let of_home = items
            .into_iter()
            .filter(|item| item.about == Some(home) && item.rule.as_str().starts_with("test."));
        of_home.map(|item| (item.rule.clone(), item)).collect()
    }

    #[test]
    fn a_visit_that_met_nobody_fulfils_nothing_and_brings_the_item_back_when_it_was_agreed() {
        const HOUR: i64 = 3_600_000;
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        bench.publish(&[RULES]);
        let at = bench.butler.now();
        let again = Timestamp::from_millis(at.millis() + 24 * HOUR);
        let nobody = ContactEdit { next_contact: again.into(), ..contact(Outcome::NotReached) };
        bench.butler.contacts().record(&[home], nobody, &[]).unwrap();
        let tried = items(&bench, home);
        for rule in ["test.condolence", "test.agreed"] {
            assert_eq!(tried[rule].status, Status::Snoozed, "{rule}");
            assert_eq!(tried[rule].tried, Some(Tried { at, again: Some(again) }), "{rule}");
        }
        assert_eq!((tried["test.named"].status, tried["test.named"].tried), (Status::Open, None));
        bench.host.pass(24 * HOUR);
        assert_eq!(items(&bench, home)["test.condolence"].status, Status::Open, "it is back");

        // Met, without agreement: enough where a rule does not ask for more.
        let later = Timestamp::from_millis(bench.butler.now().millis() + HOUR);
        let met = ContactEdit { next_contact: later.into(), ..contact(Outcome::NotAgreed) };
        bench.butler.contacts().record(&[home], met, &[]).unwrap();
        let met = items(&bench, home);
        assert_eq!(met["test.condolence"].status, Status::Done);
        assert_eq!(met["test.agreed"].status, Status::Open, "tried again this very day");
    }

    #[test]
    fn one_visit_answers_several_items() {
        let bench = TestPhone::new(&["butler"]);
        let (home, other) = (bench.home("501"), bench.home("502"));
        bench.publish(&[RULES]);
        let dues = [items(&bench, home)["test.named"].id, items(&bench, other)["test.named"].id];
        let first =
            bench.butler.contacts().record_answering(&dues, &[home], contact(Outcome::Agreed), &[]).unwrap();
        for home in [home, other] {
            let item = &items(&bench, home)["test.named"];
            assert_eq!((item.status, &item.answers[..]), (Status::Done, &[first.record][..]));
        }
        bench.butler.records().archive(first.record).unwrap();
        for home in [home, other] {
            assert_eq!(items(&bench, home)["test.named"].status, Status::Open, "taken back");
        }
    }
}
