//! What due rules ask. `only` limits an answer to what concerns some records: after an edit, little is asked again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

use super::super::StoreError;
use super::links::{ANSWERED, ANSWERED_AS_WELL};
use super::parameters::{DateWindow, Parameters};
use super::sets::json;
use super::{StoreIndex, json_column, value_of};
use crate::model::fields::{self, Type};
use crate::model::{DueId, EventId, Kind, PlaceId, Procedure, RecordId, UtcOffset, WorkflowId, facts};
use crate::query::{
    AnswerQuery, AnswerRow, DateQuery, EntryQuery, EntryRow, FieldFilter, StepQuery, StepRow, SubjectId,
    SubjectKind, SubjectQuery, SubjectRow,
};

/// Up to so many due items, each is looked up.
const FEW: usize = 64;

/// Of more rows, dates are read in one pass over their index: looked up one by one they take a page of `fact` each. The worlds
/// of tests are small: there all are read so, and one by one only of some records, which has to come to the same.
const MANY: usize = if cfg!(test) { 0 } else { 500 };

/// When a record was made, in estimated office time.
pub(super) const MADE_AT: &str = "coalesce(contact.at, work.opened_at, changed_at)";

impl<'a> DateWindow<'a> {
    /// A window of days, in values as the field has them.
    fn new(kind: Kind, ask: DateQuery<'a>, offset: UtcOffset) -> Self {
        let moments = fields::spec(kind, ask.path).is_some_and(|spec| spec.ty == Type::Moment);
        let first = |day: NaiveDate| {
            if moments { offset.start_of(day).millis().into() } else { day.to_string().into() }
        };
        Self {
            path: ask.path,
            from: ask.from.map(first),
            until: if moments {
                offset.end_of(ask.until).millis().into()
            } else {
                ask.until.to_string().into()
            },
            absent: ask.absent,
        }
    }
}

/// The live records of a kind that a query selects.
pub(super) fn subjects(
    index: &StoreIndex<'_>,
    kind: Kind,
    ask: &SubjectQuery<'_>,
) -> Result<Vec<SubjectRow>, StoreError> {
    let reader = index.reader;
    let window = ask.date.map(|date| DateWindow::new(kind, date, index.context.offset));
    let mut parameters = Parameters::default();
    let mut selected = parameters.live(kind);
    let rows = if kind == Kind::Entry { index.about(ask.only)? } else { index.own(ask.only)? };
    let mut dates: Option<HashMap<i64, NaiveDate>> = None;
    let from = match rows {
        // Of few records each is looked at; of all of them the sets are.
        Some(own) => {
            for filter in ask.filters {
                selected.push_str(&format!(" AND {}", parameters.has(filter)));
            }
            for filter in ask.unless {
                selected.push_str(&format!(" AND NOT {}", parameters.has(filter)));
            }
            if let Some(each) = &ask.each_year {
                let value = parameters.value_in("record.facts", each.path);
                selected.push_str(&format!(" AND {}", parameters.kept(&value, each)));
            }
            if let Some(at) = ask.at {
                let at = parameters.bind(Sql::Text(at.as_str().to_owned()));
                selected.push_str(&format!(" AND record.place = {at}"));
            }
            parameters.those(&own)
        }
        None => {
            let mut sets = index.sets.get()?;
            let selected = sets.selected(reader, kind, ask, window.as_ref())?;
            let rows = match ask.at {
                Some(at) => sets.at(reader, kind, &selected, at)?,
                None => sets.all(reader, kind, &selected)?,
            };
            if rows.is_empty() {
                return Ok(Vec::new());
            }
            if let Some(window) = window.as_ref().filter(|_| rows.len() > MANY) {
                let mut found = HashMap::with_capacity(rows.len());
                sets.dates(reader, window, |rid, value| {
                    let date = value_of(kind, window.path, value).filter(|_| selected.contains(rid));
                    let date = date.and_then(|date| index.context.offset.date_of_value(&date));
                    found.extend(date.map(|date| (rid, date)));
                })?;
                dates = Some(found);
            }
            // Of many it is known where they live; and whatever is asked of the subjects of one place is asked of few.
            let placed = match ask.at {
                Some(at) => Some(rows.iter().map(|rid| (*rid, Some(at.clone()))).collect::<Vec<_>>()),
                None if sets.identities(reader, rows.len())?.is_some() => {
                    Some(sets.placed(reader, kind, &rows)?)
                }
                None => None,
            };
            drop(sets);
            if let Some(placed) = placed {
                let (rows, places): (Vec<i64>, Vec<Option<PlaceId>>) = placed.into_iter().unzip();
                let dates = match (dates, &window) {
                    (Some(dates), _) => dates,
                    (None, Some(window)) => latest_of(index, kind, window, &rows)?,
                    (None, None) => HashMap::new(),
                };
                let ids = index.ids(&rows)?.into_iter();
                let row = |((id, place), rid): ((RecordId, Option<PlaceId>), &i64)| SubjectRow {
                    date: dates.get(rid).copied(),
                    ..SubjectRow::new(SubjectId::Record(id), place)
                };
                let found = ids.zip(places).zip(&rows).map(row).collect();
                return with_values(index, kind, ask.paths, found, &rows);
            }
            parameters.those(&json(rows.into_iter()))
        }
    };
    let looked_up = window.as_ref().filter(|_| dates.is_none());
    let date = looked_up.map_or_else(|| "NULL".to_owned(), |window| parameters.latest(window.path));
    if let Some(window) = window.as_ref().filter(|_| ask.only.is_some()) {
        selected.push_str(&parameters.within(&date, window));
    }
    let mut query = reader.db.prepare_cached(&format!(
        "SELECT record.rid, record.id, record.place, {date} FROM {from} WHERE {selected}"
    ))?;
    let mut rows: Vec<SubjectRow> = Vec::new();
    let mut rids: Vec<i64> = Vec::new();
    let mut found = query.query(params_from_iter(&parameters.0))?;
    while let Some(row) = found.next()? {
        let rid = row.get(0)?;
        let date = match (&dates, &window) {
            (Some(dates), _) => dates.get(&rid).copied(),
            (None, Some(window)) => value_of(kind, window.path, row.get(3)?)
                .and_then(|date| index.context.offset.date_of_value(&date)),
            (None, None) => None,
        };
        rids.push(rid);
        rows.push(SubjectRow { date, ..SubjectRow::new(SubjectId::Record(row.get(1)?), row.get(2)?) });
    }
    with_values(index, kind, ask.paths, rows, &rids)
}

/// The latest full date of each of some rows.
fn latest_of(
    index: &StoreIndex<'_>,
    kind: Kind,
    window: &DateWindow<'_>,
    rows: &[i64],
) -> Result<HashMap<i64, NaiveDate>, StoreError> {
    let mut parameters = Parameters::default();
    let wanted = parameters.bind(Sql::Text(json(rows.iter().copied())));
    let latest = parameters.latest(window.path);
    let mut query = index.reader.db.prepare_cached(&format!(
        "SELECT record.rid, {latest} FROM json_each({wanted}) AS wanted CROSS JOIN record ON record.rid = wanted.value"
    ))?;
    let mut found = query.query(params_from_iter(&parameters.0))?;
    let mut dates = HashMap::with_capacity(rows.len());
    while let Some(row) = found.next()? {
        let date = value_of(kind, window.path, row.get(1)?);
        let date = date.and_then(|date| index.context.offset.date_of_value(&date));
        if let Some(date) = date {
            dates.insert(row.get(0)?, date);
        }
    }
    Ok(dates)
}

/// Some rows with their values and conflicts at these paths; `rids` are their local numbers.
fn with_values(
    index: &StoreIndex<'_>,
    kind: Kind,
    paths: &BTreeSet<String>,
    mut rows: Vec<SubjectRow>,
    rids: &[i64],
) -> Result<Vec<SubjectRow>, StoreError> {
    if paths.is_empty() || rows.is_empty() {
        return Ok(rows);
    }
    let at: HashMap<i64, usize> = rids.iter().enumerate().map(|(at, rid)| (*rid, at)).collect();
    let mut parameters = Parameters::default();
    let of = parameters.bind(Sql::Text(json(rids.iter().copied())));
    let of = format!("SELECT value FROM json_each({of})");
    let wanted = index.reader.db.fields()?.wanted(paths);
    for (rid, path, value) in index.reader.values_of(kind, &of, &parameters, |fact| wanted.has(fact))? {
        if let Some(at) = at.get(&rid) {
            rows[*at].values.insert(path, value);
        }
    }
    let mut query =
        index.reader.db.prepare_cached(&format!("SELECT rid, path FROM conflict WHERE rid IN ({of})"))?;
    let mut found = query.query(params_from_iter(&parameters.0))?;
    while let Some(row) = found.next()? {
        let path: String = row.get(1)?;
        if let Some(at) = at.get(&row.get(0)?)
            && paths.iter().any(|wanted| facts::matches(wanted, &path))
        {
            rows[*at].conflicts.insert(path);
        }
    }
    Ok(rows)
}

/// The places of the live records of a kind that a query selects, where these are few.
pub(super) fn places(
    index: &StoreIndex<'_>,
    kind: Kind,
    ask: &SubjectQuery<'_>,
) -> Result<Option<BTreeSet<PlaceId>>, StoreError> {
    let window = ask.date.map(|date| DateWindow::new(kind, date, index.context.offset));
    let mut sets = index.sets.get()?;
    let selected = sets.selected(index.reader, kind, ask, window.as_ref())?;
    sets.places(index.reader, kind, &selected)
}

/// The steps a query selects. What was begun under a version this phone does not know has not been worked out.
pub(super) fn steps(index: &StoreIndex<'_>, ask: &StepQuery<'_>) -> Result<Vec<StepRow>, StoreError> {
    let mut parameters = Parameters::default();
    let from = match index.about(ask.only)? {
        None => "step JOIN work USING (rid) JOIN record USING (rid)".to_owned(),
        Some(only) => {
            format!("{} CROSS JOIN work USING (rid) JOIN step USING (rid)", parameters.those(&only))
        }
    };
    let mut selected = "record.hidden = 0 AND record.lifecycle <> 'archived'".to_owned();
    let named = parameters.list(ask.steps.iter().map(|id| Sql::Text(id.to_string())));
    let run_by = parameters.list(ask.workflows.iter().map(|id| Sql::Text(id.to_string())));
    let since = parameters.bind(Sql::Integer(index.context.offset.start_of(ask.since).millis()));
    selected.push_str(&format!(
        " AND step.step IN ({named}) AND work.procedure IN ({run_by}) AND step.at >= {since}"
    ));
    let mut query = index.reader.db.prepare_cached(&format!(
        "SELECT record.id, work.procedure, work.version, record.place, step.event, step.at, work.answers
             FROM {from}
             WHERE {selected} ORDER BY step.at, step.event"
    ))?;
    let mut found = query.query(params_from_iter(&parameters.0))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let version: Option<String> = row.get(2)?;
        let Some(version) = version.and_then(|version| version.parse().ok()) else { continue };
        rows.push(StepRow {
            case: row.get(0)?,
            workflow: row.get::<_, Option<WorkflowId>>(1)?.unwrap_or_default(),
            version,
            subjects: Vec::new(),
            place: row.get(3)?,
            event: EventId(row.get(4)?),
            at: row.get(5)?,
            answers: json_column(row.get_ref(6)?.as_str_or_null().ok().flatten())?,
        });
    }
    let links = index.reader.links_of(rows.iter().map(|row| row.case))?;
    for row in &mut rows {
        let named = links.get(&row.case).into_iter().flatten().copied();
        row.subjects = index.context.subjects_of(named, row.place.as_ref());
    }
    Ok(rows)
}

/// The rows of a register a query selects.
pub(super) fn entries(index: &StoreIndex<'_>, ask: &EntryQuery<'_>) -> Result<Vec<EntryRow>, StoreError> {
    let of_form = [FieldFilter { path: "form".to_owned(), is: vec![ask.form.as_str().into()] }];
    let rows = subjects(
        index,
        Kind::Entry,
        &SubjectQuery {
            kind: SubjectKind::Entry,
            filters: &of_form,
            unless: &[],
            date: None,
            each_year: None,
            paths: &BTreeSet::from(["field/*".to_owned()]),
            at: None,
            only: ask.only,
        },
    )?;
    let flags = index.context.forms.flags(ask.form);
    let mut entries = Vec::new();
    for row in rows {
        let SubjectId::Record(entry) = row.subject else { continue };
        let mut values = row.values;
        StoreIndex::restore_flags(&flags, &mut values);
        let values: BTreeMap<_, _> = values
            .into_iter()
            .filter_map(|(path, value)| Some((path.strip_prefix("field/")?.into(), value)))
            .collect();
        let date = values.get(ask.date.as_str()).and_then(|date| date.as_text()?.parse::<NaiveDate>().ok());
        if let Some(date) = date.filter(|date| *date >= ask.since) {
            entries.push(EntryRow { entry, subjects: Vec::new(), place: row.place, date, values });
        }
    }
    let links = index.reader.links_of(entries.iter().map(|row| row.entry))?;
    for row in &mut entries {
        let named = links.get(&row.entry).into_iter().flatten().copied();
        row.subjects = index.context.subjects_of(named, row.place.as_ref());
    }
    Ok(entries)
}

/// The records that may answer something due.
pub(super) fn answers(index: &StoreIndex<'_>, ask: &AnswerQuery<'_>) -> Result<Vec<AnswerRow>, StoreError> {
    let only = index.about(ask.only)?;
    let mut parameters = Parameters::default();
    let from = only.map_or_else(|| "record".to_owned(), |only| parameters.those(&only));
    let mut selected = parameters.live(ask.kind);
    for filter in ask.filters {
        selected.push_str(&format!(" AND {}", parameters.has(filter)));
    }
    let since = parameters.bind(Sql::Integer(ask.since.millis()));
    // A contact says itself when it was, and there are many of them: asked for by its index.
    selected.push_str(&match ask.kind {
        Kind::Contact => format!(" AND contact.at >= {since}"),
        _ => format!(" AND {MADE_AT} >= {since}"),
    });
    answer_rows(index, &from, &selected, parameters, "NULL")
}

/// The live records that say they answer one of these due items.
pub(super) fn answers_to(
    index: &StoreIndex<'_>,
    due: &BTreeSet<DueId>,
) -> Result<Vec<AnswerRow>, StoreError> {
    if due.len() <= FEW {
        return answers_naming(index, due.iter());
    }
    // Of many items few were answered: those alone are looked up.
    if index.answered.get().is_none() {
        let answered = index.reader.answered_due()?;
        index.answered.get_or_init(|| answered);
    }
    answers_naming(index, index.answered.get().into_iter().flatten().filter(|id| due.contains(id)))
}

fn answers_naming<'d>(
    index: &StoreIndex<'_>,
    due: impl Iterator<Item = &'d DueId>,
) -> Result<Vec<AnswerRow>, StoreError> {
    // The main one stands at one path, what it answers as well at paths of their own.
    let said = |due| format!(r#"["{ANSWERED}","","{due}","{due}"],["{ANSWERED_AS_WELL}","{due}",1,"{due}"]"#);
    let list: Vec<String> = due.map(said).collect();
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let mut parameters = Parameters::default();
    let list = parameters.bind(Sql::Text(format!("[{}]", list.join(","))));
    let from = format!(
        "json_each({list}) AS wanted
             CROSS JOIN field ON field.pattern = wanted.value->>0
             CROSS JOIN fact AS said ON said.field = field.number AND said.member = wanted.value->>1
                  AND said.value = wanted.value->>2
             CROSS JOIN record ON record.rid = said.rid"
    );
    answer_rows(index, &from, "hidden = 0 AND lifecycle <> 'archived'", parameters, "wanted.value->>3")
}

fn answer_rows(
    index: &StoreIndex<'_>,
    from: &str,
    selected: &str,
    mut parameters: Parameters,
    due: &str,
) -> Result<Vec<AnswerRow>, StoreError> {
    let until = parameters.value_in("record.facts", "field/until");
    let mut query = index.reader.db.prepare_cached(&format!(
        "SELECT record.rid, record.id, kind, place, work.procedure, {due}, {MADE_AT} AS made_at,
                    CASE WHEN kind IN ('round', 'case') THEN coalesce(work.closed, 0) ELSE 1 END,
                    CASE WHEN kind = 'entry' THEN {until} END,
                    link.target, coalesce(work.finished_at, {MADE_AT}), contact.outcome, contact.next_contact,
                    coalesce(contact.by, work.made_by)
             FROM {from} LEFT JOIN work ON work.rid = record.rid LEFT JOIN contact ON contact.rid = record.rid
                  LEFT JOIN link ON link.rid = record.rid
             WHERE {selected} ORDER BY record.rid"
    ))?;
    let mut found = query.query(params_from_iter(&parameters.0))?;
    let mut rows: Vec<AnswerRow> = Vec::new();
    let mut last = None;
    while let Some(row) = found.next()? {
        let rid: i64 = row.get(0)?;
        if last.replace(rid) != Some(rid) {
            let (kind, closed): (Kind, bool) = (row.get(2)?, row.get(7)?);
            let procedure = row.get::<_, Option<String>>(4)?.map(|id| Procedure::of(kind, id));
            let until: Option<String> = row.get(8)?;
            rows.push(AnswerRow {
                record: row.get(1)?,
                about: Vec::new(),
                place: row.get(3)?,
                dues: BTreeSet::new(),
                is_case: kind == Kind::Case,
                by: row.get(13)?,
                at: row.get(6)?,
                done_at: row.get(10)?,
                outcome: index.context.outcome(
                    kind,
                    procedure.as_ref(),
                    closed,
                    until.as_deref(),
                    (row.get_ref(11)?.as_str_or_null().ok().flatten(), row.get(12)?),
                ),
            });
        }
        let Some(row_of) = rows.last_mut() else { continue };
        // One row for each link and each item answered.
        let target: Option<RecordId> = row.get(9)?;
        row_of.about.extend(target.filter(|target| !row_of.about.contains(target)));
        row_of.dues.extend(row.get::<_, Option<String>>(5)?.and_then(|due| due.parse::<DueId>().ok()));
    }
    Ok(rows)
}
