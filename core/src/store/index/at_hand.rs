//! A few records with all that is about them, read at once. After an edit each rule asks about the one home that was edited:
//! it is answered from memory, as the same records held there are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::types::Value as Sql;
use rusqlite::{Row, params_from_iter};

use super::super::facts::{FactRef, packed};
use super::super::progress::{STEP, read_step};
use super::super::{Reader, StoreError};
use super::due::MADE_AT;
use super::parameters::Parameters;
use super::{StoreIndex, json_column, values_in};
use crate::model::facts::{LATEST, Made};
use crate::model::{Kind, Procedure, RecordId};
use crate::query::{IndexContext, IndexedRecord, MemoryIndex, WorkProgress};

impl<'a> StoreIndex<'a> {
    /// Has these records at hand, with all that is about them, for questions about them or some of them.
    #[must_use]
    pub fn at_hand(self, records: &'a BTreeSet<RecordId>) -> Self {
        Self { near: Some(records), ..self }
    }

    /// What is at hand, where a question is about nothing else.
    pub(super) fn near(
        &self,
        only: Option<&BTreeSet<RecordId>>,
    ) -> Result<Option<&MemoryIndex<'a>>, StoreError> {
        let Some((records, only)) = self.near.zip(only) else { return Ok(None) };
        if !only.is_subset(records) {
            return Ok(None);
        }
        if self.known.get().is_none() {
            let read = read(self.reader, self.context.clone(), records)?;
            self.known.get_or_init(|| read);
        }
        Ok(self.known.get())
    }
}

/// Some records and those that name one of them.
fn read<'a>(
    reader: &Reader<'_>,
    context: IndexContext<'a>,
    records: &BTreeSet<RecordId>,
) -> Result<MemoryIndex<'a>, StoreError> {
    let (forms, fields) = (context.forms, reader.db.fields()?);
    let rows = reader.rows_about(records)?;
    let mut parameters = Parameters::default();
    let wanted = format!("json_each({}) AS wanted CROSS JOIN", parameters.bind(Sql::Text(rows)));
    let each = |statement: &str, take: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>| {
        let mut query = reader.db.prepare_cached(statement)?;
        let mut found = query.query(params_from_iter(&parameters.0))?;
        while let Some(row) = found.next()? {
            take(row)?;
        }
        Ok::<_, StoreError>(())
    };
    let mut found: HashMap<i64, IndexedRecord> = HashMap::new();
    let statement = format!(
        "SELECT record.rid, record.id, record.kind, record.place, coalesce(contact.by, work.made_by), {MADE_AT},
                work.procedure, work.version, work.state, coalesce(work.closed, 0), work.finished_at, work.answers, record.facts
         FROM {wanted} record ON record.rid = wanted.value
              LEFT JOIN work ON work.rid = record.rid LEFT JOIN contact ON contact.rid = record.rid
         WHERE record.hidden = 0 AND record.lifecycle <> 'archived'"
    );
    each(&statement, &mut |row| {
        let mut record = record(row)?;
        // The latest of a group's dates is worked out of them.
        let own = |fact: &FactRef<'_>| fields.pattern(fact).is_some_and(|of| !of.starts_with(LATEST));
        record.values = values_in(fields, record.kind, packed(row, 12)?, own)?.into_iter().collect();
        found.insert(row.get(0)?, record);
        Ok(())
    })?;
    each(
        &format!("SELECT conflict.rid, conflict.path FROM {wanted} conflict ON conflict.rid = wanted.value"),
        &mut |row| {
            if let Some(record) = found.get_mut(&row.get(0)?) {
                record.conflicts.insert(row.get(1)?);
            }
            Ok(())
        },
    )?;
    let mut kinds: Vec<(RecordId, Kind)> = Vec::new();
    let statement = format!(
        "SELECT link.rid, link.path, link.target, other.kind FROM {wanted} link ON link.rid = wanted.value
         LEFT JOIN record AS other ON other.id = link.target ORDER BY link.rid, link.path"
    );
    each(&statement, &mut |row| {
        let target = row.get(2)?;
        kinds.extend(row.get::<_, Option<Kind>>(3)?.map(|kind| (target, kind)));
        if let Some(record) = found.get_mut(&row.get(0)?) {
            record.links.push((row.get(1)?, target));
        }
        Ok(())
    })?;
    let statement = format!(
        "SELECT step.rid, {STEP} FROM {wanted} step ON step.rid = wanted.value ORDER BY step.rid, number"
    );
    each(&statement, &mut |row| {
        if let Some(progress) = found.get_mut(&row.get(0)?).and_then(|record| record.progress.as_mut()) {
            progress.steps.push(read_step(row)?);
        }
        Ok(())
    })?;
    let mut memory = MemoryIndex::new(context);
    for (id, kind) in kinds {
        memory.mention(id, kind);
    }
    for mut record in found.into_values() {
        if let Some(form) = record.procedure.as_ref().and_then(Procedure::form) {
            StoreIndex::restore_flags(&forms.flags(form), &mut record.values);
        }
        memory.insert(record);
    }
    Ok(memory)
}

/// What its row says of a record.
fn record(row: &Row<'_>) -> Result<IndexedRecord, StoreError> {
    let kind: Kind = row.get(2)?;
    let version: Option<String> = row.get(7)?;
    let procedure = row.get::<_, Option<String>>(6)?.map(|id| Procedure::of(kind, id));
    let progress = WorkProgress {
        state: row.get::<_, Option<String>>(8)?.unwrap_or_default(),
        closed: row.get(9)?,
        finished: row.get(10)?,
        answers: match kind {
            Kind::Case => json_column(row.get_ref(11)?.as_str_or_null().ok().flatten())?,
            _ => BTreeMap::new(),
        },
        ..WorkProgress::default()
    };
    Ok(IndexedRecord {
        id: row.get(1)?,
        kind,
        archived: false,
        place: row.get(3)?,
        values: BTreeMap::new(),
        conflicts: BTreeSet::new(),
        links: Vec::new(),
        made: Made { by: row.get(4)?, at: row.get(5)?, moved: None },
        version: version.and_then(|version| version.parse().ok()),
        progress: procedure.is_some().then_some(progress),
        procedure,
    })
}
