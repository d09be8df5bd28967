use std::collections::BTreeMap;

use super::Today;
use crate::commands::Recorded;
use crate::commands::registers::{self, NewEntry};
use crate::error::ButlerError;
use crate::model::{DueId, Evidence, Value};
use crate::playbook::form::DueAnswer;

impl Today<'_> {
    /// Puts a due item off until a day, with a reason. It stays visible as snoozed.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] when nothing like that is due, [`ButlerError::InvalidInput`],
    /// [`ButlerError::NotAllowed`].
    pub fn snooze(
        &self,
        due: DueId,
        until: chrono::NaiveDate,
        reason: &str,
    ) -> Result<Recorded, ButlerError> {
        self.answer(due, DueAnswer::Snooze, Some(until), reason)
    }

    /// Leaves a due item out, with a reason.
    ///
    /// # Errors
    /// As [`Self::snooze`].
    pub fn skip(&self, due: DueId, reason: &str) -> Result<Recorded, ButlerError> {
        self.answer(due, DueAnswer::Skip, None, reason)
    }

    fn answer(
        &self,
        due: DueId,
        answer: DueAnswer,
        until: Option<chrono::NaiveDate>,
        reason: &str,
    ) -> Result<Recorded, ButlerError> {
        if reason.trim().is_empty() {
            return Err(ButlerError::invalid("reason", "say why"));
        }
        let item = self.item(due)?.ok_or(ButlerError::NotFound)?;
        let place = item.place.clone().ok_or(ButlerError::NotFound)?;
        self.0.act(|acting, tx| {
            let form = acting
                .office
                .playbooks
                .forms()
                .find(|form| form.answers_due == Some(answer))
                .ok_or_else(|| ButlerError::invalid("due", "the playbooks do not allow it"))?;
            let mut fields = BTreeMap::from([("reason".to_owned(), Value::from(reason.trim()))]);
            if let Some(until) = until {
                fields.insert("until".to_owned(), Value::Text(until.to_string()));
            }
            let entry = NewEntry {
                form: form.id.clone(),
                place,
                about: item.about.iter().copied().collect(),
                answers: Evidence { fields, photos: BTreeMap::new() },
                due: Some(due),
            };
            registers::add(acting, tx, &entry)
        })
    }
}
