//! Conditions as SQL with numbered parameters. The text of a statement depends on the shape of a question alone, so that
//! it is prepared once.

use std::collections::BTreeSet;

use rusqlite::types::Value as Sql;

use super::super::facts::{ANY, split};
use super::super::sql::owned;
use crate::model::{Kind, RecordId, Value, facts};
use crate::query::{DateBounds, EachYearQuery, FieldFilter, FieldMatch};

/// The values of a query's numbered parameters.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct Parameters(pub(in crate::store) Vec<Sql>);

/// The latest full date or moment at a path lies between two values, both included.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DateWindow<'a> {
    /// The path; `*` stands for one segment.
    pub path: &'a str,
    /// The first value wanted, where there is one: the text of a date, or a moment.
    pub from: Option<Value>,
    /// The last value wanted.
    pub until: Value,
    /// Those without a full date too.
    pub absent: bool,
}

impl Parameters {
    pub(in crate::store) fn bind(&mut self, value: Sql) -> String {
        self.0.push(value);
        format!("?{}", self.0.len())
    }

    pub(super) fn list(&mut self, values: impl Iterator<Item = Sql>) -> String {
        values.map(|value| self.bind(value)).collect::<Vec<_>>().join(",")
    }

    /// One parameter for any number of records, so that the statement stays the same: a list to look in, or, with `id`, one
    /// that leads a join.
    pub(in crate::store) fn records(&mut self, records: &BTreeSet<RecordId>) -> String {
        let list: Vec<String> = records.iter().map(|record| format!("\"{record}\"")).collect();
        let list = self.bind(Sql::Text(format!("[{}]", list.join(","))));
        format!("SELECT unhex(value) AS id FROM json_each({list})")
    }

    /// `record`, limited to a list of rows: they lead, whatever else is asked.
    pub(super) fn those(&mut self, rids: &str) -> String {
        let list = self.bind(Sql::Text(rids.to_owned()));
        format!("json_each({list}) AS wanted CROSS JOIN record ON record.rid = wanted.value")
    }

    /// The condition over `record` for the live ones of a kind.
    pub(super) fn live(&mut self, kind: Kind) -> String {
        let kind = self.bind(Sql::Text(kind.name().to_owned()));
        format!("record.kind = {kind} AND record.hidden = 0 AND record.lifecycle <> 'archived'")
    }

    /// Whether `record` has a value of a filter; with none named: any.
    pub(super) fn has(&mut self, filter: &FieldFilter) -> String {
        let value = self.value_in("record.facts", &filter.path);
        if filter.is.is_empty() {
            return format!("{value} IS NOT NULL");
        }
        let list = self.list(filter.is.iter().map(owned));
        format!("coalesce({value} IN ({list}), 0)")
    }

    /// Whether a row of `fact` has a value of a filter; with none named: whether it is there.
    pub(in crate::store) fn fits(&mut self, filter: &FieldFilter) -> String {
        let at = self.at(&filter.path);
        if filter.is.is_empty() {
            return at;
        }
        let list = self.list(filter.is.iter().map(owned));
        format!("{at} AND fact.value IN ({list})")
    }

    /// Whether a row of `fact` is of a path; `*` stands for one segment.
    pub(super) fn at(&mut self, path: &str) -> String {
        let (field, member) = (self.field(path), split(path).1);
        match member {
            ANY => format!("fact.field = {field}"),
            "" => format!("fact.field = {field} AND fact.member = ''"),
            member => {
                let member = self.bind(Sql::Text(member.to_owned()));
                format!("fact.field = {field} AND fact.member = {member}")
            }
        }
    }

    /// The value at a path in packed facts, `NULL` without one.
    pub(super) fn value_in(&mut self, facts: &str, path: &str) -> String {
        let (field, member) = (self.field(path), split(path).1);
        let member = self.bind(Sql::Text(member.to_owned()));
        format!("value_in({facts}, {field}, {member})")
    }

    /// The number of a path's field. By name, so that a statement is made without a database; SQLite asks for it once.
    fn field(&mut self, path: &str) -> String {
        let pattern = self.bind(Sql::Text(split(path).0.into_owned()));
        format!("(SELECT number FROM field WHERE pattern = {pattern})")
    }

    /// Whether a value is a full date, or a birthday without its year, on one of some days of the year.
    pub(super) fn kept(&mut self, value: &str, each: &EachYearQuery<'_>) -> String {
        let days: Vec<String> = each.days.iter().map(|day| format!("\"{day}\"")).collect();
        let days = self.bind(Sql::Text(format!("[{}]", days.join(","))));
        format!(
            "(length({value}) = 10 OR {value} GLOB '--*') AND substr({value}, -5) IN (SELECT value FROM json_each({days}))"
        )
    }

    /// The latest full date or moment of `record` at a path.
    pub(super) fn latest(&mut self, path: &str) -> String {
        let value = self.value_in("record.facts", &facts::dated_at(path));
        format!("iif({}, {value}, NULL)", Self::is_date(&value))
    }

    fn is_date(value: &str) -> String {
        format!("(typeof({value}) = 'integer' OR length({value}) = 10)")
    }

    /// Whether a row of `fact` is the latest full date or moment at a path, and lies in a window.
    pub(super) fn dated(&mut self, window: &DateWindow<'_>) -> String {
        let mut dated = self.latest_at(window.path);
        let until = self.bind(owned(&window.until));
        dated.push_str(&format!(" AND value <= {until}"));
        if let Some(from) = &window.from {
            let from = self.bind(owned(from));
            dated.push_str(&format!(" AND value >= {from}"));
        }
        dated
    }

    /// The rows of `fact` that are the latest full date or moment at a path, and lie beyond a window.
    pub(super) fn dated_outside(&mut self, window: &DateWindow<'_>) -> String {
        let mut outside = |compare: &str, bound: &Value| {
            let (dated, bound) = (self.latest_at(window.path), self.bind(owned(bound)));
            format!("SELECT rid FROM fact WHERE {dated} AND value {compare} {bound}")
        };
        let after = outside(">", &window.until);
        match &window.from {
            Some(from) => format!("{after} UNION ALL {}", outside("<", from)),
            None => after,
        }
    }

    /// Whether a row of `fact` is the latest full date or moment at a path.
    fn latest_at(&mut self, path: &str) -> String {
        format!("{} AND {}", self.at(&facts::dated_at(path)), Self::is_date("value"))
    }

    /// Whether a record's date lies in a window.
    pub(super) fn within(&mut self, date: &str, window: &DateWindow<'_>) -> String {
        let until = self.bind(owned(&window.until));
        let from = window
            .from
            .as_ref()
            .map_or_else(String::new, |from| format!(" AND {date} >= {}", self.bind(owned(from))));
        let absent = if window.absent { format!(" OR {date} IS NULL") } else { String::new() };
        format!(" AND ({date} <= {until}{from}{absent})")
    }

    /// What fields must be, asked of all records at once.
    pub(super) fn any(&mut self, rid: &str, fields: &FieldMatch) -> String {
        let mut sql = String::new();
        for filter in &fields.filters {
            let fits = self.fits(filter);
            sql.push_str(&format!(" AND {rid} IN (SELECT fact.rid FROM fact WHERE {fits})"));
        }
        for filter in &fields.unless {
            let fits = self.fits(filter);
            sql.push_str(&format!(" AND {rid} NOT IN (SELECT fact.rid FROM fact WHERE {fits})"));
        }
        for bounds in &fields.dates {
            let between = self.between(bounds);
            sql.push_str(&format!(" AND {rid} IN (SELECT fact.rid FROM fact WHERE {between})"));
        }
        sql
    }

    /// The same asked of one `record` at a time: for the few that a narrower condition finds first.
    pub(super) fn each(&mut self, fields: &FieldMatch) -> String {
        let mut sql = String::new();
        for filter in &fields.filters {
            sql.push_str(&format!(" AND {}", self.has(filter)));
        }
        for filter in &fields.unless {
            sql.push_str(&format!(" AND NOT {}", self.has(filter)));
        }
        for bounds in &fields.dates {
            let between = self.between(bounds);
            sql.push_str(&format!(" AND record.rid IN (SELECT fact.rid FROM fact WHERE {between})"));
        }
        sql
    }

    /// [`Self::between`] for a group's field of full dates, asked of the latest one that is kept of it: where that lies beyond
    /// the bounds, an earlier one may lie within.
    pub(super) fn between_of_group(&mut self, bounds: &DateBounds) -> String {
        let at = self.at(&facts::dated_at(&bounds.path));
        let from = self.bind(Sql::Text(bounds.from.to_string()));
        let mut latest = format!("{at} AND typeof(value) = 'text' AND value >= {from}");
        if let Some(to) = bounds.to {
            let (to, between) = (self.bind(Sql::Text(to.to_string())), self.between(bounds));
            latest.push_str(&format!(
                " AND (value <= {to} OR rid IN (SELECT fact.rid FROM fact WHERE {between}))"
            ));
        }
        latest
    }

    /// Whether a row of `fact` is a text within bounds.
    pub(super) fn between(&mut self, bounds: &DateBounds) -> String {
        let at = self.at(&bounds.path);
        let from = self.bind(Sql::Text(bounds.from.to_string()));
        let to = bounds
            .to
            .map_or_else(String::new, |to| format!(" AND value <= {}", self.bind(Sql::Text(to.to_string()))));
        format!("{at} AND typeof(value) = 'text' AND value >= {from}{to}")
    }
}
