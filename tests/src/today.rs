//! The whole of Today, page by page, for tests that look for one thing in it.

use butler_core::areas::today::TodayItem;
use butler_core::{Butler, ButlerError};

/// Every item, in order.
///
/// # Errors
/// Those of the butler.
pub fn all(butler: &Butler) -> Result<Vec<TodayItem>, ButlerError> {
    let mut items = Vec::new();
    let mut after = None;
    loop {
        let mut page = butler.today().list(after, 100)?;
        items.append(&mut page.items);
        after = page.next;
        if after.is_none() {
            return Ok(items);
        }
    }
}
