//! What was booked for the row of a register, as the phone has it: what its sums add up besides its own answers.

use std::collections::BTreeSet;

use super::OfficeTables;
use crate::error::ButlerError;
use crate::model::RecordId;
use crate::playbook::condition::Scope;
use crate::playbook::form::FormField;
use crate::playbook::sum::{self, SumsOf};
use crate::store::Reader;

impl OfficeTables {
    /// A scope with what was booked for a row that is filled in (`row` is then none) or stands.
    pub(crate) fn scope_with_booked(
        &self,
        reader: &Reader<'_>,
        fields: &[FormField],
        row: Option<RecordId>,
        about: BTreeSet<RecordId>,
        scope: Scope,
    ) -> Result<Scope, ButlerError> {
        if !sum::adds_rows(fields) {
            return Ok(scope);
        }
        let index = self.index(reader, None);
        let booked = sum::booked(fields, &index, &[SumsOf { row, about }])?;
        Ok(scope.with_booked(booked.into_iter().next()))
    }
}
