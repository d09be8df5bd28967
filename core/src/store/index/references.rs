//! Which records refer to which. The narrowest of what is asked leads: the records referred to, where they are named; else
//! the first value they must have; else what runs them. Only what names none of these reads all records of a kind.

use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

use super::super::StoreError;
use super::parameters::Parameters;
use super::{StoreIndex, json_column};
use crate::model::WorkflowId;
use crate::query::{RelatedQuery, RelatedRow};

/// The records a query selects with what they refer to.
pub(super) fn related(index: &StoreIndex<'_>, ask: &RelatedQuery<'_>) -> Result<Vec<RelatedRow>, StoreError> {
    let mut rows = asked(index, ask, LinkEnd::Names)?;
    if ask.is_mutual() {
        rows.extend(asked(index, ask, LinkEnd::IsNamed)?);
        rows.sort_by_key(|row| (row.subject, row.record));
        rows.dedup_by_key(|row| (row.subject, row.record));
    }
    Ok(rows)
}

/// How a record refers to another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LinkEnd {
    /// It names the other.
    Names,
    /// The other names it.
    IsNamed,
}

fn asked(
    index: &StoreIndex<'_>,
    ask: &RelatedQuery<'_>,
    naming: LinkEnd,
) -> Result<Vec<RelatedRow>, StoreError> {
    let (statement, parameters) = statement(ask, naming)?;
    let mut query = index.reader.db.prepare_cached(&statement)?;
    let mut found = query.query(params_from_iter(&parameters.0))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let (workflow, version): (Option<WorkflowId>, Option<String>) = (row.get(2)?, row.get(3)?);
        let version = version.and_then(|version| version.parse().ok());
        rows.push(RelatedRow {
            subject: row.get(0)?,
            record: row.get(1)?,
            workflow: workflow.zip(version).filter(|_| ask.answers),
            answers: json_column(row.get_ref(4)?.as_str_or_null().ok().flatten())?,
        });
    }
    Ok(rows)
}

/// What the database is asked, and with which values.
fn statement(ask: &RelatedQuery<'_>, naming: LinkEnd) -> Result<(String, Parameters), StoreError> {
    let live = "own.hidden = 0 AND own.lifecycle <> 'archived'";
    let (subject, join) = match naming {
        LinkEnd::Names => ("link.target", "CROSS JOIN link ON link.rid = record.rid".to_owned()),
        LinkEnd::IsNamed => (
            "own.id",
            format!(
                "CROSS JOIN link ON link.target = record.id CROSS JOIN record AS own ON own.rid = link.rid AND {live}"
            ),
        ),
    };
    let mut parameters = Parameters::default();
    let over = ask.over.map(|over| parameters.bind(Sql::Integer(over.into())));
    let of = match ask.of {
        [] => None,
        of => {
            let of = serde_json::to_string(of)
                .map_err(|_| StoreError::Inconsistent { what: "what the records asked for are run by" })?;
            Some(parameters.bind(Sql::Text(of)))
        }
    };
    let mut selected = parameters.live(ask.kind);
    let through = parameters.bind(Sql::Text(ask.through.to_owned()));
    selected.push_str(&format!(" AND link.path GLOB {through}"));
    let mut filters = ask.filters;
    let lead = if let Some(to) = ask.to {
        let to = parameters.records(to);
        selected.push_str(&format!(" AND {subject} IN ({to})"));
        match naming {
            LinkEnd::Names => format!(
                "SELECT DISTINCT link.rid FROM ({to}) AS wanted CROSS JOIN link ON link.target = wanted.id"
            ),
            LinkEnd::IsNamed => format!(
                "SELECT DISTINCT named.rid FROM ({to}) AS wanted CROSS JOIN record AS naming ON naming.id = wanted.id
                      CROSS JOIN link ON link.rid = naming.rid CROSS JOIN record AS named ON named.id = link.target"
            ),
        }
    } else if let Some((first, rest)) = ask.filters.split_first() {
        filters = rest;
        format!("SELECT fact.rid FROM fact WHERE {}", parameters.fits(first))
    } else if let Some(of) = &of {
        let over = over.as_ref().map_or_else(String::new, |over| format!(" AND work.closed = {over}"));
        format!(
            "SELECT work.rid FROM json_each({of}) AS run CROSS JOIN work ON work.procedure = run.value{over}"
        )
    } else {
        let kind = parameters.bind(Sql::Text(ask.kind.name().to_owned()));
        format!("SELECT rid FROM record WHERE kind = {kind}")
    };
    if let Some(of) = &of {
        selected.push_str(&format!(" AND work.procedure IN (SELECT value FROM json_each({of}))"));
    }
    if let Some(over) = &over {
        selected.push_str(&format!(" AND coalesce(work.closed, 0) = {over}"));
    }
    if !ask.states.is_empty() {
        let states = parameters.list(ask.states.iter().map(|state| Sql::Text(state.clone())));
        selected.push_str(&format!(" AND work.state IN ({states})"));
    }
    for filter in filters {
        selected.push_str(&format!(" AND {}", parameters.has(filter)));
    }
    for filter in ask.unless {
        selected.push_str(&format!(" AND NOT {}", parameters.has(filter)));
    }
    let answers = if ask.answers { "work.answers" } else { "NULL" };
    let statement = format!(
        "SELECT DISTINCT {subject}, record.id, work.procedure, work.version, {answers}
         FROM ({lead}) AS lead CROSS JOIN record ON record.rid = lead.rid
              {join} LEFT JOIN work ON work.rid = record.rid
         WHERE {selected} ORDER BY {subject}, record.id"
    );
    Ok((statement, parameters))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rusqlite::Connection;

    use super::*;
    use crate::model::{Kind, RecordId};
    use crate::query::FieldFilter;
    use crate::store::facts;
    use crate::store::migrate::{SCHEMA, migrate};

    /// What SQLite does for a question, step by step.
    fn plan(ask: &RelatedQuery<'_>, naming: LinkEnd) -> String {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, SCHEMA).unwrap();
        facts::teach(&db).unwrap();
        let (statement, parameters) = statement(ask, naming).unwrap();
        let mut query = db.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
        let steps = query.query_map(params_from_iter(&parameters.0), |row| row.get::<_, String>(3)).unwrap();
        steps.collect::<Result<Vec<_>, _>>().unwrap().join("\n")
    }

    #[test]
    fn the_narrowest_part_of_a_question_leads() {
        let no_visits = [FieldFilter { path: "no_visits".to_owned(), is: vec![true.into()] }];
        let of = ["renovation.violation".to_owned()];
        let homes = BTreeSet::from([RecordId([1; 16])]);
        let residents = RelatedQuery {
            kind: Kind::Resident,
            through: "home",
            of: &[],
            over: None,
            states: &[],
            filters: &no_visits,
            unless: &[],
            answers: false,
            to: None,
        };
        let open = RelatedQuery {
            kind: Kind::Case,
            through: "subject/*",
            of: &of,
            over: Some(false),
            filters: &[],
            ..residents
        };
        let of_some = RelatedQuery { to: Some(&homes), ..residents };
        let linked = RelatedQuery { through: RelatedQuery::LINKS, to: Some(&homes), ..open };
        for (ask, naming, index) in [
            (residents, LinkEnd::Names, "SEARCH fact USING PRIMARY KEY (field=? AND member=? AND value=?)"),
            (open, LinkEnd::Names, "work_by_procedure"),
            (of_some, LinkEnd::Names, "link_by_target"),
            (linked, LinkEnd::Names, "link_by_target"),
            (linked, LinkEnd::IsNamed, "SEARCH naming"),
        ] {
            let plan = plan(&ask, naming);
            let scans = ["SCAN record", "SCAN work", "SCAN link", "SCAN fact"];
            assert!(plan.contains(index) && !scans.iter().any(|scan| plan.contains(scan)), "{plan}");
        }
    }
}
