//! Homes 房屋.

use butler_core::areas::homes::{HomeDetails, HomeFilter};
use butler_core::areas::search::SearchRow;
use butler_core::context::Recorded;
use butler_core::model::{Edit, HomeRow, RecordId};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// Homes in walking order, a page of at most 100 after the last one seen.
    pub fn homes_list(&self, after: Option<RecordId>, limit: usize) -> Result<Vec<HomeRow>, ButlerError> {
        self.butler.homes().list(after, limit)
    }

    /// Homes in a state, at a place or below it, or both; a page as of the list.
    pub fn homes_list_where(
        &self,
        filter: &HomeFilter,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<HomeRow>, ButlerError> {
        self.butler.homes().list_where(filter, after, limit)
    }

    /// How many homes the list shows.
    pub fn homes_count(&self) -> Result<u64, ButlerError> {
        self.butler.homes().count()
    }

    /// Homes by room as people type it, best first.
    pub fn homes_find(&self, typed: &str, limit: usize) -> Result<Vec<SearchRow>, ButlerError> {
        self.butler.homes().find(typed, limit)
    }

    /// A home, whole.
    pub fn homes_details(&self, home: RecordId) -> Result<HomeDetails, ButlerError> {
        self.butler.homes().details(home)
    }

    /// Writes the touched fields of a home; over a field in conflict it is the decision.
    pub fn homes_edit(&self, home: RecordId, edit: Edit) -> Result<Recorded, ButlerError> {
        self.form().homes().edit(home, edit)
    }
}
