//! Which findings of rounds wait for an order: asked of all checklists at once.

use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

use super::super::StoreError;
use super::super::progress::{FINDING, read_finding};
use super::StoreIndex;
use super::parameters::Parameters;
use crate::model::{ChecklistId, Kind, PlaceId, RecordId};
use crate::query::{FindingQuery, FindingRow};

/// The findings a query selects. The table of findings leads: there are few, however many rounds there are.
pub(super) fn findings(
    index: &StoreIndex<'_>,
    ask: &FindingQuery<'_>,
) -> Result<Vec<FindingRow>, StoreError> {
    let mut parameters = Parameters::default();
    let run_by = serde_json::to_string(ask.checklists)
        .map_err(|_| StoreError::Inconsistent { what: "the checklists asked for" })?;
    let run_by = parameters.bind(Sql::Text(run_by));
    let from = match index.about(ask.only)? {
        None => "finding CROSS JOIN record ON record.rid = finding.rid".to_owned(),
        Some(only) => {
            format!("{} CROSS JOIN finding ON finding.rid = record.rid", parameters.those(&only))
        }
    };
    let live = parameters.live(Kind::Round);
    let source = parameters.at("source_event");
    let mut query = index.reader.db.prepare_cached(&format!(
        "SELECT record.id, work.procedure, work.version, record.place, {FINDING}, opened.id, opened.at
         FROM {from} CROSS JOIN work ON work.rid = record.rid
              LEFT JOIN (SELECT fact.value, order_of.id, coalesce(its.opened_at, order_of.changed_at) AS at
                         FROM fact CROSS JOIN record AS order_of ON order_of.rid = fact.rid
                              CROSS JOIN work AS its ON its.rid = fact.rid
                         WHERE {source} AND order_of.kind = 'case'
                               AND order_of.hidden = 0 AND order_of.lifecycle <> 'archived') AS opened
                   ON opened.value = lower(hex(finding.event))
         WHERE {live} AND work.procedure IN (SELECT value FROM json_each({run_by}))
         ORDER BY record.id, finding.number, opened.id"
    ))?;
    let mut found = query.query(params_from_iter(&parameters.0))?;
    let mut rows: Vec<FindingRow> = Vec::new();
    while let Some(row) = found.next()? {
        let (round, version): (RecordId, Option<String>) = (row.get(0)?, row.get(2)?);
        let Some(version) = version.and_then(|version| version.parse().ok()) else { continue };
        let place: Option<PlaceId> = row.get(3)?;
        if !index.context.is_worked_at(place.as_ref()) {
            continue;
        }
        let result = read_finding(row, 4)?;
        let order = match row.get::<_, Option<RecordId>>(10)? {
            Some(order) => Some((order, row.get(11)?)),
            None => None,
        };
        // The results of an item stand together, the newest last; one row for each result and each order.
        match rows.last_mut().filter(|last| last.round == round && last.found.item == result.item) {
            Some(last) => {
                last.found = result;
                last.orders.extend(order.filter(|order| !last.orders.contains(order)));
            }
            None => rows.push(FindingRow {
                round,
                checklist: ChecklistId::new(row.get::<_, Option<String>>(1)?.unwrap_or_default()),
                version,
                subjects: Vec::new(),
                place,
                found: result,
                orders: order.into_iter().collect(),
            }),
        }
    }
    let mut rows = ask.with_their_rounds(rows);
    let links = index.reader.links_of(rows.iter().map(|row| row.round))?;
    for row in &mut rows {
        row.orders.sort_unstable();
        let named = links.get(&row.round).into_iter().flatten().copied();
        row.subjects = index.context.subjects_of(named, row.place.as_ref());
    }
    Ok(rows)
}
