//! What comes again each year: on the day of a date of the subject, or on a festival of the calendar.
//!
//! The days that can be shown are found first, some weeks of them; only the subjects with a date on one of those days of
//! the year are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate};

use super::super::item::DueItem;
use super::{Day, Governed, Times, item, paths_of};
use crate::model::date::MonthDay;
use crate::model::{PlaceId, Value};
use crate::playbook::Label;
use crate::playbook::rule::{AtFestival, DueRule, EachYear};
use crate::query::{EachYearQuery, FieldFilter, RecordIndex, SubjectQuery};

/// What is asked of subjects by one of the two calendars their dates are kept by.
pub(super) struct Anniversaries {
    /// Which day of the year is kept on which days that are shown.
    kept: BTreeMap<MonthDay, Vec<(NaiveDate, Times)>>,
    days: BTreeSet<MonthDay>,
    filters: Vec<FieldFilter>,
    unless: Vec<FieldFilter>,
    paths: BTreeSet<String>,
}

impl Anniversaries {
    pub(super) fn query<'q>(
        &'q self,
        rule: &DueRule,
        each: &'q EachYear,
        at: Option<&'q PlaceId>,
    ) -> SubjectQuery<'q> {
        SubjectQuery {
            kind: rule.subject.kind,
            filters: &self.filters,
            unless: &self.unless,
            date: None,
            each_year: Some(EachYearQuery { path: &each.field, days: &self.days }),
            paths: &self.paths,
            at,
            only: None,
        }
    }
}

impl<I: RecordIndex> Day<'_, I> {
    /// What a rule asks, wherever its subjects are: nothing by a calendar of which no day is shown.
    pub(super) fn anniversaries(&self, governed: &Governed, each: &EachYear) -> Vec<Anniversaries> {
        let rule = &governed.rule;
        let shown = self.days_shown(governed, each.late_days);
        let lunar =
            each.lunar_when.as_ref().map(|path| FieldFilter { path: path.clone(), is: vec![true.into()] });
        let calendars = std::iter::once(false).chain(lunar.is_some().then_some(true));
        let asked = calendars.map(|by_moon| {
            let mut kept: BTreeMap<MonthDay, Vec<(NaiveDate, Times)>> = BTreeMap::new();
            for (day, times) in &shown {
                for of in self.calendar.kept_on(*day, by_moon) {
                    kept.entry(of).or_default().push((*day, *times));
                }
            }
            let (mut filters, mut unless) = (rule.subject.filters.clone(), rule.subject.unless.clone());
            if by_moon { &mut filters } else { &mut unless }.extend(lunar.clone());
            let mut paths = paths_of(rule);
            paths.insert(each.field.clone());
            Anniversaries { days: kept.keys().copied().collect(), kept, filters, unless, paths }
        });
        asked.filter(|asked| !asked.days.is_empty()).collect()
    }

    pub(super) fn each_year(
        &self,
        governed: &Governed,
        (each, asked): (&EachYear, &[Anniversaries]),
        at: Option<&PlaceId>,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        let rule = &governed.rule;
        for of_calendar in asked {
            let kept = &of_calendar.kept;
            let query = SubjectQuery { only: self.only, ..of_calendar.query(rule, each, at) };
            let rows = self.index.subjects(&query)?;
            for row in self.related(governed, rows)?.into_iter().filter(|row| self.keeps(rule, row)) {
                let date = row.values.get(&each.field).and_then(Value::as_text).unwrap_or_default();
                let days = MonthDay::of_date(date).and_then(|of| kept.get(&of)).into_iter().flatten();
                for (day, times) in days {
                    let first = date.parse::<NaiveDate>().ok().map(|first| day.year() - first.year());
                    if first.is_some_and(|years| years <= 0) {
                        continue;
                    }
                    let key = day.to_string();
                    let mut item = item(rule, row.subject.clone(), row.place.clone(), &key, *times);
                    let years = first.map(|years| years.to_string()).unwrap_or_default();
                    item.occasion = Some(("years", Arc::new(Label::new(years.as_str(), years.as_str()))));
                    items.push(item);
                }
            }
        }
        Ok(())
    }

    pub(super) fn at_festival(
        &self,
        governed: &Governed,
        at: &AtFestival,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        let rule = &governed.rule;
        let mut shown = Vec::new();
        for (day, times) in self.days_shown(governed, at.late_days) {
            let festivals = self.calendar.festivals_on(day);
            let named = festivals.filter(|festival| at.festivals.contains(&festival.id));
            shown.extend(named.map(|festival| {
                let name = Arc::new(festival.name.clone());
                (format!("{} {day}", festival.id), times, name)
            }));
        }
        if shown.is_empty() {
            return Ok(());
        }
        for row in self.rows(governed, None, None)?.into_iter().filter(|row| self.keeps(rule, row)) {
            items.extend(shown.iter().map(|(key, times, name)| DueItem {
                occasion: Some(("festival", name.clone())),
                ..item(rule, row.subject.clone(), row.place.clone(), key, *times)
            }));
        }
        Ok(())
    }

    /// The days on which something of the rule may come again that is shown today, or was due in the time that is asked for.
    pub(super) fn days_shown(&self, governed: &Governed, late_days: u32) -> Vec<(NaiveDate, Times)> {
        let rule = &governed.rule;
        let (before, after) = reach(rule, late_days);
        let from =
            self.since.unwrap_or(self.today).checked_sub_days(Days::new(after)).unwrap_or(NaiveDate::MIN);
        let until = self.today.checked_add_days(Days::new(before)).unwrap_or(NaiveDate::MAX);
        let days = from.iter_days().take_while(|day| *day <= until).filter(|day| governed.takes(*day));
        let shown = days.filter_map(|day| {
            let mut times = self.times(rule, self.calendar.start_of(day), day, None);
            let over = times.due.checked_add_days(Days::new(late_days.into()))?;
            times.counts.1 = self.calendar.start_of(over.succ_opt()?);
            let here = times.visible_from <= self.today && (self.since.is_some() || self.today <= over);
            here.then_some((day, times))
        });
        shown.collect()
    }
}

/// How many days before the day that comes again something is shown at the earliest, and how many after it at the latest.
pub(in crate::playbook) fn reach(rule: &DueRule, late_days: u32) -> (u64, u64) {
    let days = |days: Option<u32>| u64::from(days.unwrap_or(0));
    let within = rule.due.within.map_or(0, |span| span.days_at_most());
    // A due day off moves to the next working day, behind the longest holidays.
    let moved = if rule.due.on_working_day { 14 } else { 0 };
    (days(rule.due.shown_days_before) + days(rule.due.days_before), within + moved + u64::from(late_days))
}
