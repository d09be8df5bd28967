//! Which deadlines of cases run: asked of all workflows at once, so that it costs one query however many there are.

use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

use super::super::StoreError;
use super::parameters::Parameters;
use super::{StoreIndex, json_column};
use crate::model::{EventId, PlaceId, WorkflowId};
use crate::query::{ClockQuery, ClockRow, StepRow};

/// The deadlines a query selects. Of cases that ended, only those that moved since are looked at.
pub(super) fn clocks(index: &StoreIndex<'_>, ask: &ClockQuery<'_>) -> Result<Vec<ClockRow>, StoreError> {
    let mut parameters = Parameters::default();
    let run_by = serde_json::to_string(ask.workflows)
        .map_err(|_| StoreError::Inconsistent { what: "the workflows asked for" })?;
    let run_by = parameters.bind(Sql::Text(run_by));
    let since = parameters.bind(Sql::Integer(ask.since.millis()));
    let from = match index.about(ask.only)? {
        // The index over procedures leads; `+` keeps each half to it.
        None => format!(
            "(SELECT work.rid FROM json_each({run_by}) AS flow CROSS JOIN work
                  ON work.procedure = flow.value AND work.closed = 0
              UNION ALL
              SELECT work.rid FROM json_each({run_by}) AS flow CROSS JOIN work
                  ON work.procedure = flow.value AND work.closed = 1 AND work.moved_at >= {since}) AS meant
             CROSS JOIN work ON work.rid = meant.rid CROSS JOIN record ON record.rid = meant.rid"
        ),
        Some(only) => format!("{} CROSS JOIN work ON work.rid = record.rid", parameters.those(&only)),
    };
    let live = parameters.live(crate::model::Kind::Case);
    let mut query = index.reader.db.prepare_cached(&format!(
        "SELECT record.id, work.procedure, work.version, record.place, work.answers, step.event, step.at,
                clock.value ->> 'deadline', clock.value ->> 'due', clock.value ->> 'met'
         FROM {from} CROSS JOIN json_each(work.clocks) AS clock
              CROSS JOIN step ON step.rid = record.rid AND step.event = unhex(clock.value ->> 'by')
         WHERE {live} AND work.procedure IN (SELECT value FROM json_each({run_by}))
               AND iif(clock.value ->> 'met' IS NULL, clock.value ->> 'stopped' IS NULL,
                       clock.value ->> 'met' >= {since})
         ORDER BY record.id, step.event, clock.value ->> 'deadline'"
    ))?;
    let mut found = query.query(params_from_iter(&parameters.0))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let (version, place): (Option<String>, Option<PlaceId>) = (row.get(2)?, row.get(3)?);
        let Some(version) = version.and_then(|version| version.parse().ok()) else { continue };
        if !index.context.is_worked_at(place.as_ref()) {
            continue;
        }
        rows.push(ClockRow {
            started: StepRow {
                case: row.get(0)?,
                workflow: WorkflowId::new(row.get::<_, Option<String>>(1)?.unwrap_or_default()),
                version,
                subjects: Vec::new(),
                place,
                event: EventId(row.get(5)?),
                at: row.get(6)?,
                answers: json_column(row.get_ref(4)?.as_str_or_null().ok().flatten())?,
            },
            deadline: row.get(7)?,
            due: row.get(8)?,
            met: row.get(9)?,
        });
    }
    let links = index.reader.links_of(rows.iter().map(|row| row.started.case))?;
    for row in &mut rows {
        let started = &mut row.started;
        let named = links.get(&started.case).into_iter().flatten().copied();
        started.subjects = index.context.subjects_of(named, started.place.as_ref());
    }
    Ok(rows)
}
