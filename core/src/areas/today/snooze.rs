use super::Today;
use crate::areas::registers::{self, NewEntry};
use crate::context::Recorded;
use crate::context::question::Question;
use crate::error::ButlerError;
use crate::model::{DueId, Evidence};
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

    /// Leaves a due item out; the answers say why.
    ///
    /// # Errors
    /// As [`Self::snooze`].
    pub fn skip(&self, due: DueId, answers: Evidence) -> Result<Recorded, ButlerError> {
        self.answer(due, DueAnswer::Skip, answers)
    }

    fn form(&self, answer: DueAnswer) -> Result<String, ButlerError> {
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
        let entry = NewEntry {
            form,
            place: item.place.ok_or(ButlerError::NotFound)?,
            about: item.about.into_iter().collect(),
            answers,
            due: Some(due),
        };
        let given = (&entry.form, due, &entry.answers);
        self.0.submit("today.answer", &given, |author, tx| registers::add(author, tx, &entry))
    }
}
