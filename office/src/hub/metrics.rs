//! What the month looks like: the metrics a phone shows, counted by the same engine over the documents held here.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use butler_core::host::Host;
use butler_core::model::{ChangeHash, Home, Kind, MetricId, Receipt, Record, RecordId, StaffId, Timestamp};
use butler_core::playbook::calendar::Calendar;
use butler_core::playbook::metric::{
    GroupBy, MemberPage, MemberQuery, MetricCounter, MetricMember, MetricRow, Month, People,
};
use butler_core::playbook::{Playbooks, course};

use butler_core::query::{IndexContext, MemoryIndex, SubjectId};

use super::error::OfficeError;
use super::{Hub, InForce, document};
use crate::storage::{Read, Storage};

/// The metrics of a month.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthMetrics {
    /// Each as a whole, then by group.
    pub rows: Vec<MetricRow>,
    /// Records held here that could not be read: they are not counted.
    pub unreadable: usize,
}

/// A page of what is behind a number.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricRecords {
    /// All of it, so many.
    pub total: usize,
    /// The page, by day.
    pub rows: Vec<MetricRecord>,
    /// Records held here that could not be read: they are not counted.
    pub unreadable: usize,
}

/// One of the records behind a number.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct MetricRecord {
    /// What it is, and why it counts.
    #[serde(flatten)]
    pub member: MetricMember,
    /// What it is about: a home, a place, a grid.
    pub subject: String,
    /// Who did it, by the name colleagues know.
    pub by_name: Option<String>,
}

impl<S: Storage> Hub<S> {
    /// The month it is for the community.
    ///
    /// # Errors
    /// The storage's.
    pub fn month_of(&self, now: Timestamp) -> Result<Month, OfficeError> {
        self.storage().read(|read| {
            let in_force = self.in_force(read)?;
            let offset = read.community()?.utc_offset_minutes;
            Ok(Month::of(self.playbooks(&in_force).calendar(offset).date_of(now)))
        })
    }

    /// The playbooks in force: the company's, or those of this build.
    #[must_use]
    pub fn playbooks<'a>(&'a self, in_force: &'a InForce) -> &'a Arc<Playbooks> {
        in_force.playbooks.as_ref().unwrap_or(&self.playbooks)
    }

    /// The metrics of a month as they stand now, or one of them: each as a whole, then by group where it may be grouped
    /// so. Numbers name nobody. A record that cannot be read is left out, and said to be.
    ///
    /// # Errors
    /// [`OfficeError::UnknownMetric`]; the storage's.
    pub fn metrics(
        &self,
        now: Timestamp,
        month: Month,
        metric: Option<&MetricId>,
        by: Option<GroupBy>,
    ) -> Result<MonthMetrics, OfficeError> {
        self.counting(now, month, metric, |counter, held| MonthMetrics {
            rows: never(counter.count(metric, by)),
            unreadable: held.unreadable,
        })
    }

    /// The records behind a number: of one group, or of all; of a share its part, or the whole. They tell of homes and
    /// who was there, so that reading them out is noted in the audit: who asked, which number, how many.
    ///
    /// # Errors
    /// As [`Self::metrics`], and [`OfficeError::UnknownStaff`] when nobody of that id asks.
    pub fn metric_records(
        &self,
        host: &dyn Host,
        who: &StaffId,
        month: Month,
        ask: &MemberQuery,
    ) -> Result<MetricRecords, OfficeError> {
        if !self.storage().read(|read| self.in_force(read))?.staff.contains_key(who) {
            return Err(OfficeError::UnknownStaff(who.clone()));
        }
        let found = self.counting(host.now(), month, Some(&ask.metric), |counter, held| {
            let page = never(counter.members(ask));
            let MemberPage { total, members } = page.unwrap_or(MemberPage { total: 0, members: Vec::new() });
            let rows = members.into_iter().map(|member| held.row(member)).collect();
            MetricRecords { total, rows, unreadable: held.unreadable }
        })?;
        let about = serde_json::json!({
            "metric": ask.metric, "month": month.to_string(), "group": ask.group, "side": ask.side,
            "records": found.rows.len(),
        });
        self.storage()
            .write(|tx| tx.put_audit(host.now(), who.as_str(), "read-metric", &about.to_string()))?;
        Ok(found)
    }

    fn counting<T>(
        &self,
        now: Timestamp,
        month: Month,
        metric: Option<&MetricId>,
        work: impl FnOnce(&mut MetricCounter<'_, MemoryIndex<'_>>, &Held<'_>) -> T,
    ) -> Result<T, OfficeError> {
        self.storage().read(|read| {
            let in_force = self.in_force(read)?;
            let playbooks = self.playbooks(&in_force);
            if let Some(unknown) = metric.filter(|id| playbooks.metric(id).is_none()) {
                return Err(OfficeError::UnknownMetric(unknown.clone()));
            }
            let calendar = playbooks.calendar(read.community()?.utc_offset_minutes);
            let (index, held) = indexed(read, &in_force, playbooks, &calendar)?;
            let people = people(&in_force);
            let mut counter = MetricCounter::new(playbooks, &index, &calendar, &people, now, month);
            Ok(work(&mut counter, &held))
        })
    }
}

/// Everybody: the office has the whole community in sight.
pub(super) fn people(in_force: &InForce) -> People<'_> {
    People {
        grids: in_force.grids.iter().collect(),
        staff: &in_force.staff,
        assignments: &in_force.assignments,
    }
}

/// Every record held here, as rules and metrics look it up by a set of playbooks.
pub(super) fn indexed<'a>(
    read: &dyn Read,
    directory: &'a InForce,
    playbooks: &'a Playbooks,
    calendar: &Calendar,
) -> Result<(MemoryIndex<'a>, Held<'a>), OfficeError> {
    let mut index = MemoryIndex::new(IndexContext::new(directory, calendar.offset(), playbooks));
    let mut held = Held { directory, homes: BTreeMap::new(), first_made: None, unreadable: 0 };
    for place in directory.places.keys() {
        for row in read.records_at(place)? {
            let Ok(document) = document::stored(read, &row)? else {
                held.unreadable += 1;
                continue;
            };
            let record = document.record();
            held.homes.extend(name_of_home(&record));
            let receipts = receipts(read, &record)?;
            let record = course::indexed(playbooks, calendar, &record, Some(row.place), &receipts);
            held.first_made = held.first_made.into_iter().chain(record.made.at).min();
            index.insert(record);
        }
    }
    Ok((index, held))
}

/// Only cases are decided by the order of receipts; nothing else asks for them.
pub(super) fn receipts(
    read: &dyn Read,
    record: &Record,
) -> Result<BTreeMap<ChangeHash, Receipt>, OfficeError> {
    Ok(if record.kind == Kind::Case {
        read.receipts(record.id, 1, usize::MAX)?.into_iter().collect()
    } else {
        BTreeMap::new()
    })
}

fn name_of_home(record: &Record) -> Option<(RecordId, String)> {
    let location = (record.kind == Kind::Home).then(|| Home::location(record))??;
    Some((record.id, location.display()))
}

/// What an index in memory answers.
pub(super) fn never<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

/// What is held here: what members are called, and how much could not be read.
pub(super) struct Held<'a> {
    directory: &'a InForce,
    homes: BTreeMap<RecordId, String>,
    /// When the first of it was made.
    pub first_made: Option<Timestamp>,
    pub unreadable: usize,
}

impl Held<'_> {
    fn row(&self, member: MetricMember) -> MetricRecord {
        let place = |id| self.directory.places.get(id).map(|place| place.name.clone());
        let subject = match &member.about {
            Some(SubjectId::Record(id)) => self.homes.get(id).cloned(),
            Some(SubjectId::Place(id)) => place(id),
            Some(SubjectId::Grid(id)) => self.directory.grids.get(id).map(|grid| grid.name.clone()),
            Some(SubjectId::Community) | None => None,
        };
        let here = || member.place.as_ref().and_then(place);
        let by = member.by.as_ref();
        MetricRecord {
            subject: subject.or_else(here).unwrap_or_default(),
            by_name: by.and_then(|by| self.directory.staff.get(by)).map(|staff| staff.name.clone()),
            member,
        }
    }
}

#[cfg(test)]
mod tests {
    use butler_core::playbook::metric::Side;
    use butler_core::sync::message::Verdict;

    use super::super::testing::*;
    use super::*;

    #[test]
    fn whoever_reads_records_out_stands_in_the_audit_and_numbers_name_nobody() {
        let mut office = Office::new();
        office.hub.playbooks = Playbooks::embedded().unwrap();
        let month = "2026-11".parse().unwrap();
        let audit = || office.hub.storage().read(|read| read.audit(0, 1_000)).unwrap();
        let before = audit().len();
        let rows = office.hub.metrics(office.desk.now(), month, None, Some(GroupBy::Grid)).unwrap().rows;
        assert!(rows.len() > 40);
        assert_eq!(audit().len(), before, "a number is no read-out");
        let read = |who, metric: &str| {
            let (metric, side) = (metric.into(), Side::Whole);
            let ask = MemberQuery { metric, group: None, side, skip: 0, take: 10 };
            office.hub.metric_records(&office.desk, &staff(who), month, &ask)
        };
        let found = read("li.zg", "patrols_due").unwrap();
        let last = audit().pop().unwrap();
        assert_eq!((last.who.as_str(), last.action.as_str()), ("li.zg", "read-metric"));
        let about: serde_json::Value = serde_json::from_str(&last.about).unwrap();
        assert_eq!((&about["metric"], &about["records"]), (&"patrols_due".into(), &found.rows.len().into()));
        assert!(matches!(read("li.zg", "beauty"), Err(OfficeError::UnknownMetric(_))));
        assert!(matches!(read("nobody", "patrols_due"), Err(OfficeError::UnknownStaff(_))));
    }

    #[test]
    fn a_record_that_cannot_be_read_is_left_out_and_said_to_be() {
        let mut office = Office::new();
        for mut home in [home(1), home(2)] {
            let zhang = office.phone("zhang.li");
            let verdict = zhang.push_one(&zhang.write(&mut home, &founded("b3/u1").put("state", "occupied")));
            assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
        }
        office.hub.playbooks = Playbooks::embedded().unwrap();
        let (metric, month) = (MetricId::from("coverage_data"), "2026-11".parse().unwrap());
        let count = || {
            let counted = office.hub.metrics(office.desk.now(), month, Some(&metric), None).unwrap();
            (counted.rows[0].members, counted.unreadable)
        };
        assert_eq!(count(), (2, 0));
        office.hub.storage().write(|w| w.put_snapshot(RecordId([1; 16]), b"damaged")).unwrap();
        assert_eq!(count(), (1, 1));
        let ask = MemberQuery { metric: metric.clone(), group: None, side: Side::Part, skip: 0, take: 10 };
        let found = office.hub.metric_records(&office.desk, &staff("li.zg"), month, &ask).unwrap();
        let records: Vec<_> = found.rows.iter().map(|row| row.member.record).collect();
        assert_eq!((records, found.unreadable), (vec![Some(RecordId([2; 16]))], 1));
    }
}
