//! What is drawn by lot: so many subjects of each grid, anew for every period.
//!
//! The lot of a subject is the id of its item, a hash of the rule, the period and the subject's own id, which nobody chooses: so
//! every phone that holds a grid, and the office, draws the same, offline. Those with the smallest are drawn.

use std::collections::{BTreeMap, BTreeSet};

use super::super::item::DueItem;
use super::triggers::Periods;
use super::{Day, Governed};
use crate::model::GridId;
use crate::query::{RecordIndex, SubjectId, SubjectKind, SubjectQuery};

impl<I: RecordIndex> Day<'_, I> {
    /// Of what a rule brings about in each period so much as it draws in each grid.
    pub(super) fn drawn(
        &self,
        governed: &Governed,
        count: usize,
        periods: &Periods,
        items: &mut Vec<DueItem>,
    ) -> Result<(), I::Error> {
        // Who is drawn depends on everybody who might have been.
        let whole = Day { only: None, ..*self };
        let worked_in = whole.grids()?;
        let mut all = Vec::new();
        whole.every(governed, periods, None, &mut all)?;
        let mut lots: BTreeMap<_, Vec<_>> = BTreeMap::new();
        // What is under way of an earlier period was not drawn among all of it.
        for item in all.into_iter().filter(|item| !item.earlier && whole.is_here(item)) {
            // A place in two grids is drawn in the first: a phone of the other does not hold all that lies in that one.
            let grids = item.place.as_ref().map(|place| whole.index.grids_of(place)).unwrap_or_default();
            if let Some(grid) = grids.into_iter().next().filter(|grid| worked_in.contains(grid)) {
                lots.entry((grid, item.counts)).or_default().push(item);
            }
        }
        for mut of_grid in lots.into_values() {
            of_grid.sort_by_key(|item| item.id);
            items.extend(of_grid.into_iter().take(count));
        }
        Ok(())
    }

    /// The grids that are worked in.
    fn grids(&self) -> Result<BTreeSet<GridId>, I::Error> {
        let areas = self.index.subjects(&SubjectQuery {
            kind: SubjectKind::Grid,
            filters: &[],
            unless: &[],
            date: None,
            each_year: None,
            paths: &BTreeSet::new(),
            at: None,
            only: None,
        })?;
        let grid = |subject| if let SubjectId::Grid(grid) = subject { Some(grid) } else { None };
        Ok(areas.into_iter().filter_map(|row| grid(row.subject)).collect())
    }
}
