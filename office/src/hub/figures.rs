//! What the month looks like: the figures a phone shows, counted by the same engine over the documents held here.

use std::collections::BTreeMap;
use std::convert::Infallible;

use butler_core::crdt::Document;
use butler_core::host::Host;
use butler_core::model::{ChangeHash, Kind, Premises, Receipt, Record, RecordId, StaffId, Timestamp};
use butler_core::playbook::figure::By;
use butler_core::playbook::figure::count::{
    Behind, Counter, FigureRow, Group, Member, Month, Page, People, Side,
};
use butler_core::playbook::{Playbooks, course};

use butler_core::query::{IndexContext, MemoryIndex, SubjectId};

use super::error::OfficeError;
use super::{Hub, InForce};
use crate::storage::{Read, Storage};

/// A page of what is behind a number.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureRecords {
    /// All of it, so many.
    pub total: usize,
    /// The page, by day.
    pub rows: Vec<FigureRecord>,
}

/// One of the records behind a number.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct FigureRecord {
    /// What it is, and why it counts.
    #[serde(flatten)]
    pub member: Member,
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
    pub fn playbooks<'a>(&'a self, in_force: &'a InForce) -> &'a Playbooks {
        in_force.playbooks.as_ref().unwrap_or(&self.playbooks)
    }

    /// The figures of a month as they stand now, or one of them: each as a whole, then by group where it may be grouped
    /// so. Numbers name nobody.
    ///
    /// # Errors
    /// [`OfficeError::UnknownFigure`]; [`OfficeError::Record`] when a document cannot be read; the storage's.
    pub fn figures(
        &self,
        now: Timestamp,
        month: Month,
        figure: Option<&str>,
        by: Option<By>,
    ) -> Result<Vec<FigureRow>, OfficeError> {
        self.counting(now, month, figure, |counter, _| never(counter.count(figure, by)))
    }

    /// The records behind a number: of one group, or of all; of a share its part, or the whole. They tell of homes and
    /// who was there, so that reading them out is noted in the audit: who asked, which number, how many.
    ///
    /// # Errors
    /// As [`Self::figures`], and [`OfficeError::UnknownStaff`] when nobody of that id asks.
    #[expect(clippy::too_many_arguments, reason = "who asks, and what for: nothing of it has a default")]
    pub fn figure_records(
        &self,
        host: &dyn Host,
        who: &StaffId,
        figure: &str,
        month: Month,
        group: Option<&Group>,
        side: Side,
        page: Page,
    ) -> Result<FigureRecords, OfficeError> {
        if !self.storage().read(|read| self.in_force(read))?.staff.contains_key(who) {
            return Err(OfficeError::UnknownStaff(who.clone()));
        }
        let found = self.counting(host.now(), month, Some(figure), |counter, names| {
            let behind = never(counter.behind(figure, group, side, page));
            let Behind { total, members } = behind.unwrap_or(Behind { total: 0, members: Vec::new() });
            let rows = members.into_iter().map(|member| names.row(member)).collect();
            FigureRecords { total, rows }
        })?;
        let about = serde_json::json!({
            "figure": figure, "month": month.to_string(), "group": group, "side": side, "records": found.rows.len(),
        });
        self.storage()
            .write(|tx| tx.put_audit(host.now(), who.as_str(), "read-figure", &about.to_string()))?;
        Ok(found)
    }

    fn counting<T>(
        &self,
        now: Timestamp,
        month: Month,
        figure: Option<&str>,
        work: impl FnOnce(&mut Counter<'_, MemoryIndex<'_>>, &Names<'_>) -> T,
    ) -> Result<T, OfficeError> {
        self.storage().read(|read| {
            let in_force = self.in_force(read)?;
            let playbooks = self.playbooks(&in_force);
            if let Some(unknown) = figure.filter(|id| playbooks.figure(id).is_none()) {
                return Err(OfficeError::UnknownFigure(unknown.to_owned()));
            }
            let calendar = playbooks.calendar(read.community()?.utc_offset_minutes);
            let offset = calendar.offset();
            let context = IndexContext::new(&in_force, offset, playbooks);
            let mut index = MemoryIndex::new(context);
            let mut homes = BTreeMap::new();
            for place in in_force.places.keys() {
                for row in read.records_at(place)? {
                    let snapshot = read.snapshot(row.id)?;
                    let record =
                        Document::load(row.id, row.kind, row.version, snapshot.as_deref(), &[])?.record();
                    homes.extend(home(&record));
                    let receipts = receipts(read, &record)?;
                    index.insert(course::indexed(playbooks, &calendar, &record, Some(row.place), &receipts));
                }
            }
            let people = People {
                grids: in_force.grids.iter().collect(),
                staff: &in_force.staff,
                assignments: &in_force.assignments,
            };
            let names = Names { directory: &in_force, homes };
            let mut counter = Counter::new(playbooks, &index, &calendar, &people, now, month);
            Ok(work(&mut counter, &names))
        })
    }
}

/// Only cases are decided by the order of receipts; nothing else asks for them.
fn receipts(read: &dyn Read, record: &Record) -> Result<BTreeMap<ChangeHash, Receipt>, OfficeError> {
    Ok(if record.kind == Kind::Case {
        read.receipts(record.id, 1, usize::MAX)?.into_iter().collect()
    } else {
        BTreeMap::new()
    })
}

fn home(record: &Record) -> Option<(RecordId, String)> {
    let location = (record.kind == Kind::Premises).then(|| Premises::read(record).location())??;
    Some((record.id, location.display()))
}

fn never<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

/// What members are called.
struct Names<'a> {
    directory: &'a InForce,
    homes: BTreeMap<RecordId, String>,
}

impl Names<'_> {
    fn row(&self, member: Member) -> FigureRecord {
        let place = |id| self.directory.places.get(id).map(|place| place.name.clone());
        let subject = match &member.about {
            Some(SubjectId::Record(id)) => self.homes.get(id).cloned(),
            Some(SubjectId::Place(id)) => place(id),
            Some(SubjectId::Grid(id)) => self.directory.grids.get(id).map(|grid| grid.name.clone()),
            Some(SubjectId::Community) | None => None,
        };
        let here = || member.place.as_ref().and_then(place);
        let by = member.by.as_ref();
        FigureRecord {
            subject: subject.or_else(here).unwrap_or_default(),
            by_name: by.and_then(|by| self.directory.staff.get(by)).map(|staff| staff.name.clone()),
            member,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn whoever_reads_records_out_stands_in_the_audit_and_numbers_name_nobody() {
        let mut office = Office::new();
        office.hub.playbooks = Playbooks::embedded().unwrap();
        let month = "2026-11".parse().unwrap();
        let audit = || office.hub.storage().read(|read| read.audit(0, 1_000)).unwrap();
        let before = audit().len();
        let rows = office.hub.figures(office.desk.now(), month, None, Some(By::Grid)).unwrap();
        assert!(rows.len() > 40);
        assert_eq!(audit().len(), before, "a number is no read-out");
        let page = Page { skip: 0, take: 10 };
        let read = |who, figure| {
            let who = staff(who);
            office.hub.figure_records(&office.desk, &who, figure, month, None, Side::Whole, page)
        };
        let found = read("li.zg", "patrols_due").unwrap();
        let last = audit().pop().unwrap();
        assert_eq!((last.who.as_str(), last.action.as_str()), ("li.zg", "read-figure"));
        let about: serde_json::Value = serde_json::from_str(&last.about).unwrap();
        assert_eq!((&about["figure"], &about["records"]), (&"patrols_due".into(), &found.rows.len().into()));
        assert!(matches!(read("li.zg", "beauty"), Err(OfficeError::UnknownFigure(_))));
        assert!(matches!(read("nobody", "patrols_due"), Err(OfficeError::UnknownStaff(_))));
    }
}
