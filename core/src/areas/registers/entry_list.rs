//! The rows of a register.

use super::Registers;
use crate::context::Visibility;
use crate::context::labels::entry_title;
use crate::error::ButlerError;
use crate::model::{Entry, FormId, GridId, Kind, PlaceId, RecordId, Shown, Timestamp};
use crate::store::{Filter, Order, RecordState, WorkRow};

/// A row of a register in a list.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RegisterRow {
    /// The row.
    pub id: RecordId,
    /// What it is called: its first answers in words and choices, never personal ones ("水箱清洗消毒 · 2号水箱"). Empty
    /// when nothing of the kind was answered.
    pub title: String,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// The records it is about.
    pub about: Vec<RecordId>,
    /// What the first of them is called ("3栋2单元501"); empty when it is about none.
    pub about_title: String,
    /// When it was entered, by the office's clock as far as known.
    pub entered: Option<Timestamp>,
    /// Whether the office has it all.
    pub record_state: RecordState,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
}

/// Which rows of a register a list shows; nothing said is every row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RegisterFilter {
    /// Only those in this grid.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub grid: Option<GridId>,
    /// Only those at this place or below it.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub place: Option<PlaceId>,
    /// Only those about this record.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub about: Option<RecordId>,
}

/// A page of a register.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RegisterPage {
    /// The rows, newest first.
    pub rows: Vec<RegisterRow>,
    /// How many rows the filter lets through in all.
    pub count: usize,
}

impl Registers<'_> {
    /// The rows of a register that a filter lets through, newest first, a page of at most 100 behind the row `after`, with
    /// the count of them all.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn list(
        &self,
        form: &FormId,
        filter: &RegisterFilter,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<RegisterPage, ButlerError> {
        let office = self.0.office()?;
        let asked = Filter {
            kind: Some(Kind::Entry),
            procedure: Some(form.to_string()),
            place: filter.place.clone(),
            about: filter.about,
            ..Filter::default()
        };
        let in_grid = |row: &WorkRow| {
            let place = row.record.place.as_ref();
            filter.grid.as_ref().is_none_or(|grid| place.is_some_and(|at| office.grids_at(at).contains(grid)))
        };
        self.0.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            // All of them for the count; only what a page shows is loaded.
            let mut all = visibility.rows(reader.work(&asked, Order::Newest)?)?;
            all.retain(in_grid);
            let count = all.len();
            let from = after.and_then(|after| all.iter().position(|row| row.record.id == after));
            let page = all.into_iter().skip(from.map_or(0, |at| at + 1)).take(limit.clamp(1, 100));
            let mut rows = Vec::new();
            for row in page {
                let Some(record) = visibility.listed(row.record.id)? else { continue };
                let about: Vec<RecordId> = Entry::subjects(&record).into_iter().collect();
                let first = about.first();
                rows.push(RegisterRow {
                    id: record.id,
                    title: entry_title(&office.playbooks, &record),
                    place: row.record.place,
                    about_title: first
                        .map_or_else(|| Ok(String::new()), |first| visibility.title_of(*first))?,
                    about,
                    entered: row.opened_at,
                    record_state: reader.record_state(record.id)?,
                    shown: record.shown(),
                });
            }
            Ok(RegisterPage { rows, count })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::RegisterFilter;
    use crate::areas::testing::{KEY, key_row};
    use crate::testing::{TestPhone, unit};

    #[test]
    fn a_register_is_listed_with_titles_and_the_count_of_all() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[KEY]);
        let (home, other) = (bench.home("501"), bench.home("502"));
        let mut rows = Vec::new();
        for about in [home, home, other] {
            bench.host.pass(60_000);
            rows.push(key_row(&bench, about));
        }
        let list = |filter: &RegisterFilter, after, limit| {
            let page = bench.butler.registers().list(&"test.key".into(), filter, after, limit).unwrap();
            (page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), page.count)
        };
        let all = RegisterFilter::default;
        assert_eq!(list(&all(), None, 2), (vec![rows[2], rows[1]], 3));
        assert_eq!(list(&all(), Some(rows[1]), 2), (vec![rows[0]], 3));
        assert_eq!(list(&RegisterFilter { about: Some(other), ..all() }, None, 9), (vec![rows[2]], 1));
        assert_eq!(list(&RegisterFilter { place: Some(unit()), ..all() }, None, 9).1, 3);
        let elsewhere = Some("jinse/grid-9".parse().unwrap());
        assert_eq!(list(&RegisterFilter { grid: elsewhere, ..all() }, None, 9), (vec![], 0));
        let row = bench.butler.registers().list(&"test.key".into(), &all(), None, 1).unwrap().rows.remove(0);
        assert_eq!((row.title.as_str(), row.about.as_slice()), ("F-01", [other].as_slice()));
        assert_eq!(row.about_title, "1栋1单元502");
        bench.butler.records().archive(rows[2]).unwrap();
        assert_eq!(list(&all(), None, 9), (vec![rows[1], rows[0]], 2));
    }
}
