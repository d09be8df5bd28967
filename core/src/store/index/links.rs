//! Which records are about which, and what a changed record can mean to rules.
//!
//! Every function returns a [`crate::store::StoreError`] when the database cannot be read or written.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params_from_iter;

use super::super::facts::{packed, unpack};
use super::super::{Reader, StoreError};
use super::parameters::Parameters;
use super::sets::json;
use crate::model::{DueId, Kind, PlaceId, Procedure, RecordId};

/// Where a record names the due item it answers, and those it answers as well.
pub(super) const ANSWERED: &str = "due";
pub(super) const ANSWERED_AS_WELL: &str = "due/*";

/// Where a home lies.
#[derive(Debug, Clone, PartialEq)]
pub struct DoorRow {
    /// Its unit, or what else its record is at.
    pub place: Option<PlaceId>,
    /// Its floor, where it is known.
    pub floor: Option<i64>,
    /// Its room.
    pub room: Option<String>,
}

/// What a changed record can mean to rules.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedRow {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Its playbook or form.
    pub procedure: Option<Procedure>,
    /// The due items it says it answers.
    pub dues: BTreeSet<DueId>,
}

impl Reader<'_> {
    /// The rows of some records.
    pub(super) fn rows_of(
        &self,
        records: &BTreeSet<RecordId>,
        take: impl FnMut(RecordId, i64),
    ) -> Result<(), StoreError> {
        self.rows(records, "record.id, record.rid", "record ON record.id = wanted.id", take)
    }

    /// The rows of the records that name one of some, each with the one it names.
    pub(super) fn rows_naming(
        &self,
        records: &BTreeSet<RecordId>,
        take: impl FnMut(RecordId, i64),
    ) -> Result<(), StoreError> {
        self.rows(records, "link.target, link.rid", "link ON link.target = wanted.id", take)
    }

    fn rows(
        &self,
        records: &BTreeSet<RecordId>,
        columns: &str,
        joined: &str,
        mut take: impl FnMut(RecordId, i64),
    ) -> Result<(), StoreError> {
        let mut parameters = Parameters::default();
        let list = parameters.records(records);
        let mut query = self
            .db
            .prepare_cached(&format!("SELECT {columns} FROM ({list}) AS wanted CROSS JOIN {joined}"))?;
        let mut found = query.query(params_from_iter(&parameters.0))?;
        while let Some(row) = found.next()? {
            take(row.get(0)?, row.get(1)?);
        }
        Ok(())
    }

    /// The records of some rows.
    pub(super) fn ids_of(&self, rows: &[i64], mut take: impl FnMut(i64, RecordId)) -> Result<(), StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT record.rid, record.id FROM json_each(?1) AS wanted CROSS JOIN record ON record.rid = wanted.value",
        )?;
        let mut found = query.query([json(rows.iter().copied())])?;
        while let Some(row) = found.next()? {
            take(row.get(0)?, row.get(1)?);
        }
        Ok(())
    }

    /// The rows of some records and of those that name one of them, as a JSON list.
    pub(super) fn rows_about(&self, records: &BTreeSet<RecordId>) -> Result<String, StoreError> {
        let mut rows = BTreeSet::new();
        self.rows_of(records, |_, rid| rows.extend([rid]))?;
        self.rows_naming(records, |_, rid| rows.extend([rid]))?;
        Ok(json(rows.into_iter()))
    }

    /// Every due item some record says it answers.
    pub(super) fn answered_due(&self) -> Result<BTreeSet<DueId>, StoreError> {
        let mut parameters = Parameters::default();
        let (one, more) = (parameters.at(ANSWERED), parameters.at(ANSWERED_AS_WELL));
        let mut query = self.db.prepare_cached(&format!(
            "SELECT group_concat(due) FROM (SELECT value AS due FROM fact WHERE {one}
             UNION ALL SELECT member FROM fact WHERE {more})"
        ))?;
        let ids: Option<String> = query.query_row(params_from_iter(&parameters.0), |row| row.get(0))?;
        Ok(ids.unwrap_or_default().split(',').filter_map(|id| id.parse().ok()).collect())
    }

    /// The cases that are about one of some records.
    pub fn cases_about(&self, records: &BTreeSet<RecordId>) -> Result<Vec<RecordId>, StoreError> {
        let mut parameters = Parameters::default();
        let list = parameters.records(records);
        let mut query = self.db.prepare_cached(&format!(
            "SELECT DISTINCT record.id FROM link JOIN record USING (rid)
             WHERE link.target IN ({list}) AND record.kind = 'case'"
        ))?;
        Ok(query.query_map(params_from_iter(&parameters.0), |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// What each of some records names as its subject, with the kinds of those that are here. A case linked with another
    /// is not about it.
    pub fn links_of(
        &self,
        records: impl Iterator<Item = RecordId>,
    ) -> Result<BTreeMap<RecordId, Vec<(RecordId, Kind)>>, StoreError> {
        let mut parameters = Parameters::default();
        let records: BTreeSet<RecordId> = records.collect();
        if records.is_empty() {
            return Ok(BTreeMap::new());
        }
        let list = parameters.records(&records);
        let mut query = self.db.prepare_cached(&format!(
            "SELECT own.id, target, other.kind
             FROM ({list}) AS wanted CROSS JOIN record AS own ON own.id = wanted.id CROSS JOIN link ON link.rid = own.rid
             JOIN record AS other ON other.id = link.target
             WHERE link.path NOT GLOB 'link/*' ORDER BY own.id, target"
        ))?;
        let mut rows = query.query(params_from_iter(&parameters.0))?;
        let mut links: BTreeMap<RecordId, Vec<(RecordId, Kind)>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            links.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
        }
        Ok(links)
    }

    /// Where those of some records lie that are homes: one statement for a whole day's doors.
    pub fn doors(&self, records: &BTreeSet<RecordId>) -> Result<BTreeMap<RecordId, DoorRow>, StoreError> {
        let mut parameters = Parameters::default();
        let list = parameters.records(records);
        let mut query = self.db.prepare_cached(&format!(
            "SELECT record.id, record.place, home.floor, home.room
             FROM ({list}) AS wanted CROSS JOIN record ON record.id = wanted.id CROSS JOIN home ON home.rid = record.rid"
        ))?;
        let rows = query.query_map(params_from_iter(&parameters.0), |row| {
            Ok((row.get(0)?, DoorRow { place: row.get(1)?, floor: row.get(2)?, room: row.get(3)? }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What some records are to rules: their kinds, their procedures, what they say they answer. Records that are
    /// gone are left out.
    pub fn meaning(&self, records: &BTreeSet<RecordId>) -> Result<Vec<ChangedRow>, StoreError> {
        let mut parameters = Parameters::default();
        let list = parameters.records(records);
        let mut query = self.db.prepare_cached(&format!(
            "SELECT id, kind, work.procedure, facts FROM record LEFT JOIN work USING (rid) WHERE record.id IN ({list})"
        ))?;
        let fields = self.db.fields()?;
        let rows = query.query_and_then(params_from_iter(&parameters.0), |row| {
            let kind: Kind = row.get(1)?;
            let mut dues = BTreeSet::new();
            for fact in unpack(packed(row, 3)?) {
                let fact = fact?;
                let due = match fields.pattern(&fact) {
                    Some(ANSWERED) => fact.value.as_str().ok(),
                    Some(ANSWERED_AS_WELL) => Some(fact.member),
                    _ => None,
                };
                dues.extend(due.and_then(|due| due.parse::<DueId>().ok()));
            }
            Ok::<_, StoreError>(ChangedRow {
                record: row.get(0)?,
                kind,
                procedure: row.get::<_, Option<String>>(2)?.map(|id| Procedure::of(kind, id)),
                dues,
            })
        })?;
        rows.collect()
    }
}
