//! What was booked for the row of a register, as the phone has it: what its sums add up besides its own answers.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::OfficeTables;
use crate::error::ButlerError;
use crate::model::RecordId;
use crate::playbook::condition::Scope;
use crate::playbook::form::FormField;
use crate::playbook::sum::{self, SumsOf};
use crate::store::Reader;

impl OfficeTables {
    /// What conditions and sums of a row see that is filled in (`row` is then none) or stands: the day, and what was booked.
    pub(crate) fn scope_of_row(
        &self,
        reader: &Reader<'_>,
        fields: &[FormField],
        row: Option<RecordId>,
        about: BTreeSet<RecordId>,
        today: NaiveDate,
    ) -> Result<Scope, ButlerError> {
        let scope = Scope::new().today(today);
        if !sum::adds_rows(fields) {
            return Ok(scope);
        }
        let index = self.index(reader, None);
        let booked = sum::booked(fields, &index, &[SumsOf { row, about }])?;
        Ok(scope.with_booked(booked.into_iter().next()))
    }
}
