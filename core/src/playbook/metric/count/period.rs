//! The days that are counted, at the moment they are counted.

use chrono::NaiveDate;

use crate::model::Timestamp;
use crate::playbook::calendar::Calendar;
use crate::playbook::metric::{DateFilter, DateSpan, Days, MetricFilter};
use crate::query::{DateBounds, FieldFilter, FieldMatch};

/// A month or a day at a community, as it stands at a moment.
pub(super) struct Period<'a> {
    pub calendar: &'a Calendar,
    pub now: Timestamp,
    pub days: Days,
}

impl Period<'_> {
    pub(super) fn today(&self) -> NaiveDate {
        self.date_of(self.now)
    }

    /// The last day that is counted.
    pub(super) fn last_day(&self) -> NaiveDate {
        self.days.last().min(self.today())
    }

    /// Their first moment.
    pub(super) fn start(&self) -> Timestamp {
        self.calendar.start_of(self.days.first())
    }

    /// The first moment after them.
    pub(super) fn end(&self) -> Timestamp {
        self.calendar.start_of(self.days.end())
    }

    pub(super) fn contains(&self, at: Timestamp) -> bool {
        (self.start()..self.end()).contains(&at)
    }

    pub(super) fn date_of(&self, at: Timestamp) -> NaiveDate {
        self.calendar.date_of(at)
    }

    /// These days at a date field.
    pub(super) fn days_at(&self, path: String) -> DateBounds {
        DateBounds { path, from: self.days.first(), to: Some(self.days.last()) }
    }

    /// What a filter asks of a record's own fields.
    pub(super) fn fields(&self, filter: &MetricFilter) -> FieldMatch {
        self.field_match(&filter.filters, &filter.unless, &filter.dates)
    }

    /// What is asked of fields, with spans of time as days.
    pub(super) fn field_match(
        &self,
        filters: &[FieldFilter],
        unless: &[FieldFilter],
        dates: &[DateFilter],
    ) -> FieldMatch {
        FieldMatch {
            filters: filters.to_vec(),
            unless: unless.to_vec(),
            dates: dates.iter().map(|date| self.bounds(date)).collect(),
        }
    }

    fn bounds(&self, date: &DateFilter) -> DateBounds {
        let today = self.today();
        let (from, to) = match date.is {
            DateSpan::LastDays(days) => {
                let before = chrono::Days::new(u64::from(days.saturating_sub(1)));
                (today.checked_sub_days(before).unwrap_or(today), Some(today))
            }
            DateSpan::InMonth => return self.days_at(date.path.clone()),
            DateSpan::ReachesMonthEnd => (self.days.last(), None),
        };
        DateBounds { path: date.path.clone(), from, to }
    }
}
