//! What was booked for the row of a register, as the phone has it: what its sums add up besides its own answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;

use super::OfficeTables;
use crate::error::ButlerError;
use crate::model::RecordId;
use crate::playbook::condition::Scope;
use crate::playbook::form::FormField;
use crate::playbook::sum::{self, Booked, SumsOf};
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
        Ok(Scope::new().today(today).with_booked(self.booked_for_row(reader, fields, row, about)?))
    }

    /// What was booked for a row; none where its sums add up no rows.
    pub(crate) fn booked_for_row(
        &self,
        reader: &Reader<'_>,
        fields: &[FormField],
        row: Option<RecordId>,
        about: BTreeSet<RecordId>,
    ) -> Result<Option<Arc<Booked>>, ButlerError> {
        if !sum::adds_rows(fields) {
            return Ok(None);
        }
        let booked = sum::booked(fields, &self.index(reader, None), &[SumsOf { row, about }])?;
        Ok(booked.into_iter().next())
    }
}
