use std::collections::BTreeMap;

use super::{Today, TodayItem};
use crate::areas::registers::{self, NewEntry};
use crate::context::Recorded;
use crate::context::question::Question;
use crate::error::ButlerError;
use crate::model::{DueId, Evidence, FormId};
use crate::playbook::form::DueAnswer;

impl Today<'_> {
    /// What is asked of somebody who puts a due item off or leaves it out: the questions of the playbooks' form.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] when the playbooks have no such form.
    pub fn asks(&self, answer: DueAnswer) -> Result<Vec<Question>, ButlerError> {
        Ok(self.0.registers().form(&self.form(answer)?)?.questions)
    }

    /// Puts a due item off; the answers say until when and why. It stays visible as snoozed.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] when nothing like that is due, [`ButlerError::EvidenceMissing`] names the
    /// questions still open, [`ButlerError::NotAllowed`].
    pub fn snooze(&self, due: DueId, answers: Evidence) -> Result<Recorded, ButlerError> {
        self.answer(due, DueAnswer::Snooze, answers)
    }

    /// Leaves a due item out; the answers say why. Said again it is recorded beside the first, and the last word counts, so that a
    /// wrong reason is put right: both can be read. The same form handed in twice records once.
    ///
    /// # Errors
    /// As [`Self::snooze`].
    pub fn skip(&self, due: DueId, answers: Evidence) -> Result<Recorded, ButlerError> {
        self.answer(due, DueAnswer::Skip, answers)
    }

    /// Puts several due items off with one reason, in one transaction: all of them or none. What is answered already is
    /// left alone, so a repeat changes nothing. Archiving the records it returns takes it back.
    ///
    /// # Errors
    /// As [`Self::snooze`].
    pub fn snooze_many(&self, due: &[DueId], answers: &Evidence) -> Result<Vec<Recorded>, ButlerError> {
        self.answer_many(due, DueAnswer::Snooze, answers)
    }

    /// Leaves several due items out with one reason; see [`Self::snooze_many`].
    ///
    /// # Errors
    /// As [`Self::snooze`].
    pub fn skip_many(&self, due: &[DueId], answers: &Evidence) -> Result<Vec<Recorded>, ButlerError> {
        self.answer_many(due, DueAnswer::Skip, answers)
    }

    fn answer_many(
        &self,
        due: &[DueId],
        answer: DueAnswer,
        answers: &Evidence,
    ) -> Result<Vec<Recorded>, ButlerError> {
        let form = self.form(answer)?;
        let items: BTreeMap<DueId, TodayItem> =
            self.items(due)?.into_iter().map(|item| (item.id, item)).collect();
        let items = due.iter().map(|id| items.get(id).ok_or(ButlerError::NotFound));
        let items: Vec<_> = items.collect::<Result<_, _>>()?;
        let entries = items.into_iter().filter(|item| !item.status.is_answered());
        let entries = entries.map(|item| entry(form.as_str(), item, answers.clone()));
        let entries: Vec<_> = entries.collect::<Result<_, _>>()?;
        self.0.act(|author, tx| entries.iter().map(|entry| registers::add(author, tx, entry)).collect())
    }

    fn form(&self, answer: DueAnswer) -> Result<FormId, ButlerError> {
        let playbooks = self.0.playbooks()?;
        let form = playbooks.forms().find(|form| form.answers_due == Some(answer));
        form.map(|form| form.id.clone()).ok_or(ButlerError::NotFound)
    }

    fn answer(&self, due: DueId, answer: DueAnswer, answers: Evidence) -> Result<Recorded, ButlerError> {
        let form = self.form(answer)?;
        // Said twice, it is not due any more the second time.
        if let Some(first) = self.0.made("today.answer", &(&form, due, &answers))? {
            return Ok(first);
        }
        let item = self.item(due)?.ok_or(ButlerError::NotFound)?;
        let entry = entry(form.as_str(), &item, answers)?;
        let given = (&entry.form, due, &entry.answers);
        self.0.submit("today.answer", &given, |author, tx| registers::add(author, tx, &entry))
    }
}

/// The row that answers an item without doing it.
fn entry(form: &str, item: &TodayItem, answers: Evidence) -> Result<NewEntry, ButlerError> {
    Ok(NewEntry {
        form: form.into(),
        place: item.place.clone().ok_or(ButlerError::NotFound)?,
        about: item.about.into_iter().collect(),
        answers,
        due: Some(item.id),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::testing::{tomorrow, until};
    use crate::error::ButlerError;
    use crate::model::{Evidence, GridId, PlaceId};
    use crate::playbook::due::Status;
    use crate::testing::TestPhone;

    /// The same, for so many days.
    #[test]
    fn a_due_item_is_put_off_with_a_reason_and_says_so() {
        let bench = TestPhone::new(&["butler"]);
        let item = bench.butler.today().list(None, 1).unwrap().items.remove(0);
        let missing = bench.butler.today().snooze(item.id, Evidence::default());
        assert!(matches!(missing, Err(ButlerError::EvidenceMissing { problems }) if problems.len() == 2));
        bench.butler.today().snooze(item.id, tomorrow(&bench)).unwrap();
        assert_eq!(bench.butler.today().item(item.id).unwrap().unwrap().status, Status::Snoozed);
    }

    #[test]
    fn of_two_days_something_was_put_off_to_the_last_word_counts() {
        const DAY: i64 = 86_400_000;
        let bench = TestPhone::new(&["butler"]);
        let items = bench.butler.today().list(None, 100).unwrap().items;
        let monthly =
            items.into_iter().find(|item| item.due > bench.butler.date().unwrap() + chrono::Days::new(3));
        let item = monthly.unwrap().id;
        let status = || bench.butler.today().item(item).unwrap().unwrap().status;
        // A slip of the finger, and the right day a minute later.
        bench.butler.today().snooze(item, until(&bench, 300)).unwrap();
        bench.host.pass(60_000);
        bench.butler.today().snooze(item, until(&bench, 1)).unwrap();
        assert_eq!(status(), Status::Snoozed);
        bench.host.pass(DAY);
        assert_eq!(status(), Status::Open, "the day it was put off to last has come");
    }

    #[test]
    fn an_item_left_out_twice_is_left_out_once_and_both_reasons_can_be_read() {
        let bench = TestPhone::new(&["butler"]);
        let item = bench.butler.today().list(None, 1).unwrap().items.remove(0).id;
        let because = |reason: &str| Evidence {
            fields: BTreeMap::from([("reason".into(), reason.into())]),
            ..Evidence::default()
        };
        let skip = |today: &crate::areas::today::Today<'_>, reason: &str| {
            today.skip(item, because(reason)).unwrap().record
        };
        let form = bench.butler.submission(None).unwrap();
        let tapped = || skip(&bench.butler.submitting(form.clone()).today(), "done_otherwise");
        let first = tapped();
        assert_eq!(tapped(), first, "a double tap");
        let second = skip(&bench.butler.today(), "declined");
        let now = bench.butler.today().item(item).unwrap().unwrap();
        assert_eq!((now.status, now.answers.len()), (Status::Skipped, 2));
        assert!(now.answers.contains(&first) && now.answers.contains(&second));
    }

    #[test]
    fn what_is_due_about_the_whole_community_is_put_off_where_one_of_its_roles_works() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[r#"
            kind = "rules"
            id = "test.rules"
            title = { zh = "测试", en = "Test" }
            effective_from = 2026-01-01
            [[rule]]
            id = "test.drill"
            title = { zh = "演练", en = "Drill" }
            why = { zh = "每天", en = "daily" }
            roles = ["butler"]
            subject = { kind = "community" }
            when = { every = { schedule = "FREQ=DAILY", start = 2026-01-01 } }
            due = { within = { days = 0 } }
            done = { record = "entry", begin = "grid.day-report" }
        "#]);
        // A grid that comes first, where they do something else.
        let elsewhere = GridId::new("jinse/grid-0").unwrap();
        bench.grid(&elsewhere);
        bench.assign_at(&[("butler", "jinse/grid-1"), ("engineering", "jinse/grid-0")]);
        let drill = || {
            let items = bench.butler.today().list(None, 100).unwrap().items;
            items.into_iter().find(|item| item.rule == "test.drill").unwrap()
        };
        assert_eq!((drill().place, drill().subject.as_str()), (PlaceId::new("jinse/grid-1").ok(), ""));
        let row = bench.butler.today().snooze(drill().id, tomorrow(&bench)).unwrap().record;
        assert_eq!((drill().status, drill().answers), (Status::Snoozed, vec![row]));
        assert_eq!(bench.butler.records().get(row).unwrap().text("place"), Some("jinse/grid-1"));
    }
}
